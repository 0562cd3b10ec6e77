//! The same rulebook with one value varied, for trials; and what a value reaches.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use tanheng_base::{
    CheckState, Code, Date, MethodId, ParameterId, Problem, RegionCode, TableId, Text,
};
use tanheng_quantity::{Quantity, Unit};

use crate::book::Rulebook;
use crate::lang::ExprKind;
use crate::model::{ColumnKind, Grounds, Method, ParameterKind, State};
use crate::resolve::ResolveError;
use crate::value::Value;

/// A place in a rulebook that holds a value: a parameter, or a cell of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Slot {
    /// A parameter, with all its dated values.
    Parameter(ParameterId),
    /// A cell of a table, in all rows with these keys.
    Cell {
        /// The table.
        table: TableId,
        /// The column.
        column: String,
        /// The keys of the row.
        keys: Vec<String>,
    },
}

impl fmt::Display for Slot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Slot::Parameter(id) => id.fmt(f),
            Slot::Cell { table, column, keys } => {
                write!(f, "{table}.{column}({})", keys.join(", "))
            }
        }
    }
}

impl FromStr for Slot {
    type Err = Problem;

    /// Reads `hebei.offset.excess_ratio` or `hebei.benchmark.intensity(steel, crude_steel)`.
    fn from_str(text: &str) -> Result<Self, Problem> {
        let text = text.trim();
        let malformed = || {
            problem(
                "trial.slot",
                (
                    format!("`{text}` 不是参数，也不是表的单元格"),
                    format!("`{text}` names neither a parameter nor a cell of a table"),
                ),
                (
                    "写参数的 id，或 表.列(键, 键)",
                    "write the id of a parameter, or table.column(key, key)",
                ),
            )
        };
        let Some((name, rest)) = text.split_once('(') else {
            return text.parse().map(Slot::Parameter).map_err(|_| malformed());
        };
        let keys = rest.strip_suffix(')').ok_or_else(malformed)?;
        let (table, column) = name.trim().rsplit_once('.').ok_or_else(malformed)?;
        Ok(Slot::Cell {
            table: table.parse().map_err(|_| malformed())?,
            column: column.to_owned(),
            keys: keys.split(',').map(|key| key.trim().to_owned()).collect(),
        })
    }
}

/// What a place holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SlotKind {
    /// A number in this unit.
    Number(Unit),
    /// One of these choices.
    Choice(Vec<String>),
    /// Any text.
    Text,
    /// Truth.
    Bool,
    /// A day.
    Date,
}

impl Rulebook {
    /// What a place holds.
    ///
    /// # Errors
    /// `trial.unknown_slot` when there is no such parameter, table, column or row.
    pub fn slot_kind(&self, slot: &Slot) -> Result<SlotKind, Problem> {
        let unknown = || {
            problem(
                "trial.unknown_slot",
                (format!("规则库中没有 `{slot}`"), format!("the rulebook has no `{slot}`")),
                (
                    "核对 id，见 `tanheng rulebook list`",
                    "check the id, see `tanheng rulebook list`",
                ),
            )
        };
        match slot {
            Slot::Parameter(id) => Ok(match &self.parameter(id).ok_or_else(unknown)?.kind {
                ParameterKind::Number(unit) => SlotKind::Number(unit.clone()),
                ParameterKind::Choice(words) => SlotKind::Choice(words.clone()),
                ParameterKind::Bool => SlotKind::Bool,
                ParameterKind::Date => SlotKind::Date,
            }),
            Slot::Cell { table, column, keys } => {
                let table = self.table(table).ok_or_else(unknown)?;
                let kind = &table.column(column).ok_or_else(unknown)?.kind;
                let mut rows = table.rows.iter().filter(|row| row.keys == *keys).peekable();
                rows.peek().ok_or_else(unknown)?;
                Ok(match kind {
                    ColumnKind::Number(unit) => SlotKind::Number(unit.clone()),
                    ColumnKind::NumberWithUnit(_) => {
                        let held = rows.find_map(|row| row.cells.get(column)?.number());
                        SlotKind::Number(held.ok_or_else(unknown)?.unit.clone())
                    }
                    ColumnKind::Text => SlotKind::Text,
                })
            }
        }
    }

    /// Reads a value for a place: a number with or without unit, or one of its choices.
    ///
    /// # Errors
    /// `trial.unknown_slot`, `trial.unit` for a unit that measures something else, and
    /// `trial.value` for what the place cannot hold.
    pub fn read_slot(&self, slot: &Slot, text: &str) -> Result<Value, Problem> {
        let refused = |expected: (String, String)| {
            problem(
                "trial.value",
                (format!("`{slot}` 不能取 `{text}`"), format!("`{slot}` cannot be `{text}`")),
                (&format!("应为{}", expected.0), &format!("give {}", expected.1)),
            )
        };
        match self.slot_kind(slot)? {
            SlotKind::Number(unit) => {
                let expected = || (format!("以 {unit} 计的数"), format!("a number in {unit}"));
                let read: Quantity = text.parse().map_err(|_| refused(expected()))?;
                if read.unit == Unit::one() {
                    return Ok(Value::Number(Quantity::new(read.value, unit)));
                }
                read.convert_to(&unit).map(Value::Number).map_err(|_| {
                    let given = &read.unit;
                    problem(
                        "trial.unit",
                        (
                            format!("`{slot}` 以 {unit} 计，不能以 {given} 给出"),
                            format!("`{slot}` is counted in {unit}, not in {given}"),
                        ),
                        (&format!("以 {unit} 给出"), &format!("give it in {unit}")),
                    )
                })
            }
            SlotKind::Choice(words) if !words.iter().any(|word| word == text) => {
                let list = words.join(", ");
                Err(refused((list.clone(), format!("one of {list}"))))
            }
            SlotKind::Choice(_) | SlotKind::Text => Ok(Value::Text(text.to_owned())),
            SlotKind::Bool => {
                let expected = ("true 或 false".to_owned(), "true or false".to_owned());
                text.parse().map(Value::Bool).map_err(|_| refused(expected))
            }
            SlotKind::Date => {
                let expected = ("日期".to_owned(), "a date".to_owned());
                text.parse::<Date>().map(Value::Date).map_err(|_| refused(expected))
            }
        }
    }

