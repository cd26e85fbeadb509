//! What one registration costs on its way, each figure beside its floor in the same run.
//!
//! `cargo xtask bench`; nothing here asserts a speed.

use app::{Session, env::SystemEnv, place::Place, practice::device::init as init_practice};
use std::{
    fs::File,
    io::Write as _,
    os::unix::fs::FileExt as _,
    sync::{Arc, OnceLock},
};
use store::records;
use tungnha_tests::{
    Person,
    crowd::{self, draft},
    device::PIN,
};

fn main() {
    divan::main();
}

/// A practice device in a folder of its own.
struct Bench {
    session: Session,
    env: Arc<SystemEnv>,
    folder: tempfile::TempDir,
}

fn device() -> Bench {
    // Beside the build, not in /tmp: a temporary folder may be memory, where fdatasync costs nothing.
    let here = std::env::current_exe().unwrap();
    let folder = tempfile::tempdir_in(here.parent().unwrap()).unwrap();
    let env = Arc::new(SystemEnv::new());
    let place = Place {
        home: folder.path().join("home"),
        secrets: Some(folder.path().join("secrets")),
        keyring: Some(false),
    };
    init_practice(&place, PIN, env.clone()).unwrap();
    let session = Session::open(&place, None, PIN, env.clone()).unwrap();
    Bench { session, env, folder }
}

/// From the finished form to "saved": parse, seal, sign, one durable transaction, copy in the spool.
#[divan::bench(sample_count = 200, sample_size = 1)]
fn save_a_registration(bencher: divan::Bencher) {
    let bench = device();
    let mut n = 0;
    bencher
        .with_inputs(|| {
            n += 1;
            draft(n)
        })
        .bench_local_values(|draft| bench.session.register(None, &draft).unwrap());
}

/// The floor: as many bytes as one save adds to the write-ahead log, written at the end of a file, one fdatasync.
#[divan::bench(sample_count = 200, sample_size = 1)]
fn floor_of_a_save_one_fdatasync_of_the_same_bytes(bencher: divan::Bencher) {
    let bench = device();
    let wal = bench.folder.path().join("home/registrations.db-wal");
    let size = || std::fs::metadata(&wal).map_or(0, |meta| meta.len());
    // The log is reused from its start after a checkpoint: the median step between two saves is what one save writes.
    let mut steps: Vec<u64> = (1..40)
        .map(|n| {
            let before = size();
            bench.session.register(None, &draft(n)).unwrap();
            size().saturating_sub(before)
        })
        .collect();
    steps.sort_unstable();
    let bytes = vec![7u8; steps[steps.len() / 2].max(4096) as usize];
    println!("  one save writes {} bytes to the log", bytes.len());
    let file = File::create(bench.folder.path().join("floor")).unwrap();
    let mut at = 0;
    bencher.bench_local(|| {
        file.write_all_at(&bytes, at).unwrap();
        file.sync_data().unwrap();
        at += bytes.len() as u64;
    });
}

const RESIDENTS: u32 = 100_000;

/// A device with 100,000 residents: far more than one ever has.
fn crowded() -> &'static Bench {
    static CROWDED: OnceLock<Bench> = OnceLock::new();
    CROWDED.get_or_init(|| {
        let bench = device();
        crowd::fill(&bench.session, &*bench.env, RESIDENTS);
        bench
    })
}

/// Common and rare words, with and without marks, parts of numbers; the first twenty hits, newest first.
#[divan::bench(args = ["nguyen thi", "Nguyễn Thị Hạnh", "ng", "hanh", "0905712345", "hoang van thu 45", "khong co ai"], sample_count = 100)]
fn search_100_000_residents(bencher: divan::Bencher, typed: &str) {
    let bench = crowded();
    bencher.bench_local(|| bench.session.store().read(|tx| records::find(tx, typed, 20)).unwrap());
}

/// The cost of a save must not grow with the database: the same save beside 100,000 residents.
#[divan::bench(sample_count = 200, sample_size = 1)]
fn save_a_registration_beside_100_000(bencher: divan::Bencher) {
    let bench = crowded();
    let mut n = RESIDENTS;
    bencher
        .with_inputs(|| {
            n += 1;
            draft(n)
        })
        .bench_local_values(|draft| bench.session.register(None, &draft).unwrap());
}

/// From the bytes of a card's QR to a reading, with the commune of today.
#[divan::bench]
fn parse_a_card_text(bencher: divan::Bencher) {
    let text = Person::planted().idcard_text();
    let bytes = text.as_bytes();
    bencher.bench(|| domain::idcard::read(divan::black_box(bytes)));
}

/// The floor of a parse: checking that the same bytes are UTF-8 and splitting them at the bars.
#[divan::bench]
fn floor_of_a_parse_utf8_and_split(bencher: divan::Bencher) {
    let text = Person::planted().idcard_text();
    let bytes = text.as_bytes();
    bencher.bench(|| std::str::from_utf8(divan::black_box(bytes)).map(|text| text.split('|').count()));
}

/// One card as PDF.
#[divan::bench(sample_count = 50)]
fn make_a_card(bencher: divan::Bencher) {
    let bench = device();
    let rid = bench.session.register(None, &draft(1)).unwrap().rid;
    let size = bench.session.card(rid).unwrap().pdf.len();
    println!("  one card is {size} bytes");
    std::io::stdout().flush().unwrap();
    bencher.bench_local(|| bench.session.card(rid).unwrap().pdf);
}
