//! Tests of the grammar of a line.

use super::*;
use crate::domain::time::rfc3339;
use crate::domain::words::Milestone;
use crate::domain::zone::Tz;
use proptest::prelude::*;

fn ctx() -> Context {
    Context { now: "2026-11-20T14:37:20Z".parse().unwrap(), zone: Tz::UTC }
}

/// A line in one word: kind and arguments, then `|`, then the text.
fn shown(line: &str) -> String {
    let entry = match parse(line, &ctx()) {
        Ok(entry) => entry,
        Err(problem) => return format!("ERR {problem}"),
    };
    let person = |p: Option<String>| p.map(|p| format!(" @{p}")).unwrap_or_default();
    let check = |c: Option<When>| match c {
        Some(When::In(span)) => format!(" {}s", span.num_seconds()),
        Some(When::At(at)) => format!(" {}", at.format("%dT%H:%M")),
        None => String::new(),
    };
    let span = |s: Option<Span>| s.map(|s| format!(" {}s", s.num_seconds())).unwrap_or_default();
    let what = match entry.line {
        Line::Note { starred: false } => "note".into(),
        Line::Note { starred: true } => "star".into(),
        Line::Decision { executor, check: at } => format!("decision{}{}", person(executor), check(at)),
        Line::Hypothesis => "hypothesis".into(),
        Line::Ask { person: who, time_box } => format!("ask{}{}", person(who), span(time_box)),
        Line::Update { audience, next } => {
            let next = match next {
                Some(When::In(span)) => {
                    format!(" next {}", crate::domain::time::format_span(span))
                }
                Some(When::At(at)) => format!(" next {}", at.format("%H:%M")),
                None => String::new(),
            };
            format!("update {audience}{next}")
        }
        Line::Command { verb, rest } => format!("verb {verb} ({rest})"),
    };
    let at = entry.at.map(|m| format!("{} ", m.at.format("%H:%M"))).unwrap_or_default();
    format!("{at}{what}|{}", entry.text)
}

