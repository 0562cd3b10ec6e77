//! The packs of this repository: they load, and the figures scripts rely on come out.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::LazyLock;

use tanheng_rulebook::{EvalError, Evaluation, PackFiles, Rulebook, State};

use crate::small_pack::{evaluate, load};

/// All packs under `rulebooks/`, read from disk.
pub fn packs() -> Vec<PackFiles> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../rulebooks");
    let mut packs = Vec::new();
    for folder in std::fs::read_dir(root).unwrap() {
        let folder = folder.unwrap().path();
        if folder.join("pack.toml").exists() {
            let mut files = BTreeMap::new();
            collect(&folder, &folder, &mut files);
            let id = folder.file_name().unwrap().to_str().unwrap().parse().unwrap();
            packs.push(PackFiles { id, files });
        }
    }
    packs
}

fn collect(root: &Path, folder: &Path, files: &mut BTreeMap<String, String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(root, &path, files);
        } else {
            let name = path.strip_prefix(root).unwrap().to_str().unwrap().replace('\\', "/");
            files.insert(name, std::fs::read_to_string(&path).unwrap());
        }
    }
}

/// The national and the provincial pack, as they bind.
pub fn binding() -> &'static Rulebook {
    static BOOK: LazyLock<Rulebook> = LazyLock::new(|| {
        load(packs().into_iter().filter(|pack| pack.id.as_str() != "example").collect())
    });
    &BOOK
}

/// All packs, the example pack included.
pub fn with_example() -> &'static Rulebook {
    static BOOK: LazyLock<Rulebook> = LazyLock::new(|| load(packs()));
    &BOOK
}

fn eval(method: &str, inputs: &str) -> Result<Evaluation, EvalError> {
    evaluate(binding(), method, ("2023-06-30", "130000"), inputs)
}

fn result(method: &str, inputs: &str) -> String {
    eval(method, inputs).unwrap().result.to_string()
}

#[test]
fn rounding_in_between_changes_the_result() {
    let inputs = "consumption=21; ncv=389.31; carbon_content=0.01532; oxidation=99%";
    assert_eq!(result("cn.power.combustion.gas", inputs), "454.33 tCO2");
    let inputs = "consumption=21 10^4Nm3; ncv=389.31; carbon_content=0.01532; oxidation=0.99";
    assert_eq!(result("cn.fuel.combustion", inputs), "454.65 tCO2");
}

#[test]
fn nothing_unverified_decides_the_gas_figure() {
    let inputs = "consumption=21; ncv=389.31; carbon_content=0.01532; oxidation=99%";
    let evaluation = eval("cn.power.combustion.gas", inputs).unwrap();
    assert!(!evaluation.trial && evaluation.unverified.is_empty() && !evaluation.example);
}

#[test]
fn tonnes_with_a_calorific_value_of_gas_are_refused() {
    let inputs = "consumption=21; ncv=389.31 GJ/10^4Nm3; carbon_content=0.01532; oxidation=99%";
    let error = eval("cn.fuel.combustion", inputs).unwrap_err();
    assert_eq!(error.codes(), ["input.unit"]);
    let remedy = &error.problems()[0].remedy.en;
    assert!(remedy.contains("GJ/t") && remedy.contains("10^4Nm3"), "{remedy}");
}

#[test]
fn all_input_errors_come_at_once() {
    let inputs = "consumption=21 GJ; ncv=x; oxidation=101%; colour=red";
    let error = eval("cn.power.combustion.gas", inputs).unwrap_err();
    assert_eq!(
        error.codes(),
        ["input.unknown", "input.unit", "input.malformed", "input.missing", "input.range"]
    );
    let places: Vec<String> =
        error.problems().into_iter().filter_map(|problem| problem.place?.column).collect();
    assert_eq!(places, ["colour", "consumption", "ncv", "carbon_content", "oxidation"]);
}

