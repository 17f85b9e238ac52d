//! What comes from outside, at random and at its worst, through every boundary: nothing panics, nothing is lost, and
//! what was refused is refused with a line. Text is built from pieces that parsers look for, bytes from real files
//! that were cut and spliced.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use warroom::domain::archive_path::{self, ArchivePath};
use warroom::domain::event::Event;
use warroom::domain::log::Header;
use warroom::domain::postmortem::{self, FrontMatter, Key, improvements};
use warroom::domain::safe::SafeText;
use warroom::domain::time::Utc;
use warroom::domain::time_spec::{self, AHEAD, Context};
use warroom::shell::config::Config;

use crate::fuzzing::{files, front_matter, grammar, runbook, wire};
use crate::wire::{Golden, golden_files};

/// Pieces that some parser looks for, and pieces that terminals, eyes and editors stumble over.
pub(crate) const PIECES: &[&str] = &[
    "---\n",
    "\n",
    "\r\n",
    "\r",
    "\t",
    " ",
    "# ",
    "## Steps\n",
    "- [ ] ",
    "1. ",
    "* ",
    "> ",
    "| a | b |\n",
    "|--|\n",
    "```\n",
    "`",
    "<!-- ",
    " -->",
    "<details>",
    "[x](y)",
    "![",
    "](",
    "&amp;",
    "\\",
    "title: ",
    "tags: [a",
    "]",
    "{",
    "\"",
    "'",
    ": ",
    "- ",
    "&a *a",
    "!!binary ",
    "|\n",
    ">-\n",
    "[[",
    "x = ",
    "= \"",
    "[keys]\n",
    "! ",
    "? ",
    "+ ",
    "-4m ",
    "14:05 ",
    "~14:05Z ",
    "y 23:50 ",
    "2026-11-20 14:05 ",
    "2026-02-30 01:00 ",
    "-999999999999w ",
    "25:61 ",
    "+ @bob 3m ",
    "! @carol ",
    "check 15m",
    "> customers: ",
    ":role ic bob",
    ":sev p1",
    ":",
    "#tag",
    "@dana",
    "\u{1b}[2J",
    "\u{1b}]52;c;AAAA\u{7}",
    "\u{9b}31m",
    "\0",
    "\u{7f}",
    "\u{202e}",
    "\u{2066}",
    "\u{200b}",
    "\u{feff}",
    "\u{301}",
    "\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}",
    "👩‍💻",
    "🏽",
    "é",
    "漢字",
    "ش",
    "\u{2028}",
    "\u{e0041}",
    "../",
    "/",
    ".git",
    "a",
    "signing key",
    "Revoke the key.",
    "99999999999999999999",
    "-0",
    "null",
    "%s",
];

/// Text of such pieces, with a few characters of any kind between them.
fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        6 => select(PIECES).prop_map(str::to_owned),
        1 => any::<char>().prop_map(String::from),
        1 => "[a-z ]{1,12}",
    ];
    vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

/// One of these byte strings, cut, doubled in parts, or with foreign bytes in it; or any bytes at all.
fn bytes(models: Vec<Vec<u8>>) -> impl Strategy<Value = Vec<u8>> {
    let spliced =
        (select(models), any::<prop::sample::Index>(), any::<prop::sample::Index>(), vec(any::<u8>(), 0..6));
    let spliced = spliced.prop_map(|(model, one, other, foreign)| {
        let (one, other) = (one.index(model.len() + 1), other.index(model.len() + 1));
        [&model[..one], &foreign[..], &model[other..]].concat()
    });
    prop_oneof![3 => spliced, 1 => vec(any::<u8>(), 0..200), 1 => text().prop_map(String::into_bytes)]
}

