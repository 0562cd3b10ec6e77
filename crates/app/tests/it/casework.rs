//! Cases from opening to end: who may, what follows, and that the journal can prove it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use tanheng_app::case::{Act, Confirm, Open, Serve, Values};
use tanheng_app::content::Erase;
use tanheng_app::read::Reader;
use tanheng_app::{Acknowledged, actor};
use tanheng_base::{CaseId, EnterpriseId, RegisterId, Role, Scope};
use tanheng_rulebook::PackFiles;
use tanheng_store::record::{
    CaseFilter, CasePaper, ClassDecision, Filing, FilingState, Membership, NoticeRow,
    RulebookPurpose,
};
use tanheng_testkit::on_each_engine;

use crate::desk::{Desk, POWER, STEEL, enterprise, id};
use crate::impact::PLAYED;
use crate::province::packs;

const FORM: &str = r#"
id = "test.form"
version = "1"
title = { zh = "申请表", en = "Application" }
period = "year"
document = "hebei-2022-145"
clause = "一"
max_rows = 1
max_bytes = 1000
unique = []
[[field]]
name = "version"
title = { zh = "版本", en = "Version" }
help = { zh = "报告版本", en = "version of the report" }
kind = "number"
places = 0
required = true
[[field]]
name = "secret"
title = { zh = "商业秘密", en = "Trade secret" }
help = { zh = "不公开", en = "not public" }
kind = "text"
required = true
confidential = true
[[field]]
name = "behind"
title = { zh = "未达进度", en = "Behind" }
help = { zh = "是或否", en = "yes or no" }
kind = "choice"
[[field.value]]
name = "true"
label = { zh = "是", en = "yes" }
[[field.value]]
name = "false"
label = { zh = "否", en = "no" }
[[field]]
name = "no_space"
title = { zh = "空间不足", en = "No room" }
help = { zh = "是或否", en = "yes or no" }
kind = "choice"
[[field.value]]
name = "true"
label = { zh = "是", en = "there is none" }
[[field.value]]
name = "false"
label = { zh = "否", en = "there is some" }
"#;

const REGISTER: &str = r#"
id = "test.register"
version = "1"
title = { zh = "名录", en = "Register" }
document = "hebei-2022-145"
clause = "一"
checked = "official"
member = "enterprise"
columns = ["version"]
review = { months = 36 }
"#;

const PROCEDURE: &str = r#"
id = "test.application"
version = "1"
title = { zh = "申请", en = "Application" }
document = "hebei-2022-145"
clause = "一"
checked = "official"
area = "carbon"
subject = "enterprise"
key = ["year"]
start = "filed"
[open]
title = { zh = "申请", en = "Apply" }
role = ["enterprise"]
form = "test.form"
[[state]]
name = "filed"
title = { zh = "待审", en = "Filed" }
with = "city"
due = { days = 5, working = true }
[[state]]
name = "reviewed"
title = { zh = "已审", en = "Reviewed" }
with = "province"
due = { days = 7, working = true }
[[state]]
name = "accepted"
title = { zh = "已认定", en = "Accepted" }
end = true
[[state]]
name = "refused"
title = { zh = "不予认定", en = "Refused" }
end = true
[[action]]
name = "forward"
title = { zh = "审核通过", en = "Forward" }
from = ["filed"]
to = "reviewed"
role = ["city"]
notice = "test.notice"
[[action]]
name = "amend"
title = { zh = "补正", en = "Amend" }
from = ["filed"]
role = ["enterprise"]
form = "test.form"
[[action]]
name = "accept"
title = { zh = "认定", en = "Accept" }
from = ["reviewed"]
to = "accepted"
role = ["province"]
persons = 2
judge = { method = "hebei.two_high.held", result = "true" }
run = { command = "report.accept", with = { enterprise = "$enterprise", year = "$year", version = "$version" } }
effect = [{ register = "test.register", enter = true }]
[[action]]
name = "settle"
title = { zh = "核定", en = "Settle" }
from = ["reviewed"]
role = ["province"]
persons = 2
form = "test.form"
[[action]]
name = "refuse"
title = { zh = "不予认定", en = "Refuse" }
from = ["filed", "reviewed"]
to = "refused"
role = ["city", "province"]
[[notice]]
id = "test.notice"
title = { zh = "审核意见", en = "Opinion" }
number = "测〔{year}〕{serial}号"
to = "enterprise"
served = ["electronic"]
due_from_service = true
"#;

