//! The Merkle log: vectors, every small size, random larger ones, and failing storage.

use proptest::prelude::*;
use serde::Deserialize;
use tanheng_evidence::log::{
    self, Appender, LogError, MAX_SIZE, NodeReader, NodeWriter, StorageError, check_consistency,
    check_inclusion, prove_consistency, prove_inclusion, tree_root,
};
use tanheng_evidence::{Entry, Hash, HashAlgorithm};

use crate::outsider;
use crate::sample::{LOG, SHA, SM_LOG, SM3, hash as unhash, read, unhex};

#[derive(Deserialize)]
struct Vectors {
    leaves: Vec<String>,
    roots: Vec<String>,
    inclusion: Vec<Inclusion>,
    consistency: Vec<Consistency>,
}

#[derive(Deserialize)]
struct Inclusion {
    size: u64,
    index: u64,
    proof: Vec<String>,
}

#[derive(Deserialize)]
struct Consistency {
    old: u64,
    size: u64,
    proof: Vec<String>,
}

fn leaves(count: u64) -> Vec<Vec<u8>> {
    (0..count).map(|number| number.to_be_bytes().to_vec()).collect()
}

fn build(hash: HashAlgorithm, leaves: &[Vec<u8>]) -> (Appender, Vec<Hash>) {
    let (mut appender, mut nodes) = (Appender::new(hash), Vec::new());
    for leaf in leaves {
        appender.append_leaf(leaf, &mut nodes).unwrap();
    }
    (appender, nodes)
}

#[test]
fn vectors_give_their_roots_and_proofs() {
    for hash in [SHA, SM3] {
        let vectors: Vectors = read(if hash == SHA { LOG } else { SM_LOG });
        let (mut appender, mut nodes) = (Appender::new(hash), Vec::new());
        assert_eq!(appender.root(), unhash(&vectors.roots[0]));
        for (leaf, root) in vectors.leaves.iter().zip(&vectors.roots[1..]) {
            appender.append(&Entry::decode(&unhex(leaf)).unwrap(), &mut nodes).unwrap();
            assert_eq!(appender.root(), unhash(root));
        }
        let root = |size: u64| unhash(&vectors.roots[usize::try_from(size).unwrap()]);
        for case in &vectors.inclusion {
            let proof = prove_inclusion(hash, case.size, case.index, &nodes).unwrap();
            assert_eq!(proof, case.proof.iter().map(|text| unhash(text)).collect::<Vec<_>>());
            let leaf = unhex(&vectors.leaves[usize::try_from(case.index).unwrap()]);
            check_inclusion(hash, case.size, &root(case.size), case.index, &leaf, &proof).unwrap();
        }
        for case in &vectors.consistency {
            let proof = prove_consistency(hash, case.size, case.old, &nodes).unwrap();
            assert_eq!(proof, case.proof.iter().map(|text| unhash(text)).collect::<Vec<_>>());
            check_consistency(hash, case.size, &root(case.size), case.old, &root(case.old), &proof)
                .unwrap();
        }
    }
}

#[test]
fn an_entry_out_of_sequence_is_refused() {
    for hash in [SHA, SM3] {
        let (mut appender, mut nodes) = (Appender::new(hash), Vec::new());
        let entry = Entry::new(hash, 1, 0, "p", "k", [0; 32], [0; 32]).unwrap();
        let error = appender.append(&entry, &mut nodes).unwrap_err();
        assert!(matches!(error, LogError::Sequence { found: 1, next: 0 }), "{error}");
        assert!(nodes.is_empty() && appender == Appender::new(hash));
    }
}

