//! TOML with places: a table is read field by field, and what nobody asked for is reported.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::ops::Range;
use std::str::FromStr;
use std::sync::Arc;

use tanheng_base::{Date, Text};
use tanheng_quantity::Rational;
use toml::de::{DeTable, DeValue};

use super::Sink;
use super::formula_text::FormulaText;
use crate::diagnostic::{Diagnostic, code, text};
use crate::source::{Place, SourceFile};

/// A TOML value with its bytes.
pub(crate) struct Node {
    kind: NodeKind,
    span: Range<usize>,
}

enum NodeKind {
    Table(Vec<(String, Range<usize>, Node)>),
    Array(Vec<Node>),
    Text(String),
    Integer(String),
    Float,
    Bool(bool),
    Date(String),
}

/// Reads a whole file; what is no TOML is reported.
pub(crate) fn parse(file: &Arc<SourceFile>, sink: &Sink) -> Option<Node> {
    match DeTable::parse(&file.text) {
        Ok(table) => {
            let span = 0..table.span().end.min(1);
            Some(Node { kind: table_kind(table.get_ref()), span })
        }
        Err(error) => {
            let place = Place::new(file, error.span().unwrap_or(0..0));
            let message = text("文件不是有效的 TOML", "the file is no valid TOML");
            let detail = error.message().to_owned();
            sink.push(
                Diagnostic::new(code::BAD_TOML, place, message)
                    .label(detail.clone(), detail)
                    .remedy("按 TOML 语法改正此处", "correct this place to valid TOML"),
            );
            None
        }
    }
}

fn table_kind(table: &DeTable<'_>) -> NodeKind {
    let entries = table.iter().map(|(key, value)| {
        (key.get_ref().to_string(), key.span(), node(value.get_ref(), value.span()))
    });
    NodeKind::Table(entries.collect())
}

fn node(value: &DeValue<'_>, span: Range<usize>) -> Node {
    let kind = match value {
        DeValue::String(text) => NodeKind::Text(text.to_string()),
        DeValue::Integer(integer) if integer.radix() == 10 => {
            NodeKind::Integer(integer.as_str().to_owned())
        }
        DeValue::Integer(_) | DeValue::Float(_) => NodeKind::Float,
        DeValue::Boolean(value) => NodeKind::Bool(*value),
        DeValue::Datetime(value) => NodeKind::Date(value.to_string()),
        DeValue::Array(items) => {
            NodeKind::Array(items.iter().map(|item| node(item.get_ref(), item.span())).collect())
        }
        DeValue::Table(table) => table_kind(table),
    };
    Node { kind, span }
}

/// A table being read field by field.
pub(crate) struct Fields<'a> {
    file: &'a Arc<SourceFile>,
    sink: &'a Sink,
    entries: &'a [(String, Range<usize>, Node)],
    span: Range<usize>,
    asked: RefCell<BTreeSet<&'static str>>,
}

impl<'a> Fields<'a> {
    /// The fields of a table; anything else is reported.
    pub(crate) fn new(file: &'a Arc<SourceFile>, node: &'a Node, sink: &'a Sink) -> Option<Self> {
        let NodeKind::Table(entries) = &node.kind else {
            wrong_kind(file, node, sink, "表", "a table");
            return None;
        };
        let asked = RefCell::default();
        Some(Fields { file, sink, entries, span: node.span.clone(), asked })
    }

