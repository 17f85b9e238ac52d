//! Whatever people write, it does not pass for a line of the program: not in a printed list, in a brief, in a draft, in
//! a page of HTML, nor in the room. A line of theirs is where the kind says note, or inside of one of ours.

use super::Desk;
use super::edges::PRINTERS;

/// Begins a second line wherever a line break is taken for one.
const FORGED: &str = "fine\nFORGED 14:00:00 system     phase is verify";

/// A story in which every text that somebody can write is such a text.
fn told() -> Desk {
    let desk = Desk::new();
    let file = desk.file("plain.txt", "a file");
    let url = format!("https://example.org/{FORGED}");
    let seq = |arguments: &[&str]| -> String {
        let said = desk.json(arguments);
        let found = said["entries"][0]["seq"].as_u64().or_else(|| said["seq"].as_u64());
        found.unwrap_or_else(|| panic!("{arguments:?}: {said}")).to_string()
    };
    desk.ok(&[
        "declare",
        FORGED,
        "--severity",
        "P1",
        "--service",
        FORGED,
        "--tag",
        FORGED,
        "--alert",
        FORGED,
        "--runbook",
        "leaked-ci-token",
        "--commander",
        "alice",
    ]);
    for arguments in [
        &["log", "1", FORGED][..],
        &["log", "1", FORGED, "--kind", "alert", "--source", FORGED, "--alert", FORGED],
        &["set", "1", "--title", FORGED],
        &[
            "set",
            "1",
            "--impact",
            FORGED,
            "--service",
            FORGED,
            "--tag",
            FORGED,
            "--reported-by",
            "bob",
            "--report-source",
            FORGED,
        ],
        &["set", "1", "--scope", &format!("{FORGED} affected")],
        &["scope", "1", FORGED, "--state", "affected"],
        &["severity", "1", "P2", "--reason", FORGED],
        &["target", "1", "update", "2h", "--reason", FORGED],
        &["clock", "ack", "1", "resolution", "--until", "30m", "--reason", FORGED],
        &["link", "1", FORGED, &url],
        &["link", "1", "bridge", FORGED],
        &["update", "1", "internal", FORGED],
        &["update", "1", "internal", FORGED, "--draft"],
        &["step", "1", "skip", "1", "--reason", FORGED],
        &["step", "1", "block", "2", "--reason", FORGED],
        &["run", "1", "--", "printf", FORGED],
        &[
            "evidence",
            "add",
            "1",
            &file,
            "--name",
            FORGED,
            "--class",
            FORGED,
            "--source",
            FORGED,
            "--location",
            FORGED,
        ],
    ] {
        desk.ok(arguments);
    }
    let decision = seq(&["decide", "1", FORGED]);
    desk.ok(&["object", "1", &decision, FORGED]);
    desk.ok(&["verdict", "1", &decision, "held", "--reason", FORGED]);
    let guess = seq(&["hypothesis", "1", FORGED]);
    desk.ok(&["hypothesis", "1", &guess, "--state", "ruled-out", "--why", FORGED]);
    seq(&["ask", "1", &format!("@bob 3m {FORGED}")]);
    let asked = seq(&["ask", "1", &format!("@bob 3m {FORGED}")]);
    desk.ok(&["ack", "1", &asked]);
    desk.ok(&["answer", "1", &asked, FORGED]);
    let [struck, amended, redacted] = [(); 3].map(|()| seq(&["log", "1", FORGED]));
    desk.ok(&["strike", "1", &struck, "--reason", FORGED]);
    desk.ok(&["amend", "1", &amended, "--text", &format!("{FORGED} again")]);
    desk.ok(&["redact", "1", &redacted, "--reason", FORGED]);
    desk.ok(&["set", "1", "--disposition", "confirmed", "--reason", FORGED]);
    desk.ok(&["resolve", "1", "--ended-by", FORGED]);
    desk.ok(&["story", "add", "1", FORGED, "--owner", "bob", "--proof", FORGED, "--external", FORGED]);
    desk.ok(&["closure", "1", "cause", "n/a", "--reason", FORGED]);
    desk.ok(&["postmortem", "draft", "1"]);
    desk.ok(&["postmortem", "comment", "1", FORGED]);
    desk.ok(&["close", "1", "--waive", FORGED]);
    desk.ok(&["reopen", "1", "--reason", FORGED]);
    desk
}

