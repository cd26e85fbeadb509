//! Registers that the opener asks.

pub mod population;
