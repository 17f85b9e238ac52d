//! The scripts of the home: listed, shown, checked. It must not run one.

use std::path::Path;

use serde_json::{Value, json};

use super::super::context::Context;
use super::super::output::Answer;
use super::super::views::one_line;
use crate::domain::drill::script::Inject;
use crate::domain::drill::sheet::{recency, t_plus};
use crate::domain::runbook::Problem;
use crate::domain::time::{Span, exact_span};
use crate::service::{DrillFile, DrillRunRow, Failure, Service, read_drill};

/// A script of the home, or the file of a path.
pub(super) fn find(service: &Service, name: &str) -> Result<DrillFile, Failure> {
    let path = Path::new(name);
    let is_path = name.contains('/') || (path.extension().is_some() && path.is_file());
    if is_path { read_drill(path) } else { service.drill(name) }
}

/// What could not be read as intended, and what this team cannot do.
pub(super) fn problems(context: &Context<'_>, file: &DrillFile) -> Vec<Problem> {
    let profile = &context.session.config.profile;
    let unknown = file.script.unknown_severities(|name| profile.find(name).is_some());
    let mut all: Vec<Problem> = file.problems.iter().cloned().chain(unknown).collect();
    all.sort_by_key(|problem| problem.line);
    all
}

pub(super) async fn list(context: &Context<'_>) -> Answer {
    let service = context.reading().await?;
    let (files, failed) = service.drills();
    for failure in &failed {
        context.out.say(&format!("not read: {failure}"));
    }
    let runs = service.drill_runs(context.now()).await?;
    let today = context.now().date_naive();
    let of = |file: &DrillFile| -> Vec<&DrillRunRow> {
        runs.iter().filter(|run| run.sheet.name == file.name).collect()
    };
    let views: Vec<Value> = files
        .iter()
        .map(|file| {
            let problems = problems(context, file);
            let runs = of(file);
            let last = runs.first().map(|run| run.earlier());
            json!({
                "name": file.name,
                "title": file.script.title,
                "severity": file.script.severity,
                "duration": file.script.duration.map(exact_span),
                "roles": file.script.roles,
                "injects": file.script.injects.len(),
                "expectations": file.script.expectations().count(),
                "runs": runs.len(),
                "last_run": last.map(|run| json!({
                    "id": run.id, "date": run.date.to_string(), "met": run.totals.met,
                    "judged": run.totals.judged(), "expected": run.totals.expected(),
                })),
                "due": recency(last.map(|run| run.date), today).1,
                "problems": problems.iter().map(problem_view).collect::<Vec<_>>(),
            })
        })
        .collect();
    context.out.answer(&json!({ "drills": views }), || {
        let width = files.iter().map(|f| one_line(&f.name).chars().count()).max().unwrap_or(0);
        let line = |file: &DrillFile| {
            let last = of(file).first().map(|run| run.earlier());
            let (mut said, _) = recency(last.map(|run| run.date), today);
            if let Some(run) = last {
                said.push_str(&format!(", met {} of {}", run.totals.met, run.totals.expected()));
            }
            match problems(context, file).len() {
                0 => {}
                1 => said.push_str(", 1 problem"),
                n => said.push_str(&format!(", {n} problems")),
            }
            let (name, title) = (one_line(&file.name), one_line(&file.script.title));
            format!("{name:<width$}  {:>3} expected  {title}  ({said})", file.script.expectations().count())
        };
        files.iter().map(line).collect::<Vec<_>>().join("\n")
    })
}

fn problem_view(problem: &Problem) -> Value {
    json!({ "line": problem.line, "message": problem.message })
}

pub(super) fn show(context: &Context<'_>, file: &DrillFile) -> Answer {
    let script = &file.script;
    let problems = problems(context, file);
    let mut number = 0_usize;
    let mut injects = Vec::new();
    for (at, inject) in (1_usize..).zip(&script.injects) {
        let mut expectations = Vec::new();
        for e in &inject.expect {
            number += 1;
            expectations.push(json!({
                "number": number, "text": e.text, "within": e.within.map(exact_span),
                "condition": e.condition.as_ref().map(ToString::to_string), "line": e.line,
            }));
        }
        injects.push(json!({
            "number": at, "after": after(inject.after), "text": inject.text, "line": inject.line,
            "expectations": expectations,
        }));
    }
    let improvements: Vec<Value> =
        script.improvements.iter().map(|i| json!({ "text": i.text, "kind": i.kind })).collect();
    let document = json!({
        "name": file.name, "title": script.title, "severity": script.severity,
        "duration": script.duration.map(exact_span), "roles": script.roles, "scenario": script.scenario,
        "parts": script.parts, "injects": injects, "outcomes": script.outcomes,
        "improvements": improvements, "problems": problems.iter().map(problem_view).collect::<Vec<_>>(),
    });
    if !context.out.is_json() {
        for problem in &problems {
            context.out.say(&format!("{}:{}: {}", file.path.display(), problem.line, problem.message));
        }
    }
    context.out.answer(&document, || text(file).join("\n"))
}

/// A span of no time as others are written.
fn after(span: Span) -> String {
    if span == Span::zero() { "0m".to_owned() } else { exact_span(span) }
}

fn text(file: &DrillFile) -> Vec<String> {
    let script = &file.script;
    let mut head = Vec::new();
    head.extend(script.severity.clone());
    head.extend(script.duration.map(exact_span));
    if !script.roles.is_empty() {
        head.push(script.roles.join(", "));
    }
    let mut lines = vec![one_line(&script.title)];
    if !head.is_empty() {
        lines.push(head.join(" · "));
    }
    let mut section = |heading: &str, items: Vec<String>| {
        if !items.is_empty() {
            lines.push(format!("\n{heading}"));
            lines.extend(items.iter().map(|item| format!("  {item}")));
        }
    };
    section("Scenario", script.scenario.clone());
    section("Roles", script.parts.clone());
    let mut number = 0_usize;
    let told = script.injects.iter().flat_map(|inject| shown(inject, &mut number));
    section("Injects", told.collect());
    section("Expected outcomes", script.outcomes.clone());
    let improvements = script.improvements.iter().map(|i| match i.kind {
        Some(kind) => format!("{kind}: {}", i.text),
        None => i.text.clone(),
    });
    section("Improvements to file if a gap is found", improvements.collect());
    lines
}

fn shown(inject: &Inject, number: &mut usize) -> Vec<String> {
    let mut lines = vec![format!("{}  {}", t_plus(inject.after), inject.text)];
    for e in &inject.expect {
        *number += 1;
        let within = e.within.map(|within| format!("within {}: ", exact_span(within))).unwrap_or_default();
        let judge = match &e.condition {
            Some(condition) => format!("[{condition}]"),
            None => "[the facilitator judges]".to_owned(),
        };
        lines.push(format!("  {number:>3} {within}{}  {judge}", e.text));
    }
    lines
}
