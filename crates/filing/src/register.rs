//! Registers: lists whose members enter and leave by acts of cases.

use serde::{Deserialize, Serialize};
use tanheng_base::{CheckState, Citation, DocumentId, Problem, RegisterId, Text};

use crate::fault::{self, Faults};

/// What a register lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MemberKind {
    /// Enterprises.
    Enterprise,
    /// Projects, regions or other things, by their names.
    Text,
}

/// A register, read from its definition.
#[derive(Debug, Clone, Serialize)]
pub struct Register {
    /// Its id.
    pub id: RegisterId,
    /// Version of the definition.
    pub version: String,
    /// Its title.
    pub title: Text,
    /// The clause that asks for it.
    pub citation: Citation,
    /// How far the definition was checked.
    pub checked: CheckState,
    /// Requirements it fulfils.
    pub implements: Vec<String>,
    /// A remark for readers.
    pub note: Option<Text>,
    /// What it lists.
    pub member: MemberKind,
    /// Fields taken from the forms of a case when a member enters.
    pub columns: Vec<String>,
    /// Those of them that the public sees beside the name.
    pub public_columns: Vec<String>,
    /// Whether the public sees the members at all.
    pub public: bool,
    /// Months after which a member is due for review.
    pub review_months: Option<u32>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RegisterText {
    id: String,
    version: String,
    title: Text,
    document: DocumentId,
    clause: String,
    checked: CheckState,
    #[serde(default)]
    implements: Vec<String>,
    note: Option<Text>,
    member: MemberKind,
    #[serde(default)]
    columns: Vec<String>,
    #[serde(default)]
    public_columns: Vec<String>,
    #[serde(default = "yes")]
    public: bool,
    review: Option<ReviewText>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ReviewText {
    months: u32,
}

fn yes() -> bool {
    true
}

impl Register {
    /// Reads a definition.
    ///
    /// # Errors
    /// Everything wrong with it, each with code `register.definition`.
    pub fn parse(text: &str) -> Result<Self, Vec<Problem>> {
        let read: RegisterText = toml::from_str(text)
            .map_err(|error| vec![fault::unreadable(fault::REGISTER, text, &error)])?;
        let mut faults = Faults::new(fault::REGISTER);
        let id = faults.id("id", &read.id);
        for column in read.public_columns.iter().filter(|name| !read.columns.contains(name)) {
            let zh = format!("公开列 `{column}` 不在 columns 中");
            faults.add("public_columns", &zh, &format!("`{column}` is none of the columns"));
        }
        let review_months = read.review.map(|review| faults.months("review", review.months));
        let Some(id) = id else { return Err(faults.fail()) };
        faults.finish(Self {
            id,
            version: read.version,
            title: read.title,
            citation: Citation { document: read.document, clause: read.clause },
            checked: read.checked,
            implements: read.implements,
            note: read.note,
            member: read.member,
            columns: read.columns,
            public_columns: read.public_columns,
            public: read.public,
            review_months,
        })
    }
}
