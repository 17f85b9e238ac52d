//! The log of an incident as files for whoever has to check it without this program: the stored bytes, the head, and
//! a verifier that needs only `sh`, `sha256sum` and `ssh-keygen`. Headers leave whole; the payloads of privileged lines
//! stay behind unless they are asked for by name. It must not write files, and must not change a stored byte.

use std::collections::BTreeSet;

use serde_json::Value;

use super::Source;
use crate::domain::ids::Seq;
use crate::domain::incident::may_leave;
use crate::domain::log::{Head, RawEvent};

/// The verifier.
pub const VERIFIER: &str = include_str!("../../../assets/audit/verify.sh");

/// What the folder is and how it is read.
pub const README: &str = include_str!("../../../assets/audit/README.txt");

/// A file of the export.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Its path inside the folder.
    pub path: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// The log as files, and its head as it stands in `HEAD`. `events`: the stored bytes, in the order of their positions.
#[must_use]
pub fn files(source: &Source<'_>, events: &[RawEvent]) -> (Vec<File>, Head) {
    let withheld = if source.privileged { BTreeSet::new() } else { withheld(source, events) };
    let file = |path: &str, bytes: &[u8]| File { path: path.to_owned(), bytes: bytes.to_vec() };
    let mut files = vec![file("README.txt", README.as_bytes()), file("verify.sh", VERIFIER.as_bytes())];
    for (seq, event) in numbered(events) {
        let name = format!("e/{:08}", seq.0);
        files.push(file(&format!("{name}.hdr"), &event.header));
        if let (Some(salt), Some(body), false) = (&event.salt, &event.body, withheld.contains(&seq)) {
            files.push(file(&format!("{name}.salt"), salt));
            files.push(file(&format!("{name}.json"), body));
        }
    }
    let head = Head {
        log: source.incident.log,
        seq: source.incident.head,
        digest: source.digest,
        at: source.now,
        withheld: withheld.into_iter().collect(),
    };
    files.push(file("HEAD", head.to_text().as_bytes()));
    (files, head)
}

fn numbered(events: &[RawEvent]) -> impl Iterator<Item = (Seq, &RawEvent)> {
    std::iter::successors(Some(Seq::NONE.next()), |seq| Some(seq.next())).zip(events)
}

/// The events that say or quote what is privileged, or are about it.
fn withheld(source: &Source<'_>, events: &[RawEvent]) -> BTreeSet<Seq> {
    let lines: Vec<_> = source.incident.timeline.stored().iter().filter(|e| e.is_privileged()).collect();
    let mut targets: BTreeSet<u64> = lines.iter().map(|e| e.seq.0).collect();
    let mut words: Vec<&str> = Vec::new();
    // What a line said before it was amended to what everybody may know.
    for entry in source.incident.timeline.stored() {
        let before: Vec<&str> =
            entry.edits.iter().map(|e| e.text.trim()).filter(|text| !may_leave(text)).collect();
        if !before.is_empty() {
            targets.insert(entry.seq.0);
            words.extend(before);
        }
    }
    for line in &lines {
        words.push(line.text.trim());
        words.extend(line.edits.iter().map(|e| e.text.trim()));
    }
    words.retain(|w| !w.is_empty());
    let concerns = |seq: Seq, event: &RawEvent| {
        let Some(body) = &event.body else { return false };
        if targets.contains(&seq.0) {
            return true;
        }
        match serde_json::from_slice::<Value>(body) {
            Ok(body) => {
                let mut about = ["target", "entry", "evidence"]
                    .iter()
                    .filter_map(|field| body.pointer(&format!("/data/{field}")).and_then(Value::as_u64));
                about.any(|t| targets.contains(&t))
                    || says(&body, &|text| !may_leave(text) || quotes(text, &words))
            }
            // What cannot be read cannot be judged.
            Err(_) => !targets.is_empty(),
        }
    };
    numbered(events).filter(|(seq, event)| concerns(*seq, event)).map(|(seq, _)| seq).collect()
}

fn quotes(text: &str, words: &[&str]) -> bool {
    words.iter().any(|word| text.contains(word))
}

/// Some text of a body is such.
fn says(value: &Value, is_such: &impl Fn(&str) -> bool) -> bool {
    match value {
        Value::String(text) => is_such(text),
        Value::Array(values) => values.iter().any(|v| says(v, is_such)),
        Value::Object(fields) => fields.values().any(|v| says(v, is_such)),
        _ => false,
    }
}
