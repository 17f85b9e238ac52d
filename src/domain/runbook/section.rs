//! What a section is for, told from its heading and the heading above it. It must not look at the section's items.

use crate::domain::words::Phase;

/// What a section is for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum SectionRole {
    /// What the runbook is for, what the alert means, what is affected.
    Summary,
    /// How severe it is.
    Severity,
    /// Who keeps the runbook and who is called.
    Owner,
    /// What is needed before one can start.
    Prerequisites,
    /// What shows that it happens: indicators, not steps.
    Detection,
    /// The first fifteen minutes, or triage.
    FirstMinutes,
    /// Finding out more.
    Investigation,
    /// Stopping more harm; mitigation too.
    Containment,
    /// Evidence, before it is destroyed.
    Preserve,
    /// Removing the cause.
    Eradication,
    /// Bringing the service back.
    Recovery,
    /// Proof before work goes on.
    Verify,
    /// Telling people.
    Communication,
    /// Whom to call when it goes beyond the people at hand.
    Escalation,
    /// Review and improvement.
    Learn,
    /// Links and reference material.
    Related,
    /// Anything else, the title included.
    #[default]
    Other,
}

impl SectionRole {
    /// The phase a section of this role belongs to, where it implies one.
    #[must_use]
    pub fn phase(self) -> Option<Phase> {
        match self {
            SectionRole::Detection | SectionRole::FirstMinutes | SectionRole::Investigation => {
                Some(Phase::Detect)
            }
            SectionRole::Containment => Some(Phase::Contain),
            SectionRole::Eradication => Some(Phase::Eradicate),
            SectionRole::Recovery | SectionRole::Verify => Some(Phase::Recover),
            SectionRole::Learn => Some(Phase::Learn),
            _ => None,
        }
    }

    /// List items under it can be steps.
    #[must_use]
    pub fn has_steps(self) -> bool {
        !matches!(
            self,
            SectionRole::Summary
                | SectionRole::Severity
                | SectionRole::Owner
                | SectionRole::Prerequisites
                | SectionRole::Detection
                | SectionRole::Escalation
                | SectionRole::Related
        )
    }

    /// The heading a shipped runbook gives it; the roles that no section of the standard form has are lower case.
    #[must_use]
    pub fn heading(self) -> &'static str {
        match self {
            SectionRole::Summary => "Summary",
            SectionRole::Severity => "Severity",
            SectionRole::Owner => "Owner",
            SectionRole::Prerequisites => "prerequisites",
            SectionRole::Detection => "Detection",
            SectionRole::FirstMinutes => "First 15 minutes",
            SectionRole::Investigation => "investigation",
            SectionRole::Containment => "Containment",
            SectionRole::Preserve => "Preserve",
            SectionRole::Eradication => "Eradication",
            SectionRole::Recovery => "Recovery",
            SectionRole::Verify => "Verify before resuming",
            SectionRole::Communication => "communication",
            SectionRole::Escalation => "Escalation",
            SectionRole::Learn => "learn",
            SectionRole::Related => "Related",
            SectionRole::Other => "other",
        }
    }

    /// A heading below it that says nothing itself means the same.
    fn is_inherited(self) -> bool {
        !matches!(
            self,
            SectionRole::Summary | SectionRole::Severity | SectionRole::Owner | SectionRole::Other
        )
    }
}

/// The words of a heading, lower case, without numbering such as `1.1`, `Part 2 —` or `Step 3:`.
pub(super) fn heading_words(heading: &str) -> Vec<String> {
    let mut words: Vec<String> = heading
        .split(|c: char| !c.is_alphanumeric() && c != '\'')
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect();
    let is_number = |word: &String| word.chars().all(|c| c.is_ascii_digit()) || word == "x";
    if words.len() > 1 && matches!(words.first().map(String::as_str), Some("part" | "step" | "phase")) {
        words.remove(0);
    }
    while words.len() > 1 && words.first().is_some_and(is_number) {
        words.remove(0);
    }
    words
}

/// The role of a section, from the words of its heading and the role of the heading above it.
pub(super) fn role(words: &[String], above: SectionRole) -> SectionRole {
    if matches!(above, SectionRole::Learn | SectionRole::Related | SectionRole::Prerequisites) {
        return above;
    }
    match own_role(words) {
        // "Verify containment" belongs to containment, "Analyse the image" to eradication.
        Some(SectionRole::Verify | SectionRole::Investigation) if acts(above) => above,
        Some(role) => role,
        None if above.is_inherited() => above,
        None => SectionRole::Other,
    }
}

