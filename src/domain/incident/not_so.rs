//! The lines that say that a time ran out, where lines that are written down later say that it did not: what was waited for
//! had been done by then. Nothing is rewritten: the line stays in the log and counts as crossed out, as long as what
//! is known says so. It must not look at what was late, however late.

use super::{Incident, PhaseSpan, Strike};
use crate::domain::audience::Audience;
use crate::domain::clocks::ClockKey;
use crate::domain::event::{Event, Recorded};
use crate::domain::ids::Seq;
use crate::domain::time::Utc;
use crate::domain::words::{Milestone, Phase, StepState};

/// What was done of a phase in which it was to be contained.
const CONTAINED: &str = "it was contained";

/// Of which lines an event can say that they are not so, or that they are after all.
#[derive(Clone, Copy)]
enum Lines {
    /// Of that one, which it is itself.
    This,
    /// Of those of a deadline from then on: it speaks of the past.
    Since(Utc),
    /// Of any: it changes what was said of the past.
    All,
}

impl Incident {
    /// Crosses out the lines of times that did not run out by what is known now, and lets those count again that did.
    pub(super) fn judge_breaches(&mut self, r: &Recorded) {
        if self.clocks.values().all(|clock| clock.lines.is_empty()) {
            return;
        }
        let Some(which) = self.told_of(r) else { return };
        let is_told = |deadline: Utc, line: Seq| match which {
            Lines::This => line == r.seq,
            Lines::Since(at) => self.set_backs.moved(deadline, line) >= at,
            Lines::All => true,
        };
        let lines = self.clocks.iter().filter_map(|(clock, record)| Some((clock.parse().ok()?, record)));
        let judged: Vec<(Seq, Option<String>)> = lines
            .flat_map(|(key, record)| {
                record.lines.iter().map(move |(deadline, line)| (key, *deadline, *line))
            })
            .filter(|(_, deadline, line)| is_told(*deadline, *line))
            .filter_map(|(key, deadline, line)| {
                let done = self.done_in_time(key, deadline, line);
                let stays =
                    done.is_none() && self.not_so.contains(&line) && self.is_contained_again(key, line);
                (!stays).then_some((line, done))
            })
            .map(|(line, done)| {
                let said =
                    |(what, at): (&str, Utc)| format!("not so: {what} {}", at.format("%Y-%m-%d %H:%M UTC"));
                (line, done.map(said))
            })
            .collect();
        for (line, reason) in judged {
            if reason.is_some() == self.not_so.contains(&line) {
                continue;
            }
            if reason.is_some() {
                self.not_so.insert(line);
            } else {
                self.not_so.remove(&line);
            }
            let struck = reason.map(|reason| Strike { by: r.by.clone(), at: r.occurred_at, reason });
            self.timeline.change(line, |entry| entry.struck = struck);
        }
    }

    /// Of which lines an event speaks. Nearly all speak of none: what is done now came after what ran out.
    fn told_of(&self, r: &Recorded) -> Option<Lines> {
        if r.undoes.is_some() {
            return Some(Lines::All);
        }
        let is_update = |seq: &Seq| self.talk.updates.contains_key(seq);
        match r.event.as_ref()? {
            Event::ClockBreached(_) => Some(Lines::This),
            Event::Amended(e) => e.at.map(|_| Lines::All),
            Event::Struck(e) => is_update(&e.target).then_some(Lines::All),
            Event::Restored(e) => is_update(&e.target).then_some(Lines::All),
            Event::Redacted(_)
            | Event::MilestoneMarked(_)
            | Event::MilestoneUnmarked(_)
            | Event::AnswerWithdrawn(_)
            | Event::VerdictWithdrawn(_)
            | Event::StepReopened(_)
            | Event::Reopened(_)
            | Event::TargetChanged(_)
            | Event::ClockStepped(_) => Some(Lines::All),
            // Said anew it may be later than it was.
            Event::AskAnswered(_) | Event::VerdictGiven(_) | Event::StepDone(_) | Event::StepSkipped(_)
                if !self.not_so.is_empty() =>
            {
                Some(Lines::All)
            }
            Event::AskAnswered(_)
            | Event::VerdictGiven(_)
            | Event::StepDone(_)
            | Event::StepSkipped(_)
            | Event::RoleTaken(_)
            | Event::Resolved(_)
            | Event::UpdateSent(_)
            | Event::PhaseEntered(_) => Some(Lines::Since(r.occurred_at)),
            _ => None,
        }
    }

