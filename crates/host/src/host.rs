//! The running program behind a window: which device is in hand, who works on it, what is being sent.
//!
//! Commands are methods of [`Host`] (`commands/`) and run on a bare host. Whatever changes is announced as an [`Event`].

use crate::failure::HostRefusal;
use crate::{
    Desk, Event, Failure,
    commands::{paper::Order, scan::Eyes},
    pacing::Pacing,
    wire::{
        Nothing,
        device::{AppState, Person, Phase, RoleName, SyncView},
    },
};
use app::{
    AppError, Session,
    env::Env,
    look::Look,
    place::{Folder, Place, Standing},
    practice::Platform,
};
use domain::{
    clock::Clock,
    ids::{OperatorId, Realm, UnixTime},
    master::Settings,
};
use protocol::enrolment::Role;
use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::sync::Notify;

/// Which of the two devices of this machine is in hand.
pub(crate) struct Hand {
    /// Practice is in hand.
    pub(crate) practice: bool,
    /// The folder in hand, locked against other programs as long as this program runs.
    pub(crate) home: Option<Folder>,
    pub(crate) session: Option<Arc<Session>>,
    pub(crate) platform: Option<Arc<Platform>>,
    pub(crate) sync: SyncView,
    /// Forms dropped when somebody signed in last.
    pub(crate) dropped_forms: u64,
}

impl Drop for Host {
    fn drop(&mut self) {
        self.eyes.close();
        self.clear_prints();
    }
}

/// The running program.
pub struct Host {
    pub(crate) env: Arc<dyn Env>,
    pub(crate) desk: Arc<dyn Desk>,
    pub(crate) live: Place,
    pub(crate) practice: Place,
    hand: Mutex<Hand>,
    pub(crate) kick: Notify,
    pub(crate) pacing: Mutex<Pacing>,
    /// Ends a run that is going on: whoever locks must not wait for a slow network.
    pub(crate) stop: Notify,
    /// One run of sync at a time.
    pub(crate) sending: tokio::sync::Mutex<()>,
    pub(crate) eyes: Eyes,
    /// What was handed to a printer since somebody signed in.
    /// How the window looks.
    pub(crate) look: Mutex<Look>,
    pub(crate) prints: Mutex<Vec<Order>>,
}

