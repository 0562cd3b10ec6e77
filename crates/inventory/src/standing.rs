//! How far a figure can be relied on.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use tanheng_base::CheckState;
use tanheng_rulebook::model::State;
use tanheng_rulebook::{Evaluation, Resolved};

/// What of a figure's grounds is unverified, in doubt or an example. It is handed on with
/// every sum, so that a year knows what one line rested on.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Standing {
    /// A trial figure (试算): something unverified or of an example pack decided, so the
    /// figure decides nothing.
    pub trial: bool,
    /// Something of an example pack took part.
    pub example: bool,
    /// Ids of what was checked from memory only.
    pub unverified: BTreeSet<String>,
    /// Ids of what may no longer be in force, such as a trial measure without a stated end.
    pub in_doubt: BTreeSet<String>,
    /// Ids of what the law leaves undecided, so that a part of the figure is missing: it is
    /// missing and never 0.
    #[serde(default)]
    pub undecided: BTreeSet<String>,
}

impl Standing {
    /// The standing of a calculation.
    #[must_use]
    pub fn of(evaluation: &Evaluation) -> Self {
        let ids = |bases: &[tanheng_rulebook::Basis]| bases.iter().map(|b| b.id.clone()).collect();
        Self {
            trial: evaluation.trial,
            example: evaluation.example,
            unverified: ids(&evaluation.unverified),
            in_doubt: ids(&evaluation.in_doubt),
            undecided: BTreeSet::new(),
        }
    }

    /// Takes over what another figure rests on.
    pub fn add(&mut self, other: &Self) {
        self.trial |= other.trial;
        self.example |= other.example;
        self.unverified.extend(other.unverified.iter().cloned());
        self.in_doubt.extend(other.in_doubt.iter().cloned());
        self.undecided.extend(other.undecided.iter().cloned());
    }

    /// Takes over what a value of the rulebook rests on.
    pub(crate) fn add_value(&mut self, id: &str, resolved: &Resolved) {
        if resolved.checked == CheckState::Memory {
            self.trial = true;
            self.unverified.insert(id.to_owned());
        }
        if resolved.example {
            self.trial = true;
            self.example = true;
        }
        if resolved.state == State::InDoubt {
            self.in_doubt.insert(id.to_owned());
        }
    }
}
