//! How the last actions are undone: for each event the requests that bring back what was before it, worked out
//! at the moment when what was before it is still known. Undoing is a new event; nothing is taken out of the
//! log. It must not decide whether an undo is allowed.

mod deadlines;
mod since;
mod stays;
mod tables;

use std::collections::{BTreeSet, VecDeque};

use super::{ERASED, Entry, Incident, Story};
use crate::domain::composed::same;
use crate::domain::event::{Event, Recorded};
use crate::domain::ids::Seq;
use crate::domain::request::{Keep, NewIoc, Request, Review, StepMove, StepPick, When};
use crate::domain::time::Utc;
use crate::domain::words::{ClosureState, HypothesisState, ReviewState, StepState};
use since::{Since, Subject, subject};
use stays::{fixed, stays};

/// Why a line is crossed out that was taken back.
pub(in crate::domain) const UNDONE: &str = "undone";

/// How many actions are remembered.
const KEPT: usize = 64;

/// An action and its opposite.
#[derive(Debug, Clone, PartialEq)]
pub struct Trace {
    /// The event.
    pub seq: Seq,
    /// Who did it.
    pub by: String,
    /// What was done, in words.
    pub what: String,
    /// What brings back the state before it; empty for what cannot be taken back.
    pub undo: Vec<Request>,
    /// Why it cannot be taken back and what to do instead; empty when it can.
    pub instead: &'static str,
    /// When it was stored, for what is said of many things at once, and for the lines of a table: those are undone at once.
    pub bulk: Option<Utc>,
    /// The position at which the deadline, the verdict, the answer or the words were said that the undo brings back; its
    /// own where it brings back none.
    pub said: Seq,
    /// What it is about; of many things at once the first.
    about: Option<Subject>,
    /// The other assets of a scope that was said at once.
    assets: BTreeSet<String>,
    /// The lines of a table that was brought in at once; empty for all else.
    table: BTreeSet<Seq>,
    /// What others did about the same since, oldest first: nobody takes that back by taking back this.
    since: Vec<Since>,
}

/// The last actions, oldest first.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Trail {
    traces: VecDeque<Trace>,
}

impl Trail {
    /// The last action of a person that is not undone yet. Whether it can be undone it says itself: an older one is
    /// never offered in its place.
    #[must_use]
    pub fn last_of(&self, person: &str) -> Option<&Trace> {
        self.traces.iter().rev().find(|t| same(&t.by, person))
    }

    /// The clock whose target an action changed, with when and where the target was set that held before it.
    pub(super) fn target_before(&self, seq: Seq) -> Option<(String, (Utc, Seq))> {
        let trace = self.traces.iter().rev().find(|trace| trace.seq == seq)?;
        trace.undo.iter().find_map(|request| match request {
            Request::Keep(Keep::RestoreTarget { clock, earlier: Some(own) }) => {
                Some((clock.clone(), (own.at, own.seq)))
            }
            _ => None,
        })
    }

    /// The words of an event were erased: an undo that would say them again says that they are. Where nothing is left
    /// to say, there is nothing to bring back.
    pub(super) fn blank(&mut self, seq: Seq) {
        for trace in self.traces.iter_mut().filter(|trace| trace.said == seq && trace.seq != seq) {
            for request in &mut trace.undo {
                match request {
                    Request::Keep(
                        Keep::RestoreVerdict { reason: words, .. } | Keep::RestoreAnswer { text: words, .. },
                    )
                    | Request::SetHypothesis { why: words, .. }
                    | Request::StateImpact { text: Some(words), .. } => ERASED.clone_into(words),
                    Request::Report { .. } => trace.instead = "its words were erased: say again who it was",
                    Request::Amend { .. } => trace.instead = "its words were erased: amend the line again",
                    _ => {}
                }
            }
            if !trace.instead.is_empty() {
                trace.undo.clear();
            }
        }
    }

    pub(super) fn push(&mut self, trace: Trace) {
        if let Some(last) = self.traces.back_mut()
            && trace.is_of_the_table_of(last)
        {
            return last.add_line(trace);
        }
        if let Some(last) = self.traces.back_mut()
            && trace.bulk.is_some()
            && trace.table.is_empty()
            && last.table.is_empty()
            && last.bulk == trace.bulk
            && last.by == trace.by
            && last.seq.next() == trace.seq
        {
            last.seq = trace.seq;
            last.undo.extend(trace.undo);
            if let Some(Subject::Scope(asset)) = trace.about {
                last.assets.insert(asset);
            }
            last.what = format!("the scope of {} assets", last.undo.len());
            return;
        }
        if self.traces.len() >= KEPT {
            self.traces.pop_front();
        }
        self.traces.push_back(trace);
    }

