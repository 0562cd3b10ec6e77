//! The loops: one operation on one block.
//!
//! Bounds were proved before, so that nothing here asks whether a number fits; builds with debug
//! assertions ask nevertheless.

use pulp::{Arch, Simd, WithSimd};
use tanheng_quantity::RoundingMode;

use super::divide::{Divisor, Narrow, Quotient};
use super::program::{Dyad, Order, Point};

/// One result from each number.
#[inline]
pub(super) fn map<A: Copy, T>(to: &mut [T], a: &[A], f: impl Fn(A) -> T) {
    Arch::new().dispatch(Map { to, a, f });
}

/// One result from each pair of numbers.
#[inline]
pub(super) fn zip<A: Copy, B: Copy, T>(to: &mut [T], a: &[A], b: &[B], f: impl Fn(A, B) -> T) {
    Arch::new().dispatch(Zip { to, a, b, f });
}

/// A loop, compiled once for each width of instructions that processors may have; which one serves
/// is decided when it runs.
struct Map<'l, A, T, F> {
    to: &'l mut [T],
    a: &'l [A],
    f: F,
}

impl<A: Copy, T, F: Fn(A) -> T> WithSimd for Map<'_, A, T, F> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        for (to, a) in self.to.iter_mut().zip(self.a) {
            *to = (self.f)(*a);
        }
    }
}

struct Zip<'l, A, B, T, F> {
    to: &'l mut [T],
    a: &'l [A],
    b: &'l [B],
    f: F,
}

impl<A: Copy, B: Copy, T, F: Fn(A, B) -> T> WithSimd for Zip<'_, A, B, T, F> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        for ((to, a), b) in self.to.iter_mut().zip(self.a).zip(self.b) {
            *to = (self.f)(*a, *b);
        }
    }
}

#[inline]
pub(super) fn times(a: i64, b: i64) -> i64 {
    debug_assert!(a.checked_mul(b).is_some(), "{a} × {b} was proved to fit");
    a.wrapping_mul(b)
}

#[inline]
pub(super) fn times_wide(a: i128, b: i128) -> i128 {
    debug_assert!(a.checked_mul(b).is_some(), "{a} × {b} was proved to fit");
    a.wrapping_mul(b)
}

#[inline]
#[expect(clippy::cast_possible_truncation, reason = "the bounds of the number were proved to fit")]
fn narrowed(number: i128) -> i64 {
    debug_assert!(i64::try_from(number).is_ok(), "{number} was proved to fit");
    number as i64
}

/// The lower half of a number.
const HALF: i64 = 0xffff_ffff;

/// A mask.
#[inline]
fn mask(truth: bool) -> i64 {
    -i64::from(truth)
}

/// Two 64-bit numbers or masks to one.
pub(super) fn dyad(what: Dyad, to: &mut [i64], a: &[i64], b: &[i64]) {
    match what {
        Dyad::Add => zip(to, a, b, |a, b| {
            debug_assert!(a.checked_add(b).is_some(), "{a} + {b} was proved to fit");
            a.wrapping_add(b)
        }),
        Dyad::Multiply | Dyad::MultiplySmall => multiply(what, to, a, b),
        Dyad::Min => zip(to, a, b, i64::min),
        Dyad::Max => zip(to, a, b, i64::max),
        Dyad::Signed => zip(to, a, b, |a, b| if b < 0 { a.wrapping_neg() } else { a }),
        Dyad::And => zip(to, a, b, |a, b| a & b),
        Dyad::Or => zip(to, a, b, |a, b| a | b),
        Dyad::Xor => zip(to, a, b, |a, b| a ^ b),
    }
}

/// Products of 64-bit numbers, which may be read from columns of half the width.
pub(super) fn multiply<A, B>(what: Dyad, to: &mut [i64], a: &[A], b: &[B])
where
    A: Copy + Into<i64>,
    B: Copy + Into<i64>,
{
    if what != Dyad::MultiplySmall {
        zip(to, a, b, |a, b| times(a.into(), b.into()));
        return;
    }
    zip(to, a, b, |a, b| {
        let (a, b): (i64, i64) = (a.into(), b.into());
        debug_assert!(a >> 32 == 0 && b >> 32 == 0, "{a} and {b} were proved to fit");
        // One multiplication of halves, where a whole one takes three.
        (a & HALF).wrapping_mul(b & HALF)
    });
}

