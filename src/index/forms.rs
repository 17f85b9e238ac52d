//! The program's own thesaurus, looked up where it lies: its rows by form, sorted, made by a test from the files that
//! people write. It must not build a table: most processes ask one question.

/// `form TAB rows it is a synonym in TAB near|near…`, sorted by bytes; a near one is `+` for a synonym or `-` for what is
/// only related, what is looked up, `=`, and how it is written.
const FORMS: &str = include_str!("../../assets/search/thesaurus_forms.tsv");

/// What the rows know of a form.
#[derive(Debug)]
pub(super) struct Known {
    /// How many rows it is a synonym in.
    pub(super) rows: usize,
    near: &'static str,
}

impl Known {
    /// What else to look for: form, how it is written, and whether it is a synonym.
    pub(super) fn near(&self) -> impl Iterator<Item = (&'static str, &'static str, bool)> + use<> {
        near(self.near)
    }
}

fn near(list: &'static str) -> impl Iterator<Item = (&'static str, &'static str, bool)> {
    list.split('|').filter_map(|one| {
        let (kind, rest) = one.split_at_checked(1)?;
        let (form, shown) = rest.split_once('=')?;
        Some((form, shown, kind == "+"))
    })
}

/// What the rows know of a form; none when no row has it.
pub(super) fn known(form: &str) -> Option<Known> {
    let (mut from, mut to) = (0, FORMS.len());
    while from < to {
        let middle = FORMS.floor_char_boundary(from + (to - from) / 2);
        let start = FORMS.get(from..middle)?.rfind('\n').map_or(from, |at| from + at + 1);
        let end = FORMS.get(middle..to)?.find('\n').map_or(to, |at| middle + at);
        let (own, rest) = FORMS.get(start..end)?.split_once('\t')?;
        match own.cmp(form) {
            std::cmp::Ordering::Less => from = end + 1,
            std::cmp::Ordering::Greater => to = start,
            std::cmp::Ordering::Equal => {
                let (rows, near) = rest.split_once('\t')?;
                return Some(Known { rows: rows.parse().ok()?, near });
            }
        }
    }
    None
}

/// Whether a row has a word, written just so: `latency`, and not all that has its stem.
pub(super) fn is_written(form: &str, word: &str) -> bool {
    let others =
        known(form).into_iter().flat_map(|known| known.near().map(|(other, ..)| other).collect::<Vec<_>>());
    let mut theirs = others.filter_map(known).flat_map(|other| other.near().collect::<Vec<_>>());
    theirs.any(|(own, shown, _)| own == form && shown.eq_ignore_ascii_case(word))
}

/// Every form of the rows, those that are only related too; some more than once.
pub(super) fn all() -> impl Iterator<Item = &'static str> {
    FORMS.lines().flat_map(|line| {
        let (form, rest) = line.split_once('\t').unwrap_or((line, ""));
        let list = rest.split_once('\t').map_or("", |(_, list)| list);
        std::iter::once(form).chain(near(list).map(|(other, ..)| other))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_is_found_and_nothing_else() {
        let forms: Vec<&str> = FORMS.lines().filter_map(|line| line.split('\t').next()).collect();
        assert!(forms.len() > 900, "{}", forms.len());
        assert!(forms.windows(2).all(|pair| pair[0] < pair[1]));
        assert!(forms.iter().all(|form| known(form).is_some_and(|known| known.rows > 0)));
        assert!(is_written("latenc", "latency") && !is_written("latenc", "latence"));
        for missing in ["", "zebra", "disk  full", "0", "~", "disk ful", "\u{10ffff}"] {
            assert!(known(missing).is_none(), "{missing:?}");
        }
    }
}
