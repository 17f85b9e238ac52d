//! The effects that the service does, away from the screen: each becomes exactly one answer. What writes goes
//! through one queue in order; what only asks runs beside it. It must not touch the terminal.

mod asking;
mod erased;
mod ran;

use std::collections::HashMap;
use std::path::Path;
use std::sync::mpsc::Sender;
use std::time::Duration;

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::{boards, home, lists};
use crate::app::effect::{ClosingStep, Effect, NewIncident, Ticket};
use crate::app::msg::{Answer, ClosingAnswer, Msg, Trouble};
use crate::app::update::running::LIMIT;
use crate::domain::event::{Event, Recorded};
use crate::domain::ids::{IncidentId, LogId, Seq};
use crate::domain::incident::UNCLASSIFIED;
use crate::domain::quick_entry;
use crate::domain::request::{Asked, Declaration, DrillRequest, NewEvidence, Request};
use crate::domain::words::IncidentKind;
use crate::service::{Beside, Cause, Failure, Service, read_evidence};
use crate::shell::input::Poke;
use crate::shell::process::{Ran, run_and_keep};
use crate::shell::session::Session;

/// After which time the database is looked over: the first frame and the first key are through.
const LOOK_OVER: Duration = Duration::from_secs(2);

/// After which time a room makes its first snapshot: one that is only looked into makes none.
const FIRST_SNAPSHOT: Duration = Duration::from_secs(60);

/// How often it is looked whether the newest snapshot is an hour old.
const SNAPSHOT_AGAIN: Duration = Duration::from_secs(15 * 60);

/// Carries messages from workers to the loop.
#[derive(Clone)]
pub(super) struct Outbox {
    /// Where messages go.
    pub(super) messages: Sender<Msg>,
    /// Wakes the loop.
    pub(super) poke: Poke,
}

impl Outbox {
    fn send(&self, message: Msg) {
        // A loop that has ended needs no message any more.
        let _ = self.messages.send(message);
        self.poke.poke();
    }

    /// Says that a copy could not be written, where nobody was told yet.
    fn mirror_trouble(&self, service: &Service) {
        if let Some(failure) = service.mirror_trouble() {
            self.send(Msg::Warning(trouble(&failure)));
        }
    }
}

/// What the ordered queue does.
enum Job {
    Effect(Effect),
    Evidence(Ticket, LogId, String, Result<Asked, Failure>),
    Ran(Ticket, LogId, String, Box<Result<Ran, Failure>>),
    Opened(LogId, Seq),
    Refresh(LogId),
    ClockSet(LogId),
    RefreshHome,
    StillThere,
}

/// The worker side of the loop.
pub(super) struct Work {
    session: Session,
    service: Service,
    runtime: tokio::runtime::Handle,
    outbox: Outbox,
    queue: UnboundedSender<Job>,
}

impl Work {
    /// Starts the ordered queue.
    pub(super) fn start(
        session: Session,
        service: Service,
        runtime: tokio::runtime::Handle,
        outbox: Outbox,
    ) -> Self {
        let (queue, jobs) = unbounded_channel();
        let clerk = Clerk {
            session: session.clone(),
            service: service.clone(),
            outbox: outbox.clone(),
            delivered: HashMap::new(),
        };
        runtime.spawn(clerk.run(jobs));
        Self { session, service, runtime, outbox, queue }
    }

    /// Hands over an effect that the service does.
    pub(super) fn hand_over(&self, effect: Effect) {
        match effect {
            Effect::Preview(..)
            | Effect::Suggest(..)
            | Effect::Similar(..)
            | Effect::LookForHead(..)
            | Effect::Find(..)
            | Effect::ReadPostmortem(..)
            | Effect::LoadBoard(..)
            | Effect::ReadPostmortemOf(..)
            | Effect::ReadRunbook(..)
            | Effect::ListRunbooks(..) => {
                let (session, service, outbox) =
                    (self.session.clone(), self.service.clone(), self.outbox.clone());
                self.runtime.spawn(async move {
                    let Some(ticket) = effect.ticket() else { return };
                    let answer = asking::ask(&session, &service, &outbox, effect).await;
                    outbox.send(Msg::Answer(ticket, answer.unwrap_or_else(|f| Answer::Failed(trouble(&f)))));
                });
            }
            Effect::AddEvidence { ticket, log, by, path, class, entry, at } => {
                // A large file is read beside the queue: no line waits for it.
                let queue = self.queue.clone();
                self.runtime.spawn(async move {
                    let class = if class.trim().is_empty() { UNCLASSIFIED.to_owned() } else { class };
                    let read =
                        tokio::task::spawn_blocking(move || read_evidence(Path::new(&path), &class, ""));
                    let read = read.await.unwrap_or_else(|_| Err(Failure::no("reading the file broke off")));
                    let request = |evidence| Request::AddEvidence(NewEvidence { entry, ..evidence });
                    let read = read.map(|evidence| Asked { request: request(evidence), at });
                    let _ = queue.send(Job::Evidence(ticket, log, by, read));
                });
            }
            Effect::Run { ticket, log, by, command } => {
                // It may take minutes: no line waits for it.
                let (queue, session) = (self.queue.clone(), self.session.clone());
                self.runtime.spawn(async move {
                    let ran = tokio::task::spawn_blocking(move || run_and_keep(&session, &command, LIMIT));
                    let ran = ran.await;
                    let ran = ran.unwrap_or_else(|_| Err(Failure::no("the command could not be awaited")));
                    let _ = queue.send(Job::Ran(ticket, log, by, Box::new(ran)));
                });
            }
            effect => {
                let _ = self.queue.send(Job::Effect(effect));
            }
        }
    }

