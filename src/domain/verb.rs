//! The verbs of the composer's `:` line: the short names of what the command line can do, read to the same
//! requests. It must not perform anything.

mod clock;
mod commands;
mod drill;
mod keep;

pub use commands::{COMMANDS, CommandSpec, command};
pub use keep::{assets_of, finding, objection};

use crate::domain::audience::Audience;
use crate::domain::quick_entry::{Line, QuickEntry};
use crate::domain::refusal::Refusal;
use crate::domain::request::{Asked, NewStory, Request, Review, StepMove, StepPick};
use crate::domain::time::Utc;
use crate::domain::words::{ClosureItem, ClosureState, DispositionWord, Flag, HypothesisState, Verdict};

pub use clock::{move_clock, set_target, target, until};

/// What a verb line asks for.
#[derive(Debug, Clone, PartialEq)]
pub enum Verb {
    /// Something that the log takes.
    Ask(Asked),
    /// Attach the runbook of that name.
    Attach(String),
    /// Add a file as evidence.
    Evidence {
        /// The file.
        path: String,
        /// Its class; unclassified when empty.
        class: String,
        /// When it was taken, and whether that is an estimate.
        at: Option<(Utc, bool)>,
    },
    /// Make, edit, check or publish the postmortem.
    Postmortem(PostmortemVerb),
    /// Show something or go somewhere: the word itself.
    Show(&'static str),
    /// Word an update for this audience from the log.
    Word(Audience),
    /// Search for these words.
    Find(String),
    /// Show the command of a step, to run it.
    Run(String),
    /// Move a clock: the words are read with [`move_clock`], where it is known what time it is. With the time that
    /// stood before them.
    MoveClock(String, Option<(Utc, bool)>),
    /// The board of that name, narrowed to these words.
    Board(&'static str, String),
}

/// The steps of a postmortem.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PostmortemVerb {
    /// Make the draft.
    Draft,
    /// Open it in the editor.
    Edit,
    /// Check it.
    Check,
    /// Publish it; open problems need the reason.
    Publish(Option<String>),
}

/// A verb as help and completion show it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VerbSpec {
    /// The full name.
    pub name: &'static str,
    /// Short names.
    pub short: &'static [&'static str],
    /// How it is used.
    pub usage: &'static str,
    /// What it does.
    pub doc: &'static str,
}

macro_rules! verbs {
    ($($name:literal [$($short:literal),*] $usage:literal $doc:literal;)+) => {
        &[$(VerbSpec { name: $name, short: &[$($short),*], usage: $usage, doc: $doc },)+]
    };
}

