//! Programs of the machine that a test may need.

use std::process::{Command, Stdio};

/// Whether a program is there and does what the test asks of it first (`probe`: arguments
/// that make it end with 0). Where it is not, that is said, and it is a failure when
/// `TANHENG_REQUIRE` names the program.
///
/// # Panics
/// When the program is required and absent.
#[must_use]
pub fn program(name: &str, probe: &[&str]) -> bool {
    let quiet = |command: &mut Command| {
        command
            .args(probe)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
    };
    let found = quiet(&mut Command::new(name)).is_ok_and(|status| status.success());
    found_or_said(name, found)
}

/// Whether `python3` has a module. Where it has not, that is said, and it is a failure when
/// `TANHENG_REQUIRE` names the module.
///
/// # Panics
/// When the module is required and absent.
#[must_use]
pub fn python_module(name: &str) -> bool {
    let import = Command::new("python3")
        .args(["-c", &format!("import {name}")])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    found_or_said(name, import.is_ok_and(|status| status.success()))
}

/// Says that a program is absent, if it is.
///
/// # Panics
/// When the program is required and absent.
#[expect(clippy::print_stderr, reason = "a test that does nothing says so in its output")]
pub(crate) fn found_or_said(name: &str, found: bool) -> bool {
    assert!(found || !required(name), "TANHENG_REQUIRE names `{name}`, and it cannot be used");
    if !found {
        eprintln!("`{name}` cannot be used here: this test checked nothing");
    }
    found
}

#[expect(clippy::disallowed_methods, reason = "the person who runs the tests says what must be")]
pub(crate) fn required(name: &str) -> bool {
    let names = std::env::var("TANHENG_REQUIRE").unwrap_or_default();
    names.split(',').any(|required| required.trim() == name)
}
