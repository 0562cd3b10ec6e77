//! What differs between two rulebooks, and one value varied.

use std::collections::BTreeSet;

use tanheng_rulebook::difference::{Change, Difference, ItemKind, compare};
use tanheng_rulebook::{PackFiles, Rulebook, Slot, SlotKind};

use crate::packs::packs;

fn load(packs: Vec<PackFiles>) -> Rulebook {
    Rulebook::load(packs).unwrap()
}

fn all() -> Rulebook {
    load(packs())
}

/// All packs with one text of one file replaced.
fn changed(pack: &str, file: &str, from: &str, to: &str) -> Difference {
    let mut other = packs();
    let own = other.iter_mut().find(|own| own.id.as_str() == pack).unwrap();
    let text = own.files.get_mut(file).unwrap();
    assert!(text.contains(from), "{file} has no `{from}`");
    *text = text.replacen(from, to, 1);
    compare(&all(), &load(other))
}

/// `kind id / part: aspect before → after` of everything that differs.
fn told(difference: &Difference) -> Vec<String> {
    let mut lines = Vec::new();
    for item in &difference.items {
        for part in &item.parts {
            for aspect in &part.aspects {
                let side = |text: &Option<String>| text.clone().unwrap_or_default();
                lines.push(format!(
                    "{:?} {} / {}: {} {} → {}",
                    item.kind,
                    item.id,
                    part.name,
                    aspect.name,
                    side(&aspect.before),
                    side(&aspect.after)
                ));
            }
        }
    }
    lines
}

#[test]
fn a_rulebook_does_not_differ_from_itself() {
    let difference = compare(&all(), &all());
    assert!(difference.is_empty(), "{:?}", told(&difference));
    assert_eq!(difference.before, difference.after);
}

#[test]
fn one_change_is_told_once_and_at_its_place() {
    let ratio = changed("cn-hebei", "parameters/offset.toml", "value = \"10%\"", "value = \"8%\"");
    assert_eq!(
        told(&ratio),
        ["Parameter hebei.offset.excess_ratio / 130000 2022-11-07: value 10% → 8%"]
    );
    assert_eq!(ratio.items[0].title.zh, "超行业碳排放基准值部分的抵销比例");
    let citation = ratio.items[0].parts[0].citation.clone().unwrap();
    assert_eq!(
        (citation.document.as_str(), citation.clause.as_str()),
        ("hebei-2022-145", "二(三)")
    );
    let formula = changed(
        "cn-hebei",
        "methods/offset.toml",
        "formula = \"excess * hebei.offset.excess_ratio\"",
        "formula = \"hebei.offset.excess_ratio * excess\"",
    );
    let [only] = told(&formula).try_into().unwrap();
    assert!(
        only.starts_with("Method hebei.offset.excess 130000 2022-11-07 / step obligation: formula"),
        "{only}"
    );
    let row = changed(
        "example",
        "tables/benchmark.csv",
        "steel,crude_steel,2,",
        "steel,crude_steel,1.9,",
    );
    let [only] = told(&row).try_into().unwrap();
    assert!(
        only.contains("hebei.benchmark / steel, crude_steel 130000 2022-11-07")
            && only.ends_with("intensity 2 tCO2e/t → 1.9 tCO2e/t"),
        "{only}"
    );
    let form = changed("cn-hebei", "forms/ledger_monthly.toml", "places = ", "places = 1");
    assert!(form.of(ItemKind::Form).count() == 1 && form.items.len() == 1, "{:?}", told(&form));
    let rule = changed(
        "cn-hebei",
        "methods/class.toml",
        "clause = \"一(四)\"\n\n[[method.step.rule]]",
        "clause = \"一(五)\"\n\n[[method.step.rule]]",
    );
    let [only] = told(&rule).try_into().unwrap();
    assert!(only.contains("step class, rule 1: clause") && only.ends_with("一(五)"), "{only}");
}

