//! Values by day, region and pack: the most specific region wins, states are told apart, a
//! dependent pack fills only what is open.

use proptest::prelude::*;
use tanheng_base::Date;
use tanheng_rulebook::{ResolveError, Rulebook};

use crate::small_pack::{RATIO, VALUE, codes, load, pack, pack_with};

/// A value from a day in a region, with further fields.
fn value(from: &str, region: &str, rest: &str) -> String {
    format!(
        "[[parameter.value]]\nfrom = {from}\nregion = \"{region}\"\n{rest}\ndocument = \"d1\"\nclause = \"一\"\nchecked = \"official\"\n"
    )
}

fn at(book: &Rulebook, day: &str, region: &str) -> String {
    let resolved =
        book.resolve(&"p.ratio".parse().unwrap(), day.parse().unwrap(), &region.parse().unwrap());
    match resolved {
        Ok(resolved) => format!("{} {}", resolved.value, resolved.state.word()),
        Err(error) => error.code().to_owned(),
    }
}

fn book(values: &[String]) -> Rulebook {
    load(pack(&[("parameters/ratio.toml", &format!("{RATIO}{}", values.concat()))]))
}

#[test]
fn day_region_and_state_decide() {
    let book = book(&[
        value("2022-01-01", "CN", "value = \"1\""),
        value("2023-01-01", "CN", "value = \"2\"\nstate = \"in_doubt\""),
        value("2024-01-01", "CN", "state = \"repealed\""),
        value("2023-06-01", "130100", "value = \"3\"\nto = 2023-07-01"),
        value("2022-06-01", "130000", "state = \"announced\"\nto = 2022-07-01"),
        value("2022-07-01", "130000", "state = \"open\"\nto = 2022-08-01"),
    ]);
    // day, region, value and state or the code of the error
    for (day, region, expected) in [
        ("2021-12-31", "CN", "rulebook.no_value"),
        ("2022-01-01", "CN", "1 in_force"),
        ("2022-12-31", "CN", "1 in_force"),
        ("2023-01-01", "CN", "2 in_doubt"),
        ("2024-01-01", "CN", "rulebook.repealed"),
        ("2023-05-31", "130100", "2 in_doubt"),
        ("2023-06-01", "130100", "3 in_force"),
        ("2023-06-30", "130100", "3 in_force"),
        ("2023-06-30", "130000", "2 in_doubt"),
        ("2023-07-01", "130100", "2 in_doubt"),
        ("2022-06-15", "130100", "rulebook.announced"),
        ("2022-07-31", "130000", "rulebook.open"),
        ("2022-07-31", "CN", "1 in_force"),
        ("2022-08-01", "130000", "1 in_force"),
        ("2022-08-01", "110000", "rulebook.unknown_region"),
    ] {
        assert_eq!(at(&book, day, region), expected, "{day} {region}");
    }
}

#[test]
fn the_source_travels_with_the_value() {
    let book = book(&[value("2022-01-01", "CN", "value = \"44/12\"\nto = 2023-01-01")]);
    let resolved = book
        .resolve(
            &"p.ratio".parse().unwrap(),
            "2022-05-01".parse().unwrap(),
            &"130100".parse().unwrap(),
        )
        .unwrap();
    assert_eq!((resolved.value.bare(), resolved.written), ("11/3".into(), "44/12".into()));
    assert_eq!(resolved.citation.clause, "一");
    assert_eq!(resolved.to, Some("2023-01-01".parse().unwrap()));
    assert_eq!((resolved.region.as_str(), resolved.pack.as_str()), ("CN", "p"));
}

const DEPENDENT: &str = "id = \"e\"\ntitle = { zh = \"示例\", en = \"Example\" }\njurisdiction = \"CN\"\ndepends_on = [\"p\"]\nexample = true\n";

fn fill(rest: &str) -> String {
    VALUE.replace("parameter.value", "fill.value").replace("value = \"10%\"", rest)
}

