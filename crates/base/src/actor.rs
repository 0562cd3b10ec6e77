//! Who acts, in which role, over what.

use crate::{ActorId, AgencyId, EnterpriseId, RegionCode};

/// A role of the platform. What each may do stands in the policy table of `app`.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// An enterprise's officer (企业填报员).
    Enterprise,
    /// A verifier of a verification body (核查员).
    Verifier,
    /// A city's ecology and environment bureau (市级生态环境局).
    City,
    /// The provincial department (省生态环境厅).
    Province,
    /// The public (社会公众).
    Public,
    /// Administrator of users (系统管理员).
    SystemAdmin,
    /// Administrator of keys and policy (安全管理员).
    SecurityAdmin,
    /// Administrator of logs (审计管理员).
    AuditAdmin,
}

impl Role {
    /// All roles, in the order of the printed matrix.
    pub const ALL: [Self; 8] = [
        Self::Enterprise,
        Self::Verifier,
        Self::City,
        Self::Province,
        Self::Public,
        Self::SystemAdmin,
        Self::SecurityAdmin,
        Self::AuditAdmin,
    ];

    /// The stable name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Enterprise => "enterprise",
            Self::Verifier => "verifier",
            Self::City => "city",
            Self::Province => "province",
            Self::Public => "public",
            Self::SystemAdmin => "system_admin",
            Self::SecurityAdmin => "security_admin",
            Self::AuditAdmin => "audit_admin",
        }
    }
}

/// What an actor's role reaches.
#[derive(
    Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "snake_case", tag = "kind", content = "of")]
pub enum Scope {
    /// The whole province.
    Province,
    /// One region and what lies in it.
    Region(RegionCode),
    /// One enterprise.
    Enterprise(EnterpriseId),
    /// What is assigned to one verification body.
    Agency(AgencyId),
    /// Only what is public.
    Public,
}

/// Who acts: a pseudonym, a role and a scope.
#[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct Actor {
    /// Pseudonym, the only thing of a person that enters the journal.
    pub id: ActorId,
    /// Role.
    pub role: Role,
    /// Scope.
    pub scope: Scope,
}
