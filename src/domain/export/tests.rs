use proptest::prelude::*;

use super::markdown::plain;
use super::*;
use crate::domain::decide::{Asker, decide};
use crate::domain::event::Recorded;
use crate::domain::ids::{EventId, IncidentId, LogId};
use crate::domain::request::{Asked, Declaration, Keep, NewIoc, Request};
use crate::domain::severity::Profile;
use crate::domain::time::Span;
use crate::domain::words::{HypothesisState, IncidentKind};

const HOSTILE: &str = "</td><script>alert(1)</script> <img src=x onerror=alert(1)> \"' & [x](javascript:1) | `c` \
                       \u{1b}[2J \u{202e}txt";

fn now() -> Utc {
    "2026-11-20T14:00:00Z".parse().unwrap()
}

fn policy() -> Policy {
    Policy::new(Profile::default(), crate::domain::calendar::Calendar::default())
}

/// An incident after these requests, a minute apart.
fn told(requests: Vec<Request>) -> Incident {
    let declaration = Declaration {
        id: IncidentId { year: 2026, number: 42 },
        title: HOSTILE.to_owned(),
        kind: IncidentKind::Real,
        severity: Some("P1".to_owned()),
        services: vec!["payments".to_owned()],
        tags: Vec::new(),
        commander: Some("alice".to_owned()),
        runbooks: Vec::new(),
    };
    let mut incident = Incident::new(LogId(uuid::Uuid::nil()));
    let policy = policy();
    let all = std::iter::once(Request::Declare(declaration)).chain(requests);
    for (minute, request) in (0_i64..).zip(all) {
        let at = now() + Span::minutes(minute);
        let asker = Asker { by: "alice", now: at, policy: &policy };
        for event in decide(&incident, &Asked::from(request), &asker).unwrap() {
            incident.apply(&Recorded {
                seq: incident.head.next(),
                id: EventId(uuid::Uuid::nil()),
                recorded_at: at,
                host: None,
                actor: "alice@host".to_owned(),
                by: event.by.clone(),
                occurred_at: event.occurred_at.unwrap_or(at),
                about: event.about,
                undoes: event.undoes,
                brought_by: event.brought_by,
                event: Some(event.event),
                erased: None,
            });
        }
    }
    incident
}

fn note(text: &str, tags: &[&str]) -> Request {
    let tags = tags.iter().map(|t| (*t).to_owned()).collect();
    Request::Note { text: text.to_owned(), tags, starred: false }
}

fn out(incident: &Incident, format: Format, privileged: bool) -> Result<String, Refusal> {
    let policy = policy();
    let source =
        Source { incident, policy: &policy, now: now(), digest: Digest::ZERO, privileged, brief_only: false };
    export(&source, format)
}

fn seq_of(incident: &Incident, text: &str) -> Seq {
    incident.timeline.stored().iter().find(|e| e.text.contains(text)).unwrap().seq
}

/// The forms that are one text; the log with its verifier is a folder, and `export --format audit` has tests of its own.
fn one_file() -> impl Iterator<Item = &'static Format> {
    Format::ALL.iter().filter(|format| **format != Format::Audit)
}

#[test]
fn what_is_crossed_out_or_privileged_leaves_in_no_form() {
    let begun = told(vec![
        note("the weather is fine", &[]),
        note("counsel says wait", &["privileged"]),
        Request::Propose { text: "the moon did it".to_owned(), tags: Vec::new() },
    ]);
    let moon = seq_of(&begun, "moon");
    let incident = told(vec![
        note("the weather is fine", &[]),
        note("counsel says wait", &["privileged"]),
        Request::Propose { text: "the moon did it".to_owned(), tags: Vec::new() },
        Request::SetHypothesis {
            target: moon,
            state: HypothesisState::RuledOut,
            why: "new moon".to_owned(),
            person: None,
        },
        Request::Strike { target: moon, reason: "a joke".to_owned() },
    ]);
    for format in one_file() {
        let text = out(&incident, *format, false).unwrap();
        assert!(text.contains("weather is fine"), "{format}");
        for secret in ["counsel", "the moon"] {
            assert!(!text.contains(secret), "{format} tells {secret}");
        }
        let text = out(&incident, *format, true).unwrap();
        assert!(text.contains("counsel says wait"), "{format}");
        assert!(!text.contains("the moon"), "{format} tells what is crossed out");
    }
    let json: serde_json::Value =
        serde_json::from_str(&out(&incident, Format::Json, false).unwrap()).unwrap();
    assert_eq!(
        json["left_out"],
        serde_json::json!({ "struck": 1, "privileged": 1, "iocs": 0, "quoting": 1 })
    );
}

