//! A book on disk: the database, the signing key and the last checkpoint, which
//! lie apart from one another.

mod checkpoint;
mod found;

use std::fs;
use std::path::{Path, PathBuf};

use tanheng_base::{ActorId, Text};
use tanheng_evidence::{Appender, Ed25519Signer, Signer, VerifierKey};
use tanheng_store::journal::head;
use tanheng_store::record::Setting;
use tanheng_store::{Database, Durability};

pub(crate) use checkpoint::Keeper;
pub use found::{DEMONSTRATION, Found};

use crate::{Failure, journal};

/// Name of the log and of its key.
pub const ORIGIN: &str = "tanheng/hebei";

/// A book in a folder.
#[derive(Debug, Clone)]
pub struct Book {
    folder: PathBuf,
}

impl Book {
    /// The book in a folder, made if there is none.
    ///
    /// # Errors
    /// When the folder cannot be used.
    pub fn create(folder: &Path) -> Result<Self, Failure> {
        let book = Self { folder: folder.to_owned() };
        let keys = folder.join("keys");
        fs::create_dir_all(&keys).map_err(|error| Failure::file(&keys, error))?;
        if !book.private_key().exists() {
            let signer = Ed25519Signer::from_seed(ORIGIN, &journal::key_seed()?)?;
            let public = signer.verifier_key().to_string();
            checkpoint::write_durably(&book.public_key(), &format!("{public}\n"), false)?;
            let private = format!("{}\n", signer.private_text());
            checkpoint::write_durably(&book.private_key(), &private, true)?;
        }
        let database = book.database(Durability::Full)?;
        // A book without entries has a checkpoint too: one that is missing later was lost.
        if head(&database)?.size == 0 && book.checkpoint()?.is_none() {
            Keeper::new(folder, book.signer()?).keep(&Appender::new())?;
        }
        Ok(book)
    }

    /// The book in a folder.
    ///
    /// # Errors
    /// `book.none` when there is none.
    pub fn open(folder: &Path) -> Result<Self, Failure> {
        let book = Self { folder: folder.to_owned() };
        if book.database_path().exists() && book.private_key().exists() {
            return Ok(book);
        }
        let path = folder.display();
        Err(Failure::refuse(
            "book.none",
            Text::new(format!("`{path}` 中没有账簿"), format!("there is no book in `{path}`")),
            Text::new(
                "请用 --data 指定账簿目录，或运行 tanheng demo 生成示例账簿",
                "name the folder with --data, or run tanheng demo to make an example book",
            ),
        ))
    }

    /// The folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The database file.
    #[must_use]
    pub fn database_path(&self) -> PathBuf {
        self.folder.join("book.db")
    }

    /// The file with the verifier key, to be published.
    #[must_use]
    pub fn public_key(&self) -> PathBuf {
        self.folder.join("keys").join("log.pub")
    }

    fn private_key(&self) -> PathBuf {
        self.folder.join("keys").join("log.key")
    }

    /// The database for writing.
    ///
    /// # Errors
    /// When it cannot be used.
    pub(crate) fn database(&self, durability: Durability) -> Result<Database, Failure> {
        Ok(Database::open(&self.database_path(), durability)?)
    }

    /// The database for reading.
    ///
    /// # Errors
    /// When it cannot be used.
    pub fn reader(&self) -> Result<Database, Failure> {
        Ok(Database::open_read_only(&self.database_path())?)
    }

    /// The signing key.
    pub(crate) fn signer(&self) -> Result<Ed25519Signer, Failure> {
        let path = self.private_key();
        let text = fs::read_to_string(&path).map_err(|error| Failure::file(&path, error))?;
        Ok(Ed25519Signer::parse(text.trim())?)
    }

    /// The key that verifies checkpoints and receipts of this book.
    ///
    /// # Errors
    /// When the key file cannot be read.
    pub fn verifier_key(&self) -> Result<VerifierKey, Failure> {
        let path = self.public_key();
        let text = fs::read_to_string(&path).map_err(|error| Failure::file(&path, error))?;
        Ok(VerifierKey::parse(text.trim())?)
    }

    /// The last checkpoint note, as kept outside the database.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn checkpoint(&self) -> Result<Option<String>, Failure> {
        checkpoint::read(&self.folder)
    }

    /// Whether the book holds demonstration data only.
    ///
    /// # Errors
    /// When storage fails.
    pub fn is_demonstration(&self, sql: &Database) -> Result<bool, Failure> {
        Ok(Setting::find(sql, DEMONSTRATION)?.is_some())
    }
}

/// The pseudonym that founds a book and administers it first.
///
/// # Errors
/// Never for the built-in name.
pub fn founder() -> Result<ActorId, Failure> {
    "system".parse().map_err(|error: tanheng_base::IdError| Failure::Evidence(error.to_string()))
}
