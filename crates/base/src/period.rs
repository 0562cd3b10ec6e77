//! Civil years and months: the periods that figures belong to.

use std::fmt;
use std::str::FromStr;

use jiff::civil::{Date, date};

/// A year or month that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a {kind} such as `{example}`")]
pub struct PeriodError {
    text: String,
    kind: &'static str,
    example: &'static str,
}

/// A data year between 1900 and 9999.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
#[serde(try_from = "i16", into = "i16")]
pub struct Year(i16);

impl Year {
    /// The year as a number.
    #[must_use]
    pub fn number(self) -> i16 {
        self.0
    }

    /// First day.
    #[must_use]
    pub fn first_day(self) -> Date {
        date(self.0, 1, 1)
    }

    /// Last day: the day at which a parameter of the year is resolved.
    #[must_use]
    pub fn last_day(self) -> Date {
        date(self.0, 12, 31)
    }

    /// The twelve months in order.
    pub fn months(self) -> impl DoubleEndedIterator<Item = Month> {
        (1..=12).map(move |month| Month { year: self, month })
    }
}

impl TryFrom<i16> for Year {
    type Error = PeriodError;

    fn try_from(year: i16) -> Result<Self, Self::Error> {
        if (1900..=9999).contains(&year) {
            return Ok(Self(year));
        }
        Err(PeriodError { text: year.to_string(), kind: "year", example: "2022" })
    }
}

impl From<Year> for i16 {
    fn from(year: Year) -> Self {
        year.0
    }
}

impl FromStr for Year {
    type Err = PeriodError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let error = || PeriodError { text: text.to_owned(), kind: "year", example: "2022" };
        if text.len() != 4 || !text.bytes().all(|b| b.is_ascii_digit()) {
            return Err(error());
        }
        text.parse::<i16>().ok().and_then(|y| Self::try_from(y).ok()).ok_or_else(error)
    }
}

impl fmt::Display for Year {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}", self.0)
    }
}

/// A calendar month, written `2022-03`.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
#[serde(try_from = "String", into = "String")]
pub struct Month {
    year: Year,
    month: i8,
}

impl Month {
    /// The year it belongs to.
    #[must_use]
    pub fn year(self) -> Year {
        self.year
    }

    /// 1 to 12.
    #[must_use]
    pub fn number(self) -> i8 {
        self.month
    }

    /// First day.
    #[must_use]
    pub fn first_day(self) -> Date {
        date(self.year.0, self.month, 1)
    }

    /// Last day: the day at which a parameter of the month is resolved.
    #[must_use]
    pub fn last_day(self) -> Date {
        self.first_day().last_of_month()
    }

    /// The month a date falls in; `None` outside the years a book can have.
    #[must_use]
    pub fn of(day: Date) -> Option<Self> {
        Some(Self { year: Year::try_from(day.year()).ok()?, month: day.month() })
    }
}

impl FromStr for Month {
    type Err = PeriodError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let error = || PeriodError { text: text.to_owned(), kind: "month", example: "2022-03" };
        let (year, month) = text.split_once('-').ok_or_else(error)?;
        let year = year.parse().map_err(|_| error())?;
        if month.len() != 2 || !month.bytes().all(|b| b.is_ascii_digit()) {
            return Err(error());
        }
        let month = month.parse::<i8>().ok().filter(|m| (1..=12).contains(m)).ok_or_else(error)?;
        Ok(Self { year, month })
    }
}

impl TryFrom<String> for Month {
    type Error = PeriodError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Month> for String {
    fn from(month: Month) -> Self {
        month.to_string()
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{:02}", self.year, self.month)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_read_print_and_end() {
        let month: Month = "2024-02".parse().unwrap();
        assert_eq!(month.to_string(), "2024-02");
        assert_eq!(month.last_day(), date(2024, 2, 29));
        for text in
            ["2024-2", "2024-13", "2024-00", "24-02", "2024/02", "2024-02-01", "２０２４-02"]
        {
            assert!(text.parse::<Month>().is_err(), "{text}");
        }
        let year: Year = "2022".parse().unwrap();
        assert_eq!(year.months().count(), 12);
        assert_eq!(year.months().next_back().map(|m| m.to_string()), Some("2022-12".into()));
    }
}
