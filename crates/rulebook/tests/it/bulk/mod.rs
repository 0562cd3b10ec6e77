//! Many records in columns give what each gives singly: results, errors, and what they rest on.

mod generated;
mod real_packs;

use tanheng_rulebook::{Bulk, Columns, Context, Rulebook};

use crate::small_pack::{METHOD, load, pack};
use generated::MadeUp;

/// Evaluates columns both ways and compares all that can be seen; how many records took the single
/// path though they have a result.
fn same_as_single(
    what: &str,
    book: &Rulebook,
    bulk: &Bulk<'_>,
    columns: &Columns,
    context: &Context,
) -> usize {
    let results = bulk.evaluate(columns);
    let method = bulk.method();
    assert_eq!(results.len(), columns.rows());
    let mut bases = Vec::new();
    let mut wrong = 0;
    for row in 0..columns.rows() {
        let inputs = columns.record(row);
        let single = book.evaluate(&method.id, &inputs, context);
        let expected = single.as_ref().map(|evaluation| evaluation.result.clone());
        let found = results.get(row);
        assert_eq!(
            found.as_ref(),
            expected.as_ref().map_err(|error| *error),
            "{what}, {row}: {inputs:?}"
        );
        match single {
            Err(_) => wrong += 1,
            Ok(evaluation) => {
                if let Some(numbers) = results.numbers() {
                    let number = evaluation.result.number().unwrap();
                    assert_eq!(
                        number.value.to_decimal(),
                        Some(numbers.decimal(row)),
                        "{what}, {row}"
                    );
                    assert_eq!(number.unit, *numbers.unit);
                }
                for basis in evaluation.bases {
                    if !bases.contains(&basis) {
                        bases.push(basis);
                    }
                }
            }
        }
    }
    let told: Vec<usize> = results.errors().map(|(row, _)| row).collect();
    assert_eq!(told.len(), wrong, "{what}: every error is told");
    let mut own = results.grounds().bases.clone();
    let key = |basis: &tanheng_rulebook::Basis| format!("{basis:?}");
    bases.sort_by_key(key);
    own.sort_by_key(key);
    assert_eq!(own, bases, "{what}: what the results rest on");
    results.singly() - wrong
}

/// How far a run of made-up methods came.
#[derive(Debug, Default)]
struct Tally {
    methods: usize,
    records: usize,
    singly: usize,
}

fn tried(seeds: std::ops::Range<u64>, rows: usize) -> Tally {
    let mut tally = Tally::default();
    for seed in seeds {
        let mut made_up = MadeUp::new(seed);
        let Some(book) = made_up.book() else { continue };
        let context =
            Context { at: "2022-06-30".parse().unwrap(), region: "130000".parse().unwrap() };
        let bulk = book.bulk(&"p.half".parse().unwrap(), &context).unwrap();
        let columns = made_up.columns(rows);
        tally.singly += same_as_single(&format!("seed {seed}"), &book, &bulk, &columns, &context);
        tally.methods += 1;
        tally.records += rows;
    }
    tally
}

#[test]
fn made_up_methods_and_records() {
    let tally = tried(0..1200, 60);
    assert!(tally.methods > 600, "most methods are sound: {tally:?}");
    assert!(tally.singly * 2 < tally.records, "most records go in columns: {tally:?}");
}

#[test]
fn made_up_methods_over_several_blocks() {
    let tally = tried(10_000..10_040, 2_300);
    assert!(tally.singly * 2 < tally.records, "most records go in columns: {tally:?}");
}

fn half() -> (Rulebook, Context) {
    let context = Context { at: "2022-06-30".parse().unwrap(), region: "130000".parse().unwrap() };
    (load(pack(&[("methods/half.toml", METHOD)])), context)
}

#[test]
fn records_within_the_declaration_never_go_singly() {
    let (book, context) = half();
    let bulk = book.bulk(&"p.half".parse().unwrap(), &context).unwrap();
    let values: Vec<i64> = (0..5_000).map(|row| row * 199).collect();
    let columns = Columns::new(values.len()).numbers("mass", "t".parse().unwrap(), 3, values);
    assert_eq!(same_as_single("half", &book, &bulk, &columns, &context), 0);
    let results = bulk.evaluate(&columns);
    let numbers = results.numbers().unwrap();
    assert_eq!((numbers.scale, numbers.unit.to_string().as_str()), (4, "t"));
    assert_eq!(numbers.narrow().unwrap()[..3], [0, 199, 398]);
    assert!(!results.trial());
}

#[test]
fn some_of_the_rows_are_the_same_as_all() {
    let (book, context) = half();
    let bulk = book.bulk(&"p.half".parse().unwrap(), &context).unwrap();
    let values: Vec<i64> = (0..4_000).map(|row| row * 300 - 5_000).collect();
    let columns = Columns::new(values.len()).numbers("mass", "t".parse().unwrap(), 3, values);
    let all = bulk.evaluate(&columns);
    for rows in [0..0, 0..1, 5..2_050, 3_999..4_000, 1_024..4_000] {
        let some = bulk.evaluate_rows(&columns, rows.clone());
        assert_eq!(some.len(), rows.len());
        for (own, row) in rows.enumerate() {
            assert_eq!(some.get(own), all.get(row), "{row}");
        }
    }
}

#[test]
fn a_method_that_does_not_hold_is_refused_for_all() {
    let (book, context) = half();
    let unknown = book.bulk(&"p.third".parse().unwrap(), &context).unwrap_err();
    assert_eq!(unknown.code(), "method.unknown");
    let early = Context { at: "2021-12-31".parse().unwrap(), ..context.clone() };
    let error = book.bulk(&"p.half".parse().unwrap(), &early).unwrap_err();
    assert_eq!(error.code(), "method.not_in_force");
    let nowhere = Context { region: "999999".parse().unwrap(), ..context };
    let error = book.bulk(&"p.half".parse().unwrap(), &nowhere).unwrap_err();
    assert_eq!(error.code(), "rulebook.unknown_region");
}

#[test]
fn an_empty_column_is_missing_in_every_record() {
    let (book, context) = half();
    let bulk = book.bulk(&"p.half".parse().unwrap(), &context).unwrap();
    let results = bulk.evaluate(&Columns::new(3));
    let codes: Vec<&str> = results.errors().map(|(_, error)| error.code()).collect();
    assert_eq!(codes, ["input.missing"; 3]);
    assert!(bulk.evaluate(&Columns::new(0)).is_empty());
}
