//! Source files as the rules see them: the text, and the text with comments and literals blanked out.

use std::path::{Path, PathBuf};

/// A Rust file.
pub(crate) struct SourceFile {
    /// The path from the root of the repository.
    pub(crate) path: String,
    /// The text.
    pub(crate) text: String,
    /// The text with comments, strings and characters as spaces; the same lines.
    pub(crate) code: String,
}

/// The root of the repository.
pub(crate) fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

impl SourceFile {
    /// A file of this path and text.
    pub(crate) fn new(path: &str, text: &str) -> Self {
        Self { path: path.to_owned(), text: text.to_owned(), code: code_of(text) }
    }

    /// Reads a file of the repository.
    pub(crate) fn read(path: &str) -> Self {
        Self::new(path, &std::fs::read_to_string(root().join(path)).unwrap_or_else(|e| panic!("{path}: {e}")))
    }

    /// Whether the whole file is test code.
    pub(crate) fn is_test(&self) -> bool {
        self.path.starts_with("tests/") || self.path.ends_with("/tests.rs") || self.path.contains("/tests/")
    }

    /// The names of the module, without the crate: `src/domain/log/chain.rs` is `domain`, `log`, `chain`.
    pub(crate) fn module(&self) -> Vec<&str> {
        let inner = self.path.strip_prefix("src/").unwrap_or(&self.path);
        let inner = inner.strip_suffix(".rs").unwrap_or(inner);
        if matches!(inner, "lib" | "main") { Vec::new() } else { inner.split('/').collect() }
    }

    /// The number of lines that are not in a test module.
    pub(crate) fn product_lines(&self) -> usize {
        if self.is_test() {
            return 0;
        }
        let mut count = 0;
        let mut in_tests = false;
        let mut lines = self.text.lines().peekable();
        while let Some(line) = lines.next() {
            let opens = |l: &&str| l.starts_with("mod ") && l.ends_with('{');
            if line == "#[cfg(test)]" && lines.peek().is_some_and(opens) {
                in_tests = true;
            }
            count += usize::from(!in_tests);
            in_tests &= line != "}";
        }
        count
    }
}

/// Every Rust file below a folder of the repository, in the order of their paths.
pub(crate) fn rust_files(folder: &str) -> Vec<SourceFile> {
    let mut paths = Vec::new();
    walk(&root().join(folder), &mut paths);
    let root = root();
    let names = paths.iter().map(|path| path.strip_prefix(&root).unwrap().to_str().unwrap());
    names.filter(|name| name.ends_with(".rs")).map(SourceFile::read).collect()
}

fn walk(folder: &Path, out: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    for path in paths {
        let name = path.file_name().unwrap().to_str().unwrap_or_default();
        if path.is_dir() && !path.is_symlink() {
            if !matches!(name, "target" | ".git") {
                walk(&path, out);
            }
        } else {
            out.push(path);
        }
    }
}

/// Every text file that git knows of; in an unpacked archive without git, every text file.
pub(crate) fn tracked_texts() -> Vec<(String, String)> {
    let root = root();
    let mut paths = Vec::new();
    match git2::Repository::open(&root) {
        Ok(repository) => {
            let index = repository.index().unwrap();
            paths.extend(index.iter().map(|entry| root.join(String::from_utf8(entry.path).unwrap())));
        }
        Err(_) => walk(&root, &mut paths),
    }
    let read = |path: PathBuf| {
        let text = std::fs::read_to_string(&path).ok()?;
        Some((path.strip_prefix(&root).unwrap().to_str().unwrap().to_owned(), text))
    };
    paths.into_iter().filter_map(read).collect()
}

/// The code of a text: comments, strings and character literals become spaces; lines stay where they are.
pub(crate) fn code_of(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while at < chars.len() {
        let end = literal_end(&chars, at);
        if end > at {
            out.extend(chars[at..end].iter().map(|c| if *c == '\n' { '\n' } else { ' ' }));
            at = end;
        } else {
            out.push(chars[at]);
            at += 1;
        }
    }
    out
}

/// Where the comment or literal that begins here ends; the same place when none begins here.
fn literal_end(chars: &[char], at: usize) -> usize {
    let is = |i: usize, c: char| chars.get(i) == Some(&c);
    let until = |mut i: usize, close: char| {
        while i < chars.len() && chars[i] != close {
            i += if chars[i] == '\\' { 2 } else { 1 };
        }
        (i + 1).min(chars.len())
    };
    let in_word = at > 0 && (chars[at - 1].is_alphanumeric() || chars[at - 1] == '_');
    match chars[at] {
        '/' if is(at + 1, '/') => (at..chars.len()).find(|i| chars[*i] == '\n').unwrap_or(chars.len()),
        '/' if is(at + 1, '*') => block_comment_end(chars, at),
        '"' => until(at + 1, '"'),
        'r' if !in_word || is(at.wrapping_sub(1), 'b') => {
            let hashes = (at + 1..chars.len()).take_while(|i| chars[*i] == '#').count();
            if !is(at + 1 + hashes, '"') {
                return at;
            }
            let mut i = at + 2 + hashes;
            while i < chars.len() && !(chars[i] == '"' && (1..=hashes).all(|n| is(i + n, '#'))) {
                i += 1;
            }
            (i + 1 + hashes).min(chars.len())
        }
        '\'' if is(at + 1, '\\') => until(at + 1, '\''),
        '\'' if is(at + 2, '\'') => at + 3,
        _ => at,
    }
}

fn block_comment_end(chars: &[char], at: usize) -> usize {
    let (mut depth, mut i) = (0, at);
    while i < chars.len() {
        match (chars[i], chars.get(i + 1)) {
            ('/', Some('*')) => (depth, i) = (depth + 1, i + 1),
            ('*', Some('/')) => (depth, i) = (depth - 1, i + 1),
            _ => {}
        }
        i += 1;
        if depth == 0 {
            return i;
        }
    }
    i
}
