//! Filing an annual report.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use tanheng_base::{EnterpriseId, Text, Year};
use tanheng_inventory::version::{Event, VersionNumber};
use tanheng_inventory::{Figure, FigureKind, MonthSum, YearSum, recompute_month, sum_year};
use tanheng_rulebook::Rulebook;
use tanheng_store::record::{Enterprise, Filing, FilingState, LedgerLine, MonthFigure};

use super::{Versions, figure_row, form, setting, year_sum};
use crate::command::UseCase;
use crate::ledger::from_store;
use crate::outcome::{Decision, Outcome};
use crate::policy::{Action, Subject};
use crate::situation::Situation;
use crate::{EXAMPLE_MARK, Failure, enterprise};

/// Files the annual report: the sum of the twelve months, which are sealed with it.
/// While a version is submitted or in force, the next one is its correction.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Submit {
    /// Enterprise.
    pub enterprise: EnterpriseId,
    /// Data year.
    pub year: Year,
    /// The version that it corrects.
    pub corrects: Option<u32>,
}

impl UseCase for Submit {
    const KIND: &'static str = "report.submit";

    fn decide(&self, situation: &Situation<'_>) -> Result<Decision, Failure> {
        let (sql, year) = (situation.sql, self.year);
        situation.authorise(Action::SubmitReport, Subject::Enterprise(&self.enterprise))?;
        let enterprise = enterprise::find(sql, &self.enterprise)?;
        let law = situation.law()?;
        let (sum, months) = year_sum(sql, &self.enterprise, year)?;
        let mut versions = Versions::load(sql, &self.enterprise, year)?;
        let digest = digest(&months);
        if let Some(latest) = versions.filings.first()
            && latest.digest == digest
            && matches!(latest.state, FilingState::Submitted | FilingState::Accepted)
        {
            return Ok(Decision::Same(latest.entry));
        }
        let reported = Figure::of_year(&setting(&law, &enterprise), &sum)?;
        let recalculated = recalculate(situation, &enterprise, &law, &months)?;
        let recalculated = Figure::of_year(&setting(&law, &enterprise), &recalculated)?;

        versions.apply(&match self.corrects {
            Some(of) => Event::Correct { of: VersionNumber(of) },
            None => Event::Draft,
        })?;
        let number = versions.history.versions().last().map_or(VersionNumber(1), |v| v.number);
        versions.apply(&Event::Submit { version: number })?;
        let entry = situation.sequence;
        let form = form()?;
        let filing = Filing {
            id: format!("{form}/{}/{year}/{number}", self.enterprise),
            form,
            enterprise: self.enterprise.clone(),
            period: year.to_string(),
            version: i64::from(number.0),
            state: FilingState::Submitted,
            digest,
            rulebook: law.version().as_str().to_owned(),
            actor: situation.actor.id.clone(),
            submitted_ms: situation.now.0,
            finding: None,
            entry,
        };
        let mut outcome = Outcome::new()
            .field("filing", &filing.id)?
            .field("version", number.0)?
            .field("direct", reported.direct)?
            .field("total", reported.total)?
            .field("recalculated_total", recalculated.total)?
            .field("unit", super::UNIT)?
            .field("trial", reported.standing.trial)?
            .field("rulebook", &filing.rulebook)?;
        if reported.standing.example {
            outcome.mark(EXAMPLE_MARK);
        }
        outcome.put(&filing)?;
        versions.put(&mut outcome, entry)?;
        let kind = FigureKind::Reported;
        outcome.put(&figure_row(&filing, year, kind, &reported, "", entry)?)?;
        let kind = FigureKind::Recalculated;
        outcome.put(&figure_row(&filing, year, kind, &recalculated, "", entry)?)?;
        for month in months {
            outcome.put(&MonthFigure { sealed: true, ..month })?;
        }
        Ok(Decision::New(outcome))
    }
}

/// The year from its ledger lines, by the rules known on the day of filing: a
/// factor that a later letter set for this very year takes effect here.
fn recalculate(
    situation: &Situation<'_>,
    enterprise: &Enterprise,
    law: &Rulebook,
    months: &[MonthFigure],
) -> Result<YearSum, Failure> {
    let setting = setting(law, enterprise);
    let known_on = situation.now.date().ok_or(Failure::Stopped)?;
    let mut sums = std::collections::BTreeMap::<_, MonthSum>::new();
    let mut year = None;
    for month in months {
        let stored = LedgerLine::of(situation.sql, &month.filing)?;
        if stored.is_empty() {
            return Err(Failure::refuse(
                "report.erased",
                Text::new(
                    format!("{} 台账内容已擦除，无法复算", month.month),
                    format!(
                        "the ledger of {} was erased and cannot be computed again",
                        month.month
                    ),
                ),
                Text::new("请重新提交该月台账", "file the ledger of that month again"),
            ));
        }
        let lines: Vec<_> = stored.iter().map(from_store).collect::<Result<_, _>>()?;
        sums.insert(month.month, recompute_month(&setting, month.month, known_on, &lines)?.sum);
        year = Some(month.month.year());
    }
    match year {
        Some(year) => Ok(sum_year(year, &sums)?),
        None => Err(Failure::Stopped),
    }
}

/// Digest of what the report rests on: the filing of each month.
fn digest(months: &[MonthFigure]) -> String {
    let mut hash = Sha256::new();
    for month in months {
        hash.update(month.filing.as_bytes());
        hash.update([b'\n']);
    }
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}
