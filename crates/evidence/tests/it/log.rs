//! The Merkle log: vectors, every small size, random larger ones, and failing storage.

use proptest::prelude::*;
use serde::Deserialize;
use tanheng_evidence::log::{
    self, Appender, LogError, MAX_SIZE, NodeReader, NodeWriter, StorageError, check_consistency,
    check_inclusion, prove_consistency, prove_inclusion, tree_root,
};
use tanheng_evidence::{Entry, Hash};

use crate::outsider;
use crate::sample::{LOG, hash, read, unhex};

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

fn build(leaves: &[Vec<u8>]) -> (Appender, Vec<Hash>) {
    let (mut appender, mut nodes) = (Appender::new(), Vec::new());
    for leaf in leaves {
        appender.append_leaf(leaf, &mut nodes).unwrap();
    }
    (appender, nodes)
}

#[test]
fn vectors_give_their_roots_and_proofs() {
    let vectors: Vectors = read(LOG);
    let (mut appender, mut nodes) = (Appender::new(), Vec::new());
    assert_eq!(appender.root(), hash(&vectors.roots[0]));
    for (leaf, root) in vectors.leaves.iter().zip(&vectors.roots[1..]) {
        appender.append(&Entry::decode(&unhex(leaf)).unwrap(), &mut nodes).unwrap();
        assert_eq!(appender.root(), hash(root));
    }
    let root = |size: u64| hash(&vectors.roots[usize::try_from(size).unwrap()]);
    for case in &vectors.inclusion {
        let proof = prove_inclusion(case.size, case.index, &nodes).unwrap();
        assert_eq!(proof, case.proof.iter().map(|text| hash(text)).collect::<Vec<_>>());
        let leaf = unhex(&vectors.leaves[usize::try_from(case.index).unwrap()]);
        check_inclusion(case.size, &root(case.size), case.index, &leaf, &proof).unwrap();
    }
    for case in &vectors.consistency {
        let proof = prove_consistency(case.size, case.old, &nodes).unwrap();
        assert_eq!(proof, case.proof.iter().map(|text| hash(text)).collect::<Vec<_>>());
        check_consistency(case.size, &root(case.size), case.old, &root(case.old), &proof).unwrap();
    }
}

#[test]
fn an_entry_out_of_sequence_is_refused() {
    let (mut appender, mut nodes) = (Appender::new(), Vec::new());
    let entry = Entry::new(1, 0, "p", "k", [0; 32], [0; 32]).unwrap();
    let error = appender.append(&entry, &mut nodes).unwrap_err();
    assert!(matches!(error, LogError::Sequence { found: 1, next: 0 }), "{error}");
    assert!(nodes.is_empty() && appender == Appender::new());
}

#[test]
fn every_small_tree_agrees_with_the_definition() {
    let leaves = leaves(70);
    let (mut appender, mut nodes) = (Appender::new(), Vec::new());
    let mut roots = vec![appender.root()];
    for (size, leaf) in (1_u64..).zip(&leaves) {
        appender.append_leaf(leaf, &mut nodes).unwrap();
        let root = outsider::tree(&leaves[..usize::try_from(size).unwrap()]);
        assert_eq!(appender.root(), root);
        assert_eq!(tree_root(size, &nodes).unwrap(), root);
        assert_eq!(Appender::open(size, &nodes).unwrap(), appender);
        let from_head_row = Appender::from_edge(size, appender.edge().to_vec()).unwrap();
        assert_eq!(from_head_row, appender);
        assert_eq!(log::node_count(size), u64::try_from(nodes.len()).unwrap());
        roots.push(root);
        for (old, old_root) in (0_u64..).zip(&roots) {
            let proof = prove_consistency(size, old, &nodes).unwrap();
            check_consistency(size, &root, old, old_root, &proof).unwrap();
        }
    }
}

#[test]
fn heads_that_do_not_fit_are_refused() {
    assert!(matches!(Appender::from_edge(3, vec![[0; 32]]), Err(LogError::Edge { .. })));
    assert!(matches!(Appender::from_edge(u64::MAX, vec![]), Err(LogError::OutOfRange { .. })));
    let (_, nodes) = build(&leaves(4));
    assert!(matches!(Appender::open(5, &nodes), Err(LogError::Storage(_))));
    assert!(matches!(tree_root(5, &nodes), Err(LogError::Storage(_))));
    assert!(matches!(tree_root(u64::MAX, &nodes), Err(LogError::OutOfRange { .. })));
    assert!(matches!(prove_inclusion(4, 4, &nodes), Err(LogError::OutOfRange { .. })));
    assert!(matches!(prove_consistency(3, 4, &nodes), Err(LogError::OutOfRange { .. })));
}

