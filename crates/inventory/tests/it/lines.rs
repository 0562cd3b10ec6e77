//! Lines and months.

use tanheng_base::Lang;
use tanheng_inventory::{
    Determination, Line, LineKind, Scope, compute_line, compute_month, recompute_month,
};
use tanheng_rulebook::{Context, Given};

use crate::packs::law;
use crate::{decimal, fuel, line, month, places, quantity, setting};

fn gas() -> Line {
    fuel("天然气", "21 10^4Nm3", "389.31 GJ/10^4Nm3", "0.01532", "99%")
}

#[test]
fn the_industry_chooses_the_method() {
    let march = month("2022-03");
    for (industry, method, emission) in [
        ("power", "cn.power.combustion.gas", "454.33"),
        ("steel", "cn.fuel.combustion", "454.65"),
        ("paper", "cn.fuel.combustion", "454.65"),
    ] {
        let figure = compute_line(&setting(law(), industry), march, &gas()).unwrap();
        assert_eq!(figure.method.unwrap().as_str(), method);
        assert_eq!(figure.emission, Some(decimal(emission)));
        assert_eq!(figure.scope, Some(Scope::Direct));
        assert!(!figure.standing.trial);
    }
}

#[test]
fn a_stored_line_opens_again_from_its_inputs() {
    let march = month("2022-03");
    let setting = setting(law(), "power");
    for line in [gas(), line(LineKind::Electricity, "", "1250.480 MWh")] {
        let figure = compute_line(&setting, march, &line).unwrap();
        let inputs = figure.inputs.iter().map(|(k, v)| (k.clone(), Given::from(v.as_str())));
        let context = Context { at: march.last_day(), region: setting.region.clone() };
        let method = figure.method.clone().unwrap();
        let again = law().evaluate(&method, &inputs.collect(), &context).unwrap();
        let result = again.result.number().unwrap().value.to_decimal();
        assert_eq!(result, figure.emission, "{:?}", figure.inputs);
    }
}

#[test]
fn electricity_takes_the_factor_of_its_day() {
    // 0.5810 until letter 43 of February 2023; no factor for 2023 is known.
    let bought = line(LineKind::Electricity, "", "1250.480 MWh");
    let power = setting(law(), "power");
    let figure = compute_line(&power, month("2022-03"), &bought).unwrap();
    assert_eq!(figure.emission, Some(decimal("726.53")));
    assert_eq!(figure.scope, Some(Scope::Indirect));
    // Then the line is deposited all the same: its emission is missing, and says why.
    let figure = compute_line(&power, month("2023-03"), &bought).unwrap();
    assert_eq!(figure.emission, None);
    assert_eq!(
        figure.standing.undecided.iter().collect::<Vec<_>>(),
        ["cn.grid.factor.factor(2023)"]
    );
    // From 2026 the national guide leaves purchased electricity out: no emission, not 0.
    let figure = compute_line(&power, month("2026-01"), &bought).unwrap();
    assert_eq!((figure.emission, figure.method), (None, None));
    assert_eq!(figure.not_counted.unwrap().document.as_str(), "mee-2026-06-23");
}

#[test]
fn defaults_are_filled_in_with_their_clause() {
    let mut bare = line(LineKind::Fuel, "焦炭", "100 t");
    let steel = setting(law(), "steel");
    let figure = compute_line(&steel, month("2022-03"), &bare).unwrap();
    assert_eq!(figure.inputs["ncv"], "28.446 GJ/t");
    assert_eq!(figure.inputs["oxidation"], "0.93");
    let used: Vec<&str> = figure.defaults.iter().map(|used| used.input.as_str()).collect();
    assert_eq!(used, ["ncv", "carbon_content", "oxidation"]);
    assert_eq!(figure.defaults[0].citation.document.as_str(), "ndrc-24-guides");
    // 100 × 28.446 × 0.0294 × 0.93 × 44/12 = 285.1825…
    assert_eq!(figure.emission, Some(decimal("285.18")));
    // A value declared as the default has to be it.
    bare.oxidation = Some("93%".parse().unwrap());
    assert_eq!(compute_line(&steel, month("2022-03"), &bare).unwrap().emission, figure.emission);
    bare.oxidation = Some("0.98".parse().unwrap());
    let problems = compute_line(&steel, month("2022-03"), &bare).unwrap_err();
    assert_eq!(places(&problems), ["2 oxidation ledger.default_differs"]);
    assert_eq!(problems[0].rule.as_deref().unwrap().split(' ').next(), Some("ndrc-24-guides"));
}

#[test]
fn coal_of_a_power_unit_needs_its_heat_measured() {
    let mut coal = line(LineKind::Fuel, "烟煤", "1000 t");
    let power = setting(law(), "power");
    let problems = compute_line(&power, month("2022-03"), &coal).unwrap_err();
    assert_eq!(places(&problems), ["2 ncv ledger.no_default"]);
    coal.ncv = Some(quantity("21.402 GJ/t"));
    // The fallback carbon content was lowered in June 2022.
    for (of, carbon) in [("2022-03", "0.03356 tC/GJ"), ("2022-06", "0.03085 tC/GJ")] {
        let figure = compute_line(&power, month(of), &coal).unwrap();
        assert_eq!(figure.inputs["carbon_content"], carbon);
        assert_eq!(figure.defaults.len(), 2);
    }
}

