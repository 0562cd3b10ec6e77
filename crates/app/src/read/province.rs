//! The province: counts, emissions by region and industry, and what is due.

use std::collections::BTreeMap;

use tanheng_base::{Date, IndustryCode, Month, ParameterId, RegionCode, Text, Year};
use tanheng_quantity::{Decimal, Rational, Rounding, RoundingMode};
use tanheng_rulebook::{Rulebook, Value};
use tanheng_store::record::{
    Enterprise, EnterpriseFilter, Filing, FilingState, FindingState, MonthFigure, Obligation,
    RulebookPurpose, VerificationState,
};

use super::Reader;
use super::enterprise::{YearView, scope, years};
use crate::Failure;
use crate::policy::{Action, Subject, authorise};

/// How many enterprises the province is summed over at most.
const MANY: i64 = 1_000_000;

/// Tonnes of a group of enterprises.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sum {
    /// Enterprises in the group.
    pub enterprises: u64,
    /// Of them with a figure for the year.
    pub with_figure: u64,
    /// Direct emission of the figures in force, tCO2e; `None` without any figure.
    pub direct: Option<Decimal>,
    /// Total emission of the figures in force, tCO2e.
    pub total: Option<Decimal>,
    /// Something unverified took part.
    pub trial: bool,
    /// Something of an example pack took part.
    pub example: bool,
}

/// Counts of the year.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Counts {
    /// Enterprises.
    pub enterprises: u64,
    /// Enterprises by decided class; an empty name counts those without a decision.
    pub classes: BTreeMap<String, u64>,
    /// Months with a ledger.
    pub ledgers: u64,
    /// Months that are over on the as-of date, times enterprises.
    pub ledgers_expected: u64,
    /// Enterprises with a submitted or accepted report.
    pub reports: u64,
    /// Enterprises with an accepted report.
    pub accepted: u64,
    /// Verifications assigned.
    pub verifications: u64,
    /// Of them concluded.
    pub concluded: u64,
    /// Findings.
    pub findings: u64,
    /// Of them open.
    pub findings_open: u64,
}

/// Obligations of one outcome.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Outcomes {
    /// How many.
    pub count: u64,
    /// Tonnes, where the outcome has any.
    pub tonnes: Option<Decimal>,
}

/// What somebody still has to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Duty {
    /// A monthly ledger.
    Ledger,
    /// An annual report.
    Report,
    /// A verification.
    Verification,
    /// The answer to a finding.
    Finding,
    /// An offset obligation.
    Obligation,
}

/// By when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Deadline {
    /// On this day, by this parameter.
    Day {
        /// The last day.
        day: Date,
        /// Days after it on the as-of date; 0 when it is not late.
        late: u64,
        /// The parameter that sets it.
        parameter: ParameterId,
    },
    /// The law sets none.
    Open {
        /// The parameter that is open.
        parameter: ParameterId,
    },
    /// No rule speaks of it.
    None,
}

/// A line of the list of what is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// What.
    pub duty: Duty,
    /// Month or year.
    pub period: String,
    /// It is about entities of the national market, for which national time limits hold.
    pub listed: bool,
    /// How many are outstanding.
    pub outstanding: u64,
    /// By when.
    pub deadline: Deadline,
}

/// The province.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Province {
    /// The year that is shown.
    pub year: Year,
    /// Years that have ledgers or reports, the newest first.
    pub years: Vec<Year>,
    /// The day for which lateness is computed.
    pub as_of: Date,
    /// Counts.
    pub counts: Counts,
    /// Sums by region, in the order of the rulebook.
    pub regions: Vec<(RegionCode, Sum)>,
    /// Sums by industry.
    pub industries: Vec<(IndustryCode, Text, Sum)>,
    /// Obligations by outcome, by the law.
    pub by_law: BTreeMap<String, Outcomes>,
    /// Trials with example packs, by outcome.
    pub by_example: BTreeMap<String, Outcomes>,
    /// What is due.
    pub due: Vec<Due>,
}

