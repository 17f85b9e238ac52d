//! The mouse in the real program: a click selects, the wheel scrolls, nothing is stored, and it is given back.

use crate::screen::World;

fn world(setting: &str) -> World {
    let world = World::new();
    world.done(&["init"]);
    std::fs::write(world.home().join("warroom.toml"), format!("[ui]\nmouse = {setting}\n")).unwrap();
    world.done(&["declare", "Disk full on db-7", "--severity", "P2"]);
    for n in 1..=40 {
        // Every run starts its clock anew: the order is that of what each line says.
        world.done(&["log", ".", &format!("-{}m line {n:02}", 41 - n)]);
    }
    world
}

/// A report as terminals send it (SGR, 1006): columns and rows from 1.
fn report(button: u8, column: usize, row: usize) -> Vec<u8> {
    format!("\x1b[<{button};{column};{row}M").into_bytes()
}

#[test]
fn a_click_selects_the_wheel_scrolls_and_nothing_is_stored() {
    let world = world("true");
    let entries = world.json(&["timeline", "."])["entries"].as_array().unwrap().len();
    let mut s = world.screen(&["open", "."], 80, 24);
    s.until("line 40");
    let row = s.text().lines().position(|l| l.contains("line 38")).unwrap() + 1;
    // What is clicked is what `e` amends.
    s.send(&report(0, 10, row)).send(b"e").until("› line 38");
    // With the composer open the wheel scrolls the pane and takes nothing from the line.
    for _ in 0..12 {
        s.send(&report(64, 10, 8));
    }
    s.until("line 12").until("› line 38");
    s.send(b"\x1b").until("normal").send(b"q").until("n declares").send(b"q");
    assert_eq!(s.end(), 0);
    let raw = String::from_utf8_lossy(s.raw()).into_owned();
    assert!(
        raw.contains("\x1b[?1006h") && raw.contains("\x1b[?1006l"),
        "the mouse is asked for and given back"
    );
    assert_eq!(world.json(&["timeline", "."])["entries"].as_array().unwrap().len(), entries);
}

#[test]
fn without_the_setting_the_terminal_keeps_its_mouse() {
    let world = world("false");
    let mut s = world.screen(&["open", "."], 80, 24);
    s.until("line 40").send(b"q").until("n declares").send(b"q");
    assert_eq!(s.end(), 0);
    assert!(!String::from_utf8_lossy(s.raw()).contains("\x1b[?1000h"));
}
