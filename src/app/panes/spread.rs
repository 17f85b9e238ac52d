//! Lines of a pane over its rows: each has one, and where rows are left, what would be cut goes on below. It must not
//! know what the lines say.

use super::super::wrap::{BYTES_PER_CELL, pieces};
use crate::domain::safe::SafeText;

/// Most rows of one line: the others are to be read as well.
const MOST: usize = 4;

/// A line of an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Part {
    /// What it says.
    pub(super) text: String,
    /// The cells that there are for it.
    pub(super) cells: u16,
    /// How many fewer there are where it is broken: what goes on stands further in.
    pub(super) indent: u16,
}

/// A row of a pane.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// The item that it tells of, from 0.
    pub item: usize,
    /// Which line of the item, from 0.
    pub line: usize,
    /// It goes on with what the row above began.
    pub goes_on: bool,
    /// The words; the last row of a line may have more of them than cells.
    pub text: String,
}

/// The rows of items, in order; more than `rows` where there is no row for each line.
pub(super) fn spread(items: Vec<Vec<Part>>, rows: usize) -> Vec<Told> {
    let mut spare = rows.saturating_sub(items.iter().map(Vec::len).sum());
    let mut out = Vec::new();
    for (item, parts) in items.into_iter().enumerate() {
        for (line, part) in parts.into_iter().enumerate() {
            let broken = if spare == 0 { vec![part.text] } else { broken(&part, spare.saturating_add(1)) };
            spare = spare.saturating_sub(broken.len().saturating_sub(1));
            for (nth, text) in broken.into_iter().enumerate() {
                out.push(Told { item, line, goes_on: nth > 0, text });
            }
        }
    }
    out
}

/// A line in up to so many rows; the last has all that is left of it.
fn broken(part: &Part, rows: usize) -> Vec<String> {
    let rows = rows.min(MOST);
    // No more of a long line is looked at than its rows can show.
    let most = usize::from(part.cells).saturating_mul(rows.saturating_add(1)).saturating_mul(BYTES_PER_CELL);
    let mut end = most.min(part.text.len());
    while !part.text.is_char_boundary(end) {
        end = end.saturating_sub(1);
    }
    let line = part.text.get(..end).unwrap_or_default().replace("\r\n", "⏎").replace('\n', "⏎");
    let text = SafeText::line(&line).into_string();
    if pieces(&text, part.cells).len() < 2 {
        return vec![text];
    }
    let mut places = pieces(&text, part.cells.saturating_sub(part.indent));
    places.truncate(rows);
    if let Some((_, end)) = places.last_mut() {
        *end = text.len();
    }
    places
        .into_iter()
        .map(|(from, to)| text.get(from..to).unwrap_or_default().trim_end().to_owned())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(items: &[&[&str]], cells: u16, rows: usize) -> Vec<String> {
        let part = |text: &&str| Part { text: (*text).to_owned(), cells, indent: 1 };
        let items = items.iter().map(|lines| lines.iter().map(part).collect()).collect();
        let rows = spread(items, rows);
        let mark = |told: &Told| if told.goes_on { "+" } else { "" };
        rows.iter().map(|t| format!("{}{}{} {}", t.item, t.line, mark(t), t.text)).collect()
    }

    #[test]
    fn a_line_goes_on_only_where_rows_are_left() {
        let items: &[&[&str]] = &[&["one two three", "four five"], &["six seven"]];
        let cut = ["00 one two three", "01 four five", "10 six seven"];
        assert_eq!(told(items, 6, 2), cut, "fewer rows than lines");
        assert_eq!(told(items, 6, 3), cut);
        assert_eq!(
            told(items, 6, 4),
            ["00 one", "00+ two three", "01 four five", "10 six seven"],
            "the last row has all the rest"
        );
        assert_eq!(
            told(items, 6, 9),
            ["00 one", "00+ two", "00+ three", "01 four", "01+ five", "10 six", "10+ seven"]
        );
        assert_eq!(told(items, 13, 9), cut, "what fits stays in its row");
    }

    #[test]
    fn one_long_line_leaves_rows_for_the_others() {
        let long = "word ".repeat(100);
        let rows = told(&[&[long.as_str()], &["the other one"]], 10, 40);
        assert_eq!(rows.len(), 6);
        assert_eq!(rows.last().map(String::as_str), Some("10+ one"));
        assert!(rows[3].len() > 200, "the last of its rows is cut where it is drawn");
    }

    #[test]
    fn newlines_and_wide_characters_are_told_in_rows() {
        assert_eq!(told(&[&["a\nb"]], 10, 4), ["00 a⏎b"]);
        let rows = told(&[&["認証局の証明書が期限切れ"]], 10, 4);
        assert!(rows.len() > 1 && rows.iter().all(|row| row.chars().count() <= 9), "{rows:?}");
        assert_eq!(told(&[&[""]], 0, 4), ["00 "]);
    }
}
