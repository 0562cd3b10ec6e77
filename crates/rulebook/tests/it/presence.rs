//! Optional inputs, defaults, refusals, units that a table decides, numbers as keys, powers.

use tanheng_base::Lang;
use tanheng_rulebook::{EvalError, Evaluation, Rulebook, explain, to_json};

use crate::packs::binding;
use crate::small_pack::{codes, evaluate, load, pack};

const PLACE: (&str, &str) = ("2022-06-30", "CN");

/// A table that says in which unit a fuel is counted, with a value per unit.
const FUELS: (&str, &str) = (
    "id = \"p.fuels\"\ntitle = { zh = \"燃料\", en = \"Fuels\" }\nkeys = [\"fuel\"]\ncolumns = [ { name = \"unit\", type = \"text\" }, { name = \"low\", unit_from = \"per\" }, { name = \"high\", unit_from = \"per\" } ]\n",
    "fuel,unit,low,high,per,from,document,clause,checked\ncoal,t,0.7,0.7,kgce/kg,2022-01-01,d1,三,official\ngas,10^4Nm3,1.1,1.3,kgce/Nm3,2022-01-01,d1,三,official\n",
);

const COAL: &str = r#"[[method]]
id = "p.coal"
title = { zh = "折煤", en = "Coal" }
from = 2022-01-01
document = "d1"
clause = "三"
checked = "official"
result = "out"

[[method.input]]
name = "fuel"
title = { zh = "燃料", en = "Fuel" }
type = "enum"
values = ["coal", "gas"]
labels = { coal = { zh = "原煤", en = "coal" }, gas = { zh = "天然气", en = "gas" } }
aliases = { "瓦斯" = "gas" }

[[method.input]]
name = "amount"
title = { zh = "数量", en = "Amount" }
unit = ["t", "10^4Nm3"]
unit_by = { table = "p.fuels", column = "unit", key = "fuel" }

[[method.input]]
name = "factor"
title = { zh = "系数", en = "Factor" }
unit = ["kgce/kg", "kgce/Nm3"]
unit_follows = "amount"
optional = true

[[method.refusal]]
when = "low < high and not given(factor)"
input = "factor"
code = "missing"
message = { zh = "{fuel}要系数，{low}至{high}", en = "{fuel} needs a factor, {low} to {high}" }
remedy = { zh = "补上", en = "add it" }

[[method.refusal]]
when = "given(factor) and (factor < low or factor > high)"
input = "factor"
code = "range"
message = { zh = "{factor}不在{low}至{high}", en = "{factor} is not from {low} to {high}" }
remedy = { zh = "改正", en = "correct it" }

[[method.step]]
name = "low"
title = { zh = "下限", en = "Low" }
formula = "lookup(p.fuels.low, fuel)"
unit = "{factor}"

[[method.step]]
name = "high"
title = { zh = "上限", en = "High" }
formula = "lookup(p.fuels.high, fuel)"
unit = "{factor}"

[[method.step]]
name = "out"
title = { zh = "结果", en = "Result" }
formula = "amount * (if given(factor) then factor else low)"
unit = "tce"
"#;

fn coal() -> Rulebook {
    load(pack(&[
        ("tables/fuels.toml", FUELS.0),
        ("tables/fuels.csv", FUELS.1),
        ("methods/coal.toml", COAL),
    ]))
}

fn of(book: &Rulebook, inputs: &str) -> Result<Evaluation, EvalError> {
    evaluate(book, "p.coal", PLACE, inputs)
}

fn result(book: &Rulebook, inputs: &str) -> String {
    of(book, inputs).unwrap().result.to_string()
}

#[test]
fn the_unit_of_an_amount_is_that_of_its_row() {
    let book = coal();
    assert_eq!(result(&book, "fuel=coal; amount=100"), "70 tce");
    assert_eq!(result(&book, "fuel=coal; amount=1000 kg"), "0.7 tce");
    assert_eq!(result(&book, "fuel=gas; amount=100; factor=1.2"), "1200 tce");
    let wrong = of(&book, "fuel=gas; amount=100 t; factor=1.2").unwrap_err();
    let problems = wrong.problems();
    assert_eq!(wrong.codes(), ["input.unit"]);
    assert!(problems[0].message.en.contains("given in t, but is counted in 10^4Nm3"));
    assert_eq!(problems[0].remedy.zh, "换算为 10^4Nm3 后填写");
    // A wrong fuel is told once; its amount cannot be judged.
    assert_eq!(of(&book, "fuel=wood; amount=1").unwrap_err().codes(), ["input.malformed"]);
}

