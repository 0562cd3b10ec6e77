//! A year of an enterprise: four figures side by side, class with reasons, obligation with its
//! calculation by the law and the trial beside it, verification, versions and consequences.

use tanheng_app::Failure;
use tanheng_app::read::enterprise::{self as read, EnterpriseView, Version, YearView};
use tanheng_app::read::record::{
    ClassDecision, FindingState, Obligation, VerificationState, YearFigure, YearFigureKind,
};
use tanheng_app::read::{ClassOutcome, Classification};
use tanheng_base::{Instant, Text};
use tanheng_rulebook::Calculation as Kept;

use crate::address::Subject;
use crate::page::calculation::{Calculation, Shelf};
use crate::page::figure::kind_key;
use crate::page::frame::{Fact, View};
use crate::page::table::{Cell, Column, Mark, Table};

/// One of the four figures.
pub struct FigureCard {
    pub(super) name: String,
    pub(super) total: Cell,
    pub(super) direct: Cell,
    pub(super) in_force: bool,
    pub(super) reason: String,
    pub(super) entry: Cell,
}

/// A duty with its reasons and calculations.
pub struct Duty {
    pub(super) heading: String,
    pub(super) outcome: Cell,
    pub(super) reasons: Vec<String>,
    pub(super) calculations: Vec<Calculation>,
    pub(super) marks: Vec<Mark>,
}

/// A year of an enterprise as the page shows it.
pub struct YearSection {
    pub(super) heading: String,
    pub(super) link: String,
    pub(super) anchor: String,
    pub(super) figures: Vec<FigureCard>,
    pub(super) class: Option<Cell>,
    pub(super) class_reasons: Vec<String>,
    pub(super) readings: Table,
    pub(super) class_calculations: Vec<Calculation>,
    pub(super) duties: Vec<Duty>,
    pub(super) verification: Vec<Fact>,
    pub(super) findings: Table,
    pub(super) versions: Table,
    pub(super) consequences: Table,
}

impl YearSection {
    pub(super) fn new(
        view: &View,
        shelf: Shelf<'_>,
        enterprise: &EnterpriseView,
        year: &YearView,
    ) -> Result<Self, Failure> {
        let standing = year.standing_version();
        let id = &enterprise.enterprise.id;
        let own = year.year.to_string();
        let class = standing.and_then(|version| version.class.as_ref());
        let detail = class.map(read::classification).transpose()?;
        let detail = detail.as_ref();
        Ok(Self {
            heading: view.words.f("year-heading", &[("year", &own)]),
            link: view.to(Subject::Year(id.clone(), year.year)),
            anchor: format!("y{own}"),
            figures: cards(view, standing),
            class: class.map(|decision| class_cell(view, decision)),
            class_reasons: detail.map_or_else(Vec::new, |detail| texts(view, &detail.reasons)),
            readings: readings(view, detail, &own),
            class_calculations: detail
                .map_or_else(Vec::new, |detail| class_calculations(view, shelf, detail, &own)),
            duties: match standing {
                Some(version) => duties(view, shelf, version, &own)?,
                None => Vec::new(),
            },
            verification: verification(view, year),
            findings: findings(view, year, &own),
            versions: versions(view, year, &own),
            consequences: consequences(view, year, &own),
        })
    }

    pub(super) fn tables(&mut self) -> Vec<&mut Table> {
        let mut tables = vec![
            &mut self.readings,
            &mut self.findings,
            &mut self.versions,
            &mut self.consequences,
        ];
        let duties = self.duties.iter_mut().flat_map(|duty| &mut duty.calculations);
        for calculation in self.class_calculations.iter_mut().chain(duties) {
            tables.extend([&mut calculation.inputs, &mut calculation.bases]);
        }
        tables
    }
}

fn texts(view: &View, texts: &[Text]) -> Vec<String> {
    texts.iter().map(|text| view.words.pick(text).to_owned()).collect()
}

/// The four figures, each with a card, also where there is none.
fn cards(view: &View, version: Option<&Version>) -> Vec<FigureCard> {
    let kinds = [
        YearFigureKind::Reported,
        YearFigureKind::Recalculated,
        YearFigureKind::Verified,
        YearFigureKind::Determined,
    ];
    let in_force = version.and_then(Version::in_force).map(|figure| figure.kind);
    let card = |kind: YearFigureKind| {
        let figure = version.and_then(|one| one.figures.iter().find(|own| own.kind == kind));
        FigureCard {
            name: view.t(kind_key(kind)),
            total: figure.map_or_else(
                || Cell::absent(view.t("no-figure")),
                |figure: &YearFigure| {
                    Cell::number(figure.total_e2)
                        .marked(view.figure_marks(figure.trial, figure.example))
                },
            ),
            direct: figure.map_or_else(Cell::default, |figure| Cell::number(figure.direct_e2)),
            in_force: in_force == Some(kind),
            reason: figure
                .map_or_else(String::new, |figure| crate::page::figure::reason(view, figure)),
            entry: figure
                .map_or_else(Cell::default, |figure| crate::page::entry(view, figure.entry)),
        }
    };
    kinds.into_iter().map(card).collect()
}

