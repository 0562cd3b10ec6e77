//! The `tanheng` binary, run as a user and as a script runs it.

#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod bad_packs;
mod bench;
mod casework;
mod coverage;
mod eval;
mod eval_csv;
mod form;
mod html;
mod log;
mod page;
mod receipt;
mod rulebook;
mod trial;
mod web;
mod worked_cases;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value as Json;
use tempfile::TempDir;

/// What a run of the binary yielded.
pub struct Ran {
    /// Exit code.
    pub code: i32,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

impl Ran {
    /// Standard output as JSON.
    pub fn json(&self) -> Json {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}:\n{}", self.out))
    }

    /// The codes of `{"errors": […]}` on standard output.
    pub fn error_codes(&self) -> Vec<String> {
        let json = self.json();
        let errors = json["errors"].as_array().unwrap_or_else(|| panic!("{}", self.out));
        errors.iter().map(|error| error["code"].as_str().unwrap().to_owned()).collect()
    }
}

/// Runs the binary in an empty folder.
pub fn tanheng<S: AsRef<str>>(arguments: &[S]) -> Ran {
    tanheng_in(TempDir::new().unwrap().path(), arguments)
}

/// Runs the binary in a folder.
pub fn tanheng_in<S: AsRef<str>>(folder: &Path, arguments: &[S]) -> Ran {
    let output = Command::new(env!("CARGO_BIN_EXE_tanheng"))
        .args(arguments.iter().map(AsRef::as_ref))
        .current_dir(folder)
        .output()
        .unwrap();
    Ran {
        code: output.status.code().unwrap(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// Runs the binary with the words of a line; a word holds no blank.
pub fn run(line: &str) -> Ran {
    tanheng(&line.split_whitespace().collect::<Vec<_>>())
}

/// The packs of the repository.
pub fn rulebooks() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../rulebooks").canonicalize().unwrap()
}

/// Writes files below a folder: path → text.
pub fn write_files<'a>(folder: &Path, files: impl IntoIterator<Item = (&'a str, &'a str)>) {
    for (path, text) in files {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
}