/// Two numbers to one of 128 bits.
pub(super) fn dyad_wide<A, B>(what: Dyad, to: &mut [i128], a: &[A], b: &[B])
where
    A: Copy + Into<i128>,
    B: Copy + Into<i128>,
{
    let both = |f: fn(i128, i128) -> i128| move |a: A, b: B| f(a.into(), b.into());
    match what {
        Dyad::Multiply | Dyad::MultiplySmall => {
            zip(to, a, b, |a, b| times_wide(a.into(), b.into()))
        }
        Dyad::Add => zip(
            to,
            a,
            b,
            both(|a, b| {
                debug_assert!(a.checked_add(b).is_some(), "{a} + {b} was proved to fit");
                a.wrapping_add(b)
            }),
        ),
        Dyad::Min => zip(to, a, b, both(i128::min)),
        Dyad::Max => zip(to, a, b, both(i128::max)),
        Dyad::Signed => zip(to, a, b, both(|a, b| if b < 0 { a.wrapping_neg() } else { a })),
        Dyad::And => zip(to, a, b, both(|a, b| a & b)),
        Dyad::Or => zip(to, a, b, both(|a, b| a | b)),
        Dyad::Xor => zip(to, a, b, both(|a, b| a ^ b)),
    }
}

/// Compares two numbers of one width.
pub(super) fn compare<T: Copy + Ord>(order: Order, to: &mut [i64], a: &[T], b: &[T]) {
    match order {
        Order::Equal => zip(to, a, b, |a, b| mask(a == b)),
        Order::Less => zip(to, a, b, |a, b| mask(a < b)),
        Order::LessOrEqual => zip(to, a, b, |a, b| mask(a <= b)),
    }
}

/// The number at each position of a list.
pub(super) fn list<T: Copy + Default>(to: &mut [T], at: &[i64], list: &[T]) {
    map(to, at, |at| {
        let at = usize::try_from(at).ok().and_then(|at| list.get(at));
        debug_assert!(at.is_some(), "every position was proved to be in the list");
        at.copied().unwrap_or_default()
    });
}

/// How a rounding turns a magnitude into a quotient, whatever the width.
struct Ways {
    /// What is added before dividing.
    add: u128,
    /// Ties go to the even neighbour.
    even: bool,
}

fn ways(mode: RoundingMode, divisor: u128) -> Ways {
    match mode {
        RoundingMode::Down => Ways { add: 0, even: false },
        RoundingMode::Up => Ways { add: divisor - 1, even: false },
        RoundingMode::HalfUp => Ways { add: divisor / 2, even: false },
        // An odd divisor leaves no tie.
        RoundingMode::HalfEven => Ways { add: divisor / 2, even: divisor.is_multiple_of(2) },
    }
}

/// Rounds 64-bit numbers.
pub(super) fn round(to: &mut [i64], from: &[i64], point: &Point, by: Narrow) {
    let ways = ways(point.mode, by.divisor().into());
    let add = u64::try_from(ways.add).unwrap_or(u64::MAX);
    // A scale that does not fit was proved to meet nothing but zeros.
    let scale = i64::try_from(point.scale).unwrap_or(0);
    let how = How { scale, add, divisor: by.divisor(), even: ways.even };
    match by.quotient(point.most) {
        Quotient::Shifted(by) => round_way(to, from, point.signed, how, move |sum| by.divide(sum)),
        Quotient::Small(by) => round_way(to, from, point.signed, how, move |sum| by.divide(sum)),
        Quotient::Halves(by) => round_way(to, from, point.signed, how, move |sum| by.divide(sum)),
        Quotient::General(by) => round_way(to, from, point.signed, how, move |sum| by.divide(sum)),
    }
}

/// What a rounding of 64-bit numbers does besides dividing.
#[derive(Clone, Copy)]
struct How {
    scale: i64,
    add: u64,
    divisor: u64,
    even: bool,
}

