//! `GET /v1/changes?since=N`: verdicts and master data, in pages, each signed.

use crate::{
    ProtocolError,
    blanks::BlankPool,
    cbor::{self, Blob},
    enrolment::Operator,
    keys::{SealKey, SealSecret, VerifyKey},
    master::MasterNews,
    open::Open,
    sealed,
    signed::Message,
};
use domain::{
    date::Day,
    ext::Extensions,
    ids::{DeviceId, Eid, Rid, UnixTime},
    place::CommuneCode,
    registration::Registration,
    state::{Decision, QuarantineReason},
};
use minicbor::{Decode, Encode};
use rand_core::CryptoRng;

/// Most entries of a page.
pub const PAGE_MAX: usize = 100;
const INFO: &str = "tungnha/1/verdict";

/// One page for one device, bound to the question.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct ChangesPage {
    /// For which device.
    #[n(0)]
    pub device: DeviceId,
    /// The cursor that was asked with.
    #[n(1)]
    pub since: u64,
    /// The cursor to ask with next.
    #[n(2)]
    pub next: u64,
    /// More pages wait.
    #[n(3)]
    pub more: bool,
    /// The server's time.
    #[n(4)]
    pub time: UnixTime,
    /// What changed, oldest first. A kind of change that is newer than this program stands here as it came.
    #[n(5)]
    pub changes: Vec<Open<Change>>,
    /// Seconds the server asks the device to wait before the next call.
    #[n(6)]
    pub wait: Option<u32>,
    /// Keys of the city's devices that are new or changed; only where they were asked for.
    #[n(7)]
    pub keys: Option<KeyNews>,
    /// Master data that is new; only where it was asked for.
    #[n(8)]
    pub master: Option<MasterNews>,
    /// What a newer program says besides.
    #[n(31)]
    pub ext: Extensions,
}

impl Message for ChangesPage {
    const CONTEXT: &'static str = "tungnha/1/changes";
    const LIMIT: usize = 1024 * 1024;
}

/// One change.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum Change {
    /// The opener decided; only the device can read what.
    #[n(0)]
    Verdict(#[n(0)] SealedVerdict),
    // 1 was the whole list of device keys at every change; `KeyNews` took its place.
    /// People and communes of the team.
    #[n(2)]
    Team(#[n(0)] Team),
    /// A new trust message, signed by the root.
    #[n(3)]
    Trust(#[n(0)] Blob),
    /// The device was revoked (locks it for people; its spool still sends).
    #[n(4)]
    Revoked,
    /// A revision that was received is not processed further; a person decides.
    #[n(5)]
    Stopped(#[n(0)] Stopped),
    /// The team's pool of pre-printed cards as it stands now.
    #[n(6)]
    Blanks(#[n(0)] BlankPool),
}

/// A revision that stopped after its receipt: only the opener finds out that a body cannot be read, and two revisions
/// held for the same late base are told apart only when it arrives.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Stopped {
    /// Registration.
    #[n(0)]
    pub rid: Rid,
    /// The revision that stopped.
    #[n(1)]
    pub eid: Eid,
    /// Why.
    #[n(2)]
    pub reason: QuarantineReason,
    /// What a newer program says besides.
    #[n(31)]
    pub ext: Extensions,
}

/// A device key that signs citizen QRs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceKey {
    /// Device.
    pub device: DeviceId,
    /// Its signing key.
    pub key: VerifyKey,
    /// When it was revoked, if it was.
    pub revoked_at: Option<UnixTime>,
    /// Since when it can have signed, and which codes; `None` where an older platform did not say.
    pub origin: Option<Origin>,
}

/// What a device can have signed: nothing of a day before its enrolment, no code of another group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Origin {
    /// Day of its enrolment in Việt Nam.
    pub enrolled: Day,
    /// Device group of its codes.
    pub group: u16,
}

/// Most keys of one page: about 68 KB.
pub const KEYS_MAX: usize = 2048;

/// Device keys that changed after the serial the device asked with: a part of one list for the whole city, in the order
/// of its serials. Column by column, because then a device costs 33 bytes and hardly more, and 8 with its origin.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct KeyNews {
    /// The serial that was asked with.
    #[n(0)]
    pub after: u64,
    /// The serial to ask with next.
    #[n(1)]
    pub serial: u64,
    /// More of the list waits.
    #[n(2)]
    pub more: bool,
    /// Devices: each by its distance from the one before.
    #[n(3)]
    steps: Vec<i64>,
    /// Their keys, 32 bytes each.
    #[n(4)]
    keys: Blob,
    /// Which of them (position) were revoked, and when.
    #[n(5)]
    revoked: Vec<Revoked>,
    /// Days of their enrolment; only where they were asked for.
    #[n(6)]
    enrolled: Option<Vec<Day>>,
    /// Device groups of their codes; with the days.
    #[n(7)]
    groups: Option<Vec<u16>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
struct Revoked {
    #[n(0)]
    position: u32,
    #[n(1)]
    at: UnixTime,
}

impl KeyNews {
    /// Packs a part of the list.
    pub fn new(after: u64, serial: u64, more: bool, list: &[DeviceKey]) -> Self {
        let mut before = 0;
        let mut news = Self {
            after,
            serial,
            more,
            steps: Vec::with_capacity(list.len()),
            keys: Blob(Vec::with_capacity(32 * list.len())),
            revoked: Vec::new(),
            enrolled: None,
            groups: None,
        };
        let origins: Option<Vec<_>> = list.iter().map(|device| device.origin).collect();
        if let Some(origins) = origins.filter(|origins| !origins.is_empty()) {
            news.enrolled = Some(origins.iter().map(|origin| origin.enrolled).collect());
            news.groups = Some(origins.iter().map(|origin| origin.group).collect());
        }
        for (position, device) in (0u32..).zip(list) {
            news.steps.push(i64::from(device.device) - before);
            before = i64::from(device.device);
            news.keys.0.extend_from_slice(&device.key.0);
            news.revoked
                .extend(device.revoked_at.map(|at| Revoked { position, at }));
        }
        news
    }

    /// Nothing is new.
    pub fn none(after: u64) -> Self {
        Self::new(after, after, false, &[])
    }

    /// The keys of this part.
    ///
    /// # Errors
    /// `malformed` when the columns do not fit together.
    pub fn list(&self) -> Result<Vec<DeviceKey>, ProtocolError> {
        let malformed = ProtocolError::Malformed;
        let (keys, rest) = self.keys.0.as_chunks::<32>();
        if !rest.is_empty() || keys.len() != self.steps.len() || keys.len() > KEYS_MAX {
            return Err(malformed);
        }
        let mut list = Vec::with_capacity(keys.len());
        let mut before: i64 = 0;
        for (step, key) in self.steps.iter().zip(keys) {
            before = before.checked_add(*step).ok_or(malformed)?;
            list.push(DeviceKey {
                device: DeviceId::try_from(before).map_err(|_| malformed)?,
                key: VerifyKey(*key),
                revoked_at: None,
                origin: None,
            });
        }
        match (&self.enrolled, &self.groups) {
            (None, None) => {}
            (Some(days), Some(groups)) if days.len() == list.len() && groups.len() == list.len() => {
                for (device, (&enrolled, &group)) in list.iter_mut().zip(days.iter().zip(groups)) {
                    device.origin = Some(Origin { enrolled, group });
                }
            }
            _ => return Err(malformed),
        }
        for Revoked { position, at } in &self.revoked {
            let device = list.get_mut(*position as usize).ok_or(malformed)?;
            device.revoked_at = Some(*at);
        }
        Ok(list)
    }
}

/// A team as a device knows it.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Team {
    /// Name.
    #[n(0)]
    pub name: String,
    /// Communes.
    #[n(1)]
    pub communes: Vec<CommuneCode>,
    /// People.
    #[n(2)]
    pub operators: Vec<Operator>,
    /// What a newer program says besides.
    #[n(31)]
    pub ext: Extensions,
}

