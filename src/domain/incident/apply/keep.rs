//! What follows from steps, evidence, scope, closing and stories. It must not refuse.

use crate::domain::event::{Event, Recorded, StepRef};
use crate::domain::incident::closing::{ClosureAnswer, Story};
use crate::domain::incident::record::{Custody, EvidenceItem, Ioc, Link, RelatedIncident, ScopeItem};
use crate::domain::incident::{Entry, Incident, PRIVILEGED};
use crate::domain::ioc::Tlp;
use crate::domain::words::{StepState, StoryState};

impl Incident {
    pub(super) fn step(
        &mut self,
        r: &Recorded,
        at: StepRef,
        state: StepState,
        person: Option<&str>,
        reason: &str,
    ) {
        self.checklist.change(at, |step| {
            step.state = state;
            step.person = person.map(str::to_owned);
            step.since = Some(r.occurred_at);
            reason.clone_into(&mut step.reason);
        });
    }

    pub(super) fn keep(&mut self, r: &Recorded, event: &Event) {
        let record = &mut self.record;
        match event {
            Event::EvidenceAdded(e) => record.evidence.push(EvidenceItem {
                seq: r.seq,
                name: e.name.clone(),
                class: e.class.clone(),
                source: e.source.clone(),
                acquired_by: e.acquired_by.clone(),
                acquired_at: r.occurred_at,
                location: e.location.clone(),
                size: e.size,
                sha256: e.sha256.clone(),
                custody: Vec::new(),
                entry: None,
                withdrawn: None,
            }),
            Event::EvidenceAttached(e) => {
                if let Some(item) = record.evidence.iter_mut().find(|i| i.seq == e.evidence) {
                    item.entry = Some(e.entry);
                }
                // Evidence for what is privileged is so too.
                if self.timeline.get(e.entry).is_some_and(Entry::is_privileged) {
                    self.timeline.change(e.evidence, |line| line.tags.push(PRIVILEGED.to_owned()));
                }
            }
            Event::EvidenceWithdrawn(e) => {
                if let Some(item) = record.evidence.iter_mut().find(|i| i.seq == e.evidence) {
                    item.withdrawn = Some((r.by.clone(), r.occurred_at, e.reason.clone()));
                }
            }
            Event::EvidenceTransferred(e) => {
                if let Some(item) = record.evidence.iter_mut().find(|i| i.seq == e.evidence) {
                    if !e.location.is_empty() {
                        item.location.clone_from(&e.location);
                    }
                    item.custody.push(Custody {
                        from: e.from.clone(),
                        to: e.to.clone(),
                        at: r.occurred_at,
                        location: e.location.clone(),
                        reason: e.reason.clone(),
                    });
                }
            }
            Event::ScopeItemSet(e) => {
                let item =
                    ScopeItem { asset: e.asset.clone(), state: e.state, at: r.occurred_at, by: r.by.clone() };
                match record.scope.iter_mut().find(|s| s.asset == e.asset) {
                    Some(known) => *known = item,
                    None => record.scope.push(item),
                }
            }
            Event::ScopeItemRemoved(e) => record.scope.retain(|s| s.asset != e.asset),
            Event::IocAdded(e) => {
                let ioc = Ioc {
                    value: e.value.clone(),
                    kind: e.kind,
                    tlp: e.tlp,
                    entry: e.entry,
                    note: e.note.clone(),
                    by: r.by.clone(),
                    at: r.occurred_at,
                    seq: r.seq,
                };
                record.withdrawn.retain(|i| i.value != e.value);
                match record.iocs.iter_mut().find(|i| i.value == e.value) {
                    Some(known) => *known = ioc,
                    None => record.iocs.push(ioc),
                }
            }
            Event::IocRemoved(e) => {
                let gone = record.iocs.extract_if(.., |i| i.value == e.value);
                record.withdrawn.extend(gone.filter(|i| i.tlp == Tlp::Red));
            }
            Event::LinkRemoved(e) => {
                record.links.retain(|l| l.url != e.url || l.kind != e.kind);
                record.related.retain(|r| !r.incident.eq_ignore_ascii_case(&e.url) || r.relation != e.kind);
            }
            Event::LinkAdded(e) => {
                let link = Link { kind: e.kind.clone(), url: e.url.clone() };
                if !record.links.contains(&link) {
                    record.links.push(link);
                }
            }
            // What was said last counts: a recurrence can be refused, and confirmed after all.
            Event::RelatedAdded(e) => {
                let said = RelatedIncident { incident: e.incident.clone(), relation: e.relation.clone() };
                // Older versions stored the id of a postmortem as it was typed.
                let same = |known: &&mut RelatedIncident| known.incident.eq_ignore_ascii_case(&e.incident);
                match record.related.iter_mut().find(same) {
                    Some(known) => *known = said,
                    None => record.related.push(said),
                }
            }
            _ => {}
        }
    }

