//! Search by name, year of birth, number, phone, address and code. Who bears a name comes before who lives in the street of
//! that name; text without marks finds all, typed marks put exact matches first; then newest first. Every word is a prefix.
//! What a person types is never FTS syntax: only letters and digits of it are used, quoted.

use crate::{
    Read, Result, StoreError, Write,
    hashing::LookupKey,
    row::{count, from_cbor},
};
use domain::{code::Code, ids::Rid, number::PersonalNumber, registration::Registration, text};
use rusqlite::{OptionalExtension as _, ToSql, params};
use std::collections::HashSet;
use unicode_normalization::{UnicodeNormalization as _, char::is_combining_mark};
use zeroize::Zeroizing;

/// Longest text and most words that are looked for; the rest is ignored.
const MAX_CHARS: usize = 200;
const MAX_WORDS: usize = 12;

/// Lower case, NFC: the word with its marks.
fn exact_key(text: &str) -> String {
    text.nfc().flat_map(char::to_lowercase).nfc().collect()
}

/// Letters and digits (with their marks) between everything else.
fn words(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_alphanumeric() && !is_combining_mark(c))
        .filter(|word| word.chars().any(char::is_alphanumeric))
        .map(str::to_owned)
        .collect()
}

fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

fn ending(digits: &str, len: usize) -> &str {
    &digits[digits.len().saturating_sub(len)..]
}

/// Keeps the words of a registration; what stood there before goes.
pub(crate) fn put(tx: &Write<'_>, rid: &Rid, code: Code, content: &Registration) -> Result<()> {
    mended(tx, || {
        take_out(tx, rid)?;
        add(tx, rid, code, content)?;
        write_out(tx)
    })
}

/// The index only repeats what the registrations hold: a damaged one is made anew in the same transaction, and never
/// stands in the way of what was to be kept or erased.
fn mended(tx: &Write<'_>, job: impl Fn() -> Result<()>) -> Result<()> {
    // In a part of its own: what a damaged index still has in memory must be gone before it is dropped.
    match tx.attempt(|_| job()) {
        Err(StoreError::IndexDamaged) => {
            make_anew(tx)?;
            job()
        }
        done => done,
    }
}

/// The indexes as the last migration that touched them makes them.
const ANEW: [&str; 6] = [
    "DROP TABLE IF EXISTS search",
    "DROP TABLE IF EXISTS name_search",
    "CREATE VIRTUAL TABLE search USING fts5 (
  folded, exact, numbers,
  tokenize = 'ascii', prefix = '1 2 3 4 5 6', detail = column, columnsize = 0
)",
    "INSERT INTO search (search, rank) VALUES ('secure-delete', 1)",
    "CREATE VIRTUAL TABLE name_search USING fts5 (
  folded, exact,
  tokenize = 'ascii', prefix = '1 2 3 4 5 6', detail = column, columnsize = 0
)",
    "INSERT INTO name_search (name_search, rank) VALUES ('secure-delete', 1)",
];

/// Throws both indexes away, whatever is in them, and fills new ones from what the registrations hold.
pub(crate) fn make_anew(tx: &Write<'_>) -> Result<()> {
    for statement in ANEW {
        tx.run(statement, [])?;
    }
    rebuild(tx)
}

/// True if the newest and the oldest registration that could be found are found: an index that lost its words passes every
/// check of its structure.
pub(crate) fn finds_what_is_there(tx: &Read<'_>) -> Result<bool> {
    for order in ["ASC", "DESC"] {
        let known = tx
            .sql(&format!(
                "SELECT id, code FROM registration WHERE content IS NOT NULL AND code IS NOT NULL ORDER BY id {order} LIMIT 1"
            ))?
            .query_row([], |row| Ok((row.get::<_, i64>(0)?, row.get(1)?)))
            .optional()?;
        let Some((id, code)) = known else { return Ok(true) };
        let Some(code) = Code::from_bits(count(code)) else {
            continue;
        };
        let word = prefix("numbers", &code.to_string().to_lowercase().replace('-', ""));
        let mut statement = tx.sql(BY_ALL)?;
        let mut found = statement.query_map(params![word, 10], |row| row.get::<_, i64>(0))?;
        if !found.any(|found| found.is_ok_and(|found| found == id)) {
            return Ok(false);
        }
    }
    Ok(true)
}

