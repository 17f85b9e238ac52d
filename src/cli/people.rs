//! `warroom people`: who can be reached how, and who is to be called next. It reads `people.toml` and nothing else
//! of it goes anywhere.

use clap::Subcommand;

use super::context::Context;
use super::output::Answer;
use crate::domain::people::{People, Person, calls};
use crate::domain::time::{Utc, with_zone};
use crate::domain::zone::Tz;
use crate::service::{Failure, FailureKind};

/// List who can be reached how (people.toml in the home)
#[derive(Debug, clap::Args)]
#[command(
    after_help = "people.toml holds one [[person]] for each: handle, name, phone, zone, roles, backup, team, \
    expertise. It stays on this machine: no log, export, commit or backup has any of it."
)]
pub(super) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// List everybody
    List,
    /// Show one person
    Show {
        /// The handle
        #[arg(value_name = "HANDLE")]
        handle: String,
    },
    /// List whom to call for an incident: its runbooks' escalation, then its roles
    Call {
        /// The incident: id, number, or . for the only open one
        #[arg(value_name = "INC")]
        incident: String,
    },
}

impl Args {
    pub(super) async fn run(self, context: &Context<'_>) -> Answer {
        let (people, problems) = context.session.people();
        for problem in &problems {
            context.out.say(&format!("note: {problem}"));
        }
        let now = context.now();
        match self.action {
            Action::List => {
                let rows: Vec<_> = people.all().iter().map(|p| document(p, now)).collect();
                context.out.answer(&serde_json::json!({ "people": rows }), || {
                    if people.all().is_empty() {
                        let file = context.session.home.people();
                        return format!("nobody yet; write them into {}", file.display());
                    }
                    people.all().iter().map(|p| line(p, now)).collect::<Vec<_>>().join("\n")
                })
            }
            Action::Show { handle } => {
                let person = people.find(&handle).ok_or_else(|| missing(&people, &handle))?;
                context.out.answer(&document(person, now), || {
                    let mut lines = vec![line(person, now)];
                    let mut add = |head: &str, value: String| {
                        if !value.is_empty() {
                            lines.push(format!("  {head}: {value}"));
                        }
                    };
                    add("roles", person.roles.join(", "));
                    add("team", person.team.clone());
                    add("expertise", person.expertise.join(", "));
                    for backup in people.chain(&handle).iter().skip(1) {
                        add("backup", line(backup, now));
                    }
                    lines.join("\n")
                })
            }
            Action::Call { incident } => {
                let (service, log) = context.look(&incident).await?;
                let incident = service.incident(log).await?;
                let lines = calls(&incident, service.policy(), &people);
                let rows: Vec<_> = lines
                    .iter()
                    .map(|l| {
                        let calls: Vec<_> = l
                            .calls
                            .iter()
                            .map(|c| {
                                let person = people.find(&c.handle).map(|p| document(p, now));
                                serde_json::json!({ "handle": c.handle, "why": c.why, "person": person })
                            })
                            .collect();
                        serde_json::json!({ "role": l.role, "said": l.said, "calls": calls })
                    })
                    .collect();
                context.out.answer(&serde_json::json!({ "id": incident.id, "lines": rows }), || {
                    let mut text = Vec::new();
                    for l in &lines {
                        text.push(if l.said.is_empty() { l.role.clone() } else { l.said.clone() });
                        for c in &l.calls {
                            let who =
                                people.find(&c.handle).map_or_else(|| c.handle.clone(), |p| line(p, now));
                            text.push(format!("  {who}  ({})", c.why));
                        }
                    }
                    text.join("\n")
                })
            }
        }
    }
}

fn missing(people: &People, handle: &str) -> Failure {
    let names: Vec<&str> = people.all().iter().map(|p| p.handle.as_str()).collect();
    let hint = if names.is_empty() { "people.toml names nobody".to_owned() } else { names.join(", ") };
    Failure::new(FailureKind::NotFound, format!("people.toml has nobody named {handle:?}")).hint(hint)
}

fn document(person: &Person, now: Utc) -> serde_json::Value {
    serde_json::json!({
        "handle": person.handle, "name": person.name, "phone": person.phone,
        "zone": person.zone.map(Tz::name),
        "local_time": person.zone.map(|z| with_zone(now, z)),
        "roles": person.roles, "backup": person.backup, "team": person.team, "expertise": person.expertise,
    })
}

fn line(person: &Person, now: Utc) -> String {
    let mut text = format!("{:<12} {:<24} {:<20}", person.handle, person.name, person.phone);
    if let Some(zone) = person.zone {
        text.push_str(&format!(" {} {}", with_zone(now, zone), zone.name()));
    }
    text.trim_end().to_owned()
}
