//! What people do at the server leaves a row each: who, when, what, about whom. Rows are chained and signed.

use crate::{error::GatewayError, gateway::Gateway, store::acts};
use domain::ids::UnixTime;
use rusqlite::Transaction;
use serde::Serialize;
use serde_json::Value;

/// What the platform signs of a row.
pub(super) const CONTEXT: &str = "tungnha/1/act";
/// Rows listed.
const LISTED: u32 = 10_000;

/// Something that was done.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ActView {
    /// Its number, from 1.
    pub number: u64,
    /// When.
    pub at: UnixTime,
    /// Who says so.
    pub by: String,
    /// What: `invite`, `revoke`, `void_blanks` ...
    pub what: String,
    /// About whom or what.
    pub about: Value,
}

impl Gateway {
    /// Adds a row in the same transaction as what it tells of. `about` names numbers and teams, no resident.
    pub(crate) fn act(&self, tx: &Transaction<'_>, what: &str, about: Value) -> Result<(), GatewayError> {
        let texts = [&*self.by, what, &*about.to_string()];
        acts::insert(tx, self.now(), texts, |hash| self.keys.platform.sign(CONTEXT, hash))?;
        tracing::info!(by = self.by, what, "act");
        Ok(())
    }

    /// A row on its own, for what was done outside of this database.
    pub fn note_act(&self, what: &str, about: Value) -> Result<(), GatewayError> {
        self.store.write(|tx| self.act(tx, what, about))
    }

    /// What was done after a number.
    pub fn acts(&self, after: u64) -> Result<Vec<ActView>, GatewayError> {
        let rows = self.store.read(|tx| acts::after(tx, after, LISTED))?;
        let view = |act: acts::Act| ActView {
            number: act.number,
            at: act.at,
            by: act.by,
            what: act.what,
            about: serde_json::from_str(&act.about).unwrap_or(Value::Null),
        };
        Ok(rows.into_iter().map(view).collect())
    }
}
