//! Reads a formula into its tree, by precedence climbing.

use std::ops::Range;

use tanheng_base::Date;
use tanheng_quantity::{Quantity, Rational, RoundingMode, Unit};

use super::SyntaxError;
use super::ast::{BinaryOp, Expr, ExprKind, Function, MatchArm, UnaryOp};
use super::lexer::{self, Spanned, Token};

/// A formula deeper or longer than this is refused: the language is for what a person can check.
const DEEPEST: usize = 48;
const MOST_WORDS: usize = 600;
/// Levels of the tree, a sum of 28 terms at most: its trace then stays within the nesting that
/// JSON readers accept (128), even where every level converts a unit.
const MOST_LEVELS: usize = 28;

/// Reads `text` as one formula.
///
/// # Errors
/// With the bytes of `text` that cannot be read.
pub fn parse(text: &str) -> Result<Expr, SyntaxError> {
    let tokens = lexer::tokens(text)?;
    if tokens.len() > MOST_WORDS {
        return Err(SyntaxError::new(
            0..text.len(),
            "公式过长，请分成几步",
            "the formula is too long: split it into steps",
        ));
    }
    let mut parser = Parser { tokens, at: 0, depth: 0, end: text.len() };
    let expr = parser.expression(0)?;
    match parser.peek() {
        None if height(&expr) > MOST_LEVELS => Err(SyntaxError::new(
            expr.span,
            "公式层次过多，请分成几步",
            "the formula has too many levels: split it into steps",
        )),
        None => Ok(expr),
        Some((_, span)) => Err(SyntaxError::new(
            span.clone(),
            "公式到此已经完整，后面多出这一部分",
            "the formula is complete before this",
        )),
    }
}

/// Levels of a tree.
fn height(expr: &Expr) -> usize {
    1 + expr.children().into_iter().map(height).max().unwrap_or(0)
}

struct Parser {
    tokens: Vec<Spanned>,
    at: usize,
    depth: usize,
    end: usize,
}

impl Parser {
    fn peek(&self) -> Option<&Spanned> {
        self.tokens.get(self.at)
    }

    fn next(&mut self) -> Result<Spanned, SyntaxError> {
        let token = self.tokens.get(self.at).cloned().ok_or_else(|| {
            SyntaxError::new(
                self.end..self.end,
                "公式没有写完，这里还缺内容",
                "the formula ends where more is expected",
            )
        })?;
        self.at += 1;
        Ok(token)
    }

    fn is_symbol(&self, symbol: &str) -> bool {
        matches!(self.peek(), Some((Token::Symbol(found), _)) if *found == symbol)
    }

    fn accept(&mut self, symbol: &str) -> bool {
        let found = self.is_symbol(symbol);
        if found {
            self.at += 1;
        }
        found
    }

    fn expect(&mut self, symbol: &str) -> Result<Range<usize>, SyntaxError> {
        let (token, span) = self.next()?;
        match token {
            Token::Symbol(found) if found == symbol => Ok(span),
            _ => Err(SyntaxError::new(
                span,
                format!("这里应为 `{symbol}`"),
                format!("`{symbol}` is expected here"),
            )),
        }
    }

    fn expect_word(&mut self, word: &str) -> Result<(), SyntaxError> {
        let (token, span) = self.next()?;
        match token {
            Token::Name(found) if found == word => Ok(()),
            _ => Err(SyntaxError::new(
                span,
                format!("这里应为 `{word}`"),
                format!("`{word}` is expected here"),
            )),
        }
    }

    fn operator(&self) -> Option<BinaryOp> {
        let (token, _) = self.peek()?;
        Some(match token {
            Token::Symbol(symbol) => match *symbol {
                "+" => BinaryOp::Add,
                "-" => BinaryOp::Subtract,
                "*" => BinaryOp::Multiply,
                "/" => BinaryOp::Divide,
                "==" => BinaryOp::Equal,
                "!=" => BinaryOp::NotEqual,
                "<" => BinaryOp::Less,
                "<=" => BinaryOp::LessOrEqual,
                ">" => BinaryOp::Greater,
                ">=" => BinaryOp::GreaterOrEqual,
                _ => return None,
            },
            Token::Name(word) => match word.as_str() {
                "and" => BinaryOp::And,
                "or" => BinaryOp::Or,
                _ => return None,
            },
            _ => return None,
        })
    }

