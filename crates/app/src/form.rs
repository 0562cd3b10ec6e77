//! Forms of the law and files that fill them in, whatever program made them.

mod read;

use std::collections::BTreeMap;

use serde::Serialize;
use tanheng_base::{Date, FormId, Problem, RegionCode, Text};
use tanheng_rulebook::{Context, Rulebook};

pub use read::{File, Media, form_named, read};
pub use tanheng_filing::{
    Change, Check, CheckFinding, Field, FieldKind, Form, Layout, Period, Severity, Sheet,
    difference, json_schema,
};
pub use tanheng_workbook::{Filled, Origin, remarked, template};

use crate::Failure;

/// Where the packs keep their forms.
const FORMS: &str = "forms/";
/// Where the packs keep their checks.
const CHECKS: &str = "checks/";

/// All forms of the law, in the order of packs and files.
///
/// # Errors
/// Faults of the forms.
pub fn forms(law: &Rulebook) -> Result<Vec<Form>, Failure> {
    let toml = law.files(FORMS).filter(|(_, path, _)| path.ends_with(".toml"));
    toml.map(|(_, _, text)| Ok(Form::parse(text)?)).collect()
}

/// A form of the law.
///
/// # Errors
/// `form.unknown` when the law has none of that id; faults of the forms.
pub fn form(law: &Rulebook, id: &FormId) -> Result<Form, Failure> {
    let forms = forms(law)?;
    let known: Vec<String> = forms.iter().map(|form| form.id.to_string()).collect();
    forms.into_iter().find(|form| form.id == *id).ok_or_else(|| {
        Failure::refuse(
            "form.unknown",
            Text::new(format!("没有表单 `{id}`"), format!("there is no form `{id}`")),
            Text::new(
                format!("已有的表单：{}", known.join("、")),
                format!("the forms are: {}", known.join(", ")),
            ),
        )
    })
}

/// The catalogue of checks of the law, by number.
///
/// # Errors
/// Faults of the forms and checks; a number that two files give.
pub fn checks(law: &Rulebook) -> Result<Vec<Check>, Failure> {
    let forms = forms(law)?;
    let mut all: BTreeMap<String, Check> = BTreeMap::new();
    for (pack, path, text) in law.files(CHECKS) {
        let placed = |problem: Problem| problem.by(format!("{pack}/{path}"));
        let read = tanheng_filing::checks(text, &forms)
            .map_err(|problems| Failure::Refused(problems.into_iter().map(placed).collect()))?;
        for check in read {
            if let Some(twice) = all.insert(check.id.clone(), check) {
                let id = twice.id;
                return Err(Failure::refuse(
                    "check.definition",
                    Text::new(
                        format!("检查编号 `{id}` 在 `{path}` 中重复"),
                        format!("the number `{id}` is given again in `{path}`"),
                    ),
                    Text::new("换一个编号", "take another number"),
                ));
            }
        }
    }
    Ok(all.into_values().collect())
}

/// What the checks find in a sheet that its form accepts, for a period that ends on a day.
#[must_use]
pub fn run_checks(
    law: &Rulebook,
    checks: &[Check],
    (form, sheet): (&Form, &Sheet),
    at: Date,
    region: &RegionCode,
) -> Vec<CheckFinding> {
    let context = Context { at, region: region.clone() };
    tanheng_filing::run_checks(checks, form, sheet, law, &context)
}

/// A warning as it stays in an outcome: check and rows, without values, which may be secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Warned {
    /// Number of the check.
    pub check: String,
    /// The rows that failed it.
    pub rows: Vec<u64>,
}

/// The warnings among findings, by check.
#[must_use]
pub fn warned(findings: &[CheckFinding]) -> Vec<Warned> {
    let mut rows: BTreeMap<&str, Vec<u64>> = BTreeMap::new();
    for finding in findings.iter().filter(|finding| finding.severity == Severity::Warning) {
        let row = finding.problem.place.as_ref().and_then(|place| place.row);
        rows.entry(&finding.check).or_default().extend(row);
    }
    rows.into_iter().map(|(check, rows)| Warned { check: check.to_owned(), rows }).collect()
}