    /// What was done when, by the time by which a line says that it was not. All as the clock of now shows it.
    fn done_in_time(&self, key: ClockKey, deadline: Utc, line: Seq) -> Option<(&'static str, Utc)> {
        let deadline = self.set_backs.moved(deadline, line);
        // The hours of a law run on.
        if !key.is_by_law()
            && let Some(at) = self.over_at(deadline)
        {
            return Some(("it was resolved", at));
        }
        let (what, at) = match key {
            ClockKey::Resolution => return None,
            ClockKey::Response => {
                let mark = self.milestones.get(&Milestone::Acknowledged)?;
                ("it was taken", self.set_backs.moved(mark.at, mark.seq))
            }
            ClockKey::Update(audience) => ("it was sent", self.told_by(audience, deadline, line)?),
            ClockKey::Phase(phase) => {
                let entered = self.entered(phase, line)?;
                let contained = self.contained_in(entered).filter(|at| *at <= deadline);
                if let Some(at) = contained.filter(|_| phase == Phase::Contain) {
                    return Some((CONTAINED, at));
                }
                let later = self.phases.iter().find(|span| {
                    let is_undone = self.taken_back.contains(&span.seq);
                    span.phase != phase && span.seq > line && span.since >= entered.since && !is_undone
                })?;
                ("it was left", self.set_backs.moved(later.since, later.seq))
            }
            ClockKey::Decision(seq) => {
                let verdict = self.talk.decisions.get(&seq)?.verdict.as_ref()?;
                ("it was looked at", self.set_backs.moved(verdict.at, verdict.seq))
            }
            ClockKey::Ask(seq) => {
                let answer = self.talk.asks.get(&seq)?.answer.as_ref()?;
                ("it was answered", self.set_backs.moved(answer.at, answer.seq))
            }
            ClockKey::Step(at) => {
                let step = self.checklist.get(at)?;
                let is_done = matches!(step.state, StepState::Done | StepState::Skipped);
                ("it was done", step.since.filter(|_| is_done)?)
            }
        };
        (at <= deadline).then_some((what, at))
    }

    /// The phase as it was entered of which a line speaks.
    fn entered(&self, phase: Phase, line: Seq) -> Option<&PhaseSpan> {
        self.phases.iter().rev().find(|span| span.phase == phase && span.seq < line)
    }

    /// Whether a line stays crossed out because it was contained in time, though the mark of that has given way since: it
    /// had to be contained again later, in another phase.
    fn is_contained_again(&self, key: ClockKey, line: Seq) -> bool {
        let ClockKey::Phase(phase) = key else { return false };
        let was_contained = self.timeline.get(line).and_then(|entry| entry.struck.as_ref());
        let was_contained = was_contained.is_some_and(|strike| strike.reason.contains(CONTAINED));
        let (mark, entered) = (self.milestones.get(&Milestone::Contained), self.entered(phase, line));
        was_contained
            && mark.zip(entered).is_some_and(|(mark, entered)| {
                let begins_anew = |span: &PhaseSpan| {
                    span.seq > entered.seq && span.phase == phase && !self.taken_back.contains(&span.seq)
                };
                let anew = self.phases.iter().find(|span| begins_anew(span));
                anew.is_some_and(|span| (span.since, span.seq) <= (mark.at, mark.seq))
            })
    }