    fn expression(&mut self, weakest: u8) -> Result<Expr, SyntaxError> {
        if self.depth >= DEEPEST {
            let span = self.peek().map_or(self.end..self.end, |(_, span)| span.clone());
            return Err(SyntaxError::new(
                span,
                "公式嵌套过深，请分成几步",
                "the formula is nested too deeply: split it into steps",
            ));
        }
        self.depth += 1;
        let result = self.climb(weakest);
        self.depth -= 1;
        result
    }

    fn climb(&mut self, weakest: u8) -> Result<Expr, SyntaxError> {
        let mut left = self.prefix()?;
        while let Some(op) = self.operator() {
            if op.strength() < weakest {
                break;
            }
            let (_, op_span) = self.next()?;
            if op.is_comparison()
                && matches!(&left.kind, ExprKind::Binary(inner, ..) if inner.is_comparison())
                && !left.parenthesised(&self.tokens)
            {
                return Err(SyntaxError::new(
                    op_span,
                    "比较不能连写，请用 `and` 连接",
                    "comparisons cannot be chained: join them with `and`",
                ));
            }
            let right = self.expression(op.strength() + 1)?;
            let span = left.span.start..right.span.end;
            left = Expr { kind: ExprKind::Binary(op, Box::new(left), Box::new(right)), span };
        }
        Ok(left)
    }

    fn prefix(&mut self) -> Result<Expr, SyntaxError> {
        let (token, span) = self.next()?;
        match token {
            Token::Number(text) => self.number(&text, span),
            Token::Text(text) => Ok(Expr { kind: ExprKind::Text(text), span }),
            Token::Date(text) => date(&text, span),
            Token::Name(word) => self.word(word, span),
            Token::Symbol("-") => {
                let inner = self.expression(7)?;
                let whole = span.start..inner.span.end;
                let kind = ExprKind::Unary(UnaryOp::Negate, Box::new(inner));
                Ok(Expr { kind, span: whole })
            }
            Token::Symbol("(") => {
                let inner = self.expression(0)?;
                let close = self.expect(")")?;
                Ok(Expr { kind: inner.kind, span: span.start..close.end })
            }
            Token::Symbol(symbol) => Err(SyntaxError::new(
                span,
                format!("这里应为数值、名称或括号，不能是 `{symbol}`"),
                format!("a value, a name or a bracket is expected here, not `{symbol}`"),
            )),
            Token::Unit(_) => Err(SyntaxError::new(
                span,
                "单位紧跟在数值之后：`0.5[GJ/t]`",
                "a unit follows its number: `0.5[GJ/t]`",
            )),
        }
    }

    fn number(&mut self, text: &str, span: Range<usize>) -> Result<Expr, SyntaxError> {
        let value: Rational = text.parse().map_err(|_| {
            SyntaxError::new(
                span.clone(),
                format!("数值 `{text}` 过大，无法精确表示"),
                format!("the number `{text}` is too large to be held exactly"),
            )
        })?;
        let Some((Token::Unit(symbol), unit_span)) = self.peek().cloned() else {
            let kind = ExprKind::Number(Quantity { value, unit: Unit::one() });
            return Ok(Expr { kind, span });
        };
        self.at += 1;
        let unit: Unit = symbol.parse().map_err(|_| {
            SyntaxError::new(
                unit_span.clone(),
                format!("没有单位 `{symbol}`"),
                format!("there is no unit `{symbol}`"),
            )
        })?;
        let kind = ExprKind::Number(Quantity { value, unit });
        Ok(Expr { kind, span: span.start..unit_span.end })
    }

    fn word(&mut self, word: String, span: Range<usize>) -> Result<Expr, SyntaxError> {
        match word.as_str() {
            "true" | "false" => Ok(Expr { kind: ExprKind::Bool(word == "true"), span }),
            "not" => {
                let inner = self.expression(3)?;
                let whole = span.start..inner.span.end;
                Ok(Expr { kind: ExprKind::Unary(UnaryOp::Not, Box::new(inner)), span: whole })
            }
            "if" => self.condition(span),
            "match" => self.matching(span),
            "then" | "else" | "and" | "or" => Err(SyntaxError::new(
                span,
                format!("`{word}` 前面缺少内容"),
                format!("something is missing before `{word}`"),
            )),
            _ if self.is_symbol("(") => self.call(&word, span),
            _ if word.contains('.') => Ok(Expr { kind: ExprKind::Parameter(word), span }),
            _ => Ok(Expr { kind: ExprKind::Name(word), span }),
        }
    }

