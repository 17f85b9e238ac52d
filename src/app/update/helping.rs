//! Which keys act where one is, for the places where `?` is a letter. It must not run anything.

use unicode_segmentation::UnicodeSegmentation;

use super::super::action::{ActionSpec, Context, TABLE};
use super::super::model::{Model, Overlay, Read, Reader};
use super::super::wrap::cell_width;

/// Shows which keys act where one is: what is half typed stays as it is below.
pub(super) fn keys_here(model: &mut Model) {
    const TITLE: &str = "Keys that act here";
    let on_top =
        |o: &Overlay| matches!(o, Overlay::Read(r) if matches!(&r.what, Read::Text(t, _) if t == TITLE));
    if model.overlays.last().is_some_and(on_top) {
        model.overlays.pop();
        return;
    }
    let stack = model.contexts();
    let wide = |text: &str| text.graphemes(true).map(cell_width).sum::<usize>();
    // What is particular to the place comes first, what counts everywhere last.
    let place = |contexts: &[Context]| stack.iter().position(|c| contexts.contains(c)).unwrap_or(usize::MAX);
    let mut specs: Vec<&ActionSpec> = TABLE.iter().collect();
    specs.sort_by_key(|spec| place(spec.contexts));
    let rows: Vec<(String, &str)> = specs
        .into_iter()
        .filter_map(|spec| {
            let keys = model.keymap.keys_in(stack, spec.action);
            (!keys.is_empty()).then(|| (keys.join(" "), spec.doc))
        })
        .collect();
    let column = rows.iter().map(|(keys, _)| wide(keys)).max().unwrap_or(0).min(22);
    let line = |(keys, doc): &(String, &str)| {
        format!("{keys}{}  {doc}", " ".repeat(column.saturating_sub(wide(keys))))
    };
    let lines = rows.iter().map(line).collect();
    model.overlays.push(Overlay::Read(Reader { what: Read::Text(TITLE.to_owned(), lines), scroll: 0 }));
}
