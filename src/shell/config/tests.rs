//! Tests of the configuration on real files.

use std::fs;

use super::*;

fn read(home: &str, user: &str) -> (Config, Vec<String>) {
    let folder = tempfile::tempdir().unwrap();
    let (home_file, user_file) = (folder.path().join("warroom.toml"), folder.path().join("config.toml"));
    fs::write(&home_file, home).unwrap();
    fs::write(&user_file, user).unwrap();
    let (config, problems) = Config::read(Some(&home_file), Some(&user_file));
    let short = |p: ConfigProblem| p.to_string().replace(&format!("{}/", folder.path().display()), "");
    (config, problems.into_iter().map(short).collect())
}

fn problem(home: &str) -> String {
    let (_, problems) = read(home, "");
    assert_eq!(problems.len(), 1, "{home}: {problems:?}");
    problems[0].clone()
}

#[test]
fn the_commented_file_changes_nothing() {
    assert_eq!(read(&default_file(), ""), (Config::default(), vec![]));
}

#[test]
fn the_commented_file_with_every_line_uncommented_is_the_defaults() {
    let text = default_file();
    let uncomment = |line: &str| match line.strip_prefix('#') {
        Some(rest) if !rest.starts_with(' ') => rest.to_owned(),
        _ => line.to_owned(),
    };
    let set: Vec<String> = text.lines().map(uncomment).collect();
    assert!(set.iter().filter(|l| l.contains(" = ")).count() > 15, "{set:?}");
    let (mut config, problems) = read(&set.join("\n"), "");
    assert_eq!(problems, Vec::<String>::new());
    let default = Config::default();
    for level in default.profile.levels() {
        let required = |c: &Config| c.roles.required_at(&c.profile, Some(&level.name));
        let set = config.roles.required.iter().find(|r| r.level == level.name).map(|r| r.roles.clone());
        assert_eq!(set, Some(required(&default)), "{} shows its required roles", level.name);
    }
    config.roles.required.clear();
    assert_eq!(config, default);
}

#[test]
fn the_examples_in_the_comments_are_right() {
    let text = default_file();
    let indented: Vec<&str> = text.lines().filter_map(|l| l.strip_prefix("#   ")).collect();
    let levels: Vec<&str> = indented.iter().copied().take_while(|l| !l.starts_with("redraw")).collect();
    let (config, problems) = read(&levels.join("\n"), "");
    assert_eq!(problems, Vec::<String>::new());
    assert_eq!((config.profile.name(), config.profile.names().as_str()), ("team", "major"));
    let (config, problems) = read(&format!("[keys]\n{}", indented[levels.len()]), "");
    assert_eq!(problems, Vec::<String>::new());
    assert_eq!(config.keys[0].keys.len(), 2);
    let me = indented[levels.len() + 1..].join("\n");
    assert_eq!(read("", &me).0.me.as_deref(), Some("alice"));
}

#[test]
fn a_wrong_name_gets_its_line_and_the_nearest_right_one() {
    let message = problem("# team\n[calendar]\nzome = \"UTC\"\n");
    assert!(message.starts_with("warroom.toml:3: there is no setting \"zome\" in [calendar]"), "{message}");
    assert!(message.contains("did you mean \"zone\"?") && message.contains("weekend"), "{message}");
    let message = problem("\n[calender]\nzone = \"UTC\"\n");
    assert!(
        message.starts_with("warroom.toml:2:") && message.contains("did you mean \"calendar\"?"),
        "{message}"
    );
    let message = problem("[archive]\nmouse = true\n");
    assert!(message.contains("it belongs in [ui]"), "{message}");
}

