//! README and docs are true: links lead somewhere, command lines are read, keys and words exist, examples are taken.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use warroom::app::action::TABLE;
use warroom::app::keymap::Keymap;
use warroom::domain::runbook;
use warroom::domain::words::{
    Certainty, ClosureState, DispositionWord, EntryKind, Flag, HypothesisState, IncidentKind, Milestone,
    Phase, ReviewState, ScopeState, State, StepState, StoryKind, StoryState, Verdict, Visibility,
};

/// Name and text of README, SECURITY.md and every page of docs.
fn pages() -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let docs = std::fs::read_dir(root.join("docs")).unwrap().map(|entry| entry.unwrap().path());
    let docs = docs.filter(|path| path.extension().is_some_and(|e| e == "md"));
    let mut paths: Vec<PathBuf> = docs.chain([root.join("README.md"), root.join("SECURITY.md")]).collect();
    paths.sort();
    paths.into_iter().map(|path| (path.clone(), std::fs::read_to_string(path).unwrap())).collect()
}

fn page(name: &str) -> String {
    pages().into_iter().find(|(path, _)| path.ends_with(name)).unwrap().1
}

/// Kind and text of each fenced block.
fn blocks(text: &str) -> Vec<(String, String)> {
    let (mut found, mut open): (Vec<(String, String)>, Option<usize>) = (Vec::new(), None);
    for line in text.lines() {
        let ticks = line.chars().take_while(|c| *c == '`').count();
        match (open, ticks >= 3) {
            (None, true) => {
                found.push((line.trim_start_matches('`').trim().to_owned(), String::new()));
                open = Some(ticks);
            }
            (Some(needed), true) if ticks >= needed => open = None,
            (Some(_), _) => {
                let (_, text) = found.last_mut().unwrap();
                text.push_str(line);
                text.push('\n');
            }
            (None, false) => {}
        }
    }
    assert_eq!(open, None, "a block is not closed");
    found
}

/// What stands between backquotes, fenced blocks left out.
fn code(text: &str) -> Vec<String> {
    let mut fenced = false;
    let mut found = Vec::new();
    for line in text.lines() {
        if line.starts_with("```") {
            fenced = !fenced;
        } else if !fenced {
            found.extend(line.split('`').skip(1).step_by(2).map(str::to_owned));
        }
    }
    found
}

/// How a heading is named in an address, as forges do it.
fn anchor(heading: &str) -> String {
    let lower = heading.to_lowercase();
    let kept = lower.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.map(|c| if c == ' ' { '-' } else { c }).collect()
}

#[test]
fn every_link_leads_somewhere() {
    let mut seen = 0;
    for (path, text) in pages() {
        for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            if link.contains("://") {
                continue;
            }
            let (file, heading) = link.split_once('#').unwrap_or((link, ""));
            let to = if file.is_empty() { path.clone() } else { path.parent().unwrap().join(file) };
            assert!(to.exists(), "{}: {link}", path.display());
            if !heading.is_empty() {
                let text = std::fs::read_to_string(&to).unwrap();
                let mut headings = text
                    .lines()
                    .filter(|l| l.starts_with('#'))
                    .map(|l| anchor(l.trim_start_matches('#').trim()));
                assert!(headings.any(|h| h == heading), "{}: {link}", path.display());
            }
            seen += 1;
        }
    }
    assert!(seen >= 12, "{seen}");
}

#[test]
fn the_readme_leads_to_every_page() {
    let text = page("README.md");
    let links: BTreeSet<&str> = text
        .split("](")
        .skip(1)
        .filter_map(|rest| rest.split(')').next())
        .map(|link| link.split('#').next().unwrap_or(link))
        .collect();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs");
    for (path, _) in pages().iter().filter(|(path, _)| path.starts_with(&folder)) {
        let name = path.strip_prefix(env!("CARGO_MANIFEST_DIR")).unwrap().to_str().unwrap();
        assert!(links.contains(name), "README.md does not lead to {name}");
    }
}

