//! Tiles and bundles: cut from the stored nodes, computed again from the definition, followed by a
//! reader, and every change of them found.

use std::cell::RefCell;
use std::collections::BTreeMap;

use proptest::prelude::*;
use tanheng_evidence::log::{
    check_consistency, check_inclusion, prove_consistency, prove_inclusion,
};
use tanheng_evidence::tiles::{
    Followed, Tile, TileError, TileNodes, TileSource, follow, join_entries, new_tiles, read_tile,
    split_entries,
};
use tanheng_evidence::{Appender, Checkpoint, Hash, HashAlgorithm, StorageError};

use crate::outsider;
use crate::sample::{ORIGIN, SHA, SM3};

/// A published log in memory.
#[derive(Clone)]
struct Mirror {
    files: BTreeMap<String, Vec<u8>>,
    /// What was asked for.
    asked: RefCell<Vec<String>>,
}

impl TileSource for Mirror {
    fn fetch(&self, tile: &Tile) -> Result<Vec<u8>, StorageError> {
        self.asked.borrow_mut().push(tile.to_string());
        self.files.get(&tile.to_string()).cloned().ok_or_else(|| "it is not there".into())
    }
}

struct Log {
    hash: HashAlgorithm,
    leaves: Vec<Vec<u8>>,
    nodes: Vec<Hash>,
    roots: Vec<Hash>,
}

impl Log {
    fn new(hash: HashAlgorithm, size: u64) -> Log {
        let leaf = |number: u64| {
            format!("entry {number}").repeat(1 + usize::try_from(number % 3).unwrap())
        };
        let leaves: Vec<Vec<u8>> = (0..size).map(|number| leaf(number).into_bytes()).collect();
        let (mut appender, mut nodes) = (Appender::new(hash), Vec::new());
        let mut roots = vec![appender.root()];
        for leaf in &leaves {
            appender.append_leaf(leaf, &mut nodes).unwrap();
            roots.push(appender.root());
        }
        Log { hash, leaves, nodes, roots }
    }

    fn bytes(&self, size: u64, tile: &Tile) -> Vec<u8> {
        if tile.level().is_some() {
            return read_tile(size, tile, &self.nodes).unwrap();
        }
        let span = tile.span();
        let place = |number: u64| usize::try_from(number).unwrap();
        join_entries(&self.leaves[place(span.start)..place(span.end)]).unwrap()
    }

    /// What an export adds that has the first `old` entries.
    fn export(&self, mirror: &mut Mirror, old: u64, size: u64) {
        for tile in new_tiles(old, size) {
            mirror.files.insert(tile.to_string(), self.bytes(size, &tile));
        }
    }

    fn mirror(&self, size: u64) -> Mirror {
        let mut mirror = Mirror { files: BTreeMap::new(), asked: RefCell::default() };
        self.export(&mut mirror, 0, size);
        mirror
    }

    fn checkpoint(&self, size: u64) -> Checkpoint {
        Checkpoint::new(ORIGIN, size, self.roots[usize::try_from(size).unwrap()]).unwrap()
    }

    fn follow(&self, size: u64, earlier: &[u64], mirror: &Mirror) -> Result<Followed, TileError> {
        let earlier: Vec<Checkpoint> = earlier.iter().map(|size| self.checkpoint(*size)).collect();
        let mut next = 0;
        follow(self.hash, &self.checkpoint(size), &earlier, mirror, |sequence, leaf| {
            assert_eq!(sequence, next);
            next += 1;
            let known = &self.leaves[usize::try_from(sequence).unwrap()];
            if leaf == known { Ok(()) } else { Err("another entry".to_owned()) }
        })
    }
}

/// The tiles of the specification: from the definition, without stored nodes.
fn check_by_definition(log: &Log, mirror: &Mirror) {
    let mut row: Vec<Vec<u8>> = log.leaves.clone();
    let mut level = 0_u32;
    while !row.is_empty() {
        let covers = 256_usize.pow(level);
        let hashes: Vec<Hash> = (0..log.leaves.len() / covers)
            .map(|n| outsider::tree(log.hash, &log.leaves[n * covers..(n + 1) * covers]))
            .collect();
        for (index, part) in hashes.chunks(256).enumerate() {
            let partial =
                if part.len() < 256 { format!(".p/{}", part.len()) } else { String::new() };
            let path = format!("tile/{level}/{index:03}{partial}");
            assert_eq!(mirror.files[&path], part.concat(), "{path}");
        }
        row.truncate(row.len() / 256);
        level += 1;
    }
    for (index, part) in log.leaves.chunks(256).enumerate() {
        let partial = if part.len() < 256 { format!(".p/{}", part.len()) } else { String::new() };
        let bundle = &mirror.files[&format!("tile/entries/{index:03}{partial}")];
        let mut expected = Vec::new();
        for leaf in part {
            expected.extend(u16::try_from(leaf.len()).unwrap().to_be_bytes());
            expected.extend(leaf);
        }
        assert_eq!(bundle, &expected);
    }
}

