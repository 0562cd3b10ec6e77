//! What a draft of rules would change, held against books that were played under it.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use tanheng_app::read::Reader;
use tanheng_app::rulebook::{
    Base, ClassVerdict, Draft, Held, Impact, Owed, PurposeImpact, Reach, Vary, try_values,
};
use tanheng_app::{actor, replay};
use tanheng_base::EnterpriseId;
use tanheng_inventory::population::judge;
use tanheng_quantity::Decimal;
use tanheng_rulebook::PackFiles;
use tanheng_rulebook::difference::{Change, ItemKind};
use tanheng_store::RowScope;
use tanheng_store::record::{FilingState, Obligation, RulebookPurpose};

use crate::desk::{id, year};
use crate::province::{Province, packs};

const ENTERPRISES: u32 = 36;
const SEED: u64 = 7;

/// Played once: no test changes it.
pub static PLAYED: LazyLock<Province> = LazyLock::new(|| Province::played(ENTERPRISES).0);

fn reader(province: &Province) -> Reader {
    let actor = actor::find(&province.book.reader().unwrap(), &id("province")).unwrap();
    Reader::open(&province.book, Arc::default(), actor).unwrap()
}

/// One file of one pack with something in the place of something else.
fn replaced(pack: &mut PackFiles, of: &str, file: &str, from: &str, to: &str) {
    if pack.id.as_str() == of {
        let text = pack.files.get_mut(file).unwrap();
        assert!(text.contains(from), "{file}");
        *text = text.replace(from, to);
    }
}

/// The offset ratio at 8 %.
fn eight_per_cent(pack: &mut PackFiles) {
    let (file, from, to) = ("parameters/offset.toml", "value = \"10%\"", "value = \"8%\"");
    replaced(pack, "cn-hebei", file, from, to);
}

/// Other defaults of what steel works and refineries burn, and with them other emissions of lines.
fn other_defaults(pack: &mut PackFiles) {
    let file = "tables/fuel_defaults.csv";
    replaced(pack, "cn", file, "ndrc,焦炭,coke,solid,t,28.446,", "ndrc,焦炭,coke,solid,t,30,");
    replaced(pack, "cn", file, "ndrc,柴油,diesel,liquid,t,43.33,", "ndrc,柴油,diesel,liquid,t,60,");
}

/// Key enterprises from 60,000 t on.
fn fewer_key(pack: &mut PackFiles) {
    replaced(pack, "cn-hebei", "parameters/class.toml", "\"26000\"", "\"60000\"");
}

fn draft(rules: fn(&mut PackFiles)) -> Draft {
    let mut law = packs(&["cn", "cn-hebei"]);
    law.iter_mut().for_each(rules);
    let unchanged = packs(&["cn", "cn-hebei"]);
    law.retain(|pack| !unchanged.contains(pack));
    Draft { law, examples: Vec::new() }
}

fn impact(rules: fn(&mut PackFiles)) -> Impact {
    reader(&PLAYED).impact(&draft(rules), None).unwrap()
}

fn of<'a>(impact: &'a Impact, purpose: &str) -> &'a PurposeImpact {
    impact.purposes.iter().find(|one| one.purpose == purpose).unwrap()
}

/// Obligations in force as a book stored them: enterprise → tonnes.
fn stored(province: &Province, kind: &str) -> BTreeMap<EnterpriseId, Option<Decimal>> {
    let sql = province.book.reader().unwrap();
    let form = "report.annual".parse().unwrap();
    let rows = Obligation::of_year(&sql, &RowScope::All, year()).unwrap();
    let in_force = |row: &Obligation| {
        let filings = tanheng_store::record::Filing::versions(
            &sql,
            &row.enterprise,
            &form,
            &row.year.to_string(),
        );
        let accepted =
            |filing: &tanheng_store::record::Filing| filing.state == FilingState::Accepted;
        let filings = filings.unwrap();
        row.kind == kind && filings.iter().any(|own| own.version == row.version && accepted(own))
    };
    let rows = rows.into_iter().filter(|row| in_force(row));
    rows.map(|row| (row.enterprise, row.tonnes_e8.map(|tonnes| tonnes.0))).collect()
}

