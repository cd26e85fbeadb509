//! No room left, at every moment of saving and of applying answers.

use crate::*;

/// A small file system over a folder; only root can make one.
struct SmallDisk(PathBuf);

impl SmallDisk {
    fn over(folder: &Path, kib: u32) -> Option<Self> {
        fs::create_dir_all(folder).unwrap();
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &format!("size={kib}k,mode=0700"), "tungnha-test"])
            .arg(folder)
            .stderr(Stdio::null())
            .status();
        match mounted {
            Ok(status) if status.success() => Some(Self(folder.to_owned())),
            _ => {
                println!("skipped: a sized tmpfs cannot be mounted here (it takes root), so no disk was full");
                None
            }
        }
    }

    /// Fills it, but for so many KiB.
    fn fill(&self, leave_kib: u64) {
        let path = self.0.join("filler");
        let mut file = fs::File::create(&path).unwrap();
        let mut written: u64 = 0;
        let block = [0x5a; 4096];
        while let Ok(count) = file.write(&block) {
            written += count as u64;
            if count < block.len() {
                break;
            }
        }
        file.set_len(written.saturating_sub(leave_kib * 1024)).unwrap();
    }

    fn make_room(&self) {
        fs::remove_file(self.0.join("filler")).unwrap();
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(&self.0).status();
    }
}

/// Done, or refused for want of room; never anything between.
#[track_caller]
fn done_or_full(ran: &Ran, what: &str) -> bool {
    match ran.status {
        Some(0) => true,
        _ => {
            assert_eq!(ran.error(3), "disk_full", "{what}: {ran:?}");
            ran.refuses(3, "disk_full");
            false
        }
    }
}

#[test]
fn a_full_disk_saves_a_registration_whole_or_not_at_all() {
    let town = Town::start();
    let device = Device::empty();
    let Some(disk) = SmallDisk::over(&device.home(), 2048) else {
        return;
    };
    device.enrol(&town.url, &town.invite()).ok();
    let mut saved = Saved::on(&device, 650..651);
    let (mut full, mut done) = (0, 0);
    for leave in (0..400).step_by(4) {
        disk.fill(leave);
        let person = Person::number(660 + leave as u32 / 4);
        let ran = device.register(&person.draft());
        ran_is_calm(&ran, &person);
        if done_or_full(&ran, &format!("{leave} KiB left")) {
            let line = ran.ok().clone();
            saved
                .people
                .push((person, line["rid"].as_str().unwrap().to_owned(), line["code"].clone()));
            done += 1;
        } else {
            full += 1;
        }
        disk.make_room();
        let queue = device.run(&["queue"]).ok().clone();
        assert_eq!(
            (&queue["begun"], &queue["by_state"]["queued"], &queue["conservation"]),
            (&saved.count(), &saved.count(), &json!(true)),
            "{leave} KiB left"
        );
        if done >= 4 {
            break;
        }
    }
    assert!(full >= 4 && done >= 4, "{full} times full, {done} times room enough");
    saved.are_all_on(&device);
    assert_eq!(device.run(&["sync"]).ok()["receipts"], saved.count());
    assert_eq!(town.board()["registrations"]["received"], saved.count());
    assert_eq!(device.run(&["doctor"]).ok()["healthy"], true);
}

#[track_caller]
fn ran_is_calm(ran: &Ran, person: &Person) {
    ran.tells_nothing_about(&[person]);
}

#[test]
fn a_full_disk_while_answers_are_applied_loses_none_of_them() {
    let town = Town::start();
    let device = Device::empty();
    let Some(disk) = SmallDisk::over(&device.home(), 2048) else {
        return;
    };
    device.enrol(&town.url, &town.invite()).ok();
    let mut saved = Saved { people: Vec::new() };
    let (mut full, mut done) = (0, 0);
    for leave in (0..400).step_by(8) {
        saved.add(&device, Person::number(760 + leave as u32 / 8));
        disk.fill(leave);
        let args: &[&str] = if leave % 16 == 0 {
            &["sync"]
        } else {
            &["sync", "--locked"]
        };
        match done_or_full(&device.run(args), &format!("{leave} KiB left")) {
            true => done += 1,
            false => full += 1,
        }
        disk.make_room();
        let queue = device.run(&["queue"]).ok().clone();
        assert_eq!(
            (&queue["begun"], &queue["conservation"]),
            (&saved.count(), &json!(true)),
            "{leave} KiB left"
        );
        if done >= 4 && full >= 2 {
            break;
        }
    }
    assert!(full >= 2 && done >= 2, "{full} times full, {done} times room enough");
    assert_eq!(device.run(&["sync"]).ok()["left"], 0);
    assert_eq!(town.board()["registrations"]["received"], saved.count());
    for (_, rid, _) in &saved.people {
        assert_eq!(device.sync_until_decided(rid)["state"], "accepted");
    }
    saved.are_all_on(&device);
    assert_eq!(device.run(&["doctor"]).ok()["healthy"], true);
    // A card for which there is no room leaves nothing half.
    disk.fill(0);
    let card = device.home().join("card.pdf");
    let ran = device.run(&["card", &saved.people[0].1, "--out", card.to_str().unwrap()]);
    assert_eq!(ran.status, Some(3), "{ran:?}");
    assert!(!card.exists());
}
