//! Secrets and privileged words are put into everything that reaches a publication, again and again; then every object
//! of the repository is read, and everything else that git keeps.

use std::fs;

use aho_corasick::AhoCorasick;
use warroom::domain::ids::{IncidentId, LogId, Seq};
use warroom::domain::request::{Asked, Declaration, NewStory, Request, RunbookText, StepMove, StepPick};
use warroom::domain::words::{EntryKind, IncidentKind, Visibility};
use warroom::service::{By, FailureKind, Service};
use warroom::shell::session::Opening;

use super::publish::lossy;
use super::{Dice, figure, rounds};
use crate::cli::{filled, out::walk};
use crate::screen::World;
use crate::service::session;

/// A word that is in everything privileged, and in nothing else.
const PRIVILEGED: &str = "zq9vellum";

/// A word of every note of a step, and one of every line with other words: they are to be found.
const NOTE: &str = "zq9notepad";
const CORRECTED: &str = "zq9mended";

/// Makes secrets, and remembers what nobody may find.
struct Mint {
    dice: Dice,
    /// The part of each secret that is nobody's but its own.
    needles: Vec<String>,
}

impl Mint {
    fn text(&mut self, alphabet: &str, len: usize) -> String {
        let all: Vec<char> = alphabet.chars().collect();
        (0..len).map(|_| all[self.dice.below(all.len())]).collect()
    }

    /// A secret that nobody was ever given, put together here.
    fn secret(&mut self) -> String {
        const ALNUM: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
        let kind = self.dice.below(9);
        let (head, body, tail) = match kind {
            0 => (["gh", "p_"].concat(), self.text(ALNUM, 36), ""),
            1 => (["AK", "IA"].concat(), self.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 16), ""),
            2 => (["glp", "at-"].concat(), self.text(ALNUM, 20), ""),
            3 => (["sk_", "live_"].concat(), self.text(ALNUM, 24), ""),
            4 => (["AI", "za"].concat(), self.text(ALNUM, 35), ""),
            5 => (["np", "m_"].concat(), self.text("abcdefghijklmnopqrstuvwxyz0123456789", 36), ""),
            6 => ("postgres://app:".to_owned(), self.text(ALNUM, 16), "@db-1.example:5432/orders"),
            7 => (["PGPASS", "WORD="].concat(), self.text(ALNUM, 14), " psql -h db-1"),
            _ => (["Authori", "zation: Bearer "].concat(), self.text(ALNUM, 40), ""),
        };
        let whole = format!("{head}{body}{tail}");
        self.needles.push(body);
        whole
    }
}

const AUTHOR: &str = "Alice <alice@example.org>";

/// What became of all that was tried.
#[derive(Default)]
struct Tally {
    published: usize,
    refused: usize,
    withheld: usize,
}

