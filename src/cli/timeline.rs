//! `warroom timeline`: what happened, in the order in which it happened.

use std::time::Duration;

use super::arguments;
use super::audit::{self, WriteView};
use super::context::Context;
use super::output::{Answer, Exit, Stop};
use super::views::{EntryView, entry_day, entry_line};
use crate::domain::composed::folded;
use crate::domain::filter::{self, Filter, Term};
use crate::domain::ids::LogId;
use crate::domain::incident::Incident;
use crate::domain::refusal::Refusal;
use crate::domain::time::Utc;
use crate::domain::time_spec;
use crate::domain::words::EntryKind;
use crate::domain::zone::Tz;
use crate::service::Service;
use crate::shell::watching::Watching;

/// How long to wait for a hint before looking anyway: some file systems lose hints, and a look costs one small read.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

/// Show the timeline of an incident (times in UTC)
#[derive(Debug, clap::Args)]
#[command(
    after_help = "With --json an update has a state: drafted, approved or sent. What is only drafted or approved \
    was told to nobody."
)]
pub(super) struct Args {
    /// The incident: id, number, or . for the only open one
    #[arg(value_name = "INC")]
    incident: String,
    /// Only what was recorded by then
    #[arg(long, value_name = "TIME", allow_hyphen_values = true, conflicts_with = "follow")]
    as_of: Option<String>,
    /// Stay, and print new lines as they are stored
    #[arg(long)]
    follow: bool,
    /// Show the lines too that the room hides: those of the program, and those that are crossed out
    #[arg(long)]
    all: bool,
    /// The lines of the incidents that were merged into it too, each with the id in front of its text
    #[arg(long, conflicts_with_all = ["follow", "as_of"])]
    merged: bool,
    /// Every write instead of the lines: who, from which host and terminal, its place and hash in the log, when it
    /// was stored and when it was said to have happened, and what it replaced
    #[arg(long, conflicts_with_all = ["follow", "as_of", "all", "merged", "Only"])]
    audit: bool,
    #[command(flatten)]
    only: Only,
}

/// Which lines are wanted: all that is given holds.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Filters")]
struct Only {
    /// Only lines of this kind; may be given again
    #[arg(long, value_name = "KIND")]
    kind: Vec<EntryKind>,
    /// Only what this person said; may be given again
    #[arg(long, value_name = "PERSON")]
    author: Vec<String>,
    /// Only lines with this tag; may be given again
    #[arg(long, value_name = "TAG")]
    tag: Vec<String>,
    /// Only lines with a star
    #[arg(long)]
    starred: bool,
    /// Only lines that are crossed out
    #[arg(long)]
    struck: bool,
    /// Only lines that hold this text, in upper or lower case
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    grep: Option<String>,
    /// Only what happened then or later; a day alone is its beginning
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    since: Option<String>,
    /// Only what happened then or before; a day alone is its end
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    until: Option<String>,
}

impl Only {
    fn filter(&self, now: Utc) -> Result<Filter, Stop> {
        let ctx = time_spec::Context { now, zone: Tz::UTC };
        let lower = |list: &[String], sign: char| -> Vec<String> {
            list.iter().map(|w| folded(w.trim().trim_start_matches(sign))).collect()
        };
        let moment = |text: &str, end| filter::at(text, &ctx, end).map_err(|e| Stop::from(Refusal::usage(e)));
        let mut only = Filter::default();
        if !self.kind.is_empty() {
            only = only.with(Term::Kind(self.kind.iter().map(|k| k.as_str().to_owned()).collect()));
        }
        if !self.author.is_empty() {
            only = only.with(Term::By(lower(&self.author, '@')));
        }
        if !self.tag.is_empty() {
            only = only.with(Term::Tag(lower(&self.tag, '#')));
        }
        if self.starred {
            only = only.with(Term::Starred);
        }
        if self.struck {
            only = only.with(Term::Struck);
        }
        if let Some(text) = &self.grep {
            only = only.with(Term::Word(folded(text)));
        }
        if let Some(at) = &self.since {
            only = only.with(Term::Since(moment(at, false)?));
        }
        if let Some(at) = &self.until {
            only = only.with(Term::Until(moment(at, true)?));
        }
        Ok(only)
    }
}

