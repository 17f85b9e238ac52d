//! The search index against real folders and real postmortems.
#![expect(clippy::unwrap_used, clippy::panic, reason = "test code")]

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs;
use std::path::{Path, PathBuf};

use warroom::domain::facets::Facet;
use warroom::domain::similar::{Line, QueryText, query_text};
use warroom::index::{
    Card, Change, Document, Found, Hit, Index, IndexError, Opened, Query, SimilarQuery, guard, of_nothing,
    rebuild, snippet,
};

use crate::data::test_data;
use crate::faults::{Dice, figure};

pub(crate) const TREE: &str = "1111111111111111111111111111111111111111";
pub(crate) const NEXT: &str = "2222222222222222222222222222222222222222";

/// A postmortem file: the few front matter keys that the corpus has, and the body.
fn read(path: &Path) -> Document {
    let text = fs::read_to_string(path).unwrap();
    let (head, body) = text.strip_prefix("---\n").unwrap().split_once("\n---\n").unwrap();
    let key = |name: &str| {
        let line = head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))?;
        let plain = line.trim_matches('\'').trim_matches('"').replace("''", "'");
        (plain != "null").then_some(plain)
    };
    let card = Card {
        id: key("id").unwrap(),
        title: key("title").unwrap(),
        date: key("date"),
        path: path.file_name().unwrap().to_str().unwrap().to_owned(),
        kind: "imported".into(),
        visibility: "team".into(),
        ..Card::default()
    };
    Document { card, body: body.to_owned(), ..Document::default() }
}

pub(crate) fn corpus(dir: &Path) -> Vec<Document> {
    let mut files: Vec<PathBuf> = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files.iter().filter(|path| path.extension().is_some_and(|e| e == "md")).map(|path| read(path)).collect()
}

