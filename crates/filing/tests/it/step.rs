//! Acts of cases: what is kept of them, what a second person confirms, what time limits say.

use std::collections::BTreeSet;

use tanheng_base::{Date, Problem, RegisterId, Role};
use tanheng_filing::Casebook;
use tanheng_filing::procedure::{Attempt, Case, Law, Order, Procedure, Step, Surroundings, Values};

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

fn codes(problems: &[Problem]) -> Vec<&str> {
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
    assert_eq!(case.papers[0].rows, [read.clone()]);
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
