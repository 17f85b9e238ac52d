//! Settings: they hold where they should, and what is wrong in them is told with its line.

use serde_json::Value;

use super::{Desk, filled};

fn home(text: &str) -> Desk {
    let desk = Desk::new();
    desk.file("home/warroom.toml", text);
    desk
}

fn clock(desk: &Desk, key: &str) -> Value {
    let clocks = desk.json(&["clock", "list", "."])["clocks"].as_array().unwrap().clone();
    clocks.into_iter().find(|c| c["clock"] == key).unwrap_or_default()
}

/// A time to the minute.
fn minute(time: &Value) -> &str {
    time.as_str().unwrap_or_default().split_at_checked(16).map_or("", |(minute, _)| minute)
}

const TEAM: &str = "\
[severity]\nprofile = \"shop\"\n\
[[severity.levels]]\nname = \"red\"\nresponse = \"5m\"\nresolution = \"1 business day\"\nupdate-every = \"20m\"\n\
story-due = \"2 business days\"\npostmortem-due = \"3 business days\"\n\
[[severity.levels]]\nname = \"amber\"\nresponse = \"1h\"\n\
[calendar]\nzone = \"Europe/Berlin\"\nweekend = [\"Sat\", \"Sun\"]\nholidays = [\"2026-11-23\"]\nwork_day_end = \"17:00\"\n\
[roles]\nextra = [\"floor-manager\"]\n\
[roles.required]\nred = [\"commander\", \"floor-manager\"]\n\
[roles.duties]\nfloor-manager = [\"Walks the floor.\", \"Counts heads.\"]\n\
[clock.cadences]\nred = \"10m\"\n";

#[test]
fn a_teams_own_levels_calendar_and_roles_rule_clocks_stories_and_the_close() {
    let mut desk = home(TEAM);
    desk.json(&["declare", "Tills are down", "--severity", "RED"]);
    assert_eq!(desk.json(&["show", "."])["severity"], "red");
    assert_eq!(minute(&clock(&desk, "response")["deadline"]), "2026-11-20T14:05");
    assert_eq!(minute(&clock(&desk, "update")["deadline"]), "2026-11-20T14:10", "the cadence wins");
    // Friday: Monday is a holiday, so the next business day ends on Tuesday at 17:00 in Berlin.
    assert_eq!(minute(&clock(&desk, "resolution")["deadline"]), "2026-11-24T16:00");
    let given = desk.run(&["role", ".", "Floor-Manager", "carol"]).code(0);
    assert!(
        given.err.contains("carol, your part:\n  - Walks the floor.\n  - Counts heads."),
        "{}",
        given.err
    );
    desk.run(&["role", ".", "till-boy", "carol"]).refuses(2, "floor-manager");
    let story = desk.json(&["story", "add", ".", "Test the tills", "--owner", "bob", "--severity", "red"]);
    assert!(story.to_string().contains("2026-11-25"), "{story:#}");
    desk.json(&["severity", ".", "amber", "--reason", "only one shop"]);
    assert_eq!(clock(&desk, "update"), Value::Null, "amber has no cadence");
    desk.set("WARROOM_NOW", "2026-11-20T15:00:00Z");
    desk.json(&["resolve", "."]);
    let refused = desk.run(&["close", "1", "--json"]).code(1).json();
    let blockers = refused["blockers"].to_string();
    assert!(blockers.contains("commander") && !blockers.contains("scribe"), "{blockers}");
    assert!(desk.json(&["stats"]).to_string().contains("amber"));
}

#[test]
fn a_bad_key_stops_a_command_and_the_check_names_both_actions() {
    let desk = home("[ui]\nzone = \"utc\"\n\n[keys]\nnote = \"d\"\nzooom = \"f2\"\n");
    for arguments in [&["config", "check"][..], &["list"]] {
        let ran = desk.run(arguments).code(2);
        let said = format!("{}{}", ran.out, ran.err);
        assert!(said.contains("warroom.toml:5: keys.note: d would do both note and decision"), "{said}");
        assert!(said.contains("warroom.toml:6: keys.zooom: there is no action"), "{said}");
    }
    let problems = desk.run(&["config", "check", "--json"]).code(2).json();
    assert_eq!(problems["problems"][1]["line"], 6, "{problems:#}");
}

