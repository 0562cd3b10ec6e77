//! Errors that a user can cause, as values with designed text.

use std::fmt;

use crate::{Lang, Text};

/// Stable code of an error, such as `ledger.month_sealed`. A code never changes
/// its meaning and is never used again for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
#[serde(transparent)]
pub struct Code(pub &'static str);

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.0)
    }
}

/// Where in the input a problem lies.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize)]
pub struct Place {
    /// Row as the user counts it: the heading of a CSV file is row 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub row: Option<u64>,
    /// Column or field, by the name in the file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// The cell of a workbook by its address, such as `E7`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cell: Option<String>,
}

/// One thing wrong with what a user asked for: what happened, where, by which
/// rule, and what to do.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Problem {
    /// Stable code.
    pub code: Code,
    /// What happened; lower case, no final stop, user input in backticks.
    pub message: Text,
    /// What to do.
    pub remedy: Text,
    /// Where.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
    /// The value found there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// The rule it breaks: a clause, a limit, a check number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
}

impl Problem {
    /// A problem without a place.
    #[must_use]
    pub fn new(code: Code, message: Text, remedy: Text) -> Self {
        Self { code, message, remedy, place: None, value: None, rule: None }
    }

    /// The same problem at a row and column.
    #[must_use]
    pub fn at(mut self, row: Option<u64>, column: Option<&str>) -> Self {
        self.place = Some(Place { row, column: column.map(str::to_owned), cell: None });
        self
    }

    /// The same problem in a cell of a workbook, by its address.
    #[must_use]
    pub fn in_cell(mut self, address: impl Into<String>) -> Self {
        self.place.get_or_insert_default().cell = Some(address.into());
        self
    }

    /// The same problem with the value that was found.
    #[must_use]
    pub fn found(mut self, value: impl Into<String>) -> Self {
        self.value = Some(value.into());
        self
    }

    /// The same problem with the rule it breaks.
    #[must_use]
    pub fn by(mut self, rule: impl Into<String>) -> Self {
        self.rule = Some(rule.into());
        self
    }

    /// The problem on one line, as the command line prints it.
    #[must_use]
    pub fn render(&self, lang: Lang) -> String {
        let words = match lang {
            Lang::Zh => ["行", "列", "值", "规则", "处理", "单元格"],
            Lang::En => ["row", "column", "value", "rule", "remedy", "cell"],
        };
        let mut line = format!("{}: {}", self.code, self.message.get(lang));
        let mut add = |word: &str, text: Option<String>| {
            if let Some(text) = text {
                line.push_str(&format!("; {word} {text}"));
            }
        };
        let place = self.place.clone().unwrap_or_default();
        add(words[5], place.cell);
        add(words[0], place.row.map(|row| row.to_string()));
        add(words[1], place.column);
        add(words[2], self.value.as_ref().map(|value| format!("`{value}`")));
        add(words[3], self.rule.clone());
        add(words[4], Some(self.remedy.get(lang).to_owned()).filter(|remedy| !remedy.is_empty()));
        line
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render(Lang::En))
    }
}

impl std::error::Error for Problem {}
