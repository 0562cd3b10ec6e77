//! How long a state has lasted, what does not count, and when it is to be left.

use serde::{Deserialize, Serialize};
use tanheng_base::{Date, NoticeId, ParameterId};

use super::step::Law;
use super::{Act, Case, Days, Due, Procedure};
use crate::calendar::{Calendar, Counted, months_after};

/// The clock of a state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clock {
    /// The state.
    pub state: String,
    /// The number of the act that entered it.
    pub act: u32,
    /// When it was entered.
    pub entered: Date,
    /// The day behind which its time limit counts; none until a notice is served.
    pub starts: Option<Date>,
    /// The notice whose service starts it.
    pub awaits: Option<NoticeId>,
    /// The times in which a question was open: asked, and answered.
    pub stops: Vec<(Date, Option<Date>)>,
}

/// A day by which a state is to be left.
pub type DueDay = Counted;

impl Clock {
    /// The clock of the state that an act entered.
    pub(super) fn new(procedure: &Procedure, act: &Act) -> Self {
        let notice = act.notice.as_ref().and_then(|id| procedure.notice(id));
        let awaits =
            notice.filter(|notice| notice.due_from_service).map(|notice| notice.id.clone());
        Self {
            state: act.state.clone(),
            act: act.number,
            entered: act.day,
            starts: awaits.is_none().then_some(act.day),
            awaits,
            stops: Vec::new(),
        }
    }

    /// The same, standing still from a day on.
    pub(super) fn stop(&self, day: Date) -> Self {
        let mut stopped = self.clone();
        stopped.stops.push((day, None));
        stopped
    }

    /// The same, going on after a day.
    pub(super) fn resume(mut self, day: Date) -> Self {
        if let Some((_, to)) = self.stops.last_mut() {
            *to = Some(day);
        }
        self
    }

    /// A notice was served: it starts the clock of the state that it was issued with, not that
    /// of another notice of its kind.
    pub(super) fn served(&mut self, act: &Act) {
        let own = act.answers.is_none_or(|issue| issue == self.act);
        if self.starts.is_none() && self.awaits == act.notice && own {
            self.starts = Some(act.day);
        }
    }
}

impl Case {
    /// The day by which the state is to be left. `None` where the text names none, while a
    /// notice is not served, while a question is open, or where the rulebook holds no number.
    #[must_use]
    pub fn due(&self, procedure: &Procedure, calendar: &Calendar, law: &Law<'_>) -> Option<DueDay> {
        let due = procedure.state(&self.clock.state)?.due.as_ref()?;
        let start = self.clock.starts?;
        let (counted, roll) = match due {
            Due::Days { days, working, roll } => {
                let days = law.days(days, self.clock.entered)?;
                (calendar.count(start, days, *working, &self.clock.stops)?, *roll)
            }
            Due::Months { months, roll } => {
                let last = months_after(start, *months)?;
                let counted = Counted { day: last, certain: true };
                let paused = self.clock.paused(start)?;
                (calendar.count(counted.day, paused, false, &[])?, *roll)
            }
            Due::On { month, day, year, plus, roll } => {
                let year = self.value(year)?.parse::<i16>().ok()?.checked_add(*plus)?;
                let day = Date::new(year, *month, *day).or_else(|_| Date::new(year, *month, 28));
                (Counted { day: day.ok()?, certain: true }, *roll)
            }
        };
        if roll { calendar.next_working(counted) } else { Some(counted) }
    }

    /// The parameter that should say how many days the state lasts, where the rulebook holds no
    /// value of it.
    pub(super) fn days_open<'a>(
        &self,
        procedure: &'a Procedure,
        law: &Law<'_>,
    ) -> Option<&'a ParameterId> {
        match procedure.state(&self.clock.state)?.due.as_ref()? {
            Due::Days { days: days @ Days::Parameter(id), .. } => {
                law.days(days, self.clock.entered).is_none().then_some(id)
            }
            _ => None,
        }
    }

    /// Whether the state should have been left before a day.
    #[must_use]
    pub fn overdue(
        &self,
        procedure: &Procedure,
        calendar: &Calendar,
        law: &Law<'_>,
        today: Date,
    ) -> bool {
        self.due(procedure, calendar, law).is_some_and(|due| due.day < today)
    }
}

impl Clock {
    /// Calendar days after a start within stops; none while one lasts.
    fn paused(&self, start: Date) -> Option<u32> {
        self.stops.iter().try_fold(0_u32, |sum, (from, to)| {
            let to = (*to)?.max(start);
            let days = to.since((*from).max(start)).ok()?.get_days();
            sum.checked_add(u32::try_from(days).ok()?)
        })
    }
}
