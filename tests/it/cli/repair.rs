//! Verify and doctor: what is wrong is named, and what can be rebuilt is.

use std::time::Duration;

use sqlx::ConnectOptions;

use super::Desk;
use crate::screen::World;

/// Runs a statement on the database as somebody with the sqlite3 program would.
pub(super) fn by_hand(desk: &Desk, statements: &'static str) {
    let database = desk.home().join("warroom.db");
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        let options = sqlx::sqlite::SqliteConnectOptions::new().filename(&database);
        let mut conn = options.connect().await.unwrap();
        sqlx::raw_sql(statements).execute(&mut conn).await.unwrap();
        sqlx::Connection::close(conn).await.unwrap();
    });
}

#[test]
fn a_changed_log_is_named_with_exit_code_five() {
    let desk = Desk::new();
    let id = desk.declare("Web is down");
    desk.ok(&["log", ".", "a line that somebody will change"]);
    let well = desk.json(&["verify"]);
    assert_eq!((&well["ok"], &well["first_broken"]), (&true.into(), &serde_json::Value::Null));
    let seq = well["heads"][0]["seq"].to_string();
    let head = well["heads"][0]["head"].as_str().unwrap().to_owned();
    desk.ok(&["verify", &id, "--head", &head]);
    desk.ok(&["verify", "--head", &format!("{seq}:{head}")]);
    let foreign = "0".repeat(64);
    assert_eq!(desk.run(&["verify", "--head", &foreign, "--json"]).code(5).json()["ok"], false);

    by_hand(&desk, CHANGE);
    let broken = desk.run(&["verify", "--json"]).code(5).json();
    assert_eq!((&broken["ok"], &broken["first_broken"]["incident"]), (&false.into(), &id.as_str().into()));
    assert!(broken["first_broken"]["seq"].is_u64() && broken["first_broken"]["reason"].is_string());
    assert!(desk.run(&["verify"]).code(5).out.contains(&id));
    let doctor = desk.run(&["doctor", "--json"]).code(1).json();
    let wrong: Vec<_> = doctor["findings"].as_array().unwrap().iter().filter(|f| f["ok"] == false).collect();
    assert!(wrong.iter().any(|f| f["name"] == "verify"), "{wrong:#?}");
}

/// The end of a log that was cut off: what is left is a sound chain, and only the mirror has more.
#[test]
fn a_log_without_its_end_is_not_as_it_was_written() {
    let desk = Desk::new();
    let (one, two) = (desk.declare("Web is down"), desk.declare("Disk is full"));
    desk.ok(&["log", &one, "one"]);
    let seq = desk.json(&["log", &one, "two"])["entries"][0]["seq"].clone();
    by_hand(&desk, CUT);
    let broken = desk.run(&["verify", "--json"]).code(5).json();
    let first = &broken["first_broken"];
    assert_eq!((&first["incident"], &first["seq"]), (&one.as_str().into(), &seq), "{broken:#}");
    assert!(first["reason"].as_str().unwrap().contains("mirror"), "{broken:#}");
    desk.run(&["verify", &one]).code(5);
    desk.run(&["verify", &two]).code(0);
    // A mirror that is missing, or behind, tells nothing.
    std::fs::remove_dir_all(desk.home().join("mirror")).unwrap();
    desk.run(&["verify"]).code(0);
}

#[test]
fn checking_makes_no_home() {
    let desk = Desk::new();
    desk.run(&["verify"]).code(0);
    assert!(!desk.home().exists());
}

/// The names in a folder of the home.
fn names(desk: &Desk, folder: &str) -> Vec<String> {
    let there = std::fs::read_dir(desk.home().join(folder)).unwrap();
    let mut names: Vec<String> =
        there.map(|entry| entry.unwrap().file_name().to_str().unwrap().to_owned()).collect();
    names.sort();
    names
}

fn lose_the_database(desk: &Desk) {
    for name in names(desk, "").iter().filter(|name| name.starts_with("warroom.db")) {
        std::fs::remove_file(desk.home().join(name)).unwrap();
    }
}

