//! Tests of profiles and targets.

use super::*;
use proptest::prelude::*;

#[test]
fn built_in_profiles_have_the_targets_of_their_procedures() {
    let expected = [
        ("p", [("P1", "15m", "4h"), ("P2", "1h", "1d"), ("P3", "4h", "1w"), ("P4", "1w", "next sprint")]),
        (
            "sev",
            [
                ("SEV-1", "immediate", "none"),
                ("SEV-2", "same business day", "none"),
                ("SEV-3", "1 business day", "none"),
                ("SEV-4", "backlog", "none"),
            ],
        ),
        (
            "iso",
            [("Sev1", "15m", "none"), ("Sev2", "2h", "none"), ("Sev3", "1d", "none"), ("Sev4", "3d", "none")],
        ),
    ];
    for (name, levels) in expected {
        let profile = Profile::builtin(name).unwrap();
        let found: Vec<_> = profile
            .levels()
            .map(|l| (l.name.clone(), l.response.to_string(), l.resolution.to_string()))
            .collect();
        let wanted: Vec<_> = levels.iter().map(|(n, a, b)| ((*n).into(), (*a).into(), (*b).into())).collect();
        assert_eq!(found, wanted, "{name}");
        let owed: Vec<_> = profile.levels().map(|l| l.postmortem_due.to_string()).collect();
        assert_eq!(owed, ["5 business days", "5 business days", "none", "none"]);
        assert!(profile.levels().all(|l| l.story_due.has_deadline() && !l.definition.is_empty()));
        // A profile that is built in would be accepted from a configuration too.
        assert_eq!(Profile::custom(name, profile.levels().cloned().collect()), Ok(profile));
    }
    assert_eq!(Profile::default().name(), "p");
    assert_eq!(Profile::builtin("x"), None);
}

#[test]
fn names_match_without_case_and_hyphen() {
    for (profile, text, found) in [
        ("p", "p1", Some("P1")),
        ("p", "P-1", Some("P1")),
        ("sev", "sev1", Some("SEV-1")),
        ("sev", "SEV-1", Some("SEV-1")),
        ("sev", "Sev 4", Some("SEV-4")),
        ("iso", "SEV-3", Some("Sev3")),
        ("p", "P5", None),
        ("p", "", None),
        ("p", "P?", None),
        ("p", "sev1", None),
    ] {
        let profile = Profile::builtin(profile).unwrap();
        assert_eq!(profile.find(text).map(|l| l.name.as_str()), found, "{text}");
    }
}

#[test]
fn unset_is_clocked_as_the_highest() {
    let p = Profile::default();
    assert_eq!(p.level_or_highest(None).name, "P1");
    assert_eq!(p.level_or_highest(Some("p3")).name, "P3");
    assert_eq!(p.level_or_highest(Some("SEV-9")).name, "P1");
    assert_eq!(p.unset_label(), "P?");
    assert_eq!(Profile::builtin("sev").unwrap().unset_label(), "SEV?");
    assert_eq!(Profile::builtin("iso").unwrap().unset_label(), "Sev?");
    let words = Profile::custom("w", vec![named("critical"), named("low")]).unwrap();
    assert_eq!(words.unset_label(), "?");
}

#[test]
fn up_is_told_from_down() {
    let p = Profile::default();
    assert_eq!(p.rank("p1"), Some(0));
    assert_eq!(p.rank("P4"), Some(3));
    assert_eq!(p.rank("P9"), None);
    for (from, to, what) in [
        (Some("P2"), Some("P1"), Move::Up),
        (Some("P1"), Some("P2"), Move::Down),
        (Some("P1"), Some("p1"), Move::Same),
        (None, Some("P4"), Move::Up),
        (Some("P4"), None, Move::Down),
        (None, None, Move::Same),
    ] {
        assert_eq!(p.compare(from, to), what, "{from:?} {to:?}");
    }
}

fn named(name: &str) -> Level {
    Level {
        name: name.into(),
        definition: String::new(),
        response: Target::None,
        resolution: Target::None,
        update_every: None,
        story_due: Target::None,
        postmortem_due: Target::None,
    }
}

#[test]
fn a_team_s_own_profile_is_checked() {
    assert!(matches!(Profile::custom("ours", vec![]), Err(ProfileError::NoLevels { .. })));
    assert!(matches!(Profile::custom("", vec![named("A")]), Err(ProfileError::BadName { .. })));
    for bad in ["", "-", "a b", "P1\u{1b}", "12345678901234567", "é"] {
        let made = Profile::custom("ours", vec![named("A"), named(bad)]);
        assert!(matches!(made, Err(ProfileError::BadName { .. })), "{bad}");
    }
    let twice = Profile::custom("ours", vec![named("S1"), named("s-1")]);
    assert_eq!(twice, Err(ProfileError::Duplicate { profile: "ours".into(), name: "s-1".into() }));
    assert_eq!(Profile::custom("ours", vec![named("S1"), named("S2")]).unwrap().names(), "S1, S2");
}

#[test]
fn a_level_is_read_from_configuration() {
    let text = "name = 'S1'\nresponse = '10m'\nresolution = 'next sprint'\nupdate-every = '20m'\n\
                story-due = '2 business days'\n";
    let level: Level = toml::from_str(text).unwrap();
    assert_eq!(level.response, Target::Within(Span::minutes(10)));
    assert_eq!(level.update_every, Some(Span::minutes(20)));
    assert_eq!(level.postmortem_due, Target::None);
    assert_eq!(toml::from_str::<Level>(&toml::to_string(&level).unwrap()).unwrap(), level);
    assert!(toml::from_str::<Level>("name = 'S1'\nrespnse = '10m'").is_err());
    assert!(toml::from_str::<Level>("name = 'S1'\nresponse = '10 minutes'").is_err());
}

#[test]
fn targets_are_read_and_written() {
    for (text, target, written) in [
        ("15m", Target::Within(Span::minutes(15)), "15m"),
        ("4h", Target::Within(Span::hours(4)), "4h"),
        ("24h", Target::Within(Span::hours(24)), "1d"),
        ("1h 30m", Target::Within(Span::minutes(90)), "1h30m"),
        ("immediate", Target::Within(Span::zero()), "immediate"),
        ("1 business day", Target::BusinessDays(1), "1 business day"),
        ("next business day", Target::BusinessDays(1), "1 business day"),
        ("5 Business Days", Target::BusinessDays(5), "5 business days"),
        ("same business day", Target::BusinessDays(0), "same business day"),
        ("next  sprint", Target::Named("next sprint".into()), "next sprint"),
        ("backlog", Target::Named("backlog".into()), "backlog"),
        ("none", Target::None, "none"),
    ] {
        assert_eq!(text.parse(), Ok(target.clone()), "{text}");
        assert_eq!(target.to_string(), written);
        assert_eq!(written.parse(), Ok(target), "{written}");
    }
    for bad in
        ["", " ", "15", "-15m", "15 minutes", "x business days", "9999 business days", "+1 business day"]
    {
        assert!(bad.parse::<Target>().is_err(), "{bad}");
    }
    let long = "sprint ".repeat(9);
    assert!(long.parse::<Target>().is_err());
}

proptest! {
    #[test]
    fn any_text_is_a_target_that_comes_back_or_a_problem(text in "\\PC*") {
        if let Ok(target) = text.parse::<Target>() {
            prop_assert_eq!(target.to_string().parse(), Ok(target));
        }
    }
}
