//! The people of the team, as `people.toml` lists them, and who is to be called next when the directory is down. It
//! must not read files, and nothing of it goes into a log, an export or a commit.

use super::zone::Tz;
use crate::domain::composed::{folded, same};
use crate::domain::incident::Incident;
use crate::domain::policy::Policy;
use crate::domain::runbook::SectionRole;

/// Somebody of the team.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Person {
    /// The handle, as roles and asks name them.
    pub handle: String,
    /// The whole name.
    pub name: String,
    /// The number to call.
    pub phone: String,
    /// Where they are.
    pub zone: Option<Tz>,
    /// The roles that they usually hold, by their full names.
    pub roles: Vec<String>,
    /// The handle of whoever is called when they do not answer.
    pub backup: Option<String>,
    /// Their team.
    pub team: String,
    /// What they know best.
    pub expertise: Vec<String>,
}

/// Everybody of `people.toml`, in its order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct People {
    list: Vec<Person>,
}

impl People {
    /// A list of people; of two with one handle the first counts.
    #[must_use]
    pub fn new(list: Vec<Person>) -> Self {
        Self { list }
    }

    /// Everybody.
    #[must_use]
    pub fn all(&self) -> &[Person] {
        &self.list
    }

    /// Somebody by the handle, without case.
    #[must_use]
    pub fn find(&self, handle: &str) -> Option<&Person> {
        let handle = folded(handle.trim().trim_start_matches('@'));
        self.list.iter().find(|p| folded(&p.handle) == handle)
    }

    /// Those who usually hold a role, by its full name.
    pub fn usual<'a>(&'a self, role: &'a str) -> impl Iterator<Item = &'a Person> {
        self.list.iter().filter(move |p| p.roles.iter().any(|r| r == role))
    }

    /// Somebody, then whoever stands in for them, one after the other; each once.
    #[must_use]
    pub fn chain(&self, handle: &str) -> Vec<&Person> {
        let mut chain: Vec<&Person> = Vec::new();
        let mut next = self.find(handle);
        while let Some(person) = next.filter(|p| !chain.iter().any(|c| c.handle == p.handle)) {
            chain.push(person);
            next = person.backup.as_deref().and_then(|backup| self.find(backup));
        }
        chain
    }
}

/// A role that may have to be called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallLine {
    /// The role by its full name; empty where the runbook names something else.
    pub role: String,
    /// What the runbook says of it under Escalation.
    pub said: String,
    /// Whom to call, in this order.
    pub calls: Vec<Call>,
}

/// A call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// Whom.
    pub handle: String,
    /// Why them.
    pub why: String,
}

/// Who is to be called next: the lines of the attached runbooks' Escalation first, then the roles of the room that
/// they do not name.
#[must_use]
pub fn calls(incident: &Incident, policy: &Policy, people: &People) -> Vec<CallLine> {
    let mut lines: Vec<CallLine> = Vec::new();
    for attached in incident.checklist.runbooks() {
        let sections = attached.runbook.sections.iter().filter(|s| s.role == SectionRole::Escalation);
        for item in sections.flat_map(|s| &s.items) {
            let head = item.text.split_once(':').map_or("", |(head, _)| head);
            let role = policy.role_named(head).unwrap_or_default();
            let calls = if role.is_empty() { Vec::new() } else { called(incident, people, &role) };
            lines.push(CallLine { role, said: item.text.clone(), calls });
        }
    }
    let held = incident.roster.now().into_iter().map(|h| h.role.clone());
    let required = policy.required_roles(&incident.profile, incident.severity.as_deref());
    let required = required.iter().flat_map(|r| r.split('/')).filter_map(|r| policy.role_named(r));
    for role in held.chain(required).collect::<Vec<_>>() {
        if !lines.iter().any(|line| line.role == role) {
            let calls = called(incident, people, &role);
            lines.push(CallLine { role, said: String::new(), calls });
        }
    }
    lines
}

/// Whoever holds a role, then those who stand in for them, then those who usually hold it.
fn called(incident: &Incident, people: &People, role: &str) -> Vec<Call> {
    let mut calls: Vec<Call> = Vec::new();
    let mut add = |handle: &str, why: String| {
        if !calls.iter().any(|c| same(&c.handle, handle)) {
            calls.push(Call { handle: handle.to_owned(), why });
        }
    };
    let now = incident.roster.now();
    for holder in now.iter().filter(|h| h.role == role) {
        add(&holder.person, "holds it".to_owned());
        stand_ins(people, &holder.person, &mut add);
    }
    for person in people.usual(role) {
        add(&person.handle, "usually holds it".to_owned());
        stand_ins(people, &person.handle, &mut add);
    }
    calls
}

fn stand_ins(people: &People, handle: &str, add: &mut impl FnMut(&str, String)) {
    let chain = people.chain(handle);
    for pair in chain.windows(2) {
        if let [before, backup] = pair {
            add(&backup.handle, format!("backup of {}", before.handle));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::incident::tests::Room;
    use crate::domain::request::{Request, RunbookText};

    fn person(handle: &str, roles: &[&str], backup: Option<&str>) -> Person {
        Person {
            handle: handle.to_owned(),
            roles: roles.iter().map(|r| (*r).to_owned()).collect(),
            backup: backup.map(str::to_owned),
            ..Person::default()
        }
    }

    fn team() -> People {
        People::new(vec![
            person("alice", &["commander"], Some("dora")),
            person("dora", &["deputy", "commander"], Some("alice")),
            person("erin", &["security-lead"], None),
        ])
    }

    #[test]
    fn a_chain_of_backups_ends_where_it_began() {
        let people = team();
        let handles = |of: &str| people.chain(of).iter().map(|p| p.handle.clone()).collect::<Vec<_>>();
        assert_eq!(handles("@Alice"), ["alice", "dora"]);
        assert_eq!(handles("erin"), ["erin"]);
        assert!(handles("nobody").is_empty());
    }

    #[test]
    fn the_escalation_of_the_runbook_comes_first_and_names_people() {
        let mut room = Room::declared();
        room.ask(Request::AttachRunbook(RunbookText {
            name: "stolen".into(),
            title: "Stolen".into(),
            text:
                "# Stolen\n\n## Escalation\n\n- Security lead: at once.\n- The cloud's line: when in doubt.\n"
                    .into(),
        }));
        let lines = calls(&room.incident, &room.policy, &team());
        let said: Vec<(&str, Vec<&str>)> = lines
            .iter()
            .map(|l| (l.role.as_str(), l.calls.iter().map(|c| c.handle.as_str()).collect()))
            .collect();
        assert_eq!(said[0], ("security-lead", vec!["erin"]));
        assert_eq!(said[1], ("", vec![]));
        assert_eq!(lines[1].said, "The cloud's line: when in doubt.");
        assert_eq!(said[2], ("commander", vec!["alice", "dora"]));
        assert_eq!(lines[2].calls[1].why, "backup of alice");
        assert!(said.iter().any(|(role, calls)| *role == "legal" && calls.is_empty()));
    }
}