/// What asks for what was written, and finds nothing in an empty database.
const READING: [&[&str]; 7] = [
    &["list"],
    &["list", "--all"],
    &["show", "1"],
    &["timeline", "1"],
    &["stats"],
    &["story", "list"],
    &["search", "proxy"],
];

/// No line, and no incident whose number somebody else has: until it is repaired, all of them say so.
#[track_caller]
fn takes_nothing(desk: &Desk, what: &str) {
    for arguments in [&["declare", "Another one"][..], &["log", "1", "a line"]] {
        let refused = desk.run(arguments).code(5);
        assert!(refused.err.contains("doctor --repair"), "{what}: {refused:?}");
    }
    desk.run(&["doctor"]).code(1);
}

#[test]
fn a_database_that_lacks_an_incident_of_its_mirror_takes_nothing_until_it_is_repaired() {
    let desk = Desk::new();
    let database = desk.home().join("warroom.db");
    desk.declare("Web is down");
    let older = std::fs::read(&database).unwrap();
    let two = desk.declare("Disk is full");
    desk.ok(&["log", &two, "kept"]);
    let whole = |desk: &Desk| {
        desk.ok(&["doctor", "--repair"]);
        assert_eq!(desk.json(&["list", "--all"])["incidents"].as_array().unwrap().len(), 2);
        assert!(desk.timeline(&two).iter().any(|e| e["text"] == "kept"));
    };

    let other = Desk::new();
    other.ok(&["init"]);
    // Whoever writes where nothing is makes one.
    other.run(&["log", "1", "a line"]).code(3);
    for (what, bytes) in
        [("of no byte", Vec::new()), ("with no row", std::fs::read(other.home().join("warroom.db")).unwrap())]
    {
        // What asks the archive opens the database only for what it finds.
        let reading = if bytes.is_empty() { &READING[..] } else { &READING[..6] };
        lose_the_database(&desk);
        std::fs::write(&database, bytes).unwrap();
        takes_nothing(&desk, what);
        for arguments in reading {
            let refused = desk.run(arguments).code(5);
            assert!(refused.err.contains("doctor --repair"), "{what}: {refused:?}");
        }
        whole(&desk);
    }

    std::fs::write(&database, &older).unwrap();
    takes_nothing(&desk, "an older one");
    // What it has can be read.
    desk.ok(&["show", "1"]);
    whole(&desk);

    // Of what cannot be read any more nothing comes back, so it keeps nobody.
    desk.file("home/mirror/01900000-0000-7000-8000-000000000000.wrm", "no record");
    desk.ok(&["log", &two, "goes on"]);
    // Who puts an older one there on purpose takes the mirror away.
    std::fs::write(&database, &older).unwrap();
    std::fs::remove_dir_all(desk.home().join("mirror")).unwrap();
    assert_eq!(desk.declare("Disk is full"), two);
}

#[test]
fn a_database_that_is_missing_is_not_read_as_an_empty_past() {
    let desk = Desk::new();
    desk.declare("Web is down");
    lose_the_database(&desk);
    for arguments in READING {
        let refused = desk.run(arguments).code(5);
        assert!(
            refused.err.contains("the database is missing") && refused.err.contains("doctor --repair"),
            "{refused:?}"
        );
    }
    takes_nothing(&desk, "missing");
    assert!(!desk.home().join("warroom.db").exists());
    desk.ok(&["doctor", "--repair"]);
    desk.ok(&["show", "1"]);
}

/// A mirror that cannot be written, also by root: something else is there.
fn block_the_mirror(home: &std::path::Path) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::rename(home.join("mirror"), home.join("aside")).unwrap();
    std::fs::write(home.join("mirror"), "").unwrap();
    std::fs::set_permissions(home.join("mirror"), std::fs::Permissions::from_mode(0o600)).unwrap();
}

fn bring_the_mirror_back(home: &std::path::Path) {
    std::fs::remove_file(home.join("mirror")).unwrap();
    std::fs::rename(home.join("aside"), home.join("mirror")).unwrap();
}

