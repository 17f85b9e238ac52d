//! What the screen begins with: the keys and the model, from the settings of the session. It must not open anything.

use crate::app::key::Key;
use crate::app::keymap::Keymap;
use crate::app::layout::Size;
use crate::app::model::{Look, Model, Place, Start};
use crate::service::{Failure, FailureKind};
use crate::shell::config::UiZone;
use crate::shell::session::Session;

/// The keys of the table with those of the settings.
pub(super) fn keymap(session: &Session) -> Result<Keymap, Failure> {
    let settings: Vec<(String, Vec<Key>)> =
        session.config.keys.iter().map(|b| (b.action.clone(), b.keys.clone())).collect();
    Keymap::new(&settings).map_err(|bad| {
        let words: Vec<String> = bad.iter().map(ToString::to_string).collect();
        let place =
            session.config.keys.first().map_or_else(String::new, |b| format!("{}: ", b.file.display()));
        Failure::new(FailureKind::Usage, format!("{place}[keys]: {}", words.join("; ")))
    })
}

/// The model before anything is read.
pub(super) fn model(session: &Session, keymap: Keymap, size: Size) -> Model {
    let ui = &session.config.ui;
    let me = if session.identity.ask() { String::new() } else { session.identity.person.clone() };
    let (people, problems) = session.people();
    let mut model = Model::new(Start {
        size,
        now: session.clock.now(),
        local_zone: match ui.zone {
            UiZone::Utc => UiZone::Local.zone(&session.environment),
            other => other.zone(&session.environment),
        },
        local: ui.zone != UiZone::Utc,
        simulated: session.clock.overridden(),
        me,
        look: Look {
            colour: !session.environment.no_color && ui.theme != "mono",
            ascii: ui.ascii,
            colours: ui.look(),
        },
        keymap,
        policy: session.policy(),
        people,
    });
    model.place = Place {
        host: format!("{}@{}", session.identity.user, session.identity.host),
        folder: std::env::current_dir().map(|f| f.display().to_string()).unwrap_or_default(),
    };
    if let Some(problem) = problems.first() {
        model.warn(format!("people.toml: {problem}; config check tells all"));
    }
    model
}
