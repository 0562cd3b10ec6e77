//! Compliance cycle 2022: quality plans, ledgers, reports, verification, decisions.

use tanheng_base::{ActorId, AgencyId, Date, Month, Role, Scope, Text, Year};
use tanheng_filing::Form;
use tanheng_quantity::Decimal;
use tanheng_store::Database;
use tanheng_store::record::RulebookPurpose;

use super::enterprise::Invented;
use super::journey::Journey;
use super::ledger::{Writing, sheet};
use super::player::{Player, Watch};
use super::random::Random;
use super::{Plan, Stage, day, example_list};
use crate::verification::{Answer, Assign, Conclude, Find};
use crate::{
    Book, Failure, actor, book, case, enterprise, ledger, list, plan, report, rulebook, situation,
};

/// The second person of the province, without whom no rule changes.
pub(super) const SECOND: &str = "province-2";

/// Procedures whose first rehearsal is carried out on the book.
const JOURNEYS: [&str; 3] =
    ["hebei.offset.plan_year", "hebei.disclosure.carbon", "hebei.disclosure.tip_off"];

/// The verification bodies of the example.
const AGENCIES: [&str; 5] = ["a", "b", "c", "d", "e"];

pub(super) fn play(
    book: &Book,
    stage: &Stage<'_>,
    plan: &Plan,
    watch: &mut dyn Watch,
) -> Result<(), Failure> {
    let law = situation::load(stage.law.to_vec())?;
    let cycle = Cycle {
        stage,
        plan,
        reader: book.reader()?,
        form: ledger::form(&law)?,
        year: Year::try_from(2022).map_err(|e| Failure::Evidence(e.to_string()))?,
        enterprises: (0..plan.enterprises)
            .map(|index| Invented::new(index, plan.seed, stage.regions))
            .collect::<Result<_, _>>()?,
    };
    let mut player = Player::new(stage.executor, stage.clock, watch);
    cycle.found(&mut player)?;
    cycle.register(&mut player)?;
    cycle.ledgers(&mut player)?;
    let casebook = case::casebook(&law)?;
    let about = cycle.enterprises.first();
    let journeys = JOURNEYS.into_iter().zip(about.into_iter().cycle());
    let mut journeys: Vec<Journey<'_>> = journeys
        .filter_map(|(procedure, about)| Journey::of(&casebook, procedure, about))
        .collect();
    cycle.reports(&mut player, &mut journeys)?;
    cycle.verification(&mut player, &mut journeys)?;
    cycle.decisions(&mut player)?;
    player.settle()
}

struct Cycle<'a> {
    stage: &'a Stage<'a>,
    plan: &'a Plan,
    reader: Database,
    form: Form,
    year: Year,
    enterprises: Vec<Invented>,
}

fn id(text: &str) -> Result<ActorId, Failure> {
    text.parse().map_err(|e: tanheng_base::IdError| Failure::Evidence(e.to_string()))
}

fn filer(enterprise: &Invented) -> Result<ActorId, Failure> {
    id(&format!("filer-{:04}", enterprise.index + 1))
}

fn agency_of(enterprise: &Invented) -> &'static str {
    let place = usize::try_from(enterprise.index).unwrap_or_default() % AGENCIES.len();
    AGENCIES[place]
}

fn agency(letter: &str) -> Result<AgencyId, Failure> {
    let text = format!("example-agency-{letter}");
    text.parse().map_err(|e: tanheng_base::IdError| Failure::Evidence(e.to_string()))
}

