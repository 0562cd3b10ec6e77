//! What of an enterprise's year a value of the rulebook reaches.

use std::collections::BTreeSet;

use serde::Serialize;
use tanheng_base::{MethodId, ParameterId, TableId};
use tanheng_rulebook::difference::{Difference, ItemKind};
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
    let asked = match slot {
        Slot::Parameter(id) => Asked::Parameter(id.clone()),
        Slot::Cell { table, .. } => Asked::Table(table.clone()),
    };
    of(&rulebook.users(slot), &monthly_methods(rulebook), &asked)
}

/// What the difference between two rulebooks reaches; everything where that is not known.
#[must_use]
pub fn reach_of(before: &Rulebook, after: &Rulebook, difference: &Difference) -> Reach {
    let mut monthly = monthly_methods(before);
    monthly.extend(monthly_methods(after));
    let mut reach = Reach::default();
    for item in &difference.items {
        let found = match item.kind {
            ItemKind::Parameter => item.id.parse().ok().map(|id: ParameterId| {
                let slot = Slot::Parameter(id.clone());
                let users = before.users(&slot).into_iter().chain(after.users(&slot)).collect();
                of(&users, &monthly, &Asked::Parameter(id))
            }),
            ItemKind::Table => item.id.parse().ok().map(|id: TableId| {
                let both = [before, after].into_iter();
                let users = both.flat_map(|book| book.users_of_table(&id)).collect();
                of(&users, &monthly, &Asked::Table(id))
            }),
            ItemKind::Method => item
                .id
                .split(' ')
                .next()
                .and_then(|id| id.parse().ok())
                .map(|id: MethodId| of(&BTreeSet::from([id]), &monthly, &Asked::Method)),
            ItemKind::Region => None,
            // A document's state says whether what cites it is in doubt; no number rests on it.
            ItemKind::Pack
            | ItemKind::Document
            | ItemKind::Form
            | ItemKind::List
            | ItemKind::Case
            | ItemKind::File => Some(Reach::default()),
        };
        let found = found.unwrap_or(Reach::ALL);
        reach.months |= found.months;
        reach.classes |= found.classes;
        reach.obligations |= found.obligations;
    }
    reach
}

/// What is asked for without a formula.
enum Asked {
    Parameter(ParameterId),
    Table(TableId),
    Method,
}

/// What follows from a thing that these methods use.
fn of(users: &BTreeSet<MethodId>, monthly: &BTreeSet<MethodId>, asked: &Asked) -> Reach {
    let uses = |method: MethodId| users.contains(&method);
    let is = |parameters: &[ParameterId]| matches!(asked, Asked::Parameter(id) if parameters.contains(id));
    let stands_in = |tables: &[TableId]| matches!(asked, Asked::Table(id) if tables.contains(id));
    let months = !users.is_disjoint(monthly)
        || uses(rule_id::co2e())
        || stands_in(&[rule_id::method_choice(), rule_id::fuel_defaults()]);
    let classes = months
        || uses(rule_id::class())
        || is(&[rule_id::class_boundary(), rule_id::class_figure()]);
    let obligations = months
        || uses(rule_id::offset_excess())
        || uses(rule_id::benchmark_emission())
        || is(&[
            rule_id::benchmark_form(),
            rule_id::offset_plan(),
            rule_id::offset_reference_year(),
            rule_id::offset_boundary(),
            rule_id::offset_rounding(),
        ])
        || stands_in(&[rule_id::benchmark(), rule_id::products(), rule_id::national_relation()]);
    Reach { months, classes, obligations }
}

/// The methods that compute lines.
fn monthly_methods(rulebook: &Rulebook) -> BTreeSet<MethodId> {
    let rows = rulebook.table(&rule_id::method_choice()).map_or(&[][..], |table| &table.rows);
    rows.iter().filter_map(|row| row.cells.get("method")?.bare().parse().ok()).collect()
}