fn cases(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

fn now() -> Utc {
    "2026-11-22T10:00:00Z".parse().unwrap()
}

fn context() -> impl Strategy<Value = Context> {
    let zones = [
        warroom::domain::zone::Tz::UTC,
        warroom::domain::zone::Tz::named("Europe/Berlin").unwrap(),
        warroom::domain::zone::Tz::named("Pacific/Apia").unwrap(),
        warroom::domain::zone::Tz::named("Asia/Kathmandu").unwrap(),
    ];
    select(zones.to_vec()).prop_map(|zone| Context { now: now(), zone })
}

fn lines(text: &str) -> usize {
    text.replace("\r\n", "\n").replace('\r', "\n").split('\n').count()
}

#[test]
fn nothing_hostile_passes_safe_text() {
    proptest!(cases(400), |(text in text())| {
        let line = SafeText::line(&text).into_string();
        prop_assert!(!line.chars().any(char::is_control), "{line:?}");
        let block = SafeText::block(&text).into_string();
        prop_assert!(!block.chars().any(|c| c.is_control() && c != '\n' && c != '\t'), "{block:?}");
        for hidden in ['\u{202e}', '\u{2066}', '\u{200b}', '\u{feff}', '\u{2028}', '\u{e0041}'] {
            prop_assert!(!line.contains(hidden) && !block.contains(hidden), "{line:?}");
        }
        prop_assert_eq!(SafeText::line(&line).into_string(), line.clone());
        prop_assert_eq!(SafeText::block(&block).into_string(), block.clone());
    });
}

#[test]
fn a_typed_line_is_read_or_refused_and_never_half_taken() {
    proptest!(cases(600), |(text in text(), ctx in context())| grammar::line(&text, &ctx));
}

#[test]
fn a_time_is_never_in_the_future_and_leaves_the_rest_as_it_is() {
    proptest!(cases(400), |(text in text(), ctx in context())| {
        if let Ok(Some((moment, rest))) = time_spec::parse_leading(&text, &ctx) {
            prop_assert!(moment.at <= ctx.now + AHEAD);
            prop_assert!(text.ends_with(rest));
        }
        if let Err(problem) = time_spec::parse_exact(&text, &ctx) {
            prop_assert!(problem.to_string().len() < 400, "{problem}");
        }
    });
}

#[test]
fn a_payload_of_any_bytes_is_kept_and_says_the_same_when_read_again() {
    let goldens: Vec<(String, u16, Vec<u8>)> = golden_files()
        .values()
        .map(|bytes| {
            let golden: Golden<'_> = serde_json::from_slice(bytes).unwrap();
            (golden.kind, golden.version, golden.payload.get().as_bytes().to_vec())
        })
        .collect();
    let payloads: Vec<Vec<u8>> = goldens.iter().map(|(_, _, payload)| payload.clone()).collect();
    let kinds = goldens.iter().map(|(kind, version, _)| (kind.clone(), *version));
    let kinds: Vec<_> = kinds.chain([("later.kind".to_owned(), 1), ("entry.noted".to_owned(), 9)]).collect();
    let mut known = 0;
    for (kind, version, payload) in &goldens {
        wire::payload_of(kind, *version, payload);
        known += usize::from(!matches!(wire::read(kind, *version, payload).event, Some(Event::Unknown(_))));
    }
    assert_eq!(known, goldens.len());
    proptest!(cases(500), |((kind, version) in select(kinds), payload in bytes(payloads))| {
        wire::payload_of(&kind, version, &payload);
    });
}

#[test]
fn a_header_is_read_only_when_it_would_be_written_so() {
    let lines = [
        "wrl1",
        "incident 0193b0c5-2a00-7000-8000-000000000001",
        "seq 2",
        "prev 0000000000000000000000000000000000000000000000000000000000000000",
        "id 0193b0c5-2a00-7000-8000-000000000002",
        "kind entry.noted/1",
        "at 2026-11-22T02:48:42.000Z",
        "clock boot=1a2b3c4d ns=123456789 sync=1",
        "actor alice@host:pts/3",
        "key -",
        "payload sha256:0000000000000000000000000000000000000000000000000000000000000001",
        "",
    ];
    let model = lines.join("\n").into_bytes();
    assert_eq!(Header::parse(&model).unwrap().to_bytes().unwrap(), model);
    proptest!(cases(600), |(bytes in bytes(vec![model]))| {
        if let Ok(header) = Header::parse(&bytes) {
            prop_assert_eq!(header.to_bytes().unwrap(), bytes);
        }
    });
}

#[test]
fn a_runbook_of_any_bytes_is_read_to_its_end() {
    let models = [files("runbooks"), files("tests/fixtures/runbooks")].concat();
    proptest!(cases(60), |(bytes in bytes(models))| runbook::hold(&bytes));
}

#[test]
fn a_postmortem_of_any_bytes_is_read_and_checked_to_its_end() {
    let models = [files("tests/fixtures/postmortems"), files("tests/fixtures/check")].concat();
    proptest!(cases(60), |(bytes in bytes(models))| {
        front_matter::hold(&bytes);
        let text = String::from_utf8_lossy(&bytes);
        let (found, _) = improvements::parse(&text, 1);
        prop_assert!(found.len() <= text.len());
    });
}

#[test]
fn words_in_front_matter_come_back_as_they_were_and_open_no_other_key() {
    proptest!(cases(200), |(title in text(), tags in vec(text(), 0..4), body in text())| {
        let mut front = FrontMatter::default();
        front.set_text(Key::Title, &title).unwrap();
        front.set_list(Key::Tags, &tags).unwrap();
        let file = postmortem::document::with_front(&body, &front);
        let (read, problems) = postmortem::parse(&file);
        prop_assert_eq!(read.front.keys().collect::<Vec<_>>(), front.keys().collect::<Vec<_>>(), "{}", file);
        prop_assert_eq!(read.front.text(Key::Title), front.text(Key::Title), "{} {:?}", file, problems);
        prop_assert_eq!(read.front.list(Key::Tags), front.list(Key::Tags), "{}", file);
    });
}

#[test]
fn front_matter_of_any_text_is_read_or_named() {
    proptest!(cases(300), |(text in text())| front_matter::read(&text));
}

#[test]
fn no_title_leads_out_of_the_archive() {
    proptest!(cases(300), |(title in text(), id in text())| {
        let date = archive_path::PartialDate { year: Some(2026), month: Some(11), day: Some(22) };
        let path = archive_path::postmortem_path(date, &title, &id);
        prop_assert!(ArchivePath::new(path.as_str()).is_ok(), "{}", path.as_str());
        prop_assert!(path.as_str().starts_with("2026/11/2026-11-22-"), "{}", path.as_str());
        prop_assert!(path.as_str().bytes().all(|b| b.is_ascii_alphanumeric() || b"-/.".contains(&b)));
        if let Ok(path) = ArchivePath::new(title) {
            prop_assert!(path.components().all(|part| !matches!(part, "" | "." | ".." | ".git")), "{path:?}");
        }
    });
}

#[test]
fn a_configuration_of_any_text_is_read_or_named_by_line() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("warroom.toml");
    proptest!(cases(100), |(bytes in bytes(vec![b"profile = \"p\"\n[ui]\nzone = \"utc\"\n[keys]\n".to_vec()]))| {
        std::fs::write(&path, &bytes).unwrap();
        let (config, problems) = Config::read(Some(&path), None);
        if problems.is_empty() {
            prop_assert!(!config.profile.name().is_empty());
        }
        let text = String::from_utf8_lossy(&bytes);
        for problem in problems {
            prop_assert!(problem.line.is_none_or(|line| (1..=lines(&text) + 1).contains(&line)), "{problem}");
        }
    });
}
