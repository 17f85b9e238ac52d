//! What people decided, supposed, asked and told. It must not order or expire anything (`clocks` does).

use std::collections::BTreeMap;

use crate::domain::audience::Audience;
use crate::domain::composed::folded;
use crate::domain::ids::Seq;
use crate::domain::quick_entry;
use crate::domain::time::{Span, Utc};
use crate::domain::words::{HypothesisState, Verdict};

/// How long an ask may stand without an acknowledgement before it is shown as such.
pub(super) const ACK_WITHIN: Span = Span::seconds(60);

/// A decision.
#[derive(Debug, Clone, PartialEq)]
pub struct Decision {
    /// The event that made it.
    pub seq: Seq,
    /// What was decided.
    pub text: String,
    /// Who decided.
    pub decided_by: String,
    /// Who carries it out.
    pub executor: Option<String>,
    /// When it was decided.
    pub at: Utc,
    /// When its outcome is to be looked at.
    pub check_at: Option<Utc>,
    /// What was said against it, with the person where one is known.
    pub objections: Vec<String>,
    /// What came of it.
    pub verdict: Option<VerdictNow>,
}

/// What came of a decision.
#[derive(Debug, Clone, PartialEq)]
pub struct VerdictNow {
    /// The word.
    pub verdict: Verdict,
    /// How one knows.
    pub reason: String,
    /// Who said so.
    pub by: String,
    /// When.
    pub at: Utc,
    /// The event.
    pub seq: Seq,
}

/// A possible explanation.
#[derive(Debug, Clone, PartialEq)]
pub struct Hypothesis {
    /// The event that proposed it.
    pub seq: Seq,
    /// What may be the case.
    pub text: String,
    /// Who proposed it.
    pub by: String,
    /// When.
    pub at: Utc,
    /// Where it stands.
    pub now: HypothesisNow,
}

/// Where a hypothesis stands.
#[derive(Debug, Clone, PartialEq)]
pub struct HypothesisNow {
    /// The word.
    pub state: HypothesisState,
    /// By which facts.
    pub why: String,
    /// Who said so.
    pub by: String,
    /// When.
    pub at: Utc,
    /// The event.
    pub seq: Seq,
}

/// A task for a person.
#[derive(Debug, Clone, PartialEq)]
pub struct Ask {
    /// The event that made it.
    pub seq: Seq,
    /// The task.
    pub text: String,
    /// Who is asked; nobody yet when `None`.
    pub person: Option<String>,
    /// Who asked.
    pub by: String,
    /// When.
    pub at: Utc,
    /// Since when that person is asked.
    pub since: Utc,
    /// When the time box ends.
    pub due_at: Option<Utc>,
    /// The event that said so.
    pub due_seq: Seq,
    /// Who has it, since when.
    pub acknowledged: Option<(String, Utc)>,
    /// What came of it.
    pub answer: Option<Answered>,
}

impl Ask {
    /// Somebody is asked for longer than a minute and has not said that they have it.
    #[must_use]
    pub fn is_unheard(&self, now: Utc) -> bool {
        self.is_open()
            && self.person.is_some()
            && self.acknowledged.is_none()
            && now >= self.since + ACK_WITHIN
    }

    /// Nobody has answered.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        self.answer.is_none()
    }
}

/// Other words of an ask, read as those of a new one.
#[derive(Debug, Clone, PartialEq)]
pub struct Reasked {
    /// Whom they give it to; none when that is nobody else than now.
    pub person: Option<String>,
    /// The time box in them.
    pub time_box: Option<Span>,
    /// The task.
    pub words: String,
}

/// The answer to an ask.
#[derive(Debug, Clone, PartialEq)]
pub struct Answered {
    /// The words.
    pub text: String,
    /// Who answered.
    pub by: String,
    /// When.
    pub at: Utc,
    /// The event.
    pub seq: Seq,
}

/// How far an update is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UpdateState {
    /// Written.
    Drafted,
    /// May go out.
    Approved,
    /// Went out.
    Sent,
}

impl UpdateState {
    /// The word as it is written.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Drafted => "drafted",
            Self::Approved => "approved",
            Self::Sent => "sent",
        }
    }
}

