//! The command line of the workspace's own checks: `cargo xtask tidy`.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use xtask::tidy::{self, config::Config, tree::Tree};

const USAGE: &str = "\
usage: cargo xtask tidy [--root DIR]

  tidy    check the workspace against its own rules (see xtask/tidy.toml);
          prints `file:line: what; why; what to do` and ends with 1 when anything is found
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match arguments.as_slice() {
        ["tidy"] => run_tidy(&workspace_root()),
        ["tidy", "--root", root] => run_tidy(Path::new(root)),
        ["help" | "--help" | "-h"] => write!(io::stdout(), "{USAGE}").map(|()| true),
        _ => write!(io::stderr(), "{USAGE}").map(|()| false),
    };
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            // Nothing is left to tell the reader with when standard error is closed as well.
            let _ = writeln!(io::stderr(), "xtask: {error}");
            ExitCode::from(2)
        }
    }
}

/// The folder above this package: the tool is always run from a checkout.
fn workspace_root() -> PathBuf {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.parent().unwrap_or(manifest).to_path_buf()
}

fn run_tidy(root: &Path) -> io::Result<bool> {
    let config = Config::read(root)?;
    let tree = Tree::read(root, &config.ignore)?;
    let findings = tidy::run(&tree, &config);
    let mut out = io::stdout().lock();
    for finding in &findings {
        writeln!(out, "{finding}")?;
    }
    match findings.len() {
        0 => writeln!(out, "tidy: {} files, nothing found", tree.paths().count())?,
        found => writeln!(out, "tidy: {found} found")?,
    }
    Ok(findings.is_empty())
}
