//! Actors: who may act, in which role, over what.

mod admit;

use tanheng_base::{Actor, ActorId, Role, Scope, Text};
use tanheng_store::Database;
use tanheng_store::record::ActorRow;

pub use admit::Admit;

use crate::Failure;

/// The scope as it lies in the database.
pub(crate) fn scope_text(scope: &Scope) -> Result<String, Failure> {
    serde_json::to_string(scope).map_err(|error| Failure::Evidence(error.to_string()))
}

/// The actor of an id.
///
/// # Errors
/// `actor.unknown`, or a failure of storage.
pub fn find(sql: &Database, id: &ActorId) -> Result<Actor, Failure> {
    let row = ActorRow::find(sql, id)?.ok_or_else(|| {
        Failure::refuse(
            "actor.unknown",
            Text::new(format!("没有用户 `{id}`"), format!("there is no user `{id}`")),
            Text::new(
                "请由系统管理员先行登记该用户",
                "ask the administrator of users to admit them",
            ),
        )
    })?;
    let unreadable = || Failure::Unreadable { sequence: row.entry, reason: "actor".to_owned() };
    Ok(Actor {
        id: row.id.clone(),
        role: Role::ALL.into_iter().find(|r| r.name() == row.role).ok_or_else(unreadable)?,
        scope: serde_json::from_str(&row.scope).map_err(|_| unreadable())?,
    })
}

/// An actor who may do nothing but what everybody may.
pub(crate) fn nobody(id: &ActorId) -> Actor {
    Actor { id: id.clone(), role: Role::Public, scope: Scope::Public }
}
