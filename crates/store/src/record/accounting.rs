//! What was declared and what it amounts to.

use tanheng_base::{ActorId, EnterpriseId, FacilityId, FormId, MethodId, Month, SourceId, Year};

use super::{Hundredths, record};
use crate::column::name_column;
use crate::{Cell, RowScope, Sql, StoreError, find, select};

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
    /// All versions of one filing with what each changed: what the next event is
    /// decided on.
    VersionHistory in "version_history" key("enterprise", "form", "period") {
        /// Enterprise.
        enterprise: EnterpriseId,
        /// Form.
        form: FormId,
        /// Year.
        period: String,
        /// The history, as JSON.
        content: String,
        /// The entry of the last event.
        entry: i64,
    }
}

impl VersionHistory {
    /// The history of a filing.
    ///
    /// # Errors
    /// When the engine fails or a cell is impossible.
    pub fn find(
        sql: &impl Sql,
        enterprise: &EnterpriseId,
        form: &FormId,
        period: &str,
    ) -> Result<Option<Self>, StoreError> {
        find(sql, &[enterprise.as_str(), form.as_str(), period].map(Cell::from))
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
        /// How far the figure can be relied on, as JSON.
        standing: String,
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
        /// How far it can be relied on, as JSON.
        standing: String,
        /// What the verifier or the authority said of it; empty for what is computed.
        reason: String,
        /// The entry that set it.
        entry: i64,
    }
}

impl QualityPlan {
    /// The versions of an enterprise's plan, the newest first.
    ///
    /// # Errors
    /// When the engine fails or a cell is impossible.
    pub fn of(sql: &impl Sql, enterprise: &EnterpriseId) -> Result<Vec<Self>, StoreError> {
        let rest = "WHERE enterprise = $1 ORDER BY version DESC";
        select(sql, rest, &[Cell::from(enterprise.as_str())])
    }
}

impl Filing {
    /// The filing of an id.
    ///
    /// # Errors
    /// When the engine fails or a cell is impossible.
    pub fn find(sql: &impl Sql, id: &str) -> Result<Option<Self>, StoreError> {
        find(sql, &[Cell::from(id)])
    }

    /// All versions for one period, the newest first.
    ///
    /// # Errors
    /// When the engine fails or a cell is impossible.
    pub fn versions(
        sql: &impl Sql,
        enterprise: &EnterpriseId,
        form: &FormId,
        period: &str,
    ) -> Result<Vec<Self>, StoreError> {
        let key = [enterprise.as_str(), form.as_str(), period].map(Cell::from);
        let rest = "WHERE enterprise = $1 AND form = $2 AND period = $3 ORDER BY version DESC";
        select(sql, rest, &key)
    }

    /// The filing that an entry made.
    ///
    /// # Errors
    /// When the engine fails or a cell is impossible.
    pub fn by_entry(sql: &impl Sql, entry: i64) -> Result<Option<Self>, StoreError> {
        Ok(select(sql, "WHERE entry = $1", &[Cell::Integer(entry)])?.into_iter().next())
    }

    /// All filings of an enterprise, by form, period and version.
    ///
    /// # Errors
    /// When the engine fails or a cell is impossible.
    pub fn of(sql: &impl Sql, enterprise: &EnterpriseId) -> Result<Vec<Self>, StoreError> {
        let rest = "WHERE enterprise = $1 ORDER BY form, period, version";
        select(sql, rest, &[Cell::from(enterprise.as_str())])
    }
}

impl LedgerLine {
    /// The line of a filing.
    ///
    /// # Errors
    /// When the engine fails or a cell is impossible.
    pub fn find(sql: &impl Sql, filing: &str, row: i64) -> Result<Option<Self>, StoreError> {
        find(sql, &[Cell::from(filing), Cell::Integer(row)])
    }

    /// The lines of a filing.
    ///
    /// # Errors
    /// When the engine fails or a cell is impossible.
    pub fn of(sql: &impl Sql, filing: &str) -> Result<Vec<Self>, StoreError> {
        select(sql, "WHERE filing = $1 ORDER BY row", &[Cell::from(filing)])
    }

    /// The lines that one entry deposited.
    ///
    /// # Errors
    /// When the engine fails or a cell is impossible.
    pub fn by_entry(sql: &impl Sql, filing: &str, entry: i64) -> Result<Vec<Self>, StoreError> {
        let rest = "WHERE filing = $1 AND entry = $2 ORDER BY row";
        select(sql, rest, &[Cell::from(filing), Cell::Integer(entry)])
    }
}

impl MonthFigure {
    /// The figure of a month.
    ///
    /// # Errors
    /// When the engine fails or a cell is impossible.
    pub fn find(
        sql: &impl Sql,
        enterprise: &EnterpriseId,
        month: Month,
    ) -> Result<Option<Self>, StoreError> {
        find(sql, &[Cell::from(enterprise.as_str()), Cell::Text(month.to_string())])
    }

    /// The figures of an enterprise's year, in order.
    ///
    /// # Errors
    /// When the engine fails or a cell is impossible.
    pub fn of_year(
        sql: &impl Sql,
        enterprise: &EnterpriseId,
        year: Year,
    ) -> Result<Vec<Self>, StoreError> {
        let mut months = year.months();
        let (first, last) = (months.next(), months.next_back());
        let bound = |month: Option<Month>| Cell::Text(month.map_or(String::new(), String::from));
        let key = [Cell::from(enterprise.as_str()), bound(first), bound(last)];
        let rest = "WHERE enterprise = $1 AND month >= $2 AND month <= $3 ORDER BY month";
        select(sql, rest, &key)
    }

    /// All figures of an enterprise, in order.
    ///
    /// # Errors
    /// When the engine fails or a cell is impossible.
    pub fn of(sql: &impl Sql, enterprise: &EnterpriseId) -> Result<Vec<Self>, StoreError> {
        let rest = "WHERE enterprise = $1 ORDER BY month";
        select(sql, rest, &[Cell::from(enterprise.as_str())])
    }
}

impl YearFigure {
    /// The figures of an enterprise, by year and version.
    ///
    /// # Errors
    /// When the engine fails or a cell is impossible.
    pub fn of(sql: &impl Sql, enterprise: &EnterpriseId) -> Result<Vec<Self>, StoreError> {
        let rest = "WHERE enterprise = $1 ORDER BY year, version, kind";
        select(sql, rest, &[Cell::from(enterprise.as_str())])
    }

    /// The figures of one version of an annual report.
    ///
    /// # Errors
    /// When the engine fails or a cell is impossible.
    pub fn of_version(
        sql: &impl Sql,
        enterprise: &EnterpriseId,
        year: Year,
        version: i64,
    ) -> Result<Vec<Self>, StoreError> {
        let rest = "WHERE enterprise = $1 AND year = $2 AND version = $3 ORDER BY kind";
        let year = Cell::Text(year.to_string());
        select(sql, rest, &[Cell::from(enterprise.as_str()), year, Cell::Integer(version)])
    }

    /// The figures of a year in a scope.
    ///
    /// # Errors
    /// When the engine fails or a cell is impossible.
    pub fn of_year(sql: &impl Sql, scope: &RowScope, year: Year) -> Result<Vec<Self>, StoreError> {
        let (condition, more) = scope.condition("enterprise", 2);
        let mut parameters = vec![Cell::Text(year.to_string())];
        parameters.extend(more);
        let rest = format!("WHERE year = $1 AND {condition} ORDER BY enterprise, version, kind");
        select(sql, &rest, &parameters)
    }
}