#[test]
fn every_wrong_value_is_named_with_what_to_write() {
    for (text, start, hint) in [
        ("[calendar]\nzone = \"Europe/Berlim\"", "warroom.toml:2: calendar.zone:", "Europe/Berlin"),
        ("[calendar]\nweekend = [\"Sat\",\n \"Caturday\"]", "warroom.toml:3: calendar.weekend:", "Mon, Tue"),
        (
            "[calendar]\nweekend = [\"mon\",\"tue\",\"wed\",\"thu\",\"fri\",\"sat\",\"sun\"]",
            "warroom.toml:2:",
            "business day",
        ),
        ("[calendar]\nholidays = [\"25.12.2026\"]", "warroom.toml:2: calendar.holidays:", "2026-12-25"),
        ("[calendar]\nwork_day_end = \"6pm\"", "warroom.toml:2: calendar.work_day_end:", "18:00"),
        ("[severity]\nprofile = \"sve\"", "warroom.toml:2: severity.profile:", "use p, sev, iso"),
        ("[clock.cadences]\nP1 = \"often\"", "warroom.toml:2: clock.cadences.P1:", "30m"),
        ("[clock.cadences]\nP9 = \"30m\"", "warroom.toml:2: clock.cadences:", "P1, P2, P3, P4"),
        ("[roles.required]\nSEV-1 = [\"commander\"]", "warroom.toml:2: roles.required:", "P1, P2, P3, P4"),
        (
            "[roles.required]\nP1 = [\"commander\", \"comms|scribbe\"]",
            "warroom.toml:2: roles.required.P1: there is no role \"scribbe\"",
            "did you mean \"scribe\"?; the roles are commander",
        ),
        (
            "[roles.duties]\nscribbe = [\"Writes.\"]",
            "warroom.toml:2: roles.duties.scribbe: there is no role",
            "did you mean \"scribe\"?",
        ),
        ("[roles.duties]\nscribe = [\"\"]", "warroom.toml:2: roles.duties.scribe:", "200 characters"),
        ("[archive]\nauthor = \"alice\"", "warroom.toml:2: archive.author:", "Name <mail>"),
        ("[archive]\nfolder = \"../elsewhere\"", "warroom.toml:2: archive.folder:", "inside the repository"),
        ("[ui]\nmouse = \"yes\"", "warroom.toml:2: ui.mouse:", "true or false"),
        ("[ui]\ntheme = \"neon\"", "warroom.toml:2: ui.theme:", "default, light, mono"),
        ("[ui]\nzone = \"Mars\"", "warroom.toml:2: ui.zone:", "utc or local"),
        ("[keys]\nredraw = \"ctrl-spaces\"", "warroom.toml:2: keys.redraw:", "ctrl-d"),
        ("[me]\nname = \"alice\"", "warroom.toml:1: [me]", "~/.config/warroom/config.toml"),
        ("ui = 3", "warroom.toml:1: ui is a table", "[ui]"),
        ("[ui]\nmouse = \n", "warroom.toml:2:", "not TOML"),
        (
            "[[severity.levels]]\nname = \"A\"\nresponse = \"5 x 4\"",
            "warroom.toml:3: severity.levels:",
            "15m",
        ),
        (
            "[[severity.levels]]\nname = \"A\"\nreponse = \"5m\"",
            "warroom.toml:3: severity.levels:",
            "response",
        ),
        (
            "[[severity.levels]]\nname = \"A\"\nupdate-every = \"0m\"",
            "warroom.toml:3: severity.levels:",
            "\"0m\" is no time within which an update is due; write a duration of a minute or more (30m, 4h, \
             1d), or none",
        ),
        (
            "[[severity.levels]]\nname = \"A\"\nupdate-every = \"often\"",
            "warroom.toml:3: severity.levels:",
            "or none",
        ),
        (
            "[[severity.levels]]\nname = \"A\"\nupdate-every = \"59s\"",
            "warroom.toml:3: severity.levels:",
            "a minute or more",
        ),
        ("[clock.cadences]\nP1 = \"0s\"", "warroom.toml:2: clock.cadences.P1:", "or none"),
        ("[clock.cadences]\nP1 = \"10s\"", "warroom.toml:2: clock.cadences.P1: \"10s\"", "a minute or more"),
        // What is wrong with the levels is said once, not of every name of one too.
        (
            "[severity]\nprofile = \"shop\"\n[[severity.levels]]\nname = \"red\"\nresponse = \"5 x 4\"\n\
             [clock.cadences]\nred = \"20m\"\n[roles.required]\nred = [\"commander\"]",
            "warroom.toml:5: severity.levels:",
            "15m",
        ),
        (
            "[severity]\nprofile = \"sve\"\n[clock.cadences]\nSEV-1 = \"20m\"",
            "warroom.toml:2: severity.profile:",
            "use p, sev, iso",
        ),
    ] {
        let message = problem(text);
        assert!(message.starts_with(start), "{message}");
        assert!(message.contains(hint), "{message}");
    }
}

#[test]
fn all_problems_are_found_at_once() {
    let (_, problems) = read("[ui]\nmouse = 1\nascii = 2\n[nonsense]\n", "[ui]\ntheme = \"neon\"\n");
    assert_eq!(problems.len(), 4, "{problems:?}");
    assert!(problems[0].starts_with("config.toml:2:"), "{problems:?}");
}

