//! Reads every stored envelope again: what the device signed must still be what lies here (docs/protocol.md, I4).

use crate::{
    error::GatewayError,
    gateway::Gateway,
    store::{board, envelopes},
};
use protocol::envelope::verify_header;
use sha2::{Digest as _, Sha256};

/// Envelopes read at once.
const AT_ONCE: u32 = 500;

/// An envelope that is not what its device signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Finding {
    /// The gateway's number of the envelope; 0 where it is none in particular.
    pub number: u64,
    /// `signature`, `body`, `header` or `digest`: what does not fit; `counts`: the board's are not what is there.
    pub what: &'static str,
}

impl Gateway {
    /// Verifies all stored headers, bodies and signatures. Returns how many were read and what does not fit.
    pub fn audit(&self) -> Result<(u64, Vec<Finding>), GatewayError> {
        let (mut last, mut read, mut findings) = (0, 0, Vec::new());
        loop {
            let envelopes = self.store.read(|tx| envelopes::after(tx, last, AT_ONCE))?;
            let Some(end) = envelopes.last() else {
                if !self.store.read(board::counts_are_true)? {
                    findings.push(Finding {
                        number: 0,
                        what: "counts",
                    });
                }
                return Ok((read, findings));
            };
            last = end.number;
            read += envelopes.len() as u64;
            findings.extend(envelopes.iter().filter_map(|envelope| {
                fault(envelope).map(|what| Finding {
                    number: envelope.number,
                    what,
                })
            }));
        }
    }
}

fn fault(kept: &envelopes::Stored) -> Option<&'static str> {
    if kept
        .sealed
        .as_ref()
        .is_some_and(|sealed| Sha256::digest(sealed)[..] != kept.body_hash.0)
    {
        return Some("body");
    }
    let Ok(header) = verify_header(&kept.header, &kept.body_hash, &kept.signature, &kept.signing) else {
        return Some("signature");
    };
    if header.eid != kept.eid || header.rid != kept.rid || Some(header.code) != kept.code {
        return Some("header");
    }
    let digest = Sha256::new()
        .chain_update(&kept.header)
        .chain_update(kept.body_hash.0)
        .finalize();
    (digest[..] != kept.digest.0).then_some("digest")
}
