//! How a folder becomes a device of the ward.

use crate::refusal::Refusal;
use crate::{
    AppError, PROGRAM, Session,
    env::Env,
    place::{FIRST, Place},
    sync::locked::Locked,
};
use client::{Clock, Connection};
use domain::ids::{DeviceId, OperatorId, Realm};
use protocol::{
    cbor::Blob,
    enrolment::{DeviceRequest, Invitation, Trust},
    keys::{SealSecret, SignSecret},
};
use serde::Serialize;
use std::sync::Arc;
use store::{
    Home, KdfCost, SecretKind, SecretVault,
    device::{self, Identity, Keys},
};

/// Characters of an invitation: `TNI1:` and 39 of Base45, which may be spaces.
pub const INVITATION_LEN: usize = 44;

/// What a device is told about itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Enrolled {
    /// Of its signing key, to compare with what the server and the coordinator's board show.
    pub fingerprint: String,
    /// The device's number; 0 for practice.
    pub device: DeviceId,
    /// Its world.
    pub realm: Realm,
    /// Team.
    pub team: String,
    /// Communes, five digits each.
    pub communes: Vec<String>,
    /// Numbers of the people who may be given a PIN.
    pub operators: Vec<OperatorId>,
    /// Where the device secret lies: `keyring`, or `file` (weaker).
    pub secret: &'static str,
    /// Records of the device that this folder was before, sent on the way.
    pub sent_before: u64,
    /// It was a device of this platform before and goes to its new address now; everything else is as it was.
    pub moved: bool,
}

/// Enrols a device with an invitation: finds out whom to trust, registers three public keys, makes the folder.
///
/// The folder is made before the gateway is asked, so that the keys the gateway learns are already safe; repeating the
/// command after a crash or a lost answer goes on where it stopped.
///
/// # Errors
/// `already_enrolled`, except where the platform of this very device has another address now; `unsent_records` where a device before this one left records that cannot be sent now; `invitation_*` from the gateway; `unknown_key` if the gateway is not the one that invited.
pub async fn enrol(
    place: &Place,
    url: &str,
    invitation: &str,
    pin: &str,
    env: Arc<dyn Env>,
) -> Result<Enrolled, AppError> {
    let invitation: Invitation = invitation
        .parse()
        .map_err(|_| AppError::Refused(Refusal::InvitationMalformed))?;
    let (trust, trust_bytes) = Connection::first_trust(url, &invitation.root).await?;
    let home = match Home::exists(&place.home)? {
        true => Home::open(&place.home)?,
        false => Home::create(&place.home, trust.realm, &*place.new_vault()?, &mut env.rng())?,
    };
    if home.realm() != trust.realm {
        return Err(AppError::Refused(Refusal::OtherRealm));
    }
    let keys = Keys {
        signing: SignSecret::generate(&mut env.rng()),
        sealing: SealSecret::generate(&mut env.rng()),
        transport: SignSecret::generate(&mut env.rng()),
    };
    let kind = home.secret_kind();
    let vault = place.vault(kind)?;
    // Until the gateway has named the people, the database opens for "nobody yet".
    let store = unlock_first(&home, &*vault, pin, &env)?;
    if store.read(device::identity)?.is_some() {
        // Cut after the gateway's answer was kept: what is missing is made here, and the invitation stays unused.
        return match home.operators()?.contains(&FIRST) || home.spool(&*vault)?.contact().ok().flatten().is_none() {
            true => finish(store, home, pin, place, env, 0),
            false => go_to(store, url, &trust, &trust_bytes, place, env),
        };
    }
    let keys = store.write(|tx| -> Result<_, AppError> {
        // Keys made by an attempt that did not finish are used again: the gateway may know them already.
        match device::keys(tx)? {
            Some(keys) => Ok(keys),
            None => {
                device::set_keys(tx, &keys)?;
                Ok(keys)
            }
        }
    })?;
    let sent_before = send_what_was_left(&home, &*vault, &env).await?;
    store::point!("device.before_request");
    let connection = Connection::new(
        url,
        &trust,
        Clock {
            floor: trust.issued_at,
            now: env.now(),
        },
    )?;
    let request = DeviceRequest {
        code: Blob(invitation.code.to_vec()),
        signing: keys.signing.public(),
        sealing: keys.sealing.public()?,
        transport: keys.transport.public(),
        program: PROGRAM.to_owned(),
        ext: Default::default(),
    };
    let answer = connection.enrol(&request, &keys.signing).await?;
    store::point!("device.after_answer");
    if answer.realm != trust.realm {
        return Err(AppError::Refused(Refusal::OtherRealm));
    }
    let identity = Identity {
        device: answer.device,
        group: answer.group,
        realm: answer.realm,
        role: answer.role,
        team: answer.team,
        communes: answer.communes,
        operators: answer.operators,
        gateway: Some(url.to_owned()),
    };
    store.write(|tx| -> Result<_, AppError> {
        device::set_trust(tx, &trust_bytes)?;
        if let Some(floor) = env.clock(Some(trust.issued_at)).heard(answer.time) {
            device::raise_server_floor(tx, floor)?;
        }
        device::set_identity(tx, &identity)?;
        Ok(())
    })?;
    store::point!("device.after_identity");
    finish(store, home, pin, place, env, sent_before)
}