    fn condition(&mut self, span: Range<usize>) -> Result<Expr, SyntaxError> {
        let condition = self.expression(0)?;
        self.expect_word("then")?;
        let yes = self.expression(0)?;
        self.expect_word("else")?;
        let no = self.expression(0)?;
        let whole = span.start..no.span.end;
        let kind = ExprKind::If(Box::new(condition), Box::new(yes), Box::new(no));
        Ok(Expr { kind, span: whole })
    }

    fn matching(&mut self, span: Range<usize>) -> Result<Expr, SyntaxError> {
        let subject = self.expression(0)?;
        self.expect("{")?;
        let mut arms = Vec::new();
        loop {
            if self.is_symbol("}") {
                break;
            }
            let choices = self.choices()?;
            self.expect("=>")?;
            let body = self.expression(0)?;
            arms.push(MatchArm { choices, body });
            if !self.accept(",") {
                break;
            }
        }
        let close = self.expect("}")?;
        let kind = ExprKind::Match(Box::new(subject), arms);
        Ok(Expr { kind, span: span.start..close.end })
    }

    fn choices(&mut self) -> Result<Vec<(String, Range<usize>)>, SyntaxError> {
        if self.accept("_") {
            return Ok(Vec::new());
        }
        let mut choices = Vec::new();
        loop {
            let (token, span) = self.next()?;
            match token {
                Token::Text(text) => choices.push((text, span)),
                _ => {
                    return Err(SyntaxError::new(
                        span,
                        "这里应为取值，如 'key'，或 `_`",
                        "a choice such as 'key', or `_`, is expected here",
                    ));
                }
            }
            if !self.accept("|") {
                return Ok(choices);
            }
        }
    }

    fn call(&mut self, word: &str, span: Range<usize>) -> Result<Expr, SyntaxError> {
        self.expect("(")?;
        match word {
            "round" => self.round(span),
            "lookup" => self.lookup(span),
            "min" => self.several(Function::Min, span),
            "max" => self.several(Function::Max, span),
            "clamp" => self.several(Function::Clamp, span),
            "pow" => self.power(span),
            "given" => self.given(span),
            _ => Err(SyntaxError::new(
                span,
                format!("没有函数 `{word}`；可用 round、lookup、min、max、clamp、pow、given"),
                format!(
                    "there is no function `{word}`: use round, lookup, min, max, clamp, pow or given"
                ),
            )),
        }
    }

    fn several(&mut self, function: Function, span: Range<usize>) -> Result<Expr, SyntaxError> {
        let mut args = vec![self.expression(0)?];
        while self.accept(",") {
            args.push(self.expression(0)?);
        }
        let close = self.expect(")")?;
        let whole = span.start..close.end;
        let enough = if function == Function::Clamp { args.len() == 3 } else { args.len() >= 2 };
        if !enough {
            return Err(SyntaxError::new(
                whole,
                format!("`{}` 的参数个数不对", function.name()),
                format!("`{}` has the wrong number of arguments", function.name()),
            ));
        }
        Ok(Expr { kind: ExprKind::Call(function, args), span: whole })
    }

    fn power(&mut self, span: Range<usize>) -> Result<Expr, SyntaxError> {
        let base = self.expression(0)?;
        self.expect(",")?;
        let exponent = self.expression(0)?;
        let close = self.expect(")")?;
        let kind = ExprKind::Power(Box::new(base), Box::new(exponent));
        Ok(Expr { kind, span: span.start..close.end })
    }

    fn given(&mut self, span: Range<usize>) -> Result<Expr, SyntaxError> {
        let (token, name_span) = self.next()?;
        let Token::Name(name) = token else {
            return Err(SyntaxError::new(
                name_span,
                "这里应为一个可选输入的名称",
                "the name of an optional input is expected here",
            ));
        };
        let close = self.expect(")")?;
        Ok(Expr { kind: ExprKind::Given(name), span: span.start..close.end })
    }

    fn round(&mut self, span: Range<usize>) -> Result<Expr, SyntaxError> {
        let inner = self.expression(0)?;
        self.expect(",")?;
        let (token, places_span) = self.next()?;
        let places = match &token {
            Token::Number(text) => text.parse::<u8>().ok().filter(|places| *places <= 18),
            _ => None,
        };
        let places = places.ok_or_else(|| {
            SyntaxError::new(
                places_span,
                "这里应为修约位数，0 到 18",
                "the number of places, 0 to 18, is expected here",
            )
        })?;
        self.expect(",")?;
        let (token, mode_span) = self.next()?;
        let mode = match &token {
            Token::Name(word) => word.parse::<RoundingMode>().ok(),
            _ => None,
        };
        let mode = mode.ok_or_else(|| {
            SyntaxError::new(
                mode_span,
                "这里应为修约方式：half_up、half_even、up 或 down",
                "the rounding mode is expected here: half_up, half_even, up or down",
            )
        })?;
        let close = self.expect(")")?;
        let kind = ExprKind::Round(Box::new(inner), places, mode);
        Ok(Expr { kind, span: span.start..close.end })
    }

