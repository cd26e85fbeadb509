//! A small file that is overwritten in place, one of its two halves at a time. It needs no room on a full disk, and a write
//! that was cut leaves the other half.

use crate::{Result, StoreError, files};
use std::{
    fs::File,
    io::{Seek as _, SeekFrom, Write as _},
    path::PathBuf,
};

/// Bytes of a half: two of length, what is kept, zeros.
const HALF: usize = 4096;
const LENGTH: usize = 2;

/// Such a file, which may not be there yet.
pub(crate) struct InPlace(PathBuf);

impl InPlace {
    pub(crate) fn at(path: PathBuf) -> Self {
        Self(path)
    }

    /// What the halves hold: two at most, in no order, perhaps torn. Nothing where there is no file.
    pub(crate) fn read(&self) -> Result<Vec<Vec<u8>>> {
        let bytes = files::read_if_there(&self.0)?.unwrap_or_default();
        Ok(bytes.chunks_exact(HALF).filter_map(content).collect())
    }

    /// Keeps something in place of what was kept two turns before. Durable when this returns.
    pub(crate) fn write(&self, turn: u64, kept: &[u8]) -> Result<()> {
        let length = u16::try_from(kept.len()).ok().filter(|_| kept.len() <= HALF - LENGTH);
        let length = length.ok_or(StoreError::Io(std::io::ErrorKind::FileTooLarge))?;
        let mut half = [0; HALF];
        half[..LENGTH].copy_from_slice(&length.to_be_bytes());
        half[LENGTH..LENGTH + kept.len()].copy_from_slice(kept);
        let at = (turn % 2) as usize * HALF;
        match self.open()? {
            Some(mut file) => {
                file.seek(SeekFrom::Start(at as u64))?;
                file.write_all(&half)?;
                Ok(file.sync_all()?)
            }
            None => {
                let mut whole = [0; 2 * HALF];
                whole[at..at + HALF].copy_from_slice(&half);
                files::replace(&self.0, &whole)
            }
        }
    }

    /// The file, if it is there in its full length.
    fn open(&self) -> Result<Option<File>> {
        match files::private_file().open(&self.0) {
            Ok(file) if file.metadata()?.len() == 2 * HALF as u64 => Ok(Some(file)),
            Ok(_) => Ok(None),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}

fn content(half: &[u8]) -> Option<Vec<u8>> {
    let length = usize::from(u16::from_be_bytes([half[0], half[1]]));
    let kept = half.get(LENGTH..LENGTH + length)?;
    (length > 0).then(|| kept.to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cut_write_leaves_the_turn_before() {
        let folder = tempfile::tempdir().unwrap();
        let file = InPlace::at(folder.path().join("counted"));
        assert!(file.read().unwrap().is_empty());
        for turn in 1..5u64 {
            file.write(turn, format!("turn {turn}").as_bytes()).unwrap();
            let kept = file.read().unwrap();
            assert!(kept.contains(&format!("turn {turn}").into_bytes()), "{turn}");
            assert_eq!(kept.len(), if turn == 1 { 1 } else { 2 });
        }
        // Whatever a cut leaves in the half of turn 5, turn 4 is there.
        let mut bytes = std::fs::read(&file.0).unwrap();
        bytes[HALF..HALF + 100].fill(0xff);
        std::fs::write(&file.0, &bytes).unwrap();
        assert!(file.read().unwrap().contains(&b"turn 4".to_vec()));
        assert!(file.write(6, &[1; HALF]).is_err(), "nothing is cut to fit");
        // A file of another length is made anew.
        std::fs::write(&file.0, b"short").unwrap();
        file.write(7, b"turn 7").unwrap();
        assert_eq!(file.read().unwrap(), [b"turn 7".to_vec()]);
    }
}
