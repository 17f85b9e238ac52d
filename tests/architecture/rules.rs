//! The rules. `src/lib.rs` tells their reasons.

use std::fmt;

use super::source::SourceFile;

/// A line that breaks a rule.
pub(crate) struct Violation {
    path: String,
    /// The line, from 1.
    pub(crate) line: usize,
    what: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.path, self.line, self.what)
    }
}

fn violation(path: &str, line: usize, what: impl Into<String>) -> Violation {
    Violation { path: path.to_owned(), line, what: what.into() }
}

/// The longest file, in lines, test modules apart.
pub(crate) const LONGEST_FILE: usize = 500;

/// Files that may be longer, each with its reason.
pub(crate) const LONG_FILES: &[(&str, &str)] = &[];

/// Each layer and the layers that it may use, beside itself.
pub(crate) const LAYERS: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("app", &["domain"]),
    ("ui", &["domain", "app"]),
    ("store", &["domain"]),
    ("archive", &["domain"]),
    ("index", &["domain"]),
    ("service", &["domain", "store", "archive", "index"]),
    ("shell", &["domain", "app", "ui", "service"]),
    ("cli", &["domain", "service", "shell"]),
];

/// The modules of the shell that commands may use: what they need of the host, and nothing of the screen. `session`
/// puts the others together, once for commands and screen.
const SHELL_OF_CLI: &[&str] = &[
    "clock",
    "config",
    "editor",
    "environment",
    "ids",
    "paths",
    "process",
    "session",
    "throwaway",
    "watching",
];

/// Crates of which only one or two layers know.
const FOREIGN: &[(&str, &[&str])] = &[
    ("aho_corasick", &["domain", "store"]),
    ("anyhow", &["cli", "main"]),
    ("clap", &["cli", "main"]),
    ("clap_complete", &["cli"]),
    ("clap_mangen", &["cli"]),
    ("crossterm", &["shell"]),
    ("getrandom", &["shell", "store"]),
    ("git2", &["archive"]),
    ("minijinja", &["domain"]),
    ("nix", &["shell"]),
    ("ratatui", &["ui", "shell"]),
    ("regex", &["domain"]),
    ("rustix", &["shell", "store", "archive", "index"]),
    ("signal_hook", &["shell"]),
    ("sqlx", &["store"]),
    ("tantivy", &["index"]),
    ("tokio", &["store", "service", "shell", "cli"]),
    ("tracing_subscriber", &["shell"]),
];

/// What a pure layer must not touch.
const IMPURE: &[&str] = &[
    "std::fs",
    "std::io",
    "std::net",
    "std::process",
    "std::env",
    "std::thread",
    "std::sync::mpsc",
    "SystemTime",
    "Instant::now",
    "Utc::now",
    "Local::now",
    "new_v4",
    "now_v7",
    "async fn",
    "async move",
    ".await",
];

/// The layer of a file: the first name of its module, or `main` or `lib`.
fn layer(file: &SourceFile) -> &str {
    match file.module().first() {
        Some(first) => first,
        None if file.path.ends_with("main.rs") => "main",
        None => "lib",
    }
}

fn line_at(text: &str, byte: usize) -> usize {
    text.as_bytes()[..byte].iter().filter(|b| **b == b'\n').count() + 1
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Where a word or path begins in code, not inside a longer name.
fn places<'a>(code: &'a str, needle: &'a str) -> impl Iterator<Item = usize> + 'a {
    let bounded = move |at: &usize| {
        let before = code[..*at].chars().next_back();
        let after = code[*at + needle.len()..].chars().next();
        let opens = needle.starts_with(is_word) && before.is_some_and(is_word);
        let closes = needle.ends_with(is_word) && after.is_some_and(is_word);
        !opens && !closes
    };
    code.match_indices(needle).map(|(at, _)| at).filter(bounded)
}

/// The names that follow a `::`, with their places: one, or the first names of a group in braces.
fn heads(code: &str, at: usize) -> Vec<(usize, &str)> {
    let name_at = |at: usize| {
        let rest = &code[at..];
        let start = at + (rest.len() - rest.trim_start().len());
        let len = code[start..].find(|c| !is_word(c)).unwrap_or(code.len() - start);
        (start, &code[start..start + len])
    };
    let rest = code[at..].trim_start();
    if !rest.starts_with('{') {
        return vec![name_at(at)];
    }
    let open = code.len() - rest.len();
    let (mut names, mut depth) = (Vec::new(), 0);
    for (i, c) in code[open..].char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            break;
        }
        if depth == 1 && matches!(c, '{' | ',') {
            names.push(name_at(open + i + 1));
        }
    }
    names
}

