//! How random a text looks: Shannon's entropy of its bytes. It must not know rules.

/// Bits a byte; 0 for an empty text, at most 8.
pub(super) fn shannon(bytes: &[u8]) -> f64 {
    let mut counts = [0_u32; 256];
    for byte in bytes {
        if let Some(count) = counts.get_mut(usize::from(*byte)) {
            *count = count.saturating_add(1);
        }
    }
    let len = bytes.len() as f64;
    counts
        .iter()
        .filter(|count| **count > 0)
        .map(|count| {
            let share = f64::from(*count) / len;
            -share * share.log2()
        })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::shannon;

    #[test]
    fn entropy_is_that_of_shannon() {
        let near = |text: &str, bits: f64| assert!((shannon(text.as_bytes()) - bits).abs() < 1e-9, "{text}");
        near("", 0.0);
        near("aaaa", 0.0);
        near("abab", 1.0);
        near("abcdefgh", 3.0);
    }
}
