//! A device with many residents, for what is measured beside them.

use crate::Person;
use app::{Session, env::Env};
use domain::{
    code::Code,
    date::CivilDate,
    ids::{Eid, Realm, Rid},
    registration::{Circumstances, Draft},
    signers::SigningRule,
    state::{self, Event, State},
};
use protocol::{
    enrolment::Trust,
    envelope::{Body, Capture, Envelope, Header, Kind, VERSION},
};
use store::{StoreError, device, drafts, revise};

/// Registrations in one transaction: saving them one by one would wait for the disk as often as there are residents.
const AT_ONCE: usize = 2_000;

/// The form of invented person `n`.
pub fn draft(n: u32) -> Draft {
    let mut person = Person::number(n);
    // Beyond the 1,000 serials of invented people, the number's place code tells them apart.
    person.number = format!("{:03}{}", n / 1000 % 1000, &person.number[3..]);
    serde_json::from_value(person.draft()).expect("a draft")
}

/// Registers people 0 to `count` on a practice device.
pub fn fill(session: &Session, env: &dyn Env, count: u32) {
    fill_with(session, env, (0..count).map(draft));
}

/// Registers whoever these forms are about, sealed and signed as at a door.
pub fn fill_with(session: &Session, env: &dyn Env, forms: impl Iterator<Item = Draft>) {
    let identity = session.identity();
    let around = Circumstances {
        today: CivilDate::in_vietnam(env.now()),
        realm: Realm::Development,
        signing: SigningRule::CAREFUL,
        operator: 1,
        correcting: false,
        master: domain::master::Master::built_in(),
    };
    for chunk in forms.collect::<Vec<_>>().chunks(AT_ONCE) {
        let written = session.store().write(|tx| -> Result<_, StoreError> {
            let keys = device::keys(tx)?.expect("keys");
            let opener = Trust::read(&device::trust(tx)?.expect("trust")).expect("trust").openers[0];
            for form in chunk {
                let content = form.finish(&around).expect("a finished form");
                let (rid, eid) = (Rid(env.random()), Eid(env.random()));
                let code = Code::from_parts(identity.group, env.random()).expect("a code");
                let at = device::position(tx)?;
                let captured = Capture {
                    wall: env.now(),
                    monotonic: 0,
                    boot: 0,
                    server_floor: None,
                };
                let header = Header {
                    version: VERSION,
                    eid,
                    rid,
                    base: None,
                    device: identity.device,
                    epoch: at.epoch,
                    seq: at.seq,
                    prev: at.prev,
                    operator: 1,
                    realm: identity.realm,
                    opener: opener.id(),
                    kind: Kind::Registration,
                    captured,
                    commune: content.residence.commune,
                    notice: 1,
                    code,
                    ext: Default::default(),
                };
                let body = Body::Registration(Box::new(content.clone()));
                let envelope = Envelope::make(header, &body, &opener, &keys.signing, &mut env.rng()).expect("sealed");
                drafts::begin(tx, &rid, form.household.as_ref(), form, env.now())?;
                let saved = state::next(State::Draft, None, Event::Saved { head: eid }).expect("a draft is saved");
                let new = revise::NewRevision {
                    envelope: &envelope,
                    content: Some(&content),
                    now: env.now(),
                };
                revise::put_revision(tx, &new, &saved)?;
            }
            Ok(())
        });
        written.expect("written");
    }
}