/// How the year of an enterprise goes, by its fate of 0 to 99.
impl Invented {
    /// A month that is not deposited, so that no report can be filed: March is left
    /// for visitors, December was forgotten.
    fn misses(&self) -> Option<i8> {
        match (self.for_visitors, self.fate) {
            (true, _) => Some(3),
            (false, 0..=1) => Some(12),
            _ => None,
        }
    }
    /// Corrects a month by itself before the year is sealed.
    fn corrects_itself(&self) -> bool {
        (10..20).contains(&self.fate)
    }
    /// The verifier finds a slip in May and the ledger is corrected.
    fn has_slip(&self) -> bool {
        (20..36).contains(&self.fate)
    }
    /// The verifier asks, and an explanation is enough.
    fn explains(&self) -> bool {
        (36..46).contains(&self.fate)
    }
    /// Takes its report back and files it again.
    fn withdraws(&self) -> bool {
        (46..49).contains(&self.fate)
    }
    /// Its city returns the report once.
    fn is_returned(&self) -> bool {
        (49..52).contains(&self.fate)
    }
    /// The authority determines a figure of its own.
    fn is_determined(&self) -> bool {
        (52..55).contains(&self.fate)
    }
    /// Is verified, but not decided at the end of 2023.
    fn waits(&self) -> bool {
        (55..59).contains(&self.fate)
    }
    /// Its determination is taken back and made again.
    fn is_revoked(&self) -> bool {
        self.fate == 59
    }
    /// The day its figure is determined.
    fn decided_on(&self) -> Date {
        match self.fate {
            0..=69 => day(2023, 9, 12),
            70..=89 => day(2023, 10, 24),
            _ => day(2023, 12, 15),
        }
    }
    /// Number of the last version of its report.
    fn last_version(&self) -> u32 {
        if self.has_slip() || self.withdraws() || self.is_returned() { 2 } else { 1 }
    }
}

