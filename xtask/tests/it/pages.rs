//! Pages: links, the architecture page, the glossary, locales, templates, paths of a machine.

use crate::support::{brief, findings, manifest};

const NONE: Vec<String> = Vec::new();

#[test]
fn links_lead_to_files_and_headings() {
    let page = "# Start\n[ok](other.md) [ok](other.md#two-words-碳衡) [ok](#start) [ok](../LICENSE)\n\
                [ok](https://example.org/x) `[code](none.md)`\n```\n[code](none.md)\n```\n\
                [folder](.) [twice](other.md#again-1)\n\
                [a](none.md) and [b](other.md#none)\n[c](../../outside.md)\n[d]: gone.md\n";
    let other = "## Two words: 碳衡\n# Again\n# Again\n```\n# none\n```\n";
    let files = [("docs/page.md", page), ("docs/other.md", other), ("LICENSE", "")];
    assert_eq!(
        brief(&findings("link", &files)),
        [
            "8: `none.md` does not exist",
            "8: `other.md#none` names no heading of that page",
            "9: `../../outside.md` leaves the workspace",
            "10: `gone.md` does not exist",
        ]
    );
}

#[test]
fn the_architecture_page_is_due_with_the_readme() {
    assert_eq!(brief(&findings("architecture", &[])), NONE);
    let found = findings("architecture", &[("README.md", "# T\n")]);
    assert_eq!(brief(&found), ["0: the page is missing"]);
}

#[test]
fn the_architecture_page_names_every_crate_and_only_what_exists() {
    let base = manifest("tanheng-base", "");
    let store = manifest("tanheng-store", "");
    let page = "# A\n`base` holds ids, see `base/src/lib.rs` and `crates/base/`; `tanheng-novelty`,\n\
                `base/src/gone.rs`, `app/src/<noun>/<verb>.rs`, `tanheng-data`, `text/html`, `GONE.md`\n";
    let files = [
        ("docs/ARCHITECTURE.md", page),
        ("crates/base/Cargo.toml", base.as_str()),
        ("crates/base/src/lib.rs", "//! B.\n"),
        ("crates/store/Cargo.toml", store.as_str()),
    ];
    assert_eq!(
        brief(&findings("architecture", &files)),
        [
            "0: the crate `tanheng-store` is not named",
            "2: there is no crate `tanheng-novelty`",
            "3: there is no `GONE.md`",
            "3: there is no `base/src/gone.rs`",
        ]
    );
}

fn term(zh: &str, id: &str, more: &str) -> String {
    format!(
        "[[term]]\nzh = \"{zh}\"\nid = \"{id}\"\nen = \"{id}\"\nmeaning = \"m\"\ndocument = \"GB 1-2020\"\n\
         clause = \"c\"\n{more}\n"
    )
}

#[test]
fn a_glossary_has_one_word_per_thing() {
    let good = term("抵销", "offset", "not = [\"清缴\"]") + &term("清缴", "surrender", "");
    assert_eq!(brief(&findings("glossary", &[("docs/glossary.toml", &good)])), NONE);

    let bad = term("抵销", "offset", "not = [\"撤销\"]")
        + &term("清缴", "offset", "colour = \"red\"")
        + &term("核查", "Verification", "")
        + "[[term]]\nzh = \"核定\"\nid = \"determination\"\nen = \"determination\"\nmeaning = \"m\"\nclause = \"c\"\n";
    assert_eq!(
        brief(&findings("glossary", &[("docs/glossary.toml", &bad)])),
        [
            "8: `not` names `撤销`, which is no term",
            "9: `colour` is unknown",
            "9: `offset` is the `en` of the term at line 1 as well",
            "9: `offset` is the `id` of the term at line 1 as well",
            "17: `Verification` is no identifier in snake_case",
            "25: a term has no `document`",
        ]
    );
}

#[test]
fn the_sources_of_a_glossary_exist() {
    let text = term("抵销", "offset", "").replace("GB 1-2020", "d-1")
        + &term("清缴", "surrender", "").replace("GB 1-2020", "d-2");
    let sources = "[[document]]\nid = \"d-1\"\n";
    let files = [("docs/glossary.toml", text.as_str()), ("rulebooks/cn/sources.toml", sources)];
    assert_eq!(
        brief(&findings("glossary", &files)),
        ["9: `d-2` is no document of a rulebook and no standard"]
    );
}

#[test]
fn a_glossary_that_is_no_toml_is_found() {
    let found = findings("glossary", &[("docs/glossary.toml", "[[term")]);
    assert_eq!(found.len(), 1);
}

#[test]
fn every_language_has_every_key() {
    let zh = "# c\na = 甲\nb =\n    .title = 乙\n-brand = 碳衡\nd = { $n ->\n    [one] x=1\n   *[other] y\n  }\n";
    let en = "a = A\nb =\n    .title = B\n-brand = Tanheng\nd = D\ne = E\na = again\n";
    let files = [("locales/zh-CN.ftl", zh), ("locales/en/main.ftl", en)];
    let mut found = brief(&findings("locale", &files));
    found.sort();
    assert_eq!(
        found,
        ["6: `e` has no text in `zh`", "7: `a` stands at locales/en/main.ftl:1 as well"]
    );
}

#[test]
fn templates_hold_no_chinese() {
    let files = [
        ("templates/a.html", "<p>{{ text.title }} · é</p>\n<p>碳</p>\n"),
        ("crates/server/templates/b.html", "<p>，</p>\n"),
        ("docs/c.html", "<p>碳</p>\n"),
    ];
    let found = findings("template-text", &files);
    let places: Vec<_> = found.iter().map(|f| (f.path.as_str(), f.line)).collect();
    assert_eq!(places, [("crates/server/templates/b.html", 1), ("templates/a.html", 2)]);
}

#[test]
fn paths_of_one_machine_are_found() {
    // The paths are put together here, or this file would be found itself.
    let path = |parts: &[&str]| format!("/{}", parts.join("/"));
    let text = format!(
        "see {}\ncd \"{}\"\nhttps://example.org{} and a{}\nC:\\{}\\b\nthe /{}/ folder\n",
        path(&["home", "li", "x.md"]),
        path(&["work", "main"]),
        path(&["work", "main"]),
        path(&["root", "x"]),
        "Users",
        "home"
    );
    let found = findings("machine-path", &[("docs/a.md", &text)]);
    let lines: Vec<_> = found.iter().map(|finding| finding.line).collect();
    assert_eq!(lines, [1, 2, 4]);
}
