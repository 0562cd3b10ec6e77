//! The register of key and ordinary emitters, and published lists. Names, regions and classes;
//! a line of a published list is a name on a list, and no figure of any kind stands beside it.

use askama::Template;
use tanheng_app::read::case::{RegisterLine, RegisterView};
use tanheng_app::read::record::{ListEntry, PublishedList};
use tanheng_app::read::register::{Event, Member, Registers};
use tanheng_base::RegionCode;
use tanheng_rulebook::Rulebook;

use super::frame::{Fact, Frame, View};
use super::table::{Cell, Column, Table};
use super::{grounds, page};
use crate::address::Subject;

/// The register with its events, and the lists.
#[derive(Template)]
#[template(path = "register/registers.html")]
pub struct RegistersPage {
    frame: Frame,
    registers: Table,
    members: Table,
    events: Table,
    lists: Table,
}

page!(RegistersPage, |page| vec![
    &mut page.members,
    &mut page.events,
    &mut page.lists,
    &mut page.registers
]);

fn region(view: &View, law: Option<&Rulebook>, code: &RegionCode) -> String {
    law.map_or_else(|| code.to_string(), |law| grounds::region(view, law, code))
}

impl RegistersPage {
    /// The page.
    #[must_use]
    pub fn new(
        view: &View,
        law: Option<&Rulebook>,
        registers: &Registers,
        by_cases: &[RegisterLine],
    ) -> Self {
        Self {
            frame: view.frame(view.t("nav-registers"), Vec::new()),
            registers: by_procedure(view, law, by_cases),
            members: members(view, law, &registers.members),
            events: events(view, &registers.events),
            lists: lists(view, &registers.lists),
        }
    }
}

fn by_procedure(view: &View, law: Option<&Rulebook>, lines: &[RegisterLine]) -> Table {
    let columns = vec![
        Column::words(view.t("column-title")),
        Column::words(view.t("column-clause")),
        Column::count(view.t("register-members")),
    ];
    let empty = view.t("registers-none");
    let mut table = Table::new("registers", view.t("registers-caption"), columns, empty);
    for line in lines {
        let own = &line.register;
        let clause = match law {
            Some(law) => grounds::citation(view, law, &own.citation),
            None => Cell::code(own.citation.document.as_str()),
        };
        let hidden = || Cell::absent(view.t("register-members-hidden"));
        table.rows.push(vec![
            Cell::text(view.words.pick(&own.title)).to(view.to(Subject::Register(own.id.clone()))),
            clause,
            line.members.map_or_else(hidden, Cell::number),
        ]);
    }
    table
}

/// A register that cases keep.
#[derive(Template)]
#[template(path = "register/register.html")]
pub struct RegisterPage {
    frame: Frame,
    facts: Vec<Fact>,
    note: String,
    members: Table,
}

page!(RegisterPage, |page| vec![&mut page.members]);

impl RegisterPage {
    /// The page of a register.
    #[must_use]
    pub fn new(view: &View, law: &Rulebook, found: &RegisterView) -> Self {
        let own = &found.register;
        let mut columns = vec![
            Column::words(view.t("register-member")),
            Column::words(view.t("register-name")),
            Column::words(view.t("register-member-since")),
            Column::words(view.t("register-review")),
            Column::words(view.t("register-case")),
        ];
        let names = &found.columns;
        columns.extend(names.iter().map(Column::words));
        let empty = match &found.members {
            Some(_) => view.t("register-nobody"),
            None => view.t("register-not-shown"),
        };
        let mut table = Table::new("members", view.t("register-members"), columns, empty);
        for line in found.members.iter().flatten() {
            let stay = &line.stay;
            let mut review = match line.review {
                Some(day) => Cell::date(day),
                None => Cell::absent(view.t("register-no-review")),
            };
            if line.review.is_some_and(|day| day.to_string() < view.book.as_of) {
                review = review.mark("late", view.t("case-late"));
            }
            let mut row = vec![
                Cell::text(stay.member.clone()),
                line.name.clone().map_or_else(|| Cell::absent("–"), Cell::text),
                Cell::date(stay.since),
                review,
                Cell::code(stay.case_id.as_str()).to(view.to(Subject::Case(stay.case_id.clone()))),
            ];
            for name in names {
                let value = line.columns.iter().find(|(own, _)| own == name);
                row.push(
                    value.map_or_else(|| Cell::absent("–"), |(_, value)| Cell::text(value.clone())),
                );
            }
            table.rows.push(row);
        }
        let facts = vec![
            Fact::new(view.t("procedure-id"), Cell::code(own.id.as_str())),
            Fact::new(view.t("column-clause"), grounds::citation(view, law, &own.citation)),
            Fact::new(view.t("column-checked"), grounds::checked(view, own.checked)),
            Fact::new(view.t("procedure-requirements"), Cell::text(own.implements.join(" "))),
        ];
        let note = own.note.as_ref().map_or("", |note| view.words.pick(note)).to_owned();
        let trail = vec![(view.t("nav-registers"), Subject::Registers)];
        Self { frame: view.frame(view.words.pick(&own.title), trail), facts, note, members: table }
    }
}

