//! The stories: states of the real program by name, reached by its own commands, a real gateway and scripted ports. What
//! they begin from is prepared once and copied for every stage.

mod area;
mod ground;
pub mod people;
mod shelf;
mod tablets;
pub mod town;
mod volunteer;

pub use ground::{Ground, lead, long_silent, old_pin};

use shelf::Shelf;

use crate::{
    ports::{cameras::Mood, clock::Clock, desk::Printers},
    stage::{Network, Setting, Stage},
};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, OnceLock, PoisonError, atomic::AtomicU64, atomic::Ordering},
    time::Duration,
};
use tokio::runtime::Handle;

/// 23/11/2026 14:05 in Đà Nẵng: when the page opens, in every story.
pub const NOW: i64 = 1_795_417_500;

/// What a story begins from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Begin {
    /// A machine out of its box.
    Nobody,
    /// The practice device that stands beside every other one.
    Practice,
    /// A volunteer's tablet on its first morning.
    FirstDay,
    /// A volunteer's tablet after some days at work.
    Work,
    /// A volunteer's tablet with 1,600 residents of whom nothing was sent yet.
    Crowd,
    /// One whose people wrote what a careless page would run.
    Hostile,
    /// One whose records no longer add up.
    Alarm,
    /// One that the ward has locked.
    Revoked,
    /// The ward's own device, before any team began.
    QuietWard,
    /// The ward's own device with sixty tablets.
    Ward,
    /// The same with hostile names.
    HostileWard,
}

/// A story's beginning and how the stage is set.
type Story = (Begin, Setting);

fn story(name: &str) -> Option<Story> {
    let mut parts = name.split('-');
    let (who, rest): (&str, Vec<&str>) = (parts.next()?, parts.collect());
    let mut setting = Setting::default();
    let mut begin = match who {
        "new" => {
            return rest
                .is_empty()
                .then_some((Begin::Nobody, Setting { open: false, ..setting }));
        }
        "practice" => {
            setting.practice = true;
            Begin::FirstDay
        }
        "volunteer" => Begin::Work,
        "coordinator" => {
            setting.network = Network::Good;
            Begin::Ward
        }
        _ => return None,
    };
    for part in rest {
        match (begin, part) {
            (Begin::Work, "empty") => begin = Begin::FirstDay,
            (Begin::Work, "full") => (begin, setting.network) = (Begin::Crowd, Network::Good),
            (Begin::Work, "hostile") => begin = Begin::Hostile,
            (Begin::Work, "alarm") => begin = Begin::Alarm,
            (Begin::Work, "revoked") => (begin, setting.open) = (Begin::Revoked, false),
            (Begin::Ward, "empty") => begin = Begin::QuietWard,
            (Begin::Ward, "hostile") => begin = Begin::HostileWard,
            (Begin::Work | Begin::FirstDay, "locked") => setting.open = false,
            (_, "offline") => setting.network = Network::None,
            (_, "portal") => setting.network = Network::Portal,
            (Begin::Work, "birthday") => setting.birthday = true,
            (Begin::Work, "silent") => setting.silent = true,
            (_, "paused") => setting.paused = true,
            (_, "error") => setting.refuse = Some("busy"),
            (_, "slow") => setting.delay = Duration::from_secs(5),
            (_, "unprinted") => setting.printers = Printers::None,
            (_, "jammed") => setting.printers = Printers::Empty,
            (_, "scanner") => setting.scanner = true,
            (_, camera) => setting.camera = Mood::of(camera.strip_prefix("camera:")?)?,
        }
    }
    // A device with 1,600 records would send them before anybody looks.
    (setting.paused, setting.quiet) = (setting.paused || begin == Begin::Crowd, begin == Begin::Crowd);
    Some((begin, setting))
}

impl Begin {
    /// Its name on the shelf.
    fn name(self) -> String {
        format!("{self:?}").to_lowercase()
    }

    /// What it is a change of, whose gateway it keeps.
    fn base(self) -> Option<Self> {
        match self {
            Self::Crowd => Some(Self::FirstDay),
            Self::Alarm => Some(Self::Work),
            _ => None,
        }
    }
}

type Prepared = Arc<OnceLock<Arc<Ground>>>;

/// Where stages are built.
pub struct Workshop {
    runtime: Handle,
    shelf: Shelf,
    grounds: Mutex<HashMap<Begin, Prepared>>,
    stages: AtomicU64,
}

impl Workshop {
    pub fn new(runtime: Handle) -> Self {
        Self {
            runtime,
            shelf: Shelf::of_this_program(),
            grounds: Mutex::default(),
            stages: AtomicU64::new(0),
        }
    }

    /// A stage of a story. Blocks; what it begins from is made the first time.
    pub fn stage(&self, name: &str) -> Option<Stage> {
        let (begin, setting) = story(name)?;
        let ground = self.ground(begin);
        let number = self.stages.fetch_add(1, Ordering::Relaxed);
        let clock = Arc::new(Clock::standing(NOW, 1_000_003 * (number + 2)));
        let folder = ground.copy(Some(&self.ground(Begin::Practice)));
        let stage = Stage::open(
            &self.runtime,
            folder,
            clock,
            ground.town.as_deref(),
            ground.props.clone(),
            setting,
        );
        stage.clock.run();
        stage.send_in_background();
        Some(stage)
    }

    fn ground(&self, begin: Begin) -> Arc<Ground> {
        let slot = {
            let mut grounds = self.grounds.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(grounds.entry(begin).or_default())
        };
        Arc::clone(slot.get_or_init(|| Arc::new(self.taken(begin))))
    }

    fn taken(&self, begin: Begin) -> Ground {
        let (name, base) = (begin.name(), begin.base().map(|base| self.ground(base)));
        if self.shelf.find(&name).is_none() {
            let made = self.make(begin, base.as_deref());
            made.shelve(&self.shelf, &name, &self.runtime, base.is_some());
        }
        let lies = self.shelf.find(&name).expect("it was put there");
        Ground::from_shelf(&lies, &self.runtime, base.and_then(|base| base.town.clone()))
    }

    fn make(&self, begin: Begin, base: Option<&Ground>) -> Ground {
        let runtime = &self.runtime;
        match (begin, base) {
            (Begin::Crowd, Some(first_day)) => volunteer::crowd(first_day),
            (Begin::Alarm, Some(work)) => volunteer::alarm(work),
            (Begin::FirstDay, _) => volunteer::first_day(runtime),
            (Begin::Work, _) => volunteer::work(runtime, false),
            (Begin::Hostile, _) => volunteer::work(runtime, true),
            (Begin::Revoked, _) => volunteer::revoked(runtime),
            (Begin::QuietWard, _) => area::quiet(runtime),
            (Begin::Ward, _) => area::ward(runtime, false),
            (Begin::HostileWard, _) => area::ward(runtime, true),
            (Begin::Practice, _) => Ground::practice(runtime),
            (Begin::Nobody | Begin::Crowd | Begin::Alarm, _) => Ground::nobody(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_story_has_one_name_and_an_unknown_word_is_none() {
        assert!(story("volunteer").is_some() && story("volunteer-empty-camera:busy").is_some());
        assert!(story("coordinator-offline").is_some() && story("new").is_some());
        for name in [
            "",
            "nobody",
            "volunteer-happy",
            "new-hostile",
            "coordinator-full",
            "volunteer-camera:",
        ] {
            assert!(story(name).is_none(), "{name}");
        }
    }
}
