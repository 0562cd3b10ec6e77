//! One table: the check, the row scope and the printed matrix say the same.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tanheng_app::policy::{Action, Relation, Subject, authorise, matrix, row_scope};
use tanheng_app::read::Reader;
use tanheng_app::rulebook::{Propose, Publish, Withdraw};
use tanheng_app::{Command, Failure, actor, book, case, content, list, plan, report, verification};
use tanheng_base::{Actor, CaseId, EnterpriseId, Role, Scope, Text};
use tanheng_store::Database;
use tanheng_store::record::{Enterprise, EnterpriseFilter, RulebookPurpose};
use tanheng_testkit::on_each_engine;

use crate::desk::{
    Desk, PAPER, POWER, REGIONS, STEEL, accept, annual, assignment, conclude, deposit, enterprise,
    finding, id, month, registration, revoke, year,
};

const PAGE: &str = "docs/policy-matrix.md";

const HEADING: &str = "\
# 权限表 Who may do what

一行一项事务，一列一个角色。`any` 对任何对象；`own` 仅限本企业；`region` 仅限本地区的企业；`assigned` 仅限委托本机构核查的企业；`–` 不得。
One row per action, one column per role. `any`: any thing; `own`: of the actor's own enterprise; `region`: of enterprises in the actor's region; `assigned`: of enterprises whose verification is assigned to the actor's body; `–`: not at all.

本表由权限策略生成，测试 `policy` 比对；勿手工修改。
Generated from the policy table, compared by the test `policy`; not edited by hand.

";

#[expect(clippy::disallowed_methods, reason = "the person who runs the tests says to rewrite")]
fn bless() -> bool {
    std::env::var_os("TANHENG_BLESS").is_some()
}

fn page() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(PAGE)
}

#[test]
fn the_printed_matrix_is_that_of_the_table() {
    let text = format!("{HEADING}{}", matrix());
    if bless() {
        std::fs::write(page(), &text).unwrap();
    }
    let kept = std::fs::read_to_string(page()).unwrap_or_default();
    assert_eq!(kept, text, "set TANHENG_BLESS=1 to rewrite {PAGE}, and review the difference");
}

#[test]
fn three_administrators_touch_no_figures_and_nobody_else_administers() {
    let admins = [Role::SystemAdmin, Role::SecurityAdmin, Role::AuditAdmin];
    for action in Action::ALL {
        let roles: BTreeSet<Role> = action.allowed().iter().map(|(role, _)| *role).collect();
        assert_eq!(roles.len(), action.allowed().len(), "{}: a role stands twice", action.name());
        let held = admins.iter().filter(|role| roles.contains(role)).count();
        if *action != Action::ViewPublic {
            assert!(held <= 1, "{}: two administrators", action.name());
            assert!(held == 0 || roles.len() == 1, "{}: mixed with a trade", action.name());
        }
    }
}

/// Two verifications run: of steel by body a, of paper by body b.
fn desk() -> Desk {
    let desk = Desk::new();
    for (serial, agency) in [(STEEL, "agency-a"), (PAPER, "agency-b")] {
        desk.file_months(serial, 2_000);
        desk.ok(&format!("filer-{serial}"), annual(serial, None));
        desk.ok("province", assignment(serial, agency));
    }
    desk
}

/// Every role with every kind of scope, also those that do not go together.
fn everybody() -> Vec<Actor> {
    let mut scopes = vec![Scope::Province, Scope::Public];
    scopes.extend(REGIONS.map(|region| Scope::Region(region.parse().unwrap())));
    scopes.extend((1..=4).map(|serial| Scope::Enterprise(enterprise(serial))));
    scopes.extend(["agency-a", "agency-b", "agency-c"].map(|a| Scope::Agency(a.parse().unwrap())));
    let all = |role| scopes.iter().map(move |scope| (role, scope.clone()));
    let named = Role::ALL.into_iter().flat_map(all);
    named.map(|(role, scope)| Actor { id: id("somebody"), role, scope }).collect()
}

fn permitted(sql: &Database, actor: &Actor, action: Action, serial: u32) -> bool {
    let id = enterprise(serial);
    match authorise(sql, actor, action, Subject::Enterprise(&id)) {
        Ok(()) => true,
        Err(Failure::Refused(problems)) => {
            assert_eq!(problems[0].code.0, "policy.not_allowed");
            false
        }
        Err(failure) => panic!("{failure}"),
    }
}

/// The relation, told without the code of the policy.
fn related(actor: &Actor, relation: Relation, serial: u32) -> bool {
    let place = usize::try_from(serial - 1).unwrap();
    match (relation, &actor.scope) {
        (Relation::Any, _) => true,
        (Relation::Own, Scope::Enterprise(own)) => *own == enterprise(serial),
        (Relation::InRegion, Scope::Region(own)) => own.as_str() == REGIONS[place],
        (Relation::Assigned, Scope::Agency(own)) => {
            (serial, own.as_str()) == (STEEL, "agency-a")
                || (serial, own.as_str()) == (PAPER, "agency-b")
        }
        _ => false,
    }
}

