//! How well the ranking finds, on real postmortems and real questions: the figures of `docs/search.md`.
#![expect(clippy::unwrap_used, clippy::unreachable, reason = "test code")]

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use warroom::domain::patterns::Quarter;
use warroom::domain::similar::{Line, query_text};
use warroom::index::{Document, Hit, Index, Opened, PatternQuery, SimilarQuery, Stages};
use warroom::service::ALARM_SHARE;

use crate::data::test_data;
use crate::index::{corpus, indexed, like};

/// Grades of documents, by question.
type Grades = BTreeMap<String, HashMap<String, i32>>;

/// nDCG@10, MRR over the best 100, Recall@5 of one query, by the formulas of `eval_search.py`.
fn judge(grades: &HashMap<String, i32>, answer: &[String]) -> [f64; 3] {
    let gain = |grade: i32, place: usize| (2_f64.powi(grade) - 1.0) / ((place + 2) as f64).log2();
    let grade = |id: &String| grades.get(id).copied().unwrap_or(0);
    let dcg: f64 = answer.iter().take(10).enumerate().map(|(place, id)| gain(grade(id), place)).sum();
    let mut best: Vec<i32> = grades.values().copied().filter(|grade| *grade > 0).collect();
    best.sort_unstable_by(|a, b| b.cmp(a));
    let ideal: f64 = best.iter().take(10).enumerate().map(|(place, grade)| gain(*grade, place)).sum();
    let first = answer.iter().take(100).position(|id| grade(id) > 0);
    let mrr = first.map_or(0.0, |place| 1.0 / (place + 1) as f64);
    let found = answer.iter().take(5).filter(|id| grade(id) > 0).count();
    [dcg / ideal, mrr, found as f64 / best.len().min(5) as f64]
}

/// The means of `judge` over all questions.
fn means(grades: &Grades, answers: &BTreeMap<String, Vec<String>>) -> [f64; 3] {
    let mut sums = [0.0; 3];
    for (qid, grades) in grades {
        for (sum, value) in sums.iter_mut().zip(judge(grades, &answers[qid])) {
            *sum += value / answers.len() as f64;
        }
    }
    sums
}

/// The postmortems, the questions and the grades; none when the data is not there.
fn material() -> Option<(Vec<Document>, BTreeMap<String, String>, Grades)> {
    let (postmortems, eval) = (test_data("postmortems/md")?, test_data("search_eval")?);
    let documents = corpus(&postmortems);
    let mut grades = Grades::new();
    for line in fs::read_to_string(eval.join("qrels.tsv")).unwrap().lines() {
        let parts: Vec<&str> = line.split_whitespace().collect();
        grades.entry(parts[0].into()).or_default().insert(parts[2].into(), parts[3].parse().unwrap());
    }
    let mut questions = BTreeMap::new();
    for line in fs::read_to_string(eval.join("queries.jsonl")).unwrap().lines() {
        let query: serde_json::Value = serde_json::from_str(line).unwrap();
        questions.insert(query["qid"].as_str().unwrap().into(), query["text"].as_str().unwrap().into());
    }
    assert_eq!((documents.len(), grades.len(), questions.len()), (237, 30, 30));
    Some((documents, questions, grades))
}

fn answer(index: &Index, text: &str, exclude: &str) -> Vec<Hit> {
    let exclude = if exclude.is_empty() { Vec::new() } else { vec![exclude.to_owned()] };
    let hits = index.similar(&SimilarQuery { limit: 100, exclude, ..like(text) }).unwrap();
    assert!(hits.iter().all(|hit| !hit.why.is_empty() && (hit.score - hit.parts.sum()).abs() < 1e-6));
    hits
}

fn ids(hits: Vec<Hit>) -> Vec<String> {
    hits.into_iter().map(|hit| hit.card.id).collect()
}

/// Keeps a TREC run file, for `benches/search_table.py`.
fn keep(name: &str, answers: &BTreeMap<String, Vec<String>>) {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("search");
    fs::create_dir_all(&folder).unwrap();
    let mut run = String::new();
    for (qid, ids) in answers {
        for (rank, id) in (1..).zip(ids) {
            writeln!(run, "{qid} Q0 {id} {rank} {} {name}", 1000 - rank).unwrap();
        }
    }
    fs::write(folder.join(format!("{name}.run")), run).unwrap();
}

/// Keeps grades beside the run files.
fn keep_grades(name: &str, grades: &Grades) {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("search");
    fs::create_dir_all(&folder).unwrap();
    let mut lines = String::new();
    for (qid, grades) in grades {
        for (id, grade) in grades {
            writeln!(lines, "{qid} 0 {id} {grade}").unwrap();
        }
    }
    fs::write(folder.join(format!("{name}.qrels")), lines).unwrap();
}

