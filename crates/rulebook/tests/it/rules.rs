//! Exactly one rule applies: decided at loading by trying every threshold and gap.

use crate::small_pack::{RATIO, VALUE, codes, evaluate, load, pack, wrong};

/// A method over a mass in `0..=1000 t` with 2 places, with rules on its class.
fn method(rules: &[(&str, &str)]) -> String {
    let mut text = r#"[[method]]
id = "p.half"
title = { zh = "类别", en = "Class" }
from = 2022-01-01
document = "d1"
clause = "二"
checked = "official"
result = "class"

[[method.input]]
name = "mass"
title = { zh = "质量", en = "Mass" }
unit = ["t"]
places = 2
min = "0"
max = "1000"

[[method.input]]
name = "kind"
title = { zh = "种类", en = "Kind" }
type = "enum"
values = ["wet", "dry"]

[[method.step]]
name = "class"
title = { zh = "类别", en = "Class" }
type = "enum"
values = ["a", "b"]
"#
    .to_owned();
    for (when, then) in rules {
        text += &format!("[[method.step.rule]]\nwhen = \"{when}\"\nthen = \"'{then}'\"\n");
    }
    text
}

const CASE: &str = r#"[[case]]
name = "一"
method = "p.half"
at = 2022-06-30
inputs = { mass = "10", kind = "wet" }
result = "a"
"#;

fn found(rules: &[(&str, &str)], parameters: &str) -> Vec<&'static str> {
    let parameters = format!("{RATIO}{VALUE}{parameters}");
    codes(&pack(&[
        ("methods/half.toml", &method(rules)),
        ("parameters/ratio.toml", &parameters),
        ("cases/good/half.toml", CASE),
    ]))
}

#[test]
fn every_gap_and_every_overlap_is_found() {
    let none = "rulebook.no_rule_applies";
    let twice = "rulebook.two_rules_apply";
    for (first, second, expected) in [
        ("mass >= 5[t] and kind == 'wet'", "mass < 5[t] or kind == 'dry'", &[][..]),
        ("mass > 5[t] and kind == 'wet'", "mass < 5[t] or kind == 'dry'", &[none]),
        ("mass >= 5[t] and kind == 'wet'", "mass <= 5[t] or kind == 'dry'", &[twice]),
        ("mass >= 5[t] and kind == 'wet'", "mass < 5[t] and kind == 'dry'", &[none]),
        ("mass >= 5[t] or kind == 'wet'", "mass <= 4.99[t] and kind == 'dry'", &[]),
        ("mass >= 5[t] or kind == 'wet'", "mass <= 4.98[t] and kind == 'dry'", &[none]),
        ("mass < 1000[t] and kind == 'wet'", "mass >= 999.99[t] or kind == 'dry'", &[twice]),
        ("mass < 1000[t] and kind == 'wet'", "kind == 'dry'", &[none]),
        ("mass <= 1000[t] and kind == 'wet'", "kind == 'dry'", &[]),
        ("mass > 0[t] and kind == 'wet'", "kind == 'dry'", &[none]),
        ("not (mass < 5000[kg]) and kind == 'wet'", "5[t] > mass or kind != 'wet'", &[]),
    ] {
        assert_eq!(found(&[(first, "a"), (second, "b")], ""), expected, "{first} | {second}");
    }
}

#[test]
fn rules_are_tried_on_every_day_a_parameter_changes() {
    let limit = |later: &str| {
        format!(
            "{}{}{}",
            RATIO.replace("p.ratio", "p.limit").replace("unit = \"1\"", "unit = \"t\""),
            VALUE.replace("10%", "5"),
            VALUE.replace("10%", later).replace("from = 2022-01-01", "from = 2024-01-01"),
        )
    };
    let rules = [("mass >= p.limit and kind == 'wet'", "a"), ("mass < 5[t] or kind == 'dry'", "b")];
    assert!(found(&rules, &limit("5")).is_empty());
    assert_eq!(found(&rules, &limit("4")), ["rulebook.two_rules_apply"]);
    assert_eq!(found(&rules, &limit("6")), ["rulebook.no_rule_applies"]);
    let city = limit("5") + &VALUE.replace("10%", "6").replace("from", "region = \"130100\"\nfrom");
    assert_eq!(found(&rules, &city), ["rulebook.no_rule_applies"]);
}

#[test]
fn the_witness_is_named() {
    let rules = [("mass > 5[t] and kind == 'wet'", "a"), ("mass < 5[t] or kind == 'dry'", "b")];
    let packs = pack(&[("methods/half.toml", &method(&rules)), ("cases/good/half.toml", CASE)]);
    let message = &wrong(&packs)[0].message.en;
    assert!(message.contains("kind = wet") && message.contains("mass = 5 t"), "{message}");
}

#[test]
fn an_undecidable_condition_still_fails_when_it_happens() {
    // The samples never hit 3.33 t, where both rules apply; the evaluation does.
    let rules = [
        ("mass * 3 >= 9.99[t] and kind == 'wet'", "a"),
        ("mass * 3 <= 9.99[t] or kind == 'dry'", "b"),
    ];
    let packs = pack(&[("methods/half.toml", &method(&rules)), ("cases/good/half.toml", CASE)]);
    let book = load(packs);
    let at = |mass: &str| {
        let inputs = format!("mass={mass}; kind=wet");
        evaluate(&book, "p.half", ("2022-06-30", "CN"), &inputs)
            .map(|evaluation| evaluation.result.to_string())
            .map_err(|error| error.code())
    };
    assert_eq!(at("3.34"), Ok("a".to_owned()));
    assert_eq!(at("3.33"), Err("rulebook.two_rules_apply"));
}

#[test]
fn variables_are_compared_with_one_another() {
    let two = |when: &str| {
        method(&[(when, "a"), ("mass < other or kind == 'dry'", "b")]).replace(
            "[[method.input]]\nname = \"kind\"",
            "[[method.input]]\nname = \"other\"\ntitle = { zh = \"另\", en = \"Other\" }\nunit = \"t\"\n\n[[method.input]]\nname = \"kind\"",
        )
    };
    let case = CASE.replace("kind =", "other = \"1\", kind =");
    let found = |when: &str| {
        codes(&pack(&[("methods/half.toml", &two(when)), ("cases/good/half.toml", &case)]))
    };
    assert!(found("mass >= other and kind == 'wet'").is_empty());
    assert_eq!(found("mass > other and kind == 'wet'"), ["rulebook.no_rule_applies"]);
    assert_eq!(
        found("mass <= other and kind == 'wet'"),
        ["rulebook.no_rule_applies", "rulebook.two_rules_apply"]
    );
}
