//! A check that cannot fail proves nothing: each rule is shown a manifest that breaks it.

use serde_json::{Value, json};

use super::*;

/// Metadata as cargo writes it, of crates given as folder and dependencies.
#[derive(Default)]
struct Workspace {
    packages: Vec<Value>,
    members: Vec<String>,
}

impl Workspace {
    /// A member in `folder` with lines of its manifest: kind (or null), and `./folder` or an external crate's name.
    fn member(mut self, folder: &str, lines: &[(Value, &str)]) -> Workspace {
        let dependencies: Vec<_> = lines
            .iter()
            .map(|(kind, on)| match on.strip_prefix("./") {
                Some(folder) => json!({ "name": folder, "kind": kind, "path": format!("/house/{folder}") }),
                None => json!({ "name": on, "kind": kind }),
            })
            .collect();
        self.members.push(folder.to_owned());
        self.packages.push(json!({
            "id": folder, "name": folder, "manifest_path": format!("/house/{folder}/Cargo.toml"),
            "dependencies": dependencies,
        }));
        self
    }

    fn faults(self) -> Vec<String> {
        let metadata = json!({
            "packages": self.packages, "workspace_members": self.members, "workspace_root": "/house",
            "target_directory": "/house/target",
        });
        manifests(&serde_json::from_value(metadata).unwrap())
    }
}

#[test]
fn planted_dependencies_are_found() {
    let normal = || Value::Null;
    let (dev, build) = (|| json!("dev"), || json!("build"));
    let cases = [
        (
            "crates/domain",
            normal(),
            "./crates/protocol",
            "crates/domain must not use crates/protocol: the rules",
        ),
        (
            "crates/store",
            normal(),
            "./crates/client",
            "crates/store must not use crates/client: the disk",
        ),
        (
            "crates/client",
            normal(),
            "./crates/store",
            "crates/client must not use crates/store: the network",
        ),
        ("crates/client", dev(), "./crates/store", "goes into tests/"),
        (
            "crates/protocol",
            build(),
            "./crates/store",
            "crates/protocol must not use crates/store",
        ),
        (
            "crates/scan",
            normal(),
            "./crates/print",
            "crates/scan must not use crates/print",
        ),
        (
            "crates/app",
            normal(),
            "./crates/gateway",
            "crates/app must not use crates/gateway",
        ),
        (
            "crates/gateway",
            normal(),
            "./crates/store",
            "crates/gateway must not use crates/store",
        ),
        (
            "crates/ctl",
            normal(),
            "./crates/store",
            "crates/ctl must not use crates/store",
        ),
        ("xtask", normal(), "./crates/domain", "xtask must not use crates/domain"),
        (
            "crates/app",
            normal(),
            "rusqlite",
            "crates/app must not name rusqlite, which belongs in crates/store",
        ),
        ("crates/app", dev(), "rusqlite", "crates/app must not name rusqlite"),
        (
            "crates/app",
            normal(),
            "reqwest",
            "must not name reqwest, which belongs in crates/client",
        ),
        (
            "crates/app",
            normal(),
            "hyper",
            "must not name hyper, which belongs in crates/print-queues",
        ),
        ("crates/client", normal(), "axum", "must not name axum"),
        ("crates/store", build(), "rcgen", "must not name rcgen"),
        (
            "crates/print",
            normal(),
            "rqrr",
            "must not name rqrr, which belongs in crates/scan",
        ),
        (
            "crates/app",
            normal(),
            "krilla",
            "must not name krilla, which belongs in crates/print",
        ),
        (
            "crates/scan",
            normal(),
            "qrcode",
            "must not name qrcode, which belongs in crates/print",
        ),
        (
            "crates/app",
            normal(),
            "tauri",
            "must not name tauri, which belongs in src-tauri",
        ),
        (
            "tests",
            dev(),
            "nokhwa",
            "must not name nokhwa, which belongs in src-tauri",
        ),
    ];
    for (own, kind, on, expected) in cases {
        let mut house = Workspace::default().member(own, &[(kind, on)]);
        if let Some(used) = on.strip_prefix("./") {
            house = house.member(used, &[]);
        }
        let found = house.faults();
        assert_eq!(found.len(), 1, "{own} on {on}: {found:?}");
        assert!(found[0].contains(expected), "{found:?}");
    }
}

#[test]
fn what_the_table_allows_passes() {
    let cases = [
        ("crates/protocol", Value::Null, "./crates/domain"),
        ("crates/app", Value::Null, "./crates/store"),
        ("crates/ctl", Value::Null, "./crates/domain"),
        ("crates/store", json!("dev"), "./crates/store"),
        ("crates/print", json!("dev"), "./crates/scan"),
        ("tests", Value::Null, "./crates/gateway"),
        ("src-tauri", Value::Null, "tauri"),
        ("crates/gateway", Value::Null, "rusqlite"),
        ("crates/scan", json!("dev"), "qrcode"),
        ("crates/client", json!("dev"), "axum"),
        ("crates/domain", json!("dev"), "proptest"),
    ];
    for (own, kind, on) in cases {
        let mut house = Workspace::default().member(own, &[(kind, on)]);
        if let Some(used) = on.strip_prefix("./").filter(|used| *used != own) {
            house = house.member(used, &[]);
        }
        assert_eq!(house.faults(), Vec::<String>::new(), "{own} on {on}");
    }
}

#[test]
fn an_unknown_crate_is_told_where_to_register() {
    let found = Workspace::default()
        .member("crates/newcomer", &[(Value::Null, "rusqlite")])
        .faults();
    assert_eq!(found.len(), 1);
    assert!(
        found[0].starts_with("crates/newcomer is not in xtask/src/layers/table.rs: add a row"),
        "{found:?}"
    );
}

#[test]
fn a_path_out_of_the_workspace_is_found() {
    let found = Workspace::default()
        .member("crates/app", &[(Value::Null, "./vendor/thing")])
        .faults();
    assert_eq!(
        found,
        ["crates/app uses vendor/thing, which is not a member of the workspace"]
    );
}

#[test]
fn what_arrives_through_others_is_found_with_its_way() {
    let domain = &ROOMS[0];
    let clean = "0 tungnha-domain v0.1.0 (/house/crates/domain)\n1 csv v1.4.0\n2 itoa v1.0.19\n1 itoa v1.0.19 (*)\n";
    assert_eq!(arrivals(domain, clean), Vec::<String>::new());

    let planted = format!("{clean}1 ids v2.0.0\n2 random-words v0.4.1\n3 getrandom v0.4.3\n2 getrandom v0.4.3 (*)\n");
    let found = arrivals(domain, &planted);
    assert_eq!(found.len(), 1, "{found:?}");
    let way = "must not contain getrandom, which arrives by tungnha-domain > ids > random-words > getrandom: the rules";
    assert!(found[0].contains(way), "{found:?}");
}

#[test]
fn the_table_names_only_rooms_it_has_and_has_no_circle() {
    let mut below = HashSet::new();
    for room in ROOMS {
        for used in room.uses {
            assert!(
                below.contains(used),
                "{} uses {used}, which has no row above it",
                room.folder
            );
        }
        assert!(below.insert(room.folder), "{} has two rows", room.folder);
    }
    for room in FENCES.iter().flat_map(|fence| fence.rooms) {
        assert!(below.contains(room), "{room} has no row");
    }
}