/// An incident with a secret, and with privileged words, in every place that takes words.
async fn incident(service: &Service, by: &By, mint: &mut Mint, visibility: Visibility) -> LogId {
    let title = format!("The build printed {}", mint.secret());
    let declaration = Declaration {
        id: IncidentId { year: 0, number: 0 },
        title,
        kind: IncidentKind::Real,
        severity: Some("P1".to_owned()),
        services: vec![mint.secret()],
        tags: Vec::new(),
        commander: Some("alice".to_owned()),
        runbooks: Vec::new(),
    };
    let (_, log, _) = match service.declare(by, declaration.clone(), None).await {
        Ok(declared) => declared,
        // A name of a service that is not one is refused, and then none is needed.
        Err(_) => {
            service.declare(by, Declaration { services: Vec::new(), ..declaration }, None).await.unwrap()
        }
    };
    let private = || vec!["privileged".to_owned()];
    let hidden = |place: &str| format!("{PRIVILEGED} {place} of counsel");
    let mut asked: Vec<Asked> = vec![
        Request::Note {
            text: "control words that everybody may know".to_owned(),
            tags: vec![],
            starred: true,
        }
        .into(),
        Request::Note { text: format!("bob pasted {} here", mint.secret()), tags: vec![], starred: true }
            .into(),
        Request::Note {
            text: format!("two: {} and {}", mint.secret(), mint.secret()),
            tags: vec![],
            starred: false,
        }
        .into(),
        Request::Note {
            text: format!("kept as it is: {}", mint.secret()),
            tags: vec!["unmasked".to_owned()],
            starred: true,
        }
        .into(),
        Request::Note { text: hidden("note"), tags: private(), starred: true }.into(),
        Request::Alert { text: mint.secret(), source: mint.secret(), alert: None, tags: vec![] }.into(),
        Request::Alert { text: hidden("alert"), source: "monitor".to_owned(), alert: None, tags: private() }
            .into(),
        Request::Decide {
            text: format!("revoke {}", mint.secret()),
            decided_by: Some("alice".to_owned()),
            executor: None,
            check: None,
            objections: vec![mint.secret()],
            tags: vec![],
        }
        .into(),
        Request::Decide {
            text: hidden("decision"),
            decided_by: Some("alice".to_owned()),
            executor: None,
            check: None,
            objections: vec![],
            tags: private(),
        }
        .into(),
        Request::Propose { text: format!("somebody used {}", mint.secret()), tags: vec![] }.into(),
        Request::Propose { text: hidden("hypothesis"), tags: private() }.into(),
        Request::Ask {
            text: format!("where is {} used", mint.secret()),
            person: Some("bob".to_owned()),
            time_box: None,
            tags: vec![],
        }
        .into(),
        Request::AddLink {
            kind: "ticket".to_owned(),
            url: format!("https://bob:{}@tickets.example/1", mint.secret()),
        }
        .into(),
        Request::SetSeverity { to: Some("P2".to_owned()), reason: format!("only {}", mint.secret()) }.into(),
        Request::FileStory(NewStory {
            title: format!("Rotate {}", mint.secret()),
            proof: mint.secret(),
            ..NewStory::default()
        })
        .into(),
    ];
    notes_of_steps(service, by, mint, log).await;
    amendments(service, by, mint, log, &mut asked).await;
    // A name that is a token is refused or masked; either will do.
    let person = Request::AssignRole { role: "scribe".to_owned(), person: mint.secret() };
    let head = service.incident(log).await.unwrap().head;
    let _ = service.submit(log, by, &[person.into()], head).await;
    if visibility != Visibility::Team {
        asked.push(Request::SetVisibility { visibility }.into());
        asked.push(Request::Note { text: hidden("restricted"), tags: vec![], starred: true }.into());
    }
    asked.push(Request::Resolve { ended_by: format!("{} was revoked", mint.secret()) }.into());
    for one in asked {
        let words = format!("{one:?}");
        let head = service.incident(log).await.unwrap().head;
        service.submit(log, by, &[one], head).await.unwrap_or_else(|e| panic!("{e}: {words}"));
    }
    log
}

/// A runbook whose own text holds a secret, and a note with one at every move of its steps.
async fn notes_of_steps(service: &Service, by: &By, mint: &mut Mint, log: LogId) {
    let text = format!(
        "# Leaked token\n\n## Contain\n\n- [ ] Revoke {}\n- [ ] Look for it\n- [ ] Tell people\n- [ ] Sign out\n",
        mint.secret()
    );
    let title = format!("Leaked {}", mint.secret());
    let runbook = RunbookText { name: "leaked".to_owned(), title, text };
    service.submit(log, by, &[Request::AttachRunbook(runbook).into()], Seq::NONE).await.unwrap();
    let moves = [
        ("1", StepMove::Tick),
        ("2", StepMove::Block),
        ("2", StepMove::Reopen),
        ("2", StepMove::Skip),
        ("3", StepMove::Doing),
        ("3", StepMove::Tick),
        ("4", StepMove::Block),
    ];
    for (step, change) in moves {
        let request = Request::MoveStep {
            step: StepPick::Named(step.to_owned()),
            change,
            person: None,
            reason: format!("{NOTE} {change:?}: {} is used there", mint.secret()),
        };
        service
            .submit(log, by, &[request.into()], Seq::NONE)
            .await
            .unwrap_or_else(|e| panic!("{change:?}: {e}"));
    }
    // A name that is a token is refused or masked; either will do.
    let assign = Request::AssignStep { step: StepPick::Named("4".to_owned()), person: mint.secret() };
    let _ = service.submit(log, by, &[assign.into()], Seq::NONE).await;
}