/// A verdict as it travels: whom it concerns in clear, what it says sealed to the device.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct SealedVerdict {
    /// Registration.
    #[n(0)]
    pub rid: Rid,
    /// The revision that was decided.
    #[n(1)]
    pub eid: Eid,
    /// HPKE to the device's sealing key, bound to device, rid and eid.
    #[n(2)]
    pub sealed: Blob,
    /// What a newer program says besides.
    #[n(31)]
    pub ext: Extensions,
}

/// What the opener decided.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Verdict {
    /// The decision; a kind of decision, a field or a reason that is newer than this program stands here as it came.
    #[n(0)]
    pub decision: Open<Decision>,
    /// When.
    #[n(1)]
    pub decided_at: UnixTime,
    /// The account, where one was made.
    #[n(2)]
    pub account: Option<String>,
    /// For a refusal: what was sent (without strokes), so that it can be corrected after the device has forgotten it.
    #[n(3)]
    pub sent: Option<Box<Registration>>,
    /// What a newer program says besides.
    #[n(31)]
    pub ext: Extensions,
}

fn bound_to(device: DeviceId, rid: &Rid, eid: &Eid) -> Vec<u8> {
    [&device.to_be_bytes()[..], rid.as_bytes(), eid.as_bytes()].concat()
}

impl SealedVerdict {
    /// Seals a verdict to the device.
    pub fn seal(
        verdict: &Verdict,
        device: DeviceId,
        rid: Rid,
        eid: Eid,
        to: &SealKey,
        rng: &mut dyn CryptoRng,
    ) -> Result<Self, ProtocolError> {
        let sealed = sealed::seal(to, INFO, &bound_to(device, &rid, &eid), &cbor::encode(verdict), rng)?;
        Ok(Self {
            rid,
            eid,
            sealed: Blob(sealed),
            ext: Extensions::NONE,
        })
    }

    /// Opens it on the device.
    pub fn open(&self, device: DeviceId, with: &SealSecret) -> Result<Verdict, ProtocolError> {
        let plain = sealed::open(with, INFO, &bound_to(device, &self.rid, &self.eid), &self.sealed.0)?;
        cbor::decode(&plain, crate::envelope::MAX_BYTES)
    }
}
