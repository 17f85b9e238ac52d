//! The last look before git: the exact bytes, paths and words of a commit must hold no secret. It must not mask:
//! what is published is what somebody wrote and read, so they change it themselves.

use super::{Failure, FailureKind};
use crate::archive::Publication;
use crate::domain::secret::{self, Finding};

/// Why a text may not be committed: its line and the rules that know what is in it; `None` when it may.
pub(super) fn secret_in(text: &str) -> Option<String> {
    let found = secret::blocking(text);
    let first = found.first()?;
    let more = match found.len().saturating_sub(1) {
        0 => String::new(),
        n => format!(" (and {n} more)"),
    };
    Some(format!("line {}: this looks like a secret ({}){more}", secret::line_of(text, first), first.rule))
}

/// Refuses a commit that would carry a secret.
pub(super) fn refuse_secrets(
    publication: &Publication<'_>,
    shown: &dyn Fn(&str) -> String,
) -> Result<(), Failure> {
    let refusal = |message: String| {
        Failure::new(FailureKind::Integrity, message).hint(
            "nothing was committed; take it out (warroom postmortem edit), revoke it, and erase it from the log \
             with warroom redact",
        )
    };
    for (path, bytes) in publication.files {
        if let Some(why) = secret_in(&String::from_utf8_lossy(bytes)) {
            return Err(refusal(format!("{}: {why}", shown(path.as_str()))));
        }
        if let Some(why) = secret_in(path.as_str()) {
            return Err(refusal(format!("the name of the file: {why}")));
        }
    }
    let author = publication.author.to_string();
    for (what, text) in [("the message of the commit", publication.message.as_str()), ("its author", &author)]
    {
        if let Some(Finding { rule, .. }) = secret::blocking(text).first() {
            return Err(refusal(format!("{what} looks like a secret ({rule})")));
        }
    }
    Ok(())
}