impl Args {
    pub(super) async fn run(self, context: &Context<'_>) -> Answer {
        let as_of = self.as_of.as_deref().map(|t| arguments::past(t, context.now())).transpose()?;
        let only = self.only.filter(context.now())?;
        let (service, log) = context.look(&self.incident).await?;
        let (id, _) = service.named(&self.incident).await?;
        if self.audit {
            let written = service.audit(log).await?;
            let writes: Vec<WriteView> = written.iter().map(WriteView::from).collect();
            let document = serde_json::json!({ "id": id, "writes": writes });
            return context
                .out
                .answer(&document, || written.iter().map(audit::lines).collect::<Vec<_>>().join("\n"));
        }
        let loaded = service.load(log).await?;
        let incident = match as_of {
            None => loaded.incident,
            Some((at, _)) => Incident::fold(log, loaded.events.iter().filter(|e| e.recorded_at <= at)),
        };
        let view = |entry| EntryView::of(&incident, entry);
        let mut entries: Vec<EntryView> =
            incident.timeline.shown().filter(|e| only.matches(e)).map(view).collect();
        if self.merged {
            for part in service.merged_into(&incident).await? {
                entries.extend(part.timeline.shown().filter(|e| only.matches(e)).map(|entry| {
                    let mut view = EntryView::of(&part, entry);
                    view.text = format!("{}: {}", part.id, view.text);
                    view.reads = format!("{}: {}", part.id, view.reads);
                    view
                }));
            }
            entries.sort_by(|a, b| a.occurred_at.cmp(&b.occurred_at));
        }
        if self.follow {
            return self.follow(context, &service, log, incident, &entries, &only).await;
        }
        let document = serde_json::json!({ "id": id, "entries": entries });
        context.out.answer(&document, || self.lines(&entries, &only, &mut String::new()))
    }

    async fn follow(
        &self,
        context: &Context<'_>,
        service: &Service,
        log: LogId,
        mut incident: Incident,
        entries: &[EntryView],
        only: &Filter,
    ) -> Answer {
        // Watching begins before the first lines are printed, so that nothing falls between.
        let mut watching = Watching::new(&context.session.home.database());
        let mut day = String::new();
        self.print(context, entries, only, &mut day)?;
        loop {
            let new = service.events_after(log, incident.head).await?;
            let mut entries = Vec::new();
            for event in &new {
                incident.apply(event);
                let entry = incident.timeline.get(event.seq).filter(|e| only.matches(e));
                entries.extend(entry.map(|entry| EntryView::of(&incident, entry)));
            }
            self.print(context, &entries, only, &mut day)?;
            let waited = tokio::task::spawn_blocking(move || {
                let is_read = watching.wait(LOOK_AGAIN);
                (watching, is_read)
            });
            let Ok((back, is_read)) = waited.await else { return Ok(Exit::NO) };
            if !is_read {
                return Err(Stop::Pipe);
            }
            watching = back;
        }
    }

    fn print(
        &self,
        context: &Context<'_>,
        entries: &[EntryView],
        only: &Filter,
        day: &mut String,
    ) -> Result<(), Stop> {
        if context.out.is_json() {
            for entry in entries {
                context.out.item(entry)?;
            }
            return Ok(());
        }
        let text = self.lines(entries, only, day);
        if text.is_empty() { Ok(()) } else { context.out.text(&text) }
    }

    /// The lines under a head for each day. What the room hides is hidden, unless it is asked for.
    fn lines(&self, entries: &[EntryView], only: &Filter, day: &mut String) -> String {
        let mut text = Vec::new();
        let shown = |e: &EntryView| {
            (e.shown || self.all || only.wants_system())
                && (e.struck.is_none() || self.all || only.wants_struck())
        };
        for entry in entries.iter().filter(|e| shown(e)) {
            let head = entry_day(entry);
            if head != *day {
                text.push(head.clone());
                *day = head;
            }
            text.push(entry_line(entry));
        }
        text.join("\n")
    }
}
