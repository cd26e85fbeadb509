//! Where an envelope belongs in the chain of its registration's revisions. Pure.
//!
//! A revision names by `base` the one it corrects or withdraws. One chain of them is accepted and has one head; what
//! does not fit is kept and held, never taken in place of the head (docs/protocol.md, I3).

use domain::{
    code::Code,
    ids::{DeviceId, Eid, Link},
};
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
    /// Its code is of another device group than its device's.
    ForeignCode,
    /// It carries another code than its registration has for life.
    OtherCode,
    /// Another device's registration has this `rid`.
    ForeignRid,
    /// A withdrawal whose body does not say that it is one.
    NoStatement,
    /// A withdrawal that a person found not to be the resident's.
    Overruled,
    /// Its operator is nobody of the team, or had left it.
    NotOfTeam,
}

impl Hold {
    const ALL: [Hold; 11] = [
        Hold::Revoked,
        Hold::OtherDevice,
        Hold::BaseUnknown,
        Hold::StaleBase,
        Hold::Misformed,
        Hold::ForeignCode,
        Hold::OtherCode,
        Hold::ForeignRid,
        Hold::NoStatement,
        Hold::Overruled,
        Hold::NotOfTeam,
    ];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Hold::Revoked => "revoked",
            Hold::OtherDevice => "other_device",
            Hold::BaseUnknown => "base_unknown",
            Hold::StaleBase => "stale_base",
            Hold::Misformed => "misformed",
            Hold::ForeignCode => "foreign_code",
            Hold::OtherCode => "other_code",
            Hold::ForeignRid => "foreign_rid",
            Hold::NoStatement => "no_statement",
            Hold::Overruled => "overruled",
            Hold::NotOfTeam => "not_of_team",
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
    pub(crate) code: Code,
    /// The `rid` shows that it belongs to this revision's device.
    pub(crate) shows_rid: bool,
    /// `None` for a revision of the chain.
    pub(crate) held: Option<Hold>,
}

/// What decides about a revision that is not in the chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Candidate {
    pub(crate) kind: Kind,
    pub(crate) base: Option<Link>,
    pub(crate) device: DeviceId,
    pub(crate) code: Code,
    /// The code is of the device's own group.
    pub(crate) own_group: bool,
    /// The `rid` shows that it belongs to this device.
    pub(crate) shows_rid: bool,
    /// The device is revoked now.
    pub(crate) revoked: bool,
    /// Its operator was of the device's team at the capture.
    pub(crate) of_team: bool,
}

/// What is stored of a registration.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Chain<'a> {
    /// The revisions so far, in the order of arrival.
    pub(crate) known: &'a [Revision],
    /// Number of the present head.
    pub(crate) head: Option<u64>,
    /// The codes it has: one for life; none while another registration had its code first.
    pub(crate) codes: &'a [Code],
}

/// Where a revision goes that is not held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// It becomes the head.
    Head,
    /// It becomes the head, and what another device registered under the owner's `rid` before is held instead.
    Instead,
}

/// `Ok` when the candidate becomes the head, else why it is held.
pub(crate) fn place(candidate: &Candidate, chain: &Chain<'_>) -> Result<Place, Hold> {
    if candidate.revoked {
        return Err(Hold::Revoked);
    }
    if !candidate.of_team {
        return Err(Hold::NotOfTeam);
    }
    // A code belongs to the device whose group it carries: it is seen on a card before that device could send.
    if !candidate.own_group {
        return Err(Hold::ForeignCode);
    }
    let known = chain.known;
    let head = known.iter().find(|revision| Some(revision.number) == chain.head);
    match (candidate.kind, candidate.base, head) {
        (Kind::Registration, Some(_), _) | (Kind::Correction | Kind::Withdrawal, None, _) => Err(Hold::Misformed),
        (Kind::Registration, None, None) => Ok(Place::Head),
        (Kind::Registration, None, Some(head)) if head.device != candidate.device => {
            match candidate.shows_rid && !head.shows_rid {
                true => Ok(Place::Instead),
                false => Err(Hold::ForeignRid),
            }
        }
        (Kind::Registration, None, Some(_)) => Err(Hold::StaleBase),
        // The word "no" ends a chain (docs/protocol.md, I9).
        (_, Some(_), Some(head)) if head.kind == Kind::Withdrawal => Err(Hold::StaleBase),
        (_, Some(base), Some(head)) if head.link == base => {
            if head.device != candidate.device {
                return Err(Hold::OtherDevice);
            }
            // For life. Who was refused because the code was taken draws another.
            match chain.codes.is_empty() || chain.codes.contains(&candidate.code) {
                true => Ok(Place::Head),
                false => Err(Hold::OtherCode),
            }
        }
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
pub(crate) fn next_step(chain: &Chain<'_>) -> Option<Step> {
    chain
        .known
        .iter()
        .filter(|revision| revision.held == Some(Hold::BaseUnknown))
        .find_map(|revision| {
            let candidate = Candidate {
                kind: revision.kind,
                base: revision.base,
                device: revision.device,
                code: revision.code,
                // Asked when it arrived.
                own_group: true,
                shows_rid: revision.shows_rid,
                revoked: false,
                of_team: true,
            };
            match place(&candidate, chain) {
                Ok(_) => Some(Step::Head(*revision)),
                Err(Hold::BaseUnknown) => None,
                Err(hold) => Some(Step::Held(*revision, hold)),
            }
        })
}