#[test]
fn choices_are_known_by_label_and_other_words() {
    let book = coal();
    for word in ["gas", "天然气", "瓦斯"] {
        assert_eq!(
            result(&book, &format!("fuel={word}; amount=1; factor=1.2")),
            "12 tce",
            "{word}"
        );
    }
    let twice = COAL.replace("\"瓦斯\" = \"gas\"", "\"原煤\" = \"gas\"");
    let packs = pack(&[
        ("tables/fuels.toml", FUELS.0),
        ("tables/fuels.csv", FUELS.1),
        ("methods/coal.toml", &twice),
    ]);
    assert!(codes(&packs).contains(&"rulebook.duplicate_id"));
}

#[test]
fn a_refusal_says_why_with_the_values_in_it() {
    let book = coal();
    let missing = of(&book, "fuel=gas; amount=1").unwrap_err();
    assert_eq!(missing.codes(), ["input.missing"]);
    let problem = &missing.problems()[0];
    assert_eq!(problem.message.zh, "天然气要系数，1.1 kgce/Nm3至1.3 kgce/Nm3");
    assert_eq!(problem.message.en, "gas needs a factor, 1.1 kgce/Nm3 to 1.3 kgce/Nm3");
    for (factor, fits) in [("1.1", true), ("1.3", true), ("1.0999", false), ("1.3001", false)] {
        let outcome = of(&book, &format!("fuel=gas; amount=1; factor={factor}"));
        match outcome {
            Ok(_) => assert!(fits, "{factor}"),
            Err(error) => {
                assert!(!fits, "{factor}");
                assert_eq!(error.codes(), ["input.range"]);
                assert!(error.problems()[0].message.en.starts_with(factor));
            }
        }
    }
}

/// A method with a default and an optional input in rules.
fn discount(rules: &str) -> String {
    format!(
        r#"[[method]]
id = "p.rate"
title = {{ zh = "折扣", en = "Rate" }}
from = 2022-01-01
document = "d1"
clause = "四"
checked = "official"
result = "out"

[[method.input]]
name = "mass"
title = {{ zh = "质量", en = "Mass" }}
unit = ["t"]
min = "0"

[[method.input]]
name = "season"
title = {{ zh = "季节", en = "Season" }}
type = "enum"
values = ["summer", "winter"]
default = "winter"

[[method.input]]
name = "share"
title = {{ zh = "份额", en = "Share" }}
unit = ["1"]
min = "0"
max = "1"
optional = true

[[method.step]]
name = "rate"
title = {{ zh = "率", en = "Rate" }}
unit = "1"
{rules}
[[method.step]]
name = "out"
title = {{ zh = "结果", en = "Result" }}
formula = "mass * rate * (if season == 'winter' then 2 else 1)"
unit = "t"
"#
    )
}

const COMPLETE: &str = r#"[[method.step.rule]]
when = "not given(share)"
then = "1"
[[method.step.rule]]
when = "given(share) and share < 0.5"
then = "share"
[[method.step.rule]]
when = "given(share) and share >= 0.5"
then = "round(pow(1.015, 16 - 20 * share), 6, half_up)"
"#;

fn rate_pack(rules: &str) -> Vec<tanheng_rulebook::PackFiles> {
    pack(&[
        ("methods/rate.toml", &discount(rules)),
        (
            "cases/good/rate.toml",
            "[[case]]\nname = \"一\"\nmethod = \"p.rate\"\nat = 2022-06-30\ninputs = { mass = \"1\" }\nresult = \"2 t\"\n",
        ),
    ])
}

#[test]
fn a_default_counts_where_nothing_is_given_and_says_so() {
    let book = load(rate_pack(COMPLETE));
    let evaluation = evaluate(&book, "p.rate", PLACE, "mass=3").unwrap();
    assert_eq!(evaluation.result.to_string(), "6 t");
    let json = to_json(&evaluation);
    assert_eq!(json["trace"]["inputs"][1]["assumed"], true);
    assert!(json["trace"]["inputs"][0].get("assumed").is_none());
    assert!(explain(&evaluation, Lang::Zh).contains("winter（未填，按缺省）"));
    let given = evaluate(&book, "p.rate", PLACE, "mass=3; season=summer").unwrap();
    assert_eq!(given.result.to_string(), "3 t");
    assert!(to_json(&given)["trace"]["inputs"][1].get("assumed").is_none());
}

