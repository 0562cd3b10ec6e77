//! Reading a ledger from a file, by the form of the law.

use tanheng_base::Text;
use tanheng_filing::{Form, Period, Sheet};
use tanheng_rulebook::Rulebook;

use super::Submit;
use crate::Failure;
use crate::command::UseCase;
use crate::form::{self, Media, forms};

/// The form of the law for ledgers of a month: the one that goes to this command. In law of a
/// time when forms did not say so it is the first of a month.
///
/// # Errors
/// `ledger.no_form` when the law has none; faults of the forms.
pub fn form(law: &Rulebook) -> Result<Form, Failure> {
    let mut monthly = forms(law)?;
    monthly.retain(|form| form.period == Period::Month);
    let named = monthly.iter().position(|form| form.command.as_deref() == Some(Submit::KIND));
    let unnamed = || monthly.iter().position(|form| form.command.is_none());
    if let Some(place) = named.or_else(unnamed) {
        return Ok(monthly.swap_remove(place));
    }
    Err(Failure::refuse(
        "ledger.no_form",
        Text::new("规则库中没有月度台账表", "the rulebook has no form for a monthly ledger"),
        Text::new("请在规则包中加入 forms/*.toml", "add a form to the pack, in forms/*.toml"),
    ))
}

/// Reads a file by the form of the law: every fault at once.
///
/// # Errors
/// Each fault with row, column, value, rule and remedy.
pub fn read(law: &Rulebook, media: Media, bytes: &[u8]) -> Result<Sheet, Failure> {
    Ok(form::read(&form(law)?, media, bytes)?.sheet)
}
