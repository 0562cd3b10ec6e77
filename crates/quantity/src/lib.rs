//! Exact decimals and bounded rationals, units as dimension vectors, rounding.
//!
//! Nothing here ever rounds silently: an operation gives the exact value or an
//! error. Which operation gives what:
//!
//! | operation | `Decimal` | `Rational` | `Quantity` |
//! |---|---|---|---|
//! | add, sub | exact at the larger scale, or `Overflow` | exact in lowest terms, or `Overflow` | right side converted to the left unit; `Mismatch` when dimensions differ |
//! | mul | exact, scales add up, or `Overflow` | exact, or `Overflow` | values and units multiply |
//! | div | – (would need rounding) | exact, or `DivisionByZero`, `Overflow` | values and units divide |
//! | power | – | a [`Rounding`] gives a [`Decimal`], correctly rounded for any rational exponent | – |
//! | compare | numeric (`1.0 = 1.00`) | numeric | numeric after conversion; `Mismatch` otherwise |
//! | round | – | a [`Rounding`] gives a [`Decimal`] | same unit |
//! | print | keeps its scale (`454.30`) | decimal when it terminates, else `n/d` | value, space, unit as written |
//!
//! Addition and multiplication of `Rational` are associative and commutative
//! whenever no intermediate overflows; an overflow is always an error.

mod decimal;
mod error;
mod power;
mod quantity;
mod rational;
mod rounding;
mod unit;

pub use decimal::Decimal;
pub use error::{NumberError, QuantityError, UnitError};
pub use quantity::Quantity;
pub use rational::Rational;
pub use rounding::{Rounding, RoundingMode};
pub use unit::{Dimension, Unit};
