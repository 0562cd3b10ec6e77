//! Methods: inputs, formulas with clauses, and the worked cases that hold them.

use askama::Template;
use tanheng_base::MethodId;
use tanheng_rulebook::model::{
    Body, Formula, Input, InputKind, Method, NumberInput, Refusal, Step, UnitChoice,
};
use tanheng_rulebook::{Expected, GoodCase, formula_notation, input_remarks};

use super::Reading;
use crate::address::Subject;
use crate::page::frame::{Fact, Frame};
use crate::page::table::{Cell, Column, Table};
use crate::page::{grounds, page};

/// All methods.
#[derive(Template)]
#[template(path = "rulebook/methods.html")]
pub struct MethodsPage {
    frame: Frame,
    methods: Table,
}

page!(MethodsPage, |page| vec![&mut page.methods]);

impl MethodsPage {
    /// The page.
    #[must_use]
    pub fn new(reading: Reading<'_>) -> Self {
        let columns = vec![
            Column::words(reading.t("column-title")),
            Column::words(reading.t("column-identifier")),
            Column::words(reading.t("column-holds")),
            Column::words(reading.t("column-region")),
            Column::words(reading.t("column-clause")),
            Column::words(reading.t("column-checked")),
        ];
        let mut methods = Table::new("methods", reading.t("methods-caption"), columns, "");
        for method in reading.rulebook.methods() {
            methods.rows.push(vec![
                Cell::text(reading.view.words.pick(&method.title))
                    .to(reading.to(Subject::Method(method.id.clone()))),
                Cell::code(method.id.as_str()),
                grounds::interval(reading.view, method.from, method.to),
                Cell::text(grounds::region(reading.view, reading.rulebook, &method.region)),
                grounds::citation(reading.view, reading.rulebook, &method.grounds.citation),
                grounds::checked(reading.view, method.grounds.checked),
            ]);
        }
        let frame = reading.view.frame(reading.t("contents-methods"), reading.trail(None));
        Self { frame, methods }
    }
}

/// A step of a method as the page shows it.
pub struct StepText {
    title: String,
    formula: Option<String>,
    rules: Vec<RuleText>,
    clause: Cell,
    checked: Cell,
    note: String,
}

/// A rule of a step.
pub struct RuleText {
    when: String,
    then: String,
    clause: Cell,
}

/// A version of a method.
pub struct VersionText {
    heading: String,
    facts: Vec<Fact>,
    note: String,
    inputs: Table,
    steps: Vec<StepText>,
    refusals: Vec<RefusalText>,
}

/// When there is no figure, though every input can be read.
struct RefusalText {
    when: String,
    message: String,
    clause: Cell,
}

/// One method with all its versions.
#[derive(Template)]
#[template(path = "rulebook/method.html")]
pub struct MethodPage {
    frame: Frame,
    id: String,
    versions: Vec<VersionText>,
    cases: Table,
}

page!(MethodPage, |page| {
    let mut tables = vec![&mut page.cases];
    tables.extend(page.versions.iter_mut().map(|version| &mut version.inputs));
    tables
});

impl MethodPage {
    /// The page of a method; none when the rulebook has no such method.
    #[must_use]
    pub fn new(reading: Reading<'_>, id: &MethodId) -> Option<Self> {
        let versions = reading.rulebook.method_versions(id);
        let newest = versions.last()?;
        let trail = reading.trail(Some(("contents-methods", Subject::Methods)));
        Some(Self {
            frame: reading.view.frame(reading.view.words.pick(&newest.title), trail),
            id: id.to_string(),
            versions: versions
                .iter()
                .rev()
                .enumerate()
                .map(|(at, method)| version(reading, method, at))
                .collect(),
            cases: cases(reading, id),
        })
    }
}

fn version(reading: Reading<'_>, method: &Method, at: usize) -> VersionText {
    let words = reading.view.words;
    let interval = grounds::interval(reading.view, method.from, method.to);
    let mut holds = interval.clone();
    if method.example {
        holds = holds.marked(vec![reading.view.example_mark()]);
    }
    VersionText {
        heading: format!("{} · {}", words.pick(&method.title), interval.text),
        facts: vec![
            Fact::new(reading.t("column-holds"), holds),
            Fact::new(
                reading.t("column-region"),
                Cell::text(grounds::region(reading.view, reading.rulebook, &method.region)),
            ),
            Fact::new(
                reading.t("column-clause"),
                grounds::citation(reading.view, reading.rulebook, &method.grounds.citation),
            ),
            Fact::new(
                reading.t("column-checked"),
                grounds::checked(reading.view, method.grounds.checked),
            ),
            Fact::new(reading.t("column-pack"), Cell::code(method.pack.as_str())),
        ],
        note: method.grounds.note.as_ref().map_or_else(String::new, |note| words.pick(note).into()),
        inputs: inputs(reading, method, format!("inputs-{}", at + 1)),
        steps: method.steps.iter().map(|own| step(reading, method, own)).collect(),
        refusals: method.refusals.iter().map(|own| refusal(reading, method, own)).collect(),
    }
}

fn refusal(reading: Reading<'_>, method: &Method, refusal: &Refusal) -> RefusalText {
    let words = reading.view.words;
    RefusalText {
        when: formula_notation(method, &refusal.when, words.lang),
        message: words.pick(&refusal.message).to_owned(),
        clause: grounds::citation(reading.view, reading.rulebook, &refusal.grounds.citation),
    }
}

