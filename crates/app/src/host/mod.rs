//! The running program behind a window: which device is in hand, who works on it, what is being sent.
//!
//! Commands (`rpc`) are methods of [`Host`] and run on a bare host. Whatever changes is announced as an [`Event`]; the
//! window asks again for what it shows and never patches a copy.

mod cards;
mod coordinator;
mod device;
mod eyes;
mod forms;
mod lists;
mod practice;
mod print;
mod pulse;

pub use crate::rpc::scan::ScanTold;
use crate::{
    AppError, Session,
    device::Place,
    env::Env,
    paper::printer::{NoPrinter, Printer},
    practice::Platform,
    rpc::{
        Failure,
        types::{AppState, Person, Phase, RoleName, SyncView},
    },
};
use domain::ids::{OperatorId, Realm};
use protocol::enrolment::Role;
use serde::Serialize;
use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use store::{Home, outbox, tasks};
use tokio::sync::Notify;

/// What the window is told without asking.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// The device's state changed (phase, people, sending).
    State {
        /// The new state.
        state: Box<AppState>,
    },
    /// Registrations, tasks or counts changed: what shows them asks again.
    Changed,
    /// Live scanning read something or stands differently.
    Scan {
        /// What it says.
        told: ScanTold,
    },
}

/// The window's own parts, behind which a test puts others.
pub trait Desk: Send + Sync {
    /// Tells the window.
    fn tell(&self, event: Event);
    /// Opens a file with the system's viewer.
    fn open_file(&self, path: &Path) -> std::io::Result<()>;

    /// The machine's printers.
    fn printer(&self) -> Arc<dyn Printer> {
        Arc::new(NoPrinter)
    }

    /// Where cards lie between being made and being printed: a folder that is emptied at every lock and start. The
    /// session's own runtime folder is memory on most systems.
    fn print_folder(&self) -> PathBuf {
        let runtime = std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from);
        runtime
            .unwrap_or_else(std::env::temp_dir)
            .join(format!("tung-nha-print-{}", std::process::id()))
    }
}

/// Which of the two devices of this machine is in hand.
struct Hand {
    /// Practice is in hand.
    practice: bool,
    /// The folder in hand, locked against other programs as long as this program runs.
    home: Option<Home>,
    session: Option<Arc<Session>>,
    platform: Option<Arc<Platform>>,
    sync: SyncView,
}

impl Drop for Host {
    fn drop(&mut self) {
        self.eyes.close();
        self.clear_prints();
    }
}

/// The running program.
pub struct Host {
    env: Arc<dyn Env>,
    desk: Arc<dyn Desk>,
    live: Place,
    practice: Place,
    hand: Mutex<Hand>,
    kick: Notify,
    /// Ends a run that is going on: whoever locks must not wait for a slow network.
    stop: Notify,
    /// One run of sync at a time.
    sending: tokio::sync::Mutex<()>,
    eyes: eyes::Eyes,
    /// What was handed to a printer since somebody signed in.
    prints: Mutex<Vec<print::Order>>,
}

impl Host {
    /// Takes the real device in hand, locked.
    ///
    /// # Errors
    /// `in_use` if another program works in the folder.
    pub fn start(live: Place, practice: Place, env: Arc<dyn Env>, desk: Arc<dyn Desk>) -> Result<Self, AppError> {
        let home = open_home(&live)?;
        let host = Self {
            env,
            desk,
            live,
            practice,
            hand: Mutex::new(Hand {
                practice: false,
                home,
                session: None,
                platform: None,
                sync: SyncView {
                    running: false,
                    paused: false,
                    unsent: 0,
                    reason: None,
                    last_contact: None,
                },
            }),
            kick: Notify::new(),
            stop: Notify::new(),
            sending: tokio::sync::Mutex::new(()),
            eyes: eyes::Eyes::default(),
            prints: Mutex::default(),
        };
        host.clear_prints();
        host.count_unsent();
        Ok(host)
    }

    fn hand(&self) -> MutexGuard<'_, Hand> {
        self.hand.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn place(&self, practice: bool) -> &Place {
        if practice { &self.practice } else { &self.live }
    }

    /// The session, or the code that asks for a PIN.
    fn session(&self) -> Result<Arc<Session>, Failure> {
        self.hand().session.clone().ok_or_else(|| Failure::plain("locked"))
    }

