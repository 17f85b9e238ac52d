//! How long a whole frame takes, from the model to the cells, with a long log behind it.
#![expect(clippy::unwrap_used, reason = "a benchmark that cannot go on must fail")]

mod story;

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use uuid::Uuid;
use warroom::app::keymap::Keymap;
use warroom::app::layout::Size;
use warroom::app::model::{Look, Model, Start, Waiting};
use warroom::app::msg::{Answer, Msg, Stamped};
use warroom::app::update::update;
use warroom::domain::calendar::Calendar;
use warroom::domain::ids::LogId;
use warroom::domain::incident::Incident;
use warroom::domain::policy::Policy;
use warroom::domain::severity::Profile;

/// The room of a log of so many events, on a screen of this size.
fn room(w: u16, h: u16, events: u64) -> Model {
    let now = story::began() + chrono::TimeDelta::hours(13);
    let mut model = Model::new(Start {
        size: Size { w, h },
        now,
        local_zone: warroom::domain::zone::Tz::named("Europe/Berlin").unwrap(),
        local: false,
        simulated: false,
        me: "alice".to_owned(),
        look: Look { colour: true, ..Look::default() },
        keymap: Keymap::default(),
        policy: Policy::new(Profile::default(), Calendar::plain(warroom::domain::zone::Tz::UTC)),
        people: warroom::domain::people::People::default(),
    });
    let incident = Incident::fold(LogId(Uuid::from_u128(42)), &story::log(events));
    let ticket = model.ticket(Waiting::Open);
    let msg = Msg::Answer(ticket, Answer::Opened(Box::new(incident), None));
    let _ = update(&mut model, Stamped { at: now, msg });
    assert!(model.room.is_some());
    model
}

fn draw(c: &mut Criterion) {
    let mut group = c.benchmark_group("draw");
    group.sample_size(20);
    for (w, h) in [(80, 24), (120, 40), (200, 60)] {
        for events in [100, 10_000] {
            let model = room(w, h, events);
            let mut buf = Buffer::empty(Rect::new(0, 0, w, h));
            group.bench_function(format!("{w}x{h}, {events} events"), |b| {
                b.iter(|| {
                    buf.reset();
                    warroom::ui::draw(black_box(&model), &mut buf)
                });
            });
        }
    }
    group.finish();
}

criterion_group!(benches, draw);
criterion_main!(benches);
