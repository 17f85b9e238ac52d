//! The verbs of what is kept beside the timeline, of asks that change, and of who does a step by when.

use super::{Verb, person, split};
use crate::domain::ids::Seq;
use crate::domain::ioc::{self, IocKind, Tlp};
use crate::domain::quick_entry;
use crate::domain::refusal::Refusal;
use crate::domain::request::{Keep, NewIoc, Request, StepPick, When};
use crate::domain::time::{Span, Utc, parse_span};
use crate::domain::words::{HypothesisState, ScopeState};

/// What is said against a decision: `TEXT [@person]`.
#[must_use]
pub fn objection(target: Seq, words: &str) -> Keep {
    let (text, person) = match words.trim_end().rsplit_once(" @") {
        Some((text, who)) if !who.contains(char::is_whitespace) => (text, Some(who.to_owned())),
        _ => (words, None),
    };
    Keep::Object { target, text: text.to_owned(), person }
}

/// Where a hypothesis stands: `WHY [@person]`.
#[must_use]
pub fn finding(target: Seq, state: HypothesisState, words: &str) -> Request {
    let (why, person) = quick_entry::person_at_end(words);
    Request::SetHypothesis { target, state, why: why.to_owned(), person }
}

/// Reads what follows such a verb; `None` when it does not fit.
pub(super) fn read(verb: &str, rest: &str) -> Result<Option<Request>, Refusal> {
    let (first, tail) = split(rest);
    let line = || first.trim_start_matches('#').parse().ok().map(Seq);
    let request = match verb {
        "assign" => match rest.rsplit_once('@') {
            Some((step, who)) if !step.trim().is_empty() && !who.trim().is_empty() => {
                let step = StepPick::Named(step.trim().to_owned());
                Some(Request::AssignStep { step, person: who.trim().to_owned() })
            }
            _ => None,
        },
        "due" => match rest.rsplit_once(char::is_whitespace) {
            Some((step, "none")) => Some(due(step, None)),
            Some((step, time)) => span(time).map(|span| due(step, Some(When::In(span)))),
            None => None,
        },
        "extend" => match (line(), span(tail)) {
            (Some(target), Some(by)) => Some(Keep::Extend { target, by }.into()),
            _ => None,
        },
        "reassign" => match (line(), person(tail)) {
            (Some(target), Some(person)) => Some(Keep::Reassign { target, person }.into()),
            _ => None,
        },
        "object" => line().filter(|_| !tail.is_empty()).map(|target| objection(target, tail).into()),
        "ioc" if !first.is_empty() => Some(Keep::AddIoc(indicator(first, tail)).into()),
        "no-ioc" if !tail.is_empty() => {
            Some(Keep::RemoveIoc { value: first.to_owned(), reason: tail.to_owned() }.into())
        }
        "scope" => scope(rest)?,
        "unlink" if !rest.is_empty() => Some(Keep::RemoveLink { link: rest.to_owned() }.into()),
        _ => None,
    };
    Ok(request)
}

/// A file, and after it one word: its class.
pub(super) fn evidence(rest: &str, at: Option<(Utc, bool)>) -> Verb {
    let (path, class) = match rest.strip_prefix('"').and_then(|quoted| quoted.split_once('"')) {
        Some((path, class)) => (path, class.trim()),
        None => match rest.rsplit_once(char::is_whitespace) {
            // A last word with a dot or slash belongs to the path: it has a blank.
            Some((path, class)) if !class.contains(['.', '/']) => (path.trim_end(), class),
            _ => (rest, ""),
        },
    };
    Verb::Evidence { path: path.to_owned(), class: class.to_owned(), at }
}

fn due(step: &str, due: Option<When>) -> Request {
    Keep::StepDue { step: StepPick::Named(step.trim().to_owned()), due }.into()
}

fn span(text: &str) -> Option<Span> {
    parse_span(text.trim().trim_start_matches('+')).ok().filter(|span| *span > Span::zero())
}

