//! The benchmark emission of an enterprise, or why there is none.

use std::collections::{BTreeMap, BTreeSet};

use tanheng_base::{Date, Problem, Text};
use tanheng_quantity::Quantity;
use tanheng_rulebook::model::State;
use tanheng_rulebook::{Calculation, EvalError, Given, ResolveError};

use crate::rule_id;
use crate::setting::Setting;
use crate::standing::Standing;

/// A product that benchmarks speak of, with the enterprise's output of it.
pub(crate) struct Product {
    /// Key of the benchmark table.
    pub(crate) code: String,
    title: Text,
    output: Option<Quantity>,
}

/// What is known about an enterprise's benchmark.
pub(crate) enum Benchmark {
    /// None is published for what the enterprise makes.
    Unpublished { reasons: Vec<Text> },
    /// Benchmarks are published, and the enterprise declared no output of their products.
    NoOutput { products: Vec<Text> },
    /// There is one for each product that it makes; not yet computed.
    Published(Published),
}

/// Products with a benchmark, ready to be computed.
pub(crate) struct Published {
    products: Vec<Product>,
    column: &'static str,
}

/// A benchmark emission.
pub(crate) struct Computed {
    pub(crate) emission: Quantity,
    pub(crate) calculations: Vec<Calculation>,
    pub(crate) reasons: Vec<Text>,
}

/// The form of benchmark, and its column, that output is multiplied with.
const INTENSITY: &str = "intensity";

/// The columns that a form of benchmark is read from.
fn column_of(form: &str) -> Option<&'static str> {
    match form {
        INTENSITY => Some(INTENSITY),
        "absolute" => Some("absolute"),
        _ => None,
    }
}

/// Looks for benchmarks of what an enterprise makes. `forms` holds the form that is decided,
/// or every form while that is open.
pub(crate) fn find(
    setting: &Setting<'_>,
    at: Date,
    outputs: &BTreeMap<String, Quantity>,
    forms: &[String],
) -> Result<Benchmark, Vec<Problem>> {
    let products = products(setting, at, outputs)?;
    let (made, others): (Vec<Product>, Vec<Product>) =
        products.into_iter().partition(|product| product.output.is_some());
    let columns: Vec<&'static str> = forms.iter().filter_map(|form| column_of(form)).collect();
    let mut missing = BTreeMap::new();
    for column in &columns {
        let mut reasons = Vec::new();
        for product in if made.is_empty() { &others } else { &made } {
            if let Some(reason) = unpublished(setting, at, column, product)? {
                reasons.push(reason);
            }
        }
        missing.insert(*column, reasons);
    }
    // What nobody makes needs a benchmark in one product only to ask for its output.
    let complete = |column: &&'static str| match missing.get(column) {
        Some(reasons) if made.is_empty() => reasons.len() < others.len(),
        Some(reasons) => reasons.is_empty(),
        None => false,
    };
    match columns.iter().copied().find(|column| complete(column)) {
        None => {
            let mut seen = BTreeSet::new();
            let all = missing.into_values().flatten();
            let reasons = all.filter(|reason| seen.insert(reason.zh.clone())).collect();
            Ok(Benchmark::Unpublished { reasons })
        }
        Some(_) if made.is_empty() => {
            let products = others.into_iter().map(|product| product.title).collect();
            Ok(Benchmark::NoOutput { products })
        }
        Some(column) => Ok(Benchmark::Published(Published { products: made, column })),
    }
}

/// The products of the industry that benchmarks speak of, with the outputs that name them.
fn products(
    setting: &Setting<'_>,
    at: Date,
    outputs: &BTreeMap<String, Quantity>,
) -> Result<Vec<Product>, Vec<Problem>> {
    let id = rule_id::products();
    let industry = setting.industry.as_str();
    let table = setting.rulebook.table(&id);
    let rows = table.map_or(&[][..], |table| table.rows.as_slice());
    let codes: BTreeSet<&String> = rows
        .iter()
        .filter(|row| row.keys.first().is_some_and(|key| key == industry))
        .filter_map(|row| row.keys.get(1))
        .collect();
    let mut products = Vec::new();
    for code in codes {
        let keys = [industry.to_owned(), code.clone()];
        let name = |column| setting.rulebook.lookup(&id, column, &keys, at, &setting.region);
        let (zh, en) = match (name("name_zh"), name("name_en")) {
            (Ok(zh), Ok(en)) => (zh.value.bare(), en.value.bare()),
            // Not in force on that day.
            (Err(ResolveError::NoRow { .. }), _) => continue,
            (Err(error), _) | (_, Err(error)) => return Err(vec![error.problem()]),
        };
        let mut product = Product { code: code.clone(), title: Text::new(zh, en), output: None };
        product.output = product.output_of(outputs)?;
        products.push(product);
    }
    Ok(products)
}

