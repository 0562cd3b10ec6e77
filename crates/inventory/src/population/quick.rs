//! The quick way: what applies is asked once for each group, numbers are worked out in columns.

use tanheng_base::{Code, Problem, Text};
use tanheng_quantity::{Decimal, Quantity, Rational, Unit};
use tanheng_rulebook::{Columns, EvalError, Given, Results, Rulebook, Value};

use super::column::{Exact, Numbers};
use super::group::{Group, Pair, Values, groups};
use super::months::{Ledgers, YearPairs};
use super::reach::Reach;
use super::{ClassVerdict, Member, Owed, Verdict, compute_year, judge, shifted};
use crate::benchmark::{Product, Published};
use crate::class::{Class, boundary_pick, choices, figure_order};
use crate::figure::{Figure, FigureKind};
use crate::obligation::{Prepared, prepare, round_to, rounding_of};
use crate::rule_id;
use crate::setting::Setting;
use crate::standing::Standing;

/// What rules make of a member, or why nothing.
pub type Judged = Result<Verdict, Vec<Problem>>;

/// Enterprises on which rules are tried, loaded once.
#[derive(Debug, Clone)]
pub struct Population {
    members: Vec<Member>,
    values: Vec<Values>,
    groups: Vec<Group>,
    ledgers: Option<Ledgers>,
}

/// What the rules in force make of a population: what a trial is compared with.
#[derive(Debug, Clone)]
pub struct Baseline<'a> {
    rulebook: &'a Rulebook,
    reach: Reach,
    verdicts: Vec<Judged>,
    years: Vec<Option<YearPairs>>,
}

impl Baseline<'_> {
    /// What the rules in force make of each member.
    pub fn verdicts(&self) -> &[Judged] {
        &self.verdicts
    }
}

impl Population {
    /// A population under a rulebook. It may be judged by this rulebook and by those that differ
    /// from it in a value: which rules bind in which region has to be the same.
    #[must_use]
    pub fn new(rulebook: &Rulebook, members: Vec<Member>) -> Self {
        let values = members.iter().map(|member| Values::of(&member.figures)).collect();
        let groups = groups(rulebook, &members);
        Self { members, values, groups, ledgers: None }
    }

    /// The same with its ledgers, without which no rule can be tried that computes lines.
    #[must_use]
    pub fn with_ledgers(self, ledgers: Ledgers) -> Self {
        Self { ledgers: Some(ledgers), ..self }
    }

    /// The members.
    #[must_use]
    pub fn members(&self) -> &[Member] {
        &self.members
    }

