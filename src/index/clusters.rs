//! Groups of postmortems that are alike in what sets them apart from the rest. It must not say that they are the same
//! failure: a person does.

use std::collections::{BTreeMap, BTreeSet};

use tantivy::Searcher;

use super::patterns::{Dated, PatternQuery};
use super::schema::VECTORS;
use super::search::card;
use super::vectors::Meaning;
use super::{Card, Index, IndexError, analyzer};
use crate::domain::patterns::{Cluster, Member};

/// Most postmortems that are compared with each other, the newest: each with each.
const MOST_COMPARED: usize = 2000;

/// The least cosine of two that are alike, what all have in common taken out. Of 237 real postmortems the pairs above
/// it were judged in `docs/search.md`.
const ALIKE: f32 = 0.6;

/// Among fewer postmortems than this there is nothing that all have in common but the failure itself.
const FEW: usize = 8;

/// The least cosine among few.
const ALIKE_AMONG_FEW: f32 = 0.8;

/// Most words and tags that are told of a group.
const MOST_SHARED: usize = 6;

/// A postmortem to be grouped.
struct One {
    quarter: usize,
    card: Card,
}

/// Groups what is alike, the largest first, and how many were compared for that: the newest.
pub(super) fn clusters(
    index: &Index,
    searcher: &Searcher,
    asked: &PatternQuery,
    shown: &[(usize, Dated)],
) -> Result<(Vec<Cluster>, u64), IndexError> {
    let (newest, whole) = compared(shown, asked.quarters.len(), MOST_COMPARED);
    let count = newest.len() as u64;
    let mut columns = Vec::new();
    for segment in searcher.segment_readers() {
        columns.push(segment.fast_fields().u64(VECTORS)?);
    }
    let (mut places, mut meanings) = (Vec::new(), Vec::new());
    for (quarter, (_, at)) in newest {
        let Some(column) = columns.get(at.segment_ord as usize) else { continue };
        let packed: Vec<u64> = column.values_for_doc(at.doc_id).collect();
        if let Some(meaning) = Meaning::whole(&packed) {
            places.push((quarter, at));
            meanings.push(meaning);
        }
    }
    let mut found = Vec::new();
    for star in stars(&meanings) {
        let mut members = Vec::new();
        for (quarter, at) in star.into_iter().filter_map(|nth| places.get(nth)) {
            members.push(One { quarter: *quarter, card: card(index, searcher, *at)? });
        }
        found.push(members);
    }
    found.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| newest_day(b).cmp(&newest_day(a))));
    found.truncate(asked.most);
    Ok((found.into_iter().map(|members| told(members, &whole)).collect(), count))
}

/// The newest of what is shown, so many at most, and of each quarter whether all of it is among them.
fn compared(shown: &[(usize, Dated)], quarters: usize, most: usize) -> (Vec<(usize, Dated)>, Vec<bool>) {
    let mut newest: Vec<(usize, Dated)> = shown.to_vec();
    newest.sort_unstable_by_key(|(_, dated)| std::cmp::Reverse(*dated));
    let left_out = newest.split_off(most.min(newest.len()));
    // The quarters stand in order: where one is cut, the ones before it are missing.
    let cut = left_out.iter().map(|(quarter, _)| *quarter).max();
    (newest, (0..quarters).map(|quarter| cut.is_none_or(|cut| quarter > cut)).collect())
}

fn newest_day(members: &[One]) -> Option<&str> {
    members.iter().filter_map(|one| one.card.date.as_deref()).max()
}

/// Groups by place: whoever is like most others gathers those; each is in one group at most.
fn stars(meanings: &[Meaning]) -> Vec<Vec<usize>> {
    let few = meanings.len() < FEW;
    let apart = if few { meanings.to_vec() } else { Meaning::apart(meanings) };
    let least = if few { ALIKE_AMONG_FEW } else { ALIKE };
    let mut alike: Vec<BTreeSet<usize>> = vec![BTreeSet::new(); apart.len()];
    for (nth, one) in apart.iter().enumerate() {
        for (other, another) in apart.iter().enumerate().take(nth) {
            if one.cosine(another) >= least {
                for (a, b) in [(nth, other), (other, nth)] {
                    if let Some(set) = alike.get_mut(a) {
                        set.insert(b);
                    }
                }
            }
        }
    }
    let mut taken = vec![false; apart.len()];
    let mut groups = Vec::new();
    loop {
        let free = |set: &BTreeSet<usize>| {
            set.iter().filter(|nth| !taken.get(**nth).copied().unwrap_or(true)).count()
        };
        let open = alike.iter().enumerate().filter(|(nth, _)| !taken.get(*nth).copied().unwrap_or(true));
        let best = open.map(|(nth, set)| (free(set), nth)).max_by(|a, b| a.0.cmp(&b.0).then(b.1.cmp(&a.1)));
        let Some((1.., centre)) = best else { return groups };
        let around = alike.get(centre).cloned().unwrap_or_default();
        let mut group: Vec<usize> =
            around.into_iter().filter(|nth| !taken.get(*nth).copied().unwrap_or(true)).collect();
        group.push(centre);
        group.sort_unstable();
        for nth in &group {
            if let Some(taken) = taken.get_mut(*nth) {
                *taken = true;
            }
        }
        groups.push(group);
    }
}

