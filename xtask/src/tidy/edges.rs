//! Who depends on whom: manifests against the table of crates.

use super::config::{Config, Crate};
use super::finding::Finding;
use super::tree::{Tree, folder_of, line_where};

const CHECK: &str = "crate-edge";

/// One package of the workspace, as its manifest tells.
#[derive(Clone, Debug)]
pub struct Package {
    /// Its name.
    pub name: String,
    /// Its folder, relative to the workspace root.
    pub folder: String,
    /// What it depends on.
    pub dependencies: Vec<Dependency>,
    /// Paths of targets that the manifest names, relative to the folder.
    pub targets: Vec<Target>,
    /// Whether it takes the lints of the workspace.
    pub takes_lints: bool,
}

/// One dependency.
#[derive(Clone, Debug)]
pub struct Dependency {
    /// The package's name.
    pub name: String,
    /// Whether only tests, examples and benchmarks have it.
    pub tests_only: bool,
    /// The line in the manifest, 0 when not found.
    pub line: usize,
}

/// One target that a manifest names.
#[derive(Clone, Debug)]
pub struct Target {
    /// The root file, relative to the package's folder.
    pub path: String,
    /// Whether it is a test, a benchmark or an example.
    pub test: bool,
}

impl Package {
    /// The path of the package's manifest.
    pub fn manifest(&self) -> String {
        format!("{}/Cargo.toml", self.folder).trim_start_matches('/').to_owned()
    }
}

/// Every package of the tree. A manifest that is not TOML is left to cargo, which says it better.
pub fn packages(tree: &Tree) -> Vec<Package> {
    tree.texts()
        .filter(|(path, _)| *path == "Cargo.toml" || path.ends_with("/Cargo.toml"))
        .filter_map(|(path, text)| package(path, text))
        .collect()
}

/// Compares every manifest with the table.
pub fn check(tree: &Tree, packages: &[Package], config: &Config) -> Vec<Finding> {
    let mut findings = Vec::new();
    for package in packages {
        let manifest = package.manifest();
        if !package.takes_lints {
            findings.push(Finding::new(
                "workspace-lints",
                &manifest,
                0,
                format!("`{}` does not take the lints of the workspace", package.name),
                "a crate without them may hold what all others refuse",
                "add `[lints]` with `workspace = true`",
            ));
        }
        match config.row(&package.name) {
            Some(row) => findings.extend(
                package
                    .dependencies
                    .iter()
                    .filter_map(|dependency| edge(row, dependency, packages, config))
                    .map(|(line, what, why, remedy)| {
                        Finding::new(CHECK, &manifest, line, what, why, remedy)
                    }),
            ),
            None => findings.push(Finding::new(
                CHECK,
                &manifest,
                0,
                format!("`{}` has no row in the table of crates", package.name),
                "the table says in one place who may use whom",
                "add a row to `xtask/tidy.toml` and a paragraph to `docs/ARCHITECTURE.md`",
            )),
        }
    }
    findings.extend(duplicate_rows(tree, config));
    findings
}

type Fault = (usize, String, String, String);

fn edge(
    row: &Crate,
    dependency: &Dependency,
    packages: &[Package],
    config: &Config,
) -> Option<Fault> {
    let name = &dependency.name;
    let ours = packages.iter().any(|package| package.name == *name) || config.row(name).is_some();
    if ours { our_edge(row, dependency, config) } else { outside_edge(row, dependency, config) }
}

fn our_edge(row: &Crate, dependency: &Dependency, config: &Config) -> Option<Fault> {
    let name = &dependency.name;
    let for_tests = config.row(name).is_some_and(|other| other.tests_only);
    if for_tests && !dependency.tests_only && !row.tests_only {
        return Some((
            dependency.line,
            format!("`{}` ships `{name}`", row.name),
            format!("`{name}` is for tests only"),
            "move it to `[dev-dependencies]`".to_owned(),
        ));
    }
    if row.may_use.contains(name) || (for_tests && dependency.tests_only) {
        return None;
    }
    let allowed = match row.may_use.as_slice() {
        [] => "none of ours".to_owned(),
        names => names.join(", "),
    };
    Some((
        dependency.line,
        format!("`{}` uses `{name}`", row.name),
        format!("it may use {allowed}"),
        "move the code to the crate that may know both, or change the table in `xtask/tidy.toml` \
         and the architecture page together"
            .to_owned(),
    ))
}

