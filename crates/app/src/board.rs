//! The ward coordinator's board: fresh with a network; without one the last figures with their age, also after a restart.

use crate::refusal::Refusal;
use crate::{AppError, Session};
use client::Connection;
use domain::ids::UnixTime;
use protocol::board::Board;
use serde::Serialize;
use store::device;

/// The board and how old it is.
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BoardView {
    /// The board; absent when there never was one.
    pub board: Option<Board>,
    /// When it was fetched, seconds since 1970 UTC.
    #[cfg_attr(feature = "bindings", ts(type = "number | null"))]
    pub fetched_at: Option<UnixTime>,
    /// Why it could not be fetched now.
    pub offline: Option<String>,
    /// Teams whose account of pre-printed cards does not add up.
    pub miscounted: Vec<String>,
}

impl BoardView {
    fn of(board: Option<Board>, offline: Option<String>) -> Self {
        let pools = board.iter().flat_map(|board| &board.pools);
        Self {
            miscounted: pools
                .filter(|pool| !pool.holds())
                .map(|pool| pool.team.clone())
                .collect(),
            fetched_at: board.as_ref().map(|board| board.time),
            board,
            offline,
        }
    }
}

impl Session {
    /// The board of one commune from the platform.
    ///
    /// # Errors
    /// `commune_unknown`, what the platform refuses, and whatever is in the way of a connection.
    pub async fn board(&self, connection: &Connection, commune: &str) -> Result<Board, AppError> {
        let commune = commune
            .parse()
            .map_err(|_| AppError::Refused(Refusal::CommuneUnknown))?;
        let token = connection
            .token(self.identity.device, &self.keys.transport, self.env.random())
            .await?;
        Ok(connection.board(&token.token, commune).await?)
    }

    /// The board of one commune: from the platform, and kept; else the one kept last, with the reason.
    ///
    /// # Errors
    /// What the platform refuses: then an old board would say what this device may not see any more.
    pub async fn board_view(&self, commune: &str) -> Result<BoardView, AppError> {
        let fresh = match self.connect() {
            Ok(connection) => self.board(&connection, commune).await,
            Err(error) => Err(error),
        };
        let note = format!("board/{commune}");
        match fresh {
            Ok(board) => {
                if let Ok(bytes) = serde_json::to_vec(&board) {
                    self.store.write(|tx| device::set_note(tx, &note, &bytes))?;
                }
                Ok(BoardView::of(Some(board), None))
            }
            Err(error @ (AppError::Refused(_) | AppError::GatewayRefused(_))) => Err(error),
            Err(error) => {
                let kept = self.store.read(|tx| device::note(tx, &note))?;
                let kept: Option<Board> = kept.and_then(|bytes| serde_json::from_slice(&bytes).ok());
                Ok(BoardView::of(kept, Some(error.code().to_owned())))
            }
        }
    }
}
