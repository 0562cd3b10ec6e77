//! Ledgers, reports and what follows from them, step by step.

use std::sync::Arc;

use tanheng_app::ledger::Media;
use tanheng_app::read::enterprise::owed as read_owed;
use tanheng_app::read::enterprise::{EnterpriseView, Version, YearView};
use tanheng_app::read::{ObligationOutcome, Reader};
use tanheng_app::{actor, ledger, report, verification};
use tanheng_base::{Lang, Month, Year};
use tanheng_store::record::{FilingState, RegisterMember, YearFigureKind};
use tanheng_testkit::on_each_engine;

use crate::desk::{
    Desk, PAPER, POWER, STEEL, accept, annual, conclude, deposit, enterprise, finding, id, month,
    revoke, sheet, year,
};

fn view(desk: &Desk, serial: u32) -> EnterpriseView {
    let actor = actor::find(&desk.sql(), &id("province")).unwrap();
    let reader = Reader::open(&desk.book, Arc::default(), actor).unwrap();
    reader.enterprise(&enterprise(serial)).unwrap().unwrap()
}

fn year_view(desk: &Desk, serial: u32) -> YearView {
    view(desk, serial).years.into_iter().find(|view| view.year == year()).unwrap()
}

fn states(desk: &Desk, serial: u32) -> Vec<FilingState> {
    let mut versions = year_view(desk, serial).versions;
    versions.sort_by_key(|version| version.filing.version);
    versions.into_iter().map(|version| version.filing.state).collect()
}

fn version(desk: &Desk, serial: u32, number: i64) -> Version {
    let versions = year_view(desk, serial).versions;
    versions.into_iter().find(|version| version.filing.version == number).unwrap()
}

fn member(desk: &Desk, serial: u32) -> Option<(String, Year)> {
    let found = RegisterMember::of(&desk.sql(), &enterprise(serial)).unwrap();
    found.map(|member| (member.class, member.since))
}

fn sealed(desk: &Desk, serial: u32) -> Vec<bool> {
    view(desk, serial).months.iter().map(|month| month.figure.sealed).collect()
}

/// An acceptance with a figure of the authority's own.
fn determine(serial: u32, version: u32, tonnes: &str) -> report::Accept {
    let figure = tonnes.parse().unwrap();
    let reason = "按证据核定".to_owned();
    let determined = report::Determined { direct: figure, total: figure, reason };
    report::Accept { determined: Some(determined), ..accept(serial, version) }
}

fn withdraw(serial: u32, version: u32) -> report::Withdraw {
    report::Withdraw { enterprise: enterprise(serial), year: year(), version }
}

fn reject(serial: u32, version: u32) -> report::Reject {
    let reason = "缺电费结算单".to_owned();
    report::Reject { enterprise: enterprise(serial), year: year(), version, reason }
}

fn text(field: &serde_json::Value) -> &str {
    field.as_str().unwrap()
}

#[test]
fn a_month_is_filed_when_it_is_over_in_beijing() {
    on_each_engine(|| {
        let desk = Desk::new();
        // Still the last day there.
        desk.clock.set("2022-01-31T15:59:59Z".parse().unwrap());
        assert_eq!(desk.refused("filer-1", deposit(STEEL, 1, 10)), ["ledger.month_not_over"]);
        desk.clock.set("2022-01-31T16:00:00Z".parse().unwrap());
        desk.ok("filer-1", deposit(STEEL, 1, 10));
    });
}

