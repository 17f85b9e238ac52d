//! Where everything stands: a pure function of the size and a few preferences, called by update (page sizes) and by
//! the views alike. It must not look at the model, and every sum saturates: no size is too small.

/// A rectangle of cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub struct Area {
    /// Column of its left edge.
    pub x: u16,
    /// Row of its top edge.
    pub y: u16,
    /// Width in cells.
    pub w: u16,
    /// Height in rows.
    pub h: u16,
}

impl Area {
    /// A rectangle.
    #[must_use]
    pub const fn new(x: u16, y: u16, w: u16, h: u16) -> Self {
        Self { x, y, w, h }
    }

    /// The first column to the right of it.
    #[must_use]
    pub const fn right(self) -> u16 {
        self.x.saturating_add(self.w)
    }

    /// The first row below it.
    #[must_use]
    pub const fn bottom(self) -> u16 {
        self.y.saturating_add(self.h)
    }

    /// Whether it has no cell.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.w == 0 || self.h == 0
    }

    /// The `n`-th row of it, empty when there is none.
    #[must_use]
    pub const fn row(self, n: u16) -> Self {
        if n < self.h {
            Self::new(self.x, self.y.saturating_add(n), self.w, 1)
        } else {
            Self::new(self.x, self.y, 0, 0)
        }
    }

    /// What both share.
    #[must_use]
    pub fn intersection(self, other: Self) -> Self {
        let x = self.x.max(other.x);
        let y = self.y.max(other.y);
        let w = self.right().min(other.right()).saturating_sub(x);
        let h = self.bottom().min(other.bottom()).saturating_sub(y);
        Self { x, y, w, h }
    }
}

/// The size of the screen in cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub struct Size {
    /// Columns.
    pub w: u16,
    /// Rows.
    pub h: u16,
}

/// A part of a screen that has a number, a title and rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Pane {
    /// The room: the timeline.
    Timeline,
    /// The room: who holds which role.
    Roster,
    /// The room: the attached runbook.
    Runbook,
    /// The room: decisions and their outcome.
    Decisions,
    /// The room: the brief.
    Brief,
    /// The room: asks, and hypotheses below them.
    Asks,
    /// The room: similar incidents.
    Similar,
    /// Home: incidents and what they owe.
    Incidents,
    /// Home: what matches a title that is being typed, or the incident under the cursor.
    Preview,
    /// A board: its rows.
    Board,
    /// Find: what was found.
    Results,
    /// Find: the text around the hit.
    Text,
    /// Find: what the results have in common, counted.
    Facets,
}

/// The panes of the room, in the order of their numbers.
pub const ROOM: [Pane; 7] =
    [Pane::Timeline, Pane::Roster, Pane::Runbook, Pane::Decisions, Pane::Brief, Pane::Asks, Pane::Similar];
/// The panes of the home screen.
pub const HOME: [Pane; 2] = [Pane::Incidents, Pane::Preview];
/// The panes of a board.
pub const BOARD: [Pane; 2] = [Pane::Board, Pane::Preview];
/// The panes of the find screen.
pub const FIND: [Pane; 3] = [Pane::Results, Pane::Facets, Pane::Text];

/// Which screen is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Plan {
    /// The room.
    Room,
    /// The home screen.
    Home,
    /// The find screen.
    Find,
    /// A board.
    Board,
}

impl Plan {
    /// Its panes in the order of their numbers.
    #[must_use]
    pub const fn panes(self) -> &'static [Pane] {
        match self {
            Self::Room => &ROOM,
            Self::Home => &HOME,
            Self::Find => &FIND,
            Self::Board => &BOARD,
        }
    }
}

/// What beside the size decides the layout.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Prefs {
    /// Which screen.
    pub plan: Plan,
    /// The pane that has the focus: it is shown even where only one fits.
    pub focus: Pane,
    /// Show the focused pane alone.
    pub zoom: bool,
    /// The room: nothing is similar to its incident, so the pane that says so takes no more rows than that.
    pub alone: bool,
}

