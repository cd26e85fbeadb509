//! The card as others see it: its bytes, and where poppler and zbar are installed, its picture and its text.

use domain::ids::Realm;
use print::{CARD_HEIGHT_MM, CARD_WIDTH_MM, CardFace, ErrorCorrection, PrintError, card_pdf, qr_png};
use std::{
    path::{Path, PathBuf},
    process::Command,
};
use unicode_normalization::UnicodeNormalization;

const QR_ALPHABET: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";

/// As long as a signed identity code in base45.
fn qr_text(length: usize) -> String {
    (0..length)
        .map(|i| char::from(QR_ALPHABET[(i * 17 + i / 45) % 45]))
        .collect::<String>()
        .replace(' ', "A")
}

fn face(name: Option<&str>) -> CardFace {
    CardFace {
        qr_text: qr_text(230),
        code: "7KQ2-M4XA-9RTW".to_owned(),
        name: name.map(str::to_owned),
        issued: "23/11/2026".to_owned(),
        commune: "Phường Hải Châu".to_owned(),
        realm: Realm::Live,
        team: Some("Tổ công nghệ số cộng đồng 12 · Máy 17".to_owned()),
    }
}

const LONG: &str = "Công Tằng Tôn Nữ Nguyễn Phước Thị Bích Huyền Trân Hoàng Ngọc Quỳnh Như Thanh Thảo Phương Uyên Khánh Linh \
                    Diễm Hương Thùy Dương Mỹ Duyên Bảo Trâm Kim Ngân Tường Vy Cát Tường Ánh Nguyệt Tuyết Nhung Hồng Đào";

fn faces() -> Vec<(&'static str, CardFace)> {
    assert!(LONG.chars().count() > 200);
    let marked = |realm| CardFace {
        realm,
        ..face(Some("Trần Thị Mỹ Hạnh"))
    };
    vec![
        ("live", face(Some("Trần Thị Mỹ Hạnh"))),
        (
            "minority",
            CardFace {
                commune: "Xã Tây Giang".to_owned(),
                ..face(Some("Bh'nướch Thị Ngơn Č̣ĕ̀ Ŏ́ Ŭĭñ"))
            },
        ),
        ("apart", face(Some(&"Nguyễn Thị Ngưỡng Ất".nfd().collect::<String>()))),
        ("long", face(Some(LONG))),
        ("one_word", face(Some(&"Nghiêng".repeat(12)))),
        ("no_name", face(None)),
        (
            "short_qr",
            CardFace {
                qr_text: qr_text(60),
                team: None,
                ..face(Some("Lê Văn Sáu"))
            },
        ),
        (
            "long_qr",
            CardFace {
                qr_text: qr_text(310),
                ..face(Some("Đặng Văn Tín"))
            },
        ),
        (
            "far",
            CardFace {
                commune: "Phường Điện Bàn Đông – Thành phố Đà Nẵng".to_owned(),
                ..face(Some("Hồ Văn Nết"))
            },
        ),
        ("demo", marked(Realm::Practice)),
        ("development", marked(Realm::Development)),
    ]
}

#[test]
fn one_page_of_exactly_an_identity_card_with_its_fonts_inside() {
    for (what, card) in faces() {
        let pdf = card_pdf(&card).expect(what);
        let text = String::from_utf8_lossy(&pdf);
        let at = text.find("/MediaBox").expect("a page") + "/MediaBox".len();
        let numbers = &text[at..at + text[at..].find(']').expect("a box")];
        let numbers: Vec<f32> = numbers
            .trim_matches(['[', ' '])
            .split_whitespace()
            .map(|n| n.parse().expect("a number"))
            .collect();
        let millimetres: Vec<f32> = numbers.iter().map(|pt| pt * 25.4 / 72.0).collect();
        let exact = [0.0, 0.0, CARD_WIDTH_MM, CARD_HEIGHT_MM];
        assert!(
            millimetres.iter().zip(exact).all(|(a, b)| (a - b).abs() < 0.005),
            "{what}: {millimetres:?}"
        );
        assert_eq!(text.matches("/MediaBox").count(), 1, "{what}: one page");
        assert!(
            text.contains("+NotoSans-Bold") && text.contains("+NotoSans-Regular"),
            "{what}: a subset of the font"
        );
        assert!(pdf.len() < 80_000, "{what}: {} bytes", pdf.len());
    }
}

#[test]
fn the_same_card_is_the_same_bytes_and_carries_no_time() {
    for (what, card) in faces() {
        let (once, again) = (card_pdf(&card).expect(what), card_pdf(&card).expect(what));
        assert_eq!(once, again, "{what}");
        assert!(!String::from_utf8_lossy(&once).contains("Date"), "{what}");
    }
    assert_ne!(card_pdf(&face(Some("Hồ Văn Nết"))), card_pdf(&face(Some("Hồ Văn Nét"))));
}

#[test]
fn what_cannot_be_printed_truly_is_refused() {
    let refusal = |card: CardFace| card_pdf(&card).map(|_| ()).map_err(PrintError::code);
    assert_eq!(refusal(face(Some("山田太郎"))), Err("unknown_character"));
    assert_eq!(refusal(face(Some(&"Nguyễn ".repeat(300)))), Err("text_too_long"));
    assert_eq!(refusal(face(Some(&"Ồ".repeat(1_000_000)))), Err("text_too_long"));
    // 92 modules of 0.4 mm with the quiet zone are the most that fit: version 16 holds 656 characters at level M.
    assert_eq!(
        refusal(CardFace {
            qr_text: qr_text(656),
            ..face(None)
        }),
        Ok(())
    );
    assert_eq!(
        refusal(CardFace {
            qr_text: qr_text(657),
            ..face(None)
        }),
        Err("qr_too_large")
    );
    assert_eq!(
        refusal(CardFace {
            qr_text: qr_text(5000),
            ..face(None)
        }),
        Err("qr_too_large")
    );
}