/// The places after `crate::` and after as many `super::` as lead out of the layer.
fn out_of_the_layer(file: &SourceFile) -> Vec<usize> {
    let code = &file.code;
    let mut out: Vec<usize> = places(code, "crate::").map(|at| at + "crate::".len()).collect();
    // A module in the same file is one deeper; more than one `super` too many does not compile.
    let up = "super::".repeat(file.module().len());
    for at in places(code, &up) {
        let end = at + up.len();
        if !code[..at].ends_with("super::") && !code[end..].starts_with("super::") {
            out.push(end);
        }
    }
    out
}

/// Layers use only what the table allows them.
pub(crate) fn layers(file: &SourceFile) -> Vec<Violation> {
    let layer = layer(file);
    let Some((_, allowed)) = LAYERS.iter().find(|(name, _)| *name == layer) else { return Vec::new() };
    let mut found = Vec::new();
    for at in out_of_the_layer(file) {
        for (place, name) in heads(&file.code, at) {
            let is_layer = LAYERS.iter().any(|(known, _)| *known == name);
            let line = line_at(&file.code, place);
            if is_layer && name != layer && !allowed.contains(&name) {
                found.push(violation(&file.path, line, format!("{layer} must not use {name}")));
            } else if layer == "cli" && name == "shell" {
                let after = place + name.len();
                let Some(rest) = file.code[after..].strip_prefix("::") else { continue };
                for (_, part) in heads(&file.code, file.code.len() - rest.len()) {
                    if !SHELL_OF_CLI.contains(&part) {
                        let what =
                            format!("cli must not use shell::{part}, only {}", SHELL_OF_CLI.join(", "));
                        found.push(violation(&file.path, line, what));
                    }
                }
            }
        }
    }
    found
}

/// A crate that does the work of one layer is known in no other.
pub(crate) fn foreign(file: &SourceFile) -> Vec<Violation> {
    let layer = layer(file);
    let mut found = Vec::new();
    for (name, allowed) in FOREIGN.iter().filter(|(_, allowed)| !allowed.contains(&layer)) {
        let path = format!("{name}::");
        for at in places(&file.code, &path) {
            if file.code[..at].ends_with("::") {
                continue;
            }
            let what = format!("{layer} must not use the crate {name}, only {}", allowed.join(", "));
            found.push(violation(&file.path, line_at(&file.code, at), what));
        }
    }
    found
}

/// `domain` and `app` do no I/O, are not async, read no clock, mint no id.
pub(crate) fn pure(file: &SourceFile) -> Vec<Violation> {
    let layer = layer(file);
    if !matches!(layer, "domain" | "app") || file.is_test() {
        return Vec::new();
    }
    let mut found = Vec::new();
    for needle in IMPURE {
        for at in places(&file.code, needle) {
            let line = line_at(&file.code, at);
            if !in_test_module(&file.text, line) {
                found.push(violation(&file.path, line, format!("{layer} is pure: no {needle}")));
            }
        }
    }
    found
}

/// Whether a line lies in a `#[cfg(test)] mod … {`.
fn in_test_module(text: &str, line: usize) -> bool {
    let before: Vec<&str> = text.lines().take(line).collect();
    let opened = before.windows(2).rposition(|w| w[0] == "#[cfg(test)]" && w[1].ends_with('{'));
    opened.is_some_and(|at| !before[at..].contains(&"}"))
}

/// No file is longer than [`LONGEST_FILE`], test modules apart.
pub(crate) fn size(file: &SourceFile) -> Vec<Violation> {
    let lines = file.product_lines();
    if lines <= LONGEST_FILE || LONG_FILES.iter().any(|(path, _)| *path == file.path) {
        return Vec::new();
    }
    vec![violation(
        &file.path,
        lines,
        format!("{lines} lines; take it apart by topic ({LONGEST_FILE} at most)"),
    )]
}

