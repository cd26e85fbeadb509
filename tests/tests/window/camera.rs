//! The camera in the window: a folder of pictures stands in for one, everything behind the port is the real thing.

use crate::volunteer::agree;
use std::{
    fs,
    thread::sleep,
    time::{Duration, Instant},
};
use tungnha_tests::window::{Desktop, Ward, Window, card};

const GUIDE: &str = "Đưa mã QR trên thẻ vào khung.";

/// Threads of the window that hold a camera open.
fn open_cameras(window: &Window<'_>) -> usize {
    let tasks = fs::read_dir(format!("/proc/{}/task", window.process())).expect("the window runs");
    tasks
        .flatten()
        .filter(|task| fs::read_to_string(task.path().join("comm")).is_ok_and(|name| name.trim() == "camera"))
        .count()
}

/// How many pictures of the camera the page paints in this time.
fn painted(window: &Window<'_>, time: Duration) -> u64 {
    window.script(
        "window.painted = 0;
         document.querySelector('img[src^=\"camera:\"]').addEventListener('load', () => window.painted++);",
        vec![],
    );
    sleep(time);
    window
        .script("return window.painted", vec![])
        .as_u64()
        .expect("a number")
}

#[test]
fn a_card_before_the_camera_is_read_by_itself() {
    let Some(desktop) = Desktop::or_skip("camera") else {
        return;
    };
    let ward = Ward::open();
    let mut window = desktop.open();
    ward.hand_over(&mut window, "volunteer");
    window.sees("Chưa ghi nhận ai");
    fs::create_dir(desktop.camera()).expect("a camera");

    let before = window.presses();
    window.press("Quét thẻ");
    window.sees(GUIDE);
    window.until("a picture of the camera is there", |window| {
        let wide = "return document.querySelector('img[src^=\"camera:\"]')?.naturalWidth ?? 0";
        window.script(wide, vec![]).as_u64() > Some(0)
    });
    let pictures = painted(&window, Duration::from_secs(2));
    println!("the window paints {} pictures of the camera a second", pictures / 2);
    assert!(pictures >= 4, "{pictures} pictures in two seconds");
    window.picture("looking");

    let held = Instant::now();
    fs::copy(card("11-truong-quoc-vinh.jpg"), desktop.camera().join("1.jpg")).expect("a card is held up");
    window.sees("Người có tên trên thẻ có mặt ở đây không?");
    println!(
        "from holding the card up to the next page: {} ms",
        held.elapsed().as_millis()
    );
    window.sees("Trương Quốc Vinh");
    assert_eq!(open_cameras(&window), 0, "the camera is off");
    window.picture("compare");
    window.press("Như trên thẻ");
    window.press("Tiếp tục");
    window.sees("Ông/bà có đồng ý không?");
    agree(&mut window);
    window.press("Lưu");
    window.sees("Đã ghi nhận đăng ký");
    let presses = window.presses() - before;
    assert!(presses <= 7, "an adult with a card took {presses} presses");
}

#[test]
fn each_trouble_of_the_camera_is_words_with_a_way_on_and_leaving_puts_it_off() {
    let Some(desktop) = Desktop::or_skip("camera-trouble") else {
        return;
    };
    let mut window = desktop.open();
    window.press("Luyện tập");
    window.sees("Chưa ghi nhận ai");
    let mark = |name: &str| desktop.camera().join(name);

    window.press("Quét thẻ");
    window.sees("Không thấy camera nào.");
    assert!(window.offers("Chọn ảnh") && window.offers("Nhập theo VNeID"));
    window.picture("none");
    // Plugged in: no press is needed.
    fs::create_dir(desktop.camera()).expect("a camera");
    window.sees(GUIDE);
    for (name, says) in [("black", "Hình đen."), ("stalled", "Camera không gửi hình nữa.")] {
        fs::write(mark(name), "").expect("a mood");
        window.sees(says);
        assert!(window.offers("Thử lại") && window.offers("Chọn ảnh"), "{name}");
        window.picture(name);
        fs::remove_file(mark(name)).expect("a mood");
        window.sees(GUIDE);
    }
    fs::remove_dir(desktop.camera()).expect("unplugged");
    window.sees("Camera vừa bị rút ra.");
    window.picture("unplugged");
    fs::create_dir(desktop.camera()).expect("plugged in");
    window.sees(GUIDE);
    fs::write(mark("busy"), "").expect("a mood");
    window.press("Hôm nay");
    window.sees("Chưa ghi nhận ai");
    window.until("the camera is off", |window| open_cameras(window) == 0);
    window.press("Quét thẻ");
    window.sees("Chương trình khác đang dùng camera.");
    window.picture("busy");
    fs::remove_file(mark("busy")).expect("a mood");
    window.sees(GUIDE);

    assert_eq!(open_cameras(&window), 1);
    window.press("Thoát luyện tập");
    window.sees("Máy này chưa được phường/xã giao");
    window.until("the camera is off", |window| open_cameras(window) == 0);
}
