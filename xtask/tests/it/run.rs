//! Exceptions, and how a finding is printed.

use xtask::tidy::config::Exception;
use xtask::tidy::tree::Tree;
use xtask::tidy::{self};

use crate::support::config;

fn tree() -> Tree {
    Tree::of([
        ("Cargo.lock", "version = 4\n"),
        (
            "crates/base/Cargo.toml",
            "[package]\nname = \"tanheng-base\"\n[lints]\nworkspace = true\n",
        ),
        ("crates/base/src/lib.rs", "//! B.\nfn f(a: f64) { todo!() }\n"),
    ])
}

fn exception(check: &str, what: &str, reason: &str) -> Exception {
    Exception {
        check: check.to_owned(),
        path: "crates/base/src/lib.rs".to_owned(),
        what: what.to_owned(),
        reason: reason.to_owned(),
    }
}

#[test]
fn a_finding_says_where_what_why_and_what_to_do() {
    let lines: Vec<String> =
        tidy::run(&tree(), &config()).iter().map(ToString::to_string).collect();
    assert_eq!(
        lines,
        [
            "crates/base/src/lib.rs:2: a domain crate has the floating-point `f64`; quantities are \
             exact; use `Decimal` or `Rational` of the crate `quantity` [float]",
            "crates/base/src/lib.rs:2: `todo!` was left behind; what is on the main branch is \
             finished; finish it or take it out [unfinished]",
        ]
    );
}

#[test]
fn an_exception_excuses_what_it_names_and_nothing_else() {
    let mut config = config();
    config.exception.push(exception("float", "`f64`", "a reason"));
    let found = tidy::run(&tree(), &config);
    assert_eq!(found.iter().map(|f| f.check).collect::<Vec<_>>(), ["unfinished"]);
}

#[test]
fn an_exception_needs_a_reason_and_something_to_excuse() {
    let mut config = config();
    config.exception.push(exception("float", "", " "));
    config.exception.push(exception("float", "f32", "a reason"));
    let whats: Vec<String> = tidy::run(&tree(), &config)
        .into_iter()
        .filter(|finding| finding.check == "exception")
        .map(|finding| finding.what)
        .collect();
    assert_eq!(
        whats,
        [
            "the exception of `float` for `crates/base/src/lib.rs` excuses nothing",
            "the exception of `float` for `crates/base/src/lib.rs` has no reason",
        ]
    );
}

#[test]
fn the_tree_of_a_folder_skips_what_is_ignored() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let all = Tree::read(folder, &[]).expect("the folder can be read");
    let some = Tree::read(folder, &["src".to_owned()]).expect("the folder can be read");
    assert!(all.exists("src/main.rs") && all.is_folder("src/tidy"));
    assert!(!some.exists("src/main.rs") && some.exists("tests/it/main.rs"));
}
