//! Enterprises: the list, and one with its months, figures and what follows from them.

use tanheng_base::{EnterpriseId, Year};
use tanheng_store::record::{
    ClassDecision, Consequence, Enterprise, EnterpriseFilter, Facility, Filing, FilingState,
    Finding, MonthFigure, Obligation, QualityPlan, RegisterEvent, RegisterMember, Verification,
    YearFigure, YearFigureKind,
};
use tanheng_store::{Database, RowScope};

use super::{Classification, Owed, Reader};
use crate::policy::{Action, Subject, authorise, row_scope};
use crate::{Failure, report};

/// The kind under which an obligation by the law is kept.
pub const BY_LAW: &str = "excess";
/// The kind under which the trial with example packs is kept.
pub const BY_EXAMPLE: &str = "excess_example";

/// One version of an annual report with what followed from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// The filing.
    pub filing: Filing,
    /// Its figures, in the order of authority.
    pub figures: Vec<YearFigure>,
    /// The class decided on it.
    pub class: Option<ClassDecision>,
    /// The obligation by the law.
    pub by_law: Option<Obligation>,
    /// The trial with example packs.
    pub by_example: Option<Obligation>,
}

/// Reasons and calculation of a class.
///
/// # Errors
/// When the stored text cannot be read.
pub fn classification(row: &ClassDecision) -> Result<Classification, Failure> {
    serde_json::from_str(&row.detail).map_err(|error| Failure::Unreadable {
        sequence: row.entry,
        reason: format!("class of {} {}: {error}", row.enterprise, row.year),
    })
}

/// Reasons and calculation of an obligation.
///
/// # Errors
/// When the stored text cannot be read.
pub fn owed(row: &Obligation) -> Result<Owed, Failure> {
    serde_json::from_str(&row.detail).map_err(|error| Failure::Unreadable {
        sequence: row.entry,
        reason: format!("obligation of {} {}: {error}", row.enterprise, row.year),
    })
}

impl Version {
    /// The figure that counts: the last in the order of authority.
    #[must_use]
    pub fn in_force(&self) -> Option<&YearFigure> {
        self.figures.last()
    }
}

/// A year of an enterprise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct YearView {
    /// Data year.
    pub year: Year,
    /// Versions of its report, the newest first.
    pub versions: Vec<Version>,
    /// Its verification.
    pub verification: Option<Verification>,
    /// Findings of it.
    pub findings: Vec<Finding>,
    /// What each accepted or revoked version changed.
    pub consequences: Vec<Consequence>,
}

impl YearView {
    /// The version that counts: the accepted one, else the newest that is submitted.
    #[must_use]
    pub fn standing_version(&self) -> Option<&Version> {
        let of = |state: FilingState| {
            self.versions.iter().find(move |version| version.filing.state == state)
        };
        of(FilingState::Accepted).or_else(|| of(FilingState::Submitted))
    }
}

/// A month of an enterprise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MonthView {
    /// Its figure.
    pub figure: MonthFigure,
    /// The filing it comes from.
    pub filing: Option<Filing>,
}

/// One enterprise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnterpriseView {
    /// Who it is.
    pub enterprise: Enterprise,
    /// Its facilities.
    pub facilities: Vec<Facility>,
    /// Its months, in order; a month that is not here was not filed.
    pub months: Vec<MonthView>,
    /// Its years, the newest first.
    pub years: Vec<YearView>,
    /// Its quality plans, the newest first.
    pub plans: Vec<QualityPlan>,
    /// All its filings.
    pub filings: Vec<Filing>,
    /// Its place on the register.
    pub member: Option<RegisterMember>,
    /// What happened to it on registers.
    pub events: Vec<RegisterEvent>,
}

/// An enterprise in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Who it is.
    pub enterprise: Enterprise,
    /// Months with a figure.
    pub months: usize,
    /// Its newest year with a report, with the version that counts.
    pub newest: Option<(Year, Version)>,
}

/// A part of the list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct List {
    /// Enterprises, by code.
    pub items: Vec<Item>,
    /// The code after which the list goes on; `None` at its end.
    pub next: Option<EnterpriseId>,
}

impl Reader {
    /// Enterprises that the actor may see and that pass a filter, at most `limit`.
    ///
    /// # Errors
    /// A failure of storage.
    pub fn enterprises(&self, filter: &EnterpriseFilter, limit: usize) -> Result<List, Failure> {
        self.read(|sql| {
            let scope = row_scope(&self.actor, Action::ViewEnterprise);
            let more = i64::try_from(limit.saturating_add(1)).unwrap_or(i64::MAX);
            let mut found = Enterprise::list(sql, &scope, filter, more)?;
            let next = (found.len() > limit).then(|| found.truncate(limit));
            let next = next.and_then(|()| found.last().map(|last| last.id.clone()));
            let items = found.into_iter().map(|enterprise| item(sql, enterprise));
            Ok(List { items: items.collect::<Result<_, _>>()?, next })
        })
    }

