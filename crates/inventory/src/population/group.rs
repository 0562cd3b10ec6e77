//! Enterprises that are alike in all that rules look at besides numbers.

use std::collections::BTreeMap;

use tanheng_base::{IndustryCode, RegionCode, Year};
use tanheng_quantity::{Decimal, Rational, Unit};
use tanheng_rulebook::Rulebook;

use super::Member;
use super::column::Numbers;
use crate::figure::{Figure, FigureKind, Figures};

/// Every kind of figure, in the order of [`Values`].
const KINDS: [FigureKind; 4] =
    [FigureKind::Reported, FigureKind::Recalculated, FigureKind::Verified, FigureKind::Determined];

/// Direct emission and total of a figure, tCO2e.
pub(super) type Pair = (Decimal, Decimal);

/// The four figures without what they rest on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Values([Option<Pair>; 4]);

impl Values {
    pub(super) fn of(figures: &Figures) -> Self {
        let pair = |figure: &Figure| (figure.direct, figure.total);
        Self(KINDS.map(|kind| figures.get(kind).map(pair)))
    }

    pub(super) fn get(&self, kind: FigureKind) -> Option<Pair> {
        KINDS.iter().position(|own| *own == kind).and_then(|place| self.0[place])
    }

    /// The figure in force, as [`Figures::in_force`] picks it.
    pub(super) fn in_force(&self) -> Option<(FigureKind, Pair)> {
        KINDS.iter().rev().find_map(|kind| self.get(*kind).map(|pair| (*kind, pair)))
    }

    /// Which figures there are.
    fn present(&self) -> [bool; 4] {
        self.0.map(|pair| pair.is_some())
    }

    /// The figures with something else in the place of each that there is; `None` where that
    /// cannot be.
    pub(super) fn map(&self, change: impl Fn(FigureKind, Pair) -> Option<Pair>) -> Option<Self> {
        let mut changed = *self;
        for (place, kind) in KINDS.into_iter().enumerate() {
            if let Some(pair) = self.0[place] {
                changed.0[place] = Some(change(kind, pair)?);
            }
        }
        Some(changed)
    }
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Key<'a> {
    year: Year,
    industry: &'a IndustryCode,
    regions: Vec<RegionCode>,
    listed: bool,
    figures: [bool; 4],
    outputs: Vec<(&'a String, &'a Unit)>,
}

/// Enterprises that are alike but for numbers.
#[derive(Debug, Clone)]
pub(super) struct Group {
    /// Their places in the population, ascending; never empty.
    pub(super) members: Vec<usize>,
    /// Their outputs, by the name that the ledgers use.
    pub(super) outputs: Vec<(String, Numbers)>,
}

/// Puts enterprises together. Two regions are alike where the same rules bind.
pub(super) fn groups(rulebook: &Rulebook, members: &[Member]) -> Vec<Group> {
    let regions = Regions::of(rulebook, members);
    let mut together: BTreeMap<Key<'_>, Vec<usize>> = BTreeMap::new();
    for (place, member) in members.iter().enumerate() {
        let key = Key {
            year: member.year,
            industry: &member.industry,
            regions: regions.alike(&member.region),
            listed: member.listed,
            figures: Values::of(&member.figures).present(),
            outputs: member.outputs.iter().map(|(name, amount)| (name, &amount.unit)).collect(),
        };
        together.entry(key).or_default().push(place);
    }
    let group = |(key, places): (Key<'_>, Vec<usize>)| {
        let column = |(name, unit): (&String, &Unit)| {
            let amount = |place: &usize| members[*place].outputs.get(name).map(|own| own.value);
            let amounts: Vec<Rational> = places.iter().filter_map(amount).collect();
            (name.clone(), Numbers::new(unit.clone(), &amounts))
        };
        let outputs = key.outputs.into_iter().map(column).collect();
        Group { members: places, outputs }
    };
    together.into_iter().map(group).collect()
}

/// The regions of a population by the rules that bind there.
pub(super) struct Regions(BTreeMap<RegionCode, Vec<RegionCode>>);

impl Regions {
    pub(super) fn of(rulebook: &Rulebook, members: &[Member]) -> Self {
        let mut known = BTreeMap::new();
        for member in members {
            if !known.contains_key(&member.region) {
                let binding = rulebook.binding_regions(&member.region);
                // What no pack lists is like nothing else.
                let binding = binding.unwrap_or_else(|_| vec![member.region.clone()]);
                known.insert(member.region.clone(), binding);
            }
        }
        Self(known)
    }

    pub(super) fn alike(&self, region: &RegionCode) -> Vec<RegionCode> {
        self.0.get(region).cloned().unwrap_or_default()
    }
}
