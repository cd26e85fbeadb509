//! What travels between window and host and exists for it alone; whatever a use case returns travels as it is. JSON; times
//! are seconds since 1970 UTC; identifiers are hexadecimal text. One file for each file of commands.

pub mod blanks;
pub mod device;
pub mod forms;
pub mod lists;
pub mod paper;
pub mod scan;

use serde::{Deserialize, Serialize};

/// No arguments, or no result: `null`.
#[cfg_attr(feature = "bindings", derive(ts_rs::TS), ts(type = "null"))]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Nothing;
