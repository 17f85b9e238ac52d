//! What the boards list, asked of the service away from the screen. It must not put it in order (`app` does).

use std::collections::HashMap;

use super::lists;
use crate::app::model::{BoardData, BoardKind, RunbookChoice};
use crate::domain::ids::{IncidentId, LogId};
use crate::domain::patterns::{Dimension, Line, Quarter};
use crate::domain::time::Utc;
use crate::service::{Failure, PatternQuery, Service, StoryQuery};
use crate::shell::session::Session;

/// How many runbooks that fit stand first.
const FITTING: usize = 3;

/// How many quarters up to now are counted.
const QUARTERS: usize = 8;

/// Of how many incidents the titles are looked up.
const MOST_NAMED: usize = 500;

/// Most values of one kind.
const MOST_VALUES: usize = 10;

/// Reads what a board lists; of what recurs, what a query finds.
pub(super) async fn read(
    service: &Service,
    kind: BoardKind,
    query: &str,
    now: Utc,
) -> Result<BoardData, Failure> {
    Ok(match kind {
        BoardKind::Stories => BoardData::Stories(service.stories(&StoryQuery::default()).await?),
        BoardKind::Runbooks => {
            let (cards, failed) = service.runbook_cards().await?;
            BoardData::Runbooks(cards, failed.iter().map(ToString::to_string).collect())
        }
        BoardKind::Patterns => {
            let today = now.date_naive();
            let asked = PatternQuery {
                text: query.to_owned(),
                today: Some(today),
                quarters: Quarter::of(today).last(QUARTERS),
                by: Dimension::ALL.to_vec(),
                most: MOST_VALUES,
                clusters: true,
            };
            let found = service.patterns(asked).await?;
            let mut lines = found.lines();
            name(service, &mut lines).await?;
            BoardData::Patterns(lines, found.notes)
        }
        BoardKind::Updates => BoardData::Updates(service.owed_updates(now).await?),
    })
}

/// Puts the titles of incidents of this home behind bare ids: an id alone says nothing to most people.
async fn name(service: &Service, lines: &mut [Line]) -> Result<(), Failure> {
    let mut known: HashMap<IncidentId, String> = HashMap::new();
    for text in lines.iter_mut().flat_map(|line| &mut line.ids) {
        let Ok(id) = text.parse::<IncidentId>() else { continue };
        if !known.contains_key(&id) {
            let row = if known.len() < MOST_NAMED { service.row_of(id).await? } else { None };
            known.insert(id, row.map(|(_, s)| s.shown_title().to_owned()).unwrap_or_default());
        }
        if let Some(title) = known.get(&id).filter(|title| !title.is_empty()) {
            *text = format!("{text} {title}");
        }
    }
    Ok(())
}

/// All runbooks, those that fit a room first, each with how stale it is.
pub(super) async fn choices(
    session: &Session,
    service: &Service,
    log: LogId,
) -> Result<Vec<RunbookChoice>, Failure> {
    let mut incident = service.incident(log).await?;
    incident.title = service.as_meant(&incident.title, false).await;
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
