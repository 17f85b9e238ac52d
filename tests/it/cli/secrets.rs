//! Secrets that people type, paste, import and publish: masked in the log, refused by the archive, gone from the
//! home. No token stands here whole: all are put together at run time.

use std::path::Path;

use super::Desk;

/// A token of that kind of provider that nobody was ever given.
fn token(head: &str, len: usize) -> String {
    const LETTERS: &[u8] = b"q7WmZ2xKd9RbT4vHnJ8sLc3pFgY6uXe5aVtBkN1wQjShPzMrDyCf";
    let tail: String = (0..len).map(|n| char::from(LETTERS[n * 7 % LETTERS.len()])).collect();
    format!("{head}{tail}")
}

fn github() -> String {
    token(&["gh", "p_"].concat(), 36)
}

/// Every file below a folder that holds these bytes.
fn holding(folder: &Path, needle: &str) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let path = entry.path();
        if path.is_dir() {
            found.extend(holding(&path, needle));
        } else if std::fs::read(&path).unwrap().windows(needle.len()).any(|w| w == needle.as_bytes()) {
            found.push(path.display().to_string());
        }
    }
    found
}

#[test]
fn a_typed_secret_is_masked_before_it_is_stored() {
    let desk = Desk::new();
    let id = desk.declare("Token in a build log");
    let secret = github();
    let ran = desk.run(&["log", ".", &format!("bob pasted {secret} into the channel")]).code(0);
    assert!(ran.out.contains("[secret github-pat #"), "{ran:?}");
    assert!(ran.err.contains("masked before it was stored: github-pat"), "{ran:?}");
    // The same secret has the same tag; every kind of line is masked, the title too.
    let tag = ran.out.split("[secret ").nth(1).unwrap().split(']').next().unwrap().to_owned();
    for arguments in [
        ["decide", ".", &format!("revoke {secret} now")],
        ["ask", ".", &format!("@bob 5m where is {secret} used")],
        ["set", ".", &format!("--title=Token {secret} leaked")],
        ["link", &id, "ticket"],
    ] {
        if arguments[0] == "link" {
            desk.run(&["link", ".", "ticket", &format!("https://bob:{secret}@tickets.example/1")]).code(0);
            continue;
        }
        let ran = desk.run(&arguments).code(0);
        assert!(ran.err.contains("masked"), "{ran:?}");
    }
    let timeline = desk.ok(&["timeline", "."]);
    assert!(timeline.matches(&tag).count() >= 2, "{timeline}");
    assert!(desk.ok(&["list"]).contains("[secret github-pat"));
    assert_eq!(holding(&desk.home(), &secret), Vec::<String>::new());
    desk.ok(&["verify"]);
}

#[test]
fn a_line_can_be_kept_as_it_is_and_then_stays_in_the_room() {
    let desk = Desk::new();
    desk.declare("Token in a build log");
    let secret = github();
    let ran = desk.run(&["log", ".", &format!("{secret} is what they use #unmasked")]).code(0);
    assert!(ran.out.contains(&secret) && !ran.err.contains("masked"), "{ran:?}");
    assert!(desk.ok(&["timeline", "."]).contains(&secret));
    for form in ["md", "html", "json", "csv"] {
        assert!(!desk.ok(&["export", ".", "--format", form]).contains(&secret), "{form}");
    }
    desk.ok(&["resolve", "."]);
    let draft = desk.json(&["postmortem", "draft", "1"]);
    let text = std::fs::read_to_string(draft["path"].as_str().unwrap()).unwrap();
    assert!(!text.contains(&secret));
}

#[test]
fn git_never_sees_a_secret() {
    let desk = Desk::new();
    let id = desk.declare("Token in a build log");
    desk.ok(&["resolve", &id]);
    let draft = desk.json(&["postmortem", "draft", &id])["path"].as_str().unwrap().to_owned();
    let (text, secret) = (std::fs::read_to_string(&draft).unwrap(), github());
    std::fs::write(&draft, format!("{text}\nThe token was {secret}.\n")).unwrap();
    let line = text.lines().count() + 2;
    // The check tells it before, with its line, among all else that is open.
    let problems = desk.run(&["postmortem", "check", &id, "--json"]).code(1).json()["problems"].clone();
    let told: Vec<_> = problems.as_array().unwrap().iter().filter(|p| p["rule"] == "secret").collect();
    assert_eq!((told.len(), &told[0]["line"]), (1, &line.into()), "{problems:#}");
    desk.run(&["postmortem", "publish", &id]).refuses(5, "cannot be waived");
    let refused = desk.run(&["postmortem", "publish", &id, "--waive", "try"]);
    assert!(refused.err.contains(&format!("line {line}")), "{refused:?}");
    assert!(!refused.err.contains(&secret), "a message never repeats a secret: {refused:?}");
    refused.refuses(5, "github-pat");
    std::fs::write(&draft, text).unwrap();
    desk.ok(&["postmortem", "publish", &id, "--waive", "try"]);

    let foreign =
        desk.file("in/a.md", format!("# Outage\n\nkey {}\n", token("AKIA", 0) + "Q2W3E4R5T6Y7U2I3"));
    let ran = desk.run(&["import", &foreign]).code(5);
    assert!(ran.err.contains("aws-access-token") && ran.err.contains("line 3"), "{ran:?}");
    assert_eq!(holding(&desk.home().join("postmortems"), "AKIAQ2W3"), Vec::<String>::new());
}
