//! What the boards list, asked of the service away from the screen. It must not put it in order (`app` does).

use crate::app::model::{BoardData, BoardKind};
use crate::domain::time::Utc;
use crate::service::{Failure, Service, StoryQuery};

/// Reads what a board lists.
pub(super) async fn read(service: &Service, kind: BoardKind, now: Utc) -> Result<BoardData, Failure> {
    Ok(match kind {
        BoardKind::Stories => BoardData::Stories(service.stories(&StoryQuery::default()).await?),
        BoardKind::Runbooks => {
            let (cards, failed) = service.runbook_cards().await?;
            BoardData::Runbooks(cards, failed.iter().map(ToString::to_string).collect())
        }
        BoardKind::Updates => BoardData::Updates(service.owed_updates(now).await?),
    })
}
