//! Cases, procedures and registers as somebody may see them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use tanheng_base::{CaseId, Date, ProcedureId, RegisterId, Text};
use tanheng_filing::Casebook;
use tanheng_filing::procedure::{Action as Step, Procedure, Values};
use tanheng_filing::register::Register;
use tanheng_rulebook::Rulebook;
use tanheng_store::Database;
use tanheng_store::record::{
    CaseAct, CaseFile, CaseFilter, Enterprise, Membership, NoticeRow, RulebookPurpose,
};

use super::Reader;
use crate::Failure;
use crate::case::{Running, shown_rows, subject};
use crate::policy::{Action, Subject, authorise, case_scope};

/// A rulebook with the procedures, forms and registers that it holds.
pub type Lawbook = (Arc<Rulebook>, Arc<Casebook>);

/// A case in a list.
#[derive(Debug, Clone)]
pub struct CaseLine {
    /// Where it stands.
    pub file: CaseFile,
    /// The procedure's title.
    pub title: Text,
    /// The state's title.
    pub state: Text,
    /// The enterprise's name.
    pub name: Option<String>,
}

/// An act with its words.
#[derive(Debug, Clone)]
pub struct ActLine {
    /// The act.
    pub act: CaseAct,
    /// The action's title.
    pub title: Text,
    /// What was filled in: a title and a value per field, row by row, as far as the reader may
    /// see it.
    pub rows: Vec<Vec<(Text, String)>>,
    /// Something is left out that the reader may not see, or that was erased.
    pub withheld: bool,
}

/// A case with everything the reader may see of it.
#[derive(Debug, Clone)]
pub struct CaseView {
    /// In one line.
    pub line: CaseLine,
    /// Its key.
    pub key: Values,
    /// What has happened.
    pub acts: Vec<ActLine>,
    /// The notices it issued.
    pub notices: Vec<NoticeRow>,
    /// The cases it opened.
    pub children: Vec<CaseFile>,
    /// The procedure.
    pub procedure: Procedure,
    /// Actions of the state: which, and whether the reader's role may.
    pub possible: Vec<(Step, bool)>,
    /// The number of the act that waits for a second person.
    pub pending: Option<u32>,
}

/// A register and how many stand on it.
#[derive(Debug, Clone)]
pub struct RegisterLine {
    /// The register.
    pub register: Register,
    /// Members, where the reader may see them.
    pub members: Option<usize>,
}

/// A member of a register.
#[derive(Debug, Clone)]
pub struct MemberLine {
    /// The stay.
    pub stay: Membership,
    /// The enterprise's name, where it is one.
    pub name: Option<String>,
    /// The columns that the reader may see.
    pub columns: Vec<(String, String)>,
    /// The day by which it is to be reviewed.
    pub review: Option<Date>,
}

/// A register with its members on a day.
#[derive(Debug, Clone)]
pub struct RegisterView {
    /// The register.
    pub register: Register,
    /// The columns that the reader may see.
    pub columns: Vec<String>,
    /// Who stands on it, where the reader may see it.
    pub members: Option<Vec<MemberLine>>,
}

impl Reader {
    /// The rulebook in force with its procedures; `None` before the first publication.
    ///
    /// # Errors
    /// `policy.not_allowed`, or a failure of storage.
    pub fn casebook(&self) -> Result<Option<Lawbook>, Failure> {
        self.read(|sql| {
            authorise(sql, &self.actor, Action::ViewPublic, Subject::Book)?;
            let Some(law) = self.rulebooks.latest(sql, RulebookPurpose::Law)? else {
                return Ok(None);
            };
            let casebook = self.rulebooks.casebook(&law)?;
            Ok(Some((law, casebook)))
        })
    }

    /// The procedures of a rulebook that a passing rehearsal brings to an end.
    ///
    /// # Errors
    /// What is wrong with its files.
    pub fn rehearsed(&self, law: &Rulebook) -> Result<Arc<BTreeSet<ProcedureId>>, Failure> {
        self.rulebooks.rehearsed(law)
    }

    /// The procedures and forms of a rulebook by its version.
    ///
    /// # Errors
    /// When it was never published or storage fails.
    pub fn casebook_of(&self, version: &str) -> Result<Arc<Casebook>, Failure> {
        self.read(|sql| self.rulebooks.casebook(&*self.rulebooks.get(sql, version)?))
    }

    /// The cases that the reader may see, the newest first, at most `limit`.
    ///
    /// # Errors
    /// When storage fails.
    pub fn cases(&self, filter: &CaseFilter, limit: i64) -> Result<Vec<CaseLine>, Failure> {
        self.read(|sql| {
            let files = CaseFile::list(sql, &case_scope(&self.actor), filter, limit)?;
            files.into_iter().map(|file| self.line(sql, file)).collect()
        })
    }

    fn line(&self, sql: &Database, file: CaseFile) -> Result<CaseLine, Failure> {
        let law = self.rulebooks.get(sql, &file.rulebook)?;
        let casebook = self.rulebooks.casebook(&law)?;
        let procedure = casebook.procedure(&file.procedure);
        let bare = |text: &str| Text::new(text, text);
        let title =
            procedure.map_or_else(|| bare(file.procedure.as_str()), |own| own.title.clone());
        let state = procedure.and_then(|own| own.state(&file.state));
        let state = state.map_or_else(|| bare(&file.state), |state| state.title.clone());
        let about = file.enterprise.as_ref().map(|id| Enterprise::find(sql, id)).transpose()?;
        let name = about.flatten().map(|found| found.name);
        Ok(CaseLine { file, title, state, name })
    }

