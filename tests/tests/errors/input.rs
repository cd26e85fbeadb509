//! What people and programs hand in: no UTF-8, no end, hidden characters, code.

use crate::*;

#[test]
fn what_is_no_draft_is_refused_without_repeating_it() {
    let device = Device::practice();
    let saved = Saved::on(&device, 800..801);
    let planted = Person::planted();
    let whole = planted.draft().to_string();
    let mut bad_utf8 = whole.clone().into_bytes();
    let at = whole.find("Quỳnh").unwrap() + 2;
    bad_utf8[at] = 0xff;
    let latin: Vec<u8> = whole
        .chars()
        .map(|c| u8::try_from(u32::from(c)).unwrap_or(b'?'))
        .collect();
    let utf16: Vec<u8> = whole.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let deep = format!("{{\"indicators\":{}{}}}", "[".repeat(200), "]".repeat(200));
    let mut unknown = planted.draft();
    unknown["admin"] = json!(true);
    let mut wrong_type = planted.draft();
    wrong_type["name"] = json!(planted.name);
    for (what, input) in [
        ("empty", Vec::new()),
        ("blank", b" \n\t".to_vec()),
        ("cut", whole.as_bytes()[..whole.len() / 2].to_vec()),
        ("trailing", format!("{whole}{whole}").into_bytes()),
        ("not UTF-8", bad_utf8),
        ("Latin-1", latin),
        ("UTF-16", utf16),
        ("a byte order mark", format!("\u{feff}{whole}").into_bytes()),
        ("a lone surrogate", whole.replacen("Quỳnh", "\\ud800", 1).into_bytes()),
        ("NUL", whole.replacen("Quỳnh", "Qu\0nh", 1).into_bytes()),
        ("200 deep", deep.into_bytes()),
        ("200,000 deep", "[".repeat(200_000).into_bytes()),
        ("unknown field", unknown.to_string().into_bytes()),
        ("wrong type", wrong_type.to_string().into_bytes()),
        ("a list", b"[]".to_vec()),
        ("a number", b"1e999".to_vec()),
        ("another language", format!("name: {}", planted.name).into_bytes()),
    ] {
        let ran = device.run_with(&["register"], &input);
        assert_eq!(ran.status, Some(2), "{what}: {ran:?}");
        ran.refuses(2, "not_a_draft");
        ran.tells_nothing_about(&[&planted]);
        let ran = device.run_with(&["correct", &saved.people[0].1], &input);
        ran.refuses(2, "not_a_draft");
        ran.tells_nothing_about(&[&planted]);
    }
    device.run(&["register", "/nowhere/draft.json"]).refuses(3, "file");
    let ran = device.run_with(&["register"], b"{}");
    assert!(ran.refuses(1, "problems")["problems"].as_array().unwrap().len() > 5);
    for field in ["name", "birth", "consent"] {
        assert!(ran.said.contains(&sentence("field", field, "en")), "{}", ran.said);
    }
    saved.are_all_on(&device);
}

#[test]
fn wrong_usage_is_told_without_repeating_what_was_typed() {
    let device = Device::practice();
    let planted = Person::planted();
    for args in [
        &["search", &planted.name, &planted.phone][..],
        &["enrol", &planted.name],
        &["show"],
        &["queue", "--nonsense", &planted.number],
        &["sync", "--patience", &planted.name],
        &["init"],
    ] {
        let ran = device.run(args);
        ran.refuses(2, "usage");
        ran.tells_nothing_about(&[&planted]);
    }
    let ran = device.run(&["show", &planted.name]);
    ran.refuses(2, "not_an_id");
    ran.tells_nothing_about(&[&planted]);
    device.run(&["show", &"0".repeat(32)]).refuses(1, "unknown_rid");
    device.run(&["withdraw", &"0".repeat(32)]).refuses(1, "unknown_rid");
    device
        .run(&["card", &"0".repeat(32), "--out", "/tmp/none.pdf"])
        .refuses(1, "unknown_rid");
    // Arguments that are not UTF-8.
    use std::os::unix::ffi::OsStrExt as _;
    let output = Command::new(program("tungnhactl"))
        .args(["--lang", "en", "--home"])
        .arg(device.home())
        .arg("search")
        .arg(std::ffi::OsStr::from_bytes(b"Nguy\xe1n"))
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    let line: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(line["error"], "usage");
    let mut nameless = Device::practice();
    nameless.unset("TUNGNHA_PIN");
    let output = Command::new(program("tungnhactl"))
        .args(["queue"])
        .env("TUNGNHA_LANG", "vi")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(
        String::from_utf8(output.stderr)
            .unwrap()
            .contains(&sentence("command", "home_missing", "vi"))
    );
}

