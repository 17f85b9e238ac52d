//! What follows from lines, from corrections to them and from replies. It must not refuse.

use crate::domain::composed::same;
use crate::domain::event::{Event, Recorded};
use crate::domain::ids::Seq;
use crate::domain::incident::talk::{
    Answered, Ask, Decision, Hypothesis, HypothesisNow, Update, UpdateState, VerdictNow,
};
use crate::domain::incident::timeline::{Edit, Entry, Strike, Topic};
use crate::domain::incident::{ERASED, Incident};
use crate::domain::quick_entry;
use crate::domain::time::Utc;
use crate::domain::words::{EntryKind, HypothesisState, Milestone};

impl Incident {
    /// Lines that a person or a monitor said.
    pub(super) fn say(&mut self, r: &Recorded, event: &Event) {
        let (seq, at, by) = (r.seq, r.occurred_at, r.by.clone());
        match event {
            Event::Noted(e) => {
                self.push_line(r, EntryKind::Note, Topic::Said, e.text.clone(), &e.tags);
                let starred = e.starred;
                self.timeline.change(seq, |entry| entry.starred = starred);
            }
            Event::Alerted(e) => {
                self.push_line(r, EntryKind::Alert, Topic::Said, e.text.clone(), &e.tags);
                let (source, alert) = (e.source.clone(), e.alert.clone().unwrap_or_default());
                self.timeline.change(seq, |entry| (entry.source, entry.alert) = (source, alert));
            }
            Event::DecisionMade(e) => {
                self.push_line(r, EntryKind::Decision, Topic::Said, e.text.clone(), &e.tags);
                self.talk.decisions.insert(
                    seq,
                    Decision {
                        seq,
                        text: e.text.clone(),
                        decided_by: e.decided_by.clone(),
                        executor: e.executor.clone(),
                        at,
                        check_at: e.check_at,
                        objections: e.objections.clone(),
                        verdict: None,
                    },
                );
            }
            Event::HypothesisProposed(e) => {
                self.push_line(r, EntryKind::Hypothesis, Topic::Said, e.text.clone(), &e.tags);
                let now = HypothesisNow {
                    state: HypothesisState::Open,
                    why: String::new(),
                    by: by.clone(),
                    at,
                    seq,
                };
                self.talk.hypotheses.insert(seq, Hypothesis { seq, text: e.text.clone(), by, at, now });
            }
            Event::AskMade(e) => {
                let line = match &e.person {
                    Some(person) => format!("@{person} {}", e.text),
                    None => e.text.clone(),
                };
                self.push_line(r, EntryKind::Ask, Topic::Said, line, &e.tags);
                self.talk.asks.insert(
                    seq,
                    Ask {
                        seq,
                        text: e.text.clone(),
                        person: e.person.clone(),
                        by,
                        at,
                        since: at,
                        due_at: e.due_at,
                        due_seq: seq,
                        acknowledged: None,
                        answer: None,
                    },
                );
            }
            Event::UpdateDrafted(e) => {
                let line = format!("{}: {}", e.audience, e.text);
                // The event holds no tags: they are those of its words, as of any other line.
                self.push_line(r, EntryKind::Update, Topic::Said, line, &quick_entry::tags_of(&e.text));
                self.talk.updates.insert(
                    seq,
                    Update {
                        seq,
                        audience: e.audience,
                        text: e.text.clone(),
                        state: UpdateState::Drafted,
                        by,
                        at,
                        approved: None,
                        sent: None,
                        sent_seq: Seq::NONE,
                        next_at: e.next_at,
                    },
                );
            }
            Event::UpdateSent(e) => match e.target {
                Some(target) => {
                    if let Some(update) = self.talk.updates.get_mut(&target) {
                        update.state = UpdateState::Sent;
                        update.sent = Some((by, at));
                        update.sent_seq = seq;
                        update.next_at = e.next_at.or(update.next_at);
                    }
                }
                None => {
                    let line = format!("{}: {}", e.audience, e.text);
                    self.push_line(r, EntryKind::Update, Topic::Said, line, &quick_entry::tags_of(&e.text));
                    self.talk.updates.insert(
                        seq,
                        Update {
                            seq,
                            audience: e.audience,
                            text: e.text.clone(),
                            state: UpdateState::Sent,
                            by: by.clone(),
                            at,
                            approved: None,
                            sent: Some((by, at)),
                            sent_seq: seq,
                            next_at: e.next_at,
                        },
                    );
                }
            },
            _ => {}
        }
    }

