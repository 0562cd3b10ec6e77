//! The emissions of many ledgers, computed in columns.

use std::collections::HashMap;

use tanheng_base::{Date, IndustryCode, Month, Problem, RegionCode, Year};
use tanheng_quantity::{Decimal, Quantity, Rational, Unit};
use tanheng_rulebook::{Columns, Given, Rulebook, Value};

use super::column::{Exact, Numbers};
use super::group::{Group, Pair, Regions, groups};
use super::{Computed, Ledger, Member, compute_year, no_ledger};
use crate::emission::{LineFigure, Scope, compute_line};
use crate::figure::Figure;
use crate::line::{Determination, Line, LineKind};
use crate::rule_id;
use crate::standing::Standing;

/// The ledgers of a population, its lines gathered into columns.
#[derive(Debug, Clone)]
pub struct Ledgers {
    all: Vec<Option<Ledger>>,
    groups: Vec<Lines>,
}

/// How a parameter of a line was declared, as far as it decides what applies.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Declared {
    Nothing,
    /// A number in this unit.
    In(Unit),
    /// This very value: it is compared with a default.
    Value(Quantity),
}

#[derive(PartialEq, Eq, Hash)]
struct Key<'a> {
    year: Year,
    industry: &'a IndustryCode,
    regions: Vec<RegionCode>,
    month: Month,
    known_on: Date,
    kind: LineKind,
    material: &'a str,
    determination: Determination,
    unit: &'a Unit,
    declared: [Declared; 3],
}

/// Lines that are alike but for numbers.
#[derive(Debug, Clone)]
struct Lines {
    /// One of them, to ask what applies.
    example: Line,
    month: Month,
    known_on: Date,
    /// Whose they are, by place in the population.
    owners: Vec<usize>,
    amounts: Numbers,
    /// Net calorific value, carbon content and oxidation, where they were declared freely.
    parameters: [Option<Numbers>; 3],
}

/// The inputs of a combustion method that a line can declare.
const PARAMETERS: [&str; 3] = ["ncv", "carbon_content", "oxidation"];

fn parameters(line: &Line) -> [Option<Quantity>; 3] {
    let oxidation = line.oxidation.map(|ratio| Quantity::new(ratio, Unit::one()));
    [line.ncv.clone(), line.carbon_content.clone(), oxidation]
}

/// What the lines of a year amount to: as deposited, and with later decrees about the year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct YearPairs {
    pub(super) reported: Pair,
    pub(super) recalculated: Pair,
}

/// Direct and indirect emission, tCO2; twice, as in [`YearPairs`].
#[derive(Debug, Clone, Copy)]
struct Sums([[Decimal; 2]; 2]);

impl Ledgers {
    /// Gathers the lines of a population; `all` has one ledger for each member, or none where its
    /// content is not there.
    #[must_use]
    pub fn new(rulebook: &Rulebook, members: &[Member], all: Vec<Option<Ledger>>) -> Self {
        let regions = Regions::of(rulebook, members);
        let mut together: HashMap<Key<'_>, Gathered<'_>> = HashMap::new();
        for (owner, (member, ledger)) in members.iter().zip(&all).enumerate() {
            let Some(ledger) = ledger else { continue };
            for (month, lines) in &ledger.months {
                for line in lines.iter().filter(|line| line.kind != LineKind::Output) {
                    let key = key(member, &regions, *month, ledger.known_on, line);
                    let next = together.len();
                    let gathered = together
                        .entry(key)
                        .or_insert_with(|| Gathered::new(next, line, *month, ledger.known_on));
                    gathered.add(owner, line);
                }
            }
        }
        let mut gathered: Vec<Gathered<'_>> = together.into_values().collect();
        gathered.sort_by_key(|gathered| gathered.number);
        let groups = gathered.into_iter().map(Gathered::columns).collect();
        Self { all, groups }
    }

    /// The ledger of a member.
    #[must_use]
    pub fn get(&self, place: usize) -> Option<&Ledger> {
        self.all.get(place).and_then(Option::as_ref)
    }

