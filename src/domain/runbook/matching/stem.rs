//! Words as they are compared when runbooks are matched: taken apart, stemmed lightly, short forms written out. It must
//! not know runbooks.

/// Words that say nothing about an incident.
const STOP: [&str; 34] = [
    "a", "after", "all", "an", "and", "are", "at", "be", "by", "can", "for", "from", "has", "have", "in",
    "into", "is", "it", "its", "may", "no", "not", "of", "on", "or", "our", "since", "some", "that", "the",
    "this", "to", "was", "with",
];

/// Joined words at least this long (`HighLatency`, but not `GitHub`) are taken apart, in characters.
const JOINED: usize = 10;

/// Splits into words in lower case: `KubePodCrashLooping` and `crash-looping` alike.
pub(super) fn split(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    for whole in text.split(|c: char| !c.is_alphanumeric()) {
        let apart = whole.chars().count() >= JOINED;
        let mut word = String::new();
        let mut after_lower = false;
        for c in whole.chars() {
            if apart && after_lower && c.is_uppercase() {
                words.push(std::mem::take(&mut word));
            }
            after_lower = c.is_lowercase();
            word.extend(c.to_lowercase());
        }
        words.push(word);
    }
    words.retain(|word| word.chars().count() > 1 && !STOP.contains(&word.as_str()));
    words
}

/// What people in a hurry write for a word.
const SHORT: [(&str, &str); 24] = [
    ("acct", "account"),
    ("admin", "administrator"),
    ("auth", "authentication"),
    ("cert", "certificate"),
    ("conf", "configuration"),
    ("config", "configuration"),
    ("conn", "connection"),
    ("cred", "credential"),
    ("db", "database"),
    ("dep", "dependency"),
    ("env", "environment"),
    ("gh", "github"),
    ("infra", "infrastructure"),
    ("js", "javascript"),
    ("k8s", "kubernetes"),
    ("kube", "kubernetes"),
    ("mongo", "mongodb"),
    ("passwd", "password"),
    ("pg", "postgres"),
    ("postgresql", "postgres"),
    ("prod", "production"),
    ("pwd", "password"),
    ("repo", "repository"),
    ("sig", "signature"),
];

/// The word that a short form stands for, also of several (`certs`).
fn whole(word: &str) -> Option<&'static str> {
    let of = |short: &str| SHORT.iter().find(|(form, _)| *form == short).map(|(_, whole)| *whole);
    of(word).or_else(|| of(word.strip_suffix('s')?))
}

/// A light stem: `compromised`, `compromise` and `compromises` are one, and so are `db` and `database`.
pub(super) fn stem(word: &str) -> String {
    let word = whole(word).unwrap_or(word);
    let long_enough = |rest: &&str| rest.chars().count() >= 3;
    let mut stem = word;
    if !stem.ends_with("ss") && !stem.ends_with("us") {
        stem = stem.strip_suffix('s').filter(long_enough).unwrap_or(stem);
    }
    for ending in ["ing", "ed", "e"] {
        if let Some(rest) = stem.strip_suffix(ending).filter(long_enough) {
            stem = rest;
            break;
        }
    }
    // Dependency and dependencies, dropped and drop.
    let mut stem =
        stem.strip_suffix('i').filter(long_enough).map_or(stem.to_owned(), |rest| format!("{rest}y"));
    let last: Vec<char> = stem.chars().rev().take(2).collect();
    if let [a, b] = last.as_slice()
        && a == b
        && word.len() > stem.len()
        && stem.chars().count() > 3
        && !matches!(a, 's' | 'l')
    {
        stem.pop();
    }
    stem
}

/// What may follow the stem of a word without making another word of it, itself as a stem: `deploy` and `deployment`,
/// `expired` and `expiry`, but not `custom` and `customs office`.
const ENDINGS: [&str; 14] =
    ["ment", "ation", "ition", "tion", "ion", "er", "or", "y", "ly", "ity", "abl", "anc", "ur", "ag"];

/// Equal, or one the other with a known ending.
pub(super) fn alike(a: &str, b: &str) -> bool {
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    short == long
        || (short.chars().count() >= 4
            && long.strip_prefix(short).is_some_and(|rest| ENDINGS.contains(&rest)))
}
