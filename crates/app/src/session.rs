//! An unlocked device.

use crate::refusal::Refusal;
use crate::{
    AppError,
    env::Env,
    known_master::Known,
    line::Line,
    place::{FIRST, Place},
};
use client::Connection;
use domain::{
    clock::Clock,
    code::Code,
    ids::{Digest, Eid, Link, OperatorId, Realm, Rid, UnixTime},
    place::CommuneCode,
    registration::Registration,
    state::{self, Event, State},
};
use protocol::{
    enrolment::Trust,
    envelope::{Body, Capture, Envelope, Header, Kind, VERSION},
};
use std::sync::{
    Arc, Mutex, MutexGuard, PoisonError, RwLock,
    atomic::{AtomicBool, Ordering},
};
use store::{
    Contact, Home, Moment, Read, Spool, Spooled, Store, StoreError, Write, audit,
    device::{self, Identity, Keys},
    envelopes,
    outbox::{self, Waiting},
    purge,
    records::{self, Record},
    revise::{self, NewRevision},
};

/// An unlocked device: who works on it, and everything a use case needs.
pub struct Session {
    pub(crate) store: Store,
    pub(crate) spool: Spool,
    pub(crate) identity: Identity,
    pub(crate) keys: Keys,
    pub(crate) operator: OperatorId,
    pub(crate) place: Place,
    pub(crate) env: Arc<dyn Env>,
    /// Master data as it was read last.
    pub(crate) known: RwLock<Known>,
    /// What one run of sync leaves to the next.
    pub(crate) line: Mutex<Line>,
    /// The PIN that opened it would not be taken today.
    pub(crate) weak_pin: AtomicBool,
}

/// Everything a new revision is made of.
pub(crate) struct Revision<'a> {
    pub(crate) rid: Rid,
    pub(crate) eid: Eid,
    pub(crate) code: Code,
    pub(crate) kind: Kind,
    pub(crate) base: Option<Link>,
    pub(crate) content: Option<Registration>,
    pub(crate) commune: CommuneCode,
    pub(crate) notice: u16,
    pub(crate) before: (State, Option<Eid>),
    pub(crate) event: Event,
    pub(crate) moment: Moment,
    pub(crate) action: &'a str,
}

/// A revision that was kept, and its copy for the spool.
pub(crate) struct Kept {
    pub(crate) state: State,
    place: Spooled,
    bytes: Vec<u8>,
}

impl Session {
    /// Takes the lock, judges the PIN, opens the database and makes the spool equal the outbox.
    ///
    /// # Errors
    /// `in_use`, `wrong_pin`, `pin_delay`, `damaged` (set aside), `newer_schema`, `not_enrolled`, ...: in every case
    /// nothing that was saved is lost.
    pub fn open(place: &Place, operator: Option<OperatorId>, pin: &str, env: Arc<dyn Env>) -> Result<Self, AppError> {
        Self::unlock(&Home::open(&place.home)?, place, operator, pin, env)
    }

    /// The same for a folder whose lock is held already.
    pub fn unlock(
        home: &Home,
        place: &Place,
        operator: Option<OperatorId>,
        pin: &str,
        env: Arc<dyn Env>,
    ) -> Result<Self, AppError> {
        let vault = place.vault(home.secret_kind())?;
        let operator = match operator {
            Some(operator) => operator,
            None => *home.operators()?.first().ok_or(StoreError::NotEnrolled)?,
        };
        let unlock = || home.unlock(&*vault, operator, pin, env.moment(), &mut env.rng());
        let begin = || Self::begin(unlock()?, operator, place, env.clone());
        let begun = match begin() {
            Err(AppError::Store(StoreError::DiskFull)) if home.give_up_reserve() => begin(),
            begun => begun,
        };
        match begun {
            Err(AppError::Store(StoreError::Corrupt)) => Err(set_aside_if_damaged(home, unlock)),
            Err(AppError::Store(StoreError::NotEnrolled)) if operator != FIRST => {
                // An empty database in the place of one that was set aside, maybe by an older program.
                home.set_lost(true)?;
                Err(StoreError::NotEnrolled.into())
            }
            begun => begun.inspect(|session| {
                let weak = domain::pin::judge(pin).is_err();
                session.weak_pin.store(weak, Ordering::Relaxed);
            }),
        }
    }

