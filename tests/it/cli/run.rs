//! Commands that are run and kept.

use super::Desk;

fn desk() -> Desk {
    let desk = Desk::new();
    desk.ok(&["init"]);
    desk.file(
        "home/runbooks/disk.md",
        "# Disk full\n\n## Containment\n\n- Say what is there\n\n  ```sh\n  printf one\n  ```\n\n- Look through a pipe\n\n  ```sh\n  \
         printf 'a\\nb\\n' | sort -r\n  ```\n\n- Think\n",
    );
    desk.ok(&["declare", "Disk full", "--severity", "P2", "--runbook", "disk"]);
    desk
}

#[test]
fn a_command_is_run_and_kept_with_its_end_and_output() {
    let desk = desk();
    let done = desk.run(&["run", ".", "--json", "--", "printf", "%s", "$(id); x"]).code(0).json();
    assert_eq!((&done["code"], &done["ran"]), (&0.into(), &true.into()), "{done}");
    let text = done["entries"][0]["text"].as_str().unwrap().to_owned();
    assert!(text.contains("exit 0") && text.contains("$(id); x"), "no shell reads the arguments: {text}");
    let shown = desk.json(&["show", "."]);
    let item = &shown["evidence"][0];
    assert_eq!((&item["class"], &item["sha256"]), (&"command output".into(), &done["sha256"]));
    desk.ok(&["evidence", "verify", "."]);
    // A bad end is an answer of its own; a program that is not there too.
    let bad = desk.run(&["run", ".", "--json", "--", "sh", "-c", "echo no >&2; exit 3"]).code(1).json();
    assert_eq!(bad["code"], 3);
    let missing = desk.run(&["run", ".", "--", "no-such-program-here"]).code(1);
    assert!(missing.out.contains("no-such-program-here"), "{missing:?}");
    // What does not end is ended, with all that it started.
    let late = desk
        .run(&["run", ".", "--timeout", "1s", "--json", "--", "sh", "-c", "sleep 60 & sleep 60"])
        .code(1)
        .json();
    assert!(
        late["how"].as_str().unwrap().contains("did not end by itself")
            && late["ms"].as_u64().unwrap() < 20_000
    );
    // A secret in the output reaches neither the timeline nor the file.
    let token = format!("{}_{}", "ghp", "A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7r8");
    desk.ok(&["run", ".", "--", "printf", "%s", &token]);
    let timeline = desk.ok(&["timeline", "."]);
    assert!(timeline.contains("[secret github-pat") && !timeline.contains(&token), "{timeline}");
    for file in std::fs::read_dir(desk.home().join("evidence")).unwrap() {
        assert!(!std::fs::read_to_string(file.unwrap().path()).unwrap().contains(&token));
    }
}

#[test]
fn the_command_of_a_step_is_shown_before_it_is_run() {
    let desk = desk();
    let shown = desk.json(&["run", ".", "--step", "1"]);
    assert_eq!((&shown["ran"], &shown["command"]), (&false.into(), &"printf one".into()));
    desk.ok(&["run", ".", "--step", "1", "--yes", "--tick"]);
    assert_eq!(desk.json(&["show", "."])["steps"][0]["state"], "done");
    desk.run(&["run", ".", "--step", "2", "--yes"]).refuses(1, "this needs a shell");
    let piped = desk.ok(&["run", ".", "--step", "pipe", "--yes", "--shell"]);
    assert!(piped.starts_with("b\na\n"), "{piped}");
    assert!(desk.ok(&["timeline", "."]).contains("ran with sh"));
    desk.run(&["run", ".", "--step", "3", "--yes"]).refuses(1, "carries no command");
    desk.run(&["run", ".", "--step", "99"]).refuses(3, "no step");
    desk.run(&["run", "."]).refuses(2, "no command is given");
}
