//! Comma-separated rows, out and in: RFC 4180, one row a line of the timeline. A cell that a spreadsheet would take
//! for a formula gets an apostrophe in front, which reading takes off again. It must not know what a kind means.

use super::Source;
use crate::domain::incident::Ask;
use crate::domain::safe::SafeText;
use crate::domain::time::{Span, Utc, exact_span, rfc3339};
use crate::domain::words::EntryKind;

/// The columns of an export; reading needs `text`, and takes the others where they are there, but for `head`; by `seq` and
/// `recorded_at` a row is known again as the line that it was written from.
pub const COLUMNS: [&str; 17] = [
    "at",
    "kind",
    "text",
    "author",
    "seq",
    "recorded_at",
    "about",
    "source",
    "tags",
    "starred",
    "head",
    "state",
    "decided_by",
    "executor",
    "check_at",
    "time_box",
    "alert",
];

/// The most rows that are read from one text.
pub const MAX_ROWS: usize = 10_000;

/// A row that was read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Row {
    /// The line of the text on which it begins, from 1.
    pub line: usize,
    /// When it happened, as written; empty when not given.
    pub at: String,
    /// Its kind, as written; empty when not given.
    pub kind: String,
    /// The line itself.
    pub text: String,
    /// Who said it; empty when not given.
    pub author: String,
    /// The time is an estimate.
    pub about: bool,
    /// Where an alert comes from; empty when not given.
    pub source: String,
    /// Labels beside those in the text.
    pub tags: Vec<String>,
    /// It has a star.
    pub starred: bool,
    /// The position of the line that it was written from, as written; empty when not given.
    pub seq: String,
    /// When that line was stored, as written; empty when not given.
    pub recorded_at: String,
    /// How far an update is, as written; empty when not given.
    pub state: String,
    /// Who decided, as written; empty when not given.
    pub decided_by: String,
    /// Who carries a decision out, as written; empty when not given.
    pub executor: String,
    /// When the outcome of a decision is to be looked at, as written; empty when not given.
    pub check_at: String,
    /// How long there is for an ask, as written; empty when not given.
    pub time_box: String,
    /// The name of an alert; empty when not given.
    pub alert: String,
}

/// What could not be read as intended, and on which line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong.
    pub message: String,
}

/// What a spreadsheet takes for the beginning of a formula.
const fn begins_formula(c: char) -> bool {
    matches!(c, '=' | '+' | '-' | '@' | '\t' | '\r')
}

fn is_risky(text: &str) -> bool {
    text.trim_start_matches('\'').starts_with(begins_formula)
}

/// A cell as it is written.
fn cell(text: &str) -> String {
    // A terminal is not the only one that acts on what it gets: the table is shown by it as often as by a spreadsheet.
    let mut text = SafeText::block(text).into_string();
    if is_risky(&text) {
        text.insert(0, '\'');
    }
    if text.contains(['"', ',', '\n', '\r']) || text.starts_with(' ') || text.ends_with(' ') {
        return format!("\"{}\"", text.replace('"', "\"\""));
    }
    text
}

/// A cell as it was meant.
fn meant(text: String) -> String {
    match text.strip_prefix('\'') {
        Some(rest) if is_risky(rest) => rest.to_owned(),
        _ => text,
    }
}

pub(super) fn render(source: &Source<'_>) -> String {
    let head = source.head();
    let mut text = COLUMNS.join(",");
    text.push_str("\r\n");
    for entry in source.lines().0 {
        let tags = entry.tags.join(" ");
        let talk = &source.incident.talk;
        let state = talk.updates.get(&entry.seq).map_or("", |update| update.state.as_str());
        let decision = talk.decisions.get(&entry.seq);
        let row = [
            rfc3339(entry.occurred_at),
            entry.kind.to_string(),
            source.safe(&entry.text),
            entry.by.clone(),
            entry.seq.to_string(),
            rfc3339(entry.recorded_at),
            entry.about.to_string(),
            source.safe(&entry.source),
            tags,
            entry.starred.to_string(),
            head.clone(),
            state.to_owned(),
            decision.map(|d| d.decided_by.clone()).unwrap_or_default(),
            decision.and_then(|d| d.executor.clone()).unwrap_or_default(),
            decision.and_then(|d| d.check_at).map(rfc3339).unwrap_or_default(),
            talk.asks.get(&entry.seq).map(|ask| time_box(ask, entry.occurred_at)).unwrap_or_default(),
            source.safe(&entry.alert),
        ];
        text.push_str(&row.map(|c| cell(&c)).join(","));
        text.push_str("\r\n");
    }
    // After the lines, as rows that reading passes over: only the program writes lines of that kind.
    for ioc in source.iocs() {
        let note = if ioc.note.is_empty() { String::new() } else { format!(": {}", source.safe(&ioc.note)) };
        let colour = ioc.tlp.as_str().to_uppercase();
        let row = [
            rfc3339(ioc.at),
            EntryKind::System.to_string(),
            format!("ioc {} {} (TLP:{colour}){note}", ioc.kind, ioc.shown()),
            ioc.by.clone(),
            ioc.seq.to_string(),
            String::new(),
            false.to_string(),
            String::new(),
            String::new(),
            false.to_string(),
            head.clone(),
            String::new(),
            String::new(),
            String::new(),
            String::new(),
            String::new(),
            String::new(),
        ];
        text.push_str(&row.map(|c| cell(&c)).join(","));
        text.push_str("\r\n");
    }
    text
}

/// How long there is for an ask, from the time of its line: `3m`.
fn time_box(ask: &Ask, from: Utc) -> String {
    let span = ask.due_at.map(|due| due - from);
    span.filter(|span| *span >= Span::seconds(1)).map(exact_span).unwrap_or_default()
}

