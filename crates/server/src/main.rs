//! The `tanheng` command.

fn main() {}
