//! An open room: the fold of its log, what of this screen is not in it yet, and where the eyes are. Selections are
//! held by name, never by place, so that nothing that happens elsewhere moves them.

use std::collections::BTreeSet;

use super::composer::{Composer, Draft};
use super::lists::{Hit, RunbookChoice};
use super::rows::{RowId, Rows};
use crate::app::effect::Ticket;
use crate::app::layout::Pane;
use crate::domain::event::{Recorded, StepRef};
use crate::domain::ids::Seq;
use crate::domain::incident::{Attached, Incident, Step};
use crate::domain::request::Asked;
use crate::domain::time::Utc;
use crate::domain::words::EntryKind;
use crate::domain::zone::Tz;

/// How far a line is on its way into the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PendingState {
    /// It was handed over; the answer is awaited.
    Waiting,
    /// It was not stored; the text is here. Enter on it brings it back into the composer.
    NotStored(String),
}

/// A line of this screen that is not in the log yet.
#[derive(Debug, Clone, PartialEq)]
pub struct Pending {
    /// The effect that carries it.
    pub ticket: Ticket,
    /// Its kind.
    pub kind: EntryKind,
    /// As it is shown.
    pub text: String,
    /// As it was typed, for the composer.
    pub typed: String,
    /// When it happened (UTC).
    pub at: Utc,
    /// What was asked.
    pub asked: Vec<Asked>,
    /// How far it is.
    pub state: PendingState,
}

/// The recurrence alarm.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Alarm {
    /// Similar incidents.
    pub similar: usize,
    /// Their stories that are not shipped.
    pub unshipped: usize,
    /// It was taken away for this many of both; more of either raises it again.
    pub dismissed: bool,
}

/// What came of events that were taken in.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Taken {
    /// The entries that they added.
    pub added: Vec<Seq>,
    /// Somebody else changed the selected entry so that it would not be listed any more.
    pub gone: Option<Gone>,
}

/// How a selected entry would have gone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gone {
    /// Whose doing it is.
    pub by: String,
    /// It was crossed out; otherwise the filter does not pass it any more.
    pub struck: bool,
}

/// A row of the runbook pane.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum StepFocus<'a> {
    /// A heading.
    Heading(&'a str),
    /// A step.
    Step(&'a Step),
}

/// A room.
#[derive(Debug, Clone, PartialEq)]
pub struct Room {
    /// The fold of its log.
    pub incident: Incident,
    /// Lines of this screen that are not in it yet.
    pub pending: Vec<Pending>,
    /// Entries that this screen stored: they carry the mark.
    pub own: BTreeSet<Seq>,
    /// The pane with the focus.
    pub focus: Pane,
    /// That pane alone.
    pub zoom: bool,
    /// The rows of the timeline.
    pub rows: Rows,
    /// The selected row; `None` follows the end.
    pub selected: Option<RowId>,
    /// The first row that is shown, while a row is selected.
    pub top: Option<RowId>,
    /// Entries of others that were not on the screen yet.
    pub unseen: BTreeSet<Seq>,
    /// The selected role.
    pub role: Option<String>,
    /// The selected step.
    pub step: Option<StepRef>,
    /// The runbook that is shown; the last attached when absent.
    pub runbook: Option<Seq>,
    /// That runbook was shown when its pane got the focus; nobody chose it.
    pub runbook_given: bool,
    /// The pane whose selection is what was shown when it got the focus; nobody chose it.
    pub given: Option<Pane>,
    /// The selected decision.
    pub decision: Option<Seq>,
    /// The selected ask or hypothesis.
    pub ask: Option<Seq>,
    /// The selected similar incident, by path.
    pub hit: Option<String>,
    /// Rows that the brief is scrolled down.
    pub brief_scroll: usize,
    /// What is searched for by `n` and `N`, in lower case.
    pub needle: String,
    /// The composer.
    pub composer: Composer,
    /// The runbooks that a verb can name, once a line asked for them.
    pub library: Vec<RunbookChoice>,
    /// Similar incidents.
    pub similar: Vec<Hit>,
    /// The recurrence alarm.
    pub alarm: Alarm,
    /// The text for which similar incidents were last asked for.
    pub similar_for: String,
    /// The archive was asked, and nothing is similar.
    pub alone: bool,
    /// Breaches that this screen asked to write down: clock and deadline.
    pub breaches: BTreeSet<(String, Utc)>,
    /// Until when no clock has to be looked at.
    pub calm: Option<Calm>,
    /// The last draft that went to the journal.
    pub journaled: Option<Draft>,
    /// How far others hold the log, as far as that was looked for.
    pub held: Option<Seq>,
    /// When that was asked last (UTC); `None` asks at once.
    pub held_asked: Option<Utc>,
}

/// A time in which nothing runs out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Calm {
    /// The last event of the log that it takes into account.
    pub head: Seq,
    /// When it was looked for.
    pub from: Utc,
    /// The next deadline; `None` when there is none.
    pub until: Option<Utc>,
}

