//! Reads configuration files value by value, so that every problem is found at once and with its line. It must not
//! know defaults: a draft starts from those of `Config`.

pub(super) mod days;
mod levels;
pub(super) mod lists;
mod look;
mod people;
pub(super) mod roles;

use std::collections::BTreeSet;
use std::io::Read;
use std::path::{Path, PathBuf};

use chrono::{NaiveDate, NaiveTime, Weekday};
use serde::Deserialize;
use toml::Spanned;
use toml::de::{DeTable, DeValue, ValueDeserializer};

pub(super) use look::{colour, theme};
pub use people::people_file;
pub(super) use people::{FIELDS as PEOPLE_FIELDS, people};

use super::explain::Set;
use super::problem::{ConfigProblem, did_you_mean};
use super::settings::{SETTINGS, Setting, USER_ONLY};
use super::{Binding, Config, LARGEST_FILE, Required, UiZone};
use crate::app::key::Key;
use crate::domain::calendar::{self, Calendar};
use crate::domain::severity::{self, Level, Profile};
use crate::domain::time::Span;
use crate::domain::zone::Tz;

/// Whose file is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Whose {
    /// `~/.config/warroom/config.toml`.
    User,
    /// `warroom.toml`.
    Home,
}

/// A value that cannot be taken over; the span is narrower than the value's where one element is meant.
pub(super) struct Bad {
    message: String,
    span: Option<std::ops::Range<usize>>,
}

impl Bad {
    fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), span: None }
    }

    fn at<T>(message: impl Into<String>, value: &Spanned<T>) -> Self {
        Self { message: message.into(), span: Some(value.span()) }
    }
}

/// Where a setting was set.
#[derive(Debug, Clone, Default)]
struct Place {
    file: PathBuf,
    line: Option<usize>,
}

/// What was read so far; some settings make sense only together, at the end.
#[derive(Default)]
pub(super) struct Draft {
    config: Config,
    here: Place,
    profile: Option<(String, Place)>,
    /// Levels of the team's own; none of them where they could not be read.
    levels: Option<(Option<Vec<Level>>, Place)>,
    /// What of them is taken as it stands and may not be meant so, with where it stands.
    undated: Vec<(String, usize)>,
    cadences: Vec<(String, Option<Span>, Place)>,
    required: Vec<(Required, Place)>,
    duties: Vec<(String, Vec<String>, Place)>,
    zone: Option<Tz>,
    weekend: Option<(Vec<Weekday>, Place)>,
    holidays: BTreeSet<NaiveDate>,
    work_day_end: Option<NaiveTime>,
}

/// What the layers say together.
pub(super) struct Layers {
    pub(super) config: Config,
    pub(super) problems: Vec<ConfigProblem>,
    /// What is right and may not be meant so.
    pub(super) notes: Vec<ConfigProblem>,
    pub(super) sets: Vec<Set>,
}

/// Reads the layers, the lowest first.
#[derive(Default)]
pub(super) struct Reader {
    draft: Draft,
    sets: Vec<Set>,
    problems: Vec<ConfigProblem>,
    notes: Vec<ConfigProblem>,
}

impl Reader {
    /// Reads one file; one that does not exist is skipped.
    pub(super) fn file(&mut self, path: &Path, whose: Whose) {
        let text = match text_of(path) {
            Ok(Some(text)) => text,
            Ok(None) => return,
            Err((line, message)) => return self.problem(path, line, message),
        };
        let (table, errors) = DeTable::parse_recoverable(&text);
        for error in &errors {
            let line = error.span().map(|span| line_of(&text, span.start));
            self.problem(path, line, format!("this is not TOML: {}", error.message()));
        }
        if errors.is_empty() {
            self.table(path, &text, whose, "", table.get_ref());
        }
    }

    fn problem(&mut self, path: &Path, line: Option<usize>, message: String) {
        self.problems.push(ConfigProblem { file: path.to_owned(), line, message });
    }

