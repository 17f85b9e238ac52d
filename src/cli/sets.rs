//! The closed sets of words as arguments: read as everywhere, and known to the shell, which completes them. It must not
//! say anything about a word that is none of its set (the set does).

use std::ffi::OsStr;
use std::marker::PhantomData;
use std::str::FromStr;

use clap::builder::{PossibleValue, StringValueParser, TypedValueParser, ValueParser, ValueParserFactory};

use crate::domain::export::Format;
use crate::domain::ioc::{IocKind, Tlp};
use crate::domain::patterns::Dimension;
use crate::domain::words::{
    ClosureItem, ClosureState, DrillVerdict, EntryKind, Flag, HypothesisState, IncidentKind, Milestone,
    Phase, ReviewState, ScopeState, StoryKind, StoryState, UnknownWord, Verdict, Visibility,
};

/// Reads a word of a set.
#[derive(Debug, Clone)]
struct Of<T> {
    words: fn() -> Vec<&'static str>,
    set: PhantomData<T>,
}

impl<T: FromStr<Err = UnknownWord> + Clone + Send + Sync + 'static> TypedValueParser for Of<T> {
    type Value = T;

    fn parse_ref(
        &self,
        command: &clap::Command,
        arg: Option<&clap::Arg>,
        value: &OsStr,
    ) -> Result<T, clap::Error> {
        // Not clap's own list: a set reads its words in any case and by their other names.
        let read = |text: &str| text.parse::<T>();
        TypedValueParser::parse_ref(&read, command, arg, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new((self.words)().into_iter().map(PossibleValue::new)))
    }
}

/// Words that the shell offers where others are taken as well: a team has its own, or more follows the word.
#[derive(Debug, Clone)]
pub(super) struct Offered(fn() -> Vec<&'static str>);

/// Any text, with the words that the shell offers for it.
pub(super) const fn offered(words: fn() -> Vec<&'static str>) -> Offered {
    Offered(words)
}

impl TypedValueParser for Offered {
    type Value = String;

    fn parse_ref(
        &self,
        command: &clap::Command,
        arg: Option<&clap::Arg>,
        value: &OsStr,
    ) -> Result<String, clap::Error> {
        TypedValueParser::parse_ref(&StringValueParser::new(), command, arg, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new((self.0)().into_iter().map(PossibleValue::new)))
    }
}

macro_rules! sets {
    ($($set:ident),+ $(,)?) => {
        $(impl ValueParserFactory for $set {
            type Parser = ValueParser;

            fn value_parser() -> ValueParser {
                let words = || $set::ALL.iter().map(|word| word.as_str()).collect();
                ValueParser::new(Of::<$set> { words, set: PhantomData })
            }
        })+
    };
}

sets!(
    ClosureItem,
    ClosureState,
    Dimension,
    DrillVerdict,
    EntryKind,
    Flag,
    Format,
    HypothesisState,
    IncidentKind,
    IocKind,
    Milestone,
    Phase,
    ReviewState,
    ScopeState,
    StoryKind,
    StoryState,
    Tlp,
    Verdict,
    Visibility,
);