#[test]
fn lines_by_table() {
    for (line, wanted) in [
        // notes
        ("on-call paged", "note|on-call paged"),
        ("  indented  text ", "note|  indented  text "),
        ("-4m on-call acknowledged", "14:33 note|on-call acknowledged"),
        ("  -4m on-call acknowledged", "14:33 note|on-call acknowledged"),
        ("~14:05 alert fired", "14:05 note|alert fired"),
        ("y 23:50 alert fired", "23:50 note|alert fired"),
        ("14 nodes down", "note|14 nodes down"),
        ("500 errors/s", "note|500 errors/s"),
        ("-v flag set", "note|-v flag set"),
        ("14:05pm it began", "note|14:05pm it began"),
        ("* service restored", "star|service restored"),
        ("14:05 * service restored", "14:05 star|service restored"),
        ("*.example.org is down", "note|*.example.org is down"),
        ("line one\nline two\n  line three", "note|line one\nline two\n  line three"),
        ("14:05 line one\nline two", "14:05 note|line one\nline two"),
        // decisions
        ("! revoke the key @carol check 15m", "decision @carol 900s|revoke the key"),
        ("! revoke the key check 15m @carol", "decision @carol 900s|revoke the key"),
        ("! revoke the key, @carol, check 15m.", "decision @carol 900s|revoke the key"),
        ("! @carol revoke the key", "decision @carol|revoke the key"),
        // Tags at the end stay in the text, and hide nothing before them.
        ("! revoke the key check 5m @dana #kms", "decision @dana 300s|revoke the key #kms"),
        ("+ look @bob 3m #db #kms", "ask @bob 180s|look #db #kms"),
        ("+ @bob 3m #db", "ask @bob 180s|#db"),
        ("+ look at #42 @bob 3m", "ask @bob 180s|look at #42"),
        ("! revoke, check in 1 hour and 30 minutes @dana", "decision @dana 5400s|revoke"),
        // Names in any script, and with their marks apart.
        (
            "+ @\u{92a}\u{94d}\u{930}\u{93f}\u{92f}\u{93e} 3m look",
            "ask @\u{92a}\u{94d}\u{930}\u{93f}\u{92f}\u{93e} 180s|look",
        ),
        ("+ @Andre\u{301} 3m look", "ask @Andr\u{e9} 180s|look"),
        ("! @carol revoke the key check 1h30m", "decision @carol 5400s|revoke the key"),
        ("! revoke the key", "decision|revoke the key"),
        ("-4m ! revoke the key check 5m", "14:33 decision 300s|revoke the key"),
        ("! have @carol revoke the key", "decision|have @carol revoke the key"),
        ("! revoke the access of @mallory", "decision|revoke the access of @mallory"),
        ("! health check 15m window", "decision|health check 15m window"),
        ("! fail over @dana check at 14:50", "decision @dana 20T14:50|fail over"),
        ("! fail over check at 14:50 UTC @dana", "decision @dana 20T14:50|fail over"),
        ("! fail back, check 14:50.", "decision 20T14:50|fail back"),
        ("! fail back, check in 15m", "decision 900s|fail back"),
        ("! fail over check 15m", "decision 900s|fail over"),
        ("! fail over. Check after 15m", "decision 900s|fail over."),
        ("! fail over \u{2014} check by 14:50", "decision 20T14:50|fail over"),
        ("! fail over - check in 15m", "decision 900s|fail over"),
        ("! drop the nightly run; check in 15m @dana", "decision @dana 900s|drop the nightly run"),
        ("! fail back check in 15m", "decision|fail back check in 15m"),
        ("! vendors check in 10m", "decision|vendors check in 10m"),
        ("! every host runs a self check after 5m", "decision|every host runs a self check after 5m"),
        ("! next check at 14:40", "decision|next check at 14:40"),
        ("! drop the nightly check at 12:40", "decision|drop the nightly check at 12:40"),
        ("! double check at 14:40", "decision|double check at 14:40"),
        ("! we do the quick check 10m", "decision|we do the quick check 10m"),
        ("! wait for bob's check at 14:50", "decision|wait for bob's check at 14:50"),
        ("! fail back check 14:30", "decision 21T14:30|fail back"),
        ("! fail back check at 2026-11-22 09:00 UTC", "decision 22T09:00|fail back"),
        ("! fail back, check tomorrow at 09:00", "decision 21T09:00|fail back"),
        ("! fail back, check tomorrow", "decision|fail back, check tomorrow"),
        ("-20m ! fail back check 14:30", "14:17 decision 20T14:30|fail back"),
        ("! @carol: revoke the key", "decision @carol|revoke the key"),
        ("! void the second label of each check 1h", "decision 3600s|void the second label of each"),
        ("! run the health check at 14:50", "decision|run the health check at 14:50"),
        ("! ask bob to check at 14:50", "decision|ask bob to check at 14:50"),
        ("! fail over check at 14:50 CET", "decision|fail over check at 14:50 CET"),
        ("! fail over check the db at 14:50", "decision|fail over check the db at 14:50"),
        ("! fail over, check 25:00", "decision|fail over, check 25:00"),
        ("! set the timeout to 15m", "decision|set the timeout to 15m"),
        ("! check soon", "decision|check soon"),
        ("!important", "note|!important"),
        // hypotheses
        ("? key was in a CI variable", "hypothesis|key was in a CI variable"),
        ("?what", "note|?what"),
        // asks
        ("+ @bob 3m check web latency", "ask @bob 180s|check web latency"),
        ("+ 3m @bob check web latency", "ask @bob 180s|check web latency"),
        ("+ @bob check web latency", "ask @bob|check web latency"),
        ("+ 3m check web latency", "ask 180s|check web latency"),
        ("+ check web latency of the last 15m", "ask|check web latency of the last 15m"),
        ("+ check web latency @bob 3m", "ask @bob 180s|check web latency"),
        ("+ check web latency, 3m @bob.", "ask @bob 180s|check web latency"),
        ("+ check web latency, @bob", "ask @bob|check web latency"),
        ("+ check web latency, 3m", "ask 180s|check web latency"),
        ("+ check web latency, @bob, 3m", "ask @bob 180s|check web latency"),
        ("+ check web latency, 3m, @bob", "ask @bob 180s|check web latency"),
        ("+ check web latency @bob in 3m", "ask @bob 180s|check web latency"),
        ("+ check web latency @bob within 3m.", "ask @bob 180s|check web latency"),
        ("+ check web latency (@bob, 3m)", "ask @bob 180s|check web latency"),
        ("+ @bob: check the db, 10m", "ask @bob 600s|check the db"),
        ("+ @bob, 10m check the db", "ask @bob 600s|check the db"),
        ("+ @bob, 10m, check the db", "ask @bob 600s|check the db"),
        ("+ @bob 10m: check the db", "ask @bob 600s|check the db"),
        ("+ 10m, @bob: check the db", "ask @bob 600s|check the db"),
        ("+ 10m check the db, @bob", "ask @bob 600s|check the db"),
        // A bare name or span at the end is what the ask is about.
        ("+ check web @bob", "ask|check web @bob"),
        ("+ reset password @mallory", "ask|reset password @mallory"),
        ("+ rotate key for user @svc", "ask|rotate key for user @svc"),
        ("+ who changed @bob", "ask|who changed @bob"),
        ("+ block @mallory 1h", "ask|block @mallory 1h"),
        ("+ 3m check web @bob", "ask 180s|check web @bob"),
        ("+ raise retention 30d", "ask|raise retention 30d"),
        ("+ mute alerts 30m", "ask|mute alerts 30m"),
        ("+ extend SLA 1d", "ask|extend SLA 1d"),
        ("+ @bob: check the db 10m", "ask @bob|check the db 10m"),
        ("+ @bob compare with @carol 3m", "ask @bob|compare with @carol 3m"),
        ("+ look at the last 15m @bob", "ask|look at the last 15m @bob"),
        ("+ say it to @alice, @bob", "ask|say it to @alice, @bob"),
        ("+ say it to @alice, @bob 3m", "ask|say it to @alice, @bob 3m"),
        ("+ compare 1m, 5m", "ask|compare 1m, 5m"),
        ("+ see @bob", "ask|see @bob"),
        ("+ @bob check the timeout of 15m", "ask @bob|check the timeout of 15m"),
        ("+ @bob set the TTL 5m", "ask @bob|set the TTL 5m"),
        ("+ @bob look at it every 5m", "ask @bob|look at it every 5m"),
        ("+ @bob say when p99 > 5m", "ask @bob|say when p99 > 5m"),
        ("+ tell @carol about it", "ask|tell @carol about it"),
        ("+ ask @bob whether 3m is enough", "ask|ask @bob whether 3m is enough"),
        ("+ please page @carol", "ask|please page @carol"),
        ("+ say who paged @carol", "ask|say who paged @carol"),
        ("+ disable @mallory", "ask|disable @mallory"),
        ("+ @bob restart it and wait 10m", "ask @bob|restart it and wait 10m"),
        ("+ take the keys from @mallory", "ask|take the keys from @mallory"),
        ("+ @bob compare notes with @carol", "ask @bob|compare notes with @carol"),
        ("+ @bob compare notes @carol", "ask @bob|compare notes @carol"),
        ("+ @bob @carol compare notes", "ask @bob|@carol compare notes"),
        ("+ 0m look", "ask|0m look"),
        ("14:05 + @bob 3m list builds", "14:05 ask @bob 180s|list builds"),
        ("+1 from me", "note|+1 from me"),
        // updates
        ("> customers: we are looking into it", "update customers|we are looking into it"),
        ("> Public:  all well", "update public|all well"),
        ("> regulator: notified", "update regulator|notified"),
        ("> internal: a: b", "update internal|a: b"),
        ("> investigating", "update internal|investigating"),
        ("> customers: we are looking, next 30m", "update customers next 30m|we are looking"),
        ("> looking next 15:06", "update internal next 15:06|looking"),
        (
            "> public:\nStatus: contained\nNext update: 2026-11-20 15:06 UTC",
            "update public next 15:06|Status: contained\nNext update: 2026-11-20 15:06 UTC",
        ),
        (
            "> customers: contained, next update 15:06",
            "update customers next 15:06|contained, next update 15:06",
        ),
        ("> we look, next in 1h", "update internal next 1h|we look, next in 1h"),
        ("-2h > customers: we look, next 13:06", "12:37 update customers next 13:06|we look"),
        ("> AWS says next update in 2h", "update internal|AWS says next update in 2h"),
        ("> we say more in the next 30 minutes", "update internal|we say more in the next 30 minutes"),
        ("> cause: a bad deploy", "update internal|cause: a bad deploy"),
        (">> quoted", "note|>> quoted"),
        // plain text
        ("\\ ! not a decision", "note|! not a decision"),
        ("\\! not a decision", "note|! not a decision"),
        ("\\-4m is the flag", "note|-4m is the flag"),
        ("\\:q did not help", "note|:q did not help"),
        ("\\2099-01-01 00:00 is the expiry", "note|2099-01-01 00:00 is the expiry"),
        ("14:05 \\* one of the globs", "14:05 note|* one of the globs"),
        ("\\\\server\\share is down", "note|\\\\server\\share is down"),
        ("\\d+ matched", "note|\\d+ matched"),
        // verbs
        (":tick 3 @carol", "verb tick (3 @carol)|"),
        ("-4m :m acknowledged", "14:33 verb m (acknowledged)|"),
        (":S P1", "verb s (P1)|"),
        (":brief", "verb brief ()|"),
        (":r comms @dana ", "verb r (comms @dana)|"),
        (":) all good", "note|:) all good"),
        (":fire: db", "note|:fire: db"),
        ("::1 is down", "note|::1 is down"),
        ("say :wq", "note|say :wq"),
    ] {
        assert_eq!(shown(line), wanted, "{line:?}");
    }
}

