//! How indicators are told where a text of the log leaves the room: written so that nobody follows them by accident,
//! and not at all where their colour forbids it. It must not choose which lines leave.

use crate::domain::audience::Audience;
use crate::domain::incident::{Incident, Ioc};
use crate::domain::ioc::{self, Tlp};

/// What stands in the place of an indicator that only the people in the room may know.
const UNTOLD: &str = "(an indicator under TLP:RED)";

/// What stands in its place for people outside, who are not told the colour either.
const OUTSIDE: &str = "(an indicator)";

/// The longest first: an address of a page before the host in it.
fn longest_first(incident: &Incident) -> Vec<&Ioc> {
    let record = &incident.record;
    let mut iocs: Vec<&Ioc> = record.iocs.iter().chain(&record.withdrawn).collect();
    iocs.sort_by_key(|ioc| std::cmp::Reverse(ioc.value.len()));
    iocs
}

fn without(text: &str, ioc: &Ioc, with: &str) -> String {
    let text = bare(text, ioc).unwrap_or(text).to_owned();
    forms(ioc).iter().fold(text, |text, form| ioc::disarm(&text, form, with))
}

/// How the value of an indicator is written: defanged by its kind or by what it looks like, since its kind may have been
/// another one, and live; an address of a page also under another scheme, or none.
fn forms(ioc: &Ioc) -> Vec<String> {
    let mut forms = vec![ioc.shown(), ioc::defang(ioc::detect(&ioc.value), &ioc.value), ioc.value.clone()];
    if let Some(rest) = ioc::without_scheme(&ioc.value) {
        forms.extend([ioc::defang(ioc::IocKind::Url, rest), rest.to_owned()]);
    }
    forms
}

/// The text without the host of an address of a page, which tells of the page.
fn without_host(text: &str, ioc: &Ioc, with: &str) -> String {
    let Some(host) = ioc::own_host(&ioc.value).filter(|_| ioc.tlp.hides_hosts()) else {
        return text.to_owned();
    };
    [ioc::defang(ioc::detect(host), host), host.to_owned()]
        .iter()
        .fold(text.to_owned(), |text, form| ioc::disarm(&text, form, with))
}

/// The line that the program wrote when an indicator was kept or taken back, without the note or the reason: what is known
/// of it may be told to as few as itself. None for any other text. Looked for by the value alone: the line may be older
/// than the colour.
fn bare<'a>(text: &'a str, ioc: &Ioc) -> Option<&'a str> {
    if let Some(gone) = text.strip_prefix("no ioc: ") {
        let why = gone.strip_prefix(&ioc::defang(ioc::detect(&ioc.value), &ioc.value))?;
        return why.starts_with(" · ").then(|| text.strip_suffix(why)).flatten();
    }
    let (kind, rest) = text.strip_prefix("ioc ")?.split_once(": ")?;
    let rest = rest.strip_prefix(&ioc::defang(kind.parse().ok()?, &ioc.value))?;
    let (_, note) = rest.strip_prefix(" (TLP:")?.split_once(')')?;
    text.strip_suffix(note)
}

/// A text of an incident without what only the people in the room may know, all else as it was written.
#[must_use]
pub fn untold(incident: &Incident, text: &str) -> String {
    let red = longest_first(incident).into_iter().filter(|ioc| ioc.tlp == Tlp::Red);
    red.fold(text.to_owned(), |text, ioc| without(&text, ioc, UNTOLD))
}

/// The same for a document that texts of the incident stand in: `written` is how the document writes a value.
#[must_use]
pub fn untold_in(incident: &Incident, document: &str, written: impl Fn(&str) -> String) -> String {
    let red = longest_first(incident).into_iter().filter(|ioc| ioc.tlp == Tlp::Red);
    red.fold(document.to_owned(), |text, ioc| {
        let text = without(&text, ioc, UNTOLD);
        forms(ioc).iter().fold(text, |text, form| ioc::disarm(&text, &written(form), UNTOLD))
    })
}

/// A text of an incident as it leaves the room, for people of the organisation.
#[must_use]
pub fn safe(incident: &Incident, text: &str) -> String {
    longest_first(incident).into_iter().fold(text.to_owned(), |text, ioc| {
        let shown = ioc.shown();
        if ioc.tlp == Tlp::Red {
            return without(&text, ioc, UNTOLD);
        }
        let text = if shown == ioc.value { text } else { ioc::disarm(&text, &ioc.value, &shown) };
        match ioc::without_scheme(&ioc.value) {
            Some(rest) => ioc::disarm(&text, rest, &ioc::defang(ioc::IocKind::Url, rest)),
            None => text,
        }
    })
}

