//! Master data: imported at the server, signed by the root, carried to every device (`domain::master`).

use crate::{error::GatewayError, gateway::Gateway, store::master};
use domain::{
    date::{CivilDate, Day, PartialDate},
    ids::{DeviceId, UnixTime},
    lease::LeaseDays,
    master::{CommuneName, Master, Settings, Statement, Validity},
    notice::Notice,
    place::CommuneCode,
};
use protocol::{cbor, master::MasterItem, signed::Message as _};
use rusqlite::Transaction;
use serde::Deserialize;
use serde_json::json;
use std::path::Path;

/// A statement that was imported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imported {
    /// Its serial.
    pub serial: u64,
    /// Stable name of its kind.
    pub kind: &'static str,
    /// Revisions that had waited for it and go to the opener now.
    pub freed: u64,
}

/// A statement as it stands in the database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stated {
    /// Its serial.
    pub serial: u64,
    /// When it was signed.
    pub issued_at: UnixTime,
    /// Its days.
    pub valid: Validity,
    /// What it says.
    pub item: Statement,
}

/// Revisions that wait for a notice that this gateway does not know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WaitingForNotice {
    /// Number of the notice.
    pub notice: u16,
    /// Device that sent them.
    pub device: DeviceId,
    /// How many.
    pub revisions: u64,
}

impl Gateway {
    /// Signs a statement and gives it to every device that asks from now on.
    ///
    /// # Errors
    /// `usage` for what `domain::master::Master::admits` refuses, or too long; nothing is signed then.
    pub fn import_master(&self, valid: Validity, item: Statement) -> Result<Imported, GatewayError> {
        self.store.write(|tx| {
            let known = self.known_in(tx)?;
            known
                .admits(&valid, &item)
                .map_err(|bad| GatewayError::Usage(bad.what()))?;
            let kind = item.kind();
            let notice = match &item {
                Statement::Notice(notice) => Some(notice.version),
                Statement::Communes(_) | Statement::Settings(_) => None,
            };
            let serial = master::last(tx)? + 1;
            let statement = MasterItem::of(self.realm, serial, self.now(), valid, item);
            if cbor::encode(&statement).len() > MasterItem::LIMIT {
                return Err(GatewayError::Usage("a statement has at most 64 KiB"));
            }
            master::put(tx, serial, &statement.sign(&self.keys.root(&*self.env)?))?;
            self.act(tx, "import_master", json!({ "serial": serial, "kind": kind }))?;
            let freed = notice.map_or(Ok(0), |notice| master::arrived(tx, notice))?;
            Ok(Imported { serial, kind, freed })
        })
    }

    /// Everything that is known: what the program brings along and what was imported since.
    pub fn master(&self) -> Result<Master, GatewayError> {
        self.store.read(|tx| self.known_in(tx))
    }

    /// The same inside a transaction.
    pub(crate) fn known_in(&self, tx: &Transaction<'_>) -> Result<Master, GatewayError> {
        let mut master = Master::built_in().clone();
        for statement in self.statements(tx)? {
            let valid = statement.valid();
            // A kind of a later gateway, left by a downgrade, says nothing to this one.
            if let Some(item) = statement.into_known() {
                master.add(valid, item).map_err(|_| GatewayError::Stored("master"))?;
            }
        }
        Ok(master)
    }

    fn statements(&self, tx: &Transaction<'_>) -> Result<Vec<MasterItem>, GatewayError> {
        let root = self.keys.root_public;
        let verify = |(_, signed): (u64, Vec<u8>)| MasterItem::verify(&signed, root, self.realm);
        let read: Result<_, _> = master::after(tx, 0)?.into_iter().map(verify).collect();
        read.map_err(|_| GatewayError::Stored("master"))
    }

    /// Everything that was imported, in its order, and what waits for a notice that was not.
    pub fn master_list(&self) -> Result<(Vec<Stated>, Vec<WaitingForNotice>), GatewayError> {
        self.store.read(|tx| {
            let stated = self.statements(tx)?.into_iter().filter_map(|statement| {
                Some(Stated {
                    serial: statement.serial,
                    issued_at: statement.issued_at,
                    valid: statement.valid(),
                    item: statement.into_known()?,
                })
            });
            let waiting = master::waiting(tx)?.into_iter();
            let waiting = waiting.map(|(notice, device, revisions)| WaitingForNotice {
                notice,
                device,
                revisions,
            });
            Ok((stated.collect(), waiting.collect()))
        })
    }
}

/// The file that `master-data import` reads. Days are written `yyyy-mm-dd`; texts and lists lie in files beside it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sheet {
    from: String,
    until: Option<String>,
    // One of these.
    notice: Option<Texts>,
    communes: Option<String>,
    settings: Option<Values>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Texts {
    number: u16,
    vietnamese: String,
    english: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Values {
    idle_lock_minutes: u16,
    draft_hours: u16,
    /// 7 where nothing is said.
    lease_days: Option<u16>,
}

#[derive(Deserialize)]
struct Row {
    code: String,
    full_name: String,
}

/// Reads a statement from a file (docs/protocol.md, section 6).
///
/// # Errors
/// `usage` for what is no statement, `io` for a file that cannot be read.
pub fn read_sheet(path: &Path) -> Result<(Validity, Statement), GatewayError> {
    let read = |path: &Path| std::fs::read_to_string(path).map_err(GatewayError::io("reading master data"));
    let beside = |name: &str| read(&path.parent().unwrap_or(Path::new(".")).join(name));
    let sheet: Sheet =
        serde_json::from_str(&read(path)?).map_err(|_| GatewayError::Usage("this is no statement of master data"))?;
    let valid = Validity {
        from: day(&sheet.from)?,
        until: sheet.until.as_deref().map(day).transpose()?,
    };
    let item = match (sheet.notice, sheet.communes, sheet.settings) {
        (Some(texts), None, None) => Statement::Notice(Notice {
            version: texts.number,
            vietnamese: beside(&texts.vietnamese)?,
            english: beside(&texts.english)?,
        }),
        (None, Some(list), None) => Statement::Communes(communes(&beside(&list)?)?),
        (None, None, Some(values)) => Statement::Settings(Settings {
            idle_lock_minutes: values.idle_lock_minutes,
            draft_hours: values.draft_hours,
            lease: values.lease_days.map_or_else(LeaseDays::default, LeaseDays),
        }),
        _ => return Err(GatewayError::Usage("one of notice, communes and settings")),
    };
    Ok((valid, item))
}

fn day(text: &str) -> Result<Day, GatewayError> {
    let bad = || GatewayError::Usage("a day is written yyyy-mm-dd");
    let date: PartialDate = text.parse().map_err(|_| bad())?;
    match date.month_day() {
        (Some(month), Some(day)) => Ok(Day::from(CivilDate {
            year: date.year(),
            month,
            day,
        })),
        _ => Err(bad()),
    }
}

/// Columns `code` and `full_name`; others are not looked at. In the order of the codes.
fn communes(csv: &str) -> Result<Vec<CommuneName>, GatewayError> {
    let bad = GatewayError::Usage("a list of communes has the columns code and full_name");
    let mut list = Vec::new();
    for row in csv::Reader::from_reader(csv.as_bytes()).into_deserialize() {
        let Ok(Row { code, full_name }) = row else {
            return Err(bad);
        };
        let code: CommuneCode = code
            .parse()
            .map_err(|_| GatewayError::Usage("a commune has five digits"))?;
        list.push(CommuneName { code, name: full_name });
    }
    list.sort_by_key(|commune| commune.code);
    Ok(list)
}