#[test]
fn what_cannot_be_stored_says_what_to_do() {
    for (line, wanted) in [
        ("", "nothing to store: the line is empty"),
        (" \n\t", "nothing to store: the line is empty"),
        ("14:05", "there is no text after the time"),
        ("-4m ", "there is no text after the time"),
        ("! ", "there is no text after the decision's mark"),
        ("! @carol check 15m", "there is no text after the decision's mark"),
        ("+ 3m @bob:", "there is no text after the ask's mark"),
        ("+ @bob 3m", "there is no text after the ask's mark"),
        ("> customers: ", "there is no text after the update's mark"),
        ("* ", "there is no text after the star"),
        ("? \n", "there is no text after the hypothesis's mark"),
        ("\\ ", "there is no text after \\"),
        (":", "no verb after ':'"),
        ("14:05 : ", "no verb after ':'"),
        (
            "2099-01-01 00:00 x",
            "2099-01-01 00:00 is in the future (now 2026-11-20 14:37 UTC); give a time that has",
        ),
    ] {
        let found = shown(line);
        assert!(found.starts_with("ERR") && found.contains(wanted), "{line:?}: {found}");
    }
    // A mark without a space behind it is text, however short.
    assert_eq!(shown("!"), "note|!");
}

#[test]
fn an_entry_has_at_most_64_kib() {
    let most = "é".repeat(LONGEST_ENTRY / 2);
    assert_eq!(parse(&most, &ctx()).unwrap().text, most);
    let problem = parse(&format!("{most}x"), &ctx()).unwrap_err();
    assert_eq!(problem, EntryProblem::TooLong { bytes: LONGEST_ENTRY + 1 });
    assert!(problem.to_string().contains("65537 bytes"));
}

