//! A second that is drawn in parts is the second that is drawn whole.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::app::fixture::Desk;
use crate::app::model::Model;
use crate::domain::time::Span;
use crate::ui::{draw, draw_clocks};

fn whole(model: &Model) -> (Buffer, Option<(u16, u16)>) {
    let mut buf = Buffer::empty(Rect::new(0, 0, model.size.w, model.size.h));
    let cursor = draw(model, &mut buf);
    (buf, cursor)
}

/// Lets some seconds go by. Says whether they were drawn in parts; that they look like the whole is asserted.
pub(super) fn tick_is_drawn_in_parts(desk: &Desk, seconds: i64) -> bool {
    let mut later = desk.clone();
    later.effects.clear();
    let before = whole(&later.model);
    let drawn = later.model.now;
    later.later(seconds);
    if !later.effects.is_empty() {
        return false;
    }
    let mut parts = Buffer::empty(before.0.area);
    let Some(areas) = draw_clocks(&later.model, drawn, &mut parts) else { return false };
    let mut shown = before.0;
    for area in areas {
        for (x, y) in (area.y..area.bottom()).flat_map(|y| (area.x..area.right()).map(move |x| (x, y))) {
            std::mem::swap(&mut shown[(x, y)], &mut parts[(x, y)]);
            parts[(x, y)].reset();
        }
    }
    assert_eq!(parts, Buffer::empty(shown.area), "drawn where it did not say");
    assert_eq!((shown, before.1), whole(&later.model));
    true
}

#[test]
fn seconds_of_a_room_at_rest_are_drawn_in_parts() {
    for (w, h) in [(60, 20), (80, 24), (120, 40), (200, 60)] {
        for said in ["", "I! fail over to eu check 20m<enter>+ @bob 10m count the orders<enter><esc>"] {
            let mut desk = Desk::room(w, h, "alice");
            desk.keys(said).serve();
            // What ran out is written down first.
            desk.later(1);
            desk.serve();
            desk.model.now += Span::seconds(60 - desk.model.now.timestamp().rem_euclid(60));
            desk.later(0);
            for seconds in [1, 9, 59] {
                assert!(tick_is_drawn_in_parts(&desk, seconds), "{w}x{h} {said} {seconds}");
            }
            assert!(!tick_is_drawn_in_parts(&desk, 60), "a new minute");
            assert!(!tick_is_drawn_in_parts(&desk, -1), "the clock was set back");
            desk.keys("I");
            assert!(tick_is_drawn_in_parts(&desk, 1), "an empty line");
            desk.keys("-4m x");
            assert!(!tick_is_drawn_in_parts(&desk, 1), "a line that is understood anew");
        }
    }
}
