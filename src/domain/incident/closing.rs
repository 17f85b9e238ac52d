//! What stands between resolved and forgotten: the closure list, the postmortem, the stories. It must not say
//! what comes next (`closeout` does).

use std::collections::BTreeMap;

use chrono::NaiveDate;

use crate::domain::time::Utc;
use crate::domain::words::{ClosureItem, ClosureState, ReviewState, StoryKind, StoryState};

/// The answer to an item of the closure list.
#[derive(Debug, Clone, PartialEq)]
pub struct ClosureAnswer {
    /// The answer.
    pub state: ClosureState,
    /// Why.
    pub reason: String,
    /// Who answered.
    pub by: String,
    /// When.
    pub at: Utc,
}

/// How far the postmortem is.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PostmortemStatus {
    /// The draft's file name, and when it was made.
    pub drafted: Option<(String, Utc)>,
    /// The blob of the archive's text that the draft was made from, when that was after the last publication.
    pub drafted_from: Option<String>,
    /// The last check: how many problems, when.
    pub checked: Option<(u32, Utc)>,
    /// The path in the archive, as of the last publication.
    pub path: Option<String>,
    /// The last commit and when.
    pub published: Option<(String, Utc)>,
    /// The head of the log when the last publication began: `<seq> <hex>`.
    pub timeline_head: Option<String>,
    /// Why problems were waived at the last publication.
    pub publish_waiver: Option<String>,
    /// Why there will be none.
    pub waived: Option<String>,
    /// Who said that there will be none, and when.
    pub waived_by: Option<(String, Utc)>,
    /// Where its review stands, when somebody said it.
    pub review: Option<ReviewState>,
    /// Who answers for it, when somebody was named.
    pub owner: Option<String>,
    /// The day on which it is talked about.
    pub meeting: Option<NaiveDate>,
    /// What people said: text, by whom, when.
    pub comments: Vec<(String, String, Utc)>,
}

impl PostmortemStatus {
    /// Where its review stands: as it was said, else a draft as soon as there is one.
    #[must_use]
    pub fn stands(&self) -> Option<ReviewState> {
        self.review
            .or_else(|| (self.drafted.is_some() && self.published.is_none()).then_some(ReviewState::Draft))
    }
}

/// An improvement story.
#[derive(Debug, Clone, PartialEq)]
pub struct Story {
    /// Its number within the incident.
    pub number: u32,
    /// What must change.
    pub title: String,
    /// Who answers for it.
    pub owner: Option<String>,
    /// The day by which it is due.
    pub due: Option<NaiveDate>,
    /// How much it matters.
    pub severity: Option<String>,
    /// How it helps.
    pub kind: Option<StoryKind>,
    /// Where it stands.
    pub state: StoryState,
    /// Somebody began it, whatever became of it.
    pub started: bool,
    /// What will prove it, or does.
    pub proof: String,
    /// Key or address in the team's tracker.
    pub external: String,
    /// What the tracker last said.
    pub external_status: String,
    /// The change that shipped it.
    pub link: String,
    /// Why it was shipped without a link, or dropped.
    pub reason: String,
    /// When it was filed.
    pub filed_at: Utc,
    /// When its state changed last.
    pub changed_at: Utc,
}

impl Story {
    /// It still has to ship.
    #[must_use]
    pub const fn is_unshipped(&self) -> bool {
        matches!(self.state, StoryState::Filed | StoryState::Started)
    }

    /// It still has to ship and its day has passed.
    #[must_use]
    pub fn is_overdue(&self, today: NaiveDate) -> bool {
        self.is_unshipped() && self.due.is_some_and(|due| due < today)
    }
}

/// The last number that people choose for a story: the next ones are counted from it, and must not run out.
const LAST_CHOSEN: u32 = 9_999;

/// All of it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Closing {
    /// Answers on the closure list; absent: open.
    pub answers: BTreeMap<ClosureItem, ClosureAnswer>,
    /// The postmortem.
    pub postmortem: PostmortemStatus,
    /// Stories by number.
    pub stories: BTreeMap<u32, Story>,
    /// What was waived at the close, and why.
    pub waived: Vec<String>,
    /// Why it was waived.
    pub waiver: String,
}

impl Closing {
    /// What is said behind the time of the close: why the rest was waived; empty when nothing was.
    #[must_use]
    pub fn waived_because(&self) -> String {
        if self.waiver.is_empty() { String::new() } else { format!(", waived: {}", self.waiver) }
    }

    /// The state of a closure item.
    #[must_use]
    pub fn state_of(&self, item: ClosureItem) -> ClosureState {
        self.answers.get(&item).map_or(ClosureState::Open, |a| a.state)
    }

    /// Whether a story can be filed under a number that somebody chose.
    #[must_use]
    pub fn can_be_story(&self, number: u32) -> bool {
        (1..=LAST_CHOSEN).contains(&number) && !self.stories.contains_key(&number)
    }

    /// The number that the next story gets.
    #[must_use]
    pub fn next_story(&self) -> u32 {
        self.stories.last_key_value().map_or(1, |(n, _)| n.saturating_add(1))
    }
}
