//! Acting in a case.

use serde::{Deserialize, Serialize};
use tanheng_base::CaseId;
use tanheng_filing::procedure::Values;

use super::Running;
use super::carry::{Carried, carry};
use super::load::attempt;
use crate::Failure;
use crate::command::UseCase;
use crate::outcome::{Decision, Outcome};
use crate::policy::{self, Action};
use crate::situation::Situation;

/// Does an action in a case; one that takes two persons is proposed.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Act {
    /// The case.
    pub case: CaseId,
    /// The action.
    pub action: String,
    /// What is filled in, where the action has a form.
    #[serde(default)]
    pub rows: Vec<Values>,
}

impl UseCase for Act {
    const KIND: &'static str = "case.act";

    fn decide(&self, situation: &Situation<'_>) -> Result<Decision, Failure> {
        let running =
            Running::authorised(situation, &self.case, Action::ActCase, Some(&self.action))?;
        if let Some(entry) = running.repeats(situation, &self.action, &self.rows) {
            return Ok(Decision::Same(entry));
        }
        let organisation = policy::organisation(situation.actor);
        let attempt = attempt(situation, &organisation)?;
        let procedure = running.procedure()?;
        let step = running.with(situation.sql, |around| {
            running.case.act(procedure, &self.action, &attempt, self.rows.clone(), around)
        })??;
        let mut outcome = Outcome::new().field("case", &self.case)?;
        let (file, law) = (running.file.clone(), running.rules());
        let carried = Carried { file, step, law, casebook: &running.casebook, attempt };
        carry(situation, carried, &mut outcome)?;
        Ok(Decision::New(outcome))
    }
}
