//! Whatever is changed in the database behind the book's back is found, and named.
//!
//! Every column of every table is changed by one byte through a connection of its own, the
//! finding is read, and the old value is put back.

use std::collections::BTreeMap;
use std::fs;
use std::sync::Arc;

use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};
use tanheng_app::case::{Act, Open, Values};
use tanheng_app::content::Erase;
use tanheng_app::{Book, Executor, Failure, audit, replay};
use tanheng_base::{FixedClock, Instant};
use tanheng_rulebook::PackFiles;
use tanheng_store::record::{NOT_DERIVED, TABLES};
use tanheng_store::{Database, Durability};

use crate::desk::id;
use crate::province::Province;

/// Six enterprises among whom everything happens: a slip with its correction, an
/// explanation, a member of the example list, classes, a register, obligations.
const ENTERPRISES: u32 = 6;
const SEED: u64 = 0;

const FORM: &str = r#"
id = "test.tamper.form"
version = "1"
title = { zh = "表", en = "Form" }
period = "year"
document = "hebei-2022-145"
clause = "一"
max_rows = 1
max_bytes = 1000
unique = []
[[field]]
name = "level"
title = { zh = "等级", en = "Level" }
help = { zh = "等级", en = "level" }
kind = "text"
required = true
"#;

const REGISTER: &str = r#"
id = "test.tamper.register"
version = "1"
title = { zh = "名录", en = "Register" }
document = "hebei-2022-145"
clause = "一"
checked = "official"
member = "enterprise"
columns = ["level"]
"#;

/// A case of it leaves a row in every table of casework.
const PROCEDURE: &str = r#"
id = "test.tamper"
version = "1"
title = { zh = "列入", en = "Listing" }
document = "hebei-2022-145"
clause = "一"
checked = "official"
area = "carbon"
subject = "enterprise"
start = "filed"
[open]
title = { zh = "提出", en = "Open" }
role = ["province"]
form = "test.tamper.form"
[[state]]
name = "filed"
title = { zh = "待办", en = "Filed" }
with = "province"
[[state]]
name = "listed"
title = { zh = "已列入", en = "Listed" }
end = true
[[action]]
name = "list"
title = { zh = "列入", en = "List" }
from = ["filed"]
to = "listed"
role = ["province"]
notice = "test.tamper.notice"
effect = [{ register = "test.tamper.register", enter = true }]
[[notice]]
id = "test.tamper.notice"
title = { zh = "通知", en = "Notice" }
number = "测〔{year}〕{serial}号"
to = "enterprise"
served = ["electronic"]
"#;

/// The procedure of this test in the place of all others, which would only take time to read.
fn one_procedure(pack: &mut PackFiles) {
    let elsewhere = ["procedures/", "registers/", "rehearsals/"];
    pack.files.retain(|path, _| {
        let form = path.starts_with("forms/") && path != "forms/ledger_monthly.toml";
        !form && !elsewhere.iter().any(|folder| path.starts_with(folder))
    });
    if pack.id.as_str() == "cn-hebei" {
        for (path, text) in [
            ("forms/tamper.toml", FORM),
            ("registers/tamper.toml", REGISTER),
            ("procedures/tamper.toml", PROCEDURE),
        ] {
            pack.files.insert(path.to_owned(), text.to_owned());
        }
    }
}

/// A case from its opening to its end.
fn case(executor: &Executor, raw: &Connection) {
    let query = "SELECT id FROM enterprise ORDER BY id LIMIT 1";
    let enterprise: String = raw.query_row(query, [], |row| row.get(0)).unwrap();
    let open = Open {
        procedure: "test.tamper".parse().unwrap(),
        enterprise: Some(enterprise.parse().unwrap()),
        region: None,
        key: Values::default(),
        rows: vec![Values::from([("level".to_owned(), "一".to_owned())])],
    };
    let opened = executor.run(&id("province"), None, open).unwrap();
    let case = opened.fields["case"].as_str().unwrap().parse().unwrap();
    let act = Act { case, action: "list".to_owned(), rows: Vec::new() };
    executor.run(&id("province"), None, act).unwrap();
}

/// What was found: table and row.
type Found = Vec<(String, String)>;

struct Tampering {
    province: Province,
    raw: Connection,
    sql: Database,
}

