//! What a report may say. It is shown to people as it is, and one tablet must not spoil a ward's figures.

use domain::{ids::UnixTime, state::State, text};
use protocol::report::DeviceReport;

/// More than a tablet could register in ten years at one a minute, day and night.
const MOST: u64 = 6_000_000;
/// Seconds since 1970: a clock that was never set says 0, no clock of a machine says more than the year 2100.
const CLOCK: std::ops::Range<UnixTime> = 0..4_102_444_800;
/// Longest version text of a program, in characters.
pub(crate) const MAX_PROGRAM: usize = 64;

/// True when an honest device could say so, however wrong its clock is.
pub(crate) fn is_plausible(report: &DeviceReport) -> bool {
    let counts = || report.by_state.iter().chain([&report.begun, &report.unsent]);
    let mut clocks = report.oldest_unsent.iter().chain([&report.time]);
    report.by_state.len() == State::ALL.len()
        && counts().all(|count| *count <= MOST)
        && clocks.all(|clock| CLOCK.contains(clock))
        && text::is_shown_line(&report.program, MAX_PROGRAM)
        && ["keyring", "file"].contains(&report.secret.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report() -> DeviceReport {
        DeviceReport {
            device: 1,
            time: 1_790_000_000,
            begun: 3,
            by_state: vec![0; State::ALL.len()],
            oldest_unsent: Some(1_790_000_000),
            unsent: 1,
            program: "0.1.0".to_owned(),
            secret: "file".to_owned(),
            ext: Default::default(),
        }
    }

    #[test]
    fn what_no_honest_tablet_says_is_not_believed() {
        assert!(is_plausible(&report()));
        let changed = |change: fn(&mut DeviceReport)| {
            let mut report = report();
            change(&mut report);
            is_plausible(&report)
        };
        let clocks: [fn(&mut DeviceReport); 2] = [|report| report.time = 0, |report| report.time = 1_420_000_000];
        for wrong_clock in clocks {
            assert!(changed(wrong_clock), "a clock that is wrong is no lie");
        }
        let lies: [fn(&mut DeviceReport); 11] = [
            |report| report.begun = u64::MAX,
            |report| report.unsent = u64::MAX,
            |report| report.by_state[2] = u64::MAX,
            |report| report.by_state.push(0),
            |report| report.time = i64::MIN,
            |report| report.time = i64::MAX,
            |report| report.oldest_unsent = Some(i64::MIN),
            |report| report.program = "1\u{202e}0".to_owned(),
            |report| report.program = "1\u{0}".to_owned(),
            |report| report.program.clear(),
            |report| report.secret = "file ".to_owned(),
        ];
        for (number, lie) in lies.into_iter().enumerate() {
            assert!(!changed(lie), "lie {number}");
        }
    }
}
