//! Publishing a rulebook that another person proposed.

use serde::{Deserialize, Serialize};
use tanheng_base::{Role, Text};
use tanheng_store::record::{ProposalState, PublishedRulebook, RulebookProposal, RulebookPurpose};

use super::proposal::{PackBytes, in_force, load, put_packs, readable, waiting};
use crate::command::UseCase;
use crate::executor::Acknowledged;
use crate::outcome::{Decision, Outcome};
use crate::policy::{Action, Subject};
use crate::situation::Situation;
use crate::{Failure, situation};

/// Publishes a rulebook. Figures computed before keep their version.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Publish {
    /// One that somebody else proposed.
    Proposed(Proposed),
    /// With its bytes, by one person: as books of earlier releases did it. It is read, replayed
    /// and audited, and taken from nobody any more.
    Carried(Carried),
}

/// Which proposal is published.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Proposed {
    /// The entry that proposed it.
    pub proposal: i64,
    /// The version that the publisher has seen.
    pub version: String,
}

/// A rulebook with its bytes.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Carried {
    /// What it is for.
    pub purpose: RulebookPurpose,
    /// The packs, each after those it depends on.
    pub packs: Vec<PackBytes>,
}

impl Publish {
    /// The command that publishes a proposal.
    #[must_use]
    pub fn new(proposal: i64, version: impl Into<String>) -> Self {
        Self::Proposed(Proposed { proposal, version: version.into() })
    }

    /// The command that publishes what was just proposed.
    ///
    /// # Errors
    /// When it was no proposal, but was published before.
    pub fn of(proposed: &Acknowledged) -> Result<Self, Failure> {
        let version = proposed.fields.get("version").and_then(|version| version.as_str());
        version.map(|version| Self::new(proposed.sequence, version)).ok_or(Failure::Stopped)
    }

    /// Why the command is not taken any more, where it is of the old form.
    pub(crate) fn retired(&self) -> Option<Failure> {
        matches!(self, Self::Carried(_)).then(|| {
            Failure::refuse(
                "rulebook.not_proposed",
                Text::new(
                    "规则库须由一人提出、另一人发布",
                    "a rulebook is proposed by one person and published by another",
                ),
                Text::new(
                    "先执行 rulebook.propose，再由另一人执行 rulebook.publish",
                    "send rulebook.propose first, then let another person send rulebook.publish",
                ),
            )
        })
    }
}

impl UseCase for Publish {
    const KIND: &'static str = "rulebook.publish";

    fn decide(&self, situation: &Situation<'_>) -> Result<Decision, Failure> {
        match self {
            Self::Proposed(proposed) => proposed.decide(situation),
            Self::Carried(carried) => carried.decide(situation),
        }
    }
}

impl Proposed {
    fn decide(&self, situation: &Situation<'_>) -> Result<Decision, Failure> {
        situation.authorise(Action::PublishRulebook, Subject::Book)?;
        let (sql, entry) = (situation.sql, situation.sequence);
        let proposal = waiting(sql, self.proposal)?;
        if proposal.version != self.version {
            return Err(other_version(&proposal, &self.version));
        }
        if proposal.proposer == situation.actor.id {
            return Err(same_person(&proposal));
        }
        // This release has to be able to read what becomes the rule.
        readable(&situation::load_digests(sql, &proposal.packs)?)?;
        let purpose = proposal.purpose;
        let mut outcome = Outcome::new()
            .field("proposal", proposal.proposal)?
            .field("version", &proposal.version)?
            .field("purpose", purpose)?
            .field("proposer", &proposal.proposer)?
            .field("replaces", in_force(sql, purpose)?.map(|published| published.version))?;
        for other in RulebookProposal::waiting(sql, purpose)? {
            let (state, decided_by) = match other.proposal == proposal.proposal {
                true => (ProposalState::Published, Some(situation.actor.id.clone())),
                false => (ProposalState::Superseded, None),
            };
            outcome.put(&RulebookProposal { state, decided_by, entry, ..other })?;
        }
        let (version, packs) = (proposal.version, proposal.packs);
        outcome.put(&PublishedRulebook { version, purpose, packs, entry })?;
        Ok(Decision::New(outcome))
    }
}

fn other_version(proposal: &RulebookProposal, version: &str) -> Failure {
    let (number, proposed) = (proposal.proposal, &proposal.version);
    Failure::refuse(
        "rulebook.other_version",
        Text::new(
            format!("提案 {number} 的版本是 {proposed}，不是 {version}"),
            format!("proposal {number} has version {proposed}, not {version}"),
        ),
        Text::new("核对提案的内容后再发布", "look at what was proposed before you publish it"),
    )
}

fn same_person(proposal: &RulebookProposal) -> Failure {
    let (number, proposer) = (proposal.proposal, &proposal.proposer);
    Failure::refuse(
        "rulebook.same_person",
        Text::new(
            format!("提案 {number} 由 `{proposer}` 本人提出，不得由其发布"),
            format!("`{proposer}` made proposal {number} and cannot publish it"),
        ),
        Text::new("请另一有权的用户发布", "ask another user who may to publish it"),
    )
}

impl Carried {
    /// As it was decided in the releases that took it.
    fn decide(&self, situation: &Situation<'_>) -> Result<Decision, Failure> {
        if situation.actor.role != Role::SecurityAdmin {
            situation.authorise(Action::PublishRulebook, Subject::Book)?;
        }
        let rulebook = load(self.purpose, &self.packs)?;
        let version = rulebook.version().as_str().to_owned();
        if let Some(published) = in_force(situation.sql, self.purpose)?
            && published.version == version
        {
            return Ok(Decision::Same(published.entry));
        }
        let mut outcome = Outcome::new().field("version", &version)?;
        let packs = put_packs(situation, &rulebook, &mut outcome)?;
        let (purpose, entry) = (self.purpose, situation.sequence);
        outcome.put(&PublishedRulebook { version, purpose, packs, entry })?;
        Ok(Decision::New(outcome))
    }
}
