//! Rules of erasing words for good: only what is words goes, and where the incident stands by them is said again
//! without them. It must not touch a disk (the shell does).

use super::{Case, reason};
use crate::domain::event::{
    Amended, AskAnswered, Event, HypothesisChanged, ImpactStated, NewEvent, Redacted, UpdateSent,
    VerdictGiven,
};
use crate::domain::ids::Seq;
use crate::domain::incident::ERASED;
use crate::domain::refusal::Refusal;
use crate::domain::time::Utc;

impl Case<'_> {
    pub(super) fn redact(&self, target: Seq, why: &str) -> Result<Vec<NewEvent>, Refusal> {
        let incident = self.incident;
        if target == Seq::NONE || target > incident.head {
            return Err(Refusal::not_found(format!("{} has no event {target}", incident.id)));
        }
        if let Some(bound) = incident.bound.get(&target) {
            let message = format!("the words of event {target} cannot be erased: {}", bound.why());
            return Err(Refusal::usage(message).hint(bound.instead()));
        }
        let why = reason("erasing words", why)?;
        // Each form that the line had has words of its own; another time has none.
        let entry = incident.timeline.get(target);
        let forms = entry.iter().flat_map(|e| e.edits.iter().map(|edit| edit.seq));
        let forms = forms.filter(|seq| !incident.bound.contains_key(seq));
        let erased: Vec<Seq> = std::iter::once(target).chain(forms).collect();
        let mut events = Vec::new();
        for target in erased.iter().copied() {
            events.extend(self.one(Redacted { target, reason: why.clone() })?);
        }
        events.extend(self.timed_again(&erased).map(|time| Case { at: None, ..*self }.event(time)));
        if let Some((at, event)) = self.said_again(target) {
            let at = Some((incident.set_backs.moved(at, target), false));
            events.push(Case { at, ..*self }.event(event));
        }
        Ok(events)
    }

    /// The time of a line that was said together with words of it that go: it is in the same payload.
    fn timed_again(&self, erased: &[Seq]) -> Option<Event> {
        let lines = self.incident.timeline.stored();
        let line = lines.iter().find(|line| line.edits.iter().any(|edit| erased.contains(&edit.seq)))?;
        let mut after = line.occurred_at;
        let timed = line.edits.iter().rev().find(|edit| {
            let is_other = edit.occurred_at != after;
            after = edit.occurred_at;
            is_other
        })?;
        erased.contains(&timed.seq).then(|| {
            let (target, at, at_about) = (line.seq, Some(line.occurred_at), line.about);
            Amended { target, text: None, at, at_about, tags: Vec::new() }.into()
        })
    }

    /// Where the incident stands by the words of an event alone, without them: an ask that was answered is not open
    /// again, and whoever was told was told.
    fn said_again(&self, target: Seq) -> Option<(Utc, Event)> {
        let talk = &self.incident.talk;
        let erased = || ERASED.to_owned();
        let another = |by: &String| Some(by.clone()).filter(|who| who != self.asker.by);
        let answered = talk.asks.values().find_map(|ask| {
            let answer = ask.answer.as_ref().filter(|answer| answer.seq == target)?;
            let person = another(&answer.by);
            Some((answer.at, AskAnswered { target: ask.seq, text: erased(), person }.into()))
        });
        let judged = talk.decisions.values().find_map(|decision| {
            let now = decision.verdict.as_ref().filter(|now| now.seq == target)?;
            let (verdict, person) = (now.verdict, another(&now.by));
            let event = VerdictGiven { target: decision.seq, verdict, reason: erased(), person };
            Some((now.at, event.into()))
        });
        let supposed = talk.hypotheses.values().find_map(|hypothesis| {
            let now = Some(&hypothesis.now).filter(|now| now.seq == target && hypothesis.seq != target)?;
            let person = another(&now.by);
            let event = HypothesisChanged { target: hypothesis.seq, state: now.state, why: erased(), person };
            Some((now.at, event.into()))
        });
        let told = talk.updates.get(&target).and_then(|update| {
            let struck = self.incident.timeline.get(target).is_some_and(|e| e.struck.is_some());
            let (_, at) = update.sent.as_ref().filter(|_| !struck)?;
            let (audience, next_at) = (update.audience, update.next_at);
            Some((*at, UpdateSent { target: None, audience, text: erased(), next_at }.into()))
        });
        let impact = self.incident.impact.as_ref().filter(|impact| impact.seq == target).map(|impact| {
            let event = ImpactStated {
                text: erased(),
                certainty: impact.certainty,
                customer_data: impact.customer_data,
                production: impact.production,
                privileged_access: impact.privileged_access,
            };
            (impact.at, event.into())
        });
        answered.or(judged).or(supposed).or(told).or(impact)
    }
}
