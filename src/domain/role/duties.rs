//! What each built-in role does, in a few lines that fit beside the room (seeds `001…` and `003…`: who does what in a
//! war room). It must not know who holds a role.

/// The duties of a role, the most important first; a role of the team's own has none here.
#[must_use]
pub fn duties(role: &str) -> &'static [&'static str] {
    match role {
        super::COMMANDER => &[
            "Coordinates and decides; touches no system.",
            "Keeps severity and phase right: p moves on, s grades.",
            "Gives every task to one person with a time box: a.",
            "Decides aloud and lets it be written: d; says when the outcome is looked at.",
            "Watches the line NEXT; a clock that cannot be held is moved with a reason: ? clock.",
            "Hands over before tiring: r, after the next one has read the brief: b.",
        ],
        "deputy" => &[
            "Watches the clocks for the commander and says what runs out next.",
            "Asks for the answers that are due, and keeps people who are not needed out.",
            "Knows enough to take command at once.",
        ],
        super::SCRIBE => &[
            "Writes the timeline as it happens: I stays open, one fact a line.",
            "Writes what was seen, done and decided, by whom and when; no opinions.",
            "Keeps what is only believed apart: ? in front of the line.",
            "Back-dates what comes late: -4m in front.",
            "Writes no code and runs no command meanwhile.",
        ],
        "tech-lead" => &[
            "Leads finding out, containing and repairing; says what is tried before it is tried.",
            "Works along the runbook: Space ticks, one person a step.",
            "Keeps hypotheses open until a fact rules them out: H, v.",
            "Reports to the commander, not to everybody who asks.",
        ],
        "security-lead" => &[
            "Leads the response to the attacker: scope, containment, eradication.",
            "Has evidence kept before anything is wiped: V.",
            "Says which credentials and artifacts are no longer trusted: :scope.",
            "Tells legal early when data or customers may be touched.",
        ],
        "comms" => &[
            "Writes every update, inside and outside, and has it approved: c.",
            "Says only what is confirmed; names when the next update comes, and keeps it.",
            "Is the only one who speaks outside.",
        ],
        "evidence-owner" => &[
            "Keeps logs, screens, tickets, digests and command history before they rotate: V.",
            "Notes source, time and who took it; hashes go into the register.",
            "Knows where each item is and who has it.",
        ],
        "business-owner" => &[
            "Says what the loss is and what may be switched off.",
            "Decides about customers, contracts and releases, with legal.",
            "Answers for the money and the date, so that the commander need not.",
        ],
        "legal" => &[
            "Says which duties to notify apply, and from when each runs.",
            "Reads what is said outside before it is sent.",
            "Says what must be kept, and what is privileged: :visibility.",
        ],
        "sme" => &[
            "Knows the system and does the fixing, one ask at a time.",
            "Says what is about to be changed, and what came of it.",
            "Leaves when the ask is answered.",
        ],
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_built_in_role_has_duties_that_fit_a_line() {
        for role in super::super::BUILT_IN {
            assert!((3..=6).contains(&duties(role.name).len()), "{}", role.name);
            assert!(duties(role.name).iter().all(|d| d.len() <= 100 && d.ends_with('.')), "{}", role.name);
        }
        assert!(duties("floor-manager").is_empty());
    }
}