fn sum(tonnes: &BTreeMap<EnterpriseId, Option<Decimal>>) -> Decimal {
    let add = |sum: Decimal, tonnes: &Option<Decimal>| {
        sum.checked_add(tonnes.unwrap_or(Decimal::ZERO)).unwrap()
    };
    tonnes.values().fold(Decimal::ZERO, add)
}

/// Two full runs: the book as it was played, and one played under the draft from its first day.
fn equals_two_full_runs(rules: fn(&mut PackFiles), at_least: usize) {
    let (other, _) = Province::played_under(ENTERPRISES, SEED, rules);
    let worked = impact(rules);
    for (purpose, kind) in [("law", "excess"), ("example", "excess_example")] {
        let one = of(&worked, purpose);
        assert_eq!(one.trial, purpose == "example");
        assert!(one.not_computed.is_empty(), "{:?}", one.not_computed);
        let (before, after) = (stored(&PLAYED, kind), stored(&other, kind));
        assert_eq!(before.keys().collect::<Vec<_>>(), after.keys().collect::<Vec<_>>());
        let changed: Vec<(EnterpriseId, Decimal)> = before
            .iter()
            .filter(|(enterprise, tonnes)| after[*enterprise] != **tonnes)
            .map(|(enterprise, tonnes)| {
                let zero = Decimal::ZERO;
                let after = after[enterprise].unwrap_or(zero);
                (enterprise.clone(), after.checked_sub(tonnes.unwrap_or(zero)).unwrap())
            })
            .collect();
        let named = one.obligations.iter().filter(|change| change.frozen);
        let named: Vec<(EnterpriseId, Decimal)> =
            named.map(|change| (change.who.enterprise.clone(), change.difference)).collect();
        assert_eq!(named, changed, "{purpose}");
        let totals = &one.totals_frozen;
        assert_eq!(totals.before, sum(&before), "{purpose}");
        assert_eq!(totals.after, sum(&after), "{purpose}");
        assert_eq!(totals.difference, sum(&after).checked_sub(sum(&before)).unwrap());
        if purpose == "example" {
            assert!(changed.len() >= at_least, "{} change", changed.len());
        } else {
            assert!(changed.is_empty(), "no benchmark is published, so the law demands nothing");
        }
    }
}

#[test]
fn the_offset_ratio_at_eight_per_cent_changes_what_two_full_runs_differ_by() {
    equals_two_full_runs(eight_per_cent, 5);
    let worked = impact(eight_per_cent);
    let one = of(&worked, "example");
    assert!(one.compared >= 30, "{}", one.compared);
    // The rule itself, with its clause.
    let items: Vec<_> = one.difference.of(ItemKind::Parameter).collect();
    assert_eq!(items.len(), 1);
    assert_eq!(items[0].id, "hebei.offset.excess_ratio");
    let [part] = items[0].parts.as_slice() else { panic!("{:?}", items[0].parts) };
    assert_eq!((part.change, part.name.as_str()), (Change::Changed, "130000 2022-11-07"));
    assert_eq!(part.citation.as_ref().unwrap().clause, "二(三)");
    let told = (part.aspects[0].before.as_deref(), part.aspects[0].after.as_deref());
    assert_eq!((part.aspects[0].name.as_str(), told), ("value", (Some("10%"), Some("8%"))));
    assert_eq!(one.reach, Reach { obligations: true, ..Reach::default() });
    let broken = [
        "两个比例与文件相同",
        "超出基准两万吨",
        "百万吨企业超出五万吨",
        "不化为整数单位",
        "基准排放量保留强度与产量之积的全部小数",
    ];
    assert_eq!(one.broken_cases, broken, "the worked cases that say 10 %");
    // Every difference is a fifth of what was owed, and they add up to that of the totals.
    let mut added = Decimal::ZERO;
    for change in &one.obligations {
        let (Owed::Tonnes { tonnes: before }, Owed::Tonnes { tonnes: after }) =
            (change.before, change.after)
        else {
            panic!("{change:?}")
        };
        assert_eq!(before.checked_mul("0.8".parse().unwrap()).unwrap(), after);
        added = added.checked_add(change.difference).unwrap();
    }
    assert_eq!(added, one.totals.difference);
    let regions = one
        .regions
        .values()
        .fold(Decimal::ZERO, |sum, region| sum.checked_add(region.difference).unwrap());
    assert_eq!(regions, one.totals.difference);
    // Some are determined and stay, some wait and would be decided by it.
    assert_eq!(one.frozen.len(), 1, "one version so far");
    let both = one.totals_frozen.enterprises + one.totals_open.enterprises;
    assert_eq!(both, one.totals.enterprises);
}

