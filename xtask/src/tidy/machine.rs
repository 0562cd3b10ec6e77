//! Absolute paths of somebody's machine: nobody else has them.

use super::config::{Config, PATH};
use super::finding::Finding;
use super::tree::Tree;

/// Looks for such paths in every text file.
pub fn check(tree: &Tree, config: &Config) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in tree.texts().filter(|(path, _)| *path != PATH) {
        for (at, line) in text.lines().enumerate() {
            if let Some(found) = config.machine.roots.iter().find_map(|root| below(line, root)) {
                findings.push(Finding::new(
                    "machine-path",
                    path,
                    at + 1,
                    format!("`{found}` is a path of one machine"),
                    "nobody else has it",
                    "use a path relative to the workspace, a temporary folder or a setting",
                ));
            }
        }
    }
    findings
}

/// The absolute path below `/root` (or, on Windows, `\root`) that stands in the line.
fn below<'a>(line: &'a str, root: &str) -> Option<&'a str> {
    ['/', '\\'].into_iter().find_map(|slash| {
        let needle = format!("{slash}{root}{slash}");
        line.match_indices(&needle).find_map(|(at, found)| {
            let before = line.get(..at)?.chars().next_back();
            // `a/work/b` and `example.org/work/b` are no absolute paths; after a drive's colon it is one.
            let inside = before.is_some_and(|c| c.is_alphanumeric() || "._-~}>)".contains(c));
            let rest = line.get(at + found.len()..)?;
            let named = rest.starts_with(|c: char| c.is_alphanumeric() || "._-".contains(c));
            (!inside && named).then(|| {
                let end = rest.find(|c: char| c.is_whitespace() || "\"'`<>),;:".contains(c));
                line.get(at..at + found.len() + end.unwrap_or(rest.len())).unwrap_or(rest)
            })
        })
    })
}