/// Every module opens with `//!` and words.
pub(crate) fn opening(file: &SourceFile) -> Vec<Violation> {
    let first = file.text.lines().next().unwrap_or_default();
    let says = first.strip_prefix("//!").is_some_and(|rest| !rest.trim().is_empty());
    if says || file.is_test() {
        return Vec::new();
    }
    vec![violation(&file.path, 1, "open with //! and what the module is, and what it must not do")]
}

/// A doc comment says something.
pub(crate) fn empty_docs(file: &SourceFile) -> Vec<Violation> {
    let doc = |line: &str| {
        let line = line.trim_start();
        line.strip_prefix("///").or_else(|| line.strip_prefix("//!")).map(|rest| !rest.trim().is_empty())
    };
    let mut found = Vec::new();
    let mut begun: Option<(usize, bool)> = None;
    for (at, line) in file.text.lines().chain([""]).enumerate() {
        match (doc(line), &mut begun) {
            (Some(says), Some((_, said))) => *said |= says,
            (Some(says), None) => begun = Some((at + 1, says)),
            (None, Some((line, said))) => {
                if !*said {
                    found.push(violation(&file.path, *line, "an empty doc comment"));
                }
                begun = None;
            }
            (None, None) => {}
        }
    }
    found
}

/// No test is left out, and product code does not ask whether it is tested.
pub(crate) fn no_escape(file: &SourceFile) -> Vec<Violation> {
    let mut found = Vec::new();
    for (at, line) in file.code.lines().enumerate() {
        let line = line.trim_start();
        if line.starts_with("#[ignore") {
            found.push(violation(
                &file.path,
                at + 1,
                "an ignored test proves nothing: mend it or take it out",
            ));
        }
        if line.contains("cfg!(test)") {
            found.push(violation(
                &file.path,
                at + 1,
                "product code must not know of tests: pass the value in",
            ));
        }
    }
    found
}

/// No type and no file is called by a word that says nothing.
pub(crate) fn names(file: &SourceFile) -> Vec<Violation> {
    let mut found = Vec::new();
    for word in ["Manager", "Helper", "Util"] {
        let stem = file.path.rsplit('/').next().unwrap_or_default();
        if stem.contains(&word.to_lowercase()) {
            found.push(violation(&file.path, 1, format!("{word} says nothing: name the file by its topic")));
        }
        for (at, line) in file.code.lines().enumerate() {
            let mut words = line.split(|c| !is_word(c)).filter(|w| !w.is_empty());
            while let Some(keyword) = words.next() {
                let declares = matches!(keyword, "struct" | "enum" | "trait" | "type" | "union");
                if declares && words.next().is_some_and(|name| name.contains(word)) {
                    found.push(violation(&file.path, at + 1, format!("{word} says nothing: name the type")));
                }
            }
        }
    }
    found
}

/// No path of one machine, and no address of a private registry, in a file that we wrote.
pub(crate) fn machine(path: &str, text: &str) -> Vec<Violation> {
    let foreign = ["tests/fixtures/postmortems/", "tests/fixtures/runbooks/", "tests/fixtures/licences/"];
    if foreign.iter().any(|folder| path.starts_with(folder)) {
        return Vec::new();
    }
    // In pieces, so that this file does not hold them.
    let paths = ["/wo|rk/", ".car|go/registry", "CARGO_REG|ISTRIES_"].map(|p| p.replace('|', ""));
    let mut found = Vec::new();
    for (at, line) in text.lines().enumerate() {
        for needle in paths.iter().filter(|needle| line.contains(needle.as_str())) {
            found.push(violation(path, at + 1, format!("{needle} is of one machine")));
        }
        let hosts = line.match_indices("://").filter_map(|(i, _)| line.get(i + 3..));
        for host in hosts.filter_map(|rest| rest.split(['/', ':', ' ', '"']).next()) {
            let private = ["10.", "192.168.", "172.16."].iter().any(|start| host.starts_with(start));
            if private || host.ends_with(".internal") || host.ends_with(".local") {
                found.push(violation(path, at + 1, format!("{host} is an address of one network")));
            }
        }
    }
    found
}

/// Where packages come from.
pub(crate) const PUBLIC: &str = "registry+https://github.com/rust-lang/crates.io-index";

