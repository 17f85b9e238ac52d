//! Text broken into rows of cells. Pure, so that update knows how far a text can be scrolled. It must not draw.

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use crate::domain::safe::SafeText;

/// How many bytes of a text can matter for one cell: a base, and the marks that [`SafeText`] lets it carry.
pub const BYTES_PER_CELL: usize = 40;

/// Cells of one grapheme: never more than two, whatever a table says of a long cluster.
#[must_use]
pub fn cell_width(grapheme: &str) -> usize {
    grapheme.width().min(2)
}

/// The parts of a line between which it may be broken, each with its first byte: white space, and what stands between:
/// a comma stays with its word, `tech-lead` and `--output` are one. Wide characters, which have no blanks between
/// them, and what is too long for a row are broken where words end, as Unicode says.
fn units(line: &str, cells: usize) -> Vec<(usize, &str)> {
    plain_units(line, cells).unwrap_or_else(|| any_units(line, cells))
}

fn any_units(line: &str, cells: usize) -> Vec<(usize, &str)> {
    let mut out: Vec<(usize, &str)> = Vec::new();
    // Where the word of the moment began: in the text, and in the list.
    let mut word: Option<(usize, usize)> = None;
    for (at, part) in line.split_word_bound_indices() {
        if part.trim().is_empty() {
            join(line, &mut out, word.take(), at, cells);
        } else if word.is_none() {
            word = Some((at, out.len()));
        }
        out.push((at, part));
    }
    join(line, &mut out, word, line.len(), cells);
    out
}

/// The same of what is drawn each second: words of ASCII that fit into a row, and the blanks between them. Nothing
/// where there is anything else.
fn plain_units(line: &str, cells: usize) -> Option<Vec<(usize, &str)>> {
    if !line.bytes().all(|b| matches!(b, b' '..=b'~')) {
        return None;
    }
    let mut out = Vec::new();
    let mut from = 0;
    for run in line.as_bytes().chunk_by(|a, b| (*a == b' ') == (*b == b' ')) {
        let end = from + run.len();
        if run.len() > cells && run.first() != Some(&b' ') {
            return None;
        }
        out.push((from, line.get(from..end)?));
        from = end;
    }
    Some(out)
}

/// Cells of a text that stands in one row, once it is safe.
#[must_use]
pub fn cells(text: &str) -> u16 {
    let wide = if text.is_ascii() { text.len() } else { wide(SafeText::line(text).as_str()) };
    u16::try_from(wide).unwrap_or(u16::MAX)
}

/// Cells of a text.
fn wide(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.graphemes(true).map(cell_width).sum() }
}

/// Makes one part of those of a word, where it fits into a row and its characters are narrow.
fn join<'a>(
    line: &'a str,
    out: &mut Vec<(usize, &'a str)>,
    word: Option<(usize, usize)>,
    end: usize,
    cells: usize,
) {
    let Some((from, place)) = word.filter(|(_, place)| out.len() > place.saturating_add(1)) else { return };
    let whole = line.get(from..end).unwrap_or_default();
    let narrow = whole.is_ascii() || whole.graphemes(true).all(|g| cell_width(g) < 2);
    if narrow && whole.width() <= cells {
        out.truncate(place);
        out.push((from, whole));
    }
}

/// Breaks text into rows of at most `cells`, at spaces where it can; its own newlines break too. Stops after
/// `rows`.
#[must_use]
pub fn wrap(text: &str, cells: u16, rows: usize) -> Vec<String> {
    let mut out = Vec::new();
    let cells = usize::from(cells.max(1));
    for line in text.split('\n') {
        if out.len() >= rows {
            break;
        }
        // No more of a long line is looked at than its rows can show.
        let mut end =
            cells.saturating_mul(rows.saturating_add(1)).saturating_mul(BYTES_PER_CELL).min(line.len());
        while !line.is_char_boundary(end) {
            end = end.saturating_sub(1);
        }
        let safe = SafeText::line(line.get(..end).unwrap_or_default());
        let mut row = String::new();
        let mut used = 0_usize;
        for (_, word) in units(safe.as_str(), cells) {
            let w = wide(word);
            if used.saturating_add(w) > cells && used > 0 {
                out.push(std::mem::take(&mut row));
                used = 0;
                if word.trim().is_empty() {
                    continue;
                }
            }
            if used.saturating_add(w) <= cells {
                row.push_str(word);
                used = used.saturating_add(w);
                continue;
            }
            for grapheme in word.graphemes(true) {
                let w = cell_width(grapheme);
                if used.saturating_add(w) > cells && used > 0 {
                    out.push(std::mem::take(&mut row));
                    used = 0;
                }
                row.push_str(grapheme);
                used = used.saturating_add(w);
            }
        }
        out.push(row);
    }
    out.truncate(rows);
    out
}

