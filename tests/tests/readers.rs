//! What stands in a citizen QR is opened by readers of the standard that know nothing of us, from the printed card on.

use domain::{
    code::{Code, DEVELOPMENT_GROUP, PRACTICE_GROUP},
    ids::Realm,
};
use protocol::{citizen::Citizen, keys::SignSecret};
use serde_json::{Value, json};
use std::{
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// 2026-11-26 in days since 1970; midnight in Vietnam is 17:00 UTC of the day before.
const DAY: u32 = 20_783;
const MIDNIGHT: i64 = DAY as i64 * 86_400 - 7 * 3600;

fn cards() -> Vec<(Citizen, SignSecret)> {
    [
        (12, Realm::Live, 1),
        (991, Realm::Live, 300),
        (500, Realm::Live, u32::MAX),
        (PRACTICE_GROUP, Realm::Practice, 0),
        (DEVELOPMENT_GROUP, Realm::Development, 70_000),
    ]
    .into_iter()
    .zip(1u8..)
    .map(|((group, realm, device), n)| {
        let code = Code::from_parts(group, [n, 2, 3, 4, 5]).unwrap();
        let day = DAY;
        (
            Citizen {
                code,
                realm,
                device,
                day: domain::date::Day::from_number(day),
            },
            SignSecret::from_seed(&[n; 32]),
        )
    })
    .collect()
}

fn here() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("readers")
}

/// A folder beside the build, in which readers are installed once.
fn beside_the_build() -> PathBuf {
    let folder = tungnha_tests::program("tungnhactl").with_file_name("readers");
    std::fs::create_dir_all(&folder).unwrap();
    for file in [
        "package.json",
        "package-lock.json",
        "pixelpass.cjs",
        "read_claim169.py",
        "read_protocol.py",
        "requirements.txt",
    ] {
        let (ours, there) = (std::fs::read(here().join(file)).unwrap(), folder.join(file));
        // The other test may be reading it.
        if std::fs::read(&there).ok().as_ref() != Some(&ours) {
            std::fs::write(there, ours).unwrap();
        }
    }
    folder
}

/// Runs a program to its end; `None` when it is not there or fails.
fn done(command: &mut Command) -> Option<()> {
    let output = command.stdin(Stdio::null()).output().ok()?;
    output.status.success().then_some(())
}

fn asked(command: &mut Command, cards: &Value) -> Vec<Value> {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the reader starts");
    child
        .stdin
        .take()
        .unwrap()
        .write_all(cards.to_string().as_bytes())
        .unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "the reader failed");
    serde_json::from_slice(&output.stdout).expect("a list")
}

/// The text of a card's QR, once over paper: drawn as a card, rasterised by poppler, read from the picture.
fn over_paper(text: &str, code: Code, realm: Realm) -> Option<String> {
    let folder = tempfile::tempdir().unwrap();
    let (pdf, picture) = (folder.path().join("card.pdf"), folder.path().join("card"));
    let face = print::CardFace {
        qr_text: text.to_owned(),
        code: code.to_string(),
        name: Some("Trần Thị Mỹ Hạnh".to_owned()),
        issued: "26/11/2026".to_owned(),
        commune: "Phường Hải Châu".to_owned(),
        realm,
        team: None,
    };
    std::fs::write(&pdf, print::card_pdf(&face).unwrap()).unwrap();
    done(
        Command::new("pdftoppm")
            .args(["-r", "300", "-png", "-singlefile"])
            .arg(&pdf)
            .arg(&picture),
    )?;
    let png = std::fs::read(picture.with_extension("png")).unwrap();
    let found = scan::scan_picture(&png, &mut || true).unwrap();
    Some(found.first().expect("a code on the card").text.clone().expect("text"))
}

fn texts() -> Value {
    let cards: Vec<_> = cards()
        .into_iter()
        .map(|(citizen, key)| {
            let text = citizen.to_text(&key);
            match over_paper(&text, citizen.code, citizen.realm) {
                Some(read) => assert_eq!(read, text, "the printed card says what was written"),
                None => println!("skipped: pdftoppm is missing, the text does not go over paper"),
            }
            json!({ "text": text, "key": key.public().to_string() })
        })
        .collect();
    json!(cards)
}

fn issuer(realm: Realm) -> &'static str {
    match realm {
        Realm::Live => "tungnha",
        Realm::Practice => "tungnha-demo",
        Realm::Development => "tungnha-dev",
    }
}