#[test]
fn hidden_and_turning_characters_are_refused_in_every_field() {
    let device = Device::practice();
    for hidden in [
        '\u{202e}',
        '\u{2066}',
        '\u{200b}',
        '\u{200d}',
        '\u{200f}',
        '\u{feff}',
        '\u{ad}',
        '\u{0}',
        '\u{1b}',
        '\u{2028}',
        '\u{e0041}',
        '\u{fffd}',
    ] {
        let put = |value: &mut Value| {
            let mut text = value.as_str().unwrap().to_owned();
            text.insert(1, hidden);
            *value = json!(text);
        };
        let mut draft = Person::number(803).draft();
        draft["representative"] = json!({ "name": "Lê Thị Tập", "relation": "mother", "pin": "048180999001" });
        for field in ["name", "birth", "sex", "pin", "card_address"] {
            put(&mut draft[field]["value"]);
        }
        put(&mut draft["issued"]);
        for field in ["commune", "group", "house"] {
            put(&mut draft["residence"][field]);
        }
        put(&mut draft["phone"]["number"]);
        put(&mut draft["representative"]["name"]);
        put(&mut draft["representative"]["pin"]);
        let ran = device.register(&draft);
        let problems = ran.refuses(1, "problems")["problems"].clone();
        for (field, code) in [
            ("name", "forbidden_characters"),
            ("birth", "date_invalid"),
            ("sex", "sex_invalid"),
            ("pin", "pin_bad_character"),
            ("card_address", "forbidden_characters"),
            ("issued", "date_invalid"),
            ("commune", "commune_unknown"),
            ("group", "forbidden_characters"),
            ("house", "forbidden_characters"),
            ("phone", "phone_bad_character"),
            ("representative", "forbidden_characters"),
            ("representative", "pin_bad_character"),
        ] {
            let wanted = json!({ "field": field, "code": code });
            assert!(
                problems.as_array().unwrap().contains(&wanted),
                "{hidden:?}: {field} in {problems}"
            );
            assert!(
                ran.said.contains(&sentence("problem", code, "en")),
                "{code}: {}",
                ran.said
            );
        }
        assert!(!ran.said.contains(hidden), "not on the terminal either");
    }
    let queue = device.run(&["queue"]).ok().clone();
    assert_eq!((&queue["begun"], &queue["conservation"]), (&json!(0), &json!(true)));
}

/// The program with a limit on its address space.
fn within(kib: u64, device: &Device, args: &[&str], input: &[u8]) -> (Ran, Duration) {
    let start = Instant::now();
    let mut command = Command::new("sh");
    command
        .args(["-c", &format!("ulimit -v {kib}; exec \"$@\""), "sh"])
        .arg(program("tungnhactl"))
        .arg("--home")
        .arg(device.home())
        .arg("--secrets")
        .arg(device.secrets())
        .args(args)
        .env("TUNGNHA_PIN", PIN)
        .env("TUNGNHA_LANG", "en")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let _ = child.stdin.take().unwrap().write_all(input);
    let output = child.wait_with_output().unwrap();
    (Ran::of(args, &output), start.elapsed())
}