#[test]
fn every_command_line_is_read_by_the_program() {
    let mut seen = 0;
    for (path, text) in pages() {
        let generated = path.ends_with("commands.md");
        for (kind, block) in blocks(&text) {
            if generated || !matches!(kind.as_str(), "sh" | "console" | "text" | "") {
                continue;
            }
            for line in block.replace("\\\n", " ").lines() {
                for part in line.trim_start_matches("$ ").split("&&") {
                    let part = part.split("  #").next().unwrap().trim();
                    if !part.starts_with("warroom ") {
                        continue;
                    }
                    let words = shell_words::split(part).unwrap_or_else(|e| panic!("{part}: {e}"));
                    if let Err(error) = warroom::cli::reads(words) {
                        panic!("{}: {part}\n{error}", path.display());
                    }
                    seen += 1;
                }
            }
        }
        // In running text only the name of the command has to be there: what follows it may be a sketch.
        for code in code(&text).iter().filter(|code| code.starts_with("warroom ")) {
            let name = code.split(' ').skip(1).find(|word| !word.starts_with('-'));
            let known =
                name.is_none_or(|name| warroom::cli::reference().contains(&format!("\n## warroom {name}")));
            assert!(known || code.contains("--home"), "{}: {code}", path.display());
        }
    }
    assert!(seen >= 15, "{seen}");
}

#[test]
fn every_key_that_is_named_does_something() {
    let keymap = Keymap::default();
    let known: BTreeSet<String> = TABLE.iter().flat_map(|spec| keymap.keys(spec.action)).collect();
    let mut seen = 0;
    for (path, text) in pages() {
        for code in code(&text) {
            let letter = code.len() == 1 && code.chars().all(|c| c.is_ascii_alphabetic());
            let named = ["Space", "Enter", "Esc", "Tab"].contains(&code.as_str());
            let held = ["Ctrl-", "Alt-", "Shift-"].iter().any(|held| code.starts_with(held));
            if letter || named || held {
                assert!(known.contains(&code), "{}: there is no key {code}", path.display());
                seen += 1;
            }
        }
    }
    assert!(seen >= 60, "{seen}");
}

#[test]
fn every_exit_code_is_listed() {
    const CODES: &str =
        "0 done · 1 the answer is no · 2 usage · 3 not found · 4 conflict · 5 integrity · 6 peer or network";
    for name in ["README.md", "commands.md"] {
        let flat = page(name).split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(flat.contains(CODES), "{name} does not list the exit codes");
    }
}

#[test]
fn the_concepts_name_every_word() {
    let text = page("concepts.md");
    let mut words: Vec<&str> = Vec::new();
    words.extend(IncidentKind::ALL.iter().map(|w| w.as_str()));
    words.extend(State::ALL.iter().map(|w| w.as_str()));
    words.extend(Phase::ALL.iter().map(|w| w.as_str()));
    words.extend(Milestone::ALL.iter().map(|w| w.as_str()));
    words.extend(DispositionWord::ALL.iter().map(|w| w.as_str()));
    words.extend(ReviewState::ALL.iter().map(|w| w.as_str()));
    words.extend(Visibility::ALL.iter().map(|w| w.as_str()));
    words.extend(Certainty::ALL.iter().map(|w| w.as_str()));
    words.extend(Flag::ALL.iter().map(|w| w.as_str()));
    words.extend(ScopeState::ALL.iter().map(|w| w.as_str()));
    words.extend(HypothesisState::ALL.iter().map(|w| w.as_str()));
    words.extend(Verdict::ALL.iter().map(|w| w.as_str()));
    words.extend(StepState::ALL.iter().map(|w| w.as_str()));
    words.extend(StoryKind::ALL.iter().map(|w| w.as_str()));
    words.extend(StoryState::ALL.iter().map(|w| w.as_str()));
    words.extend(ClosureState::ALL.iter().filter(|w| **w != ClosureState::Open).map(|w| w.as_str()));
    for word in words {
        assert!(text.contains(&format!("`{word}`")), "docs/concepts.md does not name {word}");
    }
    for kind in EntryKind::ALL {
        assert!(text.contains(&format!("\n| {kind} | ")), "docs/concepts.md does not name the kind {kind}");
    }
}

