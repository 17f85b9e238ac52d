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
pub(super) struct Meaning {
    numbers: Vec<f32>,
    /// Its numbers as integers, those at even places and those at odd ones: as they lie in a packed vector.
    whole: [[i16; DIMENSIONS / 2]; 2],
}

/// What 1 is as an integer. Rounding to it moves a cosine by less than 0.0001.
const ONE: f32 = 16_384.0;

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
        Self::towards(sum(&mut weighed)?)
    }

    /// The direction of a sum; none when it has no length.
    fn towards(mut numbers: Vec<f32>) -> Option<Self> {
        let length = length(&numbers);
        if length <= 0.0 {
            return None;
        }
        numbers.iter_mut().for_each(|number| *number /= length);
        let mut whole = [[0; DIMENSIONS / 2]; 2];
        for (nth, number) in numbers.iter().enumerate() {
            if let Some(place) = whole.get_mut(nth % 2).and_then(|half| half.get_mut(nth / 2)) {
                *place = (number * ONE).round() as i16;
            }
        }
        Some(Self { numbers, whole })
    }

    /// The cosine with another.
    pub(super) fn cosine(&self, other: &Self) -> f32 {
        dot(&self.numbers, &other.numbers)
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
            let numbers = unpacked(vector);
            let length = length(&numbers).max(f32::MIN_POSITIVE);
            whole.iter_mut().zip(numbers).for_each(|(sum, number)| *sum += number / length);
        }
        Self::towards(whole)
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
            common.iter_mut().zip(&one.numbers).for_each(|(sum, number)| *sum += number / all.len() as f32);
        }
        let rest = |one: &Self| {
            let rest: Vec<f32> =
                one.numbers.iter().zip(&common).map(|(number, common)| number - common).collect();
            let none = Self { numbers: vec![0.0; DIMENSIONS], whole: [[0; DIMENSIONS / 2]; 2] };
            Self::towards(rest).unwrap_or(none)
        };
        all.iter().map(rest).collect()
    }

    /// In integers, which the processor takes many of at once.
    fn packed_cosine(&self, vector: &[u64]) -> f32 {
        let [even, odd] = &self.whole;
        let bytes = bytes(vector);
        let (mut dot, mut square) = (0_i32, 0_i32);
        for ((byte, even), odd) in bytes.iter().zip(even).zip(odd) {
            let (low, high) = (i16::from(byte & 15) - MIDDLE, i16::from(byte >> 4) - MIDDLE);
            dot += i32::from(low) * i32::from(*even) + i32::from(high) * i32::from(*odd);
            square += i32::from(low) * i32::from(low) + i32::from(high) * i32::from(high);
        }
        if square > 0 { dot as f32 / ONE / (square as f32).sqrt() } else { 0.0 }
    }
}

/// Sums of eight at a time: one after another they would have to be added in their order.
fn dot(a: &[f32], b: &[f32]) -> f32 {
    let mut sums = [0.0_f32; 8];
    for (a, b) in a.chunks_exact(8).zip(b.chunks_exact(8)) {
        for ((sum, a), b) in sums.iter_mut().zip(a).zip(b) {
            *sum += a * b;
        }
    }
    sums.iter().sum()
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
    dot(numbers, numbers).sqrt()
}

/// Words of 64 bits in which one stored vector lies, sixteen numbers of four bits each: with eight bits the figures
/// on real queries are the same, and the index is twice as large.
pub(super) const PACKED: usize = DIMENSIONS / 16;

/// What zero is stored as.
const MIDDLE: i16 = 8;

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

/// A stored vector as bytes, two numbers in each, the earlier one low.
fn bytes(vector: &[u64]) -> [u8; DIMENSIONS / 2] {
    let mut bytes = [0; DIMENSIONS / 2];
    for (place, sixteen) in bytes.chunks_exact_mut(8).zip(vector) {
        place.copy_from_slice(&sixteen.to_le_bytes());
    }
    bytes
}

/// The numbers of a stored vector.
fn unpacked(vector: &[u64]) -> [f32; DIMENSIONS] {
    let mut numbers = [0.0; DIMENSIONS];
    for (pair, byte) in numbers.chunks_exact_mut(2).zip(bytes(vector)) {
        if let [low, high] = pair {
            (*low, *high) =
                (f32::from(i16::from(byte & 15) - MIDDLE), f32::from(i16::from(byte >> 4) - MIDDLE));
        }
    }
    numbers
}

/// Appends a vector with its largest number brought to 7.
fn pack(numbers: &[f32], out: &mut Vec<u64>) {
    let largest = numbers.iter().fold(0.0_f32, |most, number| most.max(number.abs()));
    if largest <= 0.0 {
        return;
    }
    for sixteen in numbers.chunks_exact(16) {
        let nibble = |number: &f32| (number / largest * 7.0 + f32::from(MIDDLE)).round() as u64 & 15;
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
