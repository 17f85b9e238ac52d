//! The configuration: what each setting is when nobody has set it, and what the files say. It must not decide what a
//! setting means for an incident.
//!
//! Layers, the later wins: the defaults, the user's own file (`$XDG_CONFIG_HOME/warroom/config.toml`), the home's
//! `warroom.toml`, the environment (`WARROOM_AS`, `NO_COLOR`), flags (`--as`). A setting is replaced as a whole, never
//! merged with the one below; `[keys]`, `[clock.cadences]`, `[roles.required]` and `[ui.colours]` are replaced entry by entry.
//! `[me]` is read from the user's own file only.

mod explain;
mod keys;
mod problem;
mod read;
mod settings;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::app::colour::{Colour, Colours};
use crate::app::key::Key;
use crate::domain::calendar::Calendar;
use crate::domain::people::People;
use crate::domain::policy::Policy;
use crate::domain::severity::Profile;
use crate::domain::stories::Rules;
use crate::domain::zone::Tz;
use crate::shell::environment::Environment;

pub use explain::{Origin, Shown, configuration_markdown};
pub use problem::{BadConfig, ConfigProblem};
pub use read::people_file;
pub use settings::default_file;

/// The largest configuration file that is read, in bytes.
pub const LARGEST_FILE: u64 = 1 << 20;

/// The themes that `[ui] theme` may name.
pub const THEMES: &[&str] = &["default", "light", "mono"];

/// Every setting, with its default where no file sets it.
#[derive(Debug, Clone, PartialEq)]
pub struct Config {
    /// `[severity]`: the levels, with the cadences of `[clock]` applied.
    pub profile: Profile,
    /// `[calendar]`.
    pub calendar: Calendar,
    /// `[roles]`.
    pub roles: Roles,
    /// `[archive]`.
    pub archive: Archive,
    /// When lists call something late.
    pub lists: Lists,
    /// `[ui]`.
    pub ui: Ui,
    /// `[keys]`: remapped actions, in the order of the files.
    pub keys: Vec<Binding>,
    /// `[me] name`.
    pub me: Option<String>,
    /// `[me] signing-key`: the SSH key that signs heads of logs. A leading `~/` is the user's folder.
    pub signing_key: Option<String>,
}

/// Roles beside the built-in ones, what they do, and which must be filled.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Roles {
    /// Roles that the team adds.
    pub extra: Vec<String>,
    /// What a role does, in the team's words: by its full name, the most important first.
    pub duties: BTreeMap<String, Vec<String>>,
    /// The required roles by severity, as configured; see [`Roles::required_at`].
    pub required: Vec<Required>,
}

/// The roles required at one level.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Required {
    /// The name of the level.
    pub level: String,
    /// Each entry must be filled.
    pub roles: Vec<RoleChoice>,
}

/// One required role, or several of which one is enough (`tech-lead|security-lead`). Never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleChoice(pub Vec<String>);

/// When lists call something late.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lists {
    /// How many days before its day a story is called due soon.
    pub remind_days: i64,
    /// Within how many days of filing somebody must have taken a story; `None`: there is no such day.
    pub assign_days: Option<i64>,
    /// The person to whom overdue stories are named.
    pub manager: Option<String>,
    /// After how many days without a test or a review a runbook is called stale.
    pub stale_days: i64,
    /// The share of a target after which a clock warns, in per cent.
    pub warn_percent: i64,
}

impl Default for Lists {
    fn default() -> Self {
        Self {
            remind_days: crate::domain::stories::REMIND_DAYS,
            assign_days: Some(crate::domain::stories::ASSIGN_DAYS),
            manager: None,
            stale_days: crate::domain::runbook::card::STALE_DAYS,
            warn_percent: crate::domain::policy::WARN_AT_PERCENT,
        }
    }
}

/// Where published postmortems go.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Archive {
    /// The git repository; relative to the home. `None`: `postmortems/` of the home.
    pub repository: Option<PathBuf>,
    /// The folder inside the repository; empty: its root.
    pub folder: String,
    /// `Name <mail>` of commits. `None`: as git is configured.
    pub author: Option<String>,
    /// The branch that must be checked out to publish or import. `None`: any.
    pub branch: Option<String>,
}

/// How the screen looks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ui {
    /// One of [`THEMES`].
    pub theme: String,
    /// `[ui.colours]`: in place of the theme's, by the name of the part.
    pub colours: BTreeMap<String, Colour>,
    /// Whether the mouse is used.
    pub mouse: bool,
    /// The zone in which times of day are shown and typed.
    pub zone: UiZone,
    /// Whether frames and marks are drawn with ASCII only.
    pub ascii: bool,
}

/// The zone of the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UiZone {
    /// UTC.
    Utc,
    /// The zone of this host.
    Local,
    /// A zone of the IANA database.
    Named(Tz),
}

