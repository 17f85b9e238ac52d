//! One line that says what ended an incident, taken from where people write it. Silence is better than a wrong line.

use crate::domain::postmortem::document::{Section, folded};
use crate::domain::postmortem::markdown::{self, Block, BlockKind};

/// The longest line, in characters.
const MAX: usize = 200;
/// The shortest that says anything, in characters.
const MIN: usize = 12;
/// How many blocks, items and sentences are looked at in one place.
const MAX_BLOCKS: usize = 40;
/// In how many lines labels are looked for.
const MAX_LINES: usize = 5000;
/// The longest label with what stands before it, in characters.
const MAX_LABEL: usize = 60;

/// Headings and labels under which people say how it ended, best first.
const NAMES: [&str; 22] = [
    "what ended it",
    "resolution",
    "how it was resolved",
    "how was it resolved",
    "how we fixed it",
    "how did we fix it",
    "the fix",
    "fix",
    "resolution and recovery",
    "mitigation",
    "mitigations",
    "mitigation and resolution",
    "recovery",
    "remediation",
    "immediate actions",
    "immediate action",
    "immediate mitigation",
    "immediate fix",
    "actions taken",
    "action taken",
    "our response",
    "response",
];

/// Words that say what somebody did, or what happened, that can end an incident.
const DEEDS: [&str; 63] = [
    "rolled back",
    "rolling back",
    "rollback",
    "roll back",
    "revert",
    "restart",
    "reboot",
    "deleted",
    "removed",
    "removing",
    "disabled",
    "revoked",
    "revoking",
    "scaled",
    "scaling",
    "increased",
    "reduced",
    "raised",
    "lowered",
    "upgraded",
    "downgraded",
    "redeployed",
    "deployed",
    "replaced",
    "reattached",
    "recreated",
    "re-created",
    "restored",
    "patched",
    "pinned",
    "pinning",
    "banned",
    "banning",
    "cleared",
    "rotated",
    "yanked",
    "locked",
    "switched",
    "failed over",
    "failover",
    "merged",
    "applied",
    "cordoned",
    "cordoning",
    "drained",
    "draining",
    "turned off",
    "taken down",
    "blocked",
    "released",
    "bump",
    "migrated",
    "renewed",
    "generated",
    "reset",
    "quarantined",
    "suspended",
    "pushed",
    "resolved by",
    "fixed by",
    "fixed in",
    "restored by",
    "upgrading",
];

/// Words that say that it was over.
const OVER: [&str; 18] = [
    "resolved",
    "restored",
    "recovered",
    "mitigated",
    "fixed",
    "back to normal",
    "back online",
    "service resumes",
    "resumed",
    "incident ends",
    "incident over",
    "outage ends",
    "end of incident",
    "end of outage",
    "again",
    "healthy",
    "stable",
    "immediately",
];

/// Words that deny it, put it off, or tell of something else: a cause, a plan, a wish.
const NOT_OVER: [&str; 43] = [
    "not ",
    "nothing",
    "nobody",
    "never",
    "unresolved",
    "should",
    "will be",
    "we will",
    "going to",
    "attempt",
    "tried",
    "trying",
    "didn't",
    "still",
    "recommend",
    "identified",
    "was caused",
    "due to",
    "because",
    "had been",
    "need to",
    "would",
    "plan",
    "consider",
    "please",
    "failed to",
    "despite",
    "no ",
    "though",
    "caus",
    "failed",
    "accidental",
    "resulting in",
    "unable",
    "somehow",
    "however",
    "ticket",
    "copied",
    "restarted again",
    "we see",
    "also see",
    "suggest",
    "indicating",
];

/// How well a sentence says what ended it: 0 for not at all, [`DONE`] for a deed, [`ENDED`] for a deed and that it was
/// over. One word is not both: that the service was restored does not say by what.
fn worth(text: &str) -> u8 {
    let lower = text.to_lowercase();
    if denies(&lower) {
        return 0;
    }
    // A deed that is cut off is not told.
    let shown = lower.char_indices().nth(MAX).and_then(|(at, _)| lower.get(..at)).unwrap_or(&lower);
    let mut deeds = DEEDS.iter().filter(|deed| begins_in(shown, deed)).peekable();
    if deeds.peek().is_none() {
        return 0;
    }
    if deeds.any(|deed| !OVER.contains(deed)) && is_over(&lower) { ENDED } else { DONE }
}

/// See [`worth`].
const DONE: u8 = 1;
/// See [`worth`].
const ENDED: u8 = 2;

fn is_over(lower: &str) -> bool {
    OVER.iter().any(|word| begins_in(lower, word))
}

fn denies(lower: &str) -> bool {
    NOT_OVER.iter().any(|word| lower.contains(word))
}