    /// Takes an action off the trail, because it is undone or has no words any more: the next undo means the action before it.
    pub(super) fn forget(&mut self, seq: Seq) {
        self.traces.retain(|t| t.seq != seq);
        self.traces.iter_mut().for_each(|t| t.forget_other(seq));
    }
}

/// The action and its opposite, before the event is applied; `None` for what is not undone that way.
pub(super) fn trace(before: &Incident, recorded: &Recorded) -> Option<Trace> {
    tables::brought(recorded, of_event(before, recorded))
}

fn of_event(before: &Incident, recorded: &Recorded) -> Option<Trace> {
    let seq = recorded.seq;
    let (what, undo) = match recorded.event.as_ref()? {
        Event::Noted(e) => (format!("the line {}", quoted(&e.text)), strike(seq)),
        Event::Alerted(e) => (format!("the alert {}", quoted(&e.text)), strike(seq)),
        Event::DecisionMade(e) => (format!("the decision {}", quoted(&e.text)), strike(seq)),
        Event::HypothesisProposed(e) => (format!("the hypothesis {}", quoted(&e.text)), strike(seq)),
        Event::AskMade(e) => (format!("the ask {}", quoted(&e.text)), strike(seq)),
        Event::UpdateDrafted(e) => (format!("the draft {}", quoted(&e.text)), strike(seq)),
        Event::Struck(e) => ("crossing out a line".to_owned(), vec![Request::Restore { target: e.target }]),
        Event::Restored(e) => {
            let reason = "undone".to_owned();
            ("bringing back a line".to_owned(), vec![Request::Strike { target: e.target, reason }])
        }
        Event::Starred(e) => {
            let word = if e.starred { "a star" } else { "taking off a star" };
            (word.to_owned(), vec![Request::Star { target: e.target, starred: !e.starred }])
        }
        Event::Amended(e) => {
            let entry = before.timeline.get(e.target)?;
            // A time that is said again, since what said it is erased, is no change.
            if e.text.is_none() && e.at == Some(entry.occurred_at) && e.at_about == entry.about {
                return None;
            }
            let undo = Request::Amend {
                target: e.target,
                text: e.text.as_ref().map(|_| before.talk.words(e.target, &entry.text).to_owned()),
                at: e.at.map(|_| (entry.occurred_at, entry.about)),
                // The trail knows what others did since; an undo of one's own later change made another form, too.
                seen: None,
            };
            ("the change of a line".to_owned(), vec![undo])
        }
        Event::SeverityChanged(e) => (
            format!("severity {}", e.to.as_deref().unwrap_or("unset")),
            vec![Request::SetSeverity { to: before.severity.clone(), reason: "undone".to_owned() }],
        ),
        Event::PhaseEntered(e) => {
            (format!("phase {}", e.phase), vec![Request::EnterPhase { phase: before.phase }])
        }
        Event::MilestoneMarked(e) => {
            let undo = match before.milestones.get(&e.milestone) {
                Some(mark) => Request::Mark { milestone: e.milestone, at: Some((mark.at, mark.about)) },
                None => Request::Unmark { milestone: e.milestone },
            };
            (format!("milestone {}", e.milestone), vec![undo])
        }
        Event::MilestoneUnmarked(e) => {
            let mark = before.milestones.get(&e.milestone)?;
            let undo = Request::Mark { milestone: e.milestone, at: Some((mark.at, mark.about)) };
            (format!("taking back the milestone {}", e.milestone), vec![undo])
        }
        Event::RoleTaken(e) => (
            format!("{} as {}", e.person, e.role),
            vec![Request::ReleaseRole { role: e.role.clone(), person: e.person.clone() }],
        ),
        Event::RoleReleased(e) => (
            format!("{} leaving {}", e.person, e.role),
            vec![Request::AssignRole { role: e.role.clone(), person: e.person.clone() }],
        ),
        Event::RoleHandedOver(e) => (
            format!("{} from {} to {}", e.role, e.from, e.to),
            vec![Request::AssignRole { role: e.role.clone(), person: e.from.clone() }],
        ),
        Event::RunbookAttached(e) => {
            (format!("the runbook {}", quoted(&e.title)), vec![Request::DetachRunbook { runbook: seq }])
        }
        Event::StepDone(e) => ("ticking a step".to_owned(), vec![back(before, e.step)?]),
        Event::StepSkipped(e) => ("skipping a step".to_owned(), vec![back(before, e.step)?]),
        Event::StepBlocked(e) => ("blocking a step".to_owned(), vec![back(before, e.step)?]),
        Event::StepStarted(e) => ("taking a step".to_owned(), vec![back(before, e.step)?]),
        Event::StepAssigned(e) => {
            let undo = match before.checklist.get(e.step)?.person.clone() {
                Some(person) => Request::AssignStep { step: StepPick::Exactly(e.step), person },
                None => Keep::FreeStep { step: StepPick::Exactly(e.step) }.into(),
            };
            (format!("a step for {}", e.person), vec![undo])
        }
        Event::StepDueSet(e) => {
            let due = before.checklist.get(e.step)?.due_at.map(When::At);
            let undo = Keep::StepDue { step: StepPick::Exactly(e.step), due };
            ("the time of a step".to_owned(), vec![undo.into()])
        }
        Event::StepReopened(e) => ("reopening a step".to_owned(), vec![back(before, e.step)?]),
        Event::AskChanged(e) => {
            let ask = before.talk.asks.get(&e.target)?;
            let (person, due) = (ask.person.clone(), ask.due_at.map(When::At));
            let undo = match (&e.person, e.due_at) {
                // What had nobody, or no end, cannot be brought back to that.
                (Some(_), _) if person.is_none() => {
                    return fixed(
                        recorded,
                        "giving an ask to somebody",
                        "give it to somebody else: :reassign",
                    );
                }
                (_, Some(_)) if due.is_none() => {
                    return fixed(recorded, "the time box of an ask", "give it another one: :extend");
                }
                (who, at) => Keep::RestoreAsk {
                    target: e.target,
                    person: person.filter(|_| who.is_some()),
                    due: due.filter(|_| at.is_some()),
                },
            };
            ("the change of an ask".to_owned(), vec![undo.into()])
        }
        Event::EvidenceAdded(e) => {
            let undo = Keep::Withdraw { evidence: seq, reason: "undone".to_owned() };
            (format!("the evidence {}", quoted(&e.name)), vec![undo.into()])
        }
        Event::EvidenceAttached(e) => {
            let item = before.record.evidence.iter().find(|i| i.seq == e.evidence)?;
            match item.entry {
                Some(entry) => {
                    let undo = Keep::Attach { evidence: e.evidence, entry };
                    ("the line of an item of evidence".to_owned(), vec![undo.into()])
                }
                None => {
                    return fixed(
                        recorded,
                        "the first line of an item of evidence",
                        "give it the line that is right: warroom evidence attach",
                    );
                }
            }
        }
        Event::ScopeItemSet(e) => {
            let assets = vec![e.asset.clone()];
            let undo = match before.record.scope.iter().find(|s| s.asset == e.asset) {
                Some(was) => Request::SetScope { assets, state: was.state },
                None => Keep::RemoveScope { assets }.into(),
            };
            (format!("scope {} {}", quoted(&e.asset), e.state), vec![undo])
        }
        Event::ScopeItemRemoved(e) => {
            let was = before.record.scope.iter().find(|s| s.asset == e.asset)?;
            let undo = Request::SetScope { assets: vec![e.asset.clone()], state: was.state };
            (format!("taking {} out of the scope", quoted(&e.asset)), vec![undo])
        }
        Event::LinkAdded(e) => {
            let undo = Keep::RemoveLink { link: e.url.clone() };
            (format!("the link {}", quoted(&e.url)), vec![undo.into()])
        }
        Event::LinkRemoved(e) => {
            let undo = crate::domain::verb::link(&e.kind, &e.url);
            (format!("taking away the link {}", quoted(&e.url)), vec![undo])
        }
        Event::IocAdded(e) => {
            let undo = match before.record.iocs.iter().find(|i| i.value == e.value) {
                Some(was) => Keep::RestoreIoc(as_new(was)),
                None => Keep::RemoveIoc { value: e.value.clone(), reason: "undone".to_owned() },
            };
            let shown = crate::domain::ioc::defang(e.kind, &e.value);
            (format!("the indicator {}", quoted(&shown)), vec![undo.into()])
        }
        Event::IocRemoved(e) => {
            let was = before.record.iocs.iter().find(|i| i.value == e.value)?;
            (format!("taking back {}", quoted(&was.shown())), vec![Keep::RestoreIoc(as_new(was)).into()])
        }
        Event::VerdictGiven(e) if e.reason != ERASED => {
            let was = before.talk.decisions.get(&e.target)?.verdict.as_ref();
            let target = e.target;
            let undo = was.map_or_else(
                || Keep::WithdrawVerdict { target }.into(),
                |was| {
                    let (verdict, reason, person) = (was.verdict, was.reason.clone(), was.by.clone());
                    Keep::RestoreVerdict { target, verdict, reason, person }.into()
                },
            );
            (format!("the verdict {}", e.verdict), vec![undo])
        }
        Event::AskAnswered(e) if e.text != ERASED => {
            let was = before.talk.asks.get(&e.target)?.answer.as_ref();
            let target = e.target;
            let undo = was.map_or_else(
                || Keep::WithdrawAnswer { target }.into(),
                |was| Keep::RestoreAnswer { target, text: was.text.clone(), person: was.by.clone() }.into(),
            );
            (format!("the answer {}", quoted(&e.text)), vec![undo])
        }
        Event::HypothesisChanged(e) if e.why != ERASED => {
            let target = e.target;
            // Of what was only supposed, nobody had said why.
            let judged = before.talk.hypotheses.get(&target).map(|h| &h.now).filter(|now| now.seq != target);
            let (state, why, person) = judged.map_or_else(
                || (HypothesisState::Open, "undone".to_owned(), None),
                |was| (was.state, was.why.clone(), Some(was.by.clone())),
            );
            let undo = Request::SetHypothesis { target, state, why, person };
            ("the state of a hypothesis".to_owned(), vec![undo])
        }
        Event::TargetChanged(e) => {
            let (clock, earlier) = (e.clock.clone(), before.targets.get(&e.clock).cloned());
            (format!("the target of {}", e.clock), vec![Keep::RestoreTarget { clock, earlier }.into()])
        }
        Event::ClockAcknowledged(e) => {
            let earlier = before.clocks.get(&e.clock).and_then(|c| c.acknowledged.as_ref());
            let said = earlier.map(|ack| (ack.reason.clone(), ack.by.clone()));
            let earlier = earlier.map(|ack| (ack.at, ack.until));
            let word = if e.until.is_some() { "moving" } else { "having seen" };
            let undo = Request::RestoreClock { clock: e.clock.clone(), earlier, said };
            (format!("{word} the clock {}", e.clock), vec![undo])
        }
        Event::Resolved(_) => {
            ("resolving".to_owned(), vec![Request::Reopen { reason: "resolved in error".to_owned() }])
        }
        Event::ClosureItemSet(e) => {
            let (state, reason) = before
                .closing
                .answers
                .get(&e.item)
                .map_or((ClosureState::Open, String::new()), |a| (a.state, a.reason.clone()));
            (format!("closure item {}", e.item), vec![Request::AnswerClosure { item: e.item, state, reason }])
        }
        Event::ImpactStated(_) => match &before.impact {
            Some(was) => {
                let undo = Request::StateImpact {
                    text: Some(was.text.clone()),
                    certainty: Some(was.certainty),
                    customer_data: Some(was.customer_data),
                    production: Some(was.production),
                    privileged_access: Some(was.privileged_access),
                };
                ("the impact".to_owned(), vec![undo])
            }
            None => return fixed(recorded, "the first word on the impact", "state the impact again"),
        },
        Event::Reported(_) => match &before.report {
            Some(was) => {
                let undo = Request::Report {
                    reporter: was.reporter.clone(),
                    source: was.source.clone(),
                    systems: was.systems.clone(),
                };
                ("who reported it".to_owned(), vec![undo])
            }
            None => return fixed(recorded, "the first word on who reported it", "say again who it was"),
        },
        Event::DetailsChanged(e) => {
            let undo = Request::SetDetails {
                title: e.title.as_ref().map(|_| before.title.clone()),
                services: e.services.as_ref().map(|_| before.services.clone()),
                tags: e.tags.as_ref().map(|_| before.tags.clone()),
                kind: e.kind.map(|_| before.kind),
            };
            ("the change of title, services, tags or kind".to_owned(), vec![undo])
        }
        Event::VisibilitySet(e) => (
            format!("visibility {}", e.visibility),
            vec![Request::SetVisibility { visibility: before.visibility }],
        ),
        Event::CodeNameSet(e) => (
            if e.code_name.is_empty() {
                "taking the code name away".to_owned()
            } else {
                format!("the code name {}", quoted(&e.code_name))
            },
            vec![Request::SetCodeName { code_name: before.code_name.clone() }],
        ),
        Event::PostmortemStatusSet(e) => {
            let stood = before.closing.postmortem.stands().unwrap_or(ReviewState::Draft);
            (format!("postmortem {}", e.status), vec![Request::Review(Review::Status(stood))])
        }
        Event::PostmortemOwnerSet(_) => {
            let owner = before.closing.postmortem.owner.clone();
            ("the owner of the postmortem".to_owned(), vec![Request::Review(Review::Owner(owner))])
        }
        Event::PostmortemMeetingSet(_) => {
            let day = before.closing.postmortem.meeting;
            ("the review meeting".to_owned(), vec![Request::Review(Review::Meeting(day))])
        }
        Event::StoryShipped(e) => (format!("shipping story S{}", e.number), reopen_story(e.number)),
        Event::StoryDropped(e) if before.closing.stories.get(&e.number).is_some_and(Story::is_unshipped) => {
            (format!("dropping story S{}", e.number), reopen_story(e.number))
        }
        event => return stays(recorded, event),
    };
    let bulk = matches!(recorded.event, Some(Event::ScopeItemSet(_))).then_some(recorded.recorded_at);
    let said = said(before, recorded);
    let (by, about) = (recorded.by.clone(), subject(recorded));
    let (assets, table, since) = (BTreeSet::new(), BTreeSet::new(), Vec::new());
    Some(Trace { seq, by, what, undo, bulk, said, instead: "", about, assets, table, since })
}

