//! Procedures, cases and registers by command line and as pages.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use tanheng_app::case::{Casebook, casebook, rehearse};
use tanheng_app::read::Reader;
use tanheng_app::read::case::MemberLine;
use tanheng_app::read::record::{CaseFilter, Membership};
use tanheng_app::{Book, actor};
use tanheng_base::{CaseId, Lang, RegisterId};
use tanheng_rulebook::Rulebook;
use tanheng_server::address::Subject;
use tanheng_server::packs::{embedded_packs, without_examples};
use tanheng_server::page::case::{CasePage, CasesPage};
use tanheng_server::page::procedure::{ProcedurePage, ProceduresPage};
use tanheng_server::page::register::{RegisterPage, RegistersPage};
use tempfile::TempDir;

use crate::page::both;
use crate::{Ran, rulebooks, tanheng, tanheng_in};

const LIST: &str = "serial,city,name\n1,石家庄市,甲热电\n2,唐山市,乙发电\n";

fn run(folder: &Path, line: &str) -> Ran {
    tanheng_in(folder, &line.split_whitespace().collect::<Vec<_>>())
}

#[track_caller]
fn good(ran: Ran) -> Ran {
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    ran
}

/// A book with a list that is posted.
fn posted() -> TempDir {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("list.csv"), LIST).unwrap();
    good(run(folder.path(), "init --data d"));
    let open = "case open hebei.national_list.posting --key year=2026 --file list.csv --json \
                --as province --data d";
    let opened = good(run(folder.path(), open)).json();
    let case = opened["outcome"]["case"].as_str().unwrap().to_owned();
    fs::write(folder.path().join("case"), &case).unwrap();
    let done = good(run(folder.path(), &format!("case act {case} post --as province-2 --data d")));
    assert!(done.out.contains("→ posted") && done.out.contains("⏱"), "{}", done.out);
    folder
}

fn case_in(folder: &Path) -> String {
    fs::read_to_string(folder.join("case")).unwrap()
}

#[test]
fn every_procedure_of_the_packs_is_rehearsed_shown_and_drawn() {
    let ran = good(tanheng(&["rulebook", "test", "--json"]));
    let json = ran.json();
    let rehearsals = json["rehearsals"].as_array().unwrap();
    assert!(!rehearsals.is_empty());
    assert!(rehearsals.iter().all(|one| one["failure"].is_null()), "{json:#}");
    let listed = good(tanheng(&["procedure", "list", "--json"])).json();
    for own in listed["procedures"].as_array().unwrap() {
        assert_eq!(own["rehearsed"], true, "{own}");
    }
    let folder = TempDir::new().unwrap();
    let line = "procedure show hebei.national_list.posting --svg posting.svg --lang en";
    let shown = good(run(folder.path(), line));
    assert!(
        shown.out.contains("| Publish | Posted | Published | – | – | 2 | – |"),
        "{}",
        shown.out
    );
    let svg = fs::read_to_string(folder.path().join("posting.svg")).unwrap();
    assert!(svg.starts_with("<svg") && svg.contains("Publish · province ×2"), "{svg}");
    assert_eq!(run(folder.path(), "procedure show no.such").code, 1);
}

#[test]
fn a_rehearsal_that_differs_is_told_with_its_act() {
    let file = rulebooks().join("cn-hebei/rehearsals/national_list.toml");
    let text = fs::read_to_string(&file).unwrap();
    good(tanheng(&["procedure", "rehearse", file.to_str().unwrap()]));
    let folder = TempDir::new().unwrap();
    let wrong = text.replace("due = \"2022-10-20\"", "due = \"2022-10-19\"");
    fs::write(folder.path().join("wrong.toml"), wrong).unwrap();
    let ran = run(folder.path(), "procedure rehearse wrong.toml --lang en");
    assert_eq!(ran.code, 1);
    let told = "province:one post: due should be 2022-10-19 and is 2022-10-20";
    assert!(ran.out.contains(told), "{}", ran.out);
}

