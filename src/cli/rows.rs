//! `warroom log INC FILE --csv`: a timeline that somebody kept elsewhere, all rows or none. It must not guess: what it
//! cannot read it names with its line.

use std::io::Read;

use super::arguments;
use super::context::{Context, Room};
use super::log::marked;
use super::output::{Answer, Exit, Stop};
use super::views::entry_line;
use crate::domain::closeout::counted;
use crate::domain::decide::person;
use crate::domain::event::{Event, Recorded, UpdateSent};
use crate::domain::export::csv::{self, Row};
use crate::domain::export::known::{Known, Place};
use crate::domain::ids::Seq;
use crate::domain::incident::{ERASED, UpdateState};
use crate::domain::quick_entry;
use crate::domain::refusal::Refusal;
use crate::domain::request::{Asked, Request, When};
use crate::domain::time::{Span, Utc, parse_span};
use crate::domain::words::EntryKind;
use crate::service::{By, Failure, FailureKind, Said, Submitted};

/// The most bytes of a table.
const LONGEST: u64 = 16 << 20;

/// How many problems a message names.
const NAMED: usize = 5;

/// Stores the rows of a table as lines, each by its author. Rows that are lines of the incident already are passed
/// over, so that a table can be given again. `-` is standard input.
pub(super) async fn store(context: &Context<'_>, room: &Room<'_>, place: &str, dry_run: bool) -> Answer {
    let (rows, problems) = csv::parse(&read(place)?);
    let mut found: Vec<(usize, String)> = problems.into_iter().map(|p| (p.line, p.message)).collect();
    let now = context.now();
    // All rows are brought by one person at one moment, which is what makes them one action.
    let own = context.session.by();
    let incident = room.incident().await?;
    let mut known = Known::new(&incident);
    let (mut said, mut lines): (Vec<Said>, Vec<usize>) = (Vec::new(), Vec::new());
    let mut starred: Vec<usize> = Vec::new();
    let mut passed = Passed::default();
    for row in &rows {
        let by = match named(&row.author) {
            Ok(None) => own.clone(),
            Ok(Some(author)) => By { person: author, ..own.clone() },
            Err(refusal) => {
                found.push((row.line, refusal.to_string()));
                continue;
            }
        };
        match asked(row, now, room) {
            Ok(Some((kind, asked))) => {
                let at = asked.at.map(|(at, _)| at);
                let text = room.service.as_stored(&stored_text(&asked.request, row));
                match known.find(row, kind, at, &by.person, &text) {
                    Place::New => {
                        // A note takes its star with it; the others get theirs when they have a number.
                        if row.starred && kind != EntryKind::Note {
                            starred.push(said.len());
                        }
                        said.push((by, asked));
                        lines.push(row.line);
                    }
                    Place::There => passed.there += 1,
                    Place::Differs(seq) => passed.differ.push(seq),
                }
            }
            Ok(None) => passed.system += 1,
            Err(Stop::Failure(failure)) => found.push((row.line, failure.to_string())),
            Err(stop @ Stop::Pipe) => return Err(stop),
        }
    }
    if !found.is_empty() {
        found.sort();
        let more = found.len().saturating_sub(NAMED);
        let named: Vec<String> =
            found.iter().take(NAMED).map(|(line, what)| format!("line {line}: {what}")).collect();
        let more = if more == 0 { String::new() } else { format!("\nand {more} more") };
        return Err(Failure::new(FailureKind::Usage, named.join("\n") + &more)
            .hint("nothing was stored; mend the table and send it again")
            .into());
    }
    if rows.is_empty() {
        context.out.say("the table has no row below its header, so there was nothing to store");
    }
    passed.tell(context);
    if dry_run {
        let document = serde_json::json!({
            "id": incident.id,
            "would_add": said.len(),
            "there": passed.there,
            "differ": passed.differ,
            "system": passed.system,
        });
        return context.out.answer(&document, || {
            format!("{}: {} would be added", incident.id, counted(said.len(), "line", "lines"))
        });
    }
    let events = room
        .service
        .bring(room.log, &said, &own.person)
        .await
        .map_err(|failure| on_its_line(failure, &lines))?;
    let stars = stars(&said, &starred, &events);
    if !stars.is_empty() {
        room.service.bring(room.log, &stars, &own.person).await?;
    }
    // The lines are stored whether or not this works: the next command writes what is missing.
    let _ = room.service.record_breaches(room.log, &context.session.by()).await;
    let own = events.len();
    let entries = room.lines(&Submitted { events, own }, None).await?;
    for entry in &entries {
        if context.out.is_json() {
            context.out.item(entry)?;
        } else {
            context.out.text(&entry_line(entry))?;
        }
    }
    Ok(Exit::DONE)
}

