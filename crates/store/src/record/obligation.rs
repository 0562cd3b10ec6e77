//! What follows from a figure: class, register, obligation.

use tanheng_base::{EnterpriseId, RegisterId, Year};

use super::{HundredMillionths, Hundredths, record};

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
