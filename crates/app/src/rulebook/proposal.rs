//! What proposing and publishing a rulebook have in common.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use tanheng_base::{ActorId, PackId, Text};
use tanheng_filing::Casebook;
use tanheng_rulebook::{PackFiles, Rulebook};
use tanheng_store::Database;
use tanheng_store::record::{
    Pack, ProposalState, PublishedRulebook, RulebookProposal, RulebookPurpose,
};

use super::{Propose, Publish};
use crate::executor::{Acknowledged, Executor};
use crate::outcome::Outcome;
use crate::situation::{self, Situation};
use crate::{Failure, form, ledger};

/// A pack as it travels in the command.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PackBytes {
    /// Id.
    pub id: PackId,
    /// Path → text.
    pub files: BTreeMap<String, String>,
}

impl From<&PackFiles> for PackBytes {
    fn from(pack: &PackFiles) -> Self {
        Self { id: pack.id.clone(), files: pack.files.clone() }
    }
}

/// The packs of a command, read and fit for a purpose.
pub(super) fn load(purpose: RulebookPurpose, packs: &[PackBytes]) -> Result<Rulebook, Failure> {
    if packs.is_empty() {
        return Err(Failure::refuse(
            "rulebook.no_pack",
            Text::new("没有给出规则包", "there is no pack to publish"),
            Text::new("请给出全部规则包", "give all packs of the rulebook"),
        ));
    }
    let files =
        packs.iter().map(|pack| PackFiles { id: pack.id.clone(), files: pack.files.clone() });
    let rulebook = situation::load(files.collect())?;
    fits(purpose, &rulebook)?;
    readable(&rulebook)?;
    Ok(rulebook)
}

/// Reads whatever commands read of a rulebook besides its methods: casebook, checks and, where it
/// has forms, that of the ledger. What none of them could use does not become the rule.
///
/// # Errors
/// Everything wrong with the files, each with its path as the rule; `ledger.no_form`.
pub fn readable(rulebook: &Rulebook) -> Result<Casebook, Failure> {
    let casebook = situation::load_casebook(rulebook)?;
    form::checks(rulebook)?;
    if casebook.forms().next().is_some() {
        ledger::form(rulebook)?;
    }
    Ok(casebook)
}

/// Example values never become law, and an example without any would be taken for the law.
fn fits(purpose: RulebookPurpose, rulebook: &Rulebook) -> Result<(), Failure> {
    let example = rulebook.packs().iter().find(|pack| pack.example);
    match (purpose, example) {
        (RulebookPurpose::Law, Some(pack)) => Err(Failure::refuse(
            "rulebook.example_as_law",
            Text::new(
                format!("示例规则包 `{}` 不得作为法律发布", pack.id),
                format!("the example pack `{}` cannot be published as law", pack.id),
            ),
            Text::new("请去掉示例规则包", "leave the example pack out"),
        )),
        (RulebookPurpose::Example, None) => Err(Failure::refuse(
            "rulebook.no_example",
            Text::new(
                "示例规则库中没有示例规则包",
                "there is no example pack in the example rulebook",
            ),
            Text::new("请加上示例规则包，或作为法律发布", "add one, or publish it as law"),
        )),
        _ => Ok(()),
    }
}

/// Puts the packs that are not there yet, and gives their digests in loading order.
pub(super) fn put_packs(
    situation: &Situation<'_>,
    rulebook: &Rulebook,
    outcome: &mut Outcome,
) -> Result<String, Failure> {
    let mut digests = Vec::new();
    for pack in rulebook.sources() {
        let digest = pack.digest();
        if Pack::find(situation.sql, &digest)?.is_none() {
            let files = serde_json::to_string(&pack.files)
                .map_err(|error| Failure::Evidence(error.to_string()))?;
            let (id, entry) = (pack.id.clone(), situation.sequence);
            outcome.put(&Pack { digest: digest.clone(), id, files, entry })?;
        }
        digests.push(digest);
    }
    Ok(digests.join(" "))
}

/// The version in force for a purpose.
pub(super) fn in_force(
    sql: &Database,
    purpose: RulebookPurpose,
) -> Result<Option<PublishedRulebook>, Failure> {
    Ok(PublishedRulebook::latest(sql, purpose)?)
}

/// A proposal that still waits.
pub(super) fn waiting(sql: &Database, proposal: i64) -> Result<RulebookProposal, Failure> {
    let found = RulebookProposal::find(sql, proposal)?.ok_or_else(|| {
        Failure::refuse(
            "rulebook.no_proposal",
            Text::new(
                format!("第 {proposal} 条不是规则库提案"),
                format!("entry {proposal} proposed no rulebook"),
            ),
            Text::new(
                "核对序号，见 `tanheng rulebook proposals`",
                "check the number, see `tanheng rulebook proposals`",
            ),
        )
    })?;
    if found.state == ProposalState::Proposed {
        return Ok(found);
    }
    let state = match found.state {
        ProposalState::Published => ("已发布", "is published"),
        ProposalState::Withdrawn => ("已撤回", "was withdrawn"),
        _ => ("已被另一提案取代", "is superseded by another"),
    };
    Err(Failure::refuse(
        "rulebook.proposal_closed",
        Text::new(
            format!("提案 {proposal} {}", state.0),
            format!("proposal {proposal} {}", state.1),
        ),
        Text::new("如仍需要，请重新提出", "propose it again if it is still wanted"),
    ))
}

/// Proposes a rulebook as one person and publishes it as another.
///
/// # Errors
/// As the two commands.
pub fn by_two(
    executor: &Executor,
    (proposer, publisher): (&ActorId, &ActorId),
    purpose: RulebookPurpose,
    packs: &[PackFiles],
) -> Result<Acknowledged, Failure> {
    let proposed = executor.run(proposer, None, Propose::new(purpose, packs))?;
    executor.run(publisher, None, Publish::of(&proposed)?)
}
