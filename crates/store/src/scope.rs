//! Which rows an actor may see, as a condition on the enterprise column.

use tanheng_base::{AgencyId, EnterpriseId, RegionCode};

use crate::Cell;

/// The rows of a list that an actor may see. The policy table yields it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RowScope {
    /// Every row.
    All,
    /// Rows of one enterprise.
    Enterprise(EnterpriseId),
    /// Rows of enterprises in one region.
    Region(RegionCode),
    /// Rows of enterprises assigned to one verification body.
    Agency(AgencyId),
    /// No row.
    Nothing,
}

impl RowScope {
    /// The condition on `column` as SQL with its parameters, the first of which
    /// is number `first`.
    pub(crate) fn condition(&self, column: &str, first: usize) -> (String, Vec<Cell>) {
        match self {
            Self::All => ("1 = 1".to_owned(), Vec::new()),
            Self::Nothing => ("1 = 0".to_owned(), Vec::new()),
            Self::Enterprise(id) => (format!("{column} = ${first}"), vec![Cell::from(id.as_str())]),
            Self::Region(region) => (
                format!("{column} IN (SELECT id FROM enterprise WHERE region = ${first})"),
                vec![Cell::from(region.as_str())],
            ),
            Self::Agency(agency) => (
                format!(
                    "{column} IN (SELECT enterprise FROM verification WHERE agency = ${first})"
                ),
                vec![Cell::from(agency.as_str())],
            ),
        }
    }
}
