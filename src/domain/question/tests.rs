//! Tests of how a question is read.

use super::*;

fn read(text: &str) -> Question {
    Question::read(text, NaiveDate::from_ymd_opt(2026, 11, 26), false)
}

fn labels(question: &Question) -> Vec<String> {
    let sign = |l: &Labels| if l.without { "-" } else { "" };
    question.labels.iter().map(|l| format!("{}{}:{}", sign(l), l.field, l.values.join("|"))).collect()
}

#[test]
fn fields_phrases_and_exclusions_are_taken_from_the_words() {
    let asked = read("service:payments severity:P1 since:2025 \"connection pool\" slow -dns -\"load test\"");
    assert_eq!(asked.words, "connection pool slow");
    assert_eq!(asked.phrases, ["connection pool"]);
    assert_eq!(asked.without, ["dns", "load test"]);
    assert_eq!(labels(&asked), ["service:payments", "severity:P1"]);
    assert_eq!((asked.since.as_deref(), asked.until), (Some("2025"), None));
    assert_eq!(asked.notes, [""; 0]);
    let asked = read("-service:\"card gateway\",x tag:a,b SEV:p2 quarter:2025q3");
    assert_eq!(labels(&asked), ["-service:card gateway", "tag:a|b", "severity:p2"]);
    assert_eq!(asked.words, ",x", "what follows a quote is words");
    assert_eq!((asked.since.as_deref(), asked.until.as_deref()), (Some("2025-07"), Some("2025-09")));
    assert_eq!(read("year:2024 until:2024-06").until.as_deref(), Some("2024-06"));
    assert_eq!(read("since:90d").since.as_deref(), Some("2026-08-28"));
}

#[test]
fn what_is_not_understood_is_said_and_the_rest_is_asked() {
    let asked = read("sevice:payments since:tuesday colour:blue disk full service:");
    assert_eq!(labels(&asked), ["service:payments"]);
    assert_eq!(asked.words, "colour blue disk full");
    assert_eq!(
        asked.notes,
        [
            "sevice: is no field; read as service:",
            "since:tuesday is not understood (write 2025, 2025-06, 2025-06-30, 90d); left out",
            "colour: is no field (service, severity, tag, factor, detection, id, since, until, year, \
             quarter); looked for as words",
            "service: names nothing; left out",
        ]
    );
    for text in ["quarter:2025-Q5", "year:25", "-since:2025"] {
        let asked = read(&format!("{text} disk"));
        assert_eq!((asked.words.as_str(), asked.notes.len(), &asked.since), ("disk", 1, &None), "{text}");
    }
}

#[test]
fn days_asked_twice_narrow_each_other_and_where_they_cannot_it_is_said() {
    for (text, since, until, note) in [
        ("year:2024 until:2024-06", "2024", "2024-06", ""),
        ("since:2024-06 year:2024", "2024-06", "2024", ""),
        ("since:2025-11 quarter:2025-Q4", "2025-11", "2025-12", ""),
        ("quarter:2025-Q4 year:2025", "2025-10", "2025-12", ""),
        ("until:2025-06 until:2025", "", "2025-06", "until: stands there twice; the narrower counts"),
        ("since:2025 since:2024", "2025", "", "since: stands there twice; the narrower counts"),
        ("year:2024 year:2024", "2024", "2024", ""),
        (
            "year:2020 year:2021",
            "2021",
            "2021",
            "year:2021 has no day in common with what stands before it; only the last counts",
        ),
    ] {
        let asked = read(text);
        let days = (asked.since.unwrap_or_default(), asked.until.unwrap_or_default());
        assert_eq!(
            (days.0.as_str(), days.1.as_str(), asked.notes.join("; ").as_str()),
            (since, until, note),
            "{text}"
        );
    }
    let typing = Question::read("year:2020 year:2021", None, true);
    assert_eq!((typing.since.as_deref(), typing.notes.len()), (Some("2021"), 0), "it is being typed");
}

#[test]
fn pasted_text_is_words() {
    for text in
        ["http://x.example/a:b", "at 10:35 std::io failed", "- item", "a - b", "--limit", "disk: full"]
    {
        let asked = read(text);
        assert_eq!((asked.labels.len(), asked.without.len(), asked.notes.len()), (0, 0, 0), "{text}");
        assert_eq!(asked.words, text);
    }
    let log = "level:error msg:x ".repeat(30);
    assert_eq!(read(&log).notes, [""; 0], "nobody typed that");
    assert_eq!(read("space \"\" left").words, "space  left");
}

#[test]
fn a_quote_that_is_not_closed_is_words_and_behind_a_minus_or_a_field_all_of_the_rest() {
    let asked = read("space left \"on device");
    assert_eq!(asked.words, "space left on device");
    assert_eq!(asked.notes, ["\"on: the quote is not closed; looked for as words"]);
    let asked = read("deploy -\"load test ");
    assert_eq!((asked.words.as_str(), asked.without), ("deploy", vec!["load test".to_owned()]));
    assert_eq!(asked.notes, ["-\"load test: the quote is not closed; read up to the end"]);
    let asked = read("slow -service:\"card gateway");
    assert_eq!((asked.words.as_str(), labels(&asked)), ("slow", vec!["-service:card gateway".to_owned()]));
    assert_eq!(asked.notes, ["-service:\"card gateway: the quote is not closed; read up to the end"]);
    let typing = Question::read("deploy -\"load te", None, true);
    assert_eq!((typing.without, typing.notes.len()), (vec!["load te".to_owned()], 0), "it is being typed");
    let log = format!("-\"{}", "x ".repeat(50));
    assert_eq!(read(&log).words.split(' ').count(), 49, "nobody typed that");
    assert_eq!(read("disk \"").notes, [""; 0]);
}

#[test]
fn a_half_typed_field_is_not_scolded() {
    for text in ["disk since:20", "disk service:", "disk quarter:2025-", "disk colour:b"] {
        let asked = Question::read(text, None, true);
        assert_eq!(asked.notes, [""; 0], "{text}");
    }
    for text in
        ["since:2025-1", "since:2025-02-2", "until:9", "since:1h2", "year:202", "quarter:2025q", "since:-"]
    {
        assert_eq!(
            Question::read(text, NaiveDate::from_ymd_opt(2026, 11, 26), true).notes,
            [""; 0],
            "{text}"
        );
    }
    for text in ["since:2025-13", "until:2025-02-3", "since:tuesday", "year:20256", "quarter:2025-Q5"] {
        assert_eq!(Question::read(text, None, true).notes.len(), 1, "{text} becomes no day");
    }
    assert!(Question::read("service:pay", None, true).labels[0].unfinished);
    assert!(!Question::read("service:pay ", None, true).labels[0].unfinished);
}

proptest::proptest! {
    #[test]
    fn no_text_is_an_error(text in "[a-c:\"\\-, é“]{0,40}") {
        let asked = Question::read(&text, None, false);
        let letters = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).count();
        let kept: usize = asked.without.iter().map(|w| letters(w)).sum::<usize>() + letters(&asked.words);
        proptest::prop_assert_eq!(kept, letters(&text), "no letter is lost: {:?}", asked);
    }
}
