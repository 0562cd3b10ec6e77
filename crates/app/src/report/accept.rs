//! Determining the figure of a year, with everything that follows from it.

use serde::{Deserialize, Serialize};
use tanheng_base::{EnterpriseId, Text, Year};
use tanheng_inventory::version::{Accepted, Event, VersionNumber};
use tanheng_inventory::{
    Class, Classification, Figure, FigureKind, Figures, Obligation as Computed, ObligationOutcome,
    RegisterMove, YearSum, classify, obligation, register_event,
};
use tanheng_quantity::Decimal;
use tanheng_rulebook::Rulebook;
use tanheng_store::record::{
    ClassDecision, Enterprise, Filing, Obligation, RegisterEvent, RegisterMember,
};

use super::{Versions, figure_row, figures, setting, year_sum};
use crate::command::UseCase;
use crate::outcome::{Decision, Outcome};
use crate::policy::{Action, Subject};
use crate::situation::Situation;
use crate::{EXAMPLE_MARK, Failure, enterprise};

/// A figure that the authority sets itself.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Determined {
    /// Direct emission, tCO2e.
    pub direct: Decimal,
    /// Total emission, tCO2e.
    pub total: Decimal,
    /// Why it differs from the verified figure.
    pub reason: String,
}

/// Accepts a version of the annual report: the figure in force, class, register
/// and obligation follow.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Accept {
    /// Enterprise.
    pub enterprise: EnterpriseId,
    /// Data year.
    pub year: Year,
    /// The version.
    pub version: u32,
    /// The authority's own figure, where it sets one.
    pub determined: Option<Determined>,
}

impl UseCase for Accept {
    const KIND: &'static str = "report.accept";

    fn decide(&self, situation: &Situation<'_>) -> Result<Decision, Failure> {
        let (sql, year, entry) = (situation.sql, self.year, situation.sequence);
        situation.authorise(Action::AcceptReport, Subject::Enterprise(&self.enterprise))?;
        let enterprise = enterprise::find(sql, &self.enterprise)?;
        let law = situation.law()?;
        let mut versions = Versions::load(sql, &self.enterprise, year)?;
        let version = VersionNumber(self.version);
        let filing = versions.filing(version)?.clone();
        let mut outcome = Outcome::new();
        let figures = self.figures(situation, &filing, &mut outcome)?;
        let (kind, figure) = figures
            .in_force()
            .filter(|(kind, _)| *kind >= FigureKind::Verified)
            .ok_or_else(|| not_verified(year))?;

        let classification = classify(&setting(&law, &enterprise), year, &figures)?;
        let (sum, _) = year_sum(sql, &self.enterprise, year)?;
        let owed = owed(&law, &enterprise, year, (kind, figure), &sum)?;
        outcome.put(&class_row(&filing, year, &classification, entry)?)?;
        outcome.put(&obligation_row(&filing, year, "excess", &owed, entry)?)?;
        if let Some(example) = situation.example()? {
            let trial = self::owed(&example, &enterprise, year, (kind, figure), &sum)?;
            outcome.put(&obligation_row(&filing, year, "excess_example", &trial, entry)?)?;
            if trial.standing.example {
                outcome.mark(EXAMPLE_MARK);
            }
        }
        let accepted = Accepted {
            version,
            emission: figure.total,
            obligation: owed.demanded(),
            class: classification.decided().cloned(),
        };
        let change = versions.apply(&Event::Accept { accepted })?;
        versions.put(&mut outcome, entry)?;
        if let Some(change) = change {
            outcome.put(&versions.consequence_row("accepted", version, &change, entry))?;
        }
        let moved = Register { situation, enterprise: &enterprise, law: &law, year };
        moved.follow(&classification, &mut outcome)?;
        let outcome = outcome
            .field("version", self.version)?
            .field("figure", kind)?
            .field("total", figure.total)?
            .field("unit", super::UNIT)?
            .field("class", &classification.outcome)?
            .field("obligation", &owed.outcome)?;
        Ok(Decision::New(outcome))
    }
}

