//! A dependent pack fills what is open or announced, and replaces what is in force only by a
//! cited override.

use tanheng_base::{Date, RegionCode};

use crate::book::Rulebook;
use crate::diagnostic::{Diagnostic, code, text};
use crate::model::State;
use crate::read::Sink;
use crate::resolve::pick;
use crate::source::Place;

/// A value as far as filling is concerned.
struct Entry<'a> {
    region: &'a RegionCode,
    from: Date,
    to: Option<Date>,
    layer: usize,
    state: State,
    place: &'a Place,
    overrides: bool,
}

pub(super) fn check(book: &Rulebook, sink: &Sink) {
    for parameter in book.parameters() {
        let entries: Vec<Entry<'_>> = parameter
            .values
            .iter()
            .map(|value| Entry {
                region: &value.region,
                from: value.from,
                to: value.to,
                layer: value.layer,
                state: value.state,
                place: &value.place,
                overrides: value.overrides.is_some(),
            })
            .collect();
        entries_of(book, parameter.id.as_str(), &entries, sink);
    }
    for table in book.tables() {
        for group in table.rows.chunk_by(|a, b| a.layer == b.layer && a.keys == b.keys) {
            let Some(first) = group.first() else { continue };
            let same = table.rows.iter().filter(|row| row.keys == first.keys);
            let entries: Vec<Entry<'_>> = same
                .filter(|row| row.layer <= first.layer)
                .map(|row| Entry {
                    region: &row.region,
                    from: row.from,
                    to: row.to,
                    layer: row.layer,
                    state: row.state,
                    place: &row.place,
                    overrides: false,
                })
                .collect();
            let (above, below): (Vec<Entry<'_>>, Vec<Entry<'_>>) =
                entries.into_iter().partition(|entry| entry.layer == first.layer);
            if below.is_empty() {
                continue;
            }
            let name = format!("{}({})", table.id, first.keys.join(", "));
            for entry in &above {
                one(book, &name, entry, &below, sink);
            }
        }
    }
}

fn entries_of(book: &Rulebook, name: &str, entries: &[Entry<'_>], sink: &Sink) {
    let lowest = entries.iter().map(|entry| entry.layer).min().unwrap_or(0);
    for entry in entries.iter().filter(|entry| entry.layer > lowest && !entry.overrides) {
        let below: Vec<Entry<'_>> = entries
            .iter()
            .filter(|other| other.layer < entry.layer)
            .map(|other| Entry { ..*other })
            .collect();
        one(book, name, entry, &below, sink);
    }
}

/// The entry against what it lies on, at its start and wherever that changes.
fn one(book: &Rulebook, name: &str, entry: &Entry<'_>, below: &[Entry<'_>], sink: &Sink) {
    let Ok(chain) = book.chain(entry.region) else { return };
    let mut days = vec![entry.from];
    days.extend(below.iter().flat_map(|other| [Some(other.from), other.to]).flatten());
    days.retain(|day| *day >= entry.from && entry.to.is_none_or(|to| *day < to));
    let taken = days.iter().find_map(|day| {
        let found =
            pick(below, &chain, *day, |other| (other.region, other.from, other.to, other.layer))?;
        (!found.state.may_be_filled()).then_some((*day, found))
    });
    let Some((day, found)) = taken else { return };
    let word = found.state.title();
    let message = text(
        format!("`{name}` 自 {day} 起已有规定（{}），不能填补", word.zh),
        format!("`{name}` is settled from {day} ({}) and cannot be filled", word.en),
    );
    sink.push(
        Diagnostic::new(code::NOT_OPEN, entry.place.clone(), message)
            .related(found.place.clone(), "已有的规定", "what stands")
            .remedy(
                "只填补 open 或 announced 的部分；确有依据改变现行数值时写 overrides = { document, clause }",
                "fill only what is open or announced; where a clause truly replaces it, write overrides = { document, clause }",
            ),
    );
}
