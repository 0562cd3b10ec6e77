//! The workspace that this test belongs to is tidy.

use std::path::Path;

use xtask::tidy::config::Config;
use xtask::tidy::tree::Tree;
use xtask::tidy::{self};

#[test]
fn workspace_is_tidy() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask lies in the workspace");
    let config = Config::read(root).expect("the settings are valid");
    let tree = Tree::read(root, &config.ignore).expect("the workspace can be read");
    assert!(tree.exists("xtask/src/lib.rs"), "the tree is not that of the workspace");
    let findings = tidy::run(&tree, &config);
    let lines: Vec<String> = findings.iter().map(ToString::to_string).collect();
    assert!(lines.is_empty(), "tidy found:\n{}", lines.join("\n"));
}
