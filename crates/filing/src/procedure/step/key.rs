//! The values that tell a case from others of its subject, as they are stored.

use std::collections::{BTreeMap, BTreeSet};

use tanheng_base::Problem;

use super::{Case, Paper, Surroundings, Values, refuse};
use crate::cell::is_unprintable;
use crate::check::read_cell;
use crate::procedure::{Due, Procedure};
use crate::sheet::Row;

/// Longest value of a field that no form of the procedure has, in characters.
const LONGEST: usize = 64;
/// Years that a case can be about.
const YEARS: std::ops::RangeInclusive<i16> = 2000..=2100;

/// The key of a case: each field from the opening form, else as it was given, read by the form
/// of the procedure that has it. What is no field of the key is left out.
pub(super) fn read(
    procedure: &Procedure,
    given: &Values,
    paper: Option<&Paper>,
    around: &Surroundings<'_>,
) -> Result<Values, Vec<Problem>> {
    let first = paper.and_then(|paper| paper.rows.first());
    let mut key = Values::new();
    let mut problems = Vec::new();
    for name in procedure.key.iter().flatten() {
        if let Some(value) = first.and_then(|row| row.get(name)) {
            key.insert(name.clone(), value.clone());
            continue;
        }
        let written = given.get(name).map_or("", |text| text.trim());
        match value(procedure, name, written, around) {
            Ok(value) => {
                key.insert(name.clone(), value);
            }
            Err(problem) => problems.push(*problem),
        }
    }
    if problems.is_empty() { Ok(key) } else { Err(problems) }
}

fn value(
    procedure: &Procedure,
    name: &str,
    written: &str,
    around: &Surroundings<'_>,
) -> Result<String, Box<Problem>> {
    if written.is_empty() {
        return Err(Box::new(refuse::key_missing(name)));
    }
    let forms = procedure.forms().filter_map(|id| around.casebook.form(id));
    let mut fields = forms.filter_map(|form| Some((form, form.field(name)?)));
    if let Some((form, field)) = fields.next() {
        let row = Row { row: 1, cells: BTreeMap::new() };
        let read = read_cell(form, field, &row, written);
        return read.map_err(|problem| Box::new(problem.at(None, Some(name))));
    }
    if written.chars().count() > LONGEST || written.chars().any(is_unprintable) {
        return Err(Box::new(refuse::key_text(name, written, LONGEST)));
    }
    Ok(written.to_owned())
}

/// Every year that the key or a time limit of the procedure names must be one: a time limit
/// whose year cannot be read would never come.
pub(super) fn check_years(procedure: &Procedure, case: &Case) -> Result<(), Vec<Problem>> {
    let of_due = procedure.states.iter().filter_map(|state| match &state.due {
        Some(Due::On { year, .. }) => Some(year.as_str()),
        _ => None,
    });
    let of_key = case.key.keys().map(String::as_str).filter(|name| *name == "year");
    let names: BTreeSet<&str> = of_due.chain(of_key).collect();
    let wrong = |name: &str| {
        let text = case.value(name)?;
        let digits = text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_digit());
        let year = text.parse::<i16>().ok().filter(|year| digits && YEARS.contains(year));
        year.is_none().then(|| refuse::year(name, text, &YEARS))
    };
    let problems: Vec<Problem> = names.into_iter().filter_map(wrong).collect();
    if problems.is_empty() { Ok(()) } else { Err(problems) }
}