impl Tampering {
    fn new() -> Self {
        let (province, count) = Province::played_under(ENTERPRISES, SEED, one_procedure);
        let clock = Arc::new(FixedClock::new(Instant(0)));
        let executor = Executor::start(&province.book, clock, Durability::Full).unwrap();
        let raw = Connection::open(province.book.address().path().unwrap()).unwrap();
        let query = "SELECT entry FROM filing WHERE period = '2022-03' ORDER BY id LIMIT 1";
        let entry = raw.query_row(query, [], |row| row.get(0)).unwrap();
        let erase = Erase { entry, reason: "示例".to_owned() };
        executor.run(&id("security"), None, erase).unwrap();
        case(&executor, &raw);
        drop(executor);
        assert!(count.acknowledged.len() > 80);
        raw.pragma_update(None, "ignore_check_constraints", "on").unwrap();
        let sql = province.book.reader().unwrap();
        Self { province, raw, sql }
    }

    fn book(&self) -> &Book {
        &self.province.book
    }

    /// What replay finds. Content that it cannot read is for audit to name.
    fn replay(&self) -> Found {
        match replay(&self.sql, |_, _| {}) {
            Ok(replayed) => {
                let found = replayed.differences.into_iter();
                found.map(|found| (found.table.to_owned(), found.row)).collect()
            }
            Err(Failure::Unreadable { .. } | Failure::Store(_)) => Vec::new(),
            Err(failure) => panic!("{failure}"),
        }
    }

    fn audit(&self) -> Found {
        let audited = audit(self.book(), &self.sql, None, |_, _| {}).unwrap();
        let found = audited.findings.into_iter();
        found.map(|found| (found.table.to_owned(), found.row)).collect()
    }

    fn strings(&self, query: &str) -> Vec<String> {
        let mut statement = self.raw.prepare(query).unwrap();
        let rows = statement.query_map([], |row| row.get(0)).unwrap();
        rows.map(Result::unwrap).collect()
    }

    /// The columns of a table and its key.
    fn columns(&self, table: &str) -> (Vec<String>, Vec<String>) {
        let query = |rest: &str| format!("SELECT name FROM pragma_table_info('{table}') {rest}");
        (self.strings(&query("")), self.strings(&query("WHERE pk > 0 ORDER BY pk")))
    }

    /// All rows of a table, column → value, by key.
    fn rows(&self, table: &str) -> Vec<BTreeMap<String, Value>> {
        let (columns, key) = self.columns(table);
        let (list, order) = (columns.join(", "), key.join(", "));
        let query = format!("SELECT {list} FROM {table} ORDER BY {order}");
        let mut statement = self.raw.prepare(&query).unwrap();
        let rows = statement.query_map([], |row| {
            let cell = |place| row.get::<_, Value>(place);
            (0..columns.len()).map(cell).collect::<Result<Vec<_>, _>>()
        });
        let named =
            |row: Result<Vec<Value>, _>| columns.iter().cloned().zip(row.unwrap()).collect();
        rows.unwrap().map(named).collect()
    }

    /// Sets a cell; `false` when the engine's own constraints refuse it.
    fn set(&self, table: &str, key: &[(String, Value)], column: &str, value: &Change) -> bool {
        let terms: Vec<String> =
            key.iter().enumerate().map(|(n, (name, _))| format!("{name} = ?{}", n + 2)).collect();
        let (new, value) = match value {
            Change::Value(value) => ("?1", value.clone()),
            Change::RawText(bytes) => ("CAST(?1 AS TEXT)", Value::Blob(bytes.clone())),
        };
        let update = format!("UPDATE {table} SET {column} = {new} WHERE {}", terms.join(" AND "));
        let mut parameters = vec![value];
        parameters.extend(key.iter().map(|(_, value)| value.clone()));
        match self.raw.execute(&update, params_from_iter(parameters)) {
            Ok(changed) => {
                assert_eq!(changed, 1, "{update}");
                true
            }
            Err(error) if error.to_string().contains("constraint") => false,
            Err(error) => panic!("{update}: {error}"),
        }
    }