fn round_way(
    to: &mut [i64],
    from: &[i64],
    signed: bool,
    how: How,
    quotient: impl Fn(u64) -> u64 + Copy,
) {
    match (signed, how.even) {
        (false, false) => round_with::<false, false>(to, from, how, quotient),
        (false, true) => round_with::<false, true>(to, from, how, quotient),
        (true, false) => round_with::<true, false>(to, from, how, quotient),
        (true, true) => round_with::<true, true>(to, from, how, quotient),
    }
}

#[inline]
fn round_with<const SIGNED: bool, const EVEN: bool>(
    to: &mut [i64],
    from: &[i64],
    how: How,
    quotient: impl Fn(u64) -> u64,
) {
    let How { scale, add, divisor, .. } = how;
    map(to, from, move |number| {
        let number = times(number, scale);
        let sign = if SIGNED { number >> 63 } else { 0 };
        let magnitude = (number ^ sign).wrapping_sub(sign).cast_unsigned();
        let sum = magnitude.wrapping_add(add);
        let mut rounded = quotient(sum);
        if EVEN {
            // A tie was carried to the next number exactly.
            let tie = rounded.wrapping_mul(divisor) == sum;
            rounded = rounded.wrapping_sub(u64::from(tie) & rounded);
        }
        (rounded.cast_signed() ^ sign).wrapping_sub(sign)
    });
}

/// Rounds by way of 128 bits.
pub(super) fn round_wide<A: Copy + Into<i128>>(to: &mut [i128], from: &[A], point: &Point) {
    let ways = ways(point.mode, point.divisor.value());
    map(to, from, |number| rounded_wide(number.into(), point, &ways));
}

/// Rounds by way of 128 bits what then fits 64.
pub(super) fn round_to_narrow<A: Copy + Into<i128>>(to: &mut [i64], from: &[A], point: &Point) {
    let ways = ways(point.mode, point.divisor.value());
    map(to, from, |number| narrowed(rounded_wide(number.into(), point, &ways)));
}

#[inline]
fn rounded_wide(number: i128, point: &Point, ways: &Ways) -> i128 {
    let number = times_wide(number, point.scale);
    quotient_wide(number, &point.divisor, ways)
}

#[inline]
fn quotient_wide(number: i128, divisor: &Divisor, ways: &Ways) -> i128 {
    let sum = number.unsigned_abs() + ways.add;
    let mut rounded = divisor.divide(sum);
    if ways.even && rounded * divisor.value() == sum {
        rounded -= rounded & 1;
    }
    if number < 0 { -rounded.cast_signed() } else { rounded.cast_signed() }
}

/// Rounds quotients of two 64-bit numbers.
pub(super) fn round_by(to: &mut [i64], from: &[i64], by: &[i64], point: &Point) {
    let scale = i64::try_from(point.scale).unwrap_or(0);
    let divisor = u64::try_from(point.divisor.value()).unwrap_or(u64::MAX);
    zip(to, from, by, |number, by| {
        let number = times(number, scale);
        let divisor = by.unsigned_abs().wrapping_mul(divisor).max(1);
        let ways = ways(point.mode, divisor.into());
        let sum = number.unsigned_abs() + u64::try_from(ways.add).unwrap_or(u64::MAX);
        let mut rounded = sum / divisor;
        if ways.even && rounded * divisor == sum {
            rounded -= rounded & 1;
        }
        if number < 0 { -rounded.cast_signed() } else { rounded.cast_signed() }
    });
}

/// The same for 128-bit numbers; gives each to `put`.
pub(super) fn round_by_wide(from: i128, by: i128, point: &Point) -> i128 {
    let number = times_wide(from, point.scale);
    let divisor = (by.unsigned_abs() * point.divisor.value()).max(1);
    let ways = ways(point.mode, divisor);
    let sum = number.unsigned_abs() + ways.add;
    let mut rounded = sum / divisor;
    if ways.even && rounded * divisor == sum {
        rounded -= rounded & 1;
    }
    if number < 0 { -rounded.cast_signed() } else { rounded.cast_signed() }
}

/// [`round_by_wide`] for a result of 64 bits.
pub(super) fn round_by_to_narrow(from: i128, by: i128, point: &Point) -> i64 {
    narrowed(round_by_wide(from, by, point))
}
