//! Tables: the same value is drawn on a page and exported as CSV.

use super::number::{grouped, grouped_quantity};

/// A mark beside a figure or name, such as 示例.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// What decides its look: `example`, `trial`, `late`, `doubt`, `open`, `good`, `plain`.
    pub kind: &'static str,
    /// What it says.
    pub text: String,
}

/// A cell.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cell {
    /// As people read it.
    pub text: String,
    /// Exact, for the export and the title, where it differs.
    pub exact: Option<String>,
    /// Where it leads.
    pub link: Option<String>,
    /// Marks after it.
    pub marks: Vec<Mark>,
    /// A remark below it.
    pub note: Option<String>,
    /// Set in the type of codes and hashes.
    pub code: bool,
    /// It is short and never wraps, such as a date.
    pub fixed: bool,
    /// It is long and wraps at a readable width.
    pub prose: bool,
    /// It says that something is not there.
    pub absent: bool,
}

impl Cell {
    /// Words.
    pub fn text(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }

    /// A number: grouped for people, exact in the export.
    pub fn number(exact: impl ToString) -> Self {
        let exact = exact.to_string();
        let text = grouped(&exact);
        Self { exact: (text != exact).then_some(exact), text, ..Self::default() }
    }

    /// A number with its unit in the cell, where one column holds several units.
    pub fn quantity(exact: impl ToString) -> Self {
        let exact = exact.to_string();
        let text = grouped_quantity(&exact);
        Self { exact: (text != exact).then_some(exact), text, ..Self::default() }
    }

    /// A code, hash or identifier.
    pub fn code(text: impl Into<String>) -> Self {
        Self { text: text.into(), code: true, ..Self::default() }
    }

    /// A date, month or moment: never broken over lines.
    pub fn date(text: impl ToString) -> Self {
        Self { text: text.to_string(), fixed: true, ..Self::default() }
    }

    /// Sentences.
    pub fn prose(text: impl Into<String>) -> Self {
        Self { text: text.into(), prose: true, ..Self::default() }
    }

    /// What is missing is said, never shown as zero or left blank.
    pub fn absent(text: impl Into<String>) -> Self {
        Self { text: text.into(), absent: true, ..Self::default() }
    }

    /// The same, leading somewhere.
    #[must_use]
    pub fn to(mut self, link: impl ToString) -> Self {
        self.link = Some(link.to_string());
        self
    }

    /// The same with a mark.
    #[must_use]
    pub fn mark(mut self, kind: &'static str, text: impl Into<String>) -> Self {
        self.marks.push(Mark { kind, text: text.into() });
        self
    }

    /// The same with marks.
    #[must_use]
    pub fn marked(mut self, marks: Vec<Mark>) -> Self {
        self.marks.extend(marks);
        self
    }

    /// The same with a remark.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.note = Some(note.into()).filter(|note: &String| !note.is_empty());
        self
    }

    /// What the export holds.
    #[must_use]
    pub fn export(&self) -> String {
        let mut text = self.exact.clone().unwrap_or_else(|| self.text.clone());
        for mark in &self.marks {
            if !text.is_empty() {
                text.push(' ');
            }
            text.push('[');
            text.push_str(&mark.text);
            text.push(']');
        }
        text
    }
}

/// A column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Its heading.
    pub head: String,
    /// Its unit, shown in the heading.
    pub unit: Option<&'static str>,
    /// Its cells are numbers: right-aligned, of equal width.
    pub number: bool,
}

impl Column {
    /// A column of words.
    pub fn words(head: impl Into<String>) -> Self {
        Self { head: head.into(), unit: None, number: false }
    }

    /// A column of numbers without unit.
    pub fn count(head: impl Into<String>) -> Self {
        Self { head: head.into(), unit: None, number: true }
    }

    /// A column of numbers in a unit.
    pub fn in_unit(head: impl Into<String>, unit: &'static str) -> Self {
        Self { head: head.into(), unit: Some(unit), number: true }
    }
}

/// A table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// Its name in the address of the export and as an anchor.
    pub id: String,
    /// Its caption.
    pub caption: String,
    /// Columns; the first names the row.
    pub columns: Vec<Column>,
    /// Rows, each as long as the columns.
    pub rows: Vec<Vec<Cell>>,
    /// A last row of sums.
    pub total: Option<Vec<Cell>>,
    /// What it says when it has no rows.
    pub empty: String,
    /// Address of its export; set by the page.
    pub export: Option<String>,
}

impl Table {
    /// A table without rows.
    pub fn new(
        id: impl Into<String>,
        caption: impl Into<String>,
        columns: Vec<Column>,
        empty: impl Into<String>,
    ) -> Self {
        Self {
            id: id.into(),
            caption: caption.into(),
            columns,
            rows: Vec::new(),
            total: None,
            empty: empty.into(),
            export: None,
        }
    }

    /// As CSV with a byte-order mark, so that a spreadsheet reads the Chinese as such.
    #[must_use]
    pub fn to_csv(&self) -> String {
        let mut writer = csv::Writer::from_writer(Vec::new());
        let head = self.columns.iter().map(|column| match column.unit {
            Some(unit) => format!("{} ({unit})", column.head),
            None => column.head.clone(),
        });
        let mut lines = vec![head.collect::<Vec<String>>()];
        for row in self.rows.iter().chain(&self.total) {
            let cells = row.iter().zip(&self.columns);
            lines.push(cells.map(|(cell, column)| safe(cell.export(), column.number)).collect());
        }
        for line in lines {
            // a vector takes every record: there is nothing that could fail here
            drop(writer.write_record(&line));
        }
        let bytes = writer.into_inner().unwrap_or_default();
        format!("\u{feff}{}", String::from_utf8_lossy(&bytes))
    }
}

/// A spreadsheet takes words that begin with these characters for a formula.
fn safe(text: String, number: bool) -> String {
    if !number && text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        return format!("'{text}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_export_is_exact_marked_and_harmless() {
        let columns = vec![Column::words("名称"), Column::in_unit("排放量", "tCO2e")];
        let mut table = Table::new("t", "表", columns, "无");
        table.rows.push(vec![
            Cell::text("=HYPERLINK(1)").mark("example", "示例"),
            Cell::number("-1234567.80"),
        ]);
        assert_eq!(
            table.to_csv(),
            "\u{feff}名称,排放量 (tCO2e)\n'=HYPERLINK(1) [示例],-1234567.80\n"
        );
        assert_eq!(table.rows[0][1].text, "\u{2212}1,234,567.80");
    }
}
