//! Several processes that write to one home at once while others fold the write-ahead log back, and people who look
//! on, one of them with a half-typed line and a selected row.
#![expect(clippy::disallowed_methods, reason = "a test looks at the time")]

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use sqlx::ConnectOptions;
use sqlx::sqlite::SqliteConnectOptions;

use super::{figure, hold, is_long, rounds};
use crate::screen::{World, program};

/// One process that streams lines, and when each was acknowledged.
struct Writer {
    child: Child,
    told: Arc<Mutex<Vec<Instant>>>,
    reading: std::thread::JoinHandle<Vec<String>>,
}

impl Writer {
    fn start(world: &World, name: usize, lines: usize) -> Self {
        let mut command = world.command(program());
        command.args(["log", "1", "-", "--as", &format!("w{name}")]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let (mut input, out) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        std::thread::spawn(move || {
            for n in 0..lines {
                if input.write_all(format!("w{name}n{n:05} said by the writer\n").as_bytes()).is_err() {
                    return;
                }
            }
        });
        let told: Arc<Mutex<Vec<Instant>>> = Arc::default();
        let times = told.clone();
        let reading = std::thread::spawn(move || {
            let mut tokens = Vec::new();
            for line in BufReader::new(out).lines().map_while(Result::ok) {
                let Some(token) = line.split(' ').find(|word| is_token(word)) else { continue };
                tokens.push(token.to_owned());
                times.lock().unwrap().push(Instant::now());
            }
            tokens
        });
        Self { child, told, reading }
    }
}

fn is_token(word: &str) -> bool {
    word.split_once('n').is_some_and(|(w, n)| w.starts_with('w') && n.len() == 5 && n.parse::<u32>().is_ok())
}

/// Folds the write-ahead log back again and again, as any process may at any moment. Gives how often it was whole.
fn checkpoints(world: &World, stop: Arc<AtomicBool>) -> std::thread::JoinHandle<u32> {
    let file = world.home().join("warroom.db");
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        runtime.block_on(async move {
            let options = SqliteConnectOptions::new().filename(file).busy_timeout(Duration::from_secs(10));
            let mut conn = options.connect().await.unwrap();
            let mut whole = 0;
            for mode in ["PASSIVE", "FULL", "RESTART", "TRUNCATE"].iter().cycle() {
                if stop.load(Ordering::SeqCst) {
                    break;
                }
                let pragma = format!("PRAGMA wal_checkpoint({mode})");
                if let Ok(row) = sqlx::raw_sql(sqlx::AssertSqlSafe(pragma)).fetch_one(&mut conn).await {
                    whole += u32::from(sqlx::Row::get::<i64, _>(&row, 0) == 0);
                }
                tokio::time::sleep(Duration::from_millis(40)).await;
            }
            whole
        })
    })
}

/// How long the screen of somebody who looks on is behind: since when there has been a line, acknowledged, that is
/// not on it though it is newer than all that are.
fn behind(screen: &str, writers: &[Writer], now: Instant) -> Duration {
    let mut longest = Duration::ZERO;
    for (name, writer) in writers.iter().enumerate() {
        let prefix = format!("w{name}n");
        let newest = screen
            .split_whitespace()
            .filter_map(|word| word.strip_prefix(&prefix)?.get(..5)?.parse::<usize>().ok())
            .max();
        // A writer none of whose lines are on the screen says nothing: others pushed them off.
        let Some(newest) = newest else { continue };
        if let Some(told) = writer.told.lock().unwrap().get(newest + 1) {
            longest = longest.max(now.saturating_duration_since(*told));
        }
    }
    longest
}

fn percentile(sorted: &[Duration], of_1000: usize) -> f64 {
    let at = (sorted.len() * of_1000 / 1000).min(sorted.len().saturating_sub(1));
    sorted.get(at).map_or(0.0, |d| d.as_secs_f64() * 1000.0)
}

