//! A figure opened: a year to its months, a month to its lines, a line to formula and factors.

use askama::Template;
use tanheng_app::read::enterprise::{EnterpriseView, MonthView, YearView};
use tanheng_app::read::figure::{Ledger, Line, Opened, outputs, undecided};
use tanheng_app::read::record::{Enterprise, Filing, MonthFigure, YearFigure, YearFigureKind};
use tanheng_base::{EnterpriseId, Instant, Month, Year};
use tanheng_quantity::Decimal;
use tanheng_rulebook::Rulebook;

use super::calculation::Calculation;
use super::frame::{Fact, Frame, View};
use super::table::{Cell, Column, Mark, Table};
use super::{grounds, page};
use crate::address::Subject;

/// Unit of lines and months.
const UNIT: &str = "tCO2";

/// The trail to a page below an enterprise.
pub(super) fn trail(view: &View, enterprise: &Enterprise) -> Vec<(String, Subject)> {
    vec![
        (view.t("nav-enterprises"), Subject::Enterprises),
        (enterprise.name.clone(), Subject::Enterprise(enterprise.id.clone())),
    ]
}

/// Direct and indirect emission together; said to be missing where the sum cannot be held.
pub(super) fn total(view: &View, figure: &MonthFigure) -> Cell {
    match figure.direct_e2.0.checked_add(figure.indirect_e2.0) {
        Ok(total) => Cell::number(total),
        Err(_) => Cell::absent(view.t("no-figure")),
    }
}

/// The table of the months of some years: every month has a row, also one without a ledger.
pub(super) fn months_table(
    view: &View,
    id: &EnterpriseId,
    years: &[Year],
    months: &[MonthView],
) -> Table {
    let columns = vec![
        Column::words(view.t("column-month")),
        Column::in_unit(view.t("column-direct"), UNIT),
        Column::in_unit(view.t("column-indirect"), UNIT),
        Column::in_unit(view.t("column-total"), UNIT),
        Column::count(view.t("column-outputs")),
        Column::words(view.t("column-ledger-version")),
        Column::words(view.t("column-sealed")),
        Column::count(view.t("column-entry")),
    ];
    let mut table = Table::new("months", view.t("months-caption"), columns, view.t("months-none"));
    for month in years.iter().flat_map(|year| year.months()) {
        let found = months.iter().find(|one| one.figure.month == month);
        table.rows.push(match found {
            Some(found) => month_row(view, id, found),
            None => missing_month(view, month),
        });
    }
    table
}

fn month_row(view: &View, id: &EnterpriseId, month: &MonthView) -> Vec<Cell> {
    let figure = &month.figure;
    let products = match outputs(figure) {
        Ok(products) if !products.is_empty() => {
            let each = products.iter().map(|(product, amount)| {
                format!("{product} {}", super::number::grouped_quantity(amount))
            });
            Cell::text(each.collect::<Vec<_>>().join(&view.t("list-separator")))
        }
        _ => Cell::absent(view.t("no-output")),
    };
    let version =
        match &month.filing {
            Some(filing) => Cell::text(format!("v{}", filing.version))
                .to(view.to(Subject::Ledger(id.clone(), figure.month, filing.version))),
            None => Cell::absent(view.t("no-value")),
        };
    let sealed = if figure.sealed { "sealed-yes" } else { "sealed-no" };
    vec![
        Cell::date(figure.month).to(view.to(Subject::Month(id.clone(), figure.month))),
        Cell::number(figure.direct_e2),
        Cell::number(figure.indirect_e2),
        total(view, figure).marked(marks(view, figure)),
        products,
        version,
        Cell::text(view.t(sealed)),
        super::entry(view, figure.entry),
    ]
}

/// The marks of a month; one where the law left an emission undecided, so that the sum lacks it.
fn marks(view: &View, figure: &MonthFigure) -> Vec<Mark> {
    let mut marks = view.figure_marks(figure.trial, figure.example);
    if undecided(figure).is_ok_and(|names| !names.is_empty()) {
        marks.push(Mark { kind: "open", text: view.t("mark-incomplete") });
    }
    marks
}

