//! The glossary: one Chinese term, one English identifier, one meaning, one source.

use std::collections::BTreeMap;

use super::finding::Finding;
use super::tree::{Tree, line_where};

const CHECK: &str = "glossary";

/// Where the glossary lies.
pub const PATH: &str = "docs/glossary.toml";

const KEYS: [&str; 6] = ["zh", "id", "en", "meaning", "document", "clause"];
const OPTIONAL: [&str; 2] = ["not", "unit"];

/// Checks the glossary when it exists.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let Some(text) = tree.text(PATH) else { return Vec::new() };
    let fault = |line: usize, what: String, remedy: &str| {
        Finding::new(
            CHECK,
            PATH,
            line,
            what,
            "one word per thing, and every word has its source",
            remedy,
        )
    };
    let table: toml::Table = match text.parse() {
        Ok(table) => table,
        Err(error) => {
            return vec![fault(0, format!("the file is no TOML: {}", error.message()), "mend it")];
        }
    };
    let terms = table.get("term").and_then(toml::Value::as_array).cloned().unwrap_or_default();
    let starts: Vec<usize> = text
        .lines()
        .enumerate()
        .filter(|(_, line)| line.trim() == "[[term]]")
        .map(|(at, _)| at + 1)
        .collect();
    let sources = sources(tree);
    let mut findings = Vec::new();
    let mut seen: BTreeMap<(&str, String), usize> = BTreeMap::new();
    for (at, term) in terms.iter().enumerate() {
        let line = starts.get(at).copied().unwrap_or(0);
        for what in faults(term) {
            findings.push(fault(line, what, "see the head of the file for what a term has"));
        }
        let document = word(term, "document");
        if !document.is_empty() && !is_source(document, &sources) {
            let what = format!("`{document}` is no document of a rulebook and no standard");
            findings.push(fault(line, what, "add it to the `sources.toml` of its pack"));
        }
        for key in ["zh", "id", "en"] {
            let value = word(term, key).to_lowercase();
            if let Some(first) = seen.insert((key, value.clone()), line) {
                let what = format!("`{value}` is the `{key}` of the term at line {first} as well");
                findings.push(fault(line, what, "find the word that tells the two apart"));
            }
        }
    }
    for term in &terms {
        for other in others(term) {
            if !terms.iter().any(|known| word(known, "zh") == other) {
                let line = line_where(text, |line| line.starts_with("not") && line.contains(other));
                findings.push(fault(
                    line,
                    format!("`not` names `{other}`, which is no term"),
                    "add the term",
                ));
            }
        }
    }
    findings
}

/// Ids of all documents of the rulebooks.
fn sources(tree: &Tree) -> Vec<&str> {
    tree.texts_in("rulebooks", "toml")
        .filter(|(path, _)| path.ends_with("/sources.toml"))
        .flat_map(|(_, text)| text.lines())
        .filter_map(|line| line.strip_prefix("id = \"")?.strip_suffix('"'))
        .collect()
}

/// A document of a rulebook, a standard by its number, or this platform itself.
fn is_source(document: &str, sources: &[&str]) -> bool {
    let standard = ["GB ", "GB/T ", "HJ ", "ISO "].iter().any(|body| document.starts_with(body));
    document == "tanheng" || standard || sources.contains(&document)
}

fn faults(term: &toml::Value) -> Vec<String> {
    let Some(table) = term.as_table() else { return vec!["a term is no table".to_owned()] };
    let mut faults: Vec<String> = KEYS
        .iter()
        .filter(|key| word(term, key).trim().is_empty())
        .map(|key| format!("a term has no `{key}`"))
        .collect();
    let known = |key: &str| KEYS.contains(&key) || OPTIONAL.contains(&key);
    faults.extend(table.keys().filter(|key| !known(key)).map(|key| format!("`{key}` is unknown")));
    let id = word(term, "id");
    let snake = id.starts_with(|c: char| c.is_ascii_lowercase())
        && id.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    if !id.is_empty() && !snake {
        faults.push(format!("`{id}` is no identifier in snake_case"));
    }
    faults
}

fn word<'a>(term: &'a toml::Value, key: &str) -> &'a str {
    term.get(key).and_then(toml::Value::as_str).unwrap_or("")
}

fn others(term: &toml::Value) -> impl Iterator<Item = &str> {
    let list = term.get("not").and_then(toml::Value::as_array);
    list.into_iter().flatten().filter_map(toml::Value::as_str)
}
