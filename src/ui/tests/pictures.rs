//! The pictures of the README: drawn by the program's own views, written as SVG, held up to date by a test.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Color, Modifier};

use crate::app::fixture::Desk;
use crate::app::model::Model;
use crate::ui::draw;

/// Width and height of a cell, in the units of the picture.
const CELL: (usize, usize) = (9, 18);

/// The sixteen colours as a common dark terminal shows them.
fn colour(colour: Color, default: &'static str) -> &'static str {
    match colour {
        Color::Black => "#1b1f23",
        Color::Red | Color::LightRed => "#f47067",
        Color::Green | Color::LightGreen => "#57ab5a",
        Color::Yellow | Color::LightYellow => "#daaa3f",
        Color::Blue | Color::LightBlue => "#539bf5",
        Color::Magenta | Color::LightMagenta => "#b083f0",
        Color::Cyan | Color::LightCyan => "#39c5cf",
        Color::Gray => "#adbac7",
        Color::DarkGray => "#768390",
        Color::White => "#f0f3f6",
        _ => default,
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// The screen as an SVG: one text element for each run of cells of one style.
fn svg(model: &Model) -> String {
    let (w, h) = (model.size.w, model.size.h);
    let mut buf = Buffer::empty(Rect::new(0, 0, w, h));
    let cursor = draw(model, &mut buf);
    let (width, height) = (usize::from(w) * CELL.0, usize::from(h) * CELL.1);
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"-8 -8 {} {}\" font-family=\"ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace\" font-size=\"15\">\n<rect x=\"-8\" y=\"-8\" width=\"100%\" height=\"100%\" rx=\"8\" fill=\"#22272e\"/>\n",
        width + 16,
        height + 16
    );
    for y in 0..h {
        let mut x = 0;
        while x < w {
            let first = &buf[(x, y)];
            let style = (first.fg, first.modifier);
            let mut text = String::new();
            let mut end = x;
            while end < w && (buf[(end, y)].fg, buf[(end, y)].modifier) == style {
                text.push_str(buf[(end, y)].symbol());
                end += 1;
            }
            if !text.trim().is_empty() {
                let lead = text.chars().take_while(|c| *c == ' ').count();
                let shown = text.trim_end();
                let cells = usize::from(end - x) - (text.chars().count() - shown.chars().count()) - lead;
                let dim = if style.1.contains(Modifier::DIM) { " opacity=\"0.6\"" } else { "" };
                let bold = if style.1.contains(Modifier::BOLD) { " font-weight=\"bold\"" } else { "" };
                let (mut fill, mut back) = (colour(style.0, "#cdd9e5"), None);
                if style.1.contains(Modifier::REVERSED) {
                    back = Some(fill);
                    fill = "#22272e";
                }
                let at = (usize::from(x) + lead) * CELL.0;
                if let Some(back) = back {
                    out.push_str(&format!(
                        "<rect x=\"{at}\" y=\"{}\" width=\"{}\" height=\"{}\" fill=\"{back}\"/>\n",
                        usize::from(y) * CELL.1,
                        cells * CELL.0,
                        CELL.1
                    ));
                }
                out.push_str(&format!(
                    "<text x=\"{at}\" y=\"{}\" textLength=\"{}\" fill=\"{fill}\"{bold}{dim} xml:space=\"preserve\">{}</text>\n",
                    usize::from(y) * CELL.1 + 14,
                    cells * CELL.0,
                    escaped(shown.trim_start())
                ));
            }
            x = end;
        }
    }
    if let Some((x, y)) = cursor {
        out.push_str(&format!(
            "<rect x=\"{}\" y=\"{}\" width=\"2\" height=\"{}\" fill=\"#f0f3f6\"/>\n",
            usize::from(x) * CELL.0,
            usize::from(y) * CELL.1,
            CELL.1
        ));
    }
    out.push_str("</svg>\n");
    out
}

#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "a test asks its own environment whether to rewrite the pictures"
)]
fn the_pictures_of_the_readme_are_what_the_program_draws() {
    let mut desk = Desk::room(120, 34, "bob");
    desk.keys("-4m on-call acknowledged");
    let pictures = [("room.svg", svg(&desk.model))];
    for (name, picture) in pictures {
        let path = format!("{}/assets/{name}", env!("CARGO_MANIFEST_DIR"));
        if std::env::var_os("UPDATE_DOCS").is_some() {
            std::fs::create_dir_all(concat!(env!("CARGO_MANIFEST_DIR"), "/assets")).unwrap();
            std::fs::write(&path, &picture).unwrap();
        }
        let there = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(
            there == picture,
            "assets/{name} is out of date; UPDATE_DOCS=1 cargo test pictures writes it anew"
        );
    }
}