/// How much of the screen there is room for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Shape {
    /// 80×24 and more: bordered panes side by side.
    Grid,
    /// Below 80×24: one pane at a time, tabs above it, no borders.
    Tabs,
    /// Below 40×10: a line that says so.
    TooSmall,
}

/// A pane with its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Placed {
    /// Which.
    pub pane: Pane,
    /// Its number, from 1: the key that goes there.
    pub number: u8,
    /// Where its title goes (on the border above it; empty in [`Shape::Tabs`]).
    pub title: Area,
    /// Its rows.
    pub body: Area,
}

/// A straight border.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line {
    /// Left or upper end.
    pub x: u16,
    /// Left or upper end.
    pub y: u16,
    /// Cells, corners included.
    pub len: u16,
    /// Top to bottom instead of left to right.
    pub vertical: bool,
}

/// A cell where borders meet: bits 1 up, 2 right, 4 down, 8 left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Joint {
    /// Column.
    pub x: u16,
    /// Row.
    pub y: u16,
    /// In which directions a border leaves it.
    pub arms: u8,
}

/// The whole screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layout {
    /// How much there is room for.
    pub shape: Shape,
    /// Top line 1.
    pub header: Area,
    /// Top line 2, the attention line.
    pub attention: Area,
    /// The tabs (empty unless [`Shape::Tabs`]).
    pub tabs: Area,
    /// The panes that are visible.
    pub panes: Vec<Placed>,
    /// The composer, or the query line of the find screen.
    pub composer: Area,
    /// The hints at the bottom.
    pub hints: Area,
    /// The borders.
    pub lines: Vec<Line>,
    /// Where they meet.
    pub joints: Vec<Joint>,
}

impl Layout {
    /// Where a pane is, if visible.
    #[must_use]
    pub fn pane(&self, pane: Pane) -> Option<&Placed> {
        self.panes.iter().find(|p| p.pane == pane)
    }

    /// Rows of a pane; 0 when it is not visible.
    #[must_use]
    pub fn rows(&self, pane: Pane) -> usize {
        self.pane(pane).map_or(0, |p| usize::from(p.body.h))
    }
}

/// Lays out a screen.
#[must_use]
pub fn layout(size: Size, prefs: Prefs) -> Layout {
    let Size { w, h } = size;
    let mut out = Layout {
        shape: Shape::TooSmall,
        header: Area::new(0, 0, w, h.min(1)),
        attention: Area::new(0, 1, w, h.saturating_sub(1).min(1)),
        tabs: Area::default(),
        panes: Vec::new(),
        composer: Area::default(),
        hints: Area::default(),
        lines: Vec::new(),
        joints: Vec::new(),
    };
    if w < 40 || h < 10 {
        return out;
    }
    out.hints = Area::new(0, h.saturating_sub(1), w, 1);
    if w < 80 || h < 24 {
        out.shape = Shape::Tabs;
        out.tabs = Area::new(0, 2, w, 1);
        out.composer = Area::new(0, h.saturating_sub(2), w, 1);
        let body = Area::new(0, 3, w, h.saturating_sub(5));
        out.panes.push(Placed {
            pane: prefs.focus,
            number: number(prefs.plan, prefs.focus),
            title: Area::default(),
            body,
        });
        return out;
    }
    out.shape = Shape::Grid;
    out.composer = Area::new(1, h.saturating_sub(3), w.saturating_sub(2), 1);
    let mut columns = columns(size, prefs);
    let shown = columns.iter().any(|c| c.panes.iter().any(|(p, _)| *p == prefs.focus));
    if prefs.zoom || !shown {
        columns = vec![Column { w: w.saturating_sub(2), panes: vec![(prefs.focus, body_rows(h))] }];
    }
    place(&mut out, size, prefs.plan, &columns);
    out.joints = joints(&out.lines);
    out
}