#[test]
fn every_fault_of_a_sheet_is_told_at_once_with_its_place() {
    on_each_engine(|| {
        let desk = Desk::new();
        desk.at("2022-02-10");
        let mut submit = deposit(STEEL, 1, 10);
        submit.sheet.rows[0].cells.insert("facility".to_owned(), "2号".to_owned());
        submit.sheet.rows[2].cells.insert("facility".to_owned(), "3号".to_owned());
        let failure = desk.run("filer-1", submit).unwrap_err();
        let problems = failure.problems();
        let codes: Vec<&str> = problems.iter().map(|problem| problem.code.0).collect();
        assert_eq!(codes, ["ledger.unknown_facility", "ledger.unknown_facility"]);
        let place = problems[1].place.clone().unwrap();
        assert_eq!((place.row, place.column.as_deref()), (Some(4), Some("facility")));
        assert_eq!(problems[1].value.as_deref(), Some("3号"));
        assert!(problems[1].render(Lang::En).contains("1号"), "it names what is registered");
        assert_eq!(ledger_filings(&desk.sql()).unwrap(), 0, "nothing is stored");
    });
}

fn ledger_filings(sql: &tanheng_store::Database) -> Result<usize, tanheng_store::StoreError> {
    Ok(tanheng_store::record::Filing::of(sql, &enterprise(STEEL))?.len())
}

#[test]
fn the_same_sheet_is_no_change_from_whatever_file() {
    on_each_engine(|| {
        let desk = Desk::new();
        desk.at("2022-02-10");
        let first = desk.ok("filer-1", deposit(STEEL, 1, 10));
        let before = desk.head();
        desk.at("2022-02-20");
        let again = desk.ok("filer-1", deposit(STEEL, 1, 10));
        assert!(again.repeated);
        assert_eq!(
            (again.sequence, again.leaf, &again.fields),
            (first.sequence, first.leaf, &first.fields)
        );
        // Row numbers of a file with blank lines are not what the sheet says.
        let mut shifted = deposit(STEEL, 1, 10);
        shifted.sheet.rows.iter_mut().for_each(|row| row.row += 3);
        assert_eq!(desk.ok("filer-1", shifted).sequence, first.sequence);
        assert_eq!(desk.head(), before);
    });
}

#[test]
fn a_ledger_is_kept_as_its_form_reads_it() {
    on_each_engine(|| {
        let desk = Desk::new();
        desk.at("2023-02-01");
        let plain = deposit(STEEL, 1, 1_000);
        let mut raw = plain.clone();
        let cells = &mut raw.sheet.rows[0].cells;
        cells.insert("oxidation".to_owned(), " 99% ".to_owned());
        cells.insert("kind".to_owned(), "化石燃料".to_owned());
        raw.sheet.rows[1].cells.insert("ncv".to_owned(), String::new());
        let filed = desk.ok("filer-1", raw);
        // what the reader of files gives is the same content
        assert_eq!(desk.ok("filer-1", plain.clone()).sequence, filed.sequence);
        let form = plain.sheet.form.clone();
        let filer = actor::find(&desk.sql(), &id("filer-1")).unwrap();
        let reader = Reader::open(&desk.book, Arc::default(), filer).unwrap();
        let stored = reader.filed_sheet(&plain.enterprise, &form, "2022-01").unwrap().unwrap();
        assert_eq!(stored.sheet, Some(plain.sheet));
        desk.sound();
    });
}

#[test]
fn a_correction_is_a_new_version_and_the_old_one_stays() {
    on_each_engine(|| {
        let desk = Desk::new();
        desk.at("2022-02-10");
        let first = desk.ok("filer-1", deposit(STEEL, 1, 1_000));
        let second = desk.ok("filer-1", deposit(STEEL, 1, 1_100));
        assert_eq!((&first.fields["version"], &second.fields["version"]), (&1.into(), &2.into()));
        let seen = view(&desk, STEEL);
        let mut states: Vec<_> = seen.filings.iter().map(|f| (f.version, f.state)).collect();
        states.sort_by_key(|(version, _)| *version);
        assert_eq!(states, [(1, FilingState::Replaced), (2, FilingState::Accepted)]);
        assert_eq!(seen.months.len(), 1);
        assert_eq!(seen.months[0].figure.direct_e2.to_string(), text(&second.fields["direct"]));
        // The old content back again is a third version, not the first.
        let third = desk.ok("filer-1", deposit(STEEL, 1, 1_000));
        assert_eq!(third.fields["version"], 3);
        assert_eq!(third.fields["total"], first.fields["total"]);
        desk.sound();
    });
}