impl Calm {
    /// Whether it still lasts. A line more, or a clock that was set back, ends it.
    #[must_use]
    pub fn lasts(self, head: Seq, now: Utc) -> bool {
        head == self.head && now >= self.from && self.until.is_none_or(|until| now < until)
    }
}

impl Room {
    /// A room as it is when one comes in.
    #[must_use]
    pub fn new(incident: Incident, draft: Option<&Draft>, me: &str, zone: Tz) -> Self {
        let mut composer = draft.map(Composer::resume).unwrap_or_default();
        if draft.is_none() && incident.roster.holds(me, crate::domain::role::SCRIBE) {
            composer.open = true;
            composer.scribe = true;
        }
        let mut rows = Rows::default();
        rows.rebuild(&incident, &[], zone);
        Self {
            incident,
            pending: Vec::new(),
            own: BTreeSet::new(),
            focus: Pane::Timeline,
            zoom: false,
            rows,
            selected: None,
            top: None,
            unseen: BTreeSet::new(),
            role: None,
            step: None,
            runbook: None,
            runbook_given: false,
            given: None,
            decision: None,
            ask: None,
            hit: None,
            brief_scroll: 0,
            needle: String::new(),
            composer,
            library: Vec::new(),
            similar: Vec::new(),
            alarm: Alarm::default(),
            similar_for: String::new(),
            alone: false,
            breaches: BTreeSet::new(),
            calm: None,
            journaled: draft.cloned(),
            held: None,
            held_asked: None,
        }
    }

    /// Lists the rows of the timeline anew.
    pub fn relist(&mut self, zone: Tz) {
        let pending: Vec<(Ticket, Utc)> = self.pending.iter().map(|p| (p.ticket, p.at)).collect();
        self.rows.rebuild(&self.incident, &pending, zone);
    }

