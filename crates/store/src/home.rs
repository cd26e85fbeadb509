//! The home folder: who may enter, and what lies where. See the crate's front page for the layout.

use crate::{
    Moment, Result, SecretKind, SecretVault, Spool, Store, StoreError,
    counter::{Beside, Counter, Tally},
    files,
    hashing::{Key, derive},
    open::{self, Opened},
    pin::KdfCost,
    point,
    slots::Slots,
};
use domain::ids::{OperatorId, Realm};
use rand_core::CryptoRng;
use serde::{Deserialize, Serialize};
use std::{
    fmt,
    fs::{self, File, OpenOptions, TryLockError},
    path::{Path, PathBuf},
    str::FromStr,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};
use zeroize::Zeroizing;

const LOCK: &str = "lock";
const DEVICE: &str = "device.json";
const SLOTS: &str = "slots.json";
pub(crate) const SPOOL: &str = "spool";
const ASIDE: &str = "aside";
pub(crate) const DATABASE: &str = "registrations.db";
pub(crate) const CONTACT: &str = "contact";

/// Names one home folder for ever: 16 random bytes, as text 32 hexadecimal digits. Says nothing about anybody.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct HomeId(pub [u8; 16]);

impl fmt::Display for HomeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&domain::ids::Rid(self.0), f)
    }
}

impl fmt::Debug for HomeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HomeId({self})")
    }
}

impl FromStr for HomeId {
    type Err = domain::ids::BadId;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        domain::ids::Rid::from_str(text).map(|id| Self(id.0))
    }
}

/// `device.json`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct DeviceFile {
    version: u32,
    home: String,
    realm: Realm,
    secret: SecretKind,
    /// First 8 bytes of a hash of the secret: tells a wrong PIN from a wrong keyring.
    secret_check: String,
    /// A database was once complete here: if it is gone or empty now, that is damage and not a first start.
    database_made: bool,
    /// What the device was lies in a database that was set aside: it has to be enrolled again.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    lost: bool,
}

struct Inner {
    path: PathBuf,
    id: HomeId,
    realm: Realm,
    secret: SecretKind,
    /// Serialises what reads and rewrites `slots.json` and `device.json`.
    small_files: Mutex<()>,
    open: AtomicBool,
    /// Wrong PINs as this program counted them last.
    counted: Mutex<Option<Tally>>,
    /// Held as long as any clone of the home, or its store, lives.
    _lock: File,
}

/// A home folder whose lock is held. Clones share the lock.
#[derive(Clone)]
pub struct Home(Arc<Inner>);

impl fmt::Debug for Home {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Home({})", self.0.id)
    }
}

fn take_lock(path: &Path) -> Result<File> {
    let file = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(path.join(LOCK))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(StoreError::InUse),
        Err(TryLockError::Error(error)) => Err(error.into()),
    }
}

