//! What of the archive no search finds, and why. It must not say more of what is restricted than how much it is, but
//! where its file lies that everybody can read.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};

use super::own::Accounts;
use crate::archive::{Archive, Listing};
use crate::domain::postmortem::imported;
use crate::domain::words::Visibility;

/// The most files that are named: an archive may be large.
const NAMED: usize = 1_000;

/// What of the archive no search finds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LeftOut {
    /// The first thousand files that are not read, each with the reason.
    pub named: Vec<String>,
    /// How many files are not read.
    pub not_read: u64,
    /// How many postmortems are under restriction.
    pub restricted: u64,
    /// The first thousand files whose text git does not have any more, each with what it says; only looked for by `doctor`.
    pub lost: Vec<String>,
    /// The first thousand files that have the id of another one, each with both paths; only looked for by `doctor`.
    pub twice: Vec<String>,
    /// The first thousand files that hold for everybody what was restricted after it was published, each with its
    /// incident; only looked for by `doctor`.
    pub exposed: Vec<String>,
    /// The first thousand postmortems that were published and are not in the archive any more, each with its incident; only
    /// looked for by `doctor`.
    pub missing: Vec<String>,
}

impl LeftOut {
    /// Those that the archive does not even list.
    pub(super) fn of(listing: &Listing) -> Self {
        let mut left = Self::default();
        for file in &listing.skipped {
            left.not_read(format!("{}: {}", file.path, file.reason));
        }
        left
    }

    /// Looks at every file, which is less than to read it: for whoever wants to know without building the index.
    pub(super) fn look(archive: &Archive, listing: &Listing, accounts: &Accounts) -> Self {
        let mut left = Self::of(listing);
        let mut ids: HashMap<String, &str> = HashMap::new();
        let mut paths: HashSet<&str> = listing.skipped.iter().map(|file| file.path.as_str()).collect();
        paths.extend(listing.entries.iter().map(|entry| entry.path.as_str()));
        for entry in &listing.entries {
            let path = entry.path.as_str();
            match archive.read_blob(&entry.blob) {
                Ok(bytes) => match imported::id_and_visibility(path, &bytes) {
                    Ok((_, stated)) if !is_shared(stated.as_deref()) => left.restricted(),
                    Ok((id, _)) => {
                        let own = id.parse().ok().and_then(|id| accounts.get(&id));
                        if let Some(own) = own.filter(|own| own.is_hidden() && left.exposed.len() < NAMED) {
                            left.exposed.push(format!("{path}: {} is {}", own.id, own.visibility));
                        }
                        match ids.entry(id.to_ascii_lowercase()) {
                            Entry::Vacant(free) => _ = free.insert(path),
                            Entry::Occupied(first) if left.twice.len() < NAMED => {
                                left.twice.push(format!("{} and {path} both have the id {id}", first.get()));
                            }
                            Entry::Occupied(_) => {}
                        }
                    }
                    Err(error) => left.not_read(error.to_string()),
                },
                Err(error) if left.lost.len() < NAMED => left.lost.push(format!("{path}: {error}")),
                Err(_) => {}
            }
        }
        // What others may not read is taken out on purpose, and a file may have another path by now.
        let gone = accounts.values().filter(|own| !own.is_hidden()).filter_map(|own| {
            let path = own.postmortem.as_deref()?;
            let known = paths.contains(path) || ids.contains_key(&own.id.to_string().to_ascii_lowercase());
            (!known).then(|| format!("{path}: the postmortem of {}", own.id))
        });
        left.missing = gone.collect();
        left.missing.sort_unstable();
        left.missing.truncate(NAMED);
        left
    }

    /// Notes a file that is not read.
    pub(super) fn not_read(&mut self, why: String) {
        self.not_read += 1;
        if self.named.len() < NAMED {
            self.named.push(why);
        }
    }

    /// Counts a postmortem under restriction.
    pub(super) const fn restricted(&mut self) {
        self.restricted += 1;
    }
}

/// Postmortems under restriction are not found by others' searches.
pub(in crate::service) fn is_shared(stated: Option<&str>) -> bool {
    let stated = stated.and_then(|stated| stated.parse().ok());
    stated.unwrap_or(Visibility::Team) == Visibility::Team
}
