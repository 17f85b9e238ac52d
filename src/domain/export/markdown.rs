//! The Markdown form. Text from the log is text in the document: it makes no link, no heading, no HTML, no table
//! cell of its own. It must not choose what leaves.

use super::sheet::{Sheet, Table};
use crate::domain::brief::LINKS;
use crate::domain::postmortem::markdown::{BREAK, breaks};
use crate::domain::safe::SafeText;

/// The columns of what somebody filed as a place to go to: links, evidence, the proof of a story.
const ADDRESSES: [&str; 4] = ["Where", "Source", "Location", "Proof"];

/// Makes text plain in Markdown, for a place inside a line. Line breaks become spaces. An address or a name in it stays
/// text where a renderer would make a link of it.
pub(super) fn plain(text: &str) -> String {
    written(text, breaks)
}

/// The same for what was filed as an address, which is one for the reader as well.
fn address(text: &str) -> String {
    written(text, |_, _| false)
}

fn written(text: &str, breaks: fn(&str, &str) -> bool) -> String {
    let safe = SafeText::line(text).into_string();
    let safe = safe.trim();
    let mut out = String::with_capacity(safe.len() + 8);
    // A number with a dot, a dash or a hash begins a list or heading at the start only.
    let digits = safe.chars().take_while(char::is_ascii_digit).count();
    for (place, (at, c)) in safe.char_indices().enumerate() {
        let opens = (place == 0 && matches!(c, '#' | '+' | '-' | '='))
            || (place > 0 && place == digits && matches!(c, '.' | ')'));
        let special = matches!(c, '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~');
        match c {
            // Also for readers that know less of Markdown than of HTML.
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            c => {
                if opens || special {
                    out.push('\\');
                }
                out.push(c);
            }
        }
        let (read, after) = safe.split_at_checked(at.saturating_add(c.len_utf8())).unwrap_or((safe, ""));
        if breaks(read, after) {
            out.push_str(BREAK);
        }
    }
    out
}

pub(super) fn render(sheet: &Sheet) -> String {
    let mut text = format!("# {}\n\n", plain(&sheet.title));
    for (name, fact) in &sheet.facts {
        text.push_str(&format!("- {name}: {}\n", plain(fact)));
    }
    text.push_str("\n## Brief\n");
    for section in &sheet.brief.sections {
        text.push_str(&format!("\n### {}\n\n", section.heading));
        if section.lines.is_empty() {
            text.push_str("nothing yet\n");
        }
        let write = if section.heading == LINKS { address } else { plain };
        for line in &section.lines {
            text.push_str(&format!("- {}\n", write(line)));
        }
    }
    for table in &sheet.tables {
        push_table(&mut text, table);
    }
    text.push_str("\n---\n\n");
    for line in &sheet.foot {
        text.push_str(&format!("- {}\n", plain(line)));
    }
    text
}

fn push_table(text: &mut String, table: &Table) {
    text.push_str(&format!("\n## {}\n\n", table.heading));
    if !table.note.is_empty() {
        text.push_str(&format!("{}\n\n", plain(&table.note)));
    }
    text.push_str(&format!("| {} |\n|", table.columns.join(" | ")));
    text.push_str(&" --- |".repeat(table.columns.len()));
    text.push('\n');
    for row in &table.rows {
        text.push('|');
        for (column, cell) in table.columns.iter().zip(row) {
            let write = if ADDRESSES.contains(column) { address } else { plain };
            text.push_str(&format!(" {} |", write(cell)));
        }
        text.push('\n');
    }
}
