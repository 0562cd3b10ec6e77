//! Every method of the packs of this repository, on records within its declaration and beyond.

use tanheng_base::Date;
use tanheng_quantity::{Rational, Rounding, RoundingMode};
use tanheng_rulebook::model::{Input, InputKind, NumberInput, UnitChoice};
use tanheng_rulebook::{Columns, Context, Rulebook};

use super::generated::Seeded;
use super::same_as_single;
use crate::packs::{binding, with_example};

const ROWS: usize = 150;

/// Words that keys of tables have: where an input takes any text, some of them are met.
fn table_words(book: &Rulebook) -> Vec<String> {
    let rows = book.tables().flat_map(|table| &table.rows);
    let mut words: Vec<String> = rows.flat_map(|row| row.keys.clone()).collect();
    words.sort();
    words.dedup();
    words.push("nothing of the kind".to_owned());
    words
}

fn whole(bound: Option<Rational>, otherwise: i64, power: i64) -> i64 {
    let cut = bound.map(|bound| bound.round(Rounding::new(0, RoundingMode::Down)).unwrap());
    let cut = cut.map_or(otherwise, |cut| i64::try_from(cut.mantissa()).unwrap());
    cut.saturating_mul(power).clamp(-1_000_000_000_000_000_000, 1_000_000_000_000_000_000)
}

/// A column of numbers; one record in so many lies outside the declared range.
fn numbers(
    columns: Columns,
    input: &Input,
    declared: &NumberInput,
    seeded: &mut Seeded,
    chosen: usize,
) -> Columns {
    let (UnitChoice::OneOf(units) | UnitChoice::Follows { units, .. }) = &declared.unit;
    let unit = units.get(chosen).unwrap_or(&units[0]).clone();
    let scale = declared.places.unwrap_or(3);
    let power = 10i64.pow(u32::from(scale));
    let low = whole(declared.min, -1_000, power);
    let mut high = whole(declared.max, 1_000_000, power);
    if seeded.once_in(2) {
        high = high.min(low.saturating_add(1_000 * power));
    }
    let values = (0..columns.rows()).map(|_| {
        let width = u64::try_from(high - low).unwrap().max(1);
        let inside = low + i64::try_from(seeded.below(width)).unwrap();
        match seeded.below(60) {
            0 => low - 1,
            1 => high + 1,
            2 => low,
            3 => high,
            _ => inside,
        }
    });
    let values = values.collect();
    columns.numbers(&input.name, unit, scale, values)
}

fn column(
    columns: Columns,
    input: &Input,
    words: &[String],
    seeded: &mut Seeded,
    chosen: usize,
) -> Columns {
    let all: Vec<String> = match &input.kind {
        InputKind::Number(declared) => return numbers(columns, input, declared, seeded, chosen),
        InputKind::Choice { values, .. } => values.clone(),
        InputKind::Text => words.to_vec(),
        InputKind::Bool => vec!["true".to_owned(), "false".to_owned()],
        InputKind::Date => vec!["2022-06-30".to_owned(), "2023-01-01".to_owned()],
        InputKind::Year => (2019..2026).map(|year: i32| year.to_string()).collect(),
    };
    if seeded.once_in(3) {
        return columns.constant(&input.name, all[seeded.index(all.len())].as_str());
    }
    let codes = (0..columns.rows()).map(|_| u32::try_from(seeded.index(all.len())).unwrap());
    let codes = codes.collect();
    columns.texts(&input.name, all, codes)
}

/// Tries every version of every method; how many records of how many went singly.
fn every_method(book: &Rulebook) -> (usize, usize) {
    let words = table_words(book);
    let (mut records, mut singly) = (0, 0);
    for (index, method) in book.methods().enumerate() {
        for (round, region) in ["130000", method.region.as_str()].into_iter().enumerate() {
            let mut seeded = Seeded::new(u64::try_from(index * 100 + round).unwrap());
            let later = [Date::constant(2022, 12, 31), Date::constant(2024, 12, 31)][round];
            let at = if method.holds_on(later) { later } else { method.from };
            let context = Context { at, region: region.parse().unwrap() };
            let Ok(bulk) = book.bulk(&method.id, &context) else { continue };
            let mut columns = Columns::new(ROWS);
            for input in &bulk.method().inputs {
                columns = column(columns, input, &words, &mut seeded, round);
            }
            let what = format!("{} on {at} in {region}", method.id);
            singly += same_as_single(&what, book, &bulk, &columns, &context);
            records += ROWS;
        }
    }
    (records, singly)
}

#[test]
fn every_method_of_the_binding_packs() {
    let (records, singly) = every_method(binding());
    assert!(records > 10 * ROWS, "{records}");
    assert!(singly < records, "{singly} of {records}");
}

#[test]
fn every_method_with_the_example_pack() {
    every_method(with_example());
}

#[test]
fn emission_from_coal_goes_in_columns() {
    let book = binding();
    let context = Context { at: Date::constant(2023, 6, 30), region: "130000".parse().unwrap() };
    let bulk = book.bulk(&"cn.power.combustion.coal".parse().unwrap(), &context).unwrap();
    let mut seeded = Seeded::new(7);
    let rows = 3_000;
    let mut column = |low: u64, high: u64| -> Vec<i64> {
        (0..rows).map(|_| i64::try_from(low + seeded.below(high - low)).unwrap()).collect()
    };
    // As declared for months of a power plant: tonnes with 4 places, and so on, all at once.
    let columns = Columns::new(rows)
        .numbers("consumption", "t".parse().unwrap(), 4, column(0, 10_000_000_000))
        .numbers("ncv", "GJ/t".parse().unwrap(), 6, column(15_000_000, 30_000_000))
        .numbers("carbon_content", "tC/GJ".parse().unwrap(), 8, column(2_000_000, 3_100_000))
        .numbers("oxidation", "1".parse().unwrap(), 6, column(900_000, 1_000_001));
    assert_eq!(same_as_single("coal", book, &bulk, &columns, &context), 0);
}
