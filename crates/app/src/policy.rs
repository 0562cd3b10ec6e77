//! The policy table: which role may do what, in which relation to the thing.
//!
//! One source for the check of a command, the row scope of a list and the printed
//! matrix (`docs/policy-matrix.md`).

use tanheng_base::{Actor, EnterpriseId, RegionCode, Role, Scope, Text};
use tanheng_store::record::{CaseScope, Enterprise, Verification};
use tanheng_store::{Database, RowScope};

use crate::Failure;

/// How the actor must stand to the thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relation {
    /// Any thing.
    Any,
    /// Of the actor's own enterprise.
    Own,
    /// Of an enterprise in the actor's region.
    InRegion,
    /// Of an enterprise whose verification is assigned to the actor's body.
    Assigned,
}

impl Relation {
    /// The word in the printed matrix.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Any => "any",
            Self::Own => "own",
            Self::InRegion => "region",
            Self::Assigned => "assigned",
        }
    }
}

macro_rules! actions {
    ($($(#[$doc:meta])* $name:ident = $text:literal: [$($role:ident $relation:ident),* $(,)?];)*) => {
        /// What can be done or seen.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Action { $($(#[$doc])* $name),* }

        impl Action {
            /// All actions, in the order of the matrix.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// The stable name.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Self::$name => $text),* }
            }

            /// The roles that may, each with the relation it needs.
            #[must_use]
            pub fn allowed(self) -> &'static [(Role, Relation)] {
                match self { $(Self::$name => &[$((Role::$role, Relation::$relation)),*]),* }
            }
        }
    };
}

actions! {
    /// Propose a rulebook with its bytes.
    ProposeRulebook = "rulebook.propose": [Province Any];
    /// Publish a rulebook that another person proposed.
    PublishRulebook = "rulebook.publish": [Province Any];
    /// Take a proposed rulebook back.
    WithdrawRulebook = "rulebook.withdraw": [Province Any];
    /// Admit an actor.
    AdmitActor = "actor.admit": [SystemAdmin Any];
    /// Register an enterprise.
    RegisterEnterprise = "enterprise.register": [Province Any];
    /// Load a published list.
    PublishList = "list.publish": [Province Any];
    /// File a data-quality control plan.
    FilePlan = "plan.file": [Enterprise Own];
    /// Deposit a monthly ledger.
    SubmitLedger = "ledger.submit": [Enterprise Own];
    /// File an annual report.
    SubmitReport = "report.submit": [Enterprise Own];
    /// Take back an annual report.
    WithdrawReport = "report.withdraw": [Enterprise Own];
    /// Return an annual report.
    RejectReport = "report.reject": [City InRegion, Province Any];
    /// Determine the figure of a year: its consequences come into force.
    AcceptReport = "report.accept": [Province Any];
    /// Take back a determination.
    RevokeReport = "report.revoke": [Province Any];
    /// Assign a verification to a body.
    AssignVerification = "verification.assign": [Province Any];
    /// Record a finding.
    RecordFinding = "verification.find": [Verifier Assigned];
    /// Answer a finding.
    AnswerFinding = "verification.answer": [Enterprise Own];
    /// Record the result of a verification.
    ConcludeVerification = "verification.conclude": [Verifier Assigned];
    /// Open a case; which, says its procedure.
    OpenCase = "case.open":
        [Enterprise Own, Verifier Assigned, City InRegion, Province Any, Public Any];
    /// Act in a case; what, says its procedure.
    ActCase = "case.act":
        [Enterprise Own, Verifier Assigned, City InRegion, Province Any, Public Any];
    /// Confirm or decline what another person proposed in a case.
    ConfirmCase = "case.confirm":
        [Enterprise Own, Verifier Assigned, City InRegion, Province Any, Public Any];
    /// Record the service of a notice.
    ServeNotice = "case.serve": [Enterprise Own, City InRegion, Province Any];
    /// See cases that are not public, and what was filled in.
    ViewCase = "case.view": [Enterprise Own, Verifier Assigned, City InRegion, Province Any];
    /// See who stands on registers that are not public, and columns that are not.
    ViewRegister = "register.view": [City Any, Province Any];
    /// Erase the content of an entry.
    EraseContent = "content.erase": [SecurityAdmin Any];
    /// See figures, classes and obligations of an enterprise.
    ViewEnterprise = "enterprise.view":
        [Enterprise Own, Verifier Assigned, City InRegion, Province Any];
    /// See ledger lines and other process data.
    ViewProcessData = "ledger.view":
        [Enterprise Own, Verifier Assigned, City InRegion, Province Any];
    /// See provincial totals before their release.
    ViewProvince = "province.view": [Province Any];
    /// See the rulebook, the registers, published lists and the log.
    ViewPublic = "public.view": [
        Public Any, Enterprise Any, Verifier Any, City Any, Province Any,
        SystemAdmin Any, SecurityAdmin Any, AuditAdmin Any,
    ];
    /// Try a rule on the whole population before it is published.
    TryRulebook = "rulebook.try": [Province Any];
    /// Run replay and audit.
    Audit = "journal.audit": [AuditAdmin Any];
}

