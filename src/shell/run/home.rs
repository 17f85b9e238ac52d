//! What the home screen lists, asked of the service. It must not decide what is shown (`lists` does).

use super::lists;
use crate::app::model::{HomeCounts, HomeList, RoomClock};
use crate::domain::clocks::{self, Clock, Pressure};
use crate::domain::incident::Incident;
use crate::domain::policy::Policy;
use crate::domain::time::Utc;
use crate::domain::words::{IncidentKind, State};
use crate::service::{Failure, IncidentFilter, Service};
use crate::shell::session::Session;

/// How many incidents with late stories are listed, however old they are.
const LATE: usize = 200;

/// How many clocks that ran out are named; the rest are counted.
const OVER: usize = 20;

/// The list of the home screen. The clocks of the rooms, and a great many late stories, are looked for only when
/// there is time for it: the first frame does not wait for them.
pub(super) async fn read(service: &Service, session: &Session, updates: bool) -> Result<HomeList, Failure> {
    let now = session.clock.now();
    let of = |states: Vec<State>, limit: u32| IncidentFilter { states, limit };
    let open = service.list_with_logs(&of(vec![State::Open], 200)).await?;
    let mut resolved = service.list_with_logs(&of(vec![State::Resolved], 200)).await?;
    let mut closed = service.list_with_logs(&of(vec![State::Closed], lists::RECENT)).await?;
    let today = now.date_naive();
    let counts = service.counts(today).await?;
    let soon = updates || counts.overdue_stories <= 200;
    let late = if soon { service.in_arrears(today, LATE).await? } else { Vec::new() };
    // However long ago it was: what it owes is why it is listed.
    for arrears in &late {
        let known = open.iter().chain(&resolved).chain(&closed).any(|(_, s)| s.id == arrears.incident);
        if let Some(row) = if known { None } else { service.row_of(arrears.incident).await? } {
            match row.1.state {
                State::Open => {}
                State::Resolved => resolved.push(row),
                State::Closed => closed.push(row),
            }
        }
    }
    let mut over = Vec::new();
    // On the next day other stories are late.
    let tomorrow = today.succ_opt().and_then(|day| day.and_hms_opt(0, 0, 0)).map(|at| at.and_utc());
    let mut next = tomorrow.filter(|_| updates);
    let mut soonest: Option<RoomClock> = None;
    let running = open.iter().chain(&resolved).filter(|(_, row)| updates && row.may_have_clocks());
    for (log, _) in running {
        let incident = service.incident(*log).await?;
        let (ran_out, first) = clocks_of(&incident, service.policy(), now);
        if let Some(longest) = ran_out.first() {
            over.push((pressing(&incident, service.policy(), longest.at), ran_out));
        }
        if let Some(clock) = first {
            next = next.into_iter().chain([clock.at]).min();
            if soonest.as_ref().is_none_or(|known| clock.at < known.at) {
                soonest = Some(clock);
            }
        }
    }
    over.sort_by_key(|(place, _)| *place);
    let mut over: Vec<RoomClock> = over.into_iter().flat_map(|(_, clocks)| clocks).collect();
    let all_over = over.len().try_into().unwrap_or(u64::MAX);
    over.truncate(OVER);
    let counts = HomeCounts {
        open: counts.open,
        owed: counts.resolved,
        recent: counts.closed,
        overdue_stories: counts.overdue_stories,
        over: all_over,
    };
    Ok(HomeList {
        next,
        over,
        soonest,
        ..lists::home(open, resolved, closed, &late, service.policy(), now, counts)
    })
}

/// The clocks of an incident that ran out and that nobody acknowledged, the longest breach in front, and the one that runs
/// out next.
fn clocks_of(incident: &Incident, policy: &Policy, now: Utc) -> (Vec<RoomClock>, Option<RoomClock>) {
    let shown =
        |clock: Clock| RoomClock { id: incident.id.to_string(), what: clock.what, at: clock.deadline };
    let all = clocks::clocks(incident, policy, now);
    let (over, rest): (Vec<_>, Vec<_>) =
        all.into_iter().partition(|clock| clock.pressure(now) == Pressure::Breached);
    let next = rest.into_iter().min_by_key(|clock| clock.deadline).map(shown);
    (over.into_iter().filter(|clock| !clock.acknowledged).map(shown).collect(), next)
}

