//! Rust files: shape, names, dead files, what is unfinished, what a domain crate may not name.

use crate::support::{brief, findings, in_domain_crate, manifest};

const NONE: Vec<String> = Vec::new();

fn found(check: &str, text: &str) -> Vec<String> {
    brief(&in_domain_crate(check, text))
}

#[test]
fn the_first_line_says_what_a_module_is_for() {
    assert_eq!(found("module-doc", "//! Months.\n"), NONE);
    assert_eq!(
        found("module-doc", "pub struct Month;\n"),
        ["1: the first line is no `//!` comment"]
    );
    assert_eq!(found("module-doc", ""), ["1: the first line is no `//!` comment"]);
}

#[test]
fn a_file_may_be_as_long_as_the_limit_and_no_longer() {
    let at_limit = format!("//! Long.\n{}", "// line\n".repeat(599));
    assert_eq!(found("file-length", &at_limit), NONE);
    let over = format!("{at_limit}// line\n");
    assert_eq!(found("file-length", &over), ["601: the file has 601 lines, the limit is 600"]);
}

#[test]
fn files_of_tests_may_be_longer() {
    let manifest = manifest("tanheng-base", "");
    let long = format!("//! Long.\n{}", "// line\n".repeat(900));
    let files = [
        ("crates/base/Cargo.toml", manifest.as_str()),
        ("crates/base/src/lib.rs", "//! Lib.\n#[cfg(test)]\nmod tests;\n"),
        ("crates/base/src/tests.rs", &long),
        ("crates/base/tests/it/main.rs", "//! Tests.\nmod year;\n"),
        ("crates/base/tests/it/year.rs", &long),
    ];
    assert_eq!(brief(&findings("file-length", &files)), NONE);
}

#[test]
fn a_function_may_be_as_long_as_the_limit_and_no_longer() {
    // The parameters' commas must not end the function, nor the generics' hide it.
    let of = |body: usize| {
        format!(
            "//! F.\npub fn long<A, B>(a: A, b: B)\nwhere A: Copy,\n{{\n{}}}\n",
            "    a();\n".repeat(body)
        )
    };
    assert_eq!(found("function-length", &of(66)), NONE);
    assert_eq!(found("function-length", &of(67)), ["2: `long` has 71 lines, the limit is 70"]);
}

#[test]
fn a_method_in_a_test_module_has_the_limit_too() {
    let text = format!(
        "//! F.\nmod inner {{\n    impl X {{\n        fn f() {{\n{}        }}\n    }}\n}}\n",
        "a();\n".repeat(80)
    );
    assert_eq!(found("function-length", &text), ["4: `f` has 82 lines, the limit is 70"]);
}

#[test]
fn names_that_say_nothing_are_refused() {
    let manifest = manifest("tanheng-base", "");
    let files = [
        ("crates/base/Cargo.toml", manifest.as_str()),
        ("crates/base/src/lib.rs", "//! Lib.\nmod utils;\nmod month;\n"),
        ("crates/base/src/utils.rs", "//! U.\n"),
        ("crates/base/src/month.rs", "//! M.\nmod types;\n"),
        ("crates/base/src/month/types/mod.rs", "//! T.\n"),
    ];
    let found = findings("file-name", &files);
    assert_eq!(
        found.iter().map(|f| f.path.as_str()).collect::<Vec<_>>(),
        ["crates/base/src/month/types/mod.rs", "crates/base/src/utils.rs"]
    );
}

#[test]
fn a_file_that_nothing_reaches_is_dead() {
    let manifest = manifest("tanheng-base", "[[bin]]\nname = \"b\"\npath = \"src/start.rs\"\n");
    let files = [
        ("crates/base/Cargo.toml", manifest.as_str()),
        (
            "crates/base/src/lib.rs",
            "//! Lib.\nmod a;\nmod outer { mod b; }\n#[path = \"odd.rs\"]\nmod c;\n",
        ),
        ("crates/base/src/a.rs", "//! A.\nmod d;\n// mod dead;\n"),
        ("crates/base/src/a/d.rs", "//! D.\n"),
        ("crates/base/src/outer/b.rs", "//! B.\n"),
        ("crates/base/src/odd.rs", "//! C.\n"),
        ("crates/base/src/start.rs", "//! S.\nfn main() {}\n"),
        ("crates/base/src/bin/two.rs", "//! T.\nfn main() {}\n"),
        ("crates/base/tests/it/main.rs", "//! I.\n"),
        ("crates/base/build.rs", "//! B.\nfn main() {}\n"),
        ("crates/base/src/dead.rs", "//! Dead.\n"),
        ("crates/base/tests/it/dead.rs", "//! Dead.\n"),
    ];
    let found = findings("dead-file", &files);
    assert_eq!(
        found.iter().map(|f| f.path.as_str()).collect::<Vec<_>>(),
        ["crates/base/src/dead.rs", "crates/base/tests/it/dead.rs"]
    );
}

