//! `cargo xtask sbom`: what each program that ships is made of, as CycloneDX in `target/sbom/`.
//!
//! In it are the crates that are linked (cargo's own answer for the one target, without what only builds, tests or expands
//! macros), the C source that a build script compiles in, and the packages of the window's page. Not in it are the
//! system's own libraries, which are not ours to ship: WebKitGTK, GTK, libcrypto and what they bring.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use super::cyclonedx::{Bom, Component, Dependency, Hash, Kind, License, Metadata, Property};
use super::lock::{self, Crates, Npm};
use super::packages::{Package, Packages};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::proc::Child;
use crate::report::{Outcome, Step, Takes};

pub const STEP: Step = Step {
    name: "sbom",
    does: "a list of what ships, with licence and checksum of each part",
    takes: Takes::seconds(3, 3),
    run: write,
};

/// What a tablet and a server run.
const TARGET: &str = "x86_64-unknown-linux-gnu";

struct Program {
    package: &'static str,
    name: &'static str,
    /// Whether the page is built into it.
    page: bool,
}

const PROGRAMS: [Program; 3] = [
    Program {
        package: "tungnha-window",
        name: "tung-nha",
        page: true,
    },
    Program {
        package: "tungnha-ctl",
        name: "tungnhactl",
        page: false,
    },
    Program {
        package: "tungnha-gateway",
        name: "tungnha-gateway",
        page: false,
    },
];

/// Cargo calls it a part of the build, but what it holds is compiled into the other.
const COMPILED_IN: (&str, &str) = ("libsqlite3-sys", "sqlcipher-src");

/// The page as a component of the window.
const PAGE: &str = "tung-nha-ui";
const OWN_LICENCE: &str = "Apache-2.0";

/// Packages that name no licence where their registry looks for it, and what the file in them says.
const UNNAMED: &[(&str, &str)] = &[("svelte-toolbelt", "MIT")];

/// # Errors
/// When a part has no licence or no checksum, one line for each.
fn write(ctx: &Context) -> Result<Outcome> {
    let (packages, crates) = (Packages::of_lock(&ctx.root)?, Crates::read(&ctx.root)?);
    let page = lock::page(&ctx.root)?;
    let folder = ctx.target.join("sbom");
    let mut faults = BTreeSet::new();
    for program in PROGRAMS {
        let tree = tree(ctx, program.package)?;
        let mut list = List::of_crates(&tree, &packages, &crates)?;
        if program.page {
            list.add_page(program.package, &page);
        }
        faults.append(&mut list.faults);
        let path = folder.join(format!("{}.cdx.json", program.name));
        println!("{}: {} parts", path.display(), list.components.len());
        save(&path, &list.finish(&program)?)?;
    }
    if faults.is_empty() {
        return Ok(Outcome::Passed);
    }
    Err(Error::Rule {
        rule: "what ships has parts without a licence or a checksum",
        places: faults.into_iter().collect(),
    })
}

/// What is linked into a package, one line each: depth, name and version.
fn tree(ctx: &Context, package: &str) -> Result<String> {
    let listed = Child::cargo(&ctx.root)
        .args(["tree", "--locked", "--target", TARGET, "--package", package])
        .args([
            "--edges",
            "no-dev,no-build,no-proc-macro",
            "--prefix",
            "depth",
            "--format",
            " {p}",
        ])
        .read()?;
    Ok(String::from_utf8_lossy(&listed).into_owned())
}

#[derive(Default)]
struct List {
    components: BTreeMap<String, Component>,
    needs: BTreeMap<String, BTreeSet<String>>,
    faults: BTreeSet<String>,
}

impl List {
    fn of_crates(tree: &str, packages: &Packages, crates: &Crates) -> Result<List> {
        let mut list = List::default();
        let mut way: Vec<String> = Vec::new();
        for line in tree.lines() {
            let mut words = line.split_whitespace();
            let (Some(Ok(depth)), Some(name), Some(version)) =
                (words.next().map(str::parse::<usize>), words.next(), words.next())
            else {
                continue;
            };
            let package = packages.find(name, version.trim_start_matches('v'))?;
            let reference = list.add_crate(package, crates);
            if name == COMPILED_IN.0 {
                for source in packages.named(COMPILED_IN.1) {
                    let source = list.add_crate(source, crates);
                    list.needs(&reference, source);
                }
            }
            way.truncate(depth);
            if let Some(above) = way.last() {
                list.needs(&above.clone(), reference.clone());
            }
            way.push(reference);
        }
        Ok(list)
    }

