//! Taking a determination back.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use tanheng_base::{EnterpriseId, RegisterId, Year};
use tanheng_inventory::version::{Consequence, Event, VersionNumber};
use tanheng_inventory::{Class, ClassOutcome, Classification, Standing, register_event};
use tanheng_store::Database;
use tanheng_store::record::{ClassDecision, Filing, FilingState, RegisterEvent, RegisterMember};

use super::{Versions, setting};
use crate::command::UseCase;
use crate::outcome::{Decision, Outcome};
use crate::policy::{Action, Subject};
use crate::situation::Situation;
use crate::{Failure, enterprise};

/// Takes the acceptance of a version back: what was in force before it is in force
/// again, or nothing.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Revoke {
    /// Enterprise.
    pub enterprise: EnterpriseId,
    /// Data year.
    pub year: Year,
    /// The version.
    pub version: u32,
    /// Why.
    pub reason: String,
}

impl UseCase for Revoke {
    const KIND: &'static str = "report.revoke";

    fn decide(&self, situation: &Situation<'_>) -> Result<Decision, Failure> {
        situation.authorise(Action::RevokeReport, Subject::Enterprise(&self.enterprise))?;
        let mut versions = Versions::load(situation.sql, &self.enterprise, self.year)?;
        let version = VersionNumber(self.version);
        versions.filing(version)?;
        let change = versions.apply(&Event::Revoke { version })?;
        let entry = situation.sequence;
        let mut outcome =
            Outcome::new().field("version", self.version)?.field("reason", &self.reason)?;
        versions.put(&mut outcome, entry)?;
        if let Some(change) = &change {
            outcome.put(&versions.consequence_row("revoked", version, change, entry))?;
            self.restore(situation, change, &mut outcome)?;
        }
        versions.open_months(situation.sql, &mut outcome)?;
        Ok(Decision::New(outcome))
    }
}

/// Where an enterprise stands on a register, and by the decision of which year.
type Place = Option<(RegisterId, Class, Year)>;

impl Revoke {
    /// The register stands again as the decisions that are still in force have it,
    /// those of other years too.
    fn restore(
        &self,
        situation: &Situation<'_>,
        change: &Consequence,
        outcome: &mut Outcome,
    ) -> Result<(), Failure> {
        let entry = situation.sequence;
        let member = RegisterMember::of(situation.sql, &self.enterprise)?;
        let now: Place = member
            .as_ref()
            .map(|member| (member.register.clone(), Class(member.class.clone()), member.since));
        let then = self.place(situation, change)?;
        if now == then {
            return Ok(());
        }
        let class = |place: &Place| place.as_ref().map(|(_, class, _)| class.to_string());
        let register = then.as_ref().or(now.as_ref()).map(|(register, ..)| register.clone());
        if let Some(register) = register
            && class(&now) != class(&then)
        {
            let event = match (&now, &then) {
                (None, _) => "entered",
                (_, None) => "left",
                _ => "changed",
            };
            outcome.put(&RegisterEvent {
                register,
                enterprise: self.enterprise.clone(),
                year: self.year,
                event: event.to_owned(),
                class_from: class(&now),
                class_to: class(&then),
                entry,
            })?;
        }
        match (then, member) {
            (Some((register, class, since)), _) => outcome.put(&RegisterMember {
                register,
                enterprise: self.enterprise.clone(),
                class: class.to_string(),
                since,
                entry,
            }),
            (None, Some(member)) => outcome.delete(&member),
            (None, None) => Ok(()),
        }
    }

    /// The place that the decisions in force give, year after year. A year without a
    /// decided class moves nothing.
    fn place(&self, situation: &Situation<'_>, change: &Consequence) -> Result<Place, Failure> {
        let enterprise = enterprise::find(situation.sql, &self.enterprise)?;
        let law = situation.law()?;
        let setting = setting(&law, &enterprise);
        let mut place: Place = None;
        for (year, class) in self.classes_in_force(situation.sql, change)? {
            if place.as_ref().is_some_and(|(_, before, _)| *before == class) {
                continue;
            }
            let outcome = ClassOutcome::Decided { class: class.clone() };
            let decided = Classification {
                outcome,
                readings: Vec::new(),
                reasons: Vec::new(),
                standing: Standing::default(),
            };
            let entered = register_event(&setting, year, None, &decided)?;
            place = entered.map(|event| (event.register, class, year));
        }
        Ok(place)
    }

    /// The decided class of each year with a version in force, this year as it is now.
    fn classes_in_force(
        &self,
        sql: &Database,
        change: &Consequence,
    ) -> Result<BTreeMap<Year, Class>, Failure> {
        let form = super::form()?;
        let mut classes = BTreeMap::new();
        let decisions = ClassDecision::of(sql, &self.enterprise)?;
        for filing in Filing::of(sql, &self.enterprise)? {
            let in_force = filing.form == form && filing.state == FilingState::Accepted;
            let decision = decisions.iter().find(|decision| {
                decision.year.to_string() == filing.period && decision.version == filing.version
            });
            let decision = decision.filter(|one| in_force && one.outcome == "decided");
            if let Some((year, class)) = decision.and_then(|d| Some((d.year, d.class.clone()?))) {
                classes.insert(year, Class(class));
            }
        }
        match change.class_to.clone() {
            Some(class) => classes.insert(self.year, class),
            None => classes.remove(&self.year),
        };
        Ok(classes)
    }
}
