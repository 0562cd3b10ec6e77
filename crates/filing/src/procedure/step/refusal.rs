//! Why an act is refused, in words.

use std::ops::RangeInclusive;

use tanheng_base::{Code, Date, FormId, ParameterId, Problem, RegisterId, Text};

use super::{Act, Action, Attempt, Case};
use crate::procedure::{DueDay, Notice, Procedure};

fn problem(code: &'static str, message: (String, String), remedy: (&str, &str)) -> Problem {
    Problem::new(Code(code), Text::new(message.0, message.1), Text::new(remedy.0, remedy.1))
}

pub(super) fn role(action: &Action, attempt: &Attempt<'_>) -> Problem {
    let role = attempt.role.name();
    let who: Vec<&str> = action.roles.iter().map(|role| role.name()).collect();
    let who = who.join(", ");
    problem(
        "case.role",
        (
            format!("{role} 不能办理“{}”，可由 {who} 办理", action.title.zh),
            format!("{role} may not do `{}`; {who} may", action.name),
        ),
        ("由有权的人办理", "ask somebody who may"),
    )
}

pub(super) fn key_missing(name: &str) -> Problem {
    problem(
        "case.key_missing",
        (format!("缺少 `{name}`"), format!("`{name}` is missing")),
        ("补填该项", "give it"),
    )
}

pub(super) fn key_text(name: &str, text: &str, longest: usize) -> Problem {
    problem(
        "case.key_text",
        (
            format!("`{name}` 超过 {longest} 个字符，或含有控制字符、不可见字符"),
            format!("`{name}` has more than {longest} characters, or some that nobody sees"),
        ),
        ("改为一行简短的普通文字", "write it as one short line of plain text"),
    )
    .found(crate::cell::excerpt(text))
}

pub(super) fn year(name: &str, text: &str, years: &RangeInclusive<i16>) -> Problem {
    let (first, last) = (years.start(), years.end());
    problem(
        "case.year",
        (
            format!("`{name}` 须为 {first} 至 {last} 的年份"),
            format!("`{name}` must be a year from {first} to {last}"),
        ),
        ("写成四位数字，如 2022", "write it with four digits, such as 2022"),
    )
    .found(crate::cell::excerpt(text))
}

pub(super) fn unsound(name: &str) -> Problem {
    problem(
        "case.unsound",
        (format!("流程所用的 `{name}` 不存在"), format!("`{name}`, which it uses, does not exist")),
        ("核对规则包", "check the rulebook packs"),
    )
}

pub(super) fn no_action(procedure: &Procedure, name: &str) -> Problem {
    let names: Vec<&str> = procedure.actions.iter().map(|one| one.name.as_str()).collect();
    let names = names.join(", ");
    problem(
        "case.no_action",
        (
            format!("没有动作 `{name}`，有：{names}"),
            format!("there is no action `{name}`: {names}"),
        ),
        ("用 tanheng procedure show 查看", "see tanheng procedure show"),
    )
}

pub(super) fn closed(case: &Case) -> Problem {
    problem(
        "case.closed",
        (format!("案件已终结（{}）", case.state), format!("the case is closed ({})", case.state)),
        ("终结的案件不能再办理", "nothing can be done in a closed case"),
    )
}

pub(super) fn state(procedure: &Procedure, case: &Case, action: &Action) -> Problem {
    let possible: Vec<&str> =
        procedure.actions_in(&case.state).map(|one| one.name.as_str()).collect();
    let possible = possible.join(", ");
    problem(
        "case.state",
        (
            format!("状态 `{}` 下不能办理“{}”，可办：{possible}", case.state, action.title.zh),
            format!("`{}` is not possible in `{}`: {possible}", action.name, case.state),
        ),
        ("选择该状态下的动作", "choose an action of the state"),
    )
}

pub(super) fn same_organisation(earlier: &str, attempt: &Attempt<'_>) -> Problem {
    let who = attempt.organisation;
    problem(
        "case.same_organisation",
        (
            format!("`{who}` 已办理 `{earlier}`，须由其他单位办理"),
            format!("`{who}` did `{earlier}`; another organisation has to do this"),
        ),
        ("由其他单位办理", "ask another organisation"),
    )
}

pub(super) fn not_assigned(field: &str, attempt: &Attempt<'_>) -> Problem {
    let who = attempt.organisation;
    problem(
        "case.not_assigned",
        (
            format!("本案未指定 `{who}`（见 `{field}`）"),
            format!("the case is not assigned to `{who}` (see `{field}`)"),
        ),
        ("由指定的单位办理", "the assigned organisation has to do it"),
    )
}

pub(super) fn time(action: &Action, due: Option<DueDay>) -> Problem {
    let Some(due) = due else {
        return problem(
            "case.not_due",
            ("期限尚未起算".to_owned(), "the time limit has not begun".to_owned()),
            ("先送达通知或答复询问", "serve the notice or answer the question first"),
        );
    };
    let day = due.day;
    if action.after_due {
        return problem(
            "case.not_due",
            (format!("须在 {day} 期满后办理"), format!("it is possible after {day} only")),
            ("期满后再办理", "wait until the time limit has passed"),
        );
    }
    problem(
        "case.past_due",
        (format!("期限 {day} 已过"), format!("the time limit, {day}, has passed")),
        ("另行提出", "bring it forward otherwise"),
    )
}

