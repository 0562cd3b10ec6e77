//! Who is in the book: actors, enterprises, published lists.

use tanheng_base::{
    ActorId, Date, DocumentId, EnterpriseId, FacilityId, IndustryCode, ListId, RegionCode,
};

use super::record;

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
