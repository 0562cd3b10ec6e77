//! Every document cited and every region named stands in some pack.

use tanheng_base::{Citation, RegionCode};

use crate::book::Rulebook;
use crate::diagnostic::{Diagnostic, code, text};
use crate::model::Body;
use crate::read::Sink;
use crate::source::Place;

pub(super) fn check(book: &Rulebook, sink: &Sink) {
    for parameter in book.parameters() {
        for value in &parameter.values {
            document(book, &value.grounds.citation, &value.grounds.place, sink);
            if let Some(overrides) = &value.overrides {
                document(book, overrides, &value.place, sink);
            }
            region(book, &value.region, &value.place, sink);
        }
    }
    for table in book.tables() {
        for row in &table.rows {
            document(book, &row.grounds.citation, &row.grounds.place, sink);
            region(book, &row.region, &row.place, sink);
        }
    }
    for method in book.methods() {
        document(book, &method.grounds.citation, &method.grounds.place, sink);
        region(book, &method.region, &method.place, sink);
        for refusal in &method.refusals {
            if refusal.grounds.citation.document != method.grounds.citation.document {
                document(book, &refusal.grounds.citation, &refusal.grounds.place, sink);
            }
        }
        for step in &method.steps {
            if step.grounds.citation.document != method.grounds.citation.document {
                document(book, &step.grounds.citation, &step.grounds.place, sink);
            }
            if let Body::Rules(rules) = &step.body {
                for rule in rules {
                    if rule.grounds.citation.document != step.grounds.citation.document {
                        document(book, &rule.grounds.citation, &rule.grounds.place, sink);
                    }
                }
            }
        }
    }
    for pack in book.packs() {
        if book.region_by_code(&pack.jurisdiction).is_none() {
            let message = text(
                format!(
                    "规则包 `{}` 的辖区 `{}` 不在任何 regions.toml 中",
                    pack.id, pack.jurisdiction
                ),
                format!(
                    "no regions.toml lists `{}`, the jurisdiction of `{}`",
                    pack.jurisdiction, pack.id
                ),
            );
            sink.push(
                Diagnostic::without_place(code::UNKNOWN_REGION, message)
                    .remedy("在 regions.toml 中补上", "add it to regions.toml"),
            );
        }
    }
    for own in book.regions() {
        if let Some(parent) = &own.parent
            && (book.region_by_code(parent).is_none() || *parent == own.code)
        {
            let message = text(
                format!("地区 `{}` 的上级 `{parent}` 不存在", own.code),
                format!("the region `{}` lies in `{parent}`, which does not exist", own.code),
            );
            sink.push(
                Diagnostic::without_place(code::UNKNOWN_REGION, message)
                    .remedy("改正 parent", "correct parent"),
            );
        }
    }
}

fn document(book: &Rulebook, citation: &Citation, place: &Place, sink: &Sink) {
    if book.document(&citation.document).is_some() {
        return;
    }
    let id = &citation.document;
    let message = text(
        format!("没有任何 sources.toml 列出文件 `{id}`"),
        format!("no sources.toml lists the document `{id}`"),
    );
    sink.push(Diagnostic::new(code::UNKNOWN_DOCUMENT, place.clone(), message).remedy(
        "在 sources.toml 中登记该文件，或改正 `document`",
        "list the document in sources.toml, or correct `document`",
    ));
}

fn region(book: &Rulebook, wanted: &RegionCode, place: &Place, sink: &Sink) {
    if book.region_by_code(wanted).is_some() {
        return;
    }
    let message = text(
        format!("没有任何 regions.toml 列出地区 `{wanted}`"),
        format!("no regions.toml lists the region `{wanted}`"),
    );
    sink.push(
        Diagnostic::new(code::UNKNOWN_REGION, place.clone(), message).remedy(
            "改正地区代码，或在 regions.toml 中登记",
            "correct the code, or list the region",
        ),
    );
}
