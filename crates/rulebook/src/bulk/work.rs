//! Goes through the columns: a stretch is looked over as a whole, then worked out block by block.

use std::ops::Range;

use super::columns::Part;
use super::compile::{self, Common, Shape};
use super::intake::{Intake, Read, Seen, Slot};
use super::kernel::map;
use super::node::Span;
use super::program::Program;
use super::results::Results;
use super::run::{BLOCK, Inputs, Machine};

/// How many records are looked over at a time.
pub(super) const STRETCH: usize = 16 * BLOCK;

/// More programs than this are not made for one set of columns; the widest bounds serve the rest.
const MOST_PROGRAMS: usize = 8;

/// An evaluation under way.
pub(super) struct Work<'w, 'a> {
    common: Common<'a>,
    intakes: Vec<Intake<'w>>,
    shape: Shape,
    /// Programs by the bounds for which they were made; none where nothing could be proved.
    programs: Vec<(Vec<Span>, Option<Program>)>,
    /// Which program the machine is ready for.
    ready: Option<usize>,
    machine: Machine,
    /// Which bases took part.
    used: Vec<bool>,
    scratch: Scratch,
}

/// Memory for a stretch.
struct Scratch {
    /// For each input its values, then for each the masks of the records that have it.
    blocks: Vec<Vec<i64>>,
    /// For each input a block that was widened.
    widened: Vec<Vec<i64>>,
    /// Which records have a result.
    valid: Vec<bool>,
}

/// What was seen of a stretch.
struct Looked {
    seen: Seen,
    spans: Vec<Span>,
    /// Which inputs are read from their columns directly.
    direct: Vec<bool>,
}

impl<'w, 'a> Work<'w, 'a> {
    pub(super) fn new(common: Common<'a>, intakes: Vec<Intake<'w>>, shape: Shape) -> Self {
        let scratch = Scratch {
            blocks: vec![Vec::new(); 2 * intakes.len()],
            widened: vec![vec![0; BLOCK]; intakes.len()],
            valid: Vec::new(),
        };
        Work {
            common,
            intakes,
            shape,
            programs: Vec::new(),
            ready: None,
            machine: Machine::default(),
            used: Vec::new(),
            scratch,
        }
    }

    /// Works out some of the results, which are counted from the first of `rows`; which of them
    /// are left to the single path.
    pub(super) fn stretch(
        &mut self,
        rows: &Range<usize>,
        part: Range<usize>,
        results: &mut Results,
        singly: &mut Vec<usize>,
    ) {
        let looked = self.look(rows.start + part.start, part.len());
        if looked.seen == Seen::Nothing {
            singly.extend(part);
            return;
        }
        let index = self.program(&looked.spans);
        if self.programs[index].1.is_none() {
            // Perhaps only some records are too large for bounds to be proved.
            if part.len() > BLOCK {
                for start in part.clone().step_by(BLOCK) {
                    self.stretch(rows, start..part.end.min(start + BLOCK), results, singly);
                }
            } else {
                singly.extend(part);
            }
            return;
        }
        self.run(index, rows.start + part.start, &looked, part.start, results);
        let (_, program) = &self.programs[index];
        let faulty = program.as_ref().is_some_and(|program| !program.faults.is_empty());
        if faulty || looked.seen == Seen::Some {
            let valid = self.scratch.valid.iter().zip(part);
            singly.extend(valid.filter(|(valid, _)| !**valid).map(|(_, row)| row));
        }
    }

