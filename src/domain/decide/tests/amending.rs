//! Other words and another time for a line that is there.

use super::*;

#[test]
fn a_stale_amendment_is_refused_and_shows_what_is_there() {
    let mut room = Room::declared();
    let line = room.note("one");
    let amend =
        |text: &str, seen| Request::Amend { target: line, text: Some(text.to_owned()), at: None, seen };
    room.ask(amend("two", Some(line)));
    let (kind, text) = refused(&mut room, amend("three", Some(line)));
    assert_eq!(kind, RefusalKind::Conflict);
    assert!(text.contains("\"two\""), "{text}");
}

#[test]
fn other_words_do_not_say_for_whom_a_line_is() {
    let mut room = Room::declared();
    let told = room.ask(Request::SendUpdate {
        audience: Audience::Customers,
        text: "we look".to_owned(),
        next: None,
    })[0];
    let ask = |person: Option<&str>, text: &str| Request::Ask {
        text: text.to_owned(),
        person: person.map(str::to_owned),
        time_box: None,
        tags: vec![],
    };
    let asked = room.ask(ask(Some("bob"), "check the disk"))[0];
    let open = room.ask(ask(None, "check the network"))[0];
    let amend =
        |target, text: &str| Request::Amend { target, text: Some(text.to_owned()), at: None, seen: None };
    let line = |room: &Room, seq: Seq| room.incident.timeline.get(seq).unwrap().text.clone();
    for (target, text, part) in [
        (told, "public: it is over", "is for customers, not for public; strike it"),
        (told, "we look", "nothing would change"),
        (told, "customers: we look", "nothing would change"),
    ] {
        let (kind, said) = refused(&mut room, amend(target, text));
        assert!(said.contains(part), "{said}");
        assert_eq!(kind == RefusalKind::Usage, !part.starts_with("nothing"), "{said}");
    }
    for (target, text, words, whole) in [
        (told, "it is over", "it is over", "customers: it is over"),
        (told, "Customers: it is well", "it is well", "customers: it is well"),
        (told, "customers: public: as they say", "public: as they say", "customers: public: as they say"),
        (asked, "@bob @carol knows it", "@carol knows it", "@bob @carol knows it"),
        (asked, "check the web", "check the web", "@bob check the web"),
        (open, "check the cable", "check the cable", "check the cable"),
    ] {
        room.ask(amend(target, text));
        let talk = &room.incident.talk;
        let said = talk.updates.get(&target).map(|u| &u.text).or(talk.asks.get(&target).map(|a| &a.text));
        assert_eq!((said.unwrap().as_str(), line(&room, target).as_str()), (words, whole));
    }
    // An undo brings back the words, for whom they are now.
    room.ask(amend(asked, "call the vendor"));
    room.by = "bob".to_owned();
    let person = "carol".to_owned();
    room.ask(crate::domain::request::Keep::Reassign { target: asked, person });
    room.by = "alice".to_owned();
    let target = room.incident.trail.last_of("alice").unwrap().seq;
    room.ask(Request::Undo { target });
    assert_eq!(line(&room, asked), "@carol check the web");
    assert_eq!(room.incident.talk.asks[&asked].text, "check the web");
}

#[test]
fn other_words_do_not_pretend_another_executor_or_check() {
    let mut room = Room::declared();
    let decided = room.ask(Request::Decide {
        text: "fail over to eu".to_owned(),
        decided_by: None,
        executor: Some("carol".to_owned()),
        check: None,
        objections: vec![],
        tags: vec![],
    })[0];
    let asked = room.ask(Request::Ask {
        text: "check web".to_owned(),
        person: Some("bob".to_owned()),
        time_box: Some(Span::minutes(10)),
        tags: vec![],
    })[0];
    let amend =
        |target, text: &str| Request::Amend { target, text: Some(text.to_owned()), at: None, seen: None };
    for (target, text, part) in [
        (decided, "fail over to us @dan check 40m", "(@dan, check 40m); leave that out"),
        (decided, "fail over to us check 40m", "decide anew"),
        (decided, "@dan fail over to us", "(@dan)"),
        (decided, "fail over to us check at 23:10 UTC", "(check 23:10Z)"),
    ] {
        let (kind, said) = refused(&mut room, amend(target, text));
        assert!(kind == RefusalKind::Usage && said.contains(part), "{said}");
    }
    for (target, text) in
        [(decided, "fail over to us, as asked by @dan"), (asked, "@bob check web for 30m"), (asked, "look")]
    {
        room.ask(amend(target, text));
    }
    // Of a line that has them in its words already, the rest can be mended.
    let old = Request::Decide {
        text: "stop @dan".to_owned(),
        decided_by: None,
        executor: None,
        check: None,
        objections: vec![],
        tags: vec![],
    };
    let old = room.ask(old)[0];
    room.ask(amend(old, "stop it @dan"));
}

