//! Roles in the configuration: those of the team's own, what they do, and those that must be filled. It must not know who holds one.

use super::super::problem::did_you_mean;
use super::super::{Required, RoleChoice};
use super::{Bad, Draft, Value, list, text};
use crate::domain::role;
use crate::domain::words::fold_word;

fn name(value: Value<'_, '_>) -> Result<String, Bad> {
    let name = text(value)?.to_lowercase();
    let fit = (1..=32).contains(&name.chars().count())
        && name.split('|').all(|part| !part.trim().is_empty())
        && name.chars().all(|c| c.is_alphanumeric() || "-_.| ".contains(c));
    if fit {
        Ok(name)
    } else {
        Err(Bad::at(format!("{name:?} is no role; use letters, digits and hyphens"), value))
    }
}

pub(in super::super) fn extra(draft: &mut Draft, _: &str, value: Value<'_, '_>) -> Result<(), Bad> {
    draft.config.roles.extra = list(value, name)?;
    Ok(())
}

/// The longest duty, in characters: it is read in a list beside the room.
const LONGEST_DUTY: usize = 200;

pub(in super::super) fn duties(draft: &mut Draft, role: &str, value: Value<'_, '_>) -> Result<(), Bad> {
    let duty = |value: Value<'_, '_>| {
        let duty = text(value)?;
        if (1..=LONGEST_DUTY).contains(&duty.chars().count()) {
            Ok(duty)
        } else {
            Err(Bad::at(format!("a duty is a sentence of at most {LONGEST_DUTY} characters"), value))
        }
    };
    let duties = list(value, duty)?;
    let role = role.trim().to_lowercase();
    draft.duties.retain(|(named, ..)| fold_word(named) != fold_word(&role));
    draft.duties.push((role, duties, draft.here.clone()));
    Ok(())
}

pub(in super::super) fn required(draft: &mut Draft, level: &str, value: Value<'_, '_>) -> Result<(), Bad> {
    let roles = list(value, name)?.iter().map(|name| RoleChoice::of(name)).collect();
    draft.required.retain(|(required, _)| !required.level.eq_ignore_ascii_case(level));
    draft.required.push((Required { level: level.to_owned(), roles }, draft.here.clone()));
    Ok(())
}

/// Required roles by their own names. One that nobody can hold would keep every incident from being closed.
pub(super) fn named(required: &[RoleChoice], extra: &[String]) -> Result<Vec<RoleChoice>, String> {
    let own = |wanted: &String| one_named(wanted, extra);
    let choice = |choice: &RoleChoice| choice.0.iter().map(own).collect::<Result<_, _>>().map(RoleChoice);
    required.iter().map(choice).collect()
}

/// A role by its own name, whichever of its names was written.
pub(super) fn one_named(wanted: &str, extra: &[String]) -> Result<String, String> {
    let ours = || extra.iter().find(|role| fold_word(role) == fold_word(wanted)).cloned();
    role::built_in(wanted).map(|spec| spec.name.to_owned()).or_else(ours).ok_or_else(|| {
        let all = || role::BUILT_IN.iter().map(|spec| spec.name).chain(extra.iter().map(String::as_str));
        format!(
            "there is no role {wanted:?}{}; the roles are {}; another one is named in [roles] extra",
            did_you_mean(wanted, all()),
            all().collect::<Vec<_>>().join(", ")
        )
    })
}