#[test]
fn a_dependent_pack_fills_what_is_open() {
    let open = [
        value("2022-01-01", "CN", "value = \"1\""),
        value("2023-01-01", "CN", "state = \"announced\""),
        value("2024-01-01", "CN", "value = \"2\""),
    ];
    let own = format!("{RATIO}{}", open.concat());
    let fills = |rest: &str| {
        let fill = format!("[[fill]]\nparameter = \"p.ratio\"\n{}", fill(rest));
        let dependent = [("pack.toml", DEPENDENT), ("parameters/fill.toml", fill.as_str())];
        pack_with(&[("parameters/ratio.toml", &own)], "e", &dependent)
    };
    let within = fills("value = \"7\"").into_iter().map(|mut pack| {
        for text in pack.files.values_mut() {
            *text = text.replace(
                "[[fill.value]]\nfrom = 2022-01-01",
                "[[fill.value]]\nfrom = 2023-01-01\nto = 2024-01-01",
            );
        }
        pack
    });
    let book = load(within.collect());
    assert_eq!(at(&book, "2022-12-31", "CN"), "1 in_force");
    assert_eq!(at(&book, "2023-06-30", "CN"), "7 in_force");
    assert_eq!(at(&book, "2024-01-01", "CN"), "2 in_force");
    let id = "p.ratio".parse().unwrap();
    let resolved =
        book.resolve(&id, "2023-06-30".parse().unwrap(), &"CN".parse().unwrap()).unwrap();
    assert!(resolved.example);

    assert_eq!(codes(&fills("value = \"7\"")), ["rulebook.not_open"]);
    let cited = "value = \"7\"\noverrides = { document = \"d1\", clause = \"九\" }";
    assert!(codes(&fills(cited)).is_empty());
    let uncited = "value = \"7\"\noverrides = { document = \"d9\", clause = \"九\" }";
    assert_eq!(codes(&fills(uncited)), ["rulebook.unknown_document"]);
}

#[test]
fn a_pack_fills_only_what_it_builds_on() {
    let stranger = DEPENDENT.replace("depends_on = [\"p\"]\n", "");
    let fill = format!("[[fill]]\nparameter = \"p.ratio\"\n{}", fill("value = \"7\""));
    let dependent = [("pack.toml", stranger.as_str()), ("parameters/fill.toml", fill.as_str())];
    assert_eq!(codes(&pack_with(&[], "e", &dependent)), ["rulebook.unknown_name"]);
    let missing = DEPENDENT.replace("\"p\"", "\"q\"");
    assert_eq!(codes(&pack_with(&[], "e", &[("pack.toml", &missing)])), ["rulebook.unknown_pack"]);
}

const TABLE: &str = r#"id = "p.fuel"
title = { zh = "燃料", en = "Fuels" }
keys = ["fuel"]
columns = [
  { name = "ncv", unit_from = "ncv_unit", title = { zh = "热值", en = "Calorific value" } },
  { name = "carbon", unit = "tC/GJ" },
  { name = "phase", type = "text" },
]
"#;

const ROWS: &str = "fuel,ncv,ncv_unit,carbon,phase,from,to,state,document,clause,checked\n\
coal,20.9,GJ/t,0.026,solid,2022-01-01,,,d1,表1,official\n\
gas,389.31,GJ/10^4Nm3,,gas,2022-01-01,,,d1,表1,secondary\n\
coal,21.5,GJ/t,0.027,solid,2023-01-01,,,d1,表2,official\n\
oil,,,,liquid,2022-01-01,,announced,d1,表1,official\n";

fn cell(book: &Rulebook, column: &str, fuel: &str, day: &str) -> Result<String, &'static str> {
    let keys = [fuel.to_owned()];
    book.lookup(
        &"p.fuel".parse().unwrap(),
        column,
        &keys,
        day.parse().unwrap(),
        &"130100".parse().unwrap(),
    )
    .map(|resolved| format!("{} {}", resolved.value, resolved.citation.clause))
    .map_err(|error| error.code())
}

