//! Openings, what is shown of them, and single fields.

use proptest::prelude::*;
use serde::Deserialize;
use serde_json::Value as Json;
use tanheng_evidence::{
    CommitmentError, Field, FieldProof, HashAlgorithm, Opening, Part, Shown, Value, ValueError,
};

use crate::sample::{OPENINGS, SHA, SM_OPENINGS, SM3, hash, hex, read};

#[derive(Deserialize)]
struct Vector {
    part: String,
    secret: String,
    content: Json,
    fields: Vec<VectorField>,
    root: String,
}

#[derive(Deserialize)]
struct VectorField {
    name: String,
    value: Json,
    salt: String,
    commitment: String,
}

impl Vector {
    fn opening(&self) -> Opening {
        self.opening_by(SHA)
    }

    fn opening_by(&self, by: HashAlgorithm) -> Opening {
        let part = if self.part == "input" { Part::Input } else { Part::Outcome };
        Opening::new(by, part, hash(&self.secret), Value::from_json(self.content.clone()).unwrap())
            .unwrap()
    }
}

#[test]
fn vectors_give_their_salts_commitments_and_roots() {
    for (by, vectors) in [(SHA, OPENINGS), (SM3, SM_OPENINGS)] {
        vectors_hold(by, &read::<Vec<Vector>>(vectors));
    }
}

fn vectors_hold(by: HashAlgorithm, vectors: &[Vector]) {
    for vector in vectors {
        let opening = vector.opening_by(by);
        assert_eq!(hex(&opening.root()), vector.root);
        let shown = opening.show_all();
        assert_eq!(shown.open_fields().count(), vector.fields.len());
        for (field, expected) in shown.open_fields().zip(&vector.fields) {
            assert_eq!(field.name, expected.name);
            assert_eq!(field.value.to_json(), expected.value);
            assert_eq!(hex(&field.salt), expected.salt);
            assert_eq!(hex(&field.commitment(by)), expected.commitment);
        }
    }
}

#[test]
fn a_stored_opening_comes_back() {
    for vector in read::<Vec<Vector>>(OPENINGS) {
        let opening = vector.opening();
        let again =
            Opening::decode(SHA, opening.part(), *opening.secret(), &opening.content_bytes())
                .unwrap();
        assert_eq!(again, opening);
    }
    let error = Opening::decode(SHA, Part::Input, [0; 32], &[0x00]).unwrap_err();
    assert_eq!(error, CommitmentError::Value(ValueError::NotAMap));
}

#[test]
fn the_secret_and_salts_do_not_reach_debug_output() {
    let opening = Opening::new(SHA, Part::Input, [0xab; 32], Value::Map([].into())).unwrap();
    let text = format!("{opening:?}");
    assert!(!text.contains("171") && !text.contains("secret"), "{text}");
}

#[test]
fn part_secret_name_and_value_all_enter_the_root() {
    let map = |name: &str, value: i64| Value::Map([(name.to_owned(), value.into())].into());
    let root =
        |part, secret, content| Opening::new(SHA, part, [secret; 32], content).unwrap().root();
    let base = root(Part::Input, 1, map("a", 1));
    assert_ne!(base, root(Part::Outcome, 1, map("a", 1)));
    assert_ne!(base, root(Part::Input, 2, map("a", 1)));
    assert_ne!(base, root(Part::Input, 1, map("b", 1)));
    assert_ne!(base, root(Part::Input, 1, map("a", 2)));
}

#[test]
fn unknown_and_disordered_fields_are_refused() {
    let opening = read::<Vec<Vector>>(OPENINGS)[0].opening();
    let missing = CommitmentError::NoField { part: Part::Input, name: "price".into() };
    assert_eq!(opening.show(&["month", "price"]).unwrap_err(), missing);
    assert_eq!(opening.prove("price").unwrap_err(), missing);
    let mut fields = opening.show_all().fields().to_vec();
    fields.swap(0, 1);
    let error = Shown::new(SHA, Part::Input, fields.clone()).unwrap_err();
    assert!(matches!(error, CommitmentError::FieldOrder { .. }), "{error}");
    fields[1] = fields[0].clone();
    assert!(Shown::new(SHA, Part::Input, fields).is_err(), "a repeated field");
}

