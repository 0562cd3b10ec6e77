//! Cases: the list that the viewer may see, and one with its acts and time limit.

use askama::Template;
use tanheng_app::read::case::{ActLine, CaseLine, CaseView};
use tanheng_app::read::record::NoticeRow;
use tanheng_base::Role;
use tanheng_rulebook::Rulebook;

use super::frame::{Fact, Frame, View};
use super::table::{Cell, Column, Table};
use super::{grounds, page};
use crate::address::Subject;

/// Cases of one page of the list.
pub const PAGE: i64 = 200;

/// The cases that the viewer may see.
#[derive(Template)]
#[template(path = "case/cases.html")]
pub struct CasesPage {
    frame: Frame,
    procedures: String,
    cases: Table,
}

page!(CasesPage, |page| vec![&mut page.cases]);

impl CasesPage {
    /// The page.
    #[must_use]
    pub fn new(view: &View, cases: &[CaseLine]) -> Self {
        let columns = vec![
            Column::words(view.t("case-id")),
            Column::words(view.t("case-procedure")),
            Column::words(view.t("case-about")),
            Column::words(view.t("case-state")),
            Column::words(view.t("case-turn")),
            Column::words(view.t("case-due")),
            Column::words(view.t("case-opened")),
        ];
        let mut table = Table::new("cases", view.t("case-caption"), columns, view.t("case-none"));
        for line in cases {
            table.rows.push(vec![
                Cell::code(line.file.id.as_str()).to(view.to(Subject::Case(line.file.id.clone()))),
                Cell::text(view.words.pick(&line.title))
                    .to(view.to(Subject::Procedure(line.file.procedure.clone()))),
                about(view, line),
                state(view, line),
                turn(view, line.file.turn.as_deref()),
                due(view, line),
                Cell::date(line.file.opened),
            ]);
        }
        let procedures = view.to(Subject::Procedures);
        Self { frame: view.frame(view.t("nav-cases"), Vec::new()), procedures, cases: table }
    }
}

fn about(view: &View, line: &CaseLine) -> Cell {
    match (&line.file.enterprise, &line.file.region) {
        (Some(id), _) => {
            let name = line.name.clone().unwrap_or_else(|| id.to_string());
            Cell::text(name).to(view.to(Subject::Enterprise(id.clone())))
        }
        (None, Some(region)) => Cell::text(region.to_string()),
        (None, None) => Cell::absent("–"),
    }
}

fn state(view: &View, line: &CaseLine) -> Cell {
    let mut cell = Cell::text(view.words.pick(&line.state));
    if line.file.public && !line.file.closed {
        cell = cell.mark("open", view.t("case-public"));
    }
    if line.file.pending {
        cell = cell.mark("plain", view.t("case-pending"));
    }
    if line.file.trial { cell.marked(vec![view.trial_mark()]) } else { cell }
}

/// A role in words.
pub(super) fn role(view: &View, role: Role) -> String {
    view.words.of("role", role.name())
}

fn turn(view: &View, turn: Option<&str>) -> Cell {
    match turn {
        Some(name) => Cell::text(view.words.of("role", name)),
        None => Cell::absent("–"),
    }
}

fn due(view: &View, line: &CaseLine) -> Cell {
    let Some(day) = line.file.due else { return Cell::absent(view.t("case-no-due")) };
    let mut cell = Cell::date(day);
    if !line.file.closed && day.to_string() < view.book.as_of {
        cell = cell.mark("late", view.t("case-late"));
    }
    if line.file.certain { cell } else { cell.note(view.t("case-uncertain")) }
}

/// One case.
#[derive(Template)]
#[template(path = "case/case.html")]
pub struct CasePage {
    frame: Frame,
    facts: Vec<Fact>,
    acts: Table,
    fields: Table,
    notices: Table,
    possible: Table,
}

page!(CasePage, |page| vec![
    &mut page.acts,
    &mut page.fields,
    &mut page.notices,
    &mut page.possible
]);

