//! Filing a data-quality control plan.

use serde::{Deserialize, Serialize};
use tanheng_base::{EnterpriseId, Month};
use tanheng_store::record::QualityPlan;

use crate::command::UseCase;
use crate::outcome::{Decision, Outcome};
use crate::policy::{Action, Subject};
use crate::situation::Situation;
use crate::{Failure, enterprise};

/// Files a version of the plan.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct File {
    /// Enterprise.
    pub enterprise: EnterpriseId,
    /// First month it applies to.
    pub starts: Month,
    /// Text.
    pub content: String,
}

impl UseCase for File {
    const KIND: &'static str = "plan.file";

    fn decide(&self, situation: &Situation<'_>) -> Result<Decision, Failure> {
        situation.authorise(Action::FilePlan, Subject::Enterprise(&self.enterprise))?;
        enterprise::find(situation.sql, &self.enterprise)?;
        let versions = QualityPlan::of(situation.sql, &self.enterprise)?;
        if let Some(last) = versions.first()
            && (last.starts, &last.content) == (self.starts, &self.content)
        {
            return Ok(Decision::Same(last.entry));
        }
        let version = versions.first().map_or(1, |last| last.version + 1);
        let mut outcome = Outcome::new().field("version", version)?;
        outcome.put(&QualityPlan {
            enterprise: self.enterprise.clone(),
            version,
            starts: self.starts,
            content: self.content.clone(),
            entry: situation.sequence,
        })?;
        Ok(Decision::New(outcome))
    }
}