impl Cycle<'_> {
    fn count(&self) -> u64 {
        u64::from(self.plan.enterprises)
    }

    fn reporting(&self) -> impl Iterator<Item = &Invented> {
        self.enterprises.iter().filter(|enterprise| enterprise.misses().is_none())
    }

    fn found(&self, player: &mut Player<'_>) -> Result<(), Failure> {
        player.stage("建立账簿、发布规则库", "founding the book, publishing the rulebook", 30)?;
        player.at(day(2022, 1, 4), 9)?;
        let system = book::founder()?;
        let found = book::Found {
            demonstration: Some(self.plan.text()),
            system_admin: system.clone(),
            security_admin: id("security")?,
            audit_admin: id("audit")?,
        };
        player.send("found", &system, found)?;
        let admit = |name: &str, role: Role, scope: Scope| -> Result<actor::Admit, Failure> {
            Ok(actor::Admit { id: id(name)?, role, scope })
        };
        for name in ["province", SECOND] {
            let person = admit(name, Role::Province, Scope::Province)?;
            player.send(format!("actor/{name}"), &system, person)?;
        }
        self.publish(player, "law", RulebookPurpose::Law)?;
        self.publish(player, "example", RulebookPurpose::Example)?;
        player.send("actor/public", &system, admit("public", Role::Public, Scope::Public)?)?;
        for region in self.stage.regions {
            let name = format!("city-{region}");
            let city = admit(&name, Role::City, Scope::Region(region.clone()))?;
            player.send(format!("actor/{name}"), &system, city)?;
        }
        for letter in AGENCIES {
            let name = format!("verifier-{letter}");
            let verifier = admit(&name, Role::Verifier, Scope::Agency(agency(letter)?))?;
            player.send(format!("actor/{name}"), &system, verifier)?;
        }
        Ok(())
    }

    /// One person of the province proposes a rulebook, another publishes it.
    fn publish(
        &self,
        player: &mut Player<'_>,
        name: &str,
        purpose: RulebookPurpose,
    ) -> Result<(), Failure> {
        let packs = match purpose {
            RulebookPurpose::Law => self.stage.law,
            RulebookPurpose::Example => self.stage.example,
        };
        let propose = rulebook::Propose::new(purpose, packs);
        let proposed = player.ask(format!("{name}/proposed"), &id("province")?, propose)?;
        player.send(name, &id(SECOND)?, rulebook::Publish::of(&proposed)?)
    }

    fn register(&self, player: &mut Player<'_>) -> Result<(), Failure> {
        player.stage(
            "登记企业、备案质量计划",
            "registering enterprises and quality plans",
            self.count() * 3,
        )?;
        let (system, province) = (book::founder()?, id("province")?);
        player.at(day(2022, 1, 5), 9)?;
        player.send("list/example", &province, self.example_list()?)?;
        for invented in &self.enterprises {
            player.at(day(2022, 1, 6), 9)?;
            let register = enterprise::Register {
                enterprise: invented.id.clone(),
                name: invented.name.clone(),
                region: invented.region.clone(),
                industry: invented.industry()?,
                listed: if invented.listed() { Some(example_list()?) } else { None },
                facilities: facilities(invented)?,
            };
            player.send(format!("enterprise/{}", invented.index), &province, register)?;
            let scope = Scope::Enterprise(invented.id.clone());
            let admit = actor::Admit { id: filer(invented)?, role: Role::Enterprise, scope };
            player.send(format!("filer/{}", invented.index), &system, admit)?;
            let content = format!(
                "示例数据质量控制计划：{}燃料消耗由皮带秤或流量计计量，{}",
                invented.profile.facility, "煤质每日检测、按月加权，其余参数取规则库缺省值。"
            );
            let starts = first_month(self.year)?;
            let plan = plan::File { enterprise: invented.id.clone(), starts, content };
            player.send(format!("plan/{}", invented.index), &filer(invented)?, plan)?;
        }
        Ok(())
    }

    fn example_list(&self) -> Result<list::Publish, Failure> {
        let listed = self.enterprises.iter().filter(|invented| invented.listed());
        let lines: Vec<list::Line> = (1..)
            .zip(listed)
            .map(|(serial, invented)| list::Line {
                serial,
                region: invented.region.clone(),
                name: invented.name.clone(),
            })
            .collect();
        Ok(list::Publish {
            list: example_list()?,
            title: Text::new(
                "示例：视同纳入全国碳市场的示例企业",
                "Example: enterprises that stand for entities of the national market",
            ),
            document: self.stage.national_list.document.clone(),
            clause: "示例".to_owned(),
            declared_count: i64::try_from(lines.len()).unwrap_or_default(),
            published: day(2022, 1, 5),
            note: Text::new("虚构名单，仅为演示", "an invented list, for demonstration only"),
            lines,
        })
    }

    fn ledgers(&self, player: &mut Player<'_>) -> Result<(), Failure> {
        player.stage("月度台账存证", "depositing monthly ledgers", self.count() * 12)?;
        for month in self.year.months() {
            let filed = month.last_day().saturating_add(jiff::Span::new().days(12));
            for invented in &self.enterprises {
                if invented.misses() == Some(month.number()) {
                    continue;
                }
                player.at(filed, 9)?;
                let slip =
                    month.number() == 5 && (invented.has_slip() || invented.corrects_itself());
                let writing = if slip { Writing::Slip } else { Writing::Right };
                self.deposit(player, invented, month, writing, None)?;
                if slip && invented.corrects_itself() {
                    player.at(filed, 15)?;
                    self.deposit(player, invented, month, Writing::Right, None)?;
                }
            }
            if month.number() == 9 {
                player.at(day(2022, 10, 11), 9)?;
                let list = self.stage.national_list.clone();
                player.send("list/national", &id("province")?, list)?;
            }
        }
        Ok(())
    }

    fn deposit(
        &self,
        player: &mut Player<'_>,
        invented: &Invented,
        month: Month,
        writing: Writing,
        finding: Option<String>,
    ) -> Result<(), Failure> {
        let key = format!("ledger/{}/{month}/{writing:?}", invented.index);
        let submit = ledger::Submit {
            enterprise: invented.id.clone(),
            month,
            sheet: sheet(&self.form, invented, month, self.plan.seed, writing),
            finding,
        };
        player.send(key, &filer(invented)?, submit)
    }

    fn reports(
        &self,
        player: &mut Player<'_>,
        journeys: &mut [Journey<'_>],
    ) -> Result<(), Failure> {
        player.stage("年度报告", "annual reports", self.count())?;
        go_on(player, journeys, day(2023, 3, 19))?;
        let year = self.year;
        for invented in self.reporting() {
            let (enterprise, filer) = (invented.id.clone(), filer(invented)?);
            player.at(day(2023, 3, 20), 9)?;
            let submit =
                |corrects| report::Submit { enterprise: enterprise.clone(), year, corrects };
            player.send(format!("report/{}/1", invented.index), &filer, submit(None))?;
            if invented.withdraws() {
                let withdraw =
                    report::Withdraw { enterprise: enterprise.clone(), year, version: 1 };
                player.send(format!("report/{}/withdraw", invented.index), &filer, withdraw)?;
                player.send(format!("report/{}/2", invented.index), &filer, submit(None))?;
            }
            if invented.is_returned() {
                player.at(day(2023, 3, 27), 9)?;
                let city = id(&format!("city-{}", invented.region))?;
                let reason = "示例：请补充电费结算单后重新提交".to_owned();
                let reject =
                    report::Reject { enterprise: enterprise.clone(), year, version: 1, reason };
                player.send(format!("report/{}/reject", invented.index), &city, reject)?;
                player.at(day(2023, 3, 30), 9)?;
                player.send(format!("report/{}/2", invented.index), &filer, submit(None))?;
            }
        }
        Ok(())
    }

    fn verification(
        &self,
        player: &mut Player<'_>,
        journeys: &mut [Journey<'_>],
    ) -> Result<(), Failure> {
        player.stage(
            "核查：不符合项与更正",
            "verification: findings and corrections",
            self.count() * 2,
        )?;
        go_on(player, journeys, day(2023, 4, 9))?;
        let province = id("province")?;
        for invented in self.reporting() {
            player.at(day(2023, 4, 10), 9)?;
            let assign = Assign {
                enterprise: invented.id.clone(),
                year: self.year,
                agency: agency(agency_of(invented))?,
            };
            player.send(format!("assign/{}", invented.index), &province, assign)?;
        }
        player.settle()?;
        go_on(player, journeys, day(2023, 5, 7))?;
        for invented in self.reporting() {
            if invented.has_slip() {
                self.correct(player, invented)?;
            } else if invented.explains() {
                self.explain(player, invented)?;
            }
        }
        player.settle()?;
        go_on(player, journeys, day(2023, 6, 19))?;
        for invented in self.reporting() {
            player.at(day(2023, 6, 20), 9)?;
            self.conclude(player, invented, "conclude")?;
        }
        Ok(())
    }

    fn find(
        &self,
        player: &mut Player<'_>,
        invented: &Invented,
        month: Month,
        content: &str,
    ) -> Result<String, Failure> {
        let find = Find {
            enterprise: invented.id.clone(),
            year: self.year,
            month: Some(month),
            content: content.to_owned(),
        };
        let verifier = id(&format!("verifier-{}", agency_of(invented)))?;
        player.at(day(2023, 5, 8), 9)?;
        player.send(format!("find/{}", invented.index), &verifier, find)?;
        Ok(format!("{}/{}/1", invented.id, self.year))
    }

    fn correct(&self, player: &mut Player<'_>, invented: &Invented) -> Result<(), Failure> {
        let month = month_of(self.year, 5)?;
        let content = "示例：5月入炉煤量与皮带秤原始记录不一致，少计约10%";
        let finding = self.find(player, invented, month, content)?;
        player.at(day(2023, 5, 15), 9)?;
        self.deposit(player, invented, month, Writing::Right, Some(finding.clone()))?;
        let filing = format!("{}/{}/{month}/2", self.form.id, invented.id);
        let answer = Answer {
            enterprise: invented.id.clone(),
            finding,
            answer: "示例：已按皮带秤原始记录更正".to_owned(),
            filing: Some(filing),
        };
        player.send(format!("answer/{}", invented.index), &filer(invented)?, answer)?;
        let (enterprise, year) = (invented.id.clone(), self.year);
        let submit = report::Submit { enterprise: enterprise.clone(), year, corrects: Some(1) };
        player.send(format!("report/{}/2", invented.index), &filer(invented)?, submit)?;
        let reason = "示例：由第2版更正替代".to_owned();
        let reject = report::Reject { enterprise, year, version: 1, reason };
        player.send(format!("report/{}/reject", invented.index), &id("province")?, reject)
    }

    fn explain(&self, player: &mut Player<'_>, invented: &Invented) -> Result<(), Failure> {
        let month = month_of(self.year, 8)?;
        let finding = self.find(player, invented, month, "示例：8月电量波动较大，请说明")?;
        player.at(day(2023, 5, 16), 9)?;
        let answer = Answer {
            enterprise: invented.id.clone(),
            finding,
            answer: "示例：当月装置检修，电量由电费结算单佐证".to_owned(),
            filing: None,
        };
        player.send(format!("answer/{}", invented.index), &filer(invented)?, answer)
    }

    /// The verifier confirms the recalculated figure, or cuts what the evidence does
    /// not carry.
    fn conclude(
        &self,
        player: &mut Player<'_>,
        invented: &Invented,
        key: &str,
    ) -> Result<(), Failure> {
        let verifier = id(&format!("verifier-{}", agency_of(invented)))?;
        let (direct, total) = self.recalculated(invented)?;
        let mut random = Random::of(self.plan.seed, "verifier", invented.index);
        let (direct, total, conclusion) = if random.percent(15) {
            let added = Decimal::from(random.between(20, 400));
            let plus = |figure: Decimal| figure.checked_add(added).unwrap_or(figure);
            (plus(direct), plus(total), "示例：移动源柴油漏报，已计入")
        } else {
            (direct, total, "示例：与证据一致")
        };
        let conclude = Conclude {
            enterprise: invented.id.clone(),
            year: self.year,
            direct,
            total,
            conclusion: conclusion.to_owned(),
        };
        player.send(format!("{key}/{}", invented.index), &verifier, conclude)
    }

    /// The recalculated figure of the newest version that is on disk.
    fn recalculated(&self, invented: &Invented) -> Result<(Decimal, Decimal), Failure> {
        let filing = report::latest_submitted(&self.reader, &invented.id, self.year)?;
        let figures = report::figures(&self.reader, &invented.id, self.year, filing.version)?;
        let figure = figures.recalculated.ok_or(Failure::Stopped)?;
        Ok((figure.direct, figure.total))
    }

    fn decisions(&self, player: &mut Player<'_>) -> Result<(), Failure> {
        player.stage("核定、分类与义务", "determination, classes and obligations", self.count())?;
        let province = id("province")?;
        let mut decided: Vec<&Invented> =
            self.reporting().filter(|invented| !invented.waits()).collect();
        decided.sort_by_key(|invented| (invented.decided_on(), invented.index));
        for invented in decided {
            player.at(invented.decided_on(), 9)?;
            let version = invented.last_version();
            let accept = report::Accept {
                enterprise: invented.id.clone(),
                year: self.year,
                version,
                determined: self.determined(invented)?,
            };
            player.send(format!("accept/{}", invented.index), &province, accept.clone())?;
            if invented.is_revoked() {
                player.at(day(2023, 10, 16), 9)?;
                let reason = "示例：核定程序瑕疵，撤销后重新核定".to_owned();
                let revoke = report::Revoke {
                    enterprise: invented.id.clone(),
                    year: self.year,
                    version,
                    reason,
                };
                player.send(format!("revoke/{}", invented.index), &province, revoke)?;
                self.decide_again(player, invented, version + 1)?;
            }
        }
        player.at(day(2023, 12, 29), 17)
    }

    fn decide_again(
        &self,
        player: &mut Player<'_>,
        invented: &Invented,
        version: u32,
    ) -> Result<(), Failure> {
        let (enterprise, year) = (invented.id.clone(), self.year);
        player.at(day(2023, 11, 6), 9)?;
        let submit = report::Submit { enterprise: enterprise.clone(), year, corrects: None };
        player.send(format!("report/{}/again", invented.index), &filer(invented)?, submit)?;
        player.settle()?;
        self.conclude(player, invented, "conclude-again")?;
        let accept = report::Accept { enterprise, year, version, determined: None };
        player.send(format!("accept-again/{}", invented.index), &id("province")?, accept)
    }

    fn determined(&self, invented: &Invented) -> Result<Option<report::Determined>, Failure> {
        if !invented.is_determined() {
            return Ok(None);
        }
        let (direct, total) = self.recalculated(invented)?;
        let added = Decimal::from(150);
        let plus = |figure: Decimal| figure.checked_add(added).unwrap_or(figure);
        let reason = "示例：对应急锅炉用油按保守值补计150 t".to_owned();
        Ok(Some(report::Determined { direct: plus(direct), total: plus(total), reason }))
    }
}

/// Carries out what comes in the cases until a day.
fn go_on(
    player: &mut Player<'_>,
    journeys: &mut [Journey<'_>],
    until: Date,
) -> Result<(), Failure> {
    journeys.iter_mut().try_for_each(|journey| journey.go_on(player, until))
}

fn facilities(invented: &Invented) -> Result<Vec<enterprise::NewFacility>, Failure> {
    let facility = |name: &&str| {
        let id = name.parse();
        let id = id.map_err(|e: tanheng_base::IdError| Failure::Evidence(e.to_string()))?;
        Ok(enterprise::NewFacility { id, name: format!("示例{name}") })
    };
    invented.facilities.iter().map(facility).collect()
}

fn month_of(year: Year, number: i8) -> Result<Month, Failure> {
    year.months().find(|month| month.number() == number).ok_or(Failure::Stopped)
}

fn first_month(year: Year) -> Result<Month, Failure> {
    month_of(year, 1)
}
