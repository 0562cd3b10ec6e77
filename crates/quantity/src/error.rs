//! What can go wrong with numbers, units and quantities.

/// A number that cannot be read or an operation that has no exact result in range.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NumberError {
    /// The exact result needs more than 128 bits.
    #[error("the exact result does not fit 128 bits")]
    Overflow,
    /// Division by zero.
    #[error("division by zero")]
    DivisionByZero,
    /// The text is no number in the strict notation.
    #[error("`{text}` is not a number such as `-12.50`, `10%` or `44/12`")]
    Malformed {
        /// The text as given.
        text: String,
    },
    /// A power whose base is not above zero.
    #[error("a power needs a base above zero")]
    PowerOfNothing,
    /// A power outside the bounds within which every digit can be proved.
    #[error("the power lies outside what can be rounded with certainty")]
    TooHard,
    /// More decimal places than a [`crate::Decimal`] can hold (38).
    #[error("more than 38 decimal places")]
    TooManyPlaces,
}

/// A unit that is unknown or does not fit another.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UnitError {
    /// No such unit symbol.
    #[error("unknown unit `{symbol}`")]
    Unknown {
        /// The symbol as written.
        symbol: String,
    },
    /// The two units measure different things.
    #[error("left {left}, right {right}")]
    Mismatch {
        /// Unit on the left.
        left: String,
        /// Unit on the right.
        right: String,
    },
    /// The factor between two units does not fit 128 bits.
    #[error("the factor between the units does not fit 128 bits")]
    Overflow,
}

/// What can go wrong with a number that carries a unit.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum QuantityError {
    /// The number.
    #[error(transparent)]
    Number(#[from] NumberError),
    /// The unit.
    #[error(transparent)]
    Unit(#[from] UnitError),
}
