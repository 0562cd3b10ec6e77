//! `tanheng rulebook check` on packs with one mistake each: code, file, line, the place underlined,
//! what to do.

use tempfile::TempDir;

use crate::{tanheng, write_files};

/// A file of the small pack.
pub const PACK: &str = r#"id = "trial"
title = { zh = "试验", en = "Trial" }
jurisdiction = "CN"
depends_on = []
example = false
"#;

/// A file of the small pack.
pub const REGIONS: &str = r#"[[region]]
code = "CN"
name = { zh = "全国", en = "China" }
"#;

/// A file of the small pack.
pub const SOURCES: &str = r#"[[document]]
id = "decree"
number = ""
title = { zh = "试验令", en = "Decree on trial" }
issuer = { zh = "试验机关", en = "Office of trials" }
issued = 2022-01-01
state = "in_force"
checked = "official"
"#;

/// A file of the small pack.
pub const FACTOR: &str = r#"[[parameter]]
id = "trial.factor"
title = { zh = "因子", en = "Factor" }
unit = "tCO2/MWh"
[[parameter.value]]
from = 2022-01-01
value = "0.5"
document = "decree"
clause = "1"
checked = "official"
"#;

/// A file of the small pack.
pub const METHOD: &str = r#"[[method]]
id = "trial.total"
title = { zh = "合计", en = "Total" }
from = 2022-01-01
document = "decree"
clause = "2"
checked = "official"
result = "total"

[[method.input]]
name = "burnt"
title = { zh = "燃烧", en = "Burnt" }
unit = ["tCO2"]
min = "0"
max = "1000"

[[method.input]]
name = "power"
title = { zh = "电量", en = "Power" }
unit = ["MWh"]
min = "0"
max = "1000"

[[method.step]]
name = "total"
title = { zh = "合计", en = "Total" }
formula = "round(burnt + power * trial.factor, 2, half_up)"
unit = "tCO2"
"#;

/// A file of the small pack.
pub const CASES: &str = r#"[[case]]
name = "一"
method = "trial.total"
at = 2022-12-31
inputs = { burnt = "1 tCO2", power = "2 MWh" }
result = "2.00 tCO2"
arithmetic = "1 + 2 × 0.5 = 2"
"#;

const FACTOR_FILE: &str = "parameters/factor.toml";
const METHOD_FILE: &str = "methods/total.toml";
const CASES_FILE: &str = "cases/good/total.toml";

/// The sound pack in a folder `trial`, with one file replaced; none when the text is empty.
fn pack(replaced: &str, text: &str) -> TempDir {
    let folder = TempDir::new().unwrap();
    let files = [
        ("pack.toml", PACK),
        ("regions.toml", REGIONS),
        ("sources.toml", SOURCES),
        (FACTOR_FILE, FACTOR),
        (METHOD_FILE, METHOD),
        (CASES_FILE, CASES),
    ];
    let kept = files.into_iter().filter(|(path, _)| *path != replaced);
    let new = (!text.is_empty()).then_some((replaced, text));
    write_files(&folder.path().join("trial"), kept.chain(new));
    folder
}

/// A mistake that a check must find.
struct Mistake<'a> {
    /// The file that holds it, and its whole text.
    file: &'a str,
    text: &'a str,
    /// The code it gets.
    code: &'a str,
    /// The line, as it begins in the file, and the part of it that is underlined.
    line: &'a str,
    underlined: &'a str,
    /// A word of what to do.
    remedy: &'a str,
}