#[test]
fn senseless_sizes_and_endless_proofs_do_not_panic() {
    let root = [0; 32];
    let long = vec![root; 200];
    for size in [0, 1, 2, 3, MAX_SIZE - 1, MAX_SIZE, MAX_SIZE + 1, u64::MAX] {
        for other in [0, 1, 2, size / 2, size.saturating_sub(1), size, u64::MAX] {
            for proof in [&long[..0], &long[..1], &long[..60], &long] {
                assert!(check_inclusion(size, &root, other, b"leaf", proof).is_err());
                let same = other == size && other > 0 && size <= MAX_SIZE && proof.is_empty();
                assert_eq!(check_consistency(size, &root, other, &root, proof).is_ok(), same);
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
    for broken in [Broken(true), Broken(false)] {
        let failures = [
            tree_root(3, &broken).unwrap_err(),
            prove_inclusion(3, 1, &broken).unwrap_err(),
            prove_consistency(3, 2, &broken).unwrap_err(),
            Appender::open(3, &broken).unwrap_err(),
        ];
        for failure in failures {
            assert!(matches!(failure, LogError::Storage(_)), "{failure}");
            assert_eq!(failure.to_string().contains("the disk is gone"), broken.0);
        }
    }
    let (mut appender, _) = build(&leaves(7));
    let before = appender.clone();
    assert!(appender.append_leaf(b"leaf", &mut Broken(true)).is_err());
    assert_eq!(appender, before);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn proofs_hold_and_no_other_does(
        size in 1_u64..600,
        index in any::<prop::sample::Index>(),
        old in any::<prop::sample::Index>(),
        noise in any::<prop::sample::Index>(),
    ) {
        let leaves = leaves(size);
        let (appender, nodes) = build(&leaves);
        let root = appender.root();
        let at = index.index(leaves.len());
        let index = u64::try_from(at).unwrap();
        let proof = prove_inclusion(size, index, &nodes).unwrap();
        check_inclusion(size, &root, index, &leaves[at], &proof).unwrap();
        prop_assert!(check_inclusion(size, &root, index, b"another", &proof).is_err());
        prop_assert!(check_inclusion(size, &[0; 32], index, &leaves[at], &proof).is_err());
        if size > 1 {
            prop_assert!(check_inclusion(size, &root, index ^ 1, &leaves[at], &proof).is_err());
            let mut changed = proof.clone();
            changed[noise.index(proof.len())][0] ^= 1;
            prop_assert!(check_inclusion(size, &root, index, &leaves[at], &changed).is_err());
            prop_assert!(check_inclusion(size, &root, index, &leaves[at], &proof[1..]).is_err());
        }

        let old_at = old.index(leaves.len()) + 1;
        let old = u64::try_from(old_at).unwrap();
        let old_root = outsider::tree(&leaves[..old_at]);
        let proof = prove_consistency(size, old, &nodes).unwrap();
        check_consistency(size, &root, old, &old_root, &proof).unwrap();
        prop_assert!(check_consistency(size, &root, old, &[1; 32], &proof).is_err());
        prop_assert!(check_consistency(size, &[1; 32], old, &old_root, &proof).is_err());
        if old < size {
            prop_assert!(check_consistency(old, &old_root, size, &root, &proof).is_err());
            let mut changed = proof.clone();
            changed[noise.index(proof.len())][31] ^= 0x80;
            prop_assert!(check_consistency(size, &root, old, &old_root, &changed).is_err());
        }
    }

    #[test]
    fn a_rewritten_past_has_no_proof(size in 2_u64..300, changed in any::<prop::sample::Index>()) {
        let honest = leaves(size);
        let (appender, _) = build(&honest);
        let mut forged = leaves(size + 20);
        forged[changed.index(honest.len())] = b"changed afterwards".to_vec();
        let (forger, nodes) = build(&forged);
        let proof = prove_consistency(size + 20, size, &nodes).unwrap();
        prop_assert!(
            check_consistency(size + 20, &forger.root(), size, &appender.root(), &proof).is_err()
        );
    }
}
