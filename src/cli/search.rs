//! `warroom search`: past incidents by words.

use super::arguments;
use super::context::Context;
use super::output::{Answer, Stop};
use super::views::PastView;
use crate::domain::facets::{FacetKind, Facets};
use crate::domain::refusal::Refusal;
use crate::service::{Answered, FindQuery, Past, Service};

/// Search past postmortems by words
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The words; "two words" must stand together, -word may not be there, and service: severity: tag: factor:
    /// detection: id: since: until: year: quarter: narrow. Without words the newest are listed
    #[arg(allow_hyphen_values = true)]
    query: String,
    /// Only this severity, as the postmortem writes it
    #[arg(long)]
    severity: Option<String>,
    /// Only this service
    #[arg(long, value_name = "NAME")]
    service: Option<String>,
    /// Only this year
    #[arg(long, value_name = "YEAR")]
    year: Option<u16>,
    /// Only since then: 2026, 2026-06, 2026-06-30, or 90d
    #[arg(long, value_name = "DAY")]
    since: Option<String>,
    /// Compare with this incident (id, number, or . for the only open one): says what may be the same failure
    #[arg(long, value_name = "INC")]
    like: Option<String>,
    /// The most answers
    #[arg(long, default_value_t = 10, value_name = "N", value_parser = arguments::count)]
    limit: usize,
}

impl Args {
    pub(super) async fn run(self, context: &Context<'_>) -> Answer {
        let now = context.now();
        let since = self.since.as_deref().map(|day| arguments::since(day, now)).transpose()?;
        // A home that is not there has no past, and asking makes none.
        let mut no_past = !context.session.home.exists();
        let Answered { past, facets, notes } = if context.session.home.exists() {
            let (service, like) = match &self.like {
                Some(name) => {
                    let (service, log) = context.look(name).await?;
                    (service, Some(log))
                }
                None => (context.recalling().await?, None),
            };
            let severity = self.severity.clone();
            let query = FindQuery {
                text: self.query,
                severity: self.severity,
                service: self.service,
                since,
                year: self.year,
                today: Some(now.date_naive()),
                unfinished: false,
                uncounted: !context.out.shows_asides(),
                like,
                limit: self.limit,
            };
            let found = context
                .answered(&service, async |service| service.search_with_facets(query.clone()).await)
                .await?;
            no_past = found.past.is_empty() && service.has_no_past().await?;
            if let Some(severity) = severity.filter(|_| found.past.is_empty() && !no_past) {
                is_severity(context, &service, &severity).await?;
            }
            found
        } else {
            Answered::default()
        };
        for note in &notes {
            context.out.say(note);
        }
        // Empty where nobody looks.
        if !context.out.is_json() {
            for kind in FacetKind::ALL {
                let words = facets.of(kind).iter().take(8).map(|f| format!("{} {}", f.value, f.count));
                let words = words.collect::<Vec<_>>().join(" · ");
                if !words.is_empty() {
                    context.out.say(&format!("{}: {words}", kind.as_str()));
                }
            }
        }
        tell(context, &past, no_past, Some((&facets, &notes)))
    }
}

/// Whether a severity is one of the team's, or one that a postmortem has: a slip must not look as if nothing had happened.
async fn is_severity(context: &Context<'_>, service: &Service, severity: &str) -> Result<(), Stop> {
    let profile = &service.policy().profile;
    if profile.find(severity).is_some() {
        return Ok(());
    }
    let query =
        FindQuery { severity: Some(severity.to_owned()), uncounted: true, limit: 1, ..FindQuery::default() };
    let all =
        context.answered(service, async |service| service.search_with_facets(query.clone()).await).await?;
    if !all.past.is_empty() {
        return Ok(());
    }
    let what =
        format!("{severity:?} is not a severity of profile {}, and no postmortem has it", profile.name());
    Err(Refusal::usage(what).hint(format!("use one of: {}", profile.names())).into())
}

/// Prints what was found, or why there was nothing to look through.
pub(super) fn tell(
    context: &Context<'_>,
    past: &[Past],
    no_past: bool,
    more: Option<(&Facets, &[String])>,
) -> Answer {
    let now = context.now();
    let results: Vec<PastView> = past.iter().map(|p| PastView::new(p, now)).collect();
    if no_past {
        context.out.say("the archive has no postmortem yet, so there was nothing to search");
    } else if results.is_empty() {
        context.out.say("nothing similar found");
    }
    let document = match more {
        Some((facets, notes)) => serde_json::json!({ "results": results, "facets": facets, "notes": notes }),
        None => serde_json::json!({ "results": results }),
    };
    context.out.answer(&document, || results.iter().map(PastView::lines).collect::<Vec<_>>().join("\n"))
}
