//! Acts of cases: what is kept of them, what a second person confirms, what time limits say.

use std::collections::BTreeSet;

use tanheng_base::{Date, Problem, RegisterId, Role};
use tanheng_filing::Casebook;
use tanheng_filing::calendar::months_after;
use tanheng_filing::procedure::{
    Attempt, Case, Law, Order, Procedure, Service, Step, Surroundings, Values,
};
use tanheng_filing::register::Register;

const YEAR: &str = include_str!("../../../../rulebooks/cn/calendar/2022.toml");

const REGISTER: &str = r#"
id = "test.register"
version = "1"
title = { zh = "名录", en = "Register" }
document = "d"
clause = "c"
checked = "official"
member = "text"
columns = ["listed", "since"]
"#;

/// Fields of every kind whose stored form is not what people write.
const FORM: &str = r#"
id = "test.form"
version = "1"
title = { zh = "名单", en = "List" }
period = "year"
document = "d"
clause = "c"
max_rows = 9
max_bytes = 1000
unique = []
[[field]]
name = "member"
title = { zh = "名称", en = "Name" }
help = { zh = "名称", en = "its name" }
kind = "text"
required = true
[[field]]
name = "listed"
title = { zh = "列入", en = "Listed" }
help = { zh = "是或否", en = "yes or no" }
kind = "bool"
[[field]]
name = "since"
title = { zh = "日期", en = "Day" }
help = { zh = "日期", en = "the day" }
kind = "date"
[[field]]
name = "branch"
title = { zh = "行业", en = "Branch" }
help = { zh = "行业", en = "the branch" }
kind = "choice"
[[field.value]]
name = "steel"
label = { zh = "钢铁", en = "Steel" }
[[field]]
name = "rank"
title = { zh = "级别", en = "Rank" }
help = { zh = "固定", en = "fixed" }
kind = "number"
places = 0
value_fixed = "3"
[[field]]
name = "remark"
title = { zh = "说明", en = "Remark" }
help = { zh = "说明", en = "a remark" }
kind = "text"
"#;

/// A list that is drawn up, corrected by one person and published by two.
const LIST: &str = r#"
id = "test.list"
version = "1"
title = { zh = "名单", en = "List" }
document = "d"
clause = "c"
checked = "official"
area = "carbon"
subject = "none"
key = ["year"]
start = "drawn"
[open]
title = { zh = "拟定", en = "Draw up" }
role = ["province"]
form = "test.form"
[[state]]
name = "drawn"
title = { zh = "已拟定", en = "Drawn up" }
with = "province"
due = { days = 3, working = true }
[[state]]
name = "published"
title = { zh = "已发布", en = "Published" }
end = true
[[action]]
name = "correct"
title = { zh = "更正", en = "Correct" }
from = ["drawn"]
role = ["province"]
form = "test.form"
[[action]]
name = "publish"
title = { zh = "发布", en = "Publish" }
from = ["drawn"]
to = "published"
role = ["province"]
persons = 2
before_due = true
[[action.effect]]
register = "test.register"
enter = true
replace = true
member = "member"
"#;

/// What a notice tells may be asked about before its service is proven.
const TOLD: &str = r#"
id = "test.told"
version = "1"
title = { zh = "告知", en = "Telling" }
document = "d"
clause = "c"
checked = "official"
area = "carbon"
subject = "none"
start = "drawn"
[open]
title = { zh = "立案", en = "Open" }
role = ["province"]
[[state]]
name = "drawn"
title = { zh = "已立案", en = "Opened" }
with = "province"
[[state]]
name = "told"
title = { zh = "已告知", en = "Told" }
with = "province"
due = { days = 5, working = true }
[[state]]
name = "asked"
title = { zh = "待答复", en = "Asked" }
with = "province"
clock = "stopped"
[[state]]
name = "final"
title = { zh = "办结", en = "Closed" }
end = true
[[action]]
name = "tell"
title = { zh = "告知", en = "Tell" }
from = ["drawn", "told"]
to = "told"
role = ["province"]
notice = "test.notice"
[[action]]
name = "ask"
title = { zh = "询问", en = "Ask" }
from = ["told"]
to = "asked"
role = ["province"]
[[action]]
name = "answer"
title = { zh = "答复", en = "Answer" }
from = ["asked"]
to = "told"
role = ["province"]
[[action]]
name = "close"
title = { zh = "办结", en = "Close" }
from = ["told"]
to = "final"
role = ["province"]
after_due = true
[[notice]]
id = "test.notice"
title = { zh = "告知书", en = "Notice" }
number = "测〔{year}〕{serial}号"
to = "enterprise"
served = ["posted"]
due_from_service = true
"#;