#[test]
fn tags_and_mentions_are_found_at_word_starts() {
    for (line, tags, mentions) in [
        ("paged @bob and @carol.", vec![], vec!["bob", "carol"]),
        ("#Registry push by (@dana) #registry #ci/cd", vec!["registry", "ci"], vec!["dana"]),
        ("mail a@example.org about C#x and #42, @", vec![], vec![]),
        ("@bob @bob's", vec![], vec!["bob"]),
        ("#größe @jürgen.m,", vec!["größe"], vec!["jürgen.m"]),
        ("! revoke the key @carol check 15m", vec![], vec!["carol"]),
        ("+ @bob 3m ask @dana #kms", vec!["kms"], vec!["bob", "dana"]),
        (":r comms @dana #x", vec![], vec![]),
    ] {
        let entry = parse(line, &ctx()).unwrap();
        assert_eq!((entry.tags, entry.mentions), (owned(&tags), owned(&mentions)), "{line}");
    }
}

fn owned(words: &[&str]) -> Vec<String> {
    words.iter().map(|w| (*w).to_owned()).collect()
}

#[test]
fn kinds_follow_from_marks() {
    let kind = |line: &str| parse(line, &ctx()).unwrap().line.kind();
    assert_eq!(kind("x"), Some(EntryKind::Note));
    assert_eq!(kind("! x"), Some(EntryKind::Decision));
    assert_eq!(kind("> x"), Some(EntryKind::Update));
    assert_eq!(kind(":x"), None);
}

