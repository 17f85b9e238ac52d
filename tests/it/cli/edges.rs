//! Text that would act on a terminal, hide or reorder, through each command that takes text and out of each that
//! prints it: nothing of it acts, and all of it is seen. Run with the real program, whose output is read byte by byte.

use std::os::unix::ffi::OsStrExt;

use super::{Desk, Ran};

/// Each begins with a word of its own, so that one sees that it was shown and not left out.
pub(super) const WORST: &[&str] = &[
    "wescape \x1b[31mred\x1b[0m \x1b]0;title\x07 \x1b]52;c;aGk=\x07 \x1bPq#0\x1b\\ end",
    "wcontrol \x01\x02\x05\x08\x08\x0b\x0c\x0e\x7f end",
    "wreturn harmless\rINC-2026-0001 closed by bob",
    "wc1 \u{9b}31m \u{9d}0;t\u{9c} \u{90}q\u{9c} \u{85} end",
    "wbidi \u{202e}gnp.exe\u{202c} \u{2066}a\u{2069} \u{200f} \u{061c} end",
    "whidden a\u{200b}b\u{2060}c\u{feff}d\u{00ad}e\u{180e}f\u{200c}g\u{200d}h\u{fff9}i\u{206a}j\u{13430}k end",
    "wselectors a\u{fe0f}b\u{e0100}c\u{34f}d\u{115f}e\u{3164}f\u{1d173}g end",
    "wtags \u{e0068}\u{e0069}\u{e007f} end",
    "wlines one\u{2028}two\u{2029}three end",
    "wprompt safe\n$ rm -rf /\n14:00 sys milestone: resolved",
];

/// What acts on a terminal, hides or reorders. Line feeds part lines and tabs columns; all else is ours to make
/// visible.
pub(super) fn acts(c: char) -> bool {
    const HIDDEN: &[std::ops::RangeInclusive<char>] = &[
        '\u{ad}'..='\u{ad}',
        '\u{34f}'..='\u{34f}',
        '\u{61c}'..='\u{61c}',
        '\u{115f}'..='\u{1160}',
        '\u{180b}'..='\u{180f}',
        '\u{200b}'..='\u{200f}',
        '\u{2028}'..='\u{202e}',
        '\u{2060}'..='\u{206f}',
        '\u{3164}'..='\u{3164}',
        '\u{fe00}'..='\u{fe0f}',
        '\u{feff}'..='\u{feff}',
        '\u{fff9}'..='\u{fffb}',
        '\u{13430}'..='\u{1343f}',
        '\u{1d173}'..='\u{1d17a}',
        '\u{e0000}'..='\u{e01ef}',
    ];
    (c.is_control() && !matches!(c, '\n' | '\t')) || HIDDEN.iter().any(|range| range.contains(&c))
}

#[track_caller]
pub(super) fn harmless(what: &str, text: &str) {
    if let Some((at, c)) = text.char_indices().find(|(_, c)| acts(*c)) {
        let around: String = text
            .chars()
            .skip(text.get(..at).map_or(0, |t| t.chars().count().saturating_sub(60)))
            .take(120)
            .collect();
        panic!("{what}: U+{:04X} goes out as it is, in {around:?}", u32::from(c));
    }
}

/// The run said something sensible, whatever it was given.
#[track_caller]
pub(super) fn tame(what: &str, ran: &Ran) {
    harmless(&format!("{what}, standard output"), &ran.out);
    harmless(&format!("{what}, standard error"), &ran.err);
    assert!((0..=6).contains(&ran.code) && !ran.err.contains("panicked"), "{what}: {ran:?}");
    let said = !ran.err.trim().is_empty() || !ran.out.trim().is_empty();
    assert!(ran.code == 0 || said, "{what} refuses without a word: {ran:?}");
}

