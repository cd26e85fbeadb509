//! Pools of pre-printed cards: every blank is accounted for, and what does not hold is refused with its reason.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on stops")]

mod support;

use domain::{
    blank::{BlankNumber, count},
    code::Code,
    ids::Realm,
};
use gateway::{GatewayError, MadeBlanks};
use protocol::{
    blanks::{BLANKS_MAX, Blank, BlankAnswer, BlankLine, BlankOutcome, BlankPool, BlankReport, PrintedBlank},
    board::BoardBlanks,
    changes::{Change, ChangesPage},
    enrolment::{Role, Trust},
    signed::Signed,
};
use support::*;

const TEAM: &str = "Tổ 1";

fn made(rig: &Rig, team: &str, sheets: u32) -> MadeBlanks {
    rig.gateway.make_blanks(team, sheets, |_| Ok(())).unwrap()
}

fn number(made: &MadeBlanks, n: u32) -> BlankNumber {
    BlankNumber::from_serial(made.first.serial() + n).unwrap()
}

fn code(n: u64) -> Code {
    Code::from_bits(n).unwrap()
}

fn bind(number: BlankNumber, code: Code) -> BlankLine {
    BlankLine {
        number,
        code: Some(code),
        spoiled: false,
        at: NOW,
        operator: 1,
        ext: Default::default(),
    }
}

fn spoil(number: BlankNumber, code: Option<Code>) -> BlankLine {
    BlankLine {
        code,
        spoiled: true,
        ..bind(number, self::code(1))
    }
}

fn report(tablet: &Tablet, blanks: Vec<BlankLine>) -> Vec<u8> {
    let device = tablet.id();
    Signed::make(
        &BlankReport {
            device,
            blanks,
            ext: Default::default(),
        },
        &tablet.keys.signing,
    )
}

fn say(rig: &Rig, tablet: &Tablet, blanks: &[BlankLine]) -> Vec<BlankOutcome> {
    let answer = rig
        .gateway
        .blanks(tablet.id(), &report(tablet, blanks.to_vec()))
        .unwrap();
    let answer: BlankAnswer = Signed::verify(&answer, &tablet.trust.platform).unwrap();
    answer.blanks
}

fn account(rig: &Rig, team: &str) -> BoardBlanks {
    let board = rig.gateway.board_of(HAI_CHAU).unwrap();
    let pool = board.pools.into_iter().find(|pool| pool.team == team).unwrap();
    assert!(pool.holds(), "{pool:?}");
    pool
}

fn pool(rig: &Rig, tablet: &Tablet) -> BlankPool {
    let page = rig
        .gateway
        .changes(tablet.id(), 0, Some(support::keys_after(0)), None)
        .unwrap();
    let page: ChangesPage = Signed::verify(&page, &tablet.trust.platform).unwrap();
    let pools: Vec<_> = page
        .changes
        .into_iter()
        .filter_map(|change| match change.into_known() {
            Some(Change::Blanks(pool)) => Some(pool),
            _ => None,
        })
        .collect();
    assert_eq!(pools.len(), 1, "once, however often it changed");
    pools.into_iter().next().unwrap()
}

fn states(pool: &BoardBlanks) -> [u64; 5] {
    [pool.made, pool.blank, pool.bound, pool.spoiled, pool.void]
}

#[test]
fn sheets_are_signed_numbered_and_told_to_the_team() {
    let mut rig = Rig::new();
    let (tablet, other) = (rig.tablet(), rig.tablet_as("Tổ 2", Role::Volunteer));
    let first = made(&rig, TEAM, 2);
    let second = made(&rig, "Tổ 2", 1);
    assert_eq!((first.sheet, second.sheet), (1, 3));
    assert_eq!(first.last.serial() - first.first.serial(), 19);
    assert_eq!(
        second.first.serial(),
        first.last.serial() + 1,
        "no number is made twice"
    );
    assert_eq!(first.first.realm(), Realm::Development);
    assert!(first.pdf.starts_with(b"%PDF"));

    let (ours, theirs) = (pool(&rig, &tablet), pool(&rig, &other));
    assert_eq!((count(&ours.made), ours.blank(), count(&theirs.made)), (20, 20, 10));
    assert_ne!(ours.team, theirs.team);
    assert_eq!(states(&account(&rig, TEAM)), [20, 20, 0, 0, 0]);

    // The root vouches for the key; what it signed verifies on any device.
    let trust = Trust::read(&rig.gateway.trust().unwrap()).unwrap();
    let key = trust.blank_keys();
    assert_eq!(key.len(), 1);
    let fake = Blank {
        number: first.first,
        team: ours.team,
    }
    .to_text(&tablet.keys.signing);
    assert!(PrintedBlank::read(&fake).unwrap().verify(key).is_err());
    // A program from before there were pools is not sent what it cannot read.
    assert!(
        rig.changes(&tablet)
            .iter()
            .all(|change| !matches!(change, Change::Blanks(_)))
    );
}

