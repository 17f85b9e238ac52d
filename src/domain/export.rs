//! An incident on its way out of the room: one selection of what may leave, written as Markdown, as one HTML file,
//! as JSON or as CSV. Crossed-out lines stay behind, privileged ones and restricted incidents too unless they are
//! asked for by name, and so do the program's own lines that quote what stays behind. It must not write files.

pub mod audit;
pub mod csv;
mod html;
mod json;
pub mod known;
mod markdown;
mod sheet;

use crate::domain::ids::Seq;

use crate::domain::incident::{self, Entry, Incident, Ioc};
use crate::domain::ioc::Tlp;
use crate::domain::log::Digest;
use crate::domain::policy::Policy;
use crate::domain::refusal::Refusal;
use crate::domain::telling;
use crate::domain::time::Utc;
use crate::domain::words::{EntryKind, Visibility, words};
pub(in crate::domain) use html::escape as html_text;

/// The version of the JSON form; it grows when a field changes its meaning or goes, not when one is added.
pub const SCHEMA_VERSION: u32 = 1;

words! {
    /// A form in which an incident leaves.
    Format "format" {
        /// Markdown, for tickets and wikis.
        Markdown = "md" | "markdown",
        /// One HTML file without scripts, for mail, phones and paper.
        Html = "html",
        /// JSON, for programs.
        Json = "json",
        /// The timeline as comma-separated rows, for spreadsheets.
        Csv = "csv",
        /// A folder with the log as it was stored and a verifier, for whoever has to check it without this program.
        Audit = "audit",
    }
}

/// What leaves, when, and how far its log had come.
#[derive(Debug, Clone, Copy)]
pub struct Source<'a> {
    /// The incident.
    pub incident: &'a Incident,
    /// What the team has agreed on.
    pub policy: &'a Policy,
    /// The moment of the export.
    pub now: Utc,
    /// Digest of the event at the incident's head.
    pub digest: Digest,
    /// Privileged lines and restricted incidents leave as well.
    pub privileged: bool,
    /// Facts and brief only, for Markdown and HTML.
    pub brief_only: bool,
}

/// How many lines stayed behind.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct LeftOut {
    /// Crossed-out lines.
    pub struck: usize,
    /// Lines with the tag `privileged`.
    pub privileged: usize,
    /// Lines of the program that quote one of those.
    pub quoting: usize,
    /// Indicators under TLP:RED, or of a line that stays behind.
    pub iocs: usize,
}

/// Writes an incident in a form.
///
/// # Errors
/// When it is restricted or privileged and that was not asked for by name.
pub fn export(source: &Source<'_>, format: Format) -> Result<String, Refusal> {
    may_leave(source)?;
    let told;
    let source = if source.privileged {
        source
    } else {
        told = source.incident.without_privileged();
        &Source { incident: &told, ..*source }
    };
    Ok(match format {
        Format::Markdown => markdown::render(&sheet::sheet(source)),
        Format::Html => html::render(&sheet::sheet(source)),
        Format::Json => json::render(source),
        Format::Csv => csv::render(source),
        Format::Audit => {
            return Err(Refusal::usage("the form audit is a folder").hint("name one that is not there yet"));
        }
    })
}

/// Whether the incident may leave the room.
///
/// # Errors
/// When it is restricted or privileged and that was not asked for by name.
pub fn may_leave(source: &Source<'_>) -> Result<(), Refusal> {
    let incident = source.incident;
    if incident.visibility != Visibility::Team && !source.privileged {
        return Err(Refusal::no(format!(
            "{} is {}: it does not leave the room by accident",
            incident.id, incident.visibility
        ))
        .hint("add --privileged to export it all the same, and mind who gets it"));
    }
    Ok(())
}

impl Source<'_> {
    /// `53:cb6c…`: position and digest of the last event.
    fn head(&self) -> String {
        format!("{}:{}", self.incident.head, self.digest)
    }

    fn stays(&self, entry: &Entry) -> bool {
        entry.struck.is_some() || (entry.is_privileged() && !self.privileged)
    }

    /// The lines that leave, in the order in which things happened, and how many stay behind.
    fn lines(&self) -> (Vec<&Entry>, LeftOut) {
        let mut left = LeftOut::default();
        let mut secret: Vec<&str> = Vec::new();
        for entry in self.incident.timeline.stored().iter().filter(|e| self.stays(e)) {
            if entry.struck.is_some() {
                left.struck += 1;
            } else {
                left.privileged += 1;
            }
            // That a time ran out is said in the words of the program: another line that says it quotes nobody.
            if self.incident.not_so.contains(&entry.seq) && !entry.is_privileged() {
                continue;
            }
            secret.push(entry.text.trim());
            secret.extend(entry.edits.iter().map(|e| e.text.trim()));
        }
        left.iocs = self.incident.record.iocs.len().saturating_sub(self.iocs().count());
        secret.retain(|text| !text.is_empty());
        let mut lines = Vec::new();
        for entry in self.incident.timeline.shown().filter(|e| !self.stays(e)) {
            if entry.kind == EntryKind::System && secret.iter().any(|text| entry.text.contains(text)) {
                left.quoting += 1;
            } else {
                lines.push(entry);
            }
        }
        (lines, left)
    }

    /// A text as it leaves: values of indicators are written so that nobody follows them by accident, and those that
    /// only the people in the room may know are not named at all.
    fn safe(&self, text: &str) -> String {
        telling::safe(self.incident, text)
    }

    /// The indicators that leave.
    fn iocs(&self) -> impl Iterator<Item = &Ioc> {
        let leaves = |ioc: &&Ioc| {
            ioc.tlp != Tlp::Red
                && ioc.entry.is_none_or(|entry| self.leaves(entry))
                && (self.privileged || (incident::may_leave(&ioc.note) && incident::may_leave(&ioc.value)))
        };
        self.incident.record.iocs.iter().filter(leaves)
    }

    /// The line of that number leaves.
    fn leaves(&self, seq: Seq) -> bool {
        self.incident.timeline.get(seq).is_none_or(|entry| !self.stays(entry))
    }
}

#[cfg(test)]
mod tests;
