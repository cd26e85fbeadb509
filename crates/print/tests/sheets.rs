//! Sheets of ten: every card at its place, whole, readable, and cut where the marks say.

mod common;

use common::{cut, qr_text, rasterised, read, read_by_zbar, saved, text_of};
use domain::ids::Realm;
use image::GrayImage;
use print::{
    BlankFace, CARD_HEIGHT_MM, CARD_WIDTH_MM, CardFace, PrintError, SHEET_CARDS, blank_sheet_pdf, card_pdf, sheet_pdf,
};

const SIZE: (f32, f32) = (CARD_WIDTH_MM, CARD_HEIGHT_MM);

/// Where the specification of the sheet puts a card: 173.2 x 277.9 mm in the middle of A4.
fn place(i: usize) -> (f32, f32) {
    let (column, row) = ((i % 2) as f32, (i / 2) as f32);
    (
        (210.0 - 173.2) / 2.0 + column * (85.6 + 2.0),
        (297.0 - 277.9) / 2.0 + row * (53.98 + 2.0),
    )
}

fn card(i: usize) -> CardFace {
    CardFace {
        qr_text: qr_text(230, i),
        code: format!("7KQ2-M4XA-{i:04}"),
        name: Some(["Trần Thị Mỹ Hạnh", "Bh'nướch Ngơn", "Hồ Văn Nết"][i % 3].to_owned()),
        issued: "23/11/2026".to_owned(),
        commune: "Phường Hải Châu".to_owned(),
        realm: Realm::Live,
        team: Some("Tổ công nghệ số cộng đồng 12".to_owned()),
    }
}

fn blank(i: usize, realm: Realm) -> BlankFace {
    BlankFace {
        qr_text: qr_text(150, i),
        number: format!("T12-{i:05}"),
        realm,
        team: Some("Tổ công nghệ số cộng đồng 12 · Bàn Thạch".to_owned()),
    }
}

fn is_white(picture: &GrayImage) -> bool {
    picture.pixels().all(|pixel| pixel.0[0] > 250)
}

#[test]
fn a_card_on_a_sheet_is_the_single_card() {
    let cards: Vec<_> = (0..13).map(card).collect();
    let pdf = saved("sheet.pdf", &sheet_pdf(&cards).expect("a sheet"));
    for (page, on_it) in [(1, &cards[..SHEET_CARDS]), (2, &cards[SHEET_CARDS..])] {
        let Some(picture) = rasterised(&pdf, page, 200) else {
            return;
        };
        for (i, card) in on_it.iter().enumerate() {
            let there = cut(&picture, 200, place(i), SIZE);
            assert_eq!(read(&there), [card.qr_text.as_str()], "page {page}, place {i}");
            if let Some(found) = read_by_zbar("sheet-cell", &there) {
                assert_eq!(found, [card.qr_text.as_str()], "page {page}, place {i}, zbar");
            }
        }
        for i in on_it.len()..SHEET_CARDS {
            assert!(is_white(&cut(&picture, 200, place(i), SIZE)), "place {i} stays blank");
        }
        // The gutters and the space right beside the cards stay white: a cut a little off shows no ink.
        let (x, y) = place(0);
        for column in [x - 0.7, x + 85.6 + 0.2, x + 173.2 + 0.2] {
            assert!(
                is_white(&cut(&picture, 200, (column, y), (0.4, 277.9))),
                "column {column}"
            );
        }
    }
    // The same picture as the card alone, apart from where the pixels fall.
    let alone = saved("sheet-alone.pdf", &card_pdf(&cards[3]).expect("a card"));
    let (Some(page), Some(alone)) = (rasterised(&pdf, 1, 300), rasterised(&alone, 1, 300)) else {
        return;
    };
    let there = cut(&page, 300, place(3), SIZE);
    let dark = |picture: &GrayImage| picture.pixels().map(|p| u64::from(255 - p.0[0])).sum::<u64>() as f64;
    let (a, b) = (dark(&there), dark(&alone));
    assert!((a / b - 1.0).abs() < 0.01, "{a} and {b}");
    let text = text_of(&pdf).expect("poppler is here");
    for card in &cards {
        assert!(text.contains(&card.code), "{}", card.code);
    }
    assert_eq!(text.matches("Trần Thị Mỹ Hạnh").count(), 5);
    assert_eq!(text.matches("Bh'nướch Ngơn").count(), 4);
}