#[test]
fn a_restricted_incident_leaves_only_when_that_is_said() {
    let incident = told(vec![Request::SetVisibility { visibility: Visibility::Restricted }]);
    for format in one_file() {
        let refusal = out(&incident, *format, false).unwrap_err();
        assert!(refusal.hint.contains("--privileged"), "{refusal}");
        assert!(out(&incident, *format, true).is_ok());
    }
}

#[test]
fn whoever_reads_it_later_is_told_what_did_not_happen() {
    let runbook = crate::domain::request::RunbookText {
        name: "key".to_owned(),
        title: "Key".to_owned(),
        text: "# Key\n\n## Containment\n\n1. Disable the key\n2. Stop the builds\n".to_owned(),
    };
    let step = crate::domain::request::StepPick::Named("1".to_owned());
    let draft = Request::DraftUpdate {
        audience: crate::domain::audience::Audience::Customers,
        text: "we look".to_owned(),
        next: None,
    };
    let incident = told(vec![
        Request::SetVisibility { visibility: crate::domain::words::Visibility::Restricted },
        Request::AttachRunbook(runbook),
        Request::MoveStep {
            step,
            change: crate::domain::request::StepMove::Tick,
            person: None,
            reason: String::new(),
        },
        draft,
    ]);
    for format in [Format::Markdown, Format::Html] {
        let text = out(&incident, format, true).unwrap();
        for said in ["1 of 2 steps are still to do.", "not sent"] {
            assert!(text.contains(said), "{format}: {said}");
        }
    }
    let html = out(&incident, Format::Html, true).unwrap();
    // A step is told by its words alone: that it is one says that it is done.
    assert!(html.contains(">step</td><td class=\"long\" data-label=\"What\">Disable the key"), "{html}");
    assert!(html.contains("was so at that moment"));
    let brief = crate::domain::brief::brief(&incident, &policy(), now(), crate::domain::zone::Tz::UTC);
    let page = brief.to_html();
    assert!(brief.title.contains(" · RESTRICTED · as of "), "{}", brief.title);
    assert!(page.contains("<p class=\"mark\">RESTRICTED</p>") && page.contains("was so at that moment"));
}

#[test]
fn every_form_names_the_head() {
    let incident = told(vec![note(HOSTILE, &[])]);
    let head = Digest::ZERO.to_string();
    for format in one_file() {
        assert!(out(&incident, *format, false).unwrap().contains(&head), "{format}");
    }
    let json: serde_json::Value =
        serde_json::from_str(&out(&incident, Format::Json, false).unwrap()).unwrap();
    assert_eq!(json["schema_version"], SCHEMA_VERSION);
    assert_eq!(json["head"]["seq"], serde_json::json!(incident.head));
    assert_eq!(json["incident"]["title"], serde_json::json!(incident.title));
}

/// The tags of a page, in order, with their attributes.
fn tags(html: &str) -> Vec<&str> {
    html.split('<').skip(1).map(|tag| tag.split('>').next().unwrap()).collect()
}

#[test]
fn hostile_text_makes_no_tag_and_no_attribute_in_html() {
    let hostile = told(vec![
        note(HOSTILE, &[]),
        Request::AddLink { kind: HOSTILE.to_owned(), url: "javascript:alert(1)".to_owned() },
        Request::AddLink {
            kind: "bridge".to_owned(),
            url: "https://x.example/\"onclick=\"alert(1)".to_owned(),
        },
    ]);
    let tame = told(vec![
        note("x", &[]),
        Request::AddLink { kind: "x".to_owned(), url: "x".to_owned() },
        Request::AddLink { kind: "bridge".to_owned(), url: "https://x.example/".to_owned() },
    ]);
    let html = out(&hostile, Format::Html, false).unwrap();
    let plain = out(&tame, Format::Html, false).unwrap();
    let shape = |html: &str| -> Vec<String> {
        let tags = tags(html).into_iter();
        tags.map(|tag| if tag.starts_with("a ") { "a".to_owned() } else { tag.to_owned() }).collect()
    };
    assert_eq!(shape(&html), shape(&plain));
    assert!(html.contains("Content-Security-Policy\" content=\"default-src 'none'"));
    assert!(!html.contains("<script"));
    assert!(!html.contains("href=\"javascript"));
    assert!(html.contains("href=\"https://x.example/&quot;onclick=&quot;alert(1)\""));
    assert!(!html.contains('\u{1b}') && !html.contains('\u{202e}'));
}

