//! Pieces of a postmortem around what was searched, with the matches marked. Works on text the caller gives (bodies
//! are not stored); it must not read the index.

use std::collections::BTreeSet;
use std::ops::Range;

use super::analyzer::{self, Word};
use super::schema::cut;

/// Most pieces.
const MOST_FRAGMENTS: usize = 3;

/// Length of a piece in bytes, more or less: three lines of a pane.
const WIDTH: usize = 220;

/// Text before the first match of a piece, in bytes.
const LEAD: usize = 40;

/// Longest text that is looked through, in bytes (1 MiB).
const LONGEST: usize = 1 << 20;

/// A piece of text with its matches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fragment {
    /// The text on one line: line breaks and other control characters became blanks.
    pub text: String,
    /// Byte ranges of the matches in `text`, in order, between characters, not overlapping.
    pub matches: Vec<Range<usize>>,
    /// 1-based line of the whole text on which the piece begins.
    pub line: usize,
}

/// What to show of a postmortem.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Snippet {
    /// The best pieces, in the order of the text. Without any match: its beginning, unmarked.
    pub fragments: Vec<Fragment>,
}

/// Finds the pieces of `body` that hold most of the different words of `query` (as the index sees words: `crashing`
/// marks `crashed`).
#[must_use]
pub fn snippet(body: &str, query: &str) -> Snippet {
    let body = cut(body, LONGEST);
    let wanted: BTreeSet<String> =
        analyzer::words(cut(query, 64 << 10)).into_iter().map(|word| word.stem).collect();
    let hits: Vec<Word> =
        analyzer::words(body).into_iter().filter(|word| wanted.contains(&word.stem)).collect();
    if hits.is_empty() {
        let start = body.len() - body.trim_start().len();
        let fragments = fragment(body, start, &[]).into_iter().collect();
        return Snippet { fragments };
    }
    let mut chosen: Vec<Range<usize>> = Vec::new();
    let mut told: BTreeSet<&str> = BTreeSet::new();
    while chosen.len() < MOST_FRAGMENTS {
        let Some(best) = best_window(&hits, &chosen, &told) else { break };
        told.extend(hits.get(best.clone()).unwrap_or_default().iter().map(|word| word.stem.as_str()));
        chosen.push(best);
    }
    chosen.sort_by_key(|window| window.start);
    let fragments = chosen
        .into_iter()
        .filter_map(|window| {
            let inside = hits.get(window)?;
            fragment(body, inside.first()?.from.saturating_sub(LEAD), inside)
        })
        .collect();
    Snippet { fragments }
}

/// The run of hits within one width that tells most that is new, then most at all; none when all are taken.
fn best_window(hits: &[Word], taken: &[Range<usize>], told: &BTreeSet<&str>) -> Option<Range<usize>> {
    let mut best: Option<((usize, usize), Range<usize>)> = None;
    for (n, first) in hits.iter().enumerate() {
        let mut stems: BTreeSet<&str> = BTreeSet::new();
        let mut end = n;
        for word in hits.get(n..).unwrap_or_default() {
            if word.to > first.from + WIDTH - LEAD || taken.iter().any(|other| other.contains(&end)) {
                break;
            }
            stems.insert(&word.stem);
            end += 1;
        }
        let new = stems.iter().filter(|stem| !told.contains(*stem)).count();
        let value = (new, stems.len());
        // A further piece must say something new; the first one found wins a tie.
        if new > 0 && best.as_ref().is_none_or(|(other, _)| value > *other) {
            best = Some((value, n..end));
        }
    }
    best.map(|(_, window)| window)
}

