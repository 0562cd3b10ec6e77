//! What formulas mean: precedence, units, choices, functions.

use tanheng_rulebook::to_json;

use crate::small_pack::{METHOD, codes, evaluate, load, pack};

/// The value of a formula over `mass` and `share`, in a unit.
fn value(formula: &str, unit: &str) -> Result<String, String> {
    let method = METHOD
        .replace("mass * p.ratio", formula)
        .replace("unit = \"t\"\n", &format!("unit = \"{unit}\"\n"));
    let packs = pack(&[("methods/half.toml", &method)]);
    let wrong = codes(&packs);
    if !wrong.is_empty() {
        return Err(wrong.join(" "));
    }
    let book = load(packs);
    evaluate(&book, "p.half", ("2022-06-30", "130000"), "mass=12")
        .map(|evaluation| evaluation.result.to_string())
        .map_err(|error| error.code().to_owned())
}

#[test]
fn formulas_mean_what_they_say() {
    // formula over mass = 12 t and p.ratio = 10 %, unit of the step, result
    for (formula, unit, expected) in [
        ("mass + 2[t] * 3", "t", "18 t"),
        ("(mass + 2[t]) * 3", "t", "42 t"),
        ("mass - 2[t] - 3[t]", "t", "7 t"),
        ("-mass + 500[kg]", "t", "-11.5 t"),
        ("2 * -mass", "t", "-24 t"),
        ("mass", "kg", "12000 kg"),
        ("round(mass / 7, 2, half_up)", "t", "1.71 t"),
        ("round(mass / 7, 2, half_up)", "kg", "1714.29 kg"),
        ("round(mass / 7, 2, down) + round(mass / 7, 2, up)", "t", "3.43 t"),
        ("round(mass / 96, 2, half_even)", "t", "0.12 t"),
        ("round(mass / 96, 2, half_up)", "t", "0.13 t"),
        ("if mass >= 12[t] and not (mass > 12[t]) then 1[t] else 2[t]", "t", "1 t"),
        ("if mass < 1[t] or mass == 12000[kg] then 1[t] else 2[t]", "t", "1 t"),
        ("min(mass, 5[t], 4000[kg])", "t", "4 t"),
        ("max(0[t], mass - 20[t])", "t", "0 t"),
        ("clamp(mass, 1[t], 10[t])", "t", "10 t"),
        ("mass * 10% * p.ratio", "t", "0.12 t"),
        ("match (if mass > 1[t] then 'a' else 'b') { 'a' => 1[t], 'b' => 2[t] }", "t", "1 t"),
        ("match (if mass > 1[t] then 'a' else 'b') { 'b' => 1[t], _ => mass }", "t", "12 t"),
        ("if date(2022-01-02) > date(2022-01-01) then mass else 0[t]", "t", "12 t"),
    ] {
        assert_eq!(value(formula, unit).as_deref(), Ok(expected), "{formula}");
    }
}

#[test]
fn what_cannot_be_meant_is_refused() {
    for (formula, expected) in [
        ("mass +", "rulebook.syntax"),
        ("mass + 1", "rulebook.unit_mismatch"),
        ("mass + 1[GJ]", "rulebook.unit_mismatch"),
        ("mass * 1[GJ]", "rulebook.unit_mismatch"),
        ("mass * 1[parsec]", "rulebook.syntax"),
        ("mass / 2", "rulebook.division_outside_round"),
        ("round(mass, 2, half_up) * (44 / 12)", "rulebook.division_outside_round"),
        ("weight", "rulebook.unknown_name"),
        ("out * 2", "rulebook.unknown_name"),
        ("mass * p.none", "rulebook.unknown_name"),
        ("mass * lookup(p.none.value, 'a')", "rulebook.unknown_name"),
        ("mass > 1[t]", "rulebook.type_mismatch"),
        ("if mass then mass else mass", "rulebook.type_mismatch"),
        ("if true then mass else 1[GJ]", "rulebook.unit_mismatch"),
        ("mass * true", "rulebook.type_mismatch"),
        ("match (if true then 'a' else 'b') { 'a' => mass }", "rulebook.not_exhaustive"),
        (
            "match (if true then 'a' else 'b') { 'a' => mass, 'c' => mass, _ => mass }",
            "rulebook.unknown_name",
        ),
        (
            "match (if true then 'a' else 'b') { 'a' => mass, 'a' => mass, _ => mass }",
            "rulebook.duplicate_id",
        ),
        ("clamp(mass, 2[t], 1[t])", "rulebook.bad_value"),
        ("1[t]", "rulebook.unused_input"),
        ("1[t] < mass < 3[t]", "rulebook.syntax"),
        ("round(mass, 2)", "rulebook.syntax"),
        ("round(mass, 2, nearest)", "rulebook.syntax"),
        ("sqrt(mass)", "rulebook.syntax"),
        ("mass = 1[t]", "rulebook.syntax"),
        ("mass × 2", "rulebook.syntax"),
        (
            "((((((((((((((((((((((((((((((((((((((((((((((((((mass))))))))))))))))))))))))))))))))))))))))))))))))))",
            "rulebook.syntax",
        ),
    ] {
        assert_eq!(value(formula, "t"), Err(expected.to_owned()), "{formula}");
    }
}