fn add(tx: &Write<'_>, rid: &Rid, code: Code, content: &Registration) -> Result<()> {
    let name = content.name.value.expose();
    let lines = [
        Some(name),
        Some(content.residence.group.expose().as_str()),
        Some(content.residence.house.expose().as_str()),
        content.card_address.as_ref().map(|line| line.value.expose().as_str()),
        content.representative.as_ref().map(|person| person.name.expose()),
    ];
    let all = Words::of(&lines.into_iter().flatten().collect::<Vec<_>>());
    let name = Words::of(&[name]);

    let mut numbers = Zeroizing::new(String::new());
    let mut add = |text: &str| {
        numbers.push_str(text);
        numbers.push(' ');
    };
    for number in [
        content.number.as_ref().map(|number| &number.value),
        content.representative.as_ref().map(|person| &person.number),
    ] {
        let Some(number) = number else { continue };
        add(number.expose());
        add(ending(number.expose(), 6));
        add(ending(number.expose(), 4));
    }
    if let Some(phone) = &content.phone {
        let phone = digits(phone.number.expose());
        add(&phone);
        add(ending(&phone, 6));
        add(ending(&phone, 4));
    }
    // What a row of the list shows, to tell people of one name apart.
    add(&content.birth.value.year().to_string());
    let code = code.to_string().to_lowercase();
    add(&code.replace('-', ""));
    add(&code.replace('-', " "));

    tx.run(
        "INSERT INTO search (rowid, folded, exact, numbers) SELECT id, ?2, ?3, ?4 FROM registration WHERE rid = ?1",
        params![rid.0, *all.folded, *all.exact, *numbers],
    )?;
    tx.run(
        "INSERT INTO name_search (rowid, folded, exact) SELECT id, ?2, ?3 FROM registration WHERE rid = ?1",
        params![rid.0, *name.folded, *name.exact],
    )?;
    Ok(())
}

/// Fills the empty index from what the registrations hold: after a migration that changed it. What cannot be read is left
/// out: a damaged row is the doctor's to find, and must not keep the device from opening.
pub(crate) fn rebuild(tx: &Write<'_>) -> Result<()> {
    let mut statement = tx.sql(
        "SELECT rid, code, content FROM registration WHERE content IS NOT NULL AND code IS NOT NULL ORDER BY id",
    )?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let content = Zeroizing::new(row.get::<_, Vec<u8>>(2)?);
        let content: Result<Registration> = from_cbor("registration", &content);
        if let (Some(code), Ok(content)) = (Code::from_bits(count(row.get(1)?)), content) {
            add(tx, &Rid(row.get(0)?), code, &content)?;
        }
    }
    Ok(())
}

/// The words of some lines, without and with their marks.
struct Words {
    folded: Zeroizing<String>,
    exact: Zeroizing<String>,
}

impl Words {
    fn of(lines: &[&str]) -> Self {
        let text = Zeroizing::new(lines.join(" "));
        Self {
            folded: Zeroizing::new(words(&text::search_key(&text)).join(" ")),
            exact: Zeroizing::new(words(&exact_key(&text)).join(" ")),
        }
    }
}

/// Takes the words of a registration out of the index.
pub(crate) fn remove(tx: &Write<'_>, rid: &Rid) -> Result<()> {
    mended(tx, || {
        take_out(tx, rid)?;
        write_out(tx)
    })
}

/// From so many on it is cheaper to rebuild the search index once than to overwrite each word in it.
const MANY: usize = 4;

/// Takes the words of some registrations out of the index.
///
/// One after the other the index overwrites each word where it stands, which costs some 50 ms a registration. For more
/// than a handful the words are taken out as any index does it, and the index is then written anew as a whole; the
/// pages it leaves are overwritten like every deleted page.
pub(crate) fn remove_all(tx: &Write<'_>, rids: &[Rid]) -> Result<()> {
    if rids.len() <= MANY {
        return rids.iter().try_for_each(|rid| remove(tx, rid));
    }
    mended(tx, || {
        secure_delete(tx, false)?;
        rids.iter().try_for_each(|rid| take_out(tx, rid))?;
        write_anew(tx)?;
        secure_delete(tx, true)
    })
}

/// Writes what the index still has in memory now, so that its damage is met inside [`mended`] and not at the commit.
fn write_out(tx: &Write<'_>) -> Result<()> {
    for table in ["search", "name_search"] {
        tx.run(&format!("INSERT INTO {table} ({table}) VALUES ('flush')"), [])?;
    }
    Ok(())
}

