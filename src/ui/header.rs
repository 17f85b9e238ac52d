//! The two lines at the top: what the incident is, and what expires next. Severity, phase, next expiry, lines that
//! are not stored, and DRILL or RESTRICTED are never dropped, at any width.

use ratatui::buffer::Buffer;
use ratatui::style::Style;

use super::text::{self, Pen};
use super::theme::Theme;
use crate::app::action::Action;
use crate::app::layout::Layout;
use crate::app::model::{HomeRow, MEETING_WAS, Model, Room, RoomClock, Screen};
use crate::domain::clocks::{self, Clock, Pressure};
use crate::domain::closeout::{self, counted};
use crate::domain::role;
use crate::domain::summary::meeting_passed;
use crate::domain::time::{Utc, format_span, with_zone};
use crate::domain::words::{IncidentKind, ReviewState, State, Visibility};

/// Draws both lines.
pub(super) fn draw(model: &Model, layout: &Layout, theme: &Theme, buf: &mut Buffer) {
    match (&model.room, model.screen) {
        (Some(room), Screen::Room | Screen::Find | Screen::Board) => {
            first(model, room, layout, theme, buf);
            attention(model, room, layout, theme, buf);
        }
        _ => home(model, layout, theme, buf),
    }
}

/// A part of line 1: words, style, and how soon it goes when there is no room (0: never).
struct Part {
    text: String,
    style: Style,
    goes: u8,
}

fn first(model: &Model, room: &Room, layout: &Layout, theme: &Theme, buf: &mut Buffer) {
    let incident = &room.incident;
    let profile = model.policy.profile_named(&incident.profile);
    let severity = incident.severity.clone().unwrap_or_else(|| profile.unset_label());
    let mut parts: Vec<Part> = Vec::with_capacity(8);
    let mut add = |text: String, style: Style, goes: u8| parts.push(Part { text, style, goes });
    add(severity, theme.strong, 0);
    let (phase, budget, style) = phase(model, room, theme);
    add(phase, style, 0);
    if incident.kind != IncidentKind::Real {
        add(incident.kind.as_str().to_uppercase(), theme.bad, 0);
    }
    match incident.visibility {
        Visibility::Team => {}
        Visibility::Restricted => add("RESTRICTED".to_owned(), theme.bad, 0),
        Visibility::Privileged => add("PRIVILEGED".to_owned(), theme.bad, 0),
    }
    if model.read_only {
        add("READ ONLY".to_owned(), theme.bad, 0);
    }
    let lost = room.not_stored();
    if lost > 0 {
        add(format!("{lost} NOT STORED"), theme.bad, 0);
    }
    add(format_span(incident.ran(model.now)), theme.text, 2);
    if model.simulated {
        add("CLOCK SET".to_owned(), theme.warn, 1);
    }
    if let Some(seq) = room.held {
        // Of what came after it nobody else holds anything.
        let of = if seq < incident.head { format!(" of {}", incident.head) } else { String::new() };
        add(format!("head published #{seq}{of}"), theme.dim, 4);
    }
    let held = incident.roster.roles_of(&model.me).next().map(role::short);
    let me = held.map_or_else(|| model.me.clone(), |role| format!("{} ({role})", model.me));
    if !me.is_empty() {
        add(me, theme.dim, 3);
    }
    let mut pen = Pen::new(buf, layout.header);
    let mut id = incident.id.to_string();
    let title = text::width(incident.shown_title());
    let need = |parts: &[Part], id: &str, budget: &str| {
        let words: u16 = parts.iter().map(|p| text::width(&p.text).saturating_add(2)).sum();
        words.saturating_add(text::width(id)).saturating_add(text::width(budget))
    };
    let room_for_title = title.min(10).saturating_add(1);
    let mut budget = budget;
    let width = pen.left();
    // The title is cut first; then the least of the parts go, one after the other.
    for goes in [4, 3, 2, 1] {
        if need(&parts, &id, &budget).saturating_add(room_for_title) > width {
            parts.retain(|p| p.goes != goes);
        }
    }
    if need(&parts, &id, &budget) > width {
        budget.clear();
    }
    if need(&parts, &id, &budget) > width {
        id = format!("#{}", incident.id.number);
    }
    if need(&parts, &id, &budget) > width {
        id.clear();
    }
    let left = width.saturating_sub(need(&parts, &id, &budget));
    pen.put(&id, theme.strong);
    if left > 4 && !id.is_empty() {
        let cells = left.saturating_sub(1).min(title);
        pen.skip(1);
        pen.field(incident.shown_title(), cells, theme.text);
    }
    for (nth, part) in parts.iter().enumerate() {
        if nth > 0 || !id.is_empty() {
            pen.put("  ", theme.text);
        }
        pen.put(&part.text, part.style);
        if nth == 1 {
            pen.put(&budget, part.style);
        }
    }
}

