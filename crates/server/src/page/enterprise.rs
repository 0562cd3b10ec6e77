//! Enterprises: the list with its filters, and one with everything that is known of it.

mod year;

use askama::Template;
use tanheng_app::Failure;
use tanheng_app::read::enterprise::{EnterpriseView, Item, List};
use tanheng_app::read::province::industries;
use tanheng_app::read::record::Enterprise;
use tanheng_base::{IndustryCode, Instant, Month, Year};
use tanheng_rulebook::Rulebook;

use super::calculation::Shelf;
use super::frame::{Crumb, Fact, Frame, View, query_text};
use super::table::{Cell, Column, Mark, Table};
use super::{figure, grounds, page};
use crate::address::Subject;
use year::YearSection;

/// Enterprises on one page of the list.
pub const PAGE: usize = 50;

/// A choice of a filter.
pub struct Choice {
    value: String,
    label: String,
    chosen: bool,
}

/// The list of enterprises.
#[derive(Template)]
#[template(path = "enterprise/list.html")]
pub struct ListPage {
    frame: Frame,
    action: String,
    regions: Vec<Choice>,
    industries: Vec<Choice>,
    text: String,
    list: Table,
    next: Option<Crumb>,
    first: Option<Crumb>,
}

page!(ListPage, |page| vec![&mut page.list]);

impl ListPage {
    /// The page of a part of the list.
    #[must_use]
    pub fn new(view: &View, law: Option<&Rulebook>, list: &List) -> Self {
        let asked = |name: &str| view.asked(name).unwrap_or_default().to_owned();
        let (region, industry) = (asked("region"), asked("industry"));
        let turn = |key: &str, after: Option<String>| {
            let kept = view.query.iter().filter(|(name, _)| name != "after").cloned();
            let mut query: Vec<(String, String)> = kept.collect();
            query.extend(after.map(|after| ("after".to_owned(), after)));
            let link = format!("{}{}", view.to(Subject::Enterprises), query_text(&query));
            Crumb { label: view.t(key), link }
        };
        let placed = law.into_iter().flat_map(Rulebook::regions);
        let placed = placed.filter(|region| region.tile.is_some());
        Self {
            frame: view.frame(view.t("nav-enterprises"), Vec::new()),
            action: view.to(Subject::Enterprises),
            regions: placed
                .map(|one| Choice {
                    value: one.code.to_string(),
                    label: view.words.pick(&one.name).to_owned(),
                    chosen: one.code.as_str() == region,
                })
                .collect(),
            industries: law
                .map(industries)
                .unwrap_or_default()
                .into_iter()
                .map(|(code, name)| Choice {
                    chosen: code.as_str() == industry,
                    label: view.words.pick(&name).to_owned(),
                    value: code.to_string(),
                })
                .collect(),
            text: asked("text"),
            list: table(view, law, list),
            next: list.next.as_ref().map(|next| turn("page-next", Some(next.to_string()))),
            first: view.asked("after").map(|_| turn("page-first", None)),
        }
    }
}

fn table(view: &View, law: Option<&Rulebook>, list: &List) -> Table {
    let columns = vec![
        Column::words(view.t("column-enterprise")),
        Column::words(view.t("column-uscc")),
        Column::words(view.t("column-region")),
        Column::words(view.t("column-industry")),
        Column::count(view.t("column-months")),
        Column::words(view.t("column-data-year")),
        Column::in_unit(view.t("column-in-force"), "tCO2e"),
        Column::words(view.t("column-figure")),
        Column::words(view.t("column-class")),
        Column::words(view.t("column-obligation")),
    ];
    let empty = view.t("enterprises-none");
    let mut table = Table::new("enterprises", view.t("enterprises-caption"), columns, empty);
    table.rows = list.items.iter().map(|item| row(view, law, item)).collect();
    table
}