#[test]
fn crop_marks_stand_at_every_edge_of_every_card() {
    let pdf = saved("marks.pdf", &sheet_pdf(&[card(0)]).expect("a sheet"));
    let Some(picture) = rasterised(&pdf, 1, 600) else {
        return;
    };
    let dark = |at: (f32, f32), size: (f32, f32)| {
        cut(&picture, 600, at, size)
            .pixels()
            .filter(|pixel| pixel.0[0] < 128)
            .count()
    };
    let (left, top) = place(0);
    for x in [left, left + 85.6, left + 87.6, left + 173.2] {
        for y in [top - 4.0, top + 277.9 + 1.5] {
            assert!(dark((x - 0.2, y), (0.4, 2.0)) > 40, "a mark at {x}, {y}");
            assert_eq!(dark((x - 1.2, y), (0.8, 2.0)), 0, "nothing beside {x}, {y}");
        }
    }
    for row in 0..5 {
        let y = top + row as f32 * 55.98;
        for y in [y, y + 53.98] {
            for x in [left - 4.0, left + 173.2 + 1.5] {
                assert!(dark((x, y - 0.2), (2.0, 0.4)) > 40, "a mark at {x}, {y}");
            }
        }
    }
}

#[test]
fn practice_stripes_stay_on_their_own_card() {
    let practice = CardFace {
        realm: Realm::Practice,
        ..card(0)
    };
    let pdf = saved("demo-sheet.pdf", &sheet_pdf(&[practice]).expect("a sheet"));
    let Some(picture) = rasterised(&pdf, 1, 200) else {
        return;
    };
    assert!(is_white(&cut(&picture, 200, place(1), SIZE)), "the neighbour's place");
    let (x, y) = place(0);
    assert!(is_white(&cut(&picture, 200, (x, y + 54.2), (85.6, 1.0))), "the gutter");
}

#[test]
fn blank_cards_show_number_and_code_and_no_name() {
    let blanks: Vec<_> = (0..12).map(|i| blank(i, Realm::Live)).collect();
    let pdf = saved("blanks.pdf", &blank_sheet_pdf(&blanks).expect("blanks"));
    for (page, on_it) in [(1, &blanks[..SHEET_CARDS]), (2, &blanks[SHEET_CARDS..])] {
        let Some(picture) = rasterised(&pdf, page, 200) else {
            return;
        };
        for (i, card) in on_it.iter().enumerate() {
            let there = cut(&picture, 200, place(i), SIZE);
            assert_eq!(read(&there), [card.qr_text.as_str()], "page {page}, place {i}");
        }
    }
    let text = text_of(&pdf).expect("poppler is here");
    for card in &blanks {
        assert!(text.contains(&card.number), "{}", card.number);
    }
    assert_eq!(text.matches("Họ tên (viết tay)").count(), 12);
    assert!(!text.contains("Mã công dân số") && !text.contains("KHÔNG CÓ GIÁ TRỊ"));

    for (realm, words) in [
        (Realm::Practice, "LUYỆN TẬP – KHÔNG CÓ GIÁ TRỊ"),
        (Realm::Development, "THỬ NGHIỆM – KHÔNG CÓ GIÁ TRỊ"),
    ] {
        let pdf = saved(
            "blanks-marked.pdf",
            &blank_sheet_pdf(&[blank(0, realm)]).expect("a blank"),
        );
        assert!(text_of(&pdf).expect("poppler is here").contains(words));
    }
}

#[test]
fn nothing_is_not_a_sheet_and_a_fault_on_one_card_is_a_fault_of_the_sheet() {
    assert_eq!(sheet_pdf(&[]), Err(PrintError::Nothing));
    assert_eq!(blank_sheet_pdf(&[]), Err(PrintError::Nothing));
    let mut cards: Vec<_> = (0..10).map(card).collect();
    cards[9].name = Some("山田太郎".to_owned());
    assert_eq!(sheet_pdf(&cards), Err(PrintError::UnknownCharacter));
    let shown = format!("{:?}", blank(7, Realm::Live));
    assert!(!shown.contains("00007"), "{shown}");
}

#[test]
fn many_sheets_share_their_fonts() {
    let (one, many): (Vec<_>, Vec<_>) = ((0..10).map(card).collect(), (0..100).map(card).collect());
    let (one, many) = (sheet_pdf(&one).expect("fits"), sheet_pdf(&many).expect("fits"));
    let fonts = |pdf: &[u8]| String::from_utf8_lossy(pdf).matches("+NotoSans-Bold").count();
    assert_eq!(fonts(&one), fonts(&many));
    assert!(many.len() < one.len() * 10, "{} and {}", one.len(), many.len());
}
