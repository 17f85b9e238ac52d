//! The boards: stories, runbooks and owed updates in rows, and the selected one beside or below them.

use ratatui::buffer::Buffer;
use ratatui::style::Style;

use super::frame;
use super::text::Pen;
use super::theme::Theme;
use crate::app::action::Action;
use crate::app::boards;
use crate::app::layout::{Layout, Pane, Placed};
use crate::app::model::{Board, BoardData, BoardKind, BoardLine, Model};
use crate::domain::clocks::Pressure;
use crate::domain::owed::OwedUpdate;
use crate::domain::runbook::card::{Card, Origin};
use crate::domain::stories::{Standing, distance};
use crate::domain::summary::StorySummary;
use crate::domain::time::{with_zone, zone_label};
use crate::domain::words::{IncidentKind, Visibility};

/// From this width of the list on, a row has room for all that is said of it.
const WIDE: u16 = 96;

/// Below this width of the list, an incident is its number.
const NARROW: u16 = 64;

/// Draws both panes and the filter.
pub(super) fn draw(model: &Model, layout: &Layout, theme: &Theme, buf: &mut Buffer) {
    let Some(board) = &model.board else { return };
    for placed in &layout.panes {
        match placed.pane {
            Pane::Preview => preview(model, board, placed, theme, buf),
            _ => list(model, board, placed, theme, buf),
        }
    }
    let mut pen = Pen::new(buf, layout.composer);
    pen.put(theme.marks.prompt, theme.key);
    if board.filter.is_empty() {
        pen.put_cut(&format!(" {}", offer(model, board.kind())), theme.dim);
    } else {
        pen.put(" only ", theme.warn);
        pen.put_cut(&board.filter, theme.strong);
        pen.put_cut("  (Esc shows all)", theme.dim);
    }
}

fn offer(model: &Model, kind: BoardKind) -> String {
    let press = |action| model.keymap.press(action);
    let narrows = press(Action::BoardFilter);
    match kind {
        BoardKind::Stories => {
            format!("{narrows} narrows: words, @owner, inc:42, sev:P1, state:all, kind:process, due:7d")
        }
        BoardKind::Runbooks => {
            let attach = press(Action::BoardAttach);
            format!("{narrows} narrows by words; Enter reads it, {attach} attaches it to the open room")
        }
        BoardKind::Patterns => format!("{narrows} narrows, as a search does; Enter lists the incidents"),
        BoardKind::Updates => {
            let update = press(Action::Update);
            format!("{narrows} narrows by words; Enter opens the room, {update} there writes the update")
        }
    }
}

const fn title(kind: BoardKind) -> &'static str {
    match kind {
        BoardKind::Stories => "Stories",
        BoardKind::Runbooks => "Runbooks",
        BoardKind::Updates => "Updates owed",
        BoardKind::Patterns => "What recurs",
    }
}