    /// The figures of every year, without what they rest on.
    #[must_use]
    pub fn figures(
        &self,
        rulebook: &Rulebook,
        members: &[Member],
    ) -> Vec<Result<Computed, Vec<Problem>>> {
        let figure =
            |(direct, total): Pair| Figure { direct, total, standing: Standing::default() };
        let years = self.compute(rulebook, members, &groups(rulebook, members));
        let figures =
            years.into_iter().enumerate().map(|(place, year)| match (year, &self.all[place]) {
                (Some(YearPairs { reported, recalculated }), _) => {
                    Ok(Computed { reported: figure(reported), recalculated: figure(recalculated) })
                }
                (None, Some(ledger)) => compute_year(rulebook, &members[place], ledger),
                (None, None) => Err(vec![no_ledger(&members[place])]),
            });
        figures.collect()
    }

    /// What every year amounts to, in CO2 equivalent; `None` where something is unusual and the
    /// year is to be computed singly.
    pub(super) fn compute(
        &self,
        rulebook: &Rulebook,
        members: &[Member],
        groups: &[Group],
    ) -> Vec<Option<YearPairs>> {
        let nothing = Sums([[Decimal::ZERO; 2]; 2]);
        let complete = |place: usize| {
            let ledger = self.get(place)?;
            let year = members.get(place)?.year;
            let whole = year.months().all(|month| ledger.months.contains_key(&month));
            (whole && ledger.months.len() == 12).then_some(nothing)
        };
        let mut sums: Vec<Option<Sums>> = (0..members.len()).map(complete).collect();
        for lines in &self.groups {
            if lines.add_to(&mut sums, rulebook, members).is_none() {
                lines.owners.iter().for_each(|owner| sums[*owner] = None);
            }
        }
        let mut years = vec![None; members.len()];
        for group in groups {
            equivalents(rulebook, members, group, &sums, &mut years);
        }
        years
    }
}

fn key<'a>(
    member: &'a Member,
    regions: &Regions,
    month: Month,
    known_on: Date,
    line: &'a Line,
) -> Key<'a> {
    let by_default = line.determination == Determination::Default;
    let declared = parameters(line).map(|declared| match declared {
        None => Declared::Nothing,
        Some(value) if by_default => Declared::Value(value),
        Some(value) => Declared::In(value.unit),
    });
    Key {
        year: member.year,
        industry: &member.industry,
        regions: regions.alike(&member.region),
        month,
        known_on,
        kind: line.kind,
        material: &line.material,
        determination: line.determination,
        unit: &line.amount.unit,
        declared,
    }
}

/// Lines on their way into columns.
struct Gathered<'a> {
    number: usize,
    example: &'a Line,
    month: Month,
    known_on: Date,
    owners: Vec<usize>,
    amounts: Vec<Rational>,
    parameters: [Vec<Rational>; 3],
}

impl<'a> Gathered<'a> {
    fn new(number: usize, example: &'a Line, month: Month, known_on: Date) -> Self {
        let (owners, amounts, parameters) = Default::default();
        Self { number, example, month, known_on, owners, amounts, parameters }
    }

    fn add(&mut self, owner: usize, line: &Line) {
        self.owners.push(owner);
        self.amounts.push(line.amount.value);
        let declared = [
            line.ncv.as_ref().map(|ncv| ncv.value),
            line.carbon_content.as_ref().map(|content| content.value),
            line.oxidation,
        ];
        for (column, value) in self.parameters.iter_mut().zip(declared) {
            column.extend(value);
        }
    }

    fn columns(self) -> Lines {
        let free = self.example.determination != Determination::Default;
        let units = parameters(self.example).map(|declared| declared.map(|value| value.unit));
        let mut parameters = [None, None, None];
        for ((place, values), unit) in parameters.iter_mut().zip(&self.parameters).zip(units) {
            *place = unit.filter(|_| free).map(|unit| Numbers::new(unit, values));
        }
        Lines {
            amounts: Numbers::new(self.example.amount.unit.clone(), &self.amounts),
            example: self.example.clone(),
            month: self.month,
            known_on: self.known_on,
            owners: self.owners,
            parameters,
        }
    }
}

