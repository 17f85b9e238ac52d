//! Rules of what is kept beside the timeline, of changed asks, and of whom an indicator may be told.

use super::{Case, person, reason, said};
use crate::domain::audience::Audience;
use crate::domain::composed::same;
use crate::domain::event::{
    AnswerWithdrawn, AskAnswered, AskChanged, DecisionObjected, EvidenceAttached, EvidenceWithdrawn,
    IocAdded, IocRemoved, LinkRemoved, NewEvent, ScopeItemRemoved, StepDueSet, StepReopened, VerdictGiven,
    VerdictWithdrawn,
};
use crate::domain::ids::Seq;
use crate::domain::incident::EvidenceItem;
use crate::domain::ioc::{self, Tlp};
use crate::domain::refusal::Refusal;
use crate::domain::request::{Keep, NewIoc};
use crate::domain::words::StepState;

impl Case<'_> {
    pub(super) fn keep(&self, keep: &Keep) -> Result<Vec<NewEvent>, Refusal> {
        match keep {
            Keep::Object { target, text, person: who } => {
                if !self.incident.talk.decisions.contains_key(target) {
                    return Err(self.not_a(*target, "decision"));
                }
                self.must_count(*target)?;
                let person = match who {
                    Some(name) => person(name)?,
                    None => self.asker.by.to_owned(),
                };
                self.one(DecisionObjected { target: *target, text: said("objection", text)?, person })
            }
            Keep::WithdrawVerdict { target } => match self.incident.talk.decisions.get(target) {
                None => Err(self.not_a(*target, "decision")),
                Some(decision) if decision.verdict.is_none() => {
                    Err(Refusal::no(format!("decision {target} has no verdict")))
                }
                Some(_) => self.one(VerdictWithdrawn { target: *target }),
            },
            Keep::RestoreVerdict { target, verdict, reason, person } => {
                if !self.incident.talk.decisions.contains_key(target) {
                    return Err(self.not_a(*target, "decision"));
                }
                self.must_count(*target)?;
                let (target, verdict, reason) = (*target, *verdict, reason.clone());
                self.one(VerdictGiven { target, verdict, reason, person: self.another(person) })
            }
            Keep::RestoreAnswer { target, text, person } => {
                self.ask(*target)?;
                self.must_count(*target)?;
                let (target, text) = (*target, said("answer", text)?);
                self.one(AskAnswered { target, text, person: self.another(person) })
            }
            Keep::RestoreTarget { clock, earlier } => self.restore_target(clock, earlier.as_ref()),
            Keep::WithdrawAnswer { target } => {
                if self.ask(*target)?.is_open() {
                    return Err(Refusal::no(format!("ask {target} is not answered")));
                }
                self.one(AnswerWithdrawn { target: *target })
            }
            Keep::Extend { target, by } => {
                let ask = self.open_ask(*target)?;
                let from = ask.due_at.filter(|due| *due > self.when()).unwrap_or_else(|| self.when());
                let due_at = from.checked_add_signed(*by);
                self.one(AskChanged { target: *target, person: None, due_at })
            }
            Keep::Reassign { target, person: who } => {
                let ask = self.open_ask(*target)?;
                let who = person(who)?;
                if ask.person.as_deref().is_some_and(|now| same(now, &who)) {
                    return Err(Refusal::no(format!("ask {target} is with {who} already")));
                }
                self.one(AskChanged { target: *target, person: Some(who), due_at: None })
            }
            Keep::RestoreAsk { target, person, due } => {
                self.ask(*target)?;
                let due_at = due.map(|due| due.from(self.when()));
                self.one(AskChanged { target: *target, person: person.clone(), due_at })
            }
            Keep::StepDue { step, due } => {
                let step = self.pick(step)?;
                let due_at = due.map(|due| due.from(self.when()));
                if step.due_at == due_at {
                    return Ok(Vec::new());
                }
                self.one(StepDueSet { step: step.at, due_at })
            }
            Keep::FreeStep { step } => {
                let step = self.pick(step)?;
                if step.state != StepState::Todo {
                    return Err(Refusal::no(format!("step {} is {} by now", step.number, step.state)));
                }
                self.one(StepReopened { step: step.at, reason: "for nobody in particular".to_owned() })
            }
            Keep::Attach { evidence, entry } => {
                let item = self.evidence_item(*evidence)?;
                self.entry(*entry)?;
                if item.entry == Some(*entry) {
                    return Ok(Vec::new());
                }
                self.one(EvidenceAttached { evidence: *evidence, entry: *entry })
            }
            Keep::Withdraw { evidence, reason: why } => {
                if self.evidence_item(*evidence)?.withdrawn.is_some() {
                    return Err(Refusal::no(format!("evidence {evidence} is withdrawn already")));
                }
                let reason = reason("withdrawing evidence", why)?;
                self.one(EvidenceWithdrawn { evidence: *evidence, reason })
            }
            Keep::RemoveScope { assets } => {
                let known = |asset: &str| self.incident.record.scope.iter().any(|s| s.asset == asset);
                if let Some(asset) = assets.iter().find(|a| !known(a)) {
                    return Err(Refusal::not_found(format!("{asset:?} is not in the scope")));
                }
                Ok(assets.iter().map(|a| self.event(ScopeItemRemoved { asset: a.clone() })).collect())
            }
            Keep::RemoveLink { link } => self.remove_link(link.trim()),
            Keep::AddIoc(new) => self.add_ioc(new),
            Keep::RestoreIoc(was) => self.one(IocAdded {
                value: was.value.clone(),
                kind: was.kind.unwrap_or_else(|| ioc::detect(&was.value)),
                tlp: was.tlp.unwrap_or(Tlp::Amber),
                entry: was.entry,
                note: was.note.clone(),
            }),
            Keep::RemoveIoc { value, reason: why } => {
                let value = ioc::refang(value);
                if !self.incident.record.iocs.iter().any(|i| i.value == value) {
                    return Err(Refusal::not_found(format!("{value:?} is not an indicator here")));
                }
                self.one(IocRemoved { value, reason: reason("taking back an indicator", why)? })
            }
        }
    }

    /// Takes away a place or another incident, whether or not there is one at the other end.
    fn remove_link(&self, link: &str) -> Result<Vec<NewEvent>, Refusal> {
        let incident = self.incident;
        let other = incident.id.sibling(link).map_or_else(|| link.to_owned(), |id| id.to_string());
        let places = incident.record.links.iter().map(|l| (&l.kind, &l.url, l.url == link));
        let related = incident.record.related.iter();
        let related = related.map(|r| (&r.relation, &r.incident, r.incident.eq_ignore_ascii_case(&other)));
        let named = |(kind, _, named): &(&String, &String, bool)| *named || kind.eq_ignore_ascii_case(link);
        let mut found = places.chain(related).filter(named);
        match (found.next(), found.next()) {
            (Some((kind, url, _)), None) => {
                let of = incident.disposition.as_ref().and_then(|d| d.of);
                if of.is_some_and(|of| of.to_string() == *url) {
                    let why = format!("{} is a duplicate of {url} by its disposition", incident.id);
                    return Err(Refusal::no(why)
                        .hint(format!("take that back: warroom merge {} --into {url} --undo", incident.id)));
                }
                self.one(LinkRemoved { kind: kind.clone(), url: url.clone() })
            }
            (Some(_), Some(_)) => Err(Refusal::usage(format!("{link:?} is more than one link"))
                .hint("give the address, or the id of the incident")),
            _ => Err(Refusal::not_found(format!("{link:?} is not a link of this incident"))),
        }
    }

    fn add_ioc(&self, new: &NewIoc) -> Result<Vec<NewEvent>, Refusal> {
        let value = said("indicator", &ioc::refang(&new.value))?;
        if value.chars().any(char::is_control) {
            return Err(Refusal::usage("an indicator is one line without control characters"));
        }
        if let Some(entry) = new.entry {
            self.entry(entry)?;
        }
        let known = self.incident.record.iocs.iter().find(|i| i.value == value);
        let added = IocAdded {
            kind: new.kind.or(known.map(|k| k.kind)).unwrap_or_else(|| ioc::detect(&value)),
            tlp: new.tlp.or(known.map(|k| k.tlp)).unwrap_or(Tlp::Amber),
            entry: new.entry.or(known.and_then(|k| k.entry)),
            note: match (new.note.trim(), known) {
                ("", Some(known)) => known.note.clone(),
                (note, _) => note.to_owned(),
            },
            value,
        };
        let same = known.is_some_and(|k| {
            k.kind == added.kind && k.tlp == added.tlp && k.entry == added.entry && k.note == added.note
        });
        if same {
            return Err(Refusal::no(format!("{} is kept already", ioc::defang(added.kind, &added.value))));
        }
        self.one(added)
    }

    /// An update tells nobody an indicator that they may not be told.
    pub(super) fn may_be_told(&self, audience: Audience, text: &str) -> Result<(), Refusal> {
        let forbidden = |i: &&crate::domain::incident::Ioc| {
            !i.tlp.allows(audience) && ioc::is_told_by(&i.value, i.tlp, text)
        };
        match self.incident.record.iocs.iter().find(forbidden) {
            Some(found) => Err(Refusal::no(format!(
                "TLP:{} forbids telling {audience} of {}",
                found.tlp.as_str().to_uppercase(),
                ioc::defang(found.kind, &found.value)
            ))
            .hint("leave it out, or give the indicator another colour first")),
            None => Ok(()),
        }
    }

    pub(super) fn evidence_item(&self, seq: Seq) -> Result<&EvidenceItem, Refusal> {
        self.incident.record.evidence.iter().find(|i| i.seq == seq).ok_or_else(|| {
            Refusal::not_found(format!("{seq} is not an item of evidence"))
                .hint("warroom evidence list shows the numbers")
        })
    }

    /// Who said so, where that is not the asker.
    fn another(&self, person: &str) -> Option<String> {
        (person != self.asker.by).then(|| person.to_owned())
    }

    fn open_ask(&self, target: Seq) -> Result<&crate::domain::incident::Ask, Refusal> {
        let ask = self.ask(target)?;
        self.must_count(target)?;
        if ask.answer.is_some() {
            return Err(Refusal::no(format!("ask {target} is answered already")));
        }
        Ok(ask)
    }
}
