//! What must not leave the room: lines that say `#privileged` (or `#unmasked`), what is about such a line, and texts
//! that say so where there is no line of their own. It must not know who asks.

use super::Incident;
use super::timeline::Entry;
use crate::domain::event::{Event, Recorded};
use crate::domain::ids::Seq;
use crate::domain::secret::UNMASKED;

/// The tag of what only the people in the room may know.
pub const PRIVILEGED: &str = "privileged";

/// Whether a text may leave the room: texts without tags of their own can still say `#privileged`.
#[must_use]
pub fn may_leave(text: &str) -> bool {
    if !text.contains('#') {
        return true;
    }
    let text = text.to_ascii_lowercase();
    ![PRIVILEGED, UNMASKED].iter().any(|tag| text.contains(&format!("#{tag}")))
}

/// The line that an event is about.
fn about(event: &Event) -> Option<Seq> {
    match event {
        Event::DecisionObjected(e) => Some(e.target),
        Event::VerdictGiven(e) => Some(e.target),
        Event::VerdictWithdrawn(e) => Some(e.target),
        Event::HypothesisChanged(e) => Some(e.target),
        Event::AskAcknowledged(e) => Some(e.target),
        Event::AskChanged(e) => Some(e.target),
        Event::AskAnswered(e) => Some(e.target),
        Event::AnswerWithdrawn(e) => Some(e.target),
        Event::UpdateApproved(e) => Some(e.target),
        Event::UpdateSent(e) => e.target,
        Event::EvidenceAttached(e) => Some(e.entry),
        Event::EvidenceTransferred(e) => Some(e.evidence),
        Event::EvidenceWithdrawn(e) => Some(e.evidence),
        Event::IocAdded(e) => e.entry,
        _ => None,
    }
}

impl Incident {
    /// The tags of a new line: a line that says or answers what is privileged is so too.
    pub(super) fn tags_of(&self, r: &Recorded, text: &str, tags: &[String]) -> Vec<String> {
        let mut tags = tags.to_vec();
        let about = r.event.as_ref().and_then(about).and_then(|seq| self.timeline.get(seq));
        if (!may_leave(text) || about.is_some_and(Entry::is_privileged))
            && !tags.iter().any(|tag| tag.eq_ignore_ascii_case(PRIVILEGED))
        {
            tags.push(PRIVILEGED.to_owned());
        }
        tags
    }

    /// Whether what belongs to a line may leave: the line does.
    fn tells(&self, seq: Seq) -> bool {
        self.timeline.get(seq).is_none_or(|entry| !entry.is_privileged())
    }

    /// The incident without what is privileged, for everything that is written from it to leave the room. The timeline
    /// and the indicators are whole: who writes them counts what stays behind.
    #[must_use]
    pub fn without_privileged(&self) -> Self {
        let mut told = self.clone();
        let blank = |text: &mut String| {
            if !may_leave(text) {
                text.clear();
            }
        };
        let keep = |text: &String| may_leave(text);
        if !may_leave(&told.title) {
            told.title = told.id.to_string();
        }
        blank(&mut told.ended_by);
        blank(&mut told.closing.waiver);
        blank(&mut told.code_name);
        told.services.retain(keep);
        told.tags.retain(keep);
        told.impact.take_if(|impact| !may_leave(&impact.text) || !self.tells(impact.seq));
        if let Some(disposition) = &mut told.disposition {
            blank(&mut disposition.reason);
        }
        told.report.take_if(|report| !may_leave(&report.source) || !may_leave(&report.reporter));
        told.talk.decisions.retain(|seq, decision| self.tells(*seq) && may_leave(&decision.text));
        for decision in told.talk.decisions.values_mut() {
            decision.objections.retain(keep);
            if let Some(verdict) = &mut decision.verdict {
                blank(&mut verdict.reason);
            }
        }
        told.talk.hypotheses.retain(|seq, hypothesis| self.tells(*seq) && may_leave(&hypothesis.text));
        for hypothesis in told.talk.hypotheses.values_mut() {
            blank(&mut hypothesis.now.why);
        }
        told.talk.asks.retain(|seq, ask| self.tells(*seq) && may_leave(&ask.text));
        for ask in told.talk.asks.values_mut() {
            ask.answer.take_if(|answer| !may_leave(&answer.text));
        }
        told.talk.updates.retain(|seq, update| self.tells(*seq) && may_leave(&update.text));
        told.checklist.each_reason(blank);
        self.without_privileged_registers(&mut told);
        told
    }

    fn without_privileged_registers(&self, told: &mut Self) {
        let whole = |texts: &[&String]| texts.iter().all(|text| may_leave(text));
        let record = &mut told.record;
        record.evidence.retain(|item| {
            self.tells(item.seq)
                && item.entry.is_none_or(|entry| self.tells(entry))
                && whole(&[&item.name, &item.class, &item.source, &item.location])
        });
        for item in &mut record.evidence {
            item.withdrawn.take_if(|(_, _, why)| !may_leave(why));
            for custody in item.custody.iter_mut().filter(|c| !whole(&[&c.reason, &c.location])) {
                custody.reason.clear();
                custody.location.clear();
            }
        }
        record.links.retain(|link| whole(&[&link.kind, &link.url]));
        record.related.retain(|related| whole(&[&related.relation, &related.incident]));
        record.scope.retain(|item| may_leave(&item.asset));
        told.closing.stories.retain(|_, story| may_leave(&story.title));
        for story in told.closing.stories.values_mut() {
            for text in [&mut story.proof, &mut story.external, &mut story.link, &mut story.reason] {
                if !may_leave(text) {
                    text.clear();
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_says_that_it_is_privileged_in_any_case() {
        for text in ["#privileged", "so says counsel #Privileged.", "key x #UNMASKED"] {
            assert!(!may_leave(text), "{text}");
        }
        for text in ["", "privileged access: yes", "# privileged", "#other"] {
            assert!(may_leave(text), "{text}");
        }
    }
}
