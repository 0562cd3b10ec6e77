//! Many enterprises under one rulebook after another: what a rule would do before it is law.
//!
//! There are two ways to the same answer. [`judge`] goes the way of a real decision, one
//! enterprise at a time. `Population::judge` takes enterprises together that are alike in all
//! that the rules look at besides numbers, asks once what applies to them, and works the numbers
//! out in columns; whatever is unusual goes the first way.

mod column;
mod group;
mod months;
mod quick;
mod reach;

use std::collections::BTreeMap;

use serde::Serialize;
use tanheng_base::{Date, EnterpriseId, IndustryCode, Month, Problem, RegionCode, Year};
use tanheng_quantity::{Decimal, Quantity};
use tanheng_rulebook::Rulebook;

pub use months::Ledgers;
pub use quick::{Baseline, Judged, Population, no_ledger};
pub use reach::{Reach, reach, reach_of};

use crate::class::{Class, ClassOutcome, classify};
use crate::figure::{Figure, Figures};
use crate::line::Line;
use crate::month::{compute_month, overflow, recompute_month};
use crate::obligation::{ObligationOutcome, obligation};
use crate::setting::Setting;
use crate::year::sum_year;

/// A year of an enterprise, as rules are tried on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Enterprise.
    pub enterprise: EnterpriseId,
    /// Its industry.
    pub industry: IndustryCode,
    /// Its region.
    pub region: RegionCode,
    /// Data year.
    pub year: Year,
    /// Whether it stood on the list of the national market.
    pub listed: bool,
    /// The figures of the year, as far as there are any.
    pub figures: Figures,
    /// The year's outputs by product.
    pub outputs: BTreeMap<String, Quantity>,
}

impl Member {
    /// The rules that bind it.
    #[must_use]
    pub fn setting<'a>(&self, rulebook: &'a Rulebook) -> Setting<'a> {
        Setting { rulebook, industry: self.industry.clone(), region: self.region.clone() }
    }
}

/// The lines that a year was declared with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ledger {
    /// Lines by month.
    pub months: BTreeMap<Month, Vec<Line>>,
    /// Up to which day decrees about the year are known.
    pub known_on: Date,
}

/// What rules make of an enterprise's year. Whether the law may act on it is no part of this: on
/// a trial nobody may.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Verdict {
    /// Emission of the figure in force, tCO2e; `None` without any figure.
    pub emission: Option<Decimal>,
    /// Class.
    pub class: ClassVerdict,
    /// Obligation.
    pub owed: Owed,
}

/// A class, or why there is none.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum ClassVerdict {
    /// All readings of the law give this class.
    Class {
        /// The class.
        class: Class,
    },
    /// Readings differ, or one waits for a figure.
    Open,
    /// There is no figure.
    NoFigure,
    /// No rule on classes held.
    NoRule,
}

impl From<ClassOutcome> for ClassVerdict {
    fn from(outcome: ClassOutcome) -> Self {
        match outcome {
            ClassOutcome::Decided { class } | ClassOutcome::Trial { class } => {
                Self::Class { class }
            }
            ClassOutcome::Open { .. } => Self::Open,
            ClassOutcome::NoFigure => Self::NoFigure,
            ClassOutcome::NoRule => Self::NoRule,
        }
    }
}

/// Tonnes, or why there are none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Owed {
    /// These tonnes of CO2 equivalent, above zero.
    Tonnes {
        /// tCO2e.
        tonnes: Decimal,
    },
    /// The rule asks for nothing here.
    Nothing,
    /// No benchmark is published.
    NoBenchmark,
    /// No output of a product with a benchmark is declared.
    NoOutput,
    /// There is no verified figure.
    NotVerified,
    /// The law leaves open what would decide.
    Open,
}

impl Owed {
    /// Tonnes as they are summed: zero where nothing is owed, none where the rules give no
    /// amount.
    #[must_use]
    pub fn tonnes(&self) -> Option<Decimal> {
        match self {
            Self::Tonnes { tonnes } => Some(*tonnes),
            Self::Nothing => Some(Decimal::ZERO),
            _ => None,
        }
    }

    fn of_tonnes(tonnes: Decimal) -> Self {
        if tonnes.is_zero() { Self::Nothing } else { Self::Tonnes { tonnes } }
    }
}

