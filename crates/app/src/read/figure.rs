//! A figure opened: the lines of a month, and one line down to its factors.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Deserialize;
use tanheng_base::{Citation, EnterpriseId, Month};
use tanheng_inventory::{DefaultUsed, Standing};
use tanheng_rulebook::{Context, Given, Rulebook, to_json};
use tanheng_store::Database;
use tanheng_store::record::{Enterprise, Filing, LedgerLine, MonthFigure};

use super::Reader;
use crate::policy::{Action, Subject, authorise};
use crate::{Failure, ledger};

/// What a line rests on besides its inputs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct Basis {
    /// How far the figure can be relied on.
    pub standing: Standing,
    /// Defaults that were filled in or confirmed.
    pub defaults: Vec<DefaultUsed>,
    /// The clause that puts the source outside the boundary.
    pub not_counted: Option<Citation>,
}

/// A line with what it rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The line.
    pub line: LedgerLine,
    /// What it rests on.
    pub basis: Basis,
}

/// A version of a month's ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ledger {
    /// The enterprise.
    pub enterprise: Enterprise,
    /// The month.
    pub month: Month,
    /// The filing.
    pub filing: Filing,
    /// All versions of the month, the newest first.
    pub versions: Vec<Filing>,
    /// The month's figure, where this version gave it.
    pub figure: Option<MonthFigure>,
    /// Lines; none when their content was erased.
    pub lines: Vec<Line>,
}

/// A line computed again from its stored inputs, under the rulebook of its filing.
#[derive(Debug, Clone)]
pub struct Opened {
    /// The ledger it stands in.
    pub ledger: Ledger,
    /// The line.
    pub line: Line,
    /// The rulebook of the filing.
    pub rulebook: Option<Arc<Rulebook>>,
    /// The calculation; none for output, for what lies outside the boundary and for what the
    /// law has not decided.
    pub calculation: Option<serde_json::Value>,
    /// Whether computing it again gave the stored figure.
    pub agrees: bool,
}

impl Reader {
    /// A version of a month's ledger, by default the one the month's figure comes from;
    /// `None` when there is none.
    ///
    /// # Errors
    /// `policy.not_allowed`, or a failure of storage.
    pub fn ledger(
        &self,
        enterprise: &EnterpriseId,
        month: Month,
        version: Option<i64>,
    ) -> Result<Option<Ledger>, Failure> {
        self.read(|sql| self.ledger_in(sql, enterprise, month, version))
    }

    /// A line of a ledger, opened; `None` when there is none.
    ///
    /// # Errors
    /// `policy.not_allowed`, or a failure of storage.
    pub fn ledger_line(
        &self,
        enterprise: &EnterpriseId,
        month: Month,
        version: i64,
        row: i64,
    ) -> Result<Option<Opened>, Failure> {
        self.read(|sql| {
            let Some(ledger) = self.ledger_in(sql, enterprise, month, Some(version))? else {
                return Ok(None);
            };
            let found = ledger.lines.iter().find(|line| line.line.row == row).cloned();
            let Some(line) = found else { return Ok(None) };
            let rulebook = Some(self.rulebooks.get(sql, &ledger.filing.rulebook)?);
            let calculation = match &rulebook {
                Some(rulebook) => recompute(rulebook, &ledger, &line.line)?,
                None => None,
            };
            let agrees = match (&calculation, line.line.emission_e2) {
                (Some((_, again)), Some(stored)) => *again == Some(stored.0),
                (None, None) => true,
                _ => false,
            };
            let calculation = calculation.map(|(json, _)| json);
            Ok(Some(Opened { ledger, line, rulebook, calculation, agrees }))
        })
    }

    fn ledger_in(
        &self,
        sql: &Database,
        enterprise: &EnterpriseId,
        month: Month,
        version: Option<i64>,
    ) -> Result<Option<Ledger>, Failure> {
        authorise(sql, &self.actor, Action::ViewProcessData, Subject::Enterprise(enterprise))?;
        let Some(known) = Enterprise::find(sql, enterprise)? else { return Ok(None) };
        let figure = MonthFigure::find(sql, enterprise, month)?;
        let wanted = match (version, &figure) {
            (None, Some(figure)) => Filing::find(sql, &figure.filing)?,
            (None, None) => None,
            (Some(version), _) => {
                let month = month.to_string();
                let all = Filing::of(sql, enterprise)?;
                all.into_iter().find(|one| one.period == month && one.version == version)
            }
        };
        let Some(filing) = wanted else { return Ok(None) };
        let versions = Filing::versions(sql, enterprise, &filing.form, &filing.period)?;
        let figure = figure.filter(|figure| figure.filing == filing.id);
        let lines = LedgerLine::of(sql, &filing.id)?.into_iter().map(with_basis);
        let lines = lines.collect::<Result<_, _>>()?;
        Ok(Some(Ledger { enterprise: known, month, filing, versions, figure, lines }))
    }
}

fn with_basis(line: LedgerLine) -> Result<Line, Failure> {
    let basis = serde_json::from_str(&line.basis).map_err(|error| Failure::Unreadable {
        sequence: line.entry,
        reason: format!("basis of line {} of {}: {error}", line.row, line.filing),
    })?;
    Ok(Line { line, basis })
}

type Again = (serde_json::Value, Option<tanheng_quantity::Decimal>);

/// Evaluates the line's method with its stored inputs, by the rules that the filing was
/// computed with.
fn recompute(
    rulebook: &Rulebook,
    ledger: &Ledger,
    line: &LedgerLine,
) -> Result<Option<Again>, Failure> {
    let (Some(method), Some(inputs)) = (&line.method, &line.inputs) else { return Ok(None) };
    if line.emission_e2.is_none() {
        // the law had not decided a factor: there is no figure to compute again
        return Ok(None);
    }
    let unreadable = |reason: String| Failure::Unreadable {
        sequence: line.entry,
        reason: format!("inputs of line {} of {}: {reason}", line.row, line.filing),
    };
    let inputs: BTreeMap<String, String> =
        serde_json::from_str(inputs).map_err(|error| unreadable(error.to_string()))?;
    let given = inputs.into_iter().map(|(name, text)| (name, Given::Raw(text))).collect();
    let context = Context { at: ledger.month.last_day(), region: ledger.enterprise.region.clone() };
    let evaluation = rulebook
        .evaluate(method, &given, &context)
        .map_err(|error| unreadable(format!("{error:?}")))?;
    let again = evaluation.result.number().and_then(|quantity| quantity.value.to_decimal());
    Ok(Some((to_json(&evaluation), again)))
}

/// What the law had not decided when the month was computed: emission is missing for it.
///
/// # Errors
/// When the stored month cannot be read.
pub fn undecided(figure: &MonthFigure) -> Result<Vec<String>, Failure> {
    Ok(ledger::month_summary(figure)?.standing.undecided.into_iter().collect())
}

/// The outputs of a month by product.
///
/// # Errors
/// When the stored month cannot be read.
pub fn outputs(figure: &MonthFigure) -> Result<Vec<(String, String)>, Failure> {
    let sum = ledger::month_summary(figure)?;
    Ok(sum.outputs.into_iter().map(|(product, amount)| (product, amount.to_string())).collect())
}