#[test]
fn milestones_are_offered_for_plain_lines_only() {
    for (text, wanted) in [
        ("on-call acknowledged", Some(Milestone::Acknowledged)),
        ("On-call acknowledged", Some(Milestone::Acknowledged)),
        ("alert acknowledged by @bob", Some(Milestone::Acknowledged)),
        ("First alert fired", Some(Milestone::Detected)),
        ("Service restored.", Some(Milestone::Mitigated)),
        ("users no longer affected", Some(Milestone::Mitigated)),
        ("containment done", Some(Milestone::Contained)),
        ("contained", Some(Milestone::Contained)),
        ("resolved", Some(Milestone::Resolved)),
        ("incident over", Some(Milestone::Resolved)),
        ("outage started with the deploy", Some(Milestone::Started)),
        // plans, doubts, parts, denials, stories
        ("on-call paged", None),
        ("on-call has not acknowledged", None),
        ("service restored?", None),
        ("service not restored", None),
        ("partially: service restored in eu", None),
        ("tell customers once service restored", None),
        ("issue isn't fully resolved", None),
        ("containment started", None),
        ("root cause identified", None),
        ("DNS name resolved to the wrong host", None),
        ("first alert of a kind that we have seen many times in the past weeks", None),
        ("resolved\nbut not here", None),
        ("", None),
    ] {
        assert_eq!(milestone_hint(text), wanted, "{text}");
    }
}

proptest! {
    #[test]
    fn any_line_is_read_without_panic(line in any::<String>()) {
        let _ = parse(&line, &ctx());
        let _ = milestone_hint(&line);
    }

    #[test]
    fn near_misses_are_read_without_panic_and_keep_every_word(
        time in "(-[0-9]{1,3}[mhd] |[0-9]{1,2}:[0-9]{2}Z? |~|y )?",
        mark in "[!?+>*:\\\\]?[ \t]?",
        words in prop::collection::vec("[a-z#@:.]{1,8}|@[a-z]{1,5}|[0-9]{1,3}m|check|\n", 0..8),
    ) {
        let line = format!("{time}{mark}{}", words.join(" "));
        if let Ok(entry) = parse(&line, &ctx()) {
            // Every word of the line is in the text, or is an argument that was taken out of it.
            if let Line::Command { .. } = entry.line { return Ok(()); }
            let taken = words.iter().filter(|w| !w.trim().is_empty() && !entry.text.contains(w.as_str())).count();
            prop_assert!(taken <= 3, "{line:?} {entry:?}");
        }
    }

    #[test]
    fn text_without_time_or_mark_comes_back_unchanged(text in "[a-zA-Zäß(][^\u{0}]{0,200}") {
        prop_assume!(!text.starts_with("y ") && !text.starts_with("Y "));
        let entry = parse(&text, &ctx()).unwrap();
        prop_assert_eq!(entry.line, Line::Note { starred: false });
        prop_assert_eq!(entry.text, text);
        prop_assert_eq!(entry.at, None);
    }

    #[test]
    fn any_text_can_be_stored_behind_a_backslash(text in "[^ \t\n]\\PC{0,60}") {
        prop_assume!(!text.trim().is_empty());
        let entry = parse(&format!("\\ {text}"), &ctx()).unwrap();
        prop_assert_eq!(entry.text, text);
        prop_assert_eq!(entry.line, Line::Note { starred: false });
    }

    #[test]
    fn a_time_comes_back(ago in 0_i64..100_000_000_000, text in "[a-z]{3,20}") {
        let at = ctx().now - Span::milliseconds(ago);
        let entry = parse(&format!("{} {text}", rfc3339(at)), &ctx()).unwrap();
        prop_assert_eq!(entry.at.map(|m| m.at), Some(at));
        prop_assert_eq!(entry.text, text);
    }
}
