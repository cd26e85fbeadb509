//! What a window talks to: the running program behind it, one table of commands and events ([`table`]), and live
//! scanning. Handlers hand over to one use case of `app` and hold no rule; they cannot open a transaction, for this crate
//! does not know the store.

mod background;
#[cfg(feature = "bindings")]
pub mod bindings;
mod commands;
mod desk;
mod failure;
mod host;
mod pacing;
pub mod scanning;
pub mod table;
pub mod wire;

pub use desk::Desk;
pub use failure::{BadPicture, Failure, HostRefusal};
pub use host::Host;
pub use table::Event;
