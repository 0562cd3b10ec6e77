//! What of an enterprise's year a value of the rulebook reaches.

use std::collections::BTreeSet;

use serde::Serialize;
use tanheng_base::MethodId;
use tanheng_rulebook::{Rulebook, Slot};

use crate::rule_id;

/// What changes with a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Reach {
    /// Emissions of lines, and with them figures, classes and obligations.
    pub months: bool,
    /// Classes.
    pub classes: bool,
    /// Obligations.
    pub obligations: bool,
}

impl Reach {
    /// Everything.
    pub const ALL: Self = Self { months: true, classes: true, obligations: true };

    /// Nothing that is computed of an enterprise's year.
    #[must_use]
    pub fn is_nothing(self) -> bool {
        self == Self::default()
    }
}

/// What a value of the rulebook reaches: through the formulas that ask for it, and through what
/// this crate asks the rulebook for.
#[must_use]
pub fn reach(rulebook: &Rulebook, slot: &Slot) -> Reach {
    let users = rulebook.users(slot);
    let uses = |method: MethodId| users.contains(&method);
    let months = monthly_methods(rulebook).into_iter().chain([rule_id::co2e()]).any(uses)
        || cell_of(slot, &[rule_id::method_choice(), rule_id::fuel_defaults()]);
    let class_parameters = [rule_id::class_boundary(), rule_id::class_figure()];
    let classes = months || uses(rule_id::class()) || is_one(slot, &class_parameters);
    let obligation_parameters = [
        rule_id::benchmark_form(),
        rule_id::offset_plan(),
        rule_id::offset_reference_year(),
        rule_id::offset_boundary(),
        rule_id::offset_rounding(),
    ];
    let tables = [rule_id::benchmark(), rule_id::products(), rule_id::national_relation()];
    let obligations = months
        || uses(rule_id::offset_excess())
        || uses(rule_id::benchmark_emission())
        || is_one(slot, &obligation_parameters)
        || cell_of(slot, &tables);
    Reach { months, classes, obligations }
}

/// The methods that compute lines.
fn monthly_methods(rulebook: &Rulebook) -> BTreeSet<MethodId> {
    let rows = rulebook.table(&rule_id::method_choice()).map_or(&[][..], |table| &table.rows);
    rows.iter().filter_map(|row| row.cells.get("method")?.bare().parse().ok()).collect()
}

fn is_one(slot: &Slot, parameters: &[tanheng_base::ParameterId]) -> bool {
    matches!(slot, Slot::Parameter(id) if parameters.contains(id))
}

fn cell_of(slot: &Slot, tables: &[tanheng_base::TableId]) -> bool {
    matches!(slot, Slot::Cell { table, .. } if tables.contains(table))
}
