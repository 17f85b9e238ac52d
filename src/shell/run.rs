//! The run loop: waits for keys, signals, results and the clock; lets `app` decide; writes the draft journal; draws.
//! One thread, and nothing on it waits for a disk: what the service does happens in `work`. It must not decide
//! anything.

mod ahead;
mod boards;
mod editing;
mod frame;
mod home;
mod kept;
mod lists;
mod opening;
mod ready;
mod work;

use std::os::fd::AsFd;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use crate::app::effect::Effect;
use crate::app::key::Key;
use crate::app::layout::Size;
use crate::app::model::{Model, Screen, Waiting};
use crate::app::msg::{Answer, Msg, Stamped};
use crate::app::{self};
use crate::domain::ids::LogId;
use crate::domain::time::Utc;
use crate::domain::words::State;
use crate::service::{self, Failure, Service, eager};
use crate::shell::early::{Begun, Early, threads};
use crate::shell::input::{Input, Wake};
use crate::shell::session::Session;
use crate::shell::signals;
use crate::shell::terminal::{Prepared, Terminal, TerminalError, install_panic_hook, is_up};
use crate::ui;
use ahead::Ahead;
use frame::Dirty;
use kept::Kept;
use opening::{First, Opened, open};
use ready::{keymap, model};
use work::{Outbox, Work, trouble};

/// How long after the first sign of a write one looks at what was written.
const SETTLED: Duration = Duration::from_millis(25);

/// How far the wall clock may jump, in milliseconds, before the room looks whether it was set.
const STEP: u64 = 1_500;

/// How long the frame after a line waits for the line to be stored: half of what a screen shows a picture for. A line that is
/// stored by then is shown as such at once, which is one frame for the terminal in place of two.
const STORED_SOON: Duration = Duration::from_millis(8);

/// How long the terminal has the processors for itself after the first frame, unless a key comes: the time of one picture
/// of a screen. Painting takes some milliseconds, and nobody misses the rest meanwhile.
const PAINTED: Duration = Duration::from_millis(16);

/// What the screen opens with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Start {
    /// The room of the only open incident, else the home screen.
    Guess,
    /// The home screen.
    Home,
    /// A room.
    Room(LogId),
}

/// Runs the screen until the person leaves. `early` is what was begun for it in this session's home.
///
/// # Errors
/// When the home cannot be opened, or there is no terminal. After that, troubles are shown on the screen.
pub fn run(session: &Session, start: Start, early: Option<Early>) -> Result<(), Failure> {
    let (runtime, store) = match early {
        Some(Early { runtime, store }) => (runtime, Some(store)),
        None => (threads().map_err(|e| Failure::no(format!("no threads can be started: {e}")))?, None),
    };
    let keymap = keymap(session)?;
    // What is typed needs its folder. The rest of the home, and the database, are opened beside what the screen needs.
    if !session.home.drafts().is_dir() {
        session.complete_home()?;
    }
    // Up to where it waits for the database, on this thread: the others are busy with that.
    let opening = {
        let _entered = runtime.enter();
        Begun::of(open(session.clone(), start, store))
    };
    let opening = runtime.spawn(opening.finish());
    install_panic_hook(session.home.drafts());
    quiet_guarded_panics();
    let mut input = Input::new().map_err(|e| Failure::no(format!("the terminal cannot be read: {e}")))?;
    let (messages, inbox) = channel();
    let outbox = Outbox { messages, poke: input.poker() };
    let kept = Kept::begin(session);
    let signals = signals::listen(input.poker(), kept.at_end(session.throwaway.clone()));
    match signals {
        Ok(notes) => input.set_signals(notes),
        Err(error) => tracing::warn!(%error, "signals are not handled"),
    }
    let mut prepared = Prepared::new().map_err(no_screen)?;
    let size = prepared.size();
    let mut model = model(session, keymap, Size { w: size.width, h: size.height });
    prepared.rehearse(|buffer| {
        let _ = ui::draw(&model, buffer);
    });
    // There is nothing else to do before the first frame.
    let opened = runtime.block_on(eager(opening));
    let broke_off = |_| Failure::no("opening the home broke off");
    let Opened { service, first, read_only } = opened.map_err(broke_off)??;
    let terminal = prepared.enter(session.config.ui.mouse).map_err(no_screen)?;
    let work = Work::start(session.clone(), service.clone(), runtime.handle().clone(), outbox);
    model.read_only = read_only;
    let mut screen = Loop {
        session,
        service: &service,
        model,
        terminal,
        input,
        inbox,
        work,
        kept,
        dirty: Dirty::No,
        drawn: None,
        ahead: Ahead::new(),
        held: None,
        leaving: false,
    };
    let result = screen.run(first);
    drop(screen);
    let _ = runtime.block_on(service.close());
    runtime.shutdown_timeout(Duration::from_millis(500));
    result
}