/// The same for rows of a list: what goes on in the next row stands further in than its beginning.
#[must_use]
pub fn hang(text: &str, cells: u16, rows: usize) -> Vec<String> {
    let mut out = Vec::new();
    for line in text.split('\n') {
        let more = rows.saturating_sub(out.len());
        let words = line.trim_start_matches(' ');
        let indent = line.len().saturating_sub(words.len()).min(usize::from(cells / 4));
        let inner = cells.saturating_sub(u16::try_from(indent).unwrap_or(0));
        // The first row has all of the width, those below it a little less.
        let Some(first) = wrap(words, inner, 1).pop().filter(|_| more > 0) else { break };
        let lead = " ".repeat(indent);
        let safe = SafeText::line(words);
        let rest = safe.as_str().strip_prefix(first.as_str()).unwrap_or_default().trim_start();
        out.push(format!("{lead}{}", first.trim_end()));
        if !rest.is_empty() {
            let below = wrap(rest, inner.saturating_sub(2), more.saturating_sub(1));
            out.extend(below.into_iter().map(|row| format!("{lead}  {}", row.trim_end())));
        }
    }
    out
}

/// Where a line is broken so that each piece fits into `cells`: first byte and the byte after the last, white space
/// at a break left out. At least one piece, the empty one for an empty line.
#[must_use]
pub fn pieces(line: &str, cells: u16) -> Vec<(usize, usize)> {
    let cells = usize::from(cells.max(1));
    let mut out = Vec::new();
    let (mut start, mut end, mut used) = (0_usize, 0_usize, 0_usize);
    for (at, word) in units(line, cells) {
        let w = wide(word);
        if used.saturating_add(w) <= cells {
            used = used.saturating_add(w);
            end = at.saturating_add(word.len());
            continue;
        }
        if end > start {
            out.push((start, end));
        }
        (start, end, used) = (at, at, 0);
        if word.trim().is_empty() {
            start = at.saturating_add(word.len());
            end = start;
            continue;
        }
        // A word that no row can hold is broken where the row ends.
        for (offset, grapheme) in word.grapheme_indices(true) {
            let w = cell_width(grapheme);
            let here = at.saturating_add(offset);
            if used.saturating_add(w) > cells && here > start {
                out.push((start, here));
                (start, used) = (here, 0);
            }
            used = used.saturating_add(w);
            end = here.saturating_add(grapheme.len());
        }
    }
    if end > start || out.is_empty() {
        out.push((start, end));
    }
    out
}

/// The same for a line whose end says who and by when: what does not fit goes out of its middle, marked by `…`.
#[must_use]
pub fn wrap_ends(text: &str, cells: u16, rows: usize) -> Vec<String> {
    let mut out = wrap(text, cells, rows.saturating_add(1));
    if out.len() <= rows {
        return out;
    }
    let ends = if rows > 2 { 2 } else { 1 };
    out.truncate(rows.saturating_sub(ends));
    // Rows break at spaces: two hold somewhat less than all their cells.
    let cells_of_end = usize::from(cells);
    let room = if ends == 1 { cells_of_end } else { cells_of_end.saturating_mul(3).saturating_div(2) };
    let mut used = 2_usize;
    let fits = |(_, grapheme): &(usize, &str)| {
        used = used.saturating_add(cell_width(grapheme));
        used <= room
    };
    let from = text.grapheme_indices(true).rev().take(room).take_while(fits).last();
    let from = from.map_or(text.len(), |(at, _)| at);
    let end = text.get(from..).unwrap_or_default();
    let end = end.split_once(' ').map_or(end, |(_, words)| words);
    out.extend(wrap(&format!("… {end}"), cells, ends));
    out
}

