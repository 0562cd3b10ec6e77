//! What files say of one another and of the rulebook.

use std::collections::BTreeSet;

use tanheng_base::{Code, DocumentId, Problem, Role};
use tanheng_rulebook::Rulebook;

use super::{Casebook, FileFault};
use crate::fault::{self, problem};
use crate::procedure::{Action, Days, Due, Procedure, SubjectKind};

/// Forms, registers, procedures and fields that procedures and rehearsals name.
pub(super) fn among(casebook: &Casebook) -> Vec<FileFault> {
    let mut faults = Vec::new();
    for own in casebook.procedures() {
        let path = casebook.path_of(own.id.as_str());
        let mut found = Vec::new();
        for action in own.all_actions() {
            names(casebook, own, action, &mut found);
            found.extend(bad_reach(own, action));
            found.extend(outliving(casebook, own, action));
        }
        faults.extend(found.into_iter().map(|problem| FileFault { path: path.clone(), problem }));
    }
    for (path, rehearsal) in &casebook.rehearsals {
        if casebook.procedure(&rehearsal.procedure).is_none() {
            let problem =
                missing(fault::REHEARSAL, "流程", "procedure", rehearsal.procedure.as_str());
            faults.push(FileFault { path: path.clone(), problem });
        }
    }
    faults
}

fn missing(code: Code, zh: &str, en: &str, name: &str) -> Problem {
    problem(code, &format!("没有{zh} `{name}`"), &format!("there is no {en} `{name}`"))
}

fn names(casebook: &Casebook, own: &Procedure, action: &Action, found: &mut Vec<Problem>) {
    let mut add = |zh: &str, en: &str, name: &str| {
        let problem = missing(fault::PROCEDURE, zh, en, name);
        found.push(problem.at(None, Some(action.name.as_str())));
    };
    let (fields, _) = fields(casebook, own);
    if let Some(form) = &action.form
        && casebook.form(form).is_none()
    {
        add("表单", "form", form.as_str());
    }
    if let Some(opens) = &action.opens
        && casebook.procedure(opens).is_none()
    {
        add("流程", "procedure", opens.as_str());
    }
    for effect in &action.effects {
        match casebook.register(&effect.register) {
            None => add("名录", "register", effect.register.as_str()),
            Some(register) => {
                for column in
                    register.columns.iter().filter(|one| effect.enter && !fields.contains(*one))
                {
                    add("名录所取的字段", "field for the register's column", column);
                }
            }
        }
    }
    let asked = action.effects.iter().filter_map(|effect| effect.member.as_ref());
    let run = action.run.iter().flat_map(|run| run.with.values());
    let run = run.filter_map(|text| text.strip_prefix('$'));
    let run = run.filter(|name| !["enterprise", "region", "subject"].contains(name));
    let names = asked.chain(&action.assigned).map(String::as_str).chain(run);
    for name in names.filter(|name| !fields.contains(*name)) {
        add("字段", "field", name);
    }
}

/// Nobody could do this.
fn bad_reach(own: &Procedure, action: &Action) -> Option<Problem> {
    let problem = problem(
        fault::PROCEDURE,
        "案件不针对任何企业，该角色无从办理：须由立案角色办理，或写明 assigned、anybody",
        "the case is about nobody, and this role has nothing to do with it: let a role that opens \
         it act, or state `assigned` or `anybody`",
    );
    stranger(own, action).then(|| problem.at(None, Some(action.name.as_str())))
}

/// Confidential fields that would stay when the content of their entry is erased.
fn outliving(casebook: &Casebook, own: &Procedure, action: &Action) -> Vec<Problem> {
    let (_, confidential) = fields(casebook, own);
    let entering = action.effects.iter().filter(|effect| effect.enter);
    let kept = entering.flat_map(|effect| {
        let register = casebook.register(&effect.register);
        register.into_iter().flat_map(|register| &register.columns).chain(&effect.member)
    });
    let names = own.key.iter().flatten().chain(kept).filter(|name| confidential.contains(*name));
    names.map(|name| not_to_be_erased(name).at(None, Some(action.name.as_str()))).collect()
}

/// Whether a case about nobody is out of reach of everybody who could do this.
fn stranger(own: &Procedure, action: &Action) -> bool {
    let near =
        |role: &Role| matches!(role, Role::City | Role::Province) || own.open.roles.contains(role);
    own.subject == SubjectKind::None
        && action.assigned.is_none()
        && !action.anybody
        && !action.roles.iter().any(near)
}

/// Keys and registers stay when the content of an entry is erased.
fn not_to_be_erased(name: &str) -> Problem {
    problem(
        fault::PROCEDURE,
        &format!("保密字段 `{name}` 不得作主键、名录成员或名录列：内容擦除后仍会留存"),
        &format!(
            "the confidential field `{name}` may be no key, member or column of a register: it \
             would outlive an erasure"
        ),
    )
}

/// Every field of a form of the procedure or of a procedure that opens it with those of its key,
/// and which of them are confidential.
fn fields(casebook: &Casebook, own: &Procedure) -> (BTreeSet<String>, BTreeSet<String>) {
    let opening = casebook.procedures().flat_map(|other| {
        let opens = other.all_actions().filter(|action| action.opens.as_ref() == Some(&own.id));
        opens.filter_map(|action| action.form.as_ref())
    });
    let forms = own.forms().chain(opening).filter_map(|id| casebook.form(id));
    let (mut names, mut confidential) = (BTreeSet::new(), BTreeSet::new());
    for field in forms.flat_map(|form| &form.fields) {
        names.insert(field.name.clone());
        if field.confidential {
            confidential.insert(field.name.clone());
        }
    }
    names.extend(own.key.iter().flatten().cloned());
    (names, confidential)
}

/// Documents, methods and parameters that must be in the rulebook.
pub(super) fn with_rulebook(casebook: &Casebook, book: &Rulebook) -> Vec<FileFault> {
    let mut faults = Vec::new();
    let mut add = |path: &str, problem: Problem| {
        faults.push(FileFault { path: path.to_owned(), problem });
    };
    let mut document = |code: Code, path: &str, id: &DocumentId| {
        if book.document(id).is_none() {
            add(path, missing(code, "文件", "document", id.as_str()));
        }
    };
    for own in casebook.procedures() {
        document(fault::PROCEDURE, &casebook.path_of(own.id.as_str()), &own.citation.document);
    }
    for own in casebook.registers() {
        document(fault::REGISTER, &casebook.path_of(own.id.as_str()), &own.citation.document);
    }
    for year in casebook.calendar.years() {
        document(fault::CALENDAR, &format!("calendar/{}", year.year), &year.citation.document);
    }
    for own in casebook.procedures() {
        let path = casebook.path_of(own.id.as_str());
        for action in own.all_actions() {
            let judge = action.judge.as_ref();
            if let Some(judge) = judge.filter(|one| book.method_versions(&one.method).is_empty()) {
                let wrong = missing(fault::PROCEDURE, "方法", "method", judge.method.as_str());
                add(&path, wrong.at(None, Some(action.name.as_str())));
            }
        }
        for state in &own.states {
            if let Some(Due::Days { days: Days::Parameter(id), .. }) = &state.due
                && book.parameter(id).is_none()
            {
                let wrong = missing(fault::PROCEDURE, "参数", "parameter", id.as_str());
                add(&path, wrong.at(None, Some(state.name.as_str())));
            }
        }
    }
    faults
}
