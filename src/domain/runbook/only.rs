//! Steps that hold under a condition: a nested line `Only at P1, P2` or `Only in a drill` says for which severities or
//! kinds of incident the step is. It must not know which severity an incident has.

use super::Item;
use crate::domain::words::fold_word;

const HEADS: [&str; 3] = ["only at", "only in a", "only in"];

/// For which severities or kinds a step is, as its author wrote them; empty: for all.
#[must_use]
pub fn only(item: &Item) -> Vec<String> {
    item.details.iter().find_map(|line| condition(line)).unwrap_or_default()
}

fn condition(line: &str) -> Option<Vec<String>> {
    let line = line.trim();
    let rest = HEADS.iter().find_map(|head| {
        let (start, rest) = line.split_at_checked(head.len())?;
        (start.eq_ignore_ascii_case(head) && rest.starts_with([' ', ':'])).then_some(rest)
    })?;
    let rest = rest.trim_start_matches(':').trim().trim_end_matches('.');
    let words: Vec<String> = rest
        .split([',', '/'])
        .flat_map(|part| part.split(" or "))
        .flat_map(|part| part.split(" and "))
        .map(|word| word.trim().to_owned())
        .filter(|word| !word.is_empty())
        .collect();
    // A sentence that begins so is an explanation and no condition.
    (!words.is_empty() && words.iter().all(|word| !word.contains(char::is_whitespace))).then_some(words)
}

/// Whether a step is for an incident. While its severity is unset all severities are meant: it is clocked as the
/// highest, too.
#[must_use]
pub fn holds(only: &[String], severity: Option<&str>, kind: &str) -> bool {
    let names = |value: &str| only.iter().any(|word| fold_word(word) == fold_word(value));
    only.is_empty() || names(kind) || severity.is_none_or(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_condition_is_a_line_of_its_own_and_names_words() {
        let of = |line: &str| condition(line).unwrap_or_default();
        assert_eq!(of("Only at P1, P2"), ["P1", "P2"]);
        assert_eq!(of("  only at: SEV-1 or SEV-2."), ["SEV-1", "SEV-2"]);
        assert_eq!(of("Only in a drill"), ["drill"]);
        assert!(of("Only at night somebody answers there").is_empty());
        assert!(of("Only attached disks").is_empty());
        assert!(of("Tell them").is_empty());
    }

    #[test]
    fn a_step_holds_for_what_it_names_and_for_what_nobody_has_graded_yet() {
        let only = ["SEV-1".to_owned(), "drill".to_owned()];
        assert!(holds(&only, Some("sev1"), "real") && holds(&only, None, "real"));
        assert!(holds(&only, Some("SEV-3"), "drill") && !holds(&only, Some("SEV-3"), "real"));
        assert!(holds(&[], Some("SEV-3"), "real"));
    }
}