fn key_id(device: u32) -> String {
    let bytes = device.to_be_bytes();
    let from = bytes.iter().position(|byte| *byte != 0).unwrap_or(3);
    bytes[from..].iter().map(|byte| format!("{byte:02x}")).collect()
}

/// MOSIP's own PixelPass takes the text apart; Node's Ed25519 checks the signature over what it found.
#[test]
fn pixelpass_opens_every_card_and_node_verifies_it() {
    let folder = beside_the_build();
    let installed = folder.join("node_modules/@mosip/pixelpass").is_dir()
        || done(
            Command::new("npm")
                .args(["ci", "--ignore-scripts", "--no-audit"])
                .current_dir(&folder),
        )
        .is_some();
    if !installed {
        println!("skipped: PixelPass cannot be installed here (no npm or no network)");
        return;
    }
    let read = asked(Command::new("node").arg("pixelpass.cjs").current_dir(&folder), &texts());
    assert_eq!(read.len(), cards().len());
    for (read, (citizen, _)) in read.iter().zip(cards()) {
        assert_eq!(
            read,
            &json!({
                "tag": 18, "unprotected": 0, "algorithm": -8, "key_id": key_id(citizen.device),
                "issuer": issuer(citizen.realm), "issued_at": MIDNIGHT,
                // The code and nothing else: whoever finds a card learns a code.
                "identity": { "1": citizen.code.to_string() },
                "verified": true,
            })
        );
    }
}

/// The reader of PyPI verifies the signature itself, and refuses another device's key.
#[test]
fn the_reader_of_pypi_verifies_every_card() {
    let folder = beside_the_build();
    let site = folder.join("site");
    let python = || {
        let mut python = Command::new("python3");
        python.env("PYTHONPATH", &site);
        python
    };
    let ready = || done(python().args(["-c", "import claim169"])).is_some();
    if !ready() {
        let _ = done(
            python()
                .args(["-m", "pip", "install", "--quiet", "--target"])
                .arg(&site)
                .arg("--requirement")
                .arg(folder.join("requirements.txt")),
        );
    }
    if !ready() {
        println!("skipped: claim169 of PyPI cannot be installed here (no pip or no network)");
        return;
    }
    let mut cards_and_a_forged_one = texts();
    let list = cards_and_a_forged_one.as_array_mut().unwrap();
    let forged = json!({ "text": list[0]["text"], "key": list[1]["key"] });
    list.push(forged);
    let read = asked(python().arg(folder.join("read_claim169.py")), &cards_and_a_forged_one);
    for (read, (citizen, _)) in read.iter().zip(cards()) {
        assert_eq!(
            read,
            &json!({
                "issuer": issuer(citizen.realm), "issued_at": MIDNIGHT, "key_id": key_id(citizen.device),
                "id": citizen.code.to_string(), "more": [], "verified": true,
            })
        );
    }
    assert_eq!(read.last().unwrap(), &json!({ "refused": "SignatureError" }));
}

/// A reader written from docs/protocol.md, whose grammar it reads from that page, opens every good message of
/// fixtures/protocol and refuses every bad one.
#[test]
fn a_second_reader_of_the_protocol_agrees() {
    let folder = beside_the_build();
    let site = folder.join("protocol-site");
    let python = || {
        let mut python = Command::new("python3");
        python.env("PYTHONPATH", &site);
        python
    };
    let ready = || done(python().args(["-c", "import cbor2, cryptography"])).is_some();
    if !ready() {
        let _ = done(
            python()
                .args(["-m", "pip", "install", "--quiet", "--target"])
                .arg(&site)
                .args(["cbor2==6.2.1", "cryptography==50.0.2"]),
        );
    }
    if !ready() {
        println!("skipped: cbor2 and cryptography of PyPI cannot be installed here (no pip or no network)");
        return;
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let output = python()
        .arg(folder.join("read_protocol.py"))
        .arg(root.join("docs/protocol.md"))
        .arg(root.join("fixtures/protocol"))
        .output()
        .expect("the reader starts");
    let said = String::from_utf8_lossy(&output.stdout);
    print!("{said}");
    assert!(
        output.status.success(),
        "{said}{}",
        String::from_utf8_lossy(&output.stderr)
    );
}
