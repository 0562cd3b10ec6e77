//! What holds for every file and every sheet.

use std::collections::BTreeMap;

use proptest::prelude::*;
use tanheng_base::Lang;
use tanheng_filing::{Form, Row, Sheet, check, read_csv, read_json, to_csv};

use crate::{csv, ledger};

/// Text that the form accepts, with all that CSV has to quote.
fn text() -> impl Strategy<Value = String> {
    "[一-龥a-z0-9][一-龥a-z0-9,\"; /.]{0,12}[一-龥a-z0-9\"]"
}

/// A row that the form accepts, by kind.
fn row() -> impl Strategy<Value = BTreeMap<String, String>> {
    let digits = (0u64..100_000_000, 0u32..100);
    (0..4, text(), text(), digits, 1u32..9999, proptest::option::of(text())).prop_map(
        |(kind, facility, source, (whole, cents), share, evidence)| {
            let amount = format!("{whole}.{cents:02}");
            let share = format!("0.{share:04}");
            let mut cells: BTreeMap<String, String> = [
                ("facility", facility.as_str()),
                ("source", source.as_str()),
                ("amount", amount.as_str()),
                ("meter", "仪表"),
            ]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into();
            let more: &[(&str, &str)] = match kind {
                0 => &[
                    ("kind", "fuel"),
                    ("material", "烟煤"),
                    ("unit", "t"),
                    ("ncv", "21.402"),
                    ("carbon_content", "0.02618"),
                    ("determination", "measured"),
                ],
                1 => &[
                    ("kind", "fuel"),
                    ("material", "天然气"),
                    ("unit", "10^4Nm3"),
                    ("determination", "default"),
                ],
                2 => &[("kind", "electricity"), ("unit", "MWh"), ("determination", "calculated")],
                _ => &[
                    ("kind", "output"),
                    ("material", "粗钢"),
                    ("unit", "t"),
                    ("determination", "measured"),
                ],
            };
            cells
                .extend(more.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
            if kind == 0 {
                cells.insert("oxidation".to_owned(), share);
            }
            if let Some(evidence) = evidence {
                cells.insert("evidence".to_owned(), evidence);
            }
            cells
        },
    )
}

fn sheet() -> impl Strategy<Value = Sheet> {
    let form = ledger();
    proptest::collection::vec(row(), 1..8).prop_map(move |rows| {
        let mut seen = std::collections::BTreeSet::new();
        let rows = rows.into_iter().filter(|cells| {
            seen.insert(form.unique.iter().map(|name| cells.get(name).cloned()).collect::<Vec<_>>())
        });
        Sheet {
            form: form.id.clone(),
            form_version: form.version.clone(),
            rows: (2..).zip(rows).map(|(row, cells)| Row { row, cells }).collect(),
        }
    })
}

/// The rows as JSON, numbers as JSON numbers where `numbers` says so.
fn to_json(form: &Form, sheet: &Sheet, numbers: bool) -> String {
    let rows: Vec<String> = sheet
        .rows
        .iter()
        .map(|row| {
            let members = row.cells.iter().map(|(name, value)| {
                let number =
                    matches!(form.field(name).unwrap().kind, tanheng_filing::FieldKind::Number(_));
                let value = if numbers && number {
                    value.clone()
                } else {
                    serde_json::to_string(value).unwrap()
                };
                format!("{}: {value}", serde_json::to_string(name).unwrap())
            });
            format!("{{{}}}", members.collect::<Vec<_>>().join(", "))
        })
        .collect();
    format!("[{}]", rows.join(", "))
}

proptest! {
    #[test]
    fn what_is_written_is_read_again(sheet in sheet()) {
        let form = ledger();
        prop_assert_eq!(check(&form, &sheet), Ok(sheet.rows.clone()));
        for lang in [Lang::Zh, Lang::En] {
            let text = to_csv(&form, &sheet, lang);
            prop_assert_eq!(read_csv(&form, text.as_bytes()), Ok(sheet.clone()), "{}", text);
        }
    }

    #[test]
    fn csv_and_json_of_a_sheet_say_the_same(sheet in sheet(), numbers: bool) {
        let form = ledger();
        let json = to_json(&form, &sheet, numbers);
        let read = read_json(&form, json.as_bytes()).unwrap();
        let again = read_csv(&form, to_csv(&form, &sheet, Lang::Zh).as_bytes()).unwrap();
        prop_assert!(read.same_content(&again), "{}", json);
    }

    #[test]
    fn any_bytes_give_a_sheet_or_problems(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let form = ledger();
        prop_assert!(read_csv(&form, &bytes).is_err());
        prop_assert!(read_json(&form, &bytes).is_err());
    }

    #[test]
    fn any_cells_give_a_sheet_that_passes_or_problems(
        cells in proptest::collection::vec("[ -~\u{ff01}-\u{ff5e}一-丽\n\r\"]{0,6}", 24)
    ) {
        let form = ledger();
        let rows: Vec<String> = cells.chunks(12).map(|row| row.join(",")).collect();
        let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
        match read_csv(&form, csv(&rows).as_bytes()) {
            Ok(sheet) => prop_assert_eq!(check(&form, &sheet), Ok(sheet.rows.clone())),
            Err(problems) => prop_assert!(!problems.is_empty()),
        }
    }

    #[test]
    fn a_cell_written_wrong_is_found_at_its_place(
        sheet in sheet(),
        at in any::<prop::sample::Index>(),
        column in 0usize..12,
    ) {
        let form = ledger();
        let mut rows: Vec<Vec<String>> = vec![];
        for row in &sheet.rows {
            let cells = form.fields.iter().map(|f| row.get(&f.name).unwrap_or_default().to_owned());
            rows.push(cells.map(|cell| format!("\"{}\"", cell.replace('"', "\"\""))).collect());
        }
        let wrong = at.index(rows.len());
        rows[wrong][column] = "=\u{7}１".to_owned();
        let lines: Vec<String> = rows.iter().map(|row| row.join(",")).collect();
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        let problems = read_csv(&form, csv(&lines).as_bytes()).unwrap_err();
        let place = problems[0].place.clone().unwrap();
        let row = sheet.rows[wrong].row;
        let found = problems.iter().any(|problem| {
            let place = problem.place.clone().unwrap_or_default();
            place.row == Some(row) && place.column == Some(form.fields[column].title.zh.clone())
        });
        prop_assert!(found, "{place:?} {problems:?}");
    }
}
