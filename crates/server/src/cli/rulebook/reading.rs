//! Books, drafts and rulebooks as the trial commands name them.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use tanheng_app::read::Reader;
use tanheng_app::rulebook::Draft;
use tanheng_app::{Book, actor};
use tanheng_base::{ActorId, Text};
use tanheng_rulebook::{PackFiles, Rulebook};

use crate::cli::book::Data;
use crate::cli::session::{Failure, Session};
use crate::packs::{packs_from, without_examples};

/// Who reads which book.
#[derive(Debug, Args)]
pub(super) struct Reading {
    #[command(flatten)]
    pub(super) data: Data,

    /// 以谁的身份查看，须为省级用户。Who reads; a user of the province.
    #[arg(long = "as", value_name = "USER", default_value = "province")]
    pub(super) actor: ActorId,
}

impl Reading {
    /// A reader of the book.
    pub(super) fn open(&self) -> Result<(Book, Reader), Failure> {
        let book = self.data.book()?;
        let who = actor::find(&book.reader()?, &self.actor)?;
        let reader = Reader::open(&book, Arc::default(), who)?;
        Ok((book, reader))
    }
}

/// The packs of a folder as a draft.
pub(super) fn draft(dir: &Path) -> Result<Draft, Failure> {
    Ok(parted(packs_from(dir)?))
}

/// The packs built in, or those of `--rulebooks`.
pub(super) fn built_in(session: &Session<'_>) -> Result<Draft, Failure> {
    Ok(parted(session.packs()?))
}

fn parted(packs: Vec<PackFiles>) -> Draft {
    let law = without_examples(packs.clone());
    let examples = packs.into_iter().filter(|pack| law.iter().all(|own| own.id != pack.id));
    Draft { examples: examples.collect(), law }
}

/// A rulebook by a name: `built-in`, a folder, `current`, or the version of one that the book
/// published. What a folder does not bring is taken from those built in.
pub(super) fn rulebook(
    name: &str,
    reader: Option<&Reader>,
    session: &Session<'_>,
) -> Result<Arc<Rulebook>, Failure> {
    let load = |packs| Rulebook::load(packs).map(Arc::new).map_err(Failure::Packs);
    if name == "built-in" {
        return load(without_examples(session.packs()?));
    }
    if PathBuf::from(name).is_dir() {
        let chosen = super::choose(&[PathBuf::from(name)], session)?;
        return load(chosen.packs);
    }
    let Some(reader) = reader else {
        return Err(Failure::new(
            "rulebook.no_such",
            Text::new(
                format!("`{name}` 不是文件夹；已发布的版本须用 --data 指明账簿"),
                format!("`{name}` is no folder; for a published version name its book with --data"),
            ),
            Text::new(
                "写文件夹、built-in、current 或版本号",
                "give a folder, built-in, current or a version",
            ),
        ));
    };
    if name == "current" {
        return reader.rulebook(None)?.ok_or_else(|| unknown(name));
    }
    let published = reader.published()?;
    let mut found = published.iter().filter(|published| published.version.starts_with(name));
    match (found.next(), found.next()) {
        (Some(only), None) => reader.rulebook(Some(&only.version))?.ok_or_else(|| unknown(name)),
        _ => Err(unknown(name)),
    }
}

fn unknown(name: &str) -> Failure {
    Failure::new(
        "rulebook.unknown_version",
        Text::new(
            format!("账簿中没有唯一的规则库版本 `{name}`"),
            format!("the book has no single rulebook version `{name}`"),
        ),
        Text::new("核对版本号，可写开头若干位", "check the version; its first digits are enough"),
    )
}