    /// Takes events that follow the head; others are already in. `me` is who sits here.
    pub fn take(&mut self, events: &[Recorded], me: &str, zone: Tz) -> Taken {
        use crate::domain::event::Event::{Amended, PostmortemPublished, Restored, Struck, UpdateSent};
        let mut taken = Taken::default();
        let mut relist = false;
        let chosen = self.chosen_in_pane();
        let chosen_at = chosen.and_then(|seq| self.in_pane().iter().position(|s| *s == seq));
        let mut changed: Vec<(Seq, Option<Gone>)> = Vec::new();
        let selected = self.selected.and_then(|id| self.rows.place(id));
        for event in events {
            if event.seq <= self.incident.head {
                continue;
            }
            let before = self.incident.timeline.len();
            let not_so = self.incident.not_so.clone();
            self.incident.apply(event);
            // A line of before counts no more, or again.
            for line in not_so.symmetric_difference(&self.incident.not_so) {
                let struck = !not_so.contains(line);
                changed.push((*line, (event.by != me).then(|| Gone { by: event.by.clone(), struck })));
                relist = true;
            }
            if matches!(event.event, Some(UpdateSent(_) | PostmortemPublished(_))) {
                self.held_asked = None;
            }
            let fresh = self.incident.timeline.len() > before;
            if fresh && let Some(entry) = self.incident.timeline.get(event.seq) {
                relist |= !self.rows.add_entry(entry, zone);
                if self.rows.shows(entry) {
                    taken.added.push(event.seq);
                }
            } else {
                let target = match &event.event {
                    Some(Amended(body)) => Some((body.target, false)),
                    Some(Struck(body)) => Some((body.target, true)),
                    Some(Restored(body)) => Some((body.target, false)),
                    _ => None,
                };
                if let Some((target, struck)) = target {
                    let gone = (event.by != me).then(|| Gone { by: event.by.clone(), struck });
                    changed.push((target, gone));
                }
                // An amendment may move a row, or show and hide one.
                relist |= matches!(event.event, Some(Amended(_) | Struck(_) | Restored(_)) | None)
                    || !self.rows.filter.is_empty();
            }
        }
        if relist {
            self.relist(zone);
            let by_others = |seq: Seq| {
                changed.iter().rev().find(|(target, _)| *target == seq).and_then(|(_, gone)| gone.clone())
            };
            if let (Some(id), Some(place)) = (self.selected, selected)
                && self.rows.place(id).is_none()
            {
                let entry = if let RowId::Entry(seq) = id { Some(seq) } else { None };
                taken.gone = entry.and_then(by_others);
                if taken.gone.is_some() {
                    // What others do moves no selection: the line stays until the eyes leave it.
                    self.rows.kept = entry;
                    self.relist(zone);
                } else {
                    // Whoever hides a line goes on with its neighbour.
                    self.selected = self.rows.near(place.saturating_sub(1));
                }
            }
            if let Some(seq) = chosen
                && self.chosen_in_pane() != chosen
            {
                taken.gone = by_others(seq).or(taken.gone);
                self.choose_near(chosen_at.unwrap_or(0));
            }
        }
        taken
    }

    /// The decision, ask or hypothesis that the keys act on, while its pane has the focus.
    fn chosen_in_pane(&self) -> Option<Seq> {
        match self.focus {
            Pane::Decisions => self.current_decision(),
            Pane::Asks => self.current_ask(),
            _ => None,
        }
    }

    /// The decisions, asks or hypotheses of the pane that has the focus.
    fn in_pane(&self) -> Vec<Seq> {
        match self.focus {
            Pane::Decisions => self.decisions(),
            Pane::Asks => self.asks(),
            _ => Vec::new(),
        }
    }

    /// Whoever loses the selected decision, ask or hypothesis goes on with its neighbour.
    fn choose_near(&mut self, place: usize) {
        let all = self.in_pane();
        let near = all.get(place.min(all.len().saturating_sub(1))).copied();
        match self.focus {
            Pane::Decisions => self.decision = near,
            _ => self.ask = near,
        }
    }

    /// Entries that are typed and not in the log.
    #[must_use]
    pub fn not_stored(&self) -> usize {
        self.pending.iter().filter(|p| matches!(p.state, PendingState::NotStored(_))).count()
    }

    /// The first and the last place of the rows that a pane of so many rows shows.
    #[must_use]
    pub fn window(&self, page: usize) -> (usize, usize) {
        let len = self.rows.len();
        let last = len.saturating_sub(page);
        let from = match (self.selected, self.top.and_then(|id| self.rows.place(id))) {
            (Some(_), Some(top)) => top.min(len.saturating_sub(1)),
            _ => last,
        };
        (from, from.saturating_add(page).min(len))
    }

    /// Rows of the timeline that a pane has for entries: the impact has the first one.
    #[must_use]
    pub fn page(&self, rows: usize) -> usize {
        rows.saturating_sub(usize::from(self.incident.impact.is_some()))
    }

    /// The runbook that is shown.
    #[must_use]
    pub fn shown_runbook(&self) -> Option<&Attached> {
        let picked = self.runbook.and_then(|seq| self.incident.checklist.runbooks().find(|r| r.seq == seq));
        picked.or_else(|| self.incident.checklist.runbooks().last())
    }

