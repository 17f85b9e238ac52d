//! `warroom log INC - --csv`: a timeline that somebody kept elsewhere, all rows or none. It must not guess: what it
//! cannot read it names with its line.

use std::io::Read;

use super::arguments;
use super::context::{Context, Room};
use super::log::marked;
use super::output::{Answer, Exit, Stop};
use super::views::entry_line;
use crate::domain::decide::person;
use crate::domain::export::csv::{self, Row};
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

/// Stores the rows of standard input as lines, each by its author.
pub(super) async fn store(context: &Context<'_>, room: &Room<'_>) -> Answer {
    let (rows, problems) = csv::parse(&read()?);
    let mut found: Vec<(usize, String)> = problems.into_iter().map(|p| (p.line, p.message)).collect();
    let now = context.now();
    let mut said: Vec<Said> = Vec::new();
    let mut skipped = 0_usize;
    for row in &rows {
        match asked(row, now, room) {
            Ok(Some(asked)) => {
                let session = &context.session;
                match author(row) {
                    Ok(None) => said.push((session.by(), asked)),
                    Ok(Some(author)) => said.push((session.by_person(&author), asked)),
                    Err(refusal) => found.push((row.line, refusal.to_string())),
                }
            }
            Ok(None) => skipped += 1,
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
    if skipped > 0 {
        context
            .out
            .say(&format!("{skipped} rows of kind system were passed over: only the program writes those"));
    }
    Ok(Exit::DONE)
}

/// Who said it, where the row tells.
fn author(row: &Row) -> Result<Option<String>, Refusal> {
    if row.author.trim().is_empty() { Ok(None) } else { person(&row.author).map(Some) }
}

fn read() -> Result<String, Failure> {
    let unreadable = |e: std::io::Error| Failure::no(format!("standard input cannot be read: {e}"));
    let mut bytes = Vec::new();
    std::io::stdin().lock().take(LONGEST + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > LONGEST {
        return Err(Failure::new(FailureKind::Usage, format!("the table has more than {LONGEST} bytes"))
            .hint("split it; nothing was stored"));
    }
    String::from_utf8(bytes).map_err(|_| {
        Failure::new(FailureKind::Usage, "the table is not UTF-8").hint("save it as CSV in UTF-8")
    })
}

/// What a row asks for; none for a line of the program.
fn asked(row: &Row, now: Utc, room: &Room<'_>) -> Result<Option<Asked>, Stop> {
    let kind = match row.kind.trim() {
        "" => EntryKind::Note,
        kind => kind.parse()?,
    };
    let at = match row.at.trim() {
        "" => None,
        at => Some(arguments::past(at, now)?),
    };
    let text = row.text.clone();
    let tags = quick_entry::tags_of(&text);
    let mark = match kind {
        EntryKind::System => return Ok(None),
        EntryKind::Note => {
            return Ok(Some(Asked { request: Request::Note { text, tags, starred: false }, at }));
        }
        EntryKind::Alert => {
            let source = String::new();
            return Ok(Some(Asked { request: Request::Alert { text, source, alert: None, tags }, at }));
        }
        EntryKind::Decision => "!",
        EntryKind::Hypothesis => "?",
        EntryKind::Ask => "+",
        EntryKind::Update => ">",
    };
    marked(mark, &text, at, now, room).map(Some)
}
