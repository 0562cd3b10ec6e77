//! What follows from a figure: class, register, obligation.

use tanheng_base::{EnterpriseId, RegisterId, Year};

use super::{HundredMillionths, Hundredths, record};
use crate::{Cell, RowScope, Sql, StoreError, select};

record! {
    /// The class of an enterprise for a data year.
    ClassDecision in "class_decision" key("enterprise", "year", "version") {
        /// Enterprise.
        enterprise: EnterpriseId,
        /// Data year.
        year: Year,
        /// Version of the annual report it follows from.
        version: i64,
        /// `decided`, `trial` or `open`.
        outcome: String,
        /// `key`, `ordinary` or `other`; none while open.
        class: Option<String>,
        /// Reasons and calculation, as JSON.
        detail: String,
        /// The entry that decided it.
        entry: i64,
    }
}

record! {
    /// An entry into, change within or exit from a register.
    RegisterEvent in "register_event" key("register", "enterprise", "entry") {
        /// Register.
        register: RegisterId,
        /// Enterprise.
        enterprise: EnterpriseId,
        /// Data year that led to it.
        year: Year,
        /// `entered`, `changed` or `left`.
        event: String,
        /// Class before.
        class_from: Option<String>,
        /// Class after.
        class_to: Option<String>,
        /// The entry that made it.
        entry: i64,
    }
}

record! {
    /// Who stands on a register now.
    RegisterMember in "register_member" key("register", "enterprise") {
        /// Register.
        register: RegisterId,
        /// Enterprise.
        enterprise: EnterpriseId,
        /// Class.
        class: String,
        /// Data year of the decision it stands by.
        since: Year,
        /// The entry that put it there.
        entry: i64,
    }
}

record! {
    /// What an enterprise owes for a data year, or why no amount is due.
    Obligation in "obligation" key("enterprise", "year", "version", "kind") {
        /// Enterprise.
        enterprise: EnterpriseId,
        /// Data year.
        year: Year,
        /// Version of the annual report it follows from.
        version: i64,
        /// Which duty, such as `excess`.
        kind: String,
        /// Outcome by its stable name.
        outcome: String,
        /// Amount in 10⁻⁸ tCO2e; none where the outcome has no tonnes.
        tonnes_e8: Option<HundredMillionths>,
        /// Something of an example pack decided.
        example: bool,
        /// Reasons and calculation, as JSON.
        detail: String,
        /// The entry that computed it.
        entry: i64,
    }
}

record! {
    /// The difference that an accepted (or revoked) version made.
    Consequence in "consequence" key("enterprise", "year", "entry") {
        /// Enterprise.
        enterprise: EnterpriseId,
        /// Data year.
        year: Year,
        /// Version of the annual report.
        version: i64,
        /// `accepted` or `revoked`.
        event: String,
        /// Emission, hundredths of tCO2e.
        emission_delta_e2: Hundredths,
        /// Obligation, 10⁻⁸ tCO2e; none where neither side has tonnes.
        obligation_delta_e8: Option<HundredMillionths>,
        /// Class before.
        class_from: Option<String>,
        /// Class after.
        class_to: Option<String>,
        /// The entry that made it.
        entry: i64,
    }
}

impl ClassDecision {
    /// The class decisions of an enterprise, in order.
    ///
    /// # Errors
    /// When the engine fails or a cell is impossible.
    pub fn of(sql: &impl Sql, enterprise: &EnterpriseId) -> Result<Vec<Self>, StoreError> {
        let rest = "WHERE enterprise = $1 ORDER BY year, version";
        select(sql, rest, &[Cell::from(enterprise.as_str())])
    }

    /// The class decisions of a year in a scope.
    ///
    /// # Errors
    /// When the engine fails or a cell is impossible.
    pub fn of_year(sql: &impl Sql, scope: &RowScope, year: Year) -> Result<Vec<Self>, StoreError> {
        let (condition, more) = scope.condition("enterprise", 2);
        let mut parameters = vec![Cell::Text(year.to_string())];
        parameters.extend(more);
        let rest = format!("WHERE year = $1 AND {condition} ORDER BY enterprise, year, version");
        select(sql, &rest, &parameters)
    }
}

