//! The rulebooks of a book.

use std::sync::Arc;

use tanheng_rulebook::Rulebook;
use tanheng_store::record::{PublishedRulebook, RulebookProposal, RulebookPurpose};

use super::Reader;
use crate::Failure;
use crate::policy::{Action, Subject, authorise};

impl Reader {
    /// The rulebook of a version, or the law in force; `None` where nothing was published or
    /// nothing under that version.
    ///
    /// # Errors
    /// `policy.not_allowed`, or a failure of storage.
    pub fn rulebook(&self, version: Option<&str>) -> Result<Option<Arc<Rulebook>>, Failure> {
        self.read(|sql| {
            authorise(sql, &self.actor, Action::ViewPublic, Subject::Book)?;
            match version {
                None => self.rulebooks.latest(sql, RulebookPurpose::Law),
                Some(version) => match PublishedRulebook::find(sql, version)? {
                    Some(published) => self.rulebooks.get(sql, &published.version).map(Some),
                    None => Ok(None),
                },
            }
        })
    }

    /// Every published version, the newest first.
    ///
    /// # Errors
    /// `policy.not_allowed`, or a failure of storage.
    pub fn published(&self) -> Result<Vec<PublishedRulebook>, Failure> {
        self.read(|sql| {
            authorise(sql, &self.actor, Action::ViewPublic, Subject::Book)?;
            Ok(PublishedRulebook::all(sql)?)
        })
    }

    /// The rulebook in force for a purpose; `None` before the first.
    ///
    /// # Errors
    /// `policy.not_allowed`, or a failure of storage.
    pub fn in_force(&self, purpose: RulebookPurpose) -> Result<Option<Arc<Rulebook>>, Failure> {
        self.read(|sql| {
            authorise(sql, &self.actor, Action::ViewPublic, Subject::Book)?;
            self.rulebooks.latest(sql, purpose)
        })
    }

    /// Every proposed rulebook, the newest first.
    ///
    /// # Errors
    /// `policy.not_allowed`, or a failure of storage.
    pub fn proposals(&self) -> Result<Vec<RulebookProposal>, Failure> {
        self.read(|sql| {
            authorise(sql, &self.actor, Action::TryRulebook, Subject::Book)?;
            Ok(RulebookProposal::all(sql)?)
        })
    }
}