#[test]
fn another_default_of_a_fuel_changes_what_two_full_runs_differ_by() {
    equals_two_full_runs(other_defaults, 1);
    let worked = impact(other_defaults);
    assert_eq!(of(&worked, "law").reach, Reach::ALL);
    // Months that no report has sealed yet would be computed otherwise.
    let drafts = &of(&worked, "law").drafts;
    let month = drafts.iter().find(|draft| draft.period.len() == "2022-01".len());
    assert!(month.is_some(), "{drafts:?}");
}

#[test]
fn who_changes_class_is_named_with_both_classes() {
    let worked = impact(fewer_key);
    let law = of(&worked, "law");
    assert!(!law.classes.is_empty());
    for change in &law.classes {
        let name = |class: &ClassVerdict| match class {
            ClassVerdict::Class { class } => class.0.clone(),
            other => format!("{other:?}"),
        };
        let moved = (name(&change.from), name(&change.to));
        let possible =
            [("key", "ordinary"), ("key", "Open"), ("Open", "ordinary"), ("Open", "Open")];
        assert!(
            possible.iter().any(|(from, to)| (*from, *to) == (&moved.0, &moved.1)),
            "{moved:?}"
        );
    }
    assert!(law.obligations.is_empty() && law.totals.difference.is_zero());
    assert!(of(&worked, "example").classes.is_empty(), "classes are decided by law alone");
}

#[test]
fn an_impact_writes_nothing_and_needs_the_right_person() {
    let sql = PLAYED.book.reader().unwrap();
    let digests = || {
        let tables = replay(&sql, |_, _| {}).unwrap().tables;
        tables.into_iter().map(|table| table.digest).collect::<Vec<_>>()
    };
    let before = digests();
    impact(eight_per_cent);
    assert_eq!(digests(), before);
    assert!(impact(|_| {}).purposes.is_empty(), "what is in force changes nothing");
    let city = actor::find(&sql, &id("city-130100")).unwrap();
    let reader = Reader::open(&PLAYED.book, Arc::default(), city).unwrap();
    let refused = reader.impact(&draft(eight_per_cent), None).unwrap_err();
    assert_eq!(refused.problems()[0].code.0, "policy.not_allowed");
    let spoilt = |pack: &mut PackFiles| {
        let (file, to) = ("parameters/offset.toml", "value = \"ten\"");
        replaced(pack, "cn-hebei", file, "value = \"10%\"", to);
    };
    assert!(self::reader(&PLAYED).impact(&draft(spoilt), None).is_err());
}

/// Tries values on the played province; every enterprise and step on the single path too.
fn tried(slot: &str, steps: usize) {
    let reader = reader(&PLAYED);
    for purpose in [RulebookPurpose::Law, RulebookPurpose::Example] {
        let rulebook = reader.in_force(purpose).unwrap().unwrap();
        let vary = Vary::read(&rulebook, slot, steps).unwrap();
        let population = reader.population(&rulebook, vary.reach, None).unwrap();
        let baseline = population.begin(&rulebook, vary.reach);
        for (member, judged) in population.members().iter().zip(baseline.verdicts()) {
            assert_eq!(*judged, judge(&rulebook, member));
        }
        for value in &vary.values {
            let varied = rulebook.varied(&vary.slot, value).unwrap();
            let quick = population.try_rules(&baseline, &varied);
            for (place, judged) in quick.iter().enumerate() {
                let singly = population.singly(&baseline, &varied, place);
                assert_eq!(*judged, singly, "{} = {value}", vary.slot);
            }
        }
        let held = Held::new(&rulebook, &population, &vary);
        let (before, steps) = try_values(&held, &vary).unwrap();
        assert_eq!(steps.len(), vary.values.len());
        for step in &steps {
            let difference = step.all.tonnes.checked_sub(before.all.tonnes).unwrap();
            assert_eq!(step.all.difference, difference);
            let regions = step.regions.values().map(|region| region.enterprises).sum::<u64>();
            assert_eq!(regions, step.all.enterprises);
        }
    }
}

