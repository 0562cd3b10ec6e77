//! The figure of a month: the sum of its lines.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use tanheng_base::{Date, Month, Problem, Text};
use tanheng_quantity::{Decimal, NumberError, Quantity, QuantityError};

use crate::code;
use crate::emission::{LineFigure, Scope, compute_line_known};
use crate::line::{Line, LineKind};
use crate::setting::Setting;
use crate::standing::Standing;

/// What a month amounts to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MonthSum {
    /// Direct emission, tCO2.
    pub direct: Decimal,
    /// Emission from purchased electricity, tCO2.
    pub indirect: Decimal,
    /// Both, tCO2.
    pub total: Decimal,
    /// Output by product.
    #[serde(with = "crate::quantity_text::map")]
    pub outputs: BTreeMap<String, Quantity>,
    /// How far the figures can be relied on.
    #[serde(flatten)]
    pub standing: Standing,
}

impl Default for MonthSum {
    /// The sum of nothing, to which months are added.
    fn default() -> Self {
        Self {
            direct: Decimal::ZERO,
            indirect: Decimal::ZERO,
            total: Decimal::ZERO,
            outputs: BTreeMap::new(),
            standing: Standing::default(),
        }
    }
}

impl MonthSum {
    /// Adds the figures of another period.
    pub(crate) fn add(&mut self, other: &Self) -> Result<(), Box<Problem>> {
        self.direct = plus(self.direct, other.direct)?;
        self.indirect = plus(self.indirect, other.indirect)?;
        self.total = plus(self.total, other.total)?;
        for (product, amount) in &other.outputs {
            self.add_output(product, amount)?;
        }
        self.standing.add(&other.standing);
        Ok(())
    }

    fn add_line(&mut self, figure: &LineFigure) -> Result<(), Box<Problem>> {
        let emission = figure.emission.unwrap_or(Decimal::ZERO);
        match figure.scope {
            Some(Scope::Direct) => self.direct = plus(self.direct, emission)?,
            Some(Scope::Indirect) => self.indirect = plus(self.indirect, emission)?,
            None => {}
        }
        self.total = plus(self.direct, self.indirect)?;
        self.standing.add(&figure.standing);
        Ok(())
    }

    fn add_output(&mut self, product: &str, amount: &Quantity) -> Result<(), Box<Problem>> {
        let sum = match self.outputs.get(product) {
            Some(before) => before.checked_add(amount).map_err(|error| match error {
                QuantityError::Unit(_) => units_differ(product, before, amount),
                QuantityError::Number(_) => overflow(),
            })?,
            None => amount.clone(),
        };
        self.outputs.insert(product.to_owned(), sum);
        Ok(())
    }
}

/// A month with its lines.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MonthFigure {
    /// The month.
    pub month: Month,
    /// What it amounts to.
    #[serde(flatten)]
    pub sum: MonthSum,
    /// Its lines.
    pub lines: Vec<LineFigure>,
}

/// Computes a month: every line by [`crate::compute_line`], then the sums. Nothing is rounded
/// beyond the lines.
///
/// # Errors
/// The problems of all lines at once; a month without lines is none.
pub fn compute_month(
    setting: &Setting<'_>,
    month: Month,
    lines: &[Line],
) -> Result<MonthFigure, Vec<Problem>> {
    recompute_month(setting, month, month.last_day(), lines)
}

/// Computes a month with what was decreed about its year up to a later day: a factor that a
/// letter set for this very year after the month was over takes effect here, while methods
/// and parameters stay those of the month.
///
/// # Errors
/// As [`compute_month`].
pub fn recompute_month(
    setting: &Setting<'_>,
    month: Month,
    known_on: Date,
    lines: &[Line],
) -> Result<MonthFigure, Vec<Problem>> {
    let mut figure = MonthFigure { month, sum: MonthSum::default(), lines: Vec::new() };
    let mut problems = Vec::new();
    if lines.is_empty() {
        problems.push(no_lines());
    }
    for line in lines {
        match compute_line_known(setting, month, known_on, line) {
            Ok(computed) => {
                let mut added = figure.sum.add_line(&computed);
                if line.kind == LineKind::Output {
                    added =
                        added.and_then(|()| figure.sum.add_output(&line.material, &line.amount));
                }
                if let Err(problem) = added {
                    problems.push(problem.at(Some(line.row), Some("amount")));
                }
                figure.lines.push(computed);
            }
            Err(found) => problems.extend(found),
        }
    }
    if problems.is_empty() { Ok(figure) } else { Err(problems) }
}

pub(crate) fn plus(left: Decimal, right: Decimal) -> Result<Decimal, Box<Problem>> {
    left.checked_add(right).map_err(|_: NumberError| overflow())
}

pub(crate) fn overflow() -> Box<Problem> {
    Box::new(Problem::new(
        code::OVERFLOW,
        Text::new("合计过大，无法精确表示", "the sum is too large to be held exactly"),
        Text::new("核对数值和单位", "check the numbers and their units"),
    ))
}

fn no_lines() -> Problem {
    Problem::new(
        code::NO_LINES,
        Text::new("本月没有任何数据行", "the month has no lines"),
        Text::new(
            "填报实际数据；停产月份填实际为0的数据",
            "file the data; a month of standstill has data that are 0",
        ),
    )
}

pub(crate) fn units_differ(product: &str, before: &Quantity, amount: &Quantity) -> Box<Problem> {
    let problem = Problem::new(
        code::OUTPUT_UNITS,
        Text::new(
            format!("产品 `{product}` 的单位不一致：{} 和 {}", before.unit, amount.unit),
            format!("the product `{product}` stands in {} and in {}", before.unit, amount.unit),
        ),
        Text::new("同一产品使用同一单位", "use one unit for one product"),
    );
    Box::new(problem.found(amount.to_string()))
}
