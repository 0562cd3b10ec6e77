//! Versions of a filing: whatever happens in whatever order, the sum of consequences is what
//! the version in force says.

use proptest::prelude::*;
use tanheng_inventory::Class;
use tanheng_inventory::version::{
    Accepted, Consequence, Event, History, State, VersionNumber, consequence,
};
use tanheng_quantity::Decimal;

use crate::decimal;

fn number(version: u32) -> VersionNumber {
    VersionNumber(version)
}

fn says(version: u32, emission: &str, obligation: Option<&str>, class: &str) -> Accepted {
    Accepted {
        version: number(version),
        emission: decimal(emission),
        obligation: obligation.map(decimal),
        class: Some(Class(class.to_owned())),
    }
}

fn accept(version: u32, emission: &str, obligation: Option<&str>, class: &str) -> Event {
    Event::Accept { accepted: says(version, emission, obligation, class) }
}

fn run(history: &mut History, events: &[Event]) -> Vec<Option<Consequence>> {
    events.iter().map(|event| history.apply(event).unwrap()).collect()
}

fn code(history: &mut History, event: &Event) -> &'static str {
    let before = history.clone();
    let code = history.apply(event).unwrap_err().code.0;
    assert_eq!(*history, before, "a refused event changes nothing");
    code
}

#[test]
fn a_correction_changes_by_the_difference() {
    let mut history = History::default();
    let changes = run(
        &mut history,
        &[
            Event::Draft,
            Event::Submit { version: number(1) },
            accept(1, "120000", Some("2000"), "key"),
            Event::Correct { of: number(1) },
            Event::Submit { version: number(2) },
            Event::Reject { version: number(2) },
            Event::Correct { of: number(1) },
            Event::Submit { version: number(3) },
            accept(3, "110000.5", Some("1000.05"), "key"),
        ],
    );
    let change = changes[8].clone().unwrap();
    assert_eq!((change.from, change.to), (Some(number(1)), Some(number(3))));
    assert_eq!(change.emission_delta, decimal("-9999.5"));
    assert_eq!(change.obligation_delta, Some(decimal("-999.95")));
    assert_eq!(changes.iter().flatten().count(), 2);
    let states: Vec<State> = history.versions().iter().map(|version| version.state).collect();
    assert_eq!(states, [State::Replaced, State::Rejected, State::Accepted]);
    // Taken back, the version before is in force again; taken back too, none is.
    let back = history.apply(&Event::Revoke { version: number(3) }).unwrap().unwrap();
    assert_eq!(back.emission_delta, decimal("9999.5"));
    assert_eq!(history.in_force().unwrap().version, number(1));
    let back = history.apply(&Event::Revoke { version: number(1) }).unwrap().unwrap();
    assert_eq!((back.to, back.class_to), (None, None));
    assert_eq!(back.obligation_delta, Some(decimal("-2000")));
    assert_eq!(history.in_force(), None);
    assert!(history.apply(&Event::Draft).is_ok());
}

#[test]
fn no_tonnes_are_not_zero_tonnes() {
    let (none, some) = (says(1, "5", None, "other"), says(2, "5", Some("0"), "other"));
    assert_eq!(consequence(None, Some(&none)).unwrap().obligation_delta, None);
    assert_eq!(consequence(Some(&none), Some(&none)).unwrap().obligation_delta, None);
    let change = consequence(Some(&none), Some(&some)).unwrap();
    assert_eq!(change.obligation_delta, Some(Decimal::ZERO));
}