/// Every verb.
pub const VERBS: &[VerbSpec] = verbs! {
    "ack" [] "ack LINE [@person]" "acknowledge an ask";
    "answer" [] "answer LINE TEXT" "answer an ask";
    "approve" [] "approve LINE" "a draft of an update may go out";
    "asks" [] "asks" "the asks of this incident";
    "assign" [] "assign STEP @person" "put a name on a step";
    "attach" ["o", "runbook", "playbook"] "attach RUNBOOK" "attach a runbook";
    "block" [] "block STEP REASON" "a step cannot be done now";
    "brief" ["b"] "brief" "the standing brief";
    "call" ["escalate"] "call" "whom to call next, with numbers";
    "check" [] "check" "check the draft of the postmortem";
    "clock" ["snooze"] "clock [CLOCK [until TIME] REASON]" "acknowledge a clock, or move its deadline; alone: the list";
    "close" [] "close [REASON]" "close; a reason waives what is open";
    "closure" ["answer-closure"] "closure ITEM done|n/a|open [REASON]" "answer an item of the closure list";
    "codename" ["code-name"] "codename NAME|-" "what lists and screens call it while it is not the whole team's to read";
    "decisions" [] "decisions" "the decisions, what was said against them, what came of them";
    "disposition" [] "disposition WORD [INC] [REASON]" "what it turned out to be";
    "doing" [] "doing STEP [@person]" "somebody is at a step";
    "duties" [] "duties" "what my role does";
    "draft" [] "draft" "make the draft of the postmortem";
    "drill" [] "drill [score], drill inject [N], drill mark N met|late|missed [REASON]" "the score sheet of a drill; tell the players something early; judge an expectation";
    "due" [] "due STEP 15m|none" "by when a step should be done";
    "edit" [] "edit" "edit the draft of the postmortem";
    "evidence" [] "evidence [PATH [CLASS]]" "the evidence register; with a file: add it";
    "extend" ["more-time"] "extend LINE 5m" "give an ask more time";
    "find" ["search"] "find WORDS" "find in this room, then in the archive";
    "help" [] "help" "every action";
    "home" [] "home" "the home screen";
    "hypothesis" ["h"] "hypothesis LINE open|supported|ruled-out WHY [@person]" "where a hypothesis stands";
    "hypotheses" [] "hypotheses" "the hypotheses: open, supported, ruled out";
    "impact" [] "impact TEXT" "what it does to people and systems";
    "ioc" [] "ioc VALUE [TLP] [KIND] [NOTE]" "keep an indicator of compromise";
    "iocs" [] "iocs" "the indicators of compromise";
    "kind" [] "kind real|drill|test|backfilled" "what sort of incident it is";
    "link" [] "link KIND ADDRESS|INC" "a place where people meet, or a related incident";
    "links" [] "links" "the links; Enter copies one";
    "milestone" ["m"] "milestone NAME" "mark a point in time";
    "next" ["w"] "next" "go to what waits next";
    "no-ioc" [] "no-ioc VALUE REASON" "a value is no indicator";
    "object" ["objection"] "object LINE TEXT [@person]" "say something against a decision";
    "people" [] "people" "who can be reached how";
    "phase" ["p"] "phase NAME" "go to a phase";
    "prepare" [] "prepare AUDIENCE TEXT" "an update to be approved and sent later";
    "publish" [] "publish [REASON]" "publish the postmortem; a reason waives problems";
    "quit" ["q"] "quit" "leave";
    "reassign" [] "reassign LINE @person" "give an ask to somebody else";
    "patterns" [] "patterns [QUERY]" "what recurs across the archive, by quarter, or over what a query finds";
    "redact" [] "redact LINE REASON" "erase the words of a line";
    "release" [] "release ROLE @person" "end a role";
    "reopen" [] "reopen [REASON]" "it is not over; alone: asks why";
    "resolve" [] "resolve [WHAT ENDED IT]" "end the room's clocks";
    "role" ["r"] "role ROLE @person" "give a role, or hand it over";
    "run" [] "run STEP" "show the command of a step, and run it when you say yes";
    "runbooks" [] "runbooks [WORDS]" "the board of runbooks; words narrow it";
    "roster" [] "roster" "who held which role, who came and left";
    "scope" [] "scope [ASSET... suspected|affected|clean|fixed|none]" "where assets stand; alone: the list";
    "send" [] "send LINE [next 30m]" "a draft of an update went out";
    "service" [] "service NAME..." "the services that are touched";
    "severity" ["s", "sev", "priority"] "severity NAME [REASON]" "change the severity";
    "skip" [] "skip STEP REASON" "leave a step out";
    "star" [] "star LINE" "give a line a star";
    "story" [] "story TITLE [@owner]" "file an improvement story";
    "steps" [] "steps" "the steps that are not done, those due first";
    "stories" [] "stories [FILTER]" "the board of stories; @owner inc:42 sev:P1 due:7d narrow it";
    "strike" ["x"] "strike LINE REASON" "cross out a line";
    "summary" ["executive"] "summary" "the brief for those who lead";
    "tactical" ["can"] "tactical" "conditions, actions, needs";
    "tag" [] "tag NAME..." "the tags";
    "take-over" [] "take-over STEP [@person]" "go on with a step that somebody else began, or do one again";
    "target" [] "target [CLOCK TARGET REASON]" "another target for this incident only; alone: the list";
    "tick" [] "tick STEP [@person]" "a step is done";
    "title" [] "title TEXT" "correct the title";
    "review" ["pm"] "review draft|in-review|reviewed|closed, review owner @P|-, review meeting DAY|-, review comment TEXT" "where the review of the postmortem stands";
    "undo-step" ["untick"] "undo-step STEP" "a step is to do again";
    "unlink" [] "unlink KIND|ADDRESS|INC" "take a link away";
    "update" ["u"] "update AUDIENCE [TEXT]" "tell an audience; without words: filled from the log";
    "updates" [] "updates [WORDS]" "the board of updates that are owed; words narrow it";
    "verdict" ["v"] "verdict LINE held|reversed|no-effect [REASON]" "what came of a decision";
    "visibility" [] "visibility team|restricted|privileged" "who may read it";
    "waive" [] "waive REASON" "there will be no postmortem";
};

/// The verb of that name or short name.
#[must_use]
pub fn find(name: &str) -> Option<&'static VerbSpec> {
    VERBS.iter().find(|v| v.name == name || v.short.contains(&name))
}