#[test]
fn a_faulty_procedure_fails_the_check_of_its_pack() {
    let folder = TempDir::new().unwrap();
    let pack = folder.path().join("trial");
    let files = [
        (
            "pack.toml",
            "id = \"trial\"\ntitle = { zh = \"试\", en = \"trial\" }\njurisdiction = \"130000\"\n\
             depends_on = [\"cn-hebei\"]\nexample = false\n"
                .to_owned(),
        ),
        (
            "procedures/a.toml",
            fs::read_to_string(rulebooks().join("cn-hebei/procedures/list_objection.toml"))
                .unwrap()
                .replace("hebei.national_list.objection", "trial.objection")
                .replace("hebei.form.list_objection", "trial.form.none")
                .replace("to = \"upheld\"", "to = \"nowhere\""),
        ),
    ];
    for (path, text) in &files {
        let path = pack.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let ran = run(folder.path(), "rulebook check trial --lang en");
    assert_eq!(ran.code, 1, "{}", ran.out);
    assert!(ran.out.contains("there is no state `nowhere`"), "{}", ran.out);
    assert!(ran.out.contains("trial/procedures/a.toml"), "{}", ran.out);
}

#[test]
fn checks_that_cannot_be_read_fail_the_check_of_their_pack() {
    let folder = TempDir::new().unwrap();
    let pack = folder.path().join("trial");
    fs::create_dir_all(pack.join("checks")).unwrap();
    let about = "id = \"trial\"\ntitle = { zh = \"试\", en = \"trial\" }\njurisdiction = \"130000\"\n\
                 depends_on = [\"cn-hebei\"]\nexample = false\n";
    fs::write(pack.join("pack.toml"), about).unwrap();
    let text = fs::read_to_string(rulebooks().join("cn-hebei/checks/ledger_monthly.toml")).unwrap();
    let wrong = text.replace("R-1", "T-1").replace("must = \"ncv *", "must = \"no_such *");
    fs::write(pack.join("checks/a.toml"), wrong).unwrap();
    for json in ["", " --json"] {
        let ran = run(folder.path(), &format!("rulebook check trial --lang en{json}"));
        assert_eq!(ran.code, 1, "{}", ran.out);
        assert!(ran.out.contains("there is no field `no_such`"), "{}", ran.out);
        assert!(ran.out.contains("trial/checks/a.toml"), "{}", ran.out);
    }
}

#[test]
fn a_case_is_run_from_the_command_line() {
    let folder = posted();
    let (folder, case) = (folder.path(), case_in(folder.path()));
    let early = run(folder, &format!("case act {case} publish --json --as province --data d"));
    assert_eq!((early.code, early.error_codes()), (1, vec!["case.not_due".to_owned()]));
    let listed = good(run(folder, "case list --open --json --data d")).json();
    assert_eq!(listed["cases"][0]["state"], "posted");
    let shown = good(run(folder, &format!("case show {case} --json --data d"))).json();
    assert_eq!(shown["acts"].as_array().unwrap().len(), 2);
    assert_eq!(shown["acts"][0]["rows"][1][2][1], "乙发电");
    assert_eq!(
        good(run(folder, "case overdue --json --data d")).json()["cases"][0],
        serde_json::Value::Null
    );
    let late = good(run(folder, "case overdue --as-of 2030-01-01 --json --data d")).json();
    assert_eq!(late["cases"][0]["id"], case.as_str());
    let register = "register show hebei.register.national_power --json --data d";
    assert_eq!(good(run(folder, register)).json()["members"], serde_json::json!([]));
    for command in ["replay", "audit"] {
        good(run(folder, &format!("{command} --data d")));
    }
}

#[test]
fn cases_procedures_and_registers_have_pages() {
    let law = Arc::new(Rulebook::load(without_examples(embedded_packs())).unwrap());
    let book = casebook(&law).unwrap();
    let rehearsed = Casebook::rehearsed(&rehearse(&book, &law));
    let [zh, _] =
        both(&Subject::Procedures, |view| ProceduresPage::new(view, &law, &book, &rehearsed));
    assert!(zh.contains("公示与发布") && zh.contains("相符"), "{zh}");
    for own in book.procedures() {
        let subject = Subject::Procedure(own.id.clone());
        let texts = both(&subject, |view| ProcedurePage::new(view, &law, own));
        for (text, lang) in texts.iter().zip([Lang::Zh, Lang::En]) {
            for action in own.all_actions() {
                assert!(text.contains(action.title.get(lang)), "{} {}", own.id, action.name);
            }
        }
    }
    let folder = posted();
    let data = Book::open(&folder.path().join("d")).unwrap();
    let who = actor::find(&data.reader().unwrap(), &"province".parse().unwrap()).unwrap();
    let reader = Reader::open(&data, Arc::default(), who).unwrap();
    let lines = reader.cases(&CaseFilter::default(), 9).unwrap();
    let [zh, en] = both(&Subject::Cases, |view| CasesPage::new(view, &lines));
    assert!(zh.contains("公示中") && en.contains("Posted"), "{zh}");
    let case = reader.case(&lines[0].file.id).unwrap().unwrap();
    let subject = Subject::Case(lines[0].file.id.clone());
    let [zh, _] = both(&subject, |view| CasePage::new(view, Some(&law), &case));
    assert!(zh.contains("乙发电") && zh.contains("提出质疑") && zh.contains("省级部门"), "{zh}");
    let registers = reader.case_registers().unwrap();
    let all = reader.registers().unwrap();
    let texts =
        both(&Subject::Registers, |view| RegistersPage::new(view, Some(&law), &all, &registers));
    assert!(!registers.is_empty());
    for line in &registers {
        let own = &line.register;
        for (text, lang) in texts.iter().zip([Lang::Zh, Lang::En]) {
            assert!(text.contains(own.title.get(lang)), "{}", own.id);
        }
        let mut found = reader.case_register(&own.id, None).unwrap().unwrap();
        let subject = Subject::Register(own.id.clone());
        let empty = both(&subject, |view| RegisterPage::new(view, &law, &found));
        found.members.as_mut().unwrap().push(member(&own.id, &lines[0].file.id, &own.columns));
        let full = both(&subject, |view| RegisterPage::new(view, &law, &found));
        for (empty, full) in empty.iter().zip(&full) {
            let mut cells = vec!["成员甲".to_owned(), "甲公司".to_owned(), "2031-02-03".to_owned()];
            cells.extend(own.columns.iter().map(|column| format!("值 {column}")));
            for cell in cells {
                assert!(full.contains(&cell) && !empty.contains(&cell), "{}: {cell}", own.id);
            }
        }
    }
}

/// Somebody who stands on a register since a case.
fn member(register: &RegisterId, case: &CaseId, columns: &[String]) -> MemberLine {
    let since = "2026-01-05".parse().unwrap();
    let stay = Membership {
        register: register.clone(),
        member: "成员甲".to_owned(),
        stay: 1,
        since,
        reviewed: since,
        until: None,
        content: "{}".to_owned(),
        case_id: case.clone(),
        act: 2,
        left_case: None,
        left_act: None,
        entry: 9,
    };
    MemberLine {
        stay,
        name: Some("甲公司".to_owned()),
        columns: columns.iter().map(|name| (name.clone(), format!("值 {name}"))).collect(),
        review: "2031-02-03".parse().ok(),
    }
}
