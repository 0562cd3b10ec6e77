//! A small sound pack; tests change one thing in it.

use std::collections::BTreeMap;

use tanheng_rulebook::{
    Context, Diagnostic, EvalError, Evaluation, Given, PackFiles, Rulebook, check,
};

const PACK: &str = r#"id = "p"
title = { zh = "试验", en = "Test" }
jurisdiction = "CN"
"#;

const SOURCES: &str = r#"[[document]]
id = "d1"
number = "试〔2022〕1号"
title = { zh = "试验办法", en = "Test measure" }
issuer = { zh = "试验厅", en = "Test office" }
issued = 2022-01-01
checked = "official"
"#;

const REGIONS: &str = r#"[[region]]
code = "CN"
name = { zh = "全国", en = "China" }

[[region]]
code = "130000"
name = { zh = "河北省", en = "Hebei" }
parent = "CN"

[[region]]
code = "130100"
name = { zh = "石家庄市", en = "Shijiazhuang" }
parent = "130000"
tile = [2, 3]
"#;

/// A parameter, up to its values.
pub const RATIO: &str = r#"[[parameter]]
id = "p.ratio"
title = { zh = "比例", en = "Ratio" }
unit = "1"
"#;

/// One value of a parameter.
pub const VALUE: &str = r#"[[parameter.value]]
from = 2022-01-01
value = "10%"
document = "d1"
clause = "一"
checked = "official"
"#;

/// A method with one input and one step.
pub const METHOD: &str = r#"[[method]]
id = "p.half"
title = { zh = "折半", en = "Half" }
from = 2022-01-01
document = "d1"
clause = "二"
checked = "official"
result = "out"

[[method.input]]
name = "mass"
title = { zh = "质量", en = "Mass" }
symbol = "m"
unit = ["t"]
places = 3
min = "0"
max = "1000"

[[method.step]]
name = "out"
title = { zh = "结果", en = "Result" }
formula = "mass * p.ratio"
unit = "t"
"#;

/// A worked case of that method.
pub const CASE: &str = r#"[[case]]
name = "一"
method = "p.half"
at = 2022-06-30
inputs = { mass = "10" }
result = "1 t"
"#;

/// The small pack with some files replaced or added.
pub fn pack(changed: &[(&str, &str)]) -> Vec<PackFiles> {
    let mut files: BTreeMap<String, String> = BTreeMap::new();
    let ratio = format!("{RATIO}{VALUE}");
    let own = [
        ("pack.toml", PACK),
        ("sources.toml", SOURCES),
        ("regions.toml", REGIONS),
        ("parameters/ratio.toml", &ratio),
        ("methods/half.toml", METHOD),
        ("cases/good/half.toml", CASE),
    ];
    for (path, content) in own.iter().chain(changed) {
        files.insert((*path).to_owned(), (*content).to_owned());
    }
    vec![PackFiles { id: "p".parse().unwrap(), files }]
}

/// The small pack with a dependent one.
pub fn pack_with(changed: &[(&str, &str)], id: &str, dependent: &[(&str, &str)]) -> Vec<PackFiles> {
    let mut packs = pack(changed);
    let files = dependent.iter().map(|(path, text)| ((*path).into(), (*text).into())).collect();
    packs.push(PackFiles { id: id.parse().unwrap(), files });
    packs
}

/// What is wrong with packs.
pub fn wrong(packs: &[PackFiles]) -> Vec<Diagnostic> {
    check(packs)
}

/// The codes of what is wrong.
pub fn codes(packs: &[PackFiles]) -> Vec<&'static str> {
    wrong(packs).iter().map(|diagnostic| diagnostic.code).collect()
}

/// The rulebook of packs that must be sound.
pub fn load(packs: Vec<PackFiles>) -> Rulebook {
    Rulebook::load(packs).unwrap_or_else(|diagnostics| {
        let lines: Vec<String> = diagnostics
            .iter()
            .map(|one| one.render(tanheng_base::Lang::En, tanheng_rulebook::Style::Plain))
            .collect();
        panic!("{}", lines.join("\n\n"))
    })
}

/// Evaluates with `name=value; …` words.
pub fn evaluate(
    book: &Rulebook,
    method: &str,
    (at, region): (&str, &str),
    inputs: &str,
) -> Result<Evaluation, EvalError> {
    let inputs: BTreeMap<String, Given> = inputs
        .split(';')
        .filter(|word| !word.trim().is_empty())
        .map(|word| {
            let (name, value) = word.split_once('=').unwrap();
            (name.trim().to_owned(), Given::from(value))
        })
        .collect();
    let context = Context { at: at.parse().unwrap(), region: region.parse().unwrap() };
    book.evaluate(&method.parse().unwrap(), &inputs, &context)
}
