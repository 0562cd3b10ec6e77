//! What was declared and what it amounts to.

use tanheng_base::{ActorId, EnterpriseId, FacilityId, FormId, MethodId, Month, SourceId, Year};

use super::{Hundredths, record};
use crate::column::name_column;

name_column! {
    /// State of one version of a filing.
    FilingState {
        /// Filed and frozen, not yet decided.
        Submitted = "submitted",
        /// Taken back by the enterprise.
        Withdrawn = "withdrawn",
        /// Returned by the authority.
        Rejected = "rejected",
        /// Accepted: its consequences are in force.
        Accepted = "accepted",
        /// An accepted version that a later accepted one replaced.
        Replaced = "replaced",
        /// Acceptance taken back by the authority.
        Revoked = "revoked",
    }
}

name_column! {
    /// Which of the four figures of a year.
    YearFigureKind {
        /// 报告值: what the enterprise reported.
        Reported = "reported",
        /// 复算值: what the platform computes from the ledgers.
        Recalculated = "recalculated",
        /// 核查值: what the verification body found.
        Verified = "verified",
        /// 核定值: what the authority determined.
        Determined = "determined",
    }
}

record! {
    /// A version of the data-quality control plan (数据质量控制计划).
    QualityPlan in "quality_plan" key("enterprise", "version") {
        /// Enterprise.
        enterprise: EnterpriseId,
        /// Version, from 1.
        version: i64,
        /// First month it applies to.
        starts: Month,
        /// Text.
        content: String,
        /// The entry that filed it.
        entry: i64,
    }
}

record! {
    /// One version of a filed form.
    Filing in "filing" key("id") {
        /// `form/enterprise/period/version`.
        id: String,
        /// Form.
        form: FormId,
        /// Enterprise.
        enterprise: EnterpriseId,
        /// Month or year.
        period: String,
        /// Version within the period, from 1.
        version: i64,
        /// State.
        state: FilingState,
        /// Digest of the content: the same sheet twice is no change.
        digest: String,
        /// Rulebook version it was computed with.
        rulebook: String,
        /// Who filed it.
        actor: ActorId,
        /// When, in milliseconds UTC.
        submitted_ms: i64,
        /// The verification finding that it answers.
        finding: Option<String>,
        /// The entry that filed it.
        entry: i64,
    }
}

record! {
    /// One line of a ledger with what was computed from it. Confidential.
    LedgerLine in "ledger_line" key("filing", "row") {
        /// Filing.
        filing: String,
        /// Row as the filer counts it.
        row: i64,
        /// Facility or unit.
        facility: FacilityId,
        /// Source stream.
        source: SourceId,
        /// `fuel`, `electricity` or `output`.
        kind: String,
        /// Fuel or product.
        material: String,
        /// Activity data with its unit.
        amount: String,
        /// Net calorific value with its unit.
        ncv: Option<String>,
        /// Carbon content per heat with its unit.
        carbon_content: Option<String>,
        /// Oxidation as a ratio.
        oxidation: Option<String>,
        /// Way of determination.
        determination: Option<String>,
        /// Instrument.
        meter: Option<String>,
        /// Reference of the supporting file.
        evidence: Option<String>,
        /// Method that gave the emission.
        method: Option<MethodId>,
        /// Inputs of the method as given to it, as JSON: opens the figure again.
        inputs: Option<String>,
        /// Emission in hundredths of tCO2; none for output.
        emission_e2: Option<Hundredths>,
        /// What the line rests on besides its inputs, as JSON: trial, example,
        /// unverified and in-doubt values, defaults filled in.
        basis: String,
        /// The entry that deposited it.
        entry: i64,
    }
}

record! {
    /// The figure of a month: the sum of its ledger lines.
    MonthFigure in "month_figure" key("enterprise", "month") {
        /// Enterprise.
        enterprise: EnterpriseId,
        /// Month.
        month: Month,
        /// The filing version it comes from.
        filing: String,
        /// Direct emission, hundredths of tCO2.
        direct_e2: Hundredths,
        /// Indirect emission, hundredths of tCO2.
        indirect_e2: Hundredths,
        /// Product → amount with unit, as JSON.
        outputs: String,
        /// Something unverified decided.
        trial: bool,
        /// Something of an example pack decided.
        example: bool,
        /// The annual report holds it fast.
        sealed: bool,
        /// The entry that computed it.
        entry: i64,
    }
}

record! {
    /// One of the four figures of a year, in CO2 equivalent.
    YearFigure in "year_figure" key("enterprise", "year", "version", "kind") {
        /// Enterprise.
        enterprise: EnterpriseId,
        /// Data year.
        year: Year,
        /// Version of the annual report it belongs to.
        version: i64,
        /// Which figure.
        kind: YearFigureKind,
        /// Direct emission, hundredths of tCO2e.
        direct_e2: Hundredths,
        /// Total emission, hundredths of tCO2e.
        total_e2: Hundredths,
        /// Something unverified decided.
        trial: bool,
        /// Something of an example pack decided.
        example: bool,
        /// Why it differs from the figure before, or how it came about.
        reason: String,
        /// The entry that set it.
        entry: i64,
    }
}