    pub(crate) fn sink(&self) -> &'a Sink {
        self.sink
    }

    /// The table's own place: its header or opening bracket, at most one line.
    pub(crate) fn place(&self) -> Place {
        let rest = &self.file.text[self.span.start.min(self.file.text.len())..];
        let line = rest.find('\n').unwrap_or(rest.len());
        Place::new(self.file, self.span.start..self.span.end.min(self.span.start + line))
    }

    fn entry(&self, key: &'static str) -> Option<&'a (String, Range<usize>, Node)> {
        self.asked.borrow_mut().insert(key);
        self.entries.iter().find(|(name, _, _)| name == key)
    }

    fn node(&self, key: &'static str) -> Option<&'a Node> {
        self.entry(key).map(|(_, _, node)| node)
    }

    pub(crate) fn has(&self, key: &'static str) -> bool {
        self.entry(key).is_some()
    }

    /// The place of a field's value, or the table's when the field is absent.
    pub(crate) fn place_of(&self, key: &'static str) -> Place {
        match self.node(key) {
            Some(node) => Place::new(self.file, node.span.clone()),
            None => self.place(),
        }
    }

    /// Reports an error at a field.
    pub(crate) fn wrong(&self, key: &'static str, message: Text, remedy: Text) {
        let diagnostic = Diagnostic::new(code::BAD_VALUE, self.place_of(key), message);
        self.sink.push(diagnostic.remedy(remedy.zh, remedy.en));
    }

    /// Reports that a field is missing.
    pub(crate) fn missing(&self, key: &'static str) {
        let message = text(format!("缺少字段 `{key}`"), format!("the field `{key}` is missing"));
        let diagnostic = Diagnostic::new(code::BAD_VALUE, self.place(), message);
        self.sink.push(diagnostic.remedy(format!("补上 `{key} = …`"), format!("add `{key} = …`")));
    }

    fn required<T>(&self, key: &'static str, value: Option<T>) -> Option<T> {
        if value.is_none() && !self.has(key) {
            self.missing(key);
        }
        value
    }

    pub(crate) fn text_opt(&self, key: &'static str) -> Option<&'a str> {
        let node = self.node(key)?;
        match &node.kind {
            NodeKind::Text(value) => Some(value),
            _ => {
                wrong_kind(self.file, node, self.sink, "文本", "a text in quotes");
                None
            }
        }
    }

    pub(crate) fn text(&self, key: &'static str) -> Option<&'a str> {
        self.required(key, self.text_opt(key))
    }

    /// A text that some type can be read from: an id, a region, a check state.
    pub(crate) fn parsed_opt<T: FromStr>(&self, key: &'static str) -> Option<T> {
        let raw = self.text_opt(key)?;
        let value = raw.parse().ok();
        if value.is_none() {
            let message = text(
                format!("`{raw}` 不能作为 `{key}`"),
                format!("`{raw}` cannot stand as `{key}`"),
            );
            self.wrong(key, message, text("改成允许的写法", "write it as the field demands"));
        }
        value
    }

    pub(crate) fn parsed<T: FromStr>(&self, key: &'static str) -> Option<T> {
        self.required(key, self.parsed_opt(key))
    }

    /// One of several words.
    pub(crate) fn word<T: Copy>(
        &self,
        key: &'static str,
        words: &[(&str, T)],
        default: Option<T>,
    ) -> Option<T> {
        if default.is_some() && !self.has(key) {
            return default;
        }
        let raw = self.text(key)?;
        let found = words.iter().find(|(word, _)| *word == raw).map(|(_, value)| *value);
        if found.is_none() {
            let all: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
            let all = all.join(", ");
            let message =
                text(format!("`{key}` 不能是 `{raw}`"), format!("`{key}` cannot be `{raw}`"));
            self.wrong(
                key,
                message,
                text(format!("写作 {all} 之一"), format!("write one of {all}")),
            );
        }
        found
    }

    pub(crate) fn bool(&self, key: &'static str) -> bool {
        match self.node(key) {
            Some(Node { kind: NodeKind::Bool(value), .. }) => *value,
            None => false,
            Some(node) => {
                wrong_kind(self.file, node, self.sink, "true 或 false", "true or false");
                false
            }
        }
    }

    pub(crate) fn integer_opt<T: FromStr>(&self, key: &'static str) -> Option<T> {
        let node = self.node(key)?;
        let value = match &node.kind {
            NodeKind::Integer(digits) => digits.parse().ok(),
            _ => None,
        };
        if value.is_none() {
            wrong_kind(self.file, node, self.sink, "适当大小的整数", "an integer of fitting size");
        }
        value
    }

    pub(crate) fn date_opt(&self, key: &'static str) -> Option<Date> {
        let node = self.node(key)?;
        let value = match &node.kind {
            NodeKind::Date(raw) => raw.parse().ok(),
            _ => None,
        };
        if value.is_none() {
            let (zh, en) =
                ("不带引号的日期，如 2022-01-01", "a date without quotes, such as 2022-01-01");
            wrong_kind(self.file, node, self.sink, zh, en);
        }
        value
    }

    pub(crate) fn date(&self, key: &'static str) -> Option<Date> {
        self.required(key, self.date_opt(key))
    }

    /// An exact number, in quotes: `"0.01532"`, `"10%"`, `"44/12"`. A bare integer is allowed.
    pub(crate) fn number_opt(&self, key: &'static str) -> Option<Rational> {
        let node = self.node(key)?;
        let value = match &node.kind {
            NodeKind::Text(raw) | NodeKind::Integer(raw) => raw.parse().ok(),
            _ => None,
        };
        if value.is_none() {
            let (zh, en) = (
                "加引号的精确数值，如 \"0.01532\"、\"10%\"、\"44/12\"",
                "an exact number in quotes, such as \"0.01532\", \"10%\", \"44/12\"",
            );
            wrong_kind(self.file, node, self.sink, zh, en);
        }
        value
    }

    /// A text in both languages.
    pub(crate) fn both_opt(&self, key: &'static str) -> Option<Text> {
        let fields = self.table_opt(key)?;
        let (zh, en) = (fields.text("zh"), fields.text("en"));
        fields.finish();
        Some(text(zh?, en?))
    }

    pub(crate) fn both(&self, key: &'static str) -> Option<Text> {
        self.required(key, self.both_opt(key))
    }

    pub(crate) fn table_opt(&self, key: &'static str) -> Option<Fields<'a>> {
        Fields::new(self.file, self.node(key)?, self.sink)
    }

    /// An array of tables; absent is empty.
    pub(crate) fn tables(&self, key: &'static str) -> Vec<Fields<'a>> {
        let Some(node) = self.node(key) else { return Vec::new() };
        match &node.kind {
            NodeKind::Array(items) => {
                items.iter().filter_map(|item| Fields::new(self.file, item, self.sink)).collect()
            }
            _ => {
                wrong_kind(self.file, node, self.sink, "表的数组", "an array of tables");
                Vec::new()
            }
        }
    }

    /// An array of texts with their places; absent is empty.
    pub(crate) fn texts(&self, key: &'static str) -> Vec<(&'a str, Place)> {
        let Some(node) = self.node(key) else { return Vec::new() };
        let items: &'a [Node] = match &node.kind {
            NodeKind::Array(items) => items,
            NodeKind::Text(_) => std::slice::from_ref(node),
            _ => {
                wrong_kind(self.file, node, self.sink, "文本的数组", "an array of texts");
                return Vec::new();
            }
        };
        let mut out = Vec::new();
        for item in items {
            match &item.kind {
                NodeKind::Text(value) => {
                    out.push((value.as_str(), Place::new(self.file, item.span.clone())));
                }
                _ => wrong_kind(self.file, item, self.sink, "文本", "a text in quotes"),
            }
        }
        out
    }

    /// An array of exactly two integers.
    pub(crate) fn pair_opt(&self, key: &'static str) -> Option<(u16, u16)> {
        let node = self.node(key)?;
        if let NodeKind::Array(items) = &node.kind
            && let [
                Node { kind: NodeKind::Integer(a), .. },
                Node { kind: NodeKind::Integer(b), .. },
            ] = items.as_slice()
            && let (Ok(a), Ok(b)) = (a.parse(), b.parse())
        {
            return Some((a, b));
        }
        wrong_kind(self.file, node, self.sink, "两个非负整数", "two natural numbers");
        None
    }

    /// A table whose keys are free, each with a value read as text.
    pub(crate) fn texts_by_name(&self, key: &'static str) -> Vec<(&'a str, &'a str, Place)> {
        let mut out = Vec::new();
        for (name, node) in self.nodes_by_name(key) {
            let place = Place::new(self.file, node.span.clone());
            match &node.kind {
                NodeKind::Text(value) | NodeKind::Integer(value) | NodeKind::Date(value) => {
                    out.push((name, value.as_str(), place));
                }
                NodeKind::Bool(value) => {
                    out.push((name, if *value { "true" } else { "false" }, place));
                }
                _ => wrong_kind(self.file, node, self.sink, "加引号的值", "a value in quotes"),
            }
        }
        out
    }

    /// A table whose keys are free, each with a text in both languages.
    pub(crate) fn both_by_name(&self, key: &'static str) -> Vec<(&'a str, Text)> {
        let nodes = self.nodes_by_name(key).into_iter();
        nodes
            .filter_map(|(name, node)| {
                let fields = Fields::new(self.file, node, self.sink)?;
                let both = text(fields.text("zh")?, fields.text("en")?);
                fields.finish();
                Some((name, both))
            })
            .collect()
    }

    fn nodes_by_name(&self, key: &'static str) -> Vec<(&'a str, &'a Node)> {
        let Some(node) = self.node(key) else { return Vec::new() };
        match &node.kind {
            NodeKind::Table(entries) => {
                entries.iter().map(|(name, _, node)| (name.as_str(), node)).collect()
            }
            _ => {
                wrong_kind(self.file, node, self.sink, "表", "a table");
                Vec::new()
            }
        }
    }

    /// A formula with the places of its characters.
    pub(crate) fn formula_opt(&self, key: &'static str) -> Option<FormulaText> {
        let value = self.text_opt(key)?;
        Some(FormulaText::new(self.file, self.node(key)?.span.clone(), value))
    }

    /// Reports the fields that nobody asked for.
    pub(crate) fn finish(&self) {
        let asked = self.asked.borrow();
        for (name, span, _) in self.entries {
            if !asked.contains(name.as_str()) {
                let place = Place::new(self.file, span.clone());
                let message =
                    text(format!("没有字段 `{name}`"), format!("there is no field `{name}` here"));
                let all: Vec<&str> = asked.iter().copied().collect();
                let all = all.join(", ");
                self.sink.push(Diagnostic::new(code::BAD_VALUE, place, message).remedy(
                    format!("删去，或写作其中之一：{all}"),
                    format!("remove it, or write one of: {all}"),
                ));
            }
        }
    }
}

fn wrong_kind(file: &Arc<SourceFile>, node: &Node, sink: &Sink, zh: &str, en: &str) {
    let place = Place::new(file, node.span.clone());
    let message = text(format!("这里应为{zh}"), format!("{en} is expected here"));
    sink.push(
        Diagnostic::new(code::BAD_VALUE, place, message)
            .remedy(format!("改为{zh}"), format!("write {en}")),
    );
}