#[test]
fn a_trial_on_the_province_gives_what_decisions_would_give() {
    tried("hebei.offset.excess_ratio=0.05..0.20", 16);
    tried("hebei.class.key_from=13000..60000", 5);
    tried("hebei.offset.boundary=direct,total", 0);
    tried("hebei.benchmark.intensity(steel, crude_steel)=1.6,2,2.4", 0);
    tried("cn.carbon.co2_per_c=3.6,44/12,3.7", 0);
}

#[test]
fn a_trial_and_an_impact_of_the_same_value_agree() {
    let found = reader(&PLAYED)
        .try_rules(&Base::Current, None, ("hebei.offset.excess_ratio=6%..10%", 3), None)
        .unwrap();
    assert_eq!((found.purpose, found.trial), ("example", true));
    assert_eq!(found.in_force, ["10%"]);
    let values: Vec<&str> = found.steps.iter().filter_map(|step| step.value.as_deref()).collect();
    assert_eq!(values, ["0.06", "0.08", "0.1"]);
    let totals = of(&impact(eight_per_cent), "example").totals.clone();
    assert_eq!(found.before.all.tonnes, totals.before);
    assert_eq!(found.steps[1].all.tonnes, totals.after);
    assert_eq!(found.steps[1].all.difference, totals.difference);
    assert_eq!(found.steps[2].all.tonnes, totals.before);
    assert_eq!(found.steps[2].other_obligation, 0);
    let law = Some(RulebookPurpose::Law);
    let spec = ("hebei.offset.excess_ratio=6%,8%", 0);
    let by_law = reader(&PLAYED).try_rules(&Base::Current, law, spec, None).unwrap();
    assert!(by_law.steps.iter().all(|step| step.all.owing == 0));
    assert!(by_law.steps[0].without["no_benchmark"] > 10, "{:?}", by_law.steps[0].without);
}

#[test]
fn a_trial_that_means_nothing_is_refused() {
    let reader = reader(&PLAYED);
    let refused = |spec: &str, steps| {
        let failure = reader.try_rules(&Base::Current, None, (spec, steps), None).unwrap_err();
        failure.problems()[0].code.0
    };
    assert_eq!(refused("hebei.offset.new_project_ratio=1%..2%", 3), "trial.unused");
    assert_eq!(refused("hebei.offset.excess_ratio=5 t..8 t", 3), "trial.unit");
    assert_eq!(refused("hebei.offset.excess_ratio=5%..8%", 1), "trial.steps");
    assert_eq!(refused("hebei.offset.excess_ratio=8%..5%", 4), "trial.range");
    assert_eq!(refused("hebei.offset.excess_ratio=8%..8%", 4), "trial.range");
    assert_eq!(refused("hebei.offset.boundary=direct..total", 4), "trial.range");
    assert_eq!(refused("hebei.offset.boundary=direct,half", 4), "trial.value");
    assert_eq!(refused("hebei.offset.excess_ratio=much", 4), "trial.value");
    assert_eq!(refused("hebei.offset.excess=1,2", 4), "trial.unknown_slot");
    assert_eq!(refused("hebei.benchmark.intensity(steel, tea)=1,2", 4), "trial.unknown_slot");
    assert_eq!(refused("Excess Ratio=1,2", 4), "trial.slot");
    assert_eq!(refused("hebei.offset.excess_ratio", 4), "trial.spec");
}