    /// What the rules in force make of everybody. `reach` says what later trials change, so that
    /// nothing else is worked out again.
    #[must_use]
    pub fn begin<'a>(&self, rulebook: &'a Rulebook, reach: Reach) -> Baseline<'a> {
        let verdicts = self.judge(rulebook, &self.values, None, Reach::ALL, &|place| {
            judge(rulebook, &self.members[place])
        });
        let years = match &self.ledgers {
            Some(ledgers) if reach.months => ledgers.compute(rulebook, &self.members, &self.groups),
            _ => Vec::new(),
        };
        Baseline { rulebook, reach, verdicts, years }
    }

    /// What a rulebook makes of everybody that differs from that of the baseline within its
    /// reach.
    #[must_use]
    pub fn try_rules(&self, baseline: &Baseline<'_>, rulebook: &Rulebook) -> Vec<Judged> {
        let reach = baseline.reach;
        let singly = |place: usize| self.singly(baseline, rulebook, place);
        if !reach.months {
            let known = Some(baseline.verdicts.as_slice());
            return self.judge(rulebook, &self.values, known, reach, &singly);
        }
        let Some(ledgers) = &self.ledgers else {
            return (0..self.members.len()).map(singly).collect();
        };
        let years = ledgers.compute(rulebook, &self.members, &self.groups);
        let moved = |place: usize| {
            let (before, after) = (baseline.years.get(place)?.as_ref()?, years[place]?);
            self.values[place].map(|kind, pair| {
                let reported = kind == FigureKind::Reported;
                let pick = |year: &YearPairs| {
                    if reported { year.reported } else { year.recalculated }
                };
                shift(pair, pick(before), pick(&after))
            })
        };
        let values: Vec<Option<Values>> = (0..self.members.len()).map(moved).collect();
        // What could not be moved is worked out singly and needs no figure here.
        let filled: Vec<Values> =
            values.iter().zip(&self.values).map(|(moved, own)| moved.unwrap_or(*own)).collect();
        let mut verdicts = self.judge(rulebook, &filled, None, Reach::ALL, &singly);
        for (place, moved) in values.iter().enumerate() {
            if moved.is_none() {
                verdicts[place] = singly(place);
            }
        }
        verdicts
    }

    /// The same for one member, the way of a real decision: what the quick way has to equal.
    ///
    /// # Errors
    /// As [`judge`] and [`compute_year`]; `trial.no_ledger` where the lines are asked for and
    /// are not there.
    pub fn singly(&self, baseline: &Baseline<'_>, rulebook: &Rulebook, place: usize) -> Judged {
        let member = &self.members[place];
        if !baseline.reach.months {
            return judge(rulebook, member);
        }
        let ledger = self.ledgers.as_ref().and_then(|ledgers| ledgers.get(place));
        let ledger = ledger.ok_or_else(|| vec![no_ledger(member)])?;
        let before = compute_year(baseline.rulebook, member, ledger)?;
        let after = compute_year(rulebook, member, ledger)?;
        let figures = shifted(&member.figures, &before, &after)?;
        judge(rulebook, &Member { figures, ..member.clone() })
    }

    fn judge(
        &self,
        rulebook: &Rulebook,
        values: &[Values],
        known: Option<&[Judged]>,
        reach: Reach,
        singly: &dyn Fn(usize) -> Judged,
    ) -> Vec<Judged> {
        let mut judged: Vec<Option<Judged>> = vec![None; self.members.len()];
        for group in &self.groups {
            let work = Work { rulebook, group, members: &self.members, values, known };
            let rows = group.members.len();
            let classes = if reach.classes { work.classes() } else { work.known_classes() };
            let owed = if reach.obligations { work.obligations() } else { work.known_owed() };
            for row in 0..rows {
                let place = group.members[row];
                let emission = values[place].in_force().map(|(_, (_, total))| total);
                let (class, owed) = (classes[row].clone(), owed[row]);
                judged[place] =
                    class.zip(owed).map(|(class, owed)| Ok(Verdict { emission, class, owed }));
            }
        }
        let judged = judged.into_iter().enumerate();
        judged.map(|(place, judged)| judged.unwrap_or_else(|| singly(place))).collect()
    }
}

/// A trial asks for lines that are not there any more.
#[must_use]
pub fn no_ledger(member: &Member) -> Problem {
    let (enterprise, year) = (&member.enterprise, member.year);
    Problem::new(
        Code("trial.no_ledger"),
        Text::new(
            format!("{enterprise} {year}年的台账行不在库中，无法按试算规则重算"),
            format!("the ledger lines of {enterprise} for {year} are not there to compute again"),
        ),
        Text::new(
            "内容已擦除的企业不参与涉及核算方法的试算",
            "enterprises whose content was erased take no part in trials of accounting methods",
        ),
    )
}

/// As [`shifted`] moves a figure.
fn shift(figure: Pair, from: Pair, to: Pair) -> Option<Pair> {
    let moved = |figure: Decimal, from: Decimal, to: Decimal| {
        figure.checked_sub(from).and_then(|rest| rest.checked_add(to)).ok()
    };
    let (direct, total) = (moved(figure.0, from.0, to.0)?, moved(figure.1, from.1, to.1)?);
    Figure::stated(direct, total).ok().map(|_| (direct, total))
}

/// One group under one rulebook.
struct Work<'a> {
    rulebook: &'a Rulebook,
    group: &'a Group,
    members: &'a [Member],
    values: &'a [Values],
    known: Option<&'a [Judged]>,
}

type Rows<T> = Vec<Option<T>>;

