//! The find screen: the query, what was found in this room and in the archive, and the text around the words.

use std::cmp::Reverse;

use ratatui::buffer::Buffer;
use ratatui::style::Style;
use unicode_segmentation::UnicodeSegmentation;

use super::frame;
use super::text::{self, Pen};
use super::theme::Theme;
use crate::app::layout::{Area, Layout, Pane, Placed};
use crate::app::model::{Find, FindRow, Model, Passage};
use crate::app::reading::{course, same, unshipped};
use crate::app::update::find::words;
use crate::app::words::entry_word;
use crate::app::wrap::pieces;
use crate::domain::composed::composed;
use crate::domain::facets::FacetKind;
use crate::domain::time::{with_zone, zone_label};

/// Draws both panes and the query. Gives the cell of the cursor.
pub(super) fn draw(model: &Model, layout: &Layout, theme: &Theme, buf: &mut Buffer) -> Option<(u16, u16)> {
    for placed in &layout.panes {
        match placed.pane {
            Pane::Text => passage(model, placed, theme, buf),
            Pane::Facets => facets(model, placed, theme, buf),
            _ => results(model, placed, theme, buf),
        }
    }
    let mut pen = Pen::new(buf, layout.composer);
    pen.right("find     ", theme.strong);
    if !model.find.picked.is_empty() {
        pen.right(&format!(" only {} (Esc: all)  ", model.find.picked.words()), theme.warn);
    }
    pen.put("/ ", theme.key);
    if model.find.editor.is_empty() {
        let x = pen.column();
        pen.put("words to find, here and in past incidents", theme.dim);
        return Some((x, layout.composer.y));
    }
    let (shown, at) = text::window(model.find.editor.text(), model.find.editor.cursor(), pen.left());
    let x = pen.column().saturating_add(at);
    pen.put(&shown, theme.text);
    Some((x, layout.composer.y))
}

fn results(model: &Model, placed: &Placed, theme: &Theme, buf: &mut Buffer) {
    let focus = model.find.focus == Pane::Results;
    if !placed.title.is_empty() {
        let zone = zone_label(model.now, model.zone());
        let right = match (model.find.asked.is_some(), model.building) {
            (false, _) => zone,
            (true, None) => "searching".to_owned(),
            (true, Some(percent)) => format!("building the index, {percent} %"),
        };
        frame::title(placed, crate::app::tabs::name(placed.pane), &right, focus, theme, buf);
    }
    let rows = &model.find.rows;
    if rows.is_empty() {
        let say = match (model.find.editor.is_empty(), model.find.asked.is_some()) {
            (_, true) if model.building.is_some() => {
                "The index of past incidents is being built; what is found shows up by itself. Esc goes back."
            }
            (_, true) => "",
            (true, false) => "No past incident yet. warroom import brings other people's postmortems in.",
            (false, false) => "Nothing found. Fewer or other words find more.",
        };
        return super::empty(placed, say, theme, buf);
    }
    let query = words(&model.find.editor);
    let height = usize::from(placed.body.h);
    let here = model.find.selected;
    // A document takes two rows; the selected one is kept in sight by starting at most that far above it.
    let first = here.saturating_sub(height / 4);
    let mut y = 0;
    for (nth, row) in rows.iter().enumerate().skip(first) {
        if y >= placed.body.h {
            break;
        }
        let selected = nth == here;
        let pick = |style: Style| if selected { theme.selected } else { style };
        let mut pen = Pen::new(buf, placed.body.row(y));
        match row {
            FindRow::Entry(seq) => {
                let entry = model.room.as_ref().and_then(|r| r.incident.timeline.get(*seq));
                let Some(entry) = entry else { continue };
                pen.put(&with_zone(entry.occurred_at, model.zone()), pick(theme.dim));
                pen.put(" ", pick(theme.text));
                pen.field(entry_word(entry), 5, pick(theme.word));
                pen.put(" ", pick(theme.text));
                marked(&mut pen, &entry.text, &query, pick(theme.text), pick(theme.hit));
                y = y.saturating_add(1);
            }
            FindRow::Document(hit) => {
                pen.right(&format!(" {}", hit.date), pick(theme.dim));
                if !hit.severity.is_empty() {
                    pen.put(&hit.severity, pick(theme.strong));
                    pen.put(" ", pick(theme.text));
                }
                pen.put_cut(&hit.name(), pick(theme.text));
                if selected {
                    pen.fill(theme.selected);
                }
                let mut below = same(hit);
                below.extend(unshipped(hit));
                // The reason first: it is never cut for the rest, and a few letters of that say nothing.
                let why = format!("why: {}", hit.why.join(", "));
                let left = placed.body.w.saturating_sub(text::width(&why).saturating_add(5));
                let course = Some(course(hit)).filter(|c| !c.is_empty() && left >= text::width(c).min(SOME));
                below.push(std::iter::once(why).chain(course).collect::<Vec<_>>().join(" · "));
                y = y.saturating_add(1);
                for line in below {
                    Pen::new(buf, placed.body.row(y)).put_cut(&format!("  {line}"), theme.dim);
                    y = y.saturating_add(1);
                }
                continue;
            }
        }
        if selected {
            pen.fill(theme.selected);
        }
    }
}

