//! Monthly ledgers: deposited as evidence, computed, corrected by versions.

mod compute;
mod read;
mod submit;

use tanheng_store::Database;
use tanheng_store::record::Filing;

pub use crate::form::Media;
pub(crate) use compute::{from_store, line, month_summary};
pub use read::{form, read};
pub use submit::Submit;

use crate::Failure;

/// The enterprise whose filing an entry deposited.
pub(crate) fn enterprise_of_entry(
    sql: &Database,
    sequence: i64,
) -> Result<Option<String>, Failure> {
    Ok(Filing::by_entry(sql, sequence)?.map(|filing| filing.enterprise.to_string()))
}