/// The only diagnostic of the check is the one expected, drawn at its place.
fn finds(mistake: &Mistake<'_>) {
    let folder = pack(mistake.file, mistake.text);
    let dir = folder.path().join("trial");
    let dir = dir.to_str().unwrap();
    let ran = tanheng(&["rulebook", "check", dir, "--lang", "en"]);
    assert_eq!(ran.code, 1, "{}", ran.out);
    let json = tanheng(&["rulebook", "check", dir, "--json"]).json();
    let found = json["diagnostics"].as_array().unwrap();
    assert_eq!(found.len(), 1, "{}", ran.out);
    assert_eq!(found[0]["code"], mistake.code, "{}", ran.out);

    let file = if mistake.code == "rulebook.no_case" { METHOD_FILE } else { mistake.file };
    let text = if mistake.text.is_empty() { METHOD } else { mistake.text };
    let lines: Vec<usize> = (1..)
        .zip(text.lines())
        .filter(|(_, line)| line.starts_with(mistake.line))
        .map(|(number, _)| number)
        .collect();
    let number = found[0]["place"]["line"].as_u64().unwrap();
    let number = usize::try_from(number).unwrap();
    assert!(lines.contains(&number), "line {number} is none of {lines:?}\n{}", ran.out);
    assert!(ran.out.contains(&format!("error[{}]", mistake.code)), "{}", ran.out);
    assert!(ran.out.contains(&format!("trial/{file}:{number}:")), "{}", ran.out);
    assert_eq!(underlined(&ran.out), mistake.underlined, "{}", ran.out);
    let help = ran.out.lines().find(|line| line.contains("= help: ")).unwrap();
    assert!(help.contains(mistake.remedy), "{help}");
    assert!(ran.out.contains("packs: 1; mistakes: 1"), "{}", ran.out);

    let chinese = tanheng(&["rulebook", "check", dir]);
    assert!(chinese.out.contains("处理"), "{}", chinese.out);
}

/// What stands above the carets, on the line before them.
fn underlined(drawn: &str) -> String {
    let lines: Vec<&str> = drawn.lines().collect();
    let at = lines.iter().position(|line| line.contains('^')).unwrap();
    let carets = lines[at];
    let first = carets.find('^').unwrap();
    let count = carets.bytes().filter(|byte| *byte == b'^').count();
    // the marked parts hold no wide character before them, so that columns are characters
    lines[at - 1].chars().skip(first).take(count).collect()
}

#[test]
fn the_sound_pack_is_sound() {
    let folder = pack("none", "");
    let dir = folder.path().to_str().unwrap();
    for dir in [dir.to_owned(), format!("{dir}/trial")] {
        let ran = tanheng(&["rulebook", "check", &dir, "--lang", "en"]);
        assert_eq!(ran.code, 0, "{}", ran.out);
        assert!(ran.out.starts_with("packs: 1; nothing wrong\n"), "{}", ran.out);
        let ran = tanheng(&["rulebook", "test", &dir]);
        assert_eq!(ran.code, 0, "{}", ran.out);
    }
    let eval = ["eval", "trial.total", "burnt=1", "power=2", "--rulebooks", dir];
    assert_eq!(tanheng(&eval).out, "2.00 tCO2\n");
}

#[test]
fn carbon_added_to_carbon_dioxide() {
    let text = METHOD.replace("unit = [\"tCO2\"]", "unit = [\"tC\"]");
    finds(&Mistake {
        file: METHOD_FILE,
        text: &text,
        code: "rulebook.unit_mismatch",
        line: "formula",
        underlined: "burnt + power * trial.factor",
        remedy: "cited parameter",
    });
}

#[test]
fn a_factor_without_clause() {
    let text = FACTOR.replace("clause = \"1\"\n", "");
    finds(&Mistake {
        file: FACTOR_FILE,
        text: &text,
        code: "rulebook.no_clause",
        line: "document = ",
        underlined: "\"decree\"",
        remedy: "clause",
    });
}

const SECOND_VALUE: &str = r#"[[parameter.value]]
from = 2023-01-01
value = "0.6"
document = "decree"
clause = "3"
checked = "official"
"#;

#[test]
fn dates_that_overlap() {
    let first = FACTOR.replace("from = 2022-01-01\n", "from = 2022-01-01\nto = 2023-07-01\n");
    let text = format!("{first}{SECOND_VALUE}");
    finds(&Mistake {
        file: FACTOR_FILE,
        text: &text,
        code: "rulebook.overlap",
        line: "value = \"0.6\"",
        underlined: "\"0.6\"",
        remedy: "to = 2023-01-01",
    });
}

