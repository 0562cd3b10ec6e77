//! Who may do what in a procedure, as a table for people.

use tanheng_base::{Lang, Role};

use super::Procedure;

/// The permission matrix in Markdown: one row per action, one column per role that takes part.
/// `1` and `2` are the persons that it takes.
#[must_use]
pub fn matrix(procedure: &Procedure, lang: Lang) -> String {
    let takes_part =
        |role: &Role| procedure.all_actions().any(|action| action.roles.contains(role));
    let roles: Vec<Role> = Role::ALL.into_iter().filter(takes_part).collect();
    let mut text = match lang {
        Lang::Zh => String::from("| 动作 | 从 | 到 |"),
        Lang::En => String::from("| action | from | to |"),
    };
    roles.iter().for_each(|role| text.push_str(&format!(" {} |", role.name())));
    text.push_str("\n|---|---|---|");
    text.push_str(&"---|".repeat(roles.len()));
    let state = |name: &str| {
        procedure.state(name).map_or(name.to_owned(), |state| state.title.get(lang).to_owned())
    };
    for action in procedure.all_actions() {
        let from: Vec<String> = action.from.iter().map(|name| state(name)).collect();
        let to = action.to.as_deref().map_or("=".to_owned(), state);
        let from = if from.is_empty() { "–".to_owned() } else { from.join("、") };
        text.push_str(&format!("\n| {} | {from} | {to} |", action.title.get(lang)));
        for role in &roles {
            let mark = match (action.roles.contains(role), action.two_persons) {
                (true, true) => "2",
                (true, false) => "1",
                (false, _) => "–",
            };
            text.push_str(&format!(" {mark} |"));
        }
    }
    text.push('\n');
    text
}