    fn insert(&self, table: &str, row: &BTreeMap<String, Value>) {
        let columns: Vec<&str> = row.keys().map(String::as_str).collect();
        let places: Vec<String> = (1..=row.len()).map(|n| format!("?{n}")).collect();
        let (columns, places) = (columns.join(", "), places.join(", "));
        let insert = format!("INSERT INTO {table} ({columns}) VALUES ({places})");
        self.raw.execute(&insert, params_from_iter(row.values())).unwrap();
    }

    fn delete(&self, table: &str, key: &[(String, Value)]) {
        let terms: Vec<String> =
            key.iter().enumerate().map(|(n, (name, _))| format!("{name} = ?{}", n + 1)).collect();
        let delete = format!("DELETE FROM {table} WHERE {}", terms.join(" AND "));
        let values = key.iter().map(|(_, value)| value);
        assert_eq!(self.raw.execute(&delete, params_from_iter(values)).unwrap(), 1);
    }

    fn key_of(&self, table: &str, row: &BTreeMap<String, Value>) -> Vec<(String, Value)> {
        let (_, key) = self.columns(table);
        key.into_iter().map(|name| (name.clone(), row[&name].clone())).collect()
    }
}

/// A new content of a cell.
#[derive(Debug, Clone)]
enum Change {
    Value(Value),
    /// Text by its bytes, which may be no UTF-8.
    RawText(Vec<u8>),
}

/// The value with one byte changed, in several ways in case one meets a constraint.
fn one_byte(value: &Value) -> Vec<Change> {
    let flip = |bytes: &[u8], place: usize, bit: u8| {
        let mut bytes = bytes.to_vec();
        bytes[place] ^= bit;
        bytes
    };
    match value {
        Value::Null => vec![Change::Value(Value::Text("0".to_owned()))],
        Value::Integer(number) => {
            [1, 2].map(|bit| Change::Value(Value::Integer(number ^ bit))).to_vec()
        }
        Value::Text(text) if text.is_empty() => vec![Change::RawText(vec![b' '])],
        Value::Text(text) => {
            let places = [text.len() / 2, text.len() - 1];
            places.map(|place| Change::RawText(flip(text.as_bytes(), place, 1))).to_vec()
        }
        Value::Blob(bytes) => {
            let places = [bytes.len() / 2, bytes.len() - 1];
            places.map(|place| Change::Value(Value::Blob(flip(bytes, place, 1)))).to_vec()
        }
        Value::Real(_) => panic!("there are no floating-point numbers"),
    }
}

/// A key as findings write it.
fn written(key: &[(String, Value)]) -> String {
    let cell = |value: &Value| match value {
        Value::Integer(number) => number.to_string(),
        Value::Text(text) => text.clone(),
        other => panic!("{other:?} in a key"),
    };
    let cells: Vec<String> =
        key.iter().map(|(name, value)| format!("{name}={}", cell(value))).collect();
    cells.join(", ")
}

#[test]
fn a_changed_byte_in_any_column_of_any_derived_table_is_named() {
    let book = Tampering::new();
    assert_eq!((book.replay(), book.audit()), (Vec::new(), Vec::new()));
    let mut checked = 0;
    for table in TABLES {
        let rows = book.rows(table.name);
        assert!(!rows.is_empty(), "the seed leaves {} empty", table.name);
        for column in table.columns.iter().copied() {
            // A row where the column says something, another one for each column.
            let filled = rows.iter().filter(|row| row[column] != Value::Null).collect::<Vec<_>>();
            let row = match filled.len() {
                0 => &rows[checked % rows.len()],
                many => filled[checked % many],
            };
            let key = book.key_of(table.name, row);
            let mut changes = one_byte(&row[column]).into_iter();
            let change = changes.find(|change| book.set(table.name, &key, column, change));
            let change = change.unwrap_or_else(|| panic!("{}.{column} cannot change", table.name));

            let mut new_key = key.clone();
            let named = [written(&key), written_new(&mut new_key, column, &change)];
            let found = book.replay();
            let here = found.iter().any(|(t, row)| t == table.name && named.contains(row));
            assert!(here, "{}.{column} {named:?} to {change:?}: {found:?}", table.name);
            assert_eq!(found.len(), 1, "only that table differs: {found:?}");
            assert!(book.set(table.name, &new_key, column, &Change::Value(row[column].clone())));
            checked += 1;
        }
    }
    assert!(checked > 150, "{checked}");
    assert_eq!(book.replay(), Vec::new());
}

