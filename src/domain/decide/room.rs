//! Rules of the room: declaration, details, impact, severity, phase, milestones, roles, evidence, clocks.

use super::{Case, person, reason, said};
use crate::domain::composed::folded;
use crate::domain::event::{
    ClockBreached, CodeNameSet, Declared, DetailsChanged, DispositionSet, EvidenceAdded, EvidenceAttached,
    EvidenceTransferred, ImpactStated, LinkAdded, MilestoneMarked, MilestoneUnmarked, NewEvent, PhaseEntered,
    RelatedAdded, Reported, RoleHandedOver, RoleReleased, RoleTaken, RunbookAttached, ScopeItemSet,
    SeverityChanged, VisibilitySet,
};
use crate::domain::incident::Incident;
use crate::domain::recurrence::said_of;
use crate::domain::refusal::Refusal;
use crate::domain::request::{Declaration, NewEvidence, Request};
use crate::domain::role;
use crate::domain::severity::{Move, Profile};
use crate::domain::words::{Certainty, DispositionWord, Flag, Milestone};

/// The longest code name: it stands in lists and in the header.
const CODE_NAME: usize = 40;

impl Case<'_> {
    pub(super) fn declare(&self, declaration: &Declaration) -> Result<Vec<NewEvent>, Refusal> {
        if self.incident.is_declared() {
            return Err(Refusal::conflict(format!("{} is declared already", self.incident.id)));
        }
        let profile = &self.asker.policy.profile;
        let mut events = vec![self.event(Declared {
            id: declaration.id,
            title: title(&declaration.title)?,
            kind: declaration.kind,
            profile: profile.name().to_owned(),
            severity: declaration.severity.as_deref().map(|s| grade(profile, s)).transpose()?,
            services: labels(&declaration.services),
            tags: labels(&declaration.tags),
        })];
        if let Some(commander) = &declaration.commander {
            let role = role::COMMANDER.to_owned();
            events.push(self.event(RoleTaken { role, person: person(commander)? }));
        }
        for runbook in &declaration.runbooks {
            events.push(self.event(RunbookAttached {
                name: runbook.name.clone(),
                title: runbook.title.clone(),
                text: runbook.text.clone(),
            }));
        }
        Ok(events)
    }

    pub(super) fn room(&self, request: &Request) -> Result<Vec<NewEvent>, Refusal> {
        let incident = self.incident;
        match request {
            Request::SetDetails { title: new, services, tags, kind } => {
                let services = services.as_deref().map(labels);
                let tags = tags.as_deref().map(labels);
                let change = DetailsChanged {
                    title: new.as_deref().map(title).transpose()?.filter(|t| *t != incident.title),
                    services: services.filter(|s| *s != incident.services),
                    tags: tags.filter(|t| *t != incident.tags),
                    kind: kind.filter(|k| *k != incident.kind),
                };
                if change == DetailsChanged::default() { Ok(Vec::new()) } else { self.one(change) }
            }
            Request::Report { reporter, source, systems } => self.one(Reported {
                reporter: said("reporter", reporter)?,
                source: source.trim().to_owned(),
                systems: labels(systems),
            }),
            Request::StateImpact { text, certainty, customer_data, production, privileged_access } => {
                let was = incident.impact.as_ref();
                let text = match (text, was) {
                    (Some(text), _) => said("impact", text)?,
                    (None, Some(was)) => was.text.clone(),
                    (None, None) => return Err(Refusal::usage("the impact needs a line of text")),
                };
                let flag = |new: &Option<Flag>, old: Option<Flag>| new.or(old).unwrap_or(Flag::Unknown);
                self.one(ImpactStated {
                    text,
                    certainty: certainty.or(was.map(|w| w.certainty)).unwrap_or(Certainty::Suspected),
                    customer_data: flag(customer_data, was.map(|w| w.customer_data)),
                    production: flag(production, was.map(|w| w.production)),
                    privileged_access: flag(privileged_access, was.map(|w| w.privileged_access)),
                })
            }
            Request::SetDisposition { disposition, of, reason: why } => {
                let dismissed =
                    matches!(disposition, DispositionWord::FalseAlarm | DispositionWord::DuplicateOf);
                if *disposition == DispositionWord::DuplicateOf && of.is_none() {
                    return Err(Refusal::usage("a duplicate needs the incident that it is a duplicate of")
                        .hint("say duplicate-of INC-2026-0042"));
                }
                if *of == Some(incident.id) {
                    return Err(Refusal::usage("an incident cannot be a duplicate of itself"));
                }
                let why = if dismissed {
                    reason(&format!("the disposition {disposition}"), why)?
                } else {
                    why.trim().to_owned()
                };
                self.one(DispositionSet { disposition: *disposition, of: *of, reason: why })
            }
            Request::SetVisibility { visibility } => self.one(VisibilitySet { visibility: *visibility }),
            Request::SetCodeName { code_name: new } => {
                let code_name = code_name(new)?;
                if code_name == incident.code_name {
                    Ok(Vec::new())
                } else {
                    self.one(CodeNameSet { code_name })
                }
            }
            Request::AddLink { kind, url } => {
                let (kind, url) = (said("kind of link", kind)?, said("address", url)?);
                let links = &incident.record.links;
                if links.iter().any(|l| l.url == url && l.kind.eq_ignore_ascii_case(&kind)) {
                    return Ok(Vec::new());
                }
                self.one(LinkAdded { kind, url })
            }
            Request::Relate { incident: other, relation } => {
                let other = said("incident", other)?;
                // Stored is the id, so that it links back.
                let id = incident.id.sibling(&other);
                if id == Some(incident.id) {
                    return Err(Refusal::usage("an incident cannot be linked to itself"));
                }
                let other = id.map_or(other, |id| id.to_string());
                let relation = said("relation", relation)?;
                if said_of(&incident.record.related, &other) == Some(relation.as_str()) {
                    return Ok(Vec::new());
                }
                self.one(RelatedAdded { incident: other, relation })
            }
            Request::SetSeverity { to, reason } => self.severity(to.as_deref(), reason),
            Request::SetTarget { .. } | Request::AcknowledgeClock { .. } | Request::RestoreClock { .. } => {
                self.clock(request)
            }
            Request::EnterPhase { phase } => {
                // Opened again it starts over: the phase it was in may be the one that comes back.
                if *phase == incident.phase && !incident.starts_over() && !self.undoing {
                    return Err(Refusal::no(format!("the phase is {phase} already")));
                }
                self.not_before(incident.phase_changed(), || format!("the phase is {}", incident.phase))?;
                self.one(PhaseEntered { phase: *phase })
            }
            Request::Mark { milestone, at } => {
                let mut event = self.event(MilestoneMarked { milestone: *milestone });
                if let Some((at, about)) = at {
                    if self.is_future(*at) {
                        return Err(Refusal::usage("that time is in the future"));
                    }
                    event.occurred_at = Some(*at);
                    event.about = *about;
                }
                if *milestone == Milestone::Resolved && incident.resolved_at.is_none() {
                    // Two names of one thing: marking it ends the clocks as `resolve` does.
                    event.event = crate::domain::event::Resolved::default().into();
                }
                Ok(vec![event])
            }
            Request::Unmark { milestone } => {
                if !incident.milestones.contains_key(milestone) {
                    return Err(Refusal::no(format!("{milestone} is not marked")));
                }
                self.one(MilestoneUnmarked { milestone: *milestone })
            }
            Request::AssignRole { role, person } => self.assign(role, person),
            Request::ReleaseRole { role, person: who } => {
                let role = self.role(role)?;
                let who = self.holding(&role, person(who)?);
                if !incident.roster.holds(&who, &role) {
                    return Err(Refusal::no(format!("{who} is not {role}")));
                }
                self.not_before_holder(&role, &who)?;
                self.one(RoleReleased { role, person: who })
            }
            Request::AddEvidence(evidence) => self.evidence(evidence),
            Request::TransferEvidence { evidence, to, location, reason } => {
                let item = self.evidence_item(*evidence)?;
                let (from, to, location) = (item.holder().to_owned(), person(to)?, location.trim());
                // The same person may take it to another place.
                if to == from && (location.is_empty() || location == item.location) {
                    return Err(Refusal::no(format!("{to} has evidence {evidence} already")));
                }
                // The chain is as long as the log says: nobody hands on what he does not have yet.
                let since = item.custody.last().map_or(item.acquired_at, |c| c.at);
                self.not_before(Some(since), || format!("{from} has evidence {evidence}"))
                    .map_err(|refusal| refusal.hint("write what was before that as a line"))?;
                self.one(EvidenceTransferred {
                    evidence: *evidence,
                    from,
                    to,
                    location: location.to_owned(),
                    reason: reason.trim().to_owned(),
                })
            }
            Request::SetScope { assets, state } => {
                if assets.is_empty() {
                    return Err(Refusal::usage("the scope needs an asset").hint("name at least one"));
                }
                let mut events = Vec::with_capacity(assets.len());
                for asset in assets {
                    let asset = said("asset", asset)?;
                    // What stands there already is not said again.
                    if !incident.record.scope.iter().any(|s| s.asset == asset && s.state == *state) {
                        events.push(self.event(ScopeItemSet { asset, state: *state }));
                    }
                }
                Ok(events)
            }
            Request::RecordBreach { clock, deadline } => {
                let known = incident.clocks.get(clock).is_some_and(|c| c.breached.contains(deadline));
                if known {
                    return Ok(Vec::new());
                }
                // The moment of a breach is its deadline, whoever notices it whenever.
                let mut event = self.event(ClockBreached { clock: clock.clone(), deadline: *deadline });
                event.occurred_at = Some(*deadline);
                Ok(vec![event])
            }
            _ => Err(Refusal::no("this request has no rule")),
        }
    }

    fn severity(&self, to: Option<&str>, why: &str) -> Result<Vec<NewEvent>, Refusal> {
        let profile = self.asker.policy.profile_named(&self.incident.profile);
        let from = self.incident.severity.as_deref();
        let to = to.map(|t| grade(&profile, t)).transpose()?;
        if to.as_deref() == from {
            let now = from.unwrap_or("unset");
            return Err(Refusal::no(format!("the severity is {now} already")));
        }
        let why = if from.is_some() && profile.compare(from, to.as_deref()) == Move::Down {
            // Else it could be lowered in two steps without one.
            let what = if to.is_some() { "lowering the severity" } else { "taking the severity away" };
            reason(what, why)?
        } else {
            why.trim().to_owned()
        };
        let now = || format!("the severity is {}", from.unwrap_or("unset"));
        self.not_before(self.incident.severity_changed(), now)?;
        self.one(SeverityChanged { to, reason: why })
    }

    /// A severity of the incident's profile, by its own name.
    pub(super) fn graded(&self, severity: Option<&str>) -> Result<Option<String>, Refusal> {
        let profile = self.asker.policy.profile_named(&self.incident.profile);
        severity.map(|s| grade(&profile, s)).transpose()
    }

    fn role(&self, text: &str) -> Result<String, Refusal> {
        self.asker.policy.role_named(text).ok_or_else(|| {
            Refusal::usage(format!("{text:?} is not a role"))
                .hint(format!("use one of: {}", self.asker.policy.roles().join(", ")))
        })
    }

    /// The person as the roster has them: a log of an older version may have capitals in a name.
    fn holding(&self, role: &str, who: String) -> String {
        let now = self.incident.roster.now();
        let own = now.iter().find(|held| held.role == role && folded(&held.person) == who);
        own.map_or(who, |held| held.person.clone())
    }

    fn assign(&self, role: &str, who: &str) -> Result<Vec<NewEvent>, Refusal> {
        let role = self.role(role)?;
        let who = self.holding(&role, person(who)?);
        let roster = &self.incident.roster;
        if roster.holds(&who, &role) {
            return Err(Refusal::no(format!("{who} is {role} already")));
        }
        self.not_before_holder(&role, &who)?;
        match roster.holder(&role) {
            Some(from) if !role::may_be_shared(&role) => {
                let from = from.to_owned();
                self.one(RoleHandedOver { role, from, to: who })
            }
            _ => self.one(RoleTaken { role, person: who }),
        }
    }

    fn evidence(&self, evidence: &NewEvidence) -> Result<Vec<NewEvent>, Refusal> {
        let acquired_by = match &evidence.acquired_by {
            Some(name) => person(name)?,
            None => self.asker.by.to_owned(),
        };
        let added = self.event(EvidenceAdded {
            name: said("name of the evidence", &evidence.name)?,
            class: said("class of the evidence", &evidence.class)?,
            source: evidence.source.trim().to_owned(),
            acquired_by,
            location: said("location of the evidence", &evidence.location)?,
            size: evidence.size,
            sha256: evidence.sha256.clone(),
        });
        let Some(entry) = evidence.entry else { return Ok(vec![added]) };
        self.entry(entry)?;
        // The append names the head that it expects, so the item has the position after it.
        let attached = EvidenceAttached { evidence: self.incident.head.next(), entry };
        Ok(vec![added, self.event(attached)])
    }
}

