//! Definitions of any kind that name what they fulfil, found in the files of the packs.

use std::ops::Range;
use std::sync::Arc;

use tanheng_base::PackId;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::book::Rulebook;
use crate::read::source_file;
use crate::source::{Place, SourceFile};

/// A definition with an `implements`.
#[derive(Debug, Clone)]
pub struct Definition {
    /// The pack.
    pub pack: PackId,
    /// It stands in an example pack.
    pub example: bool,
    /// The folder of its file, which is its kind: `methods`, `parameters`, `tables`, `forms` and
    /// so on.
    pub kind: String,
    /// Its id.
    pub id: String,
    /// The requirements it names, with their places.
    pub implements: Vec<(String, Place)>,
    /// Where its id stands.
    pub place: Place,
}

/// All definitions that name a requirement, whatever their kind: a kind that comes later needs
/// nothing here. Cases are no definitions.
pub fn definitions(book: &Rulebook) -> Vec<Definition> {
    let mut found = Vec::new();
    for pack in book.sources() {
        let example = book.packs().iter().any(|own| own.id == pack.id && own.example);
        for (path, content) in &pack.files {
            let Some((kind, _)) = path.split_once('/') else { continue };
            if kind == "cases" || !path.ends_with(".toml") {
                continue;
            }
            // what is no TOML was refused when the rulebook was loaded, or nobody reads it
            let Ok(table) = DeTable::parse(content) else { continue };
            let file = source_file(&pack.id, path, content);
            let mut reader = Reader { pack: &pack.id, example, kind, file: &file, found };
            reader.table(table.get_ref());
            found = reader.found;
        }
    }
    found
}

struct Reader<'a> {
    pack: &'a PackId,
    example: bool,
    kind: &'a str,
    file: &'a Arc<SourceFile>,
    found: Vec<Definition>,
}

impl Reader<'_> {
    fn table(&mut self, table: &DeTable<'_>) {
        let named = |name: &str| table.iter().find(|(key, _)| key.get_ref() == name);
        if let Some((key, named_ids)) = named("implements") {
            let id = named("id").and_then(|(_, id)| Some((id.get_ref().as_str()?, id.span())));
            let (id, span): (&str, Range<usize>) =
                id.unwrap_or((self.file.path.as_str(), key.span()));
            self.found.push(Definition {
                pack: self.pack.clone(),
                example: self.example,
                kind: self.kind.to_owned(),
                id: id.to_owned(),
                implements: self.ids(named_ids),
                place: Place::new(self.file, span),
            });
        }
        for (_, value) in table {
            self.value(value.get_ref());
        }
    }

    fn value(&mut self, value: &DeValue<'_>) {
        match value {
            DeValue::Table(table) => self.table(table),
            DeValue::Array(items) => items.iter().for_each(|item| self.value(item.get_ref())),
            _ => {}
        }
    }

    fn ids(&self, value: &Spanned<DeValue<'_>>) -> Vec<(String, Place)> {
        let items = match value.get_ref() {
            DeValue::Array(items) => items.iter().collect(),
            _ => vec![value],
        };
        let id = |item: &Spanned<DeValue<'_>>| {
            let id = item.get_ref().as_str()?;
            Some((id.to_owned(), Place::new(self.file, item.span())))
        };
        items.into_iter().filter_map(id).collect()
    }
}