/// The last steps, any number of times: PINs, and what a locked device needs.
fn finish(
    store: store::Store,
    home: Home,
    pin: &str,
    place: &Place,
    env: Arc<dyn Env>,
    sent_before: u64,
) -> Result<Enrolled, AppError> {
    let (identity, keys) =
        store.read(|tx| -> Result<_, AppError> { Ok((device::identity(tx)?, device::keys(tx)?)) })?;
    let (identity, keys) = identity.zip(keys).ok_or(store::StoreError::NotEnrolled)?;
    give_pins(&store, &home, &identity, pin, &env)?;
    store::point!("device.after_pins");
    let operator = identity.operators.first().map_or(FIRST, |operator| operator.id);
    let session = Session::begin(store, operator, place, env)?;
    session.begin_lease()?;
    session.write_contact()?;
    drop(session);
    home.set_lost(false)?;
    Ok(Enrolled {
        sent_before,
        ..told(&identity, &keys, home.secret_kind())
    })
}

/// A device of this very platform, with an invitation that names another address: the platform moved. Keys, number, records
/// and queue stay, and the invitation stays unused.
fn go_to(
    store: store::Store,
    url: &str,
    trust: &Trust,
    bytes: &[u8],
    place: &Place,
    env: Arc<dyn Env>,
) -> Result<Enrolled, AppError> {
    let (known, identity) =
        store.read(|tx| -> Result<_, AppError> { Ok((device::trust(tx)?, device::identity(tx)?)) })?;
    let (known, identity) = known.zip(identity).ok_or(store::StoreError::NotEnrolled)?;
    let known = Trust::read(&known)?;
    if identity.gateway.as_deref() == Some(url) || known.verify_next(bytes).is_err() {
        return Err(AppError::Refused(Refusal::AlreadyEnrolled));
    }
    store.write(|tx| -> Result<_, AppError> {
        if trust.serial > known.serial {
            device::set_trust(tx, bytes)?;
        }
        Ok(device::set_gateway(tx, url)?)
    })?;
    let kind = store.home().secret_kind();
    let operator = identity.operators.first().map_or(FIRST, |operator| operator.id);
    let session = Session::begin(store, operator, place, env)?;
    session.write_contact()?;
    Ok(Enrolled {
        moved: true,
        ..told(&session.identity, &session.keys, kind)
    })
}

/// A folder whose database had to be set aside still holds sealed records of the device it was before, which nobody else
/// has. They go out under that device's name before another one takes its place; what cannot go stops the enrolment.
/// Receipts, and copies that no longer open, are set aside.
async fn send_what_was_left(home: &Home, vault: &dyn SecretVault, env: &Arc<dyn Env>) -> Result<u64, AppError> {
    let Some(before) = Locked::of(home, vault, env.clone())? else {
        return Ok(0);
    };
    let mut sent = 0;
    if before.sendable()? > 0 {
        let report = before.sync(&before.connect()?).await?;
        if before.sendable()? > report.stopped {
            return Err(AppError::Refused(Refusal::UnsentRecords));
        }
        sent = report.receipts;
    }
    home.set_spool_aside()?;
    Ok(sent)
}

fn unlock_first(home: &Home, vault: &dyn SecretVault, pin: &str, env: &Arc<dyn Env>) -> Result<store::Store, AppError> {
    if home.operators()?.is_empty() {
        // Nobody's slot, so nobody's key: what lies there opens for nobody, and is kept.
        if home.has_database()? {
            home.set_aside()?;
        }
        home.first_operator(vault, FIRST, pin, KdfCost::default(), &mut env.rng())?;
    }
    let operator = *home.operators()?.first().unwrap_or(&FIRST);
    Ok(home.unlock(vault, operator, pin, env.moment(), &mut env.rng())?)
}

/// Gives the first person of the team the PIN; the others get theirs at the device, from one who can open it.
fn give_pins(
    store: &store::Store,
    home: &Home,
    identity: &Identity,
    pin: &str,
    env: &Arc<dyn Env>,
) -> Result<(), AppError> {
    let Some(first) = identity
        .operators
        .first()
        .map(|operator| operator.id)
        .filter(|id| *id != FIRST)
    else {
        return Ok(());
    };
    let known = home.operators()?;
    if !known.contains(&first) {
        store.share_pin(first, pin, KdfCost::default(), &mut env.rng())?;
    }
    if known.contains(&FIRST) {
        store.remove_operator(FIRST)?;
    }
    Ok(())
}

pub(crate) fn told(identity: &Identity, keys: &Keys, kind: SecretKind) -> Enrolled {
    Enrolled {
        fingerprint: keys.signing.public().fingerprint(),
        device: identity.device,
        realm: identity.realm,
        team: identity.team.clone(),
        communes: identity.communes.iter().map(ToString::to_string).collect(),
        operators: identity.operators.iter().map(|operator| operator.id).collect(),
        secret: kind.name(),
        sent_before: 0,
        moved: false,
    }
}
