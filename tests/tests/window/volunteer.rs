//! A volunteer's day: at the doors without a network, on the way with one.

use std::{process::Command, time::Duration};
use tungnha_tests::{
    device::PIN,
    window::{Desktop, Ward, Window, card},
};

const ACCOUNT: &str = "Lập và quản lý tài khoản công dân số cho tôi.";
const HELP: &str = "Cho phường/xã và Tổ biết tôi cần hướng dẫn việc gì";
pub const SIGNATURE: &[(f64, f64)] = &[(0.2, 0.6), (0.3, 0.3), (0.4, 0.7), (0.5, 0.35), (0.65, 0.6), (0.8, 0.4)];

/// From the card's picture to the consent page of an adult who lives where the card says.
pub fn compare(window: &mut Window<'_>, picture: &str, name: &str) {
    window.press("Quét thẻ");
    window.choose_file(&card(picture));
    window.sees("Người có tên trên thẻ có mặt ở đây không?");
    window.sees(name);
    window.press("Như trên thẻ");
}

pub fn agree(window: &mut Window<'_>) {
    window.press_in(ACCOUNT, "Đồng ý");
    window.press_in(HELP, "Không đồng ý");
    window.draw("canvas", SIGNATURE);
}

#[test]
fn an_adult_is_registered_without_a_network_and_accepted_with_one() {
    let Some(desktop) = Desktop::or_skip("volunteer") else {
        return;
    };
    let mut ward = Ward::open();
    let mut window = desktop.open();
    ward.hand_over(&mut window, "volunteer");
    window.sees("Chưa ghi nhận ai");
    window.picture("today-empty");

    ward.town.kill();
    let before = window.presses();
    compare(&mut window, "01-tran-thi-my-hanh.png", "Trần Thị Mỹ Hạnh");
    window.picture("compare");
    window.press("Tiếp tục");
    window.sees("Ông/bà có đồng ý không?");
    agree(&mut window);
    window.picture("consent");
    window.press("Lưu");
    window.sees("Đã ghi nhận đăng ký");
    let presses = window.presses() - before;
    assert!(presses <= 7, "an adult with a card took {presses} presses");
    window.sees("Đã lưu an toàn trên máy");
    window.picture("done");
    print(&desktop, &mut window);

    // The next person of the house lives where the first one lives, and answers for himself.
    window.press("Người tiếp theo trong nhà");
    window.sees("Người tiếp theo trong nhà. Nơi đang ở được giữ nguyên");
    window.choose_file(&card("11-truong-quoc-vinh.jpg"));
    window.sees("Trương Quốc Vinh");
    assert_eq!(window.value("Số nhà, đường").as_deref(), Some("K45/12 Ông Ích Khiêm"));
    window.picture("next-person");
    window.press("Tiếp tục");
    agree(&mut window);
    window.press("Lưu");
    window.sees("Đã ghi nhận đăng ký");

    find(&mut window);
    print_the_house(&desktop, &mut window);
    window.press("Chờ gửi");
    window.sees("2 hồ sơ lưu an toàn, chờ gửi");
    window.sees("Tất cả đã mã hóa và an toàn trên máy này.");
    window.press("Gửi ngay");
    window.sees("Chưa nối được với thành phố");
    window.picture("queue-without-network");

    ward.town.restart(&[]);
    send_until(&mut window, "2 hồ sơ đã tạo xong tài khoản");
    window.sees("Không còn hồ sơ nào chờ gửi.");
    window.sees("Đủ cả: 2 hồ sơ");
    window.picture("queue-accepted");
    let board = ward.town.board();
    assert_eq!(board["registrations"]["accepted"], 2, "{board}");
}

/// The card to keep opens in the system's viewer.
fn print(desktop: &Desktop, window: &mut Window<'_>) {
    let text = window.text();
    let is_code = |word: &&str| word.len() == 14 && word.matches('-').count() == 2;
    let code = text
        .split(' ')
        .find(is_code)
        .unwrap_or_else(|| panic!("no code: {text}"));
    window.press("In thẻ");
    window.sees("In cho Trần Thị Mỹ Hạnh");
    window.sees("Thẻ · 1 trang");
    window.picture("print");
    window.press("Mở tệp để in");
    shows(desktop, window, &[code]);
    window.press("Quay lại");
    window.sees("Đã ghi nhận đăng ký");
}

