//! Bad printers: little toner, paper drawn in askew, "fit to page", and all of it at once, at the resolutions that offices have.

mod common;

use common::{cut, qr_text, rasterised, read, read_by_zbar, run, saved, text_of};
use domain::ids::Realm;
use image::{GrayImage, Luma};
use print::{CARD_HEIGHT_MM, CARD_WIDTH_MM, CardFace, card_pdf, slip_pdf};

/// What a printer does to a page.
#[derive(Clone, Copy)]
struct Printer {
    name: &'static str,
    /// Size of the print in parts of what was asked.
    scale: f32,
    /// Sine and cosine of the angle at which the paper went in.
    skew: (f32, f32),
    /// Black comes out as this grey, and a part of all dots not at all.
    toner: (f32, f32),
    /// Every so many millimetres a streak of 0.3 mm without toner.
    streak: Option<f32>,
}

const GOOD: Printer = Printer {
    name: "good",
    scale: 1.0,
    skew: (0.0, 1.0),
    toner: (0.0, 0.0),
    streak: None,
};

const PRINTERS: [Printer; 5] = [
    GOOD,
    Printer {
        name: "low toner",
        toner: (105.0, 0.06),
        streak: Some(11.0),
        ..GOOD
    },
    Printer {
        name: "skewed 3 degrees",
        skew: (0.052_336, 0.998_63),
        ..GOOD
    },
    Printer {
        name: "scaled to 95 %",
        scale: 0.95,
        ..GOOD
    },
    Printer {
        name: "all of it",
        scale: 0.95,
        skew: (-0.034_9, 0.999_39),
        toner: (80.0, 0.02),
        streak: Some(17.0),
    },
];

fn printed(page: &GrayImage, printer: Printer, dpi: u32) -> GrayImage {
    let (width, height) = (page.width() as f32, page.height() as f32);
    let mut seed = 0x2545_F491_4F6C_DD1D_u64;
    let mut unit = move || {
        seed = seed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (seed >> 40) as f32 / (1_u64 << 24) as f32
    };
    let (sin, cos) = printer.skew;
    let paper = GrayImage::from_fn(page.width(), page.height(), |x, y| {
        let (dx, dy) = (
            (x as f32 - width / 2.0) / printer.scale,
            (y as f32 - height / 2.0) / printer.scale,
        );
        let (u, v) = (dx * cos + dy * sin + width / 2.0, dy * cos - dx * sin + height / 2.0);
        if !(0.0..width - 1.0).contains(&u) || !(0.0..height - 1.0).contains(&v) {
            return Luma([255]);
        }
        // Paper that lies askew is seen between the dots.
        let at = |dx: u32, dy: u32| f32::from(page.get_pixel(u as u32 + dx, v as u32 + dy).0[0]);
        let (right, down) = (u.fract(), v.fract());
        let upper = at(0, 0) * (1.0 - right) + at(1, 0) * right;
        let lower = at(0, 1) * (1.0 - right) + at(1, 1) * right;
        let shade = upper * (1.0 - down) + lower * down;
        let mm = u / dpi as f32 * 25.4;
        let streaked = printer.streak.is_some_and(|every| mm % every < 0.3);
        let faded = printer.toner.0 + shade * (255.0 - printer.toner.0) / 255.0;
        let missing = streaked || unit() < printer.toner.1;
        Luma([if missing { 255.0_f32.min(shade + 190.0) } else { faded } as u8])
    });
    // No eye is sharper than a tenth of a millimetre.
    image::imageops::blur(&paper, 0.7 * dpi as f32 / 200.0)
}

fn face(length: usize, number: usize) -> CardFace {
    CardFace {
        qr_text: qr_text(length, number),
        code: "7KQ2-M4XA-9RTW".to_owned(),
        name: Some("Trần Thị Mỹ Hạnh".to_owned()),
        issued: "23/11/2026".to_owned(),
        commune: "Phường Hải Châu".to_owned(),
        realm: Realm::Live,
        team: None,
    }
}

