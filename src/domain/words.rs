//! The closed sets of words: kinds, states, phases. Each set is written once and read without case, hyphens,
//! underscores or spaces, because people type in a hurry. It must not hold rules.

use std::fmt;

/// A word that is not in its set. Exit code 2 on the command line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownWord {
    /// What the set is called, for the message: `phase`.
    pub what: &'static str,
    /// What was given.
    pub given: String,
    /// The words of the set.
    pub known: Vec<&'static str>,
}

impl fmt::Display for UnknownWord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (given, what, known) = (&self.given, with_article(self.what), self.known.join(", "));
        write!(f, "{given:?} is not {what}; use one of: {known}")
    }
}

impl std::error::Error for UnknownWord {}

/// The name of a thing with its article, for messages: `a phase`, `an audience`.
#[must_use]
pub fn with_article(what: &str) -> String {
    let vowel = what.starts_with(['a', 'e', 'i', 'o', 'u']);
    format!("{} {what}", if vowel { "an" } else { "a" })
}

/// Brings a typed word to the form in which words are compared: lower case letters and digits only.
#[must_use]
pub fn fold_word(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Declares a closed set of words: the enum, its texts, `ALL`, `as_str`, `Display`, `FromStr` and serde by text.
macro_rules! words {
    ($(#[$meta:meta])* $name:ident $what:literal { $($(#[$vmeta:meta])* $variant:ident = $text:literal $(| $alias:literal)*,)+ }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$vmeta])* $variant,)+ }

        impl $name {
            /// Every word of the set, in its natural order.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The word as it is written.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)+ }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::domain::words::UnknownWord;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                let folded = $crate::domain::words::fold_word(text);
                $(if folded == $crate::domain::words::fold_word($text) $(|| folded == $crate::domain::words::fold_word($alias))* {
                    return Ok(Self::$variant);
                })+
                Err($crate::domain::words::UnknownWord { what: $what, given: text.to_owned(), known: vec![$($text,)+] })
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}
pub(crate) use words;

words! {
    /// What sort of incident it is. Only real and backfilled ones enter metrics.
    IncidentKind "kind of incident" {
        /// It happens, or happened, for real and was run here.
        Real = "real",
        /// An exercise.
        Drill = "drill" | "exercise",
        /// A try of the tool.
        Test = "test",
        /// It was real and is entered after the fact.
        Backfilled = "backfilled" | "backfill" | "retrospective",
    }
}

words! {
    /// What came of something that a drill expected.
    DrillVerdict "verdict on an expectation" {
        /// Done in time.
        Met = "met" | "done",
        /// Done, too late.
        Late = "late",
        /// Not done.
        Missed = "missed",
    }
}

words! {
    /// Where an incident is in its life.
    State "state" {
        /// The room is live and every clock runs.
        Open = "open",
        /// Users and systems are well; the closing duties remain.
        Resolved = "resolved",
        /// Nothing is owed any more but the stories.
        Closed = "closed",
    }
}

words! {
    /// The five phases of the response.
    Phase "phase" {
        /// Find out what it is.
        Detect = "detect",
        /// Stop it from doing more harm.
        Contain = "contain",
        /// Remove the cause.
        Eradicate = "eradicate",
        /// Bring service back, verified.
        Recover = "recover",
        /// Make sure that it cannot recur.
        Learn = "learn",
    }
}

words! {
    /// The marked points from which times to X are computed.
    Milestone "milestone" {
        /// The harm began.
        Started = "started",
        /// Somebody or something noticed.
        Detected = "detected",
        /// A responder took it.
        Acknowledged = "acknowledged" | "acked" | "ack",
        /// The attacker or fault can do no more harm.
        Contained = "contained",
        /// Users no longer feel it.
        Mitigated = "mitigated",
        /// The incident is over.
        Resolved = "resolved",
    }
}

words! {
    /// How sure the impact is.
    Certainty "certainty" {
        /// Not shown yet.
        Suspected = "suspected",
        /// Shown.
        Confirmed = "confirmed",
    }
}

words! {
    /// A question with an honest third answer.
    Flag "answer" {
        /// It is so.
        Yes = "yes",
        /// It is not so.
        No = "no",
        /// Nobody knows yet.
        Unknown = "unknown",
    }
}

words! {
    /// What the incident turned out to be.
    DispositionWord "disposition" {
        /// It was what it seemed.
        Confirmed = "confirmed",
        /// There was nothing.
        FalseAlarm = "false-alarm" | "false positive",
        /// Another incident covers it.
        DuplicateOf = "duplicate-of" | "duplicate",
        /// It nearly did harm.
        NearMiss = "near-miss",
    }
}

impl DispositionWord {
    /// The word that a text begins with, and what follows it. A word may be written in two: `false alarm`.
    ///
    /// # Errors
    /// When the text begins with none.
    pub fn leading(text: &str) -> Result<(Self, &str), UnknownWord> {
        let text = text.trim();
        let blanks = text.char_indices().filter(|(_, c)| c.is_whitespace()).map(|(at, _)| at).take(2);
        let ends: Vec<usize> = blanks.chain([text.len()]).collect();
        for end in ends.iter().rev() {
            let Some((word, rest)) = text.split_at_checked(*end) else { continue };
            if let Ok(word) = word.parse() {
                return Ok((word, rest.trim()));
            }
        }
        text.split_whitespace().next().unwrap_or_default().parse().map(|word| (word, ""))
    }
}

words! {
    /// Who may read it.
    Visibility "visibility" {
        /// Everybody of the home.
        Team = "team",
        /// Those named.
        Restricted = "restricted" | "private",
        /// Under legal privilege.
        Privileged = "privileged",
    }
}

words! {
    /// Where the review of a postmortem stands.
    ReviewState "postmortem status" {
        /// It is being written.
        Draft = "draft",
        /// Others read it.
        InReview = "in-review" | "review",
        /// Others have read it, and it holds.
        Reviewed = "reviewed",
        /// Nobody owes it anything any more.
        Closed = "closed" | "done",
    }
}

words! {
    /// The kinds of a timeline line.
    EntryKind "kind of entry" {
        /// A plain line.
        Note = "note",
        /// Something a monitor said.
        Alert = "alert",
        /// A choice that was made.
        Decision = "decision",
        /// A possible explanation.
        Hypothesis = "hypothesis",
        /// A task for a person.
        Ask = "ask" | "task" | "assignment",
        /// A word to an audience.
        Update = "update",
        /// A change of state, written by the program.
        System = "system",
    }
}

words! {
    /// What came of a decision.
    Verdict "verdict" {
        /// It did what it should.
        Held = "held",
        /// It was taken back.
        Reversed = "reversed",
        /// Nothing changed by it.
        NoEffect = "no-effect",
    }
}

words! {
    /// Where a hypothesis stands.
    HypothesisState "state of a hypothesis" {
        /// Nobody knows yet.
        Open = "open",
        /// The facts speak for it.
        Supported = "supported",
        /// The facts speak against it.
        RuledOut = "ruled-out",
    }
}

words! {
    /// Where a step of a runbook stands.
    StepState "state of a step" {
        /// Nobody has begun.
        Todo = "todo",
        /// Somebody is at it.
        Doing = "doing",
        /// Done.
        Done = "done",
        /// Left out, with a reason.
        Skipped = "skipped",
        /// It cannot be done now, with a reason.
        Blocked = "blocked",
    }
}

words! {
    /// How an improvement helps.
    StoryKind "kind of improvement" {
        /// It cannot happen again.
        Preventive = "preventive" | "preventative" | "prevent",
        /// It is seen sooner.
        Detective = "detective" | "detect",
        /// People handle it better.
        Process = "process",
    }
}

words! {
    /// Where an improvement story stands.
    StoryState "state of a story" {
        /// Written down.
        Filed = "filed",
        /// Somebody works on it.
        Started = "started",
        /// In production.
        Shipped = "shipped",
        /// Proven to work.
        Verified = "verified",
        /// Given up, with a reason.
        Dropped = "dropped",
    }
}

words! {
    /// Where an asset of the scope stands.
    ScopeState "state of a scope item" {
        /// It may be touched.
        Suspected = "suspected",
        /// It is touched.
        Affected = "affected",
        /// It was looked at and is well.
        Clean = "clean",
        /// It was touched and is repaired.
        Fixed = "fixed",
    }
}

words! {
    /// Where an item of the closure list stands.
    ClosureState "state of a closure item" {
        /// Nobody has answered it.
        Open = "open",
        /// It is true.
        Done = "done",
        /// It does not apply, with a reason.
        NotApplicable = "n/a" | "not-applicable",
    }
}

words! {
    /// The eight questions that stand between resolved and closed (seed `001…`, recovery and closure).
    ClosureItem "closure item" {
        /// The cause is known, or documented as unknown with why.
        Cause = "cause",
        /// The way in is shut, and somebody checked.
        AttackPath = "attack-path" | "path",
        /// What was, or may have been, exposed is rotated or revoked.
        Credentials = "credentials",
        /// Artifacts, images and deployments are validated again.
        Artifacts = "artifacts",
        /// A recurrence would be seen.
        Monitoring = "monitoring",
        /// Customers and authorities were told where they must be.
        Notifications = "notifications",
        /// Every action has an owner and a date.
        Actions = "actions",
        /// The review was held.
        Review = "review",
    }
}

impl ClosureItem {
    /// The question as it is shown.
    #[must_use]
    pub const fn question(self) -> &'static str {
        match self {
            Self::Cause => "cause known, or documented as unknown with the reason",
            Self::AttackPath => "attack path or fault closed, and verified",
            Self::Credentials => "credentials rotated or revoked where needed",
            Self::Artifacts => "artifacts, images and deployments revalidated",
            Self::Monitoring => "monitoring added for signs of recurrence",
            Self::Notifications => "customers and authorities notified where required",
            Self::Actions => "corrective actions have owners and dates",
            Self::Review => "review held (within five business days at the two highest severities)",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_read_without_case_and_hyphen() {
        assert_eq!("Ruled Out".parse(), Ok(HypothesisState::RuledOut));
        assert_eq!("no effect".parse(), Ok(Verdict::NoEffect));
        assert_eq!("N/A".parse(), Ok(ClosureState::NotApplicable));
        assert_eq!(DispositionWord::leading(" Near miss "), Ok((DispositionWord::NearMiss, "")));
        assert_eq!(DispositionWord::leading("duplicate of 2"), Ok((DispositionWord::DuplicateOf, "2")));
        assert_eq!(DispositionWord::leading("duplicate 2"), Ok((DispositionWord::DuplicateOf, "2")));
        assert_eq!(DispositionWord::leading("confirmed it was"), Ok((DispositionWord::Confirmed, "it was")));
        assert_eq!(DispositionWord::leading("odd thing").unwrap_err().given, "odd");
        let err = "panic".parse::<Phase>().unwrap_err();
        assert_eq!(
            err.to_string(),
            "\"panic\" is not a phase; use one of: detect, contain, eradicate, recover, learn"
        );
    }
}
