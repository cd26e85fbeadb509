#![allow(clippy::print_stdout, reason = "the figures are what it is for")]
//! `cargo bench -p tungnha-print`: how long paper takes, and how large its files are.

use divan::{Bencher, black_box};
use domain::ids::Realm;
use print::{CardFace, card_pdf, escpos, page_png, sheet_pdf, slip_pdf};

fn main() {
    let size = |what: &str, pdf: Result<Vec<u8>, print::PrintError>| {
        println!("{what}: {} bytes", pdf.map_or(0, |pdf| pdf.len()));
    };
    size("card", card_pdf(&card(0)));
    size("sheet of ten", sheet_pdf(&cards(10)));
    size("1,000 cards on 100 sheets", sheet_pdf(&cards(1000)));
    size("slip", slip_pdf(&card(0), true));
    size("slip as ESC/POS", slip_pdf(&card(0), true).and_then(|pdf| escpos(&pdf)));
    divan::main();
}

const NAMES: [&str; 8] = [
    "Trần Thị Mỹ Hạnh",
    "Hồ Văn Nết",
    "Bh'nướch Thị Ngơn",
    "Công Tằng Tôn Nữ Thị Bích Huyền",
    "Lê Văn Sáu",
    "Đặng Văn Tín",
    "A Lăng Thị Ŏ Ŭĭ",
    "Nguyễn Thị Ngưỡng",
];

/// 230 characters of QR text, as a signed code has; another for every card.
fn card(number: usize) -> CardFace {
    let alphabet = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ$%*+-./:";
    let mut seed = number as u64 + 1;
    let mut letter = || {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        char::from(alphabet[(seed >> 40) as usize % alphabet.len()])
    };
    CardFace {
        qr_text: (0..230).map(|_| letter()).collect(),
        code: format!("7KQ2-{:04}-{:04}", number / 7, number),
        name: Some(NAMES[number % NAMES.len()].to_owned()),
        issued: "23/11/2026".to_owned(),
        commune: "Phường Hải Châu".to_owned(),
        realm: Realm::Live,
        team: Some("Tổ công nghệ số cộng đồng 12".to_owned()),
    }
}

fn cards(count: usize) -> Vec<CardFace> {
    (0..count).map(card).collect()
}

#[divan::bench]
fn one_card(bencher: Bencher) {
    let card = card(0);
    bencher.bench(|| card_pdf(black_box(&card)));
}

#[divan::bench]
fn sheet_of_ten(bencher: Bencher) {
    let cards = cards(10);
    bencher.bench(|| sheet_pdf(black_box(&cards)));
}

#[divan::bench(sample_count = 5)]
fn thousand_cards(bencher: Bencher) {
    let cards = cards(1000);
    bencher.bench(|| sheet_pdf(black_box(&cards)));
}

#[divan::bench]
fn slip_as_dots(bencher: Bencher) {
    let card = card(0);
    bencher.bench(|| slip_pdf(black_box(&card), true).and_then(|pdf| escpos(&pdf)));
}

#[divan::bench]
fn preview_of_a_card(bencher: Bencher) {
    let pdf = card_pdf(&card(0)).unwrap_or_default();
    bencher.bench(|| page_png(black_box(&pdf), 0, 800));
}