/// A word to an audience.
#[derive(Debug, Clone, PartialEq)]
pub struct Update {
    /// The event that wrote it: its name in commands.
    pub seq: Seq,
    /// For whom.
    pub audience: Audience,
    /// The words.
    pub text: String,
    /// How far it is.
    pub state: UpdateState,
    /// Who wrote it.
    pub by: String,
    /// When it was written.
    pub at: Utc,
    /// Who approved it, when.
    pub approved: Option<(String, Utc)>,
    /// Who sent it, when.
    pub sent: Option<(String, Utc)>,
    /// The event that sent it.
    pub sent_seq: Seq,
    /// When the next one is promised.
    pub next_at: Option<Utc>,
}

/// Decisions, hypotheses, asks and updates, each by the event that made it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Talk {
    /// Decisions.
    pub decisions: BTreeMap<Seq, Decision>,
    /// Hypotheses.
    pub hypotheses: BTreeMap<Seq, Hypothesis>,
    /// Asks.
    pub asks: BTreeMap<Seq, Ask>,
    /// Updates.
    pub updates: BTreeMap<Seq, Update>,
}

impl Talk {
    /// What stands in front of the words of a line: the person of an ask, the audience of an update.
    #[must_use]
    pub fn lead(&self, seq: Seq) -> String {
        let asked =
            self.asks.get(&seq).and_then(|ask| ask.person.as_ref()).map(|person| format!("@{person} "));
        let told = || self.updates.get(&seq).map(|update| format!("{}: ", update.audience));
        asked.or_else(told).unwrap_or_default()
    }

    /// The words of a line, without what stands in front of them.
    #[must_use]
    pub fn words<'a>(&self, seq: Seq, line: &'a str) -> &'a str {
        line.strip_prefix(&self.lead(seq)).unwrap_or(line)
    }

    /// The line as it reads with these words: with what stands in front of them, once.
    #[must_use]
    pub fn line(&self, seq: Seq, words: &str) -> String {
        format!("{}{}", self.lead(seq), self.words(seq, words))
    }

    /// What other words of an ask say, where they are read as those of a new one: `@carol: 5m look`. A name or a span
    /// that its words had in them already is one of the words.
    #[must_use]
    pub fn reasked(&self, ask: &Ask, text: &str) -> Reasked {
        let (person, time_box, words) = quick_entry::ask_in(text);
        let (had, had_box) = quick_entry::person_and_box(&ask.text);
        let (person, had) = (person.map(|name| folded(&name)), had.map(|name| folded(&name)));
        let goes_on = |name: &String| ask.person.as_deref().is_some_and(|person| folded(person) == *name);
        let person_stays = person.as_ref().is_some_and(|name| !goes_on(name) && had.as_ref() == Some(name));
        let box_stays = time_box.is_some() && time_box == had_box;
        let words = if person_stays || box_stays { self.words(ask.seq, text) } else { words.as_ref() };
        Reasked {
            person: person.filter(|name| !person_stays && !goes_on(name)),
            time_box: time_box.filter(|_| !box_stays),
            words: words.to_owned(),
        }
    }

    /// Words were erased: read again from the log, what was said with them is not there either.
    pub(super) fn erase(&mut self, seq: Seq) {
        self.decisions.remove(&seq);
        self.hypotheses.remove(&seq);
        self.asks.remove(&seq);
        self.updates.remove(&seq);
    }

    /// Asks that nobody has answered, the one due first in front.
    #[must_use]
    pub fn open_asks(&self) -> Vec<&Ask> {
        let mut open: Vec<&Ask> = self.asks.values().filter(|a| a.is_open()).collect();
        open.sort_by_key(|a| (a.due_at.is_none(), a.due_at, a.seq));
        open
    }

    /// The last update that went to an audience.
    #[must_use]
    pub fn last_sent(&self, audience: Option<Audience>) -> Option<&Update> {
        self.updates
            .values()
            .filter(|u| u.sent.is_some() && audience.is_none_or(|a| a == u.audience))
            .max_by_key(|u| u.sent.as_ref().map(|(_, at)| *at))
    }

    /// Updates that are written and did not go out.
    pub fn unsent(&self) -> impl Iterator<Item = &Update> {
        self.updates.values().filter(|u| u.state != UpdateState::Sent)
    }
}
