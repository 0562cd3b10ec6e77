//! Cases: procedures of the rulebook at work, act by act.
//!
//! A case stays on the version of the rulebook it began with. What may be done and what follows
//! is decided by `filing` from the acts alone; here the rows are loaded, and what an act brings
//! about is carried out in the same entry.

mod act;
mod carry;
mod confirm;
mod load;
mod open;
mod serve;

use std::sync::Arc;

use tanheng_base::{FormId, RegionCode, Text};
use tanheng_filing::rehearsal::Report;
use tanheng_rulebook::Rulebook;

pub use act::Act;
pub use confirm::Confirm;
pub use open::Open;
pub use serve::Serve;
pub use tanheng_filing::Casebook;
pub use tanheng_filing::procedure::{Case, Procedure, Stage, Values};
pub use tanheng_filing::{calendar, fault, procedure, register, rehearsal};

pub(crate) use load::{Running, shown_rows, subject};

use crate::Failure;
use crate::ledger::Media;

/// The region of a rulebook's own law: the jurisdiction of its last pack that is no example.
#[must_use]
pub fn home(law: &Rulebook) -> Option<RegionCode> {
    let mut packs = law.packs().iter().filter(|pack| !pack.example);
    packs.next_back().map(|pack| pack.jurisdiction.clone())
}

/// The casebook of a rulebook.
///
/// # Errors
/// Everything wrong with its files, each with its path as the rule.
pub fn casebook(law: &Rulebook) -> Result<Arc<Casebook>, Failure> {
    crate::situation::load_casebook(law).map(Arc::new)
}

/// Plays every rehearsal of a rulebook, without effect.
#[must_use]
pub fn rehearse(casebook: &Casebook, law: &Rulebook) -> Vec<Report> {
    casebook.rehearse(Some(law), home(law).as_ref())
}

/// The rows of a file that was filled in for a form.
///
/// # Errors
/// Every fault of the file, with its place.
pub fn read_rows(
    casebook: &Casebook,
    form: &FormId,
    media: Media,
    bytes: &[u8],
) -> Result<Vec<Values>, Failure> {
    let Some(form) = casebook.form(form) else { return Err(unknown(form.as_str())) };
    let sheet = crate::form::read(form, media, bytes)?.sheet;
    Ok(sheet.rows.into_iter().map(|row| row.cells).collect())
}

fn unknown(id: &str) -> Failure {
    Failure::refuse(
        "policy.not_allowed",
        Text::new(
            format!("没有 `{id}`，或无权办理"),
            format!("there is no `{id}`, or you may not act in it"),
        ),
        Text::new("请核对编号和用户", "check the id and the user"),
    )
}
