//! What a text means, as one direction among 192: each piece of a word has a vector in a table that is part of the
//! program (derived from a sentence model, see NOTICE), and a text is their sum. It must not rank.
//!
//! The weight of a piece is in the table, so the vector of a postmortem never changes when others come.

use std::sync::OnceLock;

use super::wordpiece::Pieces;

/// The table, in the safetensors form: `scale` f16 `[rows]`, `emb` int8 `[rows, 192]`.
const TABLE: &[u8] = include_bytes!("../../assets/search/static_192_int8.safetensors");

/// Numbers of a vector.
const DIMENSIONS: usize = 192;

/// Words of a postmortem that make one vector.
const CHUNK: usize = 95;

/// Most vectors of one postmortem: about 12,000 words. What comes later is found by its words.
const MOST_CHUNKS: usize = 128;

/// Saturation of repeated pieces (BM25's k1, without length).
const SATURATION: f32 = 1.2;

/// Where the two parts of the table lie.
struct Table {
    rows: &'static [u8],
    scales: &'static [u8],
}

/// Reads the head of the table, once; none when it is not what this module expects, which a test excludes.
fn table() -> Option<&'static Table> {
    static FOUND: OnceLock<Option<Table>> = OnceLock::new();
    FOUND
        .get_or_init(|| {
            let length = usize::try_from(u64::from_le_bytes(TABLE.get(..8)?.try_into().ok()?)).ok()?;
            let head: serde_json::Value = serde_json::from_slice(TABLE.get(8..)?.get(..length)?).ok()?;
            let data = TABLE.get(8 + length..)?;
            let part = |name: &str| {
                let place = head.get(name)?.get("data_offsets")?;
                let bound = |n: usize| usize::try_from(place.get(n)?.as_u64()?).ok();
                data.get(bound(0)?..bound(1)?)
            };
            Some(Table { rows: part("emb")?, scales: part("scale")? })
        })
        .as_ref()
}

impl Table {
    fn row(&self, row: u32) -> Option<(&'static [u8], f32)> {
        let row = row as usize;
        let numbers = self.rows.get(row * DIMENSIONS..(row + 1) * DIMENSIONS)?;
        let scale = self.scales.get(row * 2..row * 2 + 2)?;
        Some((numbers, half(u16::from_le_bytes(scale.try_into().ok()?))))
    }
}

/// A number of half precision.
fn half(bits: u16) -> f32 {
    let sign = if bits >> 15 == 1 { -1.0 } else { 1.0 };
    let exponent = u32::from(bits >> 10 & 0x1f);
    let fraction = u32::from(bits & 0x3ff);
    sign * match exponent {
        0 => fraction as f32 / 16_777_216.0,
        _ => f32::from_bits((exponent + 112) << 23 | fraction << 13),
    }
}

/// The meaning of a text: a direction of length 1.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Meaning(Vec<f32>);

impl Meaning {
    /// Of texts and what each counts; none when no word of them is known.
    pub(super) fn of<'a>(pieces: &mut Pieces, texts: impl Iterator<Item = (&'a str, f32)>) -> Option<Self> {
        let mut weighed: Vec<(u32, f32)> = Vec::new();
        let mut rows = Vec::new();
        for (text, weight) in texts {
            rows.clear();
            pieces.add(text, &mut rows);
            weighed.extend(rows.iter().map(|row| (*row, weight)));
        }
        let numbers = sum(&mut weighed)?;
        let length = length(&numbers);
        (length > 0.0).then(|| Self(numbers.into_iter().map(|number| number / length).collect()))
    }

    /// The cosine with another.
    pub(super) fn cosine(&self, other: &Self) -> f32 {
        self.0.iter().zip(&other.0).map(|(a, b)| a * b).sum()
    }

    /// The highest cosine with one of the stored vectors of a postmortem; none when it has none.
    pub(super) fn nearest(&self, packed: &[u64]) -> Option<f32> {
        let cosines = packed.chunks_exact(PACKED).map(|vector| self.packed_cosine(vector));
        cosines.max_by(f32::total_cmp)
    }

    /// What a whole postmortem means: the sum of the directions of its parts. None when it has none.
    pub(super) fn whole(packed: &[u64]) -> Option<Self> {
        let mut whole = vec![0.0_f32; DIMENSIONS];
        for vector in packed.chunks_exact(PACKED) {
            let numbers: Vec<f32> = vector.iter().flat_map(|sixteen| unpacked(*sixteen)).collect();
            let length = length(&numbers).max(f32::MIN_POSITIVE);
            whole.iter_mut().zip(numbers).for_each(|(sum, number)| *sum += number / length);
        }
        let length = length(&whole);
        (length > 0.0).then(|| Self(whole.into_iter().map(|number| number / length).collect()))
    }

    /// The cosine with a whole postmortem, for a question as long as one.
    pub(super) fn overall(&self, packed: &[u64]) -> Option<f32> {
        Self::whole(packed).map(|whole| self.cosine(&whole))
    }

    /// Each of several with what they have in common taken out: postmortems of one team are alike in much that says
    /// nothing about a failure. One that is nothing but common has no direction left and is like none.
    pub(super) fn apart(all: &[Self]) -> Vec<Self> {
        let mut common = vec![0.0_f32; DIMENSIONS];
        for one in all {
            common.iter_mut().zip(&one.0).for_each(|(sum, number)| *sum += number / all.len() as f32);
        }
        let rest = |one: &Self| {
            let rest: Vec<f32> = one.0.iter().zip(&common).map(|(number, common)| number - common).collect();
            let length = length(&rest).max(f32::MIN_POSITIVE);
            Self(rest.into_iter().map(|number| number / length).collect())
        };
        all.iter().map(rest).collect()
    }

    fn packed_cosine(&self, vector: &[u64]) -> f32 {
        let (mut dot, mut square) = (0.0_f32, 0.0_f32);
        for (sixteen, numbers) in vector.iter().zip(self.0.chunks_exact(16)) {
            for (other, mine) in unpacked(*sixteen).zip(numbers) {
                dot += other * mine;
                square += other * other;
            }
        }
        if square > 0.0 { dot / square.sqrt() } else { 0.0 }
    }
}

