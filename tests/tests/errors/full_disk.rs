//! No room left, at every moment of saving and of applying answers.

use crate::*;

/// What a device keeps free for the day on which the disk is full.
const RESERVE_KIB: u32 = 8 * 1024;

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
    let Some(disk) = SmallDisk::over(&device.home(), 2048 + RESERVE_KIB) else {
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
    let Some(disk) = SmallDisk::over(&device.home(), 2048 + RESERVE_KIB) else {
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
        if done >= 8 {
            break;
        }
    }
    assert_eq!((full, done), (0, 8), "what is kept for it is enough");
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

/// Signing in, finding, sending and withdrawing go on with a full disk; a new registration is refused, and nothing of what
/// sending needs is spent on it.
#[test]
fn on_a_full_disk_people_sign_in_find_and_send_and_nobody_is_told_that_something_is_saved() {
    let town = Town::start();
    let devices = [Device::empty(), Device::empty()];
    for (device, locked) in devices.iter().zip([false, true]) {
        let Some(disk) = SmallDisk::over(&device.home(), 2048 + RESERVE_KIB) else {
            return;
        };
        device.enrol(&town.url, &town.invite()).ok();
        let first = 840 + 10 * u32::from(locked);
        let saved = Saved::on(device, first..first + 3);
        disk.fill(0);
        let refused = device.register(&Person::number(first + 5).draft());
        refused.refuses(3, "disk_full");
        // Nor on the room that is free for a moment because something had to go on.
        device.run(&["queue"]).ok();
        assert_eq!(
            device.run(&["search", &saved.people[1].0.name]).ok()["name"],
            *saved.people[1].0.name
        );
        device
            .register(&Person::number(first + 5).draft())
            .refuses(3, "disk_full");
        let args: &[&str] = if locked { &["sync", "--locked"] } else { &["sync"] };
        let sent = device.run(args).ok().clone();
        assert_eq!((&sent["receipts"], &sent["left"]), (&json!(3), &json!(0)), "{sent}");
        disk.fill(0);
        device.run(&["withdraw", &saved.people[2].1]).ok();
        disk.fill(0);
        assert_eq!(device.run(&["sync"]).ok()["left"], 0);
        disk.make_room();
        device.register(&Person::number(first + 5).draft()).ok();
        let reserve = fs::metadata(device.home().join("reserve")).unwrap().len();
        assert_eq!(reserve, u64::from(RESERVE_KIB) * 1024, "kept again");
        assert_eq!(device.run(&["doctor"]).ok()["healthy"], true);
        assert_eq!(device.run(&["sync"]).ok()["left"], 0);
    }
}

/// Without any room, and without a reserve: a device of an older program that filled up before the update.
#[test]
fn attempts_that_cannot_be_written_are_counted_and_lock_nobody_out() {
    let device = Device::practice();
    let Some(disk) = SmallDisk::over(&device.beside("small"), 4096) else {
        return;
    };
    for (path, bytes) in files(&device.home()) {
        if path.ends_with("reserve") {
            continue;
        }
        let to = disk.0.join(path.strip_prefix(device.home()).unwrap());
        fs::create_dir_all(to.parent().unwrap()).unwrap();
        fs::write(to, bytes).unwrap();
    }
    disk.fill(0);
    let place = app::place::Place {
        home: disk.0.clone(),
        ..device.place()
    };
    let folder = app::place::Folder::take(&place).unwrap().unwrap();
    let env: Arc<dyn Env> = Arc::new(SystemEnv::new());
    let open = |pin: &str| folder.unlock(None, pin, env.clone());
    open(PIN).unwrap();
    for left in [4, 3, 2, 1, 0] {
        let error = open("135791").err().unwrap();
        let AppError::Store(StoreError::WrongPin { attempts_left, .. }) = error else {
            panic!("{error:?}");
        };
        assert_eq!(attempts_left, left);
    }
    assert_eq!(open(PIN).err().unwrap().code(), "pin_delay");
}