impl Reader {
    /// The province for a year (by default the newest with a report) on a day.
    ///
    /// # Errors
    /// `policy.not_allowed`, or a failure of storage.
    pub fn province(&self, year: Option<Year>, as_of: Date) -> Result<Province, Failure> {
        self.read(|sql| {
            authorise(sql, &self.actor, Action::ViewProvince, Subject::Book)?;
            let law = self.rulebooks.latest(sql, RulebookPurpose::Law)?;
            let everyone = Enterprise::list(sql, &scope(self), &EnterpriseFilter::default(), MANY)?;
            let mut seen = Vec::new();
            for enterprise in everyone {
                let filings = Filing::of(sql, &enterprise.id)?;
                let years = years(sql, &enterprise.id, &filings)?;
                let months = MonthFigure::of(sql, &enterprise.id)?;
                let months = months.into_iter().map(|figure| figure.month).collect();
                seen.push(Seen { enterprise, years, months });
            }
            let (year, years) = choose_year(year, &seen, as_of);
            let year = year.ok_or(Failure::Stopped)?;
            let work = Work { law: law.as_deref(), year, as_of };
            Ok(Province {
                counts: work.counts(&seen),
                regions: work.regions(&seen)?,
                industries: work.industries(&seen)?,
                by_law: outcomes(&seen, year, false)?,
                by_example: outcomes(&seen, year, true)?,
                due: work.due(&seen),
                year,
                years,
                as_of,
            })
        })
    }
}

/// An enterprise with what the sums need of it.
struct Seen {
    enterprise: Enterprise,
    years: Vec<YearView>,
    months: Vec<Month>,
}

impl Seen {
    fn year(&self, year: Year) -> Option<&YearView> {
        self.years.iter().find(|view| view.year == year)
    }
}

fn choose_year(asked: Option<Year>, seen: &[Seen], as_of: Date) -> (Option<Year>, Vec<Year>) {
    let reported = seen.iter().flat_map(|one| one.years.iter().map(|year| year.year));
    let newest = reported.clone().max();
    let filed = seen.iter().flat_map(|one| one.months.iter().map(|month| month.year()));
    let mut years: Vec<Year> = reported.chain(filed).collect();
    let today = Year::try_from(as_of.year()).ok();
    years.sort();
    years.dedup();
    years.reverse();
    let fallback = years.first().copied().or(today);
    (asked.or(newest).or(fallback), years)
}

/// The months of a year that are over on a day.
fn months_over(year: Year, as_of: Date) -> Vec<Month> {
    year.months().filter(|month| month.last_day() < as_of).collect()
}

fn add(sum: &mut Option<Decimal>, more: Decimal) -> Result<(), Failure> {
    let total = sum.unwrap_or(Decimal::ZERO).checked_add(more);
    *sum = Some(total.map_err(|error| Failure::Evidence(format!("sum: {error}")))?);
    Ok(())
}

impl Sum {
    fn take(&mut self, one: &Seen, year: Year) -> Result<(), Failure> {
        self.enterprises += 1;
        let version = one.year(year).and_then(YearView::standing_version);
        if let Some(figure) = version.and_then(|version| version.in_force()) {
            self.with_figure += 1;
            add(&mut self.direct, figure.direct_e2.0)?;
            add(&mut self.total, figure.total_e2.0)?;
            self.trial |= figure.trial;
            self.example |= figure.example;
        }
        Ok(())
    }
}

fn outcomes(
    seen: &[Seen],
    year: Year,
    example: bool,
) -> Result<BTreeMap<String, Outcomes>, Failure> {
    let mut all: BTreeMap<String, Outcomes> = BTreeMap::new();
    for one in seen {
        let version = one.year(year).and_then(YearView::standing_version);
        let owed = version.and_then(|version| match example {
            false => version.by_law.as_ref(),
            true => version.by_example.as_ref(),
        });
        if let Some(row) = owed {
            let sum = all.entry(row.outcome.clone()).or_default();
            sum.count += 1;
            if let Some(tonnes) = row.tonnes_e8 {
                add(&mut sum.tonnes, tonnes.0)?;
            }
        }
    }
    Ok(all)
}

/// What is being put together.
struct Work<'a> {
    law: Option<&'a Rulebook>,
    year: Year,
    as_of: Date,
}

