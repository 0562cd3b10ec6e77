//! What kind of value, in what unit, each part of a formula yields.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::ops::Range;

use tanheng_base::PackId;
use tanheng_quantity::Unit;

use super::method::Reporter;
use crate::book::Rulebook;
use crate::diagnostic::{Diagnostic, code, text};
use crate::lang::{BinaryOp, Expr, ExprKind, Function, MatchArm, UnaryOp};
use crate::model::{
    Alternative, ColumnKind, Formula, Input, InputKind, Method, ParameterKind, Step, StepKind,
};
use crate::value::Value;

/// The kind of a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    /// A number in a unit.
    Number(Unit),
    /// One of these choices.
    Choice(Vec<String>),
    /// Any text.
    Text,
    /// Truth.
    Bool,
    /// A day.
    Date,
    /// A year.
    Year,
}

impl Kind {
    pub(super) fn of_input(input: &Input, alternative: &Alternative) -> Kind {
        match &input.kind {
            InputKind::Number(declared) => {
                Kind::Number(alternative.unit(&declared.unit, &input.name))
            }
            InputKind::Choice { values, .. } => Kind::Choice(values.clone()),
            InputKind::Text => Kind::Text,
            InputKind::Bool => Kind::Bool,
            InputKind::Date => Kind::Date,
            InputKind::Year => Kind::Year,
        }
    }

    pub(super) fn of_step(step: &Step, alternative: &Alternative) -> Kind {
        match &step.kind {
            StepKind::Number(unit) => Kind::Number(alternative.unit(unit, "")),
            StepKind::Choice { values, .. } => Kind::Choice(values.clone()),
            StepKind::Text => Kind::Text,
            StepKind::Bool => Kind::Bool,
            StepKind::Date => Kind::Date,
        }
    }

    pub(super) fn words(&self) -> (&'static str, &'static str) {
        match self {
            Kind::Number(_) => ("数值", "a number"),
            Kind::Choice(_) => ("选项", "a choice"),
            Kind::Text => ("文本", "a text"),
            Kind::Bool => ("是非", "true or false"),
            Kind::Date => ("日期", "a date"),
            Kind::Year => ("年份", "a year"),
        }
    }
}

/// Types the formulas of one step under one choice of units.
pub(super) struct Typing<'a> {
    pub(super) book: &'a Rulebook,
    pub(super) method: &'a Method,
    pub(super) alternative: &'a Alternative,
    /// How many steps stand before.
    pub(super) earlier: usize,
    pub(super) formula: &'a Formula,
    pub(super) report: &'a Reporter<'a>,
    /// Inputs and steps that were used.
    pub(super) used: &'a RefCell<BTreeSet<String>>,
}

