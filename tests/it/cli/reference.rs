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
        assert!(desk.ok(&["completions", shell]).contains("declare"));
    }
    let folder = desk.path("man");
    desk.ok(&["man", folder.to_str().unwrap()]);
    assert!(folder.join("warroom.1").exists() && folder.join("warroom-log.1").exists());
    let alone = desk.with("WARROOM_HOME", "elsewhere").run::<&str>(&[]);
    assert_eq!((alone.code, alone.out.as_str()), (2, ""));
    assert!(alone.err.contains("Usage: warroom"), "{alone:?}");
}