#[test]
fn ten_megabytes_in_a_field_are_refused_quickly_and_in_little_memory() {
    let device = Device::practice();
    let saved = Saved::on(&device, 805..806);
    for text in [
        "x".repeat(10 << 20),
        "ễ".repeat(10 << 18),
        "\u{301}".repeat(5 << 20),
        " ".repeat(10 << 20),
    ] {
        let mut draft = Person::number(806).draft();
        for field in ["name", "pin", "card_address"] {
            draft[field]["value"] = json!(text);
        }
        draft["phone"]["number"] = json!(text);
        draft["residence"]["house"] = json!(text);
        let (ran, took) = within(600_000, &device, &["register"], draft.to_string().as_bytes());
        let problems = ran.refuses(1, "problems")["problems"].clone();
        for field in ["name", "pin", "card_address", "phone", "house"] {
            assert!(
                problems
                    .as_array()
                    .unwrap()
                    .iter()
                    .any(|problem| problem["field"] == field),
                "{field} in {problems}"
            );
        }
        assert!(ran.said.len() < 4000, "not repeated");
        assert!(took < Duration::from_secs(4), "{took:?}");
    }
    let name = "N".repeat(10 << 20);
    let card = format!("048188999777||{name}|09021988|Nữ|Tổ 1, Thạch Thang, Hải Châu, Đà Nẵng|10052022");
    let (ran, took) = within(600_000, &device, &["idcard-text", "parse", "-"], card.as_bytes());
    assert_eq!(ran.ok()["status"], "error", "{ran:?}");
    assert!(
        ran.ok()["codes"].as_array().unwrap().contains(&json!("too_long")),
        "{ran:?}"
    );
    assert!(took < Duration::from_secs(2), "{took:?}");
    let (ran, took) = within(600_000, &device, &["search", &"Nguyễn ".repeat(2_000)], b"");
    assert!(ran.status == Some(0) && ran.lines.is_empty(), "{ran:?}");
    assert!(took < Duration::from_secs(2), "{took:?}");
    saved.are_all_on(&device);
}

#[test]
fn card_text_that_is_not_utf8_or_not_a_card_is_told_apart() {
    let device = Device::empty();
    let card = Person::planted().idcard_text();
    let mut broken = card.clone().into_bytes();
    let at = card.find("Quỳnh").unwrap() + 2;
    broken[at] = 0xff;
    let tricky = card.replacen("Quỳnh", "Quỳnh\u{202e}", 1).into_bytes();
    for (what, bytes, code) in [
        ("not UTF-8", broken, "encoding_damaged"),
        ("turned around", tricky, "forbidden_characters"),
        ("empty", Vec::new(), "empty"),
    ] {
        let ran = device.run_with(&["idcard-text", "parse", "-"], &bytes);
        let line = ran.ok();
        assert_eq!(line["status"], "error", "{what}: {line}");
        assert!(
            line["codes"].as_array().unwrap().contains(&json!(code)),
            "{what}: {line}"
        );
        assert!(ran.said.contains(&sentence("card", code, "en")), "{what}: {}", ran.said);
    }
    let not_a_picture = device.beside("card.png");
    fs::write(&not_a_picture, card).unwrap();
    let ran = device.run(&["scan", not_a_picture.to_str().unwrap()]);
    assert_eq!(
        (ran.status, &ran.lines[0]["error"]),
        (Some(1), &json!("not_a_picture")),
        "{ran:?}"
    );
    assert!(
        ran.said.contains(&sentence("picture", "not_a_picture", "en")),
        "{}",
        ran.said
    );
}

#[test]
fn what_looks_like_code_is_kept_and_shown_as_the_text_it_is() {
    let device = Device::practice();
    let texts = [
        "'; DROP TABLE registration; --",
        "\" OR \"1\"=\"1",
        "<script>alert(1)</script>",
        "=HYPERLINK(\"http://192.0.2.1\",\"x\")",
        "@SUM(A1:A9)",
        "{{7*7}} ${HOME} $(id) `id`",
        "%s%n%x",
        "../../../etc/passwd",
        "NEAR(a b) OR name:x* AND -y",
        "C:\\Windows\\System32",
        "\\u0000 \\n \\x00",
        "null",
    ];
    for (n, three) in texts.chunks(3).enumerate() {
        let mut draft = Person::number(810 + n as u32).draft();
        draft["residence"]["house"] = json!(three[0]);
        draft["residence"]["group"] = json!(three[1]);
        draft["card_address"]["value"] = json!(three[2]);
        let rid = device.register(&draft).ok()["rid"].as_str().unwrap().to_owned();
        let shown = device.run(&["show", &rid]).ok()["draft"].clone();
        assert_eq!(shown["residence"]["house"], three[0]);
        assert_eq!(shown["residence"]["group"], three[1]);
        assert_eq!(shown["card_address"]["value"], three[2]);
        for text in three {
            let found = device.run(&["search", text]);
            assert_eq!(found.status, Some(0), "{text}: {found:?}");
            assert!(found.said.is_empty(), "{text}: {found:?}");
        }
    }
    let queue = device.run(&["queue"]).ok().clone();
    assert_eq!((&queue["begun"], &queue["conservation"]), (&json!(4), &json!(true)));
    assert_eq!(device.run(&["doctor"]).ok()["healthy"], true);
}
