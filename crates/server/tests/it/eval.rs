//! `tanheng eval`: the figures, refusals and forms of output that scripts rely on.

use crate::{Ran, run, tanheng};

const GAS: &str = "consumption=21 ncv=389.31 carbon_content=0.01532";

fn eval(rest: &str) -> Ran {
    run(&format!("eval {rest}"))
}

/// Standard output of a calculation that succeeds.
fn result(rest: &str) -> String {
    let ran = eval(rest);
    assert_eq!(ran.code, 0, "{rest}: {}", ran.err);
    ran.out
}

/// The codes of a calculation that is refused.
fn refused(rest: &str) -> Vec<String> {
    let ran = eval(&format!("{rest} --json"));
    assert_eq!(ran.code, 1, "{rest}: {}", ran.out);
    assert_eq!(ran.err, "");
    ran.error_codes()
}

#[test]
fn the_same_gas_by_two_methods() {
    let at = format!("--at 2023-06-30 {GAS} oxidation=99%");
    assert_eq!(result(&format!("cn.power.combustion.gas {at}")), "454.33 tCO2\n");
    assert_eq!(result(&format!("cn.fuel.combustion {at}")), "454.65 tCO2\n");
}

#[test]
fn a_figure_without_doubt_leaves_standard_error_empty() {
    let ran = eval(&format!("cn.power.combustion.gas --at 2023-06-30 {GAS} oxidation=99%"));
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
}

#[test]
fn ninety_nine_percent_is_a_plain_ratio() {
    for method in ["cn.fuel.combustion", "cn.power.combustion.gas", "cn.power.combustion.coal"] {
        let of = |oxidation: &str| {
            result(&format!("{method} --at 2023-06-30 {GAS} oxidation={oxidation}"))
        };
        assert_eq!(of("99%"), of("0.99"));
        assert_ne!(of("99%"), of("0.98"));
    }
}

#[test]
fn oxidation_lies_above_zero_and_up_to_one() {
    let with =
        |oxidation: &str| format!("cn.fuel.combustion --at 2023-06-30 {GAS} oxidation={oxidation}");
    for outside in ["0", "0%", "1.01", "101%", "99", "-0.5"] {
        assert_eq!(refused(&with(outside)), ["input.range"], "{outside}");
    }
    assert_eq!(result(&with("1")), result(&with("100%")));
    assert_eq!(result(&with("0.000001")), "0.00 tCO2\n");
}

#[test]
fn the_unit_of_the_calorific_value_follows_the_consumption() {
    let rest = "carbon_content=0.01532 oxidation=99% --at 2023-06-30 --json";
    let eval = |consumption: &str, ncv: &str| {
        let mut words = vec!["eval", "cn.fuel.combustion", consumption, ncv];
        words.extend(rest.split(' '));
        tanheng(&words)
    };
    let by_volume = "ncv=389.31 GJ/10^4Nm3";
    for tonnes in ["consumption=21", "consumption=21 t"] {
        let ran = eval(tonnes, by_volume);
        assert_eq!((ran.code, ran.error_codes()), (1, vec!["input.unit".to_owned()]));
        let remedy = ran.json()["errors"][0]["remedy"]["en"].as_str().unwrap().to_owned();
        assert!(remedy.contains("GJ/t") && remedy.contains("10^4Nm3"), "{remedy}");
    }
    let ran = eval("consumption=21 10^4Nm3", by_volume);
    assert_eq!((ran.code, ran.json()["result"]["value"].as_str()), (0, Some("454.65")));
    let ran = eval("consumption=21 10^4Nm3", "ncv=389.31 GJ/t");
    assert_eq!((ran.code, ran.error_codes()), (1, vec!["input.unit".to_owned()]));
}

#[test]
fn a_class_changes_exactly_at_its_limits() {
    let limits = [
        ("26000", "key"),
        ("25999.99", "ordinary"),
        ("13000", "ordinary"),
        ("12999.99", "other"),
        ("25999.999999", "ordinary"),
        ("12999.999999", "other"),
        ("0", "other"),
    ];
    for (emission, class) in limits {
        let rest = format!("hebei.class --at 2022-12-31 annual_emission={emission}");
        assert_eq!(result(&rest), format!("{class}\n"), "{emission}");
    }
    let carbon_dioxide = ["eval", "hebei.class", "annual_emission=26000 tCO2", "--json"];
    assert_eq!(tanheng(&carbon_dioxide).error_codes(), ["input.unit"]);
}

