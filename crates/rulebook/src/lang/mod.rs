//! The formula language: small, total, without loops; every formula is a tree with its places.

pub mod ast;
mod lexer;
mod parser;

pub use ast::{BinaryOp, Expr, ExprKind, Function, MatchArm, UnaryOp};
pub use parser::parse;

use std::ops::Range;

/// What stops a formula from being read, with the bytes of the formula it concerns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyntaxError {
    /// Bytes within the formula text.
    pub span: Range<usize>,
    /// What is wrong, in Chinese.
    pub zh: String,
    /// What is wrong, in English.
    pub en: String,
}

impl SyntaxError {
    pub(crate) fn new(span: Range<usize>, zh: impl Into<String>, en: impl Into<String>) -> Self {
        SyntaxError { span, zh: zh.into(), en: en.into() }
    }
}