#[test]
fn cells_resolve_by_key_and_day_and_an_empty_cell_is_no_value() {
    let book = load(pack(&[("tables/fuel.toml", TABLE), ("tables/fuel.csv", ROWS)]));
    for (column, fuel, day, expected) in [
        ("ncv", "coal", "2022-12-31", Ok("20.9 GJ/t 表1")),
        ("ncv", "coal", "2023-01-01", Ok("21.5 GJ/t 表2")),
        ("ncv", "gas", "2023-01-01", Ok("389.31 GJ/10^4Nm3 表1")),
        ("phase", "gas", "2023-01-01", Ok("gas 表1")),
        ("carbon", "gas", "2023-01-01", Err("rulebook.no_cell")),
        ("carbon", "peat", "2023-01-01", Err("rulebook.no_row")),
        ("carbon", "oil", "2023-01-01", Err("rulebook.announced")),
        ("carbon", "coal", "2021-01-01", Err("rulebook.no_row")),
        ("colour", "coal", "2023-01-01", Err("rulebook.unknown_name")),
    ] {
        let found = cell(&book, column, fuel, day);
        assert_eq!(found, expected.map(str::to_owned), "{column} {fuel} {day}");
    }
}

#[test]
fn rows_of_a_dependent_pack_fill_announced_rows_only() {
    let header = "fuel,ncv,ncv_unit,carbon,phase,from,to,state,document,clause,checked\n";
    let dependent = |row: &str| {
        let rows = format!("{header}{row}\n");
        let files = [
            ("pack.toml", DEPENDENT),
            ("tables/more.toml", "fills = \"p.fuel\"\n"),
            ("tables/more.csv", rows.as_str()),
        ];
        pack_with(&[("tables/fuel.toml", TABLE), ("tables/fuel.csv", ROWS)], "e", &files)
    };
    let book = load(dependent("oil,42,GJ/t,0.02,liquid,2022-01-01,,,d1,示例,memory"));
    assert_eq!(cell(&book, "ncv", "oil", "2022-06-01"), Ok("42 GJ/t 示例".to_owned()));
    let settled = dependent("coal,42,GJ/t,0.02,solid,2022-01-01,,,d1,示例,memory");
    assert_eq!(codes(&settled), ["rulebook.not_open"]);
    let new = dependent("peat,10,GJ/t,0.03,solid,2022-01-01,,,d1,示例,memory");
    assert!(codes(&new).is_empty());
}

proptest! {
    /// Against the plainest reading: of the values of the nearest region that has begun and not
    /// ended, the last to begin.
    #[test]
    fn resolving_agrees_with_the_plainest_reading(
        starts in proptest::collection::btree_set(0i32..400, 1..6),
        city in proptest::option::of((0i32..400, 1i32..100)),
        day in 0i32..500,
    ) {
        let date = |days: i32| {
            Date::constant(2022, 1, 1).saturating_add(jiff::Span::new().days(days))
        };
        let mut values: Vec<String> = starts
            .iter()
            .enumerate()
            .map(|(index, start)| value(&date(*start).to_string(), "CN", &format!("value = \"{index}\"")))
            .collect();
        if let Some((start, length)) = city {
            let to = date(start + length);
            values.push(value(&date(start).to_string(), "130100", &format!("value = \"99\"\nto = {to}")));
        }
        let ratio = format!("{RATIO}{}", values.concat());
        let mut files = pack(&[("parameters/ratio.toml", &ratio)]);
        files[0].files.remove("methods/half.toml");
        files[0].files.remove("cases/good/half.toml");
        let book = load(files);
        let expected = match city {
            Some((start, length)) if (start..start + length).contains(&day) => Some("99".to_owned()),
            _ => starts.iter().rposition_of(day).map(|index| index.to_string()),
        };
        let found = book.resolve(
            &"p.ratio".parse().unwrap(),
            date(day),
            &"130100".parse().unwrap(),
        );
        match (found, expected) {
            (Ok(found), Some(expected)) => prop_assert_eq!(found.value.bare(), expected),
            (Err(ResolveError::NoValue { .. }), None) => {}
            (found, expected) => prop_assert!(false, "{:?} {:?}", found, expected),
        }
    }
}

/// The position of the last start that is not after a day.
trait Starts {
    fn rposition_of(self, day: i32) -> Option<usize>;
}

impl<'a, I: Iterator<Item = &'a i32>> Starts for I {
    fn rposition_of(self, day: i32) -> Option<usize> {
        self.take_while(|start| **start <= day).count().checked_sub(1)
    }
}
