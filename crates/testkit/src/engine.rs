//! The engines on which the same test is run.

use std::cell::Cell;

use tanheng_store::Address;
use tempfile::TempDir;

use crate::postgres::Server;

/// A kind of database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Engine {
    /// SQLite: a file.
    #[default]
    File,
    /// PostgreSQL: a server of the tests' own.
    Server,
}

thread_local! {
    static CURRENT: Cell<Engine> = const { Cell::new(Engine::File) };
}

/// Runs a test on each engine there is: first on a file, then on the shared server. Where
/// there is no server, that is said (and fails if it is required).
#[expect(clippy::print_stderr, reason = "a test that fails says on which engine")]
pub fn on_each_engine(test: impl Fn()) {
    for engine in [Engine::File, Engine::Server] {
        if engine == Engine::Server && Server::shared().is_none() {
            continue;
        }
        eprintln!("engine: {engine:?}");
        CURRENT.set(engine);
        test();
        CURRENT.set(Engine::default());
    }
}

impl Engine {
    /// The engine on which the test of this thread is being run.
    #[must_use]
    pub fn current() -> Self {
        CURRENT.get()
    }

    /// The address of a database on a server, or `None` for a file in the book's folder.
    ///
    /// # Panics
    /// When it cannot be made.
    #[must_use]
    pub fn database(self) -> Option<String> {
        match self {
            Self::File => None,
            Self::Server => Server::shared().map(Server::fresh_database),
        }
    }
}

/// A new database on the engine of the test.
#[derive(Debug)]
pub struct Fresh {
    /// Where it is.
    pub address: Address,
    _folder: TempDir,
}

impl Fresh {
    /// Makes one.
    ///
    /// # Panics
    /// When it cannot be made.
    #[must_use]
    #[expect(clippy::new_without_default, reason = "each is another one")]
    pub fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let address = match Engine::current().database() {
            None => Address::file(folder.path().join("book.db")),
            Some(address) => Address::server(&address, None).unwrap(),
        };
        Self { address, _folder: folder }
    }
}
