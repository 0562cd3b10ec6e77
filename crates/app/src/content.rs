//! Content of entries: what may be erased while its proof stays.

mod erase;

pub use erase::Erase;
