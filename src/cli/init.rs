//! `warroom init`: makes the home before anything is written.

use super::context::Context;
use super::output::Answer;
use crate::shell::paths::Access;

/// Make the home
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Share it with the accounts of this Unix group: whoever is in it can read and change everything
    #[arg(long, value_name = "NAME")]
    group: Option<String>,
}

impl Args {
    pub(super) fn run(self, context: &Context<'_>) -> Answer {
        let session = &context.session;
        let access = self.group.clone().map_or(Access::Private, Access::Group);
        let made = session.create_home(&access)?;
        let home = session.home.root().display().to_string();
        if made && let Some(group) = &self.group {
            context.out.say(&format!(
                "Everybody in the group {group} can read and change this home, restricted incidents included. \
                 The log names who wrote what, and a changed log is found by warroom verify."
            ));
        }
        let document = serde_json::json!({ "home": home, "created": made, "shared": session.home.shared() });
        context.out.answer(&document, || {
            if made { format!("made the home {home}") } else { format!("the home {home} is there already") }
        })
    }
}