impl Product {
    /// Whether a ledger means this product by a name.
    pub(crate) fn is_called(&self, material: &str) -> bool {
        let names = [&self.code, &self.title.zh, &self.title.en];
        names.iter().any(|name| name.eq_ignore_ascii_case(material))
    }

    /// The output of this product: the sum of what is named so.
    pub(crate) fn output_of(
        &self,
        outputs: &BTreeMap<String, Quantity>,
    ) -> Result<Option<Quantity>, Vec<Problem>> {
        let mut output: Option<Quantity> = None;
        for (material, amount) in outputs {
            if self.is_called(material) {
                output = Some(match output {
                    Some(sum) => sum
                        .checked_add(amount)
                        .map_err(|_| vec![*crate::month::units_differ(material, &sum, amount)])?,
                    None => amount.clone(),
                });
            }
        }
        Ok(output)
    }
}

/// Why a product has no benchmark in a column; `None` where it has one.
fn unpublished(
    setting: &Setting<'_>,
    at: Date,
    column: &str,
    product: &Product,
) -> Result<Option<Text>, Vec<Problem>> {
    let table = rule_id::benchmark();
    let keys = [setting.industry.to_string(), product.code.clone()];
    let state = match setting.rulebook.lookup(&table, column, &keys, at, &setting.region) {
        Ok(_) => return Ok(None),
        Err(ResolveError::WithoutValue { state, .. }) => Some(state),
        Err(ResolveError::NoRow { .. } | ResolveError::NoCell { .. }) => None,
        Err(error) => return Err(vec![error.problem()]),
    };
    let state = state.map_or_else(|| Text::new("没有数值", "no figure"), State::title);
    Ok(Some(Text::new(
        format!("{}的基准值未公布（{}）", product.title.zh, state.zh),
        format!("no benchmark is published for {} ({})", product.title.en, state.en),
    )))
}

impl Published {
    /// The products that are multiplied with an intensity; `None` where benchmarks are amounts,
    /// whatever is produced.
    pub(crate) fn by_output(&self) -> Option<&[Product]> {
        (self.column == INTENSITY).then_some(self.products.as_slice())
    }

    /// The sum over the products.
    pub(crate) fn compute(
        &self,
        setting: &Setting<'_>,
        at: Date,
        standing: &mut Standing,
    ) -> Result<Computed, Vec<Problem>> {
        let mut sum: Option<Quantity> = None;
        let mut calculations = Vec::new();
        let mut reasons = Vec::new();
        for product in &self.products {
            let (emission, calculation) = match self.column {
                INTENSITY => by_intensity(setting, at, product, standing)?,
                column => absolute(setting, at, product, column, standing)?,
            };
            reasons.push(Text::new(
                format!("{}基准排放量 {emission}", product.title.zh),
                format!("benchmark emission of {}: {emission}", product.title.en),
            ));
            calculations.extend(calculation);
            sum = Some(match sum {
                Some(before) => {
                    before.checked_add(&emission).map_err(|_| vec![*crate::month::overflow()])?
                }
                None => emission,
            });
        }
        let emission = sum.ok_or_else(|| vec![*crate::month::overflow()])?;
        Ok(Computed { emission, calculations, reasons })
    }
}

type Part = (Quantity, Option<Calculation>);

fn by_intensity(
    setting: &Setting<'_>,
    at: Date,
    product: &Product,
    standing: &mut Standing,
) -> Result<Part, Vec<Problem>> {
    let mut inputs = BTreeMap::from([
        ("industry".to_owned(), Given::from(setting.industry.as_str())),
        ("product".to_owned(), Given::from(product.code.as_str())),
    ]);
    if let Some(output) = &product.output {
        inputs.insert("output".to_owned(), Given::from(output.clone()));
    }
    let method = rule_id::benchmark_emission();
    let evaluation = setting
        .rulebook
        .evaluate(&method, &inputs, &setting.context(at))
        .map_err(|error: EvalError| error.problems())?;
    standing.add(&Standing::of(&evaluation));
    let emission = evaluation.result.number().cloned();
    let emission = emission.ok_or_else(|| vec![*crate::month::overflow()])?;
    Ok((emission, Some(Calculation::from(&evaluation))))
}

fn absolute(
    setting: &Setting<'_>,
    at: Date,
    product: &Product,
    column: &str,
    standing: &mut Standing,
) -> Result<Part, Vec<Problem>> {
    let table = rule_id::benchmark();
    let keys = [setting.industry.to_string(), product.code.clone()];
    let found = setting
        .rulebook
        .lookup(&table, column, &keys, at, &setting.region)
        .map_err(|error| vec![error.problem()])?;
    standing.add_value(&format!("{table}.{column}({})", keys.join(", ")), &found);
    let emission = found.value.number().cloned();
    let emission = emission.ok_or_else(|| vec![*crate::month::overflow()])?;
    // A value of the law as it stands: there is nothing to calculate.
    Ok((emission, None))
}
