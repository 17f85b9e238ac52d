//! A one-line editor with readline's keys: what the composer and every overlay with a line hold. It works by
//! grapheme, keeps pasted newlines, and must not cost more than a look around the cursor for each key.

use unicode_segmentation::GraphemeCursor;

/// The most text that one line holds, in bytes.
pub const MAX_BYTES: usize = 64 * 1024;
/// Earlier lines that up and down recall.
const MAX_HISTORY: usize = 200;
/// Kills that `Alt-y` turns through.
const MAX_KILLS: usize = 16;
/// Bytes that the undo list may hold before its oldest steps go.
const MAX_UNDO_BYTES: usize = 1024 * 1024;

/// What an editing key does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Edit {
    /// One grapheme to the left.
    Left,
    /// One grapheme to the right.
    Right,
    /// To the start of the word.
    WordLeft,
    /// To the end of the word.
    WordRight,
    /// To the start of the line; of a text of several lines, to that of this line, then to that of the text.
    Start,
    /// To the end of the line, in the same way.
    End,
    /// Deletes the grapheme before the cursor.
    DeleteBack,
    /// Deletes the grapheme under the cursor.
    DeleteForward,
    /// Kills to the end of the line.
    KillToEnd,
    /// Kills to the start of the line.
    KillToStart,
    /// Kills back to white space.
    KillWordBack,
    /// Kills to the end of the word.
    KillWordForward,
    /// Inserts the last kill.
    Yank,
    /// Replaces the text just inserted by [`Edit::Yank`] with the kill before it.
    YankPop,
    /// Takes back the last change.
    Undo,
    /// The line before in the history.
    Older,
    /// The line after in the history.
    Newer,
    /// A page up, where the line is shown in rows.
    PageBack,
    /// A page down, where the line is shown in rows.
    PageOn,
}

/// A text that does not fit into [`MAX_BYTES`]; nothing was inserted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{bytes} bytes are more than a line holds ({MAX_BYTES})")]
pub struct TooLong {
    /// How long the line would have become.
    pub bytes: usize,
}

/// One step of the undo list: at `at`, `removed` gave way to `inserted`.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Change {
    at: usize,
    removed: String,
    inserted: String,
    cursor_before: usize,
    typed: bool,
}

/// What the last key did, where the next one depends on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Last {
    Other,
    Typed,
    KilledBack,
    KilledForward,
    Yanked { at: usize, len: usize, nth: usize },
}

/// A line of text, its cursor, its undo list, its history and its kill ring.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Editor {
    text: String,
    cursor: usize,
    undo: Vec<Change>,
    undo_bytes: usize,
    kills: Vec<String>,
    last: Last,
    history: Vec<String>,
    recalled: Option<usize>,
    stash: String,
}

impl Default for Editor {
    fn default() -> Self {
        Self {
            text: String::new(),
            cursor: 0,
            undo: Vec::new(),
            undo_bytes: 0,
            kills: Vec::new(),
            last: Last::Other,
            history: Vec::new(),
            recalled: None,
            stash: String::new(),
        }
    }
}

impl Editor {
    /// A line that holds `text` (cut to [`MAX_BYTES`]), the cursor at its end.
    #[must_use]
    pub fn with_text(text: &str) -> Self {
        let mut editor = Self::default();
        editor.set_text(text);
        editor
    }

    /// The text, newlines included.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The cursor as a byte offset into the text; always at a grapheme boundary.
    #[must_use]
    pub const fn cursor(&self) -> usize {
        self.cursor
    }

    /// Whether nothing is typed.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// Replaces the text as one undo step and puts the cursor at its end. A text over [`MAX_BYTES`] is cut there.
    pub fn set_text(&mut self, text: &str) {
        let mut end = text.len().min(MAX_BYTES);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        let new = text.get(..end).unwrap_or_default();
        self.replace(0, self.text.len(), new, false);
        self.cursor = self.text.len();
        self.last = Last::Other;
    }

    /// Puts the cursor at a byte offset, or at the next boundary of a grapheme behind it.
    pub fn place_cursor(&mut self, at: usize) {
        self.cursor = (at.min(self.text.len())..=self.text.len())
            .find(|at| self.text.is_char_boundary(*at))
            .unwrap_or(self.text.len());
        self.snap_forward();
        self.last = Last::Other;
    }

    /// Empties the line and takes its text; history and kills stay, undo starts anew.
    pub fn take(&mut self) -> String {
        let text = std::mem::take(&mut self.text);
        self.cursor = 0;
        self.undo.clear();
        self.undo_bytes = 0;
        self.recalled = None;
        self.stash.clear();
        self.last = Last::Other;
        text
    }

    /// Remembers a line that was sent, for up and down. An empty one or a repeat of the last is not kept twice.
    pub fn remember(&mut self, line: &str) {
        if !line.is_empty() && self.history.last().map(String::as_str) != Some(line) {
            self.history.push(line.to_owned());
            if self.history.len() > MAX_HISTORY {
                self.history.remove(0);
            }
        }
        self.recalled = None;
    }

