//! The one table of actions. Dispatch, hints, help, palette and the key table of the README are all read from it; a
//! key that is not here does nothing. It must not say whether an action is possible now (`update::available` does).

mod table;

use super::editor::Edit;
use crate::domain::board::BoardKind;

pub use table::TABLE;

/// Where keys are looked up. A screen has a stack of them; no key is bound twice in a stack.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Context {
    /// Everywhere.
    Anywhere,
    /// Normal mode of every screen, and overlays that are only read.
    Normal,
    /// Normal mode of the room.
    Room,
    /// Normal mode of the home screen.
    Home,
    /// An overlay that is only read.
    Reader,
    /// The path of closing.
    Closing,
    /// Every board.
    Board,
    /// The board of stories.
    Stories,
    /// The board of runbooks.
    Runbooks,
    /// The composer.
    Composer,
    /// An overlay in which Enter confirms.
    Pick,
    /// Every line that is typed into.
    Line,
}

/// The stacks of contexts that occur together.
pub const STACKS: [&[Context]; 11] = [
    ROOM_STACK,
    HOME_STACK,
    READER_STACK,
    CLOSING_STACK,
    BOARD_STACK,
    STORIES_STACK,
    RUNBOOKS_STACK,
    COMPOSER_STACK,
    PICK_STACK,
    LINE_STACK,
    CONFIRM_STACK,
];
/// Normal mode of the room.
pub const ROOM_STACK: &[Context] = &[Context::Room, Context::Normal, Context::Anywhere];
/// Normal mode of the home screen.
pub const HOME_STACK: &[Context] = &[Context::Home, Context::Normal, Context::Anywhere];
/// The brief, an entry shown whole, a result.
pub const READER_STACK: &[Context] = &[Context::Reader, Context::Normal, Context::Anywhere];
/// The path of closing.
pub const CLOSING_STACK: &[Context] = &[Context::Closing, Context::Normal, Context::Anywhere];
/// A board in which nothing is stored.
pub const BOARD_STACK: &[Context] = &[Context::Board, Context::Normal, Context::Anywhere];
/// The board of stories.
pub const STORIES_STACK: &[Context] = &[Context::Stories, Context::Board, Context::Normal, Context::Anywhere];
/// The board of runbooks.
pub const RUNBOOKS_STACK: &[Context] =
    &[Context::Runbooks, Context::Board, Context::Normal, Context::Anywhere];
/// The composer, in both modes.
pub const COMPOSER_STACK: &[Context] = &[Context::Composer, Context::Line, Context::Anywhere];
/// A list with a line that narrows it, and the find screen.
pub const PICK_STACK: &[Context] = &[Context::Pick, Context::Line, Context::Anywhere];
/// A line alone: a reason, a name.
pub const LINE_STACK: &[Context] = PICK_STACK;
/// A question.
pub const CONFIRM_STACK: &[Context] = &[Context::Pick, Context::Anywhere];

/// Under which heading an action is listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Group {
    /// Move around.
    Move,
    /// Write a line.
    Write,
    /// Act on what is selected.
    Selection,
    /// Change the state of the incident.
    State,
    /// Look at something.
    Look,
    /// On a board.
    Board,
    /// The rest.
    Rest,
    /// Close the incident.
    Close,
    /// Edit a line.
    Edit,
}

impl Group {
    /// All of them, in the order of the help.
    pub const ALL: [Self; 9] = [
        Self::Write,
        Self::Selection,
        Self::State,
        Self::Look,
        Self::Board,
        Self::Move,
        Self::Rest,
        Self::Close,
        Self::Edit,
    ];

    /// Its heading.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Move => "Move",
            Self::Write => "Write (opens the composer)",
            Self::Selection => "On the selection",
            Self::State => "State (Enter confirms)",
            Self::Look => "Look",
            Self::Board => "Boards",
            Self::Rest => "Rest",
            Self::Close => "Close",
            Self::Edit => "In a line",
        }
    }
}

