//! `docs/events.md`, the catalogue of events, is written from the source and the golden files; `UPDATE_DOCS=1` writes
//! it anew. What a kind and its fields mean is said once, in the doc comments of `domain::event`.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

use warroom::domain::event::Event;

use crate::wire::{Golden, golden_files};

const HEAD: &str = "\
<!-- Written by a test (tests/it/catalogue.rs) from src/domain/event and tests/fixtures/wire. UPDATE_DOCS=1 writes it anew. -->

# Events

What a log can hold. An incident is the sequence of these events; nothing else about it is stored. A payload is a JSON
object:

| Key | Always there | Holds |
|---|---|---|
| `by` | yes | the person who did it or said it |
| `occurred_at` | no | when it happened, where that is not the moment of storing (RFC 3339, UTC, to the ms) |
| `about` | no | `true`: the time is an estimate |
| `undoes` | no | the position of the event that this one takes back |
| `brought_by` | no | who brought it in with a table, of which `by` is the author of the line |
| `data` | yes | the fields of the kind, below; those marked `?` may be absent |

Any event ever written can be read for ever: a new meaning is a new version, and every version has golden files in
`tests/fixtures/wire` that are only ever added to. A kind that a program does not know is kept and shown.

";

/// A field of a body.
struct Field {
    name: String,
    kind: String,
    optional: bool,
    doc: String,
}

/// The doc lines, and what they stand on, of the items of a Rust source.
#[derive(Default)]
struct Catalogue {
    /// Variant and doc of a kind, by name and version.
    kinds: BTreeMap<(String, u16), (String, String)>,
    /// Fields of a body, by its name.
    bodies: BTreeMap<String, Vec<Field>>,
}

impl Catalogue {
    fn read(&mut self, source: &str) {
        let (mut doc, mut optional, mut body) = (String::new(), false, None);
        for line in source.lines().map(str::trim) {
            if let Some(text) = line.strip_prefix("///") {
                if !doc.is_empty() {
                    doc.push(' ');
                }
                doc.push_str(text.trim());
                continue;
            }
            if line.starts_with("#[") {
                optional |= line.contains("serde(default");
                continue;
            }
            if let Some(rest) = line.strip_prefix("pub struct ") {
                body = rest.strip_suffix(" {").map(str::to_owned);
            } else if let Some((kind, variant)) = line.split_once(" => ") {
                if let Some((name, version)) = kind.split_once("\"/").or_else(|| kind.split_once("\" / ")) {
                    let key = (name.trim_start_matches('"').to_owned(), version.parse().unwrap());
                    let variant = variant.trim_end_matches(',').to_owned();
                    self.kinds.insert(key, (variant, doc.clone()));
                }
            } else if let (Some(body), Some(field)) = (&body, line.strip_prefix("pub "))
                && let Some((name, kind)) = field.trim_end_matches(',').split_once(": ")
            {
                let (name, kind) = (name.to_owned(), kind.to_owned());
                let field = Field { name, kind, optional, doc: doc.clone() };
                self.bodies.entry(body.clone()).or_default().push(field);
            }
            (doc, optional) = (String::new(), false);
        }
    }
}

/// A Rust type in the words of JSON.
fn json(kind: &str) -> String {
    let inner = |open: &str| kind.strip_prefix(open).and_then(|rest| rest.strip_suffix('>'));
    if let Some(kind) = inner("Option<") {
        return json(kind);
    }
    if let Some(kind) = inner("Vec<") {
        return format!("list of {}", json(kind));
    }
    let word = match kind {
        "String" => "text",
        "bool" => "true or false",
        "u32" | "u64" | "i64" => "number",
        "Seq" => "position",
        "Utc" => "instant",
        "NaiveDate" => "date",
        "IncidentId" => "incident id",
        "StepRef" => "step: `runbook` (position of the event that attached it) and `step` (from 1)",
        "DrillInject" => {
            "`after` (seconds after the start), `text` and `expect`?, a list of `text`, `within`? (seconds after the inject) and `condition`?"
        }
        "DrillImprovement" => "`text` and `kind`? (`preventive`, `detective`, `process`)",
        "ClosedItem" => "`item`, `state` and `reason`",
        set => return words(set),
    };
    word.to_owned()
}

/// The words of a closed set.
fn words(set: &str) -> String {
    let frozen = std::fs::read_to_string(crate::wire::folder().join("WORDS")).unwrap();
    let line = frozen.lines().find_map(|line| line.strip_prefix(&format!("{set}: ")));
    let line = line.unwrap_or_else(|| panic!("{set} is no set of words: name it in WORDS or in this test"));
    line.split(' ').map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}

fn written() -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut catalogue = Catalogue::default();
    for file in
        ["event.rs", "event/bodies.rs", "event/drill.rs", "event/facts.rs", "event/keep.rs", "event/work.rs"]
    {
        catalogue.read(&std::fs::read_to_string(root.join("src/domain").join(file)).unwrap());
    }
    let goldens = golden_files();
    let mut out = HEAD.to_owned();
    for (name, version) in Event::KINDS {
        let (variant, doc) = &catalogue.kinds[&((*name).to_owned(), *version)];
        assert!(!doc.is_empty(), "{name} has no doc");
        write!(out, "## `{name}/{version}`\n\n{doc}\n\n").unwrap();
        for Field { name, kind, optional, doc } in &catalogue.bodies[variant] {
            let mark = if *optional { "?" } else { "" };
            writeln!(out, "- `{name}`{mark} ({}): {doc}", json(kind)).unwrap();
        }
        let golden = &goldens[&format!("{name}.{version}.full.json")];
        let golden: Golden<'_> = serde_json::from_slice(golden).unwrap();
        write!(out, "\n```json\n{}\n```\n\n", golden.payload.get()).unwrap();
    }
    out.truncate(out.trim_end().len());
    out.push('\n');
    out
}

#[test]
#[expect(clippy::disallowed_methods, reason = "a test asks its own environment")]
fn the_catalogue_of_events_is_up_to_date() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/events.md");
    let written = written();
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, &written).unwrap();
    }
    let known = std::fs::read_to_string(&path).unwrap_or_default();
    let differs = written.lines().zip(known.lines().chain(std::iter::repeat(""))).find(|(a, b)| a != b);
    assert!(written == known, "docs/events.md is out of date; run with UPDATE_DOCS=1. First: {differs:?}");
}
