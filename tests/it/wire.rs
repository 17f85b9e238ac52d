//! The golden files of the wire form: one example of every kind and version, frozen for ever. A file is valid
//! JSON in three lines; its second line is the payload, byte for byte as it is stored.
//!
//! A new kind or version: add its examples to `examples.rs` and run with `UPDATE_GOLDEN=1`. That writes files that
//! are not there yet, and never touches one that is.

mod examples;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use serde::Deserialize;
use serde_json::value::RawValue;
use warroom::domain::event::{Event, NewEvent};
use warroom::domain::ids::{EventId, Seq};
use warroom::domain::log;
use warroom::domain::wire::{self, Envelope};

pub(crate) use examples::examples;

/// What a golden file holds.
#[derive(Deserialize)]
pub(crate) struct Golden<'a> {
    /// The name of the kind.
    pub(crate) kind: String,
    /// The version of the kind.
    pub(crate) version: u16,
    /// The payload, byte for byte.
    #[serde(borrow)]
    pub(crate) payload: &'a RawValue,
}

/// The folder of the golden files.
pub(crate) fn folder() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/wire"))
}

/// The golden files by name.
pub(crate) fn golden_files() -> BTreeMap<String, Vec<u8>> {
    let files = std::fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path());
    let files = files.filter(|path| path.extension().is_some_and(|ending| ending == "json"));
    files
        .map(|path| (path.file_name().unwrap().to_str().unwrap().to_owned(), std::fs::read(&path).unwrap()))
        .collect()
}

/// The digest that the manifest gives to each golden file.
fn manifest() -> BTreeMap<String, String> {
    let text = std::fs::read_to_string(folder().join("MANIFEST")).unwrap_or_default();
    let lines = text.lines().map(|line| {
        let (digest, name) = line.split_once("  ").unwrap_or_else(|| panic!("MANIFEST: {line:?}"));
        (name.to_owned(), digest.to_owned())
    });
    lines.collect()
}

/// What an example's file must hold.
fn written(event: &NewEvent) -> Vec<u8> {
    let encoded = wire::encode(event).unwrap();
    let mut bytes = format!("{{\"kind\":\"{}\",\"version\":{},\"payload\":\n", encoded.name, encoded.version)
        .into_bytes();
    bytes.extend_from_slice(&encoded.payload);
    bytes.extend_from_slice(b"\n}\n");
    bytes
}

/// Writes what is not there yet, when it is asked for.
#[expect(clippy::disallowed_methods, reason = "a test asks its own environment")]
fn add_missing() {
    if std::env::var_os("UPDATE_GOLDEN").is_none() {
        return;
    }
    let mut digests = manifest();
    for (name, event) in examples() {
        let path = folder().join(&name);
        if digests.contains_key(&name) || path.exists() {
            continue;
        }
        let bytes = written(&event);
        digests.insert(name, log::digest(&bytes).to_string());
        std::fs::write(path, bytes).unwrap();
    }
    let lines: String = digests.iter().map(|(name, digest)| format!("{digest}  {name}\n")).collect();
    std::fs::write(folder().join("MANIFEST"), lines).unwrap();
}

#[test]
fn every_kind_and_version_is_read_and_written_as_its_golden_files_say() {
    add_missing();
    let files = golden_files();
    let examples: BTreeMap<String, NewEvent> = examples().into_iter().collect();
    let mut kinds = BTreeSet::new();
    for (name, event) in &examples {
        let bytes = files.get(name).unwrap_or_else(|| panic!("{name} is missing; run with UPDATE_GOLDEN=1"));
        let golden: Golden<'_> = serde_json::from_slice(bytes).unwrap();
        let payload = golden.payload.get().as_bytes();
        let recorded_at = "2026-11-22T10:00:00.123Z".parse().unwrap();
        let envelope = Envelope {
            seq: Seq(7),
            id: EventId(uuid::Uuid::nil()),
            name: &golden.kind,
            version: golden.version,
            recorded_at,
            host: None,
            actor: "alice@host:pts/1",
        };
        let read = wire::decode(&envelope, Some(payload));
        assert_eq!(read.event.as_ref(), Some(&event.event), "{name}");
        assert_eq!(read.by, event.by, "{name}");
        assert_eq!(read.occurred_at, event.occurred_at.unwrap_or(recorded_at), "{name}");
        assert_eq!((read.about, read.undoes), (event.about, event.undoes), "{name}");
        // An older version is read for ever, and written no more.
        let now = Event::KINDS.iter().find(|(kind, _)| *kind == golden.kind);
        if now == Some(&(golden.kind.as_str(), golden.version)) {
            let again = String::from_utf8(wire::encode(event).unwrap().payload).unwrap();
            assert_eq!(again, golden.payload.get(), "{name}");
        }
        kinds.insert((golden.kind, golden.version));
    }
    for (kind, version) in Event::KINDS {
        assert!(kinds.contains(&((*kind).to_owned(), *version)), "{kind}/{version} has no golden file");
    }
    for name in files.keys() {
        assert!(examples.contains_key(name), "{name} has no example that says what it means");
    }
}

#[test]
fn golden_files_are_only_ever_added_to() {
    let files = golden_files();
    let manifest = manifest();
    for (name, digest) in &manifest {
        let bytes = files.get(name).unwrap_or_else(|| panic!("{name} was removed; bring it back"));
        assert_eq!(*digest, log::digest(bytes).to_string(), "{name} was changed; bring it back as it was");
    }
    for name in files.keys() {
        assert!(manifest.contains_key(name), "{name} is not in MANIFEST; add it with UPDATE_GOLDEN=1");
    }
}

/// The words that payloads hold are frozen as well: a word may be added, never renamed.
#[test]
fn the_words_in_payloads_are_only_ever_added_to() {
    use warroom::domain::audience::Audience;
    use warroom::domain::ioc::{IocKind, Tlp};
    use warroom::domain::words::*;
    macro_rules! texts {
        ($($set:ident),+) => { [$((stringify!($set), $set::ALL.iter().map(|w| w.as_str()).collect::<Vec<_>>())),+] };
    }
    let sets = texts!(
        Audience,
        Certainty,
        ClosureItem,
        ClosureState,
        DispositionWord,
        DrillVerdict,
        Flag,
        HypothesisState,
        IncidentKind,
        IocKind,
        Milestone,
        Phase,
        ReviewState,
        ScopeState,
        StoryKind,
        Tlp,
        Verdict,
        Visibility
    );
    let frozen = std::fs::read_to_string(folder().join("WORDS")).unwrap();
    let mut seen = BTreeSet::new();
    for line in frozen.lines() {
        let (set, words) = line.split_once(": ").unwrap();
        let (_, now) = sets.iter().find(|(name, _)| *name == set).unwrap_or_else(|| panic!("{set} is gone"));
        for word in words.split(' ') {
            assert!(now.contains(&word), "{set}: {word:?} is in logs and cannot be renamed or removed");
        }
        assert_eq!(
            now.len(),
            words.split(' ').count(),
            "{set}: add the new word to tests/fixtures/wire/WORDS"
        );
        seen.insert(set);
    }
    assert_eq!(seen.len(), sets.len(), "a set of words is not in tests/fixtures/wire/WORDS");
}
