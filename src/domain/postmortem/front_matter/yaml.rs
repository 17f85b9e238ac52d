//! Reading a front matter block from the events of the YAML parser, with budgets. It must not expand aliases: that
//! is where documents of a few lines grow to gigabytes.

use serde_saphyr::granit_parser::{Event, Parser, ScalarStyle, ScanError, Span, StructureStyle};

use super::{Entry, FrontMatter, Value};
use crate::domain::postmortem::Problem;

/// How deep lists and mappings may nest.
const MAX_DEPTH: usize = 16;
/// How many values a block may hold.
const MAX_VALUES: usize = 4096;

/// The block begins on this line of its file.
const FIRST_LINE: usize = 2;

/// Reads the block. Strict: any fault makes the whole unreadable. Lenient: what can be read is.
pub(super) fn read(block: &str, lenient: bool) -> (FrontMatter, Vec<Problem>) {
    let mut reader = Reader::of(block, lenient);
    let mut front = FrontMatter::default();
    let mut starts = Vec::new();
    let read = reader.document(&mut front.entries, &mut starts);
    let mut problems = reader.problems;
    if let Err(fault) = read {
        problems.push(fault.into_problem());
        if lenient {
            front.entries = by_lines(block);
            return (front, problems);
        }
    }
    let is_cut = cut_lines(block, &mut front, &starts);
    if !lenient && problems.is_empty() && !(is_cut && stand_alone(&front)) {
        let message = "write the front matter as `key: value` lines, one key a line, without indentation";
        problems.push(Problem::new("front-matter", FIRST_LINE, message));
    }
    (front, problems)
}

/// Why reading stopped.
struct Fault {
    line: usize,
    message: String,
}

impl Fault {
    fn at(span: Span, message: impl Into<String>) -> Self {
        Self { line: span.start.line(), message: message.into() }
    }

    fn into_problem(self) -> Problem {
        Problem::new("front-matter", self.line.saturating_add(FIRST_LINE).saturating_sub(1), self.message)
    }
}

impl From<ScanError> for Fault {
    fn from(error: ScanError) -> Self {
        let message = format!(
            "the front matter is not YAML: {}; put texts with special characters in quotes",
            error.info()
        );
        Self { line: error.marker().line(), message }
    }
}

struct Reader<'a> {
    parser: Parser<'a, serde_saphyr::granit_parser::StrInput<'a>>,
    lenient: bool,
    values: usize,
    problems: Vec<Problem>,
}

impl<'a> Reader<'a> {
    fn of(block: &'a str, lenient: bool) -> Self {
        Self { parser: Parser::new_from_str(block), lenient, values: 0, problems: Vec::new() }
    }

    /// The next event that is not a comment.
    fn next(&mut self) -> Result<(Event<'a>, Span), Fault> {
        loop {
            match self.parser.next() {
                None => return Ok((Event::StreamEnd, Span::default())),
                Some(next) => {
                    let (event, span) = next?;
                    if event.is_node() || is_structure(&event) {
                        return Ok((event, span));
                    }
                }
            }
        }
    }