#[test]
fn who_writes_while_the_mirror_cannot_be_written_hears_it_and_doctor_completes_it() {
    let desk = Desk::new();
    let one = desk.declare("Web is down");
    block_the_mirror(&desk.home());
    for arguments in [&["log", &one, "not copied"][..], &["declare", "Disk is full", "--severity", "P1"]] {
        let told = desk.run(arguments).code(0);
        assert!(told.err.contains("stored, but without a copy"), "{told:?}");
    }
    assert!(desk.run(&["doctor"]).code(1).out.contains("so no line has a copy"));
    bring_the_mirror_back(&desk.home());
    let doctor = desk.run(&["doctor"]).code(1);
    assert!(doctor.out.contains("the copies of 2 incidents end before their logs do"), "{doctor:?}");
    desk.ok(&["doctor", "--repair"]);
    desk.ok(&["doctor"]);
    assert_eq!(desk.run(&["log", &one, "copied"]).code(0).err, "");
    lose_the_database(&desk);
    desk.ok(&["doctor", "--repair"]);
    assert!(desk.timeline(&one).iter().any(|e| e["text"] == "not copied"));
    desk.ok(&["show", "2"]);
}

#[test]
fn a_room_says_that_the_mirror_cannot_be_written_and_completes_it_when_it_is_opened() {
    let world = World::new();
    world.done(&["declare", "Web is down", "--commander", "alice"]);
    world.done(&["declare", "Another one", "--commander", "alice"]);
    block_the_mirror(&world.home());
    world.done(&["log", "2", "not copied"]);
    world
        .screen(&["open", "1"], 160, 40)
        .until("? all")
        .send(b"i")
        .until("Enter store")
        .type_text("said while it is so")
        .send(b"\r")
        .until("without a copy");
    bring_the_mirror_back(&world.home());
    let mut screen = world.screen(&["open", "1"], 160, 40);
    screen.until("? all");
    let copied = |words: &str| {
        let files = std::fs::read_dir(world.home().join("mirror")).unwrap();
        let mut texts = files.map(|file| std::fs::read(file.unwrap().path()).unwrap());
        texts.any(|text| text.windows(words.len()).any(|part| part == words.as_bytes()))
    };
    let all_copied = || ["not copied", "said while it is so"].into_iter().all(copied);
    // It is done when the first frame and the first key are through.
    for _ in 0..200 {
        if all_copied() {
            break;
        }
        screen.look(Duration::from_millis(50));
    }
    assert!(all_copied() && !screen.text().contains("without a copy"), "{}", screen.text());
}

#[test]
fn each_log_of_which_the_mirror_has_more_is_named() {
    let desk = Desk::new();
    let database = desk.home().join("warroom.db");
    let both = [desk.declare("Web is down"), desk.declare("Disk is full")];
    let before = std::fs::read(&database).unwrap();
    for id in &both {
        desk.ok(&["log", id, "in the mirror only"]);
    }
    std::fs::write(&database, &before).unwrap();
    let doctor = desk.run(&["doctor"]).code(1).out;
    let told =
        doctor.lines().filter(|line| line.starts_with("WRONG mirror ") && line.contains("lacks 1 event"));
    assert_eq!(told.count(), 2, "{doctor}");
}

#[test]
fn a_screen_says_when_it_opens_that_the_mirror_has_more_than_it_shows() {
    let world = World::new();
    let database = world.home().join("warroom.db");
    world.done(&["declare", "Web is down", "--commander", "alice"]);
    let first = std::fs::read(&database).unwrap();
    world.done(&["log", "1", "kept"]);
    let second = std::fs::read(&database).unwrap();
    world.done(&["declare", "Disk is full", "--commander", "alice"]);
    for older in [second, first] {
        std::fs::write(&database, older).unwrap();
        let mut screen = world.screen(&[], 80, 24);
        screen.until("the mirror has what the database lacks: leave and run warroom doctor --repair");
        assert!(!screen.text().contains("Disk is full"), "{}", screen.text());
        drop(screen);
    }
    world.done(&["doctor", "--repair"]);
    // Where it lacks the end of a log only.
    let whole = std::fs::read(&database).unwrap();
    world.done(&["log", "2", "one more"]);
    std::fs::write(&database, whole).unwrap();
    world.screen(&["open", "2"], 80, 24).until("the mirror has what the database lacks");
    world.done(&["doctor", "--repair"]);
    let mut screen = world.screen(&["open", "2"], 80, 24);
    screen.until("one more").send(b"q").until("Web is down");
    assert!(!screen.text().contains("lacks"), "{}", screen.text());
    drop(screen);

    // One with nothing in it is not opened at all, as no command reads it.
    let empty = World::new();
    empty.done(&["init"]);
    assert_eq!(empty.run(&["log", "1", "a line"]).0, 3);
    std::fs::copy(empty.home().join("warroom.db"), &database).unwrap();
    let mut screen = world.screen(&[], 80, 24);
    assert_eq!(screen.end(), 5, "{}", screen.text());
    assert!(screen.text().contains("doctor --repair"), "{}", screen.text());
}