/// A refusal that counts what was said, by the line of the table instead.
fn on_its_line(mut failure: Failure, lines: &[usize]) -> Failure {
    let counted = failure.message.split_once(": ");
    let counted =
        counted.and_then(|(place, what)| Some((place.parse::<usize>().ok()?.checked_sub(1)?, what)));
    if let Some((place, what)) = counted
        && let Some(line) = lines.get(place)
    {
        failure.message = format!("line {line}: {what}");
    }
    failure
}

/// The stars of the lines that were just stored, each by whom the line is from.
fn stars(said: &[Said], starred: &[usize], events: &[Recorded]) -> Vec<Said> {
    let lines: Vec<Seq> = events.iter().filter(|e| is_line(e)).map(|e| e.seq).collect();
    let star = |place: &usize| {
        let (by, _) = said.get(*place)?;
        let target = *lines.get(*place)?;
        Some((by.clone(), Request::Star { target, starred: true }.into()))
    };
    starred.iter().filter_map(star).collect()
}

/// It is a line that somebody said, as each row is one.
const fn is_line(recorded: &Recorded) -> bool {
    matches!(
        recorded.event,
        Some(
            Event::Noted(_)
                | Event::Alerted(_)
                | Event::DecisionMade(_)
                | Event::HypothesisProposed(_)
                | Event::AskMade(_)
                | Event::UpdateDrafted(_)
                | Event::UpdateSent(UpdateSent { target: None, .. })
        )
    )
}

/// Rows that were not stored, and why.
#[derive(Default)]
struct Passed {
    /// Lines of the program.
    system: usize,
    /// Lines of the incident already.
    there: usize,
    /// Lines of the incident that say something else by now, or whose row was changed.
    differ: Vec<Seq>,
}

impl Passed {
    fn tell(&self, context: &Context<'_>) {
        let rows = |n: usize| if n == 1 { "1 row was".to_owned() } else { format!("{n} rows were") };
        if self.system > 0 {
            let rows = rows(self.system);
            context.out.say(&format!(
                "{rows} passed over: of kind system, which only the program writes, or erased"
            ));
        }
        if self.there > 0 {
            let rows = rows(self.there);
            context.out.say(&format!("{rows} passed over: in the incident already"));
        }
        if let Some(first) = self.differ.first() {
            let rows = rows(self.differ.len());
            context.out.say(&format!(
                "{rows} passed over: written from a line that says something else, such as {first}; to change a line, amend it"
            ));
        }
    }
}

fn read(place: &str) -> Result<String, Failure> {
    let mut bytes = Vec::new();
    let name = if place == "-" { "standard input" } else { place };
    let unreadable = |e: std::io::Error| {
        let kind =
            if e.kind() == std::io::ErrorKind::NotFound { FailureKind::NotFound } else { FailureKind::No };
        Failure::new(kind, format!("{name} cannot be read: {e}"))
    };
    let done = if place == "-" {
        std::io::stdin().lock().take(LONGEST + 1).read_to_end(&mut bytes)
    } else {
        std::fs::File::open(place).and_then(|file| file.take(LONGEST + 1).read_to_end(&mut bytes))
    };
    done.map_err(unreadable)?;
    if bytes.len() as u64 > LONGEST {
        return Err(Failure::new(FailureKind::Usage, format!("the table has more than {LONGEST} bytes"))
            .hint("split it; nothing was stored"));
    }
    String::from_utf8(bytes).map_err(|_| {
        Failure::new(FailureKind::Usage, "the table is not UTF-8").hint("save it as CSV in UTF-8")
    })
}

/// The text that the line of a row would have.
fn stored_text(request: &Request, row: &Row) -> String {
    match request {
        Request::SendUpdate { audience, text, .. } | Request::DraftUpdate { audience, text, .. } => {
            format!("{audience}: {text}")
        }
        Request::Ask { text, person: Some(person), .. } => format!("@{person} {text}"),
        Request::Decide { text, .. } | Request::Propose { text, .. } | Request::Ask { text, .. } => {
            text.clone()
        }
        _ => row.text.clone(),
    }
}

