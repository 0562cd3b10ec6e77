//! Entries into and exits from the register that a class leads to.

use serde::{Deserialize, Serialize};
use tanheng_base::{Problem, RegisterId, Year};
use tanheng_rulebook::ResolveError;

use crate::class::{Class, Classification};
use crate::rule_id;
use crate::setting::Setting;

/// What happens on a register.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RegisterMove {
    /// The enterprise enters.
    Entered,
    /// It stays with another class.
    Changed,
    /// It leaves.
    Left,
}

/// One event on a register.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegisterEvent {
    /// The register.
    pub register: RegisterId,
    /// What happens.
    pub event: RegisterMove,
    /// Class before, where one was decided.
    pub from: Option<Class>,
    /// Class now.
    pub to: Class,
}

/// The event that a new classification causes, given the class decided before. Trial and
/// open classes move nothing.
///
/// # Errors
/// When the rulebook does not say which register a class belongs to.
pub fn register_event(
    setting: &Setting<'_>,
    year: Year,
    previous: Option<&Class>,
    next: &Classification,
) -> Result<Option<RegisterEvent>, Vec<Problem>> {
    let Some(to) = next.decided() else { return Ok(None) };
    let before = match previous {
        Some(class) => register_of(setting, year, class)?,
        None => None,
    };
    let now = register_of(setting, year, to)?;
    let (register, event) = match (before, now) {
        (None, Some(register)) => (register, RegisterMove::Entered),
        (Some(_), Some(register)) if previous != Some(to) => (register, RegisterMove::Changed),
        (Some(register), None) => (register, RegisterMove::Left),
        _ => return Ok(None),
    };
    Ok(Some(RegisterEvent { register, event, from: previous.cloned(), to: to.clone() }))
}

/// The register that holds a class; `None` for classes that no register holds.
fn register_of(
    setting: &Setting<'_>,
    year: Year,
    class: &Class,
) -> Result<Option<RegisterId>, Vec<Problem>> {
    let (table, at) = (rule_id::class_register(), year.last_day());
    let keys = [class.0.clone()];
    match setting.rulebook.lookup(&table, "register", &keys, at, &setting.region) {
        Ok(found) => {
            let name = found.value.bare();
            let id = name.parse().map_err(|_| ResolveError::Unknown { name }.problem());
            id.map(Some).map_err(|problem| vec![problem])
        }
        Err(ResolveError::NoRow { .. } | ResolveError::NoCell { .. }) => Ok(None),
        Err(error) => Err(vec![error.problem()]),
    }
}
