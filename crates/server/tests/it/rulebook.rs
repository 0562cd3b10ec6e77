//! `tanheng rulebook`: check, test and bless, show and list.

use std::collections::BTreeSet;
use std::fs;

use tempfile::TempDir;

use crate::{rulebooks, run, tanheng, tanheng_in, write_files};

#[test]
fn the_packs_built_in_are_sound_and_their_cases_hold() {
    let ran = run("rulebook check --lang en");
    assert_eq!(ran.code, 0, "{}", ran.out);
    assert!(ran.out.starts_with("packs: 3; nothing wrong\n"), "{}", ran.out);
    let ran = run("rulebook test --lang en");
    assert_eq!(ran.code, 0, "{}", ran.out);
    let json = run("rulebook test --json").json();
    let cases = json["cases"].as_array().unwrap();
    let of = |kind: &str| cases.iter().filter(|case| case["kind"] == kind).count();
    let (good, bad) = (of("good"), of("bad"));
    assert!(good >= 50 && bad >= 10, "{good} good, {bad} bad");
    let rehearsals = json["rehearsals"].as_array().unwrap();
    let played: BTreeSet<&str> =
        rehearsals.iter().map(|one| one["procedure"].as_str().unwrap()).collect();
    let (all, procedures) = (rehearsals.len(), played.len());
    assert!(procedures >= 150, "{procedures} procedures");
    let lines = format!(
        "{good} of {good} worked cases hold, {bad} of {bad} bad cases are refused as stated\n\
         {all} of {all} rehearsals hold; of {procedures} procedures {procedures} are rehearsed to an end\n"
    );
    assert_eq!(ran.out, lines);
}

#[test]
fn the_packs_built_in_are_those_of_the_folder() {
    let folder = rulebooks();
    let version = |rest: &[&str]| {
        let json = tanheng(&[&["rulebook", "check", "--json"], rest].concat()).json();
        json["version"].as_str().unwrap().to_owned()
    };
    let folder = folder.to_str().unwrap();
    assert_eq!(version(&[]), version(&["--rulebooks", folder]));
    assert_eq!(version(&[]), version(&[folder]));
}

/// A copy of the pack of the province in a folder of its own.
fn province() -> TempDir {
    let folder = TempDir::new().unwrap();
    let from = rulebooks().join("cn-hebei");
    let mut open = vec![from.clone()];
    while let Some(dir) = open.pop() {
        for entry in fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                let below = path.strip_prefix(&from).unwrap().to_str().unwrap();
                let text = fs::read_to_string(&path).unwrap();
                write_files(&folder.path().join("cn-hebei"), [(below, text.as_str())]);
            }
        }
    }
    folder
}

#[test]
fn a_pack_alone_is_checked_on_those_it_builds_on() {
    let folder = province();
    let dir = folder.path().join("cn-hebei");
    let ran = tanheng(&["rulebook", "check", dir.to_str().unwrap(), "--lang", "en"]);
    assert_eq!(ran.code, 0, "{}", ran.out);
    assert!(ran.out.starts_with("packs: 2; nothing wrong\n"), "{}", ran.out);
    // within the folder, by a name that is none
    let ran = tanheng_in(&dir, &["rulebook", "check", "."]);
    assert_eq!(ran.code, 0, "{}", ran.out);
    let json = tanheng(&["rulebook", "test", dir.to_str().unwrap(), "--json"]).json();
    let packs = json["cases"].as_array().unwrap().iter().map(|case| case["pack"].as_str().unwrap());
    assert!(packs.clone().count() > 10 && packs.clone().all(|pack| pack == "cn-hebei"));
}

#[test]
fn a_case_that_differs_is_shown_and_ends_with_one() {
    let folder = province();
    let file = folder.path().join("cn-hebei/cases/good/offset.toml");
    let text = fs::read_to_string(&file).unwrap();
    let wrong = text.replacen("result = \"2000 tCO2e\"", "result = \"2001 tCO2e\"", 1);
    assert_ne!(wrong, text);
    fs::write(&file, wrong).unwrap();
    let ran = tanheng(&["rulebook", "test", folder.path().to_str().unwrap(), "--lang", "en"]);
    assert_eq!(ran.code, 1);
    assert!(ran.out.contains("rulebook.case_differs"), "{}", ran.out);
    assert!(ran.out.contains("cn-hebei/cases/good/offset.toml:"), "{}", ran.out);
    assert!(ran.out.contains("found 2000 tCO2e"), "{}", ran.out);
}

