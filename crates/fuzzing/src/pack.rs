//! Packs: the files of a small one replaced by any others.

use std::collections::BTreeMap;

use tanheng_base::PackId;
use tanheng_rulebook::{Diagnostic, PackFiles, Rulebook, bless, check, run_bad_cases, run_cases};

use crate::formula::STYLES;

/// What stands before each file.
const MARK: &str = "=== ";

/// The small pack that inputs change.
pub(crate) const SMALL: &str = include_str!("small_pack.txt");

/// Files laid over a small pack, each behind a line `=== path`; a path that begins with `e:`
/// belongs to a second pack. Whatever they hold is loaded or refused with diagnostics that can
/// be drawn, and cases are run and blessed without a panic.
pub fn pack(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let mut packs = vec![PackFiles { id: id("p"), files: files(SMALL) }];
    let mut second = BTreeMap::new();
    for (path, content) in files(text) {
        match path.strip_prefix("e:") {
            Some(path) => _ = second.insert(path.to_owned(), content),
            None => _ = packs[0].files.insert(path, content),
        }
    }
    if !second.is_empty() {
        packs.push(PackFiles { id: id("e"), files: second });
    }
    draw(&check(&packs));
    let reports = run_bad_cases(&packs);
    draw(&reports.into_iter().filter_map(|report| report.failure).collect::<Vec<Diagnostic>>());
    bless(&packs);
    match Rulebook::load(packs) {
        Ok(book) => {
            let failures = run_cases(&book).into_iter().filter_map(|report| report.failure);
            draw(&failures.collect::<Vec<Diagnostic>>());
        }
        Err(diagnostics) => {
            assert!(!diagnostics.is_empty());
            draw(&diagnostics);
        }
    }
}

fn id(text: &str) -> PackId {
    text.parse().expect("a pack id")
}

/// The files of a text.
pub(crate) fn files(text: &str) -> BTreeMap<String, String> {
    let mut files = BTreeMap::new();
    let mut path: Option<String> = None;
    for line in text.split_inclusive('\n') {
        if let Some(next) = line.strip_prefix(MARK) {
            path = Some(next.trim_end().to_owned());
        } else if let Some(path) = &path {
            files.entry(path.clone()).or_insert_with(String::new).push_str(line);
        }
    }
    files
}

/// Draws diagnostics both ways; each names its code.
pub(crate) fn draw(diagnostics: &[Diagnostic]) {
    for diagnostic in diagnostics {
        for (lang, style) in STYLES {
            assert!(diagnostic.render(lang, style).contains(diagnostic.code));
        }
    }
}
