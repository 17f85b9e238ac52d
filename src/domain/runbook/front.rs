//! Front matter: the YAML block before the text. What is foreign is ignored, what is ours and wrong is a problem
//! with its line. It must not read the text below.

use chrono::NaiveDate;
use serde_json::{Map, Value};

use super::{Budget, Budgets, Match, Problem};
use crate::domain::time::{Span, parse_span};
use crate::domain::words::Phase;

/// The largest front matter that is read, in bytes.
const MAX_FRONT_BYTES: usize = 64 * 1024;

/// How deep its lists and mappings may nest.
const MAX_DEPTH: usize = 32;
/// How many values it may hold; what an alias repeats counts each time.
const MAX_VALUES: usize = 10_000;
/// How many anchors it may hold, how many aliases, and how many merged mappings.
const MAX_ANCHORS: usize = 100;

/// What the front matter says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Front {
    pub(super) title: Option<String>,
    pub(super) summary: Option<String>,
    pub(super) severity: Option<String>,
    pub(super) owner: Option<String>,
    pub(super) budgets: Budgets,
    pub(super) matches: Match,
    pub(super) last_tested: Option<NaiveDate>,
    pub(super) last_reviewed: Option<NaiveDate>,
}

/// Splits the front matter off: what it says, the text below it, and how many lines the text begins further down.
pub(super) fn split<'t>(text: &'t str, problems: &mut Vec<Problem>) -> (Front, &'t str, usize) {
    let nothing = (Front::default(), text, 0);
    let mut lines = text.split_inclusive('\n');
    let Some(fence) = lines.next().map(str::trim_end).filter(|line| matches!(*line, "---" | "+++")) else {
        return nothing;
    };
    let mut at = text.split_inclusive('\n').next().map_or(0, str::len);
    let start = at;
    for (number, line) in lines.enumerate() {
        let end = line.trim_end();
        if end == fence || (fence == "---" && end == "...") {
            let block = text.get(start..at).unwrap_or_default();
            let body = text.get(at + line.len()..).unwrap_or_default();
            let front = if fence == "+++" {
                problems.push(Problem::new(
                    1,
                    "TOML front matter is not read: write it as YAML between --- lines",
                ));
                Front { title: plain_title(block, '='), ..Front::default() }
            } else {
                read(block, problems)
            };
            return (front, body, number + 2);
        }
        at += line.len();
    }
    // A thematic break at the top of a text, not front matter, unless what follows looks like keys.
    if text.lines().nth(1).is_some_and(|line| line.contains(": ")) {
        problems.push(Problem::new(1, "front matter has no end: close it with a line ---"));
    }
    nothing
}

fn read(block: &str, problems: &mut Vec<Problem>) -> Front {
    match mapping(block, problems) {
        Some(map) => Reader { block, problems }.front(&map),
        None => Front { title: plain_title(block, ':'), ..Front::default() },
    }
}

/// The keys of a block of YAML within its bounds; `None`, with a problem, when it cannot be read.
pub(in crate::domain) fn mapping(block: &str, problems: &mut Vec<Problem>) -> Option<Map<String, Value>> {
    if block.len() > MAX_FRONT_BYTES {
        problems.push(Problem::new(1, "front matter is larger than 64 KiB and was not read: shorten it"));
        return None;
    }
    let options = serde_saphyr::options! {
        budget: serde_saphyr::budget! {
            max_events: 20_000,
            max_aliases: MAX_ANCHORS,
            max_anchors: MAX_ANCHORS,
            max_depth: MAX_DEPTH,
            max_documents: 1,
            max_nodes: MAX_VALUES,
            max_merge_keys: MAX_ANCHORS,
        },
    };
    let value: Value = match serde_saphyr::from_str_with_options(block, options) {
        Ok(value) => value,
        Err(error) => {
            let line = error.location().and_then(|at| usize::try_from(at.line()).ok()).unwrap_or(1);
            problems.push(Problem::new(line + 1, unread(error.without_snippet())));
            return None;
        }
    };
    match value {
        Value::Object(map) => Some(map),
        Value::Null => Some(Map::new()),
        _ => {
            problems.push(Problem::new(1, "front matter has no keys and was not read: write key: value"));
            Some(Map::new())
        }
    }
}

/// Why it was not read, and what to do.
fn unread(error: &serde_saphyr::Error) -> String {
    use serde_saphyr::Error;
    match error {
        Error::DuplicateMappingKey { key: Some(key), .. } => {
            format!("front matter has `{key}` twice and was not read: keep one")
        }
        Error::DuplicateMappingKey { .. } => {
            "front matter has a key twice and was not read: keep one".to_owned()
        }
        Error::AliasReplayCounterOverflow { .. }
        | Error::AliasReplayLimitExceeded { .. }
        | Error::AliasReplayStackDepthExceeded { .. } => too_much(),
        other => {
            let reason = other.to_string();
            // The place in the block is not the line of the file, which is told.
            let reason = reason.lines().next().unwrap_or_default();
            let reason = reason.split(" at line ").next().unwrap_or_default();
            if reason.contains("recursion limit") || reason.contains("budget breached") {
                return too_much();
            }
            format!("front matter is not YAML and was not read: {reason}")
        }
    }
}

