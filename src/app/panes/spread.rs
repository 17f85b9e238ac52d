//! Lines of a pane over its rows: each has one, and where rows are left, what would be cut goes on below. It must not
//! know what the lines say.

use super::super::wrap::{BYTES_PER_CELL, pieces};
use crate::domain::safe::SafeText;

/// Most rows of one line: the others are to be read as well.
const MOST: usize = 4;

/// Most rows of a line that the others wait for.
const MOST_FOREMOST: usize = 12;

/// A line of an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Part {
    /// What it says.
    pub(super) text: String,
    /// The cells that there are for it.
    pub(super) cells: u16,
    /// How many fewer there are where it is broken: what goes on stands further in.
    pub(super) indent: u16,
    /// It is told to its end before any other line goes on.
    pub(super) foremost: bool,
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

/// The rows of items, in order; more than `rows` where there is no row for each line. Every line that is cut gets its
/// second row before one gets a third; the foremost have theirs before the others. Those of the item `keep` and before
/// it may take the rows of items behind, but none of a line up to `keep`.
pub(super) fn spread(items: Vec<Vec<Part>>, rows: usize, keep: usize) -> Vec<Told> {
    let lines = items
        .into_iter()
        .enumerate()
        .flat_map(|(item, parts)| parts.into_iter().enumerate().map(move |(line, part)| (item, line, part)));
    let lines: Vec<(usize, usize, Part)> = lines.collect();
    let mut spare = rows.saturating_sub(lines.len());
    let kept = lines.iter().filter(|(item, ..)| *item <= keep).count();
    let mut ahead = rows.saturating_sub(kept);
    let most = |part: &Part| {
        let (most, spare) = if part.foremost { (MOST_FOREMOST, ahead) } else { (MOST, spare) };
        most.min(spare.saturating_add(1))
    };
    let mut broken: Vec<Broken> = lines.iter().map(|(.., part)| Broken::of(part, most(part))).collect();
    for foremost in [true, false] {
        for row in 2..=MOST_FOREMOST {
            for ((item, _, part), line) in lines.iter().zip(&mut broken) {
                let left = if foremost && *item <= keep { &mut ahead } else { &mut spare };
                if part.foremost != foremost || line.places.len() < row || *left == 0 {
                    continue;
                }
                line.rows = row;
                *left = left.saturating_sub(1);
                if foremost && *item <= keep {
                    spare = spare.saturating_sub(1);
                }
            }
        }
    }
    let told = lines.into_iter().zip(broken).flat_map(|((item, line, _), broken)| {
        (0..broken.rows).map(move |n| Told { item, line, goes_on: n > 0, text: broken.row(n).to_owned() })
    });
    told.collect()
}

/// A line, and where it may be broken.
struct Broken {
    text: String,
    /// First byte and the one after the last of each row that it may have.
    places: Vec<(usize, usize)>,
    /// How many rows it has.
    rows: usize,
}

impl Broken {
    fn of(part: &Part, most: usize) -> Self {
        if most < 2 {
            return Self { text: part.text.clone(), places: Vec::new(), rows: 1 };
        }
        // No more of a long line is looked at than its rows can show.
        let longest =
            usize::from(part.cells).saturating_mul(most.saturating_add(1)).saturating_mul(BYTES_PER_CELL);
        let mut end = longest.min(part.text.len());
        while !part.text.is_char_boundary(end) {
            end = end.saturating_sub(1);
        }
        let line = part.text.get(..end).unwrap_or_default().replace("\r\n", "⏎").replace('\n', "⏎");
        let text = SafeText::line(&line).into_string();
        let mut places = match pieces(&text, part.cells).len() {
            0 | 1 => Vec::new(),
            _ => pieces(&text, part.cells.saturating_sub(part.indent)),
        };
        places.truncate(most);
        Self { text, places, rows: 1 }
    }

    /// The words of a row; the last has all that is left of them.
    fn row(&self, n: usize) -> &str {
        let from = self.places.get(n).map_or(0, |(from, _)| *from);
        if n.saturating_add(1) >= self.rows {
            return self.text.get(from..).unwrap_or_default();
        }
        let to = self.places.get(n).map_or(self.text.len(), |(_, to)| *to);
        self.text.get(from..to).unwrap_or_default().trim_end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(items: &[&[&str]], cells: u16, rows: usize) -> Vec<String> {
        kept(items, cells, rows, usize::MAX)
    }

    /// A line with `!` in front is one that the others wait for.
    fn kept(items: &[&[&str]], cells: u16, rows: usize, keep: usize) -> Vec<String> {
        let part = |text: &&str| {
            let foremost = text.starts_with('!');
            Part { text: text.trim_start_matches('!').to_owned(), cells, indent: 1, foremost }
        };
        let items = items.iter().map(|lines| lines.iter().map(part).collect()).collect();
        let rows = spread(items, rows, keep);
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
            told(items, 6, 6),
            ["00 one", "00+ two three", "01 four", "01+ five", "10 six", "10+ seven"],
            "each goes on before one goes on twice"
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
    fn what_is_foremost_is_told_to_its_end_before_another_line_goes_on() {
        let items: &[&[&str]] = &[&["one two", "!a pact not kept", "four five"], &["six seven"]];
        let whole = ["00 one two", "01 a", "01+ pact", "01+ not", "01+ kept", "02 four five", "10 six seven"];
        assert_eq!(told(items, 6, 7), whole);
        let begun = ["00 one two", "01 a", "01+ pact not kept", "02 four five", "10 six seven"];
        assert_eq!(told(items, 6, 5), begun);
        assert_eq!(kept(items, 6, 4, 0), begun, "the item behind gives way");
        assert_eq!(kept(items, 6, 3, 0).len(), 4, "and no line of its own");
        assert_eq!(kept(items, 6, 4, 1).len(), 4, "nor one that is to be seen");
    }

    #[test]
    fn newlines_and_wide_characters_are_told_in_rows() {
        assert_eq!(told(&[&["a\nb"]], 10, 4), ["00 a⏎b"]);
        let rows = told(&[&["認証局の証明書が期限切れ"]], 10, 4);
        assert!(rows.len() > 1 && rows.iter().all(|row| row.chars().count() <= 9), "{rows:?}");
        assert_eq!(told(&[&[""]], 0, 4), ["00 "]);
    }
}
