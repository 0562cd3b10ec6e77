//! Rust files: their length, names, first lines, what they leave unfinished, and what a domain
//! crate may not name.

use std::collections::BTreeMap;

use super::config::Config;
use super::edges::Package;
use super::finding::Finding;
use super::modules::{Reached, reach};
use super::scan::Seen;
use super::tree::Tree;

/// Checks every Rust file of every package.
pub fn check(tree: &Tree, packages: &[Package], config: &Config) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut reached = BTreeMap::new();
    for package in packages {
        let files = reach(tree, package);
        let domain = config.row(&package.name).is_some_and(|row| row.domain);
        for (path, file) in &files {
            let text = tree.text(path).unwrap_or_default();
            findings.extend(shape(path, text, file, config));
            findings.extend(unfinished(path, file));
            if !file.test {
                findings.extend(law(path, file, config));
                if domain {
                    findings.extend(purity(path, file, config));
                }
            }
        }
        reached.extend(files);
    }
    for (path, _) in tree.texts_in("", "rs") {
        findings.extend(name(path, config));
        if !reached.contains_key(path) {
            findings.push(Finding::new(
                "dead-file",
                path,
                0,
                "no `mod` reaches this file, or it has no tokens",
                "nobody compiles or tests it",
                "declare it or delete it",
            ));
        }
    }
    findings
}

fn shape(path: &str, text: &str, file: &Reached, config: &Config) -> Vec<Finding> {
    let mut findings = Vec::new();
    let limits = &config.limits;
    if !text.lines().next().is_some_and(|first| first.starts_with("//!")) {
        findings.push(Finding::new(
            "module-doc",
            path,
            1,
            "the first line is no `//!` comment",
            "a reader who opens a file learns first what it is for",
            "say in one sentence what the module does",
        ));
    }
    let limit = if file.test { limits.test_file_lines } else { limits.file_lines };
    let lines = text.lines().count();
    if lines > limit {
        findings.push(Finding::new(
            "file-length",
            path,
            limit + 1,
            format!("the file has {lines} lines, the limit is {limit}"),
            "a file is read as a whole",
            "split it by noun",
        ));
    }
    for function in file.scan.functions.iter().filter(|f| f.lines > limits.function_lines) {
        findings.push(Finding::new(
            "function-length",
            path,
            function.line,
            format!(
                "`{}` has {} lines, the limit is {}",
                function.name, function.lines, limits.function_lines
            ),
            "a function is one thought",
            "name its parts",
        ));
    }
    findings
}

fn unfinished(path: &str, file: &Reached) -> Vec<Finding> {
    let mut findings: Vec<Finding> = file
        .scan
        .ignored_tests
        .iter()
        .map(|line| {
            Finding::new(
                "ignored-test",
                path,
                *line,
                "a test is ignored",
                "a test that nobody runs proves nothing",
                "mend it, delete it, or let it say that its program is absent and pass",
            )
        })
        .collect();
    let left = file
        .scan
        .macros
        .iter()
        .filter(|seen| matches!(seen.text.as_str(), "todo" | "unimplemented" | "dbg"));
    findings.extend(left.map(|seen| {
        Finding::new(
            "unfinished",
            path,
            seen.line,
            format!("`{}!` was left behind", seen.text),
            "what is on the main branch is finished",
            "finish it or take it out",
        )
    }));
    findings
}

fn name(path: &str, config: &Config) -> Vec<Finding> {
    let bare = path.trim_end_matches(".rs");
    bare.split('/')
        .filter(|part| config.names.banned_modules.iter().any(|banned| banned == part))
        .map(|part| {
            Finding::new(
                "file-name",
                path,
                0,
                format!("a module is called `{part}`"),
                "such a name says nothing and gathers everything",
                "call it by the noun that it is about",
            )
        })
        .collect()
}

fn law(path: &str, file: &Reached, config: &Config) -> Vec<Finding> {
    let figures = &config.law.figures;
    let stated = |text: &str| figures.iter().any(|figure| states(text, figure));
    let numbers = file.scan.integers.iter().filter(|seen| figures.contains(&seen.text));
    let strings = file.scan.strings.iter().filter(|seen| stated(&seen.text));
    numbers
        .chain(strings)
        .filter(|seen| !seen.test)
        .map(|seen| {
            Finding::new(
                "law-in-code",
                path,
                seen.line,
                format!("`{}` is a figure of the law", seen.text),
                "law is data: a decree must need a new rulebook file, not a release",
                "read it from the rulebook as a parameter with its clause",
            )
        })
        .collect()
}

/// Whether `figure` stands in `text` as a number of its own, with or without separators.
fn states(text: &str, figure: &str) -> bool {
    let plain: String = text.chars().filter(|c| !matches!(c, '_' | ',')).collect();
    plain.match_indices(figure).any(|(at, found)| {
        let before = plain.get(..at).and_then(|head| head.chars().next_back());
        let after = plain.get(at + found.len()..).and_then(|tail| tail.chars().next());
        let joins = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
        !joins(before) && !after.is_some_and(|c| c.is_ascii_digit())
    })
}

fn purity(path: &str, file: &Reached, config: &Config) -> Vec<Finding> {
    let mut findings = Vec::new();
    for seen in file.scan.paths.iter().filter(|seen| !seen.test) {
        if let Some(banned) = config.domain.banned_paths.iter().find(|banned| names(seen, banned)) {
            findings.push(Finding::new(
                "impure-path",
                path,
                seen.line,
                format!("a domain crate names `{}`", seen.text),
                format!("`{banned}` is the outside world, and domain crates are pure"),
                "take the value as an argument; the caller in `app` or `server` fetches it",
            ));
        }
    }
    for seen in file.scan.floats.iter().filter(|seen| !seen.test) {
        findings.push(Finding::new(
            "float",
            path,
            seen.line,
            format!("a domain crate has the floating-point `{}`", seen.text),
            "quantities are exact",
            "use `Decimal` or `Rational` of the crate `quantity`",
        ));
    }
    findings
}

/// Whether a path is the banned one, lies below it, or is a module on the way to it that was
/// imported as a whole (`use std::time;` opens the way to `time::Instant`).
fn names(seen: &Seen, banned: &str) -> bool {
    let path = seen.text.replacen("core::", "std::", 1);
    let below = |path: &str, of: &str| {
        path.strip_prefix(of).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
    };
    let whole = path.strip_suffix("::*").unwrap_or(&path);
    below(&path, banned) || (whole != "std" && below(banned, whole))
}
