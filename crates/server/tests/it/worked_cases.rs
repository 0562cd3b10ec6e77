//! Every worked case of the packs, through the binary.

use std::fs;
use std::path::PathBuf;

use crate::{rulebooks, tanheng};

/// The files of worked cases: pack and path.
fn case_files() -> Vec<(String, PathBuf)> {
    let mut files = Vec::new();
    for pack in fs::read_dir(rulebooks()).unwrap() {
        let pack = pack.unwrap().path();
        let name = pack.file_name().unwrap().to_str().unwrap().to_owned();
        let Ok(cases) = fs::read_dir(pack.join("cases/good")) else { continue };
        files.extend(cases.map(|case| (name.clone(), case.unwrap().path())));
    }
    files
}

/// A number and its unit; numbers are compared by value, so `0 tCO2` is `0.00 tCO2`.
fn comparable(result: &str) -> (String, String) {
    let (number, unit) = result.trim().split_once(' ').unwrap_or((result.trim(), ""));
    let number = match number.contains('.') {
        true => number.trim_end_matches('0').trim_end_matches('.'),
        false => number,
    };
    (number.to_owned(), unit.to_owned())
}

fn check(pack: &str, case: &toml::Value) {
    let text = |name: &str| {
        case.get(name).map(|value| match value {
            toml::Value::String(text) => text.clone(),
            other => other.to_string(),
        })
    };
    let name = text("name").unwrap();
    let mut words = vec!["eval".to_owned(), text("method").unwrap()];
    words.extend(["--json".to_owned(), "--at".to_owned(), text("at").unwrap()]);
    if let Some(region) = text("region") {
        words.extend(["--region".to_owned(), region]);
    }
    if pack == "example" {
        words.push("--with-example".to_owned());
    }
    for (input, value) in case["inputs"].as_table().unwrap() {
        words.push(format!("{input}={}", value.as_str().unwrap()));
    }
    let ran = tanheng(&words);
    let Some(wanted) = text("result") else {
        let error = text("error").unwrap();
        assert_eq!(ran.code, 1, "{name}: {}", ran.out);
        assert!(ran.error_codes().contains(&error), "{name}: {error} not in {}", ran.out);
        return;
    };
    assert_eq!(ran.code, 0, "{name}: {}{}", ran.out, ran.err);
    let json = ran.json();
    let result = &json["result"];
    let unit = result["unit"].as_str().unwrap_or_default();
    let found = format!("{} {unit}", result["value"].as_str().unwrap());
    assert_eq!(comparable(&found), comparable(&wanted), "{name}");
    if let Some(trial) = case.get("trial") {
        assert_eq!(json["trial"].as_bool(), trial.as_bool(), "{name}");
    }
    words.retain(|word| word != "--json");
    let plain = tanheng(&words).out;
    let plain = plain.trim_end().trim_end_matches("  试算").to_owned();
    assert_eq!(comparable(&plain), comparable(&wanted), "{name}");
}

#[test]
fn every_worked_case_holds() {
    let mut count = 0;
    for (pack, file) in case_files() {
        let cases: toml::Table = fs::read_to_string(&file).unwrap().parse().unwrap();
        for case in cases["case"].as_array().unwrap() {
            check(&pack, case);
            count += 1;
        }
    }
    assert!(count >= 50, "only {count} cases were found");
}
