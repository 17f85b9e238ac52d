//! Severity profiles: the levels a team grades by, what each means and what it obliges to. A profile is data; the
//! deadlines that follow are computed by `calendar`. It must not know which roles a level requires.

mod builtin;
mod target;

use serde::{Deserialize, Deserializer, Serialize};

use super::time::{BadSpan, Span, parse_span, shortened, span_text};
pub use target::{BadTarget, Target};

/// One level of a profile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Level {
    /// The name as it is shown: `P1`, `SEV-2`.
    pub name: String,
    /// What makes an incident one of this level.
    #[serde(default)]
    pub definition: String,
    /// By when somebody must have taken it, from detection.
    #[serde(default)]
    pub response: Target,
    /// By when it must be resolved, from detection.
    #[serde(default)]
    pub resolution: Target,
    /// The longest silence between two internal updates; absent: no clock.
    #[serde(default, serialize_with = "span_text::option::serialize", deserialize_with = "read_cadence")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub update_every: Option<Span>,
    /// By when an improvement story of this severity must be verified, from its filing, unless a date is given.
    #[serde(default)]
    pub story_due: Target,
    /// By when the postmortem must be published, from the resolution; absent: none is owed.
    #[serde(default)]
    pub postmortem_due: Target,
}

/// A severity profile: its levels, the highest first. Never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    name: String,
    first: Level,
    rest: Vec<Level>,
}

/// The shortest time within which an update can be due, by a cadence or by a target of one incident: nobody writes one
/// sooner.
pub const SHORTEST_SILENCE: Span = Span::minutes(1);

/// A text that does not say how often an update is due.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadCadence {
    /// The text is no span of time.
    #[error("{0}, or none")]
    Span(#[from] BadSpan),
    /// Every update would be late before it could be written.
    #[error(
        "{0:?} is no time within which an update is due; write a duration of a minute or more (30m, 4h, 1d), or \
         none"
    )]
    TooShort(String),
}

/// Reads the longest silence between two updates; `none` stops that clock.
///
/// # Errors
/// A text that is neither a span of time nor `none`, or a span under [`SHORTEST_SILENCE`].
pub fn cadence(text: &str) -> Result<Option<Span>, BadCadence> {
    match text {
        "none" => Ok(None),
        text => match parse_span(text)? {
            span if span < SHORTEST_SILENCE => Err(BadCadence::TooShort(shortened(text))),
            span => Ok(Some(span)),
        },
    }
}

fn read_cadence<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Span>, D::Error> {
    let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
    cadence(&text).map_err(serde::de::Error::custom)
}

/// Why levels do not make a profile.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProfileError {
    /// There is no level at all.
    #[error("severity profile {profile:?} has no levels; give at least one, the highest first")]
    NoLevels {
        /// The profile.
        profile: String,
    },
    /// A name is empty, too long or has characters that cannot be shown on one line.
    #[error("severity profile {profile:?}: {name:?} is no name; use 1 to 16 letters, digits, '-' or '_'")]
    BadName {
        /// The profile.
        profile: String,
        /// The name, of the profile itself or of a level.
        name: String,
    },
    /// Two levels have the same name but for case and hyphens.
    #[error("severity profile {profile:?} has {name:?} twice; case and hyphens make no difference")]
    Duplicate {
        /// The profile.
        profile: String,
        /// The second of the two names.
        name: String,
    },
}

/// What a change from one level to another is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Move {
    /// To a higher level, or from unset to any: free.
    Up,
    /// To a lower level, or back to unset: asks a reason.
    Down,
    /// The same level.
    Same,
}

impl Profile {
    /// A built-in profile by its name: `p`, `sev` or `iso`, in any case.
    #[must_use]
    pub fn builtin(name: &str) -> Option<Self> {
        match name.to_ascii_lowercase().as_str() {
            "p" => Some(builtin::p()),
            "sev" => Some(builtin::sev()),
            "iso" => Some(builtin::iso()),
            _ => None,
        }
    }

