//! `warroom story`: improvement stories, which outlive the close of their incident.

use chrono::NaiveDate;
use clap::Subcommand;

use super::arguments;
use super::context::{Context, Room};
use super::output::{Answer, Exit, Stop};
use super::stdin;
use super::views::StoryView;
use crate::domain::ids::StoryId;
use crate::domain::refusal::Refusal;
use crate::domain::request::{NewStory, Request};
use crate::domain::stories::{Rules, Standing, distance, is_orphaned, sort};
use crate::domain::summary::StorySummary;
use crate::domain::time::Span;
use crate::domain::words::{StoryKind, StoryState};
use crate::service::{Service, StoryQuery};

/// Improvement stories: list, file, correct, start, ship, verify, drop, reopen
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// List the stories that are not done, those that happened again or that nobody took in time first, then soonest due first; prints nothing when there is none, so it is fit for cron. With --json verified and dropped ones stand at the end, with their state
    List {
        /// Only those whose day has passed and that have not shipped
        #[arg(long)]
        overdue: bool,
        /// Only those of one owner; - for those without one
        #[arg(long, value_name = "PERSON")]
        owner: Option<String>,
        /// Only those in this state; may be repeated
        #[arg(long)]
        state: Vec<StoryState>,
        /// Only those of one incident
        #[arg(long, value_name = "INC")]
        incident: Option<String>,
        /// Only those that are due within this time, or overdue: 7d, 2w
        #[arg(long, value_name = "SPAN", value_parser = arguments::days)]
        due_within: Option<i64>,
        /// Only those of this severity
        #[arg(long)]
        severity: Option<String>,
        /// Only preventive, detective or process ones
        #[arg(long)]
        kind: Option<StoryKind>,
        /// Those that are verified or dropped too, at the end
        #[arg(long)]
        all: bool,
        /// A report by owner: what is overdue, to whom it is named, and what is due soon (table stories of warroom.toml)
        #[arg(long, conflicts_with_all = ["overdue", "due_within", "state"])]
        remind: bool,
        /// Exit with 1 when one that is listed is overdue
        #[arg(long)]
        fail_if_overdue: bool,
    },
    /// File a story
    Add {
        /// The incident: id, number, or . for the only open one
        #[arg(value_name = "INC")]
        incident: String,
        /// What must change, or - for standard input
        #[arg(allow_hyphen_values = true)]
        title: String,
        /// Who answers for it
        #[arg(long, value_name = "PERSON")]
        owner: Option<String>,
        /// The day by which it is due [default: by severity]
        #[arg(long, value_name = "DAY", value_parser = arguments::day)]
        due: Option<NaiveDate>,
        /// How much it matters [default: the incident's]
        #[arg(long)]
        severity: Option<String>,
        /// preventive, detective or process
        #[arg(long)]
        kind: Option<StoryKind>,
        /// What will prove it
        #[arg(long, default_value = "", hide_default_value = true)]
        proof: String,
        /// Key or address in the team's tracker
        #[arg(long, default_value = "", hide_default_value = true)]
        external: String,
    },
    /// Correct a story: what is given replaces what was
    Set {
        /// The story: INC-2026-0042/S1
        story: String,
        /// What must change
        #[arg(long, default_value = "", hide_default_value = true, allow_hyphen_values = true)]
        title: String,
        /// Who answers for it; - for nobody
        #[arg(long, value_name = "PERSON")]
        owner: Option<String>,
        /// The day by which it is due
        #[arg(long, value_name = "DAY", value_parser = arguments::day)]
        due: Option<NaiveDate>,
        /// How much it matters; a day that its rule gave goes with it
        #[arg(long)]
        severity: Option<String>,
        /// preventive, detective or process
        #[arg(long)]
        kind: Option<StoryKind>,
        /// What will prove it
        #[arg(long, default_value = "", hide_default_value = true)]
        proof: String,
        /// Key or address in the team's tracker
        #[arg(long, default_value = "", hide_default_value = true)]
        external: String,
    },
    /// Somebody works on it
    Start {
        /// The story: INC-2026-0042/S1
        story: String,
    },
    /// It is in production
    Ship {
        /// The story: INC-2026-0042/S1
        story: String,
        /// The change that shipped it
        #[arg(long, value_name = "URL", default_value = "", hide_default_value = true)]
        link: String,
        /// Why there is no link
        #[arg(long, default_value = "", hide_default_value = true, allow_hyphen_values = true)]
        reason: String,
    },
    /// It is proven to work
    Verify {
        /// The story: INC-2026-0042/S1
        story: String,
        /// The test, rule, drill or runbook that shows it
        #[arg(long, default_value = "", hide_default_value = true, allow_hyphen_values = true)]
        proof: String,
    },
    /// It is given up
    Drop {
        /// The story: INC-2026-0042/S1
        story: String,
        /// Why
        #[arg(long, allow_hyphen_values = true)]
        reason: String,
    },
    /// It was shipped or dropped in error, or is to be done after all
    Reopen {
        /// The story: INC-2026-0042/S1
        story: String,
        /// Why
        #[arg(long, allow_hyphen_values = true)]
        reason: String,
    },
}

