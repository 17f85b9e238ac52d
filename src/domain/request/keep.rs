//! Requests about what is kept beside the timeline, and about changes of asks and steps. It must not hold rules.

use super::{StepPick, When};
use crate::domain::ids::Seq;
use crate::domain::incident::OwnTarget;
use crate::domain::ioc::{IocKind, Tlp};
use crate::domain::time::Span;
use crate::domain::words::Verdict;

/// Something that somebody wants to be kept otherwise.
#[derive(Debug, Clone, PartialEq)]
pub enum Keep {
    /// Say something against a decision.
    Object {
        /// The decision.
        target: Seq,
        /// What is said against it.
        text: String,
        /// Who objects; the asker when absent.
        person: Option<String>,
    },
    /// Say that a decision has no verdict: the one it has was given in error.
    WithdrawVerdict {
        /// The decision.
        target: Seq,
    },
    /// Give the verdict again that a decision had, under the name of who gave it.
    RestoreVerdict {
        /// The decision.
        target: Seq,
        /// What came of it.
        verdict: Verdict,
        /// How one knew.
        reason: String,
        /// Who judged so.
        person: String,
    },
    /// Give the answer again that an ask had, under the name of who gave it.
    RestoreAnswer {
        /// The ask.
        target: Seq,
        /// What came of it.
        text: String,
        /// Who answered.
        person: String,
    },
    /// Give the target again that a clock had, as who set it said it.
    RestoreTarget {
        /// Which clock.
        clock: String,
        /// The target; the team's rule when absent.
        earlier: Option<OwnTarget>,
    },
    /// Say that an ask is open: the answer it has was given in error.
    WithdrawAnswer {
        /// The ask.
        target: Seq,
    },
    /// Give an ask more time.
    Extend {
        /// The ask.
        target: Seq,
        /// How much more: from its end, or from now when that has passed.
        by: Span,
    },
    /// Give an ask to somebody else.
    Reassign {
        /// The ask.
        target: Seq,
        /// To whom.
        person: String,
    },
    /// Bring an ask back to what it was: who, and when its time box ends.
    RestoreAsk {
        /// The ask.
        target: Seq,
        /// Who was asked.
        person: Option<String>,
        /// When its time box ended.
        due: Option<When>,
    },
    /// Say by when a step should be done; at no time when absent.
    StepDue {
        /// Which.
        step: StepPick,
        /// The time.
        due: Option<When>,
    },
    /// Take the name off a step that nobody has begun.
    FreeStep {
        /// Which.
        step: StepPick,
    },
    /// Say that an item of evidence belongs to a line.
    Attach {
        /// The item.
        evidence: Seq,
        /// The line.
        entry: Seq,
    },
    /// Say that an item of evidence does not count.
    Withdraw {
        /// The item.
        evidence: Seq,
        /// Why.
        reason: String,
    },
    /// Take assets out of the scope that were named in error.
    RemoveScope {
        /// The assets.
        assets: Vec<String>,
    },
    /// Take a link away.
    RemoveLink {
        /// Its address or the id of the other incident, or its kind when only one has that.
        link: String,
    },
    /// Keep an indicator of compromise.
    AddIoc(NewIoc),
    /// Bring an indicator back to what was said of it, without what was added since.
    RestoreIoc(NewIoc),
    /// Say that a value is no indicator.
    RemoveIoc {
        /// The value.
        value: String,
        /// Why.
        reason: String,
    },
}

/// An indicator to keep.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct NewIoc {
    /// The value, live or defanged.
    pub value: String,
    /// What it is; by its form when absent.
    pub kind: Option<IocKind>,
    /// Who may be told; amber when absent.
    pub tlp: Option<Tlp>,
    /// The line that it was seen in.
    pub entry: Option<Seq>,
    /// What is known of it.
    pub note: String,
}

impl From<Keep> for super::Request {
    fn from(keep: Keep) -> Self {
        Self::Keep(keep)
    }
}

impl From<Keep> for super::Asked {
    fn from(keep: Keep) -> Self {
        super::Request::Keep(keep).into()
    }
}
