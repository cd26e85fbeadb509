//! Commands about the device and who works on it.

use crate::failure::HostRefusal;
use crate::{
    Failure, Host,
    host::take_home,
    wire::{
        Nothing,
        device::{AddOperator, AppState, ChangePin, EnrolDevice, SignIn},
    },
};
use app::{device, doctor::Findings, look::Look, practice::Platform};
use std::sync::{Arc, PoisonError};
use zeroize::Zeroizing;

impl Host {
    pub(crate) async fn state(&self, _: Nothing) -> Result<AppState, Failure> {
        Ok(self.app_state())
    }

    pub(crate) async fn enrol_device(&self, args: EnrolDevice) -> Result<AppState, Failure> {
        let pin = Zeroizing::new(args.pin);
        // A QR carries the address after the code, which itself may hold spaces: it has a fixed length.
        let text = args.invitation.trim();
        let (code, address) = match text.split_at_checked(device::INVITATION_LEN) {
            Some((code, rest)) if rest.starts_with(' ') => (code, rest.trim()),
            _ => (text, ""),
        };
        let gateway = match args.gateway.trim() {
            "" => address,
            typed => typed,
        };
        if self.hand().practice {
            return Err(HostRefusal::DemoHasNoGateway.into());
        }
        // The folder is opened by the use case itself.
        self.hand().home = None;
        let done = device::enrol(&self.live, gateway, code, &pin, self.env.clone()).await;
        let home = take_home(&self.live).await;
        self.hand().home = home?;
        done?;
        self.open(None, &pin).await?;
        Ok(self.announce())
    }

    pub(crate) async fn sign_in(&self, args: SignIn) -> Result<AppState, Failure> {
        let pin = Zeroizing::new(args.pin);
        let opened = self.open(Some(args.operator), &pin).await;
        if opened.is_err() {
            // A database that was set aside just now leads to an invitation.
            self.announce();
        }
        opened?;
        self.changed();
        Ok(self.app_state())
    }

    /// Opens the device in hand. Another person's session ends before a PIN is judged.
    pub(crate) async fn open(&self, operator: Option<u32>, pin: &str) -> Result<(), Failure> {
        self.end_session().await;
        let (home, in_practice) = {
            let hand = self.hand();
            (hand.home.clone(), hand.practice)
        };
        let home = home.ok_or_else(|| Failure::from(HostRefusal::NotEnrolled))?;
        let session = home.unlock(operator, pin, self.env.clone())?;
        let platform = match in_practice {
            false => None,
            true => Some(Arc::new(Platform::of(&session)?)),
        };
        let dropped_forms = match session.discard_expired_drafts() {
            // They go at the next sign-in for which there is room.
            Err(error) if error.is_disk_full() => 0,
            dropped => dropped?,
        };
        let mut hand = self.hand();
        hand.dropped_forms = dropped_forms;
        hand.session = Some(Arc::new(session));
        hand.platform = platform;
        Ok(())
    }

    pub(crate) async fn lock(&self, _: Nothing) -> Result<AppState, Failure> {
        self.end_session().await;
        self.count_unsent();
        Ok(self.announce())
    }

    pub(crate) async fn add_operator(&self, args: AddOperator) -> Result<AppState, Failure> {
        let session = self.session()?;
        let pin = Zeroizing::new(args.pin);
        session.add_operator(args.operator, &pin)?;
        Ok(self.announce())
    }

    pub(crate) async fn change_pin(&self, args: ChangePin) -> Result<Nothing, Failure> {
        let session = self.session()?;
        let (old, new) = (Zeroizing::new(args.old), Zeroizing::new(args.new));
        session.change_pin(&old, &new)?;
        self.announce();
        Ok(Nothing)
    }

    /// The window looks so from now on, also where it cannot be kept.
    pub(crate) async fn set_look(&self, look: Look) -> Result<Nothing, Failure> {
        *self.look.lock().unwrap_or_else(PoisonError::into_inner) = look;
        self.announce();
        if let Some(path) = self.desk.look_file() {
            look.save(&path)?;
        }
        Ok(Nothing)
    }

    pub(crate) async fn doctor(&self, _: Nothing) -> Result<Findings, Failure> {
        Ok(self.session()?.doctor()?)
    }
}
