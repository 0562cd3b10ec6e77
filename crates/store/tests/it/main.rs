//! The database as its users see it.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::collections::BTreeMap;

use tanheng_base::EnterpriseId;
use tanheng_store::record::{Hundredths, MonthFigure, NOT_DERIVED, TABLES};
use tanheng_store::{
    Cell, Change, Database, Durability, Record, Sql, StoreError, apply, compare_tables,
};

fn figure(month: &str, direct: &str) -> MonthFigure {
    MonthFigure {
        enterprise: EnterpriseId::example(1),
        month: month.parse().unwrap(),
        filing: "f/1".into(),
        direct_e2: Hundredths::from(direct.parse::<tanheng_quantity::Decimal>().unwrap()),
        indirect_e2: Hundredths::from(tanheng_quantity::Decimal::ZERO),
        outputs: "{}".into(),
        standing: "{}".into(),
        trial: false,
        example: true,
        sealed: false,
        entry: 7,
    }
}

#[test]
fn every_table_of_the_database_is_derived_or_listed_and_has_its_columns() {
    let database = Database::in_memory().unwrap();
    let rows =
        database.query("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name", &[]);
    for row in rows.unwrap() {
        let name = row[0].to_string();
        let columns = database.query("SELECT name FROM pragma_table_info($1) ORDER BY cid", &row);
        let columns: Vec<String> = columns.unwrap().iter().map(|row| row[0].to_string()).collect();
        match TABLES.iter().find(|table| table.name == name) {
            Some(table) => assert_eq!(table.columns, columns, "{name}"),
            None => assert!(NOT_DERIVED.iter().any(|(other, _)| *other == name), "{name}"),
        }
    }
}

#[test]
fn records_come_back_and_changes_are_idempotent() {
    let database = Database::in_memory().unwrap();
    let record = figure("2022-03", "454.33");
    for _ in 0..2 {
        apply(&database, &record.put().unwrap()).unwrap();
    }
    let find = || MonthFigure::find(&database, &record.enterprise, record.month).unwrap();
    assert_eq!(find(), Some(record.clone()));
    assert_eq!(MonthFigure::of(&database, &record.enterprise).unwrap().len(), 1);
    let json = serde_json::to_string(&record.put().unwrap()).unwrap();
    assert_eq!(serde_json::from_str::<Change>(&json).unwrap(), record.put().unwrap());
    apply(&database, &record.delete().unwrap()).unwrap();
    assert_eq!(find(), None);
}

#[test]
fn an_amount_that_does_not_fit_its_column_is_refused() {
    assert!(matches!(figure("2022-03", "0.001").put(), Err(StoreError::Scale { .. })));
}

#[test]
fn unknown_tables_and_columns_are_refused() {
    let database = Database::in_memory().unwrap();
    let put = |table: &str, column: &str| Change::Put {
        table: table.into(),
        row: BTreeMap::from([(column.to_owned(), Cell::Integer(1))]),
    };
    for change in [put("journal", "sequence"), put("enterprise", "id; DROP TABLE head")] {
        assert!(matches!(apply(&database, &change), Err(StoreError::Unknown(_))));
    }
}

#[test]
fn parameters_are_positions_not_names() {
    let database = Database::in_memory().unwrap();
    let row = database.row("SELECT $2, $1", &[Cell::from("one"), Cell::from("two")]).unwrap();
    assert_eq!(row.unwrap(), [Cell::from("two"), Cell::from("one")]);
}

#[test]
fn a_failed_transaction_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let database = Database::open(&folder.path().join("book.db"), Durability::Full).unwrap();
    let failed: Result<(), StoreError> = database.write(|sql| {
        apply(sql, &figure("2022-03", "1").put().unwrap())?;
        Err(StoreError::Unknown("on purpose".into()))
    });
    assert!(failed.is_err());
    assert_eq!(MonthFigure::of(&database, &EnterpriseId::example(1)).unwrap(), []);
}

#[test]
fn differences_name_table_and_row() {
    let (left, right) = (Database::in_memory().unwrap(), Database::in_memory().unwrap());
    for month in ["2022-01", "2022-02", "2022-03"] {
        apply(&left, &figure(month, "1").put().unwrap()).unwrap();
        apply(&right, &figure(month, "1").put().unwrap()).unwrap();
    }
    assert_eq!(compare_tables(&left, &right).unwrap().1, []);
    apply(&left, &figure("2022-02", "2").put().unwrap()).unwrap();
    let differences = compare_tables(&left, &right).unwrap().1;
    assert_eq!(differences.len(), 1);
    assert_eq!(differences[0].table, "month_figure");
    assert!(differences[0].row.ends_with("month=2022-02"), "{:?}", differences[0]);
    assert!(differences[0].what.contains("direct_e2 is `200`"), "{:?}", differences[0]);
}

#[test]
fn a_database_of_a_later_release_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("book.db");
    let database = Database::open(&path, Durability::Full).unwrap();
    database.execute("INSERT INTO migration (version, digest) VALUES (99, 'x')", &[]).unwrap();
    drop(database);
    assert!(matches!(
        Database::open(&path, Durability::Full),
        Err(StoreError::Migration { version: 99, .. })
    ));
}