#[test]
fn debug_output_names_nobody() {
    let shown = format!("{:?}", face(Some("Trần Thị Mỹ Hạnh")));
    assert!(!shown.contains("Hạnh") && !shown.contains("7KQ2") && shown.contains("has_name: true"));
}

#[test]
fn a_qr_picture_of_bytes_reads_back_to_the_byte() {
    let texts: [&[u8]; 4] = [
        "048188999301||Trần Thị Mỹ Hạnh|09021988|Nữ".as_bytes(),
        b"0",
        &[0, 255, 0xE1, 0xBA, 0xA1, 10],
        &[0xEE; 900],
    ];
    for bytes in texts {
        for level in [
            ErrorCorrection::L,
            ErrorCorrection::M,
            ErrorCorrection::Q,
            ErrorCorrection::H,
        ] {
            let png = qr_png(bytes, 4, level).expect("fits");
            let found = scan::scan_picture(&png, &mut || true).expect("a picture");
            assert_eq!(
                found.iter().map(|code| code.bytes.as_slice()).collect::<Vec<_>>(),
                [bytes]
            );
        }
    }
    assert_eq!(
        qr_png(&[0; 2953], 1, ErrorCorrection::L).map(|png| scan::decode_picture(&png).expect("a picture").width()),
        Ok(177 + 8)
    );
    assert_eq!(qr_png(&[0; 2954], 1, ErrorCorrection::L), Err(PrintError::QrTooLarge));
    assert_eq!(qr_png(b"0", 0, ErrorCorrection::L), qr_png(b"0", 1, ErrorCorrection::L));
}

/// Runs a program; `None` when it is not installed.
fn run(program: &str, arguments: &[&str]) -> Option<Vec<u8>> {
    match Command::new(program).args(arguments).output() {
        Ok(output) => {
            assert!(
                output.status.success(),
                "{program}: {}",
                String::from_utf8_lossy(&output.stderr)
            );
            Some(output.stdout)
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
        Err(error) => panic!("{program}: {error}"),
    }
}

fn saved(what: &str, card: &CardFace) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("card-{what}.pdf"));
    std::fs::write(&path, card_pdf(card).expect(what)).expect("a writable folder");
    path
}

#[test]
fn the_printed_code_is_read_by_strangers_and_by_our_own_reader() {
    for (what, card) in faces() {
        let pdf = saved(what, &card);
        for dpi in ["300", "150"] {
            let base = pdf.with_extension("").to_string_lossy().into_owned() + "-" + dpi;
            let arguments = ["-png", "-singlefile", "-r", dpi, &pdf.to_string_lossy(), &base];
            if run("pdftoppm", &arguments).is_none() {
                eprintln!("skipped: pdftoppm missing");
                return;
            }
            let picture = base + ".png";
            let found =
                scan::scan_picture(&std::fs::read(&picture).expect("a picture"), &mut || true).expect("a picture");
            let texts: Vec<_> = found.iter().filter_map(|code| code.text.as_deref()).collect();
            assert_eq!(texts, [card.qr_text.as_str()], "{what} at {dpi} dpi, our reader");
            match run(
                "zbarimg",
                &["--quiet", "--raw", "-Sdisable", "-Sqrcode.enable", &picture],
            ) {
                Some(out) => assert_eq!(
                    String::from_utf8_lossy(&out).trim_end(),
                    card.qr_text,
                    "{what} at {dpi} dpi, zbar"
                ),
                None => eprintln!("skipped: zbarimg missing"),
            }
        }
    }
}

#[test]
fn the_text_copied_out_of_the_card_is_the_name_to_the_letter() {
    for (what, card) in faces() {
        let pdf = saved(&format!("{what}-text"), &card);
        let Some(out) = run("pdftotext", &["-raw", "-enc", "UTF-8", &pdf.to_string_lossy(), "-"]) else {
            eprintln!("skipped: pdftotext missing");
            return;
        };
        let text: String = String::from_utf8(out).expect("UTF-8").nfc().collect();
        assert!(
            text.contains(&format!("Mã công dân số\n{}\n", card.code)),
            "{what}: {text}"
        );
        let between = text
            .split_once("Họ tên\n")
            .and_then(|(_, rest)| rest.split_once("\nĐăng ký ngày 23/11/2026"));
        let (between, _) = between.expect("the label and the date");
        let commune: String = card.commune.nfc().collect();
        let name: String = card.name.unwrap_or_default().nfc().collect();
        let lines: Vec<&str> = between.lines().collect();
        let joined = if what == "one_word" {
            lines.concat()
        } else {
            lines.join(" ")
        };
        let separator = if name.is_empty() || what == "one_word" { "" } else { " " };
        assert_eq!(joined, format!("{name}{separator}{commune}"), "{what}");
        let mark = match card.realm {
            Realm::Live => "Không thay thẻ căn cước",
            Realm::Practice => "LUYỆN TẬP – KHÔNG CÓ GIÁ TRỊ",
            Realm::Development => "THỬ NGHIỆM – KHÔNG CÓ GIÁ TRỊ",
        };
        assert!(text.contains(mark), "{what}");
        assert_eq!(text.contains("KHÔNG CÓ GIÁ TRỊ"), card.realm != Realm::Live, "{what}");
    }
}