fn together(processes: usize, lines: usize) {
    let begun = Instant::now();
    let mut world = World::new();
    world.set("WARROOM_NOW", "");
    world.done(&["declare", "Many at once", "--commander", "alice"]);
    world.done(&["log", "1", "the row that is selected"]);

    // Alice has selected a row and typed half a line; bob follows the end.
    let mut alice = world.screen(&["open", "1"], 100, 30);
    alice.until("the row that is selected").until(" normal ");
    alice.send(b"k").look(Duration::from_millis(50));
    alice.send(b"i").until(" write ").send(b"half a line of alice").until("half a line of alice");
    world.set("WARROOM_AS", "bob");
    let mut bob = world.screen(&["open", "1"], 100, 30);
    bob.until("the row that is selected").until(" normal ");

    let stop = Arc::new(AtomicBool::new(false));
    let folding = checkpoints(&world, stop.clone());
    let mut writers: Vec<Writer> = (0..processes).map(|name| Writer::start(&world, name, lines)).collect();
    let (mut late, mut looks) = (Vec::new(), 0);
    while writers.iter_mut().any(|w| w.child.try_wait().unwrap().is_none()) {
        bob.look(Duration::from_millis(20));
        alice.look(Duration::from_millis(1));
        late.push(behind(&bob.text(), &writers, Instant::now()));
        looks += 1;
    }
    let ended = Instant::now();
    // The last line of each is on the screen of who looks on.
    let last = |n: usize| format!("w{n}n{:05}", lines - 1);
    let newest: Vec<String> = (0..processes).map(last).collect();
    bob.until_that("the last lines", |screen| newest.iter().any(|token| screen.contains(token)));
    let settled = ended.elapsed();
    stop.store(true, Ordering::SeqCst);
    let folded = folding.join().unwrap();

    let (mut acknowledged, mut gaps, mut first) = (Vec::new(), Vec::new(), Vec::new());
    for (name, writer) in writers.into_iter().enumerate() {
        let output = writer.child.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        let tokens = writer.reading.join().unwrap();
        assert!(output.status.success(), "writer {name} of {processes} after {} lines: {said}", tokens.len());
        assert_eq!(tokens.len(), lines, "writer {name} acknowledged each line: {said}");
        acknowledged.extend(tokens);
        let told = writer.told.lock().unwrap();
        first.extend(told.first().copied());
        gaps.extend(told.windows(2).map(|w| w[1] - w[0]));
    }
    let stored = hold(&world, "1", &acknowledged);
    assert_eq!(stored, processes * lines + 1, "nothing else, and nothing twice");

    // Alice's screen has new lines, and what she was at is as it was.
    alice.look(Duration::from_millis(200));
    let screen = alice.text();
    assert!(screen.contains("half a line of alice"), "{screen}");
    alice.send(b" and more").until("half a line of alice and more");
    // Her line belongs where she began it, before those of the writers, and the screen goes there.
    alice.send(b"\r").until_gone("› half a line").until(" normal ");
    alice.until_that("her line stored", |screen| {
        screen.lines().any(|row| row.contains("half a line of alice and more") && row.contains('✓'))
    });

    gaps.sort();
    late.sort();
    let rate = acknowledged.len() as f64 / ended.duration_since(*first.iter().min().unwrap()).as_secs_f64();
    let (p50, p99, p999) = (percentile(&gaps, 500), percentile(&gaps, 990), percentile(&gaps, 999));
    let most = percentile(&late, 1000);
    figure(&format!(
        "{processes} writers x {lines}: {stored} entries in one chain, 0 lost, {folded} checkpoints meanwhile; line to \
         line p50 {p50:.0} ms, p99 {p99:.0} ms, p99.9 {p999:.0} ms, {rate:.0} a second; a screen that looks on is \
         behind by p99 {:.0} ms, at most {most:.0} ms ({looks} looks), {} ms after the end ({} s)",
        percentile(&late, 990),
        settled.as_millis(),
        begun.elapsed().as_secs()
    ));
    // The machine of the short form builds and tests other things meanwhile.
    let most_p99 = if is_long() { 250.0 } else { 1000.0 };
    assert!(p99 < most_p99, "p99 of a commit is {p99} ms");
    assert!(percentile(&late, 990) < 1500.0 && settled < Duration::from_millis(1500), "screens are late");
}

#[test]
fn many_writers_make_one_chain_and_disturb_no_screen() {
    let lines = rounds(60, 5_000);
    for processes in [2, 4, 8] {
        together(processes, lines);
    }
}