#[test]
fn the_home_wins_over_the_user_and_the_user_over_the_default() {
    let user = "[ui]\ntheme = \"mono\"\nzone = \"local\"\n[keys]\nzoom = \"f2\"\nfilter = \"f3\"\n[me]\nname = \"@carol\"\n";
    let (config, problems) = read("[ui]\nzone = \"Asia/Tokyo\"\n[keys]\nfilter = []\n", user);
    assert_eq!(problems, Vec::<String>::new());
    assert_eq!(config.ui.theme, "mono");
    assert_eq!(config.ui.zone.zone(&Environment::default()).name(), "Asia/Tokyo");
    assert_eq!(config.me.as_deref(), Some("carol"));
    let keys: Vec<(&str, usize)> = config.keys.iter().map(|b| (b.action.as_str(), b.keys.len())).collect();
    assert_eq!(keys, [("zoom", 1), ("filter", 0)]);
}

#[test]
fn keys_that_collide_and_actions_that_are_none_are_refused_by_name_and_line() {
    let message = problem("[keys]\nzooom = \"f2\"\n");
    assert!(message.starts_with("warroom.toml:2: keys.zooom: there is no action"), "{message}");
    assert!(message.contains("did you mean \"zoom\"?"), "{message}");
    let message = problem("[keys]\nnote = \"d\"\n");
    assert!(message.starts_with("warroom.toml:2: keys.note: d would do both note and decision"), "{message}");
    assert!(message.contains("decision: by default"), "{message}");
    let message = problem("[keys]\nnote = \"f2\"\nzoom = [\"z\", \"f2\"]\n");
    assert!(message.starts_with("warroom.toml:3: keys.zoom: f2 would do both note and zoom"), "{message}");
    assert!(message.contains("warroom.toml:2)"), "{message}");
    let (_, problems) = read("[keys]\nnote = \"f2\"\n", "[keys]\nzoom = \"f2\"\n");
    assert!(problems.len() == 1 && problems[0].starts_with("warroom.toml:2: keys.note:"), "{problems:?}");
    assert!(problems[0].contains("config.toml:2)"), "{problems:?}");
    let (config, problems) = read("[keys]\nnote = \"d\"\ndecision = \"i\"\nconfirm = \"f9\"\n", "");
    assert_eq!((config.keys.len(), problems), (3, vec![]), "keys may change places");
    let message = problem("[keys]\nzoom = \"f2\"\nsend = \"a\"\n");
    assert!(message.starts_with("warroom.toml:3: keys.send: a could not be typed any more"), "{message}");
    let message = problem("[keys]\nsend = []\n");
    assert!(
        message.starts_with("warroom.toml:2: keys.send: it needs a key: nothing could be stored"),
        "{message}"
    );
}

#[test]
fn colours_of_the_team_are_read_over_those_of_the_theme() {
    let user = "[ui.colours]\nwarn = \"#ff8700\"\nbad = \"bright-red\"\n";
    let (config, problems) = read("[ui]\ntheme = \"light\"\n[ui.colours]\nbad = \"default\"\n", user);
    assert_eq!(problems, Vec::<String>::new());
    let look = config.ui.look();
    assert_eq!((look.warn.to_string(), look.bad.to_string()), ("#ff8700".into(), "red".into()));
    assert_eq!(look.accent.to_string(), "blue", "the theme's");
    let message = problem("[ui.colours]\nwarn = \"purpel\"\n");
    assert!(message.starts_with("warroom.toml:2: ui.colours.warn: \"purpel\" is no colour"), "{message}");
    assert!(message.contains("#rrggbb"), "{message}");
    assert!(problem("[ui.colours]\nwarnn = \"red\"\n").contains("did you mean \"warn\"?"));
    assert!(problem("[ui.colors]\nwarn = \"red\"\n").contains("did you mean \"colours\"?"));
}

#[test]
fn every_setting_is_explained_with_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("warroom.toml");
    fs::write(
        &file,
        "[ui]\nzone = \"local\"\n[clock.cadences]\np-1 = \"20m\"\n[keys]\nzoom = [ \"f2\",\n \"z\" ]\n\
         [roles.required]\nP-4 = []\n",
    )
    .unwrap();
    let all = Config::explain(Some(&file), None);
    let find = |name: &str| {
        let shown = all.iter().find(|s| s.name == name).unwrap_or_else(|| panic!("{name}: {all:#?}"));
        let line = match &shown.origin {
            Origin::Default => 0,
            Origin::File(_, line) => *line,
        };
        (shown.value.as_str(), line)
    };
    assert_eq!(find("ui.zone"), ("\"local\"", 2));
    assert_eq!(find("ui.theme"), ("\"default\"", 0));
    assert_eq!(find("clock.cadences.P1"), ("\"20m\"", 4));
    assert_eq!(find("clock.cadences.P2"), ("\"1h\"", 0));
    assert_eq!(find("keys.zoom"), ("[ \"f2\", \"z\" ]", 6));
    assert_eq!(find("severity.levels"), ("P1, P2, P3, P4", 0));
    assert_eq!(find("roles.required.P3").0, "[\"commander\"]");
    assert_eq!(find("roles.required.P4"), ("[]", 9));
    // However a file spells a level, it is one.
    for section in ["clock.cadences.", "roles.required."] {
        assert_eq!(all.iter().filter(|s| s.name.starts_with(section)).count(), 4, "{all:#?}");
    }
}