struct Loop<'a> {
    session: &'a Session,
    service: &'a Service,
    model: Model,
    terminal: Terminal,
    input: Input,
    inbox: Receiver<Msg>,
    work: Work,
    kept: Kept,
    /// What the screen does not show yet.
    dirty: Dirty,
    /// Of which moment the picture is that the screen shows.
    drawn: Option<Utc>,
    /// The seconds after that, as far as they are drawn already.
    ahead: Ahead,
    /// Until when the next frame waits for what is being stored.
    held: Option<Duration>,
    leaving: bool,
}

impl Loop<'_> {
    fn run(&mut self, first: First) -> Result<(), Failure> {
        let mut form = self.kept.form_at_home();
        let msg = match first {
            First::Room(incident) => {
                let ticket = self.model.ticket(Waiting::Open);
                self.work.opened(incident.log, incident.head);
                let left = self.kept.left(&incident, self.session.clock.running());
                form = form.or(left.form);
                Msg::Answer(ticket, Answer::Opened(incident, left.line))
            }
            First::Home(list) => Msg::HomeRefreshed(*list),
        };
        let at = self.session.clock.now();
        let mut effects = app::update::update(&mut self.model, Stamped { at, msg });
        if let Some(form) = form {
            let msg = Msg::FormLeft(form);
            effects.extend(app::update::update(&mut self.model, Stamped { at, msg }));
        }
        // What is typed is kept before it is drawn; all else, the search for similar incidents above all, would only
        // take the processors away from the first frame.
        let (keep, later) =
            effects.into_iter().partition(|e| matches!(e, Effect::Journal(..) | Effect::JournalForm(..)));
        self.perform(keep);
        self.draw()?;
        self.forewarn();
        if self.dirty.is_any() {
            self.draw()?;
        }
        let wakes = self.input.wait(Some(PAINTED), None).map_err(unread)?;
        if !self.hear(wakes)? {
            return self.leave();
        }
        self.perform(later);
        self.work.settle_in();
        self.work.keep_snapshots();
        let mut watch = service::ChangeWatch::new(&self.session.home.database()).ok();
        // What was written between the first frame and the watch.
        self.look_around();
        if self.dirty.is_any() {
            self.draw()?;
        }
        let mut files = self.files();
        // The room whose log knows how the clock stands, and how far ahead it was then.
        let mut known: Option<(LogId, i64)> = None;
        // When to look at what the watch has noticed.
        let mut look_at: Option<Duration> = None;
        while !self.leaving && is_up() {
            let running = self.session.clock.running();
            let timeout = look_at.map_or(self.timeout(), |at| at.saturating_sub(running).min(self.timeout()));
            let held = self.held.map(|until| until.saturating_sub(running)).filter(|left| *left < timeout);
            // One commit is many writes: the first is noticed, the rest are not waited for one by one.
            let watched = watch.as_ref().filter(|_| look_at.is_none()).map(AsFd::as_fd);
            let wakes = self.input.wait(Some(held.unwrap_or(timeout)), watched).map_err(unread)?;
            if look_at.is_some_and(|at| self.session.clock.running() >= at) {
                look_at = None;
                if watch.as_mut().is_some_and(service::ChangeWatch::drain) {
                    self.look_around();
                }
            }
            if wakes.is_empty() && held.is_none() && !self.show_ahead()? {
                self.take(Msg::Tick);
                self.look_at_clock(&mut known);
                // A watch is a hint that may be lost; the sizes and times of the files are not.
                let now = self.files();
                if now != files {
                    files = now;
                    self.work.still_there();
                    self.look_around();
                }
            }
            if wakes.contains(&Wake::Watch) {
                look_at.get_or_insert(self.session.clock.running() + SETTLED);
            }
            if !self.hear(wakes)? {
                return self.leave();
            }
            // A hint that others may have written changes nothing by itself: the answer to a line must not wait for a
            // frame that shows what the last one did.
            self.held = self.held.filter(|until| self.session.clock.running() < *until);
            if self.dirty.is_any() && !self.leaving && self.held.is_none() {
                self.draw()?;
            }
            if let Err(trouble) = self.kept.tidy(self.session.clock.running()) {
                self.warn(trouble.message);
            }
            if let Some(syncer) = self.kept.due(self.session.clock.running()) {
                self.work.spawn_blocking(move || syncer.sync());
            }
        }
        self.leave()
    }

    /// Somebody set the clock: an open room marks it, although nobody says anything.
    fn look_at_clock(&self, known: &mut Option<(LogId, i64)>) {
        let Some(room) =
            self.model.room.as_ref().filter(|r| r.incident.state == State::Open && !self.model.read_only)
        else {
            return;
        };
        let (log, ahead) = (room.incident.log, self.session.clock.ahead());
        if !known.is_some_and(|(at, before)| at == log && ahead.abs_diff(before) < STEP) {
            *known = Some((log, ahead));
            self.work.clock_was_set(log);
        }
    }

    /// Sizes and times of the database and its write-ahead log: they change with every write of anybody.
    fn files(&self) -> [Option<(u64, std::time::SystemTime)>; 2] {
        let database = self.session.home.database();
        let mut wal = database.clone().into_os_string();
        wal.push("-wal");
        [database, wal.into()].map(|path| {
            let meta = std::fs::metadata(path).ok()?;
            Some((meta.len(), meta.modified().ok()?))
        })
    }

    /// What was found on the way to the first frame. Before anything is typed, which would be hidden by it.
    fn forewarn(&mut self) {
        if let Some(note) = self.kept.note() {
            self.warn(note);
        }
        if let Some(exposed) = self.session.home.exposed().first() {
            self.warn(format!("{exposed}; warroom doctor tells all"));
        }
    }

    fn warn(&mut self, note: String) {
        self.model.warn(note);
        self.dirty = Dirty::All;
    }

    /// What the person did and the workers have to say. Gives false when the loop is to end at once.
    fn hear(&mut self, wakes: Vec<Wake>) -> Result<bool, Failure> {
        for wake in wakes {
            if !self.wake(wake)? {
                return Ok(false);
            }
        }
        while let Ok(message) = self.inbox.try_recv() {
            self.arrive(message);
        }
        Ok(true)
    }

    /// Gives false when the loop is to end at once.
    fn wake(&mut self, wake: Wake) -> Result<bool, Failure> {
        if !matches!(wake, Wake::Poked | Wake::Watch) {
            // What is typed now is shown now.
            self.held = None;
        }
        match wake {
            Wake::Key(key) => self.take(Msg::Key(key)),
            Wake::Paste(text) => self.take(Msg::Paste(text)),
            Wake::Burst { text, keys } => self.burst(text, keys),
            Wake::Resize => self.resized(),
            Wake::Stop => self.stop()?,
            Wake::Continued => {
                self.terminal.reenter().map_err(gone)?;
                self.resized();
                self.take(Msg::Resumed);
            }
            Wake::HangUp => return Ok(false),
            Wake::Mouse(report) => self.take(Msg::Mouse(report)),
            Wake::Poked | Wake::Watch => {}
        }
        Ok(true)
    }

    /// Fast keys are typing where there is a line to type into, and a draft where keys would act.
    fn burst(&mut self, text: String, keys: Vec<Key>) {
        let typing = self.model.screen == Screen::Find
            || !self.model.overlays.is_empty()
            || self.model.room.as_ref().is_some_and(|r| r.composer.open);
        if typing {
            for key in keys {
                self.take(Msg::Key(key));
            }
        } else {
            self.take(Msg::Burst(text));
        }
    }

    fn take(&mut self, msg: Msg) {
        let ticked = msg == Msg::Tick;
        let stamped = Stamped { at: self.session.clock.now(), msg };
        let effects = app::update::update(&mut self.model, stamped);
        self.dirty.after(ticked && effects.is_empty());
        self.perform(effects);
    }

    /// A message from the workers. A room that arrives brings along what was typed there and not sent.
    fn arrive(&mut self, message: Msg) {
        self.held = None;
        let mut form = None;
        let message = match message {
            Msg::Answer(ticket, Answer::Opened(incident, None)) => {
                let left = self.kept.left(&incident, self.session.clock.running());
                form = left.form;
                Msg::Answer(ticket, Answer::Opened(incident, left.line))
            }
            other => other,
        };
        self.take(message);
        if let Some(form) = form {
            self.take(Msg::FormLeft(form));
        }
    }

    fn perform(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Quit => self.leaving = true,
                Effect::Journal(ticket, log, draft) => {
                    let id = self.model.room.as_ref().map(|r| r.incident.id);
                    let answer = match self.kept.keep(log, id, draft, self.session.clock.running()) {
                        Ok(()) => Answer::Done,
                        Err(why) => Answer::Failed(why),
                    };
                    self.answer(ticket, answer);
                }
                Effect::JournalForm(ticket, log, form) => {
                    let id = self.model.room.as_ref().filter(|_| log.is_some()).map(|r| r.incident.id);
                    let answer = match self.kept.keep_form(id, form, self.session.clock.running()) {
                        Ok(()) => Answer::Done,
                        Err(why) => Answer::Failed(why),
                    };
                    self.answer(ticket, answer);
                }
                Effect::KeepText(ticket, text) => {
                    let answer = match self.kept.aside(&text, self.session) {
                        Ok(path) => Answer::Kept(path),
                        Err(failure) => Answer::Failed(trouble(&failure)),
                    };
                    self.answer(ticket, answer);
                }
                Effect::Edit(ticket, target) => {
                    let answer = self.edit(target);
                    self.answer(ticket, answer);
                }
                Effect::Closing { ticket, log, by, step: app::effect::ClosingStep::Edit } => {
                    match self.edit_draft(log, &by) {
                        Ok(()) => {
                            let step = app::effect::ClosingStep::Check;
                            self.work.hand_over(Effect::Closing { ticket, log, by, step });
                        }
                        Err(failure) => self.answer(ticket, Answer::Failed(trouble(&failure))),
                    }
                }
                Effect::Copy(ticket, text) => {
                    let command = crossterm::clipboard::CopyToClipboard::to_clipboard_from(text);
                    let answer = match crossterm::execute!(std::io::stdout(), command) {
                        Ok(()) => Answer::Done,
                        Err(error) => Answer::Failed(trouble(&Failure::no(error.to_string()))),
                    };
                    self.answer(ticket, answer);
                }
                Effect::Suspend(ticket) => {
                    let answer = match self.stop() {
                        Ok(()) => Answer::Done,
                        Err(failure) => Answer::Failed(trouble(&failure)),
                    };
                    self.answer(ticket, answer);
                }
                Effect::Redraw(ticket) => {
                    self.resized();
                    self.terminal.clear();
                    self.answer(ticket, Answer::Done);
                }
                Effect::SetMe(ticket, name) => self.named(ticket, name),
                effect => {
                    if matches!(effect, Effect::Submit { .. }) {
                        self.held = Some(self.session.clock.running() + STORED_SOON);
                    }
                    self.work.hand_over(effect);
                }
            }
        }
    }

    fn answer(&mut self, ticket: app::effect::Ticket, answer: Answer) {
        self.take(Msg::Answer(ticket, answer));
    }

    /// Somebody wrote to the database.
    fn look_around(&mut self) {
        match (&self.model.room, self.model.screen) {
            (_, Screen::Home) => self.work.refresh_home(),
            (Some(room), Screen::Board) => {
                self.work.refresh(room.incident.log);
                self.take(Msg::BoardStale);
            }
            (None, Screen::Board) => self.take(Msg::BoardStale),
            (Some(room), _) => self.work.refresh(room.incident.log),
            (None, _) => {}
        }
    }

    /// Until the next second of the clock that is shown, or until the journal wants to be synced.
    fn timeout(&self) -> Duration {
        let now = self.session.clock.now();
        let into = u64::from(now.timestamp_subsec_millis().min(999));
        let second = Duration::from_millis(1000 - into);
        self.kept.due_in(self.session.clock.running()).map_or(second, |due| due.min(second))
    }

    fn leave(&mut self) -> Result<(), Failure> {
        self.kept.sync(self.session.clock.running());
        Ok(())
    }
}

#[expect(clippy::needless_pass_by_value, reason = "`map_err` gives it by value")]
fn gone(error: std::io::Error) -> Failure {
    Failure::no(format!("the terminal is gone: {error}"))
        .hint("what was typed is kept and offered at the next start")
}

#[expect(clippy::needless_pass_by_value, reason = "`map_err` gives it by value")]
fn unread(error: std::io::Error) -> Failure {
    Failure::no(format!("the terminal cannot be read any more: {error}"))
}

#[expect(clippy::needless_pass_by_value, reason = "`map_err` gives it by value")]
fn no_screen(error: TerminalError) -> Failure {
    Failure::no(error.to_string()).hint("use the commands instead: warroom --help")
}

/// A panic inside the index is caught and answered by rebuilding it: it must not tear down the screen.
fn quiet_guarded_panics() {
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        if !service::index_guard::is_active() {
            hook(info);
        }
    }));
}
