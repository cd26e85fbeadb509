//! Master data: what the city decides and may change without a new program. Notices, the list of communes, settings. Each
//! comes with the days for which it is meant and is signed by the platform's root (docs/protocol.md, section 6; ADR 26).
//!
//! Nothing is ever taken back. A later statement takes the place of an earlier one on the days it names, and what was
//! said before stays known: a record made under notice 1 is judged by notice 1, whichever is shown today.

use crate::{
    date::Day,
    lease::LeaseDays,
    notice::{self, Notice},
    place::{self, CommuneCode},
    retention,
};
use minicbor::{Decode, Encode};
use std::{collections::BTreeSet, sync::OnceLock};

/// Most bytes of a notice's text in one language.
pub const MAX_TEXT: usize = 16 * 1024;
/// Most communes of a list.
pub const MAX_COMMUNES: usize = 512;
/// Most characters of a commune's name.
const MAX_NAME: usize = 80;
/// The questions a notice asks, which the form asks too.
const PURPOSES: usize = 3;

/// For which days something is meant. Both ends are among them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Validity {
    /// First day.
    pub from: Day,
    /// Last day; none where nobody knows it yet.
    pub until: Option<Day>,
}

impl Validity {
    /// From this day on.
    pub const fn from(day: Day) -> Self {
        Self { from: day, until: None }
    }

    /// The day is among them.
    pub fn holds_on(&self, day: Day) -> bool {
        self.from <= day && self.until.is_none_or(|until| day <= until)
    }
}

/// A commune-level unit as the city names it.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct CommuneName {
    /// Code, five digits.
    #[n(0)]
    pub code: CommuneCode,
    /// `Phường Hải Châu`.
    #[n(1)]
    pub name: String,
}

/// What the city may set. Every value has bounds, so that a slip of the pen stops no tablet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Settings {
    /// Minutes without a touch after which the window locks itself: 1 to 30.
    #[n(0)]
    pub idle_lock_minutes: u16,
    /// Hours after which an unfinished form that nobody touched is erased: 1 to 24.
    #[n(1)]
    pub draft_hours: u16,
    /// Days without contact until old records are locked. Travels as an extension of the statement.
    #[cbor(skip)]
    pub lease: LeaseDays,
}

impl Settings {
    /// What a program does that was told nothing.
    pub const DEFAULT: Self = Self {
        idle_lock_minutes: 3,
        draft_hours: (retention::DRAFT / 3600) as u16,
        lease: LeaseDays(7),
    };

    /// Every value is within its bounds.
    pub fn in_bounds(&self) -> bool {
        (1..=30).contains(&self.idle_lock_minutes) && (1..=24).contains(&self.draft_hours) && self.lease.in_bounds()
    }
}

/// One statement of master data. Later programs know more kinds.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum Statement {
    /// A version of the notice.
    #[n(0)]
    Notice(#[n(0)] Notice),
    /// The communes of the city, all of them.
    #[n(1)]
    Communes(#[n(0)] Vec<CommuneName>),
    /// Settings, all of them.
    #[n(2)]
    Settings(#[n(0)] Settings),
}

impl Statement {
    /// Stable name of the kind.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Notice(_) => "notice",
            Self::Communes(_) => "communes",
            Self::Settings(_) => "settings",
        }
    }
}

/// Something and the days for which it is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Dated<T> {
    valid: Validity,
    what: T,
}

/// Why a statement is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.what())]
pub enum BadStatement {
    /// Its last day is before its first.
    Days,
    /// A notice of this number has another text: people signed that one.
    OtherText,
    /// Notices are counted from 1 without a gap.
    Number,
    /// No text, too long, or not as many numbered purposes as the form asks for.
    Text,
    /// An empty or too long list, a code twice or out of order, or no name.
    Communes,
    /// A setting out of its bounds.
    Bounds,
}

impl BadStatement {
    /// What is wrong with it, for whoever imports it.
    pub const fn what(&self) -> &'static str {
        match self {
            Self::Days => "its last day is before its first",
            Self::OtherText => "a notice of this number has another text",
            Self::Number => "the next notice has the next number",
            Self::Text => "a notice has a text in two languages with three numbered purposes",
            Self::Communes => "communes have a code of five digits, each once, and a name",
            Self::Bounds => "a setting is out of its bounds",
        }
    }
}

/// Everything that was ever said, in its order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Master {
    notices: Vec<Dated<Notice>>,
    communes: Vec<Dated<Vec<CommuneName>>>,
    settings: Vec<Dated<Settings>>,
}