fn casebook() -> Casebook {
    casebook_of(LIST)
}

fn casebook_of(procedure: &str) -> Casebook {
    let files = [
        ("procedures/a.toml", procedure),
        ("registers/a.toml", REGISTER),
        ("forms/a.toml", FORM),
        ("calendar/2022.toml", YEAR),
    ];
    Casebook::of_files(files).unwrap_or_else(|faults| panic!("{faults:?}"))
}

fn row(cells: &[(&str, &str)]) -> Values {
    cells.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn named(members: &[&str]) -> Vec<Values> {
    members.iter().map(|member| row(&[("member", member)])).collect()
}

fn codes(problems: &[Problem]) -> Vec<&'static str> {
    problems.iter().map(|problem| problem.code.0).collect()
}

/// A table on which cases of the list are run.
struct Table {
    casebook: Casebook,
    today: Date,
}

impl Table {
    fn new(casebook: Casebook) -> Self {
        Self { casebook, today: "2022-11-07".parse().unwrap() }
    }

    fn procedure(&self) -> &Procedure {
        self.casebook.procedures().next().unwrap()
    }

    fn with<T>(
        &self,
        person: &str,
        role: Role,
        work: impl FnOnce(&Attempt<'_>, &Surroundings<'_>) -> T,
    ) -> T {
        let members = |_: &RegisterId| BTreeSet::new();
        let around = Surroundings {
            casebook: &self.casebook,
            law: Law { rulebook: None, region: None },
            subject: None,
            open_children: 0,
            members: &members,
        };
        let attempt = Attempt { person, organisation: role.name(), role, day: self.today };
        work(&attempt, &around)
    }

    fn open_for(&self, year: &str, rows: Vec<Values>) -> Result<Case, Vec<Problem>> {
        let key = row(&[("year", year)]);
        self.with("a", Role::Province, |attempt, around| {
            self.procedure().open(attempt, &key, rows, around).map(|step| step.case)
        })
    }

    fn open(&self, rows: Vec<Values>) -> Case {
        self.open_for("2022", rows).unwrap()
    }

    fn act(
        &self,
        case: &Case,
        person: &str,
        action: &str,
        rows: Vec<Values>,
    ) -> Result<Case, Vec<Problem>> {
        self.with(person, Role::Province, |attempt, around| {
            case.act(self.procedure(), action, attempt, rows, around).map(|step| step.case)
        })
    }

    /// The notice of an act is served on a day.
    fn serve(&self, case: &Case, act: u32, day: &str) -> Result<Case, Vec<Problem>> {
        let service = Service { act, way: "posted".to_owned() };
        self.with("a", Role::Province, |attempt, _| {
            let attempt = Attempt { day: day.parse().unwrap(), ..attempt.clone() };
            case.serve(self.procedure(), &service, &attempt).map(|step| step.case)
        })
    }

    fn due(&self, case: &Case) -> Option<String> {
        let due = self.with("a", Role::Province, |_, around| {
            case.due(self.procedure(), &self.casebook.calendar, &around.law)
        });
        due.map(|due| due.day.to_string())
    }

    fn answer(&self, case: &Case, person: &str, yes: bool) -> Result<Step, Vec<Problem>> {
        self.with(person, Role::Province, |attempt, around| {
            case.confirm(self.procedure(), yes, attempt, around)
        })
    }
}

#[test]
fn a_second_person_confirms_only_what_was_proposed() {
    let table = Table::new(casebook());
    let drawn = table.open(named(&["甲", "乙"]));
    let proposed = table.act(&drawn, "a", "publish", Vec::new()).unwrap();
    assert_eq!(proposed.pending, Some(2));
    // the list is another one now: nobody proposed to publish it
    let corrected = table.act(&proposed, "a", "correct", named(&["丙"])).unwrap();
    assert_eq!(corrected.pending, None);
    let refused = table.answer(&corrected, "b", true).unwrap_err();
    assert_eq!(codes(&refused), ["case.overtaken"]);
    assert!(refused[0].message.en.contains("act 2, fell by act 3"), "{}", refused[0]);
    // nor when it is proposed anew and the old number is confirmed
    let anew = table.act(&corrected, "a", "publish", Vec::new()).unwrap();
    let stale = table.with("b", Role::Province, |attempt, around| {
        anew.confirm_act(table.procedure(), (2, true), attempt, around)
    });
    assert_eq!(codes(&stale.unwrap_err()), ["case.overtaken"]);
    let published = table.answer(&anew, "b", true).unwrap();
    let [Order::Move(entered)] = published.orders.as_slice() else { panic!() };
    assert_eq!((entered.member.as_str(), published.case.state.as_str()), ("丙", "published"));
    let again = Case::of(
        table.procedure(),
        corrected.key.clone(),
        &corrected.acts,
        corrected.papers.clone(),
    );
    assert_eq!(again, Some(corrected));
}