/// A text of an incident as an audience may hear it: what may not be told to it is not named.
#[must_use]
pub fn told(incident: &Incident, audience: Audience, text: &str) -> String {
    let kept = || longest_first(incident).into_iter().filter(|ioc| !ioc.tlp.allows(audience));
    let text = kept().fold(text.to_owned(), |text, ioc| without(&text, ioc, OUTSIDE));
    // A host alone after all that it is part of.
    let text = kept().fold(text, |text, ioc| without_host(&text, ioc, OUTSIDE));
    safe(incident, &text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::brief::brief;
    use crate::domain::incident::tests::Room;
    use crate::domain::request::{Keep, NewIoc, Request};
    use crate::domain::wording;
    use crate::domain::words::Certainty;
    use crate::domain::zone::Tz;

    fn room() -> Room {
        let mut room = Room::declared();
        for (value, tlp, note) in [
            ("evil.example", Tlp::Green, "first seen on runner 7"),
            ("203.0.113.9", Tlp::Amber, ""),
            ("198.51.100.7", Tlp::Red, "told by a partner"),
        ] {
            let ioc = NewIoc { value: value.into(), tlp: Some(tlp), note: note.into(), ..NewIoc::default() };
            room.ask(Keep::AddIoc(ioc));
        }
        room.ask(Request::StateImpact {
            text: Some(
                "images were pulled from https://evil.example/x by 203.0.113.9 and 198.51.100.7".into(),
            ),
            certainty: Some(Certainty::Confirmed),
            customer_data: None,
            production: None,
            privileged_access: None,
        });
        room
    }

    #[test]
    fn a_brief_says_what_to_look_for_and_names_nothing_that_stays_in_the_room() {
        let room = room();
        let text = brief(&room.incident, &room.policy, room.now, Tz::UTC).to_text();
        for said in [
            "Indicators",
            "domain evil[.]example (TLP:GREEN) — first seen on runner 7",
            "ip 203[.]0[.]113[.]9 (TLP:AMBER)",
            "1 under TLP:RED, told in the room only",
            "pulled from hxxps://evil[.]example/x by 203[.]0[.]113[.]9 and (an indicator under TLP:RED)",
        ] {
            assert!(text.contains(said), "{said}: {text}");
        }
        for kept in ["198.51", "198[.]51", "a partner", "evil.example", "203.0"] {
            assert!(!text.contains(kept), "{kept}: {text}");
        }
        let none = Room::declared();
        let text = brief(&none.incident, &none.policy, none.now, Tz::UTC).to_text();
        assert!(!text.contains("Indicators"), "one screen has no room for a heading without a line: {text}");
    }

    #[test]
    fn what_is_known_of_an_indicator_leaves_no_further_than_the_indicator() {
        let mut room = room();
        // Kept under another colour first, with another note, and of another kind.
        for (tlp, kind, note) in [
            (Tlp::Amber, Some(ioc::IocKind::Other), "erin saw it (at a partner)"),
            (Tlp::Red, None, "frank was told by another partner"),
        ] {
            let value = "evil.example".to_owned();
            room.ask(Keep::AddIoc(NewIoc { value, tlp: Some(tlp), kind, note: note.into(), entry: None }));
        }
        let kept = |room: &Room| -> Vec<String> {
            let lines = room.incident.timeline.shown();
            lines.filter(|e| e.text.starts_with("ioc ")).map(|e| e.text.clone()).collect()
        };
        let lines = kept(&room);
        assert!(lines.concat().contains("frank"), "the room has the words: {lines:?}");
        for tell in [untold, safe, |i: &Incident, t: &str| told(i, Audience::Public, t)] {
            let text: String = lines.iter().map(|line| tell(&room.incident, line) + "\n").collect();
            for word in ["partner", "frank", "erin", "first seen", "198", "evil"] {
                assert!(!text.contains(word), "{word}: {text}");
            }
            assert!(text.contains("(an indicator") && text.contains("(TLP:amber)"), "{text}");
        }
        assert_eq!(
            untold(&room.incident, "ioc ip: 203[.]0[.]113[.]9 (TLP:amber): a word"),
            "ioc ip: 203[.]0[.]113[.]9 (TLP:amber): a word"
        );
        // One that is taken back is no more for others than before, nor is why.
        let (value, reason) = ("evil.example".to_owned(), "frank was wrong".to_owned());
        room.ask(Keep::RemoveIoc { value: value.clone(), reason });
        let line = room.incident.timeline.shown().last().unwrap().text.clone();
        assert!(line.starts_with("no ioc: evil") && line.contains("frank"), "{line}");
        assert_eq!(untold(&room.incident, &line), format!("no ioc: {UNTOLD}"));
        assert!(!untold(&room.incident, &lines.concat()).contains("evil"));
        // Kept again under another colour, it may leave.
        let (tlp, note) = (Some(Tlp::Clear), String::new());
        room.ask(Keep::AddIoc(NewIoc { value, tlp, kind: None, note, entry: None }));
        assert!(untold(&room.incident, &line).contains("frank"));
    }

    #[test]
    fn a_page_is_kept_back_in_any_spelling() {
        let mut room = Room::declared();
        let value = "https://evil.example/x".to_owned();
        room.ask(Keep::AddIoc(NewIoc { value, tlp: Some(Tlp::Red), ..NewIoc::default() }));
        let text = "http://evil.example/x, hxxps://evil[.]example/x and evil.example/x; Evil.example, evil[.]example";
        let said = told(&room.incident, Audience::Customers, text);
        assert!(!said.to_lowercase().contains("evil") && said.matches(OUTSIDE).count() == 5, "{said}");
        for tell in [untold, safe] {
            let said = tell(&room.incident, text);
            assert_eq!(said.matches(UNTOLD).count(), 3, "{said}");
            assert!(!said.contains("evil.example/x") && !said.contains("evil[.]example/x"), "{said}");
        }
    }

    #[test]
    fn a_first_wording_names_only_what_its_audience_may_hear_and_nothing_to_follow() {
        let room = room();
        let impact =
            |audience| wording::facts(&room.incident, &room.policy, audience, None, room.now, Tz::UTC).impact;
        let inside = impact(Audience::Internal);
        assert!(
            inside
                .ends_with("hxxps://evil[.]example/x by 203[.]0[.]113[.]9 and (an indicator under TLP:RED)")
        );
        let customers = impact(Audience::Customers);
        assert!(
            customers.ends_with("hxxps://evil[.]example/x by (an indicator) and (an indicator)"),
            "{customers}"
        );
        let public = impact(Audience::Public);
        assert!(!public.contains("evil") && !public.contains("203") && !public.contains("198"), "{public}");
    }
}