impl Work<'_> {
    fn example(&self) -> &Member {
        &self.members[self.group.members[0]]
    }

    fn setting(&self) -> Setting<'_> {
        self.example().setting(self.rulebook)
    }

    fn rows(&self) -> usize {
        self.group.members.len()
    }

    fn verdicts(&self) -> impl Iterator<Item = Option<&Verdict>> {
        let known = self.known.unwrap_or_default();
        self.group.members.iter().map(move |place| known.get(*place)?.as_ref().ok())
    }

    fn known_classes(&self) -> Rows<ClassVerdict> {
        self.verdicts().map(|verdict| Some(verdict?.class.clone())).collect()
    }

    fn known_owed(&self) -> Rows<Owed> {
        self.verdicts().map(|verdict| Some(verdict?.owed)).collect()
    }

    fn all<T: Clone>(&self, verdict: Option<T>) -> Rows<T> {
        vec![verdict; self.rows()]
    }

    /// One number of each member.
    fn column(&self, pick: impl Fn(&Values) -> Option<Decimal>) -> Option<Numbers> {
        let unit: Unit = "tCO2e".parse().ok()?;
        let numbers = self.group.members.iter().map(|place| pick(&self.values[*place]));
        Some(Numbers::of_decimals(unit, &numbers.collect::<Option<Vec<Decimal>>>()?))
    }

    /// As [`crate::classify`]; `None` for whom it has to be asked.
    fn classes(&self) -> Rows<ClassVerdict> {
        self.try_classes().unwrap_or_else(|| self.all(None))
    }

    fn try_classes(&self) -> Option<Rows<ClassVerdict>> {
        let (setting, at) = (self.setting(), self.example().year.last_day());
        let found = choices(&setting, at, &mut Standing::default()).ok()?;
        let Some((boundary, figure)) = found else {
            return Some(self.all(Some(ClassVerdict::NoRule)));
        };
        let example = &self.values[self.group.members[0]];
        if example.in_force().is_none() {
            return Some(self.all(Some(ClassVerdict::NoFigure)));
        }
        let mut readings: Vec<Results> = Vec::new();
        let mut waiting = false;
        for figure_word in &figure.words {
            let order = figure_order(figure_word).ok()?;
            for boundary_word in &boundary.words {
                let pick = boundary_pick(boundary_word).ok()?;
                let taken = order.iter().copied().find(|kind| example.get(*kind).is_some());
                let Some(kind) = taken else {
                    waiting = true;
                    continue;
                };
                let column = self.column(|values| {
                    let (direct, total) = values.get(kind)?;
                    Some(pick(&Figure { direct, total, standing: Standing::default() }))
                })?;
                let bulk = match self.rulebook.bulk(&rule_id::class(), &setting.context(at)) {
                    Ok(bulk) => bulk,
                    Err(EvalError::NoMethod { .. }) => {
                        return Some(self.all(Some(ClassVerdict::NoRule)));
                    }
                    Err(_) => return None,
                };
                let columns = column.put("annual_emission", Columns::new(self.rows()));
                readings.push(bulk.evaluate(&columns));
            }
        }
        Some((0..self.rows()).map(|row| agreed(&readings, waiting, row)).collect())
    }

    /// As [`crate::obligation`]; `None` for whom it has to be asked.
    fn obligations(&self) -> Rows<Owed> {
        let example = self.example();
        let Some((kind, _)) = self.values[self.group.members[0]].in_force() else {
            return self.all(Some(Owed::NotVerified));
        };
        let (year, listed) = (example.year, example.listed);
        match prepare(&self.setting(), year, kind, &example.outputs, listed) {
            Err(_) => self.all(None),
            Ok(Prepared::Decided(outcome)) => self.all(Some(Owed::from(&outcome))),
            Ok(Prepared::Ready { boundary, published }) => {
                let rows = self.tonnes(kind, boundary.word(), &published);
                rows.unwrap_or_else(|| self.all(None))
            }
        }
    }

    fn tonnes(
        &self,
        kind: FigureKind,
        boundary: &str,
        published: &Published,
    ) -> Option<Rows<Owed>> {
        let (setting, year) = (self.setting(), self.example().year);
        let context = setting.context(year.last_day());
        let pick = boundary_pick(boundary).ok()?;
        let verified = self.column(|values| {
            let (direct, total) = values.get(kind)?;
            Some(pick(&Figure { direct, total, standing: Standing::default() }))
        })?;
        let columns = verified.put("verified", Columns::new(self.rows()));
        let columns = match published.by_output() {
            Some(products) => self.benchmarks(&setting, products)?.put("benchmark", columns),
            None => {
                let at = year.last_day();
                let computed = published.compute(&setting, at, &mut Standing::default()).ok()?;
                columns.constant("benchmark", Given::from(computed.emission))
            }
        };
        let excess = self.rulebook.bulk(&rule_id::offset_excess(), &context).ok()?;
        let results = excess.evaluate(&columns);
        let rounding = rounding_of(&setting, year).ok()?;
        let exact = Exact::new(&results, "tCO2e");
        let owed = |row| {
            let exact = exact.get(row)?;
            let tonnes = match rounding {
                Some(rounding) => round_to(exact, rounding).ok()?,
                None => exact,
            };
            Some(Owed::of_tonnes(tonnes))
        };
        Some((0..self.rows()).map(owed).collect())
    }

    /// The benchmark emissions, summed over products; `None` where one has an error.
    fn benchmarks(&self, setting: &Setting<'_>, products: &[Product]) -> Option<Benchmarks> {
        let context = setting.context(self.example().year.last_day());
        let bulk = self.rulebook.bulk(&rule_id::benchmark_emission(), &context).ok()?;
        let mut sums: Vec<Option<Quantity>> = self.all(None);
        let mut alone = None;
        for product in products {
            let columns = Columns::new(self.rows())
                .constant("industry", setting.industry.as_str())
                .constant("product", product.code.as_str());
            let results = bulk.evaluate(&self.output(product, columns)?);
            if products.len() == 1 && results.errors().next().is_none() {
                alone = results.numbers().and_then(|numbers| {
                    let mantissas = (0..self.rows()).map(|row| numbers.mantissa(row));
                    Numbers::of_mantissas(numbers.unit.clone(), numbers.scale, mantissas)
                });
            }
            if alone.is_some() {
                break;
            }
            for (row, sum) in sums.iter_mut().enumerate() {
                let Ok(Value::Number(emission)) = results.get(row) else { return None };
                *sum = Some(match sum {
                    Some(before) => before.checked_add(&emission).ok()?,
                    None => emission,
                });
            }
        }
        match alone {
            Some(numbers) => Some(Benchmarks::Column(numbers)),
            None => Some(Benchmarks::Singly(sums.into_iter().collect::<Option<Vec<_>>>()?)),
        }
    }

    /// The output of a product.
    fn output(&self, product: &Product, columns: Columns) -> Option<Columns> {
        let mut called = self.group.outputs.iter().filter(|(name, _)| product.is_called(name));
        match (called.next(), called.next()) {
            (Some((_, only)), None) => Some(only.put("output", columns)),
            _ => {
                let outputs =
                    self.group.members.iter().map(|place| {
                        product.output_of(&self.members[*place].outputs).ok().flatten()
                    });
                let outputs = outputs.collect::<Option<Vec<Quantity>>>()?;
                let unit = outputs.first()?.unit.clone();
                let numbers: Vec<Rational> = outputs.iter().map(|output| output.value).collect();
                Some(Numbers::new(unit, &numbers).put("output", columns))
            }
        }
    }
}

/// Benchmark emissions of a group.
enum Benchmarks {
    Column(Numbers),
    Singly(Vec<Quantity>),
}

impl Benchmarks {
    fn put(&self, name: &str, columns: Columns) -> Columns {
        match self {
            Self::Column(numbers) => numbers.put(name, columns),
            Self::Singly(quantities) => {
                let rows = quantities.len();
                let columns = columns.numbers(name, Unit::one(), 0, vec![0; rows]);
                quantities.iter().enumerate().fold(columns, |columns, (row, quantity)| {
                    columns.cell(name, row, Given::from(quantity.clone()))
                })
            }
        }
    }
}

/// The class on which all readings agree; `None` where a reading has an error.
fn agreed(readings: &[Results], waiting: bool, row: usize) -> Option<ClassVerdict> {
    let classes = readings.iter().map(|results| results.get(row).ok().map(|class| class.bare()));
    let classes = classes.collect::<Option<Vec<String>>>()?;
    let first = classes.first().filter(|_| !waiting);
    let agreed = first.filter(|first| classes.iter().all(|class| class == *first));
    Some(match agreed {
        Some(class) => ClassVerdict::Class { class: Class(class.clone()) },
        None => ClassVerdict::Open,
    })
}