fn row(view: &View, law: Option<&Rulebook>, item: &Item) -> Vec<Cell> {
    let enterprise = &item.enterprise;
    let mut cells = vec![
        name(view, enterprise),
        Cell::code(enterprise.id.as_str()),
        Cell::text(law.map_or_else(
            || enterprise.region.to_string(),
            |law| grounds::region(view, law, &enterprise.region),
        )),
        Cell::text(industry(view, law, &enterprise.industry)),
        Cell::number(item.months),
    ];
    let Some((year, version)) = &item.newest else {
        cells.extend([Cell::absent(view.t("no-report"))]);
        cells.extend((0..4).map(|_| Cell::default()));
        return cells;
    };
    let link = view.to(Subject::Year(enterprise.id.clone(), *year));
    cells.push(Cell::text(year.to_string()).to(link));
    match version.in_force() {
        Some(figure) => cells.extend([
            Cell::number(figure.total_e2).marked(view.figure_marks(figure.trial, figure.example)),
            Cell::text(view.t(figure::kind_key(figure.kind))),
        ]),
        None => cells.extend([Cell::absent(view.t("no-figure")), Cell::default()]),
    }
    cells.push(match &version.class {
        Some(decision) => year::class_cell(view, decision),
        None => Cell::absent(view.t("class-not-yet")),
    });
    cells.push(match &version.by_law {
        Some(obligation) => year::obligation_cell(view, obligation),
        None => Cell::absent(view.t("obligation-not-yet")),
    });
    cells
}

fn name(view: &View, enterprise: &Enterprise) -> Cell {
    let cell =
        Cell::text(enterprise.name.clone()).to(view.to(Subject::Enterprise(enterprise.id.clone())));
    if enterprise.example { cell.marked(vec![view.example_mark()]) } else { cell }
}

fn industry(view: &View, law: Option<&Rulebook>, code: &IndustryCode) -> String {
    let name = law.and_then(|law| tanheng_app::read::province::industry_name(law, code));
    name.map_or_else(|| code.to_string(), |name| view.words.pick(&name).to_owned())
}

/// A month of the strip.
pub struct StripMonth {
    number: String,
    title: String,
    state: &'static str,
    link: Option<String>,
}

/// A year of the strip.
pub struct Strip {
    year: String,
    months: Vec<StripMonth>,
}

/// One enterprise.
#[derive(Template)]
#[template(path = "enterprise/one.html")]
pub struct OnePage {
    frame: Frame,
    marks: Vec<Mark>,
    facts: Vec<Fact>,
    strips: Vec<Strip>,
    months: Table,
    years: Vec<YearSection>,
    plans: Table,
    filings: Table,
    events: Table,
}

page!(OnePage, |page| {
    let mut tables = vec![&mut page.months];
    for year in &mut page.years {
        tables.extend(year.tables());
    }
    tables.extend([&mut page.plans, &mut page.filings, &mut page.events]);
    tables
});

impl OnePage {
    /// The page of an enterprise. `shelf` finds the rulebooks that its calculations were made with.
    ///
    /// # Errors
    /// When a stored decision cannot be read.
    pub fn new(
        view: &View,
        law: Option<&Rulebook>,
        shelf: Shelf<'_>,
        enterprise: &EnterpriseView,
    ) -> Result<Self, Failure> {
        let known = &enterprise.enterprise;
        let mut years: Vec<Year> =
            enterprise.months.iter().map(|month| month.figure.month.year()).collect();
        years.extend(enterprise.years.iter().map(|year| year.year));
        years.sort();
        years.dedup();
        let trail = vec![(view.t("nav-enterprises"), Subject::Enterprises)];
        let section = |year| YearSection::new(view, shelf, enterprise, year);
        Ok(Self {
            frame: view.frame(known.name.clone(), trail),
            marks: if known.example { vec![view.example_mark()] } else { Vec::new() },
            facts: facts(view, law, enterprise),
            strips: years.iter().map(|year| strip(view, enterprise, *year)).collect(),
            months: figure::months_table(view, &known.id, &years, &enterprise.months),
            years: enterprise.years.iter().map(section).collect::<Result<_, _>>()?,
            plans: plans(view, enterprise),
            filings: filings(view, enterprise),
            events: events(view, enterprise),
        })
    }
}