/// What takes text; `{}` stands for it.
pub(super) const TAKERS: &[&[&str]] = &[
    &["log", "1", "{}"],
    &["log", "1", "* {}"],
    &["log", "1", "{}", "--kind", "alert", "--source", "{}", "--alert", "{}"],
    &["decide", "1", "{}"],
    &["object", "1", "9", "{}"],
    &["ask", "1", "{}", "--person", "{}"],
    &["hypothesis", "1", "{}"],
    &["set", "1", "--title", "{}"],
    &["set", "1", "--impact", "{}", "--service", "{}", "--tag", "{}"],
    &["role", "1", "scribe", "{}"],
    &["role", "1", "{}", "bob"],
    &["link", "1", "{}", "https://example.org/{}"],
    &["link", "1", "bridge", "{}"],
    &["scope", "1", "{}", "--state", "affected"],
    &["ioc", "add", "1", "{}", "--kind", "other", "--note", "{}", "--tlp", "green"],
    &["update", "1", "internal", "{}"],
    &[
        "evidence",
        "add",
        "1",
        "{file}",
        "--name",
        "{}",
        "--class",
        "{}",
        "--source",
        "{}",
        "--location",
        "{}",
    ],
    &["evidence", "add", "1", "{}"],
    &["story", "add", "1", "{}", "--owner", "{}"],
    &["runbook", "attach", "1", "{}"],
    &["runbook", "show", "{}"],
    &["runbook", "check", "{}"],
    &["severity", "1", "{}", "--reason", "{}"],
    &["phase", "1", "{}"],
    &["milestone", "1", "{}"],
    &["clock", "ack", "1", "{}", "--reason", "{}"],
    &["target", "1", "{}", "{}", "--reason", "{}"],
    &["show", "{}"],
    &["timeline", "1", "--author", "{}"],
    &["list", "--severity", "{}"],
    &["search", "{}"],
    &["similar", "--text", "{}"],
    &["people", "show", "{}"],
    &["import", "{}"],
    &["backup", "/dev/null/{}"],
    &["{}"],
    &["--home", "{}", "list"],
    &["--as", "{}", "log", "1", "said by somebody"],
];

/// What prints what is stored.
pub(super) const PRINTERS: &[&[&str]] = &[
    &["list"],
    &["list", "--all"],
    &["show", "1"],
    &["brief", "1"],
    &["brief", "1", "--format", "md"],
    &["timeline", "1"],
    &["timeline", "1", "--audit"],
    &["board", "1"],
    &["board", "1", "asks"],
    &["board", "1", "decisions"],
    &["board", "1", "hypotheses"],
    &["board", "1", "scope"],
    &["board", "1", "evidence"],
    &["board", "1", "iocs"],
    &["board", "1", "links"],
    &["evidence", "list", "1"],
    &["scope", "1", "list"],
    &["ioc", "list", "1"],
    &["link", "1"],
    &["clock", "list", "1"],
    &["story", "list"],
    &["people", "list"],
    &["people", "call", "1"],
    &["updates"],
    &["stats"],
    &["verify"],
    &["doctor"],
    &["runbook", "list"],
    &["update", "1", "internal", "--print"],
    &["postmortem", "check", "1"],
    &["patterns"],
    &["search", "wescape"],
    &["similar", "1"],
];

/// Those whose answer is no: the draft has gaps.
const SAY_NO: &[&[&str]] = &[&["postmortem", "check", "1"]];

pub(super) fn with(arguments: &[&str], text: &str, file: &str) -> Vec<String> {
    arguments.iter().map(|a| a.replace("{}", text).replace("{file}", file)).collect()
}