    /// How the device stands.
    pub fn app_state(&self) -> AppState {
        let (practice, home, session, platform, sync) = {
            let hand = self.hand();
            (
                hand.practice,
                hand.home.clone(),
                hand.session.clone(),
                hand.platform.clone(),
                hand.sync.clone(),
            )
        };
        let with_pin = home.as_ref().and_then(|home| home.operators().ok()).unwrap_or_default();
        let card = home.as_ref().and_then(|home| self.face(home, practice));
        let phase = match (&session, with_pin.is_empty() || card.is_none()) {
            (Some(_), _) => Phase::Open,
            (None, true) => Phase::New,
            (None, false) => Phase::Locked,
        };
        let person = |id: OperatorId, name: &str| Person {
            id,
            name: name.to_owned(),
            has_pin: with_pin.contains(&id),
        };
        let people: Vec<Person> = card
            .iter()
            .flat_map(|card| {
                card.operators
                    .iter()
                    .map(|operator| person(operator.id, &operator.name))
            })
            .collect();
        let operator = session.as_ref().map(|session| {
            let known = people.iter().find(|person| person.id == session.operator).cloned();
            known.unwrap_or_else(|| person(session.operator, ""))
        });
        let open_tasks = session
            .as_ref()
            .and_then(|session| session.store.read(tasks::list).ok());
        AppState {
            phase,
            realm: match (practice, &home) {
                (true, _) => Realm::Demo,
                (false, Some(home)) => home.realm(),
                (false, None) => Realm::Live,
            },
            device: card.as_ref().map_or(0, |card| card.device),
            role: match card.as_ref().map(|card| card.role) {
                Some(Role::Coordinator) => RoleName::Coordinator,
                _ => RoleName::Volunteer,
            },
            team: card.as_ref().map(|card| card.team.clone()).unwrap_or_default(),
            communes: card
                .iter()
                .flat_map(|card| card.communes.iter().map(ToString::to_string))
                .collect(),
            people,
            operator,
            sync,
            tasks: open_tasks.map_or(0, |tasks| tasks.len() as u64),
            practice: platform.map(|platform| platform.practice()),
            now: self.env.now(),
            program: crate::PROGRAM.to_owned(),
        }
    }

    /// What a locked device may show of itself: team and names, sealed under the device secret.
    fn face(&self, home: &Home, practice: bool) -> Option<store::Contact> {
        let vault = self.place(practice).vault(home.secret_kind()).ok()?;
        home.spool(&*vault).ok()?.contact().ok()?
    }

    /// Tells the window how the device stands now.
    fn announce(&self) -> AppState {
        let state = self.app_state();
        self.desk.tell(Event::State {
            state: Box::new(state.clone()),
        });
        state
    }

    /// Something that lists show has changed; what waits is sent soon.
    fn changed(&self) {
        self.count_unsent();
        self.desk.tell(Event::Changed);
        self.announce();
        self.kick.notify_one();
    }

    /// Nobody is signed in any more, and nobody else still uses the database.
    async fn end_session(&self) {
        let leaving = self.hand().session.take().map(|session| Arc::downgrade(&session));
        self.stop.notify_waiters();
        self.eyes.close();
        // What a run had on its way is simply sent again.
        drop(self.sending.lock().await);
        // A command under way on another thread still reads; none takes long.
        for _ in 0..PATIENCE {
            if leaving.as_ref().is_none_or(|session| session.strong_count() == 0) {
                break;
            }
            tokio::time::sleep(PAUSE).await;
        }
        self.forget_prints();
        self.clear_prints();
    }

    /// Cards made for printing are people's data in clear: they go as soon as nobody is signed in.
    fn clear_prints(&self) {
        let _ = std::fs::remove_dir_all(self.desk.print_folder());
    }

    fn count_unsent(&self) {
        let (session, home, practice) = {
            let hand = self.hand();
            (hand.session.clone(), hand.home.clone(), hand.practice)
        };
        let unsent = match (session, home) {
            (Some(session), _) => session.store.read(outbox::len).unwrap_or(0),
            (None, Some(home)) => self
                .place(practice)
                .vault(home.secret_kind())
                .ok()
                .and_then(|vault| home.spool(&*vault).ok())
                .and_then(|spool| spool.list().ok())
                .map_or(0, |copies| copies.len() as u64),
            (None, None) => 0,
        };
        self.hand().sync.unsent = unsent;
    }
}

/// How often to look whether a command on another thread has let go, and how long between two looks: two seconds.
const PATIENCE: u32 = 100;
const PAUSE: Duration = Duration::from_millis(20);

/// Takes a folder in hand. Another thread of this program may still be letting go of it.
async fn take_home(place: &Place) -> Result<Option<Home>, AppError> {
    for _ in 0..PATIENCE {
        match open_home(place) {
            Err(AppError::Store(store::StoreError::InUse)) => tokio::time::sleep(PAUSE).await,
            other => return other,
        }
    }
    open_home(place)
}

fn open_home(place: &Place) -> Result<Option<Home>, AppError> {
    Ok(match Home::exists(&place.home)? {
        true => Some(Home::open(&place.home)?),
        false => None,
    })
}
