//! What has to be kept of an evaluation to open it again: years later, by the rulebook it
//! was made with, the same inputs give the same result and the same trace.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use tanheng_base::{Date, MethodId, RegionCode};

use crate::book::Rulebook;
use crate::evaluate::{Context, EvalError, Evaluation, Given};
use crate::pack::RulebookVersion;

/// An evaluation as it is kept: what was asked of which rulebook, and what came of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Calculation {
    /// The method.
    pub method: MethodId,
    /// Version of the rulebook.
    pub version: RulebookVersion,
    /// The day on which methods and parameters were resolved.
    pub at: Date,
    /// The region whose rules bound.
    pub region: RegionCode,
    /// The inputs as they were given.
    pub inputs: BTreeMap<String, String>,
    /// The result with its unit.
    pub result: String,
}

impl From<&Evaluation> for Calculation {
    /// Of an evaluation by what was known at [`Context::at`].
    fn from(evaluation: &Evaluation) -> Self {
        let inputs = evaluation.trace.inputs.iter();
        Self {
            method: evaluation.method.clone(),
            version: evaluation.version.clone(),
            at: evaluation.context.at,
            region: evaluation.context.region.clone(),
            inputs: inputs.map(|input| (input.name.clone(), input.given.clone())).collect(),
            result: evaluation.result.to_string(),
        }
    }
}

impl Rulebook {
    /// Makes a kept calculation again. That its result is the kept one is for the caller to
    /// look at: [`Calculation::result`].
    ///
    /// # Errors
    /// As [`Rulebook::evaluate`]; none for a calculation of this very rulebook.
    pub fn again(&self, kept: &Calculation) -> Result<Evaluation, EvalError> {
        let inputs = kept.inputs.iter();
        let inputs = inputs.map(|(name, text)| (name.clone(), Given::Raw(text.clone()))).collect();
        let context = Context { at: kept.at, region: kept.region.clone() };
        self.evaluate(&kept.method, &inputs, &context)
    }
}