fn contents() -> impl Strategy<Value = Vec<(String, i64)>> {
    prop::collection::btree_map("[a-d碳]{1,3}", any::<i64>(), 1..12)
        .prop_map(|map| map.into_iter().collect())
}

fn open(content: &[(String, i64)], secret: [u8; 32]) -> Opening {
    let map = content.iter().map(|(name, value)| (name.clone(), (*value).into())).collect();
    Opening::new(SHA, Part::Outcome, secret, Value::Map(map)).unwrap()
}

proptest! {
    #[test]
    fn any_choice_of_fields_gives_the_same_root(
        content in contents(),
        secret in any::<[u8; 32]>(),
        choice in any::<u16>(),
    ) {
        let opening = open(&content, secret);
        let chosen = |at: usize| choice >> (at % 16) & 1 == 1;
        let names: Vec<&str> = content.iter().enumerate()
            .filter(|(at, _)| chosen(*at)).map(|(_, (name, _))| name.as_str()).collect();
        let shown = opening.show(&names).unwrap();
        prop_assert_eq!(shown.root(), opening.root());
        prop_assert_eq!(shown.hidden(), content.len() - names.len());
        let rebuilt = Shown::new(SHA, Part::Outcome, shown.fields().to_vec()).unwrap();
        prop_assert_eq!(rebuilt.root(), opening.root());
        for (at, (name, value)) in content.iter().enumerate() {
            prop_assert_eq!(shown.get(name).is_some(), chosen(at));
            if chosen(at) {
                prop_assert_eq!(shown.get(name), Some(&Value::from(*value)));
            }
        }
    }

    #[test]
    fn changing_any_shown_or_hidden_field_changes_the_root(
        content in contents(),
        secret in any::<[u8; 32]>(),
    ) {
        let opening = open(&content, secret);
        let half: Vec<&str> = content.iter().step_by(2).map(|(name, _)| name.as_str()).collect();
        let shown = opening.show(&half).unwrap();
        for at in 0..content.len() {
            let mut fields = shown.fields().to_vec();
            match &mut fields[at] {
                Field::Open(field) => field.value = Value::Null,
                Field::Hidden(commitment) => commitment[31] ^= 1,
            }
            prop_assert_ne!(Shown::new(SHA, Part::Outcome, fields).unwrap().root(), opening.root());
            let mut fewer = shown.fields().to_vec();
            fewer.remove(at);
            prop_assert_ne!(Shown::new(SHA, Part::Outcome, fewer).unwrap().root(), opening.root());
        }
    }

    #[test]
    fn each_field_is_provable_alone(content in contents(), secret in any::<[u8; 32]>()) {
        let opening = open(&content, secret);
        let root = opening.root();
        for (name, value) in &content {
            let proof = opening.prove(name).unwrap();
            prop_assert_eq!(&proof.field.value, &Value::from(*value));
            prop_assert_eq!(proof.root(SHA).unwrap(), root);
            let refused = |proof: FieldProof| proof.root(SHA).ok() != Some(root);
            let mut changed = proof.clone();
            changed.field.value = Value::Null;
            prop_assert!(refused(changed));
            for changed in [
                FieldProof { count: proof.count + 1, ..proof.clone() },
                FieldProof { index: proof.count, ..proof.clone() },
                FieldProof { part: Part::Input, ..proof.clone() },
                FieldProof { path: [proof.path.clone(), vec![root]].concat(), ..proof.clone() },
            ] {
                prop_assert!(refused(changed));
            }
            if content.len() > 1 {
                let moved = FieldProof { index: proof.index ^ 1, ..proof.clone() };
                prop_assert!(refused(moved));
                let shortened = FieldProof { path: proof.path[1..].to_vec(), ..proof };
                prop_assert!(refused(shortened));
            }
        }
    }
}
