//! Procedures: state machines as data, by which cases run.

mod case;
mod clock;
mod diagram;
mod matrix;
mod read;
mod step;
mod verify;

use std::collections::BTreeMap;

use serde::Serialize;
use tanheng_base::{
    CheckState, Citation, FormId, MethodId, NoticeId, ParameterId, ProcedureId, RegisterId, Role,
    Text,
};

pub use case::{Act, Case, Paper, Stage, Values};
pub use clock::{Clock, DueDay};
pub use diagram::{diagram, due_text};
pub use matrix::matrix;
pub use step::{
    Attempt, Judged, Law, Move, NoticeIssued, Order, SERVE, Service, Step, Surroundings,
    open_exists,
};

/// The name of the act by which a case begins.
pub const OPEN: &str = "open";

/// What a case is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SubjectKind {
    /// An enterprise.
    Enterprise,
    /// A region.
    Region,
    /// Nobody in particular.
    None,
}

/// A procedure, read from its definition.
#[derive(Debug, Clone, Serialize)]
pub struct Procedure {
    /// Its id.
    pub id: ProcedureId,
    /// Version of the definition.
    pub version: String,
    /// Its title.
    pub title: Text,
    /// The clause that asks for it.
    pub citation: Citation,
    /// How far the definition was checked.
    pub checked: CheckState,
    /// The field it belongs to, such as `carbon`.
    pub area: String,
    /// Requirements it fulfils.
    pub implements: Vec<String>,
    /// Readings, and what the text leaves open.
    pub note: Option<Text>,
    /// What a case is about.
    pub subject: SubjectKind,
    /// Fields of which one open case per subject may exist; no limit where absent.
    pub key: Option<Vec<String>>,
    /// The only roles that see its cases, beside who opened one; all that may see the subject
    /// where empty.
    pub seen_by: Vec<Role>,
    /// The state after opening.
    pub start: String,
    /// How a case begins: the action called `open`.
    pub open: Action,
    /// The states, in the order of the file.
    pub states: Vec<State>,
    /// The actions, in the order of the file.
    pub actions: Vec<Action>,
    /// The notices that it issues.
    pub notices: Vec<Notice>,
}

/// A state.
#[derive(Debug, Clone, Serialize)]
pub struct State {
    /// Its name.
    pub name: String,
    /// Its title.
    pub title: Text,
    /// Whose turn it is; nobody's in an end state.
    pub with: Option<Role>,
    /// When it is to be left, where the text says so.
    pub due: Option<Due>,
    /// A question is open: the clock of the state that asked stands still.
    pub stopped: bool,
    /// The public sees the case in this state (公示).
    pub public: bool,
    /// Nothing follows.
    pub end: bool,
    /// The clause of the time limit, where it is another than the procedure's.
    pub clause: Option<String>,
}

/// A time limit.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Due {
    /// So many days after entering the state.
    Days {
        /// How many.
        days: Days,
        /// Working days; calendar days otherwise.
        working: bool,
        /// A last day that is off moves to the next working day.
        roll: bool,
    },
    /// So many calendar months after entering the state.
    Months {
        /// How many.
        months: u32,
        /// A last day that is off moves to the next working day.
        roll: bool,
    },
    /// A day of a year that the case names.
    On {
        /// Month and day, as in `03-31`.
        month: i8,
        /// The day of the month.
        day: i8,
        /// The field with the year.
        year: String,
        /// Years after it.
        plus: i16,
        /// A last day that is off moves to the next working day.
        roll: bool,
    },
}

/// A number of days, as it stands or by a parameter of the rulebook.
#[derive(Debug, Clone, Serialize)]
#[serde(untagged)]
pub enum Days {
    /// The number.
    Number(u32),
    /// The parameter that holds it on the day on which the state is entered.
    Parameter(ParameterId),
}