#[test]
fn bless_rewrites_what_a_bad_case_states_and_nothing_else() {
    let folder = province();
    let root = folder.path().to_str().unwrap();
    let file = folder.path().join("cn-hebei/cases/bad/two_rules_apply.toml");
    let right = fs::read_to_string(&file).unwrap();
    let wrong = right.replacen("applies as well", "holds too", 1);
    assert_ne!(wrong, right);
    fs::write(&file, &wrong).unwrap();
    let ran = tanheng(&["rulebook", "test", root]);
    assert_eq!(ran.code, 1);
    assert!(ran.out.contains("cases/bad/two_rules_apply.toml"), "{}", ran.out);

    let ran = tanheng(&["rulebook", "test", "--bless", root]);
    assert_eq!(ran.code, 0, "{}", ran.out);
    assert_eq!(ran.err.lines().count(), 1, "{}", ran.err);
    assert!(ran.err.contains("two_rules_apply.toml"), "{}", ran.err);
    assert_eq!(fs::read_to_string(&file).unwrap(), right);
    let ran = tanheng(&["rulebook", "test", "--bless", root]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
}

#[test]
fn bless_needs_a_folder() {
    let ran = run("rulebook test --bless --lang en");
    assert_eq!((ran.code, ran.out.as_str()), (1, ""));
    assert!(ran.err.starts_with("rulebook.no_folder: "), "{}", ran.err);
}

#[test]
fn a_folder_that_is_none_is_refused() {
    for (dir, code) in [("nowhere", "rulebook.unreadable"), (".", "rulebook.no_pack")] {
        let ran = run(&format!("rulebook check {dir}"));
        assert_eq!(ran.code, 1);
        assert!(ran.err.starts_with(&format!("{code}: ")), "{}", ran.err);
        let ran = run(&format!("eval hebei.class annual_emission=5 --json --rulebooks {dir}"));
        assert_eq!((ran.code, ran.error_codes()), (1, vec![code.to_owned()]));
    }
}

#[test]
fn a_file_that_is_no_text_is_refused() {
    let folder = province();
    let file = folder.path().join("cn-hebei/parameters/broken.toml");
    fs::write(&file, b"title = \"\xb9\xfe\"").unwrap();
    let ran = tanheng(&["rulebook", "check", folder.path().to_str().unwrap()]);
    assert_eq!(ran.code, 1);
    assert!(
        ran.err.contains("rulebook.unreadable") && ran.err.contains("broken.toml"),
        "{}",
        ran.err
    );
}

fn show(rest: &str) -> String {
    let ran = run(&format!("rulebook show {rest}"));
    assert_eq!(ran.code, 0, "{rest}: {}", ran.err);
    ran.out
}

fn holds_all(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "`{part}` is not in\n{text}");
    }
}

#[test]
fn a_parameter_shows_its_history_with_state_clause_and_check() {
    let text = show("hebei.offset.excess_ratio");
    let parts = ["2022-11-07 起", "10%", "效力存疑", "冀政办字〔2022〕145号", "二(三)", "官方文本"];
    holds_all(&text, &parts);
    let text = show("hebei.offset.excess_ratio --lang en --at 2022-12-31");
    let parts = ["2022-12-31, 130000 Hebei Province: 10%", "in doubt", "official text", "H16-09"];
    holds_all(&text, &parts);
    let text = show("hebei.offset.excess_ratio --at 2022-11-06");
    holds_all(&text, &["没有规定"]);
    assert!(!text.contains("10%"), "{text}");
    let text = show("hebei.offset.plan --at 2022-12-31 --region 定州市");
    holds_all(&text, &["130682 定州市", "未规定"]);
}

#[test]
fn a_parameter_as_data() {
    let json: serde_json::Value =
        serde_json::from_str(&show("hebei.offset.excess_ratio --at 2022-12-31 --json")).unwrap();
    assert_eq!(json["resolved"]["value"], "0.1");
    assert_eq!(json["values"][0]["written"], "10%");
    assert_eq!(json["values"][0]["citation"]["clause"], "二(三)");
    let open: serde_json::Value =
        serde_json::from_str(&show("hebei.offset.plan --at 2022-12-31 --json")).unwrap();
    assert_eq!(open["unresolved"]["code"], "rulebook.open");
    assert_eq!(open["values"][0].get("value"), None);
}

