//! What a device's word about a pre-printed card makes of it. The steps themselves are [`domain::pool`]'s, which the
//! device asks too; here is what only the central side can know: the team, and that a card is a copy.

use domain::pool::{self, CardEvent, CardRefusal, CardState};
use protocol::cards::CardLine;

/// A card as it stands here.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Known {
    pub(crate) team: i64,
    pub(crate) state: CardState,
}

/// The states the card goes through, in order; none when the line says what is known. `None` for a card never made.
pub(crate) fn settle(known: Option<Known>, team: i64, line: &CardLine) -> Result<Vec<CardState>, CardRefusal> {
    let card = known.ok_or(CardRefusal::Unknown)?;
    if card.team != team {
        return Err(CardRefusal::OtherTeam);
    }
    let bound = match line.code {
        // Bound and spoiled since: what it was bound to must be what is known, or the card is a copy.
        Some(code) if !(line.spoiled && card.state == CardState::Spoiled) => {
            pool::next(card.state, CardEvent::Bind(code))?
        }
        // Spoiled without having been bound here, but bound elsewhere: a copy too.
        None if matches!(card.state, CardState::Bound(_)) => return Err(CardRefusal::Bound),
        _ => card.state,
    };
    let after = match line.spoiled {
        true => pool::next(bound, CardEvent::Spoil)?,
        false => bound,
    };
    Ok(match line.code {
        _ if after == card.state => Vec::new(),
        // So that the account still says to whom it had been handed.
        Some(code) if line.spoiled => vec![CardState::Bound(code), after],
        _ => vec![after],
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{code::Code, pool::CardNumber};

    fn line(code: Option<u64>, spoiled: bool) -> CardLine {
        CardLine {
            number: CardNumber::from_serial(1).unwrap(),
            code: code.map(|bits| Code::from_bits(bits).unwrap()),
            spoiled,
            at: 0,
            operator: 1,
            ext: Default::default(),
        }
    }

    fn told(state: CardState, line: &CardLine) -> Result<Vec<CardState>, CardRefusal> {
        settle(Some(Known { team: 1, state }), 1, line)
    }

    #[test]
    fn a_card_is_judged_by_team_and_by_what_it_was_bound_to() {
        let bound = |bits| CardState::Bound(Code::from_bits(bits).unwrap());
        let blank = CardState::Blank;
        let spoiled = CardState::Spoiled;
        assert_eq!(settle(None, 1, &line(Some(1), false)), Err(CardRefusal::Unknown));
        let other = Known { team: 2, state: blank };
        assert_eq!(
            settle(Some(other), 1, &line(Some(1), false)),
            Err(CardRefusal::OtherTeam)
        );
        assert_eq!(told(blank, &line(Some(1), false)), Ok(vec![bound(1)]));
        assert_eq!(told(bound(1), &line(Some(1), false)), Ok(vec![]), "said twice");
        assert_eq!(told(bound(1), &line(Some(2), false)), Err(CardRefusal::Bound), "a copy");
        assert_eq!(
            told(bound(1), &line(None, true)),
            Err(CardRefusal::Bound),
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