    /// One enterprise; `None` when there is none of that code.
    ///
    /// # Errors
    /// `policy.not_allowed`, or a failure of storage.
    pub fn enterprise(&self, id: &EnterpriseId) -> Result<Option<EnterpriseView>, Failure> {
        self.read(|sql| {
            authorise(sql, &self.actor, Action::ViewEnterprise, Subject::Enterprise(id))?;
            let Some(enterprise) = Enterprise::find(sql, id)? else { return Ok(None) };
            let filings = Filing::of(sql, id)?;
            let mut months = Vec::new();
            for figure in MonthFigure::of(sql, id)? {
                let filing = filings.iter().find(|filing| filing.id == figure.filing).cloned();
                months.push(MonthView { figure, filing });
            }
            Ok(Some(EnterpriseView {
                enterprise,
                facilities: Facility::of(sql, id)?,
                months,
                years: years(sql, id, &filings)?,
                plans: QualityPlan::of(sql, id)?,
                filings,
                member: RegisterMember::of(sql, id)?,
                events: RegisterEvent::of(sql, id)?,
            }))
        })
    }
}

fn item(sql: &Database, enterprise: Enterprise) -> Result<Item, Failure> {
    let filings = Filing::of(sql, &enterprise.id)?;
    let years = years(sql, &enterprise.id, &filings)?;
    let newest = years.into_iter().find_map(|year| {
        let version = year.standing_version()?.clone();
        Some((year.year, version))
    });
    Ok(Item { months: MonthFigure::of(sql, &enterprise.id)?.len(), newest, enterprise })
}

/// The years of an enterprise with a report or a verification, the newest first.
pub(super) fn years(
    sql: &Database,
    id: &EnterpriseId,
    filings: &[Filing],
) -> Result<Vec<YearView>, Failure> {
    let form = report::form()?;
    let verifications = Verification::of(sql, id)?;
    let figures = YearFigure::of(sql, id)?;
    let classes = ClassDecision::of(sql, id)?;
    let obligations = Obligation::of(sql, id)?;
    let consequences = Consequence::of(sql, id)?;
    let reports: Vec<(Year, &Filing)> = filings
        .iter()
        .filter(|filing| filing.form == form)
        .filter_map(|filing| Some((filing.period.parse().ok()?, filing)))
        .collect();
    let mut years: Vec<Year> = reports.iter().map(|(year, _)| *year).collect();
    years.extend(verifications.iter().map(|verification| verification.year));
    years.sort();
    years.dedup();
    let mut out = Vec::new();
    for year in years.into_iter().rev() {
        let mut versions = Vec::new();
        for (_, filing) in reports.iter().rev().filter(|(own, _)| *own == year) {
            let of = |own: Year, version: i64| (own, version) == (year, filing.version);
            let mut own: Vec<YearFigure> =
                figures.iter().filter(|f| of(f.year, f.version)).cloned().collect();
            own.sort_by_key(|figure| authority(figure.kind));
            let class = classes.iter().find(|class| of(class.year, class.version));
            let owed = |kind: &str| {
                let found = obligations.iter().filter(|one| of(one.year, one.version));
                found.into_iter().find(|one| one.kind == kind)
            };
            versions.push(Version {
                filing: (*filing).clone(),
                figures: own,
                class: class.cloned(),
                by_law: owed(BY_LAW).cloned(),
                by_example: owed(BY_EXAMPLE).cloned(),
            });
        }
        out.push(YearView {
            year,
            versions,
            verification: verifications.iter().find(|one| one.year == year).cloned(),
            findings: Finding::of_year(sql, id, year)?,
            consequences: consequences.iter().filter(|one| one.year == year).cloned().collect(),
        });
    }
    Ok(out)
}

fn authority(kind: YearFigureKind) -> u8 {
    match kind {
        YearFigureKind::Reported => 0,
        YearFigureKind::Recalculated => 1,
        YearFigureKind::Verified => 2,
        YearFigureKind::Determined => 3,
    }
}

/// The scope of an actor over enterprises, for sums.
pub(super) fn scope(reader: &Reader) -> RowScope {
    row_scope(&reader.actor, Action::ViewEnterprise)
}
