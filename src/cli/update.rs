//! `warroom update`: a word to an audience, from its first wording to the stamp that it went out.

use super::arguments;
use super::context::Context;
use super::log::{at_one_time, time_in_front};
use super::output::Answer;
use super::output::Stop;
use super::sets::offered;
use super::stdin;
use crate::domain::audience::Audience;
use crate::domain::ids::Seq;
use crate::domain::incident::{Incident, Update};
use crate::domain::promise;
use crate::domain::refusal::Refusal;
use crate::domain::request::{Asked, Request, When};
use crate::domain::time::{Utc, rfc3339};
use crate::domain::time_spec;
use crate::domain::wording;
use crate::domain::zone::Tz;
use crate::service::Failure;
use crate::shell::editor::Editor;

/// Tell an audience, draft a word to one, approve, or send a draft
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Nothing is sent anywhere: sending stamps who told whom what, and when. --print fills the template of \
    the audience (templates/ in the home, else the shipped one) from the log; what only people know is marked \
    [fill in: …], and an update with such a mark does not go out. When the next one is due is said by --next, by \
    'next 30m' at the end of the text, by its line 'Next update: …', or by a clause such as ', next update in 1h' or ', next \
    update tomorrow 09:00'.

Examples:
  warroom update . internal --print > update.txt     edit it, then: warroom update . internal - < update.txt
  warroom update . customers --edit --draft          the editor, filled from the log; approve and send later
  warroom update . approve 31 && warroom update . send 31
  warroom update . show 31                           its words alone, to paste where they go"
)]
pub(super) struct Args {
    /// The incident: id, number, or . for the only open one
    #[arg(value_name = "INC")]
    incident: String,
    /// internal, customers, public or regulator; or list; or show, approve or send with the number of an update
    #[arg(value_name = "AUDIENCE|list|show|approve|send", value_parser = offered(firsts), hide_possible_values = true)]
    what: String,
    /// The words, behind -4m or ~14:05 where it went out before, or - for standard input; the number of the update to
    /// show, approve or send
    #[arg(value_name = "TEXT|SEQ", allow_hyphen_values = true)]
    text: Option<String>,
    /// Print a first wording from the log, and store nothing
    #[arg(long, conflicts_with_all = ["text", "edit", "draft"])]
    print: bool,
    /// Write it in the editor, filled from the log; left without a change, nothing is stored
    #[arg(long, conflicts_with = "text")]
    edit: bool,
    /// Write it down, to be approved and sent later
    #[arg(long)]
    draft: bool,
    /// When the next one is promised: 30m, 15:00, or 'tomorrow 09:00'
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    next: Option<String>,
    /// When it happened
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    at: Option<String>,
}

/// What may stand behind the incident.
fn firsts() -> Vec<&'static str> {
    let audiences = Audience::ALL.iter().map(|audience| audience.as_str());
    audiences.chain(["list", "show", "approve", "send"]).collect()
}

impl Args {
    pub(super) async fn run(self, context: &Context<'_>) -> Answer {
        let at = context.at(self.at.as_deref())?;
        let mut own = None;
        let next = self.next.as_deref().map(|t| arguments::ahead(t, context.now())).transpose()?;
        let request = match self.what.as_str() {
            "list" => return self.list(context).await,
            "show" => return self.show(context).await,
            "approve" => Request::ApproveUpdate { target: self.number()? },
            "send" => Request::MarkSent { target: self.number()?, next },
            audience => {
                let audience: Audience = audience.parse()?;
                if self.print {
                    return self.print(context, audience, next).await;
                }
                let text = match &self.text {
                    // A clock time may be the first of the words that people are told, and so may any time of a file.
                    Some(text) if text != "-" && text.starts_with(['-', '~']) => {
                        let (time, words) = time_in_front(text, context.now())?;
                        own = time;
                        words.to_owned()
                    }
                    Some(text) => stdin::text_or_stdin(text)?,
                    None if self.edit => self.edited(context, audience, next).await?,
                    None => {
                        return Err(Refusal::usage("the words are missing")
                            .hint("give them, - for standard input, or --print or --edit to have them filled in")
                            .into());
                    }
                };
                if self.draft {
                    Request::DraftUpdate { audience, text, next }
                } else {
                    Request::SendUpdate { audience, text, next }
                }
            }
        };
        let asked = at_one_time(Asked { request, at: own }, at)?;
        let room = context.room(&self.incident).await?;
        let incident = room.incident().await?;
        let goes_to = match &asked.request {
            Request::SendUpdate { audience, .. } => Some(*audience),
            Request::MarkSent { target, .. } => incident.talk.updates.get(target).map(|u| u.audience),
            _ => None,
        };
        let drafted = match &asked.request {
            Request::MarkSent { target, .. } => incident.talk.updates.get(target),
            _ => None,
        };
        let unapproved = drafted.is_some_and(|update| update.approved.is_none());
        let unread = unread(&asked, context.now());
        let answer = room.perform(asked, None).await?;
        if let Some(hint) = unread {
            context.out.say(hint);
        }
        if unapproved {
            context.out.say(&format!("hint: {}", wording::UNAPPROVED));
        }
        if let Some(hint) = goes_to.and_then(|audience| wording::order_hint(&incident, audience)) {
            context.out.say(&format!("hint: {hint}"));
        }
        Ok(answer)
    }