    fn lookup(&mut self, span: Range<usize>) -> Result<Expr, SyntaxError> {
        let (token, name_span) = self.next()?;
        let name = match &token {
            Token::Name(word) => word.rsplit_once('.'),
            _ => None,
        };
        let Some((table, column)) = name else {
            return Err(SyntaxError::new(
                name_span,
                "这里应为表名加列名，如 `cn.fuel.defaults.ncv`",
                "a table and its column are expected here, such as `cn.fuel.defaults.ncv`",
            ));
        };
        let (table, column) = (table.to_owned(), column.to_owned());
        let mut keys = Vec::new();
        while self.accept(",") {
            keys.push(self.expression(0)?);
        }
        let close = self.expect(")")?;
        let kind = ExprKind::Lookup { table, column, name_span, keys };
        Ok(Expr { kind, span: span.start..close.end })
    }
}

impl Expr {
    /// Whether brackets enclose the node: then its first word is a bracket, not its own.
    fn parenthesised(&self, tokens: &[Spanned]) -> bool {
        tokens
            .iter()
            .any(|(token, span)| *token == Token::Symbol("(") && span.start == self.span.start)
    }
}

fn date(text: &str, span: Range<usize>) -> Result<Expr, SyntaxError> {
    match text.parse::<Date>() {
        Ok(date) => Ok(Expr { kind: ExprKind::Date(date), span }),
        Err(_) => Err(SyntaxError::new(
            span,
            format!("日期 `{text}` 应写作 2022-01-01"),
            format!("the date `{text}` should read like 2022-01-01"),
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The tree with brackets around every operation.
    fn shape(expr: &Expr) -> String {
        match &expr.kind {
            ExprKind::Number(quantity) => quantity.to_string(),
            ExprKind::Name(name) | ExprKind::Parameter(name) => name.clone(),
            ExprKind::Unary(UnaryOp::Negate, inner) => format!("(-{})", shape(inner)),
            ExprKind::Unary(UnaryOp::Not, inner) => format!("(not {})", shape(inner)),
            ExprKind::Binary(op, left, right) => {
                format!("({} {} {})", shape(left), op.symbol(), shape(right))
            }
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn operators_bind_as_in_arithmetic() {
        for (text, expected) in [
            ("a + b * c", "(a + (b * c))"),
            ("a - b - c", "((a - b) - c)"),
            ("a / b / c", "((a / b) / c)"),
            ("-a * b", "((-a) * b)"),
            ("a * -b", "(a * (-b))"),
            (
                "a + 1 < b * 2 and c == d or not e",
                "((((a + 1) < (b * 2)) and (c == d)) or (not e))",
            ),
            ("not a < b", "(not (a < b))"),
            ("not a and b", "((not a) and b)"),
            ("x.y * 10%", "(x.y * 0.1)"),
            ("2.5[GJ/t]", "2.5 GJ/t"),
        ] {
            assert_eq!(parse(text).map(|expr| shape(&expr)).as_deref(), Ok(expected), "{text}");
        }
    }

    #[test]
    fn every_node_knows_its_text() {
        let text = "round(甲".len();
        let error = parse("round(甲").expect_err("no such character");
        assert_eq!(error.span, text - "甲".len()..text);
        let expr = parse("  a + (b * c)").expect("a formula");
        assert_eq!(expr.span, 2..13);
        let spans: Vec<Range<usize>> =
            expr.children().into_iter().map(|child| child.span.clone()).collect();
        assert_eq!(spans, [2..3, 6..13]);
    }

    #[test]
    fn a_long_formula_is_refused_before_it_can_exhaust_the_stack() {
        let long = format!("a{}", " + a".repeat(MOST_WORDS));
        assert!(parse(&long).is_err());
        let deep = format!("{}a{}", "(".repeat(200), ")".repeat(200));
        assert!(parse(&deep).is_err());
        let signs = format!("{}a", "- ".repeat(200));
        assert!(parse(&signs).is_err());
    }
}