/// The key after the change, as findings write it, and as the engine finds it.
fn written_new(key: &mut [(String, Value)], column: &str, change: &Change) -> String {
    let Some(cell) = key.iter_mut().find(|(name, _)| name == column) else {
        return written(key);
    };
    match change {
        Change::Value(value) => cell.1 = value.clone(),
        Change::RawText(bytes) => {
            let text = String::from_utf8(bytes.clone());
            cell.1 = Value::Text(text.unwrap_or_else(|_| panic!("a key of ASCII: {column}")));
        }
    }
    written(key)
}

#[test]
fn a_row_taken_from_or_added_to_a_derived_table_is_named() {
    let book = Tampering::new();
    for (number, table) in TABLES.iter().enumerate() {
        let rows = book.rows(table.name);
        let row = &rows[number * 7 % rows.len()];
        let key = book.key_of(table.name, row);
        book.delete(table.name, &key);
        assert_eq!(book.replay(), [(table.name.to_owned(), written(&key))]);
        book.insert(table.name, row);

        let mut strange = row.clone();
        let changed = table.key[0];
        let other = match &row[changed] {
            Value::Integer(number) => Value::Integer(number + 1_000_000),
            Value::Text(text) => Value::Text(format!("{text}0")),
            other => panic!("{other:?}"),
        };
        strange.insert(changed.to_owned(), other);
        let key = book.key_of(table.name, &strange);
        book.insert(table.name, &strange);
        assert_eq!(book.replay(), [(table.name.to_owned(), written(&key))]);
        book.delete(table.name, &key);
    }
    assert_eq!(book.replay(), Vec::new());
}

#[test]
fn a_cell_of_another_kind_is_named_and_not_an_error() {
    let book = Tampering::new();
    let rows = book.rows("enterprise");
    let key = book.key_of("enterprise", &rows[0]);
    let Value::Text(name) = rows[0]["name"].clone() else { panic!() };
    let broken = name.as_bytes()[..name.len() - 1].to_vec();
    let cases = [
        ("name", Change::RawText(broken)),
        ("name", Change::Value(Value::Blob(name.into_bytes()))),
        ("example", Change::Value(Value::Real(1.5))),
        ("example", Change::Value(Value::Text("yes".to_owned()))),
        ("listed", Change::Value(Value::Blob(Vec::new()))),
    ];
    for (column, change) in cases {
        assert!(book.set("enterprise", &key, column, &change));
        let found = book.replay();
        assert_eq!(found, [("enterprise".to_owned(), written(&key))], "{column} {change:?}");
        book.set("enterprise", &key, column, &Change::Value(rows[0][column].clone()));
    }
}

#[test]
fn a_changed_byte_in_journal_openings_tree_or_head_is_named() {
    let book = Tampering::new();
    for table in ["journal", "opening", "log_hash", "head"] {
        let rows = book.rows(table);
        let (columns, _) = book.columns(table);
        let mut places = vec![0, rows.len() / 2, rows.len() - 1];
        places.dedup();
        for place in places {
            for column in &columns {
                let (row, key) = (&rows[place], book.key_of(table, &rows[place]));
                let mut changes = one_byte(&row[column]).into_iter();
                // Whatever stands there already cannot stand there twice.
                let free = |change: &Change| book.set(table, &key, column, change);
                let change = match changes.find(free) {
                    Some(change) => change,
                    None => {
                        let far = Change::Value(Value::Integer(1_000_000));
                        assert!(book.set(table, &key, column, &far), "{table}.{column}");
                        far
                    }
                };
                let found = book.audit();
                assert!(
                    found.iter().any(|(named, _)| named == table),
                    "{table}.{column} of {key:?} to {change:?}: {found:?}"
                );
                let mut new_key = key.clone();
                written_new(&mut new_key, column, &change);
                let old = Change::Value(row[column].clone());
                assert!(book.set(table, &new_key, column, &old));
            }
        }
    }
    assert_eq!(book.audit(), Vec::new());
}

