//! `warroom similar`: past incidents that are like one, or like words.

use super::arguments;
use super::context::Context;
use super::output::Answer;
use super::search::tell;
use super::stdin;
use super::views::PastView;
use crate::service::Similar;

/// Find past incidents that are like one, or like a text
#[derive(Debug, clap::Args)]
#[group(skip)]
#[command(group = clap::ArgGroup::new("what").required(true).args(["incident", "text"]))]
pub(super) struct Args {
    /// The incident: id, number, or . for the only open one
    #[arg(value_name = "INC")]
    incident: Option<String>,
    /// A text in place of an incident, or - for standard input
    #[arg(long, allow_hyphen_values = true)]
    text: Option<String>,
    /// The most answers
    #[arg(long, default_value_t = 10, value_name = "N", value_parser = arguments::count)]
    limit: usize,
}

impl Args {
    pub(super) async fn run(self, context: &Context<'_>) -> Answer {
        let text = self.text.as_deref().map(stdin::text_or_stdin).transpose()?;
        let (service, to) = match (text, &self.incident) {
            (Some(text), _) => (context.recalling().await?, Similar::Words(text)),
            (None, name) => {
                let (service, log) = context.look(name.as_deref().unwrap_or(".")).await?;
                let incident = service.incident(log).await?;
                (service, Similar::To(Box::new(incident)))
            }
        };
        let (past, no_past) = if context.session.home.exists() {
            let past =
                context.answered(&service, async |service| service.similar(to.clone(), self.limit).await);
            let past = past.await?;
            let no_past = past.is_empty() && service.has_no_past().await?;
            (past, no_past)
        } else {
            (Vec::new(), true)
        };
        let exit = tell(context, &past, no_past, None)?;
        if let (Some(incident), false) = (&self.incident, context.out.is_json()) {
            let now = context.now();
            for one in past.iter().map(|p| PastView::new(p, now)) {
                if let Some(id) = one.proposed() {
                    context.out.say(&format!(
                        "{id}: warroom link {incident} recurrence {id} says that it is the same failure, \
                         different that it is not"
                    ));
                }
            }
        }
        Ok(exit)
    }
}
