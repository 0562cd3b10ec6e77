//! Taking a determination back.

use serde::{Deserialize, Serialize};
use tanheng_base::{EnterpriseId, Year};
use tanheng_inventory::version::{Consequence, Event, VersionNumber};
use tanheng_store::record::{RegisterEvent, RegisterMember};

use super::Versions;
use crate::Failure;
use crate::command::UseCase;
use crate::outcome::{Decision, Outcome};
use crate::policy::{Action, Subject};
use crate::situation::Situation;

/// Takes the acceptance of a version back: what was in force before it is in force
/// again, or nothing.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Revoke {
    /// Enterprise.
    pub enterprise: EnterpriseId,
    /// Data year.
    pub year: Year,
    /// The version.
    pub version: u32,
    /// Why.
    pub reason: String,
}

impl UseCase for Revoke {
    const KIND: &'static str = "report.revoke";

    fn decide(&self, situation: &Situation<'_>) -> Result<Decision, Failure> {
        situation.authorise(Action::RevokeReport, Subject::Enterprise(&self.enterprise))?;
        let mut versions = Versions::load(situation.sql, &self.enterprise, self.year)?;
        let version = VersionNumber(self.version);
        versions.filing(version)?;
        let change = versions.apply(&Event::Revoke { version })?;
        let entry = situation.sequence;
        let mut outcome =
            Outcome::new().field("version", self.version)?.field("reason", &self.reason)?;
        versions.put(&mut outcome, entry)?;
        if let Some(change) = &change {
            outcome.put(&versions.consequence_row("revoked", version, change, entry))?;
            self.restore(situation, change, &mut outcome)?;
        }
        Ok(Decision::New(outcome))
    }
}

impl Revoke {
    /// The register stands again as the class in force now has it.
    fn restore(
        &self,
        situation: &Situation<'_>,
        change: &Consequence,
        outcome: &mut Outcome,
    ) -> Result<(), Failure> {
        let entry = situation.sequence;
        let Some(member) = RegisterMember::of(situation.sql, &self.enterprise)? else {
            return Ok(());
        };
        if member.since != self.year {
            return Ok(());
        }
        let now = change.class_to.as_ref().map(ToString::to_string);
        if now.as_ref() == Some(&member.class) {
            return Ok(());
        }
        outcome.put(&RegisterEvent {
            register: member.register.clone(),
            enterprise: self.enterprise.clone(),
            year: self.year,
            event: if now.is_some() { "changed" } else { "left" }.to_owned(),
            class_from: Some(member.class.clone()),
            class_to: now.clone(),
            entry,
        })?;
        match now {
            Some(class) => outcome.put(&RegisterMember { class, entry, ..member }),
            None => outcome.delete(&member),
        }
    }
}