#[test]
fn a_year_with_a_missing_month_names_it() {
    on_each_engine(|| {
        let desk = Desk::new();
        desk.at("2023-01-15");
        for number in (1..=12).filter(|number| ![4, 11].contains(number)) {
            desk.ok("filer-1", deposit(STEEL, number, 1_000));
        }
        let failure = desk.run("filer-1", annual(STEEL, None)).unwrap_err();
        let told = failure.to_string();
        assert!(told.contains("2022-04") && told.contains("2022-11"), "{told}");
        assert!(!told.contains("2022-05"), "{told}");
        assert_eq!(desk.refused("filer-1", annual(STEEL, None)), ["year.month_missing"]);
    });
}

#[test]
fn a_report_seals_the_months_and_withdrawal_or_return_opens_them() {
    on_each_engine(|| {
        let desk = Desk::new();
        desk.file_months(STEEL, 1_000);
        let first = desk.ok("filer-1", annual(STEEL, None));
        assert_eq!(sealed(&desk, STEEL), [true; 12]);
        assert!(desk.ok("filer-1", annual(STEEL, None)).repeated, "the same report again");
        assert_eq!(desk.refused("filer-1", deposit(STEEL, 5, 1_001)), ["ledger.month_sealed"]);
        // The same sheet is no change, sealed or not.
        assert!(desk.ok("filer-1", deposit(STEEL, 5, 1_000)).repeated);

        desk.ok("filer-1", withdraw(STEEL, 1));
        assert_eq!(sealed(&desk, STEEL), [false; 12]);
        assert_eq!(desk.refused("filer-1", withdraw(STEEL, 1)).len(), 1, "twice is once too often");
        desk.ok("filer-1", deposit(STEEL, 5, 1_001));
        let second = desk.ok("filer-1", annual(STEEL, None));
        assert_eq!(second.fields["version"], 2);
        assert_ne!(second.fields["total"], first.fields["total"]);
        desk.ok("city-1", reject(STEEL, 2));
        assert_eq!(sealed(&desk, STEEL), [false; 12]);
        let third = desk.ok("filer-1", annual(STEEL, None));
        assert_eq!((&third.fields["version"], third.repeated), (&3.into(), false));
        let expected = [FilingState::Withdrawn, FilingState::Rejected, FilingState::Submitted];
        assert_eq!(states(&desk, STEEL), expected);
        desk.sound();
    });
}

#[test]
fn after_sealing_only_what_answers_a_finding_is_taken() {
    on_each_engine(|| {
        let desk = Desk::new();
        desk.file_months(STEEL, 1_000);
        desk.ok("filer-1", annual(STEEL, None));
        desk.assign(STEEL);
        let found = desk.ok("verifier-a", finding(STEEL, Some(5)));
        let number = Some(text(&found.fields["finding"]).to_owned());
        let corrected = |month, finding: &Option<String>| ledger::Submit {
            finding: finding.clone(),
            ..deposit(STEEL, month, 1_100)
        };
        assert_eq!(desk.refused("filer-1", corrected(6, &number)), ["ledger.other_finding"]);
        let invented = Some("x/2022/1".to_owned());
        assert_eq!(desk.refused("filer-1", corrected(5, &invented)), ["ledger.other_finding"]);
        let open = desk.refused("verifier-a", conclude(STEEL, "1", "1"));
        assert_eq!(open, ["verification.open_findings"]);
        let filed = desk.ok("filer-1", corrected(5, &number));
        assert_eq!(sealed(&desk, STEEL), [true; 12], "a correction opens nothing");
        let answer = |filing: &str| verification::Answer {
            enterprise: enterprise(STEEL),
            finding: number.clone().unwrap(),
            answer: "已更正".to_owned(),
            filing: Some(filing.to_owned()),
        };
        assert_eq!(desk.refused("filer-1", answer("nothing")), ["verification.other_filing"]);
        desk.ok("filer-1", answer(text(&filed.fields["filing"])));
        // Once answered, the finding opens no door any more.
        let late = ledger::Submit { sheet: sheet(1_200, "粗钢"), ..corrected(5, &number) };
        assert_eq!(desk.refused("filer-1", late), ["ledger.other_finding"]);
        let second = desk.ok("filer-1", annual(STEEL, Some(1)));
        assert_eq!(second.fields["version"], 2);
        let concluded = conclude(STEEL, "60000", "60000");
        desk.ok("verifier-a", concluded);
        assert_eq!(desk.refused("verifier-a", finding(STEEL, None)), ["verification.concluded"]);
        desk.ok("province", accept(STEEL, 2));
        assert_eq!(states(&desk, STEEL)[1], FilingState::Accepted);
        desk.sound();
    });
}

