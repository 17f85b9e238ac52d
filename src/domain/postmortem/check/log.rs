//! What a postmortem says of what the log says too. It must not ask for what the log does not say.

use super::super::front_matter::{Key, quoted};
use super::super::{Postmortem, Problem};
use crate::domain::incident::Incident;

/// The rule of a draft that is of another incident. What is published under an id that is not its own is found as
/// somebody else's, and cannot be published again: it cannot be waived.
pub const ID_DIFFERS: &str = "id-differs";

/// Finds where the front matter says other things than the log.
pub(super) fn find(postmortem: &Postmortem, log: &Incident, problems: &mut Vec<Problem>) {
    let front = &postmortem.front;
    let line = |key| front.line_of(key).unwrap_or(1);
    let own = log.id.to_string();
    if let Some(id) = front.text(Key::Id).filter(|id| !id.eq_ignore_ascii_case(&own)) {
        let message = format!(
            "the id is {id:?}, and this is the postmortem of {own}: write `id: {}`; this cannot be waived",
            quoted(&own)
        );
        problems.push(Problem::new(ID_DIFFERS, line(Key::Id), message));
    }
}