/// An index with some parts of its ranking left out.
fn staged(dir: &Path, thesaurus: bool, meaning: bool) -> Index {
    let Opened::Ready(index) = Index::open(dir, None) else { unreachable!("it was just built") };
    index.with_stages(Stages { thesaurus, meaning })
}

#[test]
fn the_ranking_reaches_its_goal_on_real_queries() {
    let Some((documents, questions, grades)) = material() else { return };
    let text: usize = documents.iter().map(|d| d.card.title.len() + 1 + d.body.len()).sum();
    let (_home, dir, _index) = indexed(documents);
    let size: u64 = fs::read_dir(&dir).unwrap().map(|entry| entry.unwrap().metadata().unwrap().len()).sum();
    eprintln!("index {size} bytes for {text} bytes of text: {:.2}", size as f64 / text as f64);
    let mut figures = HashMap::new();
    for (name, thesaurus, meaning) in
        [("words", false, false), ("thesaurus", true, false), ("meaning", false, true), ("whole", true, true)]
    {
        let index = staged(&dir, thesaurus, meaning);
        let answers = questions.iter().map(|(qid, text)| (qid.clone(), ids(answer(&index, text, ""))));
        let answers: BTreeMap<String, Vec<String>> = answers.collect();
        keep(name, &answers);
        let [ndcg, mrr, recall] = means(&grades, &answers);
        eprintln!("{name:<10} nDCG@10 {ndcg:.4}  MRR {mrr:.4}  Recall@5 {recall:.4}");
        figures.insert(name, (ndcg, recall));
    }
    assert!(figures["whole"].0 >= 0.70 && figures["whole"].1 >= 0.60, "{figures:?}");
    assert!(figures["whole"].0 > figures["words"].0 + 0.05, "{figures:?}");
}

/// Lines that nobody fitted anything to, and what is right for each.
const SYMPTOMS: &str = include_str!("../fixtures/symptoms.tsv");

/// How many of [`SYMPTOMS`] were written before the words that they miss were looked at.
const UNSEEN: usize = 103;

#[test]
fn the_ranking_finds_by_symptoms_that_it_was_not_fitted_to() {
    let Some((documents, ..)) = material() else { return };
    let known: HashSet<String> = documents.iter().map(|document| document.card.id.clone()).collect();
    let (_home, dir, _index) = indexed(documents);
    let lines = SYMPTOMS.lines().filter(|line| !line.starts_with('#'));
    let lines: Vec<(&str, Vec<&str>)> = lines
        .filter_map(|line| line.split_once('\t'))
        .map(|(text, right)| (text, right.split(',').collect()))
        .collect();
    assert!(lines.iter().all(|(_, right)| right.iter().all(|id| known.contains(*id))));
    let mut figures = HashMap::new();
    for (name, thesaurus, meaning) in [("words", false, false), ("whole", true, true)] {
        let index = staged(&dir, thesaurus, meaning);
        let places = lines.iter().map(|(text, right)| {
            let answers = ids(answer(&index, text, ""));
            answers.iter().position(|id| right.contains(&id.as_str()))
        });
        let places: Vec<Option<usize>> = places.collect();
        for (part, places) in [("unseen", &places[..UNSEEN]), ("later", &places[UNSEEN..])] {
            let share = |upto: usize| {
                places.iter().filter(|place| place.is_some_and(|place| place < upto)).count() as f64
                    / places.len() as f64
            };
            let mrr: f64 = places.iter().flatten().map(|place| 1.0 / (place + 1) as f64).sum::<f64>()
                / places.len() as f64;
            let [one, three, five] = [1, 3, 5].map(share);
            eprintln!(
                "{name:<6} {part:<7} {:>3} lines  first {one:.3}  @3 {three:.3}  @5 {five:.3}  MRR {mrr:.3}",
                places.len()
            );
            figures.insert((name, part), mrr);
        }
    }
    assert!(figures[&("whole", "unseen")] >= 0.80, "{figures:?}");
    assert!(figures[&("whole", "unseen")] > figures[&("words", "unseen")] + 0.03, "{figures:?}");
}

/// For each postmortem, those that answer the same questions in full: its kin.
fn kin(grades: &Grades) -> Grades {
    let mut kin = Grades::new();
    for grades in grades.values() {
        let full: Vec<&String> = grades.iter().filter(|(_, grade)| **grade == 2).map(|(id, _)| id).collect();
        for id in &full {
            for other in full.iter().filter(|other| *other != id) {
                kin.entry((*id).clone()).or_default().insert((*other).clone(), 1);
            }
        }
    }
    kin
}

