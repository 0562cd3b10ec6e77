//! Who is in the book: actors, enterprises, published lists.

use tanheng_base::{
    ActorId, Date, DocumentId, EnterpriseId, FacilityId, IndustryCode, ListId, RegionCode,
};

use super::record;
use crate::{Cell, RowScope, Sql, StoreError, find, select};

record! {
    /// Somebody who may act.
    ActorRow in "actor" key("id") {
        /// Pseudonym.
        id: ActorId,
        /// Role, by its stable name.
        role: String,
        /// Scope, as JSON.
        scope: String,
        /// The entry that admitted them.
        entry: i64,
    }
}

record! {
    /// An enterprise that accounts for its emissions.
    Enterprise in "enterprise" key("id") {
        /// Unified social credit code.
        id: EnterpriseId,
        /// Name.
        name: String,
        /// Region.
        region: RegionCode,
        /// Industry.
        industry: IndustryCode,
        /// An invented enterprise of the example province.
        example: bool,
        /// The national list it stands on, if any.
        listed: Option<ListId>,
        /// The entry that registered it.
        entry: i64,
    }
}

record! {
    /// A facility or unit of an enterprise.
    Facility in "facility" key("enterprise", "id") {
        /// Enterprise.
        enterprise: EnterpriseId,
        /// Id within the enterprise.
        id: FacilityId,
        /// Name.
        name: String,
        /// The entry that registered it.
        entry: i64,
    }
}

record! {
    /// A list that an authority published.
    PublishedList in "published_list" key("id") {
        /// Id.
        id: ListId,
        /// Title in Chinese.
        title_zh: String,
        /// Title in English.
        title_en: String,
        /// Document.
        document: DocumentId,
        /// Clause.
        clause: String,
        /// How many entries the document declares, which may differ from what it prints.
        declared_count: i64,
        /// Day of publication.
        published: Date,
        /// Reading note in Chinese.
        note_zh: String,
        /// Reading note in English.
        note_en: String,
        /// The entry that loaded it.
        entry: i64,
    }
}

record! {
    /// One line of a published list, as printed.
    ListEntry in "list_entry" key("list", "serial") {
        /// List.
        list: ListId,
        /// Serial number as printed.
        serial: i64,
        /// Region.
        region: RegionCode,
        /// Name as printed.
        name: String,
        /// The entry that loaded it.
        entry: i64,
    }
}

impl ActorRow {
    /// The actor of an id.
    ///
    /// # Errors
    /// When the engine fails or a cell is impossible.
    pub fn find(sql: &impl Sql, id: &ActorId) -> Result<Option<Self>, StoreError> {
        find(sql, &[Cell::from(id.as_str())])
    }

    /// Everybody.
    ///
    /// # Errors
    /// When the engine fails or a cell is impossible.
    pub fn all(sql: &impl Sql) -> Result<Vec<Self>, StoreError> {
        select(sql, "ORDER BY id", &[])
    }
}

/// What a list of enterprises is narrowed to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EnterpriseFilter {
    /// Only this region.
    pub region: Option<RegionCode>,
    /// Only this industry.
    pub industry: Option<IndustryCode>,
    /// Only names or codes that contain this.
    pub text: Option<String>,
    /// Only those after this one: keyset pagination.
    pub after: Option<EnterpriseId>,
}

impl Enterprise {
    /// The enterprise of a code.
    ///
    /// # Errors
    /// When the engine fails or a cell is impossible.
    pub fn find(sql: &impl Sql, id: &EnterpriseId) -> Result<Option<Self>, StoreError> {
        find(sql, &[Cell::from(id.as_str())])
    }

    /// Enterprises in a scope that pass a filter, by code, at most `limit`.
    ///
    /// # Errors
    /// When the engine fails or a cell is impossible.
    pub fn list(
        sql: &impl Sql,
        scope: &RowScope,
        filter: &EnterpriseFilter,
        limit: i64,
    ) -> Result<Vec<Self>, StoreError> {
        // No name holds one, and not every engine takes it as a parameter.
        if filter.text.as_ref().is_some_and(|text| text.contains('\0')) {
            return Ok(Vec::new());
        }
        let optional = |id: Option<String>| id.map_or(Cell::Null, Cell::Text);
        let mut parameters = vec![
            optional(filter.region.as_ref().map(ToString::to_string)),
            optional(filter.industry.as_ref().map(ToString::to_string)),
            optional(filter.text.clone().filter(|text| !text.is_empty())),
            optional(filter.after.as_ref().map(ToString::to_string)),
            Cell::Integer(limit),
        ];
        let (condition, more) = scope.condition("id", 6);
        parameters.extend(more);
        let rest = format!(
            "WHERE (CAST($1 AS TEXT) IS NULL OR region = $1) \
             AND (CAST($2 AS TEXT) IS NULL OR industry = $2) \
             AND (CAST($3 AS TEXT) IS NULL OR replace(name, $3, '') <> name OR replace(id, $3, '') <> id) \
             AND (CAST($4 AS TEXT) IS NULL OR id > $4) \
             AND {condition} ORDER BY id LIMIT $5"
        );
        select(sql, &rest, &parameters)
    }
}

impl Facility {
    /// The facilities of an enterprise.
    ///
    /// # Errors
    /// When the engine fails or a cell is impossible.
    pub fn of(sql: &impl Sql, enterprise: &EnterpriseId) -> Result<Vec<Self>, StoreError> {
        select(sql, "WHERE enterprise = $1 ORDER BY id", &[Cell::from(enterprise.as_str())])
    }
}

impl PublishedList {
    /// The list of an id.
    ///
    /// # Errors
    /// When the engine fails or a cell is impossible.
    pub fn find(sql: &impl Sql, id: &ListId) -> Result<Option<Self>, StoreError> {
        find(sql, &[Cell::from(id.as_str())])
    }

    /// All lists, the newest first.
    ///
    /// # Errors
    /// When the engine fails or a cell is impossible.
    pub fn all(sql: &impl Sql) -> Result<Vec<Self>, StoreError> {
        select(sql, "ORDER BY published DESC, id", &[])
    }
}

impl ListEntry {
    /// The lines of a list.
    ///
    /// # Errors
    /// When the engine fails or a cell is impossible.
    pub fn of(sql: &impl Sql, list: &ListId) -> Result<Vec<Self>, StoreError> {
        select(sql, "WHERE list = $1 ORDER BY serial", &[Cell::from(list.as_str())])
    }
}
