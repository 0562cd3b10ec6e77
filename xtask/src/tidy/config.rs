//! What the checks compare with: `xtask/tidy.toml`.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;

use serde::Deserialize;

use super::finding::Finding;

/// Where the settings lie, relative to the workspace root.
pub const PATH: &str = "xtask/tidy.toml";

/// The whole file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Names of folders that are not read.
    pub ignore: Vec<String>,
    /// How long things may be.
    pub limits: Limits,
    /// How things may not be called.
    pub names: Names,
    /// What a domain crate may touch.
    pub domain: Domain,
    /// Numbers of the law that belong into a rulebook.
    pub law: Law,
    /// Which crate is the only one with a certain dependency.
    #[serde(default)]
    pub owner: BTreeMap<String, Vec<String>>,
    /// What may stand in the lock file.
    pub lock: Lock,
    /// What a path of somebody's machine looks like.
    pub machine: Machine,
    /// Where the pages are and what language they may hold.
    pub pages: Pages,
    /// What the architecture page may name without it being a crate.
    pub architecture: Architecture,
    /// The crates and what of ours each may use.
    #[serde(rename = "crate")]
    pub crates: Vec<Crate>,
    /// Exceptions with their reasons.
    #[serde(default)]
    pub exception: Vec<Exception>,
}

/// How long things may be, in lines.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// A file of the product.
    pub file_lines: usize,
    /// A file of tests.
    pub test_file_lines: usize,
    /// A function, from `fn` to its closing brace.
    pub function_lines: usize,
}

/// How things may not be called.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Names {
    /// Names of modules that say nothing.
    pub banned_modules: Vec<String>,
}

/// What a domain crate may touch.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Domain {
    /// Outside crates that a domain crate may use, each with what it is for.
    pub external: BTreeMap<String, String>,
    /// Outside crates that a domain crate must never use, each with the reason.
    pub refused: BTreeMap<String, String>,
    /// Paths of the standard library that a domain crate must never name.
    pub banned_paths: Vec<String>,
}

/// Numbers of the law that belong into a rulebook.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Law {
    /// The numbers, without separators.
    pub figures: Vec<String>,
}

/// What may stand in `Cargo.lock`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lock {
    /// Packages that may not be there, each with the reason.
    pub banned: BTreeMap<String, String>,
}

/// What a path of somebody's machine looks like.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Machine {
    /// First parts of absolute paths that exist on one machine only.
    pub roots: Vec<String>,
}

/// Where the pages are.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pages {
    /// Folders of templates.
    pub templates: Vec<String>,
    /// Folders of the texts in each language.
    pub locales: Vec<String>,
    /// The languages, by the beginning of a file's or folder's name.
    pub languages: Vec<String>,
}

/// The architecture page.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Architecture {
    /// The page.
    pub page: String,
    /// The page whose presence makes the architecture page due.
    pub due_with: String,
    /// Words that look like a crate of ours and are none.
    pub not_crates: Vec<String>,
}

/// One row of the table of crates.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Crate {
    /// The package's name.
    pub name: String,
    /// Whether the crate is pure: no IO, clock, randomness, SQL, HTTP, async, floats.
    #[serde(default)]
    pub domain: bool,
    /// Whether only tests may use the crate.
    #[serde(default)]
    pub tests_only: bool,
    /// Crates of ours that it may use.
    pub may_use: Vec<String>,
}

/// One exception.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exception {
    /// The check that is excused.
    pub check: String,
    /// The file.
    pub path: String,
    /// A part of the finding's first words, when only some findings of the file are excused.
    #[serde(default)]
    pub what: String,
    /// Why the rule does not fit here.
    pub reason: String,
}

impl Exception {
    /// Whether the exception speaks of this finding.
    pub fn covers(&self, finding: &Finding) -> bool {
        self.check == finding.check
            && self.path == finding.path
            && finding.what.contains(&self.what)
    }
}

impl Config {
    /// Reads `xtask/tidy.toml` below `root`.
    ///
    /// # Errors
    ///
    /// The file cannot be read, or is not what it should be.
    pub fn read(root: &Path) -> io::Result<Self> {
        let path = root.join(PATH);
        let text = fs::read_to_string(&path).map_err(|error| {
            io::Error::new(error.kind(), format!("{}: {error}", path.display()))
        })?;
        Self::parse(&text)
            .map_err(|error| io::Error::new(io::ErrorKind::InvalidData, format!("{PATH}: {error}")))
    }

    /// Reads the settings from their text.
    ///
    /// # Errors
    ///
    /// The text is not TOML, or has an unknown or a missing key.
    pub fn parse(text: &str) -> Result<Self, toml::de::Error> {
        toml::from_str(text)
    }

    /// The row of a crate.
    pub fn row(&self, name: &str) -> Option<&Crate> {
        self.crates.iter().find(|row| row.name == name)
    }
}