#[test]
fn other_words_of_an_ask_are_read_as_those_of_a_new_one() {
    let minutes =
        |n: i64| Some(crate::domain::incident::tests::at("2026-11-20T14:20:00Z") + Span::minutes(n));
    for (person, text, line, due) in [
        (Some("bob"), "@bob: check it again", "@bob check it again", minutes(10)),
        (Some("bob"), "@bob, check it again", "@bob check it again", minutes(10)),
        (Some("bob"), "check it again", "@bob check it again", minutes(10)),
        (Some("bob"), "check it again, @bob", "@bob check it again", minutes(10)),
        (Some("bob"), "@carol check it", "@carol check it", minutes(10)),
        (Some("bob"), "@carol: 5m check the web", "@carol check the web", minutes(7)),
        (Some("bob"), "@bob 30m check it", "@bob check it", minutes(30)),
        (Some("bob"), "check it, 30m #web", "@bob check it #web", minutes(30)),
        (Some("bob"), "@bob 10m check the web", "@bob check the web", minutes(10)),
        (Some("bob"), "@carol @bob knows it", "@carol @bob knows it", minutes(10)),
        (None, "@carol check it", "@carol check it", minutes(10)),
    ] {
        let mut room = Room::declared();
        let asked = room.ask(Request::Ask {
            text: "check it".to_owned(),
            person: person.map(str::to_owned),
            time_box: Some(Span::minutes(10)),
            tags: vec![],
        })[0];
        room.wait(Span::minutes(2));
        let amend = Request::Amend { target: asked, text: Some(text.to_owned()), at: None, seen: None };
        room.ask(amend.clone());
        let ask = &room.incident.talk.asks[&asked];
        let who = ask.person.as_ref().map_or_else(String::new, |person| format!("@{person} "));
        assert_eq!(room.incident.timeline.get(asked).unwrap().text, line, "{text}");
        assert_eq!((format!("{who}{}", ask.text), ask.due_at), (line.to_owned(), due), "{text}");
        assert!(
            refused(&mut room, amend).1.contains("nothing would change") || text.contains("5m"),
            "{text}"
        );
    }
}

#[test]
fn an_ask_that_cannot_go_to_somebody_else_says_what_to_do() {
    let mut room = Room::declared();
    let asked = room.ask(Request::Ask {
        text: "check it".to_owned(),
        person: Some("bob".to_owned()),
        time_box: Some(Span::minutes(10)),
        tags: vec![],
    })[0];
    let amend =
        |text: &str| Request::Amend { target: asked, text: Some(text.to_owned()), at: None, seen: None };
    room.wait(Span::minutes(9));
    let (_, said) = refused(&mut room, amend("@bob 8m check it"));
    assert!(said.contains("would have run out at 14:28 UTC") && said.contains(":extend"), "{said}");
    room.ask(Request::Answer { target: asked, text: "done".to_owned() });
    for text in ["@carol check it", "@bob 30m check it"] {
        let (_, said) = refused(&mut room, amend(text));
        assert!(said.contains("answered by alice already") && said.contains("ask anew"), "{said}");
    }
    room.ask(amend("@bob: check it again"));
    assert_eq!(room.incident.timeline.get(asked).unwrap().text, "@bob check it again");
    room.ask(Request::Strike { target: asked, reason: "wrong".to_owned() });
    assert!(refused(&mut room, amend("@carol check it")).1.contains("let it count again first"));
}

#[test]
fn a_mended_word_does_not_make_a_line_public() {
    let mut room = Room::declared();
    let note = |text: &str, tags: &[&str]| Request::Note {
        text: text.to_owned(),
        tags: tags.iter().map(|tag| (*tag).to_owned()).collect(),
        starred: false,
    };
    // An imported line has labels that its words do not say.
    room.ask(note("what cuonsel said", &["Privileged", "legal"]));
    let line = room.incident.head;
    let amend =
        |text: &str| Request::Amend { target: line, text: Some(text.to_owned()), at: None, seen: None };
    for (text, wanted) in [
        ("what counsel said", &["Privileged", "legal"][..]),
        ("what counsel said #privileged", &["privileged", "legal"]),
        // Whoever takes the word out means it.
        ("what counsel said, for all", &["legal"]),
        ("what counsel said, for all #db", &["db", "legal"]),
        ("what counsel said, for all of you", &["legal"]),
    ] {
        room.ask(amend(text));
        let entry = room.incident.timeline.get(line).unwrap();
        assert_eq!(entry.tags, wanted, "{text}");
        assert_eq!(
            entry.is_privileged(),
            text.contains("#privileged") || wanted[0] == "Privileged",
            "{text}"
        );
    }
}
