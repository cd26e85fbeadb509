//! `GET /v1/health`: whether this server can do its work, and how far behind it is.

use crate::{
    gateway::Gateway,
    rules::room::{KEPT_FREE, takes_records},
    store::{
        board,
        settings::{self, Key},
    },
};
use domain::ids::UnixTime;
use serde::Serialize;

/// How the server is. Only `status` is for everybody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Health {
    /// `ok`, `cannot_read`, `cannot_write`, or `no_room`: new records wait on their tablets.
    pub status: &'static str,
    /// Bytes free.
    pub room: Option<u64>,
    /// Registrations that wait for the opener.
    pub waiting: u64,
    /// For how many seconds the oldest of them has waited.
    pub oldest_waiting: Option<i64>,
    /// Envelopes that the opener could not read or decide about since the start.
    pub stepped_over: u32,
    /// How many seconds ago the last backup was made; none ever.
    pub backup_age: Option<i64>,
    /// Time.
    pub time: UnixTime,
}

impl Health {
    /// Nobody could look.
    pub(crate) const STUCK: Health = Health {
        status: "cannot_write",
        room: None,
        waiting: 0,
        oldest_waiting: None,
        stepped_over: 0,
        backup_age: None,
        time: 0,
    };
}

impl Gateway {
    /// Tries to write, and looks.
    pub fn health(&self) -> Health {
        let now = self.now();
        let room = self.env.free(&self.data);
        let written = self
            .store
            .write(|tx| settings::set(tx, Key::Probe, now.to_string().as_bytes()));
        let read = self.store.read(|tx| -> rusqlite::Result<_> {
            let backup = settings::get(tx, Key::LastBackup)?;
            let backup = backup.and_then(|text| String::from_utf8(text).ok()?.parse::<UnixTime>().ok());
            Ok((board::backlog(tx)?, backup))
        });
        let status = match (&read, &written) {
            (Err(_), _) => "cannot_read",
            (_, Err(_)) => "cannot_write",
            _ if !takes_records(room, KEPT_FREE) => "no_room",
            _ => "ok",
        };
        for error in [read.as_ref().err(), written.as_ref().err()].into_iter().flatten() {
            tracing::error!(status, detail = %error, "health");
        }
        let ((waiting, oldest), backup) = read.unwrap_or_default();
        Health {
            status,
            room,
            waiting,
            oldest_waiting: oldest.map(|at| now - at),
            stepped_over: self.stepped_over(),
            backup_age: backup.map(|at| now - at),
            time: now,
        }
    }

    /// Notes that a backup was made.
    pub fn note_backup(&self) -> Result<(), crate::GatewayError> {
        let now = self.now();
        self.store.write(|tx| {
            settings::set(tx, Key::LastBackup, now.to_string().as_bytes())?;
            self.act(tx, "backup", serde_json::json!({}))
        })
    }
}