#[test]
fn a_sheet_that_could_not_be_kept_was_not_made() {
    let mut rig = Rig::new();
    let tablet = rig.tablet();
    let full = |_: &MadeBlanks| Err(GatewayError::Usage("no room"));
    assert!(rig.gateway.make_blanks(TEAM, 1, full).is_err());
    let pool = pool(&rig, &tablet);
    assert!(
        !pool.void.is_empty() && pool.void == pool.made,
        "its numbers are void: {pool:?}"
    );
    let wrong = |team: &str, sheets| rig.gateway.make_blanks(team, sheets, |_| Ok(())).err().unwrap().code();
    assert_eq!(
        (wrong("Tổ lạ", 1), wrong(TEAM, 0), wrong(TEAM, 101)),
        ("usage", "usage", "usage")
    );
}

#[test]
fn every_word_about_a_card_is_judged_and_the_account_adds_up() {
    use BlankOutcome as O;
    let mut rig = Rig::new();
    let (first, second, stranger) = (rig.tablet(), rig.tablet(), rig.tablet_as("Tổ 2", Role::Volunteer));
    let blanks = made(&rig, TEAM, 2);
    made(&rig, "Tổ 2", 1);
    let blank = |n| number(&blanks, n);
    let unknown = BlankNumber::from_serial(blanks.first.serial() + 500).unwrap();
    assert_eq!(rig.gateway.void_blanks(&[2]).unwrap().void, 10);

    // Name, tablet, what it says, the outcome. In this order, on one platform.
    let rows = [
        ("bound", &first, bind(blank(0), code(10)), O::Taken),
        ("said again", &first, bind(blank(0), code(10)), O::Taken),
        (
            "the same registration, from a restored tablet",
            &second,
            bind(blank(0), code(10)),
            O::Taken,
        ),
        ("a copy on another tablet", &second, bind(blank(0), code(11)), O::Bound),
        ("a copy on the same tablet", &first, bind(blank(0), code(12)), O::Bound),
        (
            "another card for the one who had the copy",
            &second,
            bind(blank(1), code(11)),
            O::Taken,
        ),
        ("of another team", &stranger, bind(blank(2), code(13)), O::OtherTeam),
        ("never made", &first, bind(unknown, code(14)), O::Unknown),
        ("void", &first, bind(blank(12), code(15)), O::Void),
        ("torn before it was used", &first, spoil(blank(3), None), O::Taken),
        ("torn, said again", &first, spoil(blank(3), None), O::Taken),
        (
            "torn and then bound elsewhere",
            &second,
            bind(blank(3), code(16)),
            O::Spoiled,
        ),
        (
            "lost by the resident",
            &second,
            spoil(blank(1), Some(code(11))),
            O::Taken,
        ),
        ("lost, said again", &second, spoil(blank(1), Some(code(11))), O::Taken),
        (
            "bound and spoiled before the first contact",
            &first,
            spoil(blank(4), Some(code(17))),
            O::Taken,
        ),
        (
            "torn, but bound to somebody elsewhere",
            &second,
            spoil(blank(0), None),
            O::Bound,
        ),
        (
            "spoiled with another code",
            &second,
            spoil(blank(0), Some(code(18))),
            O::Bound,
        ),
        ("a void card in pieces", &first, spoil(blank(13), None), O::Taken),
    ];
    for (why, tablet, line, expected) in rows {
        assert_eq!(say(&rig, tablet, &[line]), [expected], "{why}");
    }
    let ours = account(&rig, TEAM);
    assert_eq!(states(&ours), [20, 6, 1, 3, 10]);
    assert_eq!(ours.refused, 7);
    assert_eq!(account(&rig, "Tổ 2").refused, 1, "counted where it happened");
    let told = pool(&rig, &second);
    assert_eq!((count(&told.used), count(&told.void), told.blank()), (4, 10, 6));
    // Nothing of it is a registration.
    assert_eq!(rig.standings(), []);
}

