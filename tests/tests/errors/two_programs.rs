//! Two programs on one folder.

use crate::*;

/// Waits until a program has its database open. Asking for the lock instead would take it away from that program.
fn wait_until_open(program: &Child) {
    let until = Instant::now() + Duration::from_secs(20);
    let holds_it = || {
        let open = fs::read_dir(format!("/proc/{}/fd", program.id()))
            .into_iter()
            .flatten()
            .flatten();
        open.filter_map(|fd| fs::read_link(fd.path()).ok())
            .any(|path| path.ends_with(DATABASE))
    };
    while !holds_it() {
        assert!(Instant::now() < until, "it never opened the folder");
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn a_second_program_on_the_folder_is_told_so_at_once_and_harms_nothing() {
    let town = Town::start();
    let device = Device::enrolled(&town);
    let mut saved = Saved::on(&device, 830..831);
    let person = Person::number(831);

    // The first has the folder open and waits for its draft.
    let mut first = device.start(&["register"]);
    wait_until_open(&first);
    for args in [
        &["queue"][..],
        &["register"],
        &["sync"],
        &["sync", "--locked"],
        &["doctor"],
        &["show", &saved.people[0].1],
    ] {
        let start = Instant::now();
        let ran = device.run_with(args, person.draft().to_string().as_bytes());
        ran.refuses(3, "in_use");
        ran.tells_nothing_about(&[&person, &saved.people[0].0]);
        assert!(
            start.elapsed() < Duration::from_secs(1),
            "{args:?}: {:?}",
            start.elapsed()
        );
    }
    device.enrol(&town.url, &town.invite()).refuses(3, "in_use");

    first
        .stdin
        .take()
        .unwrap()
        .write_all(person.draft().to_string().as_bytes())
        .unwrap();
    let ran = Ran::of(&["register"], &first.wait_with_output().unwrap());
    let line = ran.ok().clone();
    saved
        .people
        .push((person, line["rid"].as_str().unwrap().to_owned(), line["code"].clone()));
    saved.are_all_on(&device);
    assert_eq!(device.run(&["sync"]).ok()["receipts"], 2);

    // Killed while it held the folder: nothing is in the way afterwards.
    let mut first = device.start(&["register"]);
    wait_until_open(&first);
    first.kill().unwrap();
    first.wait().unwrap();
    saved.are_all_on(&device);
}
