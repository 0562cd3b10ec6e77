//! A rule tried on everybody: one value varied, and what each choice of it would come to.

use std::collections::BTreeMap;
use std::num::NonZero;
use std::ops::Range;
use std::thread;

use serde::Serialize;
use tanheng_base::{IndustryCode, RegionCode, Text, Year};
use tanheng_inventory::population::{
    Baseline, ClassVerdict, Judged, Ledgers, Member, Owed, Population, Reach, reach,
};
use tanheng_quantity::{Decimal, Rational};
use tanheng_rulebook::{Rulebook, Slot, SlotKind, Value};
use tanheng_store::record::RulebookPurpose;

use super::Draft;
use super::impact::{minus, plus};
use super::population::{Entry, load};
use crate::policy::{Action, Subject, authorise};
use crate::read::Reader;
use crate::{Failure, situation};

/// Most values that one trial takes.
const MOST_STEPS: usize = 1_000;

/// A place in the rules and the values it is to take in turn.
#[derive(Debug, Clone)]
pub struct Vary {
    /// The place.
    pub slot: Slot,
    /// What it reaches.
    pub reach: Reach,
    /// Unit of its values, where they are numbers with one.
    pub unit: Option<String>,
    /// The values, in order.
    pub values: Vec<Value>,
}

impl Vary {
    /// Reads `PLACE=FROM..TO` with a number of steps, or `PLACE=a,b,c`.
    ///
    /// # Errors
    /// `trial.spec`, `trial.steps`, `trial.range`, `trial.unused`, and what
    /// [`Rulebook::read_slot`] refuses.
    pub fn read(rulebook: &Rulebook, text: &str, steps: usize) -> Result<Self, Failure> {
        let (place, values) = text.split_once('=').ok_or_else(|| spec(text))?;
        let slot: Slot = place.parse().map_err(Failure::from)?;
        let kind = rulebook.slot_kind(&slot)?;
        let reach = reach(rulebook, &slot);
        if reach.is_nothing() {
            return Err(unused(&slot));
        }
        let values = match values.split_once("..") {
            Some((from, to)) => range(rulebook, &slot, (from.trim(), to.trim()), steps)?,
            None => values
                .split(',')
                .map(|value| rulebook.read_slot(&slot, value.trim()))
                .collect::<Result<_, _>>()?,
        };
        let unit = match kind {
            SlotKind::Number(unit) => Some(unit.to_string()).filter(|unit| unit != "1"),
            _ => None,
        };
        Ok(Self { slot, reach, unit, values })
    }
}

/// Values evenly between two, both included, exactly.
fn range(
    rulebook: &Rulebook,
    slot: &Slot,
    (from, to): (&str, &str),
    steps: usize,
) -> Result<Vec<Value>, Failure> {
    if !(2..=MOST_STEPS).contains(&steps) {
        return Err(Failure::refuse(
            "trial.steps",
            Text::new(format!("不能分 {steps} 步"), format!("{steps} steps are not possible")),
            Text::new(
                format!("步数取 2 至 {MOST_STEPS}，含两端"),
                format!("take 2 to {MOST_STEPS} steps; both ends are among them"),
            ),
        ));
    }
    let (first, last) = (rulebook.read_slot(slot, from)?, rulebook.read_slot(slot, to)?);
    let (Value::Number(first), Value::Number(last)) = (&first, &last) else {
        return Err(Failure::refuse(
            "trial.range",
            Text::new(
                format!("`{slot}` 不是数，没有区间"),
                format!("`{slot}` is no number and has no range"),
            ),
            Text::new("逐个列出取值，以逗号分隔", "list the values, separated by commas"),
        ));
    };
    if last.value <= first.value {
        return Err(Failure::refuse(
            "trial.range",
            Text::new(
                format!("区间 {from}..{to} 的上限不大于下限"),
                format!("the range {from}..{to} does not end above its beginning"),
            ),
            Text::new("从小写到大", "give the smaller value first"),
        ));
    }
    let inexact = |error: tanheng_quantity::NumberError| Failure::Evidence(error.to_string());
    let intervals = i64::try_from(steps - 1).map_err(|_| Failure::Stopped)?;
    let span = last.value.checked_sub(first.value).map_err(inexact)?;
    let width = span.checked_div(Rational::from(intervals)).map_err(inexact)?;
    (0..=intervals)
        .map(|step| {
            let above = width.checked_mul(Rational::from(step)).map_err(inexact)?;
            let value = first.value.checked_add(above).map_err(inexact)?;
            let unit = first.unit.clone();
            Ok(Value::Number(tanheng_quantity::Quantity::new(value, unit)))
        })
        .collect()
}

