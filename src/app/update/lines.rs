//! Overlays with a line: a reason, a name, a file. Enter takes the line or says why not.

use super::super::effect::Effect;
use super::super::model::{AskFor, Model, Overlay, Waiting};
use super::{boards, closing, room, tables};
use crate::app::effect::ClosingStep;
use crate::domain::filter::Filter;
use crate::domain::request::{Keep, Request, StepPick, When};
use crate::domain::time::{Span, parse_span};
use crate::domain::verb::{self, Verb};
use crate::domain::words::{ClosureState, HypothesisState};

/// Whether a line may be left empty.
#[must_use]
pub const fn may_be_empty(purpose: &AskFor) -> bool {
    match purpose {
        AskFor::Hypothesis(_, state) => !matches!(state, HypothesisState::RuledOut),
        AskFor::Verdict(..)
        | AskFor::Filter
        | AskFor::BoardFilter
        | AskFor::StoryStart(_)
        | AskFor::Run(_)
        | AskFor::Resolve => true,
        _ => false,
    }
}

/// Enter.
pub(super) fn accept(model: &mut Model, fx: &mut Vec<Effect>) {
    let Some(Overlay::Ask(ask)) = model.overlays.last() else { return };
    let text = ask.editor.text().trim().to_owned();
    let purpose = ask.purpose.clone();
    if text.is_empty() && !may_be_empty(&purpose) {
        return problem(model, "one line is needed");
    }
    if let Some((id, asked)) = boards::requests(model, &purpose, &text) {
        model.overlays.pop();
        return boards::submit(model, id.incident, purpose, &text, asked, fx);
    }
    let form = purpose.clone();
    let request = match purpose {
        AskFor::BoardFilter => {
            return match boards::filter(model, &text, fx) {
                Ok(()) => _ = model.overlays.pop(),
                Err(why) => problem(model, &why),
            };
        }
        // Taken above.
        AskFor::StoryStart(_)
        | AskFor::StoryShip(_)
        | AskFor::StoryVerify(_)
        | AskFor::StoryDrop(_)
        | AskFor::StoryReopen(_) => {
            return;
        }
        AskFor::Run(command) => return super::running::confirmed(model, command, &text, fx),
        AskFor::Identity => return identity(model, &text, fx),
        AskFor::Filter => {
            let ctx = crate::domain::time_spec::Context { now: model.now, zone: model.zone() };
            return match Filter::parse(&text, &ctx) {
                Err(why) => problem(model, &why),
                Ok(filter) => {
                    model.overlays.pop();
                    room::set_filter(model, filter);
                }
            };
        }
        AskFor::Evidence(entry) => {
            model.overlays.pop();
            return tables::evidence_class(model, text, entry);
        }
        AskFor::Extend(target) => match span(&text) {
            Some(by) => Keep::Extend { target, by }.into(),
            None => return problem(model, "write how much more: 5m"),
        },
        AskFor::StepDue(at) => {
            let step = StepPick::Exactly(at);
            match span(&text) {
                Some(by) => Keep::StepDue { step, due: Some(When::In(by)) }.into(),
                None if text == "none" => Keep::StepDue { step, due: None }.into(),
                None => return problem(model, "write how long from now: 15m, or none"),
            }
        }
        AskFor::Object(target) => verb::objection(target, &text).into(),
        AskFor::Story => match verb::read("story", &text, None) {
            Ok(Verb::Ask(asked)) => asked.request,
            Ok(_) => return,
            Err(refusal) => return problem(model, &refusal.message),
        },
        AskFor::Author => {
            if !text.contains('<') {
                return problem(model, "write it as: Name <mail>");
            }
            model.overlays.pop();
            let step = ClosingStep::Publish { waive: None, author: Some(text) };
            return closing::run(model, step, fx);
        }
        AskFor::WaiveClose => {
            model.overlays.pop();
            return closing::run(model, ClosingStep::Close { waive: Some(text) }, fx);
        }
        AskFor::WaivePublish => {
            model.overlays.pop();
            return closing::run(model, ClosingStep::Publish { waive: Some(text), author: None }, fx);
        }
        AskFor::Clock(clock) => match verb::until(&clock, &text, &super::compose::context(model)) {
            Ok(request) => request,
            Err(refusal) => return problem(model, &refusal.message),
        },
        AskFor::Target(clock) => match verb::target(&clock, &text) {
            Ok(request) => request,
            Err(refusal) => return problem(model, &refusal.message),
        },
        AskFor::Strike(target) => Request::Strike { target, reason: text.clone() },
        AskFor::Step(at, change) => {
            Request::MoveStep { step: StepPick::Exactly(at), change, person: None, reason: text.clone() }
        }
        AskFor::Severity(to) => Request::SetSeverity { to: Some(to), reason: text.clone() },
        AskFor::Verdict(target, verdict) => Request::GiveVerdict { target, verdict, reason: text.clone() },
        AskFor::Hypothesis(target, state) => verb::finding(target, state, &text),
        AskFor::Answer(target) => Request::Answer { target, text: text.clone() },
        AskFor::Resolve => Request::Resolve { ended_by: text.clone() },
        AskFor::Reopen => Request::Reopen { reason: text.clone() },
        AskFor::NotApplicable(item) => {
            Request::AnswerClosure { item, state: ClosureState::NotApplicable, reason: text.clone() }
        }
    };
    model.overlays.pop();
    room::submit_form(model, request, form, &text, fx);
}

/// A span that is longer than nothing.
fn span(text: &str) -> Option<Span> {
    parse_span(text.trim_start_matches('+')).ok().filter(|span| *span > Span::zero())
}

fn problem(model: &mut Model, why: &str) {
    if let Some(Overlay::Ask(ask)) = model.overlays.last_mut() {
        ask.problem = Some(why.to_owned());
    }
}

fn identity(model: &mut Model, text: &str, fx: &mut Vec<Effect>) {
    match crate::domain::decide::person(text) {
        Err(refusal) => problem(model, &refusal.message),
        Ok(name) => {
            model.overlays.pop();
            model.me.clone_from(&name);
            let ticket = model.ticket(Waiting::Quiet);
            fx.push(Effect::SetMe(ticket, name));
        }
    }
}