#[test]
fn a_row_taken_from_or_added_to_journal_openings_tree_or_head_is_named() {
    let book = Tampering::new();
    let named = |table: &str, what: &str| {
        let found = book.audit();
        assert!(found.iter().any(|(named, _)| named == table), "{table} {what}: {found:?}");
    };
    for table in ["journal", "opening", "log_hash", "head"] {
        let rows = book.rows(table);
        for place in [0, rows.len() / 2, rows.len() - 1] {
            let key = book.key_of(table, &rows[place]);
            book.delete(table, &key);
            named(table, &format!("without {key:?}"));
            book.insert(table, &rows[place]);
        }
        let first = book.columns(table).1[0].clone();
        let last = &rows[rows.len() - 1];
        let Value::Integer(end) = last[&first] else { panic!("{last:?}") };
        let strange = [Value::Integer(end + 1), Value::Integer(-1), Value::Integer(i64::MAX)];
        let strange = strange.into_iter().chain((table != "opening").then_some(Value::Null));
        for value in strange {
            let mut row = last.clone();
            row.insert(first.clone(), value.clone());
            book.insert(table, &row);
            named(table, &format!("with {value:?}"));
            let gone = format!("DELETE FROM {table} WHERE {first} IS ?1");
            book.raw.execute(&gone, [value]).unwrap();
        }
    }
    assert_eq!(book.audit(), Vec::new());
}

#[test]
fn an_opening_is_missed_unless_its_erasure_was_ordered() {
    let book = Tampering::new();
    let rows = book.rows("opening");
    let input = rows.iter().rfind(|row| row["part"] == Value::Text("input".to_owned())).unwrap();
    let key = book.key_of("opening", input);
    book.delete("opening", &key);
    let row = written(&key).replace("part=input", "");
    let found = book.audit();
    assert!(found.iter().any(|(t, r)| t == "opening" && r.starts_with(&row)), "{found:?}");
    assert!(book.replay().iter().any(|(table, _)| table == "opening"));
    // An order that nobody gave does not help.
    let Value::Integer(sequence) = input["sequence"] else { panic!() };
    let order = "INSERT INTO erasure (sequence, reason, entry) VALUES (?1, '示例', ?1)";
    book.raw.execute(order, [sequence]).unwrap();
    assert!(book.replay().iter().any(|(table, _)| table == "erasure"));
    assert!(book.audit().iter().any(|(table, _)| table == "opening"));
}

#[test]
fn two_entries_that_changed_places_are_named() {
    let book = Tampering::new();
    for table in ["journal", "opening"] {
        let swap = format!("UPDATE {table} SET sequence = ?2 WHERE sequence = ?1");
        for (from, to) in [(20, -20), (21, 20), (-20, 21)] {
            book.raw.execute(&swap, [from, to]).unwrap();
        }
    }
    let found = book.audit();
    assert!(
        found.iter().any(|(table, row)| table == "journal" && row == "sequence=20"),
        "{found:?}"
    );
}

#[test]
fn a_changed_checkpoint_file_is_named() {
    let book = Tampering::new();
    let file = book.book().folder().join("log.checkpoint");
    let note = fs::read(&file).unwrap();
    let step = note.len() / 12;
    for place in (0..note.len()).step_by(step) {
        let mut changed = note.clone();
        changed[place] ^= 1;
        fs::write(&file, &changed).unwrap();
        let found = match audit(book.book(), &book.sql, None, |_, _| {}) {
            Ok(audited) => audited.findings.iter().any(|found| found.table == "log.checkpoint"),
            Err(failure) => failure.to_string().contains("log.checkpoint"),
        };
        assert!(found, "byte {place}");
    }
    fs::remove_file(&file).unwrap();
    assert!(book.audit().iter().any(|(table, _)| table == "log.checkpoint"));
}

#[test]
fn every_table_is_derived_or_listed() {
    let book = Tampering::new();
    let mut tables = book.strings("SELECT name FROM sqlite_master WHERE type = 'table'");
    tables.retain(|name| !name.starts_with("sqlite_"));
    tables.sort();
    let derived = TABLES.iter().map(|table| table.name);
    let mut known: Vec<&str> = derived.chain(NOT_DERIVED.iter().map(|(name, _)| *name)).collect();
    known.sort_unstable();
    assert_eq!(tables, known);
}
