//! What a story begins from: folders on the disk, made by the program itself, and the gateway they belong to.

use super::{
    shelf::{PROPS, Shelf},
    town::{HAI_CHAU, Town},
};
use crate::{
    ports::clock::Clock,
    stage::{self, FIRST, Network, OLD_PIN, PIN, Setting, Stage, place},
};
use app::{Session, place::Place};
use domain::lease::{Lease, Look};
use protocol::enrolment::Role;
use serde_json::{Value, json};
use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
    thread::sleep,
    time::Duration,
};
use store::{KdfCost, device::KeptLease};
use tokio::runtime::Handle;

/// A PIN is judged at once: nobody attacks a story.
const QUICK: KdfCost = KdfCost {
    memory_kib: 64,
    passes: 1,
    lanes: 1,
};
/// Holds the door while the first person's slot is made anew.
const DOORKEEPER: u32 = 99;

/// Folders to copy, and the gateway behind them.
pub struct Ground {
    folder: Folder,
    pub town: Option<Arc<Town>>,
    /// Texts of codes that belong to it, by name.
    pub props: Value,
}

/// One that goes with the ground, or one on the shelf.
enum Folder {
    Own(tempfile::TempDir),
    Shelf(PathBuf),
}

impl Folder {
    fn path(&self) -> &Path {
        match self {
            Self::Own(folder) => folder.path(),
            Self::Shelf(path) => path,
        }
    }
}

/// Parts of a ground on the shelf.
const HOME: &str = "home";
const TOWN: &str = "town";

impl Ground {
    /// Lays it on the shelf and ends its gateway, if that is its own; `borrowed` belongs to another ground.
    pub fn shelve(self, shelf: &Shelf, name: &str, runtime: &Handle, borrowed: bool) {
        let town = self.town.filter(|_| !borrowed).map(|town| {
            let town = Arc::into_inner(town).expect("nobody else uses the gateway");
            town.close(runtime)
        });
        let town = town.as_ref().map(|folder| (TOWN, folder.path()));
        let parts: Vec<_> = [(HOME, self.folder.path())].into_iter().chain(town).collect();
        shelf.put(name, &parts, self.props.to_string().as_bytes());
    }

    /// Takes it from where it lies, with another ground's gateway or with its own, which starts anew.
    pub fn from_shelf(lies: &Path, runtime: &Handle, borrowed: Option<Arc<Town>>) -> Self {
        let own = || {
            let lies = Some(lies.join(TOWN)).filter(|town| town.is_dir())?;
            let folder = stage::folder();
            copy(&lies, folder.path());
            let clock = Arc::new(Clock::standing(super::NOW, 0x0070_0001));
            Some(Arc::new(Town::start(runtime, clock, folder)))
        };
        let props = fs::read(lies.join(PROPS)).expect("read");
        Self {
            town: borrowed.or_else(own),
            folder: Folder::Shelf(lies.join(HOME)),
            props: serde_json::from_slice(&props).expect("JSON"),
        }
    }

    /// A machine without a device.
    pub fn nobody() -> Self {
        Self {
            folder: Folder::Own(stage::folder()),
            town: None,
            props: json!({}),
        }
    }

    /// What a stage left. `others` get the same PIN as the first person.
    pub fn of(stage: Stage, town: Arc<Town>, others: &[u32], props: Value) -> Self {
        let clock = Arc::clone(&stage.clock);
        let folder = stage.freeze();
        quick_pins(&place(folder.path(), "device"), &clock, others);
        Self {
            folder: Folder::Own(folder),
            town: Some(town),
            props,
        }
    }

    /// The practice device, as it is when practice was entered for the first time.
    pub fn practice(runtime: &Handle) -> Self {
        let clock = Arc::new(Clock::standing(super::NOW, 7));
        let setting = Setting {
            practice: true,
            ..Setting::default()
        };
        let stage = Stage::open(runtime, stage::folder(), clock.clone(), None, json!({}), setting);
        let folder = stage.freeze();
        quick_pins(&place(folder.path(), "practice"), &clock, &[]);
        Self {
            folder: Folder::Own(folder),
            town: None,
            props: json!({}),
        }
    }

    /// The same folders once more, to be changed.
    pub fn again(&self) -> Self {
        Self {
            folder: Folder::Own(self.copy(None)),
            town: self.town.clone(),
            props: self.props.clone(),
        }
    }

    /// A copy for a stage, with another ground's folders beside its own.
    pub fn copy(&self, and: Option<&Self>) -> tempfile::TempDir {
        let to = stage::folder();
        for from in [Some(self), and].into_iter().flatten() {
            copy(from.folder.path(), to.path());
        }
        to
    }

    /// The first person's session on the device.
    pub fn session(&self, clock: Arc<Clock>) -> Session {
        Session::open(&place(self.folder.path(), "device"), Some(FIRST), PIN, clock).expect("it opens")
    }
}