#[test]
fn what_cannot_take_place_any_more_can_be_declined() {
    let mut table = Table::new(casebook());
    let drawn = table.open(named(&["甲"]));
    let proposed = table.act(&drawn, "a", "publish", Vec::new()).unwrap();
    table.today = "2022-12-01".parse().unwrap();
    assert_eq!(codes(&table.answer(&proposed, "b", true).unwrap_err()), ["case.past_due"]);
    assert_eq!(codes(&table.answer(&proposed, "a", false).unwrap_err()), ["case.same_person"]);
    let stranger = table.with("b", Role::City, |attempt, around| {
        proposed.confirm(table.procedure(), false, attempt, around)
    });
    assert_eq!(codes(&stranger.unwrap_err()), ["case.role"]);
    let declined = table.answer(&proposed, "b", false).unwrap().case;
    assert_eq!((declined.pending, declined.state.as_str()), (None, "drawn"));
}

#[test]
fn a_notice_served_while_a_question_is_open_starts_the_clock_that_stands_still() {
    let mut table = Table::new(casebook_of(TOLD));
    let on = |table: &mut Table, day: &str| table.today = day.parse().unwrap();
    let told = table.act(&table.open(Vec::new()), "a", "tell", Vec::new()).unwrap();
    on(&mut table, "2022-11-08");
    let asked = table.act(&told, "a", "ask", Vec::new()).unwrap();
    on(&mut table, "2022-11-10");
    let served = table.serve(&asked, 2, "2022-11-09").unwrap();
    assert_eq!(table.due(&served), None, "the question is open");
    on(&mut table, "2022-11-14");
    let answered = table.act(&served, "a", "answer", Vec::new()).unwrap();
    assert_eq!(table.due(&answered).as_deref(), Some("2022-11-21"));
    // served before the question was asked: a day had passed
    let earlier = table.serve(&asked, 2, "2022-11-07").unwrap();
    let answered = table.act(&earlier, "a", "answer", Vec::new()).unwrap();
    assert_eq!(table.due(&answered).as_deref(), Some("2022-11-18"));
}

#[test]
fn proof_of_service_of_one_notice_is_none_of_another_of_its_kind() {
    let mut table = Table::new(casebook_of(TOLD));
    let told = table.act(&table.open(Vec::new()), "a", "tell", Vec::new()).unwrap();
    table.today = "2022-11-08".parse().unwrap();
    let again = table.act(&told, "a", "tell", Vec::new()).unwrap();
    let old = table.serve(&again, 2, "2022-11-09").unwrap();
    assert_eq!((old.clock.starts, table.due(&old)), (None, None));
    assert_eq!(codes(&table.serve(&old, 2, "2022-11-09").unwrap_err()), ["case.no_notice"]);
    let new = table.serve(&old, 3, "2022-11-09").unwrap();
    assert_eq!(table.due(&new).as_deref(), Some("2022-11-16"));
}

#[test]
fn a_day_that_a_decree_may_move_decides_nothing() {
    let told = |after: &str| {
        let mut table = Table::new(casebook_of(&TOLD.replace("after_due = true", after)));
        table.today = "2022-12-28".parse().unwrap();
        let case = table.act(&table.open(Vec::new()), "a", "tell", Vec::new()).unwrap();
        (table.serve(&case, 2, "2022-12-28").unwrap(), table)
    };
    // five working days behind 28 December reach into a year without a calendar
    for (way, before) in
        [("after_due = true", Err(vec!["case.not_due"])), ("before_due = true", Ok("final"))]
    {
        let (case, mut table) = told(way);
        assert_eq!(table.due(&case).as_deref(), Some("2023-01-04"));
        let close = |table: &Table| match table.act(&case, "a", "close", Vec::new()) {
            Ok(case) => Ok(case.state),
            Err(problems) => Err(codes(&problems)),
        };
        table.today = "2023-01-04".parse().unwrap();
        assert_eq!(close(&table), before.map(str::to_owned), "{way}");
        table.today = "2023-01-05".parse().unwrap();
        assert_eq!(close(&table), Err(vec!["case.undecided"]), "{way}");
    }
}