/// Items under such a heading that ask are questions to answer, not steps.
pub(super) fn asks(words: &[String]) -> bool {
    let starts = |stem: &str| words.iter().any(|word| word.starts_with(stem));
    [
        "indicator",
        "scope",
        "scoping",
        "question",
        "timeline",
        "lesson",
        "retrospective",
        "investigat",
        "prompt",
    ]
    .iter()
    .any(|stem| starts(stem))
}

fn acts(role: SectionRole) -> bool {
    matches!(
        role,
        SectionRole::Containment | SectionRole::Preserve | SectionRole::Eradication | SectionRole::Recovery
    )
}

fn own_role(words: &[String]) -> Option<SectionRole> {
    let whole = words.join(" ");
    let first = words.first().map_or("", String::as_str);
    let last = words.last().map_or("", String::as_str);
    let has = |any: &[&str]| words.iter().any(|word| any.contains(&word.as_str()));
    let starts = |stems: &[&str]| words.iter().any(|word| stems.iter().any(|stem| word.starts_with(stem)));
    let short = words.len() <= 4;

    if matches!(
        first,
        "reference" | "references" | "related" | "links" | "appendix" | "changelog" | "glossary"
    ) || short && matches!(last, "links" | "references" | "reading")
        || matches!(
            whole.as_str(),
            "see also"
                | "resources"
                | "additional resources"
                | "additional information"
                | "more information"
                | "investigation resources"
                | "useful resources"
                | "revision history"
                | "table of contents"
                | "contents"
                | "toc"
                | "bibliography"
                | "definitions"
        )
    {
        return Some(SectionRole::Related);
    }
    if starts(&["prerequisit", "precondition"])
        || short && whole.contains("pre requisit")
        || matches!(
            whole.as_str(),
            "requirements"
                | "assumptions"
                | "before you begin"
                | "before you start"
                | "prepare"
                | "preparation"
                | "pre conditions"
        )
    {
        return Some(SectionRole::Prerequisites);
    }
    if starts(&["postmortem", "retrospective", "lesson"])
        || whole.contains("post incident")
        || matches!(whole.as_str(), "learn" | "learning" | "follow up" | "after the incident")
    {
        return Some(SectionRole::Learn);
    }
    if has(&["severity"]) || whole == "priority" {
        return Some(SectionRole::Severity);
    }
    if short
        && matches!(
            first,
            "owner" | "owners" | "ownership" | "contact" | "contacts" | "roles" | "stakeholders"
        )
    {
        return Some(SectionRole::Owner);
    }
    if has(&["first"]) && has(&["minutes", "hour", "response", "actions", "steps"])
        || has(&["triage"])
        || matches!(whole.as_str(), "immediate actions" | "immediate response")
    {
        return Some(SectionRole::FirstMinutes);
    }
    let shows = matches!(
        first,
        "detection" | "detections" | "symptom" | "symptoms" | "signs" | "trigger" | "triggers"
    );
    if short && (shows || starts(&["indicator"])) || whole.contains("alert source") || whole == "alerts" {
        return Some(SectionRole::Detection);
    }
    let explains = [
        "meaning",
        "summary",
        "overview",
        "introduction",
        "background",
        "description",
        "purpose",
        "context",
        "applicable",
        "architecture",
        "impact",
    ];
    if short && explains.contains(&first)
        || matches!(
            whole.as_str(),
            "scope" | "out of scope" | "incident type" | "this incident type" | "this playbook"
        )
    {
        return Some(SectionRole::Summary);
    }
    if whole.contains("before resuming")
        || words.len() <= 2 && matches!(first, "verify" | "verification" | "validate" | "validation")
        || words.len() <= 2 && matches!(last, "verification" | "validation")
    {
        return Some(SectionRole::Verify);
    }
    if has(&["contain", "containment", "containing", "mitigate", "mitigation", "mitigations"]) {
        return Some(SectionRole::Containment);
    }
    if has(&["preserve", "preservation", "preserving", "evidence", "forensic", "forensics"]) {
        return Some(SectionRole::Preserve);
    }
    if starts(&["eradicat", "remediat"]) {
        return Some(SectionRole::Eradication);
    }
    if short && has(&["recover", "recovery", "restore", "restoration", "recovering"]) || starts(&["recover"])
    {
        return Some(SectionRole::Recovery);
    }
    if starts(&["escalat"]) {
        return Some(SectionRole::Escalation);
    }
    if starts(&["communicat", "notif"]) {
        return Some(SectionRole::Communication);
    }
    if starts(&["investigat", "diagnos"]) || has(&["detect", "analyze", "analyse", "analysis", "confirm"]) {
        return Some(SectionRole::Investigation);
    }
    None
}
