//! The boards of what is kept beside the timeline.

use super::{Board, BoardRow, View, size};
use crate::domain::words::ScopeState;

impl View<'_> {
    pub(super) fn scope(&self) -> Board {
        let rank = |state| match state {
            ScopeState::Affected => 0,
            ScopeState::Suspected => 1,
            ScopeState::Fixed => 2,
            ScopeState::Clean => 3,
        };
        let record = &self.incident.record;
        let mut all: Vec<_> = record.scope.iter().collect();
        all.sort_by_key(|s| rank(s.state));
        let rows = all.iter().map(|item| BoardRow {
            id: item.asset.clone(),
            label: item.state.to_string(),
            detail: item.asset.clone(),
            right: format!("{} {}", item.by, self.clock(item.at)),
            notes: Vec::new(),
        });
        let counted = record.counted();
        Board {
            title: if counted.is_empty() { "Scope".to_owned() } else { format!("Scope: {counted}") },
            empty: "No asset yet. :scope build-7 build-8 affected names them.",
            rows: rows.collect(),
        }
    }

    pub(super) fn evidence(&self) -> Board {
        let all = &self.incident.record.evidence;
        let rows = all.iter().map(|item| {
            let bytes = item.size.map(|s| format!(", {}", size(s))).unwrap_or_default();
            let short = item.sha256.as_ref().map(|h| {
                let head: String = h.chars().take(12).collect();
                format!(", sha256 {head}…")
            });
            let short = short.unwrap_or_default();
            let gone = if item.withdrawn.is_some() { "withdrawn: " } else { "" };
            let mut notes = vec![format!("lies at {}", item.location)];
            let source =
                if item.source.is_empty() { String::new() } else { format!(" from {}", item.source) };
            notes.push(format!("taken by {}{source} {}", item.acquired_by, self.moment(item.acquired_at)));
            if let Some(hash) = &item.sha256 {
                notes.push(format!("SHA-256 {hash}"));
            }
            for c in &item.custody {
                let place =
                    if c.location.is_empty() { String::new() } else { format!(", to {}", c.location) };
                let why = if c.reason.is_empty() { String::new() } else { format!(": {}", c.reason) };
                notes.push(format!("{} → {} {}{place}{why}", c.from, c.to, self.moment(c.at)));
            }
            if let Some(entry) = item.entry {
                notes.push(format!("belongs to line #{entry}"));
            }
            if let Some((by, at, why)) = &item.withdrawn {
                notes.push(format!("withdrawn by {by} {}: {why}", self.moment(*at)));
            }
            BoardRow {
                id: item.seq.to_string(),
                label: format!("#{} {}", item.seq, item.class),
                detail: format!("{gone}{}{bytes}{short}", item.name),
                right: item.holder().to_owned(),
                notes,
            }
        });
        let count = all.iter().filter(|i| i.withdrawn.is_none()).count();
        Board {
            title: format!("Evidence: {count}"),
            empty: "None yet. :evidence PATH adds a file; its size and SHA-256 are computed.",
            rows: rows.collect(),
        }
    }

    pub(super) fn iocs(&self) -> Board {
        let all = &self.incident.record.iocs;
        let rows = all.iter().map(|ioc| {
            let tlp = ioc.tlp.as_str().to_uppercase();
            let mut notes = vec![format!("added by {} {}", ioc.by, self.moment(ioc.at))];
            if !ioc.note.is_empty() {
                notes.push(ioc.note.clone());
            }
            if let Some(entry) = ioc.entry {
                let said = self.incident.timeline.get(entry).map(|e| e.text.clone()).unwrap_or_default();
                notes.push(format!("seen in line #{entry}: {said}"));
            }
            BoardRow {
                id: ioc.value.clone(),
                label: format!("{} {tlp}", ioc.kind),
                detail: ioc.shown(),
                right: format!("{} {}", ioc.by, self.clock(ioc.at)),
                notes,
            }
        });
        Board {
            title: format!("Indicators: {}", all.len()),
            empty: "None yet. :ioc VALUE [TLP] keeps one; in a line, Ctrl-o.",
            rows: rows.collect(),
        }
    }

    pub(super) fn links(&self) -> Board {
        let rows = self.incident.record.links.iter().map(|link| BoardRow {
            id: link.url.clone(),
            label: link.kind.clone(),
            detail: link.url.clone(),
            ..BoardRow::default()
        });
        let related = self.incident.record.related.iter().map(|related| BoardRow {
            id: related.incident.clone(),
            label: related.relation.clone(),
            detail: related.incident.clone(),
            ..BoardRow::default()
        });
        Board {
            title: "Links".to_owned(),
            empty: "None yet. :link bridge ADDRESS adds one.",
            rows: rows.chain(related).collect(),
        }
    }
}