#[test]
fn what_does_not_fit_is_an_error_and_never_wrong() {
    let power = "mass * mass * mass * mass * mass * mass * mass * mass * mass * mass * mass * mass";
    let all = format!("({power}) * 12345678901234567890.12345678901234567 * 1234567890123");
    let unit = "t^2"; // refused long before the number could overflow
    assert_eq!(value(&all, unit), Err("rulebook.unit_mismatch".to_owned()));
    let huge = "mass * 1234567890123456789.123456789 * 1234567890123456789.123456789";
    assert_eq!(value(huge, "t"), Err("rulebook.arithmetic".to_owned()));
    assert_eq!(
        value("round(mass / (p.ratio - 10%), 2, up)", "t"),
        Err("rulebook.arithmetic".to_owned())
    );
}

#[test]
fn every_choice_of_units_must_hold() {
    let choice = |step: &str| {
        let method = METHOD
            .replace("unit = \"t\"\n", &format!("unit = \"{step}\"\n"))
            .replace("unit = [\"t\"]", "unit = [\"t\", \"10^4Nm3\"]");
        pack(&[("methods/half.toml", &method)])
    };
    assert_eq!(codes(&choice("t")), ["rulebook.unit_mismatch"]);
    assert!(codes(&choice("{mass}")).is_empty());
    assert_eq!(codes(&choice("{weight}")), ["rulebook.unknown_name"]);
    let book = load(choice("{mass}"));
    for (mass, expected) in
        [("5", "0.5 t"), ("5 10^4Nm3", "0.5 10^4Nm3"), ("50000 Nm3", "0.5 10^4Nm3")]
    {
        let evaluation =
            evaluate(&book, "p.half", ("2022-06-30", "CN"), &format!("mass={mass}")).unwrap();
        assert_eq!(evaluation.result.to_string(), expected, "{mass}");
    }
}

#[test]
fn the_longest_formula_fits_a_small_stack() {
    let sum = |terms: usize| format!("mass{}", " + mass".repeat(terms - 1));
    let (longest, longer) = (sum(28), sum(29));
    let run = std::thread::Builder::new().stack_size(1 << 19);
    let value_of = move || (value(&longest, "t"), value(&longer, "t"));
    let (longest, longer) = run.spawn(value_of).unwrap().join().unwrap();
    assert_eq!(longest.as_deref(), Ok("336 t"));
    assert_eq!(longer, Err("rulebook.syntax".to_owned()));
}

#[test]
fn the_deepest_trace_can_be_read_as_json() {
    // Brackets nest 23 deep at most; every level converts, as kilogrammes and tonnes alternate.
    let nested = " + (1[kg] + (1[t]".repeat(11);
    let deepest = format!("1[t]{nested} + mass{}", ")".repeat(22));
    let method = METHOD.replace("mass * p.ratio", &deepest);
    let book = load(pack(&[("methods/half.toml", &method)]));
    let evaluation = evaluate(&book, "p.half", ("2022-06-30", "CN"), "mass=1").unwrap();
    let json = serde_json::to_string(&to_json(&evaluation)).unwrap();
    let read: Result<serde_json::Value, _> = serde_json::from_str(&json);
    assert!(read.is_ok(), "{:?}", read.err());
}
