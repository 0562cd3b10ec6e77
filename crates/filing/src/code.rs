//! Stable codes of everything this crate can object to.

use tanheng_base::Code;

/// A form definition that cannot be used.
pub const DEFINITION: Code = Code("form.definition");
/// The file is larger than the form allows.
pub const TOO_LARGE: Code = Code("form.too_large");
/// The sheet has more rows than the form allows.
pub const TOO_MANY_ROWS: Code = Code("form.too_many_rows");
/// The sheet has no row.
pub const NO_ROWS: Code = Code("form.no_rows");
/// The file is not UTF-8 text.
pub const ENCODING: Code = Code("form.encoding");
/// The file is not CSV.
pub const CSV: Code = Code("form.csv");
/// The file is not JSON of the expected shape.
pub const JSON: Code = Code("form.json");
/// The sheet was filled in for another form or version.
pub const OTHER_FORM: Code = Code("form.other_form");
/// A column the form does not have.
pub const COLUMN_UNKNOWN: Code = Code("form.column_unknown");
/// A column that stands twice.
pub const COLUMN_TWICE: Code = Code("form.column_twice");
/// A column that the form asks for in every row is absent.
pub const COLUMN_MISSING: Code = Code("form.column_missing");
/// A value under no heading.
pub const COLUMN_UNNAMED: Code = Code("form.column_unnamed");
/// A row with fewer cells than the heading.
pub const ROW_SHORT: Code = Code("form.row_short");
/// A value that is asked for is absent.
pub const REQUIRED: Code = Code("form.required");
/// A value that does not belong in this row.
pub const NOT_APPLICABLE: Code = Code("form.not_applicable");
/// A text longer than the field allows.
pub const TOO_LONG: Code = Code("form.too_long");
/// Line breaks, control or invisible characters.
pub const CHARACTER: Code = Code("form.character");
/// A text that a spreadsheet would run as a formula.
pub const FORMULA: Code = Code("form.formula");
/// A text that carries a mark of state secrets.
pub const CLASSIFIED: Code = Code("form.classified");
/// No number in plain decimal notation.
pub const NUMBER: Code = Code("form.number");
/// Full-width digits.
pub const NUMBER_FULL_WIDTH: Code = Code("form.number_full_width");
/// More decimal places than the field allows.
pub const PLACES: Code = Code("form.places");
/// A number outside the range of the field.
pub const RANGE: Code = Code("form.range");
/// None of the choices of the field.
pub const CHOICE: Code = Code("form.choice");
/// A choice of the field that does not go with the rest of the row.
pub const CHOICE_NOT_HERE: Code = Code("form.choice_not_here");
/// No day of the calendar.
pub const DATE: Code = Code("form.date");
/// Neither yes nor no.
pub const BOOL: Code = Code("form.bool");
/// A code that is not in its notation.
pub const CODE: Code = Code("form.code");
/// Another value than the only one.
pub const FIXED: Code = Code("form.fixed");
/// A row that a check of the catalogue refuses.
pub const CHECK_ERROR: Code = Code("check.error");
/// A row that a check of the catalogue warns of.
pub const CHECK_WARNING: Code = Code("check.warning");
/// A row that a check of the catalogue remarks on.
pub const CHECK_NOTICE: Code = Code("check.notice");
/// A check that cannot be used.
pub const CHECK_DEFINITION: Code = Code("check.definition");
/// Two rows about the same thing.
pub const DUPLICATE: Code = Code("form.duplicate");

/// Every code, for the table of errors.
pub const ALL: &[Code] = &[
    DEFINITION,
    TOO_LARGE,
    TOO_MANY_ROWS,
    NO_ROWS,
    ENCODING,
    CSV,
    JSON,
    OTHER_FORM,
    COLUMN_UNKNOWN,
    COLUMN_TWICE,
    COLUMN_MISSING,
    COLUMN_UNNAMED,
    ROW_SHORT,
    REQUIRED,
    NOT_APPLICABLE,
    TOO_LONG,
    CHARACTER,
    FORMULA,
    CLASSIFIED,
    NUMBER,
    NUMBER_FULL_WIDTH,
    PLACES,
    RANGE,
    CHOICE,
    CHOICE_NOT_HERE,
    DATE,
    BOOL,
    CODE,
    FIXED,
    CHECK_ERROR,
    CHECK_WARNING,
    CHECK_NOTICE,
    CHECK_DEFINITION,
    DUPLICATE,
];