impl CasePage {
    /// The page of a case.
    #[must_use]
    pub fn new(view: &View, law: Option<&Rulebook>, case: &CaseView) -> Self {
        let line = &case.line;
        let file = &line.file;
        let clause = match law {
            Some(law) => grounds::citation(view, law, &case.procedure.citation),
            None => Cell::code(case.procedure.citation.document.as_str()),
        };
        let title = view.words.pick(&line.title).to_owned();
        let mut facts = vec![
            Fact::new(
                view.t("case-procedure"),
                Cell::text(title.clone()).to(view.to(Subject::Procedure(file.procedure.clone()))),
            ),
            Fact::new(view.t("column-clause"), clause),
            Fact::new(view.t("case-about"), about(view, line)),
        ];
        for (name, value) in &case.key {
            facts.push(Fact::new(name.clone(), Cell::text(value.clone())));
        }
        facts.push(Fact::new(view.t("case-state"), state(view, line)));
        facts.push(Fact::new(view.t("case-turn"), turn(view, file.turn.as_deref())));
        facts.push(Fact::new(view.t("case-due"), due(view, line)));
        facts.push(Fact::new(view.t("case-rulebook"), Cell::code(short(&file.rulebook))));
        for (key, id) in file
            .parent
            .iter()
            .map(|id| ("case-parent", id))
            .chain(case.children.iter().map(|child| ("case-child", &child.id)))
        {
            let cell = Cell::code(id.as_str()).to(view.to(Subject::Case(id.clone())));
            facts.push(Fact::new(view.t(key), cell));
        }
        let trail = vec![(view.t("nav-cases"), Subject::Cases)];
        Self {
            frame: view.frame(format!("{title} {}", file.id), trail),
            facts,
            acts: acts(view, &case.acts),
            fields: fields(view, &case.acts),
            notices: notices(view, &case.notices),
            possible: possible(view, case),
        }
    }
}

fn short(version: &str) -> &str {
    version.get(..12).unwrap_or(version)
}

fn acts(view: &View, acts: &[ActLine]) -> Table {
    let columns = vec![
        Column::count(view.t("case-number")),
        Column::words(view.t("case-day")),
        Column::words(view.t("case-action")),
        Column::words(view.t("case-by")),
        Column::words(view.t("case-state")),
        Column::count(view.t("column-entry")),
    ];
    let mut table = Table::new("acts", view.t("case-acts"), columns, view.t("case-none"));
    for line in acts {
        let act = &line.act;
        let mut action = Cell::text(view.words.pick(&line.title));
        if act.stage != "done" {
            action = action.mark("plain", view.words.of("stage", &act.stage));
        }
        if act.trial {
            action = action.marked(vec![view.trial_mark()]);
        }
        table.rows.push(vec![
            Cell::number(act.number),
            Cell::date(act.day),
            action,
            Cell::text(view.words.of("role", &act.role)).note(act.person.to_string()),
            Cell::code(&act.state),
            super::entry(view, act.entry),
        ]);
    }
    table
}

fn fields(view: &View, acts: &[ActLine]) -> Table {
    let columns = vec![
        Column::count(view.t("case-number")),
        Column::words(view.t("field-name")),
        Column::words(view.t("case-value")),
    ];
    let mut table =
        Table::new("fields", view.t("case-filled"), columns, view.t("case-nothing-filled"));
    for line in acts {
        for (title, value) in line.rows.iter().flatten() {
            table.rows.push(vec![
                Cell::number(line.act.number),
                Cell::text(view.words.pick(title)),
                Cell::prose(value.clone()),
            ]);
        }
        if line.withheld {
            let absent = Cell::absent(view.t("case-withheld"));
            table.rows.push(vec![Cell::number(line.act.number), Cell::absent("–"), absent]);
        }
    }
    table
}

fn notices(view: &View, notices: &[NoticeRow]) -> Table {
    let columns = vec![
        Column::words(view.t("notice-number")),
        Column::words(view.t("notice-to")),
        Column::words(view.t("notice-issued")),
        Column::words(view.t("notice-served")),
    ];
    let mut table = Table::new("notices", view.t("notice-caption"), columns, view.t("notice-none"));
    for notice in notices {
        let served = match notice.served {
            Some(day) => Cell::date(day).note(notice.way.clone().unwrap_or_default()),
            None => Cell::absent(view.t("notice-not-served")),
        };
        table.rows.push(vec![
            Cell::text(notice.number.clone()).note(notice.id.clone()),
            Cell::text(view.words.of("role", &notice.recipient)),
            Cell::date(notice.issued),
            served,
        ]);
    }
    table
}

fn possible(view: &View, case: &CaseView) -> Table {
    let columns = vec![
        Column::words(view.t("case-action")),
        Column::words(view.t("procedure-who")),
        Column::words(view.t("procedure-to")),
    ];
    let mut table =
        Table::new("possible", view.t("case-possible"), columns, view.t("case-nothing-possible"));
    for (action, _) in &case.possible {
        let to = action.to.as_deref().and_then(|to| case.procedure.state(to));
        let to = to.map_or_else(
            || Cell::absent(view.t("procedure-stays")),
            |state| Cell::text(view.words.pick(&state.title)),
        );
        let who: Vec<String> = action.roles.iter().map(|own| role(view, *own)).collect();
        table.rows.push(vec![
            Cell::text(view.words.pick(&action.title)),
            Cell::text(who.join(&view.t("list-separator"))),
            to,
        ]);
    }
    table
}
