//! Rules tried on many enterprises: the quick way gives what a decision on each would give.

use std::collections::BTreeMap;

use tanheng_base::EnterpriseId;
use tanheng_inventory::population::{
    ClassVerdict, Judged, Ledger, Ledgers, Member, Owed, Population, Reach, compute_year, judge,
    reach,
};
use tanheng_inventory::{Determination, Figures, Line, LineKind};
use tanheng_quantity::Rational;
use tanheng_rulebook::{Rulebook, Slot};

use crate::packs::{decreed_on_example, law, with_example};
use crate::{decimal, figure, fuel, line, outputs, trial, year};

/// Numbers that look random and are the same in every run.
struct Draw(u64);

impl Draw {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % limit
    }

    fn tonnes(&mut self) -> String {
        match self.below(12) {
            0 => "26000".to_owned(),
            1 => "13000.00".to_owned(),
            2 => "25999.999999".to_owned(),
            // More places than the rules take: refused on either way.
            3 => "100000.12345678".to_owned(),
            _ => format!("{}.{:02}", self.below(400_000), self.below(100)),
        }
    }
}

/// Industry and the names under which its ledgers give their product.
const MADE: [(&str, &[&str]); 6] = [
    ("steel", &["粗钢"]),
    ("steel", &["crude_steel", "粗钢"]),
    ("building_materials", &["水泥熟料", "平板玻璃"]),
    ("petrochemical", &["原油加工量"]),
    ("paper", &["机制纸及纸板"]),
    ("power", &["供电量"]),
];

/// 130682 lies in 130600; a decree of a test speaks of 130200 alone.
const REGIONS: [&str; 4] = ["130100", "130200", "130682", "139999"];

fn members(draw: &mut Draw, count: u32) -> Vec<Member> {
    (1..=count).map(|serial| member(draw, serial)).collect()
}

fn member(draw: &mut Draw, serial: u32) -> Member {
    let pick = |draw: &mut Draw, length: usize| {
        usize::try_from(draw.below(u64::try_from(length).unwrap())).unwrap()
    };
    let (industry, names) = MADE[pick(draw, MADE.len())];
    let made: Vec<(&str, String)> = names
        .iter()
        .map(|name| {
            let unit = match (industry, draw.below(20)) {
                ("power", _) => "MWh",
                // Kilograms need a conversion, and beside tonnes an addition.
                (_, 0) => "kg",
                _ => "t",
            };
            (*name, format!("{}.{} {unit}", draw.below(50_000), draw.below(10_000)))
        })
        .collect();
    let made: Vec<(&str, &str)> = made
        .iter()
        .filter(|_| !serial.is_multiple_of(17))
        .map(|(name, amount)| (*name, amount.as_str()))
        .collect();
    let mut some = |share: u64| {
        let there = draw.below(100) < share;
        let total = draw.tonnes();
        let direct = if draw.below(2) == 0 { total.clone() } else { "0".to_owned() };
        let stated = figure(&direct, &total);
        let stated = if draw.below(9) == 0 { trial(stated) } else { stated };
        there.then_some(stated)
    };
    let (reported, verified, determined) = (some(95), some(85), some(10));
    let recalculated = reported.clone();
    Member {
        enterprise: EnterpriseId::example(serial),
        industry: industry.parse().unwrap(),
        // The last is a region of no pack.
        region: REGIONS[if serial.is_multiple_of(41) { 3 } else { pick(draw, 3) }].parse().unwrap(),
        year: year(if serial.is_multiple_of(13) { "2021" } else { "2022" }),
        listed: industry == "power" || serial.is_multiple_of(19),
        figures: Figures { reported, recalculated, verified, determined },
        outputs: outputs(&made),
    }
}

/// Twelve months of lines, measured and by default, some of them wrong.
fn ledger(draw: &mut Draw, member: &Member, serial: usize) -> Option<Ledger> {
    if serial.is_multiple_of(23) {
        return None;
    }
    let power = member.industry.as_str() == "power";
    let months = member.year.months().skip(usize::from(serial.is_multiple_of(29)));
    let months = months.map(|month| {
        let amount = format!("{}.{:03} t", draw.below(9_000), draw.below(1_000));
        let ncv = format!("{}.{:03} GJ/t", 20 + draw.below(6), draw.below(1_000));
        let measured = fuel("烟煤", &amount, &ncv, "0.02618", "99%");
        let gas = fuel(
            "天然气",
            &amount.replace(" t", " 10^4Nm3"),
            "389.31 GJ/10^4Nm3",
            "0.01532",
            "99%",
        );
        let oil = line(LineKind::Fuel, "柴油", "12.5 t");
        // The default once more, and what is not the default.
        let ratio = if draw.below(30) == 0 { "97%" } else { "98%" };
        let confirmed = Line { oxidation: Some(ratio.parse::<Rational>().unwrap()), ..oil.clone() };
        let power_line = format!("{}.{:02} MWh", draw.below(5_000), draw.below(100));
        let bought = Line {
            determination: Determination::Measured,
            ..line(LineKind::Electricity, "", &power_line)
        };
        let product = line(LineKind::Output, "粗钢", "7 t");
        let mut lines = vec![measured, bought, product];
        match draw.below(4) {
            0 if !power => lines.push(oil),
            1 if !power => lines.push(confirmed),
            2 => lines.push(gas),
            _ => {}
        }
        (month, lines)
    });
    let known_on = if serial.is_multiple_of(3) { "2023-03-20" } else { "2022-12-31" };
    Some(Ledger { months: months.collect(), known_on: known_on.parse().unwrap() })
}

