//! Depositing a monthly ledger.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use tanheng_base::{Code, EnterpriseId, Month, Problem, Text};
use tanheng_evidence::Value;
use tanheng_filing::{Form, Severity, Sheet};
use tanheng_inventory::{Line, LineFigure, MonthFigure as Computed, Scope, Setting, compute_month};
use tanheng_rulebook::Rulebook;
use tanheng_store::record::{
    Enterprise, Erasure, Facility, Filing, FilingState, Finding, FindingState, MonthFigure,
};

use super::compute;
use crate::command::UseCase;
use crate::form::{self, Warned};
use crate::outcome::{Decision, Outcome};
use crate::policy::{Action, Subject};
use crate::situation::Situation;
use crate::{EXAMPLE_MARK, Failure, enterprise};

/// Deposits the ledger of a month. Filed again with other content it is a
/// correction: a new version. Once the annual report holds the month fast, only a
/// correction that answers a finding of the verification is taken.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Submit {
    /// Enterprise.
    pub enterprise: EnterpriseId,
    /// Month.
    pub month: Month,
    /// The filled-in form.
    pub sheet: Sheet,
    /// The finding that it answers.
    pub finding: Option<String>,
}

impl UseCase for Submit {
    const KIND: &'static str = "ledger.submit";

    fn decide(&self, situation: &Situation<'_>) -> Result<Decision, Failure> {
        let sql = situation.sql;
        situation.authorise(Action::SubmitLedger, Subject::Enterprise(&self.enterprise))?;
        let enterprise = enterprise::find(sql, &self.enterprise)?;
        let law = situation.law()?;
        let form = situation.rulebooks.ledger_form(&law)?;
        let period = self.month.to_string();
        let versions = Filing::versions(sql, &self.enterprise, &form.id, &period)?;
        let sheet = self.sheet_read(&form);
        let digest = digest(sheet.as_ref().unwrap_or(&self.sheet))?;
        let before = MonthFigure::find(sql, &self.enterprise, self.month)?;
        if let Some(latest) = versions.first()
            && latest.digest == digest
            && stands(situation, latest, before.as_ref(), &law)?
        {
            return Ok(Decision::Same(latest.entry));
        }
        self.check_time(situation)?;
        let sealed = before.is_some_and(|figure| figure.sealed);
        self.check_finding(situation, sealed)?;
        let Accounted { lines, figure, warnings } =
            self.compute(situation, &enterprise, &law, (&form, &sheet?))?;

        let version = versions.first().map_or(1, |latest| latest.version + 1);
        let entry = situation.sequence;
        let id = format!("{}/{}/{period}/{version}", form.id, self.enterprise);
        let mut outcome = told(&figure)?
            .field("filing", &id)?
            .field("version", version)?
            .field("rulebook", law.version().as_str())?;
        if !warnings.is_empty() {
            outcome = outcome.field("warnings", &warnings)?;
        }
        if let Some(latest) = versions.first() {
            outcome.put(&Filing { state: FilingState::Replaced, ..latest.clone() })?;
        }
        outcome.put(&Filing {
            id: id.clone(),
            form: form.id.clone(),
            enterprise: self.enterprise.clone(),
            period,
            version,
            state: FilingState::Accepted,
            digest,
            rulebook: law.version().as_str().to_owned(),
            actor: situation.actor.id.clone(),
            submitted_ms: situation.now.0,
            finding: self.finding.clone(),
            entry,
        })?;
        for (line, computed) in lines.iter().zip(&figure.lines) {
            outcome.put_confidential(&compute::to_store(&id, line, computed, entry)?)?;
        }
        outcome.put(&MonthFigure {
            enterprise: self.enterprise.clone(),
            month: self.month,
            filing: id,
            direct_e2: figure.sum.direct.into(),
            indirect_e2: figure.sum.indirect.into(),
            outputs: compute::outputs_text(&figure.sum)?,
            standing: compute::json(&figure.sum.standing)?,
            trial: figure.sum.standing.trial,
            example: figure.sum.standing.example,
            sealed,
            entry,
        })?;
        Ok(Decision::New(outcome))
    }
}

impl Submit {
    /// Nobody can know a month before it is over.
    fn check_time(&self, situation: &Situation<'_>) -> Result<(), Failure> {
        if situation.now.date().is_some_and(|today| today > self.month.last_day()) {
            return Ok(());
        }
        Err(Failure::refuse(
            "ledger.month_not_over",
            Text::new(
                format!("{} 尚未结束", self.month),
                format!("{} is not over yet", self.month),
            ),
            Text::new("请在该月结束后填报", "file it when the month is over"),
        ))
    }