    /// Reads the keys of the document; `starts` receives the byte at which each key begins, or none when the keys do not
    /// stand at the start of their lines.
    fn document(&mut self, entries: &mut Vec<Entry>, starts: &mut Vec<Option<usize>>) -> Result<(), Fault> {
        let block_style = loop {
            match self.next()? {
                (Event::StreamStart | Event::DocumentStart(..), _) => {}
                (Event::StreamEnd | Event::DocumentEnd, _) => return Ok(()),
                (Event::MappingStart(style, anchor, _), span) => {
                    self.refuse_anchor(anchor, span)?;
                    break style == StructureStyle::Block;
                }
                // Nothing at all: a `~` or an anchor would stand before the first key that is added.
                (Event::Scalar(text, ScalarStyle::Plain, 0, None), _) if text.is_empty() => {}
                (_, span) => {
                    return Err(Fault::at(span, "the front matter is not a list of `key: value` lines"));
                }
            }
        };
        loop {
            let (event, span) = self.next()?;
            let key = match event {
                Event::MappingEnd => break,
                Event::Scalar(text, _, anchor, _) => {
                    self.refuse_anchor(anchor, span)?;
                    text.into_owned()
                }
                _ => return Err(Fault::at(span, "a key of the front matter is not a text")),
            };
            let start =
                (block_style && span.start.col() == 0).then(|| span.byte_range().map(|r| r.start)).flatten();
            let (event, value_span) = self.next()?;
            let value = self.value(event, value_span, 0)?;
            if let Some(first) = entries.iter().find(|entry| entry.key == key) {
                let message = format!(
                    "`{key}` stands twice in the front matter, first on line {}; keep one",
                    first.line
                );
                let fault = Fault::at(span, message);
                if !self.lenient {
                    return Err(fault);
                }
                self.problems.push(fault.into_problem());
                continue;
            }
            let line = span.start.line().saturating_add(FIRST_LINE).saturating_sub(1);
            entries.push(Entry { key, line, value, raw: String::new() });
            starts.push(start);
        }
        match self.next()? {
            (Event::DocumentEnd | Event::StreamEnd, _) => {}
            (_, span) => {
                return Err(Fault::at(span, "something stands behind the last key of the front matter"));
            }
        }
        match self.next()? {
            (Event::StreamEnd, _) => Ok(()),
            (_, span) => Err(Fault::at(span, "the front matter holds a second document")),
        }
    }

    fn value(&mut self, event: Event<'a>, span: Span, depth: usize) -> Result<Value, Fault> {
        self.values = self.values.saturating_add(1);
        if depth > MAX_DEPTH || self.values > MAX_VALUES {
            return Err(Fault::at(
                span,
                "the front matter is nested too deep or holds too many values; make it simpler",
            ));
        }
        match event {
            Event::Scalar(text, style, anchor, _) => {
                self.refuse_anchor(anchor, span)?;
                let is_null =
                    style == ScalarStyle::Plain && matches!(&*text, "" | "~" | "null" | "Null" | "NULL");
                Ok(if is_null { Value::Null } else { Value::Text(text.into_owned()) })
            }
            Event::SequenceStart(_, anchor, _) => {
                self.refuse_anchor(anchor, span)?;
                let mut items = Vec::new();
                loop {
                    match self.next()? {
                        (Event::SequenceEnd, _) => return Ok(Value::List(items)),
                        (event, span) => items.push(self.value(event, span, depth.saturating_add(1))?),
                    }
                }
            }
            Event::MappingStart(_, anchor, _) => {
                self.refuse_anchor(anchor, span)?;
                self.mapping(depth)
            }
            Event::Alias(_) => {
                self.odd(Fault::at(span, "aliases are not read in front matter; write the value out"))?;
                Ok(Value::Null)
            }
            _ => Err(Fault::at(span, "the front matter ends in the middle of a value")),
        }
    }

    fn mapping(&mut self, depth: usize) -> Result<Value, Fault> {
        let mut entries: Vec<(String, Value)> = Vec::new();
        loop {
            let (event, span) = self.next()?;
            let key = match event {
                Event::MappingEnd => return Ok(Value::Map(entries)),
                Event::Scalar(text, _, anchor, _) => {
                    self.refuse_anchor(anchor, span)?;
                    text.into_owned()
                }
                other => {
                    self.value(other, span, depth.saturating_add(1))?;
                    self.odd(Fault::at(span, "a key of the front matter is not a text"))?;
                    String::new()
                }
            };
            let (event, value_span) = self.next()?;
            let value = self.value(event, value_span, depth.saturating_add(1))?;
            if entries.iter().any(|(k, _)| *k == key) {
                self.odd(Fault::at(span, format!("`{key}` stands twice in one mapping; keep one")))?;
            } else {
                entries.push((key, value));
            }
        }
    }

