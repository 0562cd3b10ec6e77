//! Every figure of a trace follows from the figures below it: a plain recomputation of the JSON,
//! which shares nothing with the evaluation but the format.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::sync::LazyLock;

use proptest::prelude::*;
use serde_json::Value as Json;
use tanheng_rulebook::{Evaluation, Rulebook, to_json};

use crate::packs::{binding, with_example};
use crate::small_pack::{evaluate, load, pack};

/// A fraction of two integers, enough for the figures of these tests.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Fraction(i128, i128);

impl Fraction {
    fn new(top: i128, bottom: i128) -> Fraction {
        let (mut a, mut b) = (top.abs(), bottom.abs());
        while b != 0 {
            (a, b) = (b, a % b);
        }
        let sign = if bottom < 0 { -1 } else { 1 };
        let common = a.max(1) * sign;
        Fraction(top / common, bottom / common)
    }

    fn read(text: &str) -> Fraction {
        if let Some((top, bottom)) = text.split_once('/') {
            return Fraction::new(top.parse().unwrap(), bottom.parse().unwrap());
        }
        let (whole, places) = match text.split_once('.') {
            Some((whole, places)) => (format!("{whole}{places}"), places.len()),
            None => (text.to_owned(), 0),
        };
        Fraction::new(whole.parse().unwrap(), 10i128.pow(u32::try_from(places).unwrap()))
    }

    fn times(self, other: Fraction) -> Fraction {
        let (left, right) = (Fraction::new(self.0, other.1), Fraction::new(other.0, self.1));
        Fraction::new(left.0 * right.0, left.1 * right.1)
    }

    fn plus(self, other: Fraction) -> Fraction {
        Fraction::new(self.0 * other.1 + other.0 * self.1, self.1 * other.1)
    }

    fn negative(self) -> Fraction {
        Fraction(-self.0, self.1)
    }

    fn order(self, other: Fraction) -> Ordering {
        (self.0 * other.1).cmp(&(other.0 * self.1))
    }

    /// Rounds by whole and rest of the scaled fraction.
    fn rounded(self, places: u32, mode: &str) -> Fraction {
        let scale = 10i128.pow(places);
        let scaled = Fraction::new(self.0 * scale, self.1);
        let (whole, rest) = (scaled.0.abs() / scaled.1, scaled.0.abs() % scaled.1);
        let up = match mode {
            "up" => rest > 0,
            "down" => false,
            "half_up" => rest * 2 >= scaled.1,
            "half_even" => rest * 2 > scaled.1 || (rest * 2 == scaled.1 && whole % 2 == 1),
            other => panic!("unknown mode {other}"),
        };
        let sign = if self.0 < 0 { -1 } else { 1 };
        Fraction::new(sign * (whole + i128::from(up)), scale)
    }
}

/// A number, not a word or a date.
fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    digits.starts_with(|c: char| c.is_ascii_digit())
        && digits.chars().all(|c| c.is_ascii_digit() || "./".contains(c))
}

/// A fraction as text.
fn plain(fraction: Fraction) -> String {
    if fraction.1 == 1 { fraction.0.to_string() } else { format!("{}/{}", fraction.0, fraction.1) }
}

/// The order of the first two values: of numbers by size, of words and dates by letters.
fn order(below: &[String]) -> Ordering {
    if is_number(&below[0]) && is_number(&below[1]) {
        Fraction::read(&below[0]).order(Fraction::read(&below[1]))
    } else {
        below[0].cmp(&below[1])
    }
}

/// The value of a node, computed anew from its leaves; figures of earlier steps are given.
fn value(node: &Json, steps: &BTreeMap<String, String>) -> String {
    let empty = Vec::new();
    let children = node["children"].as_array().unwrap_or(&empty);
    let below: Vec<String> = children.iter().map(|child| value(child, steps)).collect();
    let stated = node["value"].as_str().unwrap().to_owned();
    let computed = match node["op"].as_str().unwrap() {
        "literal" | "input" | "parameter" | "cell" | "given" => stated.clone(),
        "step" => steps[node["name"].as_str().unwrap()].clone(),
        "if" | "match" => below[1].clone(),
        "rule" => below.last().unwrap().clone(),
        "rules" => {
            let applied: Vec<usize> = (0..children.len())
                .filter(|index| value(&children[*index]["children"][0], steps) == "true")
                .collect();
            assert_eq!(applied.len(), 1, "exactly one rule applies");
            below[applied[0]].clone()
        }
        op => truth(op, &below).map_or_else(|| plain(number(op, node, &below)), |t| t.to_string()),
    };
    let same = stated == computed
        || (is_number(&stated) && Fraction::read(&stated) == Fraction::read(&computed));
    assert!(same, "{} = {stated}, computed {computed}", node["fragment"]);
    stated
}