#[test]
#[expect(clippy::disallowed_methods, reason = "a test asks its own environment")]
fn the_page_of_settings_is_the_table_of_the_program() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/configuration.md");
    let wanted = configuration_markdown();
    for setting in settings::SETTINGS {
        assert!(!setting.doc.is_empty(), "{}.{}", setting.section, setting.key);
        assert!(wanted.contains(&format!("## [{}]", setting.section)));
    }
    if std::env::var("UPDATE_DOCS").is_ok() {
        fs::write(path, &wanted).unwrap();
    }
    let there = fs::read_to_string(path).unwrap_or_default();
    assert!(there == wanted, "docs/configuration.md is old: UPDATE_DOCS=1 cargo test page_of_settings");
}

#[test]
fn a_role_has_the_duties_that_the_team_says_by_whatever_name() {
    let team = "[roles.duties]\nfloor-manager = [\"Walks the floor.\", \"Counts heads.\"]\nIC = \"Decides.\"\n\
                [roles]\nextra = [\"Floor-Manager\"]";
    let (config, problems) = read(team, "[roles.duties]\ncommander = [\"Drives.\"]\nscribe = [\"Types.\"]");
    assert!(problems.is_empty(), "{problems:?}");
    let policy = config.policy();
    assert_eq!(policy.duties("floor-manager"), ["Walks the floor.", "Counts heads."]);
    assert_eq!(policy.duties("commander"), ["Decides."], "the team's file wins, role by role");
    assert_eq!(policy.duties("scribe"), ["Types."]);
    assert!(policy.duties("deputy").len() > 1 && policy.duties("till-boy").is_empty());
}

#[test]
fn a_profile_of_the_team_takes_cadences_and_required_roles() {
    let text = "[severity]\nprofile = \"shop\"\n[[severity.levels]]\nname = \"red\"\nresponse = \"5m\"\n\
                [[severity.levels]]\nname = \"amber\"\n[clock.cadences]\nRED = \"20m\"\n[roles.required]\namber = [\"commander\", \"comms\"]\n";
    let (config, problems) = read(text, "");
    assert_eq!(problems, Vec::<String>::new());
    assert_eq!((config.profile.name(), config.profile.names().as_str()), ("shop", "red, amber"));
    assert_eq!(config.profile.highest().update_every, Some(chrono::TimeDelta::minutes(20)));
    let required = |config: &Config, severity: Option<&str>| -> Vec<String> {
        config.roles.required_at(&config.profile, severity).iter().map(ToString::to_string).collect()
    };
    assert_eq!(required(&config, Some("Amber")), ["commander", "comms"]);
    assert_eq!(
        required(&config, None),
        ["commander", "scribe", "tech-lead or security-lead", "comms", "legal"]
    );
    // The team's file wins over one's own, in whatever spelling, and a role goes by its own name.
    let team = "[roles.required]\np-1 = [\"IC\"]\n[roles]\nextra = [\"runner\"]";
    let (config, problems) = read(team, "[roles.required]\nP1 = [\"legal\"]\np2 = [\"Runner\"]");
    assert_eq!(problems, Vec::<String>::new());
    assert_eq!(required(&config, Some("P1")), ["commander"]);
    assert_eq!(required(&config, Some("P2")), ["runner"]);
}

#[test]
fn a_level_may_be_without_a_clock_of_updates() {
    for every in ["", "update-every = \"none\"\n"] {
        let text =
            format!("[[severity.levels]]\nname = \"calm\"\n{every}[[severity.levels]]\nname = \"idle\"\n");
        let (config, problems) = read(&text, "");
        assert_eq!(problems, Vec::<String>::new());
        assert_eq!(config.profile.highest().update_every, None, "{every}");
    }
}