#[test]
fn a_room_says_that_its_database_was_emptied_before_anything_is_typed() {
    let world = World::new();
    world.done(&["declare", "Web is down", "--commander", "alice"]);
    let mut screen = world.screen(&["open", "1"], 80, 24);
    screen.until("? all").send(b"i").until("Enter store").line("stored well").until("✓");
    screen.send(b"\x1b").until("? all");
    // The look over the whole of it, which comes a while after the first frame, has found it well.
    for _ in 0..60 {
        screen.look(Duration::from_millis(50));
    }
    std::fs::write(world.home().join("warroom.db"), "").unwrap();
    screen.until("emptied or replaced while it was open");
    screen.send(b"i").until("Enter store").line("stored by nobody").until("✗");
}

/// Both logs go on after the same entry, each in its own way.
#[test]
fn a_mirror_that_goes_on_otherwise_than_the_database_is_told_and_put_aside() {
    let desk = Desk::new();
    let one = desk.declare("Web is down");
    desk.ok(&["log", &one, "both have it"]);
    let mirror = desk.home().join("mirror").join(&names(&desk, "mirror")[0]);
    let files = [desk.home().join("warroom.db"), mirror.clone()];
    let before = files.each_ref().map(|file| std::fs::read(file).unwrap());
    desk.ok(&["log", &one, "said in the mirror"]);
    let other = std::fs::read(&mirror).unwrap();
    for (file, bytes) in files.iter().zip(before) {
        std::fs::write(file, bytes).unwrap();
    }
    let seq = desk.json(&["log", &one, "said in the database"])["entries"][0]["seq"].clone();
    desk.ok(&["log", &one, "and after it"]);
    desk.ok(&["doctor"]);
    std::fs::write(&mirror, other).unwrap();

    let doctor = desk.run(&["doctor"]).code(1).out;
    assert!(doctor.contains(&format!("{} has another {seq} of ", mirror.display())), "{doctor}");
    let broken = desk.run(&["verify", "--json"]).code(5).json();
    assert_eq!(broken["first_broken"]["seq"], seq, "{broken:#}");
    assert_eq!(broken["first_broken"]["reason"], "its mirror has another entry in this place");
    let repaired = desk.run(&["doctor", "--repair"]).code(0).out;
    desk.ok(&["doctor"]);
    desk.ok(&["verify"]);
    let timeline = desk.timeline(&one);
    assert!(timeline.iter().any(|e| e["text"] == "said in the database"), "{timeline:#?}");
    let told = format!("{one}: {seq} of its mirror gave way to what the database has there");
    assert!(repaired.contains(&told), "{repaired}");
    let kept = super::out::walk(&desk.home().join("damaged"));
    let has = |words: &str| {
        kept.iter().any(|path| {
            std::fs::read(path).unwrap().windows(words.len()).any(|part| part == words.as_bytes())
        })
    };
    assert!(has("said in the mirror"), "{kept:?}");
}