/// Everything in a folder, and who may read it.
pub fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    let rights = fs::metadata(from).expect("there").permissions();
    fs::set_permissions(to, rights).expect("set");
    for entry in fs::read_dir(from).expect("listed").flatten() {
        let (path, target) = (entry.path(), to.join(entry.file_name()));
        match path.is_dir() {
            true => copy(&path, &target),
            false => drop(fs::copy(&path, &target).expect("copied")),
        }
    }
}

fn quick_pins(place: &Place, clock: &Arc<Clock>, others: &[u32]) {
    let Some(session) = first_slot(place, clock, PIN) else {
        return;
    };
    let env: Arc<dyn app::env::Env> = clock.clone();
    for other in others {
        let added = session.store().share_pin(*other, PIN, QUICK, &mut env.rng());
        added.expect("added");
    }
}

/// The first person's PIN is one that an older program took.
pub fn old_pin(place: &Place, clock: Arc<Clock>) {
    first_slot(place, &clock, OLD_PIN);
}

/// The platform was not heard for nine days.
pub fn long_silent(place: &Place, clock: Arc<Clock>) {
    let session = Session::open(place, Some(FIRST), PIN, clock).expect("it opens");
    let written = session.store().write(|tx| {
        let contact = store::device::server_floor(tx)?.unwrap_or(super::NOW);
        let look = Look {
            now: contact + 9 * 86_400,
            monotonic: 0,
            boot: 0,
        };
        let position = store::device::position(tx)?;
        let kept = KeptLease {
            lease: Lease::since(contact, look),
            over_since: Some((position.epoch, position.seq)),
        };
        store::device::set_lease(tx, &kept)
    });
    written.expect("written");
}

/// The first person's slot anew; nothing where nobody opens the device any more.
fn first_slot(place: &Place, clock: &Arc<Clock>, pin: &str) -> Option<Session> {
    let session = match Session::open(place, Some(FIRST), PIN, clock.clone()) {
        Ok(session) => session,
        Err(error) if error.code() == "revoked" => return None,
        Err(error) => panic!("{}", error.code()),
    };
    let env: Arc<dyn app::env::Env> = clock.clone();
    let add = |operator| session.store().share_pin(operator, pin, QUICK, &mut env.rng());
    add(DOORKEEPER).expect("added");
    session.store().remove_operator(FIRST).expect("removed");
    add(FIRST).expect("added");
    session.store().remove_operator(DOORKEEPER).expect("removed");
    Some(session)
}

/// From now on the device looks for its gateway here: each stage has a line of its own. Nothing where there is no device.
pub fn lead(place: &Place, url: &str, clock: Arc<Clock>) {
    let Ok(session) = Session::open(place, Some(FIRST), PIN, clock) else {
        return;
    };
    let mut identity = session.identity().clone();
    identity.gateway = Some(url.to_owned());
    let store = session.store();
    store
        .write(|tx| store::device::set_identity(tx, &identity))
        .expect("written");
    let spool = store.spool().expect("a spool");
    if let Some(mut contact) = spool.contact().expect("read") {
        contact.gateway = url.to_owned();
        spool.set_contact(&contact).expect("written");
    }
}

/// Enrols a device of Hải Châu with a town at the town's hour, as its first person does.
pub fn enrolled(runtime: &Handle, town: &Town, team: &str, role: Role, communes: &[&str], people: &[&str]) -> Stage {
    let setting = Setting {
        network: Network::Good,
        open: false,
        ..Setting::default()
    };
    let clock = town.clock.clone();
    let stage = Stage::open(runtime, stage::folder(), clock, Some(town), json!({}), setting);
    assert!(communes.contains(&HAI_CHAU));
    let invitation = town.invite(team, role, communes, people);
    let gateway = stage.url().expect("a line");
    stage.ask(
        "enrol_device",
        json!({ "invitation": invitation, "gateway": gateway, "pin": PIN }),
    );
    stage
}

/// Sends, and waits until the gateway has decided about everything.
pub fn settle(stage: &Stage) {
    for _ in 0..200 {
        stage.ask("sync_now", Value::Null);
        let open = stage.ask(
            "list",
            json!({ "states": ["queued", "received"], "offset": 0, "limit": 1 }),
        );
        if open["total"] == 0 {
            return;
        }
        sleep(Duration::from_millis(10));
    }
    panic!("the gateway does not decide: {}", stage.ask("queue", Value::Null));
}

/// Registers somebody; `after` is the person before in the same house. The registration's id.
pub fn register(stage: &Stage, form: Value, after: Option<&Value>) -> Value {
    let opened = stage.ask("begin_draft", json!({ "draft": form, "after": after }));
    let saved = stage.ask("save", json!({ "rid": opened["rid"], "draft": opened["draft"] }));
    saved["rid"].clone()
}