    /// What answers a finding answers an open one about this very month; what
    /// answers none comes before the month is sealed.
    fn check_finding(&self, situation: &Situation<'_>, sealed: bool) -> Result<(), Failure> {
        let month = self.month;
        let Some(id) = &self.finding else {
            if !sealed {
                return Ok(());
            }
            return Err(Failure::refuse(
                "ledger.month_sealed",
                Text::new(
                    format!("{month} 已随年度报告封存"),
                    format!("{month} is sealed by the annual report"),
                ),
                Text::new(
                    "封存后只能针对核查不符合项提交更正（--finding 编号）",
                    "after sealing only a correction that answers a finding is taken (--finding ID)",
                ),
            ));
        };
        let finding = Finding::find(situation.sql, id)?.filter(|finding| {
            finding.enterprise == self.enterprise
                && finding.state == FindingState::Open
                && finding.year == month.year()
                && finding.month.is_none_or(|about| about == month)
        });
        if finding.is_some() {
            return Ok(());
        }
        Err(Failure::refuse(
            "ledger.other_finding",
            Text::new(
                format!("`{id}` 不是本企业 {month} 的待答复不符合项"),
                format!("`{id}` is no open finding about {month} of this enterprise"),
            ),
            Text::new("请核对不符合项编号", "check the number of the finding"),
        ))
    }

    /// The sheet as its form reads it: what is accounted for and kept.
    pub(crate) fn sheet_read(&self, form: &Form) -> Result<Sheet, Vec<Problem>> {
        let rows = tanheng_filing::check(form, &self.sheet)?;
        Ok(Sheet { rows, ..self.sheet.clone() })
    }

    fn compute(
        &self,
        situation: &Situation<'_>,
        enterprise: &Enterprise,
        law: &Rulebook,
        (form, sheet): (&Form, &Sheet),
    ) -> Result<Accounted, Failure> {
        let mut problems = Vec::new();
        let lines: Vec<Line> =
            sheet.rows.iter().map(|row| compute::line(form, row)).collect::<Result<_, _>>()?;
        let facilities = Facility::of(situation.sql, &self.enterprise)?;
        for line in &lines {
            if !facilities.iter().any(|facility| facility.id == line.facility) {
                problems.push(unknown_facility(line, &facilities));
            }
        }
        let checks = situation.rulebooks.checks(law)?;
        let at = self.month.last_day();
        let findings = form::run_checks(law, &checks, (form, sheet), at, &enterprise.region);
        let warnings = form::warned(&findings);
        let errors = findings.into_iter().filter(|finding| finding.severity == Severity::Error);
        problems.extend(errors.map(|finding| finding.problem));
        let setting = Setting {
            rulebook: law,
            industry: enterprise.industry.clone(),
            region: enterprise.region.clone(),
        };
        match compute_month(&setting, self.month, &lines) {
            Ok(figure) if problems.is_empty() => Ok(Accounted { lines, figure, warnings }),
            Ok(_) => Err(problems.into()),
            Err(more) => {
                problems.extend(more);
                Err(problems.into())
            }
        }
    }
}

/// A sheet that was checked and computed.
struct Accounted {
    lines: Vec<Line>,
    figure: Computed,
    warnings: Vec<Warned>,
}

/// The same sheet again changes nothing, unless its content was erased or a newer
/// rulebook may decide what was undecided.
fn stands(
    situation: &Situation<'_>,
    latest: &Filing,
    before: Option<&MonthFigure>,
    law: &Rulebook,
) -> Result<bool, Failure> {
    if Erasure::find(situation.sql, latest.entry)?.is_some() {
        return Ok(false);
    }
    let complete = match before {
        Some(figure) => compute::month_summary(figure)?.standing.undecided.is_empty(),
        None => true,
    };
    Ok(complete || latest.rulebook == law.version().as_str())
}

/// What the filer is told of the month. A sum with a part missing is missing.
fn told(figure: &Computed) -> Result<Outcome, Failure> {
    let whole = |scope: Scope| {
        let lacks = |line: &LineFigure| line.emission.is_none() && line.not_counted.is_none();
        !figure.lines.iter().any(|line| line.scope == Some(scope) && lacks(line))
    };
    let (direct, indirect) = (whole(Scope::Direct), whole(Scope::Indirect));
    let mut outcome = Outcome::new()
        .field("direct", direct.then_some(figure.sum.direct))?
        .field("indirect", indirect.then_some(figure.sum.indirect))?
        .field("total", (direct && indirect).then_some(figure.sum.total))?
        .field("unit", "tCO2")?
        .field("trial", figure.sum.standing.trial)?
        .field("undecided", &figure.sum.standing.undecided)?;
    if figure.sum.standing.example {
        outcome.mark(EXAMPLE_MARK);
    }
    Ok(outcome)
}

fn unknown_facility(line: &Line, facilities: &[Facility]) -> Problem {
    let known: Vec<&str> = facilities.iter().map(|facility| facility.id.as_str()).collect();
    Problem::new(
        Code("ledger.unknown_facility"),
        Text::new("该设施未登记", "the facility is not registered"),
        Text::new(
            format!("请使用已登记的设施：{}", known.join("、")),
            format!("use a registered facility: {}", known.join(", ")),
        ),
    )
    .at(Some(line.row), Some("facility"))
    .found(line.facility.as_str())
}

/// Digest of what a sheet says, whatever file it came from.
fn digest(sheet: &Sheet) -> Result<String, Failure> {
    let cells: Vec<_> = sheet.rows.iter().map(|row| &row.cells).collect();
    let value = Value::from_serialize(&(&sheet.form, &sheet.form_version, cells))?;
    let hash = Sha256::digest(value.encode()?);
    Ok(hash.iter().map(|byte| format!("{byte:02x}")).collect())
}