#[test]
fn sizes_at_the_edges_are_cut_as_defined_and_followed() {
    for hash in [SHA, SM3] {
        let log = Log::new(hash, 1025);
        for size in [0, 1, 2, 3, 255, 256, 257, 511, 512, 513, 1024, 1025] {
            let smaller = Log {
                leaves: log.leaves[..usize::try_from(size).unwrap()].to_vec(),
                ..Log::new(hash, size)
            };
            let mirror = smaller.mirror(size);
            check_by_definition(&smaller, &mirror);
            let read = smaller.follow(size, &[0, size / 2, size], &mirror).unwrap();
            let files = u64::try_from(mirror.files.len()).unwrap();
            assert_eq!(read, Followed { entries: size, tiles: files });
        }
    }
}

#[test]
fn what_lies_beyond_is_not_cut() {
    let log = Log::new(SHA, 300);
    for path in ["tile/0/001.p/45", "tile/0/001", "tile/1/000.p/2", "tile/2/000.p/1", "tile/7/000"]
    {
        let tile = Tile::parse(path).unwrap();
        assert!(!tile.is_within(300) && read_tile(300, &tile, &log.nodes).is_err(), "{path}");
    }
    // what an earlier checkpoint stood over can still be cut
    for path in ["tile/0/000.p/17", "tile/0/001.p/44", "tile/0/000", "tile/1/000.p/1"] {
        let tile = Tile::parse(path).unwrap();
        assert!(tile.is_within(300) && read_tile(300, &tile, &log.nodes).is_ok(), "{path}");
    }
    assert!(read_tile(300, &Tile::parse("tile/entries/000").unwrap(), &log.nodes).is_err());
}

#[test]
fn every_changed_byte_and_every_missing_file_is_found() {
    // every byte of a small log, and some of one with more than one tile
    for (hash, size, step) in [(SHA, 9, 1), (SM3, 9, 1), (SHA, 259, 97), (SM3, 259, 211)] {
        let log = Log::new(hash, size);
        let mirror = log.mirror(size);
        for (path, bytes) in &mirror.files {
            for at in (0..bytes.len()).step_by(step) {
                let mut changed = mirror.clone();
                changed.files.get_mut(path).unwrap()[at] ^= 0x40;
                assert!(log.follow(size, &[], &changed).is_err(), "{path} byte {at}");
            }
            let mut cut = mirror.clone();
            cut.files.get_mut(path).unwrap().pop();
            assert!(log.follow(size, &[], &cut).is_err(), "{path} cut");
            let mut longer = mirror.clone();
            longer.files.get_mut(path).unwrap().push(0);
            assert!(log.follow(size, &[], &longer).is_err(), "{path} longer");
            let mut missing = mirror.clone();
            missing.files.remove(path);
            assert!(matches!(log.follow(size, &[], &missing), Err(TileError::Source { .. })));
        }
    }
}

#[test]
fn a_log_that_was_rewritten_or_shrank_is_told_from_one_that_grew() {
    let log = Log::new(SHA, 700);
    let mirror = log.mirror(700);
    log.follow(700, &[0, 1, 255, 256, 699], &mirror).unwrap();
    let strange = Checkpoint::new(ORIGIN, 300, [7; 32]).unwrap();
    let rewritten = follow(SHA, &log.checkpoint(700), &[strange], &mirror, |_, _| Ok(()));
    assert!(matches!(rewritten, Err(TileError::Rewritten { size: 300 })));
    let none = Checkpoint::new(ORIGIN, 0, [7; 32]).unwrap();
    let rewritten = follow(SHA, &log.checkpoint(700), &[none], &mirror, |_, _| Ok(()));
    assert!(matches!(rewritten, Err(TileError::Rewritten { size: 0 })));
    let shrank = follow(SHA, &log.checkpoint(600), &[log.checkpoint(601)], &mirror, |_, _| Ok(()));
    assert!(matches!(shrank, Err(TileError::Shrunk { size: 600, earlier: 601 })));
    let forged = Checkpoint::new(ORIGIN, 700, [7; 32]).unwrap();
    let forged = follow(SHA, &forged, &[], &mirror, |_, _| Ok(()));
    assert!(matches!(forged, Err(TileError::Root { size: 700 })));
    let refused = follow(SHA, &log.checkpoint(700), &[], &mirror, |n, _| match n {
        300 => Err("not ours".to_owned()),
        _ => Ok(()),
    });
    assert!(matches!(refused, Err(TileError::Entry { sequence: 300, .. })));
}

#[test]
fn a_partial_tile_that_is_gone_is_read_from_the_full_one() {
    let log = Log::new(SM3, 600);
    // the mirror went on and removed the partial tiles where the full ones came
    let mut mirror = log.mirror(500);
    log.export(&mut mirror, 500, 600);
    for path in ["tile/0/001.p/244", "tile/entries/001.p/244"] {
        mirror.files.remove(path).unwrap();
    }
    log.follow(500, &[256], &mirror).unwrap();
    assert!(mirror.asked.borrow().contains(&"tile/0/001.p/244".to_owned()));
    // no tile that is full is asked for twice
    let asked = mirror.asked.borrow().iter().filter(|path| *path == "tile/0/000").count();
    assert_eq!(asked, 1);
    let mut broken = mirror.clone();
    broken.files.insert("tile/entries/001".to_owned(), vec![0, 9]);
    assert!(log.follow(500, &[], &broken).is_err());
}

