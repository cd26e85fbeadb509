//! Reads every stored envelope again: what the device signed must still be what lies here (docs/protocol.md, I4), and
//! nothing may be gone.

use super::acts;
use crate::{
    error::GatewayError,
    gateway::Gateway,
    rules::chain::{START, of_act, of_envelope},
    store::{self, board, chain, envelopes},
};
use protocol::envelope::verify_header;
use sha2::{Digest as _, Sha256};

/// Envelopes read at once.
const AT_ONCE: u32 = 500;
/// Numbers in a row that are listed as missing.
const LISTED: usize = 1000;

/// Something that is not as it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Finding {
    /// The gateway's number of the envelope, or of the row of what was done; 0 where it is none in particular.
    pub number: u64,
    /// Of an envelope: `signature`, `body`, `header` or `digest` for what does not fit, `chain` where its link does not follow from
    /// the one before, `missing` where it is gone. `head`: a head that was signed is not of this chain. `counts`: the board's are
    /// not what is there. `act`: a row of what was done at the server is gone or altered.
    pub what: &'static str,
}

impl Gateway {
    /// Verifies all stored headers, bodies and signatures, the chain over them and its signed heads, the counts of the boards, and
    /// the rows of what people did. Returns how many envelopes were read and what does not fit.
    pub fn audit(&self) -> Result<(u64, Vec<Finding>), GatewayError> {
        // What arrives meanwhile is looked at the next time.
        let head = self.store.read(chain::head)?;
        let (mut last, mut read, mut findings) = (0, 0, Vec::new());
        let mut link = START;
        loop {
            let envelopes = self.store.read(|tx| envelopes::after(tx, last, AT_ONCE))?;
            if envelopes.is_empty() {
                break;
            }
            read += envelopes.len() as u64;
            for envelope in &envelopes {
                let number = envelope.number;
                missing(last + 1..number, &mut findings);
                let follows = of_envelope(&link, number, &envelope.digest, envelope.received_at);
                // After one that is gone nothing can be said of the next.
                let linked = number > head.number || number != last + 1 || envelope.chain == Some(follows);
                if let Some(what) = fault(envelope).or((!linked).then_some("chain")) {
                    findings.push(Finding { number, what });
                }
                // One that does not fit says nothing of the next.
                link = envelope.chain.unwrap_or(follows);
                last = number;
            }
        }
        missing(last + 1..head.number + 1, &mut findings);
        let found = |what| move |number| Finding { number, what };
        findings.extend(
            self.store
                .read(|tx| self.wrong_heads(tx))?
                .into_iter()
                .map(found("head")),
        );
        if !self.store.read(board::counts_are_true)? {
            findings.push(found("counts")(0));
        }
        findings.extend(self.wrong_acts()?.into_iter().map(found("act")));
        Ok((read, findings))
    }

    /// Numbers of rows of what people did that are gone or not as they were signed.
    fn wrong_acts(&self) -> Result<Vec<u64>, GatewayError> {
        let (mut last, mut link, mut wrong) = (0, START, Vec::new());
        loop {
            let rows = self.store.read(|tx| store::acts::after(tx, last, AT_ONCE))?;
            if rows.is_empty() {
                break;
            }
            for act in rows {
                wrong.extend((last + 1..act.number).take(LISTED));
                let follows = of_act(&link, act.number, act.at, [&act.by, &act.what, &act.about]);
                let signed = self.platform_key().verify(acts::CONTEXT, &act.hash.0, &act.signature);
                if act.hash != follows || signed.is_err() {
                    wrong.push(act.number);
                }
                (link, last) = (act.hash, act.number);
            }
        }
        let ever = self.store.read(store::acts::last_ever)?;
        wrong.extend((last + 1..ever + 1).take(LISTED));
        Ok(wrong)
    }
}

fn missing(numbers: std::ops::Range<u64>, findings: &mut Vec<Finding>) {
    let gone = |number| Finding {
        number,
        what: "missing",
    };
    findings.extend(numbers.take(LISTED).map(gone));
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
