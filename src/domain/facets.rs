//! What the answers of a search have in common: severities, services and years, each with how many answers have it.
//! It must not count (`index` does).

use serde::Serialize;

/// A value and how many answers have it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Facet {
    /// The value as the postmortems write it.
    pub value: String,
    /// How many answers have it.
    pub count: u64,
}

/// Which facet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FacetKind {
    /// The severity.
    Severity,
    /// A service.
    Service,
    /// The year.
    Year,
}

impl FacetKind {
    /// All of them, in the order of the screen.
    pub const ALL: [Self; 3] = [Self::Severity, Self::Service, Self::Year];

    /// The word as it is written.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Severity => "severity",
            Self::Service => "service",
            Self::Year => "year",
        }
    }
}

/// The facets of an answer. Those of one kind are counted as if nothing were picked of that kind, so that one can see
/// what else there is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Facets {
    /// Severities, the most frequent first.
    pub severity: Vec<Facet>,
    /// Services, the most frequent first.
    pub service: Vec<Facet>,
    /// Years, the newest first.
    pub year: Vec<Facet>,
}

impl Facets {
    /// Those of a kind.
    #[must_use]
    pub fn of(&self, kind: FacetKind) -> &[Facet] {
        match kind {
            FacetKind::Severity => &self.severity,
            FacetKind::Service => &self.service,
            FacetKind::Year => &self.year,
        }
    }

    /// There is nothing to count.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.severity.is_empty() && self.service.is_empty() && self.year.is_empty()
    }
}

/// What is picked of the facets.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Picked {
    /// Only this severity.
    pub severity: Option<String>,
    /// Only this service.
    pub service: Option<String>,
    /// Only this year.
    pub year: Option<String>,
}

impl Picked {
    /// What is picked of a kind.
    #[must_use]
    pub fn of(&self, kind: FacetKind) -> Option<&str> {
        match kind {
            FacetKind::Severity => self.severity.as_deref(),
            FacetKind::Service => self.service.as_deref(),
            FacetKind::Year => self.year.as_deref(),
        }
    }

    /// Picks a value, or takes it back when it is the one that is picked.
    pub fn toggle(&mut self, kind: FacetKind, value: &str) {
        let slot = match kind {
            FacetKind::Severity => &mut self.severity,
            FacetKind::Service => &mut self.service,
            FacetKind::Year => &mut self.year,
        };
        *slot = if slot.as_deref() == Some(value) { None } else { Some(value.to_owned()) };
    }

    /// Nothing is picked.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.severity.is_none() && self.service.is_none() && self.year.is_none()
    }

    /// In words: `P1 · payments · 2026`.
    #[must_use]
    pub fn words(&self) -> String {
        let all = [&self.severity, &self.service, &self.year];
        all.into_iter().flatten().map(String::as_str).collect::<Vec<_>>().join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_value_twice_is_taken_back_and_another_replaces_it() {
        let mut picked = Picked::default();
        picked.toggle(FacetKind::Severity, "P1");
        picked.toggle(FacetKind::Year, "2026");
        assert_eq!(picked.words(), "P1, 2026");
        picked.toggle(FacetKind::Severity, "P2");
        picked.toggle(FacetKind::Year, "2026");
        assert_eq!((picked.words().as_str(), picked.is_empty()), ("P2", false));
    }
}
