//! Where a postmortem lies in the archive: a checked relative path, and the path that a new postmortem gets.
//! It must not know git or the file system.

use std::fmt;

use super::composed::composed;
use super::ids::IncidentId;

/// The longest slug of a title, in characters (`SPEC.md`, Files others read).
pub const SLUG_MAX: usize = 60;

/// The longest path that is accepted, in bytes.
pub const PATH_MAX: usize = 1024;

/// The deepest path that is accepted, in components.
pub const DEPTH_MAX: usize = 16;

/// The longest component that is accepted, in bytes: what common file systems take.
pub const NAME_MAX: usize = 255;

/// A path of a file relative to the folder of the archive, with `/` between its components. It is never absolute,
/// holds no `.`, `..`, `.git`, empty component, backslash or control character, and at most [`DEPTH_MAX`] components.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ArchivePath(String);

/// Why a text is not a path of the archive.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{path}` cannot be a path in the archive: {reason}")]
pub struct BadPath {
    /// The text, made fit to print.
    pub path: String,
    /// What is wrong with it.
    pub reason: &'static str,
}

impl ArchivePath {
    /// Checks a path.
    ///
    /// # Errors
    /// [`BadPath`] with the first rule that it breaks.
    pub fn new(path: impl Into<String>) -> Result<Self, BadPath> {
        let path = path.into();
        match fault(&path) {
            None => Ok(Self(path)),
            Some(reason) => Err(BadPath { path: path.escape_debug().take(200).collect(), reason }),
        }
    }

    /// The path as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The components, the file last.
    pub fn components(&self) -> impl Iterator<Item = &str> {
        self.0.split('/')
    }

    /// The incident that the end of the name tells, as [`postmortem_path`] writes it: `…-inc-2026-0042.md`.
    #[must_use]
    pub fn incident(&self) -> Option<IncidentId> {
        incident_named(self.0.rsplit('/').next().unwrap_or_default())
    }

    /// The identity that an imported postmortem without `id` gets: `/` becomes `-`, the extension goes.
    #[must_use]
    pub fn as_id(&self) -> String {
        let stem = match self.0.rsplit_once('.') {
            Some((stem, extension))
                if !extension.contains('/') && !stem.is_empty() && !stem.ends_with('/') =>
            {
                stem
            }
            _ => &self.0,
        };
        stem.replace('/', "-")
    }
}

/// The incident that the end of a file's name tells, as [`postmortem_path`] writes it: `…-inc-2026-0042.md`.
#[must_use]
pub fn incident_named(name: &str) -> Option<IncidentId> {
    let stem = name.strip_suffix(".md")?;
    let at = stem.rmatch_indices('-').nth(2).map_or(0, |(at, _)| at.saturating_add(1));
    stem.get(at..)?.parse().ok()
}

impl fmt::Display for ArchivePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl AsRef<std::path::Path> for ArchivePath {
    fn as_ref(&self) -> &std::path::Path {
        std::path::Path::new(&self.0)
    }
}

/// The first rule that a path breaks.
fn fault(path: &str) -> Option<&'static str> {
    if path.is_empty() {
        return Some("it is empty");
    }
    if path.len() > PATH_MAX {
        return Some("it is longer than 1024 bytes");
    }
    if path.chars().any(char::is_control) {
        return Some("it holds a control character");
    }
    if path.contains('\\') {
        return Some("it holds a backslash");
    }
    if path.starts_with('/') {
        return Some("it is absolute; give it relative to the folder of the archive");
    }
    if path.split('/').count() > DEPTH_MAX {
        return Some("it has more than 16 components");
    }
    path.split('/').find_map(component_fault)
}

