use super::*;

/// A line of a table.
fn row(room: &mut Room, author: &str, text: &str) -> Seq {
    room.bring(
        author,
        crate::domain::event::Noted { text: text.to_owned(), tags: Vec::new(), starred: false },
    )
}

#[test]
fn a_table_is_one_action_of_whoever_brought_it() {
    let table = |room: &mut Room| ["carol", "dana", "alice"].map(|author| row(room, author, "copied"));
    let mut room = Room::declared();
    let own = room.note("typed");
    let lines = table(&mut room);
    let named = |room: &Room| room.incident.trail.last_of("alice").unwrap().named(&room.incident);
    assert_eq!(named(&room), "the 3 lines of a table");
    assert!(room.incident.trail.last_of("carol").is_none(), "she did nothing here");
    undo(&mut room).unwrap();
    let struck = |room: &Room, seq| room.incident.timeline.get(seq).unwrap().struck.is_some();
    assert!(lines.iter().all(|seq| struck(&room, *seq)) && !struck(&room, own));
    assert_eq!(named(&room), "the line \"typed\"");

    // What somebody else made of a line of it is not lost with it.
    let mut room = Room::declared();
    let lines = table(&mut room);
    as_bob(&mut room, Request::Amend { target: lines[1], text: Some("so".to_owned()), at: None, seen: None });
    let (kind, said) = undo(&mut room).unwrap_err();
    assert_eq!(kind, RefusalKind::Conflict);
    assert!(said.contains("the 3 lines of a table cannot be taken back: bob acted on it since"), "{said}");

    // A table after another one, and an update of it that went out.
    let mut room = Room::declared();
    let first = table(&mut room);
    room.wait(Span::minutes(1));
    let second = row(&mut room, "carol", "later");
    room.bring(
        "carol",
        crate::domain::event::UpdateSent {
            target: None,
            audience: Audience::Internal,
            text: "we look".to_owned(),
            next_at: None,
        },
    );
    assert_eq!(named(&room), "the 2 lines of a table");
    undo(&mut room).unwrap();
    assert!(struck(&room, second) && !struck(&room, first[0]));
    assert_eq!(named(&room), "the 3 lines of a table");
}

#[test]
fn a_line_of_a_table_whose_words_are_erased_leaves_the_others_to_be_taken_back() {
    for erased in 0..3 {
        let mut room = Room::declared();
        let lines = ["carol", "dana", "erin"].map(|author| row(&mut room, author, "zq9vellum"));
        as_bob(&mut room, Request::Redact { target: lines[erased], reason: "a name".to_owned() });
        assert!(!format!("{:?}", room.incident.trail).contains("zq9vellum"));
        let mut events = room.events.clone();
        events.iter_mut().filter(|e| e.seq == lines[erased]).for_each(|e| {
            e.event = None;
            e.brought_by = None;
        });
        let again = Incident::fold(room.incident.log, &events);
        assert_eq!(again.trail.last_of("alice"), room.incident.trail.last_of("alice"), "{erased}");
        undo(&mut room).unwrap();
        let struck = |seq: &&Seq| room.incident.timeline.get(**seq).unwrap().struck.is_some();
        assert_eq!(lines.iter().filter(struck).count(), 2, "{erased}");
    }
}