fn check_of(secret: &Key, id: HomeId) -> String {
    derive(secret.as_ref(), &id.0, "tungnha/1/secret-check")[..8]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

impl Home {
    /// Makes a new device folder: takes the lock, makes the device secret in `vault`, writes `device.json` last.
    pub fn create(path: &Path, realm: Realm, vault: &dyn SecretVault, rng: &mut dyn CryptoRng) -> Result<Self> {
        files::private_dir(path)?;
        let lock = take_lock(path)?;
        if path.join(DEVICE).try_exists()? {
            return Err(StoreError::HomeExists);
        }
        let mut id = HomeId([0; 16]);
        rng.fill_bytes(&mut id.0);
        let mut secret: Key = Zeroizing::new([0; 32]);
        rng.fill_bytes(secret.as_mut());
        vault.create(&id, &secret)?;
        let device = DeviceFile {
            version: 1,
            home: id.to_string(),
            realm,
            secret: vault.kind(),
            secret_check: check_of(&secret, id),
            database_made: false,
            lost: false,
        };
        write_json(&path.join(DEVICE), &device)?;
        Ok(Self::with(path, lock, id, &device))
    }

    /// Takes the lock of an existing folder. `InUse` if another program, or another `Home` of this one, has it.
    pub fn open(path: &Path) -> Result<Self> {
        if !Self::exists(path)? {
            return Err(StoreError::NoHome);
        }
        let lock = take_lock(path)?;
        let device = read_device(path)?;
        let id = device.home.parse().map_err(|_| StoreError::BadFile { file: DEVICE })?;
        Ok(Self::with(path, lock, id, &device))
    }

    /// True if a device was made in this folder.
    pub fn exists(path: &Path) -> Result<bool> {
        Ok(path.join(DEVICE).try_exists()?)
    }

    fn with(path: &Path, lock: File, id: HomeId, device: &DeviceFile) -> Self {
        Self(Arc::new(Inner {
            path: path.to_owned(),
            id,
            realm: device.realm,
            secret: device.secret,
            small_files: Mutex::new(()),
            open: AtomicBool::new(false),
            counted: Mutex::default(),
            _lock: lock,
        }))
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        &self.0.path
    }

    /// Its id.
    pub fn id(&self) -> HomeId {
        self.0.id
    }

    /// The world it belongs to.
    pub fn realm(&self) -> Realm {
        self.0.realm
    }

    /// Where its secret lies: which vault to ask.
    pub fn secret_kind(&self) -> SecretKind {
        self.0.secret
    }

    /// The device secret, checked to be this device's.
    pub(crate) fn secret(&self, vault: &dyn SecretVault) -> Result<Key> {
        let secret = vault.load(&self.0.id)?.ok_or(StoreError::SecretMissing)?;
        if check_of(&secret, self.0.id) != read_device(&self.0.path)?.secret_check {
            return Err(StoreError::SecretMismatch);
        }
        Ok(secret)
    }

    /// A database was once complete here.
    pub fn has_database(&self) -> Result<bool> {
        Ok(read_device(&self.0.path)?.database_made)
    }

    /// What the device was lies in a database that was set aside: it has to be enrolled again.
    pub fn is_lost(&self) -> Result<bool> {
        Ok(read_device(&self.0.path)?.lost)
    }

    /// Notes that the device has to be enrolled again, or that it was.
    pub fn set_lost(&self, lost: bool) -> Result<()> {
        match self.is_lost()? == lost {
            true => Ok(()),
            false => self.change_device(|device| device.lost = lost),
        }
    }

    /// The spool, which needs no PIN.
    pub fn spool(&self, vault: &dyn SecretVault) -> Result<Spool> {
        Spool::new(
            &self.0.path.join(SPOOL),
            &self.0.path.join(CONTACT),
            &self.secret(vault)?,
            self.0.id,
        )
    }

    // ------------------------------------------------------------------------------------------ people

    /// Operators who have a slot here, in the order in which they were added.
    pub fn operators(&self) -> Result<Vec<OperatorId>> {
        Ok(self.slots()?.operators())
    }

    /// Makes the database key and the first operator's slot. Fails if there is a slot already, or the PIN is weak.
    pub fn first_operator(
        &self,
        vault: &dyn SecretVault,
        operator: OperatorId,
        pin: &str,
        cost: KdfCost,
        rng: &mut dyn CryptoRng,
    ) -> Result<()> {
        domain::pin::judge(pin)?;
        let secret = self.secret(vault)?;
        let mut key: Key = Zeroizing::new([0; 32]);
        rng.fill_bytes(key.as_mut());
        self.counter(vault, &secret).begin()?;
        self.change_slots(|slots| {
            if !slots.is_empty() {
                return Err(StoreError::OperatorSlot("exists"));
            }
            slots.put(self.0.id, operator, &secret, pin, cost, &key, rng)
        })
    }

    fn counter<'a>(&self, vault: &'a dyn SecretVault, secret: &Key) -> Counter<BesideSecret<'a>> {
        let beside = BesideSecret(vault, self.0.id);
        Counter::new(&self.0.path, &self.0.id.0, beside, secret)
    }

    /// Judges a PIN: waits are kept, the attempt is on the disk before the PIN is looked at.
    fn raw_key(
        &self,
        vault: &dyn SecretVault,
        secret: &Key,
        operator: OperatorId,
        pin: &str,
        now: Moment,
    ) -> Result<Key> {
        let mut slots = self.slots()?;
        let before = slots.counted_here(operator)?;
        let counter = self.counter(vault, secret);
        let mut remembered = self.0.counted.lock().unwrap_or_else(PoisonError::into_inner);
        let counted = counter.count(operator, before, &mut remembered, now)?;
        point!("pin.counted");
        let key = slots.open(self.0.id, operator, secret, pin, (counted, now))?;
        counter.forgive(operator, &mut remembered);
        Ok(key)
    }

    /// A slot of an older program says from now on that its attempts are counted in two places. What cannot be written
    /// now is written the next time.
    fn note_counted(&self, secret: &Key, operator: OperatorId, pin: &str, key: &Key, rng: &mut dyn CryptoRng) {
        if self
            .slots()
            .and_then(|mut slots| slots.counted_here(operator))
            .is_ok_and(|before| before.is_some())
        {
            let again = |slots: &mut Slots| slots.renew(self.0.id, operator, secret, pin, key, rng);
            let _ = self.change_slots(again);
        }
    }

    /// Wraps the database key anew under another PIN (and cost). The old PIN is judged like any attempt.
    #[allow(clippy::too_many_arguments)]
    pub fn change_pin(
        &self,
        vault: &dyn SecretVault,
        operator: OperatorId,
        old: &str,
        new: &str,
        cost: KdfCost,
        now: Moment,
        rng: &mut dyn CryptoRng,
    ) -> Result<()> {
        domain::pin::judge(new)?;
        let secret = self.secret(vault)?;
        let key = self.raw_key(vault, &secret, operator, old, now)?;
        self.change_slots(|slots| slots.put(self.0.id, operator, &secret, new, cost, &key, rng))
    }

    /// Opens the database for an operator.
    ///
    /// A wrong PIN touches nothing but the counter. `Damaged`: the file did not open with its own, authenticated key and
    /// was moved to `aside/`; the next call makes a new, empty database, whose device must be enrolled again (its keys lay
    /// in the old one) while the spool still sends. `NewerSchema`: the file was left as it is.
    pub fn unlock(
        &self,
        vault: &dyn SecretVault,
        operator: OperatorId,
        pin: &str,
        now: Moment,
        rng: &mut dyn CryptoRng,
    ) -> Result<Store> {
        let secret = self.secret(vault)?;
        let guard = OpenGuard::take(self)?;
        let key = self.raw_key(vault, &secret, operator, pin, now)?;
        self.note_counted(&secret, operator, pin, &key, rng);
        let file = self.0.path.join(DATABASE);
        let made = read_device(&self.0.path)?.database_made;
        // SQLite takes a file shorter than one page for a new database and would write over it.
        let usable = fs::metadata(&file).is_ok_and(|meta| meta.len() >= open::PAGE);
        if made && !usable {
            return Err(StoreError::Damaged {
                aside: self.move_aside()?,
            });
        }
        match open::open(&file, &key, rng)? {
            Opened::Ready(connection) => {
                if !made {
                    self.note_database(true)?;
                }
                Ok(Store::new(connection, guard, key, secret, operator))
            }
            Opened::Damaged => Err(StoreError::Damaged {
                aside: self.move_aside()?,
            }),
        }
    }

    /// Moves the database aside (rename, whole, with its write-ahead log) and answers where it lies now. For damage met
    /// after opening ([`StoreError::Corrupt`], `doctor`); the store must be closed.
    pub fn set_aside(&self) -> Result<PathBuf> {
        let _guard = OpenGuard::take(self)?;
        self.move_aside()
    }

    /// Moves the spool and how to reach the gateway aside, whole: before another device takes this folder. Nothing to
    /// move is as good.
    pub fn set_spool_aside(&self) -> Result<()> {
        let there = |name| self.0.path.join(name).try_exists();
        if !there(SPOOL)? && !there(CONTACT)? {
            return Ok(());
        }
        self.move_to(&self.new_place_aside()?, &[SPOOL, CONTACT].map(str::to_owned))
    }

    fn move_aside(&self) -> Result<PathBuf> {
        let place = self.new_place_aside()?;
        // The log first: a database without its log would open as an older state, a log without its database is ignored.
        self.move_to(
            &place,
            &["-wal", "-shm", "-journal", ""].map(|suffix| format!("{DATABASE}{suffix}")),
        )?;
        self.note_database(false)?;
        Ok(place)
    }

    fn new_place_aside(&self) -> Result<PathBuf> {
        let all = self.0.path.join(ASIDE);
        files::private_dir(&all)?;
        let mut number = 1u32;
        loop {
            let place = all.join(number.to_string());
            // Making the folder claims the number: nothing set aside before is ever written into.
            match fs::create_dir(&place) {
                Ok(()) => return Ok(place),
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => number += 1,
                Err(error) => return Err(error.into()),
            }
        }
    }

    fn move_to(&self, place: &Path, names: &[String]) -> Result<()> {
        for name in names {
            match fs::rename(self.0.path.join(name), place.join(name)) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
                _ => {}
            }
        }
        for folder in [place, &self.0.path.join(ASIDE), &self.0.path] {
            files::sync_dir(folder)?;
        }
        Ok(())
    }

    fn note_database(&self, made: bool) -> Result<()> {
        self.change_device(|device| {
            device.database_made = made;
            device.lost |= !made;
        })
    }

    fn change_device(&self, change: impl FnOnce(&mut DeviceFile)) -> Result<()> {
        let _one = self.0.small_files.lock().unwrap_or_else(PoisonError::into_inner);
        let mut device = read_device(&self.0.path)?;
        change(&mut device);
        write_json(&self.0.path.join(DEVICE), &device)
    }

    pub(crate) fn slots(&self) -> Result<Slots> {
        match files::read_if_there(&self.0.path.join(SLOTS))? {
            None => Ok(Slots::default()),
            Some(bytes) => serde_json::from_slice(&bytes).map_err(|_| StoreError::BadFile { file: SLOTS }),
        }
    }

    pub(crate) fn change_slots(&self, change: impl FnOnce(&mut Slots) -> Result<()>) -> Result<()> {
        let _one = self.0.small_files.lock().unwrap_or_else(PoisonError::into_inner);
        let mut slots = self.slots()?;
        change(&mut slots)?;
        self.with_reserve(|| write_json(&self.0.path.join(SLOTS), &slots))
    }
}

