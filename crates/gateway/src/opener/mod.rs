//! The opener: the only part that reads bodies.
//!
//! It has its own folder (`DIR/opener`): the private key to which bodies are sealed, the key of the duplicate check,
//! `opener.db` and `person-keys.db`. Nothing of it is in the gateway's database, and the HTTP side has no way to call
//! it: it takes sealed envelopes from an [`Inbox`] and gives back [`Ruling`]s, whose verdicts are sealed to the device.

mod judge;
mod people;
mod vault;

use crate::{
    adapters::population::PopulationRegister,
    env::{Env, EnvRng},
    error::GatewayError,
    faults,
    keys::KeyFolder,
    store::reconcile::Decided,
};
use domain::{
    ids::{DeviceId, Eid, OperatorId, Realm, Rid, UnixTime},
    master::Master,
    registration::Registration,
    state::Decision,
};
use judge::{Judge, Opened};
use protocol::{
    changes::{SealedVerdict, Verdict},
    keys::{SealKey, SealSecret},
};
use std::{path::Path, sync::Arc};
pub(crate) use vault::Counts;
use vault::Vault;
use zeroize::Zeroizing;

/// A revision that waits for a decision.
#[derive(Debug, Clone)]
pub struct Work {
    /// The gateway's number of the envelope.
    pub number: u64,
    /// Revision.
    pub eid: Eid,
    /// Registration.
    pub rid: Rid,
    /// When it was received.
    pub received_at: UnixTime,
    /// The envelope's bytes; `None` when what is stored is not what the device signed.
    pub envelope: Option<Vec<u8>>,
    /// The device, as its verified header says.
    pub device: Option<DeviceId>,
    /// The device's key for verdicts; `None` for a revoked device, which is told nothing about anybody.
    pub sealing: Option<SealKey>,
    /// Another registration had this code first.
    pub code_taken: bool,
    /// Who was of the device's team at the capture.
    pub people: Vec<OperatorId>,
}

/// What was ruled about a revision.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ruled {
    /// Account made.
    Accepted,
    /// A coordinator decides.
    PossibleDuplicate,
    /// A field must be corrected.
    Refused,
    /// The body does not open, or is not what the header says.
    Unreadable,
    /// The resident had withdrawn, and the gateway has forgotten it (an older backup): nothing is opened.
    Withdrawn,
}

impl Ruled {
    /// What a decision is kept as.
    const ALL: [Ruled; 4] = [
        Ruled::Accepted,
        Ruled::PossibleDuplicate,
        Ruled::Refused,
        Ruled::Unreadable,
    ];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Ruled::Accepted => "accepted",
            Ruled::PossibleDuplicate => "possible_duplicate",
            Ruled::Refused => "refused",
            Ruled::Unreadable => "unreadable",
            Ruled::Withdrawn => "withdrawn",
        }
    }

    const fn of(decision: &Decision) -> Self {
        match decision {
            Decision::Accepted => Ruled::Accepted,
            Decision::PossibleDuplicate => Ruled::PossibleDuplicate,
            Decision::Refused(_) => Ruled::Refused,
        }
    }
}

/// The opener's answer for one [`Work`]; asking again gives the same.
#[derive(Debug, Clone)]
pub struct Ruling {
    /// The gateway's number of the envelope.
    pub number: u64,
    /// Revision.
    pub eid: Eid,
    /// Registration.
    pub rid: Rid,
    /// What was ruled.
    pub ruled: Ruled,
    /// When.
    pub decided_at: UnixTime,
    /// For the device; `None` for an unreadable body and for a revoked device.
    pub verdict: Option<SealedVerdict>,
    /// The same without the person, where the verdict carries one.
    pub bare: Option<SealedVerdict>,
}

/// What the opener found of a withdrawal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Examined {
    /// Registration.
    pub rid: Rid,
    /// The gateway's number of the withdrawal.
    pub number: u64,
    /// The body says that it is a withdrawal. Another body, or one that does not open, erases nobody.
    pub genuine: bool,
}