    /// The steps of the runbook that is shown.
    #[must_use]
    pub fn shown_steps(&self) -> Vec<&Step> {
        self.shown_runbook().map(|r| self.incident.checklist.steps_of(r.seq).collect()).unwrap_or_default()
    }

    /// The rows of the runbook pane: its steps, where there is room below the headings under which they stand.
    #[must_use]
    pub fn runbook_rows(&self, height: usize) -> Vec<StepFocus<'_>> {
        let steps = self.shown_steps();
        let mut rows: Vec<StepFocus<'_>> = Vec::with_capacity(steps.len().saturating_add(8));
        let mut heading = "";
        for step in steps {
            if height >= 9 && step.heading != heading {
                heading = &step.heading;
                rows.push(StepFocus::Heading(heading));
            }
            rows.push(StepFocus::Step(step));
        }
        rows
    }

    /// The selected step: the one that was gone to or shown first, else the first that is to do.
    #[must_use]
    pub fn current_step(&self) -> Option<&Step> {
        let steps = self.shown_steps();
        let picked = self.step.and_then(|at| steps.iter().find(|s| s.at == at).copied());
        picked.or_else(|| {
            use crate::domain::words::StepState::{Blocked, Doing, Todo};
            let open = steps.iter().find(|s| matches!(s.state, Todo | Doing | Blocked)).copied();
            open.or_else(|| steps.last().copied())
        })
    }

    /// The entry that the keys act on: the selected one of the timeline, decisions or asks; while the timeline
    /// follows its end, the last entry.
    #[must_use]
    pub fn current_entry(&self) -> Option<Seq> {
        match self.focus {
            Pane::Decisions => self.current_decision(),
            Pane::Asks => self.current_ask(),
            Pane::Timeline | Pane::Brief => match self.selected {
                Some(RowId::Entry(seq)) => Some(seq),
                Some(_) => None,
                None => self.rows.all().iter().rev().find_map(|row| match row.id {
                    RowId::Entry(seq) => Some(seq),
                    _ => None,
                }),
            },
            _ => None,
        }
    }

    /// The decisions in the order of the pane: those without a verdict first, newest first.
    #[must_use]
    pub fn decisions(&self) -> Vec<Seq> {
        let mut all: Vec<_> =
            self.incident.talk.decisions.values().filter(|d| !self.is_struck(d.seq)).collect();
        all.sort_by_key(|d| (d.verdict.is_some(), std::cmp::Reverse(d.at)));
        all.iter().map(|d| d.seq).collect()
    }

    /// The selected decision.
    #[must_use]
    pub fn current_decision(&self) -> Option<Seq> {
        let all = self.decisions();
        self.decision.filter(|seq| all.contains(seq)).or_else(|| all.first().copied())
    }

    /// Asks and hypotheses in the order of the pane: open asks by time left, open hypotheses, then the rest.
    #[must_use]
    pub fn asks(&self) -> Vec<Seq> {
        use crate::domain::words::HypothesisState::Open;
        let talk = &self.incident.talk;
        let mut out: Vec<Seq> = talk.open_asks().iter().map(|a| a.seq).collect();
        out.extend(talk.hypotheses.values().filter(|h| h.now.state == Open).map(|h| h.seq));
        out.extend(talk.hypotheses.values().filter(|h| h.now.state != Open).map(|h| h.seq));
        out.extend(talk.asks.values().filter(|a| !a.is_open()).rev().map(|a| a.seq));
        out.retain(|seq| !self.is_struck(*seq));
        out
    }

    /// The selected ask or hypothesis.
    #[must_use]
    pub fn current_ask(&self) -> Option<Seq> {
        let all = self.asks();
        self.ask.filter(|seq| all.contains(seq)).or_else(|| all.first().copied())
    }

    /// The selected similar incident.
    #[must_use]
    pub fn current_hit(&self) -> Option<&Hit> {
        let picked = self.hit.as_ref().and_then(|path| self.similar.iter().find(|h| h.path == *path));
        picked.or_else(|| self.similar.first())
    }

    fn is_struck(&self, seq: Seq) -> bool {
        self.incident.timeline.get(seq).is_some_and(|e| e.struck.is_some())
    }
}
