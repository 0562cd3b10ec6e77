//! Every page from samples of every state, in both languages, without a server.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use tanheng_app::read::enterprise::{EnterpriseView, Item, List, MonthView, Version, YearView};
use tanheng_app::read::figure::{Basis, Ledger, Line, Opened};
use tanheng_app::read::log::{Content, Entry, Line as LogLine, Log};
use tanheng_app::read::province::{Counts, Deadline, Due, Duty, Outcomes, Province, Sum};
use tanheng_app::read::record::{
    ClassDecision, Consequence, Enterprise, Facility, Filing, FilingState, Finding, FindingState,
    LedgerLine, MonthFigure, Obligation, QualityPlan, Verification, VerificationState, YearFigure,
    YearFigureKind,
};
use tanheng_app::read::register::Registers;
use tanheng_base::{Lang, Month, Text, Year};
use tanheng_evidence::{ReceiptError, Value};
use tanheng_quantity::Decimal;
use tanheng_rulebook::Rulebook;
use tanheng_server::address::{Address, Subject};
use tanheng_server::i18n::{MISSING, Words};
use tanheng_server::packs::embedded_packs;
use tanheng_server::page::enterprise::{ListPage, OnePage};
use tanheng_server::page::error::ErrorPage;
use tanheng_server::page::figure::{LinePage, MonthPage, YearPage};
use tanheng_server::page::frame::{BookState, View};
use tanheng_server::page::log::{EntryPage, LogPage, ReceiptPage};
use tanheng_server::page::province::ProvincePage;
use tanheng_server::page::register::RegistersPage;
use tanheng_server::page::rulebook::{
    DocumentPage, DocumentsPage, IndexPage, MethodPage, MethodsPage, ParameterPage, ParametersPage,
    Published, Reading, TablePage, TablesPage,
};
use tanheng_server::page::{Page, link_exports};

use crate::html;

/// Law and example packs together: every state that a pack can hold.
static RULEBOOK: LazyLock<Arc<Rulebook>> =
    LazyLock::new(|| Arc::new(Rulebook::load(embedded_packs()).unwrap()));

const USCC: &str = "91350100M000100Y43";

fn id<T: std::str::FromStr>(text: &str) -> T {
    text.parse().unwrap_or_else(|_| panic!("{text}"))
}

fn view(lang: Lang, subject: Subject) -> View {
    View {
        words: Words::new(lang),
        address: Address::new(lang, subject),
        query: Vec::new(),
        book: BookState {
            demonstration: true,
            place: Text::new("河北省", "Hebei Province"),
            rulebook: Some(RULEBOOK.version().to_string()),
            log_size: 1,
            as_of: "2023-12-15".to_owned(),
        },
    }
}

/// Draws a page and checks what holds for every page; gives its text.
fn drawn(view: &View, mut page: impl Page) -> String {
    link_exports(view, &mut page);
    for table in page.tables() {
        for row in table.rows.iter().chain(&table.total) {
            assert_eq!(row.len(), table.columns.len(), "{}: {}", view.address, table.id);
        }
        assert!(table.to_csv().starts_with('\u{feff}'));
    }
    let text = page.html().unwrap();
    assert!(!text.contains(MISSING), "{}: {}", view.address, around(&text));
    assert_eq!(html::faults(&text), Vec::<String>::new(), "{}", view.address);
    assert!(text.contains("class=\"ribbon\""));
    html::text(&text)
}

fn around(text: &str) -> &str {
    let at = text.find(MISSING).unwrap_or_default();
    text.get(at..).and_then(|rest| rest.split('⟧').next()).unwrap_or_default()
}

/// Draws in both languages.
pub fn both<P: Page>(subject: &Subject, make: impl Fn(&View) -> P) -> [String; 2] {
    [Lang::Zh, Lang::En].map(|lang| {
        let view = view(lang, subject.clone());
        let page = make(&view);
        drawn(&view, page)
    })
}

