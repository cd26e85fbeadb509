//! Bad lines and wrong servers: nothing that was not signed is believed, nothing that was saved is lost, and once the
//! line is good again everything arrives exactly once.

mod one_bad;
mod way_back;
mod worlds;

use app::{
    Session,
    env::{Env, SystemEnv},
    gateway::Gateway,
    sync::{locked::Locked, run::Pace},
};
use client::{ClientError, Connection};
use domain::ids::{DeviceId, Realm};
use protocol::{
    changes::ChangesPage,
    enrolment::{TokenAnswer, Trust},
    envelope::{Body, Envelope},
    keys::SignSecret,
    receipt::{BatchAnswer, Outcome},
    report::{Acknowledged, DeviceReport},
};
use serde_json::{Value, json};
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use tungnha_tests::{Device, Person, Proxy, Ran, Saved, Town, Trouble, inside, proxy::address, troubles::sentence};

/// A gateway without TLS, a bad line before it, a device enrolled through the line.
struct Line {
    town: Town,
    proxy: Proxy,
    device: Device,
}

impl Line {
    fn new() -> Self {
        let town = Town::with("development", &["--plain-http"]);
        let proxy = Proxy::before(&town.url);
        let device = Device::empty();
        device.enrol(&proxy.url(), &town.invite()).ok();
        Self { town, proxy, device }
    }

    fn sync(&self) -> Ran {
        self.device.run(&["sync", "--patience", "0"])
    }

    /// The line is good again: everything arrives, once, as it was signed.
    #[track_caller]
    fn everything_arrives_once(&self, saved: &Saved) {
        self.proxy.mend();
        assert_eq!(self.sync().ok()["left"], 0);
        self.was_stored_once(saved);
        saved.are_all_on(&self.device);
        for (_, rid, _) in &saved.people {
            assert_eq!(self.device.sync_until_decided(rid)["state"], "accepted");
        }
        let findings = self.device.run(&["doctor"]).ok().clone();
        assert_eq!(findings["healthy"], true, "{findings}");
    }

    #[track_caller]
    fn was_stored_once(&self, saved: &Saved) {
        assert_eq!(self.town.board()["registrations"]["received"], saved.count());
        assert_eq!(
            self.town.run("audit", &[]),
            json!({ "envelopes": saved.people.len(), "altered": 0 })
        );
    }

    /// Ends a sync under a trouble: a reason that is known and has its sentence, no personal data, nothing changed.
    #[track_caller]
    fn stops(&self, saved: &Saved, reasons: &[&str], what: &str) -> String {
        let ran = self.sync();
        let reason = ran
            .lines
            .last()
            .and_then(|line| line["reason"].as_str())
            .unwrap_or_default()
            .to_owned();
        assert!(reasons.contains(&reason.as_str()), "{what}: {ran:?}");
        ran.refuses(3, &reason);
        ran.tells_nothing_about(&saved.persons());
        assert!(self.proxy.hits() > 0, "{what}: the trouble was not met");
        reason
    }

    #[track_caller]
    fn state(&self, rid: &str) -> Value {
        self.device.run(&["show", rid]).ok()["state"].clone()
    }
}

const NOT_BELIEVED: [&str; 4] = ["answer_altered", "answer_mismatch", "captive_portal", "malformed"];

#[test]
fn an_envelope_altered_on_its_way_is_neither_stored_nor_receipted() {
    let line = Line::new();
    let saved = Saved::on(&line.device, 400..401);
    let mut at = 0;
    loop {
        line.proxy.trouble("/v1/batches", Trouble::AlterRequest(at));
        let reasons = ["answer_mismatch", "malformed", "too_large"];
        line.stops(&saved, &reasons, &format!("byte {at} of the request"));
        at += 16;
        if at >= line.proxy.body_sizes().0 {
            break;
        }
    }
    assert!(at > 300, "an envelope has more than {at} bytes");
    assert_eq!(
        line.town.board()["registrations"]["received"],
        0,
        "nothing altered was stored"
    );
    assert_eq!(line.state(&saved.people[0].1), "queued");
    line.everything_arrives_once(&saved);
}

