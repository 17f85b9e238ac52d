//! Improvement stories as a list: what is overdue, what is due soon, and a filter in words. The same for the board, the
//! command line and the report. It must not read a clock: the day comes in.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use crate::domain::composed::folded;
use crate::domain::ids::IncidentId;
use crate::domain::recurrence::AGAIN;
use crate::domain::summary::{StorySummary, Summary};
use crate::domain::time::{Span, parse_span};
use crate::domain::words::{StoryKind, StoryState, fold_word};

/// How many days ahead a story counts as due soon, unless the team says otherwise.
pub const REMIND_DAYS: i64 = 7;

/// After how many days a story without an owner is called unassigned for too long, unless the team says otherwise.
pub const ASSIGN_DAYS: i64 = 3;

/// When a list calls a story late.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rules {
    /// How many days before its day it is due soon.
    pub remind: i64,
    /// Within how many days of filing somebody must have taken it; absent: there is no such day.
    pub assign: Option<i64>,
}

impl Default for Rules {
    fn default() -> Self {
        Self { remind: REMIND_DAYS, assign: Some(ASSIGN_DAYS) }
    }
}

/// The day by which somebody must have taken a story: none when somebody has, or when it is done.
#[must_use]
pub fn assign_by(story: &StorySummary, rules: Rules) -> Option<NaiveDate> {
    if story.owner.is_some() || !story.is_unshipped() {
        return None;
    }
    story.filed_at.date_naive().checked_add_signed(Span::try_days(rules.assign?)?)
}

/// Nobody has taken it, and the day by which somebody should have has passed.
#[must_use]
pub fn is_orphaned(story: &StorySummary, today: NaiveDate, rules: Rules) -> bool {
    assign_by(story, rules).is_some_and(|day| day < today)
}

/// Where a story stands in a list; in the order of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Standing {
    /// It has not shipped, and what it should have prevented happened again.
    Again,
    /// Nobody has taken it in the time that the team gives itself for that.
    Orphaned,
    /// Its day has passed and it has not shipped.
    Overdue,
    /// It is due within the days that the team is reminded before.
    Soon,
    /// It is due after that.
    Later,
    /// It has no day.
    Undated,
    /// It shipped and nobody has shown that it works.
    Unverified,
    /// It is verified or given up.
    Done,
}

impl Standing {
    /// Where a story stands on a day.
    #[must_use]
    pub fn of(story: &StorySummary, today: NaiveDate, rules: Rules) -> Self {
        if story.is_unshipped() && !story.raised_by.is_empty() {
            return Self::Again;
        }
        if is_orphaned(story, today, rules) {
            return Self::Orphaned;
        }
        match story.state {
            StoryState::Shipped => Self::Unverified,
            StoryState::Verified | StoryState::Dropped => Self::Done,
            StoryState::Filed | StoryState::Started => match story.due {
                None => Self::Undated,
                Some(due) if due < today => Self::Overdue,
                Some(due) if (due - today).num_days() <= rules.remind => Self::Soon,
                Some(_) => Self::Later,
            },
        }
    }

    /// Its heading in a list.
    #[must_use]
    pub fn heading(self, rules: Rules) -> String {
        let remind = rules.remind;
        match self {
            Self::Again => "It happened again".to_owned(),
            Self::Orphaned => {
                let days = rules.assign.map_or_else(String::new, |days| format!(" within {days}d"));
                format!("Nobody took it{days}")
            }
            Self::Overdue => "Overdue".to_owned(),
            Self::Soon => format!("Due within {remind}d"),
            Self::Later => "Later".to_owned(),
            Self::Undated => "Without a day".to_owned(),
            Self::Unverified => "Shipped, not verified".to_owned(),
            Self::Done => "Verified or dropped".to_owned(),
        }
    }
}

/// Puts beside each story that has not shipped the later incidents that were the same failure, told by a person:
/// those that recur, and what recurs of those.
pub fn raise(stories: &mut [StorySummary], rows: &[Summary]) {
    let mut again: BTreeMap<String, Vec<IncidentId>> = BTreeMap::new();
    for row in rows.iter().filter(|row| row.is_counted()) {
        for related in row.related.iter().filter(|related| related.relation == AGAIN) {
            again.entry(related.incident.clone()).or_default().push(row.id);
        }
    }
    for story in stories.iter_mut().filter(|story| story.is_unshipped()) {
        let mut found: Vec<IncidentId> = Vec::new();
        let mut next = vec![story.incident];
        while let Some(id) = next.pop() {
            for later in again.get(&id.to_string()).into_iter().flatten() {
                if *later != story.incident && !found.contains(later) {
                    found.push(*later);
                    next.push(*later);
                }
            }
        }
        found.sort_unstable();
        story.raised_by = found;
    }
}

/// How far its day is: `over 12d`, `due today`, `in 3d`; `no day` without one, the state when nothing is due.
#[must_use]
pub fn distance(story: &StorySummary, today: NaiveDate) -> String {
    if !story.is_unshipped() {
        return story.state.to_string();
    }
    match story.due.map(|due| (due - today).num_days()) {
        None => "no day".to_owned(),
        Some(0) => "due today".to_owned(),
        Some(days) if days < 0 => format!("over {}d", -days),
        Some(days) => format!("in {days}d"),
    }
}

