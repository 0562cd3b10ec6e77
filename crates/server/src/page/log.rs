//! The log: entries, one entry, checkpoint and key; and the form that checks a receipt.

use askama::Template;
use tanheng_app::read::log::{Content, Entry, Line, Log};
use tanheng_base::{Instant, Lang};
use tanheng_evidence::{KeySource, OpenField, ReceiptError, Value, VerifiedReceipt};

use super::frame::{Crumb, Fact, Frame, View, query_text};
use super::page;
use super::table::{Cell, Column, Table};
use crate::address::Subject;

/// Entries on one page.
pub const PAGE: u64 = 50;

/// The log.
#[derive(Template)]
#[template(path = "log/entries.html")]
pub struct LogPage {
    frame: Frame,
    entries: Table,
    older: Option<Crumb>,
    newer: Option<Crumb>,
    public: Table,
    command: String,
    checkpoint: String,
    key: String,
}

page!(LogPage, |page| vec![&mut page.entries, &mut page.public]);

impl LogPage {
    /// The page of entries below `before`.
    #[must_use]
    pub fn new(view: &View, log: &Log, before: Option<u64>) -> Self {
        let columns = vec![
            Column::count(view.t("log-sequence")),
            Column::words(view.t("log-time")),
            Column::words(view.t("log-actor")),
            Column::words(view.t("log-kind")),
            Column::words(view.t("log-leaf")),
        ];
        let mut entries =
            Table::new("entries", view.t("log-caption"), columns, view.t("log-empty"));
        entries.rows = log.lines.iter().map(|line| row(view, line)).collect();
        let turn = |key: &str, before: Option<u64>| {
            let query = before.map(|before| ("before".to_owned(), before.to_string()));
            let query: Vec<_> = query.into_iter().collect();
            let link = format!("{}{}", view.to(Subject::Log), query_text(&query));
            Crumb { label: view.t(key), link }
        };
        let oldest = log.lines.last().map_or(0, |line| line.sequence);
        let end = before.unwrap_or(log.size).min(log.size);
        let newer = (end < log.size).then(|| match end.saturating_add(PAGE) {
            next if next < log.size => turn("page-newer", Some(next)),
            _ => turn("page-newer", None),
        });
        Self {
            frame: view.frame(view.t("nav-log"), Vec::new()),
            entries,
            older: (oldest > 0).then(|| turn("page-older", Some(oldest))),
            newer,
            public: public(view, log),
            command: COMMAND.to_owned(),
            checkpoint: log.checkpoint.clone().unwrap_or_default(),
            key: log.key.to_string(),
        }
    }
}

/// How everybody checks the log without the platform's help.
const COMMAND: &str = "\
curl -O http://…/log/key
tanheng log check http://…/log --key key --keep last.checkpoint
tanheng log verify 12.tlog-proof --key key";

/// Where programmes read the log, and with which algorithms.
fn public(view: &View, log: &Log) -> Table {
    let columns =
        vec![Column::words(view.t("log-public-what")), Column::words(view.t("log-public-where"))];
    let mut table = Table::new("public", view.t("log-public"), columns, String::new());
    let places = [
        ("log-public-checkpoint", "/log/checkpoint"),
        ("log-public-tiles", "/log/tile/<L>/<N>[.p/<W>]"),
        ("log-public-entries", "/log/tile/entries/<N>[.p/<W>]"),
        ("log-public-inclusion", "/log/proof/inclusion/<N>[?size=<S>]"),
        ("log-public-consistency", "/log/proof/consistency/<S>[?size=<S>]"),
        ("log-key", "/log/key"),
    ];
    for (what, place) in places {
        table.rows.push(vec![Cell::text(view.t(what)), Cell::code(place)]);
    }
    let names = format!("{} · {}", log.key.log_hash(), log.key.algorithm());
    table.rows.push(vec![Cell::text(view.t("log-public-algorithms")), Cell::code(names)]);
    table
}

