//! Under which rules an enterprise's figures are computed.

use tanheng_base::{Date, IndustryCode, Problem, RegionCode};
use tanheng_quantity::{Decimal, Quantity, Unit};
use tanheng_rulebook::{Context, Evaluation, ResolveError, Resolved, Rulebook};

use crate::code;
use crate::rule_id;

/// The rules that bind an enterprise: rulebook, industry and region.
#[derive(Debug, Clone)]
pub struct Setting<'a> {
    /// The rulebook.
    pub rulebook: &'a Rulebook,
    /// The enterprise's industry.
    pub industry: IndustryCode,
    /// The enterprise's region.
    pub region: RegionCode,
}

impl Setting<'_> {
    /// The rules of a day.
    pub(crate) fn context(&self, at: Date) -> Context {
        Context { at, region: self.region.clone() }
    }

    /// A cell of the choice of methods for a kind of source of this industry.
    pub(crate) fn method_choice(
        &self,
        column: &str,
        kind: &str,
        at: Date,
    ) -> Result<Resolved, ResolveError> {
        let keys = [self.industry.to_string(), kind.to_owned()];
        self.rulebook.lookup(&rule_id::method_choice(), column, &keys, at, &self.region)
    }
}

/// The number of an evaluation in a unit.
pub(crate) fn number_in(evaluation: &Evaluation, unit: &str) -> Result<Decimal, Box<Problem>> {
    let number = evaluation.result.number().and_then(|quantity| decimal_in(quantity, unit));
    number.ok_or_else(|| {
        let shown = evaluation.result.to_string();
        let method = &evaluation.method;
        let problem = Problem::new(
            code::RESULT_KIND,
            tanheng_base::Text::new(
                format!("方法 `{method}` 的结果 `{shown}` 不是以 {unit} 计的有限小数"),
                format!("the result `{shown}` of `{method}` is no finite decimal in {unit}"),
            ),
            tanheng_base::Text::new("修改规则包中的方法", "mend the method in the rulebook pack"),
        );
        Box::new(problem.found(shown))
    })
}

/// A quantity as a decimal in a unit, where it is one.
pub(crate) fn decimal_in(quantity: &Quantity, unit: &str) -> Option<Decimal> {
    let unit: Unit = unit.parse().ok()?;
    quantity.convert_to(&unit).ok()?.value.to_decimal()
}
