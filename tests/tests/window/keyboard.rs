//! Whoever has a keyboard and no pointer registers a person, too.

use tungnha_tests::window::{Desktop, Ward, Window};

const TAB: &str = "\u{e004}";
const ENTER: &str = "\u{e007}";
const ESCAPE: &str = "\u{e00c}";
const SPACE: &str = " ";
/// What a scanner that acts as a keyboard types.
const CARD: &str =
    "048188999301||Trần Thị Mỹ Hạnh|09021988|Nữ|K45/12 Ông Ích Khiêm, Tổ 18, Thạch Thang, Hải Châu, Đà Nẵng|10052022";
/// More than any page has places to stop at.
const MOST_TABS: usize = 60;

#[test]
fn a_person_is_registered_with_keys_alone() {
    let Some(desktop) = Desktop::or_skip("keyboard") else {
        return;
    };
    let ward = Ward::open();
    let mut window = desktop.open();
    ward.hand_over(&mut window, "volunteer");
    window.sees("Chưa ghi nhận ai");

    press(&window, "Quét thẻ");
    window.sees("Không có thẻ");
    window.type_anywhere(CARD);
    window.type_anywhere(ENTER);
    window.sees("Người có tên trên thẻ có mặt ở đây không?");
    choose(&window, "Nơi đang ở");
    press(&window, "Tiếp tục");
    window.sees("Ông/bà có đồng ý không?");
    // Two equal answers, none chosen: the first of each group is chosen with the space bar.
    for question in ["Lập và quản lý tài khoản", "Cho phường/xã và Tổ biết"] {
        choose(&window, question);
    }
    press(&window, "Không ký được");
    choose(&window, "Không ký được thì làm thế nào?");
    window.picture("signed-with-keys");
    press(&window, "Lưu");
    window.sees("Đã ghi nhận đăng ký");

    // Back to where everything begins, and found again.
    window.type_anywhere(ESCAPE);
    press(&window, "Hôm nay");
    window.type_anywhere("\u{e009}k\u{e000}");
    window.sees("Tên, năm sinh, số, điện thoại, địa chỉ hoặc mã");
    // The page it covers is nowhere, and the focus goes back to where it was.
    assert!(!window.text().contains("Chờ gửi"), "{}", window.text());
    window.type_anywhere(ESCAPE);
    window.sees("Chờ gửi");
    tab_to(&window, "the place after today", |focus| focus.starts_with("Đăng ký"));
    window.type_anywhere("\u{e009}k\u{e000}");
    window.sees("Tên, năm sinh, số, điện thoại, địa chỉ hoặc mã");
    window.type_anywhere(ESCAPE);
    window.until("the focus is back", |window| focused(window).starts_with("Đăng ký"));
    window.type_anywhere("\u{e009}k\u{e000}");
    window.sees("Tên, năm sinh, số, điện thoại, địa chỉ hoặc mã");
    window.type_anywhere("my hanh");
    window.sees("1 người Trần Thị Mỹ Hạnh");
    window.type_anywhere(ENTER);
    window.sees("Thông tin đã ghi");
    assert_eq!(window.presses(), 1, "only handing over used the pointer");
}

/// Tabs to what has this name and presses Enter.
fn press(window: &Window<'_>, name: &str) {
    tab_to(window, &format!("“{name}”"), |focus| focus.starts_with(name));
    window.until("buttons do not rest", |window| !window.is_resting());
    window.type_anywhere(ENTER);
}

/// Tabs to the first answer of a question and chooses it.
fn choose(window: &Window<'_>, question: &str) {
    tab_to(window, &format!("an answer of “{question}”"), |focus| {
        focus.contains(&format!("|{question}"))
    });
    window.until("buttons do not rest", |window| !window.is_resting());
    window.type_anywhere(SPACE);
}

fn tab_to(window: &Window<'_>, what: &str, is_it: impl Fn(&str) -> bool) {
    window.until(&format!("{what} has the focus"), |window| {
        for _ in 0..MOST_TABS {
            if is_it(&focused(window)) {
                return true;
            }
            window.type_anywhere(TAB);
        }
        false
    });
}

/// `name|group` of what has the focus.
fn focused(window: &Window<'_>) -> String {
    let script = "const plain = (text) => (text ?? '').normalize('NFC').replace(/\\s+/g, ' ').trim();
        const texts = (ids) => (ids ?? '').split(/\\s+/).map((id) => document.getElementById(id)?.textContent ?? '').join(' ');
        const name = (one) => plain(texts(one.getAttribute('aria-labelledby')) || one.getAttribute('aria-label')
          || [...(one.labels ?? [])].map((label) => label.textContent).join(' ') || one.innerText);
        const at = document.activeElement;
        if (!at || at === document.body) return '';
        const group = at.closest('fieldset, [role=radiogroup], [role=group]');
        return name(at) + '|' + (group ? plain(group.querySelector(':scope > legend')?.textContent) || name(group) : '');";
    window.script(script, vec![]).as_str().unwrap_or_default().to_owned()
}
