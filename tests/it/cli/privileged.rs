//! What is privileged stays in the room: a marker in every place that takes words, and not a byte of it in anything
//! that leaves, unless it is asked for by name.

use std::collections::BTreeSet;
use std::path::Path;

use warroom::domain::ids::Seq;

use super::{Desk, filled};

/// No word of a runbook or of the program.
const MARKER: &str = "zq9vellum";

/// The words with the marker in these bytes, which tell where they come from.
fn marked(bytes: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(bytes);
    let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '-');
    // A question is repeated in its answer.
    words.filter(|word| word.contains(MARKER) && *word != MARKER).map(str::to_owned).collect()
}

/// Every object of a repository, unpacked.
#[expect(clippy::disallowed_methods, reason = "git is the witness")]
pub(super) fn objects(desk: &Desk, repository: &Path) -> Vec<u8> {
    let done = std::process::Command::new("git")
        .arg("-C")
        .arg(repository)
        .args(["cat-file", "--batch-all-objects", "--batch", "--unordered"])
        .env("HOME", desk.path(""))
        .output()
        .unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    done.stdout
}

/// An incident with a marked text in every place that takes one; all of it `#privileged`, in another's midst.
fn filled_in(desk: &Desk, id: &str) {
    let say = |place: &str| format!("{MARKER}-{place} #privileged");
    let seq = |arguments: &[&str]| desk.json(arguments)["entries"][0]["seq"].to_string();
    desk.ok(&["log", id, "what everybody may know"]);
    desk.ok(&["log", id, &say("note")]);
    desk.ok(&["log", id, &format!("* {}", say("starred"))]);
    desk.ok(&["log", id, &say("alert"), "--kind", "alert", "--source", "monitor"]);
    let decision = seq(&["decide", id, &format!("{} check 15m", say("decision"))]);
    desk.ok(&["object", id, &decision, &format!("{MARKER}-objected")]);
    desk.ok(&["verdict", id, &decision, "held", "--reason", &format!("{MARKER}-verdict")]);
    let open = seq(&["decide", id, "an open decision check 15m"]);
    desk.ok(&["object", id, &open, &say("objection")]);
    desk.ok(&["verdict", id, &open, "reversed", "--reason", &say("reason")]);
    let ask = seq(&["ask", id, &format!("@bob 3m {}", say("ask"))]);
    desk.ok(&["ack", id, &ask]);
    desk.ok(&["reassign", id, &ask, "carol"]);
    desk.ok(&["answer", id, &ask, &format!("{MARKER}-answered")]);
    desk.ok(&["ask", id, &format!("@bob 3m {}", say("waiting"))]);
    let ask = seq(&["ask", id, "@bob 3m who reads the logs"]);
    desk.ok(&["answer", id, &ask, &say("answer")]);
    let thought = seq(&["hypothesis", id, &say("hypothesis")]);
    desk.ok(&["hypothesis", id, &thought, "--state", "supported", "--why", &format!("{MARKER}-supported")]);
    let thought = seq(&["hypothesis", id, "the disk was full"]);
    desk.ok(&["hypothesis", id, &thought, "--state", "ruled-out", "--why", &say("why")]);
    desk.ok(&["update", id, "internal", &say("update")]);
    desk.ok(&["update", id, "customers", &say("drafted"), "--draft"]);
    let line = seq(&["log", id, "as it was said first"]);
    desk.ok(&["amend", id, &line, "--text", &say("amended")]);
    let line = seq(&["log", id, &say("before")]);
    desk.ok(&["amend", id, &line, "--text", "as everybody may know it"]);
    let line = seq(&["log", id, &say("evidenced")]);
    let file = desk.file("files/plain.log", "x");
    desk.ok(&["evidence", "add", id, &file, "--name", &say("evidence"), "--source", &say("source")]);
    desk.ok(&["evidence", "add", id, &file, "--name", &format!("{MARKER}-attached"), "--about", &line]);
    desk.ok(&["ioc", "add", id, "203.0.113.7", "--note", &say("ioc")]);
    desk.ok(&["ioc", "add", id, &format!("{MARKER}-seen.example.org"), "--about", &line]);
    desk.ok(&["strike", id, &seq(&["log", id, "twice"]), "--reason", &say("strike")]);
    desk.ok(&["runbook", "attach", id, "leaked-ci-token"]);
    desk.ok(&["step", id, "block", "1", "--reason", &say("blocked")]);
    desk.ok(&["step", id, "skip", "2", "--reason", &say("skipped")]);
    desk.ok(&["severity", id, "P2", "--reason", &say("severity")]);
    desk.ok(&["set", id, "--impact", &say("impact")]);
    desk.ok(&["link", id, "ticket", &format!("https://tickets.example.org/{MARKER}-link#privileged")]);
    desk.ok(&["story", "add", id, &say("story"), "--owner", "bob"]);
}

