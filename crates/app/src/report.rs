//! Annual reports: the year as the sum of its months, in versions, with the four
//! figures side by side and what follows from the one in force.

mod accept;
mod reject;
mod revoke;
mod submit;
mod withdraw;

use std::collections::BTreeMap;

use tanheng_base::{EnterpriseId, FormId, Text, Year};
use tanheng_inventory::version::{Event, History, State, VersionNumber};
use tanheng_inventory::{Figure, FigureKind, Figures, Setting, YearSum, sum_year, version};
use tanheng_rulebook::Rulebook;
use tanheng_store::Database;
use tanheng_store::record::{
    Consequence, Enterprise, Filing, FilingState, MonthFigure, VersionHistory, YearFigure,
    YearFigureKind,
};

pub use accept::{Accept, Determined};
pub use reject::Reject;
pub use revoke::Revoke;
pub use submit::Submit;
pub use withdraw::Withdraw;

use crate::Failure;
use crate::ledger::month_summary;
use crate::outcome::Outcome;
use crate::situation::Situation;

/// Unit of every figure of a year.
pub const UNIT: &str = "tCO2e";

/// The annual report as a form. It has no fields of its own: it is the sum of the
/// sealed months.
///
/// # Errors
/// Never for the built-in name.
pub fn form() -> Result<FormId, Failure> {
    "report.annual".parse().map_err(|e: tanheng_base::IdError| Failure::Evidence(e.to_string()))
}

/// The newest version that is submitted or in force.
pub(crate) fn latest_submitted(
    sql: &Database,
    enterprise: &EnterpriseId,
    year: Year,
) -> Result<Filing, Failure> {
    let versions = Filing::versions(sql, enterprise, &form()?, &year.to_string())?;
    let live =
        |filing: &Filing| matches!(filing.state, FilingState::Submitted | FilingState::Accepted);
    versions.into_iter().find(live).ok_or_else(|| {
        Failure::refuse(
            "report.none",
            Text::new(
                format!("企业 {enterprise} 没有已提交的 {year} 年度报告"),
                format!("{enterprise} has no submitted report for {year}"),
            ),
            Text::new("请企业先提交年度报告", "the enterprise has to file the report first"),
        )
    })
}

/// The four figures of a version.
pub(crate) fn figures(
    sql: &Database,
    enterprise: &EnterpriseId,
    year: Year,
    version: i64,
) -> Result<Figures, Failure> {
    let mut figures = Figures::default();
    for row in YearFigure::of_version(sql, enterprise, year, version)? {
        let figure = Figure {
            direct: row.direct_e2.0,
            total: row.total_e2.0,
            standing: serde_json::from_str(&row.standing).map_err(|error| Failure::Unreadable {
                sequence: row.entry,
                reason: error.to_string(),
            })?,
        };
        match row.kind {
            YearFigureKind::Reported => figures.reported = Some(figure),
            YearFigureKind::Recalculated => figures.recalculated = Some(figure),
            YearFigureKind::Verified => figures.verified = Some(figure),
            YearFigureKind::Determined => figures.determined = Some(figure),
        }
    }
    Ok(figures)
}

/// A figure as it is stored.
pub(crate) fn figure_row(
    filing: &Filing,
    year: Year,
    kind: FigureKind,
    figure: &Figure,
    reason: &str,
    entry: i64,
) -> Result<YearFigure, Failure> {
    Ok(YearFigure {
        enterprise: filing.enterprise.clone(),
        year,
        version: filing.version,
        kind: match kind {
            FigureKind::Reported => YearFigureKind::Reported,
            FigureKind::Recalculated => YearFigureKind::Recalculated,
            FigureKind::Verified => YearFigureKind::Verified,
            FigureKind::Determined => YearFigureKind::Determined,
        },
        direct_e2: figure.direct.into(),
        total_e2: figure.total.into(),
        trial: figure.standing.trial,
        example: figure.standing.example,
        standing: serde_json::to_string(&figure.standing)
            .map_err(|error| Failure::Evidence(error.to_string()))?,
        reason: reason.to_owned(),
        entry,
    })
}

/// The sum of the twelve months as they were deposited.
pub(crate) fn year_sum(
    sql: &Database,
    enterprise: &EnterpriseId,
    year: Year,
) -> Result<(YearSum, Vec<MonthFigure>), Failure> {
    let stored = MonthFigure::of_year(sql, enterprise, year)?;
    let mut months = BTreeMap::new();
    for month in &stored {
        months.insert(month.month, month_summary(month)?);
    }
    Ok((sum_year(year, &months)?, stored))
}

