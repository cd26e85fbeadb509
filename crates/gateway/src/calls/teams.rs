//! What is done to teams at the server: who leaves, where a team no longer works, which device goes to another team, and
//! which wards a coordinator's device may see. Each is a deliberate act; nothing of it follows from something else.

use crate::{
    error::GatewayError,
    gateway::Gateway,
    store::{
        changes::{self, Marker},
        devices, grants, teams,
    },
};
use domain::{
    ids::{DeviceId, OperatorId},
    place::CommuneCode,
};
use protocol::enrolment::Role;
use rusqlite::Transaction;
use serde::Serialize;
use serde_json::json;

/// A team as people name it. Without the ward the name must be that of one team of the whole city.
#[derive(Debug, Clone, Copy)]
pub struct TeamRef<'a> {
    /// Whose team it is.
    pub ward: Option<CommuneCode>,
    /// Its name.
    pub name: &'a str,
}

impl<'a> From<&'a str> for TeamRef<'a> {
    fn from(name: &'a str) -> Self {
        Self { ward: None, name }
    }
}

/// A team as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TeamView {
    /// Its number.
    pub id: i64,
    /// Whose team it is.
    pub ward: String,
    /// Its name.
    pub team: String,
    /// Where it works.
    pub communes: Vec<String>,
    /// Who is of it now.
    pub operators: Vec<PersonView>,
    /// Its devices.
    pub devices: Vec<DeviceView>,
}

/// A person of a team.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PersonView {
    /// Number.
    pub id: OperatorId,
    /// Name.
    pub name: String,
}

/// A device of a team.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DeviceView {
    /// Number.
    pub device: DeviceId,
    /// Of its signing key, as the device shows it too.
    pub fingerprint: String,
    /// `volunteer` or `coordinator`.
    pub role: &'static str,
    /// The wards whose board it may see.
    pub grants: Vec<String>,
    /// It was revoked.
    pub revoked: bool,
}

/// Finds a team.
pub(super) fn resolve(tx: &Transaction<'_>, team: TeamRef<'_>) -> Result<i64, GatewayError> {
    let found = match team.ward {
        Some(ward) => teams::find(tx, ward, team.name)?,
        None => match teams::named(tx, team.name)?[..] {
            [] => None,
            [(id, _)] => Some(id),
            _ => return Err(SEVERAL),
        },
    };
    found.ok_or(GatewayError::Usage("no team of this name"))
}

pub(super) const SEVERAL: GatewayError = GatewayError::Usage("several wards have a team of this name: say which ward");

/// Every device of a team learns who and what is of it.
pub(super) fn tell_team(tx: &Transaction<'_>, team: i64) -> rusqlite::Result<()> {
    for device in devices::of_team(tx, team)? {
        changes::mark(tx, device, Marker::Team)?;
    }
    Ok(())
}

impl Gateway {
    /// A team as it stands.
    ///
    /// # Errors
    /// `usage` where no team has this name, or teams of several wards have it.
    pub fn team(&self, team: TeamRef<'_>) -> Result<TeamView, GatewayError> {
        self.store.read(|tx| view(tx, resolve(tx, team)?))
    }

    /// Takes people and communes off a team. Its devices drop the key slots of who left at their next contact. One person
    /// and one commune stay.
    ///
    /// # Errors
    /// `usage` for who or what is not of the team, and for the last one; nothing changes then.
    pub fn narrow_team(
        &self,
        team: TeamRef<'_>,
        operators: &[OperatorId],
        communes: &[CommuneCode],
    ) -> Result<TeamView, GatewayError> {
        let now = self.now();
        self.store.write(|tx| {
            let id = resolve(tx, team)?;
            for operator in operators {
                if !teams::remove_operator(tx, id, *operator, now)? {
                    return Err(GatewayError::Usage("no such person in this team"));
                }
            }
            for commune in communes {
                if !teams::remove_commune(tx, id, *commune)? {
                    return Err(GatewayError::Usage("the team does not work there"));
                }
            }
            if teams::operators(tx, id)?.is_empty() || teams::communes(tx, id)?.is_empty() {
                return Err(GatewayError::Usage("a team keeps one person and one commune"));
            }
            tell_team(tx, id)?;
            self.act(
                tx,
                "narrow_team",
                json!({ "team": id, "operators": operators, "communes": in_digits(communes) }),
            )?;
            view(tx, id)
        })
    }

    /// Takes a device off its team and gives it to another. Whoever works on it is somebody else now: its grants go.
    ///
    /// # Errors
    /// `usage` for a device or a team that does not exist.
    pub fn move_device(&self, device: DeviceId, team: TeamRef<'_>) -> Result<TeamView, GatewayError> {
        self.store.write(|tx| {
            let id = resolve(tx, team)?;
            if !devices::set_team(tx, device, id)? {
                return Err(NO_DEVICE);
            }
            grants::take_all_back(tx, device)?;
            changes::mark(tx, device, Marker::Team)?;
            changes::mark(tx, device, Marker::Blanks)?;
            self.act(tx, "move", json!({ "device": device, "team": id }))?;
            view(tx, id)
        })
    }

    /// Grants a coordinator's device the board of a ward, or takes the grant back. True when that changed something.
    ///
    /// # Errors
    /// `usage` for a device that does not exist or is no coordinator's, and for a ward that does not exist.
    pub fn grant(&self, device: DeviceId, ward: CommuneCode, holds: bool) -> Result<bool, GatewayError> {
        if self.master()?.commune(ward).is_none() {
            return Err(GatewayError::Usage("no such commune"));
        }
        let now = self.now();
        self.store.write(|tx| {
            let known = devices::get(tx, device)?.ok_or(NO_DEVICE)?;
            if known.role != Role::Coordinator {
                return Err(GatewayError::Usage("only a coordinator's device sees a board"));
            }
            let changed = match holds {
                true => grants::give(tx, device, ward, now)?,
                false => grants::take_back(tx, device, ward)?,
            };
            let about = json!({ "device": device, "ward": ward.to_string(), "holds": holds, "changed": changed });
            self.act(tx, "grant", about)?;
            Ok(changed)
        })
    }
}

const NO_DEVICE: GatewayError = GatewayError::Usage("no such device");

fn view(tx: &Transaction<'_>, team: i64) -> Result<TeamView, GatewayError> {
    let operators = teams::operators(tx, team)?
        .into_iter()
        .map(|operator| PersonView {
            id: operator.id,
            name: operator.name,
        })
        .collect();
    let mut listed = Vec::new();
    for id in devices::of_team(tx, team)? {
        let device = devices::get(tx, id)?.ok_or(GatewayError::Stored("device"))?;
        listed.push(DeviceView {
            device: id,
            fingerprint: device.signing.fingerprint(),
            role: devices::role_name(device.role),
            grants: in_digits(&grants::of(tx, id)?),
            revoked: device.revoked_at.is_some(),
        });
    }
    Ok(TeamView {
        id: team,
        ward: teams::ward(tx, team)?.to_string(),
        team: teams::name(tx, team)?,
        communes: in_digits(&teams::communes(tx, team)?),
        operators,
        devices: listed,
    })
}

fn in_digits(communes: &[CommuneCode]) -> Vec<String> {
    communes.iter().map(ToString::to_string).collect()
}