#[test]
fn nothing_is_accepted_unverified_and_the_determined_figure_wins() {
    on_each_engine(|| {
        let desk = Desk::new();
        desk.file_months(STEEL, 1_000);
        desk.ok("filer-1", annual(STEEL, None));
        assert_eq!(desk.refused("province", accept(STEEL, 1)), ["report.not_verified"]);
        assert_eq!(desk.refused("province", accept(STEEL, 2)), ["report.no_version"]);
        desk.assign(STEEL);
        assert_eq!(desk.refused("province", accept(STEEL, 1)), ["report.not_verified"]);
        desk.ok("verifier-a", conclude(STEEL, "30000.00", "30100.00"));
        let accepted = desk.ok("province", determine(STEEL, 1, "12000.00"));
        assert_eq!(text(&accepted.fields["figure"]), "determined");
        assert_eq!(text(&accepted.fields["total"]), "12000.00");
        let standing = version(&desk, STEEL, 1);
        let kinds: Vec<_> = standing.figures.iter().map(|figure| figure.kind).collect();
        use YearFigureKind::{Determined, Recalculated, Reported, Verified};
        assert_eq!(kinds, [Reported, Recalculated, Verified, Determined]);
        assert_eq!(standing.in_force().unwrap().total_e2.to_string(), "12000.00");
        // Whether the reported or the verified figure decides the class, the law leaves open; they
        // disagree, so nothing is decided.
        assert_eq!(standing.class.unwrap().outcome, "open");
        assert_eq!(member(&desk, STEEL), None);
        desk.sound();
    });
}

#[test]
fn revoking_restores_register_months_and_obligation() {
    on_each_engine(|| {
        let desk = Desk::new();
        desk.verified(STEEL, 2_000);
        assert_eq!(member(&desk, STEEL), None);
        desk.ok("province", accept(STEEL, 1));
        assert_eq!(member(&desk, STEEL), Some(("key".to_owned(), year())));
        desk.ok("province", revoke(STEEL, 1));
        assert_eq!(member(&desk, STEEL), None);
        assert_eq!(states(&desk, STEEL), [FilingState::Revoked]);
        assert!(year_view(&desk, STEEL).standing_version().is_none(), "nothing is in force");
        let changes = year_view(&desk, STEEL).consequences;
        let sum = changes.iter().fold(tanheng_quantity::Decimal::ZERO, |sum, change| {
            sum.checked_add(change.emission_delta_e2.0).unwrap()
        });
        assert!(sum.is_zero() && changes.len() == 2, "{changes:?}");
        // Without a live version the months are open, as after a withdrawal.
        assert_eq!(sealed(&desk, STEEL), [false; 12]);
        desk.file_months(STEEL, 700);
        let again = desk.ok("filer-1", annual(STEEL, None));
        assert_eq!(again.fields["version"], 2);
        desk.ok("verifier-a", conclude(STEEL, "20000", "20000"));
        desk.ok("province", accept(STEEL, 2));
        assert_eq!(member(&desk, STEEL), Some(("ordinary".to_owned(), year())));
        desk.sound();
    });
}

