//! Writes over erased payloads and words in database files and mirrors that are kept as they were found: as many bytes as
//! there were, and no others. It must never be given a database that is in use.
//!
//! A payload lies behind its salt, which is like no other, and may go on in other pages of the database, whose numbers
//! stand before them; a file that is kept because it is damaged may have lost some bytes in between, or those numbers.

use std::collections::{BTreeSet, HashMap};
use std::fs::OpenOptions;
use std::io;
use std::ops::Range;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use aho_corasick::{AhoCorasick, AhoCorasickKind};

/// What stands there then.
const OVER: u8 = b'*';

/// How many bytes of a salt are enough to know it by, should others be damaged.
const ENOUGH: usize = 8;

/// How many bytes at the beginning of a page are enough to know whose they are.
const BEGINNING: usize = 16;

/// As many damaged bytes are passed over where what follows agrees again.
const DAMAGED: usize = 64;

/// The page of a database where its own beginning does not say.
const PAGE: usize = 4096;

/// What is to go.
#[derive(Debug, Clone, Default)]
pub struct Erasing {
    /// Salts with their payloads.
    pub payloads: Vec<(Vec<u8>, Vec<u8>)>,
    /// Words, wherever they stand.
    pub words: Vec<String>,
}

/// A file of which something is to go.
struct Image {
    path: PathBuf,
    bytes: Vec<u8>,
    /// How long a page is; none where the file has none.
    page: Option<usize>,
    gone: Vec<Range<usize>>,
}

/// Where pages lie by their number: the file, and its place in it. A write-ahead log may have several of one.
type Pages = HashMap<u32, Vec<(usize, usize)>>;

/// Where pages lie by what stands near their beginning, and how far from it.
type Begins = HashMap<Vec<u8>, Vec<(usize, usize, usize)>>;

/// Writes over what is to go in files that belong together, such as a database and its write-ahead log. Answers the files
/// that held some of it, each with how many bytes that were, or why they are still there.
///
/// # Errors
/// When a file cannot be read.
pub fn overwrite(files: &[PathBuf], what: &Erasing) -> io::Result<Vec<(PathBuf, io::Result<usize>)>> {
    let mut images = Vec::new();
    for path in files {
        let bytes = std::fs::read(path)?;
        images.push(Image { path: path.clone(), page: page_of(path, &bytes), bytes, gone: Vec::new() });
    }
    let pages = pages_of(&images);
    let begins = begins(&images, &pages);
    for (salt, body) in &what.payloads {
        payload(&mut images, &pages, &begins, salt, body);
    }
    let forms: BTreeSet<String> = what.words.iter().flat_map(|words| forms(words)).collect();
    texts(&mut images, &pages, &forms.iter().map(String::as_bytes).collect::<Vec<_>>());
    let held = images.into_iter().filter(|image| !image.gone.is_empty());
    Ok(held.map(|image| (image.path.clone(), image.write())).collect())
}

/// As it is, as JSON has it, and as JSON has that.
fn forms(words: &str) -> BTreeSet<String> {
    let quoted = |text: &str| {
        let quoted = serde_json::Value::from(text).to_string();
        quoted.strip_prefix('"').and_then(|q| q.strip_suffix('"')).unwrap_or_default().to_owned()
    };
    let once = quoted(words);
    [words.to_owned(), quoted(&once), once].into_iter().filter(|form| !form.is_empty()).collect()
}

impl Image {
    fn write(mut self) -> io::Result<usize> {
        let file = OpenOptions::new().write(true).open(&self.path)?;
        self.gone.sort_by_key(|range| range.start);
        let (mut done, mut written) = (0, 0);
        for range in self.gone {
            let from = range.start.max(done);
            if let Some(more) = range.end.checked_sub(from).filter(|more| *more > 0) {
                file.write_all_at(&vec![OVER; more], u64::try_from(from).map_err(io::Error::other)?)?;
                (done, written) = (range.end, written + more);
            }
        }
        file.sync_all()?;
        Ok(written)
    }

    /// How many bytes from a place on agree.
    fn agree(&self, at: usize, with: &[u8]) -> usize {
        let here = self.bytes.get(at..).unwrap_or_default();
        here.iter().zip(with).take_while(|(a, b)| a == b).count()
    }