pub(crate) fn fixtures() -> Vec<Document> {
    corpus(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/postmortems")))
}

/// The fixtures with labels, as incidents of a team would have them.
pub(crate) fn labelled() -> Vec<Document> {
    let mut documents = fixtures();
    for document in &mut documents {
        let card = &mut document.card;
        let (severity, service, tag) = match card.id.as_str() {
            "dfds-pm2021-005" => ("P1", "Ingress", "load-balancer"),
            "dfds-pm2020-008" => ("SEV-2", "cluster", "change"),
            "posthog-2024-02-28-decide-is-down" => ("P1", "flags", "database"),
            _ => ("P3", "binder", "capacity"),
        };
        card.severity = Some(severity.into());
        card.services = vec![service.into()];
        card.tags = vec![tag.into()];
        card.ended = Some(format!("ended {}", card.id));
    }
    documents
}

/// A folder with an index of `documents`.
pub(crate) fn indexed(documents: Vec<Document>) -> (tempfile::TempDir, PathBuf, Index) {
    let home = tempfile::tempdir().unwrap();
    let dir = home.path().join("index");
    let index = rebuild(&dir, None, TREE, documents.into_iter(), |_| ()).unwrap();
    (home, dir, index)
}

pub(crate) fn words(text: &str) -> Query {
    Query { text: text.into(), limit: 10, ..Query::default() }
}

pub(crate) fn like(text: &str) -> SimilarQuery {
    SimilarQuery { about: QueryText::plain(text), limit: 10, ..SimilarQuery::default() }
}

pub(crate) fn ids(hits: &[Hit]) -> Vec<&str> {
    hits.iter().map(|hit| hit.card.id.as_str()).collect()
}

pub(crate) fn ready(dir: &Path) -> Index {
    match Index::open(dir, None) {
        Opened::Ready(index) => *index,
        Opened::Stale(reason) => panic!("stale: {reason}"),
    }
}

fn stale(dir: &Path) -> String {
    match Index::open(dir, None) {
        Opened::Stale(reason) => reason,
        Opened::Ready(index) => panic!("ready: {index:?}"),
    }
}

#[test]
fn the_index_finds_a_symptom_in_real_postmortems_and_says_why() {
    let (_home, _dir, index) = indexed(labelled());
    assert_eq!(index.len(), 6);
    assert_eq!(index.tree(), TREE);
    for (text, first, reason) in [
        ("pods cannot write, device has no space", "mybinder-2018-03-26-no-space-left", "space"),
        ("certificate about to expire", "mybinder-2018-01-18-ssl-outdated", "certificate"),
        ("every service answers 503 behind the load balancer", "dfds-pm2021-005", "503"),
        ("admission controller makes deployments time out", "dfds-pm2020-008", "admission"),
        ("clients retrying overwhelm the database", "posthog-2024-02-28-decide-is-down", "retrying"),
        ("ingress pods show nothing in their logs", "mybinder-2018-02-22-nginx-down", "ingress"),
    ] {
        let hits = index.similar(&like(text)).unwrap();
        assert_eq!(ids(&hits)[0], first, "{text}: {:?}", ids(&hits));
        assert!(hits[0].why.iter().any(|why| why == reason), "{text}: {:?}", hits[0].why);
        assert!(hits.iter().all(|hit| !hit.why.is_empty() && hit.why.len() <= 6));
        assert!(hits.windows(2).all(|pair| pair[0].score >= pair[1].score));
        assert!(hits.iter().all(|hit| hit.share > 0.0 && hit.share <= 1.0));
        assert_eq!(hits[0].card.ended.as_deref(), Some(format!("ended {first}").as_str()));
    }
    assert!(index.similar(&like("zebra quagga")).unwrap().is_empty());
    assert!(index.similar(&like("the and of")).unwrap().is_empty());
}

#[test]
fn an_incident_in_progress_finds_the_past_but_not_itself() {
    let (_home, _dir, index) = indexed(labelled());
    let lines = [
        Line { text: "P1 declared by alice", system: true, starred: false },
        Line { text: "launches fail since 10:34", system: false, starred: false },
        Line { text: "node full: no space left on device", system: false, starred: true },
    ];
    let about = query_text("Binder down", &["binder".into()], &["Capacity".into()], lines.into_iter());
    let mut query = SimilarQuery { about, limit: 3, ..SimilarQuery::default() };
    let hits = index.similar(&query).unwrap();
    assert_eq!(ids(&hits)[0], "mybinder-2018-03-26-no-space-left");
    assert!(hits[0].why.contains(&"service binder".to_owned()), "{:?}", hits[0].why);
    assert!(hits[0].why.contains(&"tag Capacity".to_owned()), "{:?}", hits[0].why);
    assert_eq!(hits.len(), 3);
    query.exclude = vec!["MYBINDER-2018-03-26-no-space-left".into()];
    assert!(!ids(&index.similar(&query).unwrap()).contains(&"mybinder-2018-03-26-no-space-left"));
}

#[test]
fn a_long_text_is_asked_by_its_best_words() {
    let (_home, _dir, index) = indexed(fixtures());
    let whole = fixtures().into_iter().find(|document| document.card.id == "dfds-pm2020-008").unwrap().body;
    let pasted = whole.repeat(100_000 / whole.len() + 1);
    let hits = index.similar(&like(&pasted)).unwrap();
    assert_eq!(ids(&hits)[0], "dfds-pm2020-008");
    assert!(index.similar(&like(&"word ".repeat(2_000_000))).unwrap().is_empty());
}

#[test]
fn filters_restrict_and_are_named() {
    let (_home, _dir, index) = indexed(labelled());
    let hits = index.search(&Query { severity: Some("sev2".into()), ..words("kubernetes") }).unwrap();
    assert_eq!(ids(&hits), ["dfds-pm2020-008"]);
    assert_eq!(hits[0].why, ["kubernetes", "severity sev2"]);
    let hits =
        index.search(&Query { service: Some("INGRESS".into()), ..words("kubernetes alerts") }).unwrap();
    assert_eq!(ids(&hits), ["dfds-pm2021-005"]);
    let hits =
        index.search(&Query { tag: Some("capacity".into()), since: Some("2018-02".into()), ..words("") });
    let hits = hits.unwrap();
    assert_eq!(ids(&hits), ["mybinder-2018-03-26-no-space-left", "mybinder-2018-02-22-nginx-down"]);
    assert_eq!(hits[0].why, ["newest first", "tag capacity"]);
    assert!(index.search(&Query { severity: Some("P9".into()), ..words("pods") }).unwrap().is_empty());
}

#[test]
fn facets_count_what_matches_and_those_of_a_kind_ignore_what_is_picked_of_it() {
    let (_home, _dir, index) = indexed(labelled());
    let of = |query: Query| {
        let Found { hits, facets, .. } = index.search_with_facets(&query).unwrap();
        let words =
            |all: &[Facet]| all.iter().map(|f| format!("{} {}", f.value, f.count)).collect::<Vec<_>>();
        (hits.len(), words(&facets.severity), words(&facets.service), words(&facets.year))
    };
    let all = of(Query { limit: 100, ..words("") });
    let documents = labelled().len();
    assert_eq!(all.0, documents);
    assert_eq!(all.1.first(), Some(&format!("P3 {}", documents - 3)));
    assert!(
        all.1.contains(&"P1 2".into()) && all.2.contains(&"Ingress 1".into()),
        "as it is written: {all:?}"
    );
    assert_eq!(all.3.first(), Some(&"2024 1".into()), "the newest year first");
    let sum = |rows: &[String]| -> usize {
        rows.iter().map(|r| r.rsplit(' ').next().unwrap().parse::<usize>().unwrap()).sum()
    };
    assert_eq!(sum(&all.3), documents);
    // Words narrow the counts; what is picked narrows the other kinds and the hits.
    let kubernetes = of(words("kubernetes"));
    assert_eq!(sum(&kubernetes.1), kubernetes.0, "each hit is counted once: {kubernetes:?}");
    let picked = of(Query { severity: Some("p1".into()), limit: 100, ..words("") });
    assert_eq!((picked.0, &picked.1), (2, &all.1), "severities are still all told");
    assert_eq!(sum(&picked.2), 2);
    let year = of(Query { year: Some(2024), limit: 100, ..words("") });
    assert_eq!((year.0, year.1.as_slice(), &year.3), (1, ["P1 1".to_owned()].as_slice(), &all.3));
    let none = of(Query { year: Some(1999), ..words("kubernetes") });
    assert_eq!((none.0, none.1.len()), (0, 0));
}

#[test]
fn facets_follow_what_is_changed_and_removed() {
    let (_home, _dir, index) = indexed(labelled());
    let mut changed = labelled().into_iter().find(|d| d.card.id == "dfds-pm2021-005").unwrap();
    changed.card.severity = Some("P4".into());
    let gone = labelled().into_iter().find(|d| d.card.id == "dfds-pm2020-008").unwrap().card.path;
    let changes = vec![Change::Put(Box::new(changed)), Change::Removed { path: gone }];
    index.update(TREE, "2222222222222222222222222222222222222222", changes).unwrap();
    let facets = index.search_with_facets(&words("")).unwrap().facets;
    let count = |name: &str| facets.severity.iter().find(|f| f.value == name).map(|f| f.count);
    assert_eq!((count("P4"), count("P1"), count("SEV-2")), (Some(1), Some(1), None));
}

#[test]
fn an_empty_search_lists_the_newest() {
    let (_home, _dir, index) = indexed(labelled());
    let hits = index.search(&Query { limit: 2, ..words("  ") }).unwrap();
    assert_eq!(ids(&hits), ["posthog-2024-02-28-decide-is-down", "dfds-pm2021-005"]);
    assert_eq!(hits[0].why, ["newest first"]);
    assert_eq!(index.search(&Query { limit: 0, ..words("") }).unwrap().len(), 1);
}

#[test]
fn an_index_of_nothing_finds_nothing_and_makes_no_file() {
    let home = tempfile::tempdir().unwrap();
    let place = home.path().join("index");
    let index = of_nothing(&place, None).unwrap();
    assert!(index.is_empty() && index.tree().is_empty());
    for text in ["", "pods", "\"space left\"", "severity:P1 -pods", "datbase"] {
        assert!(index.search_with_facets(&words(text)).unwrap().hits.is_empty(), "{text}");
    }
    assert!(index.similar(&like("no space left on device")).unwrap().is_empty());
    assert!(!place.exists());
}

#[test]
fn every_text_is_a_query() {
    let (_home, _dir, index) = indexed(labelled());
    let space = "mybinder-2018-03-26-no-space-left";
    for text in [
        "\"space left on device\"",
        "“space left on device”",
        "space left on device\"",
        "title:( AND space) left^^ \"device",
        "text:space -cleft +device ~*?[]{}\\ /",
        "space \"\" left \"the\"",
    ] {
        let hits = index.search(&words(text)).unwrap();
        assert_eq!(ids(&hits).first(), Some(&space), "{text}");
    }
    let hits = index.search(&words("\"space left on device\"")).unwrap();
    assert_eq!(ids(&hits), [space], "a phrase must be there as it is");
    assert_eq!(hits[0].why[0], "\"space left on device\"");
    assert!(index.search(&words("!!! ???")).unwrap().is_empty());
    assert!(index.search(&words(&"\"".repeat(10_000))).unwrap().is_empty());
}

#[test]
fn fields_in_the_text_restrict_and_what_is_not_understood_costs_nothing_else() {
    let (_home, _dir, index) = indexed(labelled());
    let told = |text: &str| {
        let found = index.search_with_facets(&Query { limit: 100, ..words(text) }).unwrap();
        (found.hits.iter().map(|hit| hit.card.id.clone()).collect::<Vec<_>>(), found.notes)
    };
    assert_eq!(told("severity:sev-2 kubernetes"), (vec!["dfds-pm2020-008".to_owned()], vec![]));
    assert_eq!(told("service:ingress kubernetes alerts").0, ["dfds-pm2021-005"]);
    assert_eq!(told("tag:capacity since:2018-02").0.len(), 2, "fields alone list the newest");
    let one = told("tag:capacity since:2018-02 until:2018-02");
    assert_eq!(one.0, ["mybinder-2018-02-22-nginx-down"]);
    assert_eq!(told("tag:capacity quarter:2018-Q1 -tag:nothing").0.len(), 3);
    let without = told("tag:capacity since:2018-02 -\"space left\"").0;
    assert_eq!(without, ["mybinder-2018-02-22-nginx-down"]);
    assert_eq!(told("tag:capacity since:2018-02 -nginx").0, ["mybinder-2018-03-26-no-space-left"]);
    // A value that is not there is read as the nearest, or left out; the rest is asked.
    let (ids, notes) = told("service:ingres kubernetes");
    assert_eq!(ids, ["dfds-pm2021-005"]);
    assert_eq!(notes, ["service:ingres: no postmortem has it; read as service:ingress"]);
    let (ids, notes) = told("service:mainframe since:soon \"space left on device\"");
    assert_eq!(ids, ["mybinder-2018-03-26-no-space-left"]);
    assert_eq!(notes.len(), 2, "{notes:?}");
    assert!(notes[1].contains("service:mainframe: no postmortem has it; left out"), "{notes:?}");
    // What has no day is neither since nor until one.
    let card = Card { id: "undated".into(), path: "undated.md".into(), ..Card::default() };
    let undated = Document { card, body: "Nobody knows when.".into(), ..Document::default() };
    let (_home, _dir, dated) = indexed(labelled().into_iter().chain([undated]).collect());
    assert_eq!(ids_of(&dated, &Query { limit: 100, ..words("") }).len(), 7);
    for text in ["until:2099", "since:1970", "since:1970 until:2099"] {
        let found = ids_of(&dated, &Query { limit: 100, ..words(text) });
        assert_eq!((found.len(), found.contains(&"undated".to_owned())), (6, false), "{text}");
    }
    // While it is typed, a field stands for what it may become.
    let typing = Query { unfinished: true, ..words("kubernetes service:ingr") };
    assert_eq!(ids_of(&index, &typing), ["dfds-pm2021-005"]);
    let typing = Query { unfinished: true, ..words("kubernetes severity:P") };
    let why = index.search(&typing).unwrap()[0].why.clone();
    assert!(why.contains(&"severity P1 or P3".to_owned()), "{why:?}");
    for text in ["severity:", "tag:", "year:", "since:", "\"", "severity:s"] {
        let typing = Query { unfinished: true, ..words(text) };
        assert_eq!(index.search(&typing).unwrap()[0].why[0], "newest first", "{text}");
        assert_eq!(index.search_with_facets(&typing).unwrap().notes, [""; 0], "{text}");
    }
    // What it cannot become is said while it is typed; what it is not, once it is typed to its end.
    for (text, note) in [
        ("severity:P9", "severity:P9: no postmortem has it; left out"),
        ("kubernetes tag:capacty", "tag:capacty: no postmortem has it; read as tag:capacity"),
        ("kubernetes tag:capacty ", "tag:capacty: no postmortem has it; read as tag:capacity"),
        ("since:2025-13", "since:2025-13 is not understood (write 2025, 2025-06, 2025-06-30, 90d); left out"),
    ] {
        let typing = Query { unfinished: true, ..words(text) };
        assert_eq!(index.search_with_facets(&typing).unwrap().notes, [note], "{text}");
    }
    // What is picked beside the text.
    for (severity, service, note) in [(Some("P9"), None, "severity P9"), (None, Some("nope"), "service nope")]
    {
        let picked = |name: &str| name.to_owned();
        let query =
            Query { severity: severity.map(picked), service: service.map(picked), ..words("kubernetes") };
        let found = index.search_with_facets(&query).unwrap();
        assert_eq!((found.hits.len(), found.notes), (0, vec![format!("{note}: no postmortem has it")]));
    }
}

#[test]
fn a_phrase_that_is_nowhere_and_a_field_asked_twice_lose_nothing_else() {
    let (_home, _dir, index) = indexed(labelled());
    let told = |text: &str| {
        let found = index.search_with_facets(&Query { limit: 100, ..words(text) }).unwrap();
        let first = found.hits.first().map(|hit| hit.why.clone()).unwrap_or_default();
        (found.hits.iter().map(|hit| hit.card.id.clone()).collect::<Vec<_>>(), found.notes, first)
    };
    let (ids, notes, why) = told("\"device left space\" kubernetes");
    assert!(ids.len() > 1, "its words are words: {ids:?}");
    assert_eq!(notes, ["\"device left space\": nowhere together; looked for as words"]);
    assert!(why.iter().all(|why| !why.contains('"')), "what was let go is no reason: {why:?}");
    // Each is somewhere, both are nowhere.
    let (ids, notes, why) = told("\"space left on device\" \"feature flags\"");
    assert!(ids.len() > 1, "their words are words: {ids:?}");
    let said =
        "\"space left on device\", \"feature flags\": no postmortem has all of them; looked for as words";
    assert_eq!((notes, why.iter().any(|why| why.contains('"'))), (vec![said.to_owned()], false));
    // A word of a phrase is mended as one outside of it.
    let (ids, notes, why) = told("\"space left on devcie\"");
    assert_eq!(ids, ["mybinder-2018-03-26-no-space-left"]);
    assert!(notes[0].starts_with("devcie: no postmortem has it; read as devic"), "{notes:?}");
    assert!(why[0].starts_with("\"space left on devic"), "{why:?}");
    let (ids, notes, _) = told("\"xqzvwk\" kubernetes");
    assert!(!ids.is_empty() && notes == ["xqzvwk: no postmortem has it"], "{ids:?} {notes:?}");
    // One that only a removed postmortem had is nowhere.
    let gone = Change::Removed { path: "mybinder-2018-03-26-no-space-left.md".into() };
    let (_home, _dir, less) = indexed(labelled());
    less.update(TREE, NEXT, vec![gone]).unwrap();
    let notes = less.search_with_facets(&words("\"space left on device\"")).unwrap().notes;
    assert_eq!(notes.last().unwrap(), "\"space left on device\": nowhere together; looked for as words");
    // There is one severity: two of them mean either. Of tags there may be two.
    let (mut ids, notes, why) = told("severity:P1 severity:sev2");
    ids.sort();
    assert_eq!(ids, ["dfds-pm2020-008", "dfds-pm2021-005", "posthog-2024-02-28-decide-is-down"]);
    assert_eq!(notes, ["severity: no postmortem has all of them; read as P1 or sev2"]);
    assert!(why.contains(&"severity P1 or sev2".to_owned()), "{why:?}");
    assert_eq!(told("severity:P1 -severity:sev2 severity:P1").1, [""; 0]);
    let both = |mut document: Document| {
        document.card.tags.push("disk".into());
        document
    };
    let (_home, _dir, tagged) = indexed(labelled().into_iter().map(both).collect());
    let found = tagged.search_with_facets(&words("tag:disk tag:change")).unwrap();
    assert_eq!(
        (ids_of(&tagged, &words("tag:disk tag:change")), found.notes),
        (vec!["dfds-pm2020-008".to_owned()], vec![])
    );
}

#[test]
fn a_phrase_of_which_one_word_is_left_does_not_stand_for_that_word() {
    let document = |id: &str, body: &str| {
        let card = Card { id: id.into(), path: format!("{id}.md"), ..Card::default() };
        Document { card, body: body.into(), ..Document::default() }
    };
    let all = vec![
        document("leak", "The debug log on the runner had the key."),
        document("queue", "The key of the queue was lost, and data with it."),
    ];
    let (_home, _dir, index) = indexed(all);
    let told = |text: &str| {
        let found = index.search_with_facets(&words(text)).unwrap();
        let why: Vec<String> = found.hits.iter().flat_map(|hit| hit.why.clone()).collect();
        let mut ids: Vec<String> = found.hits.into_iter().map(|hit| hit.card.id).collect();
        ids.sort();
        (ids, found.notes, why)
    };
    let (ids, notes, _) = told("key -\"log in\"");
    assert_eq!(ids, ["leak", "queue"]);
    let said =
        "-\"log in\" has one word that is looked for, which says something else alone; nothing is left out";
    assert_eq!(notes, [said]);
    assert_eq!(told("key -\"log\"").0, ["queue"], "one word is one word");
    assert_eq!(told("key -\"debug log\"").0, ["queue"]);
    for text in ["\"no data\"", "\"log in\" key"] {
        let (ids, _, why) = told(text);
        assert!(!ids.is_empty() && why.iter().all(|why| !why.contains('"')), "{text}: {why:?}");
    }
    assert_eq!(told("\"log in\" key").0, ["leak", "queue"], "it need not be there");
}

fn ids_of(index: &Index, query: &Query) -> Vec<String> {
    index.search(query).unwrap().into_iter().map(|hit| hit.card.id).collect()
}

#[test]
fn a_mistake_of_typing_finds_and_says_so() {
    let (_home, _dir, index) = indexed(labelled());
    for (typed, meant) in [
        ("certifcate", "mybinder-2018-01-18-ssl-outdated"),
        ("ngnix", "mybinder-2018-02-22-nginx-down"),
        ("letsencyrpt", "mybinder-2018-01-18-ssl-outdated"),
    ] {
        let found = index.search_with_facets(&words(typed)).unwrap();
        assert!(ids(&found.hits).contains(&meant), "{typed}: {:?}", ids(&found.hits));
        assert!(
            found.notes[0].starts_with(&format!("{typed}: no postmortem has it; read as ")),
            "{:?}",
            found.notes
        );
        assert!(found.hits[0].why[0].starts_with(&format!("{typed} ~ ")), "{:?}", found.hits[0].why);
    }
    for (typed, read) in [("ingres", "ingress"), ("kuberntes", "kubernetes"), ("sertificate", "certificate")]
    {
        let notes = index.search_with_facets(&words(typed)).unwrap().notes;
        assert_eq!(notes, [format!("{typed}: no postmortem has it; read as {read}")]);
    }
    let found = index.search_with_facets(&words("xqzvwk kubernetes")).unwrap();
    assert_eq!(found.notes, ["xqzvwk: no postmortem has it"]);
    assert!(!found.hits.is_empty(), "the rest is asked");
    let found = index.search_with_facets(&words("kubernetes certificate 50300")).unwrap();
    assert_eq!(found.notes, [""; 0], "what is there is left alone, and numbers are");
    let typing = |text: &str| {
        let found = index.search_with_facets(&Query { unfinished: true, ..words(text) }).unwrap();
        (found.notes, found.hits.first().map(|hit| hit.why.clone()).unwrap_or_default())
    };
    assert_eq!(typing("kubernetes certif").0, [""; 0], "some word begins so");
    let (notes, why) = typing("kuberntes");
    assert!(notes[0].starts_with("kuberntes: no postmortem has it; read as kubern"), "{notes:?}");
    assert!(why[0].starts_with("kuberntes ~ kubern"), "a shortened start is no reason: {why:?}");
    let (notes, _) = typing("sertificate");
    assert_eq!(
        notes,
        ["sertificate: no postmortem has it; read as certificate"],
        "the first letter is the mistake"
    );
}

/// Makes one mistake in a word: a letter left out, doubled, swapped with the next, or another one. The first letter stays.
fn mistyped(word: &str, dice: &mut Dice) -> String {
    let mut letters: Vec<char> = word.chars().collect();
    let at = 1 + dice.below(letters.len() - 2);
    match dice.below(4) {
        0 => drop(letters.remove(at)),
        1 => letters.insert(at, letters[at]),
        2 => letters.swap(at, at + 1),
        _ => letters[at] = b"aeiourstn"[dice.below(9)].into(),
    }
    letters.into_iter().collect()
}

/// How many words of an archive are found again with one mistake in each, of how many, and which are not. They are
/// found again when the answers have the same words.
fn found_again(documents: &[Document], index: &Index, least: usize) -> (usize, usize, Vec<String>) {
    let mut holding = BTreeMap::new();
    for document in documents {
        let words = document.body.split(|c: char| !c.is_alphanumeric());
        let words =
            words.filter(|w| (6..=14).contains(&w.len()) && w.bytes().all(|b| b.is_ascii_lowercase()));
        for word in words.collect::<BTreeSet<_>>() {
            *holding.entry(word).or_insert(0_usize) += 1;
        }
    }
    let answers = |text: &str| {
        let found = index.search_with_facets(&Query { limit: 1000, uncounted: true, ..words(text) }).unwrap();
        let terms = |hit: &Hit| (hit.card.id.clone(), (hit.parts.terms * 1000.0).round());
        (found.hits.iter().map(terms).collect::<HashMap<_, _>>(), found.notes)
    };
    let (mut right, mut all, mut missed) = (0, 0, Vec::new());
    let mut dice = Dice::of(7);
    let words: Vec<&str> =
        holding.iter().filter(|(_, holding)| **holding >= least).map(|(word, _)| *word).collect();
    for word in words.iter().step_by(words.len() / 400 + 1) {
        let (found, notes) = answers(&mistyped(word, &mut dice));
        if notes.is_empty() {
            // No mistake, or one that is a word.
            continue;
        }
        all += 1;
        if found == answers(word).0 {
            right += 1;
        } else {
            missed.push(format!("{word}: {}", notes.join("; ")));
        }
    }
    (right, all, missed)
}

#[test]
fn of_many_words_with_one_mistake_nearly_all_are_found_again() {
    let documents = fixtures();
    let (_home, _dir, index) = indexed(fixtures());
    let (right, all, missed) = found_again(&documents, &index, 1);
    figure(&format!("{right} of {all} mistyped words of six postmortems were found again"));
    assert!(all > 250 && right * 100 >= all * 95, "{right} of {all}: {missed:#?}");
    let Some(real) = test_data("postmortems/md") else { return };
    let documents = corpus(&real);
    let (_home, _dir, index) = indexed(documents.clone());
    let (right, all, missed) = found_again(&documents, &index, 3);
    figure(&format!("{right} of {all} mistyped words of 237 postmortems were found again"));
    assert!(all > 250 && right * 100 >= all * 95, "{right} of {all}: {missed:#?}");
}

#[test]
fn a_short_text_is_mended_when_what_is_similar_is_asked_for() {
    let (_home, _dir, index) = indexed(labelled());
    let found = |text: &str| {
        let hits = index.similar(&like(text)).unwrap();
        hits.into_iter().map(|hit| (hit.card.id, hit.why)).collect::<Vec<_>>()
    };
    let hits = found("certifciate expird");
    assert_eq!(hits[0].0, "mybinder-2018-01-18-ssl-outdated", "{hits:?}");
    assert!(hits[0].1.contains(&"certifciate ~ certificate".to_owned()), "{hits:?}");
    let long = "certifciate alpha bravo charlie delta echo foxtrot golf hotel india juliett kilo lima";
    assert!(found(long).iter().all(|(_, why)| why.iter().all(|why| !why.contains("certifciate"))));
    assert!(found("zebra quagga").is_empty());
}

#[test]
fn a_word_that_only_a_removed_postmortem_had_is_mended() {
    let mut documents = labelled();
    let mut odd = documents[0].clone();
    (odd.card.path, odd.card.id) = ("odd.md".into(), "odd".into());
    odd.body = "The certifcate of the proxy.".into();
    documents.push(odd);
    let (_home, _dir, index) = indexed(documents);
    let notes = |index: &Index| index.search_with_facets(&words("certifcate")).unwrap().notes;
    assert_eq!(notes(&index), [""; 0], "it is there");
    index.update(TREE, NEXT, vec![Change::Removed { path: "odd.md".into() }]).unwrap();
    assert_eq!(notes(&index), ["certifcate: no postmortem has it; read as certificate"]);
}

#[test]
fn a_mistyped_word_of_the_thesaurus_finds_what_stands_in_its_place() {
    let (_home, _dir, index) = indexed(labelled());
    let found = index.search_with_facets(&words("gatway")).unwrap();
    assert_eq!(found.notes, ["gatway: no postmortem has it; read as gateway"]);
    assert_eq!(found.hits[0].card.id, "mybinder-2018-02-22-nginx-down");
    assert_eq!(found.hits[0].why, ["gatway ~ gateway ~ nginx"]);
    assert_eq!(index.search_with_facets(&words("gateway")).unwrap().notes, [""; 0]);
}

/// The six postmortems and one more with a text.
fn with_text(body: &str) -> (tempfile::TempDir, PathBuf, Index) {
    let mut documents = labelled();
    let mut odd = documents[0].clone();
    (odd.card.path, odd.card.id, odd.card.title) = ("odd.md".into(), "odd".into(), "Odd".into());
    odd.body = body.into();
    documents.push(odd);
    indexed(documents)
}

/// What the notes say that words of a search are read as.
fn read_as(index: &Index, text: &str) -> Vec<String> {
    let notes = index.search_with_facets(&words(text)).unwrap().notes;
    let read = |note: String| note.split_once("; read as ").map(|(_, read)| read.to_owned());
    notes.into_iter().map(|note| read(note).unwrap_or_default()).collect()
}

#[test]
fn a_mistyped_word_is_read_as_one_that_people_write() {
    let (_home, _dir, index) = with_text(
        "Readiness of redis and nginx. Elevated latencies, a vulnerability, the home page. A case of strings that were \
         minimal and multiple. The certificate was revoked and calanced.",
    );
    for (typed, read) in [
        ("reddis", "redis"),
        ("latencey", "latency"),
        ("vulnerabilites", "vulnerabilities"),
        ("ngins", "nginx"),
        ("certificado", "certificate"),
    ] {
        assert_eq!(read_as(&index, typed), [read], "{typed}");
    }
    // What is spelt right, with accents or without, is no mistake.
    for right in ["café", "naïve", "revocation", "rebalance", "coupons", "resharding", "minio", "hugepages"]
    {
        assert_eq!(read_as(&index, right), [""], "{right}");
    }
}

#[test]
fn names_of_programs_are_no_mistakes() {
    let (_home, _dir, index) = with_text(
        "The name of the hosts, cores of the system, split journal, customize, ago, regress, add, hacker, page.",
    );
    for name in [
        "nvme",
        "hsts",
        "cors",
        "systemd",
        "sqlite",
        "argo",
        "egress",
        "caddy",
        "packer",
        "journald",
        "kustomize",
    ] {
        assert_eq!(read_as(&index, name), [""], "{name}");
        assert!(
            ids(&index.similar(&like(&format!("{name} xqzvwk"))).unwrap()).iter().all(|id| *id != "odd"),
            "{name}"
        );
    }
    // The words of a team's thesaurus are known, too.
    let home = tempfile::tempdir().unwrap();
    let (dir, file) = (home.path().join("index"), home.path().join("thesaurus.tsv"));
    fs::write(&file, "# ours\nquagga\tquagga\tservre\n").unwrap();
    let team = Some(file.as_path());
    let index = rebuild(&dir, team, TREE, fixtures().into_iter(), |_| ()).unwrap();
    assert_eq!(read_as(&index, "servre"), [""]);
    fs::remove_file(&file).unwrap();
    let index = rebuild(&dir, None, TREE, fixtures().into_iter(), |_| ()).unwrap();
    assert_eq!(read_as(&index, "servre"), ["server"]);
}

#[test]
fn what_nobody_asked_for_is_mended_only_where_there_is_hardly_a_doubt() {
    let (_home, _dir, index) =
        with_text("The certificate of the gateway expired while the proxy was storing.");
    let meant = |text: &str| index.as_meant(text, false).unwrap();
    assert_eq!(meant("Certifciate expird, gatewy 503"), "certificate expired, gateway 503");
    for text in ["Störung", "prozy", "certifficade", "wile"] {
        assert_eq!(meant(text), text);
    }
    assert_eq!(meant("certificabe"), "certificate", "any slip of a long word");
    // What is still being typed may become anything.
    assert_eq!(index.as_meant("certifciate expird", true).unwrap(), "certificate expird");
    assert_eq!(index.as_meant("certifciate expird ", true).unwrap(), "certificate expired ");
    let typing = |unfinished| {
        let hits = index.similar(&SimilarQuery { unfinished, ..like("certifciate") }).unwrap();
        hits.into_iter().flat_map(|hit| hit.shared).collect::<Vec<_>>()
    };
    assert!(typing(false).contains(&"certifciate ~ certificate".to_owned()), "{:?}", typing(false));
    assert_eq!(typing(true), [""; 0]);
}

#[test]
fn an_id_a_service_and_an_unfinished_word_find() {
    let (_home, _dir, index) = indexed(labelled());
    let hits = index.search(&words("DFDS-PM2021-005")).unwrap();
    assert_eq!(ids(&hits)[0], "dfds-pm2021-005");
    assert_eq!(hits[0].why.last().unwrap(), "id DFDS-PM2021-005");
    let hits = index.search(&words("flags")).unwrap();
    assert!(hits[0].why.contains(&"service flags".to_owned()), "{:?}", hits[0].why);
    for typed in ["certi", "certificat", "certificate"] {
        let hits = index.search(&Query { unfinished: true, ..words(typed) }).unwrap();
        assert_eq!(ids(&hits)[0], "mybinder-2018-01-18-ssl-outdated", "{typed}");
    }
    let hits = index.search(&words("letsen")).unwrap();
    assert!(hits.iter().all(|hit| hit.parts.terms == 0.0), "a word that is cut short is no word: {hits:?}");
}

#[test]
fn letters_with_their_marks_apart_are_found_by_those_in_one_piece() {
    let apart = |text: &str| text.replace('ö', "o\u{308}").replace('ü', "u\u{308}");
    let card = Card {
        id: "x".into(),
        path: "x.md".into(),
        title: apart("Störung der Anmeldung"),
        services: vec![apart("Bücher")],
        ..Card::default()
    };
    let body = apart("Die Schlüssel waren abgelaufen.");
    let document = Document { card, body: body.clone(), ..Document::default() };
    let (_home, _dir, index) = indexed(labelled().into_iter().chain([document]).collect());
    for text in
        ["störung", "\"störung der anmeldung\"", "schlüssel", "service:bücher", "-kubernetes service:BÜCHER"]
    {
        for text in [text.to_owned(), apart(text)] {
            let found = index.search_with_facets(&words(&text)).unwrap();
            assert_eq!((ids(&found.hits).first(), found.notes), (Some(&"x"), vec![]), "{text}");
        }
    }
    let hits = index.similar(&like(&apart("Störung der Schlüssel"))).unwrap();
    assert_eq!(ids(&hits)[0], "x");
    assert!(hits[0].shared.contains(&"Störung".to_owned()), "{:?}", hits[0].shared);
    let shown = snippet(&body, "schlüssel");
    let marked = shown.fragments[0].matches[0].clone();
    assert_eq!(shown.fragments[0].text.get(marked), Some(apart("Schlüssel").as_str()));
}

#[test]
fn an_update_replaces_and_removes_in_one_commit() {
    let (_home, dir, index) = indexed(fixtures());
    let other = ready(&dir);
    let mut changed = fixtures().remove(0);
    changed.body = "the quagga escaped".into();
    let gone = fixtures().remove(1).card;
    let changes = vec![Change::Put(Box::new(changed.clone())), Change::Removed { path: gone.path.clone() }];
    index.update(TREE, NEXT, changes).unwrap();
    assert_eq!((index.len(), index.tree().as_str()), (5, NEXT));
    assert_eq!(ids(&index.search(&words("quagga")).unwrap()), [changed.card.id.as_str()]);
    assert!(!ids(&index.search(&words("kubernetes alb pipeline")).unwrap()).contains(&gone.id.as_str()));

    // The other reader sees nothing until it looks, and its own change then no longer fits.
    assert_eq!((other.len(), other.tree().as_str()), (6, TREE));
    let refused = other.update(TREE, "3333", Vec::new());
    assert!(matches!(refused, Err(IndexError::Moved { is, .. }) if is == NEXT));
    assert_eq!(other.len(), 5, "looking is part of trying");
    assert_eq!(ready(&dir).tree(), NEXT);
    ready(&dir).check().unwrap();
}

#[test]
fn two_rooms_write_in_turn_and_neither_loses_a_file_of_the_other() {
    let (_home, dir, one) = indexed(fixtures());
    let two = ready(&dir);
    let mut tree = TREE.to_owned();
    for round in 0..10 {
        let mut document = fixtures().remove(0);
        document.card.path = format!("round{round}.md");
        document.body = format!("quagga round{round}");
        let next = format!("{round:040}");
        let writer = if round % 2 == 0 { &one } else { &two };
        writer.update(&tree, &next, vec![Change::Put(Box::new(document))]).unwrap();
        tree = next;
        let third = ready(&dir);
        assert_eq!(third.len(), 7 + round);
    }
    one.check().unwrap();
    one.reload().unwrap();
    assert_eq!(one.search(&words("quagga")).unwrap().len(), 10);
    // One is replaced under the other.
    drop(rebuild(&dir, None, TREE, fixtures().into_iter(), |_| ()).unwrap());
    two.update(TREE, NEXT, vec![Change::Put(Box::new(fixtures().remove(1)))]).unwrap();
    assert_eq!((ready(&dir).len(), ready(&dir).tree().as_str()), (6, NEXT));
}

#[test]
fn many_small_updates_keep_one_document_a_path() {
    let (_home, dir, index) = indexed(Vec::new());
    assert!(index.is_empty());
    let mut tree = TREE.to_owned();
    for round in 0..12 {
        let mut document = fixtures().remove(round % 3);
        document.body.push_str(&format!("\nround{round}\n"));
        let next = format!("{round:040}");
        index.update(&tree, &next, vec![Change::Put(Box::new(document))]).unwrap();
        tree = next;
    }
    let again = ready(&dir);
    assert_eq!(again.len(), 3);
    assert_eq!(again.search(&words("round11")).unwrap().len(), 1);
    assert!(again.search(&words("round8")).unwrap().is_empty());
    let files = fs::read_dir(&dir).unwrap().count();
    assert!(files < 80, "{files} files: old parts are not removed");
}

#[test]
fn the_engines_lock_in_a_program_that_is_being_started_is_waited_for() {
    let (_home, dir, index) = indexed(fixtures());
    // What a child has between fork and exec: the same open file, lock and all.
    let inherited = fs::File::options().write(true).open(dir.join(".tantivy-writer.lock")).unwrap();
    // Waited for: a program that another test starts at this moment may have inherited the writer's own.
    inherited.lock().unwrap();
    let started = std::thread::spawn(move || {
        std::thread::sleep(std::time::Duration::from_millis(30));
        drop(inherited);
    });
    index.update(TREE, NEXT, Vec::new()).unwrap();
    started.join().unwrap();
    assert_eq!(index.tree(), NEXT);
}

#[test]
fn a_second_writer_is_told_to_come_back() {
    let (_home, dir, index) = indexed(fixtures());
    let mut inner = Vec::new();
    let documents = fixtures().into_iter().inspect(|_| {
        inner.push(rebuild(&dir, None, NEXT, std::iter::empty(), |_| ()).map(|_| ()));
        inner.push(index.update(TREE, NEXT, Vec::new()));
    });
    rebuild(&dir, None, NEXT, documents, |_| ()).unwrap();
    assert_eq!(inner.len(), 12);
    assert!(inner.iter().all(|outcome| matches!(outcome, Err(IndexError::Busy))), "{inner:?}");
    index.reload().unwrap();
    index.update(NEXT, TREE, Vec::new()).unwrap();
}

#[test]
fn readers_work_on_while_a_new_index_takes_the_place() {
    let (home, dir, index) = indexed(fixtures());
    let mut counted = 0;
    let fresh = rebuild(&dir, None, NEXT, fixtures().into_iter().take(2), |done| counted = done).unwrap();
    assert_eq!(counted, 2);
    assert_eq!((index.len(), fresh.len()), (6, 2));
    assert_eq!(ids(&index.search(&words("letsencrypt")).unwrap()), ["mybinder-2018-01-18-ssl-outdated"]);
    index.reload().unwrap();
    assert_eq!((index.len(), index.tree().as_str()), (2, NEXT));
    assert!(index.search(&words("letsencrypt")).unwrap().is_empty());
    let left: Vec<_> = fs::read_dir(home.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left.len(), 2, "only the index and its lock stay: {left:?}");
}

#[test]
fn a_missing_foreign_or_other_index_is_stale_and_rebuilt() {
    let home = tempfile::tempdir().unwrap();
    let dir = home.path().join("index");
    assert_eq!(stale(&dir), "there is no search index yet");

    // Another program's index, with fields of its own.
    fs::create_dir(&dir).unwrap();
    let mut schema = tantivy::schema::Schema::builder();
    let field = schema.add_text_field("recipe", tantivy::schema::TEXT);
    let foreign = tantivy::Index::create_in_dir(&dir, schema.build()).unwrap();
    let mut writer: tantivy::IndexWriter = foreign.writer_with_num_threads(1, 15_000_000).unwrap();
    writer.add_document(tantivy::doc!(field => "soup")).unwrap();
    writer.commit().unwrap();
    drop(writer);
    assert!(stale(&dir).contains("other fields"), "{}", stale(&dir));
    fs::write(dir.join("notes.txt"), "mine").unwrap();

    let index = rebuild(&dir, None, TREE, fixtures().into_iter(), |_| ()).unwrap();
    assert_eq!(index.len(), 6);
    assert_eq!(fs::read_to_string(home.path().join(".index.old0/notes.txt")).unwrap(), "mine");

    // One of ours, by another version.
    let meta = fs::read_to_string(dir.join("meta.json")).unwrap();
    fs::write(
        dir.join("meta.json"),
        meta.replace(&format!("\\\"schema\\\":{}", warroom::index::SCHEMA_VERSION), "\\\"schema\\\":77"),
    )
    .unwrap();
    assert!(stale(&dir).contains("version 77"), "{}", stale(&dir));
    assert!(matches!(index.reload(), Err(IndexError::Damaged(_))));
    assert!(matches!(index.update(TREE, NEXT, Vec::new()), Err(IndexError::Damaged(_))));

    // A file where the folder should be.
    fs::remove_dir_all(&dir).unwrap();
    fs::write(&dir, "not a folder").unwrap();
    assert_eq!(stale(&dir), "there is no search index yet");
    rebuild(&dir, None, TREE, fixtures().into_iter(), |_| ()).unwrap();
    assert_eq!(ready(&dir).len(), 6);
}

/// Copies an index, spoils one file of the copy, opens it. Whatever it says, asking it must not panic, and a wrong
/// answer must not come from it.
fn spoil(source: &Path, name: &str, what: &str, spoiled: Option<Vec<u8>>) {
    let home = tempfile::tempdir().unwrap();
    let dir = home.path().join("index");
    fs::create_dir(&dir).unwrap();
    for entry in fs::read_dir(source).unwrap() {
        let entry = entry.unwrap();
        fs::copy(entry.path(), dir.join(entry.file_name())).unwrap();
    }
    match spoiled {
        Some(bytes) => fs::write(dir.join(name), bytes).unwrap(),
        None => fs::remove_file(dir.join(name)).unwrap(),
    }
    match Index::open(&dir, None) {
        Opened::Stale(reason) => assert!(!reason.is_empty()),
        // Some bits do not matter (a name of an unused setting); then it must be whole in all that does.
        Opened::Ready(index) => {
            assert_eq!(index.len(), 6, "{what} {name}");
            let hits = index.search(&words("letsencrypt")).unwrap();
            assert_eq!(ids(&hits), ["mybinder-2018-01-18-ssl-outdated"], "{what} {name}");
            let segment = name.len() > 32 && !name.ends_with(".lock");
            assert!(!segment, "{what} {name} went unnoticed");
        }
    }
    // Building syncs files to the disk: one kind of damage to each file is enough to show that it heals.
    if what == "halved" {
        assert_eq!(
            rebuild(&dir, None, TREE, fixtures().into_iter(), |_| ()).unwrap().len(),
            6,
            "{what} {name}"
        );
    }
}

/// The names in a folder, sorted.
fn names(dir: &Path) -> Vec<String> {
    let entries = fs::read_dir(dir).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn damage_to_any_file_is_noticed_and_never_a_panic() {
    let (_home, dir, index) = indexed(fixtures());
    // A deletion, so that a `.del` file is there to be damaged; then the document again. A part that loses its only
    // document just goes, so try until one stays.
    for document in fixtures() {
        let changes = vec![Change::Removed { path: document.card.path.clone() }];
        index.update(TREE, NEXT, changes).unwrap();
        index.update(NEXT, TREE, vec![Change::Put(Box::new(document))]).unwrap();
        if names(&dir).iter().any(|name| name.ends_with(".del")) {
            break;
        }
    }
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        if !guard::is_active() {
            hook(info);
        }
    }));
    let names = names(&dir);
    assert!(names.iter().any(|name| name.ends_with(".del")), "{names:?}");
    for name in names.iter().filter(|name| !name.ends_with(".lock")) {
        let whole = fs::read(dir.join(name)).unwrap();
        spoil(&dir, name, "deleted", None);
        spoil(&dir, name, "emptied", Some(Vec::new()));
        spoil(&dir, name, "halved", Some(whole[..whole.len() / 2].to_vec()));
        for part in [0, 1, 3, 5, 7] {
            let mut flipped = whole.clone();
            let at = (whole.len() - 1) * part / 7;
            flipped[at] ^= 1 << (part % 8);
            spoil(&dir, name, "flipped", Some(flipped));
        }
        spoil(&dir, name, "garbage", Some(vec![0xA5; whole.len()]));
    }
}