    /// The same rulebook with another value in one place: in every region and at all times for
    /// which the place has a value, or for which the law leaves it open or announces it. Whatever
    /// rests on it is a trial figure, as on any value that nobody published.
    ///
    /// It holds no pack files and no worked cases: it is there to be asked, not to be published.
    ///
    /// # Errors
    /// `trial.nothing_to_vary` when the place never has a value.
    pub fn varied(&self, slot: &Slot, value: &Value) -> Result<Rulebook, Problem> {
        let mut book = Rulebook {
            version: self.version.varied(&slot.to_string(), &value.to_string()),
            packs: self.packs.clone(),
            sources: Vec::new(),
            documents: self.documents.clone(),
            regions: self.regions.clone(),
            parameters: self.parameters.clone(),
            tables: self.tables.clone(),
            methods: self.methods.clone(),
            cases: Vec::new(),
        };
        let mut changed = false;
        match slot {
            Slot::Parameter(id) => {
                let parameter = book.parameters.get_mut(id);
                let lines = parameter.into_iter().flat_map(|parameter| &mut parameter.values);
                for line in lines.filter(|line| line.state != State::Repealed) {
                    line.value = Some(value.clone());
                    line.written = Some(value.bare());
                    set_trial(&mut line.state, &mut line.grounds);
                    changed = true;
                }
            }
            Slot::Cell { table, column, keys } => {
                let rows = book.tables.get_mut(table).into_iter().flat_map(|table| &mut table.rows);
                let named = rows.filter(|row| row.keys == *keys);
                for row in named.filter(|row| row.state != State::Repealed) {
                    row.cells.insert(column.clone(), value.clone());
                    set_trial(&mut row.state, &mut row.grounds);
                    changed = true;
                }
            }
        }
        if changed {
            return Ok(book);
        }
        Err(problem(
            "trial.nothing_to_vary",
            (format!("`{slot}` 没有任何取值"), format!("`{slot}` never has a value")),
            ("选择有取值的参数", "choose one that has"),
        ))
    }

    /// The regions whose rules bind in a region: itself and those it lies in, as far as any value,
    /// row or method is placed there. Two regions with the same answer have the same rules.
    ///
    /// # Errors
    /// When no pack lists the region.
    pub fn binding_regions(&self, region: &RegionCode) -> Result<Vec<RegionCode>, ResolveError> {
        let values = self.parameters().flat_map(|own| own.values.iter().map(|value| &value.region));
        let rows = self.tables().flat_map(|own| own.rows.iter().map(|row| &row.region));
        let methods = self.methods().map(|method| &method.region);
        let placed: BTreeSet<&RegionCode> = values.chain(rows).chain(methods).collect();
        Ok(self.chain(region)?.into_iter().filter(|own| placed.contains(own)).collect())
    }

    /// The methods whose formulas ask for the value of a place, directly.
    #[must_use]
    pub fn users(&self, slot: &Slot) -> BTreeSet<MethodId> {
        self.asking(|node| match (node, slot) {
            (ExprKind::Parameter(name), Slot::Parameter(id)) => name == id.as_str(),
            (ExprKind::Lookup { table, column, .. }, Slot::Cell { table: own, column: of, .. }) => {
                table == own.as_str() && column == of
            }
            _ => false,
        })
    }

    /// The methods whose formulas look something up in a table, directly.
    #[must_use]
    pub fn users_of_table(&self, id: &TableId) -> BTreeSet<MethodId> {
        self.asking(|node| matches!(node, ExprKind::Lookup { table, .. } if table == id.as_str()))
    }

    /// The methods with a node of this kind in one of their formulas.
    fn asking(&self, asks: impl Fn(&ExprKind) -> bool) -> BTreeSet<MethodId> {
        let has = |method: &&Method| {
            let mut found = false;
            for formula in method.steps.iter().flat_map(|step| step.body.formulas()) {
                formula.expr.walk(&mut |node| found |= asks(&node.kind));
            }
            found
        };
        self.methods().filter(has).map(|method| method.id.clone()).collect()
    }
}

/// A value that somebody tries is no law that anybody checked.
fn set_trial(state: &mut State, grounds: &mut Grounds) {
    if !state.has_value() {
        *state = State::InForce;
    }
    grounds.checked = CheckState::Memory;
    grounds.note = Some(Text::new("试算所取的值", "a value taken for a trial"));
}

fn problem(code: &'static str, message: (String, String), remedy: (&str, &str)) -> Problem {
    Problem::new(Code(code), Text::new(message.0, message.1), Text::new(remedy.0, remedy.1))
}
