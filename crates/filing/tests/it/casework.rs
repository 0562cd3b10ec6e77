//! Procedures, calendars and rehearsals: what is refused, and what holds for any order of acts.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use tanheng_base::{Date, Lang, RegisterId, Role};
use tanheng_filing::Casebook;
use tanheng_filing::calendar::{Calendar, CalendarYear};
use tanheng_filing::procedure::{
    Attempt, Case, Law, Procedure, Service, Stage, Surroundings, Values, diagram, matrix,
};
use tanheng_rulebook::{PackFiles, Rulebook};

const YEAR: &str = include_str!("../../../../rulebooks/cn/calendar/2022.toml");

/// An application with a question, a notice that must be served, a second person and an appeal.
const PROCEDURE: &str = r#"
id = "test.application"
version = "1"
title = { zh = "申请", en = "Application" }
document = "d"
clause = "c"
checked = "official"
area = "carbon"
subject = "enterprise"
key = ["year"]
start = "filed"
[open]
title = { zh = "申请", en = "Apply" }
role = ["enterprise"]
[[state]]
name = "filed"
title = { zh = "待审", en = "Filed" }
with = "city"
due = { days = 5, working = true }
[[state]]
name = "asked"
title = { zh = "待补正", en = "Asked" }
with = "enterprise"
due = { days = 10 }
clock = "stopped"
[[state]]
name = "decided"
title = { zh = "已决定", en = "Decided" }
with = "province"
due = { days = 7, working = true }
[[state]]
name = "final"
title = { zh = "生效", en = "Final" }
end = true
[[action]]
name = "ask"
title = { zh = "询问", en = "Ask" }
from = ["filed"]
to = "asked"
role = ["city"]
[[action]]
name = "answer"
title = { zh = "答复", en = "Answer" }
from = ["asked"]
to = "filed"
role = ["enterprise"]
[[action]]
name = "decide"
title = { zh = "决定", en = "Decide" }
from = ["filed"]
to = "decided"
role = ["city", "province"]
persons = 2
notice = "test.notice"
[[action]]
name = "object"
title = { zh = "申诉", en = "Object" }
from = ["decided"]
to = "filed"
role = ["enterprise"]
before_due = true
[[action]]
name = "close"
title = { zh = "办结", en = "Close" }
from = ["decided"]
to = "final"
role = ["province"]
after_due = true
[[notice]]
id = "test.notice"
title = { zh = "决定书", en = "Decision" }
number = "测〔{year}〕{serial}号"
to = "enterprise"
served = ["electronic", "posted"]
due_from_service = true
"#;

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn procedure() -> Procedure {
    Procedure::parse(PROCEDURE).unwrap()
}

fn casebook() -> Casebook {
    let files = [("procedures/a.toml", PROCEDURE), ("calendar/2022.toml", YEAR)];
    Casebook::of_files(files).unwrap()
}

fn none() -> Law<'static> {
    Law { rulebook: None, region: None }
}

fn around<'a>(
    casebook: &'a Casebook,
    members: &'a dyn Fn(&RegisterId) -> BTreeSet<String>,
) -> Surroundings<'a> {
    let (law, subject) = (none(), Some("x"));
    Surroundings { casebook, law, subject, open_children: 0, members }
}

