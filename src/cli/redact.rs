//! `warroom redact`: erases the words of a line from the disk; that it was there stays.

use super::arguments;
use super::context::{Context, Room};
use super::output::{Answer, Stop};
use super::stdin;
use crate::domain::ids::Seq;
use crate::domain::request::{Asked, Request};
use crate::service::Submitted;

/// Erase the words of a line for good, with a reason
#[derive(Debug, clap::Args)]
#[command(
    after_help = "What people and monitors said can be erased, and the words of evidence. What says where the \
                  incident stands cannot: its declaration, roles, severity, steps, the resolve, crossed-out lines, an \
                  erasure. Without such a line the incident would be another one. Put it right with the command that \
                  said it, and revoke a secret that was in it. Where an ask, a decision, a hypothesis, an update or \
                  the impact stands by the words that go, that is said again without them."
)]
pub(super) struct Args {
    /// The incident: id, number, or . for the only open one
    #[arg(value_name = "INC")]
    incident: String,
    /// The number of the line
    #[arg(value_name = "SEQ", value_parser = arguments::line)]
    line: Seq,
    /// Why, without the secret
    #[arg(long, allow_hyphen_values = true)]
    reason: String,
}

impl Args {
    pub(super) async fn run(self, context: &Context<'_>) -> Answer {
        let reason = stdin::words(self.reason)?;
        let room = context.room(&self.incident).await?;
        let asked = Request::Redact { target: self.line, reason }.into();
        let (submitted, more) = redact(context, &room, asked).await?;
        room.tell_more(&submitted, Some(self.line), more).await
    }
}

/// Stores a redaction and erases what it names, wherever it was asked for; says what still has the words. Gives the fields
/// that tell the same.
pub(super) async fn redact(
    context: &Context<'_>,
    room: &Room<'_>,
    asked: Asked,
) -> Result<(Submitted, serde_json::Map<String, serde_json::Value>), Stop> {
    let before = room.incident().await?;
    let submitted = room.submit(&[asked]).await?;
    let erased = context.session.erase(&room.service, &before, &submitted.events).await?;
    let remains = erased.remains;
    for path in &erased.drafts {
        context.out.say(&format!("erased from a half-typed text as well: {path}"));
    }
    for kept in &erased.kept {
        context
            .out
            .say(&format!("written over in a file that a repair kept: {} ({} bytes)", kept.path, kept.bytes));
    }
    for left in &remains {
        let commit = left.commit.as_ref().map(|c| format!(" in commit {c}")).unwrap_or_default();
        context.out.say(&format!("still there: {}{commit}: {}", left.path, left.todo));
    }
    let rewrite = remains.iter().any(|left| left.commit.is_some()).then(|| {
        let repository = room.service.places().archive.repository.display().to_string();
        [
            "write the words into a file WORDS outside of the archive, a line each, as WORDS==>[erased]"
                .to_owned(),
            format!("git -C {repository} filter-repo --force --replace-text /path/to/WORDS"),
            format!("git -C {repository} push --force --all"),
            "warroom reindex".to_owned(),
        ]
    });
    if let Some(steps) = &rewrite {
        context.out.say(&format!(
            "whoever has a copy of the archive has the words, and this does not change that; to rewrite it: {}",
            steps.join("; ")
        ));
    }
    let mut more = serde_json::Map::new();
    more.insert("erased_drafts".to_owned(), serde_json::json!(erased.drafts));
    more.insert("erased_kept".to_owned(), serde_json::json!(erased.kept));
    more.insert("remains".to_owned(), serde_json::json!(remains));
    more.insert("rewrite".to_owned(), serde_json::json!(rewrite));
    Ok((submitted, more))
}