/// The mirror is the longer one, so the repair goes on with that: what people were told is stored is named.
#[test]
fn what_a_repair_gives_up_for_a_longer_mirror_is_named_with_its_place() {
    let desk = Desk::new();
    let one = desk.declare("Web is down");
    let mirror = desk.home().join("mirror").join(&names(&desk, "mirror")[0]);
    let files = [desk.home().join("warroom.db"), mirror.clone()];
    let before = files.each_ref().map(|file| std::fs::read(file).unwrap());
    for text in ["said in the mirror", "and more", "and more still"] {
        desk.ok(&["log", &one, text]);
    }
    let other = std::fs::read(&mirror).unwrap();
    for (file, bytes) in files.iter().zip(before) {
        std::fs::write(file, bytes).unwrap();
    }
    let seq = desk.json(&["log", &one, "said in the database"])["entries"][0]["seq"].clone();
    let after = desk.json(&["log", &one, "and there again"])["entries"][0]["seq"].clone();
    std::fs::write(&mirror, other).unwrap();

    let refused = desk.run(&["log", &one, "a line"]).code(5);
    assert!(refused.err.contains("its mirror goes on otherwise, to entry"), "{refused:?}");
    assert!(refused.err.contains(&format!("has another entry {after}")), "{refused:?}");
    let repaired = desk.run(&["doctor", "--repair"]).code(1).out;
    let told = format!(
        "WRONG lost      {one}: {seq}, {after} of the database gave way to what its mirror has there"
    );
    assert!(repaired.contains(&told) && repaired.contains("/warroom.db"), "{repaired}");
    assert!(desk.timeline(&one).iter().any(|e| e["text"] == "and more still"));
    desk.ok(&["doctor"]);
}

#[test]
fn a_database_that_was_written_over_is_damaged_where_its_mirror_has_what_was_in_it() {
    let desk = Desk::new();
    let database = desk.home().join("warroom.db");
    desk.declare("Web is down");
    let garbage = b"not a database, but a page of something else\n".repeat(200);
    for arguments in READING {
        std::fs::write(&database, &garbage).unwrap();
        // What asks the archive opens the database only for what it finds.
        if arguments[0] == "search" {
            continue;
        }
        let refused = desk.run(arguments).code(5);
        assert!(
            refused.err.contains("its mirror has 1 incident") && refused.err.contains("doctor --repair"),
            "{refused:?}"
        );
    }
    takes_nothing(&desk, "written over");
    desk.ok(&["doctor", "--repair"]);
    desk.ok(&["show", "1"]);
    // Of a home that never had anything in it, it is somebody else's file.
    lose_the_database(&desk);
    std::fs::remove_dir_all(desk.home().join("mirror")).unwrap();
    std::fs::write(&database, &garbage).unwrap();
    let refused = desk.run(&["list"]).code(1);
    assert!(refused.err.contains("this is not a war room database"), "{refused:?}");
}

#[test]
fn doctor_calls_an_emptied_database_empty_and_not_one_of_an_older_version() {
    let desk = Desk::new();
    desk.declare("Web is down");
    lose_the_database(&desk);
    std::fs::write(desk.home().join("warroom.db"), "").unwrap();
    let doctor = desk.run(&["doctor"]).code(1).out;
    assert!(doctor.contains("WRONG database  the database is empty, and the mirror has"), "{doctor}");
    assert!(!doctor.contains("older warroom"), "{doctor}");
}

/// An older version could give a number away twice: here the log of another home comes by its copy.
#[test]
fn a_number_that_was_given_twice_is_told_with_both_logs() {
    let (desk, other) = (Desk::new(), Desk::new());
    let one = desk.declare("Web is down");
    assert_eq!(other.declare("Disk is full"), one);
    let [first, second] = [&desk, &other].map(|desk| names(desk, "mirror")[0].clone());
    std::fs::copy(other.home().join("mirror").join(&second), desk.home().join("mirror").join(&second))
        .unwrap();
    let repaired = desk.run(&["doctor", "--repair"]).code(1).out;
    assert!(repaired.contains(&format!("{one} is the name of another log")), "{repaired}");
    // Lists are written by the order of the logs, which is that of time.
    let mut both = [first, second].map(|name| name.trim_end_matches(".wrm").to_owned());
    both.sort();
    let [first, second] = both;
    let doctor = desk.run(&["doctor"]).code(1).out;
    let told = format!(
        "{one} was given to two incidents: to the log {first}, which lists have, and to {second}, declared later"
    );
    assert!(doctor.contains(&told) && doctor.contains(&format!("mirror/{second}.wrm")), "{doctor}");
    assert!(doctor.contains("ok    rows"), "{doctor}");
    assert_eq!(desk.json(&["list", "--all"])["incidents"].as_array().unwrap().len(), 1);
}

