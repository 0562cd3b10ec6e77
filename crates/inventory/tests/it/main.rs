//! Figures, classes and obligations by the shipped rulebook packs, from outside the crate.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod classes;
mod figures;
mod lines;
mod obligations;
mod packs;
mod population;
mod stored;
mod versions;

use std::collections::BTreeMap;

use tanheng_base::{Month, Problem, Year};
use tanheng_inventory::{Determination, Figure, Line, LineKind, Setting, Standing};
use tanheng_quantity::{Decimal, Quantity};
use tanheng_rulebook::Rulebook;

use packs::{law, with_example};

fn setting<'a>(rulebook: &'a Rulebook, industry: &str) -> Setting<'a> {
    Setting { rulebook, industry: industry.parse().unwrap(), region: "130200".parse().unwrap() }
}

fn month(text: &str) -> Month {
    text.parse().unwrap()
}

fn year(text: &str) -> Year {
    text.parse().unwrap()
}

fn decimal(text: &str) -> Decimal {
    text.parse().unwrap()
}

fn quantity(text: &str) -> Quantity {
    text.parse().unwrap()
}

/// A line of one kind with nothing but its amount.
fn line(kind: LineKind, material: &str, amount: &str) -> Line {
    Line {
        row: 2,
        facility: "1号机组".parse().unwrap(),
        source: "锅炉".parse().unwrap(),
        kind,
        material: material.to_owned(),
        amount: quantity(amount),
        ncv: None,
        carbon_content: None,
        oxidation: None,
        determination: Determination::Default,
        meter: None,
        evidence: None,
    }
}

/// A fuel with measured parameters.
fn fuel(material: &str, amount: &str, ncv: &str, carbon: &str, oxidation: &str) -> Line {
    Line {
        ncv: Some(quantity(ncv)),
        carbon_content: Some(quantity(&format!("{carbon} tC/GJ"))),
        oxidation: Some(oxidation.parse().unwrap()),
        determination: Determination::Measured,
        ..line(LineKind::Fuel, material, amount)
    }
}

fn figure(direct: &str, total: &str) -> Figure {
    Figure::stated(decimal(direct), decimal(total)).unwrap()
}

fn trial(figure: Figure) -> Figure {
    Figure { standing: Standing { trial: true, ..Standing::default() }, ..figure }
}

fn outputs(products: &[(&str, &str)]) -> BTreeMap<String, Quantity> {
    products.iter().map(|(name, amount)| ((*name).to_owned(), quantity(amount))).collect()
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
