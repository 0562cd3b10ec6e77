//! Loading a published list.

use serde::{Deserialize, Serialize};
use tanheng_base::{Date, DocumentId, ListId, RegionCode, Text};
use tanheng_store::record::{ListEntry, PublishedList};

use crate::Failure;
use crate::command::UseCase;
use crate::outcome::{Decision, Outcome};
use crate::policy::{Action, Subject};
use crate::situation::Situation;

/// One line of the list.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Line {
    /// Serial number as printed.
    pub serial: i64,
    /// Region.
    pub region: RegionCode,
    /// Name as printed.
    pub name: String,
}

/// Loads a published list. Its lines are names on a list and nothing more: no
/// figure of any kind hangs on them.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Publish {
    /// Id.
    pub list: ListId,
    /// Title.
    pub title: Text,
    /// Document.
    pub document: DocumentId,
    /// Clause.
    pub clause: String,
    /// How many lines the document declares.
    pub declared_count: i64,
    /// Day of publication.
    pub published: Date,
    /// Reading note.
    pub note: Text,
    /// Lines as printed.
    pub lines: Vec<Line>,
}

impl UseCase for Publish {
    const KIND: &'static str = "list.publish";

    fn decide(&self, situation: &Situation<'_>) -> Result<Decision, Failure> {
        situation.authorise(Action::PublishList, Subject::Book)?;
        if let Some(known) = PublishedList::find(situation.sql, &self.list)? {
            return Ok(Decision::Same(known.entry));
        }
        let law = situation.law()?;
        if law.document(&self.document).is_none() {
            return Err(Failure::refuse(
                "list.document",
                Text::new(
                    format!("规则库中没有文件 `{}`", self.document),
                    format!("the rulebook has no document `{}`", self.document),
                ),
                Text::new("请先登记文件", "add the document to the rulebook first"),
            ));
        }
        let entry = situation.sequence;
        let count = i64::try_from(self.lines.len()).unwrap_or(i64::MAX);
        let mut outcome = Outcome::new().field("lines", count)?;
        outcome.put(&PublishedList {
            id: self.list.clone(),
            title_zh: self.title.zh.clone(),
            title_en: self.title.en.clone(),
            document: self.document.clone(),
            clause: self.clause.clone(),
            declared_count: self.declared_count,
            published: self.published,
            note_zh: self.note.zh.clone(),
            note_en: self.note.en.clone(),
            entry,
        })?;
        for line in &self.lines {
            outcome.put(&ListEntry {
                list: self.list.clone(),
                serial: line.serial,
                region: line.region.clone(),
                name: line.name.clone(),
                entry,
            })?;
        }
        Ok(Decision::New(outcome))
    }
}
