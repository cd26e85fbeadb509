//! A coordinator's look at the teams: the same program, another role.

use tungnha_tests::window::Ward;
use tungnha_tests::{Device, Person, window::Desktop};

#[test]
fn the_board_shows_the_teams_and_keeps_its_age_without_a_network() {
    let Some(desktop) = Desktop::or_skip("coordinator") else {
        return;
    };
    // A team's tablet has registered somebody whom the register knows otherwise.
    let person = Person::number(1);
    let mut ward = Ward::believing(
        "048188999301,Trần Thị Mỹ Hạnh",
        &format!("{},Người Khác Tên", person.number),
    );
    let tablet = Device::enrolled(&ward.town);
    let saved = tablet.register(&person.draft()).ok().clone();
    let shown = tablet.sync_until_decided(saved["rid"].as_str().expect("a rid"));
    assert_eq!(shown["state"], "refused", "{shown}");
    tablet.run(&["sync"]).ok();

    let mut window = desktop.open();
    ward.hand_over(&mut window, "coordinator");
    window.sees("Các máy của phường/xã");
    window.sees("Tổ CNS 12");
    window.sees("1 hồ sơ bị trả lại, chờ Tổ sửa");
    window.picture("board");
    window.press("Cần xử lý");
    window.sees(saved["code"].as_str().expect("a code"));
    assert!(!window.text().contains(&person.name), "a name on the board of codes");
    window.picture("attend");

    ward.town.kill();
    window.press("Địa bàn");
    window.press("Lấy số liệu mới");
    window.sees("Đang xem số liệu cũ, lấy");
    window.sees("Tổ CNS 12");
    window.picture("board-without-network");
}
