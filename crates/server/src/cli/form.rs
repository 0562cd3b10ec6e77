//! `tanheng form`: forms of the law, their templates, checking and filing of what was filled in.

mod changes;
mod check;
mod list;
mod show;
mod submit;
mod template;

pub(super) use changes::tell as tell_changes;

use std::path::Path;

use clap::{Args, Subcommand};
use tanheng_app::form::{Form, Media, form, form_named, forms};
use tanheng_base::{FormId, Text};
use tanheng_rulebook::Rulebook;

use super::session::{Exit, Failure, Session};

/// 表单：查阅、下载模板、检查、填报。Forms: look-up, templates, checking and filing.
#[derive(Debug, Args)]
pub(super) struct Forms {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    List(list::List),
    Show(show::Show),
    Template(template::Template),
    Check(check::Check),
    Submit(submit::SubmitForm),
}

impl Forms {
    pub(super) fn run(self, session: &mut Session<'_>) -> Result<Exit, Failure> {
        match self.action {
            Action::List(list) => list.run(session),
            Action::Show(show) => show.run(session),
            Action::Template(template) => template.run(session),
            Action::Check(check) => check.run(session),
            Action::Submit(submit) => submit.run(session),
        }
    }
}

/// The form that a file is filled in for: the one asked for, the one it names itself, or the only
/// one of the law.
pub(super) fn form_for(
    law: &Rulebook,
    asked: Option<&FormId>,
    media: Media,
    bytes: &[u8],
) -> Result<Form, Failure> {
    let named = match asked {
        Some(id) => Some(id.clone()),
        None => form_named(media, bytes)?,
    };
    if let Some(id) = named {
        return Ok(form(law, &id)?);
    }
    let mut all = forms(law)?;
    if let (1, Some(form)) = (all.len(), all.pop()) {
        return Ok(form);
    }
    Err(Failure::new(
        "form.not_named",
        Text::new("文件没有写明是哪张表单", "the file does not say which form it is"),
        Text::new(
            "用 --form 指定，见 tanheng form list；由模板生成的工作簿自带表单编号",
            "name it with --form, see tanheng form list; workbooks made from a template name theirs",
        ),
    ))
}

/// Writes what a command made.
fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    std::fs::write(path, bytes).map_err(|error| {
        let path = path.display();
        Failure::new(
            "form.unwritable",
            Text::new(
                format!("写不到 `{path}`：{error}"),
                format!("cannot write to `{path}`: {error}"),
            ),
            Text::new("请核对路径和权限", "check path and permissions"),
        )
    })
}