    /// Looks over all inputs of a stretch.
    fn look(&mut self, start: usize, len: usize) -> Looked {
        let inputs = self.intakes.len();
        let Scratch { blocks, valid, .. } = &mut self.scratch;
        valid.clear();
        valid.resize(len, true);
        let mut looked =
            Looked { seen: Seen::All, spans: vec![Span::one(0); inputs], direct: Vec::new() };
        for (index, intake) in self.intakes.iter().enumerate() {
            let Intake::Column(lane) = intake else {
                looked.direct.push(false);
                continue;
            };
            let (values, given) = blocks.split_at_mut(inputs);
            let (values, given) = (&mut values[index], &mut given[index]);
            values.resize(STRETCH, 0);
            given.resize(STRETCH, 0);
            let slot = Slot { values: &mut values[..len], given: &mut given[..len] };
            let (seen, span) = lane.look(start, valid, slot);
            if let Read::Numbers(_) = lane.cells {
                looked.spans[index] = span;
            }
            looked.direct.push(seen == Seen::All);
            match seen {
                Seen::All => {}
                Seen::Some => looked.seen = Seen::Some,
                Seen::Nothing => {
                    looked.seen = Seen::Nothing;
                    return looked;
                }
            }
        }
        looked
    }

    /// Runs a program over a stretch whose first record is `start` of the columns and `first` of
    /// the results.
    fn run(
        &mut self,
        index: usize,
        start: usize,
        looked: &Looked,
        first: usize,
        results: &mut Results,
    ) {
        let (_, Some(program)) = &self.programs[index] else { return };
        if self.ready != Some(index) {
            self.machine.prepare(program);
            self.ready = Some(index);
        }
        self.used.resize(self.common.bases.len(), false);
        let Scratch { blocks, widened, valid } = &mut self.scratch;
        for (from, valid) in (0..).step_by(BLOCK).zip(valid.chunks_mut(BLOCK)) {
            let len = valid.len();
            let written = |block: &Vec<i64>| from.min(block.len())..(from + len).min(block.len());
            let full = blocks.iter().map(|block| &block[written(block)]).collect();
            let mut inputs = Inputs { full, half: vec![None; self.intakes.len()] };
            let own = self.intakes.iter().zip(&looked.direct).zip(&mut *widened).enumerate();
            for (index, ((intake, direct), widened)) in own {
                let Intake::Column(lane) = intake else { continue };
                match lane.direct(start + from..start + from + len).filter(|_| *direct) {
                    None => {}
                    Some(Part::Whole(column)) => inputs.full[index] = column,
                    Some(Part::Half(column)) => {
                        inputs.half[index] = Some(column);
                        if program.full.contains(&index) {
                            map(&mut widened[..len], column, i64::from);
                            inputs.full[index] = &widened[..len];
                        }
                    }
                }
            }
            self.machine.run(program, &inputs, len);
            self.machine.clear_faults(program, &inputs, valid);
            self.machine.mark(program, &inputs, valid, &mut self.used);
            results.put(first + from, self.machine.numbers(program, &inputs, len));
        }
    }

    /// The first program whose bounds hold these; a new one where there is none.
    fn program(&mut self, spans: &[Span]) -> usize {
        let holds =
            |own: &[Span]| own.iter().zip(spans).all(|(own, span)| own.joined(*span) == *own);
        let made = |(own, made): &(Vec<Span>, Option<Program>)| made.is_some() && holds(own);
        if let Some(known) = self.programs.iter().position(made) {
            return known;
        }
        let few = self.programs.len() + 1 < MOST_PROGRAMS;
        let mut eased: Vec<Span> = spans.to_vec();
        for (intake, span) in self.intakes.iter().zip(&mut eased) {
            if let Intake::Column(lane) = intake
                && let Read::Numbers(numbers) = &lane.cells
            {
                *span = if few { numbers.eased(*span) } else { numbers.widest() };
            }
        }
        if let Some(known) = self.programs.iter().position(|(own, _)| *own == eased) {
            return known;
        }
        let made = compile::program(&mut self.common, &self.intakes, &eased, &self.shape).ok();
        self.programs.push((eased, made));
        self.programs.len() - 1
    }

    /// Notes what took part, and names the words that results stand for.
    pub(super) fn finish(self, results: &mut Results) {
        let used = self.common.bases.iter().zip(&self.used).filter(|(_, used)| **used);
        used.for_each(|(basis, _)| results.grounds.note(basis));
        results.name(self.common.words.into_all());
    }
}