    /// A case; `None` when there is none that the reader may see.
    ///
    /// # Errors
    /// When storage fails.
    pub fn case(&self, id: &CaseId) -> Result<Option<CaseView>, Failure> {
        self.read(|sql| {
            let Some(file) = CaseFile::seen(sql, &case_scope(&self.actor), id)? else {
                return Ok(None);
            };
            let whole = self.sees_all(sql, &file)?;
            let running = Running::load(sql, &self.rulebooks, file)?;
            let procedure = running.procedure()?.clone();
            let rows = CaseAct::of(sql, id)?;
            let acts = rows.into_iter().map(|act| act_line(&running, &procedure, act, whole));
            let acts = acts.collect();
            let actions = procedure.actions_in(&running.file.state);
            let possible: Vec<(Step, bool)> = actions
                .map(|action| (action.clone(), action.roles.contains(&self.actor.role)))
                .collect();
            let notices = if whole { NoticeRow::of(sql, id)? } else { Vec::new() };
            let scope = case_scope(&self.actor);
            let mut children = Vec::new();
            for child in CaseFile::children(sql, id)? {
                children.extend(CaseFile::seen(sql, &scope, &child.id)?);
            }
            let (key, pending) = (running.case.key.clone(), running.case.pending);
            let line = self.line(sql, running.file)?;
            Ok(Some(CaseView { line, key, acts, notices, children, procedure, possible, pending }))
        })
    }

    /// Whether the reader sees what was filled in, and not only what is posted.
    fn sees_all(&self, sql: &Database, file: &CaseFile) -> Result<bool, Failure> {
        let own = format!(" {} ", crate::policy::organisation(&self.actor));
        if file.opened_for == own.trim() || file.assigned.contains(&own) {
            return Ok(true);
        }
        let role = format!(" {} ", self.actor.role.name());
        if !file.seen_by.is_empty() && !file.seen_by.contains(&role) {
            return Ok(false);
        }
        match authorise(sql, &self.actor, Action::ViewCase, subject(file)) {
            Ok(()) => Ok(true),
            Err(Failure::Refused(_)) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// The registers of the rulebook in force.
    ///
    /// # Errors
    /// `policy.not_allowed`, or a failure of storage.
    pub fn case_registers(&self) -> Result<Vec<RegisterLine>, Failure> {
        let Some((_, casebook)) = self.casebook()? else { return Ok(Vec::new()) };
        self.read(|sql| {
            let line = |register: &Register| {
                let members = match register.public || self.sees_register() {
                    true => Some(Membership::on(sql, &register.id, None)?.len()),
                    false => None,
                };
                Ok(RegisterLine { register: register.clone(), members })
            };
            casebook.registers().map(line).collect()
        })
    }

    /// Whether the reader sees a register with all of its columns.
    fn sees_register(&self) -> bool {
        let allowed = Action::ViewRegister.allowed();
        allowed.iter().any(|(role, _)| *role == self.actor.role)
    }

    /// A register with its members on a day, or now; `None` when there is none of that id.
    ///
    /// # Errors
    /// `policy.not_allowed`, or a failure of storage.
    pub fn case_register(
        &self,
        id: &RegisterId,
        day: Option<Date>,
    ) -> Result<Option<RegisterView>, Failure> {
        let Some((_, casebook)) = self.casebook()? else { return Ok(None) };
        let Some(register) = casebook.register(id) else { return Ok(None) };
        let whole = self.sees_register();
        if !register.public && !whole {
            let (register, columns) = (register.clone(), Vec::new());
            return Ok(Some(RegisterView { register, columns, members: None }));
        }
        let columns = if whole { &register.columns } else { &register.public_columns };
        self.read(|sql| {
            let line = |stay: Membership| {
                let content: BTreeMap<String, String> = serde_json::from_str(&stay.content)
                    .map_err(|error| Failure::Unreadable {
                        sequence: stay.entry,
                        reason: error.to_string(),
                    })?;
                let shown = |name: &String| Some((name.clone(), content.get(name)?.clone()));
                let code = stay.member.parse().ok();
                let found = code.map(|id| Enterprise::find(sql, &id)).transpose()?.flatten();
                let review = register.review_months.and_then(|months| {
                    tanheng_filing::calendar::months_after(stay.reviewed, months)
                });
                Ok(MemberLine {
                    columns: columns.iter().filter_map(shown).collect(),
                    name: found.map(|found| found.name),
                    review,
                    stay,
                })
            };
            let stays = Membership::on(sql, id, day)?;
            let members = stays.into_iter().map(line).collect::<Result<_, Failure>>()?;
            let (register, columns) = (register.clone(), columns.clone());
            Ok(Some(RegisterView { register, columns, members: Some(members) }))
        })
    }
}

fn act_line(running: &Running, procedure: &Procedure, act: CaseAct, whole: bool) -> ActLine {
    let action = procedure.action(&act.action);
    let title = match action {
        Some(action) => action.title.clone(),
        None => Text::new("送达", "Service"),
    };
    let number = u32::try_from(act.number).unwrap_or_default();
    let asked = action.is_some_and(|action| action.form.is_some()) && act.answers.is_none();
    // what came to nothing is not kept back: it counts no more
    let asked = asked && !running.case.void(number);
    let paper = running.case.papers.iter().find(|paper| paper.number == number);
    let (rows, left_out) = match paper {
        Some(paper) => shown_rows(&running.casebook, paper, whole),
        None => (Vec::new(), asked),
    };
    ActLine { act, title, rows, withheld: left_out }
}
