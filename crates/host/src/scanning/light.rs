//! Whether a picture shows anything.

use scan::Luma;

/// Nearly every pixel of a covered lens is darker than this, of 255. A dim room gives 30 and more at its lamps and faces.
const DARK: u8 = 26;
/// So many milliseconds it has to stay dark: a camera that adapts to light is dark for a moment.
const PATIENCE: u64 = 1_500;

/// Watches the light over several frames.
#[derive(Debug, Default)]
pub(super) struct Light {
    dark_since: Option<u64>,
}

impl Light {
    /// True when the picture has been black for a while. `now` in milliseconds.
    pub(super) fn is_black(&mut self, luma: &Luma, now: u64) -> bool {
        if !is_dark(luma) {
            self.dark_since = None;
            return false;
        }
        now.saturating_sub(*self.dark_since.get_or_insert(now)) >= PATIENCE
    }
}

/// True when at most one of a hundred of some pixels, spread over the picture, is not dark: hot pixels do not count.
fn is_dark(luma: &Luma) -> bool {
    let some = luma.pixels().iter().step_by(97);
    let all = some.clone().count();
    some.filter(|&&grey| grey >= DARK).count() * 100 <= all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dark_for_a_while_is_black_and_a_lamp_ends_it() {
        let flat = |grey| Luma::new(320, 240, vec![grey; 320 * 240]).unwrap();
        let mut light = Light::default();
        assert!(!light.is_black(&flat(8), 1_000), "a moment is nothing");
        assert!(!light.is_black(&flat(8), 2_000));
        assert!(light.is_black(&flat(8), 2_600));
        let mut lamp = vec![8; 320 * 240];
        lamp[..320 * 20].fill(90);
        assert!(!light.is_black(&Luma::new(320, 240, lamp).unwrap(), 2_700));
        assert!(!light.is_black(&flat(8), 3_000), "counted anew");
    }

    #[test]
    fn noise_of_a_covered_lens_is_still_dark() {
        let noise: Vec<u8> = (0..320 * 240_u32)
            .map(|n| (n.wrapping_mul(2_654_435_761) >> 28) as u8)
            .collect();
        assert!(is_dark(&Luma::new(320, 240, noise).unwrap()));
    }
}
