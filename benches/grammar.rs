//! How long a typed line takes to be read; the composer reads it anew at every key.
#![expect(clippy::unwrap_used, reason = "a benchmark that cannot go on must fail")]

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use warroom::domain::quick_entry::parse;
use warroom::domain::time_spec::Context;

fn grammar(c: &mut Criterion) {
    let now = "2026-11-22T03:00:00Z".parse().unwrap();
    let ctx = Context { now, zone: warroom::domain::zone::Tz::named("Europe/Berlin").unwrap() };
    let long = "all runners of the second region are drained ".repeat(200);
    let lines = [
        ("note", "the registry answers again #registry @bob"),
        ("decision", "! @bob revoke the key before we know who has it check 15m"),
        ("ask with time", "~-4m + @dana 10m list every image signed since Friday"),
        ("dated", "2026-11-21 23:50 first signature by the foreign key"),
        ("9 kB", &long),
    ];
    let mut group = c.benchmark_group("grammar");
    group.sample_size(30);
    for (name, line) in lines {
        assert!(parse(line, &ctx).is_ok());
        group.bench_function(name, |b| b.iter(|| parse(black_box(line), &ctx)));
    }
    group.finish();
}

criterion_group!(benches, grammar);
criterion_main!(benches);