fn list(model: &Model, board: &Board, placed: &Placed, theme: &Theme, buf: &mut Buffer) {
    if !placed.title.is_empty() {
        let all = board.data.len();
        let count = match (board.loaded, board.filter.is_empty()) {
            (false, _) => "reading".to_owned(),
            // What recurs is counted over what is asked for: there are no others.
            (true, _) if board.kind() == BoardKind::Patterns => format!("{}", board.shown),
            (true, true) => format!("{}", board.shown),
            (true, false) => format!("{} of {all}", board.shown),
        };
        frame::title(placed, title(board.kind()), &count, board.focus == Pane::Board, theme, buf);
    }
    if board.shown == 0 {
        return super::empty(placed, &nothing(board, model.building), theme, buf);
    }
    let (selected, _) = board.place().unwrap_or((0, 0));
    let height = usize::from(placed.body.h);
    let first = if selected < height { 0 } else { super::first_row(selected, height, board.lines.len()) };
    for (nth, line) in board.lines.iter().enumerate().skip(first).take(height) {
        let y = u16::try_from(nth.saturating_sub(first)).unwrap_or(u16::MAX);
        let mut pen = Pen::new(buf, placed.body.row(y));
        let here = nth == selected;
        match line {
            BoardLine::Heading(words, count, standing) => {
                let style = if *standing == Standing::Overdue { theme.bad } else { theme.word };
                pen.put_cut(&format!("{words} ({count})"), style);
            }
            BoardLine::Row(place) => {
                let (wide, narrow) = (placed.body.w >= WIDE, placed.body.w < NARROW);
                let mut row = Row { pen: &mut pen, here, theme, wide, narrow };
                row.put(" ", theme.text);
                match &board.data {
                    BoardData::Stories(all) => {
                        if let Some(story) = all.get(*place) {
                            row.story(model, board, story);
                        }
                    }
                    BoardData::Runbooks(all, _) => {
                        if let Some(card) = all.get(*place) {
                            row.runbook(model, board, card);
                        }
                    }
                    BoardData::Patterns(all, _) => {
                        if let Some(line) = all.get(*place) {
                            row.field(&line.count.to_string(), 4, theme.strong);
                            row.cut(&line.label, theme.text);
                            // A quarter alone says little: the newest of its incidents stands beside it.
                            if let Some(first) = line.ids.first() {
                                row.cut(&format!("  {first}"), theme.dim);
                            }
                        }
                    }
                    BoardData::Updates(all) => {
                        if let Some(update) = all.get(*place) {
                            row.update(model, update);
                        }
                    }
                }
                if here {
                    pen.fill(theme.selected);
                }
            }
        }
    }
}

/// What an empty board says: what to do next.
fn nothing(board: &Board, building: Option<u8>) -> String {
    if !board.loaded {
        return building.map_or_else(
            || "Reading…".to_owned(),
            |percent| format!("Building the index of past incidents, {percent} %"),
        );
    }
    if !board.filter.is_empty() {
        return format!("Nothing matches {}. Esc shows all, f asks for something else.", board.filter);
    }
    match &board.data {
        BoardData::Stories(all) if all.is_empty() => {
            "No story yet. S in a room files one; publishing a postmortem files those under its Improvements.".to_owned()
        }
        BoardData::Stories(_) => {
            "Nothing is owed: every story is verified or dropped. f with state:all shows them.".to_owned()
        }
        BoardData::Runbooks(..) => {
            "No runbook. Put Markdown files into runbooks/ of the home; warroom runbook check tells what they lack."
                .to_owned()
        }
        BoardData::Patterns(..) => {
            "Nothing to count: no postmortem of the last eight quarters.".to_owned()
        }
        BoardData::Updates(_) => {
            "No open incident owes an update. An incident whose severity has a cadence appears here.".to_owned()
        }
    }
}

/// A row that is being written.
struct Row<'p, 'b> {
    pen: &'p mut Pen<'b>,
    here: bool,
    theme: &'p Theme,
    wide: bool,
    narrow: bool,
}

impl Row<'_, '_> {
    const fn pick(&self, style: Style) -> Style {
        if self.here { self.theme.selected } else { style }
    }

    fn put(&mut self, text: &str, style: Style) {
        let style = self.pick(style);
        self.pen.put(text, style);
    }

    fn field(&mut self, text: &str, cells: u16, style: Style) {
        let style = self.pick(style);
        self.pen.field(text, cells, style);
        self.pen.put(" ", style);
    }

    fn right(&mut self, text: &str, style: Style) {
        let style = self.pick(style);
        self.pen.right(text, style);
    }

    fn cut(&mut self, text: &str, style: Style) {
        let style = self.pick(style);
        self.pen.put_cut(text, style);
    }

    fn story(&mut self, model: &Model, board: &Board, story: &StorySummary) {
        let theme = self.theme;
        let style = match Standing::of(story, board.day, model.policy.story_rules) {
            Standing::Again | Standing::Orphaned | Standing::Overdue => theme.bad,
            Standing::Soon => theme.warn,
            Standing::Done => theme.good,
            _ => theme.text,
        };
        self.field(&distance(story, board.day), 9, style);
        self.field(story.severity.as_deref().unwrap_or("-"), 5, theme.strong);
        if self.wide {
            self.field(&story.due.map(|d| d.to_string()).unwrap_or_default(), 10, theme.dim);
            self.field(story.state.as_str(), 8, theme.text);
            self.field(story.kind.map_or("", |k| k.as_str()), 10, theme.dim);
        }
        let owner = story.owner.as_ref().map_or_else(|| "nobody".to_owned(), |o| format!("@{o}"));
        let style = if story.owner.is_some() { theme.text } else { theme.warn };
        self.field(&owner, 10, style);
        let id = if self.wide {
            story.id.to_string()
        } else {
            format!("{}/S{}", story.incident.number, story.id.number)
        };
        self.field(&id, if self.wide { 17 } else { 8 }, theme.dim);
        self.cut(&story.title, theme.text);
    }

