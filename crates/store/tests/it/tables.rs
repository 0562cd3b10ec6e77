//! Tables, rows and statements give the same on each engine.

use tanheng_base::EnterpriseId;
use tanheng_store::record::{
    Enterprise, EnterpriseFilter, Facility, MonthFigure, NOT_DERIVED, Setting, TABLES,
};
use tanheng_store::{
    Cell, Change, Database, Durability, Record, RowScope, Sql, StoreError, apply, compare_tables,
    digest_table,
};
use tanheng_testkit::{Fresh, on_each_engine};

use crate::{figure, open};

#[test]
fn every_table_of_the_database_is_derived_or_listed_and_has_its_columns() {
    on_each_engine(|| {
        let tables = open(&Fresh::new()).tables().unwrap();
        assert_eq!(tables.len(), TABLES.len() + NOT_DERIVED.len());
        for (name, columns) in tables {
            match TABLES.iter().find(|table| table.name == name) {
                Some(table) => assert_eq!(table.columns, columns, "{name}"),
                None => assert!(NOT_DERIVED.iter().any(|(other, _)| *other == name), "{name}"),
            }
        }
    });
}

#[test]
fn twin_migrations_give_the_same_tables_and_columns() {
    let here = Database::in_memory().unwrap().tables().unwrap();
    assert!(here.contains_key("journal") && here["head"] == ["id", "size", "time_ms"]);
    on_each_engine(|| assert_eq!(open(&Fresh::new()).tables().unwrap(), here));
}

#[test]
fn records_come_back_and_changes_are_idempotent() {
    on_each_engine(|| {
        let database = open(&Fresh::new());
        let record = figure("2022-03", "454.33");
        for _ in 0..2 {
            apply(&database, record.put().unwrap()).unwrap();
        }
        let find = || MonthFigure::find(&database, &record.enterprise, record.month).unwrap();
        assert_eq!(find(), Some(record.clone()));
        assert_eq!(MonthFigure::of(&database, &record.enterprise).unwrap().len(), 1);
        let json = serde_json::to_string(&record.put().unwrap()).unwrap();
        assert_eq!(serde_json::from_str::<Change>(&json).unwrap(), record.put().unwrap());
        apply(&database, record.delete().unwrap()).unwrap();
        assert_eq!(find(), None);
    });
}

#[test]
fn an_amount_that_does_not_fit_its_column_is_refused() {
    assert!(matches!(figure("2022-03", "0.001").put(), Err(StoreError::Scale { .. })));
}

