//! The last checkpoint, kept outside the database: what was once signed is never
//! contradicted, even after an old backup was restored.

use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

use tanheng_evidence::{Appender, Checkpoint, Hash, HashAlgorithm};
use tanheng_store::Database;
use tanheng_store::journal::Nodes;

use super::keys::Signers;
use crate::Failure;

const FILE: &str = "log.checkpoint";

/// Reads the kept checkpoint.
pub(super) fn read(folder: &Path) -> Result<Option<String>, Failure> {
    let path = folder.join(FILE);
    match fs::read_to_string(&path) {
        Ok(note) => Ok(Some(note)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Failure::file(&path, error)),
    }
}

/// Keeps a checkpoint in place of the last one.
pub(super) fn replace(folder: &Path, note: &str) -> Result<(), Failure> {
    write_durably(&folder.join(FILE), note, false)
}

/// Replaces a file so that after a crash it holds the old or the new text, never
/// a part: write beside, sync, rename, sync the folder.
pub(crate) fn write_durably(
    path: &Path,
    bytes: impl AsRef<[u8]>,
    private: bool,
) -> Result<(), Failure> {
    let failed = |error| Failure::file(path, error);
    let beside = path.with_extension("new");
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    if private {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    let mut file = options.open(&beside).map_err(failed)?;
    file.write_all(bytes.as_ref()).map_err(failed)?;
    file.sync_all().map_err(failed)?;
    fs::rename(&beside, path).map_err(failed)?;
    if let Some(folder) = path.parent() {
        File::open(folder).and_then(|folder| folder.sync_all()).map_err(failed)?;
    }
    Ok(())
}

/// A note as it was kept, with the size and root it stands over.
struct Kept {
    note: String,
    size: u64,
    root: Hash,
}

/// Signs checkpoints and keeps the last one.
pub(crate) struct Keeper {
    folder: PathBuf,
    signers: Signers,
    /// The note this process compared or kept last: as long as the file holds it, its
    /// signature was checked already.
    known: Option<Kept>,
}

impl Keeper {
    pub(crate) fn new(folder: &Path, signers: Signers) -> Self {
        Self { folder: folder.to_owned(), signers, known: None }
    }

    /// The hash of the log.
    pub(crate) fn hash(&self) -> HashAlgorithm {
        self.signers.key().log_hash()
    }

    /// Refuses to go on when the database contradicts the kept checkpoint: it is
    /// older, or it holds another log. The database is looked at each time: another one may
    /// have been put in its place since.
    pub(crate) fn compare(&mut self, sql: &Database, size: u64) -> Result<(), Failure> {
        let Some(note) = read(&self.folder)? else {
            return Err(Failure::Inconsistent(
                "the last checkpoint, log.checkpoint, is missing: restore it, or put the \
                 checkpoint of the newest receipt in its place"
                    .to_owned(),
            ));
        };
        let kept = self.believed(note)?;
        reaches(size, kept.size)?;
        self.check(sql, &kept)?;
        self.known = Some(kept);
        Ok(())
    }

    /// What a note of the file stands over, if it is signed by this book.
    fn believed(&mut self, note: String) -> Result<Kept, Failure> {
        match self.known.take_if(|known| known.note == note) {
            Some(known) => Ok(known),
            None => {
                let checkpoint = Checkpoint::verify(&note, self.signers.key())?;
                Ok(Kept { note, size: checkpoint.size(), root: *checkpoint.root() })
            }
        }
    }

    /// The first entries of the database are those that were signed.
    fn check(&self, sql: &Database, kept: &Kept) -> Result<(), Failure> {
        let root = Appender::open(self.hash(), kept.size, &Nodes(sql))?.root();
        if root == kept.root {
            return Ok(());
        }
        Err(Failure::Inconsistent(format!(
            "the first {} entries of the database are not those of the checkpoint that was \
             signed over them: this is another log or it was altered; run tanheng audit",
            kept.size
        )))
    }

    /// Whether a log of this size reaches beyond the checkpoint this process knows:
    /// after a commit, or after a crash between a commit and its checkpoint.
    pub(crate) fn lags(&self, size: u64) -> bool {
        self.known.as_ref().map_or(0, |known| known.size) < size
    }

    /// Signs the state of the log and keeps the note, unless another process has
    /// kept a later one meanwhile. What another process kept must stand over the same log.
    ///
    /// `sql` is the database outside of a transaction: an unchanging state of it may lack what
    /// the other process has signed.
    pub(crate) fn keep(&mut self, sql: &Database, log: &Appender) -> Result<(), Failure> {
        let checkpoint = Checkpoint::new(self.signers.key().name(), log.size(), log.root())?;
        let lock_path = self.folder.join("log.lock");
        let lock = File::create(&lock_path).map_err(|error| Failure::file(&lock_path, error))?;
        lock.lock().map_err(|error| Failure::file(&lock_path, error))?;
        if let Some(note) = read(&self.folder)? {
            let strange = self.known.as_ref().is_none_or(|known| known.note != note);
            let kept = self.believed(note)?;
            if strange {
                self.check(sql, &kept)?;
            }
            let later = kept.size >= log.size();
            self.known = Some(kept);
            if later {
                return Ok(());
            }
        }
        let note = self.signers.sign(&checkpoint)?;
        replace(&self.folder, &note)?;
        self.known = Some(Kept { note, size: log.size(), root: log.root() });
        Ok(())
    }
}

fn reaches(size: u64, signed: u64) -> Result<(), Failure> {
    if signed <= size {
        return Ok(());
    }
    Err(Failure::Inconsistent(format!(
        "the database holds {size} entries, but a checkpoint over {signed} was signed: \
         an old copy was restored; restore the newest one"
    )))
}