/// A line's emission where there is none: outside the boundary, undecided by the law, or output.
fn no_emission(view: &View, line: &Line) -> Cell {
    if line.basis.not_counted.is_some() {
        return Cell::absent(view.t("line-not-counted"));
    }
    let names: Vec<&str> = line.basis.standing.undecided.iter().map(String::as_str).collect();
    match names.is_empty() {
        true => Cell::absent(view.t("line-no-emission")),
        false => Cell::absent(view.t("line-undecided")).note(names.join(&view.t("list-separator"))),
    }
}

fn missing_month(view: &View, month: Month) -> Vec<Cell> {
    let mut cells = vec![Cell::date(month)];
    cells.extend((0..3).map(|_| Cell::absent(view.t("not-filed"))));
    cells.extend((0..4).map(|_| Cell::default()));
    cells
}

/// A year opened: its figures and its months.
#[derive(Template)]
#[template(path = "figure/year.html")]
pub struct YearPage {
    frame: Frame,
    figures: Table,
    months: Table,
}

page!(YearPage, |page| vec![&mut page.months, &mut page.figures]);

impl YearPage {
    /// The page of a year; none when the enterprise has neither ledgers nor a report for it.
    #[must_use]
    pub fn new(view: &View, enterprise: &EnterpriseView, year: Year) -> Option<Self> {
        let own = enterprise.years.iter().find(|one| one.year == year);
        let months: Vec<MonthView> = enterprise
            .months
            .iter()
            .filter(|month| month.figure.month.year() == year)
            .cloned()
            .collect();
        if own.is_none() && months.is_empty() {
            return None;
        }
        let known = &enterprise.enterprise;
        let mut table = months_table(view, &known.id, &[year], &months);
        table.total = sum_row(view, &months);
        let title = view.words.f("year-title", &[("year", &year.to_string())]);
        Some(Self {
            frame: view.frame(title, trail(view, known)),
            figures: figures(view, own),
            months: table,
        })
    }
}

fn sum_row(view: &View, months: &[MonthView]) -> Option<Vec<Cell>> {
    let sum = |part: fn(&MonthFigure) -> Decimal| {
        months.iter().try_fold(Decimal::ZERO, |sum, month| sum.checked_add(part(&month.figure)))
    };
    let direct = sum(|figure| figure.direct_e2.0).ok()?;
    let indirect = sum(|figure| figure.indirect_e2.0).ok()?;
    let count = view.words.n("months-sum", u64::try_from(months.len()).unwrap_or(u64::MAX));
    let mut cells = vec![
        Cell::text(count),
        Cell::number(direct),
        Cell::number(indirect),
        Cell::number(direct.checked_add(indirect).ok()?),
    ];
    cells.extend((0..4).map(|_| Cell::default()));
    Some(cells)
}

/// The name of one of the four figures in the locales.
pub(super) fn kind_key(kind: YearFigureKind) -> &'static str {
    match kind {
        YearFigureKind::Reported => "figure-reported",
        YearFigureKind::Recalculated => "figure-recalculated",
        YearFigureKind::Verified => "figure-verified",
        YearFigureKind::Determined => "figure-determined",
    }
}

/// Why a figure is what it is: what somebody wrote, or how the platform came by it.
pub(super) fn reason(view: &View, figure: &YearFigure) -> String {
    match figure.kind {
        YearFigureKind::Reported => view.t("figure-reported-how"),
        YearFigureKind::Recalculated => view.t("figure-recalculated-how"),
        YearFigureKind::Verified | YearFigureKind::Determined => figure.reason.clone(),
    }
}

