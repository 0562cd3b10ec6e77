//! A small book played by hand, for tests that need every step under control.

use std::path::PathBuf;
use std::sync::{Arc, LazyLock};

use tanheng_app::actor::Admit;
use tanheng_app::book::{DatabaseChoice, Found, ORIGIN, Profile};
use tanheng_app::enterprise::{NewFacility, Register};
use tanheng_app::ledger::{self, Media};
use tanheng_app::rulebook::by_two;
use tanheng_app::{
    Acknowledged, Audited, Book, Command, Executor, Failure, Replayed, audit, list, replay, report,
    verification,
};
use tanheng_base::{ActorId, EnterpriseId, FixedClock, Instant, Month, Role, Scope, Text, Year};
use tanheng_filing::Sheet;
use tanheng_rulebook::{PackFiles, Rulebook};
use tanheng_store::record::RulebookPurpose;
use tanheng_store::{Database, Durability, StoreError, journal};
use tanheng_testkit::Engine;
use tanheng_testkit::postgres::Server;

use crate::province::packs;

static LAW: LazyLock<Rulebook> =
    LazyLock::new(|| Rulebook::load(packs(&["cn", "cn-hebei"])).unwrap());

/// Serials of the enterprises of a desk.
pub const STEEL: u32 = 1;
/// A power plant on the national list.
pub const POWER: u32 = 2;
/// A paper mill.
pub const PAPER: u32 = 3;

/// Regions of the three, in the order of their serials.
pub const REGIONS: [&str; 3] = ["130100", "130200", "130682"];

/// A book with its executor.
pub struct Desk {
    pub folder: tempfile::TempDir,
    pub book: Book,
    pub clock: Arc<FixedClock>,
    pub executor: Option<Executor>,
}

/// An actor id.
pub fn id(name: &str) -> ActorId {
    name.parse().unwrap()
}

/// The enterprise of a serial.
pub fn enterprise(serial: u32) -> EnterpriseId {
    EnterpriseId::example(serial)
}

/// The year that is played.
pub fn year() -> Year {
    Year::try_from(2022).unwrap()
}

/// A month of it.
pub fn month(number: usize) -> Month {
    year().months().nth(number - 1).unwrap()
}

/// Nine in the morning in Beijing.
pub fn morning(day: &str) -> Instant {
    Instant::on(day.parse().unwrap(), 9).unwrap()
}

/// A ledger with so much measured coal and so much of a product.
pub fn sheet(coal: u32, product: &str) -> Sheet {
    let unit = if product == "供电量" { "MWh" } else { "t" };
    let csv = format!(
        "facility,source,kind,material,amount,unit,ncv,carbon_content,oxidation,determination,meter,evidence\n\
         1号,锅炉燃烧,fuel,烟煤,{coal},t,24.100,0.02618,99%,measured,皮带秤 BC-{coal},化验报告 {coal}\n\
         1号,外购电,electricity,,100.000,MWh,,,,measured,关口表,\n\
         1号,产品,output,{product},5000,{unit},,,,measured,台账,\n"
    );
    ledger::read(&LAW, Media::Csv, csv.as_bytes()).unwrap()
}

/// The product of an enterprise.
pub fn product(serial: u32) -> &'static str {
    match serial {
        STEEL => "粗钢",
        POWER => "供电量",
        _ => "机制纸及纸板",
    }
}

/// A deposit of a month's ledger.
pub fn deposit(serial: u32, number: usize, coal: u32) -> ledger::Submit {
    ledger::Submit {
        enterprise: enterprise(serial),
        month: month(number),
        sheet: sheet(coal, product(serial)),
        finding: None,
    }
}

/// The annual report of an enterprise.
pub fn annual(serial: u32, corrects: Option<u32>) -> report::Submit {
    report::Submit { enterprise: enterprise(serial), year: year(), corrects }
}

/// The acceptance of a version.
pub fn accept(serial: u32, version: u32) -> report::Accept {
    report::Accept { enterprise: enterprise(serial), year: year(), version, determined: None }
}

/// The revocation of a version.
pub fn revoke(serial: u32, version: u32) -> report::Revoke {
    let reason = "程序瑕疵".to_owned();
    report::Revoke { enterprise: enterprise(serial), year: year(), version, reason }
}

