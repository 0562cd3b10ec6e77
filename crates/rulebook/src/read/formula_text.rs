//! A formula as it stands in a TOML string, with the file position of each of its bytes.

use std::ops::Range;
use std::sync::Arc;

use crate::source::{Place, SourceFile};

/// A formula's text; positions in it can be turned into places in the file.
#[derive(Debug, Clone, PartialEq)]
pub struct FormulaText {
    text: String,
    file: Arc<SourceFile>,
    /// File position of each byte of `text`, and of its end.
    positions: Vec<usize>,
}

impl FormulaText {
    /// `span` is the TOML string with its quotes, `text` what it stands for.
    pub(crate) fn new(file: &Arc<SourceFile>, span: Range<usize>, text: &str) -> FormulaText {
        let raw = file.text.get(span.clone()).unwrap_or_default();
        let positions = positions(raw, text, span.start)
            .unwrap_or_else(|| text.bytes().map(|_| span.start).chain([span.end]).collect());
        FormulaText { text: text.to_owned(), file: Arc::clone(file), positions }
    }

    /// The formula.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Where a part of the formula stands in the file.
    pub fn place(&self, span: Range<usize>) -> Place {
        let last = self.positions.len() - 1;
        let start = self.positions[span.start.min(last)];
        let end = self.positions[span.end.min(last)];
        Place::new(&self.file, start..end.max(start))
    }

    /// Where the whole formula stands, without the quotes.
    pub fn whole(&self) -> Place {
        self.place(0..self.text.len())
    }
}

/// Walks the TOML string and what it stands for side by side; none when they part ways.
fn positions(raw: &str, text: &str, start: usize) -> Option<Vec<usize>> {
    let triple = raw.starts_with("\"\"\"") || raw.starts_with("'''");
    let quote = if triple { 3 } else { 1 };
    let literal = raw.starts_with('\'');
    let mut inner = raw.get(quote..raw.len().checked_sub(quote)?)?;
    let mut at = start + quote;
    if triple {
        for line_break in ["\r\n", "\n"] {
            if let Some(rest) = inner.strip_prefix(line_break) {
                at += line_break.len();
                inner = rest;
                break;
            }
        }
    }
    let mut positions = Vec::with_capacity(text.len() + 1);
    let mut wanted = text.chars();
    while let Some(first) = inner.chars().next() {
        let length =
            if first == '\\' && !literal { escape_length(inner)? } else { first.len_utf8() };
        let skipped = first == '\\' && !literal && inner[1..].starts_with(char::is_whitespace);
        let normalised = first == '\r' && wanted.clone().next() != Some('\r');
        if !skipped && !normalised {
            let character = wanted.next()?;
            positions.extend(std::iter::repeat_n(at, character.len_utf8()));
            if first != '\\' && first != character {
                return None;
            }
            if first == character {
                let from = positions.len() - character.len_utf8();
                for (offset, position) in positions[from..].iter_mut().enumerate() {
                    *position = at + offset;
                }
            }
        }
        at += length;
        inner = &inner[length..];
    }
    positions.push(at);
    wanted.next().is_none().then_some(positions)
}

fn escape_length(inner: &str) -> Option<usize> {
    let second = inner[1..].chars().next()?;
    let length = match second {
        'x' => 4,
        'u' => 6,
        'U' => 10,
        _ if second.is_whitespace() => {
            inner.len() - inner[1..].trim_start_matches(char::is_whitespace).len()
        }
        _ => 1 + second.len_utf8(),
    };
    inner.is_char_boundary(length).then_some(length).filter(|length| *length <= inner.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place_of(toml: &str, text: &str, part: &str) -> String {
        let file = Arc::new(SourceFile { path: "p/m.toml".into(), text: format!("f = {toml}\n") });
        let formula = FormulaText::new(&file, 4..4 + toml.len(), text);
        let at = text.find(part).unwrap();
        formula.place(at..at + part.len()).text().to_owned()
    }

    #[test]
    fn finds_a_part_inside_every_kind_of_string() {
        assert_eq!(place_of("\"a + b\"", "a + b", "b"), "b");
        assert_eq!(place_of("'a + b'", "a + b", "b"), "b");
        assert_eq!(place_of("\"\"\"\na +\n b\"\"\"", "a +\n b", "b"), "b");
        assert_eq!(place_of("\"\"\"\\\n  a + \\\n  b\"\"\"", "a + b", "b"), "b");
        assert_eq!(place_of("\"\\u0061 + b\"", "a + b", "b"), "b");
        assert_eq!(place_of("\"'万' + b\"", "'万' + b", "'万'"), "'万'");
    }
}
