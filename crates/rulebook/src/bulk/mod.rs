//! Evaluation of many records: the same method over columns, with the same results and errors.

mod columns;
mod results;

use std::ops::Range;

use tanheng_base::{Date, MethodId};

use crate::book::Rulebook;
use crate::evaluate::{Context, EvalError};

pub use columns::Columns;
pub use results::{BulkGrounds, Numbers, Results};

/// A method held ready for many records of one day and region.
#[derive(Debug, Clone)]
pub struct Bulk<'a> {
    book: &'a Rulebook,
    method: MethodId,
    context: Context,
    known_on: Date,
}

impl Rulebook {
    /// Holds a method ready for many records.
    ///
    /// # Errors
    /// When the region is unknown, or no version of the method holds there on that day. What is
    /// wrong with single records is told by [`Results::get`].
    pub fn bulk(&self, method: &MethodId, context: &Context) -> Result<Bulk<'_>, EvalError> {
        self.bulk_known(method, context, context.at)
    }

    /// [`Rulebook::bulk`] with what was decreed about the period up to a later day, as
    /// [`Rulebook::evaluate_known`] does for one record.
    ///
    /// # Errors
    /// As [`Rulebook::bulk`].
    pub fn bulk_known(
        &self,
        method: &MethodId,
        context: &Context,
        known_on: Date,
    ) -> Result<Bulk<'_>, EvalError> {
        self.version_for(method, context)?;
        Ok(Bulk { book: self, method: method.clone(), context: context.clone(), known_on })
    }
}

impl Bulk<'_> {
    /// Works out all records.
    #[must_use]
    pub fn evaluate(&self, columns: &Columns) -> Results {
        self.evaluate_rows(columns, 0..columns.rows())
    }

    /// Works out some of the records; row 0 of the results is the first of `rows`. Threads that
    /// share the work each take a range of their own.
    ///
    /// # Panics
    /// When the range leaves the columns.
    #[must_use]
    pub fn evaluate_rows(&self, columns: &Columns, rows: Range<usize>) -> Results {
        let mut results = Results::nothing(rows.len());
        for (row, record) in rows.enumerate() {
            let inputs = columns.record(record);
            let outcome =
                self.book.evaluate_known(&self.method, &inputs, &self.context, self.known_on);
            results.take(row, outcome);
        }
        results.gather();
        results
    }
}
