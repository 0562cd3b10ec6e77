//! Opening a case.

use serde::{Deserialize, Serialize};
use tanheng_base::{CaseId, EnterpriseId, ProcedureId, RegionCode, Text};
use tanheng_filing::procedure::{
    Case, Law, OPEN, Procedure, SubjectKind, Surroundings, Values, open_exists,
};
use tanheng_store::record::{CaseFile, CasePaper, Enterprise};

use super::carry::{Carried, carry};
use super::load::{Members, attempt};
use crate::command::UseCase;
use crate::outcome::{Decision, Outcome};
use crate::policy::{self, Action, Subject};
use crate::situation::Situation;
use crate::{Failure, enterprise};

/// Opens a case of a procedure.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Open {
    /// The procedure.
    pub procedure: ProcedureId,
    /// The enterprise it is about, where it is about one.
    pub enterprise: Option<EnterpriseId>,
    /// The region it is about, where it is about one.
    pub region: Option<RegionCode>,
    /// Fields of the key that the form does not have.
    #[serde(default)]
    pub key: Values,
    /// What is filled in, where the opening has a form.
    #[serde(default)]
    pub rows: Vec<Values>,
}

impl UseCase for Open {
    const KIND: &'static str = "case.open";

    fn decide(&self, situation: &Situation<'_>) -> Result<Decision, Failure> {
        let sql = situation.sql;
        situation.authorise(Action::OpenCase, self.about())?;
        let law = situation.law()?;
        let casebook = situation.rulebooks.casebook(&law)?;
        let procedure =
            casebook.procedure(&self.procedure).ok_or_else(|| no_procedure(&self.procedure))?;
        let mut file = self.file(situation, procedure, law.version().as_str())?;
        let about: Option<Enterprise> =
            self.enterprise.as_ref().map(|id| enterprise::find(sql, id)).transpose()?;
        let subject_text = super::load::subject_text(&file).map(str::to_owned);
        let region = self.region.clone().or(about.map(|found| found.region));
        let members = Members::new(sql);
        let around = Surroundings {
            casebook: &casebook,
            law: Law { rulebook: Some(&law), region: region.or_else(|| super::home(&law)) },
            subject: subject_text.as_deref(),
            open_children: 0,
            members: &|register| members.of(register),
        };
        let organisation = policy::organisation(situation.actor);
        let attempt = attempt(situation, &organisation)?;
        let step = procedure.open(&attempt, &self.key, self.rows.clone(), &around);
        members.settled()?;
        let step = step?;
        file.content = serde_json::to_string(&step.case.key)
            .map_err(|error| Failure::Evidence(error.to_string()))?;
        if procedure.key.is_some() {
            let open = CaseFile::open_of(sql, &self.procedure, subject_text.as_deref())?;
            if let Some(same) = open.iter().find(|other| other.content == file.content) {
                return self.again(situation, procedure, same, &step.case);
            }
        }
        let mut outcome = Outcome::new().field("case", &file.id)?;
        let carried = Carried { file, step, law: around.law.clone(), casebook: &casebook, attempt };
        carry(situation, carried, &mut outcome)?;
        Ok(Decision::New(outcome))
    }
}

impl Open {
    fn about(&self) -> Subject<'_> {
        match (&self.enterprise, &self.region) {
            (Some(enterprise), _) => Subject::Enterprise(enterprise),
            (None, Some(region)) => Subject::Region(region),
            (None, None) => Subject::New,
        }
    }

    fn file(
        &self,
        situation: &Situation<'_>,
        procedure: &Procedure,
        rulebook: &str,
    ) -> Result<CaseFile, Failure> {
        let (enterprise, region) = (&self.enterprise, &self.region);
        let fits = match procedure.subject {
            SubjectKind::Enterprise => enterprise.is_some() && region.is_none(),
            SubjectKind::Region => enterprise.is_none() && region.is_some(),
            SubjectKind::None => enterprise.is_none() && region.is_none(),
        };
        if !fits {
            return Err(other_subject(procedure));
        }
        let today = super::load::today(situation)?;
        Ok(CaseFile {
            id: case_id(situation.sequence, 0)?,
            number: situation.sequence,
            procedure: self.procedure.clone(),
            rulebook: rulebook.to_owned(),
            enterprise: enterprise.clone(),
            region: region.clone(),
            content: String::new(),
            state: procedure.start.clone(),
            turn: None,
            public: false,
            closed: false,
            pending: false,
            opened: today,
            entered: today,
            due: None,
            certain: true,
            parent: None,
            opened_by: situation.actor.id.clone(),
            opened_for: policy::organisation(situation.actor),
            seen_by: super::carry::seen_by(procedure),
            assigned: String::new(),
            trial: false,
            entry: situation.sequence,
        })
    }

    /// The same once more is no change; another of the same kind has to wait.
    fn again(
        &self,
        situation: &Situation<'_>,
        procedure: &Procedure,
        same: &CaseFile,
        now: &Case,
    ) -> Result<Decision, Failure> {
        let papers = CasePaper::of(situation.sql, &same.id)?;
        let rows = papers.first().filter(|paper| paper.number == 1);
        let said = rows.map_or(Ok(Vec::new()), |paper| serde_json::from_str(&paper.content));
        let unchanged = said.is_ok_and(|said: Vec<Values>| {
            said == now.papers.first().map(|paper| paper.rows.clone()).unwrap_or_default()
        });
        if unchanged && same.opened_by == situation.actor.id {
            return Ok(Decision::Same(same.number));
        }
        Err(open_exists(procedure, Some(same.id.as_str())).by(OPEN).into())
    }
}

/// The id of a case that an entry opens; `child` counts those beside the first.
pub(super) fn case_id(sequence: i64, child: usize) -> Result<CaseId, Failure> {
    let text = if child == 0 { format!("c{sequence}") } else { format!("c{sequence}-{child}") };
    text.parse().map_err(|error: tanheng_base::IdError| Failure::Evidence(error.to_string()))
}

fn no_procedure(id: &ProcedureId) -> Failure {
    Failure::refuse(
        "case.no_procedure",
        Text::new(
            format!("规则库没有流程 `{id}`"),
            format!("the rulebook has no procedure `{id}`"),
        ),
        Text::new("用 tanheng procedure list 查看", "see tanheng procedure list"),
    )
}

fn other_subject(procedure: &Procedure) -> Failure {
    let (zh, en) = match procedure.subject {
        SubjectKind::Enterprise => ("须指明企业", "it is about an enterprise"),
        SubjectKind::Region => ("须指明地区", "it is about a region"),
        SubjectKind::None => ("不针对企业或地区", "it is about no enterprise or region"),
    };
    let (title, id) = (&procedure.title.zh, &procedure.id);
    Failure::refuse(
        "case.subject",
        Text::new(format!("“{title}”{zh}"), format!("`{id}`: {en}")),
        Text::new("核对对象", "check what it is about"),
    )
}