/// The phase, the time that its budget leaves, and how pressing that is.
fn phase(model: &Model, room: &Room, theme: &Theme) -> (String, String, Style) {
    let incident = &room.incident;
    match incident.state {
        State::Open => {}
        state => return (state.as_str().to_uppercase(), String::new(), theme.good),
    }
    let name = incident.phase.as_str().to_uppercase();
    let Some((end, length)) = clocks::phase_clock(incident, &model.policy) else {
        return (name, String::new(), theme.strong);
    };
    let of = format!(" of {}", format_span(length));
    if model.now >= end {
        (format!("{name} over {}", format_span(model.now - end)), of, theme.bad)
    } else {
        let left = end - model.now;
        let style = if left * 4 < length { theme.warn } else { theme.strong };
        (format!("{name} {} left", format_span(left)), of, style)
    }
}

fn expiry(clock: &Clock, model: &Model, theme: &Theme) -> (String, Style) {
    let mut distance = format_span(clock.distance(model.now));
    if clock.moved {
        distance.push_str(", moved");
    }
    let unheard = if clock.unheard { ", no ack" } else { "" };
    match clock.pressure(model.now) {
        Pressure::Breached if clock.acknowledged => {
            (format!("{} over {distance}, acknowledged", clock.what), theme.warn)
        }
        Pressure::Breached => (format!("{} over {distance}{unheard}", clock.what), theme.bad),
        Pressure::Warning if clock.moved => {
            (format!("{} {} left, moved", clock.what, format_span(clock.distance(model.now))), theme.warn)
        }
        Pressure::Warning => (format!("{} {distance} left{unheard}", clock.what), theme.warn),
        Pressure::Quiet if clock.unheard => (format!("{} {distance} left{unheard}", clock.what), theme.warn),
        Pressure::Quiet => (format!("{} in {distance}", clock.what), theme.text),
    }
}

/// Breaches of one name are told once, with the longest: what else ran out must not stand behind three equal ones.
fn folded(running: Vec<Clock>, model: &Model) -> Vec<Clock> {
    let mut out: Vec<(Clock, usize)> = Vec::with_capacity(running.len());
    for clock in running {
        let breached = |clock: &Clock| clock.pressure(model.now) == Pressure::Breached;
        let same = |one: &&mut (Clock, usize)| {
            one.0.what == clock.what && one.0.acknowledged == clock.acknowledged && breached(&one.0)
        };
        match out.iter_mut().find(same).filter(|_| breached(&clock)) {
            Some((_, count)) => *count = count.saturating_add(1),
            None => out.push((clock, 1)),
        }
    }
    let named = |(mut clock, count): (Clock, usize)| {
        if count > 1 {
            clock.what.push_str(&format!(" x{count}"));
        }
        clock
    };
    out.into_iter().map(named).collect()
}

