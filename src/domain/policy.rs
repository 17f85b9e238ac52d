//! What the team has agreed on: severity profile, calendar, roles that must be filled. Built from the
//! configuration once; `decide` and `clocks` read it. It must not read files.

use std::collections::BTreeMap;

use crate::domain::calendar::Calendar;
use crate::domain::role;
use crate::domain::severity::{Level, Profile};
use crate::domain::stories::Rules;
use crate::domain::words::fold_word;

/// The share of a target after which a clock warns unless the team says otherwise (percent).
pub const WARN_AT_PERCENT: i64 = 75;

/// What the team has agreed on.
#[derive(Debug, Clone)]
pub struct Policy {
    /// The profile for new incidents.
    pub profile: Profile,
    /// Business days, holidays and the team's zone.
    pub calendar: Calendar,
    /// Roles that must be filled: severity name → roles by their full names.
    pub required_roles: BTreeMap<String, Vec<String>>,
    /// Roles that the team adds to the built-in ones.
    pub extra_roles: Vec<String>,
    /// What the team says that a role does: full name → duties, the most important first.
    pub role_duties: BTreeMap<String, Vec<String>>,
    /// When lists call a story late.
    pub story_rules: Rules,
    /// The person to whom overdue stories are named.
    pub story_manager: Option<String>,
    /// After how many days without a test or a review a runbook is called stale.
    pub runbook_stale_days: i64,
    /// The share of a target after which a clock warns, in per cent.
    pub warn_percent: i64,
}

/// The roles required at the highest severity unless the team says otherwise (`SPEC.md`, role). Where two are
/// joined by `/`, one of them is enough.
pub const REQUIRED_AT_HIGHEST: &[&str] =
    &["commander", "scribe", "tech-lead/security-lead", "comms", "legal"];
/// The roles required at every other severity.
pub const REQUIRED_ELSE: &[&str] = &["commander"];

impl Policy {
    /// The defaults: profile `p`, UTC, no holidays.
    #[must_use]
    pub fn new(profile: Profile, calendar: Calendar) -> Self {
        Self {
            profile,
            calendar,
            required_roles: BTreeMap::new(),
            extra_roles: Vec::new(),
            role_duties: BTreeMap::new(),
            story_rules: Rules::default(),
            story_manager: None,
            runbook_stale_days: crate::domain::runbook::card::STALE_DAYS,
            warn_percent: WARN_AT_PERCENT,
        }
    }

    /// The profile of that name: the team's own, else a built-in one, else the team's own again, so that an
    /// incident of a profile that is gone can still be read.
    #[must_use]
    pub fn profile_named(&self, name: &str) -> std::borrow::Cow<'_, Profile> {
        if self.profile.name() == name {
            return std::borrow::Cow::Borrowed(&self.profile);
        }
        Profile::builtin(name).map_or(std::borrow::Cow::Borrowed(&self.profile), std::borrow::Cow::Owned)
    }

    /// The level by which an incident of that profile and severity is clocked; unset counts as the highest.
    #[must_use]
    pub fn level(&self, profile: &str, severity: Option<&str>) -> Level {
        self.profile_named(profile).level_or_highest(severity).clone()
    }

    /// The roles that must be filled; alternatives joined by `/`.
    #[must_use]
    pub fn required_roles(&self, profile: &str, severity: Option<&str>) -> Vec<String> {
        let profile = self.profile_named(profile);
        let level = profile.level_or_highest(severity);
        if let Some(roles) =
            self.required_roles.iter().find(|(k, _)| fold_word(k) == fold_word(&level.name)).map(|(_, v)| v)
        {
            return roles.clone();
        }
        let highest = profile.rank(&level.name) == Some(0);
        let default = if highest { REQUIRED_AT_HIGHEST } else { REQUIRED_ELSE };
        default.iter().map(|r| (*r).to_owned()).collect()
    }

    /// The full name of a role by any of its names, the team's own roles included.
    #[must_use]
    pub fn role_named(&self, text: &str) -> Option<String> {
        if let Some(spec) = role::built_in(text) {
            return Some(spec.name.to_owned());
        }
        self.extra_roles.iter().find(|r| fold_word(r) == fold_word(text)).cloned()
    }

    /// What a role does, the most important first, by its full name: as the team says it, else as this program does.
    /// Of a role of the team's own of which it says nothing, nothing is known.
    #[must_use]
    pub fn duties(&self, role: &str) -> Vec<&str> {
        match self.role_duties.get(role) {
            Some(own) => own.iter().map(String::as_str).collect(),
            None => role::duties(role).to_vec(),
        }
    }

    /// Every role there is, the built-in ones first.
    #[must_use]
    pub fn roles(&self) -> Vec<String> {
        role::BUILT_IN.iter().map(|r| r.name.to_owned()).chain(self.extra_roles.iter().cloned()).collect()
    }
}
