//! The program that runs behind the window.

use crate::{cameras, desk::WindowDesk, folders::Folders, scanners::SerialPorts};
use app::env::SystemEnv;
use host::{Failure, Host, scanning::Ports};
use std::sync::{Arc, Mutex, PoisonError};
use tauri::AppHandle;

/// Starts the host at the first command, and again at a later one if it could not start: another program that had the
/// folder in hand (`tungnhactl`) may have ended.
pub struct Program {
    app: AppHandle,
    folders: Folders,
    host: Mutex<Option<Arc<Host>>>,
}

impl Program {
    pub fn new(app: AppHandle, folders: Folders) -> Arc<Self> {
        Arc::new(Self {
            app,
            folders,
            host: Mutex::new(None),
        })
    }

    /// # Errors
    /// What keeps the host from starting, for the window to say.
    pub fn host(&self) -> Result<Arc<Host>, Failure> {
        let mut started = self.host.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(host) = &*started {
            return Ok(Arc::clone(host));
        }
        let (live, practice) = (self.folders.live(), self.folders.practice());
        let desk = Arc::new(WindowDesk::new(
            self.app.clone(),
            self.folders.look(),
            self.folders.prints(),
        ));
        let eyes = Ports {
            cameras: cameras::of_this_machine(),
            scanners: Arc::new(SerialPorts::of_this_machine()),
        };
        let host = Arc::new(Host::start(live, practice, Arc::new(SystemEnv::new()), desk)?.with_eyes(eyes));
        // On a thread of its own: a run of sync waits for the disk as often as for the network.
        let pulse = Arc::clone(&host).pulse();
        std::thread::spawn(move || tauri::async_runtime::block_on(pulse));
        *started = Some(Arc::clone(&host));
        Ok(host)
    }
}
