//! A line to fill in: a reason, a name, a file.

use ratatui::buffer::Buffer;

use crate::app::layout::overlay;
use crate::app::model::{Ask, AskFor, Model};
use crate::app::update::running;
use crate::domain::request::StepMove;
use crate::ui::text::{Pen, wrap};
use crate::ui::theme::Theme;
use crate::ui::{frame, offers};

/// The most rows that tell what is wrong with the line.
const MOST_WRONG: usize = 6;

/// The title, and what is said below the line.
fn words(purpose: &AskFor) -> (&'static str, &'static str) {
    match purpose {
        AskFor::Run(_) => ("Run it?", "type yes to run it; Enter or Esc alone runs nothing"),
        AskFor::Identity => ("Who are you?", "your handle, such as alice; asked once a session"),
        AskFor::Strike(_) => ("Cross out: why?", "the entry stays, struck, with the reason"),
        AskFor::Step(_, StepMove::Block) => ("Blocked: by what?", "it stands in the brief until it is done"),
        AskFor::Step(..) => ("Skip the step: why?", "the reason goes into the postmortem"),
        AskFor::Severity(_) => ("Severity goes down: why?", "one line; it goes into the log"),
        AskFor::Verdict(..) => ("How do you know?", "may be left empty"),
        AskFor::Hypothesis(..) => ("By which facts?", "may be left empty"),
        AskFor::Answer(_) => ("The answer", "what came of the ask"),
        AskFor::Clock(_) => ("Until when, and why?", "30m REASON, 16:30 REASON; a reason alone: seen"),
        AskFor::Target(_) => {
            ("Which target, and why?", "8h, 5 business days, none or default, then the reason")
        }
        AskFor::Filter => {
            ("Show only", "words #tag @bob by:bob kind:ask,note * struck since:13:00 until:-5m")
        }
        AskFor::BoardFilter => {
            ("Show only", "words; stories: @owner inc:42 sev:P1 state:all kind:process due:7d")
        }
        AskFor::StoryStart(_) => ("Start: who works on it?", "a handle; empty leaves the owner as it is"),
        AskFor::StoryShip(_) => ("Shipped: by which change?", "its link, or in words why there is none"),
        AskFor::StoryVerify(_) => ("Verified: by what?", "the test, rule, drill or runbook that shows it"),
        AskFor::StoryDrop(_) => ("Drop the story: why?", "the reason stays with the story"),
        AskFor::StoryReopen(_) => ("Reopen the story: why?", "one line"),
        AskFor::Evidence(None) => ("Evidence", "the path of a file: it is hashed and stays where it is"),
        AskFor::Evidence(_) => ("Evidence for this line", "the path of a file: hashed, it stays where it is"),
        AskFor::Extend(_) => ("More time", "from the end of the time box, or from now when it ran out"),
        AskFor::StepDue(_) => ("Due in", "15m, 2h; none takes it off"),
        AskFor::Object(_) => {
            ("What is said against it", "it stands with the decision, and in the postmortem")
        }
        AskFor::Story => ("Improvement story", "what must change, then @owner"),
        AskFor::Resolve => ("Resolved: what ended it?", "ends the room's clocks; may be left empty"),
        AskFor::Reopen => ("Reopen: why?", "one line"),
        AskFor::NotApplicable(_) => ("Not applicable: why?", "one line"),
        AskFor::WaiveClose => ("Close with open points: why?", "the reason is recorded and shown"),
        AskFor::WaivePublish => ("Publish with open problems: why?", "the reason is recorded and shown"),
        AskFor::Author => ("Author of the commit", "Name <mail>: git knows none here"),
    }
}

/// The words of the line, step, story or point that it is about: somebody may have moved what is selected before the key came.
fn target(model: &Model, purpose: &AskFor) -> Option<String> {
    match purpose {
        AskFor::StoryStart(id)
        | AskFor::StoryShip(id)
        | AskFor::StoryVerify(id)
        | AskFor::StoryDrop(id)
        | AskFor::StoryReopen(id) => {
            let story = model.board.as_ref().and_then(|b| b.story_named(*id));
            return Some(story.map_or_else(|| id.to_string(), |s| format!("{id} {}", s.title)));
        }
        AskFor::NotApplicable(item) => return Some(item.question().to_owned()),
        _ => {}
    }
    let incident = &model.room.as_ref()?.incident;
    let text = match purpose {
        AskFor::Step(at, _) | AskFor::StepDue(at) => incident.checklist.get(*at).map(|s| s.text.as_str()),
        AskFor::Strike(seq)
        | AskFor::Verdict(seq, _)
        | AskFor::Hypothesis(seq, _)
        | AskFor::Answer(seq)
        | AskFor::Extend(seq)
        | AskFor::Object(seq)
        | AskFor::Evidence(Some(seq)) => incident.timeline.get(*seq).map(|e| e.text.as_str()),
        _ => None,
    };
    text.map(str::to_owned)
}

/// Draws it.
pub(super) fn draw(model: &Model, ask: &Ask, theme: &Theme, buf: &mut Buffer) -> Option<(u16, u16)> {
    let (title, hint) = words(&ask.purpose);
    let title = match target(model, &ask.purpose) {
        Some(text) => format!("{title} · {text}"),
        None => title.to_owned(),
    };
    let above = match &ask.purpose {
        AskFor::Run(command) => running::shown(model, command).unwrap_or_default(),
        _ => Vec::new(),
    };
    let rows = u16::try_from(above.len()).unwrap_or(u16::MAX);
    // What is wrong is read to its end: its last words may be the ones that help.
    let columns = overlay(model.size, 0, running::WIDTH).w.saturating_sub(5);
    let wrong = ask.problem.as_ref().map(|problem| wrap(problem, columns, MOST_WRONG)).unwrap_or_default();
    let below = u16::try_from(wrong.len().max(1)).unwrap_or(u16::MAX);
    let all = rows.saturating_add(1).saturating_add(below);
    let inside = frame::boxed(overlay(model.size, all, running::WIDTH), &title, theme, buf);
    for (n, row) in (0..rows).zip(&above) {
        let mut pen = Pen::new(buf, inside.row(n));
        pen.put(" ", theme.text);
        pen.put_cut(row, if n.saturating_add(2) < rows { theme.strong } else { theme.dim });
    }
    let cursor = super::typed(&ask.editor, inside.row(rows), theme, buf);
    for (n, row) in (0..below).zip(&wrong) {
        let mut pen = Pen::new(buf, inside.row(rows.saturating_add(1).saturating_add(n)));
        pen.put("  ", theme.text);
        pen.put_cut(row, theme.bad);
    }
    if wrong.is_empty() {
        let mut pen = Pen::new(buf, inside.row(rows.saturating_add(1)));
        pen.put("  ", theme.text);
        if ask.editor.is_empty() || !offers::draw(model, &mut pen, theme) {
            pen.put_cut(hint, theme.dim);
        }
    }
    cursor
}
