//! The province at a glance: counts, emissions by region and industry, obligations, what is due.

use std::collections::BTreeMap;

use askama::Template;
use tanheng_app::read::province::{Deadline, Due, Duty, Outcomes, Province, Sum};
use tanheng_base::RegionCode;
use tanheng_quantity::Decimal;
use tanheng_rulebook::Rulebook;

use super::chart::{Bars, TileMap, TileValue};
use super::frame::{Frame, View, query_text};
use super::number::grouped;
use super::table::{Cell, Column, Table};
use super::{grounds, page};
use crate::address::Subject;

/// Unit of yearly figures.
const UNIT: &str = "tCO2e";

/// A number with what it counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counted {
    number: String,
    label: String,
}

/// A year that can be chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    label: String,
    link: String,
    current: bool,
}

/// The province at a glance.
#[derive(Template)]
#[template(path = "province/overview.html")]
pub struct ProvincePage {
    frame: Frame,
    heading: String,
    lead: String,
    years: Vec<Choice>,
    counts: Vec<Counted>,
    map: TileMap,
    regions: Table,
    bars: Bars,
    industries: Table,
    by_law: Table,
    by_example: Option<Table>,
    due: Table,
}

page!(ProvincePage, |page| {
    let mut tables = vec![&mut page.regions, &mut page.industries, &mut page.by_law, &mut page.due];
    tables.extend(page.by_example.as_mut());
    tables
});

impl ProvincePage {
    /// The page.
    #[must_use]
    pub fn new(view: &View, law: Option<&Rulebook>, province: &Province) -> Self {
        let words = view.words;
        let (year, as_of) = (province.year.to_string(), province.as_of.to_string());
        let heading = words.f("province-heading", &[("place", words.pick(&view.book.place))]);
        Self {
            frame: view.frame(&heading, Vec::new()),
            lead: words.f("province-lead", &[("year", &year), ("date", &as_of)]),
            heading,
            years: years(view, province),
            counts: counts(view, province),
            map: map(view, law, province),
            regions: regions(view, law, province),
            bars: bars(view, province),
            industries: industries(view, province),
            by_law: outcomes(view, "by-law", &province.by_law, false),
            by_example: (!province.by_example.is_empty())
                .then(|| outcomes(view, "by-example", &province.by_example, true)),
            due: due(view, province),
        }
    }
}

fn years(view: &View, province: &Province) -> Vec<Choice> {
    let choice = |year: &tanheng_base::Year| {
        let query = [("year".to_owned(), year.to_string())];
        Choice {
            label: year.to_string(),
            link: format!("{}{}", view.to(Subject::Province), query_text(&query)),
            current: *year == province.year,
        }
    };
    province.years.iter().map(choice).collect()
}

fn counts(view: &View, province: &Province) -> Vec<Counted> {
    let counts = &province.counts;
    let number = |n: u64| grouped(&n.to_string());
    let of = |part: u64, whole: u64| format!("{} / {}", number(part), number(whole));
    let class = |name: &str| number(counts.classes.get(name).copied().unwrap_or_default());
    let item = |number: String, key: &str| Counted { number, label: view.t(key) };
    let mut list = vec![
        item(number(counts.enterprises), "count-enterprises"),
        item(class("key"), "count-key"),
        item(class("ordinary"), "count-ordinary"),
        item(class("other"), "count-other"),
        item(class(""), "count-undecided"),
        item(of(counts.ledgers, counts.ledgers_expected), "count-ledgers"),
        item(of(counts.reports, counts.enterprises), "count-reports"),
        item(of(counts.concluded, counts.verifications), "count-verifications"),
        item(of(counts.accepted, counts.enterprises), "count-accepted"),
        item(of(counts.findings_open, counts.findings), "count-findings"),
    ];
    // what nobody has is left out, except the classes, of which zero says something
    list.retain(|one| one.number != "0 / 0");
    list
}

fn region_name(view: &View, law: Option<&Rulebook>, code: &RegionCode) -> String {
    law.map_or_else(|| code.to_string(), |law| grounds::region(view, law, code))
}

fn enterprises_of(view: &View, name: &str, value: &str) -> String {
    let query = [(name.to_owned(), value.to_owned())];
    format!("{}{}", view.to(Subject::Enterprises), query_text(&query))
}

fn map(view: &View, law: Option<&Rulebook>, province: &Province) -> TileMap {
    let mut tiles = Vec::new();
    for (code, sum) in &province.regions {
        let region = law.and_then(|law| law.region(code.as_str()));
        let Some((region, position)) = region.and_then(|one| Some((one, one.tile?))) else {
            continue;
        };
        let full_name = view.words.pick(&region.name).to_owned();
        tiles.push(TileValue {
            name: short(&full_name),
            full_name,
            position,
            value: sum.total,
            link: enterprises_of(view, "region", code.as_str()),
        });
    }
    TileMap::new(view.t("map-label"), tiles, &view.t("map-no-figure"), UNIT)
}

/// A name that fits into a tile: without the word for the kind of place.
fn short(name: &str) -> String {
    let name = name.trim_end_matches(['市', '省']);
    let name = name.strip_suffix("新区").unwrap_or(name);
    name.strip_suffix(" New Area").unwrap_or(name).to_owned()
}

fn sum_columns(view: &View, first: &str) -> Vec<Column> {
    vec![
        Column::words(view.t(first)),
        Column::count(view.t("column-enterprises")),
        Column::count(view.t("column-with-figure")),
        Column::in_unit(view.t("column-direct"), UNIT),
        Column::in_unit(view.t("column-total"), UNIT),
    ]
}

