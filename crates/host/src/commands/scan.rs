//! Commands of live scanning: cameras, hand scanners, and the picture for the window.

use crate::failure::HostRefusal;
use crate::{
    Failure, Host,
    scanning::{Around, Ports, Run, watched::within},
    wire::{Nothing, scan::*},
};
use app::choices::Choice;
use scan::frame::Preview;
use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

/// Listing is given up after this.
const LISTING: Duration = Duration::from_secs(4);
/// A picture is waited for so long.
const PICTURE: Duration = Duration::from_millis(500);
/// The picture in the window is so many pixels wide where it is made here.
const WIDEST: usize = 640;

/// What the host keeps for live scanning.
#[derive(Default)]
pub(crate) struct Eyes {
    ports: Mutex<Ports>,
    run: Mutex<Running>,
}

#[derive(Default)]
struct Running {
    last: u32,
    run: Option<Run>,
}

impl Eyes {
    fn run(&self) -> MutexGuard<'_, Running> {
        self.run.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn ports(&self) -> Ports {
        self.ports.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Ends the run, if one goes on. Returns within seconds whatever a driver does.
    pub(crate) fn close(&self) {
        // Out of the lock first: ending waits, and asking for a picture must not wait with it.
        let run = self.run().run.take();
        drop(run);
    }
}

impl Host {
    /// Gives the host the cameras and serial ports of this machine. Without this it has none.
    #[must_use]
    pub fn with_eyes(self, ports: Ports) -> Self {
        *self.eyes.ports.lock().unwrap_or_else(PoisonError::into_inner) = ports;
        self
    }

    pub(crate) async fn scan_devices(&self, _: Nothing) -> Result<ScanDevices, Failure> {
        let session = self.session()?;
        let Ports { cameras, scanners } = self.eyes.ports();
        // What cannot be listed is not there to be chosen; opening it says why.
        let cameras = within(LISTING, &|| false, move || cameras.list()).unwrap_or_default();
        let ports = within(LISTING, &|| false, move || scanners.list()).unwrap_or_default();
        Ok(ScanDevices {
            cameras: cameras
                .into_iter()
                .map(|camera| ScanDevice {
                    id: camera.id,
                    name: camera.name,
                })
                .collect(),
            camera: session.chosen(Choice::Camera)?,
            ports: ports
                .into_iter()
                .map(|port| ScanDevice {
                    id: port.id,
                    name: port.name,
                })
                .collect(),
            port: session.chosen(Choice::Scanner)?,
        })
    }

    pub(crate) async fn start_scan(&self, args: StartScan) -> Result<ScanView, Failure> {
        let session = self.session()?;
        if let Some(camera) = &args.camera {
            session.choose(Choice::Camera, Some(camera))?;
        }
        let around = Around {
            ports: self.eyes.ports(),
            desk: Arc::clone(&self.desk),
            env: Arc::clone(&self.env),
            session: Arc::downgrade(&session),
            purpose: args.purpose,
            wanted: session.chosen(Choice::Camera)?.into_iter().collect(),
            scanner: session.chosen(Choice::Scanner)?,
        };
        self.eyes.close();
        let mut running = self.eyes.run();
        running.last = running.last.wrapping_add(1).max(1);
        let run = Run::start(running.last, around);
        let view = run.view();
        let crossed = running.run.replace(run);
        drop(running);
        drop(crossed);
        // Somebody locked meanwhile: then nobody's camera is on.
        if self
            .hand()
            .session
            .as_ref()
            .is_none_or(|open| !Arc::ptr_eq(open, &session))
        {
            self.eyes.close();
            return Err(HostRefusal::Locked.into());
        }
        Ok(view)
    }

    pub(crate) async fn stop_scan(&self, args: StopScan) -> Result<Nothing, Failure> {
        let run = {
            let mut running = self.eyes.run();
            match &running.run {
                Some(run) if run.number == args.run => running.run.take(),
                _ => None,
            }
        };
        drop(run);
        Ok(Nothing)
    }

    pub(crate) async fn choose_scanner(&self, args: ChooseScanner) -> Result<ScanDevices, Failure> {
        self.session()?.choose(Choice::Scanner, args.port.as_deref())?;
        self.scan_devices(Nothing).await
    }

    /// How many frames of a run were looked at so far: for measuring.
    pub fn frames_looked_at(&self, run: u32) -> Option<u64> {
        let running = self.eyes.run();
        running.run.as_ref().filter(|open| open.number == run).map(Run::looked)
    }

    /// The newest picture of a run for the window, as soon as there is one that was not given yet. `None` while no camera
    /// delivers, when the run has ended, and always when nobody is signed in.
    pub fn camera_picture(&self, run: u32) -> Option<Preview> {
        self.session().ok()?;
        let shown = {
            let running = self.eyes.run();
            running.run.as_ref().filter(|open| open.number == run)?.shown()
        };
        // Out of the lock: it waits for the camera.
        shown.next(PICTURE)?.preview(WIDEST).ok()
    }
}