/// Orders stories as a list shows them: those that nobody took first, then overdue ones, the longest in front; what is done last, the newest in front.
pub fn sort(stories: &mut [StorySummary], today: NaiveDate, rules: Rules) {
    stories.sort_by(|a, b| {
        let standing = |s: &StorySummary| Standing::of(s, today, rules);
        standing(a).cmp(&standing(b)).then_with(|| match standing(a) {
            Standing::Overdue | Standing::Soon | Standing::Later => a.due.cmp(&b.due).then(a.id.cmp(&b.id)),
            Standing::Again | Standing::Orphaned | Standing::Undated => {
                a.filed_at.cmp(&b.filed_at).then(a.id.cmp(&b.id))
            }
            Standing::Unverified => a.changed_at.cmp(&b.changed_at).then(a.id.cmp(&b.id)),
            Standing::Done => b.changed_at.cmp(&a.changed_at).then(a.id.cmp(&b.id)),
        })
    });
}

/// Whether a story is of the owner that a list is to show; `-` and `nobody` are those without one.
#[must_use]
pub fn is_of(owner: Option<&str>, wanted: &str) -> bool {
    let wanted = folded(wanted.trim().trim_start_matches('@'));
    match owner {
        Some(owner) => folded(owner) == wanted,
        None => matches!(wanted.as_str(), "" | "-" | "nobody"),
    }
}

/// Which stories a list shows, as it is typed: words, `@owner` (`@-`: nobody), `inc:42`, `sev:P1`, `state:shipped`,
/// `kind:detective`, `due:7d`. All of them must hold. Without a state, what is verified or dropped is left out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    words: Vec<String>,
    owner: Option<String>,
    incident: Option<String>,
    severity: Option<String>,
    state: Option<StoryState>,
    kind: Option<StoryKind>,
    within: Option<i64>,
    all: bool,
}

