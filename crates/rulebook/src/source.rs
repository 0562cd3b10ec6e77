//! Where something stands in a pack: file, bytes, line and column, so that a message can point at it.

use std::ops::Range;
use std::sync::Arc;

/// One text file of a pack, kept so that messages can show the line they speak of.
#[derive(Debug, PartialEq, Eq)]
pub struct SourceFile {
    /// Path as a reader knows it: the pack's id, a slash, the path in the pack.
    pub path: String,
    /// The whole text.
    pub text: String,
}

/// A range of bytes in one file of a pack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    file: Arc<SourceFile>,
    span: Range<usize>,
}

impl Place {
    /// A place in `file`. A range that leaves the text or cuts a character is widened to the
    /// nearest whole characters inside the text, so that a place can always be shown.
    pub fn new(file: &Arc<SourceFile>, span: Range<usize>) -> Place {
        let text = &file.text;
        let mut start = span.start.min(text.len());
        while !text.is_char_boundary(start) {
            start -= 1;
        }
        let mut end = span.end.clamp(start, text.len());
        while !text.is_char_boundary(end) {
            end += 1;
        }
        Place { file: Arc::clone(file), span: start..end }
    }

    /// Path of the file, beginning with the pack's id.
    pub fn path(&self) -> &str {
        &self.file.path
    }

    /// The whole file.
    pub fn file(&self) -> &Arc<SourceFile> {
        &self.file
    }

    /// The bytes meant.
    pub fn span(&self) -> Range<usize> {
        self.span.clone()
    }

    /// The text at the place.
    pub fn text(&self) -> &str {
        &self.file.text[self.span.clone()]
    }

    /// Line of the first byte, counted from 1.
    pub fn line(&self) -> usize {
        self.file.text[..self.span.start].matches('\n').count() + 1
    }

    /// Column of the first character in its line, counted from 1 in characters.
    pub fn column(&self) -> usize {
        let before = &self.file.text[..self.span.start];
        before[before.rfind('\n').map_or(0, |at| at + 1)..].chars().count() + 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_knows_line_and_column_and_never_cuts_a_character() {
        let file = Arc::new(SourceFile { path: "p/a".into(), text: "一二\n三x".into() });
        let place = Place::new(&file, 10..11);
        assert_eq!((place.line(), place.column(), place.text()), (2, 2, "x"));
        let cut = Place::new(&file, 1..4);
        assert_eq!(cut.text(), "一二");
        let beyond = Place::new(&file, 90..99);
        assert_eq!((beyond.text(), beyond.line()), ("", 2));
    }
}
