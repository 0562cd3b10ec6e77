//! Stable codes of what this crate itself objects to; problems of the rulebook keep its codes.

use tanheng_base::Code;

/// A fuel that no guide of the rulebook names.
pub const FUEL_UNKNOWN: Code = Code("ledger.fuel_unknown");
/// A parameter of a fuel that is neither given nor to be taken by default.
pub const PARAMETER_MISSING: Code = Code("ledger.parameter_missing");
/// A default is asked for that the rulebook does not have.
pub const NO_DEFAULT: Code = Code("ledger.no_default");
/// A value declared as the default that differs from it.
pub const DEFAULT_DIFFERS: Code = Code("ledger.default_differs");
/// Outputs of one product in units that cannot be added.
pub const OUTPUT_UNITS: Code = Code("ledger.output_units");
/// A month without lines.
pub const NO_LINES: Code = Code("ledger.no_lines");
/// Months of a year that were not filed.
pub const MONTH_MISSING: Code = Code("year.month_missing");
/// A month of another year.
pub const MONTH_ELSEWHERE: Code = Code("year.month_elsewhere");
/// A factor or method of the year that the law leaves undecided.
pub const YEAR_UNDECIDED: Code = Code("year.undecided");
/// Figures of a year that contradict each other.
pub const FIGURE_INCONSISTENT: Code = Code("figure.inconsistent");
/// A reading that this platform does not know.
pub const READING_UNKNOWN: Code = Code("inventory.reading_unknown");
/// A result of another kind than the calculation needs.
pub const RESULT_KIND: Code = Code("inventory.result_kind");
/// A number that cannot be held exactly.
pub const OVERFLOW: Code = Code("inventory.overflow");
/// No such version.
pub const VERSION_UNKNOWN: Code = Code("filing.version_unknown");
/// The version is not in a state for this.
pub const VERSION_STATE: Code = Code("filing.version_state");
/// Another version is still open.
pub const VERSION_OPEN: Code = Code("filing.version_open");
/// A later version is in force already.
pub const VERSION_OVERTAKEN: Code = Code("filing.version_overtaken");

/// Every code, for the table of errors.
pub const ALL: &[Code] = &[
    FUEL_UNKNOWN,
    PARAMETER_MISSING,
    NO_DEFAULT,
    DEFAULT_DIFFERS,
    OUTPUT_UNITS,
    NO_LINES,
    MONTH_MISSING,
    MONTH_ELSEWHERE,
    YEAR_UNDECIDED,
    FIGURE_INCONSISTENT,
    READING_UNKNOWN,
    RESULT_KIND,
    OVERFLOW,
    VERSION_UNKNOWN,
    VERSION_STATE,
    VERSION_OPEN,
    VERSION_OVERTAKEN,
];
