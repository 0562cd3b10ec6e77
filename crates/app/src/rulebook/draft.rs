//! A draft of rules: packs that are laid over those in force.

use tanheng_rulebook::{PackFiles, Rulebook};
use tanheng_store::record::RulebookPurpose;

use crate::{Failure, situation};

/// Packs that somebody wishes to publish.
#[derive(Debug, Clone)]
pub struct Draft {
    /// The packs that can be law.
    pub law: Vec<PackFiles>,
    /// Packs that call themselves examples.
    pub examples: Vec<PackFiles>,
}

impl Draft {
    /// The packs of a rulebook in force, with those of the draft in the place of what has the
    /// same id, and behind them what is new. Example packs are laid over the example only.
    #[must_use]
    pub fn over(&self, purpose: RulebookPurpose, base: &[PackFiles]) -> Vec<PackFiles> {
        let examples = match purpose {
            RulebookPurpose::Law => &[][..],
            RulebookPurpose::Example => self.examples.as_slice(),
        };
        let mut laid = base.to_vec();
        for pack in self.law.iter().chain(examples) {
            match laid.iter_mut().find(|own| own.id == pack.id) {
                Some(own) => *own = pack.clone(),
                None => laid.push(pack.clone()),
            }
        }
        laid
    }

    /// The draft over a rulebook in force, read and checked.
    ///
    /// # Errors
    /// What is wrong with the packs.
    pub fn load(&self, purpose: RulebookPurpose, base: &Rulebook) -> Result<Rulebook, Failure> {
        situation::load(self.over(purpose, base.sources()))
    }
}
