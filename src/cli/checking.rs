//! Checking Markdown files of the team: one way for runbooks and drills. It must not know what makes a problem.

use std::path::{Path, PathBuf};

use super::arguments::markdown_files;
use super::context::Context;
use super::output::{Answer, Exit, Stop};
use super::views::one_line;
use crate::domain::runbook::Problem;
use crate::service::{Failure, FailureKind};

/// Prints the problems of files, and of the `.md` files of folders; the answer is no where there is one.
pub(super) fn check_paths(
    context: &Context<'_>,
    paths: &[PathBuf],
    problems: impl Fn(&Path) -> Result<Vec<Problem>, Failure>,
) -> Answer {
    let files = markdown_files(paths)?;
    let mut views = Vec::new();
    let mut lines = Vec::new();
    let mut unread: Option<Failure> = None;
    for path in &files {
        let shown = path.display().to_string();
        match problems(path) {
            Ok(problems) => {
                for Problem { line, message } in problems {
                    lines.push(one_line(&format!("{shown}:{line}: {message}")));
                    views.push(serde_json::json!({ "path": shown, "line": line, "message": message }));
                }
            }
            Err(failure) => {
                lines.push(failure.to_string());
                views.push(serde_json::json!({ "path": shown, "line": null, "message": failure.message }));
                unread.get_or_insert(failure);
            }
        }
    }
    // A single path that is not there has its own exit code; a file that is no Markdown has a problem.
    if let (Some(failure), 1) = (&unread, files.len())
        && failure.kind != FailureKind::No
    {
        return Err(Stop::Failure(failure.clone()));
    }
    let well = lines.is_empty();
    context.out.answer(&serde_json::json!({ "checked": files.len(), "problems": views }), || {
        if well { format!("{} checked, no problem", files.len()) } else { lines.join("\n") }
    })?;
    Ok(if well { Exit::DONE } else { Exit::NO })
}