fn spec(text: &str) -> Failure {
    Failure::refuse(
        "trial.spec",
        Text::new(format!("`{text}` 没有写明取值"), format!("`{text}` names no values")),
        Text::new(
            "写作 参数=起..止 或 参数=值,值",
            "write parameter=from..to or parameter=value,value",
        ),
    )
}

fn unused(slot: &Slot) -> Failure {
    Failure::refuse(
        "trial.unused",
        Text::new(
            format!("`{slot}` 不影响企业年度的排放量、类别或义务"),
            format!("`{slot}` changes no emission, class or obligation of an enterprise's year"),
        ),
        Text::new(
            "选择核算方法、分类或抵销义务所用的参数，见 `tanheng rulebook show`",
            "choose one that methods, classes or obligations use, see `tanheng rulebook show`",
        ),
    )
}

/// What a rule would come to for one value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Step {
    /// The value, without unit; none for the rules in force.
    pub value: Option<String>,
    /// All together.
    #[serde(flatten)]
    pub all: Portion,
    /// Enterprises by why they have no tonnes: `no_benchmark`, `no_output`, `not_verified`,
    /// `open`.
    pub without: BTreeMap<&'static str, u64>,
    /// Enterprises by class; `open`, `no_figure` and `no_rule` where there is none.
    pub classes: BTreeMap<String, u64>,
    /// Enterprises whose class is another than by the rules in force.
    pub other_class: u64,
    /// Enterprises whose obligation is another than by the rules in force.
    pub other_obligation: u64,
    /// By region.
    pub regions: BTreeMap<RegionCode, Portion>,
    /// By industry.
    pub industries: BTreeMap<IndustryCode, Portion>,
    /// Enterprises that could not be worked out.
    pub not_computed: u64,
}

/// Some of the enterprises, summed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Portion {
    /// Enterprises that were worked out.
    pub enterprises: u64,
    /// Of them, how many owe tonnes.
    pub owing: u64,
    /// What they owe, tCO2e.
    pub tonnes: Decimal,
    /// Tonnes less those by the rules in force.
    pub difference: Decimal,
}

impl Default for Portion {
    fn default() -> Self {
        Self { enterprises: 0, owing: 0, tonnes: Decimal::ZERO, difference: Decimal::ZERO }
    }
}

impl Portion {
    fn add(&mut self, owed: &Owed) -> Result<(), Failure> {
        self.enterprises += 1;
        if let Owed::Tonnes { tonnes } = owed {
            self.owing += 1;
            self.tonnes = plus(self.tonnes, *tonnes)?;
        }
        Ok(())
    }

    fn since(&mut self, before: Option<&Self>) -> Result<(), Failure> {
        let before = before.map_or(Decimal::ZERO, |before| before.tonnes);
        self.difference = minus(self.tonnes, before)?;
        Ok(())
    }
}

/// What a trial gave. All its figures are trial figures.
#[derive(Debug, Clone, Serialize)]
pub struct Tried {
    /// Data year.
    pub year: Year,
    /// `law` or `example`.
    pub purpose: &'static str,
    /// The figures decide nothing.
    pub trial: bool,
    /// Version of the rulebook that was varied.
    pub version: String,
    /// The place that was varied.
    pub place: String,
    /// What it is called.
    pub title: Text,
    /// Unit of its values.
    pub unit: Option<String>,
    /// Its values in force at the end of the year: several where regions differ, none where the
    /// law gives none.
    pub in_force: Vec<String>,
    /// What it reaches.
    pub reach: Reach,
    /// Enterprises without a report of the year, which take no part.
    pub without_report: usize,
    /// By the rules as they stand.
    pub before: Step,
    /// By each value.
    pub steps: Vec<Step>,
}

/// A population held ready for one place of one rulebook to be varied.
#[derive(Debug)]
pub struct Held<'a> {
    rulebook: &'a Rulebook,
    population: &'a Population,
    baseline: Baseline<'a>,
}

impl<'a> Held<'a> {
    /// Judges a population by the rules in force.
    #[must_use]
    pub fn new(rulebook: &'a Rulebook, population: &'a Population, vary: &Vary) -> Self {
        Self { rulebook, population, baseline: population.begin(rulebook, vary.reach) }
    }
}

