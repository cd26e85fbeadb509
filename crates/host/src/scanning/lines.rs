//! From the bytes of a serial scanner to one delivery each. Bytes stay bytes.

use domain::idcard::MAX_BYTES;

/// A scanner that ends its codes with nothing is silent for so long between two, in milliseconds.
const SILENCE: u64 = 250;

/// Gathers bytes until a line ends.
#[derive(Default)]
pub(super) struct Lines {
    bytes: Vec<u8>,
    last: u64,
}

impl Lines {
    /// Takes what came at `now` (milliseconds); nothing may have come. Gives every delivery that is whole.
    ///
    /// A line ends with CR, LF or NUL, or with silence. More than a code can hold is cut: the reading says that it is too long.
    pub(super) fn take(&mut self, came: &[u8], now: u64) -> Vec<Vec<u8>> {
        let mut whole = Vec::new();
        if came.is_empty() {
            if now.saturating_sub(self.last) >= SILENCE {
                self.end(&mut whole);
            }
            return whole;
        }
        self.last = now;
        for &byte in came {
            match byte {
                b'\r' | b'\n' | 0 => self.end(&mut whole),
                _ if self.bytes.len() > MAX_BYTES => {}
                _ => self.bytes.push(byte),
            }
        }
        whole
    }

    fn end(&mut self, whole: &mut Vec<Vec<u8>>) {
        if !self.bytes.is_empty() {
            whole.push(std::mem::take(&mut self.bytes));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deliveries_end_with_a_line_or_with_silence_and_bytes_stay_bytes() {
        let mut lines = Lines::default();
        assert!(lines.take("048|Trần".as_bytes(), 0).is_empty());
        // Cut inside of a letter by the cable's packets.
        let (first, rest) = " Thị\r\n".as_bytes().split_at(5);
        assert!(lines.take(first, 10).is_empty());
        assert_eq!(lines.take(rest, 20), ["048|Trần Thị".as_bytes()]);
        assert!(lines.take(b"\r\n\r\n", 30).is_empty(), "empty lines are nothing");
        assert_eq!(
            lines.take(b"one\rtwo\n\xff\xfe\0", 40),
            [&b"one"[..], b"two", b"\xff\xfe"]
        );

        assert!(lines.take(b"without an end", 100).is_empty());
        assert!(lines.take(b"", 250).is_empty());
        assert_eq!(lines.take(b"", 350), [b"without an end"]);
        assert!(lines.take(b"", 900).is_empty());
    }

    #[test]
    fn a_scanner_that_never_ends_fills_no_memory() {
        let mut lines = Lines::default();
        for now in 0..100 {
            lines.take(&[b'x'; 1000], now);
        }
        let [line] = &lines.take(b"\n", 101)[..] else {
            panic!("one")
        };
        assert_eq!(line.len(), MAX_BYTES + 1);
    }
}
