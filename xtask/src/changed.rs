//! What changed since the last commit that everybody has, and which crates that touches.

use std::collections::BTreeSet;
use std::path::Path;

use crate::context::Context;
use crate::error::{Error, Result};
use crate::metadata::{Metadata, Package};
use crate::proc::Child;

/// Where the others' work is, best first.
const TRUNKS: [&str; 3] = ["origin/HEAD", "origin/main", "main"];

/// Files that every crate is built by.
const FOR_ALL: [&str; 5] = ["Cargo.toml", "Cargo.lock", "clippy.toml", ".cargo/", ".config/"];

/// Data that a crate carries in itself, by where it lies.
const CARRIED: [(&str, &str); 6] = [
    ("migrations/device/", "crates/store"),
    ("migrations/", "crates/gateway"),
    ("fixtures/protocol/", "crates/protocol"),
    ("fixtures/fonts/", "crates/print"),
    ("fixtures/", "crates/domain"),
    ("messages/", "crates/ctl"),
];

/// The change somebody works on.
pub struct Changed {
    /// The commit it begins at, short.
    pub since: String,
    files: Vec<String>,
}

impl Changed {
    /// Everything since the branch left the trunk, committed or not; on the trunk itself what is not committed yet.
    ///
    /// # Errors
    /// When this is not a git checkout.
    pub fn find(ctx: &Context) -> Result<Changed> {
        let git = |args: &[&str]| {
            let answer = Child::new(&ctx.root, "git").args(args).answer();
            answer.map(|bytes| String::from_utf8_lossy(&bytes).trim_end().to_owned())
        };
        let base = TRUNKS
            .iter()
            .find_map(|trunk| git(&["merge-base", trunk, "HEAD"]))
            .or_else(|| git(&["rev-parse", "HEAD"]))
            .ok_or_else(|| Error::Other("what changed is told by git, and this is not a git checkout".into()))?;
        let tracked = git(&["diff", "--name-only", "-z", &base]).unwrap_or_default();
        let new = git(&["ls-files", "--others", "--exclude-standard", "-z"]).unwrap_or_default();
        let files = tracked.split('\0').chain(new.split('\0'));
        Ok(Changed {
            since: base.get(..9).unwrap_or(&base).to_owned(),
            files: files.filter(|file| !file.is_empty()).map(str::to_owned).collect(),
        })
    }

    pub fn count(&self) -> usize {
        self.files.len()
    }

    /// Whether anything under this folder changed.
    pub fn touches(&self, folder: &str) -> bool {
        self.files.iter().any(|file| file.starts_with(folder))
    }

    /// The crates whose files, or whose data, changed.
    pub fn crates<'m>(&self, metadata: &'m Metadata) -> Vec<&'m Package> {
        let all = self
            .files
            .iter()
            .any(|file| FOR_ALL.iter().any(|root| file.starts_with(root)));
        let folders: BTreeSet<&str> = self.files.iter().filter_map(|file| carrier(file)).collect();
        let touched = |package: &&Package| {
            let folder = folder(package, &metadata.workspace_root);
            all || folders.contains(folder.as_str()) || self.touches(&format!("{folder}/"))
        };
        metadata.members().filter(touched).collect()
    }
}

/// The folder of the crate that carries this file of the root.
fn carrier(file: &str) -> Option<&'static str> {
    let (_, folder) = CARRIED.iter().find(|(prefix, _)| file.starts_with(prefix))?;
    Some(folder)
}

/// Crates that stand on these, at whatever height, and are not among them.
pub fn dependents<'m>(metadata: &'m Metadata, touched: &[&Package]) -> Vec<&'m Package> {
    let own = |package: &Package| package.manifest_path.parent().map(Path::to_path_buf);
    let mut reached: BTreeSet<_> = touched.iter().filter_map(|package| own(package)).collect();
    let below = reached.clone();
    loop {
        let more: Vec<_> = metadata
            .members()
            .filter(|package| {
                let mut paths = package
                    .dependencies
                    .iter()
                    .filter_map(|dependency| dependency.path.as_ref());
                paths.any(|path| reached.contains(path))
            })
            .filter_map(own)
            .filter(|folder| !reached.contains(folder))
            .collect();
        if more.is_empty() {
            break;
        }
        reached.extend(more);
    }
    let stands = |package: &&Package| own(package).is_some_and(|own| reached.contains(&own) && !below.contains(&own));
    metadata.members().filter(stands).collect()
}

/// A crate's folder as git writes it.
fn folder(package: &Package, root: &Path) -> String {
    let folder = package.manifest_path.parent().unwrap_or(Path::new(""));
    let parts = folder.strip_prefix(root).unwrap_or(folder).components();
    let parts: Vec<_> = parts.map(|part| part.as_os_str().to_string_lossy()).collect();
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn house() -> Metadata {
        let member = |folder: &str, uses: &[&str]| {
            let dependencies: Vec<_> = uses
                .iter()
                .map(|used| json!({ "name": used, "kind": null, "path": format!("/house/{used}") }))
                .collect();
            json!({
                "id": folder, "name": folder, "manifest_path": format!("/house/{folder}/Cargo.toml"),
                "dependencies": dependencies,
            })
        };
        let members = ["crates/domain", "crates/store", "crates/scan", "crates/app"];
        serde_json::from_value(json!({
            "packages": [
                member("crates/domain", &[]), member("crates/store", &["crates/domain"]),
                member("crates/scan", &[]), member("crates/app", &["crates/store", "crates/scan"]),
            ],
            "workspace_members": members, "workspace_root": "/house", "target_directory": "/house/target",
        }))
        .unwrap()
    }

    fn names(packages: &[&Package]) -> Vec<String> {
        packages.iter().map(|package| package.name.clone()).collect()
    }

    #[test]
    fn a_file_touches_its_crate_the_one_that_carries_it_or_all() {
        let house = house();
        for (file, expected) in [
            ("crates/store/src/lib.rs", vec!["crates/store"]),
            ("crates/storehouse/src/lib.rs", vec![]),
            ("migrations/device/0009.sql", vec!["crates/store"]),
            ("fixtures/communes.csv", vec!["crates/domain"]),
            ("README.md", vec![]),
            (
                "Cargo.lock",
                vec!["crates/domain", "crates/store", "crates/scan", "crates/app"],
            ),
        ] {
            let changed = Changed {
                since: String::new(),
                files: vec![file.to_owned()],
            };
            assert_eq!(names(&changed.crates(&house)), expected, "{file}");
        }
    }

    #[test]
    fn what_stands_on_a_crate_is_found_through_others() {
        let house = house();
        let on = |name: &str| {
            let below: Vec<_> = house.members().filter(|package| package.name == name).collect();
            names(&dependents(&house, &below))
        };
        assert_eq!(on("crates/domain"), ["crates/store", "crates/app"]);
        assert_eq!(on("crates/scan"), ["crates/app"]);
        assert_eq!(on("crates/app"), Vec::<String>::new());
    }
}