/// What a reader of Markdown sees of a text, and whether it became anything but text.
fn read(text: &str) -> (String, bool) {
    use comrak::nodes::NodeValue;
    let arena = comrak::Arena::new();
    let mut options = comrak::Options::default();
    options.extension.table = true;
    options.extension.strikethrough = true;
    options.extension.tasklist = true;
    options.extension.autolink = true;
    let root = comrak::parse_document(&arena, text, &options);
    let (mut seen, mut plain) = (String::new(), true);
    for node in root.descendants() {
        match &node.data.borrow().value {
            NodeValue::Text(text) => seen.push_str(text),
            NodeValue::SoftBreak => seen.push(' '),
            NodeValue::Document | NodeValue::Paragraph => {}
            NodeValue::HtmlInline(html) if html == crate::domain::postmortem::markdown::BREAK => {}
            _ => plain = false,
        }
    }
    (seen, plain)
}

#[test]
fn hostile_text_stays_text_in_markdown() {
    let incident = told(vec![note(HOSTILE, &[]), note("# no heading", &[])]);
    let text = out(&incident, Format::Markdown, false).unwrap();
    assert!(!text.contains("<script") && !text.contains('\u{1b}'));
    let (seen, is_plain) = read(&plain(HOSTILE));
    assert!(is_plain);
    assert!(seen.contains("<script>alert(1)</script>") && seen.contains("[x](javascript:1) | `c`"));
    for text in
        ["# a", "- a", "+ a", "* a", "1. a", "12) a", "===", "---", "> a", "~~a~~", "&amp;", "a\\", "[ ] a"]
    {
        assert_eq!(read(&plain(text)), (text.to_owned(), true), "{text:?}");
    }
}

