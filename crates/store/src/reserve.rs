//! Room that is kept for the day on which the disk is full: a file of its own, given up then, so that signing in, sending,
//! finding and withdrawing still work. New registrations do not live on it: where it cannot be kept, nothing is saved, and
//! that is said.

use crate::{Home, Result, StoreError, files};
use std::{fs, io::Write as _};

pub(crate) const RESERVE: &str = "reserve";
/// Bytes of the reserve: a batch of answers, the log it goes through, and the small files.
const BYTES: u64 = 8 * 1024 * 1024;
const BLOCK: usize = 1024 * 1024;

impl Home {
    /// Makes the reserve whole where it is not.
    ///
    /// # Errors
    /// `DiskFull`; then it is as large as there is room.
    pub fn keep_reserve(&self) -> Result<()> {
        let path = self.path().join(RESERVE);
        if fs::metadata(&path).is_ok_and(|meta| meta.len() == BYTES) {
            return Ok(());
        }
        // Nothing that a file system could store as a hole or squeeze together.
        let mut noise = 0x9e37_79b9_7f4a_7c15_u64;
        let mut block = Vec::with_capacity(BLOCK);
        while block.len() < BLOCK {
            noise ^= noise << 13;
            noise ^= noise >> 7;
            noise ^= noise << 17;
            block.extend_from_slice(&noise.to_le_bytes());
        }
        // Not waited for: after a power cut it is made anew.
        let mut file = files::private_file().create(true).truncate(true).open(&path)?;
        for _ in 0..BYTES / BLOCK as u64 {
            file.write_all(&block)?;
        }
        Ok(())
    }

    /// The disk is full: gives the reserve up. True where that made room.
    pub fn give_up_reserve(&self) -> bool {
        let path = self.path().join(RESERVE);
        path.exists() && fs::remove_file(&path).is_ok() && files::sync_dir(self.path()).is_ok()
    }

    /// Does something that must go on with a full disk: once more with the room of the reserve, where there was none.
    pub(crate) fn with_reserve<T>(&self, mut job: impl FnMut() -> Result<T>) -> Result<T> {
        match job() {
            Err(StoreError::DiskFull) if self.give_up_reserve() => job(),
            done => done,
        }
    }
}