#[test]
fn unknown_tables_and_columns_are_refused() {
    let put = |table: &str, column: &str| {
        let json = format!(r#"{{"put":{{"table":"{table}","row":{{"{column}":1}}}}}}"#);
        serde_json::from_str::<Change>(&json).map_err(|error| error.to_string())
    };
    assert!(put("enterprise", "listed").is_ok());
    assert!(put("journal", "sequence").unwrap_err().starts_with("unknown table journal"));
    let strange = put("enterprise", "id; DROP TABLE head").unwrap_err();
    assert!(strange.starts_with("unknown column enterprise.id; DROP TABLE head"), "{strange}");
    let key = r#"{"delete":{"table":"facility","key":{"enterprise":"a"}}}"#;
    let error = serde_json::from_str::<Change>(key).unwrap_err().to_string();
    assert!(error.starts_with("the key of a row of facility is not whole"), "{error}");
}

#[test]
fn parameters_are_positions_not_names() {
    on_each_engine(|| {
        let database = open(&Fresh::new());
        let row = database.row("SELECT $2, $1", &[Cell::from("one"), Cell::from("two")]).unwrap();
        assert_eq!(row.unwrap(), [Cell::from("two"), Cell::from("one")]);
    });
}

#[test]
fn every_kind_of_cell_comes_back_and_null_fits_everywhere() {
    on_each_engine(|| {
        let database = open(&Fresh::new());
        let text = "烟煤 ' \" \\ $1 % _ 😀";
        for (sequence, bytes) in [(i64::MAX, vec![0, 255, 92]), (i64::MIN, Vec::new())] {
            let row = [Cell::Integer(sequence), Cell::from(text), Cell::Bytes(bytes.clone())];
            let insert = "INSERT INTO opening (sequence, part, secret, content) \
                          VALUES ($1, $2, $3, $3)";
            assert_eq!(database.execute(insert, &row).unwrap(), 1);
            let query = "SELECT sequence, part, secret FROM opening WHERE sequence = $1";
            assert_eq!(database.query(query, &row[..1]).unwrap(), [row.to_vec()]);
        }
        // An unlisted enterprise: NULL in a text column; an open tonnage: NULL in a number.
        let query = "SELECT CAST($1 AS TEXT), CAST($2 AS BIGINT)";
        let none = database.row(query, &[Cell::Null, Cell::Null]).unwrap().unwrap();
        assert_eq!(none, [Cell::Null, Cell::Null]);
        let enterprise = named(1, "甲");
        apply(&database, enterprise.put().unwrap()).unwrap();
        assert_eq!(Enterprise::find(&database, &enterprise.id).unwrap(), Some(enterprise));
    });
}

#[test]
fn a_text_with_nul_is_refused_alike() {
    on_each_engine(|| {
        let database = open(&Fresh::new());
        let put = |sql: &Database| {
            let setting = Setting { name: "a\0".into(), value: "v".into(), entry: 1 };
            apply(sql, setting.put()?)
        };
        assert!(matches!(put(&database), Err(StoreError::Nul)));
        assert!(matches!(database.write(put), Err(StoreError::Nul)));
        assert!(matches!(Setting::find(&database, "\0"), Err(StoreError::Nul)));
    });
}

#[test]
fn a_parameter_of_another_kind_is_refused() {
    on_each_engine(|| {
        let database = open(&Fresh::new());
        let insert = "INSERT INTO setting (name, value, entry) VALUES ($1, $2, $3)";
        let row = [Cell::from("a"), Cell::from("b"), Cell::Null];
        assert!(matches!(database.execute(insert, &row), Err(StoreError::Engine(_))));
    });
}

fn named(serial: u32, name: &str) -> Enterprise {
    Enterprise {
        id: EnterpriseId::example(serial),
        name: name.to_owned(),
        region: "130100".parse().unwrap(),
        industry: "steel".parse().unwrap(),
        example: true,
        listed: None,
        entry: i64::from(serial),
    }
}

#[test]
fn names_are_searched_letter_by_letter() {
    on_each_engine(|| {
        let database = open(&Fresh::new());
        let names = ["示例钢铁", "A_b%", "a_B%", "100%", "x\\y", "Ä"];
        for (serial, name) in (1..).zip(names) {
            apply(&database, named(serial, name).put().unwrap()).unwrap();
        }
        let find = |text: &str| -> Vec<String> {
            let filter = EnterpriseFilter { text: Some(text.to_owned()), ..Default::default() };
            let found = Enterprise::list(&database, &RowScope::All, &filter, 100).unwrap();
            found.into_iter().map(|enterprise| enterprise.name).collect()
        };
        assert_eq!(find("钢"), ["示例钢铁"]);
        assert_eq!(find("%"), ["A_b%", "a_B%", "100%"]);
        assert_eq!(find("A_"), ["A_b%"]);
        assert_eq!(find("\\"), ["x\\y"]);
        assert_eq!(find("ä"), Vec::<String>::new());
        assert_eq!(find(&EnterpriseId::example(4).as_str()[8..]), ["100%"]);
        assert_eq!(find("").len(), names.len());
        assert_eq!(find("x\0").len(), 0);
    });
}

#[test]
fn lists_are_narrowed_and_go_on_after_a_key() {
    on_each_engine(|| {
        let database = open(&Fresh::new());
        for serial in 1..=9 {
            let mut one = named(serial, "a");
            one.region = ["130100", "130200"][usize::from(serial % 2 == 0)].parse().unwrap();
            apply(&database, one.put().unwrap()).unwrap();
        }
        let list = |scope: RowScope, filter: EnterpriseFilter| -> Vec<i64> {
            let found = Enterprise::list(&database, &scope, &filter, 3).unwrap();
            found.into_iter().map(|enterprise| enterprise.entry).collect()
        };
        let odd = RowScope::Region("130100".parse().unwrap());
        assert_eq!(list(RowScope::All, EnterpriseFilter::default()).len(), 3);
        assert_eq!(list(RowScope::Nothing, EnterpriseFilter::default()).len(), 0);
        let first = list(odd.clone(), EnterpriseFilter::default());
        assert!(first.iter().all(|entry| entry % 2 == 1), "{first:?}");
        let last = u32::try_from(*first.last().unwrap()).unwrap();
        let after = Some(EnterpriseId::example(last));
        let rest = list(odd.clone(), EnterpriseFilter { after, ..Default::default() });
        assert_eq!(rest.len(), 2);
        let even = Some("130200".parse().unwrap());
        assert!(list(odd, EnterpriseFilter { region: even, ..Default::default() }).is_empty());
        let paper = Some("paper".parse().unwrap());
        let none = list(RowScope::All, EnterpriseFilter { industry: paper, ..Default::default() });
        assert!(none.is_empty());
    });
}

#[test]
fn rows_lie_in_the_order_of_their_bytes_and_have_the_same_digest() {
    let names = ["é", "e", "E", "z", "Z", "-", "_", "a b", "ab", "中", "\u{1F600}", "a-b", "A"];
    let fill = |sql: &Database| {
        for name in names {
            let setting = Setting { name: name.into(), value: "v".into(), entry: 1 };
            apply(sql, setting.put().unwrap()).unwrap();
            let facility = Facility {
                enterprise: EnterpriseId::example(1),
                id: format!("{name}1").parse().unwrap(),
                name: name.into(),
                entry: 2,
            };
            apply(sql, facility.put().unwrap()).unwrap();
        }
    };
    let here = Database::in_memory().unwrap();
    fill(&here);
    on_each_engine(|| {
        let fresh = Fresh::new();
        let database = open(&fresh);
        fill(&database);
        let rows = database.query("SELECT name FROM setting ORDER BY name", &[]).unwrap();
        assert!(rows.is_sorted() && rows.len() == names.len(), "{rows:?}");
        for table in [Setting::TABLE, Facility::TABLE] {
            let digest = digest_table(&database, table).unwrap();
            assert_eq!(digest, digest_table(&here, table).unwrap());
            assert_eq!(digest.rows, 13);
        }
        assert_eq!(compare_tables(&database, &here).unwrap().1, []);
    });
}

#[test]
fn differences_name_table_and_row() {
    on_each_engine(|| {
        let (left, right) = (open(&Fresh::new()), Database::in_memory().unwrap());
        for month in ["2022-01", "2022-02", "2022-03"] {
            apply(&left, figure(month, "1").put().unwrap()).unwrap();
            apply(&right, figure(month, "1").put().unwrap()).unwrap();
        }
        assert_eq!(compare_tables(&left, &right).unwrap().1, []);
        apply(&left, figure("2022-02", "2").put().unwrap()).unwrap();
        let differences = compare_tables(&left, &right).unwrap().1;
        assert_eq!(differences.len(), 1);
        assert_eq!(differences[0].table, "month_figure");
        assert!(differences[0].row.ends_with("month=2022-02"), "{:?}", differences[0]);
        assert!(differences[0].what.contains("direct_e2 is `200`"), "{:?}", differences[0]);
    });
}

#[test]
fn a_database_of_a_later_release_is_refused() {
    on_each_engine(|| {
        let fresh = Fresh::new();
        let database = open(&fresh);
        database.execute("INSERT INTO migration (version, digest) VALUES (99, 'x')", &[]).unwrap();
        drop(database);
        assert!(matches!(
            Database::open(&fresh.address, Durability::Full),
            Err(StoreError::Migration { version: 99, .. })
        ));
    });
}
