//! The four figures of a year and which of them is in force.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use tanheng_base::{Date, Problem, Text};
use tanheng_quantity::{Decimal, Quantity, Rational};
use tanheng_rulebook::Given;

use crate::code;
use crate::month::overflow;
use crate::rule_id;
use crate::setting::{Setting, number_in};
use crate::standing::Standing;
use crate::year::YearSum;

/// The four figures, in ascending order of authority.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FigureKind {
    /// 报告值: what the enterprise reported.
    Reported,
    /// 复算值: what the platform computed from the ledgers.
    Recalculated,
    /// 核查值: what the verification body found.
    Verified,
    /// 核定值: what the authority determined.
    Determined,
}

impl FigureKind {
    /// What a reader calls it.
    #[must_use]
    pub fn title(self) -> Text {
        let (zh, en) = match self {
            Self::Reported => ("报告值", "reported figure"),
            Self::Recalculated => ("复算值", "recalculated figure"),
            Self::Verified => ("核查值", "verified figure"),
            Self::Determined => ("核定值", "determined figure"),
        };
        Text::new(zh, en)
    }
}

/// A figure of a year.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figure {
    /// Direct emission, tCO2e.
    pub direct: Decimal,
    /// Direct emission and that of purchased electricity, tCO2e.
    pub total: Decimal,
    /// How far it can be relied on.
    #[serde(flatten)]
    pub standing: Standing,
}

impl Figure {
    /// A figure that a person states: a verifier or the authority.
    ///
    /// # Errors
    /// When one is negative or the direct emission exceeds the total.
    pub fn stated(direct: Decimal, total: Decimal) -> Result<Self, Box<Problem>> {
        if direct.is_negative() || total < direct {
            return Err(Box::new(Problem::new(
                code::FIGURE_INCONSISTENT,
                Text::new(
                    format!("直接排放 {direct} 与总量 {total} 矛盾"),
                    format!("direct emission {direct} and total {total} contradict each other"),
                ),
                Text::new(
                    "两者均不得为负，直接排放不得大于总量",
                    "neither may be negative, and direct emission may not exceed the total",
                ),
            )));
        }
        Ok(Self { direct, total, standing: Standing::default() })
    }

    /// The figure of the months of a year, in CO2 equivalent by the rules of its last day.
    ///
    /// # Errors
    /// When the rulebook has no conversion for that day.
    pub fn of_year(setting: &Setting<'_>, year: &YearSum) -> Result<Self, Vec<Problem>> {
        let mut standing = year.sum.standing.clone();
        let at = year.year.last_day();
        let direct = equivalent(setting, at, year.sum.direct, &mut standing)?;
        let total = equivalent(setting, at, year.sum.total, &mut standing)?;
        Ok(Self { direct, total, standing })
    }
}

/// tCO2 as tCO2e.
fn equivalent(
    setting: &Setting<'_>,
    at: Date,
    emission: Decimal,
    standing: &mut Standing,
) -> Result<Decimal, Vec<Problem>> {
    let value = Rational::try_from(emission).map_err(|_| vec![*overflow()])?;
    let unit = "tCO2".parse().map_err(|_| vec![*overflow()])?;
    let inputs = BTreeMap::from([("emission".to_owned(), Given::from(Quantity::new(value, unit)))]);
    let evaluation = setting
        .rulebook
        .evaluate(&rule_id::co2e(), &inputs, &setting.context(at))
        .map_err(|error| error.problems())?;
    standing.add(&Standing::of(&evaluation));
    number_in(&evaluation, "tCO2e").map_err(|problem| vec![*problem])
}

/// The figures of a year side by side.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Figures {
    /// 报告值.
    pub reported: Option<Figure>,
    /// 复算值.
    pub recalculated: Option<Figure>,
    /// 核查值.
    pub verified: Option<Figure>,
    /// 核定值.
    pub determined: Option<Figure>,
}

impl Figures {
    /// One of the figures.
    #[must_use]
    pub fn get(&self, kind: FigureKind) -> Option<&Figure> {
        match kind {
            FigureKind::Reported => self.reported.as_ref(),
            FigureKind::Recalculated => self.recalculated.as_ref(),
            FigureKind::Verified => self.verified.as_ref(),
            FigureKind::Determined => self.determined.as_ref(),
        }
    }

    /// The first of these figures that there is.
    pub(crate) fn first(&self, order: &[FigureKind]) -> Option<(FigureKind, &Figure)> {
        order.iter().find_map(|kind| self.get(*kind).map(|figure| (*kind, figure)))
    }

    /// The figure in force: determined before verified before recalculated before reported.
    #[must_use]
    pub fn in_force(&self) -> Option<(FigureKind, &Figure)> {
        self.first(&[
            FigureKind::Determined,
            FigureKind::Verified,
            FigureKind::Recalculated,
            FigureKind::Reported,
        ])
    }
}