/// A case that is posted from its first day, to which anybody may object.
const POSTED: &str = r#"
id = "test.posted"
version = "1"
title = { zh = "公示", en = "Posting" }
document = "hebei-2022-145"
clause = "一"
checked = "official"
area = "carbon"
subject = "enterprise"
start = "posted"
[open]
title = { zh = "公示", en = "Post" }
role = ["enterprise"]
[[state]]
name = "posted"
title = { zh = "公示中", en = "Posted" }
with = "city"
public = true
[[state]]
name = "closed"
title = { zh = "办结", en = "Closed" }
end = true
[[action]]
name = "object"
title = { zh = "提出异议", en = "Object" }
from = ["posted"]
role = ["enterprise", "public", "city"]
anybody = true
[[action]]
name = "note"
title = { zh = "记事", en = "Take a note" }
from = ["posted"]
role = ["enterprise", "city"]
[[action]]
name = "close"
title = { zh = "办结", en = "Close" }
from = ["posted"]
to = "closed"
role = ["enterprise", "city"]
"#;

/// A case about nobody, opened by an enterprise.
const SHARED: &str = r#"
id = "test.shared"
version = "1"
title = { zh = "登记", en = "Record" }
document = "hebei-2022-145"
clause = "一"
checked = "official"
area = "carbon"
subject = "none"
start = "kept"
[open]
title = { zh = "登记", en = "Record" }
role = ["enterprise"]
[[state]]
name = "kept"
title = { zh = "在册", en = "Kept" }
with = "city"
public = true
[[state]]
name = "gone"
title = { zh = "注销", en = "Gone" }
end = true
[[action]]
name = "retire"
title = { zh = "注销", en = "Retire" }
from = ["kept"]
to = "gone"
role = ["enterprise", "city"]
"#;

/// A desk whose law has the procedures of this test.
fn desk() -> Desk {
    let desk = Desk::new();
    let mut law = packs(&["cn", "cn-hebei"]);
    let files = [
        (
            "pack.toml",
            "id = \"test\"\ntitle = { zh = \"测\", en = \"test\" }\njurisdiction = \"130000\"\ndepends_on = [\"cn-hebei\"]\nexample = false\n",
        ),
        ("forms/a.toml", FORM),
        ("registers/a.toml", REGISTER),
        ("procedures/a.toml", PROCEDURE),
        ("procedures/posted.toml", POSTED),
        ("procedures/shared.toml", SHARED),
    ];
    let files = files.map(|(path, text)| (path.to_owned(), text.to_owned()));
    law.push(PackFiles { id: "test".parse().unwrap(), files: BTreeMap::from(files) });
    desk.publish(RulebookPurpose::Law, &law);
    desk
}

