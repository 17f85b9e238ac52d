//! People and roles.

use super::looking::hears;
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
    assert!(shown.contains("bob          joined 13:59, last seen 14:38"), "somebody waits for him: {shown}");
    let ask = desk.stored.talk.open_asks()[0].seq;
    let text = "none since 13:00".to_owned();
    desk.ask("14:38", "bob", Request::Answer { target: ask, text });
    desk.open();
    desk.keys(":roster<enter>");
    assert!(rows(&desk).contains("left 14:38"), "{}", rows(&desk));
}

#[test]
fn who_is_given_a_role_by_somebody_else_and_who_gives_one_hear_of_its_duties() {
    let told = |desk: &Desk| desk.model.notice.as_ref().map(|n| n.text.clone()).unwrap_or_default();
    let role = |role: &str, person: &str| Request::AssignRole { role: role.into(), person: person.into() };
    let mut desk = Desk::room(80, 24, "dora");
    hears(&mut desk, "alice", role("deputy", "dora"));
    assert!(told(&desk).starts_with("you are deputy: Watches the clocks"), "{}", told(&desk));
    // What somebody else has is seen in the roster.
    desk.model.notice = None;
    hears(&mut desk, "alice", role("legal", "erin"));
    assert_eq!(told(&desk), "");
    // What did not work is read first.
    desk.model.warn("the disk is full");
    hears(&mut desk, "alice", role("legal", "dora"));
    assert_eq!(told(&desk), "the disk is full");
    // The composer, half-typed, keeps the focus and its words.
    desk.keys("ihalf a line");
    hears(&mut desk, "alice", role("comms", "dora"));
    assert!(told(&desk).starts_with("you are comms: "), "{}", told(&desk));
    let composer = &desk.model.room.as_ref().unwrap().composer;
    assert!(composer.open && composer.editor.text() == "half a line");
    desk.keys("<esc>rtech-lead<enter>frank<enter>").serve();
    assert_eq!(told(&desk), "frank is tech-lead; ? duties in the roster tells theirs");
}

#[test]
fn a_role_of_the_team_has_the_duties_that_it_says() {
    let mut desk = Desk::room(80, 24, "dora");
    desk.model.policy.extra_roles.push("floor-manager".into());
    let duties = vec!["Walks the floor.".to_owned(), "Counts heads.".to_owned()];
    desk.model.policy.role_duties.insert("floor-manager".into(), duties);
    desk.keys(":role floor-manager @dora<enter>").serve();
    let notice = desk.model.notice.as_ref().unwrap().text.clone();
    assert_eq!(notice, "you are floor-manager: Walks the floor. ? duties tells all");
    desk.keys(":duties<enter>");
    let Some(Overlay::Read(reader)) = desk.model.overlays.last() else { panic!("nothing to read") };
    let (_, rows) = crate::app::reading::lines(&desk.model, &reader.what, 70);
    let rows: Vec<String> = rows.into_iter().map(|(row, _)| row).collect();
    assert!(rows.iter().any(|row| row == "- Counts heads."), "{rows:?}");
}

#[test]
fn an_objection_is_of_the_one_who_is_named_at_its_end() {
    let mut desk = Desk::room(80, 24, "alice");
    let decision = *desk.stored.talk.decisions.keys().next().unwrap();
    desk.keys("4vobjection<enter>it stops every deploy @dana<enter>").serve();
    let said = desk.stored.talk.decisions[&decision].objections.join("\n");
    assert!(said.contains("dana") && !said.contains('@') && !said.contains("alice"), "{said}");
}

#[test]
fn a_hypothesis_is_ruled_out_by_the_one_who_is_named_at_the_end() {
    let mut desk = Desk::room(120, 40, "alice");
    let seq = *desk.stored.talk.hypotheses.keys().next().unwrap();
    desk.keys("6vanswer<enter>three builds<enter>").serve();
    desk.keys("6vruled<enter>the variables were listed @dana<enter>").serve();
    let ruled_out = |desk: &Desk| {
        let now = desk.stored.talk.hypotheses[&seq].now.clone();
        (now.by, now.why)
    };
    assert_eq!(ruled_out(&desk), ("dana".to_owned(), "the variables were listed".to_owned()));
    desk.keys(&format!("i:hypothesis {seq} ruled-out no variable holds it @frank<enter>")).serve();
    assert_eq!(ruled_out(&desk), ("frank".to_owned(), "no variable holds it".to_owned()));
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

#[test]
fn two_people_at_one_ask_decision_or_role_hear_of_each_other() {
    use crate::domain::words::Verdict;
    let told = |desk: &Desk| desk.model.notice.as_ref().map(|n| n.text.clone()).unwrap_or_default();
    let mut desk = Desk::room(80, 24, "alice");
    desk.keys("I+ @bob 3m count the builds<enter><esc>").serve();
    let target = desk.last().seq;
    // I answered first: the other answer is news.
    desk.ask("14:38", "alice", Request::Answer { target, text: "12 builds".into() });
    desk.open();
    hears(&mut desk, "carol", Request::Answer { target, text: "13 builds".into() });
    assert_eq!(told(&desk), "carol too answered it: 13 builds; both stand in the log");
    // What was answered by nobody of us is none.
    desk.model.notice = None;
    hears(&mut desk, "dan", Request::Answer { target, text: "14 builds".into() });
    assert_eq!(told(&desk), "");
    // Whoever is about to give a verdict sees that it was given.
    desk.keys("I! fail over<enter><esc>").serve();
    let target = desk.last().seq;
    desk.model.overlays.push(Overlay::Ask(crate::app::model::Ask::new(
        crate::app::model::AskFor::Verdict(target, Verdict::Held),
        "it works",
    )));
    let verdict = Request::GiveVerdict { target, verdict: Verdict::Reversed, reason: "it does not".into() };
    hears(&mut desk, "carol", verdict);
    let Some(Overlay::Ask(ask)) = desk.model.overlays.last() else { panic!("{:?}", desk.model.overlays) };
    assert_eq!(ask.problem.as_deref(), Some("carol gave the verdict reversed"));
    // In one answer: theirs before mine.
    desk.ask(
        "14:40",
        "dan",
        Request::GiveVerdict { target, verdict: Verdict::NoEffect, reason: String::new() },
    );
    let theirs = desk.events.last().unwrap().clone();
    desk.ask(
        "14:40",
        "alice",
        Request::GiveVerdict { target, verdict: Verdict::Held, reason: String::new() },
    );
    let mine = desk.events.last().unwrap().clone();
    desk.model.overlays.clear();
    desk.send(Msg::Refreshed(desk.stored.log, vec![theirs, mine]));
    assert_eq!(told(&desk), "dan too gave the verdict no-effect; both stand in the log");
    // The list of people says who has the role by now.
    desk.keys("rcommander<enter>");
    hears(&mut desk, "dan", Request::AssignRole { role: "commander".into(), person: "bob".into() });
    let Some(Overlay::Pick(pick)) = desk.model.overlays.last() else { panic!("{:?}", desk.model.overlays) };
    assert_eq!(pick.title, "commander: handed over by bob to");
}
