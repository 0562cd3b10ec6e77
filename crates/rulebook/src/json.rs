//! An evaluation as data, for the command line and the API.

use serde_json::{Value as Json, json};

use crate::evaluate::Evaluation;

/// The evaluation as JSON: result, method, version, what is unverified or in doubt, and the trace.
/// Numbers travel as strings; a unit is left out where there is none.
pub fn to_json(evaluation: &Evaluation) -> Json {
    json!({
        "result": evaluation.result,
        "result_name": evaluation.result_name,
        "method": evaluation.method,
        "method_from": evaluation.method_from,
        "version": evaluation.version,
        "at": evaluation.context.at,
        "region": evaluation.context.region,
        "trial": evaluation.trial,
        "example": evaluation.example,
        "unverified": evaluation.unverified,
        "in_doubt": evaluation.in_doubt,
        "bases": evaluation.bases,
        "trace": evaluation.trace,
    })
}
