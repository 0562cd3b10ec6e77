//! The journal: entries, openings, the nodes of the log and its head.

use std::collections::{BTreeMap, HashMap};

use tanheng_evidence::{
    Appender, Entry, Hash, LogError, NodeReader, NodeWriter, Opening, Part, StorageError,
};

use crate::record::Table;
use crate::{Cell, Column, Sql, StoreError};

static JOURNAL: Table = Table::evidence("journal", &["sequence"], &["sequence", "entry"]);
static OPENING: Table =
    Table::evidence("opening", &["sequence", "part"], &["sequence", "part", "secret", "content"]);
static LOG_HASH: Table = Table::evidence("log_hash", &["position"], &["position", "hash"]);

/// Nodes read by one statement at most.
const NODES: usize = 256;

/// The head row: how far the journal reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// Number of entries, and sequence of the next.
    pub size: i64,
    /// Time of the last entry, milliseconds UTC.
    pub time_ms: i64,
}

/// The nodes of the log in the database.
pub struct Nodes<'a, S>(pub &'a S);

impl<S: Sql> NodeReader for Nodes<'_, S> {
    fn read_nodes(&self, indexes: &[u64]) -> Result<Vec<Hash>, StorageError> {
        let mut hashes = Vec::with_capacity(indexes.len());
        // Many by one statement: on a server each would be a round trip.
        for some in indexes.chunks(NODES) {
            self.read_some(some, &mut hashes)?;
        }
        Ok(hashes)
    }
}

impl<S: Sql> Nodes<'_, S> {
    fn read_some(&self, indexes: &[u64], hashes: &mut Vec<Hash>) -> Result<(), StorageError> {
        let positions = indexes.iter().map(|index| Ok(Cell::Integer(i64::try_from(*index)?)));
        let positions: Vec<Cell> = positions.collect::<Result<_, StorageError>>()?;
        let places: Vec<String> = (1..=positions.len()).map(|place| format!("${place}")).collect();
        let places = places.join(", ");
        let query = format!("SELECT position, hash FROM log_hash WHERE position IN ({places})");
        let rows = self.0.query(&query, &positions)?;
        let found: HashMap<_, _> = rows.iter().map(|row| (&row[0], &row[1])).collect();
        for position in &positions {
            match found.get(position) {
                Some(Cell::Bytes(hash)) => hashes.push(hash.as_slice().try_into()?),
                _ => return Err(format!("node {position} of the log is missing").into()),
            }
        }
        Ok(())
    }
}

impl<S: Sql> NodeWriter for Nodes<'_, S> {
    fn write_nodes(&mut self, first: u64, nodes: &[Hash]) -> Result<(), StorageError> {
        for (position, hash) in (i64::try_from(first)?..).zip(nodes) {
            let row = vec![Cell::Integer(position), Cell::Bytes(hash.to_vec())];
            self.0.put(&LOG_HASH, row)?;
        }
        Ok(())
    }
}

/// The head row.
///
/// # Errors
/// When the engine fails or the row is missing.
pub fn head(sql: &impl Sql) -> Result<Head, StoreError> {
    let row = sql.row("SELECT size, time_ms FROM head WHERE id = 1", &[])?.unwrap_or_default();
    let cell = |place: usize| row.get(place).unwrap_or(&Cell::Null);
    Ok(Head {
        size: i64::from_cell(cell(0), "head.size")?,
        time_ms: i64::from_cell(cell(1), "head.time_ms")?,
    })
}

/// An entry with its openings, encoded.
pub struct Sealed {
    sequence: u64,
    leaf: Vec<u8>,
    openings: Vec<(Part, StoredOpening)>,
}

impl Sealed {
    /// Encodes an entry and what it commits to.
    #[must_use]
    pub fn new(entry: &Entry, openings: &[&Opening]) -> Self {
        let stored = |opening: &&Opening| {
            let (secret, content) = (opening.secret().to_vec(), opening.content_bytes());
            (opening.part(), StoredOpening { secret, content })
        };
        Self {
            sequence: entry.sequence(),
            leaf: entry.encode(),
            openings: openings.iter().map(stored).collect(),
        }
    }
}

/// Appends an entry with its openings to the journal and the log; gives the hash of the leaf.
///
/// # Errors
/// When the engine fails or the entry is not the next one.
pub fn append(sql: &impl Sql, log: &mut Appender, sealed: Sealed) -> Result<Hash, LogError> {
    let storage = |error: StoreError| LogError::Storage(Box::new(error));
    let Sealed { sequence, leaf, openings } = sealed;
    if sequence != log.size() {
        return Err(LogError::Sequence { found: sequence, next: log.size() });
    }
    let hash = log.append_leaf(&leaf, &mut Nodes(sql))?;
    let sequence = as_i64(sequence);
    sql.put(&JOURNAL, vec![Cell::Integer(sequence), Cell::Bytes(leaf)]).map_err(storage)?;
    for (part, opening) in openings {
        let row = vec![
            Cell::Integer(sequence),
            Cell::from(part.name()),
            Cell::Bytes(opening.secret),
            Cell::Bytes(opening.content),
        ];
        sql.put(&OPENING, row).map_err(storage)?;
    }
    Ok(hash)
}

/// Moves the head row.
///
/// # Errors
/// When the engine fails.
pub fn set_head(sql: &impl Sql, head: Head) -> Result<(), StoreError> {
    let row = [Cell::Integer(head.size), Cell::Integer(head.time_ms)];
    sql.execute("UPDATE head SET size = $1, time_ms = $2 WHERE id = 1", &row)?;
    Ok(())
}

