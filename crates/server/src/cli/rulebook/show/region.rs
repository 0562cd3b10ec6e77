//! A region with what lies around and in it and the rules of its own; a pack.

use serde_json::{Value as Json, json};
use tanheng_rulebook::model::{Pack, Region};

use super::{Kind, View};
use crate::cli::words;

pub(super) fn text(view: &View<'_>, region: &Region) -> String {
    let mut lines = vec![view.head(Kind::Region, region.code.as_str(), &region.name)];
    if let Some(parent) = &region.parent {
        let parent = words::region(view.book, parent, view.lang);
        lines.push(format!("  {}{parent}", view.pick("属于：", "lies in: ")));
    }
    lines.push(view.origin(&region.pack, &[]));
    let inside = inside(view, region);
    if !inside.is_empty() {
        lines.push(view.pick("  下辖", "  holds").to_owned());
    }
    for one in inside {
        lines.push(format!("  - {}", words::region(view.book, &one.code, view.lang)));
    }
    let own = own_rules(view, region);
    if !own.is_empty() {
        lines.push(view.pick("  本级规定", "  rules of its own").to_owned());
    }
    for (kind, id) in own {
        lines.push(format!("  - {} {id}", view.pick(kind.word(), kind.name())));
    }
    lines.join("\n")
}

pub(super) fn json(view: &View<'_>, region: &Region) -> Json {
    let inside: Vec<Json> = inside(view, region).iter().map(|one| json!(one.code)).collect();
    let own: Vec<Json> = own_rules(view, region)
        .into_iter()
        .map(|(kind, id)| json!({ "kind": kind.name(), "id": id }))
        .collect();
    json!({ "region": region, "holds": inside, "rules": own })
}

fn inside<'a>(view: &View<'a>, region: &Region) -> Vec<&'a Region> {
    let regions = view.book.regions().iter();
    regions.filter(|one| one.parent.as_ref() == Some(&region.code)).collect()
}

/// What speaks for this very region.
fn own_rules(view: &View<'_>, region: &Region) -> Vec<(Kind, String)> {
    let code = &region.code;
    let parameters = view
        .book
        .parameters()
        .filter(|parameter| parameter.values.iter().any(|value| value.region == *code))
        .map(|parameter| (Kind::Parameter, parameter.id.to_string()));
    let tables = view
        .book
        .tables()
        .filter(|table| table.rows.iter().any(|row| row.region == *code))
        .map(|table| (Kind::Table, table.id.to_string()));
    let methods = view.book.methods().filter(|method| method.region == *code);
    let methods = methods.map(|method| (Kind::Method, method.id.to_string()));
    let mut all: Vec<(Kind, String)> = parameters.chain(tables).chain(methods).collect();
    all.dedup();
    all
}

pub(super) fn pack_text(view: &View<'_>, pack: &Pack) -> String {
    let mut lines = vec![view.head(Kind::Pack, pack.id.as_str(), &pack.title)];
    let region = words::region(view.book, &pack.jurisdiction, view.lang);
    lines.push(format!("  {}{region}", view.pick("辖区：", "jurisdiction: ")));
    if !pack.depends_on.is_empty() {
        let needs: Vec<String> = pack.depends_on.iter().map(ToString::to_string).collect();
        lines.push(format!("  {}{}", view.pick("依赖：", "builds on: "), needs.join(", ")));
    }
    if pack.example {
        let word = view.pick(
            "示例包：凡用到它的都是试算",
            "an example pack: whatever uses it is a trial figure",
        );
        lines.push(format!("  {word}"));
    }
    lines.push(format!("  {}{}", view.pick("摘要：", "digest: "), pack.digest));
    lines.join("\n")
}
