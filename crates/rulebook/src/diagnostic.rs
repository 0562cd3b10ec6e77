//! What is wrong with a pack: code, place, what happened and what to do, in both languages.

use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Renderer, Snippet};
use tanheng_base::{Lang, Text};

use crate::source::Place;

/// The stable codes of diagnostics.
pub mod code {
    /// A file is no TOML.
    pub const BAD_TOML: &str = "rulebook.bad_toml";
    /// A table file is no CSV, or a row does not fit its header.
    pub const BAD_CSV: &str = "rulebook.bad_csv";
    /// A field is missing, unknown, or holds something it cannot hold.
    pub const BAD_VALUE: &str = "rulebook.bad_value";
    /// A factor, method or rule names no document or no clause.
    pub const NO_CLAUSE: &str = "rulebook.no_clause";
    /// A citation names a document that no pack lists.
    pub const UNKNOWN_DOCUMENT: &str = "rulebook.unknown_document";
    /// A region that no pack lists.
    pub const UNKNOWN_REGION: &str = "rulebook.unknown_region";
    /// A pack depends on one that is not loaded, or on itself.
    pub const UNKNOWN_PACK: &str = "rulebook.unknown_pack";
    /// Two things with one id.
    pub const DUPLICATE_ID: &str = "rulebook.duplicate_id";
    /// Two values of one region on one day.
    pub const OVERLAP: &str = "rulebook.overlap";
    /// Days without any value or state between two values.
    pub const GAP: &str = "rulebook.gap";
    /// A dependent pack fills what is in force, without citing what overrides it.
    pub const NOT_OPEN: &str = "rulebook.not_open";
    /// A formula that cannot be read.
    pub const SYNTAX: &str = "rulebook.syntax";
    /// A name that is neither input, earlier step, parameter nor table.
    pub const UNKNOWN_NAME: &str = "rulebook.unknown_name";
    /// Units that cannot stand together.
    pub const UNIT_MISMATCH: &str = "rulebook.unit_mismatch";
    /// Kinds of value that cannot stand together.
    pub const TYPE_MISMATCH: &str = "rulebook.type_mismatch";
    /// A division that no `round` encloses.
    pub const DIVISION_OUTSIDE_ROUND: &str = "rulebook.division_outside_round";
    /// A power that is not all that a `round` holds.
    pub const POWER_OUTSIDE_ROUND: &str = "rulebook.power_outside_round";
    /// An optional input used where it may be missing.
    pub const MAY_BE_MISSING: &str = "rulebook.may_be_missing";
    /// An input, or a step, that no formula leading to the result uses.
    pub const UNUSED_INPUT: &str = "rulebook.unused_input";
    /// A `match` that leaves out a choice.
    pub const NOT_EXHAUSTIVE: &str = "rulebook.not_exhaustive";
    /// Two rules, or two methods, that apply to the same case.
    pub const TWO_RULES_APPLY: &str = "rulebook.two_rules_apply";
    /// A case to which no rule applies.
    pub const NO_RULE_APPLIES: &str = "rulebook.no_rule_applies";
    /// A method without a good case.
    pub const NO_CASE: &str = "rulebook.no_case";
    /// A worked case whose outcome is not the stated one.
    pub const CASE_DIFFERS: &str = "rulebook.case_differs";
    /// A requirement that the catalogue does not hold.
    pub const UNKNOWN_REQUIREMENT: &str = "rulebook.unknown_requirement";
}

/// One thing wrong with a pack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Stable code, one of [`code`].
    pub code: &'static str,
    /// What is wrong.
    pub message: Text,
    /// Where; none when the whole pack is meant.
    pub place: Option<Place>,
    /// Written under the place.
    pub label: Text,
    /// Other places that belong to it, with a word on each.
    pub related: Vec<(Place, Text)>,
    /// What to do.
    pub remedy: Text,
}

/// How a diagnostic is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// Without colours.
    Plain,
    /// With terminal colours.
    Coloured,
}

/// A text in both languages.
pub(crate) fn text(zh: impl Into<String>, en: impl Into<String>) -> Text {
    Text { zh: zh.into(), en: en.into() }
}

impl Diagnostic {
    /// A diagnostic at a place.
    pub fn new(code: &'static str, place: Place, message: Text) -> Diagnostic {
        let (label, remedy) = (text("", ""), text("", ""));
        Diagnostic { code, message, place: Some(place), label, related: Vec::new(), remedy }
    }

    /// A diagnostic that concerns no single place.
    pub fn without_place(code: &'static str, message: Text) -> Diagnostic {
        let (label, remedy) = (text("", ""), text("", ""));
        Diagnostic { code, message, place: None, label, related: Vec::new(), remedy }
    }

    /// With a text under the place.
    #[must_use]
    pub fn label(mut self, zh: impl Into<String>, en: impl Into<String>) -> Self {
        self.label = text(zh, en);
        self
    }

    /// With what to do.
    #[must_use]
    pub fn remedy(mut self, zh: impl Into<String>, en: impl Into<String>) -> Self {
        self.remedy = text(zh, en);
        self
    }

    /// With another place that belongs to it.
    #[must_use]
    pub fn related(mut self, place: Place, zh: impl Into<String>, en: impl Into<String>) -> Self {
        self.related.push((place, text(zh, en)));
        self
    }

    /// The diagnostic as a reader sees it: code and message, file and line, the place underlined,
    /// what to do. Ends without a line break.
    pub fn render(&self, lang: Lang, style: Style) -> String {
        let title = Level::ERROR.primary_title(self.message.get(lang)).id(self.code);
        let mut group = Group::with_title(title);
        if let Some(place) = &self.place {
            let mut annotations =
                vec![annotation(AnnotationKind::Primary, place, self.label.get(lang))];
            let mut elsewhere: Vec<(&Place, &Text)> = Vec::new();
            for (other, word) in &self.related {
                if other.path() == place.path() {
                    annotations.push(annotation(AnnotationKind::Context, other, word.get(lang)));
                } else {
                    elsewhere.push((other, word));
                }
            }
            group = group.element(snippet(place).annotations(annotations));
            for (other, word) in elsewhere {
                let mark = annotation(AnnotationKind::Context, other, word.get(lang));
                group = group.element(snippet(other).annotation(mark));
            }
        }
        let remedy = self.remedy.get(lang);
        if !remedy.is_empty() {
            let name = match lang {
                Lang::Zh => "处理",
                Lang::En => "help",
            };
            group = group.element(Level::HELP.with_name(Some(name)).message(remedy));
        }
        let renderer = match style {
            Style::Plain => Renderer::plain(),
            Style::Coloured => Renderer::styled(),
        };
        renderer.render(&[group])
    }
}

fn snippet(place: &Place) -> Snippet<'_, Annotation<'_>> {
    Snippet::source(place.file().text.as_str()).path(place.path())
}

fn annotation<'a>(kind: AnnotationKind, place: &Place, label: &'a str) -> Annotation<'a> {
    let mark = kind.span(place.span());
    if label.is_empty() { mark } else { mark.label(label) }
}
