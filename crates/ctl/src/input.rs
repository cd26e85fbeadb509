//! What comes from whoever typed the command: ids and drafts.

use crate::output::Failure;
use domain::{ids::Rid, registration::Draft};
use std::io::Read as _;

/// Most bytes of a draft: far above any honest one, far below what hurts.
const MAX_DRAFT: u64 = 64 * 1024 * 1024;

/// A registration's id as 32 hexadecimal digits.
pub fn rid(text: &str) -> Result<Rid, Failure> {
    text.parse().map_err(|_| Failure::Usage("not_an_id"))
}

/// A draft as JSON, from a file or (`-`) standard input.
pub fn draft(path: &str) -> Result<Draft, Failure> {
    let mut bytes = Vec::new();
    match path {
        "-" => std::io::stdin().lock().take(MAX_DRAFT).read_to_end(&mut bytes),
        path => std::fs::File::open(path).and_then(|file| file.take(MAX_DRAFT).read_to_end(&mut bytes)),
    }
    .map_err(|error| Failure::File {
        path: path.to_owned(),
        error,
    })?;
    // The parser would take a list for the fields in their order.
    if bytes.iter().find(|byte| !byte.is_ascii_whitespace()) != Some(&b'{') {
        return Err(Failure::NotADraft { line: 1, column: 1 });
    }
    // The parser's own message would quote the input, which is somebody's data: only the place is told.
    serde_json::from_slice(&bytes).map_err(|error| Failure::NotADraft {
        line: error.line(),
        column: error.column(),
    })
}
