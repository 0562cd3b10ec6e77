//! Parameters of a fuel: as declared, or the default that the rulebook cites.

use serde::{Deserialize, Serialize};
use tanheng_base::{CheckState, Citation, Date, Problem, Text};
use tanheng_quantity::Quantity;
use tanheng_rulebook::{ResolveError, Resolved, Value};

use crate::code;
use crate::line::{Determination, Line};
use crate::rule_id;
use crate::setting::Setting;
use crate::standing::Standing;

/// A default value that took part in a calculation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DefaultUsed {
    /// The input it was used for: `ncv`, `carbon_content`, `oxidation`.
    pub input: String,
    /// Table and keys, or parameter.
    pub id: String,
    /// The value with its unit.
    pub value: String,
    /// Document and clause.
    pub citation: Citation,
    /// Against what it was checked.
    pub checked: CheckState,
    /// It comes from an example pack.
    pub example: bool,
}

/// Where the defaults of one line come from.
pub(crate) struct Defaults<'a> {
    pub(crate) setting: &'a Setting<'a>,
    pub(crate) at: Date,
    /// The guide whose defaults hold.
    pub(crate) guide: String,
}

/// A parameter that a calculation takes, and the default it is.
pub(crate) struct Filled {
    pub(crate) value: Quantity,
    pub(crate) default: Option<DefaultUsed>,
}

impl Defaults<'_> {
    /// The value of a parameter for a line. Declared values are taken as they are; where the
    /// line asks for the default, a declared value has to be it.
    pub(crate) fn fill(
        &self,
        line: &Line,
        input: &str,
        declared: Option<Quantity>,
        standing: &mut Standing,
    ) -> Result<Filled, Box<Problem>> {
        let at_cell = |problem: Problem| Box::new(problem.at(Some(line.row), Some(input)));
        if line.determination != Determination::Default {
            return match declared {
                Some(value) => Ok(Filled { value, default: None }),
                None => Err(at_cell(missing(line))),
            };
        }
        let (id, resolved) = match (self.find(&line.material, input), declared.clone()) {
            (Ok(found), _) => found,
            // What has no default cannot be one: it was measured beside the defaults.
            (Err(ResolveError::NoRow { .. } | ResolveError::NoCell { .. }), Some(value)) => {
                return Ok(Filled { value, default: None });
            }
            (Err(error @ ResolveError::WithoutValue { .. }), _) => {
                return Err(at_cell(error.problem()));
            }
            (Err(error), _) => return Err(at_cell(no_default(line, &error))),
        };
        let Value::Number(value) = &resolved.value else {
            return Err(at_cell(no_default(line, &ResolveError::Unknown { name: id })));
        };
        if let Some(declared) = declared
            && !declared.compare(value).is_ok_and(std::cmp::Ordering::is_eq)
        {
            return Err(at_cell(differs(&declared, value, &resolved)));
        }
        standing.add_value(&id, &resolved);
        let default = DefaultUsed {
            input: input.to_owned(),
            id,
            value: value.to_string(),
            citation: resolved.citation.clone(),
            checked: resolved.checked,
            example: resolved.example,
        };
        Ok(Filled { value: value.clone(), default: Some(default) })
    }

    /// What the guide prints for the fuel.
    fn find(&self, fuel: &str, input: &str) -> Result<(String, Resolved), ResolveError> {
        let table = rule_id::fuel_defaults();
        let keys = [self.guide.clone(), fuel.to_owned()];
        let region = &self.setting.region;
        let found = self.setting.rulebook.lookup(&table, input, &keys, self.at, region)?;
        Ok((format!("{table}.{input}({})", keys.join(", ")), found))
    }
}

fn missing(line: &Line) -> Problem {
    Problem::new(
        code::PARAMETER_MISSING,
        Text::new(
            format!("`{}` 的参数缺失，缺失不等于0", line.material),
            format!("a parameter of `{}` is missing; missing is not 0", line.material),
        ),
        Text::new(
            "填写实测或计算值，或把取值方式改为缺省",
            "give the measured or calculated value, or choose default as the way of determination",
        ),
    )
}

fn no_default(line: &Line, error: &ResolveError) -> Problem {
    let why = error.problem().message;
    Problem::new(
        code::NO_DEFAULT,
        Text::new(
            format!("`{}` 没有可用的缺省值：{}", line.material, why.zh),
            format!("`{}` has no default that may be used: {}", line.material, why.en),
        ),
        Text::new("改用实测值并填写", "measure the value and give it"),
    )
}

fn differs(declared: &Quantity, default: &Quantity, resolved: &Resolved) -> Problem {
    let citation = &resolved.citation;
    Problem::new(
        code::DEFAULT_DIFFERS,
        Text::new(
            format!("取值方式为缺省，但填报值 {declared} 与缺省值 {default} 不同"),
            format!("declared as default, but {declared} differs from the default {default}"),
        ),
        Text::new(
            "留空以采用缺省值，或把取值方式改为实测或计算",
            "leave it empty to take the default, or choose measured or calculated",
        ),
    )
    .found(declared.to_string())
    .by(format!("{} {}", citation.document, citation.clause))
}