fn attempt(role: Role, person: &'static str, on: Date) -> Attempt<'static> {
    Attempt { person, organisation: role.name(), role, day: on }
}

fn due(case: &Case, procedure: &Procedure, calendar: &Calendar) -> Option<String> {
    case.due(procedure, calendar, &none()).map(|due| due.day.to_string())
}

#[test]
fn working_days_follow_the_decree() {
    let mut calendar = Calendar::default();
    calendar.add(CalendarYear::parse(YEAR).unwrap());
    let count = |from: &str, days| {
        let counted = calendar.count(day(from), days, true, &[]).unwrap();
        (counted.day.to_string(), counted.certain)
    };
    // 1 to 7 October are off, 8 and 9 October are worked.
    assert_eq!(count("2022-09-30", 1), ("2022-10-08".to_owned(), true));
    assert_eq!(count("2022-09-30", 7), ("2022-10-14".to_owned(), true));
    assert_eq!(count("2022-04-29", 3), ("2022-05-07".to_owned(), true));
    // No decree is known for 2023 here: weekends only, and it says so.
    assert_eq!(count("2022-12-30", 1), ("2023-01-02".to_owned(), false));
}

#[test]
fn a_question_stops_the_clock_and_a_notice_starts_one() {
    let (casebook, procedure) = (casebook(), procedure());
    let calendar = &casebook.calendar;
    let members = |_: &RegisterId| BTreeSet::new();
    let around = around(&casebook, &members);
    let key: Values = [("year".to_owned(), "2022".to_owned())].into();
    let filer = |on| attempt(Role::Enterprise, "filer", day(on));
    let city = |on| attempt(Role::City, "city", day(on));
    let opened = procedure.open(&filer("2022-11-07"), &key, Vec::new(), &around).unwrap();
    let mut case = opened.case;
    assert_eq!(due(&case, &procedure, calendar).as_deref(), Some("2022-11-14"));
    let act = |case: &Case, action: &str, attempt: Attempt<'_>| {
        case.act(&procedure, action, &attempt, Vec::new(), &around).map(|step| step.case)
    };
    case = act(&case, "ask", city("2022-11-09")).unwrap();
    assert_eq!(due(&case, &procedure, calendar).as_deref(), Some("2022-11-19"));
    case = act(&case, "answer", filer("2022-11-16")).unwrap();
    // Two of the five days were used when the question came; three follow the answer.
    assert_eq!(due(&case, &procedure, calendar).as_deref(), Some("2022-11-21"));
    case = act(&case, "decide", city("2022-11-17")).unwrap();
    assert_eq!((case.state.as_str(), case.pending), ("filed", Some(4)));
    let same = case.confirm(&procedure, true, &city("2022-11-17"), &around).unwrap_err();
    assert_eq!(same[0].code.0, "case.same_person");
    let other = attempt(Role::Province, "province", day("2022-11-18"));
    case = case.confirm(&procedure, true, &other, &around).unwrap().case;
    assert_eq!((case.state.as_str(), due(&case, &procedure, calendar)), ("decided", None));
    let early = act(&case, "close", attempt(Role::Province, "province", day("2022-12-30")));
    assert_eq!(early.unwrap_err()[0].code.0, "case.not_due", "the notice is not served");
    let way = |way: &str| Service { act: 5, way: way.to_owned() };
    let wrong = case.serve(&procedure, &way("by pigeon"), &other).unwrap_err();
    assert_eq!(wrong[0].code.0, "case.way");
    let served = attempt(Role::Province, "province", day("2022-11-21"));
    let unissued = Service { act: 2, way: "posted".to_owned() };
    let none = case.serve(&procedure, &unissued, &served).unwrap_err();
    assert_eq!(none[0].code.0, "case.no_notice");
    case = case.serve(&procedure, &way("posted"), &served).unwrap().case;
    let twice = case.serve(&procedure, &way("posted"), &served).unwrap_err();
    assert_eq!(twice[0].code.0, "case.no_notice", "it is served once");
    assert_eq!(due(&case, &procedure, calendar).as_deref(), Some("2022-11-30"));
    let late = act(&case, "object", filer("2022-12-01")).unwrap_err();
    assert_eq!(late[0].code.0, "case.past_due");
    case = act(&case, "close", attempt(Role::Province, "p", day("2022-12-01"))).unwrap();
    assert!(case.closed(&procedure));
}

#[test]
fn every_fault_of_a_definition_is_told_at_once() {
    let wrong = PROCEDURE
        .replace("role = [\"city\"]", "role = [\"mayor\"]")
        .replace("to = \"final\"", "to = \"nowhere\"")
        .replace("notice = \"test.notice\"", "notice = \"other.notice\"")
        .replace("start = \"filed\"", "start = \"fielded\"");
    let problems = Procedure::parse(&wrong).unwrap_err();
    let text: Vec<String> = problems.iter().map(|problem| problem.render(Lang::En)).collect();
    let text = text.join("\n");
    for part in [
        "there is no role `mayor`; column ask",
        "nobody may do it; column ask",
        "there is no state `nowhere`; column close",
        "there is no notice `other.notice`; column decide",
        "there is no state `fielded`; column start",
        "no way leads from it to an end; column filed",
        "it cannot be reached from the start; column final",
    ] {
        assert!(text.contains(part), "`{part}` is missing in:\n{text}");
    }
    let nobody = PROCEDURE.replace("role = [\"province\"]", "role = [\"city\"]");
    let problems = Procedure::parse(&nobody).unwrap_err();
    assert!(problems[0].message.en.contains("it is the turn of province"));
}

#[test]
fn the_drawing_and_the_matrix_show_every_action() {
    let procedure = procedure();
    for lang in [Lang::Zh, Lang::En] {
        let (svg, table) = (diagram(&procedure, lang), matrix(&procedure, lang));
        for action in procedure.all_actions() {
            assert!(svg.contains(action.title.get(lang)) && table.contains(action.title.get(lang)));
        }
        let lines = svg.matches("marker-end").count();
        assert_eq!(lines, procedure.actions.iter().filter(|action| action.to.is_some()).count());
    }
}

const ROLES: [Role; 4] = [Role::Enterprise, Role::City, Role::Province, Role::Public];
const PEOPLE: [&str; 3] = ["a", "b", "c"];

