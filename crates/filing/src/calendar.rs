//! Working days: which days are off or worked by decree, and counting over them.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use tanheng_base::{CheckState, Citation, Date, DocumentId, Problem, Text};

use crate::fault::{self, Faults};

/// The days of one year that are not as the week says, by decree.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CalendarYear {
    /// The year.
    pub year: i16,
    /// The decree.
    pub citation: Citation,
    /// How far the days were checked.
    pub checked: CheckState,
    /// Days off, weekends within holidays included.
    pub off: BTreeSet<Date>,
    /// Saturdays and Sundays that are worked.
    pub on: BTreeSet<Date>,
}

/// The calendar of the years whose decrees are known.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Calendar {
    years: BTreeMap<i16, CalendarYear>,
}

/// A day that was counted out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counted {
    /// The day.
    pub day: Date,
    /// Every year that was counted over has a calendar; where not, only weekends were left out.
    pub certain: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct YearText {
    year: i16,
    document: DocumentId,
    clause: String,
    checked: CheckState,
    #[serde(default)]
    #[expect(dead_code, reason = "read so that a remark for readers of the file is allowed")]
    note: Option<Text>,
    off: Vec<String>,
    #[serde(default)]
    on: Vec<String>,
}

impl CalendarYear {
    /// Reads the file of a year.
    ///
    /// # Errors
    /// Everything wrong with it, each with code `calendar.definition`.
    pub fn parse(text: &str) -> Result<Self, Vec<Problem>> {
        let read: YearText = toml::from_str(text)
            .map_err(|error| vec![fault::unreadable(fault::CALENDAR, text, &error)])?;
        let mut faults = Faults::new(fault::CALENDAR);
        let off = days(&read.off, read.year, &mut faults);
        let on = days(&read.on, read.year, &mut faults);
        for day in off.intersection(&on) {
            faults.add("on", "既休息又上班", &format!("{day} is both off and worked"));
        }
        for day in on.iter().filter(|day| !weekend(**day)) {
            faults.add("on", "不是周六、周日", &format!("{day} is no Saturday or Sunday"));
        }
        let citation = Citation { document: read.document, clause: read.clause };
        faults.finish(Self { year: read.year, citation, checked: read.checked, off, on })
    }
}

/// The days of texts such as `2022-10-01` and `2022-10-01..2022-10-07`.
fn days(texts: &[String], year: i16, faults: &mut Faults) -> BTreeSet<Date> {
    let mut all = BTreeSet::new();
    for text in texts {
        let (first, last) = text.split_once("..").unwrap_or((text, text));
        let (Ok(first), Ok(last)) = (first.parse::<Date>(), last.parse::<Date>()) else {
            faults.add("off", "日期无法读取", &format!("`{text}` is no day or days"));
            continue;
        };
        if first > last || first.year() != year || last.year() != year {
            let en = format!("`{text}` is not within {year}, or ends before it begins");
            faults.add("off", "日期不在该年内或先后颠倒", &en);
            continue;
        }
        let mut day = first;
        while day <= last {
            all.insert(day);
            let Ok(next) = day.tomorrow() else { break };
            day = next;
        }
    }
    all
}

fn weekend(day: Date) -> bool {
    day.weekday().to_monday_zero_offset() >= 5
}

impl Calendar {
    /// Adds a year; `false` when it is there already.
    pub fn add(&mut self, year: CalendarYear) -> bool {
        self.years.insert(year.year, year).is_none()
    }

    /// The years, in order.
    pub fn years(&self) -> impl Iterator<Item = &CalendarYear> {
        self.years.values()
    }

    /// Whether the decree for the year of a day is known.
    #[must_use]
    pub fn knows(&self, day: Date) -> bool {
        self.years.contains_key(&day.year())
    }

    /// Whether a day is worked: by decree where one is known, by the week otherwise.
    #[must_use]
    pub fn works(&self, day: Date) -> bool {
        match self.years.get(&day.year()) {
            Some(year) if year.off.contains(&day) => false,
            Some(year) if year.on.contains(&day) => true,
            _ => !weekend(day),
        }
    }

    /// The day at which `days` days after `start` are over; `start` itself does not count, nor
    /// do the days within `pauses`: those after the first and up to the last of a pair. `None`
    /// beyond the calendar, or while a pause lasts.
    #[must_use]
    pub fn count(
        &self,
        start: Date,
        days: u32,
        working: bool,
        pauses: &[(Date, Option<Date>)],
    ) -> Option<Counted> {
        let mut counted = Counted { day: start, certain: true };
        let mut left = days;
        while left > 0 {
            counted.day = counted.day.tomorrow().ok()?;
            let day = counted.day;
            if pauses.iter().any(|(from, to)| *from < day && to.is_none()) {
                return None;
            }
            if pauses.iter().any(|(from, to)| *from < day && to.is_some_and(|to| day <= to)) {
                continue;
            }
            counted.certain &= !working || self.knows(day);
            if !working || self.works(day) {
                left -= 1;
            }
        }
        Some(counted)
    }

    /// The same day if it is worked, else the next one that is.
    #[must_use]
    pub fn next_working(&self, mut counted: Counted) -> Option<Counted> {
        loop {
            counted.certain &= self.knows(counted.day);
            if self.works(counted.day) {
                return Some(counted);
            }
            counted.day = counted.day.tomorrow().ok()?;
        }
    }
}

/// The same day of a later month, or its last day; `None` beyond the calendar.
#[must_use]
pub fn months_after(start: Date, months: u32) -> Option<Date> {
    let month = i32::try_from(months).ok()?.checked_add(i32::from(start.month()) - 1)?;
    let year = start.year().checked_add(i16::try_from(month / 12).ok()?)?;
    let month = i8::try_from(month % 12 + 1).ok()?;
    let last = Date::new(year, month, 1).ok()?.last_of_month();
    Date::new(year, month, start.day().min(last.day())).ok()
}