#[test]
fn a_whole_postmortem_finds_its_kin() {
    let Some((documents, _, grades)) = material() else { return };
    let kin = kin(&grades);
    keep_grades("kin", &kin);
    let bodies: HashMap<String, String> =
        documents.iter().map(|d| (d.card.id.clone(), format!("{}\n{}", d.card.title, d.body))).collect();
    let mut figures = HashMap::new();
    let mut judged = |name: &'static str, answers: &BTreeMap<String, Vec<String>>| {
        keep(name, answers);
        let [ndcg, mrr, recall] = means(&kin, answers);
        eprintln!("{name:<14} nDCG@10 {ndcg:.4}  MRR {mrr:.4}  Recall@5 {recall:.4}");
        figures.insert(name, ndcg);
    };
    judged("kin-mlt", &more_like_this(&bodies, &kin));
    let (_home, dir, _index) = indexed(documents);
    for (name, thesaurus, meaning) in
        [("kin-words", false, false), ("kin-thesaurus", true, false), ("kin-whole", true, true)]
    {
        let index = staged(&dir, thesaurus, meaning);
        let answers: BTreeMap<String, Vec<String>> =
            kin.keys().map(|id| (id.clone(), ids(answer(&index, &bodies[id], id)))).collect();
        judged(name, &answers);
    }
    assert!(figures["kin-whole"] > figures["kin-mlt"] + 0.05, "{figures:?}");
    assert!(figures["kin-whole"] > figures["kin-words"], "{figures:?}");
}

/// tantivy's "more like this" as it comes, over a plain index of the same texts.
fn more_like_this(bodies: &HashMap<String, String>, wanted: &Grades) -> BTreeMap<String, Vec<String>> {
    use tantivy::schema::{STORED, STRING, Schema, TextFieldIndexing, TextOptions, Value};
    let mut schema = Schema::builder();
    let id = schema.add_text_field("id", STRING | STORED);
    let stems = TextFieldIndexing::default().set_tokenizer("en_stem");
    let stems = stems.set_index_option(tantivy::schema::IndexRecordOption::WithFreqs);
    let text = schema.add_text_field("text", TextOptions::default().set_indexing_options(stems).set_stored());
    let index = tantivy::Index::create_in_ram(schema.build());
    let mut writer: tantivy::IndexWriter = index.writer_with_num_threads(1, 15_000_000).unwrap();
    let mut names: Vec<&String> = bodies.keys().collect();
    names.sort();
    for name in &names {
        let mut document = tantivy::TantivyDocument::default();
        document.add_text(id, name);
        document.add_text(text, &bodies[*name]);
        writer.add_document(document).unwrap();
    }
    writer.commit().unwrap();
    let searcher = index.reader().unwrap().searcher();
    let mut answers = BTreeMap::new();
    for name in wanted.keys() {
        let own = vec![(text, vec![tantivy::schema::OwnedValue::Str(bodies[name].clone())])];
        let query = tantivy::query::MoreLikeThisQuery::builder().with_document_fields(own);
        let best = tantivy::collector::TopDocs::with_limit(101).order_by_score();
        let found = searcher.search(&query, &best).unwrap().into_iter().map(|(_, at)| {
            let document: tantivy::TantivyDocument = searcher.doc(at).unwrap();
            document.get_first(id).and_then(|value| value.as_str().map(str::to_owned)).unwrap()
        });
        answers.insert(name.clone(), found.filter(|other| other != name).collect());
    }
    answers
}

#[test]
fn a_growing_timeline_brings_its_kin_nearer() {
    let (Some((documents, _, grades)), Some(file)) = (material(), test_data("timelines/timelines.jsonl"))
    else {
        return;
    };
    let kin = kin(&grades);
    let (_home, _dir, index) = indexed(documents);
    let mut timelines: BTreeMap<String, (String, Vec<String>)> = BTreeMap::new();
    for line in fs::read_to_string(file).unwrap().lines() {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        let text = |key: &str| line[key].as_str().unwrap().to_owned();
        let timeline = timelines.entry(text("incident")).or_insert_with(|| (text("title"), Vec::new()));
        timeline.1.push(text("text"));
    }
    timelines.retain(|id, _| kin.contains_key(id));
    let kin: Grades = kin.into_iter().filter(|(id, _)| timelines.contains_key(id)).collect();
    let mut found = Vec::new();
    for lines in [0, 3, 10, 1000] {
        let answers = timelines.iter().map(|(id, (_, texts))| {
            // The title of a postmortem tells what was found out later: the timeline must do without it.
            let shown = texts.iter().take(lines.max(1));
            let shown = shown.map(|text| Line { text, system: false, starred: false });
            let query = SimilarQuery {
                about: query_text("", &[], &[], shown),
                exclude: vec![id.clone()],
                limit: 100,
                ..SimilarQuery::default()
            };
            (id.clone(), ids(index.similar(&query).unwrap()))
        });
        let answers: BTreeMap<String, Vec<String>> = answers.collect();
        let [ndcg, mrr, recall] = means(&kin, &answers);
        eprintln!(
            "{} timelines, {} lines: nDCG@10 {ndcg:.4}  MRR {mrr:.4}  Recall@5 {recall:.4}",
            kin.len(),
            lines.max(1)
        );
        found.push(ndcg);
    }
    assert!(found[2] > found[0], "{found:?}");
}

