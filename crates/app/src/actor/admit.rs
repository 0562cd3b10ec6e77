//! Admitting an actor.

use serde::{Deserialize, Serialize};
use tanheng_base::{ActorId, Role, Scope, Text};
use tanheng_store::record::ActorRow;

use crate::Failure;
use crate::command::UseCase;
use crate::outcome::{Decision, Outcome};
use crate::policy::{Action, Subject};
use crate::situation::Situation;

/// Admits an actor under a pseudonym.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Admit {
    /// Pseudonym.
    pub id: ActorId,
    /// Role.
    pub role: Role,
    /// Scope; it must fit the role.
    pub scope: Scope,
}

impl UseCase for Admit {
    const KIND: &'static str = "actor.admit";

    fn decide(&self, situation: &Situation<'_>) -> Result<Decision, Failure> {
        situation.authorise(Action::AdmitActor, Subject::Book)?;
        if ActorRow::find(situation.sql, &self.id)?.is_some() {
            return Err(Failure::refuse(
                "actor.exists",
                Text::new(
                    format!("用户 `{}` 已存在", self.id),
                    format!("user `{}` is admitted already", self.id),
                ),
                Text::new("请使用另一个代号", "use another pseudonym"),
            ));
        }
        let fits = matches!(
            (self.role, &self.scope),
            (Role::Enterprise, Scope::Enterprise(_))
                | (Role::Verifier, Scope::Agency(_))
                | (Role::City, Scope::Region(_))
                | (Role::Public, Scope::Public)
                | (
                    Role::Province | Role::SystemAdmin | Role::SecurityAdmin | Role::AuditAdmin,
                    Scope::Province
                )
        );
        if !fits {
            return Err(Failure::refuse(
                "actor.scope",
                Text::new(
                    format!("角色 {} 与范围不符", self.role.name()),
                    format!("the scope does not fit the role {}", self.role.name()),
                ),
                Text::new(
                    "企业用户对应企业，核查员对应核查机构，市级对应地区",
                    "an enterprise's user has an enterprise, a verifier a body, a city a region",
                ),
            ));
        }
        let mut outcome = Outcome::new();
        outcome.put(&ActorRow {
            id: self.id.clone(),
            role: self.role.name().to_owned(),
            scope: super::scope_text(&self.scope)?,
            entry: situation.sequence,
        })?;
        Ok(Decision::New(outcome))
    }
}