/// The rules that bind an enterprise.
pub(crate) fn setting<'a>(rulebook: &'a Rulebook, enterprise: &Enterprise) -> Setting<'a> {
    Setting { rulebook, industry: enterprise.industry.clone(), region: enterprise.region.clone() }
}

/// All versions of a report, and what the next event makes of them.
struct Versions {
    enterprise: EnterpriseId,
    year: Year,
    history: History,
    filings: Vec<Filing>,
}

impl Versions {
    fn load(sql: &Database, enterprise: &EnterpriseId, year: Year) -> Result<Self, Failure> {
        let (form, period) = (form()?, year.to_string());
        let stored = VersionHistory::find(sql, enterprise, &form, &period)?;
        let history = match stored {
            Some(stored) => serde_json::from_str(&stored.content).map_err(|error| {
                Failure::Unreadable { sequence: stored.entry, reason: error.to_string() }
            })?,
            None => History::default(),
        };
        let filings = Filing::versions(sql, enterprise, &form, &period)?;
        Ok(Self { enterprise: enterprise.clone(), year, history, filings })
    }

    fn apply(&mut self, event: &Event) -> Result<Option<version::Consequence>, Failure> {
        self.history.apply(event).map_err(|problem| Failure::from(*problem))
    }

    fn filing(&self, version: VersionNumber) -> Result<&Filing, Failure> {
        let found = self.filings.iter().find(|filing| filing.version == i64::from(version.0));
        found.ok_or_else(|| {
            Failure::refuse(
                "report.no_version",
                Text::new(
                    format!("{} 年度报告没有第 {version} 版", self.year),
                    format!("the report for {} has no version {version}", self.year),
                ),
                Text::new("请核对版本号", "check the version"),
            )
        })
    }

    /// Puts the history and the states of all versions that changed.
    fn put(&self, outcome: &mut Outcome, entry: i64) -> Result<(), Failure> {
        for filing in &self.filings {
            let number = u32::try_from(filing.version).map(VersionNumber).ok();
            let version = number.and_then(|number| self.history.version(number));
            let Some(state) = version.and_then(|version| filing_state(version.state)) else {
                continue;
            };
            if state != filing.state {
                outcome.put(&Filing { state, ..filing.clone() })?;
            }
        }
        outcome.put(&VersionHistory {
            enterprise: self.enterprise.clone(),
            form: form()?,
            period: self.year.to_string(),
            content: serde_json::to_string(&self.history)
                .map_err(|error| Failure::Evidence(error.to_string()))?,
            entry,
        })
    }

    /// Without a live version the months are open again.
    fn open_months(&self, sql: &Database, outcome: &mut Outcome) -> Result<(), Failure> {
        let live = |version: &version::Version| {
            matches!(version.state, State::Submitted | State::Accepted | State::Replaced)
        };
        if self.history.versions().iter().any(live) {
            return Ok(());
        }
        for month in MonthFigure::of_year(sql, &self.enterprise, self.year)? {
            outcome.put(&MonthFigure { sealed: false, ..month })?;
        }
        Ok(())
    }

    fn consequence_row(
        &self,
        event: &str,
        version: VersionNumber,
        change: &version::Consequence,
        entry: i64,
    ) -> Consequence {
        Consequence {
            enterprise: self.enterprise.clone(),
            year: self.year,
            version: i64::from(version.0),
            event: event.to_owned(),
            emission_delta_e2: change.emission_delta.into(),
            obligation_delta_e8: change.obligation_delta.map(Into::into),
            class_from: change.class_from.as_ref().map(ToString::to_string),
            class_to: change.class_to.as_ref().map(ToString::to_string),
            entry,
        }
    }
}

/// Drafts are nobody's business but their author's and are not stored.
fn filing_state(state: State) -> Option<FilingState> {
    Some(match state {
        State::Draft => return None,
        State::Submitted => FilingState::Submitted,
        State::Withdrawn => FilingState::Withdrawn,
        State::Rejected => FilingState::Rejected,
        State::Accepted => FilingState::Accepted,
        State::Replaced => FilingState::Replaced,
        State::Revoked => FilingState::Revoked,
    })
}

/// Applies an event that has no consequence: withdrawal or rejection.
fn close(
    situation: &Situation<'_>,
    enterprise: &EnterpriseId,
    year: Year,
    version: VersionNumber,
    event: &Event,
) -> Result<Outcome, Failure> {
    let mut versions = Versions::load(situation.sql, enterprise, year)?;
    versions.filing(version)?;
    versions.apply(event)?;
    let mut outcome = Outcome::new().field("version", version.0)?;
    versions.put(&mut outcome, situation.sequence)?;
    versions.open_months(situation.sql, &mut outcome)?;
    Ok(outcome)
}