impl Typing<'_> {
    /// The kind of the whole formula; none when something in it is wrong.
    pub(super) fn kind(&self) -> Option<Kind> {
        self.expr(&self.formula.expr, false)
    }

    pub(super) fn diagnostic(
        &self,
        which: &'static str,
        span: Range<usize>,
        zh: impl Into<String>,
        en: impl Into<String>,
    ) -> Diagnostic {
        Diagnostic::new(which, self.formula.text.place(span), text(zh, en))
    }

    fn fragment(&self, expr: &Expr) -> &str {
        self.formula.text.as_str().get(expr.span.clone()).unwrap_or_default()
    }

    fn expr(&self, expr: &Expr, rounded: bool) -> Option<Kind> {
        match &expr.kind {
            ExprKind::Number(quantity) => Some(Kind::Number(quantity.unit.clone())),
            ExprKind::Text(choice) => Some(Kind::Choice(vec![choice.clone()])),
            ExprKind::Date(_) => Some(Kind::Date),
            ExprKind::Bool(_) => Some(Kind::Bool),
            ExprKind::Name(name) => self.name(name, expr),
            ExprKind::Parameter(name) => self.parameter(name, expr),
            ExprKind::Unary(UnaryOp::Not, inner) => self.demand(inner, rounded, &Kind::Bool),
            ExprKind::Unary(UnaryOp::Negate, inner) => {
                self.number(inner, rounded).map(Kind::Number)
            }
            ExprKind::Binary(op, left, right) => self.binary(*op, left, right, expr, rounded),
            ExprKind::If(condition, yes, no) => {
                let condition = self.demand(condition, rounded, &Kind::Bool);
                let (yes_kind, no_kind) = (self.expr(yes, rounded), self.expr(no, rounded));
                condition?;
                self.joined(yes_kind?, no_kind?, no)
            }
            ExprKind::Match(subject, arms) => self.matching(subject, arms, rounded),
            ExprKind::Call(function, args) => self.call(*function, args, expr, rounded),
            ExprKind::Round(inner, _, _) => self.number(inner, true).map(Kind::Number),
            ExprKind::Lookup { table, column, name_span, keys } => {
                self.lookup(table, column, name_span, keys, expr, rounded)
            }
        }
    }

    fn name(&self, name: &str, expr: &Expr) -> Option<Kind> {
        if let Some(input) = self.method.input(name) {
            self.used.borrow_mut().insert(name.to_owned());
            return Some(Kind::of_input(input, self.alternative));
        }
        let before = &self.method.steps[..self.earlier];
        if let Some(step) = before.iter().find(|step| step.name == name) {
            self.used.borrow_mut().insert(name.to_owned());
            return Some(Kind::of_step(step, self.alternative));
        }
        let later = self.method.step(name).is_some();
        let inputs = self.method.inputs.iter().map(|input| input.name.as_str());
        let known: Vec<&str> = inputs.chain(before.iter().map(|step| step.name.as_str())).collect();
        let known = known.join(", ");
        let (zh, en) = if later {
            (
                format!("`{name}` 是本步或后面的步骤"),
                format!("`{name}` is this step or a later one"),
            )
        } else {
            (format!("没有输入或步骤 `{name}`"), format!("there is no input or step `{name}`"))
        };
        self.report.push(
            self.diagnostic(code::UNKNOWN_NAME, expr.span.clone(), zh, en)
                .remedy(format!("这里可用：{known}"), format!("what can be used here: {known}")),
        );
        None
    }

    fn parameter(&self, name: &str, expr: &Expr) -> Option<Kind> {
        let parameter = name.parse().ok().and_then(|id| self.book.parameter(&id));
        let visible = |pack: &PackId| self.book.builds_on(&self.method.pack, pack);
        let parameter = parameter.filter(|parameter| visible(&parameter.pack));
        let Some(parameter) = parameter else {
            let (zh, en) =
                (format!("没有参数 `{name}`"), format!("there is no parameter `{name}`"));
            self.report.push(
                self.diagnostic(code::UNKNOWN_NAME, expr.span.clone(), zh, en).remedy(
                    "核对 id；参数在 parameters/*.toml 中定义",
                    "check the id: parameters are defined in parameters/*.toml",
                ),
            );
            return None;
        };
        Some(match &parameter.kind {
            ParameterKind::Number(unit) => Kind::Number(unit.clone()),
            ParameterKind::Choice(values) if values.is_empty() => Kind::Text,
            ParameterKind::Choice(values) => Kind::Choice(values.clone()),
            ParameterKind::Bool => Kind::Bool,
            ParameterKind::Date => Kind::Date,
        })
    }

    /// The unit of a part that must be a number.
    fn number(&self, expr: &Expr, rounded: bool) -> Option<Unit> {
        match self.expr(expr, rounded)? {
            Kind::Number(unit) => Some(unit),
            other => {
                self.wrong_kind(expr, &other, ("数值", "a number"));
                None
            }
        }
    }

    fn demand(&self, expr: &Expr, rounded: bool, wanted: &Kind) -> Option<Kind> {
        let found = self.expr(expr, rounded)?;
        if found == *wanted {
            return Some(found);
        }
        self.wrong_kind(expr, &found, wanted.words());
        None
    }

    fn wrong_kind(&self, expr: &Expr, found: &Kind, wanted: (&str, &str)) {
        let (zh, en) = found.words();
        let message = (
            format!("这里应为{}，却是{zh}", wanted.0),
            format!("{} is expected here, found {en}", wanted.1),
        );
        self.report.push(
            self.diagnostic(code::TYPE_MISMATCH, expr.span.clone(), message.0, message.1)
                .remedy("改正公式的这一部分", "correct this part of the formula"),
        );
    }

    fn binary(
        &self,
        op: BinaryOp,
        left: &Expr,
        right: &Expr,
        expr: &Expr,
        rounded: bool,
    ) -> Option<Kind> {
        if matches!(op, BinaryOp::And | BinaryOp::Or) {
            let left = self.demand(left, rounded, &Kind::Bool);
            let right = self.demand(right, rounded, &Kind::Bool);
            return left.and(right);
        }
        if op.is_comparison() {
            let (left_kind, right_kind) = (self.expr(left, rounded), self.expr(right, rounded));
            return self.comparison(op, (left, left_kind?), (right, right_kind?), expr);
        }
        if op == BinaryOp::Divide && !rounded {
            self.report.push(
                self.diagnostic(
                    code::DIVISION_OUTSIDE_ROUND,
                    expr.span.clone(),
                    "除法要写在 round 之内",
                    "a division stands outside `round`",
                )
                .label("结果可能除不尽", "the quotient need not end")
                .remedy(
                    "写作 round(…, 位数, half_up)；固定的分数如 44/12 写成参数的值",
                    "write round(…, places, half_up); put a fixed fraction such as 44/12 into a parameter",
                ),
            );
        }
        let (left_unit, right_unit) = (self.number(left, rounded), self.number(right, rounded));
        let (left_unit, right_unit) = (left_unit?, right_unit?);
        match op {
            BinaryOp::Multiply => Some(Kind::Number(left_unit.times(&right_unit))),
            BinaryOp::Divide => Some(Kind::Number(left_unit.per(&right_unit))),
            _ => {
                self.same_unit(&left_unit, &right_unit, (left, right), expr.span.clone())?;
                Some(Kind::Number(left_unit))
            }
        }
    }

    fn same_unit(
        &self,
        left: &Unit,
        right: &Unit,
        sides: (&Expr, &Expr),
        span: Range<usize>,
    ) -> Option<()> {
        if left.compatible(right) {
            return Some(());
        }
        let bare = |expr: &Expr| match &expr.kind {
            ExprKind::Number(quantity) => quantity.unit == Unit::one(),
            _ => false,
        };
        let (zh, en) = if bare(sides.1) || bare(sides.0) {
            let (literal, unit) = if bare(sides.1) { (sides.1, left) } else { (sides.0, right) };
            let number = self.fragment(literal);
            (
                format!("给数值写上单位：`{number}[{unit}]`"),
                format!("give the number its unit: `{number}[{unit}]`"),
            )
        } else {
            (
                "用有依据的换算参数换成同一种量，或改正输入、参数的单位".to_owned(),
                "turn one side into the other's kind with a cited parameter, or correct the unit of the input or parameter".to_owned(),
            )
        };
        self.report.push(
            self.diagnostic(
                code::UNIT_MISMATCH,
                span,
                "单位不同的量不能相加减或比较",
                "quantities of different kinds cannot be added or compared",
            )
            .label(format!("左边 {left}，右边 {right}"), format!("left {left}, right {right}"))
            .remedy(zh, en),
        );
        None
    }

    fn comparison(
        &self,
        op: BinaryOp,
        (left, left_kind): (&Expr, Kind),
        (right, right_kind): (&Expr, Kind),
        expr: &Expr,
    ) -> Option<Kind> {
        let one = Unit::one();
        let ordered = !matches!(op, BinaryOp::Equal | BinaryOp::NotEqual);
        match (&left_kind, &right_kind) {
            (Kind::Number(a), Kind::Number(b)) => {
                self.same_unit(a, b, (left, right), expr.span.clone())?;
            }
            (Kind::Date, Kind::Date) | (Kind::Year, Kind::Year) => {}
            (Kind::Year, Kind::Number(unit)) | (Kind::Number(unit), Kind::Year)
                if unit.compatible(&one) => {}
            (Kind::Bool, Kind::Bool) if !ordered => {}
            (Kind::Text, Kind::Text | Kind::Choice(_)) | (Kind::Choice(_), Kind::Text)
                if !ordered => {}
            (Kind::Choice(all), Kind::Choice(some)) if !ordered => {
                self.known_choice(all, some, left, right)?;
            }
            _ => {
                let ((a_zh, a_en), (b_zh, b_en)) = (left_kind.words(), right_kind.words());
                self.report.push(
                    self.diagnostic(
                        code::TYPE_MISMATCH,
                        expr.span.clone(),
                        format!("{a_zh}与{b_zh}不能这样比较"),
                        format!("{a_en} and {b_en} cannot be compared like this"),
                    )
                    .remedy("比较同一类的值", "compare values of one kind"),
                );
                return None;
            }
        }
        Some(Kind::Bool)
    }

    /// A literal among the choices of the other side.
    fn known_choice(
        &self,
        left: &[String],
        right: &[String],
        left_expr: &Expr,
        right_expr: &Expr,
    ) -> Option<()> {
        let literal = |expr: &Expr| matches!(expr.kind, ExprKind::Text(_));
        let (literal_expr, own, all) = match (literal(left_expr), literal(right_expr)) {
            (_, true) => (right_expr, right, left),
            (true, _) => (left_expr, left, right),
            _ => return Some(()),
        };
        own.iter().all(|choice| self.choice(choice, all, literal_expr.span.clone())).then_some(())
    }

    /// Whether a choice is among those that can occur.
    fn choice(&self, choice: &str, all: &[String], span: Range<usize>) -> bool {
        let known = all.iter().any(|own| own == choice);
        if !known {
            let all = all.join(", ");
            let (zh, en) =
                (format!("没有选项 `{choice}`"), format!("there is no choice `{choice}` here"));
            self.report.push(
                self.diagnostic(code::UNKNOWN_NAME, span, zh, en)
                    .remedy(format!("写作其中之一：{all}"), format!("write one of {all}")),
            );
        }
        known
    }

    /// The kind of two branches; they must yield the same kind.
    fn joined(&self, first: Kind, second: Kind, at: &Expr) -> Option<Kind> {
        match (&first, &second) {
            (Kind::Number(a), Kind::Number(b)) => {
                self.same_unit(a, b, (at, at), at.span.clone())?;
                Some(first)
            }
            (Kind::Choice(a), Kind::Choice(b)) => {
                let mut all = a.clone();
                all.extend(b.iter().filter(|choice| !a.contains(choice)).cloned());
                Some(Kind::Choice(all))
            }
            (Kind::Text, Kind::Choice(_)) | (Kind::Choice(_), Kind::Text) => Some(Kind::Text),
            (a, b) if a == b => Some(first),
            _ => {
                self.wrong_kind(at, &second, first.words());
                None
            }
        }
    }

    fn matching(&self, subject: &Expr, arms: &[MatchArm], rounded: bool) -> Option<Kind> {
        let all = match self.expr(subject, rounded)? {
            Kind::Choice(all) => Some(all),
            Kind::Text => None,
            other => {
                self.wrong_kind(subject, &other, ("选项", "a choice"));
                return None;
            }
        };
        let mut seen: Vec<&str> = Vec::new();
        let mut sound = true;
        for (choice, span) in arms.iter().flat_map(|arm| &arm.choices) {
            if let Some(all) = &all {
                sound &= self.choice(choice, all, span.clone());
            }
            if seen.contains(&choice.as_str()) {
                sound = false;
                let (zh, en) = (
                    format!("选项 `{choice}` 出现两次"),
                    format!("the choice `{choice}` stands twice"),
                );
                self.report.push(
                    self.diagnostic(code::DUPLICATE_ID, span.clone(), zh, en)
                        .remedy("删去其一", "remove one of them"),
                );
            }
            seen.push(choice);
        }
        let others = arms.iter().any(|arm| arm.choices.is_empty());
        let missing: Vec<String> = all
            .iter()
            .flatten()
            .filter(|choice| !seen.contains(&choice.as_str()))
            .map(|choice| format!("'{choice}'"))
            .collect();
        if !others && (all.is_none() || !missing.is_empty()) {
            sound = false;
            let missing = if all.is_none() { "_".to_owned() } else { missing.join(", ") };
            self.report.push(
                self.diagnostic(
                    code::NOT_EXHAUSTIVE,
                    subject.span.clone(),
                    "match 没有写全所有选项",
                    "the match leaves out a choice",
                )
                .label(format!("缺 {missing}"), format!("without {missing}"))
                .remedy("补上，或写 `_ => …`", "add it, or write `_ => …`"),
            );
        }
        let mut joined: Option<Kind> = None;
        for arm in arms {
            let kind = self.expr(&arm.body, rounded)?;
            joined = Some(match joined {
                None => kind,
                Some(before) => self.joined(before, kind, &arm.body)?,
            });
        }
        joined.filter(|_| sound)
    }

    fn call(&self, function: Function, args: &[Expr], expr: &Expr, rounded: bool) -> Option<Kind> {
        let units: Vec<Option<Unit>> = args.iter().map(|arg| self.number(arg, rounded)).collect();
        let units: Vec<Unit> = units.into_iter().collect::<Option<_>>()?;
        let first = units.first()?;
        for (unit, arg) in units.iter().zip(args).skip(1) {
            self.same_unit(first, unit, (&args[0], arg), expr.span.clone())?;
        }
        if let (Function::Clamp, [_, low, high]) = (function, args)
            && let (ExprKind::Number(low), ExprKind::Number(high)) = (&low.kind, &high.kind)
            && low.compare(high).is_ok_and(std::cmp::Ordering::is_gt)
        {
            self.report.push(
                self.diagnostic(
                    code::BAD_VALUE,
                    expr.span.clone(),
                    "clamp 的下限大于上限",
                    "the lower bound of clamp is above the upper",
                )
                .remedy("改正两个界限", "correct the bounds"),
            );
            return None;
        }
        Some(Kind::Number(first.clone()))
    }

    fn lookup(
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
        for key in keys {
            let kind = self.expr(key, rounded)?;
            if !matches!(kind, Kind::Choice(_) | Kind::Text | Kind::Year) {
                self.wrong_kind(key, &kind, ("选项、文本或年份", "a choice, a text or a year"));
                return None;
            }
        }
        match &known.kind {
            ColumnKind::Text => Some(Kind::Text),
            ColumnKind::Number(unit) => Some(Kind::Number(unit.clone())),
            ColumnKind::NumberWithUnit(_) => self.column_unit(found, column, expr),
        }
    }

    /// The unit of a column whose rows bring their own: they must agree.
    fn column_unit(&self, table: &crate::model::Table, column: &str, expr: &Expr) -> Option<Kind> {
        let mut units = table.rows.iter().filter_map(|row| match row.cells.get(column) {
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
}
