//! Invented ledgers: the rows a filer of an example enterprise would write.

use std::collections::BTreeMap;

use tanheng_base::Month;
use tanheng_filing::{Form, Row, Sheet};

use super::enterprise::{Fuel, Invented};
use super::random::Random;

/// A ledger as it is filed first, or after a slip was found in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Writing {
    /// As it is.
    Right,
    /// With the first fuel read wrongly from the scale: too little.
    Slip,
}

/// The ledger of a month.
pub(super) fn sheet(
    form: &Form,
    enterprise: &Invented,
    month: Month,
    seed: u64,
    writing: Writing,
) -> Sheet {
    let number = u32::from(month.number().unsigned_abs());
    let mut random = Random::of(seed ^ u64::from(number), "ledger", enterprise.index);
    let season = match month.number() {
        1 | 2 | 12 => 1_060,
        7 | 8 => 1_020,
        _ => 970,
    };
    let product = enterprise.monthly_product * season / 1_000 * random.between(960, 1_040) / 1_000;
    let mut rows = Vec::new();
    let number = |rows: &Vec<Row>| u64::try_from(rows.len()).unwrap_or_default() + 2;
    for (place, fuel) in enterprise.profile.fuels.iter().enumerate() {
        let slip = writing == Writing::Slip && place == 0;
        let cells = fuel_cells(enterprise, fuel, product, slip, &mut random);
        rows.push(Row { row: number(&rows), cells });
    }
    let bought = product * 10 / 1_000 * enterprise.profile.electricity / 1_000;
    let electricity = [
        ("source", "外购电".to_owned()),
        ("kind", "electricity".to_owned()),
        ("amount", decimal(bought, 3)),
        ("unit", "MWh".to_owned()),
        ("determination", "measured".to_owned()),
        ("meter", "关口表 EM-01".to_owned()),
        ("evidence", format!("电费结算单 {month}")),
    ];
    rows.push(Row { row: number(&rows), cells: cells(enterprise, electricity) });
    let (product, places) =
        if enterprise.profile.product_unit == "MWh" { (product * 10, 3) } else { (product, 2) };
    let output = [
        ("source", "产品".to_owned()),
        ("kind", "output".to_owned()),
        ("material", enterprise.profile.product.to_owned()),
        ("amount", decimal(product, places)),
        ("unit", enterprise.profile.product_unit.to_owned()),
        ("determination", "measured".to_owned()),
        ("meter", "计量台账 PM-01".to_owned()),
        ("evidence", format!("生产月报 {month}")),
    ];
    rows.push(Row { row: number(&rows), cells: cells(enterprise, output) });
    Sheet { form: form.id.clone(), form_version: form.version.clone(), rows }
}

fn fuel_cells(
    enterprise: &Invented,
    fuel: &Fuel,
    product: i64,
    slip: bool,
    random: &mut Random,
) -> BTreeMap<String, String> {
    let amount = product * fuel.per_product / 1_000_000 * enterprise.efficiency / 1_000;
    let amount = if slip { amount * 9 / 10 } else { amount }.max(1);
    let mut named = vec![
        ("source", format!("{}燃烧", fuel.material)),
        ("kind", "fuel".to_owned()),
        ("material", fuel.material.to_owned()),
        ("amount", decimal(amount, 2)),
        ("unit", fuel.unit.to_owned()),
        ("meter", "皮带秤 BC-01".to_owned()),
        ("evidence", "入炉煤化验报告".to_owned()),
    ];
    match fuel.quality {
        Some((ncv, carbon)) => {
            // A gas is given per ten thousand normal cubic metres, ten times the coal's.
            let ncv = ncv * random.between(985, 1_015) / 1_000;
            let ncv = if fuel.unit == "t" { ncv } else { ncv * 10 };
            named.push(("ncv", decimal(ncv, 3)));
            named.push(("carbon_content", decimal(carbon + random.between(-12, 12), 5)));
            named.push(("oxidation", "99%".to_owned()));
            named.push(("determination", "measured".to_owned()));
        }
        None => named.push(("determination", "default".to_owned())),
    }
    cells(enterprise, named)
}

fn cells(
    enterprise: &Invented,
    named: impl IntoIterator<Item = (&'static str, String)>,
) -> BTreeMap<String, String> {
    let mut cells: BTreeMap<String, String> =
        named.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    cells.insert("facility".to_owned(), enterprise.profile.facility.to_owned());
    cells
}

/// A number of smallest units with a decimal point.
fn decimal(units: i64, places: u8) -> String {
    let decimal = tanheng_quantity::Decimal::new(i128::from(units), places);
    decimal.map_or_else(|_| units.to_string(), |decimal| decimal.to_string())
}