impl Obligation {
    /// The obligations of an enterprise, in order.
    ///
    /// # Errors
    /// When the engine fails or a cell is impossible.
    pub fn of(sql: &impl Sql, enterprise: &EnterpriseId) -> Result<Vec<Self>, StoreError> {
        let rest = "WHERE enterprise = $1 ORDER BY year, version, kind";
        select(sql, rest, &[Cell::from(enterprise.as_str())])
    }

    /// The obligations of a year in a scope.
    ///
    /// # Errors
    /// When the engine fails or a cell is impossible.
    pub fn of_year(sql: &impl Sql, scope: &RowScope, year: Year) -> Result<Vec<Self>, StoreError> {
        let (condition, more) = scope.condition("enterprise", 2);
        let mut parameters = vec![Cell::Text(year.to_string())];
        parameters.extend(more);
        let rest =
            format!("WHERE year = $1 AND {condition} ORDER BY enterprise, year, version, kind");
        select(sql, &rest, &parameters)
    }
}

impl Consequence {
    /// The consequences of an enterprise, in order.
    ///
    /// # Errors
    /// When the engine fails or a cell is impossible.
    pub fn of(sql: &impl Sql, enterprise: &EnterpriseId) -> Result<Vec<Self>, StoreError> {
        let rest = "WHERE enterprise = $1 ORDER BY year, entry";
        select(sql, rest, &[Cell::from(enterprise.as_str())])
    }

    /// The consequences of a year in a scope.
    ///
    /// # Errors
    /// When the engine fails or a cell is impossible.
    pub fn of_year(sql: &impl Sql, scope: &RowScope, year: Year) -> Result<Vec<Self>, StoreError> {
        let (condition, more) = scope.condition("enterprise", 2);
        let mut parameters = vec![Cell::Text(year.to_string())];
        parameters.extend(more);
        let rest = format!("WHERE year = $1 AND {condition} ORDER BY enterprise, year, entry");
        select(sql, &rest, &parameters)
    }
}

impl RegisterEvent {
    /// The register events of an enterprise, in order.
    ///
    /// # Errors
    /// When the engine fails or a cell is impossible.
    pub fn of(sql: &impl Sql, enterprise: &EnterpriseId) -> Result<Vec<Self>, StoreError> {
        let rest = "WHERE enterprise = $1 ORDER BY entry";
        select(sql, rest, &[Cell::from(enterprise.as_str())])
    }

    /// The register events of a year in a scope.
    ///
    /// # Errors
    /// When the engine fails or a cell is impossible.
    pub fn of_year(sql: &impl Sql, scope: &RowScope, year: Year) -> Result<Vec<Self>, StoreError> {
        let (condition, more) = scope.condition("enterprise", 2);
        let mut parameters = vec![Cell::Text(year.to_string())];
        parameters.extend(more);
        let rest = format!("WHERE year = $1 AND {condition} ORDER BY enterprise, entry");
        select(sql, &rest, &parameters)
    }
}

impl RegisterMember {
    /// Where an enterprise stands: on one register at most.
    ///
    /// # Errors
    /// When the engine fails or a cell is impossible.
    pub fn of(sql: &impl Sql, enterprise: &EnterpriseId) -> Result<Option<Self>, StoreError> {
        let rest = "WHERE enterprise = $1 ORDER BY register";
        Ok(select(sql, rest, &[Cell::from(enterprise.as_str())])?.into_iter().next())
    }

    /// Everybody on a register, by enterprise.
    ///
    /// # Errors
    /// When the engine fails or a cell is impossible.
    pub fn all(sql: &impl Sql, register: &RegisterId) -> Result<Vec<Self>, StoreError> {
        let rest = "WHERE register = $1 ORDER BY enterprise";
        select(sql, rest, &[Cell::from(register.as_str())])
    }
}
