//! How far others hold a log: by what git pushed to a real remote, and by updates. A head that is not ours is not
//! believed, and what came after it is told.
#![expect(clippy::disallowed_methods, reason = "a test looks at the time")]

use std::io::Write;
use std::path::Path;
use std::process::Stdio;
use std::time::Instant;

use warroom::archive::{Archive, COMMITS_MAX};
use warroom::domain::audience::Audience;
use warroom::domain::ids::{LogId, Seq};
use warroom::domain::request::Request;
use warroom::service::Service;
use warroom::shell::session::Opening;

use crate::faults::figure;
use crate::screen::World;
use crate::service::{run, session};

/// A home with an incident that is published, and the head that its commit tells.
fn published() -> (World, String, Seq, String) {
    let world = World::new();
    let id = world.json(&["declare", "Web is down", "--severity", "P1"])["id"].as_str().unwrap().to_owned();
    world.done(&["log", &id, "what was seen first"]);
    world.done(&["resolve", &id]);
    world.done(&["postmortem", "draft", &id]);
    world.done(&["postmortem", "publish", &id, "--waive", "a test"]);
    let told = world.git(&[
        "-C",
        "home/postmortems",
        "log",
        "-1",
        "--format=%(trailers:key=Timeline-Head,valueonly)",
    ]);
    let (seq, hex) = told.trim().split_once(' ').unwrap();
    (world, id, Seq(seq.parse().unwrap()), hex.to_owned())
}

/// What the service says of the only incident of a home; other processes have written it.
fn held(world: &World) -> Option<Seq> {
    let mut found = None;
    run(async {
        let service = session(&world.path(""), "alice").open(Opening::Read).await.unwrap();
        let log = only_log(&service).await;
        found = service.held_head(log).await.unwrap();
        service.close().await.unwrap();
    });
    found
}

async fn only_log(service: &Service) -> LogId {
    service.list_with_logs(&warroom::service::IncidentFilter::default()).await.unwrap()[0].0
}

fn remote(world: &World) {
    world.git(&["init", "-q", "--bare", "remote.git"]);
    world.git(&["-C", "home/postmortems", "remote", "add", "origin", "../../remote.git"]);
}

#[test]
fn a_head_is_published_when_a_remote_has_its_commit_and_not_before() {
    let (world, id, seq, hex) = published();
    remote(&world);
    assert_eq!(held(&world), None, "committed, not pushed");
    assert_eq!(world.json(&["verify"])["pushed"], serde_json::json!([]));
    let mut s = world.screen(&["open", &id], 160, 40);
    s.until("RESOLVED").look(std::time::Duration::from_millis(300));
    assert!(!s.text().contains("head published"), "{}", s.text());
    s.send(b"q").until("1 Incidents").send(b"q").end();

    world.git(&["-C", "home/postmortems", "push", "-q", "origin", "HEAD:refs/heads/team/war-room"]);
    assert_eq!(held(&world), Some(seq));
    let told = world.json(&["verify"]);
    assert_eq!(told["pushed"][0]["incident"], id.as_str(), "{told}");
    assert_eq!(told["pushed"][0]["seq"], seq.0, "{told}");
    assert_eq!(told["pushed"][0]["head"], hex.as_str(), "{told}");
    let (_, said, _) = world.run(&["verify"]);
    assert!(said.contains(&format!("{id} up to {seq} is held by a remote of the archive")), "{said}");
    // The publication itself is an entry that the remote does not hold, and so is each one that follows.
    let head = |world: &World| world.json(&["verify", &id])["heads"][0]["seq"].as_u64().unwrap();
    assert!(head(&world) > seq.0);
    let mut s = world.screen(&["open", &id], 160, 40);
    s.until(&format!("head published #{seq} of {}", head(&world)));
    world.done(&["log", &id, "said after the push"]);
    s.until(&format!("head published #{seq} of {}", head(&world)));
    s.send(b"q").until("1 Incidents").send(b"q").end();

    // A squashing merge puts the message into its own, a packed reference stands in another file, and the branch of
    // a remote's HEAD may be gone.
    let message =
        format!("Squash\n\n* one\n\nIncident: {id}\nTimeline-Head: {seq} {hex}\n\nCo-authored-by: bob\n");
    squash(&world, &message);
    world.git(&["-C", "home/postmortems", "pack-refs", "--all"]);
    world.git(&[
        "-C",
        "home/postmortems",
        "symbolic-ref",
        "refs/remotes/origin/HEAD",
        "refs/remotes/origin/gone",
    ]);
    assert_eq!(held(&world), Some(seq));
    world.git(&["-C", "home/postmortems", "remote", "remove", "origin"]);
    assert_eq!(held(&world), None, "nothing here says any more that somebody has it");
}

/// Replaces what the remote has by a commit of somebody else with this message, and fetches it.
fn squash(world: &World, message: &str) {
    world.git(&["init", "-q", "other"]);
    world.git(&["-C", "other", "commit", "-q", "--allow-empty", "-m", message]);
    world.git(&["-C", "other", "push", "-q", "../remote.git", "+HEAD:refs/heads/main"]);
    let _ = world
        .command("git")
        .args(["-C", "remote.git", "update-ref", "-d", "refs/heads/team/war-room"])
        .status();
    world.git(&["-C", "home/postmortems", "fetch", "-q", "--prune", "origin"]);
}

