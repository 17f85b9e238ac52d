//! `warroom log`: writes lines, by the grammar of the composer. From standard input each line is stored and told
//! as it comes.

use std::path::Path;

use super::arguments;
use super::context::{Context, Room};
use super::hypothesis::recall;
use super::output::{Answer, Exit, Stop};
use super::redact::redact;
use super::rows;
use super::stdin::{self, Line};
use super::update::unread;
use super::views::entry_line;
use crate::domain::ids::Seq;
use crate::domain::incident::UNCLASSIFIED;
use crate::domain::quick_entry;
use crate::domain::refusal::Refusal;
use crate::domain::request::{Asked, Request};
use crate::domain::time::Utc;
use crate::domain::time_spec::{self, parse_leading};
use crate::domain::verb::{Verb, of_entry};
use crate::domain::words::EntryKind;
use crate::domain::zone::Tz;
use crate::service::{Failure, FailureKind, Submitted, read_evidence};

/// Write a line, or with - a line for each line of standard input
#[derive(Debug, clap::Args)]
#[command(after_help = "TEXT is read as in the room: an optional time (-4m, 14:05, 14:05Z, 'y 23:50', \
    '2026-11-20 14:05', ~14:05), an optional mark (! decision, ? hypothesis, + ask, > update, * starred note, \
    : verb), then the text. A \\ in front makes the rest plain text. Times without a zone are UTC.")]
pub(super) struct Args {
    /// The incident: id, number, or . for the only open one
    #[arg(value_name = "INC")]
    incident: String,
    /// The line, or - for standard input
    #[arg(allow_hyphen_values = true)]
    text: String,
    /// note, alert, decision, hypothesis, ask or update, in place of a mark
    #[arg(long)]
    kind: Option<EntryKind>,
    /// Where an alert comes from
    #[arg(long, default_value = "", hide_default_value = true)]
    source: String,
    /// The alert's name in the monitor
    #[arg(long, value_name = "NAME")]
    alert: Option<String>,
    /// When it happened
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    at: Option<String>,
    /// TEXT is the file of a table (- is standard input) with the column text and, where known, at, kind, author,
    /// about, source, alert, tags, starred, state, decided_by, executor, check_at and time_box, as export writes it:
    /// all rows are stored, or none; rows that are there already are passed over
    #[arg(long, conflicts_with_all = ["kind", "source", "alert", "at"])]
    csv: bool,
    /// Say what a table would add, and store nothing
    #[arg(long, requires = "csv")]
    dry_run: bool,
}

impl Args {
    pub(super) async fn run(self, context: &Context<'_>) -> Answer {
        if self.kind.is_some_and(|k| k == EntryKind::System) {
            return Err(Refusal::usage("only the program writes system lines").into());
        }
        if (!self.source.is_empty() || self.alert.is_some()) && self.kind != Some(EntryKind::Alert) {
            return Err(Refusal::usage("--source and --alert belong to an alert")
                .hint("add --kind alert")
                .into());
        }
        let room = context.room(&self.incident).await?;
        if self.csv {
            let answer = rows::store(context, &room, &self.text, self.dry_run).await;
            room.service.close().await?;
            return answer;
        }
        if self.text == "-" {
            return self.stream(context, &room).await;
        }
        let asked = self.read(context, &room, &self.text)?;
        recall(context, &room, &asked.request).await?;
        let corrected = corrected(&asked.request);
        let unread = unread(&asked, context.now());
        let (submitted, more) = submit(context, &room, asked).await?;
        if let Some(hint) = unread {
            context.out.say(hint);
        }
        room.tell_more(&submitted, corrected, more).await
    }

