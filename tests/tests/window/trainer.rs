//! A trainer's class: no device handed over, no gateway, invented people.

use crate::volunteer::{agree, send_until};
use tungnha_tests::window::{Desktop, Window};

const BAND: &str = "LUYỆN TẬP";

#[test]
fn a_class_walks_the_road_with_a_network_that_comes_and_goes() {
    let Some(desktop) = Desktop::or_skip("trainer") else {
        return;
    };
    let mut window = desktop.open();
    window.sees("Máy này chưa được phường/xã giao");
    window.press("Luyện tập");
    window.sees("Chưa ghi nhận ai");
    window.sees(BAND);
    window.press("Bảng của giảng viên");
    window.press_in("Mạng", "Mất mạng");
    window.sees("Mạng: Mất mạng");
    window.picture("panel");

    window.press("Trần Thị Mỹ Hạnh");
    window.sees("Người có tên trên thẻ có mặt ở đây không?");
    register(&mut window);
    window.press("Chờ gửi");
    window.press("Gửi ngay");
    window.sees("1 hồ sơ lưu an toàn, chờ gửi");
    window.sees(BAND);
    window.picture("queue-without-network");

    switch(&mut window, "Mạng", "Tốt");
    switch(&mut window, "Thành phố trả lời", "Trả lại hết");
    send_until(&mut window, "1 hồ sơ cần sửa");
    window.press("Hôm nay");
    window.sees("Việc cần làm");
    window.picture("task");

    window.press("Thoát luyện tập");
    window.sees("Máy này chưa được phường/xã giao");
    window.no_longer_sees(BAND);
}

#[test]
fn a_class_begins_anew_in_two_presses() {
    let Some(desktop) = Desktop::or_skip("trainer-anew") else {
        return;
    };
    let mut window = desktop.open();
    window.press("Luyện tập");
    window.press("Bảng của giảng viên");
    window.press("Trần Thị Mỹ Hạnh");
    window.sees("Người có tên trên thẻ có mặt ở đây không?");
    window.press("Hôm nay");
    window.sees("Đang làm dở");
    window.press("Làm lại từ đầu");
    window.sees("Mọi hồ sơ luyện tập trên máy này bị xóa");
    window.press_in("Làm lại từ đầu?", "Làm lại từ đầu");
    window.sees("Chưa ghi nhận ai");
    window.no_longer_sees("Đang làm dở");
    window.sees(BAND);
}

fn register(window: &mut Window<'_>) {
    window.picture("compare");
    window.press("Tiếp tục");
    window.sees("Ông/bà có đồng ý không?");
    agree(window);
    window.picture("consent");
    window.press("Lưu");
    window.sees("Đã ghi nhận đăng ký");
    window.picture("done");
}

fn switch(window: &mut Window<'_>, what: &str, to: &str) {
    window.press("Bảng của giảng viên");
    window.press_in(what, to);
    window.press("Gấp bảng lại");
}
