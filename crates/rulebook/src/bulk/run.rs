//! Runs a program over a block.

use super::kernel::{self, map, zip};
use super::program::{Dyad, Note, Op, Place, Program, Yield};

/// How many records are worked out at a time: few enough that all blocks of a formula stay in the
/// first cache.
pub(super) const BLOCK: usize = 1024;

/// The blocks that a program works on.
#[derive(Debug, Default)]
pub(super) struct Machine {
    narrow: Vec<Vec<i64>>,
    wide: Vec<Vec<i128>>,
}

/// A block of each input.
#[derive(Debug, Default)]
pub(super) struct Inputs<'m> {
    /// In full width, where a program asks for that or the column has it.
    pub(super) full: Vec<&'m [i64]>,
    /// In half the width, where the column has that.
    pub(super) half: Vec<Option<&'m [i32]>>,
}

/// A block that is read.
enum Source<'m> {
    Half(&'m [i32]),
    Narrow(&'m [i64]),
    Wide(&'m [i128]),
}

impl Machine {
    /// Makes room for a program and writes its constants.
    pub(super) fn prepare(&mut self, program: &Program) {
        self.narrow.resize_with(self.narrow.len().max(program.narrow), || vec![0; BLOCK]);
        self.wide.resize_with(self.wide.len().max(program.wide), || vec![0; BLOCK]);
        for (place, value) in &program.constants {
            match place {
                Place::Narrow(slot) => {
                    self.narrow[*slot].fill(i64::try_from(*value).unwrap_or_default());
                }
                Place::Wide(slot) => self.wide[*slot].fill(*value),
                Place::Input(_) => {}
            }
        }
    }

    /// Works out as many records as the inputs have.
    pub(super) fn run(&mut self, program: &Program, inputs: &Inputs<'_>, len: usize) {
        for op in &program.ops {
            match op.target() {
                Place::Narrow(slot) => {
                    let mut to = std::mem::take(&mut self.narrow[slot]);
                    self.narrow_op(op, &mut to[..len], inputs);
                    self.narrow[slot] = to;
                }
                Place::Wide(slot) => {
                    let mut to = std::mem::take(&mut self.wide[slot]);
                    self.wide_op(op, &mut to[..len], inputs);
                    self.wide[slot] = to;
                }
                Place::Input(_) => {}
            }
        }
    }

    fn source<'m>(&'m self, place: Place, inputs: &Inputs<'m>, len: usize) -> Source<'m> {
        match place {
            Place::Input(index) => Source::Narrow(&inputs.full[index][..len]),
            Place::Narrow(slot) => Source::Narrow(&self.narrow[slot][..len]),
            Place::Wide(slot) => Source::Wide(&self.wide[slot][..len]),
        }
    }

    /// A factor of a product, which may be read in half the width.
    fn factor<'m>(&'m self, place: Place, inputs: &Inputs<'m>, len: usize) -> Source<'m> {
        match place {
            Place::Input(index) => match inputs.half.get(index).copied().flatten() {
                Some(half) => Source::Half(&half[..len]),
                None => self.source(place, inputs, len),
            },
            _ => self.source(place, inputs, len),
        }
    }

    /// A block of 64-bit numbers; empty for another place, which the builder never asks for.
    pub(super) fn narrow<'m>(&'m self, place: Place, inputs: &Inputs<'m>, len: usize) -> &'m [i64] {
        match self.source(place, inputs, len) {
            Source::Narrow(block) => block,
            Source::Half(_) | Source::Wide(_) => &[],
        }
    }

    /// Likewise of 128-bit numbers.
    fn wide(&self, place: Place, len: usize) -> &[i128] {
        match place {
            Place::Wide(slot) => &self.wide[slot][..len],
            _ => &[],
        }
    }

    fn narrow_op(&self, op: &Op, to: &mut [i64], inputs: &Inputs<'_>) {
        let len = to.len();
        let block = |place: Place| self.narrow(place, inputs, len);
        match op {
            Op::Scale { from, by, .. } => {
                // A factor that does not fit was proved to meet nothing but zeros.
                let by = i64::try_from(*by).unwrap_or(0);
                map(to, block(*from), |number| kernel::times(number, by));
            }
            Op::Magnitude { from, .. } => {
                map(to, block(*from), |number| number.wrapping_abs().max(1));
            }
            Op::Dyad { what: what @ (Dyad::Multiply | Dyad::MultiplySmall), a, b, .. } => {
                match (self.factor(*a, inputs, len), self.factor(*b, inputs, len)) {
                    (Source::Half(a), Source::Half(b)) => kernel::multiply(*what, to, a, b),
                    (Source::Half(a), Source::Narrow(b)) => kernel::multiply(*what, to, a, b),
                    (Source::Narrow(a), Source::Half(b)) => kernel::multiply(*what, to, a, b),
                    (Source::Narrow(a), Source::Narrow(b)) => kernel::multiply(*what, to, a, b),
                    (Source::Wide(_), _) | (_, Source::Wide(_)) => {}
                }
            }
            Op::Dyad { what, a, b, .. } => kernel::dyad(*what, to, block(*a), block(*b)),
            Op::Compare { order, a, b, .. } if a.is_wide() => {
                kernel::compare(*order, to, self.wide(*a, len), self.wide(*b, len));
            }
            Op::Compare { order, a, b, .. } => {
                kernel::compare(*order, to, block(*a), block(*b));
            }
            Op::Not { from, .. } => map(to, block(*from), |mask: i64| !mask),
            Op::Select { mask, a, b, .. } => {
                let (a, b) = (block(*a), block(*b));
                to.copy_from_slice(b);
                for ((to, a), mask) in to.iter_mut().zip(a).zip(block(*mask)) {
                    *to = (a & mask) | (*to & !mask);
                }
            }
            Op::List { at, list, .. } => kernel::list(to, block(*at), list),
            Op::Round { from, point, .. } if !point.wide => {
                if let Some(by) = point.divisor.narrow() {
                    kernel::round(to, block(*from), point, by);
                }
            }
            Op::Round { from, point, .. } => match self.source(*from, inputs, len) {
                Source::Half(_) => {}
                Source::Narrow(from) => kernel::round_to_narrow(to, from, point),
                Source::Wide(from) => kernel::round_to_narrow(to, from, point),
            },
            Op::RoundBy { from, by, point, .. } if !point.wide => {
                kernel::round_by(to, block(*from), block(*by), point);
            }
            Op::RoundBy { from, by, point, .. } => {
                let (from, by) = (self.wide(*from, len), self.wide(*by, len));
                zip(to, from, by, |from, by| kernel::round_by_to_narrow(from, by, point));
            }
            Op::Widen { .. } | Op::WideList { .. } => {}
        }
    }

    fn wide_op(&self, op: &Op, to: &mut [i128], inputs: &Inputs<'_>) {
        let len = to.len();
        let source = |place: Place| self.source(place, inputs, len);
        match op {
            Op::Widen { from, .. } => map(to, self.narrow(*from, inputs, len), i128::from),
            Op::Scale { from, by, .. } => match source(*from) {
                Source::Half(_) => {}
                Source::Narrow(from) => {
                    map(to, from, |number| kernel::times_wide(number.into(), *by));
                }
                Source::Wide(from) => map(to, from, |number| kernel::times_wide(number, *by)),
            },
            Op::Magnitude { from, .. } => {
                map(to, self.wide(*from, len), |number| number.wrapping_abs().max(1));
            }
            Op::Dyad { what: what @ (Dyad::Multiply | Dyad::MultiplySmall), a, b, .. } => {
                match (self.factor(*a, inputs, len), self.factor(*b, inputs, len)) {
                    (Source::Half(a), b) => wide_product(*what, to, a, b),
                    (Source::Narrow(a), b) => wide_product(*what, to, a, b),
                    (Source::Wide(a), b) => wide_product(*what, to, a, b),
                }
            }
            Op::Dyad { what, a, b, .. } => {
                kernel::dyad_wide(*what, to, self.wide(*a, len), self.wide(*b, len));
            }
            Op::Select { mask, a, b, .. } => {
                to.copy_from_slice(self.wide(*b, len));
                let mask = self.narrow(*mask, inputs, len);
                for ((to, a), mask) in to.iter_mut().zip(self.wide(*a, len)).zip(mask) {
                    let mask = i128::from(*mask);
                    *to = (a & mask) | (*to & !mask);
                }
            }
            Op::WideList { at, list, .. } => {
                kernel::list(to, self.narrow(*at, inputs, len), list);
            }
            Op::Round { from, point, .. } => match source(*from) {
                Source::Half(_) => {}
                Source::Narrow(from) => kernel::round_wide(to, from, point),
                Source::Wide(from) => kernel::round_wide(to, from, point),
            },
            Op::RoundBy { from, by, point, .. } => {
                let (from, by) = (self.wide(*from, len), self.wide(*by, len));
                zip(to, from, by, |from, by| kernel::round_by_wide(from, by, point));
            }
            Op::Compare { .. } | Op::Not { .. } | Op::List { .. } => {}
        }
    }

    /// Takes the records away that the program sends to the single path.
    pub(super) fn clear_faults(&self, program: &Program, inputs: &Inputs<'_>, valid: &mut [bool]) {
        for fault in &program.faults {
            match fault {
                None => valid.fill(false),
                Some(mask) => {
                    let mask = self.narrow(*mask, inputs, valid.len());
                    for (valid, mask) in valid.iter_mut().zip(mask) {
                        *valid &= *mask == 0;
                    }
                }
            }
        }
    }

    /// Marks what took part in any of the records that have a result.
    pub(super) fn mark(
        &self,
        program: &Program,
        inputs: &Inputs<'_>,
        valid: &[bool],
        used: &mut [bool],
    ) {
        let len = valid.len();
        let active = |mask: &Option<Place>| mask.map(|mask| self.narrow(mask, inputs, len));
        let counts = |mask: &Option<&[i64]>, row: usize| {
            valid[row] && mask.is_none_or(|mask| mask[row] != 0)
        };
        for note in &program.notes {
            match note {
                Note::One { basis, .. } if used[*basis] => {}
                Note::One { basis, mask } => {
                    let mask = active(mask);
                    used[*basis] = (0..len).any(|row| counts(&mask, row));
                }
                Note::Each { bases, .. } if bases.iter().flatten().all(|basis| used[*basis]) => {}
                Note::Each { at, bases, mask } => {
                    let mask = active(mask);
                    for (row, at) in self.narrow(*at, inputs, len).iter().enumerate() {
                        let basis = usize::try_from(*at).ok().and_then(|at| bases.get(at));
                        if let Some(basis) = basis.copied().flatten()
                            && counts(&mask, row)
                        {
                            used[basis] = true;
                        }
                    }
                }
            }
        }
    }

    /// The numbers of the result, whatever their width.
    pub(super) fn numbers<'m>(
        &'m self,
        program: &Program,
        inputs: &Inputs<'m>,
        len: usize,
    ) -> Block<'m> {
        let (Yield::Number(place) | Yield::Text(place) | Yield::Bool(place) | Yield::Date(place)) =
            program.yields;
        match self.source(place, inputs, len) {
            Source::Half(_) => Block::Narrow(&[]),
            Source::Narrow(block) => Block::Narrow(block),
            Source::Wide(block) => Block::Wide(block),
        }
    }
}

/// Products of 128 bits, of factors of any width.
fn wide_product<A: Copy + Into<i128>>(what: Dyad, to: &mut [i128], a: &[A], b: Source<'_>) {
    match b {
        Source::Half(b) => kernel::dyad_wide(what, to, a, b),
        Source::Narrow(b) => kernel::dyad_wide(what, to, a, b),
        Source::Wide(b) => kernel::dyad_wide(what, to, a, b),
    }
}

/// A block of results.
pub(super) enum Block<'m> {
    Narrow(&'m [i64]),
    Wide(&'m [i128]),
}
