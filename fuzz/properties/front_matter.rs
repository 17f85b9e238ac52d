//! What holds for every postmortem and its front matter, ours and other people's.

use warroom::domain::postmortem::front_matter::split;
use warroom::domain::postmortem::{self, Expectations, FrontMatter, Key, Problem, imported};

pub(crate) fn hold(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let parts = split(&text);
    let front = parts.front.unwrap_or_default();
    assert_eq!(
        [parts.opening, front, parts.closing, parts.body].concat(),
        text,
        "cut in four, it is the same"
    );
    document(&text);
    match parts.front {
        Some(block) => read(block),
        // What is no document is read as a block: a fuzzer need not find the lines around it first.
        None => read(&text),
    }
    if let Ok((there, _)) = imported::read("2026/some-file.md", data) {
        assert!(!there.title.trim().is_empty());
        assert!(!there.title.chars().any(char::is_control), "{:?}", there.title);
    }
}

/// The lines of a text as editors count them.
fn lines(text: &str) -> usize {
    text.replace("\r\n", "\n").replace('\r', "\n").split('\n').count()
}

fn within(problems: &[Problem], most: usize) {
    for problem in problems {
        assert!((1..=most).contains(&problem.line), "{problem:?} of {most} lines");
        assert!(!problem.message.is_empty() && !problem.rule.is_empty(), "{problem:?}");
    }
}

/// The whole document is read and checked, and every problem lies in it.
pub(crate) fn document(text: &str) {
    let (_, problems) = postmortem::parse(text);
    within(&problems, lines(text));
    let today = "2026-11-22".parse().unwrap();
    let expected = Expectations { severities: &["P1"], log: None, today };
    within(&postmortem::check(text, &expected), lines(text));
}

/// A block is read, or kept as it stands and not changed.
pub(crate) fn read(block: &str) {
    let (lenient, problems) = FrontMatter::parse_lenient(block);
    within(&problems, lines(block) + 1);
    let keys: Vec<&str> = lenient.keys().collect();
    assert!(keys.iter().enumerate().all(|(at, key)| !keys[..at].contains(key)), "a key twice: {keys:?}");

    let (front, problems) = FrontMatter::parse(block);
    within(&problems, lines(block) + 1);
    let whole =
        if block.is_empty() || block.ends_with('\n') { block.to_owned() } else { format!("{block}\n") };
    assert_eq!(front.to_block(), whole, "what is not changed is written as it stands");
    let mut changed = front.clone();
    if !front.is_readable() {
        assert!(!problems.is_empty(), "unreadable, and nobody is told");
        assert!(changed.set_text(Key::Title, "another").is_err() && changed == front);
        return;
    }
    // Printed and read, it is the same.
    let (again, _) = FrontMatter::parse(&front.to_block());
    assert!(again.is_readable());
    same(&front, &again, None);
    // One key is changed, and no other.
    let words = "it: was #1 \"down\" \u{2028}";
    changed.set_text(Key::Title, words).unwrap();
    let (again, problems) = FrontMatter::parse(&changed.to_block());
    assert!(again.is_readable(), "{problems:?} after the title was set in {block:?}");
    assert_eq!(again.get(Key::Title.as_str()).and_then(|v| v.text()), Some(words));
    same(&front, &again, Some(Key::Title.as_str()));
}

/// The same keys with the same values, one apart.
fn same(one: &FrontMatter, other: &FrontMatter, apart: Option<&str>) {
    let held = |front: &FrontMatter| -> Vec<_> {
        let keys = front.keys().filter(|key| Some(*key) != apart);
        keys.map(|key| (key.to_owned(), front.get(key).cloned())).collect()
    };
    assert_eq!(held(one), held(other));
}
