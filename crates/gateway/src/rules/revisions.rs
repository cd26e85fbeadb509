//! Where an envelope belongs in the chain of its registration's revisions. Pure.
//!
//! A revision names by `base` the one it corrects or withdraws. One chain of them is accepted and has one head; what
//! does not fit is kept and held, never taken in place of the head (docs/protocol.md, I3).

use domain::ids::{DeviceId, Eid, Link};
use protocol::envelope::Kind;

/// Why a person decides first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Hold {
    /// Its device was revoked.
    Revoked,
    /// A device revises its own registrations only.
    OtherDevice,
    /// Its base has not arrived; it takes its place when that does.
    BaseUnknown,
    /// Its base is not the head any more.
    StaleBase,
    /// A first revision with a base, or a later one without.
    Misformed,
}

impl Hold {
    const ALL: [Hold; 5] = [
        Hold::Revoked,
        Hold::OtherDevice,
        Hold::BaseUnknown,
        Hold::StaleBase,
        Hold::Misformed,
    ];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Hold::Revoked => "revoked",
            Hold::OtherDevice => "other_device",
            Hold::BaseUnknown => "base_unknown",
            Hold::StaleBase => "stale_base",
            Hold::Misformed => "misformed",
        }
    }

    pub(crate) fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|hold| hold.name() == name)
    }
}

/// A stored revision.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Revision {
    /// The gateway's number of the envelope.
    pub(crate) number: u64,
    pub(crate) eid: Eid,
    pub(crate) link: Link,
    pub(crate) base: Option<Link>,
    pub(crate) kind: Kind,
    pub(crate) device: DeviceId,
    /// `None` for a revision of the chain.
    pub(crate) held: Option<Hold>,
}

/// What decides about a revision that is not in the chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Candidate {
    pub(crate) kind: Kind,
    pub(crate) base: Option<Link>,
    pub(crate) device: DeviceId,
    /// The device is revoked now.
    pub(crate) revoked: bool,
}

/// `Ok` when the candidate becomes the head, else why it is held. `known` are the revisions stored so far, `head` the
/// number of the present head.
pub(crate) fn place(candidate: &Candidate, known: &[Revision], head: Option<u64>) -> Result<(), Hold> {
    if candidate.revoked {
        return Err(Hold::Revoked);
    }
    let head = known.iter().find(|revision| Some(revision.number) == head);
    match (candidate.kind, candidate.base, head) {
        (Kind::Registration, Some(_), _) | (Kind::Correction | Kind::Withdrawal, None, _) => Err(Hold::Misformed),
        (Kind::Registration, None, None) => Ok(()),
        (Kind::Registration, None, Some(_)) => Err(Hold::StaleBase),
        // The word "no" ends a chain (docs/protocol.md, I9).
        (_, Some(_), Some(head)) if head.kind == Kind::Withdrawal => Err(Hold::StaleBase),
        (_, Some(base), Some(head)) if head.link == base => match head.device == candidate.device {
            true => Ok(()),
            false => Err(Hold::OtherDevice),
        },
        (_, Some(base), _) => match known
            .iter()
            .find(|revision| revision.link == base)
            .map(|base| base.held)
        {
            None | Some(Some(Hold::BaseUnknown)) => Err(Hold::BaseUnknown),
            Some(_) => Err(Hold::StaleBase),
        },
    }
}

/// A step that the arrival of a base makes possible.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// This revision becomes the head.
    Head(Revision),
    /// This revision cannot any more.
    Held(Revision, Hold),
}

/// The next revision, in the order of arrival, that waited for its base and whose place is known now.
pub(crate) fn next_step(known: &[Revision], head: Option<u64>) -> Option<Step> {
    known
        .iter()
        .filter(|revision| revision.held == Some(Hold::BaseUnknown))
        .find_map(|revision| {
            let candidate = Candidate {
                kind: revision.kind,
                base: revision.base,
                device: revision.device,
                revoked: false,
            };
            match place(&candidate, known, head) {
                Ok(()) => Some(Step::Head(*revision)),
                Err(Hold::BaseUnknown) => None,
                Err(hold) => Some(Step::Held(*revision, hold)),
            }
        })
}
