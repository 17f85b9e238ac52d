//! Names of programs, protocols and other things of operations, and words of the trade, that everyday language does not
//! have: spelt right they are no mistake, though one slip parts them from a word that is none of them. It must not build a
//! table: the list is sorted and looked up where it lies.

/// One name a line, in small letters, sorted by bytes; none of 3 letters, which are never mended.
const NAMES: &str = include_str!("../../assets/search/names.txt");

/// Whether a word in small letters is a name.
pub(super) fn has(word: &str) -> bool {
    from(word).next() == Some(word)
}

/// The names that begin so, in order.
pub(super) fn beginning(start: &str) -> impl Iterator<Item = &'static str> {
    from(start).take_while(move |name| name.starts_with(start))
}

/// The names that are not before a text, in order.
fn from(text: &str) -> std::str::Lines<'static> {
    let (mut from, mut to) = (0, NAMES.len());
    while from < to {
        let middle = from + (to - from) / 2;
        let start =
            NAMES.get(from..middle).and_then(|part| part.rfind('\n')).map_or(from, |at| from + at + 1);
        let end = NAMES.get(middle..to).and_then(|part| part.find('\n')).map_or(to, |at| middle + at);
        match NAMES.get(start..end) {
            Some(name) if name < text => from = end + 1,
            _ => to = start,
        }
    }
    NAMES.get(from..).unwrap_or_default().lines()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_found_and_nothing_else() {
        let names: Vec<&str> = NAMES.lines().collect();
        assert!(names.len() > 600 && names.windows(2).all(|pair| pair[0] < pair[1]));
        assert!(names.iter().all(|name| name.len() > 3 && name.bytes().all(|b| b.is_ascii_lowercase())));
        assert!(names.iter().all(|name| has(name) && beginning(name).next() == Some(name)));
        for missing in ["", "zzzz", "a", "nvm", "nvmee", "redi", "\u{10ffff}", "\n"] {
            assert!(!has(missing), "{missing:?}");
        }
        assert_eq!(beginning("systemd").collect::<Vec<_>>(), ["systemd"]);
        assert_eq!(beginning("kustomiz").collect::<Vec<_>>(), ["kustomization", "kustomize"]);
        assert_eq!(beginning("").count(), names.len());
        assert_eq!(beginning("zzzz").count(), 0);
    }
}
