//! `tanheng rulebook coverage`: what a small pack fulfils of a small catalogue.

use std::path::Path;

use tempfile::TempDir;

use crate::bad_packs::{CASES, FACTOR, METHOD, PACK, REGIONS, SOURCES};
use crate::{Ran, tanheng_in, write_files};

const CATALOGUE: &str =
    "\u{feff}id,doc,source,clause,name_zh,name_en,rank,primitive,area,open,same_as
T-1,1.1,试验令,二,合计排放,Total emission,CORE,rule,carbon,,
T-2,1.1,试验令,一,因子,Factor,CORE,library,carbon,,
T-3,1.2,\"试验令,之二\",一,名录,Register,CORE,register,governance,,
T-4,1.2,\"试验令,之二\",二,因子,Factor,CORE,library,carbon,,T-2
T-5,1.2,\"试验令,之二\",三,宣传,Publicity,CONTEXT,case,governance,,
";

fn coverage(folder: &Path, rest: &[&str]) -> Ran {
    let line = ["--rulebooks", "packs", "rulebook", "coverage", "--catalogue", "catalogue.csv"];
    tanheng_in(folder, &[&line, rest].concat())
}

/// A folder with the small pack, whose factor and method name requirements, and the catalogue.
fn folder(catalogue: &str, factor: &str) -> TempDir {
    let folder = TempDir::new().unwrap();
    let factor = FACTOR.replace("[[parameter.value]]", &format!("{factor}\n[[parameter.value]]"));
    let method = METHOD.replace("result = \"total\"", "implements = [\"T-1\"]\nresult = \"total\"");
    let files = [
        ("catalogue.csv", catalogue),
        ("packs/trial/pack.toml", PACK),
        ("packs/trial/regions.toml", REGIONS),
        ("packs/trial/sources.toml", SOURCES),
        ("packs/trial/parameters/factor.toml", &factor),
        ("packs/trial/methods/total.toml", &method),
        ("packs/trial/cases/good/total.toml", CASES),
    ];
    write_files(folder.path(), files);
    folder
}

#[test]
fn what_is_shown_is_counted_and_listed() {
    let folder = folder(CATALOGUE, "implements = [\"T-4\"]");
    let ran = coverage(folder.path(), &["--json"]);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    let wanted = serde_json::json!({
        "canonical_core": 3,
        "covered": 2,
        "covered_ids": ["T-1", "T-2"],
        "missing_ids": ["T-3"],
    });
    assert_eq!(ran.json(), wanted);
    let ran = coverage(folder.path(), &["--missing"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let wanted = "\
核心条目 3，已落实 2，未落实 1

文件             已落实  条目
1.1 试验令            2     2
1.2 试验令,之二       0     1

类型      已落实  条目
library        1     1
register       0     1
rule           1     1

领域        已落实  条目
carbon           2     2
governance       0     1

已落实 (2)
  T-1  合计排放  trial.total
  T-2  因子      trial.factor

未落实 (1)
  T-3  名录
";
    assert_eq!(ran.out, wanted);
    let ran = coverage(folder.path(), &["--lang", "en"]);
    assert!(ran.out.starts_with("core entries: 3; covered: 2; missing: 1\n"), "{}", ran.out);
    assert!(!ran.out.contains("T-3"), "{}", ran.out);
}

#[test]
fn an_unknown_id_is_told_with_file_and_line() {
    let folder = folder(CATALOGUE, "implements = [\"T-4\", \"T-9\"]");
    let ran = coverage(folder.path(), &["--lang", "en"]);
    assert_eq!((ran.code, ran.out.as_str()), (1, ""));
    for part in ["rulebook.unknown_requirement", "trial/parameters/factor.toml:5:", "`T-9`", "help"]
    {
        assert!(ran.err.contains(part), "{part}: {}", ran.err);
    }
    let json = coverage(folder.path(), &["--json"]).json();
    let error = &json["errors"][0];
    assert_eq!(error["code"], "rulebook.unknown_requirement");
    assert_eq!(error["place"]["line"], 5);
}

#[test]
fn a_bad_catalogue_is_told_with_row_and_remedy() {
    let folder = folder(&CATALOGUE.replace("T-3,1.2", "T-1,1.2"), "");
    let ran = coverage(folder.path(), &["--lang", "en"]);
    assert_eq!(ran.code, 1);
    for part in ["catalogue.duplicate_id", "row 4", "column id", "`T-1`", "remedy"] {
        assert!(ran.err.contains(part), "{part}: {}", ran.err);
    }
    let ran =
        tanheng_in(folder.path(), &["rulebook", "coverage", "--catalogue", "none.csv", "--json"]);
    assert_eq!((ran.code, ran.error_codes()), (1, vec!["catalogue.unreadable".to_owned()]));
}
