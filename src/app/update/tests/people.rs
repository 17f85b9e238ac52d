//! People and roles.

use super::*;
use crate::domain::zone::Tz;

#[test]
fn people_of_the_team_come_first_for_the_role_that_they_usually_have_and_can_be_called() {
    use crate::domain::people::{People, Person};
    let mut desk = Desk::room(80, 24, "alice");
    let erin = Person {
        handle: "erin".into(),
        name: "Erin Example".into(),
        phone: "+1 555 0100".into(),
        zone: Some(Tz::named("Europe/Berlin").unwrap()),
        roles: vec!["comms".into()],
        ..Person::default()
    };
    desk.model.people = People::new(vec![erin]);
    let rows = |desk: &Desk| {
        let Some(Overlay::Read(reader)) = desk.model.overlays.last() else { panic!("nothing to read") };
        let rows = crate::app::reading::lines(&desk.model, &reader.what, 70).1;
        rows.into_iter().map(|(row, _)| row).collect::<Vec<_>>().join("\n")
    };
    desk.keys(":call<enter>");
    assert!(rows(&desk).contains("erin  Erin Example  +1 555 0100  15:38 Europe/Berlin"), "{}", rows(&desk));
    desk.keys("<esc>?people<enter>");
    assert!(rows(&desk).contains("comms"), "{}", rows(&desk));
    desk.keys("<esc>rcomms<enter>");
    let Some(Overlay::Pick(pick)) = desk.model.overlays.last() else { panic!("who takes it") };
    assert_eq!((pick.items[0].id.as_str(), pick.items[0].right.as_str()), ("erin", "usually"));
    desk.keys("<enter>").serve();
    assert!(desk.stored.roster.holds("erin", "comms"));
}

#[test]
fn a_role_that_i_take_says_what_it_is_and_the_roster_keeps_its_history() {
    let mut desk = Desk::room(80, 24, "dora");
    desk.keys(":role scribe @dora<enter>").serve();
    let notice = desk.model.notice.as_ref().unwrap().text.clone();
    assert!(notice.starts_with("you are scribe: Writes the timeline"), "{notice}");
    let rows = |desk: &Desk| {
        let Some(Overlay::Read(reader)) = desk.model.overlays.last() else { panic!("nothing to read") };
        let (title, rows) = crate::app::reading::lines(&desk.model, &reader.what, 70);
        format!("{title}\n{}", rows.into_iter().map(|(row, _)| row).collect::<Vec<_>>().join("\n"))
    };
    desk.keys(":duties<enter>");
    assert!(rows(&desk).starts_with("Role scribe\nheld by dora"), "{}", rows(&desk));
    desk.keys("<esc>:roster<enter>");
    let shown = rows(&desk);
    assert!(shown.contains("bob          13:59 to 14:38") && shown.contains("14:38 to now"), "{shown}");
    assert!(shown.contains("left 14:38"), "{shown}");
}

#[test]
fn an_objection_is_of_the_one_who_is_named_at_its_end() {
    let mut desk = Desk::room(80, 24, "alice");
    let decision = *desk.stored.talk.decisions.keys().next().unwrap();
    desk.keys("4vobjection<enter>it stops every deploy @dana<enter>").serve();
    let said = desk.stored.talk.decisions[&decision].objections.join("\n");
    assert!(said.contains("dana") && !said.contains('@') && !said.contains("alice"), "{said}");
}

fn listed(desk: &Desk) -> Vec<String> {
    let Some(Overlay::Pick(pick)) = desk.model.overlays.last() else { panic!("{:?}", desk.model.overlays) };
    pick.visible().iter().map(|i| i.label.clone()).collect()
}

#[test]
fn a_list_knows_other_names_and_no_hyphens() {
    let mut desk = Desk::room(80, 24, "alice");
    for (typed, role) in
        [("ic", "commander"), ("IC", "commander"), ("techlead", "tech-lead"), ("tl", "tech-lead")]
    {
        desk.keys("r").keys(typed);
        assert_eq!(listed(&desk)[0], role, "{typed}");
        desk.keys("<esc>");
    }
    desk.keys("sp-2");
    assert_eq!(listed(&desk), ["P2"]);
    desk.keys("<esc>");
    for (typed, label) in [
        ("playbook", "runbook"),
        ("action item", "story"),
        ("priority", "severity"),
        ("commander", "role"),
        ("task", "ask"),
    ] {
        desk.keys("?").keys(typed);
        assert!(listed(&desk).iter().take(3).any(|l| l.contains(label)), "{typed}: {:?}", listed(&desk));
        desk.keys("<esc>");
    }
}

#[test]
fn esc_goes_from_the_people_back_to_the_roles() {
    let mut desk = Desk::room(80, 24, "alice");
    desk.keys("rcomms<enter>");
    assert!(listed(&desk).contains(&"bob".to_owned()), "{:?}", listed(&desk));
    desk.keys("<esc>");
    assert_eq!(listed(&desk), ["comms"], "the list of roles, as it was");
    desk.keys("<enter>bob<enter>").serve();
    assert!(desk.model.overlays.is_empty());
    assert_eq!(desk.stored.roster.holder("comms"), Some("bob"));
}