#[test]
fn a_receipt_altered_on_its_way_is_not_believed() {
    let line = Line::new();
    let saved = Saved::on(&line.device, 402..403);
    let mut at = 0;
    loop {
        line.proxy.trouble("/v1/batches", Trouble::AlterAnswer(at));
        line.stops(&saved, &NOT_BELIEVED, &format!("byte {at} of the receipt"));
        at += 16;
        if at >= line.proxy.body_sizes().1 {
            break;
        }
    }
    assert!(at > 100, "{at}");
    assert_eq!(
        line.state(&saved.people[0].1),
        "queued",
        "the gateway has it, but that is not proven here"
    );
    line.everything_arrives_once(&saved);
}

#[test]
fn a_page_of_changes_altered_on_its_way_is_not_applied() {
    let line = Line::new();
    // It knows which life of the server answers: the next page is one of changes.
    line.device.run(&["sync"]).ok();
    let saved = Saved::on(&line.device, 404..406);
    // Locked: sends, and leaves the verdicts for later.
    assert_eq!(line.device.run(&["sync", "--locked"]).ok()["receipts"], 2);
    eventually(|| line.town.board()["registrations"]["accepted"] == 2);
    let mut at = 0;
    loop {
        line.proxy.trouble("/v1/changes", Trouble::AlterAnswer(at));
        line.stops(&saved, &NOT_BELIEVED, &format!("byte {at} of the page"));
        at += 32;
        if at >= line.proxy.body_sizes().1 {
            break;
        }
    }
    assert!(at > 300, "a page with two verdicts has more than {at} bytes");
    for (_, rid, _) in &saved.people {
        assert_eq!(line.state(rid), "received");
    }
    line.everything_arrives_once(&saved);
}

#[test]
fn a_token_altered_on_its_way_sends_nothing() {
    let line = Line::new();
    let saved = Saved::on(&line.device, 407..408);
    let mut at = 0;
    loop {
        line.proxy.trouble("/v1/token", Trouble::AlterAnswer(at));
        line.stops(&saved, &NOT_BELIEVED, &format!("byte {at} of the token"));
        let locked = line.device.run(&["sync", "--locked"]);
        assert_eq!(
            (locked.status, &locked.lines[0]["receipts"]),
            (Some(3), &json!(0)),
            "{locked:?}"
        );
        at += 32;
        if at >= line.proxy.body_sizes().1 {
            break;
        }
    }
    assert_eq!(line.town.board()["registrations"]["received"], 0);
    line.everything_arrives_once(&saved);
}

#[test]
fn an_enrolment_on_a_bad_line_is_repeated_with_the_same_invitation_and_makes_one_device() {
    let town = Town::with("development", &["--plain-http"]);
    let proxy = Proxy::before(&town.url);
    let device = Device::empty();
    let invitation = town.invite();
    for route in ["/v1/trust", "/v1/devices"] {
        let mut at = 8;
        loop {
            proxy.trouble(route, Trouble::AlterAnswer(at));
            let ran = device.enrol(&proxy.url(), &invitation);
            assert_eq!(ran.status, Some(3), "byte {at} of {route}: {ran:?}");
            let code = ran.error(3);
            let known = ["answer_altered", "answer_mismatch", "captive_portal", "untrusted"];
            assert!(known.contains(&code), "byte {at} of {route}: {ran:?}");
            ran.refuses(3, code);
            at += 64;
            if at >= proxy.body_sizes().1 {
                break;
            }
        }
    }
    device.run(&["queue"]).refuses(3, "not_enrolled");
    proxy.trouble("/v1/devices", Trouble::LoseAnswer);
    device.enrol(&proxy.url(), &invitation).refuses(3, "unreachable");
    proxy.mend();
    assert_eq!(
        device.enrol(&proxy.url(), &invitation).ok()["device"],
        1,
        "the same device every time"
    );
    device
        .enrol(&proxy.url(), &town.invite())
        .refuses(1, "already_enrolled");
    Device::empty()
        .enrol(&proxy.url(), &invitation)
        .refuses(1, "invitation_used");
    let mistyped = format!("{}x", &invitation[..invitation.len() - 1]);
    let ran = Device::empty().enrol(&proxy.url(), &mistyped);
    assert!(matches!(ran.status, Some(1 | 3)), "{ran:?}");
    let other = Town::with("development", &["--plain-http"]);
    Device::empty()
        .enrol(&proxy.url(), &other.invite())
        .refuses(3, "untrusted");
    Device::empty()
        .enrol("http://192.0.2.1:80", &invitation)
        .refuses(3, "insecure_url");
    Device::empty().enrol("gateway", &invitation).refuses(3, "invalid_url");
    Device::empty()
        .enrol(&proxy.url(), "not an invitation")
        .refuses(1, "invitation_malformed");
}

