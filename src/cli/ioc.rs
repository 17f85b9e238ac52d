//! `warroom ioc`: indicators of compromise. Live addresses are printed defanged.

use clap::Subcommand;

use super::arguments;
use super::board;
use super::context::Context;
use super::output::Answer;
use super::stdin::{self, text_or_stdin};
use crate::domain::board::BoardKind;
use crate::domain::ids::Seq;
use crate::domain::ioc::{IocKind, Tlp};
use crate::domain::request::{Asked, Keep, NewIoc};
use crate::domain::verb::assets_of;

/// Keep indicators of compromise
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Keep values, live or defanged; the same value again corrects what is said of it
    Add {
        /// The incident: id, number, or . for the only open one
        #[arg(value_name = "INC")]
        incident: String,
        /// The values; - reads them from standard input, apart by blanks, commas or lines
        #[arg(required = true, value_name = "VALUE|-")]
        values: Vec<String>,
        /// ip, domain, hash, url, path, account or other [default: by its form]
        #[arg(long)]
        kind: Option<IocKind>,
        /// clear, green, amber, amber+strict or red [default: amber]
        #[arg(long, value_name = "COLOUR")]
        tlp: Option<Tlp>,
        /// The line that it was seen in
        #[arg(long, value_name = "SEQ", value_parser = arguments::line)]
        about: Option<Seq>,
        /// What is known of it
        #[arg(long, default_value = "", hide_default_value = true, allow_hyphen_values = true)]
        note: String,
        /// When it was seen
        #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
        at: Option<String>,
    },
    /// List them
    List {
        /// The incident: id, number, or . for the only open one
        #[arg(value_name = "INC")]
        incident: String,
    },
    /// Say that a value is no indicator
    Remove {
        /// The incident: id, number, or . for the only open one
        #[arg(value_name = "INC")]
        incident: String,
        /// The value, live or defanged
        value: String,
        /// Why
        #[arg(long, allow_hyphen_values = true)]
        reason: String,
    },
}

impl Args {
    pub(super) async fn run(self, context: &Context<'_>) -> Answer {
        match self.action {
            Action::Add { incident, mut values, mut kind, tlp, about, note, at } => {
                let at = context.at(at.as_deref())?;
                // `ioc add INC ip 203.0.113.9`: a word for a kind is no indicator when values follow it.
                let named = values.first().and_then(|word| word.parse::<IocKind>().ok());
                if let (None, Some(named), true) = (kind, named, values.len() > 1) {
                    values.remove(0);
                    kind = Some(named);
                }
                let note = stdin::words(note)?;
                let mut all: Vec<String> = Vec::new();
                for value in values {
                    if value == "-" {
                        all.extend(assets_of(&text_or_stdin("-")?));
                    } else {
                        all.push(value);
                    }
                }
                let asked: Vec<Asked> = all
                    .into_iter()
                    .map(|value| {
                        let new = NewIoc { value, kind, tlp, entry: about, note: note.clone() };
                        Asked { request: Keep::AddIoc(new).into(), at }
                    })
                    .collect();
                let room = context.room(&incident).await?;
                let submitted = room.submit(&asked).await?;
                room.tell(&submitted, None).await
            }
            Action::List { incident } => board::print(context, &incident, BoardKind::Iocs).await,
            Action::Remove { incident, value, reason } => {
                let reason = stdin::words(reason)?;
                let room = context.room(&incident).await?;
                room.perform(Keep::RemoveIoc { value, reason }, None).await
            }
        }
    }
}
