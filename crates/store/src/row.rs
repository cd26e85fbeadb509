//! Between columns and the domain's types.

use crate::{Result, StoreError};
use domain::state::State;
use minicbor::{Decode, Encode};
use protocol::{cbor, envelope::Kind};
use serde::{Serialize, de::DeserializeOwned};

/// No CBOR value in the database is longer.
const LONGEST: usize = 4 * 1024 * 1024;

pub(crate) fn to_cbor<T: Encode<()>>(value: &T) -> Vec<u8> {
    cbor::encode(value)
}

pub(crate) fn from_cbor<T>(table: &'static str, bytes: &[u8]) -> Result<T>
where
    T: for<'b> Decode<'b, ()> + Encode<()>,
{
    cbor::decode(bytes, LONGEST).map_err(|_| StoreError::BadRow { table })
}

/// The stable name of a plain enumeration, as serde writes it.
pub(crate) fn to_name<T: Serialize>(value: &T) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(name)) => name,
        _ => unreachable!("plain enumerations serialise as their name"),
    }
}

pub(crate) fn from_name<T: DeserializeOwned>(table: &'static str, name: String) -> Result<T> {
    serde_json::from_value(serde_json::Value::String(name)).map_err(|_| StoreError::BadRow { table })
}

pub(crate) fn state(name: &str) -> Result<State> {
    State::from_name(name).ok_or(StoreError::BadRow { table: "registration" })
}

pub(crate) fn kind(name: &str) -> Result<Kind> {
    [Kind::Registration, Kind::Correction, Kind::Withdrawal]
        .into_iter()
        .find(|kind| kind.name() == name)
        .ok_or(StoreError::BadRow { table: "envelope" })
}

/// Unsigned numbers stand as SQLite's signed ones; ours are far below the limit.
pub(crate) fn count(value: i64) -> u64 {
    value.max(0) as u64
}