impl From<&ObligationOutcome> for Owed {
    fn from(outcome: &ObligationOutcome) -> Self {
        match outcome {
            ObligationOutcome::NotDue => Self::Nothing,
            ObligationOutcome::Due { tonnes }
            | ObligationOutcome::InDoubt { tonnes }
            | ObligationOutcome::Trial { tonnes } => Self::of_tonnes(*tonnes),
            ObligationOutcome::NoBenchmark => Self::NoBenchmark,
            ObligationOutcome::NoOutput => Self::NoOutput,
            ObligationOutcome::NotVerified => Self::NotVerified,
            ObligationOutcome::Open { .. } => Self::Open,
        }
    }
}

/// What rules make of one enterprise's year, the way of a real decision: [`classify`] and
/// [`obligation`].
///
/// # Errors
/// As they.
pub fn judge(rulebook: &Rulebook, member: &Member) -> Result<Verdict, Vec<Problem>> {
    let setting = member.setting(rulebook);
    let class = classify(&setting, member.year, &member.figures)?.outcome.into();
    let in_force = member.figures.in_force();
    let owed = match in_force {
        Some(figure) => {
            let owed = obligation(&setting, member.year, figure, &member.outputs, member.listed)?;
            Owed::from(&owed.outcome)
        }
        None => Owed::NotVerified,
    };
    Ok(Verdict { emission: in_force.map(|(_, figure)| figure.total), class, owed })
}

/// The figures that follow from a year's lines: as the months were deposited, and with what was
/// decreed about the year afterwards.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Computed {
    /// The sum of the months, each by the rules of its last day.
    pub reported: Figure,
    /// The same lines with later decrees about the year.
    pub recalculated: Figure,
}

/// Computes the figures of a year from its lines.
///
/// # Errors
/// What is wrong with lines, a month that is missing, and what the law leaves undecided.
pub fn compute_year(
    rulebook: &Rulebook,
    member: &Member,
    ledger: &Ledger,
) -> Result<Computed, Vec<Problem>> {
    let setting = member.setting(rulebook);
    let (mut deposited, mut recomputed) = (BTreeMap::new(), BTreeMap::new());
    for (month, lines) in &ledger.months {
        deposited.insert(*month, compute_month(&setting, *month, lines)?.sum);
        let known = recompute_month(&setting, *month, ledger.known_on, lines)?;
        recomputed.insert(*month, known.sum);
    }
    Ok(Computed {
        reported: Figure::of_year(&setting, &sum_year(member.year, &deposited)?)?,
        recalculated: Figure::of_year(&setting, &sum_year(member.year, &recomputed)?)?,
    })
}

/// The figures of a year as they would be had its lines been computed by other rules: what the
/// lines then differ by is added. A figure that a verifier or the authority stated keeps its
/// distance to the recalculated one.
///
/// # Errors
/// When a sum cannot be held exactly, or a stated figure would become negative.
pub fn shifted(
    figures: &Figures,
    before: &Computed,
    after: &Computed,
) -> Result<Figures, Vec<Problem>> {
    let shift = |figure: &Option<Figure>, from: &Figure, to: &Figure| {
        figure.as_ref().map(|figure| moved(figure, from, to)).transpose()
    };
    let (old, new) = (&before.recalculated, &after.recalculated);
    Ok(Figures {
        reported: shift(&figures.reported, &before.reported, &after.reported)?,
        recalculated: shift(&figures.recalculated, old, new)?,
        verified: shift(&figures.verified, old, new)?,
        determined: shift(&figures.determined, old, new)?,
    })
}

/// `figure − from + to`.
fn moved(figure: &Figure, from: &Figure, to: &Figure) -> Result<Figure, Vec<Problem>> {
    let by = |figure: Decimal, from: Decimal, to: Decimal| {
        let sum = figure.checked_sub(from).and_then(|rest| rest.checked_add(to));
        sum.map_err(|_| vec![*overflow()])
    };
    let mut standing = figure.standing.clone();
    standing.add(&to.standing);
    let direct = by(figure.direct, from.direct, to.direct)?;
    let total = by(figure.total, from.total, to.total)?;
    Ok(Figure { standing, ..Figure::stated(direct, total).map_err(|problem| vec![*problem])? })
}
