//! Commands of the ward coordinator.

use crate::{Failure, Host, wire::lists::ByCommune};
use app::board::BoardView;

impl Host {
    pub(crate) async fn board(&self, args: ByCommune) -> Result<BoardView, Failure> {
        Ok(self.session()?.board_view(&args.commune).await?)
    }
}