fn reading<'a>(view: &'a View, rulebook: &'a Rulebook) -> Reading<'a> {
    Reading { view, rulebook, at: id("2023-12-15") }
}

#[test]
fn every_part_of_the_rulebook_has_a_page() {
    let book = &**RULEBOOK;
    let version = book.version().to_string();
    let published =
        [false, true].map(|example| Published { version: version.clone(), example, entry: 3 });
    both(&Subject::Rulebook, |view| IndexPage::new(reading(view, book), &published));
    both(&Subject::Documents, |view| DocumentsPage::new(reading(view, book)));
    both(&Subject::Methods, |view| MethodsPage::new(reading(view, book)));
    both(&Subject::Tables, |view| TablesPage::new(reading(view, book)));
    let [zh, _] = both(&Subject::Parameters, |view| ParametersPage::new(reading(view, book)));
    assert!(zh.contains("待定"), "{zh}");
    for document in book.documents() {
        let subject = Subject::Document(document.id.clone());
        both(&subject, |view| DocumentPage::new(reading(view, book), &document.id).unwrap());
    }
    for parameter in book.parameters() {
        let subject = Subject::Parameter(parameter.id.clone());
        both(&subject, |view| ParameterPage::new(reading(view, book), &parameter.id).unwrap());
    }
    for method in book.methods() {
        let subject = Subject::Method(method.id.clone());
        let [zh, en] =
            both(&subject, |view| MethodPage::new(reading(view, book), &method.id).unwrap());
        assert!(zh.contains("依据") && en.contains("Clause"), "{}", method.id);
    }
    for table in book.tables() {
        let subject = Subject::Table(table.id.clone());
        both(&subject, |view| TablePage::new(reading(view, book), &table.id).unwrap());
    }
}

#[test]
fn an_open_parameter_says_so_and_shows_no_value() {
    let law = tanheng_server::packs::without_examples(embedded_packs());
    let law = Rulebook::load(law).unwrap();
    let open = id("hebei.class.boundary");
    let subject = Subject::Parameter(id("hebei.class.boundary"));
    let [zh, en] = both(&subject, |view| ParameterPage::new(reading(view, &law), &open).unwrap());
    assert!(zh.contains("待定") && zh.contains("主管部门"), "{zh}");
    assert!(en.contains("no value until the authority decides"), "{en}");
}

#[test]
fn every_name_out_of_a_fixed_set_has_words() {
    let states = ["submitted", "withdrawn", "rejected", "accepted", "replaced", "revoked"];
    let owed = [
        "not-due",
        "due",
        "in-doubt",
        "trial",
        "no-benchmark",
        "no-output",
        "not-verified",
        "open",
    ];
    let groups: [(&str, &[&str]); 14] = [
        ("filing", &states),
        ("outcome", &owed),
        ("class", &["key", "ordinary", "other"]),
        ("class-outcome", &["decided", "trial", "open", "no-figure", "no-rule"]),
        ("boundary", &["direct", "total"]),
        ("figure", &["reported", "recalculated", "verified", "determined"]),
        ("line-kind", &["fuel", "electricity", "output"]),
        ("determination", &["measured", "default", "calculated"]),
        ("default", &["ncv", "carbon-content", "oxidation"]),
        ("event", &["entered", "changed", "left"]),
        ("checked", &["official", "secondary", "memory"]),
        ("state", &["in-force", "announced", "published", "open", "repealed", "in-doubt"]),
        ("rounding", &["half-up", "half-even", "up", "down"]),
        ("duty", &["ledger", "report", "verification", "finding", "obligation"]),
    ];
    for lang in [Lang::Zh, Lang::En] {
        let words = Words::new(lang);
        for (group, names) in groups {
            for name in names {
                assert!(words.has(&format!("{group}-{name}")), "{group}-{name} in {}", words.tag());
            }
        }
    }
}

/// The kinds of command, as the use cases declare them.
fn kinds(folder: &std::path::Path, found: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            kinds(&path, found);
            continue;
        }
        let source = std::fs::read_to_string(&path).unwrap();
        let declared = source.split("const KIND: &'static str = \"").skip(1);
        found.extend(declared.filter_map(|rest| rest.split('"').next()).map(str::to_owned));
    }
}

