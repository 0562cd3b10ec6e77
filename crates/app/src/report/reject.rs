//! Returning an annual report.

use serde::{Deserialize, Serialize};
use tanheng_base::{EnterpriseId, Year};
use tanheng_inventory::version::{Event, VersionNumber};

use super::close;
use crate::Failure;
use crate::command::UseCase;
use crate::outcome::Decision;
use crate::policy::{Action, Subject};
use crate::situation::Situation;

/// Returns a submitted version to the enterprise.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reject {
    /// Enterprise.
    pub enterprise: EnterpriseId,
    /// Data year.
    pub year: Year,
    /// The version.
    pub version: u32,
    /// Why.
    pub reason: String,
}

impl UseCase for Reject {
    const KIND: &'static str = "report.reject";

    fn decide(&self, situation: &Situation<'_>) -> Result<Decision, Failure> {
        let subject = Subject::Enterprise(&self.enterprise);
        situation.authorise(Action::RejectReport, subject)?;
        let version = VersionNumber(self.version);
        let event = Event::Reject { version };
        let outcome = close(situation, &self.enterprise, self.year, version, &event)?;
        Ok(Decision::New(outcome.field("reason", &self.reason)?))
    }
}