/// A package of a lock file.
struct Package<'a> {
    line: usize,
    name: &'a str,
    version: &'a str,
    source: Option<&'a str>,
    checksum: bool,
}

fn packages(lock: &str) -> Vec<Package<'_>> {
    let mut found: Vec<Package<'_>> = Vec::new();
    for (at, line) in lock.lines().enumerate() {
        if let Some(name) = line.strip_prefix("name = \"") {
            let name = name.trim_end_matches('"');
            found.push(Package { line: at + 1, name, version: "", source: None, checksum: false });
        }
        let Some(package) = found.last_mut() else { continue };
        if let Some(version) = line.strip_prefix("version = \"") {
            package.version = version.trim_end_matches('"');
        } else if let Some(source) = line.strip_prefix("source = \"") {
            package.source = Some(source.trim_end_matches('"'));
        } else if line.starts_with("checksum = \"") {
            package.checksum = true;
        }
    }
    found
}

/// Every package of the lock file comes from crates.io, and is the one whose checksum stands there.
pub(crate) fn sources(path: &str, lock: &str) -> Vec<Violation> {
    let lines = lock.lines().enumerate().filter_map(|(at, line)| Some((at, line.strip_prefix("source = ")?)));
    let foreign = lines.filter(|(_, source)| source.trim_matches('"') != PUBLIC);
    let foreign = foreign.map(|(at, line)| violation(path, at + 1, format!("not from crates.io: {line}")));
    let unchecked = packages(lock).into_iter().filter(|p| p.source.is_some() && !p.checksum);
    foreign.chain(unchecked.map(|p| violation(path, p.line, format!("{} has no checksum", p.name)))).collect()
}

/// The packages that `deny.toml` bans whole.
pub(crate) fn banned(deny: &str) -> Vec<String> {
    let (_, list) = deny.split_once("\ndeny = [\n").unwrap_or_default();
    let list = list.split("\n]").next().unwrap_or_default();
    let names = list.lines().filter_map(|line| line.trim().strip_prefix("{ crate = \"")?.split('"').next());
    names.filter(|name| !name.contains(':')).map(str::to_owned).collect()
}

/// No package of these names is in a lock file.
pub(crate) fn bans(path: &str, lock: &str, banned: &[String]) -> Vec<Violation> {
    let found = packages(lock).into_iter().filter(|p| banned.iter().any(|name| name == p.name));
    found.map(|p| violation(path, p.line, format!("{} is banned", p.name))).collect()
}

/// The versions of a package in a lock file.
pub(crate) fn versions<'a>(lock: &'a str, name: &str) -> Vec<&'a str> {
    packages(lock).into_iter().filter(|p| p.name == name).map(|p| p.version).collect()
}

/// Every package of a lock file but a few is in another one, in the same version.
pub(crate) fn others(path: &str, lock: &str, in_other: &str, but: &[&str]) -> Vec<Violation> {
    let known: Vec<(&str, &str)> = packages(in_other).into_iter().map(|p| (p.name, p.version)).collect();
    let found = packages(lock).into_iter().filter(|p| !but.contains(&p.name));
    found
        .filter(|p| !known.contains(&(p.name, p.version)))
        .map(|p| {
            violation(path, p.line, format!("{} {} is not what the program is built with", p.name, p.version))
        })
        .collect()
}

/// What the manifest asks for, a lock file of somebody who uses the program has.
pub(crate) fn unlocked(path: &str, lock: &str, manifest: &str) -> Vec<Violation> {
    let (_, wanted) = manifest.split_once("[dependencies]\n").unwrap_or_default();
    let wanted =
        wanted.lines().take_while(|line| !line.starts_with('[')).filter(|line| !line.starts_with('#'));
    let wanted = wanted.filter_map(|line| Some(line.split_once(" = ")?.0));
    let (_, ours) = lock.split_once("name = \"warroom\"\n").unwrap_or_default();
    let ours = ours.split("\n]").next().unwrap_or_default();
    let has = |name: &str| ours.lines().any(|line| line.trim().split(['"', ' ']).nth(1) == Some(name));
    let missing = wanted.filter(|name| !has(name));
    missing
        .map(|name| violation(path, 1, format!("{name} is missing: run cargo check in its folder")))
        .collect()
}