    fn number_at(&self, at: usize) -> Option<u32> {
        let bytes = self.bytes.get(at..at.checked_add(4)?)?;
        Some(u32::from_be_bytes(bytes.try_into().ok()?))
    }
}

/// How long the pages of a file are, if it is a database or a write-ahead log, by its name: its beginning may be damaged.
fn page_of(path: &Path, bytes: &[u8]) -> Option<usize> {
    let name = path.file_name()?.to_str()?;
    let said = if name.ends_with("-wal") {
        let said: [u8; 4] = bytes.get(8..12)?.try_into().ok()?;
        usize::try_from(u32::from_be_bytes(said)).ok()?
    } else if name.ends_with(".db") {
        let said: [u8; 2] = bytes.get(16..18)?.try_into().ok()?;
        usize::from(u16::from_be_bytes(said))
    } else {
        return None;
    };
    Some(if said.is_power_of_two() && (512..=65_536).contains(&said) { said } else { PAGE })
}

fn pages_of(images: &[Image]) -> Pages {
    let mut pages = Pages::new();
    for (n, image) in images.iter().enumerate() {
        let Some(page) = image.page else { continue };
        // A page of a write-ahead log stands behind its number and some sums.
        let in_log = image.path.to_str().is_some_and(|path| path.ends_with("-wal"));
        let (begins, head) = if in_log { (32, 24) } else { (0, 0) };
        for (i, at) in (begins..image.bytes.len()).step_by(head + page).enumerate() {
            let number = if in_log { image.number_at(at) } else { u32::try_from(i + 1).ok() };
            if let Some(number) = number {
                pages.entry(number).or_default().push((n, at + head));
            }
        }
    }
    pages
}

/// What stands near the beginning of pages, behind the number of the next one; at two places, as one may be damaged.
fn begins(images: &[Image], pages: &Pages) -> Begins {
    let mut begins = Begins::new();
    for (n, at) in pages.values().flatten() {
        for shift in [0, BEGINNING] {
            let from = at + 4 + shift;
            let part = images.get(*n).and_then(|image| image.bytes.get(from..from + BEGINNING));
            if let Some(part) = part {
                begins.entry(part.to_vec()).or_default().push((*n, *at, shift));
            }
        }
    }
    begins
}

/// Marks a payload, wherever its salt stands, and what pages have of it that none leads to any more.
fn payload(images: &mut [Image], pages: &Pages, begins: &Begins, salt: &[u8], body: &[u8]) {
    let whole = [salt, body].concat();
    let parts: Vec<&[u8]> = salt.chunks_exact(ENOUGH).collect();
    for (n, part, at) in places(images, &parts) {
        if let Some(from) = at.checked_sub(part * ENOUGH) {
            let end = mark(images, pages, n, from, &whole, 0);
            follow(images, pages, end, &whole);
        }
    }
    // What comes twice, such as a ruled line, may as well be somebody else's.
    let mut once: HashMap<&[u8], Option<usize>> = HashMap::new();
    for (k, window) in whole.windows(BEGINNING).enumerate().filter(|(_, window)| begins.contains_key(*window))
    {
        once.entry(window).and_modify(|k| *k = None).or_insert(Some(k));
    }
    for (window, k) in once.into_iter().filter_map(|(window, k)| Some((window, k?))) {
        for (n, at, shift) in begins.get(window).into_iter().flatten() {
            if let Some(k) = k.checked_sub(*shift) {
                let end = over(images, *n, *at, &whole, k);
                follow(images, pages, end, &whole);
            }
        }
    }
}

/// Marks texts, wherever they stand; one that goes on in another page only where it does.
fn texts(images: &mut [Image], pages: &Pages, texts: &[&[u8]]) {
    for (n, which, at) in places(images, texts) {
        if let (Some(image), Some(text)) = (images.get_mut(n), texts.get(which)) {
            image.gone.push(at..at + text.len());
        }
    }
    let long: Vec<&[u8]> = texts.iter().copied().filter(|text| text.len() > BEGINNING).collect();
    let heads: Vec<&[u8]> = long.iter().filter_map(|text| text.get(..ENOUGH)).collect();
    for (n, which, at) in places(images, &heads) {
        let (Some(image), Some(text)) = (images.get(n), long.get(which)) else { continue };
        let agrees = image.agree(at, text);
        let goes_on = image.number_at(at + agrees).filter(|next| goes_on(images, pages, *next, text, agrees));
        if let (Some(next), Some(image)) = (goes_on, images.get_mut(n)) {
            image.gone.push(at..at + agrees);
            follow(images, pages, Some((next, agrees)), text);
        }
    }
}

