//! How long a log takes to become a room, and one more event to become part of it.
#![expect(clippy::unwrap_used, reason = "a benchmark that cannot go on must fail")]

mod story;

use std::hint::black_box;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use uuid::Uuid;
use warroom::domain::ids::LogId;
use warroom::domain::incident::Incident;

fn fold(c: &mut Criterion) {
    let id = LogId(Uuid::from_u128(42));
    let mut group = c.benchmark_group("fold");
    group.sample_size(20);
    for count in [100, 1_000, 10_000] {
        let log = story::log(count);
        assert!(Incident::fold(id, &log).is_declared());
        group.throughput(Throughput::Elements(count));
        group.bench_function(format!("{count} events"), |b| b.iter(|| Incident::fold(id, black_box(&log))));
    }
    let log = story::log(1_001);
    let (last, before) = log.split_last().unwrap();
    let room = Incident::fold(id, before);
    group.throughput(Throughput::Elements(1));
    group.bench_function("one more after 1000", |b| {
        b.iter_batched_ref(|| room.clone(), |room| room.apply(black_box(last)), BatchSize::LargeInput);
    });
    group.finish();
}

criterion_group!(benches, fold);
criterion_main!(benches);