    fn table(&mut self, path: &Path, text: &str, whose: Whose, section: &str, table: &DeTable<'_>) {
        for (name, value) in table {
            let line = line_of(text, name.span().start);
            let name = name.get_ref().as_ref();
            let full = if section.is_empty() { name.to_owned() } else { format!("{section}.{name}") };
            let setting = SETTINGS.iter().find(|s| s.section == section && (s.key == name || s.key == "*"));
            if let Some(setting) = setting {
                self.draft.here = Place { file: path.to_owned(), line: Some(line) };
                let read = (setting.read)(&mut self.draft, name, value);
                if (section, name) == ("severity", "levels") {
                    // The last ones win.
                    let note = |(message, at): (String, usize)| ConfigProblem {
                        file: path.to_owned(),
                        line: Some(line_of(text, at)),
                        message: format!("{full}.{message}"),
                    };
                    self.notes = std::mem::take(&mut self.draft.undated).into_iter().map(note).collect();
                }
                match read {
                    Ok(()) => {
                        let value = text.get(value.span()).unwrap_or_default();
                        let value = value.split_whitespace().collect::<Vec<_>>().join(" ");
                        self.sets.push(Set { name: full, value, file: path.to_owned(), line });
                    }
                    Err(bad) => {
                        let line = bad.span.map_or(line, |span| line_of(text, span.start));
                        self.problem(path, Some(line), format!("{full}: {}", bad.message));
                    }
                }
            } else if !is_section(&full) {
                self.problem(path, Some(line), unknown(section, name));
            } else if full == USER_ONLY && whose == Whose::Home {
                let message = "[me] is who one person is and belongs in your own ~/.config/warroom/config.toml; this \
                               file is the team's: move it there";
                self.problem(path, Some(line), message.into());
            } else if let Some(inner) = value.get_ref().as_table() {
                self.table(path, text, whose, &full, inner);
            } else {
                let message = format!("{full} is a table; write [{full}] and its settings below it");
                self.problem(path, Some(line), message);
            }
        }
    }

    /// Puts together what only makes sense together.
    pub(super) fn finish(mut self) -> Layers {
        let draft = std::mem::take(&mut self.draft);
        let mut config = draft.config;
        let mut bad = |place: &Place, message: String| {
            self.problems.push(ConfigProblem { file: place.file.clone(), line: place.line, message });
        };
        let (name, place) = draft.profile.unwrap_or_else(|| ("p".into(), Place::default()));
        // Where the levels are not known, no name of one is called wrong.
        let mut known = true;
        match (draft.levels, Profile::builtin(&name)) {
            (None, Some(profile)) => config.profile = profile,
            (None, None) => {
                known = false;
                let message = format!(
                    "severity.profile: there is no profile {name:?}{}; use {}, or give its levels with \
                     [[severity.levels]]",
                    did_you_mean(&name, Profile::BUILTIN),
                    Profile::BUILTIN.join(", ")
                );
                bad(&place, message);
            }
            (Some((None, _)), _) => known = false,
            (Some((Some(levels), place)), builtin) => {
                let name = if builtin.is_some() { "team".to_owned() } else { name };
                match Profile::custom(&name, levels) {
                    Ok(profile) => config.profile = profile,
                    Err(error) => {
                        known = false;
                        bad(&place, format!("severity.levels: {error}"));
                    }
                }
            }
        }
        let no_level = |profile: &Profile, level: &str| {
            let near = did_you_mean(level, profile.levels().map(|l| l.name.as_str()));
            format!("there is no severity {level:?}{near}; the levels are {}", profile.names())
        };
        let mut levels: Vec<Level> = config.profile.levels().cloned().collect();
        for (level, every, place) in draft.cadences {
            match config.profile.rank(&level).and_then(|rank| levels.get_mut(rank)) {
                Some(found) => found.update_every = every,
                None if !known => {}
                None => bad(&place, format!("clock.cadences: {}", no_level(&config.profile, &level))),
            }
        }
        if let Ok(profile) = Profile::custom(config.profile.name(), levels) {
            config.profile = profile;
        }
        for (required, place) in draft.required {
            let Some(level) = config.profile.find(&required.level) else {
                if !known {
                    continue;
                }
                bad(&place, format!("roles.required: {}", no_level(&config.profile, &required.level)));
                continue;
            };
            match roles::named(&required.roles, &config.roles.extra) {
                Ok(roles) => {
                    // Said once more, in whatever spelling, it is said anew.
                    config.roles.required.retain(|known| known.level != level.name);
                    config.roles.required.push(Required { level: level.name.clone(), roles });
                }
                Err(message) => bad(&place, format!("roles.required.{}: {message}", required.level)),
            }
        }
        for (role, duties, place) in draft.duties {
            match roles::one_named(&role, &config.roles.extra) {
                // Said once more, by whatever name, it is said anew.
                Ok(role) => drop(config.roles.duties.insert(role, duties)),
                Err(message) => bad(&place, format!("roles.duties.{role}: {message}")),
            }
        }
        let zone = draft.zone.unwrap_or(Tz::UTC);
        let (weekend, place) =
            draft.weekend.unwrap_or_else(|| (vec![Weekday::Sat, Weekday::Sun], Place::default()));
        let end = draft.work_day_end.unwrap_or(Calendar::DEFAULT_END);
        match Calendar::new(zone, weekend, draft.holidays, end) {
            Ok(calendar) => config.calendar = calendar,
            Err(error) => bad(&place, format!("calendar.weekend: {error}")),
        }
        for set in &mut self.sets {
            if set.name == "severity.levels" {
                // The tables of the levels stand all over the file: their names say enough.
                set.value = config.profile.names();
            } else if let Some((section @ ("clock.cadences" | "roles.required"), level)) =
                set.name.rsplit_once('.')
                && let Some(level) = config.profile.find(level)
            {
                // A level has one name, however the file spells it.
                set.name = format!("{section}.{}", level.name);
            }
        }
        Layers { config, problems: self.problems, notes: self.notes, sets: self.sets }
    }
}