/// A remapped action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binding {
    /// The name of the action, as `?` lists it.
    pub action: String,
    /// Its keys; none: only by `?`.
    pub keys: Vec<Key>,
    /// Where it was set.
    pub file: PathBuf,
    /// The line in that file, from 1.
    pub line: usize,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            profile: Profile::default(),
            calendar: Calendar::plain(Tz::UTC),
            roles: Roles::default(),
            archive: Archive::default(),
            lists: Lists::default(),
            ui: Ui {
                theme: "default".into(),
                colours: BTreeMap::new(),
                mouse: false,
                zone: UiZone::Utc,
                ascii: false,
            },
            keys: Vec::new(),
            me: None,
            signing_key: None,
        }
    }
}

impl Config {
    /// Reads the layers; files that do not exist are skipped. The configuration returned beside problems has the
    /// defaults where a value could not be read: fit for `doctor` and for showing, not for writing.
    #[must_use]
    pub fn read(home_file: Option<&Path>, user_file: Option<&Path>) -> (Self, Vec<ConfigProblem>) {
        let read = read_layers(home_file, user_file);
        (read.config, read.problems)
    }

    /// What is taken as it stands and may not be meant so; it stops nothing.
    #[must_use]
    pub fn notes(home_file: Option<&Path>, user_file: Option<&Path>) -> Vec<ConfigProblem> {
        read_layers(home_file, user_file).notes
    }

    /// Every setting as it is now, and where that comes from; what is wrong is left out.
    #[must_use]
    pub fn explain(home_file: Option<&Path>, user_file: Option<&Path>) -> Vec<Shown> {
        let read = read_layers(home_file, user_file);
        explain::shown(&read.config, &read.sets)
    }

    /// Reads the layers, as [`Config::read`].
    ///
    /// # Errors
    /// [`BadConfig`] with every problem (a usage error).
    pub fn load(home_file: Option<&Path>, user_file: Option<&Path>) -> Result<Self, BadConfig> {
        match Self::read(home_file, user_file) {
            (config, problems) if problems.is_empty() => Ok(config),
            (_, problems) => Err(BadConfig { problems }),
        }
    }
}

fn read_layers(home_file: Option<&Path>, user_file: Option<&Path>) -> read::Layers {
    let mut reader = read::Reader::default();
    if let Some(path) = user_file {
        reader.file(path, read::Whose::User);
    }
    if let Some(path) = home_file {
        reader.file(path, read::Whose::Home);
    }
    let mut read = reader.finish();
    read.problems.extend(keys::problems(&read.config.keys));
    read
}

impl Ui {
    /// The colours of the theme, with the team's own.
    #[must_use]
    pub fn look(&self) -> Colours {
        let mut colours = Colours::of(&self.theme);
        for (part, colour) in &self.colours {
            colours.set(part, *colour);
        }
        colours
    }
}

impl Config {
    /// What the team has agreed on.
    #[must_use]
    pub fn policy(&self) -> Policy {
        let mut policy = Policy::new(self.profile.clone(), self.calendar.clone());
        policy.story_rules = Rules { remind: self.lists.remind_days, assign: self.lists.assign_days };
        policy.story_manager.clone_from(&self.lists.manager);
        policy.runbook_stale_days = self.lists.stale_days;
        policy.warn_percent = self.lists.warn_percent;
        policy.extra_roles.clone_from(&self.roles.extra);
        policy.role_duties.clone_from(&self.roles.duties);
        for required in &self.roles.required {
            let roles = required.roles.iter().map(|choice| choice.0.join("/")).collect();
            policy.required_roles.insert(required.level.clone(), roles);
        }
        policy
    }

    /// Reads `people.toml`, with what is wrong in it: that stops nothing.
    #[must_use]
    pub fn people(&self, file: &Path) -> (People, Vec<ConfigProblem>) {
        read::people(file, &self.policy())
    }
}

impl Roles {
    /// The roles that must be filled at a severity (`None`: unset, which counts as the highest). Where the
    /// configuration says nothing: commander, scribe, tech-lead or security-lead, comms and legal at the highest
    /// level, the commander at the others.
    #[must_use]
    pub fn required_at(&self, profile: &Profile, severity: Option<&str>) -> Vec<RoleChoice> {
        let level = &profile.level_or_highest(severity).name;
        if let Some(required) = self.required.iter().find(|r| profile.rank(&r.level) == profile.rank(level)) {
            return required.roles.clone();
        }
        let names: &[&str] = if *level == profile.highest().name {
            &["commander", "scribe", "tech-lead|security-lead", "comms", "legal"]
        } else {
            &["commander"]
        };
        names.iter().map(|name| RoleChoice::of(name)).collect()
    }
}

impl RoleChoice {
    /// Splits `tech-lead|security-lead`.
    fn of(text: &str) -> Self {
        Self(text.split('|').map(|role| role.trim().to_owned()).collect())
    }
}

impl std::fmt::Display for RoleChoice {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0.join(" or "))
    }
}

impl UiZone {
    /// The zone itself.
    #[must_use]
    pub fn zone(self, environment: &Environment) -> Tz {
        match self {
            Self::Utc => Tz::UTC,
            Self::Local => environment.zone(),
            Self::Named(zone) => zone,
        }
    }
}
