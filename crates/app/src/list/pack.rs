//! Published lists that a pack carries as data (`lists/*.toml` with their CSV).

use serde::Deserialize;
use tanheng_base::{Date, DocumentId, ListId, RegionCode, Text};
use tanheng_rulebook::Rulebook;

use super::{Line, Publish};
use crate::Failure;

/// Heading of a list in a pack; what else stands there is for readers of the pack.
#[derive(Deserialize)]
struct Heading {
    id: ListId,
    title: Text,
    document: DocumentId,
    clause: String,
    declared_count: i64,
    publicity: Publicity,
    file: String,
    #[serde(default)]
    notes: Vec<Text>,
}

#[derive(Deserialize)]
struct Publicity {
    from: toml::value::Datetime,
}

#[derive(Deserialize)]
struct Row {
    serial: i64,
    region: RegionCode,
    name: String,
}

/// The lists that the packs of a rulebook carry, as commands that load them.
///
/// # Errors
/// `list.faulty` when a list cannot be read.
pub fn from_packs(law: &Rulebook) -> Result<Vec<Publish>, Failure> {
    let files: Vec<(&str, &str)> =
        law.files("lists/").map(|(_, path, text)| (path, text)).collect();
    let mut lists = Vec::new();
    for (path, text) in files.iter().filter(|(path, _)| path.ends_with(".toml")) {
        let heading: Heading = toml::from_str(text).map_err(|error| faulty(path, &error))?;
        let table = files.iter().find(|(other, _)| *other == heading.file);
        let (file, table) = table.ok_or_else(|| faulty(path, &"its CSV file is missing"))?;
        let rows: Vec<Row> = csv::Reader::from_reader(table.as_bytes())
            .deserialize()
            .collect::<Result<_, _>>()
            .map_err(|error| faulty(file, &error))?;
        let published: Date = heading
            .publicity
            .from
            .to_string()
            .parse()
            .map_err(|_| faulty(path, &"the day of publication is no date"))?;
        let note =
            |pick: fn(&Text) -> &str| heading.notes.iter().map(pick).collect::<Vec<_>>().join(" ");
        let line = |row: Row| Line { serial: row.serial, region: row.region, name: row.name };
        lists.push(Publish {
            note: Text::new(note(|text| &text.zh), note(|text| &text.en)),
            list: heading.id,
            title: heading.title,
            document: heading.document,
            clause: heading.clause,
            declared_count: heading.declared_count,
            published,
            lines: rows.into_iter().map(line).collect(),
        });
    }
    Ok(lists)
}

fn faulty(path: &str, error: &dyn std::fmt::Display) -> Failure {
    Failure::refuse(
        "list.faulty",
        Text::new(
            format!("名单文件 `{path}` 有误：{error}"),
            format!("the list `{path}` is faulty: {error}"),
        ),
        Text::new("请修正规则包", "mend the pack"),
    )
}
