//! Published rulebooks.

use tanheng_base::PackId;

use super::record;

record! {
    /// A pack with its bytes.
    Pack in "pack" key("digest") {
        /// Content hash.
        digest: String,
        /// Id.
        id: PackId,
        /// Path → text, as JSON.
        files: String,
        /// The entry that published it.
        entry: i64,
    }
}

record! {
    /// A set of packs that was published together.
    PublishedRulebook in "rulebook" key("version") {
        /// Hash over the packs.
        version: String,
        /// Digests of its packs in loading order, separated by spaces.
        packs: String,
        /// The entry that published it.
        entry: i64,
    }
}