    /// Types one character.
    ///
    /// # Errors
    /// The line is full.
    pub fn type_char(&mut self, c: char) -> Result<(), TooLong> {
        let bytes = self.text.len() + c.len_utf8();
        if bytes > MAX_BYTES {
            return Err(TooLong { bytes });
        }
        let mut buf = [0; 4];
        self.replace(self.cursor, self.cursor, c.encode_utf8(&mut buf), self.last == Last::Typed);
        self.snap_forward();
        self.last = Last::Typed;
        Ok(())
    }

    /// Inserts pasted text as one undo step. Line ends become `\n`, tabs a space; other control characters go.
    ///
    /// # Errors
    /// The line would not hold it: nothing is inserted, and the caller has to keep the text elsewhere.
    pub fn paste(&mut self, pasted: &str) -> Result<(), TooLong> {
        let bytes = self.text.len().saturating_add(pasted.len());
        // A paste shrinks when cleaned, by at most the carriage returns and controls; look before copying 10 MB.
        if pasted.len() > MAX_BYTES.saturating_mul(4) {
            return Err(TooLong { bytes });
        }
        let clean = clean(pasted);
        let bytes = self.text.len().saturating_add(clean.len());
        if bytes > MAX_BYTES {
            return Err(TooLong { bytes });
        }
        self.replace(self.cursor, self.cursor, &clean, false);
        self.snap_forward();
        self.last = Last::Other;
        Ok(())
    }

    /// Puts a word in the place of what stands between `from` and the cursor, as one undo step.
    pub fn replace_before(&mut self, from: usize, word: &str) {
        let bytes = self.text.len().saturating_add(word.len());
        if from > self.cursor || !self.text.is_char_boundary(from) || bytes > MAX_BYTES {
            return;
        }
        self.replace(from, self.cursor, word, false);
        self.snap_forward();
        self.last = Last::Other;
    }

    /// Does what an editing key says.
    pub fn edit(&mut self, edit: Edit) {
        let last = self.last;
        self.last = Last::Other;
        match edit {
            Edit::Left => self.cursor = self.before(self.cursor),
            Edit::Right => self.cursor = self.after(self.cursor),
            Edit::WordLeft => self.cursor = self.word_left(char::is_alphanumeric),
            Edit::WordRight => self.cursor = self.word_right(),
            Edit::Start => {
                let here = self.line_start();
                self.cursor = if here == self.cursor { 0 } else { here };
            }
            Edit::End => {
                let here = self.line_end();
                self.cursor = if here == self.cursor { self.text.len() } else { here };
            }
            Edit::DeleteBack => {
                let from = self.before(self.cursor);
                self.replace(from, self.cursor, "", false);
            }
            Edit::DeleteForward => {
                let to = self.after(self.cursor);
                self.replace(self.cursor, to, "", false);
            }
            Edit::KillToEnd => {
                let here = self.line_end();
                let to = if here == self.cursor { self.after(here) } else { here };
                self.kill(self.cursor, to, last, true);
            }
            Edit::KillToStart => self.kill(0, self.cursor, last, false),
            Edit::KillWordBack => {
                let from = self.word_left(|c| !c.is_whitespace());
                self.kill(from, self.cursor, last, false);
            }
            Edit::KillWordForward => {
                let to = self.word_right();
                self.kill(self.cursor, to, last, true);
            }
            Edit::Yank => self.yank(0),
            Edit::YankPop => {
                if let Last::Yanked { at, len, nth } = last {
                    self.replace(at, at.saturating_add(len), "", false);
                    self.yank(nth.saturating_add(1));
                }
            }
            Edit::Undo => self.undo(),
            Edit::Older => self.recall(true),
            Edit::Newer => self.recall(false),
            Edit::PageBack | Edit::PageOn => {}
        }
        self.snap_forward();
    }

    /// Puts the cursor at a byte of the text, or at the boundary after it.
    pub fn go_to(&mut self, at: usize) {
        if self.text.is_char_boundary(at) {
            self.cursor = at;
            self.snap_forward();
        }
        self.last = Last::Other;
    }

    fn line_start(&self) -> usize {
        let head = self.text.get(..self.cursor).unwrap_or_default();
        head.rfind('\n').map_or(0, |at| at.saturating_add(1))
    }

    fn line_end(&self) -> usize {
        let tail = self.text.get(self.cursor..).unwrap_or_default();
        tail.find('\n').map_or(self.text.len(), |at| self.cursor.saturating_add(at))
    }