impl Args {
    pub(super) async fn run(self, context: &Context<'_>) -> Answer {
        match self.action {
            Action::List {
                overdue,
                owner,
                state,
                incident,
                due_within,
                severity,
                kind,
                all,
                remind,
                fail_if_overdue,
            } => {
                let service = context.reading().await?;
                let incident = match incident {
                    Some(name) => Some(service.named(&name).await?.0),
                    None => None,
                };
                if let Some(severity) = &severity {
                    is_severity(&service, severity).await?;
                }
                let today = context.now().date_naive();
                let asked_for = !state.is_empty();
                let within = due_within.or_else(|| remind.then(|| service.policy().story_rules.remind));
                let query = StoryQuery {
                    states: state,
                    overdue_on: overdue.then_some(today),
                    owner,
                    incident,
                    due_by: within.and_then(|days| today.checked_add_signed(Span::try_days(days)?)),
                    severity,
                    kind,
                };
                let mut stories = service.stories(&query).await?;
                let rules = service.policy().story_rules;
                if remind {
                    // Without a day, or with a late one, it would otherwise be reminded of by nobody.
                    let all = service.stories(&StoryQuery { due_by: None, ..query.clone() }).await?;
                    let more = all.into_iter().filter(|s| is_orphaned(s, today, rules));
                    let more: Vec<_> = more.filter(|s| stories.iter().all(|t| t.id != s.id)).collect();
                    stories.extend(more);
                }
                // A script finds every story with its state; a person, or a mail of cron, only what is to be done.
                if !(all || asked_for || context.out.is_json()) {
                    stories.retain(|story| Standing::of(story, today, rules) != Standing::Done);
                }
                sort(&mut stories, today, rules);
                let manager = service.policy().story_manager.clone();
                list(context, &stories, manager.as_deref(), remind, rules)?;
                let late = stories.iter().any(|s| s.is_overdue(today) || is_orphaned(s, today, rules));
                Ok(if fail_if_overdue && late { Exit::NO } else { Exit::DONE })
            }
            Action::Add { incident, title, owner, due, severity, kind, proof, external } => {
                let (title, proof) = (stdin::words(title)?, stdin::words(proof)?);
                let room = context.room(&incident).await?;
                let number = room.incident().await?.closing.next_story();
                let new = NewStory { number: None, title, owner, due, severity, kind, proof, external };
                let submitted = room.submit(&[Request::FileStory(new).into()]).await?;
                // Somebody else may have filed one meanwhile: the event knows the number.
                let own = submitted.own_events().iter().find_map(|e| match &e.event {
                    Some(crate::domain::event::Event::StoryFiled(filed)) => Some(filed.number),
                    _ => None,
                });
                tell(context, &room, own.unwrap_or(number)).await
            }
            Action::Set { story, title, owner, due, severity, kind, proof, external } => {
                let (title, proof) = (stdin::words(title)?, stdin::words(proof)?);
                let new = NewStory { number: None, title, owner, due, severity, kind, proof, external };
                if new == NewStory::default() {
                    return Err(Refusal::usage("nothing is given to set").into());
                }
                change(context, &story, |number| Request::ChangeStory { number, change: new }).await
            }
            Action::Start { story } => change(context, &story, |number| Request::StartStory { number }).await,
            Action::Ship { story, link, reason } => {
                let reason = stdin::words(reason)?;
                change(context, &story, |number| Request::ShipStory { number, link, reason }).await
            }
            Action::Verify { story, proof } => {
                let proof = stdin::words(proof)?;
                change(context, &story, |number| Request::VerifyStory { number, proof }).await
            }
            Action::Drop { story, reason } => {
                let reason = stdin::words(reason)?;
                change(context, &story, |number| Request::DropStory { number, reason }).await
            }
            Action::Reopen { story, reason } => {
                let reason = stdin::words(reason)?;
                let opened = context.reading().await?;
                let (id, _) = opened.story_named(&story).await?;
                let room = context.room(&id.incident.to_string()).await?;
                room.submit(&[Request::ReopenStory { number: id.number, reason }.into()]).await?;
                if room.incident().await?.closing.postmortem.published.is_some() {
                    let incident = id.incident;
                    context.out.say(&format!(
                        "hint: the published postmortem may still tick it; put it right and publish again: warroom \
                         postmortem edit {incident}, warroom postmortem publish {incident}"
                    ));
                }
                tell(context, &room, id.number).await
            }
        }
    }
}

