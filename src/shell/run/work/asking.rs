//! What only asks: the archive, the runbooks, the boards. While an index has to be built for an answer, the screen
//! hears how far it is. It must not write.

use std::pin::pin;
use std::time::Duration;

use super::{Outbox, boards, lists};
use crate::app::effect::Effect;
use crate::app::msg::{Answer, Msg};
use crate::domain::abbreviations::in_full;
use crate::domain::question::Question;
use crate::service::{Failure, FindQuery, Service, Similar};
use crate::shell::session::Session;

/// How often it is looked how far an index is. Most answers are there before the first look.
const LOOK: Duration = Duration::from_millis(250);

/// Asks, and tells how far the index is while one is built.
pub(super) async fn ask(
    session: &Session,
    service: &Service,
    outbox: &Outbox,
    effect: Effect,
) -> Result<Answer, Failure> {
    let mut asking = pin!(answer(session, service, effect));
    let mut told = None;
    let answer = loop {
        if let Ok(answer) = tokio::time::timeout(LOOK, &mut asking).await {
            break answer;
        }
        let percent = service.index_building();
        if percent != told {
            told = percent;
            outbox.send(Msg::Building(percent));
        }
    };
    if told.is_some() {
        outbox.send(Msg::Building(None));
    }
    answer
}

async fn answer(session: &Session, service: &Service, effect: Effect) -> Result<Answer, Failure> {
    match effect {
        Effect::Preview(_, log) => Ok(Answer::Preview(Box::new(service.incident(log).await?))),
        Effect::Suggest(_, title) => Ok(Answer::Suggested(lists::suggestions(service, title).await)),
        Effect::Similar(_, log, _) => {
            let incident = service.incident(log).await?;
            let past = service.recurrence(Similar::To(Box::new(incident)), 5).await?;
            Ok(Answer::Similar(past.into_iter().map(lists::hit).collect()))
        }
        Effect::LookForHead(_, log) => Ok(Answer::Held(service.held_head(log).await?)),
        Effect::Find(_, text, picked) => {
            let year = picked.year.and_then(|year| year.parse().ok());
            let (severity, service_name) = (picked.severity, picked.service);
            let query = FindQuery {
                text,
                severity,
                service: service_name,
                year,
                today: Some(session.clock.now().date_naive()),
                unfinished: true,
                limit: 30,
                ..FindQuery::default()
            };
            let found = service.search_with_facets(query).await?;
            let hits = found.past.into_iter().map(lists::hit).collect();
            Ok(Answer::Found(hits, found.facets, found.notes))
        }
        Effect::ReadPostmortem(_, path, query) => {
            let text = service.past_text(&path).await?;
            // What is marked is what was looked for: who asks to sign in is told of a login.
            let asked = Question::read(&query, None, true).words;
            let words = in_full(&asked);
            Ok(Answer::Text(lists::passage(path, &text, &words)))
        }
        Effect::LoadBoard(_, kind, query) => {
            Ok(Answer::Board(boards::read(service, kind, &query, session.clock.now()).await?))
        }
        Effect::ReadPostmortemOf(_, incident) => {
            let (path, text) = service.postmortem_of(incident).await?;
            Ok(Answer::Text(lists::passage(path, &text, "")))
        }
        Effect::ReadRunbook(_, name) => {
            let file = service.runbook(&name)?;
            Ok(Answer::Text(lists::passage(name, &file.text, "")))
        }
        Effect::ListRunbooks(_, log) => {
            let choices = boards::choices(session, service, log).await?;
            Ok(Answer::Runbooks(choices))
        }
        _ => Ok(Answer::Done),
    }
}
