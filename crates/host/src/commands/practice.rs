//! Commands of the practice mode.

use crate::failure::HostRefusal;
use crate::{
    Failure, Host,
    host::take_home,
    wire::{Nothing, device::AppState},
};
use app::practice::{self, Practice, PracticePerson};

/// Everybody in the hall knows it: it protects nothing.
const PRACTICE_PIN: &str = "246813";

impl Host {
    pub(crate) async fn enter_practice(&self, _: Nothing) -> Result<AppState, Failure> {
        {
            let mut hand = self.hand();
            if hand.practice && hand.session.is_some() {
                drop(hand);
                return Ok(self.app_state());
            }
            hand.platform = None;
        }
        self.end_session().await;
        self.take_practice().await?;
        Ok(self.announce())
    }

    async fn take_practice(&self) -> Result<(), Failure> {
        self.hand().home = None;
        let mut home = take_home(&self.practice).await?;
        if home.is_none() {
            practice::device::init(&self.practice, PRACTICE_PIN, self.env.clone())?;
            home = take_home(&self.practice).await?;
        }
        {
            let mut hand = self.hand();
            hand.practice = true;
            hand.home = home;
            hand.sync.reason = None;
            hand.sync.last_contact = None;
        }
        self.open(None, PRACTICE_PIN).await?;
        self.changed();
        Ok(())
    }

    pub(crate) async fn leave_practice(&self, _: Nothing) -> Result<AppState, Failure> {
        self.end_session().await;
        let home = take_home(&self.live).await;
        {
            let mut hand = self.hand();
            hand.platform = None;
            hand.practice = false;
            hand.home = None;
            hand.sync.reason = None;
            hand.sync.last_contact = None;
        }
        self.hand().home = home?;
        self.count_unsent();
        Ok(self.announce())
    }

    pub(crate) async fn reset_practice(&self, _: Nothing) -> Result<AppState, Failure> {
        if !self.hand().practice {
            return Err(HostRefusal::NotInPractice.into());
        }
        self.end_session().await;
        {
            let mut hand = self.hand();
            hand.platform = None;
            hand.home = None;
        }
        // Only ever the practice folder, and only if it says of itself that it is one.
        drop(take_home(&self.practice).await?);
        practice::device::remove(&self.practice)?;
        self.take_practice().await?;
        Ok(self.app_state())
    }

    pub(crate) async fn practice_people(&self, _: Nothing) -> Result<Vec<PracticePerson>, Failure> {
        Ok(practice::people())
    }

    pub(crate) async fn set_practice(&self, args: Practice) -> Result<AppState, Failure> {
        let platform = self.hand().platform.clone();
        platform
            .ok_or_else(|| Failure::from(HostRefusal::NotInPractice))?
            .set(args);
        self.kick.notify_one();
        Ok(self.announce())
    }
}
