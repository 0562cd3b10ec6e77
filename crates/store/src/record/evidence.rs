//! Records about the journal itself.

use tanheng_base::ActorId;

use super::record;

record! {
    /// A key that an actor gave to a command, so that sending it again does nothing.
    Idempotency in "idempotency" key("actor", "key") {
        /// Who gave it.
        actor: ActorId,
        /// The key.
        key: String,
        /// Sequence of the entry that the first sending made.
        entry: i64,
    }
}

record! {
    /// An entry whose content was erased.
    Erasure in "erasure" key("sequence") {
        /// The entry whose opening is gone.
        sequence: i64,
        /// Why.
        reason: String,
        /// The entry that ordered it.
        entry: i64,
    }
}

record! {
    /// A fact about the whole book, such as that it holds demonstration data only.
    Setting in "setting" key("name") {
        /// Name.
        name: String,
        /// Value.
        value: String,
        /// The entry that set it.
        entry: i64,
    }
}
