//! Prefilled updates: the team's template of an audience, else the shipped one, filled from the log. It must not word
//! anything itself (`domain::wording` does), and it must not send.

use super::Service;
use crate::domain::audience::Audience;
use crate::domain::incident::Incident;
use crate::domain::log::Digest;
use crate::domain::time::Utc;
use crate::domain::wording::{self, MAX_BYTES};
use crate::domain::zone::Tz;

/// A first wording of an update.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wording {
    /// For whom.
    pub audience: Audience,
    /// The words.
    pub text: String,
    /// The team's template was used; the shipped one otherwise.
    pub own: bool,
    /// Why the team's template was not: file, line, what is wrong, what to do.
    pub problem: Option<String>,
}

impl Service {
    /// Words an update from the log; `digest` is that of its last event. A template that does not work is told, and never leaves anybody without a text.
    #[must_use]
    pub fn wording(
        &self,
        incident: &Incident,
        audience: Audience,
        next: Option<Utc>,
        now: Utc,
        zone: Tz,
        digest: Option<Digest>,
    ) -> Wording {
        let mut facts = wording::facts(incident, self.policy(), audience, next, now, zone);
        facts.head = digest.map(|digest| format!("{}:{digest}", incident.head)).unwrap_or_default();
        let mut problem = None;
        match self.template(audience).map(|t| t.map(|t| wording::write(&facts, &t))) {
            Ok(Some(Ok(text))) => return Wording { audience, text, own: true, problem },
            Ok(Some(Err(why))) => {
                problem =
                    Some(format!("{}:{}: {}", self.template_path(audience).display(), why.line, why.message));
            }
            Ok(None) => {}
            Err(why) => problem = Some(format!("{}: {why}", self.template_path(audience).display())),
        }
        let problem = problem.map(|p| format!("{p}; the shipped template is used: mend yours, or delete it"));
        // A test holds every shipped template to giving a text; its own words are what could be left of it.
        let shipped = wording::shipped(audience);
        let text = wording::write(&facts, shipped).unwrap_or_else(|_| shipped.to_owned());
        Wording { audience, text, own: false, problem }
    }

    fn template_path(&self, audience: Audience) -> std::path::PathBuf {
        self.places().templates.join(wording::file_name(audience))
    }

    /// The team's template; none where there is no file.
    fn template(&self, audience: Audience) -> Result<Option<String>, String> {
        let path = self.template_path(audience);
        let bytes = match super::read_at_most(&path, MAX_BYTES) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) if error.kind() == std::io::ErrorKind::FileTooLarge => {
                return Err(format!("{error}; a template has at most {MAX_BYTES}"));
            }
            Err(error) => return Err(error.to_string()),
        };
        String::from_utf8(bytes).map(Some).map_err(|_| "it is not UTF-8 text".to_owned())
    }
}
