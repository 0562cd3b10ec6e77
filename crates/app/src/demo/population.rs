//! The example province in memory only: enterprises with the figures and ledgers of a year, for
//! trials and for measuring how fast they are.

use std::collections::BTreeMap;

use tanheng_base::{RegionCode, Year};
use tanheng_inventory::population::{Ledger, Ledgers, Member, Population};
use tanheng_inventory::{Figures, Line, LineKind};
use tanheng_quantity::{Decimal, Quantity};
use tanheng_rulebook::Rulebook;

use super::Plan;
use super::enterprise::Invented;
use super::ledger::{Writing, sheet};
use super::random::Random;
use crate::Failure;
use crate::ledger::{form, line};

/// The enterprises of a plan with a verified figure of 2022 each.
///
/// # Errors
/// When the rulebook has no ledger form, or its form does not fit.
pub fn population(
    plan: &Plan,
    rulebook: &Rulebook,
    regions: &[RegionCode],
) -> Result<Population, Failure> {
    let form = form(rulebook)?;
    let year = Year::try_from(2022).map_err(|error| Failure::Evidence(error.to_string()))?;
    let (mut members, mut ledgers) = (Vec::new(), Vec::new());
    for index in 0..plan.enterprises {
        let invented = Invented::new(index, plan.seed, regions)?;
        let mut months = BTreeMap::new();
        let mut outputs: BTreeMap<String, Quantity> = BTreeMap::new();
        for month in year.months() {
            let sheet = sheet(&form, &invented, month, plan.seed, Writing::Right);
            let lines = sheet.rows.iter().map(|row| line(&form, row));
            let lines: Vec<Line> = lines.collect::<Result<_, _>>()?;
            for line in lines.iter().filter(|line| line.kind == LineKind::Output) {
                let sum = match outputs.get(&line.material) {
                    Some(before) => before.checked_add(&line.amount),
                    None => Ok(line.amount.clone()),
                };
                let sum = sum.map_err(|error| Failure::Evidence(error.to_string()))?;
                outputs.insert(line.material.clone(), sum);
            }
            months.insert(month, lines);
        }
        ledgers.push(Some(Ledger { months, known_on: year.last_day() }));
        members.push(Member {
            enterprise: invented.id.clone(),
            industry: invented.industry()?,
            region: invented.region.clone(),
            year,
            listed: invented.listed(),
            figures: Figures::default(),
            outputs,
        });
    }
    let ledgers = Ledgers::new(rulebook, &members, ledgers);
    for (place, computed) in ledgers.figures(rulebook, &members).into_iter().enumerate() {
        let computed = computed.map_err(Failure::Refused)?;
        let mut verified = computed.recalculated.clone();
        // As in the play: a verifier now and then adds what was left out.
        let mut random = Random::of(plan.seed, "verifier", u32::try_from(place).unwrap_or(0));
        if random.percent(15) {
            let added = Decimal::from(random.between(20, 400));
            let plus = |figure: Decimal| figure.checked_add(added).unwrap_or(figure);
            (verified.direct, verified.total) = (plus(verified.direct), plus(verified.total));
        }
        members[place].figures = Figures {
            reported: Some(computed.reported),
            recalculated: Some(computed.recalculated),
            verified: Some(verified),
            determined: None,
        };
    }
    Ok(Population::new(rulebook, members).with_ledgers(ledgers))
}
