//! What a draft of rules would change, before anybody publishes it.
//!
//! Everything is computed twice by the code of a real decision, with the rules in force and with
//! the draft, and nothing is written. What is determined already stays as it is: the impact tells
//! it apart from what is still to be decided.

use std::collections::BTreeMap;

use serde::Serialize;
use tanheng_base::{EnterpriseId, IndustryCode, Month, Problem, RegionCode, Year};
use tanheng_inventory::population::{
    ClassVerdict, Computed, Owed, Reach, Verdict, compute_year, judge, reach_of, shifted,
};
use tanheng_inventory::{Setting, compute_month};
use tanheng_quantity::Decimal;
use tanheng_rulebook::difference::{Difference, compare};
use tanheng_rulebook::{Rulebook, run_cases};
use tanheng_store::Database;
use tanheng_store::record::{Enterprise, LedgerLine, MonthFigure, RulebookPurpose};

use super::Draft;
use super::population::{Entry, Loaded, load};
use crate::ledger::from_store;
use crate::policy::{Action, Subject, authorise};
use crate::read::Reader;
use crate::{Failure, report};

/// What a draft would change.
#[derive(Debug, Clone, Serialize)]
pub struct Impact {
    /// The data year that it was worked out on.
    pub year: Year,
    /// By law, and where the book has one by the example rulebook; only what the draft changes.
    pub purposes: Vec<PurposeImpact>,
}

/// What a draft would change of one of a book's rulebooks.
#[derive(Debug, Clone, Serialize)]
pub struct PurposeImpact {
    /// `law` or `example`.
    pub purpose: &'static str,
    /// Figures by an example rulebook decide nothing.
    pub trial: bool,
    /// What differs in the rules.
    pub difference: Difference,
    /// Worked cases that the draft breaks, by name: either the rule or the case is wrong.
    pub broken_cases: Vec<String>,
    /// What of an enterprise's year that can reach.
    pub reach: Reach,
    /// Enterprises with a report of the year that were worked out under both.
    pub compared: usize,
    /// Enterprises without a report of the year.
    pub without_report: usize,
    /// Determined figures by the rulebook version they were computed with: they stay as they
    /// are, whatever is published.
    pub frozen: BTreeMap<String, usize>,
    /// Who changes class. Classes are decided by law alone.
    pub classes: Vec<ClassChange>,
    /// Whose obligation changes.
    pub obligations: Vec<ObligationChange>,
    /// Filings not yet determined that would be computed otherwise.
    pub drafts: Vec<FilingChange>,
    /// Sums over all.
    pub totals: Totals,
    /// Of them over what is determined already.
    pub totals_frozen: Totals,
    /// Of them over what is still to be determined.
    pub totals_open: Totals,
    /// Sums by region.
    pub regions: BTreeMap<RegionCode, Totals>,
    /// Who could not be worked out, and why.
    pub not_computed: Vec<NotComputed>,
}

/// Who is meant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Who {
    /// Enterprise.
    pub enterprise: EnterpriseId,
    /// Its name.
    pub name: String,
    /// Its region.
    pub region: RegionCode,
    /// Its industry.
    pub industry: IndustryCode,
}

/// An enterprise whose class changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ClassChange {
    /// Who.
    #[serde(flatten)]
    pub who: Who,
    /// By the rules in force.
    pub from: ClassVerdict,
    /// By the draft.
    pub to: ClassVerdict,
    /// It is determined already and stays.
    pub frozen: bool,
}

/// An enterprise whose obligation changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ObligationChange {
    /// Who.
    #[serde(flatten)]
    pub who: Who,
    /// By the rules in force.
    pub before: Owed,
    /// By the draft.
    pub after: Owed,
    /// Tonnes after less tonnes before, where none count as zero.
    pub difference: Decimal,
    /// It is determined already and stays.
    pub frozen: bool,
}

/// A filing, not yet determined, that would be computed otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FilingChange {
    /// Who.
    #[serde(flatten)]
    pub who: Who,
    /// The filing.
    pub filing: String,
    /// Its month or year.
    pub period: String,
    /// Emission by the rules in force, tCO2 of a month and tCO2e of a year; none without figure.
    pub emission_before: Option<Decimal>,
    /// Emission by the draft.
    pub emission_after: Option<Decimal>,
    /// Its obligation or class changes.
    pub consequences: bool,
}

/// An enterprise that could not be worked out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NotComputed {
    /// Who.
    #[serde(flatten)]
    pub who: Who,
    /// Why.
    pub problems: Vec<Problem>,
}

