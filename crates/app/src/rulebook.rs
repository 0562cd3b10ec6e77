//! Rulebooks: published with the bytes of their packs, and tried before they are.

mod draft;
mod impact;
mod population;
mod publish;
mod trial;

pub use draft::Draft;
pub use impact::{
    ClassChange, FilingChange, Impact, NotComputed, ObligationChange, PurposeImpact, Totals,
};
pub use publish::{PackBytes, Publish};
pub use trial::{Base, Held, Portion, Step, Tried, Vary, try_values};
