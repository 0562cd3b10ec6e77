//! `cases/good/*.toml` and `cases/bad/*.toml`: what a pack must yield and what must be refused.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::node::{self, Fields};
use super::{PackContext, Sink};
use crate::cases::{BadCase, Expected, GoodCase};
use crate::diagnostic::text;
use crate::source::SourceFile;

/// Reads a file of worked cases.
pub(crate) fn read_good_cases(file: &Arc<SourceFile>, pack: &PackContext<'_>) -> Vec<GoodCase> {
    let Some(node) = node::parse(file, pack.sink) else { return Vec::new() };
    let Some(root) = Fields::new(file, &node, pack.sink) else { return Vec::new() };
    let entries = root.tables("case");
    root.finish();
    entries.iter().filter_map(|fields| good_case(fields, pack)).collect()
}

fn good_case(fields: &Fields<'_>, pack: &PackContext<'_>) -> Option<GoodCase> {
    let name = fields.text("name").map(str::to_owned);
    let method = fields.parsed("method");
    let at = fields.date("at");
    let region = fields.parsed_opt("region").unwrap_or_else(|| pack.jurisdiction.clone());
    let mut inputs = BTreeMap::new();
    for (name, value, _) in fields.texts_by_name("inputs") {
        inputs.insert(name.to_owned(), value.to_owned());
    }
    let trial = fields.has("trial").then(|| fields.bool("trial"));
    let arithmetic = fields.text_opt("arithmetic").map(str::to_owned);
    let (result, error) = (fields.text_opt("result"), fields.text_opt("error"));
    let (expected, place) = match (result, error) {
        (Some(result), None) => {
            (Some(Expected::Result(result.to_owned())), fields.place_of("result"))
        }
        (None, Some(error)) => (Some(Expected::Error(error.to_owned())), fields.place_of("error")),
        _ => {
            let message = text(
                "写明结果或错误，二者取一",
                "a case states a result or an error, one of the two",
            );
            let remedy =
                text("写 `result = …` 或 `error = …`", "write `result = …` or `error = …`");
            fields.wrong("result", message, remedy);
            (None, fields.place())
        }
    };
    fields.finish();
    Some(GoodCase {
        name: name?,
        method: method?,
        at: at?,
        region,
        inputs,
        expected: expected?,
        trial,
        arithmetic,
        pack: pack.id.clone(),
        place,
    })
}

/// Reads one bad case.
pub(crate) fn read_bad_case(
    file: &Arc<SourceFile>,
    path: &str,
    pack: &tanheng_base::PackId,
    sink: &Sink,
) -> Option<BadCase> {
    let node = node::parse(file, sink)?;
    let fields = Fields::new(file, &node, sink)?;
    let why = fields.both("why");
    let mut files = BTreeMap::new();
    for (name, content, _) in fields.texts_by_name("files") {
        files.insert(name.to_owned(), content.to_owned());
    }
    let stated = fields.has("expected");
    let expected = fields.text_opt("expected").unwrap_or_default().to_owned();
    let place = fields.place_of("expected");
    fields.finish();
    Some(BadCase {
        path: path.to_owned(),
        pack: pack.clone(),
        why: why?,
        files,
        expected,
        place,
        stated,
    })
}
