//! Invitations and the devices that use them.

use crate::{
    env::{EnvRng, random},
    error::{Denied, GatewayError},
    gateway::Gateway,
    rules::{groups::group_of, withdrawals::DAY},
    store::{
        changes::{self, Marker},
        devices::{self, NewDevice},
        invitations,
        settings::{self, Key},
        teams, withdrawals,
    },
};
use domain::{
    date::Day,
    ids::{DeviceId, UnixTime},
    place::CommuneCode,
};
use protocol::{
    enrolment::{DeviceAnswer, DeviceRequest, Invitation, Role},
    keys::SealKey,
    sealed,
    signed::Signed,
};
use sha2::{Digest as _, Sha256};

/// Longest name of a team or a person, in characters.
const MAX_NAME: usize = 80;
/// Longest version text of a program, in bytes.
const MAX_PROGRAM: usize = 64;

/// An invitation to be made.
#[derive(Debug, Clone)]
pub struct Invite {
    /// Team; made where there is none of this name.
    pub team: String,
    /// Communes the team works in, added to those it has.
    pub communes: Vec<CommuneCode>,
    /// What the device is for.
    pub role: Role,
    /// People added to the team. A team without any gets one person of the team's own name.
    pub operators: Vec<String>,
    /// How long it is good, 1 to 1440.
    pub minutes: u32,
}

/// An invitation as given out, once.
#[derive(Debug, Clone)]
pub struct InvitationIssued {
    /// Code and root hash.
    pub invitation: Invitation,
    /// Where the server was reached last.
    pub url: Option<String>,
    /// Seconds since 1970 UTC.
    pub expires_at: UnixTime,
}

fn code_hash(code: &[u8]) -> [u8; 32] {
    Sha256::digest(code).into()
}

fn good_name(name: &str) -> bool {
    (1..=MAX_NAME).contains(&name.chars().count()) && name.trim() == name && !name.chars().any(char::is_control)
}

impl Gateway {
    /// Makes an invitation, good for one device.
    pub fn invite(&self, invite: &Invite) -> Result<InvitationIssued, GatewayError> {
        if !good_name(&invite.team) || !invite.operators.iter().all(|name| good_name(name)) {
            return Err(GatewayError::Usage("a name has 1 to 80 characters"));
        }
        let (master, today) = (self.master()?, Day::of(self.now()));
        let there = |code: &CommuneCode| master.communes_on(today).iter().any(|known| known.code == *code);
        if !invite.communes.iter().all(there) {
            return Err(GatewayError::Usage("no such commune"));
        }
        if !(1..=1440).contains(&invite.minutes) {
            return Err(GatewayError::Usage("an invitation is good for 1 to 1440 minutes"));
        }
        let invitation = Invitation {
            code: random(&*self.env),
            root: self.keys.root.public().root_hash(),
        };
        let expires_at = self.now() + i64::from(invite.minutes) * 60;
        self.store.write(|tx| {
            let team = teams::find_or_make(tx, &invite.team)?;
            let mut changed = false;
            for commune in &invite.communes {
                changed |= teams::add_commune(tx, team, *commune)?;
            }
            if teams::communes(tx, team)?.is_empty() {
                return Err(GatewayError::Usage("a team works in at least one commune"));
            }
            for name in &invite.operators {
                changed |= teams::add_operator(tx, team, name)?;
            }
            if teams::operators(tx, team)?.is_empty() {
                changed |= teams::add_operator(tx, team, &invite.team)?;
            }
            if changed {
                for device in devices::of_team(tx, team)? {
                    changes::mark(tx, device, Marker::Team)?;
                }
            }
            invitations::insert(tx, &code_hash(&invitation.code), team, invite.role, expires_at)?;
            let url = settings::get(tx, Key::Url)?.and_then(|url| String::from_utf8(url).ok());
            Ok(InvitationIssued {
                invitation,
                url,
                expires_at,
            })
        })
    }

    /// `POST /v1/devices`: the first device that comes with the code gets it; repeating gets the same answer, even
    /// after the invitation's minutes are over (the first answer may have been lost).
    pub fn enrol(&self, request: &[u8]) -> Result<Vec<u8>, Denied> {
        let asked: DeviceRequest =
            Signed::verify_self(request, |asked: &DeviceRequest| asked.signing).map_err(|_| Denied::Malformed)?;
        if asked.program.len() > MAX_PROGRAM || !self.can_seal_to(&asked.sealing) {
            return Err(Denied::Malformed);
        }
        let (hash, now) = (code_hash(&asked.code.0), self.now());
        self.store.write(|tx| {
            let invited = invitations::get(tx, &hash)?.ok_or(Denied::InvitationUnknown)?;
            if let Some((device, answer)) = invited.used {
                let known = devices::get(tx, device)?.ok_or(GatewayError::Stored("device"))?;
                let same = known.signing == asked.signing
                    && known.sealing == asked.sealing
                    && known.transport == asked.transport;
                return if same { Ok(answer) } else { Err(Denied::InvitationUsed) };
            }
            if now >= invited.expires_at {
                return Err(Denied::InvitationExpired);
            }
            if devices::by_signing(tx, &asked.signing)?.is_some() {
                return Err(Denied::DeviceKnown);
            }
            let new = NewDevice {
                team: invited.team,
                role: invited.role,
                signing: asked.signing,
                sealing: asked.sealing,
                transport: asked.transport,
                program: &asked.program,
                at: now,
            };
            let (device, group) = devices::insert(tx, &new, |id| group_of(self.realm, id))?;
            let answer = self.sign(&DeviceAnswer {
                signing: asked.signing,
                device,
                group,
                realm: self.realm,
                role: invited.role,
                team: teams::name(tx, invited.team)?,
                communes: teams::communes(tx, invited.team)?,
                operators: teams::operators(tx, invited.team)?,
                time: now,
                ext: Default::default(),
            });
            invitations::mark_used(tx, &hash, device, &answer)?;
            changes::mark(tx, device, Marker::Team)?;
            changes::mark(tx, device, Marker::Blanks)?;
            Ok(answer)
        })
    }

    /// Revokes a device: it is told, its key is marked on everybody's list, what it sends from now on is held.
    /// False when there is no such device or it was revoked before.
    pub fn revoke(&self, id: DeviceId) -> Result<bool, GatewayError> {
        let now = self.now();
        self.store.write(|tx| {
            if !devices::revoke(tx, id, now)? {
                return Ok(false);
            }
            // It may be in anybody's hands: from now on it gets receipts and this word, nobody's name.
            changes::forget(tx, id)?;
            // Nor has it erased anybody yet.
            withdrawals::await_word(tx, id, now - DAY)?;
            changes::mark(tx, id, Marker::Revoked)?;
            Ok(true)
        })
    }

    /// A key of small order would make every verdict to this device fail.
    fn can_seal_to(&self, key: &SealKey) -> bool {
        sealed::seal(key, "tungnha/1/probe", &[], &[], &mut EnvRng(&*self.env)).is_ok()
    }
}