#[test]
fn a_line_cut_anywhere_in_a_request_loses_nothing() {
    let line = Line::new();
    let saved = Saved::on(&line.device, 410..411);
    // How long the request is shows once it has gone through with its answer lost.
    line.proxy.trouble("/v1/batches", Trouble::AlterRequest(0));
    line.stops(&saved, &["answer_mismatch", "malformed"], "altered");
    let whole = line.proxy.sizes().0;
    for at in (0..whole).step_by(16) {
        line.proxy.trouble("/v1/batches", Trouble::CutRequest(at));
        line.stops(&saved, &["unreachable"], &format!("cut after {at} of {whole} bytes"));
    }
    assert_eq!(line.town.board()["registrations"]["received"], 0);
    line.everything_arrives_once(&saved);
}

#[test]
fn a_line_cut_anywhere_in_an_answer_loses_nothing_and_doubles_nothing() {
    let line = Line::new();
    let saved = Saved::on(&line.device, 412..413);
    line.proxy.trouble("/v1/batches", Trouble::AlterAnswer(0));
    line.stops(&saved, &NOT_BELIEVED, "altered");
    let whole = line.proxy.sizes().1;
    for at in (0..whole).step_by(16) {
        line.proxy.trouble("/v1/batches", Trouble::CutAnswer(at));
        line.stops(&saved, &["unreachable"], &format!("cut after {at} of {whole} bytes"));
        assert_eq!(line.town.board()["registrations"]["received"], 1);
    }
    line.everything_arrives_once(&saved);
}

#[test]
fn an_answer_lost_after_the_commit_is_given_again() {
    let line = Line::new();
    let mut saved = Saved::on(&line.device, 414..417);
    line.proxy.trouble("/v1/batches", Trouble::LoseAnswer);
    line.stops(&saved, &["unreachable"], "lost");
    assert_eq!(
        line.town.board()["registrations"]["received"],
        3,
        "the gateway has them"
    );
    let locked = line.device.run(&["sync", "--locked"]);
    locked.refuses(3, "unreachable");
    saved.add(&line.device, Person::number(417));
    line.everything_arrives_once(&saved);
}

#[test]
fn a_request_that_arrives_twice_counts_once_and_a_slow_line_is_waited_for() {
    let line = Line::new();
    let mut saved = Saved::on(&line.device, 420..423);
    line.proxy.trouble("/v1/batches", Trouble::Duplicate);
    assert_eq!(line.sync().ok()["receipts"], 3);
    assert!(line.proxy.hits() > 0);
    line.was_stored_once(&saved);
    saved.add(&line.device, Person::number(423));
    line.proxy.trouble("", Trouble::Slow(Duration::from_millis(5)));
    assert_eq!(line.sync().ok()["receipts"], 1);
    line.everything_arrives_once(&saved);
}

fn page(status: &str, headers: &str, body: &str) -> Vec<u8> {
    format!(
        "HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: {}\r\n{headers}\r\n{body}",
        body.len()
    )
    .into_bytes()
}

#[test]
fn a_captive_portal_is_not_taken_for_the_city() {
    let line = Line::new();
    let saved = Saved::on(&line.device, 430..432);
    let html = "<html><title>Wi-Fi</title><form action=/login>Nhập số phòng</form></html>";
    for (what, answer) in [
        (
            "a page",
            page("200 OK", "Content-Type: text/html; charset=utf-8\r\n", html),
        ),
        (
            "a page that says it is CBOR",
            page("200 OK", "Content-Type: application/cbor\r\n", html),
        ),
        ("nothing", page("200 OK", "", "")),
        ("no content", page("204 No Content", "", "")),
        (
            "JSON",
            page("200 OK", "Content-Type: application/json\r\n", "{\"ok\":true}"),
        ),
        (
            "somewhere else",
            page("302 Found", "Location: http://192.0.2.1/login\r\n", ""),
        ),
        (
            "for ever",
            page("308 Permanent Redirect", "Location: http://192.0.2.1/login\r\n", html),
        ),
        (
            "log in first",
            page(
                "511 Network Authentication Required",
                "Content-Type: text/html\r\n",
                html,
            ),
        ),
        (
            "a very long page",
            page("200 OK", "Content-Type: text/html\r\n", &html.repeat(20_000)),
        ),
    ] {
        for route in ["", "/v1/batches", "/v1/changes"] {
            line.proxy.trouble(route, Trouble::Portal(answer.clone()));
            if route == "/v1/changes" && what != "a page" {
                continue;
            }
            if route != "/v1/changes" {
                line.stops(&saved, &["captive_portal"], &format!("{what} at {route:?}"));
                assert_eq!(line.town.board()["registrations"]["received"], 0, "{what}");
            }
        }
    }
    line.proxy.trouble("", Trouble::Portal(page("200 OK", "", html)));
    line.device.run(&["sync", "--locked"]).refuses(3, "captive_portal");
    Device::empty()
        .enrol(&line.proxy.url(), &line.town.invite())
        .refuses(3, "captive_portal");
    let said = {
        let mut device = Device::empty();
        device.set("TUNGNHA_LANG", "vi");
        device.enrol(&line.proxy.url(), &line.town.invite()).said
    };
    assert!(
        said.contains("Wi-Fi này cần đăng nhập. Chưa gửi được hồ sơ nào; tất cả vẫn còn trên máy."),
        "{said}"
    );
    // The portal lets records through and comes back for the verdicts.
    line.proxy
        .trouble("/v1/changes", Trouble::Portal(page("200 OK", "", html)));
    line.stops(&saved, &["captive_portal"], "changes");
    assert_eq!(line.state(&saved.people[0].1), "received");
    line.everything_arrives_once(&saved);
}