/// Where an overlay goes: in the middle, a border around it, never wider or higher than the screen. The two lines
/// at the top and the hints stay free.
#[must_use]
pub fn overlay(size: Size, rows: u16, columns: u16) -> Area {
    let (above, below) = if size.h >= 10 { (2, 1) } else { (0, 0) };
    let w = columns.saturating_add(2).min(size.w);
    let free = size.h.saturating_sub(above).saturating_sub(below);
    let h = rows.saturating_add(2).min(free);
    let x = size.w.saturating_sub(w) / 2;
    let y = (free.saturating_sub(h) / 2).min(size.h / 5).saturating_add(above);
    Area { x, y, w, h }
}

/// The first of the rows to show, so that the selected one is in the middle when it can be.
#[must_use]
pub fn first_row(selected: usize, rows: usize, all: usize) -> usize {
    selected.saturating_sub(rows / 2).min(all.saturating_sub(rows))
}

/// Rows of the pane of similar incidents while there is none.
const ALONE: u16 = 2;

struct Column {
    w: u16,
    panes: Vec<(Pane, u16)>,
}

fn number(plan: Plan, pane: Pane) -> u8 {
    plan.panes()
        .iter()
        .position(|p| *p == pane)
        .and_then(|n| u8::try_from(n.saturating_add(1)).ok())
        .unwrap_or(0)
}

/// Rows between the upper border and the one above the composer.
const fn body_rows(h: u16) -> u16 {
    h.saturating_sub(7)
}

/// A share of `whole` in hundredths.
fn percent(whole: u16, share: u32) -> u16 {
    u16::try_from(u32::from(whole).saturating_mul(share) / 100).unwrap_or(whole)
}

fn columns(size: Size, prefs: Prefs) -> Vec<Column> {
    let rows = body_rows(size.h);
    let plan = prefs.plan;
    match plan {
        Plan::Room => room_columns(size, rows, prefs.alone),
        Plan::Board => board_columns(size, rows),
        Plan::Home | Plan::Find => {
            let inner = size.w.saturating_sub(3);
            // At home the list needs room for titles; the incident under the cursor needs a few words.
            let share = if plan == Plan::Home && size.w < 110 { 68 } else { 55 };
            let left = percent(inner, share);
            let right = inner.saturating_sub(left);
            if plan == Plan::Home {
                return vec![
                    Column { w: left, panes: vec![(Pane::Incidents, rows)] },
                    Column { w: right, panes: vec![(Pane::Preview, rows)] },
                ];
            }
            let facets = 3 + rows.saturating_sub(17) / 6;
            let results = rows.saturating_sub(1).saturating_sub(facets);
            vec![
                Column { w: left, panes: vec![(Pane::Results, results), (Pane::Facets, facets)] },
                Column { w: right, panes: vec![(Pane::Text, rows)] },
            ]
        }
    }
}

/// A board needs its rows in full width: the preview stands below them until there is room beside them.
fn board_columns(size: Size, rows: u16) -> Vec<Column> {
    if size.w < 120 {
        let inside = rows.saturating_sub(1);
        let preview = percent(inside, 38);
        let list = inside.saturating_sub(preview);
        let panes = vec![(Pane::Board, list), (Pane::Preview, preview)];
        return vec![Column { w: size.w.saturating_sub(2), panes }];
    }
    let inner = size.w.saturating_sub(3);
    let left = percent(inner, 62);
    vec![
        Column { w: left, panes: vec![(Pane::Board, rows)] },
        Column { w: inner.saturating_sub(left), panes: vec![(Pane::Preview, rows)] },
    ]
}

