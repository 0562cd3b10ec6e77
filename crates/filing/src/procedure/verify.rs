//! What a procedure must keep to by itself: names, reach, turns and ways out.

use std::collections::{BTreeMap, BTreeSet};

use super::step::{CONFIRM, DECLINE, SERVE};
use super::{Action, Due, OPEN, Procedure, State};
use crate::fault::Faults;

pub(super) fn procedure(procedure: &Procedure, faults: &mut Faults) {
    names(procedure, faults);
    for action in procedure.all_actions() {
        action_is_sound(procedure, action, faults);
    }
    if procedure.state(&procedure.start).is_none() {
        unknown("start", "状态", "state", &procedure.start, faults);
    }
    for state in &procedure.states {
        state_is_sound(procedure, state, faults);
    }
    reach(procedure, faults);
    if procedure.version.is_empty() || procedure.area.is_empty() {
        faults.add("version", "须写明版本和领域", "version and area must be given");
    }
}

fn unknown(name: &str, zh: &str, en: &str, found: &str, faults: &mut Faults) {
    faults.add(name, &format!("没有{zh} `{found}`"), &format!("there is no {en} `{found}`"));
}

fn names(procedure: &Procedure, faults: &mut Faults) {
    let mut seen: BTreeMap<&str, &str> =
        [OPEN, CONFIRM, DECLINE, SERVE].map(|reserved| (reserved, "reserved")).into();
    for action in &procedure.actions {
        if seen.insert(&action.name, "action").is_some() {
            let en = format!("the action `{}` stands twice or has a reserved name", action.name);
            faults.add(&action.name, "动作名称重复或为保留名称", &en);
        }
    }
    let mut seen = BTreeSet::new();
    for state in &procedure.states {
        if !seen.insert(&state.name) {
            let en = format!("the state `{}` stands twice", state.name);
            faults.add(&state.name, "状态重复", &en);
        }
    }
    let mut seen = BTreeSet::new();
    for notice in &procedure.notices {
        if !seen.insert(&notice.id) {
            let en = format!("the notice `{}` stands twice", notice.id);
            faults.add(notice.id.as_str(), "通知重复", &en);
        }
    }
}

fn action_is_sound(procedure: &Procedure, action: &Action, faults: &mut Faults) {
    let name = action.name.as_str();
    if action.roles.is_empty() {
        faults.add(name, "没有写明谁可办理", "nobody may do it");
    }
    if action.from.is_empty() && name != OPEN {
        faults.add(name, "没有写明从哪个状态办理", "it is possible in no state");
    }
    for state in action.from.iter().chain(&action.to) {
        match procedure.state(state) {
            None => unknown(name, "状态", "state", state, faults),
            Some(found) if found.end && action.from.contains(state) => {
                let en = format!("nothing follows the end state `{state}`");
                faults.add(name, "终结状态之后不能再办理", &en);
            }
            Some(found) if found.due.is_none() && action.from.contains(state) => {
                if action.after_due || action.before_due {
                    let en = format!("the state `{state}` has no time limit to wait for");
                    faults.add(name, "该状态没有期限", &en);
                }
            }
            Some(_) => {}
        }
    }
    if action.after_due && action.before_due {
        let en = "it cannot be both before and after the time limit";
        faults.add(name, "不能同时限于期满前和期满后", en);
    }
    for earlier in &action.unlike {
        if procedure.action(earlier).is_none() {
            unknown(name, "动作", "action", earlier, faults);
        }
    }
    if let Some(notice) = &action.notice
        && procedure.notice(notice).is_none()
    {
        unknown(name, "通知", "notice", notice.as_str(), faults);
    }
}

fn state_is_sound(procedure: &Procedure, state: &State, faults: &mut Faults) {
    let name = state.name.as_str();
    if state.end {
        if state.with.is_some() || state.due.is_some() || state.stopped {
            let en = "an end state has no turn, no time limit and no stopped clock";
            faults.add(name, "终结状态没有办理人、期限和停止计时", en);
        }
        return;
    }
    let Some(with) = state.with else {
        faults.add(name, "没有写明由谁办理", "nobody's turn is named");
        return;
    };
    if !procedure.actions_in(name).any(|action| action.roles.contains(&with)) {
        let (zh, en) = (
            format!("轮到 {} 办理，却没有它可办的动作", with.name()),
            format!("it is the turn of {}, who can do nothing in it", with.name()),
        );
        faults.add(name, &zh, &en);
    }
    if let Some(Due::On { year, .. }) = &state.due
        && !procedure.key.as_ref().is_some_and(|key| key.contains(year))
    {
        let en = format!("the time limit needs `{year}` among the fields of `key`");
        faults.add(name, "期限所用的年份须列在 key 中", &en);
    }
}

/// Every state is reached from the start, and from every state an end can be reached.
fn reach(procedure: &Procedure, faults: &mut Faults) {
    let mut reached: BTreeSet<&str> = BTreeSet::from([procedure.start.as_str()]);
    let mut ends: BTreeSet<&str> = procedure
        .states
        .iter()
        .filter(|state| state.end)
        .map(|state| state.name.as_str())
        .collect();
    loop {
        let before = reached.len() + ends.len();
        for action in &procedure.actions {
            let Some(to) = action.to.as_deref() else { continue };
            if action.from.iter().any(|from| reached.contains(from.as_str())) {
                reached.insert(to);
            }
            if ends.contains(to) {
                ends.extend(action.from.iter().map(String::as_str));
            }
        }
        if reached.len() + ends.len() == before {
            break;
        }
    }
    for state in &procedure.states {
        if !reached.contains(state.name.as_str()) {
            faults.add(&state.name, "从开始状态无法到达", "it cannot be reached from the start");
        }
        if !ends.contains(state.name.as_str()) {
            faults.add(&state.name, "没有通向终结的出路", "no way leads from it to an end");
        }
    }
}