fn figures(view: &View, year: Option<&YearView>) -> Table {
    let columns = vec![
        Column::words(view.t("column-figure")),
        Column::words(view.t("column-report-version")),
        Column::in_unit(view.t("column-direct"), "tCO2e"),
        Column::in_unit(view.t("column-total"), "tCO2e"),
        Column::words(view.t("column-reason")),
        Column::count(view.t("column-entry")),
    ];
    let empty = view.t("figures-none");
    let mut table = Table::new("figures", view.t("figures-caption"), columns, empty);
    for version in year.into_iter().flat_map(|year| &year.versions) {
        let standing = year.and_then(YearView::standing_version);
        let counts = standing.is_some_and(|one| one.filing.id == version.filing.id);
        for figure in version.figures.iter().rev() {
            let mut name = Cell::text(view.t(kind_key(figure.kind)));
            if counts && version.in_force().is_some_and(|one| one.kind == figure.kind) {
                name = name.mark("good", view.t("mark-in-force"));
            }
            table.rows.push(vec![
                name,
                Cell::text(format!("v{}", version.filing.version)),
                Cell::number(figure.direct_e2),
                Cell::number(figure.total_e2)
                    .marked(view.figure_marks(figure.trial, figure.example)),
                Cell::prose(reason(view, figure)),
                super::entry(view, figure.entry),
            ]);
        }
    }
    table
}

/// A month opened: the lines of a version of its ledger.
#[derive(Template)]
#[template(path = "figure/month.html")]
pub struct MonthPage {
    frame: Frame,
    facts: Vec<Fact>,
    lines: Table,
    versions: Table,
    receipt: String,
}

page!(MonthPage, |page| vec![&mut page.lines, &mut page.versions]);

impl MonthPage {
    /// The page of a ledger.
    #[must_use]
    pub fn new(view: &View, ledger: &Ledger) -> Self {
        let (month, version) = (ledger.month.to_string(), ledger.filing.version.to_string());
        let title = view.words.f("month-title", &[("month", &month), ("version", &version)]);
        let mut trail = trail(view, &ledger.enterprise);
        let year = ledger.month.year();
        trail.push((year.to_string(), Subject::Year(ledger.enterprise.id.clone(), year)));
        let empty = view.t("lines-erased");
        let columns = vec![
            Column::count(view.t("column-row")),
            Column::words(view.t("column-facility")),
            Column::words(view.t("column-source")),
            Column::words(view.t("column-kind")),
            Column::words(view.t("column-material")),
            Column::count(view.t("column-amount")),
            Column::words(view.t("column-determination")),
            Column::in_unit(view.t("column-emission"), UNIT),
        ];
        let mut lines = Table::new("lines", view.t("lines-caption"), columns, empty);
        lines.rows = ledger.lines.iter().map(|line| line_row(view, ledger, line)).collect();
        Self {
            frame: view.frame(title, trail),
            facts: facts(view, ledger),
            lines,
            versions: versions(view, ledger),
            receipt: format!("/log/{}/receipt", ledger.filing.entry),
        }
    }
}

fn facts(view: &View, ledger: &Ledger) -> Vec<Fact> {
    let mut facts = vec![Fact::new(
        view.t("column-enterprise"),
        Cell::text(ledger.enterprise.name.clone())
            .to(view.to(Subject::Enterprise(ledger.enterprise.id.clone()))),
    )];
    if let Some(figure) = &ledger.figure {
        let tonnes = |cell: Cell| Cell { text: format!("{} {UNIT}", cell.text), ..cell };
        let marks = marks(view, figure);
        facts.extend([
            Fact::new(view.t("column-direct"), tonnes(Cell::number(figure.direct_e2))),
            Fact::new(view.t("column-indirect"), tonnes(Cell::number(figure.indirect_e2))),
            Fact::new(view.t("column-total"), tonnes(total(view, figure)).marked(marks)),
        ]);
    }
    facts.extend(filing_facts(view, &ledger.filing));
    facts
}