fn population(rulebook: &Rulebook, count: u32, seed: u64) -> Population {
    let mut draw = Draw(seed);
    let members = members(&mut draw, count);
    let ledgers = members
        .iter()
        .enumerate()
        .map(|(serial, member)| ledger(&mut draw, member, serial))
        .collect();
    let ledgers = Ledgers::new(rulebook, &members, ledgers);
    Population::new(rulebook, members).with_ledgers(ledgers)
}

/// Tries values, compares every enterprise on both ways, and gives what came out.
fn both_ways(
    rulebook: &Rulebook,
    population: &Population,
    slot: &str,
    values: &[&str],
) -> Vec<Vec<Judged>> {
    let slot: Slot = slot.parse().unwrap();
    let reach = reach(rulebook, &slot);
    assert!(!reach.is_nothing(), "{slot}");
    let baseline = population.begin(rulebook, reach);
    for (member, judged) in population.members().iter().zip(baseline.verdicts()) {
        assert_eq!(*judged, judge(rulebook, member), "{slot} in force, {member:?}");
    }
    let tried = values.iter().map(|value| {
        let value = rulebook.read_slot(&slot, value).unwrap();
        let varied = rulebook.varied(&slot, &value).unwrap();
        let quick = population.try_rules(&baseline, &varied);
        for (place, judged) in quick.iter().enumerate() {
            let singly = population.singly(&baseline, &varied, place);
            assert_eq!(*judged, singly, "{slot} = {value}, {:?}", population.members()[place]);
        }
        quick
    });
    tried.collect()
}

fn different(outcomes: &[Vec<Judged>]) -> usize {
    let first = &outcomes[0];
    let last = outcomes.last().unwrap();
    first.iter().zip(last).filter(|(a, b)| a != b).count()
}

#[test]
fn a_value_of_obligations_or_classes_is_tried_as_it_would_be_decided() {
    for seed in [1, 2] {
        let book = with_example();
        let population = population(book, 200, seed);
        let tried = |slot, values: &[&str]| different(&both_ways(book, &population, slot, values));
        assert!(tried("hebei.offset.excess_ratio", &["5%", "0.075", "1/3", "20%"]) > 0);
        assert!(tried("hebei.class.key_from", &["13000", "26000 tCO2e", "100000"]) > 0);
        assert!(tried("hebei.class.boundary", &["direct", "total"]) > 0);
        assert!(tried("hebei.class.figure", &["reported", "verified"]) > 0);
        assert!(tried("hebei.offset.boundary", &["direct", "total"]) > 0);
        assert!(tried("hebei.offset.rounding", &["none", "up", "half_up", "down"]) > 0);
        assert!(tried("hebei.benchmark.intensity(steel, crude_steel)", &["0.1", "3"]) > 0);
        assert!(tried("hebei.benchmark.form", &["intensity", "absolute"]) > 0);
        assert!(
            tried("hebei.national_relation.relation(power)", &["not_covered", "offset_falls_away"])
                > 5
        );
    }
}

#[test]
fn a_value_of_lines_moves_figures_classes_and_obligations() {
    let book = with_example();
    let population = population(book, 120, 4);
    let slot = "cn.carbon.co2_per_c";
    let outcomes = both_ways(book, &population, slot, &["11/3", "3.5", "3.9"]);
    assert!(different(&outcomes) > 60, "{}", different(&outcomes));
    // The value in force moves nothing; who has no ledger cannot be computed.
    let baseline = population.begin(book, Reach::ALL);
    let (mut equal, mut without) = (0, 0);
    for (judged, before) in outcomes[0].iter().zip(baseline.verdicts()) {
        match judged {
            Ok(_) => {
                assert_eq!(judged, before);
                equal += 1;
            }
            Err(problems) => without += usize::from(problems[0].code.0 == "trial.no_ledger"),
        }
    }
    assert!(equal > 60 && without > 3, "{equal} {without}");
    let cells = both_ways(book, &population, "cn.fuel.defaults.ncv(ndrc, 柴油)", &["40", "45"]);
    assert!(different(&cells) > 10, "{}", different(&cells));
    both_ways(book, &population, "cn.carbon.co2e_per_co2", &["1", "1.1"]);
}