/// Where work comes from and rulings go to. Every call may be repeated after a crash.
pub trait Inbox {
    /// Notices and communes as they are known: what a record is judged by.
    fn master(&self) -> Result<Master, GatewayError>;
    /// Heads that wait, oldest first.
    fn waiting(&self, limit: u32) -> Result<Vec<Work>, GatewayError>;
    /// Takes rulings; one verdict for each `eid`, however often it comes.
    fn decided(&self, rulings: &[Ruling]) -> Result<(), GatewayError>;
    /// Withdrawals that nobody looked at yet.
    fn withdrawals(&self, limit: u32) -> Result<Vec<Work>, GatewayError>;
    /// One that cannot be read or decided about waits until the next start, and holds up nobody behind it.
    fn step_over(&self, number: u64, why: &GatewayError);
    /// Takes what was found of them.
    fn examined(&self, found: &[Examined]) -> Result<(), GatewayError>;
    /// Withdrawn registrations that are to be erased.
    fn to_erase(&self, limit: u32) -> Result<Vec<(Rid, DeviceId)>, GatewayError>;
    /// These are erased here.
    fn erased(&self, rids: &[(Rid, DeviceId)]) -> Result<(), GatewayError>;
}

/// See the module.
pub struct Opener {
    key: SealSecret,
    judge: Judge,
    vault: Vault,
    env: Arc<dyn Env>,
}

impl Opener {
    /// Opens the opener's folder inside the data folder; makes keys and databases at the first start.
    pub fn open(
        data: &Path,
        realm: Realm,
        register: Box<dyn PopulationRegister>,
        env: Arc<dyn Env>,
    ) -> Result<Self, GatewayError> {
        let folder = data.join("opener");
        let keys = KeyFolder::open(folder.clone(), !folder.join("opener.db").exists())?;
        let key = keys.sealing("opener.key", &*env)?;
        let number_key = keys.secret("number.key", || Zeroizing::new(crate::env::random(&*env)))?;
        let vault = Vault::open(&folder, number_key)?;
        Ok(Self {
            key,
            judge: Judge { realm, register },
            vault,
            env,
        })
    }

    /// The key to which bodies are to be sealed.
    pub fn public_key(&self) -> Result<SealKey, GatewayError> {
        self.key
            .public()
            .map_err(|_| GatewayError::BadKeyFile { what: "opener.key" })
    }

    /// Decides about each revision, once for ever. A revision of a registration that was withdrawn is never opened; it is ruled
    /// so, for a queue that stands still at its head would stand still for everybody.
    pub fn decide(&mut self, work: &[Work], master: &Master) -> Result<Vec<Ruling>, GatewayError> {
        let mut rulings = Vec::with_capacity(work.len());
        let mut opened = Vec::new();
        for work in work {
            if self.vault.is_erased(work)? {
                rulings.push(Ruling {
                    ruled: Ruled::Withdrawn,
                    ..unreadable(work, self.env.now())
                });
                continue;
            }
            match self.vault.ruling(work)? {
                Some(ruling) => rulings.push(ruling),
                // Registers are asked here, with no transaction open.
                None => opened.push((work, guarded(|| self.judge.open(work, &self.key)).flatten())),
            }
        }
        if opened.is_empty() {
            return Ok(rulings);
        }
        let readable = opened
            .iter()
            .filter(|(_, body)| body.is_some())
            .map(|(work, _)| work.rid);
        let person_keys = self.vault.person_keys(readable, &*self.env)?;
        faults::point("opener_after_keys");
        let (judge, env, now) = (&self.judge, &*self.env, self.env.now());
        let new = self.vault.record(&person_keys, |book| {
            let mut new = Vec::with_capacity(opened.len());
            for (work, body) in &opened {
                let decision = match body {
                    None => None,
                    Some(body) => {
                        let person = book.person(&body.registration);
                        let same_person = book.same_person(&work.rid, &person)?;
                        guarded(|| judge.decide(work, body, same_person, master)).map(|decision| (body, decision))
                    }
                };
                let ruling = match decision {
                    None => unreadable(work, now),
                    Some((body, decision)) => {
                        let account = book.keep(work, body, Ruled::of(&decision), env)?;
                        let sent = sent_back(&decision, body);
                        let verdict = |sent| seal(work, body, decision, account.clone(), sent, now, env);
                        Ruling {
                            ruled: Ruled::of(&decision),
                            bare: sent.as_ref().and_then(|_| verdict(None)),
                            verdict: verdict(sent),
                            ..unreadable(work, now)
                        }
                    }
                };
                book.put_ruling(&ruling)?;
                new.push(ruling);
            }
            faults::point("opener_before_commit");
            Ok(new)
        })?;
        faults::point("opener_after_commit");
        rulings.extend(new);
        Ok(rulings)
    }

