//! A city: 3 million envelopes, 30,000 devices, 5,000 teams. How long a ward's board takes, and how long a tablet waits for its
//! token while 60 desks look at boards beside it, next to the same without them.
//!
//! `cargo xtask bench`; nothing here asserts a speed. `TUNGNHA_BENCH_ENVELOPES` makes the city smaller,
//! `TUNGNHA_BENCH_CITY` names the folder where it stays.

#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a benchmark is blunt, and measures time"
)]

#[path = "../tests/support/mod.rs"]
mod support;

use domain::{ids::Realm, master::Master, state::State};
use gateway::{
    Gateway, Invite,
    adapters::population::NoRegister,
    env::System,
    http::{Limits, Options, start},
    opener::Opener,
};
use protocol::{cbor, enrolment::Role, report::DeviceReport};
use rusqlite::{Connection, params};
use std::{
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};
use support::{Keys, NOW, Tablet};

const TEAMS: u32 = 5_000;
const DEVICES: u32 = 30_000;
const BLANKS_OF_A_TEAM: u32 = 200;
const DESKS: usize = 60;
/// Tokens measured each time.
const TOKENS: usize = 1_000;

fn main() {
    if std::env::args().any(|argument| argument == "--list") {
        return;
    }
    let envelopes = std::env::var("TUNGNHA_BENCH_ENVELOPES").ok();
    let envelopes: u32 = envelopes.and_then(|text| text.parse().ok()).unwrap_or(3_000_000);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let _ = rustls::crypto::ring::default_provider().install_default();
    // Beside the build, not in /tmp: a temporary folder may be memory.
    let here = std::env::current_exe().unwrap();
    let folder = tempfile::tempdir_in(here.parent().unwrap()).unwrap();
    // A city that was filled before is measured again, and kept.
    let data = std::env::var_os("TUNGNHA_BENCH_CITY").map_or_else(|| folder.path().to_owned(), PathBuf::from);
    if !data.join("gateway.db").exists() {
        let begun = Instant::now();
        drop(Gateway::start(&data, Realm::Development, Arc::new(System)).unwrap());
        drop(Opener::open(&data, Realm::Development, Box::new(NoRegister), Arc::new(System)).unwrap());
        fill(&data, envelopes);
        decide(&data, envelopes);
        println!("a city of {envelopes} envelopes, filled in {:.0?}", begun.elapsed());
    }
    runtime.block_on(measure(&data));
}

fn communes() -> Vec<u32> {
    let master = Master::built_in();
    let today = domain::date::Day::of(NOW);
    master.communes_on(today).iter().map(|known| known.code.0).collect()
}

