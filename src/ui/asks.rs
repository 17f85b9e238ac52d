//! Asks by time left, then hypotheses: what is still unknown, and who is on it.

use ratatui::buffer::Buffer;
use ratatui::style::Style;

use super::frame;
use super::text::Pen;
use super::theme::Theme;
use crate::app::action::Action;
use crate::app::layout::Placed;
use crate::app::model::{Model, Room};
use crate::domain::brief::left;
use crate::domain::ids::Seq;
use crate::domain::words::HypothesisState;

/// Draws the pane.
pub(super) fn draw(
    model: &Model,
    room: &Room,
    placed: &Placed,
    focus: bool,
    theme: &Theme,
    buf: &mut Buffer,
) {
    let all = room.asks();
    let height = usize::from(placed.body.h);
    if !placed.title.is_empty() {
        frame::title(placed, "Asks, hypotheses", &frame::more(all.len(), height), focus, theme, buf);
    }
    if all.is_empty() {
        let press = |action| model.keymap.press(action);
        let (ask, hypothesis) = (press(Action::Ask), press(Action::Hypothesis));
        let say = format!("None yet. {ask} asks somebody, {hypothesis} writes a hypothesis.");
        return super::empty(placed, &say, theme, buf);
    }
    let selected = all.iter().position(|s| Some(*s) == room.current_ask()).unwrap_or(0);
    let first = super::first_row(selected, height, all.len());
    for (nth, seq) in all.iter().enumerate().skip(first).take(height) {
        let y = u16::try_from(nth.saturating_sub(first)).unwrap_or(u16::MAX);
        let here = focus && nth == selected;
        let pick = |style: Style| if here { theme.selected } else { style };
        let (head, style, words) = row(model, room, *seq, theme);
        let mut pen = Pen::new(buf, placed.body.row(y));
        pen.put(&head, pick(style));
        pen.put(" ", pick(theme.text));
        pen.put_cut(&words, pick(theme.text));
        if here {
            pen.fill(theme.selected);
        }
    }
}

fn row(model: &Model, room: &Room, seq: Seq, theme: &Theme) -> (String, Style, String) {
    let talk = &room.incident.talk;
    if let Some(ask) = talk.asks.get(&seq) {
        let who = ask.person.as_ref().map_or_else(|| "unassigned".to_owned(), |p| format!("@{p}"));
        if let Some(answer) = &ask.answer {
            return (format!("{who} answered"), theme.good, format!("{}: {}", ask.text, answer.text));
        }
        let seen = match (ask.acknowledged.is_some(), ask.is_unheard(model.now)) {
            (true, _) => "",
            (false, true) => " no ack",
            (false, false) => "?",
        };
        return match ask.due_at {
            Some(at) if room.incident.clocks_run() => {
                let style = if at <= model.now { theme.bad } else { theme.warn };
                (format!("{who}{seen} {}", left(at, model.now)), style, ask.text.clone())
            }
            _ if !room.incident.clocks_run() => (format!("{who} no answer"), theme.dim, ask.text.clone()),
            _ => (format!("{who}{seen}"), theme.warn, ask.text.clone()),
        };
    }
    match talk.hypotheses.get(&seq) {
        Some(h) => {
            let style = match h.now.state {
                HypothesisState::Open => theme.word,
                HypothesisState::Supported => theme.good,
                HypothesisState::RuledOut => theme.dim,
            };
            let why = if h.now.why.is_empty() { String::new() } else { format!(": {}", h.now.why) };
            (h.now.state.to_string(), style, format!("{}{why}", h.text))
        }
        None => (String::new(), theme.text, String::new()),
    }
}