#[test]
fn every_kind_of_command_has_words() {
    let mut found = Vec::new();
    kinds(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../app/src"), &mut found);
    assert!(found.len() > 10, "{found:?}");
    for kind in found {
        let key = format!("kind-{}", kind.replace(['.', '_'], "-"));
        for lang in [Lang::Zh, Lang::En] {
            assert!(Words::new(lang).has(&key), "{key}");
        }
    }
}

fn sum(total: Option<&str>, trial: bool) -> Sum {
    let tonnes = total.map(id::<Decimal>);
    Sum {
        enterprises: 2,
        with_figure: u64::from(total.is_some()),
        direct: tonnes,
        total: tonnes,
        trial,
        example: trial,
    }
}

fn province() -> Province {
    let outcome = |tonnes: Option<&str>| Outcomes { count: 1, tonnes: tonnes.map(id) };
    let names = ["not_due", "no_benchmark", "no_output", "not_verified", "open"];
    let mut by_law: BTreeMap<String, Outcomes> =
        names.map(|name| (name.to_owned(), outcome(None))).into();
    by_law.insert("due".into(), outcome(Some("2000")));
    by_law.insert("in_doubt".into(), outcome(Some("10.5")));
    let parameter = || id("cn.ledger.due_days");
    let due = |duty, deadline| Due {
        duty,
        period: "2022-03".into(),
        listed: duty == Duty::Ledger,
        outstanding: 1,
        deadline,
    };
    let day = |late| Deadline::Day { day: id("2022-05-10"), late, parameter: parameter() };
    Province {
        year: id("2022"),
        years: vec![id("2023"), id("2022")],
        as_of: id("2023-12-15"),
        counts: Counts { enterprises: 2, ..Counts::default() },
        regions: vec![
            (id("130100"), sum(Some("1234567.89"), true)),
            (id("130200"), sum(None, false)),
        ],
        industries: vec![
            (id("power"), Text::new("发电", "power"), sum(Some("0.00"), false)),
            (id("paper"), Text::new("造纸", "paper"), sum(None, false)),
        ],
        by_law,
        by_example: [("trial".to_owned(), outcome(Some("5")))].into(),
        due: vec![
            due(Duty::Ledger, day(1)),
            due(Duty::Report, day(0)),
            due(Duty::Verification, Deadline::None),
            due(Duty::Finding, Deadline::None),
            due(Duty::Obligation, Deadline::Open { parameter: parameter() }),
        ],
    }
}

#[test]
fn the_province_says_what_is_missing_and_what_is_late() {
    let [zh, en] =
        both(&Subject::Province, |view| ProvincePage::new(view, Some(&RULEBOOK), &province()));
    for wanted in
        ["123.5", "1,234,567.89", "无数据", "基准值未公布", "逾期 1 天", "期限未规定", "试算"]
    {
        assert!(zh.contains(wanted), "no {wanted}: {zh}");
    }
    for wanted in ["1 day late", "no time limit set", "no benchmark published", "no figure"] {
        assert!(en.contains(wanted), "no {wanted}: {en}");
    }
    let empty = Province {
        regions: Vec::new(),
        industries: Vec::new(),
        by_law: BTreeMap::new(),
        by_example: BTreeMap::new(),
        due: Vec::new(),
        years: Vec::new(),
        ..province()
    };
    both(&Subject::Province, |view| ProvincePage::new(view, None, &empty));
}

fn enterprise(example: bool) -> Enterprise {
    Enterprise {
        id: id(USCC),
        name: "示例<钢铁>厂".into(),
        region: id("130100"),
        industry: id("steel"),
        example,
        listed: (!example).then(|| id("hebei.list.national_power.2022")),
        entry: 7,
    }
}

fn filing(period: &str, version: i64, state: FilingState) -> Filing {
    let form = if period.len() == 4 { "report.annual" } else { "hebei.ledger.monthly" };
    Filing {
        id: format!("{form}/{USCC}/{period}/{version}"),
        form: id(form),
        enterprise: id(USCC),
        period: period.into(),
        version,
        state,
        digest: "00".repeat(32),
        rulebook: RULEBOOK.version().to_string(),
        actor: id("filer-0001"),
        submitted_ms: 1_680_000_000_000,
        finding: (version > 1).then(|| format!("{USCC}/2022/1")),
        entry: 30 + version,
    }
}

fn figure(kind: YearFigureKind, trial: bool) -> YearFigure {
    YearFigure {
        enterprise: id(USCC),
        year: id("2022"),
        version: 1,
        kind,
        direct_e2: id::<Decimal>("25999.99").into(),
        total_e2: id::<Decimal>("26000.00").into(),
        trial,
        example: trial,
        standing: "{}".into(),
        reason: "十二个月之和".into(),
        entry: 40,
    }
}

/// A class of each outcome: class where there is one, and its reasons as JSON.
fn class(outcome: &str) -> ClassDecision {
    let standing = r#""standing":{"trial":false,"example":false,"unverified":[],"in_doubt":[]}"#;
    let reading = r#"{"boundary":"direct","figure":"verified","taken":null,"emission":null,"class":null,"calculation":null}"#;
    let (class, more) = match outcome {
        "decided" | "trial" => (Some("key"), r#""class":"key","#),
        "open" => (None, r#""parameters":["hebei.class.boundary"],"#),
        _ => (None, ""),
    };
    ClassDecision {
        enterprise: id(USCC),
        year: id("2022"),
        version: 1,
        outcome: outcome.into(),
        class: class.map(str::to_owned),
        detail: format!(
            r#"{{"outcome":"{outcome}",{more}"readings":[{reading}],"reasons":[{{"zh":"理由","en":"a reason"}}],{standing}}}"#
        ),
        entry: 41,
    }
}

fn obligation(outcome: &str, tonnes: Option<&str>) -> Obligation {
    let standing = r#""standing":{"trial":false,"example":false,"unverified":[],"in_doubt":[]}"#;
    let more = match (outcome, tonnes) {
        ("open", _) => r#""parameters":["hebei.offset.plan"],"#.to_owned(),
        (_, Some(tonnes)) => format!(r#""tonnes":"{tonnes}","#),
        _ => String::new(),
    };
    Obligation {
        enterprise: id(USCC),
        year: id("2022"),
        version: 1,
        kind: "excess".into(),
        outcome: outcome.into(),
        tonnes_e8: tonnes.map(|tonnes| id::<Decimal>(tonnes).into()),
        example: outcome == "trial",
        detail: format!(
            r#"{{"kind":"excess","outcome":"{outcome}",{more}"reasons":[],"calculations":[],{standing}}}"#
        ),
        entry: 42,
    }
}

fn year(version: Version, open: bool) -> YearView {
    let state = if open { FindingState::Open } else { FindingState::Answered };
    YearView {
        year: id("2022"),
        versions: vec![version],
        verification: Some(Verification {
            enterprise: id(USCC),
            year: id("2022"),
            agency: id("agency-1"),
            state: if open { VerificationState::Assigned } else { VerificationState::Concluded },
            conclusion: (!open).then(|| "符合".into()),
            entry: 43,
        }),
        findings: vec![Finding {
            id: format!("{USCC}/2022/1"),
            enterprise: id(USCC),
            year: id("2022"),
            month: (!open).then(|| id("2022-03")),
            content: "漏报".into(),
            state,
            answer: (!open).then(|| "已更正".into()),
            filing: (!open).then(|| format!("hebei.ledger.monthly/{USCC}/2022-03/2")),
            entry: 44,
        }],
        consequences: vec![Consequence {
            enterprise: id(USCC),
            year: id("2022"),
            version: 1,
            event: if open { "revoked" } else { "accepted" }.into(),
            emission_delta_e2: id::<Decimal>("-5.25").into(),
            obligation_delta_e8: None,
            class_from: None,
            class_to: Some("key".into()),
            entry: 45,
        }],
    }
}

fn month(sealed: bool) -> MonthView {
    MonthView {
        figure: MonthFigure {
            enterprise: id(USCC),
            month: id("2022-03"),
            filing: format!("hebei.ledger.monthly/{USCC}/2022-03/2"),
            direct_e2: id::<Decimal>("454.33").into(),
            indirect_e2: id::<Decimal>("0").into(),
            outputs: r#"{"粗钢":"1000 t"}"#.into(),
            standing: r#"{"trial":true,"example":false,"unverified":[],"in_doubt":[]}"#.into(),
            trial: true,
            example: false,
            sealed,
            entry: 32,
        },
        filing: sealed.then(|| filing("2022-03", 2, FilingState::Accepted)),
    }
}

fn whole(years: Vec<YearView>, sealed: bool) -> EnterpriseView {
    EnterpriseView {
        enterprise: enterprise(sealed),
        facilities: vec![Facility {
            enterprise: id(USCC),
            id: id("1"),
            name: "1号炉".into(),
            entry: 7,
        }],
        months: vec![month(sealed)],
        years,
        plans: vec![QualityPlan {
            enterprise: id(USCC),
            version: 1,
            starts: id("2022-01"),
            content: "计划".into(),
            entry: 8,
        }],
        filings: vec![filing("2022-03", 2, FilingState::Accepted)],
        member: None,
        events: Vec::new(),
    }
}

fn version(class: Option<ClassDecision>, owed: Option<Obligation>, trial: bool) -> Version {
    let kinds = [YearFigureKind::Reported, YearFigureKind::Recalculated, YearFigureKind::Verified];
    Version {
        filing: filing("2022", 1, FilingState::Accepted),
        figures: kinds.map(|kind| figure(kind, trial)).into(),
        class,
        by_law: owed,
        by_example: trial.then(|| obligation("trial", Some("2000.00000001"))),
    }
}

#[test]
fn an_enterprise_in_every_state_has_a_page() {
    let shelf = |_: &str| Some(Arc::clone(&RULEBOOK));
    let subject = Subject::Enterprise(id(USCC));
    let outcomes = [
        ("decided", "due", Some("2000")),
        ("trial", "in_doubt", Some("10.5")),
        ("open", "open", None),
        ("no_figure", "no_benchmark", None),
        ("no_rule", "not_due", None),
        ("decided", "no_output", None),
        ("decided", "not_verified", None),
    ];
    for (at, (decided, owed, tonnes)) in outcomes.into_iter().enumerate() {
        let even = at % 2 == 0;
        let version = version(Some(class(decided)), Some(obligation(owed, tonnes)), even);
        let seen = whole(vec![year(version, even)], even);
        let [zh, en] =
            both(&subject, |view| OnePage::new(view, Some(&RULEBOOK), &shelf, &seen).unwrap());
        assert!(zh.contains("示例<钢铁>厂") && zh.contains("26,000.00"), "{zh}");
        assert!(en.contains("not filed") && en.contains("of which direct"), "{en}");
        if owed == "no_benchmark" {
            assert!(zh.contains("基准值未公布") && en.contains("no benchmark published"));
        }
        both(&Subject::Year(id(USCC), id("2022")), |view| {
            YearPage::new(view, &seen, id("2022")).unwrap()
        });
    }
    let bare = whole(Vec::new(), false);
    both(&subject, |view| OnePage::new(view, None, &shelf, &bare).unwrap());
    let view = view(Lang::Zh, subject);
    assert!(YearPage::new(&view, &bare, id("2021")).is_none());
    let mut broken = class("decided");
    broken.detail = "{".into();
    let broken = whole(vec![year(version(Some(broken), None, false), true)], true);
    assert!(OnePage::new(&view, None, &shelf, &broken).is_err());
}

#[test]
fn the_list_of_enterprises_says_what_is_not_there_yet() {
    let item = |newest| Item { enterprise: enterprise(true), months: 11, newest };
    let year: Year = id("2022");
    let list = List {
        items: vec![
            item(None),
            item(Some((year, version(None, None, false)))),
            item(Some((year, Version { figures: Vec::new(), ..version(None, None, false) }))),
            item(Some((
                year,
                version(Some(class("open")), Some(obligation("due", Some("1"))), true),
            ))),
        ],
        next: Some(id(USCC)),
    };
    let [zh, en] = both(&Subject::Enterprises, |view| ListPage::new(view, Some(&RULEBOOK), &list));
    for wanted in ["未报告", "未判定", "未计算", "无数据", "规则待定", "下一页"]
    {
        assert!(zh.contains(wanted), "no {wanted}");
    }
    assert!(en.contains("no report") && en.contains("Next page"));
    both(&Subject::Enterprises, |view| ListPage::new(view, None, &List::default()));
}

fn ledger_line(kind: &str, emission: Option<&str>) -> LedgerLine {
    LedgerLine {
        filing: format!("hebei.ledger.monthly/{USCC}/2022-03/2"),
        row: 1,
        facility: id("1号炉"),
        source: id("燃烧"),
        kind: kind.into(),
        material: "天然气".into(),
        amount: "21 10^4Nm3".into(),
        ncv: Some("389.31 GJ/10^4Nm3".into()),
        carbon_content: None,
        oxidation: Some("0.99".into()),
        determination: Some("default".into()),
        meter: None,
        evidence: None,
        method: None,
        inputs: None,
        emission_e2: emission.map(|text| id::<Decimal>(text).into()),
        basis: "{}".into(),
        entry: 32,
    }
}

fn ledger(lines: Vec<Line>) -> Ledger {
    let month: Month = id("2022-03");
    Ledger {
        enterprise: enterprise(true),
        month,
        filing: filing("2022-03", 2, FilingState::Replaced),
        versions: vec![filing("2022-03", 2, FilingState::Replaced)],
        figure: Some(self::month(true).figure),
        lines,
    }
}

#[test]
fn a_figure_opens_in_every_state() {
    let line = |line, basis| Line { line, basis };
    let outside = Basis {
        not_counted: Some(tanheng_base::Citation {
            document: id("hebei-2022-145"),
            clause: "一(一)".into(),
        }),
        ..Basis::default()
    };
    let mut waiting = Basis::default();
    waiting.standing.undecided.insert("cn.grid.factor".into());
    let lines = vec![
        line(ledger_line("fuel", Some("454.33")), Basis::default()),
        line(ledger_line("electricity", None), outside),
        line(ledger_line("output", None), Basis::default()),
        line(ledger_line("electricity", None), waiting),
    ];
    let subject = Subject::Ledger(id(USCC), id("2022-03"), 2);
    let [zh, _] = both(&subject, |view| MonthPage::new(view, &ledger(lines.clone())));
    for wanted in ["不在核算边界内", "不计排放", "规则待定", "cn.grid.factor"] {
        assert!(zh.contains(wanted), "no {wanted}: {zh}");
    }
    let [erased, _] = both(&subject, |view| MonthPage::new(view, &ledger(Vec::new())));
    assert!(erased.contains("内容已擦除"), "{erased}");

    let context = tanheng_rulebook::Context { at: id("2022-03-31"), region: id("130100") };
    let inputs = [
        ("consumption", "21 10^4Nm3"),
        ("ncv", "389.31"),
        ("carbon_content", "0.01532"),
        ("oxidation", "99%"),
    ];
    let inputs = inputs.map(|(name, text)| (name.to_owned(), text.into())).into();
    let method = id("cn.power.combustion.gas");
    let evaluation = RULEBOOK.evaluate(&method, &inputs, &context).unwrap();
    let subject = Subject::Line(id(USCC), id("2022-03"), 2, 1);
    for (calculation, agrees) in [
        (Some(tanheng_rulebook::to_json(&evaluation)), true),
        (Some(tanheng_rulebook::to_json(&evaluation)), false),
        (None, true),
    ] {
        let opened = Opened {
            ledger: ledger(lines.clone()),
            line: lines[0].clone(),
            rulebook: Some(Arc::clone(&RULEBOOK)),
            calculation: calculation.clone(),
            agrees,
        };
        let [zh, en] = both(&subject, |view| LinePage::new(view, &opened));
        if calculation.is_none() {
            assert!(zh.contains("没有计算过程"));
            continue;
        }
        for wanted in ["C_ar = NCV × CC", "389.31 GJ/10^4Nm3 × 0.01532 tC/GJ", "5.9642292 → 5.96"]
        {
            assert!(zh.contains(wanted), "no {wanted}: {zh}");
        }
        assert!(en.contains("E = 454.33 tCO2"), "{en}");
        assert_eq!(en.contains("agrees"), agrees, "{en}");
        assert_eq!(zh.contains("不一致"), !agrees, "{zh}");
    }
}

fn log_line(erased: bool) -> LogLine {
    LogLine {
        sequence: 30,
        time_ms: 1_680_000_000_000,
        actor: "filer-0001".into(),
        kind: "ledger.submit".into(),
        leaf: [7; 32],
        erased,
    }
}

#[test]
fn the_log_and_an_entry_have_a_page_in_every_state() {
    let key = "tanheng/hebei+8ea32ec0+AQxgwsEni3Z30zGhlu+yX6FBsy3JZKODqEGbMcKhVekL";
    let key = tanheng_evidence::VerifierKey::parse(key).unwrap();
    let log = Log {
        size: 100,
        lines: vec![log_line(false), log_line(true)],
        checkpoint: Some("tanheng/hebei\n100\n".into()),
        key: key.clone(),
    };
    let [zh, en] = both(&Subject::Log, |view| LogPage::new(view, &log, Some(31)));
    assert!(zh.contains("台账存证") && zh.contains("已擦除") && zh.contains("较新"), "{zh}");
    assert!(en.contains("deposit a ledger") && en.contains("Older entries"), "{en}");
    let empty = Log { size: 0, lines: Vec::new(), checkpoint: None, key };
    both(&Subject::Log, |view| LogPage::new(view, &empty, None));

    let fields = vec![("sheet".to_owned(), Value::from("长".repeat(5000).as_str()))];
    for content in [Content::Erased, Content::Withheld, Content::Shown { fields, hidden: 1 }] {
        let shown = matches!(content, Content::Shown { .. });
        let entry = Entry {
            line: log_line(!shown),
            input_root: [1; 32],
            outcome_root: [2; 32],
            input: content.clone(),
            outcome: content,
            enterprise: shown.then(|| id(USCC)),
        };
        let [zh, _] = both(&Subject::Entry(30), |view| EntryPage::new(view, &entry));
        assert_eq!(zh.contains("下载回执"), shown, "{zh}");
    }
}

#[test]
fn every_verdict_and_error_is_said_in_both_languages() {
    let errors = [
        ReceiptError::Malformed { reason: "<x>".into() },
        ReceiptError::NotCanonical,
        ReceiptError::NotInTree,
        ReceiptError::TooLong,
    ];
    for error in errors {
        let found = Err(error.clone());
        let [zh, en] = both(&Subject::Receipt, |view| {
            ReceiptPage::answered(view, "key".into(), "<given>", &found)
        });
        assert!(zh.contains(&error.zh()) && en.contains(&error.en()), "{en}");
        assert!(zh.contains(error.code()));
    }
    both(&Subject::Receipt, |view| ReceiptPage::empty(view, "key".into()));
    both(&Subject::Registers, |view| RegistersPage::new(view, None, &Registers::default(), &[]));
    for name in [
        "not-found",
        "forbidden",
        "refused",
        "cross-site",
        "host",
        "too-large",
        "bad-form",
        "method",
        "slow",
        "failed",
    ] {
        both(&Subject::Province, |view| ErrorPage::new(view, name, &[]));
    }
}