impl Filter {
    /// Reads a filter.
    ///
    /// # Errors
    /// What is not understood, and what it may be.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut filter = Self::default();
        for word in text.split_whitespace() {
            if let Some(owner) = word.strip_prefix('@') {
                filter.owner = Some(owner.to_lowercase());
                continue;
            }
            match word.split_once(':') {
                Some(("owner", value)) => filter.owner = Some(value.trim_start_matches('@').to_lowercase()),
                Some(("inc" | "incident", value)) => filter.incident = Some(value.to_lowercase()),
                Some(("sev" | "severity", value)) => filter.severity = Some(fold_word(value)),
                Some(("state", "all")) => filter.all = true,
                Some(("state", value)) => {
                    filter.state = Some(value.parse().map_err(|e| format!("{e}, or all"))?);
                }
                Some(("kind", value)) => {
                    filter.kind =
                        Some(value.parse().map_err(|e: crate::domain::words::UnknownWord| e.to_string())?);
                }
                Some(("due", value)) => {
                    let span =
                        parse_span(value).map_err(|_| format!("due:{value} is no time: due:7d, due:2w"))?;
                    filter.within = Some(span.num_days());
                }
                _ => filter.words.push(word.to_lowercase()),
            }
        }
        Ok(filter)
    }

    /// Whether a story is shown.
    #[must_use]
    pub fn shows(&self, story: &StorySummary, today: NaiveDate) -> bool {
        let done = matches!(story.state, StoryState::Verified | StoryState::Dropped);
        let state = match self.state {
            Some(state) => story.state == state,
            None => self.all || !done,
        };
        let owner = |wanted: &String| is_of(story.owner.as_deref(), wanted);
        let incident = |wanted: &String| {
            let id = story.incident.to_string().to_lowercase();
            id == *wanted || wanted.parse::<u32>().is_ok_and(|n| n == story.incident.number)
        };
        let severity =
            |wanted: &String| story.severity.as_deref().is_some_and(|own| fold_word(own) == *wanted);
        let within =
            |days: i64| story.is_unshipped() && story.due.is_some_and(|due| (due - today).num_days() <= days);
        let text = || format!("{} {} {}", story.id, story.title, story.external).to_lowercase();
        state
            && self.owner.as_ref().is_none_or(owner)
            && self.incident.as_ref().is_none_or(incident)
            && self.severity.as_ref().is_none_or(severity)
            && self.kind.is_none_or(|kind| story.kind == Some(kind))
            && self.within.is_none_or(within)
            && (self.words.is_empty() || {
                let text = text();
                self.words.iter().all(|word| text.contains(word.as_str()))
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::StoryId;

    fn story(number: u32, due: Option<&str>, state: StoryState, owner: Option<&str>) -> StorySummary {
        let incident = IncidentId { year: 2026, number: 42 };
        StorySummary {
            id: StoryId { incident, number },
            incident,
            title: format!("Scan logs {number}"),
            owner: owner.map(str::to_owned),
            due: due.map(|d| d.parse().unwrap()),
            severity: Some("P2".into()),
            kind: Some(StoryKind::Detective),
            state,
            proof: String::new(),
            external: String::new(),
            link: String::new(),
            reason: String::new(),
            filed_at: "2026-11-01T00:00:00Z".parse().unwrap(),
            changed_at: "2026-11-01T00:00:00Z".parse().unwrap(),
            raised_by: Vec::new(),
        }
    }

    fn today() -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 11, 25).unwrap()
    }

    #[test]
    fn overdue_comes_first_and_the_longest_in_front() {
        let mut all = vec![
            story(1, Some("2027-01-01"), StoryState::Filed, Some("bob")),
            story(2, Some("2026-11-20"), StoryState::Started, Some("bob")),
            story(3, None, StoryState::Filed, Some("bob")),
            story(4, Some("2026-10-01"), StoryState::Filed, Some("bob")),
            story(5, Some("2026-10-01"), StoryState::Verified, None),
            story(6, Some("2026-11-30"), StoryState::Filed, Some("bob")),
            story(7, Some("2026-10-01"), StoryState::Shipped, None),
        ];
        sort(&mut all, today(), Rules::default());
        let order: Vec<u32> = all.iter().map(|s| s.id.number).collect();
        assert_eq!(order, [4, 2, 6, 1, 3, 7, 5]);
        let words: Vec<String> = all.iter().map(|s| distance(s, today())).collect();
        assert_eq!(words, ["over 55d", "over 5d", "in 5d", "in 37d", "no day", "shipped", "verified"]);
    }

    #[test]
    fn what_nobody_took_in_time_comes_before_all() {
        // Filed on the first of November.
        let mut all = vec![
            story(1, Some("2026-11-20"), StoryState::Filed, Some("bob")),
            story(2, Some("2027-01-01"), StoryState::Filed, None),
            story(3, None, StoryState::Shipped, None),
        ];
        sort(&mut all, today(), Rules::default());
        assert_eq!(all.iter().map(|s| s.id.number).collect::<Vec<_>>(), [2, 1, 3]);
        assert_eq!(Standing::of(&all[0], today(), Rules::default()), Standing::Orphaned);
        let on = |day: &str| Standing::of(&all[0], day.parse().unwrap(), Rules::default());
        assert_eq!((on("2026-11-04"), on("2026-11-05")), (Standing::Later, Standing::Orphaned));
        assert_eq!(Standing::Orphaned.heading(Rules::default()), "Nobody took it within 3d");
        let never = Rules { assign: None, ..Rules::default() };
        assert_eq!(Standing::of(&all[0], today(), never), Standing::Later);
    }

    #[test]
    fn what_happened_again_comes_before_all_while_it_has_not_shipped() {
        let again = vec![IncidentId { year: 2026, number: 50 }];
        let mut all = vec![
            story(1, Some("2026-01-01"), StoryState::Filed, Some("bob")),
            StorySummary {
                raised_by: again.clone(),
                ..story(2, Some("2027-01-01"), StoryState::Started, Some("bob"))
            },
            StorySummary { raised_by: again, ..story(3, None, StoryState::Shipped, Some("bob")) },
        ];
        sort(&mut all, today(), Rules::default());
        assert_eq!(all.iter().map(|s| s.id.number).collect::<Vec<_>>(), [2, 1, 3]);
        let standing = |nth: usize| Standing::of(&all[nth], today(), Rules::default());
        assert_eq!((standing(0), standing(2)), (Standing::Again, Standing::Unverified));
    }

    #[test]
    fn a_filter_reads_words_owner_and_fields() {
        let all = [
            story(1, Some("2026-11-28"), StoryState::Filed, Some("bob")),
            story(2, Some("2027-03-01"), StoryState::Started, Some("carol")),
            story(3, Some("2026-10-01"), StoryState::Verified, Some("bob")),
            story(4, None, StoryState::Filed, None),
        ];
        let shown = |text: &str| -> Vec<u32> {
            let filter = Filter::parse(text).unwrap();
            all.iter().filter(|s| filter.shows(s, today())).map(|s| s.id.number).collect()
        };
        assert_eq!(shown(""), [1, 2, 4]);
        assert_eq!(shown("state:all"), [1, 2, 3, 4]);
        assert_eq!(shown("@bob"), [1]);
        assert_eq!(shown("@nobody"), [4]);
        assert_eq!(shown("owner:-"), [4]);
        assert!(is_of(Some("rene\u{301}"), "@Ren\u{e9}"), "an old log has the mark apart");
        assert_eq!(shown("@Bob state:verified"), [3]);
        assert_eq!(shown("due:7d"), [1]);
        assert_eq!(shown("inc:42 sev:p2 kind:detective scan /s2"), [2]);
        assert_eq!(shown("inc:INC-2026-0043"), [0_u32; 0]);
        assert!(Filter::parse("state:lost").unwrap_err().contains("all"));
        assert!(Filter::parse("kind:nice").is_err() && Filter::parse("due:soon").is_err());
    }
}
