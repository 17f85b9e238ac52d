//! What holds for every runbook, whoever wrote it.

use warroom::domain::runbook::{self, Runbook};

pub(crate) fn hold(data: &[u8]) {
    let text = match runbook::decode(data) {
        Ok(text) => text,
        Err(refused) => {
            assert!(refused.line >= 1 && refused.line <= data.len() + 1, "{refused:?}");
            return;
        }
    };
    let (book, problems) = runbook::parse(text);
    let lines = text.replace("\r\n", "\n").replace('\r', "\n").split('\n').count();
    for problem in problems.iter().chain(&runbook::check::check(&book, text)) {
        assert!((1..=lines).contains(&problem.line), "{problem:?} of {lines} lines");
        assert!(!problem.message.is_empty(), "{problem:?}");
    }
    assert!(!book.title.is_empty());
    sections(&book, text, lines);
    // Line ends mean nothing, and neither does a mark of the byte order.
    let unix = text.replace("\r\n", "\n").replace('\r', "\n");
    for other in [unix.replace('\n', "\r\n"), unix.clone(), format!("\u{feff}{unix}")] {
        if other.len() <= runbook::MAX_BYTES && !text.starts_with('\u{feff}') {
            assert_eq!(runbook::parse(&other).0, book, "with other line ends");
        }
    }
}

/// Everything has its place in the text, and a step's command stands there as it is shown.
fn sections(book: &Runbook, text: &str, lines: usize) {
    let mut before = 0;
    for section in &book.sections {
        assert!((1..=lines).contains(&section.line) && section.level <= 6, "{section:?}");
        assert!(section.line >= before, "{section:?} is not in the order of the text");
        before = section.line;
        for item in &section.items {
            assert!((1..=lines).contains(&item.line), "{item:?}");
            assert!(!(item.step && item.prose), "{item:?}");
            assert!(!item.text.contains('\n'), "{item:?}");
            let said = !item.text.is_empty() || !item.commands.is_empty() || !item.details.is_empty();
            assert!(said, "{item:?} says nothing");
        }
    }
    for (at, (number, step)) in book.steps().enumerate() {
        assert_eq!(number, at + 1);
        assert!(!step.text.is_empty(), "{step:?} has no words");
        for line in step.commands.iter().flat_map(|command| command.split(['\n', '\r'])) {
            // Markdown shows NUL as the sign of what cannot be shown.
            let line = line.trim_matches([' ', '\t']);
            assert!(text.contains(line) || line.contains('\u{fffd}'), "{line:?} is not in the text");
        }
    }
}