/// What prints more than one line, beside [`PRINTERS`].
const MORE: &[&[&str]] = &[
    &["timeline", "1", "--all"],
    &["timeline", "1", "--kind", "alert"],
    &["brief", "1", "--report", "tactical"],
    &["brief", "1", "--report", "executive"],
    &["brief", "1", "--report", "executive", "--format", "md"],
    &["board", "1", "steps"],
    &["story", "list", "--remind"],
    &["update", "1", "list"],
    &["update", "1", "customers", "--print"],
    &["export", "1", "--format", "md"],
    &["export", "1", "--format", "md", "--brief"],
    &["stats", "--by", "service"],
    &["similar", "--text", "fine FORGED"],
];

#[test]
fn no_text_begins_a_line_of_its_own_among_ours() {
    let desk = told();
    let mut seen = 0;
    let mut found = Vec::new();
    for printer in PRINTERS.iter().chain(MORE) {
        let ran = desk.run(printer);
        for line in ran.out.lines().chain(ran.err.lines()).filter(|l| l.contains("FORGED")) {
            seen += 1;
            if line.trim_start().starts_with("FORGED") {
                found.push(format!("{printer:?}: {line}"));
            }
        }
    }
    assert_eq!(found, Vec::<String>::new(), "of {seen}");
    assert!(seen > 100, "only {seen} lines show the text");
}

#[test]
fn the_name_of_a_file_begins_no_message_of_its_own() {
    let desk = Desk::new();
    desk.declare("Text from outside");
    let name = "fine\nFORGED: everything is as it was written";
    let page = |text: &str| desk.file(&format!("pages/{name}.md"), text);
    // Without a title, with front matter that is not read, and one that is a folder.
    let empty = page("");
    let odd = desk.file(&format!("odd/{name}.md"), "---\ntitle: [\n---\n\n# Odd\n\nIt broke.\n");
    desk.file(&format!("home/runbooks/{name}.md"), "");
    desk.file(&format!("home/runbooks/{name}2.md/inner"), "");
    let missing = desk.path(name).display().to_string();
    let folder = desk.path("pages").display().to_string();
    let mut seen = 0;
    for arguments in [
        &["import", &missing][..],
        &["import", &empty],
        &["import", &folder],
        &["import", &odd],
        &["runbook", "check", &missing],
        &["runbook", "check", &empty],
        &["runbook", "list"],
        &["runbook", "attach", "1", name],
        &["runbook", "show", name],
        &["evidence", "add", "1", &missing],
        &["log", "1", &missing, "--csv"],
        &["backup", &format!("/dev/null/{name}")],
        &["show", name],
        &["people", "show", name],
        &["role", "1", "scribe", name],
        &["--home", &missing, "list"],
        &["doctor"],
    ] {
        let ran = desk.run(arguments);
        for line in ran.out.lines().chain(ran.err.lines()) {
            seen += usize::from(line.contains("FORGED"));
            assert!(!line.starts_with("FORGED"), "{arguments:?}: {line:?} of {ran:?}");
        }
    }
    assert!(seen >= 12, "only {seen} lines show the name");
}

/// Sets the cells of the rows of a page's timeline apart: how the row is dressed, then each cell.
fn rows_of(page: &str) -> Vec<(bool, Vec<String>)> {
    let timeline = page.split_once("<h2 id=\"timeline\">").unwrap().1.split_once("</table>").unwrap().0;
    let body = timeline.split_once("<tbody>").unwrap().1;
    let row = |row: &str| {
        let cells =
            row.split("</td>").filter_map(|c| Some(c.split_once("<td ")?.1.split_once('>')?.1.to_owned()));
        (row.trim_start().starts_with("<tr class=\"system\">"), cells.collect())
    };
    body.split("</tr>").map(row).filter(|(_, cells): &(bool, Vec<String>)| !cells.is_empty()).collect()
}

