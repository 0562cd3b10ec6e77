//! Formulas: read, checked in a small method, evaluated.

use std::collections::BTreeMap;

use tanheng_base::Lang;
use tanheng_rulebook::{Context, Given, PackFiles, Rulebook, Style, explain, lang, to_json};

use crate::lines;
use crate::pack::{SMALL, draw, files};

/// A formula on the first line, the unit of its result on the second, then `name=value` inputs:
/// whatever is written gives a tree or an error within the text; whatever passes the checks
/// evaluates to a value or an error; and what is evaluated can be explained and stored.
pub fn formula(data: &[u8]) {
    let Some(mut lines) = lines(data) else { return };
    let mut next = || lines.next().unwrap_or_default();
    let (formula, unit) = (next(), next());
    if let Err(error) = lang::parse(formula) {
        let span = &error.span;
        assert!(span.start <= span.end && span.end <= formula.len(), "{span:?}");
        assert!(formula.is_char_boundary(span.start), "{span:?}");
        assert!(formula.is_char_boundary(span.end), "{span:?}");
    }
    let mut inputs = inputs();
    for _ in 0..8 {
        if let Some((name, value)) = next().split_once('=') {
            inputs.insert(name.to_owned(), Given::from(value));
        }
    }
    let quoted = |text: &str| serde_json::to_string(text).unwrap_or_default();
    let method = METHOD
        .replace("\"FORMULA\"", &quoted(formula))
        .replace("\"UNIT\"", &quoted(if unit.is_empty() { "t" } else { unit }));
    let mut files = files(SMALL);
    files.insert("methods/any.toml".to_owned(), method);
    let pack = PackFiles { id: "p".parse().expect("a pack id"), files };
    let book = match Rulebook::load(vec![pack]) {
        Ok(book) => book,
        Err(diagnostics) => return draw(&diagnostics),
    };
    for region in ["CN", "130100"] {
        evaluate(&book, &inputs, region);
    }
}

fn evaluate(book: &Rulebook, inputs: &BTreeMap<String, Given>, region: &str) {
    let context = Context {
        at: "2022-06-30".parse().expect("a date"),
        region: region.parse().expect("a region"),
    };
    let method = "p.any".parse().expect("a method id");
    match book.evaluate(&method, inputs, &context) {
        Ok(evaluation) => {
            for lang in [Lang::Zh, Lang::En] {
                assert!(!explain(&evaluation, lang).is_empty());
            }
            // a stored calculation is read again by readers that bound the nesting
            let stored = to_json(&evaluation).to_string();
            let again: Result<serde_json::Value, _> = serde_json::from_str(&stored);
            assert!(again.is_ok(), "{again:?}");
        }
        Err(error) => {
            assert!(!error.problems().is_empty() && !error.code().is_empty());
        }
    }
}

/// What the inputs hold where the data name none.
fn inputs() -> BTreeMap<String, Given> {
    let given = [
        ("mass", "12.5"),
        ("ratio", "33%"),
        ("heat", "21.402"),
        ("kind", "one"),
        ("flag", "true"),
        ("day", "2022-03-01"),
        ("year", "2022"),
        ("word", "a"),
    ];
    given.iter().map(|(name, value)| ((*name).to_owned(), Given::from(*value))).collect()
}

/// The result uses every input, so that a formula may use any of them or none.
const METHOD: &str = r#"[[method]]
id = "p.any"
title = { zh = "任意", en = "Any" }
from = 2022-01-01
document = "d1"
clause = "二"
checked = "official"
result = "all"

[[method.input]]
name = "mass"
title = { zh = "质量", en = "Mass" }
unit = ["t", "kg", "10^4t"]
places = 3
min = "0"
max = "100000000"

[[method.input]]
name = "ratio"
title = { zh = "比率", en = "Ratio" }
unit = ["1"]
places = 6
min = "0"
max = "1"

[[method.input]]
name = "heat"
title = { zh = "热值", en = "Heat" }
unit = ["GJ/t"]
places = 6
min = "0"
max = "1000"

[[method.input]]
name = "kind"
title = { zh = "类别", en = "Kind" }
type = "enum"
values = ["one", "two"]

[[method.input]]
name = "flag"
title = { zh = "是否", en = "Flag" }
type = "bool"

[[method.input]]
name = "day"
title = { zh = "日", en = "Day" }
type = "date"

[[method.input]]
name = "year"
title = { zh = "年", en = "Year" }
type = "year"

[[method.input]]
name = "word"
title = { zh = "词", en = "Word" }
type = "text"

[[method.step]]
name = "out"
title = { zh = "结果", en = "Result" }
formula = "FORMULA"
unit = "UNIT"

[[method.step]]
name = "all"
title = { zh = "连同输入", en = "With the inputs" }
formula = "if flag and kind == 'one' and day < date(2030-01-01) and word == 'a' and year == 2022 and mass * ratio * heat > 0[GJ] then out else out"
unit = "UNIT"
"#;

/// Nothing is asked of how a diagnostic reads, but that it can be drawn.
pub(crate) const STYLES: [(Lang, Style); 2] =
    [(Lang::Zh, Style::Plain), (Lang::En, Style::Coloured)];
