//! A field of a form: what may stand in it, and when.

use std::collections::BTreeMap;

use serde::Serialize;
use tanheng_base::{Lang, Text};
use tanheng_quantity::{Rational, Unit};

use crate::code_text::CodePattern;

use crate::sheet::Row;

/// One field: a column of the sheet.
#[derive(Debug, Clone, Serialize)]
pub struct Field {
    /// Its name in JSON, in the API and in stored sheets.
    pub name: String,
    /// Its heading.
    pub title: Text,
    /// What to fill in.
    pub help: Text,
    /// What it holds.
    #[serde(flatten)]
    pub kind: FieldKind,
    /// Asked for in every row.
    pub required: bool,
    /// Asked for in rows where one of these holds.
    pub required_when: Vec<Condition>,
    /// To be left empty in rows where one of these holds.
    pub empty_when: Vec<Condition>,
    /// A trade secret: shown to those entitled to it only.
    pub confidential: bool,
    /// The one value it can have: filled in where it is left empty, and no other is taken.
    pub value_fixed: Option<String>,
    /// A cell that a template locks, because its value is fixed.
    pub locked: bool,
    /// What a template fills in beforehand.
    pub prefill: Option<Prefill>,
}

/// What a template fills in beforehand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Prefill {
    /// The value of the last filing.
    Last,
}

/// What a field holds.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum FieldKind {
    /// Free text on one line.
    Text {
        /// Longest text in characters.
        max_length: usize,
    },
    /// An exact number.
    Number(NumberField),
    /// One of several values.
    Choice {
        /// The values.
        values: Vec<Choice>,
        /// Rows in which fewer of them may be chosen: the first that holds counts.
        values_when: Vec<ValuesWhen>,
    },
    /// A day, stored as `2022-11-07`.
    Date,
    /// Yes or no, stored as `true` or `false`.
    Bool,
    /// A code whose notation can be checked.
    Code {
        /// The notation.
        pattern: CodePattern,
        /// Media types that an attachment may have; empty for other codes.
        media: Vec<String>,
        /// Most bytes of an attachment.
        max_bytes: Option<usize>,
    },
}

impl FieldKind {
    /// Whether conditions may ask for its value: it is one of a few.
    pub(crate) fn has_choices(&self) -> bool {
        matches!(self, Self::Choice { .. } | Self::Bool)
    }

    /// Whether a condition may name this value.
    pub(crate) fn knows(&self, value: &str) -> bool {
        match self {
            Self::Choice { values, .. } => values.iter().any(|choice| choice.name == value),
            Self::Bool => TRUTHS.iter().any(|truth| truth.name == value),
            _ => false,
        }
    }

    /// What a reader sees for a stored value.
    #[must_use]
    pub fn label<'a>(&'a self, value: &'a str, lang: Lang) -> &'a str {
        match self {
            Self::Choice { values, .. } => values
                .iter()
                .find(|choice| choice.name == value)
                .map_or(value, |choice| choice.label.get(lang)),
            Self::Bool => {
                TRUTHS.iter().find(|truth| truth.name == value).map_or(value, |truth| match lang {
                    Lang::Zh => truth.zh,
                    Lang::En => truth.en,
                })
            }
            _ => value,
        }
    }
}

/// How yes and no are stored, shown and written.
pub(crate) struct Truth {
    /// What is stored.
    pub(crate) name: &'static str,
    /// What a Chinese reader sees.
    pub(crate) zh: &'static str,
    /// What an English reader sees.
    pub(crate) en: &'static str,
}

/// Yes and no.
pub(crate) const TRUTHS: [Truth; 2] =
    [Truth { name: "true", zh: "是", en: "yes" }, Truth { name: "false", zh: "否", en: "no" }];

/// A value to choose.
#[derive(Debug, Clone, Serialize)]
pub struct Choice {
    /// What is stored.
    pub name: String,
    /// What a reader sees; may be written in a sheet as well.
    pub label: Text,
    /// Other ways to write it that are understood.
    pub also: Vec<String>,
}

