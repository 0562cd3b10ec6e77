//! `tanheng register`: registers whose members enter and leave by cases.

use clap::{Args, Subcommand};
use serde_json::{Value as Json, json};
use tanheng_base::{Date, Lang, RegisterId, Text};

use super::case::Reading;
use super::read_date;
use super::session::{Exit, Failure, Session};

/// 名录：列出、查看某日的成员。Registers: list them, show the members on a day.
#[derive(Debug, Args)]
pub(super) struct Register {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    List(List),
    Show(Show),
}

/// 列出名录。List the registers.
#[derive(Debug, Args)]
#[command(after_help = "例 examples:\n  tanheng register list")]
struct List {
    #[command(flatten)]
    reading: Reading,
}

/// 查看一份名录。Show a register.
#[derive(Debug, Args)]
#[command(
    after_help = "例 examples:\n  tanheng register show hebei.register.national_power --as-of 2022-10-31"
)]
struct Show {
    /// 名录的 id。Id of the register.
    id: RegisterId,

    /// 某日的成员，缺省为现在。Members on a day, now by default.
    #[arg(long, value_name = "DAY", value_parser = read_date)]
    as_of: Option<Date>,

    #[command(flatten)]
    reading: Reading,
}

impl Register {
    pub(super) fn run(self, session: &mut Session<'_>) -> Result<Exit, Failure> {
        match self.action {
            Action::List(list) => list.run(session),
            Action::Show(show) => show.run(session),
        }
    }
}

impl List {
    fn run(self, session: &mut Session<'_>) -> Result<Exit, Failure> {
        let lines = self.reading.open()?.case_registers()?;
        if self.reading.json {
            let one = |line: &tanheng_app::read::case::RegisterLine| {
                let own = &line.register;
                json!({ "id": own.id, "title": own.title, "members": line.members })
            };
            let all: Vec<Json> = lines.iter().map(one).collect();
            session.json(&json!({ "registers": all }));
            return Ok(Exit::Done);
        }
        for line in lines {
            let members = line.members.map_or("–".to_owned(), |count| count.to_string());
            let title = line.register.title.get(session.lang).to_owned();
            session.line(format!("{}  {title}  {members}", line.register.id));
        }
        Ok(Exit::Done)
    }
}

impl Show {
    fn run(self, session: &mut Session<'_>) -> Result<Exit, Failure> {
        let view = self.reading.open()?.case_register(&self.id, self.as_of)?.ok_or_else(|| {
            let id = &self.id;
            Failure::new(
                "register.none",
                Text::new(format!("没有名录 `{id}`"), format!("there is no register `{id}`")),
                Text::new("用 tanheng register list 查看", "see tanheng register list"),
            )
        })?;
        if self.reading.json {
            let one = |line: &tanheng_app::read::case::MemberLine| {
                let stay = &line.stay;
                json!({
                    "member": stay.member, "name": line.name, "since": stay.since.to_string(),
                    "until": stay.until.map(|day| day.to_string()), "columns": line.columns,
                    "review": line.review.map(|day| day.to_string()), "case": stay.case_id,
                    "act": stay.act,
                })
            };
            let all: Option<Vec<Json>> =
                view.members.as_ref().map(|lines| lines.iter().map(one).collect());
            session.json(&json!({ "register": view.register.id, "members": all }));
            return Ok(Exit::Done);
        }
        session.line(view.register.title.get(session.lang));
        let Some(members) = &view.members else {
            session.line(match session.lang {
                Lang::Zh => "  名录成员不公开",
                Lang::En => "  who stands on this register is not public",
            });
            return Ok(Exit::Done);
        };
        for line in members {
            let columns: Vec<&str> = line.columns.iter().map(|(_, value)| value.as_str()).collect();
            let review = line.review.map_or(String::new(), |day| format!("  ⟳ {day}"));
            session.line(format!(
                "  {}  {}  {}  {}  {}{review}",
                line.stay.member,
                line.name.as_deref().unwrap_or_default(),
                line.stay.since,
                columns.join(" "),
                line.stay.case_id,
            ));
        }
        Ok(Exit::Done)
    }
}
