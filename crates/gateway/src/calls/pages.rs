//! `GET /v1/changes`: a device's log in signed pages.

use crate::{
    error::{Denied, GatewayError},
    gateway::Gateway,
    rules::{healing::Asking, revocation},
    store::{
        blanks,
        changes::{self, Entry, Marker},
        devices::{self, Device},
        lives, master,
        settings::{self, Key},
        teams,
    },
};
use domain::ids::DeviceId;
use protocol::{
    cbor::{self, Blob},
    changes::{Change, ChangesPage, DeviceKey, KEYS_MAX, KeyNews, PAGE_MAX, Team},
    healing::Life,
    master::MasterNews,
};
use rusqlite::Transaction;

/// Most bytes of the changes of a page. One change larger than this travels alone.
const PAGE_BYTES: usize = 512 * 1024;
/// A contact is noted at most once in so many seconds: a poll costs no disk write.
pub(super) const CONTACT_EVERY: i64 = 60;

/// Which part of the list of device keys is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AskedKeys {
    /// What changed after this serial.
    pub after: u64,
    /// With the day of enrolment and the group of codes of each.
    pub origins: bool,
}

impl Gateway {
    /// [`Gateway::changes_in`] for a program that knows nothing of lives.
    pub fn changes(
        &self,
        device: DeviceId,
        since: u64,
        keys: Option<AskedKeys>,
        master: Option<u64>,
    ) -> Result<Vec<u8>, Denied> {
        self.changes_in(device, since, keys, master, None)
    }

    /// One page of what happened after `since`, bound to device and question. With `keys`, the part of the list of
    /// device keys after that serial too; with `master`, the master data after that one. With `life`, whose cursor `since`
    /// is: a page for another life than this one, or for a cursor beyond the log's end, is empty and says so.
    pub fn changes_in(
        &self,
        device: DeviceId,
        since: u64,
        keys: Option<AskedKeys>,
        master: Option<u64>,
        life: Option<Asking>,
    ) -> Result<Vec<u8>, Denied> {
        let now = self.now();
        let (page, stale, carried, reset) = self.store.read(|tx| -> Result<_, Denied> {
            let device = devices::get(tx, device)?.ok_or(Denied::Unauthorised)?;
            let stale = device.last_contact.is_none_or(|at| at + CONTACT_EVERY <= now);
            let carried = changes::carries_too_long(tx, device.id, since, now)?;
            let life = life
                .map(|asking| lives::of_page(tx, device.id, asking, since))
                .transpose()?;
            let ext = life.map(Life::to_extensions).unwrap_or_default();
            if life.is_some_and(|life| life.reset) {
                let page = ChangesPage {
                    device: device.id,
                    since,
                    next: since,
                    more: false,
                    time: now,
                    changes: Vec::new(),
                    wait: None,
                    keys: None,
                    master: None,
                    ext,
                };
                return Ok((page, stale, false, true));
            }
            let mut rows = changes::after(tx, device.id, since, PAGE_MAX + 1)?;
            let mut more = rows.len() > PAGE_MAX;
            rows.truncate(PAGE_MAX);
            let (mut next, mut bytes, mut list) = (since, 0, Vec::with_capacity(rows.len()));
            for (number, entry) in rows {
                if device.revoked_at.is_some() && !revocation::may_get(&entry) {
                    next = number;
                    continue;
                }
                // A program that asks for no keys is older than pools of cards and could not read the page.
                if matches!(entry, Entry::Marker(Marker::Blanks)) && keys.is_none() {
                    next = number;
                    continue;
                }
                let change = fill_in(tx, &device, entry)?;
                bytes += cbor::encode(&change).len();
                if bytes > PAGE_BYTES && !list.is_empty() {
                    more = true;
                    break;
                }
                list.push(change.into());
                next = number;
            }
            Ok((
                ChangesPage {
                    device: device.id,
                    since,
                    next,
                    more,
                    time: now,
                    changes: list,
                    wait: None,
                    keys: keys
                        .map(|after| match device.revoked_at {
                            None => key_news(tx, after),
                            Some(_) => Ok(KeyNews::none(after.after)),
                        })
                        .transpose()?,
                    master: master.map(|after| master_news(tx, after)).transpose()?,
                    ext,
                },
                stale,
                carried,
                false,
            ))
        })?;
        if stale || carried {
            self.store.write(|tx| {
                devices::touch(tx, device, now)?;
                // A cursor of another log says nothing of what the device has of this one.
                if reset {
                    return Ok(());
                }
                devices::has_log_to(tx, device, since)?;
                changes::drop_carried(tx, device, since, now)
            })?;
        }
        Ok(self.sign(&page))
    }
}

fn key_news(tx: &Transaction<'_>, asked: AskedKeys) -> rusqlite::Result<KeyNews> {
    let after = asked.after;
    let mut rows = devices::keys_after(tx, after, KEYS_MAX + 1)?;
    let more = rows.len() > KEYS_MAX;
    rows.truncate(KEYS_MAX);
    let serial = rows.last().map_or(after, |(serial, _)| *serial);
    // A program that does not ask for origins could not read a page with them.
    let origin = |key: DeviceKey| DeviceKey {
        origin: key.origin.filter(|_| asked.origins),
        ..key
    };
    let list: Vec<_> = rows.into_iter().map(|(_, key)| origin(key)).collect();
    Ok(KeyNews::new(after, serial, more, &list))
}

fn master_news(tx: &Transaction<'_>, after: u64) -> rusqlite::Result<MasterNews> {
    Ok(MasterNews::pack(after, master::after(tx, after)?))
}

fn fill_in(tx: &Transaction<'_>, device: &Device, entry: Entry) -> Result<Change, Denied> {
    Ok(match entry {
        Entry::Change(change) => change,
        Entry::Marker(Marker::Revoked) => Change::Revoked,
        Entry::Marker(Marker::Blanks) => Change::Blanks(blanks::pool(tx, device.team)?),
        Entry::Marker(Marker::Team) => Change::Team(Team {
            name: teams::name(tx, device.team)?,
            communes: teams::communes(tx, device.team)?,
            operators: teams::operators(tx, device.team)?,
            ext: Default::default(),
        }),
        Entry::Marker(Marker::Trust) => {
            let trust = settings::get(tx, Key::Trust)?.ok_or(GatewayError::Stored("trust"))?;
            Change::Trust(Blob(trust))
        }
    })
}
