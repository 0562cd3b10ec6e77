//! Taking an annual report back.

use serde::{Deserialize, Serialize};
use tanheng_base::{EnterpriseId, Year};
use tanheng_inventory::version::{Event, VersionNumber};

use super::close;
use crate::Failure;
use crate::command::UseCase;
use crate::outcome::Decision;
use crate::policy::{Action, Subject};
use crate::situation::Situation;

/// Takes a submitted version back.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Withdraw {
    /// Enterprise.
    pub enterprise: EnterpriseId,
    /// Data year.
    pub year: Year,
    /// The version.
    pub version: u32,
}

impl UseCase for Withdraw {
    const KIND: &'static str = "report.withdraw";

    fn decide(&self, situation: &Situation<'_>) -> Result<Decision, Failure> {
        let subject = Subject::Enterprise(&self.enterprise);
        situation.authorise(Action::WithdrawReport, subject)?;
        let version = VersionNumber(self.version);
        let event = Event::Withdraw { version };
        Ok(Decision::New(close(situation, &self.enterprise, self.year, version, &event)?))
    }
}