/// An action.
#[derive(Debug, Clone, Serialize)]
pub struct Action {
    /// Its name.
    pub name: String,
    /// Its title.
    pub title: Text,
    /// The states in which it is possible.
    pub from: Vec<String>,
    /// The state it leads to; without one the state stays.
    pub to: Option<String>,
    /// Who may.
    pub roles: Vec<Role>,
    /// The form that is filled in with it.
    pub form: Option<FormId>,
    /// A second person has to confirm it.
    pub two_persons: bool,
    /// Only when the time limit of the state has passed.
    pub after_due: bool,
    /// Only while the time limit of the state has not passed.
    pub before_due: bool,
    /// Only when every case that was opened from this one is closed.
    pub children_closed: bool,
    /// Earlier actions whose organisation may not do this one.
    pub unlike: Vec<String>,
    /// The field that names the only organisation that may.
    pub assigned: Option<String>,
    /// While the case is posted anybody of the roles may, and not only who has to do with it.
    pub anybody: bool,
    /// What the rulebook must say.
    pub judge: Option<Judge>,
    /// The procedure of which it opens a case.
    pub opens: Option<ProcedureId>,
    /// The notice that it issues.
    pub notice: Option<NoticeId>,
    /// A command of the book that is decided with it.
    pub run: Option<Run>,
    /// What it does to registers.
    pub effects: Vec<Effect>,
    /// The clause, where it is another than the procedure's.
    pub clause: Option<String>,
}

/// A method of the rulebook that must give a result on the fields of the case.
#[derive(Debug, Clone, Serialize)]
pub struct Judge {
    /// The method.
    pub method: MethodId,
    /// The results that let the act pass.
    pub result: Vec<String>,
}

/// A command of the book; `$x` stands for a value of the case.
#[derive(Debug, Clone, Serialize)]
pub struct Run {
    /// The kind of command.
    pub command: String,
    /// Its fields.
    pub with: BTreeMap<String, String>,
}

/// What an act does to a register.
#[derive(Debug, Clone, Serialize)]
pub struct Effect {
    /// The register.
    pub register: RegisterId,
    /// A member enters; leaves otherwise.
    pub enter: bool,
    /// Who was a member and is not named leaves: the register is the list of the form.
    pub replace: bool,
    /// The field that names the member, in every row of the form; the case's subject where
    /// absent.
    pub member: Option<String>,
}

/// A kind of notice.
#[derive(Debug, Clone, Serialize)]
pub struct Notice {
    /// Its id.
    pub id: NoticeId,
    /// Its title.
    pub title: Text,
    /// Its number, with `{year}` and `{serial}`.
    pub number: String,
    /// Whom it is for.
    pub to: Role,
    /// The ways in which it may be served.
    pub served: Vec<String>,
    /// The time limit of the state that its act leads to counts from service (送达).
    pub due_from_service: bool,
}

impl Procedure {
    /// A state by name.
    #[must_use]
    pub fn state(&self, name: &str) -> Option<&State> {
        self.states.iter().find(|state| state.name == name)
    }

    /// An action by name, opening included.
    #[must_use]
    pub fn action(&self, name: &str) -> Option<&Action> {
        if name == OPEN {
            return Some(&self.open);
        }
        self.actions.iter().find(|action| action.name == name)
    }

    /// A notice by id.
    #[must_use]
    pub fn notice(&self, id: &NoticeId) -> Option<&Notice> {
        self.notices.iter().find(|notice| notice.id == *id)
    }

    /// The actions that are possible in a state.
    pub fn actions_in<'a>(&'a self, state: &'a str) -> impl Iterator<Item = &'a Action> {
        self.actions.iter().filter(move |action| action.from.iter().any(|from| from == state))
    }

    /// The forms it uses.
    pub fn forms(&self) -> impl Iterator<Item = &FormId> {
        self.all_actions().filter_map(|action| action.form.as_ref())
    }

    /// The registers its acts reach.
    pub fn registers(&self) -> impl Iterator<Item = &RegisterId> {
        self.all_actions().flat_map(|action| action.effects.iter().map(|effect| &effect.register))
    }

    /// Opening and every other action.
    pub fn all_actions(&self) -> impl Iterator<Item = &Action> {
        std::iter::once(&self.open).chain(&self.actions)
    }
}