    /// Each line of standard input, stored and told before the next is read.
    async fn stream(&self, context: &Context<'_>, room: &Room<'_>) -> Answer {
        let mut stored = 0_u64;
        let mut number = 0_u64;
        loop {
            number += 1;
            match self.one(context, room, number).await {
                Ok(Some(lines)) => stored += lines,
                Ok(None) => break,
                Err(stop) => {
                    let failure = match stop {
                        Stop::Failure(failure) => failure,
                        Stop::Pipe => Failure::no("nobody reads the output any more"),
                    };
                    let named = format!("line {number}");
                    let message = if failure.message.starts_with(&named) {
                        failure.message
                    } else {
                        format!("{named}: {}", failure.message)
                    };
                    let lines = if stored == 1 { "line is" } else { "lines are" };
                    let hint =
                        if failure.hint.is_empty() { String::new() } else { format!("; {}", failure.hint) };
                    return Err(Failure::new(failure.kind, message)
                        .hint(format!("{stored} {lines} stored, this one and what follows are not{hint}"))
                        .into());
                }
            }
        }
        Ok(Exit::DONE)
    }

    /// Stores the next line. None at the end; 0 for an empty line.
    async fn one(&self, context: &Context<'_>, room: &Room<'_>, number: u64) -> Result<Option<u64>, Stop> {
        let text = match stdin::next_line(number)? {
            Line::End => return Ok(None),
            Line::Text(text) => text,
        };
        if text.trim().is_empty() {
            return Ok(Some(0));
        }
        let asked = self.read(context, room, &text)?;
        recall(context, room, &asked.request).await?;
        let corrected = corrected(&asked.request);
        let unread = unread(&asked, context.now());
        let (submitted, _) = submit(context, room, asked).await?;
        if let Some(hint) = unread {
            context.out.say(hint);
        }
        for entry in room.lines(&submitted, corrected).await? {
            if context.out.is_json() {
                context.out.item(&entry)?;
            } else {
                context.out.text(&entry_line(&entry))?;
            }
        }
        Ok(Some(1))
    }

    /// What a line asks for.
    fn read(&self, context: &Context<'_>, room: &Room<'_>, text: &str) -> Result<Asked, Stop> {
        let now = context.now();
        let flag = self.at.as_deref().map(|t| arguments::past(t, now)).transpose()?;
        let asked = match self.kind {
            None => verb_of(text, now, room)?,
            Some(kind) => self.of_kind(kind, text, now, room)?,
        };
        at_one_time(asked, flag)
    }

    /// A line whose kind is given: a time in front counts, a mark is text.
    fn of_kind(&self, kind: EntryKind, text: &str, now: Utc, room: &Room<'_>) -> Result<Asked, Stop> {
        let (at, rest) = time_in_front(text, now)?;
        let tags = quick_entry::tags_of(rest);
        let request = match kind {
            EntryKind::Alert => Request::Alert {
                text: rest.to_owned(),
                source: self.source.clone(),
                alert: self.alert.clone(),
                tags,
            },
            EntryKind::Note | EntryKind::System => {
                Request::Note { text: rest.to_owned(), tags, starred: false }
            }
            EntryKind::Decision => return marked("!", rest, at, now, room),
            EntryKind::Hypothesis => return marked("?", rest, at, now, room),
            EntryKind::Ask => return marked("+", rest, at, now, room),
            EntryKind::Update => return marked(">", rest, at, now, room),
        };
        Ok(Asked { request, at })
    }
}

/// Stores what a line asks for; a redaction that is typed as one erases as its command does. Gives the fields that tell more
/// of it.
async fn submit(
    context: &Context<'_>,
    room: &Room<'_>,
    asked: Asked,
) -> Result<(Submitted, serde_json::Map<String, serde_json::Value>), Stop> {
    if matches!(asked.request, Request::Redact { .. }) {
        return redact(context, room, asked).await;
    }
    Ok((room.submit(&[asked]).await?, serde_json::Map::new()))
}

/// The line that a request corrects: the correction makes none of its own, so what is told is that line as it is now.
const fn corrected(request: &Request) -> Option<Seq> {
    match request {
        Request::Star { target, .. }
        | Request::Strike { target, .. }
        | Request::Restore { target }
        | Request::Redact { target, .. }
        | Request::Amend { target, .. } => Some(*target),
        _ => None,
    }
}