/// What leaves: for people outside, for programs, for the archive, and for other incidents.
const OUTPUTS: &[&[&str]] = &[
    &["brief", "1"],
    &["brief", "1", "--json"],
    &["brief", "1", "--format", "md"],
    &["brief", "1", "--format", "html"],
    &["brief", "1", "--report", "tactical"],
    &["brief", "1", "--report", "executive"],
    &["export", "1"],
    &["export", "1", "--brief"],
    &["export", "1", "--format", "md"],
    &["export", "1", "--format", "html"],
    &["export", "1", "--format", "json"],
    &["export", "1", "--format", "csv"],
    &["update", "1", "internal", "--print"],
    &["update", "1", "customers", "--print"],
    &["update", "1", "public", "--print"],
    &["update", "1", "regulator", "--print"],
    &["list", "--all"],
    &["list", "--all", "--json"],
    &["updates"],
    &["updates", "--json"],
    &["stats"],
    &["stats", "--json"],
    &["search", MARKER],
    &["search", "everybody may know", "--json"],
    &["similar", "2"],
    &["similar", "2", "--json"],
    &["similar", "--text", MARKER],
    &["show", "2"],
    &["show", "2", "--json"],
    &["brief", "2"],
    &["export", "2", "--format", "json"],
    &["doctor", "--json"],
];

/// The files outside the database, its mirror and its snapshots, with the archive's objects unpacked.
fn files(desk: &Desk) -> Vec<(String, Vec<u8>)> {
    let home = desk.home();
    let inside = ["warroom.db", "warroom.db-wal", "warroom.db-shm", "mirror", "snapshots"];
    let mut files: Vec<(String, Vec<u8>)> = super::out::walk(&home)
        .into_iter()
        .filter(|path| !inside.iter().any(|name| path.starts_with(home.join(name))))
        .map(|path| (path.display().to_string(), std::fs::read(&path).unwrap()))
        .collect();
    let archive = home.join("postmortems");
    if archive.join(".git").exists() {
        files.push(("the objects of the archive".to_owned(), objects(desk, &archive)));
    }
    files
}

#[test]
fn privileged_lines_leave_nothing_of_themselves() {
    let desk = Desk::new();
    let id = desk.declare("The web is down");
    filled_in(&desk, &id);
    desk.declare("The web is down again");
    desk.ok(&["link", "2", "related", "1"]);
    let mut leaks = BTreeSet::new();
    let mut look = |what: &str, bytes: &[u8]| {
        leaks.extend(marked(bytes).into_iter().map(|word| format!("{what}: {word}")));
    };
    let outputs = |look: &mut dyn FnMut(&str, &[u8])| {
        for arguments in OUTPUTS {
            let ran = desk.run(arguments).code(0);
            look(&arguments.join(" "), format!("{}{}", ran.out, ran.err).as_bytes());
        }
    };
    outputs(&mut look);
    desk.ok(&["resolve", &id]);
    let draft = desk.json(&["postmortem", "draft", &id])["path"].as_str().unwrap().to_owned();
    let text = std::fs::read_to_string(&draft).unwrap();
    std::fs::write(&draft, filled(&text)).unwrap();
    let checked = desk.run(&["postmortem", "check", &id]);
    look("postmortem check", checked.out.as_bytes());
    desk.ok(&["postmortem", "publish", &id, "--waive", "all of it is known"]);
    outputs(&mut look);
    let audit = desk.path("audit");
    desk.ok(&["export", &id, "--format", "audit", "-o", audit.to_str().unwrap()]);
    for path in super::out::walk(&audit) {
        look(&format!("audit {}", path.display()), &std::fs::read(&path).unwrap());
    }
    for (path, bytes) in files(&desk) {
        look(&path, &bytes);
    }
    assert_eq!(leaks, BTreeSet::new());
    // The room has it all, and so does whoever asks for it by name.
    let by_name = desk.ok(&["export", &id, "--format", "json", "--privileged"]);
    for place in ["note", "decision", "objection", "ask", "hypothesis", "update", "evidence", "amended"] {
        assert!(by_name.contains(&format!("{MARKER}-{place}")), "{place}: {by_name}");
        assert!(desk.ok(&["timeline", &id]).contains(&format!("{MARKER}-{place}")), "{place}");
    }
}