/// The class in one cell.
pub(super) fn class_cell(view: &View, decision: &ClassDecision) -> Cell {
    let class = decision.class.as_deref();
    match (decision.outcome.as_str(), class) {
        ("decided", Some(class)) => Cell::text(view.words.of("class", class)),
        ("trial", Some(class)) => {
            Cell::text(view.words.of("class", class)).marked(vec![view.trial_mark()])
        }
        (outcome, _) => Cell::default().mark("open", view.words.of("class-outcome", outcome)),
    }
}

/// The obligation in one cell: tonnes, or why there are none.
pub(super) fn obligation_cell(view: &View, obligation: &Obligation) -> Cell {
    let outcome = view.words.of("outcome", &obligation.outcome);
    let mut cell = match obligation.tonnes_e8 {
        Some(tonnes) => {
            let cell = Cell::number(tonnes.0.normalized());
            Cell { text: format!("{} tCO2e", cell.text), ..cell }
        }
        None => Cell::default(),
    };
    let kind = match obligation.outcome.as_str() {
        "due" => "late",
        "in_doubt" => "doubt",
        "trial" => "trial",
        "not_due" => "good",
        _ => "open",
    };
    cell = cell.mark(kind, outcome);
    if obligation.example { cell.marked(vec![view.example_mark()]) } else { cell }
}

fn readings(view: &View, detail: Option<&Classification>, year: &str) -> Table {
    let columns = vec![
        Column::words(view.t("reading-boundary")),
        Column::words(view.t("reading-figure")),
        Column::in_unit(view.t("column-emission"), "tCO2e"),
        Column::words(view.t("column-class")),
    ];
    let empty = view.t("readings-none");
    let id = format!("readings-{year}");
    let mut table = Table::new(id, view.t("readings-caption"), columns, empty);
    for reading in detail.into_iter().flat_map(|detail| &detail.readings) {
        table.rows.push(vec![
            Cell::text(view.words.of("boundary", &reading.boundary)),
            Cell::text(view.t(&format!("figure-{}", reading.figure))),
            match reading.emission {
                Some(emission) => Cell::number(emission),
                None => Cell::absent(view.t("no-figure")),
            },
            match &reading.class {
                Some(class) => Cell::text(view.words.of("class", &class.0)),
                None => Cell::absent(view.t("no-value")),
            },
        ]);
    }
    table
}

fn calculations<'a>(
    view: &View,
    shelf: Shelf<'_>,
    kept: impl Iterator<Item = &'a Kept>,
    name: &str,
) -> Vec<Calculation> {
    let named = kept.enumerate();
    named
        .filter_map(|(at, kept)| Calculation::again(view, shelf, kept, &format!("{name}-{at}")))
        .collect()
}

/// Readings that decide alike are calculated alike: each calculation is shown once.
fn class_calculations(
    view: &View,
    shelf: Shelf<'_>,
    detail: &Classification,
    year: &str,
) -> Vec<Calculation> {
    if matches!(detail.outcome, ClassOutcome::NoFigure | ClassOutcome::NoRule) {
        return Vec::new();
    }
    let mut seen: Vec<&Kept> = Vec::new();
    for calculation in detail.readings.iter().filter_map(|reading| reading.calculation.as_ref()) {
        if !seen.contains(&calculation) {
            seen.push(calculation);
        }
    }
    calculations(view, shelf, seen.into_iter(), &format!("class-{year}"))
}

fn duties(
    view: &View,
    shelf: Shelf<'_>,
    version: &Version,
    year: &str,
) -> Result<Vec<Duty>, Failure> {
    let sides = [
        ("duty-by-law", "law", &version.by_law, false),
        ("duty-by-example", "example", &version.by_example, true),
    ];
    let mut duties = Vec::new();
    for (heading, name, row, example) in sides {
        let Some(row) = row else { continue };
        let owed = read::owed(row)?;
        let name = format!("{name}-{year}");
        duties.push(Duty {
            heading: view.t(heading),
            outcome: obligation_cell(view, row),
            reasons: texts(view, &owed.reasons),
            calculations: calculations(view, shelf, owed.calculations.iter(), &name),
            marks: if example { view.figure_marks(true, true) } else { Vec::new() },
        });
    }
    Ok(duties)
}

