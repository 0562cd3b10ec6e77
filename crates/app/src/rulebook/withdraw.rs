//! Taking a proposed rulebook back.

use serde::{Deserialize, Serialize};
use tanheng_base::Text;
use tanheng_store::record::{ProposalState, RulebookProposal};

use super::proposal::waiting;
use crate::Failure;
use crate::command::UseCase;
use crate::outcome::{Decision, Outcome};
use crate::policy::{Action, Subject};
use crate::situation::Situation;

/// Takes a proposed rulebook back: who proposed it, or whoever may publish and will not.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Withdraw {
    /// The entry that proposed it.
    pub proposal: i64,
    /// Why.
    pub reason: String,
}

impl UseCase for Withdraw {
    const KIND: &'static str = "rulebook.withdraw";

    fn decide(&self, situation: &Situation<'_>) -> Result<Decision, Failure> {
        situation.authorise(Action::WithdrawRulebook, Subject::Book)?;
        if self.reason.trim().is_empty() {
            return Err(Failure::refuse(
                "rulebook.no_reason",
                Text::new("没有说明撤回原因", "no reason is given"),
                Text::new("请写明原因", "say why"),
            ));
        }
        let proposal = waiting(situation.sql, self.proposal)?;
        let mut outcome = Outcome::new()
            .field("proposal", proposal.proposal)?
            .field("version", &proposal.version)?;
        outcome.put(&RulebookProposal {
            state: ProposalState::Withdrawn,
            decided_by: Some(situation.actor.id.clone()),
            entry: situation.sequence,
            ..proposal
        })?;
        Ok(Decision::New(outcome))
    }
}