#[test]
fn damage_behind_the_back_of_an_open_index_is_an_error() {
    let (_home, dir, index) = indexed(fixtures());
    fs::write(dir.join("meta.json"), "{").unwrap();
    assert!(matches!(index.reload(), Err(IndexError::Damaged(_))));
    assert_eq!(index.search(&words("letsencrypt")).unwrap().len(), 1, "what is open stays usable");
    let (_home, dir, index) = indexed(fixtures());
    let store = fs::read_dir(&dir).unwrap().map(|entry| entry.unwrap().path());
    let store = store.into_iter().find(|path| path.extension().is_some_and(|e| e == "store")).unwrap();
    let mut bytes = fs::read(&store).unwrap();
    bytes[10] ^= 4;
    fs::write(&store, bytes).unwrap();
    assert!(matches!(index.check(), Err(IndexError::Damaged(_))));
}

#[test]
fn a_snippet_of_a_real_postmortem_marks_what_was_asked() {
    let document = fixtures().into_iter().find(|d| d.card.id == "mybinder-2018-03-26-no-space-left").unwrap();
    let got = snippet(&document.body, "device space launches");
    assert!((1..=3).contains(&got.fragments.len()));
    let marked: Vec<String> = got
        .fragments
        .iter()
        .flat_map(|f| f.matches.iter().map(|range| f.text.get(range.clone()).unwrap().to_lowercase()))
        .collect();
    for word in ["space", "device", "launch"] {
        assert!(marked.iter().any(|mark| mark.starts_with(word)), "{word}: {marked:?}");
    }
}

