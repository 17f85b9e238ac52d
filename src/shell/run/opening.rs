//! Opens the home and reads what the first frame shows. It must not draw.

use super::{Start, home};
use crate::app::model::HomeList;
use crate::domain::incident::Incident;
use crate::service::{Cause, Failure, Service};
use crate::shell::early::OpeningStore;
use crate::shell::session::{Opening, Session};

/// The home, open.
pub(super) struct Opened {
    pub(super) service: Service,
    pub(super) first: First,
    /// It cannot be written, so it is only read.
    pub(super) read_only: bool,
}

/// What the first frame shows.
pub(super) enum First {
    Room(Box<Incident>),
    Home(Box<HomeList>),
}

/// Opens the home to write, or to read where it cannot be written or its disk is full, and reads what the first frame shows.
pub(super) async fn open(
    session: Session,
    start: Start,
    store: Option<OpeningStore>,
) -> Result<Opened, Failure> {
    let (service, read_only) = match session.open_begun(Opening::Write, store).await {
        Ok(service) => (service, false),
        Err(failure) if matches!(failure.cause, Cause::ReadOnly | Cause::Full) => {
            (session.open(Opening::Read).await?, true)
        }
        Err(failure) => return Err(failure),
    };
    let room = match start {
        Start::Guess => service.only_open().await?,
        Start::Home => None,
        Start::Room(log) => {
            service.not_emptied().await?;
            Some(service.incident(log).await?)
        }
    };
    let first = match room {
        Some(room) => First::Room(Box::new(room)),
        None => {
            service.not_emptied().await?;
            First::Home(Box::new(home::read(&service, &session, false).await?))
        }
    };
    Ok(Opened { service, first, read_only })
}
