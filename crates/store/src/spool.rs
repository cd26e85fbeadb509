//! What a locked or rebooted tablet still needs to send: sealed copies of unsent envelopes, answers not yet applied, and
//! how to reach the gateway. Readable with the device secret alone; the database stays the truth.
//!
//! Every file is XChaCha20-Poly1305 under a key derived from the device secret, bound to its own name. Names are numbers
//! and random identifiers. A torn file does not open and counts as not there.

use crate::{
    HomeId, Result, StoreError, files,
    hashing::{Key, derive, seal, unseal},
    home::CONTACT,
    point,
};
use domain::{
    ids::{DeviceId, Eid, Realm, UnixTime},
    place::CommuneCode,
};
use minicbor::{Decode, Encode};
use protocol::enrolment::{Operator, Role};
use sha2::{Digest as _, Sha256};
use std::{
    collections::HashMap,
    fmt, fs,
    path::{Path, PathBuf},
};
use zeroize::Zeroizing;

const SEALED: &str = "sealed";
const ANSWER: &str = "answer";

/// The spool of one home.
pub struct Spool {
    dir: PathBuf,
    contact: PathBuf,
    key: Key,
}

impl fmt::Debug for Spool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Spool")
    }
}

/// One spooled envelope: its place in the order of sending, and its id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Spooled {
    /// Life of the device's sequence.
    pub epoch: u32,
    /// Number within the epoch.
    pub seq: u64,
    /// The envelope.
    pub eid: Eid,
}

/// An envelope that waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// The envelope.
    pub eid: Eid,
    /// Life of the device's sequence.
    pub epoch: u32,
    /// Number within the epoch.
    pub seq: u64,
    /// The signed bytes.
    pub envelope: Vec<u8>,
}

impl Waiting {
    /// Its place in the spool.
    pub fn spooled(&self) -> Spooled {
        Spooled {
            epoch: self.epoch,
            seq: self.seq,
            eid: self.eid,
        }
    }
}

impl Spooled {
    fn name(&self) -> String {
        format!("{:08x}-{:016x}-{}.{SEALED}", self.epoch, self.seq, self.eid)
    }

    fn parse(name: &str) -> Option<Self> {
        let mut parts = name.strip_suffix(&format!(".{SEALED}"))?.splitn(3, '-');
        let epoch = u32::from_str_radix(parts.next()?, 16).ok()?;
        let seq = u64::from_str_radix(parts.next()?, 16).ok()?;
        let found = Self {
            epoch,
            seq,
            eid: parts.next()?.parse().ok()?,
        };
        (found.name() == name).then_some(found)
    }
}

/// What a locked device needs: to send (the transport key only asks for tokens), and to say whose it is.
#[derive(Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Contact {
    /// Base URL of the gateway.
    #[n(0)]
    pub gateway: String,
    /// The trust message as it was verified (CBOR, signed by the root).
    #[cbor(n(1), with = "minicbor::bytes")]
    pub trust: Vec<u8>,
    /// Device.
    #[n(2)]
    pub device: DeviceId,
    /// World.
    #[n(3)]
    pub realm: Realm,
    /// Seed of the Ed25519 transport key.
    #[cbor(n(4), with = "minicbor::bytes")]
    pub transport_seed: [u8; 32],
    /// Last time signed by the server.
    #[n(5)]
    pub server_floor: Option<UnixTime>,
    /// What the device is for.
    #[n(6)]
    pub role: Role,
    /// Team, as a locked device shows it.
    #[n(7)]
    pub team: String,
    /// Communes of the team.
    #[n(8)]
    pub communes: Vec<CommuneCode>,
    /// People who may sign in, as a locked device shows them.
    #[n(9)]
    pub operators: Vec<Operator>,
}

impl fmt::Debug for Contact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Contact(device {}, {:?})", self.device, self.realm)
    }
}

impl Drop for Contact {
    fn drop(&mut self) {
        zeroize::Zeroize::zeroize(&mut self.transport_seed);
    }
}

impl Spool {
    pub(crate) fn new(dir: &Path, contact: &Path, secret: &Key, home: HomeId) -> Result<Self> {
        files::private_dir(dir)?;
        let key = derive(secret.as_ref(), &home.0, "tungnha/1/spool");
        Ok(Self {
            dir: dir.to_owned(),
            contact: contact.to_owned(),
            key,
        })
    }