fn filing_facts(view: &View, filing: &Filing) -> Vec<Fact> {
    let rulebook = filing.rulebook.get(..12).unwrap_or(&filing.rulebook);
    let link = format!("{}?version={}", view.to(Subject::Rulebook), filing.rulebook);
    let mut facts = vec![
        Fact::new(view.t("filing-id"), Cell::code(filing.id.clone())),
        Fact::new(view.t("column-state"), Cell::text(view.words.of("filing", filing.state.name()))),
        Fact::new(view.t("filing-time"), Cell::date(super::moment(Instant(filing.submitted_ms)))),
        Fact::new(view.t("log-actor"), Cell::code(filing.actor.as_str())),
        Fact::new(view.t("calculation-rulebook"), Cell::code(rulebook).to(link)),
        Fact::new(view.t("filing-digest"), Cell::code(filing.digest.clone())),
        Fact::new(view.t("column-entry"), super::entry(view, filing.entry)),
    ];
    if let Some(finding) = &filing.finding {
        facts.push(Fact::new(view.t("filing-finding"), Cell::code(finding.clone())));
    }
    facts
}

fn line_row(view: &View, ledger: &Ledger, line: &Line) -> Vec<Cell> {
    let row = &line.line;
    let (id, version) = (ledger.enterprise.id.clone(), ledger.filing.version);
    let subject = Subject::Line(id, ledger.month, version, row.row);
    let emission = match row.emission_e2 {
        Some(emission) => {
            let standing = &line.basis.standing;
            Cell::number(emission)
                .to(view.to(subject))
                .marked(view.figure_marks(standing.trial, standing.example))
        }
        None => no_emission(view, line).to(view.to(subject)),
    };
    let determination = row.determination.as_deref();
    vec![
        Cell::text(row.row.to_string()),
        Cell::text(row.facility.as_str()),
        Cell::text(row.source.as_str()),
        Cell::text(view.words.of("line-kind", &row.kind)),
        Cell::text(row.material.clone()),
        Cell::quantity(&row.amount),
        determination
            .map_or_else(Cell::default, |name| Cell::text(view.words.of("determination", name))),
        emission,
    ]
}

fn versions(view: &View, ledger: &Ledger) -> Table {
    let columns = vec![
        Column::words(view.t("column-version")),
        Column::words(view.t("column-state")),
        Column::words(view.t("filing-time")),
        Column::words(view.t("filing-finding")),
        Column::count(view.t("column-entry")),
    ];
    let mut table = Table::new("versions", view.t("ledger-versions"), columns, "");
    for filing in &ledger.versions {
        let subject = Subject::Ledger(ledger.enterprise.id.clone(), ledger.month, filing.version);
        table.rows.push(vec![
            Cell::text(format!("v{}", filing.version)).to(view.to(subject)),
            Cell::text(view.words.of("filing", filing.state.name())),
            Cell::date(super::moment(Instant(filing.submitted_ms))),
            filing.finding.clone().map_or_else(Cell::default, Cell::code),
            super::entry(view, filing.entry),
        ]);
    }
    table
}

/// A line opened.
#[derive(Template)]
#[template(path = "figure/line.html")]
pub struct LinePage {
    frame: Frame,
    facts: Vec<Fact>,
    calculation: Option<Calculation>,
    agrees: bool,
    defaults: Table,
    filing: Vec<Fact>,
    receipt: String,
}

page!(LinePage, |page| {
    let mut tables = Vec::new();
    if let Some(calculation) = &mut page.calculation {
        tables.extend([&mut calculation.bases, &mut calculation.inputs]);
    }
    tables.push(&mut page.defaults);
    tables
});

