//! Division of many numbers by one: a multiplication by a reciprocal worked out once.

/// The lower half of a number.
const HALF: u64 = 0xffff_ffff;

/// A divisor above zero, with what it takes to divide by it quickly.
#[derive(Debug, Clone, Copy)]
pub(super) struct Divisor {
    value: u128,
    narrow: Option<Narrow>,
    wide: Option<Wide>,
}

/// Divides numbers below 2^63 by a number below 2^63.
#[derive(Debug, Clone, Copy)]
pub(super) struct Narrow {
    divisor: u64,
}

/// The ways to divide 64-bit numbers, the quickest first that serves the largest of them.
#[derive(Debug, Clone, Copy)]
pub(super) enum Quotient {
    Shifted(Shifted),
    Small(Small),
    Halves(Halves),
    General(General),
}

/// Divides by a power of two.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shifted(u32);

/// Divides numbers below 2^31 by a number below 2^31 that is no power of two.
#[derive(Debug, Clone, Copy)]
pub(super) struct Small {
    /// ⌊2^(32 + shift) / divisor⌋ + 1.
    magic: u32,
    shift: u32,
}

/// Divides in two digits, each of which is [`Small`], after the twos of the divisor.
///
/// Vectors of instructions multiply halves of numbers quickly and wholes slowly.
#[derive(Debug, Clone, Copy)]
pub(super) struct Halves {
    twos: u32,
    /// How many bits the second digit has.
    width: u32,
    divisor: u64,
    small: Small,
}

/// Divides numbers below 2^63 by a number below 2^63 that is no power of two.
#[derive(Debug, Clone, Copy)]
pub(super) struct General {
    /// ⌊2^(64 + shift) / divisor⌋ + 1.
    magic: u64,
    shift: u32,
}

/// Divides numbers below 2^127 by a number below 2^64.
///
/// N. Möller and T. Granlund, Improved division by invariant integers, 2011, algorithm 4.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wide {
    /// The divisor, its highest bit set.
    normal: u64,
    shift: u32,
    /// ⌊(2^128 − 1) / normal⌋ − 2^64.
    reciprocal: u64,
}

impl Divisor {
    /// Prepares a divisor.
    ///
    /// # Panics
    /// When it is zero.
    pub(super) fn new(value: u128) -> Divisor {
        assert_ne!(value, 0, "a divisor is above zero");
        let small = u64::try_from(value).ok();
        let narrow = small.filter(|value| *value < 1 << 63).map(|divisor| Narrow { divisor });
        Divisor { value, narrow, wide: small.map(Wide::new) }
    }

    pub(super) fn value(&self) -> u128 {
        self.value
    }

    /// For numbers below 2^63.
    pub(super) fn narrow(&self) -> Option<Narrow> {
        self.narrow
    }

    /// The quotient of a number below 2^127, rounded down.
    #[inline]
    pub(super) fn divide(&self, number: u128) -> u128 {
        match &self.wide {
            Some(wide) => wide.divide(number),
            None => number / self.value,
        }
    }
}

impl Narrow {
    pub(super) fn divisor(self) -> u64 {
        self.divisor
    }

    /// How to divide numbers up to `most`.
    pub(super) fn quotient(self, most: u128) -> Quotient {
        if self.divisor.is_power_of_two() {
            return Quotient::Shifted(Shifted(self.divisor.ilog2()));
        }
        let small = Small::new(self.divisor).filter(|_| most < 1 << 31);
        let halves = || Halves::new(self.divisor, most);
        match (small, halves()) {
            (Some(small), _) => Quotient::Small(small),
            (None, Some(halves)) => Quotient::Halves(halves),
            (None, None) => Quotient::General(General::new(self.divisor)),
        }
    }
}

impl Shifted {
    #[inline]
    pub(super) fn divide(self, number: u64) -> u64 {
        number.wrapping_shr(self.0)
    }
}

impl Small {
    fn new(divisor: u64) -> Option<Small> {
        let divisor = u32::try_from(divisor).ok().filter(|divisor| *divisor < 1 << 31)?;
        let shift = divisor.ilog2();
        let magic = (1u64 << (32 + shift)) / u64::from(divisor) + 1;
        let magic = u32::try_from(magic).ok().filter(|_| !divisor.is_power_of_two())?;
        Some(Small { magic, shift: 32 + shift })
    }

    /// The reciprocal is too large by less than 2^-shift, which a number below 2^31 cannot carry
    /// over to the next whole number.
    #[inline]
    pub(super) fn divide(self, number: u64) -> u64 {
        (number & HALF).wrapping_mul(u64::from(self.magic)).wrapping_shr(self.shift)
    }
}

impl Halves {
    /// None where a digit would not be small.
    fn new(divisor: u64, most: u128) -> Option<Halves> {
        let twos = divisor.trailing_zeros();
        let divisor = divisor >> twos;
        let small = Small::new(divisor)?;
        let bits = 128 - (most >> twos).leading_zeros();
        // A rest below the divisor and the second digit together stay below 2^31.
        let width = 31 - (64 - divisor.leading_zeros());
        (bits.saturating_sub(width) <= 31).then_some(Halves { twos, width, divisor, small })
    }

