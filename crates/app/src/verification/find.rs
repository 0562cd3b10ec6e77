//! Recording a finding.

use serde::{Deserialize, Serialize};
use tanheng_base::{EnterpriseId, Month, Text, Year};
use tanheng_store::record::{Finding, FindingState, VerificationState};

use crate::Failure;
use crate::command::UseCase;
use crate::outcome::{Decision, Outcome};
use crate::policy::{Action, Subject};
use crate::situation::Situation;

/// Records a finding of a verification.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Find {
    /// Enterprise.
    pub enterprise: EnterpriseId,
    /// Data year.
    pub year: Year,
    /// The month it is about, if one.
    pub month: Option<Month>,
    /// What was found.
    pub content: String,
}

impl UseCase for Find {
    const KIND: &'static str = "verification.find";

    fn decide(&self, situation: &Situation<'_>) -> Result<Decision, Failure> {
        let subject = Subject::Enterprise(&self.enterprise);
        situation.authorise(Action::RecordFinding, subject)?;
        let running = super::running(situation.sql, &self.enterprise, self.year)?;
        if running.state == VerificationState::Concluded {
            return Err(Failure::refuse(
                "verification.concluded",
                Text::new("核查已出具结论", "the verification is concluded"),
                Text::new("结论后不能再提出不符合项", "no finding can follow the conclusion"),
            ));
        }
        if self.month.is_some_and(|month| month.year() != self.year) {
            return Err(Failure::refuse(
                "verification.month",
                Text::new("月份不在核查年度内", "the month lies outside the data year"),
                Text::new("请核对月份", "check the month"),
            ));
        }
        let known = Finding::of_year(situation.sql, &self.enterprise, self.year)?;
        let id = format!("{}/{}/{}", self.enterprise, self.year, known.len() + 1);
        let mut outcome = Outcome::new().field("finding", &id)?;
        outcome.put(&Finding {
            id,
            enterprise: self.enterprise.clone(),
            year: self.year,
            month: self.month,
            content: self.content.clone(),
            state: FindingState::Open,
            answer: None,
            filing: None,
            entry: situation.sequence,
        })?;
        Ok(Decision::New(outcome))
    }
}