    fn replace(&mut self, from: usize, to: usize, with: &str, join: bool) {
        let Some(removed) = self.text.get(from..to) else { return };
        if removed.is_empty() && with.is_empty() {
            return;
        }
        let removed = removed.to_owned();
        let cursor_before = self.cursor;
        self.text.replace_range(from..to, with);
        self.cursor = from + with.len();
        let typed = removed.is_empty() && with.chars().count() == 1;
        self.undo_bytes += removed.len() + with.len();
        if join
            && typed
            && let Some(top) = self.undo.last_mut()
            && top.typed
            && top.at + top.inserted.len() == from
            && (!top.inserted.ends_with(char::is_whitespace) || with.starts_with(char::is_whitespace))
        {
            top.inserted.push_str(with);
            return;
        }
        self.undo.push(Change { at: from, removed, inserted: with.to_owned(), cursor_before, typed });
        while self.undo_bytes > MAX_UNDO_BYTES && self.undo.len() > 1 {
            let gone = self.undo.remove(0);
            self.undo_bytes = self.undo_bytes.saturating_sub(gone.removed.len() + gone.inserted.len());
        }
    }

    fn undo(&mut self) {
        let Some(change) = self.undo.pop() else { return };
        self.undo_bytes = self.undo_bytes.saturating_sub(change.removed.len() + change.inserted.len());
        let end = change.at + change.inserted.len();
        if self.text.get(change.at..end).is_some() {
            self.text.replace_range(change.at..end, &change.removed);
            self.cursor = change.cursor_before.min(self.text.len());
        }
    }

    fn kill(&mut self, from: usize, to: usize, last: Last, forward: bool) {
        let Some(killed) = self.text.get(from..to).filter(|k| !k.is_empty()).map(str::to_owned) else {
            return;
        };
        self.replace(from, to, "", false);
        match (last, self.kills.last_mut()) {
            (Last::KilledBack | Last::KilledForward, Some(top)) if forward => top.push_str(&killed),
            (Last::KilledBack | Last::KilledForward, Some(top)) => top.insert_str(0, &killed),
            _ => {
                self.kills.push(killed);
                if self.kills.len() > MAX_KILLS {
                    self.kills.remove(0);
                }
            }
        }
        self.last = if forward { Last::KilledForward } else { Last::KilledBack };
    }

    fn yank(&mut self, nth: usize) {
        let count = self.kills.len();
        let Some(text) = nth.checked_rem(count).and_then(|n| self.kills.get(count - 1 - n)).cloned() else {
            return;
        };
        if self.text.len() + text.len() <= MAX_BYTES {
            let at = self.cursor;
            self.replace(at, at, &text, false);
            self.last = Last::Yanked { at, len: text.len(), nth };
        }
    }

    fn recall(&mut self, older: bool) {
        let newest = self.history.len();
        let now = self.recalled.unwrap_or(newest);
        let next = if older { now.checked_sub(1) } else { now.checked_add(1).filter(|n| *n <= newest) };
        let Some(next) = next else { return };
        if self.recalled.is_none() {
            self.stash = self.text.clone();
        }
        let line = self.history.get(next).cloned().unwrap_or_else(|| self.stash.clone());
        self.set_text(&line);
        self.recalled = (next < newest).then_some(next);
    }

    fn before(&self, at: usize) -> usize {
        let mut cursor = GraphemeCursor::new(at, self.text.len(), true);
        cursor.prev_boundary(&self.text, 0).ok().flatten().unwrap_or(0)
    }

    fn after(&self, at: usize) -> usize {
        let mut cursor = GraphemeCursor::new(at, self.text.len(), true);
        cursor.next_boundary(&self.text, 0).ok().flatten().unwrap_or(self.text.len())
    }

    /// Moves the cursor on to a boundary: an insertion may have joined with what follows it.
    fn snap_forward(&mut self) {
        let mut cursor = GraphemeCursor::new(self.cursor, self.text.len(), true);
        if cursor.is_boundary(&self.text, 0) != Ok(true) {
            self.cursor = self.after(self.cursor);
        }
    }

    fn word_left(&self, word: impl Fn(char) -> bool) -> usize {
        let head = self.text.get(..self.cursor).unwrap_or_default();
        let trimmed = head.trim_end_matches(|c| !word(c)).trim_end_matches(&word);
        trimmed.len()
    }

    fn word_right(&self) -> usize {
        let tail = self.text.get(self.cursor..).unwrap_or_default();
        let rest =
            tail.trim_start_matches(|c: char| !c.is_alphanumeric()).trim_start_matches(char::is_alphanumeric);
        self.text.len() - rest.len()
    }
}

/// What is left of pasted text: `\n` for any line end, a space for a tab, no other control character, no trailing
/// line end.
fn clean(pasted: &str) -> String {
    let mut out = String::with_capacity(pasted.len());
    let mut chars = pasted.trim_end_matches(['\r', '\n']).chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\r' => {
                if chars.peek() == Some(&'\n') {
                    chars.next();
                }
                out.push('\n');
            }
            '\n' => out.push('\n'),
            '\t' => out.push(' '),
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests;
