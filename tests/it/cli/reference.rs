//! The reference of all commands is what the program says of itself.

use super::Desk;

#[test]
#[expect(clippy::disallowed_methods, reason = "a test asks its own environment")]
fn the_commands_reference_is_up_to_date() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/commands.md");
    let wanted = warroom::cli::reference();
    if std::env::var("UPDATE_DOCS").is_ok() {
        std::fs::write(path, &wanted).unwrap();
    }
    let there = std::fs::read_to_string(path).unwrap_or_default();
    assert!(there == wanted, "docs/commands.md is old: UPDATE_DOCS=1 cargo test commands_reference");
}

#[test]
fn help_completions_and_manual_need_no_home() {
    let desk = Desk::new();
    std::fs::create_dir_all(desk.home()).unwrap();
    desk.file("home/warroom.toml", "no such key = 1\n");
    assert!(desk.ok(&["--help"]).contains("declare"));
    assert!(desk.ok(&["--version"]).starts_with("warroom "));
    for shell in ["bash", "zsh", "fish"] {
        let script = desk.ok(&["completions", shell]);
        assert!(script.contains("declare"));
        let document = desk.json(&["completions", shell]);
        assert_eq!((&document["shell"], &document["script"]), (&shell.into(), &script.into()));
    }
    let folder = desk.path("man");
    desk.ok(&["man", folder.to_str().unwrap()]);
    assert!(folder.join("warroom.1").exists() && folder.join("warroom-log.1").exists());
    let alone = desk.with("WARROOM_HOME", "elsewhere").run::<&str>(&[]);
    assert_eq!((alone.code, alone.out.as_str()), (2, ""));
    assert!(alone.err.contains("Usage: warroom"), "{alone:?}");
}

/// Whether a program takes what it is given on the command line; none, said loudly, when it is not on the path.
#[expect(clippy::disallowed_methods, reason = "a test starts a shell that reads what the program wrote")]
fn takes(program: &str, arguments: &[&str]) -> Option<bool> {
    match std::process::Command::new(program).args(arguments).output() {
        Ok(done) => Some(done.status.success()),
        Err(_) => {
            crate::data::skipped(&format!("{program} is not there to read what is written for it"));
            None
        }
    }
}

#[test]
fn a_shell_completes_the_words_of_closed_sets() {
    let desk = Desk::new();
    let script = desk.ok(&["completions", "bash"]);
    for words in [
        "md html json csv audit",
        "detect contain eradicate recover learn",
        "held reversed no-effect",
        "service factor detection severity tag",
        // Here others are taken as well, or more follows the word.
        "confirmed false-alarm duplicate-of near-miss",
        "internal customers public regulator list show approve send",
        "commander deputy scribe tech-lead",
        "audit-log identity digest configuration scope timeline",
        "bridge channel ticket dashboard related duplicate recurrence different",
    ] {
        assert!(script.contains(words), "{words}");
    }
    // A word that is none of them is told as ever, and its other forms are still read.
    desk.run(&["export", "1", "--format", "doc"]).refuses(2, "is not a format; use one of: md, html");
    desk.declare("Disk full");
    desk.ok(&["export", "1", "--format", "Markdown"]);
    desk.ok(&["role", "1", "Tech Lead", "bob"]);
    desk.ok(&["set", "1", "--disposition", "Near Miss", "--reason", "it held"]);
}

#[test]
fn shells_read_the_completions_and_man_reads_the_pages() {
    let desk = Desk::new();
    for shell in ["bash", "zsh", "fish"] {
        let text = desk.ok(&["completions", shell]);
        for word in ["declare", "postmortem", "publish", "--format"] {
            let word = if shell == "fish" { word.trim_start_matches('-') } else { word };
            assert!(text.contains(word), "{shell} does not know {word}");
        }
        let file = desk.file(&format!("warroom.{shell}"), text);
        assert_ne!(takes(shell, &["-n", &file]), Some(false), "{shell} does not read its completions");
    }
    let folder = desk.path("man");
    desk.ok(&["man", folder.to_str().unwrap()]);
    let reference = warroom::cli::reference();
    for name in reference.lines().filter_map(|line| line.strip_prefix("## warroom ")) {
        let page = folder.join(format!("warroom-{}.1", name.replace(' ', "-")));
        let text =
            std::fs::read_to_string(&page).unwrap_or_else(|_| panic!("there is no page {}", page.display()));
        for part in [".TH", ".SH NAME", ".SH SYNOPSIS"] {
            assert!(text.contains(part), "{name}: no {part}");
        }
    }
    let page = folder.join("warroom-log.1");
    let arguments = ["-T", "lint", "-W", "error", page.to_str().unwrap()];
    assert_ne!(takes("mandoc", &arguments), Some(false), "mandoc does not read warroom-log.1");
}