#[test]
fn every_product_reads_from_every_printer_at_every_resolution() {
    // 311 characters are version 10 at level M.
    let face = face(311, 1);
    let products = [
        ("card", card_pdf(&face).expect("fits"), (CARD_WIDTH_MM, CARD_HEIGHT_MM)),
        ("slip", slip_pdf(&face, true).expect("fits"), (80.0, 95.0)),
    ];
    for (what, pdf, size) in products {
        let pdf = saved(&format!("worn-{what}.pdf"), &pdf);
        for dpi in [200, 300, 600] {
            let Some(page) = rasterised(&pdf, 1, dpi) else { return };
            let page = cut(&page, dpi, (0.0, 0.0), size);
            for printer in PRINTERS {
                let picture = printed(&page, printer, dpi);
                let who = format!("{what}, {}, {dpi} dpi", printer.name);
                assert_eq!(read(&picture), [face.qr_text.as_str()], "{who}");
                // zbar reads through each of these faults, not through all at once.
                if printer.name == "all of it" {
                    continue;
                }
                if let Some(found) = read_by_zbar("worn", &picture) {
                    assert_eq!(found, [face.qr_text.as_str()], "{who}, zbar");
                }
            }
        }
    }
}

/// Every letter that may stand in a name here, six to a word: Vietnamese, and the breves, bars and marks of Cơ Tu, Ê Đê,
/// Gia Rai and Ba Na.
fn alphabet() -> Vec<String> {
    use unicode_normalization::UnicodeNormalization as _;
    let vowels = [
        "a",
        "ă",
        "â",
        "e",
        "ĕ",
        "ê",
        "ê\u{306}",
        "i",
        "ĭ",
        "o",
        "ŏ",
        "ô",
        "ô\u{306}",
        "ơ",
        "ơ\u{306}",
        "u",
        "ŭ",
        "ư",
        "ư\u{306}",
        "y",
    ];
    let tones = ["", "\u{300}", "\u{301}", "\u{303}", "\u{309}", "\u{323}"];
    let sung = vowels
        .iter()
        .flat_map(|vowel| tones.map(|tone| format!("{vowel}{tone}")));
    let small = sung.chain("bƀcčdđfghjklmnñpqrstvwxyz'".chars().map(String::from));
    let both: Vec<String> = small
        .flat_map(|letter| [letter.to_uppercase(), letter])
        .map(|letter| letter.nfc().collect())
        .collect();
    both.chunks(6).map(<[String]>::concat).collect()
}

#[test]
fn every_letter_of_a_name_comes_out_of_the_file_again() {
    for (i, words) in alphabet().chunks(9).enumerate() {
        let name = words.join(" ");
        let card = CardFace {
            name: Some(name.clone()),
            ..face(60, i)
        };
        let pdf = saved(&format!("letters-{i}.pdf"), &card_pdf(&card).expect("fits"));
        let Some(text) = text_of(&pdf) else { return };
        let between = text.split_once("Họ tên\n").expect("a label").1;
        let between = between.split_once("\nPhường Hải Châu").expect("a commune").0;
        assert_eq!(between.replace('\n', " "), name);
    }
}

#[test]
fn fonts_are_embedded_and_only_the_letters_in_use() {
    for (what, pdf) in [
        ("card", card_pdf(&face(230, 1)).expect("fits")),
        ("slip", slip_pdf(&face(230, 1), true).expect("fits")),
    ] {
        assert!(pdf.len() < 60_000, "{what}: {} bytes", pdf.len());
        let file = saved(&format!("fonts-{what}.pdf"), &pdf);
        let Some(list) = run("pdffonts", &[&file.to_string_lossy()]) else {
            return;
        };
        let list = String::from_utf8(list).expect("a table");
        let fonts: Vec<&str> = list.lines().skip(2).collect();
        assert_eq!(fonts.len(), 2, "{list}");
        for font in fonts {
            assert!(font.contains("+NotoSans-"), "{font}");
            // The columns emb, sub, uni.
            assert_eq!(
                font.split_whitespace().filter(|word| *word == "yes").count(),
                3,
                "{font}"
            );
        }
    }
}