    /// The screen has this room, folded up to this position.
    pub(super) fn opened(&self, log: LogId, head: Seq) {
        let _ = self.queue.send(Job::Opened(log, head));
    }

    /// Opens what reads beside the writer, and tells where the mirror has more than is shown.
    pub(super) fn settle_in(&self) {
        let (service, outbox) = (self.service.clone(), self.outbox.clone());
        self.runtime.spawn(async move {
            if let Err(error) = service.warm().await {
                tracing::warn!(%error, "no connections for reading");
            }
            if let Err(failure) = service.as_the_mirror_has_it().await {
                outbox.send(Msg::Warning(trouble(&failure)));
            }
        });
    }

    /// Looks the database over, and makes a snapshot of it each hour while the screen is up, the first after a minute.
    pub(super) fn keep_snapshots(&self) {
        let (service, clock, outbox) =
            (self.service.clone(), self.session.clock.clone(), self.outbox.clone());
        self.runtime.spawn(async move {
            tokio::time::sleep(LOOK_OVER).await;
            if let Err(failure) = service.look_over().await {
                tracing::warn!(%failure, "the database was looked over");
                outbox.send(Msg::Warning(trouble(&failure)));
            }
            // Whoever wrote before may not have been able to write the copy.
            service.catch_up_mirror().await;
            outbox.mirror_trouble(&service);
            tokio::time::sleep(FIRST_SNAPSHOT).await;
            loop {
                if let Err(failure) = service.snapshot(clock.now()).await {
                    tracing::warn!(%failure, "no snapshot was made");
                    outbox.send(Msg::Warning(trouble(&failure)));
                }
                tokio::time::sleep(SNAPSHOT_AGAIN).await;
                service.catch_up_mirror().await;
            }
        });
    }

    /// Does something that blocks, away from every loop.
    pub(super) fn spawn_blocking(&self, work: impl FnOnce() + Send + 'static) {
        self.runtime.spawn_blocking(work);
    }

    /// Waits for something while the terminal is handed over anyway.
    pub(super) fn wait_for<T>(&self, work: impl Future<Output = T>) -> T {
        self.runtime.block_on(work)
    }

    /// Looks for what others wrote in a room.
    pub(super) fn refresh(&self, log: LogId) {
        let _ = self.queue.send(Job::Refresh(log));
    }

    /// The wall clock may have been set: if it was, the room says so.
    pub(super) fn clock_was_set(&self, log: LogId) {
        let _ = self.queue.send(Job::ClockSet(log));
    }

    /// Looks whether the database is where it was, as it was left.
    pub(super) fn still_there(&self) {
        let _ = self.queue.send(Job::StillThere);
    }

    /// Reads the list of the home screen again.
    pub(super) fn refresh_home(&self) {
        let _ = self.queue.send(Job::RefreshHome);
    }
}

/// Does what has to be done in order.
struct Clerk {
    session: Session,
    service: Service,
    outbox: Outbox,
    /// Up to which position the screen has been told of each log.
    delivered: HashMap<LogId, Seq>,
}