/// The place of an incident among those with a breach: real ones first, by severity, then by how long it is over. What
/// somebody forgot last week hides nothing of the P1 of this hour.
fn pressing(incident: &Incident, policy: &Policy, over_at: Utc) -> (bool, usize, Utc) {
    let profile = policy.profile_named(&incident.profile);
    let rank = incident.severity.as_deref().and_then(|severity| profile.rank(severity));
    (incident.kind != IncidentKind::Real, rank.unwrap_or(0), over_at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::{IncidentId, Seq};
    use crate::domain::request::{Declaration, NewStory, Request};
    use crate::domain::time::Span;
    use crate::shell::clock::Clock;
    use crate::shell::config::Config;
    use crate::shell::environment::Environment;
    use crate::shell::identity::{Identity, IdentitySource};
    use crate::shell::ids::Ids;
    use crate::shell::paths::Home;
    use crate::shell::session::Opening;

    fn session(folder: &std::path::Path, now: Utc) -> Session {
        Session {
            environment: Environment::default(),
            home: Home::at(&folder.join("home")),
            config: Config::default(),
            clock: Clock::stopped(now),
            ids: Ids::new().unwrap(),
            identity: Identity {
                person: "alice".to_owned(),
                source: IdentitySource::Flag,
                user: "unix".to_owned(),
                host: "host".to_owned(),
            },
            throwaway: None,
        }
    }

    async fn ended(service: &Service, session: &Session, title: &str, at: Utc, more: Vec<Request>) {
        let declaration = Declaration {
            id: IncidentId { year: 0, number: 0 },
            title: title.to_owned(),
            kind: IncidentKind::Real,
            severity: Some("P2".to_owned()),
            services: Vec::new(),
            tags: Vec::new(),
            commander: None,
            runbooks: Vec::new(),
        };
        let by = session.by();
        let (_, log, _) = service.declare(&by, declaration, Some((at, false))).await.unwrap();
        let mut asked: Vec<_> = more.into_iter().map(Into::into).collect();
        asked.push(Request::Resolve { ended_by: String::new() }.into());
        service.submit(log, &by, &asked, Seq::NONE).await.unwrap();
    }

    #[test]
    fn late_stories_put_an_incident_on_the_list_however_old_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let now: Utc = "2026-11-20T14:00:00Z".parse().unwrap();
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_time().build().unwrap();
        runtime.block_on(async {
            let session = session(folder.path(), now);
            let service = session.open(Opening::Write).await.unwrap();
            let story = |day: &str| {
                let due = day.parse().ok();
                Request::FileStory(NewStory { title: "test the gate".to_owned(), due, ..NewStory::default() })
            };
            let year = now - Span::days(365);
            let late = vec![story("2026-01-10"), story("2026-02-10"), story("2027-02-10")];
            ended(&service, &session, "the old one", year, late).await;
            ended(&service, &session, "older, and in time", year - Span::days(1), vec![story("2027-01-01")])
                .await;
            for n in 0..205 {
                ended(&service, &session, &format!("number {n}"), now - Span::minutes(300 - n), vec![]).await;
            }
            for updates in [false, true] {
                let list = read(&service, &session, updates).await.unwrap();
                assert_eq!((list.owed.len(), list.counts.owed), (201, 207));
                let first = &list.owed[0];
                assert_eq!(first.title, "the old one");
                let owes: Vec<&str> =
                    first.owes.iter().map(String::as_str).filter(|o| o.contains("stor")).collect();
                assert_eq!(owes, ["2 stories overdue", "1 story unshipped"]);
                assert!(!list.owed.iter().any(|row| row.title == "older, and in time"));
            }
            // Closed, it is no less late.
            let row = service.list_with_logs(&IncidentFilter::default()).await.unwrap();
            let (log, _) = row.into_iter().find(|(_, s)| s.title == "the old one").unwrap();
            let close = [Request::Close { waive: Some("kept as a lesson".to_owned()) }.into()];
            service.submit(log, &session.by(), &close, Seq::NONE).await.unwrap();
            let list = read(&service, &session, true).await.unwrap();
            assert_eq!((list.owed.len(), list.recent.len()), (200, 1));
            assert!(list.recent[0].owes.contains(&"2 stories overdue".to_owned()));
        });
    }

    #[test]
    fn the_list_tells_when_the_next_update_is_due() {
        let folder = tempfile::tempdir().unwrap();
        let now: Utc = "2026-11-20T14:00:00Z".parse().unwrap();
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_time().build().unwrap();
        runtime.block_on(async {
            let session = session(folder.path(), now);
            let service = session.open(Opening::Write).await.unwrap();
            let midnight: Utc = "2026-11-21T00:00:00Z".parse().unwrap();
            let list = read(&service, &session, true).await.unwrap();
            assert_eq!((list.next, list.soonest), (Some(midnight), None));
            for (title, ago) in [("late", 90), ("in time", 20), ("just now", 0)] {
                let declaration = Declaration {
                    id: IncidentId { year: 0, number: 0 },
                    title: title.to_owned(),
                    kind: IncidentKind::Real,
                    severity: Some("P2".to_owned()),
                    services: Vec::new(),
                    tags: Vec::new(),
                    commander: None,
                    runbooks: Vec::new(),
                };
                let at = now - Span::minutes(ago);
                service.declare(&session.by(), declaration, Some((at, false))).await.unwrap();
            }
            let list = read(&service, &session, true).await.unwrap();
            // Nobody took it, and nobody heard of it.
            let over: Vec<(&str, &str)> =
                list.over.iter().map(|c| (c.id.as_str(), c.what.as_str())).collect();
            assert_eq!(over, [("INC-2026-0001", "respond"), ("INC-2026-0001", "update internal")]);
            assert_eq!((list.counts.over, list.next), (2, Some(now + Span::minutes(40))));
            let soonest = RoomClock {
                id: "INC-2026-0002".to_owned(),
                what: "respond".to_owned(),
                at: now + Span::minutes(40),
            };
            assert_eq!(list.soonest, Some(soonest));
            assert_eq!(read(&service, &session, false).await.unwrap().next, None);
        });
    }

    #[test]
    fn what_is_over_in_the_rooms_is_told_with_its_incident_the_severest_first() {
        let folder = tempfile::tempdir().unwrap();
        let now: Utc = "2026-11-20T10:00:00Z".parse().unwrap();
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_time().build().unwrap();
        runtime.block_on(async {
            let mut session = session(folder.path(), now);
            let service = session.open(Opening::Write).await.unwrap();
            for (title, severity, kind) in [
                ("a forgotten one", "P3", IncidentKind::Real),
                ("an exercise", "P1", IncidentKind::Drill),
                ("now", "P1", IncidentKind::Real),
            ] {
                let declaration = Declaration {
                    id: IncidentId { year: 0, number: 0 },
                    title: title.to_owned(),
                    kind,
                    severity: Some(severity.to_owned()),
                    services: Vec::new(),
                    tags: Vec::new(),
                    commander: Some("alice".to_owned()),
                    runbooks: Vec::new(),
                };
                let ago = if title == "now" { Span::zero() } else { Span::days(20) };
                let by = session.by();
                let (_, log, _) = service.declare(&by, declaration, Some((now - ago, false))).await.unwrap();
                let ask = Request::Ask {
                    text: "list the builds".to_owned(),
                    person: Some("bob".to_owned()),
                    time_box: Some(Span::minutes(2)),
                    tags: Vec::new(),
                };
                service.submit(log, &by, &[ask.into()], Seq::NONE).await.unwrap();
            }
            session.clock = Clock::stopped(now + Span::minutes(3));
            let list = read(&service, &session, true).await.unwrap();
            let ids: Vec<&str> = list.over.iter().map(|clock| clock.id.as_str()).collect();
            assert_eq!(list.over.first().map(|clock| clock.what.as_str()), Some("ask @bob"));
            let first = |id: &str| ids.iter().position(|known| *known == id).unwrap();
            assert!(first("INC-2026-0003") < first("INC-2026-0001"), "{ids:?}");
            assert!(first("INC-2026-0001") < first("INC-2026-0002"), "{ids:?}");
            assert_eq!(list.counts.over, u64::try_from(ids.len()).unwrap());
        });
    }
}