    fn refuse_anchor(&mut self, anchor: usize, span: Span) -> Result<(), Fault> {
        if anchor == 0 {
            return Ok(());
        }
        self.odd(Fault::at(
            span,
            "anchors are not read in front matter; write the value out where it is needed",
        ))
    }

    /// A fault that only a strict reader stops at.
    fn odd(&mut self, fault: Fault) -> Result<(), Fault> {
        if !self.lenient {
            return Err(fault);
        }
        self.problems.push(fault.into_problem());
        Ok(())
    }
}

fn is_structure(event: &Event<'_>) -> bool {
    matches!(
        event,
        Event::StreamStart
            | Event::StreamEnd
            | Event::DocumentStart(..)
            | Event::DocumentEnd
            | Event::SequenceEnd
            | Event::MappingEnd
    )
}

/// Gives every entry its lines. False when the keys do not all stand at the start of a line.
fn cut_lines(block: &str, front: &mut FrontMatter, starts: &[Option<usize>]) -> bool {
    let mut clean = true;
    let first = starts.first().map_or(block.len(), |start| start.unwrap_or(0));
    front.preamble = block.get(..first).unwrap_or_default().to_owned();
    for (index, entry) in front.entries.iter_mut().enumerate() {
        let start = starts.get(index).copied().flatten();
        let end = match starts.get(index.saturating_add(1)) {
            None => Some(block.len()),
            Some(next) => *next,
        };
        match (start, end) {
            (Some(start), Some(end)) => block.get(start..end).unwrap_or_default().clone_into(&mut entry.raw),
            _ => clean = false,
        }
    }
    clean
}

/// Whether each key has lines of its own, and a first one can be put where there is none: read by themselves, they say
/// what they say in the block. YAML has ways to write a mapping of which that is not true.
fn stand_alone(front: &FrontMatter) -> bool {
    let says = |lines: &str, key: &str, value: &Value| {
        let mut entries = Vec::new();
        let read = Reader::of(lines, false).document(&mut entries, &mut Vec::new());
        read.is_ok() && matches!(entries.as_slice(), [entry] if entry.key == key && entry.value == *value)
    };
    let (key, value) = ("key", Value::Text("value".to_owned()));
    let end = if front.preamble.is_empty() || front.preamble.ends_with('\n') { "" } else { "\n" };
    says(&format!("{}{end}{key}: value\n", front.preamble), key, &value)
        && front.entries.iter().all(|entry| says(&entry.raw, &entry.key, &entry.value))
}

/// What can be had from a block that is not YAML: `key: value` lines at the margin.
fn by_lines(block: &str) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    for (index, line) in block.lines().enumerate().take(MAX_VALUES) {
        let line_number = index.saturating_add(FIRST_LINE);
        let is_name = |key: &str| {
            key.starts_with(|c: char| c.is_ascii_alphabetic())
                && key.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'))
        };
        if let Some(item) = line.trim_start().strip_prefix("- ") {
            if let Some(Entry { value, .. }) = entries.last_mut() {
                let item = Value::Text(unquote(item).to_owned());
                match value {
                    Value::Null => *value = Value::List(vec![item]),
                    Value::List(items) => items.push(item),
                    Value::Text(_) | Value::Map(_) => {}
                }
            }
            continue;
        }
        let Some((key, value)) = line.split_once(':').filter(|(key, _)| is_name(key)) else { continue };
        if entries.iter().any(|entry| entry.key == key) {
            continue;
        }
        let value = match unquote(value) {
            "" => Value::Null,
            text => Value::Text(text.to_owned()),
        };
        entries.push(Entry { key: key.to_owned(), line: line_number, value, raw: String::new() });
    }
    entries
}

fn unquote(text: &str) -> &str {
    let text = text.trim();
    ['"', '\''].iter().find_map(|q| text.strip_prefix(*q)?.strip_suffix(*q)).unwrap_or(text)
}