fn text_of(path: &Path) -> Result<Option<String>, (Option<usize>, String)> {
    let cannot = |error: std::io::Error| (None, format!("cannot be read: {error}; check who owns it"));
    let file = match std::fs::File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(cannot(error)),
    };
    let mut bytes = Vec::new();
    file.take(LARGEST_FILE + 1).read_to_end(&mut bytes).map_err(cannot)?;
    if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > LARGEST_FILE {
        return Err((None, "is larger than 1 MiB, so it is no configuration of this program".into()));
    }
    String::from_utf8(bytes).map(Some).map_err(|error| {
        let good = error.utf8_error().valid_up_to();
        let line = 1 + error.as_bytes().iter().take(good).filter(|b| **b == b'\n').count();
        (Some(line), "is not UTF-8 from here on; save it as UTF-8".into())
    })
}

fn line_of(text: &str, offset: usize) -> usize {
    1 + text.bytes().take(offset).filter(|b| *b == b'\n').count()
}

fn is_section(name: &str) -> bool {
    SETTINGS
        .iter()
        .any(|s| s.section == name || s.section.strip_prefix(name).is_some_and(|r| r.starts_with('.')))
}

/// Names the nearest right name, in this section first, then in any.
fn unknown(section: &str, name: &str) -> String {
    let child = |s: &Setting| -> Option<&'static str> {
        if s.section == section {
            return Some(s.key).filter(|key| *key != "*");
        }
        let rest = if section.is_empty() {
            s.section
        } else {
            s.section.strip_prefix(section)?.strip_prefix('.')?
        };
        rest.split('.').next()
    };
    let mut known: Vec<&str> = SETTINGS.iter().filter_map(child).collect();
    known.dedup();
    let kind = if section.is_empty() { "section" } else { "setting" };
    let place = if section.is_empty() { String::new() } else { format!(" in [{section}]") };
    let mut message = format!("there is no {kind} {name:?}{place}");
    let near = did_you_mean(name, known.iter().copied());
    let elsewhere = SETTINGS.iter().find(|s| s.key == name);
    match elsewhere {
        Some(s) if near.is_empty() => message.push_str(&format!("; it belongs in [{}]", s.section)),
        _ => message.push_str(&near),
    }
    message.push_str(&format!("; there are {}", known.join(", ")));
    message
}

type Value<'a, 'i> = &'a Spanned<DeValue<'i>>;

fn text(value: Value<'_, '_>) -> Result<String, Bad> {
    let found = value.get_ref();
    let text = found.as_str().ok_or_else(|| {
        Bad::at(format!("must be a text in quotation marks, not {}", with_article(found.type_str())), value)
    })?;
    if text.chars().any(char::is_control) {
        return Err(Bad::at("must not have control characters or line breaks", value));
    }
    Ok(text.trim().to_owned())
}

fn with_article(kind: &str) -> String {
    let article = if kind.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" };
    format!("{article} {kind}")
}

fn optional(value: Value<'_, '_>) -> Result<Option<String>, Bad> {
    text(value).map(|text| Some(text).filter(|t| !t.is_empty()))
}

fn flag(value: Value<'_, '_>) -> Result<bool, Bad> {
    let kind = value.get_ref().type_str();
    value.get_ref().as_bool().ok_or_else(|| {
        Bad::at(format!("must be true or false without quotation marks, not {}", with_article(kind)), value)
    })
}

/// A list; a single value counts as a list of one.
fn list<T>(value: Value<'_, '_>, one: impl Fn(Value<'_, '_>) -> Result<T, Bad>) -> Result<Vec<T>, Bad> {
    match value.get_ref().as_array() {
        Some(array) => array.iter().map(one).collect(),
        None => Ok(vec![one(value)?]),
    }
}

pub(super) fn profile(draft: &mut Draft, _: &str, value: Value<'_, '_>) -> Result<(), Bad> {
    draft.profile = Some((text(value)?, draft.here.clone()));
    Ok(())
}