/// Reads a verb with what follows it.
///
/// # Errors
/// When there is no such verb, or what follows it does not fit: the message says how it is used.
pub fn read(verb: &str, rest: &str, at: Option<(Utc, bool)>) -> Result<Verb, Refusal> {
    let spec = find(verb).ok_or_else(|| unknown(verb))?;
    let read = of_words(spec, rest.trim(), at)?;
    // What happens at the moment of asking would drop the time without a word.
    let timed = match &read {
        Verb::Ask(asked) => !matches!(asked.request, Request::Close { .. }),
        verb => matches!(verb, Verb::MoveClock(..) | Verb::Evidence { .. }),
    };
    if at.is_some() && !timed {
        return Err(Refusal::usage(format!(":{} takes no time", spec.name)).hint("leave the time out"));
    }
    Ok(read)
}

fn of_words(spec: &VerbSpec, rest: &str, at: Option<(Utc, bool)>) -> Result<Verb, Refusal> {
    let usage = || Refusal::usage(format!(":{} does not fit", spec.name)).hint(format!(":{}", spec.usage));
    let (first, tail) = split(rest);
    let need = |text: &str| if text.is_empty() { Err(usage()) } else { Ok(text.to_owned()) };
    let line = || first.trim_start_matches('#').parse().map(crate::domain::ids::Seq).map_err(|_| usage());
    let request = match spec.name {
        // Whoever adds words means them: what shows all the same would look like an answer to them.
        name if name == spec.usage && !rest.is_empty() => {
            return Err(Refusal::usage(format!(":{name} takes no words"))
                .hint("leave them out, or put \\ first to store it as text"));
        }
        "brief" => return Ok(Verb::Show("brief")),
        "asks" | "decisions" | "hypotheses" | "iocs" | "links" | "steps" => return Ok(Verb::Show(spec.name)),
        "clock" | "evidence" | "reopen" | "scope" | "target" if rest.is_empty() => {
            return Ok(Verb::Show(spec.name));
        }
        "drill" if matches!(rest, "" | "score") => return Ok(Verb::Show("drill")),
        "drill" => drill::read(first, tail)?.ok_or_else(usage)?,
        "evidence" => return Ok(keep::evidence(rest, at)),
        "assign" | "due" | "extend" | "ioc" | "no-ioc" | "object" | "reassign" | "scope" | "unlink" => {
            let request = keep::read(spec.name, rest)?.ok_or_else(usage)?;
            return Ok(Verb::Ask(Asked { request, at }));
        }
        "help" => return Ok(Verb::Show("help")),
        "summary" | "tactical" => return Ok(Verb::Show(spec.name)),
        "home" => return Ok(Verb::Show("home")),
        "next" => return Ok(Verb::Show("next")),
        "call" => return Ok(Verb::Show("call")),
        "duties" => return Ok(Verb::Show("duties")),
        "people" => return Ok(Verb::Show("people")),
        "roster" => return Ok(Verb::Show("roster")),
        "quit" => return Ok(Verb::Show("quit")),
        "clock" => return Ok(Verb::MoveClock(need(rest)?, at)),
        "target" => set_target(rest)?,
        "run" => return Ok(Verb::Run(need(rest)?)),
        "runbooks" | "updates" | "patterns" | "stories" => {
            return Ok(Verb::Board(spec.name, rest.to_owned()));
        }
        "find" => return Ok(Verb::Find(need(rest)?)),
        "attach" => return Ok(Verb::Attach(need(rest)?)),
        "draft" => return Ok(Verb::Postmortem(PostmortemVerb::Draft)),
        "edit" => return Ok(Verb::Postmortem(PostmortemVerb::Edit)),
        "check" => return Ok(Verb::Postmortem(PostmortemVerb::Check)),
        "publish" => {
            let reason = (!rest.is_empty()).then(|| rest.to_owned());
            return Ok(Verb::Postmortem(PostmortemVerb::Publish(reason)));
        }
        "ack" => Request::Acknowledge { target: line()?, person: person(tail) },
        "approve" => Request::ApproveUpdate { target: line()? },
        "send" => Request::MarkSent {
            target: line()?,
            next: match tail.strip_prefix("next").unwrap_or(tail).trim() {
                "" => None,
                span => match crate::domain::time::parse_span(span) {
                    Ok(span) => Some(crate::domain::request::When::In(span)),
                    Err(_) => return Err(usage()),
                },
            },
        },
        "answer" => Request::Answer { target: line()?, text: need(tail)? },
        "tick" => step(rest, StepMove::Tick).ok_or_else(usage)?,
        "doing" => step(rest, StepMove::Doing).ok_or_else(usage)?,
        "take-over" => step(rest, StepMove::TakeOver).ok_or_else(usage)?,
        "undo-step" => step(rest, StepMove::Reopen).ok_or_else(usage)?,
        "skip" => reasoned_step(rest, StepMove::Skip).ok_or_else(usage)?,
        "block" => reasoned_step(rest, StepMove::Block).ok_or_else(usage)?,
        "close" => Request::Close { waive: (!rest.is_empty()).then(|| rest.to_owned()) },
        "closure" => {
            let (state, reason) = split(tail);
            Request::AnswerClosure {
                item: first.parse::<ClosureItem>()?,
                state: state.parse::<ClosureState>()?,
                reason: reason.to_owned(),
            }
        }
        "disposition" => {
            let (disposition, tail) = DispositionWord::leading(rest)?;
            let (second, more) = split(tail);
            let of = second.parse().ok();
            let reason = if of.is_some() { more } else { tail }.to_owned();
            Request::SetDisposition { disposition, of, reason }
        }
        "hypothesis" => {
            let (state, why) = split(tail);
            finding(line()?, state.parse::<HypothesisState>()?, why)
        }
        "impact" => Request::StateImpact {
            text: Some(need(rest)?),
            certainty: None,
            customer_data: None::<Flag>,
            production: None,
            privileged_access: None,
        },
        "kind" => Request::SetDetails {
            title: None,
            services: None,
            tags: None,
            kind: Some(first.parse::<crate::domain::words::IncidentKind>()?),
        },
        "link" => link(&need(first)?, &need(tail)?),
        "milestone" => {
            Request::Mark { milestone: first.parse::<crate::domain::words::Milestone>()?, at: None }
        }
        "phase" => Request::EnterPhase { phase: first.parse::<crate::domain::words::Phase>()? },
        "redact" => Request::Redact { target: line()?, reason: need(tail)? },
        "role" => Request::AssignRole { role: need(first)?, person: need(tail.trim_start_matches('@'))? },
        "release" => Request::ReleaseRole { role: need(first)?, person: need(tail.trim_start_matches('@'))? },
        "reopen" => Request::Reopen { reason: need(rest)? },
        "resolve" => Request::Resolve { ended_by: rest.to_owned() },
        "service" => Request::SetDetails { title: None, services: Some(list(rest)), tags: None, kind: None },
        "tag" => Request::SetDetails { title: None, services: None, tags: Some(list(rest)), kind: None },
        "title" => Request::SetDetails { title: Some(need(rest)?), services: None, tags: None, kind: None },
        "severity" => Request::SetSeverity { to: Some(need(first)?), reason: tail.to_owned() },
        "star" => Request::Star { target: line()?, starred: true },
        "strike" => Request::Strike { target: line()?, reason: need(tail)? },
        "story" => {
            let (title, owner) = match rest.rsplit_once(" @") {
                Some((title, owner)) if !owner.contains(' ') => (title, Some(owner.to_owned())),
                _ => (rest, None),
            };
            Request::FileStory(NewStory { title: need(title)?, owner, ..NewStory::default() })
        }
        "prepare" => {
            Request::DraftUpdate { audience: first.parse::<Audience>()?, text: need(tail)?, next: None }
        }
        // Without words the log gives them.
        "update" if tail.is_empty() && !first.is_empty() => return Ok(Verb::Word(first.parse()?)),
        "update" => {
            Request::SendUpdate { audience: first.parse::<Audience>()?, text: need(tail)?, next: None }
        }
        "verdict" => {
            let (word, reason) = split(tail);
            Request::GiveVerdict {
                target: line()?,
                verdict: word.parse::<Verdict>()?,
                reason: reason.to_owned(),
            }
        }
        "codename" => {
            let name = need(rest)?;
            Request::SetCodeName { code_name: if name == "-" { String::new() } else { name } }
        }
        "visibility" => {
            Request::SetVisibility { visibility: first.parse::<crate::domain::words::Visibility>()? }
        }
        "review" => review(first, tail).ok_or_else(usage)?,
        "waive" => Request::WaivePostmortem { reason: need(rest)? },
        _ => return Err(usage()),
    };
    Ok(Verb::Ask(Asked { request, at }))
}