/// Where the secret is, the other count is.
struct BesideSecret<'a>(&'a dyn SecretVault, HomeId);

impl Beside for BesideSecret<'_> {
    fn counts(&self) -> Result<Vec<Vec<u8>>> {
        self.0.counts(&self.1)
    }

    fn keep(&self, turn: u64, count: &[u8]) -> Result<()> {
        self.0.keep_count(&self.1, turn, count)
    }
}

fn read_device(path: &Path) -> Result<DeviceFile> {
    let bytes = files::read_if_there(&path.join(DEVICE))?.ok_or(StoreError::NoHome)?;
    let device: DeviceFile = serde_json::from_slice(&bytes).map_err(|_| StoreError::BadFile { file: DEVICE })?;
    if device.version == 1 {
        Ok(device)
    } else {
        Err(StoreError::BadFile { file: DEVICE })
    }
}

fn write_json<T: Serialize>(path: &Path, value: &T) -> Result<()> {
    let mut text = serde_json::to_vec_pretty(value).expect("plain structures always serialise");
    text.push(b'\n');
    files::replace(path, &text)
}

/// One open database per home, also within this process.
pub(crate) struct OpenGuard(pub(crate) Home);

impl OpenGuard {
    fn take(home: &Home) -> Result<Self> {
        match home.0.open.swap(true, Ordering::SeqCst) {
            true => Err(StoreError::InUse),
            false => Ok(Self(home.clone())),
        }
    }
}

impl Drop for OpenGuard {
    fn drop(&mut self) {
        self.0.0.open.store(false, Ordering::SeqCst);
    }
}