#[test]
fn offset_duties() {
    let excess = |verified: &str, benchmark: &str| {
        let inputs = format!("verified={verified} benchmark={benchmark}");
        result(&format!("hebei.offset.excess --at 2022-12-31 {inputs}"))
    };
    assert_eq!(excess("120000", "100000"), "2000 tCO2e\n");
    assert_eq!(excess("100000", "100000"), "0 tCO2e\n");
    assert_eq!(excess("90000", "100000"), "0 tCO2e\n");
    assert_eq!(excess("100012.34", "100000"), "1.234 tCO2e\n");
    let missing = refused("hebei.offset.excess --at 2022-12-31 verified=120000");
    assert_eq!(missing, ["input.missing"]);
    let project = "hebei.offset.new_project --at 2022-12-31 eia_total=500000";
    assert_eq!(result(project), "5000 tCO2e\n");
}

#[test]
fn rules_in_doubt_are_told_beside_the_result() {
    let rest = "hebei.offset.excess --at 2022-12-31 verified=120000 benchmark=100000";
    let ran = eval(rest);
    assert_eq!(ran.out, "2000 tCO2e\n");
    assert!(ran.err.contains("存疑") && ran.err.contains("二(三)"), "{}", ran.err);
    let english = eval(&format!("{rest} --lang en"));
    assert!(english.err.contains("in doubt") && english.out == ran.out, "{}", english.err);
}

#[test]
fn the_grid_factor_of_2022_changed_on_a_day() {
    let of =
        |at: &str| result(&format!("cn.power.electricity --at {at} electricity=1000 year=2022"));
    assert_eq!(of("2023-02-06"), "581.00 tCO2\n");
    assert_eq!(of("2023-02-07"), "570.30 tCO2\n");
}

#[test]
fn json_is_the_object_that_scripts_read() {
    let rest = format!("cn.power.combustion.gas --at 2023-06-30 {GAS} oxidation=99% --json");
    let json = eval(&rest).json();
    assert_eq!(json["result"], serde_json::json!({ "value": "454.33", "unit": "tCO2" }));
    assert_eq!(json["method"], "cn.power.combustion.gas");
    assert_eq!(json["trial"], false);
    assert_eq!(json["unverified"], serde_json::json!([]));
    let version = json["version"].as_str().unwrap();
    assert!(version.len() == 64 && version.bytes().all(|byte| byte.is_ascii_hexdigit()));
    let steps = json["trace"]["steps"].as_array().unwrap();
    let rounded = &steps[0]["calculation"]["rounding"];
    assert_eq!(
        (rounded["before"].as_str(), rounded["after"].as_str()),
        (Some("5.9642292"), Some("5.96"))
    );
    let class = eval("hebei.class --at 2022-12-31 annual_emission=5 --json").json();
    assert_eq!(class["result"], serde_json::json!({ "value": "other" }));
    assert!(!class["in_doubt"].as_array().unwrap().is_empty());
}

#[test]
fn explain_shows_formula_numbers_rounding_and_clause() {
    let rest = format!("cn.power.combustion.gas --at 2023-06-30 {GAS} oxidation=99% --explain");
    let text = result(&rest);
    let parts = [
        "FC × C_ar × OF",
        "389.31 GJ/10^4Nm3 × 0.01532 tC/GJ",
        "5.9642292 → 5.96",
        "454.3308 → 454.33 tCO2",
        "44/12",
        "环办气候函〔2022〕111号",
        "四舍五入",
        "二手来源",
    ];
    for part in parts {
        assert!(text.contains(part), "`{part}` is not in\n{text}");
    }
    assert!(!text.contains("试算"), "{text}");
    let english = result(&format!("{rest} --lang en"));
    assert!(english.contains("half up") && english.contains("Net calorific value"), "{english}");
}