#[test]
fn a_restricted_incident_leaves_nothing_but_its_code_name() {
    for visibility in ["restricted", "privileged"] {
        let desk = Desk::new();
        let id = desk.declare(&format!("{MARKER}-title"));
        desk.ok(&["set", &id, "--visibility", visibility, "--code-name", "Blue Heron"]);
        filled_in(&desk, &id);
        desk.ok(&["log", &id, &format!("{MARKER}-unmarked")]);
        desk.ok(&["set", &id, "--service", &format!("{MARKER}-service"), "--tag", &format!("{MARKER}-tag")]);
        desk.declare("The web is down again");
        desk.ok(&["link", "2", "related", "1"]);
        let mut leaks = BTreeSet::new();
        let mut look = |what: &str, bytes: &[u8]| {
            leaks.extend(marked(bytes).into_iter().map(|word| format!("{what}: {word}")));
        };
        desk.ok(&["resolve", &id]);
        for arguments in OUTPUTS {
            let ran = desk.run(arguments);
            let names = arguments[0] == "export" && arguments[1] == "1";
            assert_eq!(ran.code, i32::from(names), "{arguments:?}: {ran:?}");
            // Its own brief and updates are asked for by name.
            if !matches!(arguments, ["brief" | "update", "1", ..]) {
                look(&arguments.join(" "), format!("{}{}", ran.out, ran.err).as_bytes());
            }
        }
        let refused = desk.run(&["export", &id, "--format", "audit", "-o", desk.path("a").to_str().unwrap()]);
        look("audit", format!("{refused:?}").as_bytes());
        assert!(!desk.path("a").exists());
        let draft = desk.run(&["postmortem", "draft", &id]);
        look("postmortem draft", format!("{draft:?}").as_bytes());
        let published = desk.run(&["postmortem", "publish", &id, "--waive", "all of it is known"]);
        assert_eq!(published.code, 1, "{published:?}");
        look("postmortem publish", format!("{published:?}").as_bytes());
        for (path, bytes) in files(&desk) {
            // A draft of its own postmortem was asked for by name.
            if !path.contains("/drafts/") {
                look(&path, &bytes);
            }
        }
        assert_eq!(leaks, BTreeSet::new(), "{visibility}");
    }
}

