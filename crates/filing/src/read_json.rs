//! Reading a sheet from JSON, with the digits of numbers as they were written.

use std::fmt;

use serde::Deserialize;
use serde::de::{DeserializeOwned, Deserializer, Error, MapAccess, Visitor};
use serde_json::value::RawValue;
use tanheng_base::Problem;

use crate::cell::{excerpt, objection};
use crate::check::{Headings, WrittenRow, check_form, settle, unknown_column};
use crate::code;
use crate::field::FieldKind;
use crate::form::{Form, Layout};
use crate::read_csv::{check_size, decode};
use crate::read_table::column_twice;
use crate::sheet::Sheet;

/// Reads a sheet from JSON: an array of objects, or `{"rows": […]}` with an optional
/// `form` and `form_version` that are then compared with the form. A record may also be the one
/// object alone.
///
/// Keys name fields like the headings of a CSV file. Values are texts, integers or
/// decimals; numbers are taken from their digits and never pass through binary floating
/// point. `null` and the empty text are absent.
///
/// # Errors
/// Everything wrong with the file at once, rows counted from 1; codes in [`crate::code`].
pub fn read_json(form: &Form, bytes: &[u8]) -> Result<Sheet, Vec<Problem>> {
    check_size(form, bytes)?;
    let text = decode(bytes)?;
    let document = read_document(form, &text)?;
    let mut problems = Vec::new();
    check_form(form, document.form.as_deref(), document.form_version.as_deref(), &mut problems);
    let mut written = Vec::with_capacity(document.rows.len());
    for (row, object) in (1..).zip(&document.rows) {
        written.push(read_row(form, row, object, &mut problems));
    }
    let rows = settle(form, written, &Headings::default(), &mut problems);
    if !problems.is_empty() {
        problems.sort_by_key(|problem| problem.place.as_ref().and_then(|place| place.row));
        return Err(problems);
    }
    Ok(Sheet { form: form.id.clone(), form_version: form.version.clone(), rows })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    form: Option<String>,
    form_version: Option<String>,
    rows: Vec<Box<RawValue>>,
}

fn read_document(form: &Form, text: &str) -> Result<Document, Vec<Problem>> {
    let bare = |rows| Document { form: None, form_version: None, rows };
    let read = if text.trim_start().starts_with('[') {
        parse(text).map(bare)
    } else if form.layout == Layout::Record && is_one_object(text) {
        parse(text).map(|row| bare(vec![row]))
    } else {
        parse(text)
    };
    read.map_err(|error| {
        let line = u64::try_from(error.line()).ok().filter(|line| *line > 0);
        vec![
            bad_json(
                "",
                "文件不是所需的JSON",
                &format!("the file is no JSON of this shape: {error}"),
            )
            .by(match line {
                Some(line) => format!("line {line}, column {}", error.column()),
                None => "shape".to_owned(),
            }),
        ]
    })
}

/// An object without `rows`: the record itself.
fn is_one_object(text: &str) -> bool {
    parse::<Members>(text).is_ok_and(|members| members.0.iter().all(|(key, _)| key != "rows"))
}

fn parse<T: DeserializeOwned>(text: &str) -> Result<T, serde_json::Error> {
    serde_json::from_str(text)
}

fn bad_json(value: &str, zh: &str, en: &str) -> Problem {
    objection(
        code::JSON,
        value,
        zh,
        en,
        (
            "提供对象数组，或 {\"rows\": […]}；值为文本、整数或小数",
            "give an array of objects, or {\"rows\": […]}; values are texts, integers or decimals",
        ),
    )
}

/// The members of an object in order, none lost when a key stands twice.
struct Members(Vec<(String, Box<RawValue>)>);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Collect;
        impl<'de> Visitor<'de> for Collect {
            type Value = Members;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut members = Vec::new();
                while let Some(key) = map.next_key::<String>()? {
                    let value: Box<RawValue> = map.next_value().map_err(A::Error::custom)?;
                    members.push((key, value));
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Collect)
    }
}

fn read_row(form: &Form, row: u64, object: &RawValue, problems: &mut Vec<Problem>) -> WrittenRow {
    let mut written = WrittenRow::new(row);
    let members = parse::<Members>(object.get()).unwrap_or_else(|_| {
        let text = object.get();
        problems.push(bad_json(text, "本行不是对象", "the row is no object").at(Some(row), None));
        Members(Vec::new())
    });
    for (key, value) in &members.0 {
        let Some(field) = form.field_named(key) else {
            problems.push(unknown_column(form, key).at(Some(row), Some(&excerpt(key))));
            continue;
        };
        match scalar(value.get(), &field.kind) {
            Some(text) => {
                if written.cells.insert(field.name.clone(), text).is_some() {
                    problems.push(column_twice(key).at(Some(row), Some(key)));
                }
            }
            None => {
                let problem = bad_json(
                    value.get(),
                    "值不是文本、整数或小数",
                    "the value is no text, integer or decimal",
                );
                problems.push(problem.at(Some(row), Some(key)));
            }
        }
    }
    written
}

/// The text of a JSON scalar; a number keeps its digits. `None` for what is no scalar, and for
/// truth where the field does not ask for it.
fn scalar(json: &str, kind: &FieldKind) -> Option<String> {
    match json.as_bytes().first()? {
        b'"' => parse(json).ok(),
        b'-' | b'0'..=b'9' => Some(json.to_owned()),
        b'n' => Some(String::new()),
        b't' | b'f' if matches!(kind, FieldKind::Bool) => Some(json.to_owned()),
        _ => None,
    }
}
