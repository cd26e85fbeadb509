//! `slots.json`: the database key wrapped once per operator, and each operator's counter of wrong PINs.
//!
//! wrapped = ChaCha20-Poly1305(KEK, random nonce, key; aad = home id || operator number big-endian), so that a slot moved
//! to another folder or another operator does not open.

use crate::{
    HomeId, KdfCost, Moment, Result, StoreError,
    hashing::Key,
    pin::{self, Attempts},
};
use chacha20poly1305::{
    ChaCha20Poly1305, KeyInit,
    aead::{Aead, Payload},
};
use domain::ids::OperatorId;
use rand_core::CryptoRng;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Slots {
    version: u32,
    slots: Vec<Slot>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Slot {
    operator: OperatorId,
    cost: KdfCost,
    salt: Hex,
    nonce: Hex,
    wrapped: Hex,
    attempts: Attempts,
}

/// Bytes as hexadecimal text.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Hex(Vec<u8>);

impl Serialize for Hex {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0.iter().map(|byte| format!("{byte:02x}")).collect::<String>())
    }
}

impl<'de> Deserialize<'de> for Hex {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let bad = || serde::de::Error::custom("not hexadecimal");
        if text.len() % 2 != 0 || !text.is_ascii() {
            return Err(bad());
        }
        let pairs = (0..text.len())
            .step_by(2)
            .map(|at| u8::from_str_radix(&text[at..at + 2], 16));
        pairs.collect::<Result<_, _>>().map(Self).map_err(|_| bad())
    }
}

impl Default for Slots {
    fn default() -> Self {
        Self {
            version: 1,
            slots: Vec::new(),
        }
    }
}

fn bound_to(home: HomeId, operator: OperatorId) -> Vec<u8> {
    [&home.0[..], &operator.to_be_bytes()].concat()
}

impl Slots {
    pub(crate) fn is_empty(&self) -> bool {
        self.slots.is_empty()
    }

    pub(crate) fn operators(&self) -> Vec<OperatorId> {
        self.slots.iter().map(|slot| slot.operator).collect()
    }

    fn slot(&mut self, operator: OperatorId) -> Result<&mut Slot> {
        self.slots
            .iter_mut()
            .find(|slot| slot.operator == operator)
            .ok_or(StoreError::UnknownOperator)
    }

    /// Adds or replaces an operator's slot; wrong attempts are forgotten. Whether the PIN may be chosen is the caller's.
    #[allow(clippy::too_many_arguments)]
    pub(crate) fn put(
        &mut self,
        home: HomeId,
        operator: OperatorId,
        secret: &Key,
        pin: &str,
        cost: KdfCost,
        key: &Key,
        rng: &mut dyn CryptoRng,
    ) -> Result<()> {
        let mut salt = [0; 16];
        rng.fill_bytes(&mut salt);
        let mut nonce = [0; 12];
        rng.fill_bytes(&mut nonce);
        let kek = pin::kek(secret, pin, &salt, cost)?;
        let wrapped = cipher(&kek)
            .encrypt(
                &nonce.into(),
                Payload {
                    msg: key.as_ref(),
                    aad: &bound_to(home, operator),
                },
            )
            .expect("encrypting 32 bytes cannot fail");
        let slot = Slot {
            operator,
            cost,
            salt: Hex(salt.to_vec()),
            nonce: Hex(nonce.to_vec()),
            wrapped: Hex(wrapped),
            attempts: Attempts::default(),
        };
        match self.slots.iter_mut().find(|slot| slot.operator == operator) {
            Some(old) => *old = slot,
            None => self.slots.push(slot),
        }
        Ok(())
    }

    /// Takes an operator's slot away; somebody must be left.
    pub(crate) fn remove(&mut self, operator: OperatorId) -> Result<()> {
        self.slot(operator)?;
        if self.slots.len() == 1 {
            return Err(StoreError::OperatorSlot("last"));
        }
        self.slots.retain(|slot| slot.operator != operator);
        Ok(())
    }

    /// Takes away every slot of whom is not among these. Where nobody would be left, nothing goes: the database key would
    /// go with the last slot.
    pub(crate) fn keep(&mut self, people: &[OperatorId]) {
        if self.slots.iter().any(|slot| people.contains(&slot.operator)) {
            self.slots.retain(|slot| people.contains(&slot.operator));
        }
    }

    /// Counts an attempt, unless a wait is not over yet.
    pub(crate) fn count_attempt(&mut self, operator: OperatorId, now: Moment) -> Result<()> {
        let slot = self.slot(operator)?;
        match slot.attempts.wait(now) {
            0 => slot.attempts = slot.attempts.counted(now),
            wait_seconds => return Err(StoreError::PinDelay { wait_seconds }),
        }
        Ok(())
    }

    /// The PIN was right.
    pub(crate) fn forgive(&mut self, operator: OperatorId) -> Result<()> {
        self.slot(operator)?.attempts = Attempts::default();
        Ok(())
    }

    /// Unwraps the database key. `WrongPin` tells what the counted attempt means.
    pub(crate) fn open(
        mut self,
        home: HomeId,
        operator: OperatorId,
        secret: &Key,
        pin: &str,
        now: Moment,
    ) -> Result<Key> {
        let slot = self.slot(operator)?;
        let bad = StoreError::BadFile { file: "slots.json" };
        let (Ok(salt), Ok(nonce)) = (
            <[u8; 16]>::try_from(&*slot.salt.0),
            <[u8; 12]>::try_from(&*slot.nonce.0),
        ) else {
            return Err(bad);
        };
        let kek = pin::kek(secret, pin, &salt, slot.cost)?;
        let unwrapped = cipher(&kek)
            .decrypt(
                &nonce.into(),
                Payload {
                    msg: &slot.wrapped.0,
                    aad: &bound_to(home, operator),
                },
            )
            .map(Zeroizing::new)
            .map_err(|_| StoreError::WrongPin {
                attempts_left: slot.attempts.left(),
                wait_seconds: slot.attempts.wait(now),
            })?;
        <[u8; 32]>::try_from(unwrapped.as_slice())
            .map(Zeroizing::new)
            .map_err(|_| bad)
    }
}

fn cipher(key: &Key) -> ChaCha20Poly1305 {
    ChaCha20Poly1305::new(key.as_slice().try_into().expect("32 bytes"))
}
