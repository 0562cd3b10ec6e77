//! Forms, lists and other files of packs, read as names and values.

use std::collections::BTreeMap;

use tanheng_base::Text;

use super::{Described, ItemKind, Key, Properties};
use crate::book::Rulebook;

/// Files that the rulebook reads into things of their own.
const READ: [&str; 6] =
    ["pack.toml", "sources.toml", "regions.toml", "parameters/", "tables/", "methods/"];

/// Keys by which the entries of a list are told apart.
const NAMES: [&str; 5] = ["id", "name", "serial", "code", "key"];

/// All other files of a rulebook.
pub(super) fn all(book: &Rulebook) -> BTreeMap<Key, Described> {
    let files =
        book.files("").filter(|(_, path, _)| !READ.iter().any(|read| path.starts_with(read)));
    let described = files.map(|(pack, path, text)| {
        let kind = match path.split('/').next() {
            Some("forms") => ItemKind::Form,
            Some("lists") => ItemKind::List,
            Some("cases") => ItemKind::Case,
            _ => ItemKind::File,
        };
        ((kind, format!("{pack}/{path}")), file(path, text))
    });
    described.collect()
}

fn file(path: &str, text: &str) -> Described {
    let mut title = Text::new(path, path);
    let mut parts = BTreeMap::new();
    match text.parse::<toml::Table>() {
        Ok(table) => {
            if let Some(found) = table.get("title").and_then(own_title) {
                title = found;
            }
            flatten(String::new(), &toml::Value::Table(table), &mut parts);
        }
        Err(_) => {
            parts.insert(String::new(), Properties::default().with("text", text));
        }
    }
    Described { title, parts }
}

fn own_title(value: &toml::Value) -> Option<Text> {
    let word = |name: &str| value.get(name).and_then(toml::Value::as_str);
    Some(Text::new(word("zh")?, word("en")?))
}

/// Every table becomes a part that is named by its path; what it holds directly are properties.
fn flatten(path: String, value: &toml::Value, parts: &mut BTreeMap<String, Properties>) {
    let toml::Value::Table(table) = value else { return };
    let mut own = Properties::default();
    for (name, inner) in table {
        let below = if path.is_empty() { name.clone() } else { format!("{path} / {name}") };
        match inner {
            toml::Value::Array(entries) if entries.iter().any(toml::Value::is_table) => {
                for (number, entry) in (1..).zip(entries) {
                    let label = label(entry).unwrap_or_else(|| number.to_string());
                    flatten(format!("{below} {label}"), entry, parts);
                }
            }
            toml::Value::Table(inner) if !inner.values().all(is_leaf) => {
                flatten(below, &toml::Value::Table(inner.clone()), parts);
            }
            leaf => own = own.with(name, shown(leaf)),
        }
    }
    let mut name = path.clone();
    let mut count = 1;
    while parts.contains_key(&name) {
        count += 1;
        name = format!("{path} ({count})");
    }
    parts.insert(name, own);
}

fn is_leaf(value: &toml::Value) -> bool {
    !value.is_table() && !value.is_array()
}

fn label(entry: &toml::Value) -> Option<String> {
    NAMES.iter().find_map(|name| entry.get(name)).map(shown)
}

fn shown(value: &toml::Value) -> String {
    match value {
        toml::Value::String(text) => text.clone(),
        other => other.to_string().trim().to_owned(),
    }
}
