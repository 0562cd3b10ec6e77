//! Where things stand in a workbook of ours.

use tanheng_base::Lang;

/// The sheet to be filled in.
pub(crate) const DATA: &str = "填报";
/// The sheet that says how.
pub(crate) const GUIDE: &str = "说明";
/// The hidden sheet that names form, version and filing.
pub(crate) const ORIGIN: &str = "_tanheng";
/// The hidden sheet with the values of drop-downs.
pub(crate) const LISTS: &str = "_lists";
/// The sheet on which a copy with remarks lists them all.
pub(crate) const REMARKS: &str = "检查结果";

/// Row of the headings, from 0: above it stand the title and what is filed.
pub(crate) const HEADING: u32 = 2;
/// First row to be filled in, from 0: below the headings stand units and bounds.
pub(crate) const FIRST: u32 = 4;
/// In a record there is no line of units: the first field follows the heading.
pub(crate) const FIRST_OF_RECORD: u32 = 3;
/// Column of the values of a record, from 0: title, unit, value, help.
pub(crate) const RECORD_VALUE: u16 = 2;

/// The headings of a record.
pub(crate) fn record_headings(lang: Lang) -> [&'static str; 4] {
    match lang {
        Lang::Zh => ["字段", "单位", "填写内容", "说明"],
        Lang::En => ["field", "unit", "value", "what to fill in"],
    }
}