fn take_out(tx: &Write<'_>, rid: &Rid) -> Result<()> {
    for statement in [
        "DELETE FROM search WHERE rowid = (SELECT id FROM registration WHERE rid = ?1)",
        "DELETE FROM name_search WHERE rowid = (SELECT id FROM registration WHERE rid = ?1)",
    ] {
        tx.run(statement, [rid.0])?;
    }
    Ok(())
}

/// Whether a deleted word is overwritten where it stands (slow, and the rule), or only by [`write_anew`].
fn secure_delete(tx: &Write<'_>, on: bool) -> Result<()> {
    for table in ["search", "name_search"] {
        tx.run(
            &format!("INSERT INTO {table} ({table}, rank) VALUES ('secure-delete', ?1)"),
            [i64::from(on)],
        )?;
    }
    Ok(())
}

/// Writes the index anew without what was deleted; its old pages are overwritten as they become free.
fn write_anew(tx: &Write<'_>) -> Result<()> {
    for table in ["search", "name_search"] {
        tx.run(&format!("INSERT INTO {table} ({table}) VALUES ('optimize')"), [])?;
    }
    Ok(())
}

/// A quoted prefix in some columns. The word holds letters, digits and marks only, so there is nothing to escape.
fn prefix(columns: &str, word: &str) -> String {
    format!("{{{columns}}} : \"{word}\" *")
}

const BY_CODE: &str = "SELECT id FROM registration WHERE code = ?1";
const BY_NUMBER: &str = "SELECT id FROM registration WHERE pin_mac = ?1 ORDER BY id DESC";
// Newest first comes out of an index in that order: no sorting of all matches.
const BY_NAME: &str = "SELECT rowid FROM name_search WHERE name_search MATCH ?1 ORDER BY rowid DESC LIMIT ?2";
const BY_ALL: &str = "SELECT rowid FROM search WHERE search MATCH ?1 ORDER BY rowid DESC LIMIT ?2";

/// What to look for and where, in the order of preference.
fn queries(text: &str) -> Vec<(&'static str, String)> {
    let exact_words = words(&exact_key(text));
    if exact_words.is_empty() {
        return Vec::new();
    }
    let each = |with_marks: bool, plain: &str| {
        let parts = exact_words.iter().take(MAX_WORDS).map(|word| {
            let folded = words(&text::search_key(word)).concat();
            if with_marks && folded != *word {
                prefix("exact", word)
            } else {
                prefix(plain, &folded)
            }
        });
        parts.collect::<Vec<_>>().join(" AND ")
    };
    let mut queries = Vec::new();
    // A number typed in groups, or with the country's code: `0905 123 456`, `+84 905.123.456`.
    let grouped = exact_words.len() > 1 || text.trim_start().starts_with('+');
    if grouped && text.chars().all(|c| c.is_ascii_digit() || " .-+()".contains(c)) {
        let joined = digits(text);
        let local = joined.strip_prefix("84").filter(|_| text.trim_start().starts_with('+'));
        let number = local.map_or(joined.clone(), |rest| format!("0{rest}"));
        queries.push((BY_ALL, prefix("numbers", &number)));
    }
    for (place, plain) in [(BY_NAME, "folded"), (BY_ALL, "folded numbers")] {
        queries.extend([true, false].map(|with_marks| (place, each(with_marks, plain))));
    }
    queries.dedup();
    queries
}

/// Rows of the registrations that fit, at most `limit`, in the order in which a list shows them.
pub(crate) fn find(tx: &Read<'_>, key: &LookupKey, typed: &str, limit: usize) -> Result<Vec<i64>> {
    let typed = Zeroizing::new(typed.chars().take(MAX_CHARS).collect::<String>());
    let mut ids: Vec<i64> = Vec::new();
    let mut seen = HashSet::new();
    let mut add = |sql: &str, values: &[&dyn ToSql]| -> Result<bool> {
        let mut statement = tx.sql(sql)?;
        let rows = statement.query_map(values, |row| row.get::<_, i64>(0))?;
        for id in rows {
            let id = id?;
            if ids.len() < limit && seen.insert(id) {
                ids.push(id);
            }
        }
        Ok(ids.len() >= limit)
    };
    if let Ok(code) = typed.parse::<Code>() {
        add(BY_CODE, &[&(code.bits() as i64)])?;
    }
    if let Ok(number) = PersonalNumber::parse(&digits(&typed)) {
        add(BY_NUMBER, &[&key.number(&number)])?;
    }
    for (place, query) in queries(&typed) {
        let query = Zeroizing::new(query);
        if add(place, &[&*query, &(limit as i64)])? {
            break;
        }
    }
    Ok(ids)
}