#[test]
fn a_time_limit_without_a_number_names_the_parameter() {
    let open = TOLD.replace("days = 5", "days = \"test.days\"");
    let table = Table::new(casebook_of(&open));
    let told = table.act(&table.open(Vec::new()), "a", "tell", Vec::new()).unwrap();
    let served = table.serve(&told, 2, "2022-11-07").unwrap();
    let refused = table.act(&served, "a", "close", Vec::new()).unwrap_err();
    assert_eq!(codes(&refused), ["case.undecided"]);
    assert!(refused[0].message.en.contains("`test.days`"), "{}", refused[0]);
}

#[test]
fn a_key_is_read_before_it_tells_cases_apart() {
    let by = |names: &str| {
        Table::new(casebook_of(&LIST.replace("key = [\"year\"]", &format!("key = {names}"))))
    };
    let table = by("[\"year\"]");
    let opened = |year: &str| table.open_for(year, named(&["甲"]));
    assert_eq!(opened(" 2022 ").unwrap().key, row(&[("year", "2022")]));
    for wrong in ["二〇二二", "1999", "2101", "02022", "+202", "2022年"] {
        let problems = opened(wrong).unwrap_err();
        assert_eq!(codes(&problems), ["case.year"], "{wrong}");
        assert!(problems[0].message.en.contains("2000 to 2100"));
    }
    assert_eq!(codes(&opened("  ").unwrap_err()), ["case.key_missing"]);
    // a field that no form has is bounded, one that a form has is read by it
    let table = by("[\"plot\"]");
    let open = |table: &Table, key: &[(&str, &str)]| {
        let open = |attempt: &Attempt<'_>, around: &Surroundings<'_>| {
            table.procedure().open(attempt, &row(key), named(&["甲"]), around)
        };
        table.with("a", Role::Province, open).map(|step| step.case.key)
    };
    assert_eq!(open(&table, &[("plot", " 地块一\t")]), Ok(row(&[("plot", "地块一")])));
    for wrong in ["地".repeat(65), "一\n二".to_owned(), "一\u{200b}".to_owned()] {
        let problems = open(&table, &[("plot", &wrong)]).unwrap_err();
        assert_eq!(codes(&problems), ["case.key_text"], "{wrong:?}");
    }
    let table = by("[\"since\", \"branch\"]");
    let read = open(&table, &[("since", "2022年3月9日"), ("branch", "钢铁"), ("more", "x")]);
    assert_eq!(read, Ok(row(&[("since", "2022-03-09"), ("branch", "steel")])));
    let wrong = open(&table, &[("since", "soon"), ("branch", "paper")]).unwrap_err();
    assert_eq!(codes(&wrong), ["form.date", "form.choice"]);
}

#[test]
fn a_time_limit_needs_a_year_that_is_one() {
    let on = "due = { on = \"03-31\", year = \"remark\", plus = 1 }";
    let dated = LIST.replace("due = { days = 3, working = true }", on);
    let table = Table::new(casebook_of(&dated.replace("[\"year\"]", "[\"remark\"]")));
    let filled = |year: &str| vec![row(&[("member", "甲"), ("remark", year)])];
    let case = table.open(filled("2022"));
    assert_eq!(table.due(&case).as_deref(), Some("2023-03-31"));
    for wrong in ["明年", "32767"] {
        assert_eq!(codes(&table.open_for("2022", filled(wrong)).unwrap_err()), ["case.year"]);
    }
}