#[test]
fn no_text_acts_on_a_terminal_whatever_command_takes_or_prints_it() {
    let desk = Desk::new();
    desk.declare("Text from outside");
    let file = desk.file("plain.txt", "a file");
    for text in WORST {
        for taker in TAKERS {
            let arguments = with(taker, text, &file);
            tame(&format!("{arguments:?}"), &desk.run(&arguments));
        }
    }
    // A tower of accents is cut where it is shown, and counted.
    desk.ok(&["log", "1", &format!("wtower o{}", "\u{301}".repeat(5_000))]);
    desk.ok(&["log", "1", &format!("wlong {}", "x".repeat(60_000))]);

    desk.ok(&["resolve", "1"]);
    desk.ok(&["postmortem", "draft", "1"]);
    let mut seen = String::new();
    for printer in PRINTERS {
        let ran = desk.run(printer);
        tame(&format!("{printer:?}"), &ran);
        let code = i32::from(SAY_NO.contains(printer));
        assert_eq!(ran.code, code, "{printer:?}: {ran:?}");
        seen.push_str(&ran.out);
    }
    for text in WORST {
        let word = text.split(' ').next().unwrap();
        assert!(seen.matches(word).count() >= 5, "{word} is left out where it should be made visible");
    }
    assert!(
        seen.contains("^[[31mred^[[0m") && seen.contains("<U+202E>gnp.exe"),
        "what acts is shown by name"
    );
    let tower = desk.ok(&["timeline", "1"]);
    let marks = tower.chars().filter(|c| *c == '\u{301}').count();
    assert!(marks < 20 && tower.contains("<+4992 marks>"), "{marks} marks on one letter");

    // Nothing was changed: what machines read is what was given.
    let entries = desk.timeline("1");
    let stored: Vec<&str> = entries.iter().map(|e| e["text"].as_str().unwrap()).collect();
    for text in WORST.iter().filter(|t| !t.contains('\n')) {
        assert!(stored.contains(text), "{text:?} is stored as it is");
    }
    harmless("JSON", &desk.ok(&["timeline", "1", "--json"]));
    harmless("JSON", &desk.ok(&["export", "1", "--format", "json"]));
}

#[test]
fn exports_of_hostile_text_hold_nothing_that_acts() {
    let desk = Desk::new();
    desk.declare("Text from outside");
    for text in WORST {
        desk.ok(&["log", "1", text]);
        tame("set", &desk.run(&["set", "1", "--title", text, "--impact", text]));
    }
    for format in ["md", "html", "csv"] {
        let out = desk.ok(&["export", "1", "--format", format]);
        // The lines of a table end with CR LF.
        harmless(format, &out.replace("\r\n", "\n"));
        assert!(
            WORST.iter().all(|t| out.contains(t.split(' ').next().unwrap())),
            "{format} leaves something out"
        );
    }
}

#[test]
fn a_table_is_the_same_for_a_program_and_on_a_terminal() {
    let world = crate::screen::World::new();
    world.done(&["declare", "Text from outside", "--severity", "P1"]);
    for text in WORST {
        world.done(&["log", "1", text]);
    }
    let arguments = ["export", "1", "--format", "csv"];
    let (code, piped, _) = world.run(&arguments);
    assert_eq!(code, 0);
    assert!(piped.contains("^[[31mred^[[0m"), "whatever it is piped into may be a terminal in the end");
    let mut s = world.screen(&arguments, 200, 60);
    s.until("wprompt");
    assert_eq!(s.end(), 0);
    // The terminal itself turns a line feed into carriage return and line feed.
    let shown = String::from_utf8(s.raw().to_vec()).unwrap().replace("\r\n", "\n");
    harmless("a table on a terminal", &shown);
    assert!(shown.contains("^[[31mred^[[0m") && shown.contains("<U+202E>gnp.exe"));
}

