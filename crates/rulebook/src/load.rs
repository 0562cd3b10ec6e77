//! Puts the packs together: each in its layer, fills on what they fill, every id once.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;
use std::sync::Arc;

use tanheng_base::PackId;

use crate::book::Rulebook;
use crate::diagnostic::{Diagnostic, code, text};
use crate::model::Pack;
use crate::pack::{PackFiles, RulebookVersion, by_dependency};
use crate::read::{self, Fill, PackContext, Sink, TableFill, source_file};
use crate::source::{Place, SourceFile};

/// Reads all packs into one rulebook; what is wrong goes to `sink`.
pub(crate) fn assemble(packs: Vec<PackFiles>, sink: &Sink) -> Rulebook {
    let mut book = Rulebook {
        version: RulebookVersion::of(&packs),
        packs: Vec::new(),
        sources: Vec::new(),
        documents: BTreeMap::new(),
        regions: Vec::new(),
        parameters: BTreeMap::new(),
        tables: BTreeMap::new(),
        methods: BTreeMap::new(),
        cases: Vec::new(),
    };
    let described = packs.into_iter().filter_map(|files| {
        let pack = describe(&files, sink)?;
        Some((pack, files))
    });
    let (placed, stuck) = by_dependency(
        described.collect(),
        |(pack, _)| pack.id.clone(),
        |(pack, _)| pack.depends_on.clone(),
    );
    for (pack, files) in stuck {
        let file = source_file(&pack.id, "pack.toml", &files.files["pack.toml"]);
        let needs: Vec<String> = pack.depends_on.iter().map(PackId::to_string).collect();
        let needs = needs.join(", ");
        let at = file.text.find("depends_on").unwrap_or(0);
        let place = Place::new(&file, at..at + "depends_on".len());
        let message = text(
            format!("所依赖的规则包没有载入，或相互依赖：{needs}"),
            format!("a pack it depends on is not loaded, or they depend on each other: {needs}"),
        );
        sink.push(
            Diagnostic::new(code::UNKNOWN_PACK, place, message)
                .remedy("一并载入所依赖的包", "load the packs it depends on as well"),
        );
    }
    let mut places = Places::default();
    for (layer, (pack, files)) in placed.into_iter().enumerate() {
        if book.packs.iter().any(|own| own.id == pack.id) {
            let message = text(
                format!("规则包 `{}` 载入了两次", pack.id),
                format!("the pack `{}` is loaded twice", pack.id),
            );
            sink.push(Diagnostic::without_place(code::DUPLICATE_ID, message));
            continue;
        }
        add_pack(&mut book, pack, files, layer, &mut places, sink);
    }
    order(&mut book);
    book
}

fn describe(files: &PackFiles, sink: &Sink) -> Option<Pack> {
    let Some(toml) = files.files.get("pack.toml") else {
        let message = text(
            format!("规则包 `{}` 没有 pack.toml", files.id),
            format!("the pack `{}` has no pack.toml", files.id),
        );
        sink.push(Diagnostic::without_place(code::BAD_VALUE, message).remedy(
            "建立 pack.toml，写明 id、title、jurisdiction",
            "write a pack.toml with id, title and jurisdiction",
        ));
        return None;
    };
    let mut pack = read::read_pack(&source_file(&files.id, "pack.toml", toml), &files.id, sink)?;
    pack.digest = files.digest();
    Some(pack)
}

/// Where ids were first defined, to show both places when one stands twice.
#[derive(Default)]
struct Places {
    documents: BTreeMap<String, Place>,
    regions: BTreeMap<String, Place>,
    parameters: BTreeMap<String, Place>,
    tables: BTreeMap<String, Place>,
}

/// Notes an id; one that stands already is reported.
fn first(
    known: &mut BTreeMap<String, Place>,
    id: &dyn Display,
    place: &Place,
    sink: &Sink,
) -> bool {
    match known.entry(id.to_string()) {
        Entry::Vacant(entry) => {
            entry.insert(place.clone());
            true
        }
        Entry::Occupied(entry) => {
            let message = text(format!("`{id}` 已经定义过"), format!("`{id}` is already defined"));
            sink.push(
                Diagnostic::new(code::DUPLICATE_ID, place.clone(), message)
                    .related(entry.get().clone(), "第一次在此", "first here")
                    .remedy(
                        "改用另一个 id，或删去其一",
                        "give it another id, or remove one of them",
                    ),
            );
            false
        }
    }
}

