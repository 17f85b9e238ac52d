//! What the home screen lists, asked of the service. It must not decide what is shown (`lists` does).

use super::lists;
use crate::app::model::{HomeCounts, HomeList};
use crate::domain::clocks::Pressure;
use crate::domain::owed;
use crate::domain::words::State;
use crate::service::{Failure, IncidentFilter, Service};
use crate::shell::session::Session;

/// The list of the home screen. The updates that are owed are looked for in the listed rooms only when there is time
/// for it: the first frame does not wait for their logs.
pub(super) async fn read(service: &Service, session: &Session, updates: bool) -> Result<HomeList, Failure> {
    let now = session.clock.now();
    let of = |states: Vec<State>, limit: u32| IncidentFilter { states, limit };
    let open = service.list_with_logs(&of(vec![State::Open], 200)).await?;
    let resolved = service.list_with_logs(&of(vec![State::Resolved], 200)).await?;
    let closed = service.list_with_logs(&of(vec![State::Closed], lists::RECENT)).await?;
    let counts = service.counts(now.date_naive()).await?;
    let mut late = 0_u64;
    for (log, _) in open.iter().filter(|_| updates) {
        let incident = service.incident(*log).await?;
        let owed = owed::of(&incident, service.policy(), now);
        let over = owed.iter().filter(|u| u.pressure(now) == Pressure::Breached && !u.acknowledged).count();
        late = late.saturating_add(over.try_into().unwrap_or(u64::MAX));
    }
    let counts = HomeCounts {
        open: counts.open,
        owed: counts.resolved,
        recent: counts.closed,
        overdue_stories: counts.overdue_stories,
        overdue_updates: late,
    };
    Ok(lists::home(open, resolved, closed, service.policy(), now, counts))
}
