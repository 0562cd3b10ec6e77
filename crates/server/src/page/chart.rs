//! Drawings by the server: bars, and the province as equal tiles. Integers only.

use tanheng_quantity::Decimal;

use super::number::{grouped, per_mille};

/// One bar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bar {
    /// What it stands for.
    pub label: String,
    /// Its value as people read it; what is missing is said in words.
    pub value: String,
    /// Top of its row in the drawing.
    pub y: usize,
    /// Its length, in thousandths of the longest.
    pub length: u32,
}

/// Horizontal bars. The text stands outside the drawing's scale, so it stays readable when narrow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bars {
    /// What the drawing shows, for those who do not see it.
    pub label: String,
    /// The bars.
    pub bars: Vec<Bar>,
}

impl Bars {
    /// Bars for labels with values; `missing` is said where there is no value.
    pub fn new(
        label: impl Into<String>,
        values: Vec<(String, Option<Decimal>)>,
        missing: &str,
    ) -> Self {
        let longest = values.iter().filter_map(|(_, value)| *value).max();
        let longest = longest.unwrap_or(Decimal::ZERO);
        let bars = values.into_iter().enumerate().map(|(row, (label, value))| Bar {
            label,
            value: value.map_or_else(|| missing.to_owned(), |value| grouped(&value.to_string())),
            y: row,
            length: value.map_or(0, |value| per_mille(value, longest)),
        });
        Self { label: label.into(), bars: bars.collect() }
    }
}

/// Side of a tile in the drawing.
const TILE: u32 = 100;
/// Space between tiles.
const GAP: u32 = 6;
/// Shades of the map, beside that for "none".
const SHADES: u32 = 5;

/// One tile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tile {
    /// The region's name, short enough for a tile.
    pub name: String,
    /// The number in the tile.
    pub value: String,
    /// The whole name and the exact value.
    pub title: String,
    /// Left edge.
    pub x: u32,
    /// Upper edge.
    pub y: u32,
    /// 0 for no value, else 1 to 5.
    pub shade: u32,
    /// Where it leads.
    pub link: String,
}

/// A step of the legend.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Its shade.
    pub shade: u32,
    /// The values that have it.
    pub text: String,
}

/// The province as equal tiles, so that a small region is as visible as a large one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TileMap {
    /// What the drawing shows.
    pub label: String,
    /// Width of the drawing.
    pub width: u32,
    /// Height of the drawing.
    pub height: u32,
    /// Tiles.
    pub tiles: Vec<Tile>,
    /// Legend, weakest first.
    pub legend: Vec<Step>,
}

/// What a tile is made of.
#[derive(Debug, Clone)]
pub struct TileValue {
    /// Short name.
    pub name: String,
    /// Whole name.
    pub full_name: String,
    /// Column and row.
    pub position: (u16, u16),
    /// Tonnes, where there is a figure.
    pub value: Option<Decimal>,
    /// Where it leads.
    pub link: String,
}

impl TileMap {
    /// A map of tonnes, drawn in ten thousand tonnes.
    pub fn new(
        label: impl Into<String>,
        regions: Vec<TileValue>,
        missing: &str,
        unit: &str,
    ) -> Self {
        let highest = regions.iter().filter_map(|region| region.value).max();
        let step = nice_step(highest.unwrap_or(Decimal::ZERO));
        let side = |cells: u16| u32::from(cells) * (TILE + GAP);
        let width = regions.iter().map(|region| side(region.position.0)).max().unwrap_or(0) + TILE;
        let height = regions.iter().map(|region| side(region.position.1)).max().unwrap_or(0) + TILE;
        let tiles = regions.into_iter().map(|region| {
            let exact = region.value.map(|value| grouped(&value.to_string()));
            Tile {
                title: match &exact {
                    Some(exact) => format!("{} {exact} {unit}", region.full_name),
                    None => format!("{} {missing}", region.full_name),
                },
                value: region.value.map_or_else(|| "–".to_owned(), ten_thousands),
                name: region.name,
                x: side(region.position.0),
                y: side(region.position.1),
                shade: region.value.map_or(0, |value| shade(value, step)),
                link: region.link,
            }
        });
        Self { label: label.into(), width, height, tiles: tiles.collect(), legend: legend(step) }
    }
}

/// Tonnes as ten thousand tonnes with one place, half up; only for the eye, the table is exact.
fn ten_thousands(value: Decimal) -> String {
    let thousands = whole(value).saturating_add(500) / 1000;
    grouped(&format!("{}.{}", thousands / 10, thousands % 10))
}

/// The whole tonnes of a value that is not negative.
fn whole(value: Decimal) -> i128 {
    let scale = 10_i128.checked_pow(u32::from(value.scale())).unwrap_or(i128::MAX);
    (value.mantissa() / scale).max(0)
}

/// The width of a shade in tonnes: 1, 2 or 5 times a power of ten.
fn nice_step(highest: Decimal) -> i128 {
    let least = whole(highest) / i128::from(SHADES) + 1;
    let mut power = 10_000_i128;
    loop {
        for times in [1, 2, 5] {
            if power.saturating_mul(times) >= least {
                return power.saturating_mul(times);
            }
        }
        power = power.saturating_mul(10);
    }
}

fn shade(value: Decimal, step: i128) -> u32 {
    let shade = u32::try_from(whole(value) / step).unwrap_or(SHADES) + 1;
    shade.min(SHADES)
}

fn legend(step: i128) -> Vec<Step> {
    let bound =
        |shade: u32| grouped(&(i128::from(shade).saturating_mul(step) / 10_000).to_string());
    (1..=SHADES)
        .map(|shade| Step { shade, text: format!("{}–{}", bound(shade - 1), bound(shade)) })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decimal(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    #[test]
    fn shades_are_even_and_bounded() {
        assert_eq!(nice_step(decimal("0")), 10_000);
        assert_eq!(nice_step(decimal("49999.99")), 10_000);
        assert_eq!(nice_step(decimal("50000")), 20_000);
        assert_eq!(nice_step(decimal("1234567")), 500_000);
        let step = nice_step(decimal("1234567.89"));
        assert_eq!(shade(decimal("0"), step), 1);
        assert_eq!(shade(decimal("1234567.89"), step), 3);
        assert_eq!(legend(step)[2].text, "100–150");
    }

    #[test]
    fn tiles_say_ten_thousand_tonnes_and_what_is_missing() {
        assert_eq!(ten_thousands(decimal("1234567.89")), "123.5");
        assert_eq!(ten_thousands(decimal("499.99")), "0.0");
        let region = |position, value| TileValue {
            name: "甲".into(),
            full_name: "甲市".into(),
            position,
            value,
            link: "/".into(),
        };
        let regions = vec![region((0, 0), Some(decimal("20000"))), region((2, 1), None)];
        let map = TileMap::new("图", regions, "无数据", "tCO2e");
        assert_eq!((map.width, map.height), (2 * 106 + 100, 106 + 100));
        assert_eq!(map.tiles[0].title, "甲市 20,000 tCO2e");
        assert_eq!((map.tiles[1].value.as_str(), map.tiles[1].shade), ("–", 0));
    }

    #[test]
    fn the_longest_bar_is_full_and_a_missing_one_empty() {
        let values = vec![
            ("a".to_owned(), Some(decimal("50.0"))),
            ("b".to_owned(), None),
            ("c".to_owned(), Some(decimal("200"))),
        ];
        let bars = Bars::new("x", values, "无").bars;
        assert_eq!(bars.iter().map(|bar| bar.length).collect::<Vec<_>>(), [250, 0, 1000]);
        assert_eq!(bars[1].value, "无");
    }
}