proptest! {
    /// Whatever is tried in whatever order: what is permitted leads to a state of the procedure,
    /// every open case has an owner, and state and clocks follow from the acts alone.
    #[test]
    fn any_order_of_permitted_acts_is_legal(
        tries in prop::collection::vec((0_usize..8, 0_usize..4, 0_usize..3, 0_u32..9), 1..40)
    ) {
        let (casebook, procedure) = (casebook(), procedure());
        let members = |_: &RegisterId| BTreeSet::new();
        let around = around(&casebook, &members);
        let key: Values = [("year".to_owned(), "2022".to_owned())].into();
        let mut today = day("2022-01-04");
        let first = attempt(Role::Enterprise, "a", today);
        let mut case = procedure.open(&first, &key, Vec::new(), &around).unwrap().case;
        for (what, role, person, wait) in tries {
            for _ in 0..wait {
                today = today.tomorrow().unwrap();
            }
            let attempt = attempt(ROLES[role], PEOPLE[person], today);
            let name = procedure.actions.get(what).map(|action| action.name.clone());
            let act = case.last_issue().unwrap_or_default();
            let service = Service { act, way: "posted".to_owned() };
            let step = match (name, what) {
                (Some(name), _) => case.act(&procedure, &name, &attempt, Vec::new(), &around),
                (None, 5) => case.confirm(&procedure, true, &attempt, &around),
                (None, 6) => case.confirm(&procedure, false, &attempt, &around),
                (None, _) => case.serve(&procedure, &service, &attempt),
            };
            let Ok(step) = step else { continue };
            let act = step.case.acts.last().unwrap();
            if let (Some(action), false) = (procedure.action(&act.action), act.action == "serve") {
                prop_assert!(action.roles.contains(&attempt.role));
                let declined = act.stage == Stage::Declined;
                prop_assert!(declined || action.from.contains(&case.state));
                let done = act.stage == Stage::Done;
                prop_assert!(!(done && action.two_persons) || act.answers.is_some());
                if let Some(proposal) = act.answers.and_then(|number| case.act_of(number)) {
                    prop_assert_eq!(proposal.stage, Stage::Proposed);
                    prop_assert_eq!(&proposal.action, &act.action);
                    prop_assert_ne!(&proposal.person, &act.person, "a second person answers");
                }
            }
            case = step.case;
            let state = case.state_in(&procedure).expect("a state of the procedure");
            prop_assert!(state.end || state.with.is_some(), "no case without an owner");
            if let Some(proposed) = case.proposed(&procedure) {
                prop_assert!(proposed.from.contains(&case.state));
            }
            let again = Case::of(&procedure, case.key.clone(), &case.acts, case.papers.clone());
            prop_assert_eq!(again.as_ref(), Some(&case));
            let due = case.due(&procedure, &casebook.calendar, &none());
            prop_assert!(due.is_none_or(|due| due.day > case.clock.entered));
        }
    }
}

/// The packs of the workspace.
fn packs() -> Vec<PackFiles> {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../rulebooks");
    let read = |pack: &str| {
        let mut files = BTreeMap::new();
        let mut folders = vec![root.join(pack)];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(&folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else if path.extension().is_some_and(|end| end == "toml" || end == "csv") {
                    let name = path.strip_prefix(root.join(pack)).unwrap().to_str().unwrap();
                    files.insert(name.to_owned(), std::fs::read_to_string(&path).unwrap());
                }
            }
        }
        PackFiles { id: pack.parse().unwrap(), files }
    };
    ["cn", "cn-hebei"].map(read).into()
}

#[test]
fn the_rehearsals_of_the_packs_come_out_as_they_say() {
    let book = Rulebook::load(packs()).unwrap();
    let casebook = Casebook::of(&book).unwrap_or_else(|faults| {
        let lines: Vec<String> =
            faults.iter().map(|fault| format!("{}: {}", fault.path, fault.problem)).collect();
        panic!("{}", lines.join("\n"));
    });
    let region = "130000".parse().unwrap();
    let reports = casebook.rehearse(Some(&book), Some(&region));
    let failures: Vec<String> = reports
        .iter()
        .filter_map(|report| Some(format!("{}: {}", report.path, report.played.failure()?)))
        .collect();
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    let rehearsed = Casebook::rehearsed(&reports);
    let missing: Vec<_> = casebook
        .procedures()
        .filter(|own| !rehearsed.contains(&own.id))
        .map(|own| &own.id)
        .collect();
    assert!(missing.is_empty(), "no rehearsal brings these to an end: {missing:?}");
    let years: Vec<i16> = casebook.calendar.years().map(|year| year.year).collect();
    assert!((2020..=2026).all(|year| years.contains(&year)), "{years:?}");
}