#[test]
fn every_small_tree_agrees_with_the_definition() {
    for hash in [SHA, SM3] {
        let leaves = leaves(70);
        let (mut appender, mut nodes) = (Appender::new(hash), Vec::new());
        let mut roots = vec![appender.root()];
        for (size, leaf) in (1_u64..).zip(&leaves) {
            appender.append_leaf(leaf, &mut nodes).unwrap();
            let root = outsider::tree(hash, &leaves[..usize::try_from(size).unwrap()]);
            assert_eq!(appender.root(), root);
            assert_eq!(tree_root(hash, size, &nodes).unwrap(), root);
            assert_eq!(Appender::open(hash, size, &nodes).unwrap(), appender);
            let from_head_row = Appender::from_edge(hash, size, appender.edge().to_vec()).unwrap();
            assert_eq!(from_head_row, appender);
            assert_eq!(log::node_count(size), u64::try_from(nodes.len()).unwrap());
            roots.push(root);
            for (old, old_root) in (0_u64..).zip(&roots) {
                let proof = prove_consistency(hash, size, old, &nodes).unwrap();
                check_consistency(hash, size, &root, old, old_root, &proof).unwrap();
            }
        }
    }
}

#[test]
fn heads_that_do_not_fit_are_refused() {
    for hash in [SHA, SM3] {
        assert!(matches!(Appender::from_edge(hash, 3, vec![[0; 32]]), Err(LogError::Edge { .. })));
        assert!(matches!(
            Appender::from_edge(hash, u64::MAX, vec![]),
            Err(LogError::OutOfRange { .. })
        ));
        let (_, nodes) = build(hash, &leaves(4));
        assert!(matches!(Appender::open(hash, 5, &nodes), Err(LogError::Storage(_))));
        assert!(matches!(tree_root(hash, 5, &nodes), Err(LogError::Storage(_))));
        assert!(matches!(tree_root(hash, u64::MAX, &nodes), Err(LogError::OutOfRange { .. })));
        assert!(matches!(prove_inclusion(hash, 4, 4, &nodes), Err(LogError::OutOfRange { .. })));
        assert!(matches!(prove_consistency(hash, 3, 4, &nodes), Err(LogError::OutOfRange { .. })));
    }
}

#[test]
fn senseless_sizes_and_endless_proofs_do_not_panic() {
    for hash in [SHA, SM3] {
        let root = [0; 32];
        let long = vec![root; 200];
        for size in [0, 1, 2, 3, MAX_SIZE - 1, MAX_SIZE, MAX_SIZE + 1, u64::MAX] {
            for other in [0, 1, 2, size / 2, size.saturating_sub(1), size, u64::MAX] {
                for proof in [&long[..0], &long[..1], &long[..60], &long] {
                    assert!(check_inclusion(hash, size, &root, other, b"leaf", proof).is_err());
                    let same = other == size && other > 0 && size <= MAX_SIZE && proof.is_empty();
                    assert_eq!(
                        check_consistency(hash, size, &root, other, &root, proof).is_ok(),
                        same
                    );
                }
            }
        }
    }
}

/// Storage that fails, or that returns less than was asked for.
struct Broken(bool);

impl NodeReader for Broken {
    fn read_nodes(&self, _: &[u64]) -> Result<Vec<Hash>, StorageError> {
        if self.0 { Err("the disk is gone".into()) } else { Ok(Vec::new()) }
    }
}

impl NodeWriter for Broken {
    fn write_nodes(&mut self, _: u64, _: &[Hash]) -> Result<(), StorageError> {
        Err("the disk is gone".into())
    }
}

#[test]
fn failing_storage_is_reported_and_changes_nothing() {
    for hash in [SHA, SM3] {
        for broken in [Broken(true), Broken(false)] {
            let failures = [
                tree_root(hash, 3, &broken).unwrap_err(),
                prove_inclusion(hash, 3, 1, &broken).unwrap_err(),
                prove_consistency(hash, 3, 2, &broken).unwrap_err(),
                Appender::open(hash, 3, &broken).unwrap_err(),
            ];
            for failure in failures {
                assert!(matches!(failure, LogError::Storage(_)), "{failure}");
                assert_eq!(failure.to_string().contains("the disk is gone"), broken.0);
            }
        }
        let (mut appender, _) = build(hash, &leaves(7));
        let before = appender.clone();
        assert!(appender.append_leaf(b"leaf", &mut Broken(true)).is_err());
        assert_eq!(appender, before);
    }
}

