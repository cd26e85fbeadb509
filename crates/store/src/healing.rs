//! What the platform is asked to confirm, and what is done when it came back without some of it (docs/protocol.md, "A platform
//! that forgot").

use crate::{
    Read, Result, StoreError, Write, blanks, device, outbox,
    records::get,
    row::{self, count},
    tasks,
};
use domain::{
    ids::{Eid, Rid, UnixTime},
    state::{self, Effect, Event, State},
};
use protocol::healing::{HaveAnswer, Range, Span, holds};
use rusqlite::params;

/// An envelope that is believed to be there: its place, and what its registration says of it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Sent {
    eid: Eid,
    rid: Rid,
    epoch: u32,
    seq: u64,
    state: State,
    is_head: bool,
    has_body: bool,
}

/// What a platform was found to have forgotten.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Healed {
    /// Sent again.
    pub again: Vec<Eid>,
    /// Cannot be sent again: the sealed body has had its time and is gone. A person must register these anew.
    pub lost: Vec<Rid>,
    /// Registrations whose verdict is waited for again.
    pub undecided: Vec<Rid>,
}

impl Healed {
    /// The platform had forgotten nothing.
    pub const fn is_empty(&self) -> bool {
        self.again.is_empty() && self.lost.is_empty() && self.undecided.is_empty()
    }
}

/// A registration of which the platform lost a revision, as people are shown it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Forgotten {
    /// Registration.
    pub rid: Rid,
    /// When it was noticed.
    pub noticed_at: UnixTime,
    /// It could not be sent again.
    pub lost: bool,
}

/// Every envelope that no longer waits, in the order of the chain. One that the platform stopped may never have been kept there.
fn sent(tx: &Read<'_>) -> Result<Vec<Sent>> {
    let mut statement = tx.sql(
        "SELECT envelope.eid, envelope.rid, epoch, seq, state, head = envelope.eid, bytes IS NOT NULL
         FROM envelope JOIN registration USING (rid)
         WHERE envelope.eid NOT IN (SELECT eid FROM outbox) AND NOT (state = 'quarantined' AND head = envelope.eid)
         ORDER BY epoch, seq",
    )?;
    let mut rows = statement.query([])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(Sent {
            eid: Eid(row.get(0)?),
            rid: Rid(row.get(1)?),
            epoch: row.get(2)?,
            seq: count(row.get(3)?),
            state: row::state(&row.get::<_, String>(4)?)?,
            is_head: row.get(5)?,
            has_body: row.get(6)?,
        });
    }
    Ok(found)
}

/// The places of everything that is believed to be there.
pub fn believed(tx: &Read<'_>) -> Result<Vec<Span>> {
    let sent = sent(tx)?;
    let epochs = sent.chunk_by(|one, next| one.epoch == next.epoch);
    Ok(epochs
        .map(|sent| Span {
            epoch: sent[0].epoch,
            ranges: Range::of(sent.iter().map(|sent| sent.seq)),
        })
        .collect())
}

/// Puts back into the outbox what the platform forgot, waits again for verdicts it lost, and takes its log from the beginning
/// where it is another one. The same answer again changes nothing.
pub fn apply(tx: &Write<'_>, answer: &HaveAnswer, now: UnixTime) -> Result<Healed> {
    let mut healed = Healed::default();
    for sent in sent(tx)? {
        if holds(&answer.missing, sent.epoch, sent.seq) {
            match (sent.has_body, sent.state) {
                (true, _) => {
                    settle(tx, &sent, Event::Forgotten { eid: sent.eid }, now)?;
                    note(tx, &sent, false, now)?;
                    healed.again.push(sent.eid);
                }
                // What they had agreed to is gone on both sides; their "no" is sent again by itself.
                (false, State::Withdrawn) => {}
                (false, _) => {
                    note(tx, &sent, true, now)?;
                    healed.lost.push(sent.rid);
                }
            }
        } else if answer.forgot && sent.is_head {
            let there = match sent.state {
                State::Accepted => &answer.accepted,
                State::PossibleDuplicate => &answer.doubtful,
                State::Refused => &answer.refused,
                _ => continue,
            };
            if !holds(there, sent.epoch, sent.seq) {
                settle(tx, &sent, Event::Undecided { eid: sent.eid }, now)?;
                healed.undecided.push(sent.rid);
            }
        }
    }
    healed.lost.sort();
    healed.lost.dedup();
    if answer.forgot {
        device::restart_cursor(tx)?;
    }
    // What was told of cards leaves no trace in either chain.
    blanks::untell(tx)?;
    device::set_life(tx, &answer.life)?;
    Ok(healed)
}

fn settle(tx: &Write<'_>, sent: &Sent, event: Event, now: UnixTime) -> Result<()> {
    let record = get(tx, &sent.rid)?.ok_or(StoreError::NotFound)?;
    let to = state::next(record.state, record.head, event).map_err(|_| StoreError::WrongState)?;
    if to.state != record.state {
        tx.run(
            "UPDATE registration SET state = ?2, restored = 0, decided_at = NULL, reason = NULL,
                 received_at = iif(?2 = 'queued', NULL, received_at) WHERE rid = ?1",
            params![sent.rid.0, to.state.name()],
        )?;
    }
    for effect in &to.effects {
        match effect {
            Effect::Enqueue(eid) => outbox::put(tx, eid, now)?,
            Effect::CloseTasks => tasks::close(tx, &sent.rid, None, now)?,
            Effect::Dequeue(_) | Effect::EraseContent | Effect::OpenTask(_) => {}
        }
    }
    Ok(())
}

fn note(tx: &Write<'_>, sent: &Sent, lost: bool, now: UnixTime) -> Result<()> {
    tx.run(
        "INSERT INTO forgotten (eid, rid, noticed_at, lost) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (eid) DO UPDATE SET noticed_at = excluded.noticed_at, lost = excluded.lost",
        params![sent.eid.0, sent.rid.0, now, lost],
    )
    .map(|_| ())
}

/// Registrations of which the platform was found to have forgotten something, the newest first.
pub fn forgotten(tx: &Read<'_>) -> Result<Vec<Forgotten>> {
    let mut statement = tx
        .sql("SELECT rid, max(noticed_at), max(lost) FROM forgotten GROUP BY rid ORDER BY max(noticed_at) DESC, rid")?;
    let rows = statement.query_map([], |row| {
        Ok(Forgotten {
            rid: Rid(row.get(0)?),
            noticed_at: row.get(1)?,
            lost: row.get(2)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}
