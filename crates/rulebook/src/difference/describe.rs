//! A rulebook as named properties, which can be compared one by one.

use std::collections::BTreeMap;

use tanheng_base::{CheckState, Date, RegionCode, Text};

use super::{Described, ItemKind, Key, Properties, files};
use crate::book::Rulebook;
use crate::model::{
    Body, ColumnKind, DatedValue, Document, DocumentState, Grounds, Input, InputKind, Method,
    NumberInput, Parameter, ParameterKind, Row, Step, StepKind, Table, UnitChoice,
};

/// Everything in a rulebook.
pub(super) fn all(book: &Rulebook) -> BTreeMap<Key, Described> {
    let mut all = BTreeMap::new();
    let mut add = |kind, id: String, described| {
        all.insert((kind, id), described);
    };
    for pack in book.packs() {
        let needs: Vec<String> = pack.depends_on.iter().map(ToString::to_string).collect();
        let properties = titled(Properties::default(), &pack.title)
            .with("jurisdiction", &pack.jurisdiction)
            .with("depends_on", needs.join(", "))
            .with("example", pack.example);
        add(ItemKind::Pack, pack.id.to_string(), whole(&pack.title, properties));
    }
    for document in book.documents() {
        add(ItemKind::Document, document.id.to_string(), self::document(document));
    }
    for region in book.regions() {
        let properties = titled(Properties::default(), &region.name)
            .maybe("parent", region.parent.as_ref())
            .maybe("tile", region.tile.map(|(column, row)| format!("{column}, {row}")));
        add(ItemKind::Region, region.code.to_string(), whole(&region.name, properties));
    }
    for parameter in book.parameters() {
        add(ItemKind::Parameter, parameter.id.to_string(), self::parameter(parameter));
    }
    for table in book.tables() {
        add(ItemKind::Table, table.id.to_string(), self::table(table));
    }
    for method in book.methods() {
        let id = format!("{} {} {}", method.id, method.region, method.from);
        add(ItemKind::Method, id, self::method(method));
    }
    for (key, described) in files::all(book) {
        all.insert(key, described);
    }
    all
}

/// Something that is compared as a whole.
fn whole(title: &Text, properties: Properties) -> Described {
    let parts = BTreeMap::from([(String::new(), properties)]);
    Described { title: title.clone(), parts }
}

fn titled(properties: Properties, title: &Text) -> Properties {
    properties.with("title_zh", &title.zh).with("title_en", &title.en)
}

fn document(document: &Document) -> Described {
    let notes =
        |pick: fn(&Text) -> &str| document.notes.iter().map(pick).collect::<Vec<_>>().join("\n");
    let state = match document.state {
        DocumentState::InForce => "in_force",
        DocumentState::Announced => "announced",
        DocumentState::Repealed => "repealed",
        DocumentState::InDoubt => "in_doubt",
    };
    let properties = titled(Properties::default(), &document.title)
        .with("number", &document.number)
        .with("issuer", &document.issuer.zh)
        .maybe("issued", document.issued)
        .maybe("effective", document.effective)
        .with("state", state)
        .with("checked", checked(document.checked))
        .with("notes_zh", notes(|note| &note.zh))
        .with("notes_en", notes(|note| &note.en));
    whole(&document.title, properties)
}

fn checked(state: CheckState) -> &'static str {
    match state {
        CheckState::Official => "official",
        CheckState::Secondary => "secondary",
        CheckState::Memory => "memory",
    }
}

fn cited(grounds: &Grounds) -> Properties {
    let citation = &grounds.citation;
    let properties = Properties::cited(citation)
        .with("clause", format!("{} {}", citation.document, citation.clause))
        .with("checked", checked(grounds.checked));
    match &grounds.note {
        Some(note) => properties.with("note_zh", &note.zh).with("note_en", &note.en),
        None => properties,
    }
}

/// The first free of the names `label`, `label (2)` …: no line is lost where two share a name.
fn put(parts: &mut BTreeMap<String, Properties>, label: String, properties: Properties) {
    let mut name = label.clone();
    let mut count = 1;
    while parts.contains_key(&name) {
        count += 1;
        name = format!("{label} ({count})");
    }
    parts.insert(name, properties);
}

fn placed(region: &RegionCode, from: Date) -> String {
    format!("{region} {from}")
}

fn parameter(parameter: &Parameter) -> Described {
    let kind = match &parameter.kind {
        ParameterKind::Number(unit) => unit.to_string(),
        ParameterKind::Choice(words) => words.join(" | "),
        ParameterKind::Bool => "bool".to_owned(),
        ParameterKind::Date => "date".to_owned(),
    };
    let definition = titled(Properties::default(), &parameter.title).with("kind", kind);
    let mut described = whole(&parameter.title, definition);
    for value in &parameter.values {
        let label = placed(&value.region, value.from);
        put(&mut described.parts, label, self::value(value));
    }
    described
}