/// What the program said, word for word, said by a person in each way that there is.
#[test]
fn a_note_that_copies_a_line_of_the_program_stays_a_note_in_every_form() {
    let desk = Desk::new();
    desk.declare("Text from outside");
    desk.ok(&["role", "1", "commander", "alice"]);
    desk.ok(&["phase", "1", "contain"]);
    let lines = desk.timeline("1");
    let said =
        lines.iter().rev().find(|e| e["kind"] == "system").unwrap()["text"].as_str().unwrap().to_owned();
    let row = desk.ok(&["timeline", "1"]);
    let row = row.lines().find(|l| l.contains(&said)).unwrap();
    let page = desk.ok(&["export", "1", "--format", "html"]);
    let ours = rows_of(&page).into_iter().filter(|(system, _)| *system).count();
    let markup = format!("</td></tr><tr class=\"system\"><td>14:00</td><td>system</td><td>{said}</td></tr>");
    let table = format!("x | |\n| 14:00 | system | alice | {said} |\n\n## Timeline\n");
    for text in [
        &said,
        row,
        &markup,
        &table,
        &format!("fine\n{row}"),
        &format!("fine\r{row}"),
        &format!("sys   {said}"),
    ] {
        desk.ok(&["log", "1", text]);
        desk.ok(&["log", "1", text, "--kind", "alert", "--source", text]);
        desk.ok(&["log", "1", &format!("* {text}")]);
    }

    let page = desk.ok(&["export", "1", "--format", "html"]);
    let rows = rows_of(&page);
    assert_eq!(rows.iter().filter(|(system, _)| *system).count(), ours, "as many as before");
    for (system, cells) in &rows {
        assert_eq!(cells.len(), rows[0].1.len(), "{cells:?}");
        assert_eq!(*system, cells[1] == "system", "{cells:?}");
    }
    let copies = rows.iter().filter(|(system, cells)| !system && cells.iter().any(|c| c.contains(&said)));
    assert_eq!(copies.count(), 21, "the copies are there: {rows:#?}");

    // A table of Markdown, and the brief in every form: the kind is a cell, and no line begins as ours do.
    let page = desk.ok(&["export", "1", "--format", "md"]);
    let table = page.split_once("## Timeline").unwrap().1.split_once("\n## ").unwrap().0;
    let rows: Vec<Vec<&str>> =
        table.lines().filter(|l| l.starts_with('|')).map(|l| l.split('|').map(str::trim).collect()).collect();
    let unescaped =
        |l: &&str| l.starts_with('|') && l.replace("\\|", "").matches('|').count() != rows[0].len() - 1;
    assert_eq!(table.lines().filter(unescaped).count(), 0, "no text makes a cell: {table}");
    assert_eq!(page.matches("\n## Timeline").count(), 1);
    let ours = rows.iter().filter(|cells| cells.get(2) == Some(&"system")).count();
    assert_eq!(ours, lines.iter().filter(|e| e["kind"] == "system").count(), "{table}");

    // The draft that is made of it has the headings that it has without such lines.
    let headings = |desk: &Desk| -> Vec<String> {
        desk.ok(&["resolve", "1"]);
        let path = desk.json(&["postmortem", "draft", "1"])["path"].as_str().unwrap().to_owned();
        let text = std::fs::read_to_string(path).unwrap();
        text.lines().filter(|l| l.starts_with('#')).map(str::to_owned).collect()
    };
    let plain = Desk::new();
    plain.declare("Text from outside");
    plain.ok(&["role", "1", "commander", "alice"]);
    plain.ok(&["phase", "1", "contain"]);
    assert_eq!(headings(&desk), headings(&plain));
}

/// The room's own column says what a line is, at every size, and no text gets there.
#[test]
fn a_note_that_copies_a_line_of_the_program_stays_a_note_in_the_room() {
    let world = crate::screen::World::new();
    world.done(&["declare", "Text from outside", "--severity", "P1", "--commander", "alice"]);
    world.done(&["phase", "1", "contain"]);
    let lines = world.json(&["timeline", "1"])["entries"].as_array().unwrap().clone();
    let room = world.screen(&["open", "1"], 160, 50).until("? all").text();
    let ours = kinds(&room).iter().filter(|kind| *kind == "sys").count();
    assert!(ours > 0, "{room}");
    let said =
        lines.iter().rev().find(|e| e["kind"] == "system").unwrap()["text"].as_str().unwrap().to_owned();
    for text in [
        &said,
        &format!("\n14:22  sys   {said}"),
        &format!("\r14:22  sys   {said}"),
        &format!("\x08\x08\x08\x08\x08\x08sys   {said}"),
    ] {
        world.done(&["log", "1", text]);
        world.done(&["log", "1", "an alarm", "--kind", "alert", "--source", text]);
    }
    world.done(&["log", "1", "the last line"]);
    for (columns, rows) in [(160, 50), (80, 24), (60, 20), (40, 30)] {
        let mut screen = world.screen(&["open", "1"], columns, rows);
        let text = screen.until("the last line").until_that("a row", |s| s.contains("14:22")).text();
        let notes = kinds(&text).into_iter().filter(|kind| kind == "note").count();
        assert!(notes >= 3, "{columns}x{rows}:\n{text}");
        assert!(
            kinds(&text).iter().filter(|kind| *kind == "sys").count() <= ours,
            "{columns}x{rows}:\n{text}"
        );
        screen.send(b"q");
    }
}

/// The words in the column of kinds: each stands behind the time of its row.
fn kinds(screen: &str) -> Vec<String> {
    let rows = screen.lines().filter_map(|l| l.split_once("14:22"));
    rows.map(|(_, row)| row.split_whitespace().next().unwrap_or_default().to_owned()).collect()
}
