//! What counts as implemented: a definition that names a requirement and that a passing case
//! exercises.

use tanheng_rulebook::Rulebook;
use tanheng_rulebook::coverage::{Aspect, Catalogue, Share, coverage};

use crate::small_pack::{CASE, METHOD, RATIO, VALUE, load, pack, pack_with};

const CATALOGUE: &str = "\
id,doc,source,name_zh,name_en,rank,primitive,area,same_as
A-1,4.10,甲,折半,Half,CORE,rule,carbon,
A-2,4.9,乙,比例,Ratio,CORE,rule,carbon,
A-3,4.9,乙,比率,Proportion,CORE,rule,carbon,A-2
A-4,4.9,乙,名录,Register,CORE,register,energy,
A-5,4.9,乙,背景,Background,SUPPORT,register,energy,
";

fn catalogue() -> Catalogue {
    Catalogue::read(CATALOGUE).unwrap()
}

fn method(implements: &str) -> String {
    METHOD.replace("result = \"out\"", &format!("implements = {implements}\nresult = \"out\""))
}

fn ratio(implements: &str) -> String {
    format!("{RATIO}implements = {implements}\n{VALUE}")
}

fn covered(book: &Rulebook) -> Vec<String> {
    let catalogue = catalogue();
    let covered = coverage(book, &catalogue).unwrap();
    covered.ids(true).into_iter().map(str::to_owned).collect()
}

#[test]
fn a_method_counts_with_its_case_and_a_parameter_through_the_method() {
    let (half, share) = (method("[\"A-1\", \"A-5\"]"), ratio("[\"A-3\"]"));
    let book = load(pack(&[("methods/half.toml", &half), ("parameters/ratio.toml", &share)]));
    assert_eq!(covered(&book), ["A-1", "A-2"]);
    let catalogue = catalogue();
    let all = coverage(&book, &catalogue).unwrap();
    assert_eq!(all.ids(false), ["A-4"]);
    assert!(all.requirements[1].shown.contains("p.ratio"));
    assert!(!all.requirements[1].by_example_only);
    let share = |name: &str, covered, all| Share { name: name.to_owned(), covered, all };
    assert_eq!(all.shares(Aspect::Document), [share("4.9 乙", 1, 2), share("4.10 甲", 1, 1)]);
    assert_eq!(all.shares(Aspect::Primitive), [share("register", 0, 1), share("rule", 2, 2)]);
    assert_eq!(all.shares(Aspect::Area), [share("carbon", 2, 2), share("energy", 0, 1)]);
}

#[test]
fn a_case_that_differs_or_expects_an_error_shows_nothing() {
    let half = method("[\"A-1\"]");
    let differs = CASE.replace("1 t", "2 t");
    let refused = CASE
        .replace("result = \"1 t\"", "error = \"input.out_of_range\"")
        .replace("mass = \"10\"", "mass = \"1001\"");
    for case in [&differs, &refused] {
        let book = load(pack(&[("methods/half.toml", &half), ("cases/good/half.toml", case)]));
        assert!(covered(&book).is_empty(), "{case}");
    }
}

#[test]
fn only_the_version_that_a_case_uses_counts() {
    let old = method("[\"A-1\"]")
        .replace("title = { zh = \"折半\"", "to = 2022-03-01\ntitle = { zh = \"折半\"");
    let new = method("[\"A-2\"]").replace("from = 2022-01-01", "from = 2022-03-01");
    let both = format!("{old}\n{new}");
    assert_eq!(covered(&load(pack(&[("methods/half.toml", &both)]))), ["A-2"]);
    let earlier = CASE.replace("2022-06-30", "2022-02-01");
    let files = [("methods/half.toml", both.as_str()), ("cases/good/half.toml", &earlier)];
    assert_eq!(covered(&load(pack(&files))), ["A-1"]);
}

#[test]
fn a_parameter_that_no_case_uses_and_a_form_do_not_count() {
    let lone = ratio("[\"A-4\"]").replace("p.ratio", "p.lone");
    let form = "id = \"p.form\"\nimplements = [\"A-2\"]\n";
    let book = load(pack(&[("parameters/lone.toml", &lone), ("forms/own.toml", form)]));
    assert!(covered(&book).is_empty());
    let catalogue = catalogue();
    let all = coverage(&book, &catalogue).unwrap();
    let named: Vec<&str> =
        all.requirements.iter().flat_map(|one| &one.named_only).map(String::as_str).collect();
    assert_eq!(named, ["p.form", "p.lone"]);
}

#[test]
fn an_id_that_the_catalogue_does_not_hold_is_refused_with_its_place() {
    let form = "id = \"p.form\"\n\nimplements = [\"A-2\", \"B-7\"]\n";
    let half = method("[\"A-6\"]");
    let book = load(pack(&[("methods/half.toml", &half), ("forms/own.toml", form)]));
    let wrong = coverage(&book, &catalogue()).unwrap_err();
    let told: Vec<String> = wrong
        .iter()
        .map(|one| {
            let place = one.place.as_ref().unwrap();
            format!("{} {}:{} {}", one.code, place.path(), place.line(), place.text())
        })
        .collect();
    assert_eq!(
        told,
        [
            "rulebook.unknown_requirement p/forms/own.toml:3 \"B-7\"",
            "rulebook.unknown_requirement p/methods/half.toml:8 \"A-6\"",
        ]
    );
}

#[test]
fn an_example_pack_shows_rules_of_the_law_but_fulfils_nothing_itself() {
    let half = method("[\"A-1\"]");
    let open = format!(
        "{RATIO}[[parameter.value]]\nfrom = 2022-01-01\nstate = \"open\"\ndocument = \"d1\"\nclause = \"一\"\nchecked = \"official\"\n"
    );
    let refused = CASE.replace("result = \"1 t\"", "error = \"rulebook.open\"");
    let own = [
        ("methods/half.toml", half.as_str()),
        ("parameters/ratio.toml", &open),
        ("cases/good/half.toml", &refused),
    ];
    let example = "id = \"e\"\ntitle = { zh = \"例\", en = \"E\" }\njurisdiction = \"CN\"\ndepends_on = [\"p\"]\nexample = true\n";
    let fill = format!("[[fill]]\nparameter = \"p.ratio\"\n{}", VALUE.replace("parameter", "fill"));
    let twice = METHOD
        .replace("p.half", "e.half")
        .replace("result = \"out\"", "implements = [\"A-4\"]\nresult = \"out\"");
    let cases = format!("{}\n{}", CASE, CASE.replace("p.half", "e.half").replace("一", "二"));
    let mut files = vec![("pack.toml", example), ("parameters/fill.toml", fill.as_str())];
    files.extend([("methods/twice.toml", twice.as_str()), ("cases/good/half.toml", &cases)]);
    let book = load(pack_with(&own, "e", &files));
    let catalogue = catalogue();
    let all = coverage(&book, &catalogue).unwrap();
    assert_eq!(all.ids(true), ["A-1"]);
    assert!(all.requirements[0].by_example_only);
}
