//! One thing that a check found, in words that say what to do.

use std::fmt;

/// One finding. The derived order is that of the output: by file, then by line.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// The file, relative to the workspace root, with `/` between its parts.
    pub path: String,
    /// The line, counted from 1; 0 when the finding is about the file as a whole.
    pub line: usize,
    /// The name of the check, which an exception refers to.
    pub check: &'static str,
    /// What was found.
    pub what: String,
    /// Why the rule exists.
    pub why: String,
    /// What to do about it.
    pub remedy: String,
}

impl Finding {
    /// A finding of `check` in `path`.
    pub fn new(
        check: &'static str,
        path: &str,
        line: usize,
        what: impl Into<String>,
        why: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self {
            path: path.to_owned(),
            line,
            check,
            what: what.into(),
            why: why.into(),
            remedy: remedy.into(),
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { path, line, check, what, why, remedy } = self;
        // Editors jump to `file:line`; line 1 is where a finding about a whole file belongs.
        write!(f, "{path}:{}: {what}; {why}; {remedy} [{check}]", (*line).max(1))
    }
}
