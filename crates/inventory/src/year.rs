//! The year as the sum of its months.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use tanheng_base::{Month, Problem, Text, Year};

use crate::code;
use crate::month::MonthSum;

/// What a year amounts to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct YearSum {
    /// The data year.
    pub year: Year,
    /// The sum of its twelve months.
    #[serde(flatten)]
    pub sum: MonthSum,
}

/// Adds the twelve months of a year.
///
/// # Errors
/// `year.month_missing` names every month that was not filed, `year.month_elsewhere` every
/// month of another year: a missing month is missing and never 0.
pub fn sum_year(year: Year, months: &BTreeMap<Month, MonthSum>) -> Result<YearSum, Vec<Problem>> {
    let mut problems = Vec::new();
    let missing: Vec<Month> = year.months().filter(|month| !months.contains_key(month)).collect();
    if !missing.is_empty() {
        problems.push(missing_months(year, &missing));
    }
    let elsewhere: Vec<Month> =
        months.keys().filter(|month| month.year() != year).copied().collect();
    if !elsewhere.is_empty() {
        problems.push(other_year(year, &elsewhere));
    }
    let mut sum = MonthSum::default();
    for month in months.values() {
        if let Err(problem) = sum.add(month) {
            problems.push(*problem);
        }
    }
    if !sum.standing.undecided.is_empty() {
        problems.push(undecided(year, &sum.standing.undecided));
    }
    if problems.is_empty() { Ok(YearSum { year, sum }) } else { Err(problems) }
}

fn undecided(year: Year, names: &BTreeSet<String>) -> Problem {
    let list = names.iter().cloned().collect::<Vec<_>>().join(", ");
    Problem::new(
        code::YEAR_UNDECIDED,
        Text::new(
            format!("{year}年的排放量尚不完整，法规留待明确：{list}"),
            format!("the emission of {year} is incomplete, the law leaves open: {list}"),
        ),
        Text::new(
            "待主管部门明确并发布规则库后，重新提交这些月份的台账，再提交年度报告",
            "once it is decided and published, file the ledgers of these months again, then the report",
        ),
    )
    .found(list)
}

fn listed(months: &[Month]) -> String {
    let texts: Vec<String> = months.iter().map(Month::to_string).collect();
    texts.join(", ")
}

fn missing_months(year: Year, months: &[Month]) -> Problem {
    let list = listed(months);
    Problem::new(
        code::MONTH_MISSING,
        Text::new(
            format!("{year}年缺少{}个月的台账：{list}", months.len()),
            format!("{} months of {year} have no ledger: {list}", months.len()),
        ),
        Text::new("补报这些月份；停产月份也要报", "file these months, months of standstill too"),
    )
    .found(list)
}

fn other_year(year: Year, months: &[Month]) -> Problem {
    let list = listed(months);
    Problem::new(
        code::MONTH_ELSEWHERE,
        Text::new(
            format!("不属于{year}年的月份：{list}"),
            format!("months outside {year}: {list}"),
        ),
        Text::new("只合计本年度的月份", "add months of the year only"),
    )
    .found(list)
}
