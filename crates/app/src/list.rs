//! Lists that an authority published, line by line as printed.

mod pack;
mod publish;

pub use pack::from_packs;
pub use publish::{Line, Publish};
