//! The table of rules: read once from the embedded files, each pattern compiled when its keyword is met first.
//! Patterns work on bytes and run in linear time. It must not know where a text comes from.

use std::ops::Range;
use std::sync::OnceLock;

use aho_corasick::AhoCorasick;
use regex::bytes::{Regex, RegexBuilder};

use super::entropy::shannon;
use super::{Finding, Weight};

/// The rules of gitleaks, and those that it lacks.
const FILES: [&str; 2] =
    [include_str!("../../../assets/secrets/rules.tsv"), include_str!("../../../assets/secrets/extra.tsv")];

/// The largest compiled pattern, in bytes.
const PATTERN_LIMIT: usize = 10 << 20;

/// What no rule takes for a secret (gitleaks' global allow list, where notes of an incident can hold it), nor what was
/// masked, as it is and as Markdown escapes it.
const NEVER: &str = r"(?x)
    ^(?: (?i:true|false|null|none)
       | \$ (?: \d+ | \{ [^}]* \} | [A-Za-z_]\w* )
       | \{\{ [^}]* \}\}
       | % \w+ %
       | < [^>]* >
       | (?: \* | x | X | \. | 0 | - )+
       | .* EXAMPLE (?:KEY)?
       | \\?\[secret .*
    )$";

/// Where a token ends in most patterns of gitleaks, which reads code.
const END_IN_CODE: &str = r#"(?:[\x60'"\s;]|\\[nr]|$)"#;

/// Where one ends in what people write: before a full stop, a comma, a bracket as well.
const END_IN_WORDS: &str = r#"(?:[\x60'"\s;.,:!?()\[\]{}<>|*&\\]|$)"#;

/// What a rule that only warns does not take for a secret: identifiers that every incident is full of.
const COMMON: &str = r"(?ix)^(?: [0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}
    | (?:sha(?:1|256|512)[:\-])? [0-9a-f]{7,128} | [\d.:\-TZ+]+ | [a-z]+ (?: [._/\-] [a-z]+ )* )$";

/// A rule as its line says.
pub(super) struct Rule {
    pub(super) name: &'static str,
    pub(super) weight: Weight,
    pub(super) pattern: &'static str,
    entropy: f64,
    group: usize,
    keywords: Vec<&'static str>,
    allowed: &'static str,
    compiled: OnceLock<Option<(Regex, Vec<Regex>)>>,
}

pub(super) struct Table {
    pub(super) rules: Vec<Rule>,
    /// Every keyword of every rule; `None` only if it could not be built, then every rule is tried.
    keywords: Option<AhoCorasick>,
    /// The rule of each keyword, by the place of the keyword.
    owner: Vec<usize>,
    /// Compiled when the first rule finds something: most texts hold nothing.
    never: OnceLock<Option<Regex>>,
    common: OnceLock<Option<Regex>>,
}

/// The table; reading it costs about a millisecond, once.
pub(super) fn table() -> &'static Table {
    static TABLE: OnceLock<Table> = OnceLock::new();
    TABLE.get_or_init(|| {
        let rules: Vec<Rule> = FILES.iter().flat_map(|file| file.lines()).filter_map(rule).collect();
        let pairs = rules.iter().enumerate().flat_map(|(n, rule)| rule.keywords.iter().map(move |k| (n, *k)));
        let (owner, keywords): (Vec<usize>, Vec<&str>) = pairs.unzip();
        let keywords = AhoCorasick::builder().ascii_case_insensitive(true).build(keywords).ok();
        Table { rules, keywords, owner, never: OnceLock::new(), common: OnceLock::new() }
    })
}

