//! Publishing a rulebook.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use tanheng_base::{PackId, Text};
use tanheng_rulebook::{PackFiles, Rulebook};
use tanheng_store::record::{Pack, PublishedRulebook, RulebookPurpose};

use crate::Failure;
use crate::command::UseCase;
use crate::outcome::{Decision, Outcome};
use crate::policy::{Action, Subject};
use crate::situation::{self, Situation};

/// A pack as it travels in the command.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PackBytes {
    /// Id.
    pub id: PackId,
    /// Path → text.
    pub files: BTreeMap<String, String>,
}

/// Publishes a set of packs as the law of this book, or as the example that its
/// trial figures are computed with. Figures computed before keep their version.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Publish {
    /// What it is for.
    pub purpose: RulebookPurpose,
    /// The packs, each after those it depends on.
    pub packs: Vec<PackBytes>,
}

impl Publish {
    /// The command that publishes these packs.
    #[must_use]
    pub fn new(purpose: RulebookPurpose, packs: &[PackFiles]) -> Self {
        let bytes = |pack: &PackFiles| PackBytes { id: pack.id.clone(), files: pack.files.clone() };
        Self { purpose, packs: packs.iter().map(bytes).collect() }
    }
}

impl UseCase for Publish {
    const KIND: &'static str = "rulebook.publish";

    fn decide(&self, situation: &Situation<'_>) -> Result<Decision, Failure> {
        situation.authorise(Action::PublishRulebook, Subject::Book)?;
        let packs: Vec<PackFiles> = self
            .packs
            .iter()
            .map(|pack| PackFiles { id: pack.id.clone(), files: pack.files.clone() })
            .collect();
        if packs.is_empty() {
            return Err(Failure::refuse(
                "rulebook.no_pack",
                Text::new("没有给出规则包", "there is no pack to publish"),
                Text::new("请给出全部规则包", "give all packs of the rulebook"),
            ));
        }
        let rulebook = situation::load(packs)?;
        refuse_example_as_law(self.purpose, &rulebook)?;
        let version = rulebook.version().as_str().to_owned();
        if let Some(published) = PublishedRulebook::latest(situation.sql, self.purpose)?
            && published.version == version
        {
            return Ok(Decision::Same(published.entry));
        }
        let mut outcome = Outcome::new().field("version", &version)?;
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
        let (packs, entry) = (digests.join(" "), situation.sequence);
        outcome.put(&PublishedRulebook { version, purpose: self.purpose, packs, entry })?;
        Ok(Decision::New(outcome))
    }
}

/// Example values never become law.
fn refuse_example_as_law(purpose: RulebookPurpose, rulebook: &Rulebook) -> Result<(), Failure> {
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
        _ => Ok(()),
    }
}
