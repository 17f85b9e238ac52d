//! How fast a large archive answers: one line of JSON for each kind of question. `benches/scale.sh` runs it beside
//! bare tantivy and SQLite FTS5.
//!
//! Arguments: the folder of an index, a file of questions, the folder of the corpus, a file with paths of documents
//! in it that serve as whole questions, the number of rounds, and what to measure only.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a benchmark that cannot go on must fail")]
#![expect(clippy::print_stdout, reason = "figures are what it is for")]
#![expect(clippy::disallowed_methods, reason = "a benchmark measures by the clock")]

use std::cell::RefCell;
use std::fs;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::time::Instant;

use chrono::NaiveDate;
use warroom::domain::patterns::{Dimension, Quarter};
use warroom::domain::similar::QueryText;
use warroom::index::{Card, Change, Document, Index, Opened, PatternQuery, Query, SimilarQuery, Stages};

/// What is asked, round after round; the first round is not counted.
fn measure<Q>(name: &str, rounds: usize, questions: &[Q], ask: impl Fn(&Q)) {
    // A sixth argument: only what has it in its name.
    if std::env::args()
        .skip(1)
        .filter(|given| given != "--bench")
        .nth(5)
        .is_some_and(|only| !name.contains(&only))
    {
        return;
    }
    let mut taken: Vec<f64> = Vec::with_capacity(rounds * questions.len());
    for round in 0..=rounds {
        for question in questions {
            let began = Instant::now();
            ask(question);
            if round > 0 {
                taken.push(began.elapsed().as_secs_f64() * 1e3);
            }
        }
    }
    taken.sort_by(f64::total_cmp);
    let at = |part: f64| {
        let nth = (taken.len() as f64 * part).ceil() as usize;
        taken.get(nth.saturating_sub(1)).copied().unwrap_or_default()
    };
    println!(
        r#"{{"test":"{name}","n":{},"p50_ms":{:.3},"p95_ms":{:.3},"p99_ms":{:.3},"max_ms":{:.3}}}"#,
        taken.len(),
        at(0.5),
        at(0.95),
        at(0.99),
        at(1.0)
    );
}

fn opened(dir: &Path) -> Index {
    match Index::open(dir, None) {
        Opened::Ready(index) => *index,
        Opened::Stale(why) => panic!("{}: {why}", dir.display()),
    }
}

