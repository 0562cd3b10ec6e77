//! Tests of the rule language on the packs of this repository and on arbitrary input.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod packs;
