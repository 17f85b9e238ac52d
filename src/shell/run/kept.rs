//! What is typed and not stored: the draft journal, as the loop uses it. It must not drop text because a disk is
//! full: what cannot be written is told, and the text stays in the composer.

use std::io::Write;
use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::app::effect::Ticket;
use crate::app::model::{Draft, Form, Waiting};
use crate::app::msg::{Answer, Msg, Trouble};
use crate::domain::ids::{EventId, IncidentId, LogId, Seq};
use crate::domain::incident::Incident;
use crate::domain::time::Utc;
use crate::service::Failure;
use crate::shell::drafts::{Draft as Stored, DraftError, Journal, Syncer};
use crate::shell::session::Session;
use crate::shell::throwaway::delete;

/// The rest of a composer's state, in the journal's form.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Rest {
    open: bool,
    scribe: bool,
    amends: Option<(Seq, Seq)>,
    unsent: Vec<(String, Utc)>,
    #[serde(default)]
    command: Option<(String, Option<Utc>)>,
}

/// What journals call the two sorts of text.
const LINE: &str = "composer";
const FORM: &str = "form";

/// What was left behind in a room.
#[derive(Debug, Default)]
pub(super) struct Left {
    /// The line of the composer, with lines that were on their way.
    pub(super) line: Option<Draft>,
    /// The form that was open.
    pub(super) form: Option<Form>,
}

/// The journal of this process, and what those before it left.
pub(super) struct Kept {
    journal: Option<Journal>,
    /// Who sits here; empty until somebody says so.
    me: String,
    /// Drafts of processes that are gone, oldest first.
    left: Vec<Stored>,
    /// What the form of this process is called in the journal.
    form: EventId,
    /// Drafts that were opened again: they are forgotten when this process has written them under its own names.
    resumed: Vec<EventId>,
    /// What is to be forgotten once the screen shows why.
    stored: Vec<(EventId, Option<Stored>)>,
    note: Option<String>,
}

impl Kept {
    /// Begins the journal and takes over what was left behind by whoever sits here. A home that cannot be written is
    /// told once; the room works on without a journal.
    pub(super) fn begin(session: &Session) -> Self {
        let name = format!("{}-{}", session.environment.pid, session.ids.token());
        let form = session.ids.event(session.clock.now());
        let me = if session.identity.ask() { String::new() } else { session.identity.person.clone() };
        let mut kept = Self {
            journal: None,
            me,
            left: Vec::new(),
            form,
            resumed: Vec::new(),
            stored: Vec::new(),
            note: None,
        };
        match Journal::begin(&session.home.drafts(), &name) {
            Ok(journal) => kept.journal = Some(journal),
            Err(error) => kept.note = Some(error.to_string()),
        }
        kept.take_over(session.clock.running());
        kept
    }

    /// Takes over what the one who sits here left behind. What somebody else typed waits for that one: here an Enter
    /// would store it under the wrong name.
    fn take_over(&mut self, running: Duration) {
        let Some(journal) = &mut self.journal else { return };
        match journal.take_over(&self.me, running) {
            Ok(recovered) => {
                self.left.extend(recovered.drafts);
                let unreadable = recovered.unreadable.first();
                self.note = match unreadable {
                    Some(path) => Some(format!("a draft could not be read: {}", path.display())),
                    // Whoever is not known yet may be the one.
                    None if self.me.is_empty() => None,
                    None => waiting(&recovered.of_others),
                };
            }
            Err(error) => self.note = Some(error.to_string()),
        }
    }

    /// Something was typed in a room and is not offered yet.
    fn has_left(&self, incident: &Incident) -> bool {
        self.left.iter().any(|draft| is_of(draft, incident))
    }

    /// What to tell at the start, once.
    pub(super) fn note(&mut self) -> Option<String> {
        self.note.take()
    }