#[test]
fn the_alarm_names_what_is_relevant_and_little_else() {
    let Some((documents, questions, grades)) = material() else { return };
    let bodies: HashMap<String, String> =
        documents.iter().map(|d| (d.card.id.clone(), format!("{}\n{}", d.card.title, d.body))).collect();
    let (_home, _dir, index) = indexed(documents);
    let kin = kin(&grades);
    let of_kind = |kind: &str| -> Vec<(f32, bool)> {
        let words = if kind == "start" { 100 } else { usize::MAX };
        let asked: Vec<(&str, String, &HashMap<String, i32>)> = match kind {
            "question" => questions.iter().map(|(qid, text)| ("", text.clone(), &grades[qid])).collect(),
            _ => kin
                .iter()
                .map(|(id, kin)| {
                    let start: Vec<&str> = bodies[id].split_whitespace().take(words).collect();
                    (id.as_str(), start.join(" "), kin)
                })
                .collect(),
        };
        let shares = asked.iter().flat_map(|(own, text, grades)| {
            let hits = answer(&index, text, own).into_iter().take(3);
            hits.map(|hit| (hit.share, grades.get(&hit.card.id).copied().unwrap_or(0) > 0))
        });
        shares.collect()
    };
    let kept = |shares: &[(f32, bool)], least: f32, relevant: bool| {
        let of = shares.iter().filter(|(_, is)| *is == relevant);
        of.clone().filter(|(share, _)| *share >= least).count() as f64 / of.count() as f64
    };
    for kind in ["question", "start", "whole"] {
        let shares = of_kind(kind);
        for least in [0.40_f32, 0.45, ALARM_SHARE, 0.55] {
            let (relevant, other) = (kept(&shares, least, true), kept(&shares, least, false));
            eprintln!("alarm, {kind}, {least:.2}: relevant {relevant:.2}, other {other:.2}");
        }
    }
    let shares = of_kind("question");
    let (relevant, other) = (kept(&shares, ALARM_SHARE, true), kept(&shares, ALARM_SHARE, false));
    assert!(relevant >= 0.5 && other <= 0.33, "{relevant} {other}");
    for text in ["quarterly sales dinner with cake and wine", "translate the brochure into portuguese"] {
        assert!(answer(&index, text, "").is_empty(), "{text}");
    }
}

#[test]
fn groups_of_what_is_alike_are_kin() {
    let Some((documents, _, grades)) = material() else { return };
    let kin = kin(&grades);
    let (_home, _dir, index) = indexed(documents);
    let quarters = Quarter { year: 2026, number: 4 }.last(80);
    let asked = PatternQuery { quarters, most: 1000, clusters: true, ..PatternQuery::default() };
    let groups = index.patterns(&asked).unwrap().clusters;
    let (mut judged, mut right, mut members) = (0_u32, 0_u32, 0);
    for group in &groups {
        members += group.members.len();
        for (nth, one) in group.members.iter().enumerate() {
            for other in group.members.iter().skip(nth + 1).filter(|m| kin.contains_key(&m.id)) {
                if let Some(own) = kin.get(&one.id) {
                    judged += 1;
                    right += u32::from(own.contains_key(&other.id));
                }
            }
        }
    }
    let pairs = kin.len() * (kin.len() - 1) / 2;
    let chance = kin.values().map(HashMap::len).sum::<usize>() as f64 / 2.0 / pairs as f64;
    crate::faults::figure(&format!(
        "{members} of 237 postmortems in {} groups; of {judged} pairs in a group that were judged {right} are kin \
         ({:.2}; of all pairs {chance:.2})",
        groups.len(),
        f64::from(right) / f64::from(judged),
    ));
    assert!(groups.len() >= 10 && judged >= 20, "{groups:#?}");
    assert!(f64::from(right) >= 3.0 * chance * f64::from(judged), "better than chance by far");
}