fn rule(line: &'static str) -> Option<Rule> {
    let mut fields = line.split('\t');
    let weight = match fields.next()? {
        "block" => Weight::Block,
        "warn" => Weight::Warn,
        _ => return None,
    };
    let name = fields.next()?;
    let entropy = fields.next()?.parse().ok()?;
    let group = fields.next()?.parse().ok()?;
    let keywords = fields.next()?.split(',').filter(|k| !k.is_empty()).collect();
    let (allowed, pattern) = (fields.next()?, fields.next()?);
    Some(Rule { name, weight, pattern, entropy, group, keywords, allowed, compiled: OnceLock::new() })
}

fn compile(pattern: &str) -> Option<Regex> {
    RegexBuilder::new(pattern).unicode(false).size_limit(PATTERN_LIMIT).build().ok()
}

impl Rule {
    pub(super) fn compiled(&self) -> Option<&(Regex, Vec<Regex>)> {
        let make = || {
            let allowed: Option<Vec<Regex>> =
                self.allowed.split(" ||| ").filter(|a| !a.is_empty()).map(compile).collect();
            let pattern = match self.weight {
                Weight::Block => self.pattern.replace(END_IN_CODE, END_IN_WORDS),
                Weight::Warn => self.pattern.to_owned(),
            };
            Some((compile(&pattern)?, allowed?))
        };
        self.compiled.get_or_init(make).as_ref()
    }

    /// The findings of this rule alone.
    fn scan(&self, text: &[u8], table: &Table, found: &mut Vec<Finding>) {
        let Some((regex, allowed)) = self.compiled() else { return };
        let mut from = 0;
        while let Some(caught) = regex.captures_at(text, from) {
            let Some(whole) = caught.get(0) else { return };
            // On the next round behind the secret: what follows it may be the boundary of the next one.
            let part = self.part(&caught).unwrap_or_else(|| whole.range());
            from = part.end.max(whole.start().saturating_add(1));
            let Some(secret) = text.get(part.clone()) else { return };
            let is = |regex: &OnceLock<Option<Regex>>, pattern: &str| {
                regex.get_or_init(|| compile(pattern)).as_ref().is_some_and(|r| r.is_match(secret))
            };
            let known = is(&table.never, NEVER)
                || allowed.iter().any(|r| r.is_match(secret))
                || (self.weight == Weight::Warn
                    && (is(&table.common, COMMON) || names_digest(text, part.start)));
            if !known && shannon(secret) >= self.entropy {
                found.push(Finding { rule: self.name, weight: self.weight, at: part });
            }
            if from > text.len() {
                return;
            }
        }
    }

    /// The secret part: the group that the rule names, else the first that took part, else all.
    fn part(&self, caught: &regex::bytes::Captures<'_>) -> Option<Range<usize>> {
        let group = match self.group {
            0 => caught.iter().skip(1).flatten().next(),
            n => caught.get(n),
        };
        group.map(|m| m.range())
    }
}

/// Whether what stands in front says that a digest follows.
fn names_digest(text: &[u8], at: usize) -> bool {
    let from = at.saturating_sub(10);
    let before = text.get(from..at).unwrap_or_default().to_ascii_lowercase();
    [&b"sha256:"[..], b"sha256-", b"sha512-", b"sha512:", b"sha1:", b"md5:"]
        .iter()
        .any(|d| before.ends_with(d))
}

/// The findings of every rule whose keyword stands in the text; they may overlap.
pub(super) fn scan(text: &[u8]) -> Vec<Finding> {
    let table = table();
    // A rule without a keyword is always tried.
    let all = table.keywords.is_none();
    let mut wanted: Vec<bool> = table.rules.iter().map(|r| all || r.keywords.is_empty()).collect();
    if let Some(keywords) = &table.keywords {
        for hit in keywords.find_overlapping_iter(text) {
            let owner = table.owner.get(hit.pattern().as_usize());
            if let Some(want) = owner.and_then(|n| wanted.get_mut(*n)) {
                *want = true;
            }
        }
    }
    let mut found = Vec::new();
    for (rule, _) in table.rules.iter().zip(wanted).filter(|(_, want)| *want) {
        rule.scan(text, table, &mut found);
    }
    found
}