/// A group with what most of it shares: tags, then words of the titles. `whole`: the quarters of which all were compared.
fn told(members: Vec<One>, whole: &[bool]) -> Cluster {
    let mut tags: BTreeMap<String, usize> = BTreeMap::new();
    let mut words: BTreeMap<String, (usize, String)> = BTreeMap::new();
    let mut counts: Vec<Option<u64>> = whole.iter().map(|whole| whole.then_some(0)).collect();
    for one in &members {
        let own: BTreeSet<String> = one.card.tags.iter().map(|tag| analyzer::plain_label(tag)).collect();
        own.into_iter().for_each(|tag| *tags.entry(tag).or_default() += 1);
        let mut own: BTreeMap<String, String> = BTreeMap::new();
        for word in analyzer::words(&one.card.title) {
            let shown = one.card.title.get(word.from..word.to).unwrap_or_default().to_lowercase();
            own.entry(word.stem).or_insert(shown);
        }
        for (stem, shown) in own {
            words.entry(stem).or_insert((0, shown)).0 += 1;
        }
        if let Some(Some(count)) = counts.get_mut(one.quarter) {
            *count += 1;
        }
    }
    let most = members.len() / 2 + 1;
    let mut shared: Vec<(usize, String)> =
        tags.into_iter().filter(|(_, n)| *n >= most).map(|(tag, n)| (n, format!("tag {tag}"))).collect();
    shared.sort_by_key(|(n, _)| std::cmp::Reverse(*n));
    let mut titled: Vec<(usize, String)> = words.into_values().filter(|(n, _)| *n >= most).collect();
    titled.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    let shared = shared.into_iter().chain(titled).map(|(_, text)| text).take(MOST_SHARED).collect();
    let member = |one: One| Member {
        id: one.card.id,
        title: one.card.title,
        date: one.card.date,
        severity: one.card.severity,
    };
    Cluster::new(shared, members.into_iter().map(member).collect(), counts)
}

#[cfg(test)]
mod tests {
    use super::super::wordpiece::Pieces;
    use super::*;

    #[test]
    fn a_quarter_that_was_not_compared_is_told_from_one_with_none() {
        let at = |document| tantivy::DocAddress::new(0, document);
        let shown: Vec<(usize, Dated)> =
            (0..6).map(|n: u32| (n as usize / 2, (u64::from(n) + 20_260_101, at(n)))).collect();
        let days = |most: usize| {
            let (newest, whole) = compared(&shown, 4, most);
            (newest.iter().map(|(_, dated)| dated.1.doc_id).collect::<Vec<_>>(), whole)
        };
        assert_eq!(days(9), (vec![5, 4, 3, 2, 1, 0], vec![true; 4]));
        assert_eq!(days(6), (vec![5, 4, 3, 2, 1, 0], vec![true; 4]));
        assert_eq!(days(3), (vec![5, 4, 3], vec![false, false, true, true]));
        assert_eq!(days(2), (vec![5, 4], vec![false, false, true, true]));
        assert_eq!(compared(&[], 2, 2), (Vec::new(), vec![true; 2]));
        let card = |id: &str| Card { id: id.to_owned(), title: "Disk full".to_owned(), ..Card::default() };
        let one = |quarter, id| One { quarter, card: card(id) };
        let group = told(vec![one(2, "B"), one(1, "A")], &[false, false, true, true]);
        assert_eq!((group.counts.as_slice(), group.trend), (&[None, None, Some(1), Some(0)][..], None));
        let group = told(vec![one(2, "B"), one(1, "A")], &[true; 4]);
        assert_eq!(group.trend, Some(crate::domain::patterns::Trend::Steady));
    }

    #[test]
    fn what_is_alike_is_one_group_and_the_rest_is_in_none() {
        let texts = [
            "the disk of the orders database was full, writes failed",
            "certificate of the login service expired at midnight",
            "no space left on the disk of the database, writes were refused",
            "release rounded totals of the checkout, rolled back",
            "dns zone was written empty, names did not resolve",
            "a token was printed into a public build log",
            "the queue consumer sent every mail twice",
            "the registry refused pushes, its quota was reached",
            "the card provider was slow, payments timed out",
        ];
        let pieces = &mut Pieces::new();
        let meanings: Vec<Meaning> =
            texts.iter().map(|text| Meaning::of(pieces, std::iter::once((*text, 1.0))).unwrap()).collect();
        assert_eq!(stars(&meanings), [vec![0, 2]]);
        assert_eq!(stars(&[]), Vec::<Vec<usize>>::new());
        assert_eq!(stars(&[meanings[0].clone(), meanings[0].clone()]), [vec![0, 1]], "among few as well");
    }
}
