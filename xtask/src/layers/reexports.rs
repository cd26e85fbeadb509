//! A crate that another passes on whole comes into rooms whose manifest does not name it, past the table.

use super::source::{self, Reach};

/// The crates of ours that this file passes on: `pub use domain;`, under another name, or all that is in it. A type that
/// a file shows as its own (`pub use domain::ids::Rid`) is not that.
pub fn passed_on(text: &str, crates: &[String]) -> Vec<String> {
    let imports = source::imports(&source::code(text));
    let whole = imports.into_iter().filter(|import| {
        let ours = import.path.first().is_some_and(|first| crates.contains(first));
        let whole = match import.path.as_slice() {
            [_] => true,
            [_, glob] => glob == "*",
            _ => false,
        };
        import.passed_on == Reach::Everybody && ours && whole
    });
    whole.map(|import| import.path[0].clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_whole_crate_is_found_and_a_type_is_not() {
        let crates = ["domain".to_owned(), "store".to_owned()];
        for (text, expected) in [
            ("pub use domain;", vec!["domain"]),
            ("pub use ::domain as rules;", vec!["domain"]),
            ("pub use {store, domain::ids::Rid};", vec!["store"]),
            ("pub(crate) use domain;", vec![]),
            ("pub use store::*;", vec!["store"]),
            ("pub use domain::{self};", vec!["domain"]),
            ("pub use domain::ids::Rid;", vec![]),
            ("pub use domain::{code::Code, ids::Rid};", vec![]),
            ("use domain;", vec![]),
            ("// pub use domain;", vec![]),
            ("pub use session::Session;", vec![]),
        ] {
            assert_eq!(passed_on(text, &crates), expected, "{text}");
        }
    }
}
