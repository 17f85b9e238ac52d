//! Reads `people.toml`: who can be reached how. What is wrong is told, and what could be read is used: this file must
//! never stop a room.

use std::path::Path;

use toml::de::{DeTable, DeValue};

use super::{Bad, Value, did_you_mean, line_of, list, text, text_of};
use crate::domain::calendar;
use crate::domain::people::{People, Person};
use crate::domain::policy::Policy;
use crate::shell::config::problem::ConfigProblem;

/// A field of a person: its name, an example, and what it is.
pub(in crate::shell::config) const FIELDS: [(&str, &str, &str); 8] = [
    ("handle", "\"alice\"", "The short name by which roles and asks name them; needed."),
    ("name", "\"Alice Example\"", "The whole name."),
    ("phone", "\"+49 30 5550100\"", "The number to call when nothing else works."),
    ("zone", "\"Europe/Berlin\"", "Where they are: their local time is shown beside the number."),
    (
        "roles",
        "[\"commander\", \"deputy\"]",
        "The roles that they usually hold; they come first when one is given.",
    ),
    ("backup", "\"bob\"", "Who is called when they do not answer."),
    ("team", "\"platform\"", "Their team."),
    ("expertise", "[\"payments\", \"kms\"]", "What they know best."),
];

/// Reads the file; one that is not there is an empty list.
pub(in crate::shell::config) fn people(path: &Path, policy: &Policy) -> (People, Vec<ConfigProblem>) {
    let mut problems = Vec::new();
    let mut problem = |line: Option<usize>, message: String| {
        problems.push(ConfigProblem { file: path.to_owned(), line, message });
    };
    let text = match text_of(path) {
        Ok(Some(text)) => text,
        Ok(None) => return (People::default(), problems),
        Err((line, message)) => {
            problem(line, message);
            return (People::default(), problems);
        }
    };
    let (table, errors) = DeTable::parse_recoverable(&text);
    for error in &errors {
        let line = error.span().map(|span| line_of(&text, span.start));
        problem(line, format!("this is not TOML: {}", error.message()));
    }
    let mut found: Vec<(Person, usize, Option<usize>)> = Vec::new();
    for (name, value) in table.get_ref() {
        let line = line_of(&text, name.span().start);
        let people = match (name.get_ref().as_ref(), value.get_ref()) {
            ("person", DeValue::Array(people)) => people,
            (name, _) => {
                let near = if name == "person" { String::new() } else { format!(" {name:?} is none of it;") };
                problem(
                    Some(line),
                    format!(
                        "people are written as [[person]], one table each;{near} see `warroom people --help`"
                    ),
                );
                continue;
            }
        };
        for value in people {
            let at = line_of(&text, value.span().start);
            let Some(fields) = value.get_ref().as_table() else {
                problem(Some(at), "a person is a table: write [[person]] and the fields below it".to_owned());
                continue;
            };
            let mut person = Person::default();
            let mut backup_line = None;
            for (field, value) in fields {
                let line = line_of(&text, field.span().start);
                let field = field.get_ref().as_ref();
                if field == "backup" {
                    backup_line = Some(line);
                }
                if let Err(bad) = set(&mut person, field, value, policy) {
                    let line = bad.span.map_or(line, |span| line_of(&text, span.start));
                    problem(Some(line), format!("{field}: {}", bad.message));
                }
            }
            if person.handle.is_empty() {
                let there = fields.iter().any(|(name, _)| name.get_ref().as_ref() == "handle");
                if !there {
                    problem(Some(at), "this person has no handle; write handle = \"alice\"".to_owned());
                }
            } else if let Some((_, first, _)) = found.iter().find(|(p, ..)| p.handle == person.handle) {
                problem(Some(at), format!("{:?} is there already, from line {first}", person.handle));
            } else {
                found.push((person, at, backup_line));
            }
        }
    }
    let handles: Vec<String> = found.iter().map(|(p, ..)| p.handle.clone()).collect();
    for (person, at, line) in &mut found {
        if let Some(backup) = person.backup.clone()
            && (!handles.contains(&backup) || backup == person.handle)
        {
            let near =
                did_you_mean(&backup, handles.iter().filter(|h| **h != person.handle).map(String::as_str));
            problem(line.or(Some(*at)), format!("backup: {backup:?} is nobody else in this file{near}"));
            person.backup = None;
        }
    }
    (People::new(found.into_iter().map(|(person, ..)| person).collect()), problems)
}

fn set(person: &mut Person, field: &str, value: Value<'_, '_>, policy: &Policy) -> Result<(), Bad> {
    let handle = |value| {
        let name = text(value)?;
        crate::domain::decide::person(&name).map_err(|refusal| Bad::new(refusal.message))
    };
    match field {
        "handle" => person.handle = handle(value)?,
        "backup" => person.backup = Some(handle(value)?),
        "name" => person.name = text(value)?,
        "phone" => person.phone = text(value)?,
        "team" => person.team = text(value)?,
        "zone" => {
            person.zone = Some(calendar::zone(&text(value)?).map_err(|error| Bad::new(error.to_string()))?);
        }
        "expertise" => person.expertise = list(value, text)?,
        "roles" => {
            person.roles = list(value, |value| {
                let name = text(value)?;
                policy.role_named(&name).ok_or_else(|| {
                    let roles = policy.roles();
                    let near = did_you_mean(&name, roles.iter().map(String::as_str));
                    Bad::at(format!("there is no role {name:?}{near}; there are {}", roles.join(", ")), value)
                })
            })?;
        }
        _ => {
            let names = FIELDS.map(|(name, ..)| name);
            let near = did_you_mean(field, names);
            return Err(Bad::new(format!(
                "a person has no such field{near}; there are {}",
                names.join(", ")
            )));
        }
    }
    Ok(())
}

/// The `people.toml` of a new home: an example, commented out.
#[must_use]
pub fn people_file() -> String {
    let mut text = String::from(
        "# Who can be reached how, for the night when the directory is down. Only this file on this machine has it: it is\n\
         # never exported, committed or put into a log. Remove the leading # of the lines below and write one [[person]]\n\
         # for each. `warroom config check` tells what is wrong; a mistake here stops nothing.\n\n#[[person]]\n",
    );
    for (name, example, doc) in FIELDS {
        text.push_str(&format!("# {doc}\n#{name} = {example}\n"));
    }
    text.push_str("\n#[[person]]\n#handle = \"bob\"\n#name = \"Bob Example\"\n#phone = \"+49 30 5550101\"\n");
    text
}
