//! Recording that a notice was served.

use serde::{Deserialize, Serialize};
use tanheng_base::{Date, Text};
use tanheng_filing::procedure::Service;
use tanheng_store::record::NoticeRow;

use super::carry::{Carried, carry};
use super::load::attempt;
use super::{Running, unknown};
use crate::Failure;
use crate::command::UseCase;
use crate::outcome::{Decision, Outcome};
use crate::policy::{self, Action};
use crate::situation::Situation;

/// The proof of service of a notice (送达回执).
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Serve {
    /// The notice, as `kind/year/serial`.
    pub notice: String,
    /// In which of the ways that the procedure allows.
    pub way: String,
    /// When it was served; today otherwise.
    pub day: Option<Date>,
    /// What proves it, such as the number of a receipt.
    pub evidence: Option<String>,
}

impl UseCase for Serve {
    const KIND: &'static str = "case.serve";

    fn decide(&self, situation: &Situation<'_>) -> Result<Decision, Failure> {
        let found = NoticeRow::find(situation.sql, &self.notice)?;
        let row = found.ok_or_else(|| unknown(&self.notice))?;
        let running = Running::authorised(situation, &row.case_id, Action::ServeNotice, None)?;
        let organisation = policy::organisation(situation.actor);
        let mut attempt = attempt(situation, &organisation)?;
        let today = attempt.day;
        let day = self.day.unwrap_or(today);
        if let Some(served) = row.served {
            let same = served == day && row.way.as_ref() == Some(&self.way);
            return if same { Ok(Decision::Same(row.entry)) } else { Err(served_already(&row)) };
        }
        if day > today || day < row.issued {
            return Err(wrong_day(&row, day));
        }
        attempt.day = day;
        let issue = u32::try_from(row.act).map_err(|_| unknown(&self.notice))?;
        let service = Service { act: issue, way: self.way.clone() };
        let step = running.case.serve(running.procedure()?, &service, &attempt)?;
        let mut outcome = Outcome::new().field("case", &row.case_id)?.field("served", day)?;
        outcome.put(&NoticeRow {
            served: Some(day),
            way: Some(self.way.clone()),
            evidence: self.evidence.clone(),
            served_by: Some(situation.actor.id.clone()),
            entry: situation.sequence,
            ..row
        })?;
        let (file, law) = (running.file.clone(), running.rules());
        let carried = Carried { file, step, law, casebook: &running.casebook, attempt };
        carry(situation, carried, &mut outcome)?;
        Ok(Decision::New(outcome))
    }
}

fn served_already(row: &NoticeRow) -> Failure {
    let day = row.served.unwrap_or(row.issued);
    Failure::refuse(
        "notice.served",
        Text::new(
            format!("{} 已于 {day} 送达", row.number),
            format!("{} was served on {day}", row.number),
        ),
        Text::new("送达只登记一次", "service is recorded once"),
    )
}

fn wrong_day(row: &NoticeRow, day: Date) -> Failure {
    Failure::refuse(
        "notice.day",
        Text::new(
            format!("送达日 {day} 早于发出日 {} 或晚于今日", row.issued),
            format!("{day} is before it was issued, {}, or not yet here", row.issued),
        ),
        Text::new("请核对送达日期", "check the day of service"),
    )
}