    fn runbook(&mut self, model: &Model, board: &Board, card: &Card) {
        let theme = self.theme;
        let stale = card.staleness(board.day, model.policy.runbook_stale_days);
        let style = if stale.is_stale() { theme.warn } else { theme.good };
        self.right(&format!(" {:<17}", stale.words()), style);
        match card.problems.len() {
            0 => {}
            1 => self.right(" 1 problem ", theme.bad),
            n => self.right(&format!(" {n} problems "), theme.bad),
        }
        if !card.uses.is_empty() {
            self.right(&format!(" used {} ", card.uses.len()), theme.text);
        }
        if card.origin != Origin::Shipped {
            self.right(&format!(" {} ", card.origin.as_str()), theme.word);
        }
        if self.wide {
            self.field(&card.name, 34, theme.dim);
        }
        self.cut(&card.title, theme.text);
    }

    fn update(&mut self, model: &Model, update: &OwedUpdate) {
        let theme = self.theme;
        let style = match update.pressure(model.now) {
            Pressure::Breached if update.acknowledged => theme.warn,
            Pressure::Breached => theme.bad,
            Pressure::Warning => theme.warn,
            Pressure::Quiet => theme.text,
        };
        self.field(&update.distance(model.now), 11, style);
        self.field(&update.severity, 5, theme.strong);
        self.field(&update.audience, 9, theme.word);
        if self.wide {
            let by = update.by.as_ref().map_or_else(|| "nobody".to_owned(), |b| format!("@{b}"));
            self.field(&by, 10, theme.text);
        }
        let last = match (update.last_sent_at, &update.last_sent_by) {
            (Some(at), Some(by)) => format!("{} @{by}", with_zone(at, model.zone())),
            _ => "none sent".to_owned(),
        };
        let style = if update.last_sent_at.is_some() { theme.dim } else { theme.warn };
        self.field(&last, 14, style);
        if self.narrow {
            self.field(&format!("#{}", update.incident.number), 5, theme.dim);
        } else {
            self.field(&update.incident.to_string(), 13, theme.dim);
        }
        if update.kind != IncidentKind::Real {
            self.put(&format!("{} ", update.kind.as_str().to_uppercase()), theme.bad);
        }
        if update.visibility != Visibility::Team {
            self.put(&format!("{} ", update.visibility.as_str().to_uppercase()), theme.bad);
        }
        self.cut(&update.title, theme.text);
    }
}

fn preview(model: &Model, board: &Board, placed: &Placed, theme: &Theme, buf: &mut Buffer) {
    if !placed.title.is_empty() {
        let zone = zone_label(model.now, model.zone());
        frame::title(placed, "Preview", &zone, board.focus == Pane::Preview, theme, buf);
    }
    let lines = boards::preview(model, board, placed.body.w);
    if lines.is_empty() {
        return super::empty(placed, "Nothing is selected.", theme, buf);
    }
    let height = usize::from(placed.body.h);
    let first = board.scroll.min(lines.len().saturating_sub(height));
    let below = lines.len().saturating_sub(first).saturating_sub(height);
    for (n, (line, ink)) in lines.iter().skip(first).take(height).enumerate() {
        let y = u16::try_from(n).unwrap_or(u16::MAX);
        let mut pen = Pen::new(buf, placed.body.row(y));
        if below > 0 && n.saturating_add(1) == height && placed.body.w > 12 {
            pen.right(&format!(" {below} more "), theme.dim);
        }
        pen.put_cut(line, theme.of(*ink));
    }
}