impl Accept {
    /// The figures of the version, with the authority's own where it sets one.
    fn figures(
        &self,
        situation: &Situation<'_>,
        filing: &Filing,
        outcome: &mut Outcome,
    ) -> Result<Figures, Failure> {
        let mut known = figures(situation.sql, &self.enterprise, self.year, filing.version)?;
        if let Some(determined) = &self.determined {
            let stated = Figure::stated(determined.direct, determined.total).map_err(|p| *p)?;
            // A stated figure is no more certain than what it was stated on.
            let standing = known.in_force().map(|(_, f)| f.standing.clone()).unwrap_or_default();
            let figure = Figure { standing, ..stated };
            let (kind, reason) = (FigureKind::Determined, &determined.reason);
            let entry = situation.sequence;
            outcome.put(&figure_row(filing, self.year, kind, &figure, reason, entry)?)?;
            known.determined = Some(figure);
        }
        Ok(known)
    }
}

fn not_verified(year: Year) -> Failure {
    Failure::refuse(
        "report.not_verified",
        Text::new(
            format!("{year} 年度排放量尚未核查"),
            format!("the emission of {year} is not verified yet"),
        ),
        Text::new(
            "请待核查机构出具核查值，或由主管部门给出核定值",
            "wait for the verified figure, or determine one",
        ),
    )
}

fn owed(
    rulebook: &Rulebook,
    enterprise: &Enterprise,
    year: Year,
    figure: (FigureKind, &Figure),
    sum: &YearSum,
) -> Result<Computed, Failure> {
    let listed = enterprise.listed.is_some();
    Ok(obligation(&setting(rulebook, enterprise), year, figure, &sum.sum.outputs, listed)?)
}

fn class_row(
    filing: &Filing,
    year: Year,
    classification: &Classification,
    entry: i64,
) -> Result<ClassDecision, Failure> {
    let detail = json(classification)?;
    let value: serde_json::Value =
        serde_json::from_str(&detail).map_err(|error| Failure::Evidence(error.to_string()))?;
    Ok(ClassDecision {
        enterprise: filing.enterprise.clone(),
        year,
        version: filing.version,
        outcome: value["outcome"].as_str().unwrap_or_default().to_owned(),
        class: value["class"].as_str().map(str::to_owned),
        detail,
        entry,
    })
}

fn obligation_row(
    filing: &Filing,
    year: Year,
    kind: &str,
    owed: &Computed,
    entry: i64,
) -> Result<Obligation, Failure> {
    let detail = json(owed)?;
    let value: serde_json::Value =
        serde_json::from_str(&detail).map_err(|error| Failure::Evidence(error.to_string()))?;
    let tonnes = match &owed.outcome {
        ObligationOutcome::Due { tonnes }
        | ObligationOutcome::InDoubt { tonnes }
        | ObligationOutcome::Trial { tonnes } => Some((*tonnes).into()),
        _ => None,
    };
    Ok(Obligation {
        enterprise: filing.enterprise.clone(),
        year,
        version: filing.version,
        kind: kind.to_owned(),
        outcome: value["outcome"].as_str().unwrap_or_default().to_owned(),
        tonnes_e8: tonnes,
        example: owed.standing.example,
        detail,
        entry,
    })
}

fn json(value: &impl Serialize) -> Result<String, Failure> {
    serde_json::to_string(value).map_err(|error| Failure::Evidence(error.to_string()))
}

/// What a class does to the register it belongs on.
struct Register<'a> {
    situation: &'a Situation<'a>,
    enterprise: &'a Enterprise,
    law: &'a Rulebook,
    year: Year,
}

impl Register<'_> {
    fn follow(
        &self,
        classification: &Classification,
        outcome: &mut Outcome,
    ) -> Result<(), Failure> {
        let member = RegisterMember::of(self.situation.sql, &self.enterprise.id)?;
        let previous = member.as_ref().map(|member| Class(member.class.clone()));
        let setting = setting(self.law, self.enterprise);
        let event = register_event(&setting, self.year, previous.as_ref(), classification)?;
        let Some(event) = event else { return Ok(()) };
        let name = match event.event {
            RegisterMove::Entered => "entered",
            RegisterMove::Changed => "changed",
            RegisterMove::Left => "left",
        };
        let (entry, id) = (self.situation.sequence, self.enterprise.id.clone());
        outcome.put(&RegisterEvent {
            register: event.register.clone(),
            enterprise: id.clone(),
            year: self.year,
            event: name.to_owned(),
            class_from: event.from.as_ref().map(ToString::to_string),
            class_to: Some(event.to.to_string()),
            entry,
        })?;
        match (event.event, member) {
            (RegisterMove::Left, Some(member)) => outcome.delete(&member),
            _ => outcome.put(&RegisterMember {
                register: event.register,
                enterprise: id,
                class: event.to.to_string(),
                since: self.year,
                entry,
            }),
        }
    }
}
