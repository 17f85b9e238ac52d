//! `warroom timeline`: what happened, in the order in which it happened.

use std::time::Duration;

use super::arguments;
use super::context::Context;
use super::output::{Answer, Exit, Stop};
use super::views::{EntryView, entry_day, entry_line};
use crate::domain::ids::LogId;
use crate::domain::incident::Incident;
use crate::service::Service;
use crate::shell::watching::Watching;

/// How long to wait for a hint before looking anyway: some file systems lose hints, and a look costs one small read.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

/// Show the timeline of an incident (times in UTC)
#[derive(Debug, clap::Args)]
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
    /// Show the lines of the program too that the room hides
    #[arg(long)]
    all: bool,
    /// The lines of the incidents that were merged into it too, each with the id in front of its text
    #[arg(long, conflicts_with_all = ["follow", "as_of"])]
    merged: bool,
}

impl Args {
    pub(super) async fn run(self, context: &Context<'_>) -> Answer {
        let as_of = self.as_of.as_deref().map(|t| arguments::past(t, context.now())).transpose()?;
        let (service, log) = context.look(&self.incident).await?;
        let loaded = service.load(log).await?;
        let incident = match as_of {
            None => loaded.incident,
            Some((at, _)) => Incident::fold(log, loaded.events.iter().filter(|e| e.recorded_at <= at)),
        };
        let mut entries: Vec<EntryView> = incident.timeline.shown().map(EntryView::from).collect();
        if self.merged {
            for part in service.merged_into(&incident).await? {
                entries.extend(part.timeline.shown().map(|entry| {
                    let mut view = EntryView::from(entry);
                    view.text = format!("{}: {}", part.id, view.text);
                    view
                }));
            }
            entries.sort_by(|a, b| a.occurred_at.cmp(&b.occurred_at));
        }
        if self.follow {
            return self.follow(context, &service, log, incident, &entries).await;
        }
        let document = serde_json::json!({ "id": loaded_id(&incident, &entries), "entries": entries });
        context.out.answer(&document, || lines(&entries, self.all, &mut String::new()))
    }

    async fn follow(
        &self,
        context: &Context<'_>,
        service: &Service,
        log: LogId,
        mut incident: Incident,
        entries: &[EntryView],
    ) -> Answer {
        // Watching begins before the first lines are printed, so that nothing falls between.
        let mut watching = Watching::new(&context.session.home.database());
        let mut day = String::new();
        self.print(context, entries, &mut day)?;
        loop {
            let new = service.events_after(log, incident.head).await?;
            let mut entries = Vec::new();
            for event in &new {
                incident.apply(event);
                entries.extend(incident.timeline.get(event.seq).map(EntryView::from));
            }
            self.print(context, &entries, &mut day)?;
            let waited = tokio::task::spawn_blocking(move || {
                watching.wait(LOOK_AGAIN);
                watching
            });
            let Ok(back) = waited.await else { return Ok(Exit::NO) };
            watching = back;
        }
    }

    fn print(&self, context: &Context<'_>, entries: &[EntryView], day: &mut String) -> Result<(), Stop> {
        if context.out.is_json() {
            for entry in entries {
                context.out.item(entry)?;
            }
            return Ok(());
        }
        let text = lines(entries, self.all, day);
        if text.is_empty() { Ok(()) } else { context.out.text(&text) }
    }
}

/// The id, unless nothing was recorded yet at that time.
fn loaded_id(incident: &Incident, entries: &[EntryView]) -> Option<String> {
    (incident.is_declared() || !entries.is_empty()).then(|| incident.id.to_string())
}

/// The lines under a head for each day.
fn lines(entries: &[EntryView], all: bool, day: &mut String) -> String {
    let mut text = Vec::new();
    for entry in entries.iter().filter(|e| all || e.shown) {
        let head = entry_day(entry);
        if head != *day {
            text.push(head.clone());
            *day = head;
        }
        text.push(entry_line(entry));
    }
    text.join("\n")
}