#[test]
fn what_is_kept_is_what_the_form_read() {
    let table = Table::new(casebook());
    let written = row(&[
        ("member", " 甲公司 "),
        ("listed", "是"),
        ("since", "2022年11月7日"),
        ("branch", "钢铁"),
        ("rank", ""),
        ("remark", "  "),
    ]);
    let read = row(&[
        ("member", "甲公司"),
        ("listed", "true"),
        ("since", "2022-11-07"),
        ("branch", "steel"),
        ("rank", "3"),
    ]);
    let case = table.open(vec![written.clone()]);
    assert_eq!(case.papers[0].rows, std::slice::from_ref(&read));
    assert_eq!((case.value("listed"), case.value("remark")), (Some("true"), None));
    // a blank cell of a later paper does not hide what an earlier one said
    let remarked = table.open(vec![row(&[("member", "乙"), ("remark", "注")])]);
    let again = table.act(&remarked, "a", "correct", vec![written]).unwrap();
    assert_eq!((again.value("remark"), &again.papers[1].rows[0]), (Some("注"), &read));
    // the register takes what was read
    let proposed = table.act(&case, "a", "publish", Vec::new()).unwrap();
    let step = table.answer(&proposed, "b", true).unwrap();
    let [Order::Move(entered)] = step.orders.as_slice() else { panic!("{:?}", step.orders) };
    assert_eq!(entered.member, "甲公司");
    assert_eq!(entered.columns, row(&[("listed", "true"), ("since", "2022-11-07")]));
    let wrong = table.open_for("2022", vec![row(&[("member", "甲"), ("listed", "maybe")])]);
    assert_eq!(codes(&wrong.unwrap_err()), ["form.bool"]);
}

#[test]
fn a_member_named_in_several_rows_moves_once() {
    let table = Table::new(casebook());
    let listed = |member: &str, listed: &str| row(&[("member", member), ("listed", listed)]);
    let rows = vec![listed("甲", "是"), listed("乙", "是"), listed("甲 ", "否")];
    let drawn = table.open(rows);
    let proposed = table.act(&drawn, "a", "publish", Vec::new()).unwrap();
    let step = table.answer(&proposed, "b", true).unwrap();
    let entered: Vec<(&str, &str)> = step
        .orders
        .iter()
        .map(|order| match order {
            Order::Move(one) => (one.member.as_str(), one.columns["listed"].as_str()),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(entered, [("甲", "true"), ("乙", "true")]);
}

#[test]
fn months_beyond_any_calendar_are_refused_and_give_no_day() {
    let start = "2022-11-07".parse().unwrap();
    for months in [i32::MAX.unsigned_abs(), u32::MAX, 600_000] {
        assert_eq!(months_after(start, months), None);
    }
    assert_eq!(months_after(start, 1_200).unwrap().to_string(), "2122-11-07");
    for (length, part) in [
        ("months = 2147483647", "from 1 to 1200"),
        ("months = 0", "from 1 to 1200"),
        ("days = 4294967295", "at most 36600"),
    ] {
        let wrong = LIST.replace("days = 3, working = true", length);
        let problems = Procedure::parse(&wrong).unwrap_err();
        assert!(problems[0].message.en.contains(part), "{length}: {}", problems[0]);
    }
    let reviewed = format!("{REGISTER}review = {{ months = 1201 }}\n");
    let problems = Register::parse(&reviewed).unwrap_err();
    assert!(problems[0].message.en.contains("from 1 to 1200"), "{}", problems[0]);
}

#[test]
fn a_rehearsal_about_a_region_takes_its_own() {
    let regional = TOLD.replace("subject = \"none\"", "subject = \"region\"");
    let regional = regional.replace(
        "notice = \"test.notice\"",
        "notice = \"test.notice\"\n[[action.effect]]\nregister = \"test.register\"\nenter = true",
    );
    let rehearsal = r#"
        [[rehearsal]]
        procedure = "test.told"
        title = { zh = "告知", en = "Telling" }
        region = "130100"
        [[rehearsal.act]]
        day = "2022-11-07"
        as = "province"
        action = "open"
        state = "drawn"
        [[rehearsal.act]]
        day = "2022-11-07"
        as = "province"
        action = "tell"
        state = "told"
        "#;
    let register = REGISTER.replace("columns = [\"listed\", \"since\"]", "");
    let files = [
        ("procedures/a.toml", regional.as_str()),
        ("registers/a.toml", register.as_str()),
        ("rehearsals/a.toml", rehearsal),
        ("calendar/2022.toml", YEAR),
    ];
    let casebook = Casebook::of_files(files).unwrap_or_else(|faults| panic!("{faults:?}"));
    let reports = casebook.rehearse(None, Some(&"130000".parse().unwrap()));
    let played = &reports[0].played;
    assert_eq!(played.failure(), None);
    let moved = played.acts[1].orders.iter().find_map(|order| match order {
        Order::Move(one) => Some(one.member.as_str()),
        _ => None,
    });
    assert_eq!(moved, Some("130100"));
}
