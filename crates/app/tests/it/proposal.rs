//! A rulebook is proposed by one person and published by another.

use tanheng_app::rulebook::{Carried, PackBytes, Propose, Publish, Withdraw};
use tanheng_app::{Acknowledged, Command, Rulebooks, Situation, UseCase, actor};
use tanheng_rulebook::PackFiles;
use tanheng_store::record::{ProposalState, PublishedRulebook, RulebookProposal, RulebookPurpose};

use crate::desk::{Desk, id};
use crate::province::packs;

const LAW: RulebookPurpose = RulebookPurpose::Law;

/// The law with a later wording.
fn later(wording: &str) -> Vec<PackFiles> {
    let mut law = packs(&["cn", "cn-hebei"]);
    let pack = law[1].files.get_mut("pack.toml").unwrap();
    pack.push_str(&format!("\n# {wording}\n"));
    law
}

fn propose(desk: &Desk, who: &str, wording: &str) -> Acknowledged {
    desk.ok(who, Propose::new(LAW, &later(wording)))
}

fn state(desk: &Desk, proposal: i64) -> ProposalState {
    RulebookProposal::find(&desk.sql(), proposal).unwrap().unwrap().state
}

fn in_force(desk: &Desk) -> String {
    PublishedRulebook::latest(&desk.sql(), LAW).unwrap().unwrap().version
}

#[test]
fn a_proposal_changes_nothing_until_another_person_publishes_it() {
    let desk = Desk::new();
    let before = in_force(&desk);
    let proposed = propose(&desk, "province", "later");
    assert_eq!(in_force(&desk), before);
    let confirm = Publish::of(&proposed).unwrap();
    assert_eq!(desk.refused("province", confirm.clone()), ["rulebook.same_person"]);
    for who in ["system", "security", "audit", "city-1", "filer-1", "public"] {
        assert_eq!(desk.refused(who, confirm.clone()), ["policy.not_allowed"], "{who}");
    }
    let other = Publish::new(proposed.sequence, before.clone());
    assert_eq!(desk.refused("province-2", other), ["rulebook.other_version"]);
    let published = desk.ok("province-2", confirm.clone());
    assert_eq!(published.fields["proposer"], "province");
    assert_eq!(published.fields["replaces"], before.as_str());
    assert_eq!(in_force(&desk), proposed.fields["version"].as_str().unwrap());
    assert_eq!(state(&desk, proposed.sequence), ProposalState::Published);
    assert_eq!(desk.refused("province-2", confirm), ["rulebook.proposal_closed"]);
    let unknown = Publish::new(0, before);
    assert_eq!(desk.refused("province-2", unknown), ["rulebook.no_proposal"]);
    desk.sound();
}

#[test]
fn a_rulebook_with_checks_that_cannot_be_read_is_not_proposed() {
    let desk = Desk::new();
    let changed = |paths: &[&str], from: &str, to: &str| {
        let mut law = later("changed");
        for path in paths {
            let text = law[1].files.get_mut(*path).unwrap();
            assert!(text.contains(from));
            *text = text.replace(from, to);
        }
        Propose::new(LAW, &law)
    };
    let checks = ["checks/ledger_monthly.toml"];
    let broken = changed(&checks, "ncv * carbon_content <= 1", "ncv * no_such <= 1");
    assert_eq!(desk.refused("province", broken), ["check.definition"]);
    let monthly = ["forms/ledger_monthly.toml", "forms/green_monthly.toml"];
    let formless = changed(&monthly, "period = \"month\"", "period = \"year\"");
    assert_eq!(desk.refused("province", formless), ["ledger.no_form"]);
}

#[test]
fn the_same_bytes_are_one_proposal_and_what_is_in_force_is_none() {
    let desk = Desk::new();
    let first = propose(&desk, "province", "later");
    let again = propose(&desk, "province", "later");
    assert!(again.repeated && again.sequence == first.sequence);
    let by_other = Propose::new(LAW, &later("later"));
    assert_eq!(desk.refused("province-2", by_other), ["rulebook.proposed_already"]);
    let unchanged = desk.ok("province", Propose::new(LAW, &packs(&["cn", "cn-hebei"])));
    assert!(unchanged.repeated, "it is published already");
}

#[test]
fn publishing_one_proposal_supersedes_the_others_and_one_can_be_taken_back() {
    let desk = Desk::new();
    let [one, two, three] = ["one", "two", "three"].map(|word| propose(&desk, "province", word));
    let reason = String::new();
    let silent = Withdraw { proposal: three.sequence, reason };
    assert_eq!(desk.refused("province-2", silent), ["rulebook.no_reason"]);
    let reason = "另行起草".to_owned();
    desk.ok("province-2", Withdraw { proposal: three.sequence, reason });
    desk.ok("province-2", Publish::of(&two).unwrap());
    assert_eq!(state(&desk, one.sequence), ProposalState::Superseded);
    assert_eq!(state(&desk, two.sequence), ProposalState::Published);
    assert_eq!(state(&desk, three.sequence), ProposalState::Withdrawn);
    for closed in [one, three] {
        let confirm = Publish::of(&closed).unwrap();
        assert_eq!(desk.refused("province-2", confirm), ["rulebook.proposal_closed"]);
    }
    // What was taken back can be proposed again, by whoever agrees.
    propose(&desk, "province-2", "three");
    desk.sound();
}

#[test]
fn an_example_is_no_law_and_a_law_no_example() {
    let desk = Desk::new();
    let example = packs(&["cn", "cn-hebei", "example"]);
    assert_eq!(desk.refused("province", Propose::new(LAW, &example)), ["rulebook.example_as_law"]);
    let law = Propose::new(RulebookPurpose::Example, &later("x"));
    assert_eq!(desk.refused("province", law), ["rulebook.no_example"]);
    assert_eq!(desk.refused("province", Propose::new(LAW, &[])), ["rulebook.no_pack"]);
}

#[test]
fn the_form_of_earlier_releases_is_read_and_decided_but_not_taken() {
    let desk = Desk::new();
    let packs: Vec<PackBytes> = later("old").iter().map(PackBytes::from).collect();
    let json = serde_json::json!({ "purpose": "law", "packs": packs });
    let command = Command::from_json("rulebook.publish", json.clone()).unwrap();
    assert_eq!(command.to_json().unwrap(), json, "an entry of that form comes back as it was");
    assert_eq!(desk.refused("security", command), ["rulebook.not_proposed"]);
    // Audit decides it as it was decided then: by the administrator of keys and policy.
    let (sql, rulebooks) = (desk.sql(), Rulebooks::default());
    let decide = |who: &str| {
        let actor = actor::find(&sql, &id(who)).unwrap();
        let (sequence, now) = (desk.head().size, crate::desk::morning("2022-02-01"));
        let situation =
            Situation { sql: &sql, rulebooks: &rulebooks, actor: &actor, sequence, now };
        let carried = Carried { purpose: LAW, packs: packs.clone() };
        Publish::Carried(carried).decide(&situation)
    };
    assert!(matches!(decide("security"), Ok(tanheng_app::Decision::New(_))));
    assert_eq!(decide("filer-1").unwrap_err().problems()[0].code.0, "policy.not_allowed");
}