fn value(value: &DatedValue) -> Properties {
    cited(&value.grounds)
        .maybe("value", value.written.as_ref())
        .with("state", value.state.word())
        .maybe("until", value.to)
        .with("pack", &value.pack)
}

fn table(table: &Table) -> Described {
    let columns = table.columns.iter().map(|column| {
        let kind = match &column.kind {
            ColumnKind::Number(unit) => unit.to_string(),
            ColumnKind::NumberWithUnit(other) => format!("{{{other}}}"),
            ColumnKind::Text => "text".to_owned(),
        };
        format!("{} [{kind}]", column.name)
    });
    let columns = columns.collect::<Vec<_>>().join(", ");
    let definition = titled(Properties::default(), &table.title)
        .with("keys", table.keys.join(", "))
        .with("columns", columns);
    let mut described = whole(&table.title, definition);
    for row in &table.rows {
        let label = format!("{} {}", row.keys.join(", "), placed(&row.region, row.from));
        put(&mut described.parts, label, self::row(row));
    }
    described
}

fn row(row: &Row) -> Properties {
    let properties = cited(&row.grounds)
        .with("state", row.state.word())
        .maybe("until", row.to)
        .with("pack", &row.pack);
    row.cells.iter().fold(properties, |all, (column, cell)| all.with(column, cell))
}

fn method(method: &Method) -> Described {
    let definition = titled(cited(&method.grounds), &method.title)
        .maybe("until", method.to)
        .with("result", &method.result)
        .with("pack", &method.pack);
    let mut described = whole(&method.title, definition);
    for input in &method.inputs {
        put(&mut described.parts, format!("input {}", input.name), self::input(input));
    }
    for step in &method.steps {
        self::step(step, &mut described.parts);
    }
    described
}

fn input(input: &Input) -> Properties {
    let properties = titled(Properties::default(), &input.title);
    let properties = properties.maybe("symbol", input.symbol.as_ref());
    match &input.kind {
        InputKind::Number(number) => self::number(number, properties),
        InputKind::Choice { values, .. } => properties.with("values", values.join(" | ")),
        InputKind::Text => properties.with("type", "text"),
        InputKind::Bool => properties.with("type", "bool"),
        InputKind::Date => properties.with("type", "date"),
        InputKind::Year => properties.with("type", "year"),
    }
}

fn number(number: &NumberInput, properties: Properties) -> Properties {
    let bound = |open: bool, sign: &str, value: &dyn std::fmt::Display| {
        format!("{sign}{} {value}", if open { "" } else { "=" })
    };
    properties
        .with("unit", unit(&number.unit))
        .maybe("places", number.places)
        .maybe("min", number.min.as_ref().map(|min| bound(number.min_open, ">", min)))
        .maybe("max", number.max.as_ref().map(|max| bound(number.max_open, "<", max)))
}

fn unit(choice: &UnitChoice) -> String {
    let (units, leader) = match choice {
        UnitChoice::OneOf(units) => (units, None),
        UnitChoice::Follows { input, units } => (units, Some(input)),
    };
    let units: Vec<String> = units.iter().map(ToString::to_string).collect();
    let units = units.join(" | ");
    leader.map_or(units.clone(), |leader| format!("{units} ({leader})"))
}

fn step(step: &Step, parts: &mut BTreeMap<String, Properties>) {
    let properties = titled(cited(&step.grounds), &step.title);
    let properties = properties.maybe("symbol", step.symbol.as_ref());
    let properties = match &step.kind {
        StepKind::Number(choice) => properties.with("unit", unit(choice)),
        StepKind::Choice { values, .. } => properties.with("values", values.join(" | ")),
        StepKind::Text => properties.with("type", "text"),
        StepKind::Bool => properties.with("type", "bool"),
        StepKind::Date => properties.with("type", "date"),
    };
    let label = format!("step {}", step.name);
    match &step.body {
        Body::Formula(formula) => {
            put(parts, label, properties.with("formula", formula.text.as_str()));
        }
        Body::Rules(rules) => {
            put(parts, label.clone(), properties);
            for (number, rule) in (1..).zip(rules) {
                let properties = cited(&rule.grounds)
                    .with("when", rule.when.text.as_str())
                    .with("then", rule.then.text.as_str());
                put(parts, format!("{label}, rule {number}"), properties);
            }
        }
    }
}