#[test]
fn an_example_fills_only_when_asked() {
    let plan = "hebei.offset.plan --at 2022-12-31";
    assert!(!show(plan).contains("示例"));
    holds_all(
        &show(&format!("{plan} --with-example")),
        &["2022-12-31 130000 河北省：published", "[示例]"],
    );
}

#[test]
fn a_method_shows_formulas_ranges_and_clauses() {
    let text = show("cn.power.combustion.gas");
    let parts = [
        "C_ar = 修约(NCV × CC; 2位小数，四舍五入)",
        "(0, 1]",
        "GJ/10^4Nm3 | GJ/t (随 consumption)",
        "燃气：收到基元素碳含量保留2位小数",
        "二手来源",
    ];
    holds_all(&text, &parts);
    let text = show("hebei.class --lang en");
    holds_all(&text, &["class = 'key' when E ≥ hebei.class.key_from", "一(四)", "other"]);
    holds_all(&show("cn.power.electricity --at 2026-06-30"), &["没有适用的版本"]);
    let json: serde_json::Value = serde_json::from_str(&show("hebei.class --json")).unwrap();
    assert_eq!(json["versions"][0]["steps"][0]["rules"].as_array().unwrap().len(), 3);
}

#[test]
fn a_table_shows_its_rows_of_a_day() {
    let all = show("cn.grid.factor");
    holds_all(
        &all,
        &["0.5703 tCO2/MWh", "0.581 tCO2/MWh", "0.6101 tCO2/MWh", "环办气候函〔2023〕43号"],
    );
    let day = show("cn.grid.factor --at 2023-02-06");
    assert!(!day.contains("0.5703 tCO2/MWh"), "{day}");
    holds_all(&show("hebei.benchmark"), &["[待公布]", "[未规定]"]);
}

#[test]
fn a_document_shows_how_to_read_it_and_what_rests_on_it() {
    for name in ["hebei-2022-145", "冀政办字〔2022〕145号"] {
        let text = show(name);
        let parts = [
            "读法说明",
            "未载明施行日",
            "4.16",
            "二(三)  参数 hebei.offset.excess_ratio",
            "一(四)  方法 hebei.class",
        ];
        holds_all(&text, &parts);
    }
}

#[test]
fn a_region_and_a_pack() {
    holds_all(&show("河北省"), &["130000", "属于：CN 全国", "131100 衡水市", "hebei.class"]);
    holds_all(&show("Dingzhou"), &["130682", "定州市"]);
    holds_all(&show("cn-hebei --lang en"), &["jurisdiction: 130000", "builds on: cn", "digest: "]);
}

#[test]
fn an_unknown_id_gets_near_ones_offered() {
    let ran = run("rulebook show hebei.ofset.plan --lang en");
    assert_eq!((ran.code, ran.out.as_str()), (1, ""));
    assert!(ran.err.contains("did you mean `hebei.offset.plan`"), "{}", ran.err);
    let ran = run("rulebook show 抵销比例");
    assert!(ran.err.contains("`hebei.offset.excess_ratio`"), "{}", ran.err);
    let ran = run("rulebook show nothing.of.the.kind --json");
    assert_eq!((ran.code, ran.error_codes()), (1, vec!["rulebook.unknown_name".to_owned()]));
}

#[test]
fn list_names_everything_that_show_can_show() {
    let json = run("rulebook list --with-example --json").json();
    let kinds = json.as_object().unwrap();
    assert_eq!(kinds.len(), 6);
    for (kind, entries) in kinds {
        let entries = entries.as_array().unwrap();
        assert!(!entries.is_empty(), "{kind}");
        for entry in [entries.first().unwrap(), entries.last().unwrap()] {
            let id = entry["id"].as_str().unwrap();
            let text = show(&format!("{id} --with-example"));
            assert!(text.contains(entry["title"]["zh"].as_str().unwrap()), "{kind} {id}: {text}");
        }
    }
    let methods = run("rulebook list method").out;
    assert!(methods.contains("  cn.fuel.combustion  化石燃料燃烧排放"), "{methods}");
    assert!(!run("rulebook list").out.contains("示例"));
}
