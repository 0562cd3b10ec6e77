//! Proposing a rulebook.

use serde::{Deserialize, Serialize};
use tanheng_base::Text;
use tanheng_rulebook::PackFiles;
use tanheng_store::record::{ProposalState, RulebookProposal, RulebookPurpose};

use super::proposal::{PackBytes, in_force, load, put_packs};
use crate::Failure;
use crate::command::UseCase;
use crate::outcome::{Decision, Outcome};
use crate::policy::{Action, Subject};
use crate::situation::Situation;

/// Proposes a set of packs as the law of this book, or as the example that its trial figures are
/// computed with. Nothing changes until another person publishes it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Propose {
    /// What it is for.
    pub purpose: RulebookPurpose,
    /// The packs, each after those it depends on.
    pub packs: Vec<PackBytes>,
}

impl Propose {
    /// The command that proposes these packs.
    #[must_use]
    pub fn new(purpose: RulebookPurpose, packs: &[PackFiles]) -> Self {
        Self { purpose, packs: packs.iter().map(PackBytes::from).collect() }
    }
}

impl UseCase for Propose {
    const KIND: &'static str = "rulebook.propose";

    fn decide(&self, situation: &Situation<'_>) -> Result<Decision, Failure> {
        situation.authorise(Action::ProposeRulebook, Subject::Book)?;
        let rulebook = load(self.purpose, &self.packs)?;
        let version = rulebook.version().as_str().to_owned();
        let base = in_force(situation.sql, self.purpose)?;
        if let Some(published) = &base
            && published.version == version
        {
            return Ok(Decision::Same(published.entry));
        }
        let (proposal, proposer) = (situation.sequence, situation.actor.id.clone());
        let waiting = RulebookProposal::waiting(situation.sql, self.purpose)?;
        if let Some(same) = waiting.into_iter().find(|waiting| waiting.version == version) {
            if same.proposer == proposer {
                return Ok(Decision::Same(same.proposal));
            }
            return Err(proposed_already(&same));
        }
        let mut outcome = Outcome::new()
            .field("proposal", proposal)?
            .field("version", &version)?
            .field("purpose", self.purpose)?;
        let packs = put_packs(situation, &rulebook, &mut outcome)?;
        outcome.put(&RulebookProposal {
            proposal,
            version,
            purpose: self.purpose,
            packs,
            base: base.map(|published| published.version),
            proposer,
            state: ProposalState::Proposed,
            decided_by: None,
            entry: proposal,
        })?;
        Ok(Decision::New(outcome))
    }
}

fn proposed_already(same: &RulebookProposal) -> Failure {
    let (number, proposer) = (same.proposal, &same.proposer);
    Failure::refuse(
        "rulebook.proposed_already",
        Text::new(
            format!("`{proposer}` 已提出同一规则库（提案 {number}）"),
            format!("`{proposer}` has proposed the same rulebook (proposal {number})"),
        ),
        Text::new("如同意，请直接发布该提案", "publish that proposal if you agree"),
    )
}
