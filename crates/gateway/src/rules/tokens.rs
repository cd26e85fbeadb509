//! Bearer tokens that are good: hashes, so that a dump of memory gives none away. Lost at a restart; devices ask again.

use domain::ids::{DeviceId, UnixTime};
use sha2::{Digest as _, Sha256};
use std::collections::HashMap;

/// Seconds a token is good for.
pub(crate) const LIFETIME: u32 = 3600;
/// Good tokens of one device at once; a new one ends the oldest.
const PER_DEVICE: usize = 8;

/// Hash of each token given out, whose it is and until when it is good.
#[derive(Default)]
pub(crate) struct Tokens(HashMap<[u8; 32], (DeviceId, UnixTime)>);

fn hash(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}

impl Tokens {
    /// Notes that the device got this token now.
    pub(crate) fn give(&mut self, device: DeviceId, token: &str, now: UnixTime) {
        self.0.retain(|_, (_, until)| *until > now);
        let own = self.0.iter().filter(|(_, (owner, _))| *owner == device);
        if own.clone().count() >= PER_DEVICE
            && let Some(oldest) = own.min_by_key(|(_, (_, until))| *until).map(|(hash, _)| *hash)
        {
            self.0.remove(&oldest);
        }
        self.0.insert(hash(token), (device, now + i64::from(LIFETIME)));
    }

    /// The device a token was given to, while it is good.
    pub(crate) fn owner(&self, token: &str, now: UnixTime) -> Option<DeviceId> {
        let (device, until) = self.0.get(&hash(token))?;
        (*until > now).then_some(*device)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_good_for_an_hour_and_a_device_has_eight() {
        let mut tokens = Tokens::default();
        tokens.give(7, "other", 0);
        for n in 0..9 {
            tokens.give(1, &n.to_string(), n);
        }
        assert_eq!(tokens.owner("0", 9), None, "the ninth ends the first");
        assert_eq!(tokens.owner("1", 9), Some(1));
        assert_eq!(tokens.owner("other", 9), Some(7), "nobody else's");
        assert_eq!(tokens.owner("8", 8 + 3599), Some(1));
        assert_eq!(tokens.owner("8", 8 + 3600), None, "over");
        assert_eq!(tokens.owner("never given", 9), None);
    }
}