#[test]
fn a_rule_of_one_city_binds_only_its_enterprises() {
    let city = "[[fill]]\nparameter = \"hebei.offset.excess_ratio\"\n[[fill.value]]\n\
                from = 2022-11-07\nregion = \"130200\"\nvalue = \"15%\"\ndocument = \"decree\"\n\
                clause = \"1\"\nchecked = \"official\"\n\
                overrides = { document = \"decree\", clause = \"1\" }\n";
    let book = decreed_on_example(&[("parameters/city.toml", city)]);
    let population = population(&book, 200, 5);
    both_ways(&book, &population, "hebei.class.key_from", &["26000", "30000"]);
    let of = |book: &Rulebook, member| judge(book, member).unwrap().owed.tonnes();
    let mut seen = 0;
    for member in population.members().iter().filter(|member| member.region.as_str() != "139999") {
        let Ok(judged) = judge(&book, member) else { continue };
        if let Owed::Tonnes { tonnes } = judged.owed {
            let by_province = of(with_example(), member).unwrap();
            assert_eq!(tonnes == by_province, member.region.as_str() != "130200");
            seen += usize::from(member.region.as_str() == "130200");
        }
    }
    assert!(seen > 3, "{seen}");
}

#[test]
fn a_trial_knows_what_a_value_reaches() {
    let of = |slot: &str| reach(with_example(), &slot.parse().unwrap());
    let only_obligations = Reach { obligations: true, ..Reach::default() };
    assert_eq!(of("hebei.offset.excess_ratio"), only_obligations);
    assert_eq!(of("hebei.offset.rounding"), only_obligations);
    assert_eq!(of("hebei.benchmark.intensity(steel, crude_steel)"), only_obligations);
    assert_eq!(of("hebei.class.key_from"), Reach { classes: true, ..Reach::default() });
    assert_eq!(of("cn.carbon.co2_per_c"), Reach::ALL);
    assert_eq!(of("cn.grid.factor.factor(2022)"), Reach::ALL);
    // A project's duty is computed by nobody's year.
    assert!(of("hebei.offset.new_project_ratio").is_nothing());
}

#[test]
fn a_stated_figure_keeps_its_distance_to_the_recalculated_one() {
    let book = law();
    let population = population(book, 60, 6);
    let slot: Slot = "cn.carbon.co2_per_c".parse().unwrap();
    let varied = book.varied(&slot, &book.read_slot(&slot, "4").unwrap()).unwrap();
    let baseline = population.begin(book, reach(book, &slot));
    let mut compared = 0;
    for (place, judged) in population.try_rules(&baseline, &varied).into_iter().enumerate() {
        let member = &population.members()[place];
        let Some((_, figure)) = member.figures.in_force() else { continue };
        let mut draw = Draw(6);
        let all = members(&mut draw, 60);
        let ledgers: Vec<Option<Ledger>> = all
            .iter()
            .enumerate()
            .map(|(serial, member)| ledger(&mut draw, member, serial))
            .collect();
        let (Ok(judged), Some(ledger)) = (judged, &ledgers[place]) else { continue };
        if member.figures.determined.is_none() && member.figures.verified.is_none() {
            continue;
        }
        let total = |book| compute_year(book, member, ledger).unwrap().recalculated.total;
        let distance = figure.total.checked_sub(total(book)).unwrap();
        let moved = total(&varied).checked_add(distance).unwrap();
        assert_eq!(judged.emission, Some(moved));
        compared += 1;
    }
    assert!(compared > 20, "{compared}");
}

#[test]
fn what_was_tried_is_told_as_data() {
    let member = Member {
        enterprise: EnterpriseId::example(1),
        industry: "steel".parse().unwrap(),
        region: "130200".parse().unwrap(),
        year: year("2022"),
        listed: false,
        figures: Figures { verified: Some(figure("120000", "120000")), ..Figures::default() },
        outputs: outputs(&[("粗钢", "50000 t")]),
    };
    let judged = judge(with_example(), &member).unwrap();
    assert_eq!(judged.owed, Owed::Tonnes { tonnes: decimal("2000") });
    assert_eq!(judged.class, ClassVerdict::Open, "the reported figure is missing");
    let json = serde_json::to_value(&judged).unwrap();
    assert_eq!(json["owed"], serde_json::json!({"outcome": "tonnes", "tonnes": "2000"}));
    let empty = Member { figures: Figures::default(), outputs: BTreeMap::new(), ..member };
    assert_eq!(judge(with_example(), &empty).unwrap().class, ClassVerdict::NoFigure);
}
