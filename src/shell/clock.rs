//! The one place that reads time. It must not be read by `domain` or `app`: they are given stamps.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta};
use nix::time::{ClockId, clock_gettime};

use crate::domain::time::{Stamp, Utc, to_ms};

/// The program's clock: the wall clock of the host, or one that started at `WARROOM_NOW` and runs on.
#[derive(Debug, Clone)]
pub struct Clock {
    source: Source,
    /// The `boot=…` and `sync=…` words of the clock line: they do not change while the program runs.
    boot: Arc<str>,
    synchronised: bool,
    /// Time since boot when the clock was made.
    origin: Duration,
}

#[derive(Debug, Clone, Copy)]
enum Source {
    Wall,
    /// Started at this instant and runs on.
    Started(Utc),
    /// Stands still: for tests.
    Stopped(Utc),
}

/// A value of `WARROOM_NOW` that is not a time: a usage error.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "WARROOM_NOW is {value:?}, which is not an RFC 3339 time; write it like 2026-11-22T14:05:00Z, or unset it"
)]
pub struct BadNow {
    /// What the variable holds.
    pub value: String,
}

impl Clock {
    /// Makes the clock from the value of `WARROOM_NOW`; an unset or empty one means the wall clock.
    ///
    /// # Errors
    /// [`BadNow`] when the value is not an RFC 3339 time.
    pub fn from_env(now_override: Option<&str>) -> Result<Self, BadNow> {
        let source = match now_override.map(str::trim).filter(|v| !v.is_empty()) {
            None => Source::Wall,
            Some(value) => {
                let at =
                    DateTime::parse_from_rfc3339(value).map_err(|_| BadNow { value: value.to_owned() })?;
                Source::Started(to_ms(at.to_utc()))
            }
        };
        Ok(Self { source, boot: boot_id().into(), synchronised: synchronised(), origin: since_boot() })
    }

    /// Makes a clock that stands still, with a clock line that is the same on every host.
    #[must_use]
    pub fn stopped(at: Utc) -> Self {
        let (source, boot) = (Source::Stopped(to_ms(at)), Arc::from("00000000"));
        Self { source, boot, synchronised: false, origin: Duration::ZERO }
    }

    /// Reads the time, cut to the millisecond.
    #[must_use]
    pub fn now(&self) -> Utc {
        match self.source {
            Source::Wall => wall(),
            Source::Started(at) => {
                let run = TimeDelta::from_std(self.running()).unwrap_or(TimeDelta::MAX);
                to_ms(at.checked_add_signed(run).unwrap_or(at))
            }
            Source::Stopped(at) => at,
        }
    }

    /// Reads the time and the state of the clocks behind it, for a message, a command or a log header.
    #[must_use]
    pub fn stamp(&self) -> Stamp {
        let ns = match self.source {
            Source::Stopped(_) => 0,
            _ => since_boot().as_nanos(),
        };
        // A time that was given by hand has nothing to do with the clock of the host.
        let none = Arc::from("00000000");
        let boot = if self.overridden() { &none } else { &self.boot };
        let sync = u8::from(self.synchronised);
        Stamp { at: self.now(), clock: format!("boot={boot} ns={ns} sync={sync}") }
    }

    /// How long this clock has been running; never goes back, counts while the host sleeps. For time-outs.
    #[must_use]
    pub fn running(&self) -> Duration {
        match self.source {
            Source::Stopped(_) => Duration::ZERO,
            _ => since_boot().saturating_sub(self.origin),
        }
    }

    /// How far the wall clock is ahead of the time that this clock has been running, in milliseconds: it changes when
    /// somebody sets the wall clock.
    #[must_use]
    pub fn ahead(&self) -> i64 {
        let running = i64::try_from(self.running().as_millis()).unwrap_or(i64::MAX);
        self.now().timestamp_millis().saturating_sub(running)
    }

    /// Whether the time is not the host's (`WARROOM_NOW` is set): the header shows it.
    #[must_use]
    pub fn overridden(&self) -> bool {
        !matches!(self.source, Source::Wall)
    }
}

#[expect(clippy::disallowed_methods, reason = "this is the one place that reads the wall clock")]
fn wall() -> Utc {
    to_ms(chrono::Utc::now())
}

/// Time since boot; zero where the host cannot say (the wall time is then all there is).
fn since_boot() -> Duration {
    clock_gettime(ClockId::CLOCK_BOOTTIME).map(Duration::from).unwrap_or_default()
}

/// The first eight hex digits of the boot id; zeros where the host does not tell.
fn boot_id() -> String {
    let text = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
    let id: String = text.chars().filter(char::is_ascii_hexdigit).take(8).collect();
    if id.len() == 8 { id.to_ascii_lowercase() } else { "00000000".to_owned() }
}

/// Whether the host says that its clock follows a time server. Only systemd-timesyncd leaves a file that tells;
/// chrony and ntpd do not, so `false` means "not known to be".
fn synchronised() -> bool {
    std::path::Path::new("/run/systemd/timesync/synchronized").exists()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_overridden_clock_starts_there_and_runs_on() {
        let clock = Clock::from_env(Some("2026-11-22T15:05:00+01:00")).unwrap();
        assert!(clock.overridden());
        let first = clock.now();
        assert_eq!(first.format("%Y-%m-%dT%H:%M").to_string(), "2026-11-22T14:05");
        while clock.now() == first {
            std::hint::spin_loop();
        }
        assert!(clock.now() > first && clock.now() - first < TimeDelta::seconds(30));
    }

    #[test]
    fn a_bad_override_is_refused_with_an_example() {
        for bad in ["yesterday", "2026-11-22", "2026-11-22T14:05:00", "99999"] {
            let message = Clock::from_env(Some(bad)).unwrap_err().to_string();
            assert!(message.contains(bad) && message.contains("2026-11-22T14:05:00Z"), "{message}");
        }
        assert!(!Clock::from_env(Some(" ")).unwrap().overridden());
        assert!(!Clock::from_env(None).unwrap().overridden());
    }

    #[test]
    fn the_clock_line_is_restricted_ascii_and_goes_forward() {
        let clock = Clock::from_env(None).unwrap();
        let (one, two) = (clock.stamp(), clock.stamp());
        assert!(one.clock.bytes().all(|b| (b' '..=b'~').contains(&b)));
        let words: Vec<&str> = one.clock.split(' ').collect();
        assert!(words[0].starts_with("boot=") && words[0].len() == 13, "{words:?}");
        assert!(words[1].starts_with("ns=") && words[2].starts_with("sync="), "{words:?}");
        let ns = |s: &Stamp| {
            s.clock.split("ns=").nth(1).unwrap().split(' ').next().unwrap().parse::<u128>().unwrap()
        };
        assert!(ns(&one) > 0 && ns(&two) >= ns(&one));
        assert_eq!(one.at.timestamp_subsec_nanos() % 1_000_000, 0);
    }

    #[test]
    fn a_stopped_clock_is_the_same_everywhere() {
        let at = DateTime::from_timestamp(1_700_000_000, 0).unwrap();
        let clock = Clock::stopped(at);
        assert_eq!(clock.stamp(), Stamp { at, clock: "boot=00000000 ns=0 sync=0".into() });
    }
}