/// How much of what ended an incident is worth showing, in cells.
const SOME: u16 = 18;

/// Writes text with the words of a query marked, from a little before the first of them.
fn marked(pen: &mut Pen<'_>, line: &str, query: &[String], style: Style, hit: Style) {
    let plain = composed(line);
    let lower = plain.to_lowercase();
    // Lower case can be of another length; then nothing is marked rather than the wrong letters.
    let places =
        query.iter().filter_map(|w| lower.find(w.as_str()).map(|at| (at, at.saturating_add(w.len()))));
    // The first, and of those that begin there the longest.
    let found = places.min_by_key(|(from, to)| (*from, Reverse(*to)));
    match found.map(|(from, to)| (place(line, &plain, from), place(line, &plain, to))) {
        Some((from, to)) if lower.len() == plain.len() => {
            let (Some(before), Some(word), Some(after)) =
                (line.get(..from), line.get(from..to), line.get(to..))
            else {
                pen.put_cut(line, style);
                return;
            };
            // A word that is too far to the right to be seen comes nearer: it is why the line is here.
            let room = usize::from(pen.left());
            let wide = usize::from(text::width(before).saturating_add(text::width(word)));
            if wide.saturating_add(1) > room {
                let kept = room / 3;
                let from = before.char_indices().rev().nth(kept).map_or(0, |(at, _)| at);
                pen.put("…", style);
                pen.put(before.get(from..).unwrap_or_default(), style);
            } else {
                pen.put(before, style);
            }
            pen.put(word, hit);
            pen.put_cut(after, style);
        }
        _ => _ = pen.put_cut(line, style),
    }
}

/// Where in a line is what stands at a place of its composed form.
fn place(line: &str, plain: &str, at: usize) -> usize {
    if line.len() == plain.len() {
        return at;
    }
    let mut told = 0_usize;
    for (from, letter) in line.grapheme_indices(true) {
        if told >= at {
            return from;
        }
        told = told.saturating_add(composed(letter).len());
    }
    line.len()
}

/// Severities, services and years with how many have them: one line a kind, services with what is left.
fn facets(model: &Model, placed: &Placed, theme: &Theme, buf: &mut Buffer) {
    let find = &model.find;
    let focus = find.focus == Pane::Facets;
    if !placed.title.is_empty() {
        frame::title(placed, "Narrow", "Tab, Enter", focus, theme, buf);
    }
    if find.facets.is_empty() {
        return super::empty(placed, "Nothing to narrow by.", theme, buf);
    }
    let selected = find.facet_place();
    let (mut y, mut nth) = (0_u16, 0_usize);
    for kind in FacetKind::ALL {
        let all = find.facets.of(kind);
        // Each kind has a line; what the pane has more is for services, which are many.
        let most = if kind == FacetKind::Service { placed.body.h.saturating_sub(2).max(1) } else { 1 };
        // What is selected stays in sight: its line begins with it when it would be cut.
        let from = first_facet(
            find,
            kind,
            selected.checked_sub(nth).filter(|at| *at < all.len()),
            placed.body.w,
            most,
        );
        let mut pen = Pen::new(buf, placed.body.row(y));
        pen.field(kind.as_str(), 9, theme.word);
        let mut lines = 1;
        for (at, facet) in all.iter().enumerate().skip(from) {
            let words = format!("{} {}", facet.value, facet.count);
            let need = text::width(&words).saturating_add(2);
            if need > pen.left() {
                if lines == most {
                    pen.put("+", theme.dim);
                    break;
                }
                lines = lines.saturating_add(1);
                y = y.saturating_add(1);
                pen = Pen::new(buf, placed.body.row(y));
                pen.skip(9);
            }
            let picked = find.picked.of(kind) == Some(facet.value.as_str());
            let here = focus && nth.saturating_add(at) == selected;
            let style = match (here, picked) {
                (true, _) => theme.selected,
                (false, true) => theme.warn,
                (false, false) => theme.text,
            };
            let mark = if picked { "*" } else { " " };
            pen.put(&format!("{mark}{words}"), style);
            pen.put(" ", theme.text);
        }
        if all.is_empty() {
            pen.put(" none", theme.dim);
        }
        nth = nth.saturating_add(all.len());
        y = y.saturating_add(1);
    }
}

