//! The system clock: the one place where the product reads it.

use tanheng_base::{Clock, Date, Instant};

/// Hours by which the civil time of China is ahead of UTC, all year round.
const BEIJING_HOURS: i8 = 8;

/// The clock of the machine.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Instant {
        Instant(moment().as_millisecond())
    }
}

/// How long something takes.
#[derive(Debug, Clone, Copy)]
pub struct Stopwatch(std::time::Instant);

impl Stopwatch {
    /// Starts.
    #[expect(clippy::disallowed_methods, reason = "the home of the system clock")]
    pub fn start() -> Stopwatch {
        Stopwatch(std::time::Instant::now())
    }

    /// Time since the start.
    pub fn elapsed(&self) -> std::time::Duration {
        self.0.elapsed()
    }
}

/// Today's date in the civil time of China, whatever the zone of the machine.
pub fn today() -> Date {
    jiff::tz::offset(BEIJING_HOURS).to_datetime(moment()).date()
}

#[expect(clippy::disallowed_methods, reason = "the home of the system clock")]
fn moment() -> jiff::Timestamp {
    jiff::Timestamp::now()
}
