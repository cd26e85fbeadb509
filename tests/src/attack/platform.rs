//! Who may stop the city.

use super::Row;
use crate::{Town, rogue::Rogue};
use domain::{ext::Extensions, state::State};
use protocol::report::DeviceReport;
use std::{
    net::TcpStream,
    time::{Duration, Instant},
};

pub const ATTACKS: &[Row] = &[
    (
        "foreign-keys-at-enrolment",
        "a tablet enrols with somebody else's keys",
        foreign_keys,
    ),
    ("invitation-used-twice", "one invitation lets two tablets in", twice),
    ("absurd-report", "the board shows whatever a tablet says", absurd),
    (
        "guessed-invitations",
        "anonymous guesses keep honest tablets waiting",
        guesses,
    ),
    (
        "idle-connections",
        "connections that say nothing shut everybody else out",
        idle,
    ),
    ("many-boards", "boards asked for at once keep a token waiting", boards),
];

fn foreign_keys() {
    let town = Town::start();
    let honest = Rogue::enrol(&town, &town.invite());
    let (sealing, transport) = (honest.sealing.public().expect("a key"), honest.transport.public());
    let taken = Rogue::enrol_as(&town, &town.invite(), |request| {
        request.sealing = sealing;
        request.transport = transport;
    });
    assert!(
        taken.is_err(),
        "enrolled with another tablet's sealing and transport keys"
    );
}

fn twice() {
    let town = Town::start();
    let invitation = town.invite();
    let _first = Rogue::enrol(&town, &invitation);
    assert!(
        Rogue::enrol_as(&town, &invitation, |_| {}).is_err(),
        "a second tablet came in"
    );
}

fn absurd() {
    let town = Town::start();
    let rogue = Rogue::enrol(&town, &town.invite());
    let token = rogue.token().expect("a token");
    let forged: [fn(&mut DeviceReport); 3] = [
        |report| report.by_state = vec![u64::MAX; State::ALL.len()],
        |report| report.time = i64::MIN,
        |report| report.program = "0.1\u{202e}<b>\u{200b}".to_owned(),
    ];
    for (n, forge) in forged.iter().enumerate() {
        let mut report = DeviceReport {
            device: rogue.answer.device,
            time: rogue.now(),
            begun: 0,
            by_state: vec![0; State::ALL.len()],
            oldest_unsent: None,
            unsent: 0,
            program: "0.1.0".to_owned(),
            secret: "file".to_owned(),
            ext: Extensions::NONE,
        };
        forge(&mut report);
        let told = rogue.connection.report(&token, &report, &rogue.transport);
        assert!(rogue.runtime.block_on(told).is_err(), "report {n} was believed");
    }
}

/// How long an honest tablet waits for a token, at worst, while `noise` goes on.
fn worst_token(honest: &Rogue, noise: impl FnOnce() + Send) -> Duration {
    let done = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            noise();
            done.store(true, std::sync::atomic::Ordering::Relaxed);
        });
        let mut worst = Duration::ZERO;
        while !done.load(std::sync::atomic::Ordering::Relaxed) {
            let begun = Instant::now();
            honest.token().expect("a token");
            worst = worst.max(begun.elapsed());
            std::thread::sleep(Duration::from_millis(100));
        }
        worst
    })
}

fn guesses() {
    let town = Town::start();
    let honest = Rogue::enrol(&town, &town.invite());
    let invitation: protocol::enrolment::Invitation = town.invite().parse().expect("an invitation");
    let worst = worst_token(&honest, || {
        for n in 0..300u32 {
            let mut wrong = invitation;
            wrong.code[..4].copy_from_slice(&n.to_be_bytes());
            assert!(
                Rogue::enrol_as(&town, &wrong.to_string(), |_| {}).is_err(),
                "a guess was right"
            );
        }
    });
    assert!(worst < Duration::from_secs(2), "an honest tablet waited {worst:?}");
}

fn idle() {
    let town = Town::start();
    let address = town.url.rsplit('/').next().expect("an address").to_owned();
    let mut silent = Vec::new();
    for _ in 0..1_500 {
        match TcpStream::connect_timeout(&address.parse().expect("an address"), Duration::from_millis(200)) {
            Ok(stream) => silent.push(stream),
            Err(_) => break,
        }
    }
    assert!(silent.len() > 100);
    // From another address, as a tablet would be: an honest one is let in within half a minute.
    let until = Instant::now() + Duration::from_secs(40);
    while Instant::now() < until {
        if TcpStream::connect_timeout(&address.parse().expect("an address"), Duration::from_millis(500)).is_ok() {
            let honest = std::panic::catch_unwind(|| Rogue::enrol(&town, &town.invite()));
            if honest.is_ok() {
                return;
            }
        }
        std::thread::sleep(Duration::from_secs(2));
    }
    panic!("{} silent connections shut an honest tablet out", silent.len());
}

fn boards() {
    let town = Town::start();
    let honest = Rogue::enrol(&town, &town.invite());
    let desk = Rogue::enrol(&town, &town.invite_as("coordinator"));
    let commune = "20242".parse().expect("a commune");
    let worst = worst_token(&honest, || {
        let token = desk.token().expect("a token");
        for _ in 0..40 {
            let _ = desk.runtime.block_on(desk.connection.board(&token, commune));
        }
    });
    assert!(worst < Duration::from_secs(2), "a token took {worst:?}");
}
