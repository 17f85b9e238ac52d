//! The rules of a good runbook, for `warroom runbook check`. It must not repeat what [`super::parse`] already
//! reports.

use super::{Budget, Problem, Runbook, Section, SectionRole};
use crate::domain::words::Phase;

/// The sections of a complete runbook, in their order.
pub const SECTIONS: [SectionRole; 12] = [
    SectionRole::Summary,
    SectionRole::Severity,
    SectionRole::Owner,
    SectionRole::Detection,
    SectionRole::FirstMinutes,
    SectionRole::Containment,
    SectionRole::Preserve,
    SectionRole::Eradication,
    SectionRole::Recovery,
    SectionRole::Verify,
    SectionRole::Escalation,
    SectionRole::Related,
];

/// The most lines of steps in the first fifteen minutes: one screen of 80×24 beside the two top lines and the hints.
pub const FIRST_MINUTES_STEPS: usize = 14;

/// The longest step of the first fifteen minutes, in characters.
pub const FIRST_MINUTES_WIDTH: usize = 70;

/// What the runbook misses, by line; empty when it is complete. `text` is what it was parsed from.
#[must_use]
pub fn check(runbook: &Runbook, text: &str) -> Vec<Problem> {
    let mut problems = Vec::new();
    sections(runbook, &mut problems);
    first_minutes(runbook, &mut problems);
    acting(runbook, &mut problems);
    recovery(runbook, &mut problems);
    front_matter(runbook, text, &mut problems);
    unfinished(text, &mut problems);
    problems.sort_by_key(|problem| problem.line);
    problems
}

fn sections(runbook: &Runbook, problems: &mut Vec<Problem>) {
    let first = runbook.sections.first().map_or(1, |section| section.line);
    let mut last: Option<&Section> = None;
    for role in SECTIONS {
        let Some(section) = runbook.section(role) else {
            problems.push(Problem::new(first, format!("no section \"{}\": add it", role.heading())));
            continue;
        };
        if is_empty(runbook, role) {
            problems.push(Problem::new(
                section.line,
                format!("section \"{}\" is empty: fill it", section.heading),
            ));
        }
        if let Some(before) = last.filter(|before| before.line > section.line) {
            problems.push(Problem::new(
                section.line,
                format!(
                    "section \"{}\" stands before \"{}\": move it behind",
                    section.heading, before.heading
                ),
            ));
        } else {
            last = Some(section);
        }
    }
}

fn is_empty(runbook: &Runbook, role: SectionRole) -> bool {
    let mut of_role = runbook.sections.iter().filter(|section| section.role == role);
    of_role.all(|section| section.items.is_empty())
}

fn first_minutes(runbook: &Runbook, problems: &mut Vec<Problem>) {
    let mut lines = 0;
    for section in runbook.sections.iter().filter(|section| section.role == SectionRole::FirstMinutes) {
        for item in &section.items {
            lines += 1 + item.details.len() + item.commands.iter().map(|c| c.lines().count()).sum::<usize>();
            let width = item.text.chars().count();
            if width > FIRST_MINUTES_WIDTH {
                let most = FIRST_MINUTES_WIDTH;
                let message =
                    format!("{width} characters in the first 15 minutes: shorten the line to {most}");
                problems.push(Problem::new(item.line, message));
            }
        }
    }
    let Some(section) = runbook.section(SectionRole::FirstMinutes) else { return };
    if lines > FIRST_MINUTES_STEPS {
        let message =
            format!("{lines} lines in the first 15 minutes: they fit no screen, keep {FIRST_MINUTES_STEPS}");
        problems.push(Problem::new(section.line, message));
    }
    if lines > 0 && steps(runbook, SectionRole::FirstMinutes) == 0 {
        let message = "no steps in the first 15 minutes: write each action as a list item";
        problems.push(Problem::new(section.line, message));
    }
}

fn acting(runbook: &Runbook, problems: &mut Vec<Problem>) {
    let roles = [
        (SectionRole::Containment, "no steps under Containment: say how the harm is stopped"),
        (SectionRole::Eradication, "no steps under Eradication: say how the cause is removed"),
        (SectionRole::Verify, "no steps under Verify before resuming: say what proves that it is over"),
    ];
    for (role, message) in roles {
        if let Some(section) = runbook.section(role).filter(|_| steps(runbook, role) == 0) {
            problems.push(Problem::new(section.line, message));
        }
    }
    let indicators = runbook.sections.iter().filter(|section| section.role == SectionRole::Detection);
    for section in indicators {
        let ordered = section.items.iter().find(|item| !item.prose && orders(&item.text));
        if let Some(item) = ordered {
            let message =
                "an action under Detection cannot be ticked: say there what shows the incident, act below";
            problems.push(Problem::new(item.line, message));
        }
    }
}

/// The text orders something, told from its first word.
fn orders(text: &str) -> bool {
    const ORDERS: [&str; 20] = [
        "disable",
        "revoke",
        "rotate",
        "stop",
        "block",
        "delete",
        "remove",
        "isolate",
        "quarantine",
        "restart",
        "roll",
        "rebuild",
        "notify",
        "page",
        "call",
        "open",
        "run",
        "deploy",
        "check",
        "verify",
    ];
    let first = text.split_whitespace().next().unwrap_or_default();
    ORDERS.contains(&first.to_lowercase().trim_end_matches([':', ',']))
}

fn recovery(runbook: &Runbook, problems: &mut Vec<Problem>) {
    let Some(first) = runbook.section(SectionRole::Recovery) else { return };
    let says = |label: &str| {
        let sections = runbook.sections.iter().filter(|section| section.role == SectionRole::Recovery);
        let mut lines = sections
            .flat_map(|section| &section.items)
            .flat_map(|item| std::iter::once(&item.text).chain(&item.details));
        lines.any(|line| line.trim_start().to_lowercase().starts_with(label))
    };
    for (label, name) in [("when:", "When"), ("impact:", "Impact")] {
        if !says(label) {
            let message = format!("recovery options without \"{name}:\": say it under each option");
            problems.push(Problem::new(first.line, message));
        }
    }
}

fn front_matter(runbook: &Runbook, text: &str, problems: &mut Vec<Problem>) {
    if Phase::ALL.iter().all(|phase| runbook.budgets.of(*phase) == Budget::Open) {
        problems.push(Problem::new(
            1,
            "no phase budgets: write phases: {contain: 15m, eradicate: 1h} in front matter",
        ));
    }
    if runbook.matches.is_empty() {
        let line = text.lines().position(|line| line.starts_with("match:")).map_or(1, |at| at + 1);
        problems.push(Problem::new(
            line,
            "nothing to match: write match: {words: [signing key]} in front matter",
        ));
    }
}

/// Placeholders for text that was never written.
fn unfinished(text: &str, problems: &mut Vec<Problem>) {
    for (at, line) in text.lines().enumerate() {
        let words = line.split(|c: char| !c.is_alphanumeric());
        if let Some(mark) = words.into_iter().find(|word| matches!(*word, "TODO" | "TBD" | "FIXME")) {
            problems
                .push(Problem::new(at + 1, format!("{mark} is left in the text: finish it or take it out")));
        }
    }
}

fn steps(runbook: &Runbook, role: SectionRole) -> usize {
    let sections = runbook.sections.iter().filter(|section| section.role == role);
    sections.flat_map(|section| &section.items).filter(|item| item.step).count()
}
