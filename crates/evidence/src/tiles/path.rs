//! Names of tiles: `tile/<L>/<N>[.p/<W>]` and `tile/entries/<N>[.p/<W>]`.

use std::fmt;
use std::ops::Range;

use super::{HEIGHT, WIDTH};
use crate::log::MAX_SIZE;

/// A tile of hashes or a bundle of entries, full or partial.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Tile {
    /// `None` for entries.
    level: Option<u8>,
    index: u64,
    /// 1 to 256; 256 is full.
    width: u64,
}

impl Tile {
    /// The highest level of any log within [`MAX_SIZE`].
    pub const TOP: u8 = 7;

    /// The tile of hashes that a tree of `size` leaves has at a place: full or partial. `None`
    /// when nothing of it is there.
    pub fn hashes(level: u8, index: u64, size: u64) -> Option<Tile> {
        Tile::cut(Some(level), index, count_at(level, size)?)
    }

    /// The bundle of entries that a log of `size` entries has at a place, as [`Tile::hashes`].
    pub fn entries(index: u64, size: u64) -> Option<Tile> {
        Tile::cut(None, index, size)
    }

    fn cut(level: Option<u8>, index: u64, count: u64) -> Option<Tile> {
        let left = count.checked_sub(index.checked_mul(WIDTH)?)?;
        (left > 0).then(|| Tile { level, index, width: left.min(WIDTH) })
    }

    /// Reads a path as it is served, e.g. `tile/0/x001/234.p/7`; only the one spelling.
    pub fn parse(path: &str) -> Option<Tile> {
        let rest = path.strip_prefix("tile/")?;
        let (level, rest) = rest.split_once('/')?;
        let level = match level {
            "entries" => None,
            digits => Some(digits.parse().ok().filter(|level| *level <= Tile::TOP)?),
        };
        let (place, width) = match rest.split_once(".p/") {
            None => (rest, WIDTH),
            Some((place, width)) => {
                (place, width.parse().ok().filter(|width| (1..WIDTH).contains(width))?)
            }
        };
        let mut index: u64 = 0;
        for part in place.split('/') {
            let digits = part.strip_prefix('x').unwrap_or(part);
            let digits: u64 = digits.parse().ok().filter(|part| *part < 1000)?;
            index = index.checked_mul(1000)?.checked_add(digits)?;
        }
        let tile = Tile { level, index, width };
        // zeros, signs and missing marks are other spellings
        (index <= MAX_SIZE / WIDTH && tile.to_string() == path).then_some(tile)
    }

    /// The level of a tile of hashes; `None` for entries.
    pub fn level(&self) -> Option<u8> {
        self.level
    }

    /// The place within the level.
    pub fn index(&self) -> u64 {
        self.index
    }

    /// How many hashes or entries it holds.
    pub fn width(&self) -> u64 {
        self.width
    }

    /// Whether it will never grow.
    pub fn is_full(&self) -> bool {
        self.width == WIDTH
    }

    /// The numbers, within the level, of what it holds.
    pub fn span(&self) -> Range<u64> {
        self.index * WIDTH..self.end()
    }

    /// The full tile at this place.
    pub(super) fn filled(self) -> Tile {
        Tile { width: WIDTH, ..self }
    }

    /// What this tile holds of the bytes of the full tile at its place.
    pub(super) fn beginning(&self, full: &[u8]) -> Option<Vec<u8>> {
        if self.level.is_some() {
            let length = usize::try_from(self.width * 32).ok()?;
            return full.get(..length).map(<[u8]>::to_vec);
        }
        let entries = super::split_entries(full, WIDTH).ok()?;
        super::join_entries(entries.get(..usize::try_from(self.width).ok()?)?).ok()
    }

    /// The number after the last one it holds.
    pub(super) fn end(&self) -> u64 {
        self.index * WIDTH + self.width
    }

    /// Whether a log of `size` leaves has all that it holds.
    pub fn is_within(&self, size: u64) -> bool {
        count_at(self.level.unwrap_or(0), size).is_some_and(|count| self.end() <= count)
    }