#[test]
fn what_is_restricted_after_it_was_published_is_told_by_no_search() {
    for visibility in ["restricted", "privileged"] {
        let desk = Desk::new();
        let id = super::journey::written(&desk, "Signing key leaked by a build");
        let path = desk.json(&["postmortem", "publish", &id])["path"].as_str().unwrap().to_owned();
        let other = super::journey::written(&desk, "Signing key leaked by a laptop");
        desk.json(&["postmortem", "publish", &other]);
        let now = desk.declare("Signing key leaked again");
        let asks: [&[&str]; 4] = [
            &["search", "signing key leaked", "--limit", "1"],
            &["search", &id],
            &["similar", "--text", "signing key leaked by a build"],
            &["similar", &now],
        ];
        let named = |ask: &[&str]| {
            let found = desk.json(ask);
            let results = found["results"].as_array().unwrap();
            results.iter().map(|hit| hit["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        assert!(asks[1..].iter().all(|ask| named(ask).contains(&id)));
        let counted = |desk: &Desk| desk.json(&["patterns"])["counted"].as_u64().unwrap();
        assert_eq!(counted(&desk), 2);
        assert!(!desk.run(&["doctor"]).out.contains("exposed"));

        let told = desk.run(&["set", &id, "--visibility", visibility]).code(0).err;
        assert!(told.contains(&path) && told.contains("git rm"), "{told}");
        for ask in asks {
            assert_eq!(named(ask), std::slice::from_ref(&other), "{ask:?}: another one is in its place");
        }
        let declared = desk.run(&["declare", "Signing key leaked by a build", "--json"]).code(0);
        assert!(!declared.out.contains(&id), "{declared:?}");
        assert_eq!(counted(&desk), 1);
        let doctor = desk.run(&["doctor"]).code(1).out;
        assert!(doctor.contains(&path) && doctor.contains(&format!("{id} is {visibility}")), "{doctor}");

        // What is said is said until it is taken out.
        desk.git(&["rm", "-q", &path]);
        desk.git(&["commit", "-qm", "take it out"]);
        assert!(!desk.run(&["doctor"]).out.contains("exposed"));
        assert!(!desk.run(&["set", &id, "--visibility", visibility]).code(0).err.contains(&path));
        desk.ok(&["set", &id, "--visibility", "team"]);
    }
}

#[test]
fn what_is_restricted_after_it_was_published_is_not_counted_beside_what_is_found() {
    for visibility in ["restricted", "privileged"] {
        let desk = Desk::new();
        let other = super::journey::written(&desk, "Signing key leaked by a laptop");
        desk.json(&["postmortem", "publish", &other]);
        // A service that only it touched, and a severity that only it had.
        let own = super::journey::written_of(&desk, "Vault is sealed", "P2", "vaultkeeper");
        desk.json(&["postmortem", "publish", &own]);
        let facets = |desk: &Desk| desk.json(&["search", "signing vault"])["facets"].clone();
        let services = |desk: &Desk| desk.json(&["declare", "vaultkeeper is down"])["services_named"].clone();
        let (before, known) = (facets(&desk), services(&desk));
        assert!(
            before.to_string().contains("vaultkeeper") && before.to_string().contains("P2"),
            "{before:#}"
        );
        assert_eq!(known, serde_json::json!(["vaultkeeper"]));
        desk.ok(&["set", &own, "--visibility", visibility]);
        let after = facets(&desk);
        assert!(!after.to_string().contains("vaultkeeper") && !after.to_string().contains("P2"), "{after:#}");
        assert_eq!(after["year"][0]["count"], 1, "{after:#}");
        assert_eq!(services(&desk), serde_json::json!([]));
        // Where nothing shares a word.
        let meant = desk.json(&["search", "vault is sealed", "--severity", "P2"])["facets"].clone();
        assert!(!meant.to_string().contains("vaultkeeper"), "{meant:#}");
    }
}

/// A screen asks with every key: what it keeps of that goes with the next word of anybody.
#[test]
fn a_screen_that_stays_open_hears_who_may_read_what_by_the_next_question() {
    use warroom::domain::request::Request;
    use warroom::domain::words::Visibility::{Restricted, Team};
    let desk = Desk::new();
    let id = super::journey::written_of(&desk, "Vault is sealed", "P2", "vaultkeeper");
    desk.json(&["postmortem", "publish", &id]);
    let session = crate::service::session(&desk.path(""), "alice");
    crate::service::run(async {
        let service = session.open(warroom::shell::session::Opening::Write).await.unwrap();
        let log = service.log_of(id.parse().unwrap()).await.unwrap();
        let services = async || service.known_services().await.unwrap();
        for _ in 0..2 {
            assert_eq!(services().await, ["vaultkeeper"]);
            desk.ok(&["set", &id, "--visibility", "restricted"]);
            for _ in 0..2 {
                assert!(services().await.is_empty(), "somebody else said so");
            }
            let own = |visibility| [Request::SetVisibility { visibility }.into()];
            service.submit(log, &session.by(), &own(Team), Seq::NONE).await.unwrap();
            assert_eq!(services().await, ["vaultkeeper"]);
            service.submit(log, &session.by(), &own(Restricted), Seq::NONE).await.unwrap();
            assert!(services().await.is_empty());
            desk.ok(&["set", &id, "--visibility", "team"]);
        }
    });
}

#[test]
fn a_word_that_only_a_restricted_postmortem_has_is_no_correction() {
    let desk = Desk::new();
    let id = super::journey::written(&desk, "Gizmotron leaked by a build");
    desk.json(&["postmortem", "publish", &id]);
    let other = super::journey::written(&desk, "Disk full on a laptop");
    desk.json(&["postmortem", "publish", &other]);
    let search = |typed: &str| desk.json(&["search", typed])["notes"][0].as_str().unwrap().to_owned();
    assert_eq!(search("gizmotrn"), "gizmotrn: no postmortem has it; read as gizmotron");
    desk.ok(&["set", &id, "--visibility", "restricted"]);
    assert_eq!(search("gizmotrn"), "gizmotrn: no postmortem has it");
    assert_eq!(search("laptpo"), "laptpo: no postmortem has it; read as laptop");
}

/// Else what is said of a value would tell that a restricted incident has it.
#[test]
fn what_only_a_restricted_postmortem_has_is_answered_as_what_nobody_has() {
    let desk = Desk::new();
    let own = super::journey::written_of(&desk, "Vault is sealed", "P2", "vaultkeeper");
    desk.json(&["postmortem", "publish", &own]);
    let other = super::journey::written(&desk, "Disk full on a laptop");
    desk.json(&["postmortem", "publish", &other]);
    desk.ok(&["set", &own, "--visibility", "restricted"]);
    let asked = |question: &[&str]| {
        let plain = desk.run(question);
        let answer = desk.run(&[question, &["--json"]].concat());
        (plain.code, plain.out, plain.err, answer.json()["results"].clone(), answer.err)
    };
    // Both as long, so that one slip of typing is as near to either.
    let unknown = "nobodyhasit";
    let ask = |form: &str, name: &str| {
        let (code, out, err, results, said) = asked(&["search", &form.replace("{}", name)]);
        let [out, err, said] = [out, err, said].map(|text| text.replace(name, unknown));
        (code, out, err, results, said)
    };
    for form in ["service:{}", "disk service:{}", "-service:{} disk", "disk service:{}x"] {
        let told = ask(form, "vaultkeeper");
        assert_eq!(told, ask(form, unknown), "{form}");
        assert!(told.2.contains("no postmortem has it"), "{told:?}");
    }
    // Nor does what a pipe is told, where nothing is counted.
    for form in ["{}", "disk {}", "laptop disk full {}"] {
        let told = |name: &str| {
            let ran = desk.run(&["search", &form.replace("{}", name)]);
            ran.err.replace(name, unknown)
        };
        assert!(told("vaultkeeper").contains("nobodyhasit: no postmortem has it"), "{form}");
        assert_eq!(told("vaultkeeper"), told(unknown), "{form}");
    }
    // Words have a meaning of their own, so that the scores differ; what is said must not.
    for form in ["disk {}", "\"sealed {}\"", "disk \"{}\""] {
        let said = |name: &str| {
            let answer = desk.json(&["search", &form.replace("{}", name)]);
            answer["notes"].to_string().replace(name, unknown)
        };
        assert_eq!(said("vaultkeeper"), said(unknown), "{form}");
    }
    let option = |name: &str| {
        let (code, out, err, results, said) = asked(&["search", "disk", "--service", name]);
        (code, out, err.replace(name, unknown), results, said.replace(name, unknown))
    };
    assert_eq!(option("vaultkeeper"), option(unknown));
    assert!(option("vaultkeeper").2.contains("no postmortem has it"));
    let patterns =
        |name: &str| desk.run(&["patterns", &format!("service:{name}")]).err.replace(name, unknown);
    assert_eq!(patterns("vaultkeeper"), patterns(unknown));
}
