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

#[test]
fn the_room_runs_the_command_of_a_step_and_goes_on_meanwhile() {
    use crate::screen::World;
    let world = World::new();
    world.done(&["init"]);
    let gate = world.path("gate");
    let wait =
        world.script("wait.sh", "#!/bin/sh\nuntil [ -e \"$1\" ]; do sleep 0.05; done\necho it went on\n");
    let runbook = format!(
        "# Disk full\n\n## Containment\n\n- Wait for it\n\n  ```sh\n  sh {} {}\n  ```\n\n- Think\n",
        wait.display(),
        gate.display()
    );
    std::fs::write(world.home().join("runbooks/disk.md"), runbook).unwrap();
    world.done(&["declare", "Disk full", "--severity", "P2", "--runbook", "disk"]);
    let mut screen = world.screen(&["open", "1"], 120, 40);
    screen.until("Timeline");
    // Enter alone runs nothing.
    screen.type_text(":").until("write").line("run 1").until("Run it?").until("wait.sh").until(" in /");
    screen.type_text("\r").until("nothing was run");
    screen.type_text(":").until("write").line("run 1").until("Run it?").line("yes").until_gone("Run it?");
    // While the command waits, lines are taken and stored.
    screen.type_text("i").until("write").line("two of three are back");
    let said = |text: &str| {
        let timeline = world.json(&["timeline", "1"]);
        timeline["entries"].as_array().unwrap().iter().any(|e| e["text"].as_str().unwrap().contains(text))
    };
    screen.until_that("the line is stored", |_| said("two of three are back"));
    assert!(!said("exit 0"), "it waits");
    std::fs::write(&gate, "").unwrap();
    screen.until("ran `sh");
    screen.until_that("the output is evidence", |_| {
        let shown = world.json(&["show", "1"]);
        shown["evidence"][0]["class"] == "command output" && shown["evidence"][0]["sha256"].is_string()
    });
    assert!(said("exit 0") && said("it went on"));
    screen.type_text("q").until("declare").type_text("q").end();
}
