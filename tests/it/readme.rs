//! The README is true: its tour is typed here as it stands, and its links lead somewhere.

use crate::journey::FILL_IN;
use crate::screen::World;

const README: &str = include_str!("../../README.md");

/// The commands of the tour, continued lines joined, comments cut.
fn tour() -> Vec<String> {
    let tour = README.split("## A tour").nth(1).unwrap().split("\n## ").next().unwrap();
    let mut commands = Vec::new();
    for block in tour.split("```console\n").skip(1) {
        let block = block.split("```").next().unwrap().replace("\\\n", " ");
        for line in block.lines().filter_map(|l| l.strip_prefix("$ ")) {
            commands.push(line.split("   #").next().unwrap().trim().to_owned());
        }
    }
    commands
}

#[test]
fn the_tour_works_as_it_stands() {
    let mut world = World::new();
    let editor = world.script("editor", FILL_IN);
    world.set("VISUAL", editor.to_str().unwrap());
    let mut done = 0;
    for command in tour() {
        let words = shell_words::split(&command).unwrap();
        let Some((program, args)) = words.split_first() else { continue };
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        if program != "warroom" {
            assert_eq!(program, "export", "{command}");
            continue;
        }
        if args.first() == Some(&"open") {
            let mut screen = world.screen(&args, 120, 40);
            screen.until("Signing key leaked from CI").until("revoke the key at the KMS now");
            continue;
        }
        let (code, out, err) = world.run(&args);
        assert_eq!(code, 0, "{command}\n{out}{err}");
        done += 1;
        if command.contains("build log") {
            assert!(err.contains("INC-2026-0001") && err.contains("Sign in the KMS only"), "{out}{err}");
        }
    }
    assert!(done >= 12, "the tour has lost its commands: {done}");
}

#[test]
fn the_links_lead_somewhere() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/");
    let links: Vec<&str> = README
        .split("](")
        .skip(1)
        .filter_map(|rest| rest.split(')').next())
        .filter(|link| !link.starts_with("https://"))
        .collect();
    assert!(links.len() >= 3);
    for link in links {
        assert!(std::path::Path::new(&format!("{folder}{link}")).exists(), "{link}");
    }
}