/// Sums before and after.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Totals {
    /// Enterprises.
    pub enterprises: u64,
    /// Enterprises that owe tonnes by the rules in force.
    pub owing_before: u64,
    /// Enterprises that owe tonnes by the draft.
    pub owing_after: u64,
    /// Tonnes by the rules in force, tCO2e.
    pub before: Decimal,
    /// Tonnes by the draft, tCO2e.
    pub after: Decimal,
    /// The second less the first.
    pub difference: Decimal,
}

impl Default for Totals {
    fn default() -> Self {
        let zero = Decimal::ZERO;
        Self {
            enterprises: 0,
            owing_before: 0,
            owing_after: 0,
            before: zero,
            after: zero,
            difference: zero,
        }
    }
}

impl Totals {
    fn add(&mut self, before: &Owed, after: &Owed) -> Result<(), Failure> {
        self.enterprises += 1;
        self.owing_before += u64::from(matches!(before, Owed::Tonnes { .. }));
        self.owing_after += u64::from(matches!(after, Owed::Tonnes { .. }));
        self.before = plus(self.before, tonnes(before))?;
        self.after = plus(self.after, tonnes(after))?;
        self.difference = minus(self.after, self.before)?;
        Ok(())
    }
}

fn tonnes(owed: &Owed) -> Decimal {
    owed.tonnes().unwrap_or(Decimal::ZERO)
}

pub(super) fn plus(left: Decimal, right: Decimal) -> Result<Decimal, Failure> {
    left.checked_add(right).map_err(|error| Failure::Evidence(error.to_string()))
}

pub(super) fn minus(left: Decimal, right: Decimal) -> Result<Decimal, Failure> {
    let difference = left.checked_sub(right).map(Decimal::normalized);
    difference.map_err(|error| Failure::Evidence(error.to_string()))
}

impl Reader {
    /// What a draft would change on the reports of a year, those of the newest by default.
    /// Nothing is written.
    ///
    /// # Errors
    /// `policy.not_allowed`, what is wrong with the draft, `rulebook.none`, `trial.no_report`,
    /// or a failure of storage.
    pub fn impact(&self, draft: &Draft, year: Option<Year>) -> Result<Impact, Failure> {
        self.read(|sql| {
            authorise(sql, &self.actor, Action::TryRulebook, Subject::Book)?;
            let mut purposes = Vec::new();
            let mut told = year;
            for purpose in [RulebookPurpose::Law, RulebookPurpose::Example] {
                let Some(current) = self.rulebooks.latest(sql, purpose)? else { continue };
                let drafted = draft.load(purpose, &current)?;
                let difference = compare(&current, &drafted);
                if difference.is_empty() {
                    continue;
                }
                let reach = reach_of(&current, &drafted, &difference);
                let loaded = load(self, sql, year, reach.months)?;
                told = Some(loaded.year);
                let work = Work { sql, purpose, current: &current, drafted: &drafted, reach };
                purposes.push(work.impact(difference, loaded)?);
            }
            let year = match told {
                Some(year) => year,
                None => load(self, sql, None, false)?.year,
            };
            Ok(Impact { year, purposes })
        })
    }
}

/// One rulebook of a book and its draft.
struct Work<'a> {
    sql: &'a Database,
    purpose: RulebookPurpose,
    current: &'a Rulebook,
    drafted: &'a Rulebook,
    reach: Reach,
}

/// A report under both.
struct Both {
    before: Verdict,
    after: Verdict,
}

