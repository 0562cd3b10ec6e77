//! Crate edges, dependencies from outside, the lock file.

use crate::support::{brief, findings, manifest};

fn edges(name: &str, rest: &str) -> Vec<String> {
    let folder = name.trim_start_matches("tanheng-");
    let path = format!("crates/{folder}/Cargo.toml");
    brief(&findings("crate-edge", &[(&path, &manifest(name, rest))]))
}

#[test]
fn allowed_edges_pass() {
    let rest = "[dependencies]\ntanheng-quantity.workspace = true\nserde.workspace = true\n";
    assert_eq!(edges("tanheng-base", rest), Vec::<String>::new());
}

#[test]
fn an_edge_against_the_direction_is_found_with_its_line() {
    let rest = "[dependencies]\ntanheng-base.workspace = true\n";
    assert_eq!(edges("tanheng-quantity", rest), ["5: `tanheng-quantity` uses `tanheng-base`"]);
}

#[test]
fn domain_crates_do_not_see_one_another() {
    let rest = "[dependencies]\ntanheng-inventory = { path = \"../inventory\" }\n";
    assert_eq!(edges("tanheng-filing", rest), ["5: `tanheng-filing` uses `tanheng-inventory`"]);
}

#[test]
fn an_edge_for_tests_counts_as_well() {
    let rest = "[dev-dependencies]\ntanheng-app.workspace = true\n";
    assert_eq!(edges("tanheng-store", rest), ["5: `tanheng-store` uses `tanheng-app`"]);
}

#[test]
fn the_testkit_is_for_tests_only() {
    let shipped = "[dependencies]\ntanheng-testkit.workspace = true\n";
    assert_eq!(edges("tanheng-app", shipped), ["5: `tanheng-app` ships `tanheng-testkit`"]);
    let tested = "[dev-dependencies]\ntanheng-testkit.workspace = true\n";
    assert_eq!(edges("tanheng-app", tested), Vec::<String>::new());
}

#[test]
fn an_impure_dependency_of_a_domain_crate_is_found() {
    for (section, name) in [
        ("dependencies", "getrandom"),
        ("build-dependencies", "reqwest"),
        ("target.'cfg(unix)'.dependencies", "rand"),
    ] {
        let found = edges("tanheng-base", &format!("[{section}]\n{name} = \"1\"\n"));
        assert_eq!(found, [format!("5: `tanheng-base` uses `{name}`")], "{section}");
    }
}

#[test]
fn a_renamed_dependency_is_found_by_its_real_name() {
    let rest = "[dependencies]\nchance = { package = \"rand\", version = \"1\" }\n";
    assert_eq!(edges("tanheng-base", rest), ["5: `tanheng-base` uses `rand`"]);
}

#[test]
fn an_unlisted_dependency_of_a_domain_crate_is_found_and_tests_may_have_it() {
    let rest = "[dependencies]\nnovelty = \"1\"\n\n[dev-dependencies]\ntempfile = \"3\"\n";
    assert_eq!(edges("tanheng-base", rest), ["5: `tanheng-base` uses `novelty`"]);
}

#[test]
fn sql_has_one_home() {
    let rest = "[dependencies]\nrusqlite.workspace = true\n";
    assert_eq!(edges("tanheng-app", rest), ["5: `tanheng-app` uses `rusqlite`"]);
    assert_eq!(edges("tanheng-store", rest), Vec::<String>::new());
}

#[test]
fn a_crate_without_a_row_is_found() {
    assert_eq!(
        edges("tanheng-novelty", ""),
        ["0: `tanheng-novelty` has no row in the table of crates"]
    );
}

#[test]
fn a_crate_without_the_lints_is_found() {
    let text = "[package]\nname = \"tanheng-base\"\n";
    let found = findings("workspace-lints", &[("crates/base/Cargo.toml", text)]);
    assert_eq!(brief(&found), ["0: `tanheng-base` does not take the lints of the workspace"]);
}

#[test]
fn banned_packages_and_foreign_sources_are_found_in_the_lock_file() {
    let lock = "version = 4\n\n[[package]]\nname = \"openssl-sys\"\nversion = \"1.0.0\"\n\
                source = \"registry+https://registry.example/index\"\n\n\
                [[package]]\nname = \"odd\"\nversion = \"1.0.0\"\n\
                source = \"git+https://example.org/odd\"\n";
    assert_eq!(
        brief(&findings("lock", &[("Cargo.lock", lock)])),
        ["4: the build needs `openssl-sys`", "11: `odd` comes from `git+https://example.org/odd`"]
    );
}

#[test]
fn committed_settings_may_not_redirect_the_registry() {
    let text = "[alias]\nx = \"run\"\n\n[source.crates-io]\nreplace-with = \"other\"\n";
    let found = findings("lock", &[(".cargo/config.toml", text)]);
    assert_eq!(brief(&found), ["4: the settings of cargo name a `source`"]);
    assert!(findings("lock", &[(".cargo/config.toml", "[alias]\nx = \"run\"\n")]).is_empty());
}
