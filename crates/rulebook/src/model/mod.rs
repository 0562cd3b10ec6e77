//! What a rulebook holds once it is read: documents, regions, parameters, tables and methods.
//! The pages that show the law read it from here.

mod dated;
mod document;
mod method;

pub use dated::{
    Column, ColumnKind, DatedValue, Grounds, Parameter, ParameterKind, Row, State, Table,
};
pub use document::{Document, DocumentState, Pack, Region};
pub use method::{
    Alternative, Body, Formula, Input, InputKind, Method, NumberInput, Presence, Refusal, Rule,
    Step, StepKind, UnitBy, UnitChoice,
};