    /// What a use case that met damage ([`StoreError::Corrupt`]) answers: if the whole file is looked at and is damaged
    /// indeed, it is set aside, and the answer says where.
    pub fn met_damage(self, place: &Place, pin: &str) -> AppError {
        let (operator, env) = (self.operator, self.env.clone());
        let home = self.close();
        match place.vault(home.secret_kind()) {
            Ok(vault) => set_aside_if_damaged(&home, || {
                home.unlock(&*vault, operator, pin, env.moment(), &mut env.rng())
            }),
            Err(error) => error,
        }
    }

    pub(crate) fn begin(
        store: Store,
        operator: OperatorId,
        place: &Place,
        env: Arc<dyn Env>,
    ) -> Result<Self, AppError> {
        let (identity, keys, known) = store
            .read(|tx| -> Result<_, AppError> { Ok((device::identity(tx)?, device::keys(tx)?, Known::read(tx)?)) })?;
        let identity = identity.ok_or(StoreError::NotEnrolled)?;
        let keys = keys.ok_or(StoreError::NotEnrolled)?;
        let spool = store.spool()?;
        let session = Self {
            store,
            spool,
            identity,
            keys,
            operator,
            place: place.clone(),
            env,
            known: RwLock::new(known),
            line: Mutex::default(),
            weak_pin: AtomicBool::new(false),
        };
        // Left over when the last contact was cut off, or the disk was full. Who left opens nothing any more.
        if session.let_go().is_ok() && !session.store.home().operators()?.contains(&operator) {
            return Err(AppError::Store(StoreError::UnknownOperator));
        }
        // A run that was killed between erasing and emptying the log left in the log what it erased. Where this fails (a
        // full disk) the next unlock tries again; nobody is kept out for it.
        let _ = session.store.scrub();
        match session.take_in_spool() {
            // The copies wait for room; people go on with the database, also to make room by sending.
            Err(AppError::Store(StoreError::DiskFull)) => {}
            other => other?,
        }
        // Locked for people, and only now: whose copy was torn has it made again, so that `sync --locked` sends
        // everything that waits, and the platform holds it for a person to decide.
        if session.store.read(device::revoked)?.is_some() {
            return Err(AppError::Refused(Refusal::Revoked));
        }
        session.rebuild_contact();
        // Room for the day on which there is none; whoever signs in on that day is not kept out for it.
        let _ = session.store.home().keep_reserve();
        // What is due to be purged takes its time and is not waited for: whoever signed in works meanwhile.
        Ok(session)
    }

    /// What a locked device left: copies that the database lost, answers that came; then both are equal again.
    fn take_in_spool(&self) -> Result<(), AppError> {
        self.adopt_orphans()?;
        self.apply_spooled_answers(&mut crate::sync::Report::default())?;
        self.reconcile_spool()
    }

    /// Makes the spool equal to the outbox, and leaves alone what only the spool still has.
    fn reconcile_spool(&self) -> Result<(), AppError> {
        let mut keep = self.store.read(outbox::waiting)?;
        keep.extend(self.orphans()?);
        self.spool.reconcile(&keep)?;
        Ok(())
    }

    /// Sealed copies of envelopes that this database does not know, because it lost its last transactions (a damaged log,
    /// an older image). Nobody else has them.
    pub(crate) fn orphans(&self) -> Result<Vec<Waiting>, AppError> {
        let copies = self.spool.list()?;
        let unknown = self.store.read(|tx| -> Result<Vec<Spooled>, StoreError> {
            let mut unknown = Vec::new();
            for copy in copies {
                if envelopes::digest(tx, &copy.eid)?.is_none() {
                    unknown.push(copy);
                }
            }
            Ok(unknown)
        })?;
        let mut found = Vec::new();
        for copy in unknown {
            if let Some(envelope) = self.spool.get(&copy)? {
                found.push(Waiting {
                    eid: copy.eid,
                    epoch: copy.epoch,
                    seq: copy.seq,
                    envelope,
                });
            }
        }
        Ok(found)
    }

    /// What this device is.
    pub fn identity(&self) -> &Identity {
        &self.identity
    }

    /// The store, for what looks deeper than a use case (tests, support).
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// Locks the device.
    pub fn close(self) -> Home {
        self.store.close()
    }

    /// What is known of the present moment; every rule goes by it, never by the machine's clock alone.
    ///
    /// # Errors
    /// Of the store. Must not be called inside a transaction: see [`Session::clock_in`].
    pub fn clock(&self) -> Result<Clock, AppError> {
        self.store.read(|tx| self.clock_in(tx))
    }

    /// The same inside a transaction.
    pub(crate) fn clock_in(&self, tx: &Read<'_>) -> Result<Clock, AppError> {
        Ok(self.env.clock(device::server_floor(tx)?))
    }

