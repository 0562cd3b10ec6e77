//! Cells as the server takes and gives them: BIGINT, TEXT, BYTEA and NULL, without casts.

use bytes::BytesMut;
use postgres::types::{IsNull, ToSql, Type, to_sql_checked};

use crate::{Cell, Row, StoreError};

type Refused = Box<dyn std::error::Error + Sync + Send>;

impl ToSql for Cell {
    fn to_sql(&self, wanted: &Type, out: &mut BytesMut) -> Result<IsNull, Refused> {
        let integer = *wanted == Type::INT8;
        let text = matches!(*wanted, Type::TEXT | Type::VARCHAR | Type::NAME);
        match self {
            Self::Null => Ok(IsNull::Yes),
            Self::Integer(number) if integer => number.to_sql(wanted, out),
            Self::Text(value) if value.contains('\0') => Err(StoreError::Nul.into()),
            Self::Text(value) if text => value.to_sql(wanted, out),
            Self::Bytes(value) if *wanted == Type::BYTEA => value.to_sql(wanted, out),
            _ => Err(format!("`{self}` is no {wanted}").into()),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

/// A row as it was asked for.
pub(super) fn read_row(row: &postgres::Row) -> Result<Row, StoreError> {
    let cell = |(place, column): (usize, &postgres::Column)| {
        let failed = |error: postgres::Error| StoreError::Engine(Box::new(error));
        let cell = match *column.type_() {
            Type::INT8 => row.try_get::<_, Option<i64>>(place).map_err(failed)?.map(Cell::from),
            Type::TEXT | Type::VARCHAR | Type::NAME => {
                row.try_get::<_, Option<String>>(place).map_err(failed)?.map(Cell::from)
            }
            Type::BYTEA => {
                row.try_get::<_, Option<Vec<u8>>>(place).map_err(failed)?.map(Cell::from)
            }
            ref other => {
                return Err(StoreError::Impossible {
                    column: column.name().to_owned(),
                    found: other.to_string(),
                    expected: "integer, text or bytes",
                });
            }
        };
        Ok(cell.unwrap_or(Cell::Null))
    };
    row.columns().iter().enumerate().map(cell).collect()
}