    async fn print(&self, context: &Context<'_>, audience: Audience, next: Option<When>) -> Answer {
        let (service, log) = context.look(&self.incident).await?;
        let incident = service.incident(log).await?;
        let now = context.now();
        let digest = service.digest_at(log, incident.head).await.ok();
        let next = next.map(|n| n.from(now));
        let words = service.wording(&incident, audience, next, now, Tz::UTC, digest);
        if let Some(problem) = &words.problem {
            context.out.say(&format!("warning: {problem}"));
        }
        let document = serde_json::json!({
            "id": incident.id,
            "audience": audience,
            "text": words.text,
            "unfilled": wording::unfilled(&words.text),
            "template": if words.own { "own" } else { "shipped" },
            "problem": words.problem,
        });
        context.out.answer(&document, || words.text.clone())
    }

    async fn edited(
        &self,
        context: &Context<'_>,
        audience: Audience,
        next: Option<When>,
    ) -> Result<String, Stop> {
        let environment = &context.session.environment;
        let named = environment.visual.is_some() || environment.editor.is_some();
        if !environment.stdin_is_terminal && !named {
            return Err(Failure::no("there is no terminal to edit on")
                .hint("set EDITOR, or use --print and give the text with -")
                .into());
        }
        let editor =
            Editor::find(environment).map_err(|e| Failure::no(e.to_string()))?.aside(context.out.is_json());
        let room = context.room(&self.incident).await?;
        let incident = room.incident().await?;
        let now = context.now();
        let digest = room.service.digest_at(room.log, incident.head).await.ok();
        let (first, zone) = (next.map(|n| n.from(now)), Tz::UTC);
        let words = room.service.wording(&incident, audience, first, now, zone, digest);
        if let Some(problem) = &words.problem {
            context.out.say(&format!("warning: {problem}"));
        }
        let name = format!("{}-update-{audience}.txt", incident.id);
        let edited = editor
            .edit(&context.session.home.drafts(), &name, &words.text)
            .map_err(|e| Failure::no(e.to_string()))?;
        // Whoever leaves the editor without a change (`:q!`) tells nobody anything.
        if !edited.changed {
            edited.stored();
            return Err(Failure::no("nothing was changed in the editor, so nothing was stored")
                .hint("to tell it as it is filled in, give what --print prints, with - in place of the words")
                .into());
        }
        let text = edited.text.trim().to_owned();
        edited.stored();
        Ok(text)
    }

    async fn list(&self, context: &Context<'_>) -> Answer {
        let (service, log) = context.look(&self.incident).await?;
        let incident = service.incident(log).await?;
        let updates: Vec<&Update> = incident.talk.updates.values().collect();
        let rows: Vec<_> = updates.iter().map(|u| view(&incident, u)).collect();
        let document = serde_json::json!({ "id": incident.id, "updates": rows });
        context.out.answer(&document, || {
            if updates.is_empty() {
                return format!("{}: nobody was told anything yet", incident.id);
            }
            let lines: Vec<String> = updates.iter().map(|u| line(&incident, u)).collect();
            lines.join("\n")
        })
    }

    async fn show(&self, context: &Context<'_>) -> Answer {
        let target = self.number()?;
        let (service, log) = context.look(&self.incident).await?;
        let incident = service.incident(log).await?;
        let update = incident.talk.updates.get(&target).ok_or_else(|| {
            Refusal::not_found(format!("line {target} of {} is not an update", incident.id))
                .hint("warroom update INC list names them")
        })?;
        context.out.answer(&view(&incident, update), || update.text.clone())
    }

    fn number(&self) -> Result<Seq, Stop> {
        let text = self.text.as_deref().unwrap_or_default();
        arguments::line(text).map_err(|why| {
            Refusal::usage(format!("{text:?} is {why}")).hint("name the update by its number").into()
        })
    }
}

/// What is said of words that promise the next update and name no time that a clock could count to, as the room says it
/// before Enter.
pub(super) fn unread(asked: &Asked, now: Utc) -> Option<&'static str> {
    let (Request::SendUpdate { text, next: None, .. } | Request::DraftUpdate { text, next: None, .. }) =
        &asked.request
    else {
        return None;
    };
    let now = asked.at.map_or(now, |(at, _)| at);
    promise::promises_unread(text, &time_spec::Context { now, zone: Tz::UTC }).then_some(
        "hint: no time of the next update was read; a clock counts to 'next update in 30m', \
         'next update at 15:00 UTC' or 'next update tomorrow 09:00'",
    )
}

fn view(incident: &Incident, update: &Update) -> serde_json::Value {
    let stamp = |stamp: &Option<(String, Utc)>| {
        stamp.as_ref().map(|(by, at)| serde_json::json!({ "by": by, "at": rfc3339(*at) }))
    };
    let struck = incident.timeline.get(update.seq).is_some_and(|e| e.struck.is_some());
    serde_json::json!({
        "seq": update.seq,
        "audience": update.audience,
        "state": if struck { "struck" } else { update.state.as_str() },
        "text": update.text,
        "by": update.by,
        "at": rfc3339(update.at),
        "approved": stamp(&update.approved),
        "sent": stamp(&update.sent),
        "next_at": update.next_at.map(rfc3339),
    })
}

fn line(incident: &Incident, update: &Update) -> String {
    let struck = incident.timeline.get(update.seq).is_some_and(|e| e.struck.is_some());
    let stamps = wording::stamps(update, Tz::UTC);
    let stamps = if struck { "crossed out".to_owned() } else { stamps };
    let first: String = update.text.lines().next().unwrap_or_default().chars().take(60).collect();
    format!("{:>4} {:<9} {stamps}: {first}", update.seq.to_string(), update.audience)
}