/// The first rule that a component breaks.
fn component_fault(name: &str) -> Option<&'static str> {
    if name.is_empty() {
        return Some("it holds an empty component");
    }
    if name == "." || name == ".." {
        return Some("it holds `.` or `..`");
    }
    if name.len() > NAME_MAX {
        return Some("one of its components is longer than 255 bytes");
    }
    // What HFS+ ignores and NTFS cuts would turn these into `.git` on a colleague's machine; git refuses them too.
    let bare: String = name.chars().filter(|c| !ignored_by_hfs(*c)).flat_map(char::to_lowercase).collect();
    let ntfs = bare.split(':').next().unwrap_or_default().trim_end_matches(['.', ' ']);
    if ntfs == ".git" || ntfs == "git~1" {
        return Some("it holds `.git`");
    }
    None
}

/// The characters that HFS+ drops from names.
const fn ignored_by_hfs(c: char) -> bool {
    matches!(c, '\u{200c}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{206a}'..='\u{206f}' | '\u{feff}')
}

/// A date of which parts may be missing, as old postmortems have it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PartialDate {
    /// The year, 0 to 9999; `None` drops the other parts too.
    pub year: Option<u16>,
    /// The month, 1 to 12; `None` drops the day too.
    pub month: Option<u8>,
    /// The day of the month, 1 to 31.
    pub day: Option<u8>,
}

/// The path of a new postmortem: `YYYY/MM/YYYY-MM-DD-<slug>-<id>.md`. Missing parts of the date are `00`; no year is
/// `0000/00`. Slug and id hold only `[a-z0-9-]`; the slug has at most [`SLUG_MAX`] characters and may be absent when
/// the title gives none. The result depends on nothing but its arguments, so that a retry finds the same file.
#[must_use]
pub fn postmortem_path(date: PartialDate, title: &str, id: &str) -> ArchivePath {
    let year = date.year.filter(|y| *y <= 9999);
    let month = year.and(date.month).filter(|m| (1..=12).contains(m));
    let day = month.and(date.day).filter(|d| (1..=31).contains(d));
    let (year, month, day) = (year.unwrap_or(0), month.unwrap_or(0), day.unwrap_or(0));
    let mut path = format!("{year:04}/{month:02}/{year:04}-{month:02}-{day:02}");
    let mut name = slug(title, SLUG_MAX);
    let id = slug(id, ID_MAX);
    if name.is_empty() && id.is_empty() {
        // A file name needs a word; the date alone would read as an index page.
        name.push_str("postmortem");
    }
    for part in [name, id] {
        if !part.is_empty() {
            path.push('-');
            path.push_str(&part);
        }
    }
    path.push_str(".md");
    ArchivePath(path)
}

/// The longest id in a path, in characters; far above what we mint, so that a foreign one is rarely cut.
const ID_MAX: usize = 120;

/// Lower-case ASCII letters, digits and single hyphens of a text, at most `max` characters, cut at a word where that
/// keeps at least half.
#[must_use]
pub fn slug(text: &str, max: usize) -> String {
    let mut out = String::new();
    let mut cut = false;
    for c in composed(text).chars() {
        let folded = fold(c);
        if folded.is_empty() {
            if !out.is_empty() && !out.ends_with('-') {
                out.push('-');
            }
        } else {
            out.push_str(folded.as_str());
        }
        if out.len() > max {
            cut = true;
            break;
        }
    }
    if cut {
        // All of `out` is ASCII, so that bytes are characters. A word that was cut in two goes, unless it is most of it.
        let whole: String = out.chars().take(max.saturating_add(1)).collect();
        let kept: String = whole.chars().take(max).collect();
        out = match whole.rfind('-') {
            Some(at) if at >= max / 2 => whole.chars().take(at).collect(),
            _ => kept,
        };
    }
    out.truncate(out.trim_end_matches('-').len());
    out
}