fn members(view: &View, law: Option<&Rulebook>, members: &[Member]) -> Table {
    let columns = vec![
        Column::words(view.t("column-enterprise")),
        Column::words(view.t("column-uscc")),
        Column::words(view.t("column-region")),
        Column::words(view.t("column-class")),
        Column::words(view.t("register-since")),
        Column::count(view.t("column-entry")),
    ];
    let empty = view.t("register-empty");
    let mut table = Table::new("members", view.t("register-caption"), columns, empty);
    for one in members {
        table.rows.push(vec![
            enterprise(view, &one.enterprise),
            Cell::code(one.enterprise.id.as_str()),
            Cell::text(region(view, law, &one.enterprise.region)),
            Cell::text(view.words.of("class", &one.member.class)),
            Cell::text(one.member.since.to_string()),
            super::entry(view, one.member.entry),
        ]);
    }
    table
}

fn enterprise(view: &View, enterprise: &tanheng_app::read::record::Enterprise) -> Cell {
    let cell =
        Cell::text(enterprise.name.clone()).to(view.to(Subject::Enterprise(enterprise.id.clone())));
    if enterprise.example { cell.marked(vec![view.example_mark()]) } else { cell }
}

fn events(view: &View, events: &[Event]) -> Table {
    let columns = vec![
        Column::words(view.t("column-enterprise")),
        Column::words(view.t("register-event")),
        Column::words(view.t("register-from")),
        Column::words(view.t("register-to")),
        Column::words(view.t("column-data-year")),
        Column::count(view.t("column-entry")),
    ];
    let empty = view.t("register-no-events");
    let mut table = Table::new("events", view.t("register-events-caption"), columns, empty);
    for one in events {
        let class = |class: &Option<String>| match class {
            Some(class) => Cell::text(view.words.of("class", class)),
            None => Cell::absent(view.t("register-no-class")),
        };
        table.rows.push(vec![
            enterprise(view, &one.enterprise),
            Cell::text(view.words.of("event", &one.event.event)),
            class(&one.event.class_from),
            class(&one.event.class_to),
            Cell::text(one.event.year.to_string()),
            super::entry(view, one.event.entry),
        ]);
    }
    table
}

fn lists(view: &View, lists: &[(PublishedList, usize)]) -> Table {
    let columns = vec![
        Column::words(view.t("column-title")),
        Column::words(view.t("list-published")),
        Column::count(view.t("list-declared")),
        Column::count(view.t("list-printed")),
    ];
    let empty = view.t("lists-none");
    let mut table = Table::new("lists", view.t("lists-caption"), columns, empty);
    for (list, printed) in lists {
        table.rows.push(vec![
            Cell::text(title(view, list)).to(view.to(Subject::List(list.id.clone()))),
            Cell::date(list.published),
            Cell::number(list.declared_count),
            Cell::number(printed),
        ]);
    }
    table
}

fn title(view: &View, list: &PublishedList) -> String {
    match view.words.lang {
        tanheng_base::Lang::Zh => list.title_zh.clone(),
        tanheng_base::Lang::En => list.title_en.clone(),
    }
}

/// A published list as printed.
#[derive(Template)]
#[template(path = "register/list.html")]
pub struct ListPage {
    frame: Frame,
    facts: Vec<Fact>,
    note: String,
    lines: Table,
}

page!(ListPage, |page| vec![&mut page.lines]);

impl ListPage {
    /// The page of a list.
    #[must_use]
    pub fn new(
        view: &View,
        law: Option<&Rulebook>,
        list: &PublishedList,
        lines: &[ListEntry],
    ) -> Self {
        let columns = vec![
            Column::count(view.t("list-serial")),
            Column::words(view.t("column-region")),
            Column::words(view.t("list-name")),
        ];
        let mut table = Table::new("lines", view.t("list-caption"), columns, view.t("lists-none"));
        for line in lines {
            table.rows.push(vec![
                Cell::text(line.serial.to_string()),
                Cell::text(region(view, law, &line.region)),
                Cell::text(line.name.clone()),
            ]);
        }
        let document =
            tanheng_base::Citation { document: list.document.clone(), clause: list.clause.clone() };
        let cited = match law {
            Some(law) => grounds::citation(view, law, &document),
            None => Cell::code(list.document.as_str()),
        };
        let facts = vec![
            Fact::new(view.t("column-clause"), cited),
            Fact::new(view.t("list-published"), Cell::date(list.published)),
            Fact::new(view.t("list-declared"), Cell::number(list.declared_count)),
            Fact::new(view.t("list-printed"), Cell::number(lines.len())),
            Fact::new(view.t("list-entry"), super::entry(view, list.entry)),
        ];
        let note = match view.words.lang {
            tanheng_base::Lang::Zh => list.note_zh.clone(),
            tanheng_base::Lang::En => list.note_en.clone(),
        };
        let trail = vec![(view.t("nav-registers"), Subject::Registers)];
        Self { frame: view.frame(title(view, list), trail), facts, note, lines: table }
    }
}
