//! Numbers that a test draws, and can draw again.

use std::hash::{BuildHasher, RandomState};

/// A stream of numbers from a printed seed.
#[derive(Debug, Clone)]
pub struct Seed(u64);

impl Seed {
    /// The seed that `TANHENG_SEED` pins, else a new one; it is printed for the next run.
    #[must_use]
    #[expect(clippy::print_stderr, reason = "a seed that nobody sees cannot be pinned")]
    pub fn printed(test: &str) -> Self {
        let seed = pinned().unwrap_or_else(|| RandomState::new().hash_one(test));
        eprintln!("{test}: TANHENG_SEED={seed}");
        Self(seed)
    }

    /// SplitMix64.
    fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number below `end`.
    pub fn below(&mut self, end: u64) -> u64 {
        self.draw() % end.max(1)
    }
}

#[expect(clippy::disallowed_methods, reason = "the person who runs the tests pins the seed")]
fn pinned() -> Option<u64> {
    let text = std::env::var("TANHENG_SEED").ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("TANHENG_SEED is no number: {text}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_numbers() {
        let (mut one, mut two) = (Seed(7), Seed(7));
        let drawn: Vec<u64> = (0..100).map(|_| one.below(10)).collect();
        assert_eq!(drawn, (0..100).map(|_| two.below(10)).collect::<Vec<_>>());
        assert!(drawn.iter().all(|number| *number < 10) && drawn.contains(&9));
    }
}
