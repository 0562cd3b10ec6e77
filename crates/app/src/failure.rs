//! Why a command or a reading did not happen.

use tanheng_base::{Code, Problem, Text};
use tanheng_evidence::{
    CheckpointError, CommitmentError, EntryError, KeyError, LogError, ReceiptError, ValueError,
};
use tanheng_store::StoreError;

/// Why nothing was done.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// What the user asked for cannot be done; each problem says what to do.
    #[error("{}", join(.0))]
    Refused(Vec<Problem>),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The log or a key failed.
    #[error("the evidence log failed: {0}")]
    Evidence(String),
    /// A file of the book cannot be used.
    #[error("`{path}` cannot be used: {source}")]
    File {
        /// The file.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// The journal holds what no release ever wrote.
    #[error("entry {sequence} cannot be read: {reason}")]
    Unreadable {
        /// Sequence of the entry.
        sequence: i64,
        /// What is wrong.
        reason: String,
    },
    /// The database contradicts a checkpoint that was signed before.
    #[error("{0}")]
    Inconsistent(String),
    /// The executor has stopped.
    #[error("the executor has stopped; nothing was done")]
    Stopped,
}

impl Failure {
    /// One problem that the user can mend.
    #[must_use]
    pub fn refuse(code: &'static str, message: Text, remedy: Text) -> Self {
        Self::Refused(vec![Problem::new(Code(code), message, remedy)])
    }

    /// The problems the user can mend, if that is why.
    #[must_use]
    pub fn problems(&self) -> &[Problem] {
        match self {
            Self::Refused(problems) => problems,
            _ => &[],
        }
    }

    /// Whether the database is away for the moment, and the same may go well later.
    #[must_use]
    pub fn is_passing(&self) -> bool {
        matches!(self, Self::Store(error) if error.is_passing())
    }

    /// A failed use of a file.
    pub(crate) fn file(path: &std::path::Path, source: std::io::Error) -> Self {
        Self::File { path: path.display().to_string(), source }
    }
}

fn join(problems: &[Problem]) -> String {
    problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        Self::Refused(vec![problem])
    }
}

impl From<Vec<Problem>> for Failure {
    fn from(problems: Vec<Problem>) -> Self {
        Self::Refused(problems)
    }
}

macro_rules! evidence_errors {
    ($($type:ty),*) => {$(
        impl From<$type> for Failure {
            fn from(error: $type) -> Self {
                Self::Evidence(error.to_string())
            }
        }
    )*};
}

/// A database that failed under the log is told as such: some of it passes.
impl From<LogError> for Failure {
    fn from(error: LogError) -> Self {
        match error {
            LogError::Storage(cause) => match cause.downcast::<StoreError>() {
                Ok(store) => Self::Store(*store),
                Err(cause) => Self::Evidence(LogError::Storage(cause).to_string()),
            },
            error => Self::Evidence(error.to_string()),
        }
    }
}

evidence_errors!(CommitmentError, EntryError, KeyError, CheckpointError, ReceiptError, ValueError);
