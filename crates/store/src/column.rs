//! How a Rust value lies in a column.

use std::fmt::Display;
use std::str::FromStr;

use tanheng_base::{
    ActorId, AgencyId, CaseId, DocumentId, EnterpriseId, FacilityId, FormId, IndustryCode, ListId,
    MethodId, Month, NoticeId, PackId, ProcedureId, RegionCode, RegisterId, SourceId, Year,
};
use tanheng_quantity::Decimal;

use crate::{Cell, StoreError};

/// A type that one column can hold.
pub trait Column: Sized {
    /// The cell.
    ///
    /// # Errors
    /// [`StoreError::Scale`] when an amount has more places than its column.
    fn to_cell(&self) -> Result<Cell, StoreError>;

    /// The value back from its cell; `name` is only for the error.
    ///
    /// # Errors
    /// [`StoreError::Impossible`] when the cell holds what this type never writes.
    fn from_cell(cell: &Cell, name: &str) -> Result<Self, StoreError>;
}

fn impossible(cell: &Cell, name: &str, expected: &'static str) -> StoreError {
    StoreError::Impossible { column: name.to_owned(), found: cell.to_string(), expected }
}

fn read_text<T: FromStr>(cell: &Cell, name: &str, expected: &'static str) -> Result<T, StoreError> {
    match cell {
        Cell::Text(text) => text.parse().map_err(|_| impossible(cell, name, expected)),
        _ => Err(impossible(cell, name, expected)),
    }
}

macro_rules! text_column {
    ($($type:ty: $expected:literal),* $(,)?) => {$(
        impl Column for $type {
            fn to_cell(&self) -> Result<Cell, StoreError> {
                Ok(Cell::Text(self.to_string()))
            }

            fn from_cell(cell: &Cell, name: &str) -> Result<Self, StoreError> {
                read_text(cell, name, $expected)
            }
        }
    )*};
}

text_column! {
    String: "text",
    ActorId: "actor id",
    AgencyId: "agency id",
    CaseId: "case id",
    NoticeId: "notice id",
    ProcedureId: "procedure id",
    DocumentId: "document id",
    EnterpriseId: "unified social credit code",
    FacilityId: "facility id",
    FormId: "form id",
    IndustryCode: "industry code",
    ListId: "list id",
    MethodId: "method id",
    Month: "month",
    PackId: "pack id",
    RegionCode: "region code",
    RegisterId: "register id",
    SourceId: "source id",
    Year: "year",
    tanheng_base::Date: "date",
    Decimal: "decimal",
}

impl Column for i64 {
    fn to_cell(&self) -> Result<Cell, StoreError> {
        Ok(Cell::Integer(*self))
    }

    fn from_cell(cell: &Cell, name: &str) -> Result<Self, StoreError> {
        match cell {
            Cell::Integer(number) => Ok(*number),
            _ => Err(impossible(cell, name, "integer")),
        }
    }
}

impl Column for bool {
    fn to_cell(&self) -> Result<Cell, StoreError> {
        Ok(Cell::Integer(i64::from(*self)))
    }

    fn from_cell(cell: &Cell, name: &str) -> Result<Self, StoreError> {
        match cell {
            Cell::Integer(0) => Ok(false),
            Cell::Integer(1) => Ok(true),
            _ => Err(impossible(cell, name, "flag")),
        }
    }
}

impl<T: Column> Column for Option<T> {
    fn to_cell(&self) -> Result<Cell, StoreError> {
        self.as_ref().map_or(Ok(Cell::Null), Column::to_cell)
    }

    fn from_cell(cell: &Cell, name: &str) -> Result<Self, StoreError> {
        match cell {
            Cell::Null => Ok(None),
            cell => T::from_cell(cell, name).map(Some),
        }
    }
}

/// A published amount, held as an integer at `PLACES` decimal places.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Amount<const PLACES: u8>(pub Decimal);

/// Emissions: hundredths of a tonne.
pub type Hundredths = Amount<2>;
/// Obligations: the exact product of a ratio and two amounts needs more places.
pub type HundredMillionths = Amount<8>;

impl<const PLACES: u8> Column for Amount<PLACES> {
    fn to_cell(&self) -> Result<Cell, StoreError> {
        let scale = || StoreError::Scale { amount: self.0.to_string(), places: PLACES };
        let mantissa = self.0.rescaled(PLACES).map_err(|_| scale())?.mantissa();
        Ok(Cell::Integer(i64::try_from(mantissa).map_err(|_| scale())?))
    }

    fn from_cell(cell: &Cell, name: &str) -> Result<Self, StoreError> {
        let mantissa = i64::from_cell(cell, name)?;
        let amount = Decimal::new(i128::from(mantissa), PLACES);
        Ok(Self(amount.map_err(|_| impossible(cell, name, "amount"))?))
    }
}

impl<const PLACES: u8> Display for Amount<PLACES> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl<const PLACES: u8> From<Decimal> for Amount<PLACES> {
    fn from(amount: Decimal) -> Self {
        Self(amount)
    }
}

/// A name out of a fixed set, held as text: states, kinds, roles.
macro_rules! name_column {
    ($(#[$doc:meta])* $type:ident { $($(#[$variant_doc:meta])* $variant:ident = $text:literal),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
        pub enum $type {
            $($(#[$variant_doc])* #[serde(rename = $text)] $variant),*
        }

        impl $type {
            /// The stable name.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $text),* }
            }
        }

        impl $crate::Column for $type {
            fn to_cell(&self) -> Result<$crate::Cell, $crate::StoreError> {
                Ok($crate::Cell::Text(self.name().to_owned()))
            }

            fn from_cell(cell: &$crate::Cell, name: &str) -> Result<Self, $crate::StoreError> {
                match cell {
                    $($crate::Cell::Text(text) if text == $text => Ok(Self::$variant),)*
                    _ => Err($crate::StoreError::Impossible {
                        column: name.to_owned(),
                        found: cell.to_string(),
                        expected: stringify!($type),
                    }),
                }
            }
        }
    };
}
pub(crate) use name_column;
