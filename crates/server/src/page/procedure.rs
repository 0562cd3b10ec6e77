//! Procedures: what they are for, how they look, who may do what.

use std::collections::BTreeSet;

use askama::Template;
use tanheng_app::case::Casebook;
use tanheng_app::case::procedure::{Procedure, diagram, due_text};
use tanheng_base::{ProcedureId, Role};
use tanheng_rulebook::Rulebook;

use super::case::role;
use super::frame::{Fact, Frame, View};
use super::table::{Cell, Column, Table};
use super::{grounds, page};
use crate::address::Subject;

/// The procedures of the rulebook.
#[derive(Template)]
#[template(path = "procedure/procedures.html")]
pub struct ProceduresPage {
    frame: Frame,
    procedures: Table,
}

page!(ProceduresPage, |page| vec![&mut page.procedures]);

impl ProceduresPage {
    /// The page; `rehearsed` are those that a passing rehearsal brings to an end.
    #[must_use]
    pub fn new(
        view: &View,
        law: &Rulebook,
        casebook: &Casebook,
        rehearsed: &BTreeSet<ProcedureId>,
    ) -> Self {
        let columns = vec![
            Column::words(view.t("column-title")),
            Column::words(view.t("column-clause")),
            Column::words(view.t("procedure-requirements")),
            Column::words(view.t("procedure-rehearsed")),
        ];
        let caption = view.t("procedure-caption");
        let mut table = Table::new("procedures", caption, columns, view.t("procedure-none"));
        for own in casebook.procedures() {
            let shown = match rehearsed.contains(&own.id) {
                true => Cell::default().mark("good", view.t("procedure-passes")),
                false => Cell::absent(view.t("procedure-not-rehearsed")),
            };
            table.rows.push(vec![
                Cell::text(view.words.pick(&own.title))
                    .to(view.to(Subject::Procedure(own.id.clone())))
                    .note(own.id.to_string()),
                grounds::citation(view, law, &own.citation),
                Cell::text(own.implements.join(" ")),
                shown,
            ]);
        }
        let trail = vec![(view.t("nav-cases"), Subject::Cases)];
        Self { frame: view.frame(view.t("procedure-title"), trail), procedures: table }
    }
}

/// One procedure.
#[derive(Template)]
#[template(path = "procedure/procedure.html")]
pub struct ProcedurePage {
    frame: Frame,
    facts: Vec<Fact>,
    note: String,
    diagram: String,
    matrix: Table,
    states: Table,
}

page!(ProcedurePage, |page| vec![&mut page.matrix, &mut page.states]);

impl ProcedurePage {
    /// The page of a procedure.
    #[must_use]
    pub fn new(view: &View, law: &Rulebook, own: &Procedure) -> Self {
        let facts = vec![
            Fact::new(view.t("procedure-id"), Cell::code(own.id.as_str())),
            Fact::new(view.t("column-clause"), grounds::citation(view, law, &own.citation)),
            Fact::new(view.t("column-checked"), grounds::checked(view, own.checked)),
            Fact::new(view.t("procedure-requirements"), Cell::text(own.implements.join(" "))),
        ];
        let trail = vec![
            (view.t("nav-cases"), Subject::Cases),
            (view.t("procedure-title"), Subject::Procedures),
        ];
        let note = own.note.as_ref().map_or("", |note| view.words.pick(note));
        Self {
            frame: view.frame(view.words.pick(&own.title), trail),
            facts,
            note: note.to_owned(),
            // within a page a drawing needs no name space
            diagram: diagram(own, view.words.lang)
                .replace(" xmlns=\"http://www.w3.org/2000/svg\"", ""),
            matrix: matrix(view, own),
            states: states(view, own),
        }
    }
}

fn matrix(view: &View, own: &Procedure) -> Table {
    let part = |role: &Role| own.all_actions().any(|action| action.roles.contains(role));
    let roles: Vec<Role> = Role::ALL.into_iter().filter(part).collect();
    let mut columns = vec![
        Column::words(view.t("case-action")),
        Column::words(view.t("procedure-from")),
        Column::words(view.t("procedure-to")),
    ];
    columns.extend(roles.iter().map(|own| Column::words(role(view, *own))));
    let caption = view.t("procedure-matrix");
    let mut table = Table::new("matrix", caption, columns, view.t("procedure-none"));
    let title = |name: &str| {
        own.state(name)
            .map_or_else(|| name.to_owned(), |state| view.words.pick(&state.title).to_owned())
    };
    for action in own.all_actions() {
        let from: Vec<String> = action.from.iter().map(|name| title(name)).collect();
        let to = action.to.as_deref();
        let mut row = vec![
            Cell::text(view.words.pick(&action.title)),
            Cell::text(from.join(&view.t("list-separator"))),
            to.map_or_else(|| Cell::absent(view.t("procedure-stays")), |to| Cell::text(title(to))),
        ];
        for role in &roles {
            row.push(match (action.roles.contains(role), action.two_persons) {
                (true, true) => Cell::text(view.t("procedure-two")),
                (true, false) => Cell::text(view.t("procedure-one")),
                (false, _) => Cell::absent("–"),
            });
        }
        table.rows.push(row);
    }
    table
}

fn states(view: &View, own: &Procedure) -> Table {
    let columns = vec![
        Column::words(view.t("case-state")),
        Column::words(view.t("case-turn")),
        Column::words(view.t("case-due")),
    ];
    let caption = view.t("procedure-states");
    let mut table = Table::new("states", caption, columns, view.t("procedure-none"));
    for state in &own.states {
        let mut cell = Cell::text(view.words.pick(&state.title));
        if state.public {
            cell = cell.mark("open", view.t("case-public"));
        }
        if state.stopped {
            cell = cell.mark("plain", view.t("procedure-stopped"));
        }
        let due = state.due.as_ref().map(|due| due_text(due, view.words.lang));
        table.rows.push(vec![
            cell,
            state.with.map_or_else(|| Cell::absent("–"), |with| Cell::text(role(view, with))),
            due.map_or_else(|| Cell::absent(view.t("case-no-due")), Cell::text),
        ]);
    }
    table
}
