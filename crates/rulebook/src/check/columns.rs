//! What looking up a table yields: its columns, its keys, and units that differ from row to row.

use std::ops::Range;

use tanheng_base::PackId;

use super::typing::{Kind, Typing};
use crate::diagnostic::code;
use crate::lang::{Expr, ExprKind};
use crate::model::{ColumnKind, Row, Table};
use crate::value::Value;

impl Typing<'_> {
    pub(super) fn lookup(
        &self,
        table: &str,
        column: &str,
        name_span: &Range<usize>,
        keys: &[Expr],
        expr: &Expr,
        rounded: bool,
    ) -> Option<Kind> {
        let found = table.parse().ok().and_then(|id| self.book.table(&id));
        let visible = |pack: &PackId| self.book.builds_on(&self.method.pack, pack);
        let found = found.filter(|table| visible(&table.pack));
        let Some(found) = found else {
            let (zh, en) = (format!("没有表 `{table}`"), format!("there is no table `{table}`"));
            self.report.push(
                self.diagnostic(code::UNKNOWN_NAME, name_span.clone(), zh, en)
                    .remedy("写作 表.列", "write table.column"),
            );
            return None;
        };
        let Some(known) = found.column(column) else {
            let all: Vec<&str> = found.columns.iter().map(|column| column.name.as_str()).collect();
            let all = all.join(", ");
            let (zh, en) = (
                format!("表 `{table}` 没有列 `{column}`"),
                format!("the table `{table}` has no column `{column}`"),
            );
            self.report.push(
                self.diagnostic(code::UNKNOWN_NAME, name_span.clone(), zh, en)
                    .remedy(format!("写作其中之一：{all}"), format!("write one of {all}")),
            );
            return None;
        };
        if keys.len() != found.keys.len() {
            let wanted = found.keys.join(", ");
            self.report.push(
                self.diagnostic(
                    code::TYPE_MISMATCH,
                    expr.span.clone(),
                    "键的个数不对",
                    "the number of keys is wrong",
                )
                .remedy(format!("表的键是 {wanted}"), format!("the table's keys are {wanted}")),
            );
            return None;
        }
        for (name, key) in found.keys.iter().zip(keys) {
            let kind = self.expr(key, rounded)?;
            match (&kind, found.key_units.get(name)) {
                (Kind::Number(unit), Some(wanted)) if unit.compatible(wanted) => {}
                (_, Some(wanted)) => {
                    let wanted = (format!("以 {wanted} 计的数值"), format!("a number in {wanted}"));
                    self.wrong_kind(key, &kind, (&wanted.0, &wanted.1));
                    return None;
                }
                (Kind::Choice(_) | Kind::Text | Kind::Year, None) => {}
                (_, None) => {
                    self.wrong_kind(key, &kind, ("选项、文本或年份", "a choice, a text or a year"));
                    return None;
                }
            }
        }
        match &known.kind {
            ColumnKind::Text => Some(Kind::Text),
            ColumnKind::Number(unit) => Some(Kind::Number(unit.clone())),
            ColumnKind::NumberWithUnit(_) => self.column_unit(found, column, keys, expr),
        }
    }

    /// The unit of a column whose rows bring their own: they must agree.
    fn column_unit(&self, table: &Table, column: &str, keys: &[Expr], expr: &Expr) -> Option<Kind> {
        let rows = table.rows.iter().filter(|row| self.may_be_meant(row, keys));
        let mut units = rows.filter_map(|row| match row.cells.get(column) {
            Some(Value::Number(quantity)) => Some(&quantity.unit),
            _ => None,
        });
        let first = units.next()?;
        let Some(other) = units.find(|unit| !unit.compatible(first)) else {
            return Some(Kind::Number(first.clone()));
        };
        self.report.push(
            self.diagnostic(
                code::UNIT_MISMATCH,
                expr.span.clone(),
                "这一列各行的单位不是同一种量",
                "the rows of this column count different things",
            )
            .label(format!("有 {first}，也有 {other}"), format!("some {first}, some {other}"))
            .remedy(
                "把数值作为输入，单位随输入而定",
                "take the value as an input, whose unit follows another input",
            ),
        );
        None
    }

    /// Whether a row can be the one looked up under the present choice of units: where a table
    /// decides the unit of an input by a key, only rows of that unit's keys remain.
    fn may_be_meant(&self, row: &Row, keys: &[Expr]) -> bool {
        self.method.inputs.iter().all(|input| {
            let Some(by) = &input.unit_by else { return true };
            let led = |key: &Expr| matches!(&key.kind, ExprKind::Name(name) if *name == by.key);
            let Some(position) = keys.iter().position(led) else { return true };
            let crate::model::InputKind::Number(declared) = &input.kind else { return true };
            let unit = Value::Text(self.alternative.unit(&declared.unit, &input.name).to_string());
            let Some(leading) = self.book.table(&by.table) else { return true };
            leading.rows.iter().any(|own| {
                own.keys.first() == row.keys.get(position)
                    && own.cells.get(&by.column) == Some(&unit)
            })
        })
    }
}