/// One character as ASCII letters and digits; empty for what separates words. Common Latin letters lose their marks,
/// so that a German or French title stays readable.
pub(super) fn fold(c: char) -> String {
    if c.is_ascii_alphanumeric() {
        return c.to_ascii_lowercase().to_string();
    }
    let folded = match c.to_lowercase().next().unwrap_or(c) {
        'à' | 'á' | 'â' | 'ã' | 'å' | 'ā' | 'ă' | 'ą' => "a",
        'ä' | 'æ' => "ae",
        'ç' | 'ć' | 'č' => "c",
        'ď' | 'đ' | 'ð' => "d",
        'è' | 'é' | 'ê' | 'ë' | 'ē' | 'ę' | 'ě' => "e",
        'ğ' => "g",
        'ì' | 'í' | 'î' | 'ï' | 'ī' | 'ı' => "i",
        'ł' => "l",
        'ñ' | 'ń' | 'ň' => "n",
        'ò' | 'ó' | 'ô' | 'õ' | 'ø' | 'ō' | 'ő' => "o",
        'ö' | 'œ' => "oe",
        'ř' => "r",
        'ś' | 'š' | 'ş' => "s",
        'ß' => "ss",
        'ť' | 'ţ' => "t",
        'ù' | 'ú' | 'û' | 'ū' | 'ů' | 'ű' => "u",
        'ü' => "ue",
        'ý' | 'ÿ' => "y",
        'ź' | 'ż' | 'ž' => "z",
        _ => "",
    };
    folded.to_owned()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(year: u16, month: u8, day: u8) -> PartialDate {
        PartialDate { year: Some(year), month: Some(month), day: Some(day) }
    }

    /// The rule of `SPEC.md`, written a second time: `\d{4}/\d{2}/\d{4}-\d{2}-\d{2}(-[a-z0-9]+)+\.md`.
    fn follows_the_rule(path: &str) -> bool {
        let Some(stem) = path.strip_suffix(".md") else { return false };
        let parts: Vec<&str> = stem.split('/').collect();
        let [year, month, name] = parts.as_slice() else { return false };
        let digits = |s: &str, n: usize| s.len() == n && s.bytes().all(|b| b.is_ascii_digit());
        let words: Vec<&str> = name.split('-').collect();
        words.len() > 3
            && digits(year, 4)
            && digits(month, 2)
            && words[0] == *year
            && words[1] == *month
            && digits(words[2], 2)
            && words[3..]
                .iter()
                .all(|w| !w.is_empty() && w.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_lowercase()))
    }

    #[test]
    fn a_full_date_a_title_and_an_id_make_the_path() {
        let path = postmortem_path(day(2026, 5, 3), "Registry: malicious image pushed!", "INC-2026-0042");
        assert_eq!(path.as_str(), "2026/05/2026-05-03-registry-malicious-image-pushed-inc-2026-0042.md");
    }

    #[test]
    fn missing_parts_of_the_date_are_zeros() {
        let some = |date| postmortem_path(date, "DNS", "x1").as_str().to_owned();
        assert_eq!(some(PartialDate::default()), "0000/00/0000-00-00-dns-x1.md");
        assert_eq!(
            some(PartialDate { year: Some(2019), ..Default::default() }),
            "2019/00/2019-00-00-dns-x1.md"
        );
        let month = PartialDate { year: Some(2019), month: Some(7), day: None };
        assert_eq!(some(month), "2019/07/2019-07-00-dns-x1.md");
        assert_eq!(
            some(PartialDate { year: None, month: Some(7), day: Some(1) }),
            "0000/00/0000-00-00-dns-x1.md"
        );
        assert_eq!(some(day(2019, 13, 1)), "2019/00/2019-00-00-dns-x1.md");
    }

    #[test]
    fn a_title_without_letters_leaves_the_id_and_no_words_leave_a_word() {
        assert_eq!(postmortem_path(day(2026, 1, 2), "障害", "a1").as_str(), "2026/01/2026-01-02-a1.md");
        assert_eq!(postmortem_path(day(2026, 1, 2), "…", "").as_str(), "2026/01/2026-01-02-postmortem.md");
        assert_eq!(
            postmortem_path(day(2026, 1, 2), "Störung Überlast", "b").as_str(),
            "2026/01/2026-01-02-stoerung-ueberlast-b.md"
        );
    }

    #[test]
    fn a_long_title_is_cut_at_a_word() {
        let cut = slug(
            "the quick brown fox jumps over the lazy dog and then it runs into a very deep hole",
            SLUG_MAX,
        );
        assert_eq!(cut, "the-quick-brown-fox-jumps-over-the-lazy-dog-and-then-it-runs");
        assert_eq!(slug(&"x".repeat(200), SLUG_MAX), "x".repeat(60));
        assert_eq!(slug(&"ß".repeat(200), SLUG_MAX), "s".repeat(60));
        assert_eq!(slug("Sto\u{308}rung", SLUG_MAX), slug("Störung", SLUG_MAX));
    }

    #[test]
    fn paths_that_could_leave_the_archive_are_refused() {
        for bad in [
            "",
            "/etc/passwd",
            "../x.md",
            "a/../b.md",
            "a//b.md",
            "./a.md",
            "a/",
            ".git/config",
            "a/.GIT/hooks/x",
            "a\0b",
            "a\nb",
            "a\\b",
            "git~1/config",
            ".git./x",
            ".git:stream/x",
            ".g\u{200c}it/x",
        ] {
            assert!(ArchivePath::new(bad).is_err(), "{bad:?} was accepted");
        }
        assert!(ArchivePath::new("a/".repeat(16) + "b").is_err());
        assert!(ArchivePath::new("n".repeat(256)).is_err());
        for good in ["a.md", "2026/05/Ein Name.md", ".github/x.md", "a..b/c", "障害.md"] {
            assert!(ArchivePath::new(good).is_ok(), "{good:?} was refused");
        }
    }

    #[test]
    fn the_end_of_a_name_tells_the_incident() {
        let told = |name: &str| incident_named(name).map(|id| id.to_string());
        let path = postmortem_path(day(2026, 5, 3), "Registry down", "INC-2026-0042");
        assert_eq!(path.incident().map(|id| id.to_string()).as_deref(), Some("INC-2026-0042"));
        assert_eq!(told("INC-2026-12345.md").as_deref(), Some("INC-2026-12345"));
        for other in [
            "",
            ".md",
            "x.md",
            "2026-05-03-dns.md",
            "a-inc-2026-0042.txt",
            "a-inc-26-0042.md",
            "inc-2026-0042-b.md",
        ] {
            assert_eq!(told(other), None, "{other}");
        }
    }

    #[test]
    fn an_id_from_a_path_has_hyphens_and_no_extension() {
        assert_eq!(ArchivePath::new("google/2019/dns.outage.md").unwrap().as_id(), "google-2019-dns.outage");
        assert_eq!(ArchivePath::new("a.b/c").unwrap().as_id(), "a.b-c");
        assert_eq!(ArchivePath::new("a/.md").unwrap().as_id(), "a-.md");
    }

    proptest! {
        #[test]
        fn a_postmortem_path_always_follows_the_rule(
            year in proptest::option::of(any::<u16>()),
            month in proptest::option::of(any::<u8>()),
            date in proptest::option::of(any::<u8>()),
            title in ".{0,120}",
            id in ".{0,150}",
        ) {
            let path = postmortem_path(PartialDate { year, month, day: date }, &title, &id);
            prop_assert!(follows_the_rule(path.as_str()), "{path}");
            prop_assert!(!path.as_str().contains(".."));
            prop_assert_eq!(ArchivePath::new(path.as_str()), Ok(path));
        }

        #[test]
        fn a_checked_path_never_climbs(text in "[./a\\\\g-i\u{200c}\0]{0,40}") {
            if let Ok(path) = ArchivePath::new(text) {
                prop_assert!(path.components().all(|c| !c.is_empty() && c != ".." && c != "." && c != ".git"));
            }
        }

        #[test]
        fn a_slug_is_short_and_plain(text in ".{0,200}", max in 1usize..80) {
            let slug = slug(&text, max);
            prop_assert!(slug.len() <= max);
            prop_assert!(slug.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'));
            prop_assert!(!slug.starts_with('-') && !slug.ends_with('-') && !slug.contains("--"));
        }
    }
}