/// A proof needs a few tiles only, and a wrong tile gives a proof that does not hold.
#[test]
fn proofs_are_made_from_a_mirror() {
    let log = Log::new(SHA, 70_000);
    let mirror = log.mirror(70_000);
    let nodes = TileNodes::new(SHA, 70_000, &mirror);
    let root = &log.roots[70_000];
    for index in [0, 255, 256, 65_535, 65_536, 69_999] {
        let proof = prove_inclusion(SHA, 70_000, index, &nodes).unwrap();
        let leaf = nodes.entry(index).unwrap();
        assert_eq!(leaf, log.leaves[usize::try_from(index).unwrap()]);
        check_inclusion(SHA, 70_000, root, index, &leaf, &proof).unwrap();
    }
    assert!(mirror.asked.borrow().len() < 20, "{:?}", mirror.asked);
    assert!(nodes.entry(70_000).is_err());
    let mut wrong = mirror.clone();
    wrong.files.get_mut("tile/1/000").unwrap()[40] ^= 1;
    let nodes = TileNodes::new(SHA, 70_000, &wrong);
    let proof = prove_inclusion(SHA, 70_000, 0, &nodes).unwrap();
    assert!(check_inclusion(SHA, 70_000, root, 0, &log.leaves[0], &proof).is_err());
    wrong.files.get_mut("tile/entries/000").unwrap()[3] ^= 1;
    assert!(TileNodes::new(SHA, 70_000, &wrong).entry(0).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn every_log_is_published_whole_and_grows_alike(
        hash in prop::sample::select(vec![SHA, SM3]),
        size in 0_u64..2000,
        first in any::<prop::sample::Index>(),
        second in any::<prop::sample::Index>(),
        index in any::<prop::sample::Index>(),
        noise in any::<prop::sample::Index>(),
    ) {
        let log = Log::new(hash, size);
        let at = |index: prop::sample::Index| u64::try_from(index.index(log.leaves.len() + 1)).unwrap();
        let (first, second) = (at(first).min(at(second)), at(first).max(at(second)));
        let whole = log.mirror(size);
        prop_assert_eq!(log.follow(size, &[first, second], &whole).unwrap().entries, size);

        // published in steps, every needed file is there and is the same
        let mut steps = log.mirror(first);
        log.export(&mut steps, first, second);
        log.export(&mut steps, second, size);
        for (path, bytes) in &whole.files {
            prop_assert_eq!(steps.files.get(path), Some(bytes), "{}", path);
        }
        for (path, bytes) in &steps.files {
            let tile = Tile::parse(path).unwrap();
            prop_assert!(tile.is_within(size));
            prop_assert_eq!(&log.bytes(size, &tile), bytes, "{}", path);
        }
        // and the earlier checkpoints can still be followed there
        prop_assert!(log.follow(first, &[], &steps).is_ok());
        prop_assert!(log.follow(second, &[first], &steps).is_ok());

        if size > 0 {
            let nodes = TileNodes::new(hash, size, &whole);
            let index = u64::try_from(index.index(log.leaves.len())).unwrap();
            let proof = prove_inclusion(hash, size, index, &nodes).unwrap();
            prop_assert_eq!(&proof, &prove_inclusion(hash, size, index, &log.nodes).unwrap());
            let leaf = nodes.entry(index).unwrap();
            check_inclusion(hash, size, &log.roots[log.leaves.len()], index, &leaf, &proof).unwrap();
            let proof = prove_consistency(hash, size, second, &nodes).unwrap();
            let old = log.checkpoint(second);
            let new = log.checkpoint(size);
            check_consistency(hash, size, new.root(), second, old.root(), &proof).unwrap();

            let paths: Vec<&String> = whole.files.keys().collect();
            let path = paths[noise.index(paths.len())];
            let mut changed = whole.clone();
            let bytes = changed.files.get_mut(path).unwrap();
            let at = noise.index(bytes.len());
            bytes[at] ^= 1;
            prop_assert!(log.follow(size, &[], &changed).is_err(), "{} byte {}", path, at);
        }
    }

    #[test]
    fn no_bundle_of_a_stranger_is_a_panic(bundle in prop::collection::vec(any::<u8>(), 0..600), count in 0_u64..300) {
        if let Ok(entries) = split_entries(&bundle, count) {
            prop_assert_eq!(join_entries(&entries).unwrap(), bundle);
        }
    }

    #[test]
    fn no_path_of_a_stranger_is_a_panic(path in "tile/(entries|[0-9]{1,3}|x)/[0-9x./p]{0,40}") {
        if let Some(tile) = Tile::parse(&path) {
            prop_assert_eq!(tile.to_string(), path);
        }
    }
}
