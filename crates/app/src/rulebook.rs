//! Rulebooks: tried, proposed with the bytes of their packs by one person, published by another.
//!
//! ```text
//! proposed ──publish by another person──► published
//!    ├──withdraw──► withdrawn
//!    └──another proposal for the same purpose is published──► superseded
//! ```

mod draft;
mod impact;
mod population;
mod proposal;
mod propose;
mod publish;
mod trial;
mod withdraw;

pub use draft::Draft;
pub use impact::{
    ClassChange, FilingChange, Impact, NotComputed, ObligationChange, PurposeImpact, Totals,
};
pub use proposal::{PackBytes, by_two, readable};
pub use propose::Propose;
pub use publish::{Carried, Proposed, Publish};
pub use tanheng_inventory::population::{ClassVerdict, Owed, Population, Reach};
pub use trial::{Base, Held, Portion, Step, Tried, Vary, try_values};
pub use withdraw::Withdraw;