#[test]
fn example_packs_take_part_only_when_asked_and_leave_a_mark() {
    let rest = "hebei.benchmark.emission --at 2022-12-31 industry=steel product=crude_steel \
                output=50000";
    assert_eq!(refused(rest), ["rulebook.announced"]);
    let ran = eval(&format!("{rest} --with-example"));
    assert_eq!((ran.code, ran.out.as_str()), (0, "100000 tCO2e  试算\n"));
    assert!(ran.err.contains("试算") && ran.err.contains("示例"), "{}", ran.err);
    let json = eval(&format!("{rest} --with-example --json")).json();
    assert_eq!((&json["trial"], &json["example"]), (&true.into(), &true.into()));
    assert!(!json["unverified"].as_array().unwrap().is_empty());
    let text = result(&format!("{rest} --with-example --explain"));
    assert!(text.contains("试算"), "{text}");
}

#[test]
fn all_mistakes_come_at_once() {
    let rest = "cn.fuel.combustion --at 2023-06-30 consumption=21GJ ncv=x oxidation=2 \
                oxidation=3 colour=red";
    let codes = refused(rest);
    let expected = [
        "input.twice",
        "input.unknown",
        "input.unit",
        "input.malformed",
        "input.missing",
        "input.range",
    ];
    assert_eq!(codes, expected);
    let ran = eval(rest);
    assert_eq!((ran.code, ran.out.as_str()), (1, ""));
    assert_eq!(ran.err.lines().count(), expected.len(), "{}", ran.err);
    for (line, code) in ran.err.lines().zip(expected) {
        assert!(line.starts_with(&format!("{code}: ")) && line.contains("; 处理 "), "{line}");
    }
    let english = eval(&format!("{rest} --lang en"));
    assert!(english.err.lines().all(|line| line.contains("; remedy ")), "{}", english.err);
}

#[test]
fn regions_are_known_by_code_and_by_both_names() {
    let at = |region: &str| {
        let class = ["eval", "hebei.class", "--at", "2022-12-31", "annual_emission=5", "--json"];
        tanheng(&[&class[..], &["--region", region]].concat())
    };
    for region in ["130682", "定州市", "Dingzhou"] {
        let ran = at(region);
        assert_eq!((ran.code, &ran.json()["region"]), (0, &"130682".into()), "{region}");
    }
    let slip = at("定州");
    assert_eq!(slip.error_codes(), ["rulebook.unknown_region"]);
    assert!(slip.out.contains("`定州市`"), "{}", slip.out);
    assert_eq!(at("CN").error_codes(), ["method.not_in_force"]);
}

#[test]
fn the_region_is_the_methods_own_and_the_day_today_when_none_is_given() {
    let json = eval("hebei.class annual_emission=5 --json").json();
    assert_eq!(json["region"], "130000");
    assert!(json["at"].as_str().unwrap() >= "2025-01-01", "{}", json["at"]);
    let json = eval(&format!("cn.fuel.combustion {GAS} oxidation=1 --json")).json();
    assert_eq!(json["region"], "CN");
    assert_eq!(refused("hebei.class --at 2022-11-06 annual_emission=5"), ["method.not_in_force"]);
    assert_eq!(result("hebei.class --at 2022-11-07 annual_emission=5"), "other\n");
}

#[test]
fn a_wrong_method_gets_the_right_one_offered() {
    let ran = eval("cn.fuel.combusiton consumption=1 --lang en");
    assert_eq!((ran.code, ran.out.as_str()), (1, ""));
    assert!(ran.err.contains("did you mean `cn.fuel.combustion`"), "{}", ran.err);
    assert_eq!(refused("Not/A(Method)"), ["method.unknown"]);
}

#[test]
fn a_command_written_wrongly_ends_with_two() {
    let wrong = [
        "eval",
        "eval hebei.class annual_emission",
        "eval hebei.class =5",
        "eval hebei.class --at 2022-13-01",
        "eval hebei.class --at 20221231",
        "eval hebei.class --json --explain",
        "eval hebei.class --lang fr",
        "evaluate hebei.class",
    ];
    for line in wrong {
        let ran = run(line);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{line}");
        assert!(!ran.err.is_empty());
    }
    assert_eq!(run("--help").code, 0);
    assert!(run("eval --help").out.contains("hebei.offset.excess"));
}
