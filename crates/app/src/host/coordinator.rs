//! Commands of the ward coordinator.

use super::Host;
use crate::{
    AppError,
    rpc::{Failure, types::*},
};
use protocol::report::Board;

impl Host {
    /// Fresh with a network; without one the last figures with their age, also after a restart.
    pub(crate) async fn board(&self, args: ByCommune) -> Result<BoardView, Failure> {
        let session = self.session()?;
        let fresh = match session.connect() {
            Ok(connection) => session.board(&connection, &args.commune).await,
            Err(error) => Err(error),
        };
        let note = format!("board/{}", args.commune);
        match fresh {
            Ok(board) => {
                if let Ok(bytes) = serde_json::to_vec(&board) {
                    session.store.write(|tx| store::device::set_note(tx, &note, &bytes))?;
                }
                Ok(BoardView {
                    fetched_at: Some(board.time),
                    board: Some(figures(board)),
                    offline: None,
                })
            }
            Err(error @ (AppError::Refused(_) | AppError::GatewayRefused(_))) => Err(error.into()),
            Err(error) => {
                let kept = session.store.read(|tx| store::device::note(tx, &note))?;
                let kept: Option<Board> = kept.and_then(|bytes| serde_json::from_slice(&bytes).ok());
                Ok(BoardView {
                    fetched_at: kept.as_ref().map(|board| board.time),
                    board: kept.map(figures),
                    offline: Some(error.code().to_owned()),
                })
            }
        }
    }
}

fn figures(board: Board) -> BoardFigures {
    let counts = board.registrations;
    let pool = |pool: protocol::report::BoardPool| BoardPool {
        adds_up: pool.holds(),
        team: pool.team,
        made: pool.made,
        blank: pool.blank,
        bound: pool.bound,
        spoiled: pool.spoiled,
        void: pool.void,
        refused: pool.refused,
    };
    BoardFigures {
        commune: board.commune,
        received: counts.received,
        waiting: counts.waiting,
        held: counts.held,
        accepted: counts.accepted,
        possible_duplicate: counts.possible_duplicate,
        refused: counts.refused,
        withdrawn: counts.withdrawn,
        unreadable: counts.unreadable,
        devices: board
            .devices
            .into_iter()
            .map(|tablet| BoardTablet {
                device: tablet.device,
                team: tablet.team,
                last_contact: tablet.last_contact,
                oldest_unsent: tablet.oldest_unsent,
                unsent: tablet.unsent,
                by_state: tablet.by_state,
                clock_ahead: tablet.clock_ahead,
                program: tablet.program,
                secret: tablet.secret,
                flags: tablet.flags,
                revoked: tablet.revoked,
            })
            .collect(),
        pools: board.pools.into_iter().map(pool).collect(),
        refusals: board
            .refusals
            .into_iter()
            .map(|refusal| BoardRefusal {
                rid: refusal.rid,
                code: refusal.code,
                device: refusal.device,
                team: refusal.team,
                since: refusal.since,
            })
            .collect(),
    }
}
