//! A small example province on disk, for the other tests.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use tanheng_app::demo::{self, Plan, Stage, Watch};
use tanheng_app::{Acknowledged, Book, Executor, list};
use tanheng_base::{FixedClock, Instant, RegionCode, Text};
use tanheng_rulebook::PackFiles;
use tanheng_store::Durability;

use crate::desk::choice;

/// The packs of the repository, in loading order.
pub fn packs(names: &[&str]) -> Vec<PackFiles> {
    names.iter().map(|name| pack(name)).collect()
}

fn pack(name: &str) -> PackFiles {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../rulebooks").join(name);
    let mut files = BTreeMap::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let inside = path.strip_prefix(&root).unwrap().to_str().unwrap().to_owned();
                files.insert(inside, std::fs::read_to_string(&path).unwrap());
            }
        }
    }
    PackFiles { id: name.parse().unwrap(), files }
}

/// Counts what was acknowledged.
#[derive(Default)]
pub struct Count {
    pub acknowledged: Vec<(i64, [u8; 32])>,
    pub repeated: usize,
}

impl Watch for Count {
    fn stage(&mut self, _: &Text, _: u64) {}

    fn acknowledged(&mut self, acknowledged: &Acknowledged) {
        self.acknowledged.push((acknowledged.sequence, acknowledged.leaf));
        self.repeated += usize::from(acknowledged.repeated);
    }
}

/// A book in a temporary folder.
pub struct Province {
    _folder: tempfile::TempDir,
    pub book: Book,
    seed: u64,
    /// What is changed in the packs before they are published.
    rules: fn(&mut PackFiles),
}

impl Province {
    /// Plays the cycle with so many enterprises.
    pub fn played(enterprises: u32) -> (Self, Count) {
        Self::played_from(enterprises, 7)
    }

    /// The same from another seed.
    pub fn played_from(enterprises: u32, seed: u64) -> (Self, Count) {
        Self::played_under(enterprises, seed, |_| {})
    }

    /// The same under other rules.
    pub fn played_under(enterprises: u32, seed: u64, rules: fn(&mut PackFiles)) -> (Self, Count) {
        let folder = tempfile::tempdir().unwrap();
        let book = Book::create_on(&folder.path().join("data"), &choice()).unwrap();
        let province = Self { _folder: folder, book, seed, rules };
        let count = province.play(enterprises);
        (province, count)
    }

    pub fn play(&self, enterprises: u32) -> Count {
        let clock = Arc::new(FixedClock::new(Instant(0)));
        let executor =
            Executor::start(&self.book, Arc::clone(&clock) as _, Durability::Full).unwrap();
        let mut count = Count::default();
        let regions: Vec<RegionCode> =
            ["130100", "130200", "130682"].map(|code| code.parse().unwrap()).to_vec();
        let (mut law, mut example) =
            (packs(&["cn", "cn-hebei"]), packs(&["cn", "cn-hebei", "example"]));
        law.iter_mut().chain(&mut example).for_each(self.rules);
        let stage = Stage {
            executor: &executor,
            clock: &clock,
            law: &law,
            example: &example,
            regions: &regions,
            national_list: list::Publish {
                list: "hebei.list.national_power.2022".parse().unwrap(),
                title: Text::new("名单", "list"),
                document: "hebei-power-list-2022".parse().unwrap(),
                clause: "附件".to_owned(),
                declared_count: 94,
                published: "2022-10-11".parse().unwrap(),
                note: Text::new("", ""),
                lines: Vec::new(),
            },
        };
        let plan = Plan { enterprises, seed: self.seed };
        demo::play(&self.book, &stage, &plan, &mut count).unwrap();
        count
    }
}
