//! How diagnostics look: code, file, line, the place underlined, what to do, in both languages.

use std::fmt::Write;

use tanheng_base::Lang;
use tanheng_rulebook::{PackFiles, Style};

use crate::small_pack::{METHOD, RATIO, VALUE, pack, wrong};

/// Everything that is wrong, in both languages.
fn drawn(packs: &[PackFiles]) -> String {
    let mut text = String::new();
    for diagnostic in wrong(packs) {
        for lang in [Lang::En, Lang::Zh] {
            let drawn = diagnostic.render(lang, Style::Plain);
            let lines: Vec<&str> = drawn.lines().map(str::trim_end).collect();
            writeln!(text, "{}\n", lines.join("\n")).unwrap();
        }
    }
    text
}

fn method(from: &str, to: &str) -> String {
    assert!(METHOD.contains(from), "{from}");
    drawn(&pack(&[("methods/half.toml", &METHOD.replace(from, to))]))
}

fn ratio(values: &str) -> String {
    drawn(&pack(&[("parameters/ratio.toml", &format!("{RATIO}{values}"))]))
}

#[test]
fn units_that_do_not_fit() {
    insta::assert_snapshot!(
        "unit_mismatch",
        method("mass * p.ratio", "mass * p.ratio + 1[tCO2] * 2 + 3[tC]",)
    );
    insta::assert_snapshot!("unit_of_step", method("unit = \"t\"\n", "unit = \"tCO2\"\n"));
    insta::assert_snapshot!("bare_number", method("mass * p.ratio", "max(0, mass * p.ratio)"));
}

#[test]
fn formulas_that_cannot_stand() {
    insta::assert_snapshot!("syntax", method("mass * p.ratio", "mass * (p.ratio +)"));
    insta::assert_snapshot!("unknown_name", method("mass * p.ratio", "weight * p.ratio"));
    insta::assert_snapshot!("division_outside_round", method("mass * p.ratio", "mass / p.ratio"));
    insta::assert_snapshot!("unused_input", method("mass * p.ratio", "1[t] * p.ratio"));
}

#[test]
fn the_place_is_found_in_a_formula_of_several_lines() {
    let text = method(
        "formula = \"mass * p.ratio\"",
        "formula = \"\"\"\n  mass * p.ratio\n  + 双\n\"\"\"",
    );
    insta::assert_snapshot!("several_lines", text);
}

#[test]
fn figures_without_grounds() {
    insta::assert_snapshot!("no_clause", ratio(&VALUE.replace("clause = \"一\"\n", "")));
    insta::assert_snapshot!("no_document", ratio(&VALUE.replace("document = \"d1\"\n", "")));
    insta::assert_snapshot!("unknown_document", ratio(&VALUE.replace("\"d1\"", "\"d9\"")));
}

#[test]
fn dates_that_do_not_fit() {
    let later = VALUE.replace("from = 2022-01-01", "from = 2023-01-01");
    let until =
        |day: &str| VALUE.replace("from = 2022-01-01", &format!("from = 2022-01-01\nto = {day}"));
    insta::assert_snapshot!("overlap", ratio(&format!("{}{later}", until("2023-02-01"))));
    insta::assert_snapshot!("gap", ratio(&format!("{}{later}", until("2022-12-01"))));
    insta::assert_snapshot!(
        "two_versions",
        drawn(&pack(&[(
            "methods/half.toml",
            &format!("{METHOD}{}", METHOD.replace("2022-01-01", "2023-01-01")),
        )]))
    );
}

#[test]
fn methods_without_a_case() {
    insta::assert_snapshot!("no_case", drawn(&pack(&[("cases/good/half.toml", "")])));
}

#[test]
fn files_that_cannot_be_read() {
    insta::assert_snapshot!("bad_toml", ratio(&VALUE.replace("value = \"10%\"", "value = 10%")));
    insta::assert_snapshot!("bad_value", ratio(&VALUE.replace("10%", "ten")));
    insta::assert_snapshot!("float", ratio(&VALUE.replace("\"10%\"", "0.1")));
    insta::assert_snapshot!("unknown_field", ratio(&VALUE.replace("from", "form")));
    insta::assert_snapshot!("duplicate_id", ratio(&format!("{VALUE}{RATIO}{VALUE}")));
    let table = "id = \"p.t\"\ntitle = { zh = \"表\", en = \"T\" }\nkeys = [\"k\"]\ncolumns = [ { name = \"v\", unit = \"t\" } ]\n";
    let rows = "k,v,from,document,clause,checked\n甲,一,2022-01-01,d1,一,official\n乙,2,2022-01-01,d1\n丙,3,2022-01-01,d1,,official\n";
    insta::assert_snapshot!(
        "bad_table",
        drawn(&pack(&[("tables/t.toml", table), ("tables/t.csv", rows)]))
    );
}

#[test]
fn rules_that_leave_a_gap_or_overlap() {
    let rules = |second: &str| {
        let rules = METHOD.replace("formula = \"mass * p.ratio\"\n", "")
            + "[[method.step.rule]]\nwhen = \"mass >= 10[t]\"\nthen = \"mass * p.ratio\"\n[[method.step.rule]]\nwhen = \""
            + second
            + "\"\nthen = \"0[t]\"\n";
        drawn(&pack(&[("methods/half.toml", &rules)]))
    };
    insta::assert_snapshot!("no_rule_applies", rules("mass < 9[t]"));
    insta::assert_snapshot!("two_rules_apply", rules("mass <= 10[t]"));
}

#[test]
fn colours_change_nothing_but_colour() {
    let packs = pack(&[("methods/half.toml", &METHOD.replace("* p.ratio", "+ p.ratio"))]);
    let diagnostic = &wrong(&packs)[0];
    let coloured = diagnostic.render(Lang::Zh, Style::Coloured);
    let mut plain = String::new();
    let mut inside = false;
    for character in coloured.chars() {
        match character {
            '\u{1b}' => inside = true,
            'm' if inside => inside = false,
            _ if inside => {}
            other => plain.push(other),
        }
    }
    assert_ne!(coloured, plain);
    assert_eq!(plain, diagnostic.render(Lang::Zh, Style::Plain));
}