fn row(view: &View, line: &Line) -> Vec<Cell> {
    let mut kind = Cell { exact: Some(line.kind.clone()), ..Cell::text(kind(view, &line.kind)) };
    if line.erased {
        kind = kind.mark("plain", view.t("mark-erased"));
    }
    let leaf = hex(&line.leaf);
    vec![
        Cell::text(line.sequence.to_string()).to(view.to(Subject::Entry(line.sequence))),
        Cell::date(super::moment(Instant(line.time_ms))),
        Cell::code(line.actor.clone()),
        kind,
        Cell {
            text: format!("{}…", &leaf[..16]),
            exact: Some(leaf),
            code: true,
            ..Cell::default()
        },
    ]
}

/// What a kind of command is called; a kind of a later release keeps its own name.
fn kind(view: &View, kind: &str) -> String {
    let key = format!("kind-{}", kind.replace(['.', '_'], "-"));
    if view.words.has(&key) { view.t(&key) } else { kind.to_owned() }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// One entry.
#[derive(Template)]
#[template(path = "log/entry.html")]
pub struct EntryPage {
    frame: Frame,
    facts: Vec<Fact>,
    input: Table,
    outcome: Table,
    receipt: Option<String>,
    proof: String,
    sequence: u64,
}

page!(EntryPage, |page| vec![&mut page.input, &mut page.outcome]);

impl EntryPage {
    /// The page of an entry.
    #[must_use]
    pub fn new(view: &View, entry: &Entry) -> Self {
        let line = &entry.line;
        let mut facts = vec![
            Fact::new(view.t("log-sequence"), Cell::text(line.sequence.to_string())),
            Fact::new(view.t("log-time"), Cell::date(super::moment(Instant(line.time_ms)))),
            Fact::new(view.t("log-actor"), Cell::code(line.actor.clone())),
            Fact::new(
                view.t("log-kind"),
                Cell::text(kind(view, &line.kind)).note(line.kind.clone()),
            ),
            Fact::new(view.t("log-leaf"), Cell::code(hex(&line.leaf))),
            Fact::new(view.t("entry-input-root"), Cell::code(hex(&entry.input_root))),
            Fact::new(view.t("entry-outcome-root"), Cell::code(hex(&entry.outcome_root))),
        ];
        if let Some(enterprise) = &entry.enterprise {
            let link = view.to(Subject::Enterprise(enterprise.clone()));
            let cell = Cell::code(enterprise.as_str()).to(link);
            facts.push(Fact::new(view.t("column-enterprise"), cell));
        }
        let shown = matches!(entry.input, Content::Shown { .. });
        let title = view.words.f("entry-title", &[("sequence", &line.sequence.to_string())]);
        Self {
            frame: view.frame(title, vec![(view.t("nav-log"), Subject::Log)]),
            facts,
            input: content(view, "input", &entry.input),
            outcome: content(view, "outcome", &entry.outcome),
            receipt: shown.then(|| format!("/log/{}/receipt", line.sequence)),
            sequence: line.sequence,
            proof: format!("/log/proof/inclusion/{}", line.sequence),
        }
    }
}

fn content(view: &View, id: &'static str, content: &Content) -> Table {
    let columns = vec![Column::words(view.t("field-name")), Column::words(view.t("column-value"))];
    let (fields, hidden, empty) = match content {
        Content::Erased => (&[][..], 0, view.t("content-erased")),
        Content::Withheld => (&[][..], 0, view.t("content-withheld")),
        Content::Shown { fields, hidden } => (&fields[..], *hidden, view.t("content-empty")),
    };
    let mut table = Table::new(id, view.words.of("entry", id), columns, empty);
    for (name, value) in fields {
        table.rows.push(vec![Cell::code(name.clone()), field(value)]);
    }
    if hidden > 0 {
        let count = view.words.n("content-hidden", u64::try_from(hidden).unwrap_or(u64::MAX));
        table.rows.push(vec![Cell::default(), Cell::absent(count)]);
    }
    table
}

/// The longest value that a page shows whole; the receipt holds all of it.
const LONG: usize = 600;

fn field(value: &Value) -> Cell {
    let text = match value.as_text() {
        Some(text) => text.to_owned(),
        None => value.to_json().to_string(),
    };
    let mut shown: String = text.chars().take(LONG).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    Cell { exact: (shown != text).then_some(text), ..Cell::prose(shown) }
}

/// The verdict on a receipt.
pub struct Verdict {
    good: bool,
    headline: String,
    text: String,
    code: String,
    facts: Vec<Fact>,
    fields: Vec<Table>,
}

/// The form that checks a receipt.
#[derive(Template)]
#[template(path = "receipt/form.html")]
pub struct ReceiptPage {
    frame: Frame,
    action: String,
    key: String,
    given: String,
    verdict: Option<Verdict>,
}

// a receipt belongs to who pasted it: there is no address to export it from
page!(ReceiptPage, |_page| Vec::new());

impl ReceiptPage {
    /// The empty form. `key` is that of this book.
    #[must_use]
    pub fn empty(view: &View, key: String) -> Self {
        let frame = view.frame(view.t("nav-receipt"), Vec::new());
        let action = view.to(Subject::Receipt);
        Self { frame, action, key, given: String::new(), verdict: None }
    }

    /// The form with what was found about a text.
    #[must_use]
    pub fn answered(
        view: &View,
        key: String,
        given: &str,
        found: &Result<VerifiedReceipt, ReceiptError>,
    ) -> Self {
        let verdict = match found {
            Ok(receipt) => good(view, receipt),
            Err(error) => bad(view, error),
        };
        Self { given: given.to_owned(), verdict: Some(verdict), ..Self::empty(view, key) }
    }
}

fn bad(view: &View, error: &ReceiptError) -> Verdict {
    Verdict {
        good: false,
        headline: view.t("verdict-bad"),
        text: match view.words.lang {
            Lang::Zh => error.zh(),
            Lang::En => error.en(),
        },
        code: error.code().to_owned(),
        facts: Vec::new(),
        fields: Vec::new(),
    }
}

fn good(view: &View, receipt: &VerifiedReceipt) -> Verdict {
    let pinned = receipt.key_source == KeySource::Pinned;
    let mut marks = Cell::default();
    for mark in &receipt.marks {
        marks = marks.mark("example", mark.clone());
    }
    let root = hex(&receipt.log_root);
    Verdict {
        good: true,
        headline: view.t("verdict-good"),
        text: view.t(if pinned { "verdict-good-text" } else { "verdict-other-key" }),
        code: String::new(),
        facts: vec![
            Fact::new(
                view.t("log-sequence"),
                Cell::text(receipt.sequence.to_string())
                    .to(view.to(Subject::Entry(receipt.sequence))),
            ),
            Fact::new(view.t("log-time"), Cell::date(super::moment(Instant(receipt.time_ms)))),
            Fact::new(view.t("log-actor"), Cell::code(receipt.actor.clone())),
            Fact::new(view.t("log-kind"), Cell::text(kind(view, &receipt.kind))),
            Fact::new(view.t("receipt-marks"), marks),
            Fact::new(view.t("receipt-log-size"), Cell::number(receipt.log_size)),
            Fact::new(view.t("receipt-log-root"), Cell::code(root)),
        ],
        fields: vec![
            fields(view, "input", &receipt.input, receipt.input_hidden),
            fields(view, "outcome", &receipt.outcome, receipt.outcome_hidden),
        ],
    }
}

fn fields(view: &View, id: &'static str, fields: &[OpenField], hidden: usize) -> Table {
    let list = fields.iter().map(|field| (field.name.clone(), field.value.clone())).collect();
    content(view, id, &Content::Shown { fields: list, hidden })
}
