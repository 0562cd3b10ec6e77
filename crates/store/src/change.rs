//! Changes of derived tables: what a journal outcome consists of.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::record::{TABLES, Table};
use crate::{Cell, Row, Sql, StoreError};

/// One change of one row of a derived table. Outcomes in the journal hold these, and replay
/// applies them again. There the table and the columns stand by name; a column that is not
/// named is missing, and a table or column that is not ours is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// The row is now this, whether it was there before or not.
    Put {
        /// Table.
        table: &'static Table,
        /// The row, in the order of the table's columns.
        row: Row,
    },
    /// The row with this key is gone.
    Delete {
        /// Table.
        table: &'static Table,
        /// The cells of the key, in the order of the table's key.
        key: Row,
    },
}

/// Applies one change.
///
/// # Errors
/// When the engine fails.
pub fn apply(sql: &impl Sql, change: Change) -> Result<(), StoreError> {
    match change {
        Change::Put { table, row } => sql.put(table, row),
        Change::Delete { table, key } => sql.execute(table.delete_sql(), &key).map(drop),
    }
}

/// A change as it is written to the journal.
#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum Written<'a> {
    Put { table: &'a str, row: Filled<'a> },
    Delete { table: &'a str, key: Filled<'a> },
}

/// The cells of columns that are not empty.
struct Filled<'a>(&'a [&'static str], &'a Row);

impl Serialize for Filled<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let cells = self.0.iter().zip(self.1);
        serializer.collect_map(cells.filter(|(_, cell)| **cell != Cell::Null))
    }
}

impl Serialize for Change {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Put { table, row } => {
                Written::Put { table: table.name, row: Filled(table.columns, row) }
            }
            Self::Delete { table, key } => {
                Written::Delete { table: table.name, key: Filled(table.key, key) }
            }
        }
        .serialize(serializer)
    }
}

/// A change as it is read from the journal.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum Named<'a> {
    Put {
        #[serde(borrow)]
        table: Name<'a>,
        #[serde(borrow)]
        row: Cells<'a>,
    },
    Delete {
        #[serde(borrow)]
        table: Name<'a>,
        #[serde(borrow)]
        key: Cells<'a>,
    },
}

impl<'de> Deserialize<'de> for Change {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(match Named::deserialize(deserializer)? {
            Named::Put { table, row } => {
                let table = table.known()?;
                Self::Put { table, row: row.ordered(table, table.columns)? }
            }
            Named::Delete { table, key } => {
                let table = table.known()?;
                let count = key.0.len();
                let key = key.ordered(table, table.key)?;
                if count < key.len() {
                    let table = table.name;
                    return Err(Error::custom(format!("the key of a row of {table} is not whole")));
                }
                Self::Delete { table, key }
            }
        })
    }
}

/// A name, borrowed where the source has it in one piece.
struct Name<'a>(Cow<'a, str>);

impl Name<'_> {
    fn known<E: Error>(&self) -> Result<&'static Table, E> {
        let found = TABLES.iter().find(|table| table.name == self.0);
        found.copied().ok_or_else(|| E::custom(format!("unknown table {}", self.0)))
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Name<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(NameVisitor)
    }
}

struct NameVisitor;

impl<'de> Visitor<'de> for NameVisitor {
    type Value = Name<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a table or column")
    }

    fn visit_borrowed_str<E: Error>(self, name: &'de str) -> Result<Name<'de>, E> {
        Ok(Name(Cow::Borrowed(name)))
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<Name<'de>, E> {
        Ok(Name(Cow::Owned(name.to_owned())))
    }
}

/// Cells by column.
struct Cells<'a>(Vec<(Name<'a>, Cell)>);

impl Cells<'_> {
    /// The cells in the order of columns, the missing ones empty.
    fn ordered<E: Error>(self, table: &Table, columns: &[&str]) -> Result<Row, E> {
        let mut row = vec![Cell::Null; columns.len()];
        for (name, cell) in self.0 {
            let Some(place) = columns.iter().position(|column| *column == name.0) else {
                return Err(E::custom(format!("unknown column {}.{}", table.name, name.0)));
            };
            row[place] = cell;
        }
        Ok(row)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Cells<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(CellsVisitor)
    }
}

struct CellsVisitor;

impl<'de> Visitor<'de> for CellsVisitor {
    type Value = Cells<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("cells by column")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Cells<'de>, A::Error> {
        let mut cells = Vec::with_capacity(map.size_hint().unwrap_or(0).min(64));
        while let Some(cell) = map.next_entry()? {
            cells.push(cell);
        }
        Ok(Cells(cells))
    }
}