    /// Changes to lines that are there.
    pub(super) fn correct(&mut self, r: &Recorded, event: &Event) {
        match event {
            Event::Amended(e) => {
                let edit = |entry: &Entry| Edit {
                    by: r.by.clone(),
                    at: r.recorded_at,
                    text: entry.text.clone(),
                    occurred_at: entry.occurred_at,
                    seq: r.seq,
                };
                let text = e.text.as_ref().map(|words| self.talk.line(e.target, words));
                self.timeline.change(e.target, |entry| {
                    let before = edit(entry);
                    entry.edits.push(before);
                    if let Some(text) = text {
                        entry.text = text;
                        entry.tags.clone_from(&e.tags);
                    }
                    if let Some(at) = e.at {
                        entry.occurred_at = at;
                        entry.about = e.at_about;
                    }
                });
                self.retell(e.target, e.text.as_deref(), e.at);
            }
            Event::Struck(e) => {
                let strike = Strike { by: r.by.clone(), at: r.occurred_at, reason: e.reason.clone() };
                self.timeline.change(e.target, |entry| entry.struck = Some(strike));
            }
            Event::Restored(e) => {
                self.timeline.change(e.target, |entry| entry.struck = None);
            }
            Event::Starred(e) => {
                self.timeline.change(e.target, |entry| entry.starred = e.starred);
            }
            Event::Redacted(e) => {
                self.timeline.change(e.target, |entry| {
                    entry.redacted = true;
                    ERASED.clone_into(&mut entry.text);
                    entry.source.clear();
                    entry.alert.clear();
                    entry.tags.clear();
                    entry.edits.clear();
                });
                self.unsay(e.target);
                self.talk.erase(e.target);
                self.trail.blank(e.target);
                self.record.evidence.retain(|item| item.seq != e.target);
                self.report = self.report.take().filter(|report| report.seq != e.target);
                if let Some(impact) = self.impact.as_mut().filter(|impact| impact.seq == e.target) {
                    // An undo brings back what was stated before.
                    ERASED.clone_into(&mut impact.text);
                }
                // Its trace quotes the words. Read again from the log, it has none either.
                self.trail.erase(e.target);
            }
            _ => {}
        }
    }

    /// The other words of a line were erased, and not the line: it reads as before them, wherever they stood.
    fn unsay(&mut self, form: Seq) {
        let lines = self.timeline.stored();
        let Some(line) = lines.iter().find(|line| line.edits.iter().any(|edit| edit.seq == form)) else {
            return;
        };
        let (target, is_now) = (line.seq, line.worded() == form);
        let mut before = None;
        self.timeline.change(target, |entry| {
            let Some(place) = entry.edits.iter().position(|edit| edit.seq == form) else { return };
            let Edit { text, .. } = entry.edits.remove(place);
            // A later change of the time alone was made of the same words.
            let said = entry.edits.get(place).map_or_else(|| entry.text.clone(), |edit| edit.text.clone());
            for edit in entry.edits.iter_mut().skip(place).take_while(|edit| edit.text == said) {
                edit.text.clone_from(&text);
            }
            if is_now {
                entry.text.clone_from(&text);
                let tags = quick_entry::tags_of(&said);
                entry.tags.retain(|tag| !tags.contains(tag));
                entry.tags.extend(quick_entry::tags_of(&text));
                before = Some(text);
            }
        });
        self.retell(target, before.as_deref(), None);
    }

    /// Carries a corrected text or time to what the line stands for.
    fn retell(&mut self, target: Seq, text: Option<&str>, at: Option<Utc>) {
        if let Some(decision) = self.talk.decisions.get_mut(&target) {
            retell(&mut decision.text, &mut decision.at, text, at);
        }
        if let Some(hypothesis) = self.talk.hypotheses.get_mut(&target) {
            retell(&mut hypothesis.text, &mut hypothesis.at, text, at);
        }
        let bare = text.map(|text| self.talk.words(target, text));
        if let Some(ask) = self.talk.asks.get_mut(&target) {
            retell(&mut ask.text, &mut ask.at, bare, at);
        }
        if let Some(update) = self.talk.updates.get_mut(&target) {
            retell(&mut update.text, &mut update.at, bare, at);
        }
        if let Some(at) = at {
            self.retime(target, at);
        }
    }

