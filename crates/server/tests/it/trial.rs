//! Drafts of rules on the command line: compared, tried, proposed by one and published by another.

use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use serde_json::Value as Json;
use tempfile::TempDir;

use crate::{Ran, rulebooks, tanheng_in, write_files};

/// An example province that no test changes.
static PLAYED: LazyLock<TempDir> = LazyLock::new(|| played("14"));

fn played(enterprises: &str) -> TempDir {
    let folder = TempDir::new().unwrap();
    let demo = ["demo", "--no-serve", "--enterprises", enterprises, "--data", "book"];
    let ran = tanheng_in(folder.path(), &demo);
    assert_eq!(ran.code, 0, "{}", ran.err);
    folder
}

/// A draft of the pack `cn-hebei` with the offset ratio at 8 %.
fn draft(folder: &Path) -> String {
    let from = rulebooks().join("cn-hebei");
    let mut folders = vec![from.clone()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = fs::read_to_string(&path).unwrap();
            let text = text.replace("value = \"10%\"", "value = \"8%\"");
            let below = path.strip_prefix(&from).unwrap().to_str().unwrap();
            write_files(&folder.join("cn-hebei"), [(below, text.as_str())]);
        }
    }
    folder.join("cn-hebei").to_str().unwrap().to_owned()
}

fn rulebook(folder: &Path, words: &[&str]) -> Ran {
    tanheng_in(folder, &[&["rulebook"], words].concat())
}

#[test]
fn a_difference_names_the_value_with_its_clause_in_both_languages() {
    let folder = TempDir::new().unwrap();
    let draft = draft(folder.path());
    let ran = rulebook(folder.path(), &["diff", "built-in", &draft]);
    assert_eq!(ran.code, 1, "{}", ran.err);
    for part in
        ["参数", "~ hebei.offset.excess_ratio", "130000 2022-11-07", "value: 10% → 8%", "二(三)"]
    {
        assert!(ran.out.contains(part), "{part}: {}", ran.out);
    }
    let english = rulebook(folder.path(), &["diff", "built-in", &draft, "--lang", "en"]).out;
    assert!(english.contains("parameters") && english.contains("Ratio of the offset"), "{english}");
    let json = rulebook(folder.path(), &["diff", "built-in", &draft, "--json"]).json();
    assert_eq!(json["items"][0]["parts"][0]["aspects"][0]["after"], "8%");
    let alike = rulebook(folder.path(), &["diff", "built-in", "built-in"]);
    assert_eq!((alike.code, alike.out.trim()), (0, "两者相同"));
    let published = rulebook(PLAYED.path(), &["diff", "built-in", "current", "--data", "book"]);
    assert_eq!(published.code, 0, "{}{}", published.out, published.err);
    let nowhere = rulebook(folder.path(), &["diff", "built-in", "0000"]);
    assert_eq!(nowhere.code, 1);
    assert!(nowhere.err.contains("rulebook.no_such"), "{}", nowhere.err);
}

fn total(json: &Json, purpose: &str) -> Json {
    let purposes = json["purposes"].as_array().unwrap();
    purposes.iter().find(|one| one["purpose"] == purpose).unwrap()["totals"].clone()
}

#[test]
fn an_impact_is_told_for_people_and_for_programs() {
    let folder = TempDir::new().unwrap();
    let draft = draft(folder.path());
    let csv = folder.path().join("changes.csv");
    let words = ["impact", &draft, "--data", "book", "--csv", csv.to_str().unwrap()];
    let ran = rulebook(PLAYED.path(), &words);
    assert_eq!(ran.code, 0, "{}", ran.err);
    for part in ["按法律的规则库", "按示例规则库", "仅为试算", "保持不变", "抵销义务"]
    {
        assert!(ran.out.contains(part), "{part}: {}", ran.out);
    }
    let json = rulebook(PLAYED.path(), &["impact", &draft, "--data", "book", "--json"]).json();
    let totals = total(&json, "example");
    let rows = fs::read_to_string(&csv).unwrap();
    let named = rows.lines().skip(1).filter(|line| line.starts_with("example,true,2022,")).count();
    let changes = json["purposes"][1]["obligations"].as_array().unwrap();
    assert!(named > 0 && named == changes.len(), "{rows}");
    assert!(changes.iter().all(|change| change["before"]["outcome"] == "tonnes"), "{changes:?}");
    assert_eq!(totals["owing_before"], totals["owing_after"]);
    let unknown = rulebook(PLAYED.path(), &["impact", &draft, "--data", "book", "--as", "nobody"]);
    assert!(unknown.err.contains("actor.unknown"), "{}", unknown.err);
}