#[test]
fn a_home_whose_settings_came_first_is_a_whole_one() {
    use std::os::unix::fs::PermissionsExt;
    let (desk, other) = (Desk::new(), Desk::new());
    desk.file("home/warroom.toml", "[severity]\nprofile = \"sev\"\n");
    std::fs::set_permissions(desk.home(), std::fs::Permissions::from_mode(0o700)).unwrap();
    desk.file("home/runbooks/our-own.md", "# Our own\n\n- look\n");
    desk.ok(&["declare", "Web is down", "--severity", "sev-2"]);
    other.ok(&["declare", "Web is down"]);
    for folder in ["", "drills", "templates", "log", "snapshots"] {
        assert_eq!(names(&desk, folder), names(&other, folder), "in {folder:?}");
    }
    assert_eq!(names(&desk, "runbooks"), ["our-own.md"], "nothing is put among what a team has");
    assert_eq!(names(&desk, "mirror").len(), 1);
    desk.ok(&["log", "1", "kept"]);
    lose_the_database(&desk);
    let doctor = desk.run(&["doctor", "--json"]).code(1).json();
    let wrong: Vec<_> = doctor["findings"].as_array().unwrap().iter().filter(|f| f["ok"] == false).collect();
    assert!(wrong.iter().any(|f| f["name"] == "database"), "{wrong:#?}");
    assert_eq!(desk.run(&["verify"]).code, 5);
    desk.ok(&["doctor", "--repair"]);
    assert!(desk.timeline("1").iter().any(|e| e["text"] == "kept"));
}

#[test]
fn what_was_deleted_from_a_new_home_stays_deleted() {
    let desk = Desk::new();
    desk.ok(&["init"]);
    std::fs::remove_file(desk.home().join("runbooks/signing-key-compromised.md")).unwrap();
    let left = names(&desk, "runbooks");
    desk.ok(&["declare", "Web is down"]);
    assert_eq!(names(&desk, "runbooks"), left);
}

#[test]
fn a_home_without_its_mirror_gets_one_of_all_that_was_written() {
    let desk = Desk::new();
    let (one, two) = (desk.declare("Web is down"), desk.declare("Disk is full"));
    desk.ok(&["log", &one, "said before"]);
    let backup = desk.path("backup");
    desk.ok(&["backup", backup.to_str().unwrap()]);
    std::fs::remove_dir_all(desk.home()).unwrap();
    std::fs::rename(&backup, desk.home()).unwrap();
    let doctor = desk.run(&["doctor"]);
    assert!(doctor.out.contains("none yet: the next command that writes makes it"), "{doctor:?}");
    desk.ok(&["log", &two, "said after"]);
    assert_eq!(names(&desk, "mirror").len(), 2, "also of the one in which nobody wrote");
    std::fs::remove_dir_all(desk.home().join("mirror")).unwrap();
    desk.ok(&["log", &two, "said last"]);
    lose_the_database(&desk);
    desk.ok(&["doctor", "--repair"]);
    assert!(desk.timeline(&one).iter().any(|e| e["text"] == "said before"));
    assert!(desk.timeline(&two).iter().any(|e| e["text"] == "said last"));
}

#[test]
fn a_database_that_is_gone_is_named_also_where_nothing_has_a_copy() {
    let desk = Desk::new();
    desk.ok(&["init"]);
    let new = desk.run(&["doctor"]).code(0);
    assert!(new.out.contains("none yet"), "{new:?}");
    desk.declare("Web is down");
    lose_the_database(&desk);
    std::fs::remove_dir_all(desk.home().join("mirror")).unwrap();
    for arguments in [&["doctor"][..], &["doctor", "--repair"]] {
        let lost = desk.run(arguments).code(1);
        assert!(lost.out.contains("missing") && lost.out.contains("bring back a backup"), "{lost:?}");
    }
    assert!(!desk.home().join("warroom.db").exists(), "an empty one would hide that");
}