#[test]
fn an_optional_input_takes_part_only_when_given() {
    let book = load(rate_pack(COMPLETE));
    let rate = |share: &str| {
        let inputs = format!("mass=1; season=summer; share={share}");
        evaluate(&book, "p.rate", PLACE, &inputs).map(|done| done.result.to_string())
    };
    assert_eq!(rate("0.25").unwrap(), "0.25 t");
    assert_eq!(rate("0.7").unwrap(), "1.030225 t");
    assert_eq!(rate("0.6").unwrap(), "1.061364 t");
    assert_eq!(rate("2").unwrap_err().codes(), ["input.range"]);
    let traced = evaluate(&book, "p.rate", PLACE, "mass=1; share=0.6234").unwrap();
    let text = explain(&traced, Lang::En);
    assert!(text.contains("1.015^(16 − 20 × 0.6234)"), "{text}");
    assert!(text.contains("1.053993812204… → 1.053994"), "{text}");
}

#[test]
fn rules_are_tried_with_and_without_an_optional_input() {
    assert!(codes(&rate_pack(COMPLETE)).is_empty(), "{:?}", codes(&rate_pack(COMPLETE)));
    let hole = COMPLETE.replacen("not given(share)", "not given(share) and season == 'summer'", 1);
    assert_eq!(codes(&rate_pack(&hole)), ["rulebook.no_rule_applies"]);
    let both = COMPLETE.replacen("not given(share)", "true", 1);
    assert!(codes(&rate_pack(&both)).contains(&"rulebook.two_rules_apply"));
    let unguarded = COMPLETE.replacen("given(share) and share < 0.5", "share < 0.5", 1);
    assert!(codes(&rate_pack(&unguarded)).contains(&"rulebook.may_be_missing"));
}

#[test]
fn a_power_that_cannot_be_proved_is_an_error() {
    let wild = COMPLETE.replacen("16 - 20 * share", "2000 * share", 1);
    let book = load(rate_pack(&wild));
    let error = evaluate(&book, "p.rate", PLACE, "mass=1; share=0.9").unwrap_err();
    assert_eq!(error.code(), "rulebook.arithmetic");
    assert!(error.problems()[0].message.en.contains("certain rounding"), "{error}");
}

#[test]
fn numbers_as_keys_are_compared_as_numbers() {
    let book = binding();
    let heat = |pressure: &str, temperature: &str| {
        let inputs = format!("steam=1000; pressure={pressure}; temperature={temperature}");
        evaluate(book, "cn.heat.steam.superheated", ("2022-12-31", "CN"), &inputs)
    };
    for (pressure, temperature) in [("1", "280"), ("1.0", "280.0"), ("1000 kPa", "280 ℃")] {
        let done = heat(pressure, temperature).unwrap();
        assert_eq!(done.result.to_string(), "2924.56 GJ");
    }
    assert_eq!(heat("1.05", "280").unwrap_err().code(), "rulebook.no_row");
    assert_eq!(heat("1 GJ", "280").unwrap_err().codes(), ["input.unit"]);
}

#[test]
fn every_printed_row_is_asked_for_in_its_own_unit() {
    let book = binding();
    let place = ("2022-12-31", "130000");
    let table = book.table(&"hebei.standard_coal".parse().unwrap()).unwrap();
    assert_eq!(table.rows.len(), 26);
    for row in &table.rows {
        let (fuel, name) = (&row.keys[0], row.cells["name"].bare());
        let same = row.cells["low"] == row.cells["high"];
        for word in [fuel, &name] {
            let bare =
                evaluate(book, "hebei.standard_coal", place, &format!("fuel={word}; amount=1"));
            match bare {
                Ok(_) => assert!(same, "{word} has a range"),
                Err(error) => {
                    assert!(!same, "{word}: {error}");
                    let text = error.problems()[0].message.zh.clone();
                    assert!(text.contains(&row.cells["low"].to_string()), "{text}");
                    assert!(text.contains(&row.cells["high"].to_string()), "{text}");
                }
            }
        }
        let unit = row.cells["amount_unit"].bare();
        let other = if unit == "t" { "GJ" } else { "t" };
        let inputs = format!("fuel={fuel}; amount=1 {other}");
        let wrong = evaluate(book, "hebei.standard_coal", place, &inputs).unwrap_err();
        assert_eq!(wrong.codes(), ["input.unit"], "{fuel}");
        assert!(wrong.problems()[0].message.en.contains(&unit), "{fuel}");
    }
}
