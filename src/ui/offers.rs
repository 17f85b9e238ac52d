//! What the word under the cursor could become, in one line: each word, and beside a number what it stands for.

use super::text::{self, Pen};
use super::theme::Theme;
use crate::app::complete::{Choice, Offer, offer};
use crate::app::model::Model;

/// Cells of what is said beside a word, at most.
const DETAIL: u16 = 28;

/// Draws the offers for the line that has the keys. False when there are none.
pub(super) fn draw(model: &Model, pen: &mut Pen<'_>, theme: &Theme) -> bool {
    if let Some(turn) = &model.turn {
        list(&turn.offer, turn.nth, pen, theme);
        return true;
    }
    let Some(offer) = offer(model) else { return false };
    list(&offer, None, pen, theme);
    true
}

fn list(offer: &Offer, nth: Option<usize>, pen: &mut Pen<'_>, theme: &Theme) {
    pen.put("Tab ", theme.key);
    let all = offer.choices.len();
    // The word that stands in the line is always in sight.
    let first = nth.unwrap_or(0).saturating_sub(2);
    if first > 0 {
        pen.put("… ", theme.dim);
    }
    for (place, choice) in offer.choices.iter().enumerate().skip(first) {
        let detail = detail(choice, all);
        let wide = text::width(&choice.text).saturating_add(text::width(&detail)).saturating_add(3);
        let rest = all.saturating_sub(place);
        let keep = if rest > 1 { 5 } else { 0 };
        if place > first && wide.saturating_add(keep) > pen.left() {
            pen.put(&format!("+{rest}"), theme.dim);
            return;
        }
        let here = nth == Some(place);
        pen.put_cut(&choice.text, if here { theme.selected } else { theme.strong });
        if !detail.is_empty() {
            pen.put_cut(&format!(" {detail}"), theme.dim);
        }
        pen.put("  ", theme.text);
    }
}

/// A number says nothing by itself; a few words have room for what they mean.
fn detail(choice: &Choice, all: usize) -> String {
    let number = choice.text.chars().all(|c| c.is_ascii_digit());
    if choice.detail.is_empty() || !(number || all <= 3) {
        return String::new();
    }
    text::cut(&choice.detail, DETAIL).into_owned()
}