/// What is asked for at the time of `--at`, unless the text says one too: which of both is meant nobody can tell.
pub(super) fn at_one_time(asked: Asked, flag: Option<(Utc, bool)>) -> Result<Asked, Stop> {
    if flag.is_some() && asked.at.is_some() {
        return Err(Refusal::usage("there are two times: one in front of the text, one of --at")
            .hint("give one of them; in warroom log a \\ in front of the text makes words of its time")
            .into());
    }
    Ok(Asked { at: flag.or(asked.at), ..asked })
}

/// A text with a time in front, or none, as if the mark stood between them; it may stand there, as in the room.
pub(super) fn timed(mark: &str, text: &str, now: Utc, room: &Room<'_>) -> Result<Asked, Stop> {
    let (at, text) = time_in_front(without_mark(text.trim_start(), mark), now)?;
    marked(mark, without_mark(text, mark), at, now, room)
}

/// A text that may have a time in front: that time and whether it is an estimate, and the text behind it.
type Timed<'a> = (Option<(Utc, bool)>, &'a str);

/// The time in front of a text, and the text behind it.
pub(super) fn time_in_front(text: &str, now: Utc) -> Result<Timed<'_>, Stop> {
    let context = time_spec::Context { now, zone: Tz::UTC };
    let leading = parse_leading(text, &context).map_err(|e| Refusal::usage(e.to_string()))?;
    Ok(match leading {
        Some((moment, rest)) => (Some((moment.at, moment.about)), rest),
        None => (None, text),
    })
}

/// A text without the mark in front, which counts only before a space.
fn without_mark<'a>(text: &'a str, mark: &str) -> &'a str {
    let rest = text.trim_start().strip_prefix(mark).and_then(|rest| rest.strip_prefix([' ', '\t']));
    rest.map_or(text, str::trim_start)
}

/// A text as if the mark stood in front of it.
pub(super) fn marked(
    mark: &str,
    text: &str,
    at: Option<(Utc, bool)>,
    now: Utc,
    room: &Room<'_>,
) -> Result<Asked, Stop> {
    // What lies ahead of the line lies ahead of its own time.
    let mut asked = verb_of(&format!("{mark} {text}"), at.map_or(now, |(at, _)| at), room)?;
    asked.at = at.or(asked.at);
    Ok(asked)
}

/// What a line of the composer asks the log for.
fn verb_of(text: &str, now: Utc, room: &Room<'_>) -> Result<Asked, Stop> {
    let context = time_spec::Context { now, zone: Tz::UTC };
    let entry =
        quick_entry::parse(text, &context).map_err(|e| Failure::new(FailureKind::Usage, e.to_string()))?;
    match of_entry(entry)? {
        Verb::Ask(asked) => Ok(asked),
        Verb::MoveClock(words, at) => Ok(crate::domain::verb::move_clock(&words, at, &context)?),
        Verb::Evidence { path, class, at } => {
            let class = if class.is_empty() { UNCLASSIFIED.to_owned() } else { class };
            let request = Request::AddEvidence(read_evidence(Path::new(&path), &class, "")?);
            Ok(Asked { request, at })
        }
        Verb::Attach(name) => Ok(Request::AttachRunbook(room.service.runbook(&name)?.to_text()).into()),
        Verb::Run(_) => Err(Refusal::usage("a line runs nothing")
            .hint("warroom run INC --step STEP shows the command of a step and runs it")
            .into()),
        Verb::Postmortem(_) | Verb::Show(_) | Verb::Find(_) | Verb::Word(_) | Verb::Board(..) => {
            Err(Refusal::usage("this verb shows something and writes no line")
                .hint("use its command (warroom --help), or put \\ first to store it as text")
                .into())
        }
    }
}
