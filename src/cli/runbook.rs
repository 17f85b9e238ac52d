//! `warroom runbook`: lists, shows, checks and attaches runbooks.

use std::path::{Path, PathBuf};

use clap::Subcommand;

use super::checking::check_paths;
use super::context::Context;
use super::output::Answer;
use super::views::one_line;
use crate::domain::refusal::Refusal;
use crate::domain::request::Request;
use crate::domain::runbook::bound::unknown_severities;
use crate::domain::runbook::card::{Card, Origin};
use crate::domain::runbook::check::check;
use crate::domain::time::shortened;
use crate::service::{Failure, RunbookFile, Service, read_runbook};

/// List, show, check or attach runbooks
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// List the runbooks of the home
    List,
    /// Show what was read of a runbook, and what could not be read as intended
    Show {
        /// Its name, a part of its name or title, or the path of a file
        name: String,
    },
    /// Check runbook files: whether they are read as intended and have what a runbook needs
    Check {
        /// Files, or folders of .md files
        #[arg(required = true, value_name = "PATH")]
        paths: Vec<PathBuf>,
    },
    /// Bring the shipped runbooks of this program into the home; what the team changed or deleted is left alone
    Update,
    /// Detach a runbook that was attached in error; what was done in it stays in the log
    Detach {
        /// The incident: id, number, or . for the only open one
        #[arg(value_name = "INC")]
        incident: String,
        /// Its name
        name: String,
    },
    /// Attach a runbook to an incident
    Attach {
        /// The incident: id, number, or . for the only open one
        #[arg(value_name = "INC")]
        incident: String,
        /// Its name, a part of its name or title, or the path of a file
        name: String,
    },
}

impl Args {
    pub(super) async fn run(self, context: &Context<'_>) -> Answer {
        match self.action {
            Action::List => list(context).await,
            Action::Show { name } => {
                let service = context.reading().await?;
                show(context, &find(&service, &name)?)
            }
            Action::Update => {
                let report = context.writing().await?.update_runbooks()?;
                context.out.answer(&report, || {
                    let lines = [
                        ("new", &report.written),
                        ("replaced", &report.replaced),
                        ("yours is kept", &report.kept),
                        ("deleted by you", &report.deleted),
                    ];
                    let lines = lines.iter().filter(|(_, names)| !names.is_empty());
                    let lines: Vec<_> =
                        lines.map(|(what, names)| format!("{what}: {}", names.join(", "))).collect();
                    if lines.is_empty() { "all are as shipped".to_owned() } else { lines.join("\n") }
                })
            }
            Action::Check { paths } => check_paths(context, &paths, |path| {
                let file = read_runbook(path)?;
                let profile = &context.session.config.profile;
                let unknown = unknown_severities(&file.runbook, &file.text, profile);
                let found = check(&file.runbook, &file.text);
                Ok(file.problems.into_iter().chain(found).chain(unknown).collect())
            }),
            Action::Detach { incident, name } => {
                let room = context.room(&incident).await?;
                let before = room.incident().await?;
                let attached = before.checklist.named(&name).ok_or_else(|| {
                    let names: Vec<&str> = before.checklist.runbooks().map(|r| r.name.as_str()).collect();
                    let refusal =
                        Refusal::not_found(format!("no runbook {name:?} is attached to {}", room.id));
                    if names.is_empty() {
                        return refusal.hint("none is; to attach one: warroom runbook attach");
                    }
                    refusal.hint(format!("attached are: {}", names.join(", ")))
                })?;
                room.perform(Request::DetachRunbook { runbook: attached.seq }, None).await
            }
            Action::Attach { incident, name } => {
                let room = context.room(&incident).await?;
                let file = find(&room.service, &name)?;
                let card = room.service.runbook_card(&file).await?;
                let stale =
                    card.staleness(context.now().date_naive(), room.service.policy().runbook_stale_days);
                if stale.is_stale() {
                    context.out.say(&format!("{}: {}", card.name, stale.words()));
                }
                room.perform(Request::AttachRunbook(file.to_text()), None).await
            }
        }
    }
}

/// A runbook of the home, or the file of a path.
fn find(service: &Service, name: &str) -> Result<RunbookFile, Failure> {
    let path = Path::new(name);
    let is_path = name.contains('/') || (path.extension().is_some() && path.is_file());
    if is_path { read_runbook(path) } else { service.runbook(name) }
}