/// Whether a severity is one of the team's, or one that a story has from before: a slip must not look as if nothing
/// were overdue.
async fn is_severity(service: &Service, severity: &str) -> Result<(), Stop> {
    let profile = &service.policy().profile;
    let query = StoryQuery { severity: Some(severity.to_owned()), ..StoryQuery::default() };
    if profile.find(severity).is_some() || !service.stories(&query).await?.is_empty() {
        return Ok(());
    }
    let what = format!("{severity:?} is not a severity of profile {}, and no story has it", profile.name());
    Err(Refusal::usage(what).hint(format!("use one of: {}", profile.names())).into())
}

/// Prints stories: in rows, or as a report by owner.
fn list(
    context: &Context<'_>,
    stories: &[StorySummary],
    manager: Option<&str>,
    by_owner: bool,
    rules: Rules,
) -> Answer {
    let now = context.now();
    let views: Vec<StoryView> =
        stories.iter().map(|s| StoryView::new(s, now).judged(s, now, rules)).collect();
    let overdue = stories.iter().filter(|s| s.is_overdue(now.date_naive())).count();
    let orphaned = stories.iter().filter(|s| is_orphaned(s, now.date_naive(), rules)).count();
    let document = serde_json::json!({
        "stories": views, "overdue": overdue, "unassigned_overdue": orphaned, "manager": manager,
    });
    context.out.answer(&document, || {
        if !by_owner || stories.is_empty() {
            return views.iter().map(StoryView::line).collect::<Vec<_>>().join("\n");
        }
        let named = manager.filter(|_| overdue > 0).map_or_else(String::new, |m| format!(", named to @{m}"));
        let today = now.date_naive();
        let late = |s: &&StorySummary| s.is_overdue(today) || is_orphaned(s, today, rules);
        let soon = stories.len().saturating_sub(stories.iter().filter(late).count());
        let mut lines = vec![format!("{overdue} overdue{named}; {soon} due soon")];
        if orphaned > 0 {
            lines.push(format!("{orphaned} without an owner for too long"));
        }
        let mut owners: Vec<Option<&str>> = stories.iter().map(|s| s.owner.as_deref()).collect();
        owners.sort_unstable();
        owners.dedup();
        for owner in owners {
            lines.push(owner.map_or_else(|| "nobody".to_owned(), |o| format!("@{o}")));
            let own = stories.iter().zip(&views).filter(|(s, _)| s.owner.as_deref() == owner);
            lines.extend(own.map(|(s, v)| format!("  {:<9} {}", distance(s, now.date_naive()), v.line())));
        }
        lines.join("\n")
    })
}

async fn change(context: &Context<'_>, name: &str, request: impl FnOnce(u32) -> Request) -> Answer {
    let opened = context.reading().await?;
    let (id, _) = opened.story_named(name).await?;
    let room = context.room(&id.incident.to_string()).await?;
    room.submit(&[request(id.number).into()]).await?;
    tell(context, &room, id.number).await
}

/// Prints a story as it is now.
async fn tell(context: &Context<'_>, room: &Room<'_>, number: u32) -> Answer {
    let incident = room.incident().await?;
    let story = incident.closing.stories.get(&number).ok_or_else(|| {
        let id = StoryId { incident: room.id, number };
        Stop::from(Refusal::not_found(format!("there is no story {id}")))
    })?;
    let view = StoryView::new(&StorySummary::new(room.id, story), context.now());
    context.out.answer(&view, || view.line())
}
