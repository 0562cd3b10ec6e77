//! Recording the result of a verification.

use serde::{Deserialize, Serialize};
use tanheng_base::{EnterpriseId, Text, Year};
use tanheng_inventory::{Figure, FigureKind};
use tanheng_quantity::Decimal;
use tanheng_store::record::{Finding, FindingState, Verification, VerificationState};

use crate::command::UseCase;
use crate::outcome::{Decision, Outcome};
use crate::policy::{Action, Subject};
use crate::situation::Situation;
use crate::{Failure, report};

/// Records the verified figure of a year and the body's conclusion.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Conclude {
    /// Enterprise.
    pub enterprise: EnterpriseId,
    /// Data year.
    pub year: Year,
    /// Verified direct emission, tCO2e.
    pub direct: Decimal,
    /// Verified total emission, tCO2e.
    pub total: Decimal,
    /// Conclusion.
    pub conclusion: String,
}

impl UseCase for Conclude {
    const KIND: &'static str = "verification.conclude";

    fn decide(&self, situation: &Situation<'_>) -> Result<Decision, Failure> {
        let subject = Subject::Enterprise(&self.enterprise);
        situation.authorise(Action::ConcludeVerification, subject)?;
        let running = super::running(situation.sql, &self.enterprise, self.year)?;
        let findings = Finding::of_year(situation.sql, &self.enterprise, self.year)?;
        let open: Vec<&str> = findings
            .iter()
            .filter(|finding| finding.state == FindingState::Open)
            .map(|finding| finding.id.as_str())
            .collect();
        if !open.is_empty() {
            let list = open.join(", ");
            return Err(Failure::refuse(
                "verification.open_findings",
                Text::new(
                    format!("尚有未答复的不符合项：{list}"),
                    format!("findings wait for an answer: {list}"),
                ),
                Text::new("请待企业答复后再出具结论", "conclude after the enterprise has answered"),
            ));
        }
        let filing = report::latest_submitted(situation.sql, &self.enterprise, self.year)?;
        let (year, version) = (self.year, filing.version);
        let standing = report::figures(situation.sql, &self.enterprise, year, version)?
            .recalculated
            .map(|figure| figure.standing)
            .unwrap_or_default();
        let verified =
            Figure { standing, ..Figure::stated(self.direct, self.total).map_err(|p| *p)? };
        let mut outcome = Outcome::new()
            .field("direct", self.direct)?
            .field("total", self.total)?
            .field("unit", report::UNIT)?;
        outcome.put(&Verification {
            state: VerificationState::Concluded,
            conclusion: Some(self.conclusion.clone()),
            entry: situation.sequence,
            ..running
        })?;
        outcome.put(&report::figure_row(
            &filing,
            year,
            FigureKind::Verified,
            &verified,
            &self.conclusion,
            situation.sequence,
        )?)?;
        Ok(Decision::New(outcome))
    }
}
