//! What a method declares beyond its formulas, in words: which inputs may be left out, other ways
//! to write a choice, where a unit comes from, and when there is no figure.

use std::collections::BTreeMap;

use tanheng_base::Lang;

use crate::model::{Input, Presence};

/// What a reader should know of an input beside its kind, unit and range; nothing for most.
pub fn input_remarks(input: &Input, lang: Lang) -> Vec<String> {
    let mut remarks = Vec::new();
    match (&input.presence, lang) {
        (Presence::Required, _) => {}
        (Presence::Optional, Lang::Zh) => remarks.push("可不填".to_owned()),
        (Presence::Optional, Lang::En) => remarks.push("may be left out".to_owned()),
        (Presence::Default(value), Lang::Zh) => remarks.push(format!("不填按 {value}")),
        (Presence::Default(value), Lang::En) => remarks.push(format!("{value} if left out")),
    }
    if let Some(by) = &input.unit_by {
        let (table, column, key) = (&by.table, &by.column, &by.key);
        remarks.push(match lang {
            Lang::Zh => format!("单位随 {key}，见表 {table} 的 {column} 列"),
            Lang::En => format!("its unit follows {key}: column {column} of {table}"),
        });
    }
    let mut ways: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (word, choice) in &input.aliases {
        ways.entry(choice).or_default().push(word);
    }
    if !ways.is_empty() {
        let each = |(choice, words): (&str, Vec<&str>)| format!("{choice} = {}", words.join(" = "));
        let ways: Vec<String> = ways.into_iter().map(each).collect();
        remarks.push(match lang {
            Lang::Zh => format!("也可写作：{}", ways.join("；")),
            Lang::En => format!("may be written: {}", ways.join("; ")),
        });
    }
    remarks
}