fn main() {
    // `cargo bench` adds an argument of its own.
    let arguments: Vec<String> = std::env::args().skip(1).filter(|given| given != "--bench").collect();
    let [dir, questions, corpus, sample, rounds, ..] = arguments.as_slice() else {
        println!("scale: give INDEX QUESTIONS CORPUS SAMPLE ROUNDS, as benches/scale.sh does");
        return;
    };
    let (dir, corpus) = (PathBuf::from(dir), PathBuf::from(corpus));
    let rounds: usize = rounds.parse().unwrap();
    let questions: Vec<String> = fs::read_to_string(questions).unwrap().lines().map(str::to_owned).collect();
    let sample = fs::read_to_string(sample).unwrap();
    let texts: Vec<String> =
        sample.lines().map(|path| fs::read_to_string(corpus.join(path)).unwrap()).collect();

    let began = Instant::now();
    let index = opened(&dir);
    println!(r#"{{"test":"open","docs":{},"ms":{:.2}}}"#, index.len(), began.elapsed().as_secs_f64() * 1e3);
    let words = |text: &String| Query { text: text.clone(), limit: 10, ..Query::default() };
    let typed = |text: &String| Query { unfinished: true, ..words(text) };
    let similar = |text: &String| SimilarQuery {
        about: QueryText::plain(text),
        exclude: Vec::new(),
        limit: 10,
        unfinished: false,
    };

    let bare = opened(&dir).with_stages(Stages { thesaurus: false, meaning: false });
    measure("words alone", rounds, &questions, |text| {
        black_box(bare.search(&words(text)).unwrap());
    });
    measure("the whole", rounds, &questions, |text| {
        black_box(index.search(&words(text)).unwrap());
    });
    measure("the whole, with facets", rounds, &questions, |text| {
        black_box(index.search_with_facets(&words(text)).unwrap());
    });
    measure("while typed, with facets", rounds, &questions, |text| {
        black_box(index.search_with_facets(&typed(text)).unwrap());
    });
    let wrong: Vec<String> = questions.iter().map(|text| mistyped(text)).collect();
    measure("mistyped, with facets", 1, &wrong, |text| {
        black_box(index.search_with_facets(&words(text)).unwrap());
    });
    measure("similar to a line", rounds, &questions, |text| {
        black_box(index.similar(&similar(text)).unwrap());
    });
    measure("similar to a whole postmortem", 1, &texts, |text| {
        black_box(index.similar(&similar(text)).unwrap());
    });
    measure("newest", rounds, &[()], |()| {
        black_box(index.search_with_facets(&words(&String::new())).unwrap());
    });
    freshness(&dir, &index, &texts);
    // The corpus ends in 2026.
    let quarters = Quarter::of(NaiveDate::from_ymd_opt(2026, 6, 30).unwrap()).last(8);
    for (name, clusters) in [("patterns", false), ("patterns, with groups", true)] {
        let asked = PatternQuery {
            quarters: quarters.clone(),
            by: Dimension::ALL.to_vec(),
            most: 10,
            clusters,
            ..PatternQuery::default()
        };
        measure(name, 3, &[()], |()| {
            black_box(index.patterns(&asked).unwrap());
        });
    }
}

/// How long it takes until a postmortem that has just been published is found: from memory, and by the files.
fn freshness(dir: &Path, index: &Index, texts: &[String]) {
    let change = |nth: &usize| {
        let word = format!("zzuniq{nth}");
        let card = Card { path: format!("new/{nth}.md"), title: word.clone(), ..Card::default() };
        let body = format!("{} {word}", texts.get(*nth).map_or("", String::as_str));
        (word, vec![Change::Put(Box::new(Document { card, body, ..Document::default() }))])
    };
    let found = |index: &Index, text: String| {
        let hits = index.search(&Query { text, limit: 1, ..Query::default() }).unwrap();
        assert!(hits.first().is_some_and(|hit| hit.card.path.starts_with("new/")));
    };
    let several: Vec<usize> = (0..60).collect();
    // What is published here is made ready while git writes it; the first round is not counted.
    let published = several.iter().chain(&several).map(|nth| {
        let (word, changes) = change(nth);
        let documents = changes.iter().cloned().filter_map(Change::into_document);
        let made = index.part_maker().make(documents.collect()).unwrap();
        (word, changes, made)
    });
    let published = RefCell::new(published.collect::<Vec<_>>());
    measure("published, found from memory", 1, &several, |_| {
        let (word, changes, made) = published.borrow_mut().pop().unwrap();
        found(&index.ahead_with("0000", changes, Some(made)).unwrap(), word);
    });
    measure("pulled, found from memory", 1, &several, |nth| {
        let (word, changes) = change(nth);
        found(&index.ahead("0000", changes).unwrap(), word);
    });
    // In a copy: the files are written.
    let copy = dir.with_file_name("index.scale");
    let _ = fs::remove_dir_all(&copy);
    fs::create_dir(&copy).unwrap();
    for file in fs::read_dir(dir).unwrap() {
        let file = file.unwrap();
        fs::copy(file.path(), copy.join(file.file_name())).unwrap();
    }
    let index = opened(&copy);
    measure("published, found by the files", 1, &several, |nth| {
        let (word, changes) = change(nth);
        let from = index.tree();
        index
            .update(&from, &format!("{from}.{nth}").chars().rev().take(40).collect::<String>(), changes)
            .unwrap();
        found(&index, word);
    });
    drop(index);
    let _ = fs::remove_dir_all(&copy);
}

/// With two letters of its longest word the wrong way round.
fn mistyped(text: &str) -> String {
    let longest = text.split(' ').max_by_key(|word| word.len()).unwrap_or_default();
    let mut letters: Vec<char> = longest.chars().collect();
    if letters.len() > 4 {
        letters.swap(2, 3);
    }
    text.replacen(longest, &letters.into_iter().collect::<String>(), 1)
}