/// Every line that people said gets other words, twice, with a secret in them; what is privileged stays so.
async fn amendments(service: &Service, by: &By, mint: &mut Mint, log: LogId, asked: &mut Vec<Asked>) {
    for one in std::mem::take(asked) {
        // The amendments below are of what was said before them.
        let words = format!("{one:?}");
        service.submit(log, by, &[one], Seq::NONE).await.unwrap_or_else(|e| panic!("{e}: {words}"));
    }
    let lines = service.incident(log).await.unwrap();
    let lines = lines.timeline.stored().iter();
    let lines = lines.filter(|e| e.kind != EntryKind::System && !e.text.starts_with("control"));
    let lines: Vec<(Seq, bool)> = lines.map(|e| (e.seq, e.text.contains(PRIVILEGED))).collect();
    assert!(lines.len() >= 8 && lines.iter().any(|(_, hidden)| *hidden), "{lines:?}");
    for (target, hidden) in lines {
        for round in ["corrected", "corrected again"] {
            // The words of a privileged line need not say that it is.
            let text = if hidden {
                format!("{PRIVILEGED} {round}")
            } else {
                format!("{CORRECTED} {round}: it was {} all along", mint.secret())
            };
            let amend = Request::Amend { target, text: Some(text), at: None, seen: None };
            service.submit(log, by, &[amend.into()], Seq::NONE).await.unwrap();
        }
    }
}

/// Publishes an incident some times, its draft edited by hand before each; now and then with a secret in it.
async fn publish(service: &Service, by: &By, mint: &mut Mint, log: LogId, times: usize, tally: &mut Tally) {
    let draft = service.draft(log, by, false).await.unwrap();
    fs::write(&draft.path, filled(&draft.text)).unwrap();
    for n in 0..times {
        let good = fs::read_to_string(&draft.path).unwrap();
        let bad = format!("{good}\nThe token was {}.\n", mint.secret());
        let tries: [(&str, Option<String>, Option<String>); 3] = [
            (&bad, Some("all is known".to_owned()), None),
            (&good, Some(format!("it is only {}", mint.secret())), None),
            (&good, Some("all is known".to_owned()), Some(format!("{} <alice@example.org>", mint.secret()))),
        ];
        // What was refused must not be published by what comes after it.
        let (text, waive, author) = &tries[n % 3];
        // A reason is in the commit only while there are problems.
        let broken =
            if n % 3 == 1 { text.replace("## Lessons Learned", "## Other") } else { (*text).to_owned() };
        fs::write(&draft.path, &broken).unwrap();
        let author = author.as_deref().unwrap_or(AUTHOR);
        match service.publish(log, by, waive.as_deref(), Some(author)).await {
            Err(failure) => {
                let said = failure.to_string();
                assert!(matches!(failure.kind, FailureKind::Integrity | FailureKind::Usage), "{said}");
                let told = mint.needles.iter().rev().take(3).any(|needle| said.contains(needle.as_str()));
                assert!(!told, "a refusal never repeats a secret: {said}");
                tally.refused += 1;
            }
            // Masked on the way, which the objects will show.
            Ok(_) => tally.published += 1,
        }
        let text = format!("{}\nEdited by hand, version {n} of {}.\n", good.trim_end(), log);
        fs::write(&draft.path, text).unwrap();
        service
            .publish(log, by, Some("all is known"), Some(AUTHOR))
            .await
            .unwrap_or_else(|e| panic!("{e}\n{}", fs::read_to_string(&draft.path).unwrap_or_default()));
        tally.published += 1;
    }
}

/// What is looked for: made once, for there are thousands.
fn search(needles: &[String]) -> AhoCorasick {
    AhoCorasick::new(needles).unwrap()
}

/// The secrets in these bytes, with what stands before each.
fn found(search: &AhoCorasick, bytes: &[u8]) -> Vec<String> {
    let told = |at: usize, end: usize| lossy(&bytes[at.saturating_sub(40)..end]);
    search.find_iter(bytes).map(|hit| told(hit.start(), hit.end())).collect()
}

