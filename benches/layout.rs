//! How long the places of all panes take at the sizes that people use.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use warroom::app::layout::{Pane, Plan, Prefs, Size, layout};

fn places(c: &mut Criterion) {
    let mut group = c.benchmark_group("layout");
    group.sample_size(30);
    for (w, h) in [(40, 12), (80, 24), (120, 40), (200, 60)] {
        let prefs = Prefs { plan: Plan::Room, focus: Pane::Timeline, zoom: false, alone: false };
        group.bench_function(format!("{w}x{h}"), |b| {
            b.iter(|| layout(black_box(Size { w, h }), black_box(prefs)));
        });
    }
    group.finish();
}

criterion_group!(benches, places);
criterion_main!(benches);