pub(super) fn levels(draft: &mut Draft, _: &str, value: Value<'_, '_>) -> Result<(), Bad> {
    let level = |value: Value<'_, '_>| {
        Level::deserialize(ValueDeserializer::from(value.clone())).map_err(|error| {
            let span = error.span().or(Some(value.span()));
            Bad { message: error.message().to_owned(), span }
        })
    };
    draft.undated = list(value, |level| Ok(levels::undated(level)))?.concat();
    let read = list(value, level);
    let (levels, said) = match read {
        Ok(levels) => (Some(levels), Ok(())),
        Err(bad) => (None, Err(bad)),
    };
    draft.levels = Some((levels, draft.here.clone()));
    said
}

pub(super) fn cadence(draft: &mut Draft, level: &str, value: Value<'_, '_>) -> Result<(), Bad> {
    let every = severity::cadence(&text(value)?).map_err(|error| Bad::new(error.to_string()))?;
    draft.cadences.push((level.to_owned(), every, draft.here.clone()));
    Ok(())
}

pub(super) fn repository(draft: &mut Draft, _: &str, value: Value<'_, '_>) -> Result<(), Bad> {
    // The default named is the default meant, so that the home's own repository is still made by this program.
    draft.config.archive.repository = optional(value)?.filter(|t| t != "postmortems").map(PathBuf::from);
    Ok(())
}

pub(super) fn archive_folder(draft: &mut Draft, _: &str, value: Value<'_, '_>) -> Result<(), Bad> {
    let folder = text(value)?;
    let folder = folder.trim_end_matches('/');
    if folder.starts_with('/') || folder.split('/').any(|part| part == ".." || part == ".git") {
        return Err(Bad::new("must be a folder inside the repository, without .. and not .git"));
    }
    draft.config.archive.folder = folder.to_owned();
    Ok(())
}

pub(super) fn author(draft: &mut Draft, _: &str, value: Value<'_, '_>) -> Result<(), Bad> {
    let author = optional(value)?;
    let fit = |text: &String| {
        let parts = text.strip_suffix('>').and_then(|rest| rest.split_once('<'));
        parts.is_some_and(|(name, mail)| {
            !name.trim().is_empty() && !mail.trim().is_empty() && !mail.contains(['<', '>'])
        })
    };
    if let Some(text) = author.as_ref().filter(|text| !fit(text)) {
        return Err(Bad::new(format!("{text:?} is no author; write \"Name <mail>\"")));
    }
    draft.config.archive.author = author;
    Ok(())
}

pub(super) fn branch(draft: &mut Draft, _: &str, value: Value<'_, '_>) -> Result<(), Bad> {
    draft.config.archive.branch = optional(value)?;
    Ok(())
}

pub(super) fn mouse(draft: &mut Draft, _: &str, value: Value<'_, '_>) -> Result<(), Bad> {
    draft.config.ui.mouse = flag(value)?;
    Ok(())
}

pub(super) fn ascii(draft: &mut Draft, _: &str, value: Value<'_, '_>) -> Result<(), Bad> {
    draft.config.ui.ascii = flag(value)?;
    Ok(())
}

pub(super) fn ui_zone(draft: &mut Draft, _: &str, value: Value<'_, '_>) -> Result<(), Bad> {
    let name = text(value)?;
    draft.config.ui.zone = match name.to_lowercase().as_str() {
        "utc" => UiZone::Utc,
        "local" => UiZone::Local,
        _ => {
            let zone =
                calendar::zone(&name).map_err(|error| Bad::new(format!("{error}, or utc or local")))?;
            UiZone::Named(zone)
        }
    };
    Ok(())
}

pub(super) fn keys(draft: &mut Draft, action: &str, value: Value<'_, '_>) -> Result<(), Bad> {
    let key = |value: Value<'_, '_>| {
        let name =
            value.get_ref().as_str().ok_or_else(|| Bad::at("a key is a text such as \"ctrl-l\"", value))?;
        name.parse::<Key>().map_err(|error| Bad::at(error.to_string(), value))
    };
    let keys = list(value, key)?;
    let Place { file, line } = draft.here.clone();
    draft.config.keys.retain(|binding| binding.action != action);
    draft.config.keys.push(Binding { action: action.to_owned(), keys, file, line: line.unwrap_or(1) });
    Ok(())
}

pub(super) fn my_name(draft: &mut Draft, _: &str, value: Value<'_, '_>) -> Result<(), Bad> {
    let name = text(value)?;
    let person = crate::shell::identity::person(&name).map_err(|error| Bad::new(error.to_string()))?;
    draft.config.me = Some(person);
    Ok(())
}

pub(super) fn signing_key(draft: &mut Draft, _: &str, value: Value<'_, '_>) -> Result<(), Bad> {
    draft.config.signing_key = optional(value)?;
    Ok(())
}
