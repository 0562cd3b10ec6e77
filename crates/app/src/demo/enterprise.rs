//! Invented enterprises: names, places, sizes and what they burn.

use tanheng_base::{EnterpriseId, IndustryCode, RegionCode};

use super::random::Random;
use crate::Failure;

/// A fuel of a kind of plant: material, unit, amount per product in millionths,
/// and the measured quality in thousandths of GJ and hundred-thousandths of tC/GJ;
/// none where the defaults of the guide are used.
pub(super) struct Fuel {
    pub material: &'static str,
    pub unit: &'static str,
    pub per_product: i64,
    pub quality: Option<(i64, i64)>,
}

/// A kind of plant. All quantities are round numbers at will.
pub(super) struct Profile {
    pub industry: &'static str,
    pub word: &'static str,
    pub facility: &'static str,
    pub product: &'static str,
    pub product_unit: &'static str,
    pub fuels: &'static [Fuel],
    /// Purchased electricity per product, MWh in millionths.
    pub electricity: i64,
    /// Emission per product, kg, roughly: only to choose a size.
    pub intensity: i64,
    /// Weight among the enterprises.
    pub weight: i64,
}

const fn fuel(
    material: &'static str,
    unit: &'static str,
    per_product: i64,
    quality: Option<(i64, i64)>,
) -> Fuel {
    Fuel { material, unit, per_product, quality }
}

/// The six industries of 145号 一(一).
pub(super) const PROFILES: &[Profile] = &[
    Profile {
        industry: "power",
        word: "热电",
        facility: "1号机组",
        product: "供电量",
        product_unit: "MWh",
        fuels: &[fuel("烟煤", "t", 415_000, Some((21_402, 2_641))), fuel("柴油", "t", 120, None)],
        electricity: 8_000,
        intensity: 860,
        weight: 20,
    },
    Profile {
        industry: "power",
        word: "燃气发电",
        facility: "1号机组",
        product: "供电量",
        product_unit: "MWh",
        fuels: &[fuel("天然气", "10^4Nm3", 18_600, Some((38_931, 1_532)))],
        electricity: 6_000,
        intensity: 405,
        weight: 5,
    },
    Profile {
        industry: "steel",
        word: "钢铁",
        facility: "炼铁炼钢工序",
        product: "粗钢",
        product_unit: "t",
        fuels: &[
            fuel("焦炭", "t", 440_000, None),
            fuel("烟煤", "t", 300_000, Some((24_100, 2_618))),
            fuel("高炉煤气", "10^4Nm3", 4_000, None),
        ],
        electricity: 160_000,
        intensity: 2_010,
        weight: 20,
    },
    Profile {
        industry: "building_materials",
        word: "水泥",
        facility: "1号熟料生产线",
        product: "水泥熟料",
        product_unit: "t",
        fuels: &[fuel("烟煤", "t", 135_000, Some((22_350, 2_618))), fuel("柴油", "t", 200, None)],
        electricity: 62_000,
        intensity: 315,
        weight: 14,
    },
    Profile {
        industry: "building_materials",
        word: "玻璃",
        facility: "1号浮法线",
        product: "平板玻璃",
        product_unit: "t",
        fuels: &[fuel("天然气", "10^4Nm3", 42_000, None), fuel("石油焦", "t", 20_000, None)],
        electricity: 90_000,
        intensity: 1_020,
        weight: 10,
    },
    Profile {
        industry: "petrochemical",
        word: "炼化",
        facility: "常减压装置",
        product: "原油加工量",
        product_unit: "t",
        fuels: &[fuel("炼厂干气", "t", 100_000, None), fuel("天然气", "10^4Nm3", 7_000, None)],
        electricity: 70_000,
        intensity: 495,
        weight: 8,
    },
    Profile {
        industry: "chemical",
        word: "化工",
        facility: "合成氨装置",
        product: "合成氨",
        product_unit: "t",
        fuels: &[fuel("无烟煤", "t", 1_160_000, Some((24_800, 2_749)))],
        electricity: 480_000,
        intensity: 3_000,
        weight: 13,
    },
    Profile {
        industry: "paper",
        word: "纸业",
        facility: "自备锅炉",
        product: "机制纸及纸板",
        product_unit: "t",
        fuels: &[fuel("烟煤", "t", 310_000, None)],
        electricity: 420_000,
        intensity: 890,
        weight: 10,
    },
];

/// What the first enterprises are for: visitors deposit the March of each with the
/// ledgers under `examples/ledgers`. Profile, facilities of that ledger, product of
/// an average month in hundredths.
const FOR_VISITORS: [(usize, &[&str], i64); 2] = [
    (0, &["1号机组", "2号机组"], 9_286_000),
    (2, &["烧结", "高炉", "转炉", "轧钢", "全厂", "炼铁炼钢工序"], 15_230_000),
];

/// An invented enterprise.
pub(super) struct Invented {
    /// Number, from 0.
    pub index: u32,
    pub id: EnterpriseId,
    pub name: String,
    pub region: RegionCode,
    pub profile: &'static Profile,
    /// Product of an average month, in hundredths.
    pub monthly_product: i64,
    /// Its fuel use per product against that of its kind, in thousandths.
    pub efficiency: i64,
    /// How its year goes: one of a hundred ways, see `cycle`.
    pub fate: i64,
    /// Ids of its facilities.
    pub facilities: Vec<&'static str>,
    /// Its March is left for visitors to deposit.
    pub for_visitors: bool,
}

impl Invented {
    pub(super) fn new(index: u32, seed: u64, regions: &[RegionCode]) -> Result<Self, Failure> {
        let mut random = Random::of(seed, "enterprise", index);
        let place = usize::try_from(index).unwrap_or(usize::MAX);
        let visitors = FOR_VISITORS.get(place);
        let chosen = choose(&mut random);
        let profile = visitors.map_or(chosen, |(profile, _, _)| &PROFILES[*profile]);
        let region = random.pick(regions).cloned().ok_or(Failure::Stopped)?;
        // Tonnes of CO2 a year: most stand well above the threshold of the register,
        // some near it, some below.
        let target = match random.between(1, 100) {
            1..=12 => random.between(2_000, 12_500),
            13..=34 => random.between(12_500, 27_500),
            35..=80 => random.between(27_500, 300_000),
            _ => random.between(300_000, 2_500_000),
        };
        let monthly_product = (target * 1_000 / profile.intensity * 100 / 12).max(100);
        Ok(Self {
            index,
            id: EnterpriseId::example(index + 1),
            name: format!("示例{}{:03}号有限公司", profile.word, index + 1),
            region,
            profile,
            monthly_product: visitors.map_or(monthly_product, |(_, _, product)| *product),
            facilities: visitors.map_or(vec![profile.facility], |(_, list, _)| list.to_vec()),
            for_visitors: visitors.is_some(),
            efficiency: random.between(880, 1_140),
            fate: random.between(0, 99),
        })
    }

    pub(super) fn industry(&self) -> Result<IndustryCode, Failure> {
        self.profile
            .industry
            .parse()
            .map_err(|e: tanheng_base::IdError| Failure::Evidence(e.to_string()))
    }

    /// Stands for an entity of the national market: power above a size.
    pub(super) fn listed(&self) -> bool {
        self.profile.industry == "power" && self.monthly_product * 12 / 100 > 40_000
    }
}

fn choose(random: &mut Random) -> &'static Profile {
    let total: i64 = PROFILES.iter().map(|profile| profile.weight).sum();
    let mut left = random.between(1, total);
    for profile in PROFILES {
        left -= profile.weight;
        if left <= 0 {
            return profile;
        }
    }
    &PROFILES[0]
}
