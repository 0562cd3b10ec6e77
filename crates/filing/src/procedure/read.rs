//! Reading a procedure from TOML.

use std::collections::BTreeMap;

use serde::Deserialize;
use tanheng_base::{CheckState, Citation, DocumentId, Problem, Role, Text};

use super::{
    Action, Days, Due, Effect, Judge, Notice, OPEN, Procedure, Run, State, SubjectKind, verify,
};
use crate::fault::{self, Faults};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ProcedureText {
    id: String,
    version: String,
    title: Text,
    document: DocumentId,
    clause: String,
    checked: CheckState,
    area: String,
    #[serde(default)]
    implements: Vec<String>,
    note: Option<Text>,
    subject: SubjectText,
    key: Option<Vec<String>>,
    #[serde(default)]
    seen_by: Vec<String>,
    start: String,
    open: ActionText,
    state: Vec<StateText>,
    #[serde(default)]
    action: Vec<ActionText>,
    #[serde(default)]
    notice: Vec<NoticeText>,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "snake_case")]
enum SubjectText {
    Enterprise,
    Region,
    None,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StateText {
    name: String,
    title: Text,
    with: Option<String>,
    due: Option<DueText>,
    #[serde(default)]
    clock: ClockText,
    #[serde(default)]
    public: bool,
    #[serde(default)]
    end: bool,
    clause: Option<String>,
}

#[derive(Deserialize, Clone, Copy, PartialEq, Default)]
#[serde(rename_all = "snake_case")]
enum ClockText {
    #[default]
    Running,
    Stopped,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DueText {
    days: Option<DaysText>,
    months: Option<u32>,
    on: Option<String>,
    year: Option<String>,
    #[serde(default)]
    plus: i16,
    #[serde(default)]
    working: bool,
    #[serde(default)]
    roll: bool,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum DaysText {
    Number(u32),
    Parameter(String),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ActionText {
    name: Option<String>,
    title: Text,
    #[serde(default)]
    from: Vec<String>,
    to: Option<String>,
    role: Vec<String>,
    form: Option<String>,
    persons: Option<u8>,
    #[serde(default)]
    after_due: bool,
    #[serde(default)]
    before_due: bool,
    #[serde(default)]
    children_closed: bool,
    #[serde(default)]
    unlike: Vec<String>,
    assigned: Option<String>,
    #[serde(default)]
    anybody: bool,
    judge: Option<JudgeText>,
    opens: Option<OpensText>,
    notice: Option<String>,
    run: Option<RunText>,
    #[serde(default)]
    effect: Vec<EffectText>,
    clause: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct JudgeText {
    method: String,
    result: ResultText,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum ResultText {
    One(String),
    Several(Vec<String>),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OpensText {
    procedure: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RunText {
    command: String,
    #[serde(default)]
    with: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EffectText {
    register: String,
    #[serde(default)]
    enter: bool,
    #[serde(default)]
    leave: bool,
    #[serde(default)]
    replace: bool,
    member: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NoticeText {
    id: String,
    title: Text,
    number: String,
    to: String,
    served: Vec<String>,
    #[serde(default)]
    due_from_service: bool,
}

impl Procedure {
    /// Reads a definition.
    ///
    /// # Errors
    /// Everything wrong with it at once, each with code `procedure.definition` and the state,
    /// action or key as its column; a definition that is no TOML of this shape gives the first
    /// place only. Whether forms, registers and other procedures exist is seen by
    /// [`Casebook`](crate::Casebook).
    pub fn parse(text: &str) -> Result<Self, Vec<Problem>> {
        let read: ProcedureText = toml::from_str(text)
            .map_err(|error| vec![fault::unreadable(fault::PROCEDURE, text, &error)])?;
        let mut faults = Faults::new(fault::PROCEDURE);
        let id = faults.id("id", &read.id);
        let open = build_action(read.open, true, &mut faults);
        let actions: Vec<Option<Action>> =
            read.action.into_iter().map(|one| build_action(one, false, &mut faults)).collect();
        let states = read.state.into_iter().map(|state| build_state(state, &mut faults)).collect();
        let notices: Vec<Option<Notice>> =
            read.notice.into_iter().map(|notice| build_notice(notice, &mut faults)).collect();
        let seen_by = roles("seen_by", &read.seen_by, &mut faults);
        let (Some(id), Some(mut open)) = (id, open) else { return Err(faults.fail()) };
        open.to = Some(read.start.clone());
        let procedure = Self {
            id,
            version: read.version,
            title: read.title,
            citation: Citation { document: read.document, clause: read.clause },
            checked: read.checked,
            area: read.area,
            implements: read.implements,
            note: read.note,
            subject: match read.subject {
                SubjectText::Enterprise => SubjectKind::Enterprise,
                SubjectText::Region => SubjectKind::Region,
                SubjectText::None => SubjectKind::None,
            },
            key: read.key,
            seen_by,
            start: read.start,
            open,
            states,
            actions: actions.into_iter().flatten().collect(),
            notices: notices.into_iter().flatten().collect(),
        };
        verify::procedure(&procedure, &mut faults);
        faults.finish(procedure)
    }
}

fn role(name: &str, text: &str, faults: &mut Faults) -> Option<Role> {
    let role = Role::ALL.into_iter().find(|role| role.name() == text);
    if role.is_none() {
        let zh = format!("没有角色 `{text}`");
        faults.add(name, &zh, &format!("there is no role `{text}`"));
    }
    role
}

fn roles(name: &str, texts: &[String], faults: &mut Faults) -> Vec<Role> {
    texts.iter().filter_map(|text| role(name, text, faults)).collect()
}

fn build_state(read: StateText, faults: &mut Faults) -> State {
    let with = read.with.as_deref().and_then(|text| role(&read.name, text, faults));
    let due = read.due.and_then(|due| build_due(&read.name, due, faults));
    State {
        with,
        due,
        stopped: read.clock == ClockText::Stopped,
        public: read.public,
        end: read.end,
        clause: read.clause,
        title: read.title,
        name: read.name,
    }
}

fn build_due(name: &str, read: DueText, faults: &mut Faults) -> Option<Due> {
    let roll = read.roll;
    match (read.days, read.months, read.on) {
        (Some(days), None, None) => {
            let days = match days {
                DaysText::Number(days) => Days::Number(faults.days(name, days)),
                DaysText::Parameter(id) => Days::Parameter(faults.id(name, &id)?),
            };
            Some(Due::Days { days, working: read.working, roll })
        }
        (None, Some(months), None) => {
            Some(Due::Months { months: faults.months(name, months), roll })
        }
        (None, None, Some(on)) => {
            // 2024 is a leap year: 29 February is a day of some years.
            let day = format!("2024-{on}").parse::<tanheng_base::Date>().ok();
            let (Some(day), Some(year)) = (day, read.year) else {
                faults.add(
                    name,
                    "due 的 on 须写月日（如 03-31），并以 year 指明年份字段",
                    "`on` is month and day, as in `03-31`, with the field of the year in `year`",
                );
                return None;
            };
            Some(Due::On { month: day.month(), day: day.day(), year, plus: read.plus, roll })
        }
        _ => {
            let en = "a time limit has exactly one of `days`, `months` and `on`";
            faults.add(name, "due 只能写 days、months、on 之一", en);
            None
        }
    }
}

fn build_action(read: ActionText, opening: bool, faults: &mut Faults) -> Option<Action> {
    let name = match (read.name, opening) {
        (Some(name), false) => name,
        (None, true) => OPEN.to_owned(),
        _ => {
            let en = "every action but `open` has a name";
            faults.add("action", "除 open 外，每个动作都有名称", en);
            return None;
        }
    };
    if opening && (!read.from.is_empty() || read.to.is_some()) {
        let en = "`open` leads to `start` and comes from nowhere";
        faults.add(OPEN, "open 不写 from 和 to", en);
    }
    if read.persons.is_some_and(|persons| !(1..=2).contains(&persons))
        || opening && read.persons == Some(2)
    {
        let en = "`persons` is 1 or 2, and one person opens a case";
        faults.add(&name, "persons 只能是1或2，立案由一人办理", en);
    }
    let roles = roles(&name, &read.role, faults);
    let form = read.form.and_then(|id| faults.id(&name, &id));
    let opens = read.opens.and_then(|opens| faults.id(&name, &opens.procedure));
    let notice = read.notice.and_then(|id| faults.id(&name, &id));
    let judge = read.judge.and_then(|judge| {
        let result = match judge.result {
            ResultText::One(result) => vec![result],
            ResultText::Several(results) => results,
        };
        Some(Judge { method: faults.id(&name, &judge.method)?, result })
    });
    let effects = read.effect.into_iter().filter_map(|effect| {
        if effect.enter == effect.leave {
            let en = "an effect has either `enter = true` or `leave = true`";
            faults.add(&name, "effect 须写明 enter 或 leave", en);
        }
        if effect.replace && (effect.leave || effect.member.is_none()) {
            let en = "`replace` goes with `enter` and the `member` of each row";
            faults.add(&name, "replace 须与 enter 和 member 同用", en);
        }
        let register = faults.id(&name, &effect.register)?;
        let EffectText { enter, replace, member, .. } = effect;
        Some(Effect { register, enter, replace, member })
    });
    let effects = effects.collect();
    Some(Action {
        title: read.title,
        from: read.from,
        to: read.to,
        roles,
        form,
        two_persons: read.persons == Some(2),
        after_due: read.after_due,
        before_due: read.before_due,
        children_closed: read.children_closed,
        unlike: read.unlike,
        assigned: read.assigned,
        anybody: read.anybody,
        judge,
        opens,
        notice,
        run: read.run.map(|run| Run { command: run.command, with: run.with }),
        effects,
        clause: read.clause,
        name,
    })
}

fn build_notice(read: NoticeText, faults: &mut Faults) -> Option<Notice> {
    let to = role(&read.id, &read.to, faults);
    let id = faults.id("notice", &read.id);
    if !read.number.contains("{serial}") {
        let en = "the number of a notice holds `{serial}`";
        faults.add(&read.id, "文号须含 {serial}", en);
    }
    if read.served.is_empty() {
        let en = "a notice names the ways in which it may be served";
        faults.add(&read.id, "须列出送达方式", en);
    }
    Some(Notice {
        id: id?,
        title: read.title,
        number: read.number,
        to: to?,
        served: read.served,
        due_from_service: read.due_from_service,
    })
}
