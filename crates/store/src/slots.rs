//! `slots.json`: the database key wrapped once per operator. Wrong PINs are counted elsewhere (`counter.rs`).
//!
//! wrapped = ChaCha20-Poly1305(KEK, random nonce, key; aad = home id || operator number big-endian || `counted` where it
//! is), so that a slot moved to another folder or another operator does not open, and one that is counted cannot be made
//! to look like an older one.

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
    /// What a program counted that kept its count here; since then it stays as it is.
    attempts: Attempts,
    /// It was made, or opened once, by a program that counts in two places: both must be there.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    counted: bool,
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

fn bound_to(home: HomeId, operator: OperatorId, counted: bool) -> Vec<u8> {
    let mark: &[u8] = if counted { b"counted" } else { b"" };
    [&home.0[..], &operator.to_be_bytes(), mark].concat()
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

    /// Adds or replaces an operator's slot. Whether the PIN may be chosen is the caller's.
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
                    aad: &bound_to(home, operator, true),
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
            counted: true,
        };
        match self.slots.iter_mut().find(|slot| slot.operator == operator) {
            Some(old) => *old = slot,
            None => self.slots.push(slot),
        }
        Ok(())
    }

    /// The same slot under the same PIN and cost, of the present form.
    pub(crate) fn renew(
        &mut self,
        home: HomeId,
        operator: OperatorId,
        secret: &Key,
        pin: &str,
        key: &Key,
        rng: &mut dyn CryptoRng,
    ) -> Result<()> {
        let cost = self.slot(operator)?.cost;
        self.put(home, operator, secret, pin, cost, key, rng)
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

    /// What an older program counted for an operator whose slot was never opened by one that counts in two places.
    pub(crate) fn counted_here(&mut self, operator: OperatorId) -> Result<Option<Attempts>> {
        let slot = self.slot(operator)?;
        Ok((!slot.counted).then_some(slot.attempts))
    }

    /// Unwraps the database key. `WrongPin` tells what the counted attempt means.
    pub(crate) fn open(
        &mut self,
        home: HomeId,
        operator: OperatorId,
        secret: &Key,
        pin: &str,
        (counted, now): (Attempts, Moment),
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
                    aad: &bound_to(home, operator, slot.counted),
                },
            )
            .map(Zeroizing::new)
            .map_err(|_| StoreError::WrongPin {
                attempts_left: counted.left(),
                wait_seconds: counted.wait(now),
            })?;
        <[u8; 32]>::try_from(unwrapped.as_slice())
            .map(Zeroizing::new)
            .map_err(|_| bad)
    }
}

fn cipher(key: &Key) -> ChaCha20Poly1305 {
    ChaCha20Poly1305::new(key.as_slice().try_into().expect("32 bytes"))
}