fn outside_edge(row: &Crate, dependency: &Dependency, config: &Config) -> Option<Fault> {
    let name = &dependency.name;
    if dependency.tests_only {
        return None;
    }
    if let Some(owners) = config.owner.get(name)
        && !owners.contains(&row.name)
    {
        return Some((
            dependency.line,
            format!("`{}` uses `{name}`", row.name),
            format!("only {} may", owners.join(", ")),
            "ask that crate for what is needed".to_owned(),
        ));
    }
    if !row.domain || config.domain.external.contains_key(name) {
        return None;
    }
    let (why, remedy) = match config.domain.refused.get(name) {
        Some(reason) => {
            (format!("domain crates are pure: {reason}"), "pass the value in".to_owned())
        }
        None => (
            "domain crates are pure, and this crate is not on their list".to_owned(),
            "if it does no IO and knows no clock, randomness, environment or async, add it to \
             `domain.external` in `xtask/tidy.toml` with what it is for"
                .to_owned(),
        ),
    };
    Some((dependency.line, format!("`{}` uses `{name}`", row.name), why, remedy))
}

fn duplicate_rows(tree: &Tree, config: &Config) -> Vec<Finding> {
    let text = tree.text(super::config::PATH).unwrap_or_default();
    let mut findings = Vec::new();
    for (at, row) in config.crates.iter().enumerate() {
        if config.crates.iter().take(at).any(|other| other.name == row.name) {
            let needle = format!("name = \"{}\"", row.name);
            findings.push(Finding::new(
                CHECK,
                super::config::PATH,
                line_where(text, |line| line.contains(&needle)),
                format!("`{}` has two rows", row.name),
                "the table says in one place who may use whom",
                "keep one",
            ));
        }
    }
    findings
}

fn package(path: &str, text: &str) -> Option<Package> {
    let manifest: toml::Table = text.parse().ok()?;
    let name = manifest.get("package")?.get("name")?.as_str()?.to_owned();
    let takes_lints = manifest
        .get("lints")
        .and_then(|lints| lints.get("workspace"))
        .and_then(toml::Value::as_bool)
        .unwrap_or(false);
    let mut dependencies = Vec::new();
    collect_dependencies(&manifest, text, &mut dependencies);
    if let Some(targets) = manifest.get("target").and_then(toml::Value::as_table) {
        for target in targets.values().filter_map(toml::Value::as_table) {
            collect_dependencies(target, text, &mut dependencies);
        }
    }
    Some(Package {
        name,
        folder: folder_of(path).to_owned(),
        dependencies,
        targets: targets(&manifest),
        takes_lints,
    })
}

fn collect_dependencies(table: &toml::Table, text: &str, found: &mut Vec<Dependency>) {
    let sections =
        [("dependencies", false), ("build-dependencies", false), ("dev-dependencies", true)];
    for (section, tests_only) in sections {
        let Some(entries) = table.get(section).and_then(toml::Value::as_table) else { continue };
        for (key, value) in entries {
            let renamed = value.get("package").and_then(toml::Value::as_str);
            found.push(Dependency {
                name: renamed.unwrap_or(key).to_owned(),
                tests_only,
                line: dependency_line(text, section, key),
            });
        }
    }
}

/// The line of `key` inside `[section]`: the same crate may stand in several sections.
fn dependency_line(text: &str, section: &str, key: &str) -> usize {
    let mut inside = false;
    for (at, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.starts_with('[') {
            inside = line.trim_matches(['[', ']']).ends_with(section);
        } else if inside
            && line.strip_prefix(key).is_some_and(|rest| rest.starts_with([' ', '.', '=']))
        {
            return at + 1;
        }
    }
    0
}

fn targets(manifest: &toml::Table) -> Vec<Target> {
    let mut found = Vec::new();
    let kinds =
        [("lib", false), ("bin", false), ("test", true), ("bench", true), ("example", true)];
    for (kind, test) in kinds {
        let entries = match manifest.get(kind) {
            Some(toml::Value::Array(entries)) => entries.as_slice(),
            Some(entry) => std::slice::from_ref(entry),
            None => continue,
        };
        for entry in entries {
            if let Some(path) = entry.get("path").and_then(toml::Value::as_str) {
                found.push(Target { path: path.to_owned(), test });
            }
        }
    }
    found
}