fn row(cells: &[(&str, &str)]) -> Values {
    cells.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn filled(behind: &str, no_space: &str) -> Values {
    row(&[("version", "1"), ("secret", "配方甲"), ("behind", behind), ("no_space", no_space)])
}

fn application(serial: u32, filled: Values) -> Open {
    Open {
        procedure: "test.application".parse().unwrap(),
        enterprise: Some(enterprise(serial)),
        region: None,
        key: row(&[("year", "2022")]),
        rows: vec![filled],
    }
}

fn case_of(done: &Acknowledged) -> CaseId {
    done.fields["case"].as_str().unwrap().parse().unwrap()
}

fn act(case: &CaseId, action: &str) -> Act {
    Act { case: case.clone(), action: action.to_owned(), rows: Vec::new() }
}

fn confirm(case: &CaseId, act: u32) -> Confirm {
    Confirm { case: case.clone(), act, accept: true }
}

fn reader(desk: &Desk, name: &str) -> Reader {
    let who = actor::find(&desk.sql(), &id(name)).unwrap();
    Reader::open(&desk.book, Arc::default(), who).unwrap()
}

fn seen(desk: &Desk, name: &str) -> Vec<String> {
    let lines = reader(desk, name).cases(&CaseFilter::default(), 100).unwrap();
    lines.into_iter().map(|line| line.file.id.to_string()).collect()
}

fn serve(desk: &Desk, who: &str, notice: &str) -> Acknowledged {
    let (notice, way) = (notice.to_owned(), "electronic".to_owned());
    desk.ok(who, Serve { notice, way, day: None, evidence: Some("回执 1".to_owned()) })
}

#[test]
fn an_application_runs_from_filing_to_register_and_figure() {
    on_each_engine(|| {
        let desk = desk();
        desk.verified(STEEL, 2_000);
        desk.at("2023-02-06");
        let open = application(STEEL, filled("true", "true"));
        assert_eq!(desk.refused("filer-2", open.clone()), ["policy.not_allowed"]);
        assert_eq!(desk.refused("city-1", open.clone()), ["case.role"]);
        let opened = desk.ok("filer-1", open.clone());
        let case = case_of(&opened);
        assert_eq!(opened.fields["due"], "2023-02-13");
        assert_eq!(desk.ok("filer-1", open).sequence, opened.sequence, "the same is no change");
        let spelt = application(STEEL, filled(" 是 ", "there is none"));
        assert_eq!(desk.ok("filer-1", spelt).sequence, opened.sequence, "nor the same in words");
        let other = application(STEEL, filled("false", "true"));
        assert_eq!(desk.refused("filer-1", other), ["case.open_exists"]);

        // Relation first, then the procedure: nobody else learns of the case.
        for stranger in ["filer-2", "city-2", "public", "verifier-b", "system"] {
            assert_eq!(desk.refused(stranger, act(&case, "forward")), ["policy.not_allowed"]);
            assert!(seen(&desk, stranger).is_empty(), "{stranger}");
        }
        assert_eq!(desk.refused("province", act(&case, "forward")), ["case.role"]);
        for party in ["filer-1", "city-1", "province"] {
            assert_eq!(seen(&desk, party), [case.to_string()], "{party}");
        }

        desk.at("2023-02-14");
        let late = CaseFilter { overdue: "2023-02-14".parse().ok(), ..CaseFilter::default() };
        assert_eq!(reader(&desk, "city-1").cases(&late, 9).unwrap().len(), 1);
        let forwarded = desk.ok("city-1", act(&case, "forward"));
        assert_eq!(forwarded.fields["notice_number"], "测〔2023〕1号");
        assert!(forwarded.fields["due"].is_null(), "the notice is not served");
        assert!(reader(&desk, "city-1").cases(&late, 9).unwrap().is_empty());
        desk.at("2023-02-16");
        let served = serve(&desk, "city-1", "test.notice/2023/1");
        assert_eq!(served.fields["due"], "2023-02-27");
        assert_eq!(serve(&desk, "city-1", "test.notice/2023/1").sequence, served.sequence);

        let proposed = desk.ok("province", act(&case, "accept"));
        assert_eq!(
            (&proposed.fields["state"], &proposed.fields["pending"]),
            (&"reviewed".into(), &true.into())
        );
        assert_eq!(desk.refused("province", confirm(&case, 4)), ["case.same_person"]);
        assert_eq!(desk.refused("province-2", confirm(&case, 1)), ["case.not_proposed"]);
        assert!(members(&desk).is_empty());
        let accepted = desk.ok("province-2", confirm(&case, 4));
        assert_eq!(accepted.fields["state"], "accepted");
        assert_eq!(accepted.fields["ran"]["command"], "report.accept");
        assert_eq!(desk.ok("province-2", confirm(&case, 4)).sequence, accepted.sequence);
        assert_eq!(members(&desk), [enterprise(STEEL).to_string()]);
        let form = tanheng_app::report::form().unwrap();
        let filings = Filing::versions(&desk.sql(), &enterprise(STEEL), &form, "2022").unwrap();
        assert_eq!(filings[0].state, FilingState::Accepted);
        let class = ClassDecision::of(&desk.sql(), &enterprise(STEEL)).unwrap();
        assert_eq!(class.first().map(|decision| decision.entry), Some(accepted.sequence));
        assert_eq!(desk.refused("province", act(&case, "refuse")), ["case.closed"]);
        desk.sound();
    });
}

fn members(desk: &Desk) -> Vec<String> {
    let register: RegisterId = "test.register".parse().unwrap();
    let all = Membership::on(&desk.sql(), &register, None).unwrap();
    all.into_iter().map(|member| member.member).collect()
}

#[test]
fn what_the_law_leaves_open_is_undecided_and_a_no_is_refused_with_its_inputs() {
    let desk = desk();
    desk.at("2023-02-06");
    for (behind, no_space, code) in
        [("true", "false", "case.undecided"), ("false", "false", "case.judged")]
    {
        let case = case_of(&desk.ok("filer-1", application(STEEL, filled(behind, no_space))));
        desk.ok("city-1", act(&case, "forward"));
        let failure = desk.run("province", act(&case, "accept")).unwrap_err();
        assert_eq!(failure.problems()[0].code.0, code);
        if code == "case.judged" {
            let found = failure.problems()[0].value.clone().unwrap();
            assert_eq!(found, "behind = false, no_space = false");
        }
        desk.ok("province", act(&case, "refuse"));
    }
    assert!(members(&desk).is_empty());
    desk.sound();
}

#[test]
fn notices_are_numbered_without_gaps_and_by_year() {
    let desk = desk();
    desk.at("2023-12-28");
    let mut numbers = Vec::new();
    for (serial, day) in [(1, "2023-12-28"), (2, "2023-12-29"), (3, "2024-01-02")] {
        desk.at(day);
        let case = case_of(
            &desk.ok(&format!("filer-{serial}"), application(serial, filled("true", "true"))),
        );
        // A refusal in between uses up no number.
        assert_eq!(desk.refused(&format!("filer-{serial}"), act(&case, "forward")), ["case.role"]);
        let done = desk.ok(&format!("city-{serial}"), act(&case, "forward"));
        numbers.push(done.fields["notice"].as_str().unwrap().to_owned());
        assert_eq!(NoticeRow::of(&desk.sql(), &case).unwrap().len(), 1);
    }
    assert_eq!(numbers, ["test.notice/2023/1", "test.notice/2023/2", "test.notice/2024/1"]);
}

#[test]
fn a_case_stays_on_the_rules_it_began_with() {
    let desk = desk();
    desk.at("2023-02-06");
    let case = case_of(&desk.ok("filer-1", application(STEEL, filled("true", "true"))));
    // The newer law has no such procedure.
    desk.publish(RulebookPurpose::Law, &packs(&["cn", "cn-hebei"]));
    assert_eq!(
        desk.refused("filer-2", application(POWER, filled("true", "true"))),
        ["case.no_procedure"]
    );
    let done = desk.ok("city-1", act(&case, "forward"));
    assert_eq!(done.fields["state"], "reviewed");
    desk.sound();
}

#[test]
fn an_erased_paper_is_gone_and_the_acts_stay() {
    let desk = desk();
    desk.at("2023-02-06");
    let opened = desk.ok("filer-1", application(STEEL, filled("true", "true")));
    let case = case_of(&opened);
    desk.ok("city-1", act(&case, "forward"));
    desk.ok("province", act(&case, "accept"));
    assert_eq!(CasePaper::of(&desk.sql(), &case).unwrap().len(), 1);
    desk.ok("security", Erase { entry: opened.sequence, reason: "申请".to_owned() });
    assert!(CasePaper::of(&desk.sql(), &case).unwrap().is_empty());
    let view = reader(&desk, "province").case(&case).unwrap().unwrap();
    assert_eq!(view.acts.len(), 3);
    assert!(view.acts[0].withheld && view.acts[0].rows.is_empty());
    let audited = desk.sound();
    assert!(!audited.rests_on_erased.is_empty());
}

#[test]
fn what_was_declined_counts_no_more_and_is_not_kept_back() {
    let desk = desk();
    desk.at("2023-02-06");
    let case = case_of(&desk.ok("filer-1", application(STEEL, filled("true", "true"))));
    desk.ok("city-1", act(&case, "forward"));
    let settle = Act { rows: vec![filled("false", "true")], ..act(&case, "settle") };
    desk.ok("province", settle);
    let withheld = || {
        let view = reader(&desk, "province").case(&case).unwrap().unwrap();
        let behind = view.acts[2].rows.first().map(Vec::len);
        (view.acts[2].withheld, behind)
    };
    assert_eq!(withheld(), (false, Some(4)));
    desk.ok("province-2", Confirm { case: case.clone(), act: 3, accept: false });
    assert_eq!(withheld(), (false, None));
    desk.sound();
}

fn list(names: &[&str]) -> Vec<Values> {
    let line = |(serial, name): (usize, &&str)| {
        row(&[("serial", &(serial + 1).to_string()), ("city", "石家庄市"), ("name", name)])
    };
    names.iter().enumerate().map(line).collect()
}

fn posting(of: &str, names: &[&str]) -> Open {
    Open {
        procedure: "hebei.national_list.posting".parse().unwrap(),
        enterprise: None,
        region: None,
        key: row(&[("year", of)]),
        rows: list(names),
    }
}

#[test]
fn a_list_is_posted_objected_to_and_published() {
    on_each_engine(|| {
        let desk = Desk::new();
        let register: RegisterId = "hebei.register.national_power".parse().unwrap();
        let on = |day: &str| {
            let view = reader(&desk, "public").case_register(&register, day.parse().ok());
            let members = view.unwrap().unwrap().members.unwrap();
            members.into_iter().map(|line| line.stay.member).collect::<Vec<_>>()
        };
        desk.at("2022-10-10");
        let case = case_of(&desk.ok("province", posting("2022", &["甲", "乙"])));
        assert!(seen(&desk, "public").is_empty(), "a draft is not public");
        desk.at("2022-10-11");
        desk.ok("province", act(&case, "post"));
        assert_eq!(seen(&desk, "public"), [case.to_string()]);
        let fields = row(&[
            ("objector", "丙公司"),
            ("about", "丙"),
            ("statement", "漏列"),
            ("evidence", "报告"),
        ]);
        let objection = Act { rows: vec![fields], ..act(&case, "object") };
        desk.at("2022-10-12");
        let objected = desk.ok("public", objection.clone());
        assert_eq!(desk.ok("public", objection).sequence, objected.sequence);
        let child: CaseId = objected.fields["opened"].as_str().unwrap().parse().unwrap();
        // Who objects sees the objection, its name is nobody else's business.
        assert!(seen(&desk, "public").contains(&child.to_string()));
        assert!(!seen(&desk, "city-1").contains(&child.to_string()));
        let posted = reader(&desk, "filer-1").case(&case).unwrap().unwrap();
        let shown: Vec<&str> =
            posted.acts[2].rows[0].iter().map(|(_, value)| value.as_str()).collect();
        assert_eq!((shown, posted.acts[2].withheld), (vec!["丙"], true));

        desk.at("2022-10-21");
        assert_eq!(desk.refused("province", act(&case, "publish")), ["case.children_open"]);
        desk.ok("province", act(&child, "uphold"));
        // What somebody alone puts in its place was not proposed.
        let early = desk.ok("province", act(&case, "publish"));
        let early = u32::try_from(early.fields["act"].as_i64().unwrap()).unwrap();
        desk.ok("province", Act { rows: list(&["甲", "乙", "丙"]), ..act(&case, "correct") });
        assert_eq!(desk.refused("province-2", confirm(&case, early)), ["case.overtaken"]);
        let proposed = desk.ok("province", act(&case, "publish"));
        let number = u32::try_from(proposed.fields["act"].as_i64().unwrap()).unwrap();
        desk.ok("province-2", confirm(&case, number));
        assert_eq!(on("2022-10-20"), Vec::<String>::new());
        assert_eq!(on("2022-10-21"), ["丙", "乙", "甲"]);

        // Next year's list replaces it; the old one can still be asked for.
        desk.at("2023-10-10");
        let next = case_of(&desk.ok("province", posting("2023", &["甲"])));
        desk.ok("province", act(&next, "post"));
        desk.at("2023-10-20");
        let proposed = desk.ok("province", act(&next, "publish"));
        let number = u32::try_from(proposed.fields["act"].as_i64().unwrap()).unwrap();
        let done = desk.ok("province-2", confirm(&next, number));
        assert_eq!(done.fields["hebei.register.national_power:left"], 2);
        assert_eq!((on("2023-10-19").len(), on("2023-10-20")), (3, vec!["甲".to_owned()]));
        desk.sound();
    });
}

#[test]
fn anybody_may_object_to_what_is_posted_and_do_nothing_else() {
    let desk = desk();
    desk.at("2023-02-06");
    let open = Open {
        procedure: "test.posted".parse().unwrap(),
        key: Values::new(),
        rows: Vec::new(),
        ..application(STEEL, Values::new())
    };
    let case = case_of(&desk.ok("filer-1", open));
    for stranger in ["filer-2", "city-2"] {
        assert_eq!(seen(&desk, stranger), [case.to_string()], "what is posted is seen");
        for action in ["note", "close"] {
            assert_eq!(desk.refused(stranger, act(&case, action)), ["policy.not_allowed"]);
        }
        desk.ok(stranger, act(&case, "object"));
    }
    desk.ok("public", act(&case, "object"));
    assert_eq!(desk.refused("public", act(&case, "close")), ["case.role"]);
    assert_eq!(desk.refused("system", act(&case, "object")), ["policy.not_allowed"]);
    desk.ok("city-1", act(&case, "note"));
    // The same the next day is another act.
    let first = desk.ok("filer-1", act(&case, "note"));
    assert_eq!(desk.ok("filer-1", act(&case, "note")).sequence, first.sequence);
    desk.at("2023-02-07");
    assert!(desk.ok("filer-1", act(&case, "note")).sequence > first.sequence);
    desk.ok("filer-1", act(&case, "close"));
    assert_eq!(seen(&desk, "filer-2"), [] as [String; 0]);
    desk.sound();
}

#[test]
fn a_case_about_nobody_belongs_to_whoever_opened_it() {
    let desk = desk();
    desk.at("2023-02-06");
    let open = Open {
        procedure: "test.shared".parse().unwrap(),
        enterprise: None,
        region: None,
        key: Values::new(),
        rows: Vec::new(),
    };
    let case = case_of(&desk.ok("filer-1", open.clone()));
    assert_eq!(desk.refused("filer-2", act(&case, "retire")), ["policy.not_allowed"]);
    let colleague = actor::Admit {
        id: id("filer-1b"),
        role: Role::Enterprise,
        scope: Scope::Enterprise(enterprise(STEEL)),
    };
    desk.ok("system", colleague);
    desk.ok("filer-1b", act(&case, "retire"));
    let second = case_of(&desk.ok("filer-1", open));
    desk.ok("city-2", act(&second, "retire"));
    desk.sound();
}

#[test]
fn the_example_province_carries_rehearsals_out_to_their_ends() {
    let who = actor::find(&PLAYED.book.reader().unwrap(), &id("province")).unwrap();
    let reader = Reader::open(&PLAYED.book, Arc::default(), who).unwrap();
    let cases = reader.cases(&CaseFilter::default(), 100).unwrap();
    let ended: BTreeSet<(&str, &str, bool)> = cases
        .iter()
        .map(|line| (line.file.procedure.as_str(), line.file.state.as_str(), line.file.closed))
        .collect();
    let wanted = [
        ("hebei.disclosure.carbon", "published", true),
        ("hebei.disclosure.inspection", "closed", true),
        ("hebei.disclosure.tip_off", "answered", true),
        ("hebei.offset.plan_year", "published", true),
    ];
    assert_eq!(ended, BTreeSet::from(wanted));
}

#[test]
fn a_repeated_key_and_an_unknown_subject_change_nothing() {
    let desk = desk();
    desk.at("2023-02-06");
    let stranger: EnterpriseId = EnterpriseId::example(99);
    let open = Open { enterprise: Some(stranger), ..application(STEEL, filled("true", "true")) };
    assert_eq!(desk.refused("filer-1", open), ["policy.not_allowed"]);
    let common = Open { enterprise: None, ..application(STEEL, filled("true", "true")) };
    assert_eq!(desk.refused("filer-1", common), ["case.subject"]);
    let key = Some("k".to_owned());
    let open = application(STEEL, filled("true", "true"));
    let first = desk.executor().run(&id("filer-1"), key.clone(), open.clone()).unwrap();
    let again = desk.executor().run(&id("filer-1"), key, open).unwrap();
    assert!(again.repeated && again.sequence == first.sequence);
}