/// The same for a line whose beginning says most: what does not fit goes out at its end, in whole words, marked by `…`.
#[must_use]
pub fn wrap_start(text: &str, cells: u16, rows: usize) -> Vec<String> {
    let mut out = wrap(text, cells, rows.saturating_add(1));
    if out.len() <= rows {
        return out;
    }
    out.truncate(rows);
    let room = usize::from(cells).saturating_sub(2);
    let last = out.pop().unwrap_or_default();
    let mut used = 0_usize;
    let mut kept = String::new();
    for (_, part) in units(last.trim_end_matches(['…', ' ']), room) {
        used = used.saturating_add(wide(part));
        if used > room {
            break;
        }
        kept.push_str(part);
    }
    out.push(format!("{} …", kept.trim_end()));
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn pieces_fit_and_leave_out_only_white_space() {
        let cut = |line: &str, cells| -> Vec<String> {
            pieces(line, cells).into_iter().map(|(a, b)| line.get(a..b).unwrap().to_owned()).collect()
        };
        assert_eq!(cut("one two three", 7), ["one two", "three"]);
        assert_eq!(cut("abcdefghij", 4), ["abcd", "efgh", "ij"]);
        assert_eq!(cut("", 4), [""]);
        assert_eq!(cut("日本語", 4), ["日本", "語"]);
    }

    proptest! {
        #[test]
        fn plain_text_is_broken_as_any_text(line in "[ -~]{0,60}|[a-z ,.:-]{0,80}|[a-z]{1,3}( [a-z',.-]{1,9}){0,9}", cells in 1_usize..40) {
            if let Some(plain) = plain_units(&line, cells) {
                prop_assert_eq!(plain, any_units(&line, cells));
            }
        }
    }

    #[test]
    fn rows_of_a_list_hang() {
        assert_eq!(hang("one two three four", 9, 9), ["one two", "  three", "  four"]);
        assert_eq!(hang("  one two three", 9, 9), ["  one two", "    three"]);
        assert_eq!(hang("one\ntwo\n", 9, 9), ["one", "two", ""]);
        assert_eq!(hang("one two three four", 9, 2), ["one two", "  three"]);
        assert_eq!(hang("a\u{1b}b", 9, 9), ["a^[b"]);
        for cells in 0..9 {
            assert!(hang("  日本語 abcdefghij\u{202e}", cells, 5).len() <= 5);
        }
    }

    #[test]
    fn a_long_line_keeps_its_ends_and_says_that_its_middle_is_gone() {
        assert_eq!(wrap_ends("one two three", 7, 2), ["one two", "three"]);
        let line =
            format!("fail over {} (erin, @dave executes) — overdue", "to the other region ".repeat(20));
        let rows = wrap_ends(&line, 40, 6);
        assert_eq!(rows.len(), 6, "{rows:?}");
        assert!(rows[0].starts_with("fail over") && rows[4].starts_with("… "), "{rows:?}");
        assert!(rows[4..].concat().ends_with("(erin, @dave executes) — overdue"), "{rows:?}");
        for cells in 0..9 {
            assert!(wrap_ends(&line, cells, 3).len() <= 3);
            assert!(wrap_ends(&"日本".repeat(40), cells, 3).len() <= 3);
        }
    }

    #[test]
    fn a_long_line_keeps_its_start_in_whole_words() {
        assert_eq!(wrap_start("one two three", 7, 2), ["one two", "three"]);
        assert_eq!(wrap_start("one two three four five", 9, 2), ["one two ", "three …"]);
        assert_eq!(wrap_start("one two three four …", 10, 1), ["one two …"]);
        for cells in 0..9 {
            assert!(wrap_start("one two three four five", cells, 3).len() <= 3);
            assert!(wrap_start(&"日本".repeat(40), cells, 3).len() <= 3);
        }
    }

    #[test]
    fn wrapping_breaks_at_spaces_and_inside_long_words() {
        assert_eq!(wrap("one two three", 7, 9), ["one two", "three"]);
        assert_eq!(wrap("abcdefghij", 4, 9), ["abcd", "efgh", "ij"]);
        assert_eq!(wrap("one two, three", 7, 9), ["one ", "two, ", "three"], "a comma stays with its word");
        assert_eq!(wrap("the tech-lead --output", 10, 9), ["the ", "tech-lead ", "--output"]);
        assert_eq!(wrap("a 日本語", 4, 9), ["a 日", "本語"]);
        assert_eq!(wrap("a\n\nb", 4, 9), ["a", "", "b"]);
        assert_eq!(wrap("a b c d e f", 1, 2).len(), 2);
    }
}
