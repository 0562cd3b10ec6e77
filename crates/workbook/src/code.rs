//! Stable codes of what is wrong with a workbook, beside those of the form.

use tanheng_base::Code;

/// The file is no workbook of the kind `.xlsx`.
pub const NO_WORKBOOK: Code = Code("workbook.no_workbook");
/// A workbook in the old format, or locked with a password.
pub const OLD_OR_LOCKED: Code = Code("workbook.old_or_locked");
/// A workbook that carries a program.
pub const MACRO: Code = Code("workbook.macro");
/// A file that unpacks to more than is read.
pub const TOO_LARGE: Code = Code("workbook.too_large");
/// The sheet to be filled in is missing, or no sheet has the headings of the form.
pub const NO_SHEET: Code = Code("workbook.no_sheet");
/// A cell that is computed.
pub const FORMULA: Code = Code("workbook.formula");
/// A cell that shows an error.
pub const CELL_ERROR: Code = Code("workbook.cell_error");
/// A number with more digits than a spreadsheet keeps.
pub const DIGITS: Code = Code("workbook.digits");
/// A day or time of day where something else is asked for.
pub const DATE_CELL: Code = Code("workbook.date_cell");
/// A text longer than a cell can be.
pub const CELL_TOO_LONG: Code = Code("workbook.cell_too_long");
/// More cells are wrong than are listed.
pub const MORE: Code = Code("workbook.more");
/// The workbook was made for another enterprise or period.
pub const OTHER_FILING: Code = Code("workbook.other_filing");
/// A workbook could not be written.
pub const UNWRITABLE: Code = Code("workbook.unwritable");

/// Every code, for the table of errors.
pub const ALL: &[Code] = &[
    NO_WORKBOOK,
    OLD_OR_LOCKED,
    MACRO,
    TOO_LARGE,
    NO_SHEET,
    FORMULA,
    CELL_ERROR,
    DIGITS,
    DATE_CELL,
    CELL_TOO_LONG,
    MORE,
    OTHER_FILING,
    UNWRITABLE,
];
