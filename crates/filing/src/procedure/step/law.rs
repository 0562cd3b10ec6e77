//! What the rulebook says: numbers of days, and whether an act may take place.

use std::collections::BTreeMap;

use serde::Serialize;
use tanheng_base::{Code, Date, MethodId, Problem, RegionCode, Text};
use tanheng_rulebook::{Context, EvalError, Given, ResolveError, Rulebook, Value};

use super::{Action, Case, Surroundings};
use crate::procedure::Days;

/// The rules that bind a case.
#[derive(Clone)]
pub struct Law<'a> {
    /// The rulebook; without one, numbers stand in the procedure alone.
    pub rulebook: Option<&'a Rulebook>,
    /// The region whose rules bind.
    pub region: Option<RegionCode>,
}

/// What the rulebook said on an act.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Judged {
    /// The method.
    pub method: MethodId,
    /// Its result.
    pub result: String,
    /// It rests on unverified values or on an example.
    pub trial: bool,
    /// It rests on an example.
    pub example: bool,
    /// The inputs it was given.
    pub inputs: BTreeMap<String, String>,
}

impl Law<'_> {
    /// A number of days on a day; `None` where the law holds none.
    #[must_use]
    pub fn days(&self, days: &Days, at: Date) -> Option<u32> {
        match days {
            Days::Number(number) => Some(*number),
            Days::Parameter(id) => {
                let region = self.region.as_ref()?;
                let resolved = self.rulebook?.resolve(id, at, region).ok()?;
                resolved.value.bare().parse().ok()
            }
        }
    }
}

/// Asks the method of an action, where it has one.
pub(super) fn judge(
    action: &Action,
    case: &Case,
    day: Date,
    around: &Surroundings<'_>,
) -> Result<Option<Judged>, Vec<Problem>> {
    let Some(judge) = &action.judge else { return Ok(None) };
    let (Some(book), Some(region)) = (around.law.rulebook, &around.law.region) else {
        return Err(vec![unjudged(&judge.method)]);
    };
    let Some(method) = book.method(&judge.method, day, region) else {
        return Err(vec![unjudged(&judge.method)]);
    };
    let names = method.inputs.iter().map(|input| input.name.as_str());
    let given: BTreeMap<String, Given> =
        names.filter_map(|name| Some((name.to_owned(), given(case, name, around)?))).collect();
    let context = Context { at: day, region: region.clone() };
    let evaluation =
        book.evaluate(&judge.method, &given, &context).map_err(|error| refused(&error))?;
    let inputs = given.keys().filter_map(|name| Some((name.clone(), case.value(name)?.to_owned())));
    let judged = Judged {
        method: judge.method.clone(),
        result: evaluation.result.bare(),
        trial: evaluation.trial,
        example: evaluation.example,
        inputs: inputs.collect(),
    };
    if judge.result.contains(&judged.result) {
        return Ok(Some(judged));
    }
    let inputs: Vec<String> =
        judged.inputs.iter().map(|(name, value)| format!("{name} = {value}")).collect();
    let problem = Problem::new(
        Code("case.judged"),
        Text::new(
            format!("按规则“{}”判定为 {}，不能办理", evaluation.title.zh, judged.result),
            format!("by the rule `{}` it is {}: not possible", evaluation.title.en, judged.result),
        ),
        Text::new(
            "核对所填数据；计算过程见 tanheng eval",
            "check what was filled in; tanheng eval shows the calculation",
        ),
    );
    Err(vec![problem.found(inputs.join(", ")).by(judge.method.to_string())])
}

/// A value of the case for the rulebook, with its unit where the form says one.
fn given(case: &Case, name: &str, around: &Surroundings<'_>) -> Option<Given> {
    let text = case.value(name)?;
    let paper = case.paper_with(name).filter(|_| !case.key.contains_key(name));
    let quantity = paper.and_then(|paper| {
        let form = around.casebook.form(&paper.form)?;
        let row = crate::Row { row: 1, cells: paper.rows.first()?.clone() };
        form.quantity(&row, name)
    });
    Some(quantity.map_or_else(|| Given::from(text), |found| Given::Typed(Value::Number(found))))
}

/// What the law leaves open is undecided, never a no.
fn refused(error: &EvalError) -> Vec<Problem> {
    let open = matches!(
        error,
        EvalError::Unresolved(
            ResolveError::WithoutValue { .. }
                | ResolveError::NoValue { .. }
                | ResolveError::NoCell { .. }
                | ResolveError::NoRow { .. }
        )
    );
    let mut problems = error.problems();
    if open {
        problems.insert(
            0,
            Problem::new(
                Code("case.undecided"),
                Text::new("法律未给出判定所需的值", "the law gives no value to decide by"),
                Text::new("待有权机关作出规定后办理", "wait until the authority has decided it"),
            ),
        );
    }
    problems
}

fn unjudged(method: &MethodId) -> Problem {
    Problem::new(
        Code("case.undecided"),
        Text::new(
            format!("当日没有可用的规则 `{method}`"),
            format!("the rule `{method}` does not hold on that day"),
        ),
        Text::new("核对规则库版本和日期", "check the version of the rulebook and the day"),
    )
}
