//! The one program that serves, or mends, a data folder.

use crate::error::GatewayError;
use std::{fs::File, path::Path};

/// Takes the folder's lock; it goes with the process, however that ends.
pub(crate) fn take(data: &Path) -> Result<File, GatewayError> {
    let mut options = File::options();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(data.join("serve.lock"));
    let file = file.map_err(GatewayError::io("serve.lock"))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(std::fs::TryLockError::WouldBlock) => Err(GatewayError::InUse),
        Err(std::fs::TryLockError::Error(error)) => Err(GatewayError::io("serve.lock")(error)),
    }
}
