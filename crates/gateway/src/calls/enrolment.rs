//! Invitations and the devices that use them.

use super::teams::{SEVERAL, tell_team};
use crate::{
    env::{EnvRng, random},
    error::{Denied, GatewayError},
    gateway::Gateway,
    rules::{code_groups::group_of, reports::MAX_PROGRAM, withdrawals::DAY},
    store::{
        changes::{self, Marker},
        devices::{self, NewDevice, role_name},
        grants, invitations,
        settings::{self, Key},
        teams, withdrawals,
    },
};
use domain::{
    date::Day,
    ids::{DeviceId, UnixTime},
    place::CommuneCode,
    text,
};
use protocol::{
    enrolment::{DeviceAnswer, DeviceRequest, Invitation, Role},
    keys::SealKey,
    sealed,
    signed::Signed,
};
use rusqlite::Transaction;
use serde_json::json;
use sha2::{Digest as _, Sha256};

/// Longest name of a team or a person, in characters.
const MAX_NAME: usize = 80;

/// An invitation to be made.
#[derive(Debug, Clone)]
pub struct Invite {
    /// Whose team it is. Where nothing is said, the ward of the team of this name that is among `communes`, or their
    /// first for a new team.
    pub ward: Option<CommuneCode>,
    /// Team; made where the ward has none of this name.
    pub team: String,
    /// Communes the team works in; what a team does not have is added only by `widen`.
    pub communes: Vec<CommuneCode>,
    /// What the device is for.
    pub role: Role,
    /// For a coordinator's device: the wards whose board it may see. Where nothing is said, `communes`, or the team's
    /// ward. Later changes of the team do not change it.
    pub grants: Vec<CommuneCode>,
    /// People of the team; who is not of it is added only by `widen`. A new team without any gets one person of the team's
    /// own name.
    pub operators: Vec<String>,
    /// Communes and people are added to a team that exists.
    pub widen: bool,
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

/// A name as it is kept: tidy, and nothing in it that hides or turns what people read.
fn good_name(name: &str) -> Result<String, GatewayError> {
    text::tidy_line(name, MAX_NAME)
        .ok()
        .filter(|name| text::is_shown_line(name, MAX_NAME))
        .ok_or(GatewayError::Usage(
            "a name has 1 to 80 characters, and none that cannot be seen",
        ))
}

/// The team that an invitation is for, and whether it was there before.
fn team_of(tx: &Transaction<'_>, invite: &Invite, name: &str) -> Result<(i64, bool), GatewayError> {
    let known = teams::named(tx, name)?;
    let among = |ward: &CommuneCode| match invite.ward {
        Some(named) => *ward == named,
        None => invite.communes.is_empty() || invite.communes.contains(ward),
    };
    let mut fitting = known.iter().filter(|(_, ward)| among(ward));
    match (
        fitting.next(),
        fitting.next(),
        invite.ward.or(invite.communes.first().copied()),
    ) {
        (Some(_), Some(_), _) => Err(SEVERAL),
        (Some((id, _)), None, _) => Ok((*id, true)),
        (None, _, Some(ward)) => Ok((teams::make(tx, ward, name)?, false)),
        (None, _, None) => Err(GatewayError::Usage("a team works in at least one commune")),
    }
}

/// Adds what the invitation names and the team lacks; to a team that exists only where that was asked for.
fn fill_team(
    tx: &Transaction<'_>,
    (team, existed): (i64, bool),
    invite: &Invite,
    operators: &[String],
    now: UnixTime,
) -> Result<(), GatewayError> {
    let mut changed = false;
    for commune in &invite.communes {
        changed |= teams::add_commune(tx, team, *commune)?;
    }
    for name in operators {
        changed |= teams::add_operator(tx, team, name, now)?;
    }
    if existed && changed && !invite.widen {
        return Err(GatewayError::Usage(
            "this ward has a team of this name already, without these communes or people: --widen adds them",
        ));
    }
    if teams::communes(tx, team)?.is_empty() {
        changed |= teams::add_commune(tx, team, teams::ward(tx, team)?)?;
    }
    if teams::operators(tx, team)?.is_empty() {
        changed |= teams::add_operator(tx, team, &teams::name(tx, team)?, now)?;
    }
    if changed {
        tell_team(tx, team)?;
    }
    Ok(())
}

/// The wards that the invited device may see; said now and not derived later.
fn granted(tx: &Transaction<'_>, team: i64, invite: &Invite) -> Result<Vec<CommuneCode>, GatewayError> {
    Ok(match (invite.role, &invite.grants[..], &invite.communes[..]) {
        (Role::Volunteer, [], _) => Vec::new(),
        (Role::Volunteer, _, _) => return Err(GatewayError::Usage("only a coordinator's device sees a board")),
        (Role::Coordinator, [], []) => vec![teams::ward(tx, team)?],
        (Role::Coordinator, [], communes) => communes.to_vec(),
        (Role::Coordinator, grants, _) => grants.to_vec(),
    })
}

impl Gateway {
    /// Makes an invitation, good for one device.
    ///
    /// # Errors
    /// `usage` for a bad name or commune, and for what a team that exists does not have, unless it is to be widened.
    pub fn invite(&self, invite: &Invite) -> Result<InvitationIssued, GatewayError> {
        let name = good_name(&invite.team)?;
        let operators = invite
            .operators
            .iter()
            .map(|name| good_name(name))
            .collect::<Result<Vec<_>, _>>()?;
        let (master, today) = (self.master()?, Day::of(self.now()));
        let there = |code: &CommuneCode| master.communes_on(today).iter().any(|known| known.code == *code);
        let mut named = invite.communes.iter().chain(&invite.grants).chain(&invite.ward);
        if !named.all(there) {
            return Err(GatewayError::Usage("no such commune"));
        }
        if !(1..=1440).contains(&invite.minutes) {
            return Err(GatewayError::Usage("an invitation is good for 1 to 1440 minutes"));
        }
        let invitation = Invitation {
            code: random(&*self.env),
            root: self.keys.root_public.root_hash(),
        };
        let now = self.now();
        let expires_at = now + i64::from(invite.minutes) * 60;
        self.store.write(|tx| {
            let (team, existed) = team_of(tx, invite, &name)?;
            fill_team(tx, (team, existed), invite, &operators, now)?;
            let hash = code_hash(&invitation.code);
            invitations::insert(tx, &hash, team, invite.role, (now, expires_at))?;
            for ward in granted(tx, team, invite)? {
                grants::promise(tx, &hash, ward)?;
            }
            self.act(
                tx,
                "invite",
                json!({
                    "team": team, "role": role_name(invite.role), "widen": invite.widen, "until": expires_at,
                    "communes": invite.communes.iter().map(ToString::to_string).collect::<Vec<_>>(),
                    "grants": invite.grants.iter().map(ToString::to_string).collect::<Vec<_>>(),
                }),
            )?;
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
        if !text::is_shown_line(&asked.program, MAX_PROGRAM) || !self.can_seal_to(&asked.sealing) {
            return Err(Denied::Malformed);
        }
        let (hash, now) = (code_hash(&asked.code.0), self.now());
        // Anybody may guess; who guesses wrong makes no writer wait.
        self.store
            .read(|tx| invitations::get(tx, &hash))?
            .ok_or(Denied::InvitationUnknown)?;
        self.store.write(|tx| {
            let invited = invitations::get(tx, &hash)?.ok_or(Denied::InvitationUnknown)?;
            if let Some((device, answer)) = invited.used {
                let known = devices::get(tx, device)?.ok_or(GatewayError::Stored("device"))?;
                let same = known.signing == asked.signing
                    && known.sealing == asked.sealing
                    && known.transport == asked.transport;
                return if same { Ok(answer) } else { Err(Denied::InvitationUsed) };
            }
            if invited.cancelled || now >= invited.expires_at {
                return Err(Denied::InvitationExpired);
            }
            // Keys of a device that is enrolled: with its public ones anybody could have verdicts sealed to it, or have it
            // ask for tokens of theirs.
            if devices::by_signing(tx, &asked.signing)?.is_some()
                || devices::key_in_use(tx, &asked.sealing, &asked.transport)?
            {
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
            grants::keep_promise(tx, &hash, device, now)?;
            changes::mark(tx, device, Marker::Team)?;
            changes::mark(tx, device, Marker::Blanks)?;
            tracing::info!(device, team = invited.team, "enrolled");
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
            self.act(tx, "revoke", json!({ "device": id }))?;
            Ok(true)
        })
    }

    /// A key of small order would make every verdict to this device fail.
    fn can_seal_to(&self, key: &SealKey) -> bool {
        sealed::seal(key, "tungnha/1/probe", &[], &[], &mut EnvRng(&*self.env)).is_ok()
    }
}