#[test]
fn revoking_a_correction_brings_the_version_before_back() {
    on_each_engine(|| {
        let desk = Desk::new();
        desk.file_months(STEEL, 2_000);
        desk.ok("filer-1", annual(STEEL, None));
        desk.assign(STEEL);
        let found = desk.ok("verifier-a", finding(STEEL, None));
        let number = text(&found.fields["finding"]).to_owned();
        for month in 1..=12 {
            let finding = Some(number.clone());
            desk.ok("filer-1", ledger::Submit { finding, ..deposit(STEEL, month, 100) });
        }
        let answer = "已更正".to_owned();
        let own = enterprise(STEEL);
        let answer =
            verification::Answer { enterprise: own, finding: number, answer, filing: None };
        desk.ok("filer-1", answer);
        desk.ok("verifier-a", conclude(STEEL, "54000", "54000"));
        desk.ok("province", accept(STEEL, 1));
        assert_eq!(member(&desk, STEEL), Some(("key".to_owned(), year())));
        desk.ok("filer-1", annual(STEEL, Some(1)));
        // So low that it leaves the register.
        desk.ok("province", determine(STEEL, 2, "100.00"));
        assert_eq!(member(&desk, STEEL), None);
        desk.ok("province", revoke(STEEL, 2));
        assert_eq!(states(&desk, STEEL), [FilingState::Accepted, FilingState::Revoked]);
        assert_eq!(member(&desk, STEEL), Some(("key".to_owned(), year())), "as version 1 had it");
        assert_eq!(sealed(&desk, STEEL), [true; 12], "version 1 holds the months fast");
        desk.ok("province", revoke(STEEL, 1));
        assert_eq!(member(&desk, STEEL), None);
        desk.sound();
    });
}

#[test]
fn revoking_a_year_leaves_the_register_as_the_year_before_had_it() {
    on_each_engine(|| {
        let desk = Desk::new();
        desk.verified(POWER, 2_000);
        desk.ok("province", accept(POWER, 1));
        let next = Year::try_from(2023).unwrap();
        desk.at("2024-02-01");
        let years = [(1, 700, "20000.00", Some("ordinary")), (2, 100, "100.00", None)];
        for (number, coal, tonnes, class) in years {
            for month in next.months() {
                let mut submit = ledger::Submit { month, ..deposit(POWER, 1, coal) };
                // The grid factor of that year is not published yet.
                submit.sheet.rows.retain(|row| row.cells["kind"] != "electricity");
                desk.ok("filer-2", submit);
            }
            desk.ok("filer-2", report::Submit { year: next, ..annual(POWER, None) });
            let accept = report::Accept { year: next, ..determine(POWER, number, tonnes) };
            desk.ok("province", accept);
            assert_eq!(member(&desk, POWER), class.map(|class| (class.to_owned(), next)));
            desk.ok("province", report::Revoke { year: next, ..revoke(POWER, number) });
            assert_eq!(member(&desk, POWER), Some(("key".to_owned(), year())), "as of 2022");
        }
        desk.sound();
    });
}

