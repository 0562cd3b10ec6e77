//! Rulebooks, proposed and published.

use tanheng_base::{ActorId, PackId};

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

name_column! {
    /// What became of a proposal.
    ProposalState {
        /// It waits for another person.
        Proposed = "proposed",
        /// Another person published it.
        Published = "published",
        /// It was taken back.
        Withdrawn = "withdrawn",
        /// Another proposal was published, so that it no longer changes what it was made on.
        Superseded = "superseded",
    }
}

record! {
    /// A rulebook that one person proposed.
    RulebookProposal in "rulebook_proposal" key("proposal") {
        /// The entry that proposed it.
        proposal: i64,
        /// Hash over the packs.
        version: String,
        /// Law or example.
        purpose: RulebookPurpose,
        /// Digests of its packs in loading order, separated by spaces.
        packs: String,
        /// The version that was in force then; none before the first.
        base: Option<String>,
        /// Who proposed it.
        proposer: ActorId,
        /// What became of it.
        state: ProposalState,
        /// Who published it or took it back.
        decided_by: Option<ActorId>,
        /// The entry that changed it last.
        entry: i64,
    }
}

impl RulebookProposal {
    /// The proposal that an entry made.
    ///
    /// # Errors
    /// When the engine fails or a cell is impossible.
    pub fn find(sql: &impl Sql, proposal: i64) -> Result<Option<Self>, StoreError> {
        find(sql, &[Cell::Integer(proposal)])
    }

    /// Proposals that wait, for a purpose, the oldest first.
    ///
    /// # Errors
    /// When the engine fails or a cell is impossible.
    pub fn waiting(sql: &impl Sql, purpose: RulebookPurpose) -> Result<Vec<Self>, StoreError> {
        let rest = "WHERE purpose = $1 AND state = $2 ORDER BY proposal";
        let waiting = ProposalState::Proposed.name();
        select(sql, rest, &[Cell::from(purpose.name()), Cell::from(waiting)])
    }

    /// All proposals, the newest first.
    ///
    /// # Errors
    /// When the engine fails or a cell is impossible.
    pub fn all(sql: &impl Sql) -> Result<Vec<Self>, StoreError> {
        select(sql, "ORDER BY proposal DESC", &[])
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
