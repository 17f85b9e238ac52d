//! The archive of the demo: each postmortem is fit to publish, lies where its front matter says, and tells its times
//! in order.

use std::collections::BTreeMap;
use std::path::Path;

use chrono::{NaiveDate, NaiveTime};
use warroom::domain::archive_path::postmortem_path;
use warroom::domain::postmortem::document::{Part, Postmortem, parse};
use warroom::domain::postmortem::front_matter::{FrontMatter, Key, split};
use warroom::domain::postmortem::{Expectations, PartialDate, check};

/// Path below the archive and text of each postmortem, in the order of paths.
fn demo() -> BTreeMap<String, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("postmortems");
    let list = |folder: &Path| -> Vec<std::path::PathBuf> {
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect()
    };
    let years = list(&root).into_iter().filter(|path| path.is_dir());
    let files = years.flat_map(|year| list(&year)).flat_map(|month| list(&month));
    let named = |path: &Path| path.strip_prefix(&root).unwrap().to_str().unwrap().replace('\\', "/");
    files.map(|path| (named(&path), std::fs::read_to_string(&path).unwrap())).collect()
}

fn read(name: &str, text: &str) -> (Postmortem, NaiveDate) {
    let (postmortem, problems) = parse(text);
    assert_eq!(problems, [], "{name}");
    let date = postmortem.front.date().and_then(PartialDate::full).unwrap_or_else(|| panic!("{name}: date"));
    (postmortem, date)
}

#[test]
fn every_postmortem_of_the_demo_is_fit_to_publish_and_lies_where_it_belongs() {
    let demo = demo();
    assert!(demo.len() >= 10, "{} postmortems", demo.len());
    let mut ids = BTreeMap::new();
    for (name, text) in &demo {
        let (postmortem, today) = read(name, text);
        let found = check(text, &Expectations { severities: &["P1", "P2", "P3", "P4"], log: None, today });
        assert_eq!(found, [], "{name}");
        let front = &postmortem.front;
        let (id, title) = (front.text(Key::Id).unwrap(), front.text(Key::Title).unwrap());
        assert_eq!(postmortem_path(front.date().unwrap().into(), title, id).as_str(), name);
        assert_eq!(postmortem.heading.as_deref(), Some(format!("Postmortem: {title}").as_str()), "{name}");
        assert_eq!(ids.insert(id.to_owned(), name), None, "{id} stands twice");
        assert_eq!(front.text(Key::Status), Some("published"), "{name}");
        for key in
            [Key::Owner, Key::Commander, Key::Impact, Key::Detection, Key::Disposition, Key::Visibility]
        {
            assert!(front.text(key).is_some_and(|text| !text.is_empty()), "{name}: {}", key.as_str());
        }
        for key in [Key::Authors, Key::Reviewers, Key::Services, Key::Tags] {
            assert!(!front.list(key).is_empty(), "{name}: {}", key.as_str());
        }
        let stories: Vec<String> =
            postmortem.improvements.iter().map(|item| item.story.unwrap().to_string()).collect();
        assert_eq!(front.list(Key::Improvements), stories, "{name}");
    }
    for (name, text) in &demo {
        let (postmortem, _) = read(name, text);
        for other in postmortem.front.list(Key::Related) {
            assert!(ids.contains_key(other), "{name} names {other}, which is not there");
        }
    }
}

#[test]
fn the_front_matter_of_the_demo_is_what_the_program_writes() {
    for (name, text) in demo() {
        let block = split(&text).front.unwrap().to_owned();
        let (read, problems) = FrontMatter::parse(&block);
        assert_eq!(problems, [], "{name}");
        let mut written = FrontMatter::default();
        let lists = [Key::Authors, Key::Reviewers, Key::Services, Key::Tags, Key::Improvements, Key::Related];
        for key in read.keys().filter_map(|key| Key::ALL.into_iter().find(|known| known.as_str() == key)) {
            if lists.contains(&key) {
                written.set_list(key, &read.list(key)).unwrap();
            } else {
                written.set_text(key, read.text(key).unwrap()).unwrap();
            }
        }
        assert_eq!(written.to_block(), block, "{name}");
    }
}

#[test]
fn times_of_the_demo_stand_in_order() {
    for (name, text) in demo() {
        let (postmortem, date) = read(&name, &text);
        let milestones: Vec<_> =
            [Key::Started, Key::Detected, Key::Acknowledged, Key::Contained, Key::Mitigated, Key::Resolved]
                .into_iter()
                .map(|key| {
                    postmortem.front.instant(key).unwrap_or_else(|| panic!("{name}: {}", key.as_str()))
                })
                .collect();
        assert!(milestones.is_sorted(), "{name}: {milestones:?}");

        let timeline = &postmortem.section(Part::Timeline).unwrap().body;
        let times: Vec<_> = timeline
            .lines()
            .filter_map(|line| line.strip_prefix("- "))
            .map(|line| {
                let (first, rest) = line.split_once(' ').unwrap();
                let (day, clock) = match first.parse::<NaiveDate>() {
                    Ok(day) => (day, rest.split(' ').next().unwrap()),
                    Err(_) => (date, first),
                };
                day.and_time(
                    NaiveTime::parse_from_str(clock, "%H:%M")
                        .unwrap_or_else(|e| panic!("{name}: {line}: {e}")),
                )
            })
            .collect();
        assert!(times.len() >= 8 && times.is_sorted(), "{name}: {times:?}");
        assert_eq!(
            times.last().map(chrono::NaiveDateTime::and_utc),
            milestones.last().copied(),
            "{name} ends as it says"
        );
    }
}

#[test]
fn the_demo_has_shipped_and_unshipped_stories_and_one_failure_that_came_back() {
    let demo = demo();
    let all: Vec<Postmortem> = demo.iter().map(|(name, text)| read(name, text).0).collect();
    let stories: Vec<_> = all.iter().flat_map(|postmortem| &postmortem.improvements).collect();
    assert!(stories.iter().filter(|story| story.done).count() >= 15);
    assert!(stories.iter().filter(|story| !story.done).count() >= 8);
    for story in &stories {
        assert_eq!(story.done, story.proof.is_some(), "{:?}: shipped stories have a proof", story.story);
    }
    // The later one names the earlier, of which a preventive story was never shipped, and says which.
    let again = all.iter().find(|one| one.front.list(Key::Tags).contains(&"recurrence")).unwrap();
    let first = again.front.list(Key::Related).first().copied().unwrap();
    let before = all.iter().find(|one| one.front.text(Key::Id) == Some(first)).unwrap();
    let open = before.improvements.iter().find(|story| !story.done).unwrap().story.unwrap().to_string();
    assert!(again.section(Part::Summary).unwrap().body.contains(&open), "the summary does not name {open}");
}