/// A value, then a colour and a kind in any order, then words about it.
fn indicator(value: &str, tail: &str) -> NewIoc {
    let mut new = NewIoc { value: value.to_owned(), ..NewIoc::default() };
    let mut rest = tail;
    loop {
        let (word, after) = split(rest);
        let colour = word.strip_prefix("TLP:").or_else(|| word.strip_prefix("tlp:")).unwrap_or(word);
        if new.tlp.is_none()
            && let Ok(tlp) = colour.parse::<Tlp>()
        {
            new.tlp = Some(tlp);
        } else if new.kind.is_none()
            && ioc::detect(value) != IocKind::Url
            && let Ok(kind) = word.parse::<IocKind>()
        {
            new.kind = Some(kind);
        } else {
            rest.trim().clone_into(&mut new.note);
            return new;
        }
        rest = after;
    }
}

/// Assets apart by blanks or commas, one in quotation marks whole, then where they stand.
fn scope(rest: &str) -> Result<Option<Request>, Refusal> {
    let Some((assets, state)) = rest.rsplit_once(char::is_whitespace) else { return Ok(None) };
    let assets = assets_of(assets);
    if assets.is_empty() {
        return Ok(None);
    }
    if state == "none" {
        return Ok(Some(Keep::RemoveScope { assets }.into()));
    }
    Ok(Some(Request::SetScope { assets, state: state.parse::<ScopeState>()? }))
}

/// The assets that a text names: apart by blanks or commas, one in quotation marks whole, each once.
#[must_use]
pub fn assets_of(text: &str) -> Vec<String> {
    let mut assets: Vec<String> = Vec::new();
    for (nth, part) in text.split('"').enumerate() {
        let quoted = nth % 2 == 1;
        let words: Vec<&str> =
            if quoted { vec![part.trim()] } else { part.split([' ', '\t', '\n', ',']).collect() };
        for word in words.into_iter().filter(|w| !w.is_empty()) {
            if !assets.iter().any(|known| known == word) {
                assets.push(word.to_owned());
            }
        }
    }
    assets
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_assets_are_set_at_once() {
        assert_eq!(
            read("scope", "build-7, build-8 \"the big disk\" affected").unwrap(),
            Some(Request::SetScope {
                assets: vec!["build-7".into(), "build-8".into(), "the big disk".into()],
                state: ScopeState::Affected
            })
        );
        assert!(read("scope", "build-7 broken").is_err());
        assert_eq!(read("scope", "fixed").unwrap(), None);
    }

    #[test]
    fn an_indicator_has_colour_kind_and_note_in_any_order() {
        let Some(Request::Keep(Keep::AddIoc(new))) =
            read("ioc", "evil[.]example red seen in the proxy").unwrap()
        else {
            panic!("no indicator")
        };
        assert_eq!((new.tlp, new.kind, new.note.as_str()), (Some(Tlp::Red), None, "seen in the proxy"));
        let Some(Request::Keep(Keep::AddIoc(new))) = read("ioc", "mallory account TLP:AMBER+STRICT").unwrap()
        else {
            panic!("no indicator")
        };
        assert_eq!((new.tlp, new.kind), (Some(Tlp::AmberStrict), Some(IocKind::Account)));
    }

    #[test]
    fn asks_steps_and_objections_are_read() {
        assert_eq!(
            read("extend", "7 5m").unwrap(),
            Some(Keep::Extend { target: Seq(7), by: Span::minutes(5) }.into())
        );
        let objection = Keep::Object {
            target: Seq(12),
            text: "it stops every deploy".into(),
            person: Some("bob".into()),
        };
        assert_eq!(read("object", "#12 it stops every deploy @bob").unwrap(), Some(objection.into()));
        let incomplete = [
            ("extend", "7"),
            ("reassign", "7"),
            ("object", "12"),
            ("due", "3"),
            ("due", "3 soon"),
            ("assign", "3"),
        ];
        for (verb, rest) in incomplete {
            assert_eq!(read(verb, rest).unwrap(), None, "{verb} {rest}");
        }
    }

    #[test]
    fn a_file_may_have_a_class() {
        for (words, path, class) in [
            ("/tmp/a.log audit-log", "/tmp/a.log", "audit-log"),
            ("/tmp/my file.log", "/tmp/my file.log", ""),
            ("\"/tmp/a b\" scope", "/tmp/a b", "scope"),
        ] {
            let at = Some((Utc::UNIX_EPOCH, true));
            let read = Verb::Evidence { path: path.to_owned(), class: class.to_owned(), at };
            assert_eq!(evidence(words, at), read, "{words}");
        }
    }
}