#[test]
fn targets_that_give_no_clock_are_told_and_refuse_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("warroom.toml");
    let text = "[[severity.levels]]\nname = \"red\"\nresponse = \"imediate\"\nresolution = \"4h\"\n\
                [[severity.levels]]\nname = \"amber\"\nresponse = \"PT15M\"\nstory-due = \"next sprint\"\n\
                postmortem-due = \"5 business days\"\n";
    fs::write(&file, text).unwrap();
    let (config, problems) = Config::read(Some(&file), None);
    assert_eq!((config.profile.names().as_str(), problems), ("red, amber", vec![]));
    let notes = Config::notes(Some(&file), None);
    let said: Vec<String> = notes.iter().map(|n| format!("{} {}", n.line.unwrap(), n.message)).collect();
    assert_eq!(said.len(), 3, "{said:#?}");
    assert!(said[0].starts_with("3 severity.levels.red.response: \"imediate\" is a period"), "{said:#?}");
    assert!(said[1].starts_with("7 severity.levels.amber.response: \"PT15M\" is a period"), "{said:#?}");
    assert!(said[2].starts_with("8 severity.levels.amber.story-due: \"next sprint\""), "{said:#?}");
    // Levels that do not hold are not spoken of.
    let user = folder.path().join("config.toml");
    fs::write(&user, "[[severity.levels]]\nname = \"x\"\nresponse = \"asap\"\n").unwrap();
    assert_eq!(Config::notes(Some(&file), Some(&user)), notes);
    assert_eq!(Config::notes(None, Some(&user)).len(), 1);
}

#[test]
fn files_that_are_no_text_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("warroom.toml");
    fs::write(&file, b"[ui]\nmouse = true\n\xff\n").unwrap();
    let error = Config::load(Some(&file), None).unwrap_err().to_string();
    assert!(error.contains("warroom.toml:3: is not UTF-8"), "{error}");
    fs::write(&file, vec![b'#'; (1 << 20) + 1]).unwrap();
    assert!(Config::load(Some(&file), None).unwrap_err().to_string().contains("1 MiB"));
    assert!(Config::load(Some(folder.path()), None).is_err(), "a folder");
    assert_eq!(Config::load(Some(&folder.path().join("none")), None).unwrap(), Config::default());
}

#[test]
fn people_are_read_and_what_is_wrong_is_told_with_its_line() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("people.toml");
    let read = |text: &str| {
        fs::write(&file, text).unwrap();
        let (people, problems) = Config::default().people(&file);
        let short = |p: ConfigProblem| p.to_string().replace(&format!("{}/", folder.path().display()), "");
        (people, problems.into_iter().map(short).collect::<Vec<_>>())
    };
    let example: Vec<String> = people_file()
        .lines()
        .map(|line| match line.strip_prefix('#') {
            Some(rest) if !rest.starts_with(' ') => rest.to_owned(),
            _ => line.to_owned(),
        })
        .collect();
    assert_eq!(read(&people_file()), (crate::domain::people::People::default(), vec![]), "all is commented");
    let (people, problems) = read(&example.join("\n"));
    assert_eq!((people.all().len(), problems), (2, vec![]));
    let alice = people.find("alice").unwrap();
    assert_eq!((alice.roles[0].as_str(), alice.backup.as_deref()), ("commander", Some("bob")));
    assert_eq!(alice.zone.unwrap().name(), "Europe/Berlin");
    for (text, start, hint) in [
        ("[[person]]\nhandel = \"alice\"", "people.toml:2: handel:", "did you mean \"handle\"?"),
        ("[[person]]\nhandle = \"a\"\nzone = \"Mars\"", "people.toml:3: zone:", "zone"),
        (
            "[[person]]\nhandle = \"a\"\nroles = [\"ic\",\n \"scribbe\"]",
            "people.toml:4: roles:",
            "\"scribe\"?",
        ),
        ("[[person]]\nhandle = \"a\"\nbackup = \"b\"", "people.toml:3: backup:", "nobody else"),
        (
            "[[person]]\nhandle = \"a\"\n[[person]]\nhandle = \"a\"",
            "people.toml:3:",
            "is there already, from line 1",
        ),
        ("[[person]]\nname = \"Alice\"", "people.toml:1:", "no handle"),
        ("[alice]\nphone = \"1\"", "people.toml:1:", "[[person]]"),
        ("[[person]\n", "people.toml:1:", "not TOML"),
    ] {
        let (_, problems) = read(text);
        assert!(problems.iter().any(|p| p.starts_with(start) && p.contains(hint)), "{text}: {problems:?}");
    }
    let (people, problems) = read("[[person]]\nhandle = \"a\"\nphone = \"1\"\nage = 3\n");
    assert_eq!((people.find("a").unwrap().phone.as_str(), problems.len()), ("1", 1), "the rest is used");
}