impl LinePage {
    /// The page of a line.
    #[must_use]
    pub fn new(view: &View, opened: &Opened) -> Self {
        let (ledger, row) = (&opened.ledger, &opened.line.line);
        let rulebook = opened.rulebook.as_deref();
        let shelf = |_: &str| opened.rulebook.clone();
        let stored = opened.calculation.as_ref();
        let calculation = stored.and_then(|json| Calculation::stored(view, &shelf, json, "line"));
        let (month, version) = (ledger.month, ledger.filing.version);
        let id = &ledger.enterprise.id;
        let mut trail = trail(view, &ledger.enterprise);
        trail.push((month.year().to_string(), Subject::Year(id.clone(), month.year())));
        let name = format!("{month} v{version}");
        trail.push((name, Subject::Ledger(id.clone(), month, version)));
        let values = [("row", row.row.to_string()), ("material", row.material.clone())];
        let values = values.each_ref().map(|(name, value)| (*name, value.as_str()));
        Self {
            frame: view.frame(view.words.f("line-title", &values), trail),
            facts: line_facts(view, rulebook, &opened.line),
            agrees: opened.agrees,
            defaults: defaults(view, rulebook, &opened.line),
            filing: filing_facts(view, &ledger.filing),
            receipt: format!("/log/{}/receipt", ledger.filing.entry),
            calculation,
        }
    }
}

fn line_facts(view: &View, rulebook: Option<&Rulebook>, line: &Line) -> Vec<Fact> {
    let row = &line.line;
    let optional = |text: &Option<String>| match text {
        Some(text) => Cell::quantity(text),
        None => Cell::absent(view.t("not-declared")),
    };
    let words = |text: &Option<String>| match text {
        Some(text) => Cell::text(text.clone()),
        None => Cell::absent(view.t("not-declared")),
    };
    let mut facts = vec![
        Fact::new(view.t("column-facility"), Cell::text(row.facility.as_str())),
        Fact::new(view.t("column-source"), Cell::text(row.source.as_str())),
        Fact::new(view.t("column-kind"), Cell::text(view.words.of("line-kind", &row.kind))),
        Fact::new(view.t("column-material"), Cell::text(row.material.clone())),
        Fact::new(view.t("column-amount"), Cell::quantity(&row.amount)),
    ];
    if row.kind == "fuel" {
        facts.extend([
            Fact::new(view.t("column-ncv"), optional(&row.ncv)),
            Fact::new(view.t("column-carbon-content"), optional(&row.carbon_content)),
            Fact::new(view.t("column-oxidation"), optional(&row.oxidation)),
        ]);
    }
    if let Some(name) = &row.determination {
        let cell = Cell::text(view.words.of("determination", name));
        facts.push(Fact::new(view.t("column-determination"), cell));
    }
    facts.push(Fact::new(view.t("column-meter"), words(&row.meter)));
    facts.push(Fact::new(view.t("column-evidence"), words(&row.evidence)));
    let emission = match row.emission_e2 {
        Some(emission) => {
            let cell = Cell::number(emission);
            let marks = view.figure_marks(line.basis.standing.trial, line.basis.standing.example);
            Cell { text: format!("{} {UNIT}", cell.text), ..cell }.marked(marks)
        }
        None => no_emission(view, line),
    };
    facts.push(Fact::new(view.t("column-emission"), emission));
    if let Some(citation) = &line.basis.not_counted {
        let cell = match rulebook {
            Some(rulebook) => grounds::citation(view, rulebook, citation),
            None => Cell::code(citation.document.as_str()),
        };
        facts.push(Fact::new(view.t("line-not-counted"), cell));
    }
    facts
}

fn defaults(view: &View, rulebook: Option<&Rulebook>, line: &Line) -> Table {
    let columns = vec![
        Column::words(view.t("calculation-input")),
        Column::count(view.t("column-value")),
        Column::words(view.t("column-identifier")),
        Column::words(view.t("column-clause")),
        Column::words(view.t("column-checked")),
    ];
    let empty = view.t("defaults-none");
    let mut table = Table::new("defaults", view.t("defaults-caption"), columns, empty);
    for default in &line.basis.defaults {
        let mut value = Cell::quantity(&default.value);
        if default.example {
            value = value.marked(vec![view.example_mark()]);
        }
        table.rows.push(vec![
            Cell::text(view.words.of("default", &default.input)),
            value,
            Cell::code(default.id.clone()),
            match rulebook {
                Some(rulebook) => grounds::citation(view, rulebook, &default.citation),
                None => Cell::code(default.citation.document.as_str()),
            },
            grounds::checked(view, default.checked),
        ]);
    }
    table
}
