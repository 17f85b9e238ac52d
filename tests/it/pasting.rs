//! Pastes in a real terminal: one undo step, and no paste is too long for the program to go on.

use crate::faults::rounds;
use crate::screen::World;

fn pasted(text: &str) -> Vec<u8> {
    [b"\x1b[200~", text.as_bytes(), b"\x1b[201~"].concat()
}

#[test]
fn a_paste_of_two_thousand_characters_is_one_step_of_undo() {
    let world = World::new();
    world.done(&["init"]);
    world.done(&["declare", "Disk full"]);
    let mut screen = world.screen(&["open", "."], 100, 30);
    screen.until("? all").send(b"i").until("Enter store").type_text("before ").until("before");
    let tail = "END OF TEXT";
    let text = format!("{}{tail}", "日本 words ".repeat(221));
    assert_eq!(text.chars().count(), 2_000);
    screen.send(&pasted(&text)).until(tail);
    // One Ctrl-_ takes all of it, and nothing of what was typed before it.
    screen.send(b"\x1f").until_gone(tail).until("› before");
    screen.type_text("after").send(b"\r").until_that("it is stored", |shown| {
        shown.lines().any(|line| line.contains("before after") && line.contains('✓'))
    });
}

#[test]
fn a_paste_of_ten_megabytes_becomes_a_named_file_and_the_line_goes_on() {
    let world = World::new();
    world.done(&["init"]);
    world.done(&["declare", "Disk full"]);
    let mut screen = world.screen(&["open", "."], 140, 30);
    screen.until("? all").send(b"i").until("Enter store").type_text("before ").until("before");
    // In the long form a single line of 64 MiB.
    let (mib, piece) = if rounds(1, 2) == 1 { (10, "0123456789abcde\n") } else { (64, "0123456789abcdef") };
    let text = piece.repeat(mib * 1024 * 1024 / 16);
    screen.send(&pasted(&text)).until("the text is kept in");
    screen.until("› before").type_text("after").send(b"\r").until_that("it is stored", |shown| {
        shown.lines().any(|line| line.contains("before after") && line.contains('✓'))
    });
    let kept = std::fs::read_dir(world.home().join("drafts")).unwrap().map(|entry| entry.unwrap().path());
    let kept: Vec<_> = kept.filter(|path| path.display().to_string().contains("kept-")).collect();
    assert_eq!(kept.len(), 1, "{kept:?}");
    assert_eq!(std::fs::read_to_string(&kept[0]).unwrap().len(), text.len());
}