fn facts(view: &View, law: Option<&Rulebook>, enterprise: &EnterpriseView) -> Vec<Fact> {
    let known = &enterprise.enterprise;
    let facilities: Vec<&str> =
        enterprise.facilities.iter().map(|facility| facility.name.as_str()).collect();
    let region = law
        .map_or_else(|| known.region.to_string(), |law| grounds::region(view, law, &known.region));
    let mut uscc = Cell::code(known.id.as_str());
    if known.example {
        uscc = uscc.mark("example", view.t("uscc-example"));
    }
    let register = match &enterprise.member {
        Some(member) => Cell::text(view.words.of("class", &member.class))
            .to(view.to(Subject::Registers))
            .note(view.words.f("register-by-year", &[("year", &member.since.to_string())])),
        None => Cell::absent(view.t("register-not-on")),
    };
    let mut facts = vec![
        Fact::new(view.t("column-uscc"), uscc),
        Fact::new(view.t("column-region"), Cell::text(region)),
        Fact::new(view.t("column-industry"), Cell::text(industry(view, law, &known.industry))),
        Fact::new(
            view.t("enterprise-facilities"),
            Cell::text(facilities.join(&view.t("list-separator"))),
        ),
        Fact::new(view.t("enterprise-register"), register),
        Fact::new(view.t("enterprise-entry"), super::entry(view, known.entry)),
    ];
    if let Some(list) = &known.listed {
        facts.push(Fact::new(view.t("enterprise-listed"), Cell::code(list.as_str())));
    }
    facts
}

fn strip(view: &View, enterprise: &EnterpriseView, year: Year) -> Strip {
    let months = year.months().map(|month| strip_month(view, enterprise, month));
    Strip { year: year.to_string(), months: months.collect() }
}

fn strip_month(view: &View, enterprise: &EnterpriseView, month: Month) -> StripMonth {
    let found = enterprise.months.iter().find(|one| one.figure.month == month);
    let (state, key) = match found {
        Some(one) if one.figure.sealed => ("is-sealed", "month-sealed"),
        Some(_) => ("is-filed", "month-filed"),
        None => ("is-missing", "month-missing"),
    };
    let subject = Subject::Month(enterprise.enterprise.id.clone(), month);
    StripMonth {
        number: month.number().to_string(),
        title: view.words.f(key, &[("month", &month.to_string())]),
        state,
        link: found.map(|_| view.to(subject)),
    }
}

fn plans(view: &View, enterprise: &EnterpriseView) -> Table {
    let columns = vec![
        Column::words(view.t("column-version")),
        Column::words(view.t("plan-starts")),
        Column::words(view.t("plan-content")),
        Column::count(view.t("column-entry")),
    ];
    let mut table = Table::new("plans", view.t("plans-caption"), columns, view.t("plans-none"));
    for plan in &enterprise.plans {
        table.rows.push(vec![
            Cell::text(format!("v{}", plan.version)),
            Cell::date(plan.starts),
            Cell::prose(plan.content.clone()),
            super::entry(view, plan.entry),
        ]);
    }
    table
}

fn filings(view: &View, enterprise: &EnterpriseView) -> Table {
    let columns = vec![
        Column::words(view.t("filing-form")),
        Column::words(view.t("due-period")),
        Column::words(view.t("column-version")),
        Column::words(view.t("column-state")),
        Column::words(view.t("filing-time")),
        Column::words(view.t("log-actor")),
        Column::count(view.t("column-entry")),
    ];
    let empty = view.t("filings-none");
    let mut table = Table::new("filings", view.t("filings-caption"), columns, empty);
    for filing in &enterprise.filings {
        let version = Cell::text(format!("v{}", filing.version));
        let version = match filing.period.parse::<Month>() {
            Ok(month) => version.to(view.to(Subject::Ledger(
                enterprise.enterprise.id.clone(),
                month,
                filing.version,
            ))),
            Err(_) => version,
        };
        table.rows.push(vec![
            Cell::code(filing.form.as_str()),
            Cell::date(&filing.period),
            version,
            Cell::text(view.words.of("filing", filing.state.name())),
            Cell::date(super::moment(Instant(filing.submitted_ms))),
            Cell::code(filing.actor.as_str()),
            super::entry(view, filing.entry),
        ]);
    }
    table
}

fn events(view: &View, enterprise: &EnterpriseView) -> Table {
    let columns = vec![
        Column::words(view.t("column-data-year")),
        Column::words(view.t("register-event")),
        Column::words(view.t("register-from")),
        Column::words(view.t("register-to")),
        Column::count(view.t("column-entry")),
    ];
    let empty = view.t("register-no-events");
    let mut table = Table::new("events", view.t("register-events-caption"), columns, empty);
    for event in &enterprise.events {
        let class = |class: &Option<String>| match class {
            Some(class) => Cell::text(view.words.of("class", class)),
            None => Cell::absent(view.t("register-no-class")),
        };
        table.rows.push(vec![
            Cell::text(event.year.to_string()),
            Cell::text(view.words.of("event", &event.event)),
            class(&event.class_from),
            class(&event.class_to),
            super::entry(view, event.entry),
        ]);
    }
    table
}
