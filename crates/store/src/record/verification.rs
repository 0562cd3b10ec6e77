//! Verification of annual reports.

use tanheng_base::{AgencyId, EnterpriseId, Month, Year};

use super::record;
use crate::column::name_column;
use crate::{Cell, RowScope, Sql, StoreError, find, select};

name_column! {
    /// State of a verification.
    VerificationState {
        /// Assigned by the province.
        Assigned = "assigned",
        /// The body has recorded its result.
        Concluded = "concluded",
    }
}

name_column! {
    /// State of a finding.
    FindingState {
        /// Waits for the enterprise.
        Open = "open",
        /// Answered, perhaps with a corrected ledger.
        Answered = "answered",
    }
}

record! {
    /// The verification of one enterprise and data year.
    Verification in "verification" key("enterprise", "year") {
        /// Enterprise.
        enterprise: EnterpriseId,
        /// Data year.
        year: Year,
        /// Verification body.
        agency: AgencyId,
        /// State.
        state: VerificationState,
        /// The body's conclusion.
        conclusion: Option<String>,
        /// The entry of the last change.
        entry: i64,
    }
}

record! {
    /// A finding of a verification.
    Finding in "finding" key("id") {
        /// `enterprise/year/number`.
        id: String,
        /// Enterprise.
        enterprise: EnterpriseId,
        /// Data year.
        year: Year,
        /// The month it is about, if one.
        month: Option<Month>,
        /// What was found.
        content: String,
        /// State.
        state: FindingState,
        /// The enterprise's answer.
        answer: Option<String>,
        /// The corrected filing, if any.
        filing: Option<String>,
        /// The entry of the last change.
        entry: i64,
    }
}

impl Verification {
    /// The verification of an enterprise's year.
    ///
    /// # Errors
    /// When the engine fails or a cell is impossible.
    pub fn find(
        sql: &impl Sql,
        enterprise: &EnterpriseId,
        year: Year,
    ) -> Result<Option<Self>, StoreError> {
        find(sql, &[Cell::from(enterprise.as_str()), Cell::Text(year.to_string())])
    }

    /// The verifications of an enterprise, by year.
    ///
    /// # Errors
    /// When the engine fails or a cell is impossible.
    pub fn of(sql: &impl Sql, enterprise: &EnterpriseId) -> Result<Vec<Self>, StoreError> {
        let rest = "WHERE enterprise = $1 ORDER BY year";
        select(sql, rest, &[Cell::from(enterprise.as_str())])
    }

    /// The verifications in a scope, by enterprise and year.
    ///
    /// # Errors
    /// When the engine fails or a cell is impossible.
    pub fn list(sql: &impl Sql, scope: &RowScope) -> Result<Vec<Self>, StoreError> {
        let (condition, parameters) = scope.condition("enterprise", 1);
        select(sql, &format!("WHERE {condition} ORDER BY enterprise, year"), &parameters)
    }
}

impl Finding {
    /// The finding of an id.
    ///
    /// # Errors
    /// When the engine fails or a cell is impossible.
    pub fn find(sql: &impl Sql, id: &str) -> Result<Option<Self>, StoreError> {
        find(sql, &[Cell::from(id)])
    }

    /// The findings about an enterprise's year, by id.
    ///
    /// # Errors
    /// When the engine fails or a cell is impossible.
    pub fn of_year(
        sql: &impl Sql,
        enterprise: &EnterpriseId,
        year: Year,
    ) -> Result<Vec<Self>, StoreError> {
        let key = [Cell::from(enterprise.as_str()), Cell::Text(year.to_string())];
        select(sql, "WHERE enterprise = $1 AND year = $2 ORDER BY id", &key)
    }
}
