//! Verification of annual reports.

use tanheng_base::{AgencyId, EnterpriseId, Month, Year};

use super::record;
use crate::column::name_column;

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