/// A word of the text begins so: `uncordoning` is not `cordoning`, and `unhealthy` not `healthy`.
fn begins_in(lower: &str, word: &str) -> bool {
    lower
        .match_indices(word)
        .any(|(at, _)| !lower.get(..at).unwrap_or_default().ends_with(char::is_alphanumeric))
}

/// Finds the line, first under a heading, then behind a label, then at the end of the timeline.
pub(super) fn find(body: &str, blocks: &[Block], code: &[bool], sections: &[Section]) -> Option<String> {
    under_heading(blocks).or_else(|| behind_label(body, code)).or_else(|| last_of_timeline(sections))
}

/// The sentence under such a heading that says it best, the first of equals.
fn under_heading(blocks: &[Block]) -> Option<String> {
    let is_heading = |block: &Block| matches!(block.kind, BlockKind::Heading(..));
    let mut named: Vec<(usize, usize)> = blocks
        .iter()
        .enumerate()
        .filter_map(|(at, block)| match &block.kind {
            BlockKind::Heading(_, text) => Some((rank(&folded(text))?, at)),
            _ => None,
        })
        .collect();
    named.sort_unstable();
    named.into_iter().find_map(|(_, at)| {
        let below =
            blocks.iter().skip(at.saturating_add(1)).take_while(|block| !is_heading(block)).take(MAX_BLOCKS);
        best(below.flat_map(|block| match &block.kind {
            BlockKind::List(rows) | BlockKind::Table(rows) => {
                rows.iter().map(|(_, text)| text.as_str()).collect()
            }
            BlockKind::Text(text) => vec![text.as_str()],
            BlockKind::Code | BlockKind::Heading(..) => Vec::new(),
        }))
    })
}

/// How good a name is: its place in the list.
fn rank(name: &str) -> Option<usize> {
    NAMES.iter().position(|known| *known == name)
}

/// The sentence of these texts that says best what ended it.
fn best<'a>(texts: impl Iterator<Item = &'a str>) -> Option<String> {
    let mut found: Option<(u8, String)> = None;
    for text in texts.take(MAX_BLOCKS) {
        for sentence in sentences(text).into_iter().take(MAX_BLOCKS) {
            let worth = worth(&sentence);
            if worth > found.as_ref().map_or(0, |(best, _)| *best)
                && let Some(sentence) = finished(without_time(&sentence))
            {
                found = Some((worth, sentence));
            }
        }
    }
    found.map(|(_, sentence)| sentence)
}

/// `**Resolution**: …` or `- Resolution: …`, or the items below such a label.
fn behind_label(body: &str, code: &[bool]) -> Option<String> {
    let lines: Vec<&str> = body.lines().take(MAX_LINES).collect();
    let mut labels: Vec<(usize, usize, String)> = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        let reach = line.char_indices().nth(MAX_LABEL).map_or(line.len(), |(at, _)| at);
        if !line.get(..reach).is_some_and(|start| start.contains(':'))
            || code.get(index).copied().unwrap_or(false)
        {
            continue;
        }
        let plain: String = line.chars().filter(|c| !matches!(c, '*' | '_')).collect();
        let plain = plain.trim_start_matches(['-', '+', ' ', '>']);
        if let Some((label, rest)) = plain.split_once(':')
            && let Some(rank) = rank(&label.trim().to_lowercase())
        {
            labels.push((rank, index, rest.to_owned()));
        }
    }
    labels.sort_unstable();
    labels.into_iter().find_map(|(rank, index, rest)| {
        let indent_of = |line: &str| line.len().saturating_sub(line.trim_start().len());
        let indent = lines.get(index).map_or(0, |line| indent_of(line));
        let below = lines.iter().zip(code).skip(index.saturating_add(1)).take(MAX_BLOCKS);
        // What a line says may be denied on the line before it.
        let mut texts = vec![rest];
        for (line, is_code) in below {
            let inside = indent_of(line) > indent;
            let text = line.trim();
            if text.is_empty() || *is_code || !(inside || goes_on(text)) {
                break;
            }
            match texts.last_mut() {
                Some(last) if !begins_item(text) => {
                    last.push(' ');
                    last.push_str(text);
                }
                _ => texts.push(text.to_owned()),
            }
        }
        let texts: Vec<String> = texts.iter().map(|text| markdown::plain(text)).collect();
        if rank == 0 {
            // Our own label: somebody answered exactly this question.
            return texts.first().and_then(|text| answer(text));
        }
        best(texts.iter().map(String::as_str))
    })
}

/// A line begins an item of a list.
fn begins_item(text: &str) -> bool {
    let number = text.trim_start_matches(|c: char| c.is_ascii_digit());
    let mark = if number.len() < text.len() {
        number.strip_prefix(['.', ')'])
    } else {
        text.strip_prefix(['-', '*', '+'])
    };
    mark.is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t']))
}