fn attention(model: &Model, room: &Room, layout: &Layout, theme: &Theme, buf: &mut Buffer) {
    let mut items: Vec<(String, Style)> = Vec::new();
    // Which of them expires next.
    let mut soonest = None;
    let incident = &room.incident;
    match incident.state {
        State::Open => {
            let running = folded(clocks::clocks(incident, &model.policy, model.now), model);
            items.extend(running.iter().map(|clock| expiry(clock, model, theme)));
            let place = items.iter().take_while(|(_, s)| *s == theme.bad).count();
            let waiting = clocks::waiting(incident, model.now).into_iter().map(|text| (text, theme.warn));
            let before = items.len();
            items.splice(place..place, waiting);
            let more = items.len().saturating_sub(before);
            let ahead = running.iter().position(|clock| clock.pressure(model.now) != Pressure::Breached);
            soonest = ahead.map(|nth| nth.saturating_add(if nth < place { 0 } else { more }));
        }
        State::Resolved => {
            // What is owed by law.
            let running = clocks::clocks(incident, &model.policy, model.now);
            items.extend(running.iter().map(|clock| expiry(clock, model, theme)));
            let open = closeout::blockers(incident, &model.policy).len();
            let at = incident.resolved_at.map(|at| with_zone(at, model.zone())).unwrap_or_default();
            items.push((format!("resolved {at}"), theme.good));
            let key = model.keymap.press(Action::CloseOut);
            let stands = match open {
                0 => "nothing stands".to_owned(),
                n => counted(n, "point stands", "points stand"),
            };
            items.push((format!("{stands} between it and the close ({key})"), theme.text));
        }
        State::Closed => items.push(("closed; stories live on".to_owned(), theme.good)),
    }
    let postmortem = &incident.closing.postmortem;
    let is_due = incident.state != State::Open && postmortem.waived.is_none();
    if let Some(day) = postmortem.meeting.filter(|_| is_due) {
        let stands = postmortem.stands();
        let today = model.now.date_naive();
        if meeting_passed(stands, Some(day), today) {
            let stands = stands.map_or("not begun", ReviewState::as_str);
            items.insert(0, (format!("review meeting was {day}, postmortem {stands}"), theme.bad));
        } else if day >= today && stands != Some(ReviewState::Closed) {
            items.push((format!("review meeting {day}"), theme.text));
        }
    }
    let mut pen = Pen::new(buf, layout.attention);
    pen.put("NEXT ", theme.strong);
    if items.is_empty() {
        pen.put("nothing runs out", theme.dim);
    }
    put_items(&mut pen, &items, soonest, 0, theme);
}

/// Writes what has a place, and how many more there are: of the items, and of what was only counted.
fn put_items(
    pen: &mut Pen<'_>,
    items: &[(String, Style)],
    soonest: Option<usize>,
    counted: usize,
    theme: &Theme,
) {
    let widths: Vec<u16> = items.iter().map(|(item, _)| text::width(item)).collect();
    let shown = shown(&widths, soonest, pen.left(), counted > 0);
    for (nth, (item, style)) in shown.iter().filter_map(|nth| items.get(*nth)).enumerate() {
        if nth > 0 {
            pen.put(&format!(" {} ", theme.marks.dot), theme.dim);
        }
        pen.put_cut(item, *style);
    }
    let rest = items.len().saturating_sub(shown.len()).saturating_add(counted);
    if rest > 0 {
        pen.put(&format!(" {} +{rest}", theme.marks.dot), theme.dim);
    }
}

/// Which of the items of the attention line have a place in so many cells: the first ones, and of what stands behind them
/// what expires next, since a row of breaches must not hide it. `more`: there are others beside them.
fn shown(widths: &[u16], soonest: Option<usize>, cells: u16, more: bool) -> Vec<usize> {
    let all = widths.len();
    let first = |n: usize| (0..n).chain(soonest.filter(|nth| *nth >= n));
    let fits = |n: &usize| {
        let words = first(*n).filter_map(|nth| widths.get(nth)).map(|w| w.saturating_add(3));
        let rest = if more || first(*n).count() < all { 8 } else { 0 };
        words.fold(rest, u16::saturating_add) <= cells.saturating_add(3)
    };
    match (1..=all).rev().find(fits) {
        Some(n) => first(n).collect(),
        None => (0..all.min(1)).collect(),
    }
}

