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

use std::ops::Range;

use tanheng_base::{Date, MethodId};

use crate::book::Rulebook;
use crate::evaluate::{Context, EvalError, Evaluation, Parts};
use crate::model::Method;
use compile::{Common, Shape};
use intake::{Intake, Read, Seen, Slot};
use node::{Span, Words};
use program::Program;
use run::{BLOCK, Block, Machine};

pub use columns::Columns;
pub use results::{BulkGrounds, Numbers, Results};

/// More programs than this are not made for one set of columns; the widest bounds serve the rest.
const MOST_PROGRAMS: usize = 8;

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
        assert!(rows.start <= rows.end && rows.end <= columns.rows(), "rows of the columns");
        if let Some(results) = self.grouped(columns, &rows) {
            return results;
        }
        let mut results = Results::nothing(rows.len());
        let singly = self.in_columns(columns, &rows, &mut results);
        for row in singly {
            results.take(row, self.singly(columns, rows.start + row));
        }
        results.gather();
        results
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
        let mut work = Work {
            common,
            intakes,
            shape,
            programs: Vec::new(),
            ready: None,
            machine: Machine::default(),
            used: Vec::new(),
        };
        let mut singly = Vec::new();
        // For each input a block of values, then for each the masks of the records that have it.
        let mut scratch = vec![vec![0; BLOCK]; 2 * work.intakes.len()];
        for start in (0..rows.len()).step_by(BLOCK) {
            let len = BLOCK.min(rows.len() - start);
            let valid = work.block(rows.start + start, len, &mut scratch, |block| {
                results.put(start, block);
            });
            singly.extend(
                valid.iter().zip(start..).filter(|(valid, _)| !**valid).map(|(_, row)| row),
            );
        }
        let used = work.common.bases.iter().zip(&work.used).filter(|(_, used)| **used);
        used.for_each(|(basis, _)| results.grounds.note(basis));
        results.name(work.common.words.into_all());
        singly
    }
}

/// An evaluation under way.
struct Work<'w, 'a> {
    common: Common<'a>,
    intakes: Vec<Intake<'w>>,
    shape: Shape,
    /// Programs by the bounds for which they were made; none where nothing could be proved.
    programs: Vec<(Vec<Span>, Option<Program>)>,
    /// Which program the machine is ready for.
    ready: Option<usize>,
    machine: Machine,
    used: Vec<bool>,
}

impl Work<'_, '_> {
    /// Works out a block and hands its results over; which of its records have one.
    fn block(
        &mut self,
        start: usize,
        len: usize,
        scratch: &mut [Vec<i64>],
        put: impl FnOnce(Block<'_>),
    ) -> Vec<bool> {
        let mut valid = vec![true; len];
        let mut spans = vec![Span::one(0); self.intakes.len()];
        let mut direct = vec![false; self.intakes.len()];
        for (index, intake) in self.intakes.iter().enumerate() {
            let Intake::Column(lane) = intake else { continue };
            let (values, given) = scratch.split_at_mut(self.intakes.len());
            let slot = Slot { values: &mut values[index][..len], given: &mut given[index][..len] };
            let (seen, span) = lane.look(start, &mut valid, slot);
            spans[index] = span;
            direct[index] = seen == Seen::All;
            if seen == Seen::Nothing {
                return vec![false; len];
            }
        }
        let Some(index) = self.program(&spans) else { return vec![false; len] };
        let (_, Some(program)) = &self.programs[index] else { return vec![false; len] };
        if self.ready != Some(index) {
            self.machine.prepare(program);
            self.ready = Some(index);
        }
        let mut inputs: Vec<&[i64]> = scratch.iter().map(|block| &block[..len]).collect();
        for (index, intake) in self.intakes.iter().enumerate() {
            if let Intake::Column(lane) = intake
                && direct[index]
                && let Some(column) = lane.direct(start, len)
            {
                inputs[index] = column;
            }
        }
        self.machine.run(program, &inputs, len);
        self.machine.clear_faults(program, &inputs, &mut valid);
        self.used.resize(self.common.bases.len(), false);
        self.machine.mark(program, &inputs, &valid, &mut self.used);
        put(self.machine.numbers(program, &inputs, len));
        valid
    }

    /// The first program whose bounds hold these; a new one where there is none.
    fn program(&mut self, spans: &[Span]) -> Option<usize> {
        let holds =
            |own: &[Span]| own.iter().zip(spans).all(|(own, span)| own.joined(*span) == *own);
        if let Some(known) = self.programs.iter().position(|(own, _)| holds(own)) {
            return Some(known);
        }
        let mut eased: Vec<Span> = spans.to_vec();
        for (intake, span) in self.intakes.iter().zip(&mut eased) {
            if let Intake::Column(lane) = intake
                && let Read::Numbers(numbers) = &lane.cells
            {
                *span = if self.programs.len() + 1 < MOST_PROGRAMS {
                    numbers.eased(*span)
                } else {
                    numbers.widest()
                };
            }
        }
        let made = compile::program(&mut self.common, &self.intakes, &eased, &self.shape).ok();
        self.programs.push((eased, made));
        Some(self.programs.len() - 1)
    }
}