#[test]
fn ignored_tests_are_found_however_they_are_written() {
    let text = "//! T.\n#[test]\n#[ignore]\nfn a() {}\n#[test]\n#[ignore = \"slow\"]\nfn b() {}\n\
                #[cfg_attr(unix, ignore)]\nfn c() {}\n// #[ignore]\n";
    assert_eq!(
        found("ignored-test", text),
        ["3: a test is ignored", "6: a test is ignored", "8: a test is ignored"]
    );
}

#[test]
fn unfinished_code_is_found_and_words_are_not() {
    let text = "//! Has a `todo!()` in words.\nfn a() { todo!() }\nfn b() { unimplemented!(\"x\") }\n\
                fn c() { let x = dbg!(1); let y = x != 2; \"todo!()\"; }\n";
    assert_eq!(
        found("unfinished", text),
        [
            "2: `todo!` was left behind",
            "3: `unimplemented!` was left behind",
            "4: `dbg!` was left behind"
        ]
    );
}

#[test]
fn a_domain_crate_does_not_name_the_outside_world() {
    let text = "//! D.\nuse std::fs;\nuse std::{fmt, net::{TcpStream, UdpSocket as U}};\n\
                use std::time::{Duration, Instant};\nuse std::time;\nfn f() { std::env::var(\"X\"); }\n\
                use core::time::Duration as D;\nuse std::fs::*;\nuse base::Instant as OurInstant;\n\
                use ours::std::fs;\n";
    assert_eq!(
        found("impure-path", text),
        [
            "2: a domain crate names `std::fs`",
            "3: a domain crate names `std::net::TcpStream`",
            "3: a domain crate names `std::net::UdpSocket`",
            "4: a domain crate names `std::time::Instant`",
            "5: a domain crate names `std::time`",
            "6: a domain crate names `std::env::var`",
            "8: a domain crate names `std::fs::*`",
        ]
    );
}

#[test]
fn tests_of_a_domain_crate_may_read_files() {
    let text = "//! D.\n#[cfg(test)]\nmod tests {\n    use std::fs;\n}\n#[cfg(test)]\nimpl<A, B> X {\n\
                    fn f() { std::env::var(\"X\"); }\n}\n#[cfg(not(test))]\nmod shipped {\n    use std::fs;\n}\n";
    assert_eq!(found("impure-path", text), ["12: a domain crate names `std::fs`"]);
}

#[test]
fn the_outer_crates_may_name_the_outside_world() {
    let manifest = manifest("tanheng-server", "");
    let files = [
        ("crates/server/Cargo.toml", manifest.as_str()),
        ("crates/server/src/lib.rs", "//! S.\nuse std::fs;\nfn f(x: f64) {}\n"),
    ];
    assert_eq!(brief(&findings("impure-path", &files)), NONE);
    assert_eq!(brief(&findings("float", &files)), NONE);
}

#[test]
fn floats_are_found_in_domain_crates() {
    let text = "//! Not 0.5.\nfn f(a: f64) { let b = 1.5; let c = 1e3; let d = 2_f32; }\n\
                fn g(t: ((u8, u8), u8)) { t.0.1; 0x1f64; 0x1e3; 3usize; 7isize; 1..2; 4u8; }\n";
    assert_eq!(
        found("float", text),
        [
            "2: a domain crate has the floating-point `1.5`",
            "2: a domain crate has the floating-point `1e3`",
            "2: a domain crate has the floating-point `2_f32`",
            "2: a domain crate has the floating-point `f64`",
        ]
    );
}

#[test]
fn thresholds_of_the_law_are_refused_in_the_product_and_allowed_in_tests() {
    let text = "//! The threshold 26000.\nconst A: u32 = 26_000u32;\nconst B: &str = \"26,000 tCO2e\";\n\
                #[arg(default = \"13000\")]\nstruct C;\nconst D: u32 = 126000;\nconst E: &str = \"x26000\";\n\
                const F: u32 = 260000;\n#[test]\nfn f() { assert_eq!(26000, 13000); }\n";
    assert_eq!(
        found("law-in-code", text),
        [
            "2: `26000` is a figure of the law",
            "3: `26,000 tCO2e` is a figure of the law",
            "4: `13000` is a figure of the law",
        ]
    );
}
