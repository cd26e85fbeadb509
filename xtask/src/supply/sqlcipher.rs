//! Whether the SQLCipher that is compiled is the one that was looked at.
//!
//! `libsqlite3-sys` compiles one C file, and takes it out of the package `sqlcipher-src`. That file holds everything that
//! stands between a lost tablet and its records, and neither package is SQLCipher's own. So its content is pinned here,
//! and whoever changes the pin compares first. For 4.20.0 it was done so on 2026-11-28:
//!
//! - SQLite's part: the same check-in (3.54.1, `555e07ef33`) comes from another hand in `libsqlite3-sys`,
//!   `sqlite3/sqlite3.c`. File by file ("Begin file", "End of") all are the same to the byte but the sixteen that SQLCipher
//!   changes; the differences outside of SQLCipher's marked blocks were read. They are its hooks: the page codec, its pragmas,
//!   the log.
//! - SQLCipher's part: release 4.19.0 comes from two further hands (npm `@op-engineering/op-sqlite` 18.2.5, PyPI
//!   `sqlcipher3` 0.6.4, the same but for a parser option). `sqlcipher.h`, `crypto_openssl.c`, `crypto_cc.c`,
//!   `crypto_libtomcrypt.c` and all marked blocks inside of SQLite's files are the same to the byte; `sqlcipher.c` differs
//!   in its version, two conditions for WebAssembly, and where a failed migration goes on (`cleanup`), which was read.
//! - Not seen: Zetetic's signed tag of 4.20.0 and an amalgamation made from it by ourselves.

use std::fs;

use sha2::{Digest as _, Sha256};

use super::{hex, packages::Packages};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::report::{Outcome, Step, Takes};

const PACKAGE: &str = "sqlcipher-src";
const FILE: &str = "sqlcipher/sqlcipher.c";
/// Of [`FILE`] in SQLCipher 4.20.0.
const SHA256: &str = "8cd2347d18886fee4651153fabeeeffb7cec008700987dab1c00261febc4220f";

pub const STEP: Step = Step {
    name: "sqlcipher",
    does: "the SQLCipher that is compiled is the one that was read",
    takes: Takes::seconds(2, 2),
    run: check,
};

fn check(ctx: &Context) -> Result<Outcome> {
    let packages = Packages::of_lock(&ctx.root)?;
    let found: Vec<_> = packages.named(PACKAGE).collect();
    let [package] = found[..] else {
        return Err(Error::Other(format!(
            "{} packages are called {PACKAGE}, not one: see where the C source comes from now, then mend this check",
            found.len()
        )));
    };
    let path = package.manifest_path.with_file_name(FILE);
    let content = fs::read(&path).map_err(|source| Error::Io {
        what: path.display().to_string(),
        source,
    })?;
    judge(&package.version, &content)?;
    println!("{PACKAGE} {}, {} bytes, as pinned", package.version, content.len());
    Ok(Outcome::Passed)
}

fn judge(version: &str, content: &[u8]) -> Result<()> {
    let seen = hex(Sha256::digest(content));
    if seen == SHA256 {
        return Ok(());
    }
    Err(Error::Other(format!(
        "{PACKAGE} {version} compiles another SQLCipher than the one that was looked at:\n  {FILE} has SHA-256 {seen}\n  \
         {SHA256} is pinned\nNobody touched the dependencies? Then do not build: remove the unpacked package from cargo's \
         registry folder and fetch it again. After an upgrade: compare the new file as the head of {} tells, and only \
         then write the new sum there.",
        file!()
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_source_is_refused_and_the_message_says_what_to_do() {
        let message = judge("420.0.0", b"int main(void) {}").unwrap_err().to_string();
        for part in ["another SQLCipher", SHA256, "compare the new file"] {
            assert!(message.contains(part), "{part}: {message}");
        }
    }
}