/// The tree crate is the peer of our own arithmetic, which serves the hash it does not know.
fn peers(size: u64, index: u64, old: u64) {
    let leaves = leaves(size);
    let (sha, nodes) = build(SHA, &leaves);
    let (sm, sm_nodes) = build(SM3, &leaves);
    let places = |hash: HashAlgorithm, proof: Vec<Hash>| -> Vec<Option<(usize, usize)>> {
        let spans =
            (0..leaves.len()).flat_map(|low| (low + 1..=leaves.len()).map(move |h| (low, h)));
        let roots: Vec<_> = spans
            .map(|(low, high)| (outsider::tree(hash, &leaves[low..high]), (low, high)))
            .collect();
        let place = |step: &Hash| roots.iter().find(|(root, _)| root == step).map(|found| found.1);
        proof.iter().map(place).collect()
    };
    let of_sha = prove_inclusion(SHA, size, index, &nodes).unwrap();
    let of_sm = prove_inclusion(SM3, size, index, &sm_nodes).unwrap();
    assert_eq!(places(SHA, of_sha), places(SM3, of_sm));
    let of_sha = prove_consistency(SHA, size, old, &nodes).unwrap();
    let of_sm = prove_consistency(SM3, size, old, &sm_nodes).unwrap();
    assert_eq!(places(SHA, of_sha), places(SM3, of_sm));
    assert_ne!(sha.root(), sm.root());
}

#[test]
fn both_hashes_have_proofs_of_the_same_shape() {
    for size in 1..18 {
        for number in 0..size {
            peers(size, number, number + 1);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn proofs_hold_and_no_other_does(
        hash in prop::sample::select(vec![SHA, SM3]),
        size in 1_u64..600,
        index in any::<prop::sample::Index>(),
        old in any::<prop::sample::Index>(),
        noise in any::<prop::sample::Index>(),
    ) {
        let leaves = leaves(size);
        let (appender, nodes) = build(hash, &leaves);
        let root = appender.root();
        let at = index.index(leaves.len());
        let index = u64::try_from(at).unwrap();
        let proof = prove_inclusion(hash, size, index, &nodes).unwrap();
        check_inclusion(hash, size, &root, index, &leaves[at], &proof).unwrap();
        prop_assert!(check_inclusion(hash, size, &root, index, b"another", &proof).is_err());
        prop_assert!(check_inclusion(hash, size, &[0; 32], index, &leaves[at], &proof).is_err());
        if size > 1 {
            prop_assert!(check_inclusion(hash, size, &root, index ^ 1, &leaves[at], &proof).is_err());
            let mut changed = proof.clone();
            changed[noise.index(proof.len())][0] ^= 1;
            prop_assert!(check_inclusion(hash, size, &root, index, &leaves[at], &changed).is_err());
            prop_assert!(check_inclusion(hash, size, &root, index, &leaves[at], &proof[1..]).is_err());
        }

        let old_at = old.index(leaves.len()) + 1;
        let old = u64::try_from(old_at).unwrap();
        let old_root = outsider::tree(hash, &leaves[..old_at]);
        let proof = prove_consistency(hash, size, old, &nodes).unwrap();
        check_consistency(hash, size, &root, old, &old_root, &proof).unwrap();
        prop_assert!(check_consistency(hash, size, &root, old, &[1; 32], &proof).is_err());
        prop_assert!(check_consistency(hash, size, &[1; 32], old, &old_root, &proof).is_err());
        if old < size {
            prop_assert!(check_consistency(hash, old, &old_root, size, &root, &proof).is_err());
            let mut changed = proof.clone();
            changed[noise.index(proof.len())][31] ^= 0x80;
            prop_assert!(check_consistency(hash, size, &root, old, &old_root, &changed).is_err());
        }
    }

    #[test]
    fn a_rewritten_past_has_no_proof(hash in prop::sample::select(vec![SHA, SM3]), size in 2_u64..300, changed in any::<prop::sample::Index>()) {
        let honest = leaves(size);
        let (appender, _) = build(hash, &honest);
        let mut forged = leaves(size + 20);
        forged[changed.index(honest.len())] = b"changed afterwards".to_vec();
        let (forger, nodes) = build(hash, &forged);
        let proof = prove_consistency(hash, size + 20, size, &nodes).unwrap();
        prop_assert!(
            check_consistency(hash, size + 20, &forger.root(), size, &appender.root(), &proof).is_err()
        );
    }
}
