//! The pictures of the README: the real program in a pseudo-terminal, in its own demo, its cells written as SVG.
//! `UPDATE_DOCS=1 cargo test pictures` (or `docs/pictures.sh`) writes them anew. Times run while a picture is taken, so
//! it is held to its words, not to its clocks.

use std::fmt::Write;
use std::time::Duration;

use crate::screen::{Screen, World};

/// Width and height of a cell, in the units of the picture.
const CELL: (u16, u16) = (9, 18);

/// Foreground and background of the picture.
const PAPER: (&str, &str) = ("#cdd9e5", "#22272e");

/// The sixteen colours as a common dark terminal shows them.
fn colour(colour: vt100::Color, default: &str) -> String {
    const SIXTEEN: [&str; 16] = [
        "#1b1f23", "#f47067", "#57ab5a", "#daaa3f", "#539bf5", "#b083f0", "#39c5cf", "#adbac7", "#768390",
        "#f47067", "#57ab5a", "#daaa3f", "#539bf5", "#b083f0", "#39c5cf", "#f0f3f6",
    ];
    match colour {
        vt100::Color::Idx(n) => {
            SIXTEEN.get(usize::from(n)).map_or_else(|| default.to_owned(), |c| (*c).to_owned())
        }
        vt100::Color::Rgb(r, g, b) => format!("#{r:02x}{g:02x}{b:02x}"),
        vt100::Color::Default => default.to_owned(),
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// How a run of cells looks.
#[derive(PartialEq, Clone)]
struct Look {
    ink: String,
    paper: String,
    bold: bool,
    dim: bool,
}

/// The screen as an SVG: one text element for each run of cells of one look.
fn svg(screen: &Screen) -> String {
    let screen = screen.cells();
    let (rows, columns) = screen.size();
    let (rows, columns) = (rows.get(), columns.get());
    let (width, height) = (columns * CELL.0, rows * CELL.1);
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"-8 -8 {} {}\" font-family=\"ui-monospace, 'DejaVu Sans \
         Mono', Menlo, Consolas, monospace\" font-size=\"15\">\n<rect x=\"-8\" y=\"-8\" width=\"100%\" \
         height=\"100%\" rx=\"8\" fill=\"{}\"/>\n",
        width + 16,
        height + 16,
        PAPER.1
    );
    for y in 0..rows {
        let mut runs: Vec<(u16, u16, String, Look)> = Vec::new();
        for x in 0..columns {
            let Some(cell) = screen.cell(y, x).filter(|cell| !cell.is_wide_continuation()) else { continue };
            let (mut ink, mut paper) = (colour(cell.fgcolor(), PAPER.0), colour(cell.bgcolor(), PAPER.1));
            if cell.inverse() {
                std::mem::swap(&mut ink, &mut paper);
            }
            let look = Look { ink, paper, bold: cell.bold(), dim: cell.dim() };
            let text = if cell.has_contents() { cell.contents() } else { " " };
            let wide = 1 + u16::from(cell.is_wide());
            match runs.last_mut().filter(|(.., last)| *last == look) {
                Some((_, end, run, _)) => {
                    *end = x + wide;
                    run.push_str(text);
                }
                None => runs.push((x, x + wide, text.to_owned(), look)),
            }
        }
        for (from, to, text, look) in runs {
            if look.paper != PAPER.1 {
                let (x, y, w) = (from * CELL.0, y * CELL.1, (to - from) * CELL.0);
                let fill = &look.paper;
                writeln!(
                    out,
                    "<rect x=\"{x}\" y=\"{y}\" width=\"{w}\" height=\"{}\" fill=\"{fill}\"/>",
                    CELL.1
                )
                .unwrap();
            }
            let lead = u16::try_from(text.len() - text.trim_start_matches(' ').len()).unwrap();
            let tail = u16::try_from(text.len() - text.trim_end_matches(' ').len()).unwrap();
            if text.trim_matches(' ').is_empty() {
                continue;
            }
            let bold = if look.bold { " font-weight=\"bold\"" } else { "" };
            let dim = if look.dim { " opacity=\"0.6\"" } else { "" };
            let (x, y, length) =
                ((from + lead) * CELL.0, y * CELL.1 + 14, (to - tail - from - lead) * CELL.0);
            let (fill, text) = (&look.ink, escaped(text.trim_matches(' ')));
            writeln!(
                out,
                "<text x=\"{x}\" y=\"{y}\" textLength=\"{length}\" fill=\"{fill}\"{bold}{dim} \
                 xml:space=\"preserve\">{text}</text>"
            )
            .unwrap();
        }
    }
    if !screen.hide_cursor() {
        let (y, x) = screen.cursor_position();
        let (x, y) = (x * CELL.0, y * CELL.1);
        writeln!(out, "<rect x=\"{x}\" y=\"{y}\" width=\"2\" height=\"{}\" fill=\"#f0f3f6\"/>", CELL.1)
            .unwrap();
    }
    out.push_str("</svg>\n");
    out
}

/// The words of a picture: what runs while it is taken, and what that moves, is left out.
fn words(svg: &str) -> Vec<String> {
    let texts =
        svg.lines().filter_map(|line| line.strip_suffix("</text>")?.rsplit_once('>').map(|(_, text)| text));
    let words = texts
        .flat_map(|text| text.split([' ', '─']))
        .filter(|word| !word.chars().any(|c| c.is_ascii_digit()));
    words.filter(|word| word.chars().filter(|c| c.is_alphabetic()).count() > 3).map(str::to_owned).collect()
}

/// The screen as it is when the rest of its frame has come, which a terminal may hand over in parts.
fn picture(screen: &mut Screen) -> String {
    screen.look(Duration::from_millis(300));
    svg(screen)
}

/// Each picture of the README, taken in one walk through the demo.
fn taken() -> Vec<(&'static str, String)> {
    let mut world = World::new();
    world.set("TMPDIR", world.path("").to_str().unwrap());
    let mut found = Vec::new();
    let mut s = world.screen(&["demo"], 120, 36);
    s.until("Release signing key lost").until("ask @bob").until("1 similar");
    s.send(b"i").until("write    │").type_text("-2m production refuses the old key").until("note 14:20Z");
    found.push(("room.svg", picture(&mut s)));
    // After Esc one waits: Esc and a letter at once are another key.
    s.send(b"\x15").until_gone("14:20Z").send(b"\x1b").until("normal   │");
    s.send(b"b").until("Ruled out").until("Enter back");
    found.push(("brief.svg", picture(&mut s)));
    s.send(b"\x1b").until_gone("Enter back").send(b"/").until("Results").type_text("disk full");
    // Before the answer the screen lists the newest.
    s.until_that("the answer", |t| t.contains("space") && t.contains("identity") && !t.contains("searching"));
    found.push(("find.svg", picture(&mut s)));
    s.send(b"\x1b").until_gone("Results").send(b"?").until("Actions").type_text("stories board");
    s.until("overdue first").send(b"\r").until("Overdue (");
    found.push(("stories.svg", picture(&mut s)));
    s.send(b"q").until_gone("Overdue (").send(b"q").until("n declares");
    s.send(b"n").until("a title is enough").type_text("Signing key found in a CI log").until("INC-2026-0031");
    s.until("Signing key compromised").until("CI token leaked");
    found.push(("declare.svg", picture(&mut s)));
    drop(s);
    // The smallest screen that has everything.
    let mut s = world.screen(&["demo"], 80, 24);
    s.until("ask @bob").until("1 similar");
    found.push(("small.svg", picture(&mut s)));
    found
}

#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "a test asks its own environment whether to rewrite the pictures"
)]
fn the_pictures_of_the_readme_are_what_the_program_shows() {
    for (name, picture) in taken() {
        let path = format!("{}/assets/{name}", env!("CARGO_MANIFEST_DIR"));
        if std::env::var_os("UPDATE_DOCS").is_some() {
            std::fs::write(&path, &picture).unwrap();
        }
        let there = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(there.starts_with("<svg "), "assets/{name} is no picture");
        let (there, here) = (words(&there), words(&picture));
        let kept = there.iter().filter(|word| here.contains(word)).count();
        // Clocks run and answers come while a picture is taken: most words have to be the same, not each.
        assert!(
            here.len() > 40 && kept * 5 >= there.len() * 3 && here.len() * 2 >= there.len(),
            "assets/{name} is out of date; UPDATE_DOCS=1 cargo test pictures writes it anew:\n{there:?}\n{here:?}"
        );
    }
}
