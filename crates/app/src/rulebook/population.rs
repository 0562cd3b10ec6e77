//! The enterprises of a book as rules are tried on them.

use std::collections::BTreeMap;

use tanheng_base::{Instant, Problem, Text, Year};
use tanheng_inventory::population::{Ledger, Member};
use tanheng_store::Database;
use tanheng_store::record::{
    Enterprise, EnterpriseFilter, Filing, FilingState, LedgerLine, MonthFigure,
};

use crate::ledger::from_store;
use crate::policy::{Action, row_scope};
use crate::read::Reader;
use crate::{Failure, report};

/// How many enterprises are loaded at most.
const MANY: i64 = 1_000_000;

/// A version of an annual report with all that rules are tried on.
pub(super) struct Entry {
    pub(super) member: Member,
    pub(super) name: String,
    pub(super) filing: Filing,
    /// It is the one that counts for its enterprise: in force, or the newest where none is.
    pub(super) counts: bool,
    pub(super) ledger: Option<Ledger>,
}

impl Entry {
    /// Its figure is determined, and stays as it is.
    pub(super) fn frozen(&self) -> bool {
        self.filing.state == FilingState::Accepted
    }
}

/// The reports of a year.
pub(super) struct Loaded {
    pub(super) year: Year,
    pub(super) entries: Vec<Entry>,
    /// What could not be loaded, and why.
    pub(super) failed: Vec<(Enterprise, Vec<Problem>)>,
    /// Enterprises without a report of the year.
    pub(super) without_report: usize,
    pub(super) enterprises: Vec<Enterprise>,
}

/// Loads the reports of a year that are submitted or in force, those of the newest year by
/// default; `lines` says whether their ledgers are needed.
pub(super) fn load(
    reader: &Reader,
    sql: &Database,
    year: Option<Year>,
    lines: bool,
) -> Result<Loaded, Failure> {
    let scope = row_scope(&reader.actor, Action::ViewProcessData);
    let enterprises = Enterprise::list(sql, &scope, &EnterpriseFilter::default(), MANY)?;
    let form = report::form()?;
    let mut reports = Vec::new();
    for enterprise in &enterprises {
        for filing in Filing::of(sql, &enterprise.id)? {
            let live = matches!(filing.state, FilingState::Submitted | FilingState::Accepted);
            let period: Result<Year, _> = filing.period.parse();
            if let (true, true, Ok(period)) = (filing.form == form, live, period) {
                reports.push((enterprise, period, filing));
            }
        }
    }
    let newest = reports.iter().map(|(_, year, _)| *year).max();
    let year = year.or(newest).ok_or_else(no_report)?;
    reports.retain(|(_, own, _)| *own == year);
    let (mut entries, mut failed) = (Vec::new(), Vec::new());
    for (enterprise, _, filing) in &reports {
        let in_force = reports
            .iter()
            .any(|(other, _, own)| other.id == enterprise.id && own.state == FilingState::Accepted);
        let counts = filing.state == FilingState::Accepted || !in_force;
        match entry(sql, enterprise, year, filing, counts, lines) {
            Ok(entry) => entries.push(entry),
            Err(Failure::Refused(problems)) => failed.push(((*enterprise).clone(), problems)),
            Err(failure) => return Err(failure),
        }
    }
    let reporting = |enterprise: &&Enterprise| {
        reports.iter().any(|(reporting, _, _)| reporting.id == enterprise.id)
    };
    let without_report = enterprises.len() - enterprises.iter().filter(reporting).count();
    Ok(Loaded { year, entries, failed, without_report, enterprises })
}

fn no_report() -> Failure {
    Failure::refuse(
        "trial.no_report",
        Text::new("本库尚无年度报告，无从试算", "no annual report is filed yet to try rules on"),
        Text::new("待企业提交年度报告", "wait until reports are filed"),
    )
}

fn entry(
    sql: &Database,
    enterprise: &Enterprise,
    year: Year,
    filing: &Filing,
    counts: bool,
    lines: bool,
) -> Result<Entry, Failure> {
    let (sum, months) = report::year_sum(sql, &enterprise.id, year)?;
    let member = Member {
        enterprise: enterprise.id.clone(),
        industry: enterprise.industry.clone(),
        region: enterprise.region.clone(),
        year,
        listed: enterprise.listed.is_some(),
        figures: report::figures(sql, &enterprise.id, year, filing.version)?,
        outputs: sum.sum.outputs,
    };
    let ledger = if lines { ledger(sql, filing, &months)? } else { None };
    Ok(Entry { member, name: enterprise.name.clone(), filing: filing.clone(), counts, ledger })
}

/// The lines of a year, with what was known about it when the report was filed; `None` where
/// content was erased.
fn ledger(
    sql: &Database,
    filing: &Filing,
    months: &[MonthFigure],
) -> Result<Option<Ledger>, Failure> {
    let known_on = Instant(filing.submitted_ms).date().ok_or(Failure::Stopped)?;
    let mut lines = BTreeMap::new();
    for month in months {
        let stored = LedgerLine::of(sql, &month.filing)?;
        if stored.is_empty() {
            return Ok(None);
        }
        let read: Result<Vec<_>, Failure> = stored.iter().map(from_store).collect();
        lines.insert(month.month, read?);
    }
    Ok(Some(Ledger { months: lines, known_on }))
}
