//! `warroom doctor`: looks at everything that must work, says what does not, and repairs what can be rebuilt.

use super::output::{Answer, Exit, Output};
use super::views::one_line;
use crate::domain::closeout::counted;
use crate::service::{
    ArchiveState, Failure, Names, OpenMode, Service, SqliteStore, Stale, Twice, behind_mirror, copies_behind,
    damage, gone, list_snapshots, may_write, repair,
};
use crate::shell::config::Config;
use crate::shell::environment::Environment;
use crate::shell::paths::Home;
use crate::shell::session::{Flags, Opening, Session};

/// Look at everything that must work, and say what does not
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Put a damaged database together again from its mirror and the snapshots, write the lists again from the log,
    /// and build the search index anew
    #[arg(long)]
    repair: bool,
}

/// One thing that was looked at.
struct Finding {
    name: &'static str,
    ok: bool,
    text: String,
}

impl Args {
    pub(super) async fn run(self, flags: &Flags, out: &Output) -> Answer {
        let mut findings = Vec::new();
        let mut add = |name: &'static str, ok: bool, text: String| findings.push(Finding { name, ok, text });
        add("version", true, format!("warroom {}", env!("CARGO_PKG_VERSION")));
        let environment = Environment::read();
        let home = Home::find(flags.home.as_deref(), &environment).map_err(|e| Failure::no(e.to_string()))?;
        let made = if home.exists() { "" } else { " (not made yet: the first command that writes makes it)" };
        let who = if home.shared() { ", shared with its group" } else { "" };
        add("home", true, format!("{} by {}{who}{made}", home.root().display(), home.source()));
        for exposed in home.exposed() {
            add("access", false, exposed);
        }
        if let Some(withheld) = home.withheld() {
            add("access", false, withheld);
        }
        if let Some(network) = home.network() {
            add("disk", false, format!("the home lies on {network}: SQLite needs a local disk"));
        }
        let user = environment.config_folder().map(|folder| folder.join("config.toml"));
        let (_, problems) = Config::read(Some(&home.config()), user.as_deref());
        if problems.is_empty() {
            add("config", true, "no problem".to_owned());
        }
        for problem in &problems {
            add("config", false, problem.to_string());
        }
        for problem in super::config::thesaurus(&home) {
            add("thesaurus", false, problem.to_string());
        }
        let terminal = environment.term.as_deref().unwrap_or("none");
        let utf8 = if environment.utf8 { "UTF-8" } else { "not UTF-8: the screen draws in ASCII" };
        add("terminal", true, format!("TERM={terminal}, {utf8}"));

        if home.exists() && problems.is_empty() {
            match Session::begin(flags) {
                Ok(session) => {
                    let who = &session.identity;
                    add("identity", true, format!("{} ({}@{})", who.person, who.user, who.host));
                    let locks: Vec<String> = locks(&home);
                    add(
                        "locks",
                        locks.is_empty(),
                        if locks.is_empty() { "none".to_owned() } else { locks.join(", ") },
                    );
                    for problem in session.people().1 {
                        add("people", false, problem.to_string());
                    }
                    inside(&session, self.repair, &mut add).await;
                }
                Err(failure) => add("session", false, failure.to_string()),
            }
        }
        let ok = findings.iter().all(|f| f.ok);
        let views: Vec<_> = findings
            .iter()
            .map(|f| serde_json::json!({ "name": f.name, "ok": f.ok, "text": f.text }))
            .collect();
        out.answer(&serde_json::json!({ "ok": ok, "findings": views }), || {
            let line = |f: &Finding| {
                format!("{} {:<9} {}", if f.ok { "ok   " } else { "WRONG" }, f.name, one_line(&f.text))
            };
            findings.iter().map(line).collect::<Vec<_>>().join("\n")
        })?;
        Ok(if ok { Exit::DONE } else { Exit::NO })
    }
}

/// Lock files that a killed git command left in the home's own archive.
fn locks(home: &Home) -> Vec<String> {
    let git = home.postmortems().join(".git");
    ["index.lock", "HEAD.lock", "refs/heads/main.lock"]
        .iter()
        .map(|name| git.join(name))
        .filter(|path| path.exists())
        .map(|path| format!("{} (delete it if no git command runs)", path.display()))
        .collect()
}

