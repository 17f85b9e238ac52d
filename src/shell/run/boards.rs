//! What the boards list, asked of the service away from the screen. It must not put it in order (`app` does).

use super::lists;
use crate::app::model::{BoardData, BoardKind, RunbookChoice};
use crate::domain::ids::LogId;
use crate::domain::patterns::{Dimension, Quarter};
use crate::domain::time::Utc;
use crate::service::{Failure, PatternQuery, Service, StoryQuery};
use crate::shell::session::Session;

/// How many runbooks that fit stand first.
const FITTING: usize = 3;

/// How many quarters up to now are counted.
const QUARTERS: usize = 8;

/// Most values of one kind.
const MOST_VALUES: usize = 10;

/// Reads what a board lists.
pub(super) async fn read(service: &Service, kind: BoardKind, now: Utc) -> Result<BoardData, Failure> {
    Ok(match kind {
        BoardKind::Stories => BoardData::Stories(service.stories(&StoryQuery::default()).await?),
        BoardKind::Runbooks => {
            let (cards, failed) = service.runbook_cards().await?;
            BoardData::Runbooks(cards, failed.iter().map(ToString::to_string).collect())
        }
        BoardKind::Patterns => {
            let today = now.date_naive();
            let asked = PatternQuery {
                today: Some(today),
                quarters: Quarter::of(today).last(QUARTERS),
                by: Dimension::ALL.to_vec(),
                most: MOST_VALUES,
                clusters: true,
                ..PatternQuery::default()
            };
            BoardData::Patterns(service.patterns(asked).await?.lines())
        }
        BoardKind::Updates => BoardData::Updates(service.owed_updates(now).await?),
    })
}

/// All runbooks, those that fit a room first, each with how stale it is.
pub(super) async fn choices(
    session: &Session,
    service: &Service,
    log: LogId,
) -> Result<Vec<RunbookChoice>, Failure> {
    let incident = service.incident(log).await?;
    let books = service.clone();
    let fitting = tokio::task::spawn_blocking(move || books.runbooks_for(&incident, FITTING))
        .await
        .map_err(|_| Failure::no("reading the runbooks broke off"))?;
    let mut choices: Vec<RunbookChoice> = fitting.into_iter().map(lists::choice).collect();
    let (today, after) = (session.clock.now().date_naive(), service.policy().runbook_stale_days);
    for card in service.runbook_cards().await?.0 {
        let stale = card.staleness(today, after);
        let stale = if stale.is_stale() { stale.words() } else { String::new() };
        match choices.iter_mut().find(|c| c.name == card.name) {
            Some(choice) => choice.stale = stale,
            None => {
                let (name, title) = (card.name, card.title);
                choices.push(RunbookChoice { name, title, why: String::new(), stale });
            }
        }
    }
    Ok(choices)
}