    /// The platform signed this time: the floor under every clock, unless its own clock stands years ahead.
    pub(crate) fn hear_time(&self, tx: &Write<'_>, told: UnixTime) -> Result<(), AppError> {
        match self.clock_in(tx)?.raised(told) {
            Some(floor) => Ok(device::raise_server_floor(tx, floor)?),
            None => Ok(()),
        }
    }

    /// What one run of sync leaves to the next.
    pub(crate) fn line(&self) -> MutexGuard<'_, Line> {
        self.line.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A `rid` that shows this device: nobody else can register under it first.
    pub(crate) fn new_rid(&self) -> Rid {
        protocol::keys::rid_of(&self.keys.signing.public(), self.env.random())
    }

    pub(crate) fn new_code(&self) -> Result<Code, AppError> {
        Code::from_parts(self.identity.group, self.env.random()).ok_or(AppError::Refused(Refusal::DeviceGroupInvalid))
    }

    /// A registration that has left the form: record, head and its digest, code.
    pub(crate) fn existing(&self, tx: &Read<'_>, rid: Rid) -> Result<(Record, Eid, Digest, Code), AppError> {
        let record = records::get(tx, &rid)?.ok_or(AppError::Refused(Refusal::UnknownRid))?;
        match (record.head, record.head_digest, record.code) {
            (Some(head), Some(digest), Some(code)) => Ok((record, head, digest, code)),
            _ => Err(AppError::Refused(Refusal::NotInThisState)),
        }
    }

    /// Numbers, seals, signs and keeps one revision, all in the caller's transaction.
    pub(crate) fn keep_revision(&self, tx: &Write<'_>, new: Revision<'_>) -> Result<Kept, AppError> {
        let transition = state::next(new.before.0, new.before.1, new.event)?;
        let trust = device::trust(tx)?.ok_or(StoreError::NotEnrolled)?;
        let opener = *Trust::read(&trust)?
            .openers
            .first()
            .ok_or(AppError::Refused(Refusal::NoOpenerKey))?;
        let position = device::position(tx)?;
        let header = Header {
            version: VERSION,
            eid: new.eid,
            rid: new.rid,
            base: new.base,
            device: self.identity.device,
            epoch: position.epoch,
            seq: position.seq,
            prev: position.prev,
            operator: self.operator,
            realm: self.identity.realm,
            opener: opener.id(),
            kind: new.kind,
            captured: Capture {
                wall: new.moment.wall,
                monotonic: new.moment.monotonic,
                boot: new.moment.boot,
                server_floor: device::server_floor(tx)?,
            },
            commune: new.commune,
            notice: new.notice,
            code: new.code,
            ext: Default::default(),
        };
        let body = match &new.content {
            Some(content) => Body::Registration(Box::new(content.clone())),
            None => Body::Withdrawal,
        };
        let envelope = Envelope::make(header, &body, &opener, &self.keys.signing, &mut self.env.rng())?;
        let bytes = envelope.to_bytes();
        let content = new.content.map(Registration::without_strokes);
        revise::put_revision(
            tx,
            &NewRevision {
                envelope: &envelope,
                content: content.as_ref(),
                now: self.clock_in(tx)?.now(),
            },
            &transition,
        )?;
        self.audit(tx, new.moment, new.action, Some(new.rid), Some(new.eid))?;
        store::point!("save.before_commit");
        let place = Spooled {
            epoch: position.epoch,
            seq: position.seq,
            eid: new.eid,
        };
        Ok(Kept {
            state: transition.state,
            place,
            bytes,
        })
    }

    pub(crate) fn audit(
        &self,
        tx: &Write<'_>,
        moment: Moment,
        action: &str,
        rid: Option<Rid>,
        eid: Option<Eid>,
    ) -> Result<(), AppError> {
        audit::append(
            tx,
            &audit::Entry {
                at: moment.wall,
                operator: Some(self.operator),
                action,
                rid,
                eid,
            },
        )?;
        Ok(())
    }

    /// The database is the truth, so a copy that cannot be written now is made at the next unlock.
    pub(crate) fn copy_to_spool(&self, kept: &Kept) {
        let _ = self.spool.put(kept.place, &kept.bytes);
        store::point!("save.after_spool");
    }

    /// Everything that waits has its copy again; what cannot be written now is at the next unlock.
    pub(crate) fn copy_waiting(&self) {
        let _ = self.reconcile_spool();
    }

