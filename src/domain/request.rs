//! What people ask for, in the imperative. `decide` turns a request into events or refuses it. It must not know
//! keys or flags.

mod drill;
mod keep;
mod parts;

use crate::domain::audience::Audience;
use crate::domain::ids::{IncidentId, Seq};
use crate::domain::time::{Span, Utc};
use crate::domain::words::{
    Certainty, ClosureItem, ClosureState, DispositionWord, Flag, HypothesisState, IncidentKind, Milestone,
    Phase, ScopeState, Verdict, Visibility,
};

pub use drill::*;
pub use keep::*;
pub use parts::*;

/// Something that somebody wants.
#[derive(Debug, Clone, PartialEq)]
pub enum Request {
    /// Begin an incident.
    Declare(Declaration),
    /// Correct title, services, tags or kind.
    SetDetails {
        /// A new title.
        title: Option<String>,
        /// All services.
        services: Option<Vec<String>>,
        /// All tags.
        tags: Option<Vec<String>>,
        /// A new kind.
        kind: Option<IncidentKind>,
    },
    /// Say who reported it.
    Report {
        /// The person or monitor.
        reporter: String,
        /// The way it came.
        source: String,
        /// Systems that the report names.
        systems: Vec<String>,
    },
    /// Say what it does; what is `None` stays as it was.
    StateImpact {
        /// What it does, in a line.
        text: Option<String>,
        /// Suspected or confirmed.
        certainty: Option<Certainty>,
        /// Customer data is touched.
        customer_data: Option<Flag>,
        /// Production is touched.
        production: Option<Flag>,
        /// Privileged access is touched.
        privileged_access: Option<Flag>,
    },
    /// Say what it turned out to be.
    SetDisposition {
        /// The word.
        disposition: DispositionWord,
        /// The incident that covers it.
        of: Option<IncidentId>,
        /// One line of reason.
        reason: String,
    },
    /// Say who may read it.
    SetVisibility {
        /// The word.
        visibility: Visibility,
    },
    /// Give it a code name, or take it away with an empty one.
    SetCodeName {
        /// The name.
        code_name: String,
    },
    /// Add a place where people meet.
    AddLink {
        /// Bridge, channel, ticket, dashboard.
        kind: String,
        /// Where it is.
        url: String,
    },
    /// Name an incident that belongs to it.
    Relate {
        /// Its id.
        incident: String,
        /// How they belong together.
        relation: String,
    },
    /// Write a line.
    Note {
        /// The line.
        text: String,
        /// Labels.
        tags: Vec<String>,
        /// With a star.
        starred: bool,
    },
    /// Write down what a monitor said.
    Alert {
        /// What it said.
        text: String,
        /// Which monitor.
        source: String,
        /// The name of the alert.
        alert: Option<String>,
        /// Labels.
        tags: Vec<String>,
    },
    /// Write down a choice.
    Decide {
        /// What was decided.
        text: String,
        /// Who decided; the commander of the moment when absent.
        decided_by: Option<String>,
        /// Who carries it out.
        executor: Option<String>,
        /// When the outcome is to be looked at.
        check: Option<When>,
        /// What was said against it.
        objections: Vec<String>,
        /// Labels.
        tags: Vec<String>,
    },
    /// Propose an explanation.
    Propose {
        /// What may be the case.
        text: String,
        /// Labels.
        tags: Vec<String>,
    },
    /// Ask somebody for something.
    Ask {
        /// The task.
        text: String,
        /// Who.
        person: Option<String>,
        /// The time box.
        time_box: Option<Span>,
        /// Labels.
        tags: Vec<String>,
    },
    /// Tell an audience.
    SendUpdate {
        /// For whom.
        audience: Audience,
        /// The words.
        text: String,
        /// When the next one is promised.
        next: Option<When>,
    },
    /// Write a word to an audience, to go out later.
    DraftUpdate {
        /// For whom.
        audience: Audience,
        /// The words.
        text: String,
        /// When the next one is promised.
        next: Option<When>,
    },
    /// Let a draft go out.
    ApproveUpdate {
        /// The draft.
        target: Seq,
    },
    /// Say that a draft went out.
    MarkSent {
        /// The draft.
        target: Seq,
        /// When the next one is promised, where that is not what the draft says.
        next: Option<When>,
    },
    /// Correct text or time of a line.
    Amend {
        /// The line.
        target: Seq,
        /// The new text.
        text: Option<String>,
        /// The new time, and whether it is an estimate.
        at: Option<(Utc, bool)>,
        /// The event that gave the line the form that the asker saw; refused when it has another by now.
        seen: Option<Seq>,
    },
    /// Cross out a line.
    Strike {
        /// The line.
        target: Seq,
        /// Why.
        reason: String,
    },
    /// Let a crossed-out line count again.
    Restore {
        /// The line.
        target: Seq,
    },
    /// Give a line a star, or take it off.
    Star {
        /// The line.
        target: Seq,
        /// With a star from here on.
        starred: bool,
    },
    /// Change the severity.
    SetSeverity {
        /// The new one as typed; `None`: unset.
        to: Option<String>,
        /// Why; required downwards, and to take it away.
        reason: String,
    },
    /// Change a target for this incident only.
    SetTarget {
        /// Which clock.
        clock: String,
        /// The new target in words; `default`: as the team's rule says.
        target: String,
        /// Why.
        reason: String,
    },
    /// Go to a phase.
    EnterPhase {
        /// The phase.
        phase: Phase,
    },
    /// Mark a point in time.
    Mark {
        /// Which.
        milestone: Milestone,
        /// When, and whether that is an estimate; the time of the request when absent.
        at: Option<(Utc, bool)>,
    },
    /// Take back a mark.
    Unmark {
        /// Which.
        milestone: Milestone,
    },
    /// Give somebody a role; hands it over when somebody else holds it.
    AssignRole {
        /// The role by any of its names.
        role: String,
        /// Who.
        person: String,
    },
    /// End somebody's holding of a role.
    ReleaseRole {
        /// The role by any of its names.
        role: String,
        /// Who.
        person: String,
    },
    /// Attach a runbook.
    AttachRunbook(RunbookText),
    /// Attach a runbook that nobody asked for, because its `match:` names this severity or kind.
    AttachMatched {
        /// The runbook.
        runbook: RunbookText,
        /// What of the incident it names.
        reason: String,
    },
    /// Detach a runbook.
    DetachRunbook {
        /// The event that attached it.
        runbook: Seq,
    },
    /// Move a step.
    MoveStep {
        /// Which.
        step: StepPick,
        /// What becomes of it.
        change: StepMove,
        /// Who; the asker when absent.
        person: Option<String>,
        /// Why; required to skip or block.
        reason: String,
    },
    /// Put a name on a step.
    AssignStep {
        /// Which.
        step: StepPick,
        /// Whose it is.
        person: String,
    },
    /// Say what came of a decision.
    GiveVerdict {
        /// The decision.
        target: Seq,
        /// The word.
        verdict: Verdict,
        /// How one knows.
        reason: String,
    },
    /// Say where a hypothesis stands.
    SetHypothesis {
        /// The hypothesis.
        target: Seq,
        /// The word.
        state: HypothesisState,
        /// By which facts.
        why: String,
        /// Who found so; the asker when absent.
        person: Option<String>,
    },
    /// Say: I have it.
    Acknowledge {
        /// The ask.
        target: Seq,
        /// Who; the asker when absent.
        person: Option<String>,
    },
    /// Answer an ask.
    Answer {
        /// The ask.
        target: Seq,
        /// What came of it.
        text: String,
    },
    /// Add an item of evidence.
    AddEvidence(NewEvidence),
    /// Hand an item of evidence on.
    TransferEvidence {
        /// The item.
        evidence: Seq,
        /// Who has it now.
        to: String,
        /// Where it lies now.
        location: String,
        /// Why.
        reason: String,
    },
    /// Say where assets stand.
    SetScope {
        /// The assets.
        assets: Vec<String>,
        /// The word.
        state: ScopeState,
    },
    /// Change an ask, a step's time, or what is kept beside the timeline.
    Keep(Keep),
    /// Write down that a clock ran out.
    RecordBreach {
        /// Which clock.
        clock: String,
        /// The deadline that passed.
        deadline: Utc,
    },
    /// Say that one saw that a clock ran out, or move its deadline.
    AcknowledgeClock {
        /// Which clock.
        clock: String,
        /// The new deadline.
        until: Option<Utc>,
        /// Why it is well so.
        reason: String,
    },
    /// Put a clock back to where it stood before it was acknowledged.
    RestoreClock {
        /// Which clock.
        clock: String,
        /// The acknowledgement before that one: when, and until when; one that was only seen has no such time.
        earlier: Option<(Utc, Option<Utc>)>,
        /// Why that one, and by whom.
        said: Option<(String, String)>,
    },
    /// End the room's clocks.
    Resolve {
        /// What ended it.
        ended_by: String,
    },
    /// Answer an item of the closure list.
    AnswerClosure {
        /// Which.
        item: ClosureItem,
        /// The answer.
        state: ClosureState,
        /// Why; required for n/a.
        reason: String,
    },
    /// End the obligations.
    Close {
        /// Why open blockers and items are waived; refused with open ones when absent.
        waive: Option<String>,
    },
    /// It is not over.
    Reopen {
        /// Why.
        reason: String,
    },
    /// It was resolved in error: it is open, and did not come back.
    TakeBackResolve {
        /// Why.
        reason: String,
    },
    /// Write down that a draft was made.
    RecordDraft {
        /// Its file name.
        file: String,
        /// The blob of the archive's text that it was made from; none: it was made from the log.
        from: Option<String>,
    },
    /// Write down what a check found.
    RecordCheck {
        /// How many problems.
        problems: u32,
    },
    /// Write down a publication, and file the stories that its document brought.
    RecordPublication {
        /// The path in the archive.
        path: String,
        /// The commit.
        commit: String,
        /// The head when publishing began.
        timeline_head: String,
        /// What ended the incident, as the document says.
        ended_by: String,
        /// How many problems were waived.
        problems: u32,
        /// Why.
        waived: String,
    },
    /// There will be no postmortem.
    WaivePostmortem {
        /// Why.
        reason: String,
    },
    /// Say where the review of the postmortem stands, who answers for it, when it is talked about.
    Review(Review),
    /// Say something about the postmortem.
    Comment {
        /// The words.
        text: String,
    },
    /// File a story.
    FileStory(NewStory),
    /// Correct a story; what is given replaces what was.
    ChangeStory {
        /// Its number.
        number: u32,
        /// The new words; an empty title stays.
        change: NewStory,
    },
    /// Begin a story.
    StartStory {
        /// Its number.
        number: u32,
    },
    /// Ship a story.
    ShipStory {
        /// Its number.
        number: u32,
        /// The change that shipped it.
        link: String,
        /// Why there is no link.
        reason: String,
    },
    /// Prove a story.
    VerifyStory {
        /// Its number.
        number: u32,
        /// What proves it.
        proof: String,
    },
    /// Give up a story.
    DropStory {
        /// Its number.
        number: u32,
        /// Why.
        reason: String,
    },
    /// Say that a story is to be done after all.
    ReopenStory {
        /// Its number.
        number: u32,
        /// Why.
        reason: String,
    },
    /// Write down what the tracker says of a story.
    SyncStory {
        /// Its number.
        number: u32,
        /// Key or address there.
        external: String,
        /// What it says.
        status: String,
    },
    /// Run an exercise by its script.
    Drill(DrillRequest),
    /// Erase the words of an event.
    Redact {
        /// The event.
        target: Seq,
        /// Why; without the secret.
        reason: String,
    },
    /// Take back the asker's last action, by its opposite.
    Undo {
        /// The event, as the asker saw it named.
        target: Seq,
    },
}