#[test]
fn values_from_memory_make_a_trial() {
    let other = line(LineKind::Fuel, "其他煤气", "10 10^4Nm3");
    let figure = compute_line(&setting(law(), "power"), month("2022-03"), &other).unwrap();
    assert!(figure.standing.trial && !figure.standing.example);
    assert!(figure.standing.unverified.contains("cn.fuel.defaults.ncv(power, 其他煤气)"));
}

#[test]
fn what_is_wrong_with_a_line_stands_at_its_field() {
    let march = month("2022-03");
    let steel = setting(law(), "steel");
    let told = |line: &Line| places(&compute_line(&steel, march, line).unwrap_err());
    assert_eq!(told(&line(LineKind::Fuel, "煤", "1 t")), ["2 material ledger.fuel_unknown"]);
    let mut measured = line(LineKind::Fuel, "焦炭", "1 t");
    measured.determination = Determination::Measured;
    assert_eq!(
        told(&measured),
        [
            "2 ncv ledger.parameter_missing",
            "2 carbon_content ledger.parameter_missing",
            "2 oxidation ledger.parameter_missing"
        ]
    );
    // Tonnes beside heat of gas.
    let mixed = fuel("天然气", "21 t", "389.31 GJ/10^4Nm3", "0.01532", "99%");
    assert_eq!(told(&mixed), ["2 ncv input.unit"]);
    let burnt = fuel("焦炭", "1 t", "28 GJ/t", "0.0294", "101%");
    assert_eq!(told(&burnt), ["2 oxidation input.range"]);
    assert_eq!(told(&line(LineKind::Electricity, "", "5 GJ")), ["2 amount input.unit"]);
    // What the national guide changed is open for the province.
    let late = compute_line(&steel, month("2024-01"), &gas()).unwrap();
    assert_eq!((late.method, late.emission), (None, None));
    assert_eq!(late.standing.undecided.len(), 1);
    let unknown = compute_line(&setting(law(), "shipping"), march, &gas()).unwrap_err();
    assert_eq!(places(&unknown), ["2 kind rulebook.no_row"]);
    assert!(!unknown[0].render(Lang::Zh).is_empty());
}

#[test]
fn a_month_is_the_sum_of_its_lines() {
    let power = setting(law(), "power");
    let lines = [
        gas(),
        Line { row: 3, ..line(LineKind::Electricity, "", "1250.480 MWh") },
        Line { row: 4, ..line(LineKind::Output, "供电量", "900.5 MWh") },
        Line { row: 5, ..line(LineKind::Output, "供电量", "100000 kWh") },
        Line { row: 6, ..line(LineKind::Output, "供热量", "61240.5 GJ") },
    ];
    let figure = compute_month(&power, month("2022-03"), &lines).unwrap();
    assert_eq!(figure.sum.direct, decimal("454.33"));
    assert_eq!(figure.sum.indirect, decimal("726.53"));
    assert_eq!(figure.sum.total, decimal("1180.86"));
    assert_eq!(figure.sum.outputs["供电量"].to_string(), "1000.5 MWh");
    assert_eq!(figure.lines[2].emission, None);
    assert_eq!(figure.lines.len(), 5);
}

#[test]
fn all_lines_of_a_month_are_judged_at_once() {
    let power = setting(law(), "power");
    let lines = [
        line(LineKind::Fuel, "煤", "1 t"),
        Line { row: 3, ..line(LineKind::Output, "供热量", "1 GJ") },
        Line { row: 4, ..line(LineKind::Output, "供热量", "1 t") },
    ];
    let problems = compute_month(&power, month("2022-03"), &lines).unwrap_err();
    assert_eq!(
        places(&problems),
        ["2 material ledger.fuel_unknown", "4 amount ledger.output_units"]
    );
    let problems = compute_month(&power, month("2022-03"), &[]).unwrap_err();
    assert_eq!(places(&problems), ["- - ledger.no_lines"]);
}

#[test]
fn a_late_recalculation_takes_later_letters_about_the_year_and_no_later_rules() {
    let power = setting(law(), "power");
    let bought = line(LineKind::Electricity, "", "1000 MWh");
    let again = |day: &str| {
        let lines = [bought.clone(), Line { row: 3, ..gas() }];
        recompute_month(&power, month("2022-03"), day.parse().unwrap(), &lines).unwrap().sum
    };
    // Letter 43 set 0.5703 for 2022 in February 2023.
    assert_eq!(again("2023-02-06").indirect, decimal("581.00"));
    assert_eq!(again("2023-03-20").indirect, decimal("570.30"));
    // From 2026 electricity is not counted any more, but that does not speak about 2022.
    assert_eq!(again("2026-11-22").indirect, decimal("570.30"));
    let steel = setting(law(), "steel");
    let lines = [gas()];
    let late = recompute_month(&steel, month("2022-03"), "2026-11-22".parse().unwrap(), &lines);
    assert_eq!(late.unwrap().sum.direct, decimal("454.65"));
}
