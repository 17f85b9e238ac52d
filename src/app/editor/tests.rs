//! Tests of the line editor.

use super::*;

/// Types a script: text as it is, `<Name>` for an edit; shows the line with `|` as the cursor.
fn check(script: &str, expected: &str) {
    let mut e = Editor::default();
    run(&mut e, script);
    let mut shown = e.text().to_owned();
    shown.insert(e.cursor(), '|');
    assert_eq!(shown, expected, "after {script:?}");
}

fn run(e: &mut Editor, script: &str) {
    let mut rest = script;
    while let Some(c) = rest.chars().next() {
        if let Some(after) = rest.strip_prefix('<')
            && let Some((name, tail)) = after.split_once('>')
        {
            e.edit(match name {
                "left" => Edit::Left,
                "right" => Edit::Right,
                "wl" => Edit::WordLeft,
                "wr" => Edit::WordRight,
                "a" => Edit::Start,
                "e" => Edit::End,
                "h" => Edit::DeleteBack,
                "d" => Edit::DeleteForward,
                "k" => Edit::KillToEnd,
                "u" => Edit::KillToStart,
                "w" => Edit::KillWordBack,
                "ad" => Edit::KillWordForward,
                "y" => Edit::Yank,
                "ay" => Edit::YankPop,
                "_" => Edit::Undo,
                "up" => Edit::Older,
                "down" => Edit::Newer,
                other => panic!("no edit {other}"),
            });
            rest = tail;
        } else {
            e.type_char(c).unwrap();
            rest = rest.strip_prefix(c).unwrap();
        }
    }
}

#[test]
fn keys_do_what_readline_does() {
    check("on-call paged", "on-call paged|");
    check("on-call paged<a>x", "x|on-call paged");
    check("on-call paged<w>", "on-call |");
    check("on-call paged<w><w>", "|");
    check("on-call paged<wl><wl>", "on-|call paged");
    check("on-call paged<a><wr>", "on|-call paged");
    check("one two<u>", "|");
    check("one two<wl><k>", "one |");
    check("one two<w><w><y>", "one two|");
    check("one two<wl><u><e><y>", "twoone |");
    check("ab<left><d>", "a|");
    check("ab<h><h><h>", "|");
    check("one two<a><ad>", "| two");
    check("one<w>two<w><y><ay>", "one|");
}

#[test]
fn cursor_moves_by_grapheme() {
    check("e\u{301}x<left><left>", "|e\u{301}x");
    check("👩‍👩‍👧x<left><h>", "|x");
    check("日本<left>", "日|本");
}

#[test]
fn undo_goes_back_by_words_and_by_pastes() {
    check("one two<_>", "one |");
    check("one two<_><_>", "|");
    check("one two<w><_>", "one two|");
    let mut e = Editor::with_text("a ");
    e.paste("x\r\ny\tz\u{1b}[31m\n").unwrap();
    assert_eq!(e.text(), "a x\ny z[31m");
    e.edit(Edit::Undo);
    assert_eq!(e.text(), "a ");
}

#[test]
fn history_keeps_the_unfinished_line() {
    let mut e = Editor::default();
    e.remember("first");
    e.remember("second");
    run(&mut e, "half<up><up>");
    assert_eq!(e.text(), "first");
    run(&mut e, "<up><down><down><down>");
    assert_eq!(e.text(), "half");
}

#[test]
fn the_line_is_bounded_and_refuses_whole() {
    let mut e = Editor::with_text(&"x".repeat(MAX_BYTES));
    assert!(e.type_char('y').is_err());
    assert!(e.paste("y").is_err());
    assert!(Editor::default().paste(&"y".repeat(10 * 1024 * 1024)).is_err());
    assert_eq!(e.text().len(), MAX_BYTES);
    e.edit(Edit::KillToStart);
    assert!(e.is_empty());
}

proptest::proptest! {
    #[test]
    fn cursor_is_always_at_a_boundary_and_undo_returns_to_empty(ops in proptest::collection::vec((0u8..18, ".{0,6}"), 0..60)) {
        let mut e = Editor::default();
        for (op, text) in &ops {
            match op {
                0 => e.edit(Edit::Left), 1 => e.edit(Edit::Right), 2 => e.edit(Edit::WordLeft),
                3 => e.edit(Edit::WordRight), 4 => e.edit(Edit::Start), 5 => e.edit(Edit::DeleteBack),
                6 => e.edit(Edit::DeleteForward), 7 => e.edit(Edit::KillToEnd), 8 => e.edit(Edit::KillToStart),
                9 => e.edit(Edit::KillWordBack), 10 => e.edit(Edit::Yank), 11 => e.edit(Edit::YankPop),
                12 => e.edit(Edit::Older), 13 => e.edit(Edit::Undo),
                14 => e.paste(text).unwrap(),
                _ => for c in text.chars() { e.type_char(c).unwrap(); },
            }
            proptest::prop_assert!(e.text().is_char_boundary(e.cursor()));
            proptest::prop_assert!(
                GraphemeCursor::new(e.cursor(), e.text().len(), true).is_boundary(e.text(), 0) == Ok(true));
        }
        for _ in 0..2000 { e.edit(Edit::Undo); }
        proptest::prop_assert!(e.is_empty());
    }
}