fn add_pack(
    book: &mut Rulebook,
    pack: Pack,
    files: PackFiles,
    layer: usize,
    places: &mut Places,
    sink: &Sink,
) {
    let mut builds_on = BTreeSet::from([pack.id.clone()]);
    for other in &book.packs {
        if pack.depends_on.iter().any(|need| book.builds_on(need, &other.id)) {
            builds_on.insert(other.id.clone());
        }
    }
    let context = PackContext {
        id: &pack.id,
        jurisdiction: &pack.jurisdiction,
        example: pack.example,
        builds_on: &builds_on,
        sink,
    };
    for (path, content) in &files.files {
        let file = source_file(&pack.id, path, content);
        let in_folder = |folder: &str| path.starts_with(folder) && path.ends_with(".toml");
        if path == "sources.toml" {
            for (document, place) in read::read_documents(&file, &context) {
                if first(&mut places.documents, &document.id, &place, sink) {
                    book.documents.insert(document.id.clone(), document);
                }
            }
        } else if path == "regions.toml" {
            for (region, place) in read::read_regions(&file, &context) {
                if first(&mut places.regions, &region.code, &place, sink) {
                    book.regions.push(region);
                }
            }
        } else if in_folder("parameters/") {
            let (parameters, fills) = read::read_parameters(&file, &context);
            for mut parameter in parameters {
                if first(&mut places.parameters, &parameter.id, &parameter.place, sink) {
                    parameter.values.iter_mut().for_each(|value| value.layer = layer);
                    book.parameters.insert(parameter.id.clone(), parameter);
                }
            }
            add_later(book, fills, layer, &context);
        } else if in_folder("tables/") {
            add_table(book, &file, path, &files, layer, places, &context);
        } else if in_folder("methods/") {
            for method in read::read_methods(&file, &context) {
                book.methods.entry(method.id.clone()).or_default().push(method);
            }
        } else if in_folder("cases/good/") {
            book.cases.extend(read::read_good_cases(&file, &context));
        }
    }
    book.packs.push(pack);
    book.sources.push(files);
}

/// Adds values to parameters of this or earlier packs.
fn add_later(book: &mut Rulebook, fills: Vec<Fill>, layer: usize, context: &PackContext<'_>) {
    for fill in fills {
        let known = book.parameters.get_mut(&fill.parameter);
        let Some(parameter) = known.filter(|own| context.builds_on.contains(&own.pack)) else {
            unknown(&fill.place, "参数", "parameter", &fill.parameter, context.sink);
            continue;
        };
        for raw in fill.values {
            if let Some(mut value) = raw.read(&parameter.kind, context) {
                value.layer = layer;
                parameter.values.push(value);
            }
        }
    }
}

fn add_table(
    book: &mut Rulebook,
    file: &Arc<SourceFile>,
    path: &str,
    files: &PackFiles,
    layer: usize,
    places: &mut Places,
    context: &PackContext<'_>,
) {
    let csv_path = format!("{}.csv", path.trim_end_matches(".toml"));
    let csv = files.files.get(&csv_path).map(|content| source_file(context.id, &csv_path, content));
    match read::read_table(file, csv.as_ref(), context) {
        None => {}
        Some(Ok(table)) if !first(&mut places.tables, &table.id, &table.place, context.sink) => {}
        Some(Ok(mut table)) => {
            table.rows.iter_mut().for_each(|row| row.layer = layer);
            book.tables.insert(table.id.clone(), table);
        }
        Some(Err(TableFill { table: id, place })) => {
            let known = book.tables.get_mut(&id);
            let Some(table) = known.filter(|own| context.builds_on.contains(&own.pack)) else {
                unknown(&place, "表", "table", &id, context.sink);
                return;
            };
            let Some(csv) = csv else { return };
            let mut rows = read::read_rows(&csv, table, context);
            rows.iter_mut().for_each(|row| row.layer = layer);
            table.rows.extend(rows);
        }
    }
}

fn unknown(place: &Place, zh: &str, en: &str, id: &dyn Display, sink: &Sink) {
    let message = text(
        format!("所依赖的包里没有{zh} `{id}`"),
        format!("no pack that this one builds on has the {en} `{id}`"),
    );
    sink.push(Diagnostic::new(code::UNKNOWN_NAME, place.clone(), message).remedy(
        "核对 id，并在 depends_on 中写明它所在的包",
        "check the id, and name its pack in depends_on",
    ));
}

/// Puts values, rows and methods in order, and ends each value where the next begins.
fn order(book: &mut Rulebook) {
    for parameter in book.parameters.values_mut() {
        parameter
            .values
            .sort_by(|a, b| (a.layer, &a.region, a.from).cmp(&(b.layer, &b.region, b.from)));
        for index in 1..parameter.values.len() {
            let (before, rest) = parameter.values.split_at_mut(index);
            if let (Some(last), Some(next)) = (before.last_mut(), rest.first())
                && (last.layer, &last.region) == (next.layer, &next.region)
            {
                last.to = last.to.or(Some(next.from).filter(|from| *from > last.from));
            }
        }
    }
    for table in book.tables.values_mut() {
        table.rows.sort_by(|a, b| {
            (a.layer, &a.keys, &a.region, a.from).cmp(&(b.layer, &b.keys, &b.region, b.from))
        });
        for index in 1..table.rows.len() {
            let (before, rest) = table.rows.split_at_mut(index);
            if let (Some(last), Some(next)) = (before.last_mut(), rest.first())
                && (last.layer, &last.keys, &last.region) == (next.layer, &next.keys, &next.region)
            {
                last.to = last.to.or(Some(next.from).filter(|from| *from > last.from));
            }
        }
    }
    for versions in book.methods.values_mut() {
        versions.sort_by(|a, b| (&a.region, a.from).cmp(&(&b.region, b.from)));
    }
}
