//! [`Gateway`]: what all calls share.

use crate::{
    env::{Env, random},
    error::{Denied, GatewayError},
    keys::PlatformKeys,
    rules::tokens::{Nonces, TokenKey},
    store::{
        Store, chain, devices, lives,
        settings::{self, Key},
    },
};
use domain::ids::{DeviceId, Instance, Realm, UnixTime};
use protocol::{
    enrolment::Trust,
    keys::VerifyKey,
    signed::{Message, Signed},
};
use std::{
    collections::HashSet,
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
};

/// Batches taken in at once; more are told to come back.
pub const MAX_BATCHES: usize = 64;

/// Envelopes of before there was a chain that are added to it in one transaction.
const CAUGHT_UP: u32 = 5000;

/// The central side without HTTP: bytes in, signed bytes out. Calls block; none of them reads a body.
pub struct Gateway {
    pub(crate) store: Store,
    pub(crate) keys: PlatformKeys,
    pub(crate) realm: Realm,
    pub(crate) env: Arc<dyn Env>,
    pub(crate) tokens: TokenKey,
    pub(crate) nonces: Mutex<Nonces>,
    pub(crate) data: PathBuf,
    /// Who works here, for the rows of what was done.
    pub(crate) by: String,
    /// Numbers of envelopes that the opener's queue steps over.
    pub(crate) stepped_over: Mutex<HashSet<u64>>,
}

impl Gateway {
    /// Opens a data folder for serving; the first start makes keys and database and fixes the realm.
    ///
    /// # Errors
    /// `realm_mismatch` when the folder belongs to another realm; what the disk or SQLite say.
    pub fn start(data: &Path, realm: Realm, env: Arc<dyn Env>) -> Result<Self, GatewayError> {
        std::fs::create_dir_all(data).map_err(GatewayError::io("making the data folder"))?;
        let store = Store::open(data, true)?;
        // What a withdrawal dropped may still lie in the WAL of a process that was ended.
        store.truncate_wal()?;
        let kept = store.read(kept_realm)?;
        if let Some(kept) = kept.filter(|kept| *kept != realm) {
            return Err(GatewayError::RealmMismatch { kept, asked: realm });
        }
        // The realm is written last: a first start that was cut off goes on where it was.
        let keys = PlatformKeys::open(data, kept.is_none(), store.read(vouches_for_blanks)?, &*env)?;
        if kept.is_none() {
            store.write(|tx| settings::set(tx, Key::Realm, settings::realm_name(realm).as_bytes()))?;
        }
        while store.write(|tx| chain::catch_up(tx, CAUGHT_UP))? {}
        store.write(|tx| lives::begin(tx, || Instance(random(&*env)), env.now()))?;
        Ok(Self::of(data, store, keys, realm, env))
    }

    /// Opens a data folder on which a server was started before, beside it or not. Of the keys only the one is read that signs
    /// what is done here.
    ///
    /// # Errors
    /// `older_schema` where a server of an older program runs.
    pub fn attach(data: &Path, env: Arc<dyn Env>) -> Result<Self, GatewayError> {
        let store = Store::attach(data)?;
        let realm = store.read(kept_realm)?.ok_or(GatewayError::NotInitialised)?;
        let root = store
            .read(|tx| settings::get(tx, Key::Trust))?
            .ok_or(GatewayError::NotInitialised)?;
        let root = Trust::read(&root).map_err(|_| GatewayError::Stored("trust"))?.root;
        let keys = PlatformKeys::attach(data, root, &*env)?;
        Ok(Self::of(data, store, keys, realm, env))
    }

    fn of(data: &Path, store: Store, keys: PlatformKeys, realm: Realm, env: Arc<dyn Env>) -> Self {
        Self {
            store,
            keys,
            realm,
            tokens: TokenKey::new(random(&*env)),
            env,
            nonces: Mutex::default(),
            data: data.to_owned(),
            by: "server".to_owned(),
            stepped_over: Mutex::default(),
        }
    }

    /// The same for what this person does.
    #[must_use]
    pub fn by(self, name: &str) -> Self {
        Self {
            by: name.to_owned(),
            ..self
        }
    }

    /// The folder's world.
    pub fn realm(&self) -> Realm {
        self.realm
    }

    /// Key that signs answers.
    pub fn platform_key(&self) -> VerifyKey {
        self.keys.platform.public()
    }

    pub(crate) fn now(&self) -> UnixTime {
        self.env.now()
    }

    pub(crate) fn sign<M: Message>(&self, message: &M) -> Vec<u8> {
        Signed::make(message, &self.keys.platform)
    }

    pub(crate) fn device(&self, id: DeviceId) -> Result<devices::Device, Denied> {
        self.store.read(|tx| devices::get(tx, id))?.ok_or(Denied::Unauthorised)
    }
}

/// The current trust message names a key of blank cards.
pub(crate) fn vouches_for_blanks(tx: &rusqlite::Transaction<'_>) -> Result<bool, GatewayError> {
    let Some(trust) = settings::get(tx, Key::Trust)? else {
        return Ok(false);
    };
    let trust = Trust::read(&trust).map_err(|_| GatewayError::Stored("trust"))?;
    Ok(!trust.blank_keys().is_empty())
}

fn kept_realm(tx: &rusqlite::Transaction<'_>) -> Result<Option<Realm>, GatewayError> {
    match settings::get(tx, Key::Realm)? {
        None => Ok(None),
        Some(name) => settings::realm_of(&name).map(Some).ok_or(GatewayError::Stored("realm")),
    }
}
