//! The code of a registration (B1).