#[test]
fn doctor_tells_all_and_repairs_lists_and_index() {
    let desk = Desk::new();
    let nothing = desk.run(&["doctor"]).code(0);
    assert!(nothing.out.contains("not made yet") && !desk.home().exists(), "{nothing:?}");
    desk.declare("Web is down");
    let well = desk.json(&["doctor"]);
    assert_eq!(well["ok"], true, "{well:#}");
    let names: Vec<&str> =
        well["findings"].as_array().unwrap().iter().map(|f| f["name"].as_str().unwrap()).collect();
    for name in [
        "home", "config", "terminal", "identity", "locks", "sqlite", "database", "verify", "rows", "archive",
        "author", "signing", "index",
    ] {
        assert!(names.contains(&name), "{name} is missing in {names:?}");
    }
    by_hand(&desk, SPOIL);
    desk.run(&["list"]).refuses(5, "doctor --repair");
    desk.ok(&["doctor", "--repair"]);
    assert!(desk.ok(&["list"]).contains("Web is down"));
    desk.file("home/postmortems/.git/index.lock", "");
    assert!(desk.run(&["doctor"]).code(1).out.contains("index.lock"));
}

#[test]
fn a_list_that_an_older_version_wrote_otherwise_is_named_and_put_right() {
    let desk = Desk::new();
    let (one, two) = (desk.declare("Web is down"), desk.declare("Disk is full"));
    let reopened = |desk: &Desk, id: &str| {
        let rows = desk.json(&["list", "--all"])["incidents"].as_array().unwrap().clone();
        rows.into_iter().find(|row| row["id"] == id).unwrap()["reopened"].clone()
    };
    by_hand(&desk, OTHERWISE);
    assert_eq!(reopened(&desk, &one), 1);
    let doctor = desk.run(&["doctor", "--json"]).code(1).json();
    let wrong: Vec<_> = doctor["findings"].as_array().unwrap().iter().filter(|f| f["ok"] == false).collect();
    assert_eq!((wrong.len(), &wrong[0]["name"]), (1, &"rows".into()), "{wrong:#?}");
    assert!(wrong[0]["text"].as_str().unwrap().contains("and 1 more"), "{wrong:#?}");
    assert!(wrong[0]["text"].as_str().unwrap().contains("doctor --repair"), "{wrong:#?}");
    // Whoever writes into one mends it.
    desk.ok(&["log", &one, "still down"]);
    assert_eq!((reopened(&desk, &one), reopened(&desk, &two)), (0.into(), 1.into()));
    desk.ok(&["doctor", "--repair"]);
    assert_eq!(reopened(&desk, &two), 0);
    desk.run(&["doctor"]).code(0);
}

#[test]
fn an_incident_that_no_list_has_any_more_is_named_keeps_its_number_and_comes_back() {
    let desk = Desk::new();
    let one = desk.declare("Web is down");
    desk.ok(&["story", "add", &one, "Renew certificates by themselves"]);
    let before = desk.json(&["list", "--all"]);
    let stories = desk.json(&["story", "list"]);
    by_hand(&desk, TAKEN_AWAY);
    assert!(!desk.ok(&["list", "--all"]).contains("Web is down"));
    let doctor = desk.run(&["doctor"]).code(1);
    assert!(doctor.out.contains(&format!("no list has {one}")), "{doctor:?}");
    let two = desk.declare("Disk is full");
    assert_eq!((one.as_str(), two.as_str()), ("INC-2026-0001", "INC-2026-0002"), "a number is given once");
    let doctor = desk.run(&["doctor"]).code(1);
    assert!(doctor.out.contains(&format!("no list has {one}")), "{doctor:?}");
    desk.ok(&["doctor", "--repair"]);
    let after = desk.json(&["list", "--all"]);
    assert!(after["incidents"].as_array().unwrap().contains(&before["incidents"][0]), "{after:#}");
    assert_eq!(desk.json(&["story", "list"]), stories);
    desk.run(&["doctor"]).code(0);
}