/// The outcome of an operation that is true or false.
fn truth(op: &str, below: &[String]) -> Option<bool> {
    Some(match op {
        "not" => below[0] != "true",
        "and" => below.iter().all(|holds| holds == "true"),
        "or" => below.iter().any(|holds| holds == "true"),
        "equal" => order(below) == Ordering::Equal,
        "not_equal" => order(below) != Ordering::Equal,
        "less" => order(below) == Ordering::Less,
        "less_or_equal" => order(below) != Ordering::Greater,
        "greater" => order(below) == Ordering::Greater,
        "greater_or_equal" => order(below) != Ordering::Less,
        _ => return None,
    })
}

/// The outcome of an operation on numbers.
fn number(op: &str, node: &Json, below: &[String]) -> Fraction {
    let numbers: Vec<Fraction> = below.iter().map(|text| Fraction::read(text)).collect();
    let least = |a: Fraction, b: Fraction| if a.order(b).is_le() { a } else { b };
    let most = |a: Fraction, b: Fraction| if a.order(b).is_ge() { a } else { b };
    match (op, numbers.as_slice()) {
        ("negate", [a]) => a.negative(),
        ("add", [a, b]) => a.plus(*b),
        ("subtract", [a, b]) => a.plus(b.negative()),
        ("multiply", [a, b]) => a.times(*b),
        ("divide", [a, b]) => a.times(Fraction::new(b.1, b.0)),
        ("min", all) => all.iter().copied().reduce(least).unwrap(),
        ("max", all) => all.iter().copied().reduce(most).unwrap(),
        ("clamp", [a, low, high]) => least(most(*a, *low), *high),
        ("power", [base, exponent]) => {
            let point = &node["rounding"];
            let after = Fraction::read(point["after"].as_str().unwrap());
            // Small whole exponents by repetition; the others have tests of their own in `quantity`.
            if exponent.1 == 1 && (0..=4).contains(&exponent.0) {
                let whole = (0..exponent.0).fold(Fraction(1, 1), |product, _| product.times(*base));
                let places = u32::try_from(point["places"].as_u64().unwrap()).unwrap();
                assert_eq!(after, whole.rounded(places, point["mode"].as_str().unwrap()));
            }
            after
        }
        ("convert", [a]) => a.times(Fraction::read(node["factor"].as_str().unwrap())),
        ("round", [a]) => {
            let point = &node["rounding"];
            let places = u32::try_from(point["places"].as_u64().unwrap()).unwrap();
            assert_eq!(Fraction::read(point["before"].as_str().unwrap()), *a);
            let after = a.rounded(places, point["mode"].as_str().unwrap());
            assert_eq!(Fraction::read(point["after"].as_str().unwrap()), after);
            after
        }
        other => panic!("unknown operation {other:?}"),
    }
}

/// Recomputes a whole evaluation from its JSON.
fn recompute(evaluation: &Evaluation) {
    let json = to_json(evaluation);
    let mut steps = BTreeMap::new();
    for input in json["trace"]["inputs"].as_array().unwrap() {
        assert!(input["value"].is_string());
    }
    for step in json["trace"]["steps"].as_array().unwrap() {
        let computed = value(&step["calculation"], &steps);
        assert_eq!(step["value"], Json::from(computed.clone()));
        steps.insert(step["name"].as_str().unwrap().to_owned(), computed);
    }
    let result = json["result_name"].as_str().unwrap();
    // The result keeps the places it was rounded to, `581.00`; as a number it is the same.
    let (told, computed) = (json["result"]["value"].as_str().unwrap(), steps[result].as_str());
    let number = |text: &str| text.parse::<tanheng_quantity::Rational>();
    match (number(told), number(computed)) {
        (Ok(told), Ok(computed)) => assert_eq!(told, computed),
        _ => assert_eq!(told, computed),
    }
}

/// A method that uses every operation of the language.
const ALL: &str = r#"[[method]]
id = "p.all"
title = { zh = "全部", en = "All" }
from = 2022-01-01
document = "d1"
clause = "四"
checked = "official"
result = "class"

[[method.input]]
name = "a"
title = { zh = "甲", en = "A" }
unit = ["t"]

[[method.input]]
name = "b"
title = { zh = "乙", en = "B" }
unit = "{a}"

