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
    Alternative, Formula, Input, InputKind, Method, ParameterKind, Presence, Step, StepKind,
};

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
    /// Optional inputs that are certainly there at this place.
    pub(super) there: RefCell<Vec<String>>,
}

/// The optional inputs that are certainly there when a condition is true, or false.
pub(super) fn assured(condition: &Expr, holds: bool) -> Vec<String> {
    match (&condition.kind, holds) {
        (ExprKind::Given(name), true) => vec![name.clone()],
        (ExprKind::Unary(UnaryOp::Not, inner), _) => assured(inner, !holds),
        (ExprKind::Binary(BinaryOp::And, left, right), true)
        | (ExprKind::Binary(BinaryOp::Or, left, right), false) => {
            [assured(left, holds), assured(right, holds)].concat()
        }
        _ => Vec::new(),
    }
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

    /// The kind of a part that is reached only when a condition is true, or false.
    fn under(&self, condition: &Expr, holds: bool, part: &Expr, rounded: bool) -> Option<Kind> {
        let before = self.there.borrow().len();
        self.there.borrow_mut().extend(assured(condition, holds));
        let kind = self.expr(part, rounded);
        self.there.borrow_mut().truncate(before);
        kind
    }

    pub(super) fn expr(&self, expr: &Expr, rounded: bool) -> Option<Kind> {
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
                let yes_kind = self.under(condition, true, yes, rounded);
                let no_kind = self.under(condition, false, no, rounded);
                self.demand(condition, rounded, &Kind::Bool)?;
                self.joined(yes_kind?, no_kind?, no)
            }
            ExprKind::Match(subject, arms) => self.matching(subject, arms, rounded),
            ExprKind::Call(function, args) => self.call(*function, args, expr, rounded),
            ExprKind::Round(inner, _, _) => match &inner.kind {
                ExprKind::Power(base, exponent) => {
                    let (base, exponent) = (self.plain(base), self.plain(exponent));
                    base.and(exponent).map(Kind::Number)
                }
                _ => self.number(inner, true).map(Kind::Number),
            },
            ExprKind::Power(..) => self.bare_power(expr),
            ExprKind::Given(name) => self.given(name, expr),
            ExprKind::Lookup { table, column, name_span, keys } => {
                self.lookup(table, column, name_span, keys, expr, rounded)
            }
        }
    }

    fn name(&self, name: &str, expr: &Expr) -> Option<Kind> {
        if let Some(input) = self.method.input(name) {
            self.used.borrow_mut().insert(name.to_owned());
            if input.presence == Presence::Optional
                && !self.there.borrow().iter().any(|n| n == name)
            {
                self.may_be_missing(name, expr);
                return None;
            }
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

    fn may_be_missing(&self, name: &str, expr: &Expr) {
        let (zh, en) = (
            format!("可选输入 `{name}` 在这里可能没有填"),
            format!("the optional input `{name}` may be missing here"),
        );
        self.report.push(self.diagnostic(code::MAY_BE_MISSING, expr.span.clone(), zh, en).remedy(
            format!("写作 if given({name}) then … else …"),
            format!("write if given({name}) then … else …"),
        ));
    }

    fn given(&self, name: &str, expr: &Expr) -> Option<Kind> {
        let input = self.method.input(name);
        if input.is_some_and(|input| input.presence == Presence::Optional) {
            self.used.borrow_mut().insert(name.to_owned());
            return Some(Kind::Bool);
        }
        let (zh, en) = (format!("`{name}` 不是可选输入"), format!("`{name}` is no optional input"));
        self.report.push(self.diagnostic(code::UNKNOWN_NAME, expr.span.clone(), zh, en).remedy(
            "写一个带 optional = true 的输入",
            "write an input declared with optional = true",
        ));
        None
    }

    /// A part of a power: a plain number.
    fn plain(&self, expr: &Expr) -> Option<Unit> {
        let unit = self.number(expr, true)?;
        if unit.is_dimensionless() {
            return Some(Unit::one());
        }
        self.report.push(
            self.diagnostic(
                code::UNIT_MISMATCH,
                expr.span.clone(),
                "幂的底数和指数都是不带单位的数",
                "base and exponent of a power are plain numbers",
            )
            .label(format!("单位 {unit}"), format!("in {unit}"))
            .remedy("先除以同类的量", "divide by a quantity of the same kind first"),
        );
        None
    }

    fn bare_power(&self, expr: &Expr) -> Option<Kind> {
        self.report.push(
            self.diagnostic(
                code::POWER_OUTSIDE_ROUND,
                expr.span.clone(),
                "幂要单独写在 round 之内",
                "a power stands alone inside a `round`",
            )
            .label("结果可能不是分数", "the power need not be a fraction")
            .remedy(
                "写作 round(pow(…, …), 位数, half_up)，再用于别的公式",
                "write round(pow(…, …), places, half_up) and go on from there",
            ),
        );
        None
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

    pub(super) fn wrong_kind(&self, expr: &Expr, found: &Kind, wanted: (&str, &str)) {
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
            let first = self.demand(left, rounded, &Kind::Bool);
            let before = self.there.borrow().len();
            self.there.borrow_mut().extend(assured(left, op == BinaryOp::And));
            let second = self.demand(right, rounded, &Kind::Bool);
            self.there.borrow_mut().truncate(before);
            return first.and(second);
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
}
