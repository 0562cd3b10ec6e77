//! Instants and the injected clock.

use std::fmt;
use std::str::FromStr;
use std::sync::atomic::{AtomicI64, Ordering};

/// A moment in UTC, in milliseconds since 1970.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
#[serde(transparent)]
pub struct Instant(pub i64);

impl fmt::Display for Instant {
    /// RFC 3339 with milliseconds and `Z`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match jiff::Timestamp::from_millisecond(self.0) {
            Ok(moment) => write!(f, "{moment:.3}"),
            Err(_) => write!(f, "{} ms", self.0),
        }
    }
}

/// Offset of China Standard Time (北京时间), by which every deadline counts.
const BEIJING: jiff::tz::Offset = jiff::tz::Offset::constant(8);

impl Instant {
    /// The day in China Standard Time; `None` outside the years a calendar has.
    #[must_use]
    pub fn date(self) -> Option<jiff::civil::Date> {
        let moment = jiff::Timestamp::from_millisecond(self.0).ok()?;
        Some(BEIJING.to_datetime(moment).date())
    }

    /// The moment at which a day begins in China Standard Time, plus hours.
    #[must_use]
    pub fn on(day: jiff::civil::Date, hour: i8) -> Option<Self> {
        let moment = BEIJING.to_timestamp(day.at(hour, 0, 0, 0)).ok()?;
        Some(Self(moment.as_millisecond()))
    }
}

impl FromStr for Instant {
    type Err = jiff::Error;

    /// Reads RFC 3339, such as `2022-03-01T08:00:00Z`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self(text.parse::<jiff::Timestamp>()?.as_millisecond()))
    }
}

/// Where time comes from. Domain code never reads the real clock; the executor
/// is given one of these.
pub trait Clock: Send + Sync {
    /// The present moment.
    fn now(&self) -> Instant;
}

/// A clock that stands still until it is set: for tests and for playing the
/// example province through its compliance cycle.
#[derive(Debug)]
pub struct FixedClock(AtomicI64);

impl FixedClock {
    /// A clock that shows `moment`.
    #[must_use]
    pub fn new(moment: Instant) -> Self {
        Self(AtomicI64::new(moment.0))
    }

    /// Sets the clock.
    pub fn set(&self, moment: Instant) {
        self.0.store(moment.0, Ordering::SeqCst);
    }
}

impl Clock for FixedClock {
    fn now(&self) -> Instant {
        Instant(self.0.load(Ordering::SeqCst))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_rfc_3339() {
        let moment: Instant = "2022-11-07T00:00:00Z".parse().unwrap();
        assert_eq!(moment.to_string(), "2022-11-07T00:00:00.000Z");
        let clock = FixedClock::new(moment);
        clock.set(Instant(0));
        assert_eq!(clock.now().to_string(), "1970-01-01T00:00:00.000Z");
    }

    #[test]
    fn days_are_those_of_beijing() {
        let late: Instant = "2022-12-31T16:00:00Z".parse().unwrap();
        assert_eq!(late.date(), Some(jiff::civil::date(2023, 1, 1)));
        assert_eq!(Instant::on(jiff::civil::date(2023, 1, 1), 0), Some(late));
        assert_eq!(Instant(i64::MAX).date(), None);
    }
}