    fn needs(&mut self, above: &str, below: String) {
        self.needs.entry(above.to_owned()).or_default().insert(below);
    }

    fn add_crate(&mut self, package: &Package, crates: &Crates) -> String {
        let (name, version) = (package.name.as_str(), package.version.as_str());
        let ours = package.source.is_none();
        let purl = (!ours).then(|| format!("pkg:cargo/{name}@{}", version.replace('+', "%2B")));
        let hash = crates.hash(name, version);
        if !ours && hash.is_none() {
            self.faults
                .insert(format!("{name} {version} has no checksum in Cargo.lock"));
        }
        self.add(name, version, purl, hash, package.license.as_deref())
    }

    fn add_page(&mut self, window: &str, page: &[Npm]) {
        let own = self.add(PAGE, env!("CARGO_PKG_VERSION"), None, None, Some(OWN_LICENCE));
        let window = self.components.values().find(|part| part.name == window);
        if let Some(window) = window.map(|part| part.bom_ref.clone()) {
            self.needs(&window, own.clone());
        }
        for npm in page {
            let purl = format!("pkg:npm/{}@{}", npm.name.replace('@', "%40"), npm.version);
            if npm.hash.is_none() {
                let fault = format!("{} {} has no SHA-512 in ui/package-lock.json", npm.name, npm.version);
                self.faults.insert(fault);
            }
            let part = self.add(
                &npm.name,
                &npm.version,
                Some(purl),
                npm.hash.clone(),
                npm.license.as_deref(),
            );
            self.needs(&own, part);
        }
    }

    fn add(
        &mut self,
        name: &str,
        version: &str,
        purl: Option<String>,
        hash: Option<Hash>,
        licence: Option<&str>,
    ) -> String {
        let reference = purl.clone().unwrap_or_else(|| format!("{name}@{version}"));
        let unnamed = || {
            UNNAMED
                .iter()
                .find(|(known, _)| *known == name)
                .map(|(_, licence)| *licence)
        };
        let Some(licence) = licence.or_else(unnamed) else {
            self.faults.insert(format!("{name} {version} names no licence"));
            return reference;
        };
        self.components.entry(reference.clone()).or_insert_with(|| Component {
            kind: Kind::Library,
            bom_ref: reference.clone(),
            name: name.to_owned(),
            version: version.to_owned(),
            purl,
            hashes: hash.into_iter().collect(),
            licenses: [License {
                expression: spdx(licence),
            }],
        });
        reference
    }

    fn finish(mut self, program: &Program) -> Result<Bom> {
        let at = self.components.values().find(|part| part.name == program.package);
        let reference = at.map(|part| part.bom_ref.clone());
        let own = reference.and_then(|reference| self.components.remove(&reference));
        let mut own = own.ok_or_else(|| Error::Other(format!("{} is no part of itself", program.package)))?;
        (own.kind, own.name) = (Kind::Application, program.name.to_owned());
        let all = std::iter::once(&own).chain(self.components.values());
        let dependencies = all
            .map(|part| Dependency {
                of: part.bom_ref.clone(),
                depends_on: self.needs.get(&part.bom_ref).into_iter().flatten().cloned().collect(),
            })
            .collect();
        let target = Property {
            name: "tungnha:target",
            value: TARGET.to_owned(),
        };
        let metadata = Metadata {
            component: own,
            properties: vec![target],
        };
        Ok(Bom::new(
            metadata,
            self.components.into_values().collect(),
            dependencies,
        ))
    }
}

/// Before SPDX, a choice was written with a stroke.
fn spdx(licence: &str) -> String {
    licence.split('/').map(str::trim).collect::<Vec<_>>().join(" OR ")
}

fn save(path: &Path, bom: &Bom) -> Result<()> {
    let failed = |source| Error::Io {
        what: path.display().to_string(),
        source,
    };
    let text = serde_json::to_vec_pretty(bom).map_err(|error| failed(error.into()))?;
    fs::create_dir_all(path.parent().unwrap_or(path)).map_err(failed)?;
    fs::write(path, text).map_err(failed)
}

#[cfg(test)]
mod tests;