/// Puts what the entries from `first` to before `end` left in this module's tables into
/// another database, as they were put there.
///
/// # Errors
/// When an engine fails.
pub fn copy(sql: &impl Sql, first: i64, end: i64, to: &impl Sql) -> Result<(), StoreError> {
    // A tree of n leaves has finished 2n − (ones of n) nodes, in this order.
    let nodes = |leaves: i64| Cell::Integer(2 * leaves - i64::from(leaves.count_ones()));
    let rows = [Cell::Integer(first), Cell::Integer(end)];
    let parts: [(&'static Table, [Cell; 2]); 3] =
        [(&LOG_HASH, [nodes(first), nodes(end)]), (&JOURNAL, rows.clone()), (&OPENING, rows)];
    for (table, range) in parts {
        let (columns, key) = (table.column_list(), table.key[0]);
        let name = table.name;
        let query = format!("SELECT {columns} FROM {name} WHERE {key} >= $1 AND {key} < $2");
        for row in sql.query(&query, &range)? {
            to.put(table, row)?;
        }
    }
    Ok(())
}

/// The bytes of the entries from `first` on, at most `limit`, in order.
///
/// # Errors
/// When the engine fails or a cell is impossible.
pub fn entries(sql: &impl Sql, first: i64, limit: i64) -> Result<Vec<(i64, Vec<u8>)>, StoreError> {
    let rows = sql.query(
        "SELECT sequence, entry FROM journal WHERE sequence >= $1 ORDER BY sequence LIMIT $2",
        &[Cell::Integer(first), Cell::Integer(limit)],
    )?;
    rows.into_iter()
        .map(|row| {
            let sequence = i64::from_cell(&row[0], "journal.sequence")?;
            Ok((sequence, bytes(row.into_iter().nth(1), "journal.entry")?))
        })
        .collect()
}

/// One part of an entry as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredOpening {
    /// The secret that the salts come from.
    pub secret: Vec<u8>,
    /// Canonical encoding of the fields.
    pub content: Vec<u8>,
}

/// Secret and content of what is left of the entries from `first` to `last`, by the sequence and
/// the name of the part.
///
/// # Errors
/// When the engine fails or a cell is impossible.
pub fn openings(
    sql: &impl Sql,
    first: i64,
    last: i64,
) -> Result<BTreeMap<(i64, String), StoredOpening>, StoreError> {
    let rows = sql.query(
        "SELECT sequence, part, secret, content FROM opening \
         WHERE sequence >= $1 AND sequence <= $2",
        &[Cell::Integer(first), Cell::Integer(last)],
    )?;
    let read = |row: crate::Row| {
        let sequence = i64::from_cell(&row[0], "opening.sequence")?;
        let part = String::from_cell(&row[1], "opening.part")?;
        let mut cells = row.into_iter().skip(2);
        let secret = bytes(cells.next(), "opening.secret")?;
        let content = bytes(cells.next(), "opening.content")?;
        Ok(((sequence, part), StoredOpening { secret, content }))
    };
    rows.into_iter().map(read).collect()
}

/// Erases one part of an entry: content and secret are gone.
///
/// # Errors
/// When the engine fails.
pub fn erase(sql: &impl Sql, sequence: i64, part: Part) -> Result<(), StoreError> {
    let key = [Cell::Integer(sequence), Cell::from(part.name())];
    sql.execute("DELETE FROM opening WHERE sequence = $1 AND part = $2", &key)?;
    Ok(())
}

/// Which openings there are beyond the journal or under another part's name:
/// strangers that no entry accounts for.
///
/// # Errors
/// When the engine fails.
pub fn stray_openings(sql: &impl Sql) -> Result<Vec<(i64, String)>, StoreError> {
    let rows = sql.query(
        "SELECT sequence, part FROM opening o WHERE part NOT IN ('input', 'outcome') \
         OR NOT EXISTS (SELECT 1 FROM journal j WHERE j.sequence = o.sequence) \
         ORDER BY sequence, part",
        &[],
    )?;
    rows.iter()
        .map(|row| {
            Ok((
                i64::from_cell(&row[0], "opening.sequence")?,
                String::from_cell(&row[1], "opening.part")?,
            ))
        })
        .collect()
}

/// All stored nodes of the log, by position.
///
/// # Errors
/// When the engine fails or a cell is impossible.
pub fn nodes(sql: &impl Sql) -> Result<Vec<(i64, Vec<u8>)>, StoreError> {
    let rows = sql.query("SELECT position, hash FROM log_hash ORDER BY position", &[])?;
    rows.into_iter()
        .map(|row| {
            let position = i64::from_cell(&row[0], "log_hash.position")?;
            Ok((position, bytes(row.into_iter().nth(1), "log_hash.hash")?))
        })
        .collect()
}

/// The number of rows of one of the tables of this module, those without a place included.
///
/// # Errors
/// When the engine fails or there is no such table.
pub fn count(sql: &impl Sql, table: &str) -> Result<i64, StoreError> {
    let Some(known) = ["journal", "opening", "log_hash", "head"].iter().find(|t| **t == table)
    else {
        return Err(StoreError::Unknown(table.to_owned()));
    };
    let row = sql.row(&format!("SELECT COUNT(*) FROM {known}"), &[])?.unwrap_or_default();
    i64::from_cell(row.first().unwrap_or(&Cell::Null), "count")
}

fn bytes(cell: Option<Cell>, name: &str) -> Result<Vec<u8>, StoreError> {
    match cell {
        Some(Cell::Bytes(bytes)) => Ok(bytes),
        other => Err(StoreError::Impossible {
            column: name.to_owned(),
            found: other.unwrap_or(Cell::Null).to_string(),
            expected: "bytes",
        }),
    }
}

/// A sequence as the database holds it. The log refuses sizes above 2^60.
fn as_i64(sequence: u64) -> i64 {
    i64::try_from(sequence).unwrap_or(i64::MAX)
}
