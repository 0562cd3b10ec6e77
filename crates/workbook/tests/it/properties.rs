//! What holds for every sheet and every file.

use std::collections::BTreeMap;

use proptest::prelude::*;
use tanheng_base::Lang;
use tanheng_filing::{Row, Sheet, check};
use tanheng_workbook::{Filled, read_workbook, template};

use crate::{ledger, written};

fn text() -> impl Strategy<Value = String> {
    "[一-龥a-z0-9][一-龥a-z0-9,\"<&; /.]{0,12}[一-龥a-z0-9\"]"
}

/// A decimal as the form takes it, in the spelling that a spreadsheet keeps.
fn amount(places: u32) -> impl Strategy<Value = String> {
    (0_u64..100_000_000, 0_u64..10_u64.pow(places)).prop_map(move |(whole, part)| {
        let places = usize::try_from(places).unwrap();
        let text = format!("{whole}.{part:0places$}");
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    })
}

fn row() -> impl Strategy<Value = BTreeMap<String, String>> {
    let names = (text(), text(), text(), proptest::option::of(text()));
    (0..3, names, amount(2), 1_u32..9999, amount(3)).prop_map(
        |(kind, (facility, source, material, evidence), amount, share, power)| {
            let share = format!("0.{share:04}").trim_end_matches('0').to_owned();
            let mut cells: Vec<(&str, String)> = vec![
                ("facility", facility),
                ("source", source),
                ("meter", "皮带秤 BC-01".to_owned()),
                ("determination", "measured".to_owned()),
            ];
            cells.extend(evidence.map(|evidence| ("evidence", evidence)));
            match kind {
                0 => cells.extend([
                    ("kind", "fuel".to_owned()),
                    ("material", material),
                    ("amount", amount),
                    ("unit", "t".to_owned()),
                    ("ncv", "22.334".to_owned()),
                    ("carbon_content", "0.02618".to_owned()),
                    ("oxidation", share),
                ]),
                1 => cells.extend([
                    ("kind", "electricity".to_owned()),
                    ("amount", power),
                    ("unit", "MWh".to_owned()),
                ]),
                _ => cells.extend([
                    ("kind", "output".to_owned()),
                    ("material", material),
                    ("amount", amount),
                    ("unit", "t".to_owned()),
                ]),
            }
            cells.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
        },
    )
}

fn sheet() -> impl Strategy<Value = Sheet> {
    proptest::collection::vec(row(), 1..12).prop_map(|rows| {
        let form = ledger();
        let rows = (1..).zip(rows).map(|(row, cells)| Row { row, cells }).collect();
        Sheet { form: form.id, form_version: form.version, rows }
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_is_written_is_read_again(sheet in sheet(), english in any::<bool>()) {
        let form = ledger();
        let lang = if english { Lang::En } else { Lang::Zh };
        let rows = check(&form, &sheet);
        prop_assume!(rows.is_ok());
        let sheet = Sheet { rows: rows.unwrap_or_default(), ..sheet };
        let read = read_workbook(&form, &written(&form, &sheet, lang)).unwrap();
        prop_assert!(read.sheet.same_content(&sheet), "{:?}", read.sheet);
        // the next month's template takes over what stays, and asks for the rest
        let next = template(&form, &Filled { lang, last: Some(&sheet), ..Filled::default() }).unwrap();
        let problems = read_workbook(&form, &next).unwrap_err();
        prop_assert!(problems.iter().all(|problem| problem.code.0 == "form.required"));
    }

    #[test]
    fn any_bytes_give_problems(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let problems = read_workbook(&ledger(), &bytes).unwrap_err();
        prop_assert!(!problems.is_empty());
    }
}
