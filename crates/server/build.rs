//! Lists the rulebook packs of the workspace, so that the binary carries the law it was built with.
//!
//! What is embedded is what `packs_from` would read from the folder: the `.toml` and `.csv` files
//! of each subfolder that has a `pack.toml`. A test compares the two.

use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

fn main() -> Result<(), Box<dyn Error>> {
    let root = told("CARGO_MANIFEST_DIR")?.join("../../rulebooks").canonicalize()?;
    println!("cargo::rerun-if-changed={}", root.display());
    let mut source = String::from("&[\n");
    for folder in entries(&root)? {
        if folder.join("pack.toml").is_file() {
            let id = folder.file_name().ok_or("a folder without a name")?.to_string_lossy();
            writeln!(source, "    ({id:?}, &[")?;
            pack(&folder, &folder, &mut source)?;
            source.push_str("    ]),\n");
        }
    }
    source.push_str("]\n");
    fs::write(told("OUT_DIR")?.join("packs.rs"), source)?;
    Ok(())
}

/// A folder that cargo names at run time: what was compiled in could belong to another clone that
/// shares the target folder.
#[expect(clippy::disallowed_methods, reason = "cargo tells a build script where things lie")]
fn told(name: &str) -> Result<PathBuf, Box<dyn Error>> {
    Ok(std::env::var_os(name).ok_or_else(|| format!("{name} is not set"))?.into())
}

fn pack(root: &Path, folder: &Path, source: &mut String) -> Result<(), Box<dyn Error>> {
    for path in entries(folder)? {
        let suffix = path.extension().and_then(|suffix| suffix.to_str());
        if path.is_dir() {
            pack(root, &path, source)?;
        } else if matches!(suffix, Some("toml" | "csv")) {
            let name = path.strip_prefix(root)?.to_str().ok_or("a file name is not UTF-8")?;
            let (name, path) = (name.replace('\\', "/"), path.to_str().ok_or("not UTF-8")?);
            writeln!(source, "        ({name:?}, include_str!({path:?})),")?;
        }
    }
    Ok(())
}

/// What a folder holds, by name; the order must not depend on the machine.
fn entries(folder: &Path) -> Result<Vec<PathBuf>, std::io::Error> {
    let entries = fs::read_dir(folder)?.collect::<Result<Vec<_>, _>>()?;
    let mut paths: Vec<PathBuf> = entries.iter().map(fs::DirEntry::path).collect();
    paths.sort();
    Ok(paths)
}