#[test]
fn a_word_finds_what_says_the_same_in_others_and_says_so() {
    let (_home, _dir, index) = indexed(fixtures());
    let hits = index.similar(&like("the disk full alert fires")).unwrap();
    assert_eq!(ids(&hits)[0], "mybinder-2018-03-26-no-space-left");
    assert!(hits[0].why.iter().any(|why| why.contains(" ~ ")), "{:?}", hits[0].why);
    // A word that nobody wrote is found by what it means, and the reason says that.
    let hits = index.similar(&like("storage")).unwrap();
    assert!(!hits.is_empty() && hits.iter().all(|hit| hit.parts.terms == 0.0 && hit.parts.vectors > 0.0));
    assert!(hits.iter().all(|hit| hit.why[0].starts_with("close in meaning")), "{hits:?}");
}

#[test]
fn a_short_form_is_as_good_as_what_it_stands_for() {
    let mut documents = fixtures();
    documents[0].body = "Elasticsearch refused all writes, its index was read-only.".to_owned();
    let (_home, _dir, index) = indexed(documents);
    let found = |text: &str| {
        let hits = index.similar(&like(text)).unwrap();
        let first = hits.first().unwrap();
        assert_eq!(first.card.id, fixtures()[0].card.id, "{text}");
        (first.share, first.why.join(", "))
    };
    let (short, long) = (found("es refuses writes"), found("elasticsearch refuses writes"));
    assert!(short.0 >= 0.95 * long.0, "{short:?} {long:?}");
    assert!(short.1.contains("elasticsearch"), "{short:?}");
    assert!(!index.search(&words("es refuses writes")).unwrap().is_empty());
    assert!(!index.similar(&like("es")).unwrap().is_empty(), "a short form alone");
}