    /// Puts a sealed copy of an unsent envelope. No fsync: the database is the truth, and [`Spool::reconcile`] mends.
    pub fn put(&self, at: Spooled, envelope: &[u8]) -> Result<()> {
        let name = at.name();
        files::replace_lazily(&self.dir.join(&name), &seal(&self.key, &name, envelope))?;
        point!("spool.written");
        Ok(())
    }

    fn names(&self) -> Result<Vec<String>> {
        let entries = fs::read_dir(&self.dir)?.collect::<Result<Vec<_>, _>>()?;
        let mut names: Vec<_> = entries
            .into_iter()
            .filter_map(|entry| entry.file_name().into_string().ok())
            .collect();
        names.sort();
        Ok(names)
    }

    /// What is spooled, in the order of sending. Says nothing about whether a file opens.
    pub fn list(&self) -> Result<Vec<Spooled>> {
        Ok(self.names()?.iter().filter_map(|name| Spooled::parse(name)).collect())
    }

    fn open(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>> {
        let Some(sealed) = files::read_if_there(&self.dir.join(name))? else {
            return Ok(None);
        };
        Ok(unseal(&self.key, name, &sealed).ok())
    }

    /// The envelope's bytes; `None` where there is no file or a torn one.
    pub fn get(&self, at: &Spooled) -> Result<Option<Vec<u8>>> {
        Ok(self.open(&at.name())?.map(|bytes| bytes.to_vec()))
    }

    /// Takes a copy away.
    pub fn remove(&self, at: &Spooled) -> Result<()> {
        files::remove_if_there(&self.dir.join(at.name()))
    }

    /// Keeps a signed answer that could not be applied because the device is locked. Durable when this returns; the same
    /// answer twice is one file.
    pub fn put_answer(&self, answer: &[u8]) -> Result<()> {
        let name = answer_name(answer);
        files::replace(&self.dir.join(&name), &seal(&self.key, &name, answer))
    }

    /// Answers that wait to be applied; torn ones are left out (they would be asked for again).
    pub fn answers(&self) -> Result<Vec<Vec<u8>>> {
        let names = self.names()?;
        let answers = names.iter().filter(|name| name.ends_with(&format!(".{ANSWER}")));
        let opened: Result<Vec<_>> = answers.map(|name| self.open(name)).collect();
        Ok(opened?.into_iter().flatten().map(|bytes| bytes.to_vec()).collect())
    }

    /// The answer is applied and committed.
    pub fn remove_answer(&self, answer: &[u8]) -> Result<()> {
        files::remove_if_there(&self.dir.join(answer_name(answer)))
    }

    /// Makes the spool equal to the outbox: writes what is missing or torn, takes away what is no longer waiting (also
    /// temporary files). Answers stay. Gives back how many files were written and taken away.
    pub fn reconcile(&self, waiting: &[Waiting]) -> Result<(usize, usize)> {
        let wanted: HashMap<String, &Waiting> = waiting.iter().map(|w| (w.spooled().name(), w)).collect();
        let (mut written, mut removed) = (0, 0);
        for name in self.names()? {
            if !wanted.contains_key(&name) && !name.ends_with(&format!(".{ANSWER}")) {
                files::remove_if_there(&self.dir.join(&name))?;
                removed += 1;
            }
        }
        for (name, waiting) in wanted {
            if self.open(&name)?.is_none_or(|bytes| *bytes != waiting.envelope) {
                self.put(waiting.spooled(), &waiting.envelope)?;
                written += 1;
            }
        }
        Ok((written, removed))
    }

    /// Keeps how to reach the gateway. Durable when this returns.
    pub fn set_contact(&self, contact: &Contact) -> Result<()> {
        let plain = Zeroizing::new(protocol::cbor::encode(contact));
        files::replace(&self.contact, &seal(&self.key, CONTACT, &plain))
    }

    /// How to reach the gateway; `None` before enrolment.
    pub fn contact(&self) -> Result<Option<Contact>> {
        let Some(sealed) = files::read_if_there(&self.contact)? else {
            return Ok(None);
        };
        let plain = unseal(&self.key, CONTACT, &sealed).map_err(|_| StoreError::BadFile { file: CONTACT })?;
        protocol::cbor::decode(&plain, 64 * 1024)
            .map(Some)
            .map_err(|_| StoreError::BadFile { file: CONTACT })
    }
}

fn answer_name(answer: &[u8]) -> String {
    let digest = domain::ids::Digest(Sha256::digest(answer).into());
    format!("{}.{ANSWER}", digest.link())
}
