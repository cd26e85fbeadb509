//! Withdrawals that wait for a person's word, and how long a withdrawal waits before it erases.

use super::handover::take_back;
use crate::{
    error::GatewayError,
    gateway::Gateway,
    rules::{revisions::Hold, withdrawals::Erasure},
    store::{
        settings::{self, Key},
        withdrawals,
    },
};
use domain::ids::{DeviceId, Rid, UnixTime};
use serde_json::json;

/// Most withdrawals listed.
const LISTED: u32 = 500;

/// A withdrawal that erases only with a person's word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct WaitingWithdrawal {
    /// Registration.
    pub rid: Rid,
    /// Which device withdrew it.
    pub device: DeviceId,
    /// When it came.
    pub withdrawn_at: UnixTime,
}

/// What a person says of a withdrawal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Word {
    /// It is the resident's: erase now.
    Erase,
    /// It is not: the registration stands as before.
    Keep,
}

impl Word {
    const fn name(self) -> &'static str {
        match self {
            Word::Erase => "erase",
            Word::Keep => "keep",
        }
    }
}

impl Gateway {
    /// How this platform erases.
    pub fn erasure(&self) -> Result<Erasure, GatewayError> {
        Ok(self.store.read(settings::erasure)?)
    }

    /// Sets how this platform erases what is withdrawn from now on.
    pub fn set_erasure(&self, erasure: &Erasure) -> Result<(), GatewayError> {
        self.store.write(|tx| {
            settings::set(tx, Key::ErasureDelay, erasure.delay_hours.to_string().as_bytes())?;
            settings::set(tx, Key::UsualWithdrawals, erasure.usual.to_string().as_bytes())?;
            let about = json!({ "delay_hours": erasure.delay_hours, "usual": erasure.usual });
            self.act(tx, "set_erasure", about)
        })
    }

    /// What waits for a person's word, the oldest first.
    pub fn waiting_withdrawals(&self) -> Result<Vec<WaitingWithdrawal>, GatewayError> {
        let rows = self.store.read(|tx| withdrawals::waiting(tx, LISTED))?;
        let line = |(rid, device, withdrawn_at)| WaitingWithdrawal {
            rid,
            device,
            withdrawn_at,
        };
        Ok(rows.into_iter().map(line).collect())
    }

    /// A person's word about a withdrawal that is not erased yet, also before its time. Kept with their name.
    ///
    /// # Errors
    /// `usage` where there is no such withdrawal, or it is erased.
    pub fn decide_withdrawal(&self, rid: &Rid, word: Word, by: &str) -> Result<(), GatewayError> {
        if by.trim().is_empty() {
            return Err(GatewayError::Usage("a decision has a name"));
        }
        let now = self.now();
        self.store.write(|tx| {
            let withdrawal = withdrawals::get(tx, rid)?
                .filter(|withdrawal| withdrawal.examined && !withdrawal.erased)
                .ok_or(GatewayError::Usage("no withdrawal of this registration waits"))?;
            withdrawals::put_word(tx, rid, word.name(), by.trim(), now)?;
            let about = json!({ "rid": rid.to_string(), "word": word.name(), "said_by": by.trim() });
            self.act(tx, "decide_withdrawal", about)?;
            match word {
                Word::Erase => Ok(withdrawals::examined(tx, rid, Some(now))?),
                Word::Keep => take_back(tx, rid, withdrawal.head, Hold::Overruled),
            }
        })
    }
}
