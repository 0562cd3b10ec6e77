//! Which Rust files a package's targets reach through `mod`, and which nothing reaches.

use std::collections::BTreeMap;

use super::edges::{Package, Target};
use super::scan::{Module, Scan, scan};
use super::tree::{Tree, folder_of, join, name_of};

/// One Rust file that a target reaches.
#[derive(Clone, Debug)]
pub struct Reached {
    /// Whether only tests, benchmarks and examples reach it.
    pub test: bool,
    /// What was seen in it.
    pub scan: Scan,
}

/// Every Rust file that the targets of a package reach, by path.
pub fn reach(tree: &Tree, package: &Package) -> BTreeMap<String, Reached> {
    let mut reached: BTreeMap<String, Reached> = BTreeMap::new();
    let mut open: Vec<(String, bool, bool)> = roots(tree, package)
        .into_iter()
        .filter_map(|root| Some((join(&package.folder, &root.path)?, root.test, true)))
        .collect();
    while let Some((path, test, root)) = open.pop() {
        if let Some(known) = reached.get_mut(&path) {
            // A file that the product reaches is a product file, whatever else reaches it.
            let better = known.test && !test;
            if !better {
                continue;
            }
            known.test = false;
        }
        let Some(text) = tree.text(&path) else { continue };
        let Some(scan) = scan(text) else { continue };
        for module in &scan.modules {
            let file = module_file(tree, &path, root, module);
            open.extend(file.map(|file| (file, test || module.test, false)));
        }
        for include in &scan.includes {
            open.extend(join(folder_of(&path), include).map(|file| (file, test, false)));
        }
        reached.insert(path, Reached { test, scan });
    }
    reached
}

/// The root files that cargo finds by itself, and those that the manifest names.
fn roots(tree: &Tree, package: &Package) -> Vec<Target> {
    let mut roots = package.targets.clone();
    for (path, test) in [("src/lib.rs", false), ("src/main.rs", false), ("build.rs", false)] {
        roots.push(Target { path: path.to_owned(), test });
    }
    let folders = [("src/bin", false), ("tests", true), ("benches", true), ("examples", true)];
    for (folder, test) in folders {
        let prefix = format!("{}/{folder}/", package.folder);
        let prefix = prefix.trim_start_matches('/');
        for path in tree.paths().filter_map(|path| path.strip_prefix(prefix)) {
            let parts: Vec<&str> = path.split('/').collect();
            if matches!(parts.as_slice(), [file] if file.ends_with(".rs"))
                || matches!(parts.as_slice(), [_, "main.rs"])
            {
                roots.push(Target { path: format!("{folder}/{path}"), test });
            }
        }
    }
    roots
}

fn module_file(tree: &Tree, path: &str, root: bool, module: &Module) -> Option<String> {
    let folder = folder_of(path);
    if let Some(file) = &module.file {
        return join(folder, file).filter(|file| tree.text(file).is_some());
    }
    let mut base = folder.to_owned();
    if !root && name_of(path) != "mod.rs" {
        base = join(&base, name_of(path).trim_end_matches(".rs"))?;
    }
    for outer in &module.inside {
        base = join(&base, outer)?;
    }
    let candidates = [format!("{}.rs", module.name), format!("{}/mod.rs", module.name)];
    candidates
        .iter()
        .filter_map(|candidate| join(&base, candidate))
        .find(|file| tree.text(file).is_some())
}