/// What is said of the review of the postmortem: a status, or the owner, the meeting, a comment.
fn review(first: &str, rest: &str) -> Option<Request> {
    let none = matches!(rest, "-" | "none");
    Some(match first {
        "owner" if !rest.is_empty() => {
            Request::Review(Review::Owner((!none).then(|| rest.trim_start_matches('@').to_owned())))
        }
        "meeting" if none => Request::Review(Review::Meeting(None)),
        "meeting" => Request::Review(Review::Meeting(Some(rest.parse().ok()?))),
        "comment" if !rest.is_empty() => Request::Comment { text: rest.to_owned() },
        status => Request::Review(Review::Status(status.parse().ok()?)),
    })
}

/// What a line of the composer asks for.
///
/// # Errors
/// When it is a verb line that does not fit.
pub fn of_entry(entry: QuickEntry) -> Result<Verb, Refusal> {
    let at = entry.at.map(|m| (m.at, m.about));
    let (text, tags) = (entry.text, entry.tags);
    let request = match entry.line {
        Line::Note { starred } => Request::Note { text, tags, starred },
        Line::Decision { executor, check } => {
            Request::Decide { text, decided_by: None, executor, check, objections: Vec::new(), tags }
        }
        Line::Hypothesis => Request::Propose { text, tags },
        Line::Ask { person, time_box } => Request::Ask { text, person, time_box, tags },
        Line::Update { audience, next } => Request::SendUpdate { audience, text, next },
        Line::Command { verb, rest } => return read(&verb, &rest, at),
    };
    Ok(Verb::Ask(Asked { request, at }))
}

