//! What holds for every text that somebody searches for or filters by.

use std::sync::LazyLock;

use warroom::domain::filter::{Filter, Term};
use warroom::domain::ids::{EventId, Seq};
use warroom::domain::incident::{Entry, Topic};
use warroom::domain::question::Question;
use warroom::domain::stories;
use warroom::domain::time_spec::Context;
use warroom::domain::words::EntryKind;
use warroom::index::{Card, Document, Hit, Index, Query, in_memory, snippet};

/// A word that one document alone has.
const RARE: &str = "zymurgy";

/// Of a longer text the end is not read.
const LONGEST: usize = 100_000;

/// Up to so many words every one of them is asked for; of more, the best.
const FEW_WORDS: usize = 36;

static INDEX: LazyLock<Index> = LazyLock::new(|| {
    let document = |name: &str, body: &str| Document {
        card: Card {
            id: name.to_owned(),
            title: format!("What was with {name}"),
            severity: Some("P1".to_owned()),
            date: Some("2026-11-20".to_owned()),
            services: vec!["payments".to_owned()],
            tags: vec!["database".to_owned()],
            path: format!("{name}.md"),
            ..Card::default()
        },
        body: body.to_owned(),
        ..Document::default()
    };
    let documents = [
        document("disk", "The disk of the database filled up with logs. We deleted the oldest and grew it."),
        document("proxy", "The proxy crashed: a certificate had expired. HTTP 503 for all customers."),
        document("brewing", "The zymurgy service was slow because its queue had no limit."),
    ];
    let place = std::path::Path::new("nowhere");
    in_memory(place, None, &"1".repeat(40), documents.into_iter()).unwrap()
});

pub(crate) fn hold(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    search(&text);
    filters(&text);
}

fn ask(text: String, unfinished: bool) -> Vec<Hit> {
    let query = Query { text, unfinished, limit: 10, ..Query::default() };
    let hits = INDEX.search(&query).unwrap_or_else(|e| panic!("{e}: a text is no error"));
    for hit in &hits {
        assert!(!hit.why.is_empty() && hit.score.is_finite(), "{hit:?}");
        assert!((0.0..=1.0).contains(&hit.share), "{hit:?}");
    }
    assert!(hits.windows(2).all(|pair| pair[0].score >= pair[1].score), "the best first: {hits:?}");
    hits
}

/// Every text is a question, and what is odd in it takes no other word away.
fn search(text: &str) {
    ask(text.to_owned(), false);
    ask(text.to_owned(), true);
    for fragment in snippet(text, RARE).fragments.iter().chain(&snippet("The disk was full.", text).fragments)
    {
        assert!(!fragment.text.chars().any(char::is_control), "{fragment:?}");
        assert!(
            fragment.matches.iter().all(|range| fragment.text.get(range.clone()).is_some()),
            "{fragment:?}"
        );
    }
    // A word is asked for, whatever is wrong with what stands beside it.
    for asked in [format!("{RARE} {text}"), format!("{text} {RARE}")] {
        if asked.len() > LONGEST {
            continue;
        }
        let question = Question::read(&asked, None, false);
        // An open quote behind a minus or a field goes on to the end, and that is said.
        if asked.ends_with(RARE) && question.notes.iter().any(|note| note.contains("the quote is not closed"))
        {
            continue;
        }
        assert!(question.words.split_whitespace().any(|word| word == RARE), "{RARE} is lost in {question:?}");
        assert!(question.notes.iter().all(|note| !note.is_empty()), "{question:?}");
        assert!(question.labels.iter().all(|labels| !labels.values.is_empty()), "{question:?}");
        // What restricts may leave the document out; a long text is asked for its best words only.
        let words =
            question.words.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).count();
        if question.restricts() || !question.phrases.is_empty() || words > FEW_WORDS {
            continue;
        }
        let found = ask(asked.clone(), false);
        assert!(found.iter().any(|hit| hit.card.id == "brewing"), "{RARE} is lost in {asked:?}");
    }
}

fn entry(text: &str, tag: &str) -> Entry {
    let at = "2026-11-22T09:30:00Z".parse().unwrap();
    Entry {
        seq: Seq(3),
        id: EventId(uuid::Uuid::nil()),
        kind: EntryKind::Note,
        topic: Topic::Said,
        occurred_at: at,
        about: false,
        recorded_at: at,
        by: "bob".to_owned(),
        actor: "bob@host".to_owned(),
        text: text.to_owned(),
        source: String::new(),
        alert: String::new(),
        tags: vec![tag.to_owned()],
        starred: tag == "db",
        struck: None,
        edits: Vec::new(),
        redacted: false,
    }
}

/// A filter of a timeline holds all its words, or says which of them it cannot read.
fn filters(text: &str) {
    let ctx = Context { now: "2026-11-22T10:00:00Z".parse().unwrap(), zone: warroom::domain::zone::Tz::UTC };
    let words: Vec<_> = text.split_whitespace().map(|word| Filter::parse(word, &ctx)).collect();
    match Filter::parse(text, &ctx) {
        Err(refused) => {
            assert!(words.iter().any(|word| word.as_ref() == Err(&refused)), "{refused}: of no word of it");
        }
        Ok(filter) => {
            let words: Vec<Filter> = words.into_iter().map(|word| word.unwrap()).collect();
            assert_eq!(filter.is_empty(), words.is_empty());
            for entry in [entry(text, "db"), entry("@bob the disk is full", "disk"), entry("", "x")] {
                let each = words.iter().all(|word| word.matches(&entry));
                assert_eq!(filter.matches(&entry), each, "a word of {text:?} was lost");
                // One more condition never shows more.
                let more = filter.clone().with(Term::Word("disk".to_owned()));
                assert!(!more.matches(&entry) || filter.matches(&entry));
            }
            assert_eq!(Filter::parse(filter.text(), &ctx).as_ref(), Ok(&filter), "printed and read again");
        }
    }
    if let Err(refused) = stories::Filter::parse(text) {
        assert!(!refused.is_empty());
        assert!(text.split_whitespace().any(|word| stories::Filter::parse(word).is_err()), "{refused}");
    }
}