/// Everything that a key or the palette can ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    /// Selection one down.
    Down,
    /// Selection one up.
    Up,
    /// Selection to the first.
    Top,
    /// Selection to the last.
    Bottom,
    /// Half a page down.
    HalfDown,
    /// Half a page up.
    HalfUp,
    /// A page down.
    PageDown,
    /// A page up.
    PageUp,
    /// The pane to the left.
    PaneLeft,
    /// The pane to the right.
    PaneRight,
    /// The next pane.
    NextPane,
    /// The pane before.
    PrevPane,
    /// The pane with the number of the key.
    GoToPane,
    /// The focused pane alone.
    Zoom,
    /// Shows or runs what is selected.
    Open,
    /// One level back.
    Back,
    /// Room → home → leave.
    Leave,
    /// The other attached runbook, before.
    RunbookBefore,
    /// The other attached runbook, after.
    RunbookAfter,
    /// Composer for a note.
    Note,
    /// Composer that stays open.
    Scribe,
    /// Composer with the mark of a decision.
    Decision,
    /// Composer with the mark of an ask.
    Ask,
    /// Composer with the mark of a hypothesis.
    Hypothesis,
    /// Composer with an update, filled from the log.
    Update,
    /// Ticks a step or takes the tick back.
    Tick,
    /// Strikes an entry, skips a step.
    CrossOut,
    /// Amends in place.
    Amend,
    /// Amends in the editor.
    AmendInEditor,
    /// Stars or takes the star back.
    Star,
    /// Verdict, answer or state.
    Verdict,
    /// Copies the selection.
    Copy,
    /// Severity overlay.
    Severity,
    /// Phase overlay.
    Phase,
    /// Milestone overlay.
    Milestone,
    /// Role overlay.
    Role,
    /// Runbook overlay.
    Runbook,
    /// Adds evidence.
    Evidence,
    /// Files a story.
    Story,
    /// The improvement stories of the incident.
    Stories,
    /// The score sheet of the exercise.
    DrillScore,
    /// A board of the room.
    Board(BoardKind),
    /// Keeps an indicator without losing the line.
    QuickIoc,
    /// Who can be reached how.
    People,
    /// Whom to call next.
    Call,
    /// Who held which role, who came and left.
    Roster,
    /// What a role does.
    Duties,
    /// The running clocks, to move one.
    Clocks,
    /// The targets, to change one for this incident.
    Target,
    /// The board of stories.
    StoriesBoard,
    /// The board of runbooks.
    RunbooksBoard,
    /// The board of owed updates.
    UpdatesBoard,
    /// Opens what recurs across the archive.
    PatternsBoard,
    /// Narrows a board.
    BoardFilter,
    /// Attaches the runbook of the board.
    BoardAttach,
    /// Starts a story.
    StoryStart,
    /// Ships a story.
    StoryShip,
    /// Verifies a story.
    StoryVerify,
    /// Gives a story up.
    StoryDrop,
    /// Has a story done after all.
    StoryReopen,
    /// The postmortem that a story comes from.
    StoryPostmortem,
    /// The brief.
    Brief,
    /// Copies the brief.
    CopyBrief,
    /// Finds.
    Find,
    /// The next entry that matches.
    FindNext,
    /// The entry before that matches.
    FindBefore,
    /// The next that is open.
    NextOpen,
    /// Narrows the timeline.
    Filter,
    /// UTC or local time.
    Zone,
    /// Shows or hides system lines.
    SystemLines,
    /// Shows or hides lines that are crossed out.
    StruckLines,
    /// The list of all actions.
    Palette,
    /// The verbs.
    Command,
    /// Takes back the last own action.
    Undo,
    /// Goes back like Esc; twice in normal mode it leaves.
    Interrupt,
    /// Lists the keys that act here.
    Keys,
    /// Suspends the program.
    Suspend,
    /// Draws everything anew.
    Redraw,
    /// Declares an incident.
    Declare,
    /// Goes to the home screen.
    HomeScreen,
    /// Takes the recurrence alarm away.
    DismissAlarm,
    /// The path of closing.
    CloseOut,
    /// Publishes the postmortem.
    Publish,
    /// Reopens the incident.
    Reopen,
    /// Marks a point of the closure list as done.
    ClosingDone,
    /// Marks a point of the closure list as not applicable.
    ClosingNotApplicable,
    /// Stores the line of the composer.
    Send,
    /// Leaves the composer or an overlay.
    Close,
    /// Opens the line in the editor.
    LineInEditor,
    /// Completes the word, or takes the milestone that the line looks like.
    AcceptMilestone,
    /// The offer before for the word.
    CompleteBefore,
    /// Confirms what is picked.
    Accept,
    /// The next choice.
    PickDown,
    /// The choice before.
    PickUp,
    /// A page of choices down.
    PickPageDown,
    /// A page of choices up.
    PickPageUp,
    /// The next field of an overlay.
    PickField,
    /// Edits a line.
    Edit(Edit),
}

/// One row of the table.
#[derive(Debug, Clone, Copy)]
pub struct ActionSpec {
    /// What it is.
    pub action: Action,
    /// Its name in the configuration and in messages: kebab case.
    pub name: &'static str,
    /// What it does, in a few words.
    pub doc: &'static str,
    /// Its word in the hint line; empty when it is not hinted.
    pub hint: &'static str,
    /// Its heading.
    pub group: Group,
    /// Where its keys count; empty for the palette only.
    pub contexts: &'static [Context],
    /// Its default keys; empty for the palette only.
    pub keys: &'static [&'static str],
}

/// The row of an action.
#[must_use]
pub fn spec(action: Action) -> Option<&'static ActionSpec> {
    TABLE.iter().find(|s| s.action == action)
}

/// The row with a name.
#[must_use]
pub fn by_name(name: &str) -> Option<&'static ActionSpec> {
    TABLE.iter().find(|s| s.name == name)
}