/// Where the deadline, the verdict, the answer or the words were said that the event replaces.
fn said(before: &Incident, recorded: &Recorded) -> Seq {
    let earlier = match recorded.event.as_ref() {
        Some(Event::AskChanged(e)) => before.talk.asks.get(&e.target).map(|ask| ask.due_seq),
        Some(Event::VerdictGiven(e)) => {
            before.talk.decisions.get(&e.target).and_then(|d| d.verdict.as_ref()).map(|was| was.seq)
        }
        Some(Event::AskAnswered(e)) => {
            before.talk.asks.get(&e.target).and_then(|ask| ask.answer.as_ref()).map(|was| was.seq)
        }
        Some(Event::HypothesisChanged(e)) => {
            before.talk.hypotheses.get(&e.target).map(|h| h.now.seq).filter(|seq| *seq != e.target)
        }
        Some(Event::ImpactStated(_)) => before.impact.as_ref().map(|was| was.seq),
        Some(Event::Reported(_)) => before.report.as_ref().map(|was| was.seq),
        Some(Event::Amended(e)) if e.text.is_some() => before.timeline.get(e.target).map(Entry::worded),
        Some(Event::StepDueSet(e)) => before.checklist.get(e.step).map(|step| step.due_seq),
        Some(Event::ClockAcknowledged(e)) => {
            before.clocks.get(&e.clock).and_then(|c| c.acknowledged.as_ref()).map(|ack| ack.seq)
        }
        _ => None,
    };
    earlier.unwrap_or(recorded.seq)
}