fn too_much() -> String {
    format!(
        "front matter is nested deeper than {MAX_DEPTH} levels, or has more than {MAX_VALUES} values with what its aliases repeat, or more than {MAX_ANCHORS} anchors or aliases, and was not read: make it simpler"
    )
}

/// The title when nothing else of the front matter can be read.
fn plain_title(block: &str, sign: char) -> Option<String> {
    let title = block.lines().find_map(|line| line.strip_prefix("title")?.trim_start().strip_prefix(sign))?;
    let title = title.trim().trim_matches(['"', '\'']).trim();
    (!title.is_empty() && !super::read::is_template(title)).then(|| title.to_owned())
}

struct Reader<'r> {
    block: &'r str,
    problems: &'r mut Vec<Problem>,
}

impl Reader<'_> {
    fn front(&mut self, map: &Map<String, Value>) -> Front {
        let mut front = Front {
            title: string(map, "title").filter(|title| !super::read::is_template(title)),
            summary: string(map, "summary").or_else(|| string(map, "description")),
            severity: string(map, "severity"),
            owner: string(map, "owner"),
            ..Front::default()
        };
        front.last_tested = self.day(map, "last_tested");
        front.last_reviewed = self.day(map, "last_reviewed");
        match map.get("phases") {
            None | Some(Value::Null) => {}
            Some(Value::Object(phases)) => self.budgets(phases, &mut front.budgets),
            Some(_) => {
                self.problem("phases", "phases has no keys: write phases: {contain: 15m, recover: open}");
            }
        }
        match map.get("match") {
            None | Some(Value::Null) => {}
            Some(Value::Object(matches)) => self.matches(matches, &mut front.matches),
            Some(_) => {
                self.problem("match", "match has no keys: write match: {words: [signing key]}");
            }
        }
        front
    }

    fn day(&mut self, map: &Map<String, Value>, key: &str) -> Option<NaiveDate> {
        let value = map.get(key).filter(|value| !value.is_null())?;
        let day = scalar(value).and_then(|text| NaiveDate::parse_from_str(&text, "%Y-%m-%d").ok());
        if day.is_none() {
            self.problem(key, &format!("{key} is not a date: write it as 2026-11-22"));
        }
        day
    }

    fn budgets(&mut self, phases: &Map<String, Value>, budgets: &mut Budgets) {
        for (key, value) in phases {
            let phase = match key.parse::<Phase>() {
                Ok(phase) => phase,
                Err(unknown) => {
                    self.problem(key, &unknown.to_string());
                    continue;
                }
            };
            match scalar(value).as_deref().and_then(budget) {
                Some(budget) => budgets.set(phase, budget),
                None => self
                    .problem(key, &format!("the budget of {key} is not a time: write 15m, 1d..2d or open")),
            }
        }
    }

    fn matches(&mut self, map: &Map<String, Value>, matches: &mut Match) {
        for (key, value) in map {
            let list = strings(value);
            match key.as_str() {
                "services" | "service" => matches.services.extend(list),
                "tags" | "tag" => matches.tags.extend(list),
                "alerts" | "alert" => matches.alerts.extend(list),
                "words" | "word" => matches.words.extend(list),
                "severities" | "severity" => matches.severities.extend(list),
                "kinds" | "kind" => {
                    for kind in list {
                        match kind.parse() {
                            Ok(kind) => matches.kinds.push(kind),
                            Err(unknown) => self.problem(key, &unknown.to_string()),
                        }
                    }
                }
                _ => self.problem(
                    key,
                    &format!(
                        "match does not know {key}: use severities, kinds, services, tags, alerts or words"
                    ),
                ),
            }
        }
    }

    fn problem(&mut self, key: &str, message: &str) {
        let quoted = [format!("{key}:"), format!("\"{key}\":"), format!("'{key}':")];
        let line = self
            .block
            .lines()
            .position(|line| quoted.iter().any(|key| line.contains(key.as_str())))
            .map_or(1, |at| at + 2);
        self.problems.push(Problem::new(line, message));
    }
}

pub(in crate::domain) fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.trim().to_owned()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        _ => None,
    }
}

pub(in crate::domain) fn string(map: &Map<String, Value>, key: &str) -> Option<String> {
    let text = super::inline::one_line(&scalar(map.get(key)?)?);
    (!text.is_empty()).then_some(text)
}

/// A list of words, or one text with commas.
pub(in crate::domain) fn strings(value: &Value) -> Vec<String> {
    let texts: Vec<String> = match value {
        Value::Array(list) => list.iter().filter_map(scalar).collect(),
        other => scalar(other).map(|text| text.split(',').map(str::to_owned).collect()).unwrap_or_default(),
    };
    texts.iter().map(|text| super::inline::one_line(text)).filter(|text| !text.is_empty()).collect()
}

/// A budget as written: `15m`, `1d..2d`, `open`.
pub(super) fn budget(text: &str) -> Option<Budget> {
    let text = text.trim().to_lowercase();
    if text == "open" {
        return Some(Budget::Open);
    }
    let span = |text: &str| parse_span(text.trim()).ok().filter(|span| *span > Span::zero());
    match text.split_once("..") {
        None => span(&text).map(Budget::Within),
        Some((low, high)) => {
            let (low, high) = (span(low)?, span(high)?);
            (low < high).then_some(Budget::Range { low, high })
        }
    }
}