#[test]
fn what_is_new_or_gone_is_told_with_its_pack() {
    let without: Vec<PackFiles> =
        packs().into_iter().filter(|pack| pack.id.as_str() != "example").collect();
    let difference = compare(&load(without), &all());
    let packs: Vec<_> = difference.of(ItemKind::Pack).collect();
    assert_eq!((packs.len(), packs[0].id.as_str(), packs[0].change), (1, "example", Change::Added));
    let plan =
        difference.of(ItemKind::Parameter).find(|item| item.id == "hebei.offset.plan").unwrap();
    assert_eq!((plan.change, plan.parts[0].change), (Change::Changed, Change::Added));
    let back = compare(
        &all(),
        &load(self::packs().into_iter().filter(|pack| pack.id.as_str() != "example").collect()),
    );
    assert_eq!(back.items.len(), difference.items.len());
    assert!(back.of(ItemKind::Pack).all(|item| item.change == Change::Removed));
    // Everything has a word for people, and travels as JSON.
    let json = serde_json::to_value(&difference).unwrap();
    assert_eq!(json["items"][0]["kind"], "pack");
    let kinds: BTreeSet<ItemKind> = difference.items.iter().map(|item| item.kind).collect();
    assert!(kinds.iter().all(|kind| !kind.title().zh.is_empty() && !kind.title().en.is_empty()));
}

#[test]
fn a_varied_rulebook_differs_in_that_value_and_makes_all_on_it_a_trial() {
    let book = all();
    let slot: Slot = "hebei.offset.excess_ratio".parse().unwrap();
    let varied = book.varied(&slot, &book.read_slot(&slot, "8%").unwrap()).unwrap();
    assert_ne!(varied.version(), book.version());
    let again = book.varied(&slot, &book.read_slot(&slot, "0.08").unwrap()).unwrap();
    assert_eq!(varied.version(), again.version(), "the same value is the same rulebook");
    let region = "130200".parse().unwrap();
    let id = "hebei.offset.excess_ratio".parse().unwrap();
    let found = varied.resolve(&id, "2022-12-31".parse().unwrap(), &region).unwrap();
    assert_eq!(
        (found.value.bare().as_str(), found.checked),
        ("0.08", tanheng_base::CheckState::Memory)
    );
    // What is open takes a value, and a cell of a table too.
    let slot: Slot = "hebei.class.boundary".parse().unwrap();
    let varied = book.varied(&slot, &book.read_slot(&slot, "direct").unwrap()).unwrap();
    let id = "hebei.class.boundary".parse().unwrap();
    assert!(book.resolve(&id, "2022-12-31".parse().unwrap(), &region).is_err());
    assert_eq!(
        varied.resolve(&id, "2022-12-31".parse().unwrap(), &region).unwrap().value.bare(),
        "direct"
    );
    let slot: Slot = "hebei.benchmark.intensity(steel, crude_steel)".parse().unwrap();
    assert_eq!(slot.to_string(), "hebei.benchmark.intensity(steel, crude_steel)");
    assert_eq!(book.slot_kind(&slot).unwrap(), SlotKind::Number("tCO2e/t".parse().unwrap()));
    let varied = book.varied(&slot, &book.read_slot(&slot, "1.5").unwrap()).unwrap();
    let keys = ["steel".to_owned(), "crude_steel".to_owned()];
    let cell = |book: &Rulebook| {
        let table = "hebei.benchmark".parse().unwrap();
        book.lookup(&table, "intensity", &keys, "2022-12-31".parse().unwrap(), &region)
            .unwrap()
            .value
            .to_string()
    };
    assert_eq!((cell(&book).as_str(), cell(&varied).as_str()), ("2 tCO2e/t", "1.5 tCO2e/t"));
}

#[test]
fn users_of_a_value_and_regions_that_bind_are_found() {
    let book = all();
    let users = |slot: &str| -> Vec<String> {
        book.users(&slot.parse().unwrap()).iter().map(ToString::to_string).collect()
    };
    assert_eq!(
        users("hebei.offset.excess_ratio"),
        ["hebei.offset.excess", "hebei.offset.plan_agrees"]
    );
    assert_eq!(
        users("hebei.benchmark.intensity(steel, crude_steel)"),
        ["hebei.benchmark.emission"]
    );
    assert!(users("hebei.offset.plan").is_empty());
    let binding = |region: &str| book.binding_regions(&region.parse().unwrap()).unwrap();
    assert_eq!(binding("130181"), binding("130900"), "neither city has rules of its own");
    assert_ne!(binding("130200"), binding("130181"), "Tangshan has its regulation");
    assert!(book.binding_regions(&"990000".parse().unwrap()).is_err());
}
