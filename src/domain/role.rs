//! The names of roles: the built-in ones, their other names, and the short forms of narrow columns. It must not
//! know who holds a role.

mod duties;

pub use duties::duties;

/// A built-in role.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RoleSpec {
    /// The full name, as it is stored.
    pub name: &'static str,
    /// The name in a narrow column, at most six characters.
    pub short: &'static str,
    /// Other names by which people call it.
    pub aliases: &'static [&'static str],
    /// What the one who holds it does.
    pub duty: &'static str,
    /// Several people may hold it at once.
    pub many: bool,
    /// It is hands-on work, which a commander should leave to others (seed `003…`, the war room).
    pub hands_on: bool,
}

/// The commander: owns severity, phase, decisions and hand-overs.
pub const COMMANDER: &str = "commander";
/// The scribe: owns the timeline.
pub const SCRIBE: &str = "scribe";

/// The built-in roles (seeds `001…` and `003…`), in the order of the roster.
pub const BUILT_IN: &[RoleSpec] = &[
    RoleSpec {
        name: COMMANDER,
        short: "IC",
        aliases: &["ic", "incident commander", "lead"],
        duty: "drives the response: severity, phase, decisions, hand-overs",
        many: false,
        hands_on: false,
    },
    RoleSpec {
        name: "deputy",
        short: "Deputy",
        aliases: &["deputy commander", "second"],
        duty: "watches the clocks and stands in for the commander",
        many: false,
        hands_on: false,
    },
    RoleSpec {
        name: SCRIBE,
        short: "Scribe",
        aliases: &["recorder"],
        duty: "writes the timeline as it happens",
        many: false,
        hands_on: false,
    },
    RoleSpec {
        name: "tech-lead",
        short: "Tech",
        aliases: &["tech", "technical lead", "tl", "ops"],
        duty: "leads investigation, containment and repair",
        many: false,
        hands_on: true,
    },
    RoleSpec {
        name: "security-lead",
        short: "Sec",
        aliases: &["security", "sec", "sl"],
        duty: "leads the technical response to an attack",
        many: false,
        hands_on: true,
    },
    RoleSpec {
        name: "comms",
        short: "Comms",
        aliases: &["communications", "communications lead", "comms lead", "liaison"],
        duty: "writes and sends updates, inside and outside",
        many: false,
        hands_on: false,
    },
    RoleSpec {
        name: "evidence-owner",
        short: "Evid",
        aliases: &["evidence"],
        duty: "preserves logs, screens, tickets and command history",
        many: false,
        hands_on: false,
    },
    RoleSpec {
        name: "business-owner",
        short: "Biz",
        aliases: &["business", "owner"],
        duty: "decides on customers, contracts and law with legal",
        many: false,
        hands_on: false,
    },
    RoleSpec {
        name: "legal",
        short: "Legal",
        aliases: &["counsel"],
        duty: "reviews what is said outside and which duties to notify apply",
        many: false,
        hands_on: false,
    },
    RoleSpec {
        name: "sme",
        short: "SME",
        aliases: &["expert", "subject matter expert"],
        duty: "knows the system and does the fixing",
        many: true,
        hands_on: true,
    },
];

/// The built-in role of that name, alias or short form, without case and hyphens.
#[must_use]
pub fn built_in(text: &str) -> Option<&'static RoleSpec> {
    let folded = crate::domain::words::fold_word(text);
    let same = |name: &str| crate::domain::words::fold_word(name) == folded;
    BUILT_IN.iter().find(|r| same(r.name) || same(r.short) || r.aliases.iter().any(|a| same(a)))
}

/// The short form of a role for narrow columns; a role of the team's own is shown as it is.
#[must_use]
pub fn short(role: &str) -> &str {
    BUILT_IN.iter().find(|r| r.name == role).map_or(role, |r| r.short)
}

/// Several people may hold the role at once.
#[must_use]
pub fn may_be_shared(role: &str) -> bool {
    BUILT_IN.iter().any(|r| r.name == role && r.many)
}

/// The role is hands-on work.
#[must_use]
pub fn is_hands_on(role: &str) -> bool {
    BUILT_IN.iter().any(|r| r.name == role && r.hands_on)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_are_found_by_any_of_their_names() {
        for text in ["ic", "IC", "Incident Commander", "commander"] {
            assert_eq!(built_in(text).map(|r| r.name), Some(COMMANDER), "{text}");
        }
        assert_eq!(built_in("TechLead").map(|r| r.name), Some("tech-lead"));
        assert_eq!(built_in("janitor"), None);
    }

    #[test]
    fn no_two_roles_share_a_name() {
        let mut seen = std::collections::BTreeSet::new();
        for role in BUILT_IN {
            for name in [role.name, role.short].into_iter().chain(role.aliases.iter().copied()) {
                let folded = crate::domain::words::fold_word(name);
                let first = seen.insert((folded.clone(), role.name));
                let taken = seen.iter().any(|(f, n)| *f == folded && *n != role.name);
                assert!(!taken, "{name} names two roles ({first})");
            }
        }
    }
}
