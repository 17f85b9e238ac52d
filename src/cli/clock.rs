//! `warroom clock` and `warroom target`: what runs out when, and the deadlines of one incident.

use clap::Subcommand;

use super::arguments;
use super::context::Context;
use super::output::Answer;
use super::stdin;
use super::views::one_line;
use crate::domain::clocks::{self, Clock, Pressure, Undated};
use crate::domain::incident::{ClockAck, Incident};
use crate::domain::request::Request;
use crate::domain::time::{Utc, format_span, rfc3339};

/// Another target for this incident only
#[derive(Debug, clap::Args)]
pub(super) struct TargetArgs {
    /// The incident: id, number, or . for the only open one
    #[arg(value_name = "INC")]
    incident: String,
    /// response, resolution, update, update:customers, or a phase
    #[arg(value_name = "CLOCK")]
    clock: String,
    /// 8h, 5 business days, next sprint (not for an update), none; default: as the team's rule says
    #[arg(value_name = "TARGET")]
    target: String,
    /// Why
    #[arg(long, allow_hyphen_values = true)]
    reason: String,
}

impl TargetArgs {
    pub(super) async fn run(self, context: &Context<'_>) -> Answer {
        let Self { incident, clock, target, reason } = self;
        let reason = stdin::words(reason)?;
        let room = context.room(&incident).await?;
        room.perform(Request::SetTarget { clock, target, reason }, None).await
    }
}

/// List the running clocks, acknowledge one, or move its deadline
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// List what runs out when: breached first, breaches that are acknowledged last
    List {
        /// The incident: id, number, or . for the only open one
        #[arg(value_name = "INC")]
        incident: String,
    },
    /// Say that a breach was seen, or move a deadline
    Ack {
        /// The incident: id, number, or . for the only open one
        #[arg(value_name = "INC")]
        incident: String,
        /// response, resolution, update, update:customers, a phase, ask:9 or decision:7
        #[arg(value_name = "CLOCK")]
        clock: String,
        /// The new deadline: 30m, 16:30, 'tomorrow 09:00', or '2026-11-20 16:30'
        #[arg(long, value_name = "TIME")]
        until: Option<String>,
        /// Why
        #[arg(long, allow_hyphen_values = true)]
        reason: String,
    },
}

impl Args {
    pub(super) async fn run(self, context: &Context<'_>) -> Answer {
        match self.action {
            Action::List { incident } => {
                let (service, log) = context.look(&incident).await?;
                let incident = service.incident(log).await?;
                let now = context.now();
                let running = clocks::clocks(&incident, service.policy(), now);
                let rows: Vec<_> = running.iter().map(|c| document(&incident, c, now)).collect();
                let undated = clocks::undated(&incident, &running);
                let without: Vec<_> = undated
                    .iter()
                    .map(|u| serde_json::json!({ "clock": u.key.to_string(), "what": u.what, "target": u.target }))
                    .collect();
                let document =
                    serde_json::json!({ "id": incident.id, "clocks": rows, "without_deadline": without });
                context.out.answer(&document, || {
                    let mut lines: Vec<String> = running.iter().map(|c| line(&incident, c, now)).collect();
                    if lines.is_empty() {
                        lines.push("no clock runs".to_owned());
                    }
                    lines.extend(undated.iter().map(undated_line));
                    lines.join("\n")
                })
            }
            Action::Ack { incident, clock, until, reason } => {
                let now = context.now();
                let until = until.as_deref().map(|text| arguments::ahead(text, now)).transpose()?;
                let until = until.map(|when| when.from(now));
                let reason = stdin::words(reason)?;
                let room = context.room(&incident).await?;
                room.perform(Request::AcknowledgeClock { clock, until, reason }, None).await
            }
        }
    }
}

/// What was said on a clock; on one that is back on its rule, nothing is.
fn told<'a>(incident: &'a Incident, clock: &Clock) -> Option<&'a ClockAck> {
    let ack = incident.clocks.get(&clock.key.to_string())?.acknowledged.as_ref()?;
    (ack.at >= clock.spoken_from && (clock.acknowledged || clock.deadline != clock.natural)).then_some(ack)
}

fn document(incident: &Incident, clock: &Clock, now: Utc) -> serde_json::Value {
    let key = clock.key.to_string();
    let ack = told(incident, clock);
    let state = match clock.pressure(now) {
        Pressure::Breached => "breached",
        Pressure::Warning => "warning",
        Pressure::Quiet => "quiet",
    };
    serde_json::json!({
        "clock": key,
        "what": clock.what,
        "state": state,
        "from": rfc3339(clock.from),
        "warn_at": rfc3339(clock.warn_at),
        "deadline": rfc3339(clock.deadline),
        "before": rfc3339(clock.natural),
        "moved": clock.moved,
        "target": incident.targets.get(&key).map(|own| &own.target),
        "acknowledged": clock.acknowledged,
        "by": ack.map(|a| &a.by),
        "reason": ack.map(|a| &a.reason),
    })
}

fn undated_line(undated: &Undated) -> String {
    let (key, target) = (undated.key.to_string(), one_line(&undated.target));
    format!("{key:<15} {:<24} no deadline        target of this incident: {target}", undated.what)
}

fn line(incident: &Incident, clock: &Clock, now: Utc) -> String {
    let key = clock.key.to_string();
    let ack = told(incident, clock);
    let distance = format_span(clock.distance(now));
    let state = match clock.pressure(now) {
        Pressure::Breached => format!("{distance} OVER"),
        Pressure::Warning => format!("{distance} left"),
        Pressure::Quiet => format!("in {distance}"),
    };
    let mut text = format!(
        "{key:<15} {:<24} {}  {state}",
        one_line(&clock.what),
        clock.deadline.format("%Y-%m-%d %H:%MZ")
    );
    if clock.deadline != clock.natural {
        text.push_str(&format!(", moved from {}", clock.natural.format("%Y-%m-%d %H:%MZ")));
    } else if let Some(own) = incident.targets.get(&key).filter(|_| clock.moved) {
        text.push_str(&format!(", target of this incident: {}", own.target));
    }
    if clock.acknowledged {
        text.push_str(", acknowledged");
    }
    if let Some(ack) = ack {
        text.push_str(&format!(" ({}: {})", ack.by, one_line(&ack.reason)));
    }
    text
}
