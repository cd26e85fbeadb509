//! A wrong PIN.

use crate::*;

/// The machine's clocks, a while after the last boot's clock says.
struct Later(SystemEnv, u64);

impl Env for Later {
    fn built(&self) -> i64 {
        self.0.built()
    }

    fn moment(&self) -> Moment {
        let now = self.0.moment();
        Moment {
            monotonic: now.monotonic + self.1,
            ..now
        }
    }

    fn fill(&self, bytes: &mut [u8]) {
        self.0.fill(bytes);
    }

    fn millis(&self) -> u64 {
        self.0.millis()
    }
}

#[test]
fn a_wrong_pin_touches_no_record_and_costs_more_each_time() {
    let town = Town::start();
    let mut device = Device::enrolled(&town);
    let saved = Saved::on(&device, 500..502);
    let database = device.home().join(DATABASE);
    let before = (
        read(database.clone()),
        fs::metadata(&database).unwrap().modified().unwrap(),
    );

    for (left, pin) in [(4, "135790"), (3, "592837"), (2, "5928360"), (1, "")] {
        device.set("TUNGNHA_PIN", pin);
        let ran = device.run(&["queue"]);
        assert!(
            ran.refuses(3, "wrong_pin")["detail"]
                .as_str()
                .unwrap()
                .contains(&format!("attempts_left={left}"))
        );
        ran.tells_nothing_about(&saved.persons());
        assert!(pin.is_empty() || !ran.said.contains(pin), "{}", ran.said);
    }
    device.set("TUNGNHA_LANG", "vi");
    let ran = device.run(&["show", &saved.people[0].1]);
    assert_eq!(ran.refuses(3, "wrong_pin")["detail"], "attempts_left=0 wait_seconds=30");
    assert!(
        ran.said.contains("Mã mở máy chưa đúng. Hồ sơ không mất."),
        "{}",
        ran.said
    );

    // From now on the right one has to wait as well.
    device.set("TUNGNHA_PIN", PIN);
    device.run(&["queue"]).refuses(3, "pin_delay");
    assert_eq!(
        before,
        (
            read(database.clone()),
            fs::metadata(&database).unwrap().modified().unwrap()
        )
    );
    // Records go out meanwhile.
    device.set("TUNGNHA_PIN", "");
    assert_eq!(device.run(&["sync", "--locked"]).ok()["receipts"], 2);
    device.unset("TUNGNHA_PIN");

    let open = |pin, later| Session::open(&device.place(), None, pin, Arc::new(Later(SystemEnv::new(), later)));
    match open("135790", 31) {
        Err(AppError::Store(StoreError::WrongPin { wait_seconds, .. })) => assert_eq!(wait_seconds, 60, "it doubles"),
        other => panic!("{:?}", other.err()),
    }
    assert!(matches!(
        open(PIN, 80),
        Err(AppError::Store(StoreError::PinDelay { .. }))
    ));
    open(PIN, 92).unwrap();
    assert_eq!(device.run(&["show", &saved.people[0].1]).ok()["state"], "received");
    saved.are_all_on(&device);
}