/// What is odd about a person taking a role: a warning, never a refusal (seed `003…`: the commander does not
/// code, the scribe documents).
#[must_use]
pub fn role_warning(incident: &Incident, role: &str, person: &str) -> Option<String> {
    let hands_on = |r: &str| role::is_hands_on(r) || r == role::SCRIBE;
    let other = if role == role::COMMANDER {
        incident.roster.roles_of(person).find(|r| hands_on(r))
    } else if hands_on(role) && incident.roster.holds(person, role::COMMANDER) {
        Some(role)
    } else {
        None
    }?;
    Some(format!("{person} commands and is {other}: the commander coordinates, others write and fix"))
}

/// The severity's own name in the profile.
fn grade(profile: &Profile, text: &str) -> Result<String, Refusal> {
    profile.find(text).map(|l| l.name.clone()).ok_or_else(|| {
        Refusal::usage(format!("{text:?} is not a severity of profile {}", profile.name())).hint(
            if text.trim().eq_ignore_ascii_case(&profile.unset_label()) {
                format!(
                    "{} is none: declare without one, or use unset; else use one of: {}",
                    text.trim(),
                    profile.names()
                )
            } else {
                format!("use one of: {}", profile.names())
            },
        )
    })
}

/// A code name in one short line; empty takes it away.
fn code_name(text: &str) -> Result<String, Refusal> {
    let one_line: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if one_line.chars().count() > CODE_NAME {
        return Err(Refusal::usage(format!("the code name is longer than {CODE_NAME} characters"))
            .hint("one or two words that say nothing about the incident"));
    }
    Ok(one_line)
}

fn title(text: &str) -> Result<String, Refusal> {
    let one_line: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if one_line.is_empty() {
        return Err(Refusal::usage("the title is empty").hint("say in a few words what is wrong"));
    }
    if one_line.chars().count() > 200 {
        return Err(Refusal::usage("the title is longer than 200 characters")
            .hint("say it shorter, and note the rest as a line"));
    }
    Ok(one_line)
}

fn labels(words: &[String]) -> Vec<String> {
    let mut labels: Vec<String> = Vec::new();
    for word in words {
        let word = word.trim().trim_start_matches('#').to_owned();
        if !word.is_empty() && !labels.contains(&word) {
            labels.push(word);
        }
    }
    labels
}
