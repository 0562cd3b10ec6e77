//! Answering a finding.

use serde::{Deserialize, Serialize};
use tanheng_base::{EnterpriseId, Text};
use tanheng_store::record::{Filing, Finding, FindingState};

use crate::Failure;
use crate::command::UseCase;
use crate::outcome::{Decision, Outcome};
use crate::policy::{Action, Subject};
use crate::situation::Situation;

/// Answers a finding, perhaps with a corrected ledger that was filed for it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// Enterprise.
    pub enterprise: EnterpriseId,
    /// The finding.
    pub finding: String,
    /// The answer.
    pub answer: String,
    /// The corrected filing.
    pub filing: Option<String>,
}

impl UseCase for Answer {
    const KIND: &'static str = "verification.answer";

    fn decide(&self, situation: &Situation<'_>) -> Result<Decision, Failure> {
        let subject = Subject::Enterprise(&self.enterprise);
        situation.authorise(Action::AnswerFinding, subject)?;
        let unknown = || {
            Failure::refuse(
                "verification.no_finding",
                Text::new(
                    format!("没有不符合项 `{}`", self.finding),
                    format!("there is no finding `{}`", self.finding),
                ),
                Text::new("请核对编号", "check its number"),
            )
        };
        let finding = Finding::find(situation.sql, &self.finding)?
            .filter(|finding| finding.enterprise == self.enterprise)
            .ok_or_else(unknown)?;
        if let Some(filing) = &self.filing {
            let filed = Filing::find(situation.sql, filing)?;
            let fits = filed.is_some_and(|filed| filed.finding.as_deref() == Some(&self.finding));
            if !fits {
                return Err(Failure::refuse(
                    "verification.other_filing",
                    Text::new(
                        format!("填报 `{filing}` 不是针对该不符合项的更正"),
                        format!("filing `{filing}` is no correction for this finding"),
                    ),
                    Text::new("请先提交更正台账", "file the corrected ledger first"),
                ));
            }
        }
        let mut outcome = Outcome::new();
        outcome.put(&Finding {
            state: FindingState::Answered,
            answer: Some(self.answer.clone()),
            filing: self.filing.clone(),
            entry: situation.sequence,
            ..finding
        })?;
        Ok(Decision::New(outcome))
    }
}
