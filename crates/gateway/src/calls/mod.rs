//! What the gateway is asked, one file for each question: by devices over HTTP, by whoever sits at the server, and by
//! the opener (`handover`). A call reads the facts, lets [`rules`](crate::rules) decide, and writes the answer down.

mod acts;
mod audit;
mod batches;
mod blanks;
mod board;
mod chain;
mod enrolment;
mod handover;
mod healing;
mod health;
mod invitations;
pub(crate) mod master;
mod pages;
mod reconcile;
mod teams;
mod tokens;
mod trust;
mod withdrawals;

pub use acts::ActView;
pub use audit::Finding;
pub use blanks::{BLANKS_ON_A_SHEET, MAX_SHEETS, MadeBlanks, Voided};
pub use enrolment::{InvitationIssued, Invite};
pub use health::Health;
pub use invitations::InvitationView;
pub use master::{Imported, Stated, WaitingForNotice, read_sheet};
pub use pages::AskedKeys;
pub use reconcile::Reconciled;
pub use teams::{DeviceView, PersonView, TeamRef, TeamView};
pub use withdrawals::{WaitingWithdrawal, Word};