/// The first word that arrives is the one that holds, whichever it is.
#[test]
fn of_two_tablets_with_one_card_the_later_is_refused_both_ways() {
    for turned in [false, true] {
        let mut rig = Rig::new();
        let mut tablets = [rig.tablet(), rig.tablet()];
        let blank = made(&rig, TEAM, 1).first;
        let codes = [code(21), code(22)];
        if turned {
            tablets.reverse();
        }
        assert_eq!(say(&rig, &tablets[0], &[bind(blank, codes[0])]), [BlankOutcome::Taken]);
        assert_eq!(say(&rig, &tablets[1], &[bind(blank, codes[1])]), [BlankOutcome::Bound]);
        // However often each says it.
        for _ in 0..2 {
            assert_eq!(say(&rig, &tablets[1], &[bind(blank, codes[1])]), [BlankOutcome::Bound]);
            assert_eq!(say(&rig, &tablets[0], &[bind(blank, codes[0])]), [BlankOutcome::Taken]);
        }
        assert_eq!((account(&rig, TEAM).bound, account(&rig, TEAM).refused), (1, 1));
    }
}

#[test]
fn only_blank_cards_become_void() {
    let mut rig = Rig::new();
    let tablet = rig.tablet();
    let blanks = made(&rig, TEAM, 1);
    say(
        &rig,
        &tablet,
        &[bind(number(&blanks, 0), code(1)), spoil(number(&blanks, 1), None)],
    );
    let voided = rig.gateway.void_blanks(&[1]).unwrap();
    assert_eq!((voided.void, voided.left), (8, 2));
    let again = rig.gateway.void_blanks(&[1]).unwrap();
    assert_eq!((again.void, again.left), (0, 10));
    assert_eq!(states(&account(&rig, TEAM)), [10, 0, 1, 1, 8]);
    assert_eq!(rig.gateway.void_blanks(&[7]).unwrap_err().code(), "usage");
}

#[test]
fn only_the_device_itself_speaks_of_its_cards() {
    let mut rig = Rig::new();
    let (tablet, other) = (rig.tablet(), rig.tablet());
    let blanks = made(&rig, TEAM, 1);
    let line = bind(blanks.first, code(1));
    let said = report(&tablet, vec![line.clone()]);
    assert_eq!(
        denied(rig.gateway.blanks(other.id(), &said)),
        "malformed",
        "another's signature"
    );
    let signed_by_other = Signed::make(
        &BlankReport {
            device: tablet.id(),
            blanks: vec![line.clone()],
            ext: Default::default(),
        },
        &other.keys.signing,
    );
    assert_eq!(denied(rig.gateway.blanks(other.id(), &signed_by_other)), "forbidden");
    assert_eq!(denied(rig.gateway.blanks(tablet.id(), b"x")), "malformed");
    let many = report(&tablet, vec![line.clone(); BLANKS_MAX + 1]);
    assert_eq!(denied(rig.gateway.blanks(tablet.id(), &many)), "too_large");
    rig.gateway.revoke(tablet.id()).unwrap();
    assert_eq!(
        denied(rig.gateway.blanks(tablet.id(), &said)),
        "forbidden",
        "a revoked one binds nothing"
    );
    assert_eq!(states(&account(&rig, TEAM)), [10, 10, 0, 0, 0]);
}

/// A folder of a platform from before there were pools gets its key at the next start, and never a second one.
#[test]
fn a_lost_key_is_not_quietly_replaced() {
    let rig = Rig::new();
    let file = rig.folder.path().join("keys/cards.key");
    assert!(file.exists());
    std::fs::remove_file(file).unwrap();
    let started = gateway::Gateway::start(rig.folder.path(), Realm::Development, rig.env.clone());
    assert_eq!(started.err().unwrap().code(), "io");
    // A command that needs it says so too.
    rig.invite(TEAM, Role::Volunteer);
    let attached = gateway::Gateway::attach(rig.folder.path(), rig.env.clone()).unwrap();
    let made = attached.make_blanks(TEAM, 1, |_| Ok(()));
    assert_eq!(made.err().unwrap().code(), "io");
}