    pub(super) fn close_out(&mut self, r: &Recorded, event: &Event) {
        let at = r.occurred_at;
        let postmortem = &mut self.closing.postmortem;
        match event {
            Event::ClosureItemSet(e) => {
                let answer = ClosureAnswer { state: e.state, reason: e.reason.clone(), by: r.by.clone(), at };
                self.closing.answers.insert(e.item, answer);
            }
            Event::PostmortemDrafted(e) => {
                postmortem.drafted = Some((e.file.clone(), at));
                postmortem.drafted_from = (!e.from.is_empty()).then(|| e.from.clone());
            }
            Event::PostmortemChecked(e) => postmortem.checked = Some((e.problems, at)),
            Event::PostmortemPublished(e) => {
                postmortem.path = Some(e.path.clone());
                postmortem.published = Some((e.commit.clone(), at));
                postmortem.drafted_from = None;
                // What is published was looked at, and this is what was found.
                postmortem.checked = Some((e.problems, at));
                postmortem.timeline_head = Some(e.timeline_head.clone());
                postmortem.publish_waiver = (!e.waived.is_empty()).then(|| e.waived.clone());
                postmortem.waived = None;
                postmortem.waived_by = None;
                if !e.ended_by.is_empty() {
                    self.ended_by.clone_from(&e.ended_by);
                }
            }
            Event::PostmortemWaived(e) => {
                postmortem.waived = Some(e.reason.clone());
                postmortem.waived_by = Some((r.by.clone(), at));
            }
            Event::PostmortemStatusSet(e) => postmortem.review = Some(e.status),
            Event::PostmortemOwnerSet(e) => postmortem.owner.clone_from(&e.owner),
            Event::PostmortemMeetingSet(e) => postmortem.meeting = e.day,
            Event::PostmortemCommented(e) => {
                postmortem.comments.push((e.text.clone(), r.by.clone(), at));
            }
            _ => {}
        }
    }

    pub(super) fn improve(&mut self, r: &Recorded, event: &Event) {
        let at = r.occurred_at;
        let stories = &mut self.closing.stories;
        let mut to = |number: u32, state: StoryState, change: &dyn Fn(&mut Story)| {
            if let Some(story) = stories.get_mut(&number) {
                story.state = state;
                story.changed_at = at;
                change(story);
            }
        };
        match event {
            Event::StoryFiled(e) => {
                stories.entry(e.number).or_insert_with(|| Story {
                    number: e.number,
                    title: e.title.clone(),
                    owner: e.owner.clone(),
                    due: e.due,
                    severity: e.severity.clone(),
                    kind: e.kind,
                    state: StoryState::Filed,
                    started: false,
                    proof: e.proof.clone(),
                    external: e.external.clone(),
                    external_status: String::new(),
                    link: String::new(),
                    reason: String::new(),
                    filed_at: at,
                    changed_at: at,
                });
            }
            Event::StoryChanged(e) => {
                if let Some(story) = stories.get_mut(&e.number) {
                    if let Some(title) = &e.title {
                        story.title.clone_from(title);
                    }
                    if let Some(owner) = &e.owner {
                        story.owner = Some(owner.clone()).filter(|owner| !owner.is_empty());
                    }
                    story.due = e.due.or(story.due);
                    story.severity = e.severity.clone().or(story.severity.take());
                    story.kind = e.kind.or(story.kind);
                    if let Some(proof) = &e.proof {
                        story.proof.clone_from(proof);
                    }
                    if let Some(external) = &e.external {
                        story.external.clone_from(external);
                    }
                    story.changed_at = at;
                }
            }
            Event::StoryStarted(e) => to(e.number, StoryState::Started, &|s| s.started = true),
            Event::StoryShipped(e) => to(e.number, StoryState::Shipped, &|s| {
                s.link.clone_from(&e.link);
                s.reason.clone_from(&e.reason);
            }),
            Event::StoryVerified(e) => to(e.number, StoryState::Verified, &|s| s.proof.clone_from(&e.proof)),
            Event::StoryDropped(e) => to(e.number, StoryState::Dropped, &|s| s.reason.clone_from(&e.reason)),
            Event::StoryReopened(e) => to(e.number, StoryState::Filed, &|s| {
                if s.started {
                    s.state = StoryState::Started;
                }
                s.link.clear();
                s.reason.clear();
            }),
            Event::StorySynced(e) => {
                if let Some(story) = stories.get_mut(&e.number) {
                    story.external.clone_from(&e.external);
                    story.external_status.clone_from(&e.status);
                }
            }
            _ => {}
        }
    }
}