impl Master {
    /// What the program brings along: enough to work before the first contact, and the past of every later statement.
    pub fn built_in() -> &'static Self {
        static BUILT_IN: OnceLock<Master> = OnceLock::new();
        BUILT_IN.get_or_init(|| {
            let always = Validity::from(Day::from_number(0));
            let dated = |what| Dated { valid: always, what };
            let communes = place::communes().map(|commune| CommuneName {
                code: commune.code,
                name: commune.full_name.clone(),
            });
            Self {
                notices: notice::released()
                    .into_iter()
                    .map(|what| Dated { valid: always, what })
                    .collect(),
                communes: vec![Dated {
                    valid: always,
                    what: communes.collect(),
                }],
                settings: vec![dated(Settings::DEFAULT)],
            }
        })
    }

    /// Whether a statement may be added: what the city's side checks before it signs and a device before it believes.
    ///
    /// # Errors
    /// [`BadStatement`]; nothing is added.
    pub fn admits(&self, valid: &Validity, item: &Statement) -> Result<(), BadStatement> {
        if valid.until.is_some_and(|until| until < valid.from) {
            return Err(BadStatement::Days);
        }
        match item {
            Statement::Notice(notice) => self.admits_notice(notice),
            Statement::Communes(list) => {
                let whole = (1..=MAX_COMMUNES).contains(&list.len())
                    && list.is_sorted_by(|a, b| a.code < b.code)
                    && list
                        .iter()
                        .all(|commune| commune.code.0 < 100_000 && is_name(&commune.name));
                whole.then_some(()).ok_or(BadStatement::Communes)
            }
            Statement::Settings(settings) => settings.in_bounds().then_some(()).ok_or(BadStatement::Bounds),
        }
    }

    fn admits_notice(&self, notice: &Notice) -> Result<(), BadStatement> {
        let text = |text: &str| (1..=MAX_TEXT).contains(&text.len());
        if !text(&notice.vietnamese) || !text(&notice.english) || notice.purposes().len() != PURPOSES {
            return Err(BadStatement::Text);
        }
        match self.notice(notice.version) {
            Some(known) if known.vietnamese == notice.vietnamese => Ok(()),
            Some(_) => Err(BadStatement::OtherText),
            None if usize::from(notice.version) == self.numbers().len() + 1 => Ok(()),
            None => Err(BadStatement::Number),
        }
    }

    fn numbers(&self) -> BTreeSet<u16> {
        self.notices.iter().map(|dated| dated.what.version).collect()
    }

    /// Adds a statement; it goes before everything that was said before it.
    ///
    /// # Errors
    /// As [`Master::admits`].
    pub fn add(&mut self, valid: Validity, item: Statement) -> Result<(), BadStatement> {
        self.admits(&valid, &item)?;
        match item {
            Statement::Notice(what) => self.notices.push(Dated { valid, what }),
            Statement::Communes(what) => self.communes.push(Dated { valid, what }),
            Statement::Settings(what) => self.settings.push(Dated { valid, what }),
        }
        Ok(())
    }

    /// The notice to show on a day.
    pub fn notice_on(&self, day: Day) -> &Notice {
        in_force(&self.notices, day)
    }

    /// The notice of this number, whenever it was shown: what a record made under it is judged by.
    pub fn notice(&self, number: u16) -> Option<&Notice> {
        let known = self.notices.iter().rev().map(|dated| &dated.what);
        known.into_iter().find(|notice| notice.version == number)
    }

    /// The communes of a day, by code.
    pub fn communes_on(&self, day: Day) -> &[CommuneName] {
        in_force::<Vec<_>>(&self.communes, day)
    }

    /// The commune of this code, as it was named last, whether or not the city still has it: a record keeps its place.
    pub fn commune(&self, code: CommuneCode) -> Option<&CommuneName> {
        let lists = self.communes.iter().rev();
        lists.flat_map(|dated| &dated.what).find(|commune| commune.code == code)
    }

    /// The settings of a day.
    pub fn settings_on(&self, day: Day) -> Settings {
        *in_force(&self.settings, day)
    }
}

/// What was said last of those that hold on the day. Where none holds, that which began last: a city that forgot to say
/// what comes next stops nobody at a door. Before all of them, the first.
fn in_force<T>(said: &[Dated<T>], day: Day) -> &T {
    let holds = said.iter().rev().find(|dated| dated.valid.holds_on(day));
    let begun = || {
        said.iter()
            .filter(|dated| dated.valid.from <= day)
            .max_by_key(|dated| dated.valid.from)
    };
    let dated = holds.or_else(begun).or(said.first());
    &dated.expect("the program brings one of each along").what
}

fn is_name(name: &str) -> bool {
    (1..=MAX_NAME).contains(&name.chars().count()) && name.trim() == name && !name.chars().any(char::is_control)
}