fn unknown(verb: &str) -> Refusal {
    if let Some(command) = command(verb) {
        let hint = match command.here {
            "" => "run it in a shell; put \\ first to store it as text".to_owned(),
            here => format!("here it is {here}: ? finds it; put \\ first to store it as text"),
        };
        return Refusal::usage(format!("that is a command: warroom {}", command.usage)).hint(hint);
    }
    let near = VERBS
        .iter()
        .map(|v| (strsim::damerau_levenshtein(verb, v.name), v.name))
        .min()
        .filter(|(distance, _)| *distance <= 3);
    let hint = match near {
        Some((_, name)) => format!("did you mean :{name}? put \\ first to store it as text"),
        None => "? lists every action; put \\ first to store it as text".to_owned(),
    };
    Refusal::usage(format!("there is no verb :{verb}")).hint(hint)
}

fn split(text: &str) -> (&str, &str) {
    let text = text.trim();
    text.split_once(char::is_whitespace).map_or((text, ""), |(a, b)| (a, b.trim()))
}

fn list(text: &str) -> Vec<String> {
    text.split([' ', ',']).filter(|w| !w.is_empty()).map(str::to_owned).collect()
}

fn person(text: &str) -> Option<String> {
    let name = text.trim().trim_start_matches('@');
    (!name.is_empty()).then(|| name.to_owned())
}

/// A link: to another incident where its id is named, else to an address.
#[must_use]
pub fn link(kind: &str, to: &str) -> Request {
    let to = to.trim();
    let relation =
        matches!(kind.to_lowercase().as_str(), "related" | "duplicate" | "recurrence" | "different");
    match to.parse::<crate::domain::ids::IncidentId>() {
        // A number, or the id of an imported postmortem: an incident, where the word says so.
        Err(_) if relation && !to.contains("://") => {
            Request::Relate { incident: to.trim_start_matches('#').to_owned(), relation: kind.to_lowercase() }
        }
        Ok(id) => Request::Relate { incident: id.to_string(), relation: kind.to_lowercase() },
        Err(_) => Request::AddLink { kind: kind.to_owned(), url: to.to_owned() },
    }
}

/// A step with an optional `@person` at the end.
fn step(rest: &str, change: StepMove) -> Option<Request> {
    let (name, who) = match rest.rsplit_once('@') {
        Some((name, who)) if !who.contains(char::is_whitespace) && !who.is_empty() => {
            (name.trim(), Some(who.to_owned()))
        }
        _ => (rest, None),
    };
    (!name.is_empty()).then(|| Request::MoveStep {
        step: StepPick::Named(name.to_owned()),
        change,
        person: who,
        reason: String::new(),
    })
}

/// A step by number, then the reason.
fn reasoned_step(rest: &str, change: StepMove) -> Option<Request> {
    let (name, reason) = split(rest);
    (!name.is_empty() && !reason.is_empty()).then(|| Request::MoveStep {
        step: StepPick::Named(name.to_owned()),
        change,
        person: None,
        reason: reason.to_owned(),
    })
}