/// An indicator as a request that brings it back.
fn as_new(ioc: &super::Ioc) -> NewIoc {
    NewIoc {
        value: ioc.value.clone(),
        kind: Some(ioc.kind),
        tlp: Some(ioc.tlp),
        entry: ioc.entry,
        note: ioc.note.clone(),
    }
}

fn reopen_story(number: u32) -> Vec<Request> {
    vec![Request::ReopenStory { number, reason: "undone".to_owned() }]
}

fn strike(target: Seq) -> Vec<Request> {
    vec![Request::Strike { target, reason: UNDONE.to_owned() }]
}

fn back(before: &Incident, at: crate::domain::event::StepRef) -> Option<Request> {
    let step = before.checklist.get(at)?;
    let (change, reason) = match step.state {
        StepState::Todo => (StepMove::Reopen, String::new()),
        // Whoever had it may have it back from whoever took it over.
        StepState::Doing => (StepMove::TakeOver, String::new()),
        StepState::Done => (StepMove::Tick, String::new()),
        StepState::Skipped => (StepMove::Skip, step.reason.clone()),
        StepState::Blocked => (StepMove::Block, step.reason.clone()),
    };
    Some(Request::MoveStep { step: StepPick::Exactly(at), change, person: step.person.clone(), reason })
}

/// The beginning of a text between quotation marks.
fn quoted(text: &str) -> String {
    // Said of each event as a room is opened: nearly all are short or plain.
    let cut = text.char_indices().nth(40).map_or(text.len(), |(at, _)| at);
    let (short, more) = (text.get(..cut).unwrap_or(text), if cut < text.len() { "…" } else { "" });
    if short.bytes().all(|b| matches!(b, b' '..=b'~') && !matches!(b, b'"' | b'\\')) {
        return ["\"", short, more, "\""].concat();
    }
    format!("{:?}", [short, more].concat())
}
