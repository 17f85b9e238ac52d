//! Tests of the layout.

use super::*;

fn room(w: u16, h: u16) -> Layout {
    layout(Size { w, h }, Prefs { plan: Plan::Room, focus: Pane::Timeline, zoom: false, alone: false })
}

fn areas(l: &Layout) -> Vec<Area> {
    let mut all = vec![l.header, l.attention, l.tabs, l.composer, l.hints];
    all.extend(l.panes.iter().map(|p| p.body));
    all.retain(|a| !a.is_empty());
    all
}

#[test]
fn eighty_by_twenty_four_is_the_drawing() {
    let l = room(80, 24);
    assert_eq!(l.pane(Pane::Timeline).unwrap().body, Area::new(1, 3, 47, 17));
    assert_eq!(l.pane(Pane::Roster).unwrap().body, Area::new(49, 3, 30, 4));
    assert_eq!(l.pane(Pane::Runbook).unwrap().body, Area::new(49, 8, 30, 4));
    assert_eq!(l.pane(Pane::Decisions).unwrap().body, Area::new(49, 13, 30, 7));
    assert_eq!(l.composer, Area::new(1, 21, 78, 1));
    assert_eq!(l.hints, Area::new(0, 23, 80, 1));
    let arms = |x, y| l.joints.iter().find(|j| j.x == x && j.y == y).unwrap().arms;
    assert_eq!((arms(0, 2), arms(48, 2), arms(79, 2)), (6, 14, 12), "┌ ┬ ┐");
    assert_eq!((arms(48, 7), arms(79, 7), arms(48, 20)), (7, 13, 11), "├ ┤ ┴");
    assert_eq!((arms(0, 20), arms(79, 20), arms(0, 22), arms(79, 22)), (7, 13, 3, 9), "├ ┤ └ ┘");
}

#[test]
fn wider_screens_add_the_third_column() {
    for (w, h) in [(120, 40), (200, 60)] {
        let l = room(w, h);
        for pane in ROOM {
            assert!(l.rows(pane) >= 4, "{pane:?} at {w}x{h}");
        }
    }
    assert!(room(80, 24).pane(Pane::Brief).is_none());
    let hidden = layout(
        Size { w: 80, h: 24 },
        Prefs { plan: Plan::Room, focus: Pane::Brief, zoom: false, alone: false },
    );
    assert_eq!(hidden.panes.len(), 1, "a pane that has no place is shown alone");
}

#[test]
fn small_screens_show_one_pane_and_smaller_ones_say_so() {
    for (w, h) in [(60, 20), (40, 12), (40, 10), (79, 24), (80, 23)] {
        let l = room(w, h);
        assert_eq!((l.shape, l.panes.len()), (Shape::Tabs, 1));
        assert!(!l.header.is_empty() && !l.attention.is_empty());
    }
    assert_eq!(room(39, 10).shape, Shape::TooSmall);
    assert_eq!(room(40, 9).shape, Shape::TooSmall);
}

#[test]
fn areas_are_disjoint_and_inside_at_every_size() {
    for plan in [Plan::Room, Plan::Home, Plan::Find, Plan::Board] {
        for w in 0..300 {
            for h in (0..300).filter(|h| *h < 70 || (h + w) % 13 == 0) {
                let focus = plan.panes()[usize::from(w + h) % plan.panes().len()];
                let l = layout(
                    Size { w, h },
                    Prefs { plan, focus, zoom: (w ^ h) & 8 == 8, alone: (w ^ h) & 4 == 4 },
                );
                let all = areas(&l);
                for (n, a) in all.iter().enumerate() {
                    assert!(a.right() <= w && a.bottom() <= h, "{a:?} leaves {w}x{h}");
                    for b in all.iter().skip(n + 1) {
                        assert!(a.intersection(*b).is_empty(), "{a:?} meets {b:?} at {w}x{h}");
                    }
                }
                for j in &l.joints {
                    assert!(j.x < w && j.y < h);
                }
                for line in &l.lines {
                    let end = if line.vertical { line.y + line.len <= h } else { line.x + line.len <= w };
                    assert!(end, "{line:?} leaves {w}x{h}");
                }
                let o = overlay(Size { w, h }, h / 2, w);
                assert!(o.right() <= w && o.bottom() <= h);
            }
        }
    }
}

#[test]
fn the_brief_has_the_rows_that_no_similar_incident_takes() {
    let rows = |alone, pane| {
        let prefs = Prefs { plan: Plan::Room, focus: Pane::Timeline, zoom: false, alone };
        layout(Size { w: 120, h: 40 }, prefs).rows(pane)
    };
    assert_eq!(rows(true, Pane::Similar), 2);
    let gained = rows(false, Pane::Similar) - rows(true, Pane::Similar);
    assert_eq!(rows(true, Pane::Brief), rows(false, Pane::Brief) + gained);
    assert_eq!(rows(true, Pane::Asks), rows(false, Pane::Asks));
}