    /// A marked point, a phase, a severity, a target, a role, the resolve or the sending of an update moves with the time
    /// of its line.
    fn retime(&mut self, target: Seq, at: Utc) {
        for (milestone, mark) in self.milestones.iter_mut().filter(|(_, mark)| mark.seq == target) {
            mark.at = at;
            if *milestone == Milestone::Resolved && self.resolved_at.is_some() {
                self.resolved_at = Some(at);
            }
        }
        for span in self.phases.iter_mut().filter(|p| p.seq == target) {
            span.since = at;
        }
        for span in self.severities.iter_mut().filter(|s| s.seq == target) {
            span.since = at;
        }
        for own in self.targets.values_mut().filter(|own| own.seq == target) {
            own.at = at;
        }
        self.roster.retime(target, at);
        for update in self.talk.updates.values_mut().filter(|u| u.sent_seq == target) {
            if let Some((_, sent)) = &mut update.sent {
                *sent = at;
            }
        }
    }

    pub(super) fn reply(&mut self, r: &Recorded, event: &Event) {
        let (seq, by, at) = (r.seq, r.by.clone(), r.occurred_at);
        match event {
            Event::VerdictGiven(e) => {
                if let Some(decision) = self.talk.decisions.get_mut(&e.target) {
                    let by = e.person.clone().unwrap_or(by);
                    decision.verdict =
                        Some(VerdictNow { verdict: e.verdict, reason: e.reason.clone(), by, at, seq });
                }
            }
            Event::VerdictWithdrawn(e) => {
                if let Some(decision) = self.talk.decisions.get_mut(&e.target) {
                    decision.verdict = None;
                }
            }
            Event::HypothesisChanged(e) => {
                if let Some(hypothesis) = self.talk.hypotheses.get_mut(&e.target) {
                    let by = e.person.clone().unwrap_or(by);
                    hypothesis.now = HypothesisNow { state: e.state, why: e.why.clone(), by, at, seq };
                }
            }
            Event::AskAcknowledged(e) => {
                if let Some(ask) = self.talk.asks.get_mut(&e.target) {
                    ask.acknowledged = Some((e.person.clone(), at));
                    ask.person.get_or_insert_with(|| e.person.clone());
                }
            }
            Event::AskChanged(e) => {
                let Some(ask) = self.talk.asks.get_mut(&e.target) else { return };
                if let Some(due) = e.due_at {
                    (ask.due_at, ask.due_seq) = (Some(due), r.seq);
                }
                if let Some(person) = &e.person {
                    let before = ask.person.replace(person.clone());
                    ask.since = at;
                    if ask.acknowledged.as_ref().is_some_and(|(who, _)| !same(who, person)) {
                        ask.acknowledged = None;
                    }
                    let lead = before.map(|p| format!("@{p} ")).unwrap_or_default();
                    self.timeline.change(e.target, |entry| {
                        let bare = entry.text.strip_prefix(&lead).unwrap_or(&entry.text);
                        entry.text = format!("@{person} {bare}");
                    });
                }
            }
            Event::DecisionObjected(e) => {
                if let Some(decision) = self.talk.decisions.get_mut(&e.target) {
                    decision.objections.push(format!("{}: {}", e.person, e.text));
                }
            }
            Event::AskAnswered(e) => {
                if let Some(ask) = self.talk.asks.get_mut(&e.target) {
                    let by = e.person.clone().unwrap_or(by);
                    ask.answer = Some(Answered { text: e.text.clone(), by, at, seq });
                }
            }
            Event::AnswerWithdrawn(e) => {
                let Some(ask) = self.talk.asks.get_mut(&e.target) else { return };
                let Some(answer) = ask.answer.take() else { return };
                // While it was answered its end did not move with the clock.
                let moved = |at| self.set_backs.moved_after(answer.seq, at, ask.due_seq);
                (ask.due_at, ask.since) = (ask.due_at.map(moved), moved(ask.since));
            }
            Event::UpdateApproved(e) => {
                if let Some(update) = self.talk.updates.get_mut(&e.target) {
                    update.state = UpdateState::Approved;
                    update.approved = Some((by, at));
                }
            }
            _ => {}
        }
    }
}

fn retell(text: &mut String, when: &mut Utc, new_text: Option<&str>, new_at: Option<Utc>) {
    if let Some(new) = new_text {
        new.clone_into(text);
    }
    if let Some(new) = new_at {
        *when = new;
    }
}