fn home(model: &Model, layout: &Layout, theme: &Theme, buf: &mut Buffer) {
    let list = &model.home.list;
    let mut pen = Pen::new(buf, layout.header);
    if !model.me.is_empty() {
        pen.right(&model.me, theme.dim);
    }
    if model.simulated {
        pen.right("CLOCK SET  ", theme.warn);
    }
    pen.put("warroom", theme.strong);
    let drills = list.open.iter().filter(|r| r.kind != IncidentKind::Real).count();
    let listed = u64::try_from(list.open.len()).unwrap_or(u64::MAX);
    pen.put(&format!("  {} open", list.counts.open.max(listed)), theme.text);
    // Only what is listed tells what sort it is: of more, there are at least so many.
    let least = if list.counts.open > listed { "at least " } else { "" };
    match drills {
        0 => {}
        1 => _ = pen.put(&format!(" ({least}1 drill or test)"), theme.dim),
        _ => _ = pen.put(&format!(" ({least}{drills} drills or tests)"), theme.dim),
    }
    let mut pen = Pen::new(buf, layout.attention);
    pen.put("NEXT ", theme.strong);
    let (items, soonest) = owed(model, theme);
    if items.is_empty() {
        let say = if model.home.loaded { "nothing is owed" } else { "…" };
        pen.put(say, theme.dim);
    }
    let named = u64::try_from(list.over.len()).unwrap_or(u64::MAX);
    let counted = usize::try_from(list.counts.over.saturating_sub(named)).unwrap_or(usize::MAX);
    put_items(&mut pen, &items, soonest, counted, theme);
}

/// What is owed over all incidents: the clocks that ran out, each row of them with its incident, what runs out next, and
/// then the stories and papers, whose days are long; and which of it runs out next.
fn owed(model: &Model, theme: &Theme) -> (Vec<(String, Style)>, Option<usize>) {
    let list = &model.home.list;
    let mut items = Vec::new();
    let mut last = "";
    // Until the list is read again, what ran out meanwhile is over as well.
    let ran_out = list.soonest.iter().filter(|clock| clock.at <= model.now);
    // Of one name and incident they are told once, with the longest, as in the room.
    let mut over: Vec<(&RoomClock, Utc, usize)> = Vec::with_capacity(list.over.len());
    for clock in list.over.iter().chain(ran_out) {
        match over.iter_mut().find(|(one, ..)| one.id == clock.id && one.what == clock.what) {
            Some((_, at, count)) => (*at, *count) = ((*at).min(clock.at), count.saturating_add(1)),
            None => over.push((clock, clock.at, 1)),
        }
    }
    for (clock, at, count) in over {
        let id = if clock.id == last { String::new() } else { format!("{} ", clock.id) };
        let times = if count > 1 { format!(" x{count}") } else { String::new() };
        let distance = format_span((model.now - at).abs());
        items.push((format!("{id}{}{times} over {distance}", clock.what), theme.bad));
        last = &clock.id;
    }
    let running = list.soonest.as_ref().filter(|soonest| soonest.at > model.now);
    let soonest = running.map(|clock| {
        // What stands in front of it, however little has a place, is of the same incident.
        let is_named = !list.over.is_empty() && list.over.iter().all(|over| over.id == clock.id);
        let id = if is_named { String::new() } else { format!("{} ", clock.id) };
        items.push((format!("{id}{} in {}", clock.what, format_span(clock.at - model.now)), theme.text));
        items.len().saturating_sub(1)
    });
    let stories = match list.counts.overdue_stories {
        0 => None,
        1 => Some(("1 story overdue".to_owned(), theme.warn)),
        n => Some((format!("{n} stories overdue"), theme.warn)),
    };
    // A review meeting that went by without a word is asked about first, also of a closed incident.
    let passed = |row: &&HomeRow| row.owes.first().is_some_and(|owes| owes.starts_with(MEETING_WAS));
    let passed = list.owed.iter().chain(&list.recent).find(passed);
    let close = passed.or(list.owed.first()).map(|row| {
        let owes = row.owes.first().map_or("to be closed", String::as_str);
        (format!("{} {owes}", row.id), theme.warn)
    });
    // Where all late stories are those of one incident, they are told once, with its name.
    let told = |(words, _): &(String, Style)| {
        close.as_ref().is_some_and(|(item, _)| item.ends_with(&format!(" {words}")))
    };
    let stories = stories.filter(|stories| !told(stories));
    let is_late = close.as_ref().is_some_and(|(item, _)| item.contains("overdue"));
    let (first, second) = if is_late { (close, stories) } else { (stories, close) };
    items.extend(first.into_iter().chain(second));
    (items, soonest)
}
