//! Rules of the lines of the timeline: notes, decisions, hypotheses, asks, updates, and what is said of them.

use super::{Case, person, reason, reason_by, said};
use crate::domain::event::{
    Alerted, Amended, AskAcknowledged, AskAnswered, AskChanged, AskMade, DecisionMade, HypothesisChanged,
    HypothesisProposed, NewEvent, Noted, Restored, Starred, Struck, UpdateApproved, VerdictGiven,
};
use crate::domain::ids::Seq;
use crate::domain::incident::{Ask, Entry, Reasked, UpdateState};
use crate::domain::quick_entry;
use crate::domain::refusal::Refusal;
use crate::domain::request::{Request, When};
use crate::domain::time::{Utc, exact_span, with_zone};
use crate::domain::words::{EntryKind, HypothesisState, with_article};
use crate::domain::zone::Tz;

impl Case<'_> {
    pub(super) fn lines(&self, request: &Request) -> Result<Vec<NewEvent>, Refusal> {
        match request {
            Request::Note { text, tags, starred } => {
                self.one(Noted { text: said("line", text)?, tags: tags.clone(), starred: *starred })
            }
            Request::Alert { text, source, alert, tags } => self.one(Alerted {
                text: said("alert", text)?,
                source: source.clone(),
                alert: alert.clone(),
                tags: tags.clone(),
            }),
            Request::Decide { text, decided_by, executor, check, objections, tags } => {
                let decided_by = match decided_by {
                    Some(name) => person(name)?,
                    None => self.commander_then().unwrap_or(self.asker.by).to_owned(),
                };
                let when = self.when();
                self.one(DecisionMade {
                    text: said("decision", text)?,
                    decided_by,
                    executor: executor.as_deref().map(person).transpose()?,
                    check_at: check.map(|c| c.from(when)),
                    objections: objections.clone(),
                    tags: tags.clone(),
                })
            }
            Request::Propose { text, tags } => {
                self.one(HypothesisProposed { text: said("hypothesis", text)?, tags: tags.clone() })
            }
            Request::Ask { text, person: who, time_box, tags } => self.one(AskMade {
                text: said("ask", text)?,
                person: who.as_deref().map(person).transpose()?,
                due_at: time_box.map(|span| crate::domain::request::When::In(span).from(self.when())),
                tags: tags.clone(),
            }),
            Request::SendUpdate { audience, text, next } => self.send(*audience, text, *next),
            Request::DraftUpdate { audience, text, next } => self.draft(*audience, text, *next),
            Request::ApproveUpdate { target } => {
                let update = self.update(*target)?;
                if update.state != UpdateState::Drafted {
                    return Err(Refusal::no(format!("update {target} is {} already", update.state.as_str())));
                }
                self.may_go_out(update)?;
                self.one(UpdateApproved { target: *target })
            }
            Request::MarkSent { target, next } => self.mark_sent(*target, *next),
            Request::Amend { target, text, at, seen } => self.amend(*target, text.as_deref(), *at, *seen),
            Request::Strike { target, reason: why } => {
                let entry = self.entry(*target)?;
                if entry.redacted {
                    return Err(Refusal::no(format!("the words of line {target} are erased")));
                }
                if entry.kind == EntryKind::System {
                    return Err(Refusal::no(format!("line {target} was written by the program"))
                        .hint("undo the action itself, or note what is wrong"));
                }
                if entry.struck.is_some() {
                    return Err(Refusal::no(format!("line {target} is crossed out already")));
                }
                self.one(Struck { target: *target, reason: reason("crossing out a line", why)? })
            }
            Request::Restore { target } => {
                if self.entry(*target)?.struck.is_none() {
                    return Err(Refusal::no(format!("line {target} is not crossed out")));
                }
                if self.incident.not_so.contains(target) {
                    let message = format!("line {target} is not so: the log says that it was done in time");
                    return Err(Refusal::no(message).hint("put right the line that says so"));
                }
                self.one(Restored { target: *target })
            }
            Request::Star { target, starred } => {
                if self.entry(*target)?.starred == *starred {
                    return Ok(Vec::new());
                }
                self.one(Starred { target: *target, starred: *starred })
            }
            Request::GiveVerdict { target, verdict, reason } => {
                if !self.incident.talk.decisions.contains_key(target) {
                    return Err(self.not_a(*target, "decision"));
                }
                self.must_count(*target)?;
                self.one(VerdictGiven {
                    target: *target,
                    verdict: *verdict,
                    reason: reason.trim().to_owned(),
                    person: None,
                })
            }
            Request::SetHypothesis { target, state, why, person: who } => {
                if !self.incident.talk.hypotheses.contains_key(target) {
                    return Err(self.not_a(*target, "hypothesis"));
                }
                self.must_count(*target)?;
                let why = if *state == HypothesisState::RuledOut {
                    reason_by("--why", "ruling out a hypothesis", why)?
                } else {
                    why.trim().to_owned()
                };
                let who = who.as_deref().map(person).transpose()?.filter(|who| *who != self.asker.by);
                self.one(HypothesisChanged { target: *target, state: *state, why, person: who })
            }
            Request::Acknowledge { target, person: who } => {
                let ask = self.ask(*target)?;
                self.must_count(*target)?;
                if ask.answer.is_some() {
                    return Err(Refusal::no(format!("ask {target} is answered already")));
                }
                let who = match who {
                    Some(name) => person(name)?,
                    None => self.asker.by.to_owned(),
                };
                self.one(AskAcknowledged { target: *target, person: who })
            }
            Request::Answer { target, text } => {
                self.ask(*target)?;
                self.must_count(*target)?;
                self.one(AskAnswered { target: *target, text: said("answer", text)?, person: None })
            }
            Request::Redact { target, reason } => self.redact(*target, reason),
            _ => Err(Refusal::no("this request has no rule")),
        }
    }

    /// Who commanded at the moment of which the request speaks; where nobody did, who does now.
    fn commander_then(&self) -> Option<&str> {
        let then = self.at.and_then(|(at, _)| self.incident.commander_at(at));
        then.or_else(|| self.incident.commander())
    }

    fn amend(
        &self,
        target: Seq,
        text: Option<&str>,
        at: Option<(Utc, bool)>,
        seen: Option<Seq>,
    ) -> Result<Vec<NewEvent>, Refusal> {
        let entry = self.entry(target)?;
        if entry.redacted {
            return Err(Refusal::no(format!("the words of line {target} are erased")));
        }
        if let Some(seen) = seen
            && seen != entry.revision()
        {
            let by = entry.edits.last().map_or("somebody", |e| e.by.as_str());
            return Err(Refusal::conflict(format!(
                "{by} changed line {target} meanwhile; it now says {:?}",
                entry.text
            ))
            .hint("look at it and amend again")
            .stale(entry.revision()));
        }
        if entry.kind == EntryKind::System && text.is_some() {
            return Err(Refusal::no(format!("the words of line {target} were written by the program"))
                .hint("its time can be amended; for the rest, write a note"));
        }
        if let Some((at, _)) = at
            && self.is_future(at)
        {
            return Err(
                Refusal::usage("that time is in the future").hint("give the time at which it happened")
            );
        }
        let (text, asked) = match text {
            None => (None, None),
            Some(text) => self.reworded(target, text, at.map(|(at, _)| at))?,
        };
        if let (Some(text), Some(update)) = (&text, self.incident.talk.updates.get(&target)) {
            self.may_be_reworded(update, text)?;
        }
        let at = at.filter(|(at, about)| *at != entry.occurred_at || *about != entry.about);
        if text.is_none() && at.is_none() && asked.is_none() {
            return Err(Refusal::no("nothing would change"));
        }
        // The amendment itself happens now, whatever time it gives to the line.
        let case = Case { at: None, ..*self };
        let mut events: Vec<NewEvent> = asked.map(|asked| case.event(asked)).into_iter().collect();
        if text.is_some() || at.is_some() {
            let tags = text.as_deref().map(|text| tags_after(entry, text)).unwrap_or_default();
            events.push(case.event(Amended {
                target,
                text,
                at: at.map(|(at, _)| at),
                at_about: at.is_some_and(|(_, about)| about),
                tags,
            }));
        }
        Ok(events)
    }

    /// The line with other words, none where it reads as it does now, and whom its ask goes to or when that is due by
    /// them. For whom an update is they do not say: somebody was told already.
    fn reworded(
        &self,
        target: Seq,
        text: &str,
        at: Option<Utc>,
    ) -> Result<(Option<String>, Option<AskChanged>), Refusal> {
        let (talk, now) = (&self.incident.talk, &self.entry(target)?.text);
        let (text, lead) = (said("line", text)?, talk.lead(target));
        let line = |words: &str| Some(talk.line(target, words)).filter(|line| line != now);
        // What was there before is taken as it stands, and so is what follows its own lead.
        if self.undoing {
            return Ok((line(&text), None));
        }
        if let Some(ask) = talk.asks.get(&target) {
            let reasked = talk.reasked(ask, &text);
            let words = said("ask", &reasked.words)?;
            let changed = self.reasked(ask, &reasked, at)?;
            let person = changed.as_ref().and_then(|changed| changed.person.as_ref());
            let same = words == talk.words(target, now);
            let lead = person.map_or(lead, |person| format!("@{person} "));
            return Ok(((!same).then(|| format!("{lead}{words}")), changed));
        }
        if let Some(update) = talk.updates.get(&target)
            && !text.starts_with(&lead)
            && let Some((audience, rest)) = quick_entry::audience_in_front(&text)
        {
            if audience == update.audience {
                return Ok((line(rest), None));
            }
            let message = format!("update {target} is for {}, not for {audience}", update.audience);
            let hint = format!("strike it and send it again; if these are its words, begin with {lead:?}");
            return Err(Refusal::usage(message).hint(hint));
        }
        self.keeps_its_terms(target, &text)?;
        Ok((line(&text), None))
    }

    /// Whom an ask goes to and when it is due, where other words of it say so: as with words of its own for that, and as
    /// long as nobody has answered.
    fn reasked(&self, ask: &Ask, reasked: &Reasked, at: Option<Utc>) -> Result<Option<AskChanged>, Refusal> {
        let (target, now) = (ask.seq, self.asker.now);
        // Whoever is asked now has it from now on, and who was given it since, from then on.
        let asked = at.filter(|_| ask.since == ask.at).unwrap_or(ask.since);
        let from = if reasked.person.is_some() { now } else { asked };
        let due = reasked.time_box.and_then(|span| from.checked_add_signed(span));
        let due = due.map(|due| self.incident.due(from, due)).filter(|due| ask.due_at != Some(*due));
        if reasked.person.is_none() && due.is_none() {
            return Ok(None);
        }
        self.must_count(target)?;
        if let Some(answer) = &ask.answer {
            let by = &answer.by;
            let message = format!("ask {target} is answered by {by} already: whose it is and its time stay");
            let hint = "strike it and ask anew, or leave person and time box out of the words";
            return Err(Refusal::no(message).hint(hint));
        }
        if let (Some(due), Some(span)) = (due.filter(|due| *due <= now), reasked.time_box) {
            let (span, due) = (exact_span(span), with_zone(due, Tz::UTC));
            let message = format!("a time box of {span} for ask {target} would have run out at {due} UTC");
            let hint = format!("for more time from now: warroom extend, or :extend {target} {span}");
            return Err(Refusal::usage(message).hint(hint));
        }
        Ok(Some(AskChanged { target, person: reasked.person.clone(), due_at: due }))
    }

    /// Refuses words with an executor or a check in them: as text of a decision that is there they would say one thing
    /// while another holds.
    fn keeps_its_terms(&self, target: Seq, new: &str) -> Result<(), Refusal> {
        if !self.incident.talk.decisions.contains_key(&target) {
            return Ok(());
        }
        let (ctx, old) = (self.utc(), &self.entry(target)?.text);
        let ((who, check), (had, had_check)) =
            (quick_entry::executor_and_check(new, &ctx), quick_entry::executor_and_check(old, &ctx));
        let who = who.filter(|who| had.as_ref() != Some(who)).map(|who| format!("@{who}"));
        let check = check.filter(|check| had_check != Some(*check));
        let check = check.map(|check| match check {
            When::In(span) => format!("check {}", exact_span(span)),
            When::At(at) => format!("check {}Z", with_zone(at, Tz::UTC)),
        });
        let terms: Vec<String> = who.into_iter().chain(check).collect();
        if terms.is_empty() {
            return Ok(());
        }
        let message = format!(
            "who executes decision {target} and when it is checked does not change with its words ({})",
            terms.join(", ")
        );
        let hint = "leave that out of the words, or strike the decision and decide anew";
        Err(Refusal::usage(message).hint(hint))
    }

    /// Of a line that is crossed out nothing more is said: it is shown nowhere, and what was said of it would not be.
    pub(super) fn must_count(&self, target: Seq) -> Result<(), Refusal> {
        let struck = self.incident.timeline.get(target).is_some_and(|entry| entry.struck.is_some());
        if struck && !self.undoing {
            return Err(Refusal::no(format!(
                "line {target} is crossed out, and what is said of it is shown nowhere"
            ))
            .hint(format!(
                "let it count again first: warroom strike {} {target} --restore",
                self.incident.id
            )));
        }
        Ok(())
    }

    pub(super) fn not_a(&self, target: Seq, what: &str) -> Refusal {
        Refusal::not_found(format!("line {target} of {} is not {}", self.incident.id, with_article(what)))
    }

    pub(super) fn ask(&self, target: Seq) -> Result<&Ask, Refusal> {
        self.incident.talk.asks.get(&target).ok_or_else(|| self.not_a(target, "ask"))
    }
}

/// The labels of a line with new words: those of the words, and those that it had beside its former ones. What is
/// privileged because it was imported so, or answers what is, does not leave the room with a mended word.
fn tags_after(entry: &Entry, text: &str) -> Vec<String> {
    let (mut tags, said) = (quick_entry::tags_of(text), quick_entry::tags_of(&entry.text));
    let beside = entry.tags.iter().filter(|tag| !said.iter().any(|said| said.eq_ignore_ascii_case(tag)));
    for tag in beside {
        if !tags.iter().any(|own| own.eq_ignore_ascii_case(tag)) {
            tags.push(tag.clone());
        }
    }
    tags
}