impl Clerk {
    async fn run(mut self, mut jobs: UnboundedReceiver<Job>) {
        while let Some(job) = jobs.recv().await {
            match job {
                Job::Opened(log, head) => {
                    self.delivered.insert(log, head);
                }
                Job::Refresh(log) => {
                    // A read that fails is tried again at the next hint.
                    if let Ok(events) = self.news(log).await
                        && !events.is_empty()
                    {
                        self.outbox.send(Msg::Refreshed(log, events));
                    }
                }
                Job::ClockSet(log) => {
                    // One that cannot be written now is with the next line.
                    if let Err(failure) = self.service.mark_step(log, &self.session.by()).await {
                        tracing::warn!(%failure.message, "a step of the clock is not marked");
                    }
                    if let Ok(events) = self.news(log).await {
                        self.outbox.send(Msg::Refreshed(log, events));
                    }
                }
                Job::StillThere => {
                    if let Err(failure) = self.service.in_its_place().await {
                        self.outbox.send(Msg::Warning(trouble(&failure)));
                    }
                }
                Job::RefreshHome => {
                    if let Ok(list) = home::read(&self.service, &self.session, true).await {
                        self.outbox.send(Msg::HomeRefreshed(list));
                    }
                }
                Job::Evidence(ticket, log, by, read) => {
                    let answer = match read {
                        Ok(asked) => self.submit(log, &by, &[asked]).await,
                        Err(failure) => Answer::Failed(trouble(&failure)),
                    };
                    self.outbox.send(Msg::Answer(ticket, answer));
                }
                Job::Ran(ticket, log, by, ran) => {
                    let answer = match *ran {
                        Ok(ran) => self.ran(log, &by, ran).await,
                        Err(failure) => Answer::Failed(trouble(&failure)),
                    };
                    self.outbox.send(Msg::Answer(ticket, answer));
                }
                Job::Effect(effect) => {
                    let Some(ticket) = effect.ticket() else { continue };
                    let answer = self.perform(effect).await;
                    self.outbox.send(Msg::Answer(ticket, answer));
                }
            }
            self.outbox.mirror_trouble(&self.service);
        }
    }

    /// The events that the screen has not been told of yet.
    async fn news(&mut self, log: LogId) -> Result<Vec<Recorded>, Failure> {
        let seen = self.delivered.get(&log).copied().unwrap_or(Seq::NONE);
        let events = self.service.events_after(log, seen).await?;
        self.told(log, &events);
        Ok(events)
    }

    fn told(&mut self, log: LogId, events: &[Recorded]) {
        if let Some(last) = events.last() {
            let seen = self.delivered.entry(log).or_default();
            *seen = (*seen).max(last.seq);
        }
    }

    async fn perform(&mut self, effect: Effect) -> Answer {
        let done = match effect {
            Effect::LoadHome(_) => home::read(&self.service, &self.session, true).await.map(Answer::Home),
            Effect::Open(_, log) => self.open(log).await,
            Effect::OpenNamed(_, id) => self.open_named(id).await,
            Effect::Declare(_, new) => self.declare(new).await,
            Effect::Submit { log, by, asked, .. } => return self.submit(log, &by, &asked).await,
            Effect::SubmitNamed { incident, by, asked, .. } => match self.service.log_of(incident).await {
                Ok(log) => {
                    // Of a room that is not open, nobody needs what others wrote.
                    if let std::collections::hash_map::Entry::Vacant(entry) = self.delivered.entry(log)
                        && let Ok(known) = self.service.incident(log).await
                    {
                        entry.insert(known.head);
                    }
                    return self.submit(log, &by, &asked).await;
                }
                Err(failure) => Err(failure),
            },
            Effect::Word { log, audience, zone, .. } => match self.service.incident(log).await {
                Ok(incident) => {
                    // Without its head an update says all else.
                    let digest = self.service.digest_at(log, incident.head).await.ok();
                    let now = self.session.clock.now();
                    let words = self.service.wording(&incident, audience, None, now, zone, digest);
                    Ok(Answer::Worded(words.text, words.problem))
                }
                Err(failure) => Err(failure),
            },
            Effect::AttachRunbook { log, by, name, .. } => match self.service.runbook(&name) {
                Ok(file) => {
                    let asked = [Request::AttachRunbook(file.to_text()).into()];
                    return self.submit(log, &by, &asked).await;
                }
                Err(failure) => Err(failure),
            },
            Effect::Closing { log, by, step, .. } => self.closing(log, &by, step).await.map(Answer::Closing),
            _ => Ok(Answer::Done),
        };
        done.unwrap_or_else(|failure| Answer::Failed(trouble(&failure)))
    }

    async fn open(&mut self, log: LogId) -> Result<Answer, Failure> {
        let loaded = self.service.incident(log).await?;
        self.delivered.insert(log, loaded.head);
        Ok(Answer::Opened(Box::new(loaded), None))
    }

    async fn open_named(&mut self, id: IncidentId) -> Result<Answer, Failure> {
        let log = self.service.log_of(id).await?;
        self.open(log).await
    }

    async fn declare(&mut self, new: NewIncident) -> Result<Answer, Failure> {
        let by = self.session.by();
        let tags = quick_entry::tags_of(&new.title);
        let mut runbooks = Vec::new();
        for name in &new.runbooks {
            runbooks.push(self.service.runbook(name)?.to_text());
        }
        let declaration = Declaration {
            id: IncidentId { year: 0, number: 0 },
            title: new.title,
            kind: IncidentKind::Real,
            severity: new.severity,
            services: new.services,
            tags,
            commander: Some(by.person.clone()),
            runbooks,
        };
        let (_, log, events) = self.service.declare(&by, declaration, None).await?;
        self.told(log, &events);
        let incident = self.service.incident(log).await?;
        Ok(Answer::Declared(Box::new(incident)))
    }

