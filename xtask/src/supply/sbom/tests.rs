//! A small house whose list is checked against what the schema of CycloneDX 1.6 demands.

use serde_json::{Value, json};

use super::*;

const TREE: &str = "0 tungnha-window v0.1.0 (/house/src-tauri)\n1 tungnha-store v0.1.0 (/house/crates/store)\n\
                    2 libsqlite3-sys v0.40.0\n1 zlib-rs v0.6.8\n1 tungnha-store v0.1.0 (/house/crates/store) (*)\n";

fn packages() -> Packages {
    let package = |name: &str, version: &str, license: Value, source: Value| json!({ "name": name, "version": version, "license": license, "source": source, "manifest_path": "/x/Cargo.toml" });
    let registry = json!("registry+https://example.org/index");
    serde_json::from_value(json!({ "packages": [
        package("tungnha-window", "0.1.0", json!("Apache-2.0"), Value::Null),
        package("tungnha-store", "0.1.0", json!("Apache-2.0"), Value::Null),
        package("libsqlite3-sys", "0.40.0", json!("MIT"), registry.clone()),
        package("sqlcipher-src", "420.0.0+sqlcipher-4.20.0", json!("MIT AND blessing"), registry.clone()),
        package("zlib-rs", "0.6.8", json!("MIT / Apache-2.0"), registry.clone()),
        package("nameless", "1.0.0", Value::Null, registry),
    ]}))
    .expect("metadata")
}

fn crates(of: &[(&str, &str)]) -> Crates {
    Crates::of(of.iter().map(|(name, version)| (*name, *version, "ab".repeat(32))))
}

fn locked() -> Crates {
    crates(&[
        ("libsqlite3-sys", "0.40.0"),
        ("sqlcipher-src", "420.0.0+sqlcipher-4.20.0"),
        ("zlib-rs", "0.6.8"),
    ])
}

fn page() -> Vec<Npm> {
    let npm = |name: &str, license: Option<&str>| Npm {
        name: name.to_owned(),
        version: "1.48.0".to_owned(),
        license: license.map(str::to_owned),
        hash: Some(Hash {
            alg: "SHA-512",
            content: "cd".repeat(64),
        }),
    };
    vec![npm("@lucide/svelte", Some("ISC")), npm("svelte-toolbelt", None)]
}

#[test]
fn the_list_has_what_the_schema_demands() {
    let mut list = List::of_crates(TREE, &packages(), &locked()).expect("a list");
    list.add_page("tungnha-window", &page());
    assert_eq!(list.faults, BTreeSet::new());
    let bom = serde_json::to_value(list.finish(&PROGRAMS[0]).expect("whole")).expect("JSON");
    assert_eq!(
        (&bom["bomFormat"], &bom["specVersion"], &bom["version"]),
        (&json!("CycloneDX"), &json!("1.6"), &json!(1))
    );

    let program = &bom["metadata"]["component"];
    assert_eq!(
        (&program["type"], &program["name"]),
        (&json!("application"), &json!("tung-nha"))
    );
    let parts = bom["components"].as_array().expect("parts");
    let known: BTreeSet<_> = parts
        .iter()
        .chain([program])
        .map(|part| part["bom-ref"].as_str().expect("a name"))
        .collect();
    assert_eq!(known.len(), parts.len() + 1, "every bom-ref is unique");
    for part in parts {
        assert!(part["name"].is_string() && part["type"] == "library", "{part}");
        assert!(part["licenses"][0]["expression"].is_string(), "{part}");
        assert_eq!(
            part["purl"].is_null(),
            part["hashes"] == Value::Null || part["hashes"] == json!([]),
            "{part}"
        );
    }
    let mut edges = BTreeSet::new();
    for dependency in bom["dependencies"].as_array().expect("edges") {
        let of = dependency["ref"].as_str().expect("of whom");
        for on in dependency["dependsOn"].as_array().expect("on whom") {
            let on = on.as_str().expect("a name");
            assert!(known.contains(of) && known.contains(on), "{of} -> {on}");
            edges.insert((of, on));
        }
    }
    for edge in [
        ("tungnha-window@0.1.0", "tungnha-store@0.1.0"),
        ("tungnha-store@0.1.0", "pkg:cargo/libsqlite3-sys@0.40.0"),
        (
            "pkg:cargo/libsqlite3-sys@0.40.0",
            "pkg:cargo/sqlcipher-src@420.0.0%2Bsqlcipher-4.20.0",
        ),
        ("tungnha-window@0.1.0", "pkg:cargo/zlib-rs@0.6.8"),
        ("tungnha-window@0.1.0", "tung-nha-ui@0.1.0"),
        ("tung-nha-ui@0.1.0", "pkg:npm/%40lucide/svelte@1.48.0"),
    ] {
        assert!(edges.contains(&edge), "{edge:?} in {edges:?}");
    }
    let zlib = parts.iter().find(|part| part["name"] == "zlib-rs").expect("listed");
    assert_eq!(zlib["licenses"], json!([{ "expression": "MIT OR Apache-2.0" }]));
    assert_eq!(
        zlib["hashes"],
        json!([{ "alg": "SHA-256", "content": "ab".repeat(32) }])
    );
}

#[test]
fn a_part_without_licence_or_checksum_is_named() {
    let tree = "0 tungnha-window v0.1.0 (/house/src-tauri)\n1 nameless v1.0.0\n1 zlib-rs v0.6.8\n";
    let mut list = List::of_crates(tree, &packages(), &crates(&[("nameless", "1.0.0")])).expect("a list");
    let unknown = Npm {
        name: "unknown".to_owned(),
        version: "2.0.0".to_owned(),
        license: None,
        hash: None,
    };
    list.add_page("tungnha-window", &[unknown]);
    let faults: Vec<_> = list.faults.into_iter().collect();
    assert_eq!(
        faults,
        [
            "nameless 1.0.0 names no licence",
            "unknown 2.0.0 has no SHA-512 in ui/package-lock.json",
            "unknown 2.0.0 names no licence",
            "zlib-rs 0.6.8 has no checksum in Cargo.lock",
        ]
    );
}