#[test]
fn no_secret_and_no_privileged_word_is_in_any_object_of_git() {
    let wanted = rounds(40, 2_000);
    let world = World::new();
    world.done(&["list"]);
    let mut mint = Mint { dice: Dice::new("secrets"), needles: Vec::new() };
    let mut tally = Tally::default();
    let work = async {
        let session = session(world.home().parent().unwrap(), "alice");
        let service = session.open(Opening::Write).await.unwrap();
        let by = session.by();
        let mut round = 0;
        while tally.published < wanted {
            let visibility = match round % 8 {
                3 => Visibility::Restricted,
                6 => Visibility::Privileged,
                _ => Visibility::Team,
            };
            let log = incident(&service, &by, &mut mint, visibility).await;
            if visibility == Visibility::Team {
                publish(&service, &by, &mut mint, log, 6, &mut tally).await;
            } else {
                let draft = service.draft(log, &by, false).await.unwrap();
                fs::write(&draft.path, format!("{}\n{PRIVILEGED} draft\n", filled(&draft.text))).unwrap();
                service.publish(log, &by, Some("all is known"), Some(AUTHOR)).await.unwrap_err();
                tally.withheld += 1;
            }
            // What others wrote is not taken in with a secret, and what came with it is.
            let texts = vec![
                (format!("in/{round}-a.md"), format!("# Outage {round}\n\nkey {}\n", mint.secret())),
                (format!("in/{round}-b.md"), format!("# Outage {round} told\n\nThe disk was full.\n")),
                (
                    format!("in/{}.md", mint.secret().replace(['/', ' '], "-")),
                    format!("# Name {round}\n\nA name.\n"),
                ),
                (format!("in/{round}-c.md"), format!("# Title {}\n\nA title.\n", mint.secret())),
            ];
            let report = service.import_texts(&by, texts, Some(AUTHOR.to_owned())).await;
            tally.published += usize::from(report.is_ok_and(|report| report.commit.is_some()));
            round += 1;
        }
        service.close().await.unwrap();
    };
    crate::service::run(work);

    // The same by the program itself.
    let secret = mint.secret();
    world.done(&["declare", &format!("Printed {secret}"), "--severity", "P1"]);
    let id = world.json(&["list"])["incidents"][0]["id"].as_str().unwrap().to_owned();
    world.done(&["log", &id, &format!("{} again", mint.secret())]);
    world.done(&["log", &id, &format!("{PRIVILEGED} by the program #privileged")]);
    world.done(&["resolve", &id]);
    world.done(&["postmortem", "draft", &id]);
    world.done(&["postmortem", "publish", &id, "--waive", "all is known"]);
    tally.published += 1;

    let archive = world.home().join("postmortems");
    let git = |args: &[&str]| {
        let done = world.command("git").arg("-C").arg(&archive).args(args).output().unwrap();
        assert!(done.status.success(), "git {args:?}: {}", lossy(&done.stderr));
        done.stdout
    };
    let objects = git(&["cat-file", "--batch-all-objects", "--batch", "--unordered"]);
    let count =
        git(&["cat-file", "--batch-all-objects", "--batch-check"]).iter().filter(|b| **b == b'\n').count();
    mint.needles.push(PRIVILEGED.to_owned());
    let (secrets, none) = (search(&mint.needles), Vec::<String>::new());
    assert_eq!(found(&secrets, &objects), none, "in an object");
    for path in walk(&archive) {
        assert_eq!(found(&secrets, &fs::read(&path).unwrap()), none, "in {}", path.display());
        assert_eq!(found(&secrets, path.to_string_lossy().as_bytes()), none, "in a name");
    }

    // What is to be there is there, so the search sees what there is.
    for control in [
        "control words that everybody may know",
        "Edited by hand, version 5",
        "[secret github-pat",
        NOTE,
        CORRECTED,
    ] {
        assert!(!found(&search(&[control.to_owned()]), &objects).is_empty(), "{control}");
    }
    // And a commit that nobody looked at would be found out.
    let leak = format!("one {} more\n", mint.needles[mint.needles.len() / 2]);
    fs::write(archive.join("leak.md"), leak).unwrap();
    git(&["add", "leak.md"]);
    let objects = git(&["cat-file", "--batch-all-objects", "--batch", "--unordered"]);
    assert_eq!(found(&secrets, &objects).len(), 1, "the test's own test");
    assert!(tally.refused > 0 && tally.withheld > 0 && tally.published >= wanted, "{}", tally.refused);
    figure(&format!(
        "{} secrets in what {} publications were made of: 0 in {count} objects of git, 0 in its other files; {} \
         publications refused, {} incidents withheld",
        mint.needles.len() - 1,
        tally.published,
        tally.refused,
        tally.withheld
    ));
}