    async fn submit(&mut self, log: LogId, person: &str, asked: &[Asked]) -> Answer {
        let by = self.session.by_person(person);
        let seen = self.delivered.get(&log).copied().unwrap_or(Seq::NONE);
        let is_due = |a: &Asked| {
            matches!(a.request, Request::RecordBreach { .. } | Request::Drill(DrillRequest::Due { .. }))
        };
        if !asked.is_empty() && asked.iter().all(is_due) {
            // Another room may write the same breach at the same moment: then it is written, which is enough.
            return match self.service.record_breaches(log, &by).await {
                Ok(_) => match self.news(log).await {
                    Ok(events) => Answer::Stored(events),
                    Err(failure) => Answer::NotStored(trouble(&failure)),
                },
                Err(failure) => Answer::NotStored(trouble(&failure)),
            };
        }
        let asked = match self.service.well_named(log, asked).await {
            Ok(asked) => asked,
            Err(failure) => return Answer::Refused(trouble(&failure)),
        };
        let before = self.before_erasing(log, &asked).await;
        match self.service.submit(log, &by, &asked, seen).await {
            Ok(submitted) => {
                self.erase(before, &submitted.events).await;
                let names_another = |e: &Recorded| {
                    matches!(
                        e.event,
                        Some(Event::RelatedAdded(_) | Event::LinkRemoved(_) | Event::DispositionSet(_))
                    )
                };
                if submitted.own_events().iter().any(names_another)
                    && let Ok(incident) = self.service.incident(log).await
                {
                    let _ = self.service.link_back(incident.id, &by, submitted.own_events()).await;
                }
                self.told(log, &submitted.events);
                Answer::Stored(submitted.events)
            }
            Err(failure) if failure.cause == Cause::Rule => Answer::Refused(trouble(&failure)),
            Err(failure) => Answer::NotStored(trouble(&failure)),
        }
    }

    async fn closing(
        &mut self,
        log: LogId,
        person: &str,
        step: ClosingStep,
    ) -> Result<ClosingAnswer, Failure> {
        let by = self.session.by_person(person);
        let mut answer = ClosingAnswer::default();
        match step {
            ClosingStep::Draft => {
                let draft = self.service.draft(log, &by, false).await?;
                answer.line = match &draft.beside {
                    Beside::Alike if draft.created => format!("draft written: {}", draft.path.display()),
                    Beside::Alike => format!("draft is there: {}", draft.path.display()),
                    _ => draft.told(&self.service.incident(log).await?.id.to_string()).unwrap_or_default(),
                };
            }
            // The editor is the loop's; what is left to do here is to look at what came out of it.
            ClosingStep::Edit | ClosingStep::Check => {
                let problems = self.service.check_draft(log, &by).await?;
                answer.line = match problems.len() {
                    0 => "the check is content: publish".to_owned(),
                    1 => "1 problem to mend".to_owned(),
                    n => format!("{n} problems to mend"),
                };
                answer.problems = rows(problems);
            }
            ClosingStep::Publish { waive, author } => {
                match self.service.publish(log, &by, waive.as_deref(), author.as_deref()).await {
                    Ok(report) => {
                        let short: String = report.commit.chars().take(10).collect();
                        answer.line = format!("published {} in {short}", report.path);
                    }
                    Err(failure) if failure.cause == Cause::NoAuthor => {
                        answer.needs_author = true;
                        answer.line = failure.to_string();
                    }
                    Err(failure) if failure.cause == Cause::Problems => {
                        let problems = self.service.check_draft(log, &by).await?;
                        answer.line =
                            "not published: Edit mends, x on Publish waives with a reason".to_owned();
                        answer.problems = rows(problems);
                    }
                    Err(failure) => return Err(failure),
                }
            }
            ClosingStep::Close { waive } => {
                self.service.submit(log, &by, &[Request::Close { waive }.into()], Seq::NONE).await?;
                "closed".clone_into(&mut answer.line);
            }
        }
        answer.events = self.news(log).await?;
        Ok(answer)
    }
}

/// Problems as the path of closing shows them: rule, line, message.
fn rows(problems: Vec<crate::domain::postmortem::Problem>) -> Vec<(String, usize, String)> {
    problems.into_iter().map(|p| (p.rule.to_owned(), p.line, p.message)).collect()
}

/// A failure as the screen shows it.
pub(super) fn trouble(failure: &Failure) -> Trouble {
    // On a screen the path of the database would push aside what is said of it.
    let (place, said) = failure.message.split_once(": ").unwrap_or_default();
    let message = if place.ends_with("/warroom.db") { said } else { failure.message.as_str() };
    Trouble { stale: failure.stale, ..Trouble::new(message, failure.hint.clone()) }
}
