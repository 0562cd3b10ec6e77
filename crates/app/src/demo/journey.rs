//! Cases of the example province: rehearsals of the rulebook, carried out on the book by the
//! people of the play.

use tanheng_base::{ActorId, CaseId, Date, IdError, ProcedureId, Role};

use super::enterprise::Invented;
use super::player::Player;
use crate::case::procedure::{OPEN, SERVE, SubjectKind};
use crate::case::rehearsal::{Rehearsal, RehearsedAct};
use crate::case::{Act, Casebook, Confirm, Open, Serve, Values};
use crate::{Acknowledged, Command, Failure};

/// A rehearsal on its way through the book.
pub(super) struct Journey<'a> {
    rehearsal: &'a Rehearsal,
    casebook: &'a Casebook,
    about: &'a Invented,
    /// Number of the next act.
    next: usize,
    /// Cases that it opened, by procedure.
    cases: Vec<(ProcedureId, CaseId)>,
    /// The notice that was issued last.
    notice: Option<String>,
    /// The act that waits for a second person.
    proposed: u32,
}

impl<'a> Journey<'a> {
    /// The first rehearsal of a procedure, about an enterprise; `None` where the rulebook has
    /// none.
    pub(super) fn of(casebook: &'a Casebook, procedure: &str, about: &'a Invented) -> Option<Self> {
        let mut all = casebook.rehearsals.iter().map(|(_, rehearsal)| rehearsal);
        let rehearsal = all.find(|rehearsal| rehearsal.procedure.as_str() == procedure)?;
        Some(Self {
            rehearsal,
            casebook,
            about,
            next: 0,
            cases: Vec::new(),
            notice: None,
            proposed: 0,
        })
    }

    /// Carries out what comes until a day, without what the rehearsal sees refused. Under other
    /// rules than those it was written for it ends at the first refusal.
    pub(super) fn go_on(&mut self, player: &mut Player<'_>, until: Date) -> Result<(), Failure> {
        while let Some(act) = self.rehearsal.acts.get(self.next).filter(|act| act.day <= until) {
            if act.expected.refused.is_none() {
                let key = format!("case/{}/{}", self.rehearsal.procedure, self.next);
                player.at(act.day, 9)?;
                match player.ask(key, &self.person(act)?, self.command(act)?) {
                    Ok(done) => self.learn(act, &done)?,
                    Err(Failure::Refused(_)) => {
                        self.next = self.rehearsal.acts.len();
                        return Ok(());
                    }
                    Err(error) => return Err(error),
                }
            }
            self.next += 1;
        }
        Ok(())
    }

    fn within<'b>(&'b self, act: &'b RehearsedAct) -> &'b ProcedureId {
        act.within.as_ref().unwrap_or(&self.rehearsal.procedure)
    }

    fn person(&self, act: &RehearsedAct) -> Result<ActorId, Failure> {
        let name = match act.role {
            Role::Province if act.who.ends_with(":two") => super::cycle::SECOND.to_owned(),
            Role::City => format!("city-{}", self.about.region),
            Role::Enterprise => format!("filer-{:04}", self.about.index + 1),
            Role::Verifier => "verifier-a".to_owned(),
            role => role.name().to_owned(),
        };
        name.parse().map_err(|error: IdError| Failure::Evidence(error.to_string()))
    }

    fn command(&self, act: &RehearsedAct) -> Result<Command, Failure> {
        let id = self.within(act);
        if act.action == OPEN {
            return self.open(id, act);
        }
        let found = self.cases.iter().rev().find(|(procedure, _)| procedure == id);
        let case = found.map(|(_, case)| case.clone()).ok_or(Failure::Stopped)?;
        Ok(match act.action.as_str() {
            "confirm" | "decline" => {
                Confirm { case, act: self.proposed, accept: act.action == "confirm" }.into()
            }
            SERVE => {
                let notice = self.notice.clone().ok_or(Failure::Stopped)?;
                let kind = notice.split('/').next().and_then(|kind| kind.parse().ok());
                let kind = self.casebook.procedure(id).and_then(|own| own.notice(&kind?));
                let usual = kind.and_then(|kind| kind.served.first().cloned());
                let way = act.way.clone().or(usual).unwrap_or_default();
                Serve { notice, way, day: None, evidence: Some("示例回执".to_owned()) }.into()
            }
            action => Act { case, action: action.to_owned(), rows: act.rows.clone() }.into(),
        })
    }

    fn open(&self, id: &ProcedureId, act: &RehearsedAct) -> Result<Command, Failure> {
        let procedure = self.casebook.procedure(id).ok_or(Failure::Stopped)?;
        let form = procedure.open.form.as_ref().and_then(|form| self.casebook.form(form));
        let (mut key, mut rows) = (Values::new(), act.rows.clone());
        for name in procedure.key.iter().flatten() {
            if form.is_none_or(|form| form.field(name).is_none()) {
                let found = rows.iter_mut().find_map(|row| row.remove(name));
                key.extend(found.map(|value| (name.clone(), value)));
            }
        }
        rows.retain(|row| !row.is_empty());
        let about = self.about;
        let enterprise = procedure.subject == SubjectKind::Enterprise;
        let region = procedure.subject == SubjectKind::Region;
        let open = Open {
            procedure: id.clone(),
            enterprise: enterprise.then(|| about.id.clone()),
            region: region.then(|| about.region.clone()),
            key,
            rows,
        };
        Ok(open.into())
    }

    /// Takes note of what the next acts refer to.
    fn learn(&mut self, act: &RehearsedAct, done: &Acknowledged) -> Result<(), Failure> {
        let text = |name: &str| done.fields.get(name).and_then(|value| value.as_str());
        let case = |name: &str| {
            let read = text(name).map(str::parse).transpose();
            read.map_err(|error: IdError| Failure::Evidence(error.to_string()))
        };
        let id = self.within(act).clone();
        if act.action == OPEN {
            self.cases.extend(case("case")?.map(|case| (id.clone(), case)));
        }
        if let Some(child) = case("opened")? {
            let own = self.casebook.procedure(&id);
            let opens = own.and_then(|own| own.action(&act.action)?.opens.clone());
            self.cases.extend(opens.map(|opens| (opens, child)));
        }
        if let Some(notice) = text("notice") {
            self.notice = Some(notice.to_owned());
        }
        let number = done.fields.get("act").and_then(serde_json::Value::as_u64);
        self.proposed = number.and_then(|number| u32::try_from(number).ok()).unwrap_or_default();
        Ok(())
    }
}
