//! Commands: the only way to change a book.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::outcome::Decision;
use crate::situation::Situation;
use crate::{
    Failure, actor, book, case, content, enterprise, ledger, list, plan, report, rulebook,
    verification,
};

/// One use case: what is asked, and how it is decided. Deciding reads and never
/// writes: its outcome says what changes.
pub trait UseCase: Serialize + DeserializeOwned {
    /// The kind in the journal. It never changes.
    const KIND: &'static str;

    /// Authorises, loads and decides.
    ///
    /// # Errors
    /// What the user can mend, or a failure of storage.
    fn decide(&self, situation: &Situation<'_>) -> Result<Decision, Failure>;
}

macro_rules! commands {
    ($($(#[$doc:meta])* $name:ident($type:ty),)*) => {
        /// A command.
        #[derive(Debug, Clone)]
        pub enum Command { $($(#[$doc])* $name($type)),* }

        impl Command {
            /// The kind in the journal.
            #[must_use]
            pub fn kind(&self) -> &'static str {
                match self { $(Self::$name(_) => <$type as UseCase>::KIND),* }
            }

            /// The command as the fields of an entry.
            ///
            /// # Errors
            /// When it has no form in JSON.
            pub fn to_json(&self) -> Result<Value, serde_json::Error> {
                match self { $(Self::$name(command) => serde_json::to_value(command)),* }
            }

            /// The command back from an entry.
            ///
            /// # Errors
            /// When the kind is unknown or the fields do not fit it.
            pub fn from_json(kind: &str, fields: Value) -> Result<Self, String> {
                match kind {
                    $(<$type as UseCase>::KIND => serde_json::from_value(fields)
                        .map(Self::$name)
                        .map_err(|error| error.to_string()),)*
                    _ => Err(format!("no command is called `{kind}`")),
                }
            }

            /// Authorises, loads and decides.
            ///
            /// # Errors
            /// What the user can mend, or a failure of storage.
            pub fn decide(&self, situation: &Situation<'_>) -> Result<Decision, Failure> {
                match self { $(Self::$name(command) => command.decide(situation)),* }
            }
        }

        $(impl From<$type> for Command {
            fn from(command: $type) -> Self {
                Self::$name(command)
            }
        })*
    };
}

commands! {
    /// Founds the book.
    FoundBook(book::Found),
    /// Proposes a rulebook.
    ProposeRulebook(rulebook::Propose),
    /// Publishes a proposed rulebook.
    PublishRulebook(rulebook::Publish),
    /// Takes a proposed rulebook back.
    WithdrawRulebook(rulebook::Withdraw),
    /// Admits an actor.
    AdmitActor(actor::Admit),
    /// Registers an enterprise.
    RegisterEnterprise(enterprise::Register),
    /// Loads a published list.
    PublishList(list::Publish),
    /// Files a data-quality control plan.
    FilePlan(plan::File),
    /// Deposits a monthly ledger.
    SubmitLedger(ledger::Submit),
    /// Files an annual report.
    SubmitReport(report::Submit),
    /// Takes back an annual report.
    WithdrawReport(report::Withdraw),
    /// Returns an annual report.
    RejectReport(report::Reject),
    /// Determines the figure of a year.
    AcceptReport(report::Accept),
    /// Takes back a determination.
    RevokeReport(report::Revoke),
    /// Assigns a verification.
    AssignVerification(verification::Assign),
    /// Records a finding.
    RecordFinding(verification::Find),
    /// Answers a finding.
    AnswerFinding(verification::Answer),
    /// Records the result of a verification.
    ConcludeVerification(verification::Conclude),
    /// Opens a case.
    OpenCase(case::Open),
    /// Acts in a case.
    ActCase(case::Act),
    /// Confirms or declines what somebody else proposed in a case.
    ConfirmCase(case::Confirm),
    /// Records the service of a notice.
    ServeNotice(case::Serve),
    /// Erases the content of an entry.
    EraseContent(content::Erase),
}
