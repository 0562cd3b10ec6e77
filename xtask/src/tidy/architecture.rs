//! The architecture page: every crate is named there, and whatever it names exists.

use super::config::Config;
use super::edges::Package;
use super::finding::Finding;
use super::markdown::prose;
use super::tree::{Tree, join};

const CHECK: &str = "architecture";

/// Endings by which a word in backticks is known to be a file of the workspace.
const ENDINGS: [&str; 12] =
    ["rs", "toml", "md", "csv", "html", "ftl", "sql", "css", "js", "svg", "yaml", "lock"];

/// Checks the page when it exists; it is due as soon as the page named in the settings exists.
pub fn check(tree: &Tree, packages: &[Package], config: &Config) -> Vec<Finding> {
    let page = &config.architecture.page;
    let Some(text) = tree.text(page) else {
        let due = tree.exists(&config.architecture.due_with);
        let missing = Finding::new(
            CHECK,
            page,
            0,
            "the page is missing",
            "a newcomer learns from it what may never happen where",
            "write it: purpose, entry points, a paragraph per crate, walkthroughs",
        );
        return due.then_some(missing).into_iter().collect();
    };
    let words: Vec<(usize, &str)> = prose(text)
        .flat_map(|(line, content)| code(content).map(move |word| (line, word)))
        .collect();
    let mut findings = Vec::new();
    for package in packages {
        let short = package.name.trim_start_matches("tanheng-");
        if !words.iter().any(|(_, word)| *word == package.name || *word == short) {
            findings.push(Finding::new(
                CHECK,
                page,
                0,
                format!("the crate `{}` is not named", package.name),
                "the page speaks of every crate and of what it must never contain",
                format!("write its paragraph, with `{short}` in backticks"),
            ));
        }
    }
    for (line, word) in words {
        if let Some(what) = missing(tree, packages, config, word) {
            findings.push(Finding::new(
                CHECK,
                page,
                line,
                what,
                "what the page names is real, or the page misleads",
                "name what there is",
            ));
        }
    }
    findings
}

fn missing(tree: &Tree, packages: &[Package], config: &Config, word: &str) -> Option<String> {
    if word.starts_with("tanheng-") && !word.contains(['/', '.', ' ']) {
        let known = packages.iter().any(|package| package.name == word)
            || config.architecture.not_crates.iter().any(|other| other == word);
        return (!known).then(|| format!("there is no crate `{word}`"));
    }
    if !is_path(tree, word) {
        return None;
    }
    let word = word.trim_end_matches('/');
    let places = ["", "crates", "docs"];
    let found = places.iter().filter_map(|place| join(place, word)).any(|path| tree.exists(&path));
    (!found).then(|| format!("there is no `{word}`"))
}

/// Whether a word in backticks is meant as a path of the workspace: it has the ending of a file,
/// or a slash after the name of a folder that exists. Patterns (`<noun>`, `*`) are no paths.
fn is_path(tree: &Tree, word: &str) -> bool {
    if word.contains(|c: char| c.is_whitespace() || "<>*{}[]()|=:$…".contains(c))
        || word.starts_with(['/', '-', '.'])
    {
        return false;
    }
    let file = word.rsplit_once('.').is_some_and(|(stem, ending)| {
        !stem.is_empty() && !stem.ends_with('/') && ENDINGS.contains(&ending)
    });
    let below = word.split_once('/').is_some_and(|(first, _)| {
        tree.is_folder(first) || tree.is_folder(&format!("crates/{first}"))
    });
    file && word.contains('/') || file && !word.contains('/') && word.ends_with(".md") || below
}

/// The words in backticks of one line.
fn code(line: &str) -> impl Iterator<Item = &str> {
    line.split('`').skip(1).step_by(2)
}
