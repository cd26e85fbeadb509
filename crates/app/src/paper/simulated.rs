//! A printer in memory, for tests: what it prints can be looked at, and it can be switched off, emptied and taken away.

use super::printer::{Job, JobState, JobStatus, Loaded, PrintQueue, Printer, PrinterError, Speaks, Trouble};
use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

/// Queues and jobs.
#[derive(Default)]
pub struct Simulated(Mutex<Desk>);

#[derive(Default)]
struct Desk {
    queues: Vec<PrintQueue>,
    jobs: BTreeMap<u32, Sheet>,
    last: u32,
    away: bool,
}

struct Sheet {
    queue: String,
    state: JobState,
    document: Vec<u8>,
    title: &'static str,
}

impl Simulated {
    /// A printer without queues.
    pub fn new() -> Self {
        Self::default()
    }

    fn desk(&self) -> MutexGuard<'_, Desk> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a queue that works.
    pub fn add(&self, name: &str, loaded: Loaded, speaks: Speaks) {
        self.desk().queues.push(PrintQueue {
            name: name.to_owned(),
            description: String::new(),
            speaks,
            loaded,
            ready: true,
            trouble: None,
            is_default: false,
        });
    }

    /// Takes a queue away with its jobs.
    pub fn remove(&self, name: &str) {
        let mut desk = self.desk();
        desk.queues.retain(|queue| queue.name != name);
        desk.jobs.retain(|_, job| job.queue != name);
    }

    /// Something is in the way, or no longer.
    pub fn trouble(&self, name: &str, trouble: Option<Trouble>) {
        for queue in self.desk().queues.iter_mut().filter(|queue| queue.name == name) {
            (queue.ready, queue.trouble) = (trouble.is_none(), trouble);
        }
    }

    /// The whole print system is gone, or back.
    pub fn away(&self, away: bool) {
        self.desk().away = away;
    }

    /// Documents that were handed over and not erased, in their order.
    pub fn documents(&self) -> Vec<Vec<u8>> {
        let desk = self.desk();
        let kept = desk.jobs.values().filter(|job| !job.document.is_empty());
        kept.map(|job| job.document.clone()).collect()
    }

    /// What the jobs are called.
    pub fn titles(&self) -> Vec<&'static str> {
        self.desk().jobs.values().map(|job| job.title).collect()
    }

    /// Documents that the print system still keeps.
    pub fn kept(&self) -> usize {
        self.documents().len()
    }
}

impl Desk {
    fn here(&self) -> Result<&Self, PrinterError> {
        if self.away {
            Err(PrinterError::NoSystem)
        } else {
            Ok(self)
        }
    }
}

impl Printer for Simulated {
    fn queues(&self) -> Result<Vec<PrintQueue>, PrinterError> {
        Ok(self.desk().here()?.queues.clone())
    }

    fn submit(&self, queue: &str, job: &Job<'_>) -> Result<u32, PrinterError> {
        let mut desk = self.desk();
        let known = desk.here()?.queues.iter().find(|known| known.name == queue);
        let known = known.ok_or(PrinterError::UnknownQueue)?;
        if known.speaks != job.speaks || known.trouble == Some(Trouble::NotAccepting) {
            return Err(PrinterError::NotAccepting);
        }
        desk.last += 1;
        let id = desk.last;
        desk.jobs.insert(
            id,
            Sheet {
                queue: queue.to_owned(),
                state: JobState::Waiting,
                document: job.document.to_vec(),
                title: job.title,
            },
        );
        Ok(id)
    }

    fn job(&self, queue: &str, job: u32) -> Result<JobStatus, PrinterError> {
        let mut desk = self.desk();
        let trouble = desk.here()?.queues.iter().find(|known| known.name == queue);
        let trouble = trouble.and_then(|queue| queue.trouble);
        let job = desk.jobs.get_mut(&job).ok_or(PrinterError::UnknownJob)?;
        // It prints between two looks.
        job.state = match (job.state, trouble) {
            (JobState::Waiting, None) => JobState::Printing,
            (JobState::Printing, None) => JobState::Done,
            (state, _) => state,
        };
        Ok(JobStatus {
            state: job.state,
            trouble: trouble.filter(|_| !job.state.is_over()),
        })
    }

    fn forget(&self, _: &str, job: u32) -> Result<(), PrinterError> {
        let mut desk = self.desk();
        desk.here()?;
        let job = desk.jobs.get_mut(&job).ok_or(PrinterError::UnknownJob)?;
        job.document.clear();
        if !job.state.is_over() {
            job.state = JobState::Cancelled;
        }
        Ok(())
    }
}
