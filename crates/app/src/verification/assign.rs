//! Assigning a verification.

use serde::{Deserialize, Serialize};
use tanheng_base::{AgencyId, EnterpriseId, Text, Year};
use tanheng_store::record::{Verification, VerificationState};

use crate::command::UseCase;
use crate::outcome::{Decision, Outcome};
use crate::policy::{Action, Subject};
use crate::situation::Situation;
use crate::{Failure, report};

/// Assigns the verification of an annual report to a body.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Assign {
    /// Enterprise.
    pub enterprise: EnterpriseId,
    /// Data year.
    pub year: Year,
    /// Verification body.
    pub agency: AgencyId,
}

impl UseCase for Assign {
    const KIND: &'static str = "verification.assign";

    fn decide(&self, situation: &Situation<'_>) -> Result<Decision, Failure> {
        let subject = Subject::Enterprise(&self.enterprise);
        situation.authorise(Action::AssignVerification, subject)?;
        report::latest_submitted(situation.sql, &self.enterprise, self.year)?;
        if let Some(known) = Verification::find(situation.sql, &self.enterprise, self.year)? {
            if known.agency == self.agency && known.state == VerificationState::Assigned {
                return Ok(Decision::Same(known.entry));
            }
            return Err(Failure::refuse(
                "verification.assigned",
                Text::new(
                    format!("已委托 {}", known.agency),
                    format!("it is assigned to {} already", known.agency),
                ),
                Text::new("一个年度只委托一家机构", "one body verifies a year"),
            ));
        }
        let mut outcome = Outcome::new();
        outcome.put(&Verification {
            enterprise: self.enterprise.clone(),
            year: self.year,
            agency: self.agency.clone(),
            state: VerificationState::Assigned,
            conclusion: None,
            entry: situation.sequence,
        })?;
        Ok(Decision::New(outcome))
    }
}