[[method.input]]
name = "kind"
title = { zh = "种类", en = "Kind" }
type = "enum"
values = ["x", "y", "z"]

[[method.input]]
name = "flag"
title = { zh = "标志", en = "Flag" }
type = "bool"

[[method.input]]
name = "year"
title = { zh = "年", en = "Year" }
type = "year"

[[method.step]]
name = "sum"
title = { zh = "和", en = "Sum" }
formula = "if flag and year >= 2022 then a + b * 3 else -a - b + max(a, b) * 2"
unit = "{a}"

[[method.step]]
name = "share"
title = { zh = "比", en = "Share" }
formula = "round(clamp(sum, min(a, b), max(a, b)) / (b * b + a * a + 1[t] * 1[t] * 0) * b * match kind { 'x' => p.ratio, 'y' => 44 / 12, _ => 10% }, 3, half_even)"
unit = "1"

[[method.step]]
name = "class"
title = { zh = "类别", en = "Class" }
unit = "kg"
[[method.step.rule]]
when = "share >= 0.5 or not flag and kind != 'x'"
then = "round(sum / 7, 1, up) * share"
[[method.step.rule]]
when = "share < 0.5 and (flag or kind == 'x')"
then = "round(sum / 7, 0, down) + round(sum / 3, 2, half_up)"
"#;

fn all() -> &'static Rulebook {
    static BOOK: LazyLock<Rulebook> = LazyLock::new(|| load(pack(&[("methods/all.toml", ALL)])));
    &BOOK
}

proptest! {
    #[test]
    fn a_trace_follows_from_its_leaves(
        a in -9999i32..9999, b in 1i32..9999, kind in "[xyz]", flag: bool, year in 2000i32..2040,
    ) {
        let book = all();
        let (a, b) = (f(a), f(b));
        let inputs = format!("a={a}; b={b}; kind={kind}; flag={flag}; year={year}");
        let evaluation = evaluate(book, "p.all", ("2022-06-30", "CN"), &inputs);
        recompute(&evaluation.unwrap());
    }

    #[test]
    fn combustion_follows_from_its_leaves(
        consumption in 0u32..100_000_000, ncv in 1u32..400_000, carbon in 1u32..10_000, oxidation in 1u32..=100,
        gas: bool, region in prop_oneof![Just("CN"), Just("130000")],
    ) {
        let book = binding();
        let unit = if gas { "10^4Nm3" } else { "t" };
        let inputs = format!(
            "consumption={}.{:02} {unit}; ncv={}.{:03}; carbon_content=0.{carbon:05}; oxidation={oxidation}%",
            consumption / 100, consumption % 100, ncv / 1000, ncv % 1000,
        );
        for method in ["cn.fuel.combustion", "cn.power.combustion.gas"] {
            let evaluation = evaluate(book, method, ("2023-06-30", region), &inputs).unwrap();
            recompute(&evaluation);
        }
    }

    #[test]
    fn allocation_follows_from_its_leaves(
        power in 1u32..1200, output in 0u32..9_000_000, heat in 0u32..9_000_000,
        load in 0u32..=100, kind in 0usize..3, year in 2019i32..2025,
    ) {
        let kind = ["conventional_coal", "unconventional_coal", "gas"][kind];
        let inputs = format!(
            "technology={kind}; rated_power={power}; output={output}; heat={heat}; load_factor={load}%"
        );
        let day = format!("{year}-12-31");
        let evaluation = evaluate(binding(), "cn.power.allocation", (&day, "CN"), &inputs);
        recompute(&evaluation.unwrap());
    }

    #[test]
    fn class_and_duty_follow_from_their_leaves(emission in 0u64..10_000_000, benchmark in 0u64..10_000_000) {
        let book = with_example();
        let place = ("2023-06-30", "130000");
        let emission = format!("{}.{:02}", emission / 100, emission % 100);
        let class = evaluate(book, "hebei.class", place, &format!("annual_emission={emission}"));
        recompute(&class.unwrap());
        let inputs = format!("verified={emission}; benchmark={benchmark}");
        recompute(&evaluate(book, "hebei.offset.excess", place, &inputs).unwrap());
        let inputs = format!("industry=steel; product=crude_steel; output={benchmark}");
        recompute(&evaluate(book, "hebei.benchmark.emission", place, &inputs).unwrap());
    }
}

/// A number of hundredths as text.
fn f(hundredths: i32) -> String {
    let sign = if hundredths < 0 { "-" } else { "" };
    format!("{sign}{}.{:02}", hundredths.abs() / 100, hundredths.abs() % 100)
}