/// The example of that kind on the page of files.
fn example(kind: &str) -> String {
    let name = format!("markdown {kind}");
    let found = blocks(&page("files.md")).into_iter().find(|(kind, _)| *kind == name);
    found.unwrap_or_else(|| panic!("docs/files.md has no example of a {kind}")).1
}

#[test]
fn the_runbook_of_the_docs_is_read_as_intended() {
    let text = example("runbook");
    let (read, problems) = runbook::parse(&text);
    assert_eq!(problems, []);
    assert_eq!(runbook::check(&read, &text), []);
    assert_eq!(read.title, "Cache poisoned");
    assert_eq!(read.steps().count(), 9);
    assert!(read.steps().any(|(_, step)| step.commands.iter().any(|c| c.starts_with("curl "))));
    assert!(!read.matches.is_empty());
}

#[test]
fn the_postmortem_of_the_docs_can_be_published() {
    use warroom::domain::postmortem::{Expectations, check};
    let text = example("postmortem");
    let today = chrono::NaiveDate::from_ymd_opt(2026, 7, 1).unwrap();
    assert_eq!(check(&text, &Expectations { severities: &["P1", "P2", "P3", "P4"], log: None, today }), []);
}

#[test]
fn the_drill_of_the_docs_has_what_the_shipped_ones_have() {
    let text = example("drill");
    let (_, shipped) = warroom::domain::drill::SHIPPED.first().unwrap();
    let headings =
        |text: &str| text.lines().filter(|l| l.starts_with("## ")).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(headings(&text), headings(shipped));
    let keys = |text: &str| {
        let front = text.split("---\n").nth(1).unwrap().lines();
        front.filter_map(|l| l.split_once(':')).map(|(key, _)| key.to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(keys(&text), keys(shipped));
    assert!(text.contains("\n- T+0m ") && text.contains("\n  - Expect: "));
    let (script, problems) = warroom::domain::drill::parse(&text, "drill");
    assert_eq!(problems, []);
    assert_eq!(script.expectations().filter(|e| e.condition.is_some()).count(), 2);
    let forms = page("files.md");
    for form in warroom::domain::drill::condition::FORMS {
        assert!(forms.contains(&format!("`{form}`")), "{form} is not on the page");
    }
}

#[test]
fn no_item_under_a_heading_that_the_page_of_files_leaves_out_is_a_step() {
    let page = page("files.md").replace("\n  ", " ");
    let named =
        page.split("Not steps: items under ").nth(1).unwrap().split(" and their like").next().unwrap();
    assert!(named.split(", ").count() > 8, "{named}");
    let steps = |text: &str| warroom::domain::runbook::parse(text).0.steps().count();
    for heading in named.split(", ") {
        assert_eq!(steps(&format!("# Disk full\n\n## {heading}\n\n- look at it\n")), 0, "{heading}");
    }
    assert_eq!(steps("# Disk full\n\n- look\n\n## Some words\n\n- look again\n"), 2);
    assert_eq!(steps("# Disk full\n\n## Escalation\n\n- [ ] call the provider\n"), 1);
}

#[test]
fn the_home_has_what_the_page_of_files_names() {
    let world = crate::screen::World::new();
    world.done(&["init"]);
    world.json(&["declare", "Disk full"]);
    let table = page("files.md").split("## A runbook").next().unwrap().to_owned();
    let row =
        |line: &str| line.strip_prefix("| `").and_then(|rest| rest.split(" |").next()).map(str::to_owned);
    let named: String = table.lines().filter_map(row).collect::<Vec<_>>().join(" ");
    for entry in std::fs::read_dir(world.home()).unwrap() {
        let name = entry.unwrap().file_name().to_str().unwrap().to_owned();
        let hidden = name.starts_with('.') || name.starts_with("warroom.db-");
        assert!(hidden || named.contains(&name), "docs/files.md does not name {name}: {named}");
    }
}
