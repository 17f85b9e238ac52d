//! The logs behind the postmortems of the demo's archive: what each says of itself, written down as events. It must
//! not add facts that its document does not have, but for the runbook that was followed.

use chrono::{NaiveDate, NaiveTime};

use super::super::{By, Said};
use super::{Story, after};
use crate::domain::ids::IncidentId;
use crate::domain::postmortem::date::PartialDate;
use crate::domain::postmortem::document::{Part, Postmortem, parse};
use crate::domain::postmortem::front_matter::Key;
use crate::domain::postmortem::imported;
use crate::domain::request::{Declaration, NewStory, Request, RunbookText, StepMove, StepPick};
use crate::domain::time::{Span, Utc};
use crate::domain::words::{
    Certainty, ClosureItem, ClosureState, DispositionWord, IncidentKind, Milestone, Phase,
};

/// Who fills the roles that a document does not name.
const TEAM: &[&str] = &["alice", "bob", "carol", "dana", "erin"];

/// Which runbook was followed, by the end of a document's path.
const FOLLOWED: &[(&str, &str)] = &[
    ("inc-2025-0007.md", "database-full-or-degraded"),
    ("inc-2025-0012.md", "leaked-ci-token"),
    ("inc-2025-0018.md", "expired-certificate"),
    ("inc-2025-0023.md", "third-party-outage"),
    ("inc-2026-0008.md", "production-outage-after-change"),
    ("inc-2026-0011.md", "database-full-or-degraded"),
    ("inc-2026-0017.md", "malicious-dependency"),
    ("inc-2026-0026.md", "network-or-dns-down"),
    ("inc-2026-0031.md", "signing-key-compromised"),
];

/// How many of its first steps were ticked.
const TICKED: i64 = 6;

/// The runbook that was followed in the incident of a document.
pub(super) fn followed(path: &str) -> Option<&'static str> {
    FOLLOWED.iter().find(|(end, _)| path.ends_with(end)).map(|(_, name)| *name)
}

/// What happened, was learned and became of it; none when the document names no incident of ours.
pub(super) fn story(
    by: &By,
    path: &str,
    text: &str,
    commit: &str,
    runbook: Option<RunbookText>,
) -> Option<Vec<Said>> {
    let (document, _) = parse(text);
    let front = &document.front;
    let id: IncidentId = front.text(Key::Id)?.parse().ok()?;
    let detected = front.instant(Key::Detected)?;
    let resolved = front.instant(Key::Resolved)?;
    let commander = front.text(Key::Commander).or(front.text(Key::Owner))?;
    let ended = imported::read(path, text.as_bytes()).ok().and_then(|(read, _)| read.ended);
    let list = |key| front.list(key).into_iter().map(str::to_owned).collect::<Vec<_>>();

    let mut story = Story::new(by);
    let steps = if runbook.is_some() { TICKED } else { 0 };
    let declaration = Declaration {
        id,
        title: document.title()?.to_owned(),
        kind: IncidentKind::Real,
        severity: front.text(Key::Severity).map(str::to_owned),
        services: list(Key::Services),
        tags: list(Key::Tags),
        commander: Some(commander.to_owned()),
        runbooks: runbook.into_iter().collect(),
    };
    story.at(commander, detected, Request::Declare(declaration));
    for number in 1..=steps {
        let tick = Request::MoveStep {
            step: StepPick::Named(number.to_string()),
            change: StepMove::Tick,
            person: None,
            reason: String::new(),
        };
        story.at(commander, after(detected, Span::minutes(number)).min(resolved), tick);
    }
    let others: Vec<&str> = TEAM.iter().copied().filter(|p| *p != commander).collect();
    for (role, person) in ["scribe", "tech-lead", "comms", "legal"].iter().zip(&others) {
        let role = (*role).to_owned();
        story.at(commander, detected, Request::AssignRole { role, person: (*person).to_owned() });
    }
    course(&mut story, &document, commander, detected);
    for (at, line) in lines(&document) {
        let written = after(at.max(detected), Span::seconds(20)).min(resolved);
        story.late(commander, written, at, Request::Note { text: line, tags: Vec::new(), starred: false });
    }
    story.at(commander, resolved, Request::Resolve { ended_by: ended.clone().unwrap_or_default() });
    let done = after(resolved, Span::days(4));
    improvements(&mut story, &document, commander, done);
    let publication = Request::RecordPublication {
        path: path.to_owned(),
        commit: commit.to_owned(),
        timeline_head: String::new(),
        ended_by: ended.unwrap_or_default(),
        problems: 0,
        waived: String::new(),
    };
    story.at(commander, done, publication);
    for item in ClosureItem::ALL {
        let (state, reason) = (ClosureState::Done, String::new());
        story.at(commander, done, Request::AnswerClosure { item: *item, state, reason });
    }
    story.at(commander, done, Request::Close { waive: None });
    Some(story.done())
}

