//! The files of the workspace, read once and held in memory.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;

/// Paths relative to the workspace root (with `/`) and their text; binary files have none.
#[derive(Clone, Debug, Default)]
pub struct Tree {
    files: BTreeMap<String, Option<String>>,
}

impl Tree {
    /// Reads every file below `root`, except in folders named in `ignore`. Symbolic links are not
    /// followed, because what they point to is not part of the workspace.
    ///
    /// # Errors
    ///
    /// The first file or folder that cannot be read.
    pub fn read(root: &Path, ignore: &[String]) -> io::Result<Self> {
        let mut tree = Self::default();
        tree.read_folder(root, "", ignore)?;
        Ok(tree)
    }

    /// A tree of made-up files, for tests.
    pub fn of<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let files = files
            .into_iter()
            .map(|(path, text)| (path.to_owned(), Some(text.to_owned())))
            .collect();
        Self { files }
    }

    /// The text of a file; nothing when it is absent or binary.
    pub fn text(&self, path: &str) -> Option<&str> {
        self.files.get(path)?.as_deref()
    }

    /// Whether there is a file or a folder at `path`.
    pub fn exists(&self, path: &str) -> bool {
        let path = path.trim_end_matches('/');
        self.files.contains_key(path) || self.is_folder(path)
    }

    /// Whether any file lies below `path`.
    pub fn is_folder(&self, path: &str) -> bool {
        let prefix = format!("{}/", path.trim_end_matches('/'));
        self.files
            .range(prefix.clone()..)
            .next()
            .is_some_and(|(found, _)| found.starts_with(&prefix))
    }

    /// Every path, in order.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.files.keys().map(String::as_str)
    }

    /// Every text file with its text, in order.
    pub fn texts(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files.iter().filter_map(|(path, text)| Some((path.as_str(), text.as_deref()?)))
    }

    /// The text files below `folder` (or all, for `""`) whose name ends with `.extension`.
    pub fn texts_in<'a>(
        &'a self,
        folder: &str,
        extension: &str,
    ) -> impl Iterator<Item = (&'a str, &'a str)> {
        let folder = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        let ending = format!(".{extension}");
        self.texts().filter(move |(path, _)| path.starts_with(&folder) && path.ends_with(&ending))
    }

    fn read_folder(&mut self, folder: &Path, prefix: &str, ignore: &[String]) -> io::Result<()> {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let path = if prefix.is_empty() { name.clone() } else { format!("{prefix}/{name}") };
            let kind = entry.file_type()?;
            if kind.is_dir() {
                if !ignore.contains(&name) {
                    self.read_folder(&entry.path(), &path, ignore)?;
                }
            } else if kind.is_file() {
                self.files.insert(path, String::from_utf8(fs::read(entry.path())?).ok());
            }
        }
        Ok(())
    }
}

/// The folder of a path, `""` at the root.
pub fn folder_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// The last part of a path.
pub fn name_of(path: &str) -> &str {
    path.rsplit_once('/').map_or(path, |(_, name)| name)
}

/// `folder/relative` with `.` and `..` resolved; nothing when it leaves the workspace.
pub fn join(folder: &str, relative: &str) -> Option<String> {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in relative.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// The line, counted from 1, of the first line that `matches`; 0 when none does.
pub fn line_where(text: &str, matches: impl Fn(&str) -> bool) -> usize {
    text.lines().position(matches).map_or(0, |at| at + 1)
}