#[test]
fn every_row_that_is_listed_is_permitted_singly_and_the_other_way_round() {
    on_each_engine(|| {
        let desk = desk();
        let sql = desk.sql();
        for actor in everybody() {
            for action in Action::ALL {
                let scope = row_scope(&actor, *action);
                let listed =
                    Enterprise::list(&sql, &scope, &EnterpriseFilter::default(), 100).unwrap();
                let listed: Vec<EnterpriseId> = listed.into_iter().map(|found| found.id).collect();
                let singly = |serial: &u32| permitted(&sql, &actor, *action, *serial);
                let serials: Vec<u32> = [STEEL, POWER, PAPER].into_iter().filter(singly).collect();
                let expected: Vec<EnterpriseId> = serials.iter().copied().map(enterprise).collect();
                assert_eq!(listed, expected, "{actor:?} {}", action.name());
                for serial in [STEEL, POWER, PAPER] {
                    let by_table = action.allowed().iter().any(|(role, relation)| {
                        *role == actor.role && related(&actor, *relation, serial)
                    });
                    assert_eq!(by_table, singly(&serial), "{actor:?} {} {serial}", action.name());
                }
            }
        }
    });
}

#[test]
fn the_read_models_show_what_is_permitted_and_nothing_else() {
    on_each_engine(|| {
        let desk = desk();
        let sql = desk.sql();
        let allowed = |outcome: Result<bool, Failure>| match outcome {
            Ok(found) => found,
            Err(failure) => {
                assert_eq!(failure.problems()[0].code.0, "policy.not_allowed");
                false
            }
        };
        let rulebooks = Arc::default();
        for actor in everybody() {
            let reader = Reader::open(&desk.book, Arc::clone(&rulebooks), actor.clone()).unwrap();
            let list = reader.enterprises(&EnterpriseFilter::default(), 100).unwrap();
            let listed: Vec<EnterpriseId> =
                list.items.into_iter().map(|i| i.enterprise.id).collect();
            for serial in [STEEL, POWER, PAPER] {
                let (id, seen) = (enterprise(serial), Action::ViewEnterprise);
                let may = permitted(&sql, &actor, seen, serial);
                assert_eq!(listed.contains(&id), may, "{actor:?}");
                assert_eq!(allowed(reader.enterprise(&id).map(|found| found.is_some())), may);
                let may = permitted(&sql, &actor, Action::ViewProcessData, serial);
                let lines = reader.ledger(&id, month(1), None);
                assert_eq!(allowed(lines.map(|_| true)), may, "{actor:?}");
            }
            // One at a time gives the same list as all at once.
            let mut filter = EnterpriseFilter::default();
            let mut paged = Vec::new();
            loop {
                let page = reader.enterprises(&filter, 1).unwrap();
                paged.extend(page.items.into_iter().map(|item| item.enterprise.id));
                match page.next {
                    Some(next) => filter.after = Some(next),
                    None => break,
                }
            }
            assert_eq!(paged, listed);
            let total = reader.province(Some(year()), "2023-12-31".parse().unwrap());
            assert_eq!(allowed(total.map(|_| true)), actor.role == Role::Province, "{actor:?}");
        }
    });
}

/// A command of every kind about steel, such that only the policy can refuse it.
fn every_command() -> Vec<(Option<Action>, Command)> {
    let (own, year) = (enterprise(STEEL), year());
    let found = book::Found {
        demonstration: None,
        system_admin: id("a"),
        security_admin: id("b"),
        audit_admin: id("c"),
    };
    let law = crate::province::packs(&["cn", "cn-hebei"]);
    let withdraw_rules = Withdraw { proposal: 3, reason: "重做".to_owned() };
    let admit = actor::Admit { id: id("eve"), role: Role::Province, scope: Scope::Province };
    let list = list::Publish {
        list: "example.other".parse().unwrap(),
        title: Text::new("另一名单", "another list"),
        document: "hebei-power-list-2022".parse().unwrap(),
        clause: "附件".to_owned(),
        declared_count: 0,
        published: "2022-10-11".parse().unwrap(),
        note: Text::new("", ""),
        lines: Vec::new(),
    };
    let content = "计划".to_owned();
    let plan = plan::File { enterprise: own.clone(), starts: month(1), content };
    let withdraw = report::Withdraw { enterprise: own.clone(), year, version: 1 };
    let reason = "退回".to_owned();
    let reject = report::Reject { enterprise: own.clone(), year, version: 1, reason };
    let finding_id = format!("{own}/2022/1");
    let answer = "说明".to_owned();
    let answer =
        verification::Answer { enterprise: own, finding: finding_id, answer, filing: None };
    let open = case::Open {
        procedure: "hebei.national_list.objection".parse().unwrap(),
        enterprise: Some(enterprise(STEEL)),
        region: None,
        key: case::Values::new(),
        rows: Vec::new(),
    };
    let no_case: CaseId = "c999".parse().unwrap();
    let act = case::Act { case: no_case.clone(), action: "post".to_owned(), rows: Vec::new() };
    let confirm = case::Confirm { case: no_case, act: 1, accept: true };
    let (notice, way) = ("a/2022/1".to_owned(), "posted".to_owned());
    let serve = case::Serve { notice, way, day: None, evidence: None };
    let erase = content::Erase { entry: 5, reason: "申请".to_owned() };
    vec![
        (None, found.into()),
        (Some(Action::ProposeRulebook), Propose::new(RulebookPurpose::Law, &law).into()),
        (Some(Action::PublishRulebook), Publish::new(3, "").into()),
        (Some(Action::WithdrawRulebook), withdraw_rules.into()),
        (Some(Action::AdmitActor), admit.into()),
        (Some(Action::RegisterEnterprise), registration(9, REGIONS[0]).into()),
        (Some(Action::PublishList), list.into()),
        (Some(Action::FilePlan), plan.into()),
        (Some(Action::SubmitLedger), deposit(STEEL, 1, 999).into()),
        (Some(Action::SubmitReport), annual(STEEL, Some(1)).into()),
        (Some(Action::WithdrawReport), withdraw.into()),
        (Some(Action::RejectReport), reject.into()),
        (Some(Action::AcceptReport), accept(STEEL, 1).into()),
        (Some(Action::RevokeReport), revoke(STEEL, 1).into()),
        (Some(Action::AssignVerification), assignment(STEEL, "agency-a").into()),
        (Some(Action::RecordFinding), finding(STEEL, None).into()),
        (Some(Action::AnswerFinding), answer.into()),
        (Some(Action::ConcludeVerification), conclude(STEEL, "1", "1").into()),
        (Some(Action::OpenCase), open.into()),
        (Some(Action::ActCase), act.into()),
        (Some(Action::ConfirmCase), confirm.into()),
        (Some(Action::ServeNotice), serve.into()),
        (Some(Action::EraseContent), erase.into()),
    ]
}

