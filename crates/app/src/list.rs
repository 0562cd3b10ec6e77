//! Lists that an authority published, line by line as printed.

mod publish;

pub use publish::{Line, Publish};
