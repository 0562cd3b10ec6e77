//! A made-up tree of one crate, the settings of the workspace without their exceptions, and the
//! findings of one check.

use xtask::tidy::config::Config;
use xtask::tidy::finding::Finding;
use xtask::tidy::tree::Tree;
use xtask::tidy::{self};

/// The settings of the workspace, so that the tests speak of the real table and the real limits.
pub fn config() -> Config {
    let mut config =
        Config::parse(include_str!("../../tidy.toml")).expect("the settings are valid");
    config.exception.clear();
    config
}

/// The manifest of a crate with the given lines after its header.
pub fn manifest(name: &str, rest: &str) -> String {
    format!("[package]\nname = \"{name}\"\n\n{rest}\n[lints]\nworkspace = true\n")
}

/// What `check` finds in a tree with these files besides an empty lock file.
pub fn findings(check: &str, files: &[(&str, &str)]) -> Vec<Finding> {
    let lock = ("Cargo.lock", "version = 4\n");
    let given = files.iter().any(|(path, _)| *path == "Cargo.lock");
    let all = files.iter().copied().chain((!given).then_some(lock));
    let mut findings = tidy::run(&Tree::of(all), &config());
    findings.retain(|finding| finding.check == check);
    findings
}

/// What `check` finds in a domain crate whose `src/lib.rs` is `text`.
pub fn in_domain_crate(check: &str, text: &str) -> Vec<Finding> {
    let manifest = manifest("tanheng-base", "");
    findings(check, &[("crates/base/Cargo.toml", &manifest), ("crates/base/src/lib.rs", text)])
}

/// The findings as `line: what`, which is what most tests compare.
pub fn brief(findings: &[Finding]) -> Vec<String> {
    findings.iter().map(|finding| format!("{}: {}", finding.line, finding.what)).collect()
}
