//! Bearer tokens: statements about a device under a key that only the running server has, so that they need no table; and which
//! token requests were seen before. After a restart devices ask again.

use domain::ids::{DeviceId, UnixTime};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};
use std::{
    collections::{HashMap, VecDeque},
    fmt::Write as _,
};
use zeroize::Zeroizing;

/// Seconds a token is good for.
pub(crate) const LIFETIME: u32 = 3600;
/// Nonces of one device that are remembered: more than a device asks for within the life of a token.
const NONCES: usize = 32;
/// Device, end and chance, as they stand in a token before its MAC.
const STATED: usize = 4 + 4 + 4;
/// The first 160 bits of an HMAC-SHA-256: a token is as long as it ever was.
const MAC: usize = 20;
/// Digits of a token.
const DIGITS: usize = 2 * (STATED + MAC);

/// The key under which this server states tokens.
pub(crate) struct TokenKey(Zeroizing<[u8; 32]>);

impl TokenKey {
    pub(crate) fn new(key: [u8; 32]) -> Self {
        Self(Zeroizing::new(key))
    }

    /// A token of this device from now on; `chance` makes each another one.
    pub(crate) fn state(&self, device: DeviceId, now: UnixTime, chance: [u8; 4]) -> String {
        // In 32 bits until 2106.
        let until = u32::try_from(now.saturating_add(i64::from(LIFETIME))).unwrap_or_default();
        let mut stated = Vec::with_capacity(STATED + MAC);
        stated.extend(device.to_be_bytes());
        stated.extend(until.to_be_bytes());
        stated.extend(chance);
        let mac = self.mac(&stated).finalize().into_bytes();
        stated.extend(&mac[..MAC]);
        stated.iter().fold(String::with_capacity(DIGITS), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
    }

    /// The device of a token that is good.
    pub(crate) fn owner(&self, token: &str, now: UnixTime) -> Option<DeviceId> {
        let bytes = unhex(token)?;
        let (stated, mac) = bytes.split_at_checked(STATED)?;
        self.mac(stated).verify_truncated_left(mac).ok()?;
        let (device, rest) = stated.split_first_chunk()?;
        let (until, _) = rest.split_first_chunk()?;
        // A clock that was set back makes no token good for longer than it was stated for.
        let left = i64::from(u32::from_be_bytes(*until)).checked_sub(now)?;
        (1..=i64::from(LIFETIME))
            .contains(&left)
            .then_some(DeviceId::from_be_bytes(*device))
    }

    fn mac(&self, stated: &[u8]) -> Hmac<Sha256> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&*self.0).expect("HMAC takes any key");
        mac.update(b"tungnha/1/bearer\0");
        mac.update(stated);
        mac
    }
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits = text.as_bytes();
    if digits.len() != DIGITS {
        return None;
    }
    let value = |digit: u8| match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    };
    digits
        .chunks_exact(2)
        .map(|pair| Some(value(pair[0])? << 4 | value(pair[1])?))
        .collect()
}

/// Nonces that were used, the last few of each device.
#[derive(Default)]
pub(crate) struct Nonces(HashMap<DeviceId, VecDeque<[u8; 8]>>);

impl Nonces {
    /// False when this device used it before.
    pub(crate) fn take(&mut self, device: DeviceId, nonce: &[u8]) -> bool {
        let hash = Sha256::digest(nonce);
        let mut short = [0; 8];
        short.copy_from_slice(&hash[..8]);
        let used = self.0.entry(device).or_default();
        if used.contains(&short) {
            return false;
        }
        if used.len() == NONCES {
            used.pop_front();
        }
        used.push_back(short);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_its_devices_for_an_hour_and_nobody_else_can_state_one() {
        let (key, other) = (TokenKey::new([1; 32]), TokenKey::new([2; 32]));
        let token = key.state(7, 1000, [5; 4]);
        assert_eq!(key.owner(&token, 1000), Some(7));
        assert_eq!(key.owner(&token, 1000 + 3599), Some(7));
        assert_eq!(key.owner(&token, 1000 + 3600), None, "over");
        assert_eq!(key.owner(&token, 999), None, "longer than it was stated for");
        assert_eq!(
            other.owner(&token, 1000),
            None,
            "of another server, or before a restart"
        );
        let mut digits: Vec<_> = token.chars().collect();
        for at in 0..digits.len() {
            let was = digits[at];
            digits[at] = if was == '0' { '1' } else { '0' };
            assert_eq!(key.owner(&digits.iter().collect::<String>(), 1000), None, "digit {at}");
            digits[at] = was;
        }
        for wrong in ["", "00", &token[2..], &token.to_uppercase(), &format!("{token}00")] {
            assert_eq!(key.owner(wrong, 1000), None, "{wrong}");
        }
    }

    #[test]
    fn the_last_nonces_of_a_device_are_known_and_no_more() {
        let mut nonces = Nonces::default();
        assert!(nonces.take(1, b"first") && nonces.take(2, b"first"));
        assert!(!nonces.take(1, b"first"));
        for n in 0..10_000u32 {
            assert!(nonces.take(1, &n.to_be_bytes()));
        }
        assert!(!nonces.take(1, &9_999u32.to_be_bytes()));
        assert_eq!(nonces.0[&1].len(), NONCES);
    }
}
