//! A line of a ledger as the calculation takes it.

use serde::{Deserialize, Serialize};
use tanheng_base::{FacilityId, SourceId};
use tanheng_quantity::{Quantity, Rational};

/// What a line is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LineKind {
    /// A fossil fuel that was burnt (化石燃料).
    Fuel,
    /// Purchased electricity (购入电力).
    Electricity,
    /// Output of a product (产品产量).
    Output,
}

/// How the parameters of a line were determined (取值方式).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Determination {
    /// 实测.
    Measured,
    /// 缺省: what is not given comes from the rulebook.
    Default,
    /// 计算.
    Calculated,
}

/// One source stream or product of a facility in one month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// Row as the filer counts it.
    pub row: u64,
    /// Facility or unit.
    pub facility: FacilityId,
    /// Source stream.
    pub source: SourceId,
    /// What the line is about.
    pub kind: LineKind,
    /// Fuel or product by name; may be empty for electricity.
    pub material: String,
    /// Consumption, electricity or output, with its unit.
    #[serde(with = "crate::quantity_text")]
    pub amount: Quantity,
    /// Net calorific value, GJ per unit of the amount.
    #[serde(with = "crate::quantity_text::option")]
    pub ncv: Option<Quantity>,
    /// Carbon content per heat, tC/GJ.
    #[serde(with = "crate::quantity_text::option")]
    pub carbon_content: Option<Quantity>,
    /// Oxidation as a ratio in (0, 1].
    pub oxidation: Option<Rational>,
    /// How the parameters were determined.
    pub determination: Determination,
    /// Instrument or document.
    pub meter: Option<String>,
    /// Reference of what supports the line.
    pub evidence: Option<String>,
}
