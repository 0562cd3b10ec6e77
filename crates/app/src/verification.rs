//! Verification of annual reports: assignment, findings, answers, result.

mod answer;
mod assign;
mod conclude;
mod find;

use tanheng_base::{EnterpriseId, Text, Year};
use tanheng_store::Database;
use tanheng_store::record::Verification;

pub use answer::Answer;
pub use assign::Assign;
pub use conclude::Conclude;
pub use find::Find;

use crate::Failure;

/// The verification of an enterprise's year.
fn running(sql: &Database, enterprise: &EnterpriseId, year: Year) -> Result<Verification, Failure> {
    Verification::find(sql, enterprise, year)?.ok_or_else(|| {
        Failure::refuse(
            "verification.not_assigned",
            Text::new(
                format!("企业 {enterprise} {year} 年度尚未安排核查"),
                format!("no verification of {enterprise} for {year} is assigned"),
            ),
            Text::new("请由省级主管部门先行委托核查机构", "ask the province to assign it first"),
        )
    })
}
