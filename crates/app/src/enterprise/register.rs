//! Registering an enterprise.

use serde::{Deserialize, Serialize};
use tanheng_base::{EnterpriseId, FacilityId, IndustryCode, ListId, RegionCode, Text};
use tanheng_store::record::{Enterprise, Facility, PublishedList};

use crate::Failure;
use crate::book::DEMONSTRATION;
use crate::command::UseCase;
use crate::outcome::{Decision, Outcome};
use crate::policy::{Action, Subject};
use crate::situation::Situation;

/// A facility or unit of a new enterprise.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewFacility {
    /// Id within the enterprise.
    pub id: FacilityId,
    /// Name.
    pub name: String,
}

/// Registers an enterprise with its facilities.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Register {
    /// Unified social credit code.
    pub enterprise: EnterpriseId,
    /// Name.
    pub name: String,
    /// Region.
    pub region: RegionCode,
    /// Industry.
    pub industry: IndustryCode,
    /// The national list that names it, if any: whether its emissions are covered
    /// by the national market.
    pub listed: Option<ListId>,
    /// Facilities and units.
    pub facilities: Vec<NewFacility>,
}

impl UseCase for Register {
    const KIND: &'static str = "enterprise.register";

    fn decide(&self, situation: &Situation<'_>) -> Result<Decision, Failure> {
        situation.authorise(Action::RegisterEnterprise, Subject::Book)?;
        self.check(situation)?;
        let entry = situation.sequence;
        let mut outcome = Outcome::new();
        outcome.put(&Enterprise {
            id: self.enterprise.clone(),
            name: self.name.clone(),
            region: self.region.clone(),
            industry: self.industry.clone(),
            example: self.enterprise.is_example(),
            listed: self.listed.clone(),
            entry,
        })?;
        for facility in &self.facilities {
            outcome.put(&Facility {
                enterprise: self.enterprise.clone(),
                id: facility.id.clone(),
                name: facility.name.clone(),
                entry,
            })?;
        }
        Ok(Decision::New(outcome))
    }
}

impl Register {
    fn check(&self, situation: &Situation<'_>) -> Result<(), Failure> {
        let id = &self.enterprise;
        if Enterprise::find(situation.sql, id)?.is_some() {
            return Err(Failure::refuse(
                "enterprise.exists",
                Text::new(
                    format!("企业 `{id}` 已登记"),
                    format!("enterprise `{id}` is registered"),
                ),
                Text::new("请直接使用", "use it as it is"),
            ));
        }
        let demonstration =
            tanheng_store::record::Setting::find(situation.sql, DEMONSTRATION)?.is_some();
        if demonstration != id.is_example() {
            return Err(Failure::refuse(
                "enterprise.not_here",
                Text::new(
                    "示例代码段的企业只能进入示例账簿，真实企业不得进入示例账簿",
                    "codes of the example range belong in demonstration books, and no others do",
                ),
                Text::new("请使用另一本账簿", "use another book"),
            ));
        }
        let law = situation.law()?;
        if law.region(self.region.as_str()).is_none() {
            return Err(Failure::refuse(
                "enterprise.region",
                Text::new(
                    format!("规则库中没有地区 `{}`", self.region),
                    format!("the rulebook has no region `{}`", self.region),
                ),
                Text::new(
                    "请使用规则库 regions.toml 中的代码",
                    "use a code of the rulebook's regions",
                ),
            ));
        }
        if let Some(list) = &self.listed
            && PublishedList::find(situation.sql, list)?.is_none()
        {
            return Err(Failure::refuse(
                "list.unknown",
                Text::new(format!("没有名单 `{list}`"), format!("there is no list `{list}`")),
                Text::new("请先导入名单", "load the list first"),
            ));
        }
        Ok(())
    }
}
