//! The one table of actions. Dispatch, hints, help, palette and the key table of the README are all read from it; a
//! key that is not here does nothing. It must not say whether an action is possible now (`update::available` does).

use super::editor::Edit;

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
    /// The composer.
    Composer,
    /// An overlay in which Enter confirms.
    Pick,
    /// Every line that is typed into.
    Line,
}

/// The stacks of contexts that occur together.
pub const STACKS: [&[Context]; 8] = [
    ROOM_STACK,
    HOME_STACK,
    READER_STACK,
    CLOSING_STACK,
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
    /// The rest.
    Rest,
    /// Close the incident.
    Close,
    /// Edit a line.
    Edit,
}

impl Group {
    /// All of them, in the order of the help.
    pub const ALL: [Self; 8] = [
        Self::Write,
        Self::Selection,
        Self::State,
        Self::Look,
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
    /// Narrows the timeline.
    Filter,
    /// UTC or local time.
    Zone,
    /// Shows or hides system lines.
    SystemLines,
    /// The list of all actions.
    Palette,
    /// The verbs.
    Command,
    /// Takes back the last own action.
    Undo,
    /// Goes back like Esc; twice in normal mode it leaves.
    Interrupt,
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
    /// Takes the milestone that the line looks like.
    AcceptMilestone,
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

const fn row(
    action: Action,
    name: &'static str,
    keys: &'static [&'static str],
    contexts: &'static [Context],
    group: Group,
    hint: &'static str,
    doc: &'static str,
) -> ActionSpec {
    ActionSpec { action, name, doc, hint, group, contexts, keys }
}

use Action as A;
use Context as C;
use Group as G;

/// Every action, in the order of hints, help and palette.
pub const TABLE: &[ActionSpec] = &[
    row(
        A::Declare,
        "declare",
        &["n"],
        &[C::Home],
        G::Write,
        "declare",
        "Declare an incident: a title is enough",
    ),
    row(A::Note, "note", &["i"], &[C::Room], G::Write, "log", "Note: the time is fixed now, Enter stores it"),
    row(A::Scribe, "scribe", &["I"], &[C::Room], G::Write, "", "Scribe mode: Enter stores and stays"),
    row(
        A::Decision,
        "decision",
        &["d"],
        &[C::Room],
        G::Write,
        "decide",
        "Decision: @executor and check 15m are read",
    ),
    row(A::Ask, "ask", &["a"], &[C::Room], G::Write, "ask", "Ask: @person 3m task"),
    row(A::Hypothesis, "hypothesis", &["H"], &[C::Room], G::Write, "", "Hypothesis: what could be the cause"),
    row(A::Update, "update", &["c"], &[C::Room], G::Write, "", "Status update, filled from the log"),
    row(A::Role, "role", &["r"], &[C::Room], G::State, "role", "Take or hand over a role"),
    row(
        A::Tick,
        "tick",
        &["space"],
        &[C::Room],
        G::Selection,
        "tick",
        "Tick the step, or take the tick back",
    ),
    row(
        A::Severity,
        "severity",
        &["s"],
        &[C::Room],
        G::State,
        "severity",
        "Severity: up freely, down with a reason",
    ),
    row(A::Phase, "phase", &["p"], &[C::Room], G::State, "phase", "Move to a phase"),
    row(A::Milestone, "milestone", &["m"], &[C::Room], G::State, "", "Mark a milestone; resolved is one"),
    row(A::Runbook, "runbook", &["o"], &[C::Room], G::State, "", "Attach a runbook"),
    row(A::Evidence, "evidence", &["V"], &[C::Room], G::State, "", "Add evidence"),
    row(A::Story, "story", &["S"], &[C::Room], G::State, "", "File an improvement story"),
    row(
        A::CrossOut,
        "cross-out",
        &["x"],
        &[C::Room],
        G::Selection,
        "",
        "Strike the entry or skip the step, with a reason",
    ),
    row(A::Amend, "amend", &["e"], &[C::Room], G::Selection, "", "Amend text or time in place"),
    row(A::AmendInEditor, "amend-in-editor", &["E"], &[C::Room], G::Selection, "", "Amend in the editor"),
    row(A::Star, "star", &["*"], &[C::Room], G::Selection, "", "Star the entry, or take the star back"),
    row(A::Verdict, "verdict", &["v"], &[C::Room], G::Selection, "", "Verdict, answer or state of the entry"),
    row(
        A::Copy,
        "copy",
        &["y"],
        &[C::Room, C::Reader],
        G::Selection,
        "",
        "Copy the entry, or the command of the step",
    ),
    row(A::Brief, "brief", &["b"], &[C::Room], G::Look, "brief", "The brief: one screen for whoever joins"),
    row(
        A::CopyBrief,
        "copy-brief",
        &["Y"],
        &[C::Room, C::Reader],
        G::Look,
        "",
        "Copy the brief as plain text",
    ),
    row(A::Find, "find", &["/"], &[C::Normal], G::Look, "find", "Find in this room, then in the archive"),
    row(A::FindNext, "find-next", &["n"], &[C::Room], G::Look, "", "Next entry that matches"),
    row(A::FindBefore, "find-before", &["N"], &[C::Room], G::Look, "", "Entry before that matches"),
    row(A::Filter, "filter", &["f"], &[C::Room], G::Look, "", "Show only the entries that match"),
    row(A::Zone, "zone", &["t"], &[C::Room, C::Home], G::Look, "", "Times in UTC or local"),
    row(A::SystemLines, "system-lines", &["."], &[C::Room], G::Look, "", "Show or hide system lines"),
    row(A::RunbookBefore, "runbook-before", &["["], &[C::Room], G::Look, "", "The attached runbook before"),
    row(A::RunbookAfter, "runbook-after", &["]"], &[C::Room], G::Look, "", "The attached runbook after"),
    row(A::Down, "down", &["j", "down"], &[C::Normal], G::Move, "", "Down"),
    row(A::Up, "up", &["k", "up"], &[C::Normal], G::Move, "", "Up"),
    row(A::Top, "top", &["g", "home"], &[C::Normal], G::Move, "", "To the first"),
    row(
        A::Bottom,
        "bottom",
        &["G", "end"],
        &[C::Normal],
        G::Move,
        "",
        "To the last; new entries are followed there",
    ),
    row(A::HalfDown, "half-down", &["ctrl-d"], &[C::Normal], G::Move, "", "Half a page down"),
    row(A::HalfUp, "half-up", &["ctrl-u"], &[C::Normal], G::Move, "", "Half a page up"),
    row(A::PageDown, "page-down", &["pgdn"], &[C::Normal], G::Move, "", "A page down"),
    row(A::PageUp, "page-up", &["pgup"], &[C::Normal], G::Move, "", "A page up"),
    row(A::PaneLeft, "pane-left", &["h", "left"], &[C::Normal], G::Move, "", "The pane to the left"),
    row(A::PaneRight, "pane-right", &["l", "right"], &[C::Normal], G::Move, "", "The pane to the right"),
    row(A::NextPane, "next-pane", &["tab"], &[C::Normal], G::Move, "", "The next pane"),
    row(A::PrevPane, "prev-pane", &["backtab"], &[C::Normal], G::Move, "", "The pane before"),
    row(
        A::GoToPane,
        "pane",
        &["1", "2", "3", "4", "5", "6", "7", "8", "9"],
        &[C::Normal],
        G::Move,
        "",
        "The pane with this number",
    ),
    row(A::Zoom, "zoom", &["z"], &[C::Room], G::Move, "", "The focused pane alone"),
    row(A::Open, "open", &["enter"], &[C::Normal], G::Move, "open", "Open what is selected"),
    row(A::Back, "back", &["esc"], &[C::Normal], G::Move, "", "One level back; never leaves"),
    row(A::Leave, "leave", &["q"], &[C::Normal], G::Rest, "", "Room, home, leave"),
    row(
        A::Palette,
        "actions",
        &["?", "ctrl-p"],
        &[C::Normal],
        G::Rest,
        "all",
        "All actions, searchable; Enter runs one",
    ),
    row(A::Command, "command", &[":"], &[C::Normal], G::Rest, "", "The verbs of the command line"),
    row(A::Undo, "undo", &["u"], &[C::Room], G::Rest, "", "Take back my last action, by another entry"),
    row(
        A::Interrupt,
        "interrupt",
        &["ctrl-c"],
        &[C::Anywhere],
        G::Rest,
        "",
        "As Esc; twice in normal mode leaves",
    ),
    row(A::Suspend, "suspend", &["ctrl-z"], &[C::Anywhere], G::Rest, "", "Suspend to the shell"),
    row(A::Redraw, "redraw", &["ctrl-l"], &[C::Anywhere], G::Rest, "", "Draw the screen anew"),
    row(A::HomeScreen, "home", &[], &[], G::Rest, "", "The home screen"),
    row(A::DismissAlarm, "dismiss-alarm", &[], &[], G::Rest, "", "Take the recurrence alarm away"),
    row(A::CloseOut, "close", &[], &[], G::Close, "", "Close: list, draft, edit, check, publish"),
    row(A::Publish, "publish", &[], &[], G::Close, "", "Publish the postmortem"),
    row(A::Reopen, "reopen", &[], &[], G::Close, "", "Reopen the incident, with a reason"),
    row(
        A::ClosingDone,
        "point-done",
        &["space"],
        &[C::Closing],
        G::Close,
        "done",
        "This point is done, or open again",
    ),
    row(
        A::ClosingNotApplicable,
        "point-na",
        &["x"],
        &[C::Closing],
        G::Close,
        "n/a",
        "Not applicable, with a reason",
    ),
    row(A::Send, "send", &["enter"], &[C::Composer], G::Edit, "store", "Store the line"),
    row(
        A::AcceptMilestone,
        "accept",
        &["tab"],
        &[C::Composer],
        G::Edit,
        "",
        "Mark the milestone that the line names",
    ),
    row(
        A::Edit(Edit::Older),
        "older",
        &["up"],
        &[C::Composer],
        G::Edit,
        "",
        "The line before in the history",
    ),
    row(
        A::Edit(Edit::Newer),
        "newer",
        &["down"],
        &[C::Composer],
        G::Edit,
        "",
        "The line after in the history",
    ),
    row(A::Accept, "confirm", &["enter"], &[C::Pick], G::Edit, "confirm", "Confirm"),
    row(A::Close, "cancel", &["esc"], &[C::Composer, C::Pick], G::Edit, "back", "Back; the draft stays"),
    row(A::PickDown, "choice-down", &["down", "ctrl-n"], &[C::Pick], G::Edit, "", "The next choice"),
    row(A::PickUp, "choice-up", &["up", "ctrl-p"], &[C::Pick], G::Edit, "", "The choice before"),
    row(A::PickPageDown, "choices-down", &["pgdn"], &[C::Pick], G::Edit, "", "A page of choices down"),
    row(A::PickPageUp, "choices-up", &["pgup"], &[C::Pick], G::Edit, "", "A page of choices up"),
    row(A::PickField, "next-field", &["tab"], &[C::Pick], G::Edit, "", "The next field"),
    row(
        A::Edit(Edit::Start),
        "line-start",
        &["ctrl-a", "home"],
        &[C::Line],
        G::Edit,
        "",
        "To the start of the line",
    ),
    row(
        A::Edit(Edit::End),
        "line-end",
        &["ctrl-e", "end"],
        &[C::Line],
        G::Edit,
        "",
        "To the end of the line",
    ),
    row(
        A::Edit(Edit::Left),
        "char-left",
        &["left", "ctrl-b"],
        &[C::Line],
        G::Edit,
        "",
        "A character to the left",
    ),
    row(
        A::Edit(Edit::Right),
        "char-right",
        &["right", "ctrl-f"],
        &[C::Line],
        G::Edit,
        "",
        "A character to the right",
    ),
    row(
        A::Edit(Edit::WordLeft),
        "word-left",
        &["alt-b", "ctrl-left"],
        &[C::Line],
        G::Edit,
        "",
        "A word to the left",
    ),
    row(
        A::Edit(Edit::WordRight),
        "word-right",
        &["alt-f", "ctrl-right"],
        &[C::Line],
        G::Edit,
        "",
        "A word to the right",
    ),
    row(
        A::Edit(Edit::DeleteBack),
        "delete-back",
        &["backspace", "ctrl-h"],
        &[C::Line],
        G::Edit,
        "",
        "Delete the character before",
    ),
    row(
        A::Edit(Edit::DeleteForward),
        "delete-forward",
        &["del", "ctrl-d"],
        &[C::Line],
        G::Edit,
        "",
        "Delete the character under the cursor",
    ),
    row(
        A::Edit(Edit::KillToEnd),
        "kill-to-end",
        &["ctrl-k"],
        &[C::Line],
        G::Edit,
        "",
        "Cut to the end of the line",
    ),
    row(
        A::Edit(Edit::KillToStart),
        "kill-to-start",
        &["ctrl-u"],
        &[C::Line],
        G::Edit,
        "",
        "Cut to the start of the line",
    ),
    row(
        A::Edit(Edit::KillWordBack),
        "kill-word-back",
        &["ctrl-w", "alt-backspace"],
        &[C::Line],
        G::Edit,
        "",
        "Cut the word before",
    ),
    row(
        A::Edit(Edit::KillWordForward),
        "kill-word",
        &["alt-d"],
        &[C::Line],
        G::Edit,
        "",
        "Cut the word after",
    ),
    row(A::Edit(Edit::Yank), "yank", &["ctrl-y"], &[C::Line], G::Edit, "", "Insert what was cut last"),
    row(A::Edit(Edit::YankPop), "yank-pop", &["alt-y"], &[C::Line], G::Edit, "", "The cut before it instead"),
    row(
        A::Edit(Edit::Undo),
        "line-undo",
        &["ctrl-_", "ctrl-7", "ctrl-/"],
        &[C::Line],
        G::Edit,
        "",
        "Take the last change of the line back",
    ),
];
