//! What follows from each event. Total: it cannot fail, and an event that makes no sense in its place changes
//! nothing but the timeline. It must not decide, refuse or read a clock.

mod keep;
mod say;

use super::bound::bound;
use super::lines::system_line;
use super::timeline::{Entry, Topic};
use super::{
    ClockAck, Disposition, Holding, Impact, Incident, Mark, OwnTarget, PhaseSpan, Report, SeveritySpan, trail,
};
use crate::domain::event::{Event, Recorded};
use crate::domain::ids::Seq;
use crate::domain::words::{EntryKind, Milestone, Phase, State, StepState};

impl Incident {
    /// Takes in one event of the log. Cannot fail.
    pub fn apply(&mut self, recorded: &Recorded) {
        let trace = if recorded.undoes.is_none() { trail::trace(self, recorded) } else { None };
        let earlier = recorded.undoes.and_then(|seq| self.trail.target_before(seq));
        self.trail.touch(recorded, trace.as_ref().map_or("an undo", |trace| &trace.what));
        if let Some(seq) = recorded.undoes {
            self.taken_back.extend([seq, recorded.seq]);
            self.trail.forget(seq);
        } else if let Some(trace) = trace {
            self.trail.push(trace);
        }
        if let Some((topic, text)) = system_line(self, recorded) {
            // A line whose words are erased stays the line that it was.
            let (kind, topic) =
                recorded.erased.map_or((EntryKind::System, topic), |kind| (kind, Topic::Said));
            self.push_line(recorded, kind, topic, text, &[]);
        }
        self.head = recorded.seq;
        self.last_at = self.last_at.max(recorded.recorded_at);
        (self.head_at, self.head_host) = (recorded.recorded_at, recorded.host);
        if let Some(event) = &recorded.event {
            self.change(recorded, event);
            // A target that is brought back was set when it was.
            if let Some((clock, (at, seq))) = earlier
                && let Some(own) = self.targets.get_mut(&clock)
            {
                (own.at, own.seq) = (at, seq);
            }
            if let Some(bound) = bound(event) {
                self.bound.insert(recorded.seq, bound);
            }
        }
        if let Some(seq) = recorded.undoes {
            self.unimply(recorded, seq);
        }
        self.judge_breaches(recorded);
    }

    /// What followed from an action goes with it when it is undone: nobody took it, unless somebody else did
    /// meanwhile.
    fn unimply(&mut self, r: &Recorded, undone: Seq) {
        self.roster.undo(undone);
        let milestone = Milestone::Acknowledged;
        if !self.acknowledges(undone) {
            return;
        }
        self.milestones.remove(&milestone);
        if let Some(h) = self.took_first(undone, r.seq) {
            let mark = Mark { at: h.from, about: false, by: h.person.clone(), seq: h.seq, explicit: false };
            self.milestones.insert(milestone, mark);
        }
    }

    /// Whether it is marked as acknowledged because of that role, and nobody has said so by name.
    pub(super) fn acknowledges(&self, role: Seq) -> bool {
        self.milestones.get(&Milestone::Acknowledged).is_some_and(|mark| !mark.explicit && mark.seq == role)
    }

    /// The first role taken before a position that was not given in error, but for one.
    pub(super) fn took_first(&self, but: Seq, before: Seq) -> Option<&Holding> {
        let counts = |h: &&Holding| !h.undone && h.seq != but && h.seq < before;
        self.roster.history().iter().filter(counts).min_by_key(|h| h.seq)
    }