#[test]
fn what_a_server_may_answer_is_told_apart() {
    let line = Line::new();
    let saved = Saved::on(&line.device, 434..435);
    for (answer, reason) in [
        (page("500 Internal Server Error", "", "oops"), "server_error"),
        (page("502 Bad Gateway", "", "<html>nginx</html>"), "server_error"),
        (page("404 Not Found", "", "<html>no such page</html>"), "server_error"),
        (page("503 Service Unavailable", "Retry-After: 120\r\n", ""), "busy"),
        (
            page("429 Too Many Requests", "Retry-After: 999999999999\r\n", ""),
            "busy",
        ),
        (page("426 Upgrade Required", "", ""), "upgrade_needed"),
        (page("401 Unauthorized", "", ""), "unauthorised"),
        (page("413 Payload Too Large", "", ""), "too_large"),
        (page("403 Forbidden", "", "{\"code\":\"revoked\"}"), "revoked"),
        (b"SSH-2.0-OpenSSH_9.2\r\n".to_vec(), "unreachable"),
        (vec![0xff; 300], "unreachable"),
        (Vec::new(), "unreachable"),
    ] {
        line.proxy.trouble("", Trouble::Portal(answer));
        line.stops(&saved, &[reason], reason);
        assert_eq!(line.state(&saved.people[0].1), "queued", "{reason}");
    }
    line.everything_arrives_once(&saved);
}

#[test]
fn without_a_network_everything_waits_and_nobody_waits_long() {
    let mut line = Line::new();
    let saved = Saved::on(&line.device, 440..442);
    line.proxy.trouble("", Trouble::Down);
    let start = Instant::now();
    line.stops(&saved, &["unreachable"], "down");
    line.device.run(&["sync", "--locked"]).refuses(3, "unreachable");
    line.proxy.mend();
    line.town.kill();
    line.sync().refuses(3, "unreachable");
    assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
    Device::empty()
        .enrol("http://127.0.0.1:9", "not-yet")
        .refuses(1, "invitation_malformed");
    let mut device = Device::empty();
    device.set("TUNGNHA_LANG", "vi");
    line.town.restart(&[]);
    let invitation = line.town.invite();
    line.town.kill();
    let ran = device.enrol(&line.proxy.url(), &invitation);
    ran.refuses(3, "unreachable");
    assert!(ran.said.contains("Hồ sơ vẫn an toàn"), "{}", ran.said);
    saved.are_all_on(&line.device);
    line.town.restart(&[]);
    line.everything_arrives_once(&saved);
}