/// A line no further in than the one before it goes on with its sentence: it begins nothing, and has no label of its own.
fn goes_on(text: &str) -> bool {
    let labelled = text.chars().take(MAX_LABEL).any(|c| c == ':') || text.starts_with("**");
    !labelled && !begins_item(text) && !text.starts_with(['#', '|', '>', '<', '-', '=', '`', '~'])
}

/// The last entries of the timeline: one that says it was over, and the deed in it or shortly before it.
fn last_of_timeline(sections: &[Section]) -> Option<String> {
    let timeline = sections.iter().rfind(|s| s.part == Some(crate::domain::postmortem::Part::Timeline))?;
    let lines: Vec<String> = entries(&timeline.body);
    let says_over = |line: &String| {
        let lower = line.to_lowercase();
        is_over(&lower) && !denies(&lower)
    };
    let over = lines.iter().rposition(says_over).filter(|at| at.saturating_add(8) >= lines.len())?;
    let before = lines.get(over.saturating_sub(3)..over)?;
    let deed = lines
        .get(over)
        .filter(|line| worth(line) == ENDED)
        .or_else(|| before.iter().rev().find(|line| worth(line) > 0))?;
    let (_, deed) = sentences(deed).into_iter().map(|s| (worth(&s), s)).max_by_key(|(worth, _)| *worth)?;
    finished(without_time(&deed))
}

/// The entries of a timeline: items, rows, paragraphs, each on one line.
fn entries(body: &str) -> Vec<String> {
    let mut found = Vec::new();
    for block in markdown::blocks(body) {
        match block.kind {
            BlockKind::List(rows) | BlockKind::Table(rows) => {
                found.extend(rows.into_iter().map(|(_, text)| text));
            }
            BlockKind::Text(text) => found.push(text),
            BlockKind::Heading(..) | BlockKind::Code => {}
        }
    }
    found
}

/// A timeline line without the time and date it begins with.
fn without_time(line: &str) -> &str {
    let line = line.trim_start();
    let is_time = |c: char| {
        c.is_ascii_digit()
            || matches!(c, ':' | '-' | '–' | '/' | '.' | '~' | ' ' | '[' | ']' | '(' | ')' | '+')
    };
    let bare = line.trim_start_matches(is_time);
    let had_time = bare.len() < line.len();
    let bare = ["UTC", "GMT", "BST", "CET", "CEST", "PST", "PDT", "Z", "am", "pm", "AM", "PM"]
        .iter()
        .find_map(|zone| {
            bare.strip_prefix(zone).filter(|rest| had_time && !rest.starts_with(char::is_alphanumeric))
        })
        .unwrap_or(bare);
    bare.trim_start_matches([':', '-', '–', '—', '|', ' ', ']', ')', ','])
}

/// The sentences of a text.
fn sentences(text: &str) -> Vec<String> {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut found = Vec::new();
    let mut start = 0_usize;
    for (at, _) in text.match_indices(['.', '!']) {
        let rest = text.get(at.saturating_add(1)..).unwrap_or_default();
        let word = text.get(..at).unwrap_or_default().rsplit(' ').next().unwrap_or_default();
        let begins = rest.trim_start().starts_with(|c: char| c.is_uppercase() || c.is_numeric());
        let is_short = matches!(word.trim_start_matches('('), "e.g" | "i.e" | "etc" | "vs" | "approx" | "ca");
        if rest.starts_with(' ') && begins && !is_short {
            found.push(text.get(start..at).unwrap_or_default().trim().to_owned());
            start = at.saturating_add(1);
        }
    }
    found.push(text.get(start..).unwrap_or_default().trim().to_owned());
    found
}

/// What somebody answered who was asked: two words may say it, and two letters of some scripts. None when nothing is said.
fn answer(text: &str) -> Option<String> {
    let said = text.trim_end_matches(['.', ' ']).trim_start();
    let nothing = ["", "tbd", "todo", "n/a", "na", "none", "unknown", "not known"];
    line(text)
        .filter(|_| !nothing.contains(&said.to_lowercase().as_str()) && said.chars().any(char::is_alphabetic))
}

/// A sentence as one line, cut at a number of characters; none when it says nothing.
fn finished(text: &str) -> Option<String> {
    line(text).filter(|_| text.chars().filter(|c| c.is_alphabetic()).count() >= MIN)
}

fn line(text: &str) -> Option<String> {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let text = text.trim_end_matches(['.', ':', ' ', ',']);
    if text.is_empty() || text.contains(markdown::MARK) {
        return None;
    }
    Some(match text.char_indices().nth(MAX) {
        None => text.to_owned(),
        Some((at, _)) => format!("{}…", text.get(..at).unwrap_or_default().trim_end()),
    })
}

#[cfg(test)]
mod tests;
