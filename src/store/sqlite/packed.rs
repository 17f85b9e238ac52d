//! Many events as one value. sqlx hands each row over by itself, value by value, between two threads, which takes longer
//! than to read it. It must not know what an event means.

use super::super::{StoreError, StoredEvent, stored};
use super::Fault;
use crate::domain::log::Digest;

/// A query for the events of a log after a position, one behind another: the digest, the lengths of header and body with
/// a blank behind each, the header, the body; an empty value when there is none. `log` is what gives the log; position and
/// limit are bound as the first and second value.
macro_rules! page {
    ($log:literal) => {
        concat!(
            "SELECT coalesce(group_concat(packed, ''), '') FROM (
                SELECT e.hash || length(e.header) || ' ' || ifnull(length(p.body), '-') || ' '
                       || e.header || ifnull(p.body, '') AS packed
                FROM event e LEFT JOIN payload p ON p.log = e.log AND p.seq = e.seq
                WHERE e.log = ",
            $log,
            " AND e.seq > ?1 ORDER BY e.seq LIMIT ?2)"
        )
    };
}

/// Those of the log that is bound as the third value.
pub(super) const PAGE: &str = page!("?3");

/// The log of the only incident in the state that is bound as the third value, and its events.
pub(super) const ONLY: &str = concat!(
    "SELECT log, (",
    page!("lone.log"),
    ") FROM (SELECT min(log) AS log FROM (SELECT log FROM summary WHERE state = ?3 LIMIT 2) HAVING count(*) = 1) lone"
);

/// In place of a length: there is no body.
const NONE: &[u8] = b"-";

/// Takes apart what such a query gives.
pub(super) fn events(mut packed: &[u8]) -> Result<Vec<StoredEvent>, Fault> {
    let mut events = Vec::new();
    while !packed.is_empty() {
        events.push(next(&mut packed).ok_or_else(broken)??);
    }
    Ok(events)
}

fn broken() -> Fault {
    Fault::Store(StoreError::Corrupt { what: "the length of an event is not its own".to_owned() })
}

fn next(packed: &mut &[u8]) -> Option<Result<StoredEvent, StoreError>> {
    let hash = Digest(take(packed, 32)?.try_into().ok()?);
    let (header, body) = (word(packed)?, word(packed)?);
    let header = take(packed, number(header)?)?;
    let body = if body == NONE { None } else { Some(take(packed, number(body)?)?.to_vec()) };
    Some(stored(header, hash, body))
}

/// Up to the next blank, which is taken as well.
fn word<'p>(packed: &mut &'p [u8]) -> Option<&'p [u8]> {
    let end = packed.iter().position(|byte| *byte == b' ')?;
    let word = take(packed, end)?;
    take(packed, 1)?;
    Some(word)
}

fn number(word: &[u8]) -> Option<usize> {
    std::str::from_utf8(word).ok()?.parse().ok()
}

fn take<'p>(packed: &mut &'p [u8], n: usize) -> Option<&'p [u8]> {
    let (taken, rest) = packed.split_at_checked(n)?;
    *packed = rest;
    Some(taken)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_cut_short_is_told_and_nothing_is_nothing() {
        assert!(events(b"").is_ok_and(|none| none.is_empty()));
        let digest = [7_u8; 32];
        for rest in ["", "10", "10 ", "10 -", "10 - header", "x - 0123456789", "-1 - "] {
            let cut = [digest.as_slice(), rest.as_bytes()].concat();
            let told = events(&cut).map_err(|fault| fault.at(std::path::Path::new("f")).to_string());
            assert!(told.is_err_and(|told| told.contains("length of an event")), "{rest}");
        }
    }
}
