//! No day with two values, no hole between two values.

use tanheng_base::{Date, Text};

use crate::book::Rulebook;
use crate::diagnostic::{Diagnostic, code, text};
use crate::read::Sink;
use crate::source::Place;

/// One entry of a history.
struct Span<'a> {
    from: Date,
    to: Option<Date>,
    place: &'a Place,
}

pub(super) fn check(book: &Rulebook, sink: &Sink) {
    for parameter in book.parameters() {
        let name = parameter.id.to_string();
        for group in parameter.values.chunk_by(|a, b| (a.layer, &a.region) == (b.layer, &b.region))
        {
            let spans: Vec<Span<'_>> = group
                .iter()
                .map(|value| Span { from: value.from, to: value.to, place: &value.place })
                .collect();
            history(&name, &spans, code::OVERLAP, sink);
        }
    }
    for table in book.tables() {
        for group in table
            .rows
            .chunk_by(|a, b| (a.layer, &a.keys, &a.region) == (b.layer, &b.keys, &b.region))
        {
            let name = format!("{}({})", table.id, group[0].keys.join(", "));
            let spans: Vec<Span<'_>> = group
                .iter()
                .map(|row| Span { from: row.from, to: row.to, place: &row.place })
                .collect();
            history(&name, &spans, code::OVERLAP, sink);
        }
    }
    for versions in book.methods.values() {
        for group in versions.chunk_by(|a, b| a.region == b.region) {
            let name = group[0].id.to_string();
            let spans: Vec<Span<'_>> = group
                .iter()
                .map(|method| Span { from: method.from, to: method.to, place: &method.place })
                .collect();
            history(&name, &spans, code::TWO_RULES_APPLY, sink);
        }
    }
}

fn history(name: &str, spans: &[Span<'_>], twice: &'static str, sink: &Sink) {
    for pair in spans.windows(2) {
        let [first, second] = pair else { continue };
        match first.to {
            Some(to) if to == second.from => {}
            Some(to) if to < second.from => gap(name, to, second, first, sink),
            end => overlap(name, end, first, second, twice, sink),
        }
    }
}

fn gap(name: &str, to: Date, second: &Span<'_>, first: &Span<'_>, sink: &Sink) {
    let last = second.from.yesterday().unwrap_or(second.from);
    let message = text(
        format!("`{name}` 在 {to} 至 {last} 之间没有规定"),
        format!("`{name}` has no rule from {to} to {last}"),
    );
    sink.push(
        Diagnostic::new(code::GAP, second.place.clone(), message)
            .label(format!("从 {} 起", second.from), format!("begins on {}", second.from))
            .related(first.place.clone(), format!("到 {to} 为止"), format!("ends before {to}"))
            .remedy(
                "改正日期；这段时间确实没有数值时，写一条 state = \"open\"、\"announced\" 或 \"repealed\" 并注明依据",
                "correct the dates; if there truly is no value in between, write an entry with state = \"open\", \"announced\" or \"repealed\" and its clause",
            ),
    );
}

fn overlap(
    name: &str,
    end: Option<Date>,
    first: &Span<'_>,
    second: &Span<'_>,
    twice: &'static str,
    sink: &Sink,
) {
    let from = second.from;
    let message: Text = if twice == code::TWO_RULES_APPLY {
        text(
            format!("`{name}` 自 {from} 起同一地区有两个版本同时适用"),
            format!("two versions of `{name}` apply in one region from {from}"),
        )
    } else {
        text(
            format!("`{name}` 自 {from} 起同一地区有两个数值"),
            format!("`{name}` has two values in one region from {from}"),
        )
    };
    let (until_zh, until_en) = match end {
        Some(end) => (format!("到 {end} 为止"), format!("ends before {end}")),
        None => ("没有终止日".to_owned(), "has no end".to_owned()),
    };
    sink.push(
        Diagnostic::new(twice, second.place.clone(), message)
            .label(format!("从 {from} 起"), format!("begins on {from}"))
            .related(first.place.clone(), until_zh, until_en)
            .remedy(
                format!("前一条写 `to = {from}`，或改正起始日"),
                format!("end the earlier one with `to = {from}`, or correct the start"),
            ),
    );
}