#[test]
fn a_trial_gives_a_table_and_a_drawing_marked_as_trial() {
    let out = TempDir::new().unwrap();
    let (svg, csv) = (out.path().join("chart.svg"), out.path().join("table.csv"));
    let words = [
        "try",
        "current",
        "--vary",
        "hebei.offset.excess_ratio=0.05..0.20",
        "--steps",
        "16",
        "--data",
        "book",
        "--out",
        svg.to_str().unwrap(),
        "--csv",
        csv.to_str().unwrap(),
    ];
    let ran = rulebook(PLAYED.path(), &words);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.out.starts_with("试算：") && ran.out.contains("现行取值：10%"), "{}", ran.out);
    // Two lines of heading, one of titles, the rules in force and sixteen values.
    assert_eq!(ran.out.lines().count(), 20, "{}", ran.out);
    let drawing = fs::read_to_string(svg).unwrap();
    for part in [
        "<title>试算 trial：",
        "total obligation (tCO2e)",
        "enterprises that owe",
        "prefers-color-scheme:dark",
        "试算，不作任何认定的依据",
    ] {
        assert!(drawing.contains(part), "{part}");
    }
    assert_eq!(drawing.matches("<rect class=\"bar").count(), 17);
    let rows = fs::read_to_string(csv).unwrap();
    assert!(rows.lines().skip(1).all(|line| line.starts_with("true,example,2022,")), "{rows}");
    let built_in = [
        "try",
        "built-in",
        "--vary",
        "hebei.offset.boundary=direct,total",
        "--data",
        "book",
        "--json",
    ];
    let json = rulebook(PLAYED.path(), &built_in).json();
    assert_eq!((&json["trial"], json["steps"].as_array().unwrap().len()), (&Json::Bool(true), 2));
    let refused =
        ["try", "current", "--vary", "hebei.offset.excess_ratio=0.2..0.1", "--data", "book"];
    let ran = rulebook(PLAYED.path(), &refused);
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("trial.range"), "{}", ran.err);
}

#[test]
fn a_rulebook_takes_two_persons_to_publish() {
    let folder = played("14");
    let draft = draft(folder.path());
    let publish =
        |who: &str| rulebook(folder.path(), &["publish", &draft, "--data", "book", "--as", who]);
    let proposed = publish("province");
    assert_eq!(proposed.code, 0, "{}", proposed.err);
    assert!(
        proposed.out.contains("按法律的规则库") && proposed.out.contains("已提出 law"),
        "{}",
        proposed.out
    );
    let again = publish("province");
    assert_eq!(again.code, 1);
    assert!(again.err.contains("rulebook.same_person"), "{}", again.err);
    assert!(publish("security").err.contains("policy.not_allowed"));
    let waiting = rulebook(folder.path(), &["proposals", "--data", "book"]).out;
    assert_eq!(waiting.matches("待另一人发布").count(), 2, "{waiting}");
    let published = publish("province-2");
    assert_eq!(published.code, 0, "{}", published.err);
    assert_eq!(published.out.matches("已发布").count(), 2, "{}", published.out);
    let json = rulebook(folder.path(), &["proposals", "--data", "book", "--json"]).json();
    let states: Vec<&str> = json["proposals"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|one| one["state"].as_str())
        .collect();
    assert_eq!(states, ["published"; 4], "two of the demo, two of the draft");
    let alike = rulebook(folder.path(), &["impact", &draft, "--data", "book"]);
    assert!(alike.out.contains("草案与现行规则相同"), "{}", alike.out);
    let audit = tanheng_in(folder.path(), &["audit", "--data", "book"]);
    assert_eq!(audit.code, 0, "{}{}", audit.out, audit.err);
}

#[test]
fn a_real_book_begins_with_two_persons_of_the_province() {
    let folder = TempDir::new().unwrap();
    let init = ["init", "--data", "book", "--province", "li", "--second", "wang"];
    let ran = tanheng_in(folder.path(), &init);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.out.contains("由 li 提出、wang 发布"), "{}", ran.out);
    let alone = TempDir::new().unwrap();
    let init = ["init", "--data", "book", "--province", "li", "--second", "li"];
    let ran = tanheng_in(alone.path(), &init);
    assert_eq!(ran.code, 1);
    assert!(!alone.path().join("book").join("book.db").exists(), "nothing is begun: {}", ran.err);
}
