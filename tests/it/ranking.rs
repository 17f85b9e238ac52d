//! How well the ranking finds, on real postmortems and real questions: the figures of `docs/search.md`.
#![expect(clippy::unwrap_used, clippy::unreachable, reason = "test code")]

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use warroom::index::{Document, Hit, Index, Opened, SimilarQuery, Stages};
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
    let bodies: HashMap<String, String> =
        documents.iter().map(|d| (d.card.id.clone(), format!("{}\n{}", d.card.title, d.body))).collect();
    let (_home, dir, _index) = indexed(documents);
    eprintln!("{} postmortems with kin", kin.len());
    for (name, thesaurus, meaning) in
        [("kin-words", false, false), ("kin-thesaurus", true, false), ("kin-whole", true, true)]
    {
        let index = staged(&dir, thesaurus, meaning);
        let answers: BTreeMap<String, Vec<String>> =
            kin.keys().map(|id| (id.clone(), ids(answer(&index, &bodies[id], id)))).collect();
        keep(name, &answers);
        let [ndcg, mrr, recall] = means(&kin, &answers);
        eprintln!("{name:<14} nDCG@10 {ndcg:.4}  MRR {mrr:.4}  Recall@5 {recall:.4}");
    }
}

#[test]
fn the_alarm_names_what_is_relevant_and_little_else() {
    let Some((documents, questions, grades)) = material() else { return };
    let (_home, _dir, index) = indexed(documents);
    let mut shares: Vec<(f32, bool)> = Vec::new();
    for (qid, text) in &questions {
        for hit in answer(&index, text, "").into_iter().take(3) {
            shares.push((hit.share, grades[qid].get(&hit.card.id).copied().unwrap_or(0) > 0));
        }
    }
    let kept = |least: f32, relevant: bool| {
        let of = shares.iter().filter(|(_, is)| *is == relevant);
        of.clone().filter(|(share, _)| *share >= least).count() as f64 / of.count() as f64
    };
    let (relevant, other) = (kept(ALARM_SHARE, true), kept(ALARM_SHARE, false));
    eprintln!("alarm at {ALARM_SHARE}: relevant {relevant:.2}, other {other:.2}");
    assert!(relevant >= 0.5 && other <= 0.33, "{relevant} {other}");
    for text in ["quarterly sales dinner with cake and wine", "translate the brochure into portuguese"] {
        assert!(answer(&index, text, "").is_empty(), "{text}");
    }
}