/// The vector of pieces and what each counts; repeated ones saturate. None when there is none.
fn sum(weighed: &mut [(u32, f32)]) -> Option<Vec<f32>> {
    weighed.sort_unstable_by_key(|(row, _)| *row);
    let table = table()?;
    let mut numbers = vec![0.0_f32; DIMENSIONS];
    for same in weighed.chunk_by(|a, b| a.0 == b.0) {
        let times: f32 = same.iter().map(|(_, weight)| weight).sum();
        let Some((row, scale)) = same.first().and_then(|(row, _)| table.row(*row)) else { continue };
        let weight = scale * (times * (SATURATION + 1.0) / (times + SATURATION));
        for (number, byte) in numbers.iter_mut().zip(row) {
            *number += f32::from(*byte as i8) * weight;
        }
    }
    (!weighed.is_empty()).then_some(numbers)
}

fn length(numbers: &[f32]) -> f32 {
    numbers.iter().map(|number| number * number).sum::<f32>().sqrt()
}

/// Words of 64 bits in which one stored vector lies, sixteen numbers of four bits each: with eight bits the figures
/// on real queries are the same, and the index is twice as large.
pub(super) const PACKED: usize = DIMENSIONS / 16;

/// What zero is stored as.
const MIDDLE: f32 = 8.0;

/// The vectors of a postmortem as they are stored: one for each [`CHUNK`] words of the body, each with the title.
pub(super) fn packed(pieces: &mut Pieces, title: &str, body: &str) -> Vec<u64> {
    let mut named = Vec::new();
    pieces.add(title, &mut named);
    let mut words = body.split_whitespace().peekable();
    let mut out = Vec::new();
    let mut rows = Vec::new();
    for _ in 0..MOST_CHUNKS {
        rows.clone_from(&named);
        for word in words.by_ref().take(CHUNK) {
            pieces.add(word, &mut rows);
        }
        let mut weighed: Vec<(u32, f32)> = rows.iter().map(|row| (*row, 1.0)).collect();
        if let Some(numbers) = sum(&mut weighed) {
            pack(&numbers, &mut out);
        }
        if words.peek().is_none() {
            break;
        }
    }
    out
}

/// Sixteen numbers of a stored vector.
fn unpacked(sixteen: u64) -> impl Iterator<Item = f32> {
    (0..16).map(move |n| (sixteen >> (4 * n) & 15) as f32 - MIDDLE)
}

/// Appends a vector with its largest number brought to 7.
fn pack(numbers: &[f32], out: &mut Vec<u64>) {
    let largest = numbers.iter().fold(0.0_f32, |most, number| most.max(number.abs()));
    if largest <= 0.0 {
        return;
    }
    for sixteen in numbers.chunks_exact(16) {
        let nibble = |number: &f32| (number / largest * 7.0 + MIDDLE).round() as u64 & 15;
        out.push(sixteen.iter().rev().fold(0, |packed, number| packed << 4 | nibble(number)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meaning(text: &str) -> Meaning {
        Meaning::of(&mut Pieces::new(), std::iter::once((text, 1.0))).unwrap()
    }

    #[test]
    fn the_table_is_whole() {
        let table = table().unwrap();
        assert_eq!((table.rows.len(), table.scales.len()), (26_355 * DIMENSIONS, 26_355 * 2));
        assert!(table.row(26_354).is_some());
        assert!(table.row(26_355).is_none());
        assert_eq!((half(0x3c00), half(0xc000), half(0x0001)), (1.0, -2.0, 2_f32.powi(-24)));
    }

    #[test]
    fn what_means_the_same_is_near() {
        let near = meaning("disk full").cosine(&meaning("no storage space left on the volume"));
        let far = meaning("disk full").cosine(&meaning("certificate expired last night"));
        assert!(near > far + 0.2, "{near} {far}");
    }

    #[test]
    fn a_postmortem_is_found_by_its_nearest_part() {
        let pieces = &mut Pieces::new();
        let body = format!("{} the certificate expired", "disk ".repeat(CHUNK));
        let stored = packed(pieces, "Binder down", &body);
        assert_eq!(stored.len(), 2 * PACKED);
        let asked = meaning("Binder down: certificate expired");
        assert!(asked.nearest(&stored).unwrap() > 0.95);
        assert_eq!(packed(pieces, "the", "and of"), Vec::<u64>::new());
        assert_eq!(asked.nearest(&[]), None);
        assert_eq!(packed(pieces, "Disk", &"volume ".repeat(20_000)).len(), MOST_CHUNKS * PACKED);
        assert!(Meaning::of(pieces, std::iter::once(("the of", 1.0))).is_none());
    }
}
