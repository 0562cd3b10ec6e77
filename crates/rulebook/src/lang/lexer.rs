//! Cuts a formula into words. Never fails on arbitrary text other than with a placed error.

use std::ops::Range;

use super::SyntaxError;

/// A word of a formula.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    /// Digits with an optional fraction and an optional `%`, as written.
    Number(String),
    /// `[GJ/t]` after a number, without the brackets.
    Unit(String),
    /// A name; dots join the parts of a parameter's name.
    Name(String),
    /// `'key'`, without the quotes.
    Text(String),
    /// `date(…)`, the text within.
    Date(String),
    /// An operator or a bracket.
    Symbol(&'static str),
}

pub(super) type Spanned = (Token, Range<usize>);

const SYMBOLS: [&str; 19] = [
    "=>", "==", "!=", "<=", ">=", "<", ">", "+", "-", "*", "/", "(", ")", "{", "}", ",", "|", "_",
    ";",
];

/// Cuts `text` into words.
pub(super) fn tokens(text: &str) -> Result<Vec<Spanned>, SyntaxError> {
    let mut out = Vec::new();
    let mut at = 0;
    while let Some(first) = text[at..].chars().next() {
        if first.is_whitespace() {
            at += first.len_utf8();
            continue;
        }
        let (token, length) = word(text, at, first)?;
        out.push((token, at..at + length));
        at += length;
    }
    Ok(out)
}

fn word(text: &str, at: usize, first: char) -> Result<(Token, usize), SyntaxError> {
    let rest = &text[at..];
    if first.is_ascii_digit() {
        let length = number_length(rest);
        return Ok((Token::Number(rest[..length].to_owned()), length));
    }
    if first.is_ascii_alphabetic() {
        return name(rest, at);
    }
    match first {
        '\'' => quoted(rest, at, '\'', "单引号没有成对", "the quote is not closed")
            .map(|(inner, length)| (Token::Text(inner), length)),
        '[' => quoted(rest, at, ']', "单位的方括号没有成对", "the unit's bracket is not closed")
            .map(|(inner, length)| (Token::Unit(inner), length)),
        _ => symbol(rest, at, first),
    }
}

fn number_length(rest: &str) -> usize {
    let bytes = rest.as_bytes();
    let digits = |from: usize| bytes[from..].iter().take_while(|b| b.is_ascii_digit()).count();
    let mut length = digits(0);
    if bytes.get(length) == Some(&b'.') && bytes.get(length + 1).is_some_and(u8::is_ascii_digit) {
        length += 1 + digits(length + 1);
    }
    if bytes.get(length) == Some(&b'%') { length + 1 } else { length }
}

fn name(rest: &str, at: usize) -> Result<(Token, usize), SyntaxError> {
    let bytes = rest.as_bytes();
    let mut length = 0;
    loop {
        length +=
            bytes[length..].iter().take_while(|b| b.is_ascii_alphanumeric() || **b == b'_').count();
        let more = bytes.get(length) == Some(&b'.')
            && bytes.get(length + 1).is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'_');
        if !more {
            break;
        }
        length += 1;
    }
    if &rest[..length] == "date" && bytes.get(length) == Some(&b'(') {
        let inner = &rest[length + 1..];
        let Some(end) = inner.find(')') else {
            return Err(SyntaxError::new(
                at..at + rest.len(),
                "日期的括号没有成对",
                "the date's bracket is not closed",
            ));
        };
        return Ok((Token::Date(inner[..end].trim().to_owned()), length + end + 2));
    }
    Ok((Token::Name(rest[..length].to_owned()), length))
}

fn quoted(
    rest: &str,
    at: usize,
    close: char,
    zh: &str,
    en: &str,
) -> Result<(String, usize), SyntaxError> {
    match rest[1..].find(close) {
        Some(end) => Ok((rest[1..=end].to_owned(), end + 2)),
        None => Err(SyntaxError::new(at..at + rest.len(), zh, en)),
    }
}

fn symbol(rest: &str, at: usize, first: char) -> Result<(Token, usize), SyntaxError> {
    if let Some(found) = SYMBOLS.iter().find(|symbol| rest.starts_with(**symbol)) {
        return Ok((Token::Symbol(found), found.len()));
    }
    let span = at..at + first.len_utf8();
    Err(match first {
        '=' => SyntaxError::new(span, "比较相等写作 `==`", "equality is written `==`"),
        '×' | '·' => SyntaxError::new(span, "乘号写作 `*`", "multiplication is written `*`"),
        '÷' => SyntaxError::new(span, "除号写作 `/`", "division is written `/`"),
        '≤' | '≥' | '≠' => SyntaxError::new(
            span,
            "比较符写作 `<=`、`>=`、`!=`",
            "comparisons are written `<=`, `>=`, `!=`",
        ),
        '"' => SyntaxError::new(span, "取值用单引号：'key'", "choices take single quotes: 'key'"),
        _ => SyntaxError::new(
            span,
            format!("公式里不能有字符 `{first}`"),
            format!("the character `{first}` has no place in a formula"),
        ),
    })
}