#[test]
fn addresses_and_names_in_lines_come_alive_in_no_markdown_and_links_stay_links() {
    let lines = [
        "![i](http://evil.example/x)",
        "https://ok.example/page",
        "see www.ok.example",
        "mail bob@ok.example",
        "@SUM(1)",
    ];
    let mut requests: Vec<Request> = lines.iter().map(|text| note(text, &[])).collect();
    for text in lines {
        requests.push(Request::Propose { text: text.to_owned(), tags: Vec::new() });
    }
    requests.push(Request::AddLink { kind: "bridge".to_owned(), url: "https://meet.example/42".to_owned() });
    let incident = told(requests);
    let brief = crate::domain::brief::brief(&incident, &policy(), now(), crate::domain::zone::Tz::UTC);
    let mut options = comrak::Options::default();
    options.extension.table = true;
    options.extension.autolink = true;
    for text in [out(&incident, Format::Markdown, false).unwrap(), brief.to_markdown()] {
        let html = comrak::markdown_to_html(&text, &options);
        let to: Vec<&str> =
            html.split("<a href=\"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
        assert!(!to.is_empty() && to.iter().all(|to| *to == "https://meet.example/42"), "{to:?} in {text}");
        let seen = crate::domain::postmortem::markdown::plain(&text);
        assert!(lines.iter().all(|line| seen.contains(line)), "{seen}");
    }
}

#[test]
fn a_row_comes_back_as_it_went() {
    let incident = told(vec![
        note("=1+1", &[]),
        note("a, \"b\"\nc", &["x", "y"]),
        note("'=quoted", &[]),
        note("'tis fine", &[]),
        note("@bob look", &[]),
    ]);
    let text = out(&incident, Format::Csv, false).unwrap();
    assert!(text.contains(",'=1+1,") && text.contains(",''=quoted,") && text.contains(",'tis fine,"));
    let (rows, problems) = csv::parse(&text);
    assert_eq!(problems, []);
    let notes: Vec<&str> = rows.iter().filter(|r| r.kind == "note").map(|r| r.text.as_str()).collect();
    assert_eq!(notes, ["=1+1", "a, \"b\"\nc", "'=quoted", "'tis fine", "@bob look"]);
    assert!(rows.iter().all(|r| r.author == "alice" && !r.at.is_empty()));
}

#[test]
fn rows_of_others_are_read_by_the_names_of_their_columns() {
    let text = "\u{feff}Author,TEXT,extra,at\nbob,\"two\nlines\",x,14:05\n\n,,,\ncarol,,y,\n dana ,\"he said \"\"no\"\"\"\n";
    let (rows, problems) = csv::parse(text);
    assert_eq!(rows.len(), 2);
    assert_eq!((rows[0].line, rows[0].text.as_str(), rows[0].at.as_str()), (2, "two\nlines", "14:05"));
    assert_eq!((rows[1].line, rows[1].text.as_str()), (7, "he said \"no\""));
    assert_eq!(problems, [csv::Problem { line: 6, message: "the text is empty".to_owned() }]);
    assert_eq!(csv::parse("").1.len(), 1);
    assert!(csv::parse("a,b\n1,2\n").1[0].message.contains("no column is named text"));
    assert!(csv::parse("text\n\"open\n").1[0].message.contains("never closed"));
    // Which of two is meant nobody can tell; of columns that are passed over it does not matter.
    let (rows, problems) = csv::parse("at, Text ,text\n,a,b\n");
    assert_eq!((rows.len(), problems[0].line), (0, 1));
    assert!(problems[0].message.contains("two columns are named text"), "{problems:?}");
    assert_eq!(csv::parse("x,text,x\n1,a,2\n").1, []);
    for (text, named) in [("at;text\n;a\n", "semicolons"), ("at\ttext\n\ta\n", "tabs")] {
        let message = &csv::parse(text).1[0].message;
        assert!(message.contains(named) && message.contains("with commas"), "{message}");
    }
    // A comma that is not in quotes would cut the text.
    let (rows, problems) = csv::parse("at,text\n14:05,reports of 500s, db slow\n14:06,\"a, b\",,\n");
    assert_eq!((rows.len(), problems.len()), (1, 1));
    assert_eq!(rows[0].text, "a, b");
    let message = "3 cells, the first row names 2; put text with commas in quotes";
    assert_eq!((problems[0].line, problems[0].message.as_str()), (2, message));
}

#[test]
fn the_brief_alone_has_no_timeline() {
    let incident = told(["the weather is fine", "second", "third"].map(|text| note(text, &[])).to_vec());
    let policy = policy();
    let (incident, policy) = (&incident, &policy);
    let source =
        Source { incident, policy, now: now(), digest: Digest::ZERO, privileged: false, brief_only: true };
    for format in [Format::Markdown, Format::Html] {
        let text = export(&source, format).unwrap();
        assert!(text.contains("Brief") && text.contains("Impact"), "{format}");
        // The last two notes are part of the brief.
        assert!(
            text.contains("third") && !text.contains("weather") && !text.contains("Timeline"),
            "{format}"
        );
    }
}

proptest! {
    #[test]
    fn no_text_gets_out_of_its_place_in_html(text in any::<String>()) {
        let escaped = html::escape(&text);
        prop_assert!(!escaped.contains(['<', '>', '"', '\'']));
        let back = escaped.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&#39;", "'");
        let back = back.replace("&amp;", "&");
        prop_assert_eq!(back, crate::domain::safe::SafeText::block(&text).into_string());
    }

    #[test]
    fn no_text_becomes_anything_else_in_markdown(text in "[ -~\n]{0,40}") {
        let safe = crate::domain::safe::SafeText::line(&text).into_string();
        let (seen, is_plain) = read(&plain(&text));
        prop_assert!(is_plain, "{:?}", plain(&text));
        // Runs of spaces may be one when read.
        let words = |s: &str| s.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        prop_assert_eq!(words(&seen), words(&safe));
    }

    #[test]
    fn any_cell_comes_back(text in "[=+@',\"\r\n\t a-c-]{0,12}") {
        prop_assume!(!text.trim().is_empty());
        let incident = told(vec![note(&text, &[])]);
        let (rows, problems) = csv::parse(&out(&incident, Format::Csv, false).unwrap());
        prop_assert!(problems.is_empty());
        let row = rows.iter().find(|r| r.kind == "note").unwrap();
        let safe = crate::domain::safe::SafeText::block(text.trim()).into_string();
        prop_assert_eq!(row.text.as_str(), safe.as_str());
        let written = out(&incident, Format::Csv, false).unwrap();
        prop_assert!(!written.lines().any(|l| l.starts_with(['=', '@', '+'])) || text.contains('\n'));
    }

    #[test]
    fn any_rows_are_read_without_a_panic(text in any::<String>()) {
        let _ = csv::parse(&format!("text,at\n{text}"));
    }
}

#[test]
fn indicators_leave_where_they_may_be_told_and_no_line_names_one_that_can_be_followed() {
    let add = |value: &str, tlp| {
        let ioc = NewIoc { value: value.to_owned(), tlp: Some(tlp), ..NewIoc::default() };
        Request::from(Keep::AddIoc(ioc))
    };
    let incident = told(vec![
        note("beacon to HTTPS://evil.example/x and evil.example, not notevil.example", &[]),
        note("exfiltrated to 203.0.113.9:443", &[]),
        add("evil.example", Tlp::Green),
        add("203.0.113.9", Tlp::Red),
    ]);
    for format in [Format::Markdown, Format::Html, Format::Csv] {
        // Markdown escapes brackets.
        let text = out(&incident, format, false).unwrap().replace('\\', "");
        assert!(text.contains("hxxps://evil[.]example/x and evil[.]example, not notevil.example"), "{text}");
        assert!(text.contains("GREEN"), "{format}: {text}");
        assert!(!text.contains("203.0.113.9") && !text.contains("203[.]0"), "{format}: {text}");
        assert!(text.contains("exfiltrated to (an indicator under TLP:RED):443"), "{format}: {text}");
    }
    assert!(out(&incident, Format::Markdown, false).unwrap().contains("1 indicator left out"));
    // JSON is for programs: as written, but for what may not be told.
    let text = out(&incident, Format::Json, false).unwrap();
    assert!(text.contains("beacon to HTTPS://evil.example/x and evil.example"), "{text}");
    assert!(!text.contains("203.0.113.9") && !text.contains("203[.]0"), "{text}");
    assert!(text.contains("exfiltrated to (an indicator under TLP:RED):443"), "{text}");
    let (rows, problems) = csv::parse(&out(&incident, Format::Csv, false).unwrap());
    assert!(problems.is_empty());
    let mut known = known::Known::new(&incident);
    let line = rows.iter().find(|r| r.text.starts_with("beacon")).unwrap();
    let place = known.find(line, EntryKind::Note, None, "alice", &line.text);
    assert_eq!(place, known::Place::There, "it is the same line when it comes back");
}

#[test]
fn withdrawn_evidence_is_marked_and_its_chain_is_whole_in_every_document() {
    use crate::domain::request::NewEvidence;
    let item = Seq(3);
    let incident = told(vec![
        Request::AddEvidence(NewEvidence {
            name: "disk image".to_owned(),
            class: "digest".to_owned(),
            location: "safe 1".to_owned(),
            source: String::new(),
            acquired_by: None,
            size: None,
            sha256: None,
            entry: None,
        }),
        Request::TransferEvidence {
            evidence: item,
            to: "bob".to_owned(),
            location: "safe 2".to_owned(),
            reason: "analysis".to_owned(),
        },
        Keep::Withdraw { evidence: item, reason: "another case".to_owned() }.into(),
    ]);
    for format in [Format::Markdown, Format::Html] {
        let text = out(&incident, format, false).unwrap();
        for words in [
            "withdrawn: disk image",
            "alice → bob, 2026-11-20 14:02:00Z, at safe 2: analysis; withdrawn by alice, 2026-11-20 14:03:00Z: \
             another case",
        ] {
            assert!(text.contains(words), "{format} lacks {words}: {text}");
        }
    }
}
