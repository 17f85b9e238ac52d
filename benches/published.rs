//! From the moved branch to the answer: a process that has asked before publishes a postmortem, and asks for it as soon as
//! git's branch has moved, while the publication is still being recorded. What a screen does, without its frames.
//!
//! Arguments: a home with a filled archive, which grows by what is published, and how many.
#![expect(clippy::unwrap_used, reason = "a benchmark that cannot go on must fail")]
#![expect(clippy::print_stdout, reason = "figures are what it is for")]
#![expect(
    clippy::disallowed_methods,
    reason = "a benchmark measures by the clock, and looks at git's own files"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use tokio::sync::oneshot;
use warroom::domain::ids::{IncidentId, LogId};
use warroom::domain::request::{Declaration, Request};
use warroom::domain::words::IncidentKind;
use warroom::service::{By, FindQuery, Service};
use warroom::shell::clock::Clock;
use warroom::shell::config::Config;
use warroom::shell::environment::Environment;
use warroom::shell::identity::{Identity, IdentitySource};
use warroom::shell::ids::Ids;
use warroom::shell::paths::Home;
use warroom::shell::session::{Opening, Session};

fn session(home: &Path) -> Session {
    let identity = Identity {
        person: "alice".to_owned(),
        source: IdentitySource::Flag,
        user: "alice".to_owned(),
        host: "host".to_owned(),
    };
    Session {
        environment: Environment::default(),
        home: Home::at(home),
        config: Config::default(),
        clock: Clock::from_env(None).unwrap(),
        ids: Ids::new().unwrap(),
        identity,
        throwaway: None,
    }
}

/// An incident that is over, with the draft of its postmortem.
async fn drafted(service: &Service, by: &By, title: &str) -> LogId {
    let declaration = Declaration {
        id: IncidentId { year: 0, number: 0 },
        title: title.to_owned(),
        kind: IncidentKind::Real,
        severity: Some("P2".to_owned()),
        services: Vec::new(),
        tags: Vec::new(),
        commander: None,
        runbooks: Vec::new(),
    };
    let (_, log, _) = service.declare(by, declaration, None).await.unwrap();
    let seen = service.incident(log).await.unwrap().head;
    let over = Request::Resolve { ended_by: "a restart".to_owned() };
    service.submit(log, by, &[over.into()], seen).await.unwrap();
    service.draft(log, by, false).await.unwrap();
    log
}

/// Tells the moment in which a file holds something else; looks every 50 µs.
fn moved(file: PathBuf) -> oneshot::Receiver<Instant> {
    let (tell, told) = oneshot::channel();
    let before = fs::read(&file).unwrap();
    thread::spawn(move || {
        while fs::read(&file).is_ok_and(|now| now == before) {
            thread::sleep(Duration::from_micros(50));
        }
        let _ = tell.send(Instant::now());
    });
    told
}

async fn one(service: &Service, by: &By, branch: &Path, title: &str) -> f64 {
    let log = drafted(service, by, title).await;
    let moved = moved(branch.to_path_buf());
    let (finder, text) = (service.clone(), title.to_owned());
    let found = tokio::spawn(async move {
        let at = moved.await.unwrap();
        let query = FindQuery { text, limit: 1, uncounted: true, ..FindQuery::default() };
        let past = finder.search(query.clone()).await.unwrap();
        assert!(past.first().is_some_and(|hit| hit.title == query.text), "{past:?}");
        at.elapsed()
    });
    service.publish(log, by, Some("a measurement"), Some("alice <alice@localhost>")).await.unwrap();
    found.await.unwrap().as_secs_f64() * 1e3
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|given| given != "--bench").collect();
    let [home, count] = arguments.as_slice() else {
        println!("published: give HOME COUNT; the home's archive grows by what is published");
        return;
    };
    let (home, count): (_, usize) = (Path::new(home), count.parse().unwrap());
    let branch = home.join("postmortems/.git/refs/heads/main");
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_time().build().unwrap();
    let mut taken = Vec::with_capacity(count);
    runtime.block_on(async {
        let session = session(home);
        let service = session.open(Opening::Write).await.unwrap();
        // The index is opened by the first question.
        service
            .search(FindQuery { text: "disk".to_owned(), limit: 1, ..FindQuery::default() })
            .await
            .unwrap();
        for nth in 0..=count {
            let title = format!("zzuniq{nth}at{}", session.clock.now().timestamp_millis());
            let took = one(&service, &session.by(), &branch, &title).await;
            // The first brings what lies ahead of it to the files.
            if nth > 0 {
                taken.push(took);
            }
        }
        service.close().await.unwrap();
    });
    taken.sort_by(f64::total_cmp);
    let at = |part: f64| {
        let nth = (taken.len() as f64 * part).ceil() as usize;
        taken.get(nth.saturating_sub(1)).copied().unwrap_or_default()
    };
    println!(
        r#"{{"test":"branch moved, found","n":{},"p50_ms":{:.3},"p95_ms":{:.3},"max_ms":{:.3}}}"#,
        taken.len(),
        at(0.5),
        at(0.95),
        at(1.0)
    );
}
