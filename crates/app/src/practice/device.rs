//! The practice device: made without a gateway, and never able to reach one.

use crate::refusal::Refusal;
use crate::{
    AppError, Session,
    device::{Enrolled, told},
    env::Env,
    place::Place,
};
use domain::{code::PRACTICE_GROUP, ids::Realm};
use protocol::{
    enrolment::{Operator, Role, Trust},
    keys::{SealSecret, SignSecret},
    signed::Signed,
};
use std::sync::Arc;
use store::{
    Home, KdfCost, blanks,
    device::{self, Identity, Keys},
};

/// Makes a practice device: its own realm, keys and code namespace, and no gateway, ever.
pub fn init(place: &Place, pin: &str, env: Arc<dyn Env>) -> Result<Enrolled, AppError> {
    if Home::exists(&place.home)? {
        return Err(AppError::Refused(Refusal::AlreadyEnrolled));
    }
    let home = Home::create(&place.home, Realm::Practice, &*place.new_vault()?, &mut env.rng())?;
    let kind = home.secret_kind();
    let vault = place.vault(kind)?;
    home.first_operator(&*vault, 1, pin, KdfCost::default(), &mut env.rng())?;
    let store = home.unlock(&*vault, 1, pin, env.moment(), &mut env.rng())?;
    let root = SignSecret::generate(&mut env.rng());
    let trust = Trust {
        root: root.public(),
        serial: 1,
        realm: Realm::Practice,
        authorities: Vec::new(),
        platform: vec![super::platform_key().public()],
        openers: vec![super::opener().public()?],
        issued_at: env.now(),
        blanks: Some(vec![super::blank_key().public()]),
        ext: Default::default(),
    };
    let identity = Identity {
        device: 0,
        group: PRACTICE_GROUP,
        realm: Realm::Practice,
        role: Role::Volunteer,
        team: "Luyện tập".to_owned(),
        communes: domain::place::communes().map(|commune| commune.code).collect(),
        operators: vec![Operator {
            id: 1,
            name: "Học viên".to_owned(),
            ext: Default::default(),
        }],
        gateway: None,
    };
    let keys = Keys {
        signing: SignSecret::generate(&mut env.rng()),
        sealing: SealSecret::generate(&mut env.rng()),
        transport: SignSecret::generate(&mut env.rng()),
    };
    store.write(|tx| -> Result<_, AppError> {
        device::set_keys(tx, &keys)?;
        device::set_trust(tx, &Signed::make(&trust, &root))?;
        device::set_identity(tx, &identity)?;
        // Practice needs no first contact: its two sheets lie on the trainer's table.
        blanks::set_pool(tx, &super::pool(), env.now())?;
        Ok(())
    })?;
    Session::begin(store, 1, place, env)?.write_contact()?;
    Ok(told(&identity, &keys, kind))
}

/// Removes a practice device with everything in it.
///
/// # Errors
/// `not_in_practice` if the folder says of itself that it is a real device: then nothing is removed.
pub fn remove(place: &Place) -> Result<(), AppError> {
    if !Home::exists(&place.home)? {
        return Ok(());
    }
    let home = Home::open(&place.home)?;
    if home.realm() != Realm::Practice {
        return Err(AppError::Refused(Refusal::NotInPractice));
    }
    drop(home);
    std::fs::remove_dir_all(&place.home).map_err(store::StoreError::from)?;
    Ok(())
}