impl Work<'_> {
    fn counts(&self, seen: &[Seen]) -> Counts {
        let over = months_over(self.year, self.as_of);
        let mut counts = Counts::default();
        for one in seen {
            counts.enterprises += 1;
            let filed = over.iter().filter(|month| one.months.contains(month)).count();
            counts.ledgers += count(filed);
            counts.ledgers_expected += count(over.len());
            let year = one.year(self.year);
            let version = year.and_then(YearView::standing_version);
            let class = version.and_then(|version| version.class.as_ref());
            let class = class.filter(|row| row.outcome == "decided");
            let class = class.and_then(|row| row.class.clone());
            *counts.classes.entry(class.unwrap_or_default()).or_default() += 1;
            if let Some(version) = version {
                counts.reports += 1;
                let accepted = version.filing.state == FilingState::Accepted;
                counts.accepted += u64::from(accepted);
            }
            let Some(year) = year else { continue };
            if let Some(verification) = &year.verification {
                counts.verifications += 1;
                let concluded = verification.state == VerificationState::Concluded;
                counts.concluded += u64::from(concluded);
            }
            let open = year.findings.iter().filter(|one| one.state == FindingState::Open);
            counts.findings_open += count(open.count());
            counts.findings += count(year.findings.len());
        }
        counts
    }

    /// Every region that has a place on the map, also one without enterprises.
    fn regions(&self, seen: &[Seen]) -> Result<Vec<(RegionCode, Sum)>, Failure> {
        let mapped = self.law.into_iter().flat_map(Rulebook::regions);
        let mapped = mapped.filter(|region| region.tile.is_some());
        let mut sums: Vec<(RegionCode, Sum)> =
            mapped.map(|region| (region.code.clone(), Sum::default())).collect();
        for one in seen {
            let code = &one.enterprise.region;
            let known = sums.iter().position(|(own, _)| own == code);
            let place = known.unwrap_or_else(|| {
                sums.push((code.clone(), Sum::default()));
                sums.len() - 1
            });
            sums[place].1.take(one, self.year)?;
        }
        Ok(sums)
    }

    fn industries(&self, seen: &[Seen]) -> Result<Vec<(IndustryCode, Text, Sum)>, Failure> {
        let mut sums: BTreeMap<&IndustryCode, Sum> = BTreeMap::new();
        for one in seen {
            sums.entry(&one.enterprise.industry).or_default().take(one, self.year)?;
        }
        let named = sums.into_iter().map(|(code, sum)| {
            let name = self.law.and_then(|law| industry_name(law, code));
            let name = name.unwrap_or_else(|| Text::new(code.as_str(), code.as_str()));
            (code.clone(), name, sum)
        });
        let mut sums: Vec<_> = named.collect();
        sums.sort_by_key(|sum| std::cmp::Reverse(sum.2.total));
        Ok(sums)
    }

    /// What is outstanding for the year, by duty, period and time limit.
    fn due(&self, seen: &[Seen]) -> Vec<Due> {
        let mut open: BTreeMap<(Duty, String, bool), (u64, Option<Date>)> = BTreeMap::new();
        let mut note = |duty, period: String, listed, over: Option<Date>| {
            let entry = open.entry((duty, period, listed)).or_insert((0, over));
            entry.0 += 1;
        };
        let over = months_over(self.year, self.as_of);
        let year_over = self.year.last_day() < self.as_of;
        let period = self.year.to_string();
        for one in seen {
            let listed = one.enterprise.listed.is_some();
            for month in over.iter().filter(|month| !one.months.contains(month)) {
                note(Duty::Ledger, month.to_string(), listed, Some(month.last_day()));
            }
            let year = one.year(self.year);
            let version = year.and_then(YearView::standing_version);
            if year_over && version.is_none() {
                note(Duty::Report, period.clone(), listed, Some(self.year.last_day()));
            }
            let Some(year) = year else { continue };
            let running = year.verification.as_ref();
            if running.is_some_and(|one| one.state == VerificationState::Assigned) {
                note(Duty::Verification, period.clone(), listed, None);
            }
            for _ in year.findings.iter().filter(|one| one.state == FindingState::Open) {
                note(Duty::Finding, period.clone(), listed, None);
            }
            let owed = version.and_then(|version| version.by_law.as_ref());
            let demands = |row: &&Obligation| ["due", "in_doubt"].contains(&row.outcome.as_str());
            let demanded = owed.filter(demands).and_then(|row| row.tonnes_e8);
            if demanded.is_some_and(|tonnes| !tonnes.0.is_zero()) {
                note(Duty::Obligation, period.clone(), listed, Some(self.year.last_day()));
            }
        }
        let lines = open.into_iter().map(|((duty, period, listed), (outstanding, end))| Due {
            deadline: self.deadline(duty, listed, end),
            duty,
            period,
            listed,
            outstanding,
        });
        lines.collect()
    }

    /// The time limit that the law sets: a number of days after the end of the period, or a
    /// day of the following year. National limits hold for entities of the national market.
    fn deadline(&self, duty: Duty, listed: bool, end: Option<Date>) -> Deadline {
        let name = match (duty, listed) {
            (Duty::Ledger, true) => "cn.ledger.due_days",
            (Duty::Ledger, false) => "hebei.ledger.due_days",
            (Duty::Report, true) => "cn.annual_report.due",
            (Duty::Report, false) => "hebei.report.due_days",
            (Duty::Obligation, _) => "hebei.offset.due_days",
            (Duty::Verification | Duty::Finding, _) => return Deadline::None,
        };
        let (Some(law), Ok(parameter), Some(end)) = (self.law, name.parse::<ParameterId>(), end)
        else {
            return Deadline::None;
        };
        let Some(region) = law.packs().last().map(|pack| &pack.jurisdiction) else {
            return Deadline::None;
        };
        match law.resolve(&parameter, end, region) {
            Ok(resolved) => match last_day(&resolved.value, end) {
                Some(day) => Deadline::Day { late: days_between(day, self.as_of), day, parameter },
                None => Deadline::None,
            },
            Err(error) if error.state().is_some() => Deadline::Open { parameter },
            Err(_) => Deadline::None,
        }
    }
}