#[test]
fn the_oxidation_rate_is_above_zero_and_at_most_one() {
    for (oxidation, expected) in [
        ("100%", Ok(())),
        ("1", Ok(())),
        ("0", Err("input.range")),
        ("1.000001", Err("input.range")),
        ("99", Err("input.range")),
        ("0.9900001", Err("input.places")),
        ("99% t", Err("input.unit")),
        ("99,5%", Err("input.malformed")),
    ] {
        let inputs = format!("consumption=1; ncv=1; carbon_content=0.1; oxidation={oxidation}");
        let outcome = eval("cn.fuel.combustion", &inputs).map(|_| ()).map_err(|e| e.code());
        assert_eq!(outcome, expected, "{oxidation}");
    }
}

#[test]
fn the_class_changes_exactly_at_the_thresholds() {
    for (emission, class) in [
        ("26000", "key"),
        ("25999.99", "ordinary"),
        ("13000", "ordinary"),
        ("12999.99", "other"),
        ("0", "other"),
        ("2.6 10^4tCO2e", "key"),
    ] {
        assert_eq!(result("hebei.class", &format!("annual_emission={emission}")), class);
    }
    let error = eval("hebei.class", "annual_emission=26000 tCO2").unwrap_err();
    assert_eq!(error.codes(), ["input.unit"]);
}

#[test]
fn a_tenth_of_the_excess_is_owed_and_nothing_below_the_benchmark() {
    assert_eq!(result("hebei.offset.excess", "verified=120000; benchmark=100000"), "2000 tCO2e");
    assert_eq!(result("hebei.offset.excess", "verified=90000; benchmark=100000"), "0 tCO2e");
    let evaluation = eval("hebei.offset.excess", "verified=1; benchmark=0").unwrap();
    let doubtful: Vec<&str> = evaluation.in_doubt.iter().map(|basis| basis.id.as_str()).collect();
    assert!(doubtful.contains(&"hebei.offset.excess_ratio"), "{doubtful:?}");
}

#[test]
fn no_benchmark_is_no_figure_and_an_example_benchmark_is_a_trial_figure() {
    let inputs = "industry=steel; product=crude_steel; output=10";
    let error = eval("hebei.benchmark.emission", inputs).unwrap_err();
    let EvalError::Unresolved(error) = error else { panic!("{error}") };
    assert!(matches!(error.state(), Some(State::Announced | State::Open)), "{error:?}");

    let book = with_example();
    let evaluation =
        evaluate(book, "hebei.benchmark.emission", ("2023-06-30", "130000"), inputs).unwrap();
    assert!(evaluation.example && evaluation.trial);
    let example: Vec<&str> = evaluation
        .bases
        .iter()
        .filter(|basis| basis.example)
        .map(|basis| basis.pack.as_str())
        .collect();
    assert_eq!(example, ["example"]);
}

#[test]
fn a_method_ends_when_its_law_does() {
    let book = binding();
    let at =
        |day| evaluate(book, "cn.power.electricity", (day, "130000"), "electricity=1; year=2022");
    assert!(at("2025-12-31").is_ok());
    assert_eq!(at("2026-01-01").unwrap_err().code(), "method.not_in_force");
    let error = evaluate(book, "cn.nothing", ("2022-12-31", "130000"), "").unwrap_err();
    assert_eq!(error.code(), "method.unknown");
    let error = evaluate(book, "hebei.class", ("2022-12-31", "999999"), "").unwrap_err();
    assert_eq!(error.code(), "rulebook.unknown_region");
}

#[test]
fn regions_are_found_by_code_and_name() {
    let book = binding();
    let code = book.region("130000").unwrap().code.clone();
    let name = book.region("130000").unwrap().name.zh.clone();
    assert_eq!(book.region(&name).unwrap().code, code);
    assert_eq!(book.regions().iter().filter(|region| region.tile.is_some()).count(), 14);
}

#[test]
fn requirements_are_found_by_what_fulfils_them() {
    let book = binding();
    assert!(book.implements()["H16-05"].contains("hebei.class"));
}