impl Lines {
    /// Adds the emissions of these lines to the sums of their owners; `None` where something is
    /// unusual about all of them.
    fn add_to(
        &self,
        sums: &mut [Option<Sums>],
        rulebook: &Rulebook,
        members: &[Member],
    ) -> Option<()> {
        let member = members.get(*self.owners.first()?)?;
        let setting = member.setting(rulebook);
        let applied = compute_line(&setting, self.month, &self.example).ok()?;
        if !applied.standing.undecided.is_empty() {
            return None;
        }
        // Outside the boundary there is nothing to add.
        let (Some(method), Some(scope)) = (&applied.method, applied.scope) else {
            return Some(());
        };
        let columns = self.columns(&applied)?;
        let at = self.month.last_day();
        let context = setting.context(at);
        let of_month = rulebook.bulk(method, &context).ok()?.evaluate(&columns);
        let known = rulebook.bulk_known(method, &context, self.known_on).ok()?;
        // A fuel is not given the year, and so no decree about the year reaches it.
        let later = (self.example.kind == LineKind::Electricity && self.known_on != at)
            .then(|| known.evaluate(&columns));
        let of_month = Exact::new(&of_month, "tCO2");
        let later = later.as_ref().map(|later| Exact::new(later, "tCO2"));
        for (row, owner) in self.owners.iter().enumerate() {
            let Some(sum) = &mut sums[*owner] else { continue };
            let first = of_month.get(row);
            let second = match &later {
                Some(later) => later.get(row),
                None => first,
            };
            let added = first.zip(second).and_then(|both| sum.add(scope, both));
            if added.is_none() {
                sums[*owner] = None;
            }
        }
        Some(())
    }

    /// The inputs of the method; what the rulebook filled in is the same for all.
    fn columns(&self, applied: &LineFigure) -> Option<Columns> {
        let columns = Columns::new(self.owners.len());
        if self.example.kind == LineKind::Electricity {
            let year = Given::from(Value::Year(self.month.year().number()));
            return Some(self.amounts.put("electricity", columns).constant("year", year));
        }
        let mut columns = self.amounts.put("consumption", columns);
        for (name, declared) in PARAMETERS.into_iter().zip(&self.parameters) {
            columns = match declared {
                Some(declared) => declared.put(name, columns),
                None => {
                    let filled: Quantity = applied.inputs.get(name)?.parse().ok()?;
                    columns.constant(name, Given::from(filled))
                }
            };
        }
        Some(columns)
    }
}

impl Sums {
    fn add(&mut self, scope: Scope, (first, second): (Decimal, Decimal)) -> Option<()> {
        let place = usize::from(scope == Scope::Indirect);
        for (sums, added) in self.0.iter_mut().zip([first, second]) {
            sums[place] = sums[place].checked_add(added).ok()?;
        }
        Some(())
    }
}

/// tCO2 of the sums as tCO2e, by the rules of the year's last day.
fn equivalents(
    rulebook: &Rulebook,
    members: &[Member],
    group: &Group,
    sums: &[Option<Sums>],
    years: &mut [Option<YearPairs>],
) {
    let present: Vec<(usize, Sums)> =
        group.members.iter().filter_map(|place| Some((*place, sums[*place]?))).collect();
    let Some(example) = present.first().and_then(|(place, _)| members.get(*place)) else { return };
    let setting = example.setting(rulebook);
    let context = setting.context(example.year.last_day());
    let Ok(unit) = "tCO2".parse::<Unit>() else { return };
    let Ok(bulk) = rulebook.bulk(&rule_id::co2e(), &context) else { return };
    let convert = |pick: &dyn Fn(&Sums) -> Option<Decimal>| {
        let tonnes: Option<Vec<Decimal>> = present.iter().map(|(_, sums)| pick(sums)).collect();
        let column = Numbers::of_decimals(unit.clone(), &tonnes?);
        Some(bulk.evaluate(&column.put("emission", Columns::new(present.len()))))
    };
    let total = |[direct, indirect]: [Decimal; 2]| direct.checked_add(indirect).ok();
    let converted = (
        convert(&|sums| Some(sums.0[0][0])),
        convert(&|sums| total(sums.0[0])),
        convert(&|sums| Some(sums.0[1][0])),
        convert(&|sums| total(sums.0[1])),
    );
    let (Some(direct), Some(all), Some(direct_later), Some(all_later)) = converted else { return };
    let exact = |results| Exact::new(results, "tCO2e");
    let (direct, all) = (exact(&direct), exact(&all));
    let (direct_later, all_later) = (exact(&direct_later), exact(&all_later));
    for (row, (place, _)) in present.iter().enumerate() {
        let pair = |direct: &Exact<'_>, total: &Exact<'_>| direct.get(row).zip(total.get(row));
        let both = pair(&direct, &all).zip(pair(&direct_later, &all_later));
        years[*place] = both.map(|(reported, recalculated)| YearPairs { reported, recalculated });
    }
}
