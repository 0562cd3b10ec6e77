//! Reading a form from TOML, and what a definition must keep to.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use sha2::{Digest, Sha256};
use tanheng_base::{Citation, DocumentId, FormId, Problem, Text};
use tanheng_quantity::{Rational, Unit};

use crate::check::read_cell;
use crate::code;
use crate::code_text::CodePattern;
use crate::field::{
    Choice, Condition, Field, FieldKind, Limits, NumberField, Prefill, UnitRule, ValuesWhen,
};
use crate::form::{Form, Layout, Period};
use crate::sheet::Row;

/// Longest text where a field names no other length; ids of the product have the same.
const MAX_LENGTH: usize = 80;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FormText {
    id: FormId,
    version: String,
    title: Text,
    #[serde(default)]
    layout: LayoutText,
    period: PeriodText,
    command: Option<String>,
    document: DocumentId,
    clause: String,
    note: Option<Text>,
    #[serde(default)]
    implements: Vec<String>,
    max_rows: Option<usize>,
    max_bytes: usize,
    #[serde(default)]
    unique: Vec<String>,
    #[serde(default)]
    classified_marks: Vec<String>,
    field: Vec<FieldText>,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "snake_case")]
enum PeriodText {
    Month,
    Year,
    None,
}

#[derive(Deserialize, Clone, Copy, Default)]
#[serde(rename_all = "snake_case")]
enum LayoutText {
    #[default]
    Table,
    Record,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "snake_case")]
