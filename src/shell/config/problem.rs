//! What is wrong in a configuration file, where, and what to write instead.

use std::fmt;
use std::path::PathBuf;

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigProblem {
    /// The file.
    pub file: PathBuf,
    /// The line, from 1; none when the whole file is meant.
    pub line: Option<usize>,
    /// What is wrong and what to do.
    pub message: String,
}

impl fmt::Display for ConfigProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:", self.file.display())?;
        if let Some(line) = self.line {
            write!(f, "{line}:")?;
        }
        write!(f, " {}", self.message)
    }
}

/// A configuration that cannot be used: a usage error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadConfig {
    /// Every problem, in the order of the files; at least one.
    pub problems: Vec<ConfigProblem>,
}

impl fmt::Display for BadConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, problem) in self.problems.iter().enumerate() {
            if n > 0 {
                f.write_str("\n")?;
            }
            problem.fmt(f)?;
        }
        Ok(())
    }
}

impl std::error::Error for BadConfig {}

/// Names the nearest of what there is: `; did you mean "zone"?`, or nothing when none is near.
pub(super) fn did_you_mean<'a>(given: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    let given = given.to_lowercase();
    let scored = known.into_iter().map(|name| (name, strsim::jaro_winkler(&given, &name.to_lowercase())));
    match scored.max_by(|a, b| a.1.total_cmp(&b.1)) {
        Some((name, score)) if score > 0.75 => format!("; did you mean {name:?}?"),
        _ => String::new(),
    }
}