#[test]
fn whoever_may_not_is_refused_and_leaves_no_trace() {
    on_each_engine(|| {
        let desk = desk();
        let mut tried = BTreeSet::new();
        let actors = [
            ("system", Role::SystemAdmin, Scope::Province),
            ("security", Role::SecurityAdmin, Scope::Province),
            ("audit", Role::AuditAdmin, Scope::Province),
            ("province", Role::Province, Scope::Province),
            ("public", Role::Public, Scope::Public),
            ("city-1", Role::City, Scope::Region(REGIONS[0].parse().unwrap())),
            ("city-2", Role::City, Scope::Region(REGIONS[1].parse().unwrap())),
            ("filer-1", Role::Enterprise, Scope::Enterprise(enterprise(1))),
            ("filer-2", Role::Enterprise, Scope::Enterprise(enterprise(2))),
            ("verifier-a", Role::Verifier, Scope::Agency("agency-a".parse().unwrap())),
            ("verifier-b", Role::Verifier, Scope::Agency("agency-b".parse().unwrap())),
        ];
        for (action, command) in every_command() {
            tried.insert(command.kind());
            assert_eq!(desk.refused("anybody", command.clone()), ["actor.unknown"]);
            let mut refusals = 0;
            for (name, role, scope) in &actors {
                let actor = Actor { id: id(name), role: *role, scope: scope.clone() };
                let Some(action) = action else {
                    assert_eq!(desk.refused(name, command.clone()), ["book.founded"]);
                    continue;
                };
                let may = action.allowed().iter().any(|(allowed, relation)| {
                    *allowed == actor.role && related(&actor, *relation, STEEL)
                });
                if !may {
                    let kind = command.kind();
                    assert_eq!(
                        desk.refused(name, command.clone()),
                        ["policy.not_allowed"],
                        "{kind}"
                    );
                    refusals += 1;
                }
            }
            // Any role may have a part in some case; its procedure says which.
            let cases = command.kind().starts_with("case.");
            assert!(
                action.is_none() || refusals >= if cases { 6 } else { 9 },
                "{}: {refusals}",
                command.kind()
            );
        }
        // Actions that change something have the kind of their command; none is left out.
        let viewing = [
            "enterprise.view",
            "ledger.view",
            "case.view",
            "register.view",
            "province.view",
            "public.view",
            "rulebook.try",
            "journal.audit",
        ];
        let mut kinds: BTreeSet<&str> = Action::ALL.iter().map(|action| action.name()).collect();
        kinds.retain(|name| !viewing.contains(name));
        kinds.insert("book.found");
        assert_eq!(tried, kinds);
    });
}

#[test]
fn a_refusal_does_not_tell_what_exists() {
    let desk = desk();
    let refused = |serial| {
        let failure = desk.run("filer-2", deposit(serial, 1, 999)).unwrap_err();
        failure.to_string()
    };
    assert_eq!(refused(STEEL), refused(77));
    // Nor does a key of another organisation.
    let key = Some("k".to_owned());
    desk.executor().run(&id("filer-1"), key.clone(), deposit(STEEL, 1, 2_000)).unwrap();
    let failure = desk.executor().run(&id("filer-2"), key, deposit(STEEL, 1, 2_000)).unwrap_err();
    assert_eq!(failure.to_string(), refused(STEEL));
}