#[test]
fn a_list_that_was_changed_by_hand_is_named_and_put_right() {
    let desk = Desk::new();
    let one = desk.declare("Web is down");
    desk.ok(&["log", &one, "still down"]);
    desk.ok(&["story", "add", &one, "Renew certificates by themselves"]);
    let documents = |desk: &Desk| (desk.json(&["list", "--all"]), desk.json(&["story", "list"]));
    let before = documents(&desk);
    for change in CHANGED {
        by_hand(&desk, change);
        let doctor = desk.run(&["doctor"]).code(1);
        assert!(doctor.out.contains(&format!("other than the log of {one}")), "{change}: {doctor:?}");
        desk.ok(&["doctor", "--repair"]);
        assert_eq!(documents(&desk), before, "{change}");
        let doctor = desk.run(&["doctor"]);
        assert_eq!(doctor.code, 0, "{change}: {doctor:?}");
    }
}

#[test]
fn init_makes_a_home_once() {
    let desk = Desk::new();
    assert_eq!(desk.json(&["init"])["created"], true);
    assert_eq!(desk.json(&["init"])["created"], false);
    let refused = Desk::new().run(&["init", "--group", "no-such-group-here"]);
    assert_eq!(refused.code, 1, "{refused:?}");
    assert!(refused.err.contains("no-such-group-here"), "{refused:?}");
}

/// Changes the words of a line behind the program's back.
const CHANGE: &str = "DROP TRIGGER payload_is_not_changed;
    UPDATE payload SET body = CAST(replace(CAST(body AS TEXT), 'somebody', 'nobody') AS BLOB);";
/// Cuts the last line of the longest log off, and leaves no other trace.
const CUT: &str = "PRAGMA foreign_keys = OFF; DROP TRIGGER event_is_not_deleted;
    DROP TRIGGER payload_is_erased_by_redaction_only;
    DELETE FROM payload WHERE seq = (SELECT max(seq) FROM event); DELETE FROM event WHERE seq = (SELECT max(seq) FROM event);";
/// Rows as a version wrote them that took more for a reopening.
const OTHERWISE: &str = "UPDATE summary SET body = replace(body, '\"reopened\":0', '\"reopened\":1');";
/// Takes an incident out of all lists.
const TAKEN_AWAY: &str = "DELETE FROM story; DELETE FROM summary;";
/// Change what lists are found, sorted and counted by, and the rows of stories.
const CHANGED: [&str; 11] = [
    "UPDATE summary SET state = 'closed';",
    "UPDATE summary SET declared_at = declared_at - 1000;",
    "UPDATE summary SET updated_at = updated_at + 1000;",
    "UPDATE summary SET head = head - 1;",
    "UPDATE summary SET head_hash = zeroblob(32);",
    "PRAGMA foreign_keys = OFF; UPDATE summary SET number = 7; UPDATE story SET number = 7;",
    "UPDATE story SET state = 'shipped';",
    "UPDATE story SET due = '2020-01-01';",
    "UPDATE story SET body = replace(body, 'Renew', 'Forget');",
    "DELETE FROM story;",
    "INSERT INTO story SELECT year, number, story + 1, state, due, body FROM story;",
];
/// Spoils the row that lists read.
const SPOIL: &str = "UPDATE summary SET body = '{}';";

#[test]
fn a_postmortem_that_was_published_and_is_gone_is_named() {
    let desk = Desk::new();
    let id = super::journey::written(&desk, "Signing key leaked by a build");
    let path = desk.json(&["postmortem", "publish", &id])["path"].as_str().unwrap().to_owned();
    let archive = desk.home().join("postmortems");
    assert!(!desk.run(&["doctor"]).code(0).out.contains("missing"));
    // Given another name in git it is there all the same.
    let git = |arguments: &[&str]| {
        desk.git(&[&["-c", "user.name=Alice", "-c", "user.email=alice@example.org"], arguments].concat());
    };
    git(&["mv", &path, "moved.md"]);
    git(&["commit", "-qm", "Move it"]);
    assert!(!desk.run(&["doctor"]).code(0).out.contains("missing"));
    git(&["rm", "-q", "moved.md"]);
    git(&["commit", "-qm", "Lose it"]);
    let told = desk.run(&["doctor"]).code(1).out;
    assert!(
        told.contains(&format!("{path}: the postmortem of {id} was published and is not in the archive")),
        "{told}"
    );
    std::fs::remove_dir_all(&archive).unwrap();
    assert!(desk.run(&["doctor"]).code(1).out.contains(&path));
}
