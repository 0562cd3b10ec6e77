//! Chores of the workspace that are written in Rust: `cargo run -p xtask -- tidy`.

fn main() {}
