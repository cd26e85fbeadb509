//! The master data that a device knows: what the program brings along, and what the root signed since.

use crate::AppError;
use domain::master::Master;
use protocol::{enrolment::Trust, master::MasterItem};
use std::sync::Arc;
use store::{Read, device};

/// What is known, and how much of it only a newer program reads.
#[derive(Debug, Clone)]
pub(crate) struct Known {
    pub(crate) master: Arc<Master>,
    pub(crate) unread: u64,
}

impl Known {
    /// Every kept statement that the root signed, in its order.
    pub(crate) fn read(tx: &Read<'_>) -> Result<Self, AppError> {
        let (mut master, mut unread) = (Master::built_in().clone(), 0);
        let Some((trust, realm)) = device::trust(tx)?.zip(device::identity(tx)?.map(|identity| identity.realm)) else {
            return Ok(Self {
                master: Arc::new(master),
                unread,
            });
        };
        let root = Trust::read(&trust)?.root;
        for signed in store::master::all(tx)? {
            let Ok(statement) = MasterItem::verify(&signed, root, realm) else {
                continue;
            };
            let valid = statement.valid();
            let added = statement.into_known().map(|item| master.add(valid, item));
            unread += u64::from(!matches!(added, Some(Ok(()))));
        }
        Ok(Self {
            master: Arc::new(master),
            unread,
        })
    }
}
