//! What the two lock files say: which bytes a name and a version stand for.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde::Deserialize;

use super::cyclonedx::Hash;
use super::hex;
use crate::error::{Error, Result};

/// Checksum of each crate from a registry, by name and version.
pub struct Crates(BTreeMap<(String, String), String>);

#[derive(Deserialize)]
struct CargoLock {
    package: Vec<Locked>,
}

#[derive(Deserialize)]
struct Locked {
    name: String,
    version: String,
    checksum: Option<String>,
}

impl Crates {
    /// # Errors
    /// When there is no Cargo.lock or it is not as cargo writes it.
    pub fn read(root: &Path) -> Result<Crates> {
        let lock: CargoLock = toml::from_str(&text(&root.join("Cargo.lock"))?)
            .map_err(|error| Error::Other(format!("Cargo.lock: {error}")))?;
        let sums = lock.package.into_iter().filter_map(|package| {
            let sum = package.checksum?;
            Some(((package.name, package.version), sum))
        });
        Ok(Crates(sums.collect()))
    }

    /// Those of a test.
    #[cfg(test)]
    pub fn of<'a>(sums: impl Iterator<Item = (&'a str, &'a str, String)>) -> Crates {
        Crates(
            sums.map(|(name, version, sum)| ((name.to_owned(), version.to_owned()), sum))
                .collect(),
        )
    }

    /// Of the `.crate` file; a package of this workspace has none.
    pub fn hash(&self, name: &str, version: &str) -> Option<Hash> {
        let sum = self.0.get(&(name.to_owned(), version.to_owned()))?;
        Some(Hash {
            alg: "SHA-256",
            content: sum.clone(),
        })
    }
}

/// A package of the window's page.
#[derive(Debug)]
pub struct Npm {
    pub name: String,
    pub version: String,
    pub license: Option<String>,
    /// Of the package's archive.
    pub hash: Option<Hash>,
}

#[derive(Deserialize)]
struct PackageLock {
    packages: BTreeMap<String, Entry>,
}

#[derive(Deserialize)]
struct Entry {
    version: Option<String>,
    license: Option<String>,
    integrity: Option<String>,
    #[serde(default)]
    dev: bool,
}

/// The packages that the page may be built of: what npm does not call a tool of development. A few of them are Svelte's own
/// compiler's, so the list is rather too long than too short.
///
/// # Errors
/// When there is no package-lock.json or it is not as npm writes it.
pub fn page(root: &Path) -> Result<Vec<Npm>> {
    of_page(&text(&root.join("ui").join("package-lock.json"))?)
}

fn of_page(lock: &str) -> Result<Vec<Npm>> {
    const FOLDER: &str = "node_modules/";
    let lock: PackageLock =
        serde_json::from_str(lock).map_err(|error| Error::Other(format!("ui/package-lock.json: {error}")))?;
    let shipped = lock.packages.into_iter().filter(|(_, entry)| !entry.dev);
    Ok(shipped
        .filter_map(|(path, entry)| {
            // The one without a folder is the page itself.
            let at = path.rfind(FOLDER)? + FOLDER.len();
            Some(Npm {
                name: path[at..].to_owned(),
                version: entry.version?,
                license: entry.license,
                hash: entry.integrity.as_deref().and_then(of_integrity),
            })
        })
        .collect())
}

/// npm writes sums as browsers do (Subresource Integrity).
fn of_integrity(text: &str) -> Option<Hash> {
    let bytes = BASE64_STANDARD.decode(text.strip_prefix("sha512-")?).ok()?;
    (bytes.len() == 64).then(|| Hash {
        alg: "SHA-512",
        content: hex(bytes),
    })
}

fn text(path: &Path) -> Result<String> {
    fs::read_to_string(path).map_err(|source| Error::Io {
        what: path.display().to_string(),
        source,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_is_made_of_what_npm_does_not_call_dev() {
        let sum = BASE64_STANDARD.encode([7; 64]);
        let lock = format!(
            r#"{{"packages":{{"":{{"version":"0.0.0"}},
            "node_modules/axe-core":{{"version":"4.0.0","dev":true}},
            "node_modules/@lucide/svelte":{{"version":"1.48.0","license":"ISC","integrity":"sha512-{sum}"}},
            "node_modules/a/node_modules/b":{{"version":"2.0.0","integrity":"sha512-AAAA"}}}}}}"#
        );
        let page = of_page(&lock).expect("a lock file");
        let named: Vec<_> = page
            .iter()
            .map(|npm| (npm.name.as_str(), npm.license.as_deref()))
            .collect();
        assert_eq!(named, [("@lucide/svelte", Some("ISC")), ("b", None)]);
        assert_eq!(
            page[0].hash.as_ref().map(|hash| hash.content.as_str()),
            Some("07".repeat(64).as_str())
        );
        assert!(page[1].hash.is_none(), "no sum of that length");
    }
}
