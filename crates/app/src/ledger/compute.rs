//! Between the sheet that was filed, the lines that are computed and the rows that
//! are stored.

use std::collections::BTreeMap;

use serde::Serialize;
use serde::de::DeserializeOwned;
use tanheng_base::{Code, Problem, Text};
use tanheng_filing::{Form, Row};
use tanheng_inventory::{Determination, Line, LineFigure, LineKind, MonthSum};
use tanheng_quantity::Rational;
use tanheng_store::record::{LedgerLine, MonthFigure};

use crate::Failure;

/// A row of a checked sheet as a line of the calculation.
pub(crate) fn line(form: &Form, row: &Row) -> Result<Line, Failure> {
    let unfit = |field: &str| {
        let problem = Problem::new(
            Code("ledger.unfit_form"),
            Text::new(
                format!("表单字段 `{field}` 与核算所需不符"),
                format!("the form's field `{field}` does not give what the calculation needs"),
            ),
            Text::new("请修正规则包中的表单", "mend the form in the rulebook pack"),
        );
        Failure::from(problem.at(Some(row.row), Some(field)))
    };
    let text = |field: &str| row.get(field).map(str::to_owned);
    let name = |field: &'static str| row.get(field).ok_or_else(|| unfit(field));
    let oxidation: Option<Rational> = row
        .get("oxidation")
        .map(|value| value.parse().map_err(|_| unfit("oxidation")))
        .transpose()?;
    Ok(Line {
        row: row.row,
        facility: name("facility")?.parse().map_err(|_| unfit("facility"))?,
        source: name("source")?.parse().map_err(|_| unfit("source"))?,
        kind: read_name::<LineKind>(name("kind")?).ok_or_else(|| unfit("kind"))?,
        material: text("material").unwrap_or_default(),
        amount: form.quantity(row, "amount").ok_or_else(|| unfit("amount"))?,
        ncv: form.quantity(row, "ncv"),
        carbon_content: form.quantity(row, "carbon_content"),
        oxidation,
        determination: read_name::<Determination>(name("determination")?)
            .ok_or_else(|| unfit("determination"))?,
        meter: text("meter"),
        evidence: text("evidence"),
    })
}

/// A line with its figure as it is stored.
pub(super) fn to_store(
    filing: &str,
    line: &Line,
    figure: &LineFigure,
    entry: i64,
) -> Result<LedgerLine, Failure> {
    Ok(LedgerLine {
        filing: filing.to_owned(),
        row: i64::try_from(line.row).unwrap_or(i64::MAX),
        facility: line.facility.clone(),
        source: line.source.clone(),
        kind: name_of(&line.kind)?,
        material: line.material.clone(),
        amount: line.amount.to_string(),
        ncv: line.ncv.as_ref().map(ToString::to_string),
        carbon_content: line.carbon_content.as_ref().map(ToString::to_string),
        oxidation: line.oxidation.map(|ratio| ratio.to_string()),
        determination: Some(name_of(&line.determination)?),
        meter: line.meter.clone(),
        evidence: line.evidence.clone(),
        method: figure.method.clone(),
        inputs: figure.method.as_ref().map(|_| json(&figure.inputs)).transpose()?,
        emission_e2: figure.emission.map(Into::into),
        basis: json(&BTreeMap::from([
            ("standing", value(&figure.standing)?),
            ("defaults", value(&figure.defaults)?),
            ("not_counted", value(&figure.not_counted)?),
        ]))?,
        entry,
    })
}

/// A stored line as the calculation takes it.
pub(crate) fn from_store(stored: &LedgerLine) -> Result<Line, Failure> {
    let unreadable = |what: &str| Failure::Unreadable {
        sequence: stored.entry,
        reason: format!("line {} of {}: {what}", stored.row, stored.filing),
    };
    let quantity = |text: &Option<String>| text.as_ref().map(|text| text.parse()).transpose();
    Ok(Line {
        row: u64::try_from(stored.row).map_err(|_| unreadable("row"))?,
        facility: stored.facility.clone(),
        source: stored.source.clone(),
        kind: read_name(&stored.kind).ok_or_else(|| unreadable("kind"))?,
        material: stored.material.clone(),
        amount: stored.amount.parse().map_err(|_| unreadable("amount"))?,
        ncv: quantity(&stored.ncv).map_err(|_| unreadable("ncv"))?,
        carbon_content: quantity(&stored.carbon_content)
            .map_err(|_| unreadable("carbon_content"))?,
        oxidation: stored
            .oxidation
            .as_ref()
            .map(|text| text.parse())
            .transpose()
            .map_err(|_| unreadable("oxidation"))?,
        determination: stored
            .determination
            .as_deref()
            .and_then(read_name)
            .ok_or_else(|| unreadable("determination"))?,
        meter: stored.meter.clone(),
        evidence: stored.evidence.clone(),
    })
}

/// The sum of a stored month.
pub(crate) fn month_summary(stored: &MonthFigure) -> Result<MonthSum, Failure> {
    let unreadable = |what: &str| Failure::Unreadable {
        sequence: stored.entry,
        reason: format!("figure of {}: {what}", stored.month),
    };
    let outputs: BTreeMap<String, String> =
        serde_json::from_str(&stored.outputs).map_err(|_| unreadable("outputs"))?;
    let outputs = outputs
        .into_iter()
        .map(|(product, amount)| Some((product, amount.parse().ok()?)))
        .collect::<Option<_>>()
        .ok_or_else(|| unreadable("outputs"))?;
    let (direct, indirect) = (stored.direct_e2.0, stored.indirect_e2.0);
    Ok(MonthSum {
        direct,
        indirect,
        total: direct.checked_add(indirect).map_err(|_| unreadable("total"))?,
        outputs,
        standing: serde_json::from_str(&stored.standing).map_err(|_| unreadable("standing"))?,
    })
}

/// Product → amount with unit.
pub(super) fn outputs_text(sum: &MonthSum) -> Result<String, Failure> {
    let outputs: BTreeMap<&String, String> =
        sum.outputs.iter().map(|(product, amount)| (product, amount.to_string())).collect();
    json(&outputs)
}

pub(super) fn json(value: &impl Serialize) -> Result<String, Failure> {
    serde_json::to_string(value).map_err(|error| Failure::Evidence(error.to_string()))
}

fn value(value: &impl Serialize) -> Result<serde_json::Value, Failure> {
    serde_json::to_value(value).map_err(|error| Failure::Evidence(error.to_string()))
}

/// The stable name of a variant without content.
fn name_of(variant: &impl Serialize) -> Result<String, Failure> {
    Ok(value(variant)?.as_str().unwrap_or_default().to_owned())
}

fn read_name<T: DeserializeOwned>(name: &str) -> Option<T> {
    serde_json::from_value(serde_json::Value::from(name)).ok()
}