    fn change(&mut self, r: &Recorded, event: &Event) {
        match event {
            Event::Noted(_)
            | Event::Alerted(_)
            | Event::DecisionMade(_)
            | Event::HypothesisProposed(_)
            | Event::AskMade(_)
            | Event::UpdateDrafted(_)
            | Event::UpdateSent(_) => self.say(r, event),
            Event::Amended(_)
            | Event::Struck(_)
            | Event::Restored(_)
            | Event::Starred(_)
            | Event::Redacted(_) => {
                self.correct(r, event);
            }
            Event::VerdictGiven(_)
            | Event::VerdictWithdrawn(_)
            | Event::AnswerWithdrawn(_)
            | Event::HypothesisChanged(_)
            | Event::AskAcknowledged(_)
            | Event::AskAnswered(_)
            | Event::AskChanged(_)
            | Event::DecisionObjected(_)
            | Event::UpdateApproved(_) => self.reply(r, event),
            Event::RunbookAttached(e) => {
                self.checklist.attach(r.seq, &e.name, &e.title, &e.text, r.occurred_at);
                self.checklist.judge(self.severity.as_deref(), self.kind);
            }
            Event::RunbookDetached(e) => self.checklist.detach(e.runbook),
            Event::StepAssigned(e) => {
                let person = e.person.clone();
                self.checklist.change(e.step, |s| s.person = Some(person));
            }
            Event::StepStarted(e) => self.step(r, e.step, StepState::Doing, Some(&e.person), ""),
            Event::StepDone(e) => self.step(r, e.step, StepState::Done, Some(&e.person), ""),
            Event::StepSkipped(e) => self.step(r, e.step, StepState::Skipped, Some(&r.by), &e.reason),
            Event::StepBlocked(e) => self.step(r, e.step, StepState::Blocked, Some(&r.by), &e.reason),
            Event::StepReopened(e) => self.step(r, e.step, StepState::Todo, None, &e.reason),
            Event::StepDueSet(e) => {
                self.checklist.change(e.step, |s| (s.due_at, s.due_seq) = (e.due_at, r.seq));
            }
            Event::EvidenceAdded(_)
            | Event::EvidenceTransferred(_)
            | Event::EvidenceAttached(_)
            | Event::EvidenceWithdrawn(_)
            | Event::ScopeItemSet(_)
            | Event::ScopeItemRemoved(_)
            | Event::IocAdded(_)
            | Event::IocRemoved(_)
            | Event::LinkRemoved(_)
            | Event::LinkAdded(_)
            | Event::RelatedAdded(_) => self.keep(r, event),
            Event::ClosureItemSet(_)
            | Event::PostmortemDrafted(_)
            | Event::PostmortemChecked(_)
            | Event::PostmortemPublished(_)
            | Event::PostmortemWaived(_)
            | Event::PostmortemStatusSet(_)
            | Event::PostmortemOwnerSet(_)
            | Event::PostmortemMeetingSet(_)
            | Event::PostmortemCommented(_) => self.close_out(r, event),
            Event::StoryFiled(_)
            | Event::StoryChanged(_)
            | Event::StoryStarted(_)
            | Event::StoryShipped(_)
            | Event::StoryVerified(_)
            | Event::StoryDropped(_)
            | Event::StoryReopened(_)
            | Event::StorySynced(_) => self.improve(r, event),
            Event::DrillStarted(_) | Event::DrillInjected(_) | Event::DrillJudged(_) => {
                self.exercise(r, event);
            }
            Event::Unknown(_) => {}
            _ => self.turn(r, event),
        }
    }

