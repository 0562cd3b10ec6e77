//! The obligation on the excess over the benchmark, and why there often are no tonnes.

use tanheng_inventory::{Figure, FigureKind, Obligation, ObligationOutcome, Setting, obligation};

use crate::packs::{BENCHMARK_HEADING, BENCHMARK_TOML, decreed, law, with_example};
use crate::{decimal, figure, outputs, setting, trial, year};

const VERIFIED: FigureKind = FigureKind::Verified;

/// What the law leaves to the yearly plan and the benchmark decree.
const OPEN: [&str; 4] = [
    "hebei.benchmark.form",
    "hebei.offset.boundary",
    "hebei.offset.plan",
    "hebei.offset.reference_year",
];

fn of(
    setting: &Setting<'_>,
    data_year: &str,
    verified: &Figure,
    made: &[(&str, &str)],
    listed: bool,
) -> Obligation {
    obligation(setting, year(data_year), (VERIFIED, verified), &outputs(made), listed).unwrap()
}

fn said(obligation: &Obligation, zh: &str) -> bool {
    obligation.reasons.iter().any(|reason| reason.zh.contains(zh))
}

/// The law with all its open questions decided, benchmarks of steel published.
fn decided(more: &[(&str, &str)], rows: &str) -> tanheng_rulebook::Rulebook {
    let mut fills = vec![
        ("hebei.benchmark.form", "intensity"),
        ("hebei.offset.boundary", "total"),
        ("hebei.offset.plan", "published"),
        ("hebei.offset.reference_year", "same_year"),
    ];
    fills.retain(|(name, _)| !more.iter().any(|(other, _)| other == name));
    fills.extend(more.iter().filter(|(_, value)| !value.is_empty()).copied());
    let csv = format!("{BENCHMARK_HEADING}{rows}\n");
    decreed(&fills, &[("tables/benchmark.toml", BENCHMARK_TOML), ("tables/benchmark.csv", &csv)])
}

const STEEL: &str = "steel,crude_steel,2,100000,2022-11-07,,,,decree,2,official,,";

#[test]
fn without_a_benchmark_there_are_no_tonnes() {
    let verified = figure("120000", "120000");
    for (industry, product) in [("steel", "粗钢"), ("paper", "机制纸及纸板"), ("power", "供电量")]
    {
        let unit = if industry == "power" { "5 MWh" } else { "5 t" };
        let found = of(&setting(law(), industry), "2022", &verified, &[(product, unit)], false);
        assert_eq!(found.outcome, ObligationOutcome::NoBenchmark, "{industry}");
        assert!(said(&found, "基准值未公布"), "{found:?}");
        assert_eq!(found.demanded(), None);
        assert!(found.calculations.is_empty());
    }
    // Nothing declared as output does not hide it.
    let found = of(&setting(law(), "steel"), "2022", &verified, &[], false);
    assert_eq!(found.outcome, ObligationOutcome::NoBenchmark);
}

#[test]
fn the_national_market_leaves_the_duty_open() {
    let verified = figure("120000", "120000");
    let power = setting(law(), "power");
    let found = of(&power, "2022", &verified, &[("供电量", "5 MWh")], true);
    let parameters = vec!["hebei.national_relation(power)".to_owned()];
    assert_eq!(found.outcome, ObligationOutcome::Open { parameters });
    // Steel enters the national market with data year 2024 only.
    let steel = setting(with_example(), "steel");
    let made = [("粗钢", "50000 t")];
    let found = of(&steel, "2022", &verified, &made, true);
    assert!(matches!(found.outcome, ObligationOutcome::Trial { .. }), "{found:?}");
    let found = of(&steel, "2024", &verified, &made, true);
    assert!(matches!(found.outcome, ObligationOutcome::Open { .. }), "{found:?}");
}

#[test]
fn the_example_pack_gives_trials_only() {
    let steel = setting(with_example(), "steel");
    let verified = figure("120000", "120000");
    let found = of(&steel, "2022", &verified, &[("粗钢", "50000 t")], false);
    assert_eq!(found.outcome, ObligationOutcome::Trial { tonnes: decimal("2000") });
    assert!(found.standing.example && found.standing.trial);
    assert_eq!(found.demanded(), None);
    assert_eq!(found.calculations.len(), 2);
    // Benchmarks exist, so their output is asked for.
    let found = of(&steel, "2022", &verified, &[("钢材", "50000 t")], false);
    assert_eq!(found.outcome, ObligationOutcome::NoOutput);
    assert!(said(&found, "粗钢"));
    // Power and paper have none in the example either.
    let paper = setting(with_example(), "paper");
    let found = of(&paper, "2022", &verified, &[("机制纸及纸板", "1 t")], false);
    assert_eq!(found.outcome, ObligationOutcome::NoBenchmark);
}