/// What a row asks for; none for a line of the program, and for one whose words are erased: nobody says it again.
fn asked(row: &Row, now: Utc, room: &Room<'_>) -> Result<Option<(EntryKind, Asked)>, Stop> {
    if row.text.trim() == ERASED {
        return Ok(None);
    }
    let kind = match row.kind.trim() {
        "" => EntryKind::Note,
        kind => kind.parse()?,
    };
    let at = match row.at.trim() {
        "" => None,
        at => Some(arguments::past(at, now)?).map(|(at, about)| (at, about || row.about)),
    };
    let text = row.text.clone();
    let tags = || {
        let mut tags = quick_entry::tags_of(&text);
        tags.extend(row.tags.iter().filter(|t| !tags.contains(t)).cloned().collect::<Vec<_>>());
        tags
    };
    if !matches!(kind, EntryKind::Alert | EntryKind::System) {
        no_alert(row)?;
    }
    let mark = match kind {
        EntryKind::System => return Ok(None),
        EntryKind::Note => {
            let request = Request::Note { tags: tags(), text, starred: row.starred };
            return Ok(Some((kind, Asked { request, at })));
        }
        EntryKind::Alert => {
            let alert = Some(row.alert.trim()).filter(|name| !name.is_empty()).map(str::to_owned);
            let request = Request::Alert { tags: tags(), text, source: row.source.clone(), alert };
            return Ok(Some((kind, Asked { request, at })));
        }
        EntryKind::Decision => "!",
        EntryKind::Hypothesis => "?",
        EntryKind::Ask => "+",
        EntryKind::Update => ">",
    };
    let mut asked = marked(mark, &text, at, now, room)?;
    if kind == EntryKind::Update && !went_out(row)? {
        asked.request = unsent(asked.request);
    }
    match &mut asked.request {
        Request::Decide { decided_by, executor, check, .. } => {
            *decided_by = named(&row.decided_by)?.or_else(|| decided_by.take());
            *executor = named(&row.executor)?.or_else(|| executor.take());
            *check = check_at(row)?.or(*check);
        }
        Request::Ask { time_box, .. } => *time_box = span(row)?.or(*time_box),
        _ => {}
    }
    if let Request::Decide { tags, .. } | Request::Propose { tags, .. } | Request::Ask { tags, .. } =
        &mut asked.request
    {
        let more: Vec<String> = row.tags.iter().filter(|t| !tags.contains(t)).cloned().collect();
        tags.extend(more);
    }
    Ok(Some((kind, asked)))
}

/// Refuses what only an alert has of a row that is none: it would be lost without a word.
fn no_alert(row: &Row) -> Result<(), Refusal> {
    let given = [("source", &row.source), ("alert", &row.alert)];
    let Some((name, cell)) = given.into_iter().find(|(_, cell)| !cell.trim().is_empty()) else {
        return Ok(());
    };
    Err(Refusal::usage(format!(
        "{name} is {cell:?}, and belongs to an alert; write the kind alert, or empty it"
    )))
}

/// A person, where the cell names one.
fn named(cell: &str) -> Result<Option<String>, Refusal> {
    if cell.trim().is_empty() { Ok(None) } else { person(cell).map(Some) }
}

/// When the outcome of the decision of a row is to be looked at: a time, which may have passed, or so long after it.
fn check_at(row: &Row) -> Result<Option<When>, Refusal> {
    let cell = row.check_at.trim();
    if cell.is_empty() {
        return Ok(None);
    }
    let at = cell.parse().map(When::At).ok();
    at.or_else(|| parse_span(cell).map(When::In).ok()).map(Some).ok_or_else(|| {
        Refusal::usage(format!("check_at is {cell:?}; write 2026-11-20T14:05:00Z, or 15m after the decision"))
    })
}

/// How long there is for the ask of a row; a number alone counts minutes.
fn span(row: &Row) -> Result<Option<Span>, Refusal> {
    let cell = row.time_box.trim();
    if cell.is_empty() {
        return Ok(None);
    }
    let written = if cell.bytes().all(|b| b.is_ascii_digit()) { format!("{cell}m") } else { cell.to_owned() };
    let read = parse_span(&written).map(Some);
    read.map_err(|_| Refusal::usage(format!("time_box is {cell:?}; write 3m, 1h30m, or minutes")))
}

/// Whether the update of a row went out; one of a table that does not say so did.
fn went_out(row: &Row) -> Result<bool, Refusal> {
    let state = row.state.trim();
    let is = |word: UpdateState| state.eq_ignore_ascii_case(word.as_str());
    if state.is_empty() || is(UpdateState::Sent) {
        return Ok(true);
    }
    if is(UpdateState::Drafted) || is(UpdateState::Approved) {
        // Whoever approved it approved it there.
        return Ok(false);
    }
    Err(Refusal::usage(format!("the state {state:?} is none of an update; write drafted, approved or sent")))
}

/// The words of an update, kept instead of sent.
fn unsent(request: Request) -> Request {
    match request {
        Request::SendUpdate { audience, text, next } => Request::DraftUpdate { audience, text, next },
        other => other,
    }
}