fn verification(view: &View, year: &YearView) -> Vec<Fact> {
    let Some(found) = &year.verification else { return Vec::new() };
    let state = match found.state {
        VerificationState::Assigned => Cell::text(view.t("verification-assigned")),
        VerificationState::Concluded => {
            Cell::default().mark("good", view.t("verification-concluded"))
        }
    };
    let mut facts = vec![
        Fact::new(view.t("verification-agency"), Cell::code(found.agency.as_str())),
        Fact::new(view.t("column-state"), state),
        Fact::new(view.t("column-entry"), crate::page::entry(view, found.entry)),
    ];
    if let Some(conclusion) = &found.conclusion {
        let cell = Cell::text(conclusion.clone());
        facts.push(Fact::new(view.t("verification-conclusion"), cell));
    }
    facts
}

fn findings(view: &View, year: &YearView, own: &str) -> Table {
    let columns = vec![
        Column::words(view.t("finding-number")),
        Column::words(view.t("column-month")),
        Column::words(view.t("finding-content")),
        Column::words(view.t("column-state")),
        Column::words(view.t("finding-answer")),
        Column::words(view.t("finding-correction")),
        Column::count(view.t("column-entry")),
    ];
    let id = format!("findings-{own}");
    let empty = view.t("findings-none");
    let mut table = Table::new(id, view.t("findings-caption"), columns, empty);
    for finding in &year.findings {
        let number = finding.id.rsplit('/').next().unwrap_or(&finding.id);
        let state = match finding.state {
            FindingState::Open => Cell::default().mark("late", view.t("finding-open")),
            FindingState::Answered => Cell::default().mark("good", view.t("finding-answered")),
        };
        let correction = finding.filing.as_deref().map_or_else(Cell::default, |filing| {
            let version = filing.rsplit('/').next().and_then(|text| text.parse().ok());
            let cell = Cell::text(view.t("finding-corrected"));
            match version.zip(finding.month) {
                Some((version, month)) => {
                    cell.to(view.to(Subject::Ledger(finding.enterprise.clone(), month, version)))
                }
                None => cell,
            }
        });
        table.rows.push(vec![
            Cell { exact: Some(finding.id.clone()), ..Cell::text(number) },
            finding.month.map_or_else(Cell::default, Cell::date),
            Cell::prose(finding.content.clone()),
            state,
            Cell::prose(finding.answer.clone().unwrap_or_default()),
            correction,
            crate::page::entry(view, finding.entry),
        ]);
    }
    table
}

fn versions(view: &View, year: &YearView, own: &str) -> Table {
    let columns = vec![
        Column::words(view.t("column-version")),
        Column::words(view.t("column-state")),
        Column::in_unit(view.t("column-in-force"), "tCO2e"),
        Column::words(view.t("column-class")),
        Column::words(view.t("column-obligation")),
        Column::words(view.t("filing-time")),
        Column::count(view.t("column-entry")),
    ];
    let id = format!("versions-{own}");
    let mut table =
        Table::new(id, view.t("report-versions"), columns, view.t("report-versions-none"));
    for version in &year.versions {
        let filing = &version.filing;
        table.rows.push(vec![
            Cell::text(format!("v{}", filing.version)),
            Cell::text(view.words.of("filing", filing.state.name())),
            match version.in_force() {
                Some(figure) => Cell::number(figure.total_e2)
                    .marked(view.figure_marks(figure.trial, figure.example)),
                None => Cell::absent(view.t("no-figure")),
            },
            match &version.class {
                Some(decision) => class_cell(view, decision),
                None => Cell::absent(view.t("class-not-yet")),
            },
            match &version.by_law {
                Some(obligation) => obligation_cell(view, obligation),
                None => Cell::absent(view.t("obligation-not-yet")),
            },
            Cell::date(crate::page::moment(Instant(filing.submitted_ms))),
            crate::page::entry(view, filing.entry),
        ]);
    }
    table
}

fn consequences(view: &View, year: &YearView, own: &str) -> Table {
    let columns = vec![
        Column::words(view.t("column-version")),
        Column::words(view.t("consequence-event")),
        Column::in_unit(view.t("consequence-emission"), "tCO2e"),
        Column::in_unit(view.t("consequence-obligation"), "tCO2e"),
        Column::words(view.t("register-from")),
        Column::words(view.t("register-to")),
        Column::count(view.t("column-entry")),
    ];
    let id = format!("consequences-{own}");
    let empty = view.t("consequences-none");
    let mut table = Table::new(id, view.t("consequences-caption"), columns, empty);
    for one in &year.consequences {
        let class = |class: &Option<String>| match class {
            Some(class) => Cell::text(view.words.of("class", class)),
            None => Cell::absent(view.t("class-none")),
        };
        table.rows.push(vec![
            Cell::text(format!("v{}", one.version)),
            Cell::text(view.words.of("filing", &one.event)),
            Cell::number(one.emission_delta_e2),
            match one.obligation_delta_e8 {
                Some(delta) => Cell::number(delta.0.normalized()),
                None => Cell::absent(view.t("no-tonnes")),
            },
            class(&one.class_from),
            class(&one.class_to),
            crate::page::entry(view, one.entry),
        ]);
    }
    table
}