    /// What is done before a signal ends the program: what is typed is synced, but a home that was for this once goes.
    pub(super) fn at_end(&self, throwaway: Option<PathBuf>) -> impl Fn() + Send + Sync + 'static {
        let syncer = self.journal.as_ref().map(Journal::syncer);
        move || match (&throwaway, &syncer) {
            (Some(home), _) => delete(home),
            (None, Some(syncer)) => syncer.sync(),
            (None, None) => {}
        }
    }

    /// What was typed in a room and not stored; offered once. Of two programs that had a line there, the line of the
    /// later one is opened, that of the other stands in the timeline as not stored.
    pub(super) fn left(&mut self, incident: &Incident, running: Duration) -> Left {
        if let Err(trouble) = self.tidy(running) {
            tracing::warn!(why = trouble.message, "a draft is not forgotten");
        }
        let own = EventId(incident.log.0);
        let mine: Vec<Stored> = self.left.extract_if(.., |d| is_of(d, incident)).collect();
        let (forms, mut lines): (Vec<Stored>, Vec<Stored>) = mine.into_iter().partition(|d| d.field == FORM);
        if !lines.iter().any(|line| line.id == own) {
            // This process was in the room before.
            let live = self.journal.iter().flat_map(Journal::live).find(|d| d.id == own).cloned();
            lines.splice(0..0, live);
        }
        let form = self.open_again(forms);
        let Some(last) = lines.pop() else { return Left { line: None, form } };
        let mut draft = composed(&last);
        for other in &lines {
            let earlier = composed(other);
            draft.unsent.extend(earlier.unsent);
            if let Some((command, at)) = earlier.command {
                draft.unsent.push((command, at.unwrap_or(incident.last_at)));
            }
            if !earlier.text.is_empty() {
                draft.unsent.push((earlier.text, earlier.fixed_at.unwrap_or(incident.last_at)));
            }
        }
        let merged = !lines.is_empty() || last.id != own;
        if merged && self.keep(incident.log, Some(incident.id), Some(draft.clone()), running).is_ok() {
            let others = lines.iter().chain([&last]).map(|d| d.id).filter(|id| *id != own);
            self.forget(others.collect(), running);
        }
        Left { line: Some(without_stored(draft, incident)), form }
    }

    /// The form that was open outside any room.
    pub(super) fn form_at_home(&mut self) -> Option<Form> {
        let forms = self.left.extract_if(.., |d| d.field == FORM && d.incident.is_none()).collect();
        self.open_again(forms)
    }

    /// The last form is opened again; one before it waits for the next start. What a newer program wrote waits for
    /// that one.
    fn open_again(&mut self, forms: Vec<Stored>) -> Option<Form> {
        let form = forms.into_iter().rev().find_map(|d| Some((d.id, serde_json::from_str(&d.rest).ok()?)));
        let (id, form) = form?;
        self.resumed.push(id);
        Some(form)
    }

    fn forget(&mut self, ids: Vec<EventId>, running: Duration) {
        let Some(journal) = &mut self.journal else { return };
        for id in ids {
            // What stays is offered once more: twice is better than never.
            if let Err(error) = journal.done(id, running) {
                tracing::warn!(%error, "a draft is not forgotten");
            }
        }
    }

    /// Writes what is typed, before it is drawn; `None` forgets it.
    pub(super) fn keep(
        &mut self,
        log: LogId,
        incident: Option<IncidentId>,
        draft: Option<Draft>,
        running: Duration,
    ) -> Result<(), Trouble> {
        let id = EventId(log.0);
        let stored = draft.map(|draft| {
            let mode = if draft.scribe { "scribe" } else { "insert" };
            let Draft { open, scribe, amends, unsent, command, .. } = draft;
            let rest = Rest { open, scribe, amends, unsent, command };
            Stored {
                id,
                incident,
                field: LINE.to_owned(),
                mode: mode.to_owned(),
                text: draft.text,
                cursor: draft.cursor,
                at: draft.fixed_at,
                rest: serde_json::to_string(&rest).unwrap_or_default(),
                person: self.me.clone(),
            }
        });
        self.write(id, stored, running)
    }

    /// The same for the words of a form.
    pub(super) fn keep_form(
        &mut self,
        incident: Option<IncidentId>,
        form: Option<Form>,
        running: Duration,
    ) -> Result<(), Trouble> {
        let id = self.form;
        let stored = form.map(|form| Stored {
            id,
            incident,
            field: FORM.to_owned(),
            mode: String::new(),
            rest: serde_json::to_string(&form).unwrap_or_default(),
            cursor: form.text.len(),
            text: form.text,
            at: None,
            person: self.me.clone(),
        });
        self.write(id, stored, running)?;
        let resumed = std::mem::take(&mut self.resumed);
        self.forget(resumed, running);
        Ok(())
    }

    fn write(&mut self, id: EventId, stored: Option<Stored>, running: Duration) -> Result<(), Trouble> {
        let stored = match stored {
            Some(stored) if !holds_nothing(&stored) => stored,
            nothing => {
                self.stored.push((id, nothing));
                // Lines that the log has are not offered again, so the frame that shows them stored need not wait for a
                // file. What was dropped must be gone before that is seen.
                let in_the_log = |before: &Stored| before.field == LINE && before.text.is_empty();
                let before = self.journal.iter().flat_map(Journal::live).find(|draft| draft.id == id);
                return if before.is_none_or(in_the_log) { Ok(()) } else { self.tidy(running) };
            }
        };
        self.tidy(running)?;
        let Some(journal) = &mut self.journal else { return Ok(()) };
        journal.write(&stored, running).map_err(|error| trouble(&error))
    }

    /// Forgets what is stored or was deleted: called after the draw.
    pub(super) fn tidy(&mut self, running: Duration) -> Result<(), Trouble> {
        for (id, empty) in std::mem::take(&mut self.stored) {
            let Some(journal) = &mut self.journal else { return Ok(()) };
            let done = match empty {
                None => journal.done(id, running),
                // In scribe mode the line stays open: what was said in it is not to stay in the file as well.
                Some(empty) => journal.write_empty(&empty, running),
            };
            done.map_err(|error| trouble(&error))?;
        }
        Ok(())
    }

    /// Puts a text into a file of its own, elsewhere where the home cannot be written, and gives its path.
    pub(super) fn aside(&self, text: &str, session: &Session) -> Result<String, Failure> {
        let path = session.home.drafts().join(format!("kept-{}.txt", session.ids.token()));
        let Err(refused) = std::fs::write(&path, text) else { return Ok(path.display().to_string()) };
        let mut builder = tempfile::Builder::new();
        let builder = builder.prefix("warroom-kept-").suffix(".txt");
        // Its own only: made with mode 0600, and never over another file.
        let file = match &session.environment.xdg_runtime_dir {
            Some(folder) => builder.tempfile_in(folder),
            None => builder.tempfile(),
        };
        let saved = file.and_then(|mut file| {
            file.write_all(text.as_bytes())?;
            file.as_file().sync_all()?;
            Ok(file.keep()?.1)
        });
        saved.map(|path| path.display().to_string()).map_err(|elsewhere| {
            Failure::no(format!(
                "{} cannot be written: {refused}; nor elsewhere: {elsewhere}",
                path.display()
            ))
        })
    }

    /// How long until the journal wants to be synced.
    pub(super) fn due_in(&self, running: Duration) -> Option<Duration> {
        self.journal.as_ref().and_then(|j| j.due_in(running))
    }

    /// What another thread is to sync now, if anything.
    pub(super) fn due(&mut self, running: Duration) -> Option<Syncer> {
        self.journal.as_mut()?.due(running)
    }

    /// Syncs now.
    pub(super) fn sync(&mut self, running: Duration) {
        if let Err(trouble) = self.tidy(running) {
            tracing::warn!(why = trouble.message, "a draft is not forgotten");
        }
        if let Some(journal) = &mut self.journal
            && let Err(error) = journal.sync()
        {
            tracing::warn!(%error, "the draft journal cannot be synced");
        }
    }
}