/// By SQL: what is measured reads no body and no signature.
fn fill(data: &Path, envelopes: u32) {
    let mut database = Connection::open(data.join("gateway.db")).unwrap();
    database
        .execute_batch("PRAGMA synchronous = OFF; PRAGMA foreign_keys = OFF; PRAGMA cache_size = -400000")
        .unwrap();
    let tx = database.transaction().unwrap();
    let triggers: Vec<(String, String)> = tx
        .prepare(
            "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' AND tbl_name IN ('envelopes', 'registrations')",
        )
        .unwrap()
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    for (name, _) in &triggers {
        tx.execute_batch(&format!("DROP TRIGGER {name}")).unwrap();
    }
    let wards = communes();
    tx.execute_batch("CREATE TEMP TABLE wards (n INTEGER PRIMARY KEY, code INTEGER NOT NULL)")
        .unwrap();
    for (n, code) in wards.iter().enumerate() {
        tx.execute("INSERT INTO wards VALUES (?1, ?2)", params![n, code])
            .unwrap();
    }
    let series = |until: u32| {
        format!("WITH RECURSIVE series (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM series WHERE n < {until})")
    };
    let (count, people) = (wards.len(), series(envelopes));
    let teams = series(TEAMS);
    // Team n is of ward n mod 94, device n of team n mod 5,000, envelope n of device n mod 30,000.
    let sql = format!(
        "{teams} INSERT INTO teams (id, ward, name)
             SELECT series.n, code, 'Tổ ' || series.n FROM series JOIN wards ON wards.n = series.n % {count};
         INSERT INTO team_communes (team, commune) SELECT id, ward FROM teams;
         {devices} INSERT INTO devices (id, code_group, team, role, signing, sealing, transport, program, enrolled_at,
                 last_contact, key_serial)
             SELECT n, n % 1000, n % {TEAMS} + 1, 'volunteer', CAST(printf('%032d', n) AS BLOB), zeroblob(32),
                 CAST(printf('%032d', n) AS BLOB), '0.1.0', {NOW}, {NOW} + n % 1000, n FROM series;
         {people} INSERT INTO envelopes (eid, digest, link, rid, kind, device, epoch, seq, commune, code, header, sealed,
                 body_hash, signature, received_at)
             SELECT CAST(printf('%016d', series.n) AS BLOB), zeroblob(32), zeroblob(16),
                 CAST(printf('%016d', series.n) AS BLOB), 'registration', devices.id, 1, (series.n - 1) / {DEVICES} + 1,
                 teams.ward, series.n, zeroblob(110), zeroblob(200), zeroblob(32), zeroblob(64), {NOW}
             FROM series JOIN devices ON devices.id = series.n % {DEVICES} + 1 JOIN teams ON teams.id = devices.team;
         INSERT INTO registrations (rid, device, commune, head, standing, erased)
             SELECT rid, device, commune, number,
                 CASE WHEN number % 50 = 0 THEN 'refused' WHEN number % 50 = 1 THEN 'possible_duplicate'
                     WHEN number % 100 = 2 THEN 'withdrawn' ELSE 'accepted' END, number % 100 = 2 FROM envelopes;
         INSERT INTO verdicts (eid, rid, standing, decided_at)
             SELECT eid, rid, 'refused', {NOW} + number FROM envelopes WHERE number % 50 = 0;
         {blanks} INSERT INTO cards (number, team, sheet, state, device, code, changed_at)
             SELECT n, n % {TEAMS} + 1, n / 10,
                 CASE WHEN n % 3 = 0 THEN 'bound' ELSE 'blank' END, CASE WHEN n % 3 = 0 THEN 1 END,
                 CASE WHEN n % 3 = 0 THEN n END, {NOW} FROM series;
         INSERT INTO device_sequences SELECT device, epoch, MAX(seq), COUNT(*) FROM envelopes GROUP BY device, epoch;
         INSERT INTO board_counts SELECT commune, standing, COUNT(*) FROM registrations GROUP BY commune, standing;
         INSERT INTO board_counts SELECT commune, 'received', COUNT(*) FROM registrations GROUP BY commune;
         UPDATE envelopes SET chain = zeroblob(32) WHERE number = {envelopes};
         UPDATE chain_head SET number = {envelopes};",
        devices = series(DEVICES),
        blanks = series(TEAMS * BLANKS_OF_A_TEAM),
    );
    tx.execute_batch(&sql).unwrap();
    {
        let mut put = tx
            .prepare("INSERT INTO reports (device, report, received_at) VALUES (?1, ?2, ?3)")
            .unwrap();
        for device in 1..=DEVICES {
            let report = DeviceReport {
                device,
                time: NOW,
                begun: 100,
                by_state: vec![10; State::ALL.len()],
                oldest_unsent: None,
                unsent: 0,
                program: "0.1.0".to_owned(),
                secret: "keyring".to_owned(),
                ext: Default::default(),
            };
            put.execute(params![device, cbor::encode(&report), NOW]).unwrap();
        }
    }
    for (_, sql) in &triggers {
        tx.execute_batch(sql).unwrap();
    }
    tx.commit().unwrap();
    database.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
}

/// The opener's half of what was decided, so that the two are in step.
fn decide(data: &Path, envelopes: u32) {
    let database = Connection::open(data.join("opener/opener.db")).unwrap();
    let sql = format!(
        "PRAGMA synchronous = OFF;
         WITH RECURSIVE series (n) AS (SELECT 50 UNION ALL SELECT n + 50 FROM series WHERE n + 50 <= {envelopes})
         INSERT INTO decisions (eid, rid, standing, decided_at)
             SELECT CAST(printf('%016d', n) AS BLOB), CAST(printf('%016d', n) AS BLOB), 'refused', {NOW} FROM series;"
    );
    database.execute_batch(&sql).unwrap();
}

