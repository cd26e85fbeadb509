//! Receipt printers behind a device file, without a print system in between.

use app::paper::printer::{Job, JobState, JobStatus, Loaded, PrintQueue, Printer, PrinterError, Speaks, Trouble};
use std::{
    collections::BTreeMap,
    fs::OpenOptions,
    io::Write as _,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
};

/// Device files that printers appear at, and what became of what was written to them.
pub struct DeviceFiles {
    folders: Vec<(PathBuf, &'static str)>,
    jobs: Arc<Mutex<BTreeMap<u32, JobState>>>,
}

impl Default for DeviceFiles {
    /// Where Linux puts USB printers and Bluetooth serial ports. A plain serial port could be anything and is not guessed.
    fn default() -> Self {
        Self::in_folders(vec![("/dev/usb".into(), "lp"), ("/dev".into(), "rfcomm")])
    }
}

impl DeviceFiles {
    /// Files whose name begins like this in these folders.
    pub fn in_folders(folders: Vec<(PathBuf, &'static str)>) -> Self {
        Self {
            folders,
            jobs: Arc::default(),
        }
    }
}

impl Printer for DeviceFiles {
    fn queues(&self) -> Result<Vec<PrintQueue>, PrinterError> {
        let mut queues = Vec::new();
        for (folder, begin) in &self.folders {
            for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
                let path = entry.path();
                if !entry.file_name().to_string_lossy().starts_with(begin) {
                    continue;
                }
                queues.push(PrintQueue {
                    name: path.to_string_lossy().into_owned(),
                    description: String::new(),
                    speaks: Speaks::EscPos,
                    loaded: Loaded::Roll,
                    ready: true,
                    trouble: None,
                    is_default: false,
                });
            }
        }
        queues.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(queues)
    }

    fn submit(&self, queue: &str, job: &Job<'_>) -> Result<u32, PrinterError> {
        if !self.queues()?.iter().any(|known| known.name == queue) {
            return Err(PrinterError::UnknownQueue);
        }
        if job.speaks != Speaks::EscPos {
            return Err(PrinterError::NotAccepting);
        }
        let mut file = OpenOptions::new()
            .write(true)
            .open(queue)
            .map_err(|error| match error.kind() {
                std::io::ErrorKind::PermissionDenied => PrinterError::Denied,
                _ => PrinterError::UnknownQueue,
            })?;
        let id = {
            let mut jobs = self.jobs.lock().unwrap_or_else(PoisonError::into_inner);
            let id = jobs.keys().last().map_or(1, |last| last + 1);
            jobs.insert(id, JobState::Printing);
            id
        };
        let (jobs, document) = (Arc::clone(&self.jobs), job.document.to_vec());
        // A printer without paper holds the write until there is some: that must not hold the window.
        std::thread::spawn(move || {
            let done = file.write_all(&document).and_then(|()| file.flush());
            let state = if done.is_ok() { JobState::Done } else { JobState::Failed };
            jobs.lock().unwrap_or_else(PoisonError::into_inner).insert(id, state);
        });
        Ok(id)
    }

    fn job(&self, _: &str, job: u32) -> Result<JobStatus, PrinterError> {
        let jobs = self.jobs.lock().unwrap_or_else(PoisonError::into_inner);
        let state = *jobs.get(&job).ok_or(PrinterError::UnknownJob)?;
        Ok(JobStatus {
            state,
            trouble: (state == JobState::Failed).then_some(Trouble::Offline),
        })
    }

    /// There is no copy to erase, and what is being written cannot be taken back.
    fn forget(&self, _: &str, job: u32) -> Result<(), PrinterError> {
        let jobs = self.jobs.lock().unwrap_or_else(PoisonError::into_inner);
        match jobs.get(&job) {
            None => Err(PrinterError::UnknownJob),
            Some(JobState::Printing) => Err(PrinterError::Denied),
            Some(_) => Ok(()),
        }
    }
}