impl super::Loop<'_> {
    /// Somebody said who sits here: what they left is offered as it is at the start to those who need not say it.
    pub(super) fn named(&mut self, ticket: Ticket, name: String) {
        self.answer(ticket, Answer::Done);
        self.kept.me = name;
        self.kept.take_over(self.session.clock.running());
        match &self.model.room {
            Some(room) if self.kept.has_left(&room.incident) => {
                let incident = Box::new(room.incident.clone());
                let ticket = self.model.ticket(Waiting::Open);
                self.arrive(Msg::Answer(ticket, Answer::Opened(incident, None)));
            }
            Some(_) => {}
            None => {
                if let Some(form) = self.kept.form_at_home() {
                    self.take(Msg::FormLeft(form));
                }
            }
        }
        if let Some(note) = self.kept.note() {
            self.warn(note);
        }
    }
}

/// A draft belongs to a room.
fn is_of(draft: &Stored, incident: &Incident) -> bool {
    draft.id == EventId(incident.log.0) || draft.incident == Some(incident.id)
}

/// That text of others waits for them.
fn waiting(of_others: &[Stored]) -> Option<String> {
    let says =
        |d: &&Stored| !d.person.is_empty() && (!d.text.is_empty() || d.field == LINE && !holds_nothing(d));
    let mut people: Vec<&str> = of_others.iter().filter(says).map(|d| d.person.as_str()).collect();
    people.sort_unstable();
    people.dedup();
    match people.as_slice() {
        [] => None,
        [one] => Some(format!("a half-typed line of {one} waits: {one} is offered it at the next start")),
        more => Some(format!(
            "half-typed lines of {} wait: each is offered theirs at the next start",
            more.join(" and ")
        )),
    }
}

fn trouble(error: &DraftError) -> Trouble {
    Trouble::new(error.to_string(), "store the line soon, or make room on the disk")
}

/// A line of the composer that is open, with nothing in it and nothing on its way.
fn holds_nothing(stored: &Stored) -> bool {
    let on_its_way = || {
        let rest = serde_json::from_str::<Rest>(&stored.rest);
        rest.map_or(true, |rest| !rest.unsent.is_empty() || rest.command.is_some())
    };
    stored.field == LINE && stored.text.is_empty() && !on_its_way()
}

/// The composer as it was journaled.
fn composed(stored: &Stored) -> Draft {
    let rest: Rest = serde_json::from_str(&stored.rest).unwrap_or_default();
    Draft {
        text: stored.text.clone(),
        cursor: stored.cursor,
        fixed_at: stored.at,
        open: rest.open,
        scribe: rest.scribe,
        amends: rest.amends,
        command: rest.command,
        unsent: rest.unsent,
    }
}

/// Lines that were handed over and that the log has by now are left out.
fn without_stored(mut draft: Draft, incident: &Incident) -> Draft {
    let recent: Vec<_> = incident.timeline.stored().iter().rev().take(256).collect();
    draft.unsent.retain(|(typed, at)| {
        !recent.iter().any(|e| e.occurred_at == *at && typed.contains(e.text.as_str()))
    });
    draft
}
