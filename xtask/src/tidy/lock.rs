//! The lock file and cargo's settings: where packages come from, and which must never come.

use super::config::Config;
use super::finding::Finding;
use super::tree::{Tree, line_where};

const LOCK: &str = "Cargo.lock";
const SETTINGS: [&str; 2] = [".cargo/config.toml", ".cargo/config"];

/// Checks `Cargo.lock` and the committed settings of cargo.
pub fn check(tree: &Tree, config: &Config) -> Vec<Finding> {
    let mut findings = lock(tree, config);
    findings.extend(SETTINGS.into_iter().flat_map(|path| settings(tree, path)));
    findings
}

fn lock(tree: &Tree, config: &Config) -> Vec<Finding> {
    let Some(text) = tree.text(LOCK) else {
        return vec![Finding::new(
            "lock",
            LOCK,
            0,
            "there is no lock file",
            "a build of today must be repeatable tomorrow",
            "run `cargo generate-lockfile` and commit the file",
        )];
    };
    let mut findings = Vec::new();
    let mut name = String::new();
    // Every package comes from one registry, that of the first one named.
    let mut registry = None;
    for (at, line) in text.lines().enumerate() {
        if let Some(value) = value_of(line, "name") {
            value.clone_into(&mut name);
            if let Some(reason) = config.lock.banned.get(value) {
                findings.push(Finding::new(
                    "lock",
                    LOCK,
                    at + 1,
                    format!("the build needs `{value}`"),
                    reason.as_str(),
                    format!(
                        "`cargo tree --invert {value}` shows who brings it; switch the feature off"
                    ),
                ));
            }
        }
        if let Some(source) = value_of(line, "source")
            && (!source.starts_with("registry+") || *registry.get_or_insert(source) != source)
        {
            findings.push(Finding::new(
                "lock",
                LOCK,
                at + 1,
                format!("`{name}` comes from `{source}`"),
                "packages come from one registry only, with a checksum",
                "use a published version",
            ));
        }
    }
    findings
}

/// The value of a `key = "value"` line.
fn value_of<'a>(line: &'a str, key: &str) -> Option<&'a str> {
    line.strip_prefix(key)?.strip_prefix(" = \"")?.strip_suffix('"')
}

fn settings(tree: &Tree, path: &str) -> Vec<Finding> {
    let Some(text) = tree.text(path) else { return Vec::new() };
    let table: toml::Table = text.parse().unwrap_or_default();
    ["source", "registries", "registry"]
        .into_iter()
        .filter(|key| table.contains_key(*key))
        .map(|key| {
            Finding::new(
                "lock",
                path,
                line_where(text, |line| line.trim_start_matches('[').starts_with(key)),
                format!("the settings of cargo name a `{key}`"),
                "where a machine fetches packages is that machine's business",
                "keep it in the settings of your home folder",
            )
        })
        .collect()
}