async fn list(context: &Context<'_>) -> Answer {
    let service = context.reading().await?;
    let (cards, failed) = service.runbook_cards().await?;
    for failure in &failed {
        context.out.say(&format!("not read: {failure}"));
    }
    let (today, after) = (context.now().date_naive(), service.policy().runbook_stale_days);
    let views: Vec<_> = cards.iter().map(|card| card_view(card, today, after)).collect();
    context.out.answer(&serde_json::json!({ "runbooks": views }), || {
        let width = cards.iter().map(|c| one_line(&c.name).chars().count()).max().unwrap_or(0);
        let line = |c: &Card| {
            let mut marks = String::new();
            if c.origin != Origin::Shipped {
                marks.push_str(&format!(", {}", c.origin.as_str()));
            }
            match c.problems.len() {
                0 => {}
                1 => marks.push_str(", 1 problem"),
                n => marks.push_str(&format!(", {n} problems")),
            }
            let owner = one_line(&c.owner);
            let owner = owner.trim().trim_end_matches('.');
            if !owner.is_empty() {
                marks.push_str(&format!("; owner: {}", shortened(owner)));
            }
            let stale = c.staleness(today, after).words();
            let (name, title) = (one_line(&c.name), one_line(&c.title));
            let steps = if c.steps == 1 { "step" } else { "steps" };
            format!("{name:<width$}  {:>3} {steps:<5}  {title}  ({stale}{marks})", c.steps)
        };
        cards.iter().map(line).collect::<Vec<_>>().join("\n")
    })
}

/// A runbook of a list for scripts.
fn card_view(card: &Card, today: chrono::NaiveDate, after_days: i64) -> serde_json::Value {
    let stale = card.staleness(today, after_days);
    let day = |day: Option<chrono::NaiveDate>| day.map(|d| d.to_string());
    let uses: Vec<_> = card
        .uses
        .iter()
        .map(|u| {
            serde_json::json!({
                "incident": u.incident, "kind": u.kind, "date": u.day.to_string(), "steps_done": u.done,
            })
        })
        .collect();
    serde_json::json!({
        "name": card.name,
        "title": card.title,
        "steps": card.steps,
        "problems": card.problems.len(),
        "problem_lines": card
            .problems
            .iter()
            .map(|p| serde_json::json!({ "line": p.line, "message": p.message }))
            .collect::<Vec<_>>(),
        "origin": card.origin.as_str(),
        "owner": card.owner,
        "match": {
            "words": card.matches.words, "services": card.matches.services,
            "tags": card.matches.tags, "alerts": card.matches.alerts,
            "severities": card.matches.severities, "kinds": card.matches.kinds,
        },
        "last_tested": day(card.tested()),
        "last_reviewed": day(card.last_reviewed),
        "stale": stale.is_stale(),
        "staleness": stale.words(),
        "used_by": uses,
    })
}

fn show(context: &Context<'_>, file: &RunbookFile) -> Answer {
    let sections: Vec<_> = file
        .runbook
        .sections
        .iter()
        .map(|section| {
            let items: Vec<_> = section
                .items
                .iter()
                .map(|item| {
                    serde_json::json!({
                        "step": item.step, "text": item.text, "commands": item.commands, "line": item.line,
                        "phase": item.phase, "details": item.details,
                    })
                })
                .collect();
            serde_json::json!({ "heading": section.heading, "line": section.line, "items": items })
        })
        .collect();
    let problems: Vec<_> =
        file.problems.iter().map(|p| serde_json::json!({ "line": p.line, "message": p.message })).collect();
    let document = serde_json::json!({
        "name": file.name, "title": file.runbook.title, "sections": sections, "problems": problems,
    });
    if !context.out.is_json() {
        for problem in &file.problems {
            context.out.say(&format!("{}:{}: {}", file.path.display(), problem.line, problem.message));
        }
    }
    context.out.answer(&document, || {
        let mut lines = vec![one_line(&file.runbook.title)];
        let mut number = 0_u32;
        for section in &file.runbook.sections {
            lines.push(format!("\n{}", section.heading));
            for item in &section.items {
                if item.step {
                    number += 1;
                    lines.push(format!("  [ ] {number:>2} {}", item.text));
                } else {
                    lines.push(format!("      {}", item.text));
                }
                for command in &item.commands {
                    lines.extend(command.lines().map(|line| format!("         $ {line}")));
                }
            }
        }
        lines.join("\n")
    })
}
