//! Sheets: what a party uploads against the monthly ledger, and forms themselves.

use std::sync::OnceLock;

use tanheng_base::{Lang, Problem};
use tanheng_filing::{Form, Sheet, check, read_csv, read_json, to_csv};

/// The province's monthly ledger.
const LEDGER: &str = include_str!("../../../rulebooks/cn-hebei/forms/ledger_monthly.toml");

pub(crate) fn ledger() -> &'static Form {
    static FORM: OnceLock<Form> = OnceLock::new();
    FORM.get_or_init(|| Form::parse(LEDGER).expect("the form of the pack is sound"))
}

/// A ledger as CSV: problems that can be told, or a sheet that its form accepts and that says the
/// same after it was written and read again.
pub fn ledger_csv(data: &[u8]) {
    judge(ledger(), read_csv(ledger(), data));
}

/// A ledger as JSON.
pub fn ledger_json(data: &[u8]) {
    judge(ledger(), read_json(ledger(), data));
}

fn judge(form: &Form, read: Result<Sheet, Vec<Problem>>) {
    let sheet = match read {
        Ok(sheet) => sheet,
        Err(problems) => {
            assert!(!problems.is_empty());
            for problem in problems {
                assert!(!problem.render(Lang::Zh).is_empty() && !problem.remedy.zh.is_empty());
            }
            return;
        }
    };
    assert_eq!(check(form, &sheet).as_ref(), Ok(&sheet.rows));
    for lang in [Lang::Zh, Lang::En] {
        let written = to_csv(form, &sheet, lang);
        let again = read_csv(form, written.as_bytes());
        assert!(again.as_ref().is_ok_and(|again| again.same_content(&sheet)), "{again:?}");
    }
    let rows: Vec<_> = sheet.rows.iter().map(|row| &row.cells).collect();
    let written = serde_json::json!({
        "form": form.id.as_str(), "form_version": form.version, "rows": rows
    });
    let again = read_json(form, written.to_string().as_bytes());
    assert!(again.as_ref().is_ok_and(|again| again.same_content(&sheet)), "{again:?}");
    let stored = serde_json::to_string(&sheet).expect("a sheet has a text");
    let again: Sheet = serde_json::from_str(&stored).expect("a stored sheet can be read");
    assert_eq!(again, sheet);
}

/// The definition of a form, and behind a line `===` a sheet for it.
pub fn form(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let (definition, sheet) = text.split_once("\n===\n").unwrap_or((text, ""));
    match Form::parse(definition) {
        Ok(form) => {
            judge(&form, read_csv(&form, sheet.as_bytes()));
            judge(&form, read_json(&form, sheet.as_bytes()));
        }
        Err(problems) => assert!(!problems.is_empty()),
    }
}