#[test]
fn files_and_variables_with_hostile_text_are_read_or_refused_in_harmless_words() {
    let mut desk = Desk::new();
    desk.declare("Text from outside");
    for (n, text) in WORST.iter().enumerate() {
        // The names of files are from outside as well; a slash would be another folder.
        let name = text.replace('/', "_");
        let page =
            format!("---\ntitle: \"{text}\"\nauthors: [{text}]\n---\n# {text}\n\n## Steps\n\n- [ ] {text}\n");
        let path = desk.file(&format!("from/{name}.md"), &page);
        tame("runbook check", &desk.run(&["runbook", "check", &path]));
        tame("import", &desk.run(&["import", &path]));
        desk.file(&format!("home/runbooks/{n}-{name}.md"), &page);
        let alert = desk.file(
            "alert.json",
            serde_json::json!({"title": text, "alerts": [{"labels": {text.to_owned(): text}}]}).to_string(),
        );
        tame(
            "log --csv",
            &desk.run(&[
                "log",
                "1",
                &desk.file("t.csv", format!("text,at\n\"{text}\",\"{text}\"\n")),
                "--csv",
            ]),
        );
        tame("log -", &desk.feed(&["log", "1", "-"], text.as_bytes()));
        tame(
            "log - of an alert",
            &desk.feed(&["log", "1", "-", "--kind", "alert"], &std::fs::read(&alert).unwrap()),
        );
        let bytes = [text.as_bytes(), b" \xff\xfe\x9b31m"].concat();
        tame("log - of bytes", &desk.feed(&["log", "1", "-"], &bytes));
        tame("update -", &desk.feed(&["update", "1", "internal", "-"], text.as_bytes()));
    }
    for printer in
        [&["runbook", "list"][..], &["search", "wescape"], &["show", "1"], &["doctor"], &["timeline", "1"]]
    {
        tame(&format!("{printer:?}"), &desk.run(printer));
    }
    assert!(desk.ok(&["runbook", "list"]).contains("wescape"), "a runbook is listed whatever it is called");

    for text in WORST.iter().filter(|t| !t.contains('\0')) {
        let quoted = toml_string(text);
        let settings = [
            format!("{quoted} = 1\n"),
            format!("[me]\nhandle = {quoted}\n"),
            format!("[ui]\ntheme = {quoted}\n"),
            format!("[archive]\nrepository = {quoted}\n"),
            format!("what {text}\n"),
        ];
        for settings in settings {
            desk.file("home/warroom.toml", &settings);
            tame("config check", &desk.run(&["config", "check"]));
            tame("list under such settings", &desk.run(&["list"]));
        }
        desk.file("home/warroom.toml", "");
        desk.file(
            "home/people.toml",
            format!("[[person]]\nhandle = {quoted}\nname = {quoted}\nphone = {quoted}\nzone = {quoted}\n"),
        );
        tame("people list", &desk.run(&["people", "list"]));
        tame("config check of people", &desk.run(&["config", "check"]));
        desk.file("home/people.toml", "");
    }
    for name in ["WARROOM_AS", "WARROOM_HOME", "EDITOR", "WARROOM_NOW"] {
        for text in WORST {
            let before = desk.variables.len();
            desk.set(name, text);
            tame(name, &desk.run(&["log", "1", "said by somebody"]));
            tame(name, &desk.run(&["postmortem", "edit", "1"]));
            desk.variables.truncate(before);
        }
    }
    // Arguments that are no text at all.
    let bytes = std::ffi::OsStr::from_bytes(b"\xff\x9b31m\x1b[0m");
    for command in [&["log", "1"][..], &["import"], &["runbook", "check"], &["search"], &[]] {
        let mut arguments: Vec<&std::ffi::OsStr> = command.iter().map(std::ffi::OsStr::new).collect();
        arguments.push(bytes);
        tame("bytes as an argument", &desk.run(&arguments));
    }
}