#[test]
fn without_a_published_benchmark_there_are_no_tonnes_and_the_example_says_so() {
    on_each_engine(|| {
        let desk = Desk::new();
        desk.verified(STEEL, 2_000);
        let accepted = desk.ok("province", determine(STEEL, 1, "200000.00"));
        let standing = version(&desk, STEEL, 1);
        let row = standing.by_law.unwrap();
        let owed = read_owed(&row).unwrap();
        assert_eq!(
            (row.outcome.as_str(), row.tonnes_e8, row.example),
            ("no_benchmark", None, false)
        );
        assert_eq!(owed.outcome, ObligationOutcome::NoBenchmark);
        assert!(owed.reasons.iter().any(|reason| reason.zh.contains("基准值未公布")), "{owed:?}");
        // 12 × 5000 t at the invented 2 t each: a tenth of what lies above 120,000 t.
        let row = standing.by_example.unwrap();
        let owed = read_owed(&row).unwrap();
        assert_eq!((row.outcome.as_str(), row.example), ("trial", true));
        assert_eq!(owed.outcome, ObligationOutcome::Trial { tonnes: "8000".parse().unwrap() });
        assert_eq!(owed.demanded(), None, "a trial demands nothing");
        assert_eq!(accepted.fields["marks"], serde_json::json!(["示例 example"]));
        let consequences = year_view(&desk, STEEL).consequences;
        assert!(consequences.iter().all(|change| change.obligation_delta_e8.is_none()));
        let receipt =
            tanheng_app::receipt::issue(&desk.book, &desk.sql(), accepted.sequence).unwrap();
        let verified = tanheng_evidence::receipt::verify(&receipt, None).unwrap();
        assert_eq!(verified.marks, ["示例 example"]);
    });
}

#[test]
fn an_industry_without_any_benchmark_and_the_national_market_have_no_tonnes_at_all() {
    on_each_engine(|| {
        let desk = Desk::new();
        for serial in [POWER, PAPER] {
            desk.verified(serial, 20_000);
            desk.ok("province", accept(serial, 1));
        }
        let power = version(&desk, POWER, 1);
        for row in [power.by_law.unwrap(), power.by_example.unwrap()] {
            let owed = read_owed(&row).unwrap();
            assert_eq!((row.outcome.as_str(), row.tonnes_e8), ("open", None));
            let ObligationOutcome::Open { parameters } = owed.outcome else { panic!("{owed:?}") };
            assert!(parameters.iter().any(|open| open.contains("national")), "{parameters:?}");
        }
        let paper = version(&desk, PAPER, 1);
        for row in [paper.by_law.unwrap(), paper.by_example.unwrap()] {
            let owed = read_owed(&row).unwrap();
            assert_eq!((row.outcome.as_str(), row.tonnes_e8), ("no_benchmark", None));
            assert_eq!(owed.outcome, ObligationOutcome::NoBenchmark);
        }
        desk.sound();
    });
}

#[test]
fn a_later_release_of_the_law_leaves_filed_figures_alone() {
    on_each_engine(|| {
        let desk = Desk::new();
        desk.at("2023-01-15");
        let filed = desk.ok("filer-1", deposit(STEEL, 1, 1_000));
        let mut law = crate::province::packs(&["cn", "cn-hebei"]);
        let pack = law[1].files.get_mut("pack.toml").unwrap();
        pack.push_str("\n# a later wording\n");
        let purpose = tanheng_store::record::RulebookPurpose::Law;
        let published = desk.publish(purpose, &law);
        assert_ne!(published.fields["version"], filed.fields["rulebook"]);
        let later = desk.ok("filer-1", deposit(STEEL, 2, 1_000));
        assert_eq!(later.fields["rulebook"], published.fields["version"]);
        let seen = view(&desk, STEEL);
        let rulebooks: Vec<&str> = seen.filings.iter().map(|f| f.rulebook.as_str()).collect();
        assert!(rulebooks.contains(&text(&filed.fields["rulebook"])));
        desk.sound();
    });
}

#[test]
fn other_endings_of_a_file_are_refused() {
    on_each_engine(|| {
        let known = [("a.csv", Media::Csv), ("a.JSON", Media::Json), ("a.Xlsx", Media::Xlsx)];
        for (name, expected) in known {
            assert_eq!(Media::of(name).ok(), Some(expected));
        }
        for name in ["a.xls", "a.xlsm", "a"] {
            let refused = Media::of(name).map(|_| ()).unwrap_err();
            assert_eq!(refused.problems()[0].code.0, "ledger.file_kind", "{name}");
        }
        assert_eq!(month(3), "2022-03".parse::<Month>().unwrap());
    });
}
