//! A formula as a list of operations on blocks of a column.

use tanheng_quantity::RoundingMode;

use super::divide::Divisor;

/// Where the numbers of a block stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Place {
    /// A column of the input.
    Input(usize),
    /// A block of 64-bit numbers.
    Narrow(usize),
    /// A block of 128-bit numbers.
    Wide(usize),
}

impl Place {
    pub(super) fn is_wide(self) -> bool {
        matches!(self, Place::Wide(_))
    }
}

/// What takes two numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dyad {
    Add,
    Multiply,
    /// Of two numbers from 0 up that are below 2^32.
    MultiplySmall,
    Min,
    Max,
    /// The first with the sign turned where the second is negative.
    Signed,
    And,
    Or,
    Xor,
}

/// How two numbers are compared; the others are these with sides or outcome turned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    Equal,
    Less,
    LessOrEqual,
}

/// Rounding of `number × scale / divisor`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Point {
    pub(super) scale: i128,
    pub(super) divisor: Divisor,
    pub(super) mode: RoundingMode,
    /// Whether a number may be below zero.
    pub(super) signed: bool,
    /// The scaled numbers need 128 bits.
    pub(super) wide: bool,
    /// The largest number that is divided, with what rounding adds to it.
    pub(super) most: u128,
}

/// One operation; masks are blocks of 0 (no) and −1 (yes).
///
/// That no operation leaves the width of its target was proved when it was written.
#[derive(Debug, Clone)]
pub(super) enum Op {
    /// The same in 128 bits.
    Widen { from: Place, to: Place },
    /// Times a constant.
    Scale { from: Place, by: i128, to: Place },
    /// The magnitude, but 1 for 0.
    Magnitude { from: Place, to: Place },
    /// A number or mask from two.
    Dyad { what: Dyad, a: Place, b: Place, to: Place },
    /// A mask from two numbers.
    Compare { order: Order, a: Place, b: Place, to: Place },
    /// The opposite mask.
    Not { from: Place, to: Place },
    /// `a` where the mask says yes, else `b`.
    Select { mask: Place, a: Place, b: Place, to: Place },
    /// The number at each position of a list.
    List { at: Place, list: Vec<i64>, to: Place },
    /// The same for 128-bit numbers.
    WideList { at: Place, list: Vec<i128>, to: Place },
    /// Rounds by a constant divisor.
    Round { from: Place, point: Point, to: Place },
    /// Rounds where the divisor is multiplied with another number above zero.
    RoundBy { from: Place, by: Place, point: Point, to: Place },
}

impl Op {
    pub(super) fn target(&self) -> Place {
        match self {
            Op::Widen { to, .. }
            | Op::Scale { to, .. }
            | Op::Magnitude { to, .. }
            | Op::Dyad { to, .. }
            | Op::Compare { to, .. }
            | Op::Not { to, .. }
            | Op::Select { to, .. }
            | Op::List { to, .. }
            | Op::WideList { to, .. }
            | Op::Round { to, .. }
            | Op::RoundBy { to, .. } => *to,
        }
    }

    fn is_product(&self) -> bool {
        matches!(self, Op::Dyad { what: Dyad::Multiply | Dyad::MultiplySmall, .. })
    }

    /// Calls `visit` for every place, those that are read first, the target last.
    fn places_mut(&mut self, visit: &mut dyn FnMut(&mut Place)) {
        match self {
            Op::Widen { from, to }
            | Op::Scale { from, to, .. }
            | Op::Magnitude { from, to }
            | Op::Not { from, to }
            | Op::Round { from, to, .. }
            | Op::List { at: from, to, .. }
            | Op::WideList { at: from, to, .. } => [from, to].into_iter().for_each(visit),
            Op::Dyad { a, b, to, .. }
            | Op::Compare { a, b, to, .. }
            | Op::RoundBy { from: a, by: b, to, .. } => [a, b, to].into_iter().for_each(visit),
            Op::Select { mask, a, b, to } => [mask, a, b, to].into_iter().for_each(visit),
        }
    }
}

/// What took part where.
#[derive(Debug, Clone)]
pub(super) enum Note {
    /// One basis, in the records of the mask; in all without one.
    One { basis: usize, mask: Option<Place> },
    /// One basis for each position; positions without one give no value.
    Each { at: Place, bases: Vec<Option<usize>>, mask: Option<Place> },
}

/// What a program yields.
#[derive(Debug, Clone, Copy)]
pub(super) enum Yield {
    /// Numbers over the denominator that all programs of a method share.
    Number(Place),
    /// Positions in the list of words.
    Text(Place),
    /// A mask.
    Bool(Place),
    /// Days, packed as [`super::node::packed`].
    Date(Place),
}

impl Yield {
    fn place_mut(&mut self) -> &mut Place {
        match self {
            Yield::Number(place) | Yield::Text(place) | Yield::Bool(place) | Yield::Date(place) => {
                place
            }
        }
    }
}

