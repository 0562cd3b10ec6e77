//! Founding a book: its first entry.

use serde::{Deserialize, Serialize};
use tanheng_base::{ActorId, Role, Scope, Text};
use tanheng_store::record::{ActorRow, Setting};

use crate::command::UseCase;
use crate::outcome::{Decision, Outcome};
use crate::situation::Situation;
use crate::{Failure, actor};

/// Setting of a book that holds demonstration data only.
pub const DEMONSTRATION: &str = "demonstration";

/// Founds the book: says what it holds and admits its first administrators.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Found {
    /// What the demonstration was made with, if it is one; such a book never
    /// holds a real filing.
    pub demonstration: Option<String>,
    /// Administrator of users.
    pub system_admin: ActorId,
    /// Administrator of keys and policy; never the same person.
    pub security_admin: ActorId,
    /// Administrator of logs; never the same person.
    pub audit_admin: ActorId,
}

impl UseCase for Found {
    const KIND: &'static str = "book.found";

    fn decide(&self, situation: &Situation<'_>) -> Result<Decision, Failure> {
        if situation.sequence != 0 {
            return Err(Failure::refuse(
                "book.founded",
                Text::new("账簿已建立", "the book is founded already"),
                Text::new("请使用另一个目录", "use another folder"),
            ));
        }
        let (a, b, c) = (&self.system_admin, &self.security_admin, &self.audit_admin);
        if a == b || b == c || a == c {
            return Err(Failure::refuse(
                "book.one_administrator",
                Text::new(
                    "系统、安全、审计三个管理员不得为同一人",
                    "the administrators of users, security and logs must be three persons",
                ),
                Text::new("请指定三个不同的用户", "name three different users"),
            ));
        }
        let mut outcome = Outcome::new();
        if let Some(value) = &self.demonstration {
            outcome.mark(crate::EXAMPLE_MARK);
            let entry = situation.sequence;
            outcome.put(&Setting { name: DEMONSTRATION.into(), value: value.clone(), entry })?;
        }
        let admins = [(a, Role::SystemAdmin), (b, Role::SecurityAdmin), (c, Role::AuditAdmin)];
        for (id, role) in admins {
            outcome.put(&ActorRow {
                id: id.clone(),
                role: role.name().to_owned(),
                scope: actor::scope_text(&Scope::Province)?,
                entry: situation.sequence,
            })?;
        }
        Ok(Decision::New(outcome))
    }
}
