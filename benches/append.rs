//! How long an entry takes from the service to the disk: SQLite in a folder, synced, one append after another.
#![expect(clippy::unwrap_used, reason = "a benchmark that cannot go on must fail")]

use std::cell::Cell;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use tokio::runtime::Builder;
use uuid::Uuid;
use warroom::domain::ids::{EventId, IncidentId, LogId, Seq};
use warroom::domain::log::Digest;
use warroom::domain::time::Utc;
use warroom::store::{Append, EventStore, OpenMode, SqliteStore, SummaryRow, Unsealed};

const LOG: LogId = LogId(Uuid::from_u128(0x0193_b0c5_2a00_7000_8000_0000_0000_002a));

fn began() -> Utc {
    "2026-11-22T02:00:00Z".parse().unwrap()
}

fn event(n: u64) -> Unsealed {
    Unsealed {
        id: EventId(Uuid::from_u128(0x0193_b0c5_2a00_7000_9000_0000_0000_0000 + u128::from(n))),
        kind: "entry.noted/1".parse().unwrap(),
        at: began(),
        clock: "boot=1a2b3c4d ns=1 sync=1".to_owned(),
        actor: "alice@host:pts/1".to_owned(),
        key: None,
        salt: [7; 32],
        body: format!("{{\"by\":\"carol\",\"data\":{{\"text\":\"runner {n} is drained\"}}}}").into_bytes(),
        attach: Vec::new(),
        redacts: None,
    }
}

/// The next `count` events behind the head.
fn next(head: u64, count: u64) -> Append {
    let summary = SummaryRow {
        log: LOG,
        id: IncidentId { year: 2026, number: 42 },
        state: "open".to_owned(),
        declared_at: began(),
        updated_at: began(),
        head: Seq::NONE,
        head_hash: Digest::ZERO,
        body: "{\"title\":\"Signing key exposed\"}".to_owned(),
    };
    let events = (head + 1..=head + count).map(event).collect();
    Append { log: LOG, expected: Seq(head), events, summary, stories: Vec::new() }
}

fn append(c: &mut Criterion) {
    let runtime = Builder::new_multi_thread().worker_threads(1).enable_time().build().unwrap();
    let mut group = c.benchmark_group("append");
    group.sample_size(20);
    for count in [1, 100] {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("log.db");
        let store = runtime.block_on(SqliteStore::open(&file, OpenMode::Create)).unwrap();
        let head = Cell::new(0);
        group.throughput(Throughput::Elements(count));
        group.bench_function(format!("{count} synced"), |b| {
            b.iter(|| {
                let batch = next(head.get(), count);
                head.set(head.get() + count);
                runtime.block_on(store.append(batch)).unwrap()
            });
        });
        runtime.block_on(store.close()).unwrap();
    }
    group.finish();
}

criterion_group!(benches, append);
criterion_main!(benches);