/// Milestones, phases, impact and what it turned out to be.
fn course(story: &mut Story<'_>, document: &Postmortem, commander: &str, detected: Utc) {
    let front = &document.front;
    let points = [
        (Milestone::Started, Key::Started, None),
        (Milestone::Acknowledged, Key::Acknowledged, Some(Phase::Contain)),
        (Milestone::Contained, Key::Contained, Some(Phase::Eradicate)),
        (Milestone::Mitigated, Key::Mitigated, Some(Phase::Recover)),
    ];
    for (milestone, key, phase) in points {
        let Some(at) = front.instant(key) else { continue };
        story.late(commander, at.max(detected), at, Request::Mark { milestone, at: None });
        if let Some(phase) = phase {
            story.at(commander, at.max(detected), Request::EnterPhase { phase });
        }
    }
    if let Some(impact) = front.text(Key::Impact) {
        let request = Request::StateImpact {
            text: Some(impact.to_owned()),
            certainty: Some(Certainty::Confirmed),
            customer_data: None,
            production: None,
            privileged_access: None,
        };
        story.at(commander, detected, request);
    }
    if let Some(disposition) = front.text(Key::Disposition).and_then(|t| t.parse::<DispositionWord>().ok()) {
        let at = front.instant(Key::Resolved).unwrap_or(detected);
        let request = Request::SetDisposition { disposition, of: None, reason: String::new() };
        story.at(commander, at, request);
    }
}

/// The lines of the document's timeline that begin with a time, and when they were.
fn lines(document: &Postmortem) -> Vec<(Utc, String)> {
    let Some(section) = document.section(Part::Timeline) else { return Vec::new() };
    let Some(first) = document.front.date().and_then(PartialDate::full) else { return Vec::new() };
    let mut found = Vec::new();
    for line in section.body.lines().filter_map(|line| line.strip_prefix("- ")) {
        let Some((word, rest)) = line.split_once(' ') else { continue };
        let (day, line) = match word.parse::<NaiveDate>() {
            Ok(day) => (day, rest),
            Err(_) => (first, line),
        };
        let Some((clock, text)) = line.split_once(' ') else { continue };
        if let Ok(clock) = NaiveTime::parse_from_str(clock, "%H:%M") {
            found.push((day.and_time(clock).and_utc(), text.to_owned()));
        }
    }
    found
}

/// The improvements as stories: filed when the postmortem was written, those that are ticked proven by their day.
fn improvements(story: &mut Story<'_>, document: &Postmortem, commander: &str, filed: Utc) {
    for (number, item) in (1_u32..).zip(&document.improvements) {
        let new = NewStory {
            number: None,
            title: item.text.clone(),
            owner: item.owner.clone(),
            due: item.due_date(),
            severity: item.severity.clone(),
            kind: item.story_kind(),
            proof: String::new(),
            external: String::new(),
        };
        story.at(commander, filed, Request::FileStory(new));
        if !item.done {
            continue;
        }
        let owner = item.owner.as_deref().unwrap_or(commander);
        let due = item.due_date().map_or(filed, |day| day.and_time(NaiveTime::MIN).and_utc());
        let at = due.max(after(filed, Span::hours(1)));
        let proof = item.proof.clone().unwrap_or_else(|| "as the postmortem says".to_owned());
        let shipped = Request::ShipStory { number, link: String::new(), reason: "in production".to_owned() };
        story.at(owner, at, shipped);
        story.at(owner, after(at, Span::hours(1)), Request::VerifyStory { number, proof });
    }
}
