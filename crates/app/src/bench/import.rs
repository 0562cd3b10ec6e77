//! A ledger of many rows as a workbook, and what becomes of it: read, checked, computed.

use std::collections::BTreeMap;

use tanheng_base::{Month, RegionCode};
use tanheng_filing::{Row, Sheet};
use tanheng_inventory::{Line, Setting, compute_month};
use tanheng_quantity::Decimal;
use tanheng_rulebook::Rulebook;
use tanheng_workbook::{Filled, template};

use crate::form::{self, Media};
use crate::{Failure, ledger};

/// What became of a ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accounted {
    /// Rows that were read.
    pub rows: usize,
    /// What the checks found.
    pub findings: usize,
    /// Direct emission in tCO2.
    pub direct: Decimal,
}

/// A ledger of so many rows as a workbook: coal and gas measured in turns, electricity, output.
///
/// # Errors
/// When the law has no form for ledgers, or a row does not fit it.
pub fn ledger_workbook(law: &Rulebook, rows: usize) -> Result<Vec<u8>, Failure> {
    let form = ledger::form(law)?;
    let own = (1..).take(rows).map(|row| Row { row, cells: cells(row) }).collect();
    let sheet = Sheet { form: form.id.clone(), form_version: form.version.clone(), rows: own };
    let rows = tanheng_filing::check(&form, &sheet)?;
    let sheet = Sheet { rows, ..sheet };
    let filled = Filled { whole: Some(&sheet), ..Filled::default() };
    Ok(template(&form, &filled)?)
}

fn cells(row: u64) -> BTreeMap<String, String> {
    let amount = format!("{}.{}", 1_000 + row * 37 % 50_000, 1 + row % 9);
    let source = format!("排放源 {row}");
    let fuel = |material, unit, ncv, carbon| {
        vec![
            ("kind", "fuel"),
            ("material", material),
            ("unit", unit),
            ("ncv", ncv),
            ("carbon_content", carbon),
            ("oxidation", "0.99"),
        ]
    };
    let mut named = match row % 4 {
        0 => vec![("kind", "electricity"), ("unit", "MWh")],
        1 => fuel("烟煤", "t", "22.334", "0.02618"),
        2 => fuel("天然气", "10^4Nm3", "389.31", "0.01532"),
        _ => vec![("kind", "output"), ("material", "供电量"), ("unit", "MWh")],
    };
    named.extend([
        ("facility", "1号机组"),
        ("source", &source),
        ("amount", &amount),
        ("determination", "measured"),
        ("meter", "皮带秤 BC-01"),
        ("evidence", "检测报告 2022-03-017"),
    ]);
    named.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

/// Reads a workbook, runs the checks on it and computes the month, as filing it does before it is
/// stored.
///
/// # Errors
/// Everything wrong with the workbook; what the calculation refuses.
pub fn account(
    law: &Rulebook,
    bytes: &[u8],
    month: Month,
    (industry, region): (&str, &RegionCode),
) -> Result<Accounted, Failure> {
    let form = ledger::form(law)?;
    let sheet = form::read(&form, Media::Xlsx, bytes)?.sheet;
    let checks = form::checks(law)?;
    let findings = form::run_checks(law, &checks, (&form, &sheet), month.last_day(), region);
    let lines: Vec<Line> =
        sheet.rows.iter().map(|row| ledger::line(&form, row)).collect::<Result<_, _>>()?;
    let industry = industry.parse().map_err(|_| Failure::Evidence(industry.to_owned()))?;
    let setting = Setting { rulebook: law, industry, region: region.clone() };
    let figure = compute_month(&setting, month, &lines)?;
    let direct = figure.sum.direct;
    Ok(Accounted { rows: sheet.rows.len(), findings: findings.len(), direct })
}