/// Somebody on the way (a proxy of the ward) lets no body through that is as large as one certain envelope: that one
/// waits and is named, longer each time; everybody else's arrives, also from the locked device.
#[test]
fn one_envelope_too_large_for_the_line_holds_up_no_other() {
    let line = Line::new();
    let long = Person {
        house: format!("K7/45 {}", "Đường Hoàng Văn Thụ ".repeat(8)),
        address: format!("{}Thạch Thang, Hải Châu, Đà Nẵng", "Tổ dân phố số mười hai, ".repeat(6)),
        ..Person::number(460)
    };
    let mut saved = Saved::on(&line.device, 461..462);
    saved.add(&line.device, long);
    for number in 462..465 {
        saved.add(&line.device, Person::number(number));
    }
    let large = saved.people[1].1.clone();
    let session = line.device.unlock_now();
    let lengths: Vec<usize> = session
        .store()
        .read(store::outbox::waiting)
        .unwrap()
        .iter()
        .map(|waiting| waiting.envelope.len())
        .collect();
    drop(session);
    let limit = lengths[1];
    assert!(
        lengths.iter().filter(|length| **length + 40 < limit).count() == 4,
        "{lengths:?}"
    );

    line.proxy.trouble("/v1/batches", Trouble::Limit(limit));
    assert_eq!(line.sync().refuses(3, "too_large")["left"], 1);
    assert_eq!(
        line.town.board()["registrations"]["received"],
        4,
        "everybody else's arrived"
    );
    assert_eq!(line.state(&large), "queued");
    let queue = line.device.run(&["queue"]).ok().clone();
    let aside = &queue["aside"][0];
    assert_eq!(
        (&aside["rid"], &aside["reason"]),
        (&json!(large), &json!("too_large")),
        "{queue}"
    );

    // The locked device has no table to note it in, and goes past it all the same.
    for number in 465..467 {
        saved.add(&line.device, Person::number(number));
    }
    line.device.run(&["sync", "--locked"]).refuses(3, "too_large");
    assert_eq!(line.town.board()["registrations"]["received"], 6);

    // By itself the device does not ask again at once, then it does, and then waits longer.
    let env = inside::Moved::new();
    let session = line.device.unlock(env.clone());
    let mut waits = Vec::new();
    for later in [0, 3600, 2 * 86_400] {
        env.set(later);
        line.proxy.trouble("/v1/batches", Trouble::Limit(limit));
        let report = inside::sync(&session);
        assert_eq!((report.left, report.reason.as_deref()), (1, Some("too_large")));
        let aside = session.store().read(store::outbox::aside).unwrap().remove(0);
        waits.push((line.proxy.hits() > 0, aside.times, aside.next_at - aside.since));
    }
    assert_eq!(
        waits.iter().map(|(asked, ..)| *asked).collect::<Vec<_>>(),
        [false, true, true]
    );
    assert_eq!(waits.iter().map(|(_, times, _)| *times).collect::<Vec<_>>(), [1, 2, 3]);
    assert!(waits.iter().all(|(.., wait)| (450..=3600).contains(wait)), "{waits:?}");
    drop(session);
    saved.are_all_on(&line.device);
    line.everything_arrives_once(&saved);
}

#[test]
fn another_authority_at_the_same_address_is_refused_before_anything_is_sent() {
    let town = Town::start();
    let proxy = Proxy::before(&town.url);
    let device = Device::empty();
    device.enrol(&proxy.tls_url(), &town.invite()).ok();
    let saved = Saved::on(&device, 450..452);
    let impostor = Town::start();
    proxy.trouble("", Trouble::Lead(address(&impostor.url)));
    for args in [&["sync", "--patience", "0"][..], &["sync", "--locked"]] {
        let ran = device.run(args);
        ran.refuses(3, "untrusted");
        ran.tells_nothing_about(&saved.persons());
    }
    assert!(
        !impostor.log().contains("\"batches\"") && !impostor.log().contains("\"token\""),
        "{}",
        impostor.log()
    );
    Device::empty()
        .enrol(&proxy.tls_url(), &town.invite())
        .refuses(3, "untrusted");
    saved.are_all_on(&device);
    // A login page where TLS was expected is a bad line, not a city.
    let plain = Town::with("development", &["--plain-http"]);
    proxy.trouble("", Trouble::Lead(address(&plain.url)));
    let ran = device.run(&["sync", "--patience", "0"]);
    assert!(
        matches!(ran.lines[0]["reason"].as_str(), Some("unreachable" | "untrusted")),
        "{ran:?}"
    );
    proxy.mend();
    assert_eq!(device.run(&["sync"]).ok()["receipts"], 2);
    assert_eq!(town.board()["registrations"]["received"], 2);
    saved.are_all_on(&device);
}

#[track_caller]
fn eventually(mut holds: impl FnMut() -> bool) {
    let until = Instant::now() + Duration::from_secs(20);
    while !holds() {
        assert!(Instant::now() < until, "it never came to that");
        std::thread::sleep(Duration::from_millis(50));
    }
}
