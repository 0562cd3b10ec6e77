//! Checks that the workspace applies to itself, as a library so that tests can try each of them
//! on small made-up trees.

pub mod tidy;