#[test]
fn what_does_not_fit_the_state_is_refused() {
    let mut history = History::default();
    let one = number(1);
    assert_eq!(code(&mut history, &Event::Submit { version: one }), "filing.version_unknown");
    run(&mut history, &[Event::Draft]);
    assert_eq!(code(&mut history, &Event::Draft), "filing.version_open");
    assert_eq!(code(&mut history, &Event::Reject { version: one }), "filing.version_state");
    assert_eq!(code(&mut history, &accept(1, "1", None, "key")), "filing.version_state");
    run(&mut history, &[Event::Submit { version: one }]);
    assert_eq!(code(&mut history, &Event::Submit { version: one }), "filing.version_state");
    assert_eq!(code(&mut history, &Event::Draft), "filing.version_open");
    // A correction may be filed while the first version still waits; once it is accepted,
    // the first cannot be any more.
    run(
        &mut history,
        &[
            Event::Correct { of: one },
            Event::Submit { version: number(2) },
            accept(2, "2", None, "key"),
        ],
    );
    assert_eq!(code(&mut history, &accept(1, "1", None, "key")), "filing.version_overtaken");
    run(&mut history, &[Event::Withdraw { version: one }]);
    assert_eq!(code(&mut history, &Event::Correct { of: one }), "filing.version_state");
    assert_eq!(code(&mut history, &Event::Revoke { version: one }), "filing.version_state");
}

fn event() -> impl Strategy<Value = Event> {
    let version = || (1u32..7).prop_map(VersionNumber);
    let amount = || {
        (-9_999_999i64..9_999_999, 0u8..9)
            .prop_map(|(mantissa, scale)| Decimal::new(i128::from(mantissa), scale).unwrap())
    };
    prop_oneof![
        Just(Event::Draft),
        version().prop_map(|of| Event::Correct { of }),
        version().prop_map(|version| Event::Submit { version }),
        version().prop_map(|version| Event::Submit { version }),
        version().prop_map(|version| Event::Withdraw { version }),
        version().prop_map(|version| Event::Reject { version }),
        version().prop_map(|version| Event::Revoke { version }),
        (version(), amount(), proptest::option::of(amount()), "[a-c]").prop_map(
            |(version, emission, obligation, class)| Event::Accept {
                accepted: Accepted { version, emission, obligation, class: Some(Class(class)) }
            }
        ),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn consequences_add_up_to_what_is_in_force(events in proptest::collection::vec(event(), 0..60)) {
        let mut history = History::default();
        let (mut emission, mut obligation) = (Decimal::ZERO, Decimal::ZERO);
        let mut class = None;
        for event in &events {
            let before = history.clone();
            match history.apply(event) {
                Err(_) => prop_assert_eq!(&history, &before),
                Ok(None) => prop_assert_eq!(history.in_force(), before.in_force()),
                Ok(Some(change)) => {
                    prop_assert_eq!(&change.class_from, &class);
                    emission = emission.checked_add(change.emission_delta).unwrap();
                    let delta = change.obligation_delta.unwrap_or(Decimal::ZERO);
                    obligation = obligation.checked_add(delta).unwrap();
                    class = change.class_to;
                }
            }
            let now = history.in_force();
            prop_assert_eq!(emission, now.map_or(Decimal::ZERO, |a| a.emission));
            let owed = now.and_then(|accepted| accepted.obligation);
            prop_assert_eq!(obligation, owed.unwrap_or(Decimal::ZERO));
            prop_assert_eq!(&class, &now.and_then(|accepted| accepted.class.clone()));
            let states = |wanted| {
                history.versions().iter().filter(|v| v.state == wanted).count()
            };
            prop_assert!(states(State::Accepted) <= 1 && states(State::Draft) <= 1);
            // The latest accepted version is in force: none accepted later is left out.
            let latest = history.versions().iter()
                .rfind(|v| matches!(v.state, State::Accepted | State::Replaced));
            prop_assert_eq!(latest.map(|v| v.number), now.map(|a| a.version));
        }
    }
}

#[test]
fn random_orders_reach_every_state() {
    // Guards the property above: its events do get through.
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;
    let mut runner = TestRunner::deterministic();
    let mut seen = std::collections::HashSet::new();
    for _ in 0..500 {
        let events =
            proptest::collection::vec(event(), 60).new_tree(&mut runner).unwrap().current();
        let mut history = History::default();
        for event in &events {
            let _ = history.apply(event);
            seen.extend(history.versions().iter().map(|version| version.state));
        }
    }
    assert_eq!(seen.len(), 7, "{seen:?}");
}
