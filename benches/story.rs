//! What the benchmarks share: the log of a long incident.

use chrono::TimeDelta;
use uuid::Uuid;
use warroom::domain::event::{
    Amended, AskMade, DecisionMade, Declared, Event, HypothesisProposed, Noted, Recorded, RoleTaken,
    RunbookAttached, StepDone, StepRef,
};
use warroom::domain::ids::{EventId, IncidentId, Seq};
use warroom::domain::time::Utc;
use warroom::domain::words::IncidentKind;

/// When the incident was declared.
pub(crate) fn began() -> Utc {
    "2026-11-22T02:00:00Z".parse().unwrap()
}

/// The name of the incident.
pub(crate) fn incident() -> IncidentId {
    IncidentId { year: 2026, number: 42 }
}

fn event(n: u64) -> Event {
    let text = format!("runner {n} is drained and its credentials are revoked #ci");
    let tags = vec!["ci".to_owned()];
    let person = || Some("bob".to_owned());
    match n {
        1 => Declared {
            id: incident(),
            title: "Signing key exposed in a build log".to_owned(),
            kind: IncidentKind::Real,
            profile: "p".to_owned(),
            severity: Some("P1".to_owned()),
            services: vec!["release-pipeline".to_owned()],
            tags,
        }
        .into(),
        2 => RoleTaken { role: "ic".to_owned(), person: "alice".to_owned() }.into(),
        3 => RunbookAttached {
            name: "signing-key-compromised".to_owned(),
            title: "Signing key compromised".to_owned(),
            text: include_str!("../runbooks/signing-key-compromised.md").to_owned(),
        }
        .into(),
        4..=9 => {
            let step = StepRef { runbook: Seq(3), step: u32::try_from(n - 3).unwrap() };
            StepDone { step, person: "bob".to_owned() }.into()
        }
        _ if n.is_multiple_of(17) => {
            let check_at = Some(began() + TimeDelta::minutes(30));
            let decided_by = "alice".to_owned();
            DecisionMade { text, decided_by, executor: person(), check_at, objections: Vec::new(), tags }
                .into()
        }
        _ if n.is_multiple_of(13) => HypothesisProposed { text, tags }.into(),
        _ if n.is_multiple_of(11) => AskMade { text, person: person(), due_at: None, tags }.into(),
        _ if n.is_multiple_of(7) => {
            Amended { target: Seq(n - 1), text: Some(text), at: None, at_about: false, tags }.into()
        }
        _ => Noted { text, tags, starred: n.is_multiple_of(5) }.into(),
    }
}

/// The first `count` events of the log, a few seconds apart.
pub(crate) fn log(count: u64) -> Vec<Recorded> {
    let record = |n: u64| {
        let at = began() + TimeDelta::milliseconds(i64::try_from(n).unwrap() * 4_321);
        Recorded {
            seq: Seq(n),
            id: EventId(Uuid::from_u128(n.into())),
            recorded_at: at,
            host: None,
            actor: "alice@host:pts/1".to_owned(),
            by: "carol".to_owned(),
            occurred_at: at,
            about: false,
            undoes: None,
            brought_by: None,
            event: Some(event(n)),
            erased: None,
        }
    };
    (1..=count).map(record).collect()
}
