//! What differs between two rulebooks: documents, values, rows, formulas, forms, each with its clause.

mod describe;
mod files;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::Serialize;
use tanheng_base::{Citation, Text};

use crate::book::Rulebook;
use crate::pack::RulebookVersion;

/// What differs between two rulebooks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// Version of the first.
    pub before: RulebookVersion,
    /// Version of the second.
    pub after: RulebookVersion,
    /// What was added, removed or changed, by kind and id.
    pub items: Vec<Item>,
}

/// Kinds of things in a rulebook, in the order in which they are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ItemKind {
    /// A pack.
    Pack,
    /// A document that rules cite.
    Document,
    /// A region.
    Region,
    /// A parameter with its dated values.
    Parameter,
    /// A table with its rows.
    Table,
    /// One version of a method.
    Method,
    /// A form.
    Form,
    /// A published list.
    List,
    /// A file of worked cases.
    Case,
    /// Another file.
    File,
}

impl ItemKind {
    /// What a reader calls it.
    #[must_use]
    pub fn title(self) -> Text {
        let (zh, en) = match self {
            ItemKind::Pack => ("规则包", "packs"),
            ItemKind::Document => ("文件", "documents"),
            ItemKind::Region => ("地区", "regions"),
            ItemKind::Parameter => ("参数", "parameters"),
            ItemKind::Table => ("表", "tables"),
            ItemKind::Method => ("方法", "methods"),
            ItemKind::Form => ("表单", "forms"),
            ItemKind::List => ("名单", "lists"),
            ItemKind::Case => ("算例", "worked cases"),
            ItemKind::File => ("其他文件", "other files"),
        };
        Text::new(zh, en)
    }
}

/// How something differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// Only the second has it.
    Added,
    /// Only the first has it.
    Removed,
    /// Both have it, and not alike.
    Changed,
}

/// One thing that differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Item {
    /// What it is.
    pub kind: ItemKind,
    /// Its id; that of a method's version with region and first day.
    pub id: String,
    /// What a reader calls it.
    pub title: Text,
    /// How it differs.
    pub change: Change,
    /// What of it differs: value lines, rows, inputs, steps, rules, fields.
    pub parts: Vec<Part>,
}

/// A part of something that differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Part {
    /// Which: region and first day of a value, keys of a row, name of an input or step.
    pub name: String,
    /// How it differs.
    pub change: Change,
    /// The clause behind it: that of the second rulebook where it has the part.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub citation: Option<Citation>,
    /// What of the part differs.
    pub aspects: Vec<Aspect>,
}

/// One property of a part, before and after.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Aspect {
    /// Which, such as `value`, `state`, `until`, `formula`, or the name of a column.
    pub name: String,
    /// In the first rulebook.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
    /// In the second.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
}

impl Difference {
    /// Nothing differs.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// What differs of a kind.
    pub fn of(&self, kind: ItemKind) -> impl Iterator<Item = &Item> {
        self.items.iter().filter(move |item| item.kind == kind)
    }
}

/// Compares two rulebooks.
#[must_use]
pub fn compare(before: &Rulebook, after: &Rulebook) -> Difference {
    let (first, second) = (describe::all(before), describe::all(after));
    let keys: BTreeSet<&Key> = first.keys().chain(second.keys()).collect();
    let items = keys.into_iter().filter_map(|key| item(key, first.get(key), second.get(key)));
    Difference {
        before: before.version().clone(),
        after: after.version().clone(),
        items: items.collect(),
    }
}

/// Kind and id.
type Key = (ItemKind, String);

/// A thing as it is compared: its parts by name.
struct Described {
    title: Text,
    parts: BTreeMap<String, Properties>,
}

/// A part as it is compared.
#[derive(Default)]
struct Properties {
    citation: Option<Citation>,
    all: BTreeMap<String, String>,
}

impl Properties {
    fn cited(citation: &Citation) -> Self {
        Self { citation: Some(citation.clone()), all: BTreeMap::new() }
    }

    /// Notes a property; what is empty is not there.
    fn with(mut self, name: &str, value: impl fmt::Display) -> Self {
        let value = value.to_string();
        if !value.is_empty() {
            self.all.insert(name.to_owned(), value);
        }
        self
    }

    fn maybe(self, name: &str, value: Option<impl fmt::Display>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }
}

fn item(key: &Key, before: Option<&Described>, after: Option<&Described>) -> Option<Item> {
    let shown = after.or(before)?;
    let none = BTreeMap::new();
    let (old, new) = (before.map_or(&none, |d| &d.parts), after.map_or(&none, |d| &d.parts));
    let names: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    let parts: Vec<Part> =
        names.into_iter().filter_map(|name| part(name, old.get(name), new.get(name))).collect();
    let change = change(before.is_some(), after.is_some());
    if change == Change::Changed && parts.is_empty() {
        return None;
    }
    Some(Item { kind: key.0, id: key.1.clone(), title: shown.title.clone(), change, parts })
}

fn part(name: &str, before: Option<&Properties>, after: Option<&Properties>) -> Option<Part> {
    let shown = after.or(before)?;
    let value = |side: Option<&Properties>, name: &String| {
        side.and_then(|properties| properties.all.get(name)).cloned()
    };
    let both = [before, after].into_iter().flatten();
    let names: BTreeSet<&String> = both.flat_map(|properties| properties.all.keys()).collect();
    let aspects = names.into_iter().map(|name| Aspect {
        name: name.clone(),
        before: value(before, name),
        after: value(after, name),
    });
    let aspects: Vec<Aspect> = aspects.filter(|aspect| aspect.before != aspect.after).collect();
    let change = change(before.is_some(), after.is_some());
    if change == Change::Changed && aspects.is_empty() {
        return None;
    }
    Some(Part { name: name.to_owned(), change, citation: shown.citation.clone(), aspects })
}

fn change(before: bool, after: bool) -> Change {
    match (before, after) {
        (false, _) => Change::Added,
        (_, false) => Change::Removed,
        _ => Change::Changed,
    }
}
