//! What a form definition must keep to.

use tanheng_filing::Form;

use crate::{LEDGER, ledger, places};

/// The ledger with one text changed.
fn changed(from: &str, to: &str) -> Vec<String> {
    assert!(LEDGER.contains(from), "{from}");
    let problems = Form::parse(&LEDGER.replacen(from, to, 1)).unwrap_err();
    problems.iter().map(|problem| problem.message.en.clone()).collect()
}

#[test]
fn the_ledger_is_sound_and_cites_its_clause() {
    let form = ledger();
    assert_eq!(form.id.as_str(), "hebei.ledger.monthly");
    assert_eq!(form.citation.document.as_str(), "hebei-2022-145");
    assert_eq!(form.fields.len(), 12);
    let secret: Vec<&str> =
        form.fields.iter().filter(|f| f.confidential).map(|f| f.name.as_str()).collect();
    assert_eq!(secret, ["amount", "ncv", "carbon_content", "oxidation"]);
}

#[test]
fn pages_and_the_api_get_the_definition_as_data() {
    let json = serde_json::to_value(ledger()).unwrap();
    let heat = &json["fields"][6];
    assert_eq!((&heat["name"], &heat["kind"]), (&"ncv".into(), &"number".into()));
    assert_eq!(heat["unit"]["follows"]["pattern"], "GJ/{unit}");
    assert_eq!(heat["limits_when"][0][1]["max"], "130");
    assert_eq!(json["fields"][2]["values"][0]["label"]["zh"], "化石燃料");
    assert_eq!(json["citation"]["clause"], "一(一)");
}

#[test]
fn what_names_nothing_is_refused() {
    for (from, to, said) in [
        ("kind = [\"fuel\", \"output\"]", "kind = [\"fule\"]", "there is no choice `fule`"),
        ("unit = \"GJ/{unit}\"", "unit = \"GJ/{meter}\"", "`meter`, which gives the unit"),
        ("unit = \"tC/GJ\"", "unit = \"tC/GJJ\"", "there is no unit `tC/GJJ`"),
        ("name = \"m3\"", "name = \"cubic\"", "there is no unit `cubic`"),
        ("\"source\", \"material\", \"kind\"]", "\"stream\"]", "there is no field `stream`"),
        ("when = { unit = [\"t\"] }", "when = { meter = [\"t\"] }", "`meter` in a condition"),
        ("values = [\"MWh\"]", "values = [\"kWh\"]", "there is no choice `kWh`"),
    ] {
        let messages = changed(from, to);
        assert!(messages.iter().any(|message| message.contains(said)), "{said}: {messages:?}");
    }
}

#[test]
fn what_contradicts_itself_is_refused() {
    for (from, to, said) in [
        ("max = \"1\"", "max = \"-1\"", "the minimum is above the maximum"),
        ("en = \"Source\"", "en = \"facility\"", "heading `facility` is repeated"),
        ("max_length = 80", "max_length = 80\nplaces = 2", "`places` does not go with"),
        ("name = \"GJ\"\nlabel", "name = \"t\"\nlabel", "the choices are empty or repeated"),
        ("max_rows = 20000", "max_rows = 0", "max_rows"),
    ] {
        let messages = changed(from, to);
        assert!(messages.iter().any(|message| message.contains(said)), "{said}: {messages:?}");
    }
}

#[test]
fn an_unknown_key_is_refused_with_its_line() {
    let text = LEDGER.replacen("required = true", "requird = true", 1);
    let line = text.lines().position(|line| line == "requird = true").unwrap() + 1;
    let problems = Form::parse(&text).unwrap_err();
    assert_eq!(places(&problems), [format!("{line} - form.definition")]);
    assert!(problems[0].message.en.contains("requird"), "{}", problems[0]);
}

#[test]
fn all_that_is_wrong_is_told_at_once() {
    let text = LEDGER.replacen("tC/GJ\"", "tC/GJJ\"", 1).replacen("[\"MWh\"]", "[\"kWh\"]", 1);
    assert!(Form::parse(&text).unwrap_err().len() >= 2);
}
