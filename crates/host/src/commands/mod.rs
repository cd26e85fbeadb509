//! The handlers of the command table, one file for each part of the window.

mod blanks;
mod coordinator;
mod device;
mod forms;
mod lists;
pub(crate) mod paper;
mod practice;
pub(crate) mod scan;