/// The cards of a house on one sheet, from the page of the house.
fn print_the_house(desktop: &Desktop, window: &mut Window<'_>) {
    window.press("K45/12 Ông Ích Khiêm");
    window.sees("Người trong nhà");
    window.press("In thẻ cả nhà (2)");
    window.sees("In thẻ của 2 người");
    window.sees("Tờ A4 mười thẻ · 1 trang");
    window.picture("print-house");
    window.press("Mở tệp để in");
    shows(desktop, window, &["Hạnh", "Vinh"]);
}

/// The viewer has a document with all of this on it.
fn shows(desktop: &Desktop, window: &mut Window<'_>, words: &[&str]) {
    window.until("the viewer shows it", |_| {
        let Some(file) = desktop.opened() else { return false };
        match Command::new("pdftotext").arg(&file).arg("-").output() {
            Ok(text) => {
                let text = String::from_utf8_lossy(&text.stdout);
                words.iter().all(|word| text.contains(word))
            }
            // Without pdftotext it is at least a document.
            Err(_) => std::fs::read(file).is_ok_and(|bytes| bytes.starts_with(b"%PDF")),
        }
    });
}

/// Without marks and without a network.
fn find(window: &mut Window<'_>) {
    window.press("Hộ gia đình");
    window.sees("2 người");
    window.picture("households");
    window.press("Tìm người");
    window.fill("Tên, năm sinh, số, điện thoại, địa chỉ hoặc mã", "tran thi my");
    window.sees("1 người Trần Thị Mỹ Hạnh");
    window.picture("search");
    window.keys("\u{e00c}");
}

#[test]
fn what_the_city_sends_back_is_corrected_and_accepted() {
    let Some(desktop) = Desktop::or_skip("correction") else {
        return;
    };
    // The register knows her a day later than the card says.
    let ward = Ward::believing("1988-02-09", "1988-02-10");
    let mut window = desktop.open();
    ward.hand_over(&mut window, "volunteer");
    compare(&mut window, "01-tran-thi-my-hanh.png", "Trần Thị Mỹ Hạnh");
    window.press("Tiếp tục");
    agree(&mut window);
    window.press("Lưu");
    window.sees("Đã ghi nhận đăng ký");
    window.press("Chờ gửi");
    send_until(&mut window, "1 hồ sơ cần sửa");

    window.press("Hôm nay");
    window.sees("Ngày sinh chưa khớp dữ liệu dân cư.");
    window.picture("task");
    window.press("Bấm để xem cách sửa.");
    window.sees("Sửa hồ sơ bị trả lại");
    window.picture("what-to-correct");
    window.fill("Ngày sinh", "10/02/1988");
    window.press("Lưu bản sửa");
    window.sees("Đã lưu bản sửa");
    window.press("Chờ gửi");
    send_until(&mut window, "1 hồ sơ đã tạo xong tài khoản");
    window.sees("Đủ cả: 1 hồ sơ");
    window.picture("accepted-after-all");
}

#[test]
fn a_form_comes_back_after_kill_9() {
    let Some(desktop) = Desktop::or_skip("kill") else {
        return;
    };
    let ward = Ward::open();
    let mut window = desktop.open();
    ward.hand_over(&mut window, "volunteer");
    compare(&mut window, "01-tran-thi-my-hanh.png", "Trần Thị Mỹ Hạnh");
    window.fill("Số nhà, đường", "K731/45 kiệt Đống Đa");
    // A form keeps itself; nobody presses anything for it.
    std::thread::sleep(Duration::from_secs(2));
    window.kill();

    let mut window = desktop.open();
    window.sees("Ai đang dùng máy?");
    window.press("Lê Thị Tập");
    window.fill("Mã mở máy", PIN);
    window.press("Mở máy");
    window.sees("Đang làm dở");
    window.picture("draft-on-today");
    window.press("Trần Thị Mỹ Hạnh");
    window.until("the house is there again", |window| {
        window.value("Số nhà, đường").as_deref() == Some("K731/45 kiệt Đống Đa")
    });
    window.picture("draft-again");
    // And it can be finished.
    window.press("Tiếp tục");
    agree(&mut window);
    window.press("Lưu");
    window.sees("Đã ghi nhận đăng ký");
}

/// Presses *Gửi ngay* until the page says so: the platform decides in its own time.
pub fn send_until(window: &mut Window<'_>, text: &str) {
    for _ in 0..20 {
        window.press("Gửi ngay");
        for _ in 0..10 {
            if window.text().contains(text) {
                return;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
    }
    window.sees(text);
}