fn invited(gateway: &Gateway, role: Role) -> gateway::InvitationIssued {
    let wards = Master::built_in()
        .communes_on(domain::date::Day::of(NOW))
        .iter()
        .map(|known| known.code);
    let wards: Vec<_> = wards.collect();
    let invite = Invite {
        ward: None,
        team: format!("Bàn {role:?}"),
        communes: vec![wards[0]],
        role,
        grants: if role == Role::Coordinator { wards } else { Vec::new() },
        operators: Vec::new(),
        widen: false,
        minutes: 15,
    };
    gateway.invite(&invite).unwrap()
}

fn tablet(gateway: &Gateway, role: Role, seed: u8) -> Tablet {
    let (invited, keys) = (invited(gateway, role), Keys::new(seed));
    let answer = gateway.enrol(&keys.request(&invited)).unwrap();
    Tablet::enrolled(keys, &answer, &gateway.trust().unwrap(), &invited)
}

async fn measure(data: &Path) {
    let limits = Limits {
        anonymous: gateway::http::Rate::new(1_000_000, 1_000_000),
        ..Limits::default()
    };
    let options = Options {
        listen: "127.0.0.1:0".parse().unwrap(),
        data: data.to_owned(),
        realm: Realm::Development,
        names: Vec::new(),
        plain_http: true,
        population: None,
        opener_delay: Duration::ZERO,
        limits,
    };
    let running = start(options, Arc::new(System)).await.unwrap();
    let gateway = running.gateway.clone();
    let wards = communes();

    // Each ward once, not from what was answered before.
    let mut boards: Vec<_> = wards
        .iter()
        .map(|code| {
            let begun = Instant::now();
            let board = gateway.board_of(domain::place::CommuneCode(*code)).unwrap();
            assert!(board.registrations.holds());
            begun.elapsed()
        })
        .collect();
    show("a board", &mut boards);

    let honest = tablet(&gateway, Role::Volunteer, 1);
    let desk = tablet(&gateway, Role::Coordinator, 2);
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let url = running.url.clone();
    let mut nonce = 0u64;
    let mut tokens = async |what: &str| {
        let mut waited = Vec::with_capacity(TOKENS);
        for _ in 0..TOKENS {
            nonce += 1;
            let request = protocol::enrolment::TokenRequest {
                device: honest.id(),
                nonce: cbor::Blob(format!("{nonce:016}").into_bytes()),
                ext: Default::default(),
            };
            let request = protocol::signed::Signed::make(&request, &honest.keys.transport);
            let begun = Instant::now();
            let answer = client
                .post(format!("{url}/v1/token"))
                .body(request)
                .send()
                .await
                .unwrap();
            assert_eq!(answer.status().as_u16(), 200);
            answer.bytes().await.unwrap();
            waited.push(begun.elapsed());
        }
        show(what, &mut waited);
    };
    tokens("a token").await;

    let token = desk.token(&gateway.token(&desk.token_request(1)).unwrap());
    let (stop, answered) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
    let desks: Vec<_> = (0..DESKS)
        .map(|n| {
            let (stop, answered, token) = (stop.clone(), answered.clone(), token.clone());
            let (url, wards) = (running.url.clone(), wards.clone());
            tokio::spawn(async move {
                let client = reqwest::Client::builder().no_proxy().build().unwrap();
                let url = format!("{url}/v1/communes/{}/board", wards[n % wards.len()]);
                while !stop.load(Ordering::Relaxed) {
                    let answer = client.get(&url).bearer_auth(&token).send().await.unwrap();
                    assert_eq!(answer.status().as_u16(), 200);
                    answer.bytes().await.unwrap();
                    answered.fetch_add(1, Ordering::Relaxed);
                    tokio::time::sleep(Duration::from_secs(1)).await;
                }
            })
        })
        .collect();
    tokio::time::sleep(Duration::from_secs(3)).await;
    tokens("a token beside 60 open boards").await;
    stop.store(true, Ordering::Relaxed);
    for desk in desks {
        desk.await.unwrap();
    }
    println!("{} boards were answered meanwhile", answered.load(Ordering::Relaxed));
    running.stop().await.unwrap();
}

fn show(what: &str, times: &mut [Duration]) {
    times.sort_unstable();
    let at = |part: usize| times[(times.len() * part / 1000).min(times.len() - 1)];
    println!(
        "{what}: median {:.1?}, p99 {:.1?}, worst {:.1?} ({} times)",
        at(500),
        at(990),
        at(1000),
        times.len()
    );
}