impl Choice {
    /// Whether a cell means this value.
    pub(crate) fn is_meant_by(&self, text: &str) -> bool {
        let own = [&self.name, &self.label.zh, &self.label.en];
        own.into_iter().chain(&self.also).any(|way| way.eq_ignore_ascii_case(text))
    }
}

/// Which values may be chosen in some rows.
#[derive(Debug, Clone, Serialize)]
pub struct ValuesWhen {
    /// The rows.
    pub when: Condition,
    /// Names of the values.
    pub values: Vec<String>,
}

/// A condition on a row: every field named holds one of the values named.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Condition(pub BTreeMap<String, Vec<String>>);

impl Condition {
    /// Whether it holds for the choices made in a row.
    #[must_use]
    pub fn holds(&self, row: &Row) -> bool {
        self.0.iter().all(|(field, values)| {
            row.get(field).is_some_and(|found| values.iter().any(|value| value == found))
        })
    }

    /// The condition in words, by the titles of the form's fields and values.
    #[must_use]
    pub fn describe(&self, fields: &[Field], lang: Lang) -> String {
        let parts = self.0.iter().map(|(name, values)| {
            let field = fields.iter().find(|field| field.name == *name);
            let title = field.map_or(name.as_str(), |field| field.title.get(lang));
            let label = |value: &String| {
                field.map_or(value.as_str(), |field| field.kind.label(value, lang)).to_owned()
            };
            let values: Vec<String> = values.iter().map(label).collect();
            match lang {
                Lang::Zh => format!("{title}为{}", values.join("或")),
                Lang::En => format!("{title} is {}", values.join(" or ")),
            }
        });
        let parts: Vec<String> = parts.collect();
        parts.join(match lang {
            Lang::Zh => "且",
            Lang::En => " and ",
        })
    }
}

/// A number: its unit and what bounds it.
#[derive(Debug, Clone, Serialize)]
pub struct NumberField {
    /// Its unit.
    pub unit: UnitRule,
    /// May be written in percent; stored as the plain ratio.
    pub percent: bool,
    /// Places and range in every row.
    #[serde(flatten)]
    pub limits: Limits,
    /// Rows with other places or another range: the first that holds counts, and what
    /// it leaves out stays.
    pub limits_when: Vec<(Condition, Limits)>,
}

/// Places and range of a number.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Limits {
    /// Most decimal places; trailing zeros do not count.
    pub places: Option<u8>,
    /// Smallest value.
    pub min: Option<Rational>,
    /// The smallest value is itself excluded.
    pub min_open: bool,
    /// Largest value.
    pub max: Option<Rational>,
}

impl NumberField {
    /// The limits that hold in a row.
    #[must_use]
    pub fn limits_in(&self, row: &Row) -> Limits {
        let mut limits = self.limits.clone();
        if let Some((_, own)) = self.limits_when.iter().find(|(when, _)| when.holds(row)) {
            limits.places = own.places.or(limits.places);
            limits.max = own.max.or(limits.max);
            if own.min.is_some() {
                limits.min = own.min;
                limits.min_open = own.min_open;
            }
        }
        limits
    }
}

/// Where the unit of a number comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum UnitRule {
    /// Always this one.
    Fixed(Unit),
    /// What the row's field says, in this pattern: `{unit}`, `GJ/{unit}`.
    Follows {
        /// The field that says it.
        field: String,
        /// The pattern, with the field's name in braces.
        pattern: String,
    },
}

impl UnitRule {
    /// The unit in a row; `None` while the field it follows is empty.
    #[must_use]
    pub fn unit_in(&self, row: &Row) -> Option<Unit> {
        match self {
            Self::Fixed(unit) => Some(unit.clone()),
            Self::Follows { field, pattern } => {
                let said = row.get(field)?;
                pattern.replace(&format!("{{{field}}}"), said).parse().ok()
            }
        }
    }
}
