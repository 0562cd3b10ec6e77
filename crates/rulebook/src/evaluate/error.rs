//! Why an evaluation gives no result.

use std::fmt;

use tanheng_base::{Citation, Code, MethodId, Problem, Text};
use tanheng_quantity::{NumberError, QuantityError};

use super::Context;
use crate::diagnostic::{code, text};
use crate::resolve::ResolveError;
use crate::value::Value;

/// Why an evaluation gives no result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EvalError {
    /// No version of the method holds on the day in the region, or it does not exist at all.
    NoMethod {
        /// The method.
        id: MethodId,
        /// Versions for other days or regions exist.
        known: bool,
        /// Where and when.
        context: Context,
    },
    /// What is wrong with the inputs, all at once.
    Inputs(Vec<Problem>),
    /// A parameter or table gives no value.
    Unresolved(ResolveError),
    /// Not exactly one rule applies.
    Rules {
        /// The method.
        method: MethodId,
        /// The step, as a reader calls it.
        step: Text,
        /// Clauses of the rules that apply: none, or several.
        applied: Vec<Citation>,
        /// The inputs.
        inputs: Vec<(String, Value)>,
    },
    /// A number that cannot be held exactly, or a division by zero.
    Arithmetic {
        /// The part of the formula.
        fragment: String,
        /// What went wrong.
        reason: Text,
    },
}

impl EvalError {
    pub(crate) fn arithmetic(fragment: &str, error: &QuantityError) -> EvalError {
        let reason = match error {
            QuantityError::Number(NumberError::DivisionByZero) => {
                text("除数为零", "division by zero")
            }
            QuantityError::Number(NumberError::PowerOfNothing) => {
                text("幂的底数必须大于零", "a power needs a base above zero")
            }
            QuantityError::Number(NumberError::TooHard) => text(
                "指数过大或位数过多，不能保证修约正确",
                "the exponent is too large or too fine for a certain rounding",
            ),
            QuantityError::Unit(unit) => text(format!("单位不符：{unit}"), unit.to_string()),
            QuantityError::Number(_) => {
                text("精确结果超出128位，无法表示", "the exact result does not fit 128 bits")
            }
        };
        EvalError::Arithmetic { fragment: fragment.to_owned(), reason }
    }

    /// A formula that the checks at loading should have refused, or a bound below the other.
    pub(crate) fn unsound(fragment: &str) -> EvalError {
        let reason = text("这一部分无法取值", "this part has no value");
        EvalError::Arithmetic { fragment: fragment.to_owned(), reason }
    }

    /// The stable code; for inputs that of the first problem.
    pub fn code(&self) -> &'static str {
        match self {
            EvalError::NoMethod { known: true, .. } => "method.not_in_force",
            EvalError::NoMethod { .. } => "method.unknown",
            EvalError::Inputs(problems) => {
                problems.first().map_or("input.malformed", |problem| problem.code.0)
            }
            EvalError::Unresolved(error) => error.code(),
            EvalError::Rules { applied, .. } if applied.is_empty() => code::NO_RULE_APPLIES,
            EvalError::Rules { .. } => code::TWO_RULES_APPLY,
            EvalError::Arithmetic { .. } => "rulebook.arithmetic",
        }
    }

    /// All codes.
    pub fn codes(&self) -> Vec<&'static str> {
        match self {
            EvalError::Inputs(problems) => problems.iter().map(|problem| problem.code.0).collect(),
            other => vec![other.code()],
        }
    }

    /// What happened and what to do: one problem, or one for each wrong input.
    pub fn problems(&self) -> Vec<Problem> {
        let (message, remedy) = match self {
            EvalError::Inputs(problems) => return problems.clone(),
            EvalError::Unresolved(error) => return vec![error.problem()],
            EvalError::NoMethod { id, known, context } => no_method(id, *known, context),
            EvalError::Rules { method, step, applied, inputs } => {
                rules(method, step, applied, inputs)
            }
            EvalError::Arithmetic { fragment, reason } => (
                text(
                    format!("`{fragment}` 无法计算：{}", reason.zh),
                    format!("`{fragment}` cannot be computed: {}", reason.en),
                ),
                text("核对输入的数值", "check the values given"),
            ),
        };
        vec![Problem::new(Code(self.code()), message, remedy)]
    }
}

fn no_method(id: &MethodId, known: bool, context: &Context) -> (Text, Text) {
    if !known {
        return (
            text(format!("没有方法 `{id}`"), format!("there is no method `{id}`")),
            text("核对方法 id", "check the method id"),
        );
    }
    let (at, region) = (context.at, &context.region);
    (
        text(
            format!("方法 `{id}` 在 {at} 对 {region} 不适用"),
            format!("the method `{id}` does not hold on {at} for {region}"),
        ),
        text("核对日期和地区", "check the date and the region"),
    )
}

fn rules(
    method: &MethodId,
    step: &Text,
    applied: &[Citation],
    inputs: &[(String, Value)],
) -> (Text, Text) {
    let inputs: Vec<String> =
        inputs.iter().map(|(name, value)| format!("{name} = {value}")).collect();
    let inputs = inputs.join(", ");
    let clauses: Vec<String> = applied
        .iter()
        .map(|citation| format!("{} {}", citation.document, citation.clause))
        .collect();
    let clauses = clauses.join("; ");
    let message = if applied.is_empty() {
        text(
            format!("`{method}`“{}”没有规则适用于 {inputs}", step.zh),
            format!("`{method}`, {}: no rule applies to {inputs}", step.en),
        )
    } else {
        text(
            format!("`{method}`“{}”有不止一条规则适用于 {inputs}：{clauses}", step.zh),
            format!("`{method}`, {}: more than one rule applies to {inputs}: {clauses}", step.en),
        )
    };
    (message, text("改正规则的条件", "correct the conditions of the rules"))
}

impl fmt::Display for EvalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines: Vec<String> = self.problems().iter().map(Problem::to_string).collect();
        f.write_str(&lines.join("\n"))
    }
}

impl std::error::Error for EvalError {}
