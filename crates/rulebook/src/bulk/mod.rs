//! Evaluation of many records: the same method over columns, with the same results and errors.
//!
//! The checked formulas of a method are turned into operations on columns of whole numbers. Scales
//! follow from the places of the inputs; bounds are carried through the whole formula before
//! anything is computed, so that no inner loop has to ask whether a number still fits: 64 bits
//! where that is proved, 128 where it is needed. What is the same in all records, such as scales,
//! conversions and 44/12, is gathered into one exact factor, which is multiplied and divided by
//! once, at a rounding point. A cell of a table is looked up once for each set of keys.
//!
//! A record takes the single path ([`Rulebook::evaluate`]) when it holds something outside the
//! declared ranges or places, when something in it is missing, or when it needs a part of a formula
//! for which bounds cannot be proved or the law gives no value. Results and errors are those of the
//! single path in every case.

mod build;
mod columns;
mod compile;
mod divide;
mod groups;
mod intake;
mod kernel;
mod node;
mod program;
mod results;
mod run;
mod work;

use std::ops::Range;

use tanheng_base::{Date, MethodId};

use crate::book::Rulebook;
use crate::evaluate::{Context, EvalError, Evaluation, Parts};
use crate::model::Method;
use compile::Common;
use node::Words;
use work::{STRETCH, Work};

pub use columns::Columns;
pub use results::{BulkGrounds, Numbers, Results};

/// A method held ready for many records of one day and region.
#[derive(Debug, Clone)]
pub struct Bulk<'a> {
    book: &'a Rulebook,
    method: &'a Method,
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
        let method = self.version_for(method, context)?;
        Ok(Bulk { book: self, method, context: context.clone(), known_on })
    }
}

impl<'a> Bulk<'a> {
    /// The version of the method that is applied.
    #[must_use]
    pub fn method(&self) -> &'a Method {
        self.method
    }

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
        let mut results = Results::default();
        self.evaluate_into(columns, rows, &mut results);
        results
    }

    /// [`Bulk::evaluate_rows`] in place of earlier results, whose memory is used again: quicker
    /// where the same is worked out many times.
    ///
    /// # Panics
    /// As [`Bulk::evaluate_rows`].
    pub fn evaluate_into(&self, columns: &Columns, rows: Range<usize>, results: &mut Results) {
        assert!(rows.start <= rows.end && rows.end <= columns.rows(), "rows of the columns");
        if let Some(grouped) = self.grouped(columns, &rows) {
            *results = grouped;
            return;
        }
        results.begin(rows.len());
        let singly = self.in_columns(columns, &rows, results);
        results.without(&singly);
        for row in singly {
            results.take(row, self.singly(columns, rows.start + row));
        }
        results.gather();
    }

    /// The single path for one record.
    fn singly(&self, columns: &Columns, row: usize) -> Result<Evaluation, EvalError> {
        let inputs = columns.record(row);
        self.book.evaluate_known(&self.method.id, &inputs, &self.context, self.known_on)
    }

    /// Works out what can be worked out in columns; which records are left.
    fn in_columns(
        &self,
        columns: &Columns,
        rows: &Range<usize>,
        results: &mut Results,
    ) -> Vec<usize> {
        let all = || (0..rows.len()).collect();
        let parts = Parts::new(self.book, self.method, &self.context, self.known_on);
        let mut common = Common::new(parts);
        let mut words = Words::default();
        let Some(intakes) = intake::read(columns, &mut common.parts, &mut words) else {
            return all();
        };
        common.words = words;
        let Ok(shape) = compile::shape(&mut common, &intakes) else { return all() };
        results.shaped(&shape);
        let mut work = Work::new(common, intakes, shape);
        let mut singly = Vec::new();
        for start in (0..rows.len()).step_by(STRETCH) {
            let len = STRETCH.min(rows.len() - start);
            work.stretch(rows, start..start + len, results, &mut singly);
        }
        work.finish(results);
        singly
    }
}
