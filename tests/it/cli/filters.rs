//! Which lines of a timeline are wanted: the flags of `warroom timeline`.

use super::{Desk, texts};

#[test]
fn a_timeline_is_narrowed_by_kind_author_tag_star_text_and_time() {
    let mut desk = Desk::new();
    desk.declare("Web is down");
    for line in [
        "-40m the disk is full #disk",
        "-30m ! @carol roll back the release",
        "-20m + @bob 1h count the FAILED orders",
        "* orders come in again #orders",
    ] {
        desk.ok(&["log", ".", line]);
    }
    desk.set("WARROOM_AS", "bob");
    desk.ok(&["log", ".", "-10m failed orders: 12 #orders"]);
    let check = |flags: &[&str], wanted: &[&str]| {
        let all = [&["timeline", "."], flags].concat();
        let found = desk.json(&all);
        let found = found["entries"].as_array().unwrap();
        assert_eq!(texts(found), wanted, "{flags:?}");
    };
    check(&["--kind", "decision"], &["roll back the release"]);
    check(
        &["--kind", "decision", "--kind", "ask"],
        &["roll back the release", "@bob count the FAILED orders"],
    );
    check(&["--author", "@Bob"], &["failed orders: 12 #orders"]);
    check(&["--tag", "#disk"], &["the disk is full #disk"]);
    check(&["--tag", "disk", "--tag", "orders", "--author", "bob"], &["failed orders: 12 #orders"]);
    check(&["--starred"], &["orders come in again #orders"]);
    check(&["--grep", "Failed orders"], &["@bob count the FAILED orders", "failed orders: 12 #orders"]);
    check(&["--since", "-25m", "--until", "-5m", "--kind", "ask"], &["@bob count the FAILED orders"]);
    check(&["--until", "13:25", "--kind", "note"], &["the disk is full #disk"]);
    check(&["--since", "2026-11-20", "--grep", "release"], &["roll back the release"]);
    check(&["--until", "2026-11-19"], &[]);
    check(&["--grep", "nothing of it"], &[]);
    assert_eq!(desk.ok(&["timeline", ".", "--starred"]).lines().count(), 2, "a day and a line");
    // The first role marks that it is acknowledged, the next marks nothing.
    desk.ok(&["role", ".", "tech-lead", "dana"]);
    desk.ok(&["role", ".", "scribe", "carol"]);
    let shown = desk.ok(&["timeline", "."]);
    assert!(
        shown.contains("dana is tech-lead (acknowledged)") && !shown.contains("carol is scribe"),
        "{shown}"
    );
    assert!(
        desk.ok(&["timeline", ".", "--kind", "system"]).contains("carol is scribe"),
        "asked for, so shown"
    );
    desk.run(&["timeline", ".", "--since", "soon"]).refuses(2, "not a time");
    desk.run(&["timeline", ".", "--kind", "gossip"]).code(2);
}