/// Where some bytes stand: the file, which of them, and the place.
fn places(images: &[Image], parts: &[&[u8]]) -> Vec<(usize, usize, usize)> {
    // What cannot be built is too much to be looked for: none is so long.
    let Ok(search) = AhoCorasick::builder().kind(Some(AhoCorasickKind::ContiguousNFA)).build(parts) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for (n, image) in images.iter().enumerate() {
        let hits = search.find_overlapping_iter(&image.bytes);
        found.extend(hits.map(|hit| (n, hit.pattern().as_usize(), hit.start())));
    }
    found
}

/// Marks what stands at a place of bytes from the `k`th on, past what is damaged. Answers the page in which they go on,
/// and from which on; none at their end.
fn mark(
    images: &mut [Image],
    pages: &Pages,
    n: usize,
    at: usize,
    whole: &[u8],
    mut k: usize,
) -> Option<(u32, usize)> {
    let (mut at, mut ranges, mut next) = (at, Vec::new(), None);
    while let Some(rest) = whole.get(k..).filter(|rest| !rest.is_empty()) {
        let image = images.get(n)?;
        let agrees = image.agree(at, rest);
        ranges.push(at..at + agrees);
        (at, k) = (at + agrees, k + agrees);
        let pointer = image.number_at(at).filter(|next| goes_on(images, pages, *next, whole, k));
        if k == whole.len() || pointer.is_some() {
            next = pointer.map(|number| (number, k));
            break;
        }
        let skip = (1..=DAMAGED).find(|skip| {
            let behind = whole.get(k + skip..).unwrap_or_default();
            let some = behind.len().min(ENOUGH);
            some > 0 && image.agree(at + skip, behind) >= some
        });
        let Some(skip) = skip else { break };
        ranges.push(at..at + skip);
        (at, k) = (at + skip, k + skip);
    }
    images.get_mut(n)?.gone.extend(ranges.into_iter().filter(|range| !range.is_empty()));
    next
}

/// Marks what a page has of bytes from the `k`th on: all but the number of the next one may be theirs.
fn over(images: &mut [Image], n: usize, at: usize, whole: &[u8], k: usize) -> Option<(u32, usize)> {
    let image = images.get(n)?;
    let room = image.page?.checked_sub(4)?;
    let next = image.number_at(at)?;
    let part = whole.get(..whole.len().min(k + room))?;
    mark(images, &Pages::new(), n, at + 4, part, k);
    (part.len() < whole.len()).then_some((next, part.len()))
}

/// Whether a page goes on with bytes from the `k`th on.
fn goes_on(images: &[Image], pages: &Pages, number: u32, whole: &[u8], k: usize) -> bool {
    let places = pages.get(&number).map(Vec::as_slice).unwrap_or_default();
    places.iter().any(|(n, at)| images.get(*n).is_some_and(|image| has(image, *at, whole, k)))
}

/// Whether what stands near the beginning of a page is some bytes from the `k`th on; a part of it may be damaged.
fn has(image: &Image, at: usize, whole: &[u8], k: usize) -> bool {
    let rest = whole.get(k..).unwrap_or_default();
    let mut parts = rest.chunks(ENOUGH).take(DAMAGED / ENOUGH).enumerate();
    parts.any(|(n, part)| {
        (n == 0 || part.len() == ENOUGH) && image.agree(at + 4 + n * ENOUGH, part) == part.len()
    })
}

/// Marks what pages have of bytes, from one to the next.
fn follow(images: &mut [Image], pages: &Pages, from: Option<(u32, usize)>, whole: &[u8]) {
    let mut seen = BTreeSet::new();
    let mut todo: Vec<(u32, usize)> = from.into_iter().collect();
    while let Some((number, k)) = todo.pop() {
        if !seen.insert((number, k)) || !goes_on(images, pages, number, whole, k) {
            continue;
        }
        for (n, at) in pages.get(&number).cloned().unwrap_or_default() {
            if images.get(n).is_some_and(|image| has(image, at, whole, k)) {
                todo.extend(over(images, n, at, whole, k));
            }
        }
    }
}