#[test]
fn what_is_committed_has_names_and_messages_that_only_we_chose() {
    for text in WORST {
        let desk = Desk::new();
        desk.declare("Text from outside");
        desk.ok(&["role", "1", "commander", "alice"]);
        desk.ok(&["log", "1", text]);
        tame("set", &desk.run(&["set", "1", "--title", text]));
        desk.ok(&["resolve", "1"]);
        desk.ok(&["postmortem", "draft", "1"]);
        tame("check", &desk.run(&["postmortem", "check", "1"]));
        let published = desk.run(&["postmortem", "publish", "1", "--waive", text]);
        tame("publish", &published);
        assert_eq!(published.code, 0, "{published:?}");
        let page = format!("# {text}\n\nIt was the disk.\n");
        let name = text.replace('/', "_");
        tame("import", &desk.run(&["import", &desk.file(&format!("{name}.md"), page)]));

        let archive = desk.home().join("postmortems");
        let git = |arguments: &[&str]| {
            let mut command = desk.command::<&str>(&[]);
            let environment: Vec<_> =
                command.get_envs().map(|(k, v)| (k.to_owned(), v.map(ToOwned::to_owned))).collect();
            command = git_with(&environment);
            let output = command.arg("-C").arg(&archive).args(arguments).output().unwrap();
            assert!(output.status.success(), "{arguments:?}: {output:?}");
            String::from_utf8(output.stdout).unwrap()
        };
        harmless("commit messages", &git(&["log", "--format=%an%n%ae%n%B"]));
        let listed = git(&["ls-tree", "-r", "-z", "--name-only", "HEAD"]);
        let names: Vec<&str> = listed.split('\0').filter(|n| n.ends_with(".md")).collect();
        assert!(!names.is_empty(), "{text:?}: nothing was committed");
        for path in names {
            let file = path.rsplit('/').next().unwrap();
            assert!(is_ours(file), "{path:?} is not a name that we give");
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "git is the witness")]
fn git_with(environment: &[(std::ffi::OsString, Option<std::ffi::OsString>)]) -> std::process::Command {
    let mut command = std::process::Command::new("git");
    command.env_clear();
    for (name, value) in environment {
        if let Some(value) = value {
            command.env(name, value);
        }
    }
    command
}

/// `YYYY-MM-DD-<slug>-<id>.md`, in small letters, digits and hyphens (the id of an incident in capitals).
fn is_ours(file: &str) -> bool {
    let Some(stem) = file.strip_suffix(".md") else { return false };
    let date = stem.get(..11).is_some_and(|d| {
        d.bytes()
            .enumerate()
            .all(|(n, b)| if matches!(n, 4 | 7 | 10) { b == b'-' } else { b.is_ascii_digit() })
    });
    date && stem.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

fn toml_string(text: &str) -> String {
    let escaped: String = text.chars().map(|c| format!("\\U{:08X}", u32::from(c))).collect();
    format!("\"{escaped}\"")
}

#[test]
fn a_note_cannot_pass_for_a_line_of_the_program() {
    let desk = Desk::new();
    desk.declare("Text from outside");
    desk.ok(&["phase", "1", "contain"]);
    let lines = desk.timeline("1");
    let ours =
        lines.iter().rev().find(|e| e["kind"] == "system").expect("the phase is a line of the program");
    let said = ours["text"].as_str().unwrap();
    // Word for word, with its mark, and as a line below another.
    desk.ok(&["log", "1", said]);
    desk.ok(&["log", "1", &format!("sys {said}")]);
    desk.ok(&["log", "1", &format!("fine\n#2   14:00:00 system     {said}")]);
    let printed = desk.ok(&["timeline", "1"]);
    let system: Vec<&str> = printed.lines().filter(|l| l.contains(said) && kind_of(l) == "system").collect();
    assert_eq!(system.len(), 1, "one of them is ours:\n{printed}");
    for line in printed.lines().filter(|l| l.contains(said)) {
        assert!(kind_of(line) == "system" || line.contains("(alice)") || !line.starts_with('#'), "{line}");
    }
    // A row of the table of Markdown has its kind in a cell of its own.
    let table = desk.ok(&["export", "1", "--format", "md"]);
    let rows: Vec<&str> = table.lines().filter(|l| l.contains(said)).collect();
    assert!(rows.len() >= 4 && rows.iter().filter(|r| r.contains("| system |")).count() == 1, "{rows:#?}");
    // In JSON kind and author are fields of their own.
    let entries = desk.timeline("1");
    let notes = entries.iter().filter(|e| e["text"].as_str().unwrap().contains(said) && e["kind"] == "note");
    assert_eq!(notes.count(), 3);
}

/// The kind column of a printed line: the third word, after number and time.
fn kind_of(line: &str) -> &str {
    if line.starts_with('#') { line.split_whitespace().nth(2).unwrap_or_default() } else { "" }
}
