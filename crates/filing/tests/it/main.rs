//! The ledger form and its readers, from outside the crate.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod casework;
mod catalogue;
mod definition;
mod ledger;
mod properties;
mod record;
mod robustness;
mod step;

use tanheng_base::{Lang, Problem};
use tanheng_filing::{Form, Sheet, read_csv};

const LEDGER: &str = include_str!("../../../../rulebooks/cn-hebei/forms/ledger_monthly.toml");

fn ledger() -> Form {
    Form::parse(LEDGER).unwrap()
}

/// A sheet of the given rows under all headings of the ledger.
fn csv(rows: &[&str]) -> String {
    format!("{}\n{}\n", ledger().csv_header(Lang::Zh), rows.join("\n"))
}

fn read(rows: &[&str]) -> Result<Sheet, Vec<Problem>> {
    read_csv(&ledger(), csv(rows).as_bytes())
}

/// `row column code` of every problem.
fn places(problems: &[Problem]) -> Vec<String> {
    let place = |problem: &Problem| {
        let place = problem.place.clone().unwrap_or_default();
        let row = place.row.map_or("-".to_owned(), |row| row.to_string());
        format!("{row} {} {}", place.column.unwrap_or("-".to_owned()), problem.code)
    };
    problems.iter().map(place).collect()
}

fn refused(rows: &[&str]) -> Vec<String> {
    places(&read(rows).unwrap_err())
}
