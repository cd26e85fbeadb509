//! The client against real servers, over TCP and TLS, that answer byte for byte what a test says.

#![allow(clippy::unwrap_used, reason = "helpers of a test unwrap what the test asserts")]

mod answers;
mod failures;
mod platform;
mod requests;
mod tls;