#[test]
fn published_benchmarks_by_an_open_rule_demand_nothing() {
    let verified = figure("120000", "120000");
    for open in OPEN {
        let book = decided(&[(open, "")], STEEL);
        let found = of(&setting(&book, "steel"), "2022", &verified, &[("粗钢", "50000 t")], false);
        let parameters = vec![open.to_owned()];
        assert_eq!(found.outcome, ObligationOutcome::Open { parameters }, "{open}");
        assert_eq!(found.demanded(), None);
    }
}

#[test]
fn a_decided_rule_gives_tonnes_and_says_that_it_is_in_doubt() {
    let book = decided(&[], STEEL);
    let steel = setting(&book, "steel");
    let made = [("crude_steel", "50000 t")];
    let tonnes = |total: &str| of(&steel, "2022", &figure(total, total), &made, false);
    let found = tonnes("120000");
    assert_eq!(found.outcome, ObligationOutcome::InDoubt { tonnes: decimal("2000") });
    assert!(found.standing.in_doubt.contains("hebei.offset.excess_ratio"));
    assert_eq!(found.demanded(), Some(decimal("2000")));
    assert_eq!(tonnes("100012.34").demanded(), Some(decimal("1.234")));
    for within in ["100000", "90000"] {
        assert_eq!(tonnes(within).outcome, ObligationOutcome::NotDue);
        assert_eq!(tonnes(within).demanded(), Some(decimal("0")));
    }
    // On a trial figure it stays a trial.
    let found = of(&steel, "2022", &trial(figure("120000", "120000")), &made, false);
    assert_eq!(found.outcome, ObligationOutcome::Trial { tonnes: decimal("2000") });
}

#[test]
fn form_boundary_and_rounding_are_those_of_the_decree() {
    let verified = figure("110000.5", "120000");
    let made = [("粗钢", "10 t")];
    let tonnes = |more: &[(&str, &str)]| {
        let book = decided(more, STEEL);
        of(&setting(&book, "steel"), "2022", &verified, &made, false).demanded().unwrap()
    };
    // An absolute benchmark of 100000 t, whatever the output.
    let absolute = ("hebei.benchmark.form", "absolute");
    assert_eq!(tonnes(&[absolute]), decimal("2000"));
    let direct = ("hebei.offset.boundary", "direct");
    assert_eq!(tonnes(&[absolute, direct]), decimal("1000.05"));
    let up = ("hebei.offset.rounding", "up");
    assert_eq!(tonnes(&[absolute, direct, up]), decimal("1001"));
    let none = ("hebei.offset.rounding", "none");
    assert_eq!(tonnes(&[absolute, direct, none]), decimal("1000.05"));
}

#[test]
fn several_products_need_all_their_benchmarks() {
    let verified = figure("120000", "120000");
    let both = "building_materials,cement_clinker,1,,2022-11-07,,,,decree,2,official,,\n\
                building_materials,flat_glass,0.5,,2022-11-07,,,,decree,2,official,,";
    let made = [("水泥熟料", "90000 t"), ("平板玻璃", "20000 t"), ("余热发电", "5 MWh")];
    let book = decided(&[], both);
    let found = of(&setting(&book, "building_materials"), "2022", &verified, &made, false);
    assert_eq!(found.demanded(), Some(decimal("2000")));
    assert_eq!(found.calculations.len(), 3);
    let book = decided(&[], both.lines().next().unwrap());
    let found = of(&setting(&book, "building_materials"), "2022", &verified, &made, false);
    assert_eq!(found.outcome, ObligationOutcome::NoBenchmark);
    assert!(
        said(&found, "平板玻璃的基准值未公布") && !said(&found, "水泥熟料的基准值"),
        "{found:?}"
    );
}

#[test]
fn the_rule_asks_for_verified_figures_and_its_own_time() {
    let book = decided(&[], STEEL);
    let steel = setting(&book, "steel");
    let (own, made) = (figure("120000", "120000"), outputs(&[("粗钢", "50000 t")]));
    for kind in [FigureKind::Reported, FigureKind::Recalculated] {
        let found = obligation(&steel, year("2022"), (kind, &own), &made, false).unwrap();
        assert_eq!(found.outcome, ObligationOutcome::NotVerified);
    }
    let found = obligation(&steel, year("2022"), (FigureKind::Determined, &own), &made, false);
    assert_eq!(found.unwrap().demanded(), Some(decimal("2000")));
    let found = obligation(&steel, year("2021"), (VERIFIED, &own), &made, false).unwrap();
    assert_eq!(found.outcome, ObligationOutcome::NotDue);
    assert!(said(&found, "尚未施行"));
}
