//! The calculation as an accountant writes it, in both languages.

use tanheng_base::Lang;
use tanheng_rulebook::{Evaluation, explain, formula_notation, model::Body, to_json};

use crate::packs::{binding, with_example};
use crate::small_pack::{METHOD, RATIO, VALUE, evaluate, load, pack};

/// The text without the version, which changes with every pack.
fn text(evaluation: &Evaluation, lang: Lang) -> String {
    explain(evaluation, lang).replace(evaluation.version.short(), "‹version›")
}

#[test]
fn gas_is_explained_with_its_rounding_points() {
    let inputs = "consumption=21; ncv=389.31; carbon_content=0.01532; oxidation=99%";
    let evaluation =
        evaluate(binding(), "cn.power.combustion.gas", ("2023-06-30", "130000"), inputs).unwrap();
    let zh = text(&evaluation, Lang::Zh);
    for part in
        ["5.9642292 → 5.96 tC/10^4Nm3", "454.3308 → 454.33 tCO2", "44/12 tCO2/tC", "〔二手来源〕"]
    {
        assert!(zh.contains(part), "{part} is missing in\n{zh}");
    }
    assert!(!zh.contains("试算"), "{zh}");
}

#[test]
fn a_trial_figure_says_so_first_and_last() {
    let inputs = "industry=steel; product=crude_steel; output=10";
    let evaluation =
        evaluate(with_example(), "hebei.benchmark.emission", ("2023-06-30", "130000"), inputs)
            .unwrap();
    let (zh, en) = (text(&evaluation, Lang::Zh), text(&evaluation, Lang::En));
    assert!(zh.starts_with("【试算】") && zh.trim_end().ends_with("处罚。"), "{zh}");
    assert!(en.starts_with("[TRIAL]") && en.contains("(TRIAL)"), "{en}");
    assert!(zh.contains("凭记忆，未核实"), "{zh}");
}

/// A method with a choice, a conversion, a quotient that does not end, and rules.
const MIXED: &str = r#"[[method]]
id = "p.mixed"
title = { zh = "混合", en = "Mixed" }
from = 2022-01-01
document = "d1"
clause = "三"
checked = "memory"
result = "class"

[[method.input]]
name = "mass"
title = { zh = "质量", en = "Mass" }
symbol = "m"
unit = ["t"]

[[method.input]]
name = "kind"
title = { zh = "种类", en = "Kind" }
type = "enum"
values = ["wet", "dry"]
labels = { wet = { zh = "湿", en = "wet" }, dry = { zh = "干", en = "dry" } }

[[method.step]]
name = "dried"
title = { zh = "干重", en = "Dry mass" }
symbol = "m_d"
formula = "round((mass - 500[kg]) * match kind { 'wet' => p.ratio, 'dry' => 1 } / 3, 4, half_even)"
unit = "t"

[[method.step]]
name = "class"
title = { zh = "类别", en = "Class" }
type = "enum"
values = ["large", "small"]
labels = { large = { zh = "大", en = "large" }, small = { zh = "小", en = "small" } }
[[method.step.rule]]
when = "not (dried < 1[t]) or kind == 'dry'"
then = "'large'"
[[method.step.rule]]
when = "dried < 1[t] and kind != 'dry'"
then = "'small'"
clause = "三(二)"
"#;

#[test]
fn both_languages_are_complete() {
    let book = load(pack(&[("methods/mixed.toml", MIXED)]));
    let evaluation =
        evaluate(&book, "p.mixed", ("2022-06-30", "130100"), "mass=2500.7 kg; kind=wet").unwrap();
    insta::assert_snapshot!("mixed_zh", text(&evaluation, Lang::Zh));
    insta::assert_snapshot!("mixed_en", text(&evaluation, Lang::En));
}

#[test]
fn the_result_is_data_with_its_unit() {
    let book = load(pack(&[("methods/mixed.toml", MIXED)]));
    let evaluation = evaluate(&book, "p.mixed", ("2022-06-30", "CN"), "mass=1; kind=dry").unwrap();
    let json = to_json(&evaluation);
    assert_eq!(json["result"], serde_json::json!({ "value": "large" }));
    assert_eq!(json["trial"], true);
    assert_eq!(json["unverified"][0]["id"], "p.mixed");
    let half = evaluate(&book, "p.half", ("2022-06-30", "CN"), "mass=1").unwrap();
    assert_eq!(to_json(&half)["result"], serde_json::json!({ "value": "0.1", "unit": "t" }));
    assert_eq!(to_json(&half)["version"], book.version().as_str());
}

#[test]
fn only_what_took_part_makes_a_trial_figure() {
    let memory = VALUE.replace("\"official\"", "\"memory\"").replace("10%", "20%");
    let parameters = format!("{RATIO}{VALUE}{}{memory}", RATIO.replace("p.ratio", "p.other"));
    let chosen =
        METHOD.replace("mass * p.ratio", "if mass > 10[t] then mass * p.other else mass * p.ratio");
    let book =
        load(pack(&[("parameters/ratio.toml", &parameters), ("methods/half.toml", &chosen)]));
    let trial = |mass: &str| {
        let inputs = format!("mass={mass}");
        evaluate(&book, "p.half", ("2022-06-30", "CN"), &inputs).unwrap().trial
    };
    assert!(!trial("10"));
    assert!(trial("10.001"));
}

#[test]
fn formulas_are_written_with_symbols_and_signs() {
    let book = load(pack(&[("methods/mixed.toml", MIXED)]));
    let method = &book.method_versions(&"p.mixed".parse().unwrap())[0];
    let Body::Formula(formula) = &method.steps[0].body else { panic!("no formula") };
    let written = formula_notation(method, formula, Lang::En);
    assert_eq!(
        written,
        "round((m − 500 kg) × kind { wet → p.ratio; dry → 1 } ÷ 3; 4 places, half even)"
    );
}
