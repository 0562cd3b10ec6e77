//! Checks: a numbered, public catalogue of what is asked of filed rows, as data.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use tanheng_base::{CheckState, Citation, Code, Date, DocumentId, FormId, Problem, Text};
use tanheng_rulebook::{Context, NoAnswer, Predicate, Rulebook, Value};

use crate::code;
use crate::field::FieldKind;
use crate::form::Form;
use crate::sheet::{Row, Sheet};

/// What a check that fails means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// The sheet is refused.
    Error,
    /// The sheet is taken; the filer is told, and whoever reviews it sees the warning.
    Warning,
    /// The filer is told.
    Notice,
}

impl Severity {
    /// The code under which a problem of this severity is told.
    #[must_use]
    pub fn code(self) -> Code {
        match self {
            Self::Error => code::CHECK_ERROR,
            Self::Warning => code::CHECK_WARNING,
            Self::Notice => code::CHECK_NOTICE,
        }
    }
}

/// A check of the catalogue.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Check {
    /// Its number: it never changes its meaning and is never used again for another.
    pub id: String,
    /// Its title.
    pub title: Text,
    /// What its failure means.
    pub severity: Severity,
    /// The clause that asks for it.
    pub citation: Option<Citation>,
    /// Why the platform asks for it; where no clause does, that is all it rests on.
    pub reason: Option<Text>,
    /// Against what the clause was checked.
    pub checked: Option<CheckState>,
    /// First day of the periods it is asked of.
    pub since: Date,
    /// First day of the periods it is asked of no more.
    pub until: Option<Date>,
    /// Whether it can be waived, with scope, reason, person and end.
    pub waivable: bool,
    /// The form.
    pub form: FormId,
    /// The field it is about.
    pub field: String,
    /// The rows it is asked of; all where it says none.
    #[serde(serialize_with = "as_text")]
    pub when: Option<Predicate>,
    /// What has to hold.
    #[serde(serialize_with = "as_text_always")]
    pub must: Predicate,
    /// What is told where it does not.
    pub message: Text,
    /// What to do.
    pub remedy: Text,
}

#[expect(clippy::ref_option, reason = "serde hands over a reference to the field")]
fn as_text<S: serde::Serializer>(
    when: &Option<Predicate>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    when.as_ref().map(Predicate::as_str).serialize(serializer)
}

fn as_text_always<S: serde::Serializer>(
    must: &Predicate,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    must.as_str().serialize(serializer)
}

/// A row that failed a check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckFinding {
    /// Number of the check.
    pub check: String,
    /// What it means.
    pub severity: Severity,
    /// What is told.
    pub problem: Problem,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    check: Vec<CheckText>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CheckText {
    id: String,
    title: Text,
    severity: Severity,
    document: Option<DocumentId>,
    clause: Option<String>,
    reason: Option<Text>,
    checked: Option<CheckState>,
    since: toml::value::Datetime,
    until: Option<toml::value::Datetime>,
    #[serde(default)]
    waivable: bool,
    form: FormId,
    field: String,
    when: Option<String>,
    must: String,
    message: Text,
    remedy: Text,
}

/// Reads the checks of a file; `forms` are those that the packs have.
///
/// # Errors
/// Everything wrong with them at once, each with code `check.definition` and the number of the
/// check as its column.
pub fn checks(text: &str, forms: &[Form]) -> Result<Vec<Check>, Vec<Problem>> {
    let file: File =
        toml::from_str(text).map_err(|error| vec![wrong(None, "无法读取", error.message())])?;
    let mut problems = Vec::new();
    let mut read: Vec<Check> = Vec::new();
    for check in file.check {
        let id = check.id.clone();
        if read.iter().any(|known| known.id == id) {
            problems.push(wrong(Some(&id), "编号重复", "the number is given twice"));
        }
        match build(check, forms) {
            Ok(check) => read.push(check),
            Err((zh, en)) => problems.push(wrong(Some(&id), &zh, &en)),
        }
    }
    if problems.is_empty() { Ok(read) } else { Err(problems) }
}

fn wrong(check: Option<&str>, zh: &str, en: &str) -> Problem {
    let problem = Problem::new(
        code::CHECK_DEFINITION,
        Text::new(format!("检查规则有误：{zh}"), format!("the check is wrong: {en}")),
        Text::new("修改规则包 checks 下的文件", "mend the file under checks of the rulebook pack"),
    );
    match check {
        Some(check) => problem.at(None, Some(check)),
        None => problem,
    }
}

type Said = (String, String);

