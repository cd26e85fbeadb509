//! When a device asks what its platform still has, and what can keep it from hearing the answer.

use crate::AppError;
use client::ClientError;
use protocol::{changes::ChangesPage, healing::Life};

/// What keeps a device from healing its platform.
pub(super) enum Failed {
    Device(AppError),
    Call(ClientError),
}

impl From<AppError> for Failed {
    fn from(error: AppError) -> Self {
        Self::Device(error)
    }
}

impl From<store::StoreError> for Failed {
    fn from(error: store::StoreError) -> Self {
        Self::Device(error.into())
    }
}

impl From<ClientError> for Failed {
    fn from(error: ClientError) -> Self {
        Self::Call(error)
    }
}

/// The platform names a life or an end of the log that this device's cursor does not belong to.
pub(super) fn calls_for_reset(page: &ChangesPage) -> bool {
    Life::of(&page.ext).is_some_and(|life| life.reset)
}