impl Host {
    /// Takes the real device in hand, locked.
    ///
    /// # Errors
    /// `in_use` if another program works in the folder.
    pub fn start(live: Place, practice: Place, env: Arc<dyn Env>, desk: Arc<dyn Desk>) -> Result<Self, AppError> {
        let home = Folder::take(&live)?;
        let look = desk.look_file().map(|path| Look::load(&path)).unwrap_or_default();
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
                dropped_forms: 0,
            }),
            kick: Notify::new(),
            pacing: Mutex::default(),
            stop: Notify::new(),
            sending: tokio::sync::Mutex::new(()),
            eyes: Eyes::default(),
            look: Mutex::new(look),
            prints: Mutex::default(),
        };
        host.clear_prints();
        host.count_unsent();
        Ok(host)
    }

    pub(crate) fn hand(&self) -> MutexGuard<'_, Hand> {
        self.hand.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The session, or the code that asks for a PIN.
    pub(crate) fn session(&self) -> Result<Arc<Session>, Failure> {
        self.hand()
            .session
            .clone()
            .ok_or_else(|| Failure::from(HostRefusal::Locked))
    }

    /// How the device stands.
    pub fn app_state(&self) -> AppState {
        let (practice, home, session, platform, sync, dropped_forms) = {
            let hand = self.hand();
            (
                hand.practice,
                hand.home.clone(),
                hand.session.clone(),
                hand.platform.clone(),
                hand.sync.clone(),
                hand.dropped_forms,
            )
        };
        let (standing, with_pin, card) = match home.as_ref().map(Folder::seen) {
            Some(seen) => (seen.standing, seen.with_pin, seen.face),
            None => (Standing::New, Vec::new(), None),
        };
        let clock = self.clock_of(session.as_deref(), card.as_ref().and_then(|card| card.server_floor));
        let (phase, trouble) = match (&session, standing) {
            (Some(_), _) => (Phase::Open, None),
            (None, Standing::New) => (Phase::New, None),
            // Practice begins anew at the press of a button; nobody brings it an invitation.
            (None, Standing::Lost) if practice => (Phase::Locked, None),
            (None, Standing::Locked) => (Phase::Locked, None),
            (None, Standing::Lost) => (Phase::Lost, None),
            (None, Standing::Trouble(code)) => (Phase::Trouble, Some(code.to_owned())),
        };
        let person = |id: OperatorId, name: &str| Person {
            id,
            name: name.to_owned(),
            has_pin: with_pin.contains(&id),
        };
        // Without the sealed list people sign in by their number; the list is made again then.
        let people: Vec<Person> = match &card {
            Some(card) => card
                .operators
                .iter()
                .map(|operator| person(operator.id, &operator.name))
                .collect(),
            None => with_pin.iter().map(|id| person(*id, "")).collect(),
        };
        let operator = session.as_ref().map(|session| {
            let id = session.operator();
            let known = people.iter().find(|person| person.id == id).cloned();
            known.unwrap_or_else(|| person(id, ""))
        });
        let open_tasks = session.as_ref().and_then(|session| session.open_tasks().ok());
        AppState {
            phase,
            trouble,
            realm: match (practice, &home) {
                (true, _) => Realm::Practice,
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
            weak_pin: session.as_ref().is_some_and(|session| session.has_weak_pin()),
            sync,
            tasks: open_tasks.unwrap_or(0),
            dropped_forms,
            practice: platform.map(|platform| platform.practice()),
            look: self.look(),
            idle_minutes: session
                .as_ref()
                .and_then(|session| session.settings().ok())
                .unwrap_or(Settings::DEFAULT)
                .idle_lock_minutes,
            now: clock.now(),
            clock_wrong: clock.is_wrong().then_some(clock.machine),
            program: app::PROGRAM.to_owned(),
        }
    }

    /// What is known of the present moment, with the device in hand as it stands: open, locked, or not there yet.
    pub(crate) fn clock(&self) -> Clock {
        let (session, home) = {
            let hand = self.hand();
            (hand.session.clone(), hand.home.clone())
        };
        let floor = home.and_then(|home| home.seen().face.and_then(|card| card.server_floor));
        self.clock_of(session.as_deref(), floor)
    }

    /// An open device has seen later times than it last wrote down for the locked one.
    fn clock_of(&self, session: Option<&Session>, floor: Option<UnixTime>) -> Clock {
        let open = session.and_then(|session| session.clock().ok());
        open.unwrap_or_else(|| self.env.clock(floor))
    }

    /// How the window looks.
    pub(crate) fn look(&self) -> Look {
        *self.look.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells the window how the device stands now.
    pub(crate) fn announce(&self) -> AppState {
        let state = self.app_state();
        self.desk.tell(Event::State(Box::new(state.clone())));
        state
    }

    /// Something that lists show has changed; what waits is sent soon.
    pub(crate) fn changed(&self) {
        self.count_unsent();
        self.desk.tell(Event::Changed(Box::new(Nothing)));
        self.announce();
        self.kick.notify_one();
    }

    /// Nobody is signed in any more, and nobody else still uses the database.
    pub(crate) async fn end_session(&self) {
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
    pub(crate) fn clear_prints(&self) {
        let _ = std::fs::remove_dir_all(self.desk.print_folder());
    }

    pub(crate) fn count_unsent(&self) {
        let (session, home) = {
            let hand = self.hand();
            (hand.session.clone(), hand.home.clone())
        };
        let unsent = match (session, home) {
            (Some(session), _) => session.unsent().unwrap_or(0),
            (None, Some(home)) => home.unsent(),
            (None, None) => 0,
        };
        self.hand().sync.unsent = unsent;
    }
}

/// How often to look whether a command on another thread has let go, and how long between two looks: two seconds.
const PATIENCE: u32 = 100;
const PAUSE: Duration = Duration::from_millis(20);

/// Takes a folder in hand. Another thread of this program may still be letting go of it.
pub(crate) async fn take_home(place: &Place) -> Result<Option<Folder>, AppError> {
    for _ in 0..PATIENCE {
        match Folder::take(place) {
            Err(error) if error.is_in_use() => tokio::time::sleep(PAUSE).await,
            other => return other,
        }
    }
    Folder::take(place)
}