fn room_columns(size: Size, rows: u16, alone: bool) -> Vec<Column> {
    // Two borders stand between three panes. At 24 rows this gives 4, 4 and 7, as the specification draws it.
    let inside = rows.saturating_sub(2);
    let extra = inside.saturating_sub(15);
    let roster = (extra / 4).min(6).saturating_add(4);
    let decisions = (extra / 6).saturating_add(7);
    let runbook = inside.saturating_sub(roster).saturating_sub(decisions);
    let side = vec![(Pane::Roster, roster), (Pane::Runbook, runbook), (Pane::Decisions, decisions)];
    if size.w < 120 {
        let side_w = size.w.saturating_sub(80) / 3 + 30;
        let left = size.w.saturating_sub(3).saturating_sub(side_w);
        return vec![
            Column { w: left, panes: vec![(Pane::Timeline, rows)] },
            Column { w: side_w, panes: side },
        ];
    }
    let inner = size.w.saturating_sub(4);
    let side_w = percent(inner, 28);
    let third_w = percent(inner, 27);
    let left = inner.saturating_sub(side_w).saturating_sub(third_w);
    let asks = percent(inside, 26);
    let similar = if alone { ALONE } else { percent(inside, 24) };
    let brief = inside.saturating_sub(asks).saturating_sub(similar);
    let third = vec![(Pane::Brief, brief), (Pane::Asks, asks), (Pane::Similar, similar)];
    vec![
        Column { w: left, panes: vec![(Pane::Timeline, rows)] },
        Column { w: side_w, panes: side },
        Column { w: third_w, panes: third },
    ]
}

fn place(out: &mut Layout, size: Size, plan: Plan, columns: &[Column]) {
    let top = 2_u16;
    let bottom = size.h.saturating_sub(2);
    let above_composer = size.h.saturating_sub(4);
    for y in [top, above_composer, bottom] {
        out.lines.push(Line { x: 0, y, len: size.w, vertical: false });
    }
    for x in [0, size.w.saturating_sub(1)] {
        out.lines.push(Line { x, y: top, len: bottom.saturating_sub(top).saturating_add(1), vertical: true });
    }
    let mut x = 1_u16;
    for (nth, column) in columns.iter().enumerate() {
        if nth > 0 {
            let len = above_composer.saturating_sub(top).saturating_add(1);
            out.lines.push(Line { x: x.saturating_sub(1), y: top, len, vertical: true });
        }
        let mut y = top;
        for (row, (pane, h)) in column.panes.iter().enumerate() {
            if row > 0 {
                let len = column.w.saturating_add(2);
                out.lines.push(Line { x: x.saturating_sub(1), y, len, vertical: false });
            }
            out.panes.push(Placed {
                pane: *pane,
                number: number(plan, *pane),
                title: Area::new(x, y, column.w, 1),
                body: Area::new(x, y.saturating_add(1), column.w, *h),
            });
            y = y.saturating_add(*h).saturating_add(1);
        }
        x = x.saturating_add(column.w).saturating_add(1);
    }
}

fn joints(lines: &[Line]) -> Vec<Joint> {
    let mut out = Vec::with_capacity(16);
    for v in lines.iter().filter(|l| l.vertical) {
        for h in lines.iter().filter(|l| !l.vertical) {
            let within = |at: u16, from: u16, len: u16| at >= from && at < from.saturating_add(len);
            if !within(v.x, h.x, h.len) || !within(h.y, v.y, v.len) {
                continue;
            }
            let arms = u8::from(h.y > v.y)
                | u8::from(v.x.saturating_add(1) < h.x.saturating_add(h.len)) << 1
                | u8::from(h.y.saturating_add(1) < v.y.saturating_add(v.len)) << 2
                | u8::from(v.x > h.x) << 3;
            match out.iter_mut().find(|j: &&mut Joint| j.x == v.x && j.y == h.y) {
                Some(joint) => joint.arms |= arms,
                None => out.push(Joint { x: v.x, y: h.y, arms }),
            }
        }
    }
    out
}

#[cfg(test)]
mod tests;
