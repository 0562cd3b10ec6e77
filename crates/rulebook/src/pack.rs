//! Packs as they come from outside: files in memory, and the hash that is their version.

use std::collections::{BTreeMap, VecDeque};
use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use tanheng_base::PackId;

/// The files of one pack: path within the pack, with `/`, to text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackFiles {
    /// The pack's id, which is also its folder's name.
    pub id: PackId,
    /// Path → text.
    pub files: BTreeMap<String, String>,
}

impl PackFiles {
    /// SHA-256 over all paths and texts, in hexadecimal. Each path and text is preceded by its
    /// length, so that no two packs give the same bytes.
    pub fn digest(&self) -> String {
        let mut hash = Sha256::new();
        hash.update(b"tanheng pack 1\n");
        for (path, text) in &self.files {
            hash.update(format!("{} {}\n", path.len(), text.len()));
            hash.update(path);
            hash.update(text);
        }
        hexadecimal(&hash.finalize())
    }
}

/// The version of a rulebook: a hash over its packs.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RulebookVersion(String);

impl RulebookVersion {
    /// Over the packs' ids and digests, in the order of the ids.
    pub fn of(packs: &[PackFiles]) -> RulebookVersion {
        let mut lines: Vec<String> =
            packs.iter().map(|pack| format!("{} {}\n", pack.id, pack.digest())).collect();
        lines.sort();
        let mut hash = Sha256::new();
        hash.update(b"tanheng rulebook 1\n");
        for line in lines {
            hash.update(line);
        }
        RulebookVersion(hexadecimal(&hash.finalize()))
    }

    /// The version of this rulebook with another value in one place.
    pub(crate) fn varied(&self, place: &str, value: &str) -> RulebookVersion {
        let mut hash = Sha256::new();
        hash.update(format!("tanheng trial 1\n{} {place}\n{value}\n", self.0));
        RulebookVersion(hexadecimal(&hash.finalize()))
    }

    /// The hash, in hexadecimal.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The first 12 characters, for display.
    pub fn short(&self) -> &str {
        &self.0[..12]
    }
}

impl fmt::Display for RulebookVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Puts packs behind those they depend on. What cannot be placed, because a pack is missing or
/// depends on itself, comes second.
pub(crate) fn by_dependency<T>(
    packs: Vec<T>,
    id: impl Fn(&T) -> PackId,
    needs: impl Fn(&T) -> Vec<PackId>,
) -> (Vec<T>, Vec<T>) {
    let mut waiting: VecDeque<T> = packs.into();
    let mut placed: Vec<T> = Vec::new();
    let mut stuck = 0;
    while stuck < waiting.len() {
        let Some(next) = waiting.pop_front() else { break };
        let ready = needs(&next).iter().all(|need| placed.iter().any(|pack| id(pack) == *need));
        if ready {
            placed.push(next);
            stuck = 0;
        } else {
            waiting.push_back(next);
            stuck += 1;
        }
    }
    (placed, waiting.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pack(id: &str, files: &[(&str, &str)]) -> PackFiles {
        let files = files.iter().map(|(path, text)| ((*path).into(), (*text).into())).collect();
        PackFiles { id: id.parse().expect("a pack id"), files }
    }

    #[test]
    fn the_digest_sees_where_one_file_ends() {
        let one = pack("a", &[("x", "12"), ("y", "3")]);
        let other = pack("a", &[("x", "1"), ("y", "23")]);
        assert_ne!(one.digest(), other.digest());
        assert_eq!(one.digest().len(), 64);
    }

    #[test]
    fn the_version_does_not_depend_on_the_order_of_packs() {
        let (a, b) = (pack("a", &[("x", "1")]), pack("b", &[]));
        let version = RulebookVersion::of(&[a.clone(), b.clone()]);
        assert_eq!(version, RulebookVersion::of(&[b, a.clone()]));
        assert_ne!(version, RulebookVersion::of(&[a]));
    }

    #[test]
    fn packs_come_after_those_they_need() {
        let packs = vec![("b", vec!["a"]), ("a", vec![]), ("c", vec!["d"]), ("e", vec!["e"])];
        let to_id = |text: &&str| text.parse::<PackId>().expect("a pack id");
        let (placed, stuck) = by_dependency(
            packs,
            |(id, _)| to_id(id),
            |(_, needs)| needs.iter().map(to_id).collect(),
        );
        assert_eq!(placed.iter().map(|(id, _)| *id).collect::<String>(), "ab");
        assert_eq!(stuck.len(), 2);
    }
}
