//! A window that is killed while it sends.

use crate::volunteer::{agree, compare, send_until};
use std::time::Duration;
use tungnha_tests::{
    Proxy, Trouble,
    device::PIN,
    window::{Desktop, Ward, Window},
};

#[test]
fn killed_while_sending_everything_arrives_once() {
    let Some(desktop) = Desktop::or_skip("kill-sending") else {
        return;
    };
    let ward = Ward::plain();
    let line = Proxy::before(&ward.town.url);
    let mut window = desktop.open();
    ward.hand_over_at(&mut window, "volunteer", &line.url());
    window.sees("Chưa ghi nhận ai");
    line.trouble("", Trouble::Down);
    for (picture, name) in [
        ("01-tran-thi-my-hanh.png", "Trần Thị Mỹ Hạnh"),
        ("11-truong-quoc-vinh.jpg", "Trương Quốc Vinh"),
    ] {
        window.press("Hôm nay");
        compare(&mut window, picture, name);
        window.press("Tiếp tục");
        agree(&mut window);
        window.press("Lưu");
        window.sees("Đã ghi nhận đăng ký");
    }
    // The gateway has the records and the window does not know it yet; then the answer comes too slowly to end.
    for trouble in [Trouble::LoseAnswer, Trouble::Slow(Duration::from_millis(50))] {
        window.press("Chờ gửi");
        window.sees("2 hồ sơ lưu an toàn, chờ gửi");
        line.trouble("/v1/batches", trouble);
        window.press("Gửi ngay");
        window.until("a batch is on its way", |_| line.hits() > 0);
        window.kill();
        line.trouble("", Trouble::Down);
        window = unlocked(&desktop);
    }
    line.mend();
    window.press("Chờ gửi");
    send_until(&mut window, "2 hồ sơ đã tạo xong tài khoản");
    window.sees("Đủ cả: 2 hồ sơ");
    window.picture("arrived-once");
    // One person lives in Hải Châu, the other in An Hải.
    for commune in ["20242", "20275"] {
        let board = ward.town.board_of(commune);
        assert_eq!(board["registrations"]["received"], 1, "{board}");
        assert_eq!(board["registrations"]["accepted"], 1, "{board}");
    }
}

fn unlocked(desktop: &Desktop) -> Window<'_> {
    let mut window = desktop.open();
    window.sees("Ai đang dùng máy?");
    window.press("Lê Thị Tập");
    window.fill("Mã mở máy", PIN);
    window.press("Mở máy");
    window.sees("Hôm nay");
    window
}
