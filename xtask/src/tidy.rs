//! Rules of the workspace that the compiler cannot see: who may depend on whom, what a domain
//! crate may touch, how long a file may be, whether a page's links lead somewhere.
//!
//! Every check reads a [`Tree`] held in memory and returns [`Finding`]s. What a check compares
//! with stands in `xtask/tidy.toml`, and so does every exception, with its reason.

pub mod architecture;
pub mod config;
pub mod edges;
pub mod finding;
pub mod glossary;
pub mod locales;
pub mod lock;
pub mod machine;
pub mod markdown;
pub mod modules;
pub mod scan;
pub mod sources;
pub mod tree;

use config::Config;
use finding::Finding;
use tree::Tree;

/// Runs every check and returns what is left after the exceptions, in the order of the files.
///
/// An exception that excuses nothing is itself reported: the list may only shrink.
pub fn run(tree: &Tree, config: &Config) -> Vec<Finding> {
    let packages = edges::packages(tree);
    let mut findings = edges::check(tree, &packages, config);
    findings.extend(sources::check(tree, &packages, config));
    findings.extend(lock::check(tree, config));
    findings.extend(machine::check(tree, config));
    findings.extend(markdown::check(tree));
    findings.extend(architecture::check(tree, &packages, config));
    findings.extend(glossary::check(tree));
    findings.extend(locales::check(tree, config));
    let mut findings = excuse(findings, config);
    findings.sort();
    findings.dedup();
    findings
}

fn excuse(findings: Vec<Finding>, config: &Config) -> Vec<Finding> {
    let mut used = vec![false; config.exception.len()];
    let mut left = Vec::new();
    for finding in findings {
        let mut excused = false;
        for (exception, used) in config.exception.iter().zip(&mut used) {
            if exception.covers(&finding) {
                excused = true;
                *used = true;
            }
        }
        if !excused {
            left.push(finding);
        }
    }
    for (exception, used) in config.exception.iter().zip(used) {
        if exception.reason.trim().is_empty() {
            left.push(Finding::new(
                "exception",
                config::PATH,
                0,
                format!(
                    "the exception of `{}` for `{}` has no reason",
                    exception.check, exception.path
                ),
                "an exception is a decision, and a reader has to be able to judge it",
                "write the reason",
            ));
        }
        if !used {
            left.push(Finding::new(
                "exception",
                config::PATH,
                0,
                format!(
                    "the exception of `{}` for `{}` excuses nothing",
                    exception.check, exception.path
                ),
                "the list of exceptions may only shrink",
                "remove it",
            ));
        }
    }
    left
}