enum PrefillText {
    Last,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum KindText {
    Text,
    Number,
    Choice,
    Date,
    Bool,
    Code,
}

type ConditionText = BTreeMap<String, Vec<String>>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FieldText {
    name: String,
    title: Text,
    help: Text,
    kind: KindText,
    #[serde(default)]
    required: bool,
    #[serde(default)]
    required_when: Vec<ConditionText>,
    #[serde(default)]
    empty_when: Vec<ConditionText>,
    #[serde(default)]
    confidential: bool,
    value_fixed: Option<String>,
    #[serde(default)]
    locked: bool,
    prefill: Option<PrefillText>,
    pattern: Option<CodePattern>,
    #[serde(default)]
    media: Vec<String>,
    max_bytes: Option<usize>,
    max_length: Option<usize>,
    unit: Option<String>,
    #[serde(default)]
    percent: bool,
    places: Option<u8>,
    min: Option<Rational>,
    #[serde(default)]
    min_open: bool,
    max: Option<Rational>,
    #[serde(default)]
    limits: Vec<LimitsText>,
    #[serde(default)]
    value: Vec<ChoiceText>,
    #[serde(default)]
    values_when: Vec<ValuesWhenText>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LimitsText {
    when: ConditionText,
    places: Option<u8>,
    min: Option<Rational>,
    #[serde(default)]
    min_open: bool,
    max: Option<Rational>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ChoiceText {
    name: String,
    label: Text,
    #[serde(default)]
    also: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ValuesWhenText {
    when: ConditionText,
    values: Vec<String>,
}

impl Form {
    /// Reads a definition.
    ///
    /// # Errors
    /// Everything wrong with it at once, each with code `form.definition` and the field as
    /// its column; a definition that is no TOML of this shape gives the first place only.
    pub fn parse(text: &str) -> Result<Self, Vec<Problem>> {
        let read: FormText = toml::from_str(text).map_err(|error| {
            let line = error.span().map(|span| line_of(text, span.start));
            vec![wrong(None, "无法读取", error.message()).at(line, None)]
        })?;
        let mut problems = Vec::new();
        let fields = read.field.into_iter().map(|field| build_field(field, &mut problems));
        let layout = match read.layout {
            LayoutText::Table => Layout::Table,
            LayoutText::Record => Layout::Record,
        };
        let one = (layout == Layout::Record).then_some(1);
        let mut form = Self {
            id: read.id,
            version: read.version,
            title: read.title,
            layout,
            command: read.command,
            period: match read.period {
                PeriodText::Month => Period::Month,
                PeriodText::Year => Period::Year,
                PeriodText::None => Period::None,
            },
            citation: Citation { document: read.document, clause: read.clause },
            note: read.note,
            implements: read.implements,
            max_rows: one.or(read.max_rows).unwrap_or(0),
            max_bytes: read.max_bytes,
            unique: read.unique,
            classified_marks: read.classified_marks,
            fields: fields.collect(),
            digest: digest(text),
        };
        verify_fixed(&mut form, &mut problems);
        verify(&form, &mut problems);
        if problems.is_empty() { Ok(form) } else { Err(problems) }
    }
}

/// What a definition says, without what only its author sees.
fn digest(text: &str) -> String {
    let table: toml::Table = toml::from_str(text).unwrap_or_default();
    let said = serde_json::to_vec(&table).unwrap_or_default();
    Sha256::digest(said).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A fixed value is one that its field takes; it is kept in the spelling in which it is stored.
fn verify_fixed(form: &mut Form, problems: &mut Vec<Problem>) {
    let empty = Row { row: 0, cells: BTreeMap::new() };
    let mut stored = Vec::new();
    for field in &form.fields {
        let read = field.value_fixed.as_deref().map(|fixed| read_cell(form, field, &empty, fixed));
        if read.is_none() && field.locked {
            let said = ("锁定的字段必须有固定值", "a locked field needs a fixed value");
            problems.push(wrong(Some(&field.name), said.0, said.1));
        }
        if read.is_some() && !field.empty_when.is_empty() {
            let said = ("固定值不能有留空条件", "a fixed value is never to be left empty");
            problems.push(wrong(Some(&field.name), said.0, said.1));
        }
        let read = read.transpose().unwrap_or_else(|problem| {
            let (zh, en) = (&problem.message.zh, &problem.message.en);
            let said = (format!("固定值不合要求：{zh}"), format!("the fixed value: {en}"));
            problems.push(wrong(Some(&field.name), &said.0, &said.1));
            None
        });
        stored.push(read);
    }
    for (field, value) in form.fields.iter_mut().zip(stored) {
        field.value_fixed = value;
    }
}

fn line_of(text: &str, position: usize) -> u64 {
    let before = text.bytes().take(position).filter(|byte| *byte == b'\n').count();
    u64::try_from(before).map_or(u64::MAX, |count| count.saturating_add(1))
}

fn wrong(field: Option<&str>, zh: &str, en: &str) -> Problem {
    let problem = Problem::new(
        code::DEFINITION,
        Text::new(format!("表单定义有误：{zh}"), format!("the form definition is wrong: {en}")),
        Text::new("修改规则包中的表单定义文件", "mend the form definition in the rulebook pack"),
    );
    match field {
        Some(field) => problem.at(None, Some(field)),
        None => problem,
    }
}

fn build_field(read: FieldText, problems: &mut Vec<Problem>) -> Field {
    let name = read.name.clone();
    let mut misplaced = |present: bool, key: &str| {
        if present {
            let (zh, en) = (
                format!("`{key}` 与字段类型不符"),
                format!("`{key}` does not go with the kind of the field"),
            );
            problems.push(wrong(Some(&name), &zh, &en));
        }
    };
    let is_text = matches!(read.kind, KindText::Text);
    let is_number = matches!(read.kind, KindText::Number);
    let is_choice = matches!(read.kind, KindText::Choice);
    misplaced(!is_text && read.max_length.is_some(), "max_length");
    misplaced(!is_number && read.unit.is_some(), "unit");
    misplaced(!is_number && read.percent, "percent");
    misplaced(!is_number && (read.places.is_some() || !read.limits.is_empty()), "places");
    misplaced(!is_number && (read.min.is_some() || read.max.is_some()), "min");
    misplaced(!is_choice && !read.value.is_empty(), "value");
    misplaced(!is_choice && !read.values_when.is_empty(), "values_when");
    let attachment = read.pattern == Some(CodePattern::Attachment);
    misplaced(!matches!(read.kind, KindText::Code) && read.pattern.is_some(), "pattern");
    misplaced(!attachment && (!read.media.is_empty() || read.max_bytes.is_some()), "media");
    let conditions = |list: Vec<ConditionText>| list.into_iter().map(Condition).collect();
    Field {
        name: read.name.clone(),
        title: read.title.clone(),
        help: read.help.clone(),
        required: read.required,
        required_when: conditions(read.required_when.clone()),
        empty_when: conditions(read.empty_when.clone()),
        confidential: read.confidential,
        value_fixed: read.value_fixed.clone(),
        locked: read.locked,
        prefill: read.prefill.map(|PrefillText::Last| Prefill::Last),
        kind: build_kind(read, problems),
    }
}

fn build_kind(read: FieldText, problems: &mut Vec<Problem>) -> FieldKind {
    let name = read.name;
    match read.kind {
        KindText::Text => FieldKind::Text { max_length: read.max_length.unwrap_or(MAX_LENGTH) },
        KindText::Number => FieldKind::Number(NumberField {
            unit: unit_rule(&name, read.unit.as_deref().unwrap_or("1"), problems),
            percent: read.percent,
            limits: Limits {
                places: read.places,
                min: read.min,
                min_open: read.min_open,
                max: read.max,
            },
            limits_when: read.limits.into_iter().map(build_limits).collect(),
        }),
        KindText::Choice => FieldKind::Choice {
            values: read
                .value
                .into_iter()
                .map(|v| Choice { name: v.name, label: v.label, also: v.also })
                .collect(),
            values_when: read
                .values_when
                .into_iter()
                .map(|v| ValuesWhen { when: Condition(v.when), values: v.values })
                .collect(),
        },
        KindText::Date => FieldKind::Date,
        KindText::Bool => FieldKind::Bool,
        KindText::Code => FieldKind::Code {
            pattern: read.pattern.unwrap_or_else(|| {
                problems.push(wrong(Some(&name), "缺少 `pattern`", "`pattern` is missing"));
                CodePattern::Attachment
            }),
            media: read.media,
            max_bytes: read.max_bytes,
        },
    }
}

fn build_limits(read: LimitsText) -> (Condition, Limits) {
    let limits =
        Limits { places: read.places, min: read.min, min_open: read.min_open, max: read.max };
    (Condition(read.when), limits)
}

fn unit_rule(field: &str, text: &str, problems: &mut Vec<Problem>) -> UnitRule {
    if let Some((_, rest)) = text.split_once('{')
        && let Some((leader, _)) = rest.split_once('}')
    {
        return UnitRule::Follows { field: leader.to_owned(), pattern: text.to_owned() };
    }
    let unit = text.parse().unwrap_or_else(|_| {
        let (zh, en) = (format!("没有单位 `{text}`"), format!("there is no unit `{text}`"));
        problems.push(wrong(Some(field), &zh, &en));
        Unit::one()
    });
    UnitRule::Fixed(unit)
}

/// What serde cannot see: names that must be known, values that must be units, headings
/// that must tell columns apart.
fn verify(form: &Form, problems: &mut Vec<Problem>) {
    let mut ways = BTreeSet::new();
    for field in &form.fields {
        let own: BTreeSet<String> =
            [&field.name, &field.title.zh, &field.title.en].map(|w| w.to_lowercase()).into();
        for way in own {
            if way.trim() != way || way.is_empty() || !ways.insert(way.clone()) {
                let (zh, en) = (
                    format!("列名 `{way}` 重复、为空或带空格"),
                    format!("heading `{way}` is repeated, empty or has outer space"),
                );
                problems.push(wrong(Some(&field.name), &zh, &en));
            }
        }
        verify_field(form, field, problems);
    }
    for name in &form.unique {
        if form.field(name).is_none() {
            let (zh, en) = (format!("没有字段 `{name}`"), format!("there is no field `{name}`"));
            problems.push(wrong(Some("unique"), &zh, &en));
        }
    }
    if form.max_rows == 0 || form.max_bytes == 0 || form.version.is_empty() {
        problems.push(wrong(
            None,
            "版本、行数上限和大小上限都要填写",
            "version, max_rows and max_bytes must be given",
        ));
    }
}

fn verify_field(form: &Form, field: &Field, problems: &mut Vec<Problem>) {
    for condition in field.required_when.iter().chain(&field.empty_when) {
        verify_condition(form, field, condition, problems);
    }
    match &field.kind {
        FieldKind::Text { .. } | FieldKind::Date | FieldKind::Bool | FieldKind::Code { .. } => {}
        FieldKind::Number(number) => {
            for (condition, _) in &number.limits_when {
                verify_condition(form, field, condition, problems);
            }
            let limits = number.limits_when.iter().map(|(_, limits)| limits);
            for limits in limits.chain([&number.limits]) {
                if limits.min.zip(limits.max).is_some_and(|(min, max)| min > max) {
                    problems.push(wrong(
                        Some(&field.name),
                        "下限大于上限",
                        "the minimum is above the maximum",
                    ));
                }
            }
            if let UnitRule::Follows { field: leader, pattern } = &number.unit {
                verify_pattern(form, field, leader, pattern, problems);
            }
        }
        FieldKind::Choice { values, values_when } => {
            let names: BTreeSet<&str> = values.iter().map(|v| v.name.as_str()).collect();
            if names.len() != values.len() || values.is_empty() {
                problems.push(wrong(
                    Some(&field.name),
                    "选项为空或重复",
                    "the choices are empty or repeated",
                ));
            }
            for part in values_when {
                verify_condition(form, field, &part.when, problems);
                for value in part.values.iter().filter(|value| !names.contains(value.as_str())) {
                    unknown_value(field, value, problems);
                }
            }
        }
    }
}

/// A condition may ask only for choices of other fields.
fn verify_condition(
    form: &Form,
    field: &Field,
    condition: &Condition,
    problems: &mut Vec<Problem>,
) {
    for (name, wanted) in &condition.0 {
        match form.field(name).map(|other| &other.kind) {
            Some(kind) if kind.has_choices() && *name != field.name => {
                for value in wanted.iter().filter(|value| !kind.knows(value)) {
                    unknown_value(field, value, problems);
                }
            }
            _ => {
                let (zh, en) = (
                    format!("条件中的 `{name}` 不是别的选择字段"),
                    format!("`{name}` in a condition is no other choice field"),
                );
                problems.push(wrong(Some(&field.name), &zh, &en));
            }
        }
    }
}

fn verify_pattern(
    form: &Form,
    field: &Field,
    leader: &str,
    pattern: &str,
    problems: &mut Vec<Problem>,
) {
    let Some(FieldKind::Choice { values, .. }) = form.field(leader).map(|other| &other.kind) else {
        let (zh, en) = (
            format!("单位所随的 `{leader}` 不是选择字段"),
            format!("`{leader}`, which gives the unit, is no choice field"),
        );
        problems.push(wrong(Some(&field.name), &zh, &en));
        return;
    };
    for value in values {
        let text = pattern.replace(&format!("{{{leader}}}"), &value.name);
        if text.parse::<Unit>().is_err() {
            let (zh, en) = (format!("没有单位 `{text}`"), format!("there is no unit `{text}`"));
            problems.push(wrong(Some(&field.name), &zh, &en));
        }
    }
}

fn unknown_value(field: &Field, value: &str, problems: &mut Vec<Problem>) {
    let (zh, en) = (format!("没有选项 `{value}`"), format!("there is no choice `{value}`"));
    problems.push(wrong(Some(&field.name), &zh, &en));
}
