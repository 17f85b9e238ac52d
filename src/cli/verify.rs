//! `warroom verify`: checks that no log was changed since it was written.

use super::context::Context;
use super::output::{Answer, Exit, Stop};
use crate::domain::closeout::counted;
use crate::domain::ids::Seq;
use crate::domain::log::Digest;
use crate::domain::refusal::Refusal;

/// What a sound chain does not prove.
const NOT_SHOWN: &str = "not shown: what came after the last head that somebody else keeps could be written anew, all \
    of it together; keep heads elsewhere (push the archive, export, warroom verify --head)";

/// Check that the logs are as they were written
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Only this incident
    #[arg(value_name = "INC")]
    incident: Option<String>,
    /// A head that somebody kept, such as timeline_head of a postmortem
    #[arg(long, value_name = "HEX|SEQ:HEX")]
    head: Option<String>,
}

impl Args {
    pub(super) async fn run(self, context: &Context<'_>) -> Answer {
        let kept = self.head.as_deref().map(head).transpose()?;
        let service = context.reading().await?;
        let log = match &self.incident {
            Some(name) => Some(service.named(name).await?.1),
            None => None,
        };
        let report = service.verify(log, kept).await?;
        context.out.answer(&report, || match &report.first_broken {
            None => {
                let mut lines = vec![format!(
                    "{} checked, all as they were written",
                    counted(report.checked, "event", "events")
                )];
                lines.extend(report.heads.iter().map(|h| format!("{} {}:{}", h.incident, h.seq, h.head)));
                lines.extend(report.compared.iter().map(|h| {
                    format!("{} up to {} is what its published postmortem says", h.incident, h.seq)
                }));
                lines.extend(report.pushed.iter().map(|p| {
                    let commit: String = p.commit.chars().take(10).collect();
                    let h = &p.head;
                    format!("{} up to {} is held by a remote of the archive ({commit})", h.incident, h.seq)
                }));
                if self.head.is_some() {
                    lines.push(
                        "the head that you gave is in the log: nothing up to it was changed".to_owned(),
                    );
                }
                lines.push(NOT_SHOWN.to_owned());
                lines.join("\n")
            }
            Some(broken) => {
                format!("BROKEN: {} at {}: {}", broken.incident, broken.seq, broken.reason)
            }
        })?;
        Ok(if report.ok { Exit::DONE } else { Exit::BROKEN })
    }
}

/// `HEX`, `SEQ:HEX`, or `SEQ HEX` as a postmortem writes it.
fn head(text: &str) -> Result<(Option<Seq>, Digest), Stop> {
    let bad = || {
        Stop::from(
            Refusal::usage(format!("{text:?} is not a head"))
                .hint("give 64 hex digits, or SEQ:HEX as timeline_head of a postmortem says"),
        )
    };
    let text = text.trim();
    let (seq, hex) = match text.split_once([':', ' ']) {
        Some((seq, hex)) => (Some(Seq(seq.parse().map_err(|_| bad())?)), hex.trim()),
        None => (None, text),
    };
    Ok((seq, hex.to_ascii_lowercase().parse().map_err(|_| bad())?))
}
