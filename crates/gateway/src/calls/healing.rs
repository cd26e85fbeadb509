//! `POST /v1/have`: what of a device's envelopes is here. Asked at its first contact with each life of this server, so that a
//! platform that came back from an older backup is sent again what it forgot.

use crate::{
    error::Denied,
    gateway::Gateway,
    rules::healing::is_of_this_log,
    store::{devices, envelopes, healing, lives, registrations::Standing},
};
use domain::ids::DeviceId;
use protocol::{
    healing::{HaveAnswer, HaveRequest, Range, Span},
    receipt::request_digest,
    signed::Signed,
};
use rusqlite::Transaction;

impl Gateway {
    /// Says what is here. A revoked device is answered too: what it was told is received must arrive.
    pub fn have(&self, device: DeviceId, request: &[u8]) -> Result<Vec<u8>, Denied> {
        let device = self.device(device)?;
        let asked: HaveRequest = Signed::verify(request, &[device.transport]).map_err(|_| Denied::Malformed)?;
        if asked.device != device.id {
            return Err(Denied::Forbidden);
        }
        if !asked.is_sound() {
            return Err(Denied::Malformed);
        }
        let now = self.now();
        let answer = self.store.read(|tx| -> Result<_, Denied> {
            let (_, life) = lives::present(tx)?.ok_or(Denied::Unauthorised)?;
            let known = lives::known(tx, device.id, asked.life.into())?;
            let end = devices::log_end(tx, device.id)?;
            let mut answer = HaveAnswer {
                request: request_digest(request),
                time: now,
                life,
                forgot: false,
                missing: Vec::new(),
                accepted: Vec::new(),
                doubtful: Vec::new(),
                refused: Vec::new(),
                ext: Default::default(),
            };
            for span in &asked.sent {
                compare(tx, device.id, span, &mut answer)?;
            }
            answer.forgot = !is_of_this_log(known, asked.since, end) || !answer.missing.is_empty();
            Ok(answer)
        })?;
        if answer.forgot {
            let missing: u64 = answer
                .missing
                .iter()
                .flat_map(|span| &span.ranges)
                .map(|range| range.last - range.first + 1)
                .sum();
            tracing::warn!(device = device.id, missing, since = asked.since, "forgot");
            self.store.write(|tx| -> Result<_, Denied> {
                for span in &answer.missing {
                    for range in &span.ranges {
                        healing::put(tx, device.id, span.epoch, (range.first, range.last), now)?;
                    }
                }
                Ok(())
            })?;
        }
        Ok(self.sign(&answer))
    }
}

/// Adds to the answer what is here of one epoch.
fn compare(tx: &Transaction<'_>, device: DeviceId, asked: &Span, answer: &mut HaveAnswer) -> Result<(), Denied> {
    let (mut missing, mut accepted, mut doubtful, mut refused) = (vec![], vec![], vec![], vec![]);
    for range in &asked.ranges {
        let here = envelopes::standings(tx, device, asked.epoch, (range.first, range.last))?;
        missing.extend(range.without(here.iter().map(|(seq, _)| *seq)));
        for (seq, standing) in here {
            match standing {
                Some(Standing::Accepted) => accepted.push(seq),
                Some(Standing::PossibleDuplicate) => doubtful.push(seq),
                Some(Standing::Refused) => refused.push(seq),
                _ => {}
            }
        }
    }
    let span = |ranges: Vec<Range>| {
        (!ranges.is_empty()).then_some(Span {
            epoch: asked.epoch,
            ranges,
        })
    };
    answer.missing.extend(span(missing));
    answer.accepted.extend(span(Range::of(accepted)));
    answer.doubtful.extend(span(Range::of(doubtful)));
    answer.refused.extend(span(Range::of(refused)));
    Ok(())
}