/// Cuts a piece that begins near `from`, at a word, and marks `hits`.
fn fragment(body: &str, from: usize, hits: &[Word]) -> Option<Fragment> {
    let from = body.floor_char_boundary(from);
    let limit = hits.first().map_or(body.len(), |hit| hit.from);
    let start = if body.get(..from)?.chars().next_back().is_none_or(char::is_whitespace) {
        from
    } else {
        // Past the word that is cut in two, but never past the first match.
        let rest = body.get(from..limit)?;
        from + rest.find(char::is_whitespace).map_or(0, |blank| blank + 1)
    };
    let start = body.floor_char_boundary(start);
    let least = hits.last().map_or(start, |hit| hit.to);
    let full = body.floor_char_boundary((start + WIDTH).max(least));
    let end = if full == body.len() {
        full
    } else {
        let tail = body.get(least..full)?;
        tail.rfind(char::is_whitespace).map_or(full, |blank| least + blank)
    };
    let raw = body.get(start..end)?;
    let trimmed = raw.trim_start();
    let start = start + (raw.len() - trimmed.len());
    let trimmed = trimmed.trim_end();
    let matches =
        hits.iter().filter_map(|hit| Some(hit.from.checked_sub(start)?..hit.to.checked_sub(start)?));
    let matches = together(matches.filter(|range| trimmed.get(range.clone()).is_some()));
    let line = 1 + body.get(..start)?.bytes().filter(|byte| *byte == b'\n').count();
    Some(Fragment { text: one_line(trimmed), matches, line })
}

/// Ranges in order, those that overlap as one: neighbours of a script without blanks do.
fn together(ranges: impl Iterator<Item = Range<usize>>) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    for range in ranges {
        match found.last_mut().filter(|last| range.start < last.end) {
            Some(last) => last.end = last.end.max(range.end),
            None => found.push(range),
        }
    }
    found
}

/// Control characters become as many blanks as they have bytes, so that ranges keep their meaning.
fn one_line(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_control() {
            out.extend(std::iter::repeat_n(' ', c.len_utf8()));
        } else {
            out.push(c);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marked(snippet: &Snippet) -> Vec<Vec<&str>> {
        snippet
            .fragments
            .iter()
            .map(|f| f.matches.iter().map(|range| f.text.get(range.clone()).unwrap()).collect())
            .collect()
    }

    #[test]
    fn matches_are_marked_by_meaning_of_the_index() {
        let body = "# Summary\n\nThe proxy crashed.\nCertificates had expired overnight.\n";
        let got = snippet(body, "crashing certificate expires");
        assert_eq!(marked(&got), [["crashed", "Certificates", "expired"]]);
        assert_eq!(got.fragments[0].line, 1);
    }

    #[test]
    fn distant_matches_give_pieces_of_their_own() {
        let filler = "nothing to see here at all, move along please\n".repeat(40);
        let body = format!("The disk was full.\n{filler}Then the queue stalled.\n{filler}");
        let got = snippet(&body, "disk queue");
        assert_eq!(marked(&got), [["disk"], ["queue"]]);
        assert_eq!(got.fragments[1].line, 41);
        assert!(got.fragments.iter().all(|f| f.text.len() <= WIDTH + LEAD && !f.text.contains('\n')));
    }

    #[test]
    fn without_a_match_it_is_the_beginning() {
        let got = snippet("\n\nIn the beginning.\n", "kafka");
        assert_eq!(got.fragments.len(), 1);
        assert_eq!(got.fragments[0].text, "In the beginning.");
        assert_eq!(got.fragments[0].line, 3);
        assert_eq!(marked(&got), [Vec::<&str>::new()]);
        assert_eq!(snippet("", "kafka").fragments.len(), 1);
    }

    #[test]
    fn no_text_breaks_it() {
        let bodies = [
            "🔥🔥🔥disk🔥🔥🔥".repeat(100),
            "disk".repeat(500),
            "é\u{85}disk\u{1b}[31m ñ ".repeat(90),
            "\u{2028}disk ".into(),
            format!("{} disk", "x".repeat(3000)),
        ];
        for body in bodies {
            for query in ["disk", "", "\"", "🔥", "disk é ñ"] {
                for fragment in snippet(&body, query).fragments {
                    assert!(!fragment.text.chars().any(char::is_control));
                    for range in fragment.matches {
                        assert!(fragment.text.get(range).is_some());
                    }
                }
            }
        }
    }
}
