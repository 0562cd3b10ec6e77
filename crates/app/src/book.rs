//! A book on disk: the database, the signing key and the last checkpoint, which
//! lie apart from one another.

mod checkpoint;
mod found;
mod keys;
mod place;

use std::fs;
use std::path::{Path, PathBuf};

use tanheng_base::{ActorId, Text};
use tanheng_evidence::{Checkpoint, VerifierKey};
use tanheng_store::journal::head;
use tanheng_store::record::Setting;
use tanheng_store::{Address, Database, Durability};

pub(crate) use checkpoint::{Keeper, write_durably};
pub use found::{DEMONSTRATION, Found};
pub use keys::Profile;
pub use place::DatabaseChoice;

use crate::Failure;
use keys::Signers;

/// Name of the log and of its key.
pub const ORIGIN: &str = "tanheng/hebei";

/// A book in a folder.
#[derive(Debug, Clone)]
pub struct Book {
    folder: PathBuf,
    database: Address,
}

impl Book {
    /// The book in a folder, made if there is none, with the keys and hash that are usual.
    ///
    /// # Errors
    /// When the folder cannot be used.
    pub fn create(folder: &Path) -> Result<Self, Failure> {
        Self::create_on(folder, &DatabaseChoice::default())
    }

    /// The same with a database of choice.
    ///
    /// # Errors
    /// When folder or database cannot be used, or the book has another database.
    pub fn create_on(folder: &Path, database: &DatabaseChoice) -> Result<Self, Failure> {
        Self::create_with(folder, Profile::default(), ORIGIN, database)
    }

    /// The book in a folder, made if there is none, with the keys and hash of a profile, the
    /// log named `origin` and a database of choice. A book that is there keeps its own.
    ///
    /// # Errors
    /// When folder or database cannot be used, no log can have that name, or the book has
    /// another database.
    pub fn create_with(
        folder: &Path,
        profile: Profile,
        origin: &str,
        database: &DatabaseChoice,
    ) -> Result<Self, Failure> {
        let database = database.of_new(folder)?;
        let book = Self { folder: folder.to_owned(), database };
        let keys = folder.join("keys");
        fs::create_dir_all(&keys).map_err(|error| Failure::file(&keys, error))?;
        let database = book.database(Durability::Full)?;
        if !book.private_key().exists() {
            book.refuse_lost_key(&database)?;
            keys::create(folder, profile, origin)?;
        }
        place::remember(folder, &book.database)?;
        Ok(book)
    }

    /// With a new key nobody could tell the continued log from a forged one.
    fn refuse_lost_key(&self, database: &Database) -> Result<(), Failure> {
        let signed = match self.checkpoint()? {
            Some(note) => Checkpoint::parse_unverified(&note)?.size() > 0,
            None => false,
        };
        if !signed && head(database)?.size == 0 {
            return Ok(());
        }
        Err(Failure::Inconsistent(
            "there are entries, but the signing key, keys/log.key, is missing: restore it"
                .to_owned(),
        ))
    }

    /// The book in a folder.
    ///
    /// # Errors
    /// `book.none` when there is none.
    pub fn open(folder: &Path) -> Result<Self, Failure> {
        Self::open_on(folder, &DatabaseChoice::default())
    }

    /// The book in a folder, its database named once more or reached by a password.
    ///
    /// # Errors
    /// `book.none` when there is none, `book.other_database` when it has another one.
    pub fn open_on(folder: &Path, database: &DatabaseChoice) -> Result<Self, Failure> {
        if let Some(database) = database.of_existing(folder)? {
            let book = Self { folder: folder.to_owned(), database };
            if book.private_key().exists() {
                return Ok(book);
            }
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

    /// Where the database is.
    #[must_use]
    pub fn address(&self) -> &Address {
        &self.database
    }

    /// The file with the verifier key, to be published.
    #[must_use]
    pub fn public_key(&self) -> PathBuf {
        self.folder.join("keys").join(keys::PUBLIC)
    }

    fn private_key(&self) -> PathBuf {
        self.folder.join("keys").join(keys::PRIVATE)
    }

    /// The database for writing.
    ///
    /// # Errors
    /// When it cannot be used.
    pub(crate) fn database(&self, durability: Durability) -> Result<Database, Failure> {
        Ok(Database::open(&self.database, durability)?)
    }

    /// The database for reading.
    ///
    /// # Errors
    /// When it cannot be used.
    pub fn reader(&self) -> Result<Database, Failure> {
        Ok(Database::open_read_only(&self.database)?)
    }

    /// The signing keys.
    pub(crate) fn signers(&self) -> Result<Signers, Failure> {
        Signers::read(&self.folder.join("keys"))
    }

    /// The key that verifies checkpoints and receipts of this book.
    ///
    /// # Errors
    /// When the key file cannot be read.
    pub fn verifier_key(&self) -> Result<VerifierKey, Failure> {
        keys::read_public(&self.public_key())
    }

    /// The key of the second signature on checkpoints, where the book has one.
    ///
    /// # Errors
    /// When the key file cannot be read.
    pub fn second_key(&self) -> Result<Option<VerifierKey>, Failure> {
        let path = self.folder.join("keys").join(keys::SECOND_PUBLIC);
        if path.exists() { keys::read_public(&path).map(Some) } else { Ok(None) }
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
