//! The consent copy holds every word of the notice, every answer and who signed.

mod common;

use common::{rasterised, saved, text_of};
use domain::{date::Day, ids::Realm, master::Master};
use print::{ConsentFace, PrintError, SignedHow, SignerFace, consent_pdf, page_count};

fn copy() -> ConsentFace {
    let notice = Master::built_in().notice_on(Day::from_number(20_000));
    ConsentFace {
        name: "Bh'nướch Thị Ngơn Č̣ĕ̀ Ŏ́ Ŭĭñ".to_owned(),
        code: "7KQ2-M4XA-9RTW".to_owned(),
        notice_version: notice.version,
        notice: notice.vietnamese.to_owned(),
        notice_hash: notice.hash().to_string(),
        answers: vec![
            ("Lập và quản lý tài khoản công dân số cho tôi.".to_owned(), Some(true)),
            (
                "Gọi hoặc nhắn tin cho tôi để báo kết quả và hướng dẫn.".to_owned(),
                None,
            ),
            (
                "Cho phường/xã và Tổ biết tôi cần hướng dẫn việc gì.".to_owned(),
                Some(false),
            ),
        ],
        read_aloud: true,
        signers: vec![
            SignerFace {
                role: "Người đăng ký".to_owned(),
                name: "Bh'nướch Thị Ngơn".to_owned(),
                manner: SignedHow::Drawn,
            },
            SignerFace {
                role: "Mẹ".to_owned(),
                name: "Trần Thị Mỹ Hạnh".to_owned(),
                manner: SignedHow::Witness(12),
            },
        ],
        signed_at: "23/11/2026 08:15".to_owned(),
        commune: "Xã Tây Giang".to_owned(),
        device: 17,
        operator: 3,
        team: Some("Tổ công nghệ số cộng đồng 12".to_owned()),
        realm: Realm::Live,
    }
}

fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn every_word_of_the_notice_and_every_answer_is_on_it() {
    let copy = copy();
    let pdf = saved("consent.pdf", &consent_pdf(&copy).expect("a copy"));
    let Some(text) = text_of(&pdf) else { return };
    let text = words(&text);
    let plain = copy.notice.replace("**", "").replace('#', "");
    let mut rest = text.as_str();
    for word in plain.split_whitespace() {
        let at = rest
            .find(word)
            .unwrap_or_else(|| panic!("{word:?} is missing or out of order"));
        rest = &rest[at + word.len()..];
    }
    for said in [
        "Người đăng ký: Bh'nướch Thị Ngơn Č̣ĕ̀ Ŏ́ Ŭĭñ",
        "Mã công dân số: 7KQ2-M4XA-9RTW",
        "Lúc: 23/11/2026 08:15, Xã Tây Giang",
        "tài khoản công dân số cho tôi. – Đồng ý",
        "hướng dẫn. – Không hỏi (không để lại số điện thoại)",
        "cần hướng dẫn việc gì. – Không đồng ý",
        "Thông báo đã được đọc cho nghe.",
        "Người đăng ký: Bh'nướch Thị Ngơn – đã ký trên máy",
        "Mẹ: Trần Thị Mỹ Hạnh – không ký được; người làm chứng: thành viên Tổ số 12",
        "Thông báo bản 1 · Máy 17 · Thành viên Tổ số 3",
        copy.notice_hash.as_str(),
        "Trang 1/1",
    ] {
        assert!(text.contains(said), "{said}: {text}");
    }
    assert!(!text.contains("KHÔNG CÓ GIÁ TRỊ"));
}

#[test]
fn a_longer_notice_takes_more_pages_and_loses_no_word() {
    let mut copy = copy();
    let paragraphs: Vec<String> = (0..120)
        .map(|i| format!("Đoạn thứ {i} của **thông báo** dài."))
        .collect();
    copy.notice = paragraphs.join("\n\n");
    copy.realm = Realm::Practice;
    let pdf = consent_pdf(&copy).expect("a copy");
    let pages = page_count(&pdf).expect("a document");
    assert!(pages >= 3, "{pages}");
    let file = saved("consent-long.pdf", &pdf);
    let Some(text) = text_of(&file) else { return };
    let text = words(&text);
    for i in 0..120 {
        assert!(text.contains(&format!("Đoạn thứ {i} của thông báo dài.")), "{i}");
    }
    assert_eq!(
        text.matches("LUYỆN TẬP – KHÔNG CÓ GIÁ TRỊ").count(),
        2 * pages,
        "every page"
    );
    let last = rasterised(&file, u32::try_from(pages).expect("few"), 72).expect("poppler is here");
    assert!(
        last.pixels().any(|pixel| pixel.0[0] < 128),
        "the last page is not empty"
    );
}

#[test]
fn debug_output_names_nobody_and_strange_letters_are_refused() {
    let shown = format!("{:?}", copy());
    assert!(!shown.contains("Ngơn") && !shown.contains("7KQ2"), "{shown}");
    let strange = ConsentFace {
        name: "山田".to_owned(),
        ..copy()
    };
    assert_eq!(consent_pdf(&strange), Err(PrintError::UnknownCharacter));
}
