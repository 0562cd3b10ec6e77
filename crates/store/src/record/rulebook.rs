//! Published rulebooks.

use tanheng_base::PackId;

use super::record;
use crate::column::name_column;
use crate::{Cell, Sql, StoreError, find, select};

name_column! {
    /// What a published rulebook is for.
    RulebookPurpose {
        /// The law: decides.
        Law = "law",
        /// Law plus example packs: yields trial figures only.
        Example = "example",
    }
}

record! {
    /// A pack with its bytes.
    Pack in "pack" key("digest") {
        /// Content hash.
        digest: String,
        /// Id.
        id: PackId,
        /// Path → text, as JSON.
        files: String,
        /// The entry that published it.
        entry: i64,
    }
}

record! {
    /// A set of packs that was published together.
    PublishedRulebook in "rulebook" key("version") {
        /// Hash over the packs.
        version: String,
        /// Law in force, or the example that trial figures are computed with.
        purpose: RulebookPurpose,
        /// Digests of its packs in loading order, separated by spaces.
        packs: String,
        /// The entry that published it.
        entry: i64,
    }
}

impl Pack {
    /// The pack with this content hash.
    ///
    /// # Errors
    /// When the engine fails or a cell is impossible.
    pub fn find(sql: &impl Sql, digest: &str) -> Result<Option<Self>, StoreError> {
        find(sql, &[Cell::from(digest)])
    }
}

impl PublishedRulebook {
    /// The rulebook of this version.
    ///
    /// # Errors
    /// When the engine fails or a cell is impossible.
    pub fn find(sql: &impl Sql, version: &str) -> Result<Option<Self>, StoreError> {
        find(sql, &[Cell::from(version)])
    }

    /// The one published last for a purpose.
    ///
    /// # Errors
    /// When the engine fails or a cell is impossible.
    pub fn latest(sql: &impl Sql, purpose: RulebookPurpose) -> Result<Option<Self>, StoreError> {
        let rest = "WHERE purpose = $1 ORDER BY entry DESC LIMIT 1";
        Ok(select(sql, rest, &[Cell::from(purpose.name())])?.into_iter().next())
    }

    /// All of them, the newest first.
    ///
    /// # Errors
    /// When the engine fails or a cell is impossible.
    pub fn all(sql: &impl Sql) -> Result<Vec<Self>, StoreError> {
        select(sql, "ORDER BY entry DESC", &[])
    }
}
