//! Nothing that can be written in a pack makes the reader panic, and every diagnostic can be drawn.

use std::collections::BTreeSet;

use proptest::prelude::*;
use tanheng_base::Lang;
use tanheng_rulebook::{PackFiles, Style, check, lang, run_bad_cases};

use crate::packs::packs;
use crate::small_pack::{CASE, METHOD, RATIO, VALUE, pack};

/// Draws everything that is wrong, both ways.
fn draw(packs: &[PackFiles]) {
    for diagnostic in check(packs) {
        assert!(!diagnostic.remedy.zh.is_empty() || diagnostic.code == "rulebook.duplicate_id");
        for (lang, style) in [(Lang::Zh, Style::Plain), (Lang::En, Style::Coloured)] {
            assert!(diagnostic.render(lang, style).contains(diagnostic.code));
        }
    }
}

/// Words of the formula language in any order.
fn words() -> impl Strategy<Value = String> {
    let word = prop_oneof![
        Just("mass".to_owned()),
        Just("p.ratio".to_owned()),
        Just("round(".to_owned()),
        Just("lookup(".to_owned()),
        Just("min(".to_owned()),
        Just("clamp(".to_owned()),
        Just("date(2022-01-01)".to_owned()),
        Just(", 2, half_up)".to_owned()),
        Just("if".to_owned()),
        Just("then".to_owned()),
        Just("else".to_owned()),
        Just("match".to_owned()),
        Just("{ 'a' =>".to_owned()),
        Just("'a'".to_owned()),
        Just("_".to_owned()),
        Just("[t]".to_owned()),
        Just("10%".to_owned()),
        "[-+*/(){},<>=!.\\[\\]']",
        "[0-9]{1,40}(\\.[0-9]{1,40})?",
        "\\PC{0,3}",
    ];
    proptest::collection::vec(word, 0..24).prop_map(|words| words.join(" "))
}

/// A text with a piece cut out, doubled or replaced.
fn mutated(text: &'static str) -> impl Strategy<Value = String> {
    (
        any::<prop::sample::Index>(),
        any::<prop::sample::Index>(),
        "\\PC{0,6}|[\\[\\]{}\",='\\n]{0,3}",
    )
        .prop_map(move |(one, other, insert)| {
            let ends: Vec<usize> =
                text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
            let (one, other) = (ends[one.index(ends.len())], ends[other.index(ends.len())]);
            format!("{}{insert}{}", &text[..one], &text[other..])
        })
}