#[test]
fn a_team_extends_the_thesaurus_and_the_index_follows() {
    let home = tempfile::tempdir().unwrap();
    let (dir, file) = (home.path().join("index"), home.path().join("thesaurus.tsv"));
    let team = Some(file.as_path());
    drop(rebuild(&dir, team, TREE, fixtures().into_iter(), |_| ()).unwrap());
    let Opened::Ready(index) = Index::open(&dir, team) else { panic!("stale") };
    assert!(!ids(&index.similar(&like("frobnitz")).unwrap()).contains(&"mybinder-2018-01-18-ssl-outdated"));

    fs::write(&file, "# ours\nfrob\tfrobnitz|ssl certificate\n").unwrap();
    let Opened::Stale(reason) = Index::open(&dir, team) else { panic!("phrases are those of the old file") };
    assert_eq!(reason, "it was made with another thesaurus.tsv");
    let index = rebuild(&dir, team, NEXT, fixtures().into_iter(), |_| ()).unwrap();
    let hits = index.search(&words("frobnitz")).unwrap();
    assert_eq!(ids(&hits)[0], "mybinder-2018-01-18-ssl-outdated");
    assert_eq!(hits[0].why, ["frobnitz ~ ssl certificate"]);
    index.update(NEXT, TREE, Vec::new()).unwrap();
    assert!(matches!(Index::open(&dir, team), Opened::Ready(_)));
    assert!(matches!(Index::open(&dir, None), Opened::Stale(_)));
}

#[test]
fn a_long_phrase_stands_for_a_word_over_all_parts_of_the_index() {
    let (_home, dir, index) = indexed(fixtures());
    let mut tree = TREE.to_owned();
    for (n, body) in ["shows an internal server error", "the server has an internal error"].iter().enumerate()
    {
        let mut document = fixtures().remove(0);
        document.card.title = format!("Quagga {n}");
        document.card.id = format!("Quagga-{n}");
        document.card.path = format!("quagga{n}.md");
        document.body = (*body).to_owned();
        let next = format!("{n:040}");
        index.update(&tree, &next, vec![Change::Put(Box::new(document))]).unwrap();
        tree = next;
    }
    let hits = ready(&dir).search(&words("502")).unwrap();
    let hit = hits.iter().find(|hit| hit.card.id == "Quagga-0").unwrap();
    assert_eq!(hit.why, ["502 ~ internal server error"]);
    assert!(!ids(&hits).contains(&"Quagga-1"), "the words must stand together: {hits:?}");
    // What was removed is not found through its synonyms either.
    index.update(&tree, NEXT, vec![Change::Removed { path: "quagga0.md".into() }]).unwrap();
    assert!(!ids(&index.search(&words("502")).unwrap()).contains(&"Quagga-0"));
}
