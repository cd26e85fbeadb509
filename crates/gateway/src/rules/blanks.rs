//! What a device's word about a pre-printed card makes of it. The steps themselves are [`domain::blank`]'s, which the
//! device asks too; here is what only the central side can know: the team, and that a blank is a copy.

use domain::blank::{self, BlankEvent, BlankRefusal, BlankState};
use protocol::blanks::BlankLine;

/// A blank as it stands here.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Known {
    pub(crate) team: i64,
    pub(crate) state: BlankState,
}

/// The states the blank goes through, in order; none when the line says what is known. `None` for a blank never made.
pub(crate) fn settle(known: Option<Known>, team: i64, line: &BlankLine) -> Result<Vec<BlankState>, BlankRefusal> {
    let blank = known.ok_or(BlankRefusal::Unknown)?;
    if blank.team != team {
        return Err(BlankRefusal::OtherTeam);
    }
    let bound = match line.code {
        // Bound and spoiled since: what it was bound to must be what is known, or the blank is a copy.
        Some(code) if !(line.spoiled && blank.state == BlankState::Spoiled) => {
            blank::next(blank.state, BlankEvent::Bind(code))?
        }
        // Spoiled without having been bound here, but bound elsewhere: a copy too.
        None if matches!(blank.state, BlankState::Bound(_)) => return Err(BlankRefusal::Bound),
        _ => blank.state,
    };
    let after = match line.spoiled {
        true => blank::next(bound, BlankEvent::Spoil)?,
        false => bound,
    };
    Ok(match line.code {
        _ if after == blank.state => Vec::new(),
        // So that the account still says to whom it had been handed.
        Some(code) if line.spoiled => vec![BlankState::Bound(code), after],
        _ => vec![after],
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{blank::BlankNumber, code::Code};

    fn line(code: Option<u64>, spoiled: bool) -> BlankLine {
        BlankLine {
            number: BlankNumber::from_serial(1).unwrap(),
            code: code.map(|bits| Code::from_bits(bits).unwrap()),
            spoiled,
            at: 0,
            operator: 1,
            ext: Default::default(),
        }
    }

    fn told(state: BlankState, line: &BlankLine) -> Result<Vec<BlankState>, BlankRefusal> {
        settle(Some(Known { team: 1, state }), 1, line)
    }

    #[test]
    fn a_card_is_judged_by_team_and_by_what_it_was_bound_to() {
        let bound = |bits| BlankState::Bound(Code::from_bits(bits).unwrap());
        let blank = BlankState::Unused;
        let spoiled = BlankState::Spoiled;
        assert_eq!(settle(None, 1, &line(Some(1), false)), Err(BlankRefusal::Unknown));
        let other = Known { team: 2, state: blank };
        assert_eq!(
            settle(Some(other), 1, &line(Some(1), false)),
            Err(BlankRefusal::OtherTeam)
        );
        assert_eq!(told(blank, &line(Some(1), false)), Ok(vec![bound(1)]));
        assert_eq!(told(bound(1), &line(Some(1), false)), Ok(vec![]), "said twice");
        assert_eq!(
            told(bound(1), &line(Some(2), false)),
            Err(BlankRefusal::Bound),
            "a copy"
        );
        assert_eq!(
            told(bound(1), &line(None, true)),
            Err(BlankRefusal::Bound),
            "a copy, spoiled"
        );
        assert_eq!(told(blank, &line(None, true)), Ok(vec![spoiled]));
        assert_eq!(
            told(blank, &line(Some(1), true)),
            Ok(vec![bound(1), spoiled]),
            "the account keeps to whom"
        );
        assert_eq!(told(spoiled, &line(Some(1), true)), Ok(vec![]), "said twice");
    }
}