/// A number of days counts from the end of the period; `MM-DD` is a day of the year after it.
fn last_day(value: &Value, end: Date) -> Option<Date> {
    match value {
        Value::Number(days) => {
            let days = whole(days.value)?;
            end.checked_add(jiff::Span::new().try_days(days).ok()?).ok()
        }
        Value::Text(day) => format!("{:04}-{day}", end.year().checked_add(1)?).parse().ok(),
        _ => None,
    }
}

fn whole(number: Rational) -> Option<i64> {
    let rounded = number.round(Rounding::new(0, RoundingMode::Down)).ok()?;
    i64::try_from(rounded.mantissa()).ok()
}

/// Days from the one to the other; 0 when it is not after.
fn days_between(day: Date, as_of: Date) -> u64 {
    let days = day.until(as_of).map(|span| span.get_days()).unwrap_or_default();
    u64::try_from(days).unwrap_or_default()
}

fn count(n: usize) -> u64 {
    u64::try_from(n).unwrap_or(u64::MAX)
}

/// What the rulebook calls an industry.
#[must_use]
pub fn industry_name(law: &Rulebook, code: &IndustryCode) -> Option<Text> {
    let table = law.table(&"hebei.industries".parse().ok()?)?;
    let row = table.rows.iter().rev().find(|row| row.keys == [code.as_str()])?;
    let text = |column: &str| row.cells.get(column).and_then(Value::text).map(str::to_owned);
    Some(Text::new(text("name_zh")?, text("name_en")?))
}

/// The industries that the rulebook names, with their codes.
#[must_use]
pub fn industries(law: &Rulebook) -> Vec<(IndustryCode, Text)> {
    let table = "hebei.industries".parse().ok().and_then(|id| law.table(&id));
    let codes = table.into_iter().flat_map(|table| &table.rows).filter_map(|row| row.keys.first());
    let mut all: Vec<(IndustryCode, Text)> = Vec::new();
    for code in codes.filter_map(|code| code.parse::<IndustryCode>().ok()) {
        if !all.iter().any(|(known, _)| *known == code)
            && let Some(name) = industry_name(law, &code)
        {
            all.push((code, name));
        }
    }
    all
}