/// Tries values one after the other, on all processors. The first step is by the rules in
/// force, and every other is compared with it.
///
/// # Errors
/// When a sum cannot be held exactly.
pub fn try_values(held: &Held<'_>, vary: &Vary) -> Result<(Step, Vec<Step>), Failure> {
    let verdicts = held.baseline.verdicts();
    let members = held.population.members();
    let before = step(members, None, verdicts, None)?;
    let count = vary.values.len();
    let workers = thread::available_parallelism().map_or(1, NonZero::get).min(count.max(1));
    let share = |worker: usize| count * worker / workers..count * (worker + 1) / workers;
    let work = |range: Range<usize>| -> Result<Vec<Step>, Failure> {
        let tried = vary.values[range].iter().map(|value| {
            let varied = held.rulebook.varied(&vary.slot, value)?;
            let judged = held.population.try_rules(&held.baseline, &varied);
            step(members, Some(value.bare()), &judged, Some((verdicts, &before)))
        });
        tried.collect()
    };
    let parts: Vec<Result<Vec<Step>, Failure>> = thread::scope(|scope| {
        let threads: Vec<_> =
            (0..workers).map(|worker| scope.spawn(move || work(share(worker)))).collect();
        let joined = threads
            .into_iter()
            .map(|thread| thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        joined.collect()
    });
    let mut steps = Vec::with_capacity(count);
    for part in parts {
        steps.extend(part?);
    }
    Ok((before, steps))
}

/// Sums what came out for one value.
fn step(
    members: &[Member],
    value: Option<String>,
    judged: &[Judged],
    before: Option<(&[Judged], &Step)>,
) -> Result<Step, Failure> {
    let mut sums = Sums::default();
    for (place, (member, judged)) in members.iter().zip(judged).enumerate() {
        let Ok(verdict) = judged else {
            sums.not_computed += 1;
            continue;
        };
        sums.all.add(&verdict.owed)?;
        sums.regions.entry(&member.region).or_default().add(&verdict.owed)?;
        sums.industries.entry(&member.industry).or_default().add(&verdict.owed)?;
        if let Some(reason) = without(&verdict.owed) {
            *sums.without.entry(reason).or_default() += 1;
        }
        *sums.classes.entry(class_name(&verdict.class)).or_default() += 1;
        if let Some((verdicts, _)) = before
            && let Some(Ok(own)) = verdicts.get(place)
        {
            sums.other_class += u64::from(own.class != verdict.class);
            sums.other_obligation += u64::from(own.owed != verdict.owed);
        }
    }
    let mut step = sums.told(value);
    if let Some((_, before)) = before {
        step.all.since(Some(&before.all))?;
        for (region, portion) in &mut step.regions {
            portion.since(before.regions.get(region))?;
        }
        for (industry, portion) in &mut step.industries {
            portion.since(before.industries.get(industry))?;
        }
    }
    Ok(step)
}

/// Sums under way; what they are told apart by is borrowed.
#[derive(Default)]
struct Sums<'a> {
    all: Portion,
    without: BTreeMap<&'static str, u64>,
    classes: BTreeMap<&'a str, u64>,
    other_class: u64,
    other_obligation: u64,
    regions: BTreeMap<&'a RegionCode, Portion>,
    industries: BTreeMap<&'a IndustryCode, Portion>,
    not_computed: u64,
}

impl Sums<'_> {
    fn told(self, value: Option<String>) -> Step {
        let classes = self.classes.into_iter().map(|(class, count)| (class.to_owned(), count));
        Step {
            value,
            all: self.all,
            without: self.without,
            classes: classes.collect(),
            other_class: self.other_class,
            other_obligation: self.other_obligation,
            regions: self.regions.into_iter().map(|(key, sum)| (key.clone(), sum)).collect(),
            industries: self.industries.into_iter().map(|(key, sum)| (key.clone(), sum)).collect(),
            not_computed: self.not_computed,
        }
    }
}

fn class_name(class: &ClassVerdict) -> &str {
    match class {
        ClassVerdict::Class { class } => &class.0,
        ClassVerdict::Open => "open",
        ClassVerdict::NoFigure => "no_figure",
        ClassVerdict::NoRule => "no_rule",
    }
}

fn without(owed: &Owed) -> Option<&'static str> {
    Some(match owed {
        Owed::Tonnes { .. } | Owed::Nothing => return None,
        Owed::NoBenchmark => "no_benchmark",
        Owed::NoOutput => "no_output",
        Owed::NotVerified => "not_verified",
        Owed::Open => "open",
    })
}

impl Reader {
    /// The reports of a year, by default those of the newest, ready to try rules on; with their
    /// ledgers where `reach` needs them.
    ///
    /// # Errors
    /// `policy.not_allowed`, `trial.no_report`, or a failure of storage.
    pub fn population(
        &self,
        rulebook: &Rulebook,
        reach: Reach,
        year: Option<Year>,
    ) -> Result<Population, Failure> {
        self.read(|sql| {
            authorise(sql, &self.actor, Action::TryRulebook, Subject::Book)?;
            let loaded = load(self, sql, year, reach.months)?;
            Ok(population(rulebook, loaded.entries, reach))
        })
    }