    /// The tiles of a row that grew from `old` to `count` hashes or entries.
    pub(super) fn row(level: Option<u8>, old: u64, count: u64) -> impl Iterator<Item = Tile> {
        let grew = count > old;
        let places = if grew { old / WIDTH..count.div_ceil(WIDTH) } else { 0..0 };
        places.filter_map(move |index| Tile::cut(level, index, count))
    }
}

fn count_at(level: u8, size: u64) -> Option<u64> {
    let shift = u32::from(level).checked_mul(u32::from(HEIGHT))?;
    Some(size.checked_shr(shift).unwrap_or(0))
}

impl fmt::Display for Tile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.level {
            None => f.write_str("tile/entries/")?,
            Some(level) => write!(f, "tile/{level}/")?,
        }
        let mut parts = vec![format!("{:03}", self.index % 1000)];
        let mut rest = self.index / 1000;
        while rest > 0 {
            parts.push(format!("x{:03}", rest % 1000));
            rest /= 1000;
        }
        parts.reverse();
        f.write_str(&parts.join("/"))?;
        if self.is_full() { Ok(()) } else { write!(f, ".p/{}", self.width) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_those_of_the_specification() {
        let size = 1_234_067 * WIDTH + 8;
        let tile = |index| Tile::hashes(0, index, size).unwrap().to_string();
        assert_eq!(tile(1_234_066), "tile/0/x001/x234/066");
        assert_eq!(tile(1_234_067), "tile/0/x001/x234/067.p/8");
        assert_eq!(tile(0), "tile/0/000");
        assert_eq!(Tile::entries(999, size).unwrap().to_string(), "tile/entries/999");
        assert_eq!(Tile::entries(1000, size).unwrap().to_string(), "tile/entries/x001/000");
        assert_eq!(Tile::hashes(0, 1_234_068, size), None);
        assert_eq!(Tile::hashes(3, 0, 256), None);
    }

    #[test]
    fn a_path_has_one_spelling() {
        for path in ["tile/0/000", "tile/7/000.p/255", "tile/entries/x001/x234/067.p/1"] {
            assert_eq!(Tile::parse(path).unwrap().to_string(), path);
        }
        for path in [
            "",
            "tile/",
            "tile/0",
            "tile/0/",
            "tile/0/0",
            "tile/0/0000",
            "tile/0/1000",
            "tile/00/000",
            "tile/+0/000",
            "tile/8/000",
            "tile/64/000",
            "tile/-1/000",
            "tile/0/x000/000",
            "tile/0/001/000",
            "tile/0/x001",
            "tile/0/x001/x000",
            "tile/0/000.p/0",
            "tile/0/000.p/256",
            "tile/0/000.p/07",
            "tile/0/000.p/",
            "tile/0/000.p",
            "tile/0/000/",
            "tile/0/ 00",
            "tile/0/0x0",
            "tile/data/000",
            "tile/0/x999/x999/x999/x999/x999/x999/999",
        ] {
            assert_eq!(Tile::parse(path), None, "{path}");
        }
    }

    #[test]
    fn a_tree_has_the_tiles_that_the_specification_counts() {
        let tiles: Vec<Tile> = super::super::new_tiles(0, 70_000).collect();
        let count = |level: Option<u8>, full: bool| {
            tiles.iter().filter(|tile| tile.level == level && tile.is_full() == full).count()
        };
        assert_eq!((count(Some(0), true), count(Some(0), false)), (273, 1));
        assert_eq!((count(Some(1), true), count(Some(1), false)), (1, 1));
        assert_eq!((count(Some(2), true), count(Some(2), false)), (0, 1));
        assert_eq!((count(None, true), count(None, false)), (273, 1));
        let widths: Vec<u64> =
            tiles.iter().filter(|tile| !tile.is_full()).map(Tile::width).collect();
        assert_eq!(widths, [112, 112, 17, 1]);
        let whole: Vec<String> = super::super::new_tiles(0, 256).map(|t| t.to_string()).collect();
        assert_eq!(whole, ["tile/entries/000", "tile/0/000", "tile/1/000.p/1"]);
        assert_eq!(
            super::super::new_tiles(0, 0).count() + super::super::new_tiles(9, 9).count(),
            0
        );
    }
}
