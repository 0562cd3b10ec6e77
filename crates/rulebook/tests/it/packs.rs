//! The packs of this repository: they load, and the figures scripts rely on come out.

use std::collections::BTreeMap;
use std::path::Path;

use tanheng_rulebook::{Context, EvalError, Evaluation, Given, PackFiles, Rulebook};

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

/// The rulebook of this repository.
pub fn book() -> Rulebook {
    Rulebook::load(packs()).unwrap_or_else(|diagnostics| {
        let lines: Vec<String> = diagnostics
            .iter()
            .map(|one| one.render(tanheng_base::Lang::En, tanheng_rulebook::Style::Plain))
            .collect();
        panic!("{}", lines.join("\n\n"))
    })
}

/// Evaluates with `name=value` words.
pub fn eval(method: &str, at: &str, region: &str, inputs: &str) -> Result<Evaluation, EvalError> {
    let inputs: BTreeMap<String, Given> = inputs
        .split(';')
        .filter(|word| !word.trim().is_empty())
        .map(|word| {
            let (name, value) = word.split_once('=').unwrap();
            (name.trim().to_owned(), Given::from(value))
        })
        .collect();
    let context = Context { at: at.parse().unwrap(), region: region.parse().unwrap() };
    book().evaluate(&method.parse().unwrap(), &inputs, &context)
}

fn result(method: &str, inputs: &str) -> String {
    let evaluation = eval(method, "2023-06-30", "130000", inputs).unwrap();
    evaluation.result.to_string()
}

#[test]
fn rounding_in_between_changes_the_result() {
    let inputs = "consumption=21; ncv=389.31; carbon_content=0.01532; oxidation=99%";
    assert_eq!(result("cn.power.combustion.gas", inputs), "454.33 tCO2");
    let inputs = "consumption=21 10^4Nm3; ncv=389.31; carbon_content=0.01532; oxidation=0.99";
    assert_eq!(result("cn.fuel.combustion", inputs), "454.65 tCO2");
}

#[test]
fn tonnes_with_a_calorific_value_of_gas_are_refused() {
    let inputs = "consumption=21; ncv=389.31 GJ/10^4Nm3; carbon_content=0.01532; oxidation=99%";
    let error = eval("cn.fuel.combustion", "2023-06-30", "130000", inputs).unwrap_err();
    assert_eq!(error.codes(), ["input.unit"]);
    let remedy = &error.problems()[0].remedy.en;
    assert!(remedy.contains("GJ/t") && remedy.contains("10^4Nm3"), "{remedy}");
}

#[test]
fn all_input_errors_come_at_once() {
    let inputs = "consumption=21 GJ; ncv=x; oxidation=101%; colour=red";
    let error = eval("cn.power.combustion.gas", "2023-06-30", "130000", inputs).unwrap_err();
    let codes = error.codes();
    assert_eq!(
        codes,
        ["input.unknown", "input.unit", "input.malformed", "input.missing", "input.range"]
    );
}