const TABLE: &str = "id = \"p.t\"\ntitle = { zh = \"表\", en = \"T\" }\nkeys = [\"k\"]\ncolumns = [ { name = \"v\", unit = \"t\" } ]\n";
const ROWS: &str = "k,v,from,document,clause,checked\na,1,2022-01-01,d1,一,official\nb,\"2\",2022-01-01,d1,一,official\n";
const FILL: &str = "[[fill]]\nparameter = \"p.ratio\"\n[[fill.value]]\nfrom = 2022-01-01\nvalue = \"1\"\ndocument = \"d1\"\nclause = \"一\"\nchecked = \"memory\"\n";

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn any_text_is_a_formula_or_an_error_in_its_bounds(text in "\\PC{0,60}") {
        if let Err(error) = lang::parse(&text) {
            prop_assert!(error.span.start <= error.span.end && error.span.end <= text.len());
        }
    }

    #[test]
    fn any_words_are_a_formula_or_an_error(text in words()) {
        if let Err(error) = lang::parse(&text) {
            prop_assert!(error.span.end <= text.len());
        }
    }

    #[test]
    fn any_formula_can_be_checked(text in words()) {
        let quoted = text.replace(['\\', '"'], "");
        draw(&pack(&[("methods/half.toml", &METHOD.replace("mass * p.ratio", &quoted))]));
    }

    #[test]
    fn any_condition_can_be_tried(text in words()) {
        let quoted = text.replace(['\\', '"'], "");
        let rules = METHOD
            .replace("formula = \"mass * p.ratio\"\n", "")
            + &format!("[[method.step.rule]]\nwhen = \"{quoted}\"\nthen = \"mass\"\n");
        draw(&pack(&[("methods/half.toml", &rules)]));
    }

    #[test]
    fn any_method_file_can_be_read(text in mutated(METHOD)) {
        draw(&pack(&[("methods/half.toml", &text)]));
    }

    #[test]
    fn any_case_file_can_be_read(text in mutated(CASE)) {
        draw(&pack(&[("cases/good/half.toml", &text)]));
        run_bad_cases(&pack(&[("cases/bad/half.toml", &text)]));
    }

    #[test]
    fn any_table_can_be_read(toml in mutated(TABLE), rows in mutated(ROWS)) {
        draw(&pack(&[("tables/t.toml", TABLE), ("tables/t.csv", &rows)]));
        draw(&pack(&[("tables/t.toml", &toml), ("tables/t.csv", ROWS)]));
    }

    #[test]
    fn any_parameter_file_can_be_read(text in mutated(VALUE), fill in mutated(FILL)) {
        draw(&pack(&[("parameters/ratio.toml", &format!("{RATIO}{text}"))]));
        draw(&pack(&[("parameters/fill.toml", &fill)]));
    }

    #[test]
    fn arbitrary_text_is_no_pack_but_no_panic(text in "\\PC{0,80}|[\\[\\]{}\",='\\n a-z0-9]{0,80}", path in 0usize..7) {
        let paths = [
            "pack.toml", "sources.toml", "regions.toml", "parameters/ratio.toml",
            "methods/half.toml", "tables/t.toml", "tables/t.csv",
        ];
        draw(&pack(&[("tables/t.toml", TABLE), ("tables/t.csv", ROWS), (paths[path], &text)]));
    }
}

#[test]
fn every_file_of_the_packs_can_be_missing_or_cut() {
    // The rulebook leaves alone what casework reads: one file of each such folder is enough.
    let casework = ["forms", "procedures", "registers", "rehearsals"];
    let whole = packs();
    for index in 0..whole.len() {
        let mut seen = BTreeSet::new();
        let tried = |path: &&String| {
            let folder = path.split('/').next().unwrap_or_default();
            folder != "cases" && (!casework.contains(&folder) || seen.insert(folder.to_owned()))
        };
        let paths: Vec<&String> = whole[index].files.keys().filter(tried).collect();
        for path in paths {
            let mut cut = whole.clone();
            let text = cut[index].files[path].clone();
            let middle = (0..=text.len() / 2).rev().find(|at| text.is_char_boundary(*at)).unwrap();
            cut[index].files.insert(path.clone(), text[..middle].to_owned());
            draw(&cut);
            cut[index].files.remove(path);
            draw(&cut);
        }
    }
}

#[test]
fn too_many_choices_of_units_are_refused_and_not_multiplied_out() {
    let input = |number: usize| {
        format!(
            "[[method.input]]\nname = \"m{number}\"\ntitle = {{ zh = \"质量\", en = \"Mass\" }}\nunit = [\"t\", \"kg\"]\n\n"
        )
    };
    let many: String = (0..64).map(input).collect();
    let method = METHOD.replace("[[method.step]]", &format!("{many}[[method.step]]"));
    let wrong = check(&pack(&[("methods/half.toml", &method)]));
    let told =
        |one: &tanheng_rulebook::Diagnostic| one.message.en.contains("combinations of units");
    assert!(wrong.iter().any(told));
}

#[test]
fn names_compared_again_and_again_are_tried_in_bounded_time() {
    let again = ["mass < other"; 20].join(" or ");
    let other = "[[method.input]]\nname = \"other\"\ntitle = { zh = \"另\", en = \"Other\" }\nunit = [\"t\"]\n\n";
    let rules =
        format!("[[method.step.rule]]\nwhen = \"mass > 1[t] and ({again})\"\nthen = \"mass\"\n");
    let method = METHOD
        .replace("[[method.step]]", &format!("{other}[[method.step]]"))
        .replace("formula = \"mass * p.ratio\"\n", "")
        + &rules;
    draw(&pack(&[("methods/half.toml", &method)]));
}