    /// The course of the incident itself: what it is, how bad, where it stands, who holds what.
    fn turn(&mut self, r: &Recorded, event: &Event) {
        let at = r.occurred_at;
        match event {
            Event::Declared(e) => {
                self.id = e.id;
                self.title.clone_from(&e.title);
                self.kind = e.kind;
                self.profile.clone_from(&e.profile);
                self.severity.clone_from(&e.severity);
                self.severities.push(SeveritySpan {
                    severity: e.severity.clone(),
                    since: at,
                    reason: String::new(),
                    seq: r.seq,
                });
                self.services.clone_from(&e.services);
                self.tags.clone_from(&e.tags);
                self.declared_at = at;
                self.declared_by.clone_from(&r.by);
                self.enter(r, Phase::Detect);
                self.imply(r, Milestone::Detected);
            }
            Event::DetailsChanged(e) => {
                if let Some(title) = &e.title {
                    self.title.clone_from(title);
                }
                if let Some(services) = &e.services {
                    self.services.clone_from(services);
                }
                if let Some(tags) = &e.tags {
                    self.tags.clone_from(tags);
                }
                self.kind = e.kind.unwrap_or(self.kind);
                self.checklist.judge(self.severity.as_deref(), self.kind);
            }
            Event::Reported(e) => {
                self.report = Some(Report {
                    reporter: e.reporter.clone(),
                    source: e.source.clone(),
                    systems: e.systems.clone(),
                    at,
                    seq: r.seq,
                });
            }
            Event::ImpactStated(e) => {
                self.impact = Some(Impact {
                    text: e.text.clone(),
                    certainty: e.certainty,
                    customer_data: e.customer_data,
                    production: e.production,
                    privileged_access: e.privileged_access,
                    by: r.by.clone(),
                    at,
                    seq: r.seq,
                });
            }
            Event::DispositionSet(e) => {
                self.disposition =
                    Some(Disposition { word: e.disposition, of: e.of, reason: e.reason.clone() });
            }
            Event::VisibilitySet(e) => self.visibility = e.visibility,
            Event::CodeNameSet(e) => self.code_name.clone_from(&e.code_name),
            Event::SeverityChanged(e) => {
                self.severity.clone_from(&e.to);
                self.checklist.judge(self.severity.as_deref(), self.kind);
                self.severities.push(SeveritySpan {
                    severity: e.to.clone(),
                    since: at,
                    reason: e.reason.clone(),
                    seq: r.seq,
                });
            }
            // Without a target: as the team's rule says again.
            Event::TargetChanged(e) if e.target.is_empty() => _ = self.targets.remove(&e.clock),
            Event::TargetChanged(e) => {
                let (target, reason) = (e.target.clone(), e.reason.clone());
                let by = e.person.as_ref().unwrap_or(&r.by).clone();
                self.targets.insert(e.clock.clone(), OwnTarget { target, by, reason, at, seq: r.seq });
            }
            Event::PhaseEntered(e) => match self.said_again(r, e.phase) {
                Some(place) => self.phases.truncate(place),
                None => self.enter(r, e.phase),
            },
            Event::MilestoneMarked(e) => {
                self.mark(r, e.milestone, true);
            }
            Event::MilestoneUnmarked(e) => {
                self.milestones.remove(&e.milestone);
            }
            Event::RoleTaken(e) => {
                self.roster.take(&e.role, &e.person, at, r.seq);
                self.imply(r, Milestone::Acknowledged);
            }
            Event::RoleReleased(e) => self.roster.release(&e.role, &e.person, at, r.seq),
            Event::RoleHandedOver(e) => {
                self.roster.release(&e.role, &e.from, at, r.seq);
                self.roster.take(&e.role, &e.to, at, r.seq);
            }
            Event::ClockBreached(e) => {
                let record = self.clocks.entry(e.clock.clone()).or_default();
                record.breached.push(e.deadline);
                record.lines.push((e.deadline, r.seq));
            }
            Event::ClockAcknowledged(e) => {
                self.clocks.entry(e.clock.clone()).or_default().acknowledged = Some(ClockAck {
                    seq: r.seq,
                    at,
                    by: e.person.as_ref().unwrap_or(&r.by).clone(),
                    until: e.until,
                    reason: e.reason.clone(),
                });
            }
            Event::ClockStepped(e) => self.clock_set(r.seq, e.by_ms),
            Event::Resolved(e) => {
                self.state = State::Resolved;
                self.resolved_at = Some(at);
                self.ended_by.clone_from(&e.ended_by);
                self.mark(r, Milestone::Resolved, true);
            }
            Event::Closed(e) => {
                self.state = State::Closed;
                self.closed_at = Some(at);
                self.closing.waived.clone_from(&e.waived);
                self.closing.waiver.clone_from(&e.reason);
            }
            Event::Reopened(_) => {
                self.rest_ends(r);
                self.state = State::Open;
                self.resolved_at = None;
                self.closed_at = None;
                // What was said to have ended it did not.
                self.ended_by.clear();
                // Resolved in error, it was never over.
                if r.undoes.is_none() {
                    self.reopened = self.reopened.saturating_add(1);
                }
                self.milestones.remove(&Milestone::Resolved);
            }
            _ => {}
        }
    }

    fn enter(&mut self, r: &Recorded, phase: Phase) {
        self.phase = phase;
        self.phases.push(PhaseSpan { phase, since: r.occurred_at, by: r.by.clone(), seq: r.seq });
    }

    fn mark(&mut self, r: &Recorded, milestone: Milestone, explicit: bool) {
        // While it is resolved, it was so when the milestone says.
        if milestone == Milestone::Resolved && self.resolved_at.is_some() {
            self.resolved_at = Some(r.occurred_at);
        }
        self.milestones.insert(
            milestone,
            Mark { at: r.occurred_at, about: r.about, by: r.by.clone(), seq: r.seq, explicit },
        );
    }

    /// Marks a milestone that follows from another event, unless it is marked already.
    fn imply(&mut self, r: &Recorded, milestone: Milestone) {
        if !self.milestones.contains_key(&milestone) {
            self.mark(r, milestone, false);
        }
    }

    pub(super) fn push_line(
        &mut self,
        r: &Recorded,
        kind: EntryKind,
        topic: Topic,
        text: String,
        tags: &[String],
    ) {
        let tags = self.tags_of(r, &text, tags);
        self.timeline.push(Entry {
            seq: r.seq,
            id: r.id,
            kind,
            topic,
            occurred_at: r.occurred_at,
            about: r.about,
            recorded_at: r.recorded_at,
            by: r.by.clone(),
            actor: r.actor.clone(),
            text,
            source: String::new(),
            alert: String::new(),
            tags,
            starred: false,
            struck: None,
            edits: Vec::new(),
            redacted: r.event.is_none(),
        });
    }
}