fn sum_cells(view: &View, sum: &Sum) -> Vec<Cell> {
    let tonnes = |value: Option<Decimal>| match value {
        Some(value) => Cell::number(value),
        None => Cell::absent(view.t("no-figure")),
    };
    vec![
        Cell::number(sum.enterprises),
        Cell::number(sum.with_figure),
        tonnes(sum.direct),
        tonnes(sum.total).marked(view.figure_marks(sum.trial, sum.example)),
    ]
}

fn regions(view: &View, law: Option<&Rulebook>, province: &Province) -> Table {
    let columns = sum_columns(view, "column-region");
    let caption = view.words.f("regions-caption", &[("year", &province.year.to_string())]);
    let mut table = Table::new("regions", caption, columns, view.t("enterprises-none"));
    for (code, sum) in &province.regions {
        let name = Cell::text(region_name(view, law, code)).to(enterprises_of(
            view,
            "region",
            code.as_str(),
        ));
        table.rows.push(std::iter::once(name).chain(sum_cells(view, sum)).collect());
    }
    table.total = total(view, province.regions.iter().map(|(_, sum)| sum));
    table
}

fn industries(view: &View, province: &Province) -> Table {
    let columns = sum_columns(view, "column-industry");
    let caption = view.words.f("industries-caption", &[("year", &province.year.to_string())]);
    let mut table = Table::new("industries", caption, columns, view.t("enterprises-none"));
    for (code, name, sum) in &province.industries {
        let name =
            Cell::text(view.words.pick(name)).to(enterprises_of(view, "industry", code.as_str()));
        table.rows.push(std::iter::once(name).chain(sum_cells(view, sum)).collect());
    }
    table.total = total(view, province.industries.iter().map(|(_, _, sum)| sum));
    table
}

/// The sum of the rows; none when it cannot be held, which a table then leaves out.
fn total<'a>(view: &View, sums: impl Iterator<Item = &'a Sum>) -> Option<Vec<Cell>> {
    let mut all = Sum::default();
    let add = |one: Option<Decimal>, other: Option<Decimal>| match (one, other) {
        (Some(one), Some(other)) => one.checked_add(other).ok().map(Some),
        (one, other) => Some(one.or(other)),
    };
    for sum in sums {
        all.enterprises += sum.enterprises;
        all.with_figure += sum.with_figure;
        all.direct = add(all.direct, sum.direct)?;
        all.total = add(all.total, sum.total)?;
        all.trial |= sum.trial;
        all.example |= sum.example;
    }
    let name = Cell::text(view.t("total"));
    Some(std::iter::once(name).chain(sum_cells(view, &all)).collect())
}

fn bars(view: &View, province: &Province) -> Bars {
    let values = province.industries.iter();
    let values = values.map(|(_, name, sum)| (view.words.pick(name).to_owned(), sum.total));
    Bars::new(view.t("bars-label"), values.collect(), &view.t("no-figure"))
}

fn outcomes(
    view: &View,
    id: &'static str,
    outcomes: &BTreeMap<String, Outcomes>,
    trial: bool,
) -> Table {
    let columns = vec![
        Column::words(view.t("column-outcome")),
        Column::count(view.t("column-enterprises")),
        Column::in_unit(view.t("column-tonnes"), UNIT),
    ];
    let mut table =
        Table::new(id, view.words.of("obligations", id), columns, view.t("obligations-none"));
    for (name, sum) in outcomes {
        let tonnes = match sum.tonnes {
            Some(tonnes) => Cell::number(tonnes.normalized()),
            None => Cell::absent(view.t("no-tonnes")),
        };
        let mut outcome = Cell::text(view.words.of("outcome", name));
        if trial {
            outcome = outcome.marked(view.figure_marks(true, true));
        }
        table.rows.push(vec![outcome, Cell::number(sum.count), tonnes]);
    }
    table
}

fn due(view: &View, province: &Province) -> Table {
    let columns = vec![
        Column::words(view.t("due-what")),
        Column::words(view.t("due-period")),
        Column::count(view.t("due-outstanding")),
        Column::words(view.t("due-deadline")),
        Column::words(view.t("due-lateness")),
    ];
    let as_of = province.as_of.to_string();
    let caption = view.words.f("due-caption", &[("date", &as_of)]);
    let mut table = Table::new("due", caption, columns, view.t("due-nothing"));
    table.rows = province.due.iter().map(|one| due_row(view, one)).collect();
    table
}

fn due_row(view: &View, due: &Due) -> Vec<Cell> {
    let duty = match due.duty {
        Duty::Ledger => "duty-ledger",
        Duty::Report => "duty-report",
        Duty::Verification => "duty-verification",
        Duty::Finding => "duty-finding",
        Duty::Obligation => "duty-obligation",
    };
    let mut what = Cell::text(view.t(duty));
    if due.listed {
        what = what.mark("plain", view.t("mark-listed"));
    }
    let rule =
        |parameter: &tanheng_base::ParameterId| view.to(Subject::Parameter(parameter.clone()));
    let (deadline, late) = match &due.deadline {
        Deadline::Day { day, late, parameter } => {
            let late = match late {
                0 => Cell::text(view.t("due-in-time")),
                days => Cell::default().mark("late", view.words.n("due-late", *days)),
            };
            (Cell::date(day).to(rule(parameter)), late)
        }
        Deadline::Open { parameter } => (
            Cell::text(view.t("due-open")).to(rule(parameter)).mark("open", view.t("state-open")),
            Cell::absent(view.t("due-cannot-be-late")),
        ),
        Deadline::None => (Cell::absent(view.t("due-no-rule")), Cell::default()),
    };
    vec![what, Cell::date(&due.period), Cell::number(due.outstanding), deadline, late]
}