    /// Looks at withdrawals: each has a body that says so.
    pub fn examine(&self, work: &[Work]) -> Vec<Examined> {
        let look = |work: &Work| Examined {
            rid: work.rid,
            number: work.number,
            genuine: guarded(|| judge::is_withdrawal(work, &self.key)).unwrap_or(false),
        };
        work.iter().map(look).collect()
    }

    /// How much there is, for a comparison with the gateway's database.
    pub(crate) fn counts(&self) -> Result<Counts, GatewayError> {
        self.vault.counts()
    }

    /// The heads, decided there, of which the opener lacks the decision, the opened body, or the key to it.
    pub(crate) fn without_their_half(&self, heads: &[Decided]) -> Result<Vec<(Rid, Eid)>, GatewayError> {
        let mut found = Vec::new();
        for head in heads {
            if !self.vault.is_whole(head)? {
                found.push((head.rid, head.eid));
            }
        }
        Ok(found)
    }

    /// Forgets what is left of these, so that they are decided anew; an account that is known stays.
    pub(crate) fn forget(&mut self, heads: &[(Rid, Eid)]) -> Result<(), GatewayError> {
        self.vault.forget(heads)
    }

    /// Destroys what was opened of these registrations: first the keys, then the rest. They are never processed again.
    pub fn erase(&mut self, rids: &[(Rid, DeviceId)]) -> Result<(), GatewayError> {
        self.vault.erase(rids, self.env.now())
    }
}

/// A body that brings a parser or a rule to panic is a bug and one unreadable record, never the end of the opener.
fn guarded<T>(work: impl FnOnce() -> T) -> Option<T> {
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(work)).ok()
}

fn unreadable(work: &Work, now: UnixTime) -> Ruling {
    Ruling {
        number: work.number,
        eid: work.eid,
        rid: work.rid,
        ruled: Ruled::Unreadable,
        decided_at: now,
        verdict: None,
        bare: None,
    }
}

/// What a correction needs after the device has forgotten it, without the drawn lines.
fn sent_back(decision: &Decision, body: &Opened) -> Option<Box<Registration>> {
    match decision {
        Decision::Accepted => None,
        Decision::PossibleDuplicate | Decision::Refused(_) => {
            Some(Box::new(body.registration.clone().without_strokes()))
        }
    }
}

/// The verdict, readable by the device alone. A device key that cannot be sealed to costs this verdict, no other.
fn seal(
    work: &Work,
    body: &Opened,
    decision: Decision,
    account: Option<String>,
    sent: Option<Box<Registration>>,
    now: UnixTime,
    env: &dyn Env,
) -> Option<SealedVerdict> {
    let verdict = Verdict {
        decision: decision.into(),
        decided_at: now,
        account,
        sent,
        ext: Default::default(),
    };
    SealedVerdict::seal(
        &verdict,
        body.header.device,
        work.rid,
        work.eid,
        &work.sealing?,
        &mut EnvRng(env),
    )
    .ok()
}