    #[inline]
    pub(super) fn divide(self, number: u64) -> u64 {
        let number = number.wrapping_shr(self.twos);
        let upper = number.wrapping_shr(self.width);
        let first = self.small.divide(upper);
        let rest = upper.wrapping_sub((first & HALF).wrapping_mul(self.divisor & HALF));
        let lower = number & 1u64.wrapping_shl(self.width).wrapping_sub(1);
        let second = self.small.divide(rest.wrapping_shl(self.width) | lower);
        first.wrapping_shl(self.width).wrapping_add(second)
    }
}

impl General {
    fn new(divisor: u64) -> General {
        let shift = divisor.ilog2();
        let magic = (1u128 << (64 + shift)) / u128::from(divisor) + 1;
        General { magic: low(magic), shift }
    }

    /// The reciprocal is too large by less than 2^-shift, which a number below 2^63 cannot carry
    /// over to the next whole number.
    #[inline]
    pub(super) fn divide(self, number: u64) -> u64 {
        high(u128::from(number) * u128::from(self.magic)).wrapping_shr(self.shift)
    }
}

impl Wide {
    fn new(divisor: u64) -> Wide {
        let shift = divisor.leading_zeros();
        let normal = divisor << shift;
        let reciprocal = u128::MAX / u128::from(normal) - (1 << 64);
        Wide { normal, shift, reciprocal: low(reciprocal) }
    }

    #[inline]
    fn divide(&self, number: u128) -> u128 {
        // As shifting may carry a number of 127 bits out, the digits are three.
        let top = if self.shift == 0 { 0 } else { high(number) >> (64 - self.shift) };
        let shifted = number << self.shift;
        let (first, rest) = self.digit(top, high(shifted));
        let (second, _) = self.digit(rest, low(shifted));
        u128::from(first) << 64 | u128::from(second)
    }

    /// One digit of the quotient, and the rest; `rest` is below the divisor.
    #[inline]
    fn digit(&self, rest: u64, next: u64) -> (u64, u64) {
        let estimate = u128::from(self.reciprocal) * u128::from(rest)
            + (u128::from(rest) << 64 | u128::from(next));
        let mut quotient = high(estimate).wrapping_add(1);
        let mut rest = next.wrapping_sub(quotient.wrapping_mul(self.normal));
        if rest > low(estimate) {
            quotient = quotient.wrapping_sub(1);
            rest = rest.wrapping_add(self.normal);
        }
        if rest >= self.normal {
            quotient = quotient.wrapping_add(1);
            rest = rest.wrapping_sub(self.normal);
        }
        (quotient, rest)
    }
}

#[inline]
fn high(number: u128) -> u64 {
    low(number >> 64)
}

#[inline]
#[expect(clippy::cast_possible_truncation, reason = "the lower half is what is asked for")]
fn low(number: u128) -> u64 {
    number as u64
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// By the way that is taken for numbers up to this one, and by the general one.
    fn narrow(number: u64, divisor: u64) -> u64 {
        let own = Divisor::new(divisor.into()).narrow().expect("below 2^63");
        let quotient = match own.quotient(number.into()) {
            Quotient::Shifted(by) => return by.divide(number),
            Quotient::Small(by) => by.divide(number),
            Quotient::Halves(by) => by.divide(number),
            Quotient::General(by) => by.divide(number),
        };
        assert_eq!(General::new(divisor).divide(number), quotient, "{number} / {divisor}");
        quotient
    }

    #[test]
    fn divides_at_the_edges() {
        let most = (1u64 << 63) - 1;
        for divisor in [
            1,
            2,
            3,
            5,
            7,
            10,
            300,
            30_000_000,
            (1 << 31) - 1,
            (1 << 30) + 1,
            (1 << 62) - 1,
            1 << 62,
            most - 1,
            most,
        ] {
            for number in [0, 1, divisor - 1, divisor, divisor.saturating_add(1), most - 1, most] {
                let number = number.min(most);
                assert_eq!(narrow(number, divisor), number / divisor, "{number} / {divisor}");
            }
        }
        for divisor in [1u128, 3, 1 << 63, u128::from(u64::MAX), 1 << 64, 3 << 70] {
            for number in [0, 1, divisor - 1, divisor, (1 << 127) - 1, 1 << 126, (1 << 64) - 1] {
                assert_eq!(Divisor::new(divisor).divide(number), number / divisor);
            }
        }
    }

    proptest! {
        #[test]
        fn divides_as_the_processor_does(
            number in any::<u64>(),
            divisor in 1..1u64 << 63,
            shift in 0..63u32,
            less in 1..64u32,
        ) {
            let (number, divisor) = (number >> less, (divisor >> shift).max(1));
            prop_assert_eq!(narrow(number, divisor), number / divisor);
            let near = (number / divisor * divisor).wrapping_sub(1) >> 1;
            prop_assert_eq!(narrow(near, divisor), near / divisor);
        }

        #[test]
        fn divides_wide_numbers_too(
            number in any::<u128>(), divisor in 1..u128::MAX, less in 0..127u32, shift in 0..128u32
        ) {
            let (number, divisor) = (number >> 1 >> less, (divisor >> shift).max(1));
            prop_assert_eq!(Divisor::new(divisor).divide(number), number / divisor);
        }
    }
}