#[test]
fn a_gap_between_dates() {
    let first = FACTOR.replace("from = 2022-01-01\n", "from = 2022-01-01\nto = 2022-07-01\n");
    let text = format!("{first}{SECOND_VALUE}");
    finds(&Mistake {
        file: FACTOR_FILE,
        text: &text,
        code: "rulebook.gap",
        line: "value = \"0.6\"",
        underlined: "\"0.6\"",
        remedy: "state = ",
    });
}

#[test]
fn an_input_that_nothing_uses() {
    let text = METHOD.replace("burnt + power * trial.factor", "power * trial.factor");
    finds(&Mistake {
        file: METHOD_FILE,
        text: &text,
        code: "rulebook.unused_input",
        line: "name = \"burnt\"",
        underlined: "\"burnt\"",
        remedy: "remove it, or use it",
    });
}

#[test]
fn a_division_outside_round() {
    let formula = "formula = \"round(burnt + power * trial.factor, 2, half_up)\"";
    let text = METHOD.replace(formula, "formula = \"(burnt + power * trial.factor) / 3\"");
    finds(&Mistake {
        file: METHOD_FILE,
        text: &text,
        code: "rulebook.division_outside_round",
        line: "formula",
        underlined: "(burnt + power * trial.factor) / 3",
        remedy: "round(",
    });
}

#[test]
fn a_method_without_a_case() {
    finds(&Mistake {
        file: CASES_FILE,
        text: "",
        code: "rulebook.no_case",
        line: "id = \"trial.total\"",
        underlined: "\"trial.total\"",
        remedy: "cases/good/",
    });
}

const RULES: &str = r#"
[[method.step]]
name = "size"
title = { zh = "大小", en = "Size" }
type = "enum"
values = ["large", "small"]
labels = { large = { zh = "大", en = "large" }, small = { zh = "小", en = "small" } }
[[method.step.rule]]
when = "total >= 500[tCO2]"
then = "'large'"
[[method.step.rule]]
when = "total <= 500[tCO2]"
then = "'small'"
"#;

fn rules(from: &str, to: &str) -> String {
    let method = METHOD.replace("result = \"total\"", "result = \"size\"");
    format!("{method}{}", RULES.replace(from, to))
}

#[test]
fn two_rules_that_apply() {
    finds(&Mistake {
        file: METHOD_FILE,
        text: &rules("", ""),
        code: "rulebook.two_rules_apply",
        line: "when = \"total",
        underlined: "total <= 500[tCO2]",
        remedy: "condition",
    });
}

#[test]
fn no_rule_that_applies() {
    finds(&Mistake {
        file: METHOD_FILE,
        text: &rules("<= 500", "< 400"),
        code: "rulebook.no_rule_applies",
        line: "name = \"size\"",
        underlined: "\"size\"",
        remedy: "rule",
    });
}

#[test]
fn every_mistake_is_reported_at_once() {
    let broken = METHOD.replace("unit = [\"tCO2\"]", "unit = [\"tC\"]");
    let folder = pack(METHOD_FILE, &broken);
    let dir = folder.path().join("trial");
    let without_clause = FACTOR.replace("clause = \"1\"\n", "");
    write_files(&dir, [(FACTOR_FILE, without_clause.as_str())]);
    let ran = tanheng(&["rulebook", "check", dir.to_str().unwrap(), "--json"]);
    let json = ran.json();
    let found = json["diagnostics"].as_array().unwrap().iter();
    let codes: Vec<&str> = found.map(|one| one["code"].as_str().unwrap()).collect();
    assert!(codes.contains(&"rulebook.no_clause"), "{codes:?}");
    assert!(codes.len() >= 2, "{codes:?}");

    let eval = ["eval", "trial.total", "burnt=1", "power=2", "--rulebooks", dir.to_str().unwrap()];
    let ran = tanheng(&eval);
    assert_eq!((ran.code, ran.out.as_str()), (1, ""));
    assert!(ran.err.contains("rulebook.no_clause") && ran.err.contains("^^^"), "{}", ran.err);
}
