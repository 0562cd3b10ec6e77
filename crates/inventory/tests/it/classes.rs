//! Classes and the register.

use tanheng_inventory::{
    Class, ClassOutcome, Classification, Figures, RegisterMove, classify, register_event,
};

use crate::packs::{decreed, law};
use crate::{figure, setting, trial, year};

fn verified(direct: &str, total: &str) -> Figures {
    let own = figure(direct, total);
    Figures { reported: Some(own.clone()), verified: Some(own), ..Figures::default() }
}

fn of_2022(figures: &Figures) -> Classification {
    classify(&setting(law(), "steel"), year("2022"), figures).unwrap()
}

fn class(name: &str) -> Class {
    Class(name.to_owned())
}

#[test]
fn a_class_is_decided_where_every_reading_agrees() {
    for (direct, total, name) in
        [("26000", "30000", "key"), ("13000", "25999.99", "ordinary"), ("0", "12999.99", "other")]
    {
        let found = of_2022(&verified(direct, total));
        assert_eq!(found.outcome, ClassOutcome::Decided { class: class(name) });
        assert_eq!(found.readings.len(), 4);
        assert!(found.readings.iter().all(|reading| reading.calculation.is_some()));
        // A trial measure without a stated end: said on every result.
        assert!(found.standing.in_doubt.contains("hebei.class.key_from"));
        assert_eq!(found.reasons.len(), 5);
    }
}

#[test]
fn readings_that_differ_leave_the_class_open() {
    let found = of_2022(&verified("25999.99", "26000"));
    let ClassOutcome::Open { parameters } = &found.outcome else { panic!("{found:?}") };
    let names: Vec<&str> = parameters.iter().map(|id| id.as_str()).collect();
    assert_eq!(names, ["hebei.class.boundary", "hebei.class.figure"]);
    let classes: Vec<&str> =
        found.readings.iter().map(|r| r.class.as_ref().unwrap().0.as_str()).collect();
    assert_eq!(classes, ["ordinary", "key", "ordinary", "key"]);
    assert_eq!(found.decided(), None);
    // The reported and the verified figure may differ too.
    let mut figures = verified("26000", "30000");
    figures.verified = Some(figure("12000", "12500"));
    assert!(matches!(of_2022(&figures).outcome, ClassOutcome::Open { .. }));
}

#[test]
fn a_reading_without_its_figure_waits() {
    let figures = Figures { reported: Some(figure("30000", "30000")), ..Figures::default() };
    let found = of_2022(&figures);
    assert!(matches!(found.outcome, ClassOutcome::Open { .. }));
    assert_eq!(found.readings.iter().filter(|r| r.class.is_none()).count(), 2);
    assert_eq!(of_2022(&Figures::default()).outcome, ClassOutcome::NoFigure);
    let before = classify(&setting(law(), "steel"), year("2021"), &figures).unwrap();
    assert_eq!(before.outcome, ClassOutcome::NoRule);
}

#[test]
fn a_decision_of_the_law_closes_the_question() {
    let book =
        decreed(&[("hebei.class.boundary", "direct"), ("hebei.class.figure", "verified")], &[]);
    let figures = Figures { verified: Some(figure("25999.99", "26000")), ..Figures::default() };
    let found = classify(&setting(&book, "steel"), year("2022"), &figures).unwrap();
    assert_eq!(found.outcome, ClassOutcome::Decided { class: class("ordinary") });
    assert_eq!(found.readings.len(), 1);
    // What the authority determined replaces what was verified.
    let figures = Figures { determined: Some(figure("26000", "26000")), ..figures };
    let found = classify(&setting(&book, "steel"), year("2022"), &figures).unwrap();
    assert_eq!(found.outcome, ClassOutcome::Decided { class: class("key") });
}

#[test]
fn unverified_grounds_give_a_trial() {
    let mut figures = verified("30000", "30000");
    figures.verified = figures.verified.map(trial);
    let found = of_2022(&figures);
    assert_eq!(found.outcome, ClassOutcome::Trial { class: class("key") });
    let moved = register_event(&setting(law(), "steel"), year("2022"), None, &found).unwrap();
    assert_eq!(moved, None);
}

#[test]
fn the_register_holds_key_and_ordinary_emitters() {
    let setting = setting(law(), "steel");
    let decided = |total| of_2022(&verified(total, total));
    let moved = |before: Option<&str>, total| {
        let before = before.map(class);
        let next = decided(total);
        let event = register_event(&setting, year("2022"), before.as_ref(), &next).unwrap();
        event.map(|event| {
            assert_eq!(event.register.as_str(), "hebei.register.emitters");
            assert_eq!(event.from, before);
            event.event
        })
    };
    assert_eq!(moved(None, "30000"), Some(RegisterMove::Entered));
    assert_eq!(moved(None, "15000"), Some(RegisterMove::Entered));
    assert_eq!(moved(None, "5000"), None);
    assert_eq!(moved(Some("other"), "15000"), Some(RegisterMove::Entered));
    assert_eq!(moved(Some("ordinary"), "30000"), Some(RegisterMove::Changed));
    assert_eq!(moved(Some("key"), "30000"), None);
    assert_eq!(moved(Some("key"), "5000"), Some(RegisterMove::Left));
    assert_eq!(moved(Some("other"), "5000"), None);
}
