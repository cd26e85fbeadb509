//! PINs: what a key is made of, how long to wait after wrong ones. Which may be chosen: `domain::pin`.

use crate::{
    Moment, Result, StoreError,
    hashing::{Key, derive},
};
use argon2::{Algorithm, Argon2, Params, Version};
use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

/// Cost of Argon2id (RFC 9106). Kept in each slot, so that it can be raised.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KdfCost {
    /// Memory in KiB, 8 to 1,048,576.
    pub memory_kib: u32,
    /// Passes over the memory, 1 to 16.
    pub passes: u32,
    /// Lanes, 1 to 8.
    pub lanes: u32,
}

impl Default for KdfCost {
    /// 64 MiB, three passes, one lane: about a tenth of a second on a tablet.
    fn default() -> Self {
        Self {
            memory_kib: 64 * 1024,
            passes: 3,
            lanes: 1,
        }
    }
}

/// Wrong attempts that cost no wait.
pub(crate) const FREE_ATTEMPTS: u32 = 5;
const FIRST_DELAY: u64 = 30;
const LONGEST_DELAY: u64 = 15 * 60;

/// Wrong PINs in a row, and when the last one was tried.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[serde(deny_unknown_fields)]
#[cbor(array)]
pub(crate) struct Attempts {
    #[n(0)]
    pub(crate) wrong: u32,
    #[n(1)]
    monotonic: u64,
    #[n(2)]
    boot: u32,
}

impl Attempts {
    /// One more, counted before it is judged.
    pub(crate) fn counted(self, now: Moment) -> Self {
        Self {
            wrong: self.wrong.saturating_add(1),
            monotonic: now.monotonic,
            boot: now.boot,
        }
    }

    /// No free attempt is left: a wait begins now, unless one had begun.
    pub(crate) fn without_free(self, now: Moment) -> Self {
        match self.wrong >= FREE_ATTEMPTS {
            true => self,
            false => Self {
                wrong: FREE_ATTEMPTS,
                monotonic: now.monotonic,
                boot: now.boot,
            },
        }
    }

    /// Attempts left before a delay begins.
    pub(crate) fn left(self) -> u32 {
        FREE_ATTEMPTS.saturating_sub(self.wrong)
    }

    /// Seconds still to wait. The wall clock is not asked, since anyone can set it, forwards as well as back: within one
    /// boot the monotonic clock tells, after a reboot only the time since then counts.
    pub(crate) fn wait(self, now: Moment) -> u64 {
        let elapsed = match now.boot == self.boot {
            true if now.monotonic >= self.monotonic => now.monotonic - self.monotonic,
            _ => now.monotonic,
        };
        delay(self.wrong).saturating_sub(elapsed)
    }
}

/// 30 s after the fifth wrong attempt, doubling to a quarter of an hour.
fn delay(wrong: u32) -> u64 {
    match wrong.checked_sub(FREE_ATTEMPTS) {
        None => 0,
        Some(beyond) => FIRST_DELAY.saturating_mul(1 << beyond.min(20)).min(LONGEST_DELAY),
    }
}

/// KEK = HKDF-SHA256(device secret || Argon2id(PIN, salt)): neither disk nor PIN alone opens anything.
pub(crate) fn kek(secret: &[u8; 32], pin: &str, salt: &[u8; 16], cost: KdfCost) -> Result<Key> {
    let in_range = (8..=1 << 20).contains(&cost.memory_kib)
        && (1..=16).contains(&cost.passes)
        && (1..=8).contains(&cost.lanes)
        && cost.memory_kib >= 8 * cost.lanes;
    if !in_range {
        return Err(StoreError::BadCost);
    }
    let params = Params::new(cost.memory_kib, cost.passes, cost.lanes, Some(32)).map_err(|_| StoreError::BadCost)?;
    let mut material = Zeroizing::new([0; 64]);
    material[..32].copy_from_slice(secret);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(pin.as_bytes(), salt, &mut material[32..])
        .map_err(|_| StoreError::BadCost)?;
    Ok(derive(material.as_ref(), salt, "tungnha/1/kek"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_delay_grows_and_no_clock_shortens_it() {
        let at = |monotonic, boot| Moment {
            wall: 0,
            monotonic,
            boot,
        };
        let after = |wrong| (0..wrong).fold(Attempts::default(), |attempts, _| attempts.counted(at(1000, 1)));
        let waits: Vec<u64> = (0..14).map(|wrong| after(wrong).wait(at(1000, 1))).collect();
        assert_eq!(waits, [0, 0, 0, 0, 0, 30, 60, 120, 240, 480, 900, 900, 900, 900]);

        let attempts = after(7);
        for (moment, wait) in [
            (at(1100, 1), 20),
            (at(1120, 1), 0),
            (at(5, 2), 115),
            (at(120, 2), 0),
            // A monotonic clock that runs backwards within a boot is another boot.
            (at(40, 1), 80),
        ] {
            for wall in [i64::MIN, 0, i64::MAX] {
                assert_eq!(attempts.wait(Moment { wall, ..moment }), wait);
            }
        }
    }

    #[test]
    fn absurd_costs_are_refused_before_memory_is_taken() {
        for (memory_kib, passes, lanes) in [
            (7, 1, 1),
            (u32::MAX, 1, 1),
            (64, 0, 1),
            (64, 17, 1),
            (64, 1, 0),
            (16, 1, 4),
        ] {
            let cost = KdfCost {
                memory_kib,
                passes,
                lanes,
            };
            assert!(matches!(
                kek(&[0; 32], "592836", &[0; 16], cost),
                Err(StoreError::BadCost)
            ));
        }
    }
}
