//! Rulebook packs from outside the rulebook: those that the binary carries, and folders.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use tanheng_base::{Code, PackId, Problem, Text};
use tanheng_rulebook::PackFiles;

/// Pack id → (path in the pack, text), written by the build script.
type Embedded = &'static [(&'static str, &'static [(&'static str, &'static str)])];

const EMBEDDED: Embedded = include!(concat!(env!("OUT_DIR"), "/packs.rs"));

/// The packs that the binary carries, the example pack among them.
pub fn embedded_packs() -> Vec<PackFiles> {
    EMBEDDED
        .iter()
        .filter_map(|(id, files)| {
            let files = files.iter().map(|(path, text)| ((*path).into(), (*text).into()));
            Some(PackFiles { id: id.parse().ok()?, files: files.collect() })
        })
        .collect()
}

/// The packs in a folder: `dir` itself when it has a `pack.toml`, otherwise each subfolder that has
/// one, by name. Only `.toml` and `.csv` files belong to a pack. The rulebook puts packs behind
/// those they depend on, whatever their order here.
///
/// # Errors
/// When the folder holds no pack, a file cannot be read or is not UTF-8, or a folder's name cannot
/// name a pack.
pub fn packs_from(dir: &Path) -> Result<Vec<PackFiles>, Problem> {
    let folders = pack_folders(dir)?;
    if folders.is_empty() {
        let dir = dir.display();
        let message = Text::new(
            format!("文件夹 `{dir}` 中没有规则包"),
            format!("the folder `{dir}` holds no rulebook pack"),
        );
        let remedy = Text::new(
            "给出含 pack.toml 的文件夹，或其上一级",
            "give a folder with a pack.toml, or the folder above it",
        );
        return Err(Problem::new(Code("rulebook.no_pack"), message, remedy));
    }
    folders.iter().map(|folder| read_pack(folder)).collect()
}

/// The packs without those that call themselves examples.
pub fn without_examples(packs: Vec<PackFiles>) -> Vec<PackFiles> {
    packs.into_iter().filter(|pack| !is_example(pack)).collect()
}

/// The packs with those of `base` that they need, directly or through others, and do not bring.
pub fn completed(mut packs: Vec<PackFiles>, base: Vec<PackFiles>) -> Vec<PackFiles> {
    let mut base: BTreeMap<PackId, PackFiles> =
        base.into_iter().map(|pack| (pack.id.clone(), pack)).collect();
    let mut next = 0;
    while let Some(pack) = packs.get(next) {
        for need in needs(pack) {
            if let Some(found) = base.remove(&need)
                && packs.iter().all(|pack| pack.id != need)
            {
                packs.push(found);
            }
        }
        next += 1;
    }
    packs
}

fn pack_folders(dir: &Path) -> Result<Vec<PathBuf>, Problem> {
    if dir.join("pack.toml").is_file() {
        return Ok(vec![dir.to_path_buf()]);
    }
    let paths = entries(dir)?;
    Ok(paths.into_iter().filter(|path| path.join("pack.toml").is_file()).collect())
}

fn read_pack(folder: &Path) -> Result<PackFiles, Problem> {
    // `.` and `..` have no name of their own
    let whole = folder.canonicalize().map_err(|error| unreadable(folder, &error))?;
    let name = whole.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let id = name.parse().map_err(|_| {
        let message = Text::new(
            format!("文件夹名 `{name}` 不能作规则包的 id"),
            format!("the folder name `{name}` cannot be the id of a pack"),
        );
        let remedy = Text::new(
            "用小写字母、数字和连字符命名，与 pack.toml 的 id 一致",
            "use lower-case letters, digits and hyphens, as in the id of pack.toml",
        );
        Problem::new(Code("rulebook.folder_name"), message, remedy)
    })?;
    let mut files = BTreeMap::new();
    read_files(&whole, &whole, &mut files)?;
    Ok(PackFiles { id, files })
}

fn read_files(
    root: &Path,
    folder: &Path,
    files: &mut BTreeMap<String, String>,
) -> Result<(), Problem> {
    for path in entries(folder)? {
        let suffix = path.extension().and_then(|suffix| suffix.to_str());
        if path.is_dir() {
            read_files(root, &path, files)?;
        } else if matches!(suffix, Some("toml" | "csv")) {
            let text = fs::read_to_string(&path).map_err(|error| unreadable(&path, &error))?;
            let below = path.strip_prefix(root).unwrap_or(&path);
            let name = below.to_str().map(|name| name.replace('\\', "/"));
            let name = name.ok_or_else(|| {
                unreadable(&path, &io::Error::other("the file name is not UTF-8"))
            })?;
            files.insert(name, text);
        }
    }
    Ok(())
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>, Problem> {
    let read = || -> io::Result<Vec<PathBuf>> {
        let mut paths: Vec<PathBuf> =
            fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<io::Result<_>>()?;
        paths.sort();
        Ok(paths)
    };
    read().map_err(|error| unreadable(folder, &error))
}

fn unreadable(path: &Path, error: &io::Error) -> Problem {
    let path = path.display();
    let message =
        Text::new(format!("无法读取 `{path}`：{error}"), format!("cannot read `{path}`: {error}"));
    let remedy = Text::new(
        "核对路径和权限；规则包的文件须为UTF-8",
        "check path and permissions; files of a pack are UTF-8",
    );
    Problem::new(Code("rulebook.unreadable"), message, remedy)
}

/// What `pack.toml` says of itself. A file that is no TOML says nothing here: loading the rulebook
/// reports it with its place.
fn description(pack: &PackFiles) -> toml::Table {
    let text = pack.files.get("pack.toml").map_or("", String::as_str);
    text.parse().unwrap_or_default()
}

fn is_example(pack: &PackFiles) -> bool {
    description(pack).get("example").and_then(toml::Value::as_bool) == Some(true)
}

fn needs(pack: &PackFiles) -> Vec<PackId> {
    let description = description(pack);
    let list = description.get("depends_on").and_then(toml::Value::as_array);
    list.into_iter().flatten().filter_map(|id| id.as_str()?.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(packs: &[PackFiles]) -> Vec<&str> {
        packs.iter().map(|pack| pack.id.as_str()).collect()
    }

    #[test]
    fn the_binary_carries_the_folder() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../rulebooks");
        let read = packs_from(&folder).unwrap();
        assert_eq!(embedded_packs(), read);
        assert_eq!(ids(&read), ["cn", "cn-hebei", "example"]);
        assert_eq!(ids(&without_examples(read)), ["cn", "cn-hebei"]);
    }

    #[test]
    fn a_pack_alone_takes_what_it_needs_and_no_more() {
        let (mine, base): (Vec<_>, Vec<_>) =
            embedded_packs().into_iter().partition(|pack| pack.id.as_str() == "cn-hebei");
        assert_eq!(ids(&completed(mine, base)), ["cn-hebei", "cn"]);
    }

    #[test]
    fn a_folder_without_packs_is_named() {
        let problem = packs_from(Path::new(env!("CARGO_MANIFEST_DIR"))).unwrap_err();
        assert_eq!(problem.code.0, "rulebook.no_pack");
        let problem = packs_from(Path::new("no such folder")).unwrap_err();
        assert_eq!(problem.code.0, "rulebook.unreadable");
    }
}
