//! `warroom log INC FILE --csv`: a timeline that somebody kept elsewhere, all rows or none. It must not guess: what it
//! cannot read it names with its line.

use std::collections::BTreeSet;
use std::io::Read;

use super::arguments;
use super::context::{Context, Room};
use super::log::marked;
use super::output::{Answer, Exit, Stop};
use super::views::entry_line;
use crate::domain::decide::person;
use crate::domain::export::csv::{self, Row};
use crate::domain::incident::Incident;
use crate::domain::quick_entry;
use crate::domain::refusal::Refusal;
use crate::domain::request::{Asked, Request};
use crate::domain::time::Utc;
use crate::domain::words::EntryKind;
use crate::service::{Failure, FailureKind, Said, Submitted};

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
    let incident = room.incident().await?;
    let mut known = known(&incident);
    let mut said: Vec<Said> = Vec::new();
    let (mut system, mut there) = (0_usize, 0_usize);
    for row in &rows {
        let by = match author(row) {
            Ok(None) => context.session.by(),
            Ok(Some(author)) => context.session.by_person(&author),
            Err(refusal) => {
                found.push((row.line, refusal.to_string()));
                continue;
            }
        };
        match asked(row, now, room) {
            Ok(Some((kind, asked))) => {
                let at = asked.at.map(|(at, _)| at);
                if at.is_some_and(|at| {
                    !known.insert((at, kind, row.text.trim().to_owned(), by.person.clone()))
                }) {
                    there += 1;
                } else {
                    said.push((by, asked));
                }
            }
            Ok(None) => system += 1,
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
    passed_over(context, system, there);
    if dry_run {
        let document = serde_json::json!({ "id": incident.id, "would_add": said.len(), "there": there, "system": system });
        return context
            .out
            .answer(&document, || format!("{}: {} lines would be added", incident.id, said.len()));
    }
    let events = room.service.record(room.log, &said).await?;
    // Whether a breach is written now or by the next command does not matter to this one.
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

fn passed_over(context: &Context<'_>, system: usize, there: usize) {
    if system > 0 {
        context
            .out
            .say(&format!("{system} rows of kind system were passed over: only the program writes those"));
    }
    if there > 0 {
        context.out.say(&format!("{there} rows were passed over: they are lines of the incident already"));
    }
}

/// By what a line is known again.
type Known = (Utc, EntryKind, String, String);

fn known(incident: &Incident) -> BTreeSet<Known> {
    let lines = incident.timeline.stored().iter();
    lines.map(|e| (e.occurred_at, e.kind, e.text.trim().to_owned(), e.by.clone())).collect()
}

/// Who said it, where the row tells.
fn author(row: &Row) -> Result<Option<String>, Refusal> {
    if row.author.trim().is_empty() { Ok(None) } else { person(&row.author).map(Some) }
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

/// What a row asks for; none for a line of the program.
fn asked(row: &Row, now: Utc, room: &Room<'_>) -> Result<Option<(EntryKind, Asked)>, Stop> {
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
    let mark = match kind {
        EntryKind::System => return Ok(None),
        EntryKind::Note => {
            let request = Request::Note { tags: tags(), text, starred: row.starred };
            return Ok(Some((kind, Asked { request, at })));
        }
        EntryKind::Alert => {
            let request = Request::Alert { tags: tags(), text, source: row.source.clone(), alert: None };
            return Ok(Some((kind, Asked { request, at })));
        }
        EntryKind::Decision => "!",
        EntryKind::Hypothesis => "?",
        EntryKind::Ask => "+",
        EntryKind::Update => ">",
    };
    Ok(Some((kind, marked(mark, &text, at, now, room)?)))
}