/// Reads rows. The first one names the columns, in any order and case; columns of other names are passed over.
#[must_use]
pub fn parse(text: &str) -> (Vec<Row>, Vec<Problem>) {
    let (records, mut problems) = records(text.trim_start_matches('\u{feff}'));
    let mut records = records.into_iter();
    let Some((first, names)) = records.next() else {
        problems.push(Problem {
            line: 1,
            message: "there is no row; the first one names the columns".to_owned(),
        });
        return (Vec::new(), problems);
    };
    let column = |name: &str| names.iter().position(|n| n.trim().eq_ignore_ascii_case(name));
    let Some(text_at) = column("text") else {
        let message = match names.first().and_then(|only| cut_by(only)).filter(|_| names.len() == 1) {
            Some(other) => {
                format!("no column is named text: the cells are cut by {other}; save the table with commas")
            }
            None => {
                "no column is named text; name the columns in the first row: at,kind,text,author".to_owned()
            }
        };
        problems.push(Problem { line: 1, message });
        return (Vec::new(), problems);
    };
    // Which of both is meant nobody can tell.
    let twice = |name: &&&str| names.iter().filter(|n| n.trim().eq_ignore_ascii_case(name)).count() > 1;
    if let Some(name) = COLUMNS.iter().find(twice) {
        let message = format!("two columns are named {name}; give one of them another name");
        problems.push(Problem { line: first, message });
        return (Vec::new(), problems);
    }
    let (at, kind, author) = (column("at"), column("kind"), column("author"));
    let (about, source, tags, starred) =
        (column("about"), column("source"), column("tags"), column("starred"));
    let (seq, recorded_at, state) = (column("seq"), column("recorded_at"), column("state"));
    let (decided_by, executor) = (column("decided_by"), column("executor"));
    let (check_at, time_box, alert) = (column("check_at"), column("time_box"), column("alert"));
    let mut rows = Vec::new();
    for (line, cells) in records {
        if cells.iter().all(|c| c.trim().is_empty()) {
            continue;
        }
        if rows.len() == MAX_ROWS {
            problems.push(Problem { line, message: format!("more than {MAX_ROWS} rows; split them") });
            break;
        }
        // What stands behind the last name was most likely cut off a text by its own comma; empty cells are what a
        // spreadsheet pads a row with.
        let used = cells.iter().rposition(|cell| !cell.trim().is_empty()).map_or(0, |last| last + 1);
        if used > names.len() {
            let message =
                format!("{used} cells, the first row names {}; put text with commas in quotes", names.len());
            problems.push(Problem { line, message });
            continue;
        }
        let get =
            |place: Option<usize>| place.and_then(|p| cells.get(p)).cloned().map(meant).unwrap_or_default();
        let mut truth = |name: &str, place: Option<usize>| match get(place).trim().to_lowercase().as_str() {
            "" | "false" | "no" | "0" => false,
            "true" | "yes" | "1" => true,
            other => {
                problems.push(Problem { line, message: format!("{name} is {other:?}; write true or false") });
                false
            }
        };
        let (about, starred) = (truth("about", about), truth("starred", starred));
        let row = Row {
            line,
            at: get(at),
            kind: get(kind),
            text: get(Some(text_at)),
            author: get(author),
            about,
            source: get(source),
            tags: get(tags).split([' ', ',']).filter(|t| !t.is_empty()).map(str::to_owned).collect(),
            starred,
            seq: get(seq),
            recorded_at: get(recorded_at),
            state: get(state),
            decided_by: get(decided_by),
            executor: get(executor),
            check_at: get(check_at),
            time_box: get(time_box),
            alert: get(alert),
        };
        if row.text.trim().is_empty() {
            problems.push(Problem { line, message: "the text is empty".to_owned() });
        } else {
            rows.push(row);
        }
    }
    (rows, problems)
}

/// What cuts a first row that has no comma, as spreadsheets of some countries write it.
fn cut_by(row: &str) -> Option<&'static str> {
    [(';', "semicolons"), ('\t', "tabs")]
        .into_iter()
        .find(|(mark, _)| row.contains(*mark))
        .map(|(_, named)| named)
}

/// The records of a text with the line on which each begins.
fn records(text: &str) -> (Vec<(usize, Vec<String>)>, Vec<Problem>) {
    let (mut records, mut problems) = (Vec::new(), Vec::new());
    let (mut cells, mut now) = (Vec::new(), String::new());
    let (mut line, mut began) = (1, 1);
    let (mut quoted, mut was_quoted) = (false, false);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if quoted {
            match c {
                '"' if chars.peek() == Some(&'"') => {
                    chars.next();
                    now.push('"');
                }
                '"' => (quoted, was_quoted) = (false, true),
                c => {
                    line += usize::from(c == '\n');
                    now.push(c);
                }
            }
            continue;
        }
        match c {
            '"' if now.is_empty() && !was_quoted => quoted = true,
            ',' => {
                cells.push(std::mem::take(&mut now));
                was_quoted = false;
            }
            '\r' if chars.peek() == Some(&'\n') => {}
            '\n' => {
                cells.push(std::mem::take(&mut now));
                records.push((began, std::mem::take(&mut cells)));
                was_quoted = false;
                line += 1;
                began = line;
            }
            c => now.push(c),
        }
    }
    if quoted {
        problems
            .push(Problem { line: began, message: "a quotation mark is opened and never closed".to_owned() });
    }
    if !now.is_empty() || was_quoted || !cells.is_empty() {
        cells.push(now);
        records.push((began, cells));
    }
    (records, problems)
}
