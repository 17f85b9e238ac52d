//! `warroom config`: what is wrong in the configuration, what holds now, and where its files are.

use clap::Subcommand;

use super::output::{Answer, Exit, Output};
use crate::domain::audience::Audience;
use crate::domain::ids::LogId;
use crate::domain::incident::Incident;
use crate::domain::time::Utc;
use crate::domain::wording;
use crate::domain::zone::Tz;
use crate::service::{Failure, read_at_most, thesaurus_problems};
use crate::shell::config::{Config, ConfigProblem, Origin};
use crate::shell::environment::Environment;
use crate::shell::paths::Home;
use crate::shell::session::Flags;

/// What is looked at of a thesaurus, in bytes; the search reads less and says so.
const LARGEST_THESAURUS: usize = 2 << 20;

/// Work with the configuration
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Name file and line of everything that is wrong
    Check,
    /// List every setting as it is now, and where that comes from
    Show,
    /// Say where the files are
    Path,
}

impl Args {
    pub(super) fn run(self, flags: &Flags, out: &Output) -> Answer {
        let environment = Environment::read();
        let home = Home::find(flags.home.as_deref(), &environment).map_err(|e| Failure::no(e.to_string()))?;
        let user = environment.config_folder().map(|folder| folder.join("config.toml"));
        let home_file = home.config();
        match self.action {
            Action::Check => {
                let (config, mut problems) = Config::read(Some(&home_file), user.as_deref());
                problems.extend(config.people(&home.people()).1);
                problems.extend(templates(&home, &config));
                problems.extend(thesaurus(&home));
                let notes = Config::notes(Some(&home_file), user.as_deref());
                let view = |p: &ConfigProblem| {
                    serde_json::json!({
                        "path": p.file.display().to_string(), "line": p.line, "message": p.message,
                    })
                };
                let views = |list: &[ConfigProblem]| list.iter().map(view).collect::<Vec<_>>();
                let answer = serde_json::json!({ "problems": views(&problems), "notes": views(&notes) });
                out.answer(&answer, || {
                    let mut lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
                    if problems.is_empty() {
                        lines.push("the configuration is well".to_owned());
                    }
                    lines.extend(notes.iter().map(|note| format!("note: {note}")));
                    lines.join("\n")
                })?;
                Ok(if problems.is_empty() { Exit::DONE } else { Exit(2) })
            }
            Action::Show => {
                show(&Config::explain(Some(&home_file), user.as_deref()), flags, &environment, out)
            }
            Action::Path => {
                let files = [("team", Some(home_file)), ("own", user), ("people", Some(home.people()))];
                let rows: Vec<_> =
                    files.iter().filter_map(|(name, path)| path.as_ref().map(|path| (*name, path))).collect();
                let list: Vec<_> = rows
                    .iter()
                    .map(|(name, path)| {
                        serde_json::json!({
                            "file": name, "path": path.display().to_string(), "exists": path.exists(),
                        })
                    })
                    .collect();
                out.answer(&serde_json::json!({ "files": list }), || {
                    let line = |(name, path): &(&str, &std::path::PathBuf)| {
                        let there = if path.exists() { "" } else { "  (not there)" };
                        format!("{name:<7} {}{there}", path.display())
                    };
                    rows.iter().map(line).collect::<Vec<_>>().join("\n")
                })
            }
        }
    }
}

/// What is wrong in the team's templates: each is tried on an incident of which nothing is known.
fn templates(home: &Home, config: &Config) -> Vec<ConfigProblem> {
    let (policy, incident) = (config.policy(), Incident::new(LogId(uuid::Uuid::nil())));
    let mut problems = Vec::new();
    for audience in Audience::ALL {
        let file = home.templates().join(wording::file_name(*audience));
        let read = read_at_most(&file, wording::MAX_BYTES);
        let text = match read.and_then(|bytes| String::from_utf8(bytes).map_err(std::io::Error::other)) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
            Err(error) => {
                problems.push(ConfigProblem {
                    file,
                    line: None,
                    message: format!("cannot be read: {error}"),
                });
                continue;
            }
        };
        let now = Utc::default();
        let facts = wording::facts(&incident, &policy, *audience, None, now, Tz::UTC);
        if let Err(why) = wording::write(&facts, &text) {
            problems.push(ConfigProblem { file, line: Some(why.line), message: why.message });
        }
    }
    problems
}

/// What of the team's own words for the search is not used.
pub(super) fn thesaurus(home: &Home) -> Vec<ConfigProblem> {
    let file = home.thesaurus();
    let problem = |line: Option<usize>, message: String| ConfigProblem { file: file.clone(), line, message };
    match read_at_most(&file, LARGEST_THESAURUS) {
        Ok(bytes) => {
            thesaurus_problems(&bytes).into_iter().map(|(line, what)| problem(Some(line), what)).collect()
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Vec::new(),
        Err(error) => vec![problem(None, format!("cannot be read: {error}"))],
    }
}

/// The settings; what a variable or a flag says wins over the files.
fn show(
    settings: &[crate::shell::config::Shown],
    flags: &Flags,
    environment: &Environment,
    out: &Output,
) -> Answer {
    let mut rows = Vec::new();
    for setting in settings {
        let (mut value, mut from, mut place) = (setting.value.clone(), "default", None);
        if let Origin::File(file, line) = &setting.origin {
            (from, place) = ("file", Some((file.display().to_string(), *line)));
        }
        let over = match setting.name.as_str() {
            "me.name" => match (&flags.as_person, &environment.as_person) {
                (Some(person), _) => Some((format!("{person:?}"), "--as")),
                (None, Some(person)) => Some((format!("{person:?}"), "WARROOM_AS")),
                (None, None) => None,
            },
            "ui.theme" if environment.no_color => Some(("\"mono\"".to_owned(), "NO_COLOR")),
            _ => None,
        };
        if let Some((wins, by)) = over {
            (value, from, place) = (wins, by, None);
        }
        rows.push((setting.name.clone(), value, from, place));
    }
    let list: Vec<_> = rows
        .iter()
        .map(|(name, value, from, place)| {
            serde_json::json!({
                "name": name, "value": value, "from": from,
                "path": place.as_ref().map(|p| &p.0), "line": place.as_ref().map(|p| p.1),
            })
        })
        .collect();
    out.answer(&serde_json::json!({ "settings": list }), || {
        let line = |(name, value, from, place): &(String, String, &str, Option<(String, usize)>)| {
            let origin = match place {
                Some((file, line)) => format!("{file}:{line}"),
                None => (*from).to_owned(),
            };
            format!("{name} = {value}    ({origin})")
        };
        rows.iter().map(line).collect::<Vec<_>>().join("\n")
    })
}
