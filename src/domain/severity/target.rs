//! A target: the time by which something must have happened, as teams write it. It must not compute instants.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::domain::time::{Span, exact_span, parse_span, shortened};

/// The most business days that a target may name: about ten years.
const MOST_BUSINESS_DAYS: u32 = 2_600;

/// The longest named period, in characters.
const LONGEST_NAME: usize = 40;

/// By when. Written and read as text: `15m`, `immediate`, `same business day`, `5 business days`, `next sprint`,
/// `none`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Target {
    /// Within a duration; zero is written `immediate`.
    Within(Span),
    /// At the end of the n-th business day after; 0: of the same business day.
    BusinessDays(u32),
    /// A period that only the team can date: `next sprint`, `backlog`. It has no deadline.
    Named(String),
    /// No target.
    #[default]
    None,
}

/// A text that is not a target.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{text:?} is not a target; write a duration (15m, 4h, 1w), 'immediate', 'same business day', '5 business \
     days', a named period (next sprint, backlog) or 'none'"
)]
pub struct BadTarget {
    /// What was given.
    pub text: String,
}

impl Target {
    /// Whether the target gives a deadline that a clock can count down to.
    #[must_use]
    pub const fn has_deadline(&self) -> bool {
        matches!(self, Self::Within(_) | Self::BusinessDays(_))
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Within(span) if span.is_zero() => f.write_str("immediate"),
            Self::Within(span) => f.write_str(&exact_span(*span)),
            Self::BusinessDays(0) => f.write_str("same business day"),
            Self::BusinessDays(1) => f.write_str("1 business day"),
            Self::BusinessDays(days) => write!(f, "{days} business days"),
            Self::Named(name) => f.write_str(name),
            Self::None => f.write_str("none"),
        }
    }
}

impl FromStr for Target {
    type Err = BadTarget;

    fn from_str(text: &str) -> Result<Self, BadTarget> {
        let bad = || BadTarget { text: shortened(text) };
        let words: Vec<String> = text.split_whitespace().map(str::to_ascii_lowercase).collect();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        match words.as_slice() {
            [] => Err(bad()),
            ["none" | "-"] => Ok(Self::None),
            ["immediate" | "immediately"] => Ok(Self::Within(Span::zero())),
            ["same", "business", "day"] => Ok(Self::BusinessDays(0)),
            ["next", "business", "day"] => Ok(Self::BusinessDays(1)),
            [count, "business", "day" | "days"] => {
                let count = Some(*count).filter(|c| c.bytes().all(|b| b.is_ascii_digit()));
                let count = count.and_then(|c| c.parse().ok()).filter(|n| *n <= MOST_BUSINESS_DAYS);
                count.map(Self::BusinessDays).ok_or_else(bad)
            }
            // What begins with a digit or sign is meant as a duration; a mistake there must not become a name.
            [first, ..] if first.starts_with(|c: char| !c.is_alphabetic()) => {
                parse_span(&words.concat()).map(Self::Within).map_err(|_| bad())
            }
            _ => {
                let name = text.split_whitespace().collect::<Vec<_>>().join(" ");
                let fit = name.chars().count() <= LONGEST_NAME && !name.chars().any(char::is_control);
                if fit { Ok(Self::Named(name)) } else { Err(bad()) }
            }
        }
    }
}

impl Serialize for Target {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Target {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}