impl Work<'_> {
    fn impact(&self, difference: Difference, loaded: Loaded) -> Result<PurposeImpact, Failure> {
        let mut impact = PurposeImpact {
            purpose: self.purpose.name(),
            trial: self.purpose == RulebookPurpose::Example,
            difference,
            broken_cases: broken_cases(self.drafted),
            reach: self.reach,
            compared: 0,
            without_report: loaded.without_report,
            frozen: BTreeMap::new(),
            classes: Vec::new(),
            obligations: Vec::new(),
            drafts: Vec::new(),
            totals: Totals::default(),
            totals_frozen: Totals::default(),
            totals_open: Totals::default(),
            regions: BTreeMap::new(),
            not_computed: Vec::new(),
        };
        for (enterprise, problems) in loaded.failed {
            impact.not_computed.push(NotComputed { who: of(&enterprise), problems });
        }
        for entry in &loaded.entries {
            let who = Who {
                enterprise: entry.member.enterprise.clone(),
                name: entry.name.clone(),
                region: entry.member.region.clone(),
                industry: entry.member.industry.clone(),
            };
            match self.both(entry) {
                Ok(both) => self.note(&mut impact, entry, who, &both)?,
                Err(problems) => impact.not_computed.push(NotComputed { who, problems }),
            }
        }
        if self.reach.months {
            for enterprise in &loaded.enterprises {
                self.months(&mut impact, enterprise)?;
            }
        }
        Ok(impact)
    }

    /// A report by the rules in force and by the draft.
    fn both(&self, entry: &Entry) -> Result<Both, Vec<Problem>> {
        let before = judge(self.current, &entry.member)?;
        let mut member = entry.member.clone();
        if self.reach.months {
            let Some(ledger) = &entry.ledger else {
                return Err(vec![tanheng_inventory::population::no_ledger(&entry.member)]);
            };
            let compute = |rulebook| -> Result<Computed, Vec<Problem>> {
                compute_year(rulebook, &entry.member, ledger)
            };
            let (old, new) = (compute(self.current)?, compute(self.drafted)?);
            member.figures = shifted(&member.figures, &old, &new)?;
        }
        Ok(Both { before, after: judge(self.drafted, &member)? })
    }

    fn note(
        &self,
        impact: &mut PurposeImpact,
        entry: &Entry,
        who: Who,
        Both { before, after }: &Both,
    ) -> Result<(), Failure> {
        let frozen = entry.frozen();
        let by_law = self.purpose == RulebookPurpose::Law;
        let other_class = by_law && before.class != after.class;
        let other_owed = before.owed != after.owed;
        if !frozen && (other_class || other_owed || before.emission != after.emission) {
            impact.drafts.push(FilingChange {
                who: who.clone(),
                filing: entry.filing.id.clone(),
                period: entry.filing.period.clone(),
                emission_before: before.emission,
                emission_after: after.emission,
                consequences: other_class || other_owed,
            });
        }
        if frozen {
            *impact.frozen.entry(entry.filing.rulebook.clone()).or_default() += 1;
        }
        if !entry.counts {
            return Ok(());
        }
        impact.compared += 1;
        let group = if frozen { &mut impact.totals_frozen } else { &mut impact.totals_open };
        let region = impact.regions.entry(who.region.clone()).or_default();
        for totals in [&mut impact.totals, group, region] {
            totals.add(&before.owed, &after.owed)?;
        }
        if other_class {
            let (from, to) = (before.class.clone(), after.class.clone());
            impact.classes.push(ClassChange { who: who.clone(), from, to, frozen });
        }
        if other_owed {
            let difference = minus(tonnes(&after.owed), tonnes(&before.owed))?;
            let (before, after) = (before.owed, after.owed);
            impact.obligations.push(ObligationChange { who, before, after, difference, frozen });
        }
        Ok(())
    }

    /// Deposited months that no report has sealed.
    fn months(&self, impact: &mut PurposeImpact, enterprise: &Enterprise) -> Result<(), Failure> {
        for figure in MonthFigure::of(self.sql, &enterprise.id)? {
            if figure.sealed {
                continue;
            }
            let stored = LedgerLine::of(self.sql, &figure.filing)?;
            let lines: Vec<_> = stored.iter().map(from_store).collect::<Result<_, _>>()?;
            let of_month = |rulebook| {
                let setting: Setting<'_> = report::setting(rulebook, enterprise);
                emission(&setting, figure.month, &lines)
            };
            match (of_month(self.current), of_month(self.drafted)) {
                (Ok(before), Ok(after)) if before != after => impact.drafts.push(FilingChange {
                    who: of(enterprise),
                    filing: figure.filing.clone(),
                    period: figure.month.to_string(),
                    emission_before: before,
                    emission_after: after,
                    consequences: false,
                }),
                (Ok(_), Ok(_)) => {}
                (Err(problems), _) | (_, Err(problems)) => {
                    impact.not_computed.push(NotComputed { who: of(enterprise), problems });
                }
            }
        }
        Ok(())
    }
}

/// Worked cases whose result is another than they say.
fn broken_cases(rulebook: &Rulebook) -> Vec<String> {
    let reports = run_cases(rulebook);
    let broken = reports.into_iter().filter(|report| report.failure.is_some());
    broken.map(|report| report.name).collect()
}

/// The emission of a month; `None` while the law leaves part of it undecided.
fn emission(
    setting: &Setting<'_>,
    month: Month,
    lines: &[tanheng_inventory::Line],
) -> Result<Option<Decimal>, Vec<Problem>> {
    let sum = compute_month(setting, month, lines)?.sum;
    Ok(sum.standing.undecided.is_empty().then_some(sum.total))
}

fn of(enterprise: &Enterprise) -> Who {
    Who {
        enterprise: enterprise.id.clone(),
        name: enterprise.name.clone(),
        region: enterprise.region.clone(),
        industry: enterprise.industry.clone(),
    }
}
