//! What surrounds the real host on a stage: each port does what a script says, so that a moment that is hard to reach can
//! be looked at.

pub mod cameras;
pub mod clock;
pub mod desk;
