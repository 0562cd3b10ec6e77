//! Rulebooks: published with the bytes of their packs.

mod publish;

pub use publish::Publish;