/// Whether lists say what the logs do, in words.
fn rows(stale: &[Stale]) -> String {
    let Some(first) = stale.first() else { return "lists say what the logs do".to_owned() };
    let more = match stale.len() {
        1 => String::new(),
        n => format!(" and {} more", n - 1),
    };
    let name = &first.name;
    if !first.is_listed {
        return format!(
            "no list has {name}{more}, though the log is there: warroom doctor --repair brings it back"
        );
    }
    format!(
        "lists and figures say other than the log of {name}{more}: warroom doctor --repair puts that right"
    )
}

/// That a number was given away twice, and what is to be done about it.
fn twice(name: &str, given: Twice) -> String {
    let Twice { listed, unlisted } = given;
    let which = if given.later() == unlisted { "declared later" } else { "declared earlier" };
    format!(
        "{name} was given to two incidents: to the log {listed}, which lists have, and to {unlisted}, {which}, which no \
         command finds: declare that one anew and write its lines again, they stand as they were said in \
         mirror/{unlisted}.wrm"
    )
}

async fn inside(session: &Session, repair: bool, add: &mut impl FnMut(&'static str, bool, String)) {
    let database = session.home.database();
    let mut names = Names::new();
    if repair {
        let Some(known) = mend(session, add).await else { return };
        names = known;
    }
    if database.exists() {
        match inspect(&database).await {
            Ok((version, problems)) => {
                add("sqlite", true, format!("SQLite {version}"));
                let well = problems.is_empty();
                add("database", well, if well { "whole".to_owned() } else { problems.join("; ") });
            }
            // One of no byte reads like one that an older version made.
            Err(failure) => add("database", false, gone(&database).unwrap_or_else(|| failure.to_string())),
        }
    }
    if database.exists() && !repair {
        match behind_mirror(&database).await {
            Ok(lacking) if lacking.is_empty() => {
                let (well, text) = mirror(&session.home.mirror(), copies_behind(&database).await);
                add("mirror", well, text);
            }
            Ok(lacking) => {
                let more = lacking.len().saturating_sub(MOST_NAMED);
                for text in lacking.into_iter().take(MOST_NAMED) {
                    add("mirror", false, text);
                }
                if more > 0 {
                    add("mirror", false, format!("and {more} more"));
                }
            }
            // Said of the database above.
            Err(_) => {}
        }
    }
    if !database.exists() && !repair {
        match lost(&session.home).await {
            Ok(None) => add("database", true, "none yet: the first command that writes makes it".to_owned()),
            Ok(Some(lost)) => add("database", false, format!("{}; {}", lost.why, lost.hint())),
            Err(failure) => add("database", false, failure.to_string()),
        }
    }
    let opening = if repair { Opening::Write } else { Opening::Read };
    let service = match session.open(opening).await {
        Ok(service) => service,
        Err(failure) => return add("store", false, failure.to_string()),
    };
    // Before the logs are looked at, so that what is wrong with one is told by its name.
    if repair {
        match repair_all(&service, &names).await {
            Ok((done, failed)) => {
                add("repair", true, done);
                for failure in failed {
                    add("rows", false, failure.to_string());
                }
            }
            Err(failure) => add("repair", false, failure.to_string()),
        }
    }
    match service.verify(None, None).await {
        Ok(report) => add(
            "verify",
            report.ok,
            report.first_broken.map_or_else(
                || format!("{} as they were written", counted(report.checked, "event", "events")),
                |b| format!("{} at {}: {}", b.incident, b.seq, b.reason),
            ),
        ),
        Err(failure) => add("verify", false, failure.to_string()),
    }
    match service.stale_rows().await {
        Ok(stale) => {
            for (stale, given) in stale.iter().filter_map(|stale| Some((stale, stale.twice?))) {
                add("number", false, twice(&stale.name, given));
            }
            let rest: Vec<Stale> = stale.into_iter().filter(|stale| stale.twice.is_none()).collect();
            add("rows", rest.is_empty(), rows(&rest));
        }
        Err(failure) => add("rows", false, failure.to_string()),
    }
    match service.archive_state().await {
        Ok(state) => {
            archive(&state, add);
            match state.author {
                Some(author) => add("author", true, author),
                None => add(
                    "author",
                    false,
                    "nobody is known: set git config user.name and user.email, or [archive] author"
                        .to_owned(),
                ),
            }
            add("signing", state.signing.is_ok(), state.signing.unwrap_or_else(|why| why));
            add("index", true, state.index);
        }
        Err(failure) => add("archive", false, failure.to_string()),
    }
    if let Err(failure) = service.close().await {
        add("store", false, failure.to_string());
    }
}

/// What to do about a postmortem that others may not read any more.
pub(super) const TO_TAKE_OUT: &str =
    "take it out with `git rm` in the archive and commit; its history keeps the text";

/// How much of one sort is named: of the files of the archive that are not read reindex names the others.
const MOST_NAMED: usize = 20;

/// What the archive holds, and what of it is not read or gone.
fn archive(state: &ArchiveState, add: &mut impl FnMut(&'static str, bool, String)) {
    let left = &state.left_out;
    let mut text =
        format!("{}, {}", state.repository, counted(state.postmortems, "postmortem", "postmortems"));
    if left.not_read > 0 {
        text.push_str(&format!("; {} not read", left.not_read));
    }
    if left.restricted > 0 {
        text.push_str(&format!("; {} restricted: no search finds them", left.restricted));
    }
    if !left.lost.is_empty() {
        text.push_str(&format!(
            "; {} lost: bring git's objects back from a backup or a clone",
            left.lost.len()
        ));
    }
    if let Some(branch) = &state.unborn {
        text.push_str(&format!(
            "; the branch {branch} has no commit, though Markdown files lie there: commit them, or go to the branch \
             that has them"
        ));
    }
    add("archive", left.lost.is_empty() && state.unborn.is_none(), text);
    if let Some(why) = &state.staging {
        add("git index", false, why.clone());
    }
    for why in left.named.iter().take(MOST_NAMED) {
        add("not read", true, why.clone());
    }
    let named = left.named.len().min(MOST_NAMED);
    let more = left.not_read.saturating_sub(u64::try_from(named).unwrap_or(u64::MAX));
    if more > 0 {
        add("not read", true, format!("and {more} more"));
    }
    for why in &left.lost {
        add("lost", false, why.clone());
    }
    for what in left.missing.iter().take(MOST_NAMED) {
        add(
            "missing",
            false,
            format!(
                "{what} was published and is not in the archive: go to the branch that has it, or bring the repository \
                 back from a backup or a clone"
            ),
        );
    }
    let more = left.missing.len().saturating_sub(MOST_NAMED);
    if more > 0 {
        add("missing", false, format!("and {more} more"));
    }
    for what in left.exposed.iter().take(MOST_NAMED) {
        add("exposed", false, format!("{what}, and the archive still has it for everybody; {TO_TAKE_OUT}"));
    }
    for why in left.twice.iter().take(MOST_NAMED) {
        add("twice", false, format!("{why}: give one of them another in git"));
    }
}

/// A database that is not there, in a home that had one.
struct Lost {
    why: String,
    /// There is something to put it together from.
    copies: bool,
}

impl Lost {
    const fn hint(&self) -> &'static str {
        if self.copies {
            "warroom doctor --repair puts it together again"
        } else {
            "bring back a backup; the next command that writes begins an empty one"
        }
    }
}

/// What is known of a database that is not there; none where nothing was written in the home yet.
async fn lost(home: &Home) -> Result<Option<Lost>, Failure> {
    if let Some(why) = damage(&home.database()).await? {
        return Ok(Some(Lost { why, copies: true }));
    }
    let snapshots = list_snapshots(&home.snapshots()).len();
    if snapshots > 0 {
        let why = match snapshots {
            1 => "the database is missing, and there is a snapshot of it".to_owned(),
            n => format!("the database is missing, and there are {n} snapshots of it"),
        };
        return Ok(Some(Lost { why, copies: true }));
    }
    // Each comes with the first line, or later.
    let sign = [home.tag_key(), home.evidence()].into_iter().find(|path| path.exists());
    let why = |sign: std::path::PathBuf| {
        format!(
            "the database is missing, and nothing here has a copy; there was one, for there is {}",
            sign.display()
        )
    };
    Ok(sign.map(|sign| Lost { why: why(sign), copies: false }))
}

/// What to do about a mirror that could not be written for a while.
const COMPLETES: &str = ": warroom doctor --repair completes them, or a room that is opened";

/// How the mirror stands that has nothing which the database lacks.
fn mirror(folder: &std::path::Path, behind: Result<usize, Failure>) -> (bool, String) {
    if folder.is_dir() {
        if let Err(why) = may_write(folder) {
            return (false, format!("{} cannot be written, so no line has a copy: {why}", folder.display()));
        }
        return match behind {
            Ok(0) => (true, "has nothing that the database lacks".to_owned()),
            Ok(1) => (false, format!("the copy of one incident ends before its log does{COMPLETES}")),
            Ok(n) => (false, format!("the copies of {n} incidents end before their logs do{COMPLETES}")),
            Err(failure) => (false, failure.to_string()),
        };
    }
    match folder.symlink_metadata() {
        Ok(_) => (false, format!("{} is no folder, so no line has a copy: move it away", folder.display())),
        Err(_) => (true, "none yet: the next command that writes makes it".to_owned()),
    }
}

/// Puts the database together again where it is damaged, and gives the names of the logs that it then knows. None when
/// that failed, so that nothing else is touched.
async fn mend(session: &Session, add: &mut impl FnMut(&'static str, bool, String)) -> Option<Names> {
    let database = session.home.database();
    let found = if database.exists() {
        damage(&database).await.map(|why| why.map(|why| Lost { why, copies: true }))
    } else {
        lost(&session.home).await
    };
    let why = match found {
        Ok(None) => return Some(Names::new()),
        Ok(Some(Lost { why, copies: true })) => why,
        // An empty one in its place would hide that.
        Ok(Some(lost)) => {
            add("database", false, format!("{}; {}", lost.why, lost.hint()));
            return None;
        }
        Err(failure) => {
            add("database", false, failure.to_string());
            return None;
        }
    };
    match repair(&database, &session.home.snapshots(), session.clock.now()).await {
        Ok(done) => {
            let text = format!(
                "{why}; put together again: {} of {}, {} of them from copies; the damaged files are kept in {}",
                counted(done.events, "event", "events"),
                counted(done.logs, "incident", "incidents"),
                done.from_copies,
                done.kept.display()
            );
            add("repaired", done.lost.is_empty(), text);
            for lost in done.lost {
                add("lost", false, lost);
            }
            for aside in done.aside {
                add("aside", true, aside);
            }
            for unproven in done.unproven {
                add("end", true, unproven);
            }
            Some(done.names)
        }
        Err(failure) => {
            add("database", false, why);
            add("repaired", false, failure.to_string());
            None
        }
    }
}

async fn inspect(database: &std::path::Path) -> Result<(String, Vec<String>), Failure> {
    let store = SqliteStore::open(database, OpenMode::ReadOnly).await?;
    Ok(store.inspect().await?)
}

/// Writes every row again and builds the index. One log that cannot be listed keeps no other from it.
async fn repair_all(service: &Service, names: &Names) -> Result<(String, Vec<Failure>), Failure> {
    let logs = service.store().logs().await?;
    let (mut mirrored, mut failed) = (0, Vec::new());
    for log in &logs {
        failed.extend(service.rebuild_summary(*log, names.get(log).copied()).await.err());
        mirrored += service.store().complete_mirror(*log).await?;
    }
    // Of one that is lost the index would know nothing any more; that it is lost is told of the archive.
    let indexed = match service.archive_state().await {
        Ok(_) => service.reindex(|_, _| ()).await?.0,
        Err(_) => 0,
    };
    let done = format!(
        "wrote the rows of {}, added {} to the mirror, indexed {}",
        counted(logs.len().saturating_sub(failed.len()), "incident", "incidents"),
        counted(mirrored, "event", "events"),
        counted(indexed, "postmortem", "postmortems")
    );
    Ok((done, failed))
}