    /// When an update went to an audience that put off a deadline, or met what a law asks for.
    fn told_by(&self, audience: Audience, deadline: Utc, line: Seq) -> Option<Utc> {
        let key = ClockKey::Update(audience);
        let counts = |seq| self.timeline.get(seq).is_none_or(|entry| entry.struck.is_none());
        let sent = || {
            let of_it = self.talk.updates.values().filter(|u| u.audience == audience && counts(u.seq));
            of_it.filter_map(|u| Some((self.set_backs.moved(u.sent.as_ref()?.1, u.sent_seq), u)))
        };
        let is_promise = sent().any(|(_, update)| update.next_at == Some(deadline));
        let (from, since) = if key.is_by_law() && !is_promise {
            let own = self.targets.get(&key.to_string())?;
            (self.set_backs.moved(own.at, own.seq), Seq::NONE)
        } else {
            let known = sent().filter(|(_, update)| update.sent_seq < line).map(|(at, _)| at).max();
            (known.unwrap_or_else(|| self.reached([])), line)
        };
        // One that promised the next for that time, or sooner, put off nothing.
        let put_off = |next: Option<Utc>| next.is_none_or(|next| next > deadline);
        sent()
            .filter(|(at, update)| {
                *at > from && *at <= deadline && update.sent_seq > since && put_off(update.next_at)
            })
            .map(|(at, _)| at)
            .min()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::clocks::unrecorded_breaches;
    use crate::domain::incident::tests::Room;
    use crate::domain::request::{Asked, Declaration, Request};
    use crate::domain::time::Span;
    use crate::domain::words::IncidentKind;

    fn untaken() -> Room {
        let mut room = Room::empty();
        room.ask(Request::Declare(Declaration {
            id: "INC-2026-0042".parse().unwrap(),
            title: "Signing key leaked".to_owned(),
            kind: IncidentKind::Real,
            severity: Some("P1".to_owned()),
            services: vec![],
            tags: vec![],
            commander: None,
            runbooks: vec![],
        }));
        room
    }

    /// Writes down what ran out, as the next command does.
    fn told(room: &mut Room) {
        for (key, deadline) in unrecorded_breaches(&room.incident, &room.policy, room.now) {
            room.ask(Request::RecordBreach { clock: key.to_string(), deadline });
        }
    }

    /// The lines that say that a time ran out, by minutes after the declaration; those that are not so with why.
    fn lines(room: &Room) -> Vec<(i64, String)> {
        let began = room.incident.declared_at;
        let all = room.incident.timeline.shown().filter(|e| e.text.starts_with("time ran out"));
        all.map(|e| {
            let why = e.struck.as_ref().map(|s| s.reason.clone()).unwrap_or_default();
            ((e.occurred_at - began).num_minutes(), why)
        })
        .collect()
    }

    fn after(room: &mut Room, minutes: i64, request: Request) -> Seq {
        let at = Some((room.incident.declared_at + Span::minutes(minutes), false));
        room.ask(Asked { request, at })[0]
    }

    fn role() -> Request {
        Request::AssignRole { role: "commander".to_owned(), person: "alice".to_owned() }
    }

    fn update(next: Option<Span>) -> Request {
        let next = next.map(crate::domain::request::When::In);
        Request::SendUpdate { audience: Audience::Internal, text: "we look".to_owned(), next }
    }

    fn so(minutes: i64) -> (i64, String) {
        (minutes, String::new())
    }

    fn not(minutes: i64, why: &str) -> (i64, String) {
        (minutes, format!("not so: {why} UTC"))
    }

    #[test]
    fn what_is_written_down_late_takes_back_that_its_time_ran_out() {
        let mut room = untaken();
        room.wait(Span::hours(5));
        told(&mut room);
        assert_eq!(lines(&room), [so(15), so(30), so(240)]);
        let taken = after(&mut room, 5, role());
        let took = not(15, "it was taken 2026-11-20 14:25");
        assert_eq!(lines(&room), [took.clone(), so(30), so(240)]);
        let sent = after(&mut room, 20, update(None));
        let said = not(30, "it was sent 2026-11-20 14:40");
        assert_eq!(lines(&room), [took.clone(), said, so(240)]);
        // The next one was due then, and did not come.
        told(&mut room);
        assert_eq!(lines(&room)[2], so(50));
        room.ask(Request::Strike { target: sent, reason: "it never went out".to_owned() });
        assert_eq!(lines(&room)[1], so(30));
        after(&mut room, 180, Request::Resolve { ended_by: String::new() });
        assert_eq!(lines(&room).last().unwrap(), &not(240, "it was resolved 2026-11-20 17:20"));
        // It comes back: at that time it was resolved all the same.
        room.ask(Request::Reopen { reason: "it is back".to_owned() });
        assert_eq!(lines(&room).last().unwrap().1, "not so: it was resolved 2026-11-20 17:20 UTC");
        // Taken later than was thought.
        let at = Some((room.incident.declared_at + Span::minutes(16), false));
        room.ask(Request::Mark { milestone: Milestone::Acknowledged, at });
        assert_eq!(lines(&room)[0], so(15));
        let refusal = room.try_ask(Request::Restore { target: taken }).unwrap_err();
        assert!(refusal.message.contains("is not crossed out"), "{refusal}");
        // As often as it is read, it reads the same.
        let again = Incident::fold(room.incident.log, &room.events);
        assert_eq!(again, room.incident);
    }

    #[test]
    fn what_came_late_came_late() {
        let mut room = untaken();
        room.wait(Span::minutes(40));
        told(&mut room);
        after(&mut room, 16, role());
        after(&mut room, 31, update(None));
        assert_eq!(lines(&room), [so(15), so(30)]);
        // One that promised the next for that very time put off nothing.
        after(&mut room, 10, update(Some(Span::minutes(20))));
        assert_eq!(lines(&room), [so(15), so(30)]);
        room.wait(Span::minutes(60));
        told(&mut room);
        room.ask(role_of("scribe"));
        room.ask(update(None));
        assert!(room.incident.not_so.is_empty(), "{:?}", lines(&room));
    }

    fn role_of(role: &str) -> Request {
        Request::AssignRole { role: role.to_owned(), person: "bob".to_owned() }
    }

    #[test]
    fn what_was_contained_in_time_used_up_no_budget_of_its_phase() {
        let mut room = Room::declared();
        let phase = |phase| Request::EnterPhase { phase };
        let contained = Request::Mark { milestone: Milestone::Contained, at: None };
        let not = |minutes, at: &str| not(minutes, &format!("it was contained 2026-11-20 {at}"));
        let budget = |room: &Room| {
            let of_phase = |c: &&(ClockKey, Utc)| matches!(c.0, ClockKey::Phase(_));
            unrecorded_breaches(&room.incident, &room.policy, room.now).iter().filter(of_phase).count()
        };
        room.ask(phase(Phase::Contain));
        room.wait(Span::minutes(5));
        room.ask(contained.clone());
        room.wait(Span::minutes(15));
        // Nothing ran out, and there is no clock that could.
        assert_eq!(budget(&room), 0);
        let running = crate::domain::clocks::clocks(&room.incident, &room.policy, room.now);
        assert!(!running.iter().any(|c| matches!(c.key, ClockKey::Phase(_))));
        // It was not contained after all: the budget ran all the time.
        room.ask(Request::Unmark { milestone: Milestone::Contained });
        told(&mut room);
        assert_eq!(lines(&room), [so(15)]);
        // It was, later than it had to be; no, in time.
        after(&mut room, 16, contained.clone());
        assert_eq!(lines(&room), [so(15)]);
        after(&mut room, 14, contained.clone());
        assert_eq!(lines(&room), [not(15, "14:34")]);
        // It is out again: that it was contained before is as true, and the budget is a new one.
        room.ask(phase(Phase::Eradicate));
        room.wait(Span::minutes(2));
        room.ask(phase(Phase::Contain));
        room.wait(Span::minutes(16));
        assert_eq!(budget(&room), 1);
        told(&mut room);
        let late = || (37, String::new());
        let of_phase = |room: &Room| -> Vec<_> {
            let all = lines(room);
            [15, 37].iter().filter_map(|n| all.iter().find(|(at, _)| at == n).cloned()).collect()
        };
        assert_eq!(of_phase(&room), [not(15, "14:34"), late()]);
        room.ask(contained);
        assert_eq!(of_phase(&room), [not(15, "14:34"), late()]);
        let again = Incident::fold(room.incident.log, &room.events);
        assert_eq!(again, room.incident);
    }

    #[test]
    fn what_was_contained_before_its_phase_was_said_used_up_no_budget_either() {
        let mut room = Room::declared();
        room.wait(Span::minutes(1));
        room.ask(Request::Mark { milestone: Milestone::Contained, at: None });
        room.wait(Span::minutes(1));
        room.ask(Request::EnterPhase { phase: Phase::Contain });
        let target = |target: &str| Request::SetTarget {
            clock: "phase:contain".to_owned(),
            target: target.to_owned(),
            reason: "the second region".to_owned(),
        };
        room.ask(target("20m"));
        room.wait(Span::minutes(25));
        let running = crate::domain::clocks::clocks(&room.incident, &room.policy, room.now);
        assert!(!running.iter().any(|c| matches!(c.key, ClockKey::Phase(_))));
        assert!(crate::domain::clocks::undated(&room.incident, &running).is_empty());
        // Opened again, it is to be contained again once somebody says so.
        room.ask(Request::Resolve { ended_by: String::new() });
        room.wait(Span::hours(1));
        room.ask(Request::Reopen { reason: "it is back".to_owned() });
        told(&mut room);
        assert!(!lines(&room).iter().any(|(at, _)| *at == 22), "{:?}", lines(&room));
        room.ask(Request::EnterPhase { phase: Phase::Contain });
        let (_, length) = crate::domain::clocks::phase_clock(&room.incident, &room.policy).unwrap();
        assert_eq!(length, Span::minutes(20));
    }

    #[test]
    fn a_line_that_is_not_so_enters_no_draft_and_is_not_brought_back_by_hand() {
        let mut room = untaken();
        room.wait(Span::minutes(20));
        told(&mut room);
        after(&mut room, 5, role());
        let line = *room.incident.not_so.first().unwrap();
        let refusal = room.try_ask(Request::Restore { target: line }).unwrap_err();
        assert!(refusal.message.contains("not so"), "{refusal}");
        let draft = crate::domain::postmortem::draft::draft(&room.incident, "alice");
        assert!(!draft.contains("time ran out"), "{draft}");
        // Whoever took it did not.
        let target = room.incident.trail.last_of("alice").unwrap().seq;
        room.ask(Request::Undo { target });
        assert!(room.incident.not_so.is_empty() && !lines(&room)[0].1.contains("not so"));
    }
}
