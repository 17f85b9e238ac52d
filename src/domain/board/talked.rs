//! The boards of what people asked, decided, supposed and do.

use super::{Board, BoardRow, View};
use crate::domain::brief::left;
use crate::domain::time::format_span;
use crate::domain::words::{HypothesisState, StepState};

impl View<'_> {
    pub(super) fn asks(&self) -> Board {
        let talk = &self.incident.talk;
        let open = talk.open_asks();
        let answered = talk.asks.values().rev().filter(|a| !a.is_open());
        let count = open.iter().filter(|a| !self.is_struck(a.seq)).count();
        let rows = open.iter().copied().chain(answered).filter(|a| !self.is_struck(a.seq)).map(|ask| {
            let who = ask.person.as_ref().map_or_else(|| "unassigned".to_owned(), |p| format!("@{p}"));
            let right = match (&ask.answer, ask.due_at, &ask.acknowledged) {
                (Some(answer), _, _) => format!("answered {}", self.clock(answer.at)),
                (None, _, _) if !self.incident.clocks_run() => "no answer".to_owned(),
                (None, Some(due), _) => left(due, self.now),
                (None, None, _) => "no time box".to_owned(),
            };
            let mut notes = vec![format!("asked by {} {}", ask.by, self.moment(ask.at))];
            match (&ask.acknowledged, &ask.answer) {
                (Some((who, at)), _) => notes.push(format!("acknowledged by {who} {}", self.clock(*at))),
                (None, None) if ask.person.is_some() && self.incident.clocks_run() => {
                    let since = format_span((self.now - ask.since).max(chrono::TimeDelta::zero()));
                    notes.push(format!("not acknowledged for {since}"));
                }
                _ => {}
            }
            if let Some(answer) = &ask.answer {
                notes.push(format!("{}: {}", answer.by, answer.text));
            }
            let label = format!("#{} {who}", ask.seq);
            BoardRow { id: ask.seq.to_string(), label, detail: ask.text.clone(), right, notes }
        });
        Board {
            title: format!("Asks: {count} open"),
            empty: "None yet. A line such as: + @bob 3m check web latency",
            rows: rows.collect(),
        }
    }

    pub(super) fn decisions(&self) -> Board {
        let mut all: Vec<_> =
            self.incident.talk.decisions.values().filter(|d| !self.is_struck(d.seq)).collect();
        all.sort_by_key(|d| (d.verdict.is_some(), std::cmp::Reverse(d.at)));
        let open = all.iter().filter(|d| d.verdict.is_none()).count();
        let rows = all.into_iter().map(|decision| {
            let right = match (&decision.verdict, decision.check_at) {
                (Some(verdict), _) => verdict.verdict.to_string(),
                (None, Some(_)) if !self.incident.clocks_run() => "no verdict".to_owned(),
                (None, Some(at)) if at <= self.now => format!("check {}", left(at, self.now)),
                (None, Some(at)) => format!("check {}", self.clock(at)),
                (None, None) => "open".to_owned(),
            };
            let executor =
                decision.executor.as_ref().map(|e| format!(", carried out by {e}")).unwrap_or_default();
            let mut notes =
                vec![format!("decided by {}{executor} {}", decision.decided_by, self.moment(decision.at))];
            notes.extend(decision.objections.iter().map(|o| format!("against it: {o}")));
            if let Some(verdict) = &decision.verdict {
                let why =
                    if verdict.reason.is_empty() { String::new() } else { format!(": {}", verdict.reason) };
                let when = self.clock(verdict.at);
                notes.push(format!("{} ({}, {when}){why}", verdict.verdict, verdict.by));
            }
            let label = format!("#{} {}", decision.seq, decision.decided_by);
            BoardRow { id: decision.seq.to_string(), label, detail: decision.text.clone(), right, notes }
        });
        Board {
            title: format!("Decisions: {open} without a verdict"),
            empty: "None yet. A line such as: ! revoke the key",
            rows: rows.collect(),
        }
    }

    pub(super) fn hypotheses(&self) -> Board {
        let rank = |state| match state {
            HypothesisState::Supported => 0,
            HypothesisState::Open => 1,
            HypothesisState::RuledOut => 2,
        };
        let mut all: Vec<_> =
            self.incident.talk.hypotheses.values().filter(|h| !self.is_struck(h.seq)).collect();
        all.sort_by_key(|h| (rank(h.now.state), h.seq));
        let count = |state| all.iter().filter(|h| h.now.state == state).count();
        let title = format!(
            "Hypotheses: {} open, {} supported, {} ruled out",
            count(HypothesisState::Open),
            count(HypothesisState::Supported),
            count(HypothesisState::RuledOut)
        );
        let rows = all.iter().map(|h| {
            let mut notes = vec![format!("proposed by {} {}", h.by, self.moment(h.at))];
            let mut right = h.by.clone();
            if h.now.at != h.at || !h.now.why.is_empty() {
                right = format!("{} {}", h.now.by, self.clock(h.now.at));
                let why = if h.now.why.is_empty() { String::new() } else { format!(": {}", h.now.why) };
                notes.push(format!("{} by {} {}{why}", h.now.state, h.now.by, self.moment(h.now.at)));
            }
            let why = match (h.now.state, h.now.why.as_str()) {
                (HypothesisState::Open, _) | (_, "") => String::new(),
                (_, why) => format!(" — {why}"),
            };
            let label = format!("#{} {}", h.seq, h.now.state);
            BoardRow { id: h.seq.to_string(), label, detail: format!("{}{why}", h.text), right, notes }
        });
        let rows = rows.collect();
        Board { title, empty: "None yet. A line such as: ? the key was in a log", rows }
    }

    pub(super) fn steps(&self) -> Board {
        let mut all: Vec<_> = self.incident.checklist.steps().filter(|s| s.is_open()).collect();
        all.sort_by_key(|s| (s.due_at.is_none(), s.due_at, s.state != StepState::Doing, s.number));
        let counts = self.incident.clocks_run();
        let overdue = all.iter().filter(|s| counts && s.due_at.is_some_and(|due| due <= self.now)).count();
        let rows = all.iter().map(|step| {
            let who = step.person.as_ref().map(|p| format!(" @{p}")).unwrap_or_default();
            let mut notes = vec![format!("under {}", step.heading)];
            if let Some(since) = step.since {
                notes.push(format!("{} since {}", step.state, self.moment(since)));
            }
            if !step.reason.is_empty() {
                notes.push(step.reason.clone());
            }
            notes.extend(step.commands.iter().map(|c| format!("$ {c}")));
            BoardRow {
                id: step.number.to_string(),
                label: format!("{} {}{who}", step.number, step.state),
                detail: step.text.clone(),
                right: step.due_at.filter(|_| counts).map(|due| left(due, self.now)).unwrap_or_default(),
                notes,
            }
        });
        Board {
            title: format!("Steps: {} not done, {overdue} overdue", all.len()),
            empty: "None to do. :attach RUNBOOK adds some.",
            rows: rows.collect(),
        }
    }
}