fn inputs(reading: Reading<'_>, method: &Method, id: String) -> Table {
    let columns = vec![
        Column::words(reading.t("calculation-input")),
        Column::words(reading.t("calculation-symbol")),
        Column::words(reading.t("inputs-name")),
        Column::words(reading.t("inputs-unit")),
        Column::words(reading.t("inputs-limits")),
        Column::words(reading.t("inputs-remarks")),
    ];
    let words = reading.view.words;
    let mut table = Table::new(id, reading.t("calculation-inputs"), columns, "");
    for input in &method.inputs {
        let (unit, limits) = limits(reading, input);
        table.rows.push(vec![
            Cell::text(reading.view.words.pick(&input.title)),
            Cell::code(input.symbol.clone().unwrap_or_else(|| input.name.clone())),
            Cell::code(input.name.clone()),
            Cell::text(unit),
            Cell::text(limits),
            Cell::prose(input_remarks(input, words.lang).join(&reading.t("list-separator"))),
        ]);
    }
    table
}

fn limits(reading: Reading<'_>, input: &Input) -> (String, String) {
    let words = reading.view.words;
    match &input.kind {
        InputKind::Number(number) => (units(reading, &number.unit), range(reading, number)),
        InputKind::Choice { values, labels } => {
            let choices = values.iter().map(|value| match labels.get(value) {
                Some(label) => format!("{value} ({})", words.pick(label)),
                None => value.clone(),
            });
            (reading.t("kind-of-choice"), choices.collect::<Vec<_>>().join(" | "))
        }
        InputKind::Text => (reading.t("kind-text"), String::new()),
        InputKind::Bool => (reading.t("kind-bool"), String::new()),
        InputKind::Date => (reading.t("kind-date"), String::new()),
        InputKind::Year => (reading.t("kind-year"), String::new()),
    }
}

fn units(reading: Reading<'_>, unit: &UnitChoice) -> String {
    let list = |units: &[tanheng_quantity::Unit]| {
        let texts: Vec<String> = units.iter().map(ToString::to_string).collect();
        texts.join(" | ")
    };
    match unit {
        UnitChoice::OneOf(units) if list(units) == "1" => reading.t("kind-ratio"),
        UnitChoice::OneOf(units) => list(units),
        UnitChoice::Follows { input, units } => {
            reading.view.words.f("unit-follows", &[("units", &list(units)), ("input", input)])
        }
    }
}

fn range(reading: Reading<'_>, number: &NumberInput) -> String {
    let words = reading.view.words;
    let mut parts = Vec::new();
    if let Some(min) = number.min {
        parts.push(format!("{} {min}", if number.min_open { ">" } else { "≥" }));
    }
    if let Some(max) = number.max {
        let max = crate::page::number::grouped(&max.to_string());
        parts.push(format!("{} {max}", if number.max_open { "<" } else { "≤" }));
    }
    if let Some(places) = number.places {
        parts.push(words.f("at-most-places", &[("places", &places.to_string())]));
    }
    parts.join(&words.t("list-separator"))
}

fn step(reading: Reading<'_>, method: &Method, step: &Step) -> StepText {
    let words = reading.view.words;
    let title = words.pick(&step.title).to_owned();
    let left = step.symbol.clone().unwrap_or_else(|| title.clone());
    let text = |formula: &Formula| formula_notation(method, formula, words.lang);
    let (formula, rules) = match &step.body {
        Body::Formula(formula) => (Some(format!("{left} = {}", text(formula))), Vec::new()),
        Body::Rules(rules) => {
            let rule = |rule: &tanheng_rulebook::model::Rule| RuleText {
                when: text(&rule.when),
                then: text(&rule.then),
                clause: grounds::citation(reading.view, reading.rulebook, &rule.grounds.citation),
            };
            (None, rules.iter().map(rule).collect())
        }
    };
    let note = step.grounds.note.as_ref().filter(|_| step.grounds.note != method.grounds.note);
    StepText {
        title,
        formula,
        rules,
        clause: grounds::citation(reading.view, reading.rulebook, &step.grounds.citation),
        checked: grounds::checked(reading.view, step.grounds.checked),
        note: note.map_or_else(String::new, |note| words.pick(note).to_owned()),
    }
}

fn cases(reading: Reading<'_>, id: &MethodId) -> Table {
    let columns = vec![
        Column::words(reading.t("cases-name")),
        Column::words(reading.t("cases-at")),
        Column::words(reading.t("calculation-inputs")),
        Column::words(reading.t("cases-expected")),
        Column::words(reading.t("cases-arithmetic")),
    ];
    let mut table =
        Table::new("cases", reading.t("cases-caption"), columns, reading.t("cases-none"));
    for case in reading.rulebook.cases().iter().filter(|case| case.method == *id) {
        table.rows.push(case_row(reading, case));
    }
    table
}

fn case_row(reading: Reading<'_>, case: &GoodCase) -> Vec<Cell> {
    let inputs = case.inputs.iter().map(|(name, value)| format!("{name}={value}"));
    let expected = match &case.expected {
        Expected::Result(result) => Cell::text(result.clone()),
        Expected::Error(code) => Cell::code(code.clone()).mark("open", reading.t("cases-refused")),
    };
    vec![
        Cell::text(case.name.clone()),
        Cell::date(case.at),
        Cell::prose(inputs.collect::<Vec<_>>().join(&reading.t("list-separator"))),
        expected,
        Cell::prose(case.arithmetic.clone().unwrap_or_default()),
    ]
}
