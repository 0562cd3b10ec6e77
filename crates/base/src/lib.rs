//! Typed ids, civil periods, clock, citations, actor and scope, stable error codes.
//!
//! Everything two domain crates must agree on and nothing that decides: no
//! business rule, no IO, no reading of the real clock.

mod actor;
mod citation;
mod enterprise_id;
mod id;
mod period;
mod problem;
mod text;
mod time;

pub use actor::{Actor, Role, Scope};
pub use citation::{CheckState, Citation};
pub use enterprise_id::EnterpriseId;
pub use id::{
    ActorId, AgencyId, CaseId, DocumentId, FacilityId, FormId, FuelCode, IdError, IndustryCode,
    ListId, MethodId, NoticeId, PackId, ParameterId, ProcedureId, RegionCode, RegisterId, SourceId,
    TableId,
};
pub use jiff::civil::Date;
pub use period::{Month, PeriodError, Year};
pub use problem::{Code, Place, Problem};
pub use text::{Lang, Text};
pub use time::{Clock, FixedClock, Instant};
