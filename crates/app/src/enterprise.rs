//! Enterprises that account for their emissions.

mod register;

use tanheng_base::{EnterpriseId, Text};
use tanheng_store::Database;
use tanheng_store::record::Enterprise;

pub use register::{NewFacility, Register};

use crate::Failure;

/// The enterprise of a code.
///
/// # Errors
/// `enterprise.unknown`, or a failure of storage.
pub(crate) fn find(sql: &Database, id: &EnterpriseId) -> Result<Enterprise, Failure> {
    Enterprise::find(sql, id)?.ok_or_else(|| {
        Failure::refuse(
            "enterprise.unknown",
            Text::new(format!("没有企业 `{id}`"), format!("there is no enterprise `{id}`")),
            Text::new(
                "请核对统一社会信用代码，或先登记企业",
                "check the unified social credit code, or register the enterprise first",
            ),
        )
    })
}