fn build(read: CheckText, forms: &[Form]) -> Result<Check, Said> {
    let formula = |text: &str| {
        Predicate::parse(text)
            .map_err(|error| (format!("`{text}`：{}", error.zh), format!("`{text}`: {}", error.en)))
    };
    let day = |day: toml::value::Datetime| {
        let told = || (format!("`{day}` 不是日期"), format!("`{day}` is no day"));
        day.to_string().parse::<Date>().map_err(|_| told())
    };
    let citation = match (read.document, read.clause) {
        (Some(document), Some(clause)) => Some(Citation { document, clause }),
        (None, None) => None,
        _ => return Err(("文件和条款须同时给出".into(), "document and clause go together".into())),
    };
    if citation.is_none() && read.reason.is_none() {
        let said = ("没有条款时须写明理由", "without a clause it needs a reason");
        return Err((said.0.into(), said.1.into()));
    }
    let check = Check {
        id: read.id,
        title: read.title,
        severity: read.severity,
        citation,
        reason: read.reason,
        checked: read.checked,
        since: day(read.since)?,
        until: read.until.map(day).transpose()?,
        waivable: read.waivable,
        form: read.form,
        field: read.field,
        when: read.when.as_deref().map(formula).transpose()?,
        must: formula(&read.must)?,
        message: read.message,
        remedy: read.remedy,
    };
    let Some(form) = forms.iter().find(|form| form.id == check.form) else {
        let id = &check.form;
        return Err((format!("没有表单 `{id}`"), format!("there is no form `{id}`")));
    };
    let mut names = check.must.names();
    names.extend(check.when.iter().flat_map(Predicate::names));
    names.insert(&check.field);
    let unknown = names.into_iter().find(|name| form.field(name).is_none());
    if let Some(name) = unknown {
        return Err((format!("没有字段 `{name}`"), format!("there is no field `{name}`")));
    }
    Ok(check)
}

impl Check {
    /// Whether the check is asked of sheets of a form for a period that ends on a day.
    #[must_use]
    pub fn applies(&self, form: &Form, day: Date) -> bool {
        self.form == form.id && self.since <= day && self.until.is_none_or(|until| day < until)
    }

    /// How the check is cited in a problem: number, document and clause.
    #[must_use]
    pub fn rule(&self) -> String {
        match &self.citation {
            Some(citation) => format!("{} {} {}", self.id, citation.document, citation.clause),
            None => self.id.clone(),
        }
    }

    /// What is told of a row; `None` where it passes, where the check is not asked of it, and
    /// where a value it needs is absent or not given by the law.
    fn judge(
        &self,
        form: &Form,
        row: &Row,
        values: &BTreeMap<String, Value>,
        book: &Rulebook,
        context: &Context,
    ) -> Option<CheckFinding> {
        let answer = match self.when.as_ref().map(|when| when.holds(values, book, context)) {
            None | Some(Ok(true)) => self.must.holds(values, book, context),
            Some(Ok(false)) => return None,
            Some(Err(no)) => Err(no),
        };
        let unfit = match answer {
            Ok(true) | Err(NoAnswer::Absent(_) | NoAnswer::Unresolved(_)) => return None,
            Ok(false) => None,
            Err(NoAnswer::Unfit(part)) => Some(part),
        };
        let title = form.field(&self.field).map_or(self.field.as_str(), |f| f.title.zh.as_str());
        let (severity, problem) = match unfit {
            None => (
                self.severity,
                Problem::new(self.severity.code(), self.message.clone(), self.remedy.clone()),
            ),
            // a check that cannot be made is told, and refuses nobody
            Some(part) => (
                Severity::Notice,
                wrong(
                    None,
                    &format!("`{part}` 与本行的值不符，未能检查"),
                    &format!("`{part}` does not fit the row, it was not checked"),
                ),
            ),
        };
        let problem = problem.by(self.rule()).at(Some(row.row), Some(title));
        let problem = match row.get(&self.field) {
            Some(value) => problem.found(value),
            None => problem,
        };
        Some(CheckFinding { check: self.id.clone(), severity, problem })
    }
}

/// Runs the checks on a sheet that its form accepts, for the period and region of the context:
/// what fails, in the order of rows and of the catalogue.
#[must_use]
pub fn run_checks(
    checks: &[Check],
    form: &Form,
    sheet: &Sheet,
    book: &Rulebook,
    context: &Context,
) -> Vec<CheckFinding> {
    let asked: Vec<&Check> =
        checks.iter().filter(|check| check.applies(form, context.at)).collect();
    if asked.is_empty() {
        return Vec::new();
    }
    let mut findings = Vec::new();
    for row in &sheet.rows {
        let values = values(form, row);
        findings.extend(asked.iter().filter_map(|c| c.judge(form, row, &values, book, context)));
    }
    findings
}

/// What a row says, as values of the rule language.
fn values(form: &Form, row: &Row) -> BTreeMap<String, Value> {
    let mut values = BTreeMap::new();
    for field in &form.fields {
        let Some(text) = row.get(&field.name) else { continue };
        let value = match &field.kind {
            FieldKind::Number(_) => form.quantity(row, &field.name).map(Value::Number),
            FieldKind::Bool => Some(Value::Bool(text == "true")),
            FieldKind::Date => text.parse().ok().map(Value::Date),
            FieldKind::Text { .. } | FieldKind::Choice { .. } | FieldKind::Code { .. } => {
                Some(Value::Text(text.to_owned()))
            }
        };
        values.extend(value.map(|value| (field.name.clone(), value)));
    }
    values
}
