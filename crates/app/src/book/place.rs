//! Which database a book has: the file in its folder, or one on a server whose address,
//! without the password, lies in the folder instead.

use std::fs;
use std::path::Path;

use tanheng_base::Text;
use tanheng_store::Address;

use super::checkpoint::write_durably;
use crate::Failure;

/// The database file.
pub(super) const FILE: &str = "book.db";
/// The file with the address of a database on a server.
const REMEMBERED: &str = "database.address";

/// Which database whoever opens a book names, and the password for it. Neither is needed for
/// a file; the address of a server is needed once, when the book is made.
#[derive(Clone, Default)]
pub struct DatabaseChoice {
    /// Address of a database on a server: `postgres://…`.
    pub address: Option<String>,
    /// The password, where the address holds none.
    pub password: Option<String>,
}

impl DatabaseChoice {
    fn named(&self) -> Result<Option<Address>, Failure> {
        let server = |text: &String| Address::server(text, self.password.as_deref());
        Ok(self.address.as_ref().map(server).transpose()?)
    }

    /// The database of a book that is there; `None` when there is none.
    pub(super) fn of_existing(&self, folder: &Path) -> Result<Option<Address>, Failure> {
        let named = self.named()?;
        let path = folder.join(REMEMBERED);
        let remembered = if path.exists() {
            let text = fs::read_to_string(&path).map_err(|error| Failure::file(&path, error))?;
            Some(Address::server(text.trim(), self.password.as_deref())?)
        } else {
            let file = folder.join(FILE);
            file.exists().then(|| Address::file(file))
        };
        match (remembered, named) {
            (Some(remembered), Some(named)) if remembered.same_place(&named) => Ok(Some(named)),
            (Some(remembered), Some(named)) => Err(another(&remembered, &named)),
            (remembered, _) => Ok(remembered),
        }
    }

    /// The database of a book that is made unless it is there. A server is asked before the
    /// folder remembers it.
    pub(super) fn of_new(&self, folder: &Path) -> Result<Address, Failure> {
        if let Some(existing) = self.of_existing(folder)? {
            return Ok(existing);
        }
        Ok(self.named()?.unwrap_or_else(|| Address::file(folder.join(FILE))))
    }
}

/// Remembers the database of a book in its folder, without the password.
pub(super) fn remember(folder: &Path, address: &Address) -> Result<(), Failure> {
    if address.path().is_some() {
        return Ok(());
    }
    write_durably(&folder.join(REMEMBERED), format!("{address}\n"), false)
}

/// A key signs one log; under another database it would sign a second one.
fn another(remembered: &Address, named: &Address) -> Failure {
    Failure::refuse(
        "book.other_database",
        Text::new(
            format!("该账簿的数据库是 `{remembered}`，不是 `{named}`"),
            format!("the database of this book is `{remembered}`, not `{named}`"),
        ),
        Text::new(
            format!("省略 --database；数据库已迁移到别处时，请修改账簿目录中的 {REMEMBERED}"),
            format!(
                "leave --database out; where the database has moved, change {REMEMBERED} in the \
                 folder of the book"
            ),
        ),
    )
}