#[test]
fn settings_are_shown_with_where_they_come_from() {
    let desk = home("[ui]\ntheme = \"light\"\n");
    desk.file(".config/warroom/config.toml", "[ui]\nzone = \"local\"\ntheme = \"mono\"\n");
    let shown = desk.json(&["config", "show"]);
    let find = |name: &str| {
        let all = shown["settings"].as_array().unwrap();
        all.iter().find(|s| s["name"] == name).unwrap_or_else(|| panic!("{name}: {shown:#}")).clone()
    };
    assert_eq!((&find("ui.theme")["value"], &find("ui.theme")["line"]), (&"\"light\"".into(), &2.into()));
    assert!(find("ui.zone")["path"].as_str().unwrap().ends_with("config.toml"));
    assert_eq!(find("calendar.zone")["from"], "default");
    assert_eq!(
        (&find("me.name")["value"], &find("me.name")["from"]),
        (&"\"alice\"".into(), &"WARROOM_AS".into())
    );
    let files = desk.json(&["config", "path"])["files"].clone();
    assert_eq!((&files[0]["exists"], &files[1]["exists"]), (&true.into(), &true.into()));
    assert!(desk.ok(&["config", "show"]).contains("warroom.toml:2)"));
}

#[test]
fn publishing_waits_for_the_branch_that_the_team_named() {
    let desk = home("[archive]\nbranch = \"reviews\"\n");
    let id = desk.declare("Web is down");
    desk.ok(&["resolve", ".", "--ended-by", "restart"]);
    let path = desk.json(&["postmortem", "draft", &id])["path"].as_str().unwrap().to_owned();
    std::fs::write(&path, filled(&std::fs::read_to_string(&path).unwrap())).unwrap();
    desk.json(&["postmortem", "publish", &id, "--waive", "a test"]);
    let head = std::fs::read_to_string(desk.home().join("postmortems/.git/HEAD")).unwrap();
    assert_eq!(head.trim(), "ref: refs/heads/reviews");
    desk.file("home/warroom.toml", "[archive]\nbranch = \"main\"\n");
    std::fs::write(&path, std::fs::read_to_string(&path).unwrap().replace("restart", "a restart")).unwrap();
    desk.run(&["postmortem", "publish", &id, "--waive", "a test"]).refuses(4, "git switch main");
    let past = desk.file("past.md", "# Disk full\n\nThe disk was full.\n");
    let head = desk.git(&["rev-parse", "HEAD"]);
    desk.run(&["import", &past]).refuses(4, "git switch main there, then import again");
    assert_eq!(desk.git(&["rev-parse", "HEAD"]), head);
}

#[test]
fn the_folder_of_the_archive_may_be_named_before_there_is_one() {
    let desk = home("[archive]\nfolder = \"pm\"\n");
    let page = desk.file("web.md", "# Web is down\n\nThe cache was full.\n");
    desk.ok(&["import", &page]);
    let found = std::fs::read_dir(desk.home().join("postmortems/pm")).unwrap().count();
    assert!(found > 0 && desk.ok(&["search", "cache"]).contains("Web is down"));
    // It is the home's own all the same, so it is in the copy.
    let report = desk.json(&["backup", desk.path("copy").to_str().unwrap()]);
    assert_eq!(report["postmortems"], 1, "{report}");
    assert!(desk.path("copy/postmortems/HEAD").exists());

    let desk = home("[archive]\nrepository = \"~/team\"\n");
    let page = desk.file("web.md", "# Web is down\n\nThe cache was full.\n");
    let there = format!("{} is not a git repository", desk.path("team").display());
    desk.run(&["import", &page]).refuses(3, &there);
}

#[test]
fn a_share_of_a_target_is_a_setting_and_no_screen_is_without_a_way_out() {
    let check = |text: &str| home(text).run(&["config", "check"]);
    check("[clock]\nwarn-at = \"50%\"\n").code(0);
    for bad in ["\"half\"", "\"100%\"", "\"0%\""] {
        let told = check(&format!("[clock]\nwarn-at = {bad}\n"));
        assert!(told.code != 0 && format!("{told:?}").contains("from 1% to 99%"), "{told:?}");
    }
    let told = check("[keys]\ninterrupt = []\n");
    assert!(told.code != 0 && format!("{told:?}").contains("keys.interrupt: it needs a key"), "{told:?}");
}

#[test]
fn a_target_that_gives_no_clock_is_named_by_the_check_with_its_level_and_line() {
    let desk = home(
        "[severity]\nprofile = \"shop\"\n[[severity.levels]]\nname = \"red\"\nresponse = \"imediate\"\n",
    );
    let told = desk.run(&["config", "check"]).code(0).out.clone();
    assert!(told.contains("the configuration is well"), "{told}");
    assert!(told.contains("warroom.toml:5: severity.levels.red.response: \"imediate\""), "{told}");
    let check = desk.json(&["config", "check"]);
    assert_eq!((&check["problems"], &check["notes"][0]["line"]), (&serde_json::json!([]), &5.into()));
}
