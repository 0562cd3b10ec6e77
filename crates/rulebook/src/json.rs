//! An evaluation as data, for the command line and the API.

use serde_json::{Value as Json, json};

use crate::evaluate::Evaluation;
use crate::value::Value;

/// The evaluation as JSON: result, method, version, what is unverified or in doubt, and the trace.
/// Numbers travel as strings; a unit is left out where there is none.
pub fn to_json(evaluation: &Evaluation) -> Json {
    json!({
        "result": result(evaluation),
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

/// The result; what was rounded last keeps its places, as in `581.00`.
fn result(evaluation: &Evaluation) -> Json {
    let mut json = json!(evaluation.result);
    if let (Value::Number(_), Some(rounded)) = (&evaluation.result, evaluation.rounded()) {
        json["value"] = json!(rounded);
    }
    json
}
