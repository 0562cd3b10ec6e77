//! Parameters with their history, and what the law leaves open.

use askama::Template;
use tanheng_base::ParameterId;
use tanheng_rulebook::model::{DatedValue, Parameter, ParameterKind, State};

use super::Reading;
use crate::address::Subject;
use crate::page::frame::{Fact, Frame};
use crate::page::number::grouped_quantity;
use crate::page::table::{Cell, Column, Table};
use crate::page::{grounds, page};

/// All parameters.
#[derive(Template)]
#[template(path = "rulebook/parameters.html")]
pub struct ParametersPage {
    frame: Frame,
    at: String,
    open: Table,
    settled: Table,
}

page!(ParametersPage, |page| vec![&mut page.settled, &mut page.open]);

impl ParametersPage {
    /// The page.
    #[must_use]
    pub fn new(reading: Reading<'_>) -> Self {
        let empty = reading.t("parameters-none");
        let columns = || {
            vec![
                Column::words(reading.t("column-title")),
                Column::words(reading.t("column-identifier")),
                Column::count(reading.t("column-value")),
                Column::words(reading.t("column-state")),
                Column::words(reading.t("column-clause")),
            ]
        };
        let mut settled = Table::new("settled", reading.t("parameters-settled"), columns(), &empty);
        let mut open = Table::new("open", reading.t("parameters-open"), columns(), &empty);
        for parameter in reading.rulebook.parameters() {
            let value = current(reading, parameter);
            let without = value.is_none_or(|value| !value.state.has_value());
            let table = if without { &mut open } else { &mut settled };
            table.rows.push(row(reading, parameter, value));
        }
        let frame = reading.view.frame(reading.t("contents-parameters"), reading.trail(None));
        Self { frame, at: reading.at.to_string(), open, settled }
    }
}

/// The value that holds now in the book's own region.
fn current<'a>(reading: Reading<'a>, parameter: &'a Parameter) -> Option<&'a DatedValue> {
    let holds =
        |value: &&DatedValue| value.from <= reading.at && value.to.is_none_or(|to| reading.at < to);
    let own = reading.region();
    let near = |value: &DatedValue| (Some(&value.region) == own, value.layer);
    let holding = parameter.values.iter().filter(holds);
    holding.max_by_key(|value| near(value)).or(parameter.values.last())
}

fn row(reading: Reading<'_>, parameter: &Parameter, value: Option<&DatedValue>) -> Vec<Cell> {
    let words = reading.view.words;
    vec![
        Cell::text(words.pick(&parameter.title))
            .to(reading.to(Subject::Parameter(parameter.id.clone()))),
        Cell::code(parameter.id.as_str()),
        value.map_or_else(|| Cell::absent(reading.t("no-value")), |value| shown(reading, value)),
        value.map_or_else(Cell::default, |value| state(reading, value)),
        value.map_or_else(Cell::default, |value| {
            grounds::citation(reading.view, reading.rulebook, &value.grounds.citation)
        }),
    ]
}

fn shown(reading: Reading<'_>, value: &DatedValue) -> Cell {
    match &value.value {
        Some(known) => {
            let exact = known.to_string();
            Cell { text: grouped_quantity(&exact), exact: Some(exact), ..Cell::default() }
        }
        None => Cell::absent(match value.state {
            State::Announced => reading.t("value-announced"),
            State::Repealed => reading.t("value-repealed"),
            _ => reading.t("value-open"),
        }),
    }
}

fn state(reading: Reading<'_>, value: &DatedValue) -> Cell {
    let mut marks = vec![grounds::state_mark(reading.view, value.state)];
    if value.example {
        marks.push(reading.view.example_mark());
    }
    Cell::default().marked(marks)
}

/// One parameter.
#[derive(Template)]
#[template(path = "rulebook/parameter.html")]
pub struct ParameterPage {
    frame: Frame,
    facts: Vec<Fact>,
    undecided: bool,
    history: Table,
}

page!(ParameterPage, |page| vec![&mut page.history]);

impl ParameterPage {
    /// The page of a parameter; none when the rulebook has no such parameter.
    #[must_use]
    pub fn new(reading: Reading<'_>, id: &ParameterId) -> Option<Self> {
        let parameter = reading.rulebook.parameter(id)?;
        let words = reading.view.words;
        let value = current(reading, parameter);
        let kind = match &parameter.kind {
            ParameterKind::Number(unit) if unit.to_string() == "1" => {
                Cell::text(reading.t("kind-ratio"))
            }
            ParameterKind::Number(unit) => Cell::text(unit.to_string()),
            ParameterKind::Choice(choices) => {
                Cell::text(words.f("kind-choice", &[("choices", &choices.join(" | "))]))
            }
            ParameterKind::Bool => Cell::text(reading.t("kind-bool")),
            ParameterKind::Date => Cell::text(reading.t("kind-date")),
        };
        let now = words.f("parameter-on", &[("date", &reading.at.to_string())]);
        let mut facts = vec![
            Fact::new(reading.t("column-identifier"), Cell::code(id.as_str())),
            Fact::new(reading.t("parameter-kind"), kind),
        ];
        if let Some(value) = value {
            let marks = state(reading, value).marks;
            facts.push(Fact::new(now, shown(reading, value).marked(marks)));
        }
        let trail = reading.trail(Some(("contents-parameters", Subject::Parameters)));
        Some(Self {
            frame: reading.view.frame(words.pick(&parameter.title), trail),
            facts,
            undecided: value.is_some_and(|value| value.state.may_be_filled()),
            history: history(reading, parameter),
        })
    }
}

fn history(reading: Reading<'_>, parameter: &Parameter) -> Table {
    let columns = vec![
        Column::words(reading.t("column-holds")),
        Column::words(reading.t("column-region")),
        Column::count(reading.t("column-value")),
        Column::words(reading.t("column-state")),
        Column::words(reading.t("column-clause")),
        Column::words(reading.t("column-checked")),
        Column::words(reading.t("column-pack")),
        Column::words(reading.t("column-note")),
    ];
    let empty = reading.t("parameters-none");
    let mut table = Table::new("history", reading.t("history-caption"), columns, empty);
    for value in &parameter.values {
        let note = value.grounds.note.as_ref();
        table.rows.push(vec![
            grounds::interval(reading.view, value.from, value.to),
            Cell::text(grounds::region(reading.view, reading.rulebook, &value.region)),
            shown(reading, value),
            state(reading, value),
            grounds::citation(reading.view, reading.rulebook, &value.grounds.citation),
            grounds::checked(reading.view, value.grounds.checked),
            Cell::code(value.pack.as_str()),
            note.map_or_else(Cell::default, |note| Cell::prose(reading.view.words.pick(note))),
        ]);
    }
    table
}