pub(super) fn no_days(parameter: &ParameterId, day: Date) -> Problem {
    problem(
        "case.undecided",
        (
            format!("{day} 的规则没有给出期限天数 `{parameter}`"),
            format!(
                "the rules of {day} give no value of `{parameter}`, the days of the time limit"
            ),
        ),
        ("待有权机关作出规定后办理", "wait until the authority has decided it"),
    )
    .by(parameter.to_string())
}

pub(super) fn uncertain(due: DueDay) -> Problem {
    let day = due.day;
    problem(
        "case.undecided",
        (
            format!("期限按周末计至 {day}，但所涉年份的放假安排尚未收录，不能认定已过"),
            format!(
                "by weekends alone the time limit ends on {day}; the holidays of a year it reaches are not in the rulebook, so it cannot be held to have passed"
            ),
        ),
        (
            "发布含该年放假安排的规则库后办理",
            "publish a rulebook with the calendar of that year first",
        ),
    )
}

pub(super) fn children(open: usize) -> Problem {
    problem(
        "case.children_open",
        (format!("尚有 {open} 件相关案件未结"), format!("{open} cases opened from it are open")),
        ("先办结相关案件", "close them first"),
    )
}

pub(super) fn day(last: &Act, attempt: &Attempt<'_>) -> Problem {
    let (before, day) = (last.day, attempt.day);
    problem(
        "case.time",
        (
            format!("{day} 早于前一动作的日期 {before}"),
            format!("{day} is before the last act, {before}"),
        ),
        ("核对日期", "check the day"),
    )
}

pub(super) fn pending(act: &Act) -> Problem {
    let action = &act.action;
    problem(
        "case.pending",
        (
            format!("`{action}` 已提出，待第二人确认"),
            format!("`{action}` is proposed and waits for a second person"),
        ),
        ("先确认或否决", "confirm or decline it first"),
    )
}

pub(super) fn nothing_proposed() -> Problem {
    problem(
        "case.not_proposed",
        ("没有待确认的动作".to_owned(), "nothing waits for a second person".to_owned()),
        ("先由一人提出", "one person has to propose first"),
    )
}

pub(super) fn overtaken(proposal: &Act, by: &Act) -> Problem {
    let (number, action) = (proposal.number, &proposal.action);
    problem(
        "case.overtaken",
        (
            format!("第 {number} 步提出的 `{action}` 已因第 {} 步 `{}` 失效", by.number, by.action),
            format!(
                "`{action}`, proposed in act {number}, fell by act {}, `{}`",
                by.number, by.action
            ),
        ),
        ("核对新内容后重新提出", "look at what changed and propose it again"),
    )
}

pub(super) fn same_person(act: &Act) -> Problem {
    problem(
        "case.same_person",
        (
            format!("`{}` 不能确认自己提出的动作", act.person),
            format!("`{}` cannot confirm what it proposed itself", act.person),
        ),
        ("由另一人确认", "another person has to confirm"),
    )
}

pub(super) fn no_notice(act: u32) -> Problem {
    problem(
        "case.no_notice",
        (
            format!("本案第 {act} 步没有待送达的通知"),
            format!("no notice of act {act} of the case waits to be served"),
        ),
        ("核对通知", "check the notice"),
    )
}

pub(super) fn way(kind: &Notice, way: &str) -> Problem {
    let ways = kind.served.join(", ");
    problem(
        "case.way",
        (
            format!("不能以 `{way}` 送达，可用：{ways}"),
            format!("`{way}` is no way to serve it: {ways}"),
        ),
        ("选择规定的送达方式", "choose one of the ways"),
    )
}

pub(super) fn no_form(action: &Action) -> Problem {
    problem(
        "case.no_form",
        (
            format!("“{}”不填表", action.title.zh),
            format!("no form is filled in with `{}`", action.name),
        ),
        ("去掉所填内容", "leave the form out"),
    )
}

pub(super) fn form_missing(action: &Action, form: &FormId) -> Problem {
    problem(
        "case.form_missing",
        (
            format!("“{}”须填写表单 `{form}`", action.title.zh),
            format!("`{}` needs the form `{form}`", action.name),
        ),
        ("填写表单", "fill in the form"),
    )
}

pub(super) fn no_member(field: &str) -> Problem {
    problem(
        "case.no_member",
        (format!("`{field}` 没有指明名录成员"), format!("`{field}` names no member")),
        ("填写成员", "name the member"),
    )
}

pub(super) fn not_member(register: &RegisterId, member: &str) -> Problem {
    problem(
        "case.not_member",
        (
            format!("`{member}` 不在名录 `{register}` 中"),
            format!("`{member}` is no member of `{register}`"),
        ),
        ("核对名录", "check the register"),
    )
}

/// A case of the same subject and key is open.
#[must_use]
pub fn open_exists(procedure: &Procedure, case: Option<&str>) -> Problem {
    let case = case.unwrap_or_default();
    problem(
        "case.open_exists",
        (
            format!("“{}”已有未结的同一案件 {case}", procedure.title.zh),
            format!("there is an open case {case} of `{}` already", procedure.id),
        ),
        ("在该案件中办理", "go on with that case"),
    )
}