/// The thing that is acted on.
#[derive(Debug, Clone, Copy)]
pub enum Subject<'a> {
    /// Nothing of an enterprise.
    Book,
    /// Something of this enterprise.
    Enterprise(&'a EnterpriseId),
    /// Something of this region.
    Region(&'a RegionCode),
    /// A case about nobody in particular that is to be opened: its procedure alone says who may.
    New,
    /// A case about nobody in particular.
    Common,
}

/// Refuses what the table does not allow.
///
/// # Errors
/// `policy.not_allowed`, or a failure of storage.
pub fn authorise(
    sql: &Database,
    actor: &Actor,
    action: Action,
    subject: Subject<'_>,
) -> Result<(), Failure> {
    for (role, relation) in action.allowed() {
        if *role == actor.role && holds(sql, *relation, &actor.scope, subject)? {
            return Ok(());
        }
    }
    // The answer is the same whether the thing exists or not.
    Err(Failure::refuse(
        "policy.not_allowed",
        Text::new(
            format!("`{}`（{}）无权执行 {}", actor.id, actor.role.name(), action.name()),
            format!("`{}` ({}) may not {}", actor.id, actor.role.name(), action.name()),
        ),
        Text::new(
            "请由有权的用户办理，权限见权限表",
            "ask a user who may; the policy matrix says who",
        ),
    ))
}

fn holds(
    sql: &Database,
    relation: Relation,
    scope: &Scope,
    subject: Subject<'_>,
) -> Result<bool, Failure> {
    let enterprise = match subject {
        Subject::Enterprise(enterprise) => enterprise,
        Subject::Book => return Ok(relation == Relation::Any),
        Subject::New => return Ok(true),
        Subject::Common => {
            return Ok(matches!(relation, Relation::Any | Relation::InRegion));
        }
        Subject::Region(region) => {
            let own = matches!(scope, Scope::Region(own) if own == region);
            return Ok(relation == Relation::Any || relation == Relation::InRegion && own);
        }
    };
    Ok(match (relation, scope) {
        (Relation::Any, _) => true,
        (Relation::Own, Scope::Enterprise(own)) => own == enterprise,
        (Relation::InRegion, Scope::Region(region)) => {
            Enterprise::find(sql, enterprise)?.is_some_and(|found| found.region == *region)
        }
        (Relation::Assigned, Scope::Agency(agency)) => {
            Verification::of(sql, enterprise)?.iter().any(|found| found.agency == *agency)
        }
        _ => false,
    })
}

/// The rows of a list that an actor may see: exactly those that [`authorise`]
/// allows one by one.
#[must_use]
pub fn row_scope(actor: &Actor, action: Action) -> RowScope {
    let relation = action.allowed().iter().find(|(role, _)| *role == actor.role);
    match (relation.map(|(_, relation)| relation), &actor.scope) {
        (Some(Relation::Any), _) => RowScope::All,
        (Some(Relation::Own), Scope::Enterprise(own)) => RowScope::Enterprise(own.clone()),
        (Some(Relation::InRegion), Scope::Region(region)) => RowScope::Region(region.clone()),
        (Some(Relation::Assigned), Scope::Agency(agency)) => RowScope::Agency(agency.clone()),
        _ => RowScope::Nothing,
    }
}

/// The organisation for which somebody acts.
#[must_use]
pub fn organisation(actor: &Actor) -> String {
    match &actor.scope {
        Scope::Province => "province".to_owned(),
        Scope::Region(region) => region.to_string(),
        Scope::Enterprise(enterprise) => enterprise.to_string(),
        Scope::Agency(agency) => agency.to_string(),
        Scope::Public => actor.id.to_string(),
    }
}

/// The cases that an actor may see: those about what it may see, as far as the procedure does
/// not narrow that; those its organisation opened, those assigned to it, and what is public.
#[must_use]
pub fn case_scope(actor: &Actor) -> CaseScope {
    CaseScope {
        rows: row_scope(actor, Action::ViewCase),
        role: actor.role.name(),
        organisation: organisation(actor),
        common: matches!(actor.role, Role::City | Role::Province),
    }
}

/// The table for people: one row per action, one column per role.
#[must_use]
pub fn matrix() -> String {
    let mut text = String::from("| action |");
    for role in Role::ALL {
        text.push_str(&format!(" {} |", role.name()));
    }
    text.push_str("\n|---|");
    text.push_str(&"---|".repeat(Role::ALL.len()));
    for action in Action::ALL {
        text.push_str(&format!("\n| {} |", action.name()));
        for role in Role::ALL {
            let relation = action.allowed().iter().find(|(allowed, _)| *allowed == role);
            text.push_str(&format!(" {} |", relation.map_or("–", |(_, r)| r.name())));
        }
    }
    text.push('\n');
    text
}