    /// A copy that cannot be removed now goes at the next unlock; sending it again changes nothing.
    pub(crate) fn forget_spooled(&self, settled: &[Eid]) {
        for copy in self.spool.list().unwrap_or_default() {
            if settled.contains(&copy.eid) {
                let _ = self.spool.remove(&copy);
            }
        }
    }

    /// Erases what has had its time (72 h after acceptance, 7 days after a receipt, 30 days after a refusal), a part at a
    /// time, so that whoever works on the device waits for one part at most.
    pub fn purge_due(&self) -> Result<u64, AppError> {
        let mut purged = 0;
        loop {
            let part = self.purge_part()?;
            purged += part;
            if part > 0 {
                self.store.scrub()?;
            }
            if part < purge::AT_ONCE as u64 {
                return Ok(purged);
            }
        }
    }

    fn purge_part(&self) -> Result<u64, AppError> {
        // A clock set back must not keep plaintext for ever.
        let now = self.clock()?.now();
        // Looked for without the writer's place: usually there is nothing.
        let mut due = self.store.read(|tx| purge::due(tx, now))?;
        due.truncate(purge::AT_ONCE);
        if due.is_empty() {
            return Ok(0);
        }
        self.store.write(|tx| {
            let moment = self.env.moment();
            purge::purge_all(tx, &due, now, |rid| self.audit(tx, moment, "purge", Some(*rid), None))
        })?;
        Ok(due.len() as u64)
    }

    /// A connection to this device's platform.
    pub fn connect(&self) -> Result<Connection, AppError> {
        if self.identity.realm == Realm::Practice {
            return Err(AppError::Refused(Refusal::DemoHasNoGateway));
        }
        let identity = self.store.read(device::identity)?.ok_or(StoreError::NotEnrolled)?;
        self.connect_at(&identity.gateway.ok_or(StoreError::NotEnrolled)?)
    }

    /// A connection to the same platform at another of its addresses.
    pub(crate) fn connect_at(&self, url: &str) -> Result<Connection, AppError> {
        let (trust, floor) = self
            .store
            .read(|tx| -> Result<_, AppError> { Ok((device::trust(tx)?, device::server_floor(tx)?)) })?;
        let trust = Trust::read(&trust.ok_or(StoreError::NotEnrolled)?)?;
        let floor = floor.unwrap_or(trust.issued_at);
        Ok(Connection::new(
            url,
            &trust,
            client::Clock {
                floor,
                now: self.env.now(),
            },
        )?)
    }

    /// What a locked device needs to send: written after everything that may have changed it.
    pub(crate) fn write_contact(&self) -> Result<(), AppError> {
        if let Some(contact) = self.contact()? {
            self.spool.set_contact(&contact)?;
        }
        Ok(())
    }

    /// As the database has it now, not as it was when somebody signed in: the platform may have said more since.
    fn contact(&self) -> Result<Option<Contact>, AppError> {
        let (trust, floor, identity) = self.store.read(|tx| -> Result<_, AppError> {
            Ok((device::trust(tx)?, device::server_floor(tx)?, device::identity(tx)?))
        })?;
        let identity = identity.ok_or(StoreError::NotEnrolled)?;
        Ok(trust.map(|trust| Contact {
            gateway: identity.gateway.unwrap_or_default(),
            trust,
            device: identity.device,
            realm: identity.realm,
            transport_seed: *self.keys.transport.seed(),
            server_floor: floor,
            role: identity.role,
            team: identity.team,
            communes: identity.communes,
            operators: identity.operators,
        }))
    }

    /// `contact` is only a copy of what the database knows: one that is gone, damaged, old, or was never written because
    /// an enrolment was cut, is made again. Where that fails the next unlock tries again; nobody is kept out for it.
    fn rebuild_contact(&self) {
        let Ok(Some(known)) = self.contact() else { return };
        if self.spool.contact().ok().flatten().as_ref() != Some(&known) {
            let _ = self.spool.set_contact(&known);
        }
    }
}

/// Looks at every page before a database with people's records is taken out of use.
fn set_aside_if_damaged(home: &Home, unlock: impl FnOnce() -> Result<Store, StoreError>) -> AppError {
    let damaged = match unlock() {
        Ok(store) => match store.health() {
            Ok(health) => !health.structure.is_empty() || !health.pages.is_empty(),
            Err(StoreError::Corrupt) => true,
            Err(error) => return error.into(),
        },
        Err(StoreError::Corrupt) => true,
        Err(error) => return error.into(),
    };
    if !damaged {
        return StoreError::Corrupt.into();
    }
    match home.set_aside() {
        Ok(aside) => StoreError::Damaged { aside }.into(),
        Err(error) => error.into(),
    }
}
