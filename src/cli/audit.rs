//! `warroom timeline --audit`: every write of a log, one after the other, with who, from where, when and what it
//! replaced. It must not hide anything.

use serde::Serialize;

use super::views::one_line;
use crate::domain::event::Event;
use crate::domain::ids::{EventId, Seq};
use crate::domain::time::{Utc, format_span, rfc3339};
use crate::service::Written;

/// A write, for scripts.
#[derive(Debug, Serialize)]
pub(super) struct WriteView {
    seq: Seq,
    id: EventId,
    kind: String,
    stored_at: String,
    said_at: String,
    about: bool,
    late_ms: i64,
    author: String,
    actor: String,
    user: String,
    host: String,
    tty: String,
    hash: String,
    undoes: Option<Seq>,
    text: Option<String>,
    change: Option<ChangeView>,
    redacted: bool,
}

/// What a write did to a line that was there.
#[derive(Debug, Serialize)]
struct ChangeView {
    line: Seq,
    what: &'static str,
    former_text: String,
    former_at: String,
    text: Option<String>,
    at: Option<String>,
    reason: Option<String>,
}

impl From<&Written> for WriteView {
    fn from(written: &Written) -> Self {
        let event = &written.event;
        let (user, place) = event.actor.split_once('@').unwrap_or((event.actor.as_str(), ""));
        let (host, tty) = place.split_once(':').unwrap_or((place, ""));
        Self {
            seq: event.seq,
            id: event.id,
            kind: written.kind.clone(),
            stored_at: rfc3339(event.recorded_at),
            said_at: rfc3339(event.occurred_at),
            about: event.about,
            late_ms: (event.recorded_at - event.occurred_at).num_milliseconds(),
            author: event.by.clone(),
            actor: event.actor.clone(),
            user: user.to_owned(),
            host: host.to_owned(),
            tty: tty.to_owned(),
            hash: written.hash.to_string(),
            undoes: event.undoes,
            text: written.text.clone(),
            change: change(written),
            redacted: written.redacted,
        }
    }
}

fn change(written: &Written) -> Option<ChangeView> {
    let former = written.former.as_ref()?;
    let mut view = ChangeView {
        line: former.line,
        what: "",
        former_text: former.text.clone(),
        former_at: rfc3339(former.occurred_at),
        text: None,
        at: None,
        reason: None,
    };
    match written.event.event.as_ref()? {
        Event::Amended(e) => {
            view.what = "amended";
            view.text.clone_from(&e.text);
            view.at = e.at.map(rfc3339);
        }
        Event::Struck(e) => {
            view.what = "struck";
            view.reason = Some(e.reason.clone());
        }
        Event::Restored(_) => view.what = "restored",
        Event::Starred(e) => view.what = if e.starred { "starred" } else { "star taken" },
        Event::Redacted(e) => {
            view.what = "redacted";
            view.reason = Some(e.reason.clone());
        }
        _ => return None,
    }
    Some(view)
}

/// A write in lines for people.
pub(super) fn lines(written: &Written) -> String {
    let view = WriteView::from(written);
    let event = &written.event;
    let minute = |at: Utc| at.format("%Y-%m-%d %H:%M:%SZ").to_string();
    let late = event.recorded_at - event.occurred_at;
    let said = if late.num_milliseconds() == 0 {
        String::new()
    } else {
        let about = if event.about { "~" } else { "" };
        format!("  said {about}{} ({})", minute(event.occurred_at), format_span(late.abs()))
    };
    let author = if view.author.is_empty() { "nobody known" } else { view.author.as_str() };
    let undoes = view.undoes.map(|seq| format!("  takes back #{seq}")).unwrap_or_default();
    let hash = view.hash.get(..12).unwrap_or(&view.hash);
    let mut lines = vec![format!(
        "#{} {}  stored {}{said}  by {}  {}  {hash}{undoes}",
        view.seq,
        view.kind,
        minute(event.recorded_at),
        one_line(author),
        one_line(&view.actor),
    )];
    if written.redacted {
        lines.push("    words erased".to_owned());
    }
    if let Some(text) = view.text.filter(|_| !written.redacted) {
        lines.push(format!("    {}", one_line(&text)));
    }
    if let Some(change) = view.change {
        let reason = change.reason.map(|why| format!(": {why}")).unwrap_or_default();
        lines.push(format!("    #{} {}{}", change.line, change.what, one_line(&reason)));
        lines.push(format!("    before: {} {}", change.former_at, one_line(&change.former_text)));
        if change.text.is_some() || change.at.is_some() {
            let at = change.at.unwrap_or(change.former_at);
            let text = change.text.unwrap_or(change.former_text);
            lines.push(format!("    after:  {at} {}", one_line(&text)));
        }
    }
    lines.join("\n")
}