#[test]
fn a_forged_head_is_not_believed_and_verify_names_its_commit() {
    let world = World::new();
    let id = world.json(&["declare", "Web is down", "--severity", "P1"])["id"].as_str().unwrap().to_owned();
    world.done(&["log", &id, "what was seen first"]);
    let (_, said, _) = world.run(&["similar", &id]);
    assert!(world.home().join("postmortems").exists(), "{said}");
    remote(&world);
    assert!(world.json(&["verify"])["ok"].as_bool().unwrap());
    let forged = "ab".repeat(32);
    squash(&world, &format!("{id}: Web\n\nIncident: {id}\nTimeline-Head: 2 {forged}\n"));
    let commit = world.git(&["-C", "other", "rev-parse", "--short=10", "HEAD"]);
    assert_eq!(held(&world), None);
    let (code, said, _) = world.run(&["verify"]);
    assert!(code == 5 && said.contains(commit.trim()) && said.contains("another head"), "{said}");
    // Our own digest at another position is as wrong, and beyond the end there is none.
    let ours = world.json(&["timeline", &id, "--audit"]).to_string();
    let head = first_digest(&ours);
    for (nth, seq) in [(0, 1), (1, 900)] {
        let message = format!("{nth}\n\nIncident: {id}\nTimeline-Head: {seq} {head}\n");
        std::fs::remove_dir_all(world.path("other")).unwrap();
        squash(&world, &message);
        assert_eq!(held(&world), None, "{message}");
    }
    // Named of another incident it says nothing about this one.
    let (seq, hex) = last_head(&world, &id);
    for (incident, wanted) in [("INC-2025-0009", None), (id.as_str(), Some(Seq(seq)))] {
        std::fs::remove_dir_all(world.path("other")).unwrap();
        squash(&world, &format!("x\n\nIncident: {incident}\nTimeline-Head: {seq} {hex}\n"));
        assert_eq!(held(&world), wanted, "{incident}");
    }
}

fn last_head(world: &World, id: &str) -> (u64, String) {
    // Whatever a remote says, the log itself is whole.
    let found = world.run(&["verify", id, "--json"]).1;
    let found: serde_json::Value = serde_json::from_str(&found).unwrap();
    (found["heads"][0]["seq"].as_u64().unwrap(), found["heads"][0]["head"].as_str().unwrap().to_owned())
}

/// A digest that stands in a text, not that of the first event.
fn first_digest(text: &str) -> String {
    let found = text.split(|c: char| !c.is_ascii_hexdigit()).filter(|w| w.len() == 64).nth(1);
    found.unwrap().to_owned()
}

#[test]
fn a_head_in_an_update_counts_when_it_is_ours() {
    let folder = tempfile::tempdir().unwrap();
    run(async {
        let ((service, alice), _, log) = crate::service::two(folder.path()).await;
        let ours = service.incident(log).await.unwrap().head;
        let digest = service.digest_at(log, ours).await.unwrap();
        let send = async |text: String| {
            let asked = Request::SendUpdate { audience: Audience::Internal, text, next: None };
            service.submit(log, &alice, &[asked.into()], Seq::NONE).await.unwrap();
            service.held_head(log).await.unwrap()
        };
        assert_eq!(send(format!("contained\nLog: {ours}:{}", "ab".repeat(32))).await, None);
        assert_eq!(send(format!("contained\nLog: 900:{digest}")).await, None);
        assert_eq!(send(format!("contained\nLog: {ours}:{digest}")).await, Some(ours));
    });
}

#[test]
fn of_a_long_history_the_newest_commits_are_read() {
    use std::fmt::Write as _;
    let world = World::new();
    world.git(&["init", "-q", "long"]);
    let hex = "ab".repeat(32);
    let mut stream = String::new();
    for n in 1..=COMMITS_MAX + 2 {
        // The two oldest and the newest tell a head; the second oldest is just beyond what is read.
        let told = n <= 2 || n == COMMITS_MAX + 2;
        let message = if told {
            format!("x\n\nIncident: INC-2026-0001\nTimeline-Head: {n} {hex}\n")
        } else {
            "x".into()
        };
        let at = 1_700_000_000 + n;
        let bytes = message.len();
        write!(stream, "commit refs/remotes/origin/main\ncommitter A <a@example.org> {at} +0000\ndata {bytes}\n{message}\n")
            .unwrap();
    }
    let mut git = world.command("git");
    let mut child = git.args(["-C", "long", "fast-import", "--quiet"]).stdin(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(stream.as_bytes()).unwrap();
    assert!(child.wait().unwrap().success());

    let archive = Archive::open(&world.path("long"), Path::new("")).unwrap();
    let tips = archive.remote_tips().unwrap();
    let begun = Instant::now();
    let told = archive.told_heads(&tips, COMMITS_MAX).unwrap();
    figure(&format!("pushed: {COMMITS_MAX} commits read in {} ms", begun.elapsed().as_millis()));
    let seqs: Vec<u64> = told.iter().map(|one| one.seq.0).collect();
    assert_eq!((tips.len(), seqs), (1, vec![u64::try_from(COMMITS_MAX).unwrap() + 2]));
}
