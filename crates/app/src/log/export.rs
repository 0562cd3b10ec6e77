//! The log as a folder of files in the layout of C2SP tlog-tiles, continued where it ended.

use std::fs;
use std::io;
use std::path::Path;

use tanheng_evidence::Appender;
use tanheng_evidence::tiles::{Tile, new_tiles};
use tanheng_store::Database;
use tanheng_store::journal::Nodes;

use super::PublicLog;
use crate::book::write_durably;
use crate::{Book, Failure};

/// The name of the checkpoint in the folder.
pub const CHECKPOINT: &str = "checkpoint";

/// What an export did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exported {
    /// Entries that the folder had before.
    pub before: u64,
    /// Entries that it has now.
    pub entries: u64,
    /// Tiles and bundles that were written.
    pub written: u64,
}

/// Writes what the folder lacks of the log, entries and tiles before the checkpoint that stands
/// over them, each durably. An export that was interrupted is continued by the next one. Partial
/// tiles of earlier checkpoints stay until the full tile is there.
///
/// The folder is a witness: when what was exported before is not the beginning of this log,
/// nothing is written.
///
/// # Errors
/// [`Failure::Inconsistent`], a file that cannot be used, or a failure of storage.
pub fn export(
    book: &Book,
    sql: &Database,
    folder: &Path,
    mut progress: impl FnMut(u64, u64),
) -> Result<Exported, Failure> {
    let signed = crate::receipt::Signed::last(book)?;
    sql.read(|sql| {
        let log = PublicLog::under(signed, sql);
        let (before, size) = (exported(&log, folder)?, log.size());
        let mut written = 0;
        for tile in new_tiles(before, size) {
            let bytes = log.tile(&tile)?.ok_or(Failure::Stopped)?;
            let path = folder.join(tile.to_string());
            let parent = path.parent().unwrap_or(folder);
            fs::create_dir_all(parent).map_err(|error| Failure::file(parent, error))?;
            write_durably(&path, &bytes, false)?;
            written += 1;
            progress(tile.span().end.min(size), size);
        }
        fs::create_dir_all(folder).map_err(|error| Failure::file(folder, error))?;
        let path = folder.join(CHECKPOINT);
        if fs::read(&path).ok().as_deref() != Some(log.note().as_bytes()) {
            write_durably(&path, log.note(), false)?;
        }
        for tile in new_tiles(before, size).filter(Tile::is_full) {
            remove_partial(&folder.join(format!("{tile}.p")))?;
        }
        Ok(Exported { before, entries: size, written })
    })
}

/// How many entries the folder has; it must be the beginning of this log.
fn exported(log: &PublicLog<'_>, folder: &Path) -> Result<u64, Failure> {
    let path = folder.join(CHECKPOINT);
    let note = match fs::read_to_string(&path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(0),
        note => note.map_err(|error| Failure::file(&path, error))?,
    };
    let key = log.signed.key();
    let old = tanheng_evidence::Checkpoint::verify(&note, key)?;
    let contradiction = |what: &str| {
        Failure::Inconsistent(format!(
            "the exported folder holds {} entries under a checkpoint of this log, but {what}: an \
             old copy was restored, or the log was altered; run tanheng audit --against {}",
            old.size(),
            path.display()
        ))
    };
    if old.size() > log.size() {
        return Err(contradiction(&format!("the book has only {}", log.size())));
    }
    let root = Appender::open(key.log_hash(), old.size(), &Nodes(log.sql))?.root();
    if root == *old.root() { Ok(old.size()) } else { Err(contradiction("the book has others")) }
}

/// Partial tiles have no use any more where the full one is.
fn remove_partial(folder: &Path) -> Result<(), Failure> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(Failure::file(folder, error)),
        _ => Ok(()),
    }
}