/// The first facet of a kind to show, so that the selected one fits.
fn first_facet(find: &Find, kind: FacetKind, selected: Option<usize>, w: u16, lines: u16) -> usize {
    let Some(selected) = selected else { return 0 };
    let room = u32::from(w.saturating_sub(12)).saturating_mul(u32::from(lines));
    let all = find.facets.of(kind);
    let mut used = 0_u32;
    let mut first = selected;
    for (at, facet) in all.iter().enumerate().take(selected.saturating_add(1)).rev() {
        let cells = u32::from(text::width(&format!("{} {}", facet.value, facet.count))).saturating_add(2);
        used = used.saturating_add(cells);
        if used > room {
            break;
        }
        first = at;
    }
    first
}

fn passage(model: &Model, placed: &Placed, theme: &Theme, buf: &mut Buffer) {
    let focus = model.find.focus == Pane::Text;
    if !placed.title.is_empty() {
        let name = model.find.text.as_ref().map_or("Text", |t| t.path.as_str());
        frame::title(placed, name, "", focus, theme, buf);
    }
    match (&model.find.text, model.find.rows.get(model.find.selected)) {
        (Some(text), Some(FindRow::Document(hit))) if text.path == hit.path => {
            let mut body = placed.body;
            let course = course(hit);
            if !course.is_empty() && body.h > 1 {
                Pen::new(buf, body.row(0)).put_cut(&course, theme.strong);
                (body.y, body.h) = (body.y.saturating_add(1), body.h.saturating_sub(1));
            }
            show(text, model.find.scroll, body, theme, buf);
        }
        (_, Some(FindRow::Entry(seq))) => {
            if let Some(entry) = model.room.as_ref().and_then(|r| r.incident.timeline.get(*seq)) {
                let rows = text::wrap(&entry.text, placed.body.w, usize::from(placed.body.h));
                for (n, row) in rows.iter().enumerate() {
                    let y = u16::try_from(n).unwrap_or(u16::MAX);
                    Pen::new(buf, placed.body.row(y)).put(row, theme.text);
                }
            }
        }
        _ => {}
    }
}

fn show(text: &Passage, scroll: usize, body: Area, theme: &Theme, buf: &mut Buffer) {
    let height = usize::from(body.h);
    let first = scroll.min(text.lines.len().saturating_sub(1));
    let mut y = 0_usize;
    for (n, line) in text.lines.iter().enumerate().skip(first) {
        let style = if line.starts_with('#') { theme.strong } else { theme.text };
        let mut marks: Vec<(usize, usize)> =
            text.marks.iter().filter(|m| m.0 == n).map(|m| (m.1, m.2)).collect();
        marks.sort_unstable();
        for (start, end) in pieces(line, body.w) {
            if y >= height {
                return;
            }
            let row = body.row(u16::try_from(y).unwrap_or(u16::MAX));
            let mut pen = Pen::new(buf, row);
            let mut from = start;
            for (a, b) in marks.iter().map(|(a, b)| ((*a).max(start), (*b).min(end))).filter(|(a, b)| a < b) {
                let (Some(before), Some(word)) = (line.get(from..a), line.get(a..b)) else { continue };
                pen.put(before, style);
                pen.put(word, theme.hit);
                from = b;
            }
            pen.put(line.get(from..end).unwrap_or_default(), style);
            y = y.saturating_add(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use ratatui::layout::Rect;
    use ratatui::style::{Color, Modifier};

    use super::*;

    #[test]
    fn a_word_is_marked_however_its_letters_are_written() {
        let drawn = |line: &str, query: &[&str]| -> String {
            let mut buf = Buffer::empty(Rect::new(0, 0, 40, 1));
            let query: Vec<String> = query.iter().map(|w| (*w).to_owned()).collect();
            let mut pen = Pen::new(&mut buf, Area { x: 0, y: 0, w: 40, h: 1 });
            let (style, hit) = (Style::new().fg(Color::Reset), Style::new().add_modifier(Modifier::BOLD));
            marked(&mut pen, line, &query, style, hit);
            let cells = buf.content().iter().filter(|cell| cell.modifier.contains(Modifier::BOLD));
            cells.map(ratatui::buffer::Cell::symbol).collect()
        };
        assert_eq!(composed(&drawn("the re\u{301}sume\u{301} pod", &["résumé"])), "résumé");
        assert_eq!(drawn("the résumé pod", &["résumé"]), "résumé");
        assert_eq!(drawn("users cannot sign in", &["cannot sign", "cannot", "sign"]), "cannot sign");
    }
}
