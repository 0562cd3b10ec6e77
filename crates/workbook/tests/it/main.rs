//! Workbooks from outside the crate.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod import;
mod malformed;
mod properties;
mod remarks;
mod second_tool;
mod template;

use std::collections::BTreeMap;

use tanheng_base::{Lang, Problem};
use tanheng_filing::{Form, Row, Sheet, read_csv};
use tanheng_workbook::{Filled, read_workbook, template};

const LEDGER: &str = include_str!("../../../../rulebooks/cn-hebei/forms/ledger_monthly.toml");
const MONTH: &str = include_str!("../../../../examples/ledgers/power-2022-03.csv");

fn ledger() -> Form {
    Form::parse(LEDGER).unwrap()
}

/// The example ledger of a month.
fn month() -> Sheet {
    read_csv(&ledger(), MONTH.as_bytes()).unwrap()
}

/// A record with every kind of field.
fn application() -> Form {
    Form::parse(include_str!("application.toml")).unwrap()
}

fn sheet_of(form: &Form, rows: &[&[(&str, &str)]]) -> Sheet {
    let cells = |row: &&[(&str, &str)]| -> BTreeMap<String, String> {
        row.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    };
    let rows = (1..).zip(rows).map(|(row, own)| Row { row, cells: cells(own) }).collect();
    Sheet { form: form.id.clone(), form_version: form.version.clone(), rows }
}

/// A sheet as a workbook with all its values.
fn written(form: &Form, sheet: &Sheet, lang: Lang) -> Vec<u8> {
    template(form, &Filled { lang, whole: Some(sheet), ..Filled::default() }).unwrap()
}

/// `cell code` of every problem.
fn places(problems: &[Problem]) -> Vec<String> {
    let place = |problem: &Problem| {
        let cell = problem.place.clone().unwrap_or_default().cell;
        format!("{} {}", cell.unwrap_or("-".to_owned()), problem.code)
    };
    problems.iter().map(place).collect()
}

fn refused(form: &Form, bytes: &[u8]) -> Vec<String> {
    places(&read_workbook(form, bytes).unwrap_err())
}