    /// Tries values of one place on the reports of a year, by default those of the newest. The
    /// rules are those in force for `purpose`, with a draft laid over where there is one.
    /// `purpose` is the example rulebook by default, where the book has one.
    ///
    /// # Errors
    /// `policy.not_allowed`, `rulebook.none`, what [`Vary::read`] refuses, what is wrong with
    /// the draft, `trial.no_report`, or a failure of storage.
    pub fn try_rules(
        &self,
        base: &Base,
        purpose: Option<RulebookPurpose>,
        (vary, steps): (&str, usize),
        year: Option<Year>,
    ) -> Result<Tried, Failure> {
        self.read(|sql| {
            authorise(sql, &self.actor, Action::TryRulebook, Subject::Book)?;
            let example = self.rulebooks.latest(sql, RulebookPurpose::Example)?;
            let purpose = purpose.unwrap_or(match example {
                Some(_) => RulebookPurpose::Example,
                None => RulebookPurpose::Law,
            });
            let current = self.rulebooks.latest(sql, purpose)?.ok_or_else(none)?;
            let other = match base {
                Base::Current => None,
                Base::Draft(draft) => Some(draft.load(purpose, &current)?),
                Base::Whole(draft) => Some(situation::load(draft.over(purpose, &[]))?),
            };
            let rulebook = other.as_ref().unwrap_or(&current);
            let vary = Vary::read(rulebook, vary, steps)?;
            let mut loaded = load(self, sql, year, vary.reach.months)?;
            let entries = std::mem::take(&mut loaded.entries);
            let population = population(rulebook, entries, vary.reach);
            let held = Held::new(rulebook, &population, &vary);
            let (mut before, mut steps) = try_values(&held, &vary)?;
            let failed = u64::try_from(loaded.failed.len()).unwrap_or(u64::MAX);
            before.not_computed += failed;
            steps.iter_mut().for_each(|step| step.not_computed += failed);
            Ok(Tried {
                year: loaded.year,
                purpose: purpose.name(),
                trial: true,
                version: rulebook.version().as_str().to_owned(),
                place: vary.slot.to_string(),
                title: title(rulebook, &vary.slot),
                unit: vary.unit.clone(),
                in_force: in_force(rulebook, &vary.slot, loaded.year),
                reach: vary.reach,
                without_report: loaded.without_report,
                before,
                steps,
            })
        })
    }
}

/// The reports that count, in columns.
fn population(rulebook: &Rulebook, entries: Vec<Entry>, reach: Reach) -> Population {
    let counting = entries.into_iter().filter(|entry| entry.counts);
    let (members, ledgers): (Vec<_>, Vec<_>) =
        counting.map(|entry| (entry.member, entry.ledger)).unzip();
    if !reach.months {
        return Population::new(rulebook, members);
    }
    let ledgers = Ledgers::new(rulebook, &members, ledgers);
    Population::new(rulebook, members).with_ledgers(ledgers)
}

/// What a trial starts from.
#[derive(Debug, Clone)]
pub enum Base {
    /// The rules that are published.
    Current,
    /// A draft laid over them.
    Draft(Draft),
    /// Packs alone, whatever is published.
    Whole(Draft),
}

fn none() -> Failure {
    Failure::refuse(
        "rulebook.none",
        Text::new("本库尚未发布规则库", "this book has no rulebook yet"),
        Text::new("请先发布规则库", "publish a rulebook first"),
    )
}

fn title(rulebook: &Rulebook, slot: &Slot) -> Text {
    let found = match slot {
        Slot::Parameter(id) => rulebook.parameter(id).map(|parameter| &parameter.title),
        Slot::Cell { table, .. } => rulebook.table(table).map(|table| &table.title),
    };
    found.cloned().unwrap_or_else(|| Text::new(slot.to_string(), slot.to_string()))
}

/// The values of the last day of a year, each once.
fn in_force(rulebook: &Rulebook, slot: &Slot, year: Year) -> Vec<String> {
    let at = year.last_day();
    let mut values: Vec<String> = Vec::new();
    for region in rulebook.regions() {
        let found = match slot {
            Slot::Parameter(id) => rulebook.resolve(id, at, &region.code),
            Slot::Cell { table, column, keys } => {
                rulebook.lookup(table, column, keys, at, &region.code)
            }
        };
        if let Ok(found) = found
            && !values.contains(&found.written)
        {
            values.push(found.written);
        }
    }
    values
}