/// A formula ready to run over blocks.
#[derive(Debug, Clone)]
pub(super) struct Program {
    pub(super) ops: Vec<Op>,
    /// Blocks that hold one number throughout.
    pub(super) constants: Vec<(Place, i128)>,
    /// Masks of records that the single path must take.
    pub(super) faults: Vec<Option<Place>>,
    pub(super) notes: Vec<Note>,
    pub(super) yields: Yield,
    /// Inputs that something else than a product reads: they must stand in full width.
    pub(super) full: Vec<usize>,
    /// How many blocks of each width it needs.
    pub(super) narrow: usize,
    pub(super) wide: usize,
}

impl Program {
    /// Leaves out what nothing needs, and lets blocks be used again when their last reader is
    /// done, so that few of them stay in the cache.
    pub(super) fn tightened(mut self) -> Program {
        let mut last = Last::default();
        self.visit_ends(&mut |place| last.at(*place, usize::MAX));
        let mut kept = Vec::new();
        for (index, mut op) in self.ops.drain(..).enumerate().rev() {
            if !last.is_read(op.target()) {
                continue;
            }
            op.places_mut(&mut |place| last.at(*place, index));
            kept.push((index, op));
        }
        kept.reverse();
        let constants = std::mem::take(&mut self.constants);
        self.constants = constants.into_iter().filter(|(place, _)| last.is_read(*place)).collect();
        let mut slots = Slots::default();
        for (place, _) in &mut self.constants {
            *place = slots.take(*place, usize::MAX);
        }
        self.ops = Vec::with_capacity(kept.len());
        for (index, mut op) in kept {
            let target = op.target();
            op.places_mut(&mut |place| {
                if *place == target {
                    slots.take(target, last.of(target));
                }
                *place = slots.of(*place);
            });
            slots.free(index);
            self.ops.push(op);
        }
        self.visit_ends(&mut |place| *place = slots.of(*place));
        (self.narrow, self.wide) = (slots.narrow.made, slots.wide.made);
        let mut full = Vec::new();
        let mut note = |place: &mut Place| {
            if let Place::Input(index) = place {
                full.push(*index);
            }
        };
        let others = self.ops.iter_mut().filter(|op| !op.is_product());
        others.for_each(|op| op.places_mut(&mut note));
        self.visit_ends(&mut note);
        full.sort_unstable();
        full.dedup();
        self.full = full;
        self
    }

    /// Calls `visit` for all that is read when the operations are done.
    fn visit_ends(&mut self, visit: &mut dyn FnMut(&mut Place)) {
        visit(self.yields.place_mut());
        self.faults.iter_mut().flatten().for_each(&mut *visit);
        for note in &mut self.notes {
            match note {
                Note::One { mask, .. } => mask.iter_mut().for_each(&mut *visit),
                Note::Each { at, mask, .. } => {
                    visit(at);
                    mask.iter_mut().for_each(&mut *visit);
                }
            }
        }
    }
}

/// Which operation reads a block last.
#[derive(Default)]
struct Last(std::collections::BTreeMap<Place, usize>);

impl Last {
    fn at(&mut self, place: Place, index: usize) {
        let last = self.0.entry(place).or_insert(index);
        *last = (*last).max(index);
    }

    fn is_read(&self, place: Place) -> bool {
        self.0.contains_key(&place)
    }

    fn of(&self, place: Place) -> usize {
        self.0.get(&place).copied().unwrap_or(usize::MAX)
    }
}

/// Blocks given out and taken back.
#[derive(Default)]
struct Slots {
    given: std::collections::BTreeMap<Place, (usize, usize)>,
    narrow: Pool,
    wide: Pool,
}

#[derive(Default)]
struct Pool {
    made: usize,
    free: Vec<usize>,
}

impl Pool {
    fn take(&mut self) -> usize {
        self.free.pop().unwrap_or_else(|| {
            self.made += 1;
            self.made - 1
        })
    }
}

impl Slots {
    fn take(&mut self, place: Place, until: usize) -> Place {
        let pool = if place.is_wide() { &mut self.wide } else { &mut self.narrow };
        let slot = pool.take();
        self.given.insert(place, (slot, until));
        self.of(place)
    }

    fn of(&self, place: Place) -> Place {
        match (place, self.given.get(&place)) {
            (Place::Narrow(_), Some((slot, _))) => Place::Narrow(*slot),
            (Place::Wide(_), Some((slot, _))) => Place::Wide(*slot),
            _ => place,
        }
    }

    /// Takes back what no operation after `index` reads.
    fn free(&mut self, index: usize) {
        let (narrow, wide) = (&mut self.narrow, &mut self.wide);
        self.given.retain(|place, (slot, until)| {
            let keep = *until > index;
            if !keep {
                if place.is_wide() { wide.free.push(*slot) } else { narrow.free.push(*slot) }
            }
            keep
        });
    }
}