    /// The names of the built-in profiles, the default first.
    pub const BUILTIN: [&'static str; 3] = ["p", "sev", "iso"];

    /// A profile of a team's own levels, the highest first.
    ///
    /// # Errors
    /// No levels, a name that is empty or unfit, or two that differ only in case and hyphens.
    pub fn custom(name: &str, levels: Vec<Level>) -> Result<Self, ProfileError> {
        let profile = || shortened(name);
        let fit = |text: &str| {
            (1..=16).contains(&text.len())
                && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
                && text.chars().any(|c| c.is_ascii_alphanumeric())
        };
        let bad = std::iter::once(name).chain(levels.iter().map(|l| l.name.as_str())).find(|text| !fit(text));
        if let Some(bad) = bad {
            return Err(ProfileError::BadName { profile: profile(), name: shortened(bad) });
        }
        let mut seen = std::collections::BTreeSet::new();
        if let Some(twice) = levels.iter().find(|level| !seen.insert(key(&level.name))) {
            return Err(ProfileError::Duplicate { profile: profile(), name: twice.name.clone() });
        }
        let mut levels = levels.into_iter();
        let first = levels.next().ok_or_else(|| ProfileError::NoLevels { profile: profile() })?;
        Ok(Self { name: name.to_owned(), first, rest: levels.collect() })
    }

    /// The name of the profile.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The levels, the highest first.
    pub fn levels(&self) -> impl Iterator<Item = &Level> {
        std::iter::once(&self.first).chain(&self.rest)
    }

    /// The level of a name, without regard to case, hyphens and spaces: `sev1` finds `SEV-1`.
    #[must_use]
    pub fn find(&self, text: &str) -> Option<&Level> {
        let wanted = key(text);
        self.levels().find(|level| key(&level.name) == wanted)
    }

    /// The highest level.
    #[must_use]
    pub fn highest(&self) -> &Level {
        &self.first
    }

    /// The level by which an incident is clocked: its own, or the highest when its severity is unset or is not
    /// one of this profile (the profile was changed since), since too strict a clock is the safer error.
    #[must_use]
    pub fn level_or_highest(&self, name: Option<&str>) -> &Level {
        name.and_then(|name| self.find(name)).unwrap_or(&self.first)
    }

    /// The place of a level in the order, 0 for the highest.
    #[must_use]
    pub fn rank(&self, name: &str) -> Option<usize> {
        let wanted = key(name);
        self.levels().position(|level| key(&level.name) == wanted)
    }

    /// What a change from one severity to another is; `None` stands for unset. A name that this profile does not
    /// have counts as unset.
    #[must_use]
    pub fn compare(&self, from: Option<&str>, to: Option<&str>) -> Move {
        let rank = |name: Option<&str>| name.and_then(|name| self.rank(name));
        match (rank(from), rank(to)) {
            (None, None) => Move::Same,
            (None, Some(_)) => Move::Up,
            (Some(_), None) => Move::Down,
            (Some(from), Some(to)) => match from.cmp(&to) {
                std::cmp::Ordering::Less => Move::Down,
                std::cmp::Ordering::Equal => Move::Same,
                std::cmp::Ordering::Greater => Move::Up,
            },
        }
    }

    /// What is shown while the severity is unset: `P?`, `SEV?`; `?` when the names have no letters in front.
    #[must_use]
    pub fn unset_label(&self) -> String {
        let mut label: String = self.first.name.chars().take_while(char::is_ascii_alphabetic).collect();
        // Names that are words ("critical", "high") have no prefix to share.
        if label.len() == self.first.name.len() {
            label.clear();
        }
        label.push('?');
        label
    }

    /// The names of all levels, for messages: `P1, P2, P3, P4`.
    #[must_use]
    pub fn names(&self) -> String {
        self.levels().map(|level| level.name.as_str()).collect::<Vec<_>>().join(", ")
    }
}

impl Default for Profile {
    /// The profile `p`.
    fn default() -> Self {
        builtin::p()
    }
}

/// What two names of one level have in common.
fn key(name: &str) -> String {
    name.chars().filter(|c| !matches!(c, '-' | '_' | ' ')).map(|c| c.to_ascii_lowercase()).collect()
}

#[cfg(test)]
mod tests;
