//! The worked cases of the packs hold, good and bad; the bad ones are kept by `--bless`.

use tanheng_base::Lang;
use tanheng_rulebook::{CaseKind, CaseReport, Style, bless, check, run_bad_cases, run_cases};

use crate::packs::{binding, packs, with_example};
use crate::small_pack::{CASE, METHOD, codes, load, pack};

fn all_hold(reports: &[CaseReport], at_least: usize) {
    let failures: Vec<String> = reports
        .iter()
        .filter_map(|report| report.failure.as_ref())
        .map(|failure| failure.render(Lang::En, Style::Plain))
        .collect();
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
    assert!(reports.len() >= at_least, "only {} cases were found", reports.len());
}

#[test]
fn the_packs_are_sound() {
    let wrong: Vec<String> =
        check(&packs()).iter().map(|one| one.render(Lang::En, Style::Plain)).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn good_cases_hold() {
    let reports = run_cases(with_example());
    let of_packs: Vec<CaseReport> =
        run_cases(binding()).into_iter().filter(|report| report.pack.as_str() == "cn").collect();
    all_hold(&reports, 20);
    all_hold(&of_packs, 10);
}

#[test]
fn bad_cases_are_refused_as_they_say() {
    all_hold(&run_bad_cases(&packs()), 10);
}

#[test]
fn a_case_that_differs_is_shown_with_what_was_found() {
    for (from, to, found) in [
        ("result = \"1 t\"", "result = \"2 t\"", "found 1 t"),
        ("result = \"1 t\"", "result = \"1000 kg\"", "found 1 t"),
        ("result = \"1 t\"", "error = \"input.unit\"", "found 1 t"),
        ("mass = \"10\"", "mass = \"10 GJ\"", "found input.unit"),
        ("result = \"1 t\"", "result = \"1 t\"\ntrial = true", "should be a trial figure"),
    ] {
        let changed = CASE.replace(from, to);
        let book = load(pack(&[("cases/good/half.toml", &changed)]));
        let reports = run_cases(&book);
        let shown = reports[0].failure.as_ref().unwrap().render(Lang::En, Style::Plain);
        assert!(shown.contains(found), "{to}: {shown}");
    }
}

#[test]
fn a_case_of_another_version_does_not_count() {
    let later = METHOD.replace("from = 2022-01-01", "from = 2022-01-01\nto = 2023-01-01")
        + &METHOD.replace("from = 2022-01-01", "from = 2023-01-01");
    assert_eq!(codes(&pack(&[("methods/half.toml", &later)])), ["rulebook.no_case"]);
}

#[test]
fn blessing_writes_what_then_holds() {
    let bad = format!(
        "why = {{ zh = \"无依据\", en = \"no basis\" }}\nexpected = \"old\"\n[files]\n\"methods/half.toml\" = '''\n{}'''\n",
        METHOD.replace("clause = \"二\"\n", "")
    );
    let mut packs = pack(&[("cases/bad/x.toml", &bad)]);
    let before = run_bad_cases(&packs);
    assert_eq!(before[0].kind, CaseKind::Bad);
    assert!(before[0].failure.is_some());
    for (_, path, text) in bless(&packs) {
        assert!(text.contains("rulebook.no_clause"), "{text}");
        packs[0].files.insert(path, text);
    }
    all_hold(&run_bad_cases(&packs), 1);
    assert!(bless(&packs).is_empty());
}

#[test]
fn what_is_not_refused_is_a_failure_and_never_blessed() {
    let fine = "why = { zh = \"无\", en = \"none\" }\n[files]\n\"x.txt\" = \"x\"\n";
    let packs = pack(&[("cases/bad/x.toml", fine)]);
    assert!(run_bad_cases(&packs)[0].failure.as_ref().unwrap().message.en.contains("not refused"));
    assert!(bless(&packs).is_empty());
}