/// A finding about a month.
pub fn finding(serial: u32, number: Option<usize>) -> verification::Find {
    verification::Find {
        enterprise: enterprise(serial),
        year: year(),
        month: number.map(month),
        content: "少计".to_owned(),
    }
}

/// The conclusion of a verification, with direct and total emission.
pub fn conclude(serial: u32, direct: &str, total: &str) -> verification::Conclude {
    verification::Conclude {
        enterprise: enterprise(serial),
        year: year(),
        direct: direct.parse().unwrap(),
        total: total.parse().unwrap(),
        conclusion: "一致".to_owned(),
    }
}

/// A database on the engine of the test.
pub fn choice() -> DatabaseChoice {
    DatabaseChoice { address: Engine::current().database(), password: None }
}

impl Desk {
    /// A founded book with law and actors, and no enterprise.
    pub fn bare() -> Self {
        Self::bare_on(&choice())
    }

    /// The same on a database of choice.
    pub fn bare_on(choice: &DatabaseChoice) -> Self {
        Self::bare_with(Profile::default(), choice)
    }

    /// The same with the algorithms of a profile.
    pub fn bare_with(profile: Profile, choice: &DatabaseChoice) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        let book = Book::create_with(&data, profile, ORIGIN, choice).unwrap();
        let clock = Arc::new(FixedClock::new(morning("2022-01-04")));
        let mut desk = Self { folder, book, clock, executor: None };
        desk.start();
        desk.ok(
            "system",
            Found {
                demonstration: Some("enterprises=3 seed=0".to_owned()),
                system_admin: id("system"),
                security_admin: id("security"),
                audit_admin: id("audit"),
            },
        );
        for name in ["province", "province-2"] {
            desk.admit(name, Role::Province, Scope::Province);
        }
        desk.publish(RulebookPurpose::Law, &packs(&["cn", "cn-hebei"]));
        desk
    }

    /// The same with example rulebook, a list, all roles and three enterprises.
    pub fn new() -> Self {
        let desk = Self::bare();
        let example = packs(&["cn", "cn-hebei", "example"]);
        desk.publish(RulebookPurpose::Example, &example);
        desk.admit("public", Role::Public, Scope::Public);
        for agency in ["a", "b"] {
            let scope = Scope::Agency(format!("agency-{agency}").parse().unwrap());
            desk.admit(&format!("verifier-{agency}"), Role::Verifier, scope);
        }
        let list = list::Publish {
            list: "example.national_power.2022".parse().unwrap(),
            title: Text::new("示例名单", "an example list"),
            document: "hebei-power-list-2022".parse().unwrap(),
            clause: "示例".to_owned(),
            declared_count: 1,
            published: "2022-01-04".parse().unwrap(),
            note: Text::new("虚构", "invented"),
            lines: vec![list::Line {
                serial: 1,
                region: REGIONS[1].parse().unwrap(),
                name: "示例热电".to_owned(),
            }],
        };
        desk.ok("province", list);
        for (serial, region) in (1..).zip(REGIONS) {
            desk.ok("province", registration(serial, region));
            let region = Scope::Region(region.parse().unwrap());
            desk.admit(&format!("city-{serial}"), Role::City, region);
            let own = Scope::Enterprise(enterprise(serial));
            desk.admit(&format!("filer-{serial}"), Role::Enterprise, own);
        }
        desk
    }

    /// One person of the province proposes a rulebook, another publishes it.
    #[track_caller]
    pub fn publish(&self, purpose: RulebookPurpose, packs: &[PackFiles]) -> Acknowledged {
        by_two(self.executor(), (&id("province"), &id("province-2")), purpose, packs).unwrap()
    }

    fn admit(&self, name: &str, role: Role, scope: Scope) {
        self.ok("system", Admit { id: id(name), role, scope });
    }

    /// Starts the executor again.
    pub fn start(&mut self) {
        self.executor = Some(self.try_start().unwrap());
    }

    /// Starts an executor beside.
    pub fn try_start(&self) -> Result<Executor, Failure> {
        Executor::start(&self.book, Arc::clone(&self.clock) as _, Durability::Full)
    }

    /// Stops the executor.
    pub fn stop(&mut self) {
        self.executor = None;
    }

    pub fn executor(&self) -> &Executor {
        self.executor.as_ref().unwrap()
    }

    pub fn at(&self, day: &str) {
        self.clock.set(morning(day));
    }

    pub fn run(&self, who: &str, command: impl Into<Command>) -> Result<Acknowledged, Failure> {
        self.executor().run(&id(who), None, command)
    }

    #[track_caller]
    pub fn ok(&self, who: &str, command: impl Into<Command>) -> Acknowledged {
        self.run(who, command).unwrap_or_else(|failure| panic!("{failure}"))
    }

    /// The codes of a refusal; the head must not move.
    #[track_caller]
    pub fn refused(&self, who: &str, command: impl Into<Command>) -> Vec<&'static str> {
        let before = self.head();
        let failure = self.run(who, command).unwrap_err();
        assert_eq!(self.head(), before, "a refusal left a trace: {failure}");
        assert!(matches!(failure, Failure::Refused(_)), "{failure}");
        failure.problems().iter().map(|problem| problem.code.0).collect()
    }

    pub fn sql(&self) -> Database {
        self.book.reader().unwrap()
    }

    pub fn head(&self) -> journal::Head {
        journal::head(&self.sql()).unwrap()
    }

    pub fn audit(&self) -> Audited {
        audit(&self.book, &self.sql(), None, |_, _| {}).unwrap()
    }

    pub fn replay(&self) -> Replayed {
        replay(&self.sql(), |_, _| {}).unwrap()
    }

    /// Replay and audit agree.
    #[track_caller]
    pub fn sound(&self) -> Audited {
        let replayed = self.replay();
        assert!(replayed.agrees(), "{:?}", replayed.differences);
        let audited = self.audit();
        assert!(audited.agrees(), "{:?}", audited.findings);
        audited
    }

    /// Runs `work` while nobody can write to the database.
    pub fn while_nobody_writes<T>(&self, work: impl FnOnce() -> T) -> T {
        let other = Database::open(self.book.address(), Durability::Full).unwrap();
        other.write(|_| Ok::<_, StoreError>(work())).unwrap()
    }

    /// Changes the database past the program, in the words of its engine.
    pub fn raw(&self, file: &str, server: &str) {
        match self.book.address().path() {
            Some(path) => {
                rusqlite::Connection::open(path).unwrap().execute_batch(file).unwrap();
            }
            None => {
                let address = self.book.address().to_string();
                Server::shared().unwrap().sql(&address, server);
            }
        }
    }

    /// The file of a database that is one.
    pub fn database(&self) -> PathBuf {
        self.book.address().path().unwrap().to_owned()
    }

    /// Files twelve months with so much coal each, and gives their entries.
    pub fn file_months(&self, serial: u32, coal: u32) -> Vec<i64> {
        self.at("2023-01-15");
        let filer = format!("filer-{serial}");
        let file = |number| self.ok(&filer, deposit(serial, number, coal)).sequence;
        (1..=12).map(file).collect()
    }

    /// Files a year, has it verified as it is, and leaves the decision open.
    pub fn verified(&self, serial: u32, coal: u32) {
        self.file_months(serial, coal);
        let filed = self.ok(&format!("filer-{serial}"), annual(serial, None));
        self.assign(serial);
        let figure = |name: &str| filed.fields[name].as_str().unwrap().to_owned();
        let concluded = conclude(serial, &figure("direct"), &figure("total"));
        self.ok("verifier-a", concluded);
    }

    pub fn assign(&self, serial: u32) {
        self.ok("province", assignment(serial, "agency-a"));
    }
}

/// The registration of an enterprise of a desk.
pub fn registration(serial: u32, region: &str) -> Register {
    let industry = ["steel", "power", "paper"][usize::try_from((serial - 1) % 3).unwrap()];
    let list = "example.national_power.2022".parse().unwrap();
    Register {
        enterprise: enterprise(serial),
        name: format!("示例{serial}号有限公司"),
        region: region.parse().unwrap(),
        industry: industry.parse().unwrap(),
        listed: (serial == POWER).then_some(list),
        facilities: vec![NewFacility { id: "1号".parse().unwrap(), name: "1号".to_owned() }],
    }
}

/// The assignment of a verification.
pub fn assignment(serial: u32, agency: &str) -> verification::Assign {
    let agency = agency.parse().unwrap();
    verification::Assign { enterprise: enterprise(serial), year: year(), agency }
}
